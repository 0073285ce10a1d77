"""The board *Allocation*, without a browser: against the rooms it asks, and against sums done by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ilp_lab import places, tasking, threats
from ilp_lab.boards import AllocationState, allocation, compute_allocation
from ilp_lab.errors import InputError

STATE = AllocationState(cell_m=500, visits=20, explore_percent=0)


def test_it_places_what_the_room_places(incidents, areas):
    view = compute_allocation(STATE, incidents, areas=areas)
    weighed = incidents.assign(harm=threats.harm(incidents["offence"], unknown="leave").fillna(0.0))
    cells = places.count(weighed, cell_m=500, study_area=areas, weight="harm").rename(columns={"n": "demand"})
    plan = tasking.patrols(cells, demand="demand", visits=20, effect=0.2, at_most=4, rng=7)
    assert view.results["plan"].table["visits"].tolist() == plan.table["visits"].tolist()
    assert view.results["plan"]["reached"] == pytest.approx(plan["reached"])
    assert view.tables["plan"]["visits"].sum() == 20
    assert view.tables["plan"]["area"].iloc[0] == "<b>Port</b>"


def test_a_larger_budget_reaches_more_and_each_visit_less(incidents, areas):
    budget = compute_allocation(STATE, incidents, areas=areas).tables["budget"]
    assert budget["visits"].tolist() == [10, 15, 18, 20, 22, 25, 30]
    assert budget["reached_share"].is_monotonic_increasing
    assert budget["price_share"].is_monotonic_decreasing


def test_the_headline_says_what_the_plan_says(incidents, areas):
    view = compute_allocation(replace(STATE, demand="incidents"), incidents, areas=areas)
    plan = view.results["plan"]
    said = f"20 visits reach {plan['reached'] / plan['total']:.1%} of the incidents; one visit more"
    assert view.answer[0].startswith(said)
    assert plan["total"] == len(incidents)


def test_a_bound_on_a_group_holds_and_its_price_is_said(incidents, areas):
    free = compute_allocation(replace(STATE, group="share_young"), incidents, areas=areas)
    bound = compute_allocation(
        replace(STATE, group="share_young", group_at_most_percent=25), incidents, areas=areas
    )
    shares = [
        (
            view.results["plan"].table.eval("visits * group_share").sum()
            / view.results["plan"].table["visits"].sum()
        )
        for view in (free, bound)
    ]
    assert shares[1] <= 0.25 + 1e-9
    assert {fact["name"] for fact in bound.facts} >= {"bound on the group", "group"}
    assert "fairness" in bound.results
    assert bound.results["plan"]["reached"] <= free.results["plan"]["reached"] + 1e-9


def test_visits_without_a_place_are_said(incidents, areas):
    view = compute_allocation(replace(STATE, visits=200, at_most=1, cell_m=1500), incidents, areas=areas)
    assert any("of the 200 visits have no place" in sentence for sentence in view.answer)


def test_offences_without_a_weight_are_said_and_count_nothing(incidents, areas):
    odd = incidents.assign(offence=incidents["offence"].replace({"theft": "daydreaming"}))
    view = compute_allocation(STATE, odd, areas=areas)
    assert "200 incidents have an offence without a weight" in view.notes[0]


def test_no_visits_is_no_fault(incidents, areas):
    view = compute_allocation(replace(STATE, visits=0), incidents, areas=areas)
    assert view.answer == ("No visits, nothing reached: move the budget.",)


def test_nothing_to_reach_is_said(incidents, areas):
    for nothing in (incidents.iloc[:0], incidents.assign(geometry=None)):
        view = compute_allocation(STATE, nothing.set_geometry("geometry", crs=32633), areas=areas)
        assert "No incident with a known place fits" in view.answer[0]
    later = replace(STATE, since=date(2040, 1, 1))
    assert (
        "No incident with a known place fits" in compute_allocation(later, incidents, areas=areas).answer[0]
    )


def test_a_group_that_is_not_there_is_named(incidents, areas):
    with pytest.raises(InputError, match="no column of shares named 'share_old'"):
        compute_allocation(replace(STATE, group="share_old"), incidents, areas=areas)


def test_it_opens_on_the_sample_with_one_call_and_says_so():
    board = allocation()
    assert "Belmara" in board._origin
    assert board.state.place in {"Dovar", "Orrin", "Selin", "Tarn"}
    assert {one.name for one in board.asked()} == set(AllocationState.__dataclass_fields__)
