"""What a product's table says of a result: cells that can be read, rows that the finding rests on, headings that are true."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ilp_lab.products.extract import cell_text, grid_of, leading_rows
from ilp_lab.result import Result


def result(columns, name="demo"):
    return Result(name, "Counts", pd.DataFrame(columns), "counted", ("Three.",))


def shown(found):
    """The rows of a result's table as a reader sees them, each a dictionary by heading."""
    grid = grid_of(leading_rows(found), chosen_from=found.table)
    return [dict(zip(grid.columns, row, strict=True)) for row in grid.rows]


def test_what_has_no_end_is_said_and_not_a_number():
    assert [cell_text(value) for value in (np.inf, -np.inf, np.float64("inf"), np.nan)] == [
        "∞",
        "−∞",
        "∞",
        "",
    ]
    found = result({"place": ["A", "B"], "ratio": [np.inf, 1.5], "x_share": [np.inf, 0.25]})
    assert shown(found) == [
        {"Place": "A", "Ratio": "∞", "X share": "∞"},
        {"Place": "B", "Ratio": "1.5", "X share": "25%"},
    ]


def test_a_range_stands_only_where_there_is_one_and_shares_keep_their_sign():
    found = result({
        "order": ["first", "second"],
        "parts": [110.0, 0.5], "parts_low": [np.nan, 0.25], "parts_high": [np.nan, 0.75],
        "largest_share": [0.5, 0.75], "largest_share_low": [np.nan, 0.7], "largest_share_high": [np.nan, 0.8],
    })  # fmt: skip
    assert shown(found) == [
        {"Order": "first", "Parts": "110", "Largest share": "50%"},
        {"Order": "second", "Parts": "0.5 (0.25 to 0.75)", "Largest share": "75% (70% to 80%)"},
    ]
