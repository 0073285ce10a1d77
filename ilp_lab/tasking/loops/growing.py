"""Search for districts: areas change hands at the borders, and no district ever falls apart."""

from __future__ import annotations

import math

import numpy as np

from ilp_lab._compiled import compiled


@compiled("int64, int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1]")
def stays_whole(gone, number, district, begins, beside, mark, queue):
    """Whether a district stays in one piece, and is not empty, without the area ``gone``.

    Neighbours of area k are ``beside[begins[k]:begins[k + 1]]``. ``mark`` and ``queue`` are scratch.
    """
    first = -1
    around = 0
    for at in range(begins[gone], begins[gone + 1]):
        if district[beside[at]] == number:
            around += 1
            first = beside[at]
    if first < 0:
        return False
    if around == 1:
        return True
    mark[:] = 0
    mark[gone] = 1
    mark[first] = 1
    queue[0] = first
    head, tail, met = 0, 1, 1
    while head < tail:
        area = queue[head]
        head += 1
        for at in range(begins[area], begins[area + 1]):
            other = beside[at]
            if mark[other] == 0 and district[other] == number:
                mark[other] = 1
                queue[tail] = other
                tail += 1
                for back in range(begins[gone], begins[gone + 1]):
                    if beside[back] == other:
                        met += 1
                        break
        if met == around:
            return True
    return False


@compiled("int64, int64, int64, int64[::1], float64[:, ::1], int64[::1], int64[::1]")
def cost_of(number, without, within, district, weighted, members, best):
    """Least weighted travel of a district to one of its areas, with one area taken out or put in (-1: none).

    ``weighted[i, j]`` is what area i costs when the base is area j; ``best[0]`` becomes the base.
    """
    count = 0
    for area in range(len(district)):
        if (district[area] == number and area != without) or area == within:
            members[count] = area
            count += 1
    least = np.inf
    for b in range(count):
        total = 0.0
        base = members[b]
        for k in range(count):
            total += weighted[members[k], base]
            if total >= least:
                break
        if total < least:
            least = total
            best[0] = base
    return least


@compiled("float64, float64, float64")
def beyond(load, low, high):
    """How far a workload lies outside its limits."""
    return max(low - load, 0.0) + max(load - high, 0.0)


@compiled("float64[::1], float64, float64")
def outside_of(total, low, high):
    """How far all workloads together lie outside their limits."""
    outside = 0.0
    for load in total:
        outside += beyond(load, low, high)
    return outside


@compiled("int64, int64, int64, int64, int64[::1], int64[::1], int64[::1]")
def returning(area, one, other, start, district, begins, beside):
    """An area of the district ``other`` that touches ``one`` elsewhere than at ``area``, looked for from ``start`` on; -1: none."""
    for step in range(len(district)):
        candidate = (start + step) % len(district)
        if district[candidate] == other:
            for at in range(begins[candidate], begins[candidate + 1]):
                if district[beside[at]] == one and beside[at] != area:
                    return candidate
    return -1


@compiled(
    "int64[::1], float64[::1], float64[:, ::1], int64[::1], int64[::1], int64, float64, float64, float64[:, ::1], float64, float64, int64[::1]"
)
def anneal(district, load, weighted, begins, beside, number, low, high, uniform, hot, fine, found):
    """Improve districts in place by simulated annealing; ``found`` becomes the best that keeps the limits.

    ``load`` is the workload of every area, ``fine`` the price of a unit of workload outside the limits, ``hot`` the first temperature,
    ``uniform`` the random numbers, one row per trial. Returns the travel of ``found``, or infinity when none kept the limits.
    """
    areas = len(district)
    mark = np.zeros(areas, dtype=np.int64)
    queue = np.zeros(areas, dtype=np.int64)
    members = np.zeros(areas, dtype=np.int64)
    base = np.zeros(1, dtype=np.int64)
    total = np.zeros(number)
    cost = np.zeros(number)
    for area in range(areas):
        total[district[area]] += load[area]
    for k in range(number):
        cost[k] = cost_of(k, -1, -1, district, weighted, members, base)
    least = np.inf
    trials = len(uniform)
    for trial in range(trials):
        heat = hot * (1.0 - trial / trials) ** 2 + 1e-12
        area = int(uniform[trial, 0] * areas)
        degree = begins[area + 1] - begins[area]
        if degree == 0:
            continue
        one = district[area]
        swapped = beside[begins[area] + int(uniform[trial, 1] * degree)]
        other = district[swapped]
        if one == other or not stays_whole(area, one, district, begins, beside, mark, queue):
            continue
        back = -1
        if uniform[trial, 3] < 0.35:  # an area of the other district comes back in exchange
            back = returning(area, one, other, int(uniform[trial, 4] * areas), district, begins, beside)
        district[area] = other
        if back >= 0 and not stays_whole(back, other, district, begins, beside, mark, queue):
            district[area] = one
            continue
        if back >= 0:
            district[back] = one
        moved = load[area] - (load[back] if back >= 0 else 0.0)
        before = (
            cost[one] + cost[other] + fine * (beyond(total[one], low, high) + beyond(total[other], low, high))
        )
        fresh_one = cost_of(one, -1, -1, district, weighted, members, base)
        fresh_other = cost_of(other, -1, -1, district, weighted, members, base)
        after = (
            fresh_one
            + fresh_other
            + fine * (beyond(total[one] - moved, low, high) + beyond(total[other] + moved, low, high))
        )
        if after <= before or uniform[trial, 2] < math.exp((before - after) / heat):
            cost[one] = fresh_one
            cost[other] = fresh_other
            total[one] -= moved
            total[other] += moved
            travel = cost.sum()
            outside = outside_of(total, low, high)
            if outside <= 1e-9 * high and travel < least - 1e-12:
                least = travel
                found[:] = district
        else:
            district[area] = one
            if back >= 0:
                district[back] = other
    return least
