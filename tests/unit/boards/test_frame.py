"""The frame of boards: the latest state wins, work can be stopped, faults are shown, states come back from a case."""

from __future__ import annotations

import json
import shutil
import threading
import time
from dataclasses import dataclass, replace
from datetime import date

import pytest

from ilp_lab._spoken import speak
from ilp_lab.boards import Board, View, allocation, asking
from ilp_lab.boards.frame import Act
from ilp_lab.boards.showing import said, share, table_block
from ilp_lab.boards.working import Stopped, Worker, quiet
from ilp_lab.errors import InputError, NoCaseError, StoreError


@dataclass(frozen=True, slots=True)
class Tried:
    number: int = 1
    day: date | None = None
    kinds: tuple[str, ...] = ()
    what: str = "a"


class TriedBoard(Board[Tried]):
    key = "tried"
    title, question = "Tried", "Is it?"

    def __init__(self, **options):
        self.slow, self.computed, self.kinds = 0.0, [], ["x", "y"]
        super().__init__(Tried(), **options)

    def asked(self):
        return [
            asking.slider("number", "Number", low=0, high=9),
            asking.day("day", "Day"),
            asking.many("kinds", "Kinds", self.kinds),
            asking.choice("what", "What", {"a": "Aye", "b": "Bee", "boom": "Boom", "odd": "Odd"}),
        ]

    def acts(self):
        return [Act("double", "Double it")]

    def double(self):
        self.set(number=self.state.number * 2)
        return "Doubled."

    def answer(self, state, _tell):
        until = time.monotonic() + self.slow
        while time.monotonic() < until:
            time.sleep(0.005)
        if state.what == "boom":
            raise InputError("some.call:\n  - number must be less than it is; got 3.")
        if state.what == "odd":
            raise ZeroDivisionError("division by zero")
        self.computed.append(state.number)
        return View((f"It is {state.number}.",))

    def blocks(self, _view):
        return []


def shown(board) -> str:
    return board._pages.held["blocks"][0]["lines"][0] if board._pages.held["blocks"] else ""


@pytest.fixture
def board():
    board = TriedBoard()
    board.show()
    assert board.wait(10)
    return board


def test_it_shows_its_first_answer_without_being_asked(board):
    assert shown(board) == "It is 1."
    assert board.status == "Up to date."
    assert board._pages.held["busy"] is False
    assert board._head.held["state"] == {"number": 1, "day": None, "kinds": [], "what": "a"}


def test_ten_moves_of_a_slider_are_not_ten_computations(board):
    board._worker._delay_s = 1.0  # a busy machine may stop between two moves
    board.computed.clear()
    for number in range(10):
        board._heard({"kind": "asked", "name": "number", "value": number})
    assert board.wait(10)
    assert shown(board) == "It is 9."
    assert board.computed == [9]


def test_the_state_says_which_question_it_answers(board):
    board._heard({"kind": "asked", "name": "number", "value": 4, "token": "first"})
    assert (board._head.held["state"]["number"], board._head.held["heard"]) == (4, "first")
    board._heard({"kind": "asked", "name": "number", "value": 99, "token": "second"})
    assert (board._head.held["state"]["number"], board._head.held["heard"]) == (4, "second")
    assert board.wait(10)


def test_what_is_asked_while_it_works_replaces_the_work(board):
    board.slow = 30.0
    board.set(number=2)
    time.sleep(0.4)
    board.slow = 0.0
    began = time.monotonic()
    board.set(number=3)
    assert board.wait(10)
    assert time.monotonic() - began < 10
    assert board.computed == [1, 3]
    assert shown(board) == "It is 3."


def test_stop_ends_the_work_and_puts_controls_and_answer_in_step(board):
    board.slow = 30.0
    board.set(number=5)
    time.sleep(0.4)
    assert board._head.held["status"]["kind"] == "working"
    assert board._pages.held["busy"] is True
    board._heard({"kind": "stop"})
    assert board.wait(10)
    assert board.status == "Stopped. Controls and answer are those from before."
    assert board.state.number == board._head.held["state"]["number"] == 1
    assert shown(board) == "It is 1."


def test_a_fault_is_shown_in_plain_words_and_the_board_goes_on(board):
    board.set(what="boom")
    assert board.wait(10)
    assert board._head.held["status"]["kind"] == "fault"
    assert board.status == "“Number” must be less than it is; got 3."
    board.set(what="odd")
    assert board.wait(10)
    assert board.status.startswith("Something unexpected went wrong (ZeroDivisionError: division by zero)")
    board.set(what="b", number=4)
    assert board.wait(10)
    assert (shown(board), board._head.held["status"]["kind"]) == ("It is 4.", "done")


def test_what_the_screen_cannot_have_sent_is_refused_in_words(board):
    board._heard({"kind": "asked", "name": "number", "value": 99})
    assert board.status == "“Number” must be between 0 and 9; got 99.".replace("“Number”", "Number")
    assert board._head.held["state"]["number"] == 1
    for content in (
        {"kind": "asked", "name": "nothing", "value": 1},
        {"kind": "act", "name": "_turn"},
        {},
        [],
    ):
        board._heard(content)
    board._heard(None)
    assert board._head.held["status"]["kind"] == "fault"
    assert board.state == Tried()


def test_a_button_does_what_it_says(board):
    board.set(number=2)
    board.wait(10)
    board._heard({"kind": "act", "name": "double"})
    assert board.wait(10)
    assert shown(board) == "It is 4."


def test_set_names_what_there_is(board):
    with pytest.raises(InputError, match="there is no 'nummer'; there are: number, day, kinds, what"):
        board.set(nummer=3)


