"""The twenty checks, as a policy pack: what each asks for, how it acts, and how a person may lift it.

The set in force is the one that the environment variable ``ILP_LAB_RULES`` names, by its name or by the path of its file; else
``osce-default``.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from ilp_lab._check import Check
from ilp_lab._packs import Shelf, rows, texts
from ilp_lab.errors import IlpWarning, InputError, SafeguardError
from ilp_lab.safeguards.permitting import check_other, check_reason

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

Mode = Literal["block", "warn", "quarantine", "auto"]
DEFAULT = "osce-default"
_LIFTED = "lifted safeguard "
STOPPED, WARNED, PASSED = "stopped by safeguard ", "warned by safeguard ", "passed under lifted safeguard "
"""How entries of the log begin that tell what a rule caught; the number of the rule follows."""
_NOT_LIFTED = {
    "D1": "open a case with its own purpose",
    "D3": "put down the right category; victims and witnesses are not ranked",
    "D6": "record strict necessity with ilp.safeguards.admit(...)",
    "D8": "",
    "D9": "name who permitted it with authority='...'",
    "D10": "give the reason to ilp.safeguards.reidentify(...)",
    "D12": "name the person who decides",
    "D13": "",
    "D15": "answer the questions of the form",
}
_FIXED = {"D3": "block", "D8": "auto", "D13": "block"}
_open: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("lifted", default=())


@dataclass(frozen=True, slots=True)
class Rule:
    """One check.

    Attributes
    ----------
    id
        ``"D1"`` to ``"D20"``.
    title, says
        Its name, and what it asks for in a sentence.
    mode
        ``"block"``: it stops until the fault is mended or a person lifts it; ``"warn"``: it tells; ``"quarantine"``: it sets
        aside what is in question; ``"auto"``: it acts by itself.
    stage
        Where in the intelligence cycle it stands.
    law
        Where it comes from.
    """

    id: str
    title: str
    mode: Mode
    stage: str
    law: str
    says: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The checks of one legal setting.

    Examples
    --------
    >>> rule_set()["D9"].mode
    'block'
    >>> rule_set().settings["smallest_count"]
    5
    """

    name: str
    title: str
    version: str
    source: str
    settings: Mapping[str, int]
    rules: tuple[Rule, ...]

    def __getitem__(self, number: str) -> Rule:
        for rule in self.rules:
            if rule.id == number:
                return rule
        raise InputError(
            f"{number!r} is not a rule of {self.name}; it has {', '.join(rule.id for rule in self.rules)}."
        )

    def table(self) -> pd.DataFrame:
        """The rules, one row each."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "id": rule.id,
                    "title": rule.title,
                    "mode": rule.mode,
                    "stage": rule.stage,
                    "says": rule.says,
                    "law": rule.law,
                }
                for rule in self.rules
            ]
        )


def rule_set(name: str | Path | None = None) -> RuleSet:
    """Read the rules of a legal setting.

    Parameters
    ----------
    name
        ``"osce-default"``, ``"led"``, ``"coe"``, ``"us-28cfr23"``, one of your own among the packs, or a YAML file. The set in force
        when left out.

    Raises
    ------
    InputError
        When none of that name is known.
    ReadError
        When the file is not of the needed form.

    Examples
    --------
    >>> len(rule_set("led").rules)
    20
    """
    return _SHELF.read(os.environ.get("ILP_LAB_RULES") or DEFAULT if name is None else name)


def enforce(
    case: Case | None, number: str, faults: str | Iterable[str], *, rules: RuleSet | None = None
) -> bool:
    """Act on faults against a rule, in the way the rule acts.

    Parameters
    ----------
    case
        The open case, whose log takes note of what was stopped, warned of, or passed because the rule was lifted.
    number
        Of the rule.
    faults
        What is wrong, in sentences; none means nothing happens.
    rules
        The legal setting; the default one when left out.

    Returns
    -------
    bool
        Whether there were faults (and they were warned of, lifted, or are to be set aside by the caller).

    Raises
    ------
    SafeguardError
        When the rule blocks and nobody lifted it.

    Examples
    --------
    >>> enforce(None, "D11", "2 cells are smaller than 5")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.SafeguardError: Small counts in public products (D11): 2 cells are smaller than 5. Small counts are not published...
    """
    found = [faults] if isinstance(faults, str) else list(faults)
    if not found:
        return False
    rule = (rules or rule_set())[number]
    what = "; ".join(fault.rstrip(".") for fault in found)
    told = f"{rule.title} ({rule.id}): {what}. {rule.says}"
    if rule.mode == "warn":
        if case is not None:
            case.record("housekeeping", f"{WARNED}{rule.id}", faults=found)
        warnings.warn(told, IlpWarning, stacklevel=3)
    elif rule.mode == "block":
        if not any(lifted == rule.id for lifted, _ in _open.get()):
            if case is not None:
                case.record("housekeeping", f"{STOPPED}{rule.id}", faults=found)
            way = _NOT_LIFTED.get(rule.id)
            if way is not None:
                raise SafeguardError(f"{told} It cannot be lifted{f': {way}' if way else ''}.")
            raise SafeguardError(
                f"{told} If it has to be, somebody else can lift it: with ilp.safeguards.override(case, {rule.id!r}, reason=..., approver=...):"
            )
        if case is not None:
            case.record("housekeeping", f"{PASSED}{rule.id}", faults=found)
    return True


@contextmanager
def override(
    case: Case, *numbers: str, reason: str, approver: str, rules: RuleSet | None = None
) -> Iterator[None]:
    """Lift rules for a while; logged, counted, and shown on every list of the case.

    Parameters
    ----------
    case
        The open case.
    *numbers
        Of the rules, such as ``"D11"``.
    reason
        Why it has to be, in at least three words.
    approver
        Who permits it: somebody other than the analyst.
    rules
        The legal setting; the default one when left out.

    Raises
    ------
    InputError
        When the reason is no reason, the approver is the analyst, or the rule cannot be lifted: because it has its own way (a purpose,
        an authority, a person who decides), or because it is never lifted (D8, D13).

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> case = open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")
    >>> with override(case, "D11", reason="the court ordered the figures", approver="Chief Ivo"):
    ...     enforce(case, "D11", "one cell is smaller than 5")
    True
    >>> overrides(case)["rule"].tolist()
    ['D11']
    """
    known = rules or rule_set()
    check = Check("safeguards.override")
    if not numbers:
        check.add("name the rules to lift, such as 'D11'.")
    for number in numbers:
        known[number]
        if number in _NOT_LIFTED:
            way = _NOT_LIFTED[number]
            check.add(f"{number} ({known[number].title}) cannot be lifted{f': {way}' if way else ''}.")
    check_reason(check, reason)
    check_other(check, case, approver=approver)
    check.done()
    for number in numbers:
        case.record(
            "housekeeping", f"{_LIFTED}{number}", reason=reason, approver=approver, title=known[number].title
        )
    token = _open.set((*_open.get(), *((number, approver) for number in numbers)))
    try:
        yield
    finally:
        _open.reset(token)


def overrides(case: Case) -> pd.DataFrame:
    """List when rules were lifted in a case: ``at``, ``rule``, ``title``, ``reason``, ``approver``, ``analyst``.

    Examples
    --------
    >>> import tempfile
    >>> from ilp_lab.safeguards import open_case
    >>> len(overrides(open_case(tempfile.mkdtemp(), purpose="p", legal_basis="l", analyst="A17")))
    0
    """
    return overrides_in(case.audit.entries())


def overrides_in(entries: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The same from entries of a log."""
    import pandas as pd

    found = [
        {
            "at": entry["at"],
            "rule": str(entry["what"]).removeprefix(_LIFTED),
            "title": entry["detail"].get("title", ""),
            "reason": entry["detail"].get("reason", ""),
            "approver": entry["detail"].get("approver", ""),
            "analyst": entry["actor"],
        }
        for entry in entries
        if str(entry["what"]).startswith(_LIFTED)
    ]
    return pd.DataFrame(found, columns=pd.Index(["at", "rule", "title", "reason", "approver", "analyst"]))


