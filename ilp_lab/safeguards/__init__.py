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
    from ilp_lab.safeguards.keys import PublicKey as PublicKey
    from ilp_lab.safeguards.keys import distrust as distrust
    from ilp_lab.safeguards.keys import make_key as make_key
    from ilp_lab.safeguards.keys import public_key as public_key
    from ilp_lab.safeguards.keys import trust as trust
    from ilp_lab.safeguards.keys import trusted as trusted
    from ilp_lab.safeguards.packages import Package as Package
    from ilp_lab.safeguards.packages import apply_recall as apply_recall
    from ilp_lab.safeguards.packages import open_package as open_package
    from ilp_lab.safeguards.packages import recall_package as recall_package
    from ilp_lab.safeguards.packages import received as received
    from ilp_lab.safeguards.packages import release_package as release_package
    from ilp_lab.safeguards.release import Released as Released
    from ilp_lab.safeguards.release import release_bytes as release_bytes
    from ilp_lab.safeguards.release import release_table as release_table

_NAMES = {
    "AuditLog": "audit",
    "Case": "case",
    "HandlingPolicy": "handling",
    "Package": "packages",
    "PublicKey": "keys",
    "Released": "release",
    "Verdict": "audit",
    "apply_recall": "packages",
    "distrust": "keys",
    "handling_of": "handling",
    "make_key": "keys",
    "mark": "handling",
    "open_case": "case",
    "open_package": "packages",
    "origin_of": "handling",
    "policy": "handling",
    "public_key": "keys",
    "recall_package": "packages",
    "received": "packages",
    "release_bytes": "release",
    "release_package": "packages",
    "release_table": "release",
    "trust": "keys",
    "trusted": "keys",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
