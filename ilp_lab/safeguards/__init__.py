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
    from ilp_lab.safeguards.catches import caught as caught
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
    from ilp_lab.safeguards.mappoints import snap_points as snap_points
    from ilp_lab.safeguards.minimising import minimise as minimise
    from ilp_lab.safeguards.minimising import unused_columns as unused_columns
    from ilp_lab.safeguards.oversight import audit_table as audit_table
    from ilp_lab.safeguards.oversight import oversight_report as oversight_report
    from ilp_lab.safeguards.oversight import resting_on as resting_on
    from ilp_lab.safeguards.packages import Package as Package
    from ilp_lab.safeguards.packages import open_package as open_package
    from ilp_lab.safeguards.packages import received as received
    from ilp_lab.safeguards.packages import release_package as release_package
    from ilp_lab.safeguards.pseudonyms import pseudonymise as pseudonymise
    from ilp_lab.safeguards.pseudonyms import reidentify as reidentify
    from ilp_lab.safeguards.recalls import apply_recall as apply_recall
    from ilp_lab.safeguards.recalls import recall_package as recall_package
    from ilp_lab.safeguards.release import Released as Released
    from ilp_lab.safeguards.release import release_bytes as release_bytes
    from ilp_lab.safeguards.release import release_table as release_table
    from ilp_lab.safeguards.retaining import hide_overdue as hide_overdue
    from ilp_lab.safeguards.retaining import purge as purge
    from ilp_lab.safeguards.retaining import retention_schedule as retention_schedule
    from ilp_lab.safeguards.retaining import review_queue as review_queue
    from ilp_lab.safeguards.retaining import was_purged as was_purged
    from ilp_lab.safeguards.rules import enforce as enforce
    from ilp_lab.safeguards.rules import override as override
    from ilp_lab.safeguards.rules import overrides as overrides
    from ilp_lab.safeguards.rules import rule_set as rule_set
    from ilp_lab.safeguards.sanitising import Sanitised as Sanitised
    from ilp_lab.safeguards.sanitising import sanitise as sanitise
    from ilp_lab.safeguards.sanitising import source_phrases as source_phrases
    from ilp_lab.safeguards.special import admit as admit
    from ilp_lab.safeguards.special import find_special_categories as find_special_categories
    from ilp_lab.safeguards.special import quarantine as quarantine
    from ilp_lab.safeguards.suppressing import check_releases as check_releases
    from ilp_lab.safeguards.suppressing import round_counts as round_counts
    from ilp_lab.safeguards.suppressing import suppress as suppress

_NAMES = {
    "AuditLog": "audit",
    "Case": "case",
    "HandlingPolicy": "handling",
    "Package": "packages",
    "PublicKey": "keys",
    "Released": "release",
    "Sanitised": "sanitising",
    "Verdict": "audit",
    "admit": "special",
    "apply_recall": "recalls",
    "audit_table": "oversight",
    "caught": "catches",
    "check_releases": "suppressing",
    "distrust": "keys",
    "enforce": "rules",
    "find_special_categories": "special",
    "handling_of": "handling",
    "hide_overdue": "retaining",
    "make_key": "keys",
    "mark": "handling",
    "minimise": "minimising",
    "open_case": "case",
    "open_package": "packages",
    "origin_of": "handling",
    "override": "rules",
    "overrides": "rules",
    "oversight_report": "oversight",
    "policy": "handling",
    "pseudonymise": "pseudonyms",
    "public_key": "keys",
    "purge": "retaining",
    "quarantine": "special",
    "recall_package": "recalls",
    "received": "packages",
    "reidentify": "pseudonyms",
    "release_bytes": "release",
    "release_package": "packages",
    "release_table": "release",
    "resting_on": "oversight",
    "retention_schedule": "retaining",
    "review_queue": "retaining",
    "round_counts": "suppressing",
    "rule_set": "rules",
    "sanitise": "sanitising",
    "snap_points": "mappoints",
    "source_phrases": "sanitising",
    "suppress": "suppressing",
    "trust": "keys",
    "trusted": "keys",
    "unused_columns": "minimising",
    "was_purged": "retaining",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
