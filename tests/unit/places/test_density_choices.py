"""Adaptive and edge-corrected densities, bandwidths told from the data, and the ratio of two densities."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from ilp_lab._ground.lattice import Lattice
from ilp_lab.errors import InputError
from ilp_lab.places import bandwidths, density, relative_risk
from ilp_lab.places.bandwidth import cross_validation
from ilp_lab.places.kernels import exact_sum, height

TOWN = gpd.GeoDataFrame(geometry=[box(0, 0, 4000, 4000)], crs=32633)


def points(xy, **columns):
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(xy, float).T), crs=32633)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@given(seed=st.integers(0, 999))
def test_each_incident_may_have_its_own_bandwidth(kernel, seed):
    rng = np.random.default_rng(seed)
    lattice = Lattice(0, 0, 25.0, 40, 30)
    x, y, h, w = (
        rng.uniform(0, 1000, 20),
        rng.uniform(0, 750, 20),
        rng.uniform(30, 300, 20),
        rng.uniform(0, 3, 20),
    )
    column, row = lattice.centres()
    truth = sum(w[i] * height(kernel, h[i], (column - x[i]) ** 2 + (row - y[i]) ** 2) for i in range(20))
    np.testing.assert_allclose(exact_sum(lattice, x, y, w, kernel, h), truth, atol=truth.max() * 1e-9)


def test_the_quartic_sum_stays_exact_far_from_the_origin_and_with_tiny_bandwidths():
    rng = np.random.default_rng(1)
    lattice = Lattice(0, 0, 10.0, 6000, 20)
    x, y = rng.uniform(0, 60_000, 500), rng.uniform(0, 200, 500)
    surface = exact_sum(lattice, x, y, np.ones(500), "quartic", 40.0)
    column, row = lattice.centres()
    truth = sum(height("quartic", 40.0, (column - x[i]) ** 2 + (row - y[i]) ** 2) for i in range(500))
    np.testing.assert_allclose(surface, truth, atol=truth.max() * 1e-10)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize("adaptive", [False, True])
def test_with_edge_correction_the_volume_is_the_number_of_incidents(kernel, adaptive):
    xy = np.random.default_rng(2).uniform(0, 4000, (300, 2))
    how = {
        "bandwidth_m": 600 if kernel == "quartic" else 250,
        "cell_m": 50,
        "kernel": kernel,
        "study_area": TOWN,
        "adaptive": adaptive,
    }
    plain = density(points(xy), **how).table["density"].sum() * 0.0025
    whole = density(points(xy), **how, edge_correction=True).table["density"].sum() * 0.0025
    assert plain < 290
    assert whole == pytest.approx(300, rel=0.02)


def test_an_adaptive_surface_is_sharper_where_incidents_are_dense():
    rng = np.random.default_rng(3)
    xy = np.vstack([rng.normal(1000, 60, (300, 2)), rng.uniform(0, 4000, (100, 2))])
    fixed, own = (
        density(points(xy), bandwidth_m=500, cell_m=50, study_area=TOWN, adaptive=how).table["density"]
        for how in (False, True)
    )
    assert own.max() > 1.5 * fixed.max()
    assert own.sum() == pytest.approx(fixed.sum(), rel=0.05)


def test_the_cross_validated_score_is_the_mean_log_density_of_the_others():
    rng = np.random.default_rng(4)
    x, y = rng.normal(0, 300, (2, 60))
    x[1], y[1] = x[0], y[0]
    tried = np.array([150.0, 400.0])
    for kernel in ("quartic", "gaussian"):
        scores, judged = cross_validation(x, y, np.ones(60), kernel, tried, rng, "x")
        expected = np.zeros(2)
        ground = np.ptp(x) * np.ptp(y)
        for k, h in enumerate(tried):
            for i in range(60):
                others = (np.round(x, 1) != np.round(x[i], 1)) | (np.round(y, 1) != np.round(y[i], 1))
                high = height(kernel, h, (x[others] - x[i]) ** 2 + (y[others] - y[i]) ** 2).sum() / 59
                expected[k] += np.log(max(high, 1 / (ground * 60))) / 60
        assert judged == 60
        np.testing.assert_allclose(scores, expected, rtol=1e-9)


def test_cross_validation_finds_the_scale_of_the_pattern():
    rng = np.random.default_rng(5)
    xy = rng.uniform(500, 3500, (40, 2)).repeat(40, axis=0) + rng.normal(0, 60, (1600, 2))
    result = density(points(xy), bandwidth_m="cv", study_area=TOWN, rng=1)
    assert 60 < result["bandwidth_m"] < 300
    assert density(points(xy), study_area=TOWN)["bandwidth_m"] > 2 * result["bandwidth_m"]
    param = next(param for param in result.params if param.name == "bandwidth_m")
    assert param.chosen
    assert "cross-validation" in param.why


def test_many_incidents_at_one_place_do_not_drive_the_bandwidth_to_zero():
    rng = np.random.default_rng(6)
    xy = np.vstack([rng.normal(2000, 300, (200, 2)), np.full((200, 2), 2000.0)])
    assert density(points(xy), bandwidth_m="cv", study_area=TOWN, rng=1)["bandwidth_m"] > 100


def test_bandwidths_are_compared():
    rng = np.random.default_rng(7)
    xy = np.vstack([rng.normal(1000, 100, (200, 2)), rng.uniform(0, 4000, (100, 2))])
    result = bandwidths(points(xy), study_area=TOWN, candidates_m=[100, 200, 400, 800], rng=1)
    curve = result["curve"]
    assert curve["bandwidth_m"].tolist() == [100, 200, 400, 800]
    assert curve["overlap"].max() == 1
    assert result["best_m"] == curve.loc[curve["log_density"].idxmax(), "bandwidth_m"]
    stable = result.table[result.table["stability"] == 1]
    assert stable.geometry.union_all().distance(points([(1000, 1000)]).geometry.iloc[0]) == 0


@pytest.mark.parametrize("call", [lambda frame: density(frame, bandwidth_m="cv"), bandwidths])
def test_too_few_places_for_a_bandwidth(call):
    with pytest.raises(InputError, match="from 2 different places"):
        call(points([(0, 0), (0, 0), (90, 90)] * 8))


def test_a_word_that_is_no_bandwidth():
    with pytest.raises(InputError, match="bandwidth_m must be one of 'cv'"):
        density(points([(0, 0), (9, 9)]), bandwidth_m="silverman")


def exposed_town(seed):
    rng = np.random.default_rng(seed)
    return rng, np.vstack([rng.normal(3000, 400, (1500, 2)), rng.uniform(0, 4000, (500, 2))])


def test_incidents_that_follow_the_exposure_are_no_risk():
    rng, homes = exposed_town(1)
    found = relative_risk(
        points(homes[rng.permutation(2000)[:300]]), points(homes), study_area=TOWN, bandwidth_m=500, rng=1
    )
    assert (found.table["verdict"] == "higher beyond chance").sum() <= 0.02 * len(found.table)
    assert np.nanmedian(found.table["risk"]) == pytest.approx(1, abs=0.35)


def test_a_place_with_more_than_its_share_is_found_and_the_crowd_is_not():
    rng, homes = exposed_town(2)
    thefts = np.vstack([homes[rng.permutation(2000)[:200]], rng.normal(1000, 120, (80, 2))])
    found = relative_risk(points(thefts), points(homes), study_area=TOWN, bandwidth_m=500, rng=1)
    beyond = found.table[found.table["verdict"] == "higher beyond chance"]
    assert beyond.geometry.union_all().contains(points([(1000, 1000)]).geometry.iloc[0])
    assert not beyond.geometry.union_all().intersects(points([(3000, 3000)]).geometry.iloc[0])
    assert (
        found["contours"].loc[found["contours"]["risk"] == "higher"].geometry.iloc[0].area
        >= beyond.area.sum() - 1
    )


def test_people_of_areas_are_spread_over_their_ground():
    areas = gpd.GeoDataFrame(
        {"people": [9000, 1000]}, geometry=[box(0, 0, 2000, 4000), box(2000, 0, 4000, 4000)], crs=32633
    )
    rng = np.random.default_rng(3)
    xy = np.column_stack([rng.uniform(0, 4000, 600), rng.uniform(0, 4000, 600)])
    found = relative_risk(points(xy), areas, exposed="people", bandwidth_m=400, cell_m=100, rng=1)
    assert found.table["exposed"].sum() == pytest.approx(10_000)
    east = found.table.geometry.centroid.x > 2600
    west = found.table.geometry.centroid.x < 1400
    assert found.table.loc[east, "risk"].median() == pytest.approx(5, rel=0.25)
    assert found.table.loc[west, "risk"].median() == pytest.approx(5 / 9, rel=0.25)


@pytest.mark.parametrize(
    ("exposure", "how", "says"),
    [
        (TOWN, {}, "exposed must name the column"),
        (points([(1, 1)]), {"exposed": "people"}, "no column 'people'"),
        (points([(9e5, 9e5)]), {}, "no exposure lies in the study area"),
        (points([(1, 1)]), {"cell_m": 900, "bandwidth_m": 100}, "is larger than bandwidth_m"),
    ],
)
def test_exposures_that_do_not_fit(exposure, how, says):
    with pytest.raises(InputError, match=says):
        relative_risk(points([(100, 100), (200, 300), (900, 40)]), exposure, study_area=TOWN, **how)


@pytest.mark.slow
def test_without_a_difference_the_tolerance_is_crossed_as_often_as_it_says():
    shares = []
    for seed in range(20):
        rng, homes = exposed_town(seed)
        found = relative_risk(
            points(homes[rng.permutation(2000)[:300]]),
            points(homes),
            study_area=TOWN,
            bandwidth_m=600,
            rng=seed,
        )
        known = found.table[found.table["risk"].notna()]
        shares.append((known["p"] < 0.05).mean())
    assert np.mean(shares) == pytest.approx(0.05, abs=0.03)


def test_the_average_said_is_that_of_the_incidents_not_of_the_surface():
    """Two hundred incidents on sixteen km², many at the border, where the surface loses part of them; twenty outside."""
    rng = np.random.default_rng(3)
    xy = np.vstack(
        [rng.uniform([0, 0], [4000, 150], (200, 2)), rng.uniform([0, -900], [4000, -100], (20, 2))]
    )
    for corrected in (False, True):
        found = density(points(xy), bandwidth_m=500, cell_m=50, study_area=TOWN, edge_correction=corrected)
        assert "the average of the study area is 12.5." in found.findings[0]
