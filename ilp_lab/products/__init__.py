"""Written products: what decision-makers read, with its sources, method and handling on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.products.profile import ProblemProfile as ProblemProfile
    from ilp_lab.products.profile import Section as Section

_NAMES = {
    "ProblemProfile": "profile",
    "Section": "profile",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
