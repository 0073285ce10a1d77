"""The signs of a link chart: which shape and colour a kind has, and when a link is drawn as weak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NEVER_RANKED = frozenset({"victim", "witness", "other party"})
WEAK = "dashed: information grade 3 or worse, or not known"
FIRM = "solid: information grade 1 or 2"
PLAIN = "solid: links carry no information grades"
LINK_COLOURS = ("#5b6b79", "#0072b2", "#b8860b", "#009e73", "#b05590", "#d55e00", "#3f9bd1")
_STRONG = {"1", "2"}


@dataclass(frozen=True, slots=True)
class Sign:
    """How one kind of entity is drawn: shape on screen, marker in print, colour, shape in words."""

    shape: str
    marker: str
    colour: str
    words: str


SIGNS = {
    "person": Sign("dot", "o", "#0072b2", "disc"),
    "organisation": Sign("square", "s", "#d55e00", "square"),
    "object": Sign("triangle", "^", "#009e73", "triangle"),
    "location": Sign("diamond", "D", "#8a5a00", "diamond"),
    "event": Sign("star", "*", "#b03060", "star"),
    "account": Sign("hexagon", "h", "#7a5aa6", "hexagon"),
    "phone": Sign("triangleDown", "v", "#444f5a", "triangle pointing down"),
}
OTHER = Sign("dot", "o", "#8a949d", "grey disc")


def sign_of(kind: object) -> Sign:
    """The sign of a kind of entity; kinds the library does not know share one."""
    return SIGNS.get(str(kind).strip().lower(), OTHER)


def is_weak(grades: pd.Series) -> NDArray[np.bool_]:
    """Whether an information grade is 3 or worse, letters after 2 included, or missing.

    Examples
    --------
    >>> import pandas as pd
    >>> is_weak(pd.Series(["1", "2", "3", "X", None])).tolist()
    [False, False, True, True, True]
    """
    text = grades.astype("string").str.strip().str.removesuffix(".0")
    return np.asarray(~text.isin(_STRONG).to_numpy(dtype=bool, na_value=False), dtype=bool)


def may_be_ranked(entities: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether an entity may be drawn larger for its rank: never a victim, witness or other party."""
    if "category" not in entities.columns:
        return np.ones(len(entities), dtype=bool)
    category = entities["category"].astype("string").str.strip().str.lower()
    return np.asarray(~category.isin(sorted(NEVER_RANKED)).to_numpy(dtype=bool, na_value=False), dtype=bool)


def sizes(
    values: Sequence[Any] | NDArray[Any] | None, ranked: NDArray[np.bool_], base: float
) -> NDArray[np.float64]:
    """Radii: the area grows with the value; ``base`` for everything without one."""
    size = np.full(len(ranked), base)
    if values is None:
        return size
    number = np.asarray(values, dtype=np.float64)
    use = ranked & np.isfinite(number) & (number > 0)
    if use.any():
        size[use] = base * np.sqrt(1.0 + 7.0 * number[use] / number[use].max())
    return size
