"""When the level of a series changed, and how surely the moment is known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.times.periodcounts import CYCLE, Counts, check_series, counts_of, period_days
from ilp_lab.times.seasonparts import parts_of, season_index

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_REFERENCES = (
    "Killick, Fearnhead and Eckley 2012, Optimal detection of changepoints with a linear computational cost, doi:10.1080/01621459.2012.737745",
    "Cleveland et al. 1990, STL: a seasonal-trend decomposition procedure based on loess, Journal of Official Statistics 6",
)


def change_points(
    incidents: pd.DataFrame,
    *,
    step: Literal["day", "week", "month", "quarter"] = "week",
    least: int = 3,
    season: bool | None = None,
    penalty: float | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Result:
    """Find when the level of a series changed, and how surely the moment is known.

    Parameters
    ----------
    incidents
        A table with ``occurred_at``.
    step
        The period that is counted.
    least
        Fewest periods between two changes.
    season
        Whether the season is allowed for; chosen when left out: yes, where two whole years (for days: weeks) show one.
    penalty
        How much the log-likelihood must gain per change; chosen as 2 log(periods) times the dispersion when left out.
    since, until
        First and last day that the data cover.

    Returns
    -------
    Result
        ``table``: one row per stretch with ``start``, ``end`` (first and last period), ``periods``, ``mean``, ``low``, ``high`` (95 % interval of the
        mean), ``changed_at`` with ``changed_from`` and ``changed_to`` (the periods that hold the change with 95 % probability), ``ratio`` to
        the stretch before. ``details``: ``series`` (frame with ``period``, ``n``, ``level``), ``dispersion``.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or there are fewer than ``2 × least`` periods.

    Notes
    -----
    Levels are means of Poisson counts, with the penalty widened when counts vary more than Poisson. A season that is
    the same every year is no change: periods are weighed by what the season leads to expect, and months by their days, so that
    ``mean`` is that of an average period. Missing periods are skipped. Cost: with pruning about linear in the periods.

    References
    ----------
    Killick, R., Fearnhead, P. and Eckley, I. A. (2012), doi:10.1080/01621459.2012.737745.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> day = np.r_[np.repeat(np.arange(0, 140), 2), np.repeat(np.arange(140, 280), 6)]
    >>> at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    >>> found = change_points(pd.DataFrame({"occurred_at": at}))
    >>> found.table["mean"].tolist(), str(found.table["changed_at"][1].date())
    ([14.0, 42.0], '2024-05-20')
    """
    caller = "times.change_points"
    check = Check(caller)
    check_series(check, incidents, step, None, ("day", "week", "month", "quarter"))
    check.whole(1, least=least)
    check.positive(penalty=penalty)
    check.done()
    counts = counts_of(incidents, step, None, caller, since=since, until=until)
    usable = np.flatnonzero(counts.complete & ~counts.missing)
    if len(usable) < 2 * least:
        raise InputError(
            f"{caller}: {len(usable)} whole {step}s are too few; at least {2 * least} are needed. Take a shorter step or a longer file."
        )
    n = counts.n[0, usable]
    weeks = counts_of(incidents, "week", None, caller, since=since, until=until) if step == "day" else None
    size, wave, why = _sizes(counts, usable, season, weeks, caller)
    dispersion = _dispersion(n, size, least)
    paid = penalty or 2 * math.log(len(n)) * dispersion
    ends = pelt(n, paid, least, size=size)
    table, level = _stretches(counts, usable, n, size, ends, dispersion)
    series = counts.frame().assign(level=np.nan, expected=np.nan)
    series.loc[usable, "level"] = level
    series.loc[usable, "expected"] = level * size
    return Result(
        name=caller,
        title=tr("Changes of level by {step}").format(step=step),
        table=table,
        method=(
            tr("The series was cut into stretches of one Poisson level each so that the likelihood, less a penalty per cut, is " "largest (PELT, exact){what}. Counts vary {dispersion:.2f} times as much as Poisson; penalty and intervals allow for " "it. The interval of a change holds 95 % of its likelihood between its neighbours.").format(what=tr(", the season of every year and the length of months allowed for") if wave else "", dispersion=dispersion)
        ),
        findings=_change_findings(table, counts, wave=wave),
        params=(Param("step", step), Param("least", least), Param("season", wave, chosen=season is None, why=why), Param("penalty", round(paid, 3), chosen=penalty is None, why=tr_later("2 log(periods) × dispersion")), Param("clock", counts.zone)),
        caveats=(*counts.caveats(), *(() if wave else (tr("No season is allowed for; one would show as steps."),)), tr("A slow trend shows as steps."), tr("A change in recording is a change too.")),
        references=_REFERENCES[: 2 if wave else 1],
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"series": series, "dispersion": dispersion},
    )  # fmt: skip


def _sizes(
    counts: Counts, usable: NDArray[np.int64], season: bool | None, weeks: Counts | None, caller: str
) -> tuple[NDArray[np.float64], bool, str]:
    """What each period would hold of an average one by its season and its days; whether a season is allowed for, and why."""
    days = period_days(counts)[usable]
    cycle = CYCLE[counts.step]
    if season is False:
        return days, False, ""
    if len(usable) < 2 * cycle:
        if season:
            raise InputError(
                f"{caller}: season=True needs {2 * cycle} whole {counts.step}s; the file has {len(usable)}."
            )
        return days, False, tr_later("shorter than two whole cycles")
    index = np.ones(len(usable))
    for part in (counts, weeks):  # of days: the week, and the year by weeks
        if part is None or part.complete.sum() < 2 * CYCLE[part.step]:
            continue
        parts = parts_of(part)
        if season or parts.p < 0.05:
            at = np.searchsorted(part.begins[parts.span], counts.begins[usable], side="right") - 1
            index *= season_index(parts, part.step)[np.clip(at, 0, len(parts.span) - 1)]
    if (index == 1).all():
        return days, False, tr_later("no season can be shown")
    return index / index.mean(), True, tr_later("the file shows one")


def pelt(
    n: NDArray[np.float64], penalty: float, least: int, *, size: NDArray[np.float64] | None = None
) -> list[int]:
    """Where the best stretches of Poisson counts end (pruned exact linear time); ``size`` is the exposure of each period.

    Examples
    --------
    >>> pelt(np.array([1.0, 2, 1, 9, 8, 9]), 2.0, 1)
    [3, 6]
    """
    total = np.append(0.0, np.cumsum(n))
    reach = np.append(0.0, np.cumsum(np.ones(len(n)) if size is None else size))

    def cost(starts: NDArray[np.int64], end: int) -> NDArray[np.float64]:
        return -_levelled(total[end] - total[starts], reach[end] - reach[starts])

    best, cut = np.full(len(n) + 1, np.inf), np.zeros(len(n) + 1, np.int64)
    best[0] = -penalty
    expires = np.full(len(n) + 1, len(n) + 1)
    candidates = np.array([0])
    for end in range(least, len(n) + 1):
        candidates = candidates[expires[candidates] > end]
        values = best[candidates] + cost(candidates, end) + penalty
        at = int(np.argmin(values))
        best[end], cut[end] = values[at], candidates[at]
        # a start that is worse than cutting here is so for all ends that a cut here leaves room for
        worse = candidates[values - penalty > best[end]]
        expires[worse] = np.minimum(expires[worse], end + least)
        if 2 * least <= end + 1 <= len(n):
            candidates = np.append(candidates, end + 1 - least)
    ends: list[int] = []
    at = len(n)
    while at > 0:
        ends.append(at)
        at = int(cut[at])
    return ends[::-1]


def _dispersion(n: NDArray[np.float64], size: NDArray[np.float64], least: int) -> float:
    """Variance over mean within short stretches, at least 1; a changing level does not count."""
    step = max(least, 4)
    spread, free = 0.0, 0
    for k in range(0, len(n) - step + 1, step):
        part, fits = n[k : k + step], size[k : k + step]
        mean = fits * part.sum() / fits.sum()
        free += step - 1
        if part.sum() > 0:
            spread += float(((part - mean) ** 2 / mean).sum())
    return max(1.0, spread / max(free, 1))


def _stretches(
    counts: Counts, usable: NDArray[np.int64], n: NDArray[np.float64], size: NDArray[np.float64], ends: list[int], dispersion: float
) -> tuple[pd.DataFrame, NDArray[np.float64]]:  # fmt: skip
    import pandas as pd
    from scipy.stats import gamma

    begins = [0, *ends[:-1]]
    level = np.empty(len(n))
    rows: list[dict[str, Any]] = []
    for k, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        held, length = n[begin:end].sum() / dispersion, float(size[begin:end].sum()) / dispersion
        mean = float(n[begin:end].sum() / size[begin:end].sum())
        level[begin:end] = mean
        row: dict[str, Any] = {
            "start": counts.begins[usable[begin]],
            "end": counts.begins[usable[end - 1]],
            "periods": end - begin,
            "mean": mean,
            "low": float(gamma.ppf(0.025, held) / length) if held > 0 else 0.0,
            "high": float(gamma.ppf(0.975, held + 1) / length),
            "changed_at": pd.NaT,
            "changed_from": pd.NaT,
            "changed_to": pd.NaT,
            "ratio": np.nan,
        }
        if k:
            first = begins[k - 1]
            low, high = _when(n[first:end], size[first:end], begin - first, dispersion)
            row["changed_at"] = row["start"]
            row["changed_from"] = counts.begins[usable[first + low]]
            row["changed_to"] = counts.begins[usable[first + high]]
            row["ratio"] = mean / rows[-1]["mean"] if rows[-1]["mean"] > 0 else np.inf
        rows.append(row)
    return pd.DataFrame(rows), level


def _when(n: NDArray[np.float64], size: NDArray[np.float64], at: int, dispersion: float) -> tuple[int, int]:
    """The shortest range of positions that holds 95 % of the likelihood of one change among these counts."""
    total, reach = np.cumsum(n), np.cumsum(size)
    cuts = np.arange(1, len(n))
    left, wide = total[cuts - 1], reach[cuts - 1]
    log = (_levelled(left, wide) + _levelled(total[-1] - left, reach[-1] - wide)) / dispersion
    weight = np.exp(log - log.max())
    order = np.argsort(-weight, kind="stable")
    held = np.cumsum(weight[order]) / weight.sum()
    inside = cuts[order[: int(np.searchsorted(held, 0.95)) + 1]]
    return int(min(inside.min(), at)), int(max(inside.max(), at))


def _levelled(held: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-likelihood of counts that share one level, up to a constant."""
    return np.where(held > 0, held * np.log(np.maximum(held, 1e-300) / np.maximum(size, 1e-300)), 0.0)


