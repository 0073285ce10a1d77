"""Written products: what decision-makers read, with its sources, method and handling on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.products.kinds import Briefing as Briefing
    from ilp_lab.products.kinds import ProblemProfile as ProblemProfile
    from ilp_lab.products.kinds import PublicEdition as PublicEdition
    from ilp_lab.products.kinds import ResultsAnalysis as ResultsAnalysis
    from ilp_lab.products.kinds import StrategicAssessment as StrategicAssessment
    from ilp_lab.products.kinds import SubjectProfile as SubjectProfile
    from ilp_lab.products.kinds import TacticalAssessment as TacticalAssessment
    from ilp_lab.products.parts import Section as Section
    from ilp_lab.products.product import Product as Product

_NAMES = {
    "Briefing": "kinds",
    "ProblemProfile": "kinds",
    "Product": "product",
    "PublicEdition": "kinds",
    "ResultsAnalysis": "kinds",
    "Section": "parts",
    "StrategicAssessment": "kinds",
    "SubjectProfile": "kinds",
    "TacticalAssessment": "kinds",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