def _rule_set(content: Mapping[str, Any]) -> RuleSet:
    found = []
    for row in rows(content["rules"], "rules"):
        held = texts(row, "id", "title", "mode", "stage", "law", "says")
        if held["mode"] not in get_args(Mode):
            raise ValueError(f"mode of {held['id']} must be one of {', '.join(get_args(Mode))}")
        if held["id"] in _FIXED and held["mode"] != _FIXED[held["id"]]:
            raise ValueError(
                f"mode of {held['id']} must be {_FIXED[held['id']]}: persons are not scored, victims and witnesses not ranked, and everything is logged"
            )
        found.append(Rule(**held))  # type: ignore[arg-type]
    wanted = [f"D{number}" for number in range(1, 21)]
    if [rule.id for rule in found] != wanted:
        raise ValueError("it must hold the rules D1 to D20, in order, each once")
    settings = {str(name): int(value) for name, value in dict(content["settings"]).items()}
    if not {"smallest_count", "smallest_addresses", "longest_retention_years"} <= set(settings):
        raise ValueError("settings must hold smallest_count, smallest_addresses and longest_retention_years")
    return RuleSet(
        **texts(content, "name", "title", "version", "source"), settings=settings, rules=tuple(found)
    )


_SHELF = Shelf(
    "rules",
    Path(__file__).parent / "packs" / "rules",
    "set of rules",
    "name, title, version, source, settings and rules D1 to D20, each with id, title, mode, stage, law and says",
    _rule_set,
)