def _change_findings(table: pd.DataFrame, counts: Counts, *, wave: bool) -> tuple[str, ...]:
    beside = tr_later("Beside the season no") if wave else tr("No")
    last = table.iloc[-1]
    if len(table) == 1:
        return (
            tr(
                "{beside} change of level can be shown: about {mean:,.1f} incidents a {step} throughout (95 % interval {low:,.1f} to "
                "{high:,.1f})."
            ).format(beside=beside, mean=last["mean"], step=counts.step, low=last["low"], high=last["high"]),
            tr("Ups and downs within that are what chance does."),
        )
    way = tr("rose") if last["ratio"] > 1 else tr("fell")
    return (
        trn(
            "The level changed {n} time: it {way} to {mean:,.1f} incidents a {step}, {ratio:.2f} times the level before.",
            "The level changed {n} times. Last, it {way} to {mean:,.1f} incidents a {step}, {ratio:.2f} times the level before.",
            len(table) - 1,
        ).format(n=len(table) - 1, way=way, mean=last["mean"], step=counts.step, ratio=last["ratio"]),
        (
            tr(
                "That change lies between {changed_from:%B %Y} and {changed_to:%B %Y} with 95 % probability; most likely in "
                "{changed_at:%B %Y}."
            )
            if counts.step == "month"
            else tr(
                "That change lies between {changed_from:%d %B %Y} and {changed_to:%d %B %Y} with 95 % probability; most likely at "
                "{changed_at:%d %B %Y}."
            )
        ).format(
            changed_from=last["changed_from"], changed_to=last["changed_to"], changed_at=last["changed_at"]
        ),
        tr(
            "It says when, not why. Compare the date with what changed then: operations, recording rules, a new shop, a release "
            "from prison."
        ),
    )
