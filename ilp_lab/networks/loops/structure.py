"""Rows of neighbours, parts, cores, PageRank, constraint, open and closed triads, and what is left after removals."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("int64[::1], int64[::1], float64[::1], int64, int64[::1], int32[::1], float64[::1]")
def neighbour_rows(source, target, value, n, ptr, to, carried):
    """Write ties as rows: ``ptr`` (n + 1) where each row begins, ``to`` and ``carried`` what stands in it, targets ascending."""
    m = len(source)
    by_target = np.zeros(n + 1, np.int64)
    for k in range(m):
        by_target[target[k] + 1] += 1
        ptr[source[k] + 1] += 1
    for v in range(n):
        by_target[v + 1] += by_target[v]
        ptr[v + 1] += ptr[v]
    order = np.empty(m, np.int64)
    for k in range(m):
        order[by_target[target[k]]] = k
        by_target[target[k]] += 1
    at = ptr[:-1].copy()
    for q in range(m):
        k = order[q]
        to[at[source[k]]] = target[k]
        carried[at[source[k]]] = value[k]
        at[source[k]] += 1


@compiled("int64[::1], int64[::1], int64")
def parts(source, target, n):
    """The smallest entity of each one's part, by joining ties."""
    root = np.arange(n)
    for k in range(len(source)):
        a, b = source[k], target[k]
        while root[a] != a:
            root[a] = root[root[a]]
            a = root[a]
        while root[b] != b:
            root[b] = root[root[b]]
            b = root[b]
        if a < b:
            root[b] = a
        else:
            root[a] = b
    for v in range(n):
        a = v
        while root[a] != a:
            a = root[a]
        root[v] = a
    return root


@compiled("int64[::1], int32[::1]")
def cores(ptr, to):
    """Core number of each entity (Batagelj and Zaversnik)."""
    n = len(ptr) - 1
    degree = np.empty(n, np.int64)
    most = 0
    for v in range(n):
        degree[v] = ptr[v + 1] - ptr[v]
        most = max(most, degree[v])
    begin = np.zeros(most + 2, np.int64)
    for v in range(n):
        begin[degree[v] + 1] += 1
    for d in range(most + 1):
        begin[d + 1] += begin[d]
    place = np.empty(n, np.int64)
    order = np.empty(n, np.int64)
    fill = begin.copy()
    for v in range(n):
        place[v] = fill[degree[v]]
        order[place[v]] = v
        fill[degree[v]] += 1
    for q in range(n):
        v = order[q]
        for e in range(ptr[v], ptr[v + 1]):
            w = to[e]
            if degree[w] > degree[v]:
                d = degree[w]
                front = begin[d]
                first = order[front]
                if w != first:
                    here = place[w]
                    place[w], order[here] = front, first
                    place[first], order[front] = here, w
                begin[d] += 1
                degree[w] -= 1
    return degree


@compiled("int64[::1], int32[::1], float64[::1], float64[::1], float64, float64, int64")
def page_rank(back_ptr, back_to, back_value, given, damping, tolerance, rounds):
    """PageRank by pulling: ``back`` rows hold who links to each, ``given`` the sum each gives away (0: to everybody)."""
    n = len(back_ptr) - 1
    rank = np.full(n, 1.0 / n)
    sent = np.zeros(n)
    share = np.zeros(n)  # what one unit of rank gives per unit of strength; 0 for those who give to everybody
    for v in range(n):
        if given[v] > 0.0:
            share[v] = 1.0 / given[v]
            sent[v] = rank[v] * share[v]
    for _ in range(rounds):
        loose = 0.0
        for v in range(n):
            if share[v] == 0.0:
                loose += rank[v]
        base = (1.0 - damping) / n + damping * loose / n
        change = 0.0
        for v in range(n):  # what is new is used at once, which halves the rounds (Gauss and Seidel)
            got = 0.0
            for e in range(back_ptr[v], back_ptr[v + 1]):
                got += sent[back_to[e]] * back_value[e]
            new = base + damping * got
            change += abs(new - rank[v])
            rank[v] = new
            sent[v] = new * share[v]
        if change < tolerance:
            break
    total = 0.0
    for v in range(n):
        total += rank[v]
    for v in range(n):
        rank[v] /= total
    return rank


@compiled("int32[::1], int64, int64, int32")
def find(to, first, last, wanted):
    """Where ``wanted`` stands in a row of ascending neighbours; -1 when it does not."""
    while first < last:
        middle = (first + last) >> 1
        if to[middle] < wanted:
            first = middle + 1
        else:
            last = middle
    return first


