"""Times as they are written: formats told from the whole column, day and month never guessed row by row."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import AmbiguousError
from ilp_lab.intake.roles import first_values

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_SLASHED = (
    r"^\s*(?P<a>\d{1,4})[-./](?P<b>\d{1,4})(?:[-./](?P<c>\d{1,4}))?"
    r"(?:[ T,]+(?P<h>\d{1,2})[:.](?P<m>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?\s*(?P<ap>[AaPp])?\.?[Mm]?\.?)?"
    r"\s*(?P<z>Z|[+-]\d{2}:?\d{2})?\s*$"
)
_SPACED = r"^\s*(\d{1,4}) +(\d{1,2}) +(\d{1,4})\b"
_IN_WORDS = r"(?i)^(?=.*\d\D+\d)[^a-z]*(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[^a-z]+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_ENDS_IN_OFFSET = r"(?i)(?:[+-]\d{2}:?\d{2}|\b(?:GMT|UTC|Z))\)?\s*$"
_COMPACT = r"^\s*(?P<a>\d{4})(?P<b>\d{2})(?P<c>\d{2})(?:[T ]?(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?)?\s*$"
_YEAR_ZERO = r"(?:^|[-./ ])00\d\d(?:[-./ T]|$)"
_DAY = 86_400
_FIRST_EXCEL_DAY = np.datetime64("1899-12-30", "D").astype(np.int64)
_FIRST, _LAST = np.array(["1900-01-01T00", "2100-12-31T23:59:59"], "datetime64[s]").astype(np.int64)
_BEYOND = 1e13
_FARTHEST_OFFSET = 14 * 3600


@dataclass
class Times:
    """A column of times in seconds.

    Attributes
    ----------
    seconds
        Since 1970: of the wall clock where ``absolute`` is false, else of UTC. Meaningless where ``missing``.
    missing
        No value in the file.
    unreadable
        A value that is no time.
    month_only
        Only a month was given.
    absolute
        Whether the value said its offset from UTC.
    date_only
        Whether no value has a time of day.
    how
        What was decided, in words.
    """

    seconds: NDArray[np.int64]
    missing: NDArray[np.bool_]
    unreadable: NDArray[np.bool_]
    month_only: NDArray[np.bool_] | None = None
    absolute: NDArray[np.bool_] | None = None
    date_only: bool = False
    how: list[str] = field(default_factory=list)

    @property
    def bad(self) -> NDArray[np.bool_]:
        """Rows without a usable time."""
        return self.missing | self.unreadable

    @property
    def without_offset(self) -> NDArray[np.int64]:
        """Rows whose time does not say its offset from UTC, in a column in which others do."""
        if self.absolute is None or not self.absolute.any():
            return np.empty(0, np.int64)
        return np.flatnonzero(~self.absolute & ~self.bad)


def looks_like_time(column: pd.Series) -> bool:
    """Whether most of the first values of a column can be times, also as numbers of seconds or days."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(column) or written_as_time(column):
        return True
    values = first_values(column)
    if pd.api.types.is_numeric_dtype(values):
        return bool(_number_unit(values.to_numpy(dtype=np.float64)))
    return bool(_unit_of_texts(values))


def written_as_time(column: pd.Series) -> bool:
    """Whether most of the first values of a column are texts with a day or a month in them."""
    import pandas as pd

    values = first_values(column)
    if not len(values) or pd.api.types.is_numeric_dtype(values):
        return False
    texts = Counter(values.astype(str).tolist())
    known = sum(
        times
        for text, times in texts.items()
        if any(re.match(way, text) for way in (_SLASHED, _COMPACT, _SPACED, _IN_WORDS))
        and not re.fullmatch(r"\s*\d+\.\d+\s*", text)  # a decimal, not a month and a day
    )
    return known > 0.8 * len(values)


def parse(column: pd.Series, *, name: str, caller: str, dayfirst: bool | None) -> Times:
    """Read a column of times.

    Raises
    ------
    AmbiguousError
        When day and month could be exchanged in every row and ``dayfirst`` was not said.
    """
    return _in_calendar(_parsed(column, name, caller, dayfirst))


def _in_calendar(times: Times) -> Times:
    """Moments of other centuries are no times: of another unit, or the year 1 and 9999 that programs write for 'unknown'."""
    if len(times.seconds) and (times.seconds.min() < _FIRST or times.seconds.max() > _LAST):
        beyond = ((times.seconds < _FIRST) | (times.seconds > _LAST)) & ~times.missing
        times.unreadable = times.unreadable | beyond
        times.seconds = np.where(beyond, 0, times.seconds)
        if times.absolute is not None:
            times.absolute = times.absolute & ~beyond
        elif not times.date_only:
            return _finish(times)
    return times


