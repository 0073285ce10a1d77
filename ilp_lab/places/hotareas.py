"""Hot spot areas drawn around incidents themselves, without cells: DBSCAN, nearest-neighbour hierarchy, STAC."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import check_points
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import ground_of, refuse_empty, usable_points
from ilp_lab._memory import ask
from ilp_lab._tongue import tr, tr_later
from ilp_lab.places.centrography import standard_ellipse
from ilp_lab.places.pairing import Ground
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Grouping = Callable[["NDArray[np.float64]", float, int], "NDArray[np.int64]"]

Method = Literal["dbscan", "nnh", "stac"]
VERDICTS = ("beyond chance", "not more than chance")
_STAC_SIDE = 20
_PAIR_BYTES = 80  # of two incidents near one another: their numbers, twice, and the copies on the way
_MANY = 5_000
_STAC_CIRCLES = 25
_METHODS = {
    "dbscan": (
        tr_later(
            "Incidents with at least {least} incidents (themselves included) within {within:g} m are cores; cores within that "
            "distance of one another, with the incidents around them, make an area (DBSCAN)."
        )
    ),
    "nnh": (
        tr_later(
            "Again and again the incident with the most free incidents within {within:g} m was taken, with them, as an area, as "
            "long as it had at least {least} (nearest-neighbour hierarchical clustering); areas of areas follow by the same rule."
        )
    ),
    "stac": (
        tr_later(
            "Circles of {within:g} m were laid around the nodes of a triangular lattice of 20 × 20; the 25 fullest, where they "
            "share incidents, were joined to areas (Spatial and Temporal Analysis of Crime)."
        )
    ),
}
_CHANCE = tr_later(
    " The same number of incidents was thrown at random onto the study area {simulations} times; p is the share of "
    "throws whose fullest area holds as many."
)
_REFERENCES = {
    "dbscan": ("Ester et al. 1996, A density-based algorithm for discovering clusters, KDD-96, 226-231",),
    "nnh": ("Levine 2015, CrimeStat IV, chapter 7: nearest neighbor hierarchical clustering",),
    "stac": ("Block 1995, STAC hot-spot areas: a statistical tool for law enforcement decisions (in: Crime Analysis Through Computer Mapping)",),
}  # fmt: skip


def hot_areas(
    incidents: gpd.GeoDataFrame,
    *,
    method: Method = "dbscan",
    within_m: float | None = None,
    least: int = 10,
    outline: Literal["hull", "ellipse"] = "hull",
    study_area: gpd.GeoDataFrame | None = None,
    alpha: float = 0.05,
    simulations: int = 99,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Draw areas around incidents that lie closely together, and say which are more than chance.

    Parameters
    ----------
    incidents
        Points.
    method
        ``"dbscan"`` (areas of any form), ``"nnh"`` (compact areas, and areas of areas) or ``"stac"`` (overlapping circles).
    within_m
        Search distance. When left out: that within which a quarter of the incidents have ``least`` neighbours, and at most the
        mean distance of the nearest neighbour of as many incidents at random.
    least
        Incidents that make an area.
    outline
        ``"hull"`` around the incidents, or their standard ``"ellipse"``.
    study_area
        Polygons of the ground that could have held an incident; the hull of the incidents when left out.
    alpha
        Of the verdict.
    simulations
        Throws of the same number of incidents at random.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per area, fullest first: ``area`` (number), ``level`` (1; areas of areas from 2), ``n``, ``share``,
        ``places`` (different points), ``area_km2``, ``per_km2``, ``p``, ``verdict`` and ``geometry``. ``details``: ``member`` (Series on the index of the
        incidents: number of its area at level 1, or missing), ``chance`` (mean and highest number of areas at random).

    Raises
    ------
    InputError, CRSError
        When something given does not fit.

    Notes
    -----
    The areas follow the search distance; where it is wide, whole towns become one. Cost: the pairs within the search distance,
    for every throw. Limits: complete randomness is a weak yardstick where people live in few places.

    References
    ----------
    Ester, M. et al. (1996), KDD-96. Levine, N. (2015), CrimeStat IV. Block, C. R. (1995), STAC hot-spot areas.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.uniform(0, 5000, (100, 2)), rng.normal(2000, 50, (40, 2))])
    >>> found = hot_areas(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633), within_m=100, rng=1)
    >>> found.table[["n", "verdict"]].values.tolist()
    [[41, 'beyond chance']]
    """
    caller = "places.hot_areas"
    check = Check(caller)
    check.choice(allowed=tuple(_METHODS), method=method)
    check.choice(allowed=("hull", "ellipse"), outline=outline)
    check.positive(within_m=within_m)
    check.whole(3, least=least)
    check.between(0.0001, 0.5, alpha=alpha)
    check.whole(19, simulations=simulations)
    check_points(check, incidents, study_area, None, "square", None)
    check.done()
    generate, seed = generator(rng, caller)
    metric = _metric.choose(study_area, incidents, caller=caller)
    points = usable_points(incidents, metric, None)
    ground = ground_of(study_area, points.x, points.y, 1.0, metric, caller)
    land = Ground.of(ground.outline)
    inside = land.holds(points.x, points.y)
    refuse_empty(points, inside, caller)
    xy = np.column_stack([points.x[inside], points.y[inside]])
    within = float(within_m or _usual_distance(xy, least, land.area))
    group = _GROUPING[method]
    member = group(xy, within, least)
    fullest, numbers = _at_random(land, len(xy), group, within, least, simulations, generate)
    table = _areas(xy, member, method, within, least, outline, fullest, alpha, metric)
    left_out = LeftOut.of(incidents, points.without(~inside, tr_later("outside the study area")))
    why = tr(
        "within it a quarter of the incidents have enough neighbours, and it is less than the mean nearest distance at random"
    )
    params = (
        *(
            Param(name, said)
            for name, said in (("method", method), ("least", least), ("outline", outline), ("alpha", alpha))
        ),
        Param("within_m", within, chosen=within_m is None, why=why),
        ground.param,
        Param("simulations", simulations),
        Param("crs", metric.name, chosen=metric.chosen),
    )
    return Result(
        name=caller,
        title=tr("Hot spot areas ({upper})").format(upper=method.upper()),
        table=table,
        method=_METHODS[method].format(least=least, within=within) + _CHANCE.format(simulations=simulations),
        findings=_findings(table, numbers, len(xy), simulations),
        params=params,
        caveats=_caveats(params),
        references=_REFERENCES[method],
        sources=(points.source, *ground.sources),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area),
        seed=seed,
        view="map",
        details={
            "member": _members(incidents, points.used[inside], member),
            "chance": {"mean": float(numbers.mean()), "most": int(numbers.max())},
            "outline": ground.outline,
        },
    )


