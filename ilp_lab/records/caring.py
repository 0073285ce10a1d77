"""Forms of the community's concerns, of referrals that care for people, and of readiness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal
from uuid import uuid4

from pydantic import Field

from ilp_lab.records.fieldtypes import Day, Reference, References, Text, Texts
from ilp_lab.records.form import Record, human

_WORDS = Path(__file__).parent / "packs" / "referral-words-en.yml"
LONGEST_REVIEW_DAYS = 90
LONGEST_KEPT_DAYS = 365


class CommunityConcern(Record):
    """What people of a place worry about, with what they agreed to; never who they are or belong to."""

    form: ClassVar[str] = "CommunityConcern"
    title: ClassVar[str] = "Community concern"
    stage: ClassVar[str] = "direction"
    number: ClassVar[int] = 20
    id_field: ClassVar[str] = "concern_id"

    concern_id: Reference = Field(default_factory=lambda: f"C-{uuid4().hex[:12]}", description="Its number")
    received_on: Day = Field(description="When it was said")
    channel: Literal["survey", "meeting", "letter", "patrol", "online"] = Field(description="How it came")
    place: Text = Field(description="Area it is about, not the address of who said it")
    topic: Text = Field(description="What it is about, in a word of the agency's list")
    concern: Text = Field(
        description="What worries people, without names", json_schema_extra={"sensitivity": "personal"}
    )
    consent: Literal["none", "use without naming", "use and answer"] = Field(
        description="What those who said it agreed to"
    )
    people: int = Field(default=1, ge=1, le=1_000_000, description="How many people said it")
    requirement_ids: References = Field(default=(), description="Requirements it went into")
    answer: Text | None = Field(default=None, description="What they were told came of it")
    answered_on: Day | None = Field(default=None, description="When they were told")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if given.get("consent") == "none" and given.get("requirement_ids"):
            yield "consent is 'none', so it cannot go into requirements."
        if given.get("answered_on") is not None and given.get("answer", "") is None:
            yield "answered_on is given, but answer does not say what they were told."
        yield from special_faults(given, ("concern", "topic", "answer"))


class ReferralRecord(Record):
    """A person who may need help, by behaviour and need, referred to several agencies; help comes before anything else.

    There is no field for belief, opinion, origin or belonging, and none can be put into the texts.
    """

    form: ClassVar[str] = "ReferralRecord"
    title: ClassVar[str] = "Referral record (behaviour and need)"
    stage: ClassVar[str] = "direction"
    number: ClassVar[int] = 21
    id_field: ClassVar[str] = "referral_id"

    referral_id: Reference = Field(default_factory=lambda: f"F-{uuid4().hex[:12]}", description="Its number")
    subject_ref: Reference = Field(
        description="Pseudonym of the person, never the name", json_schema_extra={"sensitivity": "personal"}
    )
    referred_on: Day = Field(description="When")
    referred_by: Reference = Field(description="Agency that refers")
    is_child: bool = Field(description="Is the person under age?")
    behaviours: Texts = Field(
        min_length=1,
        description="What the person did or said they would do, as it was seen",
        json_schema_extra={"sensitivity": "personal"},
    )
    needs: Texts = Field(
        min_length=1, description="What the person needs", json_schema_extra={"sensitivity": "personal"}
    )
    danger: Literal["none seen", "to self", "to others", "to self and others"] = Field(
        description="Danger that was seen"
    )
    safeguarding: Texts = Field(min_length=1, description="Help that is offered first")
    agencies: References = Field(min_length=2, description="Agencies that work on it together")
    agreed: Literal["yes", "refused", "not asked"] = Field(description="Did the person agree?")
    not_asked_because: Text | None = Field(default=None, description="Why the person was not asked")
    other_measures: Texts = Field(default=(), description="Anything beyond help, and why help is not enough")
    legal_basis: Text = Field(description="Which law allows it")
    decision_maker: Reference = Field(description="Who answers for it: a person")
    oversight_ref: Reference = Field(description="Where oversight finds it")
    outcome: Text | None = Field(
        default=None, description="What came of it", json_schema_extra={"sensitivity": "personal"}
    )
    review_date: Day = Field(description="When somebody must ask whether it is still needed")
    erase_by: Day = Field(description="When it is erased at the latest")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        began = given.get("referred_on")
        for name, longest in (("review_date", LONGEST_REVIEW_DAYS), ("erase_by", LONGEST_KEPT_DAYS)):
            value = given.get(name)
            if (
                began is not None
                and value is not None
                and not (began < value <= began + timedelta(days=longest))
            ):
                yield f"{name} {value} must lie within {longest} days after {began}; a referral is kept short."
        if given.get("agreed") == "not asked" and given.get("not_asked_because", "") is None:
            yield "not_asked_because is missing: say why the person was not asked."
        if given.get("other_measures") and given.get("danger") == "none seen":
            yield "other_measures are named, but danger is 'none seen': then help is all there is."
        reason = human(given.get("decision_maker") or "")
        if reason:
            yield f"decision_maker: {reason}"
        yield from special_faults(
            given,
            ("behaviours", "needs", "safeguarding", "other_measures", "outcome", "not_asked_because"),
            referral=True,
        )


class ReadinessScore(Record):
    """How far one thing that intelligence-led policing needs is there, and by what that shows."""

    form: ClassVar[str] = "ReadinessScore"
    title: ClassVar[str] = "Readiness score"
    stage: ClassVar[str] = "re-evaluation"
    number: ClassVar[int] = 22
    id_field: ClassVar[str] = "readiness_id"

    readiness_id: Reference = Field(default_factory=lambda: f"A-{uuid4().hex[:12]}", description="Its number")
    item: Reference = Field(description="Item of the checklist")
    assessed_on: Day = Field(description="When")
    maturity: int | None = Field(default=None, ge=0, le=4, description="0 to 4; empty: not assessed")
    evidence: Texts = Field(default=(), description="By what it shows")
    assessor: Reference = Field(description="Who says so")
    owner: Reference | None = Field(default=None, description="Who closes the gap")
    due: Day | None = Field(default=None, description="By when")
    plan: Text | None = Field(default=None, description="How")

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        due, done = given.get("due"), given.get("assessed_on")
        if due is not None and done is not None and due <= done:
            yield f"due {due} is not after the assessment ({done})."


def special_faults(
    given: Mapping[str, Any], names: Sequence[str], *, referral: bool = False
) -> Iterator[str]:
    """Texts that say something of belief, origin, opinion and the like are refused; needs may speak of health."""
    import pandas as pd

    from ilp_lab.safeguards import find_special_categories
    from ilp_lab.safeguards.special import LANGUAGES

    for name in names:
        value = given.get(name)
        texts = [value] if isinstance(value, str) else list(value or ())
        if not texts:
            continue
        found = find_special_categories(
            pd.DataFrame({name: texts}), languages=[*LANGUAGES, *([_WORDS] if referral else [])]
        )
        found = found[found["row"].notna()]
        if referral:  # a need may be one of health
            found = found[found["kind"] != "health"]
        if len(found):
            first = found.iloc[0]
            yield (
                f"{name} speaks of {first['kind']} ({first['found']!r}); write down what was done or is needed, not what somebody is "
                "or believes."
            )
