"""Moves of the Leiden algorithm on rows of neighbours (Traag, Waltman and van Eck 2019)."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("int64[::1], int32[::1], float64[::1], float64[::1], int64[::1], float64, float64, int64[::1]")
def move_nodes(ptr, to, value, weight, group, whole, resolution, order):
    """Move entities to the group next to them that raises modularity most, until none would move; returns how many moved.

    ``weight`` is the strength of each entity with its inner ties, ``whole`` their sum. Who is visited again: neighbours of the moved.
    """
    n = len(ptr) - 1
    total = np.zeros(n)
    members = np.zeros(n, np.int64)
    for v in range(n):
        total[group[v]] += weight[v]
        members[group[v]] += 1
    empty = np.empty(n, np.int64)
    free = 0
    for c in range(n - 1, -1, -1):
        if members[c] == 0:
            empty[free] = c
            free += 1
    queue = order.copy()
    waiting = np.ones(n, np.bool_)
    near = np.zeros(n)
    touched = np.empty(n, np.int64)
    head, filled, moves = 0, n, 0
    while filled > 0:
        v = queue[head]
        head = head + 1 if head + 1 < n else 0
        filled -= 1
        waiting[v] = False
        own = group[v]
        count = 0
        for e in range(ptr[v], ptr[v + 1]):
            c = group[to[e]]
            if near[c] == 0.0:
                touched[count] = c
                count += 1
            near[c] += value[e]
        total[own] -= weight[v]
        members[own] -= 1
        push = resolution * weight[v] / whole
        best, gain = own, near[own] - push * total[own]
        for q in range(count):
            c = touched[q]
            other = near[c] - push * total[c]
            if other > gain + 1e-12 * weight[v]:
                best, gain = c, other
        if gain < -1e-12 * weight[v] and members[own] > 0 and free > 0:
            free -= 1
            best = empty[free]
        for q in range(count):
            near[touched[q]] = 0.0
        if best != own and members[own] == 0:
            empty[free] = own
            free += 1
        total[best] += weight[v]
        members[best] += 1
        if best != own:
            group[v] = best
            moves += 1
            for e in range(ptr[v], ptr[v + 1]):
                w = to[e]
                if not waiting[w] and group[w] != best:
                    at = head + filled
                    queue[at if at < n else at - n] = w
                    filled += 1
                    waiting[w] = True
    return moves


@compiled(
    "int64[::1], int32[::1], float64[::1], float64[::1], int64[::1], float64, float64, int64[::1], float64[::1]"
)
def refine(ptr, to, value, weight, group, whole, resolution, order, luck):
    """Split every group into well-joined pieces: single entities join a piece of their group when both hang on it well enough.

    Among the pieces that raise modularity one is drawn, better ones likelier (``luck`` holds the draws). Returns the piece of each.
    """
    n = len(ptr) - 1
    piece = np.arange(n)
    total = weight.copy()
    outer = np.zeros(n)
    within = np.zeros(n)
    single = np.ones(n, np.bool_)
    for v in range(n):
        within[group[v]] += weight[v]
        for e in range(ptr[v], ptr[v + 1]):
            if group[to[e]] == group[v]:
                outer[v] += value[e]
    near = np.zeros(n)
    touched = np.empty(n, np.int64)
    chance = np.empty(n)
    for q in range(n):
        v = order[q]
        if not single[v] or outer[v] < resolution * weight[v] * (within[group[v]] - weight[v]) / whole:
            continue
        count = 0
        for e in range(ptr[v], ptr[v + 1]):
            if group[to[e]] == group[v]:
                c = piece[to[e]]
                if near[c] == 0.0:
                    touched[count] = c
                    count += 1
                near[c] += value[e]
        summed = 0.0
        top = 0.0
        for r in range(count):
            c = touched[r]
            top = max(top, near[c] - resolution * weight[v] * total[c] / whole)
        for r in range(count):
            c = touched[r]
            gain = near[c] - resolution * weight[v] * total[c] / whole
            joined = outer[c] >= resolution * total[c] * (within[group[v]] - total[c]) / whole
            chance[r] = (
                np.exp((gain - top) / (0.05 * max(top, 1e-300))) if gain > 0.0 and joined and c != v else 0.0
            )
            summed += chance[r]
        if summed > 0.0:
            draw = luck[q] * summed
            chosen = -1
            for r in range(count):
                if chance[r] > 0.0:
                    chosen = touched[r]
                    draw -= chance[r]
                    if draw <= 0.0:
                        break
            piece[v] = chosen
            total[chosen] += weight[v]
            outer[chosen] += outer[v] - 2.0 * near[chosen]
            single[v] = False
            single[chosen] = False
        for r in range(count):
            near[touched[r]] = 0.0
    return piece
