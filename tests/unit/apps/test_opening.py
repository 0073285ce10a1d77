"""What an app opens, on whose data, and what it says when that cannot be done."""

from __future__ import annotations

import json

import pytest

from ilp_lab import boards, open_case, samples
from ilp_lab.apps import opening
from ilp_lab.apps.opening import Brought, Opening, open_board
from ilp_lab.apps.table import APPS, app_named
from ilp_lab.errors import InputError


def test_boards_are_called_as_they_call_themselves():
    for app in APPS.values():
        assert app.title
        assert app.question.endswith(("?", "."))
    board = open_board(APPS["priorities"], Brought())
    assert (board.title, board.question) == (APPS["priorities"].title, APPS["priorities"].question)


def test_names_are_taken_as_people_write_them():
    assert app_named(" Crime_Map ") is APPS["crime-map"]
    with pytest.raises(InputError, match="There are: crime-map"):
        app_named("no-such")


def test_the_notebook_holds_no_word_of_what_was_brought(monkeypatch):
    monkeypatch.setenv(opening.VARIABLE, Brought(files={"incidents": "/secret/place.csv"}).packed())
    cells = json.loads(opening.notebook(APPS["crime-map"]))["cells"]
    assert len(cells) == 3
    assert "secret" not in json.dumps(cells)
    assert opening.brought().files == {"incidents": "/secret/place.csv"}


def test_a_board_opens_on_files_that_were_brought(tmp_path):
    file = tmp_path / "mine.csv"
    rows = samples.path("belmara/incidents.csv").read_text(encoding="utf-8").splitlines()[:301]
    file.write_text("\n".join(rows), encoding="utf-8")
    board = open_board(APPS["crime-map"], Brought(files={"incidents": str(file)}, tz="UTC"))
    board.set(since=None, until=None)
    assert board.view.answer[0].startswith("300 incidents, everywhere")
    chart = samples.path("belmara/links.csv"), samples.path("belmara/entities.csv")
    given = Brought(files={"links": str(chart[0]), "entities": str(chart[1])})
    assert len(open_board(APPS["network-explorer"], given).chart.entities) == 260
    given = Brought(files={"reports": str(samples.path("belmara/reports.csv"))})
    by_file, by_sample = open_board(APPS["report-desk"], given), open_board(APPS["report-desk"], Brought())
    assert by_file.view.answer == by_sample.view.answer
    given = Brought(files={"scores": str(samples.path("belmara/threat_matrix.csv"))})
    by_file, by_sample = open_board(APPS["priorities"], given), open_board(APPS["priorities"], Brought())
    assert by_file.view.answer == by_sample.view.answer


def test_a_case_brings_back_what_was_saved_and_logs_who_looked(tmp_path):
    case = open_case(tmp_path, purpose="p", legal_basis="l", analyst="A17")
    boards.priorities(case=case).set(sure_percent=95).save()
    board = open_board(APPS["priorities"], Brought(case=str(tmp_path), analyst="M3"))
    assert board.state.sure_percent == 95
    assert case.verify().ok
    last = json.loads((tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["operation"], last["actor"]) == ("consultation", "M3")


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("crime-map", Brought(files={"incidents": "missing.csv"}), "missing.csv"),
        (
            "crime-map",
            Brought(files={"links": "links.csv"}),
            "does not work on links; it takes: incidents, areas",
        ),
        (
            "network-explorer",
            Brought(files={"entities": str(samples.path("belmara/entities.csv"))}),
            "bring links too",
        ),
    ],
)
def test_what_cannot_be_opened_is_a_sentence_on_the_page(name, given, said):
    app = Opening(name, given)
    app.read()
    shown = app.show()
    assert shown.held["heading"] == "This board could not be opened."
    assert said in shown.held["status"]["text"]
    assert "Traceback" not in shown.held["status"]["text"]


def test_an_unexpected_fault_is_a_sentence_too(monkeypatch):
    monkeypatch.setattr(boards, "priorities", lambda **_: 1 / 0)
    app = Opening("priorities", Brought())
    app.read()
    assert "ZeroDivisionError" in app.show().held["status"]["text"]


def test_the_first_answer_is_there_before_the_page_asks_for_it():
    app = Opening("priorities", Brought())
    app.read()
    app.show()
    assert app.board.status.startswith("Up to date")
