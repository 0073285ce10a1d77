"""Aoristic tables, the radar, two counts, changes of level, changed patterns: ours beside plain loops and statsmodels, the same answers asserted.

No maintained Python package does aoristic analysis or a radar, so the peers are what a good analyst writes: a loop over rows, a
regression for every series, a call for every pair. Ours is the public call with every check and table.

Run: python benchmarks/bench_times.py [aoristic] [radar] [counts] [changes] [pattern]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
from racing import optional, race, tenfold
from scipy.stats import fisher_exact

from ilp_lab import times
from ilp_lab.times.changes import pelt
from ilp_lab.times.detectors import farrington

HOUR = 3_600
MONDAY = pd.Timestamp("2024-01-01")


def windows(n: int) -> pd.DataFrame:
    """Windows of minutes to four days over two years."""
    rng = np.random.default_rng(n)
    begin = rng.integers(0, 730 * 24 * 60, n) * 60
    length = np.where(rng.random(n) < 0.3, 0, (rng.gamma(1.0, 9.0, n) * HOUR).astype(np.int64) // 60 * 60)
    at = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(begin, unit="s")
    return pd.DataFrame(
        {"occurred_at": at, "occurred_to": at + pd.to_timedelta(np.minimum(length, 90 * HOUR), unit="s")}
    )


def row_by_row(table: pd.DataFrame) -> np.ndarray:
    """Every window cut at the full hours, one after the other, on plain numbers."""
    start = MONDAY.tz_localize("UTC")
    begins, ends = (
        ((table[name] - start) // pd.Timedelta(seconds=1)).tolist() for name in ("occurred_at", "occurred_to")
    )
    n = [0.0] * 168
    for begin, end in zip(begins, ends, strict=True):
        hour = begin // HOUR
        if end == begin:
            n[hour % 168] += 1.0
            continue
        at = begin
        while at < end:
            edge = min((hour + 1) * HOUR, end)
            n[hour % 168] += (edge - at) / (end - begin)
            at, hour = edge, hour + 1
    return np.array(n)


def rows_of_pandas(table: pd.DataFrame) -> np.ndarray:
    """The same by itertuples and timestamps, as most scripts do it."""
    n = np.zeros(168)
    for row in table.itertuples():
        begin, end = row.occurred_at, row.occurred_to
        if begin == end:
            n[begin.day_of_week * 24 + begin.hour] += 1
            continue
        at, length = begin, (end - begin).total_seconds()
        while at < end:
            edge = min(at.floor("h") + pd.Timedelta(hours=1), end)
            n[at.day_of_week * 24 + at.hour] += (edge - at).total_seconds() / length
            at = edge
    return n


def aoristic() -> None:
    """Windows into the 168 hours of the week."""

    def same(ours: np.ndarray, theirs: np.ndarray) -> None:
        np.testing.assert_allclose(ours, theirs, rtol=1e-9)

    def ours(table: pd.DataFrame) -> np.ndarray:
        return times.aoristic(table, bootstrap=0).table["n"].to_numpy()

    few, many = windows(20_000), windows(1_000_000)
    race(
        "Aoristic, 20,000 windows, 168 hours",
        {
            "ours": lambda: ours(few),
            "a loop over rows": lambda: row_by_row(few),
            "itertuples and timestamps": lambda: rows_of_pandas(few),
        },
        same,
        repeats=3,
    )
    race(
        "Aoristic, 1,000,000 windows, 168 hours",
        {"ours": lambda: ours(many), "a loop over rows": lambda: row_by_row(many)},
        same,
        repeats=3,
    )
    tenfold("windows", lambda: ours(many.head(100_000)), lambda: ours(many))


def radar() -> None:
    """Farrington's regression for every series; busy series, where the prior of ours does not matter."""
    sm = optional("statsmodels.api")
    rng = np.random.default_rng(1)
    weeks = np.arange(261)
    wave = np.exp(0.3 * np.cos(2 * np.pi * weeks / 52) + 0.02 * weeks / 52)
    n = rng.poisson(rng.gamma(4, 100, 300)[:, None] * wave).astype(float)

    def one_by_one() -> np.ndarray:
        at, half, gap, year = 260, 3, 26, 52
        past = np.arange(max(0, at - 5 * year - half), at - gap)
        distance = (past - at) % year
        level = np.where(
            (distance <= half) | (distance >= year - half),
            0,
            1 + np.clip((distance - half - 1) * 9 // (year - 2 * half - 1), 0, 8),
        )
        design = np.column_stack(
            [np.ones(len(past)), (past - at) / year, *[(level == k).astype(float) for k in range(1, 10)]]
        )
        found = []
        for series in n:
            held = series[past]
            first = sm.GLM(held, design, family=sm.families.Poisson()).fit(scale="X2")
            hat = first.get_hat_matrix_diag()
            mu, spread = first.fittedvalues, max(float(first.scale), 1.0)
            unusual = 1.5 * (held ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu)) / np.sqrt(spread * (1 - hat))
            weight = np.where(unusual > 2.58, np.maximum(unusual, 2.58) ** -2.0, 1.0)
            fit = sm.GLM(
                held, design, family=sm.families.Poisson(), var_weights=weight * len(held) / weight.sum()
            ).fit(scale="X2")
            found.append(np.exp(fit.params[0]))
        return np.array(found)

    def same(ours: np.ndarray, theirs: np.ndarray) -> None:
        np.testing.assert_allclose(ours, theirs, rtol=0.02)

    race(
        "Radar, 300 series of five years of weeks: what is expected",
        {
            "ours": lambda: farrington(n, 260, 52, years=5, half=3, gap=26).mean,
            "statsmodels, a GLM for every series": sm and one_by_one,
        },
        same,
        repeats=3,
    )


