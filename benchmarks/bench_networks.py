"""Network measures: ours beside the peers in one process, the same answers asserted, ratios printed.

Peers are optional; the reason is printed when one does not run. Runs are interleaved, the best of each is taken. igraph is a peer
only; the library neither needs nor uses it.

Run: python benchmarks/bench_networks.py [build] [parts] [cores] [pagerank] [closeness] [betweenness] [removal] [groups] [measures]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
from racing import optional
from racing import race as together

from ilp_lab import networks
from ilp_lab.networks import positions
from ilp_lab.networks.leiden import leiden, modularity
from ilp_lab.networks.paths import betweenness as between
from ilp_lab.networks.paths import closeness as near
from ilp_lab.networks.removals import left_after
from ilp_lab.networks.ties import Ties, rows_of

REPEATS = 3


def race(title: str, runners: dict[str, Any], same: Callable[[Any, Any], None]) -> None:
    """Three runs of everyone: some peers take minutes."""
    together(title, runners, same, repeats=REPEATS)


def co_offending(wanted: int) -> Ties:
    """Persons tied by events: communities, a few persons in very many events, many in one; some ``wanted`` ties."""
    rng = np.random.default_rng(wanted)
    events, persons = int(wanted / 1.35), int(wanted / 1.1)
    size = np.minimum(rng.geometric(0.5, events), 8)
    event = np.repeat(np.arange(events), size)
    weight = np.minimum(rng.pareto(1.8, persons) + 1, 200)
    who = rng.choice(persons, len(event), p=weight / weight.sum())
    blocks = max(10, persons // 200)
    local = rng.random(len(event)) < 0.7
    block = rng.integers(0, blocks, events)[event]
    who[local] = (block + blocks * (rng.random(len(event)) ** 2 * (persons // blocks)).astype(np.int64))[
        local
    ]
    order = np.argsort(event, kind="stable")
    event, who = event[order], who[order]
    pairs = [
        np.column_stack([who[:-step], who[step:]])[event[:-step] == event[step:]] for step in range(1, 8)
    ]
    ends = np.sort(np.vstack(pairs), axis=1)
    ends = np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)
    names, ends = np.unique(ends, return_inverse=True)
    ends = ends.reshape(-1, 2)
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    return ties_of_ends(ends, len(names))


def ties_of_ends(ends: np.ndarray, count: int) -> Ties:
    """Ties without names worth the mention."""
    ones = np.ones(len(ends))
    links = np.bincount(ends.ravel(), minlength=count)
    source, target = (np.ascontiguousarray(ends[:, at], dtype=np.int64) for at in range(2))
    return Ties(
        [""] * count, source, target, ones, ones, links, np.arange(len(ends)), directed=False, weighted=False
    )


def graphs(ties: Ties) -> tuple[Any, ...]:
    """The same ties in every peer's own form."""
    pairs = list(zip(ties.source.tolist(), ties.target.tolist(), strict=True))
    graph = nx.Graph()
    graph.add_nodes_from(range(ties.count))
    graph.add_edges_from(pairs)
    kit, rust, other = optional("networkit"), optional("rustworkx"), optional("igraph")
    if kit:
        kit.setNumberOfThreads(2)
    kitted = kit and kit.GraphFromCoo(
        (ties.source, ties.target), n=ties.count, weighted=False, directed=False
    )
    rusted = None
    if rust:
        rusted = rust.PyGraph(multigraph=False)
        rusted.add_nodes_from(range(ties.count))
        rusted.add_edges_from_no_data(pairs)
    grown = other and other.Graph(n=ties.count, edges=np.column_stack([ties.source, ties.target]))
    print(f"{ties.count:,} entities, {len(ties.source):,} ties")
    return graph, (kit, kitted), (rust, rusted), (other, grown)


def close(ours: Any, theirs: Any, *, within: float = 1e-9) -> None:
    """Two lists of numbers, the same."""
    worst = np.abs(np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)).max()
    assert worst < within, worst


def anything(ours: Any, theirs: Any) -> None:
    """Answers may differ; what they are worth is compared afterwards."""
    assert ours is not None
    assert theirs is not None


def listed(found: Any, count: int) -> list[float]:
    """Values by entity."""
    return [found[at] for at in range(count)]


def kit_run(algorithm: Any) -> Any:
    """Run one of networkit's."""
    algorithm.run()
    return algorithm


def build(ties: Ties) -> None:
    """Rows of neighbours from ends of ties."""
    kit, rust, other = optional("networkit"), optional("rustworkx"), optional("igraph")
    pairs = np.column_stack([ties.source, ties.target])

    def rusted() -> Any:
        graph = rust.PyGraph(multigraph=False)
        graph.extend_from_edge_list(list(map(tuple, pairs.tolist())))
        return graph.num_edges()

    race(
        f"Build: {len(pairs):,} ties",
        {
            "ours": lambda: (
                len(rows_of(ties.source, ties.target, ties.length, ties.count, both_ways=True).to) // 2
            ),
            "networkx": lambda: nx.Graph(pairs.tolist()).number_of_edges(),
            "networkit": kit
            and (
                lambda: kit.GraphFromCoo(
                    (ties.source, ties.target), n=ties.count, weighted=False, directed=False
                ).numberOfEdges()
            ),
            "rustworkx": rust and rusted,
            "igraph": other and (lambda: other.Graph(n=ties.count, edges=pairs).ecount()),
        },
        lambda ours, theirs: close([ours], [theirs]),
    )


