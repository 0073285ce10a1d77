"""Which features of a landscape go with incidents, how far they reach, and how much each multiplies risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import cell_table, check_points, study_cells, summed
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import Points, StudyArea, refuse_empty, usable_points
from ilp_lab._memory import ask
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.countmodels import CountModel, cross_validated_net, stepwise
from ilp_lab.places.kernels import binned_sum
from ilp_lab.places.riskterrainwords import METHOD, REFERENCES, caveats, findings
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_FOLDS = 10
_MIX = 0.5
_FEWEST = 5
_TOPS = (0.01, 0.02, 0.05, 0.1, 0.2)


@dataclass(frozen=True)
class _Variables:
    """What could explain the counts: one column per factor, way of looking and reach."""

    columns: NDArray[np.float64]
    factor: list[str]
    way: list[str]
    reach: list[float]

    @property
    def group(self) -> NDArray[np.int64]:
        """Number of the factor of each column."""
        names = list(dict.fromkeys(self.factor))
        return np.array([names.index(name) for name in self.factor], dtype=np.int64)


def risk_terrain(
    incidents: gpd.GeoDataFrame,
    factors: Mapping[str, gpd.GeoDataFrame],
    *,
    cell_m: float | None = None,
    reaches_m: list[float] | None = None,
    study_area: gpd.GeoDataFrame | None = None,
    protective: bool = False,
    later: gpd.GeoDataFrame | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Model where incidents are likely from features of the ground: bars, stops, vacant lots, parks (risk terrain).

    Parameters
    ----------
    incidents
        Points.
    factors
        Name → features: points, lines or areas.
    cell_m
        Size of the cells: half the length of a block of houses is usual; 100 m when left out, more where that would be over a
        hundred thousand cells.
    reaches_m
        Distances tried; one to six times the cell size when left out.
    study_area
        Polygons of the ground that could have held an incident. Give it: cells that could never hold one look safe.
    protective
        Whether factors may lower the risk too.
    later
        Incidents of a later period, to see whether the model foresees them.
    rng
        Seed or Generator: who is left out when.

    Returns
    -------
    Result
        ``table``: cells with ``n``, ``expected`` (count), ``relative_risk`` (1 is the cell with least) and one column per chosen factor
        (whether it holds). ``details``: ``factors`` (``factor``, ``way``: "within" or "density", ``reach_m``, ``rrv``, ``low``, ``high``),
        ``bic`` of Poisson, negative binomial and the model without factors, ``dispersion``, ``validation`` (with ``later``: share of later
        incidents in the riskiest 1, 2, 5, 10, 20 % of the ground, by this model and by past counts).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or nothing varies.

    Notes
    -----
    Intervals are those of the final model and do not know that it was selected; take them as too narrow. Factors stand for
    ground, and what goes with incidents need not cause them. Cost: distances of all cells to the nearest feature, and a few
    hundred small regressions. No factor may describe people by origin, religion or the like.

    References
    ----------
    Caplan, J. M., Kennedy, L. W. and Miller, J. (2011), doi:10.1080/07418825.2010.486037.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> rng = np.random.default_rng(1)
    >>> bars = rng.uniform(0, 3000, (12, 2))
    >>> fights = np.vstack([bars[rng.integers(0, 12, 200)] + rng.normal(0, 60, (200, 2)), rng.uniform(0, 3000, (200, 2))])
    >>> frames = [gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633) for xy in (fights, bars, rng.uniform(0, 3000, (12, 2)))]
    >>> found = risk_terrain(frames[0], {"bars": frames[1], "benches": frames[2]}, cell_m=100, rng=1)
    >>> found["factors"]["factor"].tolist()
    ['bars']
    """
    caller = "places.risk_terrain"
    check = Check(caller)
    check_points(check, incidents, study_area, cell_m, "square", None)
    _check(check, factors, reaches_m, later)
    check.done()
    generate, seed = generator(rng, caller)
    metric = _metric.choose(study_area, incidents, *factors.values(), caller=caller)
    points = usable_points(incidents, metric, None)
    area = _cells(points, metric, study_area, cell_m, caller)
    cell = area.locate(points.x, points.y)
    refuse_empty(points, cell >= 0, caller)
    counts = summed(cell, None, len(area.cells))
    if counts.max(initial=0) == counts.min(initial=0):
        raise InputError(
            f"{caller}: every cell holds {counts.min(initial=0):g} incidents, so nothing can be explained. Check the study area."
        )
    reaches = [float(reach) for reach in reaches_m or [k * area.lattice.cell_m for k in range(1, 7)]]
    tried, untold = _tellable(_variables(factors, area, metric, reaches), counts)
    kept = _kept(tried, counts, generate, protective=protective)
    models = {
        family: stepwise(
            tried.columns[:, kept],
            counts,
            tried.group[kept],
            negative_binomial=family == "negative binomial",
            positive=not protective,
        )
        for family in ("Poisson", tr_later("negative binomial"))
    }
    family = min(models, key=lambda name: models[name][1].bic)
    chosen, model = models[family]
    chosen = [int(kept[at]) for at in chosen]
    found = _factor_table(tried, chosen, model)
    table = _table(area, metric, counts, tried, chosen, model)
    validation = None if later is None else _validated(table, area, metric, counts, later)
    left_out = LeftOut.of(incidents, points.without(cell < 0, tr_later("outside the study area")))
    sources = (points.source, *area.sources, *(_source(name, frame) for name, frame in factors.items()))
    method = METHOD.format(
        cell=area.lattice.cell_m, factors=len(factors), reaches=", ".join(f"{reach:g}" for reach in reaches) + " m", folds=_FOLDS,
        kept=len(kept), tried=tried.columns.shape[1], family=family,
    )  # fmt: skip
    bic = {name: one.bic for name, (_, one) in models.items()} | {"without factors": _bare(counts)}
    return Result(
        name=caller,
        title=tr_later("Risk terrain"),
        table=table,
        method=method,
        findings=findings(found, table, validation, len(factors)),
        params=(*area.params, Param("reaches_m", ", ".join(f"{reach:g}" for reach in reaches), chosen=reaches_m is None, why=tr_later("one to six cells")), Param("protective", protective)),
        caveats=caveats(found, validation, untold),
        references=REFERENCES,
        sources=sources,
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area, *factors.values()),
        seed=seed,
        view="map",
        details={"factors": found, "bic": bic, "dispersion": model.dispersion, "validation": validation, "outline": area.outline, "value": "relative_risk"},
    )  # fmt: skip


