"""One filled-in example of every form; mandatory fields only, and with more."""

from __future__ import annotations

from typing import Any

REPORT: dict[str, Any] = {
    "report_id": "R-0001",
    "scheme": "4x4",
    "originator_unit": "belmara/selin/s1",
    "source_ref": "S-0412",
    "text": "A grey van with plate BM-114 stood at the pier on the night of the theft.",
    "statement_type": "fact",
    "source_grade": "B",
    "information_grade": "2",
    "handling": "H1",
    "risk_assessed": True,
    "purpose_id": "P-1",
    "retention_class": "2",
    "review_date": "2027-03-01",
    "evaluator": "E7",
    "created_at": "2026-03-01T10:00+00:00",
}
OPTIONS = [
    {"name": "Lock the yard", "action_type": "prevention", "legality": "Police Act s.4"},
    {"name": "Do nothing", "do_nothing": True},
]
EXAMPLES: dict[str, dict[str, Any]] = {
    "IntelligenceReport": REPORT,
    "IntelligenceRequirement": {
        "requirement_id": "IR-1",
        "question": "Who buys the stolen outboard motors?",
        "requester": "Head of crime, Selin",
        "decision_supported": "Whether to inspect dealers in April",
        "deadline": "2026-04-01",
    },
    "TermsOfReference": {
        "tor_id": "T-1",
        "client": "Head of crime, Selin",
        "purpose": "Choose where to act against thefts from boats",
        "scope": "Thefts from boats, Selin, 2025",
        "data_protection_note": "No personal data beyond plates; deleted after the product",
    },
    "CollectionPlan": {
        "collection_id": "C-1",
        "requirement_id": "IR-1",
        "eei": "Dealers who sell used motors",
        "source": "Register of trade",
        "lawfulness": "Open register; no personal data kept",
    },
    "IndicatorScore": {
        "subject": "Group Dovar",
        "indicator_id": "violence",
        "value": "high",
        "confidence": "low",
        "evidence": ["R-1"],
    },
    "StrategicAssessmentData": {
        "product_id": "SA-1",
        "product_title": "Belmara 2026",
        "author": "A17",
        "period_from": "2025-01-01",
        "period_to": "2025-12-31",
    },
    "SubjectProfileData": {
        "product_id": "SP-1",
        "product_title": "Profile P003",
        "author": "A17",
        "entity_id": "P003",
        "subject_category": "suspect",
        "legal_basis": "Police Act s.12",
        "necessity": "Named in four reports of one series",
        "proportionality": "Open sources and own records only",
        "safeguarding": "Two children in the household",
        "review_date": "2099-01-01",
    },
    "ProblemProfileData": {
        "product_id": "PP-1",
        "product_title": "Thefts from boats",
        "author": "A17",
        "definition": "Outboard motors are taken from small boats at three piers, about nine a month",
    },
    "TacticalAssessmentData": {
        "product_id": "TA-1",
        "product_title": "Weeks 9 and 10",
        "author": "A17",
        "period_from": "2026-02-23",
        "period_to": "2026-03-08",
    },
    "DecisionRecord": {
        "decision_id": "D-1",
        "options": OPTIONS,
        "decision": "Lock the yard and review in May",
        "decision_maker": "Chief inspector 114",
        "reasons": "Cheap, quick, and no intrusion",
    },
    "TaskingRecord": {
        "task_id": "K-1",
        "decision_id": "D-1",
        "objective": "Yard locked by night",
        "owner": "Harbour unit",
        "outcome_measure": "Thefts per month at the pier",
    },
    "DisseminationRecord": {
        "product_id": "PP-1",
        "recipient_organisation": "Harbour authority",
        "justification": "They own the yard",
        "disseminated_at": "2026-03-10T09:00Z",
    },
    "RetentionReview": {
        "reviewed_form": "IntelligenceReport",
        "reviewed_id": "R-0001",
        "due": "2027-03-01",
    },
    "PurposeRecord": {
        "purpose_id": "P-1",
        "purpose": "Problem profile: thefts from boats",
        "legal_basis": "Police Act s.12",
    },
    "AuditEvent": {
        "seq": 1,
        "at": "2026-03-01T10:00Z",
        "actor": "A17",
        "operation": "collection",
        "what": "opened the case",
        "prev": "0" * 64,
        "hash": "a" * 64,
    },
    "EntityLink": {
        "left_id": "P1",
        "right_id": "P2",
        "decision": "different",
        "evidence": ["same birthday, other fingerprints"],
        "decided_by": "A17",
    },
    "AnalyticJudgement": {
        "statement": "The motors leave the country by sea",
        "term": "likely",
        "confidence": "low",
        "basis": ["R-0001"],
    },
    "LessonResult": {"lesson": "M05", "check": "M05.2", "learner": "blue-7", "passed": True},
    "DataSetRecord": {
        "dataset_id": "DS-1",
        "name": "Harbour log",
        "supplier": "Harbour authority",
        "purpose_id": "P-1",
    },
}
