"""Words for probabilities, and judgements that cannot be made without them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import reasoning
from ilp_lab.errors import InputError, ReadError
from ilp_lab.result import Result

GOOD = {"confidence": "moderate", "because": "two sources agree", "basis": ["R-1", "R-2"]}


@pytest.mark.parametrize(
    ("p", "term", "in_gap"),
    [
        (0.03, "remote chance", False),
        (0.15, "highly unlikely", False),
        (0.25, "unlikely", False),
        (0.45, "realistic possibility", False),
        (0.499, "realistic possibility", False),
        (0.5, "realistic possibility", True),
        (0.375, "realistic possibility", True),
        (0.07, "remote chance", True),
        (0.55, "likely", False),
        (0.78, "highly likely", True),
        (0.9, "highly likely", False),
        (0.99, "almost certain", False),
    ],
)
def test_probabilities_stand_where_the_yardstick_of_march_2025_puts_them(p, term, in_gap):
    placed = reasoning.yardstick("phia").place(p)
    assert (placed.term.term, placed.in_gap) == (term, in_gap)
    assert ("lies between two ranges" in str(placed)) == in_gap


@pytest.mark.parametrize("p", [0, 1, 0.0, 1.0, -0.1, 1.2, float("nan"), True])
def test_certainty_is_no_probability(p):
    with pytest.raises(InputError, match="never certain"):
        reasoning.yardstick().place(p)


@pytest.mark.parametrize("name", ["phia", "icd-203", "kent"])
@given(p=st.floats(0.0001, 0.9999))
def test_every_probability_has_a_term_and_more_probable_is_never_a_lower_term(name, p):
    scale = reasoning.yardstick(name)
    order = [term.term for term in scale.terms]
    placed = scale.place(p)
    assert placed.in_gap or placed.term.low - 1e-9 <= p <= placed.term.high + 1e-9
    assert order.index(scale.place(min(p + 0.1, 0.9999)).term.term) >= order.index(placed.term.term)


def test_a_ministry_adds_a_yardstick_without_code(tmp_path, monkeypatch):
    (tmp_path / "yardsticks").mkdir()
    (tmp_path / "yardsticks" / "belmara.yml").write_text(
        "name: belmara\ntitle: Belmara\nversion: '1'\nlanguage: en\nsource: decree 12\n"
        'terms: [{term: "no", low: 0, high: 0.5}, {term: "yes", low: 0.5, high: 1}]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("ILP_LAB_PACKS", str(tmp_path))
    assert reasoning.yardstick("belmara")["yes"].words == "at least 50 %"
    assert reasoning.yardstick(tmp_path / "yardsticks" / "belmara.yml").source == "decree 12"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no named parts"),
        ("name: x", "'terms' is missing"),
        ("[1, 2]", "no named parts"),
        ("name: {", "cannot be used"),
        ("terms: [{term: a, low: 0.5, high: 0.2}, {term: b, low: 0.6, high: 0.7}]", "low < high"),
        ("terms: [{term: a, low: 0, high: 0.6}, {term: b, low: 0.5, high: 0.7}]", "not overlap"),
        ("terms: [{term: a, low: 0, high: 0.6}, {term: a, low: 0.7, high: 0.8}]", "none twice"),
        ("terms: [7]", "named parts"),
        ("terms: !!python/object/apply:os.system ['true']", "cannot be used"),
    ],
)
def test_a_yardstick_that_does_not_fit_says_what_is_wrong(tmp_path, content, says):
    file = tmp_path / "mine.yml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ReadError, match=r"yardstick mine\.yml cannot be used") as told:
        reasoning.yardstick(file)
    assert says in str(told.value)


def test_a_pack_that_is_not_there():
    with pytest.raises(ReadError, match="cannot be read"):
        reasoning.yardstick("nowhere.yml")
    with pytest.raises(InputError, match=r"known are icd-203, kent, phia.*Did you mean 'kent'"):
        reasoning.yardstick("kant")


def test_a_judgement_says_term_confidence_and_basis():
    one = reasoning.judgement("one crew does it", probability=0.7, **GOOD)
    assert one.sentence() == (
        "It is likely (55 to 75 %) that one crew does it. Confidence: moderate (two sources agree)."
    )
    assert one.basis == ("R-1", "R-2")
    assert not one.in_gap
    assert one.made_on == date.today()  # noqa: DTZ011


@pytest.mark.parametrize(
    ("term", "begins"),
    [
        ("remote chance", "There is a remote chance (at most 5 %) that"),
        ("realistic possibility", "There is a realistic possibility (40 to 50 %) that"),
        ("almost certain", "It is almost certain (at least 95 %) that"),
    ],
)
def test_terms_open_sentences_that_can_be_read(term, begins):
    assert str(reasoning.judgement("it holds", term=term, **GOOD)).startswith(begins)


def test_a_judgement_takes_the_strictest_code_and_cites_results():
    found = Result("places.gi_star", "Hot spots", pd.DataFrame({"n": [1]}), "m", ("f",), handling="H2")
    one = reasoning.judgement(
        "it holds", term="likely", confidence="low", because="one look", basis=[found, "R-9"]
    )
    assert one.handling == "H2"
    assert one.basis == ("Hot spots (places.gi_star)", "R-9")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"term": "likely", "probability": 0.7}, "not both"),
        ({}, "not both"),
        ({"term": "likely", "basis": []}, "basis must name"),
        ({"term": "likely", "because": {"luck": "much"}}, "information"),
        ({"term": "likely", "confidence": "sure"}, "confidence must be one of"),
        ({"term": "likely", "statement": "it is likely raining"}, "holds 'likely'"),
        ({"term": "likely", "statement": "it could rain"}, "holds 'could'"),
        ({"term": "likely", "statement": " "}, "it is empty"),
    ],
)
def test_what_makes_no_judgement(changes, says):
    given_ = {"statement": "it rains", **GOOD, **changes}
    with pytest.raises(InputError, match=says):
        reasoning.judgement(given_.pop("statement"), **given_)


def test_unknown_terms_name_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'highly likely'"):
        reasoning.judgement("it rains", term="hihgly likely", **GOOD)


def test_outcomes_are_true_or_false():
    one = reasoning.judgement("it rains", term="likely", **GOOD)
    assert one.resolve(came_true=False, on=date(2026, 1, 2)).resolved_on == date(2026, 1, 2)
    assert one.outcome is None
    with pytest.raises(InputError, match="True or False"):
        one.resolve(came_true="partly")


def test_judgements_become_a_table_with_the_middle_of_the_range():
    made = [
        reasoning.judgement("a", term="unlikely", **GOOD),
        reasoning.judgement("b", probability=0.31, **GOOD),
    ]
    table = reasoning.judgements_table(made)
    assert table["probability"].round(6).tolist() == [0.3, 0.31]
    assert len(reasoning.judgements_table([])) == 0
