"""Retention: what has to be looked at again, what must go, and the tombstone that stays.

These functions work on tables of any origin. Records that lie in a case store are reviewed and erased there
(``CaseStore.review_queue``, ``CaseStore.erase``), with the dates that the records carry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._packs import Shelf, rows, texts
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.safeguards.permitting import check_other, check_reason

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

STATES = ("current", "due", "overdue", "expired")
_DUE_WITHIN_DAYS = 30


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """How long records of one kind are kept: reviewed every so many months, and never longer than that."""

    name: str
    meaning: str
    review_months: int
    longest_months: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """The retention classes of an agency."""

    name: str
    title: str
    version: str
    source: str
    classes: Mapping[str, RetentionClass]


def retention_schedule(name: str | Path = "default") -> Schedule:
    """Read a retention schedule: a shipped or own pack by name, or a YAML file.

    Examples
    --------
    >>> retention_schedule().classes["referral"].longest_months
    12
    """
    return _SHELF.read(name)


def review_queue(
    records: pd.DataFrame, *, on: date | None = None, schedule: str | Path | Schedule = "default"
) -> pd.DataFrame:
    """Say which records have to be reviewed, and which must go.

    Parameters
    ----------
    records
        One row per record, with ``retention_class`` and ``created_at``; ``review_date`` (when a person set one) and
        ``reviewed_at`` (the last review) are used where they are there.
    on
        The day to look from; today when left out.
    schedule
        The retention schedule.

    Returns
    -------
    DataFrame
        The records with ``review_by``, ``erase_by`` and ``status``, most urgent first: *expired* (beyond the longest time: it must
        go), *overdue* (hidden from analysis until reviewed), *due* (within 30 days), *current*.

    Raises
    ------
    ColumnError
        When a column is missing, a class is not in the schedule, or a date cannot be read; all faults at once.

    Examples
    --------
    >>> import pandas as pd
    >>> held = pd.DataFrame({"retention_class": ["intelligence", "contact"], "created_at": ["2025-06-01", "2025-06-01"]})
    >>> review_queue(held, on=date(2026, 3, 1))["status"].tolist()
    ['overdue', 'current']
    """
    import pandas as pd

    plan = schedule if isinstance(schedule, Schedule) else retention_schedule(schedule)
    check = Check("safeguards.review_queue")
    if check.frame(records, "the table"):
        check.columns(records, ["retention_class", "created_at"], "the table")
    check.done()
    classes = records["retention_class"].astype("string")
    unknown = sorted(set(classes.fillna("nothing")) - set(plan.classes))
    if unknown:
        check.add(
            f"retention_class must be one of {', '.join(plan.classes)}; got {', '.join(unknown[:4])}.",
            ColumnError,
        )
    created = _days(check, records, "created_at", needed=True)
    reviewed, named = _days(check, records, "reviewed_at"), _days(check, records, "review_date")
    check.done()
    today = pd.Timestamp(on or date.today())  # noqa: DTZ011
    since = reviewed.where(reviewed.notna(), created)
    months = [plan.classes[name] for name in classes]
    review_by = pd.Series([_after(start, one.review_months) for start, one in zip(since, months, strict=True)], index=records.index, dtype="datetime64[s]")  # fmt: skip
    review_by = review_by.where(named.isna() | ((review_by < named) & (reviewed < named)), named)
    erase_by = pd.Series([_after(start, one.longest_months) for start, one in zip(created, months, strict=True)], index=records.index, dtype="datetime64[s]")  # fmt: skip
    review_by = review_by.where(review_by < erase_by, erase_by)
    status = pd.Series("current", index=records.index)
    status[review_by <= today + pd.Timedelta(days=_DUE_WITHIN_DAYS)] = "due"
    status[review_by < today] = "overdue"
    status[erase_by < today] = "expired"
    found = records.assign(
        review_by=review_by,
        erase_by=erase_by,
        status=pd.Categorical(status, categories=list(STATES), ordered=True),
    )
    return found.sort_values(["status", "review_by"], ascending=[False, True], kind="stable")


def hide_overdue(
    records: pd.DataFrame, *, on: date | None = None, schedule: str | Path | Schedule = "default"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split records into those that may be analysed and those that wait for a review.

    Parameters
    ----------
    records, on, schedule
        As in :func:`review_queue`.

    Returns
    -------
    kept, hidden
        In the order of the records; ``hidden`` has ``status`` and ``review_by`` besides.

    Examples
    --------
    >>> import pandas as pd
    >>> held = pd.DataFrame({"retention_class": ["intelligence"] * 2, "created_at": ["2025-06-01", "2026-02-01"]})
    >>> kept, hidden = hide_overdue(held, on=date(2026, 7, 1))
    >>> len(kept), hidden["status"].tolist()
    (1, ['overdue'])
    """
    queue = review_queue(records, on=on, schedule=schedule).loc[records.index]
    waiting = queue["status"].isin(["overdue", "expired"])
    return records[~waiting], queue[waiting].drop(columns="erase_by")


