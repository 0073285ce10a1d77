"""Ranks that say when they are a tie."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare

from ilp_lab import threats
from ilp_lab.errors import InputError
from ilp_lab.threats.assessors import kendall_w, krippendorff_alpha
from ilp_lab.threats.scoring import draw_weights
from ilp_lab.threats.swaps import least_change

SLEIPNIR = [one.id for one in threats.rubric("sleipnir-type").indicators]
# The source gives two scores (361, 351) and two shares (0.53, 0.37), not the matrix; these five groups were made to score so: n nil, l low, m medium, h high, u unknown
EXAMPLE = """
m m m n h m m l l u l h m u l m m h m
u m l m u h m m l m l l m l m l m u n
m l l m m h l l l n m u n u h m m u h
m m n m n m l u h m l m l l u m n h h
m u l m m m l n m n h m l u l u m l l
"""
WORDS = {"n": "nil", "l": "low", "m": "medium", "h": "high", "u": "unknown"}


def table(rows, names=SLEIPNIR, items="ABCDEFGH"):
    frame = pd.DataFrame([[WORDS[mark] for mark in row] for row in rows], columns=names)
    return frame.assign(item=list(items[: len(rows)]))


def scored(rows, rubric="sleipnir-type", **options):
    names = [one.id for one in threats.rubric(rubric).indicators]
    return threats.matrix(table(rows, names), rubric=rubric, require_evidence=False, **options)


@pytest.fixture(scope="module")
def example():
    return scored([line.split() for line in EXAMPLE.strip().splitlines()])


def test_sleipnir_scores_as_published():
    rubric = threats.rubric("sleipnir-type")
    weight = dict(zip(SLEIPNIR, rubric.weights, strict=True))
    assert weight["monopoly"] * rubric.levels["high"] == 20
    assert weight["intelligence_use"] * rubric.levels["medium"] == 20
    assert weight["violence"] * rubric.levels["low"] == 18
    assert all(weight[name] * rubric.unknown == 2 * weight[name] for name in SLEIPNIR)
    assert rubric.highest() == 760
    scores = threats.rank(scored(["m" * 19, "l" * 19]), rng=1, draws=100).table
    assert scores["score"].tolist() == [380, 190]
    assert threats.rank(scored(["u" * 18 + "m", "n" * 19]), rng=1, draws=100).table["score"].tolist() == [
        380,
        0,
    ]


def test_a_lead_of_ten_points_is_a_tie(example):
    found = threats.rank(example, rng=7)
    first, second = found.table.iloc[0], found.table.iloc[1]
    assert (first["score"], second["score"]) == (361, 351)
    assert first["p_first"] == pytest.approx(0.53, abs=0.02)
    assert second["p_first"] == pytest.approx(0.37, abs=0.02)
    assert first["verdict"] == "not separable"
    assert "Treat them as a tie" in found.explain()
    assert found["acceptability"].to_numpy().sum(axis=0) == pytest.approx(np.ones(5))
    assert found["acceptability"].to_numpy().sum(axis=1) == pytest.approx(np.ones(5))
    above = found["above"].to_numpy()
    assert (above + above.T + np.eye(5)) == pytest.approx(np.ones((5, 5)))
    assert threats.rank(example, rng=7).table.equals(found.table)


def test_acceptability_of_two_indicators_in_closed_form():
    """Weights w ≥ v, w + v = 1: w is even on [1/2, 1]. A = (0, 4), B = (1, 0) leads when w > 4/5: P = 0.4."""
    content = {"nil": 0, "low": 1, "medium": 2, "high": 4}
    base = threats.rubric("socta-groups")
    from dataclasses import replace

    two = replace(
        base,
        indicators=(replace(base.indicators[0], weight=2.0), replace(base.indicators[1], weight=1.0)),
        levels=content,
    )
    frame = pd.DataFrame(
        {"item": ["A", "B"], base.indicators[0].id: ["nil", "low"], base.indicators[1].id: ["high", "nil"]}
    )
    found = threats.rank(threats.matrix(frame, rubric=two, require_evidence=False), draws=40_000, rng=3)
    p = found.table.set_index("item")["p_first"]
    assert p["B"] == pytest.approx(0.4, abs=3 * np.sqrt(0.24 / 40_000))


def test_draws_equal_a_plain_loop(example):
    rng = np.random.default_rng(11)
    rubric = example.rubric
    values = np.array(
        [[rubric.levels.get(level, np.nan) for level in row] for row in example.wide().to_numpy()]
    )
    firsts = np.zeros(5)
    for _ in range(4000):
        weights = np.sort(rng.dirichlet(np.ones(19)))[::-1]
        cells = np.where(np.isnan(values), rng.choice([0, 1, 2, 4], values.shape), values)
        firsts[(cells @ weights).argmax()] += 1
    ours = threats.rank(example, rng=5).table.set_index("item")["p_first"].reindex(list("ABCDE")).to_numpy()
    assert ours == pytest.approx(firsts / 4000, abs=0.03)


def test_weights_keep_the_agreed_order_and_ties_fall_either_way():
    rubric = threats.rubric(
        "sleipnir-type", weights={name: 2.0 if k < 2 else 1.0 for k, name in enumerate(SLEIPNIR)}
    )
    drawn = draw_weights(rubric, "order", 4000, np.random.default_rng(1))
    assert (drawn[:, :2].min(axis=1) >= drawn[:, 2:].max(axis=1)).all()
    assert (drawn[:, 0] > drawn[:, 1]).mean() == pytest.approx(0.5, abs=0.03)
    assert drawn.sum(axis=1) == pytest.approx(np.full(4000, rubric.weights.sum()))


def test_the_smallest_swap_swaps_and_is_smallest(example):
    found = threats.rank(example, rng=7, draws=200)
    change = found["swap"].set_index("indicator")["change"]
    by_name = {one.name: k for k, one in enumerate(example.rubric.indicators)}
    weights = example.rubric.weights.copy()
    for name, step in change.items():
        weights[by_name[name]] += step
    nominal = example.nominal()
    order = found.table["item"].tolist()
    scores = dict(zip(example.items, nominal @ weights, strict=True))
    assert scores[order[0]] == pytest.approx(scores[order[1]], abs=1e-6)
    gap = nominal[example.items.index(order[0])] - nominal[example.items.index(order[1])]
    # moving a unit of weight from the best to the worst indicator gains most: no smaller change can do it
    assert abs(change).sum() >= 2 * 10 / (gap.max() - gap.min()) - 1e-9


def test_dominance_cannot_be_swapped():
    found = threats.rank(scored(["h" * 19, "m" * 19]), rng=1, draws=200)
    assert np.isnan(found["swap_l1"])
    assert "No change of weights" in found.explain()
    assert found.table["verdict"].tolist() == ["rank 1", "rank 2"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=6), st.data())
def test_least_change_is_feasible(weights, data):
    own = np.array(weights)
    slope = np.array(data.draw(st.lists(st.floats(-4, 4), min_size=len(own), max_size=len(own))))
    change = least_change(own, slope, 0.0)
    if change is None:
        assert (slope > 0).all() or slope.min() * own.sum() > -1e-6
    else:
        assert slope @ (own + change) <= 1e-6
        assert (own + change >= -1e-9).all()
        assert abs(change.sum()) < 1e-6


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text("nlmhu", min_size=10, max_size=10), min_size=2, max_size=5), st.floats(0.01, 50))
def test_ranks_do_not_depend_on_units_of_weights_or_order_of_rows(rows, factor):
    if all(set(row) == {"u"} for row in rows):
        return
    base = threats.rubric("socta-groups")
    plain = scored(rows, "socta-groups")
    scaled = threats.rubric(base, weights={one.id: one.weight * factor for one in base.indicators})
    other = threats.matrix(
        table(rows, [one.id for one in base.indicators]), rubric=scaled, require_evidence=False
    )
    one = threats.rank(plain, rng=1, draws=300).table.set_index("item")
    two = threats.rank(other, rng=1, draws=300).table.set_index("item")
    assert one["p_first"].to_dict() == two["p_first"].to_dict()
    shuffled = threats.matrix(plain.cells.sample(frac=1, random_state=1), rubric=base, require_evidence=False)
    three = threats.rank(shuffled, rng=1, draws=3000).table.set_index("item")["p_first"]
    four = threats.rank(plain, rng=2, draws=3000).table.set_index("item")["p_first"]
    assert three.reindex(four.index).to_numpy() == pytest.approx(four.to_numpy(), abs=0.08)


def test_raising_a_level_never_lowers_the_rank():
    better, worse = "mmmmmmmmmm", "lmmmmmmmmm"
    others = ["hlhlhlhlhl", "mmhhnnmmll"]
    one = threats.rank(scored([better, *others], "socta-groups"), rng=4, draws=4000).table.set_index("item")
    two = threats.rank(scored([worse, *others], "socta-groups"), rng=4, draws=4000).table.set_index("item")
    assert one.loc["A", "p_first"] >= two.loc["A", "p_first"]


def test_organisational_position_stands_beside_and_is_not_multiplied_in():
    rubric = threats.rubric("morile-type")
    names = [one.id for one in rubric.indicators]
    frame = pd.DataFrame(3, index=["one", "two"], columns=names).rename_axis("item").reset_index()
    frame.loc[1, ["capacity", "capability"]] = 0
    found = threats.rank(
        threats.matrix(frame, rubric="morile-type", require_evidence=False), rng=1, draws=500
    ).table
    assert found["score"].tolist() == [9.0, 9.0]
    assert sorted(found["position"]) == [0.0, 3.0]
    catastrophe = pd.DataFrame(0, index=["one"], columns=names)
    catastrophe[["physical", "frequency", "trend", "spread"]] = [[4, 4, 4, 4]]
    value = rubric.score(catastrophe.to_numpy(float)[None], rubric.weights[None])[0, 0]
    assert value == pytest.approx((0.5 * 4 + 0.5 * 0.25 * 4) * 4)


def test_doubt_and_several_assessors_widen():
    rows = ["h" * 10, "m" * 10]
    sure = threats.rank(scored(rows, "socta-groups"), rng=1, draws=2000)
    unsure = threats.rank(scored(rows, "socta-groups"), rng=1, draws=2000, doubt=(0.5, 0.7, 0.9))
    assert sure.table["p_first"].iloc[0] == 1
    assert unsure.table["p_first"].iloc[0] < 1
    both = pd.concat(
        [
            table(rows, [one.id for one in threats.rubric("socta-groups").indicators])
            .melt("item", var_name="indicator", value_name="level")
            .assign(assessor=who)
            for who in "XY"
        ]
    )
    both.loc[(both["assessor"] == "Y") & (both["item"] == "B"), "level"] = "high"
    mixed = threats.rank(
        threats.matrix(both, rubric="socta-groups", require_evidence=False), rng=1, draws=2000
    )
    assert 0.5 < mixed.table["p_first"].iloc[0] < 1


def test_learning_the_right_cell_first():
    """Two equal groups; one heavy and one light cell of B are unknown: the heavy one settles more."""
    rubric = "sleipnir-type"
    found = threats.learn_next(scored(["m" * 19, "u" + "m" * 17 + "u"], rubric), rng=2)
    assert found.table["indicator"].tolist()[0] == "corruption"
    assert found.table["bits"].is_monotonic_decreasing
    assert (found.table["bits"] >= 0).all()
    assert found.table["bits"].iloc[0] <= found["entropy"]
    assert found.table["question"].iloc[0].startswith("Corruption of B")
    with pytest.raises(InputError, match="no cell is unknown"):
        threats.learn_next(scored(["m" * 19, "l" * 19]))


def test_krippendorff_alpha_as_published():
    """Krippendorff 2011: four observers, twelve units, values 1 to 5; alpha .743 nominal, .815 ordinal, .849 interval."""
    nan = -1
    data = np.array([
        [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ])  # fmt: skip
    codes = np.where(data < 0, -1, data - 1)
    values = np.arange(1.0, 6)
    for metric, published in (("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)):
        assert krippendorff_alpha(codes, values, metric) == pytest.approx(published, abs=0.0005)


def test_kendall_w_is_friedman_over_its_largest_value():
    scores = np.random.default_rng(2).integers(0, 6, (4, 7)).astype(float)
    chi2 = friedmanchisquare(*scores.T).statistic
    assert kendall_w(scores) == pytest.approx(chi2 / (4 * 6))


def test_agreement_lists_what_to_talk_about():
    names = [one.id for one in threats.rubric("socta-groups").indicators]
    rows = [
        (item, name, "medium", who, f"R{k}", "high")
        for who in "XY"
        for item in "ABC"
        for k, name in enumerate(names)
    ]
    long = pd.DataFrame(rows, columns=["item", "indicator", "level", "assessor", "evidence", "confidence"])
    long.loc[
        (long["item"] == "A") & (long["indicator"] == "violence") & (long["assessor"] == "Y"), "level"
    ] = "nil"
    long.loc[(long["item"] == "B"), "level"] = "high"
    found = threats.agreement(threats.matrix(long, rubric="socta-groups"), rng=1, bootstrap=99)
    assert found["reconcile"].iloc[0][["item", "indicator", "levels_apart"]].tolist() == ["A", "violence", 2]
    assert found.table.iloc[0]["indicator"] == "violence"
    assert found["alpha_low"] <= found["alpha"] <= found["alpha_high"] + 1e-9
    assert found["kendall_w"] > 0.8


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([""], "levels are missing|no rows|scores are missing"),
        (["m" * 10], "at least 2 items"),
        (["u" * 10, "u" * 10], "every score is unknown"),
    ],
)
def test_bad_matrices(rows, words):
    names = [one.id for one in threats.rubric("socta-groups").indicators]
    frame = pd.DataFrame([[WORDS[mark] for mark in row] or [""] * 10 for row in rows], columns=names)
    with pytest.raises(InputError, match=words):
        threats.rank(
            threats.matrix(
                frame.assign(item=list("AB")[: len(rows)]), rubric="socta-groups", require_evidence=False
            )
        )


def test_bad_cells_are_named_all_at_once():
    names = [one.id for one in threats.rubric("socta-groups").indicators]
    frame = pd.DataFrame("medium", index=["A", "B"], columns=names).rename_axis("item").reset_index()
    frame.loc[0, "violence"] = "enormous"
    frame.loc[1, "corruption"] = None
    with pytest.raises(
        InputError,
        match=r"(?s)levels are not of.*'enormous'.*1 scores are missing, such as B, corruption.*lack a reference",
    ):
        threats.matrix(frame, rubric="socta-groups")
    with pytest.raises(InputError, match="no indicator of"):
        threats.matrix(
            pd.DataFrame({"item": ["A"], "indicator": ["wealth"], "level": ["low"]}), rubric="socta-groups"
        )
    weights = {one.id: one.weight for one in threats.rubric("morile-type").indicators}
    with pytest.raises(InputError, match=r"add up to 1\.5, not to 1"):
        threats.rubric("morile-type", weights=weights | {"physical": 0.75})
    with pytest.raises(InputError, match="lacks"):
        threats.rubric("morile-type", weights={"physical": 1})


def test_every_shipped_rubric_reads():
    for name in ("sleipnir-type", "socta-groups", "socta-markets", "morile-type"):
        rubric = threats.rubric(name)
        assert all(one.definition for one in rubric.indicators)
        assert len(rubric.table()) == len(rubric.indicators)
        assert all(one > other for one, other in pairwise([share for _, share in rubric.tiers]))


def test_an_objective_says_what_luck_would_do():
    months = pd.period_range("2022-01", periods=36, freq="M")
    rng = np.random.default_rng(8)
    seen = pd.Series(rng.poisson(60 + 15 * np.sin(2 * np.pi * months.month / 12)), index=months)
    easy = threats.objective(
        seen,
        what="burglary in Selin",
        change=-0.02,
        until="2025-06-30",
        review="2025-07-15",
        owner="Head S1",
        rng=1,
    )
    hard = threats.objective(
        seen,
        what="burglary in Selin",
        change=-0.25,
        until="2025-06-30",
        review="2025-07-15",
        owner="Head S1",
        rng=1,
    )
    assert easy["p_by_luck"] > 0.2
    assert "too easy to prove" in easy.explain()
    assert hard["p_by_luck"] < 0.02
    assert hard["record"]["target_per_month"] == pytest.approx(0.75 * seen[-12:-6].mean())
    assert {"baseline_per_month", "do_nothing_per_month", "measure", "owner", "review", "until"} <= set(
        hard["record"]
    )
    assert len(hard.table) == 6


def test_the_do_nothing_forecast_covers_what_comes():
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(40):
        months = pd.period_range("2022-01", periods=36, freq="M")
        truth = rng.negative_binomial(10, 10 / (10 + 50), 36)
        found = threats.objective(
            pd.Series(truth[:30], index=months[:30]),
            what="x",
            change=-0.1,
            until="2024-12-31",
            review="2025-01-31",
            owner="y",
            rng=3,
            draws=500,
        )
        covered += ((found.table["low"] <= truth[30:]) & (truth[30:] <= found.table["high"])).tolist()
    assert np.mean(covered) == pytest.approx(0.9, abs=0.06)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"history": pd.Series([1, 2], index=pd.period_range("2024-01", periods=2, freq="M"))},
            "at least 12 months",
        ),
        ({"until": "2020-01-01"}, "until must lie after"),
        ({"until": "soon"}, "must be a day"),
        ({"change": -2.0}, "change must be between"),
        ({"owner": " "}, "owner must not be empty"),
    ],
)
def test_objectives_that_cannot_be_checked_are_refused(change, words):
    months = pd.period_range("2023-01", periods=12, freq="M")
    given = {
        "history": pd.Series(range(12), index=months), "what": "x", "change": -0.1, "until": "2024-12-31", "review": "2025-01-31",
        "owner": "y",
    }  # fmt: skip
    with pytest.raises(InputError, match=words):
        threats.objective(**(given | change))
