"""What chance alone would show: the same number of incidents, thrown onto the study area without any pattern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr
from ilp_lab.places.getis import Deviates, discoveries

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST, MOST = 39, 199
_BUDGET = 12_000_000_000
_SINGLY, _FEW_WEIGHTS = 5_000_000, 2_000


@dataclass(frozen=True, slots=True)
class Chance:
    """How many cells complete randomness marks.

    Attributes
    ----------
    mean, low, high
        Number of cells marked as hot: on average, and the range that holds 95 % of the simulations.
    z_beyond, z_below
        What the largest z stays below, and the smallest z stays above, in 95 % of the simulations.
    simulations
        How many were run.
    """

    mean: float
    low: int
    high: int
    z_beyond: float
    z_below: float
    simulations: int

    def sentence(self, n: int, unit: str) -> str:
        """In words, for ``n`` cells or areas."""
        of_all = tr("of the {n:,} areas") if unit == "areas" else tr("of the {n:,} cells")
        return tr(
            "Complete randomness alone would mark about {mean:.1f} {of_all} (95 % of {simulations} simulations: {low:,} to {high:,})."
        ).format(
            mean=self.mean,
            of_all=of_all.format(n=n),
            simulations=self.simulations,
            low=self.low,
            high=self.high,
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """How a set of cell values is judged; the data and every simulation go through the same one.

    Attributes
    ----------
    window
        Values of all cells → sums over every cell and its neighbours.
    z
        Those sums and the values → z.
    alpha, min_count
        A cell is hot when its q lies below ``alpha``, its z above 0, and its window holds ``min_count`` incidents.
    """

    window: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    z: Deviates
    alpha: float
    min_count: float

    def enough(self, counts: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether the windows hold enough incidents."""
        return self.window(counts) >= self.min_count


def false_alarms(alpha: float) -> str:
    """How many of the marked ones are expected to be marked by error, said without a q."""
    return tr("At most 1 in {often:,.0f} of those marked is expected to be a false alarm.").format(
        often=1 / alpha
    )


def how_many(incidents: int, cells: int) -> int:
    """Simulations that take seconds, not minutes: 199 for cities, never fewer than 39."""
    return int(np.clip(_BUDGET // (20 * incidents + 100 * cells + 1), FEWEST, MOST))


def throw(share: NDArray[np.float64], incidents: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Cells of incidents that fall at random, in proportion to the ground each cell has in the study area."""
    if share.min() >= 1.0:
        return rng.integers(0, len(share), incidents)
    parts: list[NDArray[np.int64]] = []
    missing = incidents
    relative = share / share.max()
    while missing > 0:
        cell = rng.integers(0, len(share), int(missing / relative.mean() * 1.05) + 16)
        kept = cell[rng.random(len(cell)) < relative[cell]][:missing]
        parts.append(kept)
        missing -= len(kept)
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def under_randomness(
    rule: Rule,
    share: NDArray[np.float64],
    loads: tuple[NDArray[np.float64], NDArray[np.int64]] | None,
    incidents: int,
    *,
    simulations: int,
    rng: np.random.Generator,
) -> Chance:
    """Throw the incidents, each with its weight if it has one, onto the cells at random.

    More than five million are not thrown one by one: how many fall on each cell is drawn at once, which has the same distribution.

    Parameters
    ----------
    rule
        How a set of counts is judged.
    share
        Share of every cell that lies in the study area.
    loads
        The different weights and how many incidents have each, or ``None`` when each counts 1.
    incidents
        How many there are.
    """

    def draw() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if loads is None:
            counts = _thrown(share, incidents, rng)
            return counts, counts
        return _thrown_with(share, *loads, rng)

    return _repeat(rule, draw, simulations)


def _thrown(share: NDArray[np.float64], incidents: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How many fall on each cell."""
    if incidents > _SINGLY:
        return rng.multinomial(incidents, share / share.sum()).astype(np.float64)
    return np.bincount(throw(share, incidents, rng), minlength=len(share)).astype(np.float64)


def _thrown_with(
    share: NDArray[np.float64],
    weights: NDArray[np.float64],
    times: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sum of the weights that fall on each cell, and how many."""
    sums, counts = np.zeros(len(share)), np.zeros(len(share))
    upto = np.cumsum(times)
    incidents = int(upto[-1])
    if incidents > _SINGLY and len(weights) <= _FEW_WEIGHTS:
        for weight, number in zip(weights.tolist(), times.tolist(), strict=True):
            hit = _thrown(share, number, rng)
            counts += hit
            sums += weight * hit
        return sums, counts
    for first in range(0, incidents, _SINGLY):
        some = np.arange(first, min(first + _SINGLY, incidents))
        cell = throw(share, len(some), rng)
        load = weights[np.searchsorted(upto, some, side="right")]
        counts += np.bincount(cell, minlength=len(share))
        sums += np.bincount(cell, weights=load, minlength=len(share))
    return sums, counts


def under_shuffling(
    rule: Rule, values: NDArray[np.float64], *, simulations: int, rng: np.random.Generator
) -> Chance:
    """Shuffle the values among the areas."""

    def draw() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        shuffled = rng.permutation(values)
        return shuffled, shuffled

    return _repeat(rule, draw, simulations)


def _repeat(
    rule: Rule,
    draw: Callable[[], tuple[NDArray[np.float64], NDArray[np.float64]]],
    simulations: int,
) -> Chance:
    from tqdm.auto import trange

    marked = np.empty(simulations, dtype=np.int64)
    largest, smallest = np.empty(simulations), np.empty(simulations)
    for run in trange(simulations, desc="complete randomness", delay=1, leave=False):
        values, counts = draw()
        sums = rule.window(values)
        enough = sums >= rule.min_count if counts is values else rule.enough(counts)
        z = rule.z(sums, values)
        marked[run] = np.count_nonzero((z > 0) & enough & discoveries(z, rule.alpha))
        largest[run] = np.where(enough, z, 0.0).max(initial=0.0)
        smallest[run] = z.min(initial=0.0)
    low, high = np.quantile(marked, [0.025, 0.975], method="closest_observation")
    return Chance(
        float(marked.mean()), int(low), int(high), _passed(largest), -_passed(-smallest), simulations
    )


def _passed(extremes: NDArray[np.float64]) -> float:
    """The smallest value that at most one in twenty simulations passes, counting the data as one of them."""
    rank = min(int(np.ceil(0.95 * (len(extremes) + 1))), len(extremes)) - 1
    return float(np.sort(extremes)[rank])
