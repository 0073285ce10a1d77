"""Where incidents lie denser than those who could have them: the relative-risk surface and what chance allows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import cell_table, check_points, summed
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.membership import first_area
from ilp_lab._ground.studyarea import (
    Points,
    StudyArea,
    covering,
    ground_of,
    refuse_empty,
    round_metres,
    usable_points,
)
from ilp_lab._memory import ask
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.bandwidth import normal_reference
from ilp_lab.places.edges import smoothed_ground
from ilp_lab.places.kernels import Kernel, height, reach_m
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

VERDICTS = ("higher beyond chance", "higher", "lower", "not more than chance", "too little exposure")
_FINE = 40_000
_THIN = 0.02
_FEWEST = 10
_METHOD = tr_later(
    "The density of incidents and the density of what was exposed to them were smoothed with the same {kernel} kernel, "
    "both corrected for the border, and divided; 1 is the average risk. {null} was repeated {simulations} times to see "
    "how far the ratio moves by chance at every cell (tolerance, two-sided p by the cell's own spread over the "
    "simulations) and how far it moves anywhere (beyond chance)."
)
_REFERENCES = (
    "Kelsall and Diggle 1995, Kernel estimation of relative risk, doi:10.2307/3318678",
    "Hazelton and Davies 2009, Inference based on kernel estimates of the relative risk function, doi:10.1002/bimj.200810495",
)


@dataclass(frozen=True)
class _Exposure:
    """What could have had an incident, in the cells of the study area.

    Attributes
    ----------
    load
        How much of it lies in each cell.
    each
        Cells of single points that count alike, which can be mixed with the incidents; ``None`` otherwise.
    source, reasons
        For the result.
    """

    load: NDArray[np.float64]
    each: NDArray[np.int64] | None
    source: Source
    said: str


def relative_risk(
    incidents: gpd.GeoDataFrame,
    exposure: gpd.GeoDataFrame,
    *,
    exposed: str | None = None,
    bandwidth_m: float | None = None,
    cell_m: float | None = None,
    kernel: Kernel = "quartic",
    study_area: gpd.GeoDataFrame | None = None,
    alpha: float = 0.05,
    simulations: int = 199,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Map how much denser incidents are than what is exposed to them, and where that is more than chance.

    Parameters
    ----------
    incidents
        Points.
    exposure
        What could have had an incident: points (dwellings, shops, other offences), or areas that carry a number of people.
    exposed
        Column of ``exposure`` with how much each row counts, such as ``population``; needed for areas, which spread it evenly
        over their ground.
    bandwidth_m
        Radius of the quartic kernel, or standard deviation of the gaussian; by the normal reference rule of both together
        when left out. The same for both, so that the ratio is 1 where they spread alike.
    cell_m, study_area, kernel
        As in :func:`density`.
    alpha
        Of the tolerance contours, for both tails together.
    simulations
        How often chance is played through.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: cells with ``risk`` (ratio of densities; 1 is average), ``log_risk``, ``z``, ``p`` and ``verdict``.
        ``details``: ``contours`` (GeoDataFrame: outlines of higher and lower risk at ``alpha``), ``beyond`` (the z that 95 % of
        simulations reach nowhere), ``outline``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Cells with less than 2 % of the average exposure get no ratio ("too little exposure"). With exposure points that count
    alike, incidents and exposure change their labels at random; otherwise the incidents are thrown onto the exposure. Cost:
    two fast Fourier transforms of the cells per simulation. Limits: the ratio is only as good as the exposure; residents
    do not stand for visitors.

    References
    ----------
    Kelsall, J. E. and Diggle, P. J. (1995), doi:10.2307/3318678. Hazelton, M. L. and Davies, T. M. (2009),
    doi:10.1002/bimj.200810495.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> rng = np.random.default_rng(3)
    >>> homes = rng.uniform(0, 4000, (1500, 2))
    >>> thefts = np.vstack([homes[:150], rng.normal(1000, 150, (80, 2))])
    >>> frames = [gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633) for xy in (thefts, homes)]
    >>> found = relative_risk(*frames, bandwidth_m=600, cell_m=200, simulations=99, rng=1)
    >>> top = found.table.loc[found.table["risk"].idxmax()].geometry.centroid
    >>> bool(abs(top.x - 1000) < 400 and abs(top.y - 1000) < 400)
    True
    """
    caller = "places.relative_risk"
    check = Check(caller)
    check.positive(bandwidth_m=bandwidth_m)
    check.choice(allowed=("quartic", "gaussian"), kernel=kernel)
    check.between(0.0001, 0.5, alpha=alpha)
    check.whole(99, simulations=simulations)
    check_points(check, incidents, study_area, cell_m, "square", None)
    _check_exposure(check, exposure, exposed)
    check.done()
    generate, seed = generator(rng, caller)
    metric = _metric.choose(study_area, incidents, exposure, caller=caller)
    points = usable_points(incidents, metric, None)
    refuse_empty(points, np.ones(len(points.x), dtype=bool), caller)
    area, bandwidth = _settings(points, exposure, metric, study_area, bandwidth_m, cell_m, kernel, caller)
    cell = area.locate(points.x, points.y)
    refuse_empty(points, cell >= 0, caller)
    at_risk = _exposure(exposure, exposed, area, metric, caller)
    if (cell >= 0).sum() < _FEWEST:
        raise InputError(
            f"{caller}: {int((cell >= 0).sum())} incidents in the study area cannot show where the risk is higher; at least "
            f"{_FEWEST} are needed. Take a longer period or more kinds of offence."
        )
    case = summed(cell, None, len(area.cells))
    smooth = _Smoother(area, kernel, bandwidth)
    table = _compared(area, metric, case, at_risk, smooth, simulations, generate)
    beyond = float(table.attrs.pop("beyond"))
    _judge(table, alpha, beyond)
    left_out = LeftOut.of(incidents, points.without(cell < 0, tr_later("outside the study area")))
    null = (
        tr("Changing the labels of incidents and exposure at random")
        if at_risk.each is not None
        else tr_later("Throwing the incidents onto the exposure")
    )
    return Result(
        name=caller,
        title=tr_later("Risk relative to the average"),
        table=table,
        method=_METHOD.format(kernel=kernel, null=null, simulations=simulations),
        findings=_findings(table, alpha, at_risk),
        params=(*area.params, Param("exposed", exposed or tr_later("each row counts 1")), Param("alpha", alpha), Param("simulations", simulations)),
        caveats=_caveats(area, table),
        references=_REFERENCES,
        sources=(points.source, at_risk.source, *area.sources),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, exposure, study_area),
        seed=seed,
        view="map",
        details={"contours": _contours(table), "beyond": beyond, "outline": area.outline, "value": "risk"},
    )  # fmt: skip


