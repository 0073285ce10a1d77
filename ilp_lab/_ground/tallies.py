"""Incidents counted by cell of a study area, from a frame or by an engine: the same numbers either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._ground.cells import study_cells, summed
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.placed import Placed
from ilp_lab._ground.studyarea import StudyArea, refuse_empty, usable_points
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Source

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab._ground.lattice import Shape
    from ilp_lab.engine import Table


@dataclass(frozen=True)
class Tally:
    """Counts by cell.

    Attributes
    ----------
    area
        The study area and its cells.
    counts, n
        Incidents in every cell; the sum of their weights (the same without weights).
    loads
        The different weights of the incidents inside and how many have each, where they were asked for.
    pile
        The most incidents at one point (to 10 cm) of every cell.
    reach
        West, east, south, north of the middle 98 % of the incidents.
    left_out, source, where, metric
        For the result; ``where`` says which engine counted.
    """

    area: StudyArea
    counts: NDArray[np.float64]
    n: NDArray[np.float64]
    loads: tuple[NDArray[np.float64], NDArray[np.int64]] | None
    pile: NDArray[np.int64]
    reach: tuple[float, float, float, float]
    left_out: LeftOut
    source: Source
    metric: _metric.Metric
    where: tuple[Param, ...] = ()


def tally(
    incidents: gpd.GeoDataFrame | Table,
    *,
    study_area: gpd.GeoDataFrame | None,
    cell_m: float | None,
    shape: Shape,
    weight: str | None,
    caller: str,
    empty: bool = False,
    each: bool = False,
) -> Tally:
    """Count incidents by cell; with ``empty``, a table without rows gives zeros instead of an error; with ``each``, say which weights they have."""
    from ilp_lab.engine.tables import Table

    if isinstance(incidents, Table):
        return _by_engine(
            Placed.of(incidents, weight, caller),
            study_area,
            cell_m,
            shape,
            caller,
            each=each and weight is not None,
        )
    metric = _metric.choose(study_area, incidents, caller=caller)
    points = usable_points(incidents, metric, weight)
    area = study_cells(points, metric, study_area=study_area, cell_m=cell_m, shape=shape, caller=caller)
    cell = area.locate(points.x, points.y)
    if len(incidents) or not empty:
        refuse_empty(points, cell >= 0, caller)
    counts = summed(cell, None, len(area.cells))
    reach = (0.0, 0.0, 0.0, 0.0)
    if len(points.x):
        (west, east), (south, north) = (np.quantile(axis, [0.01, 0.99]) for axis in (points.x, points.y))
        reach = float(west), float(east), float(south), float(north)
    return Tally(
        area=area,
        counts=counts,
        n=counts if weight is None else summed(cell, points.weight, len(area.cells)),
        loads=different(points.weight[cell >= 0], None) if each and weight is not None else None,
        pile=most_at_one_point(points.x, points.y, np.ones(len(cell), np.int64), cell, len(area.cells)),
        reach=reach,
        left_out=LeftOut.of(incidents, points.without(cell < 0, "outside the study area")),
        source=points.source,
        metric=metric,
    )


def different(
    weight: NDArray[np.float64], times: NDArray[np.int64] | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The different values in ascending order and how many there are of each; ``times`` says how often each entry counts.

    Examples
    --------
    >>> [part.tolist() for part in different(np.array([2.0, 0.5, 2.0]), np.array([1, 3, 4]))]
    [[0.5, 2.0], [3, 5]]
    """
    values, at = np.unique(weight, return_inverse=True)
    return values, np.bincount(at, times, minlength=len(values)).astype(np.int64)


