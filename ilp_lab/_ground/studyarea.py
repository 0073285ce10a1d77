"""The study area: the ground that could have held an incident, and the cells that cover it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._ground.lattice import Lattice, Shape, cover
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Source, fingerprint
from ilp_lab.safeguards.handling import origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_ROUNDING_M = 1.0
_SPREAD = 20_000_000


@dataclass(frozen=True)
class Points:
    """The usable incidents of an analysis in metres, and what became of the others.

    Attributes
    ----------
    x, y, weight
        One entry per usable incident.
    used
        Which rows of the table they are, in order.
    reasons
        One entry per row of the table: why it cannot be used, or an empty text.
    source
        The table, for the result.
    standing_for
        How many incidents they stand for, when they come from a table that stays on an engine.
    times
        How many each of them stands for; one when left out.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    used: NDArray[np.int64]
    reasons: NDArray[np.object_]
    source: Source
    standing_for: int | None = None
    times: NDArray[np.int64] | None = None

    @property
    def number(self) -> int:
        """How many incidents."""
        return len(self.x) if self.standing_for is None else self.standing_for

    def each(self) -> NDArray[np.int64]:
        """How many incidents each entry stands for."""
        return np.ones(len(self.x), np.int64) if self.times is None else self.times

    def spread_out(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """X and y once for every incident; of very many, once for every so many."""
        if self.times is None:
            return self.x, self.y
        times = np.maximum(self.times // math.ceil(self.number / _SPREAD), 1)
        return np.repeat(self.x, times), np.repeat(self.y, times)

    def one_by_one(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """X, y and weight once for every incident; incidents at one place share its weight equally."""
        if self.times is None:
            return self.x, self.y, self.weight
        share = self.weight / np.maximum(self.times, 1)
        return tuple(np.repeat(part, self.times) for part in (self.x, self.y, share))  # type: ignore[return-value]

    def without(self, lost: NDArray[np.bool_], reason: str) -> NDArray[np.object_]:
        """The reasons, with one more for the incidents where ``lost``."""
        reasons = self.reasons.copy()
        reasons[self.used[lost]] = reason
        return reasons


@dataclass(frozen=True)
class Ground:
    """The study area without cells: its outline in metres, how it came about, and the table it came from."""

    outline: Any
    param: Param
    sources: tuple[Source, ...]


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
    sources
        The table of the study area, when one was given.
    """

    outline: Any
    lattice: Lattice
    cells: NDArray[np.int64]
    share: NDArray[np.float64]
    params: tuple[Param, ...] = ()
    sources: tuple[Source, ...] = ()

    def locate(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Position among ``cells`` of the cell that each point lies in; -1 outside the study area.

        A point counts as inside up to one metre outside the outline, because coordinates are rounded.
        """
        import shapely

        position = np.full(self.lattice.size + 1, -1, dtype=np.int64)
        position[self.cells] = np.arange(len(self.cells))
        found = position[self.lattice.index(x, y)]
        sure = np.append(self.share >= 1.0, False)
        doubtful = np.flatnonzero(~sure[found])
        if not len(doubtful):
            return found
        ground = self.outline.buffer(_ROUNDING_M)
        shapely.prepare(ground)
        inside = shapely.intersects_xy(ground, x[doubtful], y[doubtful])
        found[doubtful[~inside]] = -1
        border = doubtful[inside & (found[doubtful] < 0)]
        step = 1.5 * _ROUNDING_M
        for right, up in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
            border = border[found[border] < 0]
            found[border] = position[self.lattice.index(x[border] + right * step, y[border] + up * step)]
        return found

    def spread(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the study area's cells as an array of shape (rows, columns), 0 elsewhere."""
        full = np.zeros(self.lattice.size)
        full[self.cells] = values
        return full.reshape(self.lattice.rows, self.lattice.columns)

    def gather(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The study area's cells out of an array of shape (rows, columns)."""
        return np.asarray(values.ravel()[self.cells])


def refuse_empty(
    points: Points, inside: NDArray[np.bool_], caller: str, *, where: str = "lies in the study area"
) -> None:
    """Say it where nothing is left to analyse, and at which step it was lost; an empty map would look like a quiet town.

    Parameters
    ----------
    points
        The usable incidents.
    inside
        Which of them count.
    caller
        Opens the sentence.
    where
        What none of them does.

    Raises
    ------
    InputError
        When no incident is left.
    """
    if inside.any():
        return
    rows = len(points.reasons)
    if not rows:
        raise InputError(f"{caller}: the table has no rows. Check the filter that was set before.")
    if not len(points.x):
        why, number = np.unique(points.reasons.astype(str), return_counts=True)
        lost = ", ".join(f"{n:,} {reason}" for reason, n in zip(why, number, strict=True))
        raise InputError(
            f"{caller}: none of the {rows:,} rows can be used ({lost}). Check the columns they come from."
        )
    raise InputError(
        f"{caller}: none of the {len(points.x):,} incidents with a place {where}. Check both coordinate systems on a map."
    )


def ground_of(
    study_area: gpd.GeoDataFrame | None,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    margin_m: float,
    metric: _metric.Metric,
    caller: str,
) -> Ground:
    """The outline of the study area in metres: the union of its polygons, or the hull of the points and a margin."""
    import shapely

    if study_area is None:
        if not len(x):
            raise InputError(
                f"{caller}: no row has a place, so there is nothing to map. Check the coordinate columns."
            )
        hull = shapely.convex_hull(shapely.multipoints(np.column_stack([x, y]))).buffer(margin_m)
        why = tr("convex hull of the incidents and {margin_m:g} m around it, because none was given").format(
            margin_m=margin_m
        )
        return Ground(
            hull,
            Param(
                "study_area", tr("{area:,.1f} km²").format(area=hull.area / 1000000.0), chosen=True, why=why
            ),
            (),
        )
    shapes = np.asarray(_metric.to_metric(study_area, metric).geometry.dropna())
    merged = shapely.union_all(shapely.make_valid(shapes))
    if merged.is_empty or not merged.area > 0:
        raise InputError(
            f"{caller}: the study area has no surface; give polygons such as beats or a municipality."
        )
    source = Source(
        "study area",
        len(study_area),
        fingerprint(shapely.get_coordinates(shapes).round(3)),
        origin_of(study_area),
    )
    said = tr("{n:,} outlines, {area:,.1f} km²").format(n=len(study_area), area=merged.area / 1000000.0)
    return Ground(merged, Param("study_area", said), (source,))


def cell_size(incidents: int, area_m2: float) -> tuple[float, str]:
    """A cell size for counts: twice the area per incident as a square, on a round number of metres.

    Quadrat counts are most informative with about two events a cell (Upton and Fingleton 1985). The size is at least
    100 m, and at most a twentieth of the area's width.
    """
    raw = math.sqrt(2 * area_m2 / max(incidents, 1))
    widest = max(math.sqrt(area_m2) / 20, 50.0)
    size = round_metres(min(max(raw, 100.0), widest))
    return (
        size,
        tr(
            "side of a square holding two incidents on average, at least 100 m and at most 1/20 of the area's width"
        ),
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
    reasons[~(np.isfinite(x) & np.isfinite(y))] = tr_later("without a place")
    weights = np.ones(len(incidents))
    if weight is not None:
        weights = incidents[weight].to_numpy(dtype=np.float64, na_value=np.nan)
        reasons[(reasons == "") & ~np.isfinite(weights)] = tr("without a number in {weight!r}").format(
            weight=weight
        )
        reasons[(reasons == "") & (weights < 0)] = tr("negative number in {weight!r}").format(weight=weight)
    kept = np.flatnonzero(reasons == "")
    if len(kept) < len(x):
        x, y, weights = x[kept], y[kept], weights[kept]
    source = Source(
        "incidents", len(kept), fingerprint(x.round(3), y.round(3), weights), origin_of(incidents)
    )
    return Points(x, y, weights, kept, reasons, source)
