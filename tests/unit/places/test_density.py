"""Densities: exact sums, bounded errors, and a volume that is the number of incidents."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab._ground.lattice import Lattice
from ilp_lab.errors import InputError
from ilp_lab.places import densities, density, kernels

LATTICE = Lattice(0.0, 0.0, 40.0, 60, 50)


def plain(x, y, load, kernel, bandwidth):
    """The double sum, written out."""
    cx, cy = LATTICE.centres()
    r2 = (cx[..., None] - x) ** 2 + (cy[..., None] - y) ** 2
    u2 = r2 / bandwidth**2
    tall = (
        3 / (np.pi * bandwidth**2) * np.where(u2 < 1, (1 - u2) ** 2, 0)
        if kernel == "quartic"
        else np.exp(-u2 / 2) / (2 * np.pi * bandwidth**2)
    )
    return tall @ load


@settings(max_examples=25)
@given(st.sampled_from(["quartic", "gaussian"]), st.integers(0, 2**32 - 1), st.floats(90, 400))
def test_exact_is_the_double_sum_and_binned_keeps_its_bound(kernel, seed, bandwidth):
    rng = np.random.default_rng(seed)
    x, y, load = rng.uniform(0, 2400, 60), rng.uniform(0, 2000, 60), rng.uniform(0, 3, 60)
    truth = plain(x, y, load, kernel, bandwidth)
    peak = truth.max()
    exact = kernels.exact_sum(LATTICE, x, y, load, kernel, bandwidth)
    np.testing.assert_allclose(exact, truth, atol=peak * (1e-12 if kernel == "quartic" else 1e-5))
    binned = kernels.binned_sum(LATTICE, x, y, load, kernel, bandwidth)
    assert np.abs(binned - exact).max() <= kernels.error_bound(LATTICE, x, y, load, kernel, bandwidth)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_the_volume_is_the_number_of_incidents(kernel):
    xy = np.random.default_rng(2).normal([503_000, 5_303_000], 200, (300, 2))
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    town = gpd.GeoDataFrame(geometry=[shapely.box(500_000, 5_300_000, 506_000, 5_306_000)], crs=32633)
    result = density(incidents, bandwidth_m=300, cell_m=50, kernel=kernel, study_area=town)
    assert result.table["density"].sum() * 0.05**2 == pytest.approx(300, rel=2e-3)


def test_large_work_is_binned_and_says_how_good_it_is(monkeypatch):
    monkeypatch.setattr(densities, "EXACT_WORK", 10)
    xy = np.random.default_rng(2).normal([503_000, 5_303_000], 400, (500, 2))
    incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    result = density(incidents, bandwidth_m=400, cell_m=40)
    assert result["exact"] is False
    assert 0 < result["error"]["measured"] < 0.01
    assert result["error"]["measured"] <= result["error"]["bound"] < 0.3
    assert "at most" in result.method


def test_weights_scale_the_surface():
    xy = np.random.default_rng(2).normal([503_000, 5_303_000], 400, (50, 2))
    incidents = gpd.GeoDataFrame(
        {"harm": 3.0}, index=range(50), geometry=gpd.points_from_xy(*xy.T), crs=32633
    )
    plainly = density(incidents, bandwidth_m=400, cell_m=80).table["density"]
    weighed = density(incidents, bandwidth_m=400, cell_m=80, weight="harm").table["density"]
    np.testing.assert_allclose(weighed, 3 * plainly, atol=1e-12 * plainly.max())


def test_chosen_settings_are_marked_and_warned_of():
    xy = np.random.default_rng(2).normal([16.37, 48.2], 0.01, (200, 2))
    result = density(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=4326))
    assert {param.name for param in result.params if param.chosen} == {
        "bandwidth_m",
        "cell_m",
        "study_area",
        "crs",
    }
    assert any("Try half and double" in caveat for caveat in result.caveats)


def test_faults_are_named():
    with pytest.raises(InputError, match="would fall between the middles"):
        density(
            gpd.GeoDataFrame(geometry=gpd.points_from_xy([1], [1]), crs=32633), bandwidth_m=50, cell_m=100
        )
    with pytest.raises(InputError, match="kernel must be one of 'quartic', 'gaussian'; got 'epanechnikov'"):
        density(gpd.GeoDataFrame(geometry=gpd.points_from_xy([1], [1]), crs=32633), kernel="epanechnikov")
