"""The boards on incidents, without a browser: each against the rooms it asks, on good data and on bad."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ilp_lab import boards, places, times
from ilp_lab.boards.repeatboard import leading_zones
from ilp_lab.errors import ColumnError, InputError

INCIDENT_BOARDS = [
    boards.crime_map,
    boards.hot_spots,
    boards.time_exceptions,
    boards.near_repeat,
    boards.allocation,
]
SHOWN = ("answer", "facts", "table", "picture", "page", "notes", "method")


@pytest.fixture(scope="module")
def wave():
    """Sixty burglaries anywhere in two years, and a wave of twenty in one street in the last two weeks."""
    rng = np.random.default_rng(8)
    apart = rng.uniform([500_000, 5_300_000], [506_000, 5_303_000], (160, 2))
    together = rng.normal([501_000, 5_301_000], 40, (24, 2))
    when = [
        *pd.date_range("2024-01-01 13:10", periods=160, freq="109h", tz="Europe/Vienna"),
        *pd.date_range("2025-12-18 22:15", periods=24, freq="11h", tz="Europe/Vienna"),
    ]
    return gpd.GeoDataFrame(
        {"occurred_at": when, "offence": "burglary dwelling", "area": "A"},
        geometry=gpd.points_from_xy(*np.vstack([apart, together]).T),
        crs=32633,
    )


def test_the_crime_map_counts_what_is_there(incidents, areas):
    view = boards.compute_crime_map(boards.CrimeMapState(), incidents, areas=areas)
    counted = places.count(incidents, areas=areas)["n"].tolist()
    assert view.tables["by_area"]["n"].tolist() == counted
    assert view.tables["by_offence"].to_dict("list") == {
        "offence": ["theft", "burglary dwelling"],
        "n": [200, 120],
    }
    assert view.answer == (
        "320 incidents, everywhere, all days.",
        f"Most are in <b>Port</b>: {counted[0]}, {counted[0] / 3.2:.1f}% of all.",
    )
    hill = boards.compute_crime_map(boards.CrimeMapState(place="Hill"), incidents, areas=areas)
    assert len(hill.tables["incidents"]) == counted[1]


@pytest.mark.parametrize("show", ["hot spots", "density", "areas"])
def test_what_lies_under_the_points_is_what_the_room_says(incidents, areas, show):
    view = boards.compute_crime_map(boards.CrimeMapState(show=show, cell_m=500), incidents, areas=areas)
    if show == "hot spots":
        same = places.gi_star(incidents, cell_m=500, study_area=areas, simulations=99, rng=7)
        pd.testing.assert_frame_equal(view.results["layer"].table, same.table)
    assert ("layer" in view.results) == (show != "areas")


def test_the_widgets_of_the_crime_map_choose_together(incidents, areas):
    board = boards.crime_map(incidents, areas=areas)
    board.show()
    assert board.wait(60)
    kinds = [type(widget).__name__ for widget in board._staged.children]
    assert kinds == ["CrimeMap", "Timeline", "Clock", "Table"]
    board.selection.choose([0, 1, 2])
    assert all(widget.selection is board.selection for widget in board._staged.children)
    before = board._staged.children
    board.set(offences=("theft",))
    assert board.wait(60)
    assert board._staged.children != before
    assert len(board.selection.table) == len(board.view.tables["incidents"])


def test_the_radar_judges_as_the_room_does_and_names_areas(wave, areas):
    state = boards.TimeExceptionsState(until=date(2025, 12, 29))
    view = boards.compute_time_exceptions(state, wave, areas=areas)
    same = times.exceptions(wave, by=["area"], step="week", until="2025-12-28")
    assert view.tables["exceptions"]["area"].tolist() == ["<b>Port</b>"]
    assert view.tables["exceptions"]["p"].tolist() == same.table["p"].tolist()
    assert (
        view.answer[0]
        == "1 of 1 series stands out in the week of 22 December 2025: more than its past explains."
    )
    assert set(view.results) == {"exceptions", "chart", "year", "clock"}


def test_a_file_without_hours_gets_everything_but_the_clock(incidents, areas):
    days = incidents.assign(occurred_at=incidents["occurred_at"].dt.normalize())
    view = boards.compute_time_exceptions(boards.TimeExceptionsState(by="offence"), days, areas=areas)
    assert "clock" not in view.results
    assert any("the hour cannot be known" in note for note in view.notes)


def test_a_wave_is_found_and_its_zones_are_those_of_the_room(wave, areas):
    state = boards.NearRepeatState(day=date(2025, 12, 29), days_back=730, within_m=200, within_days=7)
    view = boards.compute_near_repeat(state, wave, areas=areas)
    used = wave[wave["occurred_at"] < "2025-12-29"]
    used = used[used["occurred_at"] >= pd.Timestamp("2023-12-30", tz="Europe/Vienna")]
    pattern = times.near_repeat(
        used, within_m=[100, 200, 400], within_days=[3.5, 7, 14], permutations=199, rng=7
    )
    zones = times.near_repeat_zones(used, as_of="2025-12-29", pattern=pattern)
    assert len(view.tables["zones"]) == len(zones.table) > 0
    assert "warn those who live in them today" in view.answer[0]
    assert view.tables["chains"]["area"].iloc[0] == "<b>Port</b>"
    assert view.tables["chains"]["incidents"].iloc[0] >= 10
    board = boards.near_repeat(
        wave.assign(incident_id=[f"B-{row}" for row in wave.index]), areas=areas, state=state
    )
    rows = next(block for block in board.blocks(view) if block.get("name") == "zones")["rows"]
    assert [row[1] for row in rows] == [f"B-{row}" for row in zones.table["incident"].head(len(rows))]


def test_no_wave_is_an_answer(incidents, areas):
    view = boards.compute_near_repeat(
        boards.NearRepeatState(offences=("theft",), day=date(2025, 7, 15)), incidents, areas=areas
    )
    assert view.answer[0] == "No zone is open on 15 July 2025. That is an answer, not a fault."


@pytest.mark.parametrize("opener", INCIDENT_BOARDS, ids=lambda opener: opener.__name__)
class TestEvery:
    def bad(self, incidents, kind):
        return {
            "empty": lambda: incidents.iloc[:0],
            "one row": lambda: incidents.iloc[:1],
            "no places": lambda: incidents.assign(geometry=None).set_geometry("geometry", crs=32633),
            "half without places": lambda: incidents.assign(
                geometry=incidents.geometry.where(np.arange(len(incidents)) % 2 == 0)
            ),
            "coordinates that are no numbers": lambda: gpd.GeoDataFrame(
                incidents.drop(columns="geometry"),
                geometry=gpd.points_from_xy(
                    np.where(np.arange(len(incidents)) % 3, incidents.geometry.x, np.nan),
                    incidents.geometry.y,
                ),
                crs=32633,
            ),
            "no times": lambda: incidents.assign(occurred_at=pd.NaT),
            "from the right": lambda: incidents.assign(offence="سرقة", area="منطقة"),
        }[kind]()

    @pytest.mark.parametrize(
        "kind",
        [
            "empty",
            "one row",
            "no places",
            "half without places",
            "coordinates that are no numbers",
            "no times",
            "from the right",
        ],
    )
    def test_bad_data_give_words_and_no_traceback(self, opener, incidents, areas, kind):
        table = self.bad(incidents, kind)
        if kind == "no times":
            table["occurred_at"] = pd.to_datetime(table["occurred_at"]).dt.tz_localize("Europe/Vienna")
        board = opener(table, areas=areas)
        board.show()
        assert board.wait(120)
        status = board._head.held["status"]
        assert status["kind"] in {"done", "fault"}
        assert "unexpected" not in status["text"]
        blocks = [*board._pages.held["blocks"], *board._more.held["blocks"]]
        assert status["text"] if status["kind"] == "fault" else blocks[0]["lines"][0]
        assert all(block["kind"] in SHOWN for block in blocks)

    def test_what_is_no_table_of_places_is_refused(self, opener, incidents):
        with pytest.raises(InputError, match="incidents must be a table with places"):
            opener(pd.DataFrame(incidents.drop(columns="geometry")))

    def test_every_field_of_the_state_has_a_control_that_takes_its_value(self, opener, incidents, areas):
        board = opener(incidents, areas=areas)
        controls = {one.name: one for one in board.asked()}
        assert set(controls) == set(type(board.state).__dataclass_fields__)
        from ilp_lab.boards.asking import plain

        held = plain(board.state, board.asked())
        again = replace(board.state, **{name: controls[name].read(value) for name, value in held.items()})
        assert again == board.state

    def test_without_areas_it_opens_too(self, opener, incidents):
        board = opener(incidents)
        assert board.view.answer[0]

    def test_an_unknown_place_is_named(self, opener, incidents, areas):
        board = opener(incidents, areas=areas)
        board.state = replace(board.state, place="Nowhere")
        with pytest.raises(
            InputError, match="place must be one of 'everywhere', 'Coast', '<b>Port</b>', 'Hill'"
        ):
            board.view  # noqa: B018


def test_times_as_text_are_named(incidents):
    text = incidents.assign(occurred_at="yesterday")
    with pytest.raises(ColumnError, match="holds no times"):
        boards.compute_crime_map(boards.CrimeMapState(since=date(2025, 1, 1)), text)


def test_no_dot_is_drawn_outside_the_outline_of_the_place(incidents, areas):
    far = incidents.geometry.where(incidents.index != 3, gpd.points_from_xy([590_000], [5_390_000])[0])
    moved = incidents.assign(area="A").set_geometry(far)
    view = boards.compute_crime_map(boards.CrimeMapState(place="<b>Port</b>"), moved, areas=areas)
    inside = int((moved.geometry.x < 503_000).sum())
    assert view.tables["mapped"].geometry.notna().sum() == inside
    assert len(view.tables["mapped"]) == len(view.tables["incidents"]) == 320
    assert {one["name"]: one["value"] for one in view.facts}["placed"] == str(inside)
    assert any(
        f"{320 - inside} are recorded in <b>Port</b> but lie outside its outline" in note
        for note in view.notes
    )
    whole = boards.compute_crime_map(boards.CrimeMapState(), moved, areas=areas)
    assert any("1 lie outside all outlines" in note for note in whole.notes)
    without = boards.compute_crime_map(boards.CrimeMapState(), moved)
    assert without.tables["mapped"].geometry.notna().all()


def test_the_handling_code_stands_once_above_what_chooses_together(incidents, areas):
    board = boards.crime_map(incidents, areas=areas)
    board.show()
    assert board.wait(60)
    heads = [next(iter(widget.data()))[1] for widget in board._staged.children]
    assert [bool(head["handling"]) for head in heads] == [True, False, False, False]


def test_the_map_of_zones_opens_where_most_of_them_are(wave, areas):
    lone = wave.tail(1).assign(occurred_at=wave["occurred_at"].max()).translate(3000, 1000)
    more = wave.tail(1).set_geometry(lone.values)
    state = boards.NearRepeatState(day=date(2025, 12, 29), days_back=730, within_m=200, within_days=7)
    board = boards.near_repeat(pd.concat([wave, more], ignore_index=True), areas=areas, state=state)
    view = board.view
    zones = view.results["zones"].table
    most = leading_zones(zones)
    assert 0 < len(most) < len(zones)
    west, _, east, _ = most.total_bounds
    assert (east - west) < 2000
    page = next(block for block in board.blocks(view) if block["kind"] == "page")
    assert f"around {most['incident'].nunique()} incidents" in page["note"]
    given = json.loads(re.search(r'id="ilp-data">(.*?)</script>', page["html"], re.DOTALL)[1])
    left, low, right, high = given["opening"]
    whole = given["bounds"]
    assert (right - left) < (whole[2] - whole[0]) / 2
    assert (high - low) < (whole[3] - whole[1])


def test_incidents_at_midnight_are_said_in_words_and_can_be_spread(wave):
    midnights = wave.tail(1).loc[wave.tail(1).index.repeat(60)]
    days = pd.date_range("2025-11-01", periods=60, freq="D", tz="Europe/Vienna")
    many = pd.concat([wave, midnights.assign(occurred_at=days)], ignore_index=True)
    board = boards.time_exceptions(many)
    said = " ".join(board.view.notes)
    assert "60 incidents stand at 00:00 exactly" in said
    assert "midnights=" not in said
    board.set(midnights="all day")
    assert "at 00:00 exactly" not in " ".join(board.view.notes)
    assert board.view.results["clock"]["midnights"] == "all day"
