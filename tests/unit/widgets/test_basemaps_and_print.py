"""Basemaps from files of the user's own, and the map on paper."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import LineString, Point, Polygon, box

from ilp_lab import open_case, views, widgets
from ilp_lab.errors import HandlingError, InputError, NoCaseError, ReadError
from ilp_lab.safeguards import mark


def latest(sent, about):
    return next(content for _, content, _ in reversed(sent) if content.get("about") == about)


@pytest.fixture(scope="module")
def roads():
    return gpd.GeoDataFrame(
        {
            "highway": ["primary", "residential", None],
            "name": ["Ring", "Мала", "Brook"],
            "waterway": [None, None, "river"],
        },
        geometry=[
            LineString([(500_000, 5_300_000 + 900 * k), (506_000, 5_300_500 + 900 * k)]) for k in range(3)
        ],
        crs=32633,
    )


@pytest.fixture(scope="module")
def geopackage(tmp_path_factory, roads):
    path = tmp_path_factory.mktemp("base") / "city.gpkg"
    parks = gpd.GeoDataFrame(
        {"leisure": ["park", None]},
        geometry=[box(501_000, 5_300_000, 502_000, 5_301_000), box(0, 0, 9, 9)],
        crs=32633,
    )
    places = gpd.GeoDataFrame(
        {"name": ["Горад", None]}, geometry=[Point(503_000, 5_301_000), Point(503_100, 5_301_000)], crs=32633
    )
    pyogrio.write_dataframe(roads.to_crs(4326), path, layer="roads")
    pyogrio.write_dataframe(parks, path, layer="parks", append=True)
    pyogrio.write_dataframe(places, path, layer="places", append=True)
    return path


def test_a_geopackage_is_sorted_into_looks_and_cut_to_the_map(sent, incidents, geopackage):
    made = widgets.CrimeMap(incidents, basemap=geopackage)
    found = {look: len(shapes) for look, shapes in made.basemap.parts.items()}
    assert found == {("green", False): 1, ("river", True): 1, ("minor", True): 1, ("major", True): 1}
    told = latest(sent, "basemap")
    assert told["names"]["names"] == ["Горад"]
    assert [part["look"] for part in told["parts"]] == ["green", "river", "minor", "major"]
    assert [
        about for about in (content["about"] for _, content, _ in sent) if about in {"ground", "basemap"}
    ] == ["ground", "basemap"]


def test_tiles_are_read_at_the_level_that_fits(sent, incidents, roads, tmp_path):
    path = tmp_path / "tiles.pmtiles"
    pyogrio.write_dataframe(
        roads.to_crs(4326),
        path,
        layer="roads",
        driver="PMTiles",
        dataset_options={"MINZOOM": "8", "MAXZOOM": "13"},
    )
    made = widgets.CrimeMap(incidents, basemap=path)
    assert {look for look, _ in made.basemap.parts} == {"major", "minor", "river"}


def test_an_extract_of_openstreetmap_is_read(sent, tmp_path):
    path = tmp_path / "small.osm"
    path.write_text(
        '<?xml version="1.0"?><osm version="0.6"><node id="1" lat="48.20" lon="16.37"/><node id="2" lat="48.21" lon="16.38"/>'
        '<node id="3" lat="48.205" lon="16.375"><tag k="place" v="suburb"/><tag k="name" v="Mitte"/></node>'
        '<way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>',
        encoding="utf-8",
    )
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([16.37, 16.38], [48.2, 48.21]), crs=4326)
    made = widgets.CrimeMap(points, basemap=str(path))
    assert list(made.basemap.parts) == [("major", True)]
    assert latest(sent, "basemap")["names"]["names"] == ["Mitte"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("city.png", b"\x89PNG", "is no basemap"),
        ("city.gpkg", b"<OGRVRTDataSource>", "not what its name says"),
        ("city.pmtiles", b"PMTiles\x03" + bytes(200), "cannot be read as a basemap"),
        ("city.osm.pbf", b"", "is empty"),
    ],
)
def test_what_is_no_basemap_is_refused_in_words(incidents, tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReadError, match=said):
        widgets.CrimeMap(incidents, basemap=path)


@pytest.mark.parametrize("path", ["https://tiles.example/x.pmtiles", "/vsicurl/x.gpkg", "nowhere.gpkg"])
def test_a_basemap_never_comes_from_the_net(incidents, path):
    with pytest.raises(ReadError):
        widgets.CrimeMap(incidents, basemap=path)


def test_broken_shapes_of_a_basemap_are_counted(sent, incidents, tmp_path, monkeypatch, geopackage):
    real = pyogrio.read_dataframe

    def broken(*arguments, **options):
        frame = real(*arguments, **options)
        frame.loc[frame.index[:1], frame.geometry.name] = None
        return frame

    monkeypatch.setattr(pyogrio, "read_dataframe", broken)
    copy = tmp_path / "copy.gpkg"
    copy.write_bytes(geopackage.read_bytes())
    assert widgets.CrimeMap(incidents, basemap=copy).basemap.left_off == 3
    assert latest(sent, "basemap")["left_off"] == 3


def test_the_figure_shows_what_was_seen(sent, incidents, areas, geopackage):
    made = widgets.CrimeMap(incidents, areas=areas, colour_by="offence", basemap=geopackage, title="Week 3")
    made.heard(
        None,
        {
            "ask": "window",
            "from": int(incidents["occurred_at"].iloc[0].tz_localize(None).timestamp() // 60),
            "to": int(incidents["occurred_at"].iloc[10].tz_localize(None).timestamp() // 60),
        },
        [],
    )
    made.heard(None, {"ask": "seen", "layer": -1, "hidden": [0], "incidents": True, "areas": True}, [])
    made.heard(None, {"ask": "view", "bounds": [0, 0, 3000, 3000]}, [])
    axes = made.figure().axes[0]
    kept = incidents.iloc[:10]
    kept = kept[kept["offence"] != made._classes.labels[0]]
    drawn = np.vstack([line.get_xydata() for line in axes.lines if line.get_marker() == "o"])
    assert {tuple(np.round(xy)) for xy in drawn} == {tuple(np.round([p.x, p.y])) for p in kept.geometry}
    west, south = made._origin
    assert axes.get_xlim()[0] == pytest.approx(west - 90)
    assert axes.get_ylim()[1] == pytest.approx(south + 3090)
    made.heard(None, {"ask": "view", "bounds": [0, 0, 6000, 6000]}, [])
    assert "Горад" in texts_of(made.figure()), "the names of the basemap are on the paper too"
    made.heard(None, {"ask": "seen", "layer": -1, "basemap": False}, [])
    assert "Горад" not in texts_of(made.figure())


def texts_of(figure) -> str:
    from matplotlib.text import Text

    return " ".join(one.get_text().replace("\n", " ") for one in figure.findobj(Text))


def test_paper_has_the_colours_of_the_screen_and_says_what_is_left_out(sent, incidents, areas):
    made = widgets.CrimeMap(
        incidents, areas=areas, layers={"By area": areas.assign(n=[3, 9])}, colour_by="offence"
    )
    first = made.classes.labels[0]
    days = [int(pd.Timestamp(day).timestamp() // 60) for day in ("2025-03-03", "2025-03-10")]
    made.heard(None, {"ask": "window", "from": days[0], "to": days[1]}, [])
    made.heard(None, {"ask": "seen", "layer": 0, "hidden": [0]}, [])
    local = incidents["occurred_at"].dt.tz_localize(None)
    kept = local.between("2025-03-03", "2025-03-10", inclusive="left") & (incidents["offence"] != first)
    figure = made.figure()
    told = texts_of(figure)
    assert f"Incidents: showing {int(kept.sum())} of {len(incidents)};" in told
    assert "from 03 March 2025 to 09 March 2025" in told
    assert f"without {first}" in told
    looks = {line.get_color() for line in figure.axes[0].lines if line.get_marker() == "o"}
    shown = set(incidents.loc[kept, "offence"])
    assert looks == {
        colour
        for colour, label in zip(made.classes.colours, made.classes.labels, strict=True)
        if label in shown
    }
    made.heard(None, {"ask": "window", "from": None, "to": None}, [])
    made.heard(None, {"ask": "seen", "layer": 0, "hidden": []}, [])
    assert f"Incidents: showing all {len(incidents)}" in texts_of(made.figure())


def test_paper_shows_what_is_chosen_the_names_of_places_and_the_grid(sent, incidents):
    here = incidents.iloc[[0, 30]]
    places = gpd.GeoDataFrame(
        {"name": ["Ђурђевац", "Harbour"]}, geometry=list(here.geometry), crs=incidents.crs
    )
    made = widgets.CrimeMap(incidents, places=places)
    made.selection.choose([2, 5])
    told = texts_of(made.figure())
    assert "Ђурђевац" in told
    assert "chosen (2)" in told
    assert "° N" in told
    rings = [line for line in made.figure().axes[0].lines if line.get_markerfacecolor() == "none"]
    assert [len(line.get_xdata()) for line in rings if line.get_marker() == "o"] == [2]
    made.heard(None, {"ask": "seen", "layer": -1, "places": False, "grid": False}, [])
    told = texts_of(made.figure())
    assert "Ђурђевац" not in told
    assert "° N" not in told


def test_a_layer_is_printed_when_it_is_shown(sent, incidents, areas):
    made = widgets.CrimeMap(incidents, layers={"By area": areas.assign(n=[3, 9])})
    texts = (
        " ".join(text.get_text() for text in made.figure().axes[0].artists[-1].get_texts())
        if made.figure().axes[0].artists
        else ""
    )
    assert made.figure().alternative.startswith("Map. By area.")
    assert "Week" not in texts


def test_printing_passes_the_gate_and_says_where(sent, incidents, tmp_path):
    case = open_case(tmp_path / "case", purpose="Beat meeting", legal_basis="Police Act s.12", analyst="A17")
    made = widgets.CrimeMap(mark(incidents, handling="H2"), case=case, title="Thefts")
    made.heard(None, {"ask": "print", "form": "pdf"}, [])
    assert latest(sent, "said")["alarm"]
    assert "authority" in latest(sent, "said")["sentence"]
    made.heard(None, {"ask": "print", "form": "pdf", "authority": "Chief", "reason": "meeting"}, [])
    said = latest(sent, "said")
    assert not said["alarm"]
    (written,) = case.folder.glob("map *.pdf")
    assert str(written) in said["sentence"]
    assert written.read_bytes()[:4] == b"%PDF"
    assert case.verify()
    with pytest.raises(HandlingError):
        made.release(tmp_path / "x.png")
    assert made.release(tmp_path / "x.png", authority="Chief").handling == "H2"
    assert (tmp_path / "x.png").read_bytes() == views.png(made_figure(made, case))


def made_figure(made, case):
    from ilp_lab.widgets.mapprint import map_sheet

    return map_sheet(made, made._seen, case)


def test_without_a_case_nothing_is_printed_and_the_map_says_why(sent, incidents, tmp_path):
    made = widgets.CrimeMap(incidents)
    made.heard(None, {"ask": "print", "form": "png"}, [])
    assert (
        "Open a case and give it to the widget: CrimeMap(..., case=case)" in latest(sent, "said")["sentence"]
    )
    with pytest.raises(NoCaseError):
        made.release(tmp_path / "x.png")
    with pytest.raises(InputError, match=r"\.png or \.pdf"):
        made.release(tmp_path / "x.doc")


def test_a_case_that_is_gone_is_said_in_the_map(sent, incidents, tmp_path):
    import shutil

    case = open_case(tmp_path / "case", purpose="Beat meeting", legal_basis="Police Act s.12", analyst="A17")
    made = widgets.CrimeMap(incidents, case=case)
    shutil.rmtree(case.folder)
    made.heard(None, {"ask": "print", "form": "png"}, [])
    assert latest(sent, "said")["alarm"]
    assert not case.folder.exists() or not list(case.folder.glob("map *"))


def test_all_hidden_is_refused_in_words(sent, incidents):
    made = widgets.CrimeMap(incidents)
    made.heard(None, {"ask": "seen", "incidents": False, "layer": -1}, [])
    with pytest.raises(InputError, match="nothing is shown"):
        made.figure()


def test_the_incidents_of_a_cell_are_chosen_on_all_rows(sent, incidents, areas):
    made = widgets.CrimeMap(incidents, layers={"By area": areas.assign(n=[3, 9])}, at_most=5)
    made.heard(None, {"ask": "inside", "layer": 0, "row": 1, "mode": "new", "hidden": []}, [])
    assert made.selection.mask.tolist() == (incidents.geometry.x >= 503_000).tolist()
    assert Polygon(areas.geometry.iloc[1]).contains(made.selection.frame.geometry.iloc[0])
