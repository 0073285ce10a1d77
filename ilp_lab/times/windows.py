"""When something can have happened: windows on the local clock, and what was done with those that make no sense."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr, tr_later
from ilp_lab.times.moments import DAY, clock_of, local_seconds

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

HOUR = 3_600
MISSING = ("start", tr_later("leave out"))
REVERSED = (tr_later("leave out"), "swap", "start")
TOO_LONG = ("even", "exact", tr_later("leave out"))
CLOCK_CHANGES = (tr_later("as shown"), "cut")
MIDNIGHTS = (tr_later("as shown"), tr_later("all day"), tr_later("leave out"))


@dataclass(frozen=True)
class Windows:
    """Pieces of windows: during each the local clock ran without a jump.

    Attributes
    ----------
    begin, end
        Seconds since 1970 on the local clock; equal for a moment.
    of
        Which usable row each piece belongs to.
    share
        What share of the row's window it is.
    used
        Which rows of the table are usable.
    even
        Which usable rows are too long and count evenly everywhere.
    reasons
        One entry per row of the table: why it is left out.
    noted
        What else was done, with the number of rows.
    zone
        The clock.
    """

    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    of: NDArray[np.int64]
    share: NDArray[np.float64]
    used: NDArray[np.int64]
    even: NDArray[np.bool_]
    reasons: NDArray[np.object_]
    noted: dict[str, int]
    zone: str

    def of_rows(self, mine: NDArray[np.bool_]) -> Windows:
        """The windows of some of the usable rows."""
        piece, number = mine[self.of], np.cumsum(mine) - 1
        return replace(
            self, begin=self.begin[piece], end=self.end[piece], of=number[self.of[piece]], share=self.share[piece],
            used=self.used[mine], even=self.even[mine],
        )  # fmt: skip


def windows_of(
    table: pd.DataFrame,
    *,
    missing: str,
    reversed_windows: str,
    too_long: str,
    longest_hours: float,
    clock_changes: str,
    midnights: str = "as shown",
) -> Windows:
    """Windows from ``occurred_at`` to ``occurred_to``.

    A night on which the clocks change has 23 or 25 hours. ``"as shown"`` takes what the clock showed at both ends; ``"cut"`` cuts
    the window at the change, so that each part counts by how long it really lasted.
    """
    start = table["occurred_at"]
    _, known = local_seconds(start)
    absolute = np.where(known, _utc(start), 0)
    ended, until = np.zeros(len(table), bool), absolute
    if "occurred_to" in table and table["occurred_to"].notna().any():
        ended = table["occurred_to"].notna().to_numpy()
        until = np.where(ended, _utc(table["occurred_to"]), absolute)
    reasons = np.full(len(table), "", dtype=object)
    reasons[~known] = tr_later("without a time")
    begin, end = absolute.copy(), until.copy()
    noted = (
        {tr_later("without an end: the start counts"): int((known & ~ended).sum())}
        if missing == "start"
        else {}
    )
    if missing == "leave out":
        reasons[known & ~ended] = tr_later("without an end")
    wrong = known & ended & (until < absolute)
    if reversed_windows == "leave out":
        reasons[wrong] = tr_later("ends before it begins")
    else:
        turned = reversed_windows == "swap"
        noted[tr_later("ends before it begins: turned round") if turned else tr_later("ends before it begins: the start counts")] = int(wrong.sum())  # fmt: skip
        begin[wrong] = until[wrong] if reversed_windows == "swap" else absolute[wrong]
        end[wrong] = absolute[wrong]
    if midnights != "as shown":
        shown, _ = local_seconds(start)
        default = (reasons == "") & (end == begin) & (shown % DAY == 0)
        if midnights == "leave out":
            reasons[default] = tr_later("at 00:00 exactly")
        else:
            noted[tr_later("at 00:00 exactly: any time of that day")] = int(default.sum())
            end[default] += DAY
    long = (reasons == "") & (end - begin >= longest_hours * HOUR)
    if too_long == "leave out":
        reasons[long] = tr("window of {longest_hours:g} hours or more").format(longest_hours=longest_hours)
    elif too_long == "even":
        evenly = tr("window of {longest_hours:g} hours or more: counts evenly everywhere")
        noted[evenly.format(longest_hours=longest_hours)] = int(long.sum())
    used = np.flatnonzero(reasons == "")
    even = long[used] if too_long == "even" else np.zeros(len(used), bool)
    pieces = _pieces(begin[used], end[used], start.dt.tz, cut=clock_changes == "cut")
    noted = {what: number for what, number in noted.items() if number}
    return Windows(*pieces, used, even, reasons, noted, clock_of(start))


def _utc(times: Any) -> NDArray[np.int64]:
    return np.asarray(
        times.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
    )


def _pieces(
    begin: NDArray[np.int64], end: NDArray[np.int64], tz: Any, *, cut: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Cut windows where the local clock jumps, and turn them into what the clock showed."""
    if not len(begin):
        return begin, end, np.empty(0, np.int64), np.empty(0)
    jumps, offsets = _jumps(int(begin.min()), int(end.max()), tz)
    if not len(jumps):
        return begin + offsets[0], end + offsets[0], np.arange(len(begin)), np.ones(len(begin))
    first, last = np.searchsorted(jumps, begin, side="right"), np.searchsorted(jumps, end, side="left")
    last = np.maximum(first, last)
    if not cut:
        shown = offsets[np.searchsorted(jumps, end, side="right")] + end >= offsets[first] + begin
        last = np.where(shown, first, last)
    else:
        shown = np.zeros(len(begin), bool)
    number = last - first + 1
    of = np.repeat(np.arange(len(begin)), number)
    within = np.arange(len(of)) - np.repeat(np.cumsum(number) - number, number)
    stretch = first[of] + within
    edges = np.concatenate([[np.iinfo(np.int64).min], jumps, [np.iinfo(np.int64).max]])
    left, right = np.maximum(begin[of], edges[stretch]), np.minimum(end[of], edges[stretch + 1])
    right = np.where(shown[of], end[of], right)
    whole = (end - begin)[of]
    share = np.where(whole > 0, (right - left) / np.maximum(whole, 1), 1.0)
    until = np.where(shown[of], offsets[np.searchsorted(jumps, end, side="right")][of], offsets[stretch])
    return left + offsets[stretch], right + until, of, share


def _jumps(first: int, last: int, tz: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Moments (UTC) at which the zone changes its offset, and the offset before the first and after each."""
    import pandas as pd

    hours = np.arange(first // HOUR * HOUR, last + 2 * HOUR, HOUR)
    probes = pd.DatetimeIndex(hours.astype("datetime64[s]"), tz="UTC").tz_convert(tz)
    offset = probes.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64) - hours
    change = np.flatnonzero(np.diff(offset))
    at = [_moment(int(hours[k]), int(offset[k]), tz) for k in change]
    return np.array(at, dtype=np.int64), np.append(offset[:1], offset[change + 1])


def _moment(hour: int, before: int, tz: Any) -> int:
    """The minute within an hour at which the offset stops being what it was: some clocks change at the half hour."""
    import pandas as pd

    minutes = np.arange(hour, hour + HOUR + 60, 60)
    probes = pd.DatetimeIndex(minutes.astype("datetime64[s]"), tz="UTC").tz_convert(tz)
    offset = probes.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64) - minutes
    return int(minutes[int(np.argmax(offset != before))])
