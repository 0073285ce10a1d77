"""Sets the chart hangs on: equal to trying every set by hand, honest about proof, and never a victim among them."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples
from ilp_lab.errors import InputError
from ilp_lab.networks import keysearch
from ilp_lab.networks.keysearch import Goal, by_swaps, every_set, feasible
from ilp_lab.networks.ties import ties_of, usable


def chart_of(graph, **more):
    names = pd.DataFrame({"entity_id": [str(node) for node in graph.nodes]})
    return networks.chart(
        pd.DataFrame([(str(a), str(b)) for a, b in graph.edges], columns=["source", "target"]), names
    )


def fragmentation(graph, gone):
    left = graph.subgraph(set(graph) - set(gone))
    n = len(left)
    return 1 - sum(len(part) * (len(part) - 1) for part in nx.connected_components(left)) / (n * (n - 1))


def far_apart(graph, gone):
    left = graph.subgraph(set(graph) - set(gone))
    n = len(left)
    near = sum(
        1 / steps for _, row in nx.all_pairs_shortest_path_length(left) for steps in row.values() if steps
    )
    return 1 - near / (n * (n - 1))


def reached(graph, members, steps=2):
    near = {
        node for one in members for node in nx.single_source_shortest_path_length(graph, one, cutoff=steps)
    }
    return len(near) / len(graph)


MEASURES = {"fragment": fragmentation, "distance": far_apart, "reach": reached}


@settings(deadline=None, max_examples=60)
@given(
    ties=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=22),
    k=st.integers(1, 3),
    goal=st.sampled_from(sorted(MEASURES)),
    barred=st.sets(st.integers(0, 9), max_size=3),
)
def test_every_set_equals_trying_them_by_hand(ties, k, goal, barred):
    graph = nx.Graph()
    graph.add_nodes_from(range(10))
    graph.add_edges_from((a, b) for a, b in ties if a != b)
    rows = ties_of(chart_of(graph), usable(chart_of(graph), None)[0]).both
    able = [node for node in range(10) if node not in barred]
    aim = Goal(goal, rows, np.array(able))
    measure = MEASURES[goal]
    best = max(measure(graph, members) for members in combinations(able, k))
    found = every_set(aim, k)
    assert set(found.tolist()) <= set(able)
    assert len(set(found.tolist())) == k
    assert measure(graph, found.tolist()) == pytest.approx(best, abs=1e-12)
    assert aim.share(found.tolist()) == pytest.approx(best, abs=1e-12)


@pytest.mark.parametrize("goal", sorted(MEASURES))
def test_swaps_find_the_best_of_a_chart_that_can_be_checked(goal):
    graph = nx.connected_watts_strogatz_graph(40, 4, 0.3, seed=2)
    chart = chart_of(graph)
    aim = Goal(goal, ties_of(chart, usable(chart, None)[0]).both, np.arange(40))
    exact = aim.share(every_set(aim, 3).tolist())
    swapped = aim.share(by_swaps(aim, 3, [], np.random.default_rng(1)).tolist())
    assert swapped <= exact + 1e-12
    assert swapped == pytest.approx(exact, abs=0.01)


def test_proven_or_heuristic_is_said(monkeypatch):
    graph = nx.gnm_random_graph(40, 70, seed=1)
    proven = networks.key_players(chart_of(graph), k=3, redraws=0, rng=1)
    assert proven.table.loc[0, "proven"]
    assert "(proven)" in proven.explain()
    monkeypatch.setattr(keysearch, "ALL_SETS", 10)
    monkeypatch.setitem(keysearch.EXACT_WORK, "fragment", 1_000.0)
    found = networks.key_players(chart_of(graph), k=3, redraws=0, rng=1)
    assert not found.table.loc[0, "proven"]
    assert "(heuristic)" in found.explain()
    assert found.table.loc[0, "fragmentation"] <= proven.table.loc[0, "fragmentation"]


@pytest.mark.parametrize(("count", "k"), [(390, 3), (4_472, 2), (66, 5)])
def test_ten_million_sets_are_always_tried(count, k):
    chart = chart_of(nx.gnm_random_graph(count, 2 * count, seed=1))
    rows = ties_of(chart, usable(chart, None)[0]).both
    assert feasible(Goal("fragment", rows, np.arange(count)), k)


def test_columns_and_comparisons():
    found = networks.key_players(chart_of(nx.karate_club_graph()), k=2, rng=7)
    assert found.table.columns.tolist()[:6] == [
        "set",
        "members",
        "fragmentation",
        "fragmentation_low",
        "fragmentation_high",
        "proven",
    ]
    assert found.table["set"].tolist()[:3] == ["best", "best without 0", "best without 1"]
    first = found.table.iloc[0]
    assert (found.table["fragmentation"] <= first["fragmentation"] + 1e-12).all()
    assert first["fragmentation_low"] <= first["fragmentation_high"]
    assert 0 <= found["best_holds"] <= 1
    assert found["random"][0] < first["fragmentation"]
    assert len(found.findings) >= 4
    assert "not about guilt" in found.explain()
    pd.testing.assert_frame_equal(
        found.table, networks.key_players(chart_of(nx.karate_club_graph()), k=2, rng=7).table
    )


def test_a_larger_chart_is_searched_quickly_and_says_so():
    graph = nx.barabasi_albert_graph(1_500, 2, seed=3)
    found = networks.key_players(chart_of(graph), k=8, redraws=3, rng=1)
    table = found.table.set_index("set")["fragmentation"]
    assert not found["proven"]
    assert (
        table["best"]
        >= table[
            ["highest by betweenness", "by betweenness, recomputed after each", "highest by degree"]
        ].max()
    )


def test_victims_witnesses_and_things_of_theirs_are_in_no_set():
    links = pd.DataFrame([("V", x) for x in "ABCDE"] + [("A", "B")], columns=["source", "target"])
    people = pd.DataFrame({"entity_id": ["V"], "kind": "person", "category": "victim"})
    found = networks.key_players(networks.chart(links, people), k=1, redraws=0, rng=1)
    assert not found.table["members"].str.contains("V").any()
    assert found.left_out == {"victim, witness or other party: shown, not ranked": 1}
    belmara = networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )
    persons = networks.key_players(belmara, k=2, kind="person", redraws=0, rng=1)
    kinds = belmara.entities.set_index("entity_id")["kind"]
    assert {kinds[name] for members in persons.table["members"] for name in members.split(", ")} == {"person"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 0}, "k must be a whole number of at least 1"),
        ({"k": 9}, "only 4 entities may be in a set"),
        ({"k": 3}, "leaves fewer than two"),
        ({"goal": "kingpin"}, "goal must be one of"),
        ({"kind": "gang"}, "kind must be one of"),
    ],
)
def test_settings_that_do_not_fit(options, said):
    with pytest.raises(InputError, match=said):
        networks.key_players(chart_of(nx.path_graph(4)), **options)
