"""The part of every kernel that falls outside the study area, where nothing was recorded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.places.kernels import Kernel, height, reach_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab._ground.studyarea import StudyArea

_LEVELS = 8
_LEAST = 0.05


def inside_share(
    area: StudyArea,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    kernel: Kernel,
    bandwidth_m: float | NDArray[np.float64],
) -> NDArray[np.float64]:
    """Share of each incident's kernel that lies inside the study area (Diggle 1985, doi:10.2307/2347366).

    Taken from the ground in every cell, smoothed by the kernel; between a few bandwidths by interpolation where each
    incident has its own. Never below 5 %, so that no incident counts more than twenty times.
    """
    reach = np.broadcast_to(np.asarray(bandwidth_m, dtype=np.float64), len(x))
    if not len(x):
        return np.empty(0)
    low, high = float(reach.min()), float(reach.max())
    if high - low < 1e-9 * high:
        return np.maximum(value_at(area, smoothed_ground(area, kernel, high, apron=1), x, y), _LEAST)
    levels = np.geomspace(low, high, _LEVELS)
    shares = np.stack(
        [value_at(area, smoothed_ground(area, kernel, float(level), apron=1), x, y) for level in levels]
    )
    position = np.clip(np.log(reach / low) / math.log(high / low) * (_LEVELS - 1), 0, _LEVELS - 1 - 1e-9)
    below = position.astype(np.int64)
    part = position - below
    column = np.arange(len(x))
    return np.maximum(shares[below, column] * (1 - part) + shares[below + 1, column] * part, _LEAST)


def smoothed_ground(
    area: StudyArea, kernel: Kernel, bandwidth_m: float, *, apron: int = 0
) -> NDArray[np.float64]:
    """Share of a kernel at every cell's middle that lies inside, as an array of shape (rows, columns).

    With an ``apron`` of 1 the array holds one more cell on every side.
    """
    from scipy import fft

    lattice = area.lattice
    reach = math.ceil(reach_m(kernel, bandwidth_m) / lattice.cell_m)
    offsets = np.arange(-reach, reach + 1) * lattice.cell_m
    shape = height(kernel, bandwidth_m, offsets[:, None] ** 2 + offsets[None, :] ** 2)
    total = shape.sum()
    shape = shape / total if total > 0 else np.ones((1, 1))
    ground = area.spread(area.share)
    size = [fft.next_fast_len(side + 2 * reach, real=True) for side in ground.shape]
    full = fft.irfft2(
        fft.rfft2(ground, size, workers=-1) * fft.rfft2(shape, size, workers=-1), size, workers=-1
    )
    first, rows, columns = reach - apron, lattice.rows + 2 * apron, lattice.columns + 2 * apron
    return np.asarray(np.clip(full[first : first + rows, first : first + columns], 0.0, 1.0))


def value_at(
    area: StudyArea, surface: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A surface of cells and one more on every side at points, between the middles of cells by interpolation."""
    from scipy.ndimage import map_coordinates

    lattice = area.lattice
    up, across = (y - lattice.south) / lattice.cell_m + 0.5, (x - lattice.west) / lattice.cell_m + 0.5
    return np.asarray(map_coordinates(surface, [up, across], order=1, mode="nearest"))
