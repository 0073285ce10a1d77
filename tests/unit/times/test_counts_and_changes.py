"""Counts by period, the year so far, change points, seasons, charts: what is missing is no zero, a season is no trend."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.legend import Legend

from ilp_lab import intake, samples
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.times import (
    change_points,
    control_chart,
    counts_by_period,
    seasonality,
    year_to_date,
)
from ilp_lab.times.changes import pelt

VIENNA = "Europe/Vienna"


def series(mean, days=730, start="2023-01-01", seed=1, **columns):
    """Incidents with a Poisson number a day; ``mean`` a number or one per day."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(np.broadcast_to(mean, days))
    second = np.repeat(np.arange(days), n) * 86_400 + rng.integers(0, 86_400, n.sum())
    at = (pd.Timestamp(start) + pd.to_timedelta(second, unit="s")).tz_localize(
        VIENNA, nonexistent="shift_forward", ambiguous=True
    )
    return pd.DataFrame({"occurred_at": at, **columns})


def without(table, since, until):
    at = table["occurred_at"].dt.tz_localize(None)
    return table[(at < since) | (at >= until)]


@pytest.fixture(scope="module")
def belmara():
    incidents, _ = intake.read_incidents(samples.path("belmara/incidents.csv"), tz="UTC")
    return incidents


@pytest.fixture(scope="module")
def coast(belmara):
    towns = belmara["area"].isin(["S1-01", "S3-01", "S4-01"])
    return belmara.loc[towns & belmara["offence"].isin(["theft", "theft from person", "theft from vehicle"])]


# --- counts ---------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    days=st.lists(st.integers(0, 800), min_size=1, max_size=60),
    step=st.sampled_from(["day", "week", "month", "quarter", "year"]),
)
def test_every_incident_is_counted_once_whatever_the_step(days, step):
    at = pd.Timestamp("2022-01-01 12:34", tz=VIENNA) + pd.to_timedelta(sorted(days), unit="D")
    table = counts_by_period(pd.DataFrame({"occurred_at": at}), step=step)
    assert table["n"].fillna(0).sum() == len(days)
    assert table["period"].is_monotonic_increasing
    assert (table["period"].dt.normalize() == table["period"]).all()


def test_the_local_clock_decides_the_month():
    at = pd.to_datetime(["2024-01-31 23:30"], utc=True).tz_convert(VIENNA)
    assert counts_by_period(pd.DataFrame({"occurred_at": at}))["period"][0] == pd.Timestamp("2024-02-01")


def test_a_missing_month_is_said_and_not_zero():
    table = without(series(5.0, days=731), "2024-03-01", "2024-04-01")
    counted = counts_by_period(table).set_index("period")["n"]
    assert pd.isna(counted["2024-03-01"])
    assert counted.isna().sum() == 1
    said = seasonality(table).caveats
    assert any("March 2024" in caveat and "not as zero" in caveat for caveat in said)
    chart = control_chart(table, step="month").table.set_index("period")
    assert chart["verdict"]["2024-03-01"] == "no band"


def test_nothing_is_missing_in_a_rare_series():
    assert counts_by_period(series(0.05), step="week")["n"].notna().all()


def test_one_series_with_a_gap_and_one_without():
    a, b = series(3.0, area="A"), series(3.0, seed=2, area="B")
    table = pd.concat([without(a, "2023-06-01", "2023-07-01"), b])
    counted = counts_by_period(table, by="area").set_index(["area", "period"])["n"]
    assert pd.isna(counted["A", pd.Timestamp("2023-06-01")])
    assert counted["B"].notna().all()
    said = control_chart(table, step="month", by="area").caveats
    assert any("A: June 2023" in caveat for caveat in said)


def test_a_series_that_begins_late_or_ends_early_has_no_gap():
    a = series(3.0, area="A")
    b = series(3.0, days=200, start="2023-06-01", seed=2, area="B")
    counted = counts_by_period(pd.concat([a, b]), by="area").set_index("area")
    assert counted.loc["B", "n"].notna().all()
    assert (counted.loc["B", "n"] == 0).sum() > 10


