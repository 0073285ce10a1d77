"""Measures: weights, who is never ranked, what is said, and agreement with plain networkx."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.networks import measuring, paths
from ilp_lab.safeguards import mark


def pairs(*rows, **more):
    return pd.DataFrame(rows, columns=["source", "target"]).assign(**more)


def by_id(result):
    return result.table.set_index("entity_id")


@pytest.fixture
def belmara():
    return networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )


def people(**categories):
    return pd.DataFrame(
        {"entity_id": list(categories), "kind": "person", "category": list(categories.values())}
    )


def test_columns_of_the_table(belmara):
    found = networks.measures(belmara)
    assert found.name == "networks.measures"
    assert found.view == "linkchart"
    assert found.table.columns.tolist() == [
        *(
            "entity_id",
            "label",
            "kind",
            "category",
            "degree",
            "links",
            "betweenness",
            "closeness",
            "harmonic",
        ),
        *("core", "component", "degree_rank", "betweenness_rank", "closeness_rank"),
    ]
    assert found.table["entity_id"].tolist() == belmara.entities["entity_id"].tolist()
    assert found["chart"] is belmara
    assert found["exact"] is True
    assert found["error"] == 0.0
    assert found.handling == "H2"
    assert found.seed == ""
    directed = networks.measures(belmara, directed=True).table
    assert {"degree_in", "degree_out"} <= set(directed.columns)


def test_the_planted_brokers_are_found_and_the_witness_is_not_ranked(belmara):
    found = networks.measures(belmara)
    top = found.table.nsmallest(2, "betweenness_rank")["entity_id"].tolist()
    assert set(top) == {"P085", "P086"}
    witness = by_id(found).loc["P113"]
    assert witness["category"] == "witness"
    assert (
        witness[["betweenness", "degree", "links", "closeness", "harmonic", "core", "betweenness_rank"]]
        .isna()
        .all()
    )
    assert witness["component"] == 2
    assert found.left_out == {"victim, witness or other party: shown, not ranked": 43}
    assert len(found.left_out_rows) == 43
    said = found.explain()
    assert "P085 lies on 16 % of the shortest paths between the others; without it" in said
    assert "falls into 2 parts" in said
    assert "not guilt" in said
    assert "P113" not in said


@pytest.mark.parametrize(
    "category", ["victim", "witness", "other party", "suspect; victim", "Victim/convicted"]
)
def test_never_ranked(category):
    chart = networks.chart(pairs(("V", "A"), ("V", "B"), ("V", "C")), people(V=category, A="suspect"))
    found = networks.measures(chart)
    row = by_id(found).loc["V"]
    assert (
        row[["degree", "betweenness", "closeness", "degree_rank", "betweenness_rank", "closeness_rank"]]
        .isna()
        .all()
    )
    assert found.left_out == {"victim, witness or other party: shown, not ranked": 1}
    assert "V " not in found.explain()
    assert by_id(found).loc["A", "degree_rank"] == 1


def test_the_unranked_still_carry_paths():
    with_victim = networks.chart(pairs(("A", "V"), ("V", "B"), ("B", "C")), people(V="victim"))
    found = by_id(networks.measures(with_victim))
    assert found.loc["A", "closeness"] == pytest.approx(3 / 6)
    assert found.loc["B", "betweenness"] == pytest.approx(2 / 3)


def test_what_only_victims_hold_is_not_ranked_either():
    entities = pd.DataFrame(
        {
            "entity_id": ["V", "S", "T1", "T2", "T3"],
            "kind": ["person", "person", "phone", "phone", "phone"],
            "category": ["victim", "suspect", None, None, None],
        }
    )
    chart = networks.chart(pairs(("V", "T1"), ("S", "T2"), ("V", "T2"), ("T1", "T2"), ("T3", "T2")), entities)
    found = networks.measures(chart)
    blank = by_id(found)["degree"].isna()
    assert blank[blank].index.tolist() == ["V", "T1"]
    assert set(found.left_out) == {
        "victim, witness or other party: shown, not ranked",
        "belongs to nobody but victims, witnesses or other parties: shown, not ranked",
    }


def test_all_unranked_is_said_and_does_not_fail():
    chart = networks.chart(pairs(("A", "B"), ("B", "C")), people(A="victim", B="witness", C="victim"))
    found = networks.measures(chart)
    assert found.table["betweenness"].isna().all()
    assert "No entity that may be ranked lies between others." in found.explain()


def test_distance_and_strength_say_what_more_means():
    links = pairs(("A", "B"), ("B", "C"), ("A", "C"), calls=[10, 10, 1])
    strong = networks.measures(networks.chart(links), strength="calls")
    far = networks.measures(networks.chart(links), distance="calls")
    assert by_id(strong).loc["B", "betweenness"] == 1.0
    assert by_id(far).loc["B", "betweenness"] == 0.0
    assert strong["strength"] == "calls"
    assert far["distance"] == "calls"
    assert "1 / strength" in strong["distance used"]


def test_parallel_strengths_add_up_and_the_shortest_distance_counts():
    links = pairs(("A", "B"), ("B", "A"), ("B", "C"), w=[1.0, 3.0, 2.0])
    strong = by_id(networks.measures(networks.chart(links), strength="w"))
    assert strong.loc["A", "closeness"] == pytest.approx(2 / (1 / 4 + 1 / 4 + 1 / 2))
    far = by_id(networks.measures(networks.chart(links), distance="w"))
    assert far.loc["A", "closeness"] == pytest.approx(2 / (1 + 3))
    assert strong.loc["A", ["degree", "links"]].tolist() == [1, 2]


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_useless_weights_are_counted_not_guessed(bad):
    links = pairs(("A", "B"), ("B", "C"), w=[1.0, bad], reference=["R1", "R2"])
    found = networks.measures(networks.chart(links), strength="w")
    assert found.left_out == {"link whose w is missing, zero, negative or endless": 1}
    assert found.left_out_rows["reference"].tolist() == ["R2"]
    assert by_id(found).loc["C", "degree"] == 0


def test_self_links_count_in_no_measure():
    found = networks.measures(networks.chart(pairs(("A", "A"), ("A", "B"))))
    assert found.left_out == {"link of an entity with itself": 1}
    assert by_id(found).loc["A", ["degree", "links", "core"]].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("options", "kind", "said"),
    [
        ({"distance": "w", "strength": "w"}, InputError, "not both"),
        ({"strength": "calls"}, ColumnError, "no column 'calls'"),
        ({"distance": "reference"}, ColumnError, "must hold numbers"),
    ],
)
def test_refusals(options, kind, said):
    chart = networks.chart(pairs(("A", "B"), w=[1.0], reference=["R1"]))
    with pytest.raises(kind, match=said):
        networks.measures(chart, **options)


def test_no_chart_and_no_entities_are_refused():
    with pytest.raises(InputError, match="must be a LinkChart"):
        networks.measures(pairs(("A", "B")))
    with pytest.raises(InputError, match="has no entities"):
        networks.measures(networks.chart(pairs()))


@pytest.mark.parametrize("rows", [[("A", "A")], [("A", "B")], [("A", "B"), ("C", "D")]])
def test_tiny_charts(rows):
    found = networks.measures(networks.chart(pairs(*rows)))
    assert (found.table["betweenness"] == 0).all()
    assert len(found.findings) >= 3


def test_ranks_share_ties_and_skip():
    found = by_id(networks.measures(networks.chart(pairs(("A", "B"), ("B", "C"), ("C", "D")))))
    assert found["betweenness_rank"].to_dict() == {"A": 3, "B": 1, "C": 1, "D": 3}


def test_fingerprint_follows_the_data():
    one = networks.measures(networks.chart(pairs(("A", "B"), ("B", "C"))))
    again = networks.measures(networks.chart(pairs(("A", "B"), ("B", "C"))))
    other = networks.measures(networks.chart(pairs(("A", "B"), ("A", "C"))))
    assert one.sources[0].fingerprint == again.sources[0].fingerprint != other.sources[0].fingerprint


def test_origin_and_handling_travel():
    links = mark(pairs(("A", "B")), handling="H1", origin="calls.csv")
    found = networks.measures(networks.chart(links))
    assert found.handling == "H1"
    assert "calls.csv" in found.method_statement()


def test_caveats_and_references_are_there(belmara):
    found = networks.measures(belmara)
    assert any("not guilt" in caveat for caveat in found.caveats)
    assert any("only what was recorded" in caveat for caveat in found.caveats)
    assert all("doi:" in reference for reference in found.references)


def random_links(count, ties, seed=3):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "source": rng.integers(0, count, ties),
            "target": rng.integers(0, count, ties),
            "w": rng.integers(1, 5, ties).astype(float),
        }
    )


@pytest.mark.parametrize("directed", [False, True])
def test_level_counting_equals_networkx(directed):
    chart = networks.chart(random_links(700, 1500))
    assert len(chart.entities) > measuring.PLAIN_UP_TO
    found = by_id(networks.measures(chart, directed=directed))
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(chart.entities["entity_id"])
    graph.add_edges_from(zip(chart.links["source"], chart.links["target"], strict=True))
    graph.remove_edges_from(nx.selfloop_edges(graph))
    for name, expected in (
        ("betweenness", nx.betweenness_centrality(graph)),
        ("closeness", nx.closeness_centrality(graph)),
        ("core", nx.core_number(graph.to_undirected())),
    ):
        assert (found[name].astype(float) - pd.Series(expected)).abs().max() < 1e-12, name


def test_long_chains_take_the_other_way(monkeypatch):
    chain = pairs(*[(f"E{one}", f"E{one + 1}") for one in range(600)])
    monkeypatch.setattr(measuring, "betweenness", None)  # counting by levels would fail
    found = by_id(networks.measures(networks.chart(chain)))
    assert found.loc["E300", "betweenness"] == pytest.approx(2 * 300 * 300 / (600 * 599))


def test_large_charts_are_estimated_and_say_so(monkeypatch):
    chart = networks.chart(random_links(900, 2500))
    exact = by_id(networks.measures(chart))["betweenness"]
    monkeypatch.setitem(measuring.EXACT_UP_TO, "by levels", 500)
    monkeypatch.setattr(measuring, "PIVOTS", 300)
    found = networks.measures(chart, rng=11)
    assert found["exact"] is False
    assert found.seed == "11"
    assert found["error"] == pytest.approx(math.sqrt(math.log(2 * len(exact) / 0.05) / 600))
    estimate = by_id(found)["betweenness"]
    assert (estimate - exact).abs().max() <= found["error"]
    assert np.corrcoef(estimate, exact)[0, 1] > 0.9
    assert "Betweenness is an estimate" in found.explain()
    again = by_id(networks.measures(chart, rng=11))["betweenness"]
    pd.testing.assert_series_equal(estimate, again)
    assert not estimate.equals(by_id(networks.measures(chart, rng=12))["betweenness"])


def test_blocks_of_sources_add_up(monkeypatch):
    matrix = nx.to_scipy_sparse_array(nx.gnm_random_graph(150, 300, seed=2), format="csr")
    whole = paths.betweenness(matrix, np.arange(150), label="t")
    monkeypatch.setattr(paths, "AT_ONCE", 7)
    np.testing.assert_allclose(paths.betweenness(matrix, np.arange(150), label="t"), whole, atol=1e-9)


names = st.sampled_from(list("ABCDEFGH"))


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.tuples(names, names), min_size=1, max_size=25), order=st.randoms(use_true_random=False)
)
def test_measures_do_not_depend_on_the_order_of_rows(rows, order):
    first = by_id(networks.measures(networks.chart(pairs(*rows))))
    mixed = [pair if order.random() < 0.5 else pair[::-1] for pair in rows]
    order.shuffle(mixed)
    second = by_id(networks.measures(networks.chart(pairs(*mixed)))).reindex(first.index)
    for name in ("degree", "links", "betweenness", "closeness", "harmonic", "core", "betweenness_rank"):
        assert (first[name].astype(float) - second[name].astype(float)).abs().max() < 1e-12
    assert first["betweenness"].between(0, 1).all()
    assert first["closeness"].between(0, 1).all()
    assert first["harmonic"].between(0, 1).all()


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(names, names, st.integers(1, 6)), min_size=1, max_size=25),
    directed=st.booleans(),
)
def test_weights_equal_networkx(rows, directed):
    links = pd.DataFrame(rows, columns=["source", "target", "w"])
    found = by_id(networks.measures(networks.chart(links), strength="w", directed=directed))
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(found.index)
    for source, target, weight in rows:
        if source != target:
            before = graph.edges[source, target]["w"] if graph.has_edge(source, target) else 0
            graph.add_edge(source, target, w=before + weight)
    for _, _, data in graph.edges(data=True):
        data["d"] = 1 / data["w"]
    assert (found["betweenness"] - pd.Series(nx.betweenness_centrality(graph, weight="d"))).abs().max() < 1e-9
    assert (found["closeness"] - pd.Series(nx.closeness_centrality(graph, distance="d"))).abs().max() < 1e-9
