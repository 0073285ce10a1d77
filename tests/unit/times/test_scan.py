"""Scans: the likeliest cylinder is the one that trying all of them finds, and what is planted is found."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.safeguards import mark
from ilp_lab.times import scan

START = pd.Timestamp("2024-01-01 12:00", tz="Europe/Vienna")


def made(xy, days=None, **more):
    columns = dict(more)
    if days is not None:
        columns["occurred_at"] = START + pd.to_timedelta(np.asarray(days), unit="D")
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(*np.asarray(xy, dtype=float).T), crs=32633)


def anywhere(n, seed, side=3_000, days=60):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, side, (n, 2)), rng.integers(0, days, n)


def planted(seed=1, here=14):
    """Three hundred cases anywhere, and some more within 200 m in the last five days."""
    rng = np.random.default_rng(seed)
    xy = np.vstack([rng.uniform(0, 9_000, (300, 2)), rng.normal(4_000, 80, (here, 2))])
    return made(xy, np.r_[rng.integers(0, 60, 300), rng.integers(55, 60, here)])


def likelihood(c, mu, n):
    """Poisson against the rest (Kulldorff 1997), written out."""
    if c <= mu:
        return 0.0
    rest = (n - c) * math.log((n - c) / (n - mu)) if c < n else 0.0
    return c * math.log(c / mu) + rest


def bernoulli(c, n, cases, everyone):
    if c * everyone <= cases * n:
        return 0.0

    def part(k, m):
        return sum(v * math.log(v / m) for v in (k, m - k) if v)

    return part(c, n) + part(cases - c, everyone - n) - part(cases, everyone)


def circles(xy, max_m):
    """Every set of points that some circle around one of them holds."""
    for centre in xy:
        far = np.hypot(*(xy - centre).T)
        for radius in np.unique(far[far <= max_m]):
            yield far <= radius


def best_of_all(xy, days, max_m, longest, *, prospective, is_case=None, least=2):
    """Every circle, every window."""
    n, days = len(xy), days - days.min()
    units, best = days.max() + 1, 0.0
    cases = n if is_case is None else int(is_case.sum())
    for inside in circles(xy, max_m):
        if inside.sum() / n > 0.5:
            continue
        for end in (units - 1,) if prospective else range(units):
            for begin in range(max(0, end - longest + 1), end + 1):
                window = (days >= begin) & (days <= end)
                if is_case is None:
                    c = int((inside & window).sum())
                    value = likelihood(c, inside.sum() * window.sum() / n, n)
                else:
                    c = int((inside & window & is_case).sum())
                    value = bernoulli(c, int((inside & window).sum()), cases, n)
                if c >= least:
                    best = max(best, value)
    return best


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(8, 32), st.booleans(), st.booleans())
def test_the_best_cylinder_is_that_of_trying_all_of_them(seed, n, prospective, with_controls):
    xy, days = anywhere(n, seed, side=1_000, days=12)
    days[:2] = 0, 11
    rng = np.random.default_rng(seed)
    xy = np.round(xy / 100) * 100 + rng.uniform(0, 1, (n, 2)) * (
        seed % 2
    )  # even seeds: many places at one distance
    is_case = rng.uniform(size=n) < 0.5
    is_case[:2] = True, False
    data = made(xy, days, is_case=is_case)
    if len(np.unique(xy, axis=0)) < 2:
        return
    kind = {"model": "bernoulli", "population": "is_case"} if with_controls else {}
    found = scan(data, max_m=400, max_days=5, prospective=prospective, simulations=19, rng=1, **kind).table
    labels = is_case if with_controls else None
    expected = best_of_all(xy, days, 400, 5, prospective=prospective, is_case=labels)
    assert (found["llr"].iloc[0] if len(found) else 0.0) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("model", ["permutation", "poisson", "bernoulli"])
def test_order_place_and_turn_change_nothing(model):
    rng = np.random.default_rng(3)
    xy, days = anywhere(120, 3)
    data = made(xy, days, people=rng.integers(1, 50, 120), is_case=rng.uniform(size=120) < 0.4)
    column = {"poisson": "people", "bernoulli": "is_case"}.get(model)
    angle = 0.7
    turned = xy @ [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]] + [40_000, -90_000]
    moved = data.set_geometry(gpd.points_from_xy(*turned.T, crs=32633)).sample(frac=1, random_state=2)
    one, other = (
        scan(table, model=model, population=column, max_m=900, max_days=9, simulations=19, rng=1).table
        for table in (data, moved)
    )
    assert one["llr"].tolist() == pytest.approx(other["llr"].tolist(), rel=1e-9)
    assert one["expected"].sum() == pytest.approx(other["expected"].sum(), rel=1e-9)
    # among equals the order may differ
    columns = ["observed", "start", "end", "places"]
    rows = [
        {(frozenset(members), *row) for members, *row in table[["members", *columns]].itertuples(index=False)}
        for table in (one, other)
    ]
    assert rows[0] == rows[1]


def test_time_backwards_gives_the_same_clusters_of_the_past():
    xy, days = anywhere(150, 8)
    one, other = (
        scan(made(xy, when), max_m=800, max_days=10, simulations=19, rng=1).table for when in (days, -days)
    )
    assert one["llr"].tolist() == pytest.approx(other["llr"].tolist())


def test_a_planted_outbreak_is_found_and_not_in_a_shuffled_copy():
    data = planted()
    kind = {"max_m": 1_500, "max_days": 7, "prospective": True, "rng": 1}
    result = scan(data, **kind)
    top = result.table.iloc[0]
    assert top["p"] == 0.001
    assert top["p_gumbel"] < 0.001
    assert len(set(top["members"]) & set(range(300, 314))) >= 10
    assert top["recurrence_days"] == pytest.approx(1_000)
    assert "at least 1,000 days" in result.explain()
    assert top.geometry.covers(shapely.Point(4_000, 4_000))
    assert (result.table["verdict"] == "more than chance").sum() == 1
    shuffled = data.assign(occurred_at=data["occurred_at"].sample(frac=1, random_state=2).to_numpy())
    chance = scan(shuffled, **kind)
    assert not (chance.table["verdict"] == "more than chance").any()
    assert "not an outbreak" in chance.explain()


@pytest.mark.slow
def test_the_planted_series_of_belmara_is_the_likeliest_cluster():
    incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
    truth = ilp.samples.belmara_truth()["near_repeat_series"]
    year = incidents[
        (incidents["offence"] == truth["offence"]) & (incidents["occurred_at"].dt.year == 2024)
    ].set_index("incident_id")
    top = scan(year, max_m=1_000, max_days=90, simulations=99, rng=1).table.iloc[0]
    assert top["p"] == 0.01
    assert len(set(top["members"]) & set(truth["incident_ids"])) >= 15
    assert top["start"] == pd.Timestamp(truth["starts"])


def test_clusters_share_no_place_and_the_list_is_short():
    table = scan(planted(), max_m=1_500, max_days=7, simulations=19, rng=1).table
    members = [label for row in table["members"] for label in row]
    assert len(members) == len(set(members))
    assert len(table) == 10
    assert table["llr"].round(9).is_monotonic_decreasing


@pytest.mark.slow
@pytest.mark.parametrize("model", ["permutation", "bernoulli", "poisson"])
def test_p_is_uniform_when_there_is_no_outbreak(model):
    from scipy.stats import kstest

    p, gumbel = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        xy, days = anywhere(80, seed)
        data = made(xy, days, is_case=rng.uniform(size=80) < 0.3)
        kind = {}
        if model == "bernoulli":
            kind = {"model": model, "population": "is_case"}
        if model == "poisson":
            places = made(np.unique(np.round(xy / 500), axis=0) * 500)
            places["population"] = rng.integers(50, 500, len(places))
            at = rng.choice(len(places), 80, p=places["population"] / places["population"].sum())
            data = data.set_geometry(places.geometry.iloc[at].to_numpy(), crs=32633)
            kind = {"model": model, "population": places}
        table = scan(data, max_m=800, max_days=7, simulations=99, rng=seed, **kind).table
        p.append(table["p"].iloc[0])
        gumbel.append(table["p_gumbel"].iloc[0])
    # never too small; and neither too large, but for cases among few controls, where many data sets share their best value
    assert kstest(p, "uniform", alternative="greater").pvalue > 0.001
    assert np.mean(np.array(p) <= 0.1) < 0.17
    assert np.mean(np.array(gumbel) <= 0.1) < 0.17
    if model != "bernoulli":
        assert kstest(p, "uniform").pvalue > 0.001


def test_the_period_sets_the_last_day_and_leaves_out_the_rest():
    data = planted()
    alive = scan(data, max_m=1_500, max_days=7, prospective=True, simulations=19, rng=1)
    assert alive.table["end"].iloc[0] == pd.Timestamp("2024-02-29")
    quiet = scan(
        data,
        max_m=1_500,
        max_days=7,
        prospective=True,
        period=("2024-01-01", "2024-03-20"),
        simulations=19,
        rng=1,
    )
    assert not len(quiet.table)  # nothing happened for three weeks
    assert "alive on the last day" in quiet.explain()
    past = scan(data, max_m=1_500, max_days=7, period=("2024-01-01", "2024-02-20"), simulations=19, rng=1)
    assert past.left_out["outside the period"] == int((data["occurred_at"] >= "2024-02-21").sum())
    assert past.table["end"].max() <= pd.Timestamp("2024-02-20")
    whole = next(param for param in alive.params if param.name == "period")
    assert whole.chosen
    assert whole.value == "2024-01-01 to 2024-02-29"


def test_population_counts_once_per_place_and_counts_of_areas_add_up():
    xy = np.array([[0, 0], [0, 0], [0, 0], [5_000, 0], [10_000, 0], [10_000, 0]])
    rows = made(xy, people=[100, 100, 100, 300, 600, 600])
    table = scan(rows, model="poisson", population="people", max_m=100, simulations=19, rng=1).table
    assert table["observed"].tolist() == [3]
    assert table["expected"][0] == pytest.approx(6 * 100 / 1_000)
    areas = made(xy, people=[40, 30, 30, 300, 300, 300], n=[1, 1, 1, 1, 2, 0])
    counted = scan(
        areas, model="poisson", population="people", count="n", max_m=100, simulations=19, rng=1
    ).table
    assert counted["expected"][0] == pytest.approx(6 * 100 / 1_000)
    unlike = made(xy, people=[100, 90, 100, 300, 600, 600])
    with pytest.raises(InputError, match="1 places have rows that say different populations"):
        scan(unlike, model="poisson", population="people")


def test_population_of_polygons_and_cases_outside_it():
    cells = gpd.GeoDataFrame(
        {"population": [100, 200, np.nan, 50]},
        geometry=[shapely.box(k * 1_000, 0, k * 1_000 + 1_000, 1_000) for k in range(4)],
        crs=32633,
    )
    xy = [[100, 100], [200, 300], [900, 900], [1_500, 500], [3_500, 500], [9_999, 500]]
    result = scan(made(xy), model="poisson", population=cells, max_m=10, simulations=19, rng=1)
    assert result.left_out == {"outside the population": 1, "places without a population": 1}
    assert result.left_out_rows.index.tolist() == [5]
    assert result.table["observed"][0] == 3
    assert result.table["expected"][0] == pytest.approx(5 * 100 / 350)
    assert result.title == "Spatial scan"
    assert result.table.geometry.iloc[0].equals(cells.geometry[0])
    assert "3 cases in one area" in result.explain()
    assert result.table["start"].isna().all()


def test_controls_in_a_table_of_their_own_on_another_clock():
    data = planted()
    controls = made(*anywhere(400, 5, side=9_000))
    controls = controls.assign(occurred_at=controls["occurred_at"].dt.tz_convert("Asia/Tokyo"))
    controls.loc[7, "occurred_at"] = pd.NaT
    controls.loc[8, "geometry"] = None
    result = scan(
        data, model="bernoulli", population=controls, max_m=1_500, max_days=7, simulations=99, rng=1
    )
    assert result.left_out == {"controls without a place": 1, "controls without a time": 1}
    assert result.table["p"][0] <= 0.05
    as_column = pd.concat(
        [
            data.assign(is_case=True),
            controls.assign(
                is_case=False, occurred_at=controls["occurred_at"].dt.tz_convert("Europe/Vienna")
            ),
        ]
    )
    again = scan(
        gpd.GeoDataFrame(as_column, crs=32633),
        model="bernoulli",
        population="is_case",
        max_m=1_500,
        max_days=7,
        simulations=19,
        rng=1,
    )
    assert again.table["llr"][0] == pytest.approx(result.table["llr"][0])


def test_great_circles_and_the_plane_agree_nearby():
    data = planted().to_crs(4326)
    one, other = (
        scan(data, max_m=1_500, max_days=7, distance=distance, simulations=19, rng=1).table
        for distance in ("planar", "great-circle")
    )
    assert one["llr"][0] == pytest.approx(other["llr"][0], rel=0.05)
    assert set(one["members"][0]) & set(other["members"][0])


def test_the_strictest_handling_travels():
    data, controls = mark(planted(), handling="H1"), mark(made(*anywhere(60, 5, side=9_000)), handling="H3")
    result = scan(data, model="bernoulli", population=controls, max_m=500, max_days=7, simulations=19, rng=1)
    assert result.handling == "H3"


PEOPLE = made([[0, 0], [5_000, 0], [0, 5_000]])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"max_m": 0}, "max_m must be a number above 0"),
        ({"max_days": 0.5}, "max_days=0.5 is shorter than one unit"),
        ({"max_days": 90, "period": ("2024-01-01", "2024-02-29")}, "longer than the period of 60 days"),
        ({"period": "2024"}, "period must be two dates"),
        ({"period": ("2024-02-01", "2024-01-01")}, "period must begin before it ends"),
        ({"model": "poison"}, "Did you mean 'poisson'?"),
        ({"model": "poisson"}, "needs population: a column or a table"),
        ({"model": "bernoulli"}, "needs population: a column that says which rows are cases"),
        ({"population": PEOPLE}, "population is not used by model='permutation'"),
        ({"model": "poisson", "population": PEOPLE}, "population has no column 'population'"),
        ({"model": "poisson", "population": PEOPLE.assign(population=[1, -1, 1])}, "numbers below 0"),
        ({"model": "poisson", "population": PEOPLE.assign(population=[1, np.inf, 1])}, "without end"),
        ({"model": "poisson", "population": PEOPLE.assign(population=["a", "b", "c"])}, "column of numbers"),
        ({"model": "poisson", "population": PEOPLE.assign(population=0.0)}, "have cases but no population"),
        ({"model": "bernoulli", "population": "id"}, "must say true or false"),
        ({"model": "bernoulli", "population": PEOPLE, "max_days": 7}, "has no column 'occurred_at'"),
        ({"model": "bernoulli", "population": "all"}, "needs both cases and controls"),
        ({"count": "cases"}, "no column 'cases'"),
        ({"max_share": 2}, "max_share must be between"),
        ({"simulations": 3}, "simulations must be a whole number of at least 19"),
        ({"unit_days": 90}, "all cases lie in one unit"),
        ({"period": ("2030-01-01", "2030-12-31")}, "no case is left"),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(given, words):
    data = planted().assign(id=np.arange(314), all=True)
    with pytest.raises(InputError) as error:
        scan(data, **given)
    assert words in str(error.value)
    assert str(error.value).startswith("times.scan")


def test_odd_data_are_refused_or_said():
    xy, days = anywhere(30, 2)
    with pytest.raises(InputError, match=r"1 case\(s\) can be used"):
        scan(made(xy[:1], days[:1]))
    far = made([[9e6, 0], [9e6, 1e3]]).assign(population=5)
    with pytest.raises(InputError, match="30 outside the population"):
        scan(made(xy), model="poisson", population=far)
    with pytest.raises(InputError, match="everything lies at one place"):
        scan(made(np.zeros((30, 2)), days))
    with pytest.raises(InputError, match="all cases lie in one unit"):
        scan(made(xy, np.zeros(30)))
    naive = made(xy, days)
    naive = naive.assign(occurred_at=naive["occurred_at"].dt.tz_localize(None))
    with pytest.raises(ColumnError, match="which clock"):
        scan(naive)
    good = made(xy, days, is_case=np.arange(30) % 2 == 0)
    with pytest.raises(ColumnError, match="which clock"):
        scan(good, model="bernoulli", population=naive, max_days=7)
    months = good.assign(
        occurred_at=pd.to_datetime([f"2024-{1 + k % 6:02d}-01" for k in range(30)]).tz_localize("UTC")
    )
    assert any("Only months are known" in caveat for caveat in scan(months, simulations=19, rng=1).caveats)
    unsaid = good.astype({"is_case": "boolean"})
    unsaid.loc[4, "is_case"] = pd.NA
    assert scan(unsaid, model="bernoulli", population="is_case", simulations=19, rng=1).left_out == {
        "neither case nor control": 1
    }
    halves = good.assign(cases=np.where(np.arange(30) == 3, 0.5, 1.0))
    assert scan(halves, simulations=19, rng=1).left_out == {"no whole number in 'cases'": 1}


def test_too_much_is_refused_before_memory_is_taken(monkeypatch):
    monkeypatch.setattr("ilp_lab.times.cylinders._MOST_ENTRIES", 100)
    with pytest.raises(InputError, match="Give max_m"):
        scan(planted())


def test_interrupting_leaves_at_once(monkeypatch):
    from ilp_lab.times import scanning

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(scanning, "highest", interrupted)
    with pytest.raises(KeyboardInterrupt):
        scan(planted())


def test_a_window_longer_than_the_data_is_said():
    xy, days = anywhere(60, 3)
    found = scan(made(xy, days), max_m=400, max_days=900, simulations=19, rng=1)
    assert any("max_days=900 is longer than the" in caveat for caveat in found.caveats)


@pytest.mark.parametrize(
    ("limits", "advised"), [({}, True), ({"max_m": 900.0}, True), ({"max_m": 900.0, "max_days": 7}, False)]
)
def test_a_long_scan_without_limits_says_how_it_gets_shorter(limits, advised, monkeypatch, capsys):
    monkeypatch.setattr("ilp_lab.times.batches._WORTH_ADVICE_S", 0.0)
    scan(planted(), simulations=19, rng=1, **limits)
    told = "".join(capsys.readouterr())
    assert ("give max_m (such as 2000) and max_days (such as 30)" in told) == advised
    assert told.count("Limits make it far shorter") == int(advised)


def test_a_short_scan_gives_no_advice(capsys):
    scan(planted(), max_m=900, simulations=19, rng=1)
    assert "Limits make" not in "".join(capsys.readouterr())
