"""Payments: what comes back, what fans, what stays just below; against brute force and against chance."""

from __future__ import annotations

from collections import deque

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from ilp_lab import networks
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.safeguards import mark

START = pd.Timestamp("2024-05-01", tz="Europe/Vienna")


def payments(rows):
    frame = pd.DataFrame(rows, columns=["payer", "payee", "amount", "hours"])
    return frame.assign(booked_at=START + pd.to_timedelta(frame.pop("hours"), "h"))


def ordinary(n=600, accounts=40, seed=2):
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "payer": [f"A{number:02d}" for number in draw.integers(0, accounts, n)],
            "payee": [f"A{number:02d}" for number in draw.integers(0, accounts, n)],
            "amount": np.exp(draw.normal(7.5, 1, n)).round(2),
            "booked_at": START + pd.to_timedelta(draw.integers(0, 90 * 24 * 60, n), "min"),
        }
    )


def test_a_chart_of_payments_sums_and_marks():
    table = mark(
        payments([("A", "B", 10, 0), ("A", "B", 15, 5), (None, "A", 40, 0), ("B", "A", 0, 1)]), handling="H1"
    )
    chart = networks.transaction_chart(table)
    assert chart.links[["strength", "amount", "largest"]].to_numpy().tolist() == [[2, 25, 15]]
    assert chart.left_out == {
        "cash: a payment with one account only": 1,
        "payment without an amount above zero": 1,
    }
    assert chart.handling == "H1"
    assert networks.chart(table).left_out == chart.left_out
    with_cash = networks.transaction_chart(table, cash=True, of="A")
    assert with_cash.entities.set_index("entity_id").loc["cash", "kind"] == "object"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 50), st.integers(0, 200)), min_size=1, max_size=25),
    st.booleans(),
)
def test_money_leaves_in_the_order_that_was_said(entries, newest):
    rows = [
        ("X", "M", amount, hours) if into else ("M", "X", amount, hours) for into, amount, hours in entries
    ]
    table = networks.flows(payments(rows), of="M", within_hours=48, order="last in" if newest else "first in")
    queue, matched, weighted, soon = deque(), 0.0, 0.0, 0.0
    for into, amount, hours in sorted(entries, key=lambda entry: (entry[2], not entry[0])):
        if into:
            queue.append([amount, hours])
            continue
        wanted = amount
        while wanted > 0 and queue:
            parcel = queue[-1 if newest else 0]
            taken = min(wanted, parcel[0])
            matched, weighted = matched + taken, weighted + taken * (hours - parcel[1])
            soon += taken * (hours - parcel[1] <= 48)
            wanted -= taken
            parcel[0] -= taken
            if not parcel[0]:
                queue.remove(parcel)
    received = sum(amount for into, amount, _ in entries if into)
    row = table.iloc[0]
    assert row["received"] == received
    if received:
        assert row["passed_on"] == pytest.approx(soon / received)
    if matched:
        assert row["held_hours"] == pytest.approx(weighted / matched)


def brute(rows, least, most, within, kept):
    """Every chain of rows in order of time that leads back, by looking at all of them."""
    found = set()
    order = sorted(range(len(rows)), key=lambda at: (rows[at][3], at))
    rank = {at: position for position, at in enumerate(order)}

    def walk(path):
        last, first = rows[path[-1]], rows[path[0]]
        for at in range(len(rows)):
            payer, payee, amount, hours = rows[at]
            ahead = rank[at] > rank[path[-1]] and hours <= first[3] + within
            share = amount / last[2]
            if payer != last[1] or not ahead or not kept <= share <= 1 / kept or payer == payee:
                continue
            if payee == first[0]:
                if len(path) + 1 >= least:
                    found.add((*path, at))
            elif len(path) + 1 < most and payee not in {rows[step][1] for step in path}:
                walk((*path, at))

    for at, (payer, payee, _, _) in enumerate(rows):
        if payer != payee:
            walk((at,))
    return found


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABCDE"), st.sampled_from("ABCDE"), st.sampled_from([90, 100, 110, 200]), st.integers(0, 60)),
        min_size=1, max_size=18,
    ),
    st.integers(2, 3),
    st.integers(3, 5),
)  # fmt: skip
def test_round_trips_are_those_that_looking_at_everything_finds(rows, least, most):
    found = networks.round_trips(
        payments(rows),
        least_steps=least,
        most_steps=most,
        within_days=2,
        least_kept=0.85,
        permutations=1,
        rng=1,
    )
    ours = {tuple(int(at) for at in text.split(", ")) for text in found.table["rows"]}
    assert ours == brute(rows, least, most, 48, 0.85)


