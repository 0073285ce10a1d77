"""Points sorted by the squares they lie in."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("float64[::1], float64[::1], float64, int64, int64, int64[::1], int64[::1]")
def sorted_by_square(x, y, cell, columns, rows, starts, order):
    """Sort points by squares (counting sort): where each square's begin, and the points in order."""
    starts[:] = 0
    for i in range(len(x)):
        starts[int(y[i] / cell) * columns + int(x[i] / cell) + 1] += 1
    for k in range(columns * rows):
        starts[k + 1] += starts[k]
    filled = np.zeros(columns * rows, np.int64)
    for i in range(len(x)):
        k = int(y[i] / cell) * columns + int(x[i] / cell)
        order[starts[k] + filled[k]] = i
        filled[k] += 1
