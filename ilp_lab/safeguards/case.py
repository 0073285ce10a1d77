"""The open case: why these data are worked on, on what legal basis, by whom, and under which handling code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ilp_lab._check import Check
from ilp_lab._homefolder import at_home
from ilp_lab._spoken import known, of_case
from ilp_lab.errors import InputError, NoCaseError, ReadError, WriteError
from ilp_lab.safeguards.audit import AuditLog, Operation, Verdict
from ilp_lab.safeguards.handling import policy
from ilp_lab.safeguards.writing import write_atomically

_FILE = "case.json"
_LOG = "audit.jsonl"


@dataclass(frozen=True)
class Case:
    """A case folder: its purpose, and the log of what was done.

    Attributes
    ----------
    folder
        Where the case is kept.
    purpose, legal_basis
        Why, and which law allows it; printed on every product.
    analyst
        Who works on it now (a service number, not a name, where that is the custom).
    declared_handling
        The handling code that the case was opened with.
    opened_at
        When the case was first opened (UTC).
    """

    folder: Path
    purpose: str
    legal_basis: str
    analyst: str
    declared_handling: str
    opened_at: str

    @property
    def handling(self) -> str:
        """The least strict code that anything released from this case can have: as declared, or of what it received."""
        stored = _read(self.folder)
        return policy().strictest([self.declared_handling, *([stored["raised_to"]] if stored else [])])

    @property
    def language(self) -> str:
        """The language that the case speaks; empty where it was never said."""
        stored = _read(self.folder)
        return stored["language"] if stored else ""

    @property
    def audit(self) -> AuditLog:
        """The case's audit log."""
        return AuditLog(self.folder / _LOG)

    def must_be_there(self) -> None:
        """Raise :class:`~ilp_lab.errors.NoCaseError` when the folder was moved or deleted, or holds another case by now."""
        stored = _read(self.folder)
        if stored is None:
            raise NoCaseError(
                f"The case {self.folder.name} is no longer in {self.folder.parent}: its folder was moved or deleted. Nothing was "
                "written. Open the case where it is now, or a new one: ilp.open_case(folder, ...)."
            )
        if (stored["purpose"], stored["opened_at"]) != (self.purpose, self.opened_at):
            raise NoCaseError(
                f"{self.folder} holds another case by now, opened {stored['opened_at']} for {stored['purpose']!r}. Nothing was "
                "written. Open the case that is meant: ilp.open_case(folder, ...)."
            )

    def record(self, operation: Operation, what: str, **detail: Any) -> Mapping[str, Any]:
        """Write an entry to the audit log in the analyst's name; a case that is gone takes none."""
        self.must_be_there()
        return self.audit.append(operation, actor=self.analyst, what=what, detail=detail)

    def verify(self) -> Verdict:
        """Check the audit log; names the first line that is not as it was written, the first of all when the whole log is gone."""
        verdict = self.audit.verify()
        if verdict.ok and not verdict.entries:
            reason = "the log is gone or empty, but every case begins with the entry of its opening"
            return Verdict(ok=False, entries=0, broken_line=1, reason=reason)
        return verdict

    def __str__(self) -> str:
        return f"Case {self.folder.name}: {self.purpose} ({self.legal_basis}), {self.handling}, analyst {self.analyst}"


