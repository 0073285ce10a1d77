"""Where the entities of a link chart stand: worked out here, once, the same every time.

A chart that arranges itself in the browser takes minutes and never twice gives the same picture. Here each connected
part is laid out by itself (pivot distances to start from, then springs), and the parts are packed side by side.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

APART = 70.0
_PIVOTS = 40
_WHOLE_UP_TO = 600
_ROUNDS_SMALL = 160
_ROUNDS_LARGE = 70
_MARGIN = 1.6
_SCREEN = 1.4
_REACH = 0.3  # of the part's width; farther entities hardly repel, which keeps the arms of a chart short


def positions(size: int, source: Whole, target: Whole, *, seed: int = 7) -> Numbers:
    """Place entities so that linked ones stand near one another.

    Parameters
    ----------
    size
        Number of entities.
    source, target
        Row numbers of the two ends of each link; links of an entity with itself count for nothing.
    seed
        Of the small shifts that separate entities standing on one place.

    Returns
    -------
    array of shape (size, 2)
        In units of the screen; the mean distance to the nearest neighbour is about 70.

    Notes
    -----
    Up to 600 entities all pairs repel; above, only near ones do (cost: entities x rounds). Ten thousand entities take
    some seconds.

    References
    ----------
    Fruchterman and Reingold 1991, doi:10.1002/spe.4380211102; Brandes and Pich 2007, Eigensolver methods for
    progressive multidimensional scaling, doi:10.1007/978-3-540-70904-6_6.

    Examples
    --------
    >>> import numpy as np
    >>> positions(3, np.array([0, 1]), np.array([1, 2])).shape
    (3, 2)
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if size == 0:
        return np.empty((0, 2))
    low, high = np.minimum(source, target), np.maximum(source, target)
    pairs = np.unique(np.column_stack([low, high])[low != high], axis=0)
    matrix = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size)).tocsr()
    count, part = connected_components(matrix, directed=False)
    order = np.argsort(part, kind="stable")
    starts = np.searchsorted(part[order], np.arange(count + 1))
    pair_part = part[pairs[:, 0]] if len(pairs) else np.empty(0, dtype=np.int64)
    pair_order = np.argsort(pair_part, kind="stable")
    pair_starts = np.searchsorted(pair_part[pair_order], np.arange(count + 1))
    inside = np.empty(size, dtype=np.int64)
    blocks: list[Numbers] = []
    for number in range(count):
        members = order[starts[number] : starts[number + 1]]
        inside[members] = np.arange(len(members))
        own = inside[pairs[pair_order[pair_starts[number] : pair_starts[number + 1]]]]
        blocks.append(_part(len(members), own.reshape(-1, 2), seed))
    placed = np.empty((size, 2))
    for number, corner in enumerate(_packed(blocks)):
        placed[order[starts[number] : starts[number + 1]]] = blocks[number] + corner
    placed -= placed.mean(axis=0)
    return placed


def _part(size: int, pairs: Whole, seed: int) -> Numbers:
    """One connected part, its corner at (0, 0)."""
    if size == 1:
        return np.zeros((1, 2))
    if size == 2:
        return np.array([[0.0, 0.0], [APART * 1.5, 0.0]])
    rng = np.random.default_rng(seed)
    start = _pivot_start(size, pairs) + rng.normal(0, 0.05, (size, 2))
    rounds = _ROUNDS_SMALL if size <= _WHOLE_UP_TO else _ROUNDS_LARGE
    springs = _springs_all if size <= _WHOLE_UP_TO else _springs_near
    xy = _apart(_upright(springs(start, pairs, rounds)))
    moved: Numbers = xy - xy.min(axis=0)
    return moved


