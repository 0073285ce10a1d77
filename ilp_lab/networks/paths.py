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
    core = whole(ahead, back) if directed else folded(ahead, alike=not weighted)
    starts = np.flatnonzero(np.diff(core.rows.ptr) > 0)
    if rng is None or not too_large(len(starts), len(core.rows.to), weighted=weighted):
        found, _ = _walks(core, core.weight, starts, weighted=weighted, label=label)
        walked = np.where(core.left, found[core.place], 0.0)
        return Between((core.settled + walked) / pairs, np.zeros(count), 0.0, count - len(core.weight))
    drawn = core.place[rng.choice(count, size=PIVOTS, replace=False)]
    found, squares = _walks(core, np.ones(len(core.weight)), drawn, weighted=weighted, label=label)
    spread = np.sqrt(np.maximum(squares / PIVOTS - (found / PIVOTS) ** 2, 0.0) / PIVOTS) * count / pairs
    error = math.sqrt(math.log(2 * count / 0.05) / (2 * PIVOTS))
    settled = core.settled + np.where(core.left, found[core.place], 0.0) * count / PIVOTS
    return Between(
        settled / pairs, np.where(core.left, spread[core.place], 0.0), error, count - len(core.weight)
    )


def quick_betweenness(ahead: Rows, back: Rows, *, weighted: bool, directed: bool) -> Numbers:
    """Betweenness for choosing starts and orders: exact on small charts, elsewhere from a fixed sample of starts."""
    count = len(ahead.ptr) - 1
    if float(count) * (len(ahead.to) + count) * (LONG_COSTS if weighted else 1) <= QUICK_WORK:
        return betweenness(ahead, back, weighted=weighted, directed=directed).value
    drawn = np.random.default_rng(0).choice(count, size=min(QUICK_PIVOTS, count), replace=False)
    found, _ = _walks(whole(ahead, back), np.ones(count), drawn, weighted=weighted, label="")
    return found


def too_large(starts: int, ties: int, *, weighted: bool) -> bool:
    """Whether walking from every start takes too long."""
    return starts > PIVOTS and float(starts) * (ties + starts) * (LONG_COSTS if weighted else 1) > EXACT_WORK


@dataclass(frozen=True, slots=True)
class Core:
    """What is left to walk through: rows of entities, each perhaps standing for several.

    Attributes
    ----------
    rows, back
        Neighbours both ways.
    weight
        How many ends of paths are in or behind each.
    copies
        How many entities with the same neighbours each stands for.
    place
        In which row each entity of the chart is, or into which it was folded.
    left
        Whether an entity is in a row itself.
    settled
        Ordered pairs through each entity of the chart that need no walking any more.
    """

    rows: Rows
    back: Rows
    weight: Numbers
    copies: Numbers
    place: Any
    left: Any
    settled: Numbers


def whole(ahead: Rows, back: Rows) -> Core:
    """The chart as it is."""
    count = len(ahead.ptr) - 1
    return Core(
        ahead, back, np.ones(count), np.ones(count), np.arange(count), np.ones(count, bool), np.zeros(count)
    )


def folded(ahead: Rows, *, alike: bool) -> Core:
    """Settle the ends of a chart without direction, and put those of the same neighbours together."""
    from ilp_lab.networks.loops.structure import parts
    from ilp_lab.networks.loops.ways import fold

    count = len(ahead.ptr) - 1
    degree = np.diff(ahead.ptr)
    begins = np.repeat(np.arange(count), degree)
    part = parts(begins, ahead.to.astype(np.int64), count)
    size = np.bincount(part, minlength=count)[part]
    home, weight, settled = np.empty(count, np.int64), np.empty(count), np.zeros(count)
    fold(ahead.ptr, ahead.to, size, home, degree.copy(), weight, settled)
    left = home == np.arange(count)
    rows = _kept(ahead, begins, left, np.arange(count))
    like = _twins(rows, left, settled, weight) if alike else np.arange(count)
    first = left & (like == np.arange(count))
    number = np.full(count, -1, np.int64)
    number[first] = _near_each_other(rows, first)
    place = number[like[home]]
    merged_weight = np.bincount(number[like[left]], weights=weight[left], minlength=int(first.sum()))
    copies = np.bincount(number[like[left]], minlength=int(first.sum())).astype(np.float64)
    begins = np.repeat(np.arange(count), np.diff(rows.ptr))
    small = _kept(rows, begins, first, number)
    return Core(small, small, merged_weight.astype(np.float64), copies, place, left, settled)


def _kept(rows: Rows, begins: Any, kept: Any, number: Any) -> Rows:
    """Rows of those kept, under other numbers."""
    from ilp_lab.networks.ties import rows_of

    inside = kept[begins] & kept[rows.to]
    source, target = number[begins[inside]], number[rows.to[inside]]
    size = int(number.max(initial=-1)) + 1
    return rows_of(source, target, rows.value[inside], size, both_ways=False)


def _near_each_other(rows: Rows, first: Any) -> Any:
    """Numbers under which neighbours lie close together in memory."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    chosen = np.flatnonzero(first)
    matrix = csr_array((rows.value, rows.to, rows.ptr), shape=(len(first), len(first)))[chosen][:, chosen]
    order = reverse_cuthill_mckee(matrix, symmetric_mode=True)
    number = np.empty(len(chosen), np.int64)
    number[order] = np.arange(len(chosen))
    return number


def _twins(rows: Rows, left: Any, settled: Numbers, weight: Numbers) -> Any:
    """Whom each entity is like: the first that has the same neighbours, tied to it or not; pairs among the untied are settled."""
    from ilp_lab.networks.loops.ways import confirm_twins

    count = len(left)
    like = np.arange(count)
    word = np.random.default_rng(0).integers(0, 2**63, count).astype(np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(word[rows.to], dtype=np.uint64)])
    open_sum = sums[rows.ptr[1:]] - sums[rows.ptr[:-1]]
    able = np.flatnonzero(left & (np.diff(rows.ptr) > 0))
    for closed in (True, False):
        tied = like.copy()
        mark = open_sum[able] + (word[able] if closed else np.uint64(0))
        _, first, kind = np.unique(mark, return_index=True, return_inverse=True)
        confirm_twins(rows.ptr, rows.to, able, able[first][kind], closed, like)
    untied = able[like[able] != tied[able]]
    ends, squares = (
        np.bincount(like[able], weights=weight[able] ** power, minlength=count) for power in (1, 2)
    )
    for head in np.unique(like[untied]):
        near = rows.to[rows.ptr[head] : rows.ptr[head + 1]]
        settled[near] += (ends[head] ** 2 - squares[head]) / len(near)
    return like


def _walks(core: Core, share: Numbers, starts: Any, *, weighted: bool, label: str) -> tuple[Numbers, Numbers]:
    """Sum of dependencies and of their squares over the starts."""
    from ilp_lab.networks.loops.ways import dependencies, long_dependencies

    count = len(core.weight)
    found, squares = np.zeros(count), np.zeros(count)

    def work(first: int, last: int) -> tuple[Numbers, Numbers]:
        own, own_squares = np.zeros(count), np.zeros(count)
        if weighted:
            long_dependencies(
                *core.rows, *core.back, core.weight, share, starts, first, last, NEAR, own, own_squares
            )
        else:
            dependencies(
                *core.rows[:2],
                *core.back[:2],
                core.weight,
                core.copies,
                share,
                starts,
                first,
                last,
                own,
                own_squares,
            )
        return own, own_squares

    cost = (len(core.rows.to) + count) * (LONG_COSTS if weighted else 1)
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
