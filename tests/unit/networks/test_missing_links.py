"""Suggested links: measured on the chart itself, refused where they would mislead, and never with a victim."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples
from ilp_lab.errors import InputError
from ilp_lab.networks.predicting import SCORES, Known, auc_of


def chart_of(graph, entities=None):
    return networks.chart(
        pd.DataFrame([(str(a), str(b)) for a, b in graph.edges], columns=["source", "target"]), entities
    )


@settings(deadline=None, max_examples=50)
@given(ties=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=25))
def test_scores_equal_networkx(ties):
    graph = nx.Graph()
    graph.add_nodes_from(range(9))
    graph.add_edges_from((a, b) for a, b in ties if a != b)
    ends = np.array(list(graph.edges), np.int64).reshape(-1, 2)
    known = Known.of(ends[:, 0], ends[:, 1], 9)
    open_pairs = list(nx.non_edges(graph))
    if not open_pairs:
        return
    one, other = np.array(open_pairs, np.int64).T
    theirs = {
        "common neighbours": [len(list(nx.common_neighbors(graph, *pair))) for pair in open_pairs],
        "Jaccard": [value for *_, value in nx.jaccard_coefficient(graph, open_pairs)],
        "Adamic-Adar": [value for *_, value in nx.adamic_adar_index(graph, open_pairs)],
        "resource allocation": [value for *_, value in nx.resource_allocation_index(graph, open_pairs)],
        "preferential attachment": [value for *_, value in nx.preferential_attachment(graph, open_pairs)],
    }
    matrix = nx.to_numpy_array(graph, nodelist=range(9))
    steps = matrix @ matrix + 0.01 * matrix @ matrix @ matrix
    theirs["local paths"] = [steps[pair] for pair in open_pairs]
    for name, expected in theirs.items():
        np.testing.assert_allclose(SCORES[name](known, one, other), expected, atol=1e-9, err_msg=name)


def test_auc_counts_ties_half():
    assert auc_of(np.array([3.0, 2.0, 1.0, 0.0]), 2) == 1.0
    assert auc_of(np.array([1.0, 1.0, 1.0, 1.0]), 2) == 0.5
    assert auc_of(np.array([2.0, 0.0, 1.0, 1.0]), 2) == 0.5


def test_where_it_works_it_suggests_with_evidence():
    graph = nx.connected_caveman_graph(8, 7)
    removed = [(0, 3), (8, 10)]
    graph.remove_edges_from(removed)
    found = networks.missing_links(chart_of(graph), rng=1)
    assert not found["refused"]
    assert found["auc"] > 0.9
    assert found.table.columns.tolist() == ["entity_a", "entity_b", "score", "shared", "evidence"]
    pairs = [{a, b} for a, b in zip(found.table["entity_a"], found.table["entity_b"], strict=True)]
    assert {"0", "3"} in pairs[:10]
    first = found.table.iloc[0]
    assert first["evidence"].startswith("both are tied to ")
    tied = {frozenset(map(str, edge)) for edge in graph.edges}
    assert not any(frozenset(pair) in tied for pair in pairs)
    assert "not a link" in found.explain()
    again = networks.missing_links(chart_of(graph), rng=1)
    pd.testing.assert_frame_equal(found.table, again.table)


def test_where_it_does_not_work_it_refuses_in_plain_words():
    found = networks.missing_links(chart_of(nx.gnm_random_graph(80, 160, seed=2)), rng=1)
    assert found["refused"]
    assert len(found.table) == 0
    assert found.explain().startswith("No links are suggested.")
    assert "below the 0.70 asked for" in found.explain()
    assert len(found["accuracy"]) == 6
    assert (
        networks.missing_links(chart_of(nx.gnm_random_graph(80, 160, seed=2)), least_auc=0.0, rng=1)[
            "refused"
        ]
        is False
    )


def test_victims_are_in_no_pair_and_are_not_named():
    graph = nx.connected_caveman_graph(6, 6)
    graph.remove_edge(0, 3)
    entities = pd.DataFrame({"entity_id": ["2", "7"], "kind": "person", "category": ["victim", "witness"]})
    found = networks.missing_links(chart_of(graph, entities), rng=1)
    assert not ({"2", "7"} & (set(found.table["entity_a"]) | set(found.table["entity_b"])))
    words = found.table.set_index(["entity_a", "entity_b"]).loc[("0", "3"), "evidence"]
    assert "1 who are not named" in words
    assert " 2 (" not in words


def test_hubs_beyond_what_can_be_looked_at_are_no_evidence(monkeypatch):
    from ilp_lab.networks import predicting

    star = nx.star_graph(300)
    star.add_edges_from(nx.connected_caveman_graph(5, 5).edges)
    monkeypatch.setattr(predicting, "OPEN", 5_000.0)
    found = networks.missing_links(chart_of(star), least_auc=0.0, rng=1)
    assert found["hubs used as evidence"].startswith("up to")
    assert found.table["shared"].max() < 300


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"least_auc": 1.5}, "least_auc must be between"),
        ({"hidden": 0.9}, "hidden must be between"),
        ({"trials": 2}, "trials must be"),
        ({}, "the chart has 3 ties; at least 20"),
    ],
)
def test_settings_that_do_not_fit(options, said):
    with pytest.raises(InputError, match=said):
        networks.missing_links(chart_of(nx.path_graph(4)), **options)


def test_belmara_says_how_well_it_worked():
    belmara = networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )
    found = networks.missing_links(belmara, trials=20, rng=3)
    assert 0.75 < found["auc"] < 0.95
    assert "P113" not in found.table.to_string()
