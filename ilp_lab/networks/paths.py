"""Betweenness, closeness and distances over rows of neighbours, shared among threads, with progress."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._compiled import shared, threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.networks.ties import Rows

    Numbers = NDArray[np.float64]

EXACT_WORK = 5e9  # (entities x ties): half a minute or less; above, betweenness is estimated
LONG_COSTS = 10  # a tie with a length costs so many times one without
PIVOTS = 1_000
NEAR = 1e-11  # two ways whose lengths differ by less of themselves are equally long; rounding must not break ties
QUICK_WORK, QUICK_PIVOTS = 3e7, 256
SLICE = 2e8  # between two looks at the keyboard


@dataclass(frozen=True, slots=True)
class Between:
    """Betweenness from 0 to 1, and how it was come by.

    Attributes
    ----------
    value, spread
        One value per entity, and its standard error (0 when exact).
    error
        With a probability of 95 % no value is farther from the truth; 0 when exact.
    folded
        How many ends of the chart were settled without walking.
    """

    value: Numbers
    spread: Numbers
    error: float
    folded: int

    @property
    def exact(self) -> bool:
        """Whether every start was walked from."""
        return self.error == 0.0


def betweenness(
    ahead: Rows,
    back: Rows,
    *,
    weighted: bool,
    directed: bool,
    rng: np.random.Generator | None = None,
    label: str = "",
) -> Between:
    """Share of the shortest paths between all ordered pairs of others (Freeman), after Brandes.

    Parameters
    ----------
    ahead, back
        Rows of neighbours both ways; the same without direction.
    weighted
        Whether the rows hold lengths; otherwise every tie is one step.
    directed
        Whether the two differ. Without direction, ends of the chart are folded first.
    rng
        Draws the starts where the chart is too large for all of them; without it all are walked from.
    label
        Written beside the progress bar; none when empty.
    """
    count = len(ahead.ptr) - 1
    pairs = max((count - 1) * (count - 2), 1)
    weight, total = np.ones(count), np.zeros(count)
    folded = 0
    rows, other = ahead, back
    home = np.arange(count)
    if not directed:
        rows, home, weight, total, folded = _folded(ahead)
        other = rows
    starts = np.flatnonzero(home == np.arange(count))
    starts = starts[np.diff(rows.ptr)[starts] > 0]
    if rng is None or not too_large(len(starts), len(rows.to), weighted=weighted):
        found, _ = _walks(rows, other, weight, weight, starts, weighted=weighted, label=label)
        return Between((total + found) / pairs, np.zeros(count), 0.0, folded)
    drawn = home[rng.choice(count, size=PIVOTS, replace=False)]
    found, squares = _walks(rows, other, weight, np.ones(count), drawn, weighted=weighted, label=label)
    scale = count / PIVOTS
    spread = np.sqrt(np.maximum(squares / PIVOTS - (found / PIVOTS) ** 2, 0.0) / PIVOTS) * count / pairs
    error = math.sqrt(math.log(2 * count / 0.05) / (2 * PIVOTS))
    return Between((total + scale * found) / pairs, spread, error, folded)


def quick_betweenness(ahead: Rows, back: Rows, *, weighted: bool, directed: bool) -> Numbers:
    """Betweenness for choosing starts and orders: exact on small charts, elsewhere from a fixed sample of starts."""
    count = len(ahead.ptr) - 1
    if float(count) * (len(ahead.to) + count) * (LONG_COSTS if weighted else 1) <= QUICK_WORK:
        return betweenness(ahead, back, weighted=weighted, directed=directed).value
    drawn = np.random.default_rng(0).choice(count, size=min(QUICK_PIVOTS, count), replace=False)
    found, _ = _walks(ahead, back, np.ones(count), np.ones(count), drawn, weighted=weighted, label="")
    return found


def too_large(starts: int, ties: int, *, weighted: bool) -> bool:
    """Whether walking from every start takes too long."""
    return starts > PIVOTS and float(starts) * (ties + starts) * (LONG_COSTS if weighted else 1) > EXACT_WORK


def _folded(ahead: Rows) -> tuple[Rows, Any, Numbers, Numbers, int]:
    """Settle the ends of the chart, and return the rows that are left."""
    from ilp_lab.networks.loops.structure import parts
    from ilp_lab.networks.loops.ways import fold
    from ilp_lab.networks.ties import Rows

    count = len(ahead.ptr) - 1
    degree = np.diff(ahead.ptr)
    begins = np.repeat(np.arange(count), degree)
    part = parts(begins, ahead.to.astype(np.int64), count)
    size = np.bincount(part, minlength=count)[part]
    home, weight, total = np.empty(count, np.int64), np.empty(count), np.zeros(count)
    folded = fold(ahead.ptr, ahead.to, size, home, degree.copy(), weight, total)
    if not folded:
        return ahead, home, weight, total, 0
    left = home == np.arange(count)
    kept = left[begins] & left[ahead.to]
    ptr = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(begins[kept], minlength=count), out=ptr[1:])
    return Rows(ptr, ahead.to[kept], ahead.value[kept]), home, weight, total, int(folded)


def _walks(
    rows: Rows, back: Rows, weight: Numbers, share: Numbers, starts: Any, *, weighted: bool, label: str
) -> tuple[Numbers, Numbers]:
    """Sum of dependencies and of their squares over the starts."""
    from ilp_lab.networks.loops.ways import dependencies, long_dependencies

    count = len(rows.ptr) - 1
    found, squares = np.zeros(count), np.zeros(count)

    def work(first: int, last: int) -> tuple[Numbers, Numbers]:
        own, own_squares = np.zeros(count), np.zeros(count)
        if weighted:
            long_dependencies(*rows, *back, weight, share, starts, first, last, NEAR, own, own_squares)
        else:
            dependencies(*rows[:2], *back[:2], weight, share, starts, first, last, own, own_squares)
        return own, own_squares

    cost = (len(rows.to) + count) * (LONG_COSTS if weighted else 1)
    for one, two in in_slices(work, len(starts), cost, label):
        found += one
        squares += two
    return found, squares


def closeness(rows: Rows, back: Rows, *, weighted: bool, label: str = "") -> tuple[Numbers, Numbers, float]:
    """Closeness (Wasserman and Faust) and harmonic closeness, from the distances *to* each entity.

    Parameters
    ----------
    rows, back
        Rows of neighbours both ways; the same without direction.
    weighted
        Whether the rows hold lengths; otherwise every tie is one step.
    label
        Written beside the progress bar; none when empty.

    Returns
    -------
    closeness, harmonic, longest
        One value per entity: (r-1)/(n-1) * (r-1)/sum of distances over the r that reach it, and the mean of 1/distance
        over all others (0 where there is no way); and the longest of all shortest distances.
    """
    from ilp_lab.networks.loops.ways import long_distances, step_distances

    count = len(rows.ptr) - 1
    if count < 2:
        return np.zeros(count), np.zeros(count), 0.0
    starts = np.arange(count)
    far, inverse, reached, longest = np.zeros(count), np.zeros(count), np.zeros(count), 0.0

    def work(first: int, last: int) -> tuple[Numbers, Numbers, Numbers, float]:
        steps = np.zeros(count) if weighted else np.zeros(count, np.int64)
        own, many = np.zeros(count), np.zeros(count, np.int64)
        if weighted:
            most = long_distances(*back, first, last, steps, own, many)
        else:
            most = step_distances(*rows[:2], starts, first, last, steps, own, many)
        return steps.astype(np.float64), own, many.astype(np.float64), float(most)

    batches = count if weighted else (count + 63) // 64
    cost = (len(rows.to) + count) * (LONG_COSTS if weighted else 4)
    for steps, own, many, most in in_slices(work, batches, cost, label):
        far += steps
        inverse += own
        reached += many
        longest = max(longest, most)
    near = np.divide(reached * reached, far * (count - 1), out=np.zeros(count), where=far > 0)
    return near, inverse / (count - 1), longest


def in_slices(work: Any, items: int, cost: float, label: str) -> Iterator[Any]:
    """Share ``work`` among threads, slice by slice, so that it shows progress and can be stopped."""
    from tqdm.auto import tqdm

    step = max(1, int(SLICE * threads() / max(cost, 1.0)))
    starts: Any = range(0, items, step)
    if label:
        starts = tqdm(starts, desc=label, delay=1, leave=False)
    for start in starts:
        size = min(step, items - start)
        yield from shared(
            lambda first, last, start=start: work(start + first, start + last),  # type: ignore[misc]
            size,
            at_least=max(1, int(2e6 / max(cost, 1.0))),
        )
