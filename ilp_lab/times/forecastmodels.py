"""Where the next incidents may lie: naive maps first, then those that claim to know better."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr_later
from ilp_lab.times.closepairs import close_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab._ground.studyarea import StudyArea

YEAR = 365
NAIVE = ("last_year", "moving_average", "whole_past")
METHODS = (*NAIVE, "density", "prospective", "self_exciting")
WORDS = {
    "last_year": tr_later("last year's map"),
    "moving_average": tr_later("the last weeks' map"),
    "whole_past": tr_later("the map of all years"),
    "density": tr_later("density of the last year"),
    "prospective": tr_later("prospective map (near repeats)"),
    "self_exciting": tr_later("self-exciting model"),
}
_PAIRS_M, _PAIRS_DAYS = 1_000.0, 90
_ROUNDS = 40
_MOST_EVENTS = 60_000
_PROSPECTIVE_M, _PROSPECTIVE_WEEKS = 400.0, 8


@dataclass(frozen=True)
class Past:
    """What is known on the day of a forecast.

    Attributes
    ----------
    area
        The cells.
    cell, x, y
        Cell and metres of each incident before that day.
    age
        Days before it: 1 for the day before.
    horizon
        Days that are forecast.
    """

    area: StudyArea
    cell: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    age: NDArray[np.int64]
    horizon: int

    def counts(
        self, youngest: int, oldest: int, weight: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """Incidents by cell with ages from ``youngest`` to ``oldest``."""
        which = (self.age >= youngest) & (self.age <= oldest)
        held = None if weight is None else weight[which]
        return np.bincount(self.cell[which], held, len(self.area.cells)).astype(np.float64)

    def smooth(self, values: NDArray[np.float64], sigma_m: float) -> NDArray[np.float64]:
        """Values by cell spread with a Gaussian, none lost over the border of the study area."""
        from scipy.ndimage import gaussian_filter

        sigma = sigma_m / self.area.lattice.cell_m
        spread = gaussian_filter(self.area.spread(values), sigma, mode="constant", truncate=4)
        held = gaussian_filter(self.area.spread(self.area.share), sigma, mode="constant", truncate=4)
        return self.area.gather(spread) / np.maximum(self.area.gather(held), 1e-6) * self.area.share


def _last_year(past: Past) -> NDArray[np.float64]:
    return past.counts(1, YEAR) * past.horizon / YEAR


def _moving_average(past: Past) -> NDArray[np.float64]:
    back = max(4 * past.horizon, 56)
    return past.counts(1, back) * past.horizon / back


def _whole_past(past: Past) -> NDArray[np.float64]:
    span = int(past.age.max())
    return past.counts(1, span) * past.horizon / span


def _density(past: Past) -> NDArray[np.float64]:
    return past.smooth(past.counts(1, YEAR), bandwidth_of(past)) * past.horizon / YEAR


def _prospective(past: Past) -> NDArray[np.float64]:
    """Sum over recent incidents of 1 / (1 + cells away) × 1 / (1 + weeks ago) (Bowers, Johnson and Pease 2004)."""
    from scipy.signal import fftconvolve

    week = (past.age - 1) // 7
    recent = past.counts(1, 7 * _PROSPECTIVE_WEEKS, np.asarray(1.0 / (1.0 + week), dtype=np.float64))
    cell = past.area.lattice.cell_m
    reach = max(1, math.ceil(_PROSPECTIVE_M / cell))
    offset = np.arange(-reach, reach + 1)
    far = np.hypot(*np.meshgrid(offset, offset))
    kernel = np.where(far * cell <= max(_PROSPECTIVE_M, cell), 1.0 / (1.0 + far), 0.0)
    found = past.area.gather(fftconvolve(past.area.spread(recent), kernel, mode="same"))
    return np.maximum(found, 0.0)


def _self_exciting(past: Past) -> NDArray[np.float64]:
    """Background and offspring, parted by expectation and maximisation (Mohler et al. 2011, with exponential and Gaussian kernels)."""
    fit = fit_self_exciting(past)
    background = past.smooth(past.counts(1, int(past.age.max()), fit.background), fit.spread_m)
    background *= past.horizon / float(past.age.max())
    young = np.exp(-fit.decay * (past.age - 1.0)) * -np.expm1(-fit.decay * past.horizon)
    offspring = past.smooth(past.counts(1, int(past.age.max()), fit.offspring * young), fit.near_m)
    return background + offspring


@dataclass(frozen=True)
class SelfExciting:
    """A fitted self-exciting model.

    Attributes
    ----------
    offspring
        Incidents that one incident sets off on average.
    decay
        Per day; offspring come 1 / decay days later on average.
    near_m
        Standard deviation of the distance of offspring along each axis.
    spread_m
        The same for the background.
    background
        Probability of each incident of being no offspring.
    """

    offspring: float
    decay: float
    near_m: float
    spread_m: float
    background: NDArray[np.float64]


def fit_self_exciting(past: Past) -> SelfExciting:
    """Fit the model to the incidents before the day of the forecast; the newest 60,000 at most."""
    from ilp_lab.times.loops.nearpairs import timely_pairs

    n = len(past.age)
    kept = np.argsort(past.age, kind="stable")[:_MOST_EVENTS]
    x, y, day = past.x[kept], past.y[kept], -past.age[kept]
    pairs = close_pairs(x, y, np.array([_PAIRS_M]), manhattan=False, caller="times.forecast")
    order = pairs.order
    args = (x[order], y[order], day[order], pairs.at, pairs.other, _PAIRS_DAYS, False)
    none = np.empty(0, np.int64)
    number = timely_pairs(*args, none, none, none, np.empty(0))
    early, late, days = (np.empty(number, np.int64) for _ in range(3))
    metres = np.empty(number)
    timely_pairs(*args, early, late, days, metres)
    span = float(past.age.max() - past.age.min() + 1)
    area = float(past.area.share.sum() * past.area.lattice.cell_area_m2)
    base = np.ones(len(kept))
    offspring, decay, near, wide = 0.2, 0.1, 150.0, bandwidth_of(past)
    cell = past.cell[kept]
    apart = days + 0.5  # within a day the hour is not used
    later = days > 0
    for _ in range(_ROUNDS):
        held = (
            past.smooth(np.bincount(cell, base, len(past.area.cells)).astype(np.float64), wide)
            / span
            / past.area.lattice.cell_area_m2
        )
        mu = np.maximum(held[cell], 1e-3 * len(kept) / span / area)
        rate = (
            offspring * decay * np.exp(-decay * apart - metres**2 / (2 * near**2)) / (2 * math.pi * near**2)
        )
        rate = np.where(later, rate, 0.0)
        total = mu + np.bincount(order[late], rate, len(kept))
        share = rate / total[order[late]]
        fresh = mu / total
        children = float(share.sum())
        if children < 1.0:
            offspring, base = 0.0, np.ones(len(kept))
            break
        new = children / len(kept)
        decay = float(np.clip(children / (share * apart).sum(), 1 / 60, 2.0))
        near = float(np.clip(math.sqrt((share * metres**2).sum() / (2 * children)), 25.0, 400.0))
        done = abs(new - offspring) < 1e-4 and np.abs(fresh - base).max() < 1e-3
        offspring, base = min(new, 0.95), fresh
        if done:
            break
    background = np.ones(n)
    background[kept] = base
    return SelfExciting(offspring, decay, near, wide, background)


def bandwidth_of(past: Past) -> float:
    """A bandwidth for the density: by the reference rule, a third of it, because crime is clustered; 150 m to 1 km."""
    n = max(len(past.x), 2)
    spread = math.sqrt((past.x.var() + past.y.var()) / 2)
    return float(np.clip(spread * n ** (-1 / 6) / 3, 150.0, 1_000.0))


MODELS: dict[str, Callable[[Past], NDArray[np.float64]]] = {
    "last_year": _last_year,
    "moving_average": _moving_average,
    "whole_past": _whole_past,
    "density": _density,
    "prospective": _prospective,
    "self_exciting": _self_exciting,
}
