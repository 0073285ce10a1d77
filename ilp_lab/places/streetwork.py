"""What happens on streets: counts by segment and density along the streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._compiled import own, shared
from ilp_lab._memory import ask
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.streetnet import Snapped, StreetNetwork, check_on_streets, snap
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of, mark

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_MOST_CELLS = 20_000_000
_PIECE_BYTES = 500  # of a piece of street: its line, its density in every thread, and the copies on the way
OKABE = "Okabe and Sugihara 2012, Spatial Analysis along Networks, doi:10.1002/9781119967101"
_METHOD = tr_later(
    "Incidents were put onto the nearest street ({within:g} m at most) and each was spread along the streets by a "
    "quartic kernel of {bandwidth:g} m; at junctions it was split equally ({split}). The density is per kilometre of "
    "street, at the middle of pieces of about {cell:g} m."
)
_NOWHERE = "{caller}: no incident lies within {within:g} m of a street. Check both coordinate systems on a map, or raise within_m."
_SPLITS = {
    "continuous": tr_later("continuous: the density does not jump at a junction, and part of it turns back"),
    "discontinuous": tr_later(
        "discontinuous: a junction of n streets passes on 1/(n - 1) to each of the others"
    ),
}


@dataclass(frozen=True)
class Graph:
    """The network as arrays: ends and length of segments, and the segments at every junction."""

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    length: NDArray[np.float64]
    starts: NDArray[np.int64]
    around: NDArray[np.int64]

    @classmethod
    def of(cls, network: StreetNetwork) -> Graph:
        """Arrays of a network."""
        table = network.segments
        begin, end = (own(table[name].to_numpy(), np.int64) for name in ("from_node", "to_node"))
        node = np.concatenate([begin, end])
        order = np.argsort(node, kind="stable")
        starts = np.searchsorted(node[order], np.arange(len(network.nodes) + 1)).astype(np.int64)
        around = (order % len(begin)).astype(np.int64)
        # a loop street stands twice at its junction, side by side
        for at in np.flatnonzero(begin == end):
            around[starts[begin[at]] : starts[begin[at] + 1]].sort()
        return cls(begin, end, own(table["length_m"].to_numpy(), np.float64), starts, around)


def street_counts(
    incidents: gpd.GeoDataFrame, network: StreetNetwork, *, within_m: float = 100, weight: str | None = None
) -> gpd.GeoDataFrame:
    """Count incidents by street segment.

    Parameters
    ----------
    incidents
        Points.
    network
        The streets, made by :func:`street_network`.
    within_m
        Incidents farther from any street are left out and counted.
    weight
        Column to sum instead of counting 1 each.

    Returns
    -------
    GeoDataFrame
        The segments with ``n``, ``per_km`` and ``length_km``. ``.attrs["ilp_lab_left_out"]`` counts what could not be used,
        ``.attrs["ilp_lab_noted"]`` holds how far incidents were moved. For rates with an interval take
        ``rates(table, population="length_km", per=1)`` or a column of what is exposed; for concentration :func:`concentration`.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Short segments have extreme numbers per kilometre by luck; rank by the interval of a rate.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import LineString
    >>> from ilp_lab.places import street_network
    >>> lane = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (500, 0)])], crs=32633)
    >>> thefts = gpd.GeoDataFrame(geometry=gpd.points_from_xy([10, 20, 20], [5, 5, 900]), crs=32633)
    >>> street_counts(thefts, street_network(lane))[["n", "per_km"]].values.tolist()
    [[2.0, 4.0]]
    """
    check = Check("places.street_counts")
    check_on_streets(check, incidents, network, within_m, weight)
    check.done()
    on = snap(incidents, network, within_m=within_m, weight=weight)
    if len(incidents) and not len(on.segment):
        raise InputError(_NOWHERE.format(caller="places.street_counts", within=within_m))
    n = np.bincount(
        on.segment, weights=None if weight is None else on.weight, minlength=len(network.segments)
    )
    table = network.segments.copy()
    geometry = table.pop("geometry")
    km = table["length_m"].to_numpy() / 1000
    table = table.assign(n=n, per_km=n / km, length_km=km)
    table = table.assign(geometry=geometry).set_geometry("geometry", crs=network.segments.crs)
    table = mark(table, handling=handling_of(incidents, network.segments))
    table.attrs["ilp_lab_left_out"] = on.left_out
    table.attrs["ilp_lab_noted"] = {on.sentence(): len(on.segment)}
    return table


def street_density(
    incidents: gpd.GeoDataFrame,
    network: StreetNetwork,
    *,
    bandwidth_m: float = 200,
    cell_m: float | None = None,
    split: str = "discontinuous",
    within_m: float = 100,
    weight: str | None = None,
) -> Result:
    """Smooth incidents along the streets instead of across blocks, rivers and railways.

    Parameters
    ----------
    incidents, network, within_m, weight
        As in :func:`street_counts`.
    bandwidth_m
        How far along the streets an incident is spread.
    cell_m
        Length of the pieces that get a value; a tenth of the bandwidth when left out.
    split
        At junctions: ``"discontinuous"`` or ``"continuous"`` equal split. Both keep the number of incidents (at dead ends the first
        loses what would go beyond), and neither overrates junctions as plain network distance does.

    Returns
    -------
    Result
        ``table``: pieces of street with ``segment``, ``density`` (per km of street) and ``geometry``. ``details``: ``snapped`` (how far
        incidents were moved), ``kept`` (share of the incidents that the surface adds up to).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or there would be too many pieces.

    Notes
    -----
    Cost: every incident walks all ways within the bandwidth; incidents on the same piece walk once. Parts smaller than a
    hundred-thousandth of an incident are not followed. A city of 100,000 segments with a million incidents takes about
    1.3 GB of memory at most. Limits: the street an incident was put onto need not be that of its
    address; density follows traffic and houses.

    References
    ----------
    Okabe, A. and Sugihara, K. (2012), Spatial Analysis along Networks, doi:10.1002/9781119967101.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import LineString
    >>> from ilp_lab.places import street_network
    >>> lane = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (2000, 0)])], crs=32633)
    >>> one = gpd.GeoDataFrame(geometry=gpd.points_from_xy([1000], [0]), crs=32633)
    >>> found = street_density(one, street_network(lane), bandwidth_m=500, cell_m=10)
    >>> float(found.table["density"].max().round(2)), round(found["kept"], 3)
    (1.87, 1.0)
    """
    import geopandas as gpd

    caller = "places.street_density"
    check = Check(caller)
    check_on_streets(check, incidents, network, within_m, weight)
    check.positive(bandwidth_m=bandwidth_m, cell_m=cell_m)
    check.choice(allowed=tuple(_SPLITS), split=split)
    check.done()
    graph = Graph.of(network)
    cell = float(cell_m or bandwidth_m / 10)
    cells = np.maximum(np.ceil(graph.length / cell), 1).astype(np.int64)
    if cells.sum() > _MOST_CELLS:
        raise InputError(
            f"{caller}: pieces of {cell:g} m over {network.length_km:,.0f} km of street would be {cells.sum():,}; take cell_m of at "
            f"least {network.length_km * 1000 / _MOST_CELLS:.2g}."
        )
    ask(
        _PIECE_BYTES * float(cells.sum()),
        caller=caller,
        way_out=f"Take pieces longer than cell_m={cell:g}, or the streets of a part of the city.",
    )
    on = snap(incidents, network, within_m=within_m, weight=weight)
    if not len(on.segment):
        raise InputError(_NOWHERE.format(caller=caller, within=within_m))
    density = _spread(graph, on, cells, float(bandwidth_m), continuous=split == "continuous")
    wide = np.repeat(graph.length / cells, cells)
    kept = float((density * wide).sum() / on.weight.sum())
    segment = np.repeat(np.arange(len(cells)), cells)
    table = gpd.GeoDataFrame(
        {"segment": segment, "density": density * 1000},
        geometry=_pieces_of(network, cells),
        crs=network.segments.crs,
    )
    said = network.segments["name"].to_numpy()[segment] if "name" in network.segments else None
    if said is not None:
        table.insert(1, "name", said)
    params = (
        Param("bandwidth_m", bandwidth_m),
        Param("cell_m", cell, chosen=cell_m is None, why=tr_later("a tenth of the bandwidth")),
        Param("split", split),
        Param("within_m", within_m),
        Param("weight", weight or tr_later("each incident counts 1")),
    )
    return Result(
        name=caller,
        title=tr_later("Density along the streets, per km"),
        table=table,
        method=_METHOD.format(within=within_m, bandwidth=bandwidth_m, split=_SPLITS[split], cell=cell),
        findings=_findings(table, on, kept, bandwidth_m),
        params=(*params, *network.params),
        caveats=street_caveats(network, on),
        references=(OKABE,),
        sources=(on.source, *network.sources),
        left_out=dict(on.left_out),
        left_out_rows=on.left_out.rows,
        handling=handling_of(incidents, network.segments),
        view="map",
        details={"snapped": on.sentence(), "kept": kept, "value": "density"},
    )


def _spread(
    graph: Graph, on: Snapped, cells: NDArray[np.int64], bandwidth_m: float, *, continuous: bool
) -> NDArray[np.float64]:
    """Density at the middle of every piece, per metre; incidents at the same place walk once."""
    import pandas as pd

    from ilp_lab.places.loops.networks import spread

    cell_start = np.concatenate([[0], np.cumsum(cells)[:-1]]).astype(np.int64)
    once = pd.DataFrame({"segment": on.segment, "along": on.along_m, "weight": on.weight})
    fine = (
        bandwidth_m / 200
    )  # where incidents are many, those within half a per cent of the bandwidth walk together
    if len(once) > 20_000:
        once["along"] = np.minimum(np.round(once["along"] / fine) * fine, graph.length[on.segment])
    summed = once.groupby(["segment", "along"])["weight"].sum()
    segment, along = (summed.index.get_level_values(name).to_numpy() for name in ("segment", "along"))
    segment, along = own(segment, np.int64), own(along, np.float64)
    weight = own(summed.to_numpy(), np.float64)

    def part(first: int, last: int) -> NDArray[np.float64]:
        out = np.zeros(int(cells.sum()))
        spread(
            segment, along, weight, first, last, bandwidth_m, continuous, graph.begin, graph.end, graph.length,
            graph.starts, graph.around, cell_start, cells, out,
        )  # fmt: skip
        return out

    total: NDArray[np.float64] = np.sum(list(shared(part, len(segment), at_least=200)), axis=0)
    return total


def _pieces_of(network: StreetNetwork, cells: NDArray[np.int64]) -> NDArray[np.object_]:
    """The streets cut into as many equal pieces as each segment has cells."""
    import shapely

    lines = np.asarray(network.segments.geometry)
    length = shapely.length(lines)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    gap = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    gap[np.r_[True, line[1:] != line[:-1]]] = 0.0
    before = np.concatenate([[0.0], np.cumsum(length)])[:-1]
    run = np.cumsum(gap) - np.concatenate([[0.0], np.cumsum(np.bincount(line, weights=gap))])[line]
    owner = np.repeat(np.arange(len(cells)), cells)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(cells) - cells, cells)
    start = number * (length / cells)[owner]
    cut = shapely.get_coordinates(shapely.line_interpolate_point(lines[owner], start))
    # the lines' own points and the cuts, in their order along the streets
    inner = number > 0
    every = np.concatenate([before[line] + run + line * 1.0, (before[owner] + start + owner * 1.0)[inner]])
    points = np.concatenate([xy, cut[inner]])
    is_cut = np.concatenate([np.zeros(len(xy), bool), np.ones(int(inner.sum()), bool)])
    of = np.concatenate([line, owner[inner]])
    order = np.lexsort((is_cut, every, of))
    points, is_cut, of = points[order], is_cut[order], of[order]
    at = np.repeat(np.arange(len(points)), np.where(is_cut, 2, 1))
    again = np.r_[False, at[1:] == at[:-1]]
    fresh = np.r_[True, of[at][1:] != of[at][:-1]] | again
    return np.asarray(shapely.linestrings(points[at], indices=np.cumsum(fresh) - 1))


def _findings(table: pd.DataFrame, on: Snapped, kept: float, bandwidth: float) -> tuple[str, ...]:
    top = table.iloc[int(table["density"].to_numpy().argmax())]
    name = (
        tr(" on {name}").format(name=top["name"]) if "name" in table and isinstance(top["name"], str) else ""
    )
    return (
        tr(
            "The density peaks at {density:,.1f} per km of street{name} (segment {segment}); the mean of all streets is "
            "{average:,.2f}."
        ).format(
            density=top["density"],
            name=name,
            segment=int(top["segment"]),
            average=np.average(table["density"], weights=table.length),
        ),
        on.sentence(),
        tr(
            "Along the streets features narrower than {bandwidth:,.0f} m are smoothed away; the pieces add up to {kept:.1%} of "
            "the incidents."
        ).format(bandwidth=bandwidth, kept=kept),
        tr(
            "It shows where along the streets incidents lie, not whether that is more than chance: street_k tells that."
        ),
    )


def street_caveats(network: StreetNetwork, on: Snapped) -> tuple[str, ...]:
    """What to bear in mind about a network and about how incidents lie to it."""
    said = []
    apart = network.segments.loc[network.segments["piece"] > 0, "length_m"].sum() / 1000
    if network.pieces > 1 and apart > 0.02 * network.length_km:
        said.append(
            tr(
                "The network is in {pieces:,} parts; {apart:,.1f} of {length_km:,.1f} km are not connected to the longest one. Where "
                "that is not true on the ground, raise join_m or take split='crossings'."
            ).format(pieces=network.pieces, apart=apart, length_km=network.length_km)
        )
    if len(on.away_m) and np.quantile(on.away_m, 0.95) > 50:
        said.append(
            tr("Many incidents lie far from any street; they may belong to another street than the nearest.")
        )
    said.append(tr("An incident is put onto the nearest street, which need not be that of its address."))
    return tuple(said)