def _pivot_start(size: int, pairs: Whole) -> Numbers:
    """Coordinates whose distances follow the number of steps to some pivots (pivot MDS)."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra

    ones = np.ones(2 * len(pairs))
    both = np.vstack([pairs, pairs[:, ::-1]])
    graph = coo_matrix((ones, (both[:, 0], both[:, 1])), shape=(size, size)).tocsr()
    nearest = np.full(size, np.inf)
    pivot, steps = int(np.argmax(np.bincount(pairs.ravel(), minlength=size))), []
    for _ in range(min(_PIVOTS, size)):
        row = dijkstra(graph, directed=False, unweighted=True, indices=pivot)
        steps.append(row)
        nearest = np.minimum(nearest, row)
        pivot = int(np.argmax(nearest))
    squares = np.column_stack(steps) ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    _, vectors = np.linalg.eigh(centred.T @ centred)
    xy = np.asarray(centred @ vectors[:, -2:], dtype=np.float64)
    for axis in range(2):
        if xy[np.argmax(np.abs(xy[:, axis])), axis] < 0:
            xy[:, axis] *= -1
    spread = float(xy.std()) or 1.0
    return xy / spread * math.sqrt(size) * 0.4


def _springs_all(xy: Numbers, pairs: Whole, rounds: int) -> Numbers:
    """Springs along links, repulsion between all; the unit is the wanted length of a link."""
    from scipy.spatial.distance import cdist

    size = len(xy)
    reach = _REACH * math.sqrt(size)
    for number in range(rounds):
        heat = 0.35 * math.sqrt(size) * (1 - number / rounds) ** 1.5 + 0.01
        squares = cdist(xy, xy, "sqeuclidean")
        weight = 1.0 / ((squares + 1e-4) * (1.0 + squares / reach**2))
        push = xy * weight.sum(axis=1, keepdims=True) - weight @ xy
        xy = xy + _limited(push + _pull(xy, pairs), heat)
    return xy


def _springs_near(xy: Numbers, pairs: Whole, rounds: int) -> Numbers:
    """The same for large parts: near entities repel one another, far ones as the middles of squares they stand in."""
    size = len(xy)
    for number in range(rounds):
        heat = 0.2 * math.sqrt(size) * (1 - number / rounds) ** 1.5 + 0.01
        xy = xy + _limited(_push_by_squares(xy) + _pull(xy, pairs), heat)
    return xy


def _push_by_squares(xy: Numbers) -> Numbers:
    """Repulsion from the middles of a coarse grid of squares, and from single neighbours in the finer one."""
    from scipy.spatial.distance import cdist

    size = len(xy)
    low, span = xy.min(axis=0), float(np.ptp(xy, axis=0).max()) + 1e-9
    side = int(min(24, max(4, math.sqrt(size) / 3)))
    square = np.minimum((xy - low) / span * side, side - 1).astype(np.int64)
    flat = square[:, 0] * side + square[:, 1]
    held = np.bincount(flat, minlength=side * side)
    used = np.flatnonzero(held)
    middles = np.column_stack(
        [np.bincount(flat, weights=xy[:, axis], minlength=side * side)[used] / held[used] for axis in (0, 1)]
    )
    weight = held[used] / (cdist(xy, middles, "sqeuclidean") + (span / side) ** 2 * 0.25)
    push: Numbers = xy * weight.sum(axis=1, keepdims=True) - weight @ middles
    return push + _push_near(xy)


def _push_near(xy: Numbers) -> Numbers:
    from scipy.spatial import cKDTree

    distance, other = cKDTree(xy).query(xy, k=min(9, len(xy)))
    apart = xy[:, None, :] - xy[other[:, 1:]]
    push: Numbers = (apart / (distance[:, 1:, None] ** 2 + 1e-3)).sum(axis=1)
    return push


def _pull(xy: Numbers, pairs: Whole) -> Numbers:
    apart = xy[pairs[:, 1]] - xy[pairs[:, 0]]
    force = apart * np.sqrt((apart**2).sum(axis=1) + 1e-9)[:, None]
    size = len(xy)
    return np.column_stack(
        [
            np.bincount(pairs[:, 0], weights=force[:, axis], minlength=size)
            - np.bincount(pairs[:, 1], weights=force[:, axis], minlength=size)
            for axis in (0, 1)
        ]
    )


def _limited(force: Numbers, heat: float) -> Numbers:
    length = np.sqrt((force**2).sum(axis=1, keepdims=True)) + 1e-12
    moved: Numbers = force / length * np.minimum(length, heat)
    return moved


def _upright(xy: Numbers) -> Numbers:
    """Turn so that the part is wider than high, as screens and pages are."""
    centred = xy - xy.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    turned = centred @ vectors[:, ::-1]
    for axis in range(2):
        if turned[np.argmax(np.abs(turned[:, axis])), axis] < 0:
            turned[:, axis] *= -1
    return np.asarray(turned, dtype=np.float64)


def _apart(xy: Numbers) -> Numbers:
    """Scale to the screen, then push entities that still stand too close."""
    from scipy.spatial import cKDTree

    nearest = cKDTree(xy).query(xy, k=2)[0][:, 1]
    xy = xy * (APART / max(float(np.mean(nearest)), 1e-9))
    for _ in range(12):
        near = cKDTree(xy).query_pairs(APART * 0.62, output_type="ndarray")
        if not len(near):
            break
        apart = xy[near[:, 0]] - xy[near[:, 1]]
        length = np.sqrt((apart**2).sum(axis=1, keepdims=True))
        apart = np.where(length < 1e-6, np.array([[1.0, 0.0]]), apart / np.maximum(length, 1e-6))
        move = apart * (APART * 0.62 - length) * 0.4
        for axis in range(2):
            xy[:, axis] += np.bincount(near[:, 0], weights=move[:, axis], minlength=len(xy))
            xy[:, axis] -= np.bincount(near[:, 1], weights=move[:, axis], minlength=len(xy))
    return xy


def _packed(blocks: list[Numbers]) -> list[Any]:
    """Corners of the blocks in rows, largest first, in the width that fills a screen best."""
    gap = APART * _MARGIN
    extents = [tuple((np.ptp(block, axis=0) + gap).tolist()) for block in blocks]
    order = sorted(range(len(blocks)), key=lambda i: (-len(blocks[i]), i))
    widest = max(width for width, _ in extents)
    area = math.sqrt(sum(width * height for width, height in extents))
    tried = [_rows(extents, order, max(widest, area * factor)) for factor in (0.9, 1.1, 1.3, 1.6, 2.0, 2.6)]
    return min(tried, key=lambda one: max(one[1] / _SCREEN, one[2]))[0]


def _rows(extents: list[tuple[float, ...]], order: list[int], wide: float) -> tuple[list[Any], float, float]:
    """Blocks in rows no wider than ``wide``: their corners, and how wide and high the whole is."""
    corners: list[Any] = [np.zeros(2)] * len(extents)
    x = y = row_height = used = 0.0
    for number in order:
        width, height = extents[number]
        if x and x + width > wide:
            x, y, row_height = 0.0, y + row_height, 0.0
        corners[number] = np.array([x, y])
        x, row_height = x + width, max(row_height, height)
        used = max(used, x)
    return corners, used, y + row_height
