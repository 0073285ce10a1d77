"""Every result that has a map draws something on it: more than one colour, with words for each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from ilp_lab import places, times, views
from ilp_lab._check import Check
from ilp_lab.views.scene import scene_of

TOWN = gpd.GeoDataFrame({"area": ["Mitte"]}, geometry=[box(0, 0, 4000, 4000)], crs=32633)


def thefts() -> gpd.GeoDataFrame:
    """Two hundred all over the town and ninety around one place, most of those late."""
    rng = np.random.default_rng(4)
    xy = np.vstack([rng.uniform(0, 4000, (200, 2)), rng.normal(1500, 150, (90, 2))])
    day = np.r_[rng.integers(0, 360, 200), rng.integers(270, 360, 90)]
    when = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    return gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(*xy.T), crs=32633)


def homes() -> gpd.GeoDataFrame:
    xy = np.random.default_rng(9).uniform(0, 4000, (1500, 2))
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)


def blocks() -> gpd.GeoDataFrame:
    """Sixty-four areas with the number of thefts in each and as many residents everywhere."""
    shapes = [box(500 * c, 500 * r, 500 * c + 500, 500 * r + 500) for r in range(8) for c in range(8)]
    areas = gpd.GeoDataFrame(
        {"name": [f"B{k}" for k in range(64)], "population": 400}, geometry=shapes, crs=32633
    )
    return places.count(thefts(), areas=areas)


def lanes() -> gpd.GeoDataFrame:
    lines = [LineString([(0, y), (4000, y)]) for y in range(0, 4001, 500)]
    lines += [LineString([(x, 0), (x, 4000)]) for x in range(0, 4001, 500)]
    return gpd.GeoDataFrame(geometry=lines, crs=32633)


RESULTS = {
    "gi_star": lambda: places.gi_star(thefts(), cell_m=250, study_area=TOWN, rng=1),
    "gi_star of areas": lambda: places.gi_star(blocks(), value="n", rng=1),
    "local_moran": lambda: places.local_moran(thefts(), cell_m=250, study_area=TOWN, permutations=99, rng=1),
    "density": lambda: places.density(thefts(), study_area=TOWN),
    "bandwidths": lambda: places.bandwidths(thefts(), study_area=TOWN, rng=1),
    "relative_risk": lambda: places.relative_risk(thefts(), homes(), study_area=TOWN, simulations=99, rng=1),
    "hot_areas": lambda: places.hot_areas(thefts(), least=5, within_m=150, study_area=TOWN, rng=1),
    "emerging_hot_spots": lambda: places.emerging_hot_spots(thefts(), cell_m=250, study_area=TOWN, rng=1),
    "geographic_profile": lambda: places.geographic_profile(thefts().tail(20)),
    "rates": lambda: places.rates(blocks(), population="population"),
    "risk_terrain": lambda: places.risk_terrain(
        thefts(), {"shops": thefts().tail(30), "homes": homes()}, study_area=TOWN, cell_m=250, rng=1
    ),
    "street_density": lambda: places.street_density(thefts(), places.street_network(lanes())),
    "near_repeat_zones": lambda: times.near_repeat_zones(thefts(), within_m=200, within_days=30),
    "scan": lambda: times.scan(thefts(), max_m=600, max_days=90, prospective=True, simulations=39, rng=1),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_with_a_map_is_never_blank(name):
    found = RESULTS[name]()
    assert found.view == "map"
    check = Check("test")
    scene = scene_of(found, value=None, areas=None, incidents=None, streets=None, title=None, check=check)
    shown = sum(count > 0 for count in scene.classes.counts)
    assert shown > 1
    assert scene.classes.heading
