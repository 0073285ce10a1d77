"""Answers: every kind of check, in the right form and in all the wrong ones, and keys that tell nothing."""

from __future__ import annotations

import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

import ilp_lab as ilp
from ilp_lab.errors import InputError, MissingPartError, ReadError
from ilp_lab.training import editions, lesson, overviews, read_lesson
from ilp_lab.training.checkkinds import KINDS

SALT = "s" * 32


def verdict(kind, right, answer, **options):
    key = KINDS[kind].make(right, options, SALT)
    return KINDS[kind].compare(answer, json.loads(json.dumps(key)), options, SALT)


@pytest.mark.parametrize(
    ("kind", "right", "good", "bad", "options"),
    [
        ("exact", "S1-01", [" s1-01 ", "S1-01"], ["S1-02", "", "S1"], {}),
        ("exact", 23, [23.0, np.int64(23)], [22, "24"], {}),
        ("exact", True, [np.True_], [False, "true?"], {}),
        ("tol", 312.5, [312.5, 313.0, 311.9], [322, 300, -312.5, 0], {"rel": 0.01}),
        ("tol", 0, [0, 0.0], [1e-3], {"rel": 0.01}),
        ("tol", 7, [7, 7.4], [9, 4], {"abs": 0.5}),
        ("set", ["a", "b", "c"], [["c", "b", "a"], {"A", "b", "c"}, pd.Series(["a", "b", "c", "a"])], [["a"], []], {"at_least": 0.9}),
        ("set", list("abcd"), [list("abc")], [list("abxy")], {"at_least": 0.75}),
        ("rank", ["a", "b", "c", "d"], [["a", "b", "d", "c"]], [["d", "c", "b", "a"], ["a", "b"]], {"at_least": 0.6}),
        ("graph", [("a", "b"), ("b", "c")], [pd.DataFrame({"source": ["b", "c"], "target": ["a", "b"]})], [[("a", "c")]], {"at_least": 0.9}),
    ],
)  # fmt: skip
def test_good_answers_pass_and_others_do_not(kind, right, good, bad, options):
    for answer in good:
        assert verdict(kind, right, answer, **options).ok, answer
    for answer in bad:
        assert not verdict(kind, right, answer, **options).ok, answer


def test_maps_are_compared_by_the_ground_they_cover():
    right = gpd.GeoSeries([box(500_000, 5_300_000, 502_000, 5_302_000)], crs=32633)
    near = gpd.GeoDataFrame(geometry=[box(500_000, 5_300_000, 502_000, 5_301_800)], crs=32633)
    far = gpd.GeoDataFrame(geometry=[box(501_500, 5_300_000, 503_500, 5_302_000)], crs=32633)
    assert verdict("map", right, near.to_crs(4326), cell_m=100, at_least=0.8).ok
    told = verdict("map", right, far, cell_m=100, at_least=0.8)
    assert not told.ok
    assert "14% in common, 80% needed" in told.says


def test_forms_texts_and_cases_are_looked_at(tmp_path):
    assert not verdict("schema", None, {"question": "?"}, form="IntelligenceRequirement").ok
    assert "is missing" in verdict("schema", None, {}, form="IntelligenceRequirement").says
    assert verdict("text", None, "It is likely, with low confidence, that it rains.", terms=1, words=20).ok
    assert "no term" in verdict("text", None, "It rains.", terms=1).says
    assert "may" in verdict("text", None, "It may rain.").says
    assert "words" in verdict("text", None, "word " * 30, words=20).says
    case = ilp.open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")
    assert not verdict("safeguards", None, case, operation="disclosure").ok
    ilp.safeguards.release_bytes(case, tmp_path / "a.txt", b"x", what="note", reason="why")
    assert verdict("safeguards", None, case, operation="disclosure", reason=1).ok
    assert verdict("rubric", None, "My answer.").ok


