"""Forms of direction, collection, evaluation and collation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal
from uuid import uuid4

from pydantic import BeforeValidator, Field

from ilp_lab.errors import InputError
from ilp_lab.evaluation import scheme
from ilp_lab.records import fieldtypes as kinds
from ilp_lab.records.fieldtypes import Amount, Day, Moment, Number, Reference, References, Text, Texts
from ilp_lab.records.form import Part, Record, human

SubjectCategory = Literal["suspect", "convicted", "victim", "witness", "other party"]
StatementType = Literal["fact", "assessment", "hearsay"]
SourceType = Literal[
    "victim", "witness", "officer", "technical", "open source", "partner", "community", "registered source"
]


class Subject(Part):
    """Somebody or something a report speaks of, in which capacity."""

    entity_id: Reference = Field(description="Who or what")
    categories: Annotated[tuple[SubjectCategory, ...], BeforeValidator(kinds.listed), Field(min_length=1)] = (
        Field(description="Suspect, convicted, victim, witness or other party; more than one is possible")
    )
    since: Day | None = Field(default=None, description="From when in that capacity")


class SpecialCategory(Part):
    """Why data of a special category are strictly necessary."""

    kind: Literal[
        "ethnic origin",
        "political opinions",
        "religion or belief",
        "trade union",
        "genetic",
        "biometric",
        "health",
        "sex life",
    ] = Field(description="Which")
    strict_necessity: Text = Field(description="Why it cannot be done without")
    approved_by: Reference | None = Field(default=None, description="Who agreed")


Subjects = Annotated[tuple[Subject, ...], BeforeValidator(kinds.parts)]


class IntelligenceReport(Record):
    """One fact, who says so, how good it is, and who may see it.

    The text holds one fact. The source is an opaque number, never a name.
    """

    form: ClassVar[str] = "IntelligenceReport"
    title: ClassVar[str] = "Intelligence report"
    stage: ClassVar[str] = "evaluation"
    number: ClassVar[int] = 1
    id_field: ClassVar[str] = "report_id"

    report_id: Reference = Field(description="The report's own number (urn)")
    scheme: Reference = Field(description="Grading scheme: 4x4, 3x5x2, 5x5x5, 6x6 or one of your own")
    originator_unit: Reference = Field(description="Unit that wrote it")
    officer_ref: Reference | None = Field(
        default=None,
        description="Who took it down; never leaves the unit",
        json_schema_extra={"sensitivity": "source"},
    )
    source_ref: Reference = Field(
        description="Opaque number of the source, never its identity",
        json_schema_extra={"sensitivity": "source"},
    )
    source_type: SourceType | None = Field(
        default=None, description="Kind of source", json_schema_extra={"sensitivity": "source"}
    )
    obtained_at: Moment | None = Field(default=None, description="When the information was obtained")
    event_from: Moment | None = Field(default=None, description="Earliest time of what it speaks of")
    event_to: Moment | None = Field(default=None, description="Latest time of what it speaks of")
    text: Text = Field(description="One fact, in words", json_schema_extra={"sensitivity": "personal"})
    statement_type: StatementType = Field(description="Fact, assessment (opinion) or hearsay")
    source_grade: Reference = Field(description="How reliable the source is")
    information_grade: Reference = Field(description="How good the information is")
    corroborated_by: References = Field(default=(), description="Numbers of reports that confirm it")
    cites: References = Field(default=(), description="Numbers of reports it draws on")
    handling: Text = Field(description="Handling code")
    conditions: Text | None = Field(default=None, description="Conditions of handling, in words")
    permission: Reference | None = Field(
        default=None, description="The scheme's own sharing code, such as P or C of 3x5x2"
    )
    action_code: Reference | None = Field(default=None, description="The scheme's action code")
    sanitisation_code: Reference | None = Field(default=None, description="The scheme's sanitisation code")
    security_marking: Text | None = Field(default=None, description="Security marking of the agency")
    risk_assessed: bool = Field(
        description="Has somebody asked whether the text lets a reader recognise the source?"
    )
    risk_note: Text | None = Field(
        default=None, description="What was found", json_schema_extra={"sensitivity": "source"}
    )
    subjects: Subjects = Field(
        default=(),
        description="Who it speaks of, in which capacity",
        json_schema_extra={"sensitivity": "personal"},
    )
    special_category: Annotated[SpecialCategory | None, BeforeValidator(kinds.part)] = Field(
        default=None,
        description="Special category of data, with the reason",
        json_schema_extra={"sensitivity": "personal"},
    )
    purpose_id: Reference = Field(description="The purpose it is held for (PurposeRecord)")
    crime_area: Text | None = Field(default=None, description="Crime area")
    retention_class: Text = Field(description="Retention class of the agency's schedule")
    review_date: Day = Field(description="When somebody must ask whether it is still needed")
    evaluator: Reference = Field(description="Who graded it")
    evaluated_at: Moment | None = Field(default=None, description="When it was graded")
    links: References = Field(default=(), description="Related records")
    created_at: Moment = Field(description="When it was written")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        yield from _grading_rules(given)
        number = given.get("report_id")
        for name in ("corroborated_by", "cites"):
            if number is not None and number in (given.get(name) or ()):
                yield f"{name} names the report itself ({number}): a report cannot confirm itself."
        if "conditions" in given and given["conditions"] is None and _needs_conditions(given.get("handling")):
            yield f"handling {given['handling']} leaves the conditions to the provider: say which in conditions."
        source = given.get("source_ref")
        if source is not None and (any(map(str.isspace, source)) or not any(map(str.isdigit, source))):
            yield "source_ref must be a reference number without spaces, such as 'S-0412', never a name."
        began, ended = given.get("event_from"), given.get("event_to")
        if began is not None and ended is not None and ended < began:
            yield f"event_to {ended} lies before event_from {began}."
        obtained, created = given.get("obtained_at"), given.get("created_at")
        if obtained is not None and created is not None and obtained > created:
            yield f"obtained_at {obtained} lies after created_at {created}."

    @property
    def grade(self) -> str:
        """The code as it is written: source, information, and the scheme's own permission."""
        return f"{self.source_grade}{self.information_grade}{self.permission or ''}"

    @property
    def is_suspected_false(self) -> bool:
        """Whether the grade says that it is false or malicious; such a report is never passed on as fact."""
        return scheme(self.scheme).information_grades[self.information_grade].suspected_false


