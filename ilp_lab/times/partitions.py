"""Ways to cut the day or the week: hours, quarters, minutes, shifts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import again, tr, tr_later
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY, WEEK = 86_400, 604_800
MONDAY = 4 * DAY  # 1970-01-05 was a Monday
DAYS = (
    tr_later("Monday"),
    tr_later("Tuesday"),
    tr_later("Wednesday"),
    tr_later("Thursday"),
    tr_later("Friday"),
    tr_later("Saturday"),
    tr_later("Sunday"),
)
SHORT_DAYS = (
    tr_later("Mon"), tr_later("Tue"), tr_later("Wed"), tr_later("Thu"), tr_later("Fri"), tr_later("Sat"), tr_later("Sun"),
)  # fmt: skip
UNITS = {
    "hour_of_week": (WEEK, 168),
    "hour_of_day": (DAY, 24),
    "half_hour_of_day": (DAY, 48),
    "quarter_of_day": (DAY, 96),
    "minute_of_day": (DAY, 1440),
    "weekday": (WEEK, 7),
}
_CLOCK = re.compile(r"^(?:(?P<day>[A-Za-z]{3,9})\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})$")


@dataclass(frozen=True)
class Partition:
    """A cycle and where its parts begin.

    Attributes
    ----------
    name
        As the caller said it.
    cycle
        Seconds of a day or a week.
    begins
        Where each part begins, from the start of the cycle (midnight, or Monday 00:00); the first may run over its end.
    labels
        Of the parts.
    """

    name: str
    cycle: int
    begins: NDArray[np.int64]
    labels: tuple[str, ...]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Seconds of each part."""
        return np.diff(np.append(self.begins, self.begins[0] + self.cycle))

    def sums(
        self,
        begin: NDArray[np.int64],
        end: NDArray[np.int64],
        weight: NDArray[np.float64],
        group: NDArray[np.int64],
        groups: int,
    ) -> NDArray[np.float64]:
        """Share out weights over the parts by how long each piece lies in them: shape (groups, parts)."""
        return self.laid(begin, end, group, groups).sums(weight)

    def laid(
        self, begin: NDArray[np.int64], end: NDArray[np.int64], group: NDArray[np.int64], groups: int
    ) -> Laid:
        """Lay pieces over the parts, so that many weightings of the same pieces can be summed."""
        parts = len(self.begins)
        shift = MONDAY if self.cycle == WEEK else 0
        start = begin - shift - int(self.begins[0])
        length = end - begin
        offsets = self.begins - self.begins[0]
        keys, into = [], []
        alike = int(self.lengths[0]) if (self.lengths == self.lengths[0]).all() else 0
        for at in (start, start + length):
            rest = at % self.cycle
            part = rest // alike if alike else np.searchsorted(offsets, rest, side="right") - 1
            keys.append(group * parts + part)
            into.append((rest - offsets[part]).astype(np.float64))
        turns = ((start + length) // self.cycle - start // self.cycle).astype(np.float64)
        moment = np.flatnonzero(length == 0)
        per_second = np.divide(1.0, length, out=np.zeros(len(length)), where=length > 0)
        return Laid(
            groups, self.lengths.astype(np.float64), group, keys[0], keys[1], into[0], into[1], turns, moment, per_second
        )  # fmt: skip


@dataclass(frozen=True)
class Laid:
    """Pieces laid over the parts of a cycle.

    The time that lies before a moment is a running total by part, so each piece costs two look-ups, however long it is.

    Attributes
    ----------
    groups, lengths
        How many groups; seconds of each part.
    group, first, last
        Of each piece: its group, and the position (group × parts + part) of its beginning and its end.
    into_first, into_last
        Seconds from the part's start to there.
    turns
        Whole cycles between them.
    moment, per_second
        Which pieces last no time; one over their length.
    """

    groups: int
    lengths: NDArray[np.float64]
    group: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    into_first: NDArray[np.float64]
    into_last: NDArray[np.float64]
    turns: NDArray[np.float64]
    moment: NDArray[np.int64]
    per_second: NDArray[np.float64]

    def sums(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share out one weight per piece: shape (groups, parts)."""
        parts, size = len(self.lengths), self.groups * len(self.lengths)
        rate = weight * self.per_second
        found = np.bincount(self.last, rate * self.into_last, size)
        found -= np.bincount(self.first, rate * self.into_first, size)
        full = np.bincount(self.last, rate, size) - np.bincount(self.first, rate, size)
        found, full = found.reshape(self.groups, parts), full.reshape(self.groups, parts)
        whole = np.bincount(self.group, rate * self.turns, self.groups)
        before = (
            full[:, ::-1].cumsum(axis=1)[:, ::-1] - full
        )  # parts before the one a moment lies in are full
        found = found + (before + whole[:, None]) * self.lengths
        if len(self.moment):
            at = self.moment
            found += np.bincount(self.first[at], weight[at], size).reshape(self.groups, parts)
        return np.where(np.abs(found) < 1e-12 * max(float(weight.sum()), 1.0), 0.0, found)


def partition(unit: str | Sequence[str], caller: str) -> Partition:
    """A partition by its name, or by the times at which its parts begin.

    Raises
    ------
    InputError
        When it is neither.

    Examples
    --------
    >>> partition(["06:00", "14:00", "22:00"], "times.aoristic").labels
    ('06:00 to 14:00', '14:00 to 22:00', '22:00 to 06:00')
    """
    if isinstance(unit, str):
        if unit not in UNITS:
            raise InputError(
                f"{caller}: unit must be one of {', '.join(map(repr, UNITS))}, or the times at which shifts begin, such as "
                f"['06:00', '14:00', '22:00'] or ['Mon 06:00', 'Fri 22:00']; got {unit!r}."
            )
        cycle, parts = UNITS[unit]
        begins = np.arange(parts) * (cycle // parts)
        return Partition(unit, cycle, begins, tuple(_label(unit, int(begin)) for begin in begins))
    starts = [_parsed(text, caller) for text in unit]
    weekly = any(day is not None for day, _ in starts)
    if len(starts) < 2 or (weekly and not all(day is not None for day, _ in starts)):
        raise InputError(
            f"{caller}: unit needs two times or more, all with a day of the week or none; got {list(unit)}."
        )
    begins = np.array([(day or 0) * DAY + second for day, second in starts])
    if (np.diff(begins) <= 0).any():
        raise InputError(
            f"{caller}: the times in unit must follow each other from the start of the cycle; got {list(unit)}."
        )
    names = list(unit)
    labels = tuple(
        tr_later("{one} to {other}").format(one=one, other=other)
        for one, other in zip(names, [*names[1:], names[0]], strict=True)
    )
    return Partition(", ".join(names), WEEK if weekly else DAY, begins, labels)


def _parsed(text: str, caller: str) -> tuple[int | None, int]:
    found = _CLOCK.match(str(text).strip())
    day = None
    if found and found["day"]:
        named = [number for number, name in enumerate(DAYS) if name.lower().startswith(found["day"].lower())]
        found = found if len(named) == 1 else None
        day = named[0] if named else None
    if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise InputError(f"{caller}: {text!r} is no time of day; write '06:00' or 'Mon 06:00'.")
    return day, int(found["hour"]) * 3600 + int(found["minute"]) * 60


def _label(unit: str, second: int) -> str:
    if unit == "weekday":
        return DAYS[second // DAY]
    clock = f"{second % DAY // 3600:02d}:{second % 3600 // 60:02d}"
    return SHORT_DAYS[second // DAY] + f" {clock}" if unit == "hour_of_week" else clock


def part_in_words(label: object) -> str:
    """A part of the day or the week, as tables name it in English, in the language that is spoken now.

    >>> part_in_words("Mon 06:00 to Tue 18:00")
    'Mon 06:00 to Tue 18:00'
    """
    one, between, other = str(label).partition(" to ")
    if between:
        return tr("{one} to {other}").format(one=part_in_words(one), other=part_in_words(other))
    day, gap, clock = one.partition(" ")
    known = next((name for name in (*DAYS, *SHORT_DAYS) if day == name), "")
    return f"{again(known)}{gap}{clock}" if known else one
