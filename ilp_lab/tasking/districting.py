"""Patrol districts: equal work, in one piece each, short ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.contiguity import contiguity
from ilp_lab._tongue import few_digits, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.tasking.districtbound import least_travel
from ilp_lab.tasking.districtprogram import Solved, solve
from ilp_lab.tasking.districtsearch import Map, neighbours_of, pieces, search
from ilp_lab.tasking.patrolground import numbers

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "{areas} areas were put into {number} districts, each in one piece (areas that share a border), none with a workload "
    "more than {tolerance:.0%} off the mean, so that the ways from a base area of each district to its areas, weighted "
    "by workload, are shortest (p-median with equal loads and contiguity). Districts were grown from seeds far apart and "
    "improved by simulated annealing at their borders ({starts} starts, {trials:,} trials each).{exact} Ways are {ways}."
)
_EXACT = tr_later(
    " A mixed integer program (HiGHS) with contiguity cuts then looked for better ones: {verdict}."
)
_REFERENCES = (
    "Wheeler 2019, Creating optimal patrol areas using the p-median model, doi:10.1108/PIJPSM-02-2018-0027",
    "Hess, Weaver, Siegfeldt, Whelan and Zitlau 1965, Nonpartisan political redistricting by computer, doi:10.1287/opre.13.6.998",
    "Shirabe 2009, Districting modeling with exact contiguity constraints, doi:10.1068/b34104",
)
_EXACT_UP_TO = 60


def districts(
    areas: gpd.GeoDataFrame,
    *,
    workload: str = "n",
    number: int,
    tolerance: float = 0.1,
    current: str | None = None,
    travel: NDArray[np.float64] | None = None,
    bridges: list[tuple[Any, Any]] | None = None,
    exact: bool | None = None,
    starts: int = 6,
    seconds: float = 120,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Draw patrol districts with equal work, each in one piece, with the shortest ways.

    Parameters
    ----------
    areas
        Outlines (reporting areas, beats) with a workload.
    workload
        Column: calls, hours, harm. What a district is to have equally much of.
    number
        How many districts.
    tolerance
        Largest deviation of a district's workload from the mean, as a share.
    current
        Column with the districts of today, to compare with.
    travel
        Matrix of ways from area to area, such as minutes; straight lines between the areas' middles when left out.
    bridges
        Pairs of row labels that count as neighbours though they do not touch.
    exact
        Whether to prove the districts best; up to 60 areas when left out.
    starts
        Starts of the search.
    seconds
        Time limit of the proof.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: the areas with ``district`` (1 from the west), ``base`` (whether it is the district's base), ``travel_km`` (or in the unit
        of ``travel``) to it. ``details``: ``districts`` (one row each: ``base``, ``areas``, ``workload``, ``deviation``, ``travel``),
        ``travel`` in all, ``imbalance``, ``proven``, ``bound`` (no districts have less travel), and of today's districts ``current_imbalance`` and ``current_travel``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When the areas are in pieces, one area alone has more work than a district may have, or no districts keep the tolerance (with
        the least one that was found).

    Notes
    -----
    Cost: 60 areas are proven in seconds; 325 areas and 12 districts take a few seconds and are not proven, but bounded from below (Lagrangian
    relaxation of the p-median), so that the findings say how much better others could be at most.

    References
    ----------
    Wheeler, A. P. (2019), doi:10.1108/PIJPSM-02-2018-0027.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> beats = gpd.GeoDataFrame({"n": [5, 5, 5, 5]}, geometry=[box(i, 0, i + 1, 1) for i in range(4)], crs=32633)
    >>> districts(beats, number=2, rng=1).table["district"].tolist()
    [1, 1, 2, 2]
    """
    caller = "tasking.districts"
    check = Check(caller)
    if check.places(areas, "areas"):
        check.rows(areas, "areas")
        check.columns(areas, [name for name in (workload, current) if name is not None], "areas")
    check.whole(2, number=number)
    check.whole(1, starts=starts)
    check.between(0.001, 1.0, tolerance=tolerance)
    check.positive(seconds=seconds)
    check.done()
    load = numbers(check, areas, workload, "workload")
    if not check.faults and not load.sum() > 0:
        check.add(f"workload={workload!r} is 0 everywhere.")
    if number > len(areas):
        check.add(f"number={number} districts cannot be made of {len(areas)} areas.")
    ways, unit = _ways(check, areas, travel, caller)
    begins, beside = _neighbours(check, areas, bridges or [])
    check.done()
    mean = float(load.sum() / number)
    ground = Map(load, ways, begins, beside, number, mean * (1 - tolerance), mean * (1 + tolerance))
    _one_area_too_large(caller, areas, ground, mean, tolerance)
    generate, seed = generator(rng, caller)
    proof = bool(exact) if exact is not None else len(load) <= _EXACT_UP_TO
    trials = min(1500 * len(load), 600_000)
    found, cost = search(ground, generate, starts=starts, trials=trials)
    solved = solve(ground, cost, seconds=seconds) if proof else None
    if solved is not None and solved.district is not None:
        found, cost = solved.district, ground.cost(solved.district)[0]
    if not np.isfinite(cost):
        _nothing_found(caller, ground, found, tolerance, proven=solved is not None and solved.proven)
    district = _from_the_west(areas, ground, found)
    details = _details(areas, ground, district, current, solved)
    method = _METHOD.format(
        areas=len(load), number=number, tolerance=tolerance, starts=starts, trials=trials,
        exact=_EXACT.format(verdict=_verdict(solved, cost)) if solved else "", ways=unit,
    )  # fmt: skip
    return Result(
        name=caller,
        title=tr("{number} districts of equal work ({spoken})").format(number=number, spoken=_spoken(workload)),
        table=_table(areas, ground, district, given=travel is not None),
        method=method,
        findings=_findings(details, ground, tolerance, workload, given=travel is not None),
        params=(
            Param("workload", workload), Param("number", number), Param("tolerance", tolerance), Param("current", current),
            Param("exact", proof, chosen=exact is None, why=tr("up to {EXACT_UP_TO} areas").format(EXACT_UP_TO=_EXACT_UP_TO)), Param("starts", starts),
        ),
        caveats=(
            tr("Workload is that of the past; look at it by shift and season before borders are moved."),
            *(() if travel is not None else (tr("Ways are straight lines; rivers and motorways are not in them. Give travel=."),)),
        ),
        references=_REFERENCES,
        sources=(Source("areas", len(load), fingerprint(load, ways), origin_of(areas)),),
        handling=handling_of(areas),
        seed=seed,
        view="map",
        details=details,
    )  # fmt: skip


