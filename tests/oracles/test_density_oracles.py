"""Densities and their bandwidths against closed forms, scipy and published numbers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.stats import multivariate_normal

from ilp_lab._ground.studyarea import round_metres
from ilp_lab.places import density
from ilp_lab.places.bandwidth import normal_reference, robust_spread

SHARED = Path(__file__).resolve().parents[3] / "shared"
TOWN = gpd.GeoDataFrame(geometry=[shapely.box(500_000, 5_300_000, 506_000, 5_306_000)], crs=32633)


def points(xy):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*np.asarray(xy, dtype=float).T), crs=32633)


def at(result, x, y):
    hit = result.table.geometry.contains(shapely.Point(x, y))
    return float(result.table.loc[hit, "density"].iloc[0])


# The kernels of Silverman (1986), equations 4.4 and 4.5 with two dimensions: 3/π·(1−u²)² and exp(−u²/2)/2π.
@pytest.mark.parametrize(
    ("kernel", "away_m", "expected"),
    [
        ("quartic", 0, 3 / np.pi / 0.4**2),
        ("quartic", 200, 3 / np.pi / 0.4**2 * 0.5625),
        ("quartic", 400, 0.0),
        ("gaussian", 0, 1 / (2 * np.pi) / 0.4**2),
        ("gaussian", 400, np.exp(-0.5) / (2 * np.pi) / 0.4**2),
    ],
)
def test_one_incident_has_the_height_of_the_textbook(kernel, away_m, expected):
    result = density(
        points([(503_010, 5_303_010)]), bandwidth_m=400, cell_m=20, kernel=kernel, study_area=TOWN
    )
    assert at(result, 503_010 + away_m, 5_303_010) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("incidents", "cell_m"), [(400, 50), (40_000, 20), pytest.param(400_000, 50, marks=pytest.mark.slow)]
)
def test_gaussian_is_scipys(incidents, cell_m):
    rng = np.random.default_rng(3)
    xy = np.vstack(
        [
            rng.normal([502_000, 5_303_000], 300, (incidents // 2, 2)),
            rng.normal([504_000, 5_302_000], 500, (incidents // 2, 2)),
        ]
    )
    result = density(points(xy), bandwidth_m=250, cell_m=cell_m, kernel="gaussian", study_area=TOWN)
    assert result["exact"] == (incidents == 400)
    inside = shapely.contains_xy(TOWN.geometry.iloc[0], xy[:, 0], xy[:, 1])
    some = result.table.sample(300, random_state=1)
    middles = shapely.get_coordinates(shapely.centroid(np.asarray(some.geometry)))
    spread = multivariate_normal(cov=250.0**2 * np.eye(2))
    expected = np.array([spread.pdf(xy[inside] - middle).sum() for middle in middles]) * 1e6
    off = np.abs(some["density"] - expected).max() / result.table["density"].max()
    assert off < (4e-6 if incidents == 400 else result["error"]["bound"])
    assert off < 0.02


def test_quartic_is_the_kernel_estimate_of_a_uniform_plane():
    """A fine regular pattern of one incident per 25 m square has 1,600 incidents per km², whatever the kernel."""
    axis = np.arange(12.5, 6000, 25)
    xy = np.stack(np.meshgrid(axis + 500_000, axis + 5_300_000), axis=-1).reshape(-1, 2)
    for kernel in ("quartic", "gaussian"):
        result = density(points(xy), bandwidth_m=300, cell_m=100, kernel=kernel, study_area=TOWN)
        assert at(result, 503_050, 5_303_050) == pytest.approx(1600, rel=2e-3)


@pytest.mark.parametrize(
    ("file", "incidents", "across", "up"),
    [
        ("memphis_robberies_jan.csv", 206, 8876.67, 9867.45),
        ("memphis_robberies.csv", 2245, 5592.45, 5947.43),
    ],
)
def test_bandwidth_follows_from_the_spreads_that_sfhotspot_publishes(file, incidents, across, up):
    """R's bandwidth.nrd per axis is 4·1.06·min(s, IQR/1.34)·n^(−1/5); it gives back the spread of each axis."""
    path = SHARED / "oracles" / file
    if not path.exists():
        pytest.skip("the inputs of published results are not beside the project (../shared/oracles)")
    table = pd.read_csv(path)
    robberies = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(32615)
    assert len(robberies) == incidents
    rule = 4 * 1.06 * incidents ** (-1 / 5)
    assert robust_spread(robberies.x.to_numpy()) * rule == pytest.approx(across, abs=5e-3)
    assert robust_spread(robberies.y.to_numpy()) * rule == pytest.approx(up, abs=5e-3)
    spreads = np.array([across, up]) / rule
    sigma = np.sqrt((spreads**2).mean()) * incidents ** (-1 / 6)
    x, y = robberies.x.to_numpy(), robberies.y.to_numpy()
    assert normal_reference(x, y, "gaussian") == round_metres(sigma)
    assert normal_reference(x, y, "quartic") == round_metres(sigma * 2.78)


def test_quartic_bandwidth_is_the_gaussian_one_times_the_ratio_of_canonical_kernels():
    """Marron and Nolan (1988), doi:10.1016/0167-7152(88)90050-8: (R(K)/μ₂²)^(1/6) in two dimensions."""
    u = np.linspace(0, 1, 200_001)
    tall = 3 / np.pi * (1 - u**2) ** 2
    rough = np.trapezoid(tall**2 * 2 * np.pi * u, u)
    second = np.trapezoid(tall * np.pi * u**3, u)
    ratio = (rough / second**2) ** (1 / 6) / (1 / (4 * np.pi)) ** (1 / 6)
    assert ratio == pytest.approx(2.78, abs=0.005)
