"""How many units each place gets: exact allocation under a budget, floors, ceilings and a bound on the share of a group."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTES = 15
_SECONDS = 60.0


@dataclass(frozen=True)
class Ground:
    """What is to be allocated to.

    Attributes
    ----------
    demand
        What can be reached at each place.
    effect
        Share of it that the first unit reaches.
    least, most
        Units each place gets at least and at most.
    budget
        Units (or cost) in all.
    cost
        Cost of a unit at each place; None: all cost 1.
    group
        Share of a unit that falls on the group at each place; None without a bound.
    bound
        Largest share of all units that may fall on the group.
    """

    demand: NDArray[np.float64]
    effect: float
    least: NDArray[np.int64]
    most: NDArray[np.int64]
    budget: float
    cost: NDArray[np.float64] | None = None
    group: NDArray[np.float64] | None = None
    bound: float = 1.0

    def reached(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """Demand reached at each place by so many units: concave, each unit reaches the same share of what is left."""
        return np.asarray(self.demand * (1 - (1 - self.effect) ** units))

    def gains(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Every unit above the floors that could be given: its place and what it adds, in the order of places and units."""
        room = np.maximum(self.most - self.least, 0)
        place = np.repeat(np.arange(len(room)), room)
        step = np.arange(len(place)) - np.repeat(room.cumsum() - room, room)
        gain = self.demand[place] * self.effect * (1 - self.effect) ** (self.least[place] + step)
        return place, gain


@dataclass(frozen=True)
class Given:
    """An allocation.

    Attributes
    ----------
    units
        Units by place.
    proven
        Whether no better one exists.
    """

    units: NDArray[np.int64]
    proven: bool


@dataclass(frozen=True)
class Plan:
    """A ground, what was given, and what each limit costs.

    Attributes
    ----------
    ground
        Demand and limits, exploration among the floors.
    given
        The visits.
    floors, explored
        Visits that a floor asked for, and those placed at random.
    prices
        Limit → demand that it costs.
    """

    ground: Ground
    given: Given
    floors: NDArray[np.int64]
    explored: NDArray[np.int64]
    prices: dict[str, float]


def allocate(ground: Ground) -> Given:
    """Give the units; the best there is under all constraints, or marked as not proven when time ran out.

    Without a cost per place and without a binding group bound the largest gains first are the best allocation, because gains
    fall at every place. Else a mixed integer program is solved.

    Examples
    --------
    >>> three = np.array([9.0, 4.0, 1.0])
    >>> ground = Ground(three, 0.5, np.zeros(3, int), np.full(3, 4), 4)
    >>> allocate(ground).units.tolist()
    [3, 1, 0]
    """
    if ground.cost is None:
        units = _largest_gains(ground)
        if ground.group is None or share_of(ground, units) <= ground.bound + 1e-12:
            return Given(units, proven=True)
    return _program(ground)


def share_of(ground: Ground, units: NDArray[np.int64]) -> float:
    """Share of all units that falls on the group."""
    total = units.sum()
    return float((ground.group * units).sum() / total) if ground.group is not None and total else 0.0


def _largest_gains(ground: Ground) -> NDArray[np.int64]:
    place, gain = ground.gains()
    left = int(ground.budget - ground.least.sum())
    order = np.lexsort((np.arange(len(gain)), -gain))[: max(left, 0)]
    order = order[gain[order] > 0]
    return np.asarray(ground.least + np.bincount(place[order], minlength=len(ground.least)), dtype=np.int64)


