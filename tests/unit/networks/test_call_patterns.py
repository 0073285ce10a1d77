"""Bursts, nights, masts and handsets: what was planted is found, what is habit is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from ilp_lab import networks
from ilp_lab.errors import ColumnError, InputError

DAY = pd.Timedelta(days=1)
START = pd.Timestamp("2024-05-01", tz="Europe/Vienna")


def ordinary(numbers=30, calls=40, days=60, seed=1):
    """Numbers that call at random days, mostly in the evening."""
    draw = np.random.default_rng(seed)
    n = numbers * calls
    at = (
        START
        + pd.to_timedelta(draw.integers(0, days, n), "D")
        + pd.to_timedelta((np.clip(draw.normal(18, 3, n), 0, 23.9) * 3600).astype(int), "s")
    )
    return pd.DataFrame(
        {
            "caller": np.repeat([f"70{number:03d}" for number in range(numbers)], calls),
            "receiver": [f"80{number:03d}" for number in draw.integers(0, 500, n)],
            "started_at": at,
        }
    )


def test_a_planted_burst_is_found_and_nothing_else():
    rush = pd.DataFrame(
        {
            "caller": "70003",
            "receiver": [f"80{number:03d}" for number in range(14)],
            "started_at": START + 30 * DAY + pd.to_timedelta(np.arange(14) * 600, "s"),
        }
    )
    found = networks.call_bursts(
        pd.concat([ordinary(), rush]),
        window_hours=3,
        event=START + 30 * DAY + pd.Timedelta(hours=8),
        rng=5,
        permutations=499,
    )
    first = found.table.iloc[0]
    assert first["number"] == "70003"
    assert first["in_window"] >= 14
    assert first["hours_before"] == pytest.approx(8 - 13 * 600 / 3600, abs=0.02)
    assert (found.table["q_fdr"] <= 0.05).sum() == 1
    assert found.seed == "5"
    assert "70003" in found.explain()
    assert "1 of these bursts ended within the 24 hours" in found.explain()


def test_without_a_burst_p_is_not_small_more_often_than_it_says():
    found = networks.call_bursts(ordinary(numbers=120, seed=3), window_hours=6, rng=1, permutations=199)
    assert (found.table["p"] <= 0.05).mean() < 0.1
    assert 0 < (found.table["p"] <= 0.2).mean() < 0.3  # conservative, because few calls tie often
    again = networks.call_bursts(ordinary(numbers=120, seed=3), window_hours=6, rng=1, permutations=199)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_numbers_with_few_calls_are_counted():
    found = networks.call_bursts(ordinary(numbers=3), rng=1, permutations=9)
    assert found.left_out["number with fewer than 10 calls"] == len(found.left_out_rows)
    assert len(found.table) == 3


def test_nights_against_the_others_as_scipy_says():
    calls = ordinary()
    calls.loc[calls["caller"] == "70004", "started_at"] += pd.Timedelta(hours=6)
    found = networks.night_calls(calls, start_hour=23, end_hour=5)
    row = found.table.iloc[0]
    assert row["number"] == "70004"
    assert row["q_fdr"] < 0.001
    one_sided = binomtest(
        int(row["night"]), int(row["n"]), row["expected_share"], alternative="greater"
    ).pvalue
    assert row["p"] == pytest.approx(min(1, 2 * one_sided), rel=1e-9)
    assert not (found.table["q_fdr"].iloc[1:] <= 0.01).any()


def seen(rows):
    frame = pd.DataFrame(rows, columns=["subscriber", "tower", "started_at"])
    return frame.assign(caller=frame["subscriber"], receiver="80000")


def test_who_travels_together_is_found_and_who_shares_a_habit_is_not():
    rows = []
    for day in range(40):
        at = START + day * DAY
        rows += [
            (who, "station", at + pd.Timedelta(hours=8, minutes=3 * k))
            for k, who in enumerate(("7001", "7002"))
        ]
        if day % 9 == 0:
            where = f"road {day}"
            rows += [
                (who, where, at + pd.Timedelta(hours=13 + day % 5, minutes=4 * k))
                for k, who in enumerate(("7003", "7004"))
            ]
        else:
            rows += [(who, f"home {who}", at + pd.Timedelta(hours=13)) for who in ("7003", "7004")]
    found = networks.co_location(seen(rows))
    table = found.table.set_index(["number", "contact"])
    assert table.loc[("7003", "7004"), ["days_together", "expected", "masts"]].tolist() == [5, 0, 5]
    assert table.loc[("7003", "7004"), "q_fdr"] < 0.001
    habit = table.loc[("7001", "7002")]
    assert habit["days_together"] == 40
    assert habit["expected"] == pytest.approx(40)
    assert habit["q_fdr"] > 0.3
    assert "7003 and 7004: 5 days" in found.explain()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["x", "y"]),
            st.integers(0, 9),
            st.integers(0, 23),
            st.integers(0, 59),
        ),
        max_size=40,
    ),
    st.sampled_from([5, 15, 240]),
)
def test_expected_is_the_mean_over_every_shift(rows, within):
    rows = [*rows, ("a", "edge", 0, 0, 0), ("a", "edge", 9, 0, 0)]
    days = 10
    frame = seen(
        [(who, where, START + day * DAY + pd.Timedelta(hours=h, minutes=m)) for who, where, day, h, m in rows]
    )
    found = networks.co_location(
        frame.assign(started_at=frame["started_at"].dt.tz_localize(None)), within_minutes=within, least_days=1
    )
    a, b = ([row for row in rows if row[0] == who] for who in "ab")
    together = []
    for shift in range(days):
        met = set()
        for _, where, day, h, m in a:
            for _, there, other, hh, mm in b:
                for moved in ((other - shift), (other - shift) + days, (other - shift) - days):
                    apart = (day - moved) * 1440 + (h - hh) * 60 + m - mm
                    if where == there and abs(apart) <= within:
                        met.add(day)
        together.append(len(met))
    if together[0]:
        assert found.table.loc[0, "days_together"] == together[0]
        assert found.table.loc[0, "expected"] * (days - 1) == pytest.approx(sum(together[1:]))
    else:
        assert found.table.empty


def test_swaps_of_cards_and_handsets():
    rows = [
        ("7001", "356938035643809", 0), ("7001", "356938035643800", 1), ("7002", "356938035643809", 2), ("7001", "356938035643809", 3),
        ("7001", "490154203237518", 5), ("7001", "490154203237518", 6),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["subscriber", "imei", "day"])
    frame = frame.assign(
        caller=frame["subscriber"], receiver="8000", started_at=START + pd.to_timedelta(frame["day"], "D")
    )
    swaps = networks.device_swaps(frame)
    shown = swaps[["change", "thing", "before", "after", "came_back"]].to_numpy().tolist()
    assert shown == [
        ["another number in the same handset", "35693803564380", "7001", "7002", False],
        ["another number in the same handset", "35693803564380", "7002", "7001", True],
        ["another handset for the same number", "7001", "35693803564380", "49015420323751", False],
    ]
    assert swaps["gap_hours"].tolist() == [24, 24, 48]
    assert swaps["records_before"].tolist() == [3, 1, 3]
    assert str(swaps["first_after"].dt.tz) == "Europe/Vienna"


CALLS = ordinary(numbers=2)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: networks.call_bursts(CALLS.drop(columns="started_at")), ColumnError, "has no times"),
        (
            lambda: networks.call_bursts(CALLS.assign(started_at=START)),
            ColumnError,
            "days without times of day",
        ),
        (lambda: networks.call_bursts(CALLS, window_hours=0), InputError, "window_hours"),
        (lambda: networks.call_bursts(CALLS, event="last week"), InputError, "event must be a time"),
        (lambda: networks.night_calls(CALLS, start_hour=6), InputError, "must differ"),
        (lambda: networks.night_calls(CALLS, start_hour=25), InputError, "start_hour must be between"),
        (lambda: networks.co_location(CALLS), ColumnError, "no column 'tower'"),
        (lambda: networks.co_location(seen([("7001", "x", START)])), InputError, "cover 1 days"),
        (lambda: networks.device_swaps(CALLS), ColumnError, "no column 'imei'"),
    ],
)
def test_faults_are_said(call, error, said):
    with pytest.raises(error, match=said):
        call()
