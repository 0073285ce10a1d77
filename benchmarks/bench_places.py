"""Grid counts, densities, Gi*, local Moran and K: ours beside the peers in one process, the same answers asserted, ratios printed.

Peers are optional; the reason is printed when one does not run. Runs are interleaved, the best of each is taken.

Run: python benchmarks/bench_places.py [counts] [densities] [exact] [gi] [moran] [patterns]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from racing import optional, race, tenfold

from ilp_lab import places
from ilp_lab._ground.lattice import Lattice
from ilp_lab._ground.studyarea import StudyArea
from ilp_lab.places import kernels
from ilp_lab.places.chance import Rule
from ilp_lab.places.getis import deviates
from ilp_lab.places.neighbours import of_cells
from ilp_lab.places.pairing import Ground, Pairs
from ilp_lab.places.permuting import conditional

SIDE = 30_000.0
WEST, SOUTH = 500_000.0, 5_300_000.0


def clustered(incidents: int) -> tuple[np.ndarray, np.ndarray]:
    """Half anywhere, half around a hundred places."""
    rng = np.random.default_rng(incidents)
    centres = rng.uniform(0.1 * SIDE, 0.9 * SIDE, (100, 2))
    spots = centres[rng.integers(0, 100, incidents // 2)] + rng.normal(0, 300, (incidents // 2, 2))
    xy = np.vstack([spots, rng.uniform(0, SIDE, (incidents - incidents // 2, 2))])
    return xy[:, 0] + WEST, xy[:, 1] + SOUTH


def frames(x: np.ndarray, y: np.ndarray) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The incidents and a study area, as an analyst has them."""
    town = gpd.GeoDataFrame(geometry=[shapely.box(WEST, SOUTH, WEST + SIDE, SOUTH + SIDE)], crs=32633)
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=32633), town


def counts(incidents: int = 1_000_000, cell_m: float = 100.0) -> None:
    """Counts by cell: the arithmetic alone, then table in, table out."""
    x, y = clustered(incidents)
    side = int(SIDE / cell_m)
    lattice = Lattice(WEST, SOUTH, cell_m, side, side)
    fast = optional("fast_histogram")
    spans = ((SOUTH, SOUTH + SIDE), (WEST, WEST + SIDE))

    def same(ours: np.ndarray, theirs: np.ndarray) -> None:
        assert np.abs(ours - theirs).sum() <= 4, "more than two points on a line between cells moved"

    def ours() -> np.ndarray:
        return np.bincount(lattice.index(x, y), minlength=lattice.size).reshape(side, side)

    race(
        f"Grid counts, arrays (ours also tells the cell of every point): {incidents:,} points, {side} x {side} cells",
        {
            "ours": ours,
            "np.histogram2d": lambda: np.histogram2d(y, x, bins=side, range=spans)[0],
            "fast_histogram": fast and (lambda: fast.histogram2d(y, x, bins=side, range=spans)),
        },
        same,
    )
    tenfold(
        "points",
        lambda: lattice.index(x[: incidents // 10], y[: incidents // 10]),
        lambda: lattice.index(x, y),
    )
    table, town = frames(x, y)
    cells = places.grid(town, cell_m=cell_m)

    def counted(**where: Any) -> np.ndarray:
        return places.count(table, **where)["n"].to_numpy()

    def joined() -> np.ndarray:  # a copy, so that no tree of an earlier run is used
        found = gpd.sjoin(table.copy(), cells[["geometry"]], predicate="within")["index_right"]
        return np.bincount(found, minlength=len(cells))

    race(
        f"Grid counts, tables: {incidents:,} points, {len(cells):,} cells",
        {
            "ours": partial(counted, cell_m=cell_m, study_area=town),
            "geopandas.sjoin on the cells": joined,
        },
        same,
    )
    rng = np.random.default_rng(1)
    seeds = shapely.MultiPoint(rng.uniform(0, SIDE, (3000, 2)) + np.array([WEST, SOUTH]))
    shapes = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=town.geometry.iloc[0]))
    areas = gpd.GeoDataFrame(geometry=shapes, crs=32633)

    def within() -> np.ndarray:
        found = gpd.sjoin(table.copy(), areas, predicate="within")["index_right"]
        return np.bincount(found, minlength=len(areas))

    race(
        f"Counts by area: {incidents:,} points, {len(areas):,} areas",
        {"ours": partial(counted, areas=areas), "geopandas.sjoin": within},
        same,
    )


