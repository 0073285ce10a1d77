"""Kernel density: the shape of a problem on the ground, in incidents per square kilometre."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import cell_table, check_points
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.placed import MOST_PLACES, Placed
from ilp_lab._ground.studyarea import (
    Points,
    StudyArea,
    covering,
    ground_of,
    refuse_empty,
    round_metres,
    usable_points,
)
from ilp_lab._tongue import again, tr, tr_later
from ilp_lab.engine.tables import Table
from ilp_lab.errors import InputError
from ilp_lab.places.bandwidth import cross_validated, normal_reference
from ilp_lab.places.edges import inside_share, value_at
from ilp_lab.places.kernels import (
    EXACT_WORK,
    Kernel,
    binned_sum,
    error_bound,
    exact_sum,
    exact_work,
    height,
    reach_m,
)
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Load = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

_CELLS_AIMED_AT = 40_000
_WIDEST, _NARROWEST = 3.0, 1 / 3
_CHECKED = 20
_METHOD = tr_later(
    "Every incident was spread over its surroundings by a {kernel} kernel of the stated bandwidth, and the spreads were "
    "added up at the middle of every cell{how}. Away from the border the volume under the surface is the number of "
    "incidents."
)
_METHOD_ADAPTIVE = tr_later(
    " Each incident has a bandwidth of its own, smaller where incidents are dense (square-root rule), between a third "
    "and three times the stated one."
)
_METHOD_EDGE = tr_later(" Each incident was given the weight that its kernel loses beyond the study area.")
_ABRAMSON = "Abramson 1982, On bandwidth variation in kernel estimates, doi:10.1214/aos/1176345986"
_DIGGLE = "Diggle 1985, A kernel method for smoothing point process data, doi:10.2307/2347366"
_REFERENCES = (
    "Silverman 1986, Density Estimation for Statistics and Data Analysis, ISBN 0-412-24620-1",
    "Wand 1994, Fast computation of multivariate kernel estimators, doi:10.2307/1390904",
)


def density(
    incidents: gpd.GeoDataFrame | Table,
    *,
    bandwidth_m: float | Literal["cv"] | None = None,
    cell_m: float | None = None,
    kernel: Kernel = "quartic",
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
    adaptive: bool = False,
    edge_correction: bool = False,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Smooth incidents into a density surface.

    A density map shows the shape of a problem. It always has a peak, also where nothing is special: use
    :func:`gi_star` to tell concentration from chance.

    Parameters
    ----------
    incidents
        Points with a coordinate system; rows without a place are left out and counted. Or a table on an engine: its single places
        come back with their counts, of more than two million incidents the middles of small squares (the result says so).
    bandwidth_m
        How far an incident is spread, in metres: the radius of the quartic kernel, the standard deviation of the
        gaussian. At least one cell. Chosen by the normal reference rule when left out, and then at least two cells;
        ``"cv"`` takes the one that foresees left-out incidents best (:func:`bandwidths` compares them).
    cell_m
        Size of a cell in metres; chosen from bandwidth and area when left out. It changes the picture's grain, not its
        shape.
    kernel
        ``"quartic"`` (ends at the bandwidth) or ``"gaussian"``.
    study_area
        Polygons the surface is cut to; the hull of the incidents when left out.
    weight
        Name of a column: each incident counts that much instead of 1, such as harm.
    adaptive
        Spread incidents less where there are many and more where there are few (Abramson): the bandwidth of each is
        multiplied by the square root of how much denser the typical incident's surroundings are, between a third and
        three times ``bandwidth_m``.
    edge_correction
        Give each incident the weight that its kernel loses beyond the study area, so that the border is not too low.
    rng
        Seed or Generator, for ``"cv"`` beyond twenty thousand incidents.

    Returns
    -------
    Result
        ``table``: cells with ``row``, ``column``, ``density`` per km² (of incidents, or of the weight) and
        ``geometry``; the density is that of the cell's middle. ``details``: ``exact`` (whether every kernel was
        summed), ``error`` where it was not (``bound``: no cell is further off than that; ``measured``: how far the
        highest cells are off; both as shares of the peak), ``outline`` of the study area.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Cost: exact summation costs one run of cells per incident and row in reach (the gaussian: one height per cell in
    reach), and is used up to 30 million of those; beyond, incidents are shared among the four nearest cells and
    transformed (cost: the number of cells). An adaptive surface is always summed exactly. Limits: without
    ``edge_correction`` the surface is too low near the border of the study area, because incidents beyond it are missing.

    References
    ----------
    Silverman, B. W. (1986), Density Estimation for Statistics and Data Analysis. Wand, M. P. (1994), Fast computation
    of multivariate kernel estimators, doi:10.2307/1390904. Abramson, I. S. (1982), On bandwidth variation in kernel
    estimates, doi:10.1214/aos/1176345986. Diggle, P. (1985), A kernel method for smoothing point process data,
    doi:10.2307/2347366.

    Examples
    --------
    >>> import geopandas as gpd
    >>> one = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500_000.0] * 2, [5_300_000.0] * 2), crs=32633)
    >>> surface = density(one, bandwidth_m=300, cell_m=20)
    >>> float(surface.table["density"].max().round(1))
    21.1
    """
    check = Check("places.density")
    _check(check, incidents, bandwidth_m, cell_m, kernel, study_area, weight)
    check.done()
    generate, seed = generator(rng, "places.density")
    placed = Placed.of(incidents, weight, "places.density") if isinstance(incidents, Table) else None
    if placed is not None:
        metric, points = placed.metric, _condensed(placed, bandwidth_m, cell_m)
    else:
        metric = _metric.choose(study_area, incidents, caller="places.density")
        points = usable_points(incidents, metric, weight)
        refuse_empty(points, np.ones(len(points.x), dtype=bool), "places.density")
    area, bandwidth = _settings(points, metric, study_area, bandwidth_m, cell_m, kernel, weight, generate)
    inside = area.locate(points.x, points.y) >= 0
    refuse_empty(points, inside, "places.density")
    frame: Any = incidents
    if placed is not None:
        left_out = placed.left_out(points.each()[inside].sum())
    else:
        left_out = LeftOut.of(frame, points.without(~inside, tr_later("outside the study area")))
    load = (points.x[inside], points.y[inside], points.weight[inside])
    average = float(load[2].sum()) / (float(area.outline.area) / 1e6)
    spread = _adapted(area, load, kernel, bandwidth) if adaptive else bandwidth
    if edge_correction:
        load = (*load[:2], load[2] / inside_share(area, *load[:2], kernel, spread))
    surface, exact, error = _summed(area, load, kernel, spread, bandwidth)
    values = area.gather(surface) * 1e6
    table = cell_table(area, metric.crs).assign(density=values)
    more = (Param("adaptive", adaptive), Param("edge_correction", edge_correction))
    return Result(
        name="places.density",
        title=tr_later("Density of incidents per km²")
        if weight is None
        else tr("Density of {weight} per km²").format(weight=weight),
        table=table[["row", "column", "density", "geometry"]],
        method=_METHOD.format(kernel=kernel, how=_how(exact, error))
        + (again(_METHOD_ADAPTIVE) if adaptive else "")
        + (again(_METHOD_EDGE) if edge_correction else ""),
        findings=_findings(values, table, bandwidth, average),
        params=(*area.params, *more, *(placed.where if placed else ())),
        caveats=(
            *_caveats(area.params, edge_correction=edge_correction),
            *_moved(placed, bandwidth_m, cell_m),
        ),
        references=(
            *_REFERENCES,
            *([_ABRAMSON] if adaptive else []),
            *([_DIGGLE] if edge_correction else []),
        ),
        sources=(points.source, *area.sources),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area),
        seed=seed if bandwidth_m == "cv" else "",
        view="map",
        details={"exact": exact, "error": error, "outline": area.outline},
    )


