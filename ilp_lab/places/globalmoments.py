"""Exact mean and variance of Moran's I, Geary's C and the general G when values lie at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Moments:
    """What a statistic is expected to be when values lie at random, and how it varies.

    Attributes
    ----------
    expected
        Its mean.
    variance_normal
        Its variance when the values come from one normal distribution; NaN where nobody uses it.
    variance_random
        Its variance when the very values are dealt among the places.
    """

    expected: float
    variance_normal: float
    variance_random: float


def _sums(matrix: Any) -> tuple[float, float, float]:
    """S0, S1 and S2 of Cliff and Ord."""
    both = matrix + matrix.T
    out, into = (np.asarray(matrix.sum(axis=axis)).ravel() for axis in (1, 0))
    return float(matrix.sum()), float((both.multiply(both)).sum() / 2), float(((out + into) ** 2).sum())


def of_moran(matrix: Any, z: NDArray[np.float64]) -> Moments:
    """Of Moran's I, from deviations ``z`` (Cliff and Ord 1981)."""
    n, (s0, s1, s2) = float(len(z)), _sums(matrix)
    kurtosis = float((z**4).mean() / (z**2).mean() ** 2)
    expected = -1 / (n - 1)
    normal = (n**2 * s1 - n * s2 + 3 * s0**2) / ((n**2 - 1) * s0**2) - expected**2
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2)
    second = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    dealt = _over(first - second, (n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2
    return Moments(expected, normal, dealt)


def of_geary(matrix: Any, z: NDArray[np.float64]) -> Moments:
    """Of Geary's C, from deviations ``z`` (Cliff and Ord 1981)."""
    n, (s0, s1, s2) = float(len(z)), _sums(matrix)
    kurtosis = float((z**4).mean() / (z**2).mean() ** 2)
    normal = ((2 * s1 + s2) * (n - 1) - 4 * s0**2) / (2 * (n + 1) * s0**2)
    dealt = (
        (n - 1) * s1 * (n**2 - 3 * n + 3 - (n - 1) * kurtosis)
        - (n - 1) * s2 * (n**2 + 3 * n - 6 - (n**2 - n + 2) * kurtosis) / 4
        + s0**2 * (n**2 - 3 - (n - 1) ** 2 * kurtosis)
    )
    return Moments(1.0, normal, _over(dealt, n * (n - 2) * (n - 3) * s0**2))


def of_general_g(matrix: Any, x: NDArray[np.float64]) -> Moments:
    """Of the general G, from values ``x`` (Getis and Ord 1992)."""
    n, (s0, s1, s2) = float(len(x)), _sums(matrix)
    m1, m2, m3, m4 = (float((x**power).sum()) for power in (1, 2, 3, 4))
    b0 = (n**2 - 3 * n + 3) * s1 - n * s2 + 3 * s0**2
    b1 = -((n**2 - n) * s1 - 2 * n * s2 + 6 * s0**2)
    b2 = -(2 * n * s1 - (n + 3) * s2 + 6 * s0**2)
    b3 = 4 * (n - 1) * s1 - 2 * (n + 1) * s2 + 8 * s0**2
    b4 = s1 - s2 + s0**2
    total = b0 * m2**2 + b1 * m4 + b2 * m1**2 * m2 + b3 * m1 * m3 + b4 * m1**4
    expected = s0 / (n * (n - 1))
    square = _over(total, (m1**2 - m2) ** 2 * n * (n - 1) * (n - 2) * (n - 3))
    return Moments(expected, float("nan"), square - expected**2)


def _over(number: float, by: float) -> float:
    return number / by if by > 0 else float("nan")
