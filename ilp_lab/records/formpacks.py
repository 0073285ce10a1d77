"""Forms as data packs: what a YAML file must say so that it becomes a form, all faults named at once."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args

from ilp_lab import _packs
from ilp_lab.records.form import Record

Kind = Literal[
    "text", "texts", "reference", "references", "person", "day", "moment", "number", "amount", "whole", "yes or no", "choice", "choices",
]  # fmt: skip
STAGES = (
    "direction", "collection", "evaluation", "collation", "analysis", "reporting", "dissemination", "re-evaluation",
)  # fmt: skip
SENSITIVITIES = ("open", "personal", "source")
SHARED: Mapping[str, str] = {
    "unit": "reference", "shared_with": "references", "handling": "text", "purpose_id": "reference", "retention_class": "text",
    "review_date": "day", "created_at": "moment", "created_by": "reference",
}  # fmt: skip
"""What all forms share and a pack may ask to be filled in, with its kind."""
NUMBERS = ("number", "amount", "whole")
DATES = ("day", "moment")
_FORM = re.compile(r"[A-Z][A-Za-z0-9]{2,58}")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PREFIX = re.compile(r"[A-Za-z0-9]{1,12}")
_SCORES = re.compile(
    r"(^|_)(risk|danger|dangerousness|threat|propensity|recidivism|score|scoring|rating|ranking|rank)(_|$)"
)
_MOST_FIELDS = 200
_PARTS = {
    "form", "version", "title", "source", "stage", "id", "extends", "needs", "fields", "rules", "refuse_special_categories",
}  # fmt: skip
_FIELD_PARTS = {"name", "kind", "label", "required", "choices", "sensitivity", "least", "most"}
_RULE_PARTS = {"field", "after", "not_before", "within_days", "needed_when"}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a form."""

    name: str
    kind: str
    label: str
    required: bool = False
    choices: tuple[str, ...] = ()
    sensitivity: str = "open"
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """What must hold between fields: an order of dates, or a field that is needed when another says something."""

    field: str
    after: str = ""
    not_before: str = ""
    within_days: int | None = None
    needed_when: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class FormSpec:
    """A form as its pack describes it."""

    form: str
    version: int
    title: str
    source: str
    stage: str = ""
    id_field: str = ""
    id_label: str = ""
    id_prefix: str = ""
    extends: str = ""
    needs: tuple[str, ...] = ()
    fields: tuple[FieldSpec, ...] = ()
    rules: tuple[RuleSpec, ...] = ()
    refuse_special: tuple[str, ...] = field(default=())


def form_spec(content: Mapping[str, Any], known: Mapping[str, type[Record]]) -> FormSpec:
    """Read the content of a pack.

    Parameters
    ----------
    content
        What the YAML file holds.
    known
        The forms of the library, which a pack may extend and may not replace.

    Raises
    ------
    ValueError
        Naming everything that is wrong.
    """
    faults = [f"{part!r:.60} is no part of a form" for part in content if part not in _PARTS]
    held = _packs.texts(content, "form", "title", "source", "version")
    base = _text(content, "extends")
    own = tuple(_fields(content, faults))
    spec = FormSpec(
        form=held["form"],
        version=int(held["version"]) if re.fullmatch(r"[0-9]{1,6}", held["version"]) else 0,
        title=held["title"],
        source=held["source"],
        stage=_text(content, "stage"),
        **_number(content, faults),
        extends=base,
        needs=_names(content, "needs"),
        fields=own,
        rules=tuple(_rules(content, faults)),
        refuse_special=_names(content, "refuse_special_categories"),
    )
    faults += [*_head_faults(spec, known), *_field_faults(spec, known), *_rule_faults(spec, known)]
    if faults:
        raise ValueError("; ".join(faults))
    return spec


def kinds_of(spec: FormSpec, known: Mapping[str, type[Record]]) -> dict[str, str]:
    """The kinds of all fields that rules may speak of: its own, those of the form it extends, and the shared ones."""
    shared = known.get(spec.extends, Record)
    inherited = {name: _kind(shared, name) for name in shared.model_fields}
    return inherited | {one.name: one.kind for one in spec.fields}


def _kind(form: type[Record], name: str) -> str:
    described = str(form.model_json_schema()["properties"].get(name, {}))
    return "moment" if "'date-time'" in described else "day" if "'date'" in described else "text"


def _text(content: Mapping[str, Any], part: str) -> str:
    return _packs.text(content[part], part) if content.get(part) is not None else ""


