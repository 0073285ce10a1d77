"""A city's streets: putting incidents onto segments beside geopandas' nearest join, then counts and densities at full size.

The same segment lengths and distances are asserted. No maintained Python package smooths along streets, so for the densities
the cost of ten times the incidents is printed instead of a ratio to a peer.

Run: python benchmarks/bench_streets.py [side of the grid of streets, 225 for 100,000 segments] [incidents]
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from racing import race, tenfold

from ilp_lab import places

BLOCK = 100.0
REACH = 100.0


def streets(side: int) -> gpd.GeoDataFrame:
    """A grid of streets with a block between any two junctions."""
    at = np.arange(side) * BLOCK
    along = [((x, y), (x + BLOCK, y)) for y in at for x in at[:-1]]
    across = [((x, y), (x, y + BLOCK)) for x in at for y in at[:-1]]
    return gpd.GeoDataFrame(geometry=shapely.linestrings(np.array(along + across)), crs=32633)


def incidents(number: int, side: int) -> gpd.GeoDataFrame:
    """Incidents anywhere in the town."""
    x, y = np.random.default_rng(0).uniform(0, (side - 1) * BLOCK, (2, number))
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=32633)


def alike(ours: Any, theirs: Any) -> None:
    """The distance of every incident to its street."""
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def main(side: int, number: int) -> None:
    """Race the snapping on a tenth of the incidents, then the full size alone."""
    lines, some = streets(side), incidents(number // 10, side)
    network = places.street_network(lines)
    title = f"{len(some):,} incidents onto {len(network.segments):,} segments"

    def joined() -> np.ndarray:
        found = gpd.sjoin_nearest(some, lines, max_distance=REACH, distance_col="away")
        return found["away"].groupby(level=0).first().to_numpy()

    def ours() -> np.ndarray:
        return np.asarray(places.snap(some, network, within_m=REACH).away_m)

    race(title, {"ours": ours, "geopandas.sjoin_nearest": joined}, alike, repeats=3)
    every = incidents(number, side)
    for work in (
        partial(places.street_counts, network=network),
        partial(places.street_density, network=network, bandwidth_m=300),
        partial(places.street_density, network=network, bandwidth_m=300, split="continuous"),
    ):
        told = f"incidents, {work.func.__name__} {work.keywords.get('split', '')}".rstrip()
        tenfold(told, partial(work, some), partial(work, every))


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*given, *(225, 1_000_000)[len(given) :])
