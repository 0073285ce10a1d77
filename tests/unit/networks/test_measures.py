"""Measures: weights, who is never ranked, what is said, and agreement with plain networkx."""

from __future__ import annotations

import math
from fractions import Fraction

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.networks import paths
from ilp_lab.safeguards import mark


def pairs(*rows, **more):
    return pd.DataFrame(rows, columns=["source", "target"]).assign(**more)


def measured(chart, **options):
    """The measures alone, without drawing the chart again for rank intervals."""
    return networks.measures(chart, redraws=0, **options)


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
    found = measured(belmara)
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
        *("eigenvector", "pagerank", "core", "constraint", "component"),
        *("degree_rank", "betweenness_rank", "closeness_rank"),
    ]
    assert found.table["entity_id"].tolist() == belmara.entities["entity_id"].tolist()
    assert found["chart"] is belmara
    assert found["exact"] is True
    assert found["error"] == 0.0
    assert found.handling == "H2"
    assert found.seed == ""
    directed = measured(belmara, directed=True).table
    assert {"degree_in", "degree_out"} <= set(directed.columns)


def test_the_planted_brokers_are_found_and_the_witness_is_not_ranked(belmara):
    found = measured(belmara)
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
    found = measured(chart)
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
    found = by_id(measured(with_victim))
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
    found = measured(chart)
    blank = by_id(found)["degree"].isna()
    assert blank[blank].index.tolist() == ["V", "T1"]
    assert set(found.left_out) == {
        "victim, witness or other party: shown, not ranked",
        "belongs to nobody but victims, witnesses or other parties: shown, not ranked",
    }


def test_all_unranked_is_said_and_does_not_fail():
    chart = networks.chart(pairs(("A", "B"), ("B", "C")), people(A="victim", B="witness", C="victim"))
    found = measured(chart)
    assert found.table["betweenness"].isna().all()
    assert "No entity that may be ranked lies between others." in found.explain()


def test_distance_and_strength_say_what_more_means():
    links = pairs(("A", "B"), ("B", "C"), ("A", "C"), calls=[10, 10, 1])
    strong = measured(networks.chart(links), strength="calls")
    far = measured(networks.chart(links), distance="calls")
    assert by_id(strong).loc["B", "betweenness"] == 1.0
    assert by_id(far).loc["B", "betweenness"] == 0.0
    assert strong["strength"] == "calls"
    assert far["distance"] == "calls"
    assert "1 / strength" in strong["distance used"]


def test_parallel_strengths_add_up_and_the_shortest_distance_counts():
    links = pairs(("A", "B"), ("B", "A"), ("B", "C"), w=[1.0, 3.0, 2.0])
    strong = by_id(measured(networks.chart(links), strength="w"))
    assert strong.loc["A", "closeness"] == pytest.approx(2 / (1 / 4 + 1 / 4 + 1 / 2))
    far = by_id(measured(networks.chart(links), distance="w"))
    assert far.loc["A", "closeness"] == pytest.approx(2 / (1 + 3))
    assert strong.loc["A", ["degree", "links"]].tolist() == [1, 2]


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_useless_weights_are_counted_not_guessed(bad):
    links = pairs(("A", "B"), ("B", "C"), w=[1.0, bad], reference=["R1", "R2"])
    found = measured(networks.chart(links), strength="w")
    assert found.left_out == {"link whose w is missing, zero, negative or endless": 1}
    assert found.left_out_rows["reference"].tolist() == ["R2"]
    assert by_id(found).loc["C", "degree"] == 0


def test_self_links_count_in_no_measure():
    found = measured(networks.chart(pairs(("A", "A"), ("A", "B"))))
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
        measured(chart, **options)


def test_no_chart_and_no_entities_are_refused():
    with pytest.raises(InputError, match="must be a LinkChart"):
        measured(pairs(("A", "B")))
    with pytest.raises(InputError, match="has no entities"):
        measured(networks.chart(pairs()))


@pytest.mark.parametrize("rows", [[("A", "A")], [("A", "B")], [("A", "B"), ("C", "D")]])
def test_tiny_charts(rows):
    found = measured(networks.chart(pairs(*rows)))
    assert (found.table["betweenness"] == 0).all()
    assert len(found.findings) >= 3


def test_ranks_share_ties_and_skip():
    found = by_id(measured(networks.chart(pairs(("A", "B"), ("B", "C"), ("C", "D")))))
    assert found["betweenness_rank"].to_dict() == {"A": 3, "B": 1, "C": 1, "D": 3}


