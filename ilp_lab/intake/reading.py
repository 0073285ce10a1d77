"""What every reader of records shares: the file, its columns, the faults found so far, and its times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr, tr_later, trn
from ilp_lab.intake import dates
from ilp_lab.intake.clock import aware, check_zone
from ilp_lab.intake.files import Raw, read_raw
from ilp_lab.intake.profiles import check_columns, load
from ilp_lab.intake.quality import QualityReport, column_table, file_settings
from ilp_lab.intake.roles import Role, by_name, plain, said_columns
from ilp_lab.intake.timesofday import time_of_day
from ilp_lab.result import Param
from ilp_lab.safeguards import mark

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.schema import Table

_MANY = 50_000
_BARE = 0.95  # of the days without a time, the others were typed by hand
SAID = {"True": True, "False": False}


@dataclass
class Reading:
    """A table being understood.

    Attributes
    ----------
    raw
        The file as it stands.
    roles
        What was understood of its columns.
    caller
        Named in errors.
    where
        Kind of fault → rows.
    settings, notes
        What was chosen and decided.
    out
        The columns made so far.
    kept
        Settings that a profile brought along.
    """

    raw: Raw
    roles: dict[str, Role]
    caller: str = ""
    where: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    settings: list[Param] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    out: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    def column(self, role: str) -> pd.Series:
        """The raw column that has a role."""
        return self.raw.frame[self.roles[role].column]

    def found(self, kind: str, rows: NDArray[np.int64]) -> None:
        """Note the rows of a fault."""
        if len(rows):
            self.where[kind] = rows

    def one_time(self, role: str, clock: str, dayfirst: bool | None) -> dates.Times:
        """A column of times, put together with the one that holds the time of day where there is one."""
        times = parsed(self.column(role), name=self.roles[role].column, caller=self.caller, dayfirst=dayfirst)
        if clock not in self.roles:
            return times
        known, bare = ~times.bad, times.seconds % 86_400 == 0
        if times.date_only or not known.any() or bare[known].mean() > _BARE:
            seconds, none = clocked(self.column(clock))
            seconds = np.where(bare, times.seconds + seconds, times.seconds)
            times = replace(times, seconds=seconds, date_only=bool(none.all() and times.date_only))
            unread = none & self.column(clock).notna().to_numpy() & ~times.bad
            if unread.any():
                times.how.append(
                    trn(
                        "{n:,} time of day in {column} could not be read",
                        "{n:,} times of day in {column} could not be read",
                        int(unread.sum()),
                    ).format(n=int(unread.sum()), column=repr(self.roles[clock].column))
                )
        elif times.seconds[known].any():
            self.roles.pop(clock)
        return times

    def moments(
        self, role: str, clock: str, *, zone: str, said: bool, dayfirst: bool | None
    ) -> pd.Series | None:
        """The times of records in their zone, with the usual faults noted; ``None`` when no column has them."""
        if role not in self.roles:
            self.notes.append(tr_later("No column with times was found; questions of when cannot be asked."))
            return None
        times = self.one_time(role, clock, dayfirst)
        good = ~times.bad
        self.found("missing_time", np.flatnonzero(times.missing))
        self.found("unreadable_time", np.flatnonzero(times.unreadable))
        if times.date_only:
            self.found("date_only", np.flatnonzero(good))
        self.found(
            "future_time", np.flatnonzero(good & (times.seconds > datetime.now(UTC).timestamp() + 86_400))
        )
        moments, odd = aware(times, zone)
        self.found("clock_change", odd)
        self.found("without_offset", times.without_offset)
        if times.how:
            how = "; ".join(dict.fromkeys(map(again, times.how)))
            self.notes.append(tr("Times: {how}.").format(how=how))
        why = (
            ""
            if said
            else tr_later(
                "none was given; the clock times are right, but say tz='Europe/Vienna' or the like to mean them"
            )
        )
        self.settings.append(Param("tz", zone, chosen=not said, why=why))
        if dayfirst is not None:
            self.settings.append(Param("dayfirst", dayfirst))
        return moments

    def table(self, contract: Table, handling: str | None, *, leave: Sequence[str] = ()) -> pd.DataFrame:
        """The standard columns in their order, then the file's own that have no role, then the line.

        ``leave`` names roles whose column stays in the table under its own name.
        """
        import pandas as pd

        used = {role.column for name, role in self.roles.items() if name not in leave}
        columns = {name: _bare(self.out.pop(name)) for name in contract.names if name in self.out}
        for name in self.raw.frame.columns:
            if name not in used and name != "source_row":
                own = (
                    str(name) if str(name) not in columns and str(name) not in contract else f"{name}_in_file"
                )
                columns[own] = _bare(self.raw.frame[name])
        columns["source_row"] = self.raw.line_of_rows()
        return mark(pd.DataFrame(columns, copy=False), handling=handling, origin=self.raw.name)

    def report(self, frame: pd.DataFrame) -> QualityReport:
        """Everything that was found."""
        counts = {kind: len(rows) for kind, rows in self.where.items()}
        if self.raw.bad_lines:
            counts["bad_line"] = len(self.raw.bad_lines)
        return QualityReport(
            source=self.raw.name,
            rows=len(frame),
            counts=counts,
            columns=column_table(self.roles),
            settings=tuple(self.settings),
            notes=tuple(self.notes),
            bad_lines=self.raw.bad_lines,
            _where=self.where,
            _frame=frame,
            _roles=tuple(self.roles.values()),
        )


def opened(
    source: Any,
    *,
    names: Mapping[str, Sequence[str]],
    codes: Sequence[str],
    fits: Mapping[str, Callable[[pd.Series], bool]],
    columns: Mapping[str, str] | None,
    profile: str | PathLike[str] | None,
    sheet: str | int | None,
    caller: str,
) -> Reading:
    """Open a file and tell its columns apart.

    Parameters
    ----------
    source
        A file, several, or a table.
    names
        Role → names in use.
    codes
        Roles whose columns are texts whatever they look like: ``007`` stays ``007``.
    fits
        Role → whether a column can be that.
    columns, profile
        What the user said, and what was said before.
    """
    given = said_columns(columns, caller)
    kept: dict[str, str] = {}
    if profile is not None:
        profiled, kept = load(profile, caller)
        given = {**profiled, **given}
    texts = [plain(given[role]) for role in codes if role in given]
    texts += [plain(name) for role in codes for name in names[role]]
    raw = read_raw(source, caller=caller, as_text=texts, sheet=sheet)
    if profile is not None:
        check_columns(raw.frame, given, profile, caller)
    roles = by_name(raw.frame, names, given=given, fits=fits, caller=caller)
    return Reading(raw, roles, caller, settings=list(file_settings(raw.settings)), kept=kept)


def zone_of(reading: Reading, tz: str | None) -> tuple[str, bool]:
    """The zone of the times, and whether somebody said it."""
    said = tz or reading.kept.get("tz")
    return check_zone(said, reading.caller), said is not None


def parsed(column: pd.Series, *, name: str, caller: str, dayfirst: bool | None) -> dates.Times:
    """Times of a column; one with few different texts is read by them, which costs a fraction."""
    import pandas as pd

    if len(column) < _MANY or not isinstance(column.dtype, pd.StringDtype):
        return dates.parse(column, name=name, caller=caller, dayfirst=dayfirst)
    codes, different = pd.factorize(column, use_na_sentinel=False)
    if len(different) > len(column) // 4:
        return dates.parse(column, name=name, caller=caller, dayfirst=dayfirst)
    few = dates.parse(pd.Series(different, dtype=column.dtype), name=name, caller=caller, dayfirst=dayfirst)
    return replace(
        few,
        seconds=few.seconds[codes],
        missing=few.missing[codes],
        unreadable=few.unreadable[codes],
        month_only=None if few.month_only is None else few.month_only[codes],
        absolute=None if few.absolute is None else few.absolute[codes],
    )


def clocked(column: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds after midnight and which rows have none; a day has few different times, so each is read once."""
    import pandas as pd

    if len(column) < _MANY or not isinstance(column.dtype, pd.StringDtype):
        return time_of_day(column)
    codes, different = pd.factorize(column, use_na_sentinel=False)
    seconds, none = time_of_day(pd.Series(different, dtype=column.dtype))
    return seconds[codes], none[codes]


def _bare(values: Any) -> Any:
    return values.array if hasattr(values, "array") else values
