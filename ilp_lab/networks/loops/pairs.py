"""What pairs of entities share: neighbours by weight, and ways of three steps."""

from __future__ import annotations

from ilp_lab._compiled import compiled
from ilp_lab.networks.loops.structure import find


@compiled("int64[::1], int32[::1], float64[::1], int64[::1], int64[::1], float64[::1]")
def shared_weight(ptr, to, weight, one, other, found):
    """Sum of ``weight`` over the neighbours that each pair shares; the longer row is searched, not walked."""
    for q in range(len(one)):
        a, b = one[q], other[q]
        if ptr[a + 1] - ptr[a] > ptr[b + 1] - ptr[b]:
            a, b = b, a
        total = 0.0
        first = ptr[b]
        for e in range(ptr[a], ptr[a + 1]):
            at = find(to, first, ptr[b + 1], to[e])
            if at < ptr[b + 1] and to[at] == to[e]:
                total += weight[to[e]]
            first = at
        found[q] = total


@compiled("int64[::1], int32[::1], float64[::1], int64[::1], int64[::1], float64[::1]")
def ways_of_three(ptr, to, counts, one, other, found):
    """How many ways of three steps lead from one to the other of each pair, past those who count (``counts`` 1) only."""
    for q in range(len(one)):
        a, b = one[q], other[q]
        if ptr[a + 1] - ptr[a] > ptr[b + 1] - ptr[b]:
            a, b = b, a
        ways = 0
        for e in range(ptr[a], ptr[a + 1]):
            x = to[e]
            if counts[x] > 0.0:
                for f in range(ptr[x], ptr[x + 1]):
                    y = to[f]
                    at = find(to, ptr[b], ptr[b + 1], y)
                    if counts[y] > 0.0 and at < ptr[b + 1] and to[at] == y:
                        ways += 1
        found[q] = ways
