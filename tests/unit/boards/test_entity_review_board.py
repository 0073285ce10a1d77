"""A human decides: kept, logged, taken back; what must stay apart and who is protected stays so."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from ilp_lab import boards, intake, samples
from ilp_lab.boards import EntityReviewState, compute_entity_review
from ilp_lab.errors import InputError, NoCaseError, ReadError, StaleError
from ilp_lab.safeguards import open_case

TRUTH = ["truth", "trap"]
READ = "both records were read"


@pytest.fixture(scope="module")
def people():
    """Made-up people; every seventh is a witness."""
    made = samples.hard_pairs(96).drop(columns=TRUTH)
    return made.assign(category=["witness" if at % 7 == 0 else "suspect" for at in range(len(made))])


@pytest.fixture(scope="module")
def found(people):
    return intake.resolve(people)


@pytest.fixture
def case(tmp_path):
    return open_case(tmp_path / "case", purpose="Test", legal_basis="Police Act s.12", analyst="A17")


def first(found, band):
    row = found.table[found.table["band"] == band].iloc[0]
    return row["one"], row["other"]


def together(review, pair):
    entity = review.clusters.set_index("id")["entity"]
    return entity[pair[0]] == entity[pair[1]]


def test_accepting_rejecting_and_taking_back_leave_everything_as_it_was(found, case):
    review = intake.identity_review(found, case=case)
    before = review.clusters
    waiting, joined = first(found, "review"), first(found, "merge")
    assert (together(review, waiting), together(review, joined)) == (False, True)
    said = review.accept(*waiting, reason=READ)
    assert said.startswith("One entity of 2 records")
    review.reject(*joined, reason="two people of one family")
    assert (together(review, waiting), together(review, joined)) == (True, False)
    assert review.decided["same"].tolist() == [True, False]
    review.undo()
    assert together(review, joined)
    review.undo(*waiting)
    pd.testing.assert_frame_equal(review.clusters, before)
    assert review.decisions["undone_by"].tolist() == ["A17", "A17"]
    with pytest.raises(InputError, match="no decision to take back"):
        review.undo()


def test_every_step_is_in_the_log_and_comes_back_with_the_case(found, case):
    review = intake.identity_review(found, case=case)
    pair = first(found, "review")
    review.accept(*pair, reason=READ)
    review.undo()
    review.accept(*pair, reason="a document was compared")
    entries = [entry for entry in case.audit.entries() if "records" in entry["what"]]
    assert [entry["operation"] for entry in entries] == ["combination"] * 4
    assert "joined by weight" in entries[0]["what"]
    assert entries[0]["detail"]["joined"] == (found.table["band"] == "merge").sum()
    assert entries[3]["detail"]["reason"] == "a document was compared"
    assert case.verify().ok
    again = intake.identity_review(found, case=case)
    assert together(again, pair)
    pd.testing.assert_frame_equal(again.decisions, review.decisions)
    assert len([entry for entry in case.audit.entries() if "joined by weight" in entry["what"]]) == 1


def test_two_who_decide_at_once_and_a_damaged_file_are_noticed(found, case):
    one, other = (intake.identity_review(found, case=case) for _ in range(2))
    pair = first(found, "review")
    one.accept(*pair, reason=READ)
    with pytest.raises(StaleError, match="Somebody else decided on these records meanwhile"):
        other.reject(*pair, reason=READ)
    (case.folder / "identities" / "identities.json").write_text(json.dumps({"format": "?"}))
    with pytest.raises(ReadError, match="no readable decisions on identities"):
        intake.identity_review(found, case=case)


def test_protected_people_need_a_second_person_and_a_case(found, case):
    pair = first(found, "by hand")
    review = intake.identity_review(found, case=case)
    assert not together(review, pair)
    assert not review.shown(*pair)
    with pytest.raises(InputError, match="permitted_by must be somebody other than the analyst"):
        review.accept(*pair, reason=READ, permitted_by="a17")
    with pytest.raises(NoCaseError, match="open the review with a case"):
        intake.identity_review(found).accept(*pair, reason=READ, permitted_by="B2")
    review.reveal(*pair, reason="to compare both papers", permitted_by="B2")
    assert review.shown(*pair)
    review.accept(*pair, reason=READ, permitted_by="B2")
    assert together(review, pair)
    assert [entry["operation"] for entry in case.audit.entries()][-2:] == ["consultation", "combination"]


def test_what_must_stay_apart_cannot_be_accepted_not_even_by_way_of_a_third():
    people = pd.DataFrame(
        {
            "given_name": ["Mira", "Mira", "Mira", "Ivo", "Oda", "Ulo"],
            "surname": ["Todek", "Todek", "Todek", "Brandul", "Kimet", "Sarog"],
            "date_of_birth": [
                "1980-03-07",
                "1980-03-07",
                "1980-03-07",
                "1975-01-30",
                "1990-10-11",
                "1969-02-02",
            ],
            "phone": ["50123456", "50123456", "50123456", "50999999", "50111111", "50222222"],
        },
        index=list("abcdef"),
    )
    found = intake.resolve(people, apart=[("a", "c")], merge_at=1, review_at=0.001)
    review = intake.identity_review(found)
    with pytest.raises(InputError, match="must stay apart: said to be different"):
        review.accept("a", "c", reason=READ)
    review.accept("a", "b", reason=READ)
    assert "by way of a third record" in review.effect("b", "c", same=True)
    with pytest.raises(InputError, match="by way of a third record"):
        review.accept("b", "c", reason=READ)
    review.undo()
    review.accept("b", "c", reason=READ)
    assert together(review, "bc")
    assert not together(review, "ab")


def test_what_does_not_fit_is_said(found, case):
    review = intake.identity_review(found)
    pair = first(found, "review")
    with pytest.raises(InputError, match="reason must say why in a sentence"):
        review.accept(*pair, reason="ok")
    with pytest.raises(InputError, match="are no listed pair"):
        review.accept("R00000", "nobody", reason=READ)
    with pytest.raises(InputError, match=r"must be the result of intake\.resolve"):
        intake.identity_review(case)
    with pytest.raises(InputError, match="name must be letters"):
        intake.identity_review(found, name="../x")


# The board


def test_the_board_puts_a_pair_side_by_side_and_says_what_a_decision_does(found, people, case):
    board = boards.entity_review(found, people, case=case)
    view = board.view
    assert view.answer[0].endswith("one person or two?")
    one, other = first(found, "review")
    assert view.tables["side_by_side"].loc[0, "one"] == people.loc[one].iloc[0]
    parts = view.tables["parts"]
    assert parts["bits"].iloc[:-1].sum() == parts["bits"].iloc[-1]
    waiting = len(view.tables["pairs"])
    board.set(words="both records were read")
    said = board.accept()
    assert said.startswith("One entity of")
    assert len(board.view.tables["pairs"]) == waiting - 1
    assert board.state.pair != f"{one} | {other}"
    board.undo()
    assert len(board.view.tables["pairs"]) == waiting
    again = boards.entity_review(found, people, case=case)
    assert len(again.view.tables["decisions"]) == 1


def test_names_of_witnesses_are_veiled_and_their_pairs_are_in_the_order_of_ids(found, people, case):
    board = boards.entity_review(found, people, case=case).set(show="by hand")
    board.state = board.moved(board.state, "show")
    view = board.view
    assert view.tables["side_by_side"].loc[0, "one"].endswith("…")
    shown = view.tables["pairs"]
    listed = list(zip(shown["one"], shown["other"], strict=True))
    assert listed == sorted(listed)
    assert not any(
        "%" in str(cell)
        for block in board.blocks(view)
        if block["name"] == "pairs"
        for row in block["rows"]
        for cell in row
    )
    board.set(words="to compare both papers", permitted_by="B2")
    board.reveal()
    assert not board.view.tables["side_by_side"].loc[0, "one"].endswith("…")


def test_the_board_without_pairs_and_with_another_table(found, people):
    nobody = intake.resolve(people.head(6), review_at=0.9999999, merge_at=1)
    view = compute_entity_review(EntityReviewState(), intake.identity_review(nobody), people)
    assert view.answer[0].startswith("Nothing waits")
    with pytest.raises(InputError, match="is not in the table; give the tables that were resolved"):
        boards.entity_review(found, people.head(3))
    with pytest.raises(InputError, match="show must be one of"):
        compute_entity_review(EntityReviewState(show="all"), intake.identity_review(found), people)


def test_it_opens_on_the_sample_and_shows_everything():
    board = boards.entity_review()
    board.show()
    assert board.wait(120)
    names = [block.get("name", block["kind"]) for block in board._pages.held["blocks"]]
    assert names == ["answer", "facts", "side_by_side", "parts", "pairs", "notes", "method"]


def test_fields_are_called_by_what_they_mean_not_by_their_columns():
    board = boards.entity_review()
    fields = board.view.tables["side_by_side"]["field"].tolist()
    assert {"given name", "father's name", "date of birth", "house number"} <= set(fields)
    assert not any("_" in field for field in fields)
    blocks = {block["name"]: block for block in board.blocks(board.view) if "name" in block}
    assert "_" not in blocks["side_by_side"]["note"]
