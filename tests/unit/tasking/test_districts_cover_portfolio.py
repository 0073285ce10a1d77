"""Districts in one piece with equal work, cover with backup, hours by task: best, within limits, and infeasible in words."""

from __future__ import annotations

import re
from itertools import combinations, product

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from shapely.geometry import box

import ilp_lab as ilp
from ilp_lab import tasking
from ilp_lab.errors import InputError
from ilp_lab.tasking.districtbound import least_travel
from ilp_lab.tasking.districtprogram import solve
from ilp_lab.tasking.districtsearch import Map, neighbours_of, pieces, search

QUICK = settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])


def beats(rows, columns, seed, low=20, high=80):
    rng = np.random.default_rng(seed)
    shapes = [
        box(i * 1000, j * 1000, (i + 1) * 1000, (j + 1) * 1000) for j in range(rows) for i in range(columns)
    ]
    return gpd.GeoDataFrame(
        {"area": [f"a{k}" for k in range(len(shapes))], "n": rng.integers(low, high, len(shapes))},
        geometry=shapes,
        crs=32633,
    )


def ground_of(areas, number, tolerance):
    from ilp_lab._ground.contiguity import contiguity

    begins, beside = neighbours_of(contiguity(np.asarray(areas.geometry), "rook"))
    x, y = areas.geometry.centroid.x.to_numpy() / 1000, areas.geometry.centroid.y.to_numpy() / 1000
    load = areas["n"].to_numpy(float)
    mean = load.sum() / number
    return Map(
        load,
        np.hypot(x[:, None] - x, y[:, None] - y),
        begins,
        beside,
        number,
        mean * (1 - tolerance),
        mean * (1 + tolerance),
    )


def in_one_piece(ground, district):
    for k in range(ground.number):
        own = np.flatnonzero(district == k)
        place = {int(area): number for number, area in enumerate(own)}
        begins, beside = [0], []
        for area in own:
            beside += [
                place[int(o)]
                for o in ground.beside[ground.begins[area] : ground.begins[area + 1]]
                if int(o) in place
            ]
            begins.append(len(beside))
        if not len(own) or pieces(np.array(begins), np.array(beside, dtype=np.int64))[0] != 1:
            return False
    return True


def best_by_trying_all(ground):
    best = np.inf
    for code in product(range(ground.number), repeat=len(ground.load)):
        district = np.array(code)
        if len(set(code)) < ground.number or district[0] != 0:
            continue
        loads = ground.loads(district)
        if (
            (loads < ground.low - 1e-9).any()
            or (loads > ground.high + 1e-9).any()
            or not in_one_piece(ground, district)
        ):
            continue
        best = min(best, ground.cost(district)[0])
    return best


@pytest.mark.parametrize("seed", range(4))
def test_search_and_program_equal_trying_all(seed):
    ground = ground_of(beats(3, 4, seed, 30, 60), 2, 0.15)
    truth = best_by_trying_all(ground)
    _, cost = search(ground, np.random.default_rng(seed), starts=3, trials=4000)
    solved = solve(ground, np.inf, seconds=60)
    assert solved.proven
    assert ground.cost(solved.district)[0] == pytest.approx(truth, rel=1e-6)
    assert cost == pytest.approx(truth, rel=1e-6)


def test_search_is_within_two_per_cent_of_the_proven_best():
    for seed in range(3):
        ground = ground_of(beats(6, 8, seed), 5, 0.1)
        _, cost = search(ground, np.random.default_rng(seed), starts=4, trials=60_000)
        solved = solve(ground, cost * 1.02, seconds=120)
        best = ground.cost(solved.district)[0] if solved.district is not None else cost
        assert solved.proven
        assert cost <= 1.02 * best


@pytest.mark.slow
def test_sixty_areas_are_proven_without_a_head_start():
    for seed in range(3):
        ground = ground_of(beats(6, 10, seed), 6, 0.1)
        _, cost = search(ground, np.random.default_rng(seed), starts=4, trials=90_000)
        solved = solve(ground, np.inf, seconds=400)
        assert solved.proven
        assert cost <= 1.02 * ground.cost(solved.district)[0]


