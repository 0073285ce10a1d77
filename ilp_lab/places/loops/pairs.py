"""Counting pairs of points by their distance, without looking at pairs that are far apart."""

from __future__ import annotations

import math

from ilp_lab._compiled import compiled


@compiled(
    "float64[::1], float64[::1], float64[::1], float64[::1], int64[::1], int64, int64, float64, float64, int64, boolean, int64[::1], float64[:, ::1], float64, int64, int64, float64[:, ::1]"
)
def pair_counts(
    x,
    y,
    other_x,
    other_y,
    starts,
    columns,
    rows,
    cell,
    step,
    bins,
    same,
    group,
    overlap,
    overlap_step,
    first,
    last,
    out,
):
    """Add up, by group and distance, the pairs of one of the points ``first`` to ``last`` and another one.

    The others are sorted by squares of side ``cell``, of which ``starts`` tells where each begins; everything lies right
    of and above the origin. A pair counts 1 over the share of the ground that is left when the ground is moved by the
    pair's difference (``overlap``, a table in steps of ``overlap_step`` around its middle; empty: no correction). ``same``:
    both are the same points.
    """
    reach = step * bins
    middle = overlap.shape[0] // 2
    for i in range(first, last):
        column, row = int(x[i] / cell), int(y[i] / cell)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            begin = starts[r * columns + max(column - 1, 0)]
            end = starts[r * columns + min(column + 1, columns - 1) + 1]
            for j in range(begin, end):
                if same and j == i:
                    continue
                dx, dy = other_x[j] - x[i], other_y[j] - y[i]
                d2 = dx * dx + dy * dy
                if d2 > reach * reach:
                    continue
                at = min(math.ceil(math.sqrt(d2) / step), bins)
                if overlap.shape[0] == 0:
                    out[group[i], at] += 1.0
                    continue
                fx, fy = dx / overlap_step + middle, dy / overlap_step + middle
                left, low = int(fx), int(fy)
                ax, ay = fx - left, fy - low
                share = (1 - ay) * ((1 - ax) * overlap[low, left] + ax * overlap[low, left + 1]) + ay * (
                    (1 - ax) * overlap[low + 1, left] + ax * overlap[low + 1, left + 1]
                )
                out[group[i], at] += 1.0 / share
