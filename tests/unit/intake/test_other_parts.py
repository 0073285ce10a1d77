"""Files of several tables: one is read, and it is said at once that the others were not."""

from __future__ import annotations

import warnings
import zipfile

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import xlsxwriter
from shapely.geometry import box

from ilp_lab.errors import ReadError
from ilp_lab.intake import read_areas, read_incidents

HEAD = ["id", "date", "lon", "lat"]


def months(path, sheets, hidden=()):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for n in range(rows):
                sheet.write_row(0, 0, HEAD)
                day = f"2024-03-{n % 28 + 1:02d} 10:30"
                sheet.write_row(n + 1, 0, [f"{name}{n}", day, 16.3 + n / 500, 48.2 + n / 700])
            if name in hidden:
                sheet.hide()
    return path


def squares(n):
    return gpd.GeoDataFrame(
        {"beat": [f"B{k}" for k in range(n)]},
        geometry=[box(16 + k / 10, 48, 16.1 + k / 10, 48.1) for k in range(n)],
        crs=4326,
    )


def test_the_sheets_that_were_not_read_are_named_with_their_rows(tmp_path):
    path = months(tmp_path / "m.xlsx", {"Jan": 40, "Feb": 40, "Mar": 1, "Notes": 0})
    incidents, quality = read_incidents(path, tz="UTC")
    assert len(incidents) == 40
    first, second = quality.explain().splitlines()[:2]
    assert "40 rows" in first
    assert second == (
        "Of m.xlsx only 'Jan' was read. It also holds 'Feb' (40 rows), 'Mar' (1 row), which were not read: "
        "read each with sheet=, as in sheet='Feb'."
    )
    assert quality._repr_html_().count("It also holds") == 1
    assert quality._repr_html_().index("It also holds") < quality._repr_html_().index("<table")
    feb, said = read_incidents(path, tz="UTC", sheet="Feb")
    assert feb["incident_id"].iloc[0] == "Feb0"
    assert "not read" not in said.explain()
    with pytest.raises(ReadError, match=r"has no sheet 7; it has: Jan, Feb, Mar, Notes"):
        read_incidents(path, sheet=7)


def test_one_sheet_says_nothing_and_several_books_say_it_of_each(tmp_path):
    one = months(tmp_path / "one.xlsx", {"Jan": 30})
    two = months(tmp_path / "two.xlsx", {"Jan": 30, "Feb": 20})
    assert "not read" not in read_incidents(one, tz="UTC")[1].explain()
    both, quality = read_incidents([one, two], tz="UTC")
    assert len(both) == 60
    assert "Of two.xlsx only 'Jan' was read" in quality.explain().splitlines()[1]


def test_a_hidden_sheet_is_read_only_where_no_other_holds_a_table(tmp_path):
    path = months(tmp_path / "h.xlsx", {"Shown": 30, "Old": 90}, hidden=["Old"])
    incidents, quality = read_incidents(path, tz="UTC")
    assert incidents["incident_id"].iloc[0] == "Shown0"
    assert "'Old' (hidden, 90 rows)" in quality.explain()
    alone = months(tmp_path / "a.xlsx", {"Shown": 0, "Old": 30}, hidden=["Old"])
    assert read_incidents(alone, tz="UTC")[0]["incident_id"].iloc[0] == "Old0"


def test_layers_of_a_geopackage_are_said_without_a_warning(tmp_path):
    path = tmp_path / "two.gpkg"
    squares(5).to_file(path, layer="beats")
    squares(3).to_file(path, layer="zones")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        areas, quality = read_areas(path)
        zones, said = read_areas(path, sheet="zones")
    assert (len(areas), len(zones)) == (5, 3)
    assert "only 'beats' was read. It also holds 'zones' (3 rows)" in quality.explain().splitlines()[1]
    assert "not read" not in said.explain()
    with pytest.raises(ReadError, match=r"has no layer 'wards'; it has: beats, zones"):
        read_areas(path, sheet="wards")


def test_a_table_without_shapes_does_not_stand_before_a_layer_with_them(tmp_path):
    path = tmp_path / "mixed.gpkg"
    pyogrio.write_dataframe(pd.DataFrame({"officer": ["a", "b"]}), path, layer="staff")
    pyogrio.write_dataframe(squares(4), path, layer="beats", append=True)
    areas, quality = read_areas(path)
    assert len(areas) == 4
    assert "'staff' (2 rows)" in quality.explain()


def test_shapefiles_in_a_zip_are_said_and_can_be_chosen(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("__MACOSX/._a_zones.shp", b"\x00\x05\x16\x07 what a Mac adds")
        for name, n in (("a_zones", 3), ("beats", 16)):
            squares(n).to_file(tmp_path / f"{name}.shp")
            for file in sorted(tmp_path.glob(f"{name}.*")):
                archive.write(file, file.name)
    areas, quality = read_areas(tmp_path / "two.zip")
    assert len(areas) == 3
    assert "'beats.shp' (16 rows)" in quality.explain().splitlines()[1]
    assert len(read_areas(tmp_path / "two.zip", sheet="beats")[0]) == 16
    assert len(read_areas(tmp_path / "two.zip", sheet="beats.shp")[0]) == 16
    assert len(read_areas(tmp_path / "two.zip", sheet=1)[0]) == 16
    with pytest.raises(ReadError, match="no shapefile 'wards'"):
        read_areas(tmp_path / "two.zip", sheet="wards")
