"""How alike two crimes are: distance, time between, time of day, day of the week, manner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab.errors import InputError
from ilp_lab.safeguards import handling_of, mark
from ilp_lab.times.moments import DAY, check_times, local_seconds, moments
from ilp_lab.times.partitions import MONDAY

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

MOST_PAIRS = 20_000_000
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
    Cost: n² / 2 pairs, at most twenty million.

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
    check_times(check, crimes, "crimes")
    if hasattr(crimes, "columns"):
        check.columns(crimes, list(mo), "crimes")
        check.places(crimes, "crimes")
    check.positive(within_km=within_km, within_days=within_days)
    check.done()
    held = moments(crimes, caller)
    n = len(held.used)
    if n * (n - 1) // 2 > MOST_PAIRS:
        raise InputError(
            f"{caller}: {n:,} crimes make {n * (n - 1) // 2:,} pairs; at most {MOST_PAIRS:,} are compared. Take one kind of offence and a shorter period."
        )
    one, other = np.triu_indices(n, 1)
    km = np.hypot(held.x[one] - held.x[other], held.y[one] - held.y[other]) / 1000
    begin = held.seconds / DAY
    end = begin.copy()
    if "occurred_to" in crimes:
        until, known = local_seconds(crimes["occurred_to"].iloc[held.used])
        end = np.where(known & (until >= held.seconds), until / DAY, begin)
    days = expected_apart(begin[one], end[one], begin[other], end[other])
    keep = np.ones(len(one), dtype=bool)
    if within_km is not None:
        keep &= km < within_km
    if within_days is not None:
        keep &= days < within_days
    one, other, km, days = one[keep], other[keep], km[keep], days[keep]
    index = crimes.index.to_numpy()[held.used]
    shift = MONDAY / DAY
    columns = {
        "one": index[one],
        "other": index[other],
        "distance_km": km,
        "days": days,
        "hours_of_day": 24 * expected_apart(begin[one], end[one], begin[other], end[other], circle=1.0),
        "days_of_week": expected_apart(
            begin[one] - shift, end[one] - shift, begin[other] - shift, end[other] - shift, circle=7.0
        ),
    }
    for name in mo:
        said = crimes[name].iloc[held.used].astype("string")
        codes = pd.factorize(said)[0]
        same = pd.array(codes[one] == codes[other], dtype="boolean")
        same[(codes[one] < 0) | (codes[other] < 0)] = pd.NA
        columns[name] = same
    return mark(pd.DataFrame(columns), handling=handling_of(crimes))


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
