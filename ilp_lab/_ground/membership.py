"""Which area a point lies in, for many points at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._ground.lattice import Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST, _MOST = 1_000, 300_000
_POINTS_PER_CELL = 4


def first_area(
    shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], int]:
    """The first of the areas that each point lies in, its border included.

    The points are sorted into cells; a cell that lies wholly within an area decides for all its points at once, and
    only the points of cells that a border crosses are compared with the area itself.

    Returns
    -------
    first
        Position among ``shapes``; -1 where the point lies in none.
    several
        How many points lie in more than one area.

    Examples
    --------
    >>> import shapely
    >>> halves = shapely.box([0, 5], [0, 0], [5, 10], [10, 10])
    >>> first_area(halves, np.array([1.0, 5.0, 9.0, 11.0]), np.array([1.0, 1.0, 1.0, 1.0]))
    (array([ 0,  0,  1, -1]), 1)
    """
    import shapely

    none = np.full(len(x), -1, dtype=np.int64)
    bounds = shapely.total_bounds(shapes)
    if not len(x) or not np.isfinite(bounds).all():
        return none, 0
    lattice = _over(bounds, len(x))
    flat = lattice.index(x, y)
    order = np.argsort(flat, kind="stable")[np.count_nonzero(flat < 0) :]
    occupied, start, load = np.unique(flat[order], return_index=True, return_counts=True)
    west, south, east, north = shapely.bounds(lattice.polygons(occupied)).T
    slack = 1e-6 * lattice.cell_m
    tree = shapely.STRtree(shapely.box(west - slack, south - slack, east + slack, north + slack))
    area, cell = tree.query(shapes, predicate="intersects")
    inner_area, inner_cell = tree.query(shapes, predicate="contains_properly")
    whole = np.isin(area * len(occupied) + cell, inner_area * len(occupied) + inner_cell)
    areas = np.repeat(area, load[cell])
    sure = np.repeat(whole, load[cell])
    offset = np.arange(len(areas)) - np.repeat(np.cumsum(load[cell]) - load[cell], load[cell])
    point = order[np.repeat(start[cell], load[cell]) + offset]
    doubtful = np.flatnonzero(~sure)
    shapely.prepare(shapes)
    sure[doubtful] = shapely.intersects_xy(shapes[areas[doubtful]], x[point[doubtful]], y[point[doubtful]])
    point, areas = point[sure], areas[sure]
    first = np.full(len(x), len(shapes), dtype=np.int64)
    np.minimum.at(first, point, areas)
    several = int(np.count_nonzero(np.bincount(point, minlength=1) > 1))
    return np.where(first < len(shapes), first, none), several


def _over(bounds: NDArray[np.float64], points: int) -> Lattice:
    """Cells with a handful of points each; one to spare on every side, so that borders lie inside."""
    west, south, east, north = bounds
    wide, high = east - west, north - south
    wanted = min(max(points / _POINTS_PER_CELL, _FEWEST), _MOST)
    cell = max(math.sqrt(wide * high / wanted), max(wide, high) / wanted, 1e-9)
    columns, rows = int(wide / cell) + 3, int(high / cell) + 3
    return Lattice(west - cell, south - cell, cell, columns, rows)
