"""The board *Hot spots*, without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from ilp_lab.boards import HotSpotState, compute_hot_spots, hot_spots
from ilp_lab.errors import InputError

STATE = HotSpotState(cell_m=300)


def test_the_planted_pile_is_found_and_named(incidents, areas):
    view = compute_hot_spots(STATE, incidents, areas=areas)
    assert view.tables["leading"]["area"].iloc[0] == "<b>Port</b>"
    assert view.answer[-1] == "320 records of all offences, everywhere, all days."
    assert (view.results["hot_spots"].table["verdict"] == "hot spot beyond chance").any()


def test_place_offence_and_period_narrow_the_choice(incidents, areas):
    period = replace(STATE, offences=("theft",), since=date(2025, 2, 1), until=date(2025, 3, 1))
    assert compute_hot_spots(period, incidents, areas=areas).answer[-1] == (
        "28 records of theft, everywhere, 01 February 2025 to 28 February 2025."
    )
    hill = compute_hot_spots(replace(STATE, place="Hill"), incidents, areas=areas).results["hot_spots"]
    assert hill.table.geometry.total_bounds[0] >= 503_000 - 300


def test_too_few_is_said_not_computed(incidents, areas):
    view = compute_hot_spots(replace(STATE, since=date(2031, 1, 1)), incidents, areas=areas)
    assert not view.results
    assert "widen the choice" in view.answer[0]


def test_unknown_choices_and_a_period_that_ends_first_are_named(incidents):
    with pytest.raises(InputError, match="offence must be one of 'burglary dwelling', 'theft'; got 'thefts'"):
        compute_hot_spots(replace(STATE, offences=("thefts",)), incidents)
    with pytest.raises(InputError, match="ends on 2025-01-01 before it begins on 2025-02-01"):
        compute_hot_spots(replace(STATE, since=date(2025, 2, 1), until=date(2025, 1, 1)), incidents)


def test_the_same_state_gives_the_same_answer(incidents, areas):
    first, second = (compute_hot_spots(STATE, incidents, areas=areas) for _ in range(2))
    pd.testing.assert_frame_equal(first.tables["leading"], second.tables["leading"])
    assert first.answer == second.answer


def test_the_screen_follows_the_state(incidents, areas):
    board = hot_spots(incidents, areas=areas, state=STATE)
    board.show()
    assert board.wait(60)
    before = board._pages.held["blocks"]
    board._heard({"kind": "asked", "name": "show", "value": "density"})
    assert board.wait(60)
    assert board.state.show == "density"
    assert board._pages.held["blocks"][0]["lines"] == list(board.view.answer)
    kinds = [block["kind"] for block in board._pages.held["blocks"]]
    assert kinds == ["answer", "page", "table", "notes", "method"]
    assert board._pages.held["blocks"][1]["html"] != before[1]["html"]


def test_z_and_q_are_said_in_words_and_a_chance_is_never_nothing(incidents, areas):
    board = hot_spots(incidents, areas=areas)
    table = next(block for block in board.blocks(board.view) if block.get("name") == "leading")
    labels = [column["label"] for column in table["columns"]]
    assert not {"z", "q"} & set(labels)
    hinted = [column for column in table["columns"] if column["hint"]]
    assert [column["hint"][:2] for column in hinted] == ["z:", "q:"]
    chances = [row[labels.index("Chance of a false alarm (q)")] for row in table["rows"]]
    assert "under 0.001" in chances
    assert not {"0", "nearly 0"} & set(chances)


def test_a_pile_on_one_point_is_named_by_its_area_not_by_row_and_column(incidents, areas):
    piled = incidents.copy()
    piled.loc[piled.index[200:], "geometry"] = piled.geometry.iloc[200]
    view = hot_spots(piled, areas=areas).view
    assert not any("at row" in note for note in view.notes)
    told = next(note for note in view.notes if "lie on one point" in note)
    assert "They lie in <b>Port</b>." in told
    page = hot_spots(piled, areas=areas)
    map_block = next(block for block in page.blocks(view) if block["kind"] == "page")
    assert view.answer[0] not in map_block["html"]  # the answer stands above the map, once