def test_closed_on_sundays_and_empty_winters_are_no_gaps():
    day = np.arange(730)
    monday_first = (day + 6) % 7  # 2023-01-01 was a Sunday
    sundays = series(np.where(monday_first == 6, 0.0, 20.0))
    counted = counts_by_period(sundays, step="day")
    assert (counted.loc[counted["period"].dt.day_of_week == 6, "n"] == 0).all()
    month = (pd.Timestamp("2021-01-01") + pd.to_timedelta(np.arange(1461), unit="D")).month
    beach = series(np.where((month >= 6) & (month <= 8), 2.0, 0.0), days=1461, start="2021-01-01")
    assert counts_by_period(beach, since="2021-01-01", until="2024-12-31")["n"].notna().all()


def test_half_weeks_at_the_ends_are_not_compared():
    table = counts_by_period(series(5.0, days=24, start="2024-01-03"), step="week")
    assert table["complete"].tolist() == [False, True, True, False]
    whole = counts_by_period(
        series(5.0, days=24, start="2024-01-03"), step="week", since="2024-01-01", until="2024-01-28"
    )
    assert whole["complete"].all()


@pytest.mark.parametrize("start", ["2024-01-01", "2024-01-02", "2024-01-05"])
def test_a_week_short_of_one_busy_day_is_no_drop(start):
    table = series(100.0, days=300, start=start)
    begins, ends = pd.Timestamp(start), pd.Timestamp(start) + pd.Timedelta("299D")
    chart = control_chart(table)
    whole = chart.table["complete"].tolist()
    assert (whole[0], whole[-1]) == (begins.day_of_week == 0, ends.day_of_week == 6)
    assert all(whole[1:-1])
    part = chart.table[~chart.table["complete"]]
    assert set(part["verdict"]) <= {"no band"}
    assert len(part) >= 1
    assert any("only in part" in caveat for caveat in chart.caveats)
    drawn = chart.plot().axes[0]
    line = next(one for one in drawn.lines if one.get_linestyle() == "-")
    assert np.isnan(line.get_ydata()).tolist() == (~chart.table["complete"]).tolist()
    hollow = [one for one in drawn.lines if one.get_marker() == "o" and one.get_markerfacecolor() == "white"]
    assert [len(one.get_ydata()) for one in hollow] == [len(part)]
    told = [text.get_text() for legend in drawn.findobj(Legend) for text in legend.get_texts()]
    assert "covered only in part" in told


def test_days_on_which_an_office_is_closed_belong_to_its_week():
    day = np.arange(70)  # 2024-01-01 was a Monday: ten whole weeks, nothing at weekends
    weekdays = series(np.where(day % 7 < 5, 40.0, 0.0), days=70, start="2024-01-01")
    assert counts_by_period(weekdays, step="week")["complete"].all()
    short = weekdays[
        weekdays["occurred_at"] < pd.Timestamp("2024-03-08", tz=VIENNA)
    ]  # the last Friday is missing
    assert counts_by_period(short, step="week")["complete"].tolist() == [True] * 9 + [False]


def test_rows_before_and_after_are_counted():
    left = counts_by_period(series(2.0, 60), since="2023-01-10", until="2023-02-10").attrs["ilp_lab_left_out"]
    assert set(left) == {"before the first day", "after the last day"}
    assert left.rows["reason"].value_counts().to_dict() == left


def test_months_only_count_by_month_and_by_nothing_finer():
    begin = pd.date_range("2021-01-01", periods=36, freq="MS", tz=VIENNA).repeat(5)
    table = pd.DataFrame({"occurred_at": begin})
    counted = counts_by_period(table)
    assert (counted["n"] == 5).all()
    assert counted["complete"].all()  # the last month too, though its last incident stands on its first day
    for step in ("day", "week"):
        with pytest.raises(InputError, match="take step='month'"):
            counts_by_period(table, step=step)
    assert year_to_date(table).table["this_year"][0] == 60


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"step": "decade"}, InputError, "step must be one of"),
        ({"by": "beat"}, ColumnError, "has no column 'beat'"),
        ({"since": "soon"}, InputError, "since must be a date"),
        ({"since": ""}, InputError, "since must be a date"),
        ({"until": 20240101}, InputError, "until must be a date"),
        ({"until": "2001-01-01"}, InputError, "nothing to count"),
    ],
)
def test_settings_that_do_not_fit(options, error, words):
    with pytest.raises(error, match=words):
        counts_by_period(series(2.0, 30), **options)


