"""What a file says comes through as it says it: codes, lines, letters, places; and what it does not say is not made up."""

from __future__ import annotations

import zipfile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ilp_lab.errors import AmbiguousError, CRSError, ReadError
from ilp_lab.intake import read_entities, read_incidents, read_links

HEADER = "id,date,lon,lat\n"
THREE = pd.DataFrame({"id": ["a", "b", "c"], "lon": [16.3, 16.4, 16.5], "lat": [48.1, 48.2, 48.3]})


def write(tmp_path, content, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def dated(dates):
    incidents, quality = read_incidents(THREE.assign(date=dates), columns={"occurred_at": "date"})
    read = [None if pd.isna(value) else str(value)[:19] for value in incidents["occurred_at"]]
    return read, dict(quality.counts)


def test_a_zero_in_front_is_kept_however_late_it_comes(tmp_path):
    rows = "".join(f"{1000 + n},{2000 + n},{3000 + n}\n" for n in range(900))
    path = write(tmp_path, f"source,target,phone\n{rows}0077,77,0664\n")
    links, quality = read_links(path)
    assert links.iloc[-1][["source", "target", "phone"]].tolist() == ["0077", "77", "0664"]
    assert dict(quality.counts) == {}
    entities, _ = read_entities(write(tmp_path, "id,kind\n" + "1,person\n" * 600 + "01,person\n"))
    assert set(entities["entity_id"]) == {"1", "01"}


def test_codes_that_look_like_numbers_stay_what_they_are(tmp_path):
    path = write(tmp_path, "id,lon,lat,beat,zone\n1E3,16.3,48.2,12.10,1E3\n2E5,16.3,48.3,12.1,1000\n")
    incidents, _ = read_incidents(path)
    assert incidents["incident_id"].tolist() == ["1E3", "2E5"]
    assert incidents["area"].tolist() == ["12.10", "12.1"]


def test_numbers_stay_numbers_and_long_ones_lose_no_digit(tmp_path):
    rows = "".join(f"{n},16.3,48.2,{n}\n" for n in range(600))
    path = write(tmp_path, f"count,lon,lat,imei\n{rows}7,16.3,48.2,\n8,16.3,48.2,9007199254740993\n")
    incidents, _ = read_incidents(path)
    assert incidents["count"].tolist()[-2:] == [7, 8]
    assert str(incidents["imei"].iloc[-1]) == "9007199254740993"


CELLS = st.one_of(
    st.integers(-(10**17), 10**17).map(str),
    st.sampled_from(["007", "7", "-0", "+5", "1.50", "1e3", "", "x", " 7", "0", "00"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from(["12", "1.5", "x"]), later=st.lists(CELLS, min_size=1, max_size=6))
def test_the_fast_way_means_the_same_as_reading_all_as_text(tmp_path, start, later):
    """A column typed from its first rows loses nothing that later rows say.

    A column that begins with decimals is a measurement: its values are kept, not how they are written.
    """
    cells = [start] * 520 + later
    rows = "".join(f"{n},16.3,48.2,{cell}\n" for n, cell in enumerate(cells))
    incidents, _ = read_incidents(write(tmp_path, f"id,lon,lat,other\n{rows}"))
    read = incidents["other"]
    assert len(read) == len(cells)
    codes = {cell.strip() for cell in cells if cell.strip()}
    if pd.api.types.is_numeric_dtype(read):
        values = [None if not cell.strip() else float(cell) for cell in cells]
        assert [None if pd.isna(value) else float(value) for value in read] == values
        whole = {cell for cell in codes if cell.lstrip("-").isdigit()} if start != "1.5" else set()
        assert len(whole) == len({int(cell) for cell in whole}), "two codes became one number"
    else:
        assert {str(value).strip() for value in read.dropna()} == codes


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (HEADER + "a,2024-01-01 10:00,16.3,48.2\nbad\n\nb,2024-01-02 10:00,16.3,48.2\n", [2, 5]),
        ("\n\n" + HEADER + "a,2024-01-01 10:00,16.3,48.2\n", [4]),
        (
            "sep=;\n" + (HEADER + "a,2024-01-01 10:00,16.3,48.2\nb,2024-01-02 10:00,1,4\n").replace(",", ";"),
            [3, 4],
        ),
        ('id,"da\nte",lon,lat\na,2024-01-01 10:00,16.3,48.2\n', [3]),
        ('id,date,lon,lat\n"a\nb",2024-01-01 10:00,16.3,48.2\nc,2024-01-02 10:00,16.3,48.2\n', [2, 4]),
        (HEADER + "a,2024-01-01 10:00,16.3,48.2\n,,,\n\nb,2024-01-02 10:00,16.3,48.2\n\n", [2, 3, 5]),
        (HEADER.replace("\n", "\r") + "a,2024-01-01 10:00,16.3,48.2\r\rb,2024-01-02 10:00,16.3,48.2", [2, 4]),
        (HEADER.replace("\n", "\r\n") + "bad\r\na,2024-01-01 10:00,16.3,48.2\r\n", [3]),
    ],
)
def test_every_row_names_its_own_line(tmp_path, text, lines):
    incidents, _ = read_incidents(write(tmp_path, text))
    assert incidents["source_row"].tolist() == lines


def test_lines_of_several_files_and_of_a_file_without_a_header(tmp_path):
    one = write(tmp_path, HEADER + "bad\na,2024-01-01 10:00,16.3,48.2\n", "one.csv")
    two = write(tmp_path, HEADER + "b,2024-01-01 10:00,16.3,48.2\n", "two.csv")
    assert read_incidents([one, two])[0]["source_row"].tolist() == [3, 2]
    bare = write(tmp_path, "".join(f"16.{n},48.{n},2024-01-{n}\n" for n in range(10, 20)), "bare.csv")
    incidents, _ = read_incidents(bare, columns={"longitude": "column_1", "latitude": "column_2"})
    assert incidents["source_row"].tolist() == list(range(1, 11))


def test_lines_of_a_sheet_that_begins_lower(tmp_path):
    path = tmp_path / "t.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        THREE.to_excel(book, index=False, startrow=3, startcol=2)
    incidents, _ = read_incidents(path)
    assert incidents["source_row"].tolist() == [5, 6, 7]
    assert incidents["incident_id"].tolist() == ["a", "b", "c"]


def test_values_over_lines_far_down_the_file(tmp_path):
    rows = [f"{n},2024-01-01 10:00,16.3,48.2,plain\n" for n in range(90_000)]
    for at in range(2_000, 90_000, 7):
        rows[at] = rows[at].replace("plain", '"two\nlines"')
    incidents, quality = read_incidents(write(tmp_path, "id,date,lon,lat,note\n" + "".join(rows)))
    assert len(incidents) == 90_000
    assert "bad_line" not in quality.counts
    assert (incidents["note"] == "two\nlines").sum() == len(range(2_000, 90_000, 7))
    assert incidents["source_row"].iloc[-1] == 90_001 + len(range(2_000, 89_999, 7))


@pytest.mark.parametrize("letters", ["räuber", "raub"])
def test_one_byte_far_down_does_not_spoil_the_letters_before_it(tmp_path, letters):
    rows = "".join(f"{n},16.3,48.2,{letters} {n}\n" for n in range(60_000)).encode()
    path = write(tmp_path, b"id,lon,lat,note\n" + rows + b"x,16.3,48.2,B\xe4r\n")
    incidents, quality = read_incidents(path)
    assert incidents["note"].iloc[0] == f"{letters} 0"
    assert incidents["note"].iloc[-1] == "Bär"
    said = next(str(param) for param in quality.settings if param.name == "encoding")
    assert "every byte fits" not in said


def test_a_date_without_separators_known_is_asked_for_not_guessed():
    with pytest.raises(AmbiguousError, match="dayfirst"):
        dated(["03 04 2024", "05 06 2024", "07 08 2024"])
    assert dated(["13 04 2024", "05 06 2024", None])[0] == [
        "2024-04-13 00:00:00",
        "2024-06-05 00:00:00",
        None,
    ]


@pytest.mark.parametrize(
    "words", [["today", "now", "noon"], ["May", "10", "Monday"], ["May 10", "June 11", "x"]]
)
def test_words_are_no_times(words):
    read, counts = dated(words)
    assert read == [None] * 3
    assert counts["unreadable_time"] == 3


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["3-Apr-24", "Apr 5, 2024", "Fri, 5 Apr 2024 10:00"], ["2024-04-03", "2024-04-05", "2024-04-05"]),
        (["2024-01-01 10:00:75", "2024-01-01 10:00:59", None], [None, "2024-01-01", None]),
        (["05/06", "06/07", "2024-05-01 10:00"], [None, None, "2024-05-01"]),
    ],
)
def test_what_is_said_fully_is_read_and_nothing_else(written, meant):
    assert [value and value[:10] for value in dated(written)[0]] == meant


