"""How alike two crimes are: distance, time between, time of day, day of the week, manner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab.errors import InputError
from ilp_lab.safeguards import handling_of, mark
from ilp_lab.times.batches import in_steps
from ilp_lab.times.moments import DAY, Moments, check_times, local_ends, moments
from ilp_lab.times.partitions import MONDAY

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

MOST_PAIRS = 5_000_000
_BLOCK = 500_000
PARTS = ("distance_km", "days", "hours_of_day", "days_of_week")
_MINUTE = 60.0 / DAY


def pair_evidence(
    crimes: gpd.GeoDataFrame,
    *,
    mo: Sequence[str] = (),
    within_km: float | None = None,
    within_days: float | None = None,
) -> pd.DataFrame:
    """Compare crimes two by two.

    Parameters
    ----------
    crimes
        Points with ``occurred_at`` and perhaps ``occurred_to``.
    mo
        Columns that describe the manner; two crimes are the same in one when both say the same.
    within_km, within_days
        Only pairs nearer than this in space and in time.

    Returns
    -------
    DataFrame
        ``one``, ``other`` (index labels; in the order of the table), ``distance_km``, ``days`` (expected time between, windows taken as
        even), ``hours_of_day`` and ``days_of_week`` (expected differences on the circle of the day and of the week), and one column of true and
        false per manner, missing where one of the two does not say.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or there are too many pairs.

    Notes
    -----
    Windows count: two burglaries of one weekend are between 0 and 2 days apart, and the expected difference says so.
    Crimes without a place or a time are left out and counted in ``attrs["ilp_lab_left_out"]``.
    Cost: n² / 2 pairs are compared, two microseconds each; at most five million are kept.

    References
    ----------
    Porter, M. D. (2016), A statistical approach to crime linkage, doi:10.1080/00031305.2015.1123185.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> at = pd.to_datetime(["2024-01-01 23:00", "2024-01-03 01:00"]).tz_localize("Europe/Vienna")
    >>> two = gpd.GeoDataFrame({"occurred_at": at, "mo": ["a", "a"]}, geometry=gpd.points_from_xy([0, 3000], [0, 4000]), crs=32633)
    >>> pair_evidence(two, mo=["mo"]).round(4).iloc[0, 2:].to_dict()
    {'distance_km': 5.0, 'days': 1.0833, 'hours_of_day': 2.0, 'days_of_week': 1.0833, 'mo': True}
    """
    import pandas as pd

    caller = "times.pair_evidence"
    check = Check(caller)
    names = check_crimes(check, crimes, mo)
    check.positive(within_km=within_km, within_days=within_days)
    check.done()
    ready = ready_crimes(crimes, names, caller)
    limited = within_km is not None or within_days is not None
    if not limited and ready.pairs > MOST_PAIRS:
        raise InputError(
            _too_many(
                caller,
                ready,
                "Give within_km or within_days, or take one kind of offence and a shorter period.",
            )
        )
    parts, number = [], 0
    for block in ready.blocks():
        keep = np.ones(len(block), dtype=bool)
        if within_km is not None:
            keep &= (block["distance_km"] < within_km).to_numpy()
        if within_days is not None:
            keep &= (block["days"] < within_days).to_numpy()
        parts.append(block[keep])
        number += len(parts[-1])
        if number > MOST_PAIRS:
            raise InputError(_too_many(caller, ready, "Take a smaller within_km or within_days."))
    found = pd.concat(parts, ignore_index=True)
    for end in ("one", "other"):
        found[end] = ready.index[found[end].to_numpy()]
    left_out = LeftOut.of(crimes, ready.held.reasons)
    found.attrs["ilp_lab_left_out"] = left_out
    return mark(found, handling=handling_of(crimes))


def check_crimes(check: Check, crimes: object, mo: Sequence[str] | str) -> list[str]:
    """The table must hold places and times, the columns of the manner, and a name of its own for every crime; returns those columns."""
    names = [mo] if isinstance(mo, str) else [str(name) for name in mo]
    check_times(check, crimes, "crimes")
    if not hasattr(crimes, "columns"):
        return names
    check.columns(crimes, names, "crimes")  # type: ignore[arg-type]
    if taken := sorted({"one", "other", *PARTS} & set(names)):
        check.add(f"mo: {', '.join(taken)} would hide a part of the evidence; rename the column.")
    if check.places(crimes, "crimes") and not crimes.index.is_unique:  # type: ignore[attr-defined]
        twice = crimes.index[crimes.index.duplicated()][0]  # type: ignore[attr-defined]
        check.add(
            f"crimes must have an index that names each crime once, because pairs are told by it; {twice!r} stands there twice. "
            "Use crimes.reset_index(drop=True), or set_index on the number of the report."
        )
    return names


@dataclass(frozen=True)
class ReadyCrimes:
    """Crimes made ready to be compared.

    Attributes
    ----------
    held
        Where and when.
    begin, end
        Their windows in days since 1970, on the local clock.
    manners
        Column → a number for each of its values, -1 where nothing is said.
    index
        Their labels.
    """

    held: Moments
    begin: NDArray[np.float64]
    end: NDArray[np.float64]
    manners: dict[str, NDArray[np.int64]]
    index: NDArray[Any]

    @property
    def pairs(self) -> int:
        """How many pairs they make."""
        n = len(self.begin)
        return n * (n - 1) // 2

    def blocks(self, what: str = "pairs compared") -> Iterator[pd.DataFrame]:
        """The evidence of all pairs in blocks, with the numbers of the two usable crimes in ``one`` and ``other``."""
        n = len(self.begin)
        after = np.arange(n - 1, 0, -1)
        ends = np.searchsorted(np.cumsum(after), np.arange(_BLOCK, self.pairs + _BLOCK, _BLOCK))
        edges = np.unique(np.append(0, np.minimum(ends + 1, n - 1)))

        def block(first: int, last: int) -> pd.DataFrame:
            rows = np.arange(edges[first], edges[last])
            one = np.repeat(rows, n - 1 - rows)
            other = np.concatenate([np.arange(row + 1, n) for row in rows.tolist()])
            return self._compared(one, other)

        return in_steps(len(edges) - 1, block, what, first=1, most=1)

    def _compared(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> pd.DataFrame:
        import pandas as pd

        x, y, shift = self.held.x, self.held.y, MONDAY / DAY
        windows = (self.begin[one], self.end[one], self.begin[other], self.end[other])
        in_week = tuple(edge - shift for edge in windows)
        columns: dict[str, Any] = {
            "one": one,
            "other": other,
            "distance_km": np.hypot(x[one] - x[other], y[one] - y[other]) / 1000,
            "days": expected_apart(*windows),
            "hours_of_day": 24 * expected_apart(*windows, circle=1.0),
            "days_of_week": expected_apart(*in_week, circle=7.0),
        }
        for name, codes in self.manners.items():
            same = pd.array(codes[one] == codes[other], dtype="boolean")
            same[(codes[one] < 0) | (codes[other] < 0)] = pd.NA
            columns[name] = same
        return pd.DataFrame(columns)


def ready_crimes(crimes: gpd.GeoDataFrame, names: Sequence[str], caller: str) -> ReadyCrimes:
    """Crimes with a place and a time, their windows and their manners.

    Raises
    ------
    InputError
        When fewer than two can be used.
    """
    import pandas as pd

    held = moments(crimes, caller)
    begin = held.seconds / DAY
    until, known = (part[held.used] for part in local_ends(crimes))
    end = np.where(known & (until >= held.seconds), until / DAY, begin)
    manners = {
        name: pd.factorize(crimes[name].iloc[held.used].astype("string").str.strip())[0].astype(np.int64)
        for name in names
    }
    return ReadyCrimes(held, begin, end, manners, crimes.index.to_numpy()[held.used])


def _too_many(caller: str, ready: ReadyCrimes, advice: str) -> str:
    return f"{caller}: {len(ready.begin):,} crimes make {ready.pairs:,} pairs; at most {MOST_PAIRS:,} are kept at once. {advice}"


def expected_apart(
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    other_begin: NDArray[np.float64],
    other_end: NDArray[np.float64],
    *,
    circle: float | None = None,
) -> NDArray[np.float64]:
    """Mean difference of two times that are even within their windows; on a circle of that length, or on a line.

    The second integral of the difference, taken at the four corners of the two windows, divided by their lengths.

    Examples
    --------
    >>> one = np.array([0.0]), np.array([1.0])
    >>> expected_apart(*one, *one).round(6).tolist()
    [0.333333]
    """
    a, b = end - begin, other_end - other_begin
    if circle is not None:
        # a window around the whole circle is as good as none
        full = (a >= circle) | (b >= circle)
        turns = np.round((begin - other_begin) / circle) * circle
        begin, end = begin - turns, end - turns
        found = _corners(
            begin, begin + np.minimum(a, circle), other_begin, other_begin + np.minimum(b, circle), circle
        )
        return np.where(full, circle / 4, found)
    middle = np.abs((begin + end) / 2 - (other_begin + other_end) / 2)
    apart = (end <= other_begin) | (other_end <= begin)
    shift = other_begin
    found = _corners(begin - shift, end - shift, other_begin - shift, other_end - shift, None)
    return np.where(apart, middle, found)


def _corners(
    begin: NDArray[np.float64], end: NDArray[np.float64], other_begin: NDArray[np.float64], other_end: NDArray[np.float64], circle: float | None
) -> NDArray[np.float64]:  # fmt: skip
    a, b = end - begin, other_end - other_begin
    wide_a, wide_b = a > _MINUTE / 2, b > _MINUTE / 2
    corner = [end - other_begin, begin - other_begin, end - other_end, begin - other_end]
    both = sum(sign * _integral(d, circle, 2) for sign, d in zip((1, -1, -1, 1), corner, strict=True))
    mid_b, mid_a = (other_begin + other_end) / 2, (begin + end) / 2
    only_a = _integral(end - mid_b, circle, 1) - _integral(begin - mid_b, circle, 1)
    only_b = _integral(mid_a - other_begin, circle, 1) - _integral(mid_a - other_end, circle, 1)
    none = _integral(mid_a - mid_b, circle, 0)
    safe_a, safe_b = np.where(wide_a, a, 1.0), np.where(wide_b, b, 1.0)
    return np.select(
        [wide_a & wide_b, wide_a, wide_b], [both / (safe_a * safe_b), only_a / safe_a, only_b / safe_b], none
    )


def _integral(d: NDArray[np.float64], circle: float | None, times: int) -> NDArray[np.float64]:
    """The distance |d| (on a circle: the shorter way round), integrated 0, 1 or 2 times from 0."""
    if circle is None:
        return np.asarray((np.abs(d), d * np.abs(d) / 2, np.abs(d) ** 3 / 6)[times])
    sign, d = np.sign(d), np.abs(d)
    turns, r = np.divmod(d, circle)
    half = r <= circle / 2
    if times == 0:
        return np.asarray(np.where(half, r, circle - r))
    quarter = circle**2 / 4
    first = np.where(half, r**2 / 2, circle * r - r**2 / 2 - quarter)
    if times == 1:
        return np.asarray(sign * (turns * quarter + first))
    turn = circle**3 / 8  # the second integral of one turn
    second = np.where(half, r**3 / 6, circle * r**2 / 2 - r**3 / 6 - quarter * r + circle**3 / 24)
    return np.asarray(
        turns * turn + turns * (turns - 1) / 2 * quarter * circle + turns * quarter * r + second
    )
