"""Draws of what is not known about a matrix: weights that keep an agreed order, and levels of unknown cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.threats.matrices import ThreatMatrix
from ilp_lab.threats.rubrics import Rubric

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = ("order", "rubric", "any")
_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Draws:
    """What came out of the draws.

    Attributes
    ----------
    scores
        Draws × items.
    shares
        The same as a share of the highest score that the drawn weights allow.
    codes
        Draws × cells: number of the level of each cell in ``cells``.
    cells
        Positions (item, indicator) of the cells that are not sure.
    """

    scores: NDArray[np.float64]
    shares: NDArray[np.float64]
    codes: NDArray[np.int8]
    cells: NDArray[np.int64]

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Draws × items: 1 for the highest; equal scores share the ranks they cover in turn, by the toss of the draw."""
        order = np.argsort(-self.scores, axis=1, kind="stable")
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(1, self.scores.shape[1] + 1)[None], axis=1)
        return np.asarray(ranks, dtype=np.int64)


def draw_weights(rubric: Rubric, how: str, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Weights: draws × indicators; every section keeps the sum of its weights.

    ``"order"``: uniform over all weights that keep the order of the rubric's; those equal there may fall either way.
    ``"any"``: uniform over all weights. ``"rubric"``: the rubric's own.

    Examples
    --------
    >>> from ilp_lab.threats.rubrics import rubric
    >>> drawn = draw_weights(rubric("sleipnir-type"), "order", 3, np.random.default_rng(1))
    >>> bool((np.diff(drawn, axis=1) <= 0).all()), drawn.sum(axis=1).round(6).tolist()
    (True, [190.0, 190.0, 190.0])
    """
    own = rubric.weights
    drawn = np.repeat(own[None], draws, axis=0)
    if how == "rubric":
        return drawn
    for part in rubric.parts:
        at = rubric.columns(part.id)
        if not len(at):
            continue
        share = rng.dirichlet(np.ones(len(at)), size=draws)
        if how == "order":
            share = -np.sort(-share, axis=1)
            order = np.argsort(-own[at], kind="stable")
            ordered = own[at][order]
            for weight in np.unique(ordered):
                tied = np.flatnonzero(ordered == weight)
                if len(tied) > 1:
                    share[:, tied] = rng.permuted(share[:, tied], axis=1)
            placed = np.empty_like(share)
            placed[:, order] = share
            share = placed
        drawn[:, at] = share * own[at].sum()
    return drawn


def draw(
    matrix: ThreatMatrix,
    *,
    weights: str,
    draws: int,
    doubt: tuple[float, float, float],
    rng: np.random.Generator,
) -> Draws:
    """Draw weights and the levels of unsure cells, and score all items."""
    chances = matrix.chances(doubt)
    values = np.array(list(matrix.rubric.levels.values()))
    unsure = np.argwhere(chances.max(axis=2) < 1)
    fixed = values[chances.argmax(axis=2)]
    drawn = draw_weights(matrix.rubric, weights, draws, rng)
    edges = chances[unsure[:, 0], unsure[:, 1]].cumsum(axis=1)[:, :-1]
    codes = np.zeros((draws, len(unsure)), dtype=np.int8)
    uniform = rng.random((draws, len(unsure)))
    for step in range(edges.shape[1]):
        codes += uniform >= edges[None, :, step]
    scores = np.empty((draws, len(matrix.items)))
    highest = np.empty(draws)
    top = np.full((1, 1, fixed.shape[1]), values.max())
    jitter = rng.random(scores.shape)
    step = max(1, _AT_ONCE // fixed.size)
    for first in range(0, draws, step):
        part = slice(first, min(first + step, draws))
        cells = np.repeat(fixed[None], part.stop - part.start, axis=0)
        cells[:, unsure[:, 0], unsure[:, 1]] = values[codes[part]]
        scores[part] = matrix.rubric.score(cells, drawn[part])
        highest[part] = matrix.rubric.score(np.repeat(top, part.stop - part.start, axis=0), drawn[part])[:, 0]
    shares = scores / highest[:, None]
    # equal scores fall either way; the toss is far below what a score can differ by
    return Draws(scores + jitter * 1e-9 * np.maximum(highest[:, None], 1e-300), shares, codes, unsure)
