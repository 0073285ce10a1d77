"""The board *Safeguards and audit*, without a browser: what the log tells is shown, a broken line is named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from ilp_lab import boards, safeguards
from ilp_lab.boards import SafeguardsState, compute_safeguards
from ilp_lab.boards.examplerecords import safeguard_case
from ilp_lab.errors import InputError, SafeguardError
from ilp_lab.safeguards import enforce, open_case, override


@pytest.fixture
def own_case(tmp_path):
    case = open_case(tmp_path / "case", purpose="Цель", legal_basis="قانون", analyst="A17")
    with pytest.raises(SafeguardError):
        enforce(case, "D11", "one cell is smaller than 5")
    with override(case, "D11", reason="the court ordered them", approver="Chief Ivo"):
        enforce(case, "D11", "one cell is smaller than 5")
    return case


def test_the_board_says_what_the_log_says(own_case):
    view = compute_safeguards(SafeguardsState(), own_case)
    assert view.answer[0] == "The log is as it was written: 4 entries, every one follows the one before."
    assert view.tables["log"].equals(safeguards.audit_table(own_case))
    rules = view.tables["rules"].set_index("id")
    assert len(rules) == 20
    assert rules.loc["D11", ["stopped", "let_through", "lifted"]].tolist() == [1, 1, 1]
    assert rules.drop("D11")[["stopped", "warned", "let_through", "lifted"]].to_numpy().sum() == 0
    assert view.tables["overrides"]["approver"].tolist() == ["Chief Ivo"]
    assert view.tables["case"]["is"].tolist()[:2] == ["Цель", "قانون"]
    assert own_case.verify().entries == 4  # looking was not logged


def test_period_operation_and_setting_choose(own_case):
    assert len(compute_safeguards(SafeguardsState(operation="collection"), own_case).tables["log"]) == 1
    nothing = compute_safeguards(SafeguardsState(until=date(2020, 1, 1)), own_case)
    assert len(nothing.tables["log"]) == len(nothing.tables["overrides"]) == 0
    assert nothing.facts[0]["value"] == "4"  # the whole log is checked, whatever is shown
    assert (
        compute_safeguards(SafeguardsState(rules="led"), own_case)
        .tables["case"]["is"]
        .iloc[5]
        .startswith("Directive")
    )
    with pytest.raises(InputError, match="lies before since"):
        compute_safeguards(SafeguardsState(since=date(2026, 1, 2), until=date(2026, 1, 1)), own_case)
    with pytest.raises(InputError, match="operation must be one of"):
        compute_safeguards(SafeguardsState(operation="gossip"), own_case)


@pytest.mark.parametrize("line", [2, 4])
def test_the_first_broken_line_is_named_and_nothing_after_it_is_believed(own_case, line):
    lines = own_case.audit.path.read_bytes().split(b"\n")
    entry = json.loads(lines[line - 1])
    lines[line - 1] = json.dumps(
        {**entry, "actor": "somebody else"}, sort_keys=True, separators=(",", ":")
    ).encode()
    own_case.audit.path.write_bytes(b"\n".join(lines))
    view = compute_safeguards(SafeguardsState(), own_case)
    assert view.answer[0].startswith(
        f"Line {line} of the log is not as it was written: its content was altered."
    )
    assert len(view.tables["log"]) == line - 1
    assert [fact["tone"] for fact in view.facts[:2]] == ["bad", "bad"]
    board = boards.safeguards(own_case)
    board.show()
    board.set(authority="Ombudsman", reason="yearly inspection")
    assert board.wait(60)
    board._heard({"kind": "act", "name": "write_out"})
    assert f"line {line} of the audit log" in board._head.held["status"]["text"]


@pytest.mark.parametrize("rubbish", [b"[]\n", b"{}\n", b"null\n", b"not json\n", b'{"seq": 5}\n'])
def test_rubbish_in_the_log_is_a_broken_line(own_case, rubbish):
    with own_case.audit.path.open("ab") as file:
        file.write(rubbish)
    view = compute_safeguards(SafeguardsState(), own_case)
    assert view.answer[0].startswith("Line 5 of the log is not as it was written")
    assert len(view.tables["log"]) == 4


def test_the_log_is_written_out_for_oversight(own_case):
    board = boards.safeguards(own_case)
    board.show()
    board._heard({"kind": "act", "name": "write_out"})
    assert "must be given" in board._head.held["status"]["text"]
    board.set(authority="Ombudsman", reason="yearly inspection")
    assert board.write_out().startswith("Written as audit log ")
    assert board.wait(60)
    out = next((own_case.folder / "oversight").glob("*.csv")).read_text(encoding="utf-8-sig")
    assert "4 entries, all as written" in out
    assert board.view.tables["releases"]["reason"].tolist() == ["yearly inspection"]


def test_the_sample_shows_what_a_case_can_hold():
    view = boards.safeguards().view
    rules = view.tables["rules"].set_index("id")
    assert rules.loc["D6", "set_aside"] == 1
    assert rules.loc["D20", "stopped"] == 1
    assert rules.loc[["D2", "D19"], "acted"].sum() + rules.loc["D19", "set_aside"] >= 2
    assert view.tables["retention"]["record_id"].tolist() == ["R-25-0001", "R-25-0002"]
    assert (view.tables["retention"]["days_overdue"] > 0).all()
    assert view.tables["releases"]["file"].tolist() == ["counts.csv"]


def test_no_case_a_case_that_is_gone_and_a_store_that_is_none(own_case, tmp_path):
    with pytest.raises(InputError, match="must be an open case; got str"):
        boards.safeguards("case")
    (own_case.folder / "case.db").write_bytes(b"not a store")
    view = compute_safeguards(SafeguardsState(), own_case)
    assert any("cannot be said" in note for note in view.notes)
    board = boards.safeguards(own_case).set(rules="coe", within_days=90)
    board.save()
    assert boards.safeguards(own_case).state == replace(SafeguardsState(), rules="coe", within_days=90)
    own_case.folder.rename(tmp_path / "away")
    board.show()
    board._heard({"kind": "act", "name": "look_again"})
    assert board.wait(60)
    assert "is not there any more" in board._pages.held["blocks"][0]["lines"][0]
    board._heard({"kind": "act", "name": "save"})
    assert "not there any more" in board._head.held["status"]["text"]


def test_the_sample_case_is_one_and_its_log_is_sound():
    assert safeguard_case() is safeguard_case()
    assert safeguard_case().verify().ok
