"""How the cases in a folder stand: purpose, handling code, whether the log is as it was written, what is due for review.

Looking changes nothing: a case is not opened by it, and no entry is written to its log.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from ilp_lab._tongue import day_in_words, looked_up, tr
from ilp_lab.errors import IlpError
from ilp_lab.safeguards.case import Case, stored_case
from ilp_lab.safeguards.handling import policy

_DEEPEST: Final = 4
_MOST_FOLDERS: Final = 3000
DUE_WITHIN_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One line about a case: what it is about, what is said, and whether that is ``good``, ``bad``, ``warn`` or just so."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands.

    Attributes
    ----------
    name
        Its folder, as seen from the folder of the notebooks.
    purpose
        Why it was opened; empty when the case cannot be read.
    lines
        What is said of it, in the order in which it is shown.
    """

    name: str
    purpose: str
    lines: tuple[Line, ...]


def case_folders(home: Path) -> list[Path]:
    """The folders below ``home`` that hold a case, the one last worked on first."""
    return sorted(_found(home), key=_touched, reverse=True)


def standing(folder: Path, *, home: Path, today: date | None = None) -> Standing:
    """Look at a case.

    Parameters
    ----------
    folder
        Its folder.
    home
        The folder as seen from which it is named.
    today
        The day from which reviews are counted.
    """
    name = folder.relative_to(home).as_posix() if folder.is_relative_to(home) else folder.name
    try:
        case = stored_case(folder)
    except IlpError as error:
        return Standing(name, "", (Line(tr("Case"), str(error), "bad"),))
    if case is None:
        return Standing(name, "", (Line(tr("Case"), tr("The folder holds no case any more."), "bad"),))
    return Standing(
        name,
        case.purpose,
        (
            Line(tr("Legal basis"), case.legal_basis),
            _handling(case),
            _log(case),
            _reviews(case, today or datetime.now(UTC).date()),
        ),
    )


def _handling(case: Case) -> Line:
    try:
        code = case.handling
        return Line(tr("Handling"), f"{code}: {looked_up(policy()[code].meaning)}")
    except IlpError as error:
        return Line(tr("Handling"), str(error), "bad")


def _log(case: Case) -> Line:
    try:
        verdict = case.verify()
        last = None
        for entry in case.audit.entries():
            last = entry
    except (IlpError, OSError) as error:
        return Line(tr("Audit log"), str(error), "bad")
    if not verdict.ok:
        return Line(
            tr("Audit log"), tr("NOT as it was written: {reason}").format(reason=verdict.reason), "bad"
        )
    said = tr("verified, {count:,} entries as they were written").format(count=verdict.entries)
    if last:
        day = datetime.fromisoformat(str(last["at"])).date()
        said += "; " + tr("the last on {day} by {actor}").format(day=day_in_words(day), actor=last["actor"])
    return Line(tr("Audit log"), said, "good")


def _reviews(case: Case, today: date) -> Line:
    label = tr("Retention")
    from ilp_lab.records.engines import FILE

    if not (case.folder / FILE).is_file():
        return Line(label, tr("no records in the store of this case"))
    try:
        dates = _review_dates(case)
    except IlpError as error:
        return Line(label, str(error), "warn")
    late = sum(day < today for day in dates)
    soon = sum(0 <= (day - today).days <= DUE_WITHIN_DAYS for day in dates)
    if late:
        return Line(label, tr("past their review date: {late:,}; coming up within 30 days: {soon:,}").format(late=late, soon=soon), "bad")  # fmt: skip
    if soon:
        return Line(
            label, tr("records that come up for review within 30 days: {soon:,}").format(soon=soon), "warn"
        )
    return Line(label, tr("nothing is due within 30 days"), "good")


def _review_dates(case: Case) -> list[date]:
    """When the records are to be reviewed, as far as that is within the next 30 days."""
    from ilp_lab.records import engines
    from ilp_lab.records.access import viewer
    from ilp_lab.records.casestore import CaseStore

    engine = engines.connect(case.folder / engines.FILE, wait_s=2.0)
    try:
        with CaseStore(engine, case, viewer(unit="", level="national", handling=None)) as store:
            return list(store.review_queue(within_days=DUE_WITHIN_DAYS)["review_date"])
    finally:
        engine.dispose()


def _found(home: Path) -> Iterator[Path]:
    for looked, (place, folders, files) in enumerate(os.walk(home)):
        deep = len(Path(place).relative_to(home).parts)
        folders[:] = (
            []
            if deep >= _DEEPEST or looked > _MOST_FOLDERS
            else [name for name in folders if not name.startswith(".")]
        )
        if "case.json" in files:
            yield Path(place)


def _touched(folder: Path) -> float:
    times = [file.stat().st_mtime for file in (folder / "audit.jsonl", folder / "case.json") if file.exists()]
    return max(times, default=0.0)
