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
_MANY, _FINEST = 50_000, 1_000_000


def first_area(
    shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], int]:
    """The first of the areas that each point lies in, its border included.

    A cell that lies wholly within an area decides for all its points at once. Of many points, those in a cell that a border
    crosses are told apart by the borders of that cell alone; few points, and those on a border, are compared with the
    area itself. Outlines are taken as valid.

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
    first, number = first_and_number(shapes, x, y)
    return first, int(np.count_nonzero(number > 1))


def first_and_number(
    shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first area of every point, as :func:`first_area`, and in how many areas it lies."""
    import shapely

    if len(x) < _MANY or not np.isfinite(shapely.total_bounds(shapes)).all():
        return _compared(shapes, x, y)
    first, number = _by_borders(shapes, x, y)
    doubtful = np.flatnonzero(first == -2)
    if len(doubtful):
        first[doubtful], number[doubtful] = _compared(shapes, x[doubtful], y[doubtful])
    return first, number


def _by_borders(
    shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First area and number of areas of every point; -2 where a border is too near."""
    import shapely

    from ilp_lab._compiled import shared
    from ilp_lab._ground.loops.areas import borders_counted, borders_noted, located

    parts, area_of = shapely.get_parts(shapes, return_index=True)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    joined = ring[1:] == ring[:-1]
    begin, end, part = xy[:-1][joined], xy[1:][joined], part_of[ring[:-1][joined]]
    part_start = np.searchsorted(part, np.arange(len(parts) + 1)).astype(np.int64)
    bounds = shapely.total_bounds(shapes)
    over = _over(bounds, min(max(len(x), len(part)), _FINEST))
    west, south, cell, columns, rows = over.west, over.south, over.cell_m, over.columns, over.rows
    near = 1e-7 * cell + 1e-14 * float(np.abs(bounds).max())
    where = (west, south, cell, near, columns, rows)
    lines, runs = (np.zeros(columns * rows, np.int64) for _ in range(2))
    borders_counted(begin, end, part, *where, lines, runs)
    line_start, run_start = (np.concatenate([[0], np.cumsum(number)]) for number in (lines, runs))
    line = np.empty(line_start[-1], np.int64)
    run_line, run_part = np.empty(run_start[-1] + 1, np.int64), np.empty(run_start[-1], np.int64)
    run_line[-1] = line_start[-1]
    run_holds = np.zeros(run_start[-1], bool)
    first_cover, covers = np.full(columns * rows, -1, np.int64), np.zeros(columns * rows, np.int64)
    borders_noted(
        begin, end, part_start, *where, line_start, run_start, line, run_line, run_part, run_holds, first_cover, covers
    )  # fmt: skip
    first, several = np.empty(len(x), np.int64), np.empty(len(x), np.int64)
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)

    def some(start: int, stop: int) -> None:
        located(
            x, y, begin, end, area_of, *where, run_start, line, run_line, run_part, run_holds, first_cover, covers,
            start, stop, first, several,
        )  # fmt: skip

    list(shared(some, len(x), at_least=20_000))
    return first, several


def _compared(
    shapes: NDArray[np.object_], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The same by comparing points with areas, cell by cell."""
    import shapely

    none = np.full(len(x), -1, dtype=np.int64)
    bounds = shapely.total_bounds(shapes)
    if not len(x) or not np.isfinite(bounds).all():
        return none, np.zeros(len(x), np.int64)
    lattice = _over(bounds, min(max(len(x) / _POINTS_PER_CELL, _FEWEST), _MOST))
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
    return np.where(first < len(shapes), first, none), np.bincount(point, minlength=len(x))


def _over(bounds: NDArray[np.float64], wanted: float) -> Lattice:
    """So many cells; one to spare on every side, so that borders lie inside."""
    west, south, east, north = bounds
    wide, high = east - west, north - south
    cell = max(math.sqrt(wide * high / wanted), max(wide, high) / wanted, 1e-9)
    columns, rows = int(wide / cell) + 3, int(high / cell) + 3
    return Lattice(west - cell, south - cell, cell, columns, rows)
