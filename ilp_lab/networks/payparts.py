"""Payments as the questions see them: codes instead of accounts, and the rows that can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.intake.naming import identifiers
from ilp_lab.networks.timedrows import asked_for, moments, times_of
from ilp_lab.result import Source, fingerprint
from ilp_lab.safeguards.handling import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CASH = "cash"
NO_ACCOUNT = tr_later("payment without an account")
NO_AMOUNT = tr_later("payment without an amount above zero")
NO_TIME = tr_later("payment without a time")
CURRENCIES = tr_later("payment in another currency than {currency}")
NOT_GUILT = tr_later(
    "Such a pattern has lawful reasons too: wages, rent, shops, families, savings clubs. It says what to look at, within "
    "the law; it accuses nobody."
)


@dataclass(frozen=True)
class Payments:
    """Payments as numbers.

    Attributes
    ----------
    names
        The accounts; ``payer`` and ``payee`` are positions in it, -1 is cash.
    rows
        Positions of the rows that count.
    payer, payee, amount
        By row of the table.
    seconds, clock, timed
        Seconds since 1970, by the clock on the wall, and whether there is a time; ``seconds`` is ``None`` without any.
    zone
        Of the times.
    handling
        The strictest code.
    currency
        The one currency of the rows that count; empty where none is stated.
    left_out
        Rows that do not count, with their reason.
    """

    names: list[str]
    rows: NDArray[np.int64]
    payer: NDArray[np.int64]
    payee: NDArray[np.int64]
    amount: NDArray[np.float64]
    seconds: NDArray[np.int64] | None
    clock: NDArray[np.int64]
    timed: NDArray[np.bool_]
    zone: Any
    handling: str
    currency: str
    left_out: pd.DataFrame

    def moments(self, seconds: NDArray[np.float64]) -> Any:
        """Seconds as times in the zone of the payments; NaN as none."""
        return moments(seconds, self.zone)

    def name(self, code: int) -> str:
        """The account of a position."""
        return self.names[code] if code >= 0 else CASH


def usable(
    transactions: object, faults: Check, *, timed: bool = False, currency: str | None = None
) -> Payments:
    """Look at payments; what is wrong goes to ``faults`` and ends the call.

    Parameters
    ----------
    transactions
        The table.
    faults
        Of the call.
    timed
        Whether only payments with a time count.
    currency
        The only one to count; without it there must be one only.
    """
    import pandas as pd

    if not faults.frame(transactions, "transactions"):
        faults.done()
    frame: pd.DataFrame = transactions  # type: ignore[assignment]
    needed = ("payer", "payee", "amount", *(("booked_at",) if timed else ()))
    faults.columns(frame, needed, tr("transactions (intake.read_transactions makes it)"))
    if set(needed) - set(frame.columns):
        faults.done()
    sides = [identifiers(frame[side]).astype("str") for side in ("payer", "payee")]
    codes, different = pd.factorize(pd.concat(sides, ignore_index=True))
    payer, payee = codes[: len(frame)], codes[len(frame) :]
    amount = pd.to_numeric(frame["amount"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    seconds, clock, known, zone = times_of(
        frame, "booked_at", faults, table="transactions", made_by="intake.read_transactions"
    )
    chosen, foreign = _one_currency(frame, currency, faults)
    faults.done()
    reason = np.full(len(frame), "", dtype=object)
    if timed:
        reason[~known] = NO_TIME
    reason[foreign] = CURRENCIES.format(currency=chosen)
    reason[~(amount > 0)] = NO_AMOUNT
    reason[(payer < 0) & (payee < 0)] = NO_ACCOUNT
    lost = reason != ""
    return Payments(
        names=[str(name) for name in different],
        rows=np.flatnonzero(~lost),
        payer=payer.astype(np.int64),
        payee=payee.astype(np.int64),
        amount=amount,
        seconds=seconds,
        clock=clock,
        timed=known,
        zone=zone,
        handling=handling_of(frame),
        currency=chosen,
        left_out=frame[lost].assign(reason=reason[lost]),
    )


def known_accounts(payments: Payments, of: str | Sequence[str] | None, faults: Check) -> set[int] | None:
    """Positions of the accounts asked for; those that do not occur are a fault."""
    found = asked_for(payments.names, of, faults, what=tr_later("accounts that occur in transactions"))
    return None if found is None else set(found)


def _one_currency(frame: pd.DataFrame, currency: str | None, faults: Check) -> tuple[str, NDArray[np.bool_]]:
    """The currency that counts, and the rows in another."""
    none = np.zeros(len(frame), bool)
    if "currency" not in frame:
        if currency is not None:
            faults.columns(frame, ("currency",), "transactions")
        return "", none
    words = frame["currency"].astype("str").str.strip()
    known = words[frame["currency"].notna()]
    found = sorted(known.unique().tolist())
    if currency is None and len(found) > 1:
        faults.add(
            f"transactions are in {len(found)} currencies ({', '.join(found[:6])}); say which one with currency='...'."
        )
        return "", none
    if currency is not None and currency not in found:
        faults.choice(allowed=found, currency=currency)
        return "", none
    chosen = currency if currency is not None else (found[0] if found else "")
    return chosen, (words != chosen).to_numpy(dtype=bool) & frame["currency"].notna().to_numpy()


def source_of(transactions: pd.DataFrame, payments: Payments) -> Source:
    """The table that went in, recognisable by what was used of it."""
    used = payments.rows
    digest = fingerprint(
        payments.payer[used],
        payments.payee[used],
        payments.amount[used],
        payments.clock[used],
        "\n".join(payments.names),
    )
    return Source("transactions", len(used), digest, origin_of(transactions))
