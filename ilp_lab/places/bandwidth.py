"""How far to spread an incident: rules, cross-validation, and what stays the same whatever is chosen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import cell_table, check_points
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import (
    StudyArea,
    covering,
    ground_of,
    refuse_empty,
    round_metres,
    usable_points,
)
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.kernels import Kernel, binned_sum, reach_m
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

QUARTIC_FOR_GAUSSIAN = 2.78
_JUDGED = 20_000
_PAIRS = 2_000_000_000
_CANDIDATES = 14
_TOP = 0.05
_METHOD = tr_later(
    "For every bandwidth each incident was left out, with all others at the same place, and the density of the rest was "
    "taken where it lies. The bandwidth with the highest mean log density foresees incidents best (likelihood "
    "cross-validation). The cells in the densest 5 % of the study area were then compared between bandwidths."
)
_REFERENCES = (
    "Silverman 1986, Density Estimation for Statistics and Data Analysis, ISBN 0-412-24620-1",
    "Habbema, Hermans and van den Broek 1974, A stepwise discriminant analysis program using density estimation, Compstat 1974",
)


def bandwidths(
    incidents: gpd.GeoDataFrame,
    *,
    candidates_m: list[float] | None = None,
    kernel: Kernel = "quartic",
    cell_m: float | None = None,
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Compare bandwidths: which foresees incidents best, and which dense places stay dense whichever is taken.

    Parameters
    ----------
    incidents, cell_m, study_area, weight, kernel
        As in :func:`density`.
    candidates_m
        Bandwidths in metres; fourteen from a sixtieth to one and a half times what the spread of the places asks for when left out.
    rng
        Seed or Generator: beyond twenty thousand incidents a random part is judged.

    Returns
    -------
    Result
        ``table``: cells with ``stability``, the share of bandwidths under which the cell belongs to the densest 5 % of
        the study area. ``details``: ``curve`` (one row per bandwidth: ``bandwidth_m``, ``log_density`` per incident,
        ``overlap`` of its densest 5 % with those of the best), ``best_m``, ``outline``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or fewer than ten different places are known.

    Notes
    -----
    Incidents at one and the same place tell nothing about distance, and would drive the bandwidth to zero; they are left
    out together. Cost: one look at each pair within the widest reach. Limits: cross-validation prefers bandwidths that are
    somewhat small where incidents come in series.

    References
    ----------
    Silverman, B. W. (1986), Density Estimation for Statistics and Data Analysis, section 3.4.4.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).normal([500_000, 5_300_000], 400, (300, 2))
    >>> thefts = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> 100 < bandwidths(thefts, kernel="gaussian", rng=1)["best_m"] < 400
    True
    """
    caller = "places.bandwidths"
    check = Check(caller)
    check.choice(allowed=("quartic", "gaussian"), kernel=kernel)
    for candidate in candidates_m or []:
        check.positive(candidates_m=candidate)
    if candidates_m is not None and len(candidates_m) < 2:
        check.add("candidates_m must name at least two bandwidths to compare.")
    check_points(check, incidents, study_area, cell_m, "square", weight)
    check.done()
    generate, seed = generator(rng, caller)
    metric = _metric.choose(study_area, incidents, caller=caller)
    points = usable_points(incidents, metric, weight)
    refuse_empty(points, np.ones(len(points.x), dtype=bool), caller)
    tried = np.array(sorted(candidates_m)) if candidates_m else usual(points.x, points.y, kernel)
    ground = ground_of(study_area, points.x, points.y, float(tried.max()), metric, caller)
    cell = cell_m or round_metres(max(float(tried.min()) / 3, math.sqrt(ground.outline.area / 40_000)))
    area = StudyArea(
        ground.outline, *covering(ground.outline, float(cell), "square", caller), (), ground.sources
    )
    inside = area.locate(points.x, points.y) >= 0
    refuse_empty(points, inside, caller)
    load = (points.x[inside], points.y[inside], points.weight[inside])
    scores, judged = cross_validation(*load, kernel, tried, generate, caller)
    best = int(np.argmax(scores))
    dense = _densest(area, load, kernel, tried)
    overlap = (dense & dense[best]).sum(axis=1) / np.maximum((dense | dense[best]).sum(axis=1), 1)
    table = cell_table(area, metric.crs).assign(stability=dense.mean(axis=0))
    left_out = LeftOut.of(incidents, points.without(~inside, tr_later("outside the study area")))
    return Result(
        name=caller,
        title=tr_later("Dense places, whatever the bandwidth"),
        table=table[["row", "column", "stability", "geometry"]],
        method=_METHOD,
        findings=_findings(tried, best, overlap, table),
        params=(
            Param("candidates_m", ", ".join(f"{value:g}" for value in tried), chosen=candidates_m is None, why=tr_later("by the spread of the places")),
            Param("kernel", kernel),
            Param("cell_m", float(cell), chosen=cell_m is None, why=tr("a third of the smallest bandwidth, or 40,000 cells")),
            Param("judged", judged, chosen=judged < len(load[0]), why=tr_later("a random part of the incidents")),
            ground.param,
            Param("crs", metric.name, chosen=metric.chosen),
        ),
        caveats=(tr("Incidents at the same place as another tell nothing about the bandwidth; they were left out together."),),
        references=_REFERENCES,
        sources=(points.source, *area.sources),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area),
        seed=seed,
        view="map",
        details={"curve": _curve(tried, scores, overlap), "best_m": float(tried[best]), "outline": area.outline, "value": "stability"},
    )  # fmt: skip


