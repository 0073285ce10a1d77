"""Sets of entities whose removal, or whose reach, is greatest: every set that can be best is tried, or one is improved by swaps."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled
from ilp_lab.networks.loops.ways import ones


@compiled("int64[::1], int32[::1], int64[::1]")
def dominators(ptr, to, order):
    """For each entry of ``order`` an earlier one whose neighbours include all of its own (leaving out the two); -1 when none.

    The earlier one does at least as much when it is removed, so a best set exists that never holds the later without the earlier.
    """
    n = len(ptr) - 1
    count = len(order)
    place = np.full(n, -1, np.int64)
    for i in range(count):
        place[order[i]] = i
    found = np.full(count, -1, np.int64)
    hits = np.zeros(n, np.int64)
    touched = np.empty(n, np.int64)
    for i in range(count):
        u = order[i]
        size = ptr[u + 1] - ptr[u]
        if size == 0:
            found[i] = i - 1
            continue
        seen = 0
        for e in range(ptr[u], ptr[u + 1]):
            w = to[e]
            hits[w] += 1  # a neighbour may itself be the one that includes the others
            if hits[w] == 1:
                touched[seen] = w
                seen += 1
            for f in range(ptr[w], ptr[w + 1]):
                x = to[f]
                if x != u:
                    hits[x] += 1
                    if hits[x] == 1:
                        touched[seen] = x
                        seen += 1
        best = i
        for q in range(seen):
            x = touched[q]
            if hits[x] >= size and place[x] >= 0 and place[x] < best:
                best = place[x]
            hits[x] = 0
        if best < i:
            found[i] = best
    return found


@compiled("int64[::1], int64, int64, int64, int64[::1], boolean[::1]")
def next_set(before, k, first, last, chosen, inside):
    """Go on to the next set of ``k`` entries that respects ``before`` and begins with ``first`` to ``last``; False after the last.

    ``chosen`` holds the set in rising order and is -1 throughout before the first call; ``inside`` marks its entries.
    """
    depth, at = 0, first
    if chosen[k - 1] >= 0:
        depth = k - 1
        inside[chosen[depth]] = False
        at = chosen[depth] + 1
    while True:
        top = last if depth == 0 else len(before)
        while at < top and before[at] >= 0 and not inside[before[at]]:
            at += 1
        if at < top:
            chosen[depth] = at
            inside[at] = True
            if depth == k - 1:
                return True
            depth += 1
        else:
            depth -= 1
            if depth < 0:
                return False
            at = chosen[depth]
            inside[at] = False
        at += 1


@compiled("int64[::1], int64, int64, int64, int64")
def prefixes(before, k, first, last, most):
    """How many sets of ``k`` entries respect ``before`` and begin with ``first`` to ``last``; stops above ``most``."""
    chosen = np.full(k, -1, np.int64)
    inside = np.zeros(len(before), np.bool_)
    number = 0
    while number <= most and next_set(before, k, first, last, chosen, inside):
        number += 1
    return number


@compiled("int64[::1], int32[::1], boolean[::1], int64[::1], int64[:, ::1]")
def cut_effects(ptr, to, gone, left, work):
    """Ordered pairs still joined if each entity went too (``left``); returns the pairs joined now. One walk over the chart.

    ``work`` has eight rows of scratch; afterwards row 7 holds how many entities each alone joins to the rest of their part.
    """
    n = len(ptr) - 1
    turn, low, under, cut = work[0], work[1], work[2], work[3]
    squares, stack, edge, most = work[4], work[5], work[6], work[7]
    joined, clock = 0, 0
    for v in range(n):
        turn[v] = -1
    for start in range(n):
        if gone[start] or turn[start] >= 0:
            continue
        first = clock
        stack[0] = start
        depth = 1
        turn[start] = low[start] = clock
        clock += 1
        under[start], cut[start], squares[start], edge[start], most[start] = 1, 0, 0, ptr[start], 0
        left[clock - 1] = start  # the order of visits is kept here until the part is done
        while depth > 0:
            v = stack[depth - 1]
            if edge[v] < ptr[v + 1]:
                w = to[edge[v]]
                edge[v] += 1
                if gone[w]:
                    continue
                if turn[w] < 0:
                    turn[w] = low[w] = clock
                    left[clock] = w
                    clock += 1
                    under[w], cut[w], squares[w], edge[w], most[w] = 1, 0, 0, ptr[w], 0
                    stack[depth] = w
                    depth += 1
                elif turn[w] < low[v]:
                    low[v] = turn[w]
            else:
                depth -= 1
                if depth > 0:
                    up = stack[depth - 1]
                    under[up] += under[v]
                    if low[v] < low[up]:
                        low[up] = low[v]
                    if low[v] >= turn[up]:
                        cut[up] += under[v]
                        squares[up] += under[v] * (under[v] - 1)
                        most[up] = max(most[up], under[v])
        size = clock - first
        joined += size * (size - 1)
        for q in range(first, clock):
            v = left[q]
            rest = size - 1 - cut[v]
            squares[v] += rest * (rest - 1) - size * (size - 1)
            most[v] = size - 1 - max(most[v], rest)
    for v in range(n):
        left[v] = joined + squares[v] if not gone[v] else joined
    return joined


@compiled("int64[::1], int32[::1], int64[::1], int64[::1], int64, int64, int64, int64[::1]")
def best_cut(ptr, to, order, before, k, first, last, found):
    """Fewest joined ordered pairs over all sets of ``k`` entries of ``order`` that begin with ``first`` to ``last``.

    Every set of k - 1 is taken out in turn; one walk then tells what each further one would do. Writes the set into ``found``.
    """
    n, count = len(ptr) - 1, len(order)
    work = np.empty((8, n), np.int64)
    left = np.empty(n, np.int64)
    gone = np.zeros(n, np.bool_)
    inside = np.zeros(count, np.bool_)
    chosen = np.full(k - 1, -1, np.int64)
    best = np.int64(n) * np.int64(n)
    if k == 1:
        cut_effects(ptr, to, gone, left, work)
        for i in range(first, last):
            if before[i] < 0 and left[order[i]] < best:
                best = left[order[i]]
                found[0] = order[i]
        return best
    while next_set(before, k - 1, first, last, chosen, inside):
        for at in chosen:
            gone[order[at]] = True
        cut_effects(ptr, to, gone, left, work)
        for i in range(chosen[k - 2] + 1, count):
            if left[order[i]] < best and (before[i] < 0 or inside[before[i]]):
                best = left[order[i]]
                for q in range(k - 1):
                    found[q] = order[chosen[q]]
                found[k - 1] = order[i]
        for at in chosen:
            gone[order[at]] = False
    return best


@compiled("int64[::1], int32[::1], boolean[::1], uint64[:, ::1], uint64[:, ::1]")
def nearness(ptr, to, gone, within, wider):
    """Sum of 1/steps over all ordered pairs that are left, every entity carrying the set of those within so many steps."""
    n, words = within.shape
    reached = 0
    for v in range(n):
        for b in range(words):
            within[v, b] = np.uint64(0)
        if not gone[v]:
            within[v, v >> 6] = np.uint64(1) << np.uint64(v & 63)
            reached += 1
    near, steps = 0.0, 0
    while True:
        steps += 1
        now = 0
        for v in range(n):
            if gone[v]:
                continue
            for b in range(words):
                wider[v, b] = within[v, b]
            for e in range(ptr[v], ptr[v + 1]):
                w = to[e]
                if not gone[w]:
                    for b in range(words):
                        wider[v, b] |= within[w, b]
            for b in range(words):
                now += ones(wider[v, b])
        if now == reached:
            return near
        near += (now - reached) / steps
        reached = now
        for v in range(n):
            if not gone[v]:
                for b in range(words):
                    within[v, b] = wider[v, b]


@compiled("int64[::1], int32[::1], int64[::1], int64[::1], int64, int64, int64, int64[::1]")
def best_far(ptr, to, order, before, k, first, last, found):
    """Least sum of 1/steps over all sets of ``k`` entries that begin with ``first`` to ``last``; writes the set into ``found``."""
    n = len(ptr) - 1
    words = (n + 63) >> 6
    within = np.empty((n, words), np.uint64)
    wider = np.empty((n, words), np.uint64)
    gone = np.zeros(n, np.bool_)
    inside = np.zeros(len(order), np.bool_)
    chosen = np.full(k, -1, np.int64)
    best = np.inf
    while next_set(before, k, first, last, chosen, inside):
        for at in chosen:
            gone[order[at]] = True
        near = nearness(ptr, to, gone, within, wider)
        if near < best - 1e-9:
            best = near
            for q in range(k):
                found[q] = order[chosen[q]]
        for at in chosen:
            gone[order[at]] = False
    return best


@compiled("uint64[:, ::1], int64, int64, int64, int64[::1]")
def best_reach(balls, k, first, last, found):
    """Most entities within the balls of ``k`` of the rows, over all sets that begin with ``first`` to ``last``."""
    count, words = balls.shape
    covered = np.zeros((k + 1, words), np.uint64)
    chosen = np.zeros(k, np.int64)
    best = -1
    depth, at = 0, first
    while True:
        top = last if depth == 0 else count - (k - 1 - depth)
        if at >= top:
            depth -= 1
            if depth < 0:
                return best
            at = chosen[depth] + 1
            continue
        chosen[depth] = at
        reached = 0
        for b in range(words):
            covered[depth + 1, b] = covered[depth, b] | balls[at, b]
            reached += ones(covered[depth + 1, b])
        depth += 1
        at += 1
        if depth == k:
            if reached > best:
                best = reached
                for q in range(k):
                    found[q] = chosen[q]
            depth -= 1


@compiled("int64[::1], int32[::1], int64[::1], int64, uint64[:, ::1]")
def fill_balls(ptr, to, starts, steps, balls):
    """Set the bits of everybody within so many steps of each of ``starts``, itself included."""
    n = len(ptr) - 1
    level = np.full(n, -1, np.int64)
    queue = np.empty(n, np.int64)
    for i in range(len(starts)):
        queue[0] = starts[i]
        level[starts[i]] = 0
        head, tail = 0, 1
        while head < tail:
            v = queue[head]
            head += 1
            balls[i, v >> 6] |= np.uint64(1) << np.uint64(v & 63)
            if level[v] < steps:
                for e in range(ptr[v], ptr[v + 1]):
                    w = to[e]
                    if level[w] < 0:
                        level[w] = level[v] + 1
                        queue[tail] = w
                        tail += 1
        for q in range(tail):
            level[queue[q]] = -1


@compiled("int64[::1], int32[::1], boolean[::1], int64[::1]")
def nearness_from(ptr, to, gone, sources):
    """Sum of 1/steps from ``sources`` to everybody, past those gone; 64 starts walk at once."""
    n = len(ptr) - 1
    one, none = np.uint64(1), np.uint64(0)
    seen = np.zeros(n, np.uint64)
    here = np.zeros(n, np.uint64)
    ahead = np.zeros(n, np.uint64)
    front = np.empty((2, n), np.int32)
    near = 0.0
    for start in range(0, len(sources), 64):
        seen[:] = none
        count, side, steps = 0, 0, 0
        for k in range(start, min(start + 64, len(sources))):
            s = sources[k]
            if gone[s]:
                continue
            if here[s] == none:
                front[0, count] = s
                count += 1
            here[s] |= one << np.uint64(k - start)
            seen[s] |= here[s]
        while count > 0:
            steps += 1
            found = 0
            for q in range(count):
                v = front[side, q]
                for e in range(ptr[v], ptr[v + 1]):
                    w = to[e]
                    if gone[w]:
                        continue
                    new = here[v] & ~seen[w]
                    if new != none:
                        if ahead[w] == none:
                            front[1 - side, found] = w
                            found += 1
                        ahead[w] |= new
            for q in range(count):
                here[front[side, q]] = none
            for q in range(found):
                w = front[1 - side, q]
                here[w] = ahead[w]
                seen[w] |= ahead[w]
                near += ones(ahead[w]) / steps
                ahead[w] = none
            side = 1 - side
            count = found
    return near
