"""Oversight: the audit log for those who check, and which releases rest on a table or record that was wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import InputError
from ilp_lab.safeguards.release import Released, release_table

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

_COLUMNS = ("seq", "at", "actor", "operation", "what", "reason", "detail", "hash")


def audit_table(case: Case, *, since: date | None = None, until: date | None = None) -> pd.DataFrame:
    """The audit log as a table.

    Parameters
    ----------
    case
        The open case.
    since, until
        First and last day (UTC), both included.

    Returns
    -------
    DataFrame
        ``seq``, ``at``, ``actor``, ``operation``, ``what``, ``reason``, ``detail``, ``hash``.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> audit_table(open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17"))["operation"].tolist()
    ['collection']
    """
    return table_of(case.audit.entries(), since=since, until=until)


def table_of(
    entries: Iterable[Mapping[str, Any]], *, since: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """The same from entries of a log."""
    import pandas as pd

    if since is not None and until is not None and until < since:
        raise InputError(f"safeguards.audit_table: until ({until}) lies before since ({since}).")
    found = []
    for entry in entries:
        day = str(entry["at"])[:10]
        if (since is not None and day < since.isoformat()) or (until is not None and day > until.isoformat()):
            continue
        detail = dict(entry["detail"])
        reason = str(detail.pop("reason", "") or "")
        told = json.dumps(detail, ensure_ascii=False, sort_keys=True) if detail else ""
        found.append({**{part: entry[part] for part in ("seq", "at", "actor", "operation", "what", "hash")}, "reason": reason, "detail": told})  # fmt: skip
    return pd.DataFrame(found, columns=pd.Index(_COLUMNS))


def oversight_report(
    case: Case,
    path: str | Path,
    *,
    authority: str,
    reason: str,
    since: date | None = None,
    until: date | None = None,
) -> Released:
    """Write the audit log out for an oversight body, with the verdict on the log in its first line.

    Parameters
    ----------
    case
        The open case.
    path
        A file that ends in ``.csv`` or ``.xlsx``.
    authority
        The oversight body, or who asked.
    reason
        Why.
    since, until
        First and last day (UTC), both included.

    Returns
    -------
    Released
        The file. The export is itself logged, after what it holds.

    Raises
    ------
    InputError
        When authority or reason is missing.
    AuditError
        When the log is not as it was written; show the verdict of ``case.verify()`` to the oversight body then.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> folder = Path(tempfile.mkdtemp())
    >>> case = open_case(folder, purpose="p", legal_basis="l", analyst="A17")
    >>> oversight_report(case, folder / "log.csv", authority="Ombudsman", reason="yearly inspection").handling
    'H0'
    """
    import pandas as pd

    check = Check("safeguards.oversight_report")
    for name, value in (("authority", authority), ("reason", reason)):
        if not value.strip():
            check.add(f"{name} must be given.")
    check.done()
    verdict = case.verify()
    table = audit_table(case, since=since, until=until)
    seq, head = case.audit.head
    first = {
        "seq": 0, "at": "", "actor": case.analyst, "operation": "verdict", "what": verdict.reason, "reason": f"{case.purpose}; {case.legal_basis}",
        "detail": f"last entry {seq}", "hash": head,
    }  # fmt: skip
    whole = pd.concat([pd.DataFrame([first]), table], ignore_index=True)
    return release_table(case, path, whole, what="audit log", authority=authority, reason=reason)


def resting_on(case: Case, *marks: str) -> pd.DataFrame:
    """List the releases of a case that rest on a table, result or record, so that they can be corrected or called back.

    Parameters
    ----------
    case
        The open case.
    *marks
        Fingerprints of tables (``Source.fingerprint``), hashes or numbers of records, or names of files they were read from.

    Returns
    -------
    DataFrame
        ``at``, ``what``, ``file``, ``sha256``, ``mark`` (which of those asked for, or the hash of a release that rests on it), in the order of
        release. A package that holds a file which rests on it is listed too.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> len(resting_on(open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17"), "R-17"))
    0
    """
    import pandas as pd

    wanted = set(marks)
    found = []
    for entry in case.audit.entries():
        if entry["operation"] != "disclosure":
            continue
        detail = entry["detail"]
        hits = [mark for mark in _marks(detail) if mark in wanted]
        found += [
            {"at": entry["at"], "what": entry["what"], "file": detail.get("file", ""), "sha256": detail.get("sha256", ""), "mark": mark}
            for mark in hits
        ]  # fmt: skip
        if hits:  # releases come after what they rest on: one pass finds the whole chain
            wanted.add(str(detail.get("sha256", "")))
    return pd.DataFrame(found, columns=pd.Index(["at", "what", "file", "sha256", "mark"]))


def _marks(detail: Mapping[str, Any]) -> list[str]:
    return [str(mark) for mark in detail.get("rests_on", ())]
