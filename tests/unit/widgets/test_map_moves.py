"""The part and the time of a map, set in Python: told to the page, kept for pages that open later, refused in words."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ilp_lab import widgets
from ilp_lab.errors import InputError

FIRST, BEFORE = pd.Timestamp("2025-01-06"), pd.Timestamp("2025-01-13")


def told(sent, about):
    return [content for _, content, _ in sent if content["about"] == about]


def test_a_window_set_in_python_reaches_the_page_and_one_of_the_page_is_not_sent_back(sent, incidents):
    made = widgets.CrimeMap(incidents)
    del sent[:]
    made.window = ("2025-01-06", "2025-01-13")
    assert made.window == (FIRST, BEFORE)
    (message,) = told(sent, "window")
    minutes = [int(edge.timestamp() // 60) for edge in (FIRST, BEFORE)]
    assert [message["from"], message["to"]] == minutes
    del sent[:]
    made.heard(None, {"ask": "window", "from": minutes[0] + 1440, "to": minutes[1] + 1440}, [])
    assert made.window == (FIRST + pd.Timedelta("1D"), BEFORE + pd.Timedelta("1D"))
    assert sent == []
    made.mount()
    assert told(sent, "window")[-1]["from"] == minutes[0] + 1440
    made.window = None
    assert told(sent, "window")[-1]["from"] is None


def test_moments_of_another_zone_are_read_on_the_clock_of_the_incidents(sent, incidents):
    made = widgets.CrimeMap(incidents)
    made.window = (pd.Timestamp("2025-01-06", tz="UTC"), np.datetime64("2025-01-07T12:30:59"))
    assert made.window == (pd.Timestamp("2025-01-06 01:00"), pd.Timestamp("2025-01-07 12:30"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2025-01-06", "two moments"),
        (("2025-01-06",), "two moments"),
        (("soon", "later"), "two moments"),
        ((pd.NaT, BEFORE), "two moments"),
        ((1, 2), "two moments"),
        (3.5, "two moments"),
        ((BEFORE, FIRST), "begin before it ends"),
        ((FIRST, FIRST), "begin before it ends"),
        (
            ("1999-01-01", "1999-02-01"),
            r"no incident lies in that window: their times run from 2025-01-01 13:30",
        ),
    ],
)
def test_a_window_that_is_none_is_refused_in_words_and_nothing_changes(sent, incidents, given, said):
    made = widgets.CrimeMap(incidents)
    made.window = (FIRST, BEFORE)
    del sent[:]
    with pytest.raises(InputError, match=said):
        made.window = given
    assert made.window == (FIRST, BEFORE)
    assert sent == []


def test_without_times_there_is_no_window(sent, incidents):
    made = widgets.CrimeMap(incidents.drop(columns="occurred_at"))
    with pytest.raises(InputError, match="have no times"):
        made.window = (FIRST, BEFORE)


def test_a_view_set_in_python_reaches_the_page_and_one_of_the_page_is_not_sent_back(sent, incidents, areas):
    made = widgets.CrimeMap(incidents, areas=areas)
    del sent[:]
    made.view = made.ground.bring(areas.iloc[[1]]).total_bounds
    assert made.view == (503_000, 5_300_000, 506_000, 5_303_000)
    west, south = made._origin
    assert told(sent, "view")[0]["bounds"] == [
        503_000 - west,
        -south + 5_300_000,
        506_000 - west,
        5_303_000 - south,
    ]
    del sent[:]
    made.heard(None, {"ask": "view", "bounds": [0, 0, 10, 20]}, [])
    assert told(sent, "view") == []
    made.mount()
    assert told(sent, "view")[-1]["bounds"] == [0, 0, 10, 20]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("here", "four numbers"),
        ((1, 2, 3), "four numbers"),
        ((1, 2, 3, float("nan")), "four numbers"),
        ((503_000, 5_300_000, float("inf"), 5_303_000), "four numbers"),
        (({}, 1, 2, 3), "four numbers"),
        ((506_000, 5_300_000, 503_000, 5_303_000), "west below east"),
        ((16.3, 48.1, 16.4, 48.2), "nothing of the map lies in that view"),
    ],
)
def test_a_view_that_is_none_is_refused_in_words_and_nothing_changes(sent, incidents, given, said):
    made = widgets.CrimeMap(incidents)
    del sent[:]
    with pytest.raises(InputError, match=said):
        made.view = given
    assert made.view is None
    assert sent == []


def test_a_map_without_a_place_has_no_view(sent, incidents):
    made = widgets.CrimeMap(incidents.iloc[:0])
    with pytest.raises(InputError, match="nothing on this map has a place"):
        made.view = (0, 0, 1, 1)


def test_other_incidents_keep_a_window_that_still_holds_some_and_forget_the_part_of_another_place(
    sent, incidents
):
    made = widgets.CrimeMap(incidents)
    made.window = (FIRST, BEFORE)
    made.view = (501_000, 5_301_000, 502_000, 5_302_000)
    made.show(title="The same")
    assert made.view == (501_000, 5_301_000, 502_000, 5_302_000)
    made.show(incidents=incidents.iloc[:20])
    assert made.view is None
    assert made.window == (FIRST, BEFORE)
    assert told(sent, "window")[-1]["from"] == int(FIRST.timestamp() // 60)
    made.show(incidents=incidents.iloc[50:])
    assert made.window is None
    assert told(sent, "window")[-1]["from"] is None


def test_the_printed_map_shows_the_window_that_was_set(sent, incidents):
    made = widgets.CrimeMap(incidents)
    made.window = (FIRST, BEFORE)
    local = incidents["occurred_at"].dt.tz_localize(None)
    there = int(((local >= FIRST) & (local < BEFORE)).sum())
    words = [text.get_text() for text in made.figure().findobj(lambda one: hasattr(one, "get_text"))]
    assert 0 < there < 60
    assert f"showing {there} of 60" in " ".join(" ".join(words).split())


def test_who_watches_the_window_may_move_the_map(sent, incidents):
    made = widgets.CrimeMap(incidents)
    made.observe(lambda _: setattr(made, "view", (501_000, 5_301_000, 502_000, 5_302_000)), "window")
    del sent[:]
    made.heard(None, {"ask": "window", "from": 28_935_360, "to": 28_945_440}, [])
    assert isinstance(made.incidents, gpd.GeoDataFrame)
    assert [content["about"] for _, content, _ in sent] == ["view"]
