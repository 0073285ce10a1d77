"""Link charts on the map: everything stands where it is, or beside it, or is counted."""

from __future__ import annotations

import base64
import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from ilp_lab import networks, views
from ilp_lab.errors import ColumnError, CRSError, InputError
from ilp_lab.views import chartmaps

LINKS = pd.DataFrame(
    {
        "source": ["P1", "P1", "P2", "P3", "P4", "L1"],
        "target": ["L1", "L2", "L2", "P1", "P5", "L2"],
        "kind": "seen at",
    }
)


def entities(**more):
    return pd.DataFrame(
        {
            "entity_id": ["P1", "P2", "P3", "P4", "P5", "L1", "L2"],
            "kind": ["person"] * 5 + ["location"] * 2,
            "longitude": [None] * 5 + [16.30, 16.40],
            "latitude": [None] * 5 + [48.20, 48.25],
            **more,
        }
    )


def scene(chart, **options):
    given = {"areas": None, "streets": None, "size_by": None, "title": None, "names": True, **options}
    return chartmaps._scene(
        chart,
        given["areas"],
        given["streets"],
        given["size_by"],
        given["title"],
        "test",
        names=given["names"],
    )


def test_entities_stand_at_their_places_and_others_beside_them():
    found = scene(networks.chart(LINKS, entities()))
    assert found.chart.ids == ["P1", "P2", "L1", "L2"]
    assert "3 entities have no place and no link" in found.chart.notes[0]
    xy = dict(zip(found.chart.ids, found.chart.xy, strict=True))
    apart = np.hypot(*(xy["L1"] - xy["L2"]))
    assert apart == pytest.approx(9276, rel=0.01)
    assert xy["L2"][0] > xy["L1"][0]
    assert xy["L2"][1] < xy["L1"][1]
    beside = {
        found.chart.ids[row]: found.chart.ids[at] for row, at in zip(found.beside, found.anchor, strict=True)
    }
    assert beside == {"P1": "L1", "P2": "L2"}
    assert (np.hypot(*found.offset.T) >= 25).all()
    assert len(found.chart.links) == 4


def test_many_beside_one_place_stand_apart():
    ring = chartmaps._ring(np.zeros(60, dtype=int))
    apart = np.hypot(*(ring[:, None] - ring[None]).transpose(2, 0, 1)) + np.eye(60) * 99
    assert apart.min() > 8


def test_geometry_works_as_well_and_new_entities_have_none():
    frame = entities()
    shapes = gpd.GeoSeries([None] * 5 + [Point(16.3, 48.2), box(16.39, 48.24, 16.41, 48.26)], crs=4326)
    placed = gpd.GeoDataFrame(frame.drop(columns=["longitude", "latitude"]), geometry=shapes)
    links = pd.concat([LINKS, pd.DataFrame({"source": ["NEW"], "target": ["L1"], "kind": ["met"]})])
    found = scene(networks.chart(links, placed))
    assert set(found.chart.ids) == {"P1", "P2", "NEW", "L1", "L2"}
    assert found.chart.xy[found.chart.ids.index("L2")] == pytest.approx(
        scene(networks.chart(LINKS, entities())).chart.xy[3], abs=2
    )


def test_the_ground_travels():
    areas = gpd.GeoDataFrame(geometry=[box(16.2, 48.1, 16.5, 48.3)], crs=4326)
    streets = gpd.GeoDataFrame(geometry=[LineString([(16.3, 48.2), (16.4, 48.25)])], crs=4326)
    page = views.chart_map_page(networks.chart(LINKS, entities()), areas=areas, streets=streets)
    data = json.loads(re.search(r'id="ilp-data">(.*?)</script>', page.html, re.DOTALL)[1])["ground"]
    street = np.frombuffer(base64.b64decode(data["streets"]["xy"]), dtype="<f4").reshape(-1, 2)
    found = scene(networks.chart(LINKS, entities()))
    places = [found.chart.xy[found.chart.ids.index(name)] for name in ("L1", "L2")]
    assert street == pytest.approx(np.array(places), abs=1)
    assert data["bounds"][0] < -5000
    figure = views.chart_map_figure(networks.chart(LINKS, entities()), areas=areas, streets=streets)
    assert views.png(figure) == views.png(
        views.chart_map_figure(networks.chart(LINKS, entities()), areas=areas, streets=streets)
    )


def test_results_bring_their_measures():
    result = networks.measures(networks.chart(LINKS, entities()), rng=1)
    assert views.chart_map_page(result).title == result.title
    assert "Betweenness" in views.chart_map_page(result).html


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        (entities(longitude=None), ColumnError, "longitude and latitude are empty"),
        (entities(longitude=500.0), ColumnError, "empty or out of range"),
        (entities().drop(columns="latitude"), ColumnError, "no entity has a place"),
        (
            gpd.GeoDataFrame(entities(), geometry=[Point(0, 0)] * 7),
            CRSError,
            "does not say in which coordinate system",
        ),
    ],
)
def test_without_places_there_is_no_map(given, error, words):
    for draw in (views.chart_map_page, views.chart_map_figure):
        with pytest.raises(error, match=words):
            draw(networks.chart(LINKS, given))


def test_what_is_no_chart_or_no_ground_is_refused():
    with pytest.raises(InputError, match="a link chart is needed"):
        views.chart_map_page(pd.DataFrame())
    with pytest.raises(InputError, match="areas must be a table with places"):
        views.chart_map_page(networks.chart(LINKS, entities()), areas=pd.DataFrame())
