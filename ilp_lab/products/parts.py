"""The parts of a product: findings, judgements, statements with their evidence, tables and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ilp_lab._spoken import spoken
from ilp_lab._tongue import again, looked_up
from ilp_lab.reasoning import Judgement
from ilp_lab.result import Result, Source

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Section:
    """A finding: a result, and what the analyst says it means.

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
    _drawn: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def said(self) -> Result:
        """The result with its sentences in the language that is spoken now, whatever it was computed in."""
        told = {looked_up(why): count for why, count in self.result.left_out.items()}
        return replace(self.result, left_out=told)

    @property
    def picture(self) -> bytes:
        """The section's figure as PNG, drawn once for each language."""
        from ilp_lab.products.extract import figure_png

        if spoken() not in self._drawn:
            self._drawn[spoken()] = figure_png(replace(self, result=self.said))
        return self._drawn[spoken()]

    @property
    def handling(self) -> str:
        """The handling code."""
        return self.result.handling

    @property
    def evidence(self) -> tuple[str, ...]:
        """What it rests on, as it is cited."""
        return (self.result.citation(),)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The tables that went into it."""
        return self.result.sources


@dataclass(frozen=True)
class Judged:
    """A judgement, marked as one wherever it is shown."""

    judgement: Judgement
    heading: str = ""

    @property
    def says(self) -> str:
        """The judgement in a sentence."""
        return self.judgement.sentence()

    @property
    def handling(self) -> str:
        """The handling code."""
        return self.judgement.handling

    @property
    def evidence(self) -> tuple[str, ...]:
        """What it rests on, as it is cited."""
        return tuple(again(item) for item in self.judgement.basis)

    @property
    def sources(self) -> tuple[Source, ...]:
        """A judgement brings no table of its own."""
        return ()


@dataclass(frozen=True)
class Statement:
    """A statement of fact, with the reports or results that say so."""

    says: str
    evidence: tuple[str, ...]
    handling: str = "H0"
    heading: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """A table or a picture that the analyst brings.

    Attributes
    ----------
    says
        What it shows.
    heading
        Its heading.
    source
        Where it comes from.
    handling
        Its handling code.
    table
        The rows, when it is a table.
    picture
        PNG, when it is a picture.
    alternative
        What the picture shows, for those who cannot see it.
    """

    says: str
    heading: str
    source: str
    handling: str
    table: pd.DataFrame | None = None
    picture: bytes | None = None
    alternative: str = ""

    @property
    def evidence(self) -> tuple[str, ...]:
        """What it rests on, as it is cited."""
        return (self.source,)

    @property
    def sources(self) -> tuple[Source, ...]:
        """An exhibit's table is not one that the library knows."""
        return ()


Part = Section | Judged | Statement | Exhibit
