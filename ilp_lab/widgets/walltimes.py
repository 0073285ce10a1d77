"""Times as the clock on the wall shows them, in whole minutes, small enough to travel by the million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

UNKNOWN = np.int32(-(2**31))


@dataclass(frozen=True)
class WallTimes:
    """The times of the rows of a table.

    Attributes
    ----------
    minutes
        Minutes since 1970 on the local clock; ``UNKNOWN`` where there is no time.
    zone
        The clock, in words; empty where the table does not say.
    only_days
        Whether no row has a time of day, so that hours say nothing.
    """

    minutes: NDArray[np.int32]
    zone: str
    only_days: bool

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which rows have a time."""
        return np.asarray(self.minutes != UNKNOWN)

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last minute; ``None`` where no row has a time."""
        known = self.minutes[self.known]
        return (int(known.min()), int(known.max())) if len(known) else None


def wall_times(frame: pd.DataFrame, column: str) -> WallTimes | None:
    """The times of a column; ``None`` where the table has no such column or it holds no times.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"occurred_at": pd.to_datetime(["1970-01-02", None]).tz_localize("Europe/Vienna")})
    >>> found = wall_times(table, "occurred_at")
    >>> found.minutes.tolist()[0], found.zone, found.only_days
    (1440, 'Europe/Vienna', True)
    """
    import pandas as pd

    if column not in frame.columns:
        return None
    values: Any = frame[column]
    zone = ""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        zone = str(values.dtype.tz)
        values = values.dt.tz_localize(None)
    if not pd.api.types.is_datetime64_dtype(values):
        return None
    whole = values.to_numpy().astype("datetime64[m]").astype(np.int64)
    missing = values.isna().to_numpy() | (np.abs(whole) >= 2**31 - 1)
    minutes = np.where(missing, UNKNOWN, whole).astype(np.int32)
    known = minutes[~missing]
    return WallTimes(minutes, zone, bool(len(known)) and not (known % 1440).any())