def _usual_distance(xy: NDArray[np.float64], least: int, area: float) -> float:
    from scipy.spatial import cKDTree

    at_random = 0.5 * math.sqrt(area / len(xy))
    if len(xy) <= least:
        return float(f"{at_random:.2g}")
    apart, _ = cKDTree(xy).query(xy, k=[least], workers=-1)
    return float(f"{max(min(float(np.quantile(apart, 0.25)), at_random), 25.0):.2g}")


def by_density(xy: NDArray[np.float64], within_m: float, least: int) -> NDArray[np.int64]:
    """DBSCAN: the number of each point's area, from 0 in order of their first core; -1 for none.

    A point that several areas reach belongs to that of its nearest core.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    places, of_place, here = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    of_place = of_place.ravel()
    pairs = _pairs(places, within_m)
    crowd = here + sum(
        np.bincount(one, weights=here[other], minlength=len(places))
        for one, other in (pairs.T, pairs[:, ::-1].T)
    )
    core = crowd >= least
    member = np.full(len(places), -1, dtype=np.int64)
    if not core.any():
        return member[of_place]
    joined = pairs[core[pairs].all(axis=1)]
    linked = sparse.coo_array(
        (np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(len(places), len(places))
    )
    _, label = connected_components(linked, directed=False)
    apart, nearest = cKDTree(places[core]).query(places, distance_upper_bound=within_m * (1 + 1e-12))
    reached = np.isfinite(apart)
    member[reached] = label[core][nearest[reached]]
    # numbers in the order in which the points of the table meet them
    used, first = np.unique(member[of_place], return_index=True)
    order = np.argsort(first[used >= 0], kind="stable")
    number = np.full(int(member.max()) + 1, -1, dtype=np.int64)
    number[used[used >= 0][order]] = np.arange(len(order))
    return np.where(member >= 0, number[member], -1)[of_place]


def by_nearest(xy: NDArray[np.float64], within_m: float, least: int) -> NDArray[np.int64]:
    """The fullest circle around a point becomes an area, then the fullest of what is left, and so on.

    Of circles that are equally full the tightest comes first, so that neither the order of rows nor the map's direction matters.
    """
    import heapq

    from scipy import sparse

    places, of_place, here = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    pairs = _pairs(places, within_m)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    apart = np.hypot(*(places[both[:, 0]] - places[both[:, 1]]).T)
    near = sparse.csr_array((apart, (both[:, 0], both[:, 1])), shape=(len(places), len(places)))
    member = np.full(len(places), -1, dtype=np.int64)

    def circle(at: int) -> tuple[tuple[int, float, int], NDArray[np.int64]]:
        inside = slice(near.indptr[at], near.indptr[at + 1])
        free = member[near.indices[inside]] < 0
        others = near.indices[inside][free]
        wide = round(float(here[others] @ near.data[inside][free]), 3)
        return (-int(here[others].sum() + here[at]), wide, at), others

    waiting = [turn for turn in (circle(at)[0] for at in range(len(places))) if -turn[0] >= least]
    heapq.heapify(waiting)
    areas = 0
    while waiting:
        turn = heapq.heappop(waiting)
        at = turn[2]
        if member[at] >= 0:
            continue
        now, others = circle(at)
        if now != turn:  # others were taken since: wait for its new turn
            if -now[0] >= least:
                heapq.heappush(waiting, now)
            continue
        member[others], member[at] = areas, areas
        areas += 1
    return member[of_place.ravel()]


def _pairs(places: NDArray[np.float64], within_m: float) -> NDArray[np.int64]:
    """Different places within a distance of one another, each pair once."""
    from scipy.spatial import cKDTree

    tree = cKDTree(places)
    if len(places) > _MANY:
        ask(
            _PAIR_BYTES * float(tree.count_neighbors(tree, within_m)) / 2,
            caller="places.hot_areas",
            way_out=f"Take within_m smaller than {within_m:g}, or a part of the incidents.",
        )
    return np.asarray(tree.query_pairs(within_m, output_type="ndarray"))


def by_circles(xy: NDArray[np.float64], within_m: float, least: int) -> NDArray[np.int64]:
    """STAC: the fullest circles on a triangular lattice, joined where they share points."""
    from scipy.spatial import cKDTree

    west, south = xy.min(axis=0)
    east, north = xy.max(axis=0)
    columns, rows = np.meshgrid(np.arange(_STAC_SIDE), np.arange(_STAC_SIDE))
    step = np.maximum(np.array([east - west, north - south]) / (_STAC_SIDE - 1), 1e-9)
    nodes = np.column_stack(
        [west + (columns + 0.5 * (rows % 2)).ravel() * step[0], south + rows.ravel() * step[1]]
    )
    held = cKDTree(xy).query_ball_point(nodes, within_m)
    size = np.array([len(points) for points in held])
    fullest = [at for at in np.argsort(-size, kind="stable")[:_STAC_CIRCLES] if size[at] >= 2]
    circles = [set(held[at]) for at in fullest]
    joined: list[set[int]] = []
    for circle in circles:
        touching = [area for area in joined if area & circle]
        merged = circle.union(*touching)
        joined = [area for area in joined if not area & circle] + [merged]
    member = np.full(len(xy), -1, dtype=np.int64)
    for number, area in enumerate(
        area for area in sorted(joined, key=len, reverse=True) if len(area) >= least
    ):
        member[list(area)] = number
    return member


_GROUPING: dict[str, Grouping] = {"dbscan": by_density, "nnh": by_nearest, "stac": by_circles}


def _at_random(
    land: Ground,
    n: int,
    group: Grouping,
    within: float,
    least: int,
    simulations: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Incidents in the fullest area, and number of areas, in every throw."""
    from tqdm.auto import trange

    fullest, numbers = np.zeros(simulations, np.int64), np.zeros(simulations, np.int64)
    for run in trange(simulations, desc="complete randomness", delay=1, leave=False):
        member = group(np.column_stack(land.throw(n, rng)), within, least)
        sizes = np.bincount(member[member >= 0])
        sizes = sizes[sizes >= least]
        fullest[run], numbers[run] = sizes.max(initial=0), len(sizes)
    return fullest, numbers


