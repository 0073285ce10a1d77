"""Groups at least as good as others find, the same for the same seed, and roles in words that hold."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples
from ilp_lab.errors import InputError
from ilp_lab.networks.leiden import leiden, modularity
from ilp_lab.networks.standing import cut_off
from ilp_lab.networks.ties import ties_of, usable


def chart_of(graph):
    rows = [(str(a), str(b), data.get("weight", 1.0)) for a, b, data in graph.edges(data=True)]
    names = pd.DataFrame({"entity_id": [str(node) for node in graph.nodes]})
    return networks.chart(pd.DataFrame(rows, columns=["source", "target", "w"]), names)


def ties_from(graph, **options):
    chart = chart_of(graph)
    return ties_of(chart, usable(chart, None)[0], **options)


@pytest.fixture
def belmara():
    return networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )


@settings(deadline=None, max_examples=60)
@given(
    ties=st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 11), st.integers(1, 9)), min_size=1, max_size=40
    ),
    seed=st.integers(0, 5),
)
def test_modularity_is_that_of_networkx_and_groups_hang_together(ties, seed):
    graph = nx.Graph()
    graph.add_nodes_from(range(12))
    graph.add_weighted_edges_from((a, b, w) for a, b, w in ties if a != b)
    if not graph.number_of_edges():
        return
    rows = ties_from(graph, strength="w").both
    group = leiden(rows, resolution=1.0, draw=np.random.default_rng(seed))
    sets = [set(np.flatnonzero(group == number).tolist()) for number in np.unique(group)]
    assert modularity(rows, group) == pytest.approx(nx.community.modularity(graph, sets), abs=1e-12)
    assert modularity(rows, group) >= modularity(rows, np.arange(12)) - 1e-12
    assert all(nx.is_connected(graph.subgraph(members)) for members in sets)


def test_karate_reaches_the_known_best():
    found = networks.groups(chart_of(nx.karate_club_graph()), compare=0, rng=1)
    assert found["modularity"] == pytest.approx(0.4197896, abs=1e-6)  # Brandes et al. 2008, proven optimum
    assert found["groups"]["size"].sum() == 34


@pytest.mark.parametrize(
    "graph", [nx.les_miserables_graph(), nx.connected_watts_strogatz_graph(400, 6, 0.1, seed=1)]
)
def test_not_below_louvain_of_networkx(graph):
    theirs = max(
        nx.community.modularity(
            graph, nx.community.louvain_communities(graph, weight=None, seed=seed), weight=None
        )
        for seed in range(5)
    )
    assert networks.groups(chart_of(graph), compare=0, rng=3)["modularity"] >= theirs - 0.002


def test_the_same_seed_gives_the_same_groups_and_chance_is_shown(belmara):
    first, second = (networks.groups(belmara, rng=4) for _ in range(2))
    pd.testing.assert_frame_equal(first.table, second.table)
    assert first["modularity"] > first["by_chance"][1]
    assert "clearer than chance" in first.explain()
    assert first.table["group"].value_counts().is_monotonic_decreasing
    listing = first["groups"]
    assert listing["size"].sum() == len(belmara.entities)
    noise = networks.groups(chart_of(nx.gnm_random_graph(80, 200, seed=2)), rng=1)
    assert "come about by chance" in noise.explain()


def test_groups_of_charts_without_ties():
    found = networks.groups(networks.chart(pd.DataFrame({"source": ["A"], "target": ["A"]})), rng=1)
    assert found.table["group"].tolist() == [1]
    assert found["modularity"] == 0.0
    with pytest.raises(InputError, match="resolution must be a number above 0"):
        networks.groups(chart_of(nx.path_graph(3)), resolution=0)


def test_groups_go_into_measures():
    chart = chart_of(nx.barbell_graph(5, 1))
    found = networks.groups(chart, compare=0, rng=1)
    table = networks.measures(chart, groups=found, redraws=0).table.set_index("entity_id")
    assert table.loc["5", ["itinerant", "gatekeeper", "representative", "liaison"]].sum() > 0
    assert table.loc["0", ["itinerant", "gatekeeper", "representative", "liaison"]].sum() == 0


@settings(deadline=None, max_examples=40)
@given(ties=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=18))
def test_how_many_are_cut_off_equals_taking_each_out(ties):
    graph = nx.Graph()
    graph.add_nodes_from(range(10))
    graph.add_edges_from((a, b) for a, b in ties if a != b)
    expected = []
    for node in range(10):
        part = nx.node_connected_component(graph, node) - {node}
        pieces = [len(piece) for piece in nx.connected_components(graph.subgraph(part))]
        expected.append(sum(pieces) - max(pieces, default=0))
    assert cut_off(ties_from(graph)).tolist() == expected


def test_roles_name_who_links_what_and_what_weak_reports_change(belmara):
    found = networks.roles(belmara, rng=1)
    table = found.table.set_index("entity_id")
    assert table.loc["P085", "role"] == "broker"
    words = table.loc["P085", "in_words"]
    assert words.startswith("P085 links group")
    assert "entities lose the rest" in words
    assert "1st by betweenness" in words
    assert "without the C-graded reports" in words
    assert found["weak grades"] == "C"
    assert "P113" not in table.index
    assert "not guilt" in found.explain()
    assert set(table["role"]) <= {"broker", "hub", "gate", "inner", "outer"}


def test_a_place_that_hangs_on_one_weak_report_is_said():
    rows = [
        ("A", "B"),
        ("B", "C"),
        ("C", "A"),
        ("C", "X"),
        ("X", "D"),
        ("D", "E"),
        ("E", "F"),
        ("F", "D"),
        ("C", "D"),
    ]
    links = pd.DataFrame(rows, columns=["source", "target"]).assign(
        source_grade=["A"] * 8 + ["C"], reference=[f"R{at}" for at in range(9)]
    )
    strong = networks.roles(networks.chart(links), rng=1).table.set_index("entity_id")
    assert strong.loc["X", "rank_without_weak"] < strong.loc["X", "betweenness_rank"]
    assert "rises to 1st without the C-graded reports" in strong.loc["X", "in_words"]
    with pytest.raises(InputError, match="weak_grades must be one of"):
        networks.roles(networks.chart(links), weak_grades="Q")
    ungraded = networks.roles(chart_of(nx.path_graph(5)), rng=1)
    assert "graded reports" not in ungraded.explain()


@pytest.mark.parametrize(
    ("firm", "words"), [([0.5, 0.9], "1 group differs from"), ([0.5, 0.6], "2 groups differ from")]
)
def test_unsettled_groups_are_counted_in_good_grammar(firm, words):
    from ilp_lab.networks.grouping import _findings

    listing = pd.DataFrame({"group": [1, 2], "size": [4, 3], "firmness": firm})
    assert any(one.startswith(words) for one in _findings(listing, 0.4, []))
