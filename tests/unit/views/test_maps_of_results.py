"""Every result that has a map draws something on it: more than one colour, with words for each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from shapely.geometry import LineString, Point, box

from ilp_lab import places, times
from ilp_lab._check import Check
from ilp_lab.result import Result
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


def risky() -> Result:
    """A town that is a disc, and homes in its western half alone: the eastern cells have no ratio."""
    disc = gpd.GeoDataFrame(geometry=[Point(2000, 2000).buffer(2000)], crs=32633)
    west = homes().cx[:2200, :]
    return places.relative_risk(thefts().cx[:2200, :], west, study_area=disc, simulations=99, rng=1)


def test_contours_of_a_risk_are_drawn_within_the_study_area():
    found = risky()
    figure = found.plot()
    axes = figure.axes[0]
    drawn = {patch.get_gid(): patch for patch in axes.patches if str(patch.get_gid()).startswith("ilp-")}
    assert set(drawn) == {f"ilp-{name}" for name in found["contours"]["risk"]}
    around = found["contours"].set_index("risk").geometry["higher"]
    x, y = drawn["ilp-higher"].get_path().vertices.T
    assert (x.min(), y.max()) == pytest.approx((around.bounds[0], around.bounds[3]), abs=1)
    assert around.contains(Point(1500, 1500))
    said = " ".join(text.get_text() for text in figure.findobj(Text)).replace("\n", " ")
    assert "Risk higher than chance allows" in said


def test_cells_without_a_value_end_at_the_study_area_on_paper():
    found = risky()
    assert found.table["risk"].isna().any()
    cut = [patch for patch in found.plot().axes[0].patches if patch.get_facecolor()[:3] == (1.0, 1.0, 1.0)]
    assert cut
    assert all(patch.get_clip_path() is not None for patch in cut)


def test_contours_are_layers_of_the_page():
    html = risky().explore().html
    assert 'data-layer="higher" checked' in html
    assert "Risk higher than chance allows" in html
    assert '"contours":[{"layer":"higher"' in html


def test_zones_are_listed_by_the_incident_they_lie_around():
    """Twelve zones of one strength were listed as the same number twelve times."""
    found = times.near_repeat_zones(thefts(), within_m=200, within_days=30)
    check = Check("test")
    scene = scene_of(found, value=None, areas=TOWN, incidents=None, streets=None, title=None, check=check)
    words = scene.leading_words
    assert len(words) == len(set(words)) == 12
    first = found.table.iloc[scene.leading[0]]
    assert words[0].startswith(f"Mitte: around incident {first['incident']}: strength ")
    assert words[0].endswith(f"days left: {first['days_left']}")
