"""Ways to tell that a count is too high, for many series at once: Farrington flexible, EARS, CUSUM, control chart, Poisson Z."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ITERATIONS = 25
_SUSPICIOUS = 2.58
_LEAST = 1e-9
_PRIOR = (
    4.0  # precision: trend and seasons are drawn towards none, with a deviation of a half on the log scale
)
CUSUM_K, CUSUM_H = 0.5, 4.0
EARS_LIMIT, C3_LIMIT = 3.0, 2.0


@dataclass(frozen=True)
class Expected:
    """What the past of each series leads to expect in one period.

    Attributes
    ----------
    mean
        Expected count.
    spread
        Variance of a new count over its mean, the uncertainty of the mean included.
    used
        Past periods that it rests on.
    how
        In words.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    used: NDArray[np.int64]
    how: str


def tail_p(
    n: NDArray[np.float64], mean: NDArray[np.float64], spread: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probability of at least so many (upper), and two-sided, for counts of a mean and a variance over mean of at least 1.

    Examples
    --------
    >>> upper, both = tail_p(np.array([12.0]), np.array([4.1]), np.array([1.0]))
    >>> upper.round(5).tolist()
    [0.00113]
    """
    from scipy.stats import nbinom, poisson

    mean = np.maximum(mean, _LEAST)
    upper, lower = poisson.sf(n - 1, mean), poisson.cdf(n, mean)
    over = spread > 1 + 1e-6
    if over.any():
        p = 1 / spread[over]
        size = mean[over] / (spread[over] - 1)
        upper[over], lower[over] = nbinom.sf(n[over] - 1, size, p), nbinom.cdf(n[over], size, p)
    return np.asarray(upper), np.minimum(2 * np.minimum(upper, lower), 1.0)


def recent_mean(n: NDArray[np.float64], at: int, back: int) -> Expected:
    """The mean of the ``back`` periods before ``at``; counts of shape (series, periods)."""
    past = np.arange(max(0, at - back), at)
    past = past[~np.isnan(n[:, past]).all(axis=0)]
    held = n[:, past]
    mean = held.mean(axis=1)
    over = held.var(axis=1, ddof=1) / np.maximum(mean, _LEAST) if len(past) > 2 else np.ones(len(mean))
    spread = np.where(mean > 0, np.maximum(over, 1.0), 1.0)
    # nothing in so many periods still leaves a rate of about a half in all of them together
    mean = np.maximum(mean, 0.5 / max(len(past), 1))
    return Expected(
        mean, spread * (1 + 1 / max(len(past), 1)), past, f"the mean of the {len(past)} periods before"
    )


def farrington(
    n: NDArray[np.float64], at: int, per_year: int, *, years: int, half: int, gap: int
) -> Expected | None:
    """Quasi-Poisson regression on trend and season, with past outbreaks weighted down (Noufal et al. 2013).

    Departs from it in that trend and seasons are shrunk towards none, so that rare offences get sensible expectations.

    Parameters
    ----------
    n
        Counts of shape (series, periods); NaN where missing.
    at
        The period to judge.
    per_year
        Periods in a year.
    years, half, gap
        How many years back; half the width of the season around the same time of year; how many periods just before are left
        out, so that a rising outbreak does not hide itself.

    Returns
    -------
    Expected or None
        ``None`` when the past is shorter than two years.
    """
    past = np.arange(max(0, at - years * per_year - half), at - gap)
    past = past[~np.isnan(n[:, past]).all(axis=0)]
    if len(past) < 2 * per_year - gap or at < 2 * per_year:
        return None
    season = _season_levels(past, at, per_year, half)
    levels = [level for level in np.unique(season) if level != 0]
    when = (past - at) / per_year
    design = np.column_stack(
        [np.ones(len(past)), when, *[(season == level).astype(float) for level in levels]]
    )
    held = n[:, past]
    weight = np.ones(held.shape)
    mu, _, dispersion = _quasi_poisson(design, held, weight)
    unusual = _residuals(held, mu, dispersion, design, weight)
    weight = np.where(unusual > _SUSPICIOUS, unusual**-2.0, 1.0)
    weight *= held.shape[1] / weight.sum(axis=1, keepdims=True)
    _, beta, dispersion = _quasi_poisson(design, held, weight)
    target = np.zeros(design.shape[1])
    target[0] = 1.0
    mu, _, _ = _quasi_poisson(design, held, weight)
    information = np.einsum("tp,st,tq->spq", design, weight * mu, design) + _drawn_in(design.shape[1])
    variance = (
        dispersion * np.linalg.solve(information, np.broadcast_to(target, beta.shape)[..., None])[:, 0, 0]
    )
    empty = held.sum(axis=1) == 0
    mean = np.maximum(np.exp(np.clip(beta[:, 0], -25, 25)), 0.5 / len(past))
    spread = np.where(empty, 1.0, dispersion + np.minimum(variance * mean, 10.0))
    return Expected(
        mean,
        spread,
        past,
        f"a regression on trend and season of {len(past)} earlier periods (Farrington flexible)",
    )


def _season_levels(past: NDArray[np.int64], at: int, per_year: int, half: int) -> NDArray[np.int64]:
    """0 for periods around the same time of year, and numbered parts of about equal length between."""
    distance = (past - at) % per_year
    inside = (distance <= half) | (distance >= per_year - half)
    rest = per_year - 2 * half - 1
    parts = 9 if per_year > 26 else 3
    return np.where(inside, 0, 1 + np.clip((distance - half - 1) * parts // max(rest, 1), 0, parts - 1))


def _quasi_poisson(
    design: NDArray[np.float64], n: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Fit log-linear models of one design to many series at once: means, coefficients, dispersion (at least 1).

    Trend and seasons are shrunk, because a series of ten incidents cannot tell ten seasons apart.
    """
    rows, terms = design.shape
    ridge = _drawn_in(terms)
    mu = n + 0.5
    eta = np.log(mu)
    beta = np.zeros((len(n), terms))
    for _ in range(_ITERATIONS):
        w = weight * mu
        working = eta + (n - mu) / mu
        left = np.einsum("tp,st,tq->spq", design, w, design) + ridge
        right = np.einsum("tp,st->sp", design, w * working)
        fresh = np.linalg.solve(left, right[..., None])[..., 0]
        eta = np.clip(fresh @ design.T, -20, 20)
        mu = np.exp(eta)
        if np.abs(fresh - beta).max(initial=0.0) < 1e-7:
            beta = fresh
            break
        beta = fresh
    pearson = (weight * (n - mu) ** 2 / np.maximum(mu, _LEAST)).sum(axis=1)
    return mu, beta, np.maximum(pearson / max(rows - terms, 1), 1.0)


def _drawn_in(terms: int) -> NDArray[np.float64]:
    """What is added to the information: next to nothing for the level, the prior for all else."""
    return np.diag(np.append(1e-6, np.full(terms - 1, _PRIOR)))


def _residuals(
    n: NDArray[np.float64],
    mu: NDArray[np.float64],
    dispersion: NDArray[np.float64],
    design: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Standardised Anscombe residuals."""
    w = weight * mu
    inverse = np.linalg.inv(np.einsum("tp,st,tq->spq", design, w, design) + _drawn_in(design.shape[1]))
    hat = np.einsum("tp,spq,tq->st", design, inverse, design) * w
    raw = 1.5 * (n ** (2 / 3) * np.maximum(mu, _LEAST) ** (-1 / 6) - np.sqrt(mu))
    return np.asarray(raw / np.sqrt(dispersion[:, None] * np.maximum(1 - hat, 0.05)))


def ears(n: NDArray[np.float64], at: int) -> dict[str, NDArray[np.float64]]:
    """C1, C2 and C3 of the Early Aberration Reporting System: standard deviations above the mean of seven periods.

    C1 looks at the seven periods before, C2 leaves two out, C3 adds up what C2 found in three.

    Examples
    --------
    >>> found = ears(np.array([[5.0, 6, 5, 4, 5, 6, 4, 5, 6, 5, 20]]), 10)
    >>> found["C1"].round(2).tolist()
    [17.75]
    """

    def above(when: int, lag: int) -> NDArray[np.float64]:
        if when - lag - 7 < 0:
            return np.full(len(n), np.nan)
        past = n[:, when - lag - 7 : when - lag]
        spread = np.maximum(past.std(axis=1, ddof=1), np.sqrt(np.maximum(past.mean(axis=1), 0.2) / 7))
        return np.asarray((n[:, when] - past.mean(axis=1)) / spread)

    second = [above(at - back, 2) for back in range(3) if at - back >= 0]
    third = sum(np.maximum(0.0, np.nan_to_num(one) - 1) for one in second)
    return {"C1": above(at, 0), "C2": second[0], "C3": np.asarray(third)}


def cusum(
    n: NDArray[np.float64], at: int, mean: NDArray[np.float64], spread: NDArray[np.float64], periods: int = 12
) -> NDArray[np.float64]:
    """Upper cumulative sum of standardised counts over the last periods up to ``at``; above 4 is an alarm (k = 0.5).

    Examples
    --------
    >>> cusum(np.array([[4.0, 4, 8, 8, 8]]), 4, np.array([4.0]), np.array([1.0])).round(1).tolist()
    [4.5]
    """
    found = np.zeros(len(n))
    deviation = np.sqrt(np.maximum(mean * spread, _LEAST))
    for when in range(max(0, at - periods + 1), at + 1):
        step = np.nan_to_num((n[:, when] - mean) / deviation) - CUSUM_K
        found = np.maximum(0.0, found + step)
    return found


def control_limit(
    mean: NDArray[np.float64], exposure: NDArray[np.float64] | float = 1.0
) -> NDArray[np.float64]:
    """The count that the u-chart calls too high: mean rate and three deviations, times exposure.

    Examples
    --------
    >>> control_limit(np.array([4.0])).tolist()
    [10.0]
    """
    rate = mean / exposure
    return np.asarray((rate + 3 * np.sqrt(rate / exposure)) * exposure)
