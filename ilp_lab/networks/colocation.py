"""Who was at the same mast at the same time, more often than habit explains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.networks.callparts import DAY, Calls, known_numbers, source_of, usable
from ilp_lab.networks.linkchart import by_reason
from ilp_lab.networks.timedrows import left_rows
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

LEAST_PERIOD = 7
MOST_PAIRS = 200_000_000
NO_MAST = tr_later("call without a mast, a time or a subscriber")
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Sightings:
    """Where each party was when, sorted by party and mast."""

    names: NDArray[np.object_]
    who: NDArray[np.int64]
    place: NDArray[np.int64]
    seconds: NDArray[np.int64]
    row: NDArray[np.int64]

    @property
    def day(self) -> NDArray[np.int64]:
        """Calendar days from the first."""
        return (
            np.asarray(self.seconds // DAY - self.seconds.min() // DAY) if len(self.seconds) else self.seconds
        )


def co_location(
    calls: pd.DataFrame,
    *,
    within_minutes: float = 15.0,
    of: str | Sequence[str] | None = None,
    least_days: int = 2,
) -> Result:
    """Find pairs of numbers that were at the same mast at the same time on more days than their habits explain.

    Parameters
    ----------
    calls
        As :func:`ilp_lab.intake.read_calls` reads them, with ``tower``; each row tells where its ``subscriber`` was.
    within_minutes
        How far apart two records at one mast may be.
    of
        Only pairs with one of these numbers.
    least_days
        Pairs that met on fewer days are not in the table; they are counted.

    Returns
    -------
    Result
        One row per pair: ``pair number contact days_together expected ratio p q_fdr first last masts``. ``expected`` is the
        mean over all shifts of one record by whole days: who both pass a station every morning meet by habit.
        p is one-sided; q takes every pair that met at all into account.

    Raises
    ------
    ColumnError, InputError
        When masts or times are missing, or fewer than seven days are covered.

    Notes
    -----
    Shifting one record by 1, 2, ... days keeps where and at what time of day somebody usually is and breaks only
    *together*. The number of days together by chance is taken as Poisson with a mean known from those shifts
    (Jeffreys' prior), so p is a tail of the negative binomial. A mast covers from a hundred metres to tens of
    kilometres; being at one says nothing of a meeting.

    References
    ----------
    Gelman et al. 2013 (predictive distribution of a count), doi:10.1201/b16018.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.date_range("2024-05-01", periods=20, freq="D")
    >>> rows = [(who, "mast " + str(day.day if day.day in (4, 9, 16) else who), day + pd.Timedelta(hours=9))
    ...         for day in days for who in ("5001", "5002")]
    >>> table = pd.DataFrame(rows, columns=["subscriber", "tower", "started_at"]).assign(caller="5001", receiver="5002")
    >>> table["caller"] = table["subscriber"]
    >>> found = co_location(table)
    >>> found.table[["number", "contact", "days_together", "expected"]].values.tolist()
    [['5001', '5002', 3, 0.0]]
    """
    faults = Check("networks.co_location")
    faults.positive(within_minutes=within_minutes)
    faults.whole(1, least_days=least_days)
    known = usable(calls, faults, once=False)
    faults.columns(calls, ("tower", "subscriber"), "calls")
    if not faults.faults and known.seconds is None:
        faults.add("calls has no times; intake.read_calls reads them into started_at.", ColumnError)
    numbers = known_numbers(known, of, faults)
    faults.done()
    wanted = None if numbers is None else {known.names[at] for at in numbers}
    seen, unused = _sightings(calls, known)
    days = int(seen.day.max()) + 1 if len(seen.row) else 0
    if days < LEAST_PERIOD:
        faults.add(
            f"calls cover {days} days with masts; what is chance can be told from {LEAST_PERIOD} on. Count meetings with "
            "networks.contacts instead, or ask for a longer period."
        )
        faults.done()
    table, met = _table(seen, round(within_minutes * 60), days, wanted, least_days)
    left_out = left_rows([known.left_out, unused])
    return Result(
        name="networks.co_location",
        title=tr_later("At the same mast at the same time"),
        table=table,
        method=(
            tr(
                "Two numbers are together on a day when records of both stand at one mast within {within_minutes:g} minutes. "
                "Expected is the mean over the {days:,} shifts of one record by whole days; p is the tail of the predictive negative "
                "binomial distribution."
            ).format(within_minutes=within_minutes, days=days - 1)
        ),
        findings=_findings(table, met, days, within_minutes),
        params=(
            Param("within_minutes", within_minutes),
            Param("least_days", least_days),
            Param("period_days", days, chosen=True, why=tr_later("first to last record with a mast")),
        ),
        caveats=(
            tr(
                "A mast covers an area, at times a large one; phones may be lent; a record says where the handset was."
            ),
            tr(
                "Colleagues who share days off, or fans of one team, are together beyond their daily habits too."
            ),
        ),
        references=(
            "Gelman, A. et al. (2013). Bayesian Data Analysis, 3rd ed. doi:10.1201/b16018",
            "Benjamini, Y. and Hochberg, Y. (1995). JRSS B 57. doi:10.1111/j.2517-6161.1995.tb02031.x",
        ),
        sources=(source_of(calls, known),),
        left_out=by_reason(left_out),
        left_out_rows=left_out,
        handling=known.handling,
        details={"pairs_met": met, "period_days": days},
    )


def _sightings(calls: pd.DataFrame, known: Calls) -> tuple[Sightings, pd.DataFrame]:
    import pandas as pd

    who, names = pd.factorize(calls["subscriber"])
    place, _ = pd.factorize(calls["tower"])
    good = (who >= 0) & (place >= 0) & known.timed
    rows = np.flatnonzero(good)
    order = rows[np.lexsort((known.clock[rows], place[rows], who[rows]))]
    seen = Sightings(
        np.array([str(name) for name in names], dtype=object),
        who[order].astype(np.int64),
        place[order].astype(np.int64),
        known.clock[order],
        order,
    )
    return seen, calls[~good].assign(reason=NO_MAST)


def _met(seen: Sightings, within: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of both sightings of every meeting."""
    from ilp_lab.networks.loops.moving import meetings

    order = np.lexsort((seen.seconds, seen.place))
    place, seconds, who = seen.place[order], seen.seconds[order], seen.who[order]
    count = meetings(place, seconds, who, within, True, np.empty((0, 2), np.int64))
    if count > MOST_PAIRS:
        faults = Check("networks.co_location")
        faults.add(
            f"{count:,} pairs of records are that close at one mast, more than fit into memory; take a shorter "
            "within_minutes, fewer days, or of=."
        )
        faults.done()
    out = np.empty((count, 2), np.int64)
    meetings(place, seconds, who, within, False, out)
    return order[out[:, 0]], order[out[:, 1]]


def _table(
    seen: Sightings, within: int, days: int, wanted: set[str] | None, least: int
) -> tuple[pd.DataFrame, int]:
    """Pairs with their days together and what chance would bring; and how many pairs met at all."""
    import pandas as pd
    from scipy.stats import nbinom

    from ilp_lab.networks.loops.moving import days_under_shifts

    one, other = _met(seen, within)
    if wanted is not None:
        mine = np.isin(seen.names, list(wanted))
        kept = mine[seen.who[one]] | mine[seen.who[other]]
        one, other = one[kept], other[kept]
    flip = seen.names[seen.who[one]] > seen.names[seen.who[other]]
    one, other = np.where(flip, other, one), np.where(flip, one, other)
    frame = pd.DataFrame(
        {
            "a": seen.who[one],
            "b": seen.who[other],
            "place": seen.place[one],
            "seconds": np.minimum(seen.seconds[one], seen.seconds[other]),
            "day": seen.day[one],
        }
    )
    grouped = frame.groupby(["a", "b"], sort=True)
    pairs = grouped.agg(
        days_seen=("day", "nunique"),
        first=("seconds", "min"),
        last=("seconds", "max"),
        masts=("place", "nunique"),
    ).reset_index()
    offsets = np.searchsorted(seen.who, np.arange(len(seen.names) + 1)).astype(np.int64)
    out = np.zeros((len(pairs), 2), np.int64)
    a, b = (pairs[name].to_numpy(dtype=np.int64) for name in ("a", "b"))
    days_under_shifts(a, b, offsets, seen.place, seen.day, seen.seconds, within, days, out)
    observed, total = out[:, 0], out[:, 1]
    shifts = days - 1
    p = nbinom.sf(observed - 1, total - observed + 0.5, shifts / (shifts + 1))
    expected = (total - observed) / shifts
    table = pd.DataFrame(
        {
            "pair": [
                tr("{one} and {other}").format(one=one, other=other)
                for one, other in zip(seen.names[a], seen.names[b], strict=True)
            ],
            "number": seen.names[a].astype(str),
            "contact": seen.names[b].astype(str),
            "days_together": observed,
            "expected": expected,
            "ratio": np.divide(observed, expected, out=np.full(len(pairs), np.inf), where=expected > 0),
            "p": p,
            "q_fdr": false_discovery(p),
            "first": pairs["first"].to_numpy().astype("datetime64[s]"),
            "last": pairs["last"].to_numpy().astype("datetime64[s]"),
            "masts": pairs["masts"],
        }
    )
    table = table[table["days_together"] >= least]
    return table.sort_values(["p", "days_together"], ascending=[True, False], ignore_index=True), len(pairs)


def _findings(table: pd.DataFrame, met: int, days: int, minutes: float) -> tuple[str, ...]:
    clear = table[table["q_fdr"] <= SIGNIFICANT]
    said = [
        tr(
            "In {days:,} days {met:,} pairs of numbers were at the same mast within {minutes:g} minutes; {n:,} of them on more "
            "days than their habits explain (false discovery rate {SIGNIFICANT:.0%})."
        ).format(days=days, met=met, minutes=minutes, n=len(clear), SIGNIFICANT=SIGNIFICANT)
    ]
    said += [
        tr("{pair}: {days:,} days, {expected:.1f} by habit, at {masts:,} masts.").format(
            pair=row.pair, days=row.days_together, expected=row.expected, masts=row.masts
        )
        for row in clear.head(3).itertuples()
    ]
    said.append(
        tr(
            "Together at a mast is not a meeting. Check how large the masts' areas are and what else brought both there before "
            "anything is decided."
        )
    )
    return tuple(said)
