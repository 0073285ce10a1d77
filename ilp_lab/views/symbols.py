"""The signs of a link chart: which shape and colour a kind has, and when a link is drawn as weak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import looked_up, tr_later

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NEVER_RANKED = frozenset({"victim", "witness", "other party"})
CERTAIN_FROM = 0.75
WEAK = tr_later("dashed: certainty below 0.75; where none is stated, a lower information grade, or none")
FIRM = tr_later("solid: certainty of at least 0.75, or information grade 1 or 2 (A in 3x5x2)")
PLAIN = tr_later("solid: links carry neither grades nor a certainty")
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
    "person": Sign("dot", "o", "#0072b2", tr_later("disc")),
    "organisation": Sign("square", "s", "#d55e00", tr_later("square")),
    "object": Sign("triangle", "^", "#009e73", tr_later("triangle")),
    "location": Sign("diamond", "D", "#8a5a00", tr_later("diamond")),
    "event": Sign("star", "*", "#b03060", tr_later("star")),
    "account": Sign("hexagon", "h", "#7a5aa6", tr_later("hexagon")),
    "phone": Sign("triangleDown", "v", "#444f5a", tr_later("triangle pointing down")),
}
OTHER = Sign("dot", "o", "#8a949d", tr_later("grey disc"))


# Kinds that the library itself gives; those of an agency are written as they are.
KINDS = frozenset({
    tr_later("person"), tr_later("organisation"), tr_later("object"), tr_later("location"), tr_later("event"), tr_later("account"),
    tr_later("phone"), tr_later("unknown"), tr_later("entity"), tr_later("linked"), tr_later("not stated"), tr_later("called"),
    tr_later("paid"), tr_later("same event"),
})  # fmt: skip


def kind_in_words(kind: object) -> str:
    """A kind of entity or link as people say it.

    Examples
    --------
    >>> kind_in_words("person"), kind_in_words("getaway car")
    ('person', 'getaway car')
    """
    return looked_up(str(kind)) if str(kind) in KINDS else str(kind)


def sign_of(kind: object) -> Sign:
    """The sign of a kind of entity; kinds the library does not know share one."""
    return SIGNS.get(str(kind).strip().lower(), OTHER)


def is_weak(links: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether a link is drawn dashed: by its certainty, or by its information grade where no certainty is stated.

    Grades are those of 4x4 unless a column ``scheme`` names another; firm are those that its pack weighs at least 0.75.

    Examples
    --------
    >>> import pandas as pd
    >>> is_weak(pd.DataFrame({"information_grade": ["1", "2", "3", "X", None]})).tolist()
    [False, False, True, True, True]
    >>> is_weak(pd.DataFrame({"information_grade": ["1", "4"], "certainty": [0.5, 0.9]})).tolist()
    [True, False]
    """
    import pandas as pd

    from ilp_lab.evaluation.grading import scheme, schemes

    weak = np.ones(len(links), dtype=bool)
    if "information_grade" in links.columns:
        text = links["information_grade"].astype("string").str.strip().str.removesuffix(".0").str.upper()
        firm = text.isin(_STRONG)
        if "scheme" in links.columns:
            named = links["scheme"].astype("string").str.strip()
            for name in sorted(set(named.dropna()) & set(schemes()["scheme"])):
                grades = scheme(name).information_grades
                strong = [code for code, grade in grades.items() if grade.weight >= CERTAIN_FROM]
                firm = firm.mask(named.eq(name).fillna(value=False).astype(bool), text.isin(strong))
        weak = np.asarray(~firm.to_numpy(dtype=bool, na_value=False), dtype=bool)
    if "certainty" in links.columns:
        certainty = pd.to_numeric(links["certainty"], errors="coerce").to_numpy(
            dtype=np.float64, na_value=np.nan
        )
        weak = np.where(np.isnan(certainty), weak, certainty < CERTAIN_FROM)
    return weak


def may_be_ranked(entities: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether an entity may be drawn larger for its rank: never a victim, witness or other party."""
    if "category" not in entities.columns:
        return np.ones(len(entities), dtype=bool)
    category = entities["category"].astype("string").str.lower()
    barred = category.str.contains("|".join(sorted(NEVER_RANKED)), regex=True)
    return np.asarray(~barred.to_numpy(dtype=bool, na_value=False), dtype=bool)


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
