"""Counts by calendar period, which know the difference between nothing happened and nothing is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later
from ilp_lab.engine.tables import RAN_ON, Table
from ilp_lab.errors import InputError
from ilp_lab.result import Source, fingerprint
from ilp_lab.safeguards import handling_of, mark, origin_of
from ilp_lab.times.moments import DAY, check_times, clock_of, date_number, local_seconds, told_to
from ilp_lab.times.onengine import daily

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Step = Literal["day", "week", "month", "quarter", "year"]
STEPS = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}
PER_YEAR = {"day": 365.25, "week": 52.18, "month": 12.0, "quarter": 4.0, "year": 1.0}
CYCLE = {"day": 7, "week": 52, "month": 12, "quarter": 4}
_RARE = 0.01
_MONTH_ONLY = 30  # a month known by its first day lasts so many days more
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
    where
        Which engine counted, if one did.
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
    where: str = ""

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
                tr(
                    "Periods ({step}) for which the file holds nothing at all: {missing} ({which}{what}); they count as missing, not "
                    "as zero."
                ).format(
                    missing=int(self.missing.sum()),
                    step=self.step,
                    which=which,
                    what=", …" if self.missing.sum() > 6 else "",
                )
            )
        single = np.isnan(self.n) & ~self.missing
        if single.any():
            first = [
                f"{', '.join(map(str, self.names[row]))}: {self.said(column)}"
                for row, column in np.argwhere(single)[:4]
            ]
            said.append(
                tr(
                    "Single series that hold nothing where many were to be expected: {single}, periods ({step}) in all: {single_2} "
                    "({names}{what}); they count as missing, not as zero."
                ).format(
                    single=int(single.any(axis=1).sum()),
                    single_2=int(single.sum()),
                    step=self.step,
                    names="; ".join(first),
                    what="; …" if single.sum() > 4 else "",
                )
            )
        cut = np.flatnonzero(~self.complete & ~self.missing)
        if len(cut):
            said.append(
                tr("The data cover {names} only in part; such periods are not compared.").format(
                    names=", ".join(self.said(k) for k in cut)
                )
            )
        return tuple(said)

    def during(self, period: Any) -> str:
        """When: in the week from 12 May 2024, in May 2024, on 12 May 2024."""
        stamp = self.begins[period]
        if self.step == "week":
            return tr("in the week from {stamp:%d %B %Y}").format(stamp=stamp)
        told = tr("on {period}") if self.step == "day" else tr("in {period}")
        return told.format(period=self.said(period))

    def said(self, period: Any) -> str:
        """A period in words."""
        stamp = self.begins[period]
        if self.step == "week":
            return tr("week of {stamp:%d %B %Y}").format(stamp=stamp)
        form = {"day": "%d %B %Y", "month": "%B %Y", "year": "%Y"}.get(self.step)
        return (
            f"{stamp:{form}}"
            if form
            else tr("quarter {quarter} of {year}").format(quarter=stamp.quarter, year=stamp.year)
        )


def counts_by_period(
    incidents: pd.DataFrame | Table,
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
        A table with ``occurred_at``, or a table on an engine, which counts there by day.
    step
        ``"day"``, ``"week"``, ``"month"``, ``"quarter"`` or ``"year"``.
    by
        A column or several: one series for each combination that occurs.
    since, until
        First and last day that the data cover; taken from the first and last incident when left out, with the days around them on which
        so few were to be expected that none is no wonder.

    Returns
    -------
    DataFrame
        The columns of ``by``, ``period`` (its first day), ``n`` (missing where nothing at all is held for a period in which many incidents
        were to be expected, in the file or between others of one series), ``complete`` (whether the data cover the whole period).
        ``.attrs["ilp_lab_left_out"]`` counts rows without a time.

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
    if isinstance(incidents, Table):
        table.attrs[RAN_ON] = incidents.engine.where
    return table


def check_series(check: Check, incidents: Any, step: str, by: Any, steps: Sequence[str]) -> None:
    """The checks that every analysis of counts by period begins with."""
    check.choice(allowed=steps, step=step)
    if isinstance(incidents, Table):
        return  # its columns are looked at where it is asked
    check_times(check, incidents)
    if by is not None and hasattr(incidents, "columns"):
        check.columns(incidents, [by] if isinstance(by, str) else list(by), "incidents")


def counts_of(
    incidents: pd.DataFrame | Table,
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

    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    first_day, last_day = (
        None if value is None else date_number(value, name, caller)
        for value, name in ((since, "since"), (until, "until"))
    )
    groups, day, times, left_out, told = _by_day(incidents, columns, first_day, last_day, caller)
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
    series, names = _series(groups, columns)
    n = (
        np.bincount(series * len(span) + column, weights=times, minlength=len(names) * len(span))
        .reshape(len(names), len(span))
        .astype(np.float64)
    )
    begins = pd.DatetimeIndex(span.start_time)
    begin_day = begins.to_numpy().astype("datetime64[D]").astype(np.int64)
    end_day = pd.DatetimeIndex(span.end_time).to_numpy().astype("datetime64[D]").astype(np.int64)
    months = told == "month"
    if months and step in {"day", "week"}:
        raise InputError(
            f"{caller}: the file tells only the month of each incident, so a {step} cannot be counted; take step='month'."
        )
    before, after = _quiet(day, times)
    covered_from = first_day if first_day is not None else day.min() - before
    covered_to = last_day if last_day is not None else day.max() + (_MONTH_ONLY if months else after)
    complete = (begin_day >= covered_from) & (end_day <= covered_to)
    n[_gaps(n, places_of(begins, step))] = np.nan
    source, zone, where = _origins(incidents, day, times)
    return Counts(
        n,
        begins,
        names,
        tuple(columns),
        step,
        complete,
        left_out,
        source,
        zone,
        handling_of(incidents),
        where,
    )


def _by_day(
    incidents: pd.DataFrame | Table,
    columns: list[str],
    first_day: int | None,
    last_day: int | None,
    caller: str,
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64], LeftOut, str]:
    """Rows that count, their day and how many incidents each is, what is left out, and how finely times are known."""
    held = daily(incidents, columns, caller) if isinstance(incidents, Table) else None
    frame: Any = incidents
    if held is None:
        seconds, known = local_seconds(frame["occurred_at"])
        groups, day = frame, seconds // DAY
        times = np.ones(len(day), np.int64)
    else:
        groups = held.groups
        known = groups["day"].notna().to_numpy()
        day, times = groups["day"].fillna(0).to_numpy(np.int64), groups["n"].to_numpy(np.int64)
    reasons = np.where(known, "", tr_later("without a time")).astype(object)
    if first_day is not None:
        reasons[(reasons == "") & (day < first_day)] = tr_later("before the first day")
    if last_day is not None:
        reasons[(reasons == "") & (day > last_day)] = tr_later("after the last day")
    used = reasons == ""
    if not used.any():
        raise InputError(f"{caller}: no incident has a time in the period, so there is nothing to count.")
    left_out = LeftOut.of(frame, reasons) if held is None else _left_out(reasons, times)
    day, times = day[used], times[used]
    return groups[used], day, times, left_out, told_to(frame) if held is None else held.told


def _origins(
    incidents: pd.DataFrame | Table, day: NDArray[np.int64], times: NDArray[np.int64]
) -> tuple[Source, str, str]:
    """The table, its clock, and which engine counted."""
    number = int(times.sum())
    if isinstance(incidents, Table):
        source = Source("incidents", number, fingerprint(day, times), incidents.facts.origin)
        return source, incidents.facts.zone, incidents.engine.where
    source = Source("incidents", number, fingerprint(np.sort(day)), origin_of(incidents))
    return source, clock_of(incidents["occurred_at"]), ""


def _left_out(reasons: NDArray[np.object_], times: NDArray[np.int64]) -> LeftOut:
    """How many incidents by reason; the rows themselves stay on the engine."""
    return LeftOut(
        {str(why): int(times[reasons == why].sum()) for why in np.unique(reasons.astype(str)) if why}
    )


def _quiet(day: NDArray[np.int64], times: NDArray[np.int64]) -> tuple[int, int]:
    """How many days before the first and after the last incident may have been covered without holding one.

    Days are added while it is no wonder that they hold none, by weekday: an office closed on Sundays covers them.
    """
    span = np.arange(day.min(), day.max() + 1)
    weekday = np.bincount(span % 7, minlength=7)
    held = np.bincount(day % 7, weights=times, minlength=7)
    rate = np.where(weekday > 0, held / np.maximum(weekday, 1), times.sum() / len(span))
    found = []
    for first, way in ((day.min(), -1), (day.max(), 1)):
        expected, days = 0.0, 0
        while (expected := expected + rate[(first + way * (days + 1)) % 7]) <= -math.log(_RARE):
            days += 1
        found.append(days)
    return found[0], found[1]


def period_days(counts: Counts) -> NDArray[np.float64]:
    """Days of each period over their mean: February is short."""
    import pandas as pd

    ends = pd.PeriodIndex(counts.begins, freq=STEPS[counts.step]).end_time.normalize()
    days = np.asarray((ends - counts.begins).days, dtype=np.float64) + 1
    return np.asarray(days / days.mean())


def places_of(begins: pd.DatetimeIndex, step: str) -> NDArray[np.int64]:
    """Which part of its cycle each period is: the weekday of days, else the part of the year, from 0."""
    if step == "day":
        return np.asarray(begins.day_of_week, dtype=np.int64)
    if step == "week":
        return np.minimum(np.asarray(begins.isocalendar().week, dtype=np.int64), 52) - 1
    if step == "year":
        return np.zeros(len(begins), dtype=np.int64)
    return np.asarray(begins.month if step == "month" else begins.quarter, dtype=np.int64) - 1


def _gaps(n: NDArray[np.float64], place: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which counts are missing rather than zero: in all series at once, or in one between periods that hold something."""
    missing = np.zeros(n.shape, dtype=bool)
    missing[:, _silent(n.sum(axis=0), place, ends=True)] = True
    if len(n) > 1:
        for series in np.flatnonzero((n == 0).any(axis=1) & (n.sum(axis=1) > 14)):
            missing[series] |= _silent(n[series], place, ends=False)
    return missing


