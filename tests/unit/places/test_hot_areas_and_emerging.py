"""Areas drawn around incidents, and how hot spots come, stay and go."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from ilp_lab._ground.periods import steps_of
from ilp_lab.errors import InputError
from ilp_lab.places import emerging_hot_spots, hot_areas
from ilp_lab.places.emergingrules import PATTERNS, History, classify, final_run
from ilp_lab.places.hotareas import by_density, by_nearest
from ilp_lab.places.spacetime import mann_kendall

TOWN = gpd.GeoDataFrame(geometry=[box(0, 0, 4000, 4000)], crs=32633)


def points(xy, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(xy, float).T), crs=32633)


def town_with_two_clusters(seed=1):
    rng = np.random.default_rng(seed)
    return np.vstack(
        [rng.uniform(0, 4000, (200, 2)), rng.normal(1000, 60, (80, 2)), rng.normal(3000, 40, (50, 2))]
    )


@pytest.mark.parametrize("method", ["dbscan", "nnh", "stac"])
@pytest.mark.parametrize("outline", ["hull", "ellipse"])
def test_both_clusters_are_found_and_nothing_else(method, outline):
    within = 200 if method == "stac" else 100
    found = hot_areas(
        points(town_with_two_clusters()),
        method=method,
        outline=outline,
        within_m=within,
        study_area=TOWN,
        rng=1,
    )
    beyond = found.table[(found.table["verdict"] == "beyond chance") & (found.table["level"] == 1)]
    for middle in (Point(1000, 1000), Point(3000, 3000)):
        assert beyond.geometry.distance(middle).min() == 0
    others = beyond[
        (beyond.geometry.distance(Point(1000, 1000)) > 300)
        & (beyond.geometry.distance(Point(3000, 3000)) > 300)
    ]
    assert len(others) == 0
    member = found["member"]
    assert len(member) == 330
    assert (member == 1).sum() == found.table["n"].iloc[0]


def test_random_incidents_make_no_area_beyond_chance():
    hits = 0
    for seed in range(10):
        xy = np.random.default_rng(seed).uniform(0, 4000, (300, 2))
        table = hot_areas(points(xy), within_m=250, least=5, study_area=TOWN, simulations=39, rng=seed).table
        hits += bool((table["verdict"] == "beyond chance").any())
    assert hits <= 3


def test_dbscan_is_scikit_learns():
    cluster = pytest.importorskip("sklearn.cluster", reason="scikit-learn is a peer and is not installed")
    xy = town_with_two_clusters(4)
    ours, theirs = by_density(xy, 90.0, 8), cluster.DBSCAN(eps=90.0, min_samples=8).fit(xy)
    assert ((ours >= 0) == (theirs.labels_ >= 0)).all()
    core = theirs.core_sample_indices_
    pairs = {(a, b) for a, b in zip(ours[core], theirs.labels_[core], strict=True)}
    assert len(pairs) == len(set(ours[core])) == len(set(theirs.labels_[core]))


@given(seed=st.integers(0, 500), angle=st.floats(0, 3))
def test_areas_turn_and_move_with_the_map(seed, angle):
    rng = np.random.default_rng(seed)
    xy = np.vstack([rng.normal(0, 30, (20, 2)), rng.uniform(-500, 500, (30, 2))])
    turned = xy @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) + np.array(
        [1e5, -3e4]
    )
    assert (by_density(xy, 40.001, 5) >= 0).sum() == (by_density(turned, 40.001, 5) >= 0).sum()
    assert sorted(np.bincount(by_nearest(xy, 40.001, 5) + 1)) == sorted(
        np.bincount(by_nearest(turned, 40.001, 5) + 1)
    )


def test_many_incidents_at_one_address_are_an_area_and_said():
    xy = np.vstack([np.random.default_rng(1).uniform(0, 4000, (100, 2)), np.full((60, 2), 2000.0)])
    found = hot_areas(points(xy), within_m=50, study_area=TOWN, rng=1)
    assert found.table["places"].tolist() == [1]
    assert found.table.geometry.iloc[0].area > 0
    assert "default address" in found.explain()


def test_areas_of_areas():
    rng = np.random.default_rng(2)
    middles = np.array(
        [(500 + i % 3 * 150, 500 + i // 3 * 150) for i in range(6)]
        + [(3300 + i % 3 * 150, 3300 + i // 3 * 150) for i in range(6)]
    )
    xy = middles.repeat(20, axis=0) + rng.normal(0, 10, (240, 2))
    table = hot_areas(points(xy), method="nnh", within_m=60, study_area=TOWN, rng=1).table
    assert (table["level"] == 1).sum() == 12
    assert table.loc[table["level"] == 2, "n"].tolist() == [120, 120]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"method": "kmeans"}, "method must be one of"),
        ({"within_m": 0}, "within_m must be"),
        ({"least": 2}, "at least 3"),
        ({"outline": "box"}, "outline must be"),
    ],
)
def test_settings_that_do_not_fit(how, says):
    with pytest.raises(InputError, match=says):
        hot_areas(points(town_with_two_clusters()), **how)


def history(hot, cold=None, trend=0.0, p=1.0):
    hot = np.array(hot, dtype=bool)[:, None]
    cold = np.zeros_like(hot) if cold is None else np.array(cold, dtype=bool)[:, None]
    return History(hot, cold, np.array([trend]), np.array([p]))


TEN = 10
STORIES = [
    ("new hot spot", history([0] * 9 + [1])),
    ("consecutive hot spot", history([0] * 7 + [1] * 3)),
    ("intensifying hot spot", history([1] * TEN, trend=3, p=0.003)),
    ("persistent hot spot", history([1] * 9 + [1])),
    ("diminishing hot spot", history([1] * TEN, trend=-3, p=0.003)),
    ("sporadic hot spot", history([0, 1, 0, 0, 1, 0, 0, 0, 0, 1])),
    ("oscillating hot spot", history([0] * 9 + [1], [1, 1] + [0] * 8)),
    ("historical hot spot", history([1] * 9 + [0])),
    ("new cold spot", history([0] * TEN, [0] * 9 + [1])),
    ("intensifying cold spot", history([0] * TEN, [1] * TEN, trend=-3, p=0.003)),
    ("historical cold spot", history([0] * TEN, [1] * 9 + [0])),
    ("no pattern", history([0] * TEN)),
]


@pytest.mark.parametrize(("pattern", "story"), STORIES, ids=[name for name, _ in STORIES])
def test_each_story_has_its_name(pattern, story):
    if pattern == "oscillating hot spot":
        story = history([0] * 5 + [1, 0, 0, 0, 1], [1, 1] + [0] * 8)
    assert PATTERNS[classify(story, "esri-3", 0.05)[0]] == pattern


def test_the_versions_differ_where_the_documentation_does():
    on_and_off = history([0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
    assert PATTERNS[classify(on_and_off, "esri-3", 0.05)[0]] == "no pattern"
    assert PATTERNS[classify(on_and_off, "esri-2.8", 0.05)[0]] == "sporadic hot spot"


@given(
    st.lists(st.lists(st.sampled_from([-1, 0, 1]), min_size=12, max_size=12), min_size=1, max_size=20),
    st.sampled_from(["esri-3", "esri-2.8"]),
)
def test_hot_and_cold_are_mirror_images(stories, rules):
    state = np.array(stories).T
    trend, p = np.linspace(-3, 3, state.shape[1]), np.linspace(0, 0.1, state.shape[1])
    plain = classify(History(state > 0, state < 0, trend, p), rules, 0.05)
    mirrored = classify(History(state < 0, state > 0, -trend, p), rules, 0.05)
    hot_alone = (plain < 8) & (mirrored < 16)
    assert (mirrored[hot_alone] >= 8).sum() + ((plain < 8) & (mirrored < 8)).sum() == hot_alone.sum()
    both_named = (plain < 8) & (mirrored >= 8) & (mirrored < 16)
    assert (mirrored[both_named] - plain[both_named] == 8).all()
    assert ((plain == PATTERNS.index("no pattern")) == (mirrored == PATTERNS.index("no pattern"))).all()
    assert (final_run(state > 0) <= (state > 0).sum(axis=0)).all()


@given(st.lists(st.integers(0, 5), min_size=4, max_size=30))
def test_mann_kendall_is_the_sum_of_signs_with_ties_allowed_for(values):
    array = np.array(values, float)
    s, variance, z = mann_kendall(array[:, None])
    assert s[0] == sum(
        np.sign(array[j] - array[i]) for i in range(len(array)) for j in range(i + 1, len(array))
    )
    n, ties = len(array), np.unique(array, return_counts=True)[1]
    assert variance[0] == pytest.approx(
        (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    )
    assert np.isfinite(z[0])


def months(xy, day, **columns):
    when = pd.Timestamp("2023-01-01", tz="Europe/Vienna") + pd.to_timedelta(np.asarray(day), unit="D")
    return points(xy, occurred_at=when, **columns)


def developing(seed=1):
    rng = np.random.default_rng(seed)
    base = rng.uniform(0, 4000, (4000, 2))
    fresh, old, steady = (
        rng.normal(at, 60, (n, 2)) for at, n in (([1000, 1000], 80), ([3000, 1000], 300), ([3000, 3000], 400))
    )
    day = np.concatenate(
        [
            rng.integers(0, 360, 4000),
            rng.integers(330, 360, 80),
            rng.integers(0, 300, 300),
            rng.integers(0, 360, 400),
        ]
    )
    return months(np.vstack([base, fresh, old, steady]), day)


def pattern_at(result, x, y):
    table = result.table
    return str(table.loc[table.geometry.contains(Point(x, y)), "pattern"].iloc[0])


@pytest.mark.parametrize("window", ["cube", "neighbourhood", "step"])
def test_new_old_and_steady_places_are_told_apart(window):
    found = emerging_hot_spots(developing(), step=30, cell_m=200, study_area=TOWN, window=window, rng=1)
    assert pattern_at(found, 1010, 1010) in ("new hot spot", "consecutive hot spot")
    assert pattern_at(found, 3010, 1010) not in (
        "new hot spot",
        "consecutive hot spot",
        "persistent hot spot",
    )
    assert pattern_at(found, 3010, 3010) in (
        "persistent hot spot",
        "intensifying hot spot",
        "diminishing hot spot",
    )
    assert found.table["n"].sum() == 4780
    assert found["counts"].shape == (12, len(found.table))


def test_randomness_names_about_as_many_cells_as_was_said():
    rng = np.random.default_rng(5)
    frame = months(rng.uniform(0, 4000, (3000, 2)), rng.integers(0, 360, 3000))
    found = emerging_hot_spots(frame, step=30, cell_m=200, study_area=TOWN, rng=1)
    named = found.table["pattern"].isin(PATTERNS[:8]).sum()
    said = sum(found["chance"][word] for word in PATTERNS[:8])
    assert named <= said + 3 * (said + 1) ** 0.5


def test_calendar_months_follow_the_local_clock_and_an_open_end_is_said():
    times = pd.Series(
        pd.to_datetime(["2024-01-31 23:30", "2024-02-01 00:10", "2024-03-05 10:00"])
    ).dt.tz_localize("Europe/Vienna")
    steps = steps_of(times, "month", "x")
    assert steps.of.tolist() == [0, 1, 2]
    assert steps.begins.astype("datetime64[M]").astype(str).tolist() == [
        "2024-01",
        "2024-02",
        "2024-03",
        "2024-04",
    ]
    assert steps.open_end
    weeks = steps_of(times, "week", "x")
    assert weeks.of[-1] == weeks.count - 1
    assert not weeks.open_end


@pytest.mark.parametrize(
    ("change", "how", "says"),
    [
        (lambda f: f.drop(columns="occurred_at"), {}, "no column 'occurred_at'"),
        (lambda f: f.assign(occurred_at="May"), {}, "occurred_at must hold times"),
        (lambda f: f, {"step": "year"}, "one period|too few"),
        (lambda f: f, {"step": "moon"}, "step must be"),
        (
            lambda f: f.assign(occurred_at=pd.Series(pd.NaT, index=f.index, dtype="datetime64[ns, UTC]")),
            {},
            "in the study area has a time",
        ),
        (lambda f: f, {"window": "globe"}, "window must be one of"),
        (lambda f: f, {"step": "day", "cell_m": 4}, "bins"),
    ],
)
def test_what_cannot_be_read_period_by_period(change, how, says):
    with pytest.raises(InputError, match=says):
        emerging_hot_spots(change(developing()), **{"cell_m": 400, "study_area": TOWN, **how})
