"""Charts for those who know pyvis: its ``Network``, filled safely and fast, on a page of ours.

pyvis' own ``from_nx`` compares every edge with every other, drops parallel links and changes the graph; its pages ask
four hosts for files and run text from data. Here the network is filled directly and shown with the script that comes in
pyvis' package.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.assets import own, script
from ilp_lab.views.charting import Chart, chart_of, leading_rows
from ilp_lab.views.linkcharts import colour_of_link
from ilp_lab.views.linkfacts import sentences
from ilp_lab.views.page import Page, build, safe_text
from ilp_lab.views.symbols import sign_of

if TYPE_CHECKING:
    from pyvis.network import Network

_LEADING_FONT = 40
_FAN_UP_TO, _FAN = 1_500, 7
_LISTED = 6


def to_pyvis(
    chart_or_result: Any, *, size_by: str | None = None, title: str | None = None, names: bool = True
) -> Network:
    """Hand a link chart to pyvis.

    Parameters
    ----------
    chart_or_result, size_by, title, names
        As in :func:`ilp_lab.views.linkchart_page`.

    Returns
    -------
    pyvis.network.Network
        Nodes and edges with whole-numbered ids (``entity_id`` stands in ``node["entity_id"]``), plain texts, positions,
        dashes; every link is an edge of its own. In a notebook it shows itself on an offline page; ``page()`` gives
        that page. Its ``show``, ``generate_html``, ``write_html`` and ``save_graph`` give the same page and never the
        template of pyvis; files go through ``page().release(case, path)``.

    Raises
    ------
    InputError, ColumnError
        As :func:`ilp_lab.views.linkchart_page`.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> network = to_pyvis(chart(pd.DataFrame({"source": ["A", "A"], "target": ["B", "B"]})))
    >>> len(network.nodes), len(network.edges)
    (2, 2)
    """
    chart = chart_of(
        chart_or_result, size_by=size_by, title=title, names=names, check=Check("views.to_pyvis")
    )
    handling = handling_of(
        chart.handling, *([chart_or_result] if hasattr(chart_or_result, "handling") else [])
    )
    network: Any = _network_class()(chart.title, handling)
    leading = set(leading_rows(chart))
    words = sentences(chart.facts)
    shown = np.flatnonzero(~chart.hidden).tolist()
    network.nodes = [_node(chart, row, words[row], leading=row in leading) for row in shown]
    network.node_ids = shown
    network.node_map = {node["id"]: node for node in network.nodes}
    network.edges = _edges(chart)
    return network


@cache
def _network_class() -> type:
    """Pyvis' Network with every way to a page leading to ours."""
    from pyvis.network import Network as Plain

    class SafeNetwork(Plain):  # type: ignore[misc]
        """A network that knows no page but ours."""

        def __init__(self, title: str, handling: str) -> None:
            super().__init__(cdn_resources="in_line")
            self.title, self.handling = title, handling

        def page(self) -> Page:
            """The network on an offline page."""
            return _page(self.nodes, self.edges, self.title, self.handling)

        def generate_html(self, *_: Any, **__: Any) -> str:
            return self.page().html

        def show(self, *_: Any, **__: Any) -> Page:
            return self.page()

        def write_html(self, *_: Any, **__: Any) -> None:
            from ilp_lab.errors import InputError

            raise InputError("views.to_pyvis: files leave through network.page().release(case, path).")

        save_graph = write_html

        def _repr_html_(self) -> str:
            return self.page()._repr_html_()

    return SafeNetwork


def _node(chart: Chart, row: int, words: str, *, leading: bool) -> dict[str, Any]:
    sign, hollow = sign_of(chart.kinds[row]), bool(chart.hollow[row])
    node: dict[str, Any] = {
        "id": row,
        "entity_id": chart.ids[row],
        "label": chart.labels[row],
        "title": f"{chart.labels[row]} ({chart.ids[row]})\n{words}",
        "shape": sign.shape,
        "size": round(float(chart.size[row]), 1),
        "x": round(float(chart.xy[row, 0])),
        "y": round(float(chart.xy[row, 1])),
        "color": {"background": "#ffffff" if hollow else sign.colour, "border": sign.colour},
    }
    if hollow:
        node["borderWidth"] = 2
    if leading:
        node["font"] = {"size": _LEADING_FONT, "bold": True}
    return node


def _edges(chart: Chart) -> list[dict[str, Any]]:
    links = chart.links
    words = sentences(links.facts)
    use = ~(chart.hidden[links.source] | chart.hidden[links.target])
    counts = np.diff(links.first)
    place = np.arange(len(links)) - np.repeat(links.first[:-1], counts)
    bend = place - (np.repeat(counts, counts) - 1) / 2
    edges = []
    for row in np.flatnonzero(use).tolist():
        a, b = int(links.source[row]), int(links.target[row])
        edge: dict[str, Any] = {
            "id": row,
            "from": a,
            "to": b,
            "title": f"{chart.labels[a]} → {chart.labels[b]}\n{words[row]}",
            "color": colour_of_link(int(links.kind[row])),
        }
        if links.weak[row]:
            edge["dashes"] = [6, 5]
        if bend[row]:
            edge["smooth"] = {
                "enabled": True,
                "type": "curvedCW" if (a < b) == (bend[row] > 0) else "curvedCCW",
                "roundness": round(min(0.8, 0.16 * abs(float(bend[row]))), 2),
            }
        edges.append(edge)
    return edges


def _page(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], title: str, handling: str) -> Page:
    size = tr("{n:,} entities, {links:,} links.").format(n=len(nodes), links=len(edges))
    told = tr("Link chart. {title}: {n:,} entities, {links:,} links.").format(
        title=str(title), n=len(nodes), links=len(edges)
    )
    return build(
        title=title,
        body=f'<div class="ilp-head"><h1>{safe_text(title)}</h1><p>{safe_text(size)}</p></div>'
        '<div class="ilp-stage"><div class="ilp-chart" id="ilp-chart" tabindex="0" role="application" '
        f'aria-label="{safe_text(told)}"></div></div>',
        handling=handling,
        alternative=told,
        scripts=(script("vis-network.js"), own("pyvis.js")),
        styles=(own("pyvis.css"),),
        data={"nodes": nodes, "edges": edges},
    )
