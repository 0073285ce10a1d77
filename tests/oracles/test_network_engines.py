"""Our loops, networkx and second engines say the same on every covert network beside the project."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from ilp_lab import networks

COVERT = Path(__file__).resolve().parents[3] / "shared" / "data" / "covert_networks" / "edges"
FILES = sorted(COVERT.glob("*.csv")) if COVERT.is_dir() else []

pytestmark = pytest.mark.realdata


def chart_of(file):
    """By number only: some files hold real names."""
    edges = pd.read_csv(file)
    links = edges[["source_id", "target_id"]].set_axis(["source", "target"], axis=1)
    return networks.chart(links.assign(weight=edges["weight"]) if "weight" in edges else links)


def graph_of(chart):
    graph = nx.Graph()
    graph.add_nodes_from(chart.entities["entity_id"])
    graph.add_edges_from(
        (a, b) for a, b in zip(chart.links["source"], chart.links["target"], strict=True) if a != b
    )
    return graph


def test_the_networks_are_there():
    if not FILES:
        pytest.skip("the covert networks are not beside the project (../shared)")
    assert len(FILES) >= 20


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_network_in_every_engine(file):
    chart = chart_of(file)
    graph = graph_of(chart)
    found = networks.measures(chart, redraws=0).table.set_index("entity_id")
    n = len(graph)
    expected = {
        "degree": dict(graph.degree),
        "betweenness": nx.betweenness_centrality(graph),
        "closeness": nx.closeness_centrality(graph),
        "harmonic": {node: value / (n - 1) for node, value in nx.harmonic_centrality(graph).items()},
        "core": nx.core_number(graph),
        "pagerank": nx.pagerank(graph, tol=1e-14, max_iter=10_000),
        "constraint": nx.constraint(graph),
    }
    for name, values in expected.items():
        assert (found[name].astype(float) - pd.Series(values, dtype=float)).abs().max() < 1e-9, name
    largest = graph.subgraph(found.index[found["component"] == 1])
    assert len(largest) == max(map(len, nx.connected_components(graph)))
    eigen = pd.Series(nx.eigenvector_centrality_numpy(largest))
    assert (found["eigenvector"].dropna() - eigen).abs().max() < 1e-6
    assert found["component"].max() == nx.number_connected_components(graph)


@pytest.mark.parametrize("engine", ["rustworkx", "networkit"])
def test_second_engines(engine):
    """Not required by the library; asked where they are installed."""
    module = pytest.importorskip(engine, reason=f"{engine} is not installed (it comes with the bench extra)")
    if not FILES:
        pytest.skip("the covert networks are not beside the project (../shared)")
    for file in FILES:
        chart = chart_of(file)
        graph = nx.convert_node_labels_to_integers(graph_of(chart))
        ours = networks.measures(chart, redraws=0).table["betweenness"].to_numpy(dtype=float)
        ends = np.array(list(graph.edges))
        if engine == "rustworkx":
            other = module.PyGraph(multigraph=False)
            other.add_nodes_from(range(len(graph)))
            other.add_edges_from_no_data(list(map(tuple, ends.tolist())))
            theirs = module.betweenness_centrality(other)
            theirs = [theirs[at] for at in range(len(graph))]
        else:
            module.setNumberOfThreads(1)
            other = module.GraphFromCoo(
                (ends[:, 0], ends[:, 1]), n=len(graph), weighted=False, directed=False
            )
            run = module.centrality.Betweenness(other)
            run.run()
            theirs = np.array(run.scores()) / ((len(graph) - 1) * (len(graph) - 2))
        assert np.abs(ours - theirs).max() < 1e-9, file.stem


@pytest.mark.parametrize(
    ("name", "entities", "ties", "degree", "betweenness"),
    [
        (
            "covert_02__1",
            60,
            125,
            15,
            0.512,
        ),  # not the published .589, which rests on 62 people; a regression value
        ("covert_02__2", 19, 27, None, None),
        ("covert_13", 28, 40, 24, 0.887),  # Natarajan 2000
    ],
)
def test_known_values(name, entities, ties, degree, betweenness):
    file = COVERT / f"{name}.csv"
    if not file.is_file():
        pytest.skip("the covert networks are not beside the project (../shared)")
    found = networks.measures(chart_of(file), redraws=0).table
    assert len(found) == entities
    assert found["degree"].sum() == 2 * ties
    if degree is None:
        return
    assert found["degree"].max() == degree
    assert found["betweenness"].max() == pytest.approx(betweenness, abs=5e-4)