def _needs_conditions(code: str | None) -> bool:
    from ilp_lab.safeguards import policy

    return any(known.code == code and known.needs_conditions for known in policy().codes)


def _grading_rules(given: Mapping[str, Any]) -> Iterator[str]:
    if given.get("scheme") is None:
        return
    try:
        grading = scheme(given["scheme"])
    except (InputError, OSError) as error:
        yield f"scheme: {error}"
        return
    information = given.get("information_grade")
    yield from grading.faults(
        given.get("source_grade"),
        information,
        permission=given.get("permission"),
        conditions=given.get("conditions"),
    )
    for name, known in (("action_code", grading.actions), ("sanitisation_code", grading.sanitisation)):
        code = given.get(name)
        if code is not None and code not in known:
            yield f"{name} {code!r} is not in {grading.name}; it has {', '.join(known) or 'none'}."
    grade = grading.information_grades.get(information or "")
    if (
        grade is not None
        and grade.needs_corroboration
        and "corroborated_by" in given
        and not given["corroborated_by"]
    ):
        yield (
            f"information_grade {grade.code} says that it is corroborated: name the confirming report, from a different "
            "source, in corroborated_by."
        )


class IntelligenceRequirement(Record):
    """A question whose answer changes a decision."""

    form: ClassVar[str] = "IntelligenceRequirement"
    title: ClassVar[str] = "Intelligence requirement"
    stage: ClassVar[str] = "direction"
    number: ClassVar[int] = 2
    id_field: ClassVar[str] = "requirement_id"

    requirement_id: Reference = Field(description="Its number")
    question: Text = Field(description="What must be known")
    priority_area: Text | None = Field(default=None, description="Priority of the control strategy it serves")
    requester: Reference = Field(description="Who asks")
    decision_supported: Text = Field(description="Which decision the answer supports")
    deadline: Day = Field(description="By when the answer is needed")
    known: Texts = Field(default=(), description="What is known")
    unknown: Texts = Field(default=(), description="What is not known")
    assumed: Texts = Field(default=(), description="What is assumed")
    eei: Texts = Field(
        default=(), description="Essential elements of information: observable parts of the question"
    )
    product_wanted: Text | None = Field(default=None, description="Which product is wanted")
    handling_ceiling: Text | None = Field(
        default=None, description="Strictest handling code the reader may hold"
    )
    status: Literal["open", "in work", "satisfied", "withdrawn"] = Field(
        default="open", description="How it stands"
    )
    satisfied_by: References = Field(default=(), description="Products that answer it")
    referred_from: Reference | None = Field(default=None, description="Unit it came from")
    referred_to: Reference | None = Field(default=None, description="Unit it was passed to")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if given.get("status") == "satisfied" and "satisfied_by" in given and not given["satisfied_by"]:
            yield "status is 'satisfied', but satisfied_by names no product."


