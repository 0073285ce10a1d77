"""Drawing neighbours at random, and counting how often they add up to as much."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("uint64")
def _next(state):
    """The next state of a splitmix64 generator, and its number (Steele, Lea and Flood 2014)."""
    state = state + np.uint64(0x9E3779B97F4A7C15)
    mixed = state
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state, mixed ^ (mixed >> np.uint64(31))


@compiled("int64, int64, int64, uint64")
def draw(permutations, size, n, seed):
    """``permutations`` rows of ``size`` different numbers below ``n``."""
    out = np.empty((permutations, size), np.int64)
    state = np.uint64(seed)
    dense = size * 4 > n
    deck = np.arange(n)
    for p in range(permutations):
        for j in range(size):
            if dense:  # deal from a deck
                state, number = _next(state)
                at = j + np.int64((number >> np.uint64(32)) % np.uint64(n - j))
                deck[j], deck[at] = deck[at], deck[j]
                out[p, j] = deck[j]
                continue
            fresh = False
            value = np.int64(0)
            while not fresh:
                state, number = _next(state)
                value = np.int64((number >> np.uint64(32)) % np.uint64(n))
                fresh = True
                for q in range(j):
                    if out[p, q] == value:
                        fresh = False
                        break
            out[p, j] = value
    return out


@compiled(
    "float64[::1], float64[::1], int64[:, ::1], int64[::1], int64[::1], int64[::1], float64, int64[::1], int64[::1]"
)
def sweep(values, around, draws, which, place, of_draw, tie, above, below):
    """Count, for the places of ``which`` in ascending order, the draws whose sum is at least as high, and as low.

    ``place`` and ``of_draw`` say which draws hold which place, in the order of places. A number a in a draw means place
    a of the others: a itself for places above it, a + 1 for the others.
    """
    permutations, size = draws.shape
    sums = np.empty(permutations)
    begin = which[0]
    for p in range(permutations):
        total = 0.0
        for j in range(size):
            a = draws[p, j]
            total += values[a + (a >= begin)]
        sums[p] = total
    ordered = np.sort(sums)
    event = np.searchsorted(place, begin)
    for w in range(len(which)):
        i = which[w]
        while event < len(place) and place[event] < i:
            a, p = place[event], of_draw[event]
            event += 1
            old = sums[p]
            new = old + values[a] - values[a + 1]
            sums[p] = new
            at = np.searchsorted(ordered, old)
            if new > old:
                while at + 1 < permutations and ordered[at + 1] < new:
                    ordered[at] = ordered[at + 1]
                    at += 1
            else:
                while at > 0 and ordered[at - 1] > new:
                    ordered[at] = ordered[at - 1]
                    at -= 1
            ordered[at] = new
        slack = tie * size
        above[i] = permutations - np.searchsorted(ordered, around[i] - slack)
        below[i] = np.searchsorted(ordered, around[i] + slack, side="right")


@compiled(
    "float64[::1], int64[::1], int64[::1], float64[::1], int64[:, ::1], int64, int64, float64, int64[::1], int64[::1]"
)
def sum_up(values, starts, columns, weights, draws, first, last, tie, above, below):
    """The same for any weights, by adding up every draw for every place from ``first`` to ``last``."""
    for i in range(first, last):
        begin, end = starts[i], starts[i + 1]
        around, heaviest = 0.0, 0.0
        for e in range(begin, end):
            around += weights[e] * values[columns[e]]
            heaviest += weights[e]
        slack = tie * heaviest
        for p in range(len(draws)):
            total = 0.0
            for e in range(begin, end):
                a = draws[p, e - begin]
                total += weights[e] * values[a + (a >= i)]
            if total >= around - slack:
                above[i] += 1
            if total <= around + slack:
                below[i] += 1
