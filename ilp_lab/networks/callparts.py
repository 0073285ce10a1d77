"""Call records as the questions see them: codes instead of texts, and the rows that can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr_later
from ilp_lab.intake import checks
from ilp_lab.intake.naming import as_integers, identifiers
from ilp_lab.networks.timedrows import asked_for, moments, times_of
from ilp_lab.result import Source, fingerprint
from ilp_lab.safeguards.handling import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

VERBS = {"call": "called", "message": tr_later("wrote to"), "data": tr_later("went online at")}
NO_PARTY = tr_later("call without one of its numbers")
AGAIN = tr_later("the same call recorded again")
DAY = 86_400


@dataclass(frozen=True)
class Calls:
    """Call records as numbers.

    Attributes
    ----------
    names
        The phone numbers; ``source`` and ``target`` are positions in it.
    rows
        Positions of the rows that count: both numbers are known and the call was not recorded before.
    source, target, kind
        By row of the table; kinds are positions in :data:`VERBS`.
    seconds, clock, timed
        Seconds since 1970, the same by the clock on the wall, and whether there is a time; ``seconds`` is ``None``
        where the table has no times.
    zone
        Of the times.
    duration
        In seconds; ``None`` where the table has none.
    handling
        The strictest code.
    left_out
        The rows that do not count, with their reason.
    """

    names: list[str]
    rows: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    kind: NDArray[np.int64]
    seconds: NDArray[np.int64] | None
    clock: NDArray[np.int64]
    timed: NDArray[np.bool_]
    zone: Any
    duration: NDArray[np.float64] | None
    handling: str
    left_out: pd.DataFrame

    def involving(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the usable rows have one of these numbers at either end."""
        wanted = np.zeros(len(self.names) + 1, bool)
        wanted[numbers] = True
        return np.asarray(wanted[self.source[self.rows]] | wanted[self.target[self.rows]])

    def moments(self, seconds: NDArray[np.float64]) -> Any:
        """Clock seconds as times in the zone of the calls; NaN as none."""
        return moments(seconds, self.zone)

    @property
    def day(self) -> NDArray[np.int64]:
        """The calendar day of each row, counted from 1970."""
        return self.clock // DAY


def usable(calls: object, faults: Check, *, once: bool = True) -> Calls:
    """Look at call records; what is wrong with them goes to ``faults`` and ends the call.

    Parameters
    ----------
    calls
        The table.
    faults
        Of the call.
    once
        Whether a call that stands in the records of both its numbers counts once.
    """
    import pandas as pd

    if not faults.frame(calls, "calls"):
        faults.done()
    frame: pd.DataFrame = calls  # type: ignore[assignment]
    faults.columns(frame, ("caller", "receiver"), "calls (intake.read_calls makes it)")
    if {"caller", "receiver"} - set(frame.columns):
        faults.done()
    source, target, names = _parties(frame)
    seconds, clock, timed, zone = times_of(
        frame, "started_at", faults, table="calls", made_by="intake.read_calls"
    )
    faults.done()
    duration = (
        pd.to_numeric(frame["duration_s"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        if "duration_s" in frame
        else None
    )
    lost = (source < 0) | (target < 0)
    again = np.zeros(len(frame), bool)
    if once and seconds is not None:
        again[_again(source, target, seconds, duration, np.flatnonzero(~lost & timed))] = True
    left_out = pd.concat(
        [frame[lost].assign(reason=NO_PARTY), frame[again].assign(reason=AGAIN)], ignore_index=True
    )
    return Calls(
        names=names,
        rows=np.flatnonzero(~lost & ~again),
        source=source,
        target=target,
        kind=_kinds(frame),
        seconds=seconds,
        clock=clock,
        timed=timed,
        zone=zone,
        duration=duration,
        handling=handling_of(frame),
        left_out=left_out,
    )


def _parties(frame: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Both ends of every call as positions among the numbers, and the numbers."""
    import pandas as pd

    ends = [_text(frame[name]) for name in ("caller", "receiver")]
    numbers = [as_integers(end) for end in ends]
    if numbers[0] is not None and numbers[1] is not None:
        joined = np.concatenate([numbers[0], numbers[1]])
        codes, found = pd.factorize(joined)
        gap = np.flatnonzero(found == -1)
        if len(gap):  # missing ones were numbered along; the numbers after them move up
            codes = np.where(codes == gap[0], -1, codes - (codes > gap[0]))
            found = np.delete(found, gap)
        names = found.astype(str).tolist()
    else:
        codes, different = pd.factorize(pd.concat(ends, ignore_index=True))
        names = [str(name) for name in different.tolist()]
    return codes[: len(frame)], codes[len(frame) :], names


def known_numbers(calls: Calls, of: str | Sequence[str] | None, faults: Check) -> NDArray[np.int64] | None:
    """Positions of the numbers asked for; those that do not occur are a fault."""
    found = asked_for(calls.names, of, faults, what=tr_later("numbers that occur in calls"))
    return None if found is None else np.array(found, dtype=np.int64)


def _text(column: pd.Series) -> pd.Series:
    """Numbers as text; what read_calls made passes as it is."""
    import pandas as pd

    if isinstance(column.dtype, pd.StringDtype):
        return column
    return identifiers(column).astype("str")


def _kinds(frame: pd.DataFrame) -> NDArray[np.int64]:
    if "kind" not in frame:
        return np.zeros(len(frame), np.int64)
    import pandas as pd

    codes, words = pd.factorize(frame["kind"])
    order = list(VERBS)
    at = np.array([order.index(str(word)) if str(word) in order else 0 for word in words] + [0])
    return np.asarray(at[codes])


def _again(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    seconds: NDArray[np.int64],
    duration: NDArray[np.float64] | None,
    rows: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Rows that repeat an earlier one in numbers, start and duration."""
    import pandas as pd

    if not (seconds[rows] % DAY).any():
        return np.empty(0, np.int64)  # only days are known: two calls on one day are two
    keys = [source, target, seconds]
    if duration is not None:
        keys.append(np.nan_to_num(duration, nan=-1.0))
    some = rows[checks.repeated(checks.mixed(*(key[rows] for key in keys)))]
    if not len(some):
        return some
    twice = pd.DataFrame({str(at): key[some] for at, key in enumerate(keys)}).duplicated().to_numpy()
    return np.asarray(some[twice])


def source_of(calls: pd.DataFrame, known: Calls, name: str = "calls") -> Source:
    """The table that went in, recognisable by what was used of it."""
    used = known.rows
    seconds = known.seconds if known.seconds is not None else known.clock
    digest = fingerprint(
        known.source[used].astype(np.int64),
        known.target[used].astype(np.int64),
        seconds[used],
        "\n".join(known.names),
    )
    return Source(name, len(used), digest, origin_of(calls))
