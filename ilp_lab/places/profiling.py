"""Where to begin looking for the base of a series: geographic profiling."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.cells import cell_table, check_points
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import Points, StudyArea, covering, ground_of, round_metres, usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.centrography import median_centre
from ilp_lab.places.journey import Decay
from ilp_lab.places.profilewords import METHODS, RANDOM, REFERENCES, caveats, findings, settings
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.places.kernels import Kernel

Method = Literal["cgt", "decay", "bayes"]
_FEWEST = 5
_FINE = 40_000
_BATCH = 4_000_000


def geographic_profile(
    sites: gpd.GeoDataFrame,
    *,
    method: Method = "cgt",
    decay: Decay | None = None,
    homes: gpd.GeoDataFrame | None = None,
    metric: Literal["manhattan", "euclidean"] = "manhattan",
    buffer_m: float | None = None,
    f: float = 1.2,
    g: float = 1.2,
    cell_m: float | None = None,
    study_area: gpd.GeoDataFrame | None = None,
    true_base: gpd.GeoDataFrame | None = None,
) -> Result:
    """Rank the ground by where to begin looking for the base from which a series was committed.

    It ranks ground, never people. It holds for one offender, or a group with one base, who goes out from there and comes
    back; not for one who travels in from elsewhere.

    Parameters
    ----------
    sites
        Crime sites of one linked series; at least five different ones.
    method
        ``"cgt"``, ``"decay"`` or ``"bayes"``; the latter two need ``decay``.
    decay
        Journey-to-crime function, from :func:`journey_to_crime` (``["decay"]``).
    homes
        For ``"bayes"``: where offenders of such crimes lived (places without names); their density is what was known before.
    metric
        Distances along a street grid (``"manhattan"``) or straight ones.
    buffer_m
        For ``"cgt"``: radius within which offenders are thought to avoid; half the mean distance of nearest sites when left out.
    f, g
        For ``"cgt"``: exponents beyond and within the buffer.
    cell_m, study_area
        Size of the cells, and the ground they cover; the sites' rectangle and a margin when left out.
    true_base
        For trying the method on solved series: the known base.

    Returns
    -------
    Result
        ``table``: cells, the first to search first, with ``score``, ``searched`` (share of the ground with a higher or equal score: 0.05 belongs to the first 5 % to
        search) and ``priority`` ("first 5 %", "first 20 %", "rest"). ``details``: ``cost`` (share of the ground against score), ``hit_score``
        (with ``true_base``: share of the ground to search before it), ``moves`` (for each site left out, the share of the first 5 %
        that stays), ``centres`` (mean and median centre of the sites).

    Raises
    ------
    InputError, CRSError
        When something does not fit, or there are fewer than five different sites.

    Notes
    -----
    Several crimes at one place count as one site, because they tell nothing new about distance. Cost: one distance per cell and
    site. Limits: five sites tell little; with ten, published hit scores lie between a tenth and a third of the ground on average,
    and single cases anywhere.

    Other programs: where the distance is within the buffer, Rossmo's formula has 2B - d with d the whole distance; at least one
    published package takes 2B minus the difference of its two parts, which gives another surface.

    References
    ----------
    Rossmo, D. K. (2000), Geographic Profiling. Levine, N. (2015), CrimeStat IV, chapter 13. O'Leary, M. (2009),
    doi:10.1002/jip.111.

    Examples
    --------
    >>> import geopandas as gpd
    >>> xy = [(0, 900), (800, 0), (-700, 100), (100, -900), (600, 500), (-400, -600)]
    >>> sites = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*zip(*xy)), crs=32633)
    >>> profile = geographic_profile(sites, true_base=gpd.GeoDataFrame(geometry=gpd.points_from_xy([50], [0]), crs=32633))
    >>> bool(0 < profile["hit_score"] < 0.5)
    True
    """
    caller = "places.geographic_profile"
    check = Check(caller)
    _check(check, sites, method, decay, homes, metric, buffer_m, f, g, cell_m, study_area, true_base)
    check.done()
    system = _metric.choose(study_area, sites, caller=caller)
    points = usable_points(sites, system, None)
    xy = np.unique(np.column_stack([points.x, points.y]).round(1), axis=0)
    if len(xy) < _FEWEST:
        raise InputError(
            f"{caller}: {len(xy)} different sites cannot carry a profile; at least {_FEWEST} are needed. With so few, look at the middle of "
            "the sites (places.centres) and at what links them."
        )
    area = _area(xy, points, system, study_area, cell_m, caller)
    buffer = float(buffer_m or max(_mean_nearest(xy, metric) / 2, 1.0))
    prior, prior_said = _prior(area, homes, system, caller)

    def score_of(some: NDArray[np.float64]) -> NDArray[np.float64]:
        return _scores(area, some, method, metric, buffer, f, g, decay, prior)

    score = score_of(xy)
    order = _searched(score, area.share)
    table = _table(area, system, score, order)
    details: dict[str, Any] = {
        "cost": _cost(score, area.share),
        "moves": _moves(area, xy, order, score_of),
        "centres": {
            "mean": tuple(xy.mean(axis=0)),
            "median": median_centre(xy[:, 0], xy[:, 1], np.ones(len(xy))),
        },
        "outline": area.outline,
        "value": "priority",
    }
    if true_base is not None:
        details["hit_score"] = _hit(area, order, true_base, system, caller)
    said = ("none" if decay is None else tr("{decay_name} ({names} km)").format(decay_name=decay.name, names=", ".join(f"{value:.3g}" for value in decay.parameter)))  # fmt: skip
    text = METHODS[method].format(buffer=buffer, metric=metric, f=f, g=g, decay=said, prior=prior_said)
    return Result(
        name=caller,
        title=tr_later("Geographic profile"),
        table=table,
        method=text
        + tr(
            " Cells were then put in order of their score; the share of ground before a cell is what has to be searched first."
        ),
        findings=findings(xy, details, area),
        params=(*area.params, *settings(method, metric, buffer, buffer_m, f, g, said, prior_said)),
        caveats=caveats(xy, points),
        references=(*REFERENCES[method], RANDOM),
        sources=(points.source, *area.sources),
        left_out=dict(LeftOut.of(sites, points.reasons)),
        left_out_rows=LeftOut.of(sites, points.reasons).rows,
        handling=handling_of(sites, homes, study_area),
        view="map",
        details=details,
    )


def _check(
    check: Check, sites: Any, method: str, decay: Any, homes: Any, metric: str, buffer_m: float | None, f: float, g: float,
    cell_m: float | None, study_area: Any, true_base: Any,
) -> None:  # fmt: skip
    check.choice(allowed=tuple(METHODS), method=method)
    check.choice(allowed=("manhattan", "euclidean"), metric=metric)
    check.positive(buffer_m=buffer_m)
    check.between(0.1, 5, f=f, g=g)
    check_points(check, sites, study_area, cell_m, "square", None)
    if method in ("decay", "bayes") and not isinstance(decay, Decay):
        check.add(
            f"method={method!r} needs decay: fit one to solved journeys with places.journey_to_crime(trips)['decay']."
        )
    if homes is not None:
        check.places(homes, "homes")
        if method != "bayes":
            check.add("homes is used by method='bayes' alone.")
    if true_base is not None:
        check.places(true_base, "true_base")


def cgt_score(distance_m: NDArray[np.float64], buffer_m: float, f: float, g: float) -> NDArray[np.float64]:
    """Rossmo's function of the distance between a cell and a site.

    Examples
    --------
    >>> cgt_score(np.array([1000.0, 2000.0, 0.0]), 1000.0, 1.2, 1.2).round(5).tolist()
    [0.00025, 0.00011, 0.00011]
    """
    outside = np.maximum(distance_m, buffer_m)
    within = 2 * buffer_m - np.minimum(distance_m, buffer_m)
    return np.asarray(np.where(distance_m > buffer_m, outside**-f, buffer_m ** (g - f) / within**g))


def _scores(
    area: StudyArea, xy: NDArray[np.float64], method: str, metric: str, buffer: float, f: float, g: float, decay: Decay | None,
    prior: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """Score of every cell, scaled so that all of them add up to 1."""
    x, y = (axis.ravel()[area.cells] for axis in area.lattice.centres())
    found = np.zeros(len(x))
    batch = max(1, _BATCH // len(x))
    for first in range(0, len(xy), batch):
        dx = np.abs(x[:, None] - xy[first : first + batch, 0])
        dy = np.abs(y[:, None] - xy[first : first + batch, 1])
        far = dx + dy if metric == "manhattan" else np.hypot(dx, dy)
        if method == "cgt":
            found += cgt_score(far, buffer, f, g).sum(axis=1)
        elif decay is not None and method == "decay":
            found += decay.density(far).sum(axis=1)
        elif decay is not None:
            found += np.log(np.maximum(decay.per_area(far, area.lattice.cell_m), 1e-300)).sum(axis=1)
    if method == "bayes":
        found = np.exp(found - found.max()) * prior
    total = found.sum()
    return found / total if total > 0 else np.full(len(found), 1 / len(found))


def _area(
    xy: NDArray[np.float64],
    points: Points,
    system: _metric.Metric,
    study_area: Any,
    cell_m: float | None,
    caller: str,
) -> StudyArea:
    import shapely

    if study_area is not None:
        ground = ground_of(study_area, points.x, points.y, 0.0, system, caller)
        outline, param, sources = ground.outline, ground.param, ground.sources
    else:
        (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
        wide, high = (max(span / (2 * (len(xy) - 1)), 100.0) for span in (east - west, north - south))
        outline = shapely.box(west - wide, south - high, east + wide, north + high)
        why = tr(
            "rectangle around the sites and half their mean spacing along each axis (Rossmo's rule), because none was given"
        )
        param, sources = (
            Param(
                "study_area",
                tr("{area:,.1f} km²").format(area=outline.area / 1000000.0),
                chosen=True,
                why=why,
            ),
            (),
        )
    cell = float(cell_m or max(round_metres(math.sqrt(outline.area / _FINE)), 10.0))
    params = (
        Param("cell_m", cell, chosen=cell_m is None, why=tr_later("about 40,000 cells")),
        param,
        Param("crs", system.name, chosen=system.chosen),
    )
    return StudyArea(outline, *covering(outline, cell, "square", caller), params, sources)


def _prior(
    area: StudyArea, homes: Any, system: _metric.Metric, caller: str
) -> tuple[NDArray[np.float64], str]:
    """What was known before: all ground alike, or the density of homes of solved cases with a tenth spread over all ground."""
    flat = area.share / area.share.sum()
    if homes is None:
        return flat, tr_later("all ground alike beforehand")
    from ilp_lab.places.bandwidth import normal_reference
    from ilp_lab.places.kernels import binned_sum

    known = usable_points(homes, system, None)
    inside = area.locate(known.x, known.y) >= 0
    if inside.sum() < 10:
        raise InputError(
            f"{caller}: at least ten homes in the study area are needed to know anything beforehand; got {int(inside.sum())}."
        )
    x, y = known.x[inside], known.y[inside]
    kernel: Kernel = "gaussian"
    bandwidth = max(normal_reference(x, y, kernel), area.lattice.cell_m)
    surface = area.gather(binned_sum(area.lattice, x, y, np.ones(len(x)), kernel, bandwidth)) * area.share
    return (
        0.9 * surface / surface.sum() + 0.1 * flat,
        tr("the density of {inside:,} homes of solved cases beforehand").format(inside=int(inside.sum())),
    )


def _mean_nearest(xy: NDArray[np.float64], metric: str) -> float:
    from scipy.spatial import cKDTree

    apart, _ = cKDTree(xy).query(xy, k=2, p=1 if metric == "manhattan" else 2)
    return float(apart[:, 1].mean())


def _searched(score: NDArray[np.float64], ground: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the ground with a higher or the same score; scores that differ by rounding alone are the same."""
    score = np.round(score / max(float(score.max()), 1e-300), 11)
    order = np.argsort(-score, kind="stable")
    done = np.cumsum(ground[order])
    ranked = score[order]
    last = np.searchsorted(-ranked, -ranked, side="right") - 1
    out = np.empty(len(score))
    out[order] = done[last] / done[-1]
    return out


