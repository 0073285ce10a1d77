"""Conversion returns sets and says that it loses; certainty weights are asked for and printed."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import evaluation as ev
from ilp_lab.errors import ColumnError, InputError

NAMES = ["4x4", "3x5x2", "5x5x5", "6x6"]
PAIRS = [(old, new) for old in NAMES for new in NAMES]


@pytest.mark.parametrize(
    ("old", "code", "new", "codes"),
    [
        ("4x4", "A1", "6x6", {"A1"}),
        ("4x4", "B2", "6x6", {"B2", "B3", "C2", "C3"}),
        ("4x4", "X4", "3x5x2", {"2C", "2D"}),
        ("4x4", "B2", "5x5x5", {"B2", "C2"}),
        ("6x6", "F6", "4x4", {"X4"}),
        ("6x6", "C5", "3x5x2", {"1E", "3E"}),
        ("6x6", "C5", "4x4", set()),
        ("5x5x5", "E5", "4x4", set()),
        ("3x5x2", "2BP", "4x4", {"X3"}),
    ],
)
def test_admissible_codes(old, code, new, codes):
    found = ev.convert(code, scheme=old, to=new)
    assert found.codes == codes
    assert found.lossy  # also 2BP: its permission is not converted
    if not codes:
        assert "grade anew" in found.why


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_code_is_among_what_its_own_conversion_converts_back_to(old, new):
    for code in ev.scheme(old).codes():
        source, information, _ = ev.scheme(old).split(code)
        there = ev.convert(code, scheme=old, to=new)
        assert there.lossy or len(there.codes) == 1
        if old == new:
            assert there.codes == {source + information}
            assert not there.lossy
        for other in there.codes:
            back = ev.convert(other, scheme=new, to=old).codes
            assert source + information in back
            if not there.lossy:
                assert back == {source + information}


def test_a_table_of_mixed_schemes():
    reports = pd.DataFrame(
        {
            "report_id": ["R1", "R2", "R3"],
            "scheme": ["4x4", "6x6", None],
            "source_grade": ["A", "F", "E"],
            "information_grade": [1, 6.0, "1"],
        },
        index=[5, 7, 9],
    )
    found = ev.convert_grades(reports, to="3x5x2")
    assert found.index.tolist() == [5, 7, 9]
    assert found["admissible"].tolist() == [("1A",), ("2D",), ()]
    assert "not in 4x4" in found["why"].iloc[2]
    with pytest.raises(ColumnError, match="source_grade"):
        ev.convert_grades(reports.drop(columns="source_grade"), to="3x5x2")
    with pytest.raises(InputError, match="7x7"):
        ev.convert_grades(reports.assign(scheme="7x7"), to="4x4")


@given(st.text(max_size=4), st.sampled_from(NAMES))
def test_whatever_is_converted_ends_in_codes_or_clear_words(code, name):
    try:
        found = ev.convert(code, scheme=name, to="4x4")
    except InputError as error:
        assert "is not a code of" in str(error)  # noqa: PT017
    else:
        assert found.codes <= set(ev.scheme("4x4").codes())


def test_weights_are_the_packs_and_can_be_replaced():
    links = pd.DataFrame({"source_grade": ["A", "B", "C", "X"], "information_grade": ["1", "2", "3", "4"]})
    assert ev.certainty(links).tolist() == [1.0, 0.5625, 0.125, 0.125]
    assert ev.certainty(links, combine="minimum").tolist() == [1.0, 0.75, 0.25, 0.25]
    own = ev.certainty(links, own_weights={"source": {"X": 0.0}})
    assert own.iloc[3] == 0
    assert "X 0;" in own.attrs["ilp_lab_weights"]
    assert "not a measurement" in own.attrs["ilp_lab_weights"]
    with pytest.raises(InputError, match="between 0 and 1"):
        ev.certainty(links, own_weights={"source": {"X": 2.0}})
    with pytest.raises(InputError, match="combine"):
        ev.certainty(links, combine="mean")


@pytest.mark.parametrize("name", NAMES)
def test_certainty_lies_between_0_and_1_and_a_better_grade_is_never_less_certain(name):
    table = ev.weights(name)
    assert table["weight"].between(0, 1).all()
    codes = [ev.scheme(name).split(code)[:2] for code in ev.scheme(name).codes()]
    frame = pd.DataFrame(codes, columns=["source_grade", "information_grade"]).assign(scheme=name)
    for combine in ("product", "minimum"):
        assert ev.certainty(frame, combine=combine).between(0, 1).all()
    missing = frame.assign(source_grade=None)
    assert all(math.isnan(value) for value in ev.certainty(missing))