class _Smoother:
    """Counts of cells → density with the kernel's loss at the border made up for."""

    def __init__(self, area: StudyArea, kernel: Kernel, bandwidth_m: float) -> None:
        from scipy import fft

        lattice = area.lattice
        self._area = area
        self._reach = math.ceil(reach_m(kernel, bandwidth_m) / lattice.cell_m)
        offsets = np.arange(-self._reach, self._reach + 1) * lattice.cell_m
        shape = height(kernel, bandwidth_m, offsets[:, None] ** 2 + offsets[None, :] ** 2)
        self._size = [
            fft.next_fast_len(side + 2 * self._reach, real=True) for side in (lattice.rows, lattice.columns)
        ]
        self._kernel = fft.rfft2(shape / shape.sum(), self._size, workers=-1)
        self._inside = np.maximum(area.gather(smoothed_ground(area, kernel, bandwidth_m)), 0.02)

    def __call__(self, load: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy import fft

        lattice, reach = self._area.lattice, self._reach
        full = fft.irfft2(
            fft.rfft2(self._area.spread(load), self._size, workers=-1) * self._kernel, self._size, workers=-1
        )
        inner = full[reach : reach + lattice.rows, reach : reach + lattice.columns]
        return np.maximum(self._area.gather(inner), 0.0) / self._inside


def _compared(
    area: StudyArea,
    metric: _metric.Metric,
    case: NDArray[np.float64],
    at_risk: _Exposure,
    smooth: _Smoother,
    simulations: int,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Log ratio at every cell, against those of the simulations."""
    from tqdm.auto import trange

    incidents = int(case.sum())
    below = smooth(at_risk.load) / at_risk.load.sum()
    enough = below > _THIN / len(area.cells)
    share = at_risk.load / at_risk.load.sum()
    ratio = _log_ratio(smooth(case) / max(incidents, 1), below)
    pool = (
        None
        if at_risk.each is None
        else np.concatenate([np.repeat(np.arange(len(case)), case.astype(np.int64)), at_risk.each])
    )
    ask(
        4.0 * simulations * len(case),
        caller="places.relative_risk",
        way_out="Take larger cells or fewer simulations.",
    )
    total, squares = np.zeros(len(case)), np.zeros(len(case))
    drawn = np.empty((simulations, len(case)), dtype=np.float32)
    for run in trange(simulations, desc="chance", delay=1, leave=False):
        if pool is None:
            one = _log_ratio(smooth(rng.multinomial(incidents, share).astype(np.float64)) / incidents, below)
        else:
            dealt = rng.permutation(pool)
            load = np.bincount(dealt[:incidents], minlength=len(case)).astype(np.float64)
            rest = np.bincount(dealt[incidents:], minlength=len(case)).astype(np.float64)
            one = _log_ratio(
                smooth(load) / incidents,
                smooth(rest) / len(at_risk.each if at_risk.each is not None else rest),
            )
        total += one
        squares += one**2
        drawn[run] = one
    mean = total / simulations
    spread = np.sqrt(np.maximum(squares / simulations - mean**2, 1e-12))
    z = np.where(enough, (ratio - mean) / spread, 0.0)
    extremes = np.sort([np.where(enough, (one - mean) / spread, 0.0).max() for one in drawn])
    higher = sum((one >= ratio).astype(np.int64) for one in drawn)
    p = np.minimum(2 * (np.minimum(higher, simulations - higher) + 1) / (simulations + 1), 1.0)
    table = cell_table(area, metric.crs).assign(
        n=case.astype(np.int64), exposed=at_risk.load, risk=np.where(enough, np.exp(ratio), np.nan),
        log_risk=np.where(enough, ratio, np.nan), z=z, p=np.where(enough, p, 1.0),
    )  # fmt: skip
    geometry = table.pop("geometry")
    table = table.assign(geometry=geometry).set_geometry("geometry", crs=metric.crs)
    table.attrs["beyond"] = extremes[min(math.ceil(0.95 * (simulations + 1)), simulations) - 1]
    return table


def _log_ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """With a hundredth of the average added to both, so that empty places do not decide."""
    little = 0.01 / len(above)
    return np.asarray(np.log((above + little) / (below + little)))


def _judge(table: gpd.GeoDataFrame, alpha: float, beyond: float) -> None:
    import pandas as pd

    z, p = table["z"].to_numpy(), table["p"].to_numpy()
    code = np.full(len(table), 3, dtype=np.int8)
    code[(p < alpha) & (z > 0)] = 1
    code[(p < alpha) & (z < 0)] = 2
    code[(code == 1) & (z > beyond)] = 0
    code[table["risk"].isna().to_numpy()] = 4
    table["verdict"] = pd.Categorical.from_codes(code, categories=pd.Index(VERDICTS))


def _contours(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd

    higher = table["verdict"].isin(VERDICTS[:2])
    rows = [
        (said, table.geometry[kept].union_all())
        for said, kept in (("higher", higher), ("lower", table["verdict"] == "lower"))
        if kept.any()
    ]
    return gpd.GeoDataFrame(
        {"risk": [said for said, _ in rows]}, geometry=[shape for _, shape in rows], crs=table.crs
    )


def _settings(
    points: Points, exposure: gpd.GeoDataFrame, metric: _metric.Metric, study_area: gpd.GeoDataFrame | None,
    bandwidth_m: float | None, cell_m: float | None, kernel: Kernel, caller: str,
) -> tuple[StudyArea, float]:  # fmt: skip
    bandwidth = float(bandwidth_m or normal_reference(points.x, points.y, kernel))
    areal = exposure.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).any()
    ground = ground_of(
        study_area if study_area is not None else exposure if areal else None,
        points.x,
        points.y,
        bandwidth,
        metric,
        caller,
    )
    cell = float(cell_m or round_metres(max(bandwidth / 8, math.sqrt(ground.outline.area / _FINE))))
    if cell > bandwidth:
        raise InputError(
            f"{caller}: cell_m ({cell:g}) is larger than bandwidth_m ({bandwidth:g}). Take smaller cells."
        )
    params = (
        Param(
            "bandwidth_m",
            bandwidth,
            chosen=bandwidth_m is None,
            why=tr_later("normal reference rule of the incidents"),
        ),
        Param("cell_m", cell, chosen=cell_m is None, why=tr("an eighth of the bandwidth, or 40,000 cells")),
        Param("kernel", kernel),
        ground.param,
        Param("crs", metric.name, chosen=metric.chosen),
    )
    return StudyArea(
        ground.outline, *covering(ground.outline, cell, "square", caller), params, ground.sources
    ), bandwidth


def _exposure(
    exposure: gpd.GeoDataFrame, exposed: str | None, area: StudyArea, metric: _metric.Metric, caller: str
) -> _Exposure:
    shapes = exposure.geometry.geom_type
    origin = origin_of(exposure)
    if shapes.isin(["Polygon", "MultiPolygon"]).any():
        assert exposed is not None  # noqa: S101 - checked at the boundary
        people = exposure[exposed].to_numpy(dtype=np.float64, na_value=np.nan)
        outlines = np.asarray(_metric.to_metric(exposure, metric).geometry)
        y, x = (axis.ravel()[area.cells] for axis in reversed(area.lattice.centres()))
        of, _ = first_area(outlines, x, y)
        ground = np.bincount(of[of >= 0], weights=area.share[of >= 0], minlength=len(exposure))
        each = np.divide(np.nan_to_num(people), ground, out=np.zeros(len(people)), where=ground > 0)
        load = np.where(of >= 0, each[of] * area.share, 0.0)
        lost = float(np.nan_to_num(people)[ground == 0].sum())
        said = tr("{exposed} of {n:,} areas").format(exposed=exposed, n=len(exposure)) + (
            tr("; {lost:,.0f} in areas smaller than a cell are not placed").format(lost=lost) if lost else ""
        )
        source = Source("exposure", len(exposure), fingerprint(np.nan_to_num(people)), origin)
        each_cell = None
    else:
        points = usable_points(exposure, metric, exposed)
        cell = area.locate(points.x, points.y)
        load = summed(cell, points.weight, len(area.cells))
        each_cell = cell[cell >= 0] if exposed is None else None
        said, source = (
            tr("{cell:,} exposure points").format(cell=int((cell >= 0).sum())),
            Source("exposure", len(points.x), points.source.fingerprint, origin),
        )
    if not load.sum() > 0:
        raise InputError(
            f"{caller}: no exposure lies in the study area. Check both coordinate systems on a map."
        )
    return _Exposure(load, each_cell, source, said)


def _check_exposure(check: Check, exposure: Any, exposed: str | None) -> None:
    if not check.places(exposure, "exposure"):
        return
    areal = exposure.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).any()
    if areal and exposed is None:
        check.add(
            "exposure holds areas, so exposed must name the column with how many people or dwellings each has."
        )
    if exposed is not None:
        check.columns(exposure, [exposed], "exposure")
        if exposed in exposure and exposure[exposed].dtype.kind not in "iufb":
            check.add(f"exposed={exposed!r} must be a column of numbers; it holds {exposure[exposed].dtype}.")


def _findings(table: gpd.GeoDataFrame, alpha: float, at_risk: _Exposure) -> tuple[str, ...]:
    numbers = table["verdict"].value_counts()
    higher = int(numbers["higher"] + numbers["higher beyond chance"])
    peak = table.loc[table["risk"].idxmax()]
    said = [
        tr(
            "In {higher:,} of {n:,} cells incidents are denser than the exposure explains, in {numbers:,} of them more than "
            "chance reached anywhere; in {lower:,} they are rarer. Chance alone would mark about {alpha:.0%} of all cells."
        ).format(
            higher=higher,
            n=len(table),
            alpha=alpha,
            numbers=int(numbers["higher beyond chance"]),
            lower=int(numbers["lower"]),
        ),
        tr("The highest risk is {risk:.1f} times the average. Exposure: {said}.").format(
            risk=peak["risk"], said=at_risk.said
        ),
    ]
    if not numbers["higher beyond chance"]:
        said.append(
            tr("No place stands out beyond what chance shows somewhere; do not act on the map alone.")
        )
    said.append(
        tr(
            "Risk here belongs to ground and what stands on it, at the average of the period; it says nothing about any person."
        )
    )
    said.append(tr("Check next whether the exposure is the right one for this offence and time of day."))
    return tuple(said)


def _caveats(area: StudyArea, table: gpd.GeoDataFrame) -> tuple[str, ...]:
    said = []
    thin = int((table["verdict"] == "too little exposure").sum())
    if thin:
        said.append(tr("{thin:,} cells have hardly any exposure and no ratio.").format(thin=thin))
    if any(param.name == "bandwidth_m" and param.chosen for param in area.params):
        said.append(tr("The bandwidth was chosen by a rule; try half and double."))
    said.append(tr("Exposure is taken as exact and as present at the time of the incidents."))
    return tuple(said)