def _program(ground: Ground) -> Given:
    from scipy.optimize import Bounds, LinearConstraint, milp

    place, gain = ground.gains()
    kept = _worth_a_look(ground, place, gain)
    place, gain = place[kept], gain[kept]
    if not len(place):
        return Given(ground.least.copy(), proven=True)
    rows = [np.ones(len(place)) if ground.cost is None else ground.cost[place]]
    limits = [ground.budget - float((ground.least * (1.0 if ground.cost is None else ground.cost)).sum())]
    if ground.group is not None:
        over = ground.group - ground.bound
        rows.append(over[place])
        limits.append(-float((over * ground.least).sum()))
    table, most = np.array(rows), np.array(limits) + 1e-9
    good, sure, still_open = _settled(gain, table, most)
    chosen, proven = sure.copy(), True
    if still_open.any():
        found = milp(
            -gain[still_open],
            integrality=np.ones(int(still_open.sum())),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(table[:, still_open], -np.inf, most - table[:, sure].sum(axis=1)),
            options={"time_limit": _SECONDS, "mip_rel_gap": 1e-9},
        )
        proven = found.status == 0
        if found.x is not None:
            chosen[np.flatnonzero(still_open)[np.round(found.x) == 1]] = True
        if found.x is None or gain[chosen].sum() < gain[good].sum():
            chosen = good
    units = ground.least + np.bincount(place[chosen], minlength=len(ground.least))
    return Given(np.asarray(units, dtype=np.int64), proven=proven)


def _settled(
    gain: NDArray[np.float64], rows: NDArray[np.float64], limits: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """A good allocation, the units that every best one gives, and those that are still open; the others are in none.

    Units may first be given in parts. A unit whose change from there costs more than the good allocation lacks is settled.
    """
    from scipy.optimize import linprog

    none = np.zeros(len(gain), dtype=bool)
    # what presolving spares here it costs twenty times over
    parts = linprog(-gain, A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs", options={"presolve": False})
    if not parts.success:
        return none, none, ~none
    price = -parts.ineqlin.marginals @ rows
    good = _filled(parts.x >= 1 - 1e-9, gain, price, rows, limits)
    if good is None:
        return none, none, ~none
    reduced = gain - price
    lacks = -parts.fun - gain[good].sum()
    sure = np.abs(reduced) > lacks + 1e-9 * max(1.0, -parts.fun)
    return good, sure & (reduced > 0), ~sure


def _filled(
    begun: NDArray[np.bool_],
    gain: NDArray[np.float64],
    price: NDArray[np.float64],
    rows: NDArray[np.float64],
    limits: NDArray[np.float64],
) -> NDArray[np.bool_] | None:
    """Whole units, filled up by what each adds for its price; ``None`` when the whole ones break a limit."""
    given, used = begun.copy(), rows[:, begun].sum(axis=1)
    if (used > limits).any():
        return None
    rest = np.flatnonzero(~begun & (gain > 0))
    for unit in rest[np.argsort(-gain[rest] / np.maximum(price[rest], 1e-12), kind="stable")]:
        if (used + rows[:, unit] <= limits).all():
            given[unit] = True
            used = used + rows[:, unit]
    return given


def _worth_a_look(ground: Ground, place: NDArray[np.int64], gain: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Leave out units that have as many others as the budget buys, each adding more and costing the group no more."""
    kept = gain > 0
    if ground.cost is not None:
        return np.asarray(kept)
    left = int(ground.budget - ground.least.sum())
    group = ground.group[place] if ground.group is not None else np.zeros(len(place))
    better: list[float] = []
    for unit in np.lexsort((np.arange(len(gain)), -gain)):
        if not kept[unit]:
            break
        if bisect_right(better, group[unit]) >= left:
            kept[unit] = False
            continue
        insort(better, float(group[unit]))
    return np.asarray(kept)


def smallest_share(ground: Ground) -> float:
    """The smallest share of units that the group can get under floors, ceilings and budget, with at least one unit given."""
    if ground.group is None:
        return 0.0
    place, gain = ground.gains()
    place = place[gain > 0]
    order = np.argsort(ground.group[place], kind="stable")
    left = int(ground.budget - ground.least.sum())
    added = ground.group[place][order][: max(left, 0)]
    sums = (ground.group * ground.least).sum() + np.concatenate([[0.0], added.cumsum()])
    numbers = ground.least.sum() + np.arange(len(sums))
    there = numbers > 0
    return float((sums[there] / numbers[there]).min()) if there.any() else 1.0
