"""The board *Report desk*, without a browser: it says what the rooms say, grades count when put down, nothing leaks."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from ilp_lab import boards, evaluation, records
from ilp_lab.boards import ReportDeskState, compute_report_desk
from ilp_lab.boards.examples import reports as sample
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.safeguards import audit_table, open_case


@pytest.fixture(scope="module")
def few():
    """Thirty reports, among them the three that are one rumour."""
    return sample().head(30)


@pytest.fixture
def own_case(tmp_path):
    return open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")


def test_it_says_what_the_rooms_say(few):
    board = boards.report_desk(few)
    board.set(report="R-25-0002")
    view = board.view
    checked = evaluation.review_grades(few)
    pd.testing.assert_frame_equal(view.tables["reports"][checked.columns], checked)
    group = evaluation.circular_reports(few).table.query("group == 1")["report_id"].tolist()
    assert view.tables["group"]["report_id"].tolist() == group
    assert "R-25-0002" in group
    assert view.answer[0].startswith("R-25-0002 is graded B3: reliable in most instances")
    assert view.answer[-1] == "It must not be passed on as a fact."


def test_a_grade_in_the_form_shows_at_once_and_counts_when_put_down(few):
    board = boards.report_desk(few)
    board.set(report="R-25-0002", source_grade="X", information_grade="1")
    assert board.view.tables["checked"]["code"].iloc[0] == "X1"
    assert "X1: the source cannot be assessed" in board.view.answer[2]
    assert board.reports.set_index("report_id").loc["R-25-0002", "source_grade"] == "B"
    board.put_down()
    assert board.reports.set_index("report_id").loc[
        "R-25-0002", ["source_grade", "information_grade"]
    ].tolist() == ["X", "1"]
    assert few.set_index("report_id").loc["R-25-0002", "source_grade"] == "B"
    assert {fact["name"]: fact["value"] for fact in board.view.facts}["graded"] == "1"
    board.take_back()
    assert board.state.source_grade == "B"


def test_another_scheme_has_other_grades_and_its_own_permission(few):
    board = boards.report_desk(few)
    board.show()
    assert board.wait(60)
    board._heard({"kind": "asked", "name": "scheme", "value": "3x5x2"})
    assert board.wait(60)
    controls = {one["name"]: one for one in board._head.held["asked"]}
    assert [value for value, _ in controls["source_grade"]["options"]] == ["", "1", "2", "3"]
    assert "permission" in controls
    board._heard({"kind": "act", "name": "put_down"})
    assert board._head.held["status"]["text"].startswith("“The source” '' is not in 3x5x2")
    board.set(source_grade="2", information_grade="C", permission="C")
    board._heard({"kind": "act", "name": "put_down"})
    assert "needs" in board._head.held["status"]["text"]
    board.set(conditions="Ask the owner first")
    assert "Put down" in board.put_down()


def test_confirming_needs_another_origin(few):
    board = boards.report_desk(few)
    board.set(report="R-25-0002", corroborated_by="R-25-0001")
    assert "Confirmed by one other origin." in board.view.answer
    board.set(corroborated_by="R-99-9999")
    assert "that cannot be checked" in board.view.answer[1]


def test_the_text_that_may_be_passed_on(few):
    board = boards.report_desk(
        few.assign(text=["Ivo drives AB 123 CD", "My sister told me so", *few["text"].iloc[2:]])
    )
    board.set(report="R-25-0001", names="Ivo; Ana")
    assert board.view.tables["texts"]["text"].iloc[1] == "[person] drives [plate]"
    board.set(report="R-25-0002")
    assert board.view.tables["texts"]["text"].iloc[1] == ""
    assert "My sister told" in board.view.tables["texts"]["note"].iloc[1]


def test_a_report_is_released_without_its_source_and_logged(few, own_case):
    board = boards.report_desk(few, case=own_case)
    board.set(report="R-25-0001", names="Mifonru", authoriser="Chief Mira", reason="for the region Selin")
    assert board.release() == "Released as R-25-0001.csv [H0], and logged."
    out = (own_case.folder / "released" / "R-25-0001.csv").read_text(encoding="utf-8-sig")
    assert "[person]" in out
    assert "S-1059" not in out
    assert "Mifonru" not in out
    assert audit_table(own_case)["what"].tolist()[-2:] == ["sanitised", "released report R-25-0001"]
    board.set(written="My brother told me that a carter pays in cash")
    with pytest.raises(InputError, match="tells who the source is: “My brother told"):
        board.release()
    board.set(authoriser="A17")
    with pytest.raises(InputError, match="somebody other than the analyst"):
        board.release()
    with pytest.raises(InputError, match="no case to release from"):
        boards.report_desk(few).release()


def test_in_a_case_a_grade_is_a_new_version(few, own_case):
    with records.open_store(own_case) as store:
        store.add(few.head(4).assign(review_date="2095-01-01"), form="IntelligenceReport")
    board = boards.report_desk(case=own_case)
    assert len(board.reports) == 4
    board.set(report="R-25-0002", information_grade="4", corroborated_by="")
    assert "written to the case" in board.put_down()
    with records.open_store(own_case) as store:
        again = store.get("IntelligenceReport", "R-25-0002")
    assert (again.version, again.information_grade, again.corroborated_by) == (2, "4", ())
    assert board.view.tables["checked"]["code"].iloc[0] == "B4"
    assert "take_back" not in {act.name for act in board.acts()}


def test_what_the_desk_saved_comes_back(few, own_case):
    board = boards.report_desk(few, case=own_case)
    board.set(report="R-25-0003", scheme="6x6", source_grade="F", information_grade="6")
    board.put_down()
    board.save()
    again = boards.report_desk(few, case=own_case)
    assert (again.state.source_grade, again.state.scheme) == ("F", "6x6")
    assert again.reports.set_index("report_id").loc["R-25-0003", "scheme"] == "6x6"
    assert again._said.endswith("was brought back.")


def test_finding_and_going_on(few):
    board = boards.report_desk(few)
    board.set(find="kenam MILL")
    assert board.state.report in {"R-25-0002", "R-25-0003", "R-25-0004"}
    assert board.view.tables["checked"]["report_id"].iloc[0] == board.state.report
    board.set(only="circular")
    assert set(board.view.tables["reports"]["group"]) == {1}
    assert "have to be looked at" in board.next_report()
    assert board.state.find == ""
    board.set(find="no such words")
    assert board.view.answer[0]


def test_empty_one_unknown_and_foreign_scripts(few):
    assert "There is no report yet" in compute_report_desk(ReportDeskState(), few.iloc[:0]).answer[0]
    board = boards.report_desk(few.iloc[:0])
    board.show()
    assert board.wait(60)
    assert board._head.held["status"]["kind"] == "done"
    one = boards.report_desk(
        few.iloc[[0]].assign(
            text="Человек с хромотой платил наличными", source_ref="С-1", report_id="تقرير-١"
        )
    )
    assert one.view.answer[0].startswith("تقرير-١ is graded A4")
    assert len(one.view.tables["group"]) == 0
    with pytest.raises(InputError, match="report must be one of"):
        compute_report_desk(replace(one.state, report="R-1"), few)
    with pytest.raises(ColumnError, match="source_ref"):
        boards.report_desk(few.drop(columns="source_ref"))
    bare = boards.report_desk(few[["report_id", "source_ref", "source_grade", "information_grade"]])
    assert bare.view.answer
    twice = boards.report_desk(pd.concat([few, few]))
    twice.show()
    assert twice.wait(60)
    assert "must stand there once" in twice._head.held["status"]["text"]
