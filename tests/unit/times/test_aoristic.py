"""Aoristic analysis: what must hold whatever the windows are, clock changes, and input that makes no sense."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from ilp_lab.errors import ColumnError, InputError
from ilp_lab.times import aoristic

VIENNA = "Europe/Vienna"
WINDOWS = st.lists(
    st.tuples(st.integers(0, 120 * 24 * 60), st.integers(0, 10 * 24 * 60)), min_size=1, max_size=20
).map(lambda windows: [(600, 30), *windows])
UNITS = st.sampled_from(
    ["hour_of_week", "hour_of_day", "weekday", "quarter_of_day", ("06:00", "14:00", "22:00"), ("Mon 06:00", "Fri 22:30")]
)  # fmt: skip


def frame(begin, end=None, tz=VIENNA):
    at = pd.DatetimeIndex(pd.to_datetime(list(begin))).tz_localize(tz)
    table = pd.DataFrame({"occurred_at": at})
    if end is not None:
        table["occurred_to"] = pd.DatetimeIndex(pd.to_datetime(list(end))).tz_localize(tz)
    return table


def from_minutes(windows, tz=VIENNA):
    begin = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta([b for b, _ in windows], unit="min")
    end = begin + pd.to_timedelta([length for _, length in windows], unit="min")
    return pd.DataFrame({"occurred_at": begin.tz_convert(tz), "occurred_to": end.tz_convert(tz)})


def profile(table, **options):
    return aoristic(table, bootstrap=0, **options).table["n"].to_numpy()


def by_minutes(table, hours=168):
    """The plain way: every minute of every window, one by one."""
    n = np.zeros(hours)
    for begin, end in zip(table["occurred_at"], table["occurred_to"], strict=True):
        start, stop = begin.tz_localize(None), end.tz_localize(None)
        if stop == start:
            n[(start.day_of_week * 24 + start.hour) % hours] += 1
            continue
        minutes = pd.date_range(start, stop, freq="min", inclusive="left")
        places = (minutes.day_of_week * 24 + minutes.hour) % hours
        n += np.bincount(places, minlength=hours) / len(minutes)
    return n


@settings(max_examples=30)
@given(windows=WINDOWS, unit=UNITS)
def test_every_incident_counts_one(windows, unit):
    table = from_minutes(windows)
    for options in ({}, {"too_long": "exact"}, {"clock_changes": "cut"}):
        n = profile(table, unit=unit, **options)
        assert n.sum() == pytest.approx(len(windows), abs=1e-7)
        assert (n >= -1e-9).all()


@settings(max_examples=30)
@given(windows=WINDOWS)
def test_a_week_later_the_table_is_the_same(windows):
    table = from_minutes(windows, tz="UTC")
    later = table + pd.Timedelta(days=7)
    np.testing.assert_allclose(profile(later), profile(table), atol=1e-9)


@settings(max_examples=30)
@given(windows=WINDOWS, seed=st.integers(0, 9))
def test_the_order_of_rows_does_not_matter(windows, seed):
    table = from_minutes(windows)
    mixed = table.sample(frac=1, random_state=seed)
    np.testing.assert_allclose(profile(mixed), profile(table), atol=1e-9)


@settings(max_examples=30)
@given(windows=WINDOWS)
def test_it_is_what_counting_minute_by_minute_gives(windows):
    table = from_minutes(windows, tz="UTC")
    np.testing.assert_allclose(profile(table, too_long="exact"), by_minutes(table), atol=1e-9)


@settings(max_examples=30)
@given(windows=WINDOWS)
def test_parts_add_up_over_coarser_units(windows):
    table = from_minutes(windows)
    hours = profile(table, too_long="exact").reshape(7, 24)
    np.testing.assert_allclose(profile(table, unit="weekday", too_long="exact"), hours.sum(axis=1), atol=1e-9)
    np.testing.assert_allclose(profile(table, unit="hour_of_day", too_long="exact"), hours.sum(axis=0), atol=1e-9)  # fmt: skip


# --- the clock ------------------------------------------------------------------------------------------


def utc(begin, end, tz=VIENNA):
    at, to = (pd.DatetimeIndex([pd.Timestamp(text, tz="UTC")]).tz_convert(tz) for text in (begin, end))
    return pd.DataFrame({"occurred_at": at, "occurred_to": to})


def test_spring_hour_that_did_not_exist():
    # 01:00 to 04:00 on the clock, two hours in truth: 01-02 and 03-04
    table = utc("2024-03-31 00:00", "2024-03-31 02:00")
    shown = profile(table, unit="hour_of_day")
    np.testing.assert_allclose(shown[1:4], [1 / 3, 1 / 3, 1 / 3])
    cut = profile(table, unit="hour_of_day", clock_changes="cut")
    np.testing.assert_allclose(cut[1:4], [0.5, 0.0, 0.5])


def test_autumn_hour_that_came_twice():
    # 01:00 to 04:00 on the clock, four hours in truth
    table = utc("2024-10-26 23:00", "2024-10-27 03:00")
    np.testing.assert_allclose(profile(table, unit="hour_of_day")[1:4], [1 / 3, 1 / 3, 1 / 3])
    cut = profile(table, unit="hour_of_day", clock_changes="cut")
    np.testing.assert_allclose(cut[1:4], [0.25, 0.5, 0.25])


def test_a_window_that_ends_earlier_on_the_clock_than_it_begins():
    # 02:30 summer time to 02:10 winter time: forty minutes in truth, nothing reversed
    table = utc("2024-10-27 00:30", "2024-10-27 01:10")
    found = aoristic(table, unit="hour_of_day", bootstrap=0)
    assert found.table["n"].sum() == pytest.approx(1)
    assert found.table["n"][2] == pytest.approx(1)
    assert found.left_out == {}


def test_clocks_that_change_at_half_past():
    # Lord Howe Island moves by half an hour
    table = utc("2024-04-06 14:00", "2024-04-06 16:00", tz="Australia/Lord_Howe")
    cut = profile(table, unit="half_hour_of_day", clock_changes="cut")
    assert cut.sum() == pytest.approx(1)
    assert cut[3] == pytest.approx(0.5)  # the half hour from 01:30 came twice
    assert cut[[2, 4]] == pytest.approx([0.25, 0.25])


def test_ends_on_another_clock_are_brought_to_the_first():
    table = utc("2024-01-01 09:00", "2024-01-01 11:00")
    other = table.assign(occurred_to=table["occurred_to"].dt.tz_convert("America/New_York"))
    np.testing.assert_allclose(profile(other), profile(table))


# --- windows that make no sense -------------------------------------------------------------------------


def odd():
    return frame(
        ["2024-01-01 10:00", "2024-01-01 10:00", "2024-01-01 10:00", "2024-01-01 08:30", None],
        ["2024-01-01 08:00", None, "2024-02-01 10:00", "2024-01-01 09:00", "2024-01-01 09:00"],
    )


def test_odd_windows_are_left_out_or_noted_and_counted():
    found = aoristic(odd(), bootstrap=0)
    assert found.left_out == {"ends before it begins": 1, "without a time": 1}
    assert found.left_out_rows["reason"].tolist() == ["ends before it begins", "without a time"]
    assert found["noted"] == {
        "without an end: the start counts": 1,
        "window of 168 hours or more: counts evenly everywhere": 1,
    }
    assert any("counts evenly everywhere" in caveat for caveat in found.caveats)
    assert found.table["n"].sum() == pytest.approx(3)


@pytest.mark.parametrize(
    ("options", "total"),
    [
        ({"missing": "leave out"}, 2),
        ({"reversed_windows": "swap"}, 4),
        ({"reversed_windows": "start"}, 4),
        ({"too_long": "leave out"}, 2),
        ({"too_long": "exact"}, 3),
    ],
)
def test_policies(options, total):
    assert aoristic(odd(), bootstrap=0, **options).table["n"].sum() == pytest.approx(total)


def test_swapped_windows_are_those_the_right_way_round():
    wrong = frame(["2024-01-01 10:00"], ["2024-01-01 08:00"])
    right = frame(["2024-01-01 08:00"], ["2024-01-01 10:00"])
    np.testing.assert_allclose(profile(wrong, reversed_windows="swap"), profile(right))


# --- what a file cannot tell ----------------------------------------------------------------------------


def months(n=24):
    begin = pd.date_range("2022-01-01", periods=n, freq="MS")
    return frame(begin, begin + pd.offsets.MonthBegin(1))


def test_months_only_have_no_hour():
    with pytest.raises(InputError, match="tells only the month of each incident"):
        aoristic(months())
    with pytest.raises(InputError, match="tells only the month"):
        aoristic(months()[["occurred_at"]])


def test_dates_only_have_a_weekday_but_no_hour():
    days = frame(pd.date_range("2024-01-01", periods=30))
    with pytest.raises(InputError, match="tells only the day of each incident"):
        aoristic(days, unit="hour_of_day")
    n = profile(days, unit="weekday")
    assert n.sum() == 30
    windows = days.assign(occurred_to=days["occurred_at"] + pd.Timedelta(days=1))
    with pytest.raises(InputError, match="tells only the day"):
        aoristic(windows)


def test_one_event_and_all_at_one_minute():
    found = aoristic(frame(["2024-01-01 10:00"]), rng=1)
    assert found.table["n"].sum() == 1
    assert found["moments"] == 1
    same = aoristic(frame(["2024-01-01 10:00"] * 30), rng=1)
    assert any("one and the same minute" in caveat for caveat in same.caveats)
    assert same.table["low"].max() == 30


def test_default_midnights_are_said():
    table = frame(["2024-01-01 00:00"] * 12 + ["2024-01-02 10:07"] * 20)
    assert "12 incidents stand at 00:00 exactly" in aoristic(table, rng=1).explain()
    spread = aoristic(table, midnights="all day", unit="hour_of_day", bootstrap=0)
    assert spread.table["n"][0] == pytest.approx(0.5)
    assert spread["noted"]["at 00:00 exactly: any time of that day"] == 12
    gone = aoristic(table, midnights="leave out", bootstrap=0)
    assert gone.left_out == {"at 00:00 exactly": 12}


def test_midnights_are_told_from_nights():
    rng = np.random.default_rng(1)
    hours = np.r_[rng.integers(0, 4, 200), rng.integers(0, 24, 100)]  # busy after midnight, whole hours
    at = pd.Timestamp("2024-01-01", tz=VIENNA) + pd.to_timedelta(24 * np.arange(300) + hours, unit="h")
    assert "But" not in aoristic(pd.DataFrame({"occurred_at": at}), rng=1).explain()


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        (pd.DataFrame({"when": [1]}), ColumnError, "has no column 'occurred_at'"),
        (pd.DataFrame({"occurred_at": ["2024-01-01"]}), ColumnError, "must hold times"),
        (
            pd.DataFrame({"occurred_at": pd.to_datetime(["2024-01-01"])}),
            ColumnError,
            "does not say which clock",
        ),
        (
            frame(["2024-01-01 10:00"]).assign(occurred_to=pd.to_datetime(["2024-01-01 11:00"])),
            ColumnError,
            "occurred_to does not say which clock",
        ),
        (
            pd.DataFrame(
                {
                    "occurred_at": [
                        pd.Timestamp("2024-01-01", tz="UTC"),
                        pd.Timestamp("2024-01-01", tz=VIENNA),
                    ]
                },
                dtype=object,
            ),
            ColumnError,
            "mixes times of several clocks",
        ),
        (frame([None]), InputError, "no incident has a time"),
        ("thefts.csv", InputError, "must be a table"),
    ],
)
def test_tables_that_do_not_fit(table, error, words):
    with pytest.raises(error, match=words):
        aoristic(table)


def test_an_empty_column_of_ends_is_no_fault():
    table = frame(["2024-01-01 10:00"]).assign(occurred_to=pd.NaT)
    assert profile(table).sum() == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"unit": "fortnight"}, "unit must be one of"),
        ({"unit": ["06:00"]}, "two times or more"),
        ({"unit": ["06:00", "25:00"]}, "is no time of day"),
        ({"unit": ["14:00", "06:00"]}, "must follow each other"),
        ({"unit": ["T 06:00", "Fri 06:00"]}, "is no time of day"),
        ({"unit": ["Mon 06:00", "22:00"]}, "all with a day of the week or none"),
        ({"missing": "guess"}, "missing must be one of"),
        ({"bootstrap": 5}, "bootstrap must be a whole number"),
        ({"by": "area", "cell_m": 100}, "exclude each other"),
        ({"longest_hours": -1}, "longest_hours must be a number above 0"),
    ],
)
def test_settings_that_do_not_fit(options, words):
    with pytest.raises(InputError, match=words):
        aoristic(frame(["2024-01-01 10:00"]).assign(area="A"), **options)


# --- bands, groups, cells -------------------------------------------------------------------------------


def test_the_band_is_repeatable_and_holds_the_profile():
    rng = np.random.default_rng(1)
    table = from_minutes(list(zip(rng.integers(0, 90_000, 400), np.zeros(400, int), strict=True)))
    first, second = (aoristic(table, unit="hour_of_day", rng=7).table for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    assert ((first["low"] <= first["n"] + 1e-9) & (first["n"] <= first["high"] + 1e-9)).all()
    assert (first["high"] - first["low"]).mean() == pytest.approx(
        2 * 1.96 * np.sqrt(400 / 24), rel=0.25
    )  # about Poisson


@pytest.mark.slow
def test_the_band_covers_what_it_says():
    rng = np.random.default_rng(2)
    inside = []
    for run in range(120):
        hour = np.minimum(rng.gamma(4, 3, 300), 23.9)
        begin = (rng.integers(0, 200, 300) * 1440 + hour * 60).astype(int)
        table = from_minutes([(minute, 0) for minute in begin], tz="UTC")
        found = aoristic(table, unit="hour_of_day", rng=run).table
        truth = 300 * np.diff([np.mean(rng.gamma(4, 3, 200_000) < edge) for edge in range(4, 18)])
        part = found.iloc[4:17]
        inside.append(((part["low"] <= truth) & (truth <= part["high"])).mean())
    assert 0.9 <= np.mean(inside) <= 0.97  # samples of small counts are a little narrow


def test_by_area_each_area_is_what_it_is_alone():
    rng = np.random.default_rng(3)
    table = from_minutes(list(zip(rng.integers(0, 90_000, 90), rng.integers(0, 900, 90), strict=True)))
    table["area"] = np.tile(["A", "B", None], 30)
    found = aoristic(table, by="area", rng=1).table
    assert found["area"].unique().tolist() == ["A", "B", "not stated"]
    alone = profile(table[table["area"] == "A"])
    np.testing.assert_allclose(found.loc[found["area"] == "A", "n"], alone, atol=1e-9)


def places(n=60):
    rng = np.random.default_rng(4)
    begin = pd.Timestamp("2024-01-01", tz=VIENNA) + pd.to_timedelta(rng.integers(0, 60_000, n), unit="min")
    xy = rng.uniform(0, 1000, (2, n))
    return gpd.GeoDataFrame(
        {"occurred_at": begin, "occurred_to": begin + pd.Timedelta(hours=2)},
        geometry=gpd.points_from_xy(*xy),
        crs=32633,
    )


def test_by_cell_nothing_is_lost_and_the_outside_is_said():
    town = gpd.GeoDataFrame(geometry=[box(0, 0, 500, 1000)], crs=32633)
    found = aoristic(places(), unit="hour_of_day", cell_m=250, study_area=town, bootstrap=0)
    inside = int((places().geometry.x <= 500).sum())
    assert found.table["n"].sum() == pytest.approx(inside, abs=1)
    assert found.left_out == {"outside the study area": 60 - round(found.table["n"].sum())}
    hours = [name for name in found.table.columns if str(name).endswith(":00")]
    assert len(hours) == 24
    np.testing.assert_allclose(found.table[hours].sum(axis=1), found.table["n"])
    assert found.view == "map"


def test_by_cell_every_hour_has_a_band():
    found = aoristic(places(400), unit="hour_of_day", cell_m=500, rng=5)
    hours = [name for name in found.table.columns if str(name).endswith(":00")]
    n, low, high = found.table[hours].to_numpy(), found["low"], found["high"]
    assert low.columns.tolist() == hours
    assert low.shape == high.shape == n.shape
    assert ((low.to_numpy() <= n + 1e-9) & (n <= high.to_numpy() + 1e-9)).mean() > 0.99
    at = np.arange(len(n)), n.argmax(axis=1)
    np.testing.assert_array_equal(found.table["peak_low"], low.to_numpy()[at])
    np.testing.assert_array_equal(found.table["peak_high"], high.to_numpy()[at])
    assert found.table["peak_holds"].between(0, 1).all()
    assert any("another part may as well be it" in finding for finding in found.findings)
    again = aoristic(places(400), unit="hour_of_day", cell_m=500, rng=5)
    pd.testing.assert_frame_equal(again["high"], high)


def test_a_peak_that_is_sure_holds_and_one_of_two_alike_does_not():
    sure = ["2024-01-01 10:07"] * 40
    torn = [f"2024-01-01 {hour}:07" for hour in (11, 12)] * 20
    table = frame([*sure, *torn])
    table = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy([50.0] * 40 + [550.0] * 40, [50.0] * 80), crs=32633)  # fmt: skip
    holds = aoristic(table, unit="hour_of_day", cell_m=100, rng=1).table.set_index("peak")["peak_holds"]
    assert holds["10:00"] == 1
    assert 0.3 < holds["11:00"] < 0.8


def test_a_few_cells_at_a_time_give_the_same_band_as_all_at_once(monkeypatch):
    from ilp_lab.times import resampling

    table = places(600)
    whole = aoristic(table, unit="quarter_of_day", cell_m=200, bootstrap=999, rng=1)
    monkeypatch.setattr(resampling, "_VALUES_AT_ONCE", 999 * 96 * 3)  # three cells
    parts = aoristic(table, unit="quarter_of_day", cell_m=200, bootstrap=999, rng=1)
    pd.testing.assert_frame_equal(parts.table.iloc[:, :5], whole.table.iloc[:, :5])
    for end in ("low", "high"):
        one, other = (found[end].to_numpy() for found in (whole, parts))
        assert abs(one - other).mean() < 0.03
        assert abs(one.sum() / other.sum() - 1) < 0.02
    assert abs(whole.table["peak_holds"] - parts.table["peak_holds"]).max() < 0.08


def test_one_band_for_each_of_many_groups_or_a_refusal_before_memory_is_full(monkeypatch):
    from ilp_lab import _memory

    table = frame(["2024-01-01 10:07"] * 300).assign(who=range(300))
    found = aoristic(table, unit="quarter_of_day", by="who", bootstrap=19, rng=1)
    assert found.table["high"].max() >= 3
    monkeypatch.setattr(_memory, "available", lambda: 1e6)
    with pytest.raises(InputError, match=r"this needs about .* Take fewer groups or larger cells"):
        aoristic(table, unit="quarter_of_day", by="who")


def clocks(*counts, seed=1):
    """Moments by the clock: rounded to full and half hours for the most part, and more of some."""
    rng = np.random.default_rng(seed)
    minute = np.r_[
        rng.integers(0, 24, 900) * 60, rng.integers(0, 48, 400) * 30, rng.integers(0, 1440, 1200), *(np.full(n, at) for at, n in counts)
    ]  # fmt: skip
    at = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(
        minute + 1440 * rng.integers(0, 28, len(minute)), "min"
    )
    return pd.DataFrame({"occurred_at": at})


@pytest.mark.parametrize(("minute", "clock"), [(1, "00:01"), (720, "12:00"), (0, "00:00")])
def test_placeholder_minutes_are_said_beside_the_peak_they_make(minute, clock):
    found = aoristic(clocks((minute, 90)), unit="hour_of_day", bootstrap=0)
    assert found.table["label"][int(found.table["n"].argmax())] == f"{clock[:2]}:00"
    assert f"incidents stand at {clock} exactly" in found.findings[1]
    assert not any(" exactly" in caveat for caveat in found.caveats)
    if minute:
        assert found.findings[2].startswith("Without them the strongest part is ")


def test_placeholder_minutes_elsewhere_are_a_caveat_and_busy_minutes_are_none():
    rng = np.random.default_rng(2)
    evening = pd.Timestamp("2024-01-01 19:00", tz="UTC") + pd.to_timedelta(
        rng.integers(0, 60, 600) + 1440 * np.arange(600), "min"
    )
    both = pd.concat([clocks((1, 40)), pd.DataFrame({"occurred_at": evening})])
    found = aoristic(both, unit="hour_of_day", bootstrap=0)
    assert any(
        "at 00:01 exactly, where the minutes around lead one to expect about 1;" in one
        for one in found.caveats
    )
    assert not any("00:01" in one for one in found.findings)
    quiet = aoristic(clocks(), unit="hour_of_day", bootstrap=0)
    assert "exactly" not in " ".join((*quiet.findings, *quiet.caveats))
    # a lively noon, all its minutes alike, is a noon
    noon = pd.Timestamp("2024-01-01 12:00", tz="UTC") + pd.to_timedelta(
        np.arange(1200) % 60 + 1440 * (np.arange(1200) // 60), "min"
    )
    lively = aoristic(
        pd.concat([clocks(), pd.DataFrame({"occurred_at": noon})]), unit="hour_of_day", bootstrap=0
    )
    assert "exactly" not in " ".join((*lively.findings, *lively.caveats))