def test_a_planted_round_trip_stands_out_against_chance():
    trip = payments(
        [
            ("X1", "X2", 20_000, 100),
            ("X2", "X3", 19_600, 130),
            ("X3", "X4", 19_100, 150),
            ("X4", "X1", 18_700, 170),
        ]
    )
    found = networks.round_trips(
        pd.concat([ordinary(n=200), trip], ignore_index=True), rng=3, least_kept=0.95, permutations=199
    )
    assert found.table.iloc[0]["path"] == "X1 → X2 → X3 → X4 → X1"
    assert found.table.iloc[0]["rows"] == "200, 201, 202, 203"
    assert found["p"] <= 0.05
    assert "accuses nobody" in found.explain()
    assert found.seed == "3"


def test_a_planted_fan_is_found_and_habit_is_not():
    fan = payments([(f"S{number}", "X9", 500, 900 + number) for number in range(18)])
    slow = payments([(f"S{number}", "X9", 500, 100 * number) for number in range(12)])
    found = networks.fan_in_out(pd.concat([ordinary(), fan, slow], ignore_index=True), rng=4)
    first = found.table.iloc[0]
    assert first[["account", "direction"]].tolist() == ["X9", "fan-in"]
    assert first["in_window"] >= 18
    assert first["q_fdr"] <= 0.05
    assert (found.table["q_fdr"] <= 0.05).sum() == 1
    again = networks.fan_in_out(pd.concat([ordinary(), fan, slow], ignore_index=True), rng=4)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_amounts_kept_below_a_threshold_are_found():
    split = payments(
        [
            (None, "X5", amount, 24 * day)
            for day, amount in enumerate((9_400, 9_750, 9_200, 9_900, 9_600, 9_850))
        ]
    )
    found = networks.structuring(pd.concat([ordinary(n=3000), split], ignore_index=True), threshold=10_000)
    row = found.table.iloc[0]
    assert row["account"] == "X5"
    assert row[["in_band", "most_in_window"]].tolist() == [6, 6]
    assert row["sum_in_window"] == pytest.approx(57_700)
    assert row["p"] == pytest.approx(binom.sf(5, row["n"], row["expected_share"]))
    assert row["q_fdr"] < 1e-4
    assert found["expected"] > 0


def test_the_curve_expects_what_is_there_when_nothing_was_moved():
    plain = networks.structuring(ordinary(n=6000, seed=5), threshold=6000)
    assert plain["p"] > 0.01
    assert plain["in_band"] / plain["expected"] == pytest.approx(1, abs=0.35)
    table = ordinary(n=6000, seed=5)
    moved = table["amount"].between(6000, 9000)
    table.loc[moved, "amount"] = 5_400 + table.loc[moved, "amount"] % 590
    bunched = networks.structuring(table, threshold=6000)
    assert bunched["p"] < 0.001
    assert bunched["ratio"] > 2


TABLE = ordinary(n=50)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: networks.flows(TABLE.drop(columns="payer")), ColumnError, "no column 'payer'"),
        (lambda: networks.round_trips(TABLE.drop(columns="booked_at")), ColumnError, "no column 'booked_at'"),
        (lambda: networks.round_trips(TABLE, least_steps=5, most_steps=3), InputError, "must not be above"),
        (lambda: networks.round_trips(TABLE, least_kept=0), InputError, "least_kept"),
        (lambda: networks.fan_in_out(TABLE, within_hours=-1), InputError, "within_hours"),
        (lambda: networks.structuring(TABLE, threshold=0), InputError, "threshold"),
        (lambda: networks.structuring(TABLE, threshold=5, side="both"), InputError, "side"),
        (lambda: networks.flows(TABLE, of="nobody"), InputError, "got 'nobody'"),
        (lambda: networks.flows(TABLE.assign(currency=["EUR", "USD"] * 25)), InputError, "2 currencies"),
        (lambda: networks.flows(TABLE, currency="EUR"), ColumnError, "no column 'currency'"),
        (lambda: networks.flows(TABLE.assign(booked_at="x")), ColumnError, "booked_at must hold times"),
    ],
)
def test_faults_are_said(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_other_currencies_are_left_out_and_counted():
    chart = networks.transaction_chart(TABLE.assign(currency=["EUR", "USD"] * 25), currency="EUR")
    assert chart.left_out == {"payment in another currency than EUR": 25}


def test_no_payments_at_all():
    assert len(networks.flows(TABLE.iloc[:0])) == 0
    assert len(networks.transaction_chart(TABLE.iloc[:0]).links) == 0
    assert networks.round_trips(TABLE.iloc[:0], rng=1, permutations=1)["found"] == 0
    assert len(networks.fan_in_out(TABLE.iloc[:0], rng=1).table) == 0
    assert len(networks.structuring(TABLE.iloc[:0], threshold=10).table) == 0
