"""Rates that say how sure they are, and how few places hold how much."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from shapely.geometry import box

from ilp_lab.errors import ColumnError, InputError
from ilp_lab.places import concentration, rates, repeat_places
from ilp_lab.places.lorenz import gini


def areas(n, population):
    shapes = [box(i * 10, 0, i * 10 + 10, 10) for i in range(len(n))]
    return gpd.GeoDataFrame(
        {"area": [f"A{i}" for i in range(len(n))], "n": n, "population": population},
        geometry=shapes,
        crs=32633,
    )


def test_small_populations_are_drawn_in_and_large_ones_are_not():
    table = rates(areas([2, 400, 300, 600], [100, 100_000, 50_000, 60_000])).table
    assert abs(table["smoothed"] - table["rate"]).idxmax() == 0
    assert table["smoothed"][3] == pytest.approx(table["rate"][3], rel=0.02)
    assert ((table["low"] <= table["smoothed"]) & (table["smoothed"] <= table["high"])).all()


def test_the_interval_covers_the_true_rate_as_often_as_it_says():
    rng = np.random.default_rng(8)
    covered = []
    for _ in range(60):
        true = rng.gamma(4, 0.005 / 4, 60)
        people = rng.integers(200, 8000, 60)
        table = rates(areas(rng.poisson(true * people), people), per=1, level=0.9).table
        covered.append(((table["low"] <= true) & (true <= table["high"])).mean())
    assert np.mean(covered) == pytest.approx(0.9, abs=0.03)


def test_smoothed_rates_are_nearer_to_the_truth_than_raw_ones():
    rng = np.random.default_rng(9)
    true = rng.gamma(4, 0.005 / 4, 200)
    people = rng.integers(50, 3000, 200)
    table = rates(areas(rng.poisson(true * people), people), per=1).table
    assert ((table["smoothed"] - true) ** 2).mean() < 0.6 * ((table["rate"] - true) ** 2).mean()


def test_areas_that_only_differ_by_luck_are_not_told_apart():
    rng = np.random.default_rng(2)
    people = rng.integers(500, 900, 40)
    found = rates(areas(rng.poisson(0.02 * people), people))
    assert (found.table["verdict"] == "not more than chance").sum() >= 38


def test_without_population_an_area_is_left_out_and_named():
    found = rates(areas([3, 5, 9], [100, 0, 200]))
    assert found.left_out == {"without a population": 1}
    assert found.left_out_rows["area"].tolist() == ["A1"]


def test_towards_the_neighbours():
    n, people = [1, 50, 60, 40, 2, 1, 1, 0], [50, 1000, 1000, 1000, 1000, 1000, 1000, 1000]
    near = rates(areas(n, people), towards="queen").table
    overall = rates(areas(n, people)).table
    assert near["smoothed"][0] > overall["smoothed"][0]


@pytest.mark.parametrize(
    ("frame", "kind", "says"),
    [
        (areas([1, 2], [0, 0]), InputError, "0 of 2 areas"),
        (areas([0, 0], [5, 5]), InputError, "with 0 events"),
        (areas([1, -2], [5, 5]), ColumnError, "1 negative"),
        (areas(["a", "b"], [5, 5]), ColumnError, "must be a column of numbers"),
        (areas([1, 2], [5, 5]).drop(columns="population"), ColumnError, "no column 'population'"),
    ],
)
def test_rates_that_cannot_be(frame, kind, says):
    with pytest.raises(kind, match=says):
        rates(frame)


def test_gini_of_textbook_shares():
    assert gini(np.array([5, 5, 5, 5]))[0] == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 20])) == pytest.approx((0.75, 0.75))
    assert gini(np.array([1, 0, 0, 0, 0, 0, 0, 1])) == pytest.approx((0.75, 0.0))


@given(st.lists(st.integers(0, 20), min_size=3, max_size=60).filter(lambda n: sum(n) > 2), st.integers(0, 99))
def test_gini_depends_on_the_counts_alone(counts, seed):
    counts = np.array(counts)
    plain, general = gini(counts)
    assert 0 <= general <= plain + 1e-12 <= 1
    assert gini(np.random.default_rng(seed).permutation(counts)) == pytest.approx((plain, general))
    assert gini(np.repeat(counts, 2))[0] == pytest.approx(plain)
    cdf = np.sort(counts).cumsum() / counts.sum()
    assert plain == pytest.approx(1 - (2 * cdf.sum() - 1) / len(counts))


def test_random_incidents_are_said_to_be_no_more_than_chance():
    counts = np.bincount(np.random.default_rng(1).integers(0, 500, 800), minlength=500)
    found = concentration(pd.DataFrame({"n": counts}), rng=2)
    chance = found["chance_gini"]
    assert chance["low"] <= found["gini"]["value"] <= chance["high"]
    assert "no more concentrated than chance" in found.explain()


@pytest.mark.slow
def test_the_interval_holds_what_such_incidents_show_on_average_as_often_as_it_says():
    rng = np.random.default_rng(4)
    weight = rng.pareto(1.5, 300) + 0.05
    weight /= weight.sum()
    average = np.mean([gini(rng.multinomial(1000, weight)) for _ in range(400)], axis=0)
    hits = np.zeros(2)
    for seed in range(80):
        counts = np.random.default_rng(seed).multinomial(1000, weight)
        found = concentration(pd.DataFrame({"n": counts}), bootstrap=199, level=0.9, rng=seed)
        intervals = [found[name] for name in ("gini", "generalised_gini")]
        hits += [
            interval["low"] <= at <= interval["high"] for interval, at in zip(intervals, average, strict=True)
        ]
    assert (hits / 80 > 0.74).all()


@pytest.mark.parametrize("column", [[1.5, 2], [-1, 2], [np.nan, 2], ["a", "b"]])
def test_counts_must_be_counts(column):
    with pytest.raises(InputError, match="whole numbers"):
        concentration(pd.DataFrame({"n": column}))


def test_one_place_is_not_a_distribution():
    with pytest.raises(InputError, match="at least two places"):
        concentration(pd.DataFrame({"n": [5]}))


def test_repeat_places_by_point_by_square_and_by_name():
    frame = gpd.GeoDataFrame(
        {
            "address": ["A", "A", None, "B", "B", "C"],
            "occurred_at": pd.to_datetime(
                ["2024-01-01", "2024-02-01", "2024-03-01", "2024-01-05", "2024-01-04", "2024-01-01"], utc=True
            ),
        },
        geometry=gpd.points_from_xy([0, 0.01, 3, 100, 104, np.nan], [0, 0, 0, 100, 100, 0]),
        crs=32633,
    )
    by_point = repeat_places(frame)
    assert by_point["n"].tolist() == [2]
    assert by_point["first"].dt.month.tolist() == [1]
    assert by_point["last"].dt.month.tolist() == [2]
    assert by_point.attrs["ilp_lab_left_out"] == {"without a place": 1}
    assert sorted(repeat_places(frame, within_m=50)["n"]) == [2, 3]
    by_name = repeat_places(frame, by="address")
    assert by_name["place"].tolist() == ["A", "B"]
    assert by_name.attrs["ilp_lab_left_out"] == {"without a place": 1, "without address": 1}


def test_the_two_sided_poisson_probability():
    table = rates(areas([10, 20, 60], [1000, 1000, 1000])).table
    assert table["p"][2] == pytest.approx(2 * stats.poisson.sf(59, 30), rel=1e-9)
