"""Risk terrain: the regressions are the textbook's, true factors are found, false ones are not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box

from ilp_lab.errors import InputError
from ilp_lab.places import risk_terrain
from ilp_lab.places.countmodels import cross_validated_net, fit, stepwise
from ilp_lab.places.loops.regression import poisson_path

TOWN = gpd.GeoDataFrame(geometry=[box(0, 0, 4000, 4000)], crs=32633)


def points(xy):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*np.asarray(xy, float).T), crs=32633)


def made_up(seed=0, n=2000):
    rng = np.random.default_rng(seed)
    x = (rng.random((n, 3)) < 0.3).astype(float)
    mean = np.exp(-0.5 + x @ [0.8, -0.3, 0])
    return x, rng.negative_binomial(2, 2 / (2 + mean)).astype(float)


def test_regressions_are_those_of_statsmodels():
    api = pytest.importorskip("statsmodels.api", reason="statsmodels is a peer and is not installed")
    x, y = made_up()
    poisson = api.Poisson(y, api.add_constant(x)).fit(disp=0)
    ours = fit(x, y, negative_binomial=False)
    np.testing.assert_allclose(ours.coefficient, poisson.params, atol=1e-6)
    np.testing.assert_allclose(ours.error, poisson.bse, atol=1e-6)
    assert ours.bic == pytest.approx(poisson.bic)
    binomial = api.NegativeBinomial(y, api.add_constant(x)).fit(disp=0)
    ours = fit(x, y, negative_binomial=True)
    np.testing.assert_allclose(ours.coefficient, binomial.params[:-1], atol=5e-4)
    assert ours.dispersion == pytest.approx(binomial.params[-1], rel=1e-3)
    assert ours.bic == pytest.approx(binomial.bic, abs=0.01)


def test_the_penalised_path_is_scikit_learns_ridge():
    linear = pytest.importorskip("sklearn.linear_model", reason="scikit-learn is a peer and is not installed")
    x, y = made_up(1)
    path = poisson_path(
        np.ascontiguousarray(x.T), y, np.ones(len(y)), np.array([0.05]), 0.0, False, 300, 1e-10
    )
    theirs = linear.PoissonRegressor(alpha=0.05, tol=1e-10, max_iter=1000).fit(x, y)
    np.testing.assert_allclose(path[0], np.r_[theirs.intercept_, theirs.coef_], atol=1e-6)


@given(seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_without_a_penalty_the_path_ends_at_the_plain_fit(seed):
    x, y = made_up(seed, 400)
    path = poisson_path(
        np.ascontiguousarray(x.T), y, np.ones(len(y)), np.array([0.1, 1e-9]), 0.5, False, 300, 1e-9
    )
    np.testing.assert_allclose(path[-1], fit(x, y, negative_binomial=False).coefficient, atol=1e-4)
    positive = poisson_path(
        np.ascontiguousarray(x.T), y, np.ones(len(y)), np.array([1e-9]), 0.5, True, 300, 1e-9
    )
    assert (positive[-1][1:] >= 0).all()


def test_selection_takes_one_variable_of_a_group_and_leaves_noise():
    rng = np.random.default_rng(3)
    truth = (rng.random(3000) < 0.2).astype(float)
    near = np.where(rng.random(3000) < 0.9, truth, 1 - truth)
    noise = (rng.random((3000, 4)) < 0.3).astype(float)
    y = rng.poisson(np.exp(-1 + 1.2 * truth)).astype(float)
    columns = np.column_stack([near, truth, noise])
    chosen, model = stepwise(columns, y, np.array([0, 0, 1, 2, 3, 4]), negative_binomial=False, positive=True)
    assert chosen == [1]
    assert np.exp(model.coefficient[1]) == pytest.approx(np.exp(1.2), rel=0.1)
    coefficient, _ = cross_validated_net(columns, y, np.arange(3000) % 10, mix=0.5, positive=True)
    assert coefficient[2] > 3 * np.abs(coefficient[3:]).max()


def town(seed, strength=0.5):
    rng = np.random.default_rng(seed)
    bars, benches, stops = (rng.uniform(100, 3900, (n, 2)) for n in (15, 15, 10))

    def some(n):
        return np.vstack(
            [
                bars[rng.integers(0, 15, int(n * strength))] + rng.normal(0, 70, (int(n * strength), 2)),
                rng.uniform(0, 4000, (n - int(n * strength), 2)),
            ]
        )

    return (
        points(some(500)),
        points(some(300)),
        {"bars": points(bars), "benches": points(benches), "stops": points(stops)},
    )


def test_the_true_factor_is_found_with_its_reach_and_foresees_the_later_period():
    now, later, factors = town(1)
    found = risk_terrain(now, factors, cell_m=100, study_area=TOWN, later=later, rng=1)
    table = found["factors"]
    assert table["factor"].iloc[0] == "bars"
    assert table["rrv"].iloc[0] > 4
    assert table["low"].iloc[0] > 2
    assert set(table["factor"]) <= {"bars", "benches"}
    validation = found["validation"].set_index("ground")
    assert validation.loc[0.05, "model"] > 0.25
    assert validation["model"].is_monotonic_increasing
    assert found.table["n"].sum() == 500
    assert found.table["expected"].sum() == pytest.approx(500, rel=0.05)
    assert found.table["relative_risk"].min() == 1
    assert found["bic"]["Poisson"] < found["bic"]["without factors"]


@pytest.mark.slow
def test_factors_that_have_nothing_to_do_with_it_are_rarely_chosen():
    chosen = 0
    for seed in range(6):
        now, _, factors = town(seed, strength=0)
        chosen += len(risk_terrain(now, factors, cell_m=150, study_area=TOWN, rng=seed)["factors"])
    assert chosen <= 4


def test_lines_areas_and_protective_factors():
    rng = np.random.default_rng(5)
    xy = rng.uniform(0, 4000, (900, 2))
    park = box(500, 500, 1800, 1800)
    inside = (xy > 500).all(axis=1) & (xy < 1800).all(axis=1)
    kept = xy[~inside | (rng.random(900) < 0.1)]
    factors = {
        "park": gpd.GeoDataFrame(geometry=[park], crs=32633),
        "railway": gpd.GeoDataFrame(geometry=[LineString([(0, 3000), (4000, 3000)])], crs=32633),
    }
    found = risk_terrain(points(kept), factors, cell_m=200, study_area=TOWN, protective=True, rng=1)[
        "factors"
    ].set_index("factor")
    assert found.loc["park", "rrv"] < 0.5
    assert found.loc["park", "way"] == "within"
    aggravating = risk_terrain(points(kept), factors, cell_m=200, study_area=TOWN, rng=1)["factors"]
    assert "park" not in set(aggravating["factor"])


def test_what_every_incident_is_near_to_cannot_be_a_factor_of_risk_and_is_said():
    now, _, factors = town(1)
    everywhere = points(
        np.stack(np.meshgrid(np.arange(100, 2000, 100), np.arange(100, 4000, 100)), axis=-1).reshape(-1, 2)
    )
    west = now[now.geometry.x < 1900]
    found = risk_terrain(
        west,
        {"lamps": everywhere, "bars": factors["bars"]},
        cell_m=100,
        reaches_m=[200],
        study_area=TOWN,
        rng=1,
    )
    assert "lamps" not in set(found["factors"]["factor"])
    assert any("lamps within 200 m" in caveat for caveat in found.caveats)
    with pytest.raises(InputError, match="nothing can be compared"):
        risk_terrain(west, {"lamps": everywhere}, cell_m=100, reaches_m=[200], study_area=TOWN, rng=1)


def test_patterns_counted_together_are_the_rows_one_by_one():
    x, y = made_up(2, 900)
    patterns, which = np.unique(x, axis=0, return_inverse=True)
    which = which.ravel()
    summed = np.bincount(which, weights=y), np.bincount(which).astype(float)
    penalties = np.array([0.1, 0.02])
    one = poisson_path(np.ascontiguousarray(x.T), y, np.ones(900), penalties, 0.5, False, 300, 1e-10)
    other = poisson_path(np.ascontiguousarray(patterns.T), *summed, penalties, 0.5, False, 300, 1e-10)
    np.testing.assert_allclose(one, other, atol=1e-8)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"factors": {}}, "at least one table of features"),
        ({"factors": {"bars": "bars.csv"}}, "factors\\['bars'\\] must be a table"),
        ({"factors": {"bars": points(np.empty((0, 2)))}}, "holds no feature with a place"),
        ({"factors": {"far": points([(9e5, 9e5)])}}, "no factor tells cells apart"),
        ({"reaches_m": [-5.0]}, "reaches_m must be a number above 0"),
        ({"incidents": points([(9e5, 9e5)])}, "none of the 1 incidents with a place lies"),
        ({"later": points([(9e5, 9e5)])}, "none of the later incidents"),
    ],
)
def test_what_no_terrain_can_be_made_of(change, says):
    now, _, factors = town(1)
    given_all = {"incidents": now, "factors": factors, "cell_m": 200, "study_area": TOWN, "rng": 1} | change
    with pytest.raises(InputError, match=says):
        risk_terrain(given_all.pop("incidents"), given_all.pop("factors"), **given_all)