def _names(content: Mapping[str, Any], part: str) -> tuple[str, ...]:
    held = content.get(part) or []
    if not isinstance(held, list) or len(held) > _MOST_FIELDS:
        raise ValueError(f"{part} must be a list of names")
    return tuple(_packs.text(name, part) for name in held)


def _number(content: Mapping[str, Any], faults: list[str]) -> dict[str, str]:
    held = content.get("id")
    if held is None:
        return {}
    if not isinstance(held, dict):
        faults.append(
            "id must have the parts field and label, such as {field: request_id, label: Its number}"
        )
        return {}
    faults += [f"{part!r:.60} is no part of id" for part in set(held) - {"field", "label", "prefix"}]
    named = _packs.texts(held, "field", "label")
    return {"id_field": named["field"], "id_label": named["label"], "id_prefix": _text(held, "prefix")}


def _fields(content: Mapping[str, Any], faults: list[str]) -> Iterator[FieldSpec]:
    for at, row in enumerate(_packs.rows(content["fields"], "fields"), start=1):
        name = _text(row, "name") or f"number {at}"
        faults += [f"field {name}: {part!r:.60} is no part of a field" for part in set(row) - _FIELD_PARTS]
        faults += [
            f"field {name}: {part} is missing" for part in ("name", "kind", "label") if part not in row
        ]
        required = row.get("required", False)
        if not isinstance(required, bool):
            faults.append(f"field {name}: required must be true or false")
        bounds = {part: row.get(part) for part in ("least", "most")}
        for part, value in bounds.items():
            if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
                faults.append(f"field {name}: {part} must be a number; got {_packs.brief(value)}")
                bounds[part] = None
        yield FieldSpec(
            name=name,
            kind=_text(row, "kind"),
            label=_text(row, "label"),
            required=required is True,
            choices=_names(row, "choices"),
            sensitivity=_text(row, "sensitivity") or "open",
            **bounds,
        )


def _rules(content: Mapping[str, Any], faults: list[str]) -> Iterator[RuleSpec]:
    for row in _packs.rows(content.get("rules"), "rules"):
        name = _packs.text(row["field"], "field of a rule")
        faults += [f"rule on {name}: {part!r:.60} is no part of a rule" for part in set(row) - _RULE_PARTS]
        days = row.get("within_days")
        if days is not None and (
            not isinstance(days, int) or isinstance(days, bool) or not 0 < days < 40_000
        ):
            faults.append(
                f"rule on {name}: within_days must be a whole number of days; got {_packs.brief(days)}"
            )
            days = None
        when = row.get("needed_when") or {}
        if not isinstance(when, dict):
            faults.append(f"rule on {name}: needed_when must name a field and what it says")
            when = {}
        yield RuleSpec(
            name,
            _text(row, "after"),
            _text(row, "not_before"),
            days,
            tuple(
                (str(other), tuple(_packs.text(one, str(other)) for one in _listed(says)))
                for other, says in when.items()
            ),
        )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _head_faults(spec: FormSpec, known: Mapping[str, type[Record]]) -> Iterator[str]:
    if not _FORM.fullmatch(spec.form):
        yield f"form {spec.form!r:.80} must be one word that begins with a capital, such as InformationRequest"
    elif spec.form in known:
        yield f"form {spec.form!r} is a form of the library, which a pack cannot replace; give it a name of its own, and extends: {spec.form}"
    if spec.version < 1:
        yield "version must be a whole number from 1 on"
    if spec.extends:
        if spec.extends not in known:
            yield f"extends must name a form of the library ({', '.join(known)}); got {spec.extends!r:.60}"
        elif spec.extends == "AuditEvent":
            yield "extends cannot name AuditEvent: audit events live in the case's log"
        if spec.id_field:
            yield "id is that of the form it extends; leave it out"
    else:
        if not spec.id_field:
            yield "id is missing: the field that holds the record's own number"
        if spec.stage not in STAGES:
            yield f"stage must be one of {', '.join(STAGES)}; got {spec.stage!r:.60}"
    if spec.extends and spec.stage and spec.stage not in STAGES:
        yield f"stage must be one of {', '.join(STAGES)}; got {spec.stage!r:.60}"
    if spec.id_prefix and not _PREFIX.fullmatch(spec.id_prefix):
        yield f"prefix of id must be letters and digits; got {spec.id_prefix!r:.40}"
    for name in spec.needs:
        if name not in SHARED:
            yield f"needs names {name!r:.60}; it may ask for {', '.join(SHARED)}"