def _areas(
    xy: NDArray[np.float64], member: NDArray[np.int64], method: str, within: float, least: int, outline: str,
    fullest: NDArray[np.int64], alpha: float, metric: _metric.Metric,
) -> gpd.GeoDataFrame:  # fmt: skip
    import geopandas as gpd
    import pandas as pd

    rows: list[dict[str, Any]] = []
    groups = [np.flatnonzero(member == number) for number in range(int(member.max(initial=-1)) + 1)]
    level, of_level = 1, [points for points in groups if len(points) >= least]
    while of_level:
        for points in of_level:
            p = float(((fullest >= len(points)).sum() + 1) / (len(fullest) + 1))
            shape = _outline(xy[points], outline, within)
            rows.append({"level": level, "n": len(points), "share": len(points) / len(xy), "places": len(np.unique(xy[points].round(1), axis=0)),
                         "area_km2": shape.area / 1e6, "per_km2": len(points) / max(shape.area / 1e6, 1e-9), "p": p,
                         "verdict": VERDICTS[int(p > alpha)], "geometry": shape})  # fmt: skip
        if method != "nnh" or len(of_level) < 2 * 2:
            break
        middles = np.array([xy[points].mean(axis=0) for points in of_level])
        hull = np.ptp(middles, axis=0).prod()
        upper = by_nearest(middles, 0.5 * math.sqrt(max(hull, 1.0) / len(middles)), 4)
        of_level = [
            np.concatenate([of_level[at] for at in np.flatnonzero(upper == number)])
            for number in range(int(upper.max(initial=-1)) + 1)
        ]
        level += 1
    columns = ["level", "n", "share", "places", "area_km2", "per_km2", "p", "verdict", "geometry"]
    frame = pd.DataFrame(rows, columns=columns).sort_values(
        ["level", "n"], ascending=[True, False], kind="stable"
    )
    frame.insert(0, "area", np.arange(1, len(frame) + 1))
    frame["verdict"] = pd.Categorical(frame["verdict"], categories=list(VERDICTS))
    return gpd.GeoDataFrame(frame.reset_index(drop=True), geometry="geometry", crs=metric.crs)


