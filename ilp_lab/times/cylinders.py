"""What a space-time scan looks through: places, circles around centres, units of time; and the best cylinder in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._compiled import shared, threads
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_M = 6_371_008.8
_MOST_ENTRIES = 120_000_000
_TIE_M = 1e-3


@dataclass(frozen=True)
class Circles:
    """Places around every centre, by distance.

    Attributes
    ----------
    begins
        Where the places of each centre begin.
    place
        The places.
    ends
        Whether a circle may end after each: not between two at one distance.
    share
        What the circle holds up to there, of everything.
    radius_m
        Its radius.
    centre
        Which of the centres given each one is.
    """

    begins: NDArray[np.int64]
    place: NDArray[np.int32]
    ends: NDArray[np.bool_]
    share: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    centre: NDArray[np.int64]

    def by_case(self, starts: NDArray[np.int64]) -> tuple[Any, ...]:
        """The same with the cases of the places in a row: begins, case, ends, share, and the position of the place of each."""
        held = np.diff(starts)
        if (held == 1).all():
            return self.begins, starts[self.place].astype(np.int32), self.ends, self.share, None
        number = held[self.place]
        holds = np.flatnonzero(number)
        position = np.repeat(holds, number[holds])
        before = np.cumsum(number) - number
        case = starts[self.place[position]] + np.arange(len(position)) - before[position]
        # a circle may end at the last case of a place; or where places without cases follow it, at one of those
        everything = len(self.ends)
        closes = np.minimum.accumulate(np.where(self.ends, np.arange(everything), everything)[::-1])[::-1]
        limit = np.repeat(self.begins[1:], np.diff(self.begins))
        following = np.append(position[1:], everything)
        ends = closes[position] < np.minimum(following, limit[position])
        begins = np.append(before, len(position))[self.begins]
        return begins, case.astype(np.int32), ends, self.share[position], position


@dataclass(frozen=True)
class Work:
    """One scan: the circles, the cases by place and unit of time, and the limits.

    Attributes
    ----------
    circles
        Where is looked.
    starts
        Where the cases (and controls) of each place begin.
    unit
        The unit of time of each.
    is_case
        Which are cases; ``None`` when all are.
    elapsed
        Running total of the time, or of the cases, by unit; whole numbers.
    cases
        How many cases.
    longest
        Most units of a window.
    least
        Fewest cases of a cluster.
    prospective
        Whether windows must reach to the last unit.
    stays
        Whether the places of the cases stay when data are dealt by chance.
    """

    circles: Circles
    starts: NDArray[np.int64]
    unit: NDArray[np.int32]
    is_case: NDArray[np.bool_] | None
    elapsed: NDArray[np.int64]
    cases: int
    longest: int
    least: int
    prospective: bool
    stays: bool = False

    @cached_property
    def flat(self) -> tuple[Any, ...]:
        """The cases around every centre, in a row."""
        return self.circles.by_case(self.starts)

    @property
    def units(self) -> int:
        """How many units of time."""
        return len(self.elapsed) - 1

    def with_(self, **changed: Any) -> Work:
        """The same with other cases."""
        return replace(self, **changed)


def circles_around(
    centres: NDArray[np.float64],
    places: NDArray[np.float64],
    mass: NDArray[np.float64],
    *,
    max_m: float | None,
    max_share: float,
    sphere: bool,
    caller: str,
) -> Circles:
    """Sort the places around every centre by distance, as far as the limits allow.

    Raises
    ------
    InputError
        When that would not fit into memory.
    """
    from scipy.spatial import cKDTree

    tree = cKDTree(places)
    reach = np.inf if max_m is None else float(max_m)
    chord = reach if not sphere or np.isinf(reach) else 2 * EARTH_M * np.sin(min(reach / EARTH_M, np.pi) / 2)
    if np.isinf(reach):
        number = np.full(len(centres), len(places))
    else:
        number = tree.query_ball_point(centres, chord * (1 + 1e-12), return_length=True)
    if int(number.sum()) > _MOST_ENTRIES:
        raise InputError(
            f"{caller}: {len(centres):,} centres with {number.mean():,.0f} places around each would need "
            f"{number.sum() * 21 / 1e9:.0f} GB. Give max_m, or a smaller one, or fewer centres."
        )
    total = mass.sum()
    # centres with about as many places side by side, so that their rows are about as long
    order = np.argsort(number, kind="stable")
    parts: list[tuple[NDArray[Any], ...]] = []
    for first in range(0, len(centres), 512):
        some = order[first : first + 512]
        far, place = tree.query(
            centres[some],
            k=np.arange(1, max(int(number[some].max()), 1) + 1),
            distance_upper_bound=chord * (1 + 1e-9) if np.isfinite(chord) else np.inf,
            workers=threads(),
        )
        if sphere:
            far = np.where(
                np.isfinite(far), 2 * EARTH_M * np.arcsin(np.minimum(far / (2 * EARTH_M), 1.0)), far
            )
        within = far <= min(reach, 1e300)
        held = np.cumsum(np.where(within, mass[np.minimum(place, len(mass) - 1)], 0.0), axis=1) / total
        within &= held <= max_share * (1 + 1e-12)
        # a circle ends where the next place lies farther; the limit itself is no such place
        following = np.pad(far[:, 1:], ((0, 0), (0, 1)), constant_values=np.inf)
        ends = np.isinf(following) | (np.where(within, following - np.where(within, far, 0.0), 0.0) > _TIE_M)
        parts.append(
            (within.sum(axis=1), place[within].astype(np.int32), ends[within], held[within], far[within])
        )
    sizes, place, ends, held, far = (np.concatenate([part[k] for part in parts]) for k in range(5))
    at = np.append(0, np.cumsum(sizes)).astype(np.int64)
    return Circles(at, place, ends, np.maximum(held, 1e-300), far, order)


def logs(most: int) -> NDArray[np.float64]:
    """Logarithms of 0 (as 0), 1, 2, … ``most``."""
    return np.log(np.maximum(np.arange(most + 1, dtype=np.float64), 1.0))


def observed(work: Work) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The best cylinder of every centre: log likelihood ratio, and position, begin, end, cases."""
    centres = len(work.circles.begins) - 1
    llr, found = np.zeros(max(centres, 2)), np.zeros((max(centres, 2), 4), np.int64)
    run, position = _runner(work)

    def part(first: int, last: int) -> None:
        run(work, first, last, 0.0, llr, found)

    list(shared(part, centres))
    if position is not None and len(position):
        found[:, 0] = position[found[:, 0]]
    return llr[:centres], found[:centres]


