"""Which areas points lie in, by a raster of cells that knows which borders run through each."""

from __future__ import annotations

import math

import numpy as np

from ilp_lab._compiled import compiled


@compiled("float64, float64, float64, float64, float64, float64, float64, float64, int64, int64, int64[::1]")
def across(x0, y0, x1, y1, west, south, cell, slack, columns, row, out):
    """First and last column of the cells of a row that a border may touch; first above last where there are none."""
    low, high = south + row * cell - slack, south + (row + 1) * cell + slack
    a, b = x0, x1
    if y0 != y1:
        slope = (x1 - x0) / (y1 - y0)
        enter, leave = max(min(y0, y1), low), min(max(y0, y1), high)
        if enter > leave:
            out[0], out[1] = 1, 0
            return
        a, b = x0 + (enter - y0) * slope, x0 + (leave - y0) * slope
    out[0] = max(math.floor((min(a, b) - slack - west) / cell), 0)
    out[1] = min(math.floor((max(a, b) + slack - west) / cell), columns - 1)


@compiled(
    "float64[:, ::1], float64[:, ::1], int64[::1], float64, float64, float64, float64, int64, int64, int64[::1], int64[::1]"
)
def borders_counted(begin, end, part, west, south, cell, slack, columns, rows, lines, runs):
    """How many borders touch each cell (``lines``), and of how many parts they are (``runs``)."""
    seen = np.full(columns * rows, -1, np.int64)
    span = np.zeros(2, np.int64)
    for s in range(len(part)):
        x0, y0, x1, y1 = begin[s, 0], begin[s, 1], end[s, 0], end[s, 1]
        first = max(math.floor((min(y0, y1) - slack - south) / cell), 0)
        last = min(math.floor((max(y0, y1) + slack - south) / cell), rows - 1)
        for row in range(first, last + 1):
            across(x0, y0, x1, y1, west, south, cell, slack, columns, row, span)
            for at in range(row * columns + span[0], row * columns + span[1] + 1):
                lines[at] += 1
                if seen[at] != part[s]:
                    seen[at] = part[s]
                    runs[at] += 1


@compiled(
    "float64[:, ::1], float64[:, ::1], int64[::1], float64, float64, float64, float64, int64, int64, int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], boolean[::1], int64[::1], int64[::1]"
)
def borders_noted(
    begin, end, part_start, west, south, cell, slack, columns, rows, line_start, run_start, line, run_line,
    run_part, run_holds, first_cover, covers,
):  # fmt: skip
    """Note the borders of every cell by part, whether the part holds the cell's middle, and which parts hold the whole cell."""
    line_at, run_at = line_start[:-1].copy(), run_start[:-1].copy()
    seen = np.full(columns * rows, -1, np.int64)
    span = np.zeros(2, np.int64)
    for p in range(len(part_start) - 1):
        lowest, highest = rows, -1
        for s in range(part_start[p], part_start[p + 1]):
            x0, y0, x1, y1 = begin[s, 0], begin[s, 1], end[s, 0], end[s, 1]
            first = max(math.floor((min(y0, y1) - slack - south) / cell), 0)
            last = min(math.floor((max(y0, y1) + slack - south) / cell), rows - 1)
            lowest, highest = min(lowest, first), max(highest, last)
            for row in range(first, last + 1):
                across(x0, y0, x1, y1, west, south, cell, slack, columns, row, span)
                for at in range(row * columns + span[0], row * columns + span[1] + 1):
                    if seen[at] != p:
                        seen[at] = p
                        run_line[run_at[at]], run_part[run_at[at]] = line_at[at], p
                        run_at[at] += 1
                    line[line_at[at]] = s
                    line_at[at] += 1
        if highest < lowest:
            continue
        # where the middle line of every row meets the part's borders, in order from west to east
        number = np.zeros(highest - lowest + 2, np.int64)
        for s in range(part_start[p], part_start[p + 1]):
            y0, y1 = begin[s, 1], end[s, 1]
            for row in range(
                max(math.floor((min(y0, y1) - south) / cell - 0.5), lowest),
                min(math.floor((max(y0, y1) - south) / cell + 0.5), highest) + 1,
            ):
                middle = south + (row + 0.5) * cell
                if (y0 > middle) != (y1 > middle):
                    number[row - lowest + 1] += 1
        stops = np.cumsum(number)
        meets = np.empty(stops[-1])
        filled = stops[:-1].copy()
        for s in range(part_start[p], part_start[p + 1]):
            x0, y0, x1, y1 = begin[s, 0], begin[s, 1], end[s, 0], end[s, 1]
            for row in range(
                max(math.floor((min(y0, y1) - south) / cell - 0.5), lowest),
                min(math.floor((max(y0, y1) - south) / cell + 0.5), highest) + 1,
            ):
                middle = south + (row + 0.5) * cell
                if (y0 > middle) != (y1 > middle):
                    meets[filled[row - lowest]] = x0 + (middle - y0) * (x1 - x0) / (y1 - y0)
                    filled[row - lowest] += 1
        for row in range(lowest, highest + 1):
            here = np.sort(meets[stops[row - lowest] : stops[row - lowest + 1]])
            for pair in range(0, len(here) - 1, 2):
                column = max(math.floor((here[pair] - west) / cell) - 1, 0)
                while column < columns and west + (column + 0.5) * cell < here[pair]:
                    column += 1
                while column < columns and west + (column + 0.5) * cell < here[pair + 1]:
                    at = row * columns + column
                    if seen[at] == p:
                        run_holds[run_at[at] - 1] = True
                    else:
                        covers[at] += 1
                        if first_cover[at] < 0:
                            first_cover[at] = p
                    column += 1


