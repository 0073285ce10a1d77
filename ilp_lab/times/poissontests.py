"""Two counts compared: the E-test, the exact conditional test, the ratio with its interval, Poisson Z."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ETest = Literal["score", "wald"]
_EXACT_MEAN = 3_000.0
_TAIL = 8.5


def e_test(one: float, other: float, *, ratio: float = 1.0, statistic: ETest = "score") -> float:
    """Two-sided p of two Poisson counts having one rate (Krishnamoorthy and Thomson 2004).

    Parameters
    ----------
    one, other
        The counts.
    ratio
        How much longer (or larger) the exposure of ``other`` is than that of ``one``.
    statistic
        ``"score"`` (variance under one rate) or ``"wald"`` (variance from each count).

    Returns
    -------
    float
        p. Above a mean of 3,000 the normal approximation is used, which then agrees to three digits.

    Examples
    --------
    >>> round(e_test(100, 25, ratio=0.5, statistic="wald"), 9)
    0.000574719
    >>> e_test(6, 3, ratio=0.5)
    1.0
    """
    from scipy.special import erfc
    from scipy.stats import poisson

    if one == other == 0:
        return 1.0
    rate = (one + other) / (1 + ratio)
    means = (rate, rate * ratio)
    seen = float(abs(_deviate(np.array(float(one)), np.array(float(other)), ratio, statistic)))
    if max(means) > _EXACT_MEAN:
        return float(erfc(seen / math.sqrt(2)))
    grids = [
        np.arange(
            max(0, math.floor(mean - _TAIL * math.sqrt(mean) - 10)),
            math.ceil(mean + _TAIL * math.sqrt(mean) + 30) + 1,
        )
        for mean in means
    ]
    all_seen = np.abs(
        _deviate(grids[0][:, None].astype(float), grids[1][None, :].astype(float), ratio, statistic)
    )
    extreme = all_seen >= seen * (1 - 1e-12)
    chance = poisson.pmf(grids[0], means[0])[:, None] * poisson.pmf(grids[1], means[1])[None, :]
    return float(min(1.0, round(float(chance[extreme].sum()), 14)))


def _deviate(
    one: NDArray[np.float64], other: NDArray[np.float64], ratio: float, statistic: ETest
) -> NDArray[np.float64]:
    """The difference of two counts in units of its deviation; 0 for two noughts."""
    share = 1 / ratio
    variance = (one + other) * share if statistic == "score" else one + other * share**2
    return np.asarray(
        np.divide(
            one - other * share,
            np.sqrt(variance),
            out=np.zeros(np.broadcast(one, other).shape),
            where=variance > 0,
        )
    )


def rate_ratio(
    after: float, before: float, *, ratio: float = 1.0, level: float = 0.95
) -> tuple[float, float, float]:
    """Rate after over rate before, with the exact interval (conditional binomial; Clopper and Pearson).

    ``ratio`` is how much longer the time before is than the time after.

    Examples
    --------
    >>> [round(value, 3) for value in rate_ratio(10, 20)]
    [0.5, 0.209, 1.119]
    """
    from scipy.stats import beta

    total, tail = after + before, (1 - level) / 2
    if not total:
        return math.nan, 0.0, math.inf
    low = float(beta.ppf(tail, after, before + 1)) if after else 0.0
    high = float(beta.ppf(1 - tail, after + 1, before)) if before else 1.0
    odds = [share / (1 - share) * ratio if share < 1 else math.inf for share in (low, high)]
    return (after / before * ratio if before else math.inf), odds[0], odds[1]


def poisson_z(after: float, before: float) -> float:
    """2 (√after − √before): beyond ±3 a count differs from what it was more than chance does (Wheeler 2016).

    Examples
    --------
    >>> round(poisson_z(33, 54), 6)
    -3.207813
    """
    return 2 * (math.sqrt(after) - math.sqrt(before))


def poisson_band(
    mean: NDArray[np.float64], dispersion: NDArray[np.float64] | float = 1.0, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The range that holds a count of this mean; negative binomial where the variance is ``dispersion`` × mean."""
    from scipy.stats import nbinom, poisson

    mean, spread = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(dispersion, np.float64))
    tail = (1 - level) / 2
    low, high = poisson.ppf(tail, mean), poisson.ppf(1 - tail, mean)
    over = (spread > 1 + 1e-9) & (mean > 0)
    if over.any():
        p = 1 / spread[over]
        size = mean[over] / (spread[over] - 1)
        low[over], high[over] = nbinom.ppf(tail, size, p), nbinom.ppf(1 - tail, size, p)
    return np.where(mean > 0, low, 0.0), np.where(mean > 0, high, 0.0)
