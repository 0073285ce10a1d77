"""Columns of a frame are those of the table, and can be written to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ilp_lab.intake.framing import counted, to_frame

WHEN = np.array(["2024-05-01T22:10:00", "2024-05-02", "1969-12-31T23:59:59"], "M8[s]")
COLUMNS = {
    "whole": pa.chunked_array([[1, 2], [-3]], pa.int64()),
    "number": pa.chunked_array([[0.5, float("nan")], [-1e300]], pa.float64()),
    "when": pa.chunked_array([WHEN[:2], WHEN[2:]], pa.timestamp("s")),
    "text": pa.chunked_array([["a", None], ["ž"]], pa.large_string()),
    "word": pa.chunked_array([["a", None], ["ž"]], pa.string()),
    "coded": pa.chunked_array(
        [pa.array(["b", "a"]).dictionary_encode(), pa.array([None], pa.string()).dictionary_encode()]
    ),
    "holes": pa.chunked_array([[1, None], [3]], pa.int64()),
}


@pytest.mark.parametrize("cut", [slice(0, 3), slice(1, 3), slice(0, 2), slice(2, 3), slice(0, 0)], ids=str)
@pytest.mark.parametrize("name", COLUMNS)
def test_values_are_those_of_the_table(name, cut):
    column = COLUMNS[name].slice(cut.start, cut.stop - cut.start)
    found = to_frame(pa.table({name: column}))[name]
    expected = column.to_pandas()
    assert found.isna().tolist() == expected.isna().tolist()
    assert found.dropna().tolist() == expected.dropna().tolist()


@pytest.mark.parametrize("pieces", [1, 3])
@pytest.mark.parametrize(
    ("name", "new"), [("whole", 9), ("number", 9.0), ("when", pd.Timestamp("2030-01-01")), ("coded", "a")]
)
def test_columns_can_be_written_to(name, new, pieces):
    table = pa.table({name: pa.chunked_array(COLUMNS[name].chunks[:1] * pieces)})
    frame = to_frame(table)
    frame.loc[0, name] = new
    assert frame[name].iloc[0] == new


def test_whole_numbers_in_a_row():
    assert counted(7, 0).tolist() == []
    assert np.array_equal(counted(2, 100_000), np.arange(2, 100_002))
    assert counted(2, 3).flags.writeable
