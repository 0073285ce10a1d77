"""Curves of removal against taking entities out by hand, and what recovery leaves of a disruption."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks
from ilp_lab.errors import InputError
from ilp_lab.networks.recovering import RECOVERIES, Setting
from ilp_lab.networks.removals import left_after
from ilp_lab.networks.ties import ties_of, usable


def chart_of(graph):
    names = pd.DataFrame({"entity_id": [str(node) for node in graph.nodes]})
    return networks.chart(
        pd.DataFrame([(str(a), str(b)) for a, b in graph.edges], columns=["source", "target"]), names
    )


def ties_from(graph, **options):
    chart = chart_of(graph)
    return ties_of(chart, usable(chart, None)[0], **options)


@settings(deadline=None, max_examples=60)
@given(
    ties=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30),
    order=st.permutations(range(12)),
    steps=st.integers(0, 12),
    directed=st.booleans(),
)
def test_curves_equal_removing_by_hand(ties, order, steps, directed):
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(12))
    graph.add_edges_from((a, b) for a, b in ties if a != b)
    largest, parts, apart = left_after(ties_from(graph, directed=directed), np.array(order[:steps], np.int64))
    for step in range(steps + 1):
        left = graph.subgraph(set(graph) - set(order[:step]))
        pieces = list(nx.strongly_connected_components(left) if directed else nx.connected_components(left))
        n = len(left)
        assert largest[step] == max(map(len, pieces), default=0)
        assert parts[step] == len(pieces)
        expected = 1 - sum(len(p) * (len(p) - 1) for p in pieces) / (n * (n - 1)) if n > 1 else 1.0
        assert apart[step] == pytest.approx(expected)


def test_orders_are_compared_with_chance_and_start_from_the_whole():
    found = networks.removal_curves(chart_of(nx.karate_club_graph()), steps=10, random_orders=50, rng=2)
    table = found.table
    assert table["order"].unique().tolist() == [
        "betweenness, recomputed",
        "betweenness, as first ranked",
        "degree, recomputed",
        "degree, as first ranked",
        "random",
    ]
    assert (table.groupby("order")["largest"].first() == 34).all()
    assert table.groupby("order")["largest"].apply(lambda curve: curve.is_monotonic_decreasing).all()
    chance = table[table["order"] == "random"]
    assert (chance["largest_low"] <= chance["largest"]).all()
    assert found["robustness"]["random"] > found["robustness"]["betweenness, recomputed"]
    first = table[(table["order"] == "degree, as first ranked") & (table["removed"] == 1)]
    assert first["entity_id"].tolist() == ["33"]
    assert table[table["order"] == "random"]["entity_id"].isna().all()


def test_the_unrankable_stay():
    links = pd.DataFrame([("V", x) for x in "ABCDE"], columns=["source", "target"])
    people = pd.DataFrame({"entity_id": ["V"], "kind": "person", "category": "witness"})
    found = networks.removal_curves(networks.chart(links, people), random_orders=10, rng=1)
    assert "V" not in set(found.table["entity_id"].dropna())
    assert found.table["removed"].max() == 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "fame"}, "by must be one of"),
        ({"by": []}, "by names no order"),
        ({"by": "strength"}, "needs strength="),
        ({"steps": 0}, "steps must be"),
    ],
)
def test_removal_settings_that_do_not_fit(options, said):
    with pytest.raises(InputError, match=said):
        networks.removal_curves(chart_of(nx.path_graph(4)), **options)


@pytest.mark.parametrize("model", sorted(RECOVERIES))
def test_runs_keep_to_their_rules(model):
    graph = nx.karate_club_graph()
    allowed = np.ones(34, bool)
    allowed[[1, 2]] = False
    setting = Setting(ties_from(graph), allowed, 5, 1.0)
    for seed in range(5):
        found, went = setting.run("degree", model, np.random.default_rng(seed))
        assert len(set(went)) == 5
        assert not {1, 2} & set(went)
        assert found[0, 0] == pytest.approx(nx.global_efficiency(graph))
        assert ((found[:, :3] >= 0) & (found[:, :3] <= 1)).all()
        if model == "none":
            left = graph.subgraph(set(graph) - set(went))
            assert found[5, 0] == pytest.approx(nx.global_efficiency(left))
            assert found[5, 3] == left.number_of_edges()


def test_recovery_gives_back_what_removal_took():
    chart = chart_of(nx.karate_club_graph())
    found = networks.disruption(chart, k=3, runs=40, rng=5)
    kept = found["kept"]
    assert kept["none"] == pytest.approx(1.0)
    assert all(kept[model] < 1.0 for model in ("near", "degree", "random"))
    ends = found.table[found.table["removed"] == 3].set_index(["removal", "recovery"])
    assert ends.loc[("random", "none"), "efficiency"] > ends.loc[("betweenness", "none"), "efficiency"]
    assert (ends["efficiency_low"] <= ends["efficiency"] + 1e-12).all()
    nothing = networks.disruption(chart, k=3, recovery=["none", "near"], replaced=0.0, runs=10, rng=5)["kept"]
    assert nothing["near"] == pytest.approx(nothing["none"])
    again = networks.disruption(chart, k=3, runs=40, rng=5)
    pd.testing.assert_frame_equal(found.table, again.table)
    said = found.explain()
    assert "How people will react is not known" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 3}, "at least two of them must be left"),
        ({"recovery": "magic"}, "recovery must be one of"),
        ({"recovery": []}, "recovery names no model"),
        ({"replaced": 1.5}, "replaced must be between"),
        ({"runs": 1}, "runs must be"),
        ({"by": "fame"}, "by must be one of"),
    ],
)
def test_disruption_settings_that_do_not_fit(options, said):
    with pytest.raises(InputError, match=said):
        networks.disruption(chart_of(nx.path_graph(4)), **{"k": 1, **options})
