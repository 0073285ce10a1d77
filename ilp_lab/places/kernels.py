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

    from ilp_lab._ground.lattice import Lattice

Kernel = Literal["quartic", "gaussian"]
EXACT_WORK = 30_000_000
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
    """What exact summation costs: runs of cells for the quartic kernel, tens of heights for the gaussian."""
    across = 2 * reach_m(kernel, bandwidth_m) / cell_m + 1
    return incidents * across if kernel == "quartic" else incidents * across**2 / 20


def error_bound(
    lattice: Lattice,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    kernel: Kernel,
    bandwidth_m: float,
) -> float:
    """What :func:`binned_sum` differs from :func:`exact_sum` by at most, per m², anywhere on the lattice.

    Sharing an incident among the four nearest centres is linear interpolation of the kernel along both axes. Its
    error is at most cell²/8 times the largest second derivatives. Those are at most 8/h² of the kernel's height per
    axis for the quartic kernel, and together (2 + r²/h²)·exp(−r²/2h²)/h² of it for the gaussian. The bound of every
    incident is summed up over blocks of cells, each taken as near as its corners come.
    """
    from scipy import fft

    reach = reach_m(kernel, bandwidth_m)
    block_m = max(lattice.cell_m, reach / 12)
    columns = int(lattice.columns * lattice.cell_m / block_m) + 1
    rows = int(lattice.rows * lattice.cell_m / block_m) + 1
    at = np.clip(((y - lattice.south) / block_m).astype(np.int64), 0, rows - 1) * columns
    at += np.clip(((x - lattice.west) / block_m).astype(np.int64), 0, columns - 1)
    load = np.bincount(at, weights=weight, minlength=rows * columns).reshape(rows, columns)
    far = int(reach / block_m) + 3
    apart = np.maximum(np.abs(np.arange(-far, far + 1)) - 1, 0) * block_m
    near = np.maximum(np.hypot(apart[:, None], apart) - lattice.cell_m * math.sqrt(2), 0.0)
    u2 = (near / bandwidth_m) ** 2
    tall = float(height(kernel, bandwidth_m, np.zeros(1))[0])
    if kernel == "quartic":
        curvature, cut = np.where(u2 <= 1, 16.0, 0.0), 0.0
    else:
        curvature = np.where(u2 <= _GAUSS_REACH**2, (2 + u2) * np.exp(-u2 / 2), 0.0)
        cut = math.exp(-(_GAUSS_REACH**2) / 2)
    each = tall * (curvature / 8 * (lattice.cell_m / bandwidth_m) ** 2 + cut * (curvature > 0))
    size = [fft.next_fast_len(side + 2 * far, real=True) for side in load.shape]
    summed = fft.irfft2(fft.rfft2(load, size) * fft.rfft2(each, size), size)
    return float(summed[far : far + rows, far : far + columns].max())


def exact_sum(
    lattice: Lattice,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    kernel: Kernel,
    bandwidth_m: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum of the kernels of all incidents at every cell's centre, per m²; one bandwidth for all, or one each.

    Along a row of cells a quartic kernel is one polynomial on one run of cells, so its cost is that of the rows it touches
    (see :mod:`ilp_lab.places.loops.kernelsums`).
    """
    from ilp_lab._compiled import shared
    from ilp_lab.places.loops.kernelsums import gaussian_rows, quartic_rows

    cell = lattice.cell_m
    order = np.argsort(y, kind="stable")
    across = (x[order] - lattice.west) / cell - 0.5
    up = (y[order] - lattice.south) / cell - 0.5
    load = np.ascontiguousarray(weight[order], dtype=np.float64)
    reach = np.broadcast_to(np.asarray(bandwidth_m, dtype=np.float64) / cell, len(x))[order].copy()
    out = np.zeros((lattice.rows, lattice.columns))
    block = int(np.clip(8 * reach.min(initial=4096.0), 16, 4096))

    def rows(first: int, last: int) -> None:
        if kernel == "quartic":
            quartic_rows(across, up, load, reach, 1 / cell**2, first, last, block, out)
        else:
            gaussian_rows(across, up, load, reach, 1 / cell**2, first, last, out)

    list(shared(rows, lattice.rows, at_least=16))
    return out


def binned_sum(
    lattice: Lattice,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    kernel: Kernel,
    bandwidth_m: float,
    *,
    apron: int = 0,
) -> NDArray[np.float64]:
    """The same, from incidents shared among the four nearest cell centres, by a fast Fourier transform.

    With an ``apron`` of 1 the array holds one more cell on every side.
    """
    from scipy import fft

    reach = math.ceil(reach_m(kernel, bandwidth_m) / lattice.cell_m)
    padded = _linear_bins(lattice, x, y, weight)
    offsets = np.arange(-reach, reach + 1) * lattice.cell_m
    shape = height(kernel, bandwidth_m, offsets[:, None] ** 2 + offsets[None, :] ** 2)
    size = [fft.next_fast_len(side + 2 * reach, real=True) for side in padded.shape]
    spectrum = fft.rfft2(padded, size, workers=-1)
    spectrum *= fft.rfft2(shape, size, workers=-1)
    full = fft.irfft2(spectrum, size, workers=-1)
    first, rows, columns = reach + 1 - apron, lattice.rows + 2 * apron, lattice.columns + 2 * apron
    inner = full[first : first + rows, first : first + columns]
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
