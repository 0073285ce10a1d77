"""The forms: which there are, what they ask for, and their JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.records import judging
from ilp_lab.records.form import Record
from ilp_lab.records.formmaking import LIBRARY, SHELF, Catalogue

if TYPE_CHECKING:
    import pandas as pd

FORMS: Mapping[str, type[Record]] = Catalogue()
"""Name → form: the library's in the order of the cycle, then those of data packs."""

PRODUCTS = tuple(name for name, form in LIBRARY.items() if issubclass(form, judging.Product))


def form_of(form: str | type[Record], caller: str = "records.form_of") -> type[Record]:
    """The form of this name, or of a pack whose file is named; a form itself passes through.

    Raises
    ------
    InputError
        When there is no such form.
    ReadError
        When the file of a pack does not describe a form.

    Examples
    --------
    >>> form_of("TaskingRecord").title
    'Tasking record'
    """
    if isinstance(form, type) and issubclass(form, Record):
        return form
    name = str(form)
    if name.lower().endswith((".yml", ".yaml")):
        return SHELF.read(name)
    if name not in LIBRARY:
        check = Check(caller)
        check.choice(form=name, allowed=tuple(FORMS))
        check.done()
    return FORMS[name]


def forms() -> pd.DataFrame:
    """List the forms: stage, version, what must be filled in, what never leaves the unit, and who says so.

    Forms of data packs follow those of the library; ``source`` is empty where the form is the library's own.

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
            "version": form.form_version,
            "mandatory": tuple(column for column in form.shown() if form.model_fields[column].is_required()),
            "fields": len(form.model_fields),
            "kept_in_the_unit": tuple(sensitive_fields(form, kind="source")),
            "source": form.pack_source,
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
