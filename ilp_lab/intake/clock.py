"""From wall-clock times to zone-aware ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.intake.dates import Times


def check_zone(tz: str | None, caller: str) -> str:
    """The zone's name; UTC when none was said.

    Raises
    ------
    InputError
        When there is no such zone.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(tz or "UTC").key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"{caller}: there is no time zone {tz!r}; write it like 'Europe/Vienna'.") from error


def aware(times: Times, tz: str) -> tuple[pd.Series, NDArray[np.int64]]:
    """Times in the zone ``tz``, and the rows that a change of clocks skips or repeats.

    A skipped time is moved to the first that exists; of a repeated one the first is taken.
    """
    import pandas as pd

    bad = times.bad
    stamps = times.seconds.astype("datetime64[s]")
    if bad.any():
        stamps = np.where(bad, np.datetime64("NaT", "s"), stamps)
    values = pd.Series(stamps)
    absolute = times.absolute
    if absolute is not None and (absolute | bad).all():
        return values.dt.tz_localize("UTC").dt.tz_convert(tz), np.empty(0, np.int64)
    if tz == "UTC":
        return values.dt.tz_localize("UTC"), np.empty(0, np.int64)
    local = values.dt.tz_localize(tz, ambiguous="NaT", nonexistent="NaT")
    odd = np.flatnonzero((local.isna() & values.notna()).to_numpy())
    if len(odd):
        mended: Any = values.iloc[odd].dt.tz_localize(
            tz, ambiguous=np.ones(len(odd), bool), nonexistent="shift_forward"
        )
        local.iloc[odd] = mended
    if absolute is not None and absolute.any():
        fixed = values[absolute].dt.tz_localize("UTC").dt.tz_convert(tz)
        local[absolute] = fixed
        odd = odd[~absolute[odd]]
    return local, odd
