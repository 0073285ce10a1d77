"""The year so far against the last one, by a test instead of a percentage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import false_discovery, p_words
from ilp_lab._tongue import day_of_month, month_in_words, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.times.moments import told_to
from ilp_lab.times.periodcounts import STEPS, Counts, check_series, counts_of
from ilp_lab.times.poissontests import e_test, poisson_z, rate_ratio

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_WAVY = 1.5
_REFERENCES = (
    "Krishnamoorthy and Thomson 2004, A more powerful test for comparing two Poisson means, doi:10.1016/S0378-3758(02)00408-1",
    "Wheeler 2016, Tables and graphs for monitoring temporal crime trends, doi:10.1177/1461355716642781",
)


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
    A percentage of small numbers says nothing: from 3 to 6 is 100 % and chance. A leap day counts in its year. Days of which the
    file holds nothing in one year, though it should, are left out of both and said.

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
    step = "month" if told_to(incidents) == "month" else "day"
    counts = counts_of(incidents, step, by, caller, until=as_of)
    last = counts.begins[-1]
    days, skipped, single = _alike(counts, last, caller)
    table = _year_table(counts, days, alpha)
    wavy = _waviness(counts, step)
    said = (tr("{day:%d %B}") if step == "day" else tr("{day:%B}")).format(day=last)
    return Result(
        name=caller,
        title=tr("Year to date, {said} {year}").format(said=said, year=last.year),
        table=table,
        method=(
            tr("Incidents from 1 January to {said} of {year} were compared with the same days of {year_2} by the E-test for two " "Poisson counts; q adjusts for the number of comparisons. The interval of the ratio is exact.").format(said=said, year=last.year, year_2=last.year - 1)
        ),
        findings=_year_findings(table, counts, said, alpha),
        params=(Param("as_of", f"{last:%Y-%m-%d}", chosen=as_of is None, why=tr_later("the last incident")), Param("by", counts.by), Param("alpha", alpha), Param("clock", counts.zone)),
        caveats=(
            *((tr("The file holds nothing for {skipped} in one of the years; these days were left out of both.").format(skipped=skipped),) if skipped else ()),
            *((tr("{single} single series hold nothing for days on which many were to be expected; those days were left out of both " "years of that series.").format(single=single),) if single else ()),
            *((tr("Weeks vary {wavy:.1f} times as much as the test supposes; p is too small. control_chart allows for it.").format(wavy=wavy),) if wavy > _WAVY else ()),
            tr("Incidents reported late are missing from the newest weeks; compare like with like by the date of report."),
            tr("Counts that come in waves (one offender, many cars) vary more than the test allows."),
        ),
        references=_REFERENCES,
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"by": counts.by, "dispersion": wavy},
    )  # fmt: skip


def _alike(
    counts: Counts, last: pd.Timestamp, caller: str
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], str, int]:
    """Counts of the days that both years hold, the days left out in words, and how many single series have gaps."""
    import pandas as pd

    year = counts.begins.year.to_numpy()
    key = counts.begins.month.to_numpy() * 100 + counts.begins.day.to_numpy()
    within = key <= last.month * 100 + last.day
    this, then = (np.flatnonzero((year == one) & within) for one in (last.year, last.year - 1))
    if not len(then):
        raise InputError(
            f"{caller}: the file holds nothing from 1 January to {last:%d %B} of {last.year - 1}; it begins on {counts.begins[0]:%d %B %Y}."
        )
    after, before = counts.n[:, this].copy(), counts.n[:, then].copy()
    # days that the file did not reach back to, unless so few incidents fall on them that none need be missing
    early = (key[this] < key[then[0]]) & (counts.begins[0] > pd.Timestamp(last.year - 1, 1, 1))
    if float(np.nansum(counts.n)) / counts.n.shape[1] * int(early.sum()) <= 3:
        early[:] = False
    whole = [np.isnan(part).all(axis=0) for part in (after, before)]
    gone = set(key[this][early | whole[0]]) | set(key[then][whole[1]])
    keys = {name: at for at, name in enumerate(key[then])}
    alone = np.zeros(len(counts.names), dtype=bool)
    for column, name in enumerate(key[this]):
        other = keys.get(name)
        if name in gone:
            after[:, column] = np.nan
            continue
        if other is not None:
            hole = np.isnan(after[:, column]) | np.isnan(before[:, other])
            alone |= hole
            after[hole, column], before[hole, other] = np.nan, np.nan
    before[:, [at for name, at in keys.items() if name in gone]] = np.nan
    return (after, before), _ranges(sorted(gone), counts.step), int(alone.sum())


def _ranges(keys: list[int], step: str) -> str:
    """Days of a year in words: 1 January to 14 February."""
    import pandas as pd

    days = [pd.Timestamp(2024, int(key) // 100, int(key) % 100) for key in keys]
    if step == "month":
        return ", ".join(month_in_words(day) for day in days)
    said: list[str] = []
    begin = 0
    for at in range(1, len(days) + 1):
        if at == len(days) or (days[at] - days[at - 1]).days > 2:
            one, other = days[begin], days[at - 1]
            said.append(
                day_of_month(one, padded=False)
                + (tr(" to {day}").format(day=day_of_month(other, padded=False)) if other > one else "")
            )
            begin = at
    return ", ".join(said)


def _waviness(counts: Counts, step: str) -> float:
    """How much more than Poisson the counts of neighbouring weeks (or months) differ."""
    total = np.where(counts.missing, np.nan, np.nansum(counts.n, axis=0))
    size = 7 if step == "day" else 1
    weeks = total[: len(total) // size * size].reshape(-1, size).sum(axis=1)
    pairs = weeks[: len(weeks) // 2 * 2].reshape(-1, 2)
    pairs = pairs[pairs.sum(axis=1) > 0]  # not those with a missing week
    if len(pairs) < 4:
        return 1.0
    return float(((pairs[:, 0] - pairs[:, 1]) ** 2 / pairs.sum(axis=1)).mean())


def _year_table(
    counts: Counts, days: tuple[NDArray[np.float64], NDArray[np.float64]], alpha: float
) -> pd.DataFrame:
    import pandas as pd

    after, before = (np.nansum(part, axis=1).astype(np.int64) for part in days)
    p = np.array([e_test(int(one), int(other)) for one, other in zip(after, before, strict=True)])
    ratios = np.array([rate_ratio(int(one), int(other)) for one, other in zip(after, before, strict=True)])
    q = false_discovery(p)
    verdict = np.where(
        q >= alpha,
        tr_later("no more than chance"),
        np.where(after > before, tr_later("more than last year"), tr_later("fewer than last year")),
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


def _year_findings(table: pd.DataFrame, counts: Counts, said_to: str, alpha: float) -> tuple[str, ...]:
    after, before = int(table["this_year"].sum()), int(table["last_year"].sum())
    p = e_test(after, before)
    told = tr_later("chance alone moves counts as much")
    if p < alpha and after > before:
        told = tr_later("the rise is more than chance explains")
    elif p < alpha:
        told = tr_later("the fall is more than chance explains")
    said = [
        tr(
            "{after:,} incidents this year up to {said_to} against {before:,} in the same days last year (ratio {after_2:.2f}); "
            "{told} ({p_words})."
        ).format(
            after=after,
            said_to=said_to,
            before=before,
            after_2=after / max(before, 1),
            told=told,
            p_words=p_words(p),
        )
    ]
    if counts.by:
        sure = table[table["verdict"] != "no more than chance"]
        if len(sure):
            top = sure.iloc[0]
            which = ", ".join(str(top[name]) for name in counts.by)
            said.append(
                tr(
                    "{n} of {n_2} changes are more than chance explains; the clearest: {which}, {this_year:,} against {last_year:,}."
                ).format(
                    n=len(sure),
                    n_2=len(table),
                    which=which,
                    this_year=top["this_year"],
                    last_year=top["last_year"],
                )
            )
        else:
            said.append(
                tr(
                    "None of the {n} single comparisons is more than chance explains, when their number is allowed for."
                ).format(n=len(table))
            )
    said.append(
        tr(
            "It says that counts differ, not why. Check next whether recording changed, and what the months before looked like."
        )
    )
    return tuple(said)