def _field_faults(spec: FormSpec, known: Mapping[str, type[Record]]) -> Iterator[str]:
    base = known.get(spec.extends, Record)
    names = [one.name for one in spec.fields]
    if not 1 <= len(names) <= _MOST_FIELDS:
        yield f"fields must be 1 to {_MOST_FIELDS}; got {len(names)}"
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"field {name} is there twice"
    for name in [*names, *([spec.id_field] if spec.id_field else [])]:
        if not _FIELD.fullmatch(name) or keyword.iskeyword(name):
            yield f"field {name!r:.80} must be written in small letters, digits and _, such as asked_on"
        elif name in base.model_fields:
            yield f"field {name} is there already in {base.form or 'every form'}; give it another name"
        elif hasattr(base, name) or name.startswith("model_") or name in {"spec", "sha256"}:
            yield f"field {name} has a name that records use themselves; give it another"
    if spec.id_field in names:
        yield f"field {spec.id_field} holds the number and is not listed again"
    for one in spec.fields:
        yield from _kind_faults(one, extends=bool(spec.extends))
    yield from _rights_faults(spec, base)


def _kind_faults(one: FieldSpec, *, extends: bool) -> Iterator[str]:
    about = f"field {one.name}:"
    if one.kind not in get_args(Kind):
        yield f"{about} kind must be one of {', '.join(get_args(Kind))}; got {one.kind!r:.60}"
    if (one.kind in {"choice", "choices"}) != bool(one.choices):
        yield f"{about} {'choices are missing' if not one.choices else 'only the kinds choice and choices have choices'}"
    if len(set(one.choices)) < len(one.choices):
        yield f"{about} a choice is there twice"
    if one.sensitivity not in SENSITIVITIES:
        yield f"{about} sensitivity must be one of {', '.join(SENSITIVITIES)}; got {one.sensitivity!r:.60}"
    if one.kind not in NUMBERS and (one.least is not None or one.most is not None):
        yield f"{about} only numbers have least and most"
    if one.least is not None and one.most is not None and one.least > one.most:
        yield f"{about} least is more than most"
    if extends and one.required:
        yield f"{about} an extension adds fields that may be left out; required is not for it"


def _rights_faults(spec: FormSpec, base: type[Record]) -> Iterator[str]:
    """No number that ranks a person, no column of a special category."""
    for name, kind in _special_columns(tuple(one.name for one in spec.fields)):
        yield (
            f"field {name} would hold a special category ({kind}); such data stand in special_category of a report, with their strict "
            "necessity, and in no field of a pack (D6)"
        )
    of_persons = any(one.sensitivity == "personal" for one in spec.fields) or any(
        isinstance(about.json_schema_extra, dict) and about.json_schema_extra.get("sensitivity") == "personal"
        for about in base.model_fields.values()
    )
    for one in spec.fields:
        if of_persons and one.kind in NUMBERS and _SCORES.search(one.name):
            yield f"field {one.name} would score persons: a form on persons holds no risk, score or rank of them (D13)"


@cache
def _special_columns(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    import pandas as pd

    from ilp_lab.safeguards import find_special_categories

    found = find_special_categories(pd.DataFrame(columns=list(dict.fromkeys(names))))
    return tuple(zip(found["column"], found["kind"], strict=True))


def _rule_faults(spec: FormSpec, known: Mapping[str, type[Record]]) -> Iterator[str]:
    kinds = kinds_of(spec, known) | ({spec.id_field: "reference"} if spec.id_field else {})
    for name in spec.refuse_special:
        if kinds.get(name) not in {"text", "texts"}:
            yield f"refuse_special_categories names {name!r:.60}, which is no field of kind text or texts"
    for rule in spec.rules:
        about = f"rule on {rule.field}:"
        named = [rule.field, rule.after, rule.not_before, *(other for other, _ in rule.needed_when)]
        unknown = [name for name in named if name and name not in kinds]
        yield from (f"{about} {name!r:.60} is no field of this form" for name in unknown)
        other = rule.after or rule.not_before
        if bool(other) == bool(rule.needed_when) or (rule.after and rule.not_before):
            yield f"{about} it needs one of after, not_before or needed_when"
        if rule.within_days is not None and not other:
            yield f"{about} within_days goes with after or not_before"
        if other and not unknown and not {kinds[rule.field], kinds[other]} <= set(DATES):
            yield f"{about} {rule.field} and {other} must both be days or moments"