def densities(cell_m: float = 30.0, bandwidth_m: float = 500.0) -> None:
    """Kernel sums on a million cells; sklearn sums exactly at some of them, and its time is scaled up."""
    side = int(SIDE / cell_m)
    lattice = Lattice(WEST, SOUTH, cell_m, side, side)
    kdepy, neighbors = optional("KDEpy"), optional("sklearn.neighbors")
    column, row = lattice.centres()
    for incidents in (10_000, 100_000, 1_000_000):
        x, y = clustered(incidents)
        inside = lattice.index(x, y) >= 0
        x, y = x[inside], y[inside]
        load = np.ones(len(x))
        # KDEpy wants its grid to reach beyond the data, x before y; its bandwidth is the kernel's standard deviation
        apron = int(bandwidth_m / cell_m) + 2
        axis = np.arange(-apron, side + apron) * cell_m + cell_m / 2
        nodes = np.stack(np.meshgrid(axis + WEST, axis + SOUTH, indexing="ij"), axis=-1).reshape(-1, 2)
        points = np.column_stack([x, y])

        def fft_kde(points: np.ndarray = points, nodes: np.ndarray = nodes, apron: int = apron) -> np.ndarray:
            model = kdepy.FFTKDE(kernel="gaussian", bw=bandwidth_m / 2.5)
            full = model.fit(points).evaluate(nodes).reshape(side + 2 * apron, side + 2 * apron)
            return full[apron:-apron, apron:-apron].T * len(points)

        def same(ours: np.ndarray, theirs: np.ndarray) -> None:
            print(
                f"  (largest difference from KDEpy {np.abs(ours - theirs).max() / ours.max():.1e} of the peak)"
            )
            assert np.abs(ours - theirs).max() < 0.03 * ours.max()

        best = race(
            f"Density, gaussian {bandwidth_m / 2.5:.0f} m: {incidents:,} points, {lattice.size:,} cells",
            {
                "ours": lambda x=x, y=y, load=load: kernels.binned_sum(
                    lattice, x, y, load, "gaussian", bandwidth_m / 2.5
                ),
                "KDEpy FFTKDE": kdepy and fft_kde,
            },
            same,
        )
        if neighbors is not None:
            some = np.random.default_rng(2).choice(lattice.size, 200, replace=False)
            at = np.column_stack([column.ravel()[some], row.ravel()[some]])
            model = neighbors.KernelDensity(kernel="gaussian", bandwidth=bandwidth_m / 2.5).fit(points)
            start = time.perf_counter()
            exact = np.exp(model.score_samples(at)) * len(x)
            theirs = (time.perf_counter() - start) * lattice.size / len(some)
            smooth = kernels.binned_sum(lattice, x, y, load, "gaussian", bandwidth_m / 2.5)
            off = np.abs(exact - smooth.ravel()[some]).max() / smooth.max()
            assert off < 0.005, off
            print(
                f"  sklearn, exact, 200 cells timed: all would take {theirs:,.0f} s, {theirs / best['ours']:,.0f}x; "
                f"ours is off by {off:.1e} of the peak there"
            )
        table, town = frames(x, y)
        start = time.perf_counter()
        result = places.density(table, bandwidth_m=bandwidth_m, cell_m=cell_m, study_area=town)
        print(
            f"  density (quartic), table in, finding out: {time.perf_counter() - start:.2f} s, error "
            f"{result['error'].get('measured', 0.0):.1e} of the peak measured, {result['error'].get('bound', 0.0):.1e} bound"
        )


