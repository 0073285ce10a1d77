"""Gi* on grids: the fast way equals the formula, and the words follow the numbers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab.errors import ColumnError, CRSError, InputError
from ilp_lab.places import gi_star
from ilp_lab.places.getis import false_discovery
from ilp_lab.safeguards import mark


def dense(centres, values, reach):
    """The formula of Ord and Getis (1995), written out."""
    w = (np.hypot(*(centres[:, None] - centres).transpose(2, 0, 1)) <= reach).astype(float)
    n, mean, s = len(values), values.mean(), values.std()
    total, square = w.sum(axis=1), (w**2).sum(axis=1)
    with np.errstate(all="ignore"):
        z = (w @ values - mean * total) / (s * np.sqrt((n * square - total**2) / (n - 1)))
    return np.where(np.isfinite(z), z, 0.0)


@settings(max_examples=30)
@given(st.sampled_from(["square", "hex"]), st.integers(0, 2**32 - 1), st.sampled_from([None, 450.0]))
def test_convolution_equals_the_formula_in_any_study_area(shape, seed, within_m):
    rng = np.random.default_rng(seed)
    blobs = [
        shapely.Point(*xy).buffer(r)
        for xy, r in zip(rng.uniform(0, 3000, (3, 2)), rng.uniform(300, 900, 3), strict=True)
    ]
    town = gpd.GeoDataFrame(geometry=blobs, crs=32633)
    xy = rng.uniform(0, 3000, (120, 2))
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    result = gi_star(
        incidents, cell_m=200, shape=shape, study_area=town, within_m=within_m, simulations=19, rng=1
    )
    table = result.table
    middles = shapely.get_coordinates(shapely.centroid(np.asarray(table.geometry)))
    reach = within_m or (200 * 2**0.5 if shape == "square" else 200)
    np.testing.assert_allclose(
        table["z"], dense(middles, table["n"].to_numpy(float), reach * (1 + 1e-6)), atol=1e-8
    )
    assert table["n"].sum() + sum(result.left_out.values()) == 120


@pytest.fixture(scope="module")
def town():
    return gpd.GeoDataFrame(geometry=[shapely.box(500_000, 5_300_000, 506_000, 5_306_000)], crs=32633)


@pytest.fixture(scope="module")
def planted():
    rng = np.random.default_rng(5)
    spread = rng.uniform([500_000, 5_300_000], [506_000, 5_306_000], (600, 2))
    real = rng.normal([501_500, 5_304_500], 120, (120, 2))
    station = np.tile([504_510.0, 5_301_510.0], (60, 1))
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*np.vstack([spread, real, station]).T), crs=32633)


def test_the_planted_spot_is_beyond_chance_and_the_station_is_suspected(planted, town):
    result = gi_star(planted, cell_m=300, study_area=town, rng=7)
    beyond = result.table.query("verdict == 'hot spot beyond chance'")
    where = beyond.geometry.centroid
    real = np.hypot(where.x - 501_500, where.y - 5_304_500) < 700
    station = np.hypot(where.x - 504_510, where.y - 5_301_510) < 700
    assert real.any()
    assert station.any()
    assert (real | station).all()
    assert any("default" in sentence for sentence in result.findings)
    assert sum("lie on one point" in caveat for caveat in result.caveats) == 1


def test_chance_alone_is_recognised(town):
    marked = []
    for seed in range(20):
        xy = np.random.default_rng(seed).uniform([500_000, 5_300_000], [506_000, 5_306_000], (800, 2))
        incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
        table = gi_star(incidents, cell_m=300, study_area=town, simulations=99, rng=seed).table
        marked.append((table["verdict"] == "hot spot beyond chance").any())
    assert sum(marked) <= 4  # one in twenty is expected; five or more in twenty has p = 0.003


def test_the_same_seed_gives_the_same_result(planted, town):
    one, two = (gi_star(planted, cell_m=300, study_area=town, rng=7) for _ in range(2))
    assert one.details["chance"] == two.details["chance"]
    assert one.seed == "7"
    assert one.sources[0].fingerprint == two.sources[0].fingerprint


def test_what_was_chosen_is_marked(planted):
    result = gi_star(planted, rng=7)
    chosen = {param.name for param in result.params if param.chosen}
    assert chosen == {"cell_m", "study_area", "simulations"}
    assert any("No study area was given" in caveat for caveat in result.caveats)


def test_degrees_are_analysed_in_metres(planted, town):
    metres = gi_star(planted, cell_m=300, study_area=town, rng=7).table
    degrees = gi_star(planted.to_crs(4326), cell_m=300, study_area=town, rng=7).table
    assert degrees.crs == town.crs
    np.testing.assert_allclose(metres["z"], degrees["z"], atol=1e-9)


def test_rows_left_out_come_back_with_their_reason(planted, town):
    broken = planted.copy()
    broken.loc[:4, "geometry"] = None
    broken.loc[5:6, "geometry"] = shapely.Point(0, 0)
    result = gi_star(broken, cell_m=300, study_area=town, rng=7)
    assert dict(result.left_out) == {"outside the study area": 2, "without a place": 5}
    assert result.left_out_rows["reason"].value_counts().to_dict() == dict(result.left_out)


def test_handling_is_inherited(planted, town):
    assert gi_star(mark(planted, handling="H1"), cell_m=300, study_area=town, rng=7).handling == "H1"


@pytest.mark.parametrize("points", [[(1, 1)], [(1, 1)] * 40, [(1, 1), (2, 2)]])
def test_few_or_identical_places_do_not_break_it(points):
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*zip(*points, strict=True)), crs=32633)
    result = gi_star(incidents, rng=1)
    assert np.isfinite(result.table["z"]).all()


def test_faults_are_named_together(planted):
    with pytest.raises(ColumnError) as caught:
        gi_star(planted, cell_m=0, weight="harm", alpha=2, shape="hexagon")
    text = str(caught.value)
    assert all(word in text for word in ("places.gi_star", "cell_m", "harm", "alpha", "shape"))
    with pytest.raises(CRSError, match="set_crs"):
        gi_star(planted.set_crs(None, allow_override=True))
    with pytest.raises(CRSError, match="no row has a place"):
        gi_star(gpd.GeoDataFrame(geometry=[None, None], crs=4326))
    with pytest.raises(InputError, match="rng must be"):
        gi_star(planted, rng="seven")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_false_discovery_is_monotone_and_never_below_p(p):
    p = np.array(p)
    q = false_discovery(p)
    assert np.all(q >= p - 1e-15)
    assert np.all(np.diff(q[np.argsort(p, kind="stable")]) >= -1e-15)
    rejected = [k for k in range(1, len(p) + 1) if np.sort(p)[k - 1] * len(p) / k < 0.05]
    assert (q < 0.05).sum() == max(rejected, default=0)
