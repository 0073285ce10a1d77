"""The kinds of product, and what each has to hold before it can be released."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ilp_lab._check import Check
from ilp_lab._tongue import day_in_words, tr
from ilp_lab.products.guarding import NEVER_RANKED, has_points, has_small_counts
from ilp_lab.products.parts import Exhibit, Judged, Section, Statement
from ilp_lab.products.product import Product, lacking
from ilp_lab.safeguards import enforce, policy, rule_set
from ilp_lab.safeguards.permitting import check_other

_SUBJECTS = ("suspect", "convicted")
_EVALUATIONS = (
    "times.compare_counts",
    "times.displacement_difference",
    "times.displacement_rings",
    "times.difference_in_differences",
    "times.interrupted_series",
    "times.pattern_change",
)
_WORDS_OF_A_BRIEFING = 260
_PARTS_OF_A_BRIEFING = 4


@dataclass(frozen=True)
class ProblemProfile(Product):
    """The problem profile: one problem, where, when, why, and what could be done.

    Parameters
    ----------
    case, question, title, written_on, language
        As for every product.

    Examples
    --------
    >>> import tempfile, ilp_lab as ilp, pandas as pd
    >>> from ilp_lab.result import Result
    >>> case = ilp.open_case(tempfile.mkdtemp(), purpose="Beat meeting", legal_basis="Police Act s.12", analyst="A17")
    >>> found = Result("demo", "Weekly counts", pd.DataFrame({"n": [3, 5]}), "Counts by week.", ("Five last week.",))
    >>> profile = ProblemProfile(case, question="Is it getting worse?").add(found, says="No more than chance.")
    >>> len(profile.sections), profile.handling
    (1, 'H0')
    """

    kind: ClassVar[str] = "problem profile"

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("Problem profile")


@dataclass(frozen=True)
class StrategicAssessment(Product):
    """The strategic assessment: the wide picture, from which leaders set priorities.

    It needs judgements, what is not known, and what should be considered. What is known and what is judged stand apart.

    Examples
    --------
    >>> import tempfile, ilp_lab as ilp
    >>> case = ilp.open_case(tempfile.mkdtemp(), purpose="Priorities", legal_basis="Police Act s.12", analyst="A17")
    >>> StrategicAssessment(case, question="What should come first?").problems()["problem"].tolist()[0]
    'it needs at least one judgement (add_judgement).'
    """

    kind: ClassVar[str] = "strategic assessment"
    apart: ClassVar[bool] = True

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("Strategic assessment")

    def _lacks(self) -> list[str]:
        return lacking(
            [
                (_has(self, Judged), tr("it needs at least one judgement (add_judgement).")),
                (
                    _has(self, Section, Statement, Exhibit),
                    tr("it needs what the judgements rest on (add, add_statement)."),
                ),
                (bool(self.gaps), tr("it must say what is not known (gap), or that no gap is known.")),
                (bool(self.recommendations), tr("it must say what should be considered (recommend).")),
            ]
        )


@dataclass(frozen=True)
class TacticalAssessment(Product):
    """The tactical assessment: what changed in a period, what to do in the next.

    Parameters
    ----------
    period
        First and last day.

    Examples
    --------
    >>> import tempfile, ilp_lab as ilp
    >>> case = ilp.open_case(tempfile.mkdtemp(), purpose="Tasking", legal_basis="Police Act s.12", analyst="A17")
    >>> TacticalAssessment(case, question="What changed?", period=(date(2026, 5, 1), date(2026, 5, 14))).kind
    'tactical assessment'
    """

    period: tuple[date, date] | None = None

    kind: ClassVar[str] = "tactical assessment"

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("Tactical assessment")

    def _check(self, check: Check) -> None:
        if self.period is None or self.period[1] < self.period[0]:
            check.add(f"period must be its first and last day; got {self.period!r}.")

    def facts(self) -> dict[str, str]:
        """What stands at its head besides date, purpose, legal basis and analyst."""
        assert self.period is not None  # noqa: S101  (checked when it was made)
        first, last = self.period
        told = tr("{first} to {last}").format(first=day_in_words(first), last=day_in_words(last))
        return {tr("Period"): told}

    def _lacks(self) -> list[str]:
        return lacking(
            [
                (_has(self, Section), tr("it needs at least one finding on the period (add).")),
                (bool(self.recommendations), tr("it must say what should be considered (recommend).")),
            ]
        )


@dataclass(frozen=True)
class SubjectProfile(Product):
    """The subject profile: one person or group, only as far as the purpose needs, with safeguarding first.

    It can be written on suspects and convicted persons only, says why it is proportionate, and rests on reports. Facts and
    assessments stand apart. It holds no score of the person.

    Parameters
    ----------
    subject
        How the subject is known in the case: a number or a pseudonym.
    category
        ``"suspect"`` or ``"convicted"``.
    proportionality
        Why a profile is necessary and nothing milder would do.
    approved_by
        Who permits it: somebody other than the analyst.
    safeguarding
        Who could come to harm, the subject included, and what is done about it.
    review_on
        When somebody asks whether it is still needed.

    Examples
    --------
    >>> import tempfile, ilp_lab as ilp
    >>> case = ilp.open_case(tempfile.mkdtemp(), purpose="Case 7", legal_basis="Police Act s.12", analyst="A17")
    >>> SubjectProfile(case, question="Who?", subject="P-7QX2", category="witness")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.SafeguardError: Categories of data subjects (D3): SubjectProfile: the subject is known as witness;...
    >>> SubjectProfile(case, question="Who?", subject="P-7QX2", category="contact")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: SubjectProfile:
      - category must be one of 'suspect', 'convicted'; got 'contact'. Victims, witnesses and contacts are not profiled.
      - proportionality must say why it is necessary and nothing milder would do.
      - safeguarding must say who could come to harm, and what is done about it.
      - approved_by must be somebody other than the analyst.
      - review_on must be the day on which somebody asks whether it is still needed.
    """

    subject: str = ""
    category: str = ""
    proportionality: str = ""
    approved_by: str = ""
    safeguarding: str = ""
    review_on: date | None = None

    kind: ClassVar[str] = "subject profile"
    apart: ClassVar[bool] = True

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("Subject profile")

    def _check(self, check: Check) -> None:
        if not self.subject.strip():
            check.add("subject must say how the subject is known in the case: a number or a pseudonym.")
        if self.category in NEVER_RANKED:
            enforce(
                self.case,
                "D3",
                f"SubjectProfile: the subject is known as {self.category}; suspects and convicted persons only are profiled",
            )
        if self.category not in _SUBJECTS:
            names = ", ".join(repr(one) for one in _SUBJECTS)
            check.add(
                f"category must be one of {names}; got {self.category!r}. Victims, witnesses and contacts are not profiled."
            )
        if len(self.proportionality.split()) < 3:
            check.add("proportionality must say why it is necessary and nothing milder would do.")
        if len(self.safeguarding.split()) < 3:
            check.add("safeguarding must say who could come to harm, and what is done about it.")
        check_other(check, self.case, approved_by=self.approved_by)
        if self.review_on is None:
            check.add("review_on must be the day on which somebody asks whether it is still needed.")

    def facts(self) -> dict[str, str]:
        """What stands at its head besides date, purpose, legal basis and analyst."""
        return {
            tr("Subject"): f"{self.subject} ({_category(self.category)})",
            tr("Why it is proportionate"): self.proportionality,
            tr("Safeguarding"): self.safeguarding,
            tr("Permitted by"): self.approved_by,
            tr("Review on"): day_in_words(self.review_on) if self.review_on else "",
        }

    def _lacks(self) -> list[str]:
        return lacking(
            [
                (_has(self, Statement), tr("it needs statements that cite reports (add_statement).")),
                (bool(self.gaps), tr("it must say what is not known (gap).")),
                (bool(self.recommendations), tr("it must name options, prevention among them (recommend).")),
            ]
        )


@dataclass(frozen=True)
class Briefing(Product):
    """The briefing: the answer first, one page, five minutes.

    Examples
    --------
    >>> import tempfile, ilp_lab as ilp
    >>> case = ilp.open_case(tempfile.mkdtemp(), purpose="Shift", legal_basis="Police Act s.12", analyst="A17")
    >>> Briefing(case, question="Where tonight?").add_statement("Two cars were stolen at the port.", cites="R-17").kind
    'briefing'
    """

    kind: ClassVar[str] = "briefing"

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("Briefing")

    def _lacks(self) -> list[str]:
        words = sum(len(part.says.split()) for part in self.parts) + sum(
            len(s.split()) for s in self.recommendations
        )
        return lacking(
            [
                (bool(self.parts), tr("it has no part: add a finding, a judgement or a statement.")),
                (
                    len(self.parts) <= _PARTS_OF_A_BRIEFING,
                    tr("a briefing has at most {most} parts; this one has {has}.").format(
                        most=_PARTS_OF_A_BRIEFING, has=len(self.parts)
                    ),
                ),
                (
                    words <= _WORDS_OF_A_BRIEFING,
                    tr("a briefing has at most {most} words; this one has {has}.").format(
                        most=_WORDS_OF_A_BRIEFING, has=words
                    ),
                ),
            ]
        )


@dataclass(frozen=True)
class ResultsAnalysis(Product):
    """The results analysis: what was done, what was expected, what came of it, what was learnt.

    Parameters
    ----------
    measure
        What was done, where and when.
    expected
        What was expected of it, as recorded when it was decided.
    decision
        Number of the decision.

    Examples
    --------
    >>> import tempfile, ilp_lab as ilp
    >>> case = ilp.open_case(tempfile.mkdtemp(), purpose="Results", legal_basis="Police Act s.12", analyst="A17")
    >>> made = ResultsAnalysis(case, question="Did it work?", measure="Lamps in S3, May", expected="a fifth fewer thefts", decision="D-9")
    >>> made.problems()["problem"].tolist()[0]
    'it needs a finding that compares with places or times without the measure (ilp.times, "did it work").'
    """

    measure: str = ""
    expected: str = ""
    decision: str = ""

    kind: ClassVar[str] = "results analysis"

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("Results analysis")

    def _check(self, check: Check) -> None:
        for name, what in (
            ("measure", "what was done, where and when"),
            ("expected", "what was expected of it"),
        ):
            if not str(getattr(self, name)).strip():
                check.add(f"{name} must say {what}.")

    def facts(self) -> dict[str, str]:
        """What stands at its head besides date, purpose, legal basis and analyst."""
        told = {tr("What was done"): self.measure, tr("What was expected"): self.expected}
        return {**told, tr("Decision"): self.decision} if self.decision else told

    def _lacks(self) -> list[str]:
        compared = any(section.result.name in _EVALUATIONS for section in self.sections)
        return lacking(
            [
                (
                    compared,
                    tr(
                        'it needs a finding that compares with places or times without the measure (ilp.times, "did it work").'
                    ),
                ),
                (bool(self.recommendations), tr("it must say what was learnt (recommend).")),
            ]
        )


@dataclass(frozen=True)
class PublicEdition(Product):
    """The public edition: what residents are told, in plain words, with nothing that tells on a person.

    Only what may be used by everybody (the least strict code), no link charts, no single points, no count below the
    smallest that the policy allows (:func:`ilp_lab.safeguards.suppress`), and no name of an analyst.

    Parameters
    ----------
    contact
        Where residents can turn to.

    Examples
    --------
    >>> import tempfile, ilp_lab as ilp
    >>> case = ilp.open_case(tempfile.mkdtemp(), purpose="Feedback", legal_basis="Police Act s.12", analyst="A17")
    >>> PublicEdition(case, question="What came of your worries?", contact="Station Selin, counter 2").kind
    'public edition'
    """

    contact: str = ""

    kind: ClassVar[str] = "public edition"

    @property
    def spoken(self) -> str:
        """What this kind is called, in the language that is spoken now."""
        return tr("For the public")

    def _check(self, check: Check) -> None:
        if not self.contact.strip():
            check.add("contact must say where residents can turn to.")

    @property
    def handling_meaning(self) -> str:
        """What its marking says to residents: a code that keeps things among the police would contradict a paper for them."""
        return tr("Checked, and released to the public.")

    def facts(self) -> dict[str, str]:
        """What stands at its head besides date, purpose, legal basis and analyst."""
        return {tr("Where to turn to"): self.contact}

    def _lacks(self) -> list[str]:
        said = super()._lacks()
        if self.handling != policy().codes[0].code:
            said.append(
                tr("its handling code {code} does not allow it to be public.").format(code=self.handling)
            )
        said += [
            tr("{heading!r}: a link chart is never public.").format(heading=str(section.heading))
            for section in self.sections
            if section.result.view == "linkchart"
        ]
        return said

    def _guards(self) -> dict[str, list[str]]:
        least = rule_set().settings["smallest_count"]
        small = tr("it holds counts that are too small; use ilp.safeguards.suppress.")
        said = []
        for section in self.sections:
            if has_points(section):
                said.append(
                    tr("{heading!r}: single points are never public; count by area or cell.").format(
                        heading=str(section.heading)
                    )
                )
            elif section.result.name != "safeguards.suppress" and has_small_counts(
                section.result.table, least
            ):
                said.append(f"{section.heading!r}: {small}")
        said += [
            f"{part.heading or tr('Table')!r}: {small}"
            for part in self.parts
            if isinstance(part, Exhibit) and part.table is not None and has_small_counts(part.table, least)
        ]
        return {**super()._guards(), "D11": said}


def _has(product: Product, *kinds: type) -> bool:
    return any(isinstance(part, kinds) for part in product.parts)


def _category(name: str) -> str:
    return {"suspect": tr("suspect"), "convicted": tr("convicted")}[name]