def highest(work: Work, replicates: list[Work]) -> NDArray[np.float64]:
    """The best value of every replicate."""
    centres = len(work.circles.begins) - 1
    run, _ = _runner(work)
    none, nowhere = np.zeros(1), np.zeros((1, 4), np.int64)
    values = np.zeros(len(replicates))

    def part(first: int, last: int) -> None:
        for number in range(first, last):
            values[number] = run(replicates[number], 0, centres, 0.0, none, nowhere)

    list(shared(part, len(replicates)))
    return values


def _runner(work: Work) -> tuple[Any, NDArray[np.int64] | None]:
    """The search for the best cylinder, and, where it counts cases, the place of each of them."""
    from ilp_lab.times.loops.windows import alive_by_case, best_by_case, best_by_label, best_by_rate

    circles = work.circles
    if work.is_case is not None:
        log = logs(len(work.unit))

        def by_label(one: Work, first: int, last: int, above: float, llr: Any, found: Any) -> float:
            return float(best_by_label(
                circles.begins, circles.place, circles.ends, one.starts, one.unit, one.is_case, log, one.cases, one.units,
                one.longest, one.least, one.prospective, first, last, above, llr, found,
            ))  # fmt: skip

        return by_label, None
    log = logs(int(max(work.cases, work.elapsed[-1])))
    if work.stays:
        begins, case, ends, share, position = work.flat
        log_share = np.log(share)
        search = alive_by_case if work.prospective else best_by_case

        def by_case(one: Work, first: int, last: int, above: float, llr: Any, found: Any) -> float:
            return float(search(
                begins, case, ends, share, log_share, one.unit, one.elapsed, log, one.cases, one.units,
                one.longest, one.least, first, last, above, llr, found,
            ))  # fmt: skip

        return by_case, position
    log_share = np.log(circles.share)

    def by_rate(one: Work, first: int, last: int, above: float, llr: Any, found: Any) -> float:
        return float(best_by_rate(
            circles.begins, circles.place, circles.ends, circles.share, log_share, one.starts, one.unit, one.elapsed, log,
            one.cases, one.units, one.longest, one.least, one.prospective, first, last, above, llr, found,
        ))  # fmt: skip

    return by_rate, None
