"""Forecasts of places, only when asked for by name, with what they leave out said beside them; and their test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.cells import cell_table
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.membership import first_area
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import enforce, handling_of
from ilp_lab.times.accuracies import score
from ilp_lab.times.forecastground import (
    CAVEATS,
    REFERENCES,
    Ground,
    check_forecast,
    ground_for,
    surface_values,
    untold_caveat,
)
from ilp_lab.times.forecastmodels import METHODS, MODELS, WORDS, Past
from ilp_lab.times.moments import date_number

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_OFFERED = tr_later(
    "a forecast of places directs the police at people who live there. Read what it cannot know, then ask for it with "
    "opt_in=True"
)
_FLIP = 0.2


def forecast(
    incidents: gpd.GeoDataFrame,
    *,
    discovered: str | Sequence[str],
    opt_in: bool = False,
    method: str = "density",
    horizon_days: int = 28,
    as_of: str | None = None,
    cell_m: float = 250.0,
    study_area: gpd.GeoDataFrame | None = None,
    area_share: float = 0.05,
    surface: gpd.GeoDataFrame | None = None,
    surface_column: str | None = None,
    groups: gpd.GeoDataFrame | None = None,
) -> Result:
    """Forecast in which cells most incidents will be recorded in the next days. Test it with :func:`backtest` first.

    Parameters
    ----------
    incidents
        Points with ``occurred_at``, at least a year of them.
    discovered
        Which incidents the police found themselves (stops, searches, drugs) instead of hearing of them: a column of true and false, or
        the offences for which that holds; an empty list says that all were reported.
    opt_in
        Forecasts are made only when this says so.
    method
        ``"last_year"``, ``"moving_average"``, ``"whole_past"``, ``"density"``, ``"prospective"``, ``"self_exciting"``, or ``"surface"``.
    horizon_days
        Days that are forecast.
    as_of
        The first of them; the day after the last incident when left out.
    cell_m, study_area
        Cells and the ground they cover (the hull of the incidents when left out).
    area_share
        Share of the ground that is marked.
    surface, surface_column
        A table of cells with a column to take as the forecast, such as the relative risk of ``places.risk_terrain``.
    groups
        Areas with a column ``group`` (or ``area``) and perhaps ``population``: the disparity table says what falls on each.

    Returns
    -------
    Result
        ``table``: cells with ``expected``, ``rank``, ``marked``, ``place`` (the same in words, for the map). ``details``: ``disparity`` (share of ground, incidents and marked ground by group, per head where
        the population is known), ``flipped`` (share of the marked cells that change without discovered incidents), ``model``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When it was not asked for, or something given does not fit.

    Notes
    -----
    Most of what any method finds, last year's map finds too; the backtest says by how much. Cost: seconds for a city;
    the self-exciting model looks at pairs within 1 km and 90 days.

    References
    ----------
    Mohler, G. O. et al. (2011), doi:10.1198/jasa.2011.ap09546. Ensign, D. et al. (2018), Runaway feedback loops in predictive policing.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.uniform(0, 5000, (300, 2)), rng.normal(2500, 150, (300, 2))])
    >>> at = pd.Timestamp("2023-01-01", tz="Europe/Vienna") + pd.to_timedelta(rng.uniform(0, 400, 600), unit="D")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> int(forecast(thefts, discovered=[], opt_in=True).table["marked"].sum())
    20
    """
    caller = "times.forecast"
    check = Check(caller)
    check_forecast(check, incidents, discovered, cell_m, study_area, area_share, horizon_days)
    if not opt_in:
        check.add(f"{_OFFERED}.")
    check.choice(allowed=(*METHODS, "surface"), method=method)
    if method == "surface" and (surface is None or surface_column is None):
        check.add("method='surface' needs surface (a table of cells) and surface_column.")
    check.done()
    ground = ground_for(incidents, discovered, cell_m, study_area, caller)
    day = int(ground.held.day.max()) + 1 if as_of is None else date_number(as_of, "as_of", caller)
    past = ground.past(day, horizon_days)
    _long_enough(past, caller)
    expected = (
        MODELS[method](past)
        if method != "surface"
        else surface_values(surface, surface_column, ground, caller)
    )
    marked = _marked(expected, ground.area.share, area_share)
    flipped = _flipped(ground, day, horizon_days, method, marked, area_share)
    if flipped > _FLIP:
        enforce(
            None,
            "D14",
            tr("{flipped:.0%} of the marked cells follow what the police found themselves").format(
                flipped=flipped
            ),
        )
    table = _cells_table(ground, expected, marked)
    disparity = _disparity(groups, ground, past, marked, caller)
    left_out = LeftOut.of(incidents, ground.reasons)
    share = float(past.counts(1, 10**6)[marked].sum()) / max(len(past.cell), 1)
    start = ground.held.date(day)
    return Result(
        name=caller,
        title=tr("Forecast of places for {horizon_days} days from {start:%d %B %Y}").format(horizon_days=horizon_days, start=start),
        table=table,
        method=tr("Every cell's expected number of recorded incidents by {get}; the {area_share:.0%} of the ground with most are marked.").format(get=WORDS.get(method, tr_later("the surface given")), area_share=area_share),
        findings=_forecast_findings(marked, share, flipped, ground, area_share),
        params=(
            Param("method", method), Param("horizon_days", horizon_days), Param("as_of", f"{start:%Y-%m-%d}", chosen=as_of is None, why=tr_later("the day after the last incident")),
            Param("area_share", area_share), Param("discovered", discovered if isinstance(discovered, str) else list(discovered)), Param("opt_in", opt_in), *ground.area.params,
        ),
        caveats=(
            *((tr("Without the incidents that the police discovered themselves, {flipped:.0%} of the marked cells are others: the map " "follows policing, do not use it.").format(flipped=flipped),) if flipped > _FLIP else ()),
            *((tr("How far discovered incidents move the marks cannot be told: a given surface, or too few reported incidents."),) if math.isnan(flipped) else ()),
            *untold_caveat(ground),
            *CAVEATS,
        ),
        references=REFERENCES,
        sources=(ground.held.source, *ground.area.sources),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area, groups),
        view="map",
        details={"disparity": disparity, "flipped": flipped, "model": method, "value": "place", "outline": ground.area.outline},
    )  # fmt: skip


def _long_enough(past: Past, caller: str) -> None:
    if len(past.age) < 50 or int(past.age.max()) < 2 * past.horizon:
        span = int(past.age.max()) if len(past.age) else 0
        raise InputError(
            f"{caller}: {len(past.age):,} incidents over {span} days come before the forecast; at least 50 over twice its {past.horizon} days are needed."
        )


def _marked(
    expected: NDArray[np.float64], share: NDArray[np.float64], area_share: float
) -> NDArray[np.int64]:
    return score(np.zeros(len(expected)), expected, share, area_share)[1]


def _flipped(
    ground: Ground, day: int, horizon: int, method: str, marked: NDArray[np.int64], area_share: float
) -> float:
    """Share of the marked cells that are others when discovered incidents are left out; NaN where that cannot be told."""
    if method == "surface":
        return math.nan
    if not ground.discovered.any():
        return 0.0
    past = ground.past(day, horizon, without=ground.discovered)
    if len(past.age) < 50:
        return math.nan
    other = _marked(MODELS[method](past), ground.area.share, area_share)
    return 1 - len(np.intersect1d(marked, other)) / len(marked)


def _cells_table(
    ground: Ground, expected: NDArray[np.float64], marked: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    import pandas as pd

    table = cell_table(ground.area, ground.held.metric.crs)
    rank = np.empty(len(expected), dtype=np.int64)
    rank[np.argsort(-expected, kind="stable")] = np.arange(1, len(expected) + 1)
    chosen = np.zeros(len(expected), dtype=bool)
    chosen[marked] = True
    expected = np.where(expected > 1e-6 * max(float(expected.max()), 1e-300), expected, 0.0)
    place = pd.Categorical.from_codes(np.where(chosen, 0, 1), categories=pd.Index(["marked", "not marked"]))
    table = table.assign(expected=expected, rank=rank, marked=chosen, place=place)
    return table[[*table.columns.drop("geometry"), "geometry"]]


def _disparity(
    groups: Any, ground: Ground, past: Past, marked: NDArray[np.int64], caller: str
) -> pd.DataFrame | None:
    """Ground, incidents and marked ground by group of areas."""
    import pandas as pd

    if groups is None:
        return None
    check = Check(caller)
    if check.places(groups, "groups") and "group" not in groups:
        check.columns(groups, ["area"], "groups")
    check.done()
    name = "group" if "group" in groups else "area"
    x, y = (axis.ravel()[ground.area.cells] for axis in ground.area.lattice.centres())
    first, _ = first_area(np.asarray(_metric.to_metric(groups, ground.held.metric).geometry), x, y)
    said = np.append(groups[name].astype(str).to_numpy(), tr_later("in no group"))[first]
    chosen = np.zeros(len(first), dtype=bool)
    chosen[marked] = True
    cells = pd.DataFrame(
        {
            "group": said,
            "ground": ground.area.share,
            "incidents": past.counts(1, 365),
            "marked": ground.area.share * chosen,
        }
    )
    table = cells.groupby("group", sort=True).sum()
    shares = table / table.sum().replace(0, np.nan)
    found = shares.add_suffix("_share").assign(marked_per_incident=shares["marked"] / shares["incidents"])
    if "population" in groups:
        people = (
            groups.groupby(groups[name].astype(str))["population"]
            .sum()
            .reindex(found.index)
            .astype(np.float64)
        )
        found["population_share"] = people / people.sum()
        found["marked_per_head"] = found["marked_share"] / found["population_share"]
    return found.reset_index()


def _forecast_findings(
    marked: NDArray[np.int64], share: float, flipped: float, ground: Ground, area_share: float
) -> tuple[str, ...]:
    said = [
        tr(
            "{n:,} cells, {area_share:.0%} of the ground, are marked; {share:.0%} of the past incidents lie in them."
        ).format(n=len(marked), area_share=area_share, share=share),
        tr(
            "How much better that is than last year's map, only a backtest can say: run times.backtest with the same settings."
        ),
    ]
    if ground.discovered.any():
        said.append(
            tr("{discovered:.0%} of the incidents were discovered by the police; ").format(
                discovered=ground.discovered.mean()
            )
            + (
                tr("how far they move the marks cannot be told.")
                if math.isnan(flipped)
                else tr("without them {flipped:.0%} of the marked cells are others.").format(flipped=flipped)
            )
        )
    said.append(
        tr(
            "Use it to decide where prevention is offered, together with what officers and residents know. It says nothing about "
            "any person."
        )
    )
    return tuple(said)
