"""The kinds of values that fields hold: text in any script, references, days, moments, hashes, lists of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

LONGEST = 100_000
_EARLIEST, _LATEST = 1800, 2400
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def text(value: Any) -> Any:
    """Numbers of a table become text; what no file can hold is refused."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, str):
        bad = _FORBIDDEN.search(value)
        if bad:
            raise ValueError(f"holds a character that is no text (code {ord(bad[0]):#x})")
    return value


def moment(value: Any) -> datetime:
    """A time with its zone, as UTC; without a zone it is refused, because a guess would move it by hours."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("is not a time; write it as 2026-03-01T14:30+01:00") from None
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime(warn=False)
    if not isinstance(value, datetime):
        raise ValueError("is not a time; write it as 2026-03-01T14:30+01:00")  # noqa: TRY004
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("has no time zone; write it as 2026-03-01T14:30+01:00")
    if not _EARLIEST < value.year < _LATEST:
        raise ValueError(f"is not between the years {_EARLIEST} and {_LATEST}")
    return value.astimezone(UTC)


def day(value: Any) -> date:
    """A calendar day."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("is not a day; write it as 2026-03-01") from None
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime(warn=False)
    if isinstance(value, datetime):
        if value.time() != datetime.min.time() or value.tzinfo is not None:
            raise ValueError("is a time, not a day; write it as 2026-03-01")
        value = value.date()
    if not isinstance(value, date):
        raise ValueError("is not a day; write it as 2026-03-01")  # noqa: TRY004
    if not _EARLIEST < value.year < _LATEST:
        raise ValueError(f"is not between the years {_EARLIEST} and {_LATEST}")
    return value


def listed(value: Any) -> Any:
    """A list, from a list, from JSON, or from text with semicolons."""
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            try:
                return tuple(json.loads(value))
            except (ValueError, TypeError, RecursionError):
                raise ValueError("begins like a list but is not one") from None
        return tuple(piece.strip() for piece in value.split(";") if piece.strip())
    if isinstance(value, Iterable) and not isinstance(value, (bytes, dict)):
        return tuple(value)
    return value


def parts(value: Any) -> Any:
    """Parts of a form, from a list or from JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("is not JSON") from None
    if isinstance(value, Iterable) and not isinstance(value, (bytes, dict, str)):
        return tuple(value)
    return value


def part(value: Any) -> Any:
    """One part of a form, from a mapping or from JSON."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("is not JSON") from None
    return value


Text = Annotated[
    str, BeforeValidator(text), StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)
]
Reference = Annotated[
    str, BeforeValidator(text), StringConstraints(strip_whitespace=True, min_length=1, max_length=300)
]
Texts = Annotated[tuple[Text, ...], BeforeValidator(listed)]
References = Annotated[tuple[Reference, ...], BeforeValidator(listed)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[
    datetime, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
Day = Annotated[date, BeforeValidator(day), WithJsonSchema({"type": "string", "format": "date"})]
Number = Annotated[float, Field(allow_inf_nan=False)]
Amount = Annotated[float, Field(allow_inf_nan=False, ge=0)]