@QUICK
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_the_bound_lies_below_every_way_of_choosing_bases(seed, number):
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 10, (7, 2))
    weighted = rng.uniform(0, 5, 7)[:, None] * np.linalg.norm(at[:, None] - at, axis=2)
    best = min(weighted[:, list(bases)].min(axis=1).sum() for bases in combinations(range(7), number))
    bound = least_travel(weighted, number, 1.3 * best)
    assert bound <= best * (1 + 1e-9)
    assert bound >= 0.5 * best


def test_districts_of_325_areas_keep_every_limit():
    areas = beats(13, 25, 3)
    found = tasking.districts(areas, number=12, tolerance=0.1, rng=7)
    district = found.table["district"].to_numpy() - 1
    ground = ground_of(areas, 12, 0.1)
    assert in_one_piece(ground, district)
    assert found["imbalance"] <= 0.1
    assert found["districts"]["workload"].sum() == areas["n"].sum()
    assert found.table["base"].sum() == 12
    assert 0.98 * found["travel"] <= found["bound"] <= found["travel"]
    assert re.search(
        r"not proven; no districts at all have ways shorter by more than [01]\.\d%", found.explain()
    )
    assert found["travel"] == pytest.approx(ground.cost(district)[0])


@QUICK
@given(st.integers(0, 500), st.integers(2, 4), st.floats(0.1, 0.4))
def test_limits_are_kept_or_refused(seed, number, tolerance):
    areas = beats(4, 4, seed)
    try:
        found = tasking.districts(areas, number=number, tolerance=tolerance, starts=2, exact=False, rng=seed)
    except InputError as error:
        assert "tolerance" in str(error)  # noqa: PT017
        return
    assert found["imbalance"] <= tolerance + 1e-9
    assert in_one_piece(ground_of(areas, number, tolerance), found.table["district"].to_numpy() - 1)


def test_units_of_work_do_not_matter():
    areas = beats(4, 5, 2)
    one = tasking.districts(areas, number=3, exact=False, rng=1).table["district"]
    other = tasking.districts(areas.assign(n=areas["n"] * 7.5), number=3, exact=False, rng=1).table[
        "district"
    ]
    assert one.tolist() == other.tolist()


