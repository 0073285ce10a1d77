"""What a board asks: one control for each field of its state, and how an answer from the screen is read.

>>> control = choice("show", "The map shows", ["hot spots", "density"])
>>> control.read("density")
'density'
>>> control.read("heat")
Traceback (most recent call last):
    ...
ilp_lab.errors.InputError: The map shows: 'heat' is not one of the choices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ilp_lab._tongue import tr
from ilp_lab.errors import InputError

Kind = Literal["choice", "many", "slider", "number", "day", "yes", "text", "kept"]
Entries = tuple[tuple[str, ...], ...]
"""What was put down on a board, entry by entry."""
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Asked:
    """One control.

    Attributes
    ----------
    name
        The field of the state it stands for.
    label
        What it is called on the screen.
    kind
        Which control it is; ``"kept"`` is none: the field goes with the board into the case, and is not on the screen.
    options
        Values and their labels, of a choice.
    low, high, step
        Limits of a number; days as ``2026-05-01``. Of what is kept, ``low`` is how many parts an entry has.
    unit
        What is counted.
    hint
        A sentence below it.
    group
        Heading over several controls.
    long
        Whether a text has several lines.
    """

    name: str
    label: str
    kind: Kind
    options: tuple[tuple[Any, str], ...] = ()
    low: float | str | None = None
    high: float | str | None = None
    step: float | None = None
    unit: str = ""
    hint: str = ""
    group: str = ""
    long: bool = False

    def spec(self) -> dict[str, Any]:
        """As the screen reads it."""
        return {
            "name": self.name,
            "label": self.label,
            "kind": self.kind,
            "options": [[value, label] for value, label in self.options],
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "unit": self.unit,
            "hint": self.hint,
            "group": self.group,
            "long": self.long,
        }

    def read(self, value: Any) -> Any:
        """The value of the state's field for what came from the screen or from a file.

        Raises
        ------
        InputError
            When it is none that the control could have sent.
        """
        if self.kind == "choice":
            return self._one_of(value)
        if self.kind == "many":
            if not isinstance(value, list | tuple):
                raise self._wrong(value)
            return tuple(self._one_of(one) for one in value)
        if self.kind == "day":
            return self._day(value)
        if self.kind == "yes":
            return bool(value)
        if self.kind == "text":
            return str(value or "")[:_LONGEST]
        if self.kind == "kept":
            return self._entries(value)
        return self._number(value)

    def _one_of(self, value: Any) -> Any:
        for option, _ in self.options:
            if option == value and isinstance(option, bool) == isinstance(value, bool):
                return option
        raise self._wrong(value)

    def _day(self, value: Any) -> date | None:
        if value in (None, ""):
            return None
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError as error:
            raise InputError(
                tr("{label}: {value!r} is not a day.").format(label=self.label, value=value)
            ) from error

    def _entries(self, value: Any) -> Entries:
        if not isinstance(value, list | tuple) or not all(
            isinstance(row, list | tuple) and len(row) == self.low for row in value
        ):
            raise self._wrong(value)
        return tuple(tuple(str(part)[:_LONGEST] for part in row) for row in value)

    def _number(self, value: Any) -> float | int:
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise self._wrong(value) from error
        low = -math.inf if self.low is None else float(self.low)
        high = math.inf if self.high is None else float(self.high)
        if not math.isfinite(number) or not low <= number <= high:
            raise InputError(
                tr("{label} must be between {low:g} and {high:g}; got {value!r}.").format(
                    label=self.label, low=low, high=high, value=value
                )
            )
        return int(number) if self.step is not None and float(self.step).is_integer() else number

    def _wrong(self, value: Any) -> InputError:
        return InputError(
            tr("{label}: {value!r} is not one of the choices.").format(label=self.label, value=value)
        )


def choice(
    name: str,
    label: str,
    options: Iterable[Any] | Mapping[Any, str],
    *,
    hint: str = "",
    group: str = "",
) -> Asked:
    """One of several; a mapping gives each value its label."""
    return Asked(name, label, "choice", options=_pairs(options), hint=hint, group=group)


def many(
    name: str,
    label: str,
    options: Iterable[Any] | Mapping[Any, str],
    *,
    hint: str = "",
    group: str = "",
) -> Asked:
    """Any number of several."""
    return Asked(name, label, "many", options=_pairs(options), hint=hint, group=group)


def slider(
    name: str,
    label: str,
    *,
    low: float,
    high: float,
    step: float = 1,
    unit: str = "",
    hint: str = "",
    group: str = "",
) -> Asked:
    """A number between two limits, with the mouse or typed."""
    return Asked(name, label, "slider", low=low, high=high, step=step, unit=unit, hint=hint, group=group)


def day(
    name: str,
    label: str,
    *,
    low: date | None = None,
    high: date | None = None,
    hint: str = "",
    group: str = "",
) -> Asked:
    """A day; none when left empty."""
    first, last = (limit.isoformat() if limit else None for limit in (low, high))
    return Asked(name, label, "day", low=first, high=last, hint=hint, group=group)


def yes(name: str, label: str, *, hint: str = "", group: str = "") -> Asked:
    """Yes or no."""
    return Asked(name, label, "yes", hint=hint, group=group)


def text(name: str, label: str, *, long: bool = False, hint: str = "", group: str = "") -> Asked:
    """Words."""
    return Asked(name, label, "text", long=long, hint=hint, group=group)


def kept(name: str, label: str, *, parts: int) -> Asked:
    """What was put down on the board, in entries of so many parts: no control, but saved with the others."""
    return Asked(name, label, "kept", low=parts)


def _pairs(options: Iterable[Any] | Mapping[Any, str]) -> tuple[tuple[Any, str], ...]:
    if isinstance(options, Mapping):
        return tuple((value, str(label)) for value, label in options.items())
    return tuple((value, str(value)) for value in options)


def plain(state: Any, asked: Sequence[Asked]) -> dict[str, Any]:
    """A state as the screen and a file hold it: texts, numbers, lists, days as ``2026-05-01``."""
    held = {one.name: getattr(state, one.name) for one in asked}
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in held.items()
    }
