"""Permission: somebody else than the one who asks, and a reason in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._check import Check

if TYPE_CHECKING:
    from ilp_lab.safeguards.case import Case


def check_reason(
    check: Check, reason: str, *, says: str = "must say why in a sentence", words: int = 3
) -> None:
    """A reason has at least some words."""
    if len(reason.split()) < words:
        check.add(f"reason {says}; got {reason!r}.")


def check_other(check: Check, case: Case, **people: str) -> None:
    """Whoever permits is somebody other than the analyst."""
    for role, name in people.items():
        if not name.strip() or name.strip().casefold() == case.analyst.strip().casefold():
            check.add(f"{role} must be somebody other than the analyst.")
