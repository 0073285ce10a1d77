"""Forms of analysis: judgements, scores of a threat matrix, and what the four products hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal
from uuid import uuid4

from pydantic import BeforeValidator, Field

from ilp_lab.records import fieldtypes as kinds
from ilp_lab.records.fieldtypes import Day, Number, Reference, References, Text, Texts
from ilp_lab.records.form import Part, Record

ActionType = Literal["prevention", "intelligence", "enforcement"]
Confidence = Literal["low", "moderate", "high"]


class AnalyticJudgement(Record):
    """A statement, how likely it is, how sure we are of that, and what it rests on. The two are never merged."""

    form: ClassVar[str] = "AnalyticJudgement"
    title: ClassVar[str] = "Analytic judgement"
    stage: ClassVar[str] = "analysis"
    number: ClassVar[int] = 16
    id_field: ClassVar[str] = "judgement_id"

    judgement_id: Reference = Field(default_factory=lambda: f"J-{uuid4().hex[:12]}", description="Its number")
    statement: Text = Field(description="What is judged to be so")
    term: Text = Field(description="Likelihood in a word of the yardstick, such as 'likely'")
    probability: Number | None = Field(
        default=None, gt=0, lt=1, description="The same as a number between 0 and 1"
    )
    confidence: Confidence = Field(description="Analytical confidence: how good the basis is")
    basis: References = Field(description="Reports, results and products it rests on")
    assumptions: Texts = Field(default=(), description="What it assumes")
    alternatives: Texts = Field(default=(), description="What else it could be")
    indicators: Texts = Field(default=(), description="What would change it")
    resolved: bool | None = Field(default=None, description="Did it come true?")
    resolved_on: Day | None = Field(default=None, description="When that was known")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if (
            "resolved" in given
            and "resolved_on" in given
            and given["resolved_on"]
            and given["resolved"] is None
        ):
            yield "resolved_on is given, but resolved does not say whether it came true."


class IndicatorScore(Record):
    """One cell of a threat matrix: one indicator of one group or crime area, with its evidence."""

    form: ClassVar[str] = "IndicatorScore"
    title: ClassVar[str] = "Indicator score (row of a strategic assessment)"
    stage: ClassVar[str] = "analysis"
    number: ClassVar[int] = 5
    id_field: ClassVar[str] = "score_id"

    score_id: Reference = Field(default_factory=lambda: f"I-{uuid4().hex[:12]}", description="Its number")
    subject: Reference = Field(description="Group or crime area that is assessed")
    indicator_id: Reference = Field(description="Which indicator")
    definition: Text | None = Field(default=None, description="What the indicator means")
    value: Literal["nil", "low", "medium", "high", "unknown"] = Field(
        description="Nil, low, medium, high or unknown"
    )
    evidence: References = Field(default=(), description="Reports and results it rests on")
    confidence: Confidence = Field(description="How good the evidence is")
    trend: Literal["falling", "steady", "rising", "unknown"] | None = Field(
        default=None, description="Where it goes"
    )
    assessor: Reference | None = Field(default=None, description="Who scored it")
    second_assessor: Reference | None = Field(default=None, description="Who scored it independently")
    assessed_on: Day | None = Field(default=None, description="When")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if given.get("value") not in {None, "unknown"} and "evidence" in given and not given["evidence"]:
            yield "evidence is missing: a score other than 'unknown' names the reports or results it rests on."
        assessor = given.get("assessor")
        if assessor is not None and assessor == given.get("second_assessor"):
            yield "second_assessor is the same as assessor: a second score comes from somebody else."


class Option(Part):
    """Something that could be done, with the questions of rights answered."""

    name: Text = Field(description="What")
    do_nothing: bool = Field(default=False, description="Is this the option of doing nothing?")
    action_type: ActionType | None = Field(
        default=None, description="Prevention, intelligence or enforcement"
    )
    expected_effect: Text | None = Field(default=None, description="What it should change")
    cost: Text | None = Field(default=None, description="What it costs")
    intrusiveness: Literal["none", "low", "medium", "high"] | None = Field(
        default=None, description="Intrusion into rights"
    )
    legality: Text | None = Field(default=None, description="Which law allows it")
    necessity: Text | None = Field(default=None, description="Why it is needed")
    proportionality: Text | None = Field(default=None, description="Why nothing milder will do")
    non_discrimination: Text | None = Field(default=None, description="How unequal treatment is avoided")


class Recommendation(Part):
    """Something to do: specific, measurable, with an owner and a date."""

    what: Text = Field(description="What")
    action_type: ActionType = Field(description="Prevention, intelligence or enforcement")
    owner: Reference | None = Field(default=None, description="Who")
    measure: Text | None = Field(default=None, description="How success shows")
    due: Day | None = Field(default=None, description="By when")


Options = Annotated[tuple[Option, ...], BeforeValidator(kinds.parts)]
Recommendations = Annotated[tuple[Recommendation, ...], BeforeValidator(kinds.parts)]


class Product(Record):
    """What all four products hold."""

    tor_id: Reference | None = Field(default=None, description="Terms of reference it was agreed in")
    requirement_ids: References = Field(default=(), description="Requirements it answers")
    product_title: Text = Field(description="Its heading")
    author: Reference = Field(description="Who wrote it")
    results: References = Field(default=(), description="Analyses it rests on")
    judgement_ids: References = Field(default=(), description="Judgements it holds")
    gaps: Texts = Field(default=(), description="What is not known")
    recommendations: Recommendations = Field(default=(), description="What to do")


class StrategicAssessmentData(Product):
    """The wide picture: which threats, how sure, what follows for priorities."""

    form: ClassVar[str] = "StrategicAssessmentData"
    title: ClassVar[str] = "Strategic assessment"
    stage: ClassVar[str] = "reporting"
    number: ClassVar[int] = 5
    id_field: ClassVar[str] = "product_id"

    product_id: Reference = Field(description="Its number")
    period_from: Day = Field(description="First day it covers")
    period_to: Day = Field(description="Last day it covers")
    weights_id: Reference | None = Field(default=None, description="Set of weights that was used")
    score_ids: References = Field(default=(), description="Scores of the matrix (IndicatorScore)")
    harm: Texts = Field(default=(), description="Harm, by dimension")
    likelihood: Texts = Field(default=(), description="Likelihood")
    vulnerability: Texts = Field(default=(), description="Vulnerability and crime-relevant factors")
    capacity: Text | None = Field(default=None, description="Own capacity")
    capability: Text | None = Field(default=None, description="Own capability")
    tiers: Texts = Field(default=(), description="Tiers, or that they cannot be told apart")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        yield from _period(given)


class SubjectProfileData(Product):
    """What is known of one person or group that may lawfully be profiled."""

    form: ClassVar[str] = "SubjectProfileData"
    title: ClassVar[str] = "Subject profile"
    stage: ClassVar[str] = "reporting"
    number: ClassVar[int] = 6
    id_field: ClassVar[str] = "product_id"

    product_id: Reference = Field(description="Its number")
    entity_id: Reference = Field(description="Who", json_schema_extra={"sensitivity": "personal"})
    subject_category: Literal["suspect", "convicted"] = Field(
        description="Suspect or convicted; nobody else is profiled"
    )
    legal_basis: Text = Field(description="Which law allows it")
    necessity: Text = Field(description="Why it is needed")
    proportionality: Text = Field(description="Why nothing milder will do")
    identity: Text | None = Field(
        default=None, description="Identity as known", json_schema_extra={"sensitivity": "personal"}
    )
    identity_confidence: Confidence | None = Field(default=None, description="How sure the identity is")
    role: Text | None = Field(
        default=None, description="Role in a network", json_schema_extra={"sensitivity": "personal"}
    )
    facts: Texts = Field(
        default=(), description="Facts, each with its report", json_schema_extra={"sensitivity": "personal"}
    )
    assessments: Texts = Field(
        default=(),
        description="Assessments, kept apart from facts",
        json_schema_extra={"sensitivity": "personal"},
    )
    method_of_operation: Text | None = Field(default=None, description="How offences are committed")
    associations: Texts = Field(
        default=(),
        description="Associations, each with its grade",
        json_schema_extra={"sensitivity": "personal"},
    )
    assets: Texts = Field(
        default=(),
        description="Assets, vehicles, communications",
        json_schema_extra={"sensitivity": "personal"},
    )
    routine: Texts = Field(
        default=(), description="Places and routine", json_schema_extra={"sensitivity": "personal"}
    )
    safeguarding: Text = Field(description="Vulnerabilities, and harm to others that must be prevented")
    risks: Texts = Field(default=(), description="Risks")
    options: Options = Field(
        default=(), description="Prevention, intelligence, enforcement, disruption, diversion"
    )
    review_date: Day = Field(description="When somebody must ask whether it is still needed")


class ProblemProfileData(Product):
    """A recurring problem: what, where, when, who, what was tried, what to do."""

    form: ClassVar[str] = "ProblemProfileData"
    title: ClassVar[str] = "Problem profile"
    stage: ClassVar[str] = "reporting"
    number: ClassVar[int] = 7
    id_field: ClassVar[str] = "product_id"

    product_id: Reference = Field(description="Its number")
    definition: Text = Field(
        description="What the problem is: who is harmed by what, how often, who expects action"
    )
    scale: Text | None = Field(default=None, description="How much, which way it goes, how harmful")
    place_and_time: Texts = Field(default=(), description="Where and when")
    victims: Texts = Field(default=(), description="Who or what is harmed")
    offenders: Texts = Field(default=(), description="What is known of offenders")
    place_managers: Texts = Field(default=(), description="Who has charge of the places")
    triangle: Texts = Field(default=(), description="Offender, target, place: what brings them together")
    displacement_risk: Text | None = Field(
        default=None, description="Could it move, or could the benefit spread?"
    )
    tried_before: Texts = Field(default=(), description="What was tried, with which result")
    hypotheses: Texts = Field(default=(), description="Explanations that are possible")
    partners: Texts = Field(default=(), description="Who else is needed")
    success_measures: Texts = Field(default=(), description="How success would show")


class TacticalAssessmentData(Product):
    """The last weeks against the control strategy, and what to do in the next."""

    form: ClassVar[str] = "TacticalAssessmentData"
    title: ClassVar[str] = "Tactical assessment"
    stage: ClassVar[str] = "reporting"
    number: ClassVar[int] = 8
    id_field: ClassVar[str] = "product_id"

    product_id: Reference = Field(description="Its number")
    period_from: Day = Field(description="First day it covers")
    period_to: Day = Field(description="Last day it covers")
    performance: Texts = Field(
        default=(), description="Against the control strategy, with what chance explains"
    )
    emerging: Texts = Field(default=(), description="What is new")
    series: Texts = Field(default=(), description="Series")
    subjects: References = Field(default=(), description="Subject profiles")
    hot_spots: Texts = Field(default=(), description="Hot spots")
    tasks_due: References = Field(default=(), description="Tasks that are due")
    outcomes: Texts = Field(default=(), description="Results of earlier tasks")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        yield from _period(given)


def _period(given: Mapping[str, Any]) -> Iterator[str]:
    first, last = given.get("period_from"), given.get("period_to")
    if first is not None and last is not None and last < first:
        yield f"period_to {last} lies before period_from {first}."
