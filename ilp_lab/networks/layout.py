"""Where the entities of a link chart stand: worked out here, once, the same every time.

A chart that arranges itself in the browser takes minutes and never twice gives the same picture. Here the distance
between two entities on the picture follows the number of links between them (their stress is descended pair by pair),
each connected part is laid out by itself, and the parts are packed side by side.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

APART = 70.0
_WHOLE_UP_TO = 800
_ROUNDS_WHOLE = 40
_PIVOTS = 30
_MANY = 30_000
_ROUNDS, _ROUNDS_MANY = 20, 16
_SOURCES, _SOURCES_MANY = 24, 12
_COOL = 0.2
_LEAST = 0.62
_ROOM = 1.0
_PUSHES, _PUSHES_MANY = 60, 12
_MARGIN = 1.6
_SCREEN = 1.4


def positions(
    size: int, source: Whole, target: Whole, *, fixed: Numbers | None = None, rng: int = 7
) -> Numbers:
    """Place entities so that the way between two of them on the picture follows the links between them.

    Parameters
    ----------
    size
        Number of entities.
    source, target
        Row numbers of the two ends of each link; links of an entity with itself, and several links between the same
        two, count once or not at all.
    fixed
        Where entities stand that may not move, one row per entity; NaN for all others. New entities find their places
        beside those they are linked with.
    rng
        Seed of the order in which pairs are moved.

    Returns
    -------
    array of shape (size, 2)
        In units of the screen; linked entities stand about 70 to 105 apart, none nearer to another than about 40.

    Notes
    -----
    Parts of up to 800 entities are laid out by all their pairs. In larger ones each entity is drawn towards its right
    distance from its neighbours and, in each of 20 rounds, from 24 other entities drawn at random (16 rounds of 12
    above 30,000); the ways from all of them are walked at once. Cost: (entities + links) x rounds. A hundred thousand
    entities with three hundred thousand links take some seconds.

    References
    ----------
    Zheng, Pawar and Goodman 2019, Graph drawing by stochastic gradient descent, doi:10.1109/TVCG.2018.2859997;
    Then et al. 2014, The more the merrier: efficient multi-source graph traversal, doi:10.14778/2735496.2735507;
    Brandes and Pich 2007, Eigensolver methods for progressive multidimensional scaling, doi:10.1007/978-3-540-70904-6_6.

    Examples
    --------
    >>> import numpy as np
    >>> positions(3, np.array([0, 1]), np.array([1, 2])).shape
    (3, 2)
    """
    if size == 0:
        return np.empty((0, 2))
    pairs = _pairs(source, target)
    if fixed is None or not np.isfinite(fixed).any():
        return _anew(size, pairs, rng)
    stay: NDArray[np.bool_] = np.asarray(np.isfinite(fixed).all(axis=1))
    placed = np.where(stay[:, None], fixed, 0.0)
    if stay.all():
        return placed
    joined, apart = _beside(size, pairs, stay)
    _put_beside(placed, pairs, stay, joined, rng)
    if len(apart):
        inside = np.full(size, -1)
        inside[apart] = np.arange(len(apart))
        own = inside[pairs]
        block = _anew(len(apart), own[(own >= 0).all(axis=1)], rng)
        there = placed[stay | joined]
        corner = np.array([there[:, 0].min(), there[:, 1].max() + APART * _MARGIN])
        placed[apart] = block - block.min(axis=0) + corner
    return placed


def stress(xy: Numbers, source: Whole, target: Whole, *, samples: int = 200, rng: int = 7) -> float:
    """How far the distances of a picture are from the number of links between entities; 0 is best.

    Mean over pairs of ((scale x distance - steps) / steps)², with the scale that makes it smallest, over all pairs
    that a way joins and of which one is among ``samples`` entities drawn at random.

    Examples
    --------
    >>> import numpy as np
    >>> round(stress(np.array([[0.0, 0], [1, 0], [2, 0]]), np.array([0, 1]), np.array([1, 2])), 3)
    0.0
    """
    from scipy.sparse.csgraph import dijkstra

    size = len(xy)
    graph = _matrix(size, _pairs(source, target))
    rows = np.random.default_rng(rng).permutation(size)[:samples]
    steps = dijkstra(graph, directed=False, unweighted=True, indices=rows)
    use = np.isfinite(steps) & (steps > 0)
    length = np.hypot(xy[rows, None, 0] - xy[None, :, 0], xy[rows, None, 1] - xy[None, :, 1])[use]
    ways = steps[use]
    if not len(ways):
        return 0.0
    share = length / ways
    scale = share.sum() / max(float((share**2).sum()), 1e-12)
    return float(((scale * share - 1.0) ** 2).mean())


def _pairs(source: Whole, target: Whole) -> Whole:
    """Each pair of different entities once."""
    low, high = np.minimum(source, target).astype(np.int64), np.maximum(source, target).astype(np.int64)
    use = low != high
    if not use.any():
        return np.empty((0, 2), dtype=np.int64)
    wide = int(high.max()) + 1
    joined = np.unique(low[use] * wide + high[use])
    return np.column_stack([joined // wide, joined % wide])


def _matrix(size: int, pairs: Whole) -> Any:
    from scipy.sparse import coo_matrix

    rows, columns = np.r_[pairs[:, 0], pairs[:, 1]], np.r_[pairs[:, 1], pairs[:, 0]]
    return coo_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size)).tocsr()


def _anew(size: int, pairs: Whole, rng: int) -> Numbers:
    """Every part laid out by itself, then all packed side by side."""
    from scipy.sparse.csgraph import connected_components

    count, part = connected_components(_matrix(size, pairs), directed=False)
    sizes = np.bincount(part, minlength=count)
    rank = np.empty(count, dtype=np.int64)
    by_size = np.argsort(-sizes, kind="stable")
    rank[by_size] = np.arange(count)
    order = np.argsort(rank[part], kind="stable")
    inside = np.empty(size, dtype=np.int64)
    inside[order] = np.arange(size)
    starts = np.r_[0, np.cumsum(sizes[by_size])].astype(np.int64)
    graph = _matrix(size, inside[pairs])
    xy = _parts(graph, starts, rng)
    for low, high in pairwise(starts.tolist()):
        if high - low < 3:
            break
        xy[low:high] = _upright(xy[low:high])
    packed = _packed(_spread(xy, starts), starts)
    placed: Numbers = packed[inside]
    placed -= placed.mean(axis=0)
    return placed


def _parts(graph: Any, starts: Whole, rng: int) -> Numbers:
    """Positions of every part around its own middle; links are one long."""
    from ilp_lab.networks.loops.stress import small_parts

    draw = np.random.default_rng(rng)
    size = int(starts[-1])
    indptr, indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int32)
    xy = draw.normal(0, 1, (size, 2))
    large = int((np.diff(starts) > _WHOLE_UP_TO).sum())
    for low, high in pairwise(starts[: large + 1].tolist()):
        own = slice(indptr[low], indptr[high])
        xy[low:high] = _large_part(indptr[low : high + 1] - indptr[low], indices[own] - np.int32(low), draw)
    state = draw.integers(1, 2**31, 1)
    small_parts(indptr, indices, starts[large:], xy, _ROUNDS_WHOLE, state)
    return xy


def _large_part(indptr: Whole, indices: NDArray[np.int32], draw: np.random.Generator) -> Numbers:
    """Stress descended against other random entities in every round: each stands for all, none is favoured."""
    from ilp_lab.networks.loops.stress import descend, pivot_steps, ways_from

    size = len(indptr) - 1
    first = int(np.argmax(np.diff(indptr)))
    indptr, indices, order = _in_waves(indptr, indices, first)
    steps = pivot_steps(indptr, indices, _PIVOTS, 0)
    xy = _pivot_start(steps) + draw.normal(0, 0.1, (size, 2))
    rounds, each = (_ROUNDS, _SOURCES) if size <= _MANY else (_ROUNDS_MANY, _SOURCES_MANY)
    seen, front, coming = (np.zeros(size, dtype=np.uint64) for _ in range(3))
    queue, ahead = (np.empty(size, dtype=np.int32) for _ in range(2))
    ways = np.empty((size, each), dtype=np.int16)
    for heat in np.geomspace(max(float(steps.max()), 2.0) ** 2 / 4, _COOL, rounds):
        sources = draw.integers(0, size, each).astype(np.int32)
        ways_from(indptr, indices, sources, ways, seen, front, coming, queue, ahead)
        descend(indptr, indices, sources, ways, xy, heat)
    placed = np.empty_like(xy)
    placed[order] = xy
    return placed


def _in_waves(
    indptr: Whole, indices: NDArray[np.int32], first: int
) -> tuple[Whole, NDArray[np.int32], Whole]:
    """The same part with its entities numbered by their steps from the first, so that neighbours lie near in memory."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    size = len(indptr) - 1
    graph = csr_matrix((np.ones(len(indices), dtype=np.int8), indices, indptr), shape=(size, size))
    order = breadth_first_order(graph, first, directed=False, return_predecessors=False).astype(np.int64)
    turned = graph[order][:, order]
    turned.sort_indices()
    return turned.indptr.astype(np.int64), turned.indices.astype(np.int32), order


