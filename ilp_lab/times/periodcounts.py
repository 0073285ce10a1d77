"""Counts by calendar period, which know the difference between nothing happened and nothing is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab.errors import InputError
from ilp_lab.result import Source, fingerprint
from ilp_lab.safeguards import handling_of, mark, origin_of
from ilp_lab.times.moments import DAY, check_times, clock_of, date_number, local_seconds

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Step = Literal["day", "week", "month", "quarter", "year"]
STEPS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
PER_YEAR = {"day": 365.25, "week": 52.18, "month": 12.0, "quarter": 4.0, "year": 1.0}
CYCLE = {"day": 7, "week": 52, "month": 12, "quarter": 4}
_RARE = 1e-3
_SEVERAL = "all"


@dataclass(frozen=True)
class Counts:
    """A table of counts: one row per series, one column per period.

    Attributes
    ----------
    n
        Counts; NaN where a period is missing from the file.
    begins
        The first day of each period.
    names
        The values of the grouping columns of each series.
    by
        Those columns.
    step
        The kind of period.
    complete
        Whether the data cover each period from its first to its last day.
    left_out, source, zone, handling
        For the result.
    """

    n: NDArray[np.float64]
    begins: pd.DatetimeIndex
    names: list[tuple[Any, ...]]
    by: tuple[str, ...]
    step: str
    complete: NDArray[np.bool_]
    left_out: LeftOut
    source: Source
    zone: str
    handling: str

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Periods of which the file holds nothing at all, though much should have happened."""
        return np.asarray(np.isnan(self.n).all(axis=0))

    def frame(self) -> pd.DataFrame:
        """One row per series and period."""
        import pandas as pd

        series, periods = self.n.shape
        columns: dict[str, Any] = {
            name: np.repeat(np.array([one[k] for one in self.names], dtype=object), periods)
            for k, name in enumerate(self.by)
        }
        columns["period"] = np.tile(self.begins.to_numpy(), series)
        columns["n"] = pd.array(self.n.ravel(), dtype="Float64").astype("Int64")
        columns["complete"] = np.tile(self.complete, series)
        return pd.DataFrame(columns)

    def caveats(self) -> tuple[str, ...]:
        """What is missing or cut off, in words."""
        said = []
        if self.missing.any():
            which = ", ".join(self.said(k) for k in np.flatnonzero(self.missing)[:6])
            said.append(
                f"The file holds nothing at all for {int(self.missing.sum())} {self.step}(s) ({which}{', …' if self.missing.sum() > 6 else ''}); "
                "they count as missing, not as zero."
            )
        cut = np.flatnonzero(~self.complete & ~self.missing)
        if len(cut):
            said.append(
                f"The data cover {', '.join(self.said(k) for k in cut)} only in part; such periods are not compared."
            )
        return tuple(said)

    def said(self, period: Any) -> str:
        """A period in words."""
        stamp = self.begins[period]
        if self.step == "week":
            return f"week of {stamp:%d %B %Y}"
        form = {"day": "%d %B %Y", "month": "%B %Y", "year": "%Y"}.get(self.step)
        return f"{stamp:{form}}" if form else f"quarter {stamp.quarter} of {stamp.year}"


