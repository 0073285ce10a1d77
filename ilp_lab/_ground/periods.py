"""Periods of equal kind: calendar months, quarters, years, or so many days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_UNITS = {"day": 1, "week": 7, "fortnight": 14}
_CALENDAR = {"month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True)
class Steps:
    """Periods of equal kind.

    Attributes
    ----------
    of
        Which period each time lies in; -1 before the first.
    begins
        Where each period begins, and the last one ends, on the local clock.
    said
        In words.
    open_end
        Whether the last period goes on beyond the last incident by more than a tenth of itself.
    """

    of: NDArray[np.int64]
    begins: NDArray[np.datetime64]
    said: str
    open_end: bool

    @property
    def count(self) -> int:
        """How many."""
        return len(self.begins) - 1


def steps_of(times: pd.Series, step: str | int, caller: str) -> Steps:
    """Put times into calendar months, quarters, years, or periods of so many days that end with the last incident.

    Raises
    ------
    InputError
        When there are fewer than two periods, or the step is none.
    """
    local = times.dt.tz_localize(None) if times.dt.tz is not None else times
    last = local.max()
    if step in _CALENDAR:
        period = local.dt.to_period(_CALENDAR[str(step)])
        first = period.min()
        number = (period.astype("int64") - first.ordinal).to_numpy()
        count = int(number.max()) + 1
        begins = np.array([(first + at).start_time.to_datetime64() for at in range(count + 1)])
        said = tr("calendar {step}s").format(step=step)
    else:
        days = _UNITS.get(str(step), step)
        if isinstance(days, bool) or not isinstance(days, (int, np.integer)) or days < 1:
            raise InputError(
                f"{caller}: step must be 'day', 'week', 'fortnight', 'month', 'quarter', 'year' or a number of days; got {step!r}."
            )
        end = last.normalize().to_datetime64() + np.timedelta64(1, "D")
        width = np.timedelta64(int(days), "D")
        back = (end - local.to_numpy() - np.timedelta64(1, "ns")) // width
        count = int(back.max()) + 1
        number = count - 1 - back.astype(np.int64)
        begins = end - np.arange(count, -1, -1) * width
        said = tr("periods of {days} days that end with the last incident").format(days=days)
    if count < 2:
        raise InputError(
            f"{caller}: all incidents lie in one period ({said}); take a shorter step or a longer file."
        )
    length = begins[-1] - begins[-2]
    return Steps(
        number.astype(np.int64),
        begins.astype("datetime64[s]"),
        said,
        bool((begins[-1] - last.to_datetime64()) > length / 10),
    )
