"""The Getis-Ord statistic, and which of many cells stand out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def z_scores(
    sums: NDArray[np.float64],
    totals: NDArray[np.float64],
    squares: NDArray[np.float64],
    values: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Standard deviates of Gi* (Ord and Getis 1995, equation 7).

    Parameters
    ----------
    sums
        Σ_j w_ij x_j of every place, itself included.
    totals
        Σ_j w_ij.
    squares
        Σ_j w_ij².
    values
        x of all places.

    Returns
    -------
    ndarray
        z; 0 where it is not defined (all values equal, or everything is everything's neighbour). Multiplying a
        place's weights by any number leaves its z as it is.
    """
    n = len(values)
    spread = values.std()
    if n < 2 or spread == 0:
        return np.zeros(n)
    variance = np.maximum(n * squares - totals**2, 0.0) / (n - 1)
    below = spread * np.sqrt(variance)
    above = sums - values.mean() * totals
    return np.asarray(
        np.divide(above, below, out=np.zeros(n), where=below > 1e-12 * spread * np.sqrt(n * squares.max()))
    )


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


def contiguity(shapes: NDArray[np.object_], kind: str) -> Any:
    """Binary weights of polygons that touch, each being its own neighbour too.

    Parameters
    ----------
    shapes
        Polygons.
    kind
        ``"queen"``: a common point is enough; ``"rook"``: a common border is needed.

    Returns
    -------
    scipy.sparse.csr_array
    """
    import shapely
    from scipy import sparse

    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    if kind == "rook":
        shared = shapely.length(
            shapely.intersection(shapely.boundary(shapes[one]), shapely.boundary(shapes[other]))
        )
        kept = (shared > 0) | (one == other)
        one, other = one[kept], other[kept]
    n = len(shapes)
    weights = sparse.csr_array((np.ones(len(one)), (one, other)), shape=(n, n))
    weights.data[:] = 1.0
    return weights
