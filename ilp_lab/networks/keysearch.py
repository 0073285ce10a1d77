"""The search for sets of entities: every set that can be best where that is feasible, otherwise swaps from many starts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._compiled import shared
from ilp_lab.networks.paths import closeness

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.networks.ties import Rows

    Whole = NDArray[np.int64]

ALL_SETS = 1e7  # so many sets are always tried, and more where the work allows it
EXACT_WORK = {"fragment": 3e9, "distance": 2e10, "reach": 5e9}
STARTS = 24
POOL = 120
SAMPLED = 512


@dataclass(frozen=True)
class Goal:
    """What a set should do to a chart, and how sets are compared: smaller ``cost`` is better.

    Attributes
    ----------
    kind
        ``fragment``, ``distance`` or ``reach``.
    rows
        Neighbours whatever the direction.
    candidates
        Who may be in a set.
    steps
        For ``reach``: within how many steps.
    """

    kind: str
    rows: Rows
    candidates: Whole
    steps: int = 2

    @property
    def count(self) -> int:
        """How many entities there are."""
        return len(self.rows.ptr) - 1

    @cached_property
    def order(self) -> Whole:
        """Candidates, those with most neighbours first."""
        degree = np.diff(self.rows.ptr)[self.candidates]
        return self.candidates[np.lexsort((self.candidates, -degree))]

    @cached_property
    def before(self) -> Whole:
        """For each candidate one that does as much and comes first, so that it need not be tried without it."""
        from ilp_lab.networks.loops.keysets import dominators

        return np.asarray(dominators(*self.rows[:2], self.order))

    @cached_property
    def sources(self) -> Whole:
        """Starts for distances: everybody, or a fixed sample of large charts."""
        if self.count <= 4 * SAMPLED:
            return np.arange(self.count)
        return np.sort(np.random.default_rng(0).choice(self.count, SAMPLED, replace=False))

    def balls(self, members: Whole) -> Any:
        """Who is within reach of each member, as bits."""
        from ilp_lab.networks.loops.keysets import fill_balls

        found = np.zeros((len(members), (self.count + 63) // 64), np.uint64)
        fill_balls(*self.rows[:2], members, self.steps, found)
        return found

    def share(self, members: Iterable[int]) -> float:
        """The measure of a set from 0 to 1: fragmentation, its distance-weighted form, or share reached."""
        chosen = np.array(sorted(members), np.int64)
        if self.kind == "reach":
            return self.reached(chosen) / self.count
        gone = np.zeros(self.count, bool)
        gone[chosen] = True
        left = self.count - len(chosen)
        pairs = left * (left - 1)
        return 1.0 - self.cost(gone) / pairs if pairs else 1.0

    def reached(self, members: Whole) -> int:
        """How many entities are in the set or within reach of it."""
        if not len(members):
            return 0
        return int(np.bitwise_count(np.bitwise_or.reduce(self.balls(members), axis=0)).sum())

    def cost(self, gone: Any) -> float:
        """Ordered pairs that are still joined, or the sum of 1/steps between them."""
        from ilp_lab.networks.loops.keysets import cut_effects, nearness_from

        if self.kind == "fragment":
            work, left = np.empty((8, self.count), np.int64), np.empty(self.count, np.int64)
            return float(cut_effects(*self.rows[:2], gone, left, work))
        near = float(nearness_from(*self.rows[:2], gone, self.sources))
        if len(self.sources) == self.count:
            return near
        present = int((~gone).sum())
        return near * present / max(int((~gone[self.sources]).sum()), 1)


def feasible(goal: Goal, k: int) -> bool:
    """Whether every set that can be best can be tried in about half a minute."""
    from ilp_lab.networks.loops.keysets import prefixes

    ties, size = len(goal.rows.to), len(goal.order)
    sets = math.comb(size, k)
    if goal.kind == "fragment":
        work = float(goal.count + ties)
        if sets <= ALL_SETS and work <= 1e5:
            return True
        most = int(EXACT_WORK["fragment"] / work)
        if size > 20_000 or math.comb(size, k - 1) > 1e12:
            return False
        return bool(k == 1 or prefixes(goal.before, k - 1, 0, size, most) <= most)
    words = (goal.count + 63) // 64
    if goal.kind == "reach":
        return sets * words <= EXACT_WORK["reach"] and size * words * 8 <= 5e8
    if size > 20_000 or sets > 1e12:
        return False
    _, _, longest = closeness(
        goal.rows, goal.rows, weighted=False
    )  # so many rounds a walk takes, and more in what is left
    most = int(EXACT_WORK["distance"] / (max(6.0, 2.0 * longest) * words * (ties + goal.count)))
    return bool(prefixes(goal.before, k, 0, size, most) <= most)


def every_set(goal: Goal, k: int) -> Whole:
    """The best set of all."""
    from tqdm.auto import tqdm

    from ilp_lab.networks.loops.keysets import best_cut, best_far, best_reach

    order = goal.order
    balls = goal.balls(order) if goal.kind == "reach" else None
    best, members = math.inf, order[:k]
    starts = tqdm(range(len(order)), desc="trying every set", delay=1, leave=False)
    for first in starts if len(order) > 64 else [None]:
        span = (0, len(order)) if first is None else (first, first + 1)

        def work(low: int, high: int, span: tuple[int, int] = span) -> tuple[float, Whole]:
            found = np.full(k, -1, np.int64)
            one, last = span[0] + low, span[0] + high
            if balls is not None:
                value = -float(best_reach(balls, k, one, last, found))
                return value, order[found] if found[0] >= 0 else found
            loop = best_cut if goal.kind == "fragment" else best_far
            return float(loop(*goal.rows[:2], order, goal.before, k, one, last, found)), found

        for value, found in shared(work, span[1] - span[0]):
            if found[0] >= 0 and value < best - 1e-9:
                best, members = value, found
    return np.sort(members)


def by_swaps(
    goal: Goal, k: int, seeds: Sequence[Whole], draw: np.random.Generator, *, starts_most: int = STARTS
) -> Whole:
    """The best set that swapping one member at a time finds from several starts."""
    from tqdm.auto import tqdm

    better = {"fragment": _swap_cut, "distance": _swap_far, "reach": _swap_reach}[goal.kind](goal)
    starts = [greedy(goal, k), *(seed[:k] for seed in seeds if len(seed) >= k)]
    weight = np.diff(goal.rows.ptr)[goal.order] + 1.0
    wanted = min(starts_most, STARTS if goal.kind == "fragment" else 6)
    while len(starts) < wanted:
        starts.append(draw.choice(goal.order, k, replace=False, p=weight / weight.sum()))
    best, members = -math.inf, starts[0]
    for start in tqdm(starts, desc="swapping", delay=1, leave=False):
        chosen = start.copy()
        while True:
            tried = better(chosen)
            if tried is None:
                break
            chosen = tried
        value = goal.share(chosen)
        if value > best + 1e-12:
            best, members = value, chosen
    return np.sort(members)


def greedy(goal: Goal, k: int) -> Whole:
    """One after another, each the best beside those before."""
    chosen: list[int] = []
    pool = goal.candidates if goal.kind == "fragment" else _pool(goal)
    for _ in range(k):
        if goal.kind == "fragment":
            left = _effects(goal, chosen)
            left[np.setdiff1d(np.arange(goal.count), goal.candidates)] = np.iinfo(np.int64).max
            left[chosen] = np.iinfo(np.int64).max
            chosen.append(int(np.argmin(left)))
        else:
            rest = [int(one) for one in pool if int(one) not in chosen]
            chosen.append(max(rest, key=lambda one: goal.share([*chosen, one])))
    return np.array(chosen, np.int64)


def _effects(goal: Goal, chosen: Any) -> Any:
    from ilp_lab.networks.loops.keysets import cut_effects

    gone = np.zeros(goal.count, bool)
    gone[list(chosen)] = True
    left = np.empty(goal.count, np.int64)
    cut_effects(*goal.rows[:2], gone, left, np.empty((8, goal.count), np.int64))
    return left


def _swap_cut(goal: Goal) -> Callable[[Whole], Whole | None]:
    """Fragmentation: one walk tells what every candidate would do in place of a member."""
    barred = np.setdiff1d(np.arange(goal.count), goal.candidates)

    def better(chosen: Whole) -> Whole | None:
        now = int(_effects(goal, chosen)[chosen[0]])
        best, change = now, None
        for at in range(len(chosen)):
            rest = np.delete(chosen, at)
            left = _effects(goal, rest.tolist())
            left[barred] = np.iinfo(np.int64).max
            left[rest] = np.iinfo(np.int64).max
            other = int(np.argmin(left))
            if int(left[other]) < best:
                best, change = int(left[other]), np.append(rest, other)
        return change

    return better


def _swap_far(goal: Goal) -> Callable[[Whole], Whole | None]:
    return _swap_among(goal, _pool(goal))


def _swap_reach(goal: Goal) -> Callable[[Whole], Whole | None]:
    pool = _pool(goal)
    balls = dict(zip(pool.tolist(), goal.balls(pool), strict=True))

    def better(chosen: Whole) -> Whole | None:
        for one in chosen.tolist():
            if one not in balls:
                balls[one] = goal.balls(np.array([one]))[0]
        now = goal.reached(chosen)
        for at in range(len(chosen)):
            rest = np.delete(chosen, at)
            covered = (
                np.bitwise_or.reduce([balls[one] for one in rest.tolist()], axis=0)
                if len(rest)
                else np.uint64(0)
            )
            for other in pool.tolist():
                if other not in rest and int(np.bitwise_count(covered | balls[other]).sum()) > now:
                    return np.append(rest, other)
        return None

    return better


def _swap_among(goal: Goal, pool: Whole) -> Callable[[Whole], Whole | None]:
    def better(chosen: Whole) -> Whole | None:
        best, change = goal.share(chosen.tolist()) + 1e-12, None
        for at in range(len(chosen)):
            rest = np.delete(chosen, at)
            for other in pool.tolist():
                if other not in chosen:
                    value = goal.share([*rest.tolist(), other])
                    if value > best:
                        best, change = value, np.append(rest, other)
        return change

    return better


def _pool(goal: Goal) -> Whole:
    """The candidates worth trying in a large chart: those with most neighbours, and those alone joining most."""
    if len(goal.candidates) <= POOL:
        return goal.candidates
    alone = _effects(goal, [])[goal.candidates]
    cutting = goal.candidates[np.argsort(alone, kind="stable")[: POOL // 2]]
    return np.unique(np.concatenate([goal.order[: POOL // 2], cutting]))
