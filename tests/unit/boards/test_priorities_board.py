"""The board *Priorities*, without a browser: it says what the rankings say, and calls a tie a tie."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab import boards, threats
from ilp_lab.boards import PrioritiesState, compute_priorities
from ilp_lab.boards.examples import threat_scores
from ilp_lab.errors import InputError


def test_the_ranking_is_that_of_the_room():
    view = compute_priorities(PrioritiesState(assessors=("A17",)), threat_scores())
    scores = threat_scores()
    matrix = threats.matrix(scores[scores["assessor"] == "A17"], rubric="sleipnir-type")
    same = threats.rank(matrix, weights="order", draws=5000, sure=0.8, rng=7)
    pd.testing.assert_frame_equal(view.tables["ranks"], same.table)
    assert "are a tie" in view.answer[0]
    assert "agreement" not in view.results


def test_with_two_assessors_it_says_where_they_differ():
    view = compute_priorities(PrioritiesState(), threat_scores())
    assert len(view.tables["reconcile"]) == 6
    assert {fact["name"] for fact in view.facts} >= {"alpha", "p_first"}


def test_with_the_numbers_agreed_the_first_is_first():
    view = compute_priorities(
        PrioritiesState(assessors=("A17",), weights="rubric", sure_percent=50), threat_scores()
    )
    assert view.answer[0].startswith("Is Group Anvil really first? Yes")


def test_one_item_nobody_and_somebody_unknown():
    one = threat_scores()[threat_scores()["item"] == "Group Anvil"]
    assert "is the only one" in compute_priorities(PrioritiesState(assessors=("A17",)), one).answer[0]
    nothing = compute_priorities(PrioritiesState(), threat_scores().iloc[:0])
    assert nothing.answer == ("Nothing is scored yet: there is nothing to rank.",)
    with pytest.raises(InputError, match="assessor must be one of 'A17', 'A22'; got 'A1'"):
        compute_priorities(PrioritiesState(assessors=("A1",)), threat_scores())


def test_it_opens_on_the_sample_and_shows_everything():
    board = boards.priorities()
    board.show()
    assert board.wait(120)
    names = [block.get("name", block["kind"]) for block in board._pages.held["blocks"]]
    assert names == ["answer", "facts", "ranks", "ranks", "swap", "learn", "notes", "method"]
    board.set(assessors=())
    assert board.wait(120)
    assert any(block.get("name") == "reconcile" for block in board._pages.held["blocks"])
