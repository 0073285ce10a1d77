"""Pairs of points that lie near each other, and how often they stay near in time when the days are dealt anew."""

from __future__ import annotations

import math

import numpy as np

from ilp_lab._compiled import compiled

LANES = 64
_FLUSH = 32_000
_ROWS, _AHEAD = 4, 1_024


@compiled("float64[::1], float64[::1], int64[::1], int64, int64, float64, boolean, int64, int64, int64[::1]")
def count_pairs(x, y, starts, columns, rows, reach, manhattan, first, last, found):
    """How many later points lie nearer than ``reach`` to each point in the squares of rows ``first`` to ``last``."""
    for row in range(first, last):
        for column in range(columns):
            here = row * columns + column
            for i in range(starts[here], starts[here + 1]):
                number = 0
                for half in range(2):
                    if half == 0:
                        begin, end = i + 1, starts[row * columns + min(column + 1, columns - 1) + 1]
                    elif row + 1 < rows:
                        begin = starts[(row + 1) * columns + max(column - 1, 0)]
                        end = starts[(row + 1) * columns + min(column + 1, columns - 1) + 1]
                    else:
                        break
                    for j in range(begin, end):
                        dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
                        far = dx + dy if manhattan else math.sqrt(dx * dx + dy * dy)
                        if far < reach:
                            number += 1
                found[i] = number


@compiled(
    "float64[::1], float64[::1], int64[::1], int64, int64, float64[::1], boolean, int64, int64, int64[::1], int32[::1], int8[::1]"
)
def fill_pairs(x, y, starts, columns, rows, ends, manhattan, first, last, at, other, band):
    """Write the pairs of :func:`count_pairs` and the band of their distance, from ``at`` on for each point."""
    reach = ends[len(ends) - 1]
    for row in range(first, last):
        for column in range(columns):
            here = row * columns + column
            for i in range(starts[here], starts[here + 1]):
                k = at[i]
                for half in range(2):
                    if half == 0:
                        begin, end = i + 1, starts[row * columns + min(column + 1, columns - 1) + 1]
                    elif row + 1 < rows:
                        begin = starts[(row + 1) * columns + max(column - 1, 0)]
                        end = starts[(row + 1) * columns + min(column + 1, columns - 1) + 1]
                    else:
                        break
                    for j in range(begin, end):
                        dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
                        far = dx + dy if manhattan else math.sqrt(dx * dx + dy * dy)
                        if far < reach:
                            b = 0
                            while ends[b] <= far:
                                b += 1
                            other[k] = j
                            band[k] = b
                            k += 1


@compiled("int64[::1], int32[::1], int8[::1], int64[:, ::1]")
def band_degrees(at, other, band, degree):
    """How many points lie in each band around each point."""
    for i in range(len(at) - 1):
        for k in range(at[i], at[i + 1]):
            degree[band[k], i] += 1
            degree[band[k], other[k]] += 1


