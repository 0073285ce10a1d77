"""Near repeats: counted as a plain double loop counts them, honest under chance, and the planted series is found."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab.errors import ColumnError, CRSError, InputError
from ilp_lab.safeguards import handling_of, mark
from ilp_lab.times import near_repeat, near_repeat_roles, near_repeat_zones
from ilp_lab.times.batches import in_steps
from ilp_lab.times.closepairs import close_pairs, days_near, expected_pairs

START = pd.Timestamp("2024-01-01 12:00", tz="Europe/Vienna")


def made(xy, days, **more):
    at = START + pd.to_timedelta(np.asarray(days), unit="D")
    return gpd.GeoDataFrame(
        {"occurred_at": at, **more}, geometry=gpd.points_from_xy(*np.asarray(xy, dtype=float).T), crs=32633
    )


def anywhere(n, seed, side=3_000, days=90):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, side, (n, 2)), rng.integers(0, days, n)


def counted(xy, days, metres, ends, *, manhattan):
    """Every pair looked at, one by one."""
    found = np.zeros((len(metres), len(ends)), int)
    for i in range(len(xy)):
        for j in range(i):
            dx, dy = np.abs(xy[i] - xy[j])
            far = dx + dy if manhattan else np.sqrt(dx * dx + dy * dy)
            row, column = (
                np.searchsorted(metres, far, side="right"),
                np.searchsorted(ends, abs(int(days[i]) - int(days[j])), side="right"),
            )
            if row < len(metres) and column < len(ends):
                found[row, column] += 1
    return found


@settings(max_examples=25)
@given(
    st.integers(0, 2**32 - 1), st.integers(3, 70), st.sampled_from(["euclidean", "manhattan"]), st.booleans()
)
def test_counts_equal_a_plain_double_loop(seed, n, metric, on_grid):
    xy, days = anywhere(n, seed, side=800, days=30)
    if on_grid:  # many pairs exactly at the ends of bands
        xy = np.round(xy / 100) * 100
    metres, ends = [1.0, 100.0, 200.0, 500.0, np.inf], [3, 7, 14, np.inf]
    result = near_repeat(
        made(xy, days), within_m=metres[1:], within_days=ends, metric=metric, permutations=19, rng=1
    )
    expected = counted(xy, days, metres, ends, manhattan=metric == "manhattan")
    np.testing.assert_array_equal(result.table["observed"].to_numpy().reshape(5, 4), expected)
    assert result.table["observed"].sum() == n * (n - 1) // 2
    assert result.table["expected"].sum() == pytest.approx(n * (n - 1) / 2)


@settings(max_examples=15)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(0, 360),
    st.floats(-1e5, 1e5),
    st.integers(-400, 400),
    st.booleans(),
)
def test_order_place_turn_time_and_direction_change_nothing(seed, degrees, shift, later, backwards):
    xy, days = anywhere(60, seed, side=700, days=40)
    angle = np.radians(degrees)
    turned = xy @ [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]] + shift
    again = (-days if backwards else days) + later
    order = np.random.default_rng(seed).permutation(60)
    first = near_repeat(made(xy, days), permutations=19, rng=1).table
    second = near_repeat(made(turned[order], again[order]), permutations=19, rng=1).table
    pd.testing.assert_frame_equal(
        first[["observed", "expected", "ratio", "z"]],
        second[["observed", "expected", "ratio", "z"]],
        rtol=1e-9,
    )


def test_expectation_and_variance_are_those_of_all_deals():
    """Six events: all 720 ways to deal the days give the mean and the variance exactly."""
    from itertools import permutations

    xy, days = (
        np.array([[0, 0], [50, 0], [90, 0], [400, 0], [440, 0], [900, 0]], float),
        np.array([0, 1, 1, 4, 9, 9]),
    )
    pairs = close_pairs(xy[:, 0], xy[:, 1], np.array([100.0]), manhattan=False, caller="")
    found = [pairs.observed(np.array(dealt), np.array([3]))[0, 0] for dealt in permutations(days)]
    mean, variance = expected_pairs(pairs.degrees(), days_near(days[pairs.order], np.array([3])))
    assert mean[0, 0] == pytest.approx(np.mean(found), abs=1e-12)
    assert variance[0, 0] == pytest.approx(np.var(found), abs=1e-12)


def test_deals_are_rearrangements_and_stay_those_of_their_seed():
    from ilp_lab.times.loops.nearpairs import LANES, deal

    for n in (1, 2, 7, 2047, 2048, 2049):
        day, dealt = np.arange(n, dtype=np.int16), np.empty((n, LANES), np.int16)
        deal(np.uint64(5), day, dealt)
        assert (np.sort(dealt, axis=0) == day[:, None]).all()
    few = np.empty((7, LANES), np.int16)
    deal(np.uint64(5), np.arange(7, dtype=np.int16), few)
    assert few[:, 0].tolist() == [4, 5, 0, 3, 1, 6, 2]


def test_one_band_and_one_period_are_counted_as_in_the_table():
    from ilp_lab.times.loops.nearpairs import LANES, count_near, count_within

    rng = np.random.default_rng(3)
    dealt = rng.integers(0, 90, (40, LANES)).astype(np.int16)
    number = np.full(40, 900)
    number[:2] = 70_000, 0  # more pairs of one point than the short counters hold
    at = np.append(0, number.cumsum())
    other = rng.integers(0, 40, at[-1]).astype(np.int32)
    alone, table = np.zeros(LANES, np.int64), np.zeros((1, 1, LANES), np.int64)
    count_within(dealt, at, other, np.int16(12), alone)
    count_near(dealt, at, other, np.zeros(at[-1], np.int8), np.array([12], np.int16), 0, 40, table)
    apart = np.abs(dealt[np.repeat(np.arange(40), number)] - dealt[other])
    assert alone.tolist() == table[0, 0].tolist() == (apart < 12).sum(axis=0).tolist()


@pytest.mark.parametrize("long", [False, True])
def test_simulated_mean_lies_within_its_error_of_the_exact_one(long):
    xy, days = anywhere(250, 7, side=1_500, days=50_000 if long else 120)
    ends = [5_000, 20_000] if long else [7, 14]
    result = near_repeat(made(xy, days - 20_000), within_days=ends, permutations=1_999, rng=2)
    mean, deviation = result["simulated_mean"], np.sqrt(result["variance"])
    expected = result.table["expected"].to_numpy().reshape(mean.shape)
    assert (np.abs(mean - expected) <= 4 * deviation / np.sqrt(1_999) + 1e-9).all()


def test_a_seed_gives_the_same_numbers_however_the_work_is_cut():
    data = made(*anywhere(120, 3))
    one, other = (near_repeat(data, permutations=300, rng=9) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)
    assert one.seed == "9"
    assert [list(part) for part in in_steps(5, range, "", first=2)] == [[0, 1], [2, 3, 4]]


@pytest.mark.slow
def test_p_is_uniform_when_nothing_follows_anything():
    from scipy.stats import kstest

    p = []
    for seed in range(400):
        result = near_repeat(
            made(*anywhere(150, seed, side=1_500)),
            within_m=[300],
            within_days=[14],
            same_place_m=0,
            permutations=199,
            rng=seed,
        )
        p.append(result.table["p"][0])
    assert kstest(p, "uniform").pvalue > 0.001
    assert 0.02 < np.mean(np.array(p) <= 0.05) < 0.085


def test_planted_series_of_belmara_is_found_and_not_in_a_shuffled_copy():
    incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
    truth = ilp.samples.belmara_truth()["near_repeat_series"]
    year = incidents[
        (incidents["offence"] == truth["offence"]) & (incidents["occurred_at"].dt.year == 2024)
    ].set_index("incident_id")
    real = near_repeat(year, within_m=[100, 200, 400], within_days=[7, 14], rng=1)
    nearest = real.table.query("m_to <= 200 and m_from >= 1 and days_to == 7")
    assert (nearest["verdict"] == "more than chance").all()
    roles = near_repeat_roles(year, within_m=200, within_days=7)
    longest = roles[roles["chain_size"] == roles["chain_size"].max()]
    assert set(truth["incident_ids"]) <= set(longest.index)
    assert len(longest) <= len(truth["incident_ids"]) + 4
    shuffled = year.assign(occurred_at=year["occurred_at"].sample(frac=1, random_state=5).to_numpy())
    chance = near_repeat(shuffled, within_m=[100, 200, 400], within_days=[7, 14], rng=1)
    assert not (chance.table["verdict"] == "more than chance").any()
    assert near_repeat_roles(shuffled, within_m=200, within_days=7)["chain_size"].max() < 10
    assert "Do not send patrols" in chance.explain()
    assert not len(near_repeat_zones(shuffled, pattern=chance).table)


def test_roles_chains_and_what_each_follows():
    xy = [[0, 0], [0, 0.5], [90, 0], [90, 0], [5000, 0], [5080, 0], [9000, 9000]]
    data = made(xy, [0, 3, 4, 40, 10, 10, 1]).set_axis(list("abcdefg"))
    data.loc["g", "geometry"] = None
    roles = near_repeat_roles(data, within_m=100, within_days=7)
    assert roles["role"].tolist()[:6] == [
        "originator", "repeat", "near repeat", "on its own", "originator", "near repeat",
    ]  # fmt: skip
    assert roles["role"].isna().tolist() == [False] * 6 + [True]
    assert roles["chain_size"].tolist()[:6] == [3, 3, 3, 1, 2, 2]
    assert roles["chain"].tolist()[:6] == [1, 1, 1, 3, 2, 2]
    assert roles["follows"].tolist() == [None, "a", "b", None, None, "e", None]
    assert roles["days_since"].tolist()[1:3] == [3, 1]
    assert roles["m_away"].tolist()[5] == pytest.approx(80)


def test_zones_decay_and_end():
    data = made([[0, 0], [0, 0], [900, 0]], [0, 5, 7])
    strengths = []
    for day in ("2024-01-02", "2024-01-04", "2024-01-06"):
        zones = near_repeat_zones(data, as_of=day, within_m=100, within_days=7).table
        strengths.append(zones.loc[zones["incident"] == 0, "strength"].iloc[0])
    assert strengths == pytest.approx([6 / 7, 4 / 7, 2 / 7])
    later = near_repeat_zones(data, as_of="2024-01-08", within_m=100, within_days=7)
    assert later.table["incident"].tolist() == [
        1
    ]  # the first has ended, the last has not happened by that morning
    assert any("on or after that day" in caveat for caveat in later.caveats)
    assert later.table.crs == data.crs
    assert later.table.area[0] == pytest.approx(np.pi * 100**2, rel=0.01)


def test_zones_of_a_pattern_follow_its_bands_its_metric_and_its_clock():
    xy, days = anywhere(200, 4)
    xy, days = np.vstack([xy, xy[:60] + 40]), np.r_[days, days[:60] + 2]
    data = made(xy, days)
    pattern = near_repeat(data, within_m=[100, 300], within_days=[7, 14], metric="manhattan", rng=1)
    zones = near_repeat_zones(data, as_of="2024-02-01", pattern=pattern)
    sure = pattern.table[pattern.table["verdict"] == "more than chance"]
    assert set(zones.table["m_to"]) <= set(sure["m_to"])
    assert (zones.table["strength"] <= zones.table["ratio"]).all()
    ring = zones.table[zones.table["m_to"] == 100].iloc[0]
    assert ring.geometry.area == pytest.approx(
        2 * 100**2, rel=0.01
    )  # as far along a grid: a square on its corner
    centre = data.loc[ring["incident"]].geometry
    assert ring.geometry.buffer(1e-6).covers(shapely.Point(centre.x + 99, centre.y))
    assert not ring.geometry.covers(shapely.Point(centre.x + 80, centre.y + 80))


def test_handling_and_rows_left_out_travel():
    data = mark(made(*anywhere(40, 1)), handling="H2")
    data.loc[3, "geometry"] = None
    data.loc[5, "occurred_at"] = pd.NaT
    for result in (near_repeat(data, permutations=19, rng=1), near_repeat_zones(data)):
        assert result.handling == "H2"
        assert result.left_out == {"without a place": 1, "without a time": 1}
        assert result.left_out_rows.index.tolist() == [3, 5]
    assert handling_of(near_repeat_roles(data)) == "H2"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"within_m": [200, 100]}, "within_m must rise from band to band"),
        ({"within_m": [100, 100]}, "bands may not overlap"),
        ({"within_m": [float("inf")]}, "within_m must hold the upper ends"),
        ({"within_m": []}, "within_m must hold the upper ends"),
        ({"within_m": "near"}, "within_m must hold the upper ends"),
        ({"within_m": np.arange(1, 200)}, "at most 100"),
        ({"within_days": [7, float("nan")]}, "within_days must hold the upper ends"),
        ({"within_days": [6.2, 6.9]}, "within_days counts whole days"),
        ({"within_days": [-1]}, "within_days must hold the upper ends"),
        ({"metric": "manhatten"}, "Did you mean 'manhattan'?"),
        ({"permutations": 5}, "permutations must be a whole number of at least 19"),
        ({"same_place_m": -1}, "same_place_m must be between"),
        ({"compatible": "nrc"}, "compatible must be one of 'nrc-1.3'"),
        ({"rng": -1}, "rng must be a whole number"),
    ],
)
def test_settings_that_do_not_fit_are_said_in_a_sentence(given, words):
    with pytest.raises(InputError, match=r"^times\.near_repeat:") as error:
        near_repeat(made(*anywhere(20, 1)), **given)
    assert words in str(error.value)


def test_tables_that_do_not_fit_are_said_in_a_sentence():
    good = made(*anywhere(20, 1))
    naive = good.assign(occurred_at=good["occurred_at"].dt.tz_localize(None))
    mixed = good.assign(
        occurred_at=[at.tz_convert("UTC") if k % 2 else at for k, at in enumerate(good["occurred_at"])]
    )
    for table, kind, words in (
        (naive, ColumnError, "does not say which clock it shows"),
        (mixed, ColumnError, "occurred_at mixes times of several clocks"),
        (good.assign(occurred_at="2024-01-01"), ColumnError, "occurred_at must hold times"),
        (good.drop(columns="occurred_at"), ColumnError, "no column 'occurred_at'"),
        (good.set_crs(None, allow_override=True), CRSError, "coordinate system"),
        (pd.DataFrame(good.drop(columns="geometry")), InputError, "GeoDataFrame"),
        ([1, 2], InputError, "must be a table"),
        (good.iloc[:1], InputError, "1 incident has both a place and a time; at least 3 are needed"),
        (good.iloc[:0], InputError, "0 incidents have both|no row has a place"),
    ):
        for call in (near_repeat, near_repeat_roles, near_repeat_zones):
            if call is near_repeat or len(table) != 1:
                with pytest.raises(kind, match=words):
                    call(table)


def test_odd_data_are_answered_and_said():
    xy, days = anywhere(30, 2)
    one_place = near_repeat(made(np.zeros((30, 2)), days), permutations=19, rng=1)
    assert any("at one place" in caveat for caveat in one_place.caveats)
    one_minute = near_repeat(made(xy, np.zeros(30)), permutations=19, rng=1)
    assert any("same time" in caveat for caveat in one_minute.caveats)
    assert (one_minute.table["p"] == 1).all()
    dates = made(xy, days)
    dates = dates.assign(occurred_at=dates["occurred_at"].dt.normalize())
    assert any("Only dates" in caveat for caveat in near_repeat(dates, permutations=19, rng=1).caveats)
    months = dates.assign(
        occurred_at=pd.to_datetime([f"2024-{1 + k % 6:02d}-01" for k in range(30)]).tz_localize(
            "Europe/Vienna"
        )
    )
    for result in (near_repeat(months, permutations=19, rng=1), near_repeat_zones(months)):
        assert any("Only months are known" in caveat for caveat in result.caveats)
    long = near_repeat(dates, within_days=[7, 500], permutations=19, rng=1)
    assert any("longer than the data" in caveat for caveat in long.caveats)
    backwards = made(xy, days)
    backwards["occurred_to"] = backwards["occurred_at"] - pd.to_timedelta(
        np.where(np.arange(30) < 4, 1, -1), unit="h"
    )
    result = near_repeat(backwards, when="middle", permutations=19, rng=1)
    assert any("4 incidents end before they begin" in caveat for caveat in result.caveats)


def test_bad_days_and_patterns_for_zones():
    data = made(*anywhere(20, 1))
    with pytest.raises(InputError, match="as_of must be a date"):
        near_repeat_zones(data, as_of="soon")
    with pytest.raises(InputError, match=r"pattern must be a result of times\.near_repeat"):
        near_repeat_zones(data, pattern=data)
    nothing = near_repeat_zones(data, as_of="2030-01-01")
    assert "There is no zone to draw" in nothing.explain()


def test_too_many_pairs_are_refused_before_memory_is_taken(monkeypatch):
    monkeypatch.setattr("ilp_lab.times.closepairs.MOST_PAIRS", 100)
    with pytest.raises(InputError, match="Take shorter distances"):
        near_repeat(made(np.zeros((30, 2)), np.arange(30)))


def test_interrupting_leaves_at_once(monkeypatch):
    from ilp_lab.times import nearrepeat

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(nearrepeat.ClosePairs, "dealt", interrupted)
    with pytest.raises(KeyboardInterrupt):
        near_repeat(made(*anywhere(20, 1)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"xy": np.full((60, 2), 5.0)}, "here: all incidents lie at one place"),
        ({"day": np.zeros(60)}, "here: all incidents happened on one day"),
        ({"day": np.repeat([0, 31, 60], 20)}, "here: only the month of each incident is known"),
    ],
)
def test_where_the_test_can_say_nothing_it_says_that(change, words):
    rng = np.random.default_rng(1)
    given = {"xy": rng.uniform(0, 3000, (60, 2)), "day": rng.integers(0, 120, 60), **change}
    at = pd.Timestamp("2024-01-01", tz="Africa/Nairobi") + pd.to_timedelta(given["day"], unit="D")
    table = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy(*given["xy"].T), crs=32633)
    said = near_repeat(table, permutations=99, rng=1).explain()
    assert words in said
    assert "patrols" not in said
    with pytest.raises(InputError, match=r"\[100\.0, 200\.0\] instead of \[200, 100\]"):
        near_repeat(table, within_m=[200, 100])