@compiled(
    "float64[::1], float64[::1], float64[:, ::1], float64[:, ::1], int64[::1], float64, float64, float64, float64, int64, int64, int64[::1], int64[::1], int64[::1], int64[::1], boolean[::1], int64[::1], int64[::1], int64, int64, int64[::1], int64[::1]"
)
def located(
    x, y, begin, end, area_of, west, south, cell, near, columns, rows, run_start, line, run_line, run_part, run_holds,
    first_cover, covers, first, last, out, several,
):  # fmt: skip
    """First area and number of areas of points ``first`` to ``last``; -2 where a border is too near to decide by floating point.

    From the middle of the cell, of which it is known, one walks east or west and then north or south to the point, and
    changes sides at every border; all borders on the way are those of the cell.
    """
    for i in range(first, last):
        column, row = math.floor((x[i] - west) / cell), math.floor((y[i] - south) / cell)
        out[i], several[i] = -1, 0
        if not (0 <= column < columns and 0 <= row < rows):
            continue
        at = row * columns + column
        best, number, counted = -1, covers[at], -1
        if first_cover[at] >= 0:
            best = area_of[first_cover[at]]
        middle_x, middle_y = west + (column + 0.5) * cell, south + (row + 0.5) * cell
        doubtful = False
        for r in range(run_start[at], run_start[at + 1]):
            stop = run_line[r + 1]
            inside = run_holds[r]
            for k in range(run_line[r], stop):
                s = line[k]
                x0, y0, x1, y1 = begin[s, 0], begin[s, 1], end[s, 0], end[s, 1]
                reach = near * (abs(x1 - x0) + abs(y1 - y0))
                if min(x0, x1) - near <= x[i] <= max(x0, x1) + near:
                    if min(y0, y1) - near <= y[i] <= max(y0, y1) + near:
                        doubtful |= abs((x1 - x0) * (y[i] - y0) - (y1 - y0) * (x[i] - x0)) <= reach
                    if min(y0, y1) - near <= middle_y <= max(y0, y1) + near:
                        doubtful |= abs((x1 - x0) * (middle_y - y0) - (y1 - y0) * (x[i] - x0)) <= reach
                if (y0 > middle_y) != (y1 > middle_y):
                    meets = x0 + (middle_y - y0) * (x1 - x0) / (y1 - y0)
                    if (meets > middle_x) != (meets > x[i]):
                        inside = not inside
                if (x0 > x[i]) != (x1 > x[i]):
                    meets = y0 + (x[i] - x0) * (y1 - y0) / (x1 - x0)
                    if (meets > middle_y) != (meets > y[i]):
                        inside = not inside
            if inside:
                area = area_of[run_part[r]]
                if best < 0 or area < best:
                    best = area
                if area != counted:
                    number += 1
                    counted = area
        out[i], several[i] = best, number
        if doubtful:
            out[i] = -2
