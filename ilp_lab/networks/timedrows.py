"""What call records and payments have in common: times as seconds, and the numbers or accounts that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.errors import ColumnError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def times_of(
    frame: pd.DataFrame, column: str, faults: Check, *, table: str, made_by: str
) -> tuple[NDArray[np.int64] | None, NDArray[np.int64], NDArray[np.bool_], Any]:
    """Seconds since 1970, the same by the clock on the wall, whether there is a time, and the zone.

    The first is ``None`` where the table has no such column; where a row has no time both are 0.
    """
    import pandas as pd

    none = np.zeros(len(frame), np.int64)
    if column not in frame:
        return None, none, np.zeros(len(frame), bool), None
    held = frame[column]
    if not pd.api.types.is_datetime64_any_dtype(held):
        faults.add(
            f"{table}: {column} must hold times, it holds {held.dtype}; {made_by} makes them.", ColumnError
        )
        return None, none, np.zeros(len(frame), bool), None
    zone = getattr(held.dtype, "tz", None)
    timed = held.notna().to_numpy()
    if zone is None:
        clock = _whole_seconds(held, timed)
        return clock, clock, timed, None
    absolute = _whole_seconds(held.dt.tz_convert("UTC").dt.tz_localize(None), timed)
    if str(zone) == "UTC":
        return absolute, absolute, timed, zone
    return absolute, _whole_seconds(held.dt.tz_localize(None), timed), timed, zone


def moments(seconds: NDArray[np.float64], zone: Any) -> Any:
    """Seconds as times in a zone; NaN as none."""
    import pandas as pd

    stamps = np.full(len(seconds), np.datetime64("NaT", "s"))
    known = ~np.isnan(seconds)
    stamps[known] = seconds[known].astype(np.int64).view("datetime64[s]")
    times = pd.Series(stamps)
    return times.array if zone is None else times.dt.tz_localize("UTC").dt.tz_convert(zone).array


def asked_for(
    names: Sequence[str], of: str | Sequence[str] | None, faults: Check, *, what: str
) -> list[int] | None:
    """Positions in ``names`` of those asked for, each once, in order; those that do not occur are a fault."""
    if of is None:
        return None
    wanted = [of] if isinstance(of, str) else [str(name) for name in of]
    at = {name: position for position, name in enumerate(names)}
    missing = [name for name in wanted if name not in at]
    if missing or not wanted:
        shown = ", ".join(repr(name) for name in missing[:5]) or "none"
        like = (
            tr(", such as {names}").format(names=", ".join(repr(name) for name in names[:3])) if names else ""
        )
        faults.add(f"of must name {what}, written as there; got {shown}. There are {len(at):,}{like}.")
    return sorted({at[name] for name in wanted if name in at})


def _whole_seconds(column: pd.Series, timed: NDArray[np.bool_]) -> NDArray[np.int64]:
    seconds = column.to_numpy().astype("datetime64[s]").astype(np.int64)
    return seconds if timed.all() else np.where(timed, seconds, 0)


def left_rows(parts: Sequence[pd.DataFrame]) -> pd.DataFrame | None:
    """All rows that do not count in one table, their reason in front, or ``None``."""
    import pandas as pd

    some = [part.astype(object) for part in parts if len(part)]
    if not some:
        return None
    rows = pd.concat(some, ignore_index=True)
    return rows[["reason", *(name for name in rows.columns if name != "reason")]]
