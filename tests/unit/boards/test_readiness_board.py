"""The board *Readiness*, without a browser: what the room says, what was put down, and what comes back from a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from ilp_lab import boards, records, tasking
from ilp_lab.boards import ReadinessState, compute_readiness
from ilp_lab.boards.examplerecords import readiness_scores
from ilp_lab.errors import FormError, InputError, StoreError
from ilp_lab.safeguards import open_case

UNIT = "belmara/selin/s1"
DAY = date(2099, 4, 1)


def test_it_says_what_the_room_says():
    view = compute_readiness(ReadinessState(), readiness_scores(), today=DAY)
    same = tasking.readiness(readiness_scores())
    pd.testing.assert_frame_equal(view.tables["preconditions"], same.table)
    pd.testing.assert_frame_equal(view.tables["gaps"].drop(columns="overdue"), same["gaps"])
    assert view.tables["gaps"]["overdue"].sum() == 1  # the date of products_cited has passed
    assert view.facts[1]["value"] == f"{same.table['assessed'].sum()} / 52"
    assert len(view.tables["items"]) == 26
    assert view.tables["over_time"].columns.tolist()[1:] == ["2098-03-01", "2098-09-01", "2099-03-01"]


def test_unit_day_and_wanted_maturity_change_the_answer():
    state = ReadinessState(unit="belmara/selin", day=date(2098, 6, 1), wanted=2)
    view = compute_readiness(state, readiness_scores())
    early = [score for score in readiness_scores() if score.unit == UNIT and score.assessed_on <= state.day]
    same = tasking.readiness(early, wanted=2)
    assert view.tables["gaps"]["item"].tolist() == same["gaps"]["item"].tolist()
    assert "over_time" in view.tables
    assert len(view.answer) == 2
    with pytest.raises(InputError, match="unit must be one of '', 'belmara', 'belmara/selin'"):
        compute_readiness(replace(state, unit="nowhere"), readiness_scores())


def test_nothing_and_claims_only_are_said_in_words():
    assert "Nothing is assessed yet" in compute_readiness(ReadinessState(), []).answer[0]
    claim = records.ReadinessScore(item="named_owner", assessed_on="2026-03-01", maturity=3, assessor="A17")
    view = compute_readiness(ReadinessState(), [claim])
    assert "No item was assessed with evidence" in view.answer[0]
    assert view.tables["items"].set_index("item").loc["named_owner", "maturity"] == 3
    board = boards.readiness([claim])
    board.show()
    assert board.wait(60)
    assert board._head.held["status"]["kind"] == "done"


def test_a_score_is_put_down_taken_back_and_brought_back(tmp_path):
    case = open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")
    board = boards.readiness(readiness_scores(), case=case)
    board.set(item="complaints", of_unit=UNIT)
    assert board.state.maturity == 1  # the form takes what was said last
    assert board.state.evidence == "seen on site"
    board.set(day=DAY, maturity=4, evidence="report 7; letters", owner="Head of S1", due=date(2099, 9, 1))
    before = board.view.tables["items"].set_index("item")["maturity"]["complaints"]
    assert "Save to the case" in board.put_down()
    now = board.view.tables["items"].set_index("item").loc["complaints"]
    assert (before, now["maturity"], now["evidence"]) == (1, 4, "report 7; letters")
    board.save()
    again = boards.readiness(readiness_scores(), case=case)
    assert again.view.tables["items"].set_index("item")["maturity"]["complaints"] == 4
    again.take_back()
    assert again.view.tables["items"].set_index("item")["maturity"]["complaints"] == 1


def test_in_a_case_scores_are_written_to_its_store(tmp_path):
    case = open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")
    board = boards.readiness(case=case)
    assert "Nothing is assessed yet" in board.view.answer[0]
    board.set(of_unit="страна/الوحدة", item="named_owner", maturity=2, evidence="приказ 12")
    assert "written to the case" in board.put_down()
    board.save()
    again = boards.readiness(case=case)
    assert [score.unit for score in again.scores] == ["страна/الوحدة"]
    assert again.view.tables["items"].set_index("item")["maturity"]["named_owner"] == 2
    assert "take_back" not in {act.name for act in again.acts()}
    again.show()
    again._heard({"kind": "asked", "name": "unit", "value": "страна"})
    assert again.wait(60)
    assert again._pages.held["blocks"][0]["lines"][0].startswith("Weakest is")


def test_what_does_not_fit_is_said(tmp_path):
    with pytest.raises(InputError, match="must be ReadinessScore records or a table of them; got str"):
        boards.readiness(["named_owner"])
    board = boards.readiness(tasking.readiness_form().iloc[:0])
    board.show()
    board._heard({"kind": "act", "name": "put_down"})
    assert board._head.held["status"] == {
        "kind": "fault",
        "text": "Say who says so: “Who says so” is empty.",
        "share": None,
    }
    board.set(assessor="A17", day=date(2099, 1, 1), due=date(2098, 1, 1))
    with pytest.raises(FormError, match="is not after the assessment"):
        board.put_down()
    assert board.state.entered == ()
    case = open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")
    open_board = boards.readiness(case=case)
    (tmp_path / "case").rename(tmp_path / "away")
    with pytest.raises(StoreError, match="is not there any more"):
        open_board.put_down()


def test_the_next_item_that_is_missing_is_found():
    board = boards.readiness()
    board.set(of_unit="belmara/tarn/t1", item="audit_log_on")
    assert board.next_gap() == "7 items are left."
    assert board.state.item == "internal_audit"
