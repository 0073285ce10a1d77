"""The board *Tasking meeting*, without a browser: the agenda is that of the room, minutes become records, once."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from ilp_lab import boards, records, tasking
from ilp_lab._spoken import speak
from ilp_lab.boards import TaskingMeetingState, compute_tasking_meeting
from ilp_lab.boards.examplerecords import DAY, meeting_records
from ilp_lab.boards.meetingminutes import outcomes_for
from ilp_lab.errors import InputError
from ilp_lab.safeguards import open_case

HERE = "belmara/selin/s1"
STATE = TaskingMeetingState(day=DAY, unit=HERE)


def item(board, words):
    return next(key for key in board._items(board.state) if words in key)


def opened(case=None):
    board = boards.tasking_meeting(meeting_records(), case=case)
    return board.set(day=DAY, unit=HERE)


def test_words_of_the_agenda_are_said_in_the_language_spoken():
    from ilp_lab.boards.meetinglooks import blocks_of

    with speak("ru"):
        blocks = {
            block.get("name"): block for block in blocks_of(compute_tasking_meeting(STATE, meeting_records()))
        }
    agenda = [(row[1], row[6]) for row in blocks["agenda"]["rows"]]
    stands = [row[3] for row in blocks["tasks"]["rows"]]
    assert agenda[0] == ("задача просрочена", "закрыть, усилить или прекратить")
    assert not [text for text in (*sum(agenda, ()), *stands) if re.search("[A-Za-z]", text)]


def test_the_agenda_and_the_tasks_are_those_of_the_room():
    view = compute_tasking_meeting(STATE, meeting_records())
    same = tasking.agenda(meeting_records(), day=DAY, level="local", unit=HERE)
    assert view.tables["agenda"][["item", "key", "days_over"]].equals(
        same.table[["item", "key", "days_over"]]
    )
    assert view.tables["agenda"]["item"].tolist()[:2] == ["task overdue", "decision to review"]
    tasks = [one for one in meeting_records() if one.form == "TaskingRecord" and one.unit == HERE]
    assert (
        view.tables["tasks"]["stands"].tolist() == tasking.follow_up(tasks, day=DAY).table["stands"].tolist()
    )
    assert "Longest overdue: Light the pier, by 31 days (Harbour unit)." in view.answer


def test_levels_have_their_own_agendas():
    for level, unit, first in (("regional", "belmara/selin", "task overdue"), ("national", "", "")):
        view = compute_tasking_meeting(replace(STATE, level=level, unit=unit), meeting_records())
        assert view.tables["agenda"]["item"].tolist()[:1] == ([first] if first else [])
    assert view.answer[0] == "Nothing is due on 01 April 2099: no item is on the agenda."
    strategic = compute_tasking_meeting(replace(STATE, kind="strategic"), meeting_records())
    assert strategic.tables["agenda"]["item"].iloc[0] == "decision to review"
    with pytest.raises(InputError, match="level must be one of"):
        compute_tasking_meeting(replace(STATE, level="world"), meeting_records())


def test_an_item_becomes_a_decision_and_a_task():
    board = opened()
    board.set(
        item=item(board, "IR-2"),
        chair="Chief Mira",
        what="Light the yards",
        why="Half are dark",
        owner="Harbour unit",
    )
    board.set(hours=40, measure="thefts from yards", end=date(2099, 6, 1))
    before = len(board.view.tables["agenda"].query("outcome == ''"))
    assert "Open it with a case" in board.put_down()
    made = [one for one in board.records if one not in meeting_records()]
    decision, task = sorted(made, key=lambda one: one.form)
    assert task.decision_id == decision.decision_id
    assert (task.hours, task.owner, task.outcome_measure, task.level, task.unit) == (
        40,
        "Harbour unit",
        "thefts from yards",
        "local",
        HERE,
    )
    assert [option.name for option in decision.options] == ["Light the yards", "Do nothing"]
    view = board.view
    assert len(view.tables["agenda"].query("outcome == ''")) == before - 1
    assert view.tables["minutes"]["outcome"].tolist() == ["a decision and a task"]
    assert task.task_id in view.tables["tasks"]["task_id"].tolist()
    board.take_back()
    assert len(board.records) == len(meeting_records())


@pytest.mark.parametrize(
    ("words", "form", "shows"),
    [
        ("task overdue", {"outcome": "close", "what": "38 thefts after 60", "why": "Lights help"}, ("status", "done")),
        ("task overdue", {"outcome": "stop", "what": "No money", "why": "Ask earlier"}, ("status", "stopped")),
        ("task overdue", {"outcome": "extend", "end": date(2099, 7, 1)}, ("end", date(2099, 7, 1))),
        ("IR-1", {"outcome": "escalate", "to": "belmara/selin", "why": "The buyers are elsewhere"}, ("level", "regional")),
        ("IR-1", {"outcome": "withdraw", "why": "It was answered"}, ("status", "withdrawn")),
        ("concern", {"outcome": "answer", "what": "Lights come in May"}, ("answer", "Lights come in May")),
        ("decision to review", {"outcome": "review", "end": date(2099, 9, 1), "why": "Too early"}, ("review_date", date(2099, 9, 1))),
    ],
)  # fmt: skip
def test_what_becomes_of_an_item_changes_its_record(words, form, shows):
    board = opened()
    key = item(board, words)
    board.set(item=key)
    board.set(**form)
    board.put_down()
    changed = next(one for one in board.records if one.version == 2)
    assert changed.key.rpartition("@")[0] in key
    assert getattr(changed, shows[0]) == shows[1]


def test_a_regional_task_goes_down_to_units():
    board = opened().set(level="regional", unit="belmara/selin")
    board.set(item=item(board, "K-20"), outcome="cascade", to="belmara/selin/s1; belmara/selin/s2")
    board.put_down()
    assert board.view.tables["referred"]["to"].tolist() == ["belmara/selin/s1", "belmara/selin/s2"]
    assert "cascade" not in outcomes_for(item(board, "K-20"), "local")
    assert "escalate" not in outcomes_for(item(board, "K-20"), "national")


def test_one_item_dealt_with_twice_makes_one_chain_of_versions():
    board = opened()
    key = item(board, "task overdue")
    board.set(item=key, outcome="extend", end=date(2099, 7, 1)).put_down()
    board.set(item=key, outcome="close", what="Lit", why="Lights help").put_down()
    last = next(one for one in board.records if one.record_id == "K-1")
    assert (last.version, last.status, last.end) == (3, "done", date(2099, 7, 1))


def test_in_a_case_what_was_put_down_is_stored_once_and_comes_back(tmp_path):
    case = open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")
    with records.open_store(case) as store:
        store.add(list(meeting_records()))
    board = boards.tasking_meeting(case=case).set(day=DAY, unit=HERE)
    board.set(item=item(board, "task overdue"), outcome="close", what="Lit", why="Lights help")
    assert "written to the case" in board.put_down()
    board.set(item=item(board, "IR-2"), outcome="drop", chair="Chief Mira", why="Nobody asked")
    board.put_down()
    board.save()
    again = boards.tasking_meeting(case=case)
    assert again.state.minutes == board.state.minutes
    assert sorted(one.key for one in again.records) == sorted(one.key for one in board.records)
    with records.open_store(case) as store:
        assert store.get("TaskingRecord", "K-1").version == 2
        assert len(store.records("DecisionRecord", overdue=True)) == 2
    assert len(again.view.tables["minutes"]) == 2


def test_what_is_missing_is_said_at_once_and_the_form_is_empty_for_the_next_item():
    board = opened()
    board.show()
    assert board.wait(60)
    board._heard({"kind": "act", "name": "put_down"})
    text = board._head.held["status"]["text"]
    assert text.count("is empty") == 5
    assert "“Who decides: a person” is empty." in text
    board.set(item=item(board, "concern"), chair="Chief Mira", what="Answer", why="They asked")
    board._heard({"kind": "asked", "name": "outcome", "value": "decide"})
    board._heard({"kind": "act", "name": "put_down"})
    assert board.wait(60)
    assert (board.state.what, board.state.chair) == ("", "Chief Mira")
    assert board._head.held["status"]["kind"] == "done"
    with pytest.raises(InputError, match="outcome must be one of"):
        board.set(item=item(board, "concern"), outcome="cascade").put_down()


def test_no_records_other_things_and_foreign_scripts():
    board = boards.tasking_meeting([])
    board.show()
    assert board.wait(60)
    assert "no item is on the agenda" in board._pages.held["blocks"][0]["lines"][0]
    board._heard({"kind": "act", "name": "put_down"})
    assert "Choose an item of the agenda first." in board._head.held["status"]["text"]
    with pytest.raises(InputError, match="got str"):
        boards.tasking_meeting(["K-1"])
    task = records.TaskingRecord(
        task_id="З-1",
        decision_id="Р-1",
        objective="إنارة الرصيف",
        owner="Портовая часть",
        outcome_measure="кражи",
        end="2026-03-01",
        status="running",
    )
    view = compute_tasking_meeting(TaskingMeetingState(), [task], today=date(2026, 3, 15))
    assert "إنارة الرصيف, by 14 days (Портовая часть)" in view.answer[1]
    assert boards.tasking_meeting().view.facts[0]["value"] != "0"
