"""Published numbers of covert networks, and closed forms, against networks.measures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from ilp_lab import networks
from ilp_lab.networks import paths

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
CAVIAR = DATA / "caviar_oracle"
MATRICES = DATA / "mcmacdonald_networks"

needs_caviar = pytest.mark.skipif(not CAVIAR.is_dir(), reason="the Caviar files are not beside the project")
needs_matrices = pytest.mark.skipif(not MATRICES.is_dir(), reason="the matrices are not beside the project")


def links_of(path):
    """A matrix file as a table of directed links with a strength."""
    matrix = pd.read_csv(path, index_col=0, encoding="utf-8-sig")
    matrix.index = matrix.index.astype(str).str.strip()
    matrix.columns = matrix.index  # phase 7 lists actor 9 twice, which pandas would rename in one place only
    values = matrix.to_numpy(dtype=float)
    rows, columns = np.nonzero(values)
    links = pd.DataFrame(
        {"source": matrix.index[rows], "target": matrix.columns[columns], "strength": values[rows, columns]}
    )
    links = links.drop_duplicates(["source", "target"])  # as the published numbers took actor 9
    return links, pd.DataFrame({"entity_id": matrix.index.unique(), "kind": "person"})


def measured(chart, **options):
    """The measures alone, without drawing the chart again for rank intervals."""
    return networks.measures(chart, redraws=0, **options)


def by_id(result):
    return result.table.set_index("entity_id")


def worst(ours, theirs):
    return float((ours.astype(float) - theirs.reindex(ours.index).astype(float)).abs().max())


def worst_in_order(ours, theirs):
    """The published harmonic column is out of step with its rows (actor 1 sends 54 ties and stands at 0): sort both."""
    return float(np.abs(np.sort(ours.to_numpy(dtype=float)) - np.sort(theirs.to_numpy(dtype=float))).max())


def published(path):
    table = pd.read_csv(path)
    return table.assign(Nodes=table["Nodes"].astype(str)).set_index("Nodes")


@pytest.mark.realdata
@needs_caviar
def test_caviar_directed():
    links, entities = links_of(CAVIAR / "data/CAVIAR_FULL_Directed.csv")
    chart = networks.chart(links, entities)
    assert (len(chart.entities), len(chart.links)) == (110, 295)
    ours = by_id(measured(chart, strength="strength", directed=True))
    theirs = published(CAVIAR / "results/time_averaged/directed/structure/Centralities_directed.csv")
    assert set(ours.index) == set(theirs.index)
    assert worst(ours["betweenness"], theirs["Betweenness"]) < 1e-12
    assert worst(ours["degree_in"] / 109, theirs["In-Degree"]) < 1e-12
    assert worst(ours["degree_out"] / 109, theirs["Out-Degree"]) < 1e-12
    assert worst_in_order(ours["harmonic"] * 109, theirs["In-Harmonic"]) < 1e-9
    assert ours.loc["1", "betweenness"] == pytest.approx(0.5462962962962964, abs=1e-12)


@pytest.mark.realdata
@needs_caviar
def test_caviar_undirected():
    links, entities = links_of(CAVIAR / "data/CAVIAR_FULL_Undirected.csv")
    half = links[links["source"] < links["target"]]  # the matrix holds each tie twice
    chart = networks.chart(half, entities)
    assert len(chart.links) == 205
    ours = by_id(measured(chart, strength="strength"))
    theirs = published(CAVIAR / "results/time_averaged/undirected/structure/Centralities_undirected.csv")
    assert worst(ours["betweenness"], theirs["Betweenness"]) < 1e-12
    assert worst(ours["degree"] / 109, theirs["Degree"]) < 1e-12
    assert worst_in_order(ours["harmonic"] * 109, theirs["Harmonic"]) < 1e-9
    assert ours.loc["1", "betweenness"] == pytest.approx(0.8950050968399593, abs=1e-12)
    assert ours["betweenness"].nlargest(4).round(4).to_dict() == {
        "1": 0.8950,
        "3": 0.3643,
        "12": 0.3479,
        "87": 0.3101,
    }
    assert ours["degree"].nlargest(3).to_dict() == {"1": 60, "12": 28, "3": 27}


@pytest.mark.realdata
@needs_caviar
def test_caviar_as_a_graph_of_networkx():
    """Density of both files and assortativity by degree, through the view that must lose nothing."""
    links, entities = links_of(CAVIAR / "data/CAVIAR_FULL_Directed.csv")
    directed = networks.to_networkx(networks.chart(links, entities), directed=True)
    assert nx.density(nx.DiGraph(directed)) == pytest.approx(0.024604, abs=5e-7)
    links, entities = links_of(CAVIAR / "data/CAVIAR_FULL_Undirected.csv")
    half = links[links["source"] < links["target"]]
    undirected = nx.Graph(networks.to_networkx(networks.chart(half, entities)))
    assert nx.density(undirected) == pytest.approx(0.034195, abs=5e-7)
    assert nx.degree_assortativity_coefficient(undirected) == pytest.approx(-0.361571, abs=5e-7)


@pytest.mark.realdata
@needs_caviar
def test_strengths_of_both_directions_add_up_to_the_undirected_file():
    directed, entities = links_of(CAVIAR / "data/CAVIAR_FULL_Directed.csv")
    theirs = published(CAVIAR / "results/time_averaged/undirected/structure/Centralities_undirected.csv")
    ours = by_id(measured(networks.chart(directed, entities), strength="strength"))
    assert worst(ours["betweenness"], theirs["Betweenness"]) < 1e-12


@pytest.mark.realdata
@needs_caviar
@pytest.mark.parametrize("phase", range(1, 12))
def test_caviar_phases(phase, monkeypatch):
    links, entities = links_of(CAVIAR / f"data/TempData/CAVIAR{phase}.csv")
    chart = networks.chart(links, entities)
    ours = by_id(measured(chart, strength="strength", directed=True))
    theirs = published(CAVIAR / f"results/temporal/Centralities_Per_Stage/Phase-{phase}.csv")
    assert set(ours.index) == set(theirs.index)
    others = len(ours) - 1
    assert worst(ours["degree_in"] / others, theirs["In-Degree"]) < 1e-12
    assert worst_in_order(ours["harmonic"] * others, theirs["In-Harmonic"]) < 1e-9
    assert worst(ours["betweenness"], exact_betweenness(links, entities)) < 1e-12
    monkeypatch.setattr(
        paths, "NEAR", 0.0
    )  # as published: ways of equal length told apart by rounding, in phases 7 and 8
    as_published = by_id(measured(chart, strength="strength", directed=True))
    assert worst(as_published["betweenness"], theirs["Betweenness"]) < 1e-12
    assert (worst(ours["betweenness"], theirs["Betweenness"]) < 1e-12) == (phase not in (7, 8))


def exact_betweenness(links, entities):
    """Betweenness with lengths as fractions, so that rounding plays no part."""
    graph = nx.DiGraph()
    graph.add_nodes_from(entities["entity_id"])
    for source, target, strength in links[["source", "target", "strength"]].itertuples(index=False):
        if source != target:
            graph.add_edge(source, target, length=Fraction(1, int(strength)))
    return pd.Series(nx.betweenness_centrality(graph, weight="length"))


@pytest.mark.realdata
@needs_matrices
@pytest.mark.parametrize(
    ("name", "entities", "ties"),
    [
        ("morselli_siren", 44, 103),
        ("morselli_togo", 33, 47),
        ("LONDON_GANG", 54, 315),
        ("MONTREALGANG", 35, 78),
    ],
)
def test_undirected_matrices(name, entities, ties):
    links, people = links_of(MATRICES / f"{name}.csv")
    chart = networks.chart(links, people)
    ours = by_id(measured(chart))
    assert len(ours) == entities
    assert ours["degree"].sum() == 2 * ties
    graph = nx.Graph(zip(links["source"], links["target"], strict=True))
    graph.add_nodes_from(people["entity_id"])
    assert worst(ours["betweenness"], pd.Series(nx.betweenness_centrality(graph))) < 1e-12
    assert worst(ours["closeness"], pd.Series(nx.closeness_centrality(graph))) < 1e-12
    assert worst(ours["core"], pd.Series(nx.core_number(graph))) == 0


@pytest.mark.realdata
@needs_matrices
def test_montreal_gangs_hang_together_in_29():
    links, people = links_of(MATRICES / "MONTREALGANG.csv")
    ours = by_id(measured(networks.chart(links, people)))
    assert (ours["component"] == 1).sum() == 29
    assert ours.loc["BMF", "betweenness"] == pytest.approx(0.211, abs=0.0005)


@pytest.mark.realdata
@needs_matrices
def test_cielnet_is_directed():
    links, people = links_of(MATRICES / "morselli_cielnet.csv")
    chart = networks.chart(links, people)
    assert len(chart.links) == 45
    ours = by_id(measured(chart))
    assert len(ours) == 25
    top = ours["betweenness"].nlargest(2)
    assert top.index.tolist() == ["N2", "N1"]
    assert top.tolist() == pytest.approx([0.641, 0.591], abs=5e-4)


def complete(count):
    return [(f"E{one}", f"E{other}") for one in range(count) for other in range(one + 1, count)]


def table(pairs, **more):
    return pd.DataFrame(pairs, columns=["source", "target"]).assign(**more)


def test_complete_graph_of_five():
    found = by_id(measured(networks.chart(table(complete(5)))))
    assert (found["degree"] == 4).all()
    assert (found["betweenness"] == 0).all()
    assert (found["closeness"] == 1).all()
    assert (found["harmonic"] == 1).all()
    assert (found["core"] == 4).all()
    assert (found["betweenness_rank"] == 1).all()


@pytest.mark.parametrize("leaves", [2, 3, 10, 500])
def test_star(leaves):
    found = by_id(measured(networks.chart(table([("hub", f"L{leaf}") for leaf in range(leaves)]))))
    assert found.loc["hub", "betweenness"] == pytest.approx(1.0, abs=1e-12)
    assert found.loc["hub", "closeness"] == pytest.approx(1.0, abs=1e-12)
    leaf = found.loc["L0"]
    assert leaf["betweenness"] == 0
    assert leaf["closeness"] == pytest.approx(leaves / (1 + 2 * (leaves - 1)), abs=1e-12)
    assert leaf["harmonic"] == pytest.approx((1 + (leaves - 1) / 2) / leaves, abs=1e-12)
    assert (found["core"] == 1).all()


@pytest.mark.parametrize("count", [3, 8, 450])
def test_path(count):
    pairs = [(f"E{one}", f"E{one + 1}") for one in range(count - 1)]
    found = by_id(measured(networks.chart(table(pairs))))
    for place in (0, 1, count // 2):
        before, after = place, count - 1 - place
        expected = 2 * before * after / ((count - 1) * (count - 2))
        assert found.loc[f"E{place}", "betweenness"] == pytest.approx(expected, abs=1e-12)
        far = before * (before + 1) / 2 + after * (after + 1) / 2
        assert found.loc[f"E{place}", "closeness"] == pytest.approx((count - 1) / far, abs=1e-12)


def test_a_ring_shares_its_paths():
    found = by_id(measured(networks.chart(table([(f"E{one}", f"E{(one + 1) % 6}") for one in range(6)]))))
    # Of the 10 pairs of others, the two neighbours' pair passes wholly and the three-step pairs by halves.
    assert found["betweenness"].round(12).unique().tolist() == [0.2]


def test_lengths_change_the_way():
    pairs = [("A", "B"), ("B", "C"), ("A", "C")]
    short = table(pairs, metres=[1.0, 1.0, 5.0], calls=[5.0, 5.0, 1.0])
    by_distance = by_id(measured(networks.chart(short), distance="metres"))
    by_strength = by_id(measured(networks.chart(short), strength="calls"))
    for found in (by_distance, by_strength):
        assert found["betweenness"].to_dict() == {"A": 0.0, "B": 1.0, "C": 0.0}
    assert by_distance.loc["A", "closeness"] == pytest.approx(2 / 3)
    assert by_strength.loc["A", "closeness"] == pytest.approx(2 / 0.6)


@pytest.mark.realdata
@needs_caviar
def test_caviar_metrics_of_every_phase(monkeypatch):
    """Anastasiadis and Antoniou 2024: centralizations, efficiency and entropies of the eleven phases."""
    monkeypatch.setattr(paths, "NEAR", 0.0)  # as published, see test_caviar_phases
    links = pd.concat(
        [
            links_of(CAVIAR / f"data/TempData/CAVIAR{phase}.csv")[0].assign(phase=phase)
            for phase in range(1, 12)
        ]
    )
    found = networks.through_time(
        networks.chart(links), phases="phase", strength="strength", directed=True, redraws=0, rng=1
    ).table
    theirs = pd.read_csv(CAVIAR / "results/temporal/Metrics_Temp.csv")
    for ours, column in (
        ("degree_centralization_in", "In-Degree Centralization"),
        ("degree_centralization_out", "Out-Degree Centralization"),
        ("betweenness_centralization", "Betweenness Centralization"),
        ("efficiency", "In-Global Efficiency"),
        ("degree_entropy_in", "In-Degree Entropy"),
        ("degree_entropy_out", "Out-Degree Entropy"),
    ):
        assert (found[ours] - theirs[column]).abs().max() < 1e-12, column


@pytest.mark.realdata
@needs_caviar
def test_caviar_link_prediction_is_about_as_accurate_as_measured_elsewhere():
    """A tenth of the links hidden, AUC: Adamic-Adar .754, preferential attachment .692."""
    links, entities = links_of(CAVIAR / "data/CAVIAR_FULL_Directed.csv")
    found = networks.missing_links(networks.chart(links, entities), trials=100, rng=1)
    auc = found["accuracy"].set_index("method")["auc"]
    assert auc["Adamic-Adar"] == pytest.approx(0.754, abs=0.02)
    assert auc["preferential attachment"] == pytest.approx(0.692, abs=0.02)
    assert not found["refused"]
