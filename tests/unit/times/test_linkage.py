"""Linking crimes: expected differences of windows, reasons that add up, decisions that humans take."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab import views
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.safeguards import handling_of, mark
from ilp_lab.times import crime_series, link_crimes, linkage_model, pair_evidence
from ilp_lab.times.pairevidence import expected_apart

START = pd.Timestamp("2024-01-01", tz="Africa/Nairobi")  # a clock that nobody puts forward


def made(series=30, each=4, seed=1, **more):
    """Series of crimes near each other in place, time and manner."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(series), each)
    n = len(who)
    xy = rng.uniform(0, 20_000, (series, 2))[who] + rng.normal(0, 400, (n, 2))
    begun = START + pd.to_timedelta(
        (rng.uniform(0, 300, series)[who] + rng.uniform(0, 20, n)).round(3), unit="D"
    )
    entry = np.array(["door", "window", "roof"])[
        np.where(rng.uniform(size=n) < 0.8, who % 3, rng.integers(0, 3, n))
    ]
    return gpd.GeoDataFrame(
        {"occurred_at": begun, "entry": entry, "offender": [f"O{k}" for k in who], **more},
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
        index=[f"C{k}" for k in range(n)],
    )


@pytest.fixture(scope="module")
def solved():
    return made()


@pytest.fixture(scope="module")
def model(solved):
    return linkage_model(solved, mo=["entry"], rng=1)


windows = st.tuples(st.floats(0, 40), st.sampled_from([0.0, 0.01, 0.3, 1.0, 2.5, 9.0]))


@settings(max_examples=60)
@given(windows, windows, st.sampled_from([None, 1.0, 7.0]))
def test_expected_difference_is_that_of_many_draws(one, other, circle):
    grid = (np.arange(400) + 0.5) / 400
    a, b = one[0] + one[1] * grid, other[0] + other[1] * grid
    apart = np.abs(a[:, None] - b)
    if circle is not None:
        apart = np.minimum(apart % circle, circle - apart % circle)
    ours = expected_apart(
        np.array([one[0]]), np.array([sum(one)]), np.array([other[0]]), np.array([sum(other)]), circle=circle
    )
    wide = circle is not None and max(one[1], other[1]) >= circle
    expected = circle / 4 if wide else apart.mean()
    assert ours[0] == pytest.approx(expected, abs=2e-3 * max(1.0, one[1], other[1]))
    back = expected_apart(
        np.array([other[0]]), np.array([sum(other)]), np.array([one[0]]), np.array([sum(one)]), circle=circle
    )
    assert ours[0] == pytest.approx(back[0], abs=1e-9)


def test_evidence_does_not_hang_on_order_place_or_week(solved):
    some = solved.iloc[:40].assign(occurred_to=solved["occurred_at"].iloc[:40] + pd.Timedelta("5h"))
    one = pair_evidence(some, mo=["entry"])
    moved = some.sample(frac=1, random_state=3)
    moved = moved.set_geometry(moved.translate(70_000, -3_000)).assign(
        occurred_at=lambda t: t["occurred_at"] + pd.Timedelta("28D"),
        occurred_to=lambda t: t["occurred_to"] + pd.Timedelta("28D"),
    )
    other = pair_evidence(moved, mo=["entry"])

    def ordered(table):
        names = [tuple(sorted(pair)) for pair in table[["one", "other"]].itertuples(index=False)]
        return table.drop(columns=["one", "other"]).set_axis(pd.MultiIndex.from_tuples(names)).sort_index()

    pd.testing.assert_frame_equal(ordered(one), ordered(other), rtol=1e-6, check_dtype=False, atol=1e-6)
    assert len(one) == 40 * 39 // 2


def test_evidence_in_blocks_limits_and_rows_left_out(solved, monkeypatch):
    whole = pair_evidence(solved, mo="entry")
    monkeypatch.setattr("ilp_lab.times.pairevidence._BLOCK", 500)
    pd.testing.assert_frame_equal(whole, pair_evidence(solved, mo=["entry"]))
    near = pair_evidence(solved, within_km=2, within_days=30)
    assert len(near) == ((whole["distance_km"] < 2) & (whole["days"] < 30)).sum()
    data = mark(solved.copy(), handling="H2")
    data.loc["C3", "geometry"] = None
    data.loc["C4", "entry"] = None
    found = pair_evidence(data, mo=["entry"])
    assert "C3" not in set(found["one"]) | set(found["other"])
    assert found.attrs["ilp_lab_left_out"] == {"without a place": 1}
    assert found.loc[(found["one"] == "C4") | (found["other"] == "C4"), "entry"].isna().all()
    assert handling_of(found) == "H2"


