"""Requirements, plan and products: what is covered, what is late, what hangs loose."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from examples import EXAMPLES
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab.errors import ColumnError, InputError
from ilp_lab.records import (
    CollectionPlan,
    IntelligenceRequirement,
    ProblemProfileData,
    TacticalAssessmentData,
    coverage,
    coverage_matrix,
    gaps,
    to_frame,
)
from ilp_lab.safeguards import handling_of

DAY = date(2026, 3, 15)


def requirement(number, **changes):
    return IntelligenceRequirement(
        **{**EXAMPLES["IntelligenceRequirement"], "requirement_id": number, **changes}
    )


def planned(number, requirement_id, eei, **changes):
    return CollectionPlan(
        **{
            **EXAMPLES["CollectionPlan"],
            "collection_id": number,
            "requirement_id": requirement_id,
            "eei": eei,
            **changes,
        }
    )


ASKED = to_frame(
    [
        requirement("IR-1", eei=["who sells", "who buys"], priority_area="boats", handling="H2"),
        requirement("IR-2", eei=["routes", "dates"], deadline="2026-03-01"),
        requirement("IR-3", status="satisfied", satisfied_by=["TA-1"]),
        requirement("IR-4", status="withdrawn"),
        requirement("IR-5", satisfied_by=["XX-9"], deadline="2026-12-01"),
    ]
)
PLAN = to_frame(
    [
        planned("C-1", "IR-1", "who sells", received="2026-03-02", grade="B2"),
        planned("C-2", "IR-1", "who sells"),
        planned("C-3", "IR-2", "routes", due="2026-03-05", gap="sea routes"),
        planned("C-4", "IR-9", "stray"),
    ]
)
MADE = [
    to_frame([ProblemProfileData(**EXAMPLES["ProblemProfileData"], requirement_ids=["IR-1", "IR-7"])]),
    to_frame([TacticalAssessmentData(**EXAMPLES["TacticalAssessmentData"])]),
]


def test_coverage_of_requirements_by_products():
    found = coverage(ASKED, MADE, plan=PLAN, on=DAY).set_index("requirement_id")
    assert found["products"].tolist() == [("PP-1",), (), ("TA-1",), (), ()]
    assert found["state"].tolist() == [
        "product, not answered yet",
        "planned",
        "answered",
        "withdrawn",
        "nothing planned",
    ]
    assert found["gap_score"].tolist() == [0.5, 1.0, 0.0, 1.0, 1.0]
    assert found["days_left"].tolist() == [17, -14, 17, 17, 261]
    assert found["overdue"].tolist() == [False, True, False, False, False]
    assert handling_of(found) == "H2"
    matrix = coverage_matrix(ASKED, MADE)
    assert matrix.loc["IR-1"].to_dict() == {"PP-1": True, "TA-1": False}
    assert matrix.to_numpy().sum() == 2


def test_gaps_are_named_the_most_urgent_first():
    found = gaps(ASKED, MADE, plan=PLAN, priorities=["boats", "firearms"], on=DAY)
    assert found[["requirement_id", "gap", "what"]].to_numpy().tolist() == [
        ["IR-2", "no product", "no product names the requirement"],
        ["IR-2", "not planned", "dates"],
        ["IR-2", "late", "routes from Register of trade, 10 days late"],
        ["IR-2", "still missing", "routes: sea routes"],
        ["IR-1", "not planned", "who buys"],
        ["IR-5", "no product", "no product names the requirement"],
        ["", "priority without requirement", "firearms"],
        ["IR-5", "product not here", "XX-9"],
        ["", "requirement not here", "IR-7, named by PP-1"],
        ["", "product without requirement", "TA-1"],
        ["", "requirement not here", "IR-9, named by the collection plan"],
    ]


def test_what_is_no_table_or_lacks_a_column_is_named():
    with pytest.raises(InputError, match="requirements must be a table"):
        coverage([], MADE)
    with pytest.raises(ColumnError, match="requirement_ids"):
        gaps(ASKED, [ASKED])
    with pytest.raises(ColumnError, match="eei"):
        coverage(ASKED, MADE, plan=ASKED.drop(columns="eei"))


def test_nothing_asked_nothing_missing():
    none = ASKED.iloc[:0]
    assert coverage(none, MADE[0].iloc[:0]).empty
    assert gaps(none, MADE[0].iloc[:0]).empty
    assert coverage_matrix(none, MADE[0].iloc[:0]).empty


NUMBERS = st.sampled_from(["IR-1", "IR-2", "IR-3"])


@given(
    st.lists(st.tuples(NUMBERS, st.lists(st.sampled_from("abc"), max_size=3, unique=True)), max_size=3, unique_by=lambda row: row[0]),
    st.lists(st.tuples(NUMBERS, st.sampled_from("abc"), st.booleans()), max_size=6),
    st.lists(st.lists(NUMBERS, max_size=2), max_size=3),
)  # fmt: skip
def test_more_collected_never_widens_a_gap(asked, plan, made):
    requirements = pd.DataFrame(
        [(number, "2026-04-01", eei) for number, eei in asked], columns=["requirement_id", "deadline", "eei"]
    )
    rows = pd.DataFrame(
        [(n, e, "2026-03-01" if got else None) for n, e, got in plan],
        columns=["requirement_id", "eei", "received"],
    )
    products = pd.DataFrame(
        [(f"P{at}", numbers) for at, numbers in enumerate(made)], columns=["product_id", "requirement_ids"]
    )
    before = coverage(requirements, products, plan=rows, on=DAY)
    assert before["gap_score"].between(0, 1).all()
    assert (before["received"] <= before["planned"]).all()
    after = coverage(requirements, products, plan=rows.assign(received="2026-03-01"), on=DAY)
    assert (after["gap_score"] <= before["gap_score"]).all()
    matrix = coverage_matrix(requirements, products)
    assert matrix.sum(axis=1).tolist() == before["products"].map(len).tolist()
