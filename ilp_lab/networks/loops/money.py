"""Money on its way: how long it stays, where it comes back, how many hands at once."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled
from ilp_lab.networks.loops.splitmix import following


@compiled("int64[::1], int64[::1], float64[::1], int64[::1], int64, boolean, float64[:, ::1]")
def held(offsets, sign, amount, seconds, within, newest, out):
    """What left each account, how long it had stayed, and what left within so many seconds.

    Money leaves in the order it came, or the newest first.

    Rows are sorted by account, then time; ``sign`` is 1 for money in. Fills ``out`` with amount matched, amount times
    seconds, amount that left in time.
    """
    for account in range(len(offsets) - 1):
        begin, end = offsets[account], offsets[account + 1]
        waiting = np.empty(end - begin, np.int64)
        left = np.zeros(end - begin)
        first = 0
        last = 0
        for at in range(begin, end):
            if sign[at] > 0:
                waiting[last] = at
                left[last] = amount[at]
                last += 1
                continue
            wanted = amount[at]
            while wanted > 1e-9 and first < last:
                place = last - 1 if newest else first
                taken = min(wanted, left[place])
                left[place] -= taken
                wanted -= taken
                stayed = seconds[at] - seconds[waiting[place]]
                if left[place] <= 1e-9:
                    if newest:
                        last -= 1
                    else:
                        first += 1
                out[account, 0] += taken
                out[account, 1] += taken * stayed
                if stayed <= within:
                    out[account, 2] += taken


@compiled("int64[::1], int64[::1], int64, int64, int64")
def _from_then_on(order, seconds, low, high, moment):
    """The first place in a stretch of rows sorted by time that is not before a moment."""
    while low < high:
        middle = (low + high) // 2
        if seconds[order[middle]] < moment:
            low = middle + 1
        else:
            high = middle
    return low


@compiled(
    "int64[::1], int64[::1], int64[::1], float64[::1], int64[::1], int64[::1], int64, int64, int64, float64, float64, int64[:, ::1]"
)
def cycles(
    payer, payee, seconds, amount, offsets, order, least_steps, most_steps, within, least_kept, most_kept, out
):
    """Payments that lead back to their start in order of time, each nearly as large as the one before.

    ``order`` lists rows by payer and time, ``offsets`` where each payer begins. Fills ``out`` with the rows of every
    cycle (-1 behind the last) up to its length, and returns how many there are.
    """
    found = 0
    path = np.empty(most_steps, np.int64)
    cursor = np.empty(most_steps, np.int64)
    for start in range(len(payer)):
        origin = payer[start]
        if payee[start] == origin:
            continue
        path[0] = start
        depth = 1
        cursor[1] = _from_then_on(
            order, seconds, offsets[payee[start]], offsets[payee[start] + 1], seconds[start]
        )
        while depth > 0:
            here = payee[path[depth - 1]]
            stop = offsets[here + 1]
            moved = False
            while cursor[depth] < stop:
                row = order[cursor[depth]]
                cursor[depth] += 1
                if seconds[row] > seconds[start] + within:
                    cursor[depth] = stop
                    break
                before = path[depth - 1]
                if seconds[row] < seconds[before] or (seconds[row] == seconds[before] and row <= before):
                    continue
                share = amount[row] / amount[before]
                if share < least_kept or share > most_kept:
                    continue
                if payee[row] == origin:
                    if depth + 1 >= least_steps:
                        if found < out.shape[0]:
                            for step in range(depth):
                                out[found, step] = path[step]
                            out[found, depth] = row
                        found += 1
                    continue
                if depth + 1 >= most_steps:
                    continue
                again = payee[row] == payer[row]
                for step in range(depth):
                    if payee[path[step]] == payee[row]:
                        again = True
                        break
                if again:
                    continue
                path[depth] = row
                depth += 1
                cursor[depth] = _from_then_on(
                    order, seconds, offsets[payee[row]], offsets[payee[row] + 1], seconds[row]
                )
                moved = True
                break
            if not moved:
                depth -= 1
    return found


@compiled("int64[::1], int64[::1], int64, int64[::1]")
def most_different(times, who, window, count):
    """Most different parties in any half-open window, and where that window begins; ``count`` is scratch space of zeros."""
    best = 0
    at = 0
    low = 0
    different = 0
    for high in range(len(times)):
        if count[who[high]] == 0:
            different += 1
        count[who[high]] += 1
        while times[high] - times[low] >= window:
            count[who[low]] -= 1
            if count[who[low]] == 0:
                different -= 1
            low += 1
        if different > best:
            best = different
            at = low
    for one in range(len(times)):
        count[who[one]] = 0
    return best, at


@compiled("int64[::1], int64, int64, int64[::1], int64, int64, int64, uint64, int64[::1]")
def different_by_chance(who, first, days, clock, window, observed, simulations, seed, count):
    """Simulations with as many different parties in a window, and the sum of their most; days thrown at random."""
    n = len(who)
    drawn = np.empty(n, np.int64)
    reached = 0
    total = 0.0
    state = np.uint64(seed)
    for _ in range(simulations):
        for j in range(n):
            state, one = following(state)
            state, other = following(state)
            day = np.int64((one >> np.uint64(32)) % np.uint64(days))
            drawn[j] = (first + day) * 86_400 + clock[
                np.int64((other >> np.uint64(32)) % np.uint64(len(clock)))
            ]
        order = np.argsort(drawn)
        best = most_different(drawn[order], who[order], window, count)[0]
        total += best
        if best >= observed:
            reached += 1
    return reached, total
