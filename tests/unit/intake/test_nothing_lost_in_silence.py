"""What cannot be read is counted, and what programs write for 'unknown' is not taken for a time."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab.errors import ReadError
from ilp_lab.intake import read_incidents, read_links


def _file(folder, head, rows):
    file = folder / "reports.csv"
    file.write_text(head + "\n" + "\n".join(rows) + "\n")
    return file


def _days(unknown, form, rows=40):
    days = pd.date_range("2024-03-01 10:30", periods=rows, freq="31h")
    return [f"{at},{unknown if at < 4 else day.strftime(form)},16.3,48.2{at}" for at, day in enumerate(days)]


@pytest.mark.parametrize(
    ("unknown", "form"),
    [
        ("01.01.0001 00:00:00", "%d.%m.%Y %H:%M:%S"),
        ("0001-01-01 00:00:00", "%Y-%m-%d %H:%M:%S"),
        ("9999-12-31 23:59:59", "%Y-%m-%d %H:%M:%S"),
        ("1/1/0001 12:00", "%m/%d/%Y %H:%M"),
    ],
)
def test_the_year_one_is_no_time(tmp_path, unknown, form):
    incidents, quality = read_incidents(
        _file(tmp_path, "id,date,lon,lat", _days(unknown, form)), tz="Europe/Vienna"
    )
    assert quality.counts["unreadable_time"] == 4
    assert incidents["occurred_at"].isna().sum() == 4
    assert set(incidents["occurred_at"].dropna().dt.year) == {2024}


def test_two_digits_are_still_a_year(tmp_path):
    file = _file(tmp_path, "id,date,lon,lat", _days("13.01.05 10:00", "%d.%m.%y %H:%M"))
    incidents, quality = read_incidents(file, tz="UTC")
    assert "unreadable_time" not in quality.counts
    assert incidents["occurred_at"].dt.year.min() == 2005


def test_moments_of_a_table_are_held_to_the_same(tmp_path):
    moments = pd.Series(pd.date_range("2024-03-01", periods=40, freq="7h", tz="UTC")).dt.as_unit("s")
    moments[3] = pd.Timestamp(-60_000_000_000, unit="s", tz="UTC")
    table = pd.DataFrame({"occurred_at": moments, "longitude": 16.3, "latitude": 48.2})
    _, quality = read_incidents(table, tz="UTC")
    assert quality.counts["unreadable_time"] == 1


def test_ends_and_reports_that_cannot_be_read_are_counted(tmp_path):
    rows = [
        f"{at},2024-03-{at + 1:02d} 10:30,16.3,48.2,2024-03-{at + 1:02d} 11:00,2024-04-01" for at in range(28)
    ]
    rows[5] = rows[5].replace("2024-03-06 11:00", "31.02.2024")
    rows[9] = rows[9].replace("2024-04-01", "yesterday")
    file = _file(tmp_path, "id,date,lon,lat,date_to,reported_at", rows)
    _, quality = read_incidents(file, tz="UTC")
    assert quality.counts["unreadable_other_time"] == 2
    assert list(quality.rows_with("unreadable_other_time").index) == [5, 9]


def test_links_too(tmp_path):
    rows = [f"A{at},B{at},calls,{'soon' if at < 2 else f'2024-03-{at:02d}'}" for at in range(20)]
    _, quality = read_links(_file(tmp_path, "source,target,kind,start", rows))
    assert quality.counts["unreadable_other_time"] == 2


def test_one_day_with_a_time_does_not_hide_the_column_of_times(tmp_path):
    rows = [f"{at},2024-03-{at % 28 + 1:02d} 00:00,16.3,48.2,{at % 12 + 8}:15" for at in range(60)]
    rows[0] = rows[0].replace("00:00", "09:30")
    incidents, quality = read_incidents(_file(tmp_path, "id,date,lon,lat,time", rows), tz="UTC")
    assert incidents["occurred_at"].dt.strftime("%H:%M").tolist()[:2] == ["09:30", "09:15"]
    assert "midnight_heap" not in quality.counts


def test_a_delimiter_at_the_end_of_every_line_is_no_field(tmp_path):
    rows = [row + "," for row in _days("2024-03-01 10:30", "%Y-%m-%d %H:%M")]
    incidents, quality = read_incidents(_file(tmp_path, "id,date,lon,lat", rows), tz="UTC")
    assert len(incidents) == 40
    assert not [name for name in incidents.columns if "column" in name]
    assert "bad_line" not in quality.counts


def test_a_header_that_fits_no_line_is_said(tmp_path):
    rows = [row + ",seen" for row in _days("2024-03-01 10:30", "%Y-%m-%d %H:%M")]
    with pytest.raises(ReadError, match=r"no line of reports\.csv has the 4 fields"):
        read_incidents(_file(tmp_path, "id,date,lon,lat", rows), tz="UTC")


def test_lines_that_were_not_read_are_part_of_the_whole(tmp_path):
    rows = _days("2024-03-01 10:30", "%Y-%m-%d %H:%M")
    rows[7] = rows[8] = "7,2024-03-09"
    _, quality = read_incidents(_file(tmp_path, "id,date,lon,lat", rows), tz="UTC")
    assert quality.explain().startswith("reports.csv: rows that were read: 38; lines that could not be: 2.")
    assert quality.faults.set_index("kind").loc["bad_line", "share"] == pytest.approx(2 / 40)
