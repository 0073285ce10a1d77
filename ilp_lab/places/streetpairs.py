"""At which distances along the streets incidents keep together: K by network distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._compiled import shared
from ilp_lab._memory import ask
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.patternparts import against, drawn_anew, pattern_words
from ilp_lab.places.streetnet import StreetNetwork, check_on_streets, snap
from ilp_lab.places.streetwork import OKABE, Graph, street_caveats
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_TRIED = 200


def street_k(
    incidents: gpd.GeoDataFrame,
    network: StreetNetwork,
    *,
    up_to_m: float = 1000,
    steps: int = 40,
    within_m: float = 100,
    simulations: int = 99,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Tell at which distances along the streets incidents keep together (network K).

    Parameters
    ----------
    incidents, network, within_m
        As in :func:`street_counts`.
    up_to_m, steps
        Largest distance along the streets, and how many distances up to it.
    simulations
        How often the same number of incidents is thrown at random onto the streets.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: ``m``, ``k`` (in km of street: mean number of other incidents within the distance over their number per km),
        ``expected``, ``low``, ``high``. ``details``: ``p`` (one test over all distances), ``at_m``.

    Raises
    ------
    InputError, CRSError
        When something given does not fit.

    Notes
    -----
    Because incidents at random fall onto the same streets, a dense street grid does not look like a cluster, which it does
    with :func:`ripley`. Cost: junctions within the distance of every junction once, then pairs, for every simulation.

    References
    ----------
    Okabe, A. and Yamada, I. (2001), The K-function method on a network, doi:10.1111/j.1538-4632.2001.tb00448.x.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> from shapely.geometry import LineString
    >>> from ilp_lab.places import street_network
    >>> lane = street_network(gpd.GeoDataFrame(geometry=[LineString([(0, 0), (20_000, 0)])], crs=32633))
    >>> x = np.random.default_rng(1).normal(10_000, 300, 60)
    >>> street_k(gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, x * 0), crs=32633), lane, rng=1)["p"] < 0.05
    True
    """
    caller = "places.street_k"
    check = Check(caller)
    check_on_streets(check, incidents, network, within_m, None)
    check.positive(up_to_m=up_to_m)
    check.whole(2, steps=steps)
    check.whole(19, simulations=simulations)
    check.done()
    generate, seed = generator(rng, caller)
    on = snap(incidents, network, within_m=within_m)
    if len(on.segment) < 3:
        raise InputError(
            f"{caller}: at least 3 incidents near streets are needed; {len(on.segment)} of {len(incidents):,} lie there."
        )
    graph = Graph.of(network)
    pairs = _NetworkPairs(graph, float(up_to_m), steps)
    share = graph.length / graph.length.sum()
    n = len(on.segment)

    def draw() -> NDArray[np.float64]:
        where = generate.choice(len(share), n, p=share)
        return pairs.k(where, generate.random(n) * graph.length[where])

    drawn = drawn_anew(simulations, draw)
    distances = np.linspace(up_to_m / steps, up_to_m, steps)
    table, p, at = against(distances, pairs.k(on.segment, on.along_m), drawn)
    params = (
        Param("up_to_m", up_to_m),
        Param("steps", steps),
        Param("within_m", within_m),
        Param("simulations", simulations),
    )
    return Result(
        name=caller,
        title=tr_later("K along the streets"),
        table=table,
        method=(
            tr(
                "K counts the other incidents within a distance along the streets, per incident and km of street. It was compared "
                "with {simulations} throws of the same {n:,} incidents at random onto the streets."
            ).format(simulations=simulations, n=n)
        ),
        findings=pattern_words(
            table, "k", p, at, tr("the same {n:,} incidents at random on the streets").format(n=n)
        ),
        params=(*params, *network.params),
        caveats=street_caveats(network, on),
        references=("Okabe and Yamada 2001, doi:10.1111/j.1538-4632.2001.tb00448.x", OKABE),
        sources=(on.source, *network.sources),
        left_out=dict(on.left_out),
        left_out_rows=on.left_out.rows,
        handling=handling_of(incidents, network.segments),
        seed=seed,
        details={"p": p, "at_m": at},
    )


class _NetworkPairs:
    """Counts pairs of events by network distance."""

    def __init__(self, graph: Graph, reach_m: float, steps: int) -> None:
        from ilp_lab.places.loops.networks import junctions_within

        self._graph, self._reach, self._steps = graph, reach_m, steps

        def part(first: int, last: int) -> Any:
            return junctions_within(
                first, last, reach_m, graph.begin, graph.end, graph.length, graph.starts, graph.around
            )

        nodes = len(graph.starts) - 1
        if nodes > 4 * _TRIED:  # how many junctions a junction reaches is known when some have been asked
            some = np.random.default_rng(0).choice(nodes, _TRIED, replace=False)
            reached = sum(len(part(int(at), int(at) + 1)[1]) for at in some) / _TRIED
            ask(
                32.0 * reached * nodes,
                caller="places.street_k",
                way_out=f"Take up_to_m smaller than {reach_m:g}, or the streets of a part of the city.",
            )
        parts = list(shared(part, nodes, at_least=500))
        count = np.concatenate([one[0] for one in parts])
        self._starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        self._near = np.concatenate([one[1] for one in parts])
        self._far = np.concatenate([one[2] for one in parts])

    def k(self, segment: NDArray[np.int64], along: NDArray[np.float64]) -> NDArray[np.float64]:
        """K at every distance, in km."""
        from ilp_lab.places.loops.networks import network_pairs

        graph = self._graph
        order = np.argsort(segment, kind="stable")
        where, far = segment[order], along[order]
        of_segment = np.searchsorted(where, np.arange(len(graph.length) + 1)).astype(np.int64)

        def part(first: int, last: int) -> NDArray[np.float64]:
            out = np.zeros(self._steps + 1)
            network_pairs(
                where, far, of_segment, first, last, self._reach, self._steps, graph.begin, graph.end, graph.length,
                graph.starts, graph.around, self._starts, self._near, self._far, out,
            )  # fmt: skip
            return out

        counted = np.sum(list(shared(part, len(where), at_least=500)), axis=0)
        n = len(where)
        return np.asarray(np.cumsum(counted)[1:] * graph.length.sum() / 1000 / (n * (n - 1)))
