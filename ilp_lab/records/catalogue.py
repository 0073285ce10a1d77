"""The forms: which there are, what they ask for, and their JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.records import acting, caring, gathering, judging
from ilp_lab.records.form import Record

if TYPE_CHECKING:
    import pandas as pd

FORMS: Mapping[str, type[Record]] = MappingProxyType(
    {
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
)
"""Name → form, in the order of the cycle."""

PRODUCTS = tuple(name for name, form in FORMS.items() if issubclass(form, judging.Product))


def form_of(form: str | type[Record], caller: str = "records.form_of") -> type[Record]:
    """The form of this name; a form itself passes through.

    Examples
    --------
    >>> form_of("TaskingRecord").title
    'Tasking record'
    """
    if isinstance(form, type) and issubclass(form, Record):
        return form
    check = Check(caller)
    check.choice(form=str(form), allowed=tuple(FORMS))
    check.done()
    return FORMS[str(form)]


def forms() -> pd.DataFrame:
    """List the forms: stage, what must be filled in, and what never leaves the unit.

    Examples
    --------
    >>> forms().set_index("form").loc["TaskingRecord", "mandatory"]
    ('task_id', 'decision_id', 'objective', 'owner', 'outcome_measure')
    """
    import pandas as pd

    rows = [
        {
            "form": name,
            "title": form.title,
            "stage": form.stage,
            "mandatory": tuple(column for column in form.shown() if form.model_fields[column].is_required()),
            "fields": len(form.model_fields),
            "kept_in_the_unit": tuple(sensitive_fields(form, kind="source")),
        }
        for name, form in FORMS.items()
    ]
    return pd.DataFrame(rows)


def fields(form: str | type[Record]) -> pd.DataFrame:
    """List the fields of a form: name, whether it must be filled in, what it means.

    Parameters
    ----------
    form
        A form or its name.

    Examples
    --------
    >>> fields("CollectionPlan").query("mandatory")["field"].tolist()
    ['collection_id', 'requirement_id', 'eei', 'source', 'lawfulness']
    """
    import pandas as pd

    chosen = form_of(form, "records.fields")
    rows = [
        {
            "field": name,
            "mandatory": chosen.model_fields[name].is_required(),
            "meaning": chosen.model_fields[name].description or "",
            "sensitivity": _sensitivity(chosen, name),
        }
        for name in chosen.shown()
    ]
    return pd.DataFrame(rows)


def sensitive_fields(form: str | type[Record], *, kind: str = "") -> list[str]:
    """Fields that identify a source (``"source"``) or describe a person (``"personal"``); both without ``kind``.

    Examples
    --------
    >>> sensitive_fields("IntelligenceReport", kind="source")
    ['officer_ref', 'source_ref', 'source_type', 'risk_note']
    """
    chosen = form_of(form, "records.sensitive_fields")
    return [
        name
        for name in chosen.shown()
        if _sensitivity(chosen, name) != "open" and kind in {"", _sensitivity(chosen, name)}
    ]


def json_schema(form: str | type[Record]) -> dict[str, Any]:
    """A form as JSON Schema (draft 2020-12), for other programs.

    Parameters
    ----------
    form
        A form or its name.

    Notes
    -----
    The schema holds field names, kinds and what is mandatory. What must hold between fields (grades of the scheme,
    dates in order) is checked when the record is made.

    Examples
    --------
    >>> json_schema("TaskingRecord")["required"]
    ['task_id', 'decision_id', 'objective', 'owner', 'outcome_measure']
    """
    chosen = form_of(form, "records.json_schema")
    content = chosen.model_json_schema()
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ilp-lab:form:{chosen.form}:{chosen.form_version}",
    }
    return {**head, **content, "title": chosen.title}


def _sensitivity(form: type[Record], name: str) -> str:
    extra = form.model_fields[name].json_schema_extra
    return str(extra["sensitivity"]) if isinstance(extra, dict) and "sensitivity" in extra else "open"