def parts(ties: Ties, peers: tuple[Any, ...]) -> None:
    """Parts that hang together."""
    graph, (kit, kitted), (rust, rusted), (other, grown) = peers
    race(
        f"Parts: {len(ties.source):,} ties",
        {
            "ours": lambda: int(positions.parts_of(ties).max()),
            "networkx": lambda: nx.number_connected_components(graph),
            "networkit": kit
            and (lambda: kit_run(kit.components.ConnectedComponents(kitted)).numberOfComponents()),
            "rustworkx": rust and (lambda: rust.number_connected_components(rusted)),
            "igraph": other and (lambda: len(grown.connected_components())),
        },
        lambda ours, theirs: close([ours], [theirs]),
    )


def cores(ties: Ties, peers: tuple[Any, ...]) -> None:
    """Core numbers."""
    graph, (kit, kitted), (rust, rusted), (other, grown) = peers
    race(
        f"Cores: {len(ties.source):,} ties",
        {
            "ours": lambda: positions.core_numbers(ties.both),
            "networkx": lambda: listed(nx.core_number(graph), ties.count),
            "networkit": kit and (lambda: kit_run(kit.centrality.CoreDecomposition(kitted)).scores()),
            "rustworkx": rust and (lambda: listed(rust.core_number(rusted), ties.count)),
            "igraph": other and grown.coreness,
        },
        close,
    )


def pagerank(ties: Ties, peers: tuple[Any, ...]) -> None:
    """PageRank; ours and networkx stop by the same rule."""
    graph, _, (rust, rusted), (other, grown) = peers
    walked = rusted and rusted.to_directed()
    race(
        f"PageRank: {len(ties.source):,} ties",
        {
            "ours": lambda: positions.pagerank(
                ties.source,
                ties.target,
                ties.strength,
                ties.count,
                directed=False,
                change=1e-10 * ties.count,
                back=ties.both,
            ),
            "networkx": lambda: listed(nx.pagerank(graph, tol=1e-10, max_iter=500), ties.count),
            "rustworkx": rust
            and (lambda: listed(rust.pagerank(walked, tol=1e-10, max_iter=500), ties.count)),
            "igraph": other and grown.pagerank,
        },
        partial(close, within=1e-7),
    )


def closeness(ties: Ties, peers: tuple[Any, ...]) -> None:
    """Closeness with Wasserman and Faust's correction, exact."""
    graph, (kit, kitted), (rust, rusted), _ = peers
    variant = kit and kit.centrality.ClosenessVariant.GENERALIZED
    race(
        f"Closeness: {len(ties.source):,} ties",
        {
            "ours": lambda: near(ties.ahead, ties.back, weighted=False)[0],
            "networkx": (lambda: listed(nx.closeness_centrality(graph), ties.count))
            if ties.count < 8_000
            else None,
            "networkit": kit and (lambda: kit_run(kit.centrality.Closeness(kitted, True, variant)).scores()),
            "rustworkx": rust and (lambda: listed(rust.closeness_centrality(rusted), ties.count)),
        },
        lambda ours, theirs: close(*(one / np.max(one) for one in (np.asarray(ours), np.asarray(theirs)))),
    )


def betweenness(ties: Ties, peers: tuple[Any, ...]) -> None:
    """Betweenness, exact."""
    graph, (kit, kitted), (rust, rusted), (other, grown) = peers
    pairs = (ties.count - 1) * (ties.count - 2)
    found = between(ties.ahead, ties.back, weighted=False, directed=False)
    race(
        f"Betweenness: {len(ties.source):,} ties, {found.folded:,} of {ties.count:,} entities folded",
        {
            "ours": lambda: between(ties.ahead, ties.back, weighted=False, directed=False).value,
            "networkx": (lambda: listed(nx.betweenness_centrality(graph), ties.count))
            if ties.count < 4_000
            else None,
            "networkit": kit
            and (lambda: np.array(kit_run(kit.centrality.Betweenness(kitted)).scores()) / pairs),
            "rustworkx": rust and (lambda: listed(rust.betweenness_centrality(rusted), ties.count)),
            "igraph": other and (lambda: 2 * np.array(grown.betweenness()) / pairs),
        },
        close,
    )


