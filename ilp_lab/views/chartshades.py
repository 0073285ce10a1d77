"""Colours of a link chart whose entities fall into numbered groups: a group's number is its name, no amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr, trn
from ilp_lab.views.classes import CATEGORIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUMBERED = frozenset({"group"})
FAINT = "#b4bcc4"
_COLOURS = CATEGORIES[:7]


@dataclass(frozen=True)
class Shades:
    """Which colour each entity has.

    Attributes
    ----------
    of
        Number of each entity's shade.
    colours, marks
        Of each shade: its colour, and the number written into its signs (the second cue for those who see colours alike).
    labels, counts
        Of each shade: what it is called, and how many entities have it.
    """

    of: NDArray[np.int64]
    colours: tuple[str, ...]
    marks: tuple[str, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.colours)

    def legend(self) -> list[tuple[str, str, str, int]]:
        """Colour, mark, words and number of entities of what a legend tells: coloured groups, the other groups, entities alone."""
        rows = list(zip(self.colours, self.marks, self.labels, self.counts, strict=True))
        told = [row for row in rows if row[0] != FAINT]
        others = [row for row in rows if row[0] == FAINT and row[1]]
        if others:
            words = trn("{n:,} smaller group", "{n:,} smaller groups", len(others)).format(n=len(others))
            first, last = others[0][1], others[-1][1]
            told.append(
                (FAINT, first if first == last else f"{first}…{last}", words, sum(row[3] for row in others))
            )
        return told + [row for row in rows if not row[1]]


NONE = Shades(np.empty(0, dtype=np.int64), (), (), (), ())


def shades_of(numbers: NDArray[np.float64] | None) -> Shades:
    """Colours by the number of the group: the first seven of two or more in colour, the others grey with their number.

    Examples
    --------
    >>> import numpy as np
    >>> found = shades_of(np.array([1.0, 1.0, 2.0, 2.0, 3.0]))
    >>> found.of.tolist(), found.marks, found.counts
    ([0, 0, 1, 1, 2], ('1', '2', ''), (2, 2, 1))
    """
    if numbers is None or not np.isfinite(numbers).any():
        return NONE
    names, count = np.unique(numbers[np.isfinite(numbers)], return_counts=True)
    real = names[count > 1]
    of = np.full(len(numbers), len(real), dtype=np.int64)
    for place, name in enumerate(real.tolist()):
        of[numbers == name] = place
    marks = [f"{name:g}" for name in real.tolist()]
    colours = [_COLOURS[place] if place < len(_COLOURS) else FAINT for place in range(len(real))]
    labels = [tr("group {number}").format(number=mark) for mark in marks]
    if (of == len(real)).any():
        marks, colours, labels = [*marks, ""], [*colours, FAINT], [*labels, tr("in no group")]
    counts = np.bincount(of, minlength=len(marks))
    return Shades(of, tuple(colours), tuple(marks), tuple(labels), tuple(int(n) for n in counts))


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour.

    Examples
    --------
    >>> ink_on("#0072b2"), ink_on("#e69f00")
    ('#ffffff', '#000000')
    """
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#ffffff"
