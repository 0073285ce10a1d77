"""What chance alone would show: the same number of incidents, thrown onto the study area without any pattern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.places.getis import false_discovery, two_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST, MOST = 39, 199
_BUDGET = 600_000_000


@dataclass(frozen=True, slots=True)
class Chance:
    """How many cells complete randomness marks.

    Attributes
    ----------
    mean, low, high
        Number of marked cells: on average, and the range that holds 95 % of the simulations.
    z_beyond
        What the largest z stays below in 95 % of the simulations.
    simulations
        How many were run.
    """

    mean: float
    low: int
    high: int
    z_beyond: float
    simulations: int

    def sentence(self) -> str:
        """In words."""
        return (
            f"Complete randomness alone would mark about {self.mean:.1f} of them "
            f"(95 % of {self.simulations} simulations: {self.low} to {self.high})."
        )


def how_many(incidents: int, cells: int) -> int:
    """Simulations that take seconds, not minutes: 199 for cities, never fewer than 39."""
    return int(np.clip(_BUDGET // (8 * incidents + 60 * cells + 1), FEWEST, MOST))


def under_randomness(
    weight: NDArray[np.float64],
    share: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]],
    *,
    alpha: float,
    min_count: float,
    simulations: int,
    rng: np.random.Generator,
) -> Chance:
    """Throw the incidents onto the cells at random, in proportion to the ground each has in the study area.

    Parameters
    ----------
    weight
        One entry per incident.
    share
        Share of every cell that lies in the study area.
    statistic
        Counts of the cells → (z, window sums).
    """
    edges = np.cumsum(share)
    edges /= edges[-1]

    def draw() -> NDArray[np.float64]:
        cell = np.searchsorted(edges, rng.random(len(weight)), side="right")
        drawn = np.bincount(np.minimum(cell, len(share) - 1), weights=weight, minlength=len(share))
        return drawn.astype(np.float64)

    return _repeat(draw, statistic, alpha=alpha, min_count=min_count, simulations=simulations)


def under_shuffling(
    values: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]],
    *,
    alpha: float,
    simulations: int,
    rng: np.random.Generator,
) -> Chance:
    """Shuffle the values among the areas."""
    return _repeat(
        lambda: rng.permutation(values), statistic, alpha=alpha, min_count=-np.inf, simulations=simulations
    )


def _repeat(
    draw: Callable[[], NDArray[np.float64]],
    statistic: Callable[[NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]],
    *,
    alpha: float,
    min_count: float,
    simulations: int,
) -> Chance:
    from tqdm.auto import trange

    marked = np.empty(simulations, dtype=np.int64)
    largest = np.empty(simulations)
    for run in trange(simulations, desc="complete randomness", delay=1, leave=False):
        z, around = statistic(draw())
        enough = around >= min_count
        hot = (z > 0) & enough & (false_discovery(two_sided(z)) < alpha)
        marked[run] = np.count_nonzero(hot)
        largest[run] = z[enough].max(initial=0.0)
    low, high = np.quantile(marked, [0.025, 0.975], method="closest_observation")
    # the smallest value that at most one in twenty simulations passes, counting the data as one of them
    rank = min(int(np.ceil(0.95 * (simulations + 1))), simulations) - 1
    return Chance(float(marked.mean()), int(low), int(high), float(np.sort(largest)[rank]), simulations)
