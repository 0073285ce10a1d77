"""What is decided and who does it: patrols, districts, cover and hours; options, decisions, meetings, tasks, readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.tasking.community import community_feedback as community_feedback
    from ilp_lab.tasking.community import concern_requirements as concern_requirements
    from ilp_lab.tasking.covering import cover as cover
    from ilp_lab.tasking.deciding import Effect as Effect
    from ilp_lab.tasking.deciding import came_true as came_true
    from ilp_lab.tasking.deciding import decide as decide
    from ilp_lab.tasking.districting import districts as districts
    from ilp_lab.tasking.fairness import fairness_price as fairness_price
    from ilp_lab.tasking.feedback import feedback_loop as feedback_loop
    from ilp_lab.tasking.following import close_task as close_task
    from ilp_lab.tasking.following import evaluation_windows as evaluation_windows
    from ilp_lab.tasking.following import follow_up as follow_up
    from ilp_lab.tasking.maturity import readiness as readiness
    from ilp_lab.tasking.maturity import readiness_form as readiness_form
    from ilp_lab.tasking.meetings import agenda as agenda
    from ilp_lab.tasking.meetings import cascade as cascade
    from ilp_lab.tasking.meetings import escalate as escalate
    from ilp_lab.tasking.options import weigh_options as weigh_options
    from ilp_lab.tasking.patrolling import patrols as patrols
    from ilp_lab.tasking.portfolios import portfolio as portfolio
    from ilp_lab.tasking.referrals import referral_review as referral_review

_NAMES = {
    "Effect": "deciding",
    "agenda": "meetings",
    "came_true": "deciding",
    "cascade": "meetings",
    "close_task": "following",
    "community_feedback": "community",
    "concern_requirements": "community",
    "cover": "covering",
    "decide": "deciding",
    "districts": "districting",
    "escalate": "meetings",
    "evaluation_windows": "following",
    "fairness_price": "fairness",
    "feedback_loop": "feedback",
    "follow_up": "following",
    "patrols": "patrolling",
    "portfolio": "portfolios",
    "readiness": "maturity",
    "readiness_form": "maturity",
    "referral_review": "referrals",
    "weigh_options": "options",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
