"""Exception radar: every area and offence at once, what stands out this week, ranked and worded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import looked_up, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.times.detectors import (
    C3_LIMIT,
    CUSUM_H,
    EARS_LIMIT,
    Expected,
    cusum,
    ears,
    farrington,
    recent_mean,
    tail_p,
    u_limit,
)
from ilp_lab.times.periodcounts import PER_YEAR, Counts, check_series, counts_of, period_days
from ilp_lab.times.poissontests import e_test, poisson_band

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.engine import Table

Baseline = Literal["auto", "farrington", "recent"]
_BACK = {"day": 56, "week": 26, "month": 12}
_HALF = {"week": 3, "month": 1}
_GAP = {"week": 26, "month": 3}
_MOST_E_TESTS = 5_000
_WORTH_A_YEAR = 12.0
_METHOD = tr_later(
    "For every series the count of each period was compared with what its past leads to expect: {how}. p is the "
    "probability of at least as many when nothing changed (negative binomial where counts vary more than Poisson); q "
    "adjusts it over all {tests:,} tests (Benjamini-Hochberg). Beside it stand the alarms of other detectors: Poisson Z "
    "above 3, E-test below {alpha:g}, u-chart (3 sigma), CUSUM (k 0.5, h 4), EARS C1, C2 (3 sigma) and C3."
)
_REFERENCES = (
    "Noufal et al. 2013, An improved algorithm for outbreak detection in multiple surveillance systems, doi:10.1002/sim.5595",
    "Farrington et al. 1996, A statistical algorithm for the early detection of outbreaks, doi:10.2307/2983331",
    "Hutwagner et al. 2003, The bioterrorism preparedness and response Early Aberration Reporting System, doi:10.1007/PL00022319",
    "Krishnamoorthy and Thomson 2004, A more powerful test for comparing two Poisson means, doi:10.1016/S0378-3758(02)00408-1",
    "Wheeler 2016, Tables and graphs for monitoring temporal crime trends, doi:10.1177/1461355716642781",
)


def exceptions(
    incidents: pd.DataFrame | Table,
    *,
    by: str | Sequence[str] = ("area", "offence"),
    step: Literal["day", "week", "month"] = "week",
    periods: int = 1,
    baseline: Baseline = "auto",
    years: int = 5,
    alpha: float = 0.05,
    since: str | None = None,
    until: str | None = None,
) -> Result:
    """Find which series are higher than their past explains, over all areas and offences at once.

    Parameters
    ----------
    incidents
        A table with ``occurred_at`` and the columns of ``by``; or a table on an engine, which counts there by day and series.
    by
        One series for each combination of these columns that occurs.
    step
        ``"day"``, ``"week"`` (from Monday) or ``"month"``.
    periods
        How many of the last whole periods are judged.
    baseline
        ``"farrington"``: trend and season of up to ``years`` years (two are needed); ``"recent"``: the mean of 26 weeks, 12 months or 56 days
        before; ``"auto"``: the first where the file is long enough.
    years
        How far Farrington looks back.
    alpha
        Share of false alarms accepted among the exceptions.
    since, until
        First and last day that the data cover; say them when the file goes on beyond its last incident.

    Returns
    -------
    Result
        ``table``: one row per series and period, the clearest first: the columns of ``by``, ``period``, ``n``, ``expected``, ``upper`` (what chance reaches in
        ``1 − alpha`` of periods), ``ratio``, ``z``, ``p``, ``q_fdr``, ``false_per_year`` (how many alarms at least so strong chance raises in a year over all series),
        one column per detector, ``alarms`` (how many of them), ``verdict`` (``"exception"``: q below alpha; ``"worth a look"``: chance
        raises at most one such alarm a month), ``says``.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or there is too little past.

    Notes
    -----
    Only the past of each series counts; a level that is always high is no exception. The u-chart counts by the days of the period. CUSUM
    sums the last twelve periods against what is expected now. New series without a past are judged against
    half an incident in all of it. Cost: one regression per series and period, all at once; thousands of series take seconds.

    References
    ----------
    Noufal, A. et al. (2013), doi:10.1002/sim.5595.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> n = rng.poisson(4, (3, 60)); n[1, -1] = 16
    >>> week = pd.date_range("2023-01-02", periods=60, freq="W-MON", tz="Europe/Vienna")
    >>> rows = [(area, when) for area, counts in zip("ABC", n) for when, k in zip(week, counts) for _ in range(k)]
    >>> thefts = pd.DataFrame(rows, columns=["area", "occurred_at"])
    >>> found = exceptions(thefts, by="area", until="2024-02-25")
    >>> found.table["area"][0], int(found.table["n"][0]), found.table["verdict"][0]
    ('B', 16, 'exception')
    """
    caller = "times.exceptions"
    check = Check(caller)
    check_series(check, incidents, step, by, ("day", "week", "month"))
    check.whole(1, periods=periods, years=years)
    check.choice(allowed=("auto", "farrington", "recent"), baseline=baseline)
    check.between(0.0001, 0.5, alpha=alpha)
    check.done()
    counts = counts_of(incidents, step, by, caller, since=since, until=until)
    judged = np.flatnonzero(counts.complete & ~counts.missing)[-periods:]
    length = period_days(counts)
    tables, how = [], ""
    for at in judged:
        expected = _past(counts, int(at), baseline, years, length, caller)
        how = expected.how
        tables.append(_judge(counts, int(at), expected, length, alpha))
    if not tables:
        raise InputError(
            f"{caller}: no whole {step} can be judged; say with until= up to which day the file is complete."
        )
    table = _ranked(tables, counts, alpha)
    return Result(
        name=caller,
        title=tr_later("What stands out"),
        table=table,
        method=_METHOD.format(how=how, tests=len(table), alpha=alpha),
        findings=_findings(table, counts, judged, alpha),
        params=(
            Param("by", counts.by), Param("step", step), Param("periods", len(judged)),
            Param("baseline", "farrington" if "Farrington" in how else "recent", chosen=baseline == "auto", why=tr_later("what the length of the file allows")),
            Param("alpha", alpha), Param("clock", counts.zone),
            *((Param("engine", tr("{where}; only counts came from there").format(where=counts.where)),) if counts.where else ()),
        ),
        caveats=(
            *counts.caveats(),
            tr("Late reports make the newest periods look low and hide exceptions."),
            tr("An exception is a count, not a cause: a clean-up of records looks the same."),
            *((tr("No season is allowed for: the file is shorter than two years."),) if "Farrington" not in how else ()),
        ),
        references=_REFERENCES,
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"by": counts.by},
    )  # fmt: skip


def _past(
    counts: Counts, at: int, baseline: str, years: int, length: NDArray[np.float64], caller: str
) -> Expected:
    per_year = round(PER_YEAR[counts.step])
    found = None
    if baseline != "recent" and counts.step in _HALF:
        found = farrington(
            counts.n, at, per_year, years=years, half=_HALF[counts.step], gap=_GAP[counts.step], length=length
        )
    if found is not None:
        return found
    if baseline == "farrington":
        raise InputError(
            f"{caller}: baseline='farrington' needs two years and more of weeks or months before the period; the file has {at} {counts.step}s. "
            "Take baseline='recent'."
        )
    if at < 4:
        raise InputError(
            f"{caller}: {at} {counts.step}(s) of past are too few to expect anything; at least 4 are needed."
        )
    return recent_mean(counts.n, at, _BACK[counts.step], length=length)


def _judge(
    counts: Counts, at: int, expected: Expected, length: NDArray[np.float64], alpha: float
) -> pd.DataFrame:
    """All series in one period; those that have a gap there cannot be judged."""
    import pandas as pd

    rows = np.flatnonzero(~np.isnan(counts.n[:, at]))
    every = counts.n[rows]
    n, mean, spread = every[:, at], expected.mean[rows], expected.spread[rows]
    upper, _ = tail_p(n, expected.cautious[rows], spread)
    limit = poisson_band(expected.cautious[rows], spread, 1 - 2 * alpha)[1]
    aberrations = ears(every, at)
    alarms = {
        "poisson_z": 2 * (np.sqrt(n) - np.sqrt(mean)) > 3,
        "e_test": _e_tests(every, at, expected.used, length, upper) < alpha,
        "u_chart": n > u_limit(every, expected.used, at, length),
        "cusum": cusum(every, at, mean, spread) > CUSUM_H,
        "ears_c1": aberrations["C1"] > EARS_LIMIT,
        "ears_c2": aberrations["C2"] > EARS_LIMIT,
        "ears_c3": aberrations["C3"] > C3_LIMIT,
    }
    return pd.DataFrame(
        {
            **{name: [counts.names[row][k] for row in rows] for k, name in enumerate(counts.by)},
            "period": counts.begins[at],
            "n": n.astype(np.int64),
            "expected": mean,
            "upper": limit,
            "ratio": n / mean,
            "z": (n - mean) / np.sqrt(mean * spread),
            "p": upper,
            **alarms,
            "alarms": np.stack(list(alarms.values())).sum(axis=0),
        }
    )


def _e_tests(
    n: NDArray[np.float64], at: int, used: NDArray[np.int64], length: NDArray[np.float64], p: NDArray[np.float64]
) -> NDArray[np.float64]:  # fmt: skip
    """P of the E-test against all of the past, of series above their past; the likeliest are tested first."""
    known = ~np.isnan(n[:, used])
    before = np.where(known, n[:, used], 0.0).sum(axis=1)
    longer = np.maximum(np.where(known, length[used], 0.0).sum(axis=1), length[at]) / length[at]
    tests = np.ones(len(n))
    likely = np.flatnonzero((n[:, at] > before / longer) & (p < 0.2))
    for row in likely[np.argsort(p[likely], kind="stable")][:_MOST_E_TESTS]:
        tests[row] = e_test(float(n[row, at]), float(before[row]), ratio=float(longer[row]))
    return tests


def _ranked(tables: list[pd.DataFrame], counts: Counts, alpha: float) -> pd.DataFrame:
    import pandas as pd

    table = pd.concat(tables, ignore_index=True)
    q = false_discovery(table["p"].to_numpy())
    a_year = table["p"].to_numpy() * len(counts.names) * PER_YEAR[counts.step]
    verdict = np.where(
        q < alpha,
        "exception",
        np.where(
            (table["p"] < alpha) & (a_year <= _WORTH_A_YEAR), tr_later("worth a look"), tr_later("as usual")
        ),
    )
    place = list(table.columns).index("p") + 1
    table.insert(place, "q_fdr", q)
    table.insert(place + 1, "false_per_year", a_year)
    table["verdict"] = verdict
    table = table.sort_values(["p", "n"], ascending=[True, False], kind="stable", ignore_index=True)
    return table.assign(
        says=pd.Series([_says(row, counts) for row in table.to_dict("records")], dtype=object)
    )


def _named(column: str, value: str) -> str:
    """A value with the name of its column where it is a bare number: beat 2535."""
    bare = not any(mark.isalpha() for mark in value)
    return f"{looked_up(column.replace('_', ' '))} {value}" if bare else value


def _says(row: dict[Any, Any], counts: Counts) -> str:
    """Say a row in words: Harbour, robbery: 12 this week against 4.1 expected; about one such alarm a year by chance."""
    which = ", ".join(_named(name, str(row[name])) for name in counts.by)
    often = row["false_per_year"]
    if often < 0.05:
        chance = tr("less than one such alarm in twenty years by chance")
    elif often < 0.75:
        chance = tr("about one such alarm in {often:,.0f} years by chance").format(often=1 / often)
    elif often < 1.5:
        chance = tr_later("about one such alarm a year by chance")
    elif often < 12:
        chance = tr("about {often:,.0f} such alarms a year by chance").format(often=often)
    else:
        chance = tr_later("as chance does all the time")
    at = int(np.searchsorted(counts.begins.to_numpy(), np.datetime64(row["period"])))
    return tr("{which}: {n:,} {when} against {expected:,.1f} expected; {chance}").format(
        which=which, n=row["n"], when=counts.during(at), expected=row["expected"], chance=chance
    )


def _findings(
    table: pd.DataFrame, counts: Counts, judged: NDArray[np.int64], alpha: float
) -> tuple[str, ...]:
    sure = table[table["verdict"] == "exception"]
    look = table[table["verdict"] == "worth a look"]
    last = counts.said(judged[-1])
    last = tr("the {week}").format(week=last) if counts.step == "week" else last
    span = (
        last
        if len(judged) == 1
        else tr("{n} {step}s up to {last}").format(n=len(judged), step=counts.step, last=last)
    )
    said = [
        tr("{n:,} series were judged for {span}. Standing out: {n_2}; worth a look besides: {n_3}.").format(
            n=len(counts.names), span=span, n_2=len(sure), n_3=len(look)
        )
    ]
    said += [tr("{sentence}.").format(sentence=row) for row in sure["says"].head(3)]
    if not len(sure):
        said.append(
            tr("Nothing stands out when the number of series is allowed for.")
            + (tr(" The highest: {iloc}.").format(iloc=table["says"].iloc[0]) if len(table) else "")
        )
    said.append(
        (
            tr("Of those that stand out about {alpha:.0%} are chance. ").format(alpha=alpha)
            if len(sure)
            else ""
        )
        + tr("Check next how they were recorded, and on a map where they lie.")
    )
    return tuple(said)
