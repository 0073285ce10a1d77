"""The trainer's console as a board, without a browser: everything the commands do, and nothing lost when a stick is pulled out."""

from __future__ import annotations

import json
import shutil

import pytest

from ilp_lab import boards, training
from ilp_lab.boards import ClassConsoleState, compute_class_console
from ilp_lab.errors import InputError, ReadError
from ilp_lab.training.progressing import ProgressFile


@pytest.fixture
def board(tmp_path):
    made = boards.class_console(
        state=ClassConsoleState(in_folder=str(tmp_path / "class"), own_teams="North, South")
    )
    made.show()
    press(made, "build")
    return made


def press(board, name):
    """As the screen does."""
    board._heard({"kind": "act", "name": name})
    assert board.wait(30)
    return board.status


def solve(board, team, *right):
    held = ProgressFile(board.room.folder / "teams" / team / "progress" / "progress.jsonl")
    for number, ok in enumerate(right, start=1):
        held.note("M08", str(number), ok=ok)


def test_a_class_is_built_and_run_by_its_buttons(board, tmp_path):
    assert board.room.teams == ("North", "South")
    assert board.title == board._head.held["heading"] == "A practice day in Belmara"
    assert {act["name"] for act in board._head.held["acts"]} >= {"start", "release", "rewind", "write_report"}
    assert board.state.next_inject == "I-1"
    assert press(board, "start") == "The clock runs."
    board.set(to_teams=("North",))
    assert press(board, "release") == "North: in its inbox."
    assert [path.name for path in (tmp_path / "class/teams/North/inbox").iterdir()] == ["I-1.txt"]
    assert board.state.next_inject == "I-2"
    board.set(new_snapshot="noon")
    press(board, "keep_snapshot")
    assert "noon" in dict(next(one for one in board.asked() if one.name == "back_to").options)
    board.set(rated_team="South", score_1=3, score_2=2, remark="Clear.")
    assert press(board, "rate") == "South, The written product: 5 of 15."
    assert board.state.score_1 == 0
    board.set(next_inject="I-2")
    press(board, "release")
    board.set(back_to="noon")
    assert "is kept as" in press(board, "rewind")
    assert set(board.room.state.released) == {"I-1"}
    board.set(report_file="after.html")
    assert press(board, "write_report").endswith("after.html")
    assert "Clear." in (tmp_path / "class/after.html").read_text(encoding="utf-8")
    assert board.room.verify().ok


def test_what_teams_solve_appears_by_itself(board):
    board.look()
    assert not board.look()
    solve(board, "North", True, True, False)
    assert board.look()
    assert board.wait(30)
    row = board.view.tables["board"].set_index("team").loc["North"]
    assert row["M08"].startswith("2 / ")
    assert board.view.tables["board"].set_index("team").loc["South", "M08"] == "–"
    shown = next(block for block in board._pages.held["blocks"] if block.get("name") == "board")
    assert "2 / 8" in shown["rows"][0]
    training.open_class(board.room.folder).start()  # a second console
    assert board.look()


def test_faults_are_sentences_and_nothing_is_lost(board):
    board.set(new_snapshot="../up")
    assert "A snapshot's name is letters" in press(board, "keep_snapshot")
    assert "Choose the snapshot" in press(board, "rewind")
    board.set(report_file="report.txt")
    assert "A report ends in .html" in press(board, "write_report")
    press(board, "start")
    shutil.move(board.room.folder, board.room.folder.with_name("pulled out"))
    assert "is not there any more" in press(board, "release")
    assert not board.room.folder.exists()
    shutil.move(board.room.folder.with_name("pulled out"), board.room.folder)
    assert press(board, "release") == "North: in its inbox; South: in its inbox."


def test_without_a_class_and_with_a_wrong_folder(tmp_path):
    assert compute_class_console(None).answer[0].startswith("No class is open yet")
    with pytest.raises(InputError, match="holds no class yet"):
        boards.class_console(tmp_path / "none")
    (tmp_path / "class.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReadError, match="cannot be opened as a class"):
        boards.class_console(tmp_path)
    empty = boards.class_console(state=ClassConsoleState(in_folder=" "))
    empty.show()
    assert empty.wait(30)
    assert "Say where the class shall be" in press(empty, "build")


def test_it_says_when_the_log_was_altered(board):
    press(board, "start")
    log = board.room.folder / "class.log"
    entry = json.loads(log.read_text(encoding="utf-8").splitlines()[0])
    log.write_text(json.dumps(entry | {"what": "stop"}) + "\n", encoding="utf-8")
    assert any("not as it was written" in note for note in compute_class_console(board.room).notes)
