"""Bank transactions of the fictional country, and what was planted in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ilp_lab.samples.dice import Dice

COLUMNS = ("booked_at", "from_account", "to_account", "amount", "currency", "kind", "purpose")
FIRST = datetime(2024, 1, 2)  # noqa: DTZ001 - Belmara keeps UTC all year and writes no zone
DAYS, ACCOUNTS, ORDINARY = 182, 150, 5_200
THRESHOLD = 10_000
WORDS = ("rent", "goods", "loan", "repair", "gift", "invoice", "fuel", "deposit", "fees", "parts")
Row = list[Any]


def build(seed: int) -> tuple[list[Row], dict[str, Any]]:
    """Return transactions and the truth about them."""
    dice = Dice(seed, "transactions")
    accounts = _accounts(dice)
    rows: list[tuple[datetime, Row]] = []
    _wages(accounts, rows)
    _ordinary(dice, accounts, rows)
    truth = {
        "what": "half a year of payments between 150 accounts; amounts in crowns (BMC)",
        "reporting_threshold": THRESHOLD,
        "round_trip": _round_trip(dice, accounts[20:24], rows),
        "structuring": _structuring(dice, accounts[40], rows),
        "fan_in": _fan(dice, accounts[60], accounts[61:79], accounts[90], rows),
    }
    rows.sort(key=lambda one: (one[0], one[1][1], one[1][2], one[1][3]))
    return [row for _, row in rows], {**truth, "rows": len(rows)}


def _accounts(dice: Dice) -> list[str]:
    numbers = dice.sample(9000, ACCOUNTS).tolist()
    return [f"BM{1000 + number} {dice.one(9000) + 1000}" for number in numbers]


def _add(
    rows: list[tuple[datetime, Row]],
    at: datetime,
    payer: str,
    payee: str,
    cents: int,
    kind: str,
    purpose: str,
) -> None:
    rows.append(
        (
            at,
            [
                at.strftime("%Y-%m-%d %H:%M:%S"),
                payer,
                payee,
                f"{cents // 100}.{cents % 100:02d}",
                "BMC",
                kind,
                purpose,
            ],
        )
    )


def _moment(dice: Dice, day: int) -> datetime:
    return FIRST + timedelta(days=day, hours=7 + dice.one(13), minutes=dice.one(60), seconds=dice.one(60))


def _wages(accounts: list[str], rows: list[tuple[datetime, Row]]) -> None:
    """Two employers pay twenty people each at the end of the month: many payments at once, and lawful."""
    for employer, first in ((0, 100), (1, 120)):
        for month in range(6):
            for worker in range(20):
                at = FIRST + timedelta(days=27 + 30 * month, hours=9, minutes=worker)
                _add(
                    rows,
                    at,
                    accounts[employer],
                    accounts[first + worker],
                    180_000 + 4_000 * worker,
                    "wage",
                    "wage",
                )


def _ordinary(dice: Dice, accounts: list[str], rows: list[tuple[datetime, Row]]) -> None:
    """Payments of any size, most of them small; a fifth in cash."""
    for _ in range(ORDINARY):
        one, other = (accounts[at] for at in dice.sample(len(accounts), 2).tolist())
        cents = 1_500 + int(dice.skewed(1_600_000, 1)[0])
        at = _moment(dice, dice.one(DAYS))
        way = dice.one(10)
        if way == 0:
            _add(rows, at, one, "", cents, "cash out", "")
        elif way == 1:
            _add(rows, at, "", other, cents, "cash in", "")
        else:
            _add(rows, at, one, other, cents, "transfer", WORDS[dice.one(len(WORDS))])


def _round_trip(dice: Dice, accounts: list[str], rows: list[tuple[datetime, Row]]) -> dict[str, Any]:
    """Three times money goes round through four accounts and comes back nearly whole."""
    path = [*accounts, accounts[0]]
    starts = []
    for trip, day in enumerate((31, 77, 140)):
        cents = 4_800_000 + 310_000 * trip
        starts.append((FIRST + timedelta(days=day)).date().isoformat())
        for step, (payer, payee) in enumerate(pairwise(path)):
            _add(rows, _moment(dice, day + 2 * step), payer, payee, cents, "transfer", "invoice")
            cents -= cents // 60 + 100 * dice.one(40)
    return {
        "what": "money goes through four accounts back to the first, three times, within a week each",
        "path": path,
        "starts": starts,
    }


def _structuring(dice: Dice, account: str, rows: list[tuple[datetime, Row]]) -> dict[str, Any]:
    """Cash just below the threshold, every few days."""
    amounts = []
    for number in range(9):
        cents = 100 * (THRESHOLD - 80 - 10 * dice.one(70))
        amounts.append(cents // 100)
        _add(rows, _moment(dice, 95 + 3 * number), "", account, cents, "cash in", "")
    return {
        "what": "cash paid in just below the reporting threshold",
        "account": account,
        "amounts": amounts,
        "within_days": 30,
    }


def _fan(
    dice: Dice, account: str, payers: list[str], onward: str, rows: list[tuple[datetime, Row]]
) -> dict[str, Any]:
    """Eighteen accounts pay one within two days; the sum goes on at once."""
    total = 0
    for payer in payers:
        cents = 40_000 + 100 * dice.one(300)
        total += cents
        _add(
            rows,
            FIRST + timedelta(days=120, minutes=dice.one(2_700)),
            payer,
            account,
            cents,
            "transfer",
            "goods",
        )
    _add(
        rows, FIRST + timedelta(days=122, hours=6), account, onward, total - total // 50, "transfer", "goods"
    )
    return {
        "what": "many accounts pay one within two days, and nearly all of it goes on the next day",
        "account": account,
        "payers": len(payers),
        "onward": onward,
    }
