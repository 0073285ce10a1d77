"""Forms made of data packs: a class of records like any other, found by name among those of the library."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, cast
from uuid import uuid4

from pydantic import BeforeValidator, Field, create_model

from ilp_lab._packs import Shelf
from ilp_lab.errors import IlpWarning, InputError, ReadError
from ilp_lab.records import acting, caring, fieldtypes, gathering, judging
from ilp_lab.records.fieldtypes import Amount, Day, Moment, Number, Reference, References, Text, Texts
from ilp_lab.records.form import Record, human
from ilp_lab.records.formpacks import SHARED, FieldSpec, FormSpec, form_spec

LIBRARY: Mapping[str, type[Record]] = {
    form.form: form
    for form in (
        gathering.IntelligenceReport,
        gathering.IntelligenceRequirement,
        gathering.TermsOfReference,
        gathering.CollectionPlan,
        judging.IndicatorScore,
        judging.StrategicAssessmentData,
        judging.SubjectProfileData,
        judging.ProblemProfileData,
        judging.TacticalAssessmentData,
        acting.DecisionRecord,
        acting.TaskingRecord,
        acting.DisseminationRecord,
        acting.RetentionReview,
        gathering.PurposeRecord,
        acting.AuditEvent,
        gathering.EntityLink,
        judging.AnalyticJudgement,
        acting.LessonResult,
        gathering.DataSetRecord,
        caring.CommunityConcern,
        caring.ReferralRecord,
        caring.ReadinessScore,
    )
}
"""The forms whose rules are code, in the order of the cycle."""

_KINDS: Mapping[str, Any] = {
    "text": Text,
    "texts": Texts,
    "reference": Reference,
    "references": References,
    "person": Reference,
    "day": Day,
    "moment": Moment,
    "number": Number,
    "amount": Amount,
    "whole": int,
    "yes or no": bool,
}
_MANY = ("texts", "references", "choices")


class Catalogue(Mapping[str, type[Record]]):
    """Name → form: those of the library, then those of the packs that are found now.

    A pack that cannot be used is passed over with a warning that says why, so that one bad file does not keep the others away.
    """

    def __getitem__(self, name: str) -> type[Record]:
        return LIBRARY[name] if name in LIBRARY else self._packs()[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**LIBRARY, **self._packs()})

    def __len__(self) -> int:
        return len(LIBRARY) + len(self._packs())

    def __contains__(self, name: object) -> bool:
        return name in LIBRARY or name in self._packs()

    def _packs(self) -> dict[str, type[Record]]:
        found: dict[str, type[Record]] = {}
        for name in SHELF.names():
            try:
                form = SHELF.read(name)
            except (ReadError, InputError) as error:
                warnings.warn(f"A form is passed over. {error}", IlpWarning, stacklevel=4)
                continue
            if form.form in found:
                told = f"The form {form.form} is there twice: {name}.yml is passed over; give it a name of its own."
                warnings.warn(told, IlpWarning, stacklevel=4)
                continue
            found[form.form] = form
        return found


class Packed:
    """The rules of a form that a pack describes; stands before the form that it builds upon."""

    spec: ClassVar[FormSpec]

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        yield from super()._rules(given)  # type: ignore[misc]
        for one in cls.spec.fields:
            reason = human(given[one.name]) if one.kind == "person" and given.get(one.name) else None
            if reason:
                yield f"{one.name}: {reason}"
        for rule in cls.spec.rules:
            if rule.needed_when:
                yield from _needed(given, rule.field, rule.needed_when)
            else:
                yield from _ordered(given, rule.field, rule.after, rule.not_before, rule.within_days)
        yield from caring.special_faults(given, cls.spec.refuse_special)


@cache
def form_from(spec: FormSpec) -> type[Record]:
    """The class of a form; the same description gives the same class."""
    base = LIBRARY.get(spec.extends, Record)
    made: dict[str, Any] = {}
    if spec.id_field:
        made[spec.id_field] = (Reference, _id_of(spec))
    made |= {one.name: _field(one) for one in spec.fields}
    for name in spec.needs:
        about = base.model_fields[name]
        if not about.is_required():
            made[name] = (_filled(name), Field(description=about.description))
    form: type[Record] = create_model(
        spec.form,
        __base__=cast("Any", (Packed, base)),
        __module__=__name__,
        __doc__=f"{spec.title}: {spec.source}",
        **made,
    )
    said: dict[str, Any] = {
        "form": spec.form, "title": spec.title, "form_version": spec.version, "number": 0, "spec": spec, "pack_source": spec.source,
        "stage": spec.stage or base.stage, "id_field": spec.id_field or base.id_field,
    }  # fmt: skip
    for name, value in said.items():
        setattr(form, name, value)
    return form


def _id_of(spec: FormSpec) -> Any:
    prefix = spec.id_prefix
    if not prefix:
        return Field(description=spec.id_label)
    return Field(default_factory=lambda: f"{prefix}-{uuid4().hex[:12]}", description=spec.id_label)


def _filled(name: str) -> Any:
    """The kind of what all forms share, when it must be filled in."""
    return Annotated[References, Field(min_length=1)] if name == "shared_with" else _KINDS[SHARED[name]]


def _field(one: FieldSpec) -> tuple[Any, Any]:
    if one.kind in {"choice", "choices"}:
        allowed: Any = Literal[one.choices]
        kind = (
            Annotated[tuple[allowed, ...], BeforeValidator(fieldtypes.listed)]
            if one.kind == "choices"
            else allowed
        )
    else:
        kind = _KINDS[one.kind]
    if one.least is not None or one.most is not None:
        kind = Annotated[kind, Field(ge=one.least, le=one.most)]
    extra = {"sensitivity": one.sensitivity} if one.sensitivity != "open" else None
    about: dict[str, Any] = {"description": one.label, "json_schema_extra": extra}
    if one.required and one.kind in _MANY:
        return kind, Field(min_length=1, **about)
    if one.required:
        return kind, Field(**about)
    if one.kind in _MANY:
        return kind, Field(default=(), **about)
    return kind | None, Field(default=None, **about)


def _needed(
    given: Mapping[str, Any], name: str, when: tuple[tuple[str, tuple[str, ...]], ...]
) -> Iterator[str]:
    if name not in given or given[name] not in (None, ()):
        return
    for other, says in when:
        value = given.get(other)
        word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        if value is not None and str(word) in says:
            yield f"{name} is missing: it is needed when {other} is {str(word)!r}."


def _ordered(
    given: Mapping[str, Any], name: str, after: str, not_before: str, within_days: int | None
) -> Iterator[str]:
    other = after or not_before
    late, early = given.get(name), given.get(other)
    if late is None or early is None:
        return
    if type(late) is not type(early):  # a day and a moment are compared by their days
        late, early = _day(late), _day(early)
    if late < early or (after and late == early):
        yield f"{name} {late} must {'lie after' if after else 'not lie before'} {other} {early}."
    elif within_days is not None and late > early + timedelta(days=within_days):
        yield f"{name} {late} lies more than {within_days} days after {other} {early}."


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _made(content: Mapping[str, Any]) -> type[Record]:
    return form_from(form_spec(content, LIBRARY))


SHELF: Shelf[type[Record]] = Shelf(
    "forms",
    Path(__file__).parent / "packs" / "forms",
    "form",
    "form, version, title, source, stage, id (field, label) and fields, each with name, kind and label; or extends and fields",
    _made,
)
