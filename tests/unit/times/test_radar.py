"""The exception radar: what it announces comes as often as announced, and what is planted is found."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ilp_lab.errors import InputError
from ilp_lab.times import exceptions
from ilp_lab.times.detectors import cusum, ears, farrington, recent_mean, steadied, tail_p, u_limit


def weekly(n, start="2019-01-07"):
    """A table of incidents from counts of shape (series, weeks)."""
    rows, weeks = np.nonzero(n)
    times = n[rows, weeks].astype(int)
    week = pd.Timestamp(start, tz="Europe/Vienna") + pd.to_timedelta(7 * weeks, unit="D")
    area = np.array([f"A{k:03d}" for k in range(len(n))], dtype=object)[rows]
    return pd.DataFrame({"area": np.repeat(area, times), "occurred_at": week.repeat(times)})


def last_day(n, start="2019-01-07"):
    return str((pd.Timestamp(start) + pd.Timedelta(days=7 * n.shape[1] - 1)).date())


def drawn(rng, level, weeks, dispersion=1.0):
    mean = np.broadcast_to(np.asarray(level, dtype=float)[:, None], (len(level), weeks))
    if dispersion == 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(float)


# --- what is planted is found ---------------------------------------------------------------------------


@pytest.mark.parametrize("weeks", [60, 200])
def test_a_planted_outbreak_comes_first(weeks):
    rng = np.random.default_rng(1)
    n = drawn(rng, rng.gamma(2, 2, 40), weeks)
    n[17] = rng.poisson(4, weeks)
    n[17, -1] = 18
    found = exceptions(weekly(n), by="area", until=last_day(n))
    top = found.table.iloc[0]
    assert (top["area"], top["n"], top["verdict"]) == ("A017", 18, "exception")
    assert (found.table["verdict"] == "exception").sum() == 1
    assert found["baseline"] == ("recent" if weeks < 104 else "farrington")
    assert top["alarms"] >= 5
    assert "A017: 18 in the week from" in found.explain()
    assert "expected" in top["says"]


def test_doubling_of_a_busy_series_is_found_as_often_as_it_should():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(20):
        n = drawn(rng, np.full(30, 10.0), 120)
        n[0, -1] = rng.poisson(28)
        table = exceptions(weekly(n), by="area", until=last_day(n), baseline="recent").table
        hits += (table["area"][0] == "A000") and (table["verdict"][0] == "exception")
    assert hits >= 16


def test_the_season_is_no_exception():
    rng = np.random.default_rng(3)
    t = np.arange(260)
    wave = np.exp(0.9 * np.cos(2 * np.pi * (t - 259) / 52.18))  # at its height in the last week
    n = rng.poisson(6 * wave, (25, 260)).astype(float)
    found = exceptions(weekly(n), by="area", until=last_day(n))
    assert (found.table["verdict"] != "exception").all()
    recent = exceptions(weekly(n), by="area", until=last_day(n), baseline="recent")
    assert found.table["ratio"].mean() == pytest.approx(1, abs=0.15)
    assert recent.table["ratio"].mean() > 1.4
    assert any("No season is allowed for" in caveat for caveat in recent.caveats)


def test_a_new_series_is_judged_against_nothing_before():
    rng = np.random.default_rng(4)
    n = drawn(rng, np.full(10, 5.0), 80)
    n[3] = 0
    n[3, -1] = 6
    top = exceptions(weekly(n), by="area", until=last_day(n)).table.iloc[0]
    assert (top["area"], top["verdict"]) == ("A003", "exception")


def test_a_gap_of_one_series_is_no_quiet_past():
    rng = np.random.default_rng(5)
    n = drawn(rng, np.full(12, 20.0), 80)
    n[5, 60:76] = 0  # not delivered
    found = exceptions(weekly(n), by="area", until=last_day(n))
    row = found.table.set_index("area").loc["A005"]
    assert row["expected"] == pytest.approx(20, rel=0.2)
    assert row["verdict"] != "exception"
    assert any("count as missing, not as zero" in caveat for caveat in found.caveats)


def test_several_periods_are_judged_and_adjusted_together():
    rng = np.random.default_rng(6)
    n = drawn(rng, np.full(8, 5.0), 90)
    table = exceptions(weekly(n), by="area", until=last_day(n), periods=4).table
    assert len(table) == 32
    assert table["period"].nunique() == 4
    assert (table["q_fdr"] >= table["p"] - 1e-12).all()
    assert table["p"].is_monotonic_increasing


def test_the_order_of_rows_does_not_matter():
    rng = np.random.default_rng(7)
    n = drawn(rng, np.full(8, 5.0), 90)
    table = weekly(n)
    first = exceptions(table, by="area", until=last_day(n)).table
    second = exceptions(table.sample(frac=1, random_state=1), by="area", until=last_day(n)).table
    pd.testing.assert_frame_equal(first, second)


# --- words ----------------------------------------------------------------------------------------------


def test_words_say_how_often_chance_does_it():
    rng = np.random.default_rng(8)
    n = drawn(rng, np.full(20, 4.0), 100)
    table = exceptions(weekly(n), by="area", until=last_day(n)).table
    assert table["false_per_year"].to_numpy() == pytest.approx(table["p"].to_numpy() * 20 * 52.18)
    assert not ((table["verdict"] == "worth a look") & (table["false_per_year"] > 12)).any()
    assert table["says"].str.contains("expected; ").all()


# --- alarms by chance -----------------------------------------------------------------------------------


def alarms_a_year(rng, level, dispersion, method, weeks=300, judged=26):
    """How many alarms came that were announced as one a year, and how many were due."""
    n = drawn(rng, level, weeks, dispersion)
    due = came = 0.0
    for at in range(weeks - judged, weeks):
        expected = (
            farrington(n, at, 52, years=5, half=3, gap=26)
            if method == "farrington"
            else recent_mean(n, at, 26)
        )
        p, _ = tail_p(n[:, at], expected.cautious, expected.spread)
        came += (p * len(n) * 52.18 <= 12).sum()
        due += 12 / 52.18
    return came, due


@pytest.mark.slow
@pytest.mark.parametrize("method", ["farrington", "recent"])
@pytest.mark.parametrize(
    ("level", "dispersion"), [(0.3, 1.0), (0.3, 3.0), (5.0, 1.0), (5.0, 2.0), (None, 1.5)]
)
def test_alarms_by_chance_are_as_rare_as_the_radar_says(method, level, dispersion):
    """Alarms announced as twelve a year over all series, when nothing happens: no more than that, and for smooth counts not
    far fewer. Counts jump from number to number, so rare offences must give fewer."""
    rng = np.random.default_rng(11)
    came = due = 0.0
    for _ in range(4):
        levels = np.exp(rng.normal(0.5, 1.2, 250)) if level is None else np.full(250, level)
        one = alarms_a_year(rng, levels, dispersion, method)
        came, due = came + one[0], due + one[1]
    assert came <= 1.5 * due + 3 * np.sqrt(due)
    if level == 5.0:
        assert came >= 0.2 * due


@pytest.mark.slow
def test_false_exceptions_are_rare_when_nothing_happens():
    rng = np.random.default_rng(12)
    any_alarm = []
    for _ in range(60):
        n = drawn(rng, rng.gamma(2, 2, 60), 110)
        any_alarm.append(
            (exceptions(weekly(n), by="area", until=last_day(n)).table["verdict"] == "exception").any()
        )
    assert np.mean(any_alarm) <= 0.05 + 2.5 * np.sqrt(0.05 * 0.95 / 60)


# --- the detectors by themselves ------------------------------------------------------------------------


def test_tail_of_poisson_and_of_more_than_poisson():
    n, mean = np.array([0.0, 7.0, 7.0]), np.array([2.0, 2.0, 2.0])
    upper, both = tail_p(n, mean, np.array([1.0, 1.0, 3.0]))
    assert upper[0] == 1
    assert upper[1] == pytest.approx(0.0045338, abs=1e-6)  # 1 - cdf(6) of Poisson(2)
    assert upper[2] > 5 * upper[1]
    assert both[0] == pytest.approx(2 * np.exp(-2), abs=1e-9)
    assert (both <= 1).all()


def test_farrington_follows_trend_and_season():
    t = np.arange(320)
    mean = 40 * np.exp(0.3 * np.cos(2 * np.pi * t / 52) + 0.1 * t / 52)
    n = np.round(mean)[None, :]
    found = farrington(n, 319, 52, years=5, half=3, gap=26)
    assert found.mean[0] == pytest.approx(mean[319], rel=0.12)
    assert farrington(n, 90, 52, years=5, half=3, gap=26) is None


def test_a_past_outbreak_does_not_hide_the_next():
    rng = np.random.default_rng(13)
    n = rng.poisson(10, (1, 300)).astype(float)
    clean = farrington(n, 299, 52, years=5, half=3, gap=26)
    n[0, 240:246] = 60
    found = farrington(n, 299, 52, years=5, half=3, gap=26)
    assert found.mean[0] == pytest.approx(clean.mean[0], rel=0.2)


def test_recent_mean_allows_for_short_months_and_gaps():
    n = np.array([[31.0, 28, 31, np.nan, 31, 30]])
    length = np.array([31.0, 28, 31, 30, 31, 30])
    found = recent_mean(n, 5, 5, length=length)
    assert found.mean[0] == pytest.approx(30)
    assert u_limit(n, np.arange(5), 5, length)[0] == pytest.approx(30 + 3 * np.sqrt(30))


def test_rare_series_borrow_the_dispersion_of_their_like():
    typical = (0.02 + 1.5 + 0.3) / 0.9
    few = steadied(np.array([0.2, 3.0, 1.0]), np.array([0.1, 0.5, 0.3]), np.full(3, 25.0))
    assert few.tolist() == pytest.approx([typical, 3.0, typical])


def test_dispersions_that_differ_by_luck_are_one_and_others_are_not():
    rng = np.random.default_rng(14)
    level, free = np.full(60, 5.0), np.full(60, 25.0)
    luck = rng.chisquare(25, 60) / 25
    assert steadied(luck, level, free).max() < 1.3 < luck.max()
    wild = luck.copy()
    wild[:6] = 8.0
    assert steadied(wild, level, free)[:6].min() > 6


def test_ears_by_hand():
    n = np.array([[4.0, 6, 4, 6, 4, 6, 5, 5, 5, 9.0]])
    past = n[0, 2:9]
    found = ears(n, 9)
    assert found["C1"][0] == pytest.approx((9 - past.mean()) / past.std(ddof=1))
    earlier = n[0, :7]
    assert found["C2"][0] == pytest.approx((9 - earlier.mean()) / earlier.std(ddof=1))
    assert found["C3"][0] == pytest.approx(max(0, found["C2"][0] - 1))
    assert np.isnan(ears(n, 5)["C1"][0])


def test_one_incident_after_none_is_no_alarm_of_ears():
    assert ears(np.array([[0.0] * 9 + [1]]), 9)["C1"][0] == 2.0


def test_cusum_adds_up_small_rises():
    n = np.full((1, 20), 10.0)
    n[0, -6:] = 14
    found = cusum(n, 19, np.array([10.0]), np.array([1.0]))
    assert found[0] == pytest.approx(6 * (4 / np.sqrt(10) - 0.5))


# --- input that does not fit ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": "beat"}, "has no column 'beat'"),
        ({"by": "area", "step": "year"}, "step must be one of"),
        ({"by": "area", "periods": 0}, "periods must be a whole number"),
        ({"by": "area", "alpha": 2}, "alpha must be between"),
        ({"by": "area", "baseline": "farrington"}, "needs two years and more"),
    ],
)
def test_settings_that_do_not_fit(options, words):
    n = np.full((2, 30), 3.0)
    with pytest.raises(InputError, match=words):
        exceptions(weekly(n), **options)


def test_too_short_a_past():
    n = np.full((2, 4), 3.0)
    with pytest.raises(InputError, match="too few to expect anything"):
        exceptions(weekly(n), by="area", until=last_day(n))


def test_months_only_have_no_weeks():
    begin = pd.date_range("2020-01-01", periods=48, freq="MS", tz="Europe/Vienna")
    table = pd.DataFrame({"occurred_at": begin.repeat(6), "area": "A"})
    with pytest.raises(InputError, match="take step='month'"):
        exceptions(table, by="area")
    assert len(exceptions(table, by="area", step="month", until="2023-12-31").table) == 1


def test_a_bare_number_bears_the_name_of_its_column_and_counts_need_no_plural():
    rng = np.random.default_rng(11)
    n = drawn(rng, np.full(20, 4.0), 60)
    n[7, -1] = 25
    table = weekly(n)
    table["police_beat"] = table.pop("area").str.removeprefix("A").astype(int)
    found = exceptions(table, by="police_beat", until=last_day(n))
    assert any(one.startswith("police beat 7: 25 in the week from") for one in found.findings)
    assert "Standing out: 1; worth a look besides: " in found.findings[0]
