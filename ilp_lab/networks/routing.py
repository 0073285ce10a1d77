"""Ways between two entities: the surest, the shortest or the closest, several of them, with what each rests on."""

from __future__ import annotations

import math
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab.networks.certainties import given_certainty, of_ties
from ilp_lab.networks.linkchart import LinkChart
from ilp_lab.networks.ties import check_weights, ties_of, usable
from ilp_lab.networks.timeways import positions

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.networks.certainties import Certainty

COLUMNS = (
    "route",
    "step",
    "source",
    "target",
    "kinds",
    "links",
    "references",
    "length",
    "certainty",
    "route_certainty",
)


def routes(
    chart: LinkChart,
    source: str,
    target: str,
    *,
    k: int = 3,
    certainty: Certainty = None,
    distance: str | None = None,
    strength: str | None = None,
    directed: bool = False,
) -> pd.DataFrame:
    """Find the k best ways from one entity to another, each entity at most once.

    Parameters
    ----------
    chart
        A link chart.
    source, target
        The ends.
    k
        How many ways.
    certainty
        ``"grades"``, a column of the links from 0 to 1, or numbers from ``evaluation.certainty``: then the best way is the one most
        likely to hold as a whole (the product over its steps).
    distance, strength
        A column in which more means farther, or closer: then the best way is the shortest. With none of the three, the one of
        fewest steps. Certainty goes first when both are given.
    directed
        Whether a link leads only from source to target.

    Returns
    -------
    pandas.DataFrame
        One row per step of each way: ``route`` (1 is best), ``step``, ``source``, ``target``, ``kinds`` and ``references`` of the links
        between the two, ``links`` (how many), ``length``, ``certainty`` (of the step) and ``route_certainty`` (of the whole; both
        missing unless certainty is asked for). Empty when there is no way.

    Raises
    ------
    InputError
        When the chart has no such entity, or a weight does not fit.

    Notes
    -----
    Yen's algorithm over ties (networkx). Links of different reports between the same two make a step surer: 1 minus the product
    of doubts; links of one report count once. Ties of certainty 0 are no way.

    References
    ----------
    Yen 1971, doi:10.1287/mnsc.17.11.712.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> links = pd.DataFrame({"source": ["A", "A", "B"], "target": ["C", "B", "C"], "sure": [0.3, 0.9, 0.9]})
    >>> ways = routes(chart(links), "A", "C", k=2, certainty="sure")
    >>> ways.groupby("route")["route_certainty"].first().round(2).tolist()
    [0.81, 0.3]
    """
    import networkx as nx
    import pandas as pd

    faults = Check("networks.routes")
    check_weights(faults, chart, distance, strength)
    faults.whole(1, k=k)
    ends = positions(chart, {"source": source, "target": target}, faults)
    sure, _ = given_certainty(chart, certainty, faults)
    faults.done()
    used, _ = usable(chart, distance or strength)
    ties = ties_of(chart, used, distance=distance, strength=strength, directed=directed)
    certain = None if sure is None else of_ties(chart, used, ties, sure)
    cost = ties.length if certain is None else -np.log(np.maximum(certain, 1e-300))
    graph: Any = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(ends.values())
    possible = np.ones(len(cost), bool) if certain is None else certain > 0
    graph.add_weighted_edges_from(
        zip(
            ties.source[possible].tolist(),
            ties.target[possible].tolist(),
            cost[possible].tolist(),
            strict=True,
        )
    )
    try:
        ways = list(
            islice(nx.shortest_simple_paths(graph, ends["source"], ends["target"], weight="weight"), int(k))
        )
    except nx.NetworkXNoPath:
        ways = []
    tie = {pair: at for at, pair in enumerate(zip(ties.source.tolist(), ties.target.tolist(), strict=True))}
    links_of = pd.Series(np.arange(len(used))).groupby(ties.tie_of).indices
    rows = []
    for number, way in enumerate(ways, start=1):
        steps = [tie[(a, b) if directed or a < b else (b, a)] for a, b in pairwise(way)]
        whole = math.nan if certain is None else float(np.prod(certain[steps]))
        for step, (at, a, b) in enumerate(zip(steps, way[:-1], way[1:], strict=True), start=1):
            links = used.iloc[links_of[at]]
            rows.append(
                (
                    *(number, step, ties.names[a], ties.names[b]),
                    *(
                        _listed(links["kind"]),
                        len(links),
                        _listed(links["reference"]),
                        float(ties.length[at]),
                    ),
                    *(math.nan if certain is None else float(certain[at]), whole),
                )
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _listed(values: pd.Series) -> str:
    """Distinct values, comma between."""
    return ", ".join(dict.fromkeys(values.dropna().astype(str)))