def _check(
    check: Check,
    incidents: Any,
    bandwidth_m: Any,
    cell_m: float | None,
    kernel: str,
    study_area: Any,
    weight: str | None,
) -> None:
    check.choice(allowed=("quartic", "gaussian"), kernel=kernel)
    check_points(check, incidents, study_area, cell_m, "square", weight)
    if isinstance(bandwidth_m, str):
        check.choice(allowed=("cv",), bandwidth_m=bandwidth_m)
        return
    check.positive(bandwidth_m=bandwidth_m)
    if not check.faults and cell_m is not None and bandwidth_m is not None and cell_m > bandwidth_m:
        check.add(
            f"cell_m ({cell_m:g}) is larger than bandwidth_m ({bandwidth_m:g}): incidents would fall between the middles "
            "of the cells. Take smaller cells or a larger bandwidth."
        )


def _settings(
    points: Points,
    metric: _metric.Metric,
    study_area: gpd.GeoDataFrame | None,
    bandwidth_m: float | Literal["cv"] | None,
    cell_m: float | None,
    kernel: Kernel,
    weight: str | None,
    rng: np.random.Generator,
) -> tuple[StudyArea, float]:
    why_band = tr("normal reference rule (Silverman), with the smaller of deviation and quartile range")
    why_cell = tr("an eighth of the bandwidth, or 40,000 cells if that is coarser")
    if bandwidth_m == "cv":
        why_band = tr_later("likelihood cross-validation")
        bandwidth = cross_validated(*points.one_by_one(), kernel, rng, "places.density")
        bandwidth = max(bandwidth, cell_m or 0.0)
    else:
        bandwidth = float(
            bandwidth_m or max(normal_reference(*points.spread_out(), kernel), 2 * (cell_m or 0.0))
        )
    given = bandwidth_m is not None and bandwidth_m != "cv"
    ground = ground_of(study_area, points.x, points.y, bandwidth, metric, "places.density")
    west, south, east, north = ground.outline.bounds
    if study_area is not None and bandwidth > max(east - west, north - south):
        raise InputError(
            f"places.density: bandwidth_m ({bandwidth:,.0f}) is wider than the study area ({max(east - west, north - south):,.0f} m), so "
            "nothing of its shape would be left. Take a smaller one."
        )
    coarsest = bandwidth if bandwidth_m else math.inf
    cell = cell_m or min(
        round_metres(max(bandwidth / 8, math.sqrt(ground.outline.area / _CELLS_AIMED_AT))), coarsest
    )
    covered = covering(ground.outline, float(cell), "square", "places.density")
    params = (
        Param("bandwidth_m", bandwidth, chosen=not given, why=why_band),
        Param("cell_m", float(cell), chosen=cell_m is None, why=why_cell),
        Param("kernel", kernel),
        Param("weight", weight or tr_later("each incident counts 1")),
        ground.param,
        Param(
            "crs", metric.name, chosen=metric.chosen, why=tr_later("UTM zone around the middle of the places")
        ),
    )
    return StudyArea(ground.outline, *covered, params, ground.sources), bandwidth


