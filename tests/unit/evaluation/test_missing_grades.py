"""Grades that are missing in any of the ways a table can say so."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab.evaluation import certainty


@pytest.mark.parametrize("dtype", ["string", "object"])
def test_missing_grades_of_any_type_give_no_number(dtype):
    reports = pd.DataFrame({"source_grade": ["A", None], "information_grade": ["1", "1"]}, dtype=dtype)
    found = certainty(reports)
    assert found.iloc[0] == 1.0
    assert pd.isna(found.iloc[1])
