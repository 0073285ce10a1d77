"""Races of priorities and resources: patrols against brute force and a plain program, districts against the proof and a plain search,
ranks against a loop over draws.

    python benchmarks/bench_tasking.py
"""

from __future__ import annotations

import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from racing import race
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from shapely.geometry import box

from ilp_lab import tasking, threats

EFFECT = 0.2
MOST = 4


def by_program(demand: np.ndarray, visits: int) -> float:
    """Every visit a variable of a mixed integer program (HiGHS)."""
    gain = (demand[:, None] * EFFECT * (1 - EFFECT) ** np.arange(MOST)).ravel()
    total = LinearConstraint(sparse.csr_array(np.ones((1, len(gain)))), ub=visits)
    return -float(milp(-gain, constraints=[total], bounds=Bounds(0, 1), integrality=np.ones(len(gain))).fun)


def by_hand(demand: np.ndarray, visits: int) -> float:
    """Every way there is of placing the visits."""
    ways = (way for way in itertools.product(range(MOST + 1), repeat=len(demand)) if sum(way) == visits)
    return max(float((demand * (1 - (1 - EFFECT) ** np.array(way))).sum()) for way in ways)


def patrols(cells: int, visits: int) -> None:
    """The same demand reached; ours also says prices, steadiness and what is not covered."""
    demand = np.random.default_rng(3).gamma(0.6, 12, cells)
    table = pd.DataFrame({"n": demand})
    race(
        f"Patrols: {cells:,} places, {visits} visits",
        {
            "ours": lambda: tasking.patrols(table, visits=visits, effect=EFFECT, at_most=MOST)["reached"],
            "a program (HiGHS)": lambda: by_program(demand, visits),
            "every way there is": (lambda: by_hand(demand, visits)) if cells < 10 else None,
        },
        lambda ours, theirs: np.testing.assert_allclose(ours, theirs, rtol=1e-9),
        repeats=4,
    )


def beats(side: int, seed: int = 5) -> gpd.GeoDataFrame:
    """A town of square beats, busier towards the middle."""
    rng = np.random.default_rng(seed)
    at = [(column, row) for column in range(side) for row in range(side)]
    busy = [rng.poisson(20 + 60 * np.exp(-((c - side / 2) ** 2 + (r - side / 2) ** 2) / side)) for c, r in at]
    shapes = [box(1000 * c, 1000 * r, 1000 * c + 1000, 1000 * r + 1000) for c, r in at]
    return gpd.GeoDataFrame({"n": busy}, geometry=shapes, crs=32633)


def travel_of(areas: gpd.GeoDataFrame, district: np.ndarray) -> float:
    """Workload times way to the best base of each district."""
    middle = np.column_stack([areas.centroid.x, areas.centroid.y]) / 1000
    total = 0.0
    for one in np.unique(district):
        own = np.flatnonzero(district == one)
        ways = np.linalg.norm(middle[own, None] - middle[None, own], axis=2)
        total += float((areas["n"].to_numpy()[own, None] * ways).sum(axis=0).min())
    return total


def plain_search(areas: gpd.GeoDataFrame, number: int, side: int, rounds: int) -> np.ndarray:
    """What a script would do with networkx: grow from spread seeds, then move border areas while that helps."""
    rng = np.random.default_rng(1)
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(side, side))
    load = areas["n"].to_numpy()
    seeds = rng.choice(len(load), number, replace=False)
    district = np.full(len(load), -1)
    district[seeds] = np.arange(number)
    while (district < 0).any():
        for one in np.argsort(np.bincount(district[district >= 0], load[district >= 0], minlength=number)):
            free = {k for own in np.flatnonzero(district == one) for k in graph[own] if district[k] < 0}
            if free:
                district[min(free)] = one
                break
    mean = load.sum() / number

    def badness(tried: np.ndarray) -> float:
        loads = np.bincount(tried, load, minlength=number)
        over = np.maximum(np.abs(loads / mean - 1) - 0.1, 0).sum()
        return travel_of(areas, tried) * (1 + 10 * over)

    now = badness(district)
    for _ in range(rounds):
        area = int(rng.integers(len(load)))
        others = {int(district[k]) for k in graph[area]} - {int(district[area])}
        if not others:
            continue
        tried = district.copy()
        tried[area] = min(others)
        left = np.flatnonzero(tried == district[area])
        if not len(left) or not nx.is_connected(graph.subgraph(left.tolist())):
            continue
        then = badness(tried)
        if then < now:
            district, now = tried, then
    return district


def districts() -> None:
    """Proof at 49 areas, a plain search at 324."""
    small = beats(7)

    def ours(areas: gpd.GeoDataFrame, number: int, *, exact: bool) -> float:
        found = tasking.districts(areas, number=number, exact=exact, rng=1)
        assert found["imbalance"] <= 0.1 + 1e-9
        return travel_of(areas, found.table["district"].to_numpy())

    def near(found: float, proven: float) -> None:
        print(f"  the search is {found / proven - 1:+.2%} of what is proven best")
        assert proven <= found * (1 + 1e-9) <= proven * 1.02

    race(
        "Districts: 49 areas into 5, search against proof (HiGHS)",
        {
            "ours": lambda: ours(small, 5, exact=False),
            "with proof": lambda: ours(small, 5, exact=True),
        },
        near,
        repeats=2,
    )
    large = beats(18)
    least = tasking.districts(large, number=12, exact=False, rng=1)["bound"]

    def shorter(found: float, plain: float) -> None:
        print(
            f"  ways of a plain search are {plain / found:.2f} times ours; no districts at all are shorter by more than {1 - least / found:.2%}"
        )
        assert least >= 0.98 * found
        assert found <= plain

    race(
        "Districts: 324 areas into 12, search against a plain one",
        {
            "ours": lambda: ours(large, 12, exact=False),
            "networkx, 4,000 moves": lambda: travel_of(large, plain_search(large, 12, 18, 4_000)),
        },
        shorter,
        repeats=2,
    )


def ranks() -> None:
    """Twenty thousand draws of weights and unknown cells; the same chances of being first."""
    rubric = threats.rubric("sleipnir-type")
    rng = np.random.default_rng(8)
    levels = rng.choice(["nil", "low", "medium", "high", "unknown"], (5, 19), p=[0.1, 0.3, 0.35, 0.15, 0.1])
    names = [one.id for one in rubric.indicators]
    wide = pd.DataFrame(levels, index=list("ABCDE"), columns=names).rename_axis("item").reset_index()
    scored = threats.matrix(wide, rubric="sleipnir-type", require_evidence=False)
    values = np.array(list(rubric.levels.values()), dtype=float)
    known = np.array([[rubric.levels.get(cell, np.nan) for cell in row] for row in levels], dtype=float)

    def loop() -> np.ndarray:
        draw = np.random.default_rng(2)
        first = np.zeros(5)
        for _ in range(20_000):
            weight = np.sort(draw.dirichlet(np.ones(19)))[::-1]
            cells = np.where(np.isnan(known), draw.choice(values, known.shape), known)
            first[int((cells @ weight).argmax())] += 1
        return first / 20_000

    def ours() -> np.ndarray:
        table = threats.rank(scored, rng=7).table
        return table.set_index("item").loc[list("ABCDE"), "p_first"].to_numpy()

    race(
        "Ranks: 5 groups, 19 indicators, 20,000 draws",
        {"ours": ours, "a loop over draws": loop},
        lambda mine, theirs: np.testing.assert_allclose(mine, theirs, atol=0.02),
        repeats=3,
    )


if __name__ == "__main__":
    patrols(6, 8)
    patrols(400, 60)
    districts()
    ranks()
