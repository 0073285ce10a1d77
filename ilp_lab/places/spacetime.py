"""Incidents by cell and period: the space-time cube, Gi* in space and time, and trends that allow for ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._ground.lattice import Lattice
from ilp_lab._memory import ask
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab._ground.studyarea import StudyArea

GlobalWindow = Literal["cube", "neighbourhood", "step"]
_MOST_BINS = 60_000_000


def cube_of(
    cell: NDArray[np.int64], step: NDArray[np.int64], cells: int, steps: int, caller: str
) -> NDArray[np.float64]:
    """Counts as an array of shape (steps, cells).

    Raises
    ------
    InputError
        When it would not fit into memory.
    """
    if cells * steps > _MOST_BINS:
        raise InputError(
            f"{caller}: {cells:,} cells and {steps:,} periods would be {cells * steps:,} bins (about {cells * steps * 40 / 1e9:.0f} GB). "
            "Take larger cells or longer periods."
        )
    ask(40.0 * cells * steps, caller=caller, way_out="Take larger cells or longer periods.")
    return np.bincount(step * cells + cell, minlength=cells * steps).reshape(steps, cells).astype(np.float64)


def gi_star_cube(
    area: StudyArea, cube: NDArray[np.float64], within_m: float | None, back: int, window: GlobalWindow
) -> NDArray[np.float64]:
    """Gi* z of every bin: the cell and its neighbours, in this period and ``back`` earlier ones.

    ``window`` says whose mean and deviation the sums are compared with: the whole ``"cube"``, the periods of the
    ``"neighbourhood"``, or the bin's own ``"step"``.
    """
    steps, cells = cube.shape
    ones = area.gather(area.lattice.sums(area.spread(np.ones(cells)), within_m))
    around = np.stack([_sums(area, area.lattice, layer, within_m) for layer in cube])
    z = np.zeros_like(cube)
    whole = (float(cube.mean()), float(cube.std()), cube.size)
    for at in range(steps):
        first = max(0, at - back)
        layers = at - first + 1
        total = around[first : at + 1].sum(axis=0)
        if window == "cube":
            mean, deviation, n = whole
        else:
            part = cube[first : at + 1] if window == "neighbourhood" else cube[at]
            mean, deviation, n = float(part.mean()), float(part.std()), part.size
        w = ones * layers
        variance = np.maximum(n * w - w**2, 0.0) / max(n - 1, 1)
        spread = deviation * np.sqrt(variance)
        # with the step as its window the sums still reach back, so its mean stands for every layer
        z[at] = np.divide(total - mean * w, spread, out=np.zeros(cells), where=spread > 1e-12)
    return z


def _sums(
    area: StudyArea, lattice: Lattice, layer: NDArray[np.float64], within_m: float | None
) -> NDArray[np.float64]:
    return area.gather(lattice.sums(area.spread(layer), within_m))


def mann_kendall(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mann-Kendall trend along the first axis: S, its variance allowing for ties, and z with continuity correction.

    Mann (1945), doi:10.2307/1907187; Kendall (1975), Rank Correlation Methods.

    Examples
    --------
    >>> s, variance, z = mann_kendall(np.array([[1.0], [2], [2], [4], [5]]))
    >>> s.tolist(), variance.round(3).tolist(), z.round(3).tolist()
    ([9.0], [15.667], [2.021])
    """
    n = len(values)
    s = np.zeros(values.shape[1:])
    for gap in range(1, n):
        s += np.sign(values[gap:] - values[:-gap]).sum(axis=0)
    ordered = np.sort(values, axis=0)
    tied = np.zeros(values.shape[1:])
    run = np.ones(values.shape[1:])
    for at in range(1, n + 1):
        same = ordered[at] == ordered[at - 1] if at < n else np.zeros(values.shape[1:], dtype=bool)
        tied += np.where(same, 0.0, run * (run - 1) * (2 * run + 5))
        run = np.where(same, run + 1, 1.0)
    variance = (n * (n - 1) * (2 * n + 5) - tied) / 18
    z = np.divide(s - np.sign(s), np.sqrt(variance), out=np.zeros_like(s), where=variance > 0)
    return s, variance, z