def test_model_learns_what_was_put_in(solved, model):
    assert model["auc"] > 0.95
    table = model.table.set_index(["part", "class"])
    assert table.loc[("entry", "the same"), "log_bayes_factor"] > 0.3
    assert table.loc[("entry", "different"), "log_bayes_factor"] < -0.3
    assert table.loc[("entry", "not stated"), "log_bayes_factor"] == 0
    for part, rows in model.table.groupby("part"):
        if part != "entry":
            assert rows["unlinked"].sum() == pytest.approx(1)
    far = table.loc["distance_km"]["log_bayes_factor"]
    assert far.iloc[0] > 2
    assert far.iloc[-1] < -1
    assert model["series_sizes"].to_dict() == {4: 30}
    assert model["co_offending"].to_dict() == {1: 120}
    assert "names nobody" in crime_series(solved, model=model).explain()
    assert "offender" not in "".join(model.table["part"])


def test_a_model_of_shuffled_offenders_knows_nothing(solved):
    shuffled = solved.assign(offender=solved["offender"].sample(frac=1, random_state=3).to_numpy())
    assert linkage_model(shuffled, mo=["entry"], rng=1)["auc"] == pytest.approx(0.5, abs=0.1)


def test_reasons_add_up_and_name_their_facts(solved, model):
    review = link_crimes(solved.drop(columns="offender"), model=model, at_least=10)
    parts = review.table.filter(like="part_").sum(axis=1)
    np.testing.assert_allclose(parts, review.table["log_bayes_factor"], atol=1e-9)
    np.testing.assert_allclose(np.exp(parts), review.table["bayes_factor"], rtol=1e-9)
    assert review.table["log_bayes_factor"].is_monotonic_decreasing
    assert (review.table["bayes_factor"] >= 10 - 1e-9).all()
    assert review.table["because"].str.contains("distance").mean() > 0.9
    assert (review.table[["decision", "decided_by", "reason"]] == "").all(axis=None)
    short = link_crimes(solved, model=model["model"], at_least=10, most=5)
    assert len(short.table) == 5
    assert short["above"] == len(review.table)
    share = model["model"].false_share(10)
    assert f"{share:.2%} of the unlinked pairs reach it too" in review.explain()
    truth = solved["offender"]
    right = (truth[review.table["one"]].to_numpy() == truth[review.table["other"]].to_numpy()).mean()
    assert right > 0.5
    assert "No pair speaks" in link_crimes(solved, model=model, at_least=1e12).explain()


def test_series_follow_what_humans_accepted(solved):
    review = pd.DataFrame(
        {
            "one": ["C0", "C1", "C0", "C7", "C8"],
            "other": ["C1", "C2", "C2", "C8", "C9"],
            "decision": ["accept", " Accept", "reject", "reject", None],
        }
    )
    result = crime_series(solved, review=review)
    assert result.table.loc[["C0", "C1", "C2"], "series"].tolist() == [1, 1, 1]
    assert result.table["size"].value_counts().to_dict() == {1: 117, 3: 3}
    assert result["rejected_inside"] == 1
    assert "1 pairs that were rejected lie in one series all the same" in result.explain()
    summary = result["summary"].iloc[0]
    xy = solved.loc[["C0", "C1", "C2"]]
    assert summary["extent_m"] == pytest.approx(max(a.distance(b) for a in xy.geometry for b in xy.geometry))
    assert summary["first"] == xy["occurred_at"].min()
    assert result.table.crs == solved.crs
    assert result.table["drawn_as"].iloc[0] == "series 1"


def test_proposed_series_are_the_ones_put_in(solved, model):
    result = crime_series(solved, model=model, at_least=30)
    truth = solved["offender"].astype("category").cat.codes.to_numpy()
    ours = result.table["series"].to_numpy()
    together, same = ours[:, None] == ours, truth[:, None] == truth
    off = ~np.eye(len(ours), dtype=bool)
    assert (together & same & off).sum() / (together & off).sum() > 0.7
    assert (together & same & off).sum() / (same & off).sum() > 0.5
    assert result["steps"].shape == (119, 4)
    alone = result.table["size"] == 1
    assert result.table.loc[alone, "mean_log_bayes_factor"].isna().all()
    assert (result.table.loc[~alone, "mean_log_bayes_factor"] > 0).mean() > 0.9
    backwards = crime_series(solved.iloc[::-1], model=model, at_least=30).table.loc[solved.index]
    assert pd.crosstab(backwards["series"], result.table["series"]).astype(bool).sum().eq(1).all()


def test_handling_and_rows_left_out_travel(solved, model):
    data = mark(solved.copy(), handling="H2")
    data.loc["C3", "geometry"] = None
    data.loc["C9", "occurred_at"] = pd.NaT
    data.loc["C5", "offender"] = None
    lost = {"without a place": 1, "without a time": 1}
    for result in (
        linkage_model(data, mo=["entry"], rng=1),
        link_crimes(data, model=model),
        crime_series(data, model=model),
    ):
        assert result.handling == "H2"
        expected = lost | ({"without an offender": 1} if result.name.endswith("linkage_model") else {})
        assert result.left_out == expected
    assert crime_series(data, model=model).table.loc["C3", "size"] == 1


