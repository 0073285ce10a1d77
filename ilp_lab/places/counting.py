"""How many: incidents by cell and by area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.cells import SHAPES, cell_table, check_points, summed
from ilp_lab._ground.lattice import Lattice, Shape, cover
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.membership import first_and_number
from ilp_lab._ground.placed import Placed
from ilp_lab._ground.studyarea import Points, StudyArea, covering, ground_of, refuse_empty, usable_points
from ilp_lab._ground.tallies import tally
from ilp_lab._tongue import tr_later
from ilp_lab.engine.tables import RAN_ON, Table
from ilp_lab.errors import InputError
from ilp_lab.result import Param
from ilp_lab.safeguards import handling_of, mark

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

LEFT_OUT = "ilp_lab_left_out"
NOTED = "ilp_lab_noted"
SEVERAL = "in several areas, counted in the first"
_SQUARES = 200


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
    incidents: gpd.GeoDataFrame | Table,
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
        Points with a coordinate system; rows without a place are left out and counted. Or a table on an engine, which counts there.
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
        ``.attrs["ilp_lab_engine"]`` says which engine counted, where one did.

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
    noted: dict[str, int] = {}
    where: tuple[Param, ...] = ()
    if areas is not None and isinstance(incidents, Table):
        table, left_out, noted, where = _areas_by_engine(Placed.of(incidents, weight, "places.count"), areas)
    elif areas is not None and not isinstance(incidents, Table):
        metric = _metric.choose(areas, study_area, incidents, caller="places.count")
        points = usable_points(incidents, metric, weight)
        table, reasons, noted = _by_area(incidents, points, _metric.to_metric(areas, metric), areas)
        left_out = LeftOut.of(incidents, reasons)
    else:
        held = tally(
            incidents,
            study_area=study_area,
            cell_m=cell_m,
            shape=shape,
            weight=weight,
            caller="places.count",
            empty=True,
        )
        table = cell_table(held.area, held.metric.crs)
        table["n"], left_out, where = held.n, held.left_out, held.where
    if weight is None:
        table["n"] = table["n"].astype(np.int64)
    table = mark(table, handling=handling_of(incidents, areas, study_area))
    table.attrs[LEFT_OUT] = left_out
    table.attrs[NOTED] = noted
    if where:
        table.attrs[RAN_ON] = where[0].value
    return table


def _by_area(
    incidents: gpd.GeoDataFrame, points: Points, areas_m: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, NDArray[np.object_], dict[str, int]]:
    """The areas with ``n``, why rows were left out, and what deserves a look."""
    first, number = first_and_number(np.asarray(areas_m.geometry), points.x, points.y)
    if len(incidents):
        refuse_empty(points, first >= 0, "places.count", where="lies in any of the areas")
    noted = {SEVERAL: int(np.count_nonzero(number > 1))}
    if "area" in incidents and "area" in areas:
        noted |= _disagreements(incidents["area"].iloc[points.used], first, np.ones(len(first)), areas)
    table = areas.assign(n=summed(first, points.weight, len(areas)))
    reasons = points.without(first < 0, tr_later("in no area"))
    return table, reasons, {what: n for what, n in noted.items() if n}


def _areas_by_engine(
    placed: Placed, areas: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, LeftOut, dict[str, int], tuple[Param, ...]]:
    """Squares that no border crosses are counted there and lie in one area as a whole; of the others the places come back."""
    import pandas as pd

    shapes = np.asarray(_metric.to_metric(areas, placed.metric).geometry)
    lattice, whole, number, cut = _uncrossed(shapes)
    held, single = _inside(placed.by_cell(lattice), lattice), placed.places_in(lattice, cut)
    at = (held["r"] * lattice.columns + held["c"]).to_numpy()
    first, several = first_and_number(shapes, single["x"].to_numpy(), single["y"].to_numpy())
    everywhere, parts = np.concatenate([whole[at], first]), pd.concat([held[["n", "w"]], single[["n", "w"]]])
    twice = np.concatenate([number[at], several]) > 1
    noted = {SEVERAL: int(parts["n"].to_numpy()[twice].sum())}
    if "area" in placed.table and "area" in areas:
        noted |= _told_otherwise(placed, areas, shapes, (lattice, whole, cut))
    counted = summed(everywhere, parts["n"].to_numpy(dtype=np.float64), len(areas))
    if not counted.any():
        raise InputError(
            "places.count: none of the incidents with a place lies in any of the areas. Check both coordinate systems on a map."
        )
    n = (
        counted
        if placed.weight is None
        else summed(everywhere, parts["w"].to_numpy(dtype=np.float64), len(areas))
    )
    left_out = placed.left_out(counted.sum())
    left_out = LeftOut(
        {
            (tr_later("in no area") if why == "outside the study area" else why): number
            for why, number in left_out.items()
        }
    )
    return areas.assign(n=n), left_out, {what: many for what, many in noted.items() if many}, placed.where


def _uncrossed(shapes: NDArray[Any]) -> tuple[Lattice, NDArray[np.int64], NDArray[np.int64], pd.DataFrame]:
    """Squares over the areas; of each the first area it lies in as a whole (-1: none, or a border crosses it) and in how many; and those crossed."""
    import pandas as pd
    import shapely

    west, south, east, north = shapely.total_bounds(shapes)
    lattice = cover(
        (west, south, east, north), max(east - west, north - south, 1.0) / _SQUARES, "square", "places.count"
    )
    x, y = (axis.ravel() for axis in lattice.centres())
    side = lattice.cell_m * 0.501
    squares = shapely.STRtree(shapely.box(x - side, y - side, x + side, y + side))
    crossed = np.zeros(lattice.size, dtype=bool)
    crossed[squares.query(shapely.boundary(shapes), predicate="intersects")[1]] = True
    whole, number = first_and_number(shapes, x, y)
    whole[crossed], number[crossed] = -1, 0
    r, c = np.nonzero(crossed.reshape(lattice.rows, lattice.columns))
    return lattice, whole, number, pd.DataFrame({"r": r, "c": c})


def _inside(held: pd.DataFrame, lattice: Lattice) -> pd.DataFrame:
    return held[held["c"].between(0, lattice.columns - 1) & held["r"].between(0, lattice.rows - 1)]


def _told_otherwise(
    placed: Placed,
    areas: gpd.GeoDataFrame,
    shapes: NDArray[Any],
    squares: tuple[Lattice, NDArray[np.int64], pd.DataFrame],
) -> dict[str, int]:
    """How often the table on the engine puts incidents into another area than their place does."""
    import pandas as pd

    lattice, whole, cut = squares
    held, single = _inside(placed.said_by_cell(lattice), lattice), placed.said_in(lattice, cut)
    first, _ = first_and_number(shapes, single["x"].to_numpy(), single["y"].to_numpy())
    found = np.concatenate([whole[(held["r"] * lattice.columns + held["c"]).to_numpy()], first])
    parts = pd.concat([held[["said", "n"]], single[["said", "n"]]], ignore_index=True)
    return _disagreements(parts["said"], found, parts["n"].to_numpy(np.float64), areas)


def _disagreements(
    said: pd.Series, found: NDArray[np.int64], times: NDArray[np.float64], areas: gpd.GeoDataFrame
) -> dict[str, int]:
    """How often the file's own area is another one than the place lies in."""
    names = areas["area"].astype("string").str.strip()
    placed = found >= 0
    said, times = said[placed].astype("string").str.strip(), times[placed]
    lies = names.iloc[found[placed]].to_numpy()
    known = said.isin(names.dropna()).to_numpy()
    stated = said.notna().to_numpy()
    differs = (said != lies).fillna(value=False).to_numpy(dtype=bool)
    return {
        "in another area than the file says": int(times[known & differs].sum()),
        "the file names an area that is not in the table": int(times[stated & ~known].sum()),
    }
