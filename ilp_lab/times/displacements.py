"""Whether the pattern on the map changed, and what moved into the ring around a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.cells import cell_table, check_points, study_cells
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.membership import first_area
from ilp_lab._ground.significance import false_discovery
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times.displacementwords import VERDICTS, counts_words, quotient_words, share_findings
from ilp_lab.times.moments import check_times, date_number, moments
from ilp_lab.times.outcomes import displacement_difference

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray


def pattern_change(
    before: gpd.GeoDataFrame,
    *,
    after: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame | None = None,
    cell_m: float | None = None,
    study_area: gpd.GeoDataFrame | None = None,
    alpha: float = 0.05,
) -> Result:
    """Test area by area whether its share of all incidents changed (spatial point pattern test).

    Parameters
    ----------
    before, after
        Points of the two periods (or of two kinds of incident).
    areas
        Areas to compare in; without them cells.
    cell_m, study_area
        Cells and the ground they cover.
    alpha
        Share of false alarms accepted among the areas (Benjamini-Hochberg).

    Returns
    -------
    Result
        ``table``: the areas or cells with ``before``, ``after``, ``share_before``, ``share_after``, ``difference`` (points of a share), ``p`` (exact), ``q_fdr``, ``verdict``.
        ``details``: ``s_index`` (share of areas whose share did not change, of those with any incident).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Fisher's exact test of each area's share, instead of the resampling of the first proposal, with the false discovery rate. A fall
    everywhere alike changes no share.

    References
    ----------
    Andresen, M. A. (2009), doi:10.1016/j.apgeog.2008.12.004. Wheeler, A. P., Steenbeek, W. and Andresen, M. A. (2018), doi:10.1111/tgis.12341.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> rng = np.random.default_rng(1)
    >>> def points(n): return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*rng.uniform(0, 1000, (n, 2)).T), crs=32633)
    >>> pattern_change(points(400), after=points(400), cell_m=250)["s_index"]
    1.0
    """
    caller = "times.pattern_change"
    check = Check(caller)
    check_points(check, before, study_area, cell_m, "square", None)
    check.places(after, "after")
    if areas is not None:
        check.places(areas, "areas")
        if cell_m is not None or study_area is not None:
            check.add("areas and cells exclude each other; give areas, or cell_m and study_area.")
    check.between(0.0001, 0.5, alpha=alpha)
    check.done()
    metric = _metric.choose(areas, study_area, before, after, caller=caller)
    points = [usable_points(one, metric, None) for one in (before, after)]
    if areas is not None:
        table = _metric.to_metric(areas, metric)[
            ["area", "geometry"] if "area" in areas else ["geometry"]
        ].copy()
        places = [first_area(np.asarray(table.geometry), one.x, one.y)[0] for one in points]
        params: tuple[Param, ...] = (Param("areas", len(areas)),)
    else:
        area = study_cells(
            points[0], metric, study_area=study_area, cell_m=cell_m, shape="square", caller=caller
        )
        table = cell_table(area, metric.crs)
        places = [area.locate(one.x, one.y) for one in points]
        params = area.params
    counts = [np.bincount(place[place >= 0], minlength=len(table)) for place in places]
    if not counts[0].sum() or not counts[1].sum():
        raise InputError(
            f"{caller}: {counts[0].sum():,} incidents before and {counts[1].sum():,} after lie in the areas; both are needed."
        )
    found, s_index = _shares(table, counts, alpha)
    left = LeftOut.of(before, points[0].without(places[0] < 0, tr_later("before: in no area")))
    left_after = LeftOut.of(after, points[1].without(places[1] < 0, tr_later("after: in no area")))
    import pandas as pd

    rows = [one.rows for one in (left, left_after) if one.rows is not None]
    return Result(
        name=caller,
        title=tr_later("Did the pattern change?"),
        table=found,
        method=tr("Each area's share of all incidents before and after was compared by Fisher's exact test; q adjusts over all areas " "with incidents."),
        findings=share_findings(found, s_index, counts),
        params=(*params, Param("alpha", alpha)),
        caveats=(tr("Areas with few incidents can change a lot before a test shows it."), tr("A change in recording in one area changes every share.")),
        references=(
            "Andresen 2009, Testing for similarity in area-based spatial patterns, doi:10.1016/j.apgeog.2008.12.004",
            "Wheeler, Steenbeek and Andresen 2018, Testing for similarity in area-based spatial patterns: alternative methods, doi:10.1111/tgis.12341",
        ),
        sources=(points[0].source, points[1].source),
        left_out={**left, **left_after},
        left_out_rows=pd.concat(rows) if rows else None,
        handling=handling_of(before, after, areas, study_area),
        view="map",
        details={"s_index": s_index, "value": "verdict"},
    )  # fmt: skip


def _shares(
    table: gpd.GeoDataFrame, counts: list[NDArray[np.int64]], alpha: float
) -> tuple[gpd.GeoDataFrame, float]:
    import pandas as pd
    from scipy.stats import fisher_exact

    one, other = counts
    held = (one + other) > 0
    totals = int(one.sum()), int(other.sum())
    pairs = np.column_stack([one, other])[held]
    distinct, at = np.unique(pairs, axis=0, return_inverse=True)
    by_pair = np.array(
        [fisher_exact([[a, totals[0] - a], [b, totals[1] - b]])[1] for a, b in distinct.tolist()]
    )
    p, q = np.full(len(table), np.nan), np.full(len(table), np.nan)
    p[held] = np.minimum(by_pair[at.ravel()], 1.0)
    q[held] = false_discovery(p[held])
    difference = other / totals[1] - one / totals[0]
    code = np.where(~held, 3, np.where(np.nan_to_num(q, nan=1.0) >= alpha, 2, np.where(difference > 0, 0, 1)))
    geometry = table.geometry
    found = table.drop(columns="geometry").assign(
        before=one, after=other, share_before=one / totals[0], share_after=other / totals[1], difference=difference, p=p, q_fdr=q,
        verdict=pd.Categorical.from_codes(code, categories=pd.Index(VERDICTS)),
    )  # fmt: skip
    import geopandas as gpd

    return gpd.GeoDataFrame(found, geometry=geometry, crs=table.crs), float((code[held] == 2).mean())


def displacement_rings(
    incidents: gpd.GeoDataFrame,
    *,
    treated: gpd.GeoDataFrame,
    control: gpd.GeoDataFrame,
    at: str,
    ring_m: float = 300.0,
    days: int | None = None,
    harm: str | None = None,
) -> Result:
    """Count before and after in a treated area, the ring around it and a control area with its ring, and test what moved.

    Parameters
    ----------
    incidents
        Points with ``occurred_at``.
    treated, control
        Where the measure was, and a like place where it was not.
    at
        The first day of the measure.
    ring_m
        Width of the rings in metres.
    days
        Length of both periods; as long as the data allow, the same on both sides, when left out.
    harm
        Column with the harm of each incident.

    Returns
    -------
    Result
        ``table``: the four zones with ``zone``, ``before``, ``after``, ``change``, ``per_km2_before``, ``per_km2_after`` and their outline. ``details``: ``test`` (the table of
        :func:`displacement_difference`), ``wdd``, ``low``, ``high``, ``wdq`` (weighted displacement quotient).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or treated and control overlap.

    References
    ----------
    Bowers, K. J. and Johnson, S. D. (2003), doi:10.1023/A:1024909009240. Wheeler, A. P. and Ratcliffe, J. H. (2018),
    doi:10.1186/s40163-018-0085-5.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> from shapely.geometry import box
    >>> rng = np.random.default_rng(1)
    >>> at = pd.Timestamp("2023-01-01", tz="Europe/Vienna") + pd.to_timedelta(rng.uniform(0, 365, 4000), unit="D")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy(*rng.uniform(0, 5000, (2, 4000))), crs=32633)
    >>> places = [gpd.GeoDataFrame(geometry=[box(x, x, x + 500, x + 500)], crs=32633) for x in (1000, 3500)]
    >>> displacement_rings(thefts, treated=places[0], control=places[1], at="2023-07-01").table["zone"].tolist()
    ['treated', 'control', 'displacement', 'displacement control']
    """
    caller = "times.displacement_rings"
    check = Check(caller)
    check_points(check, incidents, None, None, "square", harm)
    check_times(check, incidents)
    check.places(treated, "treated")
    check.places(control, "control")
    check.positive(ring_m=ring_m)
    check.whole(1, days=days)
    _check_harm(check, incidents, harm)
    check.done()
    begun = date_number(at, "at", caller)
    metric = _metric.choose(treated, incidents, caller=caller)
    held = moments(incidents, caller, metric=metric)
    shapes = _zones(treated, control, ring_m, metric, caller)
    zone, _ = first_area(shapes, held.x, held.y)
    reach = min(begun - int(held.day.min()), int(held.day.max()) + 1 - begun)
    if reach < 1:
        raise InputError(
            f"{caller}: at={at} does not lie within the data, which run from {held.date(held.day.min()):%Y-%m-%d} to {held.date(held.day.max()):%Y-%m-%d}; "
            "at least a day before and one after it are needed."
        )
    span = days or reach
    if span > reach:
        raise InputError(
            f"{caller}: the data reach {begun - int(held.day.min())} days before and {int(held.day.max()) + 1 - begun} after {at}; {span} on both sides do not fit."
        )
    weight = _weights(incidents, harm, held.used)
    unweighed = np.isnan(weight)
    zone, weight = np.where(unweighed, -1, zone), np.where(unweighed, 0.0, weight)
    table = _zone_table(shapes, zone, held.day, weight, begun, span, metric)
    tested = displacement_difference(
        _rows_of(zone, held.day, weight, begun, span, harm), harm=None if harm is None else "harm"
    )
    reasons = held.reasons.copy()
    reasons[held.used[zone < 0]] = tr_later("outside the zones")
    reasons[held.used[(zone >= 0) & ((held.day < begun - span) | (held.day >= begun + span))]] = tr_later(
        "outside the two periods"
    )
    reasons[held.used[unweighed]] = tr_later("without a harm")
    left_out = LeftOut.of(incidents, reasons)
    wdq = _quotient(table)
    return Result(
        name=caller,
        title=tr("Did it work, and did it move? {held:%d %B %Y}").format(held=held.date(begun)),
        table=table,
        method=tr("Incidents {span} days before and after were counted in the treated area, the control and the rings of {ring_m:,.0f} " "m around both. {method}").format(span=span, ring_m=ring_m, method=tested.method),
        findings=(*tested.findings[:1], counts_words(table), *tested.findings[1:], quotient_words(wdq, tested.table)),
        params=(Param("at", str(at)), Param("ring_m", ring_m), Param("days", span, chosen=days is None, why=tr_later("as long as the data allow on both sides")), Param("harm", harm or tr_later("each incident 1")), *held.params),
        caveats=tested.caveats,
        references=(*tested.references[:1], "Bowers and Johnson 2003, Measuring the geographical displacement and diffusion of benefit effects, doi:10.1023/A:1024909009240"),
        sources=(held.source,),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, treated, control),
        view="map",
        details={**tested.details, "test": tested.table, "wdq": wdq, "value": "zone"},
    )  # fmt: skip


def _check_harm(check: Check, incidents: Any, harm: str | None) -> None:
    if harm is None or not hasattr(incidents, "columns") or harm not in incidents:
        return
    if incidents[harm].dtype.kind in "iuf" and (incidents[harm] < 0).any():
        check.add(f"{harm} must not be below 0.")


def _weights(incidents: Any, harm: str | None, used: NDArray[np.int64]) -> NDArray[np.float64]:
    """What each usable incident counts; NaN where it is not told."""
    if harm is None:
        return np.ones(len(used))
    return np.asarray(incidents[harm].iloc[used].to_numpy(dtype=np.float64, na_value=np.nan))


def _zones(
    treated: gpd.GeoDataFrame, control: gpd.GeoDataFrame, ring_m: float, metric: _metric.Metric, caller: str
) -> NDArray[Any]:
    """Treated, control, ring around treated, ring around control; rings hold nothing of the others."""
    import shapely

    inner = [
        shapely.union_all(shapely.make_valid(np.asarray(_metric.to_metric(one, metric).geometry.dropna())))
        for one in (treated, control)
    ]
    if any(one.is_empty or not one.area > 0 for one in inner):
        raise InputError(f"{caller}: treated and control must have a surface; give polygons.")
    if inner[0].intersection(inner[1]).area > 0:
        raise InputError(f"{caller}: treated and control overlap; a control is a place without the measure.")
    both = shapely.union_all(inner)
    first = inner[0].buffer(ring_m).difference(both)
    second = inner[1].buffer(ring_m).difference(shapely.union_all([both, first]))
    return np.array([*inner, first, second], dtype=object)


def _sums(
    zone: NDArray[np.int64], day: NDArray[np.int64], weight: NDArray[np.float64], begun: int, span: int
) -> list[NDArray[np.float64]]:
    parts = []
    for low, high in ((begun - span, begun), (begun, begun + span)):
        which = (zone >= 0) & (day >= low) & (day < high)
        parts.append(np.bincount(zone[which], weight[which], 4).astype(np.float64))
    return parts


def _zone_table(
    shapes: NDArray[Any], zone: NDArray[np.int64], day: NDArray[np.int64], weight: NDArray[np.float64], begun: int, span: int, metric: _metric.Metric
) -> gpd.GeoDataFrame:  # fmt: skip
    import geopandas as gpd
    import pandas as pd
    import shapely

    before, after = _sums(zone, day, weight, begun, span)
    area = shapely.area(shapes) / 1e6
    names = ["treated", "control", "displacement", "displacement control"]
    return gpd.GeoDataFrame(
        {
            "zone": pd.Categorical(names, categories=names),
            "before": before,
            "after": after,
            "change": after - before,
            "per_km2_before": before / area,
            "per_km2_after": after / area,
        },
        geometry=shapes,
        crs=metric.crs,
    )


def _rows_of(
    zone: NDArray[np.int64],
    day: NDArray[np.int64],
    weight: NDArray[np.float64],
    begun: int,
    span: int,
    harm: str | None,
) -> pd.DataFrame:
    """The counts that the test takes: by zone, and by harm where it counts."""
    import pandas as pd

    names = np.array(["treated", "control", "displacement", "displacement control"], dtype=object)
    parts = []
    for value in np.unique(weight[zone >= 0]) if harm is not None else [1.0]:
        which = np.ones(len(zone), bool) if harm is None else weight == value
        if value <= 0:
            continue
        before, after = _sums(zone[which], day[which], np.ones(int(which.sum())), begun, span)
        parts.append(
            pd.DataFrame(
                {
                    "zone": names,
                    "before": before.astype(np.int64),
                    "after": after.astype(np.int64),
                    "harm": value,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _quotient(table: gpd.GeoDataFrame) -> float:
    """Weighted displacement quotient: change of the ring's share over change of the treated area's share of the control."""
    before, after = table["before"].to_numpy(), table["after"].to_numpy()
    if not before[1] or not after[1]:
        return float("nan")
    gained = after[0] / after[1] - before[0] / before[1]
    moved = after[2] / after[1] - before[2] / before[1]
    return float(moved / gained) if gained < 0 and before[2] + after[2] > 0 else float("nan")