def test_months_with_the_year_last_are_months():
    read, counts = dated(["04/2024", "05/2024", None])
    assert read[:2] == ["2024-04-01 00:00:00", "2024-05-01 00:00:00"]
    assert counts["month_only"] == 2


def test_words_with_an_offset_are_moments():
    read, _ = dated(["Fri, 5 Apr 2024 10:00:00 +0200", "5 Apr 2024 10:00", None])
    assert read == ["2024-04-05 08:00:00", "2024-04-05 10:00:00", None]


def test_times_written_as_one_number(tmp_path):
    path = write(tmp_path, HEADER + "a,20240101123000,16.3,48.2\nb,20240102993000,16.3,48.2\n")
    incidents, quality = read_incidents(path)
    assert str(incidents["occurred_at"].iloc[0]) == "2024-01-01 12:30:00+00:00"
    assert quality.counts["unreadable_time"] == 1


def test_a_time_column_without_values_is_still_counted(tmp_path):
    _, quality = read_incidents(write(tmp_path, HEADER + "a,,16.3,48.2\nb,,16.4,48.2\n"))
    assert quality.counts["missing_time"] == 2


def test_numbers_of_incidents_are_text_from_every_kind_of_file(tmp_path):
    table = THREE.assign(id=[7, 8, 9], beat=[1.0, 2.0, np.nan])
    table.to_parquet(tmp_path / "t.parquet")
    for source in (table, tmp_path / "t.parquet"):
        incidents, _ = read_incidents(source)
        assert incidents["incident_id"].tolist() == ["7", "8", "9"]
        assert incidents["area"].tolist()[:2] == ["1", "2"]


