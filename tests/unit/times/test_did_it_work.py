"""Before and after: two counts, displacement, panels, broken series, patterns; and the words when it could be chance."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from ilp_lab.errors import ColumnError, InputError
from ilp_lab.times import (
    compare_counts,
    difference_in_differences,
    displacement_difference,
    displacement_rings,
    interrupted_series,
    pattern_change,
)
from ilp_lab.times.poissontests import e_test, poisson_band, rate_ratio

VIENNA = "Europe/Vienna"
COUNT = st.integers(0, 200)


# --- two counts -----------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(one=COUNT, other=COUNT)
def test_two_counts_are_symmetric_and_probabilities(one, other):
    p = e_test(one, other)
    assert 0 <= p <= 1
    assert p == pytest.approx(e_test(other, one), abs=1e-10)
    ratio, low, high = rate_ratio(one, other)
    back, down, up = rate_ratio(other, one)
    if one and other:
        assert ratio == pytest.approx(1 / back)
        assert (low, high) == pytest.approx((1 / up, 1 / down), rel=1e-6)
    assert low <= high


@pytest.mark.slow
def test_the_e_test_holds_its_level():
    rng = np.random.default_rng(1)
    for mean in (2, 8, 40):
        p = np.array([e_test(*pair) for pair in rng.poisson(mean, (1500, 2)).tolist()])
        for level in (0.05, 0.2):
            assert (p <= level).mean() <= level + 2.6 * np.sqrt(level * (1 - level) / 1500)


def test_large_counts_go_over_smoothly():
    assert e_test(3001, 2999) == pytest.approx(0.98, abs=0.01)
    assert e_test(3100, 2890) == pytest.approx(e_test(2990, 2783), abs=0.01)


def test_the_band_of_poisson_and_of_more():
    low, high = poisson_band(np.array([4.0, 4.0, 0.0]), np.array([1.0, 3.0, 1.0]))
    assert (low[0], high[0]) == (1, 8)
    assert high[1] > high[0]
    assert (low[2], high[2]) == (0, 0)


def test_verdicts_of_rows():
    found = compare_counts(pd.DataFrame({"place": list("AB"), "before": [40, 12], "after": [90, 14]}))
    assert found.table["verdict"].tolist() == ["more", "this could be chance"]
    assert found.table["place"].tolist() == ["A", "B"]
    nothing = compare_counts(pd.DataFrame({"before": [0], "after": [0]})).explain()
    assert nothing.startswith("Nothing before and nothing after")
    longer = compare_counts(pd.DataFrame({"before": [40], "after": [80]}), after_span=2.0)
    assert longer.table["ratio"][0] == pytest.approx(1)
    assert "poisson_z" not in longer.table


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"before": [1.5], "after": [2]}, "whole numbers"),
        ({"before": [-1], "after": [2]}, "whole numbers"),
        ({"before": [None], "after": [2]}, "must be a column of counts|whole numbers"),
        ({"before": ["1"], "after": [2]}, "must be a column of counts"),
        ({"before": [1]}, "has no column 'after'"),
        ({"before": np.array([], dtype=int), "after": np.array([], dtype=int)}, "has no row"),
    ],
)
def test_counts_that_are_none(table, words):
    with pytest.raises(InputError, match=words):
        compare_counts(pd.DataFrame(table))


# --- displacement difference ----------------------------------------------------------------------------


def zones(t, c, dt=None, dc=None):
    named = {"treated": t, "control": c, "displacement": dt, "displacement control": dc}
    return pd.DataFrame(
        [{"zone": zone, "before": pair[0], "after": pair[1]} for zone, pair in named.items() if pair]
    )


@settings(max_examples=40)
@given(pairs=st.lists(st.tuples(COUNT, COUNT), min_size=4, max_size=4), factor=st.floats(0.1, 20))
def test_difference_is_antisymmetric_and_scales(pairs, factor):
    t, c, dt, dc = pairs
    found = displacement_difference(zones(t, c, dt, dc))
    other = displacement_difference(zones(c, t, dc, dt))
    assert found["wdd"] == pytest.approx(-other["wdd"])
    assert found["se"] == pytest.approx(other["se"])
    turned = displacement_difference(zones(*(pair[::-1] for pair in pairs)))
    assert turned["wdd"] == pytest.approx(-found["wdd"])
    harm = displacement_difference(zones(t, c, dt, dc).assign(harm=factor), harm="harm")
    assert harm["wdd"] == pytest.approx(factor * found["wdd"], abs=1e-6)
    assert harm["se"] == pytest.approx(factor * found["se"], rel=1e-9)
    size = displacement_difference(zones(t, c, dt, dc).assign(size=factor), size="size")
    assert size["wdd"] == pytest.approx(found["wdd"] / factor, abs=1e-6)


@pytest.mark.slow
def test_the_interval_of_the_difference_covers_nothing():
    rng = np.random.default_rng(3)
    n = rng.poisson([60, 60, 50, 50, 30, 30, 35, 35], (1500, 8)).tolist()
    inside = [abs(displacement_difference(zones(r[:2], r[2:4], r[4:6], r[6:]))["z"]) < 1.959964 for r in n]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.018)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (zones((100, 60), (100, 98)), "speak for an effect"),
        (zones((100, 95), (100, 98)), "This could be chance"),
        (zones((60, 100), (100, 98)), "wrong way"),
        (zones((200, 100), (200, 198), (60, 120), (60, 61)), "part of it moved"),
        (zones((200, 100), (200, 198), (160, 80), (160, 161)), "the benefit spread"),
        (zones((200, 100), (200, 198), (60, 66), (60, 61)), "No displacement to next door can be shown"),
    ],
)
def test_the_verdict_in_words(counts, words):
    assert words in displacement_difference(counts).explain()


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        (zones((1, 2), None), {}, "belong together"),
        (zones((1, 2), (3, 4), (5, 6)), {}, "belong together"),
        (zones((1, 2), (3, 4)).assign(zone=["treated", "somewhere"]), {}, "zone must be one of"),
        (zones((1, 2), (3, 4)).assign(harm=0), {"harm": "harm"}, "must be above 0"),
        (zones((1, 2), (3, 4)).drop(columns="zone"), {}, "has no column 'zone'"),
        (zones((1, 2), (3, 4)), {"before_span": 0}, "before_span must be a number above 0"),
    ],
)
def test_zones_that_do_not_fit(table, options, words):
    with pytest.raises(InputError, match=words):
        displacement_difference(table, **options)


# --- panels ---------------------------------------------------------------------------------------------


def panel(effect=0.7, units=30, periods=24, seed=1, drift=0.0, shock=0.3):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame([(a, t) for a in range(units) for t in range(periods)], columns=["area", "period"])
    treated = table["area"] < units // 2
    table["treated"] = treated & (table["period"] >= periods // 2)
    mean = np.exp(2.5 + rng.normal(0, 0.5, units)[table["area"]] + 0.2 * np.sin(table["period"]))
    mean *= rng.gamma(1 / shock**2, shock**2, len(table)) if shock else 1
    mean *= np.where(table["treated"], effect, 1) * np.exp(np.where(treated, drift * table["period"], 0))
    table["n"] = rng.poisson(mean)
    return table


def test_the_effect_is_found_and_the_placebo_is_quiet():
    found = difference_in_differences(panel())
    effect, placebo = found.table.iloc[0], found.table.iloc[1]
    assert effect["low"] < 0.7 < effect["high"] < 1
    assert placebo["low"] <= 1 <= placebo["high"]
    assert "changed alike" in found.explain()


def test_categories_that_are_not_there_make_no_difference():
    table = panel()
    kinds = pd.CategoricalDtype([*map(str, range(200))])
    given = table.assign(
        area=table["area"].astype(str).astype(kinds), period=table["period"].map("{:03d}".format)
    )
    plain = given.assign(area=given["area"].astype(str))
    assert difference_in_differences(given)["ratio"] == pytest.approx(
        difference_in_differences(plain)["ratio"]
    )


def test_areas_that_went_their_own_way_before_are_said():
    found = difference_in_differences(panel(effect=1.0, drift=-0.05, shock=0))
    assert "do not trust this estimate" in found.explain()


def test_it_agrees_with_the_ratio_of_ratios_in_a_balanced_panel():
    table = panel(shock=0)
    before, after = (table[table["period"] // 12 == k].groupby(table["area"] < 15)["n"].sum() for k in (0, 1))
    change = after / before
    found = difference_in_differences(table)
    assert found["ratio"] == pytest.approx(change[True] / change[False], rel=0.02)


@pytest.mark.slow
def test_no_effect_is_seldom_found_where_there_is_none():
    p = np.array([difference_in_differences(panel(effect=1.0, seed=seed))["p"] for seed in range(200)])
    assert (p < 0.05).mean() <= 0.1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t[t["area"] < 15], "areas with and without the measure are needed"),
        (lambda t: t[t["period"] >= 12], "a time before it"),
        (lambda t: t[t["area"].isin([0, 1, 28, 29])], "too few to judge by"),
        (lambda t: pd.concat([t, t.head(1)]), "only once in every period"),
        (lambda t: t.assign(treated=np.where(t["treated"], "yes", "no")), "column of true and false"),
        (lambda t: t.assign(n=-t["n"] - 1), "counts of 0 and more"),
        (lambda t: t.drop(columns="n"), "has no column 'n'"),
    ],
)
def test_panels_that_do_not_fit(change, words):
    with pytest.raises(InputError, match=words):
        difference_in_differences(change(panel()))


def test_missing_counts_are_left_out_and_counted():
    table = panel()
    table["n"] = table["n"].astype(float)
    table.loc[3, "n"] = np.nan
    found = difference_in_differences(table)
    assert found.left_out == {"without a count": 1}
    assert len(found.left_out_rows) == 1


# --- broken series --------------------------------------------------------------------------------------


def series(mean, days, start="2020-01-01", seed=1):
    rng = np.random.default_rng(seed)
    n = rng.poisson(np.broadcast_to(mean, days))
    at = pd.Timestamp(start, tz=VIENNA) + pd.to_timedelta(np.repeat(np.arange(days), n) * 24 + 12, unit="h")
    return pd.DataFrame({"occurred_at": at})


def test_a_fall_in_level_is_found_beside_season_and_trend():
    day = np.arange(1461)
    mean = (
        6 * np.exp(0.4 * np.cos(2 * np.pi * day / 365.25) + 0.1 * day / 365.25) * np.where(day < 1096, 1, 0.6)
    )
    found = interrupted_series(series(mean, 1461), at="2023-01-01")
    level = found["effects"].iloc[0]
    assert level["low"] < 0.6 < level["high"] < 1
    avoided = (mean / 0.6 * 0.4)[day >= 1096].sum()
    assert found["avoided"] == pytest.approx(avoided, rel=0.45)
    assert found["season"]


@pytest.mark.slow
def test_breaks_are_seldom_found_where_there_is_none():
    p = []
    for seed in range(120):
        found = interrupted_series(series(5.0, 1461, seed=seed), at="2022-07-01", season=False)
        p.append(found["effects"]["p"].iloc[0])
    assert (np.array(p) < 0.05).mean() <= 0.12


def test_chance_is_said():
    assert "This could be chance" in interrupted_series(series(5.0, 1461), at="2023-01-01").explain()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"at": "when it began"}, "at must be a date"),
        ({"at": "2020-03-01"}, "lie before"),
        ({"at": "2023-12-25"}, "at least 8 and 3"),
        ({"at": "2023-01-01", "step": "day"}, "step must be one of"),
    ],
)
def test_breaks_that_do_not_fit(options, words):
    with pytest.raises(InputError, match=words):
        interrupted_series(series(3.0, 1461), **options)


def test_a_date_with_a_clock_is_that_day():
    first = interrupted_series(series(5.0, 1461), at="2023-01-01")
    second = interrupted_series(series(5.0, 1461), at=pd.Timestamp("2023-01-01", tz=VIENNA))
    assert first["at"] == second["at"] == "2023-01-01"


# --- patterns and rings ---------------------------------------------------------------------------------


def points(n, seed=1, spot=0.0, at=None):
    rng = np.random.default_rng(seed)
    near = rng.random(n) < spot
    xy = np.where(near[:, None], rng.normal(750, 40, (n, 2)), rng.uniform(0, 2000, (n, 2)))
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    return frame if at is None else frame.assign(occurred_at=at)


SQUARE = gpd.GeoDataFrame(geometry=[box(0, 0, 2000, 2000)], crs=32633)


def test_a_spot_that_grew_is_marked_and_nothing_else():
    found = pattern_change(points(900), after=points(900, 2, spot=0.15), cell_m=500, study_area=SQUARE)
    larger = found.table[found.table["verdict"] == "larger share than before"]
    assert len(larger) == 1
    assert larger.geometry.iloc[0].contains(box(749, 749, 751, 751))
    assert found.table["share_before"].sum() == pytest.approx(1)


def test_half_as_much_everywhere_is_no_change_of_pattern():
    assert pattern_change(points(1600), after=points(800, 3), cell_m=500, study_area=SQUARE)["s_index"] == 1


@pytest.mark.slow
def test_patterns_alike_are_seldom_called_changed():
    changed = [
        pattern_change(points(500, seed), after=points(500, 1000 + seed), cell_m=250, study_area=SQUARE)[
            "s_index"
        ]
        < 1
        for seed in range(100)
    ]
    assert np.mean(changed) <= 0.1


def test_areas_may_be_given_and_the_outside_is_counted():
    areas = gpd.GeoDataFrame({"area": ["west"]}, geometry=[box(0, 0, 1000, 2000)], crs=32633)
    found = pattern_change(points(400), after=points(400, 2), areas=areas)
    assert found.table["share_before"].tolist() == [1.0]
    assert set(found.left_out) == {"before: in no area", "after: in no area"}
    with pytest.raises(InputError, match="exclude each other"):
        pattern_change(points(400), after=points(400, 2), areas=areas, cell_m=100)


TREATED = gpd.GeoDataFrame(geometry=[box(500, 500, 900, 900)], crs=32633)
CONTROL = gpd.GeoDataFrame(geometry=[box(1300, 1300, 1700, 1700)], crs=32633)


def timed(n=4000, seed=1):
    rng = np.random.default_rng(seed)
    at = pd.Timestamp("2023-01-01", tz=VIENNA) + pd.to_timedelta(rng.integers(0, 365 * 24, n), unit="h")
    return points(n, seed, at=at).assign(harm=rng.choice([1.0, 10.0], n))


def rings(table, **options):
    return displacement_rings(
        table, **{"treated": TREATED, "control": CONTROL, "at": "2023-07-01", "ring_m": 150, **options}
    )


def test_rings_count_what_lies_in_them():
    table = timed()
    found = rings(table)
    local = table["occurred_at"].dt.tz_localize(None)
    days = found["days"]
    assert days == 181
    inside = table.geometry.within(TREATED.geometry.iloc[0])
    start = pd.Timestamp("2023-07-01")
    span = pd.Timedelta(days=days)
    row = found.table.set_index("zone").loc["treated"]
    assert row["before"] == (inside & local.between(start - span, start, inclusive="left")).sum()
    assert row["after"] == (inside & local.between(start, start + span, inclusive="left")).sum()
    assert found["low"] <= 0 <= found["high"]
    used = found.table[["before", "after"]].sum().sum()
    assert used + sum(found.left_out.values()) == len(table)


def test_an_operation_that_worked_and_one_that_moved_it():
    table = timed(6000)
    local = table["occurred_at"].dt.tz_localize(None)
    after = local >= "2023-07-01"
    inside = table.geometry.within(TREATED.geometry.iloc[0])
    worked = table[~(inside & after & (np.arange(len(table)) % 4 > 0))]
    found = rings(worked)
    assert found["high"] < 0
    assert "speak for an effect" in found.explain()
    assert -0.5 < found["wdq"] < 0.6
    moved = table.copy()
    gone = inside & after & (np.arange(len(table)) % 4 > 0)
    rng = np.random.default_rng(1)
    moved.loc[gone, "geometry"] = gpd.points_from_xy(
        rng.uniform(500, 900, gone.sum()), rng.uniform(901, 1049, gone.sum())
    )
    found = rings(moved)
    assert found["low"] < 0 < found["high"]
    assert "part of it moved" in found.explain()
    assert found["wdq"] < -0.5


def test_harm_is_weighed():
    found = rings(timed(), harm="harm")
    assert found.table["before"].sum() > 1000
    table = timed()
    table.loc[5, "harm"] = np.nan
    assert rings(table, harm="harm").left_out["without a harm"] == 1
    with pytest.raises(InputError, match="must not be below 0"):
        rings(table.assign(harm=-1.0), harm="harm")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"at": "2023-13-01"}, "at must be a date"),
        (
            {"at": "2022-01-01"},
            "at=2022-01-01 does not lie within the data, which run from 2023-01-03 to 2023-12-31",
        ),
        ({"days": 300}, "do not fit"),
        ({"control": TREATED}, "overlap"),
        ({"ring_m": 0}, "ring_m must be a number above 0"),
        (
            {"treated": gpd.GeoDataFrame(geometry=gpd.points_from_xy([1], [1]), crs=32633)},
            "must have a surface",
        ),
        ({"treated": TREATED.set_crs(None, allow_override=True)}, "coordinate system"),
        ({"harm": "pain"}, "has no column 'pain'"),
    ],
)
def test_rings_that_do_not_fit(options, words):
    with pytest.raises(InputError, match=words):
        rings(timed(500), **options)


def test_naive_times_are_refused():
    table = timed(100)
    table["occurred_at"] = table["occurred_at"].dt.tz_localize(None)
    with pytest.raises(ColumnError, match="does not say which clock"):
        rings(table)