def open_case(
    folder: str | Path,
    *,
    purpose: str | None = None,
    legal_basis: str | None = None,
    analyst: str,
    handling: str | None = None,
    language: str | None = None,
) -> Case:
    """Open a case, making its folder the first time.

    Exploring data needs no case; exports and products do.

    Parameters
    ----------
    folder
        The case's folder; made when it is not there.
    purpose
        Why the data are worked on. Needed the first time; later it must be the same, or left out: a new purpose is
        a new case.
    legal_basis
        Which law allows it. Needed the first time.
    analyst
        Who works on the case now.
    handling
        The least strict handling code of anything released from the case; the policy's first code when left out.
    language
        In which language the case is worked on, such as ``"ru"``. The case remembers it: whoever opens it again speaks it, unless a
        language was chosen with ``ilp.language`` or in the environment.

    Raises
    ------
    InputError
        When something needed is missing, or the folder holds a case with another purpose.
    HandlingError
        When the handling code is not known.
    ReadError, WriteError
        When the folder cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> case = open_case(
    ...     tempfile.mkdtemp(), purpose="Problem profile: burglary", legal_basis="Police Act s.12", analyst="A17"
    ... )
    >>> case.handling
    'H0'
    >>> case.verify().entries
    1
    """
    place = at_home(folder).resolve()
    stored = _read(place)
    given = {"purpose": purpose, "legal_basis": legal_basis, "handling": handling}
    check = Check("open_case")
    if not analyst.strip():
        check.add("analyst must say who works on the case, such as 'A17'.")
    if stored is None:
        for name in ("purpose", "legal_basis"):
            if not (given[name] or "").strip():
                check.add(f"{name} is needed to open a new case; {_EXAMPLES[name]}")
    else:
        for name, value in given.items():
            if value is not None and value != stored[name]:
                check.add(
                    f"this folder holds a case with {name} {stored[name]!r}; got {value!r}. Use another folder."
                )
    if language is not None and language not in known():
        check.add(f"there is no catalogue for the language {language!r}; there are: {', '.join(known())}.")
    check.done()
    if stored is None:
        case = _create(
            place, str(purpose), str(legal_basis), analyst, policy().strictest([handling] if handling else [])
        )
        _speak(case, language)
        return case
    case = Case(
        place, stored["purpose"], stored["legal_basis"], analyst, stored["handling"], stored["opened_at"]
    )
    case.record("consultation", "opened the case again")
    _speak(case, language)
    return case


def stored_case(folder: Path) -> Case | None:
    """A case as it lies in its folder, to show how it stands; it is not opened, and nothing is logged.

    Raises
    ------
    ReadError
        When the folder holds a case that cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> stored_case(place) is None
    True
    >>> case = open_case(place, purpose="Series of thefts", legal_basis="Police Act s.12", analyst="A17")
    >>> stored_case(place).purpose, stored_case(place).verify().entries
    ('Series of thefts', 1)
    """
    stored = _read(folder)
    if stored is None:
        return None
    return Case(folder, stored["purpose"], stored["legal_basis"], "", stored["handling"], stored["opened_at"])


_EXAMPLES = {
    "purpose": "for example purpose='Problem profile: burglary, third quarter'.",
    "legal_basis": "for example legal_basis='Police Act, section 12'.",
}


def _create(place: Path, purpose: str, legal_basis: str, analyst: str, handling: str) -> Case:
    opened_at = datetime.now(UTC).isoformat(timespec="seconds")
    case = Case(place, purpose, legal_basis, analyst, handling, opened_at)
    content = {
        "format": "ilp_lab case 1",
        "purpose": purpose,
        "legal_basis": legal_basis,
        "handling": handling,
        "opened_by": analyst,
        "opened_at": opened_at,
    }
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"open_case: the folder {place} cannot be made: {error.strerror or error}."
        ) from error
    write_atomically(place / _FILE, json.dumps(content, indent=1, ensure_ascii=False).encode())
    case.record("collection", "opened the case", purpose=purpose, legal_basis=legal_basis, handling=handling)
    return case


def _speak(case: Case, language: str | None) -> None:
    """Speak the language of a case from now on, where nobody chose another; a new one is remembered."""
    if language is not None and language != case.language:
        case.record("alteration", f"the case speaks {language} from now on")
        _rewrite(case, language=language)
    of_case(language or case.language)


def _rewrite(case: Case, **changes: str) -> None:
    file = case.folder / _FILE
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReadError(f"{file} is not a readable case file ({type(error).__name__}).") from error
    write_atomically(file, json.dumps({**content, **changes}, indent=1, ensure_ascii=False).encode())


def raise_handling(case: Case, code: str) -> None:
    """Make everything that is released from a case from now on at least as strict as ``code``."""
    before, raised = case.handling, policy().strictest([case.handling, code])
    if before != raised:
        case.record("alteration", f"raised the handling code of the case to {raised}")
        _rewrite(case, raised_to=raised)


def _read(place: Path) -> dict[str, str] | None:
    file = place / _FILE
    if place.exists() and not place.is_dir():
        raise InputError(f"open_case: {place} is a file; a case needs a folder.")
    if not file.exists():
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        held = {name: str(content[name]) for name in ("purpose", "legal_basis", "handling", "opened_at")}
        return {
            **held,
            "raised_to": policy().check(str(content.get("raised_to", held["handling"]))),
            "language": str(content.get("language", "")),
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            f"open_case: {file} is not a readable case file ({type(error).__name__}). "
            "Restore it from a copy, or use another folder."
        ) from error