def _condensed(placed: Placed, bandwidth_m: float | str | None, cell_m: float | None) -> Points:
    """Places with their counts; the weight of each is the sum over its incidents."""
    if bandwidth_m == "cv" and placed.number > MOST_PLACES:
        raise InputError(
            f"places.density: bandwidth_m='cv' leaves out one place after the other, and of {placed.number:,} incidents the places do not come back one "
            f"by one (at most {MOST_PLACES:,}). Cross-validate on one area, and give the metres found."
        )
    held = placed.condensed(_square(placed, bandwidth_m, cell_m))
    x, y, weight, times = (held[name].to_numpy(dtype=np.float64) for name in ("x", "y", "w", "n"))
    none = np.full(len(x), "", dtype=object)
    return Points(
        x,
        y,
        weight,
        np.arange(len(x)),
        none,
        placed.source(x.round(3), y.round(3), weight.round(6)),
        placed.number,
        times.astype(np.int64),
    )


def _square(placed: Placed, bandwidth_m: float | str | None, cell_m: float | None) -> float | None:
    """Side of the squares in which incidents are taken at their middle; ``None`` where all places may come back."""
    if placed.number <= MOST_PLACES:
        return None
    if cell_m is not None:
        return float(cell_m) / 4
    if isinstance(bandwidth_m, (int, float)):
        return float(bandwidth_m) / 32
    west, east, south, north = placed.reach()
    return round_metres(max(math.sqrt(max((east - west) * (north - south), 1.0)) / 1_000, 1.0))


def _moved(placed: Placed | None, bandwidth_m: float | str | None, cell_m: float | None) -> tuple[str, ...]:
    side = None if placed is None else _square(placed, bandwidth_m, cell_m)
    if side is None:
        return ()
    return (
        tr(
            "Incidents in one square of {side:,.4g} m are taken at their common middle, because so many do not come back from "
            "the engine one by one."
        ).format(side=side),
    )


