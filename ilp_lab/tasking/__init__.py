"""What is decided and who does it: patrols, districts, cover and hours; options, decisions, meetings, tasks, readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.tasking.covering import cover as cover
    from ilp_lab.tasking.districting import districts as districts
    from ilp_lab.tasking.fairness import fairness_price as fairness_price
    from ilp_lab.tasking.feedback import feedback_loop as feedback_loop
    from ilp_lab.tasking.patrolling import patrols as patrols
    from ilp_lab.tasking.portfolios import portfolio as portfolio

_NAMES = {
    "cover": "covering",
    "districts": "districting",
    "fairness_price": "fairness",
    "feedback_loop": "feedback",
    "patrols": "patrolling",
    "portfolio": "portfolios",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
