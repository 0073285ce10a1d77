"""Ratios in print: half and double equally far from one, and no number where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ilp_lab import times, views
from ilp_lab.views.estimates import ratio_limits


@pytest.fixture(scope="module")
def axes():
    counts = {"new": (7, 0), "gone": (0, 9), "rare": (2, 1), "alike": (300, 310), "half": (60, 120)}
    rows = [
        {"offence": name, "occurred_at": f"{year}-{1 + n % 6:02d}-{1 + n % 28:02d} 10:00"}
        for name, pair in counts.items()
        for year, number in zip((2024, 2023), pair, strict=True)
        for n in range(number)
    ]
    table = pd.DataFrame(rows)
    table["occurred_at"] = pd.to_datetime(table["occurred_at"]).dt.tz_localize("Europe/Vienna")
    found = times.year_to_date(table, by="offence")
    assert np.isinf(found.table["ratio"]).sum() == 1
    return views.draw(found).axes[0], found.table


def dots(axes):
    return [
        (float(line.get_xdata()[0]), int(line.get_ydata()[0]))
        for line in axes.lines
        if line.get_marker() == "o" and len(line.get_xdata())
    ]


def test_ratios_stand_on_a_logarithmic_axis_that_single_rows_do_not_stretch(axes):
    drawn, table = axes
    assert drawn.get_xscale() == "log"
    low, high = drawn.get_xlim()
    known = table.loc[np.isfinite(table["ratio"]) & (table["ratio"] > 0), "ratio"]
    assert low < known.min()
    assert known.max() < high < 2 * known.max()
    assert {place: value for value, place in dots(drawn)} == pytest.approx(known.to_dict())


def test_what_was_none_before_or_is_none_now_ends_open_in_words(axes):
    drawn, table = axes
    said = {text.get_text(): text.xy for text in drawn.texts}
    new, gone = (int(table.index[table["offence"] == name][0]) for name in ("new", "gone"))
    assert said["none before"] == (drawn.get_xlim()[1], new)
    assert said["none now"] == (drawn.get_xlim()[0], gone)
    assert {new, gone}.isdisjoint(place for _, place in dots(drawn))


def test_the_axis_of_ratios_goes_at_least_from_half_to_double():
    low, high = ratio_limits(np.array([np.inf, 0.0, 1.0, np.nan]))
    assert low < 0.5
    assert high > 2
