"""Whether words came true, and words that say less or more than is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import reasoning
from ilp_lab.errors import InputError


def past(p, o):
    return pd.DataFrame({"probability": p, "outcome": pd.array(o, dtype="object")})


def test_the_brier_score_and_its_parts():
    p, o = [0.1, 0.1, 0.1, 0.6, 0.6, 0.9], [False, False, True, True, False, True]
    found = reasoning.calibration(past(p, o), rng=1)
    assert found["brier"] == pytest.approx(np.mean((np.array(p) - np.array(o)) ** 2))
    assert found["brier"] == pytest.approx(found["reliability"] - found["resolution"] + found["uncertainty"])
    assert found["brier_low"] <= found["brier"] <= found["brier_high"]


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.45, 0.7, 0.95]), st.booleans()), min_size=2, max_size=40)
)
def test_the_parts_always_add_up(rows):
    found = reasoning.calibration(past(*map(list, zip(*rows, strict=True))), simulations=50, rng=2)
    assert found["brier"] == pytest.approx(found["reliability"] - found["resolution"] + found["uncertainty"])


def test_overconfident_words_are_found_and_honest_ones_are_not():
    random = np.random.default_rng(5)
    honest = random.choice([0.15, 0.3, 0.65, 0.85], 400)
    outcome = random.random(400) < honest
    fair = reasoning.calibration(past(honest, outcome.tolist()), rng=3)
    assert fair["p"] > 0.05
    assert (fair.table["verdict"] == "fits").all()
    bold = np.where(honest > 0.5, 0.97, 0.03)
    found = reasoning.calibration(past(bold, outcome.tolist()), rng=3)
    assert found["p"] < 1e-6
    assert found.table.set_index("term")["verdict"].to_dict() == {
        "remote chance": "happened more often",
        "almost certain": "happened less often",
    }
    assert "'almost certain' was said" in found.explain()


@pytest.mark.slow
def test_the_test_of_probabilities_keeps_its_level():
    random = np.random.default_rng(11)
    hits = 0
    for _ in range(600):
        p = random.uniform(0.05, 0.95, 60)
        hits += (
            reasoning.calibration(past(p, (random.random(60) < p).tolist()), simulations=2, rng=1)["p"] < 0.05
        )
    assert 15 <= hits <= 45


def test_open_judgements_are_left_out_and_counted():
    found = reasoning.calibration(past([0.2, 0.8, 0.7], [True, None, False]), rng=1)
    assert found.left_out == {"outcome still open": 1}
    assert len(found.left_out_rows) == 1
    assert found["n"] == 2


def test_judgements_can_be_handed_in_as_they_are():
    one = reasoning.judgement("a", term="likely", confidence="low", because="b", basis="R").resolve(
        came_true=True
    )
    assert reasoning.calibration([one], rng=1)["brier"] == pytest.approx(0.35**2)


@pytest.mark.parametrize(
    ("p", "o", "says"),
    [
        ([0.5], [None], "no judgement is resolved"),
        ([50], [True], "shares, not per cent"),
        ([0.5], ["yes"], "True, False"),
    ],
)
def test_what_cannot_be_calibrated(p, o, says):
    with pytest.raises(InputError, match=says):
        reasoning.calibration(past(p, o))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("The group may expand.", ["vague"]),
        ("The meeting is in May 2026.", []),
        ("May 2026 was quiet.", []),
        ("May it be so.", ["vague"]),
        ("It cannot   be ruled out.", ["vague"]),
        ("The kingpin always pays.", ["label", "certain"]),
        ('He said "they might come".', []),
        ("It is likely that they come.", ["no confidence"]),
        ("It is likely, with moderate confidence, that they come.", []),
        ("Sources say several cars were stolen recently.", ["unsourced", "uncounted", "undated"]),
        ("Maytown and mayor are names.", []),
        ("It is \u2028 fine.", []),
        ("", []),
        (" ".join(["word"] * 45) + ".", ["long"]),
        ("Thefts soared.", ["loaded"]),
    ],
)
def test_words_are_found(text, kinds):
    assert reasoning.check_language(text)["kind"].tolist() == kinds


def test_places_of_findings_can_be_gone_to():
    found = reasoning.check_language("All quiet.\nThefts fell. They might rise.")
    assert found.loc[0, ["line", "column", "sentence"]].tolist() == [2, 19, "They might rise."]
    assert reasoning.check_language(["All quiet.", "They might rise."]).loc[0, "line"] == 2


@given(st.text(max_size=200))
def test_any_text_is_read_to_its_end(text):
    found = reasoning.check_language(text)
    assert found["line"].is_monotonic_increasing
