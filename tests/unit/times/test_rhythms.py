"""Days of the week, times on the clock's circle, the busiest stretch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab.errors import InputError
from ilp_lab.times import aoristic, circular_test, temporal_scan, weekday_test

VIENNA = "Europe/Vienna"


def at_hours(hours, tz=VIENNA, day=0):
    days = np.arange(len(hours)) if day is None else day
    at = pd.Timestamp("2024-01-01", tz=tz) + pd.to_timedelta(days, unit="D")
    return pd.DataFrame({"occurred_at": at + pd.to_timedelta(np.round(np.asarray(hours) * 3600), unit="s")})


def counts(*n):
    return pd.DataFrame({"n": n})


# --- weekdays -------------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(n=st.lists(st.integers(0, 6), min_size=7, max_size=7).filter(any), turn=st.integers(1, 6))
def test_which_day_comes_first_does_not_matter(n, turn):
    first, second = (weekday_test(counts(*days)) for days in (n, n[turn:] + n[:turn]))
    assert first["p"] == pytest.approx(second["p"], abs=1e-12)
    assert 0 < first["p"] <= 1


def test_exact_and_simulated_agree():
    days = (14, 5, 7, 9, 6, 10, 9)  # 60: counted out
    exact = weekday_test(counts(*days))
    assert exact["exact"]
    assert not weekday_test(counts(15, 5, 7, 9, 6, 10, 9), rng=1)["exact"]
    rng = np.random.default_rng(0)
    n = rng.multinomial(60, np.full(7, 1 / 7), size=60_000)
    g = 2 * (n * np.log(np.maximum(n, 1) / (60 / 7))).sum(axis=1)
    assert exact["p"] == pytest.approx((g >= exact["value"] - 1e-9).mean(), abs=0.01)


@pytest.mark.parametrize("statistic", ["g", "chi2"])
def test_exact_p_is_never_too_small(statistic):
    rng = np.random.default_rng(1)
    p = np.array([weekday_test(counts(*rng.multinomial(9, np.full(7, 1 / 7))), statistic=statistic)["p"] for _ in range(400)])  # fmt: skip
    for level in (0.05, 0.2, 0.5):
        assert (p <= level).mean() <= level + 2.5 * np.sqrt(level * (1 - level) / 400)


def test_weekdays_are_those_of_the_local_clock():
    table = pd.DataFrame(
        {"occurred_at": pd.to_datetime(["2024-01-01 23:30"] * 3, utc=True).tz_convert(VIENNA)}
    )
    found = weekday_test(table)
    assert found.table.set_index("label")["n"]["Tuesday"] == 3
    assert found["p"] == pytest.approx(1 / 49)


def test_power_grows_with_number_and_has_no_power_against_nothing():
    even = [1 / 7] * 7
    assert weekday_test(counts(4, 1, 1, 1, 1, 1, 1), habit=even)["power"] <= 0.05
    habit = [0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]
    few, many = (weekday_test(counts(n, 0, 0, 0, 0, 0, 0), habit=habit, rng=1)["power"] for n in (10, 50))
    assert few < many
    assert many == pytest.approx(0.9, abs=0.1)
    # counted out and simulated agree at the border
    one = weekday_test(counts(14, 0, 0, 0, 0, 0, 0), habit=habit)["power"]
    other = weekday_test(counts(15, 0, 0, 0, 0, 0, 0), habit=habit, rng=1)["power"]
    assert one == pytest.approx(other, abs=0.06)


@pytest.mark.parametrize("habit", [[1, 2], "weekend", [0] * 7, [-1, 1, 1, 1, 1, 1, 1]])
def test_habits_that_are_none(habit):
    with pytest.raises(InputError, match="habit must hold seven shares"):
        weekday_test(counts(1, 0, 0, 0, 0, 0, 0), habit=habit)


@pytest.mark.parametrize("n", [(1, 2), (1.5,) * 7, (-1, 0, 0, 0, 0, 0, 0)])
def test_counts_that_are_none(n):
    with pytest.raises(InputError, match="seven whole numbers"):
        weekday_test(counts(*n))


def test_nothing_to_test():
    with pytest.raises(InputError, match="nothing to test"):
        weekday_test(counts(*[0] * 7))


def test_months_have_no_weekday():
    begin = pd.date_range("2022-01-01", periods=24, freq="MS", tz=VIENNA)
    with pytest.raises(InputError, match="tells only the month"):
        weekday_test(pd.DataFrame({"occurred_at": begin}))


# --- the circle -----------------------------------------------------------------------------------------


@settings(max_examples=25)
@given(
    hours=st.lists(st.floats(0, 23.99), min_size=3, max_size=25),
    turn=st.integers(0, 23),
)
def test_turning_the_clock_turns_the_mean_and_leaves_the_tests(hours, turn):
    first = circular_test(at_hours(hours, tz="UTC"), bootstrap=99, rng=1)
    second = circular_test(at_hours(np.asarray(hours) + turn, tz="UTC"), bootstrap=99, rng=1)
    assert second["resultant"] == pytest.approx(first["resultant"], abs=1e-6)
    assert second["rayleigh_p"] == pytest.approx(first["rayleigh_p"], abs=1e-6)
    assert second["kuiper_p"] == pytest.approx(first["kuiper_p"], abs=1e-6)
    if first["resultant"] > 0.01:
        gap = (second["mean_seconds"] - first["mean_seconds"] - turn * 3600 + 43_200) % 86_400 - 43_200
        assert abs(gap) < 60


def test_around_midnight_the_mean_is_midnight_and_not_noon():
    found = circular_test(at_hours([22, 23, 0, 1, 2] * 6), rng=1)
    assert found.table["words"][0] == "00:00"
    assert found["rayleigh_p"] < 1e-6
    low, high = found["interval_seconds"]
    assert low > 80_000
    assert high < 6_000


def test_two_peaks_have_no_mean():
    found = circular_test(at_hours([8.1, 8.4, 7.8, 20.1, 20.4, 19.8] * 8), rng=1)
    assert found["rayleigh_p"] > 0.5
    assert found["kuiper_p"] < 0.01
    assert "do not use a mean time" in found.explain()


def test_kuiper_of_three_points_by_hand():
    # at 0, 1/4, 1/2 of the day: D+ = 1/3 - 0 … max(rank/n - x) = 1 - 1/2; D- = max(x - (rank-1)/n) = 0
    found = circular_test(at_hours([0, 6, 12], tz="UTC"), rng=1)
    assert found.table.set_index("measure").loc["Kuiper", "value"] == pytest.approx(0.5)


@pytest.mark.slow
@pytest.mark.parametrize("n", [12, 100])
def test_p_of_the_circle_is_uniform_under_the_null(n):
    rng = np.random.default_rng(5)
    p = np.array(
        [
            [found["rayleigh_p"], found["kuiper_p"]]
            for found in (
                circular_test(at_hours(rng.uniform(0, 24, n)), bootstrap=99, rng=1) for _ in range(600)
            )
        ]
    )
    for level in (0.05, 0.2, 0.5):
        share = (p <= level).mean(axis=0)
        assert (share <= level + 0.045).all()
        assert (share >= level * 0.8 - 0.02).all()  # Stephens' p is a little large in the middle for a dozen


def test_wide_windows_and_rounded_times_are_said():
    table = at_hours(np.tile([9, 10, 11, 12, 13], 20), day=None)
    table["occurred_to"] = table["occurred_at"] + pd.Timedelta(days=2)
    found = circular_test(table, rng=1)
    assert any("known only to a day or more" in caveat for caveat in found.caveats)
    assert any("full hours" in caveat for caveat in found.caveats)
    assert found["hours"].sum() == 100


def test_dates_have_no_hour_but_a_week():
    days = pd.DataFrame({"occurred_at": pd.date_range("2024-01-01", periods=40, tz=VIENNA)})
    with pytest.raises(InputError, match="tells only the day"):
        circular_test(days)
    assert circular_test(days, cycle="week", rng=1)["rayleigh_p"] > 0.5


def test_one_event_is_no_mean():
    with pytest.raises(InputError, match="needs at least two"):
        circular_test(at_hours([3]))


# --- the busiest stretch --------------------------------------------------------------------------------


def steady(n=200, span=400, extra=0):
    rng = np.random.default_rng(1)
    day = np.r_[rng.uniform(0, span, n), 100 + rng.uniform(0, 3, extra)]
    at = pd.Timestamp("2023-01-01", tz=VIENNA) + pd.to_timedelta((day * 86_400).round(), unit="s")
    return pd.DataFrame({"occurred_at": at})


def test_a_planted_burst_is_found_and_a_steady_series_is_none():
    found = temporal_scan(steady(extra=10), within_days=3)
    assert found["p"] < 0.01
    assert pd.Timestamp("2023-04-10") <= found.table["start"][0] <= pd.Timestamp("2023-04-14")
    assert "seldom" in found.explain()
    assert temporal_scan(steady(), within_days=3)["p"] > 0.05


def test_stretches_do_not_overlap_and_hold_what_they_say():
    table = steady(extra=10)
    found = temporal_scan(table, within_days=5).table
    local = table["occurred_at"].dt.tz_localize(None)
    for row in found.itertuples():
        assert local.between(row.start, row.end).sum() == row.n
        assert row.end - row.start < pd.Timedelta(days=5)
    ordered = found.sort_values("start")
    assert (ordered["start"].iloc[1:].to_numpy() > ordered["end"].iloc[:-1].to_numpy()).all()


@settings(max_examples=25)
@given(hours=st.integers(-5000, 5000))
def test_shifting_all_times_changes_nothing(hours):
    table = steady(60, 100, extra=4)
    moved = table + pd.Timedelta(hours=hours)
    first, second = (temporal_scan(one.assign(occurred_at=one["occurred_at"].dt.tz_convert("UTC")), within_days=4) for one in (table, moved))  # fmt: skip
    assert first["n"] == second["n"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"within_days": 0}, "whole number of at least 1"),
        ({"within_days": 300}, "more than half"),
        ({"within_days": 3, "since": "yesterday-ish"}, "since must be a date"),
    ],
)
def test_stretches_that_do_not_fit(options, words):
    with pytest.raises(InputError, match=words):
        temporal_scan(steady(), **options)


def test_too_few_for_a_stretch():
    with pytest.raises(InputError, match="too few"):
        temporal_scan(steady(2), within_days=3)


@pytest.mark.slow
def test_p_of_the_busiest_stretch_holds_its_level():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        day = rng.uniform(0, 300, rng.poisson(150))
        at = pd.Timestamp("2023-01-01", tz="UTC") + pd.to_timedelta((day * 86_400).round(), unit="s")
        found = temporal_scan(
            pd.DataFrame({"occurred_at": at}), within_days=3, since="2023-01-01", until="2023-10-27"
        )
        hits += found["p"] <= 0.1
    assert hits / 400 <= 0.1 + 0.04


def test_what_times_leave_open_is_said():
    at = pd.Timestamp("2024-03-04 10:27", tz="Europe/Vienna") + pd.to_timedelta(np.arange(20) * 37, unit="h")
    windows = pd.DataFrame({"occurred_at": at, "occurred_to": at - pd.Timedelta("2h")})
    for found in (circular_test(windows, rng=1), weekday_test(windows)):
        assert any("20 incidents end before they begin" in caveat for caveat in found.caveats)
    for found in (
        circular_test(windows.assign(occurred_at=at[0], occurred_to=at[0]), rng=1),
        weekday_test(windows.assign(occurred_at=at[0])),
    ):
        assert any("one and the same time" in caveat for caveat in found.caveats)
    with pytest.raises(
        InputError, match=r"no incident has a time that can be used \(20 ends before it begins\)"
    ):
        aoristic(windows, bootstrap=0)
    with pytest.raises(InputError, match=r"\(the table is empty\)"):
        aoristic(windows.iloc[:0], bootstrap=0)
    few = aoristic(windows.iloc[:3, :1], rng=1).explain()
    assert "So few incidents make no profile" in few
    assert "lower end of the band" not in few
    with pytest.raises(InputError, match="no incident has a time; a mean"):
        circular_test(windows.iloc[:0])