def most_at_one_point(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    times: NDArray[np.int64],
    cell: NDArray[np.int64],
    cells: int,
) -> NDArray[np.int64]:
    """How many incidents of each cell lie on its most used single point (to 10 cm).

    Examples
    --------
    >>> most_at_one_point(np.array([1.0, 1.01, 5.0]), np.zeros(3), np.array([2, 1, 1]), np.array([0, 0, 0]), 1).tolist()
    [3]
    """
    inside = np.flatnonzero(cell >= 0)
    place, times = cell[inside], times[inside]
    px, py = (np.round(axis[inside] * 10).astype(np.int64) for axis in (x, y))
    order = np.lexsort((py, px, place))
    place, px, py, times = place[order], px[order], py[order], times[order]
    fresh = np.ones(len(place), dtype=bool)
    fresh[1:] = (place[1:] != place[:-1]) | (px[1:] != px[:-1]) | (py[1:] != py[:-1])
    starts = np.flatnonzero(fresh)
    most = np.zeros(cells, dtype=np.int64)
    if len(starts):
        np.maximum.at(most, place[starts], np.add.reduceat(times, starts))
    return most


def _by_engine(
    placed: Placed, study_area: Any, cell_m: float | None, shape: Shape, caller: str, *, each: bool
) -> Tally:
    """Cells that lie wholly inside are counted there; of those that the border cuts, the single places come back."""
    import pandas as pd

    area = study_cells(
        placed.points(), placed.metric, study_area=study_area, cell_m=cell_m, shape=shape, caller=caller
    )
    sums, loads = np.zeros((3, len(area.cells))), pd.DataFrame({"w": [], "n": []})
    if shape == "square":
        whole, cut = _squares(area)
        held = placed.by_cell(area.lattice)
        flat = held["r"].to_numpy() * area.lattice.columns + held["c"].to_numpy()
        within = (
            held["c"].between(0, area.lattice.columns - 1).to_numpy()
            & held["r"].between(0, area.lattice.rows - 1).to_numpy()
        )
        at = np.where(within, whole[np.where(within, flat, 0)], -1)
        held, at = held[at >= 0], at[at >= 0]
        for row, name in enumerate(("n", "w", "pile")):
            sums[row, at] = held[name].to_numpy(dtype=np.float64)
        single = placed.places_in(area.lattice, cut, each=each)
        loads = placed.weights_in(area.lattice, held) if each else loads
    else:
        single = placed.condensed(each=each)
    x, y, n = (single[name].to_numpy() for name in ("x", "y", "n"))
    cell = area.locate(x, y)
    some = cell >= 0
    for row, name in enumerate(("n", "w")):
        np.add.at(sums[row], cell[some], single[name].to_numpy(dtype=np.float64)[some])
    if each:
        loads = pd.concat([loads, single.loc[some, ["load", "n"]].set_axis(["w", "n"], axis=1)])
    pile = np.maximum(sums[2].astype(np.int64), most_at_one_point(x, y, n, cell, len(area.cells)))
    inside = sums[0].sum()
    if not inside:
        raise InputError(
            f"{caller}: none of the {placed.number:,} incidents with a place lies in the study area. Check both coordinate systems on a map."
        )
    return Tally(
        area=area,
        counts=sums[0],
        n=sums[1] if placed.weight is not None else sums[0],
        loads=different(*(loads[name].to_numpy(kind) for name, kind in (("w", np.float64), ("n", np.int64))))
        if each
        else None,
        pile=pile,
        reach=placed.reach(),
        left_out=placed.left_out(inside),
        source=placed.source(area.cells, sums[0], sums[1].round(6)),
        metric=placed.metric,
        where=placed.where,
    )


def _squares(area: StudyArea) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Of every square of the array its position among the cells, if it lies wholly inside, else -1; and the squares at the border."""
    import pandas as pd
    from scipy.ndimage import binary_dilation

    rows, columns = area.lattice.rows, area.lattice.columns
    whole = np.full(rows * columns, -1, dtype=np.int64)
    sure = area.share >= 1.0
    whole[area.cells[sure]] = np.flatnonzero(sure)
    touched = np.zeros((rows + 2, columns + 2), dtype=bool)
    row, column = np.divmod(area.cells, columns)
    touched[row + 1, column + 1] = True
    near = binary_dilation(touched, np.ones((3, 3)))  # a point may lie a metre outside, in the next square
    near[1:-1, 1:-1] &= whole.reshape(rows, columns) < 0
    r, c = np.nonzero(near)
    return whole, pd.DataFrame({"r": r - 1, "c": c - 1})
