"""From wall-clock times to zone-aware ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.intake.dates import Times


_DAY = 86_400
_MANY = 20_000


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
    except (ZoneInfoNotFoundError, ValueError, OSError, TypeError, AttributeError) as error:
        raise InputError(f"{caller}: there is no time zone {tz!r}; write it like 'Europe/Vienna'.") from error


def aware(times: Times, tz: str) -> tuple[pd.Series, NDArray[np.int64]]:
    """Times in the zone ``tz``, and the rows that a change of clocks skips or repeats.

    A skipped time is moved to the first that exists; of a repeated one the first is taken.
    """
    import pandas as pd

    bad = times.bad
    stamps = times.seconds.view("datetime64[s]")
    if bad.any():
        stamps = np.where(bad, np.datetime64("NaT", "s"), stamps)
    absolute = times.absolute
    if tz == "UTC" or (absolute is not None and (absolute | bad).all()):
        return _stamped(stamps, tz), np.empty(0, np.int64)
    values = pd.Series(stamps)
    local = _localized(values, tz)
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


def _stamped(utc: NDArray[np.datetime64], tz: str) -> pd.Series:
    """Times of UTC as a column in a zone, without copying."""
    import pandas as pd

    seconds = utc.view(np.int64)  # as whole numbers, because moments without a zone would be copied
    in_utc = pd.array(seconds, dtype=pd.DatetimeTZDtype("s", "UTC"), copy=not seconds.flags.writeable)
    return pd.Series(in_utc, copy=False) if tz == "UTC" else pd.Series(in_utc, copy=False).dt.tz_convert(tz)


def _localized(values: pd.Series, tz: str) -> pd.Series:
    """Wall-clock times in their zone; NaT where the clock skips or repeats.

    On most days the clock does not change, so the offset is looked up by day; only the others are asked one by one.
    """
    import pandas as pd

    seconds = values.to_numpy().view(np.int64)
    known = values.notna().to_numpy()
    if np.count_nonzero(known) < _MANY:
        return _asked(values, tz)
    day = seconds // _DAY
    low, high = int(day[known].min()), int(day[known].max())
    if high - low > _MANY:
        return _asked(values, tz)
    midnights = np.arange(low, high + 2).astype("datetime64[D]").astype("datetime64[s]")
    there = _asked(pd.Series(midnights), tz)
    offset = midnights.astype(np.int64) - there.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype(
        "datetime64[s]"
    ).astype(np.int64)
    steady = there.notna().to_numpy()
    steady = steady[:-1] & steady[1:] & (offset[:-1] == offset[1:])
    at = np.clip(day - low, 0, high - low)
    utc = np.where(known, seconds - offset[at], seconds).view("datetime64[s]")
    local = _stamped(utc, tz)
    ask = np.flatnonzero(known & ~steady[at])
    if len(ask):
        local.iloc[ask] = _asked(values.iloc[ask], tz)
    return local


def _asked(values: pd.Series, tz: str) -> pd.Series:
    localized: pd.Series = values.dt.tz_localize(tz, ambiguous="NaT", nonexistent="NaT")
    return localized