def places():
    return gpd.GeoDataFrame(THREE, geometry=gpd.points_from_xy(THREE["lon"], THREE["lat"]), crs=4326)


def test_places_under_another_name_stay_one_column(tmp_path):
    frame = places().rename_geometry("where")
    frame.to_parquet(tmp_path / "t.parquet")
    for source in (frame, tmp_path / "t.parquet"):
        incidents, _ = read_incidents(source)
        assert "where" not in incidents.columns
        assert incidents.geometry.x.tolist() == THREE["lon"].tolist()


def test_the_same_feature_again_is_counted(tmp_path):
    twice = pd.concat([places(), places().iloc[:2]], ignore_index=True)
    twice.to_file(tmp_path / "t.geojson")
    moved = places().iloc[:1].set_geometry(gpd.points_from_xy([1], [2], crs=4326))
    for source in (twice, tmp_path / "t.geojson"):
        assert read_incidents(source)[1].counts["duplicate_row_with_id"] == 2
    assert "duplicate_row_with_id" not in read_incidents(pd.concat([places(), moved]))[1].counts


def test_a_system_that_contradicts_the_file_is_refused():
    with pytest.raises(CRSError, match="crs= says EPSG:32633"):
        read_incidents(places(), crs=32633)
    assert read_incidents(places(), crs="OGC:CRS84")[0].crs.to_epsg() == 4326


def test_columns_of_the_same_name_are_told_apart():
    frame = pd.concat([THREE, THREE[["lon"]]], axis=1)
    assert read_incidents(frame)[0]["lon_4"].tolist() == THREE["lon"].tolist()


@pytest.mark.parametrize("name", ["evil.zip", "evil.shp", "evil.geojson"])
def test_a_virtual_file_is_refused_also_when_gdal_was_loaded_first(tmp_path, name):
    pyogrio.list_drivers()
    secret = write(tmp_path, "a,x,y\nTOPSECRET,16.3,48.2\n", "secret.csv")
    virtual = (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource>'
        '<GeometryField encoding="PointFromColumns" x="x" y="y"/></OGRVRTLayer></OGRVRTDataSource>'
    )
    if name.endswith("zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("evil.shp", virtual)
    else:
        write(tmp_path, ("{ " if name.endswith("json") else "") + virtual, name)
    with pytest.raises(ReadError, match="inside"):
        read_incidents(tmp_path / name, crs=4326)
