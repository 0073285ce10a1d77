"""How little the weights have to change until the second stands first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.threats.matrices import ThreatMatrix


@dataclass(frozen=True)
class Swap:
    """A change of weights that swaps the first two.

    Attributes
    ----------
    table
        ``indicator``, ``weight``, ``new_weight``, ``change``; only those that change.
    share
        Sum of absolute changes over the sum of all weights; NaN where no weights swap them.
    breaks_order
        Whether the new weights leave the order of the old ones.
    words
        The finding.
    """

    table: pd.DataFrame
    share: float
    breaks_order: bool
    words: str


def in_order(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions from the highest score to the lowest; equal but for rounding: as they stand."""
    top = np.abs(scores).max(initial=0.0) or 1.0
    return np.asarray(np.argsort(-np.round(scores / top, 12), kind="stable"))


def smallest_swap(matrix: ThreatMatrix) -> Swap:
    """The smallest change of weights (L1, the sum kept) at which the second of the plain scores reaches the first.

    In rubrics that multiply sections one section is changed at a time, and the smallest change of all is taken.
    """
    nominal, weights = matrix.nominal(), matrix.rubric.weights
    scores = matrix.rubric.score(nominal[None], weights[None])[0]
    first, second = in_order(scores)[:2]
    best: NDArray[np.float64] | None = None
    for part in matrix.rubric.parts:
        if part.role == "beside":
            continue
        at = matrix.rubric.columns(part.id)
        gains = _gains(matrix, nominal, weights, at, (int(first), int(second)))
        change = least_change(weights[at], *gains)
        if change is not None and (best is None or np.abs(change).sum() < np.abs(best).sum()):
            best = np.zeros(len(weights))
            best[at] = change
    names = matrix.items[first], matrix.items[second]
    return _swap(matrix, best, names)


def _gains(
    matrix: ThreatMatrix,
    nominal: NDArray[np.float64],
    weights: NDArray[np.float64],
    at: NDArray[np.int64],
    pair: tuple[int, int],
) -> tuple[NDArray[np.float64], float]:
    """The lead of the first over the second is linear in the weights of one section: slope and offset.

    The sum of the section's weights is kept, so a factor's mean is linear in them too.
    """
    total = weights[at].sum()

    def lead(section: NDArray[np.float64]) -> float:
        trial = weights.copy()
        trial[at] = section
        scores = matrix.rubric.score(nominal[None], trial[None])[0]
        return float(scores[pair[0]] - scores[pair[1]])

    corners = np.array([lead(corner) for corner in np.eye(len(at)) * total])
    return corners / total, 0.0


def least_change(
    weights: NDArray[np.float64], slope: NDArray[np.float64], offset: float
) -> NDArray[np.float64] | None:
    """Smallest L1 change d with weights + d ≥ 0, sum kept and slope·(weights + d) + offset ≤ 0; None when there is none.

    Examples
    --------
    >>> least_change(np.array([2.0, 1.0]), np.array([1.0, -1.0]), 0.0).tolist()
    [-0.5, 0.5]
    """
    from scipy.optimize import linprog

    n = len(weights)
    if slope @ weights + offset <= 1e-12:
        return np.zeros(n)
    found = linprog(
        np.ones(2 * n),
        A_ub=np.concatenate([slope, -slope])[None],
        b_ub=[-(slope @ weights + offset)],
        A_eq=np.concatenate([np.ones(n), -np.ones(n)])[None],
        b_eq=[0.0],
        bounds=[(0, None)] * n + [(0, float(weight)) for weight in weights],
        method="highs",
    )
    return np.asarray(found.x[:n] - found.x[n:]) if found.status == 0 else None


def _swap(matrix: ThreatMatrix, change: NDArray[np.float64] | None, names: tuple[str, str]) -> Swap:
    import pandas as pd

    one, other = names
    own = matrix.rubric.weights
    columns = ["indicator", "weight", "new_weight", "change"]
    if change is None:
        words = tr(
            "No change of weights puts {other} above {one}: {one} is at least as high in what counts."
        ).format(other=other, one=one)
        return Swap(pd.DataFrame(columns=columns), float("nan"), breaks_order=False, words=words)
    new = own + change
    rows = [
        (indicator.name, old, fresh, fresh - old)
        for indicator, old, fresh in zip(matrix.rubric.indicators, own, new, strict=True)
        if abs(fresh - old) > 1e-9
    ]
    table = pd.DataFrame(rows, columns=columns)
    share = float(np.abs(change).sum() / own.sum())
    breaks = any(
        bool(((np.sign(np.subtract.outer(new[at], new[at])) * np.sign(np.subtract.outer(own[at], own[at]))) < 0).any())
        for at in (matrix.rubric.columns(part.id) for part in matrix.rubric.parts)
    )  # fmt: skip
    if not len(table):
        words = tr("{one} and {other} score the same.").format(one=one, other=other)
    else:
        steps = "; ".join(
            tr("{name} from {old:.3g} to {fresh:.3g}").format(name=name, old=old, fresh=fresh)
            for name, old, fresh, _ in rows[:3]
        )
        words = tr(
            "The first two swap when the weights change by {share:.1%} of their sum ({steps}{what}), {what_2} the agreed order."
        ).format(
            share=share,
            steps=steps,
            what="; …" if len(rows) > 3 else "",
            what_2=tr("which leaves") if breaks else tr("which keeps"),
        )
    return Swap(table, share, breaks, words)
