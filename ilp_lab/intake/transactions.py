"""Payments: which account paid which, how much, when. From bank statements, mobile money and transfer lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, trn
from ilp_lab.errors import AmbiguousError, ColumnError
from ilp_lab.intake import dates
from ilp_lab.intake.amounts import amounts
from ilp_lab.intake.callrecords import looks_like_clock
from ilp_lab.intake.naming import identifiers
from ilp_lab.intake.quality import QualityReport
from ilp_lab.intake.reading import SAID, Reading, opened, zone_of
from ilp_lab.intake.recordnames import TRANSACTION_NAMES
from ilp_lab.intake.roles import first_values
from ilp_lab.intake.trimming import as_category
from ilp_lab.result import Param
from ilp_lab.schema import TRANSACTIONS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_CALLER = "intake.read_transactions"
_CODES = ("payer", "payee", "account", "counterparty", "currency", "kind", "purpose")
_IN = re.compile(r"cash.?in|deposit|einzahlung|uplata|credit|^c(?:r|rdt)?$|^in|haben|received")
_OUT = re.compile(r"cash.?out|withdraw|auszahlung|isplata|debit|^d(?:r|bit)?$|^out|soll|sent|paid")


def read_transactions(
    path_or_frame: str | PathLike[str] | pd.DataFrame | Sequence[str | PathLike[str]],
    *,
    columns: Mapping[str, str] | None = None,
    tz: str | None = None,
    decimal: str | None = None,
    profile: str | PathLike[str] | None = None,
    dayfirst: bool | None = None,
    sheet: str | int | None = None,
    handling: str | None = None,
) -> tuple[pd.DataFrame, QualityReport]:
    """Read payments from a list of transfers or from account statements, and report what is wrong with them.

    A list names both accounts. A statement names the account and its counterparty, and tells the direction by the sign
    of the amount, by columns for money in and out, or by a word. Either way the result says who paid whom, with amounts
    above zero. Where one end is missing the payment is taken as cash, in or out by its kind or sign.

    Parameters
    ----------
    path_or_frame
        A csv, csv.gz, xlsx or parquet file, several of the same layout, or a table.
    columns
        Role → column in the file. Roles: payer, payee (or account, counterparty), amount (or debit, credit), direction,
        currency, booked_at, time, kind, purpose, handling.
    tz
        Time zone of the times; UTC when left out, which is said.
    decimal
        ``"."`` or ``","`` when the amounts themselves do not tell.
    profile, dayfirst, sheet, handling
        As in :func:`read_incidents`.

    Returns
    -------
    DataFrame
        The columns of :data:`ilp_lab.schema.TRANSACTIONS` that the file has, its others, and ``source_row``.
        No row is dropped; accounts are text.
    QualityReport

    Raises
    ------
    ReadError, ColumnError, AmbiguousError, InputError
        When a person has to say something first; the message says what.

    Examples
    --------
    >>> import pandas as pd
    >>> statement = pd.DataFrame({"Account": ["BM 1", "BM 1"], "Counterparty": ["BM 2", None], "Amount": ["-1.250,00", "90,50"]})
    >>> payments, quality = read_transactions(statement)
    >>> payments[["payer", "payee", "amount"]].fillna("").values.tolist()
    [['BM 1', 'BM 2', 1250.0], ['', 'BM 1', 90.5]]
    >>> dict(quality.counts)
    {'cash': 1}
    """
    faults = Check(_CALLER)
    faults.choice(allowed=(".", ","), decimal=decimal)
    faults.done()
    reading = opened(
        path_or_frame,
        names=TRANSACTION_NAMES,
        codes=_CODES,
        fits=_FITS,
        columns=columns,
        profile=profile,
        sheet=sheet,
        caller=_CALLER,
    )
    _two_sides(reading)
    zone, said = zone_of(reading, tz)
    dayfirst = dayfirst if dayfirst is not None else SAID.get(reading.kept.get("dayfirst", ""))
    moments = reading.moments("booked_at", "time", zone=zone, said=said, dayfirst=dayfirst)
    signed = _amounts(reading, decimal or reading.kept.get("decimal"))
    _sides(reading, signed)
    if moments is not None:
        reading.out["booked_at"] = moments
    for role in ("currency", "kind"):
        if role in reading.roles:
            reading.out[role] = as_category(reading.column(role))
    for role in ("purpose", "handling"):
        if role in reading.roles:
            reading.out[role] = identifiers(reading.column(role))
    _repeated(reading)
    frame = reading.table(TRANSACTIONS, handling, leave=("direction",))
    return frame, reading.report(frame)


def _can_be_amount(column: pd.Series) -> bool:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return True
    values = first_values(column).astype(str)
    return bool(len(values)) and bool(
        values.str.contains(r"^\D{0,4}[\d.,'’\s]+\D{0,4}$", regex=True).mean() > 0.5
    )


_FITS = {
    "amount": _can_be_amount,
    "debit": _can_be_amount,
    "credit": _can_be_amount,
    "booked_at": dates.looks_like_time,
    "time": looks_like_clock,
}


def _two_sides(reading: Reading) -> None:
    roles = reading.roles
    if {"payer", "payee"} <= roles.keys():
        roles.pop("account", None)
        roles.pop("counterparty", None)
    elif "account" not in roles:
        raise ColumnError(
            f"{_CALLER}: no columns say who paid whom. Name them: columns={{'payer': '...', 'payee': '...'}}, or for a "
            f"statement {{'account': '...', 'counterparty': '...'}}. There are: {', '.join(map(str, reading.raw.frame.columns[:20]))}."
        )
    else:
        for lone in ("payer", "payee"):  # a statement that calls its other side sender or receiver
            if lone in roles and "counterparty" not in roles:
                role = roles.pop(lone)
                roles["counterparty"] = type(role)("counterparty", role.column, role.confidence, role.why)
            roles.pop(lone, None)
    if "amount" not in roles and not {"debit", "credit"} & roles.keys():
        raise ColumnError(
            f"{_CALLER}: no column holds the amounts. Name it: columns={{'amount': '...'}}. "
            f"There are: {', '.join(map(str, reading.raw.frame.columns[:20]))}."
        )


def _amounts(reading: Reading, decimal: str | None) -> NDArray[np.float64]:
    """Amounts; below zero where a column says that money left."""

    def of(role: str) -> NDArray[np.float64]:
        values, how = amounts(
            reading.column(role), decimal=decimal, name=reading.roles[role].column, caller=_CALLER
        )
        if how:
            reading.notes.append(tr("Amounts: {how}.").format(how=how))
        return values

    if decimal:
        reading.settings.append(Param("decimal", decimal))
    if "amount" in reading.roles:
        for side in ("debit", "credit"):
            reading.roles.pop(side, None)
        signed = of("amount")
    else:
        parts = {side: of(side) for side in ("debit", "credit") if side in reading.roles}
        paid, got = (parts.get(side, np.zeros(len(reading.raw.frame))) for side in ("debit", "credit"))
        none = np.isnan(paid) & np.isnan(got)
        signed = np.where(none, np.nan, np.nan_to_num(got) - np.abs(np.nan_to_num(paid)))
    reading.found("unreadable_amount", np.flatnonzero(np.isnan(signed)))
    reading.found("zero_amount", np.flatnonzero(signed == 0))
    return signed


def _words(reading: Reading) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows a word says are money in, and out."""
    import pandas as pd

    inward = np.zeros(len(reading.raw.frame), bool)
    outward = inward.copy()
    for role in ("kind", "direction"):
        if role in reading.roles:
            codes, words = pd.factorize(reading.column(role))
            lower = [str(word).strip().casefold() for word in words]
            inward = np.array([bool(_IN.search(word)) for word in lower] + [False])[codes]
            outward = np.array([bool(_OUT.search(word)) for word in lower] + [False])[codes]
    return inward & ~outward, outward & ~inward


