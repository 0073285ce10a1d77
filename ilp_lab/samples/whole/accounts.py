"""A year of payments, with what the export group does with its money."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.whole.columns import day_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.web import Made

    Whole = NDArray[np.int64]

COLUMNS = ("booked_at", "from_account", "to_account", "amount", "currency", "kind", "purpose")
FIRST, DAYS, ACCOUNTS, ORDINARY, THRESHOLD = "2025-01-01", 365, 420, 26_000, 10_000
WORDS = ("rent", "goods", "loan", "repair", "gift", "invoice", "fuel", "deposit", "fees", "parts")
_KINDS = ("cash out", "cash in", "transfer")
TRIPS, DEPOSITS = (40, 131, 212, 300), 14


def build(web: Made, seed: int, *, null: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of ``transactions.csv``, and what is planted in them."""
    dice = Dice(seed, "complete accounts")
    theirs = [label for name, label in web.labels.items() if name[0] == "A"]
    numbers = dice.below(9_000, 2 * ACCOUNTS)
    others = [f"BM{1000 + one} {1000 + other}" for one, other in numbers.reshape(-1, 2).tolist()]
    accounts = np.array([*theirs, *others[: ACCOUNTS - len(theirs)]], dtype=object)
    payer, payee = dice.below(ACCOUNTS, ORDINARY), dice.below(ACCOUNTS - 1, ORDINARY)
    payee = payee + (payee >= payer)
    way = np.minimum(dice.below(10, ORDINARY), 2)
    columns = {
        "second": dice.below(DAYS, ORDINARY) * 86_400 + 25_200 + dice.below(46_800, ORDINARY),
        "from": np.where(way == 1, "", accounts[payer]).astype(object),
        "to": np.where(way == 0, "", accounts[payee]).astype(object),
        "cents": 1_500 + dice.skewed(1_600_000, ORDINARY),
        "kind": np.array(_KINDS, dtype=object)[way],
        "purpose": np.where(
            way == 2, np.array(WORDS, dtype=object)[dice.below(len(WORDS), ORDINARY)], ""
        ).astype(object),
    }
    rows, facts = _planted(theirs, dice)
    if not null:
        columns = {
            name: np.concatenate([values, np.array([row[at] for row in rows], dtype=values.dtype)])
            for at, (name, values) in enumerate(columns.items())
        }
    order = np.argsort(columns["second"], kind="stable")
    return _written({name: values[order] for name, values in columns.items()}), {"payments": facts}


def _planted(theirs: list[str], dice: Dice) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """Money that goes round through the accounts of the haulier, and cash paid in below the threshold."""
    haulier = theirs[4:8]
    rows: list[tuple[Any, ...]] = []
    for trip, day in enumerate(TRIPS):
        cents = 4_600_000 + 270_000 * trip
        for step, (payer, payee) in enumerate(pairwise([*haulier, haulier[0]])):
            rows.append(
                (
                    (day + 2 * step) * 86_400 + 36_000 + dice.one(20_000),
                    payer,
                    payee,
                    cents,
                    "transfer",
                    "invoice",
                )
            )
            cents -= cents // 60 + 100 * dice.one(40)
    for number in range(DEPOSITS):
        second = (95 + 2 * number) * 86_400 + 32_400 + dice.one(20_000)
        rows.append((second, "", haulier[1], 100 * (THRESHOLD - 80 - 10 * dice.one(70)), "cash in", ""))
    facts = {
        "reporting_threshold": THRESHOLD,
        "round_trip": [*haulier, haulier[0]],
        "trips": len(TRIPS),
        "structuring": haulier[1],
        "deposits": DEPOSITS,
    }
    return rows, facts


def _written(columns: dict[str, Any]) -> dict[str, Any]:
    at = (np.datetime64("2023-01-01", "D") + day_of(FIRST)).astype("datetime64[s]")
    text = np.datetime_as_string(at + columns["second"].astype("timedelta64[s]"), unit="s").tolist()
    return {
        "booked_at": [one.replace("T", " ") for one in text],
        "from_account": columns["from"],
        "to_account": columns["to"],
        "amount": [f"{cents // 100}.{cents % 100:02d}" for cents in columns["cents"].tolist()],
        "currency": np.full(len(text), "BMC", dtype=object),
        "kind": columns["kind"],
        "purpose": columns["purpose"],
    }
