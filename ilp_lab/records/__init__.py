"""Records of the intelligence cycle: the forms, tables of them, direction, and the case store.

A form is a frozen record that names every missing or wrong field at once. Records go in and out of tables, carry a
version and a hash, and are kept in the case store, which adds and never overwrites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ilp_lab._lazy import hand_on

if TYPE_CHECKING:
    from ilp_lab.records.acting import AuditEvent as AuditEvent
    from ilp_lab.records.acting import DecisionRecord as DecisionRecord
    from ilp_lab.records.acting import DisseminationRecord as DisseminationRecord
    from ilp_lab.records.acting import LessonResult as LessonResult
    from ilp_lab.records.acting import RetentionReview as RetentionReview
    from ilp_lab.records.acting import TaskingRecord as TaskingRecord
    from ilp_lab.records.caring import CommunityConcern as CommunityConcern
    from ilp_lab.records.caring import ReadinessScore as ReadinessScore
    from ilp_lab.records.caring import ReferralRecord as ReferralRecord
    from ilp_lab.records.casestore import CaseStore as CaseStore
    from ilp_lab.records.catalogue import FORMS as FORMS
    from ilp_lab.records.catalogue import fields as fields
    from ilp_lab.records.catalogue import form_of as form_of
    from ilp_lab.records.catalogue import forms as forms
    from ilp_lab.records.catalogue import json_schema as json_schema
    from ilp_lab.records.catalogue import sensitive_fields as sensitive_fields
    from ilp_lab.records.directing import coverage as coverage
    from ilp_lab.records.directing import coverage_matrix as coverage_matrix
    from ilp_lab.records.directing import gaps as gaps
    from ilp_lab.records.form import Record as Record
    from ilp_lab.records.frames import frame_faults as frame_faults
    from ilp_lab.records.frames import from_frame as from_frame
    from ilp_lab.records.frames import to_frame as to_frame
    from ilp_lab.records.gathering import CollectionPlan as CollectionPlan
    from ilp_lab.records.gathering import DataSetRecord as DataSetRecord
    from ilp_lab.records.gathering import EntityLink as EntityLink
    from ilp_lab.records.gathering import IntelligenceReport as IntelligenceReport
    from ilp_lab.records.gathering import IntelligenceRequirement as IntelligenceRequirement
    from ilp_lab.records.gathering import PurposeRecord as PurposeRecord
    from ilp_lab.records.gathering import TermsOfReference as TermsOfReference
    from ilp_lab.records.judging import AnalyticJudgement as AnalyticJudgement
    from ilp_lab.records.judging import IndicatorScore as IndicatorScore
    from ilp_lab.records.judging import ProblemProfileData as ProblemProfileData
    from ilp_lab.records.judging import StrategicAssessmentData as StrategicAssessmentData
    from ilp_lab.records.judging import SubjectProfileData as SubjectProfileData
    from ilp_lab.records.judging import TacticalAssessmentData as TacticalAssessmentData
    from ilp_lab.records.opening import open_store as open_store
    from ilp_lab.records.passing import sharing_faults as sharing_faults
    from ilp_lab.records.sharing import Shared as Shared
    from ilp_lab.records.sharing import TakenIn as TakenIn
    from ilp_lab.records.sharing import share as share
    from ilp_lab.records.sharing import take_in as take_in
    from ilp_lab.records.subjectrights import rectify as rectify
    from ilp_lab.records.subjectrights import subject_report as subject_report

_NAMES = {
    "FORMS": "catalogue",
    "AnalyticJudgement": "judging",
    "AuditEvent": "acting",
    "CaseStore": "casestore",
    "CollectionPlan": "gathering",
    "CommunityConcern": "caring",
    "ReadinessScore": "caring",
    "ReferralRecord": "caring",
    "DataSetRecord": "gathering",
    "DecisionRecord": "acting",
    "DisseminationRecord": "acting",
    "EntityLink": "gathering",
    "IndicatorScore": "judging",
    "IntelligenceReport": "gathering",
    "IntelligenceRequirement": "gathering",
    "LessonResult": "acting",
    "ProblemProfileData": "judging",
    "PurposeRecord": "gathering",
    "Record": "form",
    "RetentionReview": "acting",
    "Shared": "sharing",
    "StrategicAssessmentData": "judging",
    "SubjectProfileData": "judging",
    "TacticalAssessmentData": "judging",
    "TakenIn": "sharing",
    "TaskingRecord": "acting",
    "TermsOfReference": "gathering",
    "coverage": "directing",
    "coverage_matrix": "directing",
    "fields": "catalogue",
    "form_of": "catalogue",
    "forms": "catalogue",
    "frame_faults": "frames",
    "from_frame": "frames",
    "gaps": "directing",
    "json_schema": "catalogue",
    "open_store": "opening",
    "rectify": "subjectrights",
    "sensitive_fields": "catalogue",
    "share": "sharing",
    "sharing_faults": "passing",
    "subject_report": "subjectrights",
    "take_in": "sharing",
    "to_frame": "frames",
}

__all__ = sorted(_NAMES)  # noqa: PLE0605
__getattr__ = hand_on(__name__, _NAMES)
