"""From z to p, and from many p to the share of false finds among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr

if TYPE_CHECKING:
    from numpy.typing import NDArray


def two_sided(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Two-sided p of standard normal deviates."""
    from scipy.special import erfc

    return np.asarray(erfc(np.abs(z) / np.sqrt(2.0)))


def false_discovery(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Benjamini-Hochberg adjusted p (q): the share of false finds among those at least this extreme.

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.02, 0.03, 0.5])).round(3).tolist()
    [0.04, 0.04, 0.04, 0.5]
    """
    n = len(p)
    order = np.argsort(p, kind="stable")
    scaled = p[order] * n / np.arange(1, n + 1)
    q = np.empty(n)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def p_words(p: float, name: str = "p") -> str:
    """A probability for people: three digits, and no parade of zeros.

    Examples
    --------
    >>> p_words(0.0432), p_words(3e-20)
    ('p 0.0432', 'p below 0.0001')
    """
    said = tr("{name} below 0.0001") if p < 1e-4 else tr("{name} {p:.3g}")
    return said.format(name=name, p=p) if p >= 1e-4 else said.format(name=name)
