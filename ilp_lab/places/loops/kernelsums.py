"""Sums of kernels: exactly, on a lattice or at the incidents themselves.

The quartic kernel is a polynomial within its reach. Along a row of cells every incident therefore adds the same five
coefficients to a run of cells; they are added where the run begins and taken away behind its end, and one pass along
the row evaluates the sum (sweep line; Chan et al. 2022, SLAM, doi:10.1145/3514221.3517823). Coordinates are measured from the
middle of short blocks of the row, so that the powers stay small.
"""

from __future__ import annotations

import math

import numpy as np

from ilp_lab._compiled import compiled

_GAUSS_REACH = 5.0


@compiled(
    "float64[::1], float64[::1], float64[::1], float64[::1], float64, int64, int64, int64, float64[:, ::1]"
)
def quartic_rows(across, up, weight, reach, per_m2, first, last, block, out):
    """Add the quartic kernels of all incidents to rows ``first`` to ``last`` of ``out``.

    ``across``, ``up`` and ``reach`` count in cells, from the middle of cell (0, 0); ``up`` ascends. ``per_m2`` turns
    heights per cell into heights per m².
    """
    columns = out.shape[1]
    blocks = (columns + block - 1) // block
    widest = 0.0
    for i in range(len(reach)):
        widest = max(widest, reach[i])
    for row in range(first, last):
        term = np.zeros((blocks, block + 1, 5))
        begin = np.searchsorted(up, row - widest)
        end = np.searchsorted(up, row + widest)
        for i in range(begin, end):
            high = reach[i] * reach[i] - (up[i] - row) ** 2
            if high <= 0.0:
                continue
            half = math.sqrt(high)
            left = max(math.ceil(across[i] - half), 0)
            right = min(math.floor(across[i] + half) + 1, columns)
            if left >= right:
                continue
            unit = reach[i]
            factor = weight[i] * 3.0 / (math.pi * unit * unit) * per_m2 / unit**4
            for b in range(left // block, (right - 1) // block + 1):
                at = across[i] - (b * block + 0.5 * (block - 1))
                q = high - at * at
                c4 = factor
                c3 = -4.0 * at * factor
                c2 = (6.0 * at * at - 2.0 * high) * factor
                c1 = 4.0 * at * q * factor
                c0 = q * q * factor
                opens = max(left - b * block, 0)
                closes = min(right - b * block, block)
                term[b, opens, 0] += c0
                term[b, opens, 1] += c1
                term[b, opens, 2] += c2
                term[b, opens, 3] += c3
                term[b, opens, 4] += c4
                term[b, closes, 0] -= c0
                term[b, closes, 1] -= c1
                term[b, closes, 2] -= c2
                term[b, closes, 3] -= c3
                term[b, closes, 4] -= c4
        for b in range(blocks):
            s0, s1, s2, s3, s4 = 0.0, 0.0, 0.0, 0.0, 0.0
            for k in range(min(block, columns - b * block)):
                s0 += term[b, k, 0]
                s1 += term[b, k, 1]
                s2 += term[b, k, 2]
                s3 += term[b, k, 3]
                s4 += term[b, k, 4]
                x = k - 0.5 * (block - 1)
                value = (((s4 * x + s3) * x + s2) * x + s1) * x + s0
                if value > 0.0:
                    out[row, b * block + k] += value


@compiled("float64[::1], float64[::1], float64[::1], float64[::1], float64, int64, int64, float64[:, ::1]")
def gaussian_rows(across, up, weight, deviation, per_m2, first, last, out):
    """The same for gaussian kernels, cut off at five standard deviations."""
    columns = out.shape[1]
    for i in range(len(across)):
        reach = _GAUSS_REACH * deviation[i]
        low = max(math.ceil(up[i] - reach), first)
        high = min(math.floor(up[i] + reach) + 1, last)
        left = max(math.ceil(across[i] - reach), 0)
        right = min(math.floor(across[i] + reach) + 1, columns)
        if low >= high or left >= right:
            continue
        scale = 0.5 / (deviation[i] * deviation[i])
        tall = weight[i] / (2.0 * math.pi * deviation[i] * deviation[i]) * per_m2
        row_part = np.empty(right - left)
        for k in range(left, right):
            row_part[k - left] = math.exp(-scale * (k - across[i]) ** 2)
        for row in range(low, high):
            dy = up[i] - row
            room = reach * reach - dy * dy
            if room < 0.0:
                continue
            half = math.sqrt(room)
            value = tall * math.exp(-scale * dy * dy)
            for k in range(
                max(left, math.ceil(across[i] - half)), min(right, math.floor(across[i] + half) + 1)
            ):
                out[row, k] += value * row_part[k - left]


@compiled(
    "float64[::1], float64[::1], float64[::1], int64[::1], int64[::1], int64, int64, float64, float64[::1], boolean, int64[::1], float64[:, ::1]"
)
def without_own_place(x, y, weight, place, starts, columns, rows, cell, reach, quartic, some, out):
    """Kernel density at ``some`` incidents from all incidents at other places, for every bandwidth.

    Incidents are sorted by the cells of a lattice of side ``cell`` with its corner at the origin; ``starts`` says where each
    cell's begin. ``reach`` holds ascending bandwidths, of which none reaches farther than a cell.
    """
    widths = len(reach)
    farthest = reach[widths - 1] if quartic else _GAUSS_REACH * reach[widths - 1]
    for i in some:
        column, row = int(x[i] / cell), int(y[i] / cell)
        for r in range(max(row - 1, 0), min(row + 2, rows)):
            for c in range(max(column - 1, 0), min(column + 2, columns)):
                for j in range(starts[r * columns + c], starts[r * columns + c + 1]):
                    if place[j] == place[i]:
                        continue
                    d2 = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
                    if d2 > farthest * farthest:
                        continue
                    for k in range(widths - 1, -1, -1):
                        h2 = reach[k] * reach[k]
                        if quartic:
                            if d2 >= h2:
                                break
                            u = 1.0 - d2 / h2
                            out[i, k] += weight[j] * 3.0 / (math.pi * h2) * u * u
                        else:
                            if d2 > _GAUSS_REACH * _GAUSS_REACH * h2:
                                break
                            out[i, k] += weight[j] * math.exp(-0.5 * d2 / h2) / (2.0 * math.pi * h2)
