"""Ways to tell that a count is too high, for many series at once: Farrington flexible, EARS, CUSUM, control chart, Poisson Z."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ITERATIONS, _CLOSE = 15, 1e-4
_ALIKE, _ENOUGH_ALIKE, _RARE_LEVEL = 51, 10, 1.0
_SUSPICIOUS = 2.58
_LEAST = 1e-9
_PRIOR = (
    4.0  # precision: trend and seasons are drawn towards none, with a deviation of a half on the log scale
)
CUSUM_K, CUSUM_H = 0.5, 4.0
EARS_LIMIT, C3_LIMIT = 3.0, 2.0
_LEAST_DEVIATION = 0.5


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
    doubt
        Squared relative error of the mean.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    used: NDArray[np.int64]
    how: str
    doubt: NDArray[np.float64]

    @property
    def cautious(self) -> NDArray[np.float64]:
        """The mean that p is taken from: of the rates that the past leaves possible, not only the likeliest.

        It matters where the past holds a handful of incidents.
        """
        return np.asarray(self.mean * (1 + np.minimum(self.doubt, 1.0) / 2))


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


def recent_mean(
    n: NDArray[np.float64], at: int, back: int, *, length: NDArray[np.float64] | None = None
) -> Expected:
    """The mean of the ``back`` periods before ``at``; counts of shape (series, periods), NaN where missing.

    ``length`` holds the length of each period in any unit: February is short.
    """
    past = np.arange(max(0, at - back), at)
    past = past[~np.isnan(n[:, past]).all(axis=0)]
    reach = np.ones(n.shape[1]) if length is None else length
    known = ~np.isnan(n[:, past])
    held = np.where(known, n[:, past], 0.0)
    size = np.where(known, reach[past], 0.0)
    number = np.maximum(known.sum(axis=1), 1)
    rate = held.sum(axis=1) / np.maximum(size.sum(axis=1), _LEAST)
    fitted = rate[:, None] * size
    squares = np.where(known, (held - fitted) ** 2 / np.maximum(fitted, _LEAST), 0.0).sum(axis=1)
    own = np.where((number > 2) & (rate > 0), squares / np.maximum(number - 1, 1), 1.0)
    spread = steadied(own, rate, np.maximum(number - 1.0, 1.0))
    # nothing in so many periods still leaves a rate of about a half in all of them together
    mean = np.maximum(rate * reach[at], 0.5 / number)
    how = tr("the mean of the {n} periods before").format(n=len(past))
    return Expected(mean, spread * (1 + 1 / number), past, how, spread / (number * mean))


def steadied(
    dispersion: NDArray[np.float64],
    level: NDArray[np.float64],
    free: NDArray[np.float64],
    first: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Dispersion of each series: its own, drawn towards that of series of like level as far as its own is luck; at least theirs and 1.

    A quiet past of a rare offence looks like Poisson by luck, and a single bad month like waves; what series like it do tells more.
    Series of fewer than one a period count as one kind, others by the fifty most similar. How far is told by how much
    the dispersions differ beyond what their degrees of freedom (``free``) explain (empirical Bayes). ``first`` are dispersions for
    the typical one, where they are not the same.

    Examples
    --------
    >>> steadied(np.array([0.5, 3.0]), np.array([4.0, 4.0]), np.array([25.0, 25.0])).tolist()
    [1.75, 3.0]
    """
    order = np.argsort(level, kind="stable")
    size = min(_ALIKE, len(order))
    begin = np.clip(np.arange(len(order)) - size // 2, 0, len(order) - size)
    end = begin + size
    rare = int((level < _RARE_LEVEL).sum())
    begin[:rare], end[:rare] = 0, np.maximum(end[:rare], rare)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Over the series alike, the busier ones counting more."""
        weight = np.maximum(level, _LEAST)[order]
        total = np.append(0.0, np.cumsum(values[order] * weight))
        reach = np.append(0.0, np.cumsum(weight))
        found = np.empty(len(order))
        found[order] = (total[end] - total[begin]) / (reach[end] - reach[begin])
        return found

    typical = np.maximum(mean(dispersion if first is None else first), 1.0)
    if len(order) < _ENOUGH_ALIKE:
        return np.maximum(dispersion, typical)
    luck = typical**2 * (2 + 1 / np.maximum(level, _LEAST)) / np.maximum(free, 1.0)
    differ = np.maximum(mean((dispersion - mean(dispersion)) ** 2) - mean(luck), 0.0)
    drawn = typical + differ / (differ + luck) * (dispersion - typical)
    return np.asarray(np.maximum(drawn, typical))


def farrington(
    n: NDArray[np.float64],
    at: int,
    per_year: int,
    *,
    years: int,
    half: int,
    gap: int,
    length: NDArray[np.float64] | None = None,
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
    length
        Length of each period in any unit.

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
    known = ~np.isnan(n[:, past])
    held: NDArray[np.float64] = np.where(known, n[:, past], 0.0)
    weight: NDArray[np.float64] = known.astype(np.float64)
    reach = np.ones(n.shape[1]) if length is None else length
    offset = np.log(reach[past])
    mu, _, first = _quasi_poisson(design, held, weight, offset)
    unusual = _residuals(held, mu, np.maximum(first, 1.0), design, weight)
    weight = np.where(unusual > _SUSPICIOUS, np.maximum(unusual, _SUSPICIOUS) ** -2.0, 1.0) * known
    weight *= known.sum(axis=1, keepdims=True) / np.maximum(weight.sum(axis=1, keepdims=True), _LEAST)
    mu, beta, dispersion = _quasi_poisson(design, held, weight, offset)
    free = known.sum(axis=1) - float(design.shape[1])
    dispersion = steadied(dispersion, held.mean(axis=1), free, first)
    target = np.zeros(design.shape[1])
    target[0] = 1.0
    information = _crossed(design, weight * mu)
    variance = (
        dispersion * np.linalg.solve(information, np.broadcast_to(target, beta.shape)[..., None])[:, 0, 0]
    )
    empty = held.sum(axis=1) == 0
    mean = np.maximum(np.exp(np.clip(beta[:, 0], -25, 25)) * reach[at], 0.5 / len(past))
    spread = np.where(empty, 1.0, dispersion + np.minimum(variance * mean, 10.0))
    return Expected(
        mean,
        spread,
        past,
        tr("a regression on trend and season of {n} earlier periods (Farrington flexible)").format(
            n=len(past)
        ),
        variance,
    )


def _season_levels(past: NDArray[np.int64], at: int, per_year: int, half: int) -> NDArray[np.int64]:
    """0 for periods around the same time of year, and numbered parts of about equal length between."""
    distance = (past - at) % per_year
    inside = (distance <= half) | (distance >= per_year - half)
    rest = per_year - 2 * half - 1
    parts = 9 if per_year > 26 else 3
    return np.where(inside, 0, 1 + np.clip((distance - half - 1) * parts // max(rest, 1), 0, parts - 1))


def _quasi_poisson(
    design: NDArray[np.float64],
    n: NDArray[np.float64],
    weight: NDArray[np.float64],
    offset: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Fit log-linear models of one design to many series at once: means, coefficients, dispersion.

    Trend and seasons are shrunk, because a series of ten incidents cannot tell ten seasons apart.
    """
    terms = design.shape[1]
    mu = n + 0.5
    eta = np.log(mu)
    some = n.any(axis=1)
    beta: NDArray[np.float64] = np.zeros((len(n), terms))
    for _ in range(_ITERATIONS):
        w = weight * mu
        working = eta - offset + (n - mu) / mu
        left = _crossed(design, w)
        right = (w * working) @ design
        fresh: NDArray[np.float64] = np.linalg.solve(left, right[..., None])[..., 0].astype(np.float64)
        eta = np.clip(fresh @ design.T + offset, -20, 20)
        mu = np.exp(eta)
        moved = np.abs(fresh - beta)[some].max(initial=0.0)
        beta = fresh
        if moved < _CLOSE:
            break
    pearson = (weight * (n - mu) ** 2 / np.maximum(mu, _LEAST)).sum(axis=1)
    return mu, beta, pearson / np.maximum((weight > 0).sum(axis=1) - terms, 1)


def _crossed(design: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Information of weighted regressions of one design, and the prior: next to nothing for the level, more for all else."""
    terms = design.shape[1]
    prior = np.diag(np.append(1e-6, np.full(terms - 1, _PRIOR)))
    return (weight @ _products(design)).reshape(-1, terms, terms) + prior


def _products(design: NDArray[np.float64]) -> NDArray[np.float64]:
    """Products of all pairs of terms by period."""
    return (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)


def _residuals(
    n: NDArray[np.float64],
    mu: NDArray[np.float64],
    dispersion: NDArray[np.float64],
    design: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Standardised Anscombe residuals."""
    w = weight * mu
    inverse = np.linalg.inv(_crossed(design, w))
    hat = inverse.reshape(len(n), -1) @ _products(design).T * w
    raw = 1.5 * (n ** (2 / 3) * np.maximum(mu, _LEAST) ** (-1 / 6) - np.sqrt(mu))
    return np.asarray(raw / np.sqrt(dispersion[:, None] * np.maximum(1 - hat, 0.05)))


def ears(n: NDArray[np.float64], at: int) -> dict[str, NDArray[np.float64]]:
    """C1, C2 and C3 of the Early Aberration Reporting System: standard deviations above the mean of seven periods.

    C1 looks at the seven periods before, C2 leaves two out, C3 adds up what C2 found in three. A deviation below a half counts as a
    half, so that one incident after seven periods of none is no alarm. Missing periods among them: no alarm.

    Examples
    --------
    >>> found = ears(np.array([[5.0, 6, 5, 4, 5, 6, 4, 5, 6, 5, 20]]), 10)
    >>> found["C1"].round(2).tolist()
    [18.37]
    """

    def above(when: int, lag: int) -> NDArray[np.float64]:
        if when - lag - 7 < 0:
            return np.full(len(n), np.nan)
        past = n[:, when - lag - 7 : when - lag]
        spread = np.maximum(past.std(axis=1, ddof=1), _LEAST_DEVIATION)
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


def u_limit(
    n: NDArray[np.float64], past: NDArray[np.int64], at: int, length: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """The count that a u-chart calls too high: the rate of the past periods by their length, and three deviations.

    Examples
    --------
    >>> u_limit(np.array([[4.0, 4, 4, 4, 9]]), np.arange(4), 4).tolist()
    [10.0]
    """
    reach = np.ones(n.shape[1]) if length is None else length
    known = ~np.isnan(n[:, past])
    size = np.where(known, reach[past], 0.0).sum(axis=1)
    rate = np.where(known, n[:, past], 0.0).sum(axis=1) / np.maximum(size, _LEAST)
    return np.asarray(reach[at] * (rate + 3 * np.sqrt(rate / reach[at])))
