"""How certain links are taken to be, and how far an order holds when links are missing or wrong."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import evaluation, networks, samples
from ilp_lab.errors import InputError, SafeguardError
from ilp_lab.networks.certainties import tie_certainty
from ilp_lab.networks.redrawing import Redraw, interval
from ilp_lab.networks.ties import ties_of, usable


def pairs(*rows, **more):
    return pd.DataFrame(rows, columns=["source", "target"]).assign(**more)


@pytest.fixture
def belmara():
    return networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )


def test_certainty_comes_from_grades_a_column_or_numbers_and_is_said(belmara):
    graded = networks.brokers(belmara, certainty="grades", redraws=20, rng=1)
    assert "4x4" in graded["certainty"]
    assert "convention" in graded["certainty"]
    own = evaluation.certainty(belmara.links, own_weights={"source": {"X": 0.1}})
    given_numbers = networks.brokers(belmara, certainty=own, redraws=20, rng=1)
    assert "X 0.1" in given_numbers["certainty"]
    assert not given_numbers.table.equals(graded.table)
    with_column = networks.chart(pairs(("A", "B"), ("B", "C"), sure=[1.0, 0.5]))
    assert networks.brokers(with_column, certainty="sure", redraws=20, rng=1)["certainty"] == "column 'sure'"


def test_links_without_a_grade_count_half_and_that_is_said():
    chart = networks.chart(pairs(("A", "B"), ("B", "C"), source_grade=["A", None], information_grade="1"))
    found = networks.brokers(chart, certainty="grades", redraws=20, rng=1)
    assert found["certainty of links without a valid grade"] == 0.5
    assert "1 link)" in found.method_statement()


@pytest.mark.parametrize(
    ("certainty", "said"),
    [
        ("sure", "no column 'sure'"),
        ("w", "from 0 .surely not. to 1"),
        (0.5, "certainty must be 'grades'"),
        (pd.Series([0.5]), "for every link"),
    ],
)
def test_certainty_that_does_not_fit(certainty, said):
    with pytest.raises(InputError, match=said):
        networks.brokers(networks.chart(pairs(("A", "B"), ("B", "C"), w=[3.0, 1.0])), certainty=certainty)


def test_reports_confirm_each_other_and_one_report_does_not_confirm_itself():
    references = pd.Series(["R1", "R2", "R3", "R3", None, None])
    found = tie_certainty(
        np.array([0.5, 0.5, 0.4, 0.6, 0.5, 1.0]), references, np.array([0, 0, 1, 1, 2, 3]), 4
    )
    assert found.tolist() == pytest.approx([0.75, 0.6, 0.5, 1.0])


def test_redraws_keep_ties_as_often_as_they_are_certain_and_add_what_is_missing():
    graph = nx.gnm_random_graph(60, 150, seed=4)
    chart = networks.chart(pairs(*graph.edges))
    ties = ties_of(chart, usable(chart, None)[0])
    sure = np.full(150, 0.7)
    known = set(zip(ties.source.tolist(), ties.target.tolist(), strict=True))
    kept, added, strange = 0, 0, 0
    for source, target, _, _ in Redraw(ties, 0.2, sure).draws(300, np.random.default_rng(1), "t"):
        drawn = list(zip(source.tolist(), target.tolist(), strict=True))
        assert len(set(drawn)) == len(drawn)
        inside = sum(pair in known for pair in drawn)
        kept += inside
        added += len(drawn) - inside
        strange += sum(a >= b for a, b in drawn)
    assert strange == 0
    assert kept / 300 == pytest.approx(105, rel=0.02)
    assert added / 300 == pytest.approx(105 * 0.25, rel=0.05)


def test_nothing_missing_and_all_certain_gives_the_recorded_rank_back():
    chart = networks.chart(pairs(*nx.karate_club_graph().edges))
    found = networks.brokers(chart, missing_links=0.0, redraws=10, rng=1)
    table = found.table
    assert (table["rank_low"] == table["rank"]).all()
    assert (table["rank_high"] == table["rank"]).all()
    assert found["same_first"] == found["same_top"] == 1.0
    assert found["agreement"] == pytest.approx(1.0)
    assert table["entity_id"].iloc[0] == "0"


@pytest.mark.parametrize(
    "by", ["degree", "betweenness", "closeness", "harmonic", "pagerank", "eigenvector", "core"]
)
def test_every_measure_can_be_ranked(by):
    chart = networks.chart(pairs(*nx.karate_club_graph().edges, ("x", "y")))
    found = networks.ranking(chart, by=by, redraws=30, rng=2)
    assert found.table["rank"].is_monotonic_increasing
    assert (found.table["rank_low"] <= found.table["rank_high"]).all()
    assert found.table["top_share"].between(0, 1).all()
    assert found.table["rank_low"].min() == 1


def test_strength_needs_its_column():
    chart = networks.chart(pairs(("A", "B"), ("B", "C"), w=[1.0, 2.0]))
    with pytest.raises(InputError, match="needs strength="):
        networks.ranking(chart, by="strength")
    assert (
        networks.ranking(chart, by="strength", strength="w", redraws=10, rng=1).table["entity_id"].iloc[0]
        == "B"
    )


def test_a_broker_on_a_doubtful_report_is_not_sure(belmara):
    certain = networks.brokers(belmara, redraws=60, rng=7)
    doubtful = networks.brokers(belmara, certainty="grades", redraws=60, rng=7)
    assert set(certain.table["entity_id"]) & {"P113"} == set()
    assert certain.table["entity_id"].iloc[0] == "P085"
    assert doubtful["agreement"] < certain["agreement"]
    assert "each report held as likely as its grades say" in doubtful.explain()
    assert "not guilt" in certain.explain()
    again = networks.brokers(belmara, redraws=60, rng=7)
    pd.testing.assert_frame_equal(again.table, certain.table)
    assert certain.left_out == {"victim, witness or other party: shown, not ranked": 43}


def test_nobody_to_rank_is_refused():
    people = pd.DataFrame({"entity_id": ["A", "B"], "kind": "person", "category": "victim"})
    with pytest.raises(SafeguardError, match=r"\(D3\).*nobody on the chart may be ranked.*cannot be lifted"):
        networks.brokers(networks.chart(pairs(("A", "B")), people))


def test_nobody_between_is_said():
    assert (
        "no order to speak of"
        in networks.brokers(networks.chart(pairs(("A", "B"))), redraws=10, rng=1).explain()
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"missing_links": 0.95}, "missing_links must be between 0 and 0.9"),
        ({"redraws": 3}, "redraws must be a whole number of at least 10"),
        ({"top": 0}, "top must be"),
        ({"rng": "x"}, "rng must be"),
    ],
)
def test_settings_that_do_not_fit(options, said):
    with pytest.raises(InputError, match=said):
        networks.brokers(networks.chart(pairs(("A", "B"), ("B", "C"))), **options)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.integers(1, 9), min_size=3, max_size=3), min_size=5, max_size=40))
def test_intervals_hold_at_least_nine_tenths(rows):
    drawn = np.array(rows, dtype=float)
    low, high = interval(drawn)
    assert (((drawn >= low) & (drawn <= high)).mean(axis=0) >= 0.9 - 1e-12).all()


def test_a_rank_that_never_changes_is_one_rank():
    star = networks.chart(pd.DataFrame({"source": "H", "target": [f"T{n}" for n in range(12)]}))
    found = networks.ranking(star, by="degree", redraws=30, rng=2)
    assert found.table[["rank_low", "rank_high"]].iloc[0].tolist() == [1, 1]
    assert "it would keep rank 1 in 90% of 30 redraws" in found.findings[0]
