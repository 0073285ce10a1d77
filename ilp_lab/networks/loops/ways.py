"""Shortest paths over rows of neighbours: betweenness after Brandes, distances of 64 starts at once, lengths."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("int64[::1], int32[::1], int64[::1], int64[::1], int64[::1], float64[::1], float64[::1]")
def fold(ptr, to, size, home, degree, weight, between):
    """Fold ends of the chart into their only neighbour, as often as that leaves new ends; undirected charts only.

    ``size`` is the number of entities in each one's part, ``degree`` the neighbours each has; afterwards ``weight`` is how many entities
    stand behind each that is left, ``home`` who it was folded into (itself when left), and ``between`` holds the pairs (ordered, counted
    in full) whose ways through the folded parts are now settled. Returns how many were folded.
    """
    n = len(ptr) - 1
    queue = np.empty(n, np.int64)
    tail = 0
    for v in range(n):
        home[v] = v
        weight[v] = 1.0
        if degree[v] == 1:
            queue[tail] = v
            tail += 1
    head = 0
    while head < tail:
        u = queue[head]
        head += 1
        if degree[u] == 0:
            continue
        parent = -1
        for e in range(ptr[u], ptr[u + 1]):
            if home[to[e]] == to[e]:
                parent = to[e]
        outside = size[u] - weight[u]
        between[u] += 2.0 * (weight[u] - 1.0) * outside
        between[parent] += 2.0 * weight[u] * (weight[parent] - 1.0)
        weight[parent] += weight[u]
        home[u] = parent
        degree[u] = 0
        degree[parent] -= 1
        if degree[parent] == 1:
            queue[tail] = parent
            tail += 1
    folded = 0
    for v in range(n):
        if home[v] == v:
            between[v] += 2.0 * (weight[v] - 1.0) * (size[v] - weight[v])
        else:
            folded += 1
            root = home[v]
            while home[root] != root:
                root = home[root]
            home[v] = root
    return folded


@compiled(
    "int64[::1], int32[::1], int64[::1], int32[::1], float64[::1], float64[::1], float64[::1], int64[::1], int64, int64, float64[::1], float64[::1]"
)
def dependencies(ptr, to, back_ptr, back_to, weight, copies, share, sources, first, last, total, squares):
    """Add what the ``sources`` from ``first`` to ``last`` depend on each entity, every tie one step long.

    Each row may stand for several entities with the same neighbours (``copies``); ``weight`` is how many ends of paths are in it or
    behind it, ``share`` what each source counts.
    """
    n = len(ptr) - 1
    level = np.full(n, -1, np.int32)
    paths = np.zeros(n)
    depends = np.zeros(n)
    queue = np.empty(n, np.int32)
    for at in range(first, last):
        s = sources[at]
        queue[0] = s
        head, tail = 0, 1
        level[s] = 0
        paths[s] = 1.0
        while head < tail:
            v = queue[head]
            head += 1
            ahead = level[v] + 1
            ways = paths[v] if v == s else paths[v] * copies[v]
            for e in range(ptr[v], ptr[v + 1]):
                w = to[e]
                if level[w] < 0:
                    level[w] = ahead
                    paths[w] = ways
                    queue[tail] = w
                    tail += 1
                elif level[w] == ahead:
                    paths[w] += ways
        for q in range(tail - 1, 0, -1):
            w = queue[q]
            part = (weight[w] + copies[w] * depends[w]) / paths[w]
            before = level[w] - 1
            for e in range(back_ptr[w], back_ptr[w + 1]):
                v = back_to[e]
                if level[v] == before:
                    depends[v] += paths[v] * part
            worth = depends[w] * share[s]
            total[w] += worth
            squares[w] += worth * depends[w]
        for q in range(tail):
            w = queue[q]
            level[w] = -1
            paths[w] = 0.0
            depends[w] = 0.0


@compiled("int64[::1], int32[::1], int64[::1], int64[::1], boolean, int64[::1]")
def confirm_twins(ptr, to, order, first_of, closed, found):
    """Of entities thought alike (``first_of`` names the first of each kind), keep as such those whose neighbours are the same indeed.

    ``closed``: tied to each other, so that each is among the other's neighbours. Writes into ``found`` whom each is like.
    """
    for q in range(len(order)):
        v = order[q]
        u = first_of[q]
        if u == v or ptr[v + 1] - ptr[v] != ptr[u + 1] - ptr[u]:
            continue
        e, f = ptr[u], ptr[v]
        same = True
        while same and (e < ptr[u + 1] or f < ptr[v + 1]):
            if closed and e < ptr[u + 1] and to[e] == v:
                e += 1
            elif closed and f < ptr[v + 1] and to[f] == u:
                f += 1
            elif e < ptr[u + 1] and f < ptr[v + 1] and to[e] == to[f]:
                e += 1
                f += 1
            else:
                same = False
        if same:
            found[v] = u


@compiled("float64[::1], int32[::1], int64[::1], int64, int32, float64")
def push(key, heap, place, size, item, value):
    """Put an item into the heap, or lift it when it is there; returns the heap's size."""
    key[item] = value
    at = place[item]
    if at < 0:
        at = size
        size += 1
    while at > 0:
        up = (at - 1) >> 1
        other = heap[up]
        if key[other] <= value:
            break
        heap[at] = other
        place[other] = at
        at = up
    heap[at] = item
    place[item] = at
    return size


@compiled("float64[::1], int32[::1], int64[::1], int64")
def pop(key, heap, place, size):
    """Take the smallest out of the heap (it stays known by its place -2); the heap is then one smaller."""
    top = heap[0]
    size -= 1
    if size > 0:
        item = heap[size]
        value = key[item]
        at = 0
        while True:
            down = 2 * at + 1
            if down >= size:
                break
            if down + 1 < size and key[heap[down + 1]] < key[heap[down]]:
                down += 1
            other = heap[down]
            if key[other] >= value:
                break
            heap[at] = other
            place[other] = at
            at = down
        heap[at] = item
        place[item] = at
    place[top] = -2
    return top