def _outline(xy: NDArray[np.float64], outline: str, within: float) -> Any:
    """Hull or ellipse; never without surface, so that one address with many incidents can be seen."""
    import shapely

    little = max(within / 10, 5.0)
    if outline == "hull" or len(xy) < 3:
        return shapely.convex_hull(shapely.multipoints(xy)).buffer(little)
    long, short, bearing = standard_ellipse(xy[:, 0], xy[:, 1], np.ones(len(xy)))
    turn = math.radians(90 - bearing)
    angle = np.linspace(0, 2 * math.pi, 73)
    ring = np.column_stack([max(long, little) * np.cos(angle), max(short, little) * np.sin(angle)])
    turned = ring @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return shapely.Polygon(turned + xy.mean(axis=0))


def _members(incidents: gpd.GeoDataFrame, used: NDArray[np.int64], member: NDArray[np.int64]) -> Any:
    import pandas as pd

    sizes = np.bincount(member[member >= 0], minlength=1)
    rank = np.empty(len(sizes), np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(1, len(sizes) + 1)
    found = pd.Series(pd.NA, index=incidents.index, dtype="Int64", name="area")
    at = used[member >= 0]
    found.iloc[at] = rank[member[member >= 0]]
    return found


def _findings(
    table: gpd.GeoDataFrame, numbers: NDArray[np.int64], n: int, simulations: int
) -> tuple[str, ...]:
    first = table[table["level"] == 1]
    beyond = first[first["verdict"] == VERDICTS[0]]
    said = [
        tr(
            "{n:,} areas hold {share:.0%} of {n_2:,} incidents; {n_3:,} of them are fuller than chance made any."
        ).format(n=len(first), share=first["share"].sum(), n_2=n, n_3=len(beyond)),
        tr(
            "At random the same settings draw {numbers:.1f} areas on average (at most {numbers_2:,} in {simulations} throws)."
        ).format(numbers=numbers.mean(), numbers_2=numbers.max(), simulations=simulations),
    ]
    if len(first):
        top = first.iloc[0]
        said.append(
            tr(
                "The fullest holds {n:,} incidents at {places:,} different places on {area_km2:.2f} km²."
            ).format(n=int(top["n"]), places=int(top["places"]), area_km2=top["area_km2"])
        )
        if top["places"] <= max(2, top["n"] / 20):
            said.append(tr("Nearly all of them lie on one or two points, which may be a default address."))
    said.append(
        tr(
            "An area tells where incidents lie together, not why, and nothing about any person. Check next with another distance."
        )
    )
    return tuple(said)


def _caveats(params: tuple[Param, ...]) -> tuple[str, ...]:
    said = [tr("The areas follow the search distance and the least number; try half and double.")]
    chosen = {param.name for param in params if param.chosen}
    if "within_m" in chosen:
        said.append(tr("The search distance was chosen by a rule, not by what is known of the offence."))
    if "study_area" in chosen:
        said.append(
            tr("No study area was given; within the hull of the incidents chance looks denser than it is.")
        )
    return tuple(said)