def _silent(held: NDArray[np.float64], place: NDArray[np.int64], *, ends: bool) -> NDArray[np.bool_]:
    """Runs of nothing that chance does not explain, by the level of the others and of the same part of other cycles.

    Closed on Sundays, or a beach in winter, is no gap. Counts that come in waves are allowed for (negative binomial).
    """
    empty = held == 0
    silent = np.zeros(len(held), dtype=bool)
    if not empty.any() or empty.all():
        return silent
    level = np.full(len(held), held.mean())
    alike = np.bincount(place)[place]
    same = np.bincount(place, held)[place] / np.maximum(alike - 1, 1)  # its own nothing adds nothing
    level = np.where(alike > 1, np.minimum(level, same), level)
    spread = max(float(held.var() / held.mean()), 1 + 1e-9)
    log_none = -level * math.log(spread) / (spread - 1) if spread > 1 + 1e-6 else -level
    edge = np.flatnonzero(np.diff(np.concatenate([[0], empty.astype(np.int8), [0]])))
    for begin, end in zip(edge[::2], edge[1::2], strict=True):
        if not ends and (begin == 0 or end == len(held)):
            continue
        if log_none[begin:end].sum() + math.log(len(held)) < math.log(_RARE):
            silent[begin:end] = True
    return silent


def _series(used: pd.DataFrame, columns: list[str]) -> tuple[NDArray[np.int64], list[tuple[Any, ...]]]:
    import pandas as pd

    if not columns:
        return np.zeros(len(used), np.int64), [(_SEVERAL,)]
    parts = [
        used[column].astype("object").where(used[column].notna(), tr_later("not stated")).astype(str)
        for column in columns
    ]
    codes, names = pd.factorize(pd.MultiIndex.from_arrays(parts), sort=True)
    return codes.astype(np.int64), [tuple(name) for name in names]
