"""Whether everything in the store is as it was stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from ilp_lab.records.form import LEVELS
from ilp_lab.records.tables import ENTRY

Fault = tuple[str, str, int, str]


def faults_of(connection: sa.Connection) -> Iterator[Fault]:
    """What is not as it was stored: text against hash, columns against text, versions against each other."""
    if connection.dialect.name == "sqlite":
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check").all():
            if said != "ok":
                yield ("", "", 0, f"the file is damaged: {said}")
    before: Any = None
    query = sa.select(ENTRY).order_by(ENTRY.c.form, ENTRY.c.record_id, ENTRY.c.version)
    for row in connection.execute(query).yield_per(1000):
        same = before is not None and (before.form, before.record_id) == (row.form, row.record_id)
        for fault in (*_content(row), *_place(row, before if same else None)):
            yield (row.form, row.record_id, row.version, fault)
        before = row


def fits_hash(row: Any) -> bool:
    """Whether the text of a row is the one that was stored."""
    text = f"{row.form}/{row.form_version}\n{row.content}"
    return bool(hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == row.sha256)


def _content(row: Any) -> Iterator[str]:
    if row.content is None:
        if row.erased_at is None:
            yield "the content is gone, and nobody erased it"
        return
    if not fits_hash(row):
        yield "the content is not what was stored: it does not fit its hash"
        return
    content = json.loads(row.content)
    said = {
        "level": LEVELS.index(content.get("level", "local")),
        "handling": content.get("handling"),
        "review_date": content.get("review_date"),
        "supersedes": content.get("supersedes"),
        "version": content.get("version"),
    }
    for name, value in said.items():
        stored = getattr(row, name)
        if (stored.isoformat() if hasattr(stored, "isoformat") else stored) != value:
            yield f"column {name} says {stored!r}, the content {value!r}"
    if content.get("unit") is not None and content["unit"].strip("/") != row.unit:
        yield f"column unit says {row.unit!r}, the content {content['unit']!r}"


def _place(row: Any, before: Any) -> Iterator[str]:
    if before is None:
        if row.version != 1:
            yield "an earlier version is missing"
        return
    if row.version != before.version + 1:
        yield f"versions between {before.version} and {row.version} are missing"
    elif row.supersedes != before.sha256:
        yield "it does not follow the version before"