@compiled("uint64, int16[::1], int16[:, ::1]", "uint64, int32[::1], int32[:, ::1]")
def deal(seed, day, dealt):
    """Deal the days to the points anew, once per column of ``dealt`` (splitmix64, Fisher and Yates from the inside out).

    Draws are made some ahead, in a loop of their own that processors work on several at a time, and deals four by four, so that all they
    need lies near. The number of columns is a multiple of four.
    """
    n, lanes = dealt.shape
    steps = (n + 1) // 2
    own = np.empty((_ROWS, n), day.dtype)
    even, odd = np.empty(_AHEAD, np.uint32), np.empty(_AHEAD, np.uint32)
    low, half, one = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(1)
    step = np.uint64(0x9E3779B97F4A7C15)
    for lane in range(0, lanes, _ROWS):
        for g in range(_ROWS):
            row = own[g]
            for block in range(0, steps, _AHEAD):
                ahead = min(_AHEAD, steps - block)
                state = seed + np.uint64((lane + g) * steps + block) * step
                for k in range(ahead):
                    z = state + np.uint64(k + 1) * step
                    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                    z ^= z >> np.uint64(31)
                    place = np.uint64(2 * (block + k)) + one
                    even[k] = ((z & low) * place) >> half
                    odd[k] = ((z >> half) * (place + one)) >> half
                for k in range(min(ahead, n // 2 - block)):
                    i, j = 2 * (block + k), even[k]
                    row[i] = row[j]
                    row[j] = day[i]
                    i, j = i + 1, odd[k]
                    row[i] = row[j]
                    row[j] = day[i]
                if n % 2 and block + ahead == steps:
                    j = even[ahead - 1]
                    row[n - 1] = row[j]
                    row[j] = day[n - 1]
        for point in range(n):
            for g in range(_ROWS):
                dealt[point, lane + g] = own[g, point]


@compiled(
    "int16[:, ::1], int64[::1], int32[::1], int8[::1], int16[::1], int64, int64, int64[:, :, ::1]",
    "int32[:, ::1], int64[::1], int32[::1], int8[::1], int32[::1], int64, int64, int64[:, :, ::1]",
)
def count_near(dealt, at, other, band, ends, first, last, found):
    """Pairs by band of distance, days below each of ``ends`` and deal; of the points ``first`` to ``last``."""
    bands, periods, _ = found.shape
    part = np.zeros((bands, periods, 64), np.int16)
    apart = np.empty(64, dealt.dtype)
    waiting = 0
    for i in range(first, last):
        for k in range(at[i], at[i + 1]):
            j, b = other[k], band[k]
            for lane in range(64):
                apart[lane] = abs(dealt[i, lane] - dealt[j, lane])
            for p in range(periods):
                for lane in range(64):
                    part[b, p, lane] += np.int16(apart[lane] < ends[p])
            waiting += 1
            if waiting == _FLUSH:
                for c in range(bands):
                    for p in range(periods):
                        for lane in range(64):
                            found[c, p, lane] += part[c, p, lane]
                            part[c, p, lane] = 0
                waiting = 0
    for c in range(bands):
        for p in range(periods):
            for lane in range(64):
                found[c, p, lane] += part[c, p, lane]


@compiled(
    "int16[:, ::1], int64[::1], int32[::1], int16, int64[::1]",
    "int32[:, ::1], int64[::1], int32[::1], int32, int64[::1]",
)
def count_within(dealt, at, other, end, found):
    """The same for one band and one period, the test of Knox: pairs less than ``end`` days apart by deal."""
    part = np.zeros(64, np.int16)
    waiting = 0
    for i in range(len(at) - 1):
        for begin in range(at[i], at[i + 1], _FLUSH):
            until = min(begin + _FLUSH, at[i + 1])
            if waiting + until - begin > _FLUSH:
                for lane in range(64):
                    found[lane] += part[lane]
                    part[lane] = 0
                waiting = 0
            for k in range(begin, until):
                j = other[k]
                for lane in range(64):
                    part[lane] += np.int16(abs(dealt[i, lane] - dealt[j, lane]) < end)
            waiting += until - begin
    for lane in range(64):
        found[lane] += part[lane]


@compiled(
    "int64[::1], int64[::1], int32[::1], int8[::1], int64[::1], int64, int64, int64[:, ::1]",
)
def count_observed(day, at, other, band, ends, first, last, found):
    """Pairs by band of distance and days below each of ``ends``, as they are."""
    for i in range(first, last):
        for k in range(at[i], at[i + 1]):
            apart = abs(day[i] - day[other[k]])
            for p in range(len(ends)):
                if apart < ends[p]:
                    found[band[k], p] += 1


@compiled(
    "float64[::1], float64[::1], int64[::1], int64[::1], int32[::1], int64, boolean, int64[::1], int64[::1], int64[::1], float64[::1]"
)
def timely_pairs(x, y, day, at, other, most, manhattan, one, two, apart, metres):
    """Those pairs whose days lie less than ``most`` apart: earlier, later, days and metres; returns how many."""
    number = 0
    for i in range(len(at) - 1):
        for k in range(at[i], at[i + 1]):
            j = other[k]
            days = day[j] - day[i]
            if abs(days) < most:
                if number < len(one):
                    early, late = (i, j) if days >= 0 else (j, i)
                    one[number], two[number], apart[number] = early, late, abs(days)
                    dx, dy = abs(x[i] - x[j]), abs(y[i] - y[j])
                    metres[number] = dx + dy if manhattan else math.sqrt(dx * dx + dy * dy)
                number += 1
    return number