@pytest.mark.parametrize(
    ("kind", "right", "answer", "says"),
    [
        ("tol", 3.0, "three", "a number was expected; got the text 'three'"),
        ("tol", 3.0, float("nan"), "missing or has no end"),
        ("tol", 3.0, pd.DataFrame({"a": [3]}), "a number was expected; got a table with 1 rows and the columns a"),
        ("tol", 3.0, True, "a number was expected"),
        ("exact", "a", pd.DataFrame({"b": [1], "a": [2]}), "got a table"),
        ("exact", "a", pd.Series([1, 2]), "one value was expected; got a column with 2 values"),
        ("set", ["a"], "a", "several values were expected"),
        ("set", ["a"], pd.DataFrame({"a": ["a"]}), "name the column"),
        ("set", ["a"], 5, "several values were expected"),
        ("graph", [("a", "b")], pd.DataFrame({"from": ["a"]}), "source and target"),
        ("graph", [("a", "b")], [1, 2], "pairs of ends"),
        ("map", gpd.GeoSeries([box(0, 0, 900, 900)], crs=32633), 5, "a map layer"),
        ("map", gpd.GeoSeries([box(0, 0, 900, 900)], crs=32633), gpd.GeoSeries([box(0, 0, 1, 1)]), "a map layer"),
        ("schema", None, 5, "a filled-in form was expected"),
        ("text", None, " ", "a text was expected"),
        ("safeguards", None, "case", "the open case was expected"),
    ],
)  # fmt: skip
def test_answers_of_the_wrong_type_say_what_was_expected(kind, right, answer, says):
    options = (
        {"rel": 0.01} if kind == "tol" else {"form": "IntelligenceRequirement"} if kind == "schema" else {}
    )
    with pytest.raises(InputError, match=re.escape(says)):
        verdict(kind, right, answer, **options)


@given(st.floats(1e-6, 1e9), st.floats(-0.009, 0.009))
def test_numbers_within_the_tolerance_always_pass(right, off):
    assert verdict("tol", right, right * (1 + off), rel=0.01).ok


@given(st.floats(1e-3, 1e6), st.floats(0.05, 3))
def test_numbers_far_off_never_pass(right, off):
    assert not verdict("tol", right, right * (1 + off), rel=0.01).ok


def test_hints_come_with_the_tries_and_a_right_answer_is_kept():
    at_work = lesson("M08")
    assert at_work.check("2", ...).verdict == "not answered"
    first, second = at_work.check("2", "T1-01"), at_work.check("2", 5)
    assert (first.tries, second.tries) == (1, 2)
    assert first.hint != second.hint
    third = at_work.check("2", 99)
    assert third.hint == second.hint
    right = at_work.check("2", "Broltor")
    assert right.ok
    assert "right" in right._repr_html_()
    table = at_work.progress().set_index("check")
    assert table.loc["2", ["done", "tries"]].tolist() == [True, 4]
    assert not at_work.done
    assert "1 of 8 checks done" in str(at_work)


def test_hostile_answers_are_text():
    told = lesson("M08").check("2", '<img src=x onerror="alert(1)">')
    assert "<img" not in told._repr_html_()


def test_lessons_and_checks_that_are_not_there_are_named():
    with pytest.raises(MissingPartError, match=r"no lesson 'M99' here; there are .*M08"):
        lesson("M99")
    with pytest.raises(InputError, match="no check '9'; it has 1, 2"):
        lesson("M08").check("9", 1)


def test_editions_and_keys_are_in_step_with_their_sources():
    assert editions.check() == []
    assert overviews.page_faults() == []


KEYS = sorted(file.stem.split("_")[0] for file in (editions.lessons_folder() / "keys").glob("M*.json"))
WRONG = {
    "exact": "surely not",
    "tol": -987_654.5,
    "set": ["surely not"],
    "rank": ["z", "y"],
    "graph": [("surely", "not")],
    "map": gpd.GeoSeries([box(0, 0, 900, 900)], crs=32633),
    "schema": {},
    "text": "It may be.",
    "safeguards": "no case",
    "rubric": " ",
}


