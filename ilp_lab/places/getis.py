"""The Getis-Ord statistic, and which of many cells stand out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._ground.significance import two_sided

if TYPE_CHECKING:
    from numpy.typing import NDArray

Deviates = Callable[["NDArray[np.float64]", "NDArray[np.float64]"], "NDArray[np.float64]"]


def deviates(totals: NDArray[np.float64], squares: NDArray[np.float64]) -> Deviates:
    """Make the function that standardises Gi* (Ord and Getis 1995, equation 7).

    Parameters
    ----------
    totals
        Σ_j w_ij of every place, itself included.
    squares
        Σ_j w_ij².

    Returns
    -------
    callable
        Σ_j w_ij x_j of every place and x of every place → z; 0 where z is not defined (all values equal, or
        everything is everything's neighbour). Multiplying a place's weights by any number leaves its z as it is.

    Examples
    --------
    >>> weights = np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]])
    >>> values = np.array([4.0, 1, 1])
    >>> deviates(weights.sum(axis=1), (weights**2).sum(axis=1))(weights @ values, values).round(3).tolist()
    [0.707, 0.0, -1.414]
    """
    n = len(totals)
    variance = np.maximum(n * squares - totals**2, 0.0) / max(n - 1, 1)
    defined = variance > 1e-12 * n * squares
    scale = np.divide(1.0, np.sqrt(variance), out=np.zeros(n), where=defined)

    def z(sums: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        spread = float(values.std()) if n > 1 else 0.0
        if spread <= 1e-12 * float(np.abs(values).max(initial=0.0)):
            return np.zeros(n)
        return np.asarray((sums - values.mean() * totals) * scale / spread)

    return z


def discoveries(z: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    """Whether the q of each z lies below ``alpha``; sorts only what has a chance.

    Examples
    --------
    >>> discoveries(np.array([0.3, -4.0, 2.0]), 0.05).tolist()
    [False, True, False]
    """
    p = np.ones(len(z))
    extreme = np.flatnonzero(np.abs(z) > _least(alpha))
    p[extreme] = two_sided(z[extreme])
    ranked = np.sort(p[extreme])
    passing = np.flatnonzero(ranked * len(z) / np.arange(1, len(ranked) + 1) < alpha)
    return p <= ranked[passing[-1]] if len(passing) else np.zeros(len(z), dtype=bool)


def _least(alpha: float) -> float:
    """A z whose p is a little above ``alpha``; anything less extreme cannot pass."""
    from scipy.special import ndtri

    return float(-ndtri(alpha / 2)) * 0.999
