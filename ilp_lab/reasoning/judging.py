"""Judgements: a bare claim, how probable it is, how well that is founded, and on what it rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.reasoning.wording import check_language
from ilp_lab.reasoning.yardsticks import DEFAULT, Term, Yardstick, yardstick
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCES = ("high", "moderate", "low")
GROUNDS = {
    "information": tr_later("how good the information is"),
    "rigour": tr_later("how carefully it was analysed"),
    "stability": tr_later("how complex the matter is and how fast it changes"),
}


@dataclass(frozen=True)
class Judgement:
    """A claim with its probability, its confidence and its basis; made by :func:`judgement`.

    Attributes
    ----------
    statement
        The bare claim, true or false.
    term
        The term of the yardstick.
    probability
        The number behind it, where one was given; otherwise ``None`` and the term's range stands alone.
    confidence
        ``"high"``, ``"moderate"`` or ``"low"``: how well founded the probability is.
    because
        What the confidence rests on.
    basis
        What the judgement rests on: results and reports, as they are cited.
    assumptions, alternatives
        What has to be true for it, and what else would explain the same facts.
    would_change
        Indicators that would change it.
    handling
        The strictest handling code of the basis.
    yardstick
        Name of the yardstick.
    in_gap
        Whether the probability lay between two ranges, so that the term is the nearest.
    made_on, made_by
        When and by whom.
    outcome, resolved_on
        Whether it came true, and when that was known; ``None`` while it is open.
    """

    statement: str
    term: Term
    probability: float | None
    confidence: str
    because: Mapping[str, str]
    basis: tuple[str, ...]
    assumptions: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()
    handling: str = "H0"
    yardstick: str = DEFAULT
    in_gap: bool = False
    made_on: date | None = None
    made_by: str = ""
    outcome: bool | None = None
    resolved_on: date | None = None

    def sentence(self) -> str:
        """The judgement as it stands in a product."""
        claim = self.statement.rstrip(".")
        grounds = "; ".join(self.because.values())
        return tr("{opening} ({share}) that {claim}. Confidence: {confidence} ({grounds}).").format(
            opening=_opening(self.term), share=self.term.words, claim=claim, confidence=_confidence(self.confidence), grounds=grounds.rstrip(".")
        )  # fmt: skip

    def resolve(self, *, came_true: bool, on: date | None = None) -> Judgement:
        """Return the judgement with its outcome, so that it counts in :func:`calibration`.

        Parameters
        ----------
        came_true
            Whether the statement turned out to be true.
        on
            When that was known; today when left out.
        """
        if not isinstance(came_true, bool):
            raise InputError(
                f"Judgement.resolve: came_true must be True or False; got {came_true!r}. "
                "A statement that cannot be decided stays open."
            )
        return replace(self, outcome=came_true, resolved_on=on or date.today())  # noqa: DTZ011

    def __str__(self) -> str:
        return self.sentence()


def judgement(
    statement: str,
    *,
    term: str | None = None,
    probability: float | None = None,
    confidence: str,
    because: str | Mapping[str, str],
    basis: Any,
    assumptions: Sequence[str] = (),
    alternatives: Sequence[str] = (),
    would_change: Sequence[str] = (),
    on: str | Path | Yardstick = DEFAULT,
    made_on: date | None = None,
    made_by: str = "",
) -> Judgement:
    """State a judgement; one without term, confidence and basis cannot be made.

    Parameters
    ----------
    statement
        The bare claim in lower case after "that", such as ``"one crew commits the burglaries"``: something that will turn
        out true or false, without words such as *may* or *likely*.
    term, probability
        How probable: a term of the yardstick, or a number above 0 and below 1, not both. A number that lies between two
        ranges takes the nearest term.
    confidence
        ``"high"``, ``"moderate"`` or ``"low"``: how well founded that probability is. It is another question than how
        probable the claim is.
    because
        Why this confidence: one text, or texts for ``information``, ``rigour`` and ``stability``.
    basis
        What it rests on: results of analyses, numbers of reports, or a list of them.
    assumptions, alternatives, would_change
        What must be true for it, what else would explain the facts, which indicators would change it.
    on
        The yardstick.
    made_on, made_by
        When (today when left out) and by whom.

    Raises
    ------
    InputError
        When something is missing or does not fit; all faults at once.

    Examples
    --------
    >>> one = judgement(
    ...     "one crew commits the burglaries in Selin",
    ...     term="likely",
    ...     confidence="moderate",
    ...     because="same way of entry in 14 of 23 reports, no suspect",
    ...     basis=["R-2031", "R-2044"],
    ... )
    >>> print(one)
    It is likely (55 to 75 %) that one crew commits the burglaries in Selin. Confidence: moderate (same way of entry in 14 of 23 reports, no suspect).
    >>> judgement("they may move", term="likely", confidence="sure", because="", basis=[])
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: reasoning.judgement:
      - the statement holds 'may', which says neither whether nor how probable; state the bare claim and put the probability into term=.
      - confidence must be one of 'high', 'moderate', 'low'; got 'sure'.
      - because must say what the confidence rests on; it is empty.
      - basis must name what the judgement rests on: a result, or numbers of reports.
    """
    check = Check("reasoning.judgement")
    scale = on if isinstance(on, Yardstick) else yardstick(on)
    _check_statement(check, statement, scale)
    if (term is None) == (probability is None):
        check.add("give either term= or probability=, and not both.")
    check.choice(allowed=CONFIDENCES, confidence=confidence)
    grounds = _grounds(check, because)
    cited = _cited(basis)
    if not cited:
        check.add("basis must name what the judgement rests on: a result, or numbers of reports.")
    check.done()
    placed = None if probability is None else scale.place(probability)
    return Judgement(
        statement=statement.strip(),
        term=scale[str(term)] if placed is None else placed.term,
        probability=None if placed is None else placed.probability,
        confidence=confidence,
        because=grounds,
        basis=cited,
        assumptions=tuple(assumptions),
        alternatives=tuple(alternatives),
        would_change=tuple(would_change),
        handling=handling_of(*(item for item in _listed(basis) if hasattr(item, "handling"))),
        yardstick=scale.name,
        in_gap=placed is not None and placed.in_gap,
        made_on=made_on or date.today(),  # noqa: DTZ011  (the reader's calendar day)
        made_by=made_by,
    )


def judgements_table(judgements: Iterable[Judgement]) -> pd.DataFrame:
    """Put judgements into a table, one row each.

    Parameters
    ----------
    judgements
        What :func:`judgement` made.

    Returns
    -------
    DataFrame
        ``statement``, ``term``, ``low``, ``high``, ``probability`` (the middle of the range where none was given),
        ``confidence``, ``because``, ``basis``, ``assumptions``, ``alternatives``, ``would_change``, ``handling``,
        ``made_on``, ``made_by``, ``outcome``, ``resolved_on``.

    Examples
    --------
    >>> one = judgement("it rains", probability=0.7, confidence="low", because="a look outside", basis="R-1")
    >>> judgements_table([one]).loc[0, ["term", "basis"]].tolist()
    ['likely', 'R-1']
    """
    import pandas as pd

    found = [
        {
            "statement": one.statement,
            "term": one.term.term,
            "low": one.term.low,
            "high": one.term.high,
            "probability": one.term.middle if one.probability is None else one.probability,
            "confidence": one.confidence,
            "because": "; ".join(one.because.values()),
            "basis": "; ".join(one.basis),
            "assumptions": "; ".join(one.assumptions),
            "alternatives": "; ".join(one.alternatives),
            "would_change": "; ".join(one.would_change),
            "handling": one.handling,
            "made_on": one.made_on,
            "made_by": one.made_by,
            "outcome": one.outcome,
            "resolved_on": one.resolved_on,
        }
        for one in judgements
    ]
    columns = ["statement", "term", "low", "high", "probability", "confidence", "because", "basis", "assumptions", "alternatives", "would_change", "handling", "made_on", "made_by", "outcome", "resolved_on"]  # fmt: skip
    return pd.DataFrame(found, columns=pd.Index(columns))


def _check_statement(check: Check, statement: str, scale: Yardstick) -> None:
    if not statement.strip():
        check.add("the statement must say what is claimed; it is empty.")
        return
    language = "en" if scale.language == "en" else None
    found = check_language(statement, language=language, against=scale) if language else None
    if found is not None:
        for row in found[found["kind"] == "vague"].to_dict("records"):
            check.add(
                f"the statement holds {row['found']!r}, which {row['problem']}; "
                "state the bare claim and put the probability into term=."
            )
        for row in found[found["kind"] == "no confidence"].to_dict("records"):
            check.add(
                f"the statement holds {row['found']!r}; state the bare claim and put the probability into term=."
            )


def _grounds(check: Check, because: str | Mapping[str, str]) -> Mapping[str, str]:
    if isinstance(because, Mapping):
        unknown = [name for name in because if name not in GROUNDS]
        if unknown:
            check.add(
                f"because has the parts {', '.join(f'{name} ({says})' for name, says in GROUNDS.items())}; "
                f"got {', '.join(map(repr, unknown))}."
            )
        held = {name: str(because[name]).strip() for name in GROUNDS if str(because.get(name, "")).strip()}
    else:
        held = {"information": because.strip()} if because.strip() else {}
    if not held:
        check.add("because must say what the confidence rests on; it is empty.")
    return held


def _listed(basis: Any) -> list[Any]:
    if basis is None:
        return []
    return list(basis) if isinstance(basis, (list, tuple, set, frozenset)) else [basis]


def _cited(basis: Any) -> tuple[str, ...]:
    """How each part of the basis is cited: a result by its title and the data it was made from."""
    cited = []
    for item in _listed(basis):
        if hasattr(item, "citation"):
            cited.append(item.citation())
        elif str(item).strip():
            cited.append(str(item).strip())
    return tuple(cited)


def _opening(term: Term) -> str:
    """The term at the head of a sentence: "It is likely", "There is a remote chance"."""
    words = term.term
    if words.endswith(("chance", "possibility", "odds")):
        return (tr("There is an {term}") if words[0] in "aeiou" else tr("There is a {term}")).format(
            term=words
        )
    if words.startswith("chances"):
        return tr("The {term}").format(term=words.replace("chances", tr_later("chances are"), 1))
    if words.endswith("ly not"):
        return tr("It is {term} so").format(term=words)
    return tr("It is {term}").format(term=words)


def _confidence(level: str) -> str:
    return {"low": tr("low"), "moderate": tr("moderate"), "high": tr("high")}.get(level, level)