def _verdict(solved: Solved, cost: float) -> str:
    if not solved.proven:
        return tr("time ran out; none can be better than these by more than {bound:.1%}").format(
            bound=max(1 - solved.bound / cost, 0)
        )
    return tr_later("there are none") if solved.district is None else tr_later("it found these")


def _table(
    areas: gpd.GeoDataFrame, ground: Map, district: NDArray[np.int64], *, given: bool
) -> gpd.GeoDataFrame:
    bases = ground.cost(district)[1]
    base = np.zeros(len(district), dtype=bool)
    base[bases] = True
    way = ground.travel[np.arange(len(district)), bases[district]]
    return areas.assign(district=district + 1, base=base, **{"travel" if given else "travel_km": way})


def _ways(check: Check, areas: gpd.GeoDataFrame, travel: Any, caller: str) -> tuple[NDArray[np.float64], str]:
    n = len(areas)
    if travel is not None:
        given = np.asarray(travel, dtype=np.float64)
        if given.shape != (n, n) or not np.isfinite(given).all() or (given < 0).any():
            check.add(
                f"travel must be a matrix of {n} × {n} numbers of at least 0, in the order of the areas."
            )
            return np.zeros((n, n)), ""
        return np.ascontiguousarray(given), tr_later("those that were given")
    metric = _metric.choose(areas, caller=caller)
    middles = _metric.to_metric(areas, metric).geometry.centroid
    x, y = middles.x.to_numpy() / 1000, middles.y.to_numpy() / 1000
    return np.hypot(x[:, None] - x[None], y[:, None] - y[None]), tr(
        "straight lines between the middles of the areas"
    )