def _pivot_start(steps: NDArray[np.int16]) -> Numbers:
    """Coordinates whose distances follow the number of steps to the pivots (pivot MDS)."""
    squares = steps.astype(np.float64) ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    _, vectors = np.linalg.eigh(centred.T @ centred)
    xy = np.asarray(centred @ vectors[:, -2:], dtype=np.float64)
    for axis in range(2):
        if xy[np.argmax(np.abs(xy[:, axis])), axis] < 0:
            xy[:, axis] *= -1
    across = np.hypot(*(xy - xy[int(np.argmin(steps[:, 0]))]).T)
    scale = float((steps[:, 0] * across).sum()) / max(float((across**2).sum()), 1e-9)
    return xy * scale


def _upright(xy: Numbers) -> Numbers:
    """Turn so that the part is wider than high, as screens and pages are."""
    centred = xy - xy.mean(axis=0)
    across, down, both = (
        (centred[:, 0] ** 2).sum(),
        (centred[:, 1] ** 2).sum(),
        (centred[:, 0] * centred[:, 1]).sum(),
    )
    turn = 0.5 * math.atan2(2 * both, across - down)
    turned = centred @ np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    for axis in range(2):
        if turned[np.argmax(np.abs(turned[:, axis])), axis] < 0:
            turned[:, axis] *= -1
    return np.asarray(turned, dtype=np.float64)