# --- year to date ---------------------------------------------------------------------------------------


def test_year_to_date_tells_a_change_from_chance():
    same = pd.concat([series(4.0, 365), series(4.0, 200, "2024-01-01", seed=2)])
    assert year_to_date(same).table["verdict"][0] == "no more than chance"
    less = pd.concat([series(4.0, 365), series(3.0, 200, "2024-01-01", seed=2)])
    found = year_to_date(less)
    assert found.table["verdict"][0] == "fewer than last year"
    assert found.table["high"][0] < 1
    assert found.details["dispersion"] < 1.5


def test_days_that_one_year_lacks_are_left_out_of_both():
    table = pd.concat([series(4.0, 365), series(4.0, 200, "2024-01-01", seed=2)])
    holed = without(table, "2024-02-10", "2024-03-20")
    found = year_to_date(holed, as_of="2024-06-30")
    assert "10 February to 19 March" in found.caveats[0]
    assert found.table["verdict"][0] == "no more than chance"
    at = holed["occurred_at"].dt.tz_localize(None)
    kept = (at.dt.year == 2023) & ((at < "2023-02-10") | (at >= "2023-03-20")) & (at < "2023-07-01")
    assert found.table["last_year"][0] == kept.sum()


def test_a_file_that_begins_in_spring_is_compared_from_spring():
    table = pd.concat([series(4.0, 300, "2023-03-07"), series(4.0, 200, "2024-01-01", seed=2)])
    found = year_to_date(table)
    assert "1 January to 6 March" in found.caveats[0]
    assert found.table["verdict"][0] == "no more than chance"


def test_a_gap_in_one_series_touches_that_series_only():
    parts = []
    for seed, area in enumerate("AB"):
        parts += [
            series(3.0, 365, seed=seed, area=area),
            series(3.0, 240, "2024-01-01", seed=seed + 9, area=area),
        ]
    table = pd.concat(parts)
    a = table["area"] == "A"
    table = pd.concat([without(table[a], "2024-03-01", "2024-05-01"), table[~a]])
    found = year_to_date(table, by="area")
    assert (found.table["verdict"] == "no more than chance").all()
    assert any("1 single series" in caveat for caveat in found.caveats)


def test_a_leap_day_counts_in_its_year():
    table = pd.concat([series(4.0, 365), series(4.0, 120, "2024-01-01", seed=2)])
    found = year_to_date(table, as_of="2024-03-31")
    at = table["occurred_at"].dt.tz_localize(None)
    assert found.table["this_year"][0] == ((at >= "2024-01-01") & (at < "2024-04-01")).sum()
    assert found.caveats[0].startswith("Incidents reported late")


def test_waves_are_said():
    rng = np.random.default_rng(1)
    wavy = np.repeat(rng.gamma(0.5, 6, 100), 7)[:700]
    found = year_to_date(series(wavy, 700))
    assert found.details["dispersion"] > 1.5
    assert any("p is too small" in caveat for caveat in found.caveats)


def test_without_last_year_there_is_nothing_to_compare():
    with pytest.raises(InputError, match="holds nothing from 1 January"):
        year_to_date(series(2.0, 100, "2024-01-01"))


def test_p_under_the_null_holds_its_level():
    rng = np.random.default_rng(2)
    p = []
    for _ in range(80):
        n = rng.poisson(20, 2)
        at = [pd.Timestamp("2023-01-05", tz=VIENNA)] * n[0] + [pd.Timestamp("2024-01-05", tz=VIENNA)] * n[1]
        p.append(year_to_date(pd.DataFrame({"occurred_at": at})).table["p"][0])
    assert (np.array(p) <= 0.1).mean() <= 0.18


