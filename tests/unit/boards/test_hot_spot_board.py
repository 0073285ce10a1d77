"""The board's answers, without a browser."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from ilp_lab.boards import HotSpotBoard, HotSpotState, compute
from ilp_lab.errors import InputError

AREAS = gpd.GeoDataFrame(
    {"area": ["A", "B"], "name": ["<b>Port</b>", "Hill"]},
    geometry=[box(500_000, 5_300_000, 503_000, 5_303_000), box(503_000, 5_300_000, 506_000, 5_303_000)],
    crs=32633,
)


@pytest.fixture(scope="module")
def incidents():
    rng = np.random.default_rng(3)
    spread = rng.uniform([500_000, 5_300_000], [506_000, 5_303_000], (200, 2))
    pile = rng.normal([501_000, 5_301_000], 80, (120, 2))
    xy = np.vstack([spread, pile])
    return gpd.GeoDataFrame(
        {
            "offence": ["theft"] * 200 + ["burglary"] * 120,
            "occurred_at": pd.date_range("2025-01-01", periods=320, freq="D", tz="Europe/Vienna"),
        },
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )


STATE = HotSpotState(cell_m=300.0)


def test_the_planted_pile_is_found_and_named(incidents):
    view = compute(STATE, incidents, areas=AREAS)
    assert view.table["area"].iloc[0] == "<b>Port</b>"
    assert view.sentence.startswith("320 records of incidents, everywhere.")
    assert (view.result.table["verdict"] == "hot spot beyond chance").any()


def test_area_offence_and_period_narrow_the_choice(incidents):
    period = replace(STATE, offence="theft", since=date(2025, 2, 1), until=date(2025, 3, 1))
    assert compute(period, incidents, areas=AREAS).sentence.startswith(
        "28 records of theft, everywhere, from 01 Feb 2025, before 01 Mar 2025."
    )
    hill = compute(replace(STATE, area="Hill"), incidents, areas=AREAS).result
    assert hill.table.geometry.total_bounds[0] >= 503_000 - 300


def test_too_few_is_said_not_computed(incidents):
    view = compute(replace(STATE, since=date(2031, 1, 1)), incidents, areas=AREAS)
    assert view.result is None
    assert "widen the choice" in view.sentence


def test_unknown_choices_are_named(incidents):
    with pytest.raises(InputError, match="offence must be one of 'burglary', 'theft'; got 'thefts'"):
        compute(replace(STATE, offence="thefts"), incidents)


def test_the_same_state_gives_the_same_answer(incidents):
    first, second = (compute(STATE, incidents, areas=AREAS) for _ in range(2))
    pd.testing.assert_frame_equal(pd.DataFrame(first.table), pd.DataFrame(second.table))


def test_the_widgets_follow_the_state_and_show_faults(incidents):
    board = HotSpotBoard(incidents, areas=AREAS, state=STATE)
    board.show()
    before = board._map.value
    board._controls["show"].value = "density"
    assert board.state.show == "density"
    assert board._map.value != before
    assert "sandbox" in board._map.value
    assert "<b>Port</b>" not in board._table.value
    board._areas = AREAS.to_crs(4326).drop(columns=["name"])
    board._answer.cache_clear()
    board._controls["area"].value = "Hill"
    assert "area must be one of" in board._status.value
