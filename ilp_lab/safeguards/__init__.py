"""Safeguards: the open case, handling codes, the audit log and the release gate.

Exploring needs no ceremony. Releasing (an export, a product, a package) needs an open case with a purpose, takes
the strictest handling code of its inputs, and is written to the audit log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.safeguards.audit import AuditLog as AuditLog
    from ilp_lab.safeguards.audit import Verdict as Verdict
    from ilp_lab.safeguards.case import Case as Case
    from ilp_lab.safeguards.case import open_case as open_case
    from ilp_lab.safeguards.handling import HandlingPolicy as HandlingPolicy
    from ilp_lab.safeguards.handling import handling_of as handling_of
    from ilp_lab.safeguards.handling import mark as mark
    from ilp_lab.safeguards.handling import origin_of as origin_of
    from ilp_lab.safeguards.handling import policy as policy
    from ilp_lab.safeguards.release import Released as Released
    from ilp_lab.safeguards.release import release_bytes as release_bytes
    from ilp_lab.safeguards.release import release_table as release_table

_NAMES = {
    "AuditLog": "audit",
    "Case": "case",
    "HandlingPolicy": "handling",
    "Released": "release",
    "Verdict": "audit",
    "handling_of": "handling",
    "mark": "handling",
    "open_case": "case",
    "origin_of": "handling",
    "policy": "handling",
    "release_bytes": "release",
    "release_table": "release",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
