"""Gi* against published and independently computed numbers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy import sparse
from scipy.spatial.distance import cdist

from ilp_lab.places import count, gi_star

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture
def columbus():
    path = SHARED / "data" / "libpysal_builtin" / "columbus" / "columbus.shp"
    if not path.exists():
        pytest.skip("the public Columbus data set is not beside the project (../shared/data)")
    return gpd.read_file(path).set_crs(32617, allow_override=True)


# Values of esda with binary weights, self included; pysal/esda issues 112 and 486 tell why its default differs.
FIRST_Z = [-1.43277965, -1.3400081, -0.77199868, -0.13173336, 1.2853628]


def test_columbus_queen(columbus):
    z = gi_star(columbus, value="CRIME", weights="queen", rng=1).table["z"].to_numpy()
    np.testing.assert_allclose(z[:5], FIRST_Z, atol=1e-7)
    assert z.argmax() == 15
    assert z.max() == pytest.approx(3.475051356, abs=1e-8)
    assert z.argmin() == 31
    assert z.min() == pytest.approx(-2.851023177, abs=1e-8)
    assert (z > 1.96).sum() == 11
    assert (z < -1.96).sum() == 7


@pytest.mark.parametrize("scaling", ["row-standardised", "by any number"])
def test_columbus_does_not_change_with_row_scaling(columbus, scaling):
    shapes = columbus.geometry
    binary = np.array([shapes.intersects(shape).to_numpy() for shape in shapes], dtype=float)
    factor = 1 / binary.sum(axis=1) if scaling == "row-standardised" else np.linspace(0.1, 9, len(binary))
    matrix = sparse.csr_array(binary * factor[:, None])
    z = gi_star(columbus, value="CRIME", weights=matrix, rng=1).table["z"]
    np.testing.assert_allclose(z[:5], FIRST_Z, atol=1e-7)


def test_six_points_of_getis_and_ord():
    xy = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
    places = gpd.GeoDataFrame(
        {"y": [2, 3, 3.2, 5, 8, 7]}, geometry=gpd.points_from_xy(*xy.T).buffer(1), crs=32633
    )
    near = sparse.csr_array((cdist(xy, xy) <= 15).astype(float))
    z = gi_star(places, value="y", weights=near, rng=1).table["z"]
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(z, expected, atol=1e-7)


def test_memphis_robberies_as_sfhotspot_publishes_them():
    """R's sfhotspot on its own example: 206 robberies, 500 m cells over the hull and half a cell around it."""
    path = SHARED / "oracles" / "memphis_robberies_jan.csv"
    if not path.exists():
        pytest.skip("the inputs of published results are not beside the project (../shared/oracles)")
    table = pd.read_csv(path)
    robberies = gpd.GeoDataFrame(
        table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326
    ).to_crs(32615)
    ground = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(robberies.geometry))).buffer(250)
    west, south, east, north = ground.bounds
    corners = np.array([(x, y) for y in np.arange(south, north, 500) for x in np.arange(west, east, 500)])
    cells = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 500, corners[:, 1] + 500)
    cells = gpd.GeoDataFrame(geometry=cells[shapely.intersects(cells, ground)], crs=32615)
    assert len(cells) == 2715
    counted = count(robberies, areas=cells)
    assert counted["n"].sum() == 206
    found = gi_star(counted, value="n", weights="queen", rng=1).table
    np.testing.assert_allclose(
        found["z"][:10],
        [-0.546, -0.598, -0.598, 0.716, 0.716, 0.716, -0.598, -0.598, -0.546, 0.893],
        atol=6e-4,
    )
    np.testing.assert_allclose(found["p"][[0, 1, 3]], [0.585, 0.550, 0.474], atol=6e-4)


def test_sparse_grids_mark_cells_by_luck_and_the_result_says_how_many():
    """206 incidents on 16,000 cells: normal p below 0.05 for about a tenth of them under complete randomness."""
    rng = np.random.default_rng(11)
    xy = rng.uniform(0, 25_300, (206, 2)) + np.array([200_000, 3_900_000])
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32616)
    result = gi_star(points, cell_m=200, min_count=1, rng=1)
    assert (result.table["p"] < 0.05).mean() > 0.05
    marked = result.table["verdict"].astype(str).str.startswith("hot spot").sum()
    chance = result["chance"]
    assert chance["low"] <= marked <= chance["high"]
    assert (result.table["verdict"] == "hot spot beyond chance").sum() == 0
    assert any("no more than luck" in sentence for sentence in result.findings)
    guarded = gi_star(points, cell_m=200, rng=1)
    assert (guarded.table["verdict"].astype(str).str.startswith("hot spot")).sum() <= 3
