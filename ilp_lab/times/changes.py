"""What changed: this year against last, change points, seasons, control charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import false_discovery
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.times.periodcounts import STEPS, Counts, check_series, counts_of
from ilp_lab.times.poissontests import e_test, poisson_z, rate_ratio

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_REFERENCES = {
    "ytd": (
        "Krishnamoorthy and Thomson 2004, A more powerful test for comparing two Poisson means, doi:10.1016/S0378-3758(02)00408-1",
        "Wheeler 2016, Tables and graphs for monitoring temporal crime trends, doi:10.1177/1461355716642781",
    ),
    "change": (
        "Killick, Fearnhead and Eckley 2012, Optimal detection of changepoints with a linear computational cost, doi:10.1080/01621459.2012.737745",
    ),
    "season": (
        "Cleveland et al. 1990, STL: a seasonal-trend decomposition procedure based on loess, Journal of Official Statistics 6",
    ),
    "chart": (
        "Wheeler 2016, Tables and graphs for monitoring temporal crime trends, doi:10.1177/1461355716642781",
    ),
}


def year_to_date(
    incidents: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    as_of: str | None = None,
    alpha: float = 0.05,
) -> Result:
    """Compare this year up to a day with the same days of last year, by a test instead of a percentage.

    Parameters
    ----------
    incidents
        A table with ``occurred_at`` that covers both years.
    by
        A column or several: one comparison for each combination.
    as_of
        The last day that counts; the day of the last incident when left out.
    alpha
        Share of false alarms accepted among all comparisons (Benjamini-Hochberg).

    Returns
    -------
    Result
        ``table``: the columns of ``by``, ``this_year``, ``last_year``, ``ratio`` with ``low`` and ``high`` (exact 95 % interval), ``poisson_z``, ``p``
        (E-test), ``q_fdr``, ``verdict``; the clearest first.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or last year is not in the file.

    Notes
    -----
    A percentage of small numbers says nothing: from 3 to 6 is 100 % and chance. A leap day counts in its year. Months of which the
    file holds nothing are left out of both years and said.

    References
    ----------
    Krishnamoorthy, K. and Thomson, J. (2004), doi:10.1016/S0378-3758(02)00408-1.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> day = np.r_[np.arange(0, 180, 2), 366 + np.arange(0, 180, 3)]
    >>> at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    >>> found = year_to_date(pd.DataFrame({"occurred_at": at}))
    >>> found.table[["this_year", "last_year", "verdict"]].values.tolist()
    [[60, 90, 'fewer than last year']]
    """
    caller = "times.year_to_date"
    check = Check(caller)
    check_series(check, incidents, "day", by, tuple(STEPS))
    check.between(0.0001, 0.5, alpha=alpha)
    check.done()
    counts = counts_of(incidents, "day", by, caller, until=as_of)
    last = counts.begins[-1]
    this_year, then = _year_days(counts, last, caller)
    months, skipped = _covered(counts, this_year, then)
    table = _year_table(counts, this_year & months[0], then & months[1], alpha)
    said = f"{last:%d %B}"
    return Result(
        name=caller,
        title=f"Year to date, {last:%d %B %Y}",
        table=table,
        method=(
            f"Incidents from 1 January to {said} of {last.year} were compared with the same days of {last.year - 1} by the E-test for two Poisson "
            "counts; q adjusts for the number of comparisons. The interval of the ratio is exact."
        ),
        findings=_year_findings(table, counts, last, alpha),
        params=(Param("as_of", f"{last:%Y-%m-%d}", chosen=as_of is None, why="the last incident"), Param("by", counts.by), Param("alpha", alpha), Param("clock", counts.zone)),
        caveats=(
            *((f"Months without any record in one of the years were left out of both: {', '.join(skipped)}.",) if skipped else ()),
            "Incidents reported late are missing from the newest weeks; compare like with like by the date of report.",
            "Counts that come in waves (one offender, many cars) vary more than the test allows.",
        ),
        references=_REFERENCES["ytd"],
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
    )  # fmt: skip


def _year_days(
    counts: Counts, last: pd.Timestamp, caller: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    year = counts.begins.year.to_numpy()
    within = (counts.begins.month < last.month) | (
        (counts.begins.month == last.month) & (counts.begins.day <= last.day)
    )
    before = (year == last.year - 1) & np.asarray(within)
    if not before.any():
        raise InputError(
            f"{caller}: the file holds nothing from 1 January to {last:%d %B} of {last.year - 1}; it begins on {counts.begins[0]:%d %B %Y}."
        )
    return (year == last.year) & np.asarray(within), before


def _covered(
    counts: Counts, this_year: NDArray[np.bool_], then: NDArray[np.bool_]
) -> tuple[tuple[NDArray[np.bool_], NDArray[np.bool_]], list[str]]:
    """Days of months that both years hold, and the months left out."""
    import calendar

    month = counts.begins.month.to_numpy()
    total = np.nansum(counts.n, axis=0)
    level = total[this_year | then].sum() / max(int((this_year | then).sum()), 1)
    skipped, keep = [], np.ones(len(month), dtype=bool)
    for number in np.unique(month[this_year | then]):
        parts = [(which & (month == number)) for which in (this_year, then)]
        if any(
            part.any() and not total[part].any() and math.exp(-level * part.sum()) < 1e-3 for part in parts
        ):
            skipped.append(calendar.month_name[number])
            keep[month == number] = False
        if not parts[1].any():  # the file begins later last year
            skipped.append(calendar.month_name[number])
            keep[month == number] = False
    return (keep, keep), skipped


def _year_table(
    counts: Counts, this_year: NDArray[np.bool_], then: NDArray[np.bool_], alpha: float
) -> pd.DataFrame:
    import pandas as pd

    after, before = (np.nansum(counts.n[:, days], axis=1).astype(np.int64) for days in (this_year, then))
    p = np.array([e_test(int(one), int(other)) for one, other in zip(after, before, strict=True)])
    ratios = np.array([rate_ratio(int(one), int(other)) for one, other in zip(after, before, strict=True)])
    q = false_discovery(p)
    verdict = np.where(
        q >= alpha,
        "no more than chance",
        np.where(after > before, "more than last year", "fewer than last year"),
    )
    table = pd.DataFrame(
        {
            **{name: [one[k] for one in counts.names] for k, name in enumerate(counts.by)},
            "this_year": after,
            "last_year": before,
            "ratio": ratios[:, 0],
            "low": ratios[:, 1],
            "high": ratios[:, 2],
            "poisson_z": [poisson_z(int(one), int(other)) for one, other in zip(after, before, strict=True)],
            "p": p,
            "q_fdr": q,
            "verdict": verdict,
        }
    )
    return table.sort_values("p", kind="stable", ignore_index=True)


def _year_findings(table: pd.DataFrame, counts: Counts, last: pd.Timestamp, alpha: float) -> tuple[str, ...]:
    after, before = int(table["this_year"].sum()), int(table["last_year"].sum())
    p = e_test(after, before)
    told = "that is more than chance" if p < alpha else "chance alone moves counts as much"
    said = [
        f"{after:,} incidents this year up to {last:%d %B} against {before:,} in the same days last year (ratio {after / max(before, 1):.2f}); {told} (p {p:.3g})."
    ]
    if counts.by:
        sure = table[table["verdict"] != "no more than chance"]
        if len(sure):
            top = sure.iloc[0]
            which = ", ".join(str(top[name]) for name in counts.by)
            said.append(
                f"{len(sure)} of {len(table)} changes are more than chance explains; the clearest: {which}, {top['this_year']:,} against {top['last_year']:,}."
            )
        else:
            said.append(
                f"None of the {len(table)} single comparisons is more than chance explains, when their number is allowed for."
            )
    said.append(
        "It says that counts differ, not why. Check next whether recording changed, and what the months before looked like."
    )
    return tuple(said)


def change_points(
    incidents: pd.DataFrame,
    *,
    step: Literal["day", "week", "month", "quarter"] = "week",
    least: int = 3,
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
    Levels are means of Poisson counts, with the penalty widened when counts vary more than Poisson. A season looks like changes;
    take whole years or look at the seasonality first. Missing periods are skipped. Cost: with pruning about linear in the periods.

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
    dispersion = _dispersion(n, least)
    paid = penalty or 2 * math.log(len(n)) * dispersion
    ends = pelt(n, paid, least)
    table, level = _stretches(counts, usable, n, ends, dispersion)
    series = counts.frame().assign(level=np.nan)
    series.loc[usable, "level"] = level
    return Result(
        name=caller,
        title=f"Changes of level by {step}",
        table=table,
        method=(
            "The series was cut into stretches of one Poisson level each so that the likelihood, less a penalty per cut, is largest (PELT, exact). "
            f"Counts vary {dispersion:.2f} times as much as Poisson; penalty and intervals allow for it. The interval of a change holds 95 % of its "
            "likelihood between its neighbours."
        ),
        findings=_change_findings(table, counts),
        params=(Param("step", step), Param("least", least), Param("penalty", round(paid, 3), chosen=penalty is None, why="2 log(periods) × dispersion"), Param("clock", counts.zone)),
        caveats=(*counts.caveats(), "A season or a slow trend shows as steps.", "A change in recording is a change too."),
        references=_REFERENCES["change"],
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"series": series, "dispersion": dispersion},
    )  # fmt: skip


def pelt(n: NDArray[np.float64], penalty: float, least: int) -> list[int]:
    """Where the best stretches of Poisson counts end (pruned exact linear time).

    Examples
    --------
    >>> pelt(np.array([1.0, 2, 1, 9, 8, 9]), 2.0, 1)
    [3, 6]
    """
    total = np.append(0.0, np.cumsum(n))

    def cost(starts: NDArray[np.int64], end: int) -> NDArray[np.float64]:
        held, length = total[end] - total[starts], end - starts
        return np.where(held > 0, -held * np.log(np.maximum(held, 1e-300) / length), 0.0)

    best, cut = np.full(len(n) + 1, np.inf), np.zeros(len(n) + 1, np.int64)
    best[0] = -penalty
    candidates = np.array([0])
    for end in range(least, len(n) + 1):
        open_ = candidates[candidates <= end - least]
        values = best[open_] + cost(open_, end) + penalty
        at = int(np.argmin(values))
        best[end], cut[end] = values[at], open_[at]
        kept = open_[values - penalty <= best[end]]
        candidates = np.unique(np.concatenate([kept, candidates[candidates > end - least], [end]]))
    ends: list[int] = []
    at = len(n)
    while at > 0:
        ends.append(at)
        at = int(cut[at])
    return ends[::-1]


def _dispersion(n: NDArray[np.float64], least: int) -> float:
    """Variance over mean within short stretches, at least 1; a changing level does not count."""
    step = max(least, 4)
    parts = [n[k : k + step] for k in range(0, len(n) - step + 1, step)]
    free = sum(len(part) - 1 for part in parts)
    spread = sum(float(((part - part.mean()) ** 2).sum() / part.mean()) for part in parts if part.mean() > 0)
    return max(1.0, spread / max(free, 1))


def _stretches(
    counts: Counts, usable: NDArray[np.int64], n: NDArray[np.float64], ends: list[int], dispersion: float
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    import pandas as pd
    from scipy.stats import gamma

    begins = [0, *ends[:-1]]
    level = np.empty(len(n))
    rows: list[dict[str, Any]] = []
    for k, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        held, length = n[begin:end].sum() / dispersion, (end - begin) / dispersion
        mean = float(n[begin:end].mean())
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
            low, high = _when(n[begins[k - 1] : end], begin - begins[k - 1], dispersion)
            row["changed_at"] = row["start"]
            row["changed_from"] = counts.begins[usable[begins[k - 1] + low]]
            row["changed_to"] = counts.begins[usable[begins[k - 1] + high]]
            row["ratio"] = mean / rows[-1]["mean"] if rows[-1]["mean"] > 0 else np.inf
        rows.append(row)
    return pd.DataFrame(rows), level


def _when(n: NDArray[np.float64], at: int, dispersion: float) -> tuple[int, int]:
    """The shortest range of positions that holds 95 % of the likelihood of one change among these counts."""
    total, size = np.cumsum(n), len(n)
    cuts = np.arange(1, size)
    left, right = total[cuts - 1], total[-1] - total[cuts - 1]
    log = (_levelled(left, cuts) + _levelled(right, size - cuts)) / dispersion
    weight = np.exp(log - log.max())
    order = np.argsort(-weight, kind="stable")
    held = np.cumsum(weight[order]) / weight.sum()
    inside = cuts[order[: int(np.searchsorted(held, 0.95)) + 1]]
    return int(min(inside.min(), at)), int(max(inside.max(), at))


def _levelled(held: NDArray[np.float64], length: NDArray[np.int64]) -> NDArray[np.float64]:
    """Log-likelihood of counts that share one level, up to a constant."""
    return np.where(held > 0, held * np.log(np.maximum(held, 1e-300) / length), 0.0)


def _change_findings(table: pd.DataFrame, counts: Counts) -> tuple[str, ...]:
    last = table.iloc[-1]
    if len(table) == 1:
        return (
            f"No change of level can be shown: about {last['mean']:,.1f} incidents a {counts.step} throughout (95 % interval {last['low']:,.1f} to {last['high']:,.1f}).",
            "Ups and downs within that are what chance does.",
        )
    way = "rose" if last["ratio"] > 1 else "fell"
    return (
        f"The level changed {len(table) - 1} time(s). Last, it {way} to {last['mean']:,.1f} incidents a {counts.step}, {last['ratio']:.2f} times the level before.",
        f"That change lies between {last['changed_from']:%d %B %Y} and {last['changed_to']:%d %B %Y} with 95 % probability; most likely at {last['changed_at']:%d %B %Y}.",
        "It says when, not why. Compare the date with what changed then: operations, recording rules, a new shop, a release from prison.",
    )