def _spread(xy: Numbers, starts: Whole) -> Numbers:
    """Scale each part so that its entities have room, then push those that still stand too close."""
    from ilp_lab.networks.loops.stress import push_apart

    xy = xy * (APART * 1.5)
    free = np.ones(int(starts[1]), dtype=np.bool_)
    for low, high in pairwise(starts.tolist()):
        if high - low < 3:
            break
        own = np.ascontiguousarray(xy[low:high])
        room = math.pi * 4.0 * float(np.prod(own.std(axis=0) + APART / 4))
        own *= max(1.0, math.sqrt((high - low) * _ROOM * APART**2 / room))
        push_apart(own, free[: high - low], APART * _LEAST, _PUSHES if high - low <= _MANY else _PUSHES_MANY)
        xy[low:high] = own
    return xy


def _packed(xy: Numbers, starts: Whole) -> Numbers:
    """Parts in rows, largest first, in the width that fills a screen best; single entities closer together."""
    from ilp_lab.networks.loops.stress import shelves

    low = np.minimum.reduceat(xy, starts[:-1], axis=0)
    extent = np.maximum.reduceat(xy, starts[:-1], axis=0) - low + APART * _MARGIN
    widths, heights = np.ascontiguousarray(extent[:, 0]), np.ascontiguousarray(extent[:, 1])
    area = math.sqrt(float((widths * heights).sum()))
    best, corners = math.inf, np.empty((0, 2))
    for factor in (0.9, 1.1, 1.3, 1.6, 2.0, 2.6):
        tried = shelves(widths, heights, max(float(widths.max()), area * factor))
        span = (tried + extent).max(axis=0)
        if max(span[0] / _SCREEN, span[1]) < best:
            best, corners = max(span[0] / _SCREEN, span[1]), tried
    moved: Numbers = xy + np.repeat(corners - low, np.diff(starts), axis=0)
    return moved


def _beside(size: int, pairs: Whole, stay: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], Whole]:
    """Which new entities have a way to one that stays, and which have none."""
    from scipy.sparse.csgraph import connected_components

    _, part = connected_components(_matrix(size, pairs), directed=False)
    anchored = np.zeros(int(part.max()) + 1, dtype=bool)
    anchored[part[stay]] = True
    return anchored[part] & ~stay, np.flatnonzero(~anchored[part])


def _put_beside(
    placed: Numbers, pairs: Whole, stay: NDArray[np.bool_], joined: NDArray[np.bool_], rng: int
) -> None:
    """Place new entities around those they are linked with, wave by wave; nothing that stays is moved."""
    from ilp_lab.networks.loops.stress import push_apart

    if not joined.any():
        return
    both = np.vstack([pairs, pairs[:, ::-1]])
    there = stay.copy()
    middle = placed[stay].mean(axis=0)
    turn = np.random.default_rng(rng).uniform(0, 2 * math.pi)
    while not there[joined].all():
        ready = both[there[both[:, 1]] & ~there[both[:, 0]]]
        new, first = np.unique(ready[:, 0], return_inverse=True)
        ties = np.bincount(first)
        sums = [np.bincount(first, weights=placed[ready[:, 1], axis]) for axis in (0, 1)]
        at = np.column_stack(sums) / ties[:, None]
        outward = at - middle
        angle = np.where(
            np.hypot(*outward.T) > 1.0, np.arctan2(outward[:, 1], outward[:, 0]), turn
        ) + 2.399963 * _rank_within(ready[:, 1][np.unique(first, return_index=True)[1]])
        reach = APART * np.where(ties == 1, 1.3, 0.4)
        placed[new] = at + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        there[new] = True
    here = np.ascontiguousarray(placed[there])
    push_apart(here, ~stay[there], APART * _LEAST, 60)
    placed[there] = here


def _rank_within(groups: Whole) -> Numbers:
    """0, 1, 2 … within each group, in the order given; spread to both sides of the first."""
    order = np.argsort(groups, kind="stable")
    sorted_groups = groups[order]
    new = np.r_[True, sorted_groups[1:] != sorted_groups[:-1]]
    begin = np.maximum.accumulate(np.where(new, np.arange(len(groups)), 0))
    rank = np.empty(len(groups))
    rank[order] = np.arange(len(groups)) - begin
    return rank
