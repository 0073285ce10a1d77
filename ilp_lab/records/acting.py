"""Forms of decision, tasking, dissemination and review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal
from uuid import uuid4

from pydantic import Field

from ilp_lab.records.fieldtypes import Amount, Day, Moment, Number, Reference, References, Sha256, Text, Texts
from ilp_lab.records.form import Record, human
from ilp_lab.records.judging import ActionType, Options

Status = Literal["planned", "running", "done", "stopped"]


class DecisionRecord(Record):
    """What was decided, by whom, on which evidence, and what else was considered."""

    form: ClassVar[str] = "DecisionRecord"
    title: ClassVar[str] = "Decision record"
    stage: ClassVar[str] = "direction"
    number: ClassVar[int] = 9
    id_field: ClassVar[str] = "decision_id"

    decision_id: Reference = Field(description="Its number")
    options: Options = Field(min_length=1, description="Options considered, doing nothing among them")
    evidence: References = Field(default=(), description="Products and their versions that were used")
    decision: Text = Field(description="What was decided")
    chosen: Text | None = Field(
        default=None, description="Name of the option that was chosen; empty when it was another way"
    )
    decision_maker: Reference = Field(description="Who decided: a person")
    reasons: Text = Field(description="Why; also why the advice was not followed, where it was not")
    dissent: Text | None = Field(default=None, description="Who disagreed, and why")
    decided_on: Day | None = Field(default=None, description="When")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        options, chosen = given.get("options"), given.get("chosen")
        if options is not None and not any(option.do_nothing for option in options):
            yield "options lack the option of doing nothing; add one with do_nothing=True."
        if options is not None and chosen is not None and chosen not in {option.name for option in options}:
            yield f"chosen {chosen!r} is none of the options."
        reason = human(given.get("decision_maker") or "")
        if reason:
            yield f"decision_maker: {reason}"


class TaskingRecord(Record):
    """A task that follows from a decision: who does what by when, and how success shows."""

    form: ClassVar[str] = "TaskingRecord"
    title: ClassVar[str] = "Tasking record"
    stage: ClassVar[str] = "direction"
    number: ClassVar[int] = 10
    id_field: ClassVar[str] = "task_id"

    task_id: Reference = Field(description="Its number")
    meeting_date: Day | None = Field(
        default=None, description="Date of the tasking and co-ordination meeting"
    )
    decision_id: Reference = Field(description="The decision it follows from")
    objective: Text = Field(description="What is to be achieved")
    owner: Reference = Field(description="Who answers for it")
    hours: Amount | None = Field(default=None, description="Working hours")
    money: Amount | None = Field(default=None, description="Money")
    currency: Reference | None = Field(default=None, description="In which currency")
    start: Day | None = Field(default=None, description="First day")
    end: Day | None = Field(default=None, description="Last day")
    action_type: ActionType | None = Field(
        default=None, description="Prevention, intelligence or enforcement"
    )
    constraints: Texts = Field(default=(), description="Limits")
    outcome_measure: Text = Field(description="How success shows")
    status: Status = Field(default="planned", description="How it stands")
    result: Text | None = Field(default=None, description="What came of it")
    lesson: Text | None = Field(default=None, description="What was learnt")
    referred_from: Reference | None = Field(default=None, description="Unit it came from")
    referred_to: Reference | None = Field(default=None, description="Unit it was passed to")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        start, end = given.get("start"), given.get("end")
        if start is not None and end is not None and end < start:
            yield f"end {end} lies before start {start}."
        if given.get("status") == "done" and "result" in given and given["result"] is None:
            yield "status is 'done', but result does not say what came of it."


class DisseminationRecord(Record):
    """What went to whom, why, under which conditions; and whether it was called back."""

    form: ClassVar[str] = "DisseminationRecord"
    title: ClassVar[str] = "Dissemination record"
    stage: ClassVar[str] = "dissemination"
    number: ClassVar[int] = 11
    id_field: ClassVar[str] = "dissemination_id"

    dissemination_id: Reference = Field(
        default_factory=lambda: f"D-{uuid4().hex[:12]}", description="Its number"
    )
    product_id: Reference = Field(description="What was passed on")
    product_version: int | None = Field(default=None, ge=1, description="Its version")
    recipient_organisation: Text = Field(description="To which organisation")
    recipient_person: Reference | None = Field(default=None, description="To whom there")
    recipient_country: Reference | None = Field(default=None, description="In which country")
    transfer_basis: Text | None = Field(default=None, description="Legal basis of a transfer abroad")
    justification: Text = Field(description="Why")
    disseminated_at: Moment = Field(description="When")
    quality_note: Text | None = Field(default=None, description="Grade and date of what was passed on")
    sanitised_by: Reference | None = Field(default=None, description="Who took out source and subject")
    onward_conditions: Text | None = Field(default=None, description="Conditions for passing it on")
    receipt: Text | None = Field(default=None, description="Who confirmed that it came, and when")
    sha256_of_file: Sha256 | None = Field(default=None, description="Hash of what was passed on")
    recalled: bool = Field(default=False, description="Was it called back or corrected?")
    recall_reason: Text | None = Field(default=None, description="Why")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if given.get("recalled") and "recall_reason" in given and given["recall_reason"] is None:
            yield "recalled is set, but recall_reason does not say why."
        if given.get("recipient_country") and "transfer_basis" in given and given["transfer_basis"] is None:
            yield "recipient_country is given: a transfer abroad needs its legal basis in transfer_basis."


class RetentionReview(Record):
    """Is a record still needed? The answer, by a person, with the next date."""

    form: ClassVar[str] = "RetentionReview"
    title: ClassVar[str] = "Retention review"
    stage: ClassVar[str] = "re-evaluation"
    number: ClassVar[int] = 12
    id_field: ClassVar[str] = "retention_review_id"

    retention_review_id: Reference = Field(
        default_factory=lambda: f"V-{uuid4().hex[:12]}", description="Its number"
    )
    reviewed_form: Reference = Field(description="Form of the record that is reviewed")
    reviewed_id: Reference = Field(description="Its number")
    last_relevant_event: Day | None = Field(default=None, description="When it last mattered")
    due: Day = Field(description="When the review was due")
    reviewer: Reference | None = Field(default=None, description="Who reviewed: a person")
    reviewed_on: Day | None = Field(default=None, description="When")
    answers: Texts = Field(default=(), description="Answers to the criteria of the schedule")
    outcome: Literal["retain", "restrict", "pseudonymise", "erase"] | None = Field(
        default=None, description="What follows"
    )
    reason: Text | None = Field(default=None, description="Why")
    next_review: Day | None = Field(default=None, description="When to ask again")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        outcome = given.get("outcome")
        if outcome is None:
            return
        for name in ("reviewer", "reviewed_on", "reason"):
            if name in given and given[name] is None:
                yield f"{name} is missing: an outcome says who decided, when and why."
        reason = human(given.get("reviewer") or "")
        if reason:
            yield f"reviewer: {reason}"
        after, done = given.get("next_review"), given.get("reviewed_on")
        if outcome != "erase" and "next_review" in given and after is None:
            yield "next_review is missing: what is kept is asked about again."
        if after is not None and done is not None and after <= done:
            yield f"next_review {after} is not after the review itself ({done})."


class AuditEvent(Record):
    """One entry of the audit log, as a form; entries live in the case's log, not in the store."""

    form: ClassVar[str] = "AuditEvent"
    title: ClassVar[str] = "Audit event"
    stage: ClassVar[str] = "re-evaluation"
    number: ClassVar[int] = 14
    id_field: ClassVar[str] = "seq"

    seq: int = Field(ge=1, description="Its place in the log")
    at: Moment = Field(description="When")
    actor: Reference = Field(description="Who")
    role: Reference | None = Field(default=None, description="In which role")
    operation: Literal[
        "collection", "alteration", "consultation", "disclosure", "combination", "erasure", "housekeeping"
    ] = Field(description="What kind of act; the last is the log's own upkeep")
    what: Text = Field(description="In a few words")
    objects: References = Field(default=(), description="Which records")
    count: int | None = Field(default=None, ge=0, description="How many")
    justification: Text | None = Field(default=None, description="Why")
    recipient: Text | None = Field(default=None, description="To whom")
    prev: Sha256 = Field(description="Hash of the entry before")
    hash: Sha256 = Field(description="Hash of this entry")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if given.get("operation") == "disclosure" and "recipient" in given and given["recipient"] is None:
            yield "recipient is missing: a disclosure says to whom."
        if (
            given.get("operation") in {"consultation", "disclosure"}
            and given.get("justification", "") is None
        ):
            yield "justification is missing: looking at data and passing them on say why."


class LessonResult(Record):
    """How a learner did, under a pseudonym; for the trainer only."""

    form: ClassVar[str] = "LessonResult"
    title: ClassVar[str] = "Lesson result"
    stage: ClassVar[str] = "re-evaluation"
    number: ClassVar[int] = 17
    id_field: ClassVar[str] = "lesson_result_id"

    lesson_result_id: Reference = Field(
        default_factory=lambda: f"T-{uuid4().hex[:12]}", description="Its number"
    )
    lesson: Reference = Field(description="Which lesson")
    check: Reference = Field(description="Which check of it")
    learner: Reference = Field(
        description="Pseudonym of the learner", json_schema_extra={"sensitivity": "personal"}
    )
    passed: bool = Field(description="Passed?")
    score: Number | None = Field(default=None, description="Points")
    highest: Number | None = Field(default=None, description="Points that were possible")
    attempt: int = Field(default=1, ge=1, description="Which attempt")
    taken_at: Moment | None = Field(default=None, description="When")
