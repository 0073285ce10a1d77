"""Gi* on grids: the fast way equals the formula, and the words follow the numbers."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from ilp_lab._ground.significance import false_discovery, two_sided
from ilp_lab.errors import ColumnError, CRSError, InputError
from ilp_lab.places import count, gi_star, local_moran
from ilp_lab.places.chance import throw
from ilp_lab.places.getis import deviates, discoveries
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


def test_a_hot_cell_that_is_one_point_is_said_by_area_and_degrees(planted, town):
    """Rows and columns of the grid stand nowhere on the map."""
    whole = gi_star(planted, cell_m=300, study_area=town, rng=7)
    told = next(caveat for caveat in whole.caveats if "lie on one point" in caveat)
    lat, lon = (float(part) for part in re.findall(r"(\d+\.\d{4})°", told))
    assert "row" not in told
    at = gpd.GeoSeries(gpd.points_from_xy([lon], [lat]), crs=4326).to_crs(32633).iloc[0]
    assert abs(at.x - 504_510) < 160
    assert abs(at.y - 5_301_510) < 160
    halves = gpd.GeoDataFrame(
        {"area": ["West", "Port"]},
        geometry=[
            shapely.box(500_000, 5_300_000, 503_000, 5_306_000),
            shapely.box(503_000, 5_300_000, 506_000, 5_306_000),
        ],
        crs=32633,
    )
    named = gi_star(planted, cell_m=300, study_area=halves.to_crs(4326), rng=7)
    told = next(caveat for caveat in named.caveats if "lie on one point" in caveat)
    assert told.startswith(f"In the hot cell around Port ({lat:.4f}° N, {lon:.4f}° E), ")


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


def test_strays_that_stretch_the_hull_are_named(planted):
    stray = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([560_000, 500_000], [5_300_000, 5_360_000]), crs=32633
    )
    both = gpd.GeoDataFrame(geometry=[*planted.geometry, *stray.geometry], crs=32633)
    assert any("far from the rest" in caveat for caveat in gi_star(both, rng=7).caveats)
    assert not any("far from the rest" in caveat for caveat in gi_star(planted, rng=7).caveats)


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


def test_where_cells_are_cut_nothing_is_called_cold_for_it():
    """A comb of narrow strips: most cells hold half of their ground, a full one twice as many incidents."""
    strips = [shapely.box(500_000, y, 506_000, y + 100) for y in range(5_300_000, 5_303_000, 300)]
    town = gpd.GeoDataFrame(
        geometry=[*strips, shapely.box(500_000, 5_303_000, 506_000, 5_306_000)], crs=32633
    )
    rng = np.random.default_rng(3)
    xy = rng.uniform([500_000, 5_300_000], [506_000, 5_306_000], (40_000, 2))
    xy = xy[shapely.contains_xy(town.union_all(), xy[:, 0], xy[:, 1])]
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    result = gi_star(incidents, cell_m=300, study_area=town, rng=2)
    assert (result.table.query("q_fdr < 0.05")["z"] < 0).any()
    assert not result.table["verdict"].isin(["cold spot", "hot spot beyond chance"]).any()
    assert result["chance"]["mean"] > 50


def test_a_real_gap_is_cold(town):
    rng = np.random.default_rng(8)
    xy = rng.uniform([500_000, 5_300_000], [506_000, 5_306_000], (20_000, 2))
    gap = np.hypot(xy[:, 0] - 503_000, xy[:, 1] - 5_303_000) < 700
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy[~gap].T), crs=32633)
    cold = gi_star(incidents, cell_m=300, study_area=town, rng=2).table.query("verdict == 'cold spot'")
    assert len(cold) > 5
    assert (np.hypot(cold.centroid.x - 503_000, cold.centroid.y - 5_303_000) < 1200).all()


def test_the_guard_counts_incidents_also_when_they_are_weighed(planted, town):
    rare = planted.assign(harm=1.0)
    rare.loc[3, "harm"] = 5000.0
    table = gi_star(rare, cell_m=300, study_area=town, weight="harm", rng=3).table
    worst = table.loc[table["n"].idxmax()]
    assert worst["n"] >= 5000
    assert worst["incidents"] < 20
    alone = planted.iloc[[3, 100, 200, 300]].assign(harm=[5000.0, 1, 1, 1])
    verdicts = gi_star(alone, cell_m=300, study_area=town, weight="harm", rng=3).table["verdict"]
    assert set(verdicts) == {"too few incidents", "not more than chance"}


@pytest.mark.parametrize("few_weights", [2_000, 1])
def test_very_many_incidents_are_not_thrown_one_by_one_and_have_the_same_chance(
    planted, town, monkeypatch, few_weights
):
    from ilp_lab.places import chance

    harm = planted.assign(harm=np.resize([1.0, 2.5, 8.0], len(planted)))
    asked = {"cell_m": 300, "study_area": town, "rng": 3, "simulations": 199}
    before = [gi_star(harm, **asked, weight=weight)["chance"] for weight in (None, "harm")]
    monkeypatch.setattr(chance, "_SINGLY", 50)
    monkeypatch.setattr(chance, "_FEW_WEIGHTS", few_weights)
    for was, weight in zip(before, (None, "harm"), strict=True):
        now = gi_star(harm, **asked, weight=weight)["chance"]
        assert now != was  # drawn otherwise
        assert now["z_beyond"] == pytest.approx(was["z_beyond"], rel=0.15)
        assert now["mean"] == pytest.approx(was["mean"], rel=0.3, abs=1)


def test_wide_windows_are_summed_alike(town):
    xy = np.random.default_rng(5).uniform([500_000, 5_300_000], [506_000, 5_306_000], (300, 2))
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    table = gi_star(incidents, cell_m=150, study_area=town, within_m=2600, simulations=19, rng=1).table
    middles = shapely.get_coordinates(shapely.centroid(np.asarray(table.geometry)))
    expected = dense(middles, table["n"].to_numpy(float), 2600 * (1 + 1e-9))
    np.testing.assert_allclose(table["z"], expected, atol=1e-8)


def test_nothing_in_the_study_area_is_said_not_mapped(planted, town):
    far = town.translate(50_000, 0).to_frame("geometry")
    with pytest.raises(InputError, match="none of the 780 incidents with a place lies in the study area"):
        gi_star(planted, cell_m=300, study_area=far, rng=1)
    with pytest.raises(InputError, match="the table has no rows"):
        gi_star(planted.iloc[:0], cell_m=300, study_area=town, rng=1)


def areas_of_nine():
    cells = shapely.box(*np.array([(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]).T)
    return gpd.GeoDataFrame({"rate": [9.0, 8, 1, 7, 1, 1, 1, 1, 2], "n": 5}, geometry=cells, crs=32633)


def test_areas_keep_what_they_bring_and_leave_out_what_has_no_outline():
    areas = areas_of_nine()
    areas.loc[8, "geometry"] = None
    result = gi_star(areas, value="rate", weights="rook", rng=1)
    assert result.table["n"].tolist() == [5] * 8
    assert result.left_out == {"without an outline": 1}
    assert result.left_out_rows.index.tolist() == [8]
    assert result.table["around"].tolist()[:2] == [24, 19]
    assert result.details["outline"].area == 8
    assert "'rate'" in result.findings[0]


def test_weights_that_cannot_be_meant_are_refused():
    areas = areas_of_nine()
    without_self = sparse.csr_array(np.ones((9, 9)) - np.eye(9))
    with pytest.raises(InputError, match="eye_array"):
        gi_star(areas, value="rate", weights=without_self)
    with pytest.raises(InputError, match="finite and not below 0"):
        gi_star(areas, value="rate", weights=sparse.csr_array(-np.eye(9)))
    with pytest.raises(InputError, match="9 × 9"):
        gi_star(areas, value="rate", weights=sparse.eye_array(4))
    with pytest.raises(ColumnError, match="1 are missing"):
        gi_star(areas.assign(rate=[np.nan, *range(8)]), value="rate")


def test_everyone_a_neighbour_of_everyone_says_nothing_and_equal_values_are_refused():
    areas = areas_of_nine()
    assert (gi_star(areas, value="rate", weights=sparse.csr_array(np.ones((9, 9)))).table["z"] == 0).all()
    with pytest.raises(InputError, match="rate is the same in every one of the 9 areas"):
        gi_star(areas.assign(rate=0.1), value="rate")


@given(st.lists(st.floats(-6, 6), min_size=1, max_size=60), st.sampled_from([0.001, 0.05, 0.5]))
def test_quick_discoveries_are_those_of_the_whole_procedure(z, alpha):
    z = np.array(z)
    assert discoveries(z, alpha).tolist() == (false_discovery(two_sided(z)) < alpha).tolist()


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_z_does_not_change_with_the_scale_of_values_or_rows(seed, factor):
    rng = np.random.default_rng(seed)
    w, x = rng.random((7, 7)) * (rng.random((7, 7)) < 0.6), rng.random(7)
    scaled = w * rng.uniform(0.1, 10, (7, 1))
    plain = deviates(w.sum(axis=1), (w**2).sum(axis=1))(w @ x, x)
    other = deviates(scaled.sum(axis=1), (scaled**2).sum(axis=1))(scaled @ x * factor, x * factor)
    np.testing.assert_allclose(other, plain, atol=1e-7)


def test_incidents_fall_in_proportion_to_the_ground():
    share = np.array([1.0, 0.25, 0.5, 1e-6])
    fallen = np.bincount(throw(share, 70_000, np.random.default_rng(1)), minlength=4)
    np.testing.assert_allclose(fallen / 70_000, share / share.sum(), atol=0.01)
    assert len(throw(share, 0, np.random.default_rng(1))) == 0


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


def test_counted_areas_are_said_to_hold_incidents_not_n(planted):
    shapes = [
        shapely.box(500_000 + 600 * c, 5_300_000 + 600 * r, 500_600 + 600 * c, 5_300_600 + 600 * r)
        for r in range(10)
        for c in range(10)
    ]
    counted = count(planted, areas=gpd.GeoDataFrame({"area": range(100)}, geometry=shapes, crs=32633))
    found = gi_star(counted, value="n", rng=1)
    assert found.title == "Hot spots of incidents (Gi*)"
    assert "hold more incidents than the average of all areas explains" in found.findings[0]
    assert (
        local_moran(counted, value="n", permutations=99, rng=1).title
        == "Local Moran of the number of incidents"
    )