def _sides(reading: Reading, signed: NDArray[np.float64]) -> None:
    """Who paid whom; amounts above zero."""
    import pandas as pd

    inward, outward = _words(reading)
    statement = "account" in reading.roles
    own = identifiers(reading.column("account" if statement else "payer")).astype("str")
    name = "counterparty" if statement else "payee"
    other: Any = (
        identifiers(reading.column(name)).astype("str")
        if name in reading.roles
        else pd.Series(np.nan, index=own.index, dtype="str")
    )
    if statement:
        _must_tell(reading, signed, inward | outward)
        turned = inward | (~outward & (signed > 0))
    else:
        turned = (signed < 0) | (inward & other.isna().to_numpy() & own.notna().to_numpy())
    turn = pd.Series(turned, index=own.index)
    payer, payee = own.where(~turn, other), other.where(~turn, own)
    reading.out |= {"payer": payer, "payee": payee, "amount": pd.Series(np.abs(signed))}
    neither = (payer.isna() & payee.isna()).to_numpy()
    reading.found("missing_account", np.flatnonzero(neither))
    reading.found("cash", np.flatnonzero((payer.isna() | payee.isna()).to_numpy() & ~neither))
    reading.found("self_payment", np.flatnonzero((payer == payee).fillna(False).to_numpy(dtype=bool)))
    if not statement and (signed < 0).any():
        reading.notes.append(
            trn(
                "{n:,} amount below zero was read as a payment the other way round.",
                "{n:,} amounts below zero were read as payments the other way round.",
                int((signed < 0).sum()),
            ).format(n=int((signed < 0).sum()))
        )


def _must_tell(reading: Reading, signed: NDArray[np.float64], worded: NDArray[np.bool_]) -> None:
    """Refuse a statement whose amounts have no sign while nothing else says in or out."""
    if "amount" in reading.roles and not (signed < 0).any() and not worded.any() and len(signed):
        raise AmbiguousError(
            f"{_CALLER}: the amounts in {reading.roles['amount'].column!r} have no sign and no column says whether money came "
            "or went. Name one: columns={'direction': '...'}, or 'debit' and 'credit', or 'payer' and 'payee'."
        )


def _repeated(reading: Reading) -> None:
    import pandas as pd

    names = [
        name for name in ("payer", "payee", "amount", "booked_at", "kind", "purpose") if name in reading.out
    ]
    if "booked_at" in names:
        frame = pd.DataFrame({name: reading.out[name].array for name in names})
        reading.found("repeated_payment", np.flatnonzero(frame.duplicated().to_numpy()))