# --- change points --------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(
    n=st.lists(st.integers(0, 12), min_size=8, max_size=24),
    penalty=st.floats(0.5, 8),
    least=st.integers(1, 4),
)
def test_pelt_finds_the_best_of_all_cuts(n, penalty, least):
    """Exhaustive search over every way to cut."""
    values = np.array(n, dtype=float)

    def cost(part):
        held = part.sum()
        return -held * np.log(held / len(part)) if held else 0.0

    best = np.full(len(values) + 1, np.inf)
    best[0] = -penalty
    for end in range(least, len(values) + 1):
        best[end] = min(best[start] + cost(values[start:end]) + penalty for start in range(end - least + 1))
    ends = pelt(values, penalty, least)
    begins = [0, *ends[:-1]]
    total = sum(cost(values[b:e]) + penalty for b, e in zip(begins, ends, strict=True)) - penalty
    assert total == pytest.approx(best[-1], abs=1e-8)


@settings(max_examples=25)
@given(n=st.lists(st.integers(0, 30), min_size=8, max_size=40), least=st.integers(1, 4))
def test_pelt_is_symmetric_in_time(n, least):
    values = np.array(n, dtype=float)

    def total(v):
        ends = pelt(v, 3.0, least)
        parts = np.split(v, ends[:-1])
        return sum(3.0 - (p.sum() * np.log(p.sum() / len(p)) if p.sum() else 0.0) for p in parts)

    assert total(values) == pytest.approx(total(values[::-1]), abs=1e-8)


def test_a_step_is_found_where_it_is():
    found = change_points(series(np.repeat([3.0, 5.0], [400, 330])), step="week")
    assert len(found.table) == 2
    row = found.table.iloc[1]
    truth = pd.Timestamp("2023-01-01") + pd.Timedelta(days=400)
    assert row["changed_from"] <= truth + pd.Timedelta(days=7)
    assert row["changed_to"] >= truth - pd.Timedelta(days=7)
    assert row["low"] <= 35 <= row["high"]
    assert row["ratio"] == pytest.approx(5 / 3, abs=0.25)


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_the_planted_coast_season_is_no_change(coast, step):
    found = change_points(coast, step=step)
    assert len(found.table) == 1
    assert found["season"]
    assert "Beside the season no change" in found.explain()


def test_without_its_season_the_coast_would_look_like_steps(coast):
    found = change_points(coast, step="week", season=False)
    assert len(found.table) > 3
    assert any("No season is allowed for" in caveat for caveat in found.caveats)


def test_a_step_in_a_seasonal_series_is_still_found():
    day = np.arange(1461)
    mean = 6 * np.exp(0.6 * np.cos(2 * np.pi * day / 365.25)) * np.where(day < 900, 1.0, 1.6)
    found = change_points(series(mean, 1461, "2020-01-01"), step="week")
    assert len(found.table) == 2
    assert abs((found.table["changed_at"].iloc[1] - pd.Timestamp("2022-06-19")).days) < 50


def test_february_is_short_and_no_change():
    counted = change_points(series(60.0, 1096, "2021-01-01"), step="month", season=False)
    assert len(counted.table) == 1
    assert counted.table["mean"].iloc[0] == pytest.approx(60 * 365.25 / 12, rel=0.02)


@pytest.mark.slow
def test_false_changes_are_rare():
    false = [
        len(change_points(series(3.0, 730, seed=seed), step="week", season=False).table) > 1
        for seed in range(100)
    ]
    assert np.mean(false) <= 0.08


def test_too_short_for_a_change():
    with pytest.raises(InputError, match="too few"):
        change_points(series(2.0, 20), step="week")
    with pytest.raises(InputError, match="season=True needs"):
        change_points(series(2.0, 200), step="week", season=True)


# --- seasons --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["month", "week"])
def test_the_planted_coast_season_is_a_season_and_no_trend(coast, step):
    found = seasonality(coast, step=step)
    assert found["p"] < 0.01
    assert found["strength"] > 0.9
    assert found["trend_low"] < 1 < found["trend_high"]
    assert "No trend can be shown" in found.explain()