class Milestone(Part):
    """Something due on a day."""

    what: Text = Field(description="What")
    due: Day = Field(description="By when")


class TermsOfReference(Record):
    """What a product is to be, agreed before work on it starts."""

    form: ClassVar[str] = "TermsOfReference"
    title: ClassVar[str] = "Terms of reference"
    stage: ClassVar[str] = "direction"
    number: ClassVar[int] = 3
    id_field: ClassVar[str] = "tor_id"

    tor_id: Reference = Field(description="Its number")
    requirement_ids: References = Field(default=(), description="Requirements it answers")
    client: Reference = Field(description="Who the product is for")
    purpose: Text = Field(description="What it is for")
    scope: Text = Field(description="What it covers: what, where, when, who")
    exclusions: Texts = Field(default=(), description="What it leaves out")
    data_sources: Texts = Field(default=(), description="Which data")
    methods: Texts = Field(default=(), description="Which methods")
    resources: Texts = Field(default=(), description="People and time")
    milestones: Annotated[tuple[Milestone, ...], BeforeValidator(kinds.parts)] = Field(
        default=(), description="What is due when"
    )
    product_format: Text | None = Field(default=None, description="Form of the product")
    dissemination: Texts = Field(default=(), description="Who gets it")
    legality: Text | None = Field(default=None, description="Which law allows it")
    necessity: Text | None = Field(default=None, description="Why it is needed")
    proportionality: Text | None = Field(default=None, description="Why nothing milder will do")
    non_discrimination: Text | None = Field(default=None, description="How unequal treatment is avoided")
    data_protection_note: Text = Field(description="Personal data: which, how long, who sees them")
    signed_off_by: Reference | None = Field(default=None, description="Who agreed")
    signed_off_on: Day | None = Field(default=None, description="When")

    @property
    def agreed(self) -> bool:
        """Whether work may start: somebody signed."""
        return self.signed_off_by is not None


class CollectionPlan(Record):
    """One row of a collection plan: an element of a requirement, and where it is to come from."""

    form: ClassVar[str] = "CollectionPlan"
    title: ClassVar[str] = "Collection plan"
    stage: ClassVar[str] = "collection"
    number: ClassVar[int] = 4
    id_field: ClassVar[str] = "collection_id"

    collection_id: Reference = Field(description="Its number")
    requirement_id: Reference = Field(description="The requirement it serves")
    eei: Text = Field(description="Essential element of information")
    indicator: Text | None = Field(default=None, description="What would show it")
    source: Text = Field(description="Source or agency")
    method: Text | None = Field(default=None, description="How it is obtained")
    lawfulness: Text = Field(description="Legality and proportionality of obtaining it, checked how")
    owner: Reference | None = Field(default=None, description="Who does it")
    due: Day | None = Field(default=None, description="By when")
    received: Day | None = Field(default=None, description="When it came")
    grade: Reference | None = Field(default=None, description="How what came was graded, such as B2")
    gap: Text | None = Field(default=None, description="What is still missing")


