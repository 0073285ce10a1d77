"""Faults of a form in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError


def is_empty(value: Any) -> bool:
    """Whether a value stands for nothing: ``None``, not-a-number, not-a-time, blank text, an empty list."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, (list, tuple, dict, set)):
        return not value
    return type(value).__name__ in {"NaTType", "NAType"}


def sentences(form: type[BaseModel], name: str, error: ValidationError | None) -> Iterator[str]:
    """What is wrong with one field."""
    if error is None:
        close = get_close_matches(name, form.model_fields, n=1, cutoff=0.6)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        yield f"{name!r:.80} is not a field of this form.{hint}"
        return
    for fault in error.errors(include_url=False):
        where = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in fault["loc"])
        yield f"{name}{_without_kinds(where)} {_said(fault)}"


def _without_kinds(where: str) -> str:
    """Drop the names of alternatives, which mean nothing to a reader."""
    return where.replace(".constrained-str", "").replace(".function-before", "")


def _said(fault: Any) -> str:
    kind, context, got = fault["type"], fault.get("ctx", {}), fault["input"]
    shown = f"{got!r:.60}"
    if kind == "missing":
        return "is missing."
    if kind == "literal_error":
        return f"must be one of {context['expected']}; got {shown}."
    if kind == "value_error":
        return f"{context['error']}; got {shown}."
    if kind in {"string_too_short", "too_short"}:
        return "is empty."
    if kind == "string_too_long":
        return f"is longer than {context['max_length']:,} characters."
    if kind == "string_pattern_mismatch":
        return f"is not of the needed form; got {shown}."
    if kind == "extra_forbidden":
        return "is not a field of this part."
    message = str(fault["msg"]).replace("Input should be", "must be")
    return f"{message[:1].lower()}{message[1:]}; got {shown}."