def test_districts_against_todays_and_given_ways():
    areas = beats(4, 6, 5).assign(today=[k % 6 // 2 for k in range(24)])
    found = tasking.districts(areas, number=3, current="today", rng=1)
    assert found["proven"]
    assert found["imbalance"] <= 0.1
    assert "Today's 3 districts" in found.explain()
    minutes = np.abs(np.arange(24)[:, None] - np.arange(24)) * 1.5
    assert "travel" in tasking.districts(areas, number=3, travel=minutes, tolerance=0.2, rng=1).table


def test_districts_of_belmara():
    incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
    areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
    region = areas[areas["region"].isin(["Dovar", "Orrin"])]
    counted = ilp.places.count(incidents, areas=region)
    found = tasking.districts(counted, number=5, tolerance=0.2, rng=7)
    assert found["proven"]
    assert found["imbalance"] <= 0.2


def test_districts_refuse_what_cannot_be():
    areas = beats(3, 3, 1)
    apart = gpd.GeoDataFrame(
        pd.concat(
            [areas, beats(1, 2, 1).assign(geometry=[box(9e4, 0, 9.1e4, 1e3), box(9.1e4, 0, 9.2e4, 1e3)])],
            ignore_index=True,
        ),
        crs=32633,
    )
    with pytest.raises(
        InputError, match=r"(?s)in 2 pieces that share no border \(one holds 2 areas.*bridges"
    ):
        tasking.districts(apart, number=3)
    assert len(tasking.districts(apart, number=3, tolerance=0.3, bridges=[(8, 9)], rng=1).table) == 11
    heavy = areas.assign(n=[900, *[10] * 8])
    with pytest.raises(InputError, match=r"a0 alone has 900 of workload.*Raise it to at least"):
        tasking.districts(heavy, number=3)
    with pytest.raises(InputError, match="negative numbers"):
        tasking.districts(areas.assign(n=-1), number=3)
    with pytest.raises(InputError, match=r"within tolerance=0\.01.*can be kept"):
        tasking.districts(areas.assign(n=[7, 11, 13, 5, 3, 17, 19, 2, 6]), number=4, tolerance=0.01, rng=1)
    with pytest.raises(InputError, match="cannot be made of 9 areas"):
        tasking.districts(areas, number=10)


def test_cover_equals_trying_all():
    rng = np.random.default_rng(3)
    xy = rng.random((40, 2)) * 5000
    points = gpd.GeoDataFrame({"n": rng.integers(1, 30, 40)}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    sites = points.iloc[:10]
    found = tasking.cover(points, sites, units=3, within_m=1200, backup=0.4)
    reach = np.hypot(xy[:, None, 0] - xy[None, :10, 0], xy[:, None, 1] - xy[None, :10, 1]) <= 1200
    weights = points["n"].to_numpy()

    def value(chosen):
        times = reach[:, list(chosen)].sum(axis=1)
        return weights[times >= 1].sum() + 0.4 * weights[times >= 2].sum()

    best = max(value(chosen) for chosen in combinations(range(10), 3))
    assert value([sites.index.get_loc(label) for label in found["sites"].index]) == pytest.approx(best)
    assert found["proven"]
    assert len(found["not_covered"]) == (found.table["covered"] == 0).sum()


def test_cover_grows_with_units_and_says_what_is_out_of_reach():
    points = gpd.GeoDataFrame(
        {"n": [5, 4, 3, 2]}, geometry=gpd.points_from_xy([0, 1000, 2000, 3000], [0] * 4), crs=32633
    )
    shares = [
        tasking.cover(points, points, units=units, within_m=500)["covered_share"] for units in (1, 2, 3, 4)
    ]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    one = tasking.cover(points, points, units=1, within_m=500)
    assert one["price"] == pytest.approx(4 / 14)
    assert "1 unit has 35.7% of the demand" in one.explain()
    assert "3 places with 64.3% of the demand are out of reach" in one.explain()
    assert "change the demand within reach by +28.6%" in one.explain()
    every = tasking.cover(points, points, units=4, within_m=500).explain()
    assert "Nothing is out of reach." in every
    assert "no place for another one" in every
    with pytest.raises(InputError, match="demand_points has no rows"):
        tasking.cover(points.iloc[:0], points, units=1, within_m=500)
    with pytest.raises(InputError, match="only 4 sites"):
        tasking.cover(points, points, units=5, within_m=500)
    far = points.set_geometry(gpd.points_from_xy([1e5] * 4, [0] * 4, crs=32633))
    with pytest.raises(InputError, match="no site has any demand within 500 m; the nearest is"):
        tasking.cover(points, far, units=1, within_m=500)


def work(seed=1, n=9):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "task": [f"T{k}" for k in range(n)], "harm_prevented": rng.integers(10, 200, n), "p_success": rng.random(n).round(2),
        "analyst_hours": rng.integers(5, 40, n), "investigator_hours": rng.integers(0, 80, n),
        "priority": rng.choice(["burglary", "firearms"], n), "kind": rng.choice(["prevention", "intelligence", "enforcement"], n),
    })  # fmt: skip


@QUICK
@given(st.integers(0, 300), st.floats(20, 150), st.floats(20, 200), st.sampled_from([0.0, 0.2]))
def test_the_portfolio_is_the_best_of_all(seed, analysts, investigators, prevention):
    tasks = work(seed, 7)
    hours = {"analyst_hours": analysts, "investigator_hours": investigators}
    found = tasking.portfolio(tasks, hours=hours, least_prevention=prevention, draws=0, rng=1)
    total = tasks["analyst_hours"] + tasks["investigator_hours"]
    best = 0.0
    for chosen in product((False, True), repeat=7):
        pick = np.array(chosen)
        own = tasks[pick]
        if own["analyst_hours"].sum() > analysts or own["investigator_hours"].sum() > investigators:
            continue
        if total[pick & (tasks["kind"] == "prevention")].sum() < prevention * total[pick].sum() - 1e-6:
            continue
        best = max(best, float((own["harm_prevented"] * own["p_success"]).sum()))
    assert found["expected"] == pytest.approx(best)
    assert found["used"]["analyst_hours"] <= analysts


def test_the_portfolio_says_what_is_left_undone_and_what_is_close():
    tasks = work(4)
    found = tasking.portfolio(tasks, hours={"analyst_hours": 60, "investigator_hours": 100}, rng=3)
    assert set(found["not_done"]["task"]) | set(found.table.loc[found.table["chosen"], "task"]) == set(
        tasks["task"]
    )
    assert found["price"].keys() == {"analyst_hours", "investigator_hours"}
    assert all(value >= 0 for value in found["price"].values())
    assert set(found.table["verdict"]) <= {"chosen", "not chosen", "close"}
    assert "Not done:" in found.explain()
    for name, step in found["next_step"].items():
        if step is not None:
            more = {"analyst_hours": 60, "investigator_hours": 100}
            more[name] += step[0] * 0.99
            assert tasking.portfolio(tasks, hours=more, draws=0)["expected"] == pytest.approx(
                found["expected"]
            )
            more[name] += step[0] * 0.01 + 1e-6
            assert tasking.portfolio(tasks, hours=more, draws=0)["expected"] == pytest.approx(
                found["expected"] + step[1]
            )
    richer = tasking.portfolio(tasks, hours={"analyst_hours": 90, "investigator_hours": 100}, rng=3)
    assert richer["expected"] >= found["expected"]
    shuffled = tasking.portfolio(
        tasks.sample(frac=1, random_state=1), hours={"analyst_hours": 60, "investigator_hours": 100}, rng=3
    )
    assert shuffled["expected"] == pytest.approx(found["expected"])


def test_large_harm_is_told_in_whole_numbers():
    tasks = pd.DataFrame({
        "task": ["A", "B", "C"], "harm_prevented": [90_000, 64_321, 51_234], "p_success": [0.5, 0.9, 0.9], "analyst_hours": [10] * 3,
    })  # fmt: skip
    said = tasking.portfolio(tasks, hours={"analyst_hours": 20}, draws=0).explain()
    assert "expected to prevent 104,000." in said
    assert "Not done: A, which would prevent 45,000 more." in said
    with pytest.raises(InputError, match="tasks has no rows"):
        tasking.portfolio(tasks.iloc[:0], hours={"analyst_hours": 20})


def test_floors_that_cannot_be_paid_name_the_least_change():
    tasks = pd.DataFrame({
        "task": ["A", "B"], "harm_prevented": [10, 20], "p_success": [0.5, 0.5], "analyst_hours": [10, 10], "priority": ["x", "y"],
    })  # fmt: skip
    with pytest.raises(InputError, match=r"(?s)cannot be kept together.*5 hours (more|less)"):
        tasking.portfolio(tasks, hours={"analyst_hours": 15}, least_by_priority={"x": 10, "y": 10})
    with pytest.raises(InputError, match="at least 30 hours for x: 20 hours less"):
        tasking.portfolio(tasks, hours={"analyst_hours": 15}, least_by_priority={"x": 30})
    with pytest.raises(InputError, match="must be a number above 0; got 0"):
        tasking.portfolio(tasks, hours={"analyst_hours": 0})
    with pytest.raises(InputError, match="no task has that priority"):
        tasking.portfolio(tasks, hours={"analyst_hours": 15}, least_by_priority={"z": 1})
    with pytest.raises(InputError, match="negative numbers"):
        tasking.portfolio(tasks.assign(harm_prevented=-1), hours={"analyst_hours": 15})
