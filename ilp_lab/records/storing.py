"""Putting records into the database: checked against what is there, all or nothing."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from ilp_lab.errors import InputError, StaleError
from ilp_lab.records.access import Viewer
from ilp_lab.records.form import LEVELS, Record
from ilp_lab.records.frames import from_frame
from ilp_lab.records.tables import ENTRY, SHARE

AT_ONCE = 400
_SHOWN = 12
Key = tuple[str, str]


def latest(connection: sa.Connection, keys: Sequence[Key]) -> dict[Key, tuple[int, str, bool]]:
    """Version, hash and whether it was erased, of the latest version of each record that is there."""
    found: dict[Key, tuple[int, str, bool]] = {}
    asked = sorted(set(keys))
    columns = (ENTRY.c.form, ENTRY.c.record_id, ENTRY.c.version, ENTRY.c.sha256, ENTRY.c.erased_at)
    for form in sorted({form for form, _ in asked}):
        numbers = [number for name, number in asked if name == form]
        for begin in range(0, len(numbers), AT_ONCE):
            query = sa.select(*columns).where(
                ENTRY.c.form == form, ENTRY.c.record_id.in_(numbers[begin : begin + AT_ONCE])
            )
            for row in connection.execute(query.order_by(ENTRY.c.version)):
                found[row.form, row.record_id] = (row.version, row.sha256, row.erased_at is not None)
    return found


def misfits(records: Sequence[Record], there: Mapping[Key, tuple[int, str, bool]]) -> Iterator[str]:
    """Why records do not follow what is stored, in sentences."""
    now = dict(there)
    for record in records:
        key = (record.form, record.record_id)
        known = now.get(key)
        name = f"{record.form} {record.record_id}"
        if known is not None and known[2]:
            yield f"{name} was erased; a number is not used again."
        elif known is None and record.version > 1:
            yield f"{name} version {record.version} follows a version that is not here."
        elif known is not None and record.version == 1:
            yield f"{name} is there already (version {known[0]}); change it with store.get(...).revise(...)."
        elif known is not None and (record.version != known[0] + 1 or record.supersedes != known[1]):
            yield (
                f"{name} was changed meanwhile: version {known[0]} is there, and this one follows another. Read it again, then "
                "decide what holds."
            )
        now[key] = (record.version, record.sha256, False)


def refuse(faults: Sequence[str]) -> None:
    """Raise one error naming the faults, or return."""
    if not faults:
        return
    lines = [f"  - {fault}" for fault in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        lines.append(f"  - and {len(faults) - _SHOWN:,} more.")
    raise StaleError("store.add: nothing was stored:\n" + "\n".join(lines))


def insert(connection: sa.Connection, records: Sequence[Record], *, holder: str, by: str) -> None:
    """Write the rows; the caller's transaction makes them stay."""
    now = datetime.now(UTC)
    rows = [_row(record, holder, by, now) for record in records]
    try:
        if connection.dialect.name == "sqlite" and rows:
            connection.execute(sa.insert(ENTRY), rows)
        else:  # one journey to the server for many rows
            for begin in range(0, len(rows), AT_ONCE):
                connection.execute(sa.insert(ENTRY).values(rows[begin : begin + AT_ONCE]))
    except sa.exc.IntegrityError as error:
        raise StaleError(
            "store.add: nothing was stored: somebody else stored a version of one of these records at the same moment. Read "
            "them again, then decide what holds."
        ) from error
    shares = [
        {"form": record.form, "record_id": record.record_id, "version": record.version, "unit": unit}
        for record in records
        for unit in sorted({unit.strip("/") for unit in record.shared_with})
    ]
    if shares:
        connection.execute(sa.insert(SHARE), shares)


def _row(record: Record, holder: str, by: str, now: datetime) -> dict[str, Any]:
    return {
        "form": record.form,
        "record_id": record.record_id,
        "version": record.version,
        "form_version": record.written_as,
        "level": LEVELS.index(record.level),
        "unit": (record.unit or holder).strip("/"),
        "handling": record.handling,
        "purpose_id": record.purpose_id,
        "review_date": record.review_date,
        "stored_at": now,
        "stored_by": by,
        "supersedes": record.supersedes,
        "sha256": record.sha256,
        "content": record.to_json(),
    }


def digest(records: Sequence[Record]) -> str:
    """One hash for the audit log over the hashes of all of them."""
    return hashlib.sha256("\n".join(record.sha256 for record in records).encode()).hexdigest()


def visible(who: Viewer, *, only_newest: bool = False) -> sa.ColumnElement[bool]:
    """Versions that may be seen: they themselves, and the latest of the same record."""
    if only_newest:
        return sa.and_(who.rule(), newest())
    last = ENTRY.alias("last")
    is_last = newest(last)
    return sa.and_(
        who.rule(),
        sa.exists().where(
            last.c.form == ENTRY.c.form, last.c.record_id == ENTRY.c.record_id, is_last, who.rule(last)
        ),
    )


def newest(entry: sa.FromClause = ENTRY) -> sa.ColumnElement[bool]:
    """The latest version of each record."""
    later = ENTRY.alias()
    return ~sa.exists().where(
        later.c.form == entry.c.form,
        later.c.record_id == entry.c.record_id,
        later.c.version == entry.c.version + 1,
    )


def checked(items: Sequence[Any]) -> list[Record]:
    """The records among what was given; anything else is named."""
    for item in items:
        if not isinstance(item, Record):
            raise InputError(
                f"store.add: records, lists of them, or a table with form=... are needed; got {type(item).__name__}."
            )
        if item.form == "AuditEvent":
            raise InputError(
                "store.add: audit events live in the case's log (case.audit), which chains them."
            )
    return list(items)


def flattened(items: Iterable[Any], form: str | type[Record] | None) -> list[Any]:
    """Records, lists of them and tables, as one list."""
    pandas = sys.modules.get("pandas")
    flat: list[Any] = []
    for item in items:
        if pandas is not None and isinstance(item, pandas.DataFrame):
            if form is None:
                raise InputError(
                    "store.add: name the form of the table's rows, such as form='IntelligenceReport'."
                )
            flat.extend(from_frame(item, form=form))
        elif (
            isinstance(item, Record) or not isinstance(item, Iterable) or isinstance(item, (str, bytes, dict))
        ):
            flat.append(item)
        else:
            flat.extend(item)
    return flat