def normal_reference(x: NDArray[np.float64], y: NDArray[np.float64], kernel: Kernel) -> float:
    """The bandwidth that would suit normally spread incidents; it smooths clustered ones too much rather than too little."""
    sigma = math.sqrt(sum(robust_spread(axis) ** 2 for axis in (x, y)) / 2) or 100.0
    bandwidth = sigma * len(x) ** (-1 / 6)
    return round_metres(bandwidth * QUARTIC_FOR_GAUSSIAN if kernel == "quartic" else bandwidth)


def robust_spread(values: NDArray[np.float64]) -> float:
    """The smaller of the standard deviation and the quartile range over 1.34, where not 0 (Silverman 1986, equation 3.30).

    Examples
    --------
    >>> round(robust_spread(np.array([0.0, 1, 2, 3, 100])), 3)
    1.493
    """
    low, high = np.quantile(values, [0.25, 0.75])
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return min((value for value in (deviation, float(high - low) / 1.34) if value > 0), default=0.0)


def usual(x: NDArray[np.float64], y: NDArray[np.float64], kernel: Kernel) -> NDArray[np.float64]:
    """Bandwidths from a sixtieth to one and a half times what the spread of the places asks for."""
    if not len(x):
        return np.array([100.0, 200.0])
    places = np.unique(np.round(np.column_stack([x, y]), 1), axis=0)
    sigma = math.sqrt(float(places.var(axis=0).mean())) or 100.0
    rule = sigma * len(places) ** (-1 / 6) * (QUARTIC_FOR_GAUSSIAN if kernel == "quartic" else 1.0)
    return np.array([float(f"{value:.3g}") for value in np.geomspace(rule / 60, rule * 1.5, _CANDIDATES)])


def cross_validated(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    kernel: Kernel,
    rng: np.random.Generator,
    caller: str,
) -> float:
    """The bandwidth with the highest cross-validated likelihood, looked for twice: coarsely, then around the best."""
    tried = usual(x, y, kernel)
    scores, _ = cross_validation(x, y, weight, kernel, tried, rng, caller)
    best = int(np.argmax(scores))
    low, high = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
    finer = np.geomspace(low, high, 9)
    scores, _ = cross_validation(x, y, weight, kernel, finer, rng, caller)
    return float(f"{finer[int(np.argmax(scores))]:.2g}")