def test_what_does_not_fit_is_said_in_a_sentence(solved, model):
    twice = solved.set_axis(["C0", *solved.index[:-1]])
    naive = solved.assign(occurred_at=solved["occurred_at"].dt.tz_localize(None))
    review = pd.DataFrame({"one": ["C0"], "other": ["C1"], "decision": ["accept"]})
    for call, kind, words in (
        (lambda: pair_evidence(naive), ColumnError, "which clock"),
        (lambda: pair_evidence(twice), InputError, "'C0' stands there twice"),
        (lambda: pair_evidence(solved, mo=["entri"]), ColumnError, "Did you mean 'entry'?"),
        (lambda: pair_evidence(solved, within_km=-1), InputError, "within_km must be a number above 0"),
        (
            lambda: pair_evidence(solved.assign(days=1), mo=["days"]),
            InputError,
            "would hide a part of the evidence",
        ),
        (lambda: pair_evidence(solved.iloc[:1]), InputError, "1 incident has both a place and a time"),
        (lambda: pair_evidence("C0"), InputError, "must be a table"),
        (lambda: linkage_model(solved, offender="who"), ColumnError, "no column 'who'"),
        (lambda: linkage_model(solved.assign(offender=None)), InputError, "0 crimes have an offender"),
        (
            lambda: linkage_model(solved.assign(offender=solved.index)),
            InputError,
            "0 pairs of crimes share an offender",
        ),
        (
            lambda: linkage_model(solved, classes=1),
            InputError,
            "classes must be a whole number of at least 2",
        ),
        (lambda: link_crimes(solved.drop(columns="entry"), model=model), ColumnError, "no column 'entry'"),
        (lambda: link_crimes(solved, model=3), InputError, "model must come from times.linkage_model"),
        (
            lambda: link_crimes(solved, model=model, at_least=0),
            InputError,
            "at_least must be a number above 0",
        ),
        (lambda: crime_series(solved), InputError, "not both and not neither"),
        (lambda: crime_series(solved, model=model, review=review), InputError, "not both and not neither"),
        (
            lambda: crime_series(solved, review=review.drop(columns="decision")),
            ColumnError,
            "no column 'decision'",
        ),
        (
            lambda: crime_series(solved, review=review.assign(decision="maybe")),
            InputError,
            "must be 'accept', 'reject' or empty",
        ),
        (lambda: crime_series(solved, review=review.assign(one="X")), InputError, "not in the table"),
    ):
        with pytest.raises(kind, match=words):
            call()


def test_too_many_pairs_are_refused_before_memory_is_taken(solved, model, monkeypatch):
    for module in ("pairevidence", "linkage"):
        monkeypatch.setattr(f"ilp_lab.times.{module}.MOST_PAIRS", 100)
    monkeypatch.setattr("ilp_lab.times.pairreview._MOST_CRIMES", 50)
    monkeypatch.setattr("ilp_lab.times.seriesfinding._MOST_CRIMES", 50)
    for call in (
        lambda: pair_evidence(solved),
        lambda: pair_evidence(solved, within_km=50),
        lambda: linkage_model(solved),
        lambda: link_crimes(solved, model=model),
        lambda: crime_series(solved, model=model),
    ):
        with pytest.raises(InputError, match=r"120 (solved )?crimes"):
            call()


def test_figures_of_links_are_drawn_for_odd_tables_too(solved, model):
    few = solved.iloc[:3].copy()
    few.loc["C1", "geometry"] = None
    for result in (
        model,
        crime_series(solved, model=model),
        crime_series(few, review=pd.DataFrame({"one": ["C0"], "other": ["C2"], "decision": ["accept"]})),
        crime_series(few, review=pd.DataFrame({"one": [], "other": [], "decision": []})),
    ):
        figure = result.plot()
        assert len(figure.axes) in (1, 2)
        assert figure.axes[0].has_data()
    for result in (model, link_crimes(solved, model=model)):
        with pytest.raises(InputError, match=r"draws results of times\.crime_series"):
            views.crimes_figure(result)
    with pytest.raises(InputError, match=r"draws results of times\.linkage_model"):
        views.worth_figure(crime_series(solved, model=model))


def test_the_two_crews_of_belmara_are_told_apart():
    crimes, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/burglaries_solved.csv"), tz="UTC")
    crimes = crimes.set_index("incident_id")
    crews = ilp.samples.belmara_truth()["burglary_crews"]["crews"]
    learnt = linkage_model(crimes, mo=["entry", "tool", "search"], rng=1)
    unsolved = crimes[crimes["offender"].isna()]
    series = crime_series(unsolved, model=learnt, at_least=30).table["series"]
    for name in crews.values():
        assert len(set(series[name])) == 1
    assert series[crews["day crew"]].iloc[0] != series[crews["evening crew"]].iloc[0]
    review = link_crimes(unsolved, model=learnt, at_least=100).table
    day, evening = (set(crews[name]) for name in ("day crew", "evening crew"))
    pairs = [{one, other} for one, other in review[["one", "other"]].itertuples(index=False)]
    assert sum(pair <= day or pair <= evening for pair in pairs) > 0.9 * len(pairs)
    assert not any(pair & day and pair & evening for pair in pairs)
