"""How much better other districts could be at most, where proving the best takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS, _WORK = 1_500, 400_000_000
_PATIENCE, _SHORTER, _LEAST = 25, 0.7, 1e-3


def least_travel(weighted: NDArray[np.float64], number: int, known: float) -> float:
    """A bound that no districts can go below: the p-median with its assignments priced (Lagrangian relaxation, subgradients).

    Limits of workload and contiguity are left out, which can only lower it.

    Parameters
    ----------
    weighted
        Workload times travel, from area (rows) to base (columns).
    number
        How many districts.
    known
        Travel of districts that were found.

    Notes
    -----
    Cost: at most 1,500 passes over the matrix, fewer for more than 500 areas. Typically within one per cent of the best p-median.

    References
    ----------
    Beasley, J. E. (1993), Lagrangean heuristics for location problems, doi:10.1016/0377-2217(93)90118-7.

    Examples
    --------
    >>> line = np.abs(np.subtract.outer(np.arange(4.0), np.arange(4.0)))
    >>> round(least_travel(line, 2, 2.0), 3)
    2.0
    """
    price = np.sort(weighted, axis=1)[:, 1:6].mean(axis=1) if len(weighted) > 1 else np.zeros(len(weighted))
    best, step, waited = 0.0, 2.0, 0
    for _ in range(max(100, min(_STEPS, _WORK // weighted.size))):
        gain = weighted - price[:, None]
        taken = gain < 0
        by_base = np.where(taken, gain, 0.0).sum(axis=0)
        bases = np.argpartition(by_base, number - 1)[:number]
        value = float(price.sum() + by_base[bases].sum())
        waited = 0 if value > best else waited + 1
        best = max(best, value)
        if waited > _PATIENCE:
            step, waited = step * _SHORTER, 0
        slope = 1.0 - taken[:, bases].sum(axis=1)
        steepness = float((slope**2).sum())
        if step < _LEAST or not steepness or best >= known:
            break
        price = price + step * (known - value) / steepness * slope
    return min(best, known)
