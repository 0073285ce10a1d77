"""Seasons, and charts that show which weeks or months stand out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import false_discovery
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.times.periodcounts import CYCLE, Counts, check_series, counts_of
from ilp_lab.times.poissontests import poisson_band

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def seasonality(
    incidents: pd.DataFrame,
    *,
    step: Literal["day", "week", "month", "quarter"] = "month",
    robust: bool = True,
    since: str | None = None,
    until: str | None = None,
) -> Result:
    """Take a series apart into trend, season and rest (STL).

    Parameters
    ----------
    incidents
        A table with ``occurred_at``.
    step
        The period that is counted; the season is a week for days, else a year. Two whole seasons are needed.
    robust
        Whether single outliers are kept from pulling the curves.
    since, until
        First and last day that the data cover.

    Returns
    -------
    Result
        ``table``: ``period``, ``n``, ``trend``, ``season``, ``rest``, ``adjusted`` (n without season). ``details``: ``strength`` (0: no season, 1: nothing
        else), ``p`` (Kruskal-Wallis of n less trend by season), ``profile`` (mean season by part of the cycle).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or the series is too short.

    Notes
    -----
    The season is the same every year. Missing periods are filled with the straight line between their neighbours for the decomposition, and said. Cost: a few passes.

    References
    ----------
    Cleveland, R. B. et al. (1990), STL, Journal of Official Statistics 6.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> day = np.repeat(np.arange(1096), (3 + 2 * np.cos(2 * np.pi * np.arange(1096) / 365.25)).round().astype(int))
    >>> at = pd.Timestamp("2021-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    >>> bool(seasonality(pd.DataFrame({"occurred_at": at}))["strength"] > 0.9)
    True
    """
    from scipy.stats import kruskal
    from statsmodels.tsa.seasonal import STL

    caller = "times.seasonality"
    check = Check(caller)
    check_series(check, incidents, step, None, tuple(CYCLE))
    check.done()
    counts = counts_of(incidents, step, None, caller, since=since, until=until)
    whole = np.flatnonzero(counts.complete)
    cycle = CYCLE[step]
    if len(whole) < 2 * cycle:
        raise InputError(
            f"{caller}: {len(whole)} whole {step}s are too few for a season of {cycle}; at least {2 * cycle} are needed."
        )
    span = np.arange(whole[0], whole[-1] + 1)
    n = counts.n[0, span]
    gap = np.isnan(n)
    filled = np.interp(span, span[~gap], n[~gap])
    # the same season every year: a few years cannot show one that changes
    parts = STL(filled, period=cycle, seasonal=10 * len(filled) + 1, seasonal_deg=0, robust=robust).fit()
    trend, season, rest = np.asarray(parts.trend), np.asarray(parts.seasonal), np.asarray(parts.resid)
    strength = float(max(0.0, 1 - rest.var() / max(float((season + rest).var()), 1e-12)))
    place = _place(counts, span, step)
    groups = [(filled - trend)[(place == part) & ~gap] for part in np.unique(place)]
    p = float(kruskal(*[one for one in groups if len(one)]).pvalue) if np.ptp(filled - trend) > 0 else 1.0
    import pandas as pd

    table = pd.DataFrame(
        {
            "period": counts.begins[span],
            "n": n,
            "trend": trend,
            "season": season,
            "rest": rest,
            "adjusted": n - season,
        }
    )
    profile = pd.DataFrame(
        {
            "part": _names(step, np.unique(place)),
            "season": [float(season[place == part].mean()) for part in np.unique(place)],
        }
    )
    return Result(
        name=caller,
        title="Trend and season",
        table=table,
        method=f"Counts by {step} were taken apart by STL with a season of {cycle} {step}s{', robustly' if robust else ''}; the season's test is Kruskal-Wallis on what the trend leaves.",
        findings=_season_findings(table, profile, strength, p, step),
        params=(Param("step", step), Param("robust", robust), Param("clock", counts.zone)),
        caveats=(*counts.caveats(), *(() if len(whole) >= 3 * cycle else ("Fewer than three whole seasons: one odd year looks like a season.",))),
        references=("Cleveland et al. 1990, STL: a seasonal-trend decomposition procedure based on loess, Journal of Official Statistics 6",),
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"strength": strength, "p": p, "profile": profile},
    )  # fmt: skip


def _place(counts: Counts, span: NDArray[np.int64], step: str) -> NDArray[np.int64]:
    """Which part of the cycle each period is."""
    begins = counts.begins[span]
    if step == "day":
        return np.asarray(begins.day_of_week, dtype=np.int64)
    if step == "week":
        return np.minimum(np.asarray(begins.isocalendar().week, dtype=np.int64), 52) - 1
    return np.asarray(begins.month if step == "month" else begins.quarter, dtype=np.int64) - 1


def _names(step: str, parts: NDArray[np.int64]) -> list[str]:
    import calendar

    if step == "day":
        return [calendar.day_name[part] for part in parts]
    if step == "month":
        return [calendar.month_name[part + 1] for part in parts]
    return [f"{step} {part + 1}" for part in parts]


def _season_findings(
    table: pd.DataFrame, profile: pd.DataFrame, strength: float, p: float, step: str
) -> tuple[str, ...]:
    high, low = (profile.iloc[int(pick(profile["season"].to_numpy()))] for pick in (np.argmax, np.argmin))
    first, last = float(table["trend"].iloc[0]), float(table["trend"].iloc[-1])
    said = [f"The trend goes from {first:,.1f} to {last:,.1f} incidents a {step}."]
    if p < 0.05:
        said.append(
            f"There is a season (strength {strength:.2f} of 1, p {p:.3g}): most in {high['part']} ({high['season']:+,.1f}), fewest in {low['part']} ({low['season']:+,.1f})."
        )
        said.append("Compare a month with the same month of other years, or use the adjusted column.")
    else:
        said.append(f"No season can be shown (strength {strength:.2f} of 1, p {p:.3g}).")
    said.append(
        "It describes what was recorded. Check next with change_points whether the trend moved in steps."
    )
    return tuple(said)


def control_chart(
    incidents: pd.DataFrame,
    *,
    step: Literal["day", "week", "month"] = "week",
    by: str | Sequence[str] | None = None,
    baseline: int | None = None,
    season: bool = False,
    level: float = 0.95,
    since: str | None = None,
    until: str | None = None,
) -> Result:
    """Chart counts by day, week or month with the range that chance explains.

    Parameters
    ----------
    incidents
        A table with ``occurred_at``.
    step
        The period that is counted.
    by
        A column or several: one chart for each combination.
    baseline
        Earlier periods whose mean is expected: chosen as 8 weeks, 12 months or 28 days when left out.
    season
        Whether the same part of earlier years is expected instead of the periods just before.
    level
        Share of periods that the band holds when nothing changes.
    since, until
        First and last day that the data cover.

    Returns
    -------
    Result
        ``table``: the columns of ``by``, ``period``, ``n``, ``expected``, ``low``, ``high``, ``p`` (two-sided), ``q_fdr``, ``verdict``. Periods without enough
        before them have none.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Notes
    -----
    The band is Poisson's, or negative binomial when the baseline varies more, so that one wave does not become an alarm every
    month. It allows for the baseline being short.

    References
    ----------
    Wheeler, A. P. (2016), doi:10.1177/1461355716642781.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> day = np.r_[np.repeat(np.arange(0, 140), 2), np.repeat(np.arange(133, 140), 8)]
    >>> at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    >>> control_chart(pd.DataFrame({"occurred_at": at})).table["verdict"].iloc[-1]
    'above the band'
    """
    caller = "times.control_chart"
    check = Check(caller)
    check_series(check, incidents, step, by, ("day", "week", "month"))
    check.whole(3, baseline=baseline)
    check.between(0.5, 0.9999, level=level)
    check.done()
    back = baseline or {"day": 28, "week": 8, "month": 12}[step]
    counts = counts_of(incidents, step, by, caller, since=since, until=until)
    expected, spread = _expected(counts, back, season=season)
    if not np.isfinite(expected).any():
        raise InputError(
            f"{caller}: no {step} has {'an earlier year' if season else f'{back} whole {step}s'} before it; take a shorter baseline or a longer file."
        )
    table = _chart_table(counts, expected, spread, level)
    return Result(
        name=caller,
        title=f"Counts by {step}, with what chance explains",
        table=table,
        method=(
            f"Expected is the mean of {'the same part of earlier years' if season else f'the {back} {step}s before'}; the band holds {level:.0%} of "
            "Poisson counts of that mean, widened where the baseline varies more and for its being short; q adjusts over all periods."
        ),
        findings=_chart_findings(table, counts, level),
        params=(Param("step", step), Param("by", counts.by), Param("baseline", back, chosen=baseline is None), Param("season", season), Param("level", level), Param("clock", counts.zone)),
        caveats=(*counts.caveats(), "One in twenty periods leaves a 95 % band by chance alone."),
        references=("Wheeler 2016, Tables and graphs for monitoring temporal crime trends, doi:10.1177/1461355716642781",),
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"by": counts.by},
    )  # fmt: skip


def _expected(counts: Counts, back: int, *, season: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of the baseline of each period, and how much more than Poisson its next count varies."""
    n = np.where(counts.complete, counts.n, np.nan)
    expected, spread = np.full(n.shape, np.nan), np.ones(n.shape)
    place = _place(counts, np.arange(n.shape[1]), counts.step) if season else None
    for t in range(n.shape[1]):
        if place is not None:
            year = counts.begins.year.to_numpy()
            earlier = np.flatnonzero((place == place[t]) & (year < year[t]))
        else:
            earlier = np.arange(max(0, t - back), t)
        known = earlier[~np.isnan(n[0, earlier])]
        if len(known) < (1 if season else max(3, back // 2)):
            continue
        held = n[:, known]
        mean = held.mean(axis=1)
        over = held.var(axis=1, ddof=1) / np.maximum(mean, 1e-12) if len(known) > 2 else np.ones(len(mean))
        expected[:, t] = mean
        spread[:, t] = np.maximum(over, 1.0) + 1 / len(known)  # the mean itself is uncertain
    return expected, spread


def _chart_table(
    counts: Counts, expected: NDArray[np.float64], spread: NDArray[np.float64], level: float
) -> pd.DataFrame:
    from ilp_lab.times.detectors import tail_p

    table = counts.frame()
    mean, over = expected.ravel(), spread.ravel()
    known = np.isfinite(mean) & table["complete"].to_numpy() & table["n"].notna().to_numpy()
    low, high = poisson_band(np.where(known, mean, 0.0), over, level)
    n = table["n"].to_numpy(dtype=np.float64, na_value=np.nan)
    p = np.full(len(table), np.nan)
    p[known] = tail_p(n[known], mean[known], over[known])[1]
    q = np.full(len(table), np.nan)
    q[known] = false_discovery(p[known])
    verdict = np.full(len(table), "no band", dtype=object)
    verdict[known] = np.where(
        n[known] > high[known],
        "above the band",
        np.where(n[known] < low[known], "below the band", "within the band"),
    )
    blank = np.where(known, 0.0, np.nan)
    return table.assign(expected=mean, low=low + blank, high=high + blank, p=p, q_fdr=q, verdict=verdict)


def _chart_findings(table: pd.DataFrame, counts: Counts, level: float) -> tuple[str, ...]:
    judged = table[table["verdict"] != "no band"]
    outside = judged[judged["verdict"] != "within the band"]
    said = [
        f"{len(outside):,} of {len(judged):,} periods lie outside the band; chance alone puts about {(1 - level) * len(judged):.0f} there."
    ]
    last = judged[judged["period"] == judged["period"].max()] if len(judged) else judged
    for _, row in last.head(1).iterrows():
        which = (", ".join(str(row[name]) for name in counts.by) + ": ") if counts.by else ""
        said.append(
            f"{which}the last whole {counts.step} ({row['period']:%d %B %Y}) has {row['n']:,} incidents against {row['expected']:,.1f} expected ({row['low']:,.0f} to {row['high']:,.0f}): {row['verdict']}."
        )
    said.append("Outside the band means worth a look; use exceptions to rank many series at once.")
    return tuple(said)
