"""Which square of a lattice each point lies in."""

from __future__ import annotations

import math

from ilp_lab._compiled import compiled


@compiled("float64[::1], float64[::1], float64, float64, float64, int64, int64, int64, int64, int64[::1]")
def squares_of(x, y, west, south, cell, columns, rows, first, last, out):
    """Number of the square of points ``first`` to ``last``; -1 for those outside and those without a place."""
    for i in range(first, last):
        column = math.floor((x[i] - west) / cell)
        row = math.floor((y[i] - south) / cell)
        inside = 0 <= column < columns and 0 <= row < rows
        out[i] = row * columns + column if inside else -1