def test_fingerprint_follows_the_data():
    one = measured(networks.chart(pairs(("A", "B"), ("B", "C"))))
    again = measured(networks.chart(pairs(("A", "B"), ("B", "C"))))
    other = measured(networks.chart(pairs(("A", "B"), ("A", "C"))))
    assert one.sources[0].fingerprint == again.sources[0].fingerprint != other.sources[0].fingerprint


def test_origin_and_handling_travel():
    links = mark(pairs(("A", "B")), handling="H1", origin="calls.csv")
    found = measured(networks.chart(links))
    assert found.handling == "H1"
    assert "calls.csv" in found.method_statement()


def test_caveats_and_references_are_there(belmara):
    found = measured(belmara)
    assert any("not guilt" in caveat for caveat in found.caveats)
    assert any("only what was recorded" in caveat for caveat in found.caveats)
    books = ("Burt, R. S. (1992)",)
    assert all("doi:" in reference or reference.startswith(books) for reference in found.references)


def random_links(count, ties, seed=3):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "source": rng.integers(0, count, ties),
            "target": rng.integers(0, count, ties),
            "w": rng.integers(1, 5, ties).astype(float),
        }
    )


def plain(chart, *, directed, length=None):
    """The chart as networkx sees it: one edge per pair, self links gone."""
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(chart.entities["entity_id"])
    for source, target, weight in chart.links[["source", "target", "w"]].itertuples(index=False):
        if source != target:
            before = graph.edges[source, target]["w"] if graph.has_edge(source, target) else 0
            graph.add_edge(source, target, w=before + weight)
    for _, _, data in graph.edges(data=True):
        data["d"] = Fraction(1, int(data["w"]))
    return graph


def differences(found, graph, *, weighted):
    """How far each measure is from networkx at most."""
    n = len(graph)
    flat = nx.Graph(graph)
    for one, other, data in flat.edges(data=True):
        ways = {(one, other), (other, one)} if graph.is_directed() else {(one, other)}
        strengths = [
            float(graph.edges[way]["w"]) if weighted else 1.0 for way in ways if graph.has_edge(*way)
        ]
        data.update(w=sum(strengths))
    size, strong = ("d", "w") if weighted else (None, None)
    theirs = {
        "degree": dict(flat.degree),
        "betweenness": nx.betweenness_centrality(graph, weight=size),
        "closeness": nx.closeness_centrality(graph, distance=size),
        "harmonic": {
            node: value / max(n - 1, 1)
            for node, value in nx.harmonic_centrality(graph, distance=size).items()
        },
        "core": nx.core_number(flat),
        "pagerank": nx.pagerank(graph, weight=strong, tol=1e-14, max_iter=5_000),
        "constraint": nx.constraint(flat, weight="w"),
    }
    largest = flat.subgraph(found.index[found["component"] == 1])
    if len(largest) > 2:
        theirs["eigenvector"] = nx.eigenvector_centrality_numpy(largest, weight="w")
    worst = {}
    for name, expected in theirs.items():
        ours, other = found[name].astype(float), pd.Series(expected, dtype=float).reindex(found.index)
        assert (ours.isna() == other.isna()).all(), name
        worst[name] = (ours - other).abs().max()
    return worst


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_own_loops_equal_networkx(directed, weighted):
    chart = networks.chart(random_links(120, 260))
    found = by_id(measured(chart, directed=directed, strength="w" if weighted else None))
    for name, worst in differences(found, plain(chart, directed=directed), weighted=weighted).items():
        assert worst < 1e-10, name


@pytest.mark.parametrize("directed", [False, True])
def test_a_larger_chart_equals_networkx(directed):
    chart = networks.chart(random_links(700, 1500))
    found = by_id(measured(chart, directed=directed))
    graph = plain(chart, directed=directed)
    assert (found["betweenness"] - pd.Series(nx.betweenness_centrality(graph))).abs().max() < 1e-12
    assert (found["closeness"] - pd.Series(nx.closeness_centrality(graph))).abs().max() < 1e-12


@pytest.mark.parametrize(
    "graph",
    [
        nx.complete_bipartite_graph(3, 6),  # alike and not tied
        nx.windmill_graph(4, 5),  # alike and tied
        nx.disjoint_union(nx.complete_graph(6), nx.star_graph(7)),
        nx.compose(nx.complete_bipartite_graph(2, 5), nx.path_graph([0, 20, 21, 22])),
        nx.ring_of_cliques(4, 5),
        nx.balanced_tree(3, 3),
    ],
)
def test_those_alike_are_walked_from_once_and_count_in_full(graph):
    rng = np.random.default_rng(3)
    ends = [(str(node), f"end {node}") for node in graph.nodes if rng.random() < 0.3]
    graph = nx.relabel_nodes(graph, str)
    graph.add_edges_from(ends)
    chart = networks.chart(pairs(*graph.edges))
    found = by_id(measured(chart))["betweenness"]
    assert (found - pd.Series(nx.betweenness_centrality(graph))).abs().max() < 1e-12


