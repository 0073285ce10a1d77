"""What a document is made of, whatever it is written as: headings, paragraphs, lists, facts, pictures, tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Manner = Literal["plain", "strong", "fine", "known", "judged", "question"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph, and the manner it is written in."""

    text: str
    manner: Manner = "plain"


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of short texts; ``summary`` sets it apart at the head of the document."""

    items: tuple[str, ...]
    summary: bool = False
    numbered: bool = False
    fine: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, with the same in words; a small one leaves room on the page for what is to be decided."""

    png: bytes
    alternative: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of texts."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Room for a person to decide."""

    heading: str
    note: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Here a new page begins."""


Block = Heading | Words | Listing | Facts | Picture | Grid | Decision | Turn


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes
    ----------
    title, subtitle
        At its head.
    author
        Who wrote it; empty on what is public.
    handling, handling_meaning
        Its marking.
    language
        Of its words.
    fingerprint
        What it is known by.
    blocks
        Its content in order.
    """

    title: str
    subtitle: str
    author: str
    handling: str
    handling_meaning: str
    language: str
    fingerprint: str
    blocks: tuple[Block, ...]


def column_widths(grid: Grid, whole: float) -> list[float]:
    """How a width is shared among the columns of a table: by what they hold, and wide enough for the longest word.

    >>> [round(width, 1) for width in column_widths(Grid("", ("n", "Where"), (("3", "North quay"),)), 18.0)]
    [5.8, 12.2]
    """
    parts = []
    for at, column in enumerate(grid.columns):
        cells = [column, *(row[at] for row in grid.rows)]
        word = max((len(piece) for cell in cells for piece in cell.split()), default=1)
        mean = sum(map(len, cells)) / len(cells)
        parts.append(max(min(word, 22) + 3, min(mean, 34) + 3, 5))
    return [whole * part / sum(parts) for part in parts]
