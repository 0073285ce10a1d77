"""Which option goes to which file of the demo."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest

from ilp_lab.cli.command import main
from ilp_lab.cli.inputs import Inputs, check_cell, check_crs
from ilp_lab.errors import AmbiguousError, ColumnError, CRSError, InputError

SQUARES = (
    "Code;Beat;wkt\n"
    "x1;B0;POLYGON ((600000 5340000, 600100 5340000, 600100 5340100, 600000 5340000))\n"
    "x2;B1;POLYGON ((600200 5340000, 600300 5340000, 600300 5340100, 600200 5340000))\n"
)


@pytest.fixture
def links(tmp_path):
    path = tmp_path / "links.csv"
    path.write_text("Left,Right,date\nP0,P1,01/04/2024\nP1,P4,02/05/2024\n")
    return path


@pytest.fixture
def incidents(tmp_path):
    path = tmp_path / "incidents.csv"
    path.write_text(
        "id,When,offence,lon,lat,Sector\n1,2024-03-02 11:31,theft,16.35,48.24,9\n2,2024-03-03 12:32,theft,16.31,48.23,8\n"
    )
    return path


@pytest.fixture
def areas(tmp_path):
    path = tmp_path / "areas.csv"
    path.write_text(SQUARES)
    return path


def test_links_hear_of_columns_dates_and_zone(links):
    columns = (("source", "Left"), ("target", "Right"))
    with pytest.raises(AmbiguousError):
        Inputs(links=(links,), columns=columns).read_links()
    table, _ = Inputs(links=(links,), columns=columns, dayfirst=True, tz="Europe/Vienna").read_links()
    assert table["start"].dt.month.tolist() == [4, 5]
    assert str(table["start"].dt.tz) == "Europe/Vienna"


def test_areas_without_a_system_take_the_one_that_was_said(areas, incidents):
    with pytest.raises(CRSError):
        Inputs(areas=areas).read_areas()
    wish = Inputs(incidents=(incidents,), areas=areas, crs="EPSG:32633")
    assert wish.read_areas()[0].crs.to_epsg() == 32633
    assert wish.read_incidents()[0].crs.to_epsg() == 4326


def test_a_shapefile_without_prj_can_be_used(tmp_path):
    import geopandas as gpd
    from shapely.geometry import box

    shapes = gpd.GeoDataFrame(
        {"beat": ["B0"]}, geometry=[box(600_000, 5_340_000, 600_100, 5_340_100)], crs=32633
    )
    shapes.to_file(tmp_path / "beats.shp")
    with zipfile.ZipFile(tmp_path / "beats.zip", "w") as archive:
        for part in ("shp", "shx", "dbf"):
            archive.write(tmp_path / f"beats.{part}", f"beats.{part}")
    read, _ = Inputs(areas=tmp_path / "beats.zip", crs="EPSG:32633").read_areas()
    assert read.crs.to_epsg() == 32633


def test_areas_that_say_their_system_keep_it(tmp_path):
    import geopandas as gpd
    from shapely.geometry import box

    file = tmp_path / "own.geojson"
    gpd.GeoDataFrame(
        {"beat": ["B0", "B1"]}, geometry=[box(16, 48, 17, 49), box(17, 48, 18, 49)], crs=4326
    ).to_file(file)
    assert Inputs(areas=file, crs="EPSG:32633").read_areas()[0].crs.to_epsg() == 4326


def test_incidents_that_say_their_system_keep_it_when_the_areas_need_another(tmp_path, areas):
    import geopandas as gpd
    from shapely.geometry import Point

    file = tmp_path / "own.geojson"
    gpd.GeoDataFrame(
        {"offence": ["a", "b"]}, geometry=[Point(16.3, 48.2), Point(16.4, 48.2)], crs=4326
    ).to_file(file)
    read, _ = Inputs(incidents=(file,), areas=areas, crs="EPSG:32633").read_incidents()
    assert read.crs.to_epsg() == 4326
    with pytest.raises(CRSError, match="the file says"):
        Inputs(incidents=(file,), crs="EPSG:32633").read_incidents()


def test_each_column_goes_where_its_role_is_known(incidents, links, areas):
    wish = Inputs(
        (incidents,), (links,), areas, (("occurred_at", "When"), ("source", "Left"), ("name", "Beat"))
    )
    assert wish.columns_of("incidents") == {"occurred_at": "When"}
    assert wish.columns_of("links") == {"source": "Left"}
    assert wish.columns_of("areas") == {"name": "Beat"}


def test_a_role_of_two_files_goes_to_the_one_that_has_the_column(incidents, areas):
    wish = Inputs((incidents,), areas=areas, columns=(("area", "Beat"), ("area", "Sector")))
    assert wish.columns_of("incidents") == {"area": "Sector"}
    assert wish.columns_of("areas") == {"area": "Beat"}


def test_what_fits_no_file_is_refused(incidents, links):
    with pytest.raises(InputError, match=r"'source' is no role of the given files.*occurred_at"):
        Inputs((incidents,), columns=(("source", "Left"),)).columns_of("incidents")
    with pytest.raises(ColumnError, match="'Nope'"):
        Inputs(links=(links,), columns=(("source", "Nope"),)).read_links()


def test_two_columns_for_one_role_are_refused(incidents):
    wish = Inputs((incidents,), columns=(("offence", "offence"), ("offence", "id")))
    with pytest.raises(InputError, match="two columns for 'offence'"):
        wish.columns_of("incidents")


def test_incidents_are_read_as_before(incidents):
    table, quality = Inputs(
        (incidents,), columns=(("occurred_at", "When"),), tz="Europe/Vienna"
    ).read_incidents()
    assert len(table) == quality.rows == 2
    assert isinstance(table["occurred_at"].dtype, pd.DatetimeTZDtype)


@pytest.mark.parametrize("cell_m", [1e9, 20_000, float("inf")])
def test_a_cell_larger_than_everything_is_refused(incidents, cell_m):
    table, _ = Inputs((incidents,)).read_incidents()
    with pytest.raises(
        InputError, match=r"larger than the area of the incidents, which is [23],\d{3} m across"
    ):
        check_cell(cell_m, table, None)


def test_a_cell_smaller_than_the_incidents_or_their_areas_is_none_of_our_business(incidents, tmp_path):
    import geopandas as gpd
    from shapely.geometry import box

    table, _ = Inputs((incidents,)).read_incidents()
    check_cell(2000, table, None)
    check_cell(20_000, table, gpd.GeoDataFrame(geometry=[box(16, 48, 17, 49)], crs=4326))
    check_cell(500, table.iloc[[0, 0]], None)


def test_the_command_refuses_it_without_a_word_of_python(incidents, tmp_path, capsys):
    assert (
        main(["demo", "--incidents", str(incidents), "--cell-m", "1e9", "--out", str(tmp_path / "out")]) == 1
    )
    said = capsys.readouterr().err
    assert "--cell-m 1e+09: a cell of 1,000,000,000 m is larger" in said
    assert "Warning" not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("crs", "said"),
    [
        ("EPSG:5773", "system of heights"),
        ("EPSG:4978", "positions in space"),
        ("EPSG:1", "not a coordinate system this computer knows"),
        ("nonsense", "not a coordinate system this computer knows"),
    ],
)
@pytest.mark.parametrize("command", [["demo", "--incidents", "x.csv"], ["app", "crime-map", "--no-browser"]])
def test_a_system_that_says_not_where_places_are_is_refused(
    command, crs, said, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--crs", crs]) == 1
    error = capsys.readouterr().err
    assert f"--crs {crs}" in error
    assert said in error


@pytest.mark.parametrize(
    "crs", ["auto", "EPSG:4326", "EPSG:4979", "EPSG:25833", "EPSG:25832+5783", "EPSG:27700"]
)
def test_a_system_of_places_passes(crs):
    check_crs(crs)
