"""Minutes that forms and programs put where no time was told: 00:00, 00:01 and 12:00, where they stand out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr, trn

if TYPE_CHECKING:
    from numpy.typing import NDArray

MINUTES = (0, 1, 720)
_LEAST = 5
_ROUNDED = (
    0.2  # fewer other minutes than this for each full hour: a file of whole hours, in which only more tells
)


@dataclass(frozen=True)
class Placeholder:
    """A minute of the day that stands out: which, how often it came, and about how often it was to be expected."""

    minute: int
    count: int
    expected: float

    @property
    def clock(self) -> str:
        """The minute as a clock shows it."""
        return f"{self.minute // 60:02d}:{self.minute % 60:02d}"

    def said(self) -> str:
        """That it stands out, and what not to do with it."""
        if self.minute == 0:
            return tr(
                "{midnights:,} incidents stand at 00:00 exactly, which programs put where no time was told: do not plan by that "
                "peak; counted as somewhere in their day, they make none."
            ).format(midnights=self.count)
        return trn(
            "{n:,} incident stands at {clock} exactly, where the minutes around lead one to expect about {expected:,.0f}; forms and "
            "programs put {clock} where no time was told: do not plan by a peak there.",
            "{n:,} incidents stand at {clock} exactly, where the minutes around lead one to expect about {expected:,.0f}; forms and "
            "programs put {clock} where no time was told: do not plan by a peak there.",
            self.count,
        ).format(n=self.count, clock=self.clock, expected=self.expected)


def placeholders(moments: NDArray[np.int64]) -> tuple[Placeholder, ...]:
    """Minutes that stand out against the same minute of the hours around and the other minutes of their own hour.

    Parameters
    ----------
    moments
        Local seconds of incidents that are known to the minute.

    Examples
    --------
    >>> import numpy as np
    >>> usual = np.arange(0, 86_400, 600)
    >>> [one.clock for one in placeholders(np.r_[usual, np.full(30, 60), np.full(12, 43_200)])]
    ['00:01', '12:00']
    """
    each = np.bincount(moments % 86_400 // 60, minlength=1440).reshape(24, 60)
    found = []
    for minute in MINUTES:
        hour, at = divmod(minute, 60)
        around = [(hour + step) % 24 for step in (-2, -1, 1, 2)]
        count = int(each[hour, at])
        expected, times = (
            _full_hour(each, hour, around) if at == 0 else (_odd_minute(each, hour, at, around), 3.0)
        )
        if count >= _LEAST and count > max(times * expected, expected + 4 * np.sqrt(expected + 1)):
            found.append(Placeholder(minute, count, expected))
    return tuple(found)


def _full_hour(each: NDArray[np.int64], hour: int, around: list[int]) -> tuple[float, float]:
    """How often a full hour was to be expected, and how many times that stands out."""
    full, other = each[:, 0], each[:, 2:].sum(axis=1)
    if other.sum() < _ROUNDED * full.sum():
        return float(max(full[around].max(), np.median(np.delete(full, hour)))), 3.0
    alike = float(other[hour] * full[around].sum() / max(other[around].sum(), 1))
    return max(float(full[around].mean()), alike), 1.25


def _odd_minute(each: NDArray[np.int64], hour: int, at: int, around: list[int]) -> float:
    """How often a minute nobody rounds to was to be expected: as often as in the hours around, or as its like in its own."""
    odd = [minute for minute in range(2, 60) if minute % 5]
    return max(float(each[around, at].mean()), float(each[hour, odd].mean()))
