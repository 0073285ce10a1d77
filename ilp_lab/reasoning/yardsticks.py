"""Probability yardsticks: which words may stand for which probabilities, as data packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._packs import Shelf, rows, text, texts
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "phia"


@dataclass(frozen=True, slots=True)
class Term:
    """One expression and the probabilities it stands for.

    Attributes
    ----------
    term, also
        The expression, and others that mean the same.
    low, high
        The range, as shares of 1. Certainty and impossibility are in no range: 0 and 1 themselves are left out.
    """

    term: str
    also: tuple[str, ...]
    low: float
    high: float

    @property
    def words(self) -> str:
        """The range for people, such as ``"55 to 75 %"``."""
        low, high = round(self.low * 100), round(self.high * 100)
        if low == 0:
            return tr("at most {high} %").format(high=high)
        return (tr("at least {low} %") if high == 100 else tr("{low} to {high} %")).format(low=low, high=high)

    @property
    def middle(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a probability stands on a yardstick.

    Attributes
    ----------
    term
        The term it stands in, or the nearest.
    probability
        What was placed.
    in_gap
        Whether it lies between two ranges, so that the term is only the nearest.
    """

    term: Term
    probability: float
    in_gap: bool

    def __str__(self) -> str:
        share = f"{100 * self.probability:.3g} %"
        if not self.in_gap:
            return tr("{share} is {term!r} ({words}).").format(
                share=share, term=self.term.term, words=self.term.words
            )
        return tr("{share} lies between two ranges; the nearest term is {term!r} ({words}).").format(
            share=share, term=self.term.term, words=self.term.words
        )


@dataclass(frozen=True, slots=True)
class Yardstick:
    """An ordered set of terms for probabilities, from the least to the most probable.

    Examples
    --------
    >>> phia = yardstick()
    >>> phia["likely"].words
    '55 to 75 %'
    >>> print(phia.place(0.375))
    37.5 % lies between two ranges; the nearest term is 'realistic possibility' (40 to 50 %).
    >>> phia.place(0.42).term.term
    'realistic possibility'
    """

    name: str
    title: str
    version: str
    language: str
    source: str
    terms: tuple[Term, ...]

    def __getitem__(self, term: str) -> Term:
        wanted = " ".join(term.lower().split())
        for known in self.terms:
            if wanted in (known.term, *known.also):
                return known
        names = [name for known in self.terms for name in (known.term, *known.also)]
        close = get_close_matches(wanted, names, n=1)
        hint = tr(" Did you mean {close!r}?").format(close=close[0]) if close else ""
        raise InputError(
            f"{term!r} is not a term of {self.name}; it has {', '.join(known.term for known in self.terms)}.{hint}"
        )

    def place(self, probability: float) -> Placement:
        """Find the term for a probability; in a gap, the nearest one (of two, the less certain), and it says so.

        Raises
        ------
        InputError
            When the probability is not above 0 and below 1: a judgement is never certain.
        """
        if isinstance(probability, bool) or not 0 < probability < 1:
            raise InputError(
                f"A probability must be above 0 and below 1, because a judgement is never certain; got {probability!r}."
            )
        inside = [
            known
            for known in self.terms
            if known.low - 1e-12 <= probability <= known.high + 1e-12
            and not self._open_end(known, probability)
        ]
        if inside:
            return Placement(inside[-1], float(probability), in_gap=False)
        nearest = min(
            self.terms,
            key=lambda known: (
                round(max(known.low - probability, probability - known.high), 9),
                abs(known.middle - 0.5),
            ),
        )
        return Placement(nearest, float(probability), in_gap=True)

    def _open_end(self, term: Term, probability: float) -> bool:
        """Whether ``probability`` is one half, which a range that ends there does not hold: it is short of even."""
        return term.high == 0.5 and probability >= 0.5

    def table(self) -> pd.DataFrame:
        """The terms with their ranges (columns ``term``, ``also``, ``low``, ``high``)."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"term": known.term, "also": ", ".join(known.also), "low": known.low, "high": known.high}
                for known in self.terms
            ]
        )

    def __str__(self) -> str:
        return tr("{title}, version {version}. {source}").format(
            title=self.title, version=self.version, source=self.source
        )


def yardstick(name: str | Path = DEFAULT) -> Yardstick:
    """Read a probability yardstick.

    Parameters
    ----------
    name
        ``"phia"`` (default), ``"icd-203"``, ``"kent"``, one of your own among the packs, or the path of a YAML file
        with ``name``, ``title``, ``version``, ``language``, ``source`` and ``terms`` (``term``, ``low``, ``high``, ``also``).

    Raises
    ------
    InputError
        When none of that name is known.
    ReadError
        When the file is not of that form.

    Examples
    --------
    >>> yardstick()["probable"].term
    'likely'
    >>> yardstick("phi")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.InputError: 'phi' is not a known probability yardstick; known are icd-203, kent, phia. Did you mean 'phia'?...
    """
    return _SHELF.read(name)


def _yardstick(content: Mapping[str, Any]) -> Yardstick:
    terms = tuple(
        Term(
            text(row["term"], "term").lower(),
            tuple(text(word, "also").lower() for word in row.get("also") or ()),
            float(row["low"]),
            float(row["high"]),
        )
        for row in rows(content["terms"], "terms")
    )
    names = [name for term in terms for name in (term.term, *term.also)]
    if len(terms) < 2 or len(set(names)) != len(names):
        raise ValueError("it must have at least two terms, none twice")
    if any(not 0 <= term.low < term.high <= 1 for term in terms):
        raise ValueError("every term needs 0 <= low < high <= 1")
    if any(above.low < below.high - 1e-12 for below, above in pairwise(terms)):
        raise ValueError("the terms must stand in order and not overlap")
    return Yardstick(**texts(content, "name", "title", "version", "language", "source"), terms=terms)


_SHELF = Shelf(
    "yardsticks",
    Path(__file__).parent / "packs" / "yardsticks",
    "probability yardstick",
    tr_later("name, title, version, language, source and terms, each with term, low and high"),
    _yardstick,
)
