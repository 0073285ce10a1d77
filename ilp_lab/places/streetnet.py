"""A street network: segments between junctions, and what is connected to what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._tongue import tr, trn
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Source, fingerprint
from ilp_lab.safeguards import handling_of, mark, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

Split = Literal["vertices", "crossings", "none"]


@dataclass(frozen=True)
class StreetNetwork:
    """Street segments and the junctions they join.

    Attributes
    ----------
    segments
        One row per piece of street between junctions, in metres: ``segment`` (0, 1, …), the street's own columns,
        ``length_m``, ``from_node``, ``to_node``, ``piece`` (number of the connected part it belongs to, 0 the longest) and
        ``geometry``.
    nodes
        Junctions and ends: ``degree`` (segments that meet there) and ``geometry``.
    pieces
        Number of connected parts.
    params, sources, handling
        How it was made, from what, and its handling code.
    """

    segments: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    pieces: int
    params: tuple[Param, ...]
    sources: tuple[Source, ...]
    handling: str

    @property
    def length_km(self) -> float:
        """Length of all segments."""
        return float(self.segments["length_m"].sum() / 1000)

    def __repr__(self) -> str:
        longest = self.segments.loc[self.segments["piece"] == 0, "length_m"].sum() / 1000
        return trn(
            "Street network: {n:,} segments, {n_2:,} junctions and ends, {length_km:,.1f} km, {pieces:,} connected part (the "
            "longest {longest:,.1f} km) [{handling}]",
            "Street network: {n:,} segments, {n_2:,} junctions and ends, {length_km:,.1f} km, {pieces:,} connected parts (the "
            "longest {longest:,.1f} km) [{handling}]",
            self.pieces,
        ).format(
            n=len(self.segments),
            n_2=len(self.nodes),
            length_km=self.length_km,
            pieces=self.pieces,
            longest=longest,
            handling=self.handling,
        )


@dataclass(frozen=True)
class Snapped:
    """Incidents on the streets.

    Attributes
    ----------
    segment
        Segment of each used incident.
    along_m
        How far from the segment's beginning.
    away_m
        How far the incident lay from the street.
    weight
        How much each counts.
    used, left_out
        Which rows of the table they are, and which could not be used.
    source
        The table, for results.
    """

    segment: NDArray[np.int64]
    along_m: NDArray[np.float64]
    away_m: NDArray[np.float64]
    weight: NDArray[np.float64]
    used: NDArray[np.int64]
    left_out: LeftOut
    source: Source

    def sentence(self) -> str:
        """How far incidents had to be moved."""
        if not len(self.away_m):
            return tr("No incident lies near a street.")
        middle, most = np.quantile(self.away_m, [0.5, 0.95])
        return tr(
            "{n:,} incidents were put onto the nearest street, half of them by less than {middle:,.0f} m, 95 % by less than "
            "{most:,.0f} m, at most by {away_m:,.0f} m."
        ).format(n=len(self.away_m), middle=middle, most=most, away_m=self.away_m.max())


def street_network(
    streets: gpd.GeoDataFrame, *, split: Split = "vertices", join_m: float = 0.5
) -> StreetNetwork:
    """Make a network of street lines: junctions where lines meet, segments between them.

    Parameters
    ----------
    streets
        Lines, as :func:`ilp_lab.intake.read_streets` returns them.
    split
        Where lines are cut: ``"vertices"``, at points that several lines have in common (right for OpenStreetMap, where bridges
        cross without a common point); ``"crossings"``, wherever they cross (for drawings without common points; bridges become
        junctions); ``"none"``, only at their ends.
    join_m
        Ends closer than this are one junction.

    Returns
    -------
    StreetNetwork

    Raises
    ------
    InputError, ColumnError, CRSError
        When there are no lines.

    Notes
    -----
    Cost: a sort of all points of the lines; a hundred thousand segments take seconds. A network in many parts is a sign that
    lines do not quite meet (raise ``join_m``) or cross without common points (``split="crossings"``).

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import LineString
    >>> cross = [LineString([(-100, 0), (0, 0), (100, 0)]), LineString([(0, -100), (0, 0), (0, 100)])]
    >>> network = street_network(gpd.GeoDataFrame(geometry=cross, crs=32633))
    >>> len(network.segments), int(network.nodes["degree"].max()), network.pieces
    (4, 4, 1)
    """
    import geopandas as gpd
    import shapely

    caller = "places.street_network"
    check = Check(caller)
    check.places(streets, "streets")
    check.choice(allowed=("vertices", "crossings", "none"), split=split)
    check.between(0, 100, join_m=join_m)
    check.done()
    lines = np.asarray(streets.geometry)
    plain = np.isin(shapely.get_type_id(lines), (1, 5)) & ~shapely.is_empty(lines)
    if not plain.any():
        raise InputError(f"{caller}: the table holds no lines. intake.read_streets reads them from a file.")
    metric = _metric.choose(streets[plain], caller=caller)
    moved = _metric.to_metric(streets[plain], metric)
    parts, of = shapely.get_parts(np.asarray(moved.geometry), return_index=True)
    if split == "crossings":
        parts, of = _at_crossings(parts, of)
    elif split == "vertices":
        parts, of = _at_vertices(parts, of, max(join_m, 0.001))
    long = shapely.length(parts) > max(join_m, 1e-6)
    parts, of = parts[long], of[long]
    ends, node_xy = _junctions(parts, join_m)
    piece = _pieces(ends, len(node_xy), shapely.length(parts))
    own = moved.drop(columns=moved.geometry.name).iloc[of].reset_index(drop=True)
    added = {
        "length_m": shapely.length(parts),
        "from_node": ends[:, 0],
        "to_node": ends[:, 1],
        "piece": piece,
    }
    own = own.drop(columns=[name for name in ("segment", *added) if name in own])
    own.insert(0, "segment", np.arange(len(parts)))
    segments = gpd.GeoDataFrame(own.assign(**added), geometry=parts, crs=metric.crs)
    degree = np.bincount(ends.ravel(), minlength=len(node_xy))
    nodes = gpd.GeoDataFrame({"degree": degree}, geometry=shapely.points(node_xy), crs=metric.crs)
    source = Source(
        "streets", len(streets), fingerprint(shapely.get_coordinates(parts).round(2)), origin_of(streets)
    )
    params = (Param("split", split), Param("join_m", join_m), Param("crs", metric.name, chosen=metric.chosen))
    handling = handling_of(streets)
    return StreetNetwork(
        mark(segments, handling=handling), nodes, int(piece.max()) + 1, params, (source,), handling
    )


def snap(
    incidents: gpd.GeoDataFrame, network: StreetNetwork, *, within_m: float = 100, weight: str | None = None
) -> Snapped:
    """Put incidents onto the nearest street.

    Parameters
    ----------
    incidents
        Points.
    network
        The streets.
    within_m
        Incidents farther from any street are left out.
    weight
        Column with how much each incident counts.

    Returns
    -------
    Snapped
        Its ``sentence()`` says how far incidents had to be moved.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Cost: one search in a tree per different point. An incident inside a block is put onto the street nearest to it, which need
    not be the one of its address.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import LineString
    >>> lane = street_network(gpd.GeoDataFrame(geometry=[LineString([(0, 0), (500, 0)])], crs=32633))
    >>> on = snap(gpd.GeoDataFrame(geometry=gpd.points_from_xy([10, 20], [5, 900]), crs=32633), lane)
    >>> on.along_m.tolist(), dict(on.left_out)
    ([10.0], {'farther than 100 m from any street': 1})
    """
    import shapely

    check = Check("places.snap")
    check_on_streets(check, incidents, network, within_m, weight)
    check.done()
    crs = network.segments.crs
    points = usable_points(incidents, _metric.Metric(crs, chosen=False), weight)
    xy, which = np.unique(np.column_stack([points.x, points.y]), axis=0, return_inverse=True)
    which = which.ravel()
    lines = np.asarray(network.segments.geometry)
    segment = np.full(len(xy), -1, dtype=np.int64)
    away = np.full(len(xy), np.nan)
    if len(xy):
        places = shapely.points(xy)
        found, distance = shapely.STRtree(lines).query_nearest(
            places, max_distance=within_m, return_distance=True, all_matches=False
        )
        segment[found[0]], away[found[0]] = found[1], distance
    near = segment >= 0
    along = np.full(len(xy), np.nan)
    along[near] = shapely.line_locate_point(lines[segment[near]], shapely.points(xy[near]))
    on = near[which]
    reasons = points.without(~on, tr("farther than {within_m:g} m from any street").format(within_m=within_m))
    return Snapped(
        segment[which[on]], along[which[on]], away[which[on]], points.weight[on], points.used[on],
        LeftOut.of(incidents, reasons), points.source,
    )  # fmt: skip


def check_on_streets(check: Check, incidents: Any, network: Any, within_m: float, weight: str | None) -> None:
    """Faults of a call with incidents and a network."""
    check.positive(within_m=within_m)
    if not isinstance(network, StreetNetwork):
        check.add(
            f"network must be a StreetNetwork, which places.street_network makes; got {type(network).__name__}."
        )
    if check.places(incidents, "incidents") and weight is not None:
        check.columns(incidents, [weight], "incidents")
        if weight in incidents and incidents[weight].dtype.kind not in "iufb":
            check.add(f"weight={weight!r} must be a column of numbers; it holds {incidents[weight].dtype}.")


def _at_vertices(
    parts: NDArray[np.object_], of: NDArray[np.int64], grain: float
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Lines cut at every point that several of them, or several places of one, have in common."""
    import shapely

    xy, line = shapely.get_coordinates(parts, return_index=True)
    _, point, count = np.unique(np.round(xy / grain), axis=0, return_inverse=True, return_counts=True)
    shared = count[point.ravel()] > 1
    first = np.r_[True, line[1:] != line[:-1]]
    last = np.r_[line[1:] != line[:-1], True]
    inner = shared & ~first & ~last
    # every inner cut ends one piece and begins the next, so its point stands twice
    repeat = np.where(inner, 2, 1)
    at = np.repeat(np.arange(len(xy)), repeat)
    begins = np.repeat(first, repeat)
    second = np.r_[False, at[1:] == at[:-1]]
    piece = np.cumsum(begins | second) - 1
    return shapely.linestrings(xy[at], indices=piece), of[line[at]][np.flatnonzero(begins | second)]


