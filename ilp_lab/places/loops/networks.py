"""Walking along streets: kernels that spread over junctions, and pairs of events by network distance."""

from __future__ import annotations

import heapq
import math

import numpy as np

from ilp_lab._compiled import compiled

_LEAST = 1e-5


@compiled(
    "int64[::1], float64[::1], float64[::1], int64, int64, float64, boolean, int64[::1], int64[::1], float64[::1], int64[::1], int64[::1], int64[::1], int64[::1], float64[::1]"
)
def spread(
    segment,
    along,
    weight,
    first,
    last,
    bandwidth,
    continuous,
    begin,
    end,
    length,
    starts,
    around,
    cell_start,
    cells,
    out,
):
    """Spread the events ``first`` to ``last`` over the network with a quartic kernel, split equally at junctions.

    ``starts`` and ``around`` list the segments at every junction; segment s holds ``cells[s]`` cells, of which the first is
    number ``cell_start[s]`` of ``out``. Discontinuous: a junction of n segments passes on 1/(n - 1) to each of the others.
    Continuous: 2/n to each of the others and (2 - n)/n back (Okabe and Sugihara 2012).
    """
    deepest = 256
    stack_node = np.empty(deepest * 64, np.int64)
    stack_from = np.empty(deepest * 64, np.int64)
    stack_far = np.empty(deepest * 64, np.float64)
    stack_share = np.empty(deepest * 64, np.float64)
    tall = 15.0 / (16.0 * bandwidth)
    for i in range(first, last):
        s = segment[i]
        wide = length[s] / cells[s]
        for k in range(cells[s]):
            u = ((k + 0.5) * wide - along[i]) / bandwidth
            if -1.0 < u < 1.0:
                out[cell_start[s] + k] += weight[i] * tall * (1 - u * u) ** 2
        top = 0
        for side in range(2):
            far = along[i] if side == 0 else length[s] - along[i]
            if far < bandwidth:
                stack_node[top] = begin[s] if side == 0 else end[s]
                stack_from[top] = s
                stack_far[top] = far
                stack_share[top] = weight[i]
                top += 1
        while top > 0:
            top -= 1
            node, came, far, share = stack_node[top], stack_from[top], stack_far[top], stack_share[top]
            degree = starts[node + 1] - starts[node]
            back_done = False
            for e in range(starts[node], starts[node + 1]):
                to = around[e]
                # a loop street stands twice at its junction; it goes back only once
                back = to == came and not back_done
                if back:
                    back_done = True
                if continuous:
                    part = share * (2.0 - degree) / degree if back else share * 2.0 / degree
                elif back:
                    continue
                else:
                    part = share / (degree - 1.0)
                if abs(part) < _LEAST * weight[i]:
                    continue
                wide = length[to] / cells[to]
                forward = begin[to] == node and not (
                    begin[to] == end[to] and e > starts[node] and around[e - 1] == to
                )
                for k in range(cells[to]):
                    run = (k + 0.5) * wide if forward else length[to] - (k + 0.5) * wide
                    u = (far + run) / bandwidth
                    if u < 1.0:
                        out[cell_start[to] + k] += part * tall * (1 - u * u) ** 2
                beyond = far + length[to]
                if beyond < bandwidth and top < len(stack_node):
                    stack_node[top] = end[to] if forward else begin[to]
                    stack_from[top] = to
                    stack_far[top] = beyond
                    stack_share[top] = part
                    top += 1


@compiled(
    "int64[::1], float64[::1], int64[::1], int64, int64, float64, int64, int64[::1], int64[::1], float64[::1], int64[::1], int64[::1], int64[::1], int64[::1], float64[::1], float64[::1]"
)
def network_pairs(
    segment,
    along,
    of_segment,
    first,
    last,
    reach,
    bins,
    begin,
    end,
    length,
    starts,
    around,
    near_starts,
    near,
    far,
    out,
):
    """Count pairs of events by network distance, from the events ``first`` to ``last``.

    Events are sorted by segment, ``of_segment`` says where each segment's begin; ``near_starts``, ``near`` and ``far`` list the
    junctions within ``reach`` of every junction, and how far they are.
    """
    nodes = len(starts) - 1
    step = reach / bins
    apart = np.full(nodes, np.inf)
    touched = np.empty(nodes, np.int64)
    seen = np.full(len(length), -1, np.int64)
    for i in range(first, last):
        s = segment[i]
        count = 0
        for side in range(2):
            node = begin[s] if side == 0 else end[s]
            to_node = along[i] if side == 0 else length[s] - along[i]
            for e in range(near_starts[node], near_starts[node + 1]):
                d = to_node + far[e]
                if d > reach:
                    continue
                other = near[e]
                if apart[other] == np.inf:
                    touched[count] = other
                    count += 1
                if d < apart[other]:
                    apart[other] = d
        for t in range(-1, count):
            low = 0 if t < 0 else starts[touched[t]]
            high = 1 if t < 0 else starts[touched[t] + 1]
            for e in range(low, high):
                to = s if t < 0 else around[e]
                if seen[to] == i:
                    continue
                seen[to] = i
                for j in range(of_segment[to], of_segment[to + 1]):
                    if j == i:
                        continue
                    d = min(apart[begin[to]] + along[j], apart[end[to]] + length[to] - along[j])
                    if to == s:
                        d = min(d, abs(along[j] - along[i]))
                    if d <= reach:
                        out[min(math.ceil(d / step), bins)] += 1.0
        for t in range(count):
            apart[touched[t]] = np.inf


@compiled("int64, int64, float64, int64[::1], int64[::1], float64[::1], int64[::1], int64[::1]")
def junctions_within(first, last, reach, begin, end, length, starts, around):
    """Junctions within ``reach`` of the junctions ``first`` to ``last``: how many of each, which, and how far (Dijkstra)."""
    nodes = len(starts) - 1
    best = np.full(nodes, np.inf)
    room = 1024
    found, far = np.empty(room, np.int64), np.empty(room, np.float64)
    count = np.zeros(last - first, np.int64)
    filled = 0
    for source in range(first, last):
        best[source] = 0.0
        waiting = [(0.0, source)]
        begun = filled
        while len(waiting) > 0:
            d, node = heapq.heappop(waiting)
            if d > best[node]:
                continue
            if filled == room:
                room *= 2
                more, further = np.empty(room, np.int64), np.empty(room, np.float64)
                more[:filled], further[:filled] = found, far
                found, far = more, further
            found[filled], far[filled] = node, d
            filled += 1
            for e in range(starts[node], starts[node + 1]):
                s = around[e]
                other = end[s] if begin[s] == node else begin[s]
                beyond = d + length[s]
                if beyond <= reach and beyond < best[other]:
                    best[other] = beyond
                    heapq.heappush(waiting, (beyond, other))
        count[source - first] = filled - begun
        for k in range(begun, filled):
            best[found[k]] = np.inf
        # whatever was looked at but lies too far was never entered, so nothing else has to be reset
    return count, found[:filled].copy(), far[:filled].copy()
