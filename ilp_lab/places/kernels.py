"""Kernel sums onto a lattice: exact where that is quick, binned and transformed beyond.

Both kernels integrate to 1 over the plane. The *quartic* (biweight) kernel, 3/(πh²)·(1−(r/h)²)², ends at the
bandwidth h; the *gaussian* kernel, exp(−r²/2h²)/(2πh²), is cut off at 5 h, which loses four millionths of it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.places.lattice import Lattice

Kernel = Literal["quartic", "gaussian"]
EXACT_WORK = 20_000_000
_GAUSS_REACH = 5.0


def reach_m(kernel: Kernel, bandwidth_m: float) -> float:
    """How far an incident counts."""
    return bandwidth_m if kernel == "quartic" else _GAUSS_REACH * bandwidth_m


def height(kernel: Kernel, bandwidth_m: float, squared_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """The kernel at squared distances, per square metre."""
    u2 = squared_m / bandwidth_m**2
    if kernel == "quartic":
        return 3 / (math.pi * bandwidth_m**2) * np.square(np.maximum(1 - u2, 0.0))
    inside = u2 <= _GAUSS_REACH**2
    return np.where(inside, np.exp(-u2 / 2) / (2 * math.pi * bandwidth_m**2), 0.0)


def exact_work(incidents: int, kernel: Kernel, bandwidth_m: float, cell_m: float) -> float:
    """Number of kernel heights that exact summation would compute."""
    return incidents * math.pi * (reach_m(kernel, bandwidth_m) / cell_m + 1) ** 2


def error_bound(kernel: Kernel, bandwidth_m: float, cell_m: float) -> float:
    """Largest error of the binned sum, as a share of the kernel's height times the incidents in reach.

    Sharing an incident among the four nearest cell centres is linear interpolation of the kernel, whose error is at
    most cell²/8 times the sum of its largest second derivatives along the axes: 12/h² of its height for the quartic
    and 2/h² for the gaussian kernel.
    """
    curvature = 12.0 if kernel == "quartic" else 2.0
    return curvature / 8 * (cell_m / bandwidth_m) ** 2


def exact_sum(
    lattice: Lattice,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    kernel: Kernel,
    bandwidth_m: float,
) -> NDArray[np.float64]:
    """Sum of the kernels of all incidents at every cell's centre, per m², shape (rows, columns)."""
    cell = lattice.cell_m
    column = (x - lattice.west) / cell - 0.5
    row = (y - lattice.south) / cell - 0.5
    near_column, near_row = np.round(column).astype(np.int64), np.round(row).astype(np.int64)
    reach = int(reach_m(kernel, bandwidth_m) / cell) + 1
    out = np.zeros(lattice.size)
    for dr in range(-reach, reach + 1):
        to_row = near_row + dr
        dy2 = ((to_row - row) * cell) ** 2
        for dc in range(-reach, reach + 1):
            to_column = near_column + dc
            kept = (to_row >= 0) & (to_row < lattice.rows) & (to_column >= 0) & (to_column < lattice.columns)
            tall = height(kernel, bandwidth_m, dy2[kept] + ((to_column[kept] - column[kept]) * cell) ** 2)
            np.add.at(out, to_row[kept] * lattice.columns + to_column[kept], tall * weight[kept])
    return out.reshape(lattice.rows, lattice.columns)


def binned_sum(
    lattice: Lattice,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    kernel: Kernel,
    bandwidth_m: float,
) -> NDArray[np.float64]:
    """The same, from incidents shared among the four nearest cell centres, by a fast Fourier transform."""
    from scipy import fft

    reach = math.ceil(reach_m(kernel, bandwidth_m) / lattice.cell_m)
    padded = _linear_bins(lattice, x, y, weight)
    offsets = np.arange(-reach, reach + 1) * lattice.cell_m
    shape = height(kernel, bandwidth_m, offsets[:, None] ** 2 + offsets[None, :] ** 2)
    shape /= shape.sum() * lattice.cell_m**2
    size = [fft.next_fast_len(side + 2 * reach, real=True) for side in padded.shape]
    spectrum = fft.rfft2(padded, size, workers=-1)
    spectrum *= fft.rfft2(shape, size, workers=-1)
    full = fft.irfft2(spectrum, size, workers=-1)
    inner = full[reach + 1 : reach + 1 + lattice.rows, reach + 1 : reach + 1 + lattice.columns]
    return np.asarray(np.maximum(inner, 0.0))


def _linear_bins(
    lattice: Lattice, x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Incidents shared among the four nearest centres, on the lattice with one cell more on every side."""
    rows, columns = lattice.rows + 2, lattice.columns + 2
    across = (x - lattice.west) / lattice.cell_m + 0.5
    up = (y - lattice.south) / lattice.cell_m + 0.5
    column = np.clip(np.floor(across).astype(np.int64), 0, columns - 2)
    row = np.clip(np.floor(up).astype(np.int64), 0, rows - 2)
    right, above = across - column, up - row
    flat = row * columns + column
    out = np.zeros(rows * columns)
    for shift, part in (
        (0, (1 - right) * (1 - above)),
        (1, right * (1 - above)),
        (columns, (1 - right) * above),
        (columns + 1, right * above),
    ):
        out += np.bincount(flat + shift, weights=part * weight, minlength=rows * columns)
    return out.reshape(rows, columns)
