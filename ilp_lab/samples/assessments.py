"""A threat matrix of fictional groups, scored by two assessors: its first two are a tie, and one unknown settles most."""

from __future__ import annotations

from typing import Any

from ilp_lab.samples.dice import Dice

COLUMNS = ("item", "indicator", "level", "evidence", "confidence", "assessor", "assessed_on")
INDICATORS = (
    "corruption", "violence", "infiltration", "expertise", "sophistication", "subversion", "strategy", "discipline", "insulation",
    "intelligence_use", "multiple_enterprises", "mobility", "stability", "scope", "monopoly", "cohesiveness", "continuity",
    "links_to_groups", "links_to_extremists",
)  # fmt: skip
_LEVELS = {"n": "nil", "l": "low", "m": "medium", "h": "high", "u": "unknown"}
_GROUPS = {
    "Group Anvil": "mmmnhmmllulhmulmmhm",
    "Group Birch": "umlmuhmmlmllmlmlmun",
    "Group Cedar": "mllmmhlllnmunuhmmuh",
    "Group Delta": "mmnmnmluhmlmllumnhh",
    "Group Ember": "mulmmmlnmnhmlululml",
}
_ASSESSORS = ("A17", "A22")


def build(seed: int) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """Rows of the matrix, and what is planted in it.

    The second assessor differs by one level in about one cell of eight, and knows no more than the first.
    """
    dice = Dice(seed, "assessments")
    order = "nlmh"
    rows: list[tuple[Any, ...]] = []
    differs = 0
    for assessor in _ASSESSORS:
        for group, marks in _GROUPS.items():
            for indicator, mark in zip(INDICATORS, marks, strict=True):
                reference, second, doubt = dice.one(9000), dice.one(8), dice.one(10)
                said = mark
                if assessor != _ASSESSORS[0] and mark != "u" and second == 0:
                    place = order.index(mark)
                    said = order[place - 1] if place else order[1]
                    differs += 1
                known = said != "u"
                rows.append(
                    (
                        group, indicator, _LEVELS[said], f"R{1000 + reference}" if known else "",
                        ("high" if doubt < 4 else "moderate" if doubt < 8 else "low") if known else "", assessor, "2025-11-15",
                    )
                )  # fmt: skip
    truth = {
        "what": "by the first assessor alone the plain scores of the first two groups are 361 and 351, which is a tie",
        "first_two": ["Group Anvil", "Group Birch"],
        "plain_scores": [361, 351],
        "cells_said_differently": differs,
    }
    return rows, truth
