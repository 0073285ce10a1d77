"""The projection is networkx's; the chances are those of brute force; the backbone finds what was planted."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import hypergeom

from ilp_lab import networks
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.intake import read_events
from ilp_lab.networks import backbones

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def women():
    graph = nx.davis_southern_women_graph()
    return graph, pd.DataFrame(list(graph.edges), columns=["person", "event"])


def pairs_of(result, column):
    return {frozenset((a, b)): value for a, b, value in result.table[["source", "target", column]].to_numpy()}


def test_weights_are_those_of_networkx():
    graph, events = women()
    people = graph.graph["top"]
    theirs = {
        "count": nx.bipartite.weighted_projected_graph(graph, people),
        "newman": nx.bipartite.collaboration_weighted_projected_graph(graph, people),
        "jaccard": nx.bipartite.overlap_weighted_projected_graph(graph, people, jaccard=True),
    }
    for weight, projected in theirs.items():
        found = networks.co_offending(events, weight=weight)
        ours = pairs_of(found, "strength")
        assert len(ours) == projected.number_of_edges() == 139
        for one, other, value in projected.edges(data="weight"):
            assert ours[frozenset((one, other))] == pytest.approx(value, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6)), min_size=1, max_size=40))
def test_counts_are_those_of_a_matrix_product(rows):
    found = networks.co_offending(pd.DataFrame(rows, columns=["person", "event"]), test="hypergeometric")
    matrix = np.zeros((9, 7), int)
    for person, event in rows:
        matrix[person, event] = 1
    product = matrix @ matrix.T
    ours = {frozenset(map(int, key)): value for key, value in pairs_of(found, "count").items()}
    theirs = {frozenset((a, b)): product[a, b] for a in range(9) for b in range(a) if product[a, b]}
    assert ours == theirs
    assert len(rows) == len(set(rows)) + found.left_out.get("the same person in the same event again", 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=50, unique=True))
def test_chances_meet_the_counts_of_persons_and_events(rows):
    person, event = (np.unique(side, return_inverse=True)[1] for side in zip(*rows, strict=True))
    d, s = np.bincount(person), np.bincount(event)
    model = backbones.taking_part(d, s)
    assert model.error < 1e-6
    assert (model.chance >= 0).all()
    assert (model.chance <= 1).all()


def test_the_tail_is_that_of_adding_event_by_event():
    _, events = women()
    person, event = pd.factorize(events["person"])[0], pd.factorize(events["event"])[0]
    d, s = np.bincount(person), np.bincount(event)
    model = backbones.taking_part(d, s)
    sizes = np.unique(s)
    found = networks.co_offending(events).table
    names = pd.factorize(events["person"])[1].tolist()
    for row in found.sample(30, random_state=1).itertuples():
        state = np.array([1.0])
        for size in s:
            q = np.prod(
                [
                    model.chance[model.person_class[names.index(who)], np.searchsorted(sizes, size)]
                    for who in (row.source, row.target)
                ]
            )
            state = np.convolve(state, [1 - q, q])
        assert row.p == pytest.approx(state[row.count :].sum(), rel=1e-9)
        assert row.expected == pytest.approx((state * np.arange(len(state))).sum(), rel=1e-9)


def test_the_tail_agrees_with_drawing_event_lists():
    _, events = women()
    person, event = pd.factorize(events["person"])[0], pd.factorize(events["event"])[0]
    s = np.bincount(event)
    model = backbones.taking_part(np.bincount(person), s)
    chance = model.chance[model.person_class][:, np.searchsorted(np.unique(s), s)]
    draw = np.random.default_rng(1)
    seen = np.zeros((18, 18))
    observed = np.zeros((18, 14))
    observed[person, event] = 1
    together = observed @ observed.T
    for _ in range(2000):
        made = (draw.random(chance.shape) < chance).astype(float)
        seen += made @ made.T >= together
    found = networks.co_offending(events).table
    names = pd.factorize(events["person"])[1].tolist()
    theirs = [seen[names.index(a), names.index(b)] / 2000 for a, b in found[["source", "target"]].to_numpy()]
    np.testing.assert_allclose(found["p"], theirs, atol=0.05)


def test_small_probabilities_keep_their_digits():
    events = np.array([100_000])
    expected, p = np.zeros(1), np.zeros(1)
    from ilp_lab.networks.loops.together import upper_tails

    upper_tails(np.array([0]), np.array([0]), np.array([4]), np.array([[1e-5]]), events, expected, p)
    assert p[0] == pytest.approx((1e-5**4) * (1e5 * 99_999 * 99_998 * 99_997 / 24) * 1e-20, rel=1e-4)


def test_a_planted_pair_is_the_backbone_and_a_crowd_is_not():
    draw = np.random.default_rng(6)
    rows = [
        (f"P{n}", f"E{e}")
        for e in range(300)
        for n in draw.choice(120, size=1 + draw.poisson(1.2), replace=False)
    ]
    crowd = [(f"P{n}", "party") for n in range(60)]
    planted = [(who, f"job {n}") for n in range(8) for who in ("P3", "P77")]
    found = networks.co_offending(pd.DataFrame(rows + crowd + planted, columns=["person", "event"]))
    kept = found.table[found.table["kept"]]
    assert {frozenset(pair) for pair in kept[["source", "target"]].to_numpy().tolist()} == {
        frozenset(("P3", "P77"))
    }
    assert found.table["count"].sum() > 1770
    assert set(found["chart"].entities["entity_id"]) == {"P3", "P77"}
    assert len(networks.chart(found.table).links) == len(found.table)
    assert "P3 and P77" in found.explain() or "P77 and P3" in found.explain()


def test_hypergeometric_and_disparity_are_what_they_say():
    _, events = women()
    row = networks.co_offending(events, test="hypergeometric").table.iloc[0]
    degree = events["person"].value_counts()
    p = hypergeom.sf(row["count"] - 1, 14, degree[row["source"]], degree[row["target"]])
    assert row["p"] == pytest.approx(p)
    assert row["q_fdr"] >= p
    weights = np.array([5.0, 3.0, 2.0])
    alone = backbones.disparity(np.zeros(3, int), np.array([1, 2, 3]), weights, 4)
    for weight, ours in zip(weights, alone, strict=True):
        area, _ = quad(lambda x: (1 - x) ** (3 - 2), 0, weight / 10)  # Serrano et al. 2009, equation 2
        assert ours == pytest.approx(1 - 2 * area)


def test_q_counts_pairs_that_never_met():
    p = np.array([0.001, 0.5])
    assert backbones.among_all_pairs(p, 100)[0] == pytest.approx(0.1)
    assert backbones.among_all_pairs(np.append(p, np.ones(98)), 100)[:2] == pytest.approx(
        backbones.among_all_pairs(p, 100)
    )


def test_victims_and_witnesses_do_not_act_together_with_anybody():
    rows = pd.DataFrame(
        {
            "person": ["A", "B", "C", "D", "E"],
            "event": ["e"] * 5,
            "category": ["suspect", "convicted; suspect", "victim", None, "other party"],
            "role": ["driver", None, None, "Witness", None],
        }
    )
    found = networks.co_offending(rows)
    assert found.table[["source", "target"]].to_numpy().tolist() == [["A", "B"]]
    assert found.left_out == {"victim, witness or other party": 3}


def test_dates_travel_with_kept_ties_and_handling_with_all():
    rows = pd.DataFrame(
        {
            "person": ["A", "B"] * 6,
            "event": np.repeat(range(6), 2),
            "occurred_at": np.repeat(pd.date_range("2024-01-01", periods=6), 2),
            "handling": "H1",
        }
    )
    others = [(f"X{who % 31}", f"x{n}", "H0") for n in range(60) for who in (n, 7 * n + 1)]
    crowd = pd.DataFrame(others, columns=["person", "event", "handling"])
    found = networks.co_offending(pd.concat([rows, crowd]))
    kept = found.table[found.table["kept"]]
    assert str(kept["start"].iloc[0].date()) == "2024-01-01"
    assert str(kept["end"].iloc[0].date()) == "2024-01-06"
    assert found.handling == found["chart"].handling == "H1"


def test_one_event_with_a_hundred_thousand_persons_is_refused_with_the_way_out():
    crowd = pd.DataFrame({"person": np.arange(100_000), "event": "match"})
    small = pd.DataFrame({"person": [1, 2], "event": "burglary"})
    with pytest.raises(InputError, match="largest_event=50"):
        networks.co_offending(pd.concat([crowd, small]))
    found = networks.co_offending(pd.concat([crowd, small]), largest_event=50)
    assert found.left_out == {"event with more than 50 persons": 100_000}
    assert len(found.table) == 1


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda e: networks.co_offending(e.drop(columns="event")), ColumnError, "no column 'event'"),
        (lambda e: networks.co_offending(e, weight="salton"), InputError, "weight must be one of"),
        (lambda e: networks.co_offending(e, test="luck"), InputError, "test must be one of"),
        (lambda e: networks.co_offending(e, level=2), InputError, "level"),
    ],
)
def test_faults_are_said(call, error, said):
    with pytest.raises(error, match=said):
        call(women()[1])


def test_nobody_and_nothing():
    empty = pd.DataFrame({"person": [], "event": []})
    for test in ("sdsm", "hypergeometric", "disparity"):
        assert len(networks.co_offending(empty, test=test).table) == 0
        alone = networks.co_offending(pd.DataFrame({"person": [1], "event": [1]}), test=test)
        assert len(alone.table) == 0


@pytest.mark.skipif(not SHARED.exists(), reason="the public data sets are not beside the project (../shared)")
def test_real_clubs_of_paul_revere():
    edges = pd.read_csv(next((SHARED / "covert_networks" / "edges").glob("covert_35__2*")))
    events, _ = read_events(edges, columns={"person": "target", "event": "source"})
    found = networks.co_offending(events)
    assert found["persons"] == 254
    assert found["events"] == 7
    matrix = pd.crosstab(events["person"], events["event"]).to_numpy()
    assert len(found.table) == int(np.triu((matrix @ matrix.T) > 0, 1).sum())