def removal(ties: Ties, peers: tuple[Any, ...], steps: int = 1_000) -> None:
    """The largest part after every one of many removals; peers are given few steps and their time is per step."""
    graph, _, _, (other, grown) = peers
    order = np.argsort(-np.diff(ties.both.ptr), kind="stable")[: min(steps, ties.count // 4)].astype(np.int64)
    few = 20

    def slow() -> list[int]:
        left, found = graph.copy(), []
        for gone in order[:few].tolist():
            left.remove_node(gone)
            found.append(max(map(len, nx.connected_components(left))))
        return found

    def grown_slow() -> list[int]:
        found = []
        for step in range(1, few + 1):
            left = grown.copy()
            left.delete_vertices(order[:step].tolist())
            found.append(max(left.connected_components().sizes()))
        return found

    race(
        f"Removal: {len(ties.source):,} ties; ours all {len(order):,} steps, peers {few}",
        {
            "ours": lambda: left_after(ties, order)[0],
            "networkx": slow,
            "igraph": other and grown_slow,
        },
        lambda ours, theirs: close(ours[1 : len(theirs) + 1], theirs),
    )


def groups(ties: Ties, peers: tuple[Any, ...]) -> None:
    """Groups; answers differ, so modularity must not be lower by more than .002 than any peer's."""
    graph, (kit, kitted), _, (other, grown) = peers
    draw = np.random.default_rng(1)
    quality: dict[str, float] = {}

    def keep(name: str, value: float) -> float:
        quality[name] = max(quality.get(name, -1.0), value)
        return value

    def louvain() -> float:
        found = nx.community.louvain_communities(graph, seed=1)
        return keep("networkx louvain", nx.community.modularity(graph, found))

    def plm() -> float:
        run = kit_run(kit.community.PLM(kitted, True))
        return keep("networkit PLM", kit.community.Modularity().getQuality(run.getPartition(), kitted))

    race(
        f"Groups: {len(ties.source):,} ties",
        {
            "ours": lambda: keep("ours", modularity(ties.both, leiden(ties.both, resolution=1.0, draw=draw))),
            "networkx louvain": louvain if ties.count < 100_000 else None,
            "networkit PLM": kit and plm,
            "igraph Leiden": other
            and (
                lambda: keep("igraph Leiden", grown.community_leiden("modularity", n_iterations=2).modularity)
            ),
        },
        anything,
    )
    print("  modularity: " + ", ".join(f"{name} {value:.4f}" for name, value in quality.items()))
    assert quality["ours"] > max(quality.values()) - 0.002


def measures(entities: int = 1_000) -> None:
    """Chart and all measures from a table, beside what one would write with networkx alone."""
    rng = np.random.default_rng(entities)
    popular = (entities * rng.random(3 * entities) ** 2).astype(int)
    links = pd.DataFrame({"source": rng.integers(0, entities, 3 * entities), "target": popular})

    def plain() -> pd.DataFrame:
        graph = nx.Graph()
        graph.add_edges_from(zip(links["source"].astype(str), links["target"].astype(str), strict=True))
        graph.remove_edges_from(list(nx.selfloop_edges(graph)))
        return pd.DataFrame(
            {
                "degree": dict(graph.degree),
                "betweenness": nx.betweenness_centrality(graph),
                "closeness": nx.closeness_centrality(graph),
                "core": nx.core_number(graph),
                "pagerank": nx.pagerank(graph, tol=1e-12, max_iter=1_000),
                "constraint": nx.constraint(graph),
            }
        )

    def same(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
        for name in theirs:
            worst = (ours[name].astype(float) - theirs[name].reindex(ours.index)).abs().max()
            assert worst < 1e-9, (name, worst)

    race(
        f"Table in, table out: {entities:,} entities, {len(links):,} links",
        {
            "ours": lambda: networks.measures(networks.chart(links), redraws=0).table.set_index("entity_id"),
            "networkx": plain,
        },
        same,
    )


def main() -> None:
    """Race what was named, or everything."""
    asked = sys.argv[1:] or [
        "measures",
        "build",
        "parts",
        "cores",
        "pagerank",
        "removal",
        "groups",
        "closeness",
        "betweenness",
    ]
    small = co_offending(600)
    for once in (near, partial(between, directed=False)):
        once(small.ahead, small.back, weighted=False)  # loaded, or compiled
    leiden(small.both, resolution=1.0, draw=np.random.default_rng(1))
    if "measures" in asked:
        measures()
    if "build" in asked:
        for wanted in (100_000, 1_000_000):
            build(co_offending(wanted))
    heavy = [name for name in ("parts", "cores", "pagerank", "removal", "groups") if name in asked]
    for wanted in (100_000, 1_000_000) if heavy else ():
        ties = co_offending(wanted)
        peers = graphs(ties)
        for name in heavy:
            if (name, wanted) != ("removal", 1_000_000):
                globals()[name](ties, peers)
    if {"closeness", "betweenness"} & set(asked):
        for wanted in (3_000, 12_000):
            ties = co_offending(wanted)
            peers = graphs(ties)
            for name in ("closeness", "betweenness"):
                if name in asked:
                    globals()[name](ties, peers)


if __name__ == "__main__":
    main()
