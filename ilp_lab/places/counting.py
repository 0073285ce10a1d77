"""How many: incidents by cell and by area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.cells import SHAPES, cell_table, check_points, study_cells, summed
from ilp_lab._ground.lattice import Shape
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.membership import first_area
from ilp_lab._ground.studyarea import Points, StudyArea, covering, ground_of, refuse_empty, usable_points
from ilp_lab.safeguards import handling_of, mark

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

LEFT_OUT = "ilp_lab_left_out"
NOTED = "ilp_lab_noted"


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
    outline = ground_of(study_area, np.empty(0), np.empty(0), 0.0, metric, "places.grid").outline
    table = cell_table(
        StudyArea(outline, *covering(outline, float(cell_m), shape, "places.grid")), metric.crs
    )
    return mark(table, handling=handling_of(study_area))


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
        The areas with a column ``n``, or cells with ``row``, ``column``, ``share_inside``, ``n``.
        ``.attrs["ilp_lab_left_out"]`` says how many rows could not be counted, by reason; its ``.rows`` are those
        rows. A table without rows gives zeros everywhere; rows of which none can be counted are an error, because a map
        of zeros would look like a quiet town. ``.attrs["ilp_lab_noted"]`` says how many were counted but deserve a look: points in several areas, and,
        when both tables have a column ``area``, incidents whose file puts them in another area than their place does.

    Notes
    -----
    A point on the border of cells belongs to the one to the east or north. A point up to one metre outside the study
    area counts as inside, because coordinates are rounded. A point on the border of areas, or in several that
    overlap, belongs to the one that stands first in the table. Cells and areas cost one pass
    over the points; areas also one over the corners of their outlines.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or none of the rows can be counted.

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
        if hasattr(areas, "columns") and not len(areas):
            check.add(
                "areas has no rows, so there is nothing to count in. Check the filter that was set before."
            )
    check.done()
    metric = _metric.choose(areas, study_area, incidents, caller="places.count")
    points = usable_points(incidents, metric, weight)
    noted: dict[str, int] = {}
    if areas is not None:
        table, reasons, noted = _by_area(incidents, points, _metric.to_metric(areas, metric), areas)
    else:
        area = study_cells(
            points, metric, study_area=study_area, cell_m=cell_m, shape=shape, caller="places.count"
        )
        cell = area.locate(points.x, points.y)
        if len(incidents):
            refuse_empty(points, cell >= 0, "places.count")
        table = cell_table(area, metric.crs)
        table["n"] = summed(cell, points.weight, len(area.cells))
        reasons = points.without(cell < 0, "outside the study area")
    if weight is None:
        table["n"] = table["n"].astype(np.int64)
    table = mark(table, handling=handling_of(incidents, areas, study_area))
    table.attrs[LEFT_OUT] = LeftOut.of(incidents, reasons)
    table.attrs[NOTED] = noted
    return table


def _by_area(
    incidents: gpd.GeoDataFrame, points: Points, areas_m: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, NDArray[np.object_], dict[str, int]]:
    """The areas with ``n``, why rows were left out, and what deserves a look."""
    first, several = first_area(np.asarray(areas_m.geometry), points.x, points.y)
    if len(incidents):
        refuse_empty(points, first >= 0, "places.count", where="lies in any of the areas")
    noted = {
        "in several areas, counted in the first": several,
        **_disagreements(incidents, points, areas, first),
    }
    table = areas.assign(n=summed(first, points.weight, len(areas)))
    reasons = points.without(first < 0, "in no area")
    return table, reasons, {what: number for what, number in noted.items() if number}


def _disagreements(
    incidents: gpd.GeoDataFrame, points: Points, areas: gpd.GeoDataFrame, found: NDArray[np.int64]
) -> dict[str, int]:
    """How often the file's own area is another one than the place lies in."""
    if "area" not in incidents or "area" not in areas:
        return {}
    names = areas["area"].astype("string").str.strip()
    placed = found >= 0
    said = incidents["area"].iloc[points.used[placed]].astype("string").str.strip()
    lies = names.iloc[found[placed]].to_numpy()
    known = said.isin(names.dropna()).to_numpy()
    stated = said.notna().to_numpy()
    differs = (said != lies).fillna(value=False).to_numpy(dtype=bool)
    return {
        "in another area than the file says": int((known & differs).sum()),
        "the file names an area that is not in the table": int((stated & ~known).sum()),
    }
