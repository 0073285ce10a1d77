from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab.views.classes import (
    BOTH_WAYS,
    CATEGORIES,
    NOTHING,
    UPWARD,
    VERDICTS,
    classify,
    figure_of,
    name_of,
)

numbers = st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=1, max_size=60)
counts = st.lists(st.integers(0, 5000), min_size=1, max_size=200)


@given(numbers)
def test_every_number_is_in_one_class_and_every_gap_in_none(values):
    found = classify(pd.Series(values, dtype=float), "rate")
    missing = np.isnan(values)
    assert ((found.codes == NOTHING) == missing).all()
    assert (found.codes[~missing] < len(found.labels)).all()
    assert len(found.labels) == len(found.colours) <= 6
    assert sum(found.counts) == int((~missing).sum())


@given(counts)
def test_classes_rise_with_the_value(values):
    found = classify(pd.Series(values), "n")
    order = np.argsort(values, kind="stable")
    assert (np.diff(found.codes[order].astype(int)) >= 0).all()
    assert all(found.counts)


@given(counts)
def test_the_legend_of_counts_tells_the_truth(values):
    found = classify(pd.Series(values), "n")
    for value, code in zip(values, found.codes, strict=True):
        label = found.labels[code].replace(",", "")
        if label == "none":
            assert value == 0
        elif " to " in label:
            low, high = map(int, label.split(" to "))
            assert low <= value <= high
        else:
            assert value == int(label)


def test_negative_and_positive_numbers_part_at_zero():
    values = pd.Series([-9.0, -4.0, -1.0, 0.5, 3.0, 8.0])
    found = classify(values, "z")
    below = found.codes[values < 0].max()
    above = found.codes[values >= 0].min()
    assert below < above
    assert set(found.colours) <= set(BOTH_WAYS)
    assert any("0 to under" in label or label == "under 0" for label in found.labels)


def test_verdicts_have_their_words_and_colours():
    found = classify(pd.Series([*VERDICTS, "something else"]), "verdict")
    assert found.codes.tolist() == [0, 1, 2, 3, 4, NOTHING]
    assert "chance" in found.labels[0]


def test_more_categories_than_colours_are_put_together():
    values = pd.Series([f"kind {number % 12}" for number in range(100)] + [None])
    found = classify(values, "offence")
    assert found.labels[-1] == "all others"
    assert len(found.labels) == len(CATEGORIES)
    assert found.codes[-1] == NOTHING
    assert sum(found.counts) == 100


def test_as_many_categories_as_colours_each_keep_one():
    found = classify(pd.Series(list("abcdefgh")), "kind")
    assert len(set(found.codes.tolist())) == 8
    assert "all others" not in found.labels


@pytest.mark.parametrize("values", [[0, 0], [0.0], [np.nan], []])
def test_nothing_to_tell_apart(values):
    found = classify(pd.Series(values, dtype=float), "n")
    assert len(found.codes) == len(values)


def luminance(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_colours_can_be_told_apart_by_lightness_alone():
    steps = [luminance(colour) for colour in UPWARD]
    assert all(a > b * 1.2 for a, b in pairwise(steps))
    shades = {name: luminance(colour) for name, (_, colour) in VERDICTS.items()}
    assert shades["hot spot beyond chance"] * 2 < shades["hot spot"]
    assert shades["hot spot"] * 1.5 < shades["not more than chance"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (pd.NA, ""),
        (True, "yes"),
        (np.bool_(False), "no"),
        (1234567, "1,234,567"),
        (np.int64(5), "5"),
        (0.12345, "0.123"),
        (1e-9, "< 0.0001"),
        (-1e-9, "> −0.0001"),
        (float("inf"), "inf"),
        (1e300, "1e+300"),
        (pd.Timestamp("2024-03-01"), "01 Mar 2024"),
        (pd.Timestamp("2024-03-01 14:05"), "01 Mar 2024, 14:05"),
        (date(2024, 3, 1), "01 Mar 2024"),
        ("<b>", "<b>"),
    ],
)
def test_values_are_written_as_readers_expect(value, words):
    assert figure_of(value) == words


def test_codes_keep_their_digits_together():
    assert [name_of(value) for value in (1024, 1024.0, np.int64(7), "A1", None, float("nan"))] == [
        "1024",
        "1024",
        "7",
        "A1",
        "",
        "",
    ]


def test_a_few_different_numbers_get_a_class_each():
    """28.81 rounds to 29, beyond every value: its cells were in the class of the others."""
    shown = classify(pd.Series([1.0, 1.0, 28.81, 0.4567, 0.996]), "relative_risk")
    assert shown.codes.tolist() == [2, 2, 3, 0, 1]
    assert shown.labels[0].startswith("0.45 to under 0.99")