@pytest.mark.parametrize("lesson_id", KEYS)
def test_every_hint_is_shown_and_the_last_one_stays(lesson_id):
    at_work = lesson(lesson_id)
    for number, held in editions.key_of(lesson_id)["checks"].items():
        hints = held["hints"]
        wrong = WRONG[held["kind"]]
        shown = [at_work.check(number, wrong) for _ in range(len(hints) + 1)]
        assert [one.hint for one in shown] == [f"Hint: {hint}" for hint in [*hints, hints[-1]]]
        assert all(one.verdict == "not yet" for one in shown)
        assert at_work.check(number, ...).verdict == "not answered"


def test_other_column_order_is_the_same_answer():
    right = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    assert verdict(
        "graph", right, right[["target", "source"]].assign(more=1)[["more", "target", "source"]]
    ).ok


@pytest.mark.parametrize("source", editions.sources(), ids=lambda source: source.stem)
def test_no_student_file_holds_an_answer(source):
    written = read_lesson(source)
    folder = source.parent
    student = (folder / "student" / f"{source.stem}.ipynb").read_text(encoding="utf-8")
    key = (folder / "keys" / f"{source.stem}.json").read_text(encoding="utf-8")
    trainer = (folder / "trainer" / f"{source.stem}.ipynb").read_text(encoding="utf-8")
    assert "SOLUTION" not in student + trainer
    assert "# CHECK" not in student + trainer
    assert "Trainer" not in student
    cells = json.loads(student)["cells"]
    lines = {line.strip() for cell in cells for line in "".join(cell["source"]).splitlines()}
    for cell in written.cells:
        for solution in re.findall(r"# SOLUTION BEGIN\n(.*?)# SOLUTION END", cell.text, flags=re.DOTALL):
            for line in solution.splitlines():
                if len(line.strip()) > 12:
                    assert line.strip() not in lines
    managers = folder / "manager" / f"{source.stem}.ipynb"
    if written.manager_checks:
        seen = managers.read_text(encoding="utf-8")
        assert "# CHECK" not in seen
        assert "right:" not in seen
        key += (folder / "keys" / f"{source.stem.replace('_', '-managers_', 1)}.json").read_text(
            encoding="utf-8"
        )
    for question in written.questions.values():
        for right in [question.right] if isinstance(question.right, str) else question.right:
            assert json.dumps(right)[1:-1] not in key
    for text in (student, key):
        assert "Broltor" not in text
    objectives = written.about["objectives"]
    assert all(objective[0].islower() for objective in objectives)
    assert set(written.checks) == {str(number) for number in range(1, len(written.checks) + 1)}


GOOD = """# ---
# id: M99
# title: "Try"
# guidebook: {chapter: "1", verified: false}
# teaching: 5
# exercises: 5
# level: analyst
# data: none
# questions: ["Why?"]
# objectives: ["count"]
# keypoints: ["Count."]
# ---

# %% [markdown]
# ## Count

# %% tags=["exercise:1"]
# SOLUTION BEGIN
n = 3
# SOLUTION END n = ...

# %% tags=["check:1"]
# CHECK n | exact | hint: Count. | hint: Three.
lesson.check("1", n)
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("# id: M99\n", "", "lacks id"),
        ("level: analyst", "level: expert", "level must be one of"),
        ('objectives: ["count"]', "objectives: count", "objectives must be a list"),
        ("verified: false", "page: 3", "whether it was verified"),
        (" | hint: Count. | hint: Three.", "", "check 1 has no hint"),
        ("| exact |", "| magic |", "the kind 'magic' is not known"),
        ("| exact |", "| exact loose |", "'loose' is no option"),
        ("# SOLUTION BEGIN\n", "", "no solution between its marks"),
        ('check("1"', 'check("2"', "does not call lesson.check"),
        ('tags=["check:1"]', "", "exercise 1 has no check"),
        ("# ---\n# id", "# id", "no front matter"),
        ("# teaching: 5", "# teaching: [", "no YAML"),
    ],
)
def test_a_source_that_does_not_fit_says_everything_that_is_wrong(tmp_path, old, new, says):
    file = tmp_path / "M99_try.py"
    file.write_text(GOOD, encoding="utf-8")
    assert read_lesson(file).minutes == 10
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ReadError, match=re.escape(says)):
        read_lesson(file)