class DataSetRecord(Record):
    """A table that came in: from whom, for what, and its fingerprint."""

    form: ClassVar[str] = "DataSetRecord"
    title: ClassVar[str] = "Data set record"
    stage: ClassVar[str] = "collection"
    number: ClassVar[int] = 18
    id_field: ClassVar[str] = "dataset_id"

    dataset_id: Reference = Field(description="Its number")
    name: Text = Field(description="What it is")
    supplier: Reference = Field(description="Who gave it")
    purpose_id: Reference = Field(description="The purpose it is held for (PurposeRecord)")
    received_at: Moment | None = Field(default=None, description="When it came")
    row_count: int | None = Field(default=None, ge=0, description="Rows")
    columns: Texts = Field(default=(), description="Columns that were kept")
    columns_dropped: Texts = Field(default=(), description="Columns that were not needed and were dropped")
    sha256_of_file: kinds.Sha256 | None = Field(default=None, description="Hash of the file")
    conditions: Text | None = Field(default=None, description="Conditions of use")


class EntityLink(Record):
    """Whether two entries are the same person or thing: a decision of a person, with its evidence."""

    form: ClassVar[str] = "EntityLink"
    title: ClassVar[str] = "Entity link (merge decision)"
    stage: ClassVar[str] = "collation"
    number: ClassVar[int] = 15
    id_field: ClassVar[str] = "link_id"

    link_id: Reference = Field(default_factory=lambda: f"L-{uuid4().hex[:12]}", description="Its number")
    left_id: Reference = Field(description="One entry")
    right_id: Reference = Field(description="The other entry")
    decision: Literal["same", "different", "unsure"] = Field(description="Same, different or unsure")
    score: Number | None = Field(default=None, ge=0, le=1, description="Likeness that was computed, 0 to 1")
    evidence: Texts = Field(description="What speaks for it and against it")
    decided_by: Reference = Field(description="Who decided: a person")
    decided_at: Moment | None = Field(default=None, description="When")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if given.get("left_id") is not None and given.get("left_id") == given.get("right_id"):
            yield "left_id and right_id are the same entry."
        reason = human(given.get("decided_by") or "")
        if reason:
            yield f"decided_by: {reason}"


class PurposeRecord(Record):
    """Why data are held and used, on which legal basis, with which risks: a short impact assessment."""

    form: ClassVar[str] = "PurposeRecord"
    title: ClassVar[str] = "Purpose record"
    stage: ClassVar[str] = "direction"
    number: ClassVar[int] = 13
    id_field: ClassVar[str] = "purpose_id"

    purpose_id: Reference = Field(description="Its number")
    purpose: Text = Field(description="Why")
    legal_basis: Text = Field(description="Which law allows it")
    controller: Reference | None = Field(default=None, description="Who answers for it")
    dpo_consulted: bool | None = Field(default=None, description="Was the data protection officer asked?")
    data_categories: Texts = Field(default=(), description="Which data")
    subject_categories: Annotated[tuple[SubjectCategory, ...], BeforeValidator(kinds.listed)] = Field(
        default=(), description="About whom"
    )
    special_categories: Annotated[tuple[SpecialCategory, ...], BeforeValidator(kinds.parts)] = Field(
        default=(), description="Special categories, each with its strict necessity"
    )
    recipients: Texts = Field(default=(), description="Who receives them")
    transfers: Texts = Field(default=(), description="To which countries, on which basis")
    retention: Text | None = Field(default=None, description="How long")
    automated_processing: Text | None = Field(
        default=None, description="What is done by machine, and who checks it"
    )
    risks: Annotated[tuple[Risk, ...], BeforeValidator(kinds.parts)] = Field(
        default=(), description="Risks and measures"
    )
    residual_risk: Literal["low", "medium", "high"] | None = Field(default=None, description="What remains")
    approved_by: Reference | None = Field(default=None, description="Who approved")
    approved_on: Day | None = Field(default=None, description="When")


class Risk(Part):
    """A risk for people, and what is done about it."""

    risk: Text = Field(description="What may happen to whom")
    measure: Text = Field(description="What is done about it")


PurposeRecord.model_rebuild()
__all__ = [
    "Amount", "CollectionPlan", "DataSetRecord", "EntityLink", "IntelligenceReport", "IntelligenceRequirement", "Milestone",
    "PurposeRecord", "Risk", "SpecialCategory", "StatementType", "Subject", "SubjectCategory", "TermsOfReference",
]  # fmt: skip