def counts_by_period(
    incidents: pd.DataFrame,
    *,
    step: Step = "month",
    by: str | Sequence[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> pd.DataFrame:
    """Count incidents by calendar day, week (from Monday), month, quarter or year.

    Parameters
    ----------
    incidents
        A table with ``occurred_at``.
    step
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"`` or ``"year"``.
    by
        A column or several: one series for each combination that occurs.
    since, until
        First and last day that the data cover; taken from the first and last incident when left out.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``period`` (its first day), ``n`` (missing where the file holds nothing at all for a period in which many
        incidents were to be expected), ``complete`` (whether the data cover the whole period). ``.attrs["ilp_lab_left_out"]`` counts rows
        without a time.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2024-01-31 23:30", "2024-02-10 12:00", "2024-02-11 12:00"]).tz_localize("Europe/Vienna")
    >>> counts_by_period(pd.DataFrame({"occurred_at": at}), since="2024-01-01", until="2024-02-29")["n"].tolist()
    [1, 2]
    """
    caller = "times.counts_by_period"
    check = Check(caller)
    check_series(check, incidents, step, by, tuple(STEPS))
    check.done()
    counts = counts_of(incidents, step, by, caller, since=since, until=until)
    table = mark(counts.frame(), handling=counts.handling)
    table.attrs["ilp_lab_left_out"] = counts.left_out
    return table


def check_series(check: Check, incidents: Any, step: str, by: Any, steps: Sequence[str]) -> None:
    """The checks that every analysis of counts by period begins with."""
    check_times(check, incidents)
    check.choice(allowed=steps, step=step)
    if by is not None and hasattr(incidents, "columns"):
        check.columns(incidents, [by] if isinstance(by, str) else list(by), "incidents")


def counts_of(
    incidents: pd.DataFrame,
    step: str,
    by: str | Sequence[str] | None,
    caller: str,
    *,
    since: str | None = None,
    until: str | None = None,
) -> Counts:
    """Count by series and period.

    Raises
    ------
    InputError
        When no incident has a time, or a date cannot be read.
    """
    import pandas as pd

    seconds, known = local_seconds(incidents["occurred_at"])
    reasons = np.where(known, "", "without a time").astype(object)
    first_day, last_day = (
        None if value is None else date_number(value, name, caller)
        for value, name in ((since, "since"), (until, "until"))
    )
    day = seconds // DAY
    if first_day is not None:
        reasons[(reasons == "") & (day < first_day)] = "before the first day"
    if last_day is not None:
        reasons[(reasons == "") & (day > last_day)] = "after the last day"
    used = reasons == ""
    if not used.any():
        raise InputError(f"{caller}: no incident has a time in the period, so there is nothing to count.")
    day = day[used]
    gap = max(1.0, 3 * (day.max() - day.min() + 1) / max(len(day), 1))
    periods = pd.PeriodIndex(pd.DatetimeIndex(day.astype("datetime64[D]")), freq=STEPS[step])
    first = pd.Period(
        pd.Timestamp(first_day, unit="D") if first_day is not None else periods.min().start_time,
        freq=STEPS[step],
    )
    last = pd.Period(
        pd.Timestamp(last_day, unit="D") if last_day is not None else periods.max().start_time,
        freq=STEPS[step],
    )
    span = pd.period_range(first, last, freq=STEPS[step])
    column = periods.astype("int64") - first.ordinal
    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    series, names = _series(incidents[used], columns)
    n = (
        np.bincount(series * len(span) + column, minlength=len(names) * len(span))
        .reshape(len(names), len(span))
        .astype(np.float64)
    )
    begins = pd.DatetimeIndex(span.start_time)
    begin_day = begins.to_numpy().astype("datetime64[D]").astype(np.int64)
    end_day = pd.DatetimeIndex(span.end_time).to_numpy().astype("datetime64[D]").astype(np.int64)
    covered_from = first_day if first_day is not None else day.min() - gap
    covered_to = last_day if last_day is not None else day.max() + gap
    complete = (begin_day >= covered_from) & (end_day <= covered_to)
    n[:, _gaps(n.sum(axis=0))] = np.nan
    source = Source("incidents", int(used.sum()), fingerprint(np.sort(day)), origin_of(incidents))
    return Counts(
        n, begins, names, tuple(columns), step, complete, LeftOut.of(incidents, reasons), source,
        clock_of(incidents["occurred_at"]), handling_of(incidents),
    )  # fmt: skip


def _gaps(total: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Periods in which nothing at all happened, though by the others' level that is rarer than one in a thousand."""
    empty = total == 0
    if not empty.any() or empty.all():
        return np.zeros(len(total), dtype=bool)
    level = float(np.median(total[~empty]))
    return empty if math.exp(-level) < _RARE else np.zeros(len(total), dtype=bool)


def _series(used: pd.DataFrame, columns: list[str]) -> tuple[NDArray[np.int64], list[tuple[Any, ...]]]:
    import pandas as pd

    if not columns:
        return np.zeros(len(used), np.int64), [(_SEVERAL,)]
    parts = [
        used[column].astype("object").where(used[column].notna(), "not stated").astype(str)
        for column in columns
    ]
    codes, names = pd.factorize(pd.MultiIndex.from_arrays(parts), sort=True)
    return codes.astype(np.int64), [tuple(name) for name in names]
