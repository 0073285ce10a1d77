"""A million points in five thousand ragged areas: ours beside geopandas, shapely's tree and DuckDB, not one point apart.

Run: python benchmarks/bench_areas.py [points] [areas]
"""

from __future__ import annotations

import sys
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from racing import race, tenfold

from ilp_lab import places
from ilp_lab._ground.membership import first_area

SIDE = 30_000.0


def ragged(areas: int, points_of_an_edge: int = 32) -> np.ndarray:
    """A partition of the town whose common borders wander, as rivers and boundaries do: about 190 points an outline."""
    rng = np.random.default_rng(1)
    seeds = shapely.MultiPoint(rng.uniform(0, SIDE, (areas, 2)))
    lines = shapely.get_parts(
        shapely.voronoi_polygons(seeds, extend_to=shapely.box(0, 0, SIDE, SIDE), only_edges=True)
    )
    lines = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    frame = shapely.box(0, 0, SIDE, SIDE)
    edges = []
    for line in lines:
        ends = shapely.get_coordinates(line)
        for begin, end in pairwise(ends):
            at = np.linspace(0, 1, points_of_an_edge)
            length = float(np.hypot(*(end - begin)))
            sway = np.cumsum(rng.normal(0, length / 400, points_of_an_edge))
            sway -= sway[0] + at * (sway[-1] - sway[0])
            across = np.array([-(end - begin)[1], (end - begin)[0]]) / max(length, 1e-9)
            edges.append(begin + at[:, None] * (end - begin) + sway[:, None] * across)
    frame_line = shapely.boundary(frame)
    noded = shapely.unary_union([*map(shapely.LineString, edges), frame_line])
    faces = shapely.get_parts(shapely.polygonize([noded]))
    faces = faces[shapely.area(faces) > SIDE**2 / areas / 1000]
    return faces[shapely.contains(frame.buffer(1), faces)]


def main(points: int, areas: int) -> None:
    """Race them; the answers must agree wherever a point is not on a border."""
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, SIDE, (2, points))
    shapes = ragged(areas)
    corners = shapely.get_num_coordinates(shapes).mean()
    table = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=32633)
    beats = gpd.GeoDataFrame(geometry=shapes, crs=32633)

    def joined() -> np.ndarray:  # copies, so that no tree of an earlier run is used
        found = gpd.sjoin(table.copy(), beats.copy(), predicate="within")["index_right"]
        return first_of(found.index.to_numpy(), found.to_numpy())

    def by_tree() -> np.ndarray:
        dots = shapely.points(x, y)
        point, area = shapely.STRtree(shapes).query(dots, predicate="within")
        return first_of(point, area)

    def first_of(point: np.ndarray, area: np.ndarray) -> np.ndarray:
        first = np.full(points, len(shapes))
        np.minimum.at(first, point, area)
        return np.where(first < len(shapes), first, -1)

    def same(ours: np.ndarray, theirs: np.ndarray) -> None:
        wrong = int((ours != theirs).sum())
        assert wrong == 0, f"{wrong} points lie elsewhere"

    race(
        f"Which area: {points:,} points, {len(shapes):,} areas of {corners:.0f} points on average",
        {
            "ours": lambda: first_area(shapes, x, y)[0],
            "geopandas.sjoin": joined,
            "shapely STRtree.query": by_tree,
        },
        same,
    )

    def counted() -> pd.Series:
        return places.count(table, areas=beats)["n"]

    def joined_and_counted() -> pd.Series:
        found = gpd.sjoin(table.copy(), beats.copy(), predicate="within")["index_right"]
        return found.value_counts().reindex(range(len(shapes)), fill_value=0)

    def alike(ours: pd.Series, theirs: pd.Series) -> None:
        assert np.array_equal(ours.to_numpy(), theirs.to_numpy())

    race(
        "Counts by area, table in, table out",
        {"ours": counted, "geopandas.sjoin and value_counts": joined_and_counted},
        alike,
    )
    tenfold(
        "points",
        lambda: first_area(shapes, x[: points // 10], y[: points // 10]),
        lambda: first_area(shapes, x, y),
    )


if __name__ == "__main__":
    main(*(int(given) for given in [*sys.argv[1:3], *["1000000", "5000"][len(sys.argv) - 1 :]]))