@compiled(
    "int64[::1], int32[::1], float64[::1], int64[::1], int32[::1], float64[::1], float64[::1], float64[::1], int64[::1], int64, int64, float64, float64[::1], float64[::1]"
)
def long_dependencies(
    ptr, to, length, back_ptr, back_to, back_length, weight, share, sources, first, last, near, total, squares
):
    """The same as :func:`dependencies` where ties have lengths above 0 (Dijkstra).

    Two ways whose lengths differ by less than ``near`` of themselves are equally long.
    """
    n = len(ptr) - 1
    far = np.full(n, np.inf)
    paths = np.zeros(n)
    depends = np.zeros(n)
    heap = np.empty(n, np.int32)
    place = np.full(n, -1, np.int64)
    order = np.empty(n, np.int32)
    turn = np.full(n, -1, np.int64)
    for at in range(first, last):
        s = sources[at]
        paths[s] = 1.0
        size = push(far, heap, place, 0, s, 0.0)
        settled = 0
        while size > 0:
            v = pop(far, heap, place, size)
            size -= 1
            turn[v] = settled
            order[settled] = v
            settled += 1
            for e in range(ptr[v], ptr[v + 1]):
                w = to[e]
                if place[w] == -2:
                    continue
                reach = far[v] + length[e]
                slack = near * reach
                if reach < far[w] - slack:
                    size = push(far, heap, place, size, w, reach)
                    paths[w] = paths[v]
                elif reach <= far[w] + slack:
                    paths[w] += paths[v]
        for q in range(settled - 1, 0, -1):
            w = order[q]
            part = (weight[w] + depends[w]) / paths[w]
            for e in range(back_ptr[w], back_ptr[w + 1]):
                v = back_to[e]
                if turn[v] >= 0 and turn[v] < q and abs(far[v] + back_length[e] - far[w]) <= near * far[w]:
                    depends[v] += paths[v] * part
            worth = depends[w] * share[s]
            total[w] += worth
            squares[w] += worth * depends[w]
        for q in range(settled):
            w = order[q]
            far[w] = np.inf
            paths[w] = 0.0
            depends[w] = 0.0
            place[w] = -1
            turn[w] = -1


@compiled(
    "int64[::1], int32[::1], float64[::1], int64, int64, float64[::1], float64[::1], int64[::1]",
)
def long_distances(ptr, to, length, first, last, far_sum, inverse_sum, reached):
    """Of the entities ``first`` to ``last``: sum of distances from them, of 1/distance, and how many they reach."""
    n = len(ptr) - 1
    far = np.full(n, np.inf)
    heap = np.empty(n, np.int32)
    place = np.full(n, -1, np.int64)
    order = np.empty(n, np.int32)
    longest = 0.0
    for s in range(first, last):
        size = push(far, heap, place, 0, s, 0.0)
        settled = 0
        while size > 0:
            v = pop(far, heap, place, size)
            size -= 1
            order[settled] = v
            settled += 1
            for e in range(ptr[v], ptr[v + 1]):
                w = to[e]
                if place[w] != -2 and far[v] + length[e] < far[w]:
                    size = push(far, heap, place, size, w, far[v] + length[e])
        for q in range(1, settled):
            away = far[order[q]]
            far_sum[s] += away
            inverse_sum[s] += 1.0 / away
            longest = max(longest, away)
        reached[s] = settled - 1
        for q in range(settled):
            far[order[q]] = np.inf
            place[order[q]] = -1
    return longest


@compiled("uint64")
def ones(word):
    """How many bits are set."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@compiled("int64[::1], int32[::1], int64[::1], int64, int64, int64[::1], float64[::1], int64[::1]")
def step_distances(ptr, to, sources, first, last, far_sum, inverse_sum, reached):
    """Walk from 64 of the ``sources`` at once; add at every entity the steps, 1/steps and number of those that come to it.

    ``first`` and ``last`` count batches of 64 sources.
    """
    n = len(ptr) - 1
    one, none = np.uint64(1), np.uint64(0)
    seen = np.zeros(n, np.uint64)
    here = np.zeros(n, np.uint64)
    ahead = np.zeros(n, np.uint64)
    front = np.empty((2, n), np.int32)
    longest = 0
    for batch in range(first, last):
        seen[:] = none
        start, end = batch * 64, min(batch * 64 + 64, len(sources))
        count, side = 0, 0
        for k in range(start, end):
            s = sources[k]
            if here[s] == none:
                front[0, count] = s
                count += 1
            here[s] |= one << np.uint64(k - start)
            seen[s] |= one << np.uint64(k - start)
        steps = 0
        while count > 0:
            steps += 1
            found = 0
            for q in range(count):
                v = front[side, q]
                carried = here[v]
                for e in range(ptr[v], ptr[v + 1]):
                    w = to[e]
                    new = carried & ~seen[w]
                    if new != none:
                        if ahead[w] == none:
                            front[1 - side, found] = w
                            found += 1
                        ahead[w] |= new
            for q in range(count):
                here[front[side, q]] = none
            for q in range(found):
                w = front[1 - side, q]
                new = ahead[w]
                ahead[w] = none
                here[w] = new
                seen[w] |= new
                number = ones(new)
                far_sum[w] += steps * number
                inverse_sum[w] += number / steps
                reached[w] += number
            if found > 0:
                longest = max(longest, steps)
            side = 1 - side
            count = found
    return longest
