"""How many: incidents by cell and by area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab.places.lattice import Shape
from ilp_lab.places.studyarea import Points, StudyArea, cell_size, covering, outline_of, tally, usable_points
from ilp_lab.result import Param
from ilp_lab.safeguards import handling_of, mark

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

LEFT_OUT = "ilp_lab_left_out"
SHAPES = ("square", "hex")


def grid(study_area: gpd.GeoDataFrame, *, cell_m: float, shape: Shape = "square") -> gpd.GeoDataFrame:
    """Cover a study area with cells of equal size.

    Parameters
    ----------
    study_area
        Polygons; their union is covered.
    cell_m
        Side of a square, or distance between opposite sides of a hexagon, in metres.
    shape
        ``"square"`` or ``"hex"``.

    Returns
    -------
    GeoDataFrame
        ``row``, ``column``, ``share_inside`` (share of the cell that lies in the study area) and ``geometry`` of
        every cell that touches the inside, in the study area's coordinate system when that counts in metres, else
        in its UTM zone. Cell borders lie on multiples of ``cell_m``, so that grids of the same size fit together.

    Raises
    ------
    InputError
        When something given does not fit, or there would be more than four million cells.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> town = gpd.GeoDataFrame(geometry=[box(500_000, 5_300_000, 501_000, 5_300_750)], crs=32633)
    >>> len(grid(town, cell_m=250))
    12
    """
    check = Check("places.grid")
    check.positive(cell_m=cell_m)
    check.choice(allowed=SHAPES, shape=shape)
    check.places(study_area, "study_area")
    check.done()
    metric = _metric.choose(study_area, caller="places.grid")
    outline, _ = outline_of(study_area, np.empty(0), np.empty(0), 0.0, metric)
    lattice, cells, share = covering(outline, float(cell_m), shape, "places.grid")
    return cell_table(StudyArea(outline, lattice, cells, share, ()), metric.crs)


def count(
    incidents: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | None = None,
    cell_m: float | None = None,
    shape: Shape = "square",
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
) -> gpd.GeoDataFrame:
    """Count incidents by area or by cell.

    Parameters
    ----------
    incidents
        Points with a coordinate system; rows without a place are left out and counted.
    areas
        Polygons to count in. Without them, cells are made.
    cell_m, shape, study_area
        For cells: their size in metres (chosen from the density of incidents when left out), their shape, and the
        ground they cover (the hull of the incidents when left out).
    weight
        Name of a column to sum instead of counting 1 each, such as harm.

    Returns
    -------
    GeoDataFrame
        The areas with a column ``n``, or cells with ``row``, ``column``, ``share_inside``, ``n``. Rows left out
        stand by reason in ``.attrs["ilp_lab_left_out"]``.

    Notes
    -----
    A point on the border of cells belongs to the one to the east or north. A point on the border of areas, or in
    several that overlap, belongs to the one that stands first in the table; how many such points there were is
    counted as ``"in several areas, counted in the first"``. Cells cost one pass over the points; areas cost one
    search in a tree per point.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> thefts = gpd.GeoDataFrame(geometry=gpd.points_from_xy([10, 20, 260], [10, 20, 10]), crs=32633)
    >>> count(thefts, cell_m=250, study_area=gpd.GeoDataFrame(geometry=[box(0, 0, 500, 250)], crs=32633))["n"].tolist()
    [2, 1]
    """
    check = Check("places.count")
    check_points(check, incidents, study_area, cell_m, shape, weight)
    if areas is not None:
        check.places(areas, "areas")
        if cell_m is not None or study_area is not None:
            check.add("areas and cells exclude each other; give areas, or cell_m and study_area.")
    check.done()
    metric = _metric.choose(areas, study_area, incidents, caller="places.count")
    points = usable_points(incidents, metric, weight)
    if areas is not None:
        table, left_out = _by_area(incidents, points, _metric.to_metric(areas, metric), areas)
    else:
        area = study_cells(
            points, metric, study_area=study_area, cell_m=cell_m, shape=shape, caller="places.count"
        )
        n, left_out, _ = cell_counts(incidents, points, area)
        table = cell_table(area, metric.crs).assign(n=_whole(n, weight))
    table = mark(table, handling=handling_of(incidents, areas, study_area))
    table.attrs[LEFT_OUT] = left_out
    return table


def study_cells(
    points: Points,
    metric: _metric.Metric,
    *,
    study_area: gpd.GeoDataFrame | None,
    cell_m: float | None,
    shape: Shape,
    caller: str,
) -> StudyArea:
    """The study area and its cells, with what was chosen."""
    import shapely

    given = cell_m is not None
    why = ""
    if cell_m is None:
        ground = outline_of(study_area, points.x, points.y, 50.0, metric)[0]
        cell_m, why = cell_size(len(points.x), float(ground.area))
    outline, outline_param = outline_of(study_area, points.x, points.y, float(cell_m) / 2, metric)
    lattice, cells, share = covering(outline, float(cell_m), shape, caller)
    shapely.prepare(outline)
    params = (
        Param("cell_m", float(cell_m), chosen=not given, why=why),
        Param("shape", shape),
        outline_param,
        Param(
            "crs",
            metric.name,
            chosen=metric.chosen,
            why="UTM zone around the middle of the places" if metric.chosen else "",
        ),
    )
    return StudyArea(outline, lattice, cells, share, params)


def cell_counts(
    incidents: gpd.GeoDataFrame, points: Points, area: StudyArea
) -> tuple[NDArray[np.float64], dict[str, int], Any]:
    """Counts (or sums of weights) of the study area's cells; incidents in none of them are left out.

    Returns
    -------
    n, left_out, left_out_rows
    """
    flat = area.lattice.index(points.x, points.y)
    inside = area.holds(flat)
    counts = np.bincount(flat[inside], weights=points.weight[inside], minlength=area.lattice.size)
    n = counts[area.cells].astype(np.float64)
    if inside.all():
        return n, points.left_out, points.left_out_rows
    reasons = _reasons(incidents, points)
    reasons[points.used[~inside]] = "outside the study area"
    left_out, rows = tally(incidents, reasons)
    return n, left_out, rows


def cell_table(area: StudyArea, crs: Any) -> gpd.GeoDataFrame:
    """One row per cell of the study area."""
    import geopandas as gpd

    row, column = np.divmod(area.cells, area.lattice.columns)
    return gpd.GeoDataFrame(
        {"row": row, "column": column, "share_inside": area.share},
        geometry=area.lattice.polygons(area.cells),
        crs=crs,
    )


def _by_area(
    incidents: gpd.GeoDataFrame, points: Points, areas_m: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    import shapely

    shapes = np.asarray(areas_m.geometry)
    tree = shapely.STRtree(shapes)
    at = shapely.points(points.x, points.y)
    which, area = tree.query(at, predicate="intersects")
    order = np.lexsort((area, which))
    which, area = which[order], area[order]
    first = (
        np.flatnonzero(np.r_[True, which[1:] != which[:-1]]) if len(which) else np.empty(0, dtype=np.int64)
    )
    n = np.bincount(area[first], weights=points.weight[which[first]], minlength=len(areas))
    reasons = _reasons(incidents, points)
    outside = np.ones(len(points.x), dtype=bool)
    outside[which] = False
    reasons[points.used[outside]] = "in no area"
    left_out, _ = tally(incidents, reasons)
    several = len(np.unique(which[np.r_[False, which[1:] == which[:-1]]])) if len(which) else 0
    if several:
        left_out["in several areas, counted in the first"] = several
    whole = bool(np.all(points.weight == np.round(points.weight)))
    return areas.assign(n=n.astype(np.int64) if whole else n), left_out


def _reasons(incidents: gpd.GeoDataFrame, points: Points) -> NDArray[np.object_]:
    reasons = np.full(len(incidents), "", dtype=object)
    if points.left_out_rows is not None:
        unused = np.setdiff1d(np.arange(len(incidents)), points.used)
        reasons[unused] = points.left_out_rows["reason"].to_numpy()
    return reasons


def _whole(n: NDArray[np.float64], weight: str | None) -> NDArray[Any]:
    return n if weight is not None else n.astype(np.int64)


def check_points(
    check: Check, incidents: Any, study_area: Any, cell_m: float | None, shape: str, weight: str | None
) -> None:
    """The checks that every analysis of points in cells begins with."""
    check.positive(cell_m=cell_m)
    check.choice(allowed=SHAPES, shape=shape)
    if check.places(incidents, "incidents") and weight is not None:
        check.columns(incidents, [weight], "incidents")
        if weight in incidents and incidents[weight].dtype.kind not in "iufb":
            check.add(f"weight={weight!r} must be a column of numbers; it holds {incidents[weight].dtype}.")
    if study_area is not None:
        check.places(study_area, "study_area")