def cross_validation(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    kernel: Kernel,
    tried: NDArray[np.float64],
    rng: np.random.Generator,
    caller: str,
) -> tuple[NDArray[np.float64], int]:
    """Mean log density at incidents left out with their place, for ascending bandwidths; and how many were judged.

    Raises
    ------
    InputError
        When there are fewer than ten different places.
    """
    from ilp_lab._compiled import shared
    from ilp_lab.places.loops.kernelsums import without_own_place

    _, place = np.unique(np.round(np.column_stack([x, y]), 1), axis=0, return_inverse=True)
    place = place.ravel()
    if int(place.max(initial=-1)) + 1 < 10:
        raise InputError(
            f"{caller}: a bandwidth cannot be told from {int(place.max(initial=-1)) + 1} different places; at least ten are needed. "
            "Say bandwidth_m yourself."
        )
    cell = reach_m(kernel, float(tried[-1]))
    arrays, (columns, rows) = _in_order(x, y, weight, place, cell)
    likely = float((np.diff(arrays[-1]).astype(np.float64) ** 2).sum() * 9 / len(x))
    judged = int(min(len(x), _JUDGED, max(500, _PAIRS // max(likely, 1))))
    height = np.zeros((len(x), len(tried)))
    some = np.arange(len(x)) if judged == len(x) else np.sort(rng.choice(len(x), judged, replace=False))
    reach = np.ascontiguousarray(tried, dtype=np.float64)

    def part(first: int, last: int) -> None:
        east, north, load, at, starts = arrays
        without_own_place(
            east,
            north,
            load,
            at,
            starts,
            columns,
            rows,
            cell,
            reach,
            kernel == "quartic",
            some[first:last],
            height,
        )

    list(shared(part, judged, at_least=200))
    others = weight.sum() - arrays[2][some]
    ground = max(float(np.ptp(x) * np.ptp(y)), 1.0)
    floor = 1 / (ground * len(x))  # an incident nobody foresaw counts as foreseen once among all
    density = np.maximum(height[some] / others[:, None], floor)
    return np.asarray(np.average(np.log(density), axis=0, weights=arrays[2][some])), judged


def _in_order(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    place: NDArray[np.int64],
    cell: float,
) -> tuple[tuple[NDArray[Any], ...], tuple[int, int]]:
    """The incidents sorted by squares as wide as the widest reach, where each square's begin, and how many squares."""
    x, y = x - x.min(), y - y.min()
    columns, rows = int(x.max() / cell) + 1, int(y.max() / cell) + 1
    at = (y / cell).astype(np.int64) * columns + (x / cell).astype(np.int64)
    order = np.lexsort(
        (x, y, at)
    )  # by place within a square, so that a draw does not hang on the order of rows
    starts = np.searchsorted(at[order], np.arange(columns * rows + 1)).astype(np.int64)
    return (x[order], y[order], weight[order].astype(np.float64), place[order].astype(np.int64), starts), (
        columns,
        rows,
    )


def _densest(
    area: StudyArea,
    load: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    kernel: Kernel,
    tried: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Which cells are in the densest 5 % under each bandwidth."""
    top = max(1, round(_TOP * len(area.cells)))
    dense = np.zeros((len(tried), len(area.cells)), dtype=bool)
    for at, bandwidth in enumerate(tried):
        surface = area.gather(binned_sum(area.lattice, *load, kernel, float(bandwidth)))
        dense[at, np.argpartition(surface, -top)[-top:]] = True
    return dense


def _curve(
    tried: NDArray[np.float64], scores: NDArray[np.float64], overlap: NDArray[np.float64]
) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"bandwidth_m": tried, "log_density": scores, "overlap": overlap})


def _findings(
    tried: NDArray[np.float64], best: int, overlap: NDArray[np.float64], table: gpd.GeoDataFrame
) -> tuple[str, ...]:
    always = int((table["stability"] >= 0.999).sum())
    ever = int((table["stability"] > 0).sum())
    said = [
        tr(
            "A bandwidth of {tried:,.0f} m foresees left-out incidents best among {n} from {tried_2:,.0f} to {tried_3:,.0f} m."
        ).format(tried=tried[best], n=len(tried), tried_2=tried[0], tried_3=tried[-1]),
        tr(
            "{always:,} cells belong to the densest 5 % under every bandwidth; {ever:,} under at least one."
        ).format(always=always, ever=ever),
        tr(
            "The densest 5 % under half or double the best bandwidth overlap with it by about {interp:.0%}."
        ).format(interp=np.interp([tried[best] / 2, tried[best] * 2], tried, overlap).mean()),
    ]
    if best in (0, len(tried) - 1):
        said.append(tr("The best bandwidth is the first or last that was tried; try more in that direction."))
    said.append(
        tr(
            "Trust dense places that stay dense. Places that come and go with the bandwidth are the map-maker's, not the city's."
        )
    )
    return tuple(said)
