"""Forecasts of places: asked for by name, told what they leave out, tried on the past, and beaten by the naive map when they are."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import box

from ilp_lab.errors import ColumnError, IlpWarning, InputError
from ilp_lab.times import accuracy, backtest, forecast
from ilp_lab.times.accuracies import most_within, score
from ilp_lab.times.forecastground import ground_for
from ilp_lab.times.forecastmodels import METHODS, MODELS, fit_self_exciting

SIDE = 4000


def town():
    return gpd.GeoDataFrame(geometry=[box(0, 0, SIDE, SIDE)], crs=32633)


def incidents(n=900, days=720, seed=1, share=0.5, moving=False):
    """Half anywhere, half around a place (that may wander)."""
    rng = np.random.default_rng(seed)
    day = np.sort(rng.uniform(0, days, n))
    near = rng.random(n) < share
    centre = np.column_stack(
        [800 + (2400 * day / days if moving else np.full(n, 1200.0)), np.full(n, 2000.0)]
    )
    xy = np.where(near[:, None], rng.normal(centre, 150), rng.uniform(0, SIDE, (n, 2)))
    xy = np.clip(xy, 1, SIDE - 1)
    at = pd.Timestamp("2022-01-01", tz="Europe/Vienna") + pd.to_timedelta((day * 86_400).round(), unit="s")
    return gpd.GeoDataFrame(
        {"occurred_at": at, "offence": np.where(np.arange(n) % 4 == 0, "drugs", "theft")},
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )


def asked(table, **options):
    return forecast(table, **{"discovered": [], "opt_in": True, "study_area": town(), **options})


# --- rights ---------------------------------------------------------------------------------------------


def test_nothing_is_forecast_unless_asked_for():
    with pytest.raises(InputError, match="opt_in=True"):
        forecast(incidents(), discovered=[])
    with pytest.raises(TypeError, match="discovered"):
        forecast(incidents(), opt_in=True)


def test_what_it_cannot_know_is_said_with_every_forecast():
    said = " ".join(asked(incidents()).caveats)
    for words in ("records, not crime", "raises the next forecast", "never about persons"):
        assert words in said


def test_discovered_incidents_that_move_the_marks_are_a_warning():
    table = incidents()
    rng = np.random.default_rng(2)
    stops = incidents(600, seed=3, share=0).assign(offence="stop")
    stops.geometry = gpd.points_from_xy(*rng.normal(600, 120, (2, 600)))
    both = pd.concat([table, stops], ignore_index=True)
    with pytest.warns(IlpWarning, match=r"\(D14\)"):
        found = asked(both, discovered=["stop"], area_share=0.02)
    assert found["flipped"] > 0.2
    assert "do not use it" in found.caveats[0]
    assert "without them" in found.explain()
    harmless = asked(table, discovered=["drugs"], area_share=0.02)
    assert harmless["flipped"] < 0.5
    column = both.assign(found=both["offence"] == "stop")
    with pytest.warns(IlpWarning, match=r"\(D14\)"):
        assert asked(column, discovered="found", area_share=0.02)["flipped"] == found["flipped"]


def test_discovered_must_be_told_and_must_occur():
    table = incidents()
    with pytest.raises(InputError, match="do not occur: 'drugz'"):
        asked(table, discovered=["drugz"])
    with pytest.raises(InputError, match="column of true and false"):
        asked(table, discovered="offence")
    with pytest.raises(InputError, match="discovered must name a column"):
        asked(table, discovered=None)
    holed = table.assign(found=pd.array([True, None] * 450, dtype="boolean"))
    assert any("does not tell whether" in caveat for caveat in asked(holed, discovered="found").caveats)


def test_the_disparity_table_adds_up_and_knows_heads():
    left, right = box(0, 0, SIDE / 2, SIDE), box(SIDE / 2, 0, SIDE, SIDE)
    groups = gpd.GeoDataFrame(
        {"area": ["west", "east"], "population": [1000, 3000]}, geometry=[left, right], crs=32633
    )
    found = asked(incidents(), groups=groups)["disparity"].set_index("group")
    for column in ("ground_share", "incidents_share", "marked_share", "population_share"):
        assert found[column].sum() == pytest.approx(1)
    assert found["marked_per_head"]["west"] == pytest.approx(found["marked_share"]["west"] / 0.25)
    with pytest.raises(ColumnError, match="'area'"):
        asked(incidents(), groups=groups.drop(columns="area"))


def test_no_method_scores_persons():
    names = set(asked(incidents()).table.columns)
    assert not {name for name in names if "person" in name or "suspect" in name or "risk" in name}


# --- the forecast ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_every_method_marks_the_place_that_is_always_busy(method):
    found = asked(incidents(), method=method)
    cells = found.table
    assert cells["marked"].sum() == int(0.05 * len(cells))
    best = cells.loc[cells["rank"] == 1].geometry.centroid.iloc[0]
    assert np.hypot(best.x - 2000, best.y - 2000) < 500
    assert (cells["expected"] >= -1e-12).all()
    assert cells.sort_values("rank")["expected"].is_monotonic_decreasing


@pytest.mark.parametrize("method", METHODS)
def test_moving_everything_moves_the_forecast(method):
    table, moved = incidents(), incidents()
    moved.geometry = moved.geometry.apply(lambda point: translate(point, 10_000, 20_000))
    there = gpd.GeoDataFrame(geometry=town().geometry.translate(10_000, 20_000), crs=32633)
    first = asked(table, method=method).table["expected"]
    second = asked(moved, method=method, study_area=there).table["expected"]
    np.testing.assert_allclose(first, second, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("method", ["last_year", "density", "prospective", "self_exciting"])
def test_the_order_of_rows_does_not_matter(method):
    table = incidents()
    first = asked(table, method=method).table["expected"]
    second = asked(table.sample(frac=1, random_state=1), method=method).table["expected"]
    np.testing.assert_allclose(first, second, rtol=1e-6, atol=1e-9)


def test_nothing_after_the_day_is_known():
    table = incidents()
    as_of = "2023-06-01"
    known = table[table["occurred_at"].dt.tz_localize(None) < as_of]
    for method in METHODS:
        first = asked(table, method=method, as_of=as_of).table["expected"]
        second = asked(known, method=method, as_of=as_of).table["expected"]
        np.testing.assert_allclose(first, second, rtol=1e-9, atol=1e-12)


def test_expected_numbers_are_on_the_scale_of_the_horizon():
    table = incidents(1460, 730, share=0.5)
    for method in ("last_year", "moving_average", "whole_past", "density", "self_exciting"):
        assert asked(table, method=method, horizon_days=30).table["expected"].sum() == pytest.approx(
            60, rel=0.25
        )


def test_a_self_exciting_stream_is_told_from_one_that_is_not():
    rng = np.random.default_rng(5)
    parents = incidents(500, 700, share=0)
    xy = np.column_stack([parents.geometry.x, parents.geometry.y])
    child = rng.random(500) < 0.4
    at = parents["occurred_at"] + pd.to_timedelta(rng.exponential(8, 500), unit="D").round("s")
    moved = np.clip(xy + rng.normal(0, 80, xy.shape), 1, SIDE - 1)
    children = gpd.GeoDataFrame(
        {"occurred_at": at[child], "offence": "theft"},
        geometry=gpd.points_from_xy(*moved[child].T),
        crs=32633,
    )
    waves = pd.concat([parents, children], ignore_index=True)
    fits = []
    for table in (waves, parents):
        ground = ground_for(table, [], 250.0, town(), "times.forecast")
        fits.append(fit_self_exciting(ground.past(int(ground.held.day.max()) + 1, 28)))
    assert fits[0].offspring == pytest.approx(0.2857, abs=0.12)  # 200 children among 700
    assert 1 / fits[0].decay == pytest.approx(8, abs=5)
    assert fits[0].near_m == pytest.approx(80, abs=35)
    assert fits[1].offspring < 0.12


def test_a_surface_is_taken_as_it_is():
    cells = asked(incidents()).table[["geometry"]].copy()
    cells["risk"] = np.arange(len(cells), dtype=float)
    found = asked(incidents(), method="surface", surface=cells, surface_column="risk")
    assert found.table["rank"].iloc[-1] == 1
    assert np.isnan(found["flipped"])
    assert any("cannot be told" in caveat for caveat in found.caveats)
    far = gpd.GeoDataFrame({"risk": [1.0]}, geometry=[box(9e4, 9e4, 9.1e4, 9.1e4)], crs=32633)
    with pytest.raises(InputError, match="do not lie in the same place"):
        asked(incidents(), method="surface", surface=far, surface_column="risk")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "oracle"}, "method must be one of"),
        ({"method": "surface"}, "needs surface"),
        ({"area_share": 0.9}, "area_share must be between"),
        ({"horizon_days": 0}, "horizon_days must be a whole number"),
        ({"as_of": "tomorrow"}, "as_of must be a date"),
        ({"as_of": "2022-02-01"}, "at least 50 over twice its 28 days"),
        ({"cell_m": -1}, "cell_m must be a number above 0"),
    ],
)
def test_settings_that_do_not_fit(options, words):
    with pytest.raises(InputError, match=words):
        asked(incidents(), **options)


def test_too_few_or_all_on_one_day():
    with pytest.raises(InputError, match="at least 50"):
        asked(incidents(30))
    table = incidents(200)
    table["occurred_at"] = table["occurred_at"].iloc[0]
    with pytest.raises(InputError, match="over 1 days come before"):
        asked(table)


# --- accuracy -------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(0.1, 5)), min_size=1, max_size=15
    ).filter(lambda rows: sum(row[0] for row in rows) > 0),
    seed=st.integers(0, 99),
)
def test_measures_of_any_forecast(rows, seed):
    table = pd.DataFrame(rows, columns=["observed", "predicted", "size"])
    found = accuracy(table, area="size")
    assert found["hit_rate"].iloc[-1] == pytest.approx(1)
    assert found["pai"].iloc[-1] == pytest.approx(1)
    assert found["hit_rate"].is_monotonic_increasing
    assert (found[["pei", "pei_star"]].dropna() <= 1 + 1e-9).all().all()
    mixed = accuracy(table.sample(frac=1, random_state=seed), area="size")
    np.testing.assert_allclose(mixed["observed"], found["observed"])
    equal = accuracy(table)
    np.testing.assert_allclose(equal["pei"].dropna(), equal["pei_star"].dropna(), atol=1e-9)


def test_a_lucky_order_does_not_help_ties():
    table = pd.DataFrame({"observed": [5, 0, 0], "predicted": [1, 1, 1]})
    assert accuracy(table)["hit_rate"].tolist() == [0, 0, 1]


def test_the_most_that_an_area_can_hold_takes_the_last_in_part():
    assert most_within(np.array([4.0, 6]), np.array([1.0, 3]), np.array([1.0, 2.5, 4])).tolist() == [4, 7, 10]
    found, chosen = score(np.array([4.0, 6]), np.array([1.0, 2]), np.array([1.0, 3]), 0.75)
    assert chosen.tolist() == [1]
    assert (found.hits, found.most, found.most_places) == (6, 4 + 2 * 2, 6)


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ({"observed": [0, 0], "predicted": [1, 2]}, {}, "nothing at all is observed"),
        ({"observed": [], "predicted": []}, {}, "has no row"),
        ({"observed": [1, -1], "predicted": [1, 2]}, {}, "must not be below 0"),
        ({"observed": [1, 1], "predicted": ["a", "b"]}, {}, "must be a column of numbers"),
        ({"observed": [1, None], "predicted": [1, 2]}, {}, "missing numbers"),
        ({"observed": [1, 1], "predicted": [1, 2], "km": [0, 1]}, {"area": "km"}, "km must be above 0"),
    ],
)
def test_tables_that_cannot_be_judged(table, options, words):
    with pytest.raises(InputError, match=words):
        accuracy(pd.DataFrame(table), **options)


# --- tried on the past ----------------------------------------------------------------------------------


def tried(table, **options):
    return backtest(
        table, **{"discovered": [], "study_area": town(), "folds": 6, "bootstrap": 499, "rng": 1, **options}
    )


def test_the_naive_maps_are_always_in_the_table_and_win_where_nothing_moves():
    found = tried(incidents(2000), methods=["prospective"])
    assert set(found.table["method"]) == {"last_year", "moving_average", "whole_past", "prospective"}
    assert (found.table["verdict"] != "better than the naive map").all()
    assert "Use the naive map" in found.explain()
    assert (found.table["low"] <= found.table["hit_rate"]).all()
    assert (found.table["hit_rate"] <= found.table["high"]).all()
    for name in ("pai", "pei", "pei_star", "rri"):
        assert (found.table[f"{name}_low"] <= found.table[name] + 1e-9).all()
        assert (found.table[name] <= found.table[f"{name}_high"] + 1e-9).all()


def test_where_the_place_wanders_fresh_data_beat_last_year():
    found = tried(incidents(3000, moving=True), methods=["self_exciting"], area_share=0.03)
    rate = found.table.set_index("method")["hit_rate"]
    assert rate["self_exciting"] > rate["last_year"]
    assert found["naive"] == "moving_average"


def test_no_fold_knows_its_future():
    table = incidents(1500)
    whole = tried(table, folds=5, methods=["density", "self_exciting"])["periods"]
    begins = whole["begins"].iloc[0]
    spoiled = table.copy()
    later = spoiled["occurred_at"].dt.tz_localize(None) >= begins + pd.Timedelta(days=28)
    rng = np.random.default_rng(1)
    spoiled.loc[later, "geometry"] = gpd.points_from_xy(*rng.uniform(1, SIDE, (2, int(later.sum()))))
    again = tried(spoiled, folds=5, methods=["density", "self_exciting"])["periods"]
    first = whole["begins"] == begins
    pd.testing.assert_frame_equal(whole[first], again[first])


def test_pooled_measures_are_those_of_the_folds():
    found = tried(incidents(1500), methods=[])
    folds = found["periods"]
    one = folds[folds["method"] == "last_year"]
    row = found.table.set_index("method").loc["last_year"]
    assert row["hit_rate"] == pytest.approx(one["hits"].sum() / one["incidents"].sum())
    assert row["pei"] == pytest.approx(one["hits"].sum() / one["most_places"].sum())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"folds": 2}, "folds must be a whole number of at least 3"),
        ({"folds": 100}, "days to learn from"),
        ({"methods": ["magic"]}, "methods must be among"),
        ({"methods": ["surface"]}, "belong together"),
    ],
)
def test_tests_that_do_not_fit(options, words):
    with pytest.raises(InputError, match=words):
        tried(incidents(), **options)


def test_all_models_are_offered():
    assert set(MODELS) == set(METHODS)
