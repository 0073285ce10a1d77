"""Cells over a study area as a table, the sums in them, and the checks that analyses of points in cells begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.lattice import Shape
from ilp_lab._ground.studyarea import Points, StudyArea, cell_size, covering, ground_of
from ilp_lab._tongue import tr_later
from ilp_lab.engine.tables import is_table
from ilp_lab.result import Param

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

SHAPES = ("square", "hex")


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
    given, why = cell_m is not None, ""
    margin = 50.0 if cell_m is None else float(cell_m) / 2
    ground = ground_of(study_area, points.x, points.y, margin, metric, caller)
    if cell_m is None:
        cell_m, why = cell_size(points.number, float(ground.outline.area))
        if study_area is None:
            ground = ground_of(None, points.x, points.y, cell_m / 2, metric, caller)
    covered = covering(ground.outline, float(cell_m), shape, caller)
    params = (
        Param("cell_m", float(cell_m), chosen=not given, why=why),
        Param("shape", shape),
        ground.param,
        Param(
            "crs",
            metric.name,
            chosen=metric.chosen,
            why=tr_later("UTM zone around the middle of the places") if metric.chosen else "",
        ),
    )
    return StudyArea(ground.outline, *covered, params, ground.sources)


def summed(place: NDArray[np.int64], weight: NDArray[np.float64] | None, places: int) -> NDArray[np.float64]:
    """Number of incidents (or sum of their weights) by place; those at -1 lie nowhere."""
    kept = place >= 0
    if not kept.all():
        place, weight = place[kept], None if weight is None else weight[kept]
    return np.bincount(place, weights=weight, minlength=places).astype(np.float64)


def cell_table(area: StudyArea, crs: Any) -> gpd.GeoDataFrame:
    """One row per cell of the study area."""
    import geopandas as gpd

    row, column = np.divmod(area.cells, area.lattice.columns)
    return gpd.GeoDataFrame(
        {"row": row, "column": column, "share_inside": area.share},
        geometry=area.lattice.polygons(area.cells),
        crs=crs,
    )


def check_points(
    check: Check, incidents: Any, study_area: Any, cell_m: float | None, shape: str, weight: str | None
) -> None:
    """The checks that every analysis of points in cells begins with."""
    check.positive(cell_m=cell_m)
    check.choice(allowed=SHAPES, shape=shape)
    if is_table(incidents):
        pass  # its columns are looked at where it is asked
    elif check.places(incidents, "incidents") and weight is not None:
        check.columns(incidents, [weight], "incidents")
        if weight in incidents and incidents[weight].dtype.kind not in "iufb":
            check.add(f"weight={weight!r} must be a column of numbers; it holds {incidents[weight].dtype}.")
    if study_area is not None:
        check.places(study_area, "study_area")