def _check(check: Check, factors: Any, reaches_m: list[float] | None, later: Any) -> None:
    if not isinstance(factors, Mapping) or not factors:
        check.add("factors must name at least one table of features, such as {'bars': bars, 'stops': stops}.")
        return
    for name, frame in factors.items():
        if (
            check.places(frame, f"factors[{name!r}]")
            and not (~frame.geometry.is_empty & frame.geometry.notna()).any()
        ):
            check.add(f"factors[{name!r}] holds no feature with a place; leave it out.")
    for reach in reaches_m or []:
        check.positive(reaches_m=reach)
    if later is not None:
        check.places(later, "later")


def _cells(
    points: Points, metric: _metric.Metric, study_area: Any, cell_m: float | None, caller: str
) -> StudyArea:
    if cell_m is not None:
        return study_cells(
            points, metric, study_area=study_area, cell_m=cell_m, shape="square", caller=caller
        )
    rough = study_cells(points, metric, study_area=study_area, cell_m=None, shape="square", caller=caller)
    size = max(100.0, float(np.ceil((rough.outline.area / 100_000) ** 0.5 / 50) * 50))
    area = study_cells(points, metric, study_area=study_area, cell_m=size, shape="square", caller=caller)
    params = (
        Param("cell_m", size, chosen=True, why=tr("about half a block of houses, and at most 100,000 cells")),
        *area.params[1:],
    )
    return StudyArea(area.outline, area.lattice, area.cells, area.share, params, area.sources)


def _variables(
    factors: Mapping[str, gpd.GeoDataFrame], area: StudyArea, metric: _metric.Metric, reaches: list[float]
) -> _Variables:
    import shapely

    ask(
        24.0 * len(area.cells) * 2 * len(factors) * len(reaches),
        caller="places.risk_terrain",
        way_out="Take larger cells, or fewer reaches_m.",
    )
    x, y = (axis.ravel()[area.cells] for axis in area.lattice.centres())
    middles = shapely.points(x, y)
    columns: list[NDArray[np.bool_]] = []
    factor: list[str] = []
    way: list[str] = []
    reach: list[float] = []
    for name, frame in factors.items():
        shapes = np.asarray(_metric.to_metric(frame, metric).geometry.dropna())
        shapes = shapes[~shapely.is_empty(shapes)]
        found, apart = shapely.STRtree(shapes).query_nearest(middles, return_distance=True, all_matches=False)
        nearest = np.full(len(middles), np.inf)
        nearest[found[0]] = apart
        dots = bool((shapely.get_type_id(shapes) == 0).all())
        for m in reaches:
            looks = [("within", nearest <= m)]
            if dots:
                px, py = shapely.get_coordinates(shapes).T
                near = area.lattice.index(px, py) >= 0
                px, py = px[near], py[near]
                surface = area.gather(
                    binned_sum(area.lattice, px, py, np.ones(len(px)), "quartic", max(m, area.lattice.cell_m))
                )
                looks.append(("density", surface > surface.mean() + 2 * surface.std()))
            for kind, holds in looks:
                if 0 < holds.sum() < len(holds):
                    columns.append(holds)
                    factor.append(str(name))
                    way.append(kind)
                    reach.append(m)
    if not columns:
        raise InputError(
            "places.risk_terrain: no factor tells cells apart: every cell, or none, lies within reach of each. Take smaller reaches_m, "
            "and check the coordinate systems."
        )
    return _Variables(np.column_stack(columns).astype(np.float64), factor, way, reach)


