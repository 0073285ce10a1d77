"""Centres, nearest neighbours and K on published patterns."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from scipy.spatial import cKDTree

from ilp_lab.places import centres, nearest_neighbour, ripley

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(scope="module")
def juvenile():
    path = SHARED / "data" / "libpysal_builtin" / "juvenile" / "juvenile.shp"
    if not path.exists():
        pytest.skip("the public Cardiff juvenile data set is not beside the project (../shared/data)")
    return gpd.read_file(path).set_crs(32630, allow_override=True)


def test_cardiff_juvenile_offenders(juvenile):
    """Values of PySAL's pointpats on the 168 homes (units of the file, taken as metres)."""
    table = centres(juvenile).set_index("measure")
    assert table.loc["mean centre", ["x", "y"]].tolist() == pytest.approx([47.92261905, 56.9702381], abs=5e-8)
    # pointpats' search stops where the sum of distances no longer changes in its eighth digit; ours is smaller
    ours, printed = table.loc["median centre", ["x", "y"]].tolist(), [47.28496497, 59.05239801]
    assert ours == pytest.approx(printed, abs=2e-5)
    xy = shapely.get_coordinates(juvenile.geometry)
    assert np.hypot(*(xy - ours).T).sum() < np.hypot(*(xy - printed).T).sum()
    assert table.loc["standard distance", "radius_m"] == pytest.approx(31.993567549, abs=1e-9)
    ellipse = table.loc["standard ellipse"]
    assert ellipse["long_m"] == pytest.approx(35.53090757, abs=1e-8)
    assert ellipse["short_m"] == pytest.approx(28.44988781, abs=1e-8)
    assert np.radians(90 - ellipse["bearing"]) == pytest.approx(1.35589, abs=1e-5)
    assert nearest_neighbour(juvenile, simulations=19, rng=1).table["mean_m"][0] == pytest.approx(
        2.4444766370, abs=1e-9
    )


@pytest.mark.parametrize("correction", ["none", "translation"])
def test_k_is_the_sum_over_all_pairs(correction):
    """Against the double sum with the exact overlap of a moved rectangle (Ohser 1983)."""
    rng = np.random.default_rng(3)
    xy = rng.uniform(0, 1, (400, 2)) * [2000, 1500]
    town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 2000, 1500)], crs=32633)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    table = ripley(
        points, study_area=town, up_to_m=300, steps=6, correction=correction, simulations=19, rng=1
    ).table
    dx, dy = np.abs(xy[:, None, 0] - xy[None, :, 0]), np.abs(xy[:, None, 1] - xy[None, :, 1])
    share = (2000 - dx) * (1500 - dy) / 3e6 if correction == "translation" else np.ones_like(dx)
    apart = np.hypot(dx, dy) + np.eye(400) * 1e9
    expected = [((apart <= m) / share).sum() * 3e6 / (400 * 399) for m in table["m"]]
    np.testing.assert_allclose(table["k"], expected, rtol=1e-12 if correction == "none" else 2e-3)
    tree = cKDTree(xy)
    if correction == "none":
        assert table["k"].iloc[-1] * 400 * 399 / 3e6 == pytest.approx(tree.count_neighbors(tree, 300.0) - 400)


def test_the_border_correction_counts_from_deep_points_alone():
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 1000, (300, 2))
    town = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1000, 1000)], crs=32633)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    table = ripley(
        points, study_area=town, up_to_m=200, steps=4, correction="border", simulations=19, rng=1
    ).table
    deep = np.minimum(xy, 1000 - xy).min(axis=1)
    apart = np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1)) + np.eye(300) * 1e9
    expected = [(apart[deep >= m] <= m).sum() * 1e6 / ((deep >= m).sum() * 299) for m in table["m"]]
    np.testing.assert_allclose(table["k"], expected)


def test_mann_kendall_of_great_lakes_precipitation():
    """R's Kendall package on its PrecipGL series: S 989, variance 74398.3333, two-sided p .00029208."""
    from ilp_lab._ground.significance import two_sided
    from ilp_lab.places.spacetime import mann_kendall

    path = SHARED / "oracles" / "precipgl.csv"
    if not path.exists():
        pytest.skip("the inputs of published results are not beside the project (../shared/oracles)")
    s, variance, z = mann_kendall(np.loadtxt(path, skiprows=1)[:, None])
    assert s[0] == 989
    assert variance[0] == pytest.approx(74398.3333, abs=1e-4)
    assert z[0] == pytest.approx(3.622224, abs=1e-6)
    assert two_sided(z)[0] == pytest.approx(0.00029208, abs=1e-8)
    series = np.loadtxt(path, skiprows=1)
    pairs = len(series) * (len(series) - 1) / 2
    ties = sum(number * (number - 1) / 2 for number in np.unique(series, return_counts=True)[1])
    assert s[0] / np.sqrt(pairs * (pairs - ties)) == pytest.approx(0.264580, abs=1e-6)
