"""Conditional permutation: what the neighbours of a place would add up to if all other values were dealt anew.

Every place keeps its own value while the others are drawn at random, without replacement, for its neighbours (Anselin
1995). The draws are shared among the places, as in PySAL: draw p names the neighbours 0 … k of place i among the
other places.

With equal weights (binary, or the same in every row) the sums of all draws are kept in order while going through the
places: from one place to the next exactly those draws change that held the place just passed, so that every place costs
a search instead of a thousand sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._compiled import shared
from ilp_lab._memory import ask
from ilp_lab.places.loops.permuting import draw, sum_up, sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = tuple[NDArray[np.int64], NDArray[np.int64]]

_TIE = 1e-9


def conditional(
    values: NDArray[np.float64], matrix: Any, *, permutations: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Two-sided p of the weighted sum over each place's neighbours.

    Parameters
    ----------
    values
        One per place.
    matrix
        Sparse weights without self-neighbours.
    permutations
        How many draws.
    rng
        Draws the neighbours.

    Returns
    -------
    array
        Twice the smaller of the shares of draws at least as high and at least as low, the data counted as one of them,
        at most 1; 1 for places without neighbours.

    Notes
    -----
    Cost with equal weights: one search in ``permutations`` sorted sums per place; else one sum per place and draw.

    References
    ----------
    Anselin, L. (1995), Local indicators of spatial association, doi:10.1111/j.1538-4632.1995.tb00338.x. Phipson, B. and
    Smyth, G. K. (2010), Permutation p-values should never be zero, doi:10.2202/1544-6115.1585.
    """
    starts, columns = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)
    weights = np.ascontiguousarray(matrix.data, dtype=np.float64)
    values = np.ascontiguousarray(values, dtype=np.float64)
    count = np.diff(starts)
    most = int(count.max(initial=0))
    if len(values) < 3 or most == 0:
        return np.ones(len(values))
    most = min(most, len(values) - 1)
    ask(
        32.0 * permutations * most,
        caller="places: permutations",
        way_out="Take fewer permutations or a smaller within_m.",
    )
    draws = draw(permutations, most, len(values) - 1, np.uint64(rng.integers(0, 2**63)))
    tie = _TIE * max(float(np.abs(values).max()), 1e-300)
    if len(values) > permutations and (weights == 1.0).all():  # a draw moves past the others at each step
        above, below = _sweeping(values, columns, count, draws, tie)
    else:
        above, below = _summing(values, starts, columns, weights, draws, tie)
    smaller = np.minimum(above, below)
    p = np.minimum(2.0 * (smaller + 1) / (permutations + 1), 1.0)
    return np.where(count > 0, p, 1.0)


def _sweeping(
    values: NDArray[np.float64],
    columns: NDArray[np.int64],
    count: NDArray[np.int64],
    draws: NDArray[np.int64],
    tie: float,
) -> Counts:
    """Places with the same number of neighbours together, in their order."""
    n = len(values)
    around = np.zeros(n)
    np.add.at(around, np.repeat(np.arange(n), count), values[columns])
    above, below = np.zeros(n, np.int64), np.zeros(n, np.int64)
    order = np.argsort(count, kind="stable")
    ends = np.searchsorted(count[order], np.arange(int(count.max()) + 2))
    for size in range(1, len(ends) - 1):
        which = order[ends[size] : ends[size + 1]]
        if not len(which):
            continue
        taken = draws[:, :size].ravel()
        by_place = np.argsort(taken, kind="stable")
        place, of_draw = taken[by_place], by_place // size

        def part(
            first: int,
            last: int,
            which: Any = which,
            size: int = size,
            place: Any = place,
            of_draw: Any = of_draw,
        ) -> None:
            sweep(
                values,
                around,
                np.ascontiguousarray(draws[:, :size]),
                which[first:last],
                place,
                of_draw,
                tie,
                above,
                below,
            )

        list(shared(part, len(which), at_least=20_000))
    return above, below


def _summing(
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    weights: NDArray[np.float64],
    draws: NDArray[np.int64],
    tie: float,
) -> Counts:
    n = len(values)
    above, below = np.zeros(n, np.int64), np.zeros(n, np.int64)

    def part(first: int, last: int) -> None:
        sum_up(values, starts, columns, weights, draws, first, last, tie, above, below)

    list(shared(part, n, at_least=200))
    return above, below
