"""Shortest paths over sparse matrices: betweenness level by level, closeness from distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

AT_ONCE = 64


def betweenness(matrix: Any, sources: NDArray[np.int64], *, label: str) -> Numbers:
    """Sum of pair dependencies from ``sources`` (Brandes 2001), every link one step long.

    Parameters
    ----------
    matrix
        Square sparse matrix; an entry is a link from its row to its column.
    sources
        Rows to start from.
    label
        Written beside the progress bar.

    Returns
    -------
    numpy.ndarray
        One value per row, not normalised; each ordered pair counts once.
    """
    from tqdm.auto import tqdm

    ahead = (matrix != 0).astype(np.float64).tocsr()
    back = ahead.T.tocsr()
    total = np.zeros(ahead.shape[0])
    starts = range(0, len(sources), AT_ONCE)
    for start in tqdm(starts, desc=label, delay=1, leave=False):
        total += _dependencies(ahead, back, sources[start : start + AT_ONCE])
    return total


def _dependencies(ahead: Any, back: Any, sources: NDArray[np.int64]) -> Numbers:
    """Dependencies of all rows on one block of sources: columns are sources."""
    lanes = np.arange(len(sources))
    level = np.full((ahead.shape[0], len(sources)), -1, dtype=np.int32)
    paths = np.zeros(level.shape)
    level[sources, lanes] = 0
    paths[sources, lanes] = 1.0
    front, depth = paths.copy(), 0
    while True:
        front = back @ front
        front[level >= 0] = 0.0
        if not front.any():
            break
        depth += 1
        level[front > 0] = depth
        paths += front
    depends = np.zeros(level.shape)
    for at in range(depth, 0, -1):
        share = np.divide(1.0 + depends, paths, out=np.zeros(level.shape), where=level == at)
        depends += np.where(level == at - 1, paths * (ahead @ share), 0.0)
    depends[sources, lanes] = 0.0
    summed: Numbers = depends.sum(axis=1)
    return summed


def closeness(matrix: Any, *, weighted: bool, label: str) -> tuple[Numbers, Numbers, float]:
    """Closeness (Wasserman and Faust) and harmonic closeness, from the distances *to* each row.

    Parameters
    ----------
    matrix
        Square sparse matrix of distances above 0; an entry is a link from its row to its column.
    weighted
        Whether the entries are lengths; otherwise every link is one step.
    label
        Written beside the progress bar.

    Returns
    -------
    closeness, harmonic, longest
        One value per row: (r-1)/(n-1) * (r-1)/sum of distances over the r that reach it, and the mean of 1/distance
        over all others (0 where there is no way); and the longest of all shortest distances.
    """
    from scipy.sparse.csgraph import dijkstra
    from tqdm.auto import tqdm

    count = matrix.shape[0]
    near, harmonic, longest = np.zeros(count), np.zeros(count), 0.0
    if count < 2:
        return near, harmonic, longest
    back = matrix.T.tocsr()
    for start in tqdm(range(0, count, AT_ONCE), desc=label, delay=1, leave=False):
        rows = np.arange(start, min(start + AT_ONCE, count))
        distance = dijkstra(back, directed=True, indices=rows, unweighted=not weighted)
        distance[np.arange(len(rows)), rows] = np.inf
        reach = np.isfinite(distance)
        others = reach.sum(axis=1)
        longest = max(longest, float(distance.max(where=reach, initial=0.0)))
        far = np.where(reach, distance, 0.0).sum(axis=1)
        near[rows] = np.divide(others * others, far * (count - 1), out=np.zeros(len(rows)), where=far > 0)
        harmonic[rows] = (1.0 / distance).sum(axis=1) / (count - 1)
    return near, harmonic, longest
