"""Seasons, and charts that show which weeks or months stand out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import false_discovery, p_words
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.times.periodcounts import CYCLE, Counts, check_series, counts_of
from ilp_lab.times.poissontests import poisson_band
from ilp_lab.times.seasonparts import Trend, part_names, parts_of, trend_of

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
        else), ``p`` (whether there is a season), ``profile`` (mean season by part of the cycle), ``trend`` (times a year, or over the whole time
        when that is shorter) with ``trend_low``, ``trend_high``, ``trend_p``.

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
    import pandas as pd

    caller = "times.seasonality"
    check = Check(caller)
    check_series(check, incidents, step, None, tuple(CYCLE))
    check.done()
    counts = counts_of(incidents, step, None, caller, since=since, until=until)
    whole = int(counts.complete.sum())
    cycle = CYCLE[step]
    if whole < 2 * cycle:
        raise InputError(
            f"{caller}: {whole} whole {step}s are too few for a season of {cycle}; at least {2 * cycle} are needed."
        )
    parts = parts_of(counts, robust=robust)
    both = parts.season + parts.rest
    strength = float(max(0.0, 1 - parts.rest.var() / max(float(both.var()), 1e-12)))
    trend = trend_of(counts, parts)
    table = pd.DataFrame(
        {
            "period": counts.begins[parts.span],
            "n": parts.n,
            "trend": parts.trend,
            "season": parts.season,
            "rest": parts.rest,
            "adjusted": parts.n - parts.season,
        }
    )
    places = np.unique(parts.place)
    profile = pd.DataFrame(
        {
            "part": part_names(step, places),
            "season": [float(parts.season[parts.place == part].mean()) for part in places],
        }
    )
    return Result(
        name=caller,
        title=tr_later("Trend and season"),
        table=table,
        method=tr("Counts by {step} were taken apart by STL with a season of {cycle} {step}s{what}; the season's test is the F-test of " "a quasi-Poisson regression with and without it. The trend's is a quasi-Poisson regression on time and season, " "widened for what carries over.").format(step=step, cycle=cycle, what=tr(", robustly") if robust else ""),
        findings=_season_findings(profile, strength, parts.p, trend),
        params=(Param("step", step), Param("robust", robust), Param("clock", counts.zone)),
        caveats=(*counts.caveats(), *(() if whole >= 3 * cycle else (tr("Fewer than three whole seasons: one odd year looks like a season."),))),
        references=("Cleveland et al. 1990, STL: a seasonal-trend decomposition procedure based on loess, Journal of Official Statistics 6",),
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"strength": strength, "p": parts.p, "profile": profile, "trend": trend.ratio, "trend_low": trend.low, "trend_high": trend.high, "trend_p": trend.p},
    )  # fmt: skip


def _season_findings(profile: pd.DataFrame, strength: float, p: float, trend: Trend) -> tuple[str, ...]:
    values = profile["season"].to_numpy()
    high, low = (profile.iloc[int(at)] for at in (np.argmax(values), np.argmin(values)))
    if p < 0.05:
        said = [
            tr(
                "There is a season (strength {strength:.2f} of 1, {p_words}): most in {part} ({season:+,.1f}), fewest in {part_2} "
                "({season_2:+,.1f})."
            ).format(
                strength=strength,
                p_words=p_words(p),
                part=high["part"],
                season=high["season"],
                part_2=low["part"],
                season_2=low["season"],
            ),
            trend.words(),
            tr("Compare a period with the same one of other years, or use the adjusted column."),
        ]
    else:
        said = [
            tr("No season can be shown (strength {strength:.2f} of 1, {p_words}).").format(
                strength=strength, p_words=p_words(p)
            ),
            trend.words(),
        ]
    said.append(
        tr("It describes what was recorded. Check next with change_points whether the level moved in steps.")
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
        Whether the same time of earlier years is expected (that month; that week and its neighbours; the same weekday of three weeks)
        instead of the periods just before.
    level
        Share of periods that the band holds when nothing changes.
    since, until
        First and last day that the data cover.

    Returns
    -------
    Result
        ``table``: the columns of ``by``, ``period``, ``n``, ``expected``, ``low``, ``high``, ``p`` (two-sided), ``q_fdr``, ``verdict``, ``complete``. Periods without enough
        before them, and those that the data cover only in part, have none; the figure shows the latter as hollow dots off the line.

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
        title=tr("Counts by {step}, with what chance explains").format(step=step),
        table=table,
        method=(
            tr("Expected is the mean of {what}; the band holds {level:.0%} of Poisson counts of that mean, widened where the " "baseline varies more and for its being short; q adjusts over all periods.").format(what=tr("the same part of earlier years") if season else tr("the {back} {step}s before").format(back=back, step=step), level=level)
        ),
        findings=_chart_findings(table, counts, level),
        params=(Param("step", step), Param("by", counts.by), Param("baseline", back, chosen=baseline is None), Param("season", season), Param("level", level), Param("clock", counts.zone)),
        caveats=(
            *counts.caveats(), tr("One in twenty periods leaves a 95 % band by chance alone."),
            *(() if season else (tr("The season is not allowed for: a summer that is busy every year lies above the band; season=True compares with " "earlier years."),)),
        ),
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
    for t in range(n.shape[1]):
        earlier = _same_season(counts, t) if season else np.arange(max(0, t - back), t)
        held = n[:, earlier]
        known = ~np.isnan(held)
        number = known.sum(axis=1)
        enough = number >= (1 if season else max(3, back // 2))
        if not enough.any():
            continue
        filled = np.where(known, held, 0.0)
        mean = filled.sum(axis=1) / np.maximum(number, 1)
        squares = np.where(known, (filled - mean[:, None]) ** 2, 0.0).sum(axis=1)
        over = np.where(number > 2, squares / np.maximum(number - 1, 1) / np.maximum(mean, 1e-12), 1.0)
        mean = np.maximum(mean, 0.5 / np.maximum(number, 1))  # nothing in so many still leaves a small rate
        expected[enough, t] = mean[enough]
        spread[enough, t] = (np.maximum(over, 1.0) * (1 + 1 / np.maximum(number, 1)))[enough]
    return expected, spread


def _same_season(counts: Counts, at: int) -> NDArray[np.int64]:
    """The same time of earlier years: a month, three weeks, or the same weekdays of three weeks."""
    cycle, half, every = {"month": (12, 0, 1), "week": (52, 1, 1), "day": (364, 10, 7)}[counts.step]
    steps = np.arange(-(half // every) * every, half + 1, every)
    back = (at - cycle * np.arange(1, at // cycle + 2)[:, None] + steps).ravel()
    return np.unique(back[(back >= 0) & (back < at)])


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
    verdict = np.full(len(table), tr_later("no band"), dtype=object)
    verdict[known] = np.where(
        n[known] > high[known],
        tr_later("above the band"),
        np.where(n[known] < low[known], tr_later("below the band"), tr_later("within the band")),
    )
    blank = np.where(known, 0.0, np.nan)
    return table.assign(expected=mean, low=low + blank, high=high + blank, p=p, q_fdr=q, verdict=verdict)


def _begun(period: pd.Timestamp, counts: Counts) -> str:
    """When a period began; a month is a month and no day."""
    return (tr("{stamp:%B %Y}") if counts.step == "month" else tr("{stamp:%d %B %Y}")).format(stamp=period)


def _chart_findings(table: pd.DataFrame, counts: Counts, level: float) -> tuple[str, ...]:
    judged = table[table["verdict"] != "no band"]
    outside = judged[judged["verdict"] != "within the band"]
    said = [
        trn(
            "{n:,} of {n_2:,} periods lies outside the band; chance alone puts about {level:.0f} there.",
            "{n:,} of {n_2:,} periods lie outside the band; chance alone puts about {level:.0f} there.",
            len(outside),
        ).format(n=len(outside), n_2=len(judged), level=(1 - level) * len(judged))
    ]
    last = judged[judged["period"] == judged["period"].max()] if len(judged) else judged
    out = last[last["verdict"] != "within the band"]
    if counts.by and len(last):
        when = tr("the last whole {step} ({period})").format(
            step=counts.step, period=_begun(last["period"].iloc[0], counts)
        )
        said.append(
            tr("In {when} {n} of {n_2} series lie outside").format(when=when, n=len(out), n_2=len(last))
            + ("." if not len(out) else ":")
        )
    shown = out.sort_values("p").head(3) if counts.by else last
    for _, row in shown.iterrows():
        which = (", ".join(str(row[name]) for name in counts.by) + ": ") if counts.by else ""
        period = (
            ""
            if counts.by
            else tr("The last whole {step} ({period}) has ").format(
                step=counts.step, period=_begun(row["period"], counts)
            )
        )
        said.append(
            tr(
                "{which}{period}{n:,} incidents against {expected:,.1f} expected ({low:,.0f} to {high:,.0f}): {verdict}."
            ).format(
                which=which,
                period=period,
                n=row["n"],
                expected=row["expected"],
                low=row["low"],
                high=row["high"],
                verdict=row["verdict"],
            )
        )
    said.append(tr("Outside the band means worth a look; use exceptions to rank many series at once."))
    return tuple(said)
