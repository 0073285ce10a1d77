"""Grading schemes: the published codes, their oddities, and packs of others."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import evaluation
from ilp_lab.errors import InputError, ReadError
from ilp_lab.evaluation import scheme
from ilp_lab.evaluation.grading import _SHELF, _named

PACK = {
    "name": "2x2",
    "title": "Two by two",
    "version": "1",
    "source": "made up for the test",
    "source_grades": [
        {"code": "G", "meaning": "good", "covers": ["always"], "weight": 1},
        {"code": "N", "meaning": "not known", "covers": ["untested"], "weight": 0.5},
    ],
    "information_grades": [
        {"code": 1, "meaning": "seen", "covers": ["direct"], "weight": 1},
        {"code": 2, "meaning": "heard", "covers": ["indirect"], "weight": 0.5},
    ],
}


@pytest.mark.parametrize(("name", "codes"), [("4x4", 16), ("3x5x2", 30), ("5x5x5", 125), ("6x6", 36)])
def test_the_schemes_have_their_published_number_of_codes(name, codes):
    assert len(set(scheme(name).codes())) == codes


def test_europol_codes():
    europol = scheme()
    assert "".join(europol.source_grades) == "ABCX"
    assert "".join(europol.information_grades) == "1234"
    assert europol.faults("X", "1") == []
    assert europol.warnings("X", "1") != []
    assert europol.warnings("X", "1", corroborated=True) == []
    assert [code for code in europol.codes() if europol.warnings(*code)] == ["X1"]
    assert europol.faults("F", "6") == [
        "source_grade 'F' is not in 4x4; it has A, B, C, X.",
        "information_grade '6' is not in 4x4; it has 1, 2, 3, 4.",
    ]


def test_admiralty_codes():
    admiralty = scheme("6x6")
    assert "judged" in admiralty.source_grades["F"].meaning
    assert "judged" in admiralty.information_grades["6"].meaning
    assert admiralty.faults("F", "6") == []
    assert "deception" in admiralty.warnings("E", "5")[0]
    weights = [grade.weight for grade in admiralty.source_grades.values()]
    assert weights == [1.0, 0.75, 0.5, 0.25, 0.0, 0.5]


def test_a_condition_code_without_conditions_is_not_valid():
    british = scheme("3x5x2")
    assert british.faults("1", "A", permission="P") == []
    assert british.faults("1", "A", permission="C") == ["permission C of 3x5x2 needs conditions: say which."]
    assert british.faults("1", "A", permission="C", conditions="read and destroy") == []


@pytest.mark.parametrize("name", ["4x4", "3x5x2", "5x5x5", "6x6"])
def test_written_codes_come_apart_again(name):
    one = scheme(name)
    for code in one.codes():
        assert "".join(one.split(code)) == code
    with pytest.raises(InputError, match="is not a code"):
        one.split("Z9")


def test_what_is_recalled_says_so():
    for file in _SHELF.shipped.glob("*.yml"):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        marked = any("(R)" in str(row) for part in content.values() if isinstance(part, list) for row in part)
        assert not marked or "(R)" in content["source"], file.name


def test_a_ministry_adds_a_file_and_writes_no_code(tmp_path, monkeypatch):
    folder = tmp_path / "grading"
    folder.mkdir()
    (folder / "2x2.yml").write_text(yaml.safe_dump(PACK))
    with pytest.raises(InputError, match="put it into"):
        scheme("2x2")
    monkeypatch.setenv("ILP_LAB_PACKS", str(tmp_path))
    assert scheme("2x2").codes() == ("G1", "G2", "N1", "N2")
    assert scheme(folder / "2x2.yml").name == "2x2"
    assert "2x2" in set(evaluation.schemes()["scheme"])
    (folder / "4x4.yml").write_text(yaml.safe_dump({**PACK, "name": "4x4"}))
    assert len(scheme("4x4").codes()) == 16
    _named.cache_clear()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": ""}, "must be a text"),
        ({"name": None}, "must be a text"),
        ({"source_grades": []}, "has no grades"),
        ({"source_grades": "A"}, "must be a list"),
        ({"source_grades": ["A"]}, "named parts"),
        ({"source_grades": [{"code": "A"}]}, "is missing"),
        ({"source_grades": [{**PACK["source_grades"][0], "covers": ["maybe"]}]}, "must cover some of"),
        ({"source_grades": [{**PACK["source_grades"][0], "weight": 2}]}, "between 0 and 1"),
        ({"source_grades": [{**PACK["source_grades"][0], "weight": float("nan")}]}, "between 0 and 1"),
        ({"source_grades": [PACK["source_grades"][0]] * 2}, "twice"),
        ({"warnings": [{"source": ["Q"], "information": ["1"], "says": "no"}]}, "does not have"),
    ],
)
def test_a_pack_with_faults_is_refused_in_clear_words(tmp_path, change, says):
    file = tmp_path / "own.yml"
    file.write_text(yaml.safe_dump({**PACK, **change}))
    with pytest.raises(ReadError, match=says):
        scheme(file)


def test_a_missing_part_is_named(tmp_path):
    file = tmp_path / "own.yml"
    file.write_text(yaml.safe_dump({key: value for key, value in PACK.items() if key != "version"}))
    with pytest.raises(ReadError, match="'version' is missing"):
        scheme(file)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_a_pack_holds_ends_in_clear_words(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("packs") / "fuzz.yml"
    file.write_bytes(content)
    with pytest.raises(ReadError, match="cannot be used"):
        scheme(file)


@pytest.mark.parametrize(
    "content",
    [
        "[" * 20_000,
        "!!python/object/apply:os.system ['true']",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "x" * 1_200_000,
    ],
)
def test_hostile_packs_end_in_clear_words(tmp_path, content):
    file = tmp_path / "hostile.yml"
    file.write_text(content)
    with pytest.raises(ReadError, match="cannot be used"):
        scheme(file)