def counts() -> None:
    """The E-test for every row of a table."""
    rates = optional("statsmodels.stats.rates")
    table = pd.DataFrame(np.random.default_rng(1).poisson(25, (200, 2)), columns=["before", "after"])

    def theirs() -> np.ndarray:
        pairs = zip(table["after"], table["before"], strict=True)
        return np.array(
            [rates.test_poisson_2indep(a, 1.0, b, 1.0, method="etest-score").pvalue for a, b in pairs]
        )

    def same(ours: np.ndarray, other: np.ndarray) -> None:
        np.testing.assert_allclose(ours, other, atol=1e-8)

    def ours() -> np.ndarray:
        return times.compare_counts(table).table["p"].to_numpy()

    race(
        "E-test, 200 pairs of counts",
        {"ours": ours, "statsmodels": rates and theirs},
        same,
        repeats=3,
    )


def changes() -> None:
    """The best cuts of ten years of days."""
    rng = np.random.default_rng(1)
    n = rng.poisson(np.repeat([3.0, 5, 4, 9], 913)).astype(float)

    def every_cut() -> list[int]:
        total, best, cut = np.append(0, np.cumsum(n)), np.full(len(n) + 1, np.inf), np.zeros(len(n) + 1, int)
        best[0] = -20.0
        for end in range(3, len(n) + 1):
            starts = np.arange(end - 2)
            held = total[end] - total[starts]
            value = (
                best[starts]
                + 20.0
                - np.where(held > 0, held * np.log(np.maximum(held, 1e-300) / (end - starts)), 0)
            )
            cut[end] = int(np.argmin(value))
            best[end] = value[cut[end]]
        ends, at = [], len(n)
        while at > 0:
            ends.append(at)
            at = int(cut[at])
        return ends[::-1]

    def same(ours: list[int], theirs: list[int]) -> None:
        assert ours == theirs

    race(
        "Change points, 3,652 days",
        {"ours": lambda: pelt(n, 20.0, 3), "every cut, in arrays": every_cut},
        same,
        repeats=3,
    )


def pattern() -> None:
    """Fisher's exact test for every cell."""
    rng = np.random.default_rng(1)
    frames = [
        gpd.GeoDataFrame(
            geometry=gpd.points_from_xy(*rng.normal(5000, 1500, (2, 40_000)).clip(1, 9999)), crs=32633
        )
        for _ in range(2)
    ]

    def same(ours: pd.DataFrame, theirs: np.ndarray) -> None:
        np.testing.assert_allclose(ours["p"].dropna(), theirs, rtol=1e-9)

    def ours() -> pd.DataFrame:
        return times.pattern_change(frames[0], after=frames[1], cell_m=100).table

    held = ours()
    held = held[held["p"].notna()]
    totals = held["before"].sum(), held["after"].sum()

    def theirs() -> np.ndarray:
        pairs = zip(held["before"], held["after"], strict=True)
        return np.array(
            [min(1.0, fisher_exact([[a, totals[0] - a], [b, totals[1] - b]])[1]) for a, b in pairs]
        )

    race("Spatial point pattern test, 80,000 points", {"ours": ours, "scipy, a test for every cell": theirs}, same, repeats=3)  # fmt: skip


RACES: dict[str, Callable[[], None]] = {
    "aoristic": aoristic,
    "radar": radar,
    "counts": counts,
    "changes": changes,
    "pattern": pattern,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or RACES:
        RACES[name]()
