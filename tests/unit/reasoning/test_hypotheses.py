"""Competing hypotheses, assumptions, scenarios and indicators."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab import reasoning
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.safeguards import mark


def sheet(rows, **more):
    cells = pd.DataFrame(rows, columns=["H1", "H2", "H3"][: len(rows[0])])
    cells.insert(0, "evidence", [f"E{number}" for number in range(1, len(rows) + 1)])
    return cells.assign(**more)


def test_the_weight_against_is_added_and_what_speaks_for_does_not_count():
    weighed = reasoning.competing_hypotheses(
        sheet([[2, -1], [2, -2], [-2, 0]], credibility=[1, 0.5, 1], relevance=["high", "low", "high"])
    )
    against = weighed.table.set_index("hypothesis")["against"]
    assert against["H1"] == 2.0
    assert against["H2"] == pytest.approx(1 + 2 * 0.5 / 3)
    assert weighed.table["hypothesis"].tolist() == ["H2", "H1"]


def test_two_of_five_single_pieces_change_the_answer():
    weighed = reasoning.competing_hypotheses(
        sheet([[-1, 0, 0], [-1, -2, 1], [0, -2, -2], [1, 1, -1], [0, 0, 0]])
    )
    pieces = weighed.details["evidence"].set_index("evidence")
    assert weighed.table["hypothesis"].iloc[0] == "H1"
    assert pieces.index[pieces["changes"]].tolist() == ["E3", "E4"]
    assert pieces.loc["E5", "diagnosticity"] == 0
    assert weighed.table.set_index("hypothesis").loc["H1", "stays_first"] == pytest.approx(3 / 5)
    assert "help nobody: E5" in weighed.explain()


def test_drop_one_agrees_with_doing_it_by_hand():
    made = sheet([[-2, 0, 1], [0, -1, -1], [-1, -1, 0], [2, -2, -1]])
    pieces = reasoning.competing_hypotheses(made).details["evidence"]
    for at in range(len(made)):
        without = reasoning.competing_hypotheses(made.drop(index=at)).table
        first = " = ".join(
            name for name in ["H1", "H2", "H3"] if name in set(without[without["rank"] == 1]["hypothesis"])
        )
        assert pieces.loc[at, "first_without"] == first


def test_whole_sources_are_taken_away_too():
    weighed = reasoning.competing_hypotheses(
        sheet([[-1, 0], [-1, 0], [0, -1]], source_ref=["S1", "S1", "S2"])
    )
    sources = weighed.details["sources"].set_index("source")
    assert sources.loc["S1", "changes"]
    assert not sources.loc["S2", "changes"]
    assert "hangs on one source: S1" in weighed.explain()
    assert not weighed.details["evidence"]["changes"].all()


def test_cells_not_assessed_count_for_nothing_and_are_bounded():
    weighed = reasoning.competing_hypotheses(sheet([[None, "II"], ["?", "N"], ["C", ""]]))
    row = weighed.table.set_index("hypothesis").loc["H1"]
    assert (row["against"], row["against_low"], row["against_high"], row["not_assessed"]) == (0, 0, 4, 2)
    assert "3 of 6 cells were not assessed" in weighed.explain()


def test_ties_are_said():
    weighed = reasoning.competing_hypotheses(sheet([[0, 0], [1, 1]]))
    assert weighed.table["rank"].tolist() == [1, 1]
    assert "does not tell 'H1', 'H2' apart" in weighed.explain()


def test_likelihoods_multiply_the_prior():
    weighed = reasoning.competing_hypotheses(
        sheet([[0.8, 0.2], [0.5, 0.5]]), method="likelihood", prior={"H1": 1, "H2": 3}
    )
    share = weighed.table.set_index("hypothesis")["probability"]
    assert share["H1"] == pytest.approx(0.8 / (0.8 + 3 * 0.2))
    assert any("hang together" in caveat for caveat in weighed.caveats)


@given(st.lists(st.lists(st.integers(-2, 2), min_size=3, max_size=3), min_size=1, max_size=6), st.randoms())
def test_the_order_of_rows_and_columns_changes_nothing(rows, random):
    made = sheet(rows)
    mixed = made.sample(frac=1, random_state=random.randint(0, 99))[["H3", "evidence", "H1", "H2"]]
    one, other = (
        reasoning.competing_hypotheses(m).table.set_index("hypothesis")["against"] for m in (made, mixed)
    )
    assert one.to_dict() == pytest.approx(other.to_dict())


def test_the_code_of_the_evidence_is_kept():
    assert reasoning.competing_hypotheses(mark(sheet([[0, 1]]), handling="H3")).handling == "H3"


@pytest.mark.parametrize(
    ("make", "options", "says"),
    [
        (lambda: sheet([[7, 0]]), {}, "numbers from -2 to 2"),
        (lambda: sheet([["maybe", 0]]), {}, "'maybe' for 'H1' in row 1"),
        (lambda: sheet([[0, 0]]).drop(columns="evidence"), {}, "no column 'evidence'"),
        (lambda: sheet([[0, 0]]), {"hypotheses": ["H1"]}, "at least two hypotheses"),
        (lambda: sheet([[0, 0]]).iloc[:0], {}, "1 to 2,000 pieces"),
        (lambda: sheet([[None, None]]), {}, "no cell is assessed"),
        (lambda: sheet([[0, 0]], credibility=["great"]), {}, "from 0 to 1"),
        (lambda: sheet([[0, 0]], credibility=[3]), {}, "from 0 to 1"),
        (lambda: sheet([[0.5, 0]]), {"method": "likelihood"}, "probabilities above 0"),
        (lambda: sheet([[0, 0]]), {"prior": {"H1": 1}}, "prior goes with"),
        (lambda: sheet([[1, 1]]), {"method": "likelihood", "prior": {"H1": 1}}, "name every hypothesis"),
        (lambda: sheet([[0, 0]]).assign(evidence=" "), {}, "not described"),
        (lambda: sheet([[0, 0]]), {"method": "bayes"}, "method must be one of"),
    ],
)
def test_sheets_that_do_not_fit(make, options, says):
    with pytest.raises(InputError, match=says):
        reasoning.competing_hypotheses(make(), **options)


def test_assumptions_are_sorted_by_what_they_put_at_risk():
    cases = list(itertools.product(["solid", "with caveats", "unsupported"], ["none", "weaker", "reversed"]))
    table = pd.DataFrame(cases, columns=["support", "effect_if_wrong"]).assign(
        assumption=[f"A{number}" for number in range(9)], owner="A17"
    )
    found = reasoning.key_assumptions(table).table
    verdict = found.set_index(["support", "effect_if_wrong"])["verdict"].astype(str)
    assert verdict["unsupported", "reversed"] == "look at first"
    assert verdict["with caveats", "weaker"] == "watch"
    assert verdict["solid", "reversed"] == "watch"
    assert set(verdict.xs("none", level=1)) == {"note"}
    assert found["verdict"].cat.codes.is_monotonic_increasing
    assert (found["owner"] == "A17").all()
    with pytest.raises(ColumnError, match="support must be one of"):
        reasoning.key_assumptions(table.assign(support="weak"))


def test_two_drivers_span_four_scenarios():
    laid = reasoning.scenarios(
        across=("controls", "stay", "grow"), along=("demand", "falls", "grows"), names=["A", "B", "C", "D"]
    )
    assert laid["premise"].nunique() == 4
    assert laid.set_index("scenario").loc["D", ["across", "along"]].tolist() == ["grow", "grows"]
    with pytest.raises(InputError, match=r"across must be a driver(.|\n)*four different names"):
        reasoning.scenarios(across=("controls",), along=("d", "a", "b"), names=["A"])


def test_indicators_weigh_scenarios_and_say_what_to_learn_next():
    table = pd.DataFrame(
        {
            "indicator": ["i", "j", "k", "m"],
            "growth": ["yes", 0.9, "yes", "yes"],
            "decline": ["no", 0.1, "yes", "no"],
            "note": ["free text", "", "", ""],
            "observed": ["yes", None, "no", None],
        }
    )
    found = reasoning.indicators(table)
    assert found.table["scenario"].tolist() == ["growth", "decline"]
    assert found.table["fits"].tolist() == [1, 0]
    assert found.table["speaks_against"].tolist() == [1, 2]
    each = found.details["indicators"].set_index("indicator")
    assert each["next"].dropna().sort_values().index.tolist() == ["m", "j"]
    with pytest.raises(ColumnError, match="growth must hold"):
        reasoning.indicators(table.assign(growth="often"), scenarios=["growth", "decline"])
    nothing = reasoning.indicators(table.assign(observed=None))
    assert "Nothing is known" in nothing.explain()
    assert np.isnan(nothing.table["distance"]).all()