def gi(sides: tuple[int, ...] = (100, 316, 1000)) -> None:
    """Analytic z on a queen lattice; esda with binary weights, self included."""
    esda, libpysal = optional("esda"), optional("libpysal")
    built = 0.0
    for side in sides:
        lattice = Lattice(0.0, 0.0, 100.0, side, side)
        values = np.random.default_rng(side).poisson(2.0, (side, side)).astype(float)

        def ours(lattice: Lattice = lattice, values: np.ndarray = values) -> np.ndarray:
            totals = lattice.sums(np.ones_like(values), None).ravel()
            rule = Rule(lambda n: n, deviates(totals, totals), 0.05, 5)
            return rule.z(lattice.sums(values, None).ravel(), values.ravel())

        peer = sampled = None
        if esda and libpysal and side <= 316:
            start = time.perf_counter()
            weights = libpysal.weights.lat2W(side, side, rook=False)
            weights.transform = "B"
            weights = libpysal.weights.fill_diagonal(weights)
            built = time.perf_counter() - start

            def peer(weights: Any = weights, values: np.ndarray = values) -> np.ndarray:
                return esda.G_Local(values.ravel(), weights, transform="B", star=True, permutations=0).Zs

            def sampled(weights: Any = weights, values: np.ndarray = values) -> np.ndarray:
                return esda.G_Local(
                    values.ravel(), weights, transform="B", star=True, permutations=99, seed=1, n_jobs=1
                ).Zs

        elif esda and libpysal:
            print(
                f"  esda is left out at {side * side:,} cells: building its weights for 99,856 took {built:.1f} s"
            )

        def same(ours: np.ndarray, theirs: np.ndarray) -> None:
            np.testing.assert_allclose(ours, theirs, atol=1e-8)

        race(
            f"Gi* z: {side * side:,} cells (the peer's weights are built before the clock starts)",
            {"ours": ours, "esda G_Local, analytic": peer, "esda G_Local, also 99 permutations": sampled},
            same,
        )
    for incidents, cell_m in ((10_000, 300.0), (100_000, 100.0), (1_000_000, 30.0)):
        table, town = frames(*clustered(incidents))
        start = time.perf_counter()
        result = places.gi_star(table, cell_m=cell_m, study_area=town, rng=1)
        taken = time.perf_counter() - start
        print(
            f"  gi_star, table in, finding out: {incidents:,} points, {len(result.table):,} cells, "
            f"{result['simulations']} simulations: {taken:.2f} s"
        )


def moran(sides: tuple[int, ...] = (100, 316, 1000), permutations: int = 999) -> None:
    """Conditional permutation of local Moran; the share of cells below p .05 must agree, the draws differ."""
    esda, libpysal = optional("esda"), optional("libpysal")
    for side in sides:
        lattice = Lattice(0.0, 0.0, 100.0, side, side)
        cells = StudyArea(
            shapely.box(0, 0, side * 100, side * 100), lattice, np.arange(lattice.size), np.ones(lattice.size)
        )
        values = np.random.default_rng(side).gamma(2.0, 1.0, lattice.size)
        matrix = of_cells(cells, None).matrix

        def ours(values: np.ndarray = values, matrix: Any = matrix) -> np.ndarray:
            return conditional(values, matrix, permutations=permutations, rng=np.random.default_rng(1))

        peer = None
        if esda and libpysal:
            weights = libpysal.weights.lat2W(side, side, rook=False)

            def peer(weights: Any = weights, values: np.ndarray = values) -> np.ndarray:
                found = esda.Moran_Local(
                    values, weights, permutations=permutations, seed=1, n_jobs=1, keep_simulations=False
                )
                return np.minimum(2 * found.p_sim, 1)

        def same(ours: np.ndarray, theirs: np.ndarray) -> None:
            assert np.corrcoef(ours, theirs)[0, 1] > 0.99

        race(
            f"Local Moran, {permutations} permutations: {side * side:,} cells (weights are built before the clock starts)",
            {
                "ours": ours,
                "esda Moran_Local": peer,
                "pygeoda, lookup table": looked_up(values, side, permutations),
            },
            same,
        )


def looked_up(values: np.ndarray, side: int, permutations: int) -> Callable[[], np.ndarray] | None:
    """GeoDa's local Moran with its lookup table of permutations, on the same lattice."""
    geoda = optional("pygeoda")
    if geoda is None:
        return None
    row, column = np.divmod(np.arange(side * side), side)
    cells = gpd.GeoDataFrame(geometry=shapely.box(column, row, column + 1, row + 1), crs=32633)
    weights = geoda.queen_weights(geoda.open(cells))

    def run() -> np.ndarray:
        found = geoda.local_moran(
            weights,
            pd.Series(values),
            permutations=permutations,
            permutation_method="lookup",
            seed=1,
            cpu_threads=2,
        )
        return np.minimum(2 * np.asarray(found.lisa_pvalues()), 1)

    return run


