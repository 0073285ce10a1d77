"""Moran, Geary, general G and local Moran on the Columbus data: values of PySAL's esda, as printed by it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist

from ilp_lab.places import geary, general_g, local_moran, moran

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="module")
def columbus():
    path = SHARED / "data" / "libpysal_builtin" / "columbus" / "columbus.shp"
    if not path.exists():
        pytest.skip("the public Columbus data set is not beside the project (../shared/data)")
    return gpd.read_file(path).set_crs(32617, allow_override=True)


def row(result):
    return result.table.iloc[0].to_dict()


def test_neighbours_queen(columbus):
    from ilp_lab.places.neighbours import of_shapes

    around = of_shapes(np.asarray(columbus.geometry), "queen")
    assert around.matrix.sum() == 236
    assert around.count.mean() == pytest.approx(4.8163, abs=5e-5)
    assert around.matrix.nnz / 49**2 == pytest.approx(0.098292, abs=5e-7)


def test_six_points_without_themselves_and_as_a_whole():
    """Gi and the general G of Getis and Ord's six points, as esda's tests have them; local Moran's z is Gi's, signed by the place."""
    xy = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
    y = np.array([2, 3, 3.2, 5, 8, 7])
    near = sparse.csr_array((cdist(xy, xy) <= 15).astype(float) - np.eye(6))
    six = gpd.GeoDataFrame({"y": y}, geometry=gpd.points_from_xy(*xy.T).buffer(1), crs=32633)
    z = local_moran(six, value="y", weights=near, simulations=19, rng=1).table["z"] * np.where(
        y < y.mean(), -1, 1
    )
    expected = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    np.testing.assert_allclose(z, expected, atol=1e-7)
    whole = row(general_g(six, value="y", weights=near, permutations=99, rng=1))
    assert whole["statistic"] == pytest.approx(0.55709779, abs=1e-8)
    assert whole["p"] / 2 == pytest.approx(0.172936, abs=5e-7)


def test_moran_queen(columbus):
    found = row(moran(columbus, value="CRIME", permutations=99, rng=1))
    assert found["statistic"] == pytest.approx(0.5001885571828611, abs=1e-12)
    assert found["expected"] == pytest.approx(-0.0208333, abs=1e-7)
    assert found["variance_normal"] == pytest.approx(0.0085634131, abs=1e-10)
    assert found["z_normal"] == pytest.approx(5.6303128, abs=1e-7)
    assert found["variance"] == pytest.approx(0.0086892892, abs=1e-10)
    assert found["z"] == pytest.approx(5.5893827, abs=1e-7)


def test_moran_rook(columbus):
    found = row(moran(columbus, value="CRIME", weights="rook", permutations=99, rng=1))
    assert found["statistic"] == pytest.approx(0.5236702, abs=1e-7)
    assert found["z"] == pytest.approx(5.4578800, abs=1e-7)


def test_geary(columbus):
    found = row(geary(columbus, value="CRIME", permutations=99, rng=1))
    assert found["statistic"] == pytest.approx(0.5405282, abs=1e-7)
    assert found["z"] == pytest.approx(-4.7430615, abs=1e-7)


def test_general_g(columbus):
    found = row(general_g(columbus, value="CRIME", permutations=99, rng=1))
    assert found["statistic"] == pytest.approx(0.1278074574, abs=1e-10)
    assert found["expected"] == pytest.approx(0.1003401361, abs=1e-10)
    assert found["z"] == pytest.approx(4.6381509, abs=1e-7)


def test_the_bivariate_and_the_rate_moran(columbus):
    """Values of esda's Moran_BV and Moran_Rate (2.8.2) on the same columns."""
    found = row(moran(columbus, value="CRIME", other="INC", permutations=99, rng=1))
    assert found["statistic"] == pytest.approx(-0.42863215145367256, abs=1e-12)
    rates = columbus.assign(events=columbus["CRIME"] * 10, people=columbus["HOVAL"] * 100)
    found = row(moran(rates, value="events", population="people", permutations=99, rng=1))
    assert found["statistic"] == pytest.approx(0.46333826976676495, abs=1e-12)


def test_local_moran(columbus):
    table = local_moran(columbus, value="CRIME", rng=1).table
    expected = [0.72178138, 0.51798565, 0.09193542, 0.00472258, 0.29741008]
    np.testing.assert_allclose(table["local"][:5], expected, atol=1e-8)
    quadrants = table["quadrant"].value_counts().to_dict()
    assert quadrants == {"high among high": 21, "low among high": 5, "low among low": 20, "high among low": 3}
    assert table["local"].mean() == pytest.approx(0.5001885571828611 * 48 / 49, abs=1e-12)
