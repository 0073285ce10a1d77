"""The choice of rows that widgets share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import widgets
from ilp_lab.errors import InputError
from ilp_lab.widgets.parcels import Parcel, bits, unbits

TABLE = pd.DataFrame({"offence": ["theft", "arson", "theft", None]}, index=[7, 7, 3, 1])


def test_rows_are_meant_by_position_whatever_the_index_holds():
    chosen = widgets.Selection(TABLE)
    chosen.choose([2, 0, 0])
    assert chosen.rows.tolist() == [0, 2]
    assert chosen.frame["offence"].tolist() == ["theft", "theft"]
    assert chosen.mask.tolist() == [True, False, True, False]
    assert repr(chosen) == "Selection: 2 of 4 rows"


def test_a_condition_with_missing_values_chooses_where_it_is_true():
    chosen = widgets.Selection(TABLE)
    chosen.choose(TABLE["offence"].astype("string") == "theft")
    assert chosen.rows.tolist() == [0, 2]


def test_who_observes_hears_every_change_and_nothing_else():
    chosen, heard = widgets.Selection(TABLE), []
    chosen.observe(lambda change: heard.append(change["new"].tolist()), names="rows")
    chosen.choose([1])
    chosen.choose([1])
    chosen.clear()
    chosen.clear()
    assert heard == [[1], []]
    assert not chosen
    assert len(chosen.frame) == 0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([True, False], "one yes or no for each of the 4 rows; got 2"),
        ([4], "from 0 to 3"),
        ([-1], "from 0 to 3"),
        ([0.5], "positions"),
    ],
)
def test_what_fits_no_row_is_refused_in_words(rows, said):
    chosen = widgets.Selection(TABLE)
    with pytest.raises(InputError, match=said):
        chosen.choose(rows)
    assert len(chosen) == 0


def test_a_list_is_no_table():
    with pytest.raises(InputError, match="must be a table"):
        widgets.Selection([1, 2])


@given(st.lists(st.booleans(), max_size=70))
def test_bits_come_back(mask):
    assert unbits(bits(mask), len(mask)).tolist() == mask


def test_bits_of_a_stranger_are_cut_or_filled():
    assert unbits(b"\xff\xff\xff", 5).tolist() == [True] * 5
    assert unbits(b"\x01", 12).tolist() == [True] + [False] * 11
    assert unbits(b"", 2).tolist() == [False, False]


def test_a_parcel_refuses_kinds_that_no_page_knows():
    with pytest.raises(ValueError, match="i8"):
        Parcel().add(np.arange(3), "i8")