def patterns(incidents: int = 10_000, simulations: int = 99) -> None:
    """Ripley's K without border correction, observed and under randomness."""
    from scipy.spatial import cKDTree

    rng = np.random.default_rng(1)
    xy = rng.uniform(0, SIDE, (incidents, 2))
    pairs = Pairs(Ground.of(shapely.box(0, 0, SIDE, SIDE)), 1000.0, 50, "none")
    corrected = Pairs(Ground.of(shapely.box(0, 0, SIDE, SIDE)), 1000.0, 50, "translation")
    thrown = [rng.uniform(0, SIDE, (incidents, 2)) for _ in range(simulations)]
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    pointpats = optional("pointpats")

    def tree() -> np.ndarray:
        built = cKDTree(xy)
        return (
            (built.count_neighbors(built, pairs.distances) - incidents)
            * SIDE**2
            / (incidents * (incidents - 1))
        )

    def theirs() -> np.ndarray:
        return pointpats.k(xy, support=pairs.distances)[1]

    def same(ours: np.ndarray, other: np.ndarray) -> None:
        other = other[
            -len(ours) :
        ]  # pointpats divides by n² and by the area of its own hull: alike up to a factor
        np.testing.assert_allclose(ours / ours[-1], other / other[-1], rtol=0.02, atol=1e-3)

    race(
        f"Ripley's K: {incidents:,} points up to 1 km",
        {
            "ours": lambda: pairs.k(x, y),
            "scipy cKDTree.count_neighbors": tree,
            "pointpats.k": pointpats and theirs,
        },
        same,
    )
    start = time.perf_counter()
    for one in thrown:
        corrected.k(np.ascontiguousarray(one[:, 0]), np.ascontiguousarray(one[:, 1]))
    print(f"  {simulations} envelopes with translation correction: {time.perf_counter() - start:.2f} s")


def exact(cell_m: float = 30.0, bandwidth_m: float = 500.0) -> None:
    """The quartic kernel summed exactly, beside KDEpy's binned one."""
    kdepy = optional("KDEpy")
    side = int(SIDE / cell_m)
    lattice = Lattice(WEST, SOUTH, cell_m, side, side)
    for incidents in (10_000, 100_000):
        x, y = clustered(incidents)
        inside = lattice.index(x, y) >= 0
        x, y = x[inside], y[inside]
        apron = int(bandwidth_m / cell_m) + 2
        axis = np.arange(-apron, side + apron) * cell_m + cell_m / 2
        nodes = np.stack(np.meshgrid(axis + WEST, axis + SOUTH, indexing="ij"), axis=-1).reshape(-1, 2)

        def theirs(
            x: np.ndarray = x, y: np.ndarray = y, nodes: np.ndarray = nodes, apron: int = apron
        ) -> np.ndarray:
            model = kdepy.FFTKDE(kernel="biweight", bw=bandwidth_m / 7**0.5).fit(np.column_stack([x, y]))
            full = model.evaluate(nodes).reshape(side + 2 * apron, side + 2 * apron)
            return full[apron:-apron, apron:-apron].T * len(x)

        def same(ours: np.ndarray, other: np.ndarray) -> None:
            print(f"  (largest difference {np.abs(ours - other).max() / ours.max():.1e} of the peak)")

        race(
            f"Density, quartic {bandwidth_m:.0f} m, exact: {incidents:,} points, {lattice.size:,} cells",
            {
                "ours": lambda x=x, y=y: kernels.exact_sum(
                    lattice, x, y, np.ones(len(x)), "quartic", bandwidth_m
                ),
                "KDEpy FFTKDE, binned": kdepy and theirs,
            },
            same,
        )


def main() -> None:
    """Run all, or those named."""
    runs = {
        "counts": counts,
        "densities": densities,
        "exact": exact,
        "gi": gi,
        "moran": moran,
        "patterns": patterns,
    }
    for name in sys.argv[1:] or runs:
        runs[name]()


if __name__ == "__main__":
    main()
