"""The board *Network explorer*, without a browser: against the room it asks, and on what it must never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from ilp_lab import networks, safeguards
from ilp_lab.boards import NetworkState, compute_network, network_explorer
from ilp_lab.errors import InputError

STATE = NetworkState(players=1, missing_percent=0)


@pytest.fixture(scope="module")
def chart():
    rows = [
        ("A", "B"),
        ("B", "C"),
        ("C", "A"),
        ("C", "X"),
        ("X", "D"),
        ("D", "E"),
        ("E", "F"),
        ("F", "D"),
        ("A", "V"),
        ("V", "F"),
    ]
    links = pd.DataFrame(rows, columns=["source", "target"]).assign(
        kind=["called"] * 8 + ["met"] * 2,
        information_grade=["1"] * 6 + ["4"] * 4,
        start=[*pd.date_range("2024-01-01", periods=9, freq="7D").strftime("%Y-%m-%d"), None],
    )
    names = [*"ABCXDEFV"]
    entities = pd.DataFrame(
        {
            "entity_id": names,
            "label": [f"<b>{name}</b>" for name in names],
            "kind": "person",
            "category": [None] * 7 + ["victim"],
        }
    )
    return networks.chart(links, entities)


def test_it_ranks_what_the_room_ranks(chart):
    view = compute_network(STATE, chart)
    ranks = networks.ranking(chart, by="betweenness", missing_links=0.0, redraws=100, rng=7)
    pd.testing.assert_frame_equal(view.results["ranking"].table, ranks.table)
    sets = networks.key_players(chart, k=1, missing_links=0.0, redraws=100, rng=7)
    assert view.tables["sets"]["members"].tolist() == sets.table["members"].tolist()
    assert view.facts[0]["value"] == "8"


def test_victims_are_on_the_chart_and_in_no_ranking_and_no_set(chart):
    view = compute_network(STATE, chart)
    assert "V" not in set(view.tables["ranking"]["entity_id"])
    assert not view.tables["sets"]["members"].str.contains("V").any()
    assert any("not ranked" in note for note in view.notes)
    assert "V" in set(view.results["ranking"].details["chart"].entities["entity_id"])


def test_filters_change_the_answer_and_are_said(chart):
    view = compute_network(replace(STATE, kinds=("called",)), chart)
    assert view.tables["ranking"]["entity_id"].iloc[0] == "X"
    assert view.answer[1].startswith("Most hangs on <b>X</b>: without them 60.0% of all pairs have no way")
    assert any("2 links do not count" in note for note in view.notes)
    late = compute_network(replace(STATE, since=date(2024, 1, 30), until=date(2024, 2, 20)), chart)
    assert late.facts[1]["value"] == "3"


def test_too_little_is_said_and_nothing_is_measured(chart):
    view = compute_network(replace(STATE, since=date(2030, 1, 1)), chart)
    assert view.answer == ("Too little is left to measure: let more kinds, grades or days count.",)
    assert not view.results


def test_what_is_not_there_is_refused(chart):
    for wrong in (
        {"by": "power"},
        {"goal": "arrest"},
        {"kinds": ("ghost",)},
        {"players": 0},
        {"since": date(2024, 2, 1), "until": date(2024, 1, 1)},
    ):
        with pytest.raises(InputError):
            compute_network(replace(STATE, **wrong), chart)
    with pytest.raises(InputError, match="LinkChart"):
        network_explorer(pd.DataFrame())


def test_the_board_shows_the_chart_that_it_measured_and_goes_on_with_what_was_left(chart):
    board = network_explorer(chart, state=STATE)
    board.show()
    assert board.wait(60)
    assert board.status.startswith("Up to date")
    board.set(kinds=("called",))
    assert board.wait(60)
    assert set(board.chart.links["kind"]) == {"called"}
    assert board._widget.measures is not None
    board._widget.do({"do": "keep", "rows": [0, 1, 2, 3]})
    left = board.chart
    board._heard({"kind": "act", "name": "take_chart"})
    assert board.wait(60)
    assert board.view.facts[0]["value"] == str(len(left.entities))
    board._heard({"kind": "act", "name": "whole_chart"})
    assert board.wait(60)
    assert board.view.facts[0]["value"] == "7"


def test_it_opens_on_the_sample_data_and_comes_back_from_the_case(tmp_path, chart):
    board = network_explorer()
    assert len(board.view.tables["ranking"]) > 200
    assert {block["kind"] for block in board._all_blocks(board.view)} >= {
        "answer",
        "facts",
        "picture",
        "table",
    }
    case = safeguards.open_case(tmp_path / "case", purpose="training", legal_basis="none needed", analyst="T")
    network_explorer(chart, case=case).set(by="degree", players=2).save()
    assert network_explorer(chart, case=case).state.by == "degree"


def test_the_answer_stands_above_the_chart_and_the_tables_below(chart):
    board = network_explorer(chart, state=STATE)
    shown = board.show()
    assert board.wait(60)
    above, widget, below = shown.children[0].children[1].children
    assert [block["kind"] for block in above.held["blocks"]] == ["answer", "facts"]
    assert type(widget).__name__ == "LinkChartWidget"
    assert {"table", "picture"} <= {block["kind"] for block in below.held["blocks"]}
