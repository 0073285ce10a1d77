"""Where to stand so that most is within reach, and a second car too when the first is out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.tasking.patrolground import numbers

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "{units} of {sites} sites were chosen so that as much {demand} as possible lies within {within:,.0f} m of one; being "
    "within reach of a second one counts {backup:.0%} of that (maximal covering with backup, mixed integer program, HiGHS)."
)
_REFERENCES = (
    "Church and ReVelle 1974, The maximal covering location problem, doi:10.1007/BF01942293",
    "Curtin, Hayslett-McCall and Qiu 2010, Determining optimal police patrol areas with maximal covering and backup covering, doi:10.1007/s11067-007-9035-6",
)


def cover(
    demand_points: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    units: int,
    within_m: float,
    demand: str = "n",
    backup: float = 0.3,
    seconds: float = 60,
) -> Result:
    """Choose where units stand so that most demand is within reach, with a second unit in reach as a bonus.

    Parameters
    ----------
    demand_points
        Places (cells, areas, addresses) with a demand; areas are taken by a point in them.
    sites
        Where a unit may stand.
    units
        How many.
    within_m
        Reach in metres, straight.
    demand
        Column.
    backup
        What a second unit in reach is worth, as a share of the first, 0 to 1.
    seconds
        Time limit.

    Returns
    -------
    Result
        ``table``: the demand places with ``covered`` (number of units in reach, 0 to 2 and more) and ``nearest_m``. ``details``: ``sites``
        (the chosen ones), ``covered_share``, ``backup_share``, ``price`` (share that one unit more would add; where units are better placed anew it may be below 0),
        ``price_backup`` (share that it would add in reach of a second one), ``not_covered``, ``proven``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or no site reaches anything.

    Examples
    --------
    >>> import geopandas as gpd
    >>> where = gpd.GeoDataFrame({"n": [5, 4, 1]}, geometry=gpd.points_from_xy([0, 100, 900], [0] * 3), crs=32633)
    >>> found = cover(where, where, units=1, within_m=200)
    >>> found.table["covered"].tolist(), found["covered_share"]
    ([1, 1, 0], 0.9)
    """
    caller = "tasking.cover"
    check = Check(caller)
    if check.places(demand_points, "demand_points"):
        check.rows(demand_points, "demand_points")
        check.columns(demand_points, [demand], "demand_points")
    if check.places(sites, "sites"):
        check.rows(sites, "sites")
    check.whole(1, units=units)
    check.positive(within_m=within_m, seconds=seconds)
    check.between(0, 1, backup=backup)
    check.done()
    weights = numbers(check, demand_points, demand, "demand")
    if units > len(sites):
        check.add(f"units={units}, but there are only {len(sites)} sites.")
    check.done()
    metric = _metric.choose(demand_points, sites, caller=caller)
    away = _away(demand_points, sites, metric)
    reach = away <= within_m
    if not check.faults and not (weights @ reach).sum() > 0:
        check.add(
            f"no site has any demand within {within_m:,g} m; the nearest is {np.nanmin(away):,.0f} m away."
        )
    check.done()
    chosen, proven = _best(weights, reach, units, backup, seconds)
    more, _ = _best(weights, reach, min(units + 1, len(sites)), backup, seconds)
    number = reach[:, chosen].sum(axis=1)
    table = demand_points.assign(covered=number, nearest_m=away[:, chosen].min(axis=1))
    total = float(weights.sum())
    details: dict[str, Any] = {
        "sites": sites.iloc[chosen],
        "covered_share": float(weights[number >= 1].sum() / total),
        "backup_share": float(weights[number >= 2].sum() / total),
        "price": float(
            weights[reach[:, more].any(axis=1)].sum() / total - weights[number >= 1].sum() / total
        ),
        "price_backup": float(
            weights[reach[:, more].sum(axis=1) >= 2].sum() / total - weights[number >= 2].sum() / total
        ),
        "not_covered": table[number == 0],
        "proven": proven,
        "value": "covered",
    }
    return Result(
        name=caller,
        title=tr("{units} units within {within_m:,.0f} m").format(units=units, within_m=within_m),
        table=table,
        method=_METHOD.format(units=units, sites=len(sites), demand=demand.replace("_", " "), within=within_m, backup=backup),
        findings=_findings(details, units, within_m, len(sites)),
        params=(Param("units", units), Param("within_m", within_m), Param("demand", demand), Param("backup", backup)),
        caveats=(tr("Straight lines, not roads."),) if proven else (tr("Straight lines, not roads."), tr("Time ran out before it was proven best.")),
        references=_REFERENCES,
        sources=(
            Source("demand", len(table), fingerprint(weights), origin_of(demand_points)),
            Source("sites", len(sites), fingerprint(reach), origin_of(sites)),
        ),
        handling=handling_of(demand_points, sites),
        view="map",
        details=details,
    )  # fmt: skip


def _findings(details: dict[str, Any], units: int, within_m: float, sites: int) -> tuple[str, ...]:
    lost = len(details["not_covered"])
    return (
        tr(
            "{units} {what} {covered_share:.1%} of the demand within {within_m:,.0f} m, and {backup_share:.1%} within reach of a "
            "second one."
        ).format(
            units=units,
            what=tr("unit has") if units == 1 else tr("units have"),
            covered_share=details["covered_share"],
            within_m=within_m,
            backup_share=details["backup_share"],
        ),
        tr(
            "{lost:,} {what} with {covered_share:.1%} of the demand {what_2} out of reach; see details['not_covered']."
        ).format(
            lost=lost,
            what=tr("place") if lost == 1 else tr("places"),
            covered_share=1 - details["covered_share"],
            what_2=tr("is") if lost == 1 else tr("are"),
        )
        if lost
        else tr("Nothing is out of reach."),
        tr("Every site has its unit; there is no place for another one.")
        if units == sites
        else tr(
            "One unit more would change the demand within reach by {price:+.1%}, and that within reach of a second one by "
            "{price_backup:+.1%}."
        ).format(price=details["price"], price_backup=details["price_backup"]),
        tr(
            "Reach is a straight line and every unit is taken as free: real times are longer. Check next with measured response "
            "times."
        ),
    )


def _away(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame, metric: _metric.Metric) -> NDArray[np.float64]:
    x, y = _metric.point_xy(one, metric)
    u, v = _metric.point_xy(other, metric)
    return np.asarray(np.hypot(x[:, None] - u[None], y[:, None] - v[None]))


def _best(
    weights: NDArray[np.float64], reach: NDArray[np.bool_], units: int, backup: float, seconds: float
) -> tuple[NDArray[np.int64], bool]:
    """Sites that cover most; variables: site, covered once, covered twice."""
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    kept = (weights > 0) & reach.any(axis=1)
    near, w = reach[kept].astype(np.float64), weights[kept]
    n, m = near.shape
    eye = sparse.eye_array(n)
    rows = [
        sparse.hstack([sparse.csr_array(-near), eye, eye]),
        sparse.hstack([sparse.csr_array((n, m)), -eye, eye]),
        sparse.hstack([sparse.csr_array(np.ones((1, m))), sparse.csr_array((1, 2 * n))]),
    ]
    found = milp(
        np.concatenate([np.zeros(m), -w, -backup * w]),
        integrality=np.concatenate([np.ones(m), np.zeros(2 * n)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            sparse.vstack(rows).tocsr(), -np.inf, np.concatenate([np.zeros(2 * n), [units]])
        ),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if found.x is None:
        order = np.argsort(-(w @ near), kind="stable")[:units]
        return np.asarray(order, dtype=np.int64), False
    order = np.argsort(-found.x[:m], kind="stable")[:units]
    return np.sort(np.asarray(order, dtype=np.int64)), found.status == 0
