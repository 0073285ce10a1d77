"""Phases, windows, ways in the order of time, and the surest ways."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab import networks, samples
from ilp_lab.errors import InputError
from ilp_lab.networks.phasing import clustering
from ilp_lab.networks.ties import ties_of, usable


def day(number):
    return (pd.Timestamp("2024-01-01") + pd.Timedelta(days=number)).isoformat()


def timed(*rows, **more):
    """Links as (source, target, first day, last day)."""
    frame = pd.DataFrame(
        [(a, b, day(s), day(e)) for a, b, s, e in rows], columns=["source", "target", "start", "end"]
    )
    return networks.chart(frame.assign(**more))


names = st.sampled_from("ABCDEF")


@settings(deadline=None, max_examples=80)
@given(
    rows=st.lists(st.tuples(names, names, st.integers(0, 6), st.integers(0, 3)), min_size=1, max_size=14),
    directed=st.booleans(),
    same_time=st.booleans(),
    since=st.integers(0, 4),
)
def test_earliest_arrival_equals_waiting_and_watching(rows, directed, same_time, since):
    """Let a message spread over the days: whoever has it passes it on by every link that holds."""
    rows = [("A", "B", 0, 0), *rows]
    links = [(a, b, s, s + long) for a, b, s, long in rows if a != b]
    chart = timed(*links)
    found = networks.time_reach(chart, "A", since=day(since), directed=directed, same_time=same_time)
    have = {"A": float(since)}
    ways = [(a, b, s, e) for a, b, s, e in links] + (
        [] if directed else [(b, a, s, e) for a, b, s, e in links]
    )
    changed = True
    while changed:
        changed = False
        for a, b, s, e in ways:
            if a not in have:
                continue
            when = max(have[a], s)
            late = when > e or (not same_time and a != "A" and when <= have[a])
            if not late and when < have.get(b, np.inf):
                have[b] = when
                changed = True
    have.pop("A")
    ours = {
        name: (at - pd.Timestamp("2024-01-01")).days
        for name, at in zip(found["entity_id"], pd.to_datetime(found["earliest"]), strict=True)
    }
    assert ours == have


def test_a_path_in_time_tells_when_and_what_it_rests_on():
    chart = timed(
        ("A", "B", 0, 0),
        ("B", "C", 5, 9),
        ("C", "D", 7, 7),
        ("A", "D", 20, 20),
        reference=["R1", "R2", "R3", "R4"],
    )
    way = networks.time_path(chart, "A", "D")
    assert way["reference"].tolist() == ["R1", "R2", "R3"]
    assert way["waited_days"].tolist() == [0, 5, 2]
    assert way["source"].tolist() == ["A", "B", "C"]
    assert way["target"].tolist() == ["B", "C", "D"]
    assert networks.time_path(chart, "A", "D", since="2024-01-08")["reference"].tolist() == ["R4"]
    assert len(networks.time_path(chart, "D", "B", directed=True)) == 0
    assert len(networks.time_path(chart, "A", "D", until="2024-01-05")) == 0


def test_times_without_zone_with_zone_and_missing():
    links = pd.DataFrame(
        {
            "source": ["A", "B", "B"],
            "target": ["B", "C", "D"],
            "start": ["2024-01-01T10:00+02:00", "2024-01-01T09:30Z", None],
        }
    )
    links["start"] = pd.to_datetime(links["start"], utc=True, format="ISO8601")
    chart = networks.chart(links)
    found = networks.time_reach(chart, "A")
    assert found["entity_id"].tolist() == ["B", "C"]
    assert found.attrs["left_out"] == {"link without a time, or ending before it starts": 1}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda chart: networks.time_reach(chart, "Q"), "no entity 'Q'"),
        (lambda chart: networks.time_path(chart, "A", "A"), "the same entity"),
        (lambda chart: networks.time_path(chart, "A", "B", since="soon"), "since must be a time"),
        (lambda chart: networks.routes(chart, "A", "Q"), "no entity 'Q'"),
        (lambda chart: networks.routes(chart, "A", "B", k=0), "k must be"),
        (networks.through_time, "give phases"),
        (lambda chart: networks.through_time(chart, phases="p", window_days=3), "give phases"),
        (lambda chart: networks.through_time(chart, phases="p"), "no column 'p'"),
        (lambda chart: networks.through_time(chart, phases=["2024-02-01", "2024-01-01"]), "each later"),
        (lambda chart: networks.through_time(chart, phases=["2024-02-01", "x"]), "phases must be a time"),
        (lambda chart: networks.through_time(chart, window_days=0.001), "at most 400"),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(InputError, match=said):
        call(timed(("A", "B", 0, 0), ("B", "C", 40, 40)))


def test_charts_without_times_are_refused():
    bare = networks.chart(pd.DataFrame({"source": ["A"], "target": ["B"]}))
    for call in (lambda: networks.time_reach(bare, "A"), lambda: networks.through_time(bare, window_days=5)):
        with pytest.raises(InputError, match="no link of the chart has a time"):
            call()


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(names, names, st.integers(1, 10)), min_size=1, max_size=12),
    directed=st.booleans(),
)
def test_surest_routes_equal_trying_every_way(rows, directed):
    rows = [(a, b, w / 10) for a, b, w in rows if a != b] + [("A", "F", 0.01)]
    chart = networks.chart(pd.DataFrame(rows, columns=["source", "target", "sure"]))
    found = networks.routes(chart, "A", "F", k=3, certainty="sure", directed=directed)
    graph = nx.DiGraph() if directed else nx.Graph()
    for a, b, sure in rows:
        doubt = graph.edges[a, b]["doubt"] if graph.has_edge(a, b) else 1.0
        graph.add_edge(a, b, doubt=doubt * (1 - sure))
    every = sorted(
        (
            np.prod([1 - graph.edges[edge]["doubt"] for edge in itertools.pairwise(way)])
            for way in nx.all_simple_paths(graph, "A", "F")
        ),
        reverse=True,
    )[:3]
    assert found.groupby("route")["route_certainty"].first().tolist() == pytest.approx(every)


def test_routes_by_steps_length_and_strength():
    links = pd.DataFrame(
        {
            "source": ["A", "B", "A"],
            "target": ["B", "C", "C"],
            "far": [1.0, 1.0, 5.0],
            "calls": [9, 9, 1],
            "kind": ["x", "y", "z"],
        }
    )
    chart = networks.chart(links)
    assert networks.routes(chart, "A", "C", k=1)["kinds"].tolist() == ["z"]
    assert networks.routes(chart, "A", "C", k=1, distance="far")["kinds"].tolist() == ["x", "y"]
    assert networks.routes(chart, "A", "C", k=1, strength="calls")["kinds"].tolist() == ["x", "y"]
    assert networks.routes(chart, "A", "C")["certainty"].isna().all()
    island = networks.chart(pd.concat([links, pd.DataFrame({"source": ["P"], "target": ["Q"]})]))
    assert len(networks.routes(island, "A", "P")) == 0
    assert (
        networks.routes(island, "A", "P").columns.tolist()
        == networks.routes(chart, "A", "C").columns.tolist()
    )


def test_phases_count_who_stays_and_who_is_first():
    links = pd.DataFrame(
        {
            "source": ["A", "A", "A", "B", "B", "B"],
            "target": ["B", "C", "D", "C", "D", "E"],
            "phase": ["one", "one", "one", "two", "two", "two"],
        }
    )
    found = networks.through_time(networks.chart(links), phases="phase", rng=1)
    table = found.table.set_index("phase")
    assert table["first"].tolist() == ["A", "B"]
    assert table["degree_centralization"].tolist() == [1.0, 1.0]
    assert table["betweenness_centralization"].tolist() == [1.0, 1.0]
    assert table.loc["two", "stayed"] == 0.75
    assert table.loc["two", "ties_kept"] == 0.0
    standing = found["standing"].set_index(["phase", "entity_id"])
    assert standing.loc[("one", "A"), ["rank", "rank_low"]].tolist() == [1, 1]
    assert set(found["charts"]) == {"one", "two"}
    assert len(found["charts"]["two"].entities) == 4


def test_windows_and_bounds_cut_as_filter_does():
    chart = timed(("A", "B", 0, 4), ("B", "C", 5, 5), ("C", "D", 12, 20), ("D", "E", 30, 31))
    by_bounds = networks.through_time(chart, phases=[day(0), day(5), day(15)], redraws=0, rng=1)
    assert by_bounds.table["links"].tolist() == [1, 2]
    assert by_bounds.left_out == {"link in no phase": 1}
    for phase, (since, until) in zip(by_bounds["charts"].values(), [(0, 5), (5, 15)], strict=True):
        again = chart.filter(since=day(since), until=day(until))
        assert phase.links.index.tolist() == again.links.index.tolist()
    sliding = networks.through_time(chart, window_days=10, redraws=0, rng=1)
    assert len(sliding.table) > 4
    assert (sliding.table["since"].diff().dropna() == pd.Timedelta(days=5)).all()
    assert sliding.left_out == {}


def test_an_empty_phase_and_victims():
    links = pd.DataFrame(
        {
            "source": ["V", "V", "A"],
            "target": ["A", "B", "B"],
            "start": ["2024-01-01", "2024-01-01", "2024-03-01"],
        }
    )
    people = pd.DataFrame({"entity_id": ["V"], "kind": "person", "category": "victim"})
    found = networks.through_time(
        networks.chart(links, people), phases=["2024-01-01", "2024-02-01", "2024-02-15", "2024-04-01"], rng=1
    )
    assert found.table["entities"].tolist() == [3, 0, 2]
    assert "V" not in set(found["standing"]["entity_id"])
    assert found.table["first"].isna().all()


@settings(deadline=None, max_examples=30)
@given(ties=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=30))
def test_clustering_is_that_of_networkx(ties):
    graph = nx.Graph((a, b) for a, b in ties if a != b)
    if not len(graph):
        return
    chart = networks.chart(
        pd.DataFrame([(str(a), str(b)) for a, b in graph.edges], columns=["source", "target"])
    )
    assert clustering(ties_of(chart, usable(chart, None)[0])) == pytest.approx(nx.average_clustering(graph))


def test_belmara_moves_through_time():
    belmara = networks.chart(
        pd.read_csv(samples.path("belmara/links.csv")), pd.read_csv(samples.path("belmara/entities.csv"))
    )
    found = networks.through_time(belmara, window_days=180, redraws=20, rng=1)
    assert found.table["entities"].min() > 50
    assert found.table["first_holds"].between(0, 1).all()
    assert "P113" not in set(found["standing"]["entity_id"])
    way = networks.time_path(belmara, "P085", "P001")
    assert way["at"].is_monotonic_increasing
