"""The study area: the ground that could have held an incident, and the cells that cover it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab.errors import InputError
from ilp_lab.places.lattice import Lattice, Shape, cover
from ilp_lab.result import Param, Source, fingerprint
from ilp_lab.safeguards.handling import origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Points:
    """The incidents of an analysis in metres, and those that could not be used.

    Attributes
    ----------
    x, y, weight
        One entry per usable incident.
    used
        Which rows of the table they are, in order.
    left_out
        Reason → number of rows.
    left_out_rows
        Those rows with a column ``reason``, or ``None``.
    source
        The table, for the result.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    used: NDArray[np.int64]
    left_out: dict[str, int]
    left_out_rows: pd.DataFrame | None
    source: Source


@dataclass(frozen=True)
class StudyArea:
    """Cells over the study area.

    Attributes
    ----------
    outline
        The ground, in the metric system.
    lattice
        The array of cells.
    cells
        Which cells of the array belong to the study area.
    share
        The share of each of those cells that lies inside.
    params
        Settings, chosen ones marked.
    """

    outline: Any
    lattice: Lattice
    cells: NDArray[np.int64]
    share: NDArray[np.float64]
    params: tuple[Param, ...]

    def holds(self, flat: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether cells of the array (as :meth:`Lattice.index` gives them) belong to the study area."""
        belongs = np.zeros(self.lattice.size + 1, dtype=bool)
        belongs[self.cells] = True
        return belongs[flat]

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the study area's cells as an array of shape (rows, columns), 0 elsewhere."""
        full = np.zeros(self.lattice.size)
        full[self.cells] = values
        return full.reshape(self.lattice.rows, self.lattice.columns)

    def gather(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The study area's cells out of an array of shape (rows, columns)."""
        return np.asarray(values.ravel()[self.cells])


def outline_of(
    study_area: gpd.GeoDataFrame | None,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    margin_m: float,
    metric: _metric.Metric,
) -> tuple[Any, Param]:
    """The outline of the study area in metres, and how it came about."""
    import shapely

    if study_area is not None:
        shapes = _metric.to_metric(study_area, metric).geometry.dropna()
        merged = shapely.union_all(shapely.make_valid(np.asarray(shapes)))
        if merged.is_empty or merged.area == 0:
            raise InputError("The study area has no surface; give polygons such as beats or a municipality.")
        return merged, Param("study_area", f"{len(study_area):,} outlines, {merged.area / 1e6:,.1f} km²")
    hull = shapely.convex_hull(shapely.multipoints(np.column_stack([x, y]))).buffer(margin_m)
    why = f"convex hull of the incidents and {margin_m:g} m around it, because none was given"
    return hull, Param("study_area", f"{hull.area / 1e6:,.1f} km²", chosen=True, why=why)


def cell_size(incidents: int, area_m2: float) -> tuple[float, str]:
    """A cell size for counts: twice the area per incident as a square, on a round number of metres.

    Quadrat counts are most informative with about two events a cell (Upton and Fingleton 1985); the result lies
    between 100 m and a fiftieth of the area's width at the coarsest.
    """
    raw = math.sqrt(2 * area_m2 / max(incidents, 1))
    widest = max(math.sqrt(area_m2) / 20, 50.0)
    size = round_metres(min(max(raw, 100.0), widest))
    return (
        size,
        "side of a square holding two incidents on average, at least 100 m and at most 1/20 of the area's width",
    )


def round_metres(value: float) -> float:
    """The nearest of 1, 1.5, 2, 2.5, 3, 4, 5, 7.5 times a power of ten.

    Examples
    --------
    >>> round_metres(237.0)
    250.0
    """
    power = 10 ** math.floor(math.log10(value))
    steps = np.array([1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10]) * power
    return float(steps[np.argmin(np.abs(steps - value))])


def covering(
    outline: Any, cell_m: float, shape: Shape, caller: str
) -> tuple[Lattice, NDArray[np.int64], NDArray[np.float64]]:
    """The lattice over an outline, its cells that touch the inside, and the share of each that lies inside."""
    import shapely

    lattice = cover(tuple(outline.bounds), cell_m, shape, caller)
    x, y = (axis.ravel() for axis in lattice.centres())
    shapely.prepare(outline)
    # a cell is inside for certain when its centre lies deeper than its own radius
    radius = cell_m * 0.75
    core = outline.buffer(-radius)
    shapely.prepare(core)
    deep = shapely.contains_xy(core, x, y) if not core.is_empty else np.zeros(lattice.size, dtype=bool)
    rim = outline.buffer(radius)
    shapely.prepare(rim)
    edge = np.flatnonzero(shapely.contains_xy(rim, x, y) & ~deep)
    share = deep.astype(np.float64)
    if len(edge):
        parts = shapely.intersection(lattice.polygons(edge), outline)
        share[edge] = shapely.area(parts) / lattice.cell_area_m2
    cells = np.flatnonzero(share > 1e-9)
    return lattice, cells, np.minimum(share[cells], 1.0)


def usable_points(incidents: gpd.GeoDataFrame, metric: _metric.Metric, weight: str | None) -> Points:
    """Incidents with a place and a weight, in metres."""
    x, y = _metric.point_xy(incidents, metric)
    reasons = np.full(len(incidents), "", dtype=object)
    reasons[~(np.isfinite(x) & np.isfinite(y))] = "without a place"
    weights = np.ones(len(incidents))
    if weight is not None:
        weights = incidents[weight].to_numpy(dtype=np.float64, na_value=np.nan)
        reasons[(reasons == "") & ~np.isfinite(weights)] = f"without a number in {weight!r}"
        reasons[(reasons == "") & (weights < 0)] = f"negative number in {weight!r}"
    kept = np.flatnonzero(reasons == "")
    counted, rows = tally(incidents, reasons)
    x, y, weights = x[kept], y[kept], weights[kept]
    source = Source(
        "incidents", len(kept), fingerprint(x.round(3), y.round(3), weights), origin_of(incidents)
    )
    return Points(x, y, weights, kept, counted, rows, source)


def tally(frame: pd.DataFrame, reasons: NDArray[np.object_]) -> tuple[dict[str, int], pd.DataFrame | None]:
    """Count rows by reason, and return them with a column ``reason``; rows with an empty reason are kept."""
    import pandas as pd

    lost = reasons != ""
    if not lost.any():
        return {}, None
    names, numbers = np.unique(reasons[lost].astype(str), return_counts=True)
    rows = pd.DataFrame(frame[lost]).assign(reason=reasons[lost])
    return {str(name): int(number) for name, number in zip(names, numbers, strict=True)}, rows
