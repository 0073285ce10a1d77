"""Windows that move along times, and meetings at the same mast."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled
from ilp_lab.networks.loops.splitmix import following


@compiled("int64[::1], int64")
def fullest(times, window):
    """Most times in any half-open window of that length, and where the first such window begins."""
    best = 0
    at = 0
    low = 0
    for high in range(len(times)):
        while times[high] - times[low] >= window:
            low += 1
        if high - low + 1 > best:
            best = high - low + 1
            at = low
    return best, at


@compiled(
    "int64[::1], int64[::1], int64, int64[::1], int64[::1], int64[::1], int64, uint64, int64[::1], float64[::1]"
)
def by_chance(offsets, firsts, window, days, observed, clock, simulations, seed, reached, usual):
    """How often chance reaches the fullest window: days at random in the life of a series, times of day from all calls.

    Fills ``reached`` (simulations at least as full) and ``usual`` (their mean fullest window).
    """
    for series in range(len(offsets) - 1):
        n = offsets[series + 1] - offsets[series]
        drawn = np.empty(n, np.int64)
        state = np.uint64(seed) + np.uint64(series) * np.uint64(0xD1342543DE82EF95)
        total = 0.0
        for _ in range(simulations):
            for j in range(n):
                state, one = following(state)
                state, other = following(state)
                day = np.int64((one >> np.uint64(32)) % np.uint64(days[series]))
                at = np.int64((other >> np.uint64(32)) % np.uint64(len(clock)))
                drawn[j] = (firsts[series] + day) * 86_400 + clock[at]
            drawn.sort()
            best = fullest(drawn, window)[0]
            total += best
            if best >= observed[series]:
                reached[series] += 1
        usual[series] = total / simulations


@compiled("int64[::1], int64[::1], int64[::1], int64, boolean, int64[:, ::1]")
def meetings(place, seconds, who, within, count_only, out):
    """Pairs of different parties at one place within so many seconds; rows sorted by place, then time.

    Returns how many; fills ``out`` with the positions of both when ``count_only`` is false.
    """
    found = 0
    for one in range(len(place)):
        other = one + 1
        while other < len(place) and place[other] == place[one] and seconds[other] - seconds[one] <= within:
            if who[other] != who[one]:
                if not count_only:
                    out[found, 0] = one
                    out[found, 1] = other
                found += 1
            other += 1
    return found


@compiled(
    "int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64, int64, int64[:, ::1]"
)
def days_under_shifts(one, other, offsets, place, day, seconds, within, days, out):
    """Days together as recorded, and summed over all shifts of one party's record by whole days.

    Rows are sorted by party and place; ``offsets`` says where each party begins. Fills ``out`` with the
    two numbers for every pair.
    """
    for pair in range(len(one)):
        a, a_end = offsets[one[pair]], offsets[one[pair] + 1]
        b_begin, b_end = offsets[other[pair]], offsets[other[pair] + 1]
        capacity = 64
        codes = np.empty(capacity, np.int64)
        used = 0
        low = b_begin
        for at in range(a, a_end):
            while low < b_end and place[low] < place[at]:
                low += 1
            step = low
            while step < b_end and place[step] == place[at]:
                apart = seconds[step] - seconds[at]
                shift = np.int64(np.round(apart / 86_400.0))
                if abs(apart - shift * 86_400) <= within:
                    if used == capacity:
                        grown = np.empty(capacity * 2, np.int64)
                        grown[:capacity] = codes
                        codes = grown
                        capacity *= 2
                    codes[used] = (day[at] % days) * days + (shift % days)
                    used += 1
                step += 1
        kept = np.sort(codes[:used])
        last = np.int64(-1)
        for at in range(used):
            if kept[at] != last:
                last = kept[at]
                out[pair, 1] += 1
                if kept[at] % days == 0:
                    out[pair, 0] += 1
