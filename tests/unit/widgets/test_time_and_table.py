"""Timeline, clock and table: what they send and answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ilp_lab import widgets
from ilp_lab._spoken import speak
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.widgets.walltimes import UNKNOWN, wall_times


def latest(sent, about):
    return next((content, buffers) for _, content, buffers in reversed(sent) if content.get("about") == about)


def rows(widget, sent, **ask):
    widget.heard(None, {"ask": "rows", "first": 0, "number": 100, **ask}, [])
    return latest(sent, "rows")[0]


@pytest.mark.parametrize("kind", [widgets.Timeline, widgets.Clock])
def test_times_travel_as_the_local_clock_shows_them(sent, incidents, kind):
    kind(incidents)
    content, buffers = latest(sent, "times")
    minutes = np.frombuffer(buffers[0], dtype="<i4")
    local = incidents["occurred_at"].dt.tz_localize(None)
    assert (pd.to_datetime(minutes.astype("int64"), unit="m") == pd.DatetimeIndex(local)).all()
    assert (content["unknown"], content["zone"], content["only_days"]) == (0, "Europe/Vienna", False)


def test_times_around_the_change_of_clocks_are_those_on_the_wall():
    when = pd.to_datetime(["2025-10-26 00:30", "2025-10-26 01:30"], utc=True).tz_convert("Europe/Vienna")
    found = wall_times(pd.DataFrame({"t": when}), "t")
    assert (found.minutes[0] % 1440, found.minutes[1] % 1440) == (150, 150)


def test_missing_and_absurd_times_are_unknown():
    when = pd.Series([pd.NaT, pd.Timestamp("1969-12-31 23:59"), pd.Timestamp("9999-01-01")]).astype(
        "datetime64[s]"
    )
    found = wall_times(pd.DataFrame({"t": when}), "t")
    assert found.minutes[0] == UNKNOWN
    assert found.minutes[1] == -1
    assert found.known.tolist() == [False, True, found.minutes[2] != UNKNOWN]


@pytest.mark.parametrize("kind", [widgets.Timeline, widgets.Clock])
def test_a_table_without_times_says_so(kind, incidents):
    with pytest.raises(ColumnError, match="no column 'occurred_at'"):
        kind(pd.DataFrame({"a": [1]}))
    with pytest.raises(ColumnError, match="must hold times"):
        kind(incidents, time="offence")
    with pytest.raises(InputError, match="must be a table"):
        kind(None)


@pytest.mark.parametrize("kind", [widgets.Timeline, widgets.Clock, widgets.Table])
@pytest.mark.parametrize("size", [0, 1])
def test_an_empty_table_and_a_single_row(sent, incidents, kind, size):
    made = kind(incidents.iloc[:size])
    assert len(made.selection.table) == size
    assert latest(sent, "head")[0]["choice"]["size"] == size


def test_days_without_a_time_of_day_are_known_as_such(sent, incidents):
    widgets.Clock(incidents.assign(occurred_at=incidents["occurred_at"].dt.normalize()))
    assert latest(sent, "times")[0]["only_days"]


@pytest.mark.parametrize(("language", "first"), [("en", "01 Jan 2025, 13:30"), ("ru", "01.01.2025, 13:30")])
def test_the_table_writes_times_as_the_language_does(sent, incidents, language, first):
    with speak(language):
        content = rows(widgets.Table(incidents, columns=["occurred_at"]), sent)
    assert content["cells"][0][0] == first


def test_the_table_sorts_with_missing_values_last(sent):
    table = pd.DataFrame({"offence": ["b", None, "a"], "n": [2, np.nan, 10]})
    made = widgets.Table(table)
    assert rows(made, sent, column=0)["rows"] == [2, 0, 1]
    assert rows(made, sent, column=0, falling=True)["rows"] == [0, 2, 1]
    assert rows(made, sent, column=1)["rows"] == [0, 2, 1]
    assert rows(made, sent, column=99)["rows"] == [0, 1, 2]
    assert rows(made, sent, column=1)["cells"] == [["b", "a", ""], ["2", "10", ""]]


def test_the_table_shows_only_chosen_rows_when_asked(sent, incidents):
    made = widgets.Table(incidents)
    made.selection.choose([40, 3])
    assert rows(made, sent, only=True)["rows"] == [3, 40]
    assert rows(made, sent, only=False)["total"] == 60
    made.selection.clear()
    assert rows(made, sent, only=True)["total"] == 60


def test_the_page_cannot_draw_a_whole_table_at_once(sent):
    made = widgets.Table(pd.DataFrame({"n": np.arange(5000)}))
    told = rows(made, sent, first=4990, number=10**9)
    assert (len(told["rows"]), told["total"]) == (10, 5000)
    assert len(rows(made, sent, first=-5, number=10**9)["rows"]) == 400


def test_columns_about_persons_are_left_out_unless_named(sent, incidents):
    table = incidents.assign(given_name="Jane", label="Jane Doe")
    widgets.Table(table)
    assert "Label" not in latest(sent, "head")[0]["columns"]
    widgets.Table(table, columns=["label"])
    assert latest(sent, "head")[0]["columns"] == ["Label"]
    with pytest.raises(ColumnError, match="lable"):
        widgets.Table(table, columns=["lable"])


def test_mixed_types_in_a_column_still_sort(sent):
    made = widgets.Table(pd.DataFrame({"x": [3, "a", None, 1.5]}))
    assert rows(made, sent, column=0)["total"] == 4