def purge(
    records: pd.DataFrame, labels: Sequence[Any], *, case: Case, reason: str, approver: str, id_column: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take records out for good; what stays is a tombstone that proves that something was erased, and not what.

    Parameters
    ----------
    records
        The table.
    labels
        Index labels of the records that go.
    case
        The open case; its log says how many went, why, and who permitted it.
    reason
        Why they go, in a sentence.
    approver
        Who permits it: somebody other than the analyst.
    id_column
        Column with the records' numbers, of which the tombstone keeps a hash.

    Returns
    -------
    kept, tombstones
        ``tombstones``: ``id_hash``, ``record_hash``, ``erased_on``, ``reason``, ``approver``.

    Raises
    ------
    InputError, ColumnError
        When the approver is the analyst, there is no reason, or a label is not there.

    Notes
    -----
    A record that comes back (from a copy, or another unit) is known by its hash: :func:`was_purged`.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> held = pd.DataFrame({"report_id": ["R-1", "R-2"], "text": ["a", "b"]})
    >>> kept, stones = purge(held, [0], case=case, reason="beyond its longest time", approver="DPO", id_column="report_id")
    >>> kept["report_id"].tolist(), was_purged(held, stones, id_column="report_id").tolist()
    (['R-2'], [True, False])
    """
    import pandas as pd

    check = Check("safeguards.purge")
    if check.frame(records, "the table"):
        check.columns(records, [id_column], "the table")
        missing = [label for label in labels if label not in records.index]
        if missing:
            check.add(f"the table has no rows {', '.join(map(repr, missing[:5]))}.")
    check_reason(check, reason)
    check_other(check, case, approver=approver)
    check.done()
    going = records.loc[list(labels)]
    stones = pd.DataFrame(
        {
            "id_hash": [_hash(str(value)) for value in going[id_column]],
            "record_hash": [_hash(_canonical(row)) for row in going.to_dict("records")],
            "erased_on": date.today().isoformat(),  # noqa: DTZ011
            "reason": reason,
            "approver": approver,
        }
    )
    case.record("erasure", "purged records", count=len(going), reason=reason, approver=approver, tombstones=stones["id_hash"].tolist())  # fmt: skip
    return records.drop(index=list(labels)), stones


def was_purged(records: pd.DataFrame, tombstones: pd.DataFrame, *, id_column: str) -> pd.Series:
    """Whether each record, by its number, was erased before: a yes or no for each row.

    Examples
    --------
    See :func:`purge`.

    >>> import pandas as pd
    >>> was_purged(pd.DataFrame({"id": ["1"]}), pd.DataFrame({"id_hash": []}), id_column="id").tolist()
    [False]
    """
    import pandas as pd

    if id_column not in records:
        raise InputError(f"safeguards.was_purged: the table has no column {id_column!r}.")
    known = set(tombstones["id_hash"])
    return pd.Series(
        [_hash(str(value)) in known for value in records[id_column]], index=records.index, dtype=bool
    )


def _days(check: Check, records: Any, column: str, *, needed: bool = False) -> pd.Series:
    import pandas as pd

    if column not in records:
        return pd.Series(pd.NaT, index=records.index, dtype="datetime64[s]")
    given = records[column]
    read = pd.to_datetime(given, errors="coerce", utc=True, format="ISO8601")
    days: pd.Series = read.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    unread = days.isna() & (given.notna() | needed)
    if unread.any():
        example = given[unread].iloc[0]
        check.add(
            f"{int(unread.sum())} values of {column} are no dates (such as 2026-03-01); the first is {example!r}.",
            ColumnError,
        )
    return days


def _after(start: Any, months: int) -> Any:
    import pandas as pd

    return start + pd.DateOffset(months=months)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _canonical(row: Mapping[Any, Any]) -> str:
    import json

    return json.dumps(
        {str(key): str(value) for key, value in row.items()}, sort_keys=True, ensure_ascii=False
    )


def _schedule(content: Mapping[str, Any]) -> Schedule:
    found: dict[str, RetentionClass] = {}
    for row in rows(content["classes"], "classes"):
        held = texts(row, "class", "meaning")
        one = RetentionClass(
            held["class"], held["meaning"], int(row["review_months"]), int(row["longest_months"])
        )
        if not 0 < one.review_months <= one.longest_months or one.name in found:
            raise ValueError(f"class {one.name!r} must stand once, with 0 < review_months <= longest_months")
        found[one.name] = one
    if not found:
        raise ValueError("it has no class")
    return Schedule(**texts(content, "name", "title", "version", "source"), classes=found)


_SHELF = Shelf(
    "retention",
    Path(__file__).parent / "packs" / "retention",
    "retention schedule",
    "name, title, version, source and classes, each with class, meaning, review_months and longest_months",
    _schedule,
)
