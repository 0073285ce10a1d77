"""When the links of a chart happened, as seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.charting import Chart, chart_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Dated:
    """A chart with the times of its links: seconds since 1970, NaN where none is known."""

    chart: Chart
    start: Any
    end: Any
    times: pd.Series
    handling: str


def dated_links(chart_or_result: Any, title: str | None, caller: str, heading: str) -> Dated:
    """The chart of a chart or result with the times of its links; that none has one is a fault."""
    import pandas as pd

    check = Check(caller)
    chart = chart_of(chart_or_result, size_by=None, title=title or heading, check=check)
    given = chart_or_result.details["chart"] if hasattr(chart_or_result, "details") else chart_or_result
    times = {
        name: _as_times(given.links[name])
        if name in given.links
        else pd.Series(pd.NaT, index=given.links.index)
        for name in ("start", "end")
    }
    start = times["start"].fillna(times["end"]).reindex(chart.links.rows)
    end = times["end"].fillna(times["start"]).reindex(chart.links.rows)
    if not start.notna().any():
        check.add("no link of the chart has a date (start or end), so nothing can stand in time.")
    check.done()
    handling = handling_of(
        chart.handling, *([chart_or_result] if hasattr(chart_or_result, "handling") else [])
    )
    return Dated(chart, _seconds(start), _seconds(end), start.reset_index(drop=True), handling)


def _as_times(column: pd.Series) -> pd.Series:
    """Times as they are, or read from ISO texts; anything else is no time."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    return pd.to_datetime(column.astype("string"), errors="coerce", format="ISO8601")


def _seconds(times: pd.Series) -> Any:
    import pandas as pd

    plain = times.dt.tz_convert(None) if getattr(times.dtype, "tz", None) is not None else times
    seconds = (plain - pd.Timestamp("1970-01-01")) / pd.Timedelta(seconds=1)
    return seconds.to_numpy(dtype=np.float64, na_value=np.nan)
