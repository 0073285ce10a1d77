"""From payments to a chart, and to what each account takes in, hands on and keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr_later
from ilp_lab.networks.building import chart
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.payparts import CASH, Payments, known_accounts, usable
from ilp_lab.safeguards.handling import MARK

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

CASH_LEFT = tr_later("cash: a payment with one account only")


def transaction_chart(
    transactions: pd.DataFrame,
    *,
    of: str | Sequence[str] | None = None,
    cash: bool = False,
    currency: str | None = None,
) -> LinkChart:
    """Make a link chart of payments: one link per payer and payee.

    Parameters
    ----------
    transactions
        As :func:`ilp_lab.intake.read_transactions` reads them.
    of
        Only payments from or to these accounts.
    cash
        Whether cash becomes an entity of its own; otherwise cash in and out is counted and stays off the chart.
    currency
        Which one, where there are several.

    Returns
    -------
    LinkChart
        Entities of kind account. Links of kind ``paid`` with ``strength`` (number of payments), ``amount`` (sum),
        ``largest``, ``start`` and ``end``.

    Raises
    ------
    ColumnError, InputError
        When columns are missing, an account does not occur, or several currencies are mixed.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"payer": ["A", "A", None], "payee": ["B", "B", "A"], "amount": [10, 15, 40]})
    >>> made = transaction_chart(table)
    >>> made.links[["source", "target", "strength", "amount"]].values.tolist()
    [['A', 'B', 2.0, 25.0]]
    >>> made.left_out
    {'cash: a payment with one account only': 1}
    """
    import pandas as pd

    faults = Check("networks.transaction_chart")
    known = usable(transactions, faults, currency=currency)
    wanted = known_accounts(known, of, faults)
    faults.done()
    rows = _of(known, wanted)
    lone = (known.payer[rows] < 0) | (known.payee[rows] < 0)
    lost = known.left_out
    if not cash and lone.any():
        lost = pd.concat([lost, transactions.iloc[rows[lone]].assign(reason=CASH_LEFT)], ignore_index=True)
        rows = rows[~lone]
    links = _pairs(known, rows)
    links.attrs[MARK] = {**transactions.attrs.get(MARK, {}), "handling": known.handling}
    names = pd.unique(pd.concat([links["source"], links["target"]], ignore_index=True))
    entities = pd.DataFrame({"entity_id": names, "kind": np.where(names == CASH, "object", "account")})
    made = chart(links, entities)
    left_out = as_rows_left_out(lost, None)
    return replace(made, left_out=by_reason(left_out), left_out_rows=left_out)


def flows(
    transactions: pd.DataFrame,
    *,
    of: str | Sequence[str] | None = None,
    within_hours: float = 48.0,
    order: str = "first in",
    currency: str | None = None,
) -> pd.DataFrame:
    """What each account took in and handed on, from and to how many, and how fast.

    Parameters
    ----------
    transactions
        As :func:`ilp_lab.intake.read_transactions` reads them.
    of
        Only these accounts.
    within_hours
        Money that leaves so soon after it came counts as passed on.
    order
        Which money leaves first: ``"first in"`` takes the oldest, as accountants do; ``"last in"`` the newest, which shows
        what passes through an account that has money of its own.
    currency
        Which one, where there are several.

    Returns
    -------
    DataFrame
        ``account received paid net n_in n_out payers payees cash_in cash_out passed_on held_hours first last``, largest
        turnover first. ``passed_on`` is the share of what came in that left within ``within_hours``;
        ``held_hours`` how long it stayed on average. Both are missing where there are no times.

    Raises
    ------
    ColumnError, InputError
        As :func:`transaction_chart`.

    Notes
    -----
    Shops, employers and payment services also pass on much and fast. What was on an account before the first payment
    is not known: money that left without having come in is not counted in ``passed_on``.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"payer": ["A", "B"], "payee": ["B", "C"], "amount": [100, 90],
    ...                       "booked_at": pd.to_datetime(["2024-05-01 10:00", "2024-05-01 16:00"])})
    >>> flows(table, of="B")[["received", "paid", "passed_on", "held_hours"]].values.tolist()
    [[100.0, 90.0, 0.9, 6.0]]
    """
    import pandas as pd

    faults = Check("networks.flows")
    faults.positive(within_hours=within_hours)
    faults.choice(allowed=(tr_later("first in"), tr_later("last in")), order=order)
    known = usable(transactions, faults, currency=currency)
    wanted = known_accounts(known, of, faults)
    faults.done()
    rows = known.rows[known.payer[known.rows] != known.payee[known.rows]]
    entries = pd.DataFrame(
        {
            "account": np.concatenate([known.payee[rows], known.payer[rows]]),
            "other": np.concatenate([known.payer[rows], known.payee[rows]]),
            "sign": np.repeat([1, -1], len(rows)),
            "amount": np.concatenate([known.amount[rows]] * 2),
            "at": np.concatenate([_at(known, rows)] * 2),
        }
    )
    entries = entries[entries["account"] >= 0]
    if wanted is not None:
        entries = entries[entries["account"].isin(wanted)]
    table = _totals(entries)
    table["passed_on"], table["held_hours"] = _held(entries, table, within_hours, newest=order == "last in")
    for name in ("first", "last"):
        table[name] = known.moments(table[name].to_numpy())
    table.insert(0, "account", np.array([known.names[at] for at in table.index], dtype=object).astype(str))
    table = table.rename_axis(None)
    table["turnover"] = table["received"] + table["paid"]
    table = table.sort_values(["turnover", "account"], ascending=[False, True], ignore_index=True)
    shown = (
        "account", "received", "paid", "net", "n_in", "n_out", "payers", "payees", "cash_in", "cash_out", "passed_on",
        "held_hours", "first", "last",
    )  # fmt: skip
    return table[list(shown)]


def _of(known: Payments, wanted: set[int] | None) -> NDArray[np.int64]:
    if wanted is None:
        return known.rows
    some = np.array(sorted(wanted), dtype=np.int64)
    return known.rows[np.isin(known.payer[known.rows], some) | np.isin(known.payee[known.rows], some)]


def _at(known: Payments, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    if known.seconds is None:
        return np.full(len(rows), np.nan)
    return np.where(known.timed[rows], known.seconds[rows].astype(np.float64), np.nan)


def _pairs(known: Payments, rows: NDArray[np.int64]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(
        {
            "source": known.payer[rows],
            "target": known.payee[rows],
            "amount": known.amount[rows],
            "at": _at(known, rows),
        }
    )
    table = (
        frame.groupby(["source", "target"], sort=False)
        .agg(
            strength=("amount", "size"),
            amount=("amount", "sum"),
            largest=("amount", "max"),
            start=("at", "min"),
            end=("at", "max"),
        )
        .reset_index()
    )
    names = np.array([*known.names, CASH], dtype=object)
    for side in ("source", "target"):
        table[side] = pd.array(names[table[side].to_numpy()], dtype="str")
    for time in ("start", "end"):
        table[time] = known.moments(table[time].to_numpy(dtype=np.float64))
    table["strength"] = table["strength"].astype(np.float64)
    table.insert(2, "kind", "paid")
    return table


def _totals(entries: pd.DataFrame) -> pd.DataFrame:
    """Sums, counts and counterparties by account."""
    import pandas as pd

    inward, cash = entries["sign"] > 0, entries["other"] < 0
    parts = {
        "received": entries["amount"].where(inward, 0.0),
        "paid": entries["amount"].where(~inward, 0.0),
        "n_in": inward.astype(np.int64),
        "n_out": (~inward).astype(np.int64),
        "cash_in": entries["amount"].where(inward & cash, 0.0),
        "cash_out": entries["amount"].where(~inward & cash, 0.0),
    }
    table: pd.DataFrame = pd.DataFrame({"account": entries["account"], **parts}).groupby("account").sum()
    table["net"] = table["received"] - table["paid"]
    times = entries.groupby("account")["at"]
    table["first"], table["last"] = times.min(), times.max()
    for name, side in (("payers", inward), ("payees", ~inward)):
        some = entries[side & ~cash]
        table[name] = some.groupby("account")["other"].nunique().reindex(table.index, fill_value=0)
    return table


def _held(
    entries: pd.DataFrame, table: pd.DataFrame, within_hours: float, *, newest: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The share of money in that left in time, and the mean hours it stayed."""
    from ilp_lab.networks.loops.money import held

    timed = entries[entries["at"].notna()].sort_values(
        ["account", "at", "sign"], ascending=[True, True, False], kind="stable"
    )
    out = np.zeros((len(table), 3))
    if not len(timed):
        return np.full(len(table), np.nan), np.full(len(table), np.nan)
    offsets = np.searchsorted(
        timed["account"].to_numpy(), np.append(table.index.to_numpy(), np.iinfo(np.int64).max)
    )
    held(
        offsets.astype(np.int64),
        timed["sign"].to_numpy(dtype=np.int64),
        timed["amount"].to_numpy(dtype=np.float64),
        timed["at"].to_numpy().astype(np.int64),
        round(within_hours * 3600),
        newest,
        out,
    )
    received = table["received"].to_numpy()
    nothing = np.full(len(table), np.nan)
    passed = np.divide(out[:, 2], received, out=nothing.copy(), where=received > 0)
    hours = np.divide(out[:, 1] / 3600, out[:, 0], out=nothing.copy(), where=out[:, 0] > 0)
    return passed, hours
