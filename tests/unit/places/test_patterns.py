"""Middles, nearest neighbours and K: what must not change them, what they find, and what they refuse."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from ilp_lab.errors import InputError
from ilp_lab.places import centres, cross_k, nearest_neighbour, ripley
from ilp_lab.places.centrography import median_centre, standard_ellipse

TOWN = gpd.GeoDataFrame(geometry=[box(0, 0, 3000, 3000)], crs=32633)
places = st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 1000)), min_size=4, max_size=30, unique=True)


def points(xy, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(xy, float).T), crs=32633)


@given(xy=places)
def test_the_median_centre_has_the_smallest_sum_of_distances(xy):
    x, y = np.array(xy).T
    at = median_centre(x, y, np.ones(len(x)))
    best = np.hypot(x - at[0], y - at[1]).sum()
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        assert best <= np.hypot(x - at[0] - dx, y - at[1] - dy).sum() + 1e-6


@given(xy=places, angle=st.floats(1, 89))
def test_the_ellipse_turns_with_the_map(xy, angle):
    x, y = np.array(xy).T
    long, short, bearing = standard_ellipse(x, y, np.ones(len(x)))
    turn = np.radians(angle)
    tx, ty = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    other = standard_ellipse(tx, ty, np.ones(len(x)))
    assert other[:2] == pytest.approx((long, short), abs=1e-5)
    if long > short * 1.01 + 1e-3:
        assert min((other[2] - bearing + angle) % 180, (bearing - angle - other[2]) % 180) == pytest.approx(
            0, abs=0.5
        )


@given(xy=places, east=st.floats(-1e4, 1e4))
def test_a_weight_of_two_is_the_incident_twice(xy, east):
    moved = np.array(xy) + np.array([east, 0])
    weighed = centres(points(moved, w=[2] + [1] * (len(xy) - 1)), weight="w").set_index("measure")
    doubled = centres(points(np.vstack([moved, moved[:1]]))).set_index("measure")
    assert weighed.loc["mean centre", "x"] == pytest.approx(doubled.loc["mean centre", "x"], abs=1e-3)
    assert weighed.loc["median centre", "x"] == pytest.approx(doubled.loc["median centre", "x"], abs=0.02)
    assert weighed.loc["standard distance", "radius_m"] == pytest.approx(
        doubled.loc["standard distance", "radius_m"], abs=1e-6
    )


def test_groups_are_described_one_by_one():
    frame = points(
        [(0, 0), (0, 2), (100, 0), (100, 2), (5, 5), (np.nan, 1)], offence=["a", "a", "b", "b", None, "a"]
    )
    table = centres(frame, by="offence")
    assert table["offence"].tolist() == ["a"] * 4 + ["b"] * 4
    assert table.loc[table["measure"] == "mean centre", "x"].tolist() == [0, 100]
    assert table.attrs["ilp_lab_left_out"] == {"without a place": 1, "without offence": 1}


def test_clusters_and_regular_patterns_are_told_from_random_ones():
    rng = np.random.default_rng(1)
    clustered = rng.uniform(300, 2700, (20, 2)).repeat(10, axis=0) + rng.normal(0, 40, (200, 2))
    grid = np.stack(np.meshgrid(np.arange(100, 3000, 200), np.arange(100, 3000, 200)), axis=-1).reshape(-1, 2)
    random = rng.uniform(0, 3000, (200, 2))
    ratios = {}
    for name, xy in {"clustered": clustered, "regular": grid, "random": random}.items():
        row = nearest_neighbour(points(xy), study_area=TOWN, rng=1).table.iloc[0]
        ratios[name] = (row["ratio"], row["p"])
    assert ratios["clustered"][0] < 0.5
    assert ratios["clustered"][1] == pytest.approx(0.01)
    assert ratios["regular"][0] > 1.5
    assert ratios["random"][1] > 0.05


def test_k_finds_the_distance_of_clusters():
    rng = np.random.default_rng(2)
    xy = rng.uniform(300, 2700, (20, 2)).repeat(10, axis=0) + rng.normal(0, 40, (200, 2))
    found = ripley(points(xy), study_area=TOWN, up_to_m=500, rng=1)
    assert found["p"] == pytest.approx(0.01)
    assert 40 <= found["at_m"] <= 200
    assert "keep together" in found.explain()


@pytest.mark.parametrize("correction", ["translation", "border"])
def test_corrected_k_of_random_points_in_a_crooked_area_is_that_of_the_plane(correction):
    crooked = gpd.GeoDataFrame(
        geometry=[LineString([(0, 0), (2000, 200), (1500, 2500)]).buffer(300)], crs=32633
    )
    ks = []
    for seed in range(15):
        xy = np.random.default_rng(seed).uniform((-300, -300), (2400, 2900), (2500, 2))
        ks.append(
            ripley(
                points(xy),
                study_area=crooked,
                up_to_m=200,
                steps=4,
                correction=correction,
                simulations=19,
                rng=1,
            ).table["k"]
        )
    plane = np.pi * np.array([50, 100, 150, 200.0]) ** 2
    np.testing.assert_allclose(np.mean(ks, axis=0), plane, rtol=0.03)


def test_cross_k_needs_more_than_a_common_crowd():
    rng = np.random.default_rng(3)
    crowd = rng.uniform(300, 2700, (15, 2))
    one, two = (crowd[rng.integers(0, 15, 150)] + rng.normal(0, 80, (150, 2)) for _ in range(2))
    assert cross_k(points(one), points(two), study_area=TOWN, up_to_m=500, rng=1)["p"] > 0.05
    assert cross_k(points(one), points(two), study_area=TOWN, up_to_m=500, null="random", rng=1)[
        "p"
    ] == pytest.approx(0.01)
    apart = rng.uniform(300, 2700, (15, 2))[rng.integers(0, 15, 150)] + rng.normal(0, 80, (150, 2))
    found = cross_k(points(one), points(apart), study_area=TOWN, up_to_m=500, rng=1)
    assert found["p"] < 0.05
    assert "keep apart" in found.explain()
    assert found.sources[-1].name == "others"


@pytest.mark.slow
def test_the_global_p_is_uniform_at_random():
    from scipy.stats import kstest

    p = [
        ripley(
            points(np.random.default_rng(seed).uniform(0, 3000, (150, 2))),
            study_area=TOWN,
            steps=10,
            rng=seed,
        )["p"]
        for seed in range(150)
    ]
    assert kstest(p, "uniform").pvalue > 0.001


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ripley(points([(1, 1)]), study_area=TOWN), "at least 3 incidents"),
        (
            lambda: ripley(points([(9e5, 1)] * 5), study_area=TOWN),
            "none of the 5 incidents with a place lies",
        ),
        (
            lambda: ripley(points([(1, 1), (2, 2), (3, 3)]), study_area=TOWN, up_to_m=5000),
            "wider than the study area",
        ),
        (
            lambda: ripley(points([(1, 1), (2, 2), (3, 3)]), study_area=TOWN, correction="ripley"),
            "correction must be one of",
        ),
        (lambda: ripley(points([(1, 1), (2, 2), (3, 3)]), study_area=TOWN, simulations=5), "at least 19"),
        (lambda: nearest_neighbour(points([(1, 1)]), study_area=TOWN), "at least 2 incidents"),
        (
            lambda: cross_k(points([(1, 1), (2, 2)]), points([(9e5, 0)]), study_area=TOWN),
            "fewer than two of the others",
        ),
        (lambda: centres(points(np.empty((0, 2)))), "no row has a place"),
        (lambda: centres(pd.DataFrame({"a": [1]})), "must be a table with places"),
    ],
)
def test_what_cannot_be_answered_is_said(call, says):
    with pytest.raises(InputError, match=says):
        call()


def test_all_incidents_at_one_place():
    found = nearest_neighbour(points([(1500, 1500)] * 20), study_area=TOWN, rng=1)
    assert found["at_the_same_place"] == 19
    assert found.table["ratio"][0] == 0
    assert np.isfinite(ripley(points([(1500, 1500)] * 20), study_area=TOWN, rng=1).table["k"]).all()
