"""Which square of a lattice each point lies in."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("float64[::1], float64[::1], float64, float64, float64, int64, int64, int64, int64, int64[::1]")
def squares_of(x, y, west, south, cell, columns, rows, first, last, out):
    """Number of the square of points ``first`` to ``last``; -1 for those outside and those without a place."""
    wide, high = float(columns), float(rows)
    for i in range(first, last):  # in floats to the end: then eight points go through at once
        column = np.floor((x[i] - west) / cell)
        row = np.floor((y[i] - south) / cell)
        inside = (column >= 0.0) & (column < wide) & (row >= 0.0) & (row < high)
        out[i] = np.int64(row * wide + column if inside else -1.0)