def _table(
    area: StudyArea, system: _metric.Metric, score: NDArray[np.float64], order: NDArray[np.float64]
) -> gpd.GeoDataFrame:
    import pandas as pd

    table = cell_table(area, system.crs)
    geometry = table.pop("geometry")
    code = np.where(order <= 0.05, 0, np.where(order <= 0.2, 1, 2)).astype(np.int8)
    kinds = pd.Index(["first 5 %", "first 20 %", "rest"])
    table = table.assign(
        score=score, searched=order, priority=pd.Categorical.from_codes(code, categories=kinds)
    )
    table = table.assign(geometry=geometry).set_geometry("geometry", crs=system.crs)
    return table.sort_values("searched", kind="stable", ignore_index=True)


def _cost(score: NDArray[np.float64], ground: NDArray[np.float64]) -> pd.DataFrame:
    """Share of the whole score that lies in the first shares of the ground."""
    import pandas as pd

    order = np.argsort(-score, kind="stable")
    ground_share = np.cumsum(ground[order]) / ground.sum()
    held = np.cumsum(score[order]) / score.sum()
    at = np.r_[0.01, 0.02, np.arange(0.05, 1.0001, 0.05)]
    return pd.DataFrame({"ground": at, "score": np.interp(at, ground_share, held)})


def _moves(
    area: StudyArea, xy: NDArray[np.float64], order: NDArray[np.float64], score_of: Any
) -> NDArray[np.float64]:
    """Share of the first 5 % of ground that stays when each site is left out in turn."""
    first = order <= 0.05
    stays = []
    for left in range(min(len(xy), 30)):
        other = _searched(score_of(np.delete(xy, left, axis=0)), area.share) <= 0.05
        stays.append(float(area.share[first & other].sum() / max(area.share[first].sum(), 1e-12)))
    return np.array(stays)


def _hit(
    area: StudyArea, order: NDArray[np.float64], base: gpd.GeoDataFrame, system: _metric.Metric, caller: str
) -> float:
    known = usable_points(base, system, None)
    cell = area.locate(known.x, known.y)
    if not len(cell) or cell[0] < 0:
        raise InputError(
            f"{caller}: the known base lies outside the ground that was profiled; give a larger study_area."
        )
    return float(order[cell[0]])