def test_long_chains():
    chain = pairs(*[(f"E{one}", f"E{one + 1}") for one in range(600)])
    found = by_id(measured(networks.chart(chain)))
    assert found.loc["E300", "betweenness"] == pytest.approx(2 * 300 * 300 / (600 * 599))


def test_large_charts_are_estimated_and_say_so(monkeypatch):
    chart = networks.chart(random_links(900, 2500))
    exact = by_id(measured(chart))["betweenness"]
    monkeypatch.setattr(paths, "EXACT_WORK", 1e5)
    monkeypatch.setattr(paths, "PIVOTS", 300)
    found = measured(chart, rng=11)
    assert found["exact"] is False
    assert found.seed == "11"
    assert found["error"] == pytest.approx(math.sqrt(math.log(2 * len(exact) / 0.05) / 600))
    estimate = by_id(found)["betweenness"]
    assert 0 < (estimate - exact).abs().max() <= found["error"]
    assert np.corrcoef(estimate, exact)[0, 1] > 0.9
    assert "Betweenness is an estimate" in found.explain()
    again = by_id(measured(chart, rng=11))["betweenness"]
    pd.testing.assert_series_equal(estimate, again)
    assert not estimate.equals(by_id(measured(chart, rng=12))["betweenness"])


def test_estimates_are_right_on_average(monkeypatch):
    links = random_links(300, 420)  # many ends, which are folded and must still count in full
    chart = networks.chart(links)
    exact = by_id(measured(chart))["betweenness"]
    monkeypatch.setattr(paths, "EXACT_WORK", 1.0)
    monkeypatch.setattr(paths, "PIVOTS", 60)
    drawn = [by_id(measured(chart, rng=turn))["betweenness"] for turn in range(60)]
    mean = pd.concat(drawn, axis=1).mean(axis=1)
    assert (mean - exact).abs().max() < 0.02
    assert (drawn[0] - exact).abs().max() > (mean - exact).abs().max()


def test_slices_add_up(monkeypatch):
    chart = networks.chart(random_links(150, 300))
    whole = by_id(measured(chart))
    monkeypatch.setattr(paths, "SLICE", 1.0)
    found = by_id(measured(chart))
    for name in ("betweenness", "closeness", "harmonic"):
        assert (whole[name] - found[name]).abs().max() < 1e-12


def test_only_the_largest_part_has_eigenvector_values():
    found = by_id(measured(networks.chart(pairs(("A", "B"), ("B", "C"), ("D", "E")))))
    assert found["eigenvector"].round(6).to_dict() == pytest.approx(
        {"A": 0.5, "B": 0.707107, "C": 0.5, "D": math.nan, "E": math.nan}, nan_ok=True
    )


def test_roles_between_groups():
    """By hand: B joins A and C of its own group, C joins B of the same to D of another, D stands between two others."""
    entities = pd.DataFrame({"entity_id": list("ABCDE"), "side": ["x", "x", "x", "y", "z"]})
    found = by_id(
        measured(
            networks.chart(pairs(("A", "B"), ("B", "C"), ("C", "D"), ("D", "E")), entities),
            groups="side",
            directed=True,
        )
    )
    roles = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]
    assert found.loc["B", roles].tolist() == [1, 0, 0, 0, 0]
    assert found.loc["C", roles].tolist() == [0, 0, 0, 1, 0]
    assert found.loc["D", roles].tolist() == [0, 0, 0, 0, 1]
    assert found.loc[["A", "E"], roles].to_numpy().sum() == 0


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=30),
    sides=st.lists(st.sampled_from("xyz"), min_size=8, max_size=8),
    directed=st.booleans(),
)
def test_roles_equal_counting_every_pair(rows, sides, directed):
    entities = pd.DataFrame({"entity_id": [str(one) for one in range(8)], "side": sides})
    chart = networks.chart(pd.DataFrame(rows, columns=["source", "target"]), entities)
    found = by_id(measured(chart, groups="side", directed=directed))
    tied = {(a, b) for a, b in rows if a != b} | (set() if directed else {(b, a) for a, b in rows if a != b})
    for v in range(8):
        counts = dict.fromkeys(("coordinator", "itinerant", "gatekeeper", "representative", "liaison"), 0)
        for a in range(8):
            for b in range(8):
                if a == b or (a, v) not in tied or (v, b) not in tied or (a, b) in tied:
                    continue
                one, own, other = sides[a], sides[v], sides[b]
                if one == own == other:
                    counts["coordinator"] += 1
                elif one == other:
                    counts["itinerant"] += 1
                elif own == other:
                    counts["gatekeeper"] += 1
                elif one == own:
                    counts["representative"] += 1
                else:
                    counts["liaison"] += 1
        assert found.loc[str(v), list(counts)].astype(int).to_dict() == counts


