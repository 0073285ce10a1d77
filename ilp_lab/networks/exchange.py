"""Hands a chart to other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.networks.linkchart import LinkChart, the_chart

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd


def to_networkx(chart: LinkChart, *, weight: str | None = None, directed: bool = False) -> nx.MultiGraph[Any]:
    """Return the chart as a networkx multigraph; every link stays a link of its own.

    Parameters
    ----------
    chart
        A link chart.
    weight
        A column of the links to repeat as the attribute ``weight``. What it means (distance or strength) is up to
        the algorithm that reads it: most of networkx reads a distance.
    directed
        Whether to make a ``MultiDiGraph``. Either way each edge keeps ``source`` and ``target`` as attributes.

    Returns
    -------
    networkx.MultiGraph or networkx.MultiDiGraph
        Nodes by ``entity_id`` with all entity columns, edges keyed by the link's number with all link columns; a
        missing value is ``None``. The chart is not changed by changes to the graph.

    Raises
    ------
    ColumnError
        When the links have no column ``weight``.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> links = pd.DataFrame({"source": ["A", "A"], "target": ["B", "B"], "kind": ["called", "paid"]})
    >>> sorted(data["kind"] for _, _, data in to_networkx(chart(links)).edges(data=True))
    ['called', 'paid']
    """
    import networkx as nx

    faults = Check("networks.to_networkx")
    the_chart(chart, faults)
    if weight is not None:
        faults.columns(chart.links, (weight,), "the chart's table of links")
    faults.done()
    graph: nx.MultiGraph[Any] = nx.MultiDiGraph() if directed else nx.MultiGraph()
    graph.graph["handling"] = chart.handling
    names = chart.entities["entity_id"].tolist()
    graph.add_nodes_from(zip(names, _records(chart.entities), strict=True))
    for number, facts in zip(chart.links.index.tolist(), _records(chart.links), strict=True):
        extra = {} if weight is None else {"weight": facts[weight]}
        edge = graph.add_edge(facts["source"], facts["target"], key=number)
        graph.edges[facts["source"], facts["target"], edge].update(facts | extra)
    return graph


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts of plain Python values."""
    columns = {str(name): [_plain(value) for value in frame[name].tolist()] for name in frame.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    import pandas as pd

    missing = pd.isna(value)
    return None if isinstance(missing, bool) and missing else value
