"""Patrol visits: best under their limits, never outside them, and a loop that records feed on."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab import tasking
from ilp_lab.errors import ColumnError, IlpWarning, InputError
from ilp_lab.tasking.dosing import Ground, allocate, share_of, smallest_share

QUICK = settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])


def ground(demand, budget, *, least=0, most=4, effect=0.3, cost=None, group=None, bound=1.0):
    demand = np.array(demand, dtype=float)
    n = len(demand)
    return Ground(
        demand, effect, np.full(n, least), np.full(n, most), budget,
        None if cost is None else np.array(cost, dtype=float), None if group is None else np.array(group, dtype=float), bound,
    )  # fmt: skip


def best_by_trying_all(one: Ground) -> float:
    price = np.ones(len(one.demand)) if one.cost is None else one.cost
    best = -1.0
    for units in product(*(range(low, high + 1) for low, high in zip(one.least, one.most, strict=True))):
        chosen = np.array(units)
        if (chosen * price).sum() > one.budget + 1e-9:
            continue
        if one.group is not None and ((one.group - one.bound) * chosen).sum() > 1e-9:
            continue
        best = max(best, float(one.reached(chosen).sum()))
    return best


@QUICK
@given(
    st.lists(st.integers(0, 60), min_size=2, max_size=5),
    st.integers(1, 8),
    st.integers(0, 1),
    st.floats(0.05, 0.9),
)
def test_largest_gains_are_the_optimum(demand, budget, least, effect):
    one = ground(demand, max(budget, least * len(demand)), least=least, most=3, effect=effect)
    assert one.reached(allocate(one).units).sum() == pytest.approx(best_by_trying_all(one))


def test_six_areas_and_eight_visits_equal_brute_force():
    one = ground([31, 22, 17, 9, 8, 3], 8, effect=0.25)
    assert one.reached(allocate(one).units).sum() == pytest.approx(best_by_trying_all(one))


@QUICK
@given(st.lists(st.integers(1, 60), min_size=2, max_size=4), st.integers(1, 7), st.data())
def test_programs_equal_trying_all(demand, budget, data):
    n = len(demand)
    cost = data.draw(st.lists(st.integers(1, 3), min_size=n, max_size=n))
    group = data.draw(st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9]), min_size=n, max_size=n))
    priced = ground(demand, budget, most=3, cost=cost)
    assert priced.reached(allocate(priced).units).sum() == pytest.approx(best_by_trying_all(priced))
    bounded = ground(demand, budget, most=3, group=group, bound=0.45)
    given_units = allocate(bounded)
    assert given_units.proven
    assert bounded.reached(given_units.units).sum() == pytest.approx(best_by_trying_all(bounded))
    both = ground(demand, budget, most=3, cost=cost, group=group, bound=0.45)
    assert both.reached(allocate(both).units).sum() == pytest.approx(best_by_trying_all(both))


@QUICK
@given(st.lists(st.floats(0.1, 500), min_size=3, max_size=30), st.integers(1, 40), st.floats(0.01, 100))
def test_monotone_in_budget_and_free_of_units(demand, budget, factor):
    demand = [round(value, 3) for value in demand]
    one, more = ground(demand, budget), ground(demand, budget + 1)
    assert more.reached(allocate(more).units).sum() >= one.reached(allocate(one).units).sum() - 1e-9
    scaled = ground(np.array(demand) * factor, budget)
    assert scaled.reached(allocate(scaled).units).sum() == pytest.approx(
        factor * one.reached(allocate(one).units).sum()
    )


@QUICK
@given(
    st.lists(st.integers(0, 50), min_size=4, max_size=25),
    st.integers(1, 30),
    st.integers(0, 2),
    st.floats(0, 0.4),
    st.integers(0, 9),
)
def test_no_limit_is_ever_broken(demand, visits, floor, explore, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"n": demand, "share": rng.random(len(demand)).round(2)})
    bound = 0.6
    try:
        found = tasking.patrols(
            frame,
            visits=visits,
            at_least=floor,
            at_most=3,
            explore=explore,
            group="share",
            group_at_most=bound,
            rng=seed,
        )
    except InputError as error:
        assert "at_least" in str(error) or "group_at_most" in str(error) or "is 0 everywhere" in str(error)  # noqa: PT017
        return
    units = found.table["visits"].to_numpy()
    assert units.sum() <= visits
    assert (units >= floor).all()
    assert (units <= 3).all()
    assert (frame["share"] * units).sum() <= bound * units.sum() + 1e-6


def test_order_of_rows_does_not_matter():
    frame = pd.DataFrame({"place": list("ABCDEF"), "n": [31, 22, 17, 9, 8, 3]})
    one = tasking.patrols(frame, visits=9).table.set_index("place")["visits"]
    other = tasking.patrols(frame.iloc[::-1], visits=9).table.set_index("place")["visits"]
    assert one.to_dict() == other.to_dict()


def test_the_smallest_share_is_the_smallest():
    one = ground([5, 5, 5], 3, most=2, least=1, group=[0.9, 0.5, 0.1], bound=0.2)
    assert smallest_share(one) == pytest.approx(0.5)
    free = ground([5, 5, 5], 3, most=2, group=[0.9, 0.5, 0.1], bound=0.2)
    assert smallest_share(free) == pytest.approx(0.1)


def test_the_pruned_program_is_the_whole_program():
    from scipy.optimize import Bounds, LinearConstraint, milp

    rng = np.random.default_rng(4)
    one = ground(rng.gamma(0.5, 20, 400), 60, group=rng.random(400), bound=0.35)
    place, gain = one.gains()
    whole = milp(
        -gain, integrality=np.ones(len(gain)), bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array([np.ones(len(gain)), (one.group - one.bound)[place]]), -np.inf, [60, 0]),
    )  # fmt: skip
    ours = allocate(one)
    assert one.reached(ours.units).sum() == pytest.approx(-whole.fun, rel=1e-6)
    assert share_of(one, ours.units) <= 0.35 + 1e-6


@pytest.fixture(scope="module")
def belmara_cells():
    incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
    harmful = incidents.assign(harm=ilp.threats.harm(incidents["offence"], unknown="leave").fillna(0))
    return ilp.places.count(harmful, cell_m=1000, weight="harm").rename(columns={"n": "harm"})


def test_the_call_of_the_design_on_the_sample(belmara_cells):
    found = tasking.patrols(belmara_cells, demand="harm", visits=40)
    assert found.view == "map"
    assert found.table["visits"].sum() == 40
    assert found["proven"]
    assert found["reached"] > 2 * found["equal_spread"]
    said = found.explain()
    for words in (
        "get no visit",
        "One visit more",
        "assumption",
        "Reached does not mean prevented",
        "Check next",
    ):
        assert words in said
    assert found["price"] == pytest.approx(found.table["next_gain"].max())


def test_what_limits_cost_is_what_is_lost(belmara_cells):
    free = tasking.patrols(belmara_cells, demand="harm", visits=200)
    explored = tasking.patrols(belmara_cells, demand="harm", visits=200, explore=0.1, rng=3)
    assert explored["prices"]["exploration"] == pytest.approx(free["reached"] - explored["reached"])
    assert (explored.table["why"] == "explored").sum() > 0
    assert explored.table["visits"].sum() == 200
    assert (
        tasking.patrols(belmara_cells, demand="harm", visits=200, explore=0.1, rng=3)
        .table["visits"]
        .equals(explored.table["visits"])
    )


def test_what_police_work_found_is_kept_apart():
    frame = pd.DataFrame({"n": [50, 30, 30], "found": [45, 0, 0], "share": [0.9, 0.05, 0.05]})
    with pytest.warns(IlpWarning, match=r"\(D14\)"):
        found = tasking.patrols(frame, visits=4, discovered="found")
    assert found.table["visits"].tolist() == [0, 2, 2]
    assert found["moved_without_discovered"] == pytest.approx(0.75)
    assert any("measures police work" in caveat for caveat in found.caveats)
    with pytest.warns(IlpWarning, match=r"\(D14\)"):
        half = tasking.patrols(frame, visits=4, discovered="found", patrolled="share")
    assert half.table["visits"].sum() == 4
    assert half["total"] == pytest.approx(110 - 45 * 0.9)
    assert any(
        "It is not said which incidents" in caveat for caveat in tasking.patrols(frame, visits=4).caveats
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"visits": 0}, "visits must be a whole number of at least 1; got 0"),
        ({"visits": 2, "at_least": 1}, "asks for 3, but there are 2: 1 more are needed"),
        (
            {"visits": 9, "at_least": 5},
            "at_least asks for more visits than at_most allows in 3 places; raise at_most to 5",
        ),
        (
            {"visits": 3, "group": "share", "group_at_most": 0.05},
            r"allow no smaller share than 0\.100\. Raise it to at least 0\.1",
        ),
        (
            {"visits": 3, "group": "share", "group_at_most": 0.4, "at_least": 1},
            r"no smaller share than 0\.500\. Raise it to at least 0\.5, or lower the floors",
        ),
        ({"visits": 3, "group": "share"}, "belong together"),
        ({"visits": 3, "explore": 0.9}, "explore must be between"),
        ({"visits": 3, "effect": 1.0}, "effect must be between"),
    ],
)
def test_limits_that_contradict_each_other_are_named(options, words):
    frame = pd.DataFrame({"n": [5, 4, 3], "share": [0.9, 0.5, 0.1]})
    with pytest.raises(InputError, match=words):
        tasking.patrols(frame, **options)


def test_demand_that_is_none():
    with pytest.raises(ColumnError, match=r"(?s)1 negative numbers, the lowest -1.*A z value"):
        tasking.patrols(pd.DataFrame({"n": [3, -1]}), visits=2)
    with pytest.raises(ColumnError, match="1 rows without a number"):
        tasking.patrols(pd.DataFrame({"n": [3, np.nan]}), visits=2)
    with pytest.raises(InputError, match="0 everywhere"):
        tasking.patrols(pd.DataFrame({"n": [0, 0]}), visits=2)
    empty = pd.DataFrame({"n": [0.0], "share": [0.5]}).iloc[:0]
    with pytest.raises(InputError, match="places has no rows"):
        tasking.patrols(empty, visits=2)
    with pytest.raises(InputError, match="places has no rows"):
        tasking.fairness_price(empty, visits=2, group="share")


def test_what_is_said_when_nothing_is_left_to_place():
    said = tasking.patrols(pd.DataFrame({"n": [40, 2]}), visits=9, at_most=4).explain()
    assert "Every place that has anything to reach gets a visit." in said
    assert "One visit more would reach nothing more within these limits." in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"visits": 3, "at_least": 1}, "asks for 4 visits, but there are 3; at_least=0 fits"),
        ({"visits": 30, "at_least": 5}, "at_least=5 asks for more visits than at_most=4 allows at one place"),
    ],
)
def test_floors_of_the_curve_that_cannot_be_kept(options, words):
    frame = pd.DataFrame({"n": [5, 4, 3, 0], "share": [0.9, 0.5, 0.1, 0.1]})
    with pytest.raises(InputError, match=words):
        tasking.fairness_price(frame, group="share", **options)


def test_price_of_fairness_is_a_falling_curve():
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"n": rng.poisson(rng.gamma(1, 10, 300)), "share": rng.beta(1, 2, 300)})
    curve = tasking.fairness_price(frame, visits=60, group="share")
    assert curve.table["price"].is_monotonic_decreasing
    assert curve.table["price"].iloc[-1] == pytest.approx(0, abs=1e-9)
    assert (curve.table["share"] <= curve.table["share_at_most"] + 1e-6).all()
    assert curve.table["proven"].all()
    assert "a decision about people" in curve.explain()


def test_feedback_as_measured():
    """Two areas, true shares 0.55 and 0.45, 300 runs: mean shares of visits, within three standard errors of both sides."""
    measured = {
        (False, 0.0): {2000: (0.642, 0.094), 50_000: (0.765, 0.078)},
        (True, 0.0): {2000: (0.545, 0.032), 50_000: (0.550, 0.008)},
        (False, 0.5): {2000: (0.581, 0.032), 50_000: (0.595, 0.0085)},
    }  # fmt: skip
    for (correct, reported), expected in measured.items():
        found = tasking.feedback_loop(days=[2000, 50_000], correct=correct, reported=reported, rng=7).table
        for day, (mean, sd) in expected.items():
            row = found[(found["day"] == day) & (found["area"] == "A")].iloc[0]
            error = np.hypot(row["se"], sd / np.sqrt(300))
            assert abs(row["mean_share"] - mean) <= 3 * error, (correct, reported, day, row["mean_share"])
            assert row["sd"] == pytest.approx(sd, rel=0.25)


def test_a_biased_start_stays_unless_corrected():
    plain = tasking.feedback_loop((0.2, 0.2), start=(12, 8), days=[2000, 50_000], rng=7).table
    fixed = tasking.feedback_loop((0.2, 0.2), start=(12, 8), days=[2000], correct=True, rng=7).table
    for row in plain[plain["area"] == "A"].itertuples():
        assert row.mean_share == pytest.approx(0.596, abs=3 * np.hypot(row.se, row.se))
    row = fixed.iloc[0]
    assert row["mean_share"] == pytest.approx(0.509, abs=3 * np.hypot(row["se"], row["se"]))


def test_feedback_refuses_what_is_no_chance():
    with pytest.raises(InputError, match="chances per day"):
        tasking.feedback_loop((1.5, 0.2))
    with pytest.raises(InputError, match="the same two or more areas"):
        tasking.feedback_loop((0.5,), start=(1, 2))


@pytest.mark.parametrize("seed", range(4))
def test_settling_units_first_gives_what_the_whole_program_gives(seed):
    from scipy.optimize import Bounds, LinearConstraint, milp

    random = np.random.default_rng(seed)
    n = 300
    ground = Ground(
        random.gamma(0.5, 20, n), 0.3, np.zeros(n, int), np.full(n, 4), 120.0,
        cost=random.choice([1.0, 1.5, 2.0, 3.0], n), group=random.random(n), bound=0.35,
    )  # fmt: skip
    place, gain = ground.gains()
    whole = milp(
        -gain,
        integrality=np.ones(len(gain)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            np.array([ground.cost[place], (ground.group - ground.bound)[place]]), -np.inf, [120.0, 0.0]
        ),
        options={"mip_rel_gap": 1e-9},
    )
    found = allocate(ground)
    assert found.proven
    assert ground.reached(found.units).sum() == pytest.approx(-whole.fun, rel=1e-7)
    assert (ground.cost * found.units).sum() <= 120.0 + 1e-6
    assert (ground.group * found.units).sum() / found.units.sum() <= 0.35 + 1e-6


def test_ten_thousand_cells_with_costs_are_proven():
    random = np.random.default_rng(7)
    n = 10_000
    ground = Ground(
        random.gamma(0.5, 20, n),
        0.3,
        np.zeros(n, int),
        np.full(n, 4),
        600.0,
        cost=random.choice([1.0, 2.0, 3.5], n),
    )
    found = allocate(ground)
    assert found.proven
    assert (ground.cost * found.units).sum() <= 600.0 + 1e-6


def test_places_without_a_visit_are_those_that_have_anything_to_reach(belmara_cells):
    found = tasking.patrols(belmara_cells, demand="harm", visits=40)
    there = int((belmara_cells["harm"] > 0).sum())
    missed = len(found["not_covered"])
    assert f"{missed:,} of the {there:,} places that have anything to reach get no visit" in found.explain()
    assert "discovered=" not in found.explain()
