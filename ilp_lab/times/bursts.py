"""The busiest stretch of a series, and how often chance alone packs as many incidents as close."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.significance import p_words
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.moments import DAY, check_times, clock_of, date_number, local_seconds, told_to

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_MOST_ROWS = 10


def temporal_scan(
    incidents: pd.DataFrame,
    *,
    within_days: int,
    since: str | None = None,
    until: str | None = None,
    alpha: float = 0.05,
) -> Result:
    """Find the days that hold most incidents close together, and test whether chance would pack as many.

    Parameters
    ----------
    incidents
        A table with ``occurred_at``: one offence in one area, or whatever should come evenly.
    within_days
        Length of the stretch.
    since, until
        First and last day that the data cover; taken from the first and last incident when left out.
    alpha
        Level of the verdict.

    Returns
    -------
    Result
        ``table``: the busiest stretches that do not overlap, at most ten, with ``start``, ``end`` (last incident), ``n``, ``expected``, ``p`` (that any
        stretch so long anywhere in the series holds as many). ``details``: ``n``, ``p`` of the busiest; ``days`` (counts of
        stretches side by side).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or the stretch is longer than half of the data.

    Notes
    -----
    A window that may begin anywhere finds something by luck: p allows for all beginnings (Naus's approximation for a Poisson
    stream of one level). A season or a growing series looks like a burst. Where files tell only days, incidents of one day count
    together, and p is somewhat too small.

    References
    ----------
    Naus, J. I. (1982), Approximations for distributions of scan statistics, doi:10.2307/2287786.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> day = np.r_[np.arange(0, 200, 2), np.full(9, 100)]
    >>> at = pd.Timestamp("2024-01-01 12:00", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    >>> found = temporal_scan(pd.DataFrame({"occurred_at": at}), within_days=2)
    >>> found["n"], found["p"] < 0.01
    (10, True)
    """
    import pandas as pd

    caller = "times.temporal_scan"
    check = Check(caller)
    check_times(check, incidents)
    check.whole(1, within_days=within_days)
    check.between(0.0001, 0.5, alpha=alpha)
    check.done()
    seconds, known = local_seconds(incidents["occurred_at"])
    days = [None if day is None else date_number(day, name, caller) for name, day in (("since", since), ("until", until))]  # fmt: skip
    reasons = np.where(known, "", tr_later("without a time")).astype(object)
    if days[0] is not None:
        reasons[known & (seconds < days[0] * DAY)] = tr_later("before the first day")
    if days[1] is not None:
        reasons[known & (seconds >= (days[1] + 1) * DAY)] = tr_later("after the last day")
    at = np.sort(seconds[reasons == ""])
    _enough(at, incidents, within_days, caller)
    first = at[0] // DAY if days[0] is None else days[0]
    last = at[-1] // DAY if days[1] is None else days[1]
    span = int(last - first + 1)
    if span < 2 * within_days:
        raise InputError(
            f"{caller}: {within_days} days are more than half of the {span} days that the data cover; take a shorter stretch."
        )
    mean = len(at) * within_days / span
    rows = [
        {
            "start": pd.Timestamp(int(at[begin]), unit="s"), "end": pd.Timestamp(int(at[end - 1]), unit="s"), "n": end - begin, "expected": mean,
            "p": naus_p(end - begin, mean=mean, windows=span / within_days),
        }
        for begin, end in _stretches(at, within_days * DAY)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    blocks = np.arange(first, last + 1, within_days)
    side = pd.DataFrame({"period": pd.DatetimeIndex(blocks.astype("datetime64[D]")), "n": np.bincount((at // DAY - first) // within_days, minlength=len(blocks))})  # fmt: skip
    left_out = LeftOut.of(incidents, reasons)
    return Result(
        name=caller,
        title=tr("The busiest {within_days} days").format(within_days=within_days),
        table=table,
        method=tr("Every stretch of {within_days} days was counted; p is the chance that a Poisson stream of {n:,} incidents in " "{span:,} days holds as many in any of them (Naus 1982).").format(within_days=within_days, n=len(at), span=span),
        findings=_findings(table, within_days, alpha),
        params=(Param("within_days", within_days), Param(tr_later("days covered"), span, chosen=since is None or until is None, why=tr_later("from the first to the last incident")), Param("alpha", alpha), Param("clock", clock_of(incidents["occurred_at"]))),
        caveats=(
            tr("A season, a trend or a change in recording packs incidents too; it is no burst then."),
            tr("Looking at several offences, areas and lengths until one is rare makes p too small; exceptions allows for their " "number."),
        ),
        references=("Naus 1982, Approximations for distributions of scan statistics, doi:10.2307/2287786",),
        sources=(Source("incidents", len(at), fingerprint(at), origin_of(incidents)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        details={"days": side, "n": int(table["n"].iloc[0]), "p": float(table["p"].iloc[0])},
    )  # fmt: skip


def _enough(at: NDArray[np.int64], incidents: pd.DataFrame, within_days: int, caller: str) -> None:
    if len(at) < 3:
        raise InputError(
            f"{caller}: {len(at)} incident(s) with a time are too few for a stretch to stand out; at least 3."
        )
    if told_to(incidents) == "month" and within_days < 62:
        raise InputError(
            f"{caller}: the file tells only the month of each incident, so {within_days} days cannot be counted."
        )


def _stretches(at: NDArray[np.int64], length: int) -> list[tuple[int, int]]:
    """The busiest stretches [begin, end) of sorted times that lie within a length and do not overlap."""
    ends = np.searchsorted(at, at + length, side="left")
    number = ends - np.arange(len(at))
    taken = np.zeros(len(at) + 1, bool)
    found: list[tuple[int, int]] = []
    for begin in np.argsort(-number, kind="stable"):
        end = int(ends[begin])
        if len(found) == _MOST_ROWS or number[begin] < 2:
            break
        if not taken[begin:end].any():
            taken[begin:end] = True
            found.append((int(begin), end))
    return found or [(0, 1)]


def naus_p(n: int, *, mean: float, windows: float) -> float:
    """Probability that a Poisson stream has ``n`` incidents or more in some window (Naus 1982).

    Parameters
    ----------
    n
        The number of incidents.
    mean
        Expected in one window.
    windows
        How many windows the stream lasts, at least two.

    Examples
    --------
    >>> round(naus_p(6, mean=1.0, windows=260), 5)
    0.48559
    """
    if n <= 1:
        return float(-math.expm1(-mean * windows)) if n == 1 else 1.0
    if n == 2:  # two apart by less than a window: no such pair, to the first order
        return float(-math.expm1(-mean * (windows - 1) * -math.expm1(-mean)))
    from scipy.stats import poisson

    k = np.arange(0, 2 * n + 1)
    p, at_most = poisson.pmf(k, mean), poisson.cdf(k, mean)

    def below(j: int) -> float:
        return float(at_most[j]) if j >= 0 else 0.0

    two = below(n - 1) ** 2 - (n - 1) * p[n] * p[n - 2] - (n - 1 - mean) * p[n] * below(n - 3)
    first = 2 * p[n] * below(n - 1) * ((n - 1) * below(n - 2) - mean * below(n - 3))
    second = (
        0.5
        * p[n] ** 2
        * ((n - 1) * (n - 2) * below(n - 3) - 2 * (n - 2) * mean * below(n - 4) + mean**2 * below(n - 5))
    )
    third = sum(p[2 * n - r] * below(r - 1) ** 2 for r in range(1, n))
    fourth = sum(p[2 * n - r] * p[r] * ((r - 1) * below(r - 2) - mean * below(r - 3)) for r in range(2, n))
    three = below(n - 1) ** 3 - first + second + third - fourth
    if two <= 0 or three <= 0:
        return 1.0
    return float(np.clip(1 - two * (three / two) ** (windows - 2), 0.0, 1.0))


def _findings(table: pd.DataFrame, within_days: int, alpha: float) -> tuple[str, ...]:
    top = table.iloc[0]
    said = [
        tr(
            "The busiest {within_days} days, from {start:%d %B %Y}, hold {n:,} incidents; {expected:.1f} are the average."
        ).format(within_days=within_days, start=top["start"], n=top["n"], expected=top["expected"])
    ]
    if top["p"] < alpha:
        said.append(
            tr(
                "Chance alone seldom packs as many into any {within_days} days of such a series ({p_words})."
            ).format(within_days=within_days, p_words=p_words(top["p"]))
        )
    else:
        said.append(
            tr(
                "Somewhere in such a series chance packs as many into {within_days} days in {p:.0%} of cases; this is no outbreak by "
                "its number."
            ).format(within_days=within_days, p=top["p"])
        )
    said.append(tr("Check next on a map and in the reports whether these incidents belong together."))
    return tuple(said)