def test_a_hub_with_a_hundred_thousand_contacts():
    spokes = pd.DataFrame({"source": "hub", "target": np.arange(100_000).astype(str)})
    rim = pd.DataFrame({"source": ["1", "2"], "target": ["2", "3"]})
    found = by_id(measured(networks.chart(pd.concat([spokes, rim])), rng=1))
    assert found.loc["hub", "degree"] == 100_000
    assert found.loc["hub", "betweenness"] == pytest.approx(1.0, abs=1e-4)
    assert found.loc["4", "constraint"] == 1.0


@pytest.mark.parametrize("options", [{}, {"strength": "w"}, {"directed": True}, {"groups": "kind"}])
def test_one_entity_alone_and_nobody_tied(options):
    chart = networks.chart(pairs(("A", "A"), w=[1.0]))
    found = by_id(measured(chart, **options))
    assert found.loc["A", ["degree", "betweenness", "closeness", "harmonic", "core"]].tolist() == [
        0,
        0,
        0,
        0,
        0,
    ]
    assert found.loc["A", "pagerank"] == 1.0
    assert pd.isna(found.loc["A", "constraint"])


names = st.sampled_from(list("ABCDEFGH"))


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.tuples(names, names), min_size=1, max_size=25), order=st.randoms(use_true_random=False)
)
def test_measures_do_not_depend_on_the_order_of_rows(rows, order):
    first = by_id(measured(networks.chart(pairs(*rows))))
    mixed = [pair if order.random() < 0.5 else pair[::-1] for pair in rows]
    order.shuffle(mixed)
    second = by_id(measured(networks.chart(pairs(*mixed)))).reindex(first.index)
    for name in ("degree", "links", "betweenness", "closeness", "harmonic", "core", "betweenness_rank"):
        assert (first[name].astype(float) - second[name].astype(float)).abs().max() < 1e-12
    assert first["betweenness"].between(0, 1).all()
    assert first["closeness"].between(0, 1).all()
    assert first["harmonic"].between(0, 1).all()


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(names, names, st.integers(1, 6)), min_size=1, max_size=25),
    directed=st.booleans(),
    weighted=st.booleans(),
)
def test_small_charts_equal_networkx(rows, directed, weighted):
    chart = networks.chart(pd.DataFrame(rows, columns=["source", "target", "w"]))
    found = by_id(measured(chart, strength="w" if weighted else None, directed=directed))
    for name, worst in differences(found, plain(chart, directed=directed), weighted=weighted).items():
        assert not worst > 1e-9, name


def test_rank_intervals_hold_the_ranks_of_a_clear_case_and_widen_with_doubt():
    star = pairs(*[("hub", f"L{leaf}") for leaf in range(20)], ("L1", "L2"))
    found = networks.measures(networks.chart(star), rng=3)
    hub = by_id(found).loc["hub"]
    assert hub[["betweenness_rank", "betweenness_rank_low", "betweenness_rank_high"]].tolist() == [1, 1, 1]
    assert found.seed == "3"
    assert "stays at rank 1 for betweenness" in found.explain()
    columns = found.table.columns.tolist()
    assert columns[columns.index("degree_rank") : columns.index("degree_rank") + 3] == [
        "degree_rank",
        "degree_rank_low",
        "degree_rank_high",
    ]
    few, many = (
        by_id(networks.measures(networks.chart(random_links(40, 80)), missing_links=share, rng=3))
        for share in (0.02, 0.5)
    )
    width = [(table["betweenness_rank_high"] - table["betweenness_rank_low"]).mean() for table in (few, many)]
    assert width[0] < width[1]


def test_without_redraws_it_is_said():
    assert "without intervals" in measured(networks.chart(pairs(("A", "B")))).explain()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"missing_links": 1.0}, "missing_links must be between"),
        ({"redraws": -1}, "redraws must be a whole number"),
        ({"certainty": "sure"}, "no column 'sure'"),
        ({"certainty": "w"}, "from 0 .surely not. to 1"),
        ({"groups": "gang"}, "no column 'gang'"),
    ],
)
def test_settings_that_do_not_fit(options, said):
    with pytest.raises(InputError, match=said):
        networks.measures(networks.chart(pairs(("A", "B"), w=[3.0])), **options)