def _at_crossings(
    parts: NDArray[np.object_], of: NDArray[np.int64]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Lines cut wherever they cross; each piece belongs to the line it lies on."""
    import shapely

    pieces = shapely.get_parts(shapely.node(shapely.multilinestrings([parts.tolist()])[0]))
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    near = shapely.STRtree(parts).query_nearest(middle, all_matches=False)
    line = np.empty(len(pieces), dtype=np.int64)
    line[near[0]] = near[1]
    return pieces, of[line]


def _junctions(parts: NDArray[np.object_], join_m: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Which junction each line begins and ends at, and where the junctions are."""
    import shapely
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(parts, at)) for at in (0, -1)])
    places, which = np.unique(ends.round(6), axis=0, return_inverse=True)
    pairs = cKDTree(places).query_pairs(max(join_m, 1e-9), output_type="ndarray")
    linked = sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(places), len(places))
    )
    _, label = connected_components(linked, directed=False)
    node = label[which.ravel()]
    _, first = np.unique(node, return_index=True)
    return node.reshape(2, -1).T.astype(np.int64), ends[first]


def _pieces(ends: NDArray[np.int64], nodes: int, length: NDArray[np.float64]) -> NDArray[np.int64]:
    """Connected part of every segment, 0 the one with the most kilometres."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    linked = sparse.coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    _, label = connected_components(linked, directed=False)
    of = label[ends[:, 0]]
    order = np.argsort(-np.bincount(of, weights=length), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[of])