def test_a_trend_is_said_with_its_size():
    day = np.arange(1461)
    found = seasonality(series(5 * 1.25 ** (day / 365.25), 1461, "2020-01-01"))
    assert found["trend_low"] < 1.25 < found["trend_high"]
    assert found["trend_p"] < 0.001
    assert "rises" in found.explain()


@pytest.mark.slow
def test_false_trends_and_seasons_are_rare():
    found = [seasonality(series(3.0, 1096, "2021-01-01", seed=seed)) for seed in range(150)]
    assert np.mean([one["trend_p"] < 0.05 for one in found]) <= 0.1
    assert np.mean([one["p"] < 0.05 for one in found]) <= 0.1


def test_parts_add_up(coast):
    table = seasonality(coast).table
    np.testing.assert_allclose(table["trend"] + table["season"] + table["rest"], table["n"], atol=1e-6)


def test_too_short_for_a_season():
    with pytest.raises(InputError, match="too few for a season of 12"):
        seasonality(series(2.0, 400))


# --- charts ---------------------------------------------------------------------------------------------


def test_a_planted_week_lies_above_the_band():
    table = pd.concat([series(2.0, 200), series(np.repeat([0.0, 6.0], [175, 7]), 182, seed=3)])
    found = control_chart(table).table
    assert found.loc[found["period"] == "2023-06-26", "verdict"].item() == "above the band"


@pytest.mark.slow
def test_the_band_holds_what_it_says():
    outside = []
    for seed in range(60):
        found = control_chart(series(2.0, 730, seed=seed)).table
        judged = found[found["verdict"] != "no band"]
        outside.append((judged["verdict"] != "within the band").mean())
    assert 0.01 <= np.mean(outside) <= 0.05


def test_with_the_season_a_summer_is_no_alarm(coast):
    plain = control_chart(coast, step="week").table
    seasonal = control_chart(coast, step="week", season=True).table
    summer = seasonal["period"].dt.month.isin([6, 7, 8])
    assert (plain.loc[summer, "verdict"] == "above the band").any()
    judged = summer & (seasonal["period"] >= "2024-06-01")
    assert (seasonal.loc[judged, "verdict"] == "within the band").mean() > 0.85


def test_a_baseline_that_is_not_there():
    with pytest.raises(InputError, match="take a shorter baseline"):
        control_chart(series(3.0, 30), season=True)


def test_one_event_makes_no_chart():
    at = pd.DataFrame({"occurred_at": pd.to_datetime(["2024-01-01 10:00"]).tz_localize(VIENNA)})
    with pytest.raises(InputError, match="shorter baseline or a longer file"):
        control_chart(at)


@pytest.mark.parametrize(
    ("this", "last", "words"),
    [
        (300, 400, "the fall is more than chance"),
        (400, 300, "the rise is more than chance"),
        (300, 301, "chance alone moves"),
    ],
)
def test_the_year_so_far_says_whether_counts_rose_or_fell(this, last, words):
    days = [
        f"{year}-{1 + n % 6:02d}-{1 + n % 28:02d}"
        for year, many in ((2024, this), (2023, last))
        for n in range(many)
    ]
    table = pd.DataFrame({"occurred_at": pd.to_datetime(days).tz_localize("Europe/Vienna")})
    assert words in year_to_date(table).findings[0]


def test_one_change_is_one_time_and_a_month_is_a_month():
    found = change_points(
        series(np.repeat([3.0, 6.0], [549, 547]), 1096, "2021-01-01"), step="month", season=False
    )
    assert len(found.table) == 2
    assert found.findings[0].startswith("The level changed 1 time: it rose to ")
    assert "most likely in July 2022." in found.findings[1]
    assert "01 " not in found.findings[1]
    drawn = control_chart(series(3.0, 1096, "2021-01-01"), step="month")
    assert any("The last whole month (December 2023) has" in one for one in drawn.findings)
