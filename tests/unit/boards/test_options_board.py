"""The board *Options*, without a browser: what rights remove stays removed, and a best one is called so only when it is."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab import boards, tasking
from ilp_lab.boards import OptionsState, compute_options
from ilp_lab.boards.examples import options
from ilp_lab.boards.optionboard import CRITERIA
from ilp_lab.errors import InputError


def test_it_weighs_as_the_room_does():
    view = compute_options(OptionsState(), options())
    same = tasking.weigh_options(options(), criteria=CRITERIA, draws=5000, sure=0.8, rng=7)
    pd.testing.assert_frame_equal(view.tables["options"], same.table)
    removed = view.tables["options"].query("verdict == 'removed by the rights gate'")["option"]
    assert set(removed) == {"Stop all young men", "Recognise all faces"}
    assert all(name in view.answer[-1] for name in removed)


@pytest.mark.parametrize("first", ["cost", "intrusiveness"])
def test_the_order_changes_what_is_best_and_never_what_is_allowed(first):
    view = compute_options(OptionsState(first=first), options())
    same = tasking.weigh_options(
        options(),
        criteria={first: "less", **{name: way for name, way in CRITERIA.items() if name != first}},
        draws=5000,
        rng=7,
    )
    pd.testing.assert_frame_equal(view.tables["options"], same.table)
    assert "Stop all young men" in view.answer[-1]


def test_what_does_not_fit_is_said():
    with pytest.raises(InputError, match="first must be one of"):
        compute_options(OptionsState(first="beauty"), options())
    with pytest.raises(InputError, match="doing nothing is not among the options"):
        compute_options(OptionsState(), options().query("kind != 'do nothing'"))
    with pytest.raises(InputError, match="options must be a table"):
        boards.options("lights")


def test_only_one_lawful_option_and_a_tie():
    one = options().query("option in ['Stop all young men', 'Do nothing']")
    assert "Only Do nothing is left" in compute_options(OptionsState(), one).answer[0]
    unsure = compute_options(OptionsState(sure_percent=95), options())
    assert "No option can be called best" in unsure.answer[0]


def test_it_opens_on_the_example_and_moves():
    board = boards.options()
    board.show()
    assert board.wait(60)
    names = [block.get("name", block["kind"]) for block in board._pages.held["blocks"]]
    assert names == ["answer", "facts", "options", "options", "rights", "notes", "method"]
    board.set(second="cost").set(first="cost")
    assert (board.state.first, board.state.second) == ("cost", "")
    assert board.wait(60)
