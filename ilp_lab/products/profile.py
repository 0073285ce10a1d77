"""The problem profile: one question, the findings that answer it, and what a person has to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ilp_lab._check import Check
from ilp_lab.errors import InputError, NoCaseError
from ilp_lab.result import Result
from ilp_lab.safeguards import handling_of, policy
from ilp_lab.safeguards.case import Case
from ilp_lab.safeguards.release import Released, release_bytes

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class Quality(Protocol):
    """What a product prints of a quality report."""

    @property
    def source(self) -> str:
        """Where the table came from."""

    @property
    def faults(self) -> pd.DataFrame:
        """One row per kind of fault."""

    def explain(self) -> str:
        """The report in sentences."""


@dataclass(frozen=True)
class Section:
    """One finding in a product.

    Attributes
    ----------
    says
        What the analyst says it means, in one or two sentences.
    result
        The result it rests on.
    heading
        Its heading.
    areas
        Outlines drawn behind a map, where there are any.
    """

    says: str
    result: Result
    heading: str
    areas: Any = None

    @cached_property
    def picture(self) -> bytes:
        """The section's figure as PNG, drawn once."""
        from ilp_lab.products.extract import figure_png

        return figure_png(self)


@dataclass(frozen=True)
class ProblemProfile:
    """A written answer to one question, resting on results.

    Each ``add`` gives a new profile, so a profile can be built as a chain and kept at any step.

    Parameters
    ----------
    case
        The open case; its purpose and legal basis stand on the product.
    question
        What the reader needs answered.
    title
        A heading; made from the question when left out.
    written_on
        Its date; today when left out.

    Raises
    ------
    NoCaseError
        When no case is open: exploring is free, products need one.

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

    case: Case
    question: str
    title: str = ""
    written_on: date | None = None
    sections: tuple[Section, ...] = ()
    qualities: tuple[Quality, ...] = ()
    recommendations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _need_case(self.case)
        if not self.question.strip():
            raise InputError("ProblemProfile: question must say what the reader needs answered; it is empty.")

    def add(
        self, result: Result, *, says: str, heading: str | None = None, areas: Any = None
    ) -> ProblemProfile:
        """Add a finding.

        Parameters
        ----------
        result
            What an analysis handed back.
        says
            What it means for the question, in the analyst's words.
        heading
            Its heading; the result's title when left out.
        areas
            Outlines to draw behind a map.
        """
        check = Check("ProblemProfile.add")
        if not hasattr(result, "method_statement"):
            check.add(f"result must be what an analysis handed back (a Result); got {type(result).__name__}.")
        if not says.strip():
            check.add("says must state what the finding means for the question; it is empty.")
        check.done()
        marked = replace(result, handling=handling_of(self.case, result))
        section = Section(says.strip(), marked, heading or result.title, areas)
        return replace(self, sections=(*self.sections, section))

    def add_quality(self, *reports: Quality) -> ProblemProfile:
        """Add what the quality reports say of the data."""
        return replace(self, qualities=(*self.qualities, *reports))

    def recommend(self, *sentences: str) -> ProblemProfile:
        """Add recommendations: who should consider doing what, by when. A named person decides."""
        return replace(self, recommendations=(*self.recommendations, *sentences))

    @property
    def handling(self) -> str:
        """The strictest handling code of the case and of every result in the product."""
        return handling_of(self.case, *(section.result for section in self.sections))

    @property
    def heading(self) -> str:
        """The title, or the question when there is none."""
        return self.title or f"Problem profile: {self.question}"

    @property
    def date(self) -> date:
        """The date on the product."""
        return self.written_on or date.today()  # noqa: DTZ011  (the reader's calendar day)

    @property
    def handling_meaning(self) -> str:
        """The handling code's condition in words."""
        return policy()[self.handling].meaning

    def method_statement(self) -> str:
        """Everything needed to repeat every analysis in the product, as plain text."""
        rule = "\n\n" + "-" * 72 + "\n\n"
        return rule.join(section.result.method_statement() for section in self.sections)

    def to_html(self, path: str | Path, *, authority: str | None = None, reason: str = "") -> Released:
        """Write the product as one page that opens on any computer without a network.

        Raises
        ------
        HandlingError
            When the handling code needs an authority and none is named.
        WriteError
            When it cannot be written.
        """
        from ilp_lab.products.html import render

        return self._release(path, ".html", render(self).encode(errors="replace"), authority, reason)

    def to_docx(self, path: str | Path, *, authority: str | None = None, reason: str = "") -> Released:
        """Write the product as a Word document that can be edited; see :meth:`to_html` for errors."""
        from ilp_lab.products.word import render

        return self._release(path, ".docx", render(self), authority, reason)

    def _release(
        self, path: str | Path, ending: str, content: bytes, authority: str | None, reason: str
    ) -> Released:
        target = Path(path)
        if target.suffix.lower() != ending:
            raise InputError(f"ProblemProfile: the file name must end in {ending}; got {target.name!r}.")
        inputs: Sequence[Result] = [section.result for section in self.sections]
        return release_bytes(
            self.case,
            target,
            content,
            what="problem profile",
            inputs=inputs,
            authority=authority,
            reason=reason,
        )

    def _repr_html_(self) -> str:
        from ilp_lab.products.html import render
        from ilp_lab.views import Page

        return Page(title=self.heading, html=render(self), handling=self.handling)._repr_html_()


def _need_case(case: object) -> None:
    if not isinstance(case, Case):
        raise NoCaseError(
            "A product needs an open case, so that its purpose and legal basis stand on it: "
            "ilp.open_case(folder, purpose=..., legal_basis=..., analyst=...)."
        )