@compiled("int64[::1], int32[::1], float64[::1], int64, int64, float64[::1]")
def constraints(ptr, to, value, first, last, found):
    """Burt's constraint of the entities ``first`` to ``last``; rows are undirected, ``value`` the strengths both ways together."""
    n = len(ptr) - 1
    total = np.zeros(n)
    for v in range(n):
        for e in range(ptr[v], ptr[v + 1]):
            total[v] += value[e]
    invested = np.zeros(n)
    mine = np.zeros(n, np.bool_)
    for i in range(first, last):
        size = ptr[i + 1] - ptr[i]
        if size == 0:
            found[i] = np.nan
            continue
        for e in range(ptr[i], ptr[i + 1]):
            mine[to[e]] = True
            invested[to[e]] = value[e] / total[i]
        for e in range(ptr[i], ptr[i + 1]):
            q = to[e]
            own = value[e] / total[i] / total[q]
            begin, end = ptr[q], ptr[q + 1]
            if end - begin <= 8 * size:
                for f in range(begin, end):
                    if mine[to[f]]:
                        invested[to[f]] += own * value[f]
            else:
                for f in range(ptr[i], ptr[i + 1]):
                    at = find(to, begin, end, to[f])
                    if at < end and to[at] == to[f]:
                        invested[to[f]] += own * value[at]
        squares = 0.0
        for e in range(ptr[i], ptr[i + 1]):
            squares += invested[to[e]] * invested[to[e]]
            invested[to[e]] = 0.0
            mine[to[e]] = False
        found[i] = squares


@compiled("int64[::1], int32[::1], int64[::1], int32[::1], int32[::1], int64, int64, int64, float64[:, ::1]")
def brokered(ptr, to, back_ptr, back_to, group, groups, first, last, found):
    """Ordered pairs (a to v to b, a not to b) through the entities ``first`` to ``last``, by role.

    Columns of ``found``: coordinator, itinerant, gatekeeper, representative, liaison (Gould and Fernandez).
    """
    n = len(ptr) - 1
    coming = np.zeros(groups)
    going = np.zeros(groups)
    after = np.zeros(n, np.bool_)
    for v in range(first, last):
        own = group[v]
        ins, outs = back_ptr[v + 1] - back_ptr[v], ptr[v + 1] - ptr[v]
        if ins == 0 or outs == 0:
            continue
        for e in range(back_ptr[v], back_ptr[v + 1]):
            coming[group[back_to[e]]] += 1.0
        for e in range(ptr[v], ptr[v + 1]):
            going[group[to[e]]] += 1.0
            after[to[e]] = True
        same = 0.0
        for e in range(back_ptr[v], back_ptr[v + 1]):
            g = group[back_to[e]]
            if g != own:  # each entity of another group, against those of its group: counted once per entity
                same += going[g]
        found[v, 0] = coming[own] * going[own]
        found[v, 1] = same
        found[v, 2] = (ins - coming[own]) * going[own]
        found[v, 3] = coming[own] * (outs - going[own])
        found[v, 4] = ins * float(outs) - found[v, 0] - found[v, 1] - found[v, 2] - found[v, 3]
        for e in range(back_ptr[v], back_ptr[v + 1]):
            a = back_to[e]
            if after[a]:
                found[v, role(group[a], own, group[a])] -= 1.0  # a to v to a is no brokering
            begin, end = ptr[a], ptr[a + 1]
            if end - begin <= 8 * outs:
                for f in range(begin, end):
                    if after[to[f]]:
                        found[v, role(group[a], own, group[to[f]])] -= 1.0
            else:
                for f in range(ptr[v], ptr[v + 1]):
                    at = find(to, begin, end, to[f])
                    if at < end and to[at] == to[f]:
                        found[v, role(group[a], own, group[to[f]])] -= 1.0
        for e in range(back_ptr[v], back_ptr[v + 1]):
            coming[group[back_to[e]]] = 0.0
        for e in range(ptr[v], ptr[v + 1]):
            going[group[to[e]]] = 0.0
            after[to[e]] = False


@compiled("int32, int32, int32")
def role(before, own, after):
    """Which of the five roles somebody of group ``own`` has between two groups."""
    if before == own:
        return 0 if after == own else 3
    if after == own:
        return 2
    return 1 if before == after else 4


@compiled("int64[::1], int32[::1], int64[::1], int64[::1], int64[::1], int64[::1]")
def after_removals(ptr, to, order, largest, pairs, pieces):
    """For every k, what is left when the first k of ``order`` are gone: largest part, joined ordered pairs, number of parts.

    Entities come back in reverse, and parts are joined as they do.
    """
    n, m = len(ptr) - 1, len(order)
    root = np.arange(n)
    size = np.ones(n, np.int64)
    there = np.zeros(n, np.bool_)
    gone = np.zeros(n, np.bool_)
    for k in range(m):
        gone[order[k]] = True
    big, joined, count, at = 0, 0, 0, 0
    for v in range(n + m):
        if v < n:
            if gone[v]:
                continue
            new = v
        else:
            if v == n:
                largest[m], pairs[m], pieces[m] = big, joined, count
            at = m - 1 - (v - n)
            new = order[at]
        there[new] = True
        count += 1
        big = max(big, 1)
        for e in range(ptr[new], ptr[new + 1]):
            w = to[e]
            if there[w]:
                a, b = np.int64(new), np.int64(w)
                while root[a] != a:
                    root[a] = root[root[a]]
                    a = root[a]
                while root[b] != b:
                    root[b] = root[root[b]]
                    b = root[b]
                if a != b:
                    if size[a] < size[b]:
                        a, b = b, a
                    root[b] = a
                    joined += 2 * size[a] * size[b]
                    size[a] += size[b]
                    count -= 1
                    big = max(big, size[a])
        if v >= n:
            largest[at], pairs[at], pieces[at] = big, joined, count
    if m == 0:
        largest[0], pairs[0], pieces[0] = big, joined, count
