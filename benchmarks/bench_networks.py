"""Measures of a link chart: ours beside plain networkx, the same answers asserted, ratios printed.

Run: python benchmarks/bench_networks.py [entities ...]
"""

from __future__ import annotations

import sys
import time

import networkx as nx
import numpy as np
import pandas as pd

from ilp_lab import networks


def made(entities: int) -> pd.DataFrame:
    """A chart of three links per entity, a few of them popular."""
    rng = np.random.default_rng(entities)
    popular = (entities * rng.random(3 * entities) ** 2).astype(int)
    return pd.DataFrame({"source": rng.integers(0, entities, 3 * entities), "target": popular})


def plain(links: pd.DataFrame) -> pd.DataFrame:
    """What one would write with networkx alone."""
    graph = nx.Graph()
    graph.add_edges_from(zip(links["source"].astype(str), links["target"].astype(str), strict=True))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return pd.DataFrame(
        {
            "degree": dict(graph.degree),
            "betweenness": nx.betweenness_centrality(graph),
            "closeness": nx.closeness_centrality(graph),
            "harmonic": {
                node: value / (len(graph) - 1) for node, value in nx.harmonic_centrality(graph).items()
            },
            "core": nx.core_number(graph),
        }
    )


def ours(links: pd.DataFrame) -> pd.DataFrame:
    """Chart and measures in one go."""
    return networks.measures(networks.chart(links)).table.set_index("entity_id")


def main() -> None:
    """Race both on each size."""
    sizes = [int(word) for word in sys.argv[1:]] or [300, 1000, 2000]
    ours(made(50)), plain(made(50))  # both have loaded what they need
    print(f"{'entities':>9} {'links':>7} {'networkx s':>11} {'ours s':>8} {'ratio':>7}")
    for size in sizes:
        links = made(size)
        start = time.perf_counter()
        theirs = plain(links)
        middle = time.perf_counter()
        found = ours(links)
        end = time.perf_counter()
        for name in theirs:
            worst = (found[name].astype(float) - theirs[name].reindex(found.index)).abs().max()
            assert worst < 1e-9, (name, worst)
        peer, own = middle - start, end - middle
        print(f"{size:>9,} {len(links):>7,} {peer:>11.2f} {own:>8.2f} {peer / own:>6.1f}x")


if __name__ == "__main__":
    main()
