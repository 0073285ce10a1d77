"""What matters most: harm scales, indicator matrices, ranks that say when they are a tie, and objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.threats.assessors import agreement as agreement
    from ilp_lab.threats.harmareas import harm_rates as harm_rates
    from ilp_lab.threats.harmconcentration import harm_concentration as harm_concentration
    from ilp_lab.threats.harmscales import HarmScale as HarmScale
    from ilp_lab.threats.harmscales import harm_scale as harm_scale
    from ilp_lab.threats.harmscales import read_harm_scale as read_harm_scale
    from ilp_lab.threats.learning import learn_next as learn_next
    from ilp_lab.threats.matrices import ThreatMatrix as ThreatMatrix
    from ilp_lab.threats.matrices import matrix as matrix
    from ilp_lab.threats.objectives import objective as objective
    from ilp_lab.threats.ranking import rank as rank
    from ilp_lab.threats.requesting import requirements as requirements
    from ilp_lab.threats.rubrics import Rubric as Rubric
    from ilp_lab.threats.rubrics import rubric as rubric
    from ilp_lab.threats.scalecomparison import compare_scales as compare_scales
    from ilp_lab.threats.weighing import harm as harm

_NAMES = {
    "HarmScale": "harmscales",
    "Rubric": "rubrics",
    "ThreatMatrix": "matrices",
    "agreement": "assessors",
    "compare_scales": "scalecomparison",
    "harm": "weighing",
    "harm_concentration": "harmconcentration",
    "harm_rates": "harmareas",
    "harm_scale": "harmscales",
    "learn_next": "learning",
    "matrix": "matrices",
    "objective": "objectives",
    "rank": "ranking",
    "read_harm_scale": "harmscales",
    "requirements": "requesting",
    "rubric": "rubrics",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
