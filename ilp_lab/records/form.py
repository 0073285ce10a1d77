"""What every form shares: who holds it, who may see it, its version, its canonical text and its hash.

A form is a frozen record. Making one checks everything at once and names every fault in plain words. Its canonical
text is JSON with sorted keys, UTC times, and nothing for what is empty, so a field that a later version of a form
adds does not change the hash of a record that lacks it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, ValidationError

from ilp_lab._check import Check
from ilp_lab.errors import FormError, HandlingError, InputError
from ilp_lab.records.fieldtypes import Day, Moment, Reference, References, Sha256, Text
from ilp_lab.records.wording import is_empty, sentences

Level = Literal["local", "regional", "national"]
LEVELS: tuple[Level, ...] = get_args(Level)
_LARGEST_TEXT = 5_000_000


def _least_strict() -> str:
    from ilp_lab.safeguards import policy

    return policy().codes[0].code


class Part(BaseModel):
    """A part of a form, such as one subject of a report."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, protected_namespaces=()
    )


class Record(BaseModel):
    """The base of all forms; see :func:`ilp_lab.records.forms` for the list.

    Attributes
    ----------
    level
        Local, regional or national: at which level the record is worked on.
    unit
        Who holds it, as a path from the widest to the narrowest: ``"belmara/selin/s1"``.
    shared_with
        Units (and all below them) that may see it too: need to share, decided by a person.
    handling
        A code of the handling policy.
    version, supersedes
        A change is a new version that names the hash of the one before.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, protected_namespaces=()
    )

    form: ClassVar[str] = ""
    title: ClassVar[str] = ""
    stage: ClassVar[str] = ""
    number: ClassVar[int] = 0
    id_field: ClassVar[str] = ""
    form_version: ClassVar[int] = 1
    pack_source: ClassVar[str] = ""
    _written_as: int = PrivateAttr(default=0)

    level: Level = Field(default="local", description="Local, regional or national")
    unit: Reference | None = Field(
        default=None, description="Unit that holds it, as a path: region/district/unit"
    )
    shared_with: References = Field(default=(), description="Units that may see it too, and all below them")
    handling: Text = Field(default_factory=_least_strict, description="Handling code")
    purpose_id: Reference | None = Field(
        default=None, description="The purpose it is held for (PurposeRecord)"
    )
    retention_class: Text | None = Field(default=None, description="Retention class of the agency's schedule")
    review_date: Day | None = Field(
        default=None, description="When somebody must ask whether it is still needed"
    )
    created_at: Moment = Field(
        default_factory=lambda: datetime.now(UTC).replace(microsecond=0), description="When it was written"
    )
    created_by: Reference | None = Field(default=None, description="Who wrote it: a service number")
    version: int = Field(default=1, ge=1, le=1_000_000, description="Version, counting from 1")
    supersedes: Sha256 | None = Field(default=None, description="Hash of the version before")

    def __init__(self, **given: Any) -> None:
        filled = {name: value for name, value in given.items() if not is_empty(value)}
        faults: list[str] = []
        try:
            super().__init__(**filled)
        except ValidationError as error:
            faults = type(self).faults(given) or [str(error)]
        else:
            values = dict(self.__dict__)
            faults = [*self._base_rules(values), *self._rules(values)]
        if faults:
            check = Check(type(self).form or type(self).__name__)
            for fault in faults:
                check.add(fault, FormError)
            check.done()

    @classmethod
    def shown(cls) -> list[str]:
        """The fields in the order they are shown: its number, its own fields, then what all forms share."""
        own = [name for name in cls.model_fields if name not in Record.model_fields and name != cls.id_field]
        return [cls.id_field, *own, *(name for name in Record.model_fields if name != cls.id_field)]

    @classmethod
    def faults(cls, given: Mapping[str, Any]) -> list[str]:
        """Say everything that is wrong with these values, in sentences; empty when a record can be made of them.

        Empty values (``None``, not-a-number, blank text) count as not given.
        """
        filled = {name: value for name, value in given.items() if not is_empty(value)}
        sound: dict[str, Any] = {}
        found = [
            sentence
            for name in filled
            if name not in cls.model_fields
            for sentence in sentences(cls, name, None)
        ]
        for name in cls.shown():
            field = cls.model_fields[name]
            if name not in filled:
                if field.is_required():
                    found.append(f"{name} is missing: {_lower(field.description or '')}.".replace("?.", "?"))
                else:
                    sound[name] = field.get_default(call_default_factory=True, validated_data={})
                continue
            try:
                sound[name] = _adapter(cls, name).validate_python(filled[name])
            except ValidationError as error:
                found.extend(sentences(cls, name, error))
        return found + list(cls._base_rules(sound)) + list(cls._rules(sound))

    @classmethod
    def _rules(cls, given: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG003  (forms replace it)
        """What must hold between fields; ``given`` holds the sound ones only."""
        yield from ()

    @classmethod
    def _base_rules(cls, given: Mapping[str, Any]) -> Iterator[str]:
        from ilp_lab.safeguards import policy

        code, review = given.get("handling"), given.get("review_date")
        created, version = given.get("created_at"), given.get("version")
        if code is not None:
            try:
                policy().check(code)
            except HandlingError as error:
                yield f"handling: {error}"
        if review is not None and created is not None and review <= created.date():
            yield f"review_date {review} is not after the day it was written ({created.date()})."
        if (
            version is not None
            and "supersedes" in given
            and (version > 1) != (given["supersedes"] is not None)
        ):
            yield (
                f"version {version} must {'name' if version > 1 else 'not name'} the version before in supersedes; "
                "record.revise(...) does it."
            )

    @property
    def record_id(self) -> str:
        """The record's own number."""
        return str(getattr(self, self.id_field))

    @property
    def key(self) -> str:
        """Form, number and version: how other records and products point at it."""
        return f"{self.form}:{self.record_id}@{self.version}"

    @cached_property
    def sha256(self) -> str:
        """Hash of form and content."""
        return hashlib.sha256(f"{self.form}/{self.written_as}\n{self.to_json()}".encode()).hexdigest()

    @property
    def written_as(self) -> int:
        """The version of the form that it was written in: the one in force, unless it was read from an older store."""
        return self._written_as or self.form_version

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as they stand in JSON; what is empty is left out."""
        plain: dict[str, Any] = _lean(self.model_dump(mode="python"))
        return plain

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, no spaces, UTC times; the same content gives the same text on any machine."""
        return self._canonical

    @cached_property
    def _canonical(self) -> str:
        return json.dumps(
            self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        )

    @classmethod
    def from_json(cls, text: str | bytes, *, written_as: int = 0) -> Self:
        """Read a record from JSON, which an earlier version of the form may have written.

        Raises
        ------
        FormError
            When the text is not JSON, or the form is not filled in properly.
        """
        if len(text) > _LARGEST_TEXT:
            raise FormError(
                f"{cls.form}: the text is longer than {_LARGEST_TEXT:,}; a record is never that long."
            )
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise FormError(f"{cls.form}: the text is not JSON ({type(error).__name__}).") from error
        if not isinstance(content, dict):
            raise FormError(f"{cls.form}: the text must hold one record with named fields.")
        record = cls(**content)
        if 0 < written_as != cls.form_version:
            record._written_as = written_as
        return record

    def revise(self, **changes: Any) -> Self:
        """Make the next version with some fields changed; ``None`` empties a field.

        Raises
        ------
        FormError
            When the changed record would not be in order, or its number would change.
        """
        if self.id_field in changes and changes[self.id_field] != self.record_id:
            raise FormError(f"{self.form}: {self.id_field} stays the same for all versions of a record.")
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**{**kept, **changes, "version": self.version + 1, "supersedes": self.sha256})

    def __str__(self) -> str:
        return f"{self.title} {self.record_id}, version {self.version} [{self.handling}]"


@cache
def _adapter(cls: type[Record], name: str) -> TypeAdapter[Any]:
    field = cls.model_fields[name]
    config = None if _is_part(field.annotation) else cls.model_config
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(kind, config=config)


def _is_part(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _lean(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {str(name): _lean(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not None and item not in ("", [], {})}
    if isinstance(value, (list, tuple)):
        return [_lean(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def human(name: str) -> str | None:
    """Why ``name`` is no person who can decide, or ``None``."""
    machines = {
        "system",
        "automatic",
        "automated",
        "algorithm",
        "model",
        "software",
        "computer",
        "ai",
        "ilp_lab",
        "bot",
    }
    if name.strip().casefold() in machines:
        return f"{name!r} is not a person: decisions are made and signed by people."
    return None


def fits(record: object, form: type[Record], caller: str) -> None:
    """Refuse what is not a record of this form."""
    if not isinstance(record, form):
        raise InputError(f"{caller}: a {form.form} is needed; got {type(record).__name__}.")
