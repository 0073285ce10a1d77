"""Kernel density: the shape of a problem on the ground, in incidents per square kilometre."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab.errors import InputError
from ilp_lab.places.counting import cell_counts, cell_table, check_points
from ilp_lab.places.kernels import EXACT_WORK, Kernel, binned_sum, error_bound, exact_sum, exact_work, height
from ilp_lab.places.studyarea import Points, StudyArea, covering, outline_of, round_metres, usable_points
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_CELLS_AIMED_AT = 40_000
_QUARTIC_FOR_GAUSSIAN = 2.78
_METHOD = (
    "Every incident was spread over its surroundings by a {kernel} kernel of the stated bandwidth, and the spreads were "
    "added up at the middle of every cell{how}. Away from the border the volume under the surface is the number of "
    "incidents."
)
_REFERENCES = (
    "Silverman 1986, Density Estimation for Statistics and Data Analysis, ISBN 0-412-24620-1",
    "Wand 1994, Fast computation of multivariate kernel estimators, doi:10.2307/1390904",
)


def density(
    incidents: gpd.GeoDataFrame,
    *,
    bandwidth_m: float | None = None,
    cell_m: float | None = None,
    kernel: Kernel = "quartic",
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
) -> Result:
    """Smooth incidents into a density surface.

    A density map shows the shape of a problem. It always has a peak, also where nothing is special: use
    :func:`gi_star` to tell concentration from chance.

    Parameters
    ----------
    incidents
        Points with a coordinate system; rows without a place are left out and counted.
    bandwidth_m
        How far an incident is spread, in metres: the radius of the quartic kernel, the standard deviation of the
        gaussian. Chosen by the normal reference rule when left out.
    cell_m
        Size of a cell in metres; chosen from bandwidth and area when left out. It changes the picture's grain, not its
        shape.
    kernel
        ``"quartic"`` (ends at the bandwidth) or ``"gaussian"``.
    study_area
        Polygons the surface is cut to; the hull of the incidents when left out.
    weight
        Name of a column: each incident counts that much instead of 1, such as harm.

    Returns
    -------
    Result
        ``table``: cells with ``density`` per km² (of incidents, or of the weight) and ``geometry``.
        ``details["exact"]``, and where binned ``details["error"]``: the bound, and the largest difference from the
        exact sum at up to 200 cells, as shares of the peak.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Cost: exact summation computes one height per incident and cell in reach and is used up to 20 million of those;
    beyond, incidents are shared among the four nearest cells and transformed (cost: the number of cells). Limits: near
    the border of the study area the surface is too low, because incidents beyond it are missing.

    References
    ----------
    Silverman, B. W. (1986), Density Estimation for Statistics and Data Analysis. Wand, M. P. (1994), Fast computation
    of multivariate kernel estimators, doi:10.2307/1390904.

    Examples
    --------
    >>> import geopandas as gpd
    >>> one = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500_000.0] * 2, [5_300_000.0] * 2), crs=32633)
    >>> surface = density(one, bandwidth_m=300, cell_m=20)
    >>> float(surface.table["density"].max().round(1))
    21.1
    """
    check = Check("places.density")
    check.positive(bandwidth_m=bandwidth_m)
    check.choice(allowed=("quartic", "gaussian"), kernel=kernel)
    check_points(check, incidents, study_area, cell_m, "square", weight)
    check.done()
    metric = _metric.choose(study_area, incidents, caller="places.density")
    points = usable_points(incidents, metric, weight)
    if not len(points.x):
        raise InputError("places.density: no row has a place, so there is nothing to smooth.")
    area, bandwidth, params = _settings(points, metric, study_area, bandwidth_m, cell_m, kernel, weight)
    _, left_out, left_out_rows = cell_counts(incidents, points, area)
    inside = area.holds(area.lattice.index(points.x, points.y))
    x, y, load = points.x[inside], points.y[inside], points.weight[inside]
    exact = exact_work(len(x), kernel, bandwidth, area.lattice.cell_m) <= EXACT_WORK
    surface = (exact_sum if exact else binned_sum)(area.lattice, x, y, load, kernel, bandwidth)
    values = area.gather(surface) * 1e6
    error = {} if exact else _error(area, (x, y, load), kernel, bandwidth, surface)
    table = cell_table(area, metric.crs).assign(density=values)
    return Result(
        name="places.density",
        title="Density of incidents per km²" if weight is None else f"Density of {weight} per km²",
        table=table[["row", "column", "density", "geometry"]],
        method=_METHOD.format(kernel=kernel, how=_how(exact, error)),
        findings=_findings(values, table, bandwidth),
        params=params,
        caveats=_caveats(params),
        references=_REFERENCES,
        sources=(points.source,),
        left_out=left_out,
        left_out_rows=left_out_rows,
        handling=handling_of(incidents, study_area),
        view="map",
        details={"exact": exact, "error": error, "outline": area.outline},
    )


def _settings(
    points: Points,
    metric: _metric.Metric,
    study_area: gpd.GeoDataFrame | None,
    bandwidth_m: float | None,
    cell_m: float | None,
    kernel: Kernel,
    weight: str | None,
) -> tuple[StudyArea, float, tuple[Param, ...]]:
    bandwidth = float(bandwidth_m or normal_reference(points.x, points.y, kernel))
    outline, outline_param = outline_of(study_area, points.x, points.y, bandwidth, metric)
    cell = float(cell_m or round_metres(max(bandwidth / 8, math.sqrt(outline.area / _CELLS_AIMED_AT))))
    lattice, cells, share = covering(outline, cell, "square", "places.density")
    why_band = "normal reference rule (Silverman), with the smaller of deviation and quartile range"
    params = (
        Param("bandwidth_m", bandwidth, chosen=bandwidth_m is None, why=why_band),
        Param(
            "cell_m",
            cell,
            chosen=cell_m is None,
            why="an eighth of the bandwidth, or 40,000 cells if that is coarser",
        ),
        Param("kernel", kernel),
        Param("weight", weight or "each incident counts 1"),
        outline_param,
        Param("crs", metric.name, chosen=metric.chosen, why="UTM zone around the middle of the places"),
    )
    return StudyArea(outline, lattice, cells, share, params), bandwidth, params


def normal_reference(x: NDArray[np.float64], y: NDArray[np.float64], kernel: Kernel) -> float:
    """The bandwidth that would suit normally spread incidents; it smooths clustered ones too much rather than too little."""
    spreads = []
    for axis in (x, y):
        low, high = np.quantile(axis, [0.25, 0.75])
        candidates = [value for value in (float(axis.std()), (high - low) / 1.349) if value > 0]
        spreads.append(min(candidates, default=0.0))
    sigma = math.sqrt(sum(spread**2 for spread in spreads) / 2) or 100.0
    bandwidth = sigma * len(x) ** (-1 / 6)
    return round_metres(bandwidth * _QUARTIC_FOR_GAUSSIAN if kernel == "quartic" else bandwidth)


def _error(
    area: StudyArea,
    points: tuple[Any, Any, Any],
    kernel: Kernel,
    bandwidth: float,
    surface: NDArray[np.float64],
) -> dict[str, float]:
    """The stated bound, and the difference from the exact sum at the 200 highest cells."""
    x, y, load = points
    flat = np.argsort(surface.ravel())[::-1][:200]
    cx, cy = (axis.ravel()[flat] for axis in area.lattice.centres())
    exact = np.array(
        [
            height(kernel, bandwidth, (x - at_x) ** 2 + (y - at_y) ** 2) @ load
            for at_x, at_y in zip(cx, cy, strict=True)
        ]
    )
    peak = max(float(exact.max()), 1e-300)
    return {
        "bound": error_bound(kernel, bandwidth, area.lattice.cell_m),
        "measured": float(np.abs(surface.ravel()[flat] - exact).max() / peak),
    }


def _how(exact: bool, error: dict[str, float]) -> str:  # noqa: FBT001  (private, and its name says it)
    if exact:
        return ", exactly"
    return (
        f" after sharing each incident among the four nearest cells (error at most {error['bound']:.2%} of one kernel's "
        f"height per incident in reach; {error['measured']:.2%} of the peak where it was checked)"
    )


def _findings(values: NDArray[np.float64], table: gpd.GeoDataFrame, bandwidth: float) -> tuple[str, ...]:
    peak = int(np.argmax(values))
    middle = table.geometry.iloc[peak].centroid
    return (
        f"The density peaks at {values[peak]:,.0f} per km², around {middle.x:,.0f} east, {middle.y:,.0f} north; the "
        f"average of the study area is {values.mean():,.1f}.",
        f"Features narrower than the bandwidth of {bandwidth:,.0f} m are smoothed away.",
        "A density map always has a peak. It does not say that the peak is more than chance; a hot spot test does.",
    )


def _caveats(params: tuple[Param, ...]) -> tuple[str, ...]:
    chosen = {param.name for param in params if param.chosen}
    said = ["Near the border the surface is too low, because incidents beyond it are not in the data."]
    if "bandwidth_m" in chosen:
        said.append(
            "The bandwidth was chosen by a rule; another one gives another picture. Try half and double."
        )
    if "study_area" in chosen:
        said.append("No study area was given; the surface is cut to the hull of the incidents.")
    return tuple(said)
