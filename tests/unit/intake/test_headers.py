"""Which line names the columns: a name that stands twice, years, and notes above the table."""

from __future__ import annotations

import pytest

from ilp_lab.intake import read_incidents, read_links
from ilp_lab.intake.layout import has_header, preamble

ROWS = [["1", "2024-03-02", "theft", "16.35", "48.23"], ["2", "2024-03-03", "theft", "16.37", "48.18"]]


def written(path, *lines):
    table = [f"{n},2024-03-{n % 28 + 1:02d} 10:30,theft,16.{n + 100},48.{n + 100}" for n in range(60)]
    path.write_text("\n".join([*lines, *(row + "," * (lines[-1].count(",") - 4) for row in table)]))
    return path


@pytest.mark.parametrize(
    ("lines", "own"),
    [
        (["id,date,offence,lon,lat,note,note"], ["note", "note_7"]),
        (["id,date,offence,lon,lat,2023,2024"], ["2023", "2024"]),
        (["Period,March 2024,,,", "id,date,offence,lon,lat"], []),
        (["Where,,When,What,", "id,date,offence,lon,lat"], []),
        (["Export,,,,", "Period,March,,,", ",,,,", "id,date,offence,lon,lat"], []),
    ],
)
def test_names_are_told_by_what_stands_below(tmp_path, lines, own):
    incidents, quality = read_incidents(written(tmp_path / "a.csv", *lines), tz="UTC")
    assert len(incidents) == 60
    assert list(incidents.columns) == [
        "incident_id",
        "offence",
        "occurred_at",
        *own,
        "source_row",
        "geometry",
    ]
    assert incidents["source_row"].iloc[0] == len(lines) + 1
    assert len(lines) == 1 or f"line {len(lines)}" in quality.explain()


@pytest.mark.parametrize(
    "first",
    [
        ["3", "2024-03-04", "theft", "16.36", "48.2"],
        ["3", "N/A", "theft", "16.36", "48.2"],
        ["3", "N/A", "theft", "", "48.2"],
    ],
)
def test_a_first_row_of_values_is_no_header(first):
    assert not has_header([first, *ROWS])
    assert preamble([first, *ROWS, *ROWS]) == 0


def test_texts_alone_tell_nothing(tmp_path):
    assert not has_header([["A", "B", "A"], ["B", "C", "A"], ["C", "A", "B"]])
    assert preamble([["A", "", "x"], ["B", "C", "y"], ["C", "A", "z"], ["D", "A", "z"]]) == 0
    path = tmp_path / "links.csv"
    path.write_text("P1,P1\nP1,P2\nP2,P3\n")
    assert len(read_links(path, columns={"source": "column_1", "target": "column_2"})[0]) == 3


def test_a_table_of_hundreds_of_columns_is_read_without_a_warning(tmp_path):
    wide = {f"c{n}": [n % 7, "x"][n % 2] for n in range(400)}
    first = ",".join(["id,date,offence,lon,lat", *wide])
    rows = [
        f"{n},2024-03-{n + 1:02d},theft,16.{n + 100},48.2," + ",".join(map(str, wide.values()))
        for n in range(20)
    ]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join([first, *rows]))
    incidents, _ = read_incidents(path, tz="UTC")  # warnings are errors here
    assert list(incidents.columns[3:403]) == list(wide)
    assert incidents["c2"].tolist() == [2] * 20
    assert incidents.geometry.iloc[5].coords[0] == (16.105, 48.2)
