"""The audit log in words: who did what, when, on what and why, from entries that are kept in a form for machines.

The log itself is English and stays as it was written; what is said of it here follows the language that is spoken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ilp_lab._tongue import again, figure, looked_up, tr, tr_later

if TYPE_CHECKING:
    import pandas as pd

_AT_MOST: Final = 5
_RECORD: Final = re.compile(r"(?P<form>[A-Za-z]+):(?P<number>.+?)(?:@(?P<version>\d+))?")
_DONE: Final = {
    "opened the case": tr_later("opened the case"),
    "opened the case again": tr_later("opened the case again"),
    "made the case store": tr_later("made the store for records"),
    "minimised": tr_later("left out what is not needed"),
    "pseudonymised": tr_later("put pseudonyms in place of names"),
    "looked up whom pseudonyms stand for": tr_later("looked up whom pseudonyms stand for"),
    "set aside special categories": tr_later("set aside specially protected data"),
    "admitted special categories": tr_later("let specially protected data in"),
    "sanitised": tr_later("made a version that hides the source"),
    "purged records": tr_later("erased records whose time was over"),
    "listed what is held on a person": tr_later("listed what is held on a person"),
    "took records out of a package": tr_later("took records out of a package"),
    "two records were said to be one": tr_later("decided that two records are one and the same"),
    "two records were said to be different": tr_later("decided that two records are not the same"),
    "took back a decision on two records": tr_later("took back a decision on two records"),
    "pairs of records were joined by weight": tr_later("let pairs of records be joined by weight"),
    "names of protected records were read for comparing": tr_later("read names of protected records to compare them"),
}  # fmt: skip
_PATTERNS: Final = (
    (re.compile(r"released (?P<what>.+)", re.DOTALL), tr_later("released: {what}")),
    (re.compile(r"stopped by safeguard (?P<rule>\S+)"), tr_later("was stopped by check {rule}")),
    (re.compile(r"warned by safeguard (?P<rule>\S+)"), tr_later("was warned by check {rule}")),
    (re.compile(r"passed under lifted safeguard (?P<rule>\S+)"), tr_later("went on, because check {rule} was lifted")),
    (re.compile(r"lifted safeguard (?P<rule>\S+)"), tr_later("lifted check {rule}")),
    (re.compile(r"raised the handling code of the case to (?P<code>\S+)"), tr_later("raised the handling code of the case to {code}")),
    (re.compile(r"stored (?P<count>\d+) records"), tr_later("stored records: {count}")),
    (re.compile(r"read (?P<count>\d+) (?P<form>[A-Za-z]+) records"), tr_later("read records of the form “{form}”: {count}")),
    (re.compile(r"read (?P<form>[A-Za-z]+)"), tr_later("read a record of the form “{form}”")),
    (re.compile(r"erased (?P<form>[A-Za-z]+)"), tr_later("erased a record of the form “{form}”")),
    (re.compile(r"rectified (?P<form>[A-Za-z]+)"), tr_later("put a record of the form “{form}” right")),
    (re.compile(r"admitted (?P<login>.+)", re.DOTALL), tr_later("gave the login {login} access")),
    (re.compile(r"received package (?P<package>\S+)"), tr_later("received package {package}")),
    (re.compile(r"recalled package (?P<package>\S+)"), tr_later("took package {package} back at the word of its sender")),
    (re.compile(r"took back package (?P<package>\S+): it could not be taken down"), tr_later("took package {package} back: it could not be entered in the records")),
    (re.compile(r"the case speaks (?P<language>\S+) from now on"), tr_later("chose the language of the case: {language}")),
    (re.compile(r"updated the case store from layout (?P<layout>\S+)"), tr_later("updated the store for records from layout {layout}")),
)  # fmt: skip
_LABELS: Final = {
    "purpose": tr_later("purpose"), "legal_basis": tr_later("legal basis"), "handling": tr_later("handling code"), "file": tr_later("file"),
    "files": tr_later("files"), "faults": tr_later("because"), "title": tr_later("check"), "records": tr_later("records"),
    "record": tr_later("record"), "rows": tr_later("rows"), "cells": tr_later("cells with text"), "kinds": tr_later("kinds"),
    "left_out": tr_later("columns left out"), "coarsened": tr_later("made coarser"), "withheld": tr_later("columns withheld"),
    "held": tr_later("texts held back"), "count": tr_later("number"), "columns": tr_later("columns"), "fields": tr_later("fields"),
    "pseudonyms": tr_later("pseudonyms"), "entity": tr_later("on"), "sender": tr_later("sender"), "package": tr_later("package"),
    "passed_over": tr_later("passed over"), "authority": tr_later("permitted by"), "approver": tr_later("permitted by"),
    "authoriser": tr_later("signed off by"), "permitted_by": tr_later("permitted by"), "provider_permits": tr_later("the provider permits"),
    "one": tr_later("one"), "other": tr_later("other"), "joined": tr_later("pairs"), "unit": tr_later("unit"), "level": tr_later("level"),
}  # fmt: skip
_OF_COLUMNS: Final = frozenset({"left_out", "withheld", "columns", "fields"})
_FOR_MACHINES: Final = frozenset({
    "sha256", "bytes", "store", "rests_on", "tombstones", "fingerprints", "reason", "same", "by", "at", "undone_at", "undone_by", "merge_at",
    "kind", "and_more",
})  # fmt: skip


def told(entries: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Entries of a log as people read them.

    Parameters
    ----------
    entries
        Of :class:`ilp_lab.safeguards.AuditLog`, in their order.

    Returns
    -------
    DataFrame
        ``seq``, ``at`` (a time), ``actor``, ``operation``, ``did``, ``on``, ``why``, and ``raw``: the line as it stands in the file.

    Examples
    --------
    >>> detail = {"file": "counts.csv", "reason": "for the court", "sha256": "cd…"}
    >>> entry = {"seq": 1, "at": "2026-05-01T10:00:00+00:00", "actor": "A17", "operation": "disclosure", "what": "released counts", "detail": detail}
    >>> told([entry])[["did", "on", "why"]].values.tolist()
    [['released: counts', 'file: counts.csv', 'for the court']]
    """
    import pandas as pd

    rows = [
        {
            "seq": entry["seq"],
            "at": moment(entry["at"]),
            "actor": entry["actor"],
            "operation": entry["operation"],
            "did": done(str(entry["what"])),
            "on": concerned(entry["detail"]),
            "why": str(entry["detail"].get("reason") or ""),
            "raw": json.dumps(dict(entry), ensure_ascii=False, sort_keys=True),
        }
        for entry in entries
    ]
    columns = ["seq", "at", "actor", "operation", "did", "on", "why", "raw"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def moment(text: Any) -> Any:
    """The time of an entry, in UTC; what is no time stays as it is.

    Examples
    --------
    >>> moment("2026-05-01T12:00:00+02:00").hour, moment("yesterday")
    (10, 'yesterday')
    """
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return text


def done(what: str) -> str:
    """What was done, in words; what the log knows and this table does not stays as it was written.

    Examples
    --------
    >>> done("stopped by safeguard D11"), done("walked the dog")
    ('was stopped by check D11', 'walked the dog')
    """
    if what in _DONE:
        return again(_DONE[what])
    for pattern, sentence in _PATTERNS:
        found = pattern.fullmatch(what)
        if found:
            parts = found.groupdict()
            if "form" in parts:
                parts["form"] = form_title(parts["form"])
            return sentence.format(**parts)
    return what


def caught_words(what: str) -> str:
    """The same for what a check caught, with its numbers: ``sanitised (rows 12, held 0)``.

    Examples
    --------
    >>> caught_words("sanitised (rows 12, held 0)")
    'made a version that hides the source (rows: 12; texts held back: 0)'
    """
    found = re.fullmatch(r"(?P<what>.+?) \((?P<counts>[a-z_]+ \d+(?:, [a-z_]+ \d+)*)\)", what, re.DOTALL)
    if not found:
        return done(what)
    counted = [one.rsplit(" ", 1) for one in found["counts"].split(", ")]
    numbers = "; ".join(f"{_label(name)}: {figure(int(number), ',')}" for name, number in counted)
    return f"{done(found['what'])} ({numbers})"


def concerned(detail: Mapping[str, Any]) -> str:
    """On what it was done: the details of an entry that say something to a reader, each with what it is.

    Examples
    --------
    >>> concerned({"rows": 2, "kinds": ["health"], "sha256": "cd…", "held": 0})
    'rows: 2; kinds: health'
    """
    said = []
    for name, value in detail.items():
        if name in _FOR_MACHINES or value in (None, "", 0, [], {}):
            continue
        if name == "records" and isinstance(value, list | tuple):
            listed = _valued([_numbered(str(one)) for one in value], int(detail.get("and_more") or 0))
        elif name in _OF_COLUMNS and isinstance(value, list | tuple):
            listed = _valued([str(one).replace("_", " ") for one in value])
        else:
            listed = _valued(value)
        if name == "title":
            listed = looked_up(str(value))  # of a check that comes with the library
        said.append(f"{_label(name)}: {listed}")
    return "; ".join(said)


def form_title(form: str) -> str:
    """What a form of records is called; its own name where nobody knows it.

    Examples
    --------
    >>> form_title("IntelligenceReport")
    'Intelligence report'
    """
    from ilp_lab import records
    from ilp_lab.errors import IlpError

    try:
        return looked_up(records.form_of(form).title)
    except IlpError:
        return form


def _label(name: str) -> str:
    return again(_LABELS[name]) if name in _LABELS else name.replace("_", " ")


def _valued(value: Any, more: int = 0) -> str:
    if isinstance(value, Mapping):
        value = [f"{name} ({step})" for name, step in value.items()]
    if isinstance(value, list | tuple):
        listed = ", ".join(str(one) for one in value[:_AT_MOST])
        left = len(value) - _AT_MOST + more if len(value) > _AT_MOST else more
        return tr("{listed} and {count:,} more").format(listed=listed, count=left) if left > 0 else listed
    return figure(value, ",") if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _numbered(key: str) -> str:
    """A record by its number, as it stands on paper."""
    found = _RECORD.fullmatch(key)
    if not found:
        return key
    number, version = found["number"], int(found["version"] or 1)
    return (
        number if version == 1 else tr("{number}, version {version}").format(number=number, version=version)
    )
