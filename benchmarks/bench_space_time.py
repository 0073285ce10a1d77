"""Near repeats and the space-time scan: ours beside the peers in one process, the same answers asserted, ratios printed.

Peers are optional; the reason is printed when one does not run. Runs are interleaved, the best of each is taken. Peers that need
minutes make fewer deals, and their time is set against as many of ours. Ours is the public call with every check and table.

Run: python benchmarks/bench_space_time.py [knox] [table] [scan] [retro] [many] [cold]
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from ilp_lab.times import near_repeat, scan

REPEATS = 3
SIDE, DAYS = 30_000.0, 730
START = pd.Timestamp("2023-01-01", tz="UTC")


def made(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, gpd.GeoDataFrame]:
    """Three hundred clusters and a background over two years, most on streets 120 m apart, one in twenty a near repeat."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(0.1 * SIDE, 0.9 * SIDE, (300, 2))
    share = rng.pareto(1.5, 300) + 0.2
    which = rng.choice(300, n, p=share / share.sum())
    xy = centres[which] + rng.normal(size=(n, 2)) * rng.uniform(100, 900, 300)[which, None]
    anywhere = rng.random(n) < 0.2
    xy[anywhere] = rng.uniform(0, SIDE, (anywhere.sum(), 2))
    street = np.flatnonzero(rng.random(n) < 0.85)
    along = rng.integers(0, 2, len(street))
    xy[street, along] = np.round(xy[street, along] / 120) * 120 + rng.normal(size=len(street)) * 4
    day = rng.integers(0, DAYS, n)
    again = rng.integers(0, n, (2, n // 20))
    xy[again[1]] = xy[again[0]] + rng.normal(size=(n // 20, 2)) * 50
    day[again[1]] = np.clip(day[again[0]] + rng.exponential(5, n // 20), 0, DAYS - 1).astype(int)
    xy = np.clip(xy, 0, SIDE)
    at = START + pd.to_timedelta(day, unit="D")
    frame = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    return xy, day, frame


def race(
    title: str, runners: dict[str, tuple[Callable[[], Any] | None, float]], same: Callable[[Any, Any], None]
) -> None:
    """Best of the interleaved runs of everyone against ours, by deal; all answers compared to ours."""
    best: dict[str, float] = {}
    running = {name: runner for name, (runner, _) in runners.items() if runner is not None}
    for repeat in range(REPEATS):
        answers = {}
        for name, runner in running.items():
            if repeat and best[name] > 30:
                continue
            start = time.perf_counter()
            answers[name] = runner()
            best[name] = min(best.get(name, np.inf), time.perf_counter() - start)
        if repeat == 0:
            for answer in answers.values():
                same(answers["ours"], answer)
    print(title)
    ours = best["ours"] / runners["ours"][1]
    for name, seconds in best.items():
        deals = runners[name][1]
        print(f"  {name:<42}{seconds:>9.3f} s for {deals:>4.0f} deals{seconds / deals / ours:>10.1f}x")


def knox_numpy(
    xy: np.ndarray, day: np.ndarray, metres: float, days: int, deals: int
) -> tuple[int, np.ndarray]:
    """What a good analyst writes: pairs from a tree once, then one pass of numpy per deal."""
    one, other = cKDTree(xy).query_pairs(metres, output_type="ndarray").T
    rng = np.random.default_rng(0)
    day = day.astype(np.int32)
    found = np.empty(deals)
    for k in range(deals):
        dealt = rng.permutation(day)
        found[k] = np.count_nonzero(np.abs(dealt[one] - dealt[other]) < days)
    return int(np.count_nonzero(np.abs(day[one] - day[other]) < days)), found


def knox_pointpats(
    xy: np.ndarray, day: np.ndarray, metres: float, days: int, deals: int
) -> tuple[int, np.ndarray] | None:
    from pointpats.spacetime import Knox

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = Knox(xy, day[:, None].astype(float), metres, days - 1, permutations=deals)
    return int(found.nst), np.asarray(found.exp_sim if hasattr(found, "exp_sim") else [np.nan])


def ours_knox(frame: gpd.GeoDataFrame, metres: float, days: int, deals: int) -> tuple[int, np.ndarray]:
    result = near_repeat(frame, within_m=metres, within_days=days, same_place_m=0, permutations=deals, rng=1)
    return int(result.table["observed"].iloc[0]), np.atleast_1d(result["simulated_mean"][0, 0])


def same_knox(ours: tuple[int, np.ndarray], other: tuple[int, np.ndarray]) -> None:
    assert ours[0] == other[0], (ours[0], other[0])
    if np.isfinite(other[1]).all() and len(other[1]) > 100:
        assert abs(ours[1].mean() - other[1].mean()) < 6 * other[1].std() / np.sqrt(len(other[1]))


def optional(name: str, call: Callable[[], Any]) -> Callable[[], Any] | None:
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(f"  {name} does not run here: {error}")
        return None
    return call


def bench_knox(n: int = 10_000) -> None:
    xy, day, frame = made(n)
    race(
        f"Knox test, {n:,} events, 200 m and 14 days",
        {
            "ours": (partial(ours_knox, frame, 200, 14, 999), 999),
            "cKDTree and numpy": (partial(knox_numpy, xy, day, 200, 14, 999), 999),
            "pointpats": (optional("pointpats", partial(knox_pointpats, xy, day, 200, 14, 99)), 99),
        },
        same_knox,
    )


def bench_many() -> None:
    xy, day, frame = made(100_000)
    race(
        "Knox test, 100,000 events, 200 m and 14 days",
        {
            "ours": (partial(ours_knox, frame, 200, 14, 999), 999),
            "cKDTree and numpy": (partial(knox_numpy, xy, day, 200, 14, 20), 20),
        },
        same_knox,
    )


METRES, WEEKS = [100.0 * k for k in range(1, 11)], [7 * k for k in range(1, 9)]


def table_numpy(xy: np.ndarray, day: np.ndarray, deals: int) -> np.ndarray:
    pairs = cKDTree(xy).query_pairs(METRES[-1], output_type="ndarray")
    one, other = pairs.T
    band = np.searchsorted(METRES, np.hypot(*(xy[one] - xy[other]).T), side="right").astype(np.int32)
    rng = np.random.default_rng(0)
    day = day.astype(np.int32)

    def counted(dealt: np.ndarray) -> np.ndarray:
        week = np.minimum(np.abs(dealt[one] - dealt[other]) // 7, 8)
        return np.bincount(band * 9 + week, minlength=99)[:90].reshape(10, 9)[:, :8]

    found = counted(day)
    above = np.zeros((10, 8))
    for _ in range(deals):
        above += counted(rng.permutation(day)) >= found
    return found


def table_ours(frame: gpd.GeoDataFrame, deals: int) -> np.ndarray:
    result = near_repeat(frame, within_m=METRES, within_days=WEEKS, same_place_m=0, permutations=deals, rng=1)
    return result.table["observed"].to_numpy().reshape(10, 8)


def bench_table(n: int = 10_000) -> None:
    xy, day, frame = made(n)
    race(
        f"table of near repeats, {n:,} events, 10 bands and 8 weeks",
        {
            "ours": (partial(table_ours, frame, 999), 999),
            "cKDTree and numpy": (partial(table_numpy, xy, day, 99), 99),
        },
        np.testing.assert_array_equal,
    )


class Cylinders:
    """A plain numpy scan: all places around all centres side by side, one pass of whole arrays per window."""

    def __init__(self, xy: np.ndarray, day: np.ndarray, metres: float, unit_days: int, longest: int) -> None:
        tree = cKDTree(xy)
        lists = tree.query_ball_point(xy, metres)
        self.n, self.longest = len(xy), longest
        size = np.array([len(one) for one in lists])
        flat = np.concatenate(lists).astype(np.int64)
        centre = np.repeat(np.arange(self.n), size)
        far = np.hypot(*(xy[flat] - xy[centre]).T)
        self.place = flat[np.lexsort((far, centre))]
        self.begin = np.append(0, np.cumsum(size)[:-1])
        self.rank = np.arange(len(flat)) - np.repeat(self.begin, size) + 1.0
        self.centre = centre
        self.age = (day.max() - day) // unit_days
        self.units = int(self.age.max()) + 1

    def _best(self, inside: np.ndarray, window: float) -> float:
        run = np.cumsum(inside)
        c = run - (run[self.begin] - inside[self.begin])[self.centre]
        mu = self.rank * window / self.n
        good = (c >= 2) & (c > mu) & (self.rank <= self.n / 2)
        c, mu = c[good], mu[good]
        if not len(c):
            return 0.0
        rest = self.n - c
        value = c * np.log(c / mu) + rest * np.log(np.maximum(rest, 1) / (self.n - mu))
        return float(value.max())

    def prospective(self, age: np.ndarray) -> float:
        held = age[self.place]
        return max(
            self._best((held < k).astype(np.int64), (age < k).sum()) for k in range(1, self.longest + 1)
        )

    def retrospective(self, age: np.ndarray) -> float:
        held = age[self.place]
        return max(
            self._best(
                ((held >= first) & (held < first + k)).astype(np.int64),
                ((age >= first) & (age < first + k)).sum(),
            )
            for first in range(self.units)
            for k in range(1, min(self.longest, self.units - first) + 1)
        )


def numpy_scan(work: Cylinders, deals: int, *, prospective: bool) -> float:
    look = work.prospective if prospective else work.retrospective
    rng = np.random.default_rng(0)
    found = look(work.age)
    for _ in range(deals):
        look(rng.permutation(work.age))
    return found


def our_scan(frame: gpd.GeoDataFrame, metres: float, deals: int, *, prospective: bool) -> float:
    result = scan(
        frame, max_m=metres, unit_days=7, max_days=56, prospective=prospective, simulations=deals, rng=1
    )
    return float(result.table["llr"].iloc[0])


def bench_scan(n: int = 10_000) -> None:
    xy, day, frame = made(n)
    work = Cylinders(xy, day, 2_000, 7, 8)
    race(
        f"space-time permutation scan, prospective, {n:,} events, 2 km, 8 weeks ({len(work.place):,} places around centres)",
        {
            "ours": (partial(our_scan, frame, 2_000, 99, prospective=True), 99),
            "plain numpy (its neighbours found before)": (partial(numpy_scan, work, 3, prospective=True), 4),
        },
        lambda ours, other: np.testing.assert_allclose(ours, other, rtol=1e-9),
    )


def bench_retro(n: int = 1_000) -> None:
    xy, day, frame = made(n)
    work = Cylinders(xy, day, 3_000, 7, 8)
    race(
        f"the same, retrospective, {n:,} events, 3 km, 8 weeks ({len(work.place):,} places around centres)",
        {
            "ours": (partial(our_scan, frame, 3_000, 99, prospective=False), 99),
            "plain numpy (its neighbours found before)": (partial(numpy_scan, work, 2, prospective=False), 3),
        },
        lambda ours, other: np.testing.assert_allclose(ours, other, rtol=1e-9),
    )


def bench_cold() -> None:
    """A new process each: how long until the first answer, with kernels that were compiled before on this computer."""
    data = (
        "import time, numpy as np, pandas as pd, geopandas as gpd; r = np.random.default_rng(1);"
        "at = pd.Timestamp('2024-01-01', tz='UTC') + pd.to_timedelta(r.integers(0, 90, 2000), unit='D');"
        "f = gpd.GeoDataFrame({'occurred_at': at}, geometry=gpd.points_from_xy(*r.uniform(0, 9000, (2, 2000))), crs=32633);"
        "t = time.perf_counter(); from ilp_lab import times;"
    )
    print("first and second call in a new process (2,000 events; pandas and geopandas loaded before)")
    for name, call in (
        ("near_repeat", "times.near_repeat(f, rng=1)"),
        ("scan", "times.scan(f, max_m=1000, max_days=14, prospective=True, simulations=99, rng=1)"),
    ):
        twice = f"{call}; print(time.perf_counter() - t); t = time.perf_counter(); {call}; print(time.perf_counter() - t)"
        said = subprocess.run(
            [sys.executable, "-c", f"{data} {twice}"], capture_output=True, text=True, check=True
        )
        print(f"  {name:<42}" + "".join(f"{float(one):>9.2f} s" for one in said.stdout.split()))


PARTS = {
    "knox": bench_knox, "table": bench_table, "scan": bench_scan, "retro": bench_retro, "many": bench_many, "cold": bench_cold,
}  # fmt: skip

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
