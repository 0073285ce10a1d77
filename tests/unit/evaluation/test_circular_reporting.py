"""Corroboration counts origins; circular reports are found by citations and by words, fast, in any script."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from ilp_lab import evaluation as ev
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.evaluation.likeness import SHARED_WORDS, alike_texts, words


def reports(rows, **more):
    frame = pd.DataFrame(
        rows, columns=["report_id", "source_ref", "information_grade", "corroborated_by", "cites"]
    )
    return frame.assign(source_grade="B", **more)


def test_only_another_origin_corroborates():
    table = reports(
        [
            ("R1", "S1", "3", ["R2"], []),  # another source
            ("R2", "S2", "2", [], []),
            ("R3", "S1", "3", ["R4"], []),  # the same source under another number
            ("R4", "S1", "2", [], []),
            ("R5", "S5", "3", ["R6"], []),  # the other drew on it
            ("R6", "S6", "2", [], ["R5"]),
            ("R7", "S7", "3", ["R99"], []),  # not here
            ("R8", "S8", "3", [], []),
            ("R9", "S9", "3", ["R10", "R11"], []),  # two confirmations, one origin
            ("R10", "S10", "2", [], ["R2"]),
            ("R11", "S11", "2", [], ["R10"]),
        ]
    )
    found = ev.corroboration(table).set_index("report_id")
    assert found["verdict"].to_dict() == {
        "R1": "corroborated", "R2": "not needed", "R3": "not corroborated", "R4": "not needed",
        "R5": "not corroborated", "R6": "not needed", "R7": "cannot be checked", "R8": "not corroborated",
        "R9": "corroborated", "R10": "not needed", "R11": "not needed",
    }  # fmt: skip
    assert found.loc["R9", "independent_sources"] == 1
    assert found.loc["R3", "same_origin"] == ("R4",)
    assert found.loc["R7", "not_in_table"] == ("R99",)


def test_review_of_grades():
    table = reports(
        [("R1", "S1", "1", [], []), ("R2", "S2", "5", [], []), ("R3", "S3", "3", ["R1"], [])],
        scheme=["4x4", "6x6", "4x4"],
        statement_type=["assessment", "fact", "fact"],
    ).assign(source_grade=["X", "E", "B"])
    found = ev.review_grades(table)
    assert found["valid"].all()
    assert found["suspected_false"].tolist() == [False, True, False]
    assert found["may_be_stated_as_fact"].tolist() == [False, False, True]
    assert found["warnings"].str[:2].tolist() == ["X1", "E5", ""]
    british = table.iloc[:1].assign(scheme="3x5x2", source_grade="1", information_grade="A", permission="C")
    assert "needs conditions" in ev.review_grades(british)["faults"].iloc[0]


def test_circles_of_citations_are_found_whoever_tells_them():
    table = reports(
        [
            ("R1", "S1", "2", [], ["R3"]),
            ("R2", "S2", "2", [], ["R1"]),
            ("R3", "S3", "2", [], ["R2"]),
            ("R4", "S4", "2", [], ["R4"]),
            ("R5", "S5", "2", [], ["R1"]),
            ("R6", "S6", "2", [], []),
        ]
    )
    found = ev.circular_reports(table).table
    assert found["report_id"].tolist() == ["R1", "R2", "R3", "R4"]
    assert found["how"].tolist() == ["circle of citations"] * 3 + ["cites itself"]
    assert found["sources_named"].tolist() == [3, 3, 3, 1]
    assert found["origins"].tolist() == [1, 1, 1, 1]


def test_confirmations_in_a_circle_and_from_the_own_origin():
    table = reports(
        [
            ("R1", "S1", "3", ["R2"], []), ("R2", "S2", "3", ["R3"], []), ("R3", "S3", "3", ["R1"], []),
            ("R4", "S4", "3", ["R5"], []), ("R5", "S5", "3", ["R4"], []), ("R6", "S6", "3", ["R7"], []),
            ("R7", "S6", "2", [], []),
        ]
    )  # fmt: skip
    found = ev.circular_reports(table).table.groupby("how")["report_id"].agg(list).to_dict()
    assert found == {
        "confirm each other in a circle": ["R1", "R2", "R3"],
        "confirmed by its own origin": ["R6", "R7"],
    }


MILL = {
    "R1": "Guns are hidden in the old mill by the river near Orrin.",
    "R2": "GUNS are hidden in the old mill by the river, near Orrin!!",
    "R3": "It is said that guns are hidden in the old mill by the river near Orrin, behind the wheel.",
    "R4": "The mill was quiet all week.",
    "R5": "Оружие спрятано на старой мельнице у реки возле Оррина.",
    "R6": "Возле Оррина у реки на старой мельнице спрятано оружие",
    "R7": "武器は川沿いの古い水車小屋に隠されているという話がある。",
    "R8": "聞いたところ、武器は川沿いの古い水車小屋に隠されているという話がある。",
    "R9": "Grey van BM 114 seen at the pier at 02:10",
    "R10": "Grey van BM 115 seen at the pier at 03:10",
    "R11": "",
}


def test_the_same_words_in_any_script():
    table = pd.DataFrame({"report_id": list(MILL), "text": list(MILL.values())})
    table["source_ref"] = [f"S{at}" for at in range(len(table))]
    found = ev.circular_reports(table)
    groups = found.table.groupby("group")["report_id"].agg(set).tolist()
    assert sorted(map(sorted, groups)) == [["R1", "R2", "R3"], ["R5", "R6"], ["R7", "R8"]]
    like = found.table.set_index("report_id")["like"]
    assert like[["R1", "R2", "R3"]].tolist() == [1.0, 1.0, 1.0]
    assert found["other_numbers"] == 1
    assert found.left_out == {"without text, compared by citations only": 1}
    assert found.left_out_rows["report_id"].tolist() == ["R11"]
    assert "other numbers" in found.explain()
    pairs = found.details["pairs"]
    assert pairs.query("report_id == 'R1' and other_id == 'R3'")["how"].tolist() == ["one holds the other"]


WORDS = st.lists(
    st.sampled_from(
        [
            "grey",
            "van",
            "pier",
            "mill",
            "river",
            "gun",
            "seen",
            "night",
            "dealer",
            "boat",
            "motor",
            "yard",
            "7",
            "8",
        ]
    ),
    max_size=7,
)


@settings(max_examples=80)
@given(st.lists(WORDS, max_size=9), st.sampled_from([0.7, 0.85, 1.0]))
def test_no_alike_pair_is_missed_and_none_is_made_up(rows, alike):
    texts = [" ".join(row) for row in rows]
    found = {(left, right) for left, right, _, _ in alike_texts(texts, alike=alike).pairs}
    said = [words(text) for text in texts]
    for left in range(len(texts)):
        for right in range(left + 1, len(texts)):
            plain = [[word for word in said[at] if not word.isdigit()] for at in (left, right)]
            numbers = [sorted(word for word in said[at] if word.isdigit()) for at in (left, right)]
            if plain[0] == plain[1]:
                same = numbers[0] == numbers[1] and bool(said[left])
                if not same:
                    assert (left, right) not in found
                continue
            if not plain[0] or not plain[1]:
                assert (left, right) not in found
                continue
            sets = [set(plain[0]), set(plain[1])]
            dice = 2 * len(sets[0] & sets[1]) / (len(sets[0]) + len(sets[1]))
            ratio = fuzz.ratio(" ".join(sorted(plain[0])), " ".join(sorted(plain[1]))) / 100
            if (left, right) in found:
                assert dice >= SHARED_WORDS - 1e-6
                assert ratio >= alike - 1e-6
            elif dice >= SHARED_WORDS and ratio >= alike and numbers[0] == numbers[1]:
                # the pair may stand for it that joins the first texts with the same words and numbers
                assert any(
                    {said_of(said, pair[0]), said_of(said, pair[1])}
                    == {said_of(said, left), said_of(said, right)}
                    for pair in found
                )


def said_of(said, at):
    return tuple(said[at])


@pytest.mark.slow
def test_ten_thousand_reports_at_once():
    random.seed(3)
    stock = ["".join(random.choices("abdegiklmnorstuv", k=random.randint(3, 9))) for _ in range(4000)]
    share = 1 / np.arange(1, 4001)
    texts = [" ".join(random.choices(stock, weights=share, k=random.randint(10, 25))) for _ in range(10_000)]
    for at in range(100):
        copy = texts[at].split()
        random.shuffle(copy)
        texts[9_000 + at] = " ".join(copy)
    table = pd.DataFrame({"report_id": [f"R{at:05d}" for at in range(10_000)], "text": texts})
    table["source_ref"] = [f"S{at % 700}" for at in range(10_000)]
    found = ev.circular_reports(table)
    planted = {(f"R{at:05d}", f"R{9_000 + at:05d}") for at in range(100)}
    pairs = found.details["pairs"]
    assert planted <= set(zip(pairs["report_id"], pairs["other_id"], strict=True))
    assert len(pairs) < 130


def test_ten_thousand_times_the_same_words_stay_one_group():
    table = pd.DataFrame({"report_id": range(10_000), "source_ref": "S1", "text": "Nothing seen."})
    found = ev.circular_reports(table)
    assert found.table["group"].unique().tolist() == [1]
    assert len(found.table) == 10_000


def test_bad_input_is_named():
    table = reports([("R1", "S1", "2", [], []), ("R1", "S2", "2", [], [])])
    for function in (ev.corroboration, ev.circular_reports, ev.review_grades):
        with pytest.raises(ColumnError, match="must stand there once"):
            function(table)
        with pytest.raises(ColumnError, match="source_ref"):
            function(table.drop(columns="source_ref"))
        with pytest.raises(InputError, match="must be a table"):
            function([1])
    with pytest.raises(ColumnError, match="have no report_id"):
        ev.corroboration(table.assign(report_id=None))
    with pytest.raises(InputError, match="alike"):
        ev.circular_reports(table.iloc[:1], alike=0.1)
    with pytest.raises(ColumnError, match="remarks"):
        ev.circular_reports(table.iloc[:1], text="remarks")


def test_empty_tables():
    table = reports([])
    assert ev.corroboration(table).empty
    assert ev.review_grades(table).empty
    assert ev.circular_reports(table).table.empty
    assert "No two" in ev.circular_reports(table).explain()


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 9).map(lambda at: f"R{at}"), max_size=3),
            st.lists(st.integers(0, 9).map(lambda at: f"R{at}"), max_size=3),
            st.integers(0, 3),
        ),
        max_size=8,
    )
)
def test_any_graph_of_citations(rows):
    table = reports(
        [(f"R{at}", f"S{source}", "3", named, cites) for at, (named, cites, source) in enumerate(rows)]
    )
    found = ev.corroboration(table)
    for at, (named, _, _) in enumerate(rows):
        counted = found["independent_sources"].iloc[at]
        assert 0 <= counted <= len(set(named)) + len(rows)
        assert (found["verdict"].iloc[at] == "corroborated") == (counted > 0)
    ev.circular_reports(table)
