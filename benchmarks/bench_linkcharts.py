"""Link charts: our page beside pyvis', our layout beside networkx' springs and igraph's; ratios are printed.

The page is raced on the same chart: for pyvis ``from_nx`` and ``generate_html`` (which place nothing), for us layout,
groups and page. Layouts are raced on the same graph and judged by the same stress (0 is best).

Run: python benchmarks/bench_linkcharts.py [layouts] [pages]
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from ilp_lab import networks, views
from ilp_lab.networks.layout import positions, stress

_DRL_UP_TO = 20_000  # beyond, it takes minutes


def made(entities: int) -> pd.DataFrame:
    """Three links per entity, many of them within its own town."""
    draw = np.random.default_rng(entities)
    count = 3 * entities
    town = draw.integers(0, max(entities // 150, 1), entities)
    order = np.argsort(town, kind="stable")
    begins = np.searchsorted(town[order], np.arange(town.max() + 2))
    source = draw.integers(0, entities, count)
    low, high = begins[town[source]], begins[town[source] + 1]
    near = order[low + (draw.random(count) ** 2 * (high - low)).astype(int)]
    target = np.where(draw.random(count) < 0.85, near, draw.integers(0, entities, count))
    return pd.DataFrame(
        {
            "source": source.astype(str),
            "target": target.astype(str),
            "kind": draw.choice(["called", "paid"], count),
        }
    )


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and answer."""
    start = time.perf_counter()
    answer = work()
    return time.perf_counter() - start, answer


def by_pyvis(links: pd.DataFrame) -> str:
    """What one would write with pyvis."""
    from pyvis.network import Network

    graph: Any = nx.MultiGraph()
    graph.add_edges_from(
        (a, b, {"title": kind})
        for a, b, kind in zip(links["source"], links["target"], links["kind"], strict=True)
    )
    network = Network(cdn_resources="in_line")
    network.from_nx(graph)
    return str(network.generate_html())


def race_pages(entities: int) -> None:
    """Pages of the same links."""
    links = made(entities)
    chart = networks.chart(links)
    views.linkchart_page(networks.chart(made(5_200)))  # everything is loaded and compiled
    own, page = timed(lambda: views.linkchart_page(chart))
    assert len(chart.links) == len(links)
    peer, html = timed(lambda: by_pyvis(links))
    hosts = sum(html.count(f'{kind}="https://') for kind in ("src", "href"))
    print(
        f"page, {entities:,} entities, {len(links):,} links: pyvis {peer:.2f} s, ours {own:.2f} s: {peer / own:.0f}x"
    )
    print(
        f"   bytes: pyvis {len(html) / 1e6:.2f} MB asking other hosts for {hosts} files, ours {len(page.html) / 1e6:.2f} MB asking for 0"
    )
    assert 'src="http' not in page.html


def race_layouts(entities: int, *, springs: bool) -> None:
    """Layouts of the same graph, judged by stress."""
    links = made(entities)
    pairs = np.unique(np.sort(links[["source", "target"]].astype(int).to_numpy(), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    graph = nx.Graph(pairs.tolist())
    graph = nx.convert_node_labels_to_integers(graph.subgraph(max(nx.connected_components(graph), key=len)))
    edges = np.array(graph.edges())
    size = len(graph)

    def judged(xy: Any) -> float:
        return stress(np.asarray(xy, dtype=float), edges[:, 0], edges[:, 1], samples=100)

    positions(1_000, np.arange(999), np.arange(1, 1_000))
    own, xy = timed(lambda: positions(size, edges[:, 0], edges[:, 1]))
    print(f"layout, {size:,} entities, {len(edges):,} pairs: ours {own:.2f} s, stress {judged(xy):.3f}")
    peers: dict[str, Callable[[], Any]] = {}
    if springs:
        peers["networkx spring"] = lambda: [
            place for _, place in sorted(nx.spring_layout(graph, seed=1).items())
        ]
    with contextlib.suppress(ImportError):
        import igraph

        other = igraph.Graph(n=size, edges=edges.tolist())
        if size < _DRL_UP_TO:
            peers["igraph drl"] = lambda: other.layout_drl().coords
        peers["igraph FR"] = lambda: other.layout_fruchterman_reingold(niter=300, grid="auto").coords
    for name, work in peers.items():
        seconds, found = timed(work)
        print(
            f"   {name}: {seconds:.2f} s, stress {judged(found):.3f}: {seconds / own:.1f}x the time, {judged(found) / judged(xy):.2f}x the stress"
        )


def main() -> None:
    """Race all."""
    wanted = set(sys.argv[1:]) or {"layouts", "pages"}
    if "layouts" in wanted:
        race_layouts(2_000, springs=True)
        race_layouts(10_000, springs=False)
        race_layouts(100_000, springs=False)
    if "pages" in wanted:
        race_pages(1_000)
        race_pages(10_000)


if __name__ == "__main__":
    main()
