"""What must not change an answer about places: the order of rows, where the map lies and how it is turned, its unit, and whether
an incident stands there twice or counts twice."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest
from shapely.geometry import LineString, box

from ilp_lab import places

SIDE, CORNER = 2000.0, np.array([500_000.0, 5_300_000.0])
TOWN = gpd.GeoDataFrame(geometry=[box(*CORNER, *(CORNER + SIDE))], crs=32633)
ROADS = [LineString(CORNER + np.array([(0, at), (SIDE, at)])) for at in range(0, 2001, 250)]
ROADS += [LineString(CORNER + np.array([(at, 0), (at, SIDE)])) for at in range(0, 2001, 250)]
STREETS = places.street_network(gpd.GeoDataFrame(geometry=ROADS, crs=32633), split="crossings")
seeds = st.integers(0, 2**32 - 1)


def incidents(seed, n=120):
    """Half of them around one place, none on a line between cells, a few at the very same point."""
    rng = np.random.default_rng(seed)
    xy = np.vstack([rng.uniform(5, SIDE - 5, (n // 2, 2)), rng.normal(SIDE / 2, 120, (n - n // 2, 2))])
    xy = np.clip(np.floor(xy) + 0.37, 5, SIDE - 5)
    xy[:4] = xy[0]
    xy += CORNER
    when = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 360, n), unit="D")
    return gpd.GeoDataFrame(
        {"occurred_at": when, "harm": rng.integers(1, 9, n).astype(float)},
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )


def moved(frame, how):
    return frame.set_geometry(shapely.transform(np.asarray(frame.geometry), how), crs=frame.crs)


def turned(xy):
    """A quarter turn around the middle of the town."""
    x, y = (xy - CORNER).T
    return np.column_stack([y, SIDE - x]) + CORNER


def shifted(xy):
    return xy + np.array([3 * SIDE, -2 * SIDE])


ANSWERS = {
    "count": lambda f, a: places.count(f, cell_m=250, study_area=a)["n"],
    "density": lambda f, a: places.density(f, bandwidth_m=300, cell_m=100, study_area=a).table["density"],
    "adaptive density": lambda f, a: places.density(f, bandwidth_m=300, cell_m=100, study_area=a, adaptive=True, edge_correction=True).table["density"],
    "gi_star": lambda f, a: places.gi_star(f, cell_m=250, study_area=a, simulations=19, rng=1).table["z"],
    "local_moran": lambda f, a: places.local_moran(f, cell_m=250, study_area=a, permutations=99, simulations=19, rng=1).table["z"],
    "moran": lambda f, a: places.moran(f, cell_m=250, study_area=a, permutations=99, rng=1).table["z"],
    "geary": lambda f, a: places.geary(f, cell_m=250, study_area=a, permutations=99, rng=1).table["z"],
    "general_g": lambda f, a: places.general_g(f, cell_m=250, study_area=a, permutations=99, rng=1).table["z"],
    "emerging_hot_spots": lambda f, a: pd.Series(places.emerging_hot_spots(f, step=30, cell_m=500, study_area=a, simulations=19, rng=1).details["z"].ravel()),
    "nearest_neighbour": lambda f, a: places.nearest_neighbour(f, study_area=a, simulations=19, rng=1).table["mean_m"],
    "ripley": lambda f, a: places.ripley(f, study_area=a, up_to_m=401.7, steps=8, correction="border", simulations=19, rng=1).table["k"],
    "hot_areas": lambda f, a: places.hot_areas(f, within_m=150, study_area=a, simulations=19, rng=1).table["n"],
    "hot_areas, nnh": lambda f, a: places.hot_areas(f, within_m=150, method="nnh", study_area=a, simulations=19, rng=1).table["n"],
    "repeat_places": lambda f, _: places.repeat_places(f)["n"],
    "centres": lambda f, _: places.centres(f)["radius_m"].dropna(),
}  # fmt: skip
ON_STREETS = {
    "street_counts": lambda f: places.street_counts(f, STREETS, within_m=200)["n"],
    "street_density": lambda f: places.street_density(f, STREETS, within_m=200, bandwidth_m=300).table["density"],
    "street_k": lambda f: places.street_k(f, STREETS, within_m=200, up_to_m=500, steps=5, simulations=19, rng=1).table["k"],
}  # fmt: skip


@pytest.mark.parametrize("question", ANSWERS)
@settings(max_examples=5)
@given(seed=seeds)
def test_the_order_of_rows_changes_nothing(question, seed):
    frame = incidents(seed)
    mixed = frame.sample(frac=1, random_state=seed)
    one, other = ANSWERS[question](frame, TOWN), ANSWERS[question](mixed, TOWN)
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("question", ON_STREETS)
@settings(max_examples=5)
@given(seed=seeds)
def test_the_order_of_rows_changes_nothing_on_streets(question, seed):
    frame = incidents(seed)
    mixed = frame.sample(frac=1, random_state=seed)
    np.testing.assert_allclose(
        ON_STREETS[question](frame), ON_STREETS[question](mixed), rtol=1e-9, atol=1e-12
    )


@pytest.mark.parametrize("how", [turned, shifted])
@pytest.mark.parametrize("question", ANSWERS)
@settings(max_examples=4)
@given(seed=seeds)
def test_turning_and_moving_the_map_changes_nothing(question, how, seed):
    frame = incidents(seed)
    one = ANSWERS[question](frame, TOWN)
    other = ANSWERS[question](moved(frame, how), moved(TOWN, how))
    np.testing.assert_allclose(np.sort(one), np.sort(other), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("question", ANSWERS)
@settings(max_examples=3)
@given(seed=seeds)
def test_feet_and_degrees_give_the_answer_of_metres(question, seed):
    frame = incidents(seed)
    one = ANSWERS[question](frame, TOWN)
    feet = "+proj=utm +zone=33 +datum=WGS84 +units=us-ft"
    for system in (feet, 4326):
        other = ANSWERS[question](frame.to_crs(system), TOWN)
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@settings(max_examples=15)
@given(seed=seeds, shape=st.sampled_from(["square", "hex"]), away=st.integers(0, 40))
def test_counts_and_what_was_left_out_add_up_to_the_rows(seed, shape, away):
    frame = incidents(seed)
    frame = pd.concat([frame, moved(frame.head(away), lambda xy: xy + 50_000)], ignore_index=True)
    shapes = np.asarray(frame.geometry).copy()
    shapes[100:105] = None
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=32633))
    for found in (
        places.count(frame, cell_m=170, shape=shape, study_area=TOWN),
        places.count(frame, areas=TOWN),
        places.street_counts(frame, STREETS, within_m=500),
    ):
        assert found["n"].sum() + sum(found.attrs["ilp_lab_left_out"].values()) == len(frame)


WEIGHED = {
    "count": lambda f, w: places.count(f, cell_m=250, study_area=TOWN, weight=w)["n"],
    "density": lambda f, w: places.density(f, bandwidth_m=300, cell_m=100, study_area=TOWN, weight=w).table["density"],
    "gi_star": lambda f, w: places.gi_star(f, cell_m=250, study_area=TOWN, weight=w, simulations=19, rng=1).table["z"],
    "local_moran": lambda f, w: places.local_moran(f, cell_m=250, study_area=TOWN, weight=w, permutations=99, simulations=19, rng=1).table["z"],
    "moran": lambda f, w: places.moran(f, cell_m=250, study_area=TOWN, weight=w, permutations=99, rng=1).table["statistic"],
    "centres": lambda f, w: places.centres(f, weight=w)["radius_m"],
    "street_counts": lambda f, w: places.street_counts(f, STREETS, within_m=500, weight=w)["n"],
    "street_density": lambda f, w: places.street_density(f, STREETS, within_m=500, bandwidth_m=300, weight=w).table["density"],
}  # fmt: skip


@pytest.mark.parametrize("question", WEIGHED)
@settings(max_examples=5)
@given(seed=seeds)
def test_an_incident_that_stands_there_twice_is_one_of_weight_two(question, seed):
    frame = incidents(seed)
    twice = np.random.default_rng(seed).random(len(frame)) < 0.3
    repeated = pd.concat([frame, frame[twice]], ignore_index=True)
    weighed = frame.assign(times=1.0 + twice)
    np.testing.assert_allclose(
        WEIGHED[question](repeated, None), WEIGHED[question](weighed, "times"), rtol=1e-9, atol=1e-9
    )


@settings(max_examples=10)
@given(seed=seeds, factor=st.floats(0.01, 100))
def test_rates_and_shares_do_not_depend_on_order_or_on_the_unit_of_population(seed, factor):
    rng = np.random.default_rng(seed)
    cells = shapely.box(*np.array([(i % 5, i // 5, i % 5 + 1, i // 5 + 1) for i in range(25)], float).T)
    areas = gpd.GeoDataFrame(
        {"n": rng.poisson(20, 25), "people": rng.integers(500, 5000, 25).astype(float)},
        geometry=cells,
        crs=32633,
    )
    mixed = areas.sample(frac=1, random_state=seed)
    one = places.rates(areas, events="n", population="people", per=1000).table["smoothed"]
    other = places.rates(mixed, events="n", population="people", per=1000).table["smoothed"].sort_index()
    np.testing.assert_allclose(one, other, rtol=1e-9)
    scaled = places.rates(
        areas.assign(people=areas["people"] * factor), events="n", population="people", per=1000 * factor
    ).table["smoothed"]
    np.testing.assert_allclose(one, scaled, rtol=1e-6)
    gini = [places.concentration(table, bootstrap=99, rng=1)["gini"]["value"] for table in (areas, mixed)]
    assert gini[0] == pytest.approx(gini[1], abs=1e-12)


@pytest.mark.slow
def test_p_of_gi_star_and_local_moran_are_uniform_without_a_pattern():
    cells = shapely.box(*np.array([(i % 8, i // 8, i % 8 + 1, i // 8 + 1) for i in range(64)], float).T)
    found = {"gi_star": [], "local_moran": []}
    for seed in range(400):
        board = gpd.GeoDataFrame(
            {"v": np.random.default_rng(seed).normal(size=64)}, geometry=cells, crs=32633
        )
        hot = places.gi_star(board, value="v", permutations=199, simulations=19, rng=seed).table
        local = places.local_moran(board, value="v", permutations=199, simulations=19, rng=seed).table
        found["gi_star"].append(hot.iloc[27][["p", "p_permutation"]].astype(float))
        found["local_moran"].append(local.iloc[27][["p", "p_permutation"]].astype(float))
    for drawn in found.values():
        table = pd.DataFrame(drawn)
        for name in table:
            assert kstest(table[name], "uniform").pvalue > 0.001, name
