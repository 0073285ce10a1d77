"""Loops of the layout: steps through a graph, and stress descended pair by pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Short = NDArray[np.int32]

FAR = 32_000


@compiled("int64[::1], int32[::1], int64, int32[::1], int32[::1]")
def steps_from(indptr: Whole, indices: Short, start: int, steps: Short, queue: Short) -> None:
    """Number of links from ``start`` to every entity; -1 where there is no way."""
    steps[:] = -1
    steps[start] = 0
    queue[0] = start
    head, tail = 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for at in range(indptr[here], indptr[here + 1]):
            other = indices[at]
            if steps[other] < 0:
                steps[other] = steps[here] + 1
                queue[tail] = other
                tail += 1


@compiled("int64[::1], int32[::1], int64, int64")
def pivot_steps(indptr: Whole, indices: Short, count: int, first: int) -> NDArray[np.int16]:
    """Steps from pivots far from one another to every entity, entity by entity."""
    size = len(indptr) - 1
    steps = np.empty(size, dtype=np.int32)
    queue = np.empty(size, dtype=np.int32)
    nearest = np.full(size, FAR, dtype=np.int32)
    table = np.empty((size, count), dtype=np.int16)
    pivot = first
    for number in range(count):
        steps_from(indptr, indices, pivot, steps, queue)
        farthest = 0
        for row in range(size):
            table[row, number] = min(steps[row], FAR)
            nearest[row] = min(nearest[row], steps[row])
            if nearest[row] > nearest[farthest]:
                farthest = row
        pivot = farthest
    return table


@compiled("float64[:, ::1], int64, int64, float64, float64, float64")
def draw_together(xy: Numbers, one: int, other: int, wanted: float, first: float, second: float) -> None:
    """Move a pair towards its wanted distance, each by its share."""
    across, down = xy[one, 0] - xy[other, 0], xy[one, 1] - xy[other, 1]
    length = np.sqrt(across * across + down * down)
    if length < 1e-9:
        across, down, length = 1e-3 * (1 + one % 7), 1e-3 * (1 + other % 5), 1e-2
    share = (length - wanted) / (2.0 * length)
    xy[one, 0] -= first * share * across
    xy[one, 1] -= first * share * down
    xy[other, 0] += second * share * across
    xy[other, 1] += second * share * down


@compiled("int64[::1], int32[::1], int64[::1], float64[:, ::1], int64, int64[::1]")
def small_parts(indptr: Whole, indices: Short, starts: Whole, xy: Numbers, rounds: int, state: Whole) -> None:
    """Lay out every part by itself with all its pairs; entities of a part stand in a row from ``starts``."""
    largest = 0
    for part in range(len(starts) - 1):
        largest = max(largest, starts[part + 1] - starts[part])
    steps = np.empty((largest, largest), dtype=np.int16)
    queue = np.empty(largest, dtype=np.int32)
    order = np.empty(largest, dtype=np.int32)
    value = state[0]
    for part in range(len(starts) - 1):
        low = starts[part]
        size = starts[part + 1] - low
        longest = 0
        for source in range(size):
            row = steps[source]
            row[:size] = -1
            row[source] = 0
            queue[0] = source
            head, tail = 0, 1
            while head < tail:
                here = queue[head]
                head += 1
                for at in range(indptr[low + here], indptr[low + here + 1]):
                    other = indices[at] - low
                    if row[other] < 0:
                        row[other] = row[here] + 1
                        queue[tail] = other
                        tail += 1
            longest = max(longest, row[queue[tail - 1]])
        for place in range(size):
            order[place] = place
        top = float(longest * longest)
        for number in range(rounds):
            heat = top * np.exp(-np.log(top / 0.05) * number / max(rounds - 1, 1)) if top > 0.05 else 0.05
            for place in range(size - 1, 0, -1):
                value = (value * 1103515245 + 12345) % 2147483648
                swap = (value >> 8) % (place + 1)
                order[place], order[swap] = order[swap], order[place]
            for a in range(size):
                for b in range(a):
                    one, other = order[a], order[b]
                    wanted = float(steps[one, other])
                    move = min(1.0, heat / (wanted * wanted))
                    draw_together(xy, low + one, low + other, wanted, move, move)
    state[0] = value


@compiled(
    "int64[::1], int32[::1], int32[::1], int16[:, ::1], uint64[::1], uint64[::1], uint64[::1], int32[::1], int32[::1]"
)
def ways_from(
    indptr: Whole,
    indices: Short,
    sources: Short,
    steps: NDArray[np.int16],
    seen: NDArray[np.uint64],
    front: NDArray[np.uint64],
    coming: NDArray[np.uint64],
    queue: Short,
    ahead: Short,
) -> None:
    """Steps from up to 64 sources at once, one bit each, to every entity, entity by entity."""
    one = np.uint64(1)
    seen[:] = 0
    front[:] = 0
    coming[:] = 0
    waiting = 0
    for number in range(len(sources)):
        source = sources[number]
        if front[source] == 0:
            queue[waiting] = source
            waiting += 1
        bit = one << np.uint64(number)
        front[source] |= bit
        seen[source] |= bit
        steps[source, number] = 0
    depth = 0
    while waiting > 0:
        depth += 1
        found = 0
        for place in range(waiting):
            here = queue[place]
            bits = front[here]
            for at in range(indptr[here], indptr[here + 1]):
                other = indices[at]
                new = bits & ~seen[other]
                if new != 0:
                    if coming[other] == 0:
                        ahead[found] = other
                        found += 1
                    coming[other] |= new
        for place in range(waiting):
            front[queue[place]] = 0
        for place in range(found):
            other = ahead[place]
            new = coming[other]
            coming[other] = 0
            seen[other] |= new
            front[other] = new
            number = 0
            while new != 0:
                if new & one:
                    steps[other, number] = min(depth, FAR)
                new >>= one
                number += 1
        queue, ahead = ahead, queue
        waiting = found


@compiled("int64[::1], int32[::1], int32[::1], int16[:, ::1], float64[:, ::1], float64")
def descend(
    indptr: Whole, indices: Short, sources: Short, steps: NDArray[np.int16], xy: Numbers, heat: float
) -> None:
    """Move every entity towards its right distance from some sources and from its neighbours."""
    count = len(sources)
    from_x, from_y = np.empty(count), np.empty(count)
    for number in range(count):
        from_x[number], from_y[number] = xy[sources[number], 0], xy[sources[number], 1]
    near = 0.5 * min(1.0, heat)
    for row in range(len(indptr) - 1):
        x, y = xy[row, 0], xy[row, 1]
        for number in range(count):
            wanted = float(steps[row, number])
            if wanted > 0.0:
                across, down = x - from_x[number], y - from_y[number]
                length = np.sqrt(across * across + down * down) + 1e-9
                share = 0.5 * min(1.0, heat / (wanted * wanted)) * (length - wanted) / length
                x -= share * across
                y -= share * down
        for at in range(indptr[row], indptr[row + 1]):
            other = indices[at]
            across, down = x - xy[other, 0], y - xy[other, 1]
            length = np.sqrt(across * across + down * down) + 1e-9
            share = near * (length - 1.0) / length
            x -= share * across
            y -= share * down
        xy[row, 0], xy[row, 1] = x, y


@compiled("float64[:, ::1], boolean[::1], float64, int64")
def push_apart(xy: Numbers, free: NDArray[np.bool_], least: float, rounds: int) -> None:
    """Push entities that stand nearer than ``least``; those that are not free stay."""
    size = len(xy)
    order = np.empty(size, dtype=np.int64)
    move = np.empty((size, 2))
    for _ in range(rounds):
        low_x, low_y = xy[:, 0].min(), xy[:, 1].min()
        wide = int((xy[:, 0].max() - low_x) / least) + 1
        high = int((xy[:, 1].max() - low_y) / least) + 1
        side = least
        while float(wide) * float(high) > 4.0 * size + 1024.0:
            side *= 1.5
            wide = int((xy[:, 0].max() - low_x) / side) + 1
            high = int((xy[:, 1].max() - low_y) / side) + 1
        starts = np.zeros(wide * high + 1, dtype=np.int64)
        square = np.empty(size, dtype=np.int64)
        for row in range(size):
            square[row] = int((xy[row, 1] - low_y) / side) * wide + int((xy[row, 0] - low_x) / side)
            starts[square[row] + 1] += 1
        for at in range(wide * high):
            starts[at + 1] += starts[at]
        filled = starts[:-1].copy()
        for row in range(size):
            order[filled[square[row]]] = row
            filled[square[row]] += 1
        move[:] = 0.0
        near = False
        for row in range(size):
            column, line = square[row] % wide, square[row] // wide
            for other_line in range(max(0, line - 1), min(high, line + 2)):
                for other_column in range(max(0, column - 1), min(wide, column + 2)):
                    at = other_line * wide + other_column
                    for place in range(starts[at], min(starts[at + 1], starts[at] + 48)):
                        other = order[place]
                        if other == row:
                            continue
                        across, down = xy[row, 0] - xy[other, 0], xy[row, 1] - xy[other, 1]
                        length = np.sqrt(across * across + down * down)
                        if length >= least:
                            continue
                        near = True
                        if length < 1e-6:
                            turn = 2.399963 * (row if row > other else -other)
                            across, down, length = np.cos(turn), np.sin(turn), 1.0
                            share = 0.4 * least
                        else:
                            share = 0.4 * (least - length) / length
                        if not free[other]:
                            share *= 2.0
                        move[row, 0] += share * across
                        move[row, 1] += share * down
        if not near:
            break
        for row in range(size):
            if free[row]:
                length = np.sqrt(move[row, 0] ** 2 + move[row, 1] ** 2)
                limit = least / length if length > least else 1.0
                xy[row, 0] += move[row, 0] * limit
                xy[row, 1] += move[row, 1] * limit


@compiled("float64[::1], float64[::1], float64")
def shelves(widths: Numbers, heights: Numbers, wide: float) -> Numbers:
    """Corners of boxes in rows no wider than ``wide``, in the order given."""
    corners = np.empty((len(widths), 2))
    x = y = row = 0.0
    for number in range(len(widths)):
        if x > 0.0 and x + widths[number] > wide:
            x, y, row = 0.0, y + row, 0.0
        corners[number, 0], corners[number, 1] = x, y
        x += widths[number]
        row = max(row, heights[number])
    return corners