def _parsed(column: pd.Series, name: str, caller: str, dayfirst: bool | None) -> Times:
    import pandas as pd

    missing = column.isna().to_numpy()
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        seconds = _seconds(column.dt.tz_convert("UTC").dt.tz_localize(None))
        return Times(seconds, missing, np.zeros(len(column), bool), absolute=np.ones(len(column), bool))
    if pd.api.types.is_datetime64_dtype(column):
        return _finish(Times(_seconds(column), missing, np.zeros(len(column), bool)))
    if (
        column.dtype == object
        and column.dropna().map(lambda value: hasattr(value, "year")).all()
        and (~missing).any()
    ):
        parsed = pd.to_datetime(column.astype(str).where(~column.isna()), format="ISO8601", errors="coerce")
        return _finish(Times(_seconds(parsed), missing, parsed.isna().to_numpy() & ~missing))
    if pd.api.types.is_numeric_dtype(column):
        return _numbers(column, missing)
    if _unit_of_texts(first_values(column)):
        numbers = pd.to_numeric(column.astype("str"), errors="coerce")
        times, none = _numbers(numbers, missing), numbers.isna().to_numpy() & ~missing
        absolute = None if times.absolute is None else times.absolute & ~none
        return replace(times, unreadable=times.unreadable | none, absolute=absolute)
    return _texts(column, missing, name, caller, dayfirst)


def _seconds(column: pd.Series) -> NDArray[np.int64]:
    # of the array: what a series gives cannot be written to, and these become the column of the result
    return np.asarray(column.array).astype("datetime64[s]", copy=False).view(np.int64)


def _finish(times: Times) -> Times:
    bad = times.bad
    if len(bad) and not bad[0] and times.seconds[0] % _DAY:
        times.date_only = False  # one time of day is enough
        return times
    times.date_only = bool((~bad).any()) and not (times.seconds[~bad] % _DAY).any()
    return times


def _number_unit(values: NDArray[np.float64]) -> str:
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    low, high = np.quantile(values, [0.02, 0.98])
    for unit, (least, most) in {
        "epoch seconds": (3.15e8, 4.1e9),
        "epoch milliseconds": (3.15e11, 4.1e12),
        "Excel day numbers": (20_000, 73_050),
    }.items():
        if least <= low and high <= most:
            return unit
    if not np.all(values == np.floor(values)):
        return ""
    for unit, more in (("yyyymmdd", 1), ("yyyymmddhhmm", 10**4), ("yyyymmddhhmmss", 10**6)):
        if 19_000_101 * more <= low and high < 20_991_232 * more:
            return unit
    return ""


def _unit_of_texts(values: pd.Series) -> str:
    """The unit of texts that are nearly all numbers: one with too many digits makes a whole column text."""
    import pandas as pd

    texts = values.astype("str")
    if texts.str.match(r"\s*0\d").any():  # a code, a telephone number
        return ""
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=np.float64)
    unit = _number_unit(numbers) if np.isfinite(numbers).sum() > 0.8 * len(values) else ""
    return "" if unit.startswith("yyyy") else unit