def _neighbours(
    check: Check, areas: gpd.GeoDataFrame, bridges: list[tuple[Any, Any]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    from scipy import sparse

    shapes = np.asarray(areas.geometry)
    if any(shape is None or shape.is_empty for shape in shapes):
        check.add("some areas have no outline.")
        return np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int64)
    matrix = contiguity(shapes, "rook")
    places = {label: k for k, label in enumerate(areas.index)}
    for one, other in bridges:
        if one not in places or other not in places:
            check.add(f"bridges names ({one!r}, {other!r}), which are not both rows of the areas.")
            continue
        pair = sparse.csr_array(
            ([1.0, 1.0], ([places[one], places[other]], [places[other], places[one]])), shape=matrix.shape
        )
        matrix = matrix + pair
    begins, beside = neighbours_of(matrix)
    number, labels = pieces(begins, beside)
    if number > 1:
        sizes = np.bincount(labels)
        small = int(np.flatnonzero(labels == sizes.argmin())[0])
        check.add(
            f"the areas lie in {number} pieces that share no border (one holds {sizes.min()} areas, among them row "
            f"{areas.index[small]!r}); a district cannot cross a gap. Connect them with bridges=[(row, row)], or draw each piece alone."
        )
    return begins, beside


def _one_area_too_large(
    caller: str, areas: gpd.GeoDataFrame, ground: Map, mean: float, tolerance: float
) -> None:
    top = int(ground.load.argmax())
    if ground.load[top] > ground.high:
        needed = ground.load[top] / mean - 1
        name = next(
            (str(areas.iloc[top][column]) for column in ("name", "area") if column in areas),
            tr("row {index}").format(index=areas.index[top]),
        )
        raise InputError(
            f"{caller}: {name} alone has {few_digits(ground.load[top])} of workload, {needed:.1%} above the mean of a district; tolerance={tolerance:g} "
            f"cannot be kept. Raise it to at least {np.ceil(needed * 1000) / 1000:g}, draw fewer districts, or split that area."
        )  # fmt: skip


def _nothing_found(
    caller: str, ground: Map, found: NDArray[np.int64], tolerance: float, *, proven: bool
) -> None:
    least = ground.imbalance(found)
    raise InputError(
        f"{caller}: {'there are no' if proven else 'the search found no'} {ground.number} districts in one piece each within "
        f"tolerance={tolerance:g}. The most equal that were found differ by {least:.1%}: tolerance={np.ceil(least * 1000) / 1000:g} can be kept."
    )


def _from_the_west(areas: gpd.GeoDataFrame, ground: Map, found: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the districts from west to east, so that the same districts always bear the same numbers."""
    import shapely

    bases = ground.cost(found)[1]
    points = shapely.centroid(np.asarray(areas.geometry))
    order = np.lexsort((shapely.get_y(points[bases]), shapely.get_x(points[bases])))
    fresh = np.empty(ground.number, dtype=np.int64)
    fresh[order] = np.arange(ground.number)
    return np.asarray(fresh[found])


def _details(
    areas: gpd.GeoDataFrame,
    ground: Map,
    district: NDArray[np.int64],
    current: str | None,
    solved: Solved | None,
) -> dict[str, Any]:
    import pandas as pd

    cost, bases = ground.cost(district)
    loads = ground.loads(district)
    weighted = ground.load * ground.travel[np.arange(len(district)), bases[district]]
    names = next(
        (areas[column].astype(str) for column in ("name", "area") if column in areas),
        areas.index.astype(str).to_series(),
    )
    table = pd.DataFrame(
        {
            "district": np.arange(1, ground.number + 1), "base": names.to_numpy()[bases],
            "areas": np.bincount(district, minlength=ground.number), "workload": loads,
            "deviation": loads / loads.mean() - 1, "travel": np.bincount(district, weighted, minlength=ground.number),
        }
    )  # fmt: skip
    found: dict[str, Any] = {
        "districts": table, "travel": cost, "imbalance": ground.imbalance(district), "value": "district",
        "proven": bool(solved and solved.proven),
        "bound": solved.bound if solved else least_travel(ground.weighted, ground.number, cost),
    }  # fmt: skip
    if current is not None:
        codes = pd.factorize(areas[current])[0]
        today = Map(ground.load, ground.travel, ground.begins, ground.beside, int(codes.max()) + 1, 0, np.inf)
        if (codes >= 0).all():
            found["current_number"] = today.number
            found["current_travel"] = today.cost(np.asarray(codes, dtype=np.int64))[0]
            found["current_imbalance"] = today.imbalance(np.asarray(codes, dtype=np.int64))
    return found


def _spoken(workload: str) -> str:
    return "incidents" if workload == "n" else workload.replace("_", " ")


def _findings(
    details: dict[str, Any], ground: Map, tolerance: float, workload: str, *, given: bool
) -> tuple[str, ...]:
    table = details["districts"]
    heavy, light = table.loc[table["workload"].idxmax()], table.loc[table["workload"].idxmin()]
    said = [
        tr(
            "{number} districts, each in one piece: {spoken} between {workload:,.0f} and {workload_2:,.0f}, at most "
            "{imbalance:.1%} off the mean (allowed: {tolerance:.0%})."
        ).format(
            number=ground.number,
            spoken=_spoken(workload),
            workload=light["workload"],
            workload_2=heavy["workload"],
            imbalance=details["imbalance"],
            tolerance=tolerance,
        ),
        tr("A unit of work lies {travel} {what} from its district's base on average.").format(
            travel=few_digits(details["travel"] / ground.load.sum()),
            what=tr("in the unit of travel") if given else tr("km"),
        ),
    ]
    if "current_travel" in details:
        now = tr(
            "Today's {current_number} districts differ by up to {current_imbalance:.1%} from their mean"
        ).format(current_number=details["current_number"], current_imbalance=details["current_imbalance"])
        change = details["travel"] / details["current_travel"] - 1
        said.append(
            tr("{now}; the new ones change the ways by {change:+.1%}.").format(now=now, change=change)
            if details["current_number"] == ground.number
            else tr("{now}; being another number, their ways cannot be compared.").format(now=now)
        )
    said.append(
        tr("No districts within these limits have shorter ways (proven).")
        if details["proven"]
        else tr(
            "That these are best was not proven; no districts at all have ways shorter by more than {bound:.1%}."
        ).format(bound=max(1 - details["bound"] / details["travel"], 0))
    )
    said.append(
        tr(
            "Borders cut through neighbourhoods: check next with those who know them, and look at the work by shift."
        )
    )
    return tuple(said)