def test_the_state_is_saved_to_a_case_and_comes_back(case):
    board = TriedBoard(case=case)
    board.show()
    board.set(number=7, day=date(2026, 5, 1), kinds=("y",), what="b")
    board.wait(10)
    board._heard({"kind": "act", "name": "save"})
    assert board.status == "Saved to the case case."
    again = TriedBoard(case=case)
    assert again.state == Tried(7, date(2026, 5, 1), ("y",), "b")
    again.show()
    assert again.wait(10)
    assert "was brought back" in again.status
    assert TriedBoard(case=case, state=Tried(2)).state == Tried(2)


def test_what_does_not_fit_the_data_any_more_is_said(case):
    board = TriedBoard(case=case, state=Tried(7, kinds=("y",)))
    board.save()
    path = case.folder / "boards" / "tried.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    held["state"] |= {"kinds": ["gone"], "new": 1, "day": "soon"}
    path.write_text(json.dumps(held), encoding="utf-8")
    again = TriedBoard(case=case)
    assert again.state == Tried(7)
    assert "Kinds: 'gone' is not one of the choices." in again._said
    assert "Day: 'soon' is not a day." in again._said
    path.write_text("{", encoding="utf-8")
    broken = TriedBoard(case=case)
    assert broken.state == Tried()
    assert "is not a readable state of a board" in broken._said


def test_a_case_that_is_gone_is_said_and_the_board_stays(case):
    board = TriedBoard(case=case)
    board.show()
    board.wait(10)
    shutil.rmtree(case.folder)
    board._heard({"kind": "act", "name": "save"})
    assert board._head.held["status"]["kind"] == "fault"
    assert "is not there any more, so nothing was saved" in board.status
    with pytest.raises(StoreError):
        board.save()
    with pytest.raises(NoCaseError, match="There is no case to save to"):
        TriedBoard().save()


def test_the_language_of_a_board_is_that_in_which_it_was_opened():
    with speak("ar"):
        board = TriedBoard()
        board.show()
    assert board.wait(10)
    assert (board._head.language, board._head.direction, board._pages.direction) == ("ar", "rtl", "rtl")


def test_view_waits_for_work_and_gives_errors_to_who_asks_in_code(board):
    board.set(number=6)
    assert str(board.view) == "It is 6."
    board.set(what="boom")
    with pytest.raises(InputError):
        board.view  # noqa: B018


def test_an_interrupted_worker_stays_usable_however_often():
    outcomes = []
    worker = Worker(lambda asked, outcome: outcomes.append((asked, outcome)), quiet, delay_s=0.0)
    for turn in range(40):
        begun = threading.Event()

        def work(_tell, begun=begun):
            begun.set()
            for _ in range(200_000):
                sum(range(5))
            return "done"

        worker.ask(turn, work)
        begun.wait(5)
        worker.stop()
        assert worker.wait(20)
    assert [asked for asked, _ in outcomes] == list(range(40))
    assert sum(outcome.stopped for _, outcome in outcomes) > 30
    worker.ask("last", lambda _tell: "fine")
    assert worker.wait(5)
    assert outcomes[-1][1].value == "fine"


def test_stopping_when_nothing_is_done_harms_nobody():
    outcomes = []
    worker = Worker(lambda _asked, outcome: outcomes.append(outcome), quiet, delay_s=0.0)
    worker.stop()
    worker.ask(1, lambda _tell: 1)
    assert worker.wait(5)
    worker.stop()
    assert [outcome.value for outcome in outcomes] == [1]
    with pytest.raises(Stopped):
        raise Stopped


def test_every_control_reads_only_what_it_could_have_sent():
    number = asking.slider("n", "N", low=0, high=5)
    assert (number.read("3"), number.read(3.0)) == (3, 3)
    for wrong in ("x", None, float("nan"), 6, [1]):
        with pytest.raises(InputError):
            number.read(wrong)
    assert asking.day("d", "D").read("2026-05-01T00:00") == date(2026, 5, 1)
    assert asking.day("d", "D").read("") is None
    assert asking.choice("c", "C", [1, 2]).read(2) == 2
    with pytest.raises(InputError):
        asking.choice("c", "C", [1, 2]).read(True)
    with pytest.raises(InputError):
        asking.many("m", "M", ["a"]).read("a")
    assert len(asking.text("t", "T").read("x" * 10_000)) == 4000
    assert asking.yes("y", "Y").read(1) is True


def test_tables_say_how_many_rows_there_are_and_hold_numbers_for_sorting():
    import pandas as pd

    frame = pd.DataFrame(
        {"area": ["<b>A</b>", None], "n": [1500, 2], "part": [0.0042, float("nan")], "more": [1, 2]}
    )
    block = table_block(
        frame,
        {"area": "Area", "n": "N", "part": "Part", "gone": "Gone"},
        name="t",
        heading="T",
        rows=1,
        percent=["part"],
    )
    assert block["note"] == "1 of 2 rows"
    assert [column["label"] for column in block["columns"]] == ["Area", "N", "Part"]
    assert block["rows"] == [["<b>A</b>", "1,500", "0.42%"]]
    assert block["values"] == [None, [1500.0], [0.0042]]
    assert said(pd.NaT) == said(None) == share(float("nan")) == ""


def test_a_real_board_goes_around_the_case(incidents, areas, case):
    board = allocation(incidents, areas=areas, case=case)
    board.set(visits=33, place="Hill", offences=("theft",))
    board.save()
    again = allocation(incidents, areas=areas, case=case)
    assert again.state == replace(board.state)