def _numbers(column: pd.Series, missing: NDArray[np.bool_]) -> Times:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    unit = _number_unit(values)
    safe = np.nan_to_num(values)
    none = np.zeros(len(values), bool)
    if unit.startswith("yyyymmdd"):
        return _finish(_written_together(safe, missing, unit))
    if unit == "Excel day numbers":
        seconds = np.round((_bounded(safe) + _FIRST_EXCEL_DAY) * _DAY).astype(np.int64)
        return _finish(Times(seconds, missing, none, how=[tr_later("numbers read as Excel day numbers")]))
    if unit:
        seconds = _bounded(safe // (1000 if "milli" in unit else 1)).astype(np.int64)
        return Times(
            seconds,
            missing,
            none,
            absolute=~missing,
            how=[tr("numbers read as {unit}, UTC").format(unit=unit)],
        )
    return Times(np.zeros(len(values), np.int64), missing, ~missing)


def _bounded(moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same, with what lies beyond every calendar drawn near, so that it does not run over as whole seconds."""
    return np.clip(moments, -_BEYOND, _BEYOND)


def _written_together(values: NDArray[np.float64], missing: NDArray[np.bool_], unit: str) -> Times:
    """Numbers such as 20240131, 202401311345 and 20240131134500."""
    values, second = np.divmod(values, 100) if unit.endswith("ss") else (values, np.zeros(len(values)))
    values, clock = np.divmod(values, 10_000) if "hh" in unit else (values, np.zeros(len(values)))
    hour, minute = np.divmod(clock, 100)
    day, good = _days(values // 10_000, values // 100 % 100, values % 100)
    good &= (hour < 24) & (minute < 60) & (second < 60)
    seconds = day * _DAY + (hour * 3600 + minute * 60 + second).astype(np.int64)
    return Times(seconds, missing, ~good & ~missing, how=[tr("numbers read as {unit}").format(unit=unit)])


def _texts(
    column: pd.Series, missing: NDArray[np.bool_], name: str, caller: str, dayfirst: bool | None
) -> Times:
    """Texts with numbers between separators, whose order is told from the whole column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array(column.astype("str").where(~column.isna()), from_pandas=True)
    if pc.any(pc.match_substring_regex(texts, _SPACED)).as_py():
        texts = pc.replace_substring_regex(texts, _SPACED, r"\1/\2/\3")
    parts = _extract(
        pc.extract_regex(texts, _SLASHED), ("a", "b", "c", "h", "m", "s", "z", "ap"), len(column)
    )
    compact = _extract(pc.extract_regex(texts, _COMPACT), ("a", "b", "c", "h", "m", "s"), len(column))
    use = np.isnan(parts["a"]) & ~np.isnan(compact["a"])
    for key, values in compact.items():
        parts[key][use] = values[use]
    readable = ~np.isnan(parts["a"])
    left = ~readable & ~missing
    of_year_zero = pc.fill_null(pc.match_substring_regex(texts, _YEAR_ZERO), False)
    readable &= ~of_year_zero.to_numpy(zero_copy_only=False)  # not the year 2001
    times = _ordered(parts, readable, missing, name, caller, dayfirst)
    if left.any():
        _in_words(column[left].astype(str), np.flatnonzero(left), times)
    return _finish(times)


def _in_words(texts: pd.Series, rows: NDArray[np.int64], times: Times) -> None:
    """Times with the month as a word, in which nothing is left to guess; all others stay unreadable."""
    import pandas as pd

    worded = texts.str.match(_IN_WORDS).to_numpy(dtype=bool)
    times.unreadable[rows] = True
    texts, rows = texts[worded], rows[worded]
    if not len(texts):
        return
    found = pd.to_datetime(texts, errors="coerce", format="mixed", utc=True).dt.tz_localize(None)
    known = found.dt.year.between(1900, 2100).to_numpy()
    offset = texts.str.contains(_ENDS_IN_OFFSET, regex=True).to_numpy(dtype=bool) & known
    times.seconds[rows[known]] = _seconds(found[known])
    times.unreadable[rows[known]] = False
    if offset.any():
        absolute = np.zeros(len(times.missing), bool) if times.absolute is None else times.absolute
        absolute[rows[offset]] = True
        times.absolute = absolute
    if known.any():
        n = int(known.sum())
        times.how.append(
            trn(
                "{n:,} with the month in words was read as such",
                "{n:,} with the month in words were read as such",
                n,
            ).format(n=n)
        )


def _extract(found: Any, keys: tuple[str, ...], rows: int) -> dict[str, NDArray[np.float64]]:
    """Groups of a pattern as numbers; NaN where a row does not match or a group is empty."""
    import pyarrow as pa
    import pyarrow.compute as pc

    out = {}
    for key in keys:
        texts = pc.struct_field(found, key)
        if key == "z":
            out[key] = _offsets(texts, rows)
            continue
        if key == "ap":
            lower = pc.utf8_lower(texts)
            out[key] = np.where(
                pc.fill_null(pc.equal(lower, "p"), False),
                1.0,
                np.where(pc.fill_null(pc.equal(lower, "a"), False), 0.0, np.nan),
            )
            continue
        filled = pc.if_else(pc.equal(texts, ""), None, texts)
        out[key] = pc.cast(filled, pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    return out


def _offsets(texts: Any, rows: int) -> NDArray[np.float64]:
    out = np.full(rows, np.nan)
    import pyarrow.compute as pc

    for value in pc.unique(texts).to_pylist():
        if value:
            match = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", value)
            offset = (
                0.0 if match is None else int(match[1] + "1") * (int(match[2]) * 3600.0 + int(match[3]) * 60)
            )
            there = abs(offset) <= _FARTHEST_OFFSET and (match is None or int(match[3]) < 60)
            out[np.asarray(pc.fill_null(pc.equal(texts, value), False))] = offset if there else np.inf
    return out


def _ordered(
    parts: dict[str, NDArray[np.float64]],
    readable: NDArray[np.bool_],
    missing: NDArray[np.bool_],
    name: str,
    caller: str,
    dayfirst: bool | None,
) -> Times:
    a, b, c = parts["a"], parts["b"], parts["c"]
    month_only = readable & np.isnan(c) & ((a >= 1000) ^ (b >= 1000))
    year_first = readable & (a > 31)
    readable &= month_only | ~np.isnan(c)
    split = readable & ~year_first & ~month_only
    how: list[str] = []
    first = (
        _day_comes_first(a[split], b[split], c[split], name, caller, dayfirst, how) if split.any() else True
    )
    year = np.where(year_first, a, c)
    month = np.where(year_first | first, b, a)
    day = np.where(year_first, c, a if first else b)
    swapped_month = month_only & ~year_first
    year = np.where(month_only, np.where(swapped_month, b, a), year)
    month = np.where(month_only, np.where(swapped_month, a, b), month)
    day = np.where(month_only, 1, day)
    year = np.where(year < 100, year + np.where(year < 69, 2000, 1900), year)
    days, good = _days(np.nan_to_num(year), np.nan_to_num(month), np.nan_to_num(day))
    hour = np.nan_to_num(parts["h"])
    hour = np.where(
        (parts["ap"] == 1) & (hour < 12), hour + 12, np.where((parts["ap"] == 0) & (hour == 12), 0, hour)
    )
    clock = hour * 3600 + np.nan_to_num(parts["m"]) * 60 + np.nan_to_num(parts["s"])
    good &= readable & (hour < 24) & (np.nan_to_num(parts["m"]) < 60) & (np.nan_to_num(parts["s"]) < 60)
    good &= ~np.isinf(parts["z"])
    absolute = good & ~np.isnan(parts["z"])
    seconds = (
        days * _DAY
        + clock.astype(np.int64)
        - np.where(absolute, np.nan_to_num(parts["z"]), 0).astype(np.int64)
    )
    return Times(
        seconds,
        missing,
        ~good & ~missing,
        month_only=month_only & good,
        absolute=absolute if absolute.any() else None,
        how=how,
    )


def _day_comes_first(
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    c: NDArray[np.float64],
    name: str,
    caller: str,
    dayfirst: bool | None,
    how: list[str],
) -> bool:
    """Whether 03/04 is the third of April, by the rows in which only one reading is possible."""
    if dayfirst is not None:
        how.append(tr_later("day first, as said") if dayfirst else tr_later("month first, as said"))
        return dayfirst
    only_day, only_month = int(((a > 12) & (b <= 12)).sum()), int(((b > 12) & (a <= 12)).sum())
    if not only_day and not only_month:
        if np.array_equal(a, b):
            return True
        example = next(f"{x:.0f}/{y:.0f}/{z:.0f}" for x, y, z in zip(a, b, c, strict=True) if x != y)
        raise AmbiguousError(
            f"{caller}: in column {name!r} day and month cannot be told apart: no value is above 12 in either place, as in "
            f"{example}. Say dayfirst=True or dayfirst=False (on the command line: --dates day-first or month-first)."
        )
    if min(only_day, only_month) > 0.02 * max(only_day, only_month):
        raise AmbiguousError(
            f"{caller}: column {name!r} mixes day-first ({only_day:,} rows can only be that) and month-first dates "
            f"({only_month:,} rows). Split the file, or say dayfirst=True or False; rows that do not fit are then counted."
        )
    first = only_day > only_month
    n = max(only_day, only_month)
    told = (
        trn(
            "day first, because {n:,} value can only be read so",
            "day first, because {n:,} values can only be read so",
            n,
        )
        if first
        else trn(
            "month first, because {n:,} value can only be read so",
            "month first, because {n:,} values can only be read so",
            n,
        )
    )
    how.append(told.format(n=n))
    return first


def _days(
    year: NDArray[np.float64], month: NDArray[np.float64], day: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Days since 1970, and which dates exist."""
    good = (year >= 1900) & (year <= 2100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = ((np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1).astype(np.int64)
    start = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = start + np.where(good, day, 1).astype(np.int64) - 1
    return days, good & (days < following)
