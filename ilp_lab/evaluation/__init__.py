"""Evaluation: how reliable the source is, how good the information, and whether it is the same rumour twice.

Sources and information are graded separately. Schemes are data packs; conversion between them says what it loses;
corroboration counts different sources only; reports that feed each other are found and shown to a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.evaluation.circular import circular_reports as circular_reports
    from ilp_lab.evaluation.confirming import corroboration as corroboration
    from ilp_lab.evaluation.confirming import review_grades as review_grades
    from ilp_lab.evaluation.conversion import Conversion as Conversion
    from ilp_lab.evaluation.conversion import convert as convert
    from ilp_lab.evaluation.conversion import convert_grades as convert_grades
    from ilp_lab.evaluation.grading import Grade as Grade
    from ilp_lab.evaluation.grading import GradingScheme as GradingScheme
    from ilp_lab.evaluation.grading import scheme as scheme
    from ilp_lab.evaluation.grading import schemes as schemes
    from ilp_lab.evaluation.weighting import certainty as certainty
    from ilp_lab.evaluation.weighting import weights as weights

_NAMES = {
    "Conversion": "conversion",
    "certainty": "weighting",
    "weights": "weighting",
    "circular_reports": "circular",
    "corroboration": "confirming",
    "review_grades": "confirming",
    "convert": "conversion",
    "convert_grades": "conversion",
    "Grade": "grading",
    "GradingScheme": "grading",
    "scheme": "grading",
    "schemes": "grading",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