def _tellable(tried: _Variables, counts: NDArray[np.float64]) -> tuple[_Variables, list[str]]:
    """Variables with incidents on both sides; where all or none lie within reach no factor of risk can be told."""
    within = counts @ tried.columns
    told = (within >= _FEWEST) & (counts.sum() - within >= _FEWEST)
    if not told.any():
        raise InputError(
            "places.risk_terrain: for every factor and reach nearly all incidents lie on one side, so nothing can be compared. Give a "
            "study area that leaves out ground without streets or houses, or other reaches_m."
        )
    at = np.flatnonzero(told)
    lost = [f"{tried.factor[one]} {tried.way[one]} {tried.reach[one]:g} m" for one in np.flatnonzero(~told)]
    factor, way = ([part[one] for one in at] for part in (tried.factor, tried.way))
    return _Variables(tried.columns[:, at], factor, way, [tried.reach[one] for one in at]), lost


def _kept(
    tried: _Variables, counts: NDArray[np.float64], rng: np.random.Generator, *, protective: bool
) -> NDArray[np.int64]:
    """Variables with a coefficient after the penalty."""
    fold = rng.permutation(np.arange(len(counts)) % _FOLDS)
    coefficient, _ = cross_validated_net(tried.columns, counts, fold, mix=_MIX, positive=not protective)
    return np.flatnonzero(coefficient[1:] != 0)


def _bare(counts: NDArray[np.float64]) -> float:
    from ilp_lab.places.countmodels import fit

    nothing = np.empty((len(counts), 0))
    return min(fit(nothing, counts, negative_binomial=way).bic for way in (False, True))


def _factor_table(tried: _Variables, chosen: list[int], model: CountModel) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "factor": tried.factor[at], "way": tried.way[at], "reach_m": tried.reach[at], "rrv": float(np.exp(b)),
            "low": float(np.exp(b - 1.96 * e)), "high": float(np.exp(b + 1.96 * e)), "cells": int(tried.columns[:, at].sum()),
        }
        for at, b, e in zip(chosen, model.coefficient[1:], model.error[1:], strict=True)
    ]  # fmt: skip
    columns = ["factor", "way", "reach_m", "rrv", "low", "high", "cells"]
    return pd.DataFrame(rows, columns=columns).sort_values("rrv", ascending=False, ignore_index=True)


def _table(
    area: StudyArea, metric: _metric.Metric, counts: NDArray[np.float64], tried: _Variables, chosen: list[int], model: CountModel
) -> gpd.GeoDataFrame:  # fmt: skip
    design = np.column_stack([np.ones(len(counts)), tried.columns[:, chosen]])
    expected = np.exp(design @ model.coefficient)
    table = cell_table(area, metric.crs)
    geometry = table.pop("geometry")
    table["n"], table["expected"], table["relative_risk"] = (
        counts.astype(np.int64),
        expected,
        expected / expected.min(),
    )
    for at in chosen:
        name = f"{tried.factor[at]}: {tried.way[at]} {tried.reach[at]:g} m"
        table[name] = tried.columns[:, at].astype(bool)
    return table.assign(geometry=geometry).set_geometry("geometry", crs=metric.crs)


def _validated(
    table: gpd.GeoDataFrame,
    area: StudyArea,
    metric: _metric.Metric,
    counts: NDArray[np.float64],
    later: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Share of later incidents in the riskiest ground, by the model and by past counts; ties share what they hold."""
    import pandas as pd

    points = usable_points(later, metric, None)
    cell = area.locate(points.x, points.y)
    seen = summed(cell, None, len(area.cells))
    if not seen.any():
        raise InputError("places.risk_terrain: none of the later incidents lies in the study area.")
    rows = []
    for top in _TOPS:
        row: dict[str, float] = {"ground": top}
        for name, score in (("model", table["expected"].to_numpy()), ("past_counts", counts)):
            row[name] = _captured(score, area.share, seen, top)
        row["pai_model"], row["pai_past_counts"] = row["model"] / top, row["past_counts"] / top
        rows.append(row)
    return pd.DataFrame(rows)


def _captured(
    score: NDArray[np.float64], ground: NDArray[np.float64], seen: NDArray[np.float64], top: float
) -> float:
    order = np.argsort(-score, kind="stable")
    left = top * ground.sum()
    got = 0.0
    start = np.unique(-score[order], return_index=True)[1]
    for first, last in zip(start, [*start[1:], len(order)], strict=True):
        group = order[first:last]
        here = float(ground[group].sum())
        got += float(seen[group].sum()) * min(1.0, left / here if here > 0 else 0.0)
        left -= here
        if left <= 0:
            break
    return got / float(seen.sum())


def _source(name: str, frame: gpd.GeoDataFrame) -> Source:
    import shapely

    xy = shapely.get_coordinates(np.asarray(frame.geometry.dropna())).round(2)
    return Source(tr("factor {name}").format(name=name), len(frame), fingerprint(xy), origin_of(frame))