def _adapted(area: StudyArea, load: Load, kernel: Kernel, bandwidth: float) -> NDArray[np.float64]:
    """A bandwidth for each incident, from a first surface with one for all (Abramson 1982)."""
    x, y, weight = load
    first = binned_sum(area.lattice, x, y, weight, kernel, bandwidth, apron=1)
    at = np.maximum(value_at(area, first, x, y), 1e-300)
    typical = math.exp(float(np.average(np.log(at), weights=np.maximum(weight, 1e-12))))
    wide = bandwidth * np.clip(np.sqrt(typical / at), _NARROWEST, _WIDEST)
    return np.maximum(wide, area.lattice.cell_m)


def _summed(
    area: StudyArea, load: Load, kernel: Kernel, spread: float | NDArray[np.float64], bandwidth: float
) -> tuple[NDArray[np.float64], bool, dict[str, float]]:
    """The surface, whether every kernel was summed, and where not how far it is off."""
    if not isinstance(spread, float):
        return exact_sum(area.lattice, *load, kernel, spread), True, {}
    if exact_work(len(load[0]), kernel, bandwidth, area.lattice.cell_m) <= EXACT_WORK:
        return exact_sum(area.lattice, *load, kernel, bandwidth), True, {}
    surface = binned_sum(area.lattice, *load, kernel, bandwidth)
    return surface, False, _error(area, load, kernel, bandwidth, surface)


def _error(
    area: StudyArea,
    load: Load,
    kernel: Kernel,
    bandwidth: float,
    surface: NDArray[np.float64],
) -> dict[str, float]:
    """The bound, and the difference from the exact sum at the highest cells, as shares of the peak."""
    x, y, weight = load
    highest = np.argpartition(surface.ravel(), -min(_CHECKED, surface.size))[-_CHECKED:]
    column, row = area.lattice.centres()
    worst = peak = 0.0
    for at_x, at_y, binned in zip(
        column.ravel()[highest], row.ravel()[highest], surface.ravel()[highest], strict=True
    ):
        near = np.flatnonzero(np.abs(x - at_x) <= reach_m(kernel, bandwidth))
        exact = float(height(kernel, bandwidth, (x[near] - at_x) ** 2 + (y[near] - at_y) ** 2) @ weight[near])
        worst, peak = max(worst, abs(exact - binned)), max(peak, exact)
    peak = peak or 1.0
    return {
        "bound": error_bound(area.lattice, x, y, weight, kernel, bandwidth) / peak,
        "measured": float(worst / peak),
    }


def _how(exact: bool, error: dict[str, float]) -> str:
    if exact:
        return tr_later(", exactly")
    return tr(
        " after sharing each incident among the four nearest cells (no cell is off by more than {bound:.2%} of the peak; the "
        "{CHECKED} highest are off by at most {measured:.2%})"
    ).format(bound=error["bound"], CHECKED=_CHECKED, measured=error["measured"])


def _findings(
    values: NDArray[np.float64], table: gpd.GeoDataFrame, bandwidth: float, average: float
) -> tuple[str, ...]:
    peak = int(np.argmax(values))
    middle = table.geometry.iloc[peak].centroid
    return (
        tr(
            "The density peaks at {values:,.0f} per km², around {x:,.0f} east, {y:,.0f} north; the average of the study area is "
            "{values_2:,.1f}."
        ).format(values=values[peak], x=middle.x, y=middle.y, values_2=average),
        tr("Features narrower than the bandwidth of {bandwidth:,.0f} m are smoothed away.").format(
            bandwidth=bandwidth
        ),
        tr(
            "A density map always has a peak. It does not say that the peak is more than chance; a hot spot test does."
        ),
    )


def _caveats(params: tuple[Param, ...], *, edge_correction: bool) -> tuple[str, ...]:
    chosen = {param.name for param in params if param.chosen}
    said = []
    if not edge_correction:
        said.append(
            tr("Near the border the surface is too low, because incidents beyond it are not in the data.")
        )
    if "bandwidth_m" in chosen:
        said.append(
            tr("The bandwidth was chosen by a rule; another one gives another picture. Try half and double.")
        )
    if "study_area" in chosen:
        said.append(tr("No study area was given; the surface is cut to the hull of the incidents."))
    return tuple(said)
