"""Groups of densely tied entities by the Leiden algorithm, the same for the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.networks.ties import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

ROUNDS = 10


def leiden(both: Rows, *, resolution: float, draw: np.random.Generator) -> Whole:
    """One start: the group of each entity, improved until a round changes nothing."""
    group = np.arange(len(both.ptr) - 1)
    if not len(both.to):
        return group
    best = modularity(both, group, resolution)
    for _ in range(ROUNDS):
        tried = _round(both, group, resolution, draw)
        reached = modularity(both, tried, resolution)
        if reached <= best + 1e-12:
            break
        group, best = tried, reached
    return group


def modularity(both: Rows, group: Any, resolution: float = 1.0) -> float:
    """Share of the ties within groups beyond what the entities' strengths alone would give (Newman and Girvan)."""
    whole = float(both.value.sum())
    if whole == 0.0:
        return 0.0
    begins = np.repeat(np.arange(len(both.ptr) - 1), np.diff(both.ptr))
    inside = float(both.value[group[begins] == group[both.to]].sum()) / whole
    _, number = np.unique(group, return_inverse=True)
    strength = np.bincount(number[begins], weights=both.value)
    return inside - resolution * float(((strength / whole) ** 2).sum())


def _round(both: Rows, start: Whole, resolution: float, draw: np.random.Generator) -> Whole:
    """Move, refine and shrink, until nothing shrinks any more."""
    from ilp_lab.networks.loops.grouping import move_nodes, refine

    rows = both
    count = len(both.ptr) - 1
    begins = np.repeat(np.arange(count), np.diff(both.ptr))
    weight = np.bincount(begins, weights=both.value, minlength=count).astype(np.float64)
    whole = float(weight.sum())
    _, group = np.unique(start, return_inverse=True)
    group = group.astype(np.int64)
    home = np.arange(count)
    while True:
        size = len(rows.ptr) - 1
        move_nodes(*rows, weight, group, whole, resolution, draw.permutation(size))
        piece = refine(*rows, weight, group, whole, resolution, draw.permutation(size), draw.random(size))
        kept, number = np.unique(piece, return_inverse=True)
        if len(kept) == size:
            return np.asarray(group[home])
        rows, weight, group = _shrunk(rows, weight, group[kept], number)
        home = number[home]


def _shrunk(rows: Rows, weight: Any, group: Whole, number: Any) -> tuple[Rows, Any, Whole]:
    """Pieces as entities of their own; ties within them leave the rows and stay in their weight."""
    from ilp_lab.networks.ties import merged, rows_of

    count = len(group)
    begins = number[np.repeat(np.arange(len(rows.ptr) - 1), np.diff(rows.ptr))]
    ends = number[rows.to]
    outer = begins < ends
    source, target, value, _ = merged(begins[outer], ends[outer], rows.value[outer], count)
    _, group = np.unique(group, return_inverse=True)
    return (
        rows_of(source, target, value, count, both_ways=True),
        np.bincount(number, weights=weight, minlength=count).astype(np.float64),
        group.astype(np.int64),
    )


def shuffled(both: Rows, draw: np.random.Generator) -> Rows:
    """A chart of the same degrees with ties dealt anew; pairs drawn twice and loops are left out."""
    from ilp_lab.networks.ties import rows_of

    count = len(both.ptr) - 1
    ends = np.repeat(np.arange(count), np.diff(both.ptr))
    draw.shuffle(ends)
    half = len(ends) // 2
    low, high = np.minimum(ends[:half], ends[half : 2 * half]), np.maximum(ends[:half], ends[half : 2 * half])
    pairs = np.unique((low * count + high)[low != high])
    value = draw.choice(both.value, len(pairs)) if len(pairs) else np.zeros(0)
    return rows_of(pairs // count, pairs % count, value, count, both_ways=True)
