"""Reasoning: judgements in agreed words, competing hypotheses, assumptions, scenarios, and whether it came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.reasoning.assumptions import key_assumptions as key_assumptions
    from ilp_lab.reasoning.calibrating import calibration as calibration
    from ilp_lab.reasoning.foresight import indicators as indicators
    from ilp_lab.reasoning.foresight import scenarios as scenarios
    from ilp_lab.reasoning.hypotheses import competing_hypotheses as competing_hypotheses
    from ilp_lab.reasoning.judging import Judgement as Judgement
    from ilp_lab.reasoning.judging import judgement as judgement
    from ilp_lab.reasoning.judging import judgements_table as judgements_table
    from ilp_lab.reasoning.wording import check_language as check_language
    from ilp_lab.reasoning.yardsticks import Yardstick as Yardstick
    from ilp_lab.reasoning.yardsticks import yardstick as yardstick

_NAMES = {
    "Judgement": "judging",
    "Yardstick": "yardsticks",
    "calibration": "calibrating",
    "check_language": "wording",
    "competing_hypotheses": "hypotheses",
    "indicators": "foresight",
    "judgement": "judging",
    "judgements_table": "judging",
    "key_assumptions": "assumptions",
    "scenarios": "foresight",
    "yardstick": "yardsticks",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
