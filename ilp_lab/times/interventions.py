"""Did it work, over time: difference in differences, and a series interrupted by a measure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import p_words
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.moments import date_number
from ilp_lab.times.periodcounts import CYCLE, check_series, counts_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_FEWEST_UNITS = 6
_REFERENCES = {
    "did": (
        "Bertrand, Duflo and Mullainathan 2004, How much should we trust differences-in-differences estimates? doi:10.1162/003355304772839588",
        "Wooldridge 1999, Distribution-free estimation of some nonlinear panel data models, doi:10.1016/S0304-4076(98)00033-5",
    ),
    "its": (
        "Bernal, Cummins and Gasparrini 2017, Interrupted time series regression for the evaluation of public health interventions, doi:10.1093/ije/dyw098",
        "Newey and West 1987, A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix, doi:10.2307/1913610",
    ),
}


def difference_in_differences(
    panel: pd.DataFrame,
    *,
    unit: str = "area",
    period: str = "period",
    n: str = "n",
    treated: str = "treated",
    level: float = 0.95,
) -> Result:
    """Estimate how much a measure multiplied counts, by areas with and without it, before and after.

    Parameters
    ----------
    panel
        One row per area and period.
    unit, period, n
        Columns of the area, the period (anything that sorts by time) and the count.
    treated
        Column of true and false: whether the measure was on in that area and period.
    level
        Of the interval.

    Returns
    -------
    Result
        ``table``: ``effect`` and, as a check, ``placebo`` (the same measure dated to the middle of the time before it), each with ``ratio`` (1: no effect), ``low``,
        ``high``, ``z``, ``p``. ``details``: ``ratio``, ``p``, ``units``, ``treated_units``.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit; when no area is without the measure, or none has a time before.

    Notes
    -----
    Poisson regression on areas and periods; errors by area, so that a bad month in one place is not many pieces of evidence. The
    interval is Student's with as many degrees of freedom as areas less one; below about 20 areas it is still too narrow. It supposes that all areas would have changed in proportion; the
    placebo looks whether they did before.

    References
    ----------
    Bertrand, M., Duflo, E. and Mullainathan, S. (2004), doi:10.1162/003355304772839588.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> panel = pd.DataFrame([(a, t) for a in range(20) for t in range(24)], columns=["area", "period"])
    >>> panel["treated"] = (panel["area"] < 10) & (panel["period"] >= 12)
    >>> panel["n"] = rng.poisson(np.where(panel["treated"], 14, 20))
    >>> bool(0.6 < difference_in_differences(panel)["ratio"] < 0.8)
    True
    """
    import pandas as pd

    caller = "times.difference_in_differences"
    check = Check(caller)
    check.between(0.5, 0.9999, level=level)
    _check_panel(check, panel, unit, period, n, treated)
    check.done()
    usable = panel[panel[n].notna()]
    on = usable[treated].astype(bool)
    ever = usable[unit].isin(usable.loc[on, unit])
    if not on.any() or ever.all() or not (ever & ~on).any():
        raise InputError(
            f"{caller}: areas with and without the measure are needed, and a time before it; got {int(on.sum())} treated rows of {len(on)}, "
            f"{usable.loc[ever, unit].nunique()} areas with and {usable.loc[~ever, unit].nunique()} without."
        )
    units = usable[unit].nunique()
    if units < _FEWEST_UNITS:
        raise InputError(
            f"{caller}: {units} areas are too few to judge by; at least {_FEWEST_UNITS}. With one of each use displacement_difference."
        )
    effect = _panel_effect(usable[unit], usable[period], usable[n], on, level)
    before = usable[usable[period] < usable.loc[on, period].min()]
    rows = [{"what": "effect", **effect}]
    times = np.sort(before[period].unique())
    if len(times) >= 4:
        early = before[unit].isin(usable.loc[on, unit]) & (before[period] >= times[len(times) // 2])
        rows.append(
            {"what": "placebo", **_panel_effect(before[unit], before[period], before[n], early, level)}
        )
    table = pd.DataFrame(rows)
    count = usable.loc[ever, unit].nunique()
    return Result(
        name=caller,
        title=tr_later("Did it work? (difference in differences)"),
        table=table,
        method=tr("Poisson regression of the counts on area, period and measure, with errors by area; the placebo dates the measure to " "the middle of the time before it."),
        findings=_did_findings(table, units, min(count, units - count), level),
        params=(Param("unit", unit), Param("period", period), Param("n", n), Param("treated", treated), Param("level", level)),
        caveats=(
            *((tr("Only {units} areas: the interval is too narrow.").format(units=units),) if units < 20 else ()),
            *((tr("Only {count} areas {what} the measure: interval and placebo are too sure of themselves.").format(count=min(count, units - count), what=tr("with") if count <= units - count else tr("without")),) if min(count, units - count) < _FEWEST_UNITS else ()),
            tr("Areas next to treated ones are poor controls if incidents move there."),
            *((tr("The time before is too short for a placebo."),) if len(rows) == 1 else ()),
        ),
        references=_REFERENCES["did"],
        sources=(Source("panel", len(usable), fingerprint(usable[n].to_numpy(dtype=np.float64)), origin_of(panel)),),
        left_out={"without a count": len(panel) - len(usable)} if len(usable) < len(panel) else {},
        left_out_rows=panel[panel[n].isna()].assign(reason=tr_later("without a count")) if len(usable) < len(panel) else None,
        handling=handling_of(panel),
        details={"ratio": effect["ratio"], "p": effect["p"], "units": units, "treated_units": count},
    )  # fmt: skip


def _check_panel(check: Check, panel: Any, unit: str, period: str, n: str, treated: str) -> None:
    if not check.frame(panel, "the panel"):
        return
    check.columns(panel, [unit, period, n, treated], "the panel")
    if n in panel and (panel[n].dtype.kind not in "iuf" or (panel[n] < 0).any()):
        check.add(f"{n} must be a column of counts of 0 and more.", ColumnError)
    if treated in panel and not set(panel[treated].dropna().unique().tolist()) <= {0, 1}:
        check.add(
            f"{treated} must be a column of true and false; it holds {', '.join(map(repr, list(panel[treated].unique())[:4]))}.",
            ColumnError,
        )
    elif treated in panel and panel[treated].isna().any():
        check.add(f"{treated} is missing in {int(panel[treated].isna().sum())} rows.", ColumnError)
    if {unit, period} <= set(panel.columns) and panel.duplicated([unit, period]).any():
        check.add("every area may stand only once in every period.")


def _panel_effect(
    unit: pd.Series, period: pd.Series, n: pd.Series, on: pd.Series, level: float
) -> dict[str, float]:
    """Ratio of the measure with errors by unit. Units without any incident carry nothing and are left out."""
    import pandas as pd
    import statsmodels.api as sm

    held = n.groupby(unit).transform("sum") > 0
    unit, period, n, on = (one[held] for one in (unit, period, n, on))
    design = pd.concat(
        [
            # as objects: a categorical column would bring a column of zeros for every category that is not there
            pd.get_dummies(unit.astype(object), prefix="u", dtype=float),
            pd.get_dummies(period.astype(object), prefix="t", dtype=float).iloc[:, 1:],
            on.astype(float).rename("measure"),
        ],
        axis=1,
    )
    fit = sm.GLM(n.to_numpy(dtype=np.float64), design.to_numpy(), family=sm.families.Poisson()).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(unit)[0]}
    )
    return _ratio(float(fit.params[-1]), float(fit.bse[-1]), level, unit.nunique() - 1)


def _ratio(beta: float, se: float, level: float, free: float = math.inf) -> dict[str, float]:
    """A ratio with its interval by Student's t (the normal without degrees of freedom)."""
    from scipy.stats import norm, t

    law = t(free) if math.isfinite(free) else norm
    reach = float(law.ppf(0.5 + level / 2)) * se
    z = beta / se if se > 0 else 0.0
    return {
        "ratio": math.exp(beta), "low": math.exp(beta - reach), "high": math.exp(beta + reach), "z": z, "p": float(2 * law.sf(abs(z))),
    }  # fmt: skip


def _did_findings(table: pd.DataFrame, units: int, fewer: int, level: float) -> tuple[str, ...]:
    top = table.iloc[0]
    change = (top["ratio"] - 1) * 100
    said = [
        tr(
            "With the measure counts were {change:.0f} % {what} than expected from the other areas ({level:.0%} interval "
            "{low:+.0f} to {high:+.0f} %), over {units} areas."
        ).format(
            change=abs(change),
            what=tr("lower") if change < 0 else tr("higher"),
            level=level,
            low=(top["low"] - 1) * 100,
            high=(top["high"] - 1) * 100,
            units=units,
        )
    ]
    said.append(
        tr("This could be chance.")
        if top["low"] <= 1 <= top["high"]
        else tr("Chance does not explain it ({p_words}).").format(p_words=p_words(top["p"]))
    )
    if len(table) > 1:
        placebo = table.iloc[1]
        if placebo["low"] <= 1 <= placebo["high"]:
            said.append(
                tr(
                    "Before the measure treated and other areas changed alike as far as can be told, which is what the method needs."
                )
            )
        else:
            few = tr_later(" (with so few areas that may be chance)") if fewer < _FEWEST_UNITS else ""
            said.append(
                tr(
                    "But treated areas already went their own way before the measure{few}: do not trust this estimate."
                ).format(few=few)
            )
    said.append(tr("Check next whether incidents moved next door, and what else began at the same time."))
    return tuple(said)


def interrupted_series(
    incidents: pd.DataFrame,
    *,
    at: str,
    step: Literal["week", "month"] = "month",
    season: bool = True,
    level: float = 0.95,
    since: str | None = None,
    until: str | None = None,
) -> Result:
    """Look whether a series broke when a measure began: in its level, and in its slope.

    Parameters
    ----------
    incidents
        A table with ``occurred_at``.
    at
        The first day of the measure.
    step
        ``"week"`` or ``"month"``.
    season
        Whether a yearly wave is allowed for; two years are needed for it.
    level
        Of the intervals.
    since, until
        First and last day that the data cover.

    Returns
    -------
    Result
        ``table``: one row per period with ``period``, ``n``, ``expected`` (fitted), ``without`` (had nothing happened), ``low``, ``high`` (of ``without``), ``after``.
        ``details``: ``effects`` (frame: level and slope per period with ``ratio``, ``low``, ``high``, ``p``), ``avoided`` (incidents fewer than without).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or fewer than eight periods lie before or three after.

    Notes
    -----
    Log-linear Poisson regression with errors that allow for spread and autocorrelation (Newey-West). One series has no control: anything
    else that began at that time looks the same. The half period in which the measure began counts as after.

    References
    ----------
    Bernal, J. L., Cummins, S. and Gasparrini, A. (2017), doi:10.1093/ije/dyw098.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> day = np.r_[np.repeat(np.arange(731), 3), np.repeat(np.arange(731, 1096), 2)]
    >>> at = pd.Timestamp("2021-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    >>> found = interrupted_series(pd.DataFrame({"occurred_at": at}), at="2023-01-01")
    >>> found["effects"]["ratio"].round(2).tolist()
    [0.67, 1.0]
    """
    import pandas as pd
    import statsmodels.api as sm

    caller = "times.interrupted_series"
    check = Check(caller)
    check_series(check, incidents, step, None, ("week", "month"))
    check.between(0.5, 0.9999, level=level)
    check.done()
    begun = pd.Timestamp(date_number(at, "at", caller), unit="D")
    counts = counts_of(incidents, step, None, caller, since=since, until=until)
    usable = np.flatnonzero(counts.complete & ~counts.missing)
    ends = counts.begins[usable] + (pd.offsets.MonthBegin(1) if step == "month" else pd.Timedelta(days=7))
    after = np.asarray(ends > begun)
    if (~after).sum() < 8 or after.sum() < 3:
        raise InputError(
            f"{caller}: {int((~after).sum())} whole {step}s lie before {begun:%d %B %Y} and {int(after.sum())} after; at least 8 and 3 are needed."
        )
    n = counts.n[0, usable]
    cycle = CYCLE[step]
    wave = season and (~after).sum() >= 2 * cycle
    design = _broken(counts.begins[usable], usable, after, wave=wave)
    length = np.log(np.asarray((ends - counts.begins[usable]).days, dtype=np.float64))
    offset = length - length.mean()
    fit = sm.GLM(n, design, family=sm.families.Poisson(), offset=offset).fit(
        cov_type="HAC", cov_kwds={"maxlags": max(1, int(len(n) ** 0.25))}
    )
    table, avoided = _interrupted_table(counts.begins[usable], n, fit, design, offset, after, level)
    effects = pd.DataFrame(
        [
            {"what": name, **_ratio(float(fit.params[k]), float(fit.bse[k]), level)}
            for name, k in (("level", -2), (tr("slope per {step}").format(step=step), -1))
        ]
    )
    return Result(
        name=caller,
        title=tr("A series interrupted on {begun:%d %B %Y}").format(begun=begun),
        table=table,
        method=tr("Log-linear Poisson regression of counts by {step} on trend{what}, a step and a change of slope at the measure; " "errors after Newey and West.").format(step=step, what=tr(", yearly wave") if wave else ""),
        findings=_its_findings(effects, avoided, begun, level),
        params=(Param("at", f"{begun:%Y-%m-%d}"), Param("step", step), Param("season", wave, chosen=wave != season, why=tr_later("fewer than two years lie before")), Param("level", level), Param("clock", counts.zone)),
        caveats=(*counts.caveats(), tr("One series has no control; anything else that began then looks the same."), *(() if wave or not season else (tr("No season is allowed for."),))),
        references=_REFERENCES["its"],
        sources=(counts.source,),
        left_out=dict(counts.left_out),
        left_out_rows=counts.left_out.rows,
        handling=counts.handling,
        details={"effects": effects, "avoided": avoided},
    )  # fmt: skip


def _broken(
    begins: pd.DatetimeIndex, usable: NDArray[np.int64], after: NDArray[np.bool_], *, wave: bool
) -> NDArray[np.float64]:
    """Constant, trend, yearly wave, step, slope after."""
    time = (usable - usable[0]).astype(np.float64)
    columns = [np.ones(len(time)), time]
    if wave:
        turn = 2 * np.pi * begins.day_of_year.to_numpy() / 365.25
        columns += [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
    columns += [after.astype(np.float64), np.where(after, time - time[after][0], 0.0)]
    return np.column_stack(columns)


def _interrupted_table(
    begins: pd.DatetimeIndex,
    n: NDArray[np.float64],
    fit: Any,
    design: NDArray[np.float64],
    offset: NDArray[np.float64],
    after: NDArray[np.bool_],
    level: float,
) -> tuple[pd.DataFrame, float]:
    import pandas as pd
    from scipy.special import ndtri

    bare = design.copy()
    bare[:, -2:] = 0.0
    middle = bare @ fit.params + offset
    se = np.sqrt(np.einsum("tp,pq,tq->t", bare, fit.cov_params(), bare))
    reach = float(ndtri(0.5 + level / 2)) * se
    table = pd.DataFrame(
        {
            "period": begins, "n": n.astype(np.int64), "expected": fit.fittedvalues, "without": np.exp(middle),
            "low": np.exp(middle - reach), "high": np.exp(middle + reach), "after": after,
        }
    )  # fmt: skip
    return table, float((np.exp(middle) - n)[after].sum())


def _its_findings(
    effects: pd.DataFrame, avoided: float, begun: pd.Timestamp, level: float
) -> tuple[str, ...]:
    step, slope = effects.iloc[0], effects.iloc[1]
    change = (step["ratio"] - 1) * 100
    said = [
        tr(
            "At {begun:%d %B %Y} the level moved by {change:+.0f} % ({level:.0%} interval {low:+.0f} to {high:+.0f} %)."
        ).format(
            begun=begun,
            change=change,
            level=level,
            low=(step["low"] - 1) * 100,
            high=(step["high"] - 1) * 100,
        )
    ]
    if step["low"] <= 1 <= step["high"] and slope["low"] <= 1 <= slope["high"]:
        said.append(tr("This could be chance: neither level nor slope can be shown to have changed."))
    else:
        said.append(
            tr(
                "Had the earlier course gone on, there would have been about {avoided:,.0f} incidents {what} since."
            ).format(avoided=abs(avoided), what=tr("more") if avoided > 0 else tr("fewer"))
        )
    said.append(
        tr("The slope changed by {ratio:+.1f} % per period ({low:+.1f} to {high:+.1f} %).").format(
            ratio=(slope["ratio"] - 1) * 100, low=(slope["low"] - 1) * 100, high=(slope["high"] - 1) * 100
        )
    )
    said.append(
        tr("Check next the same series in a place without the measure, and whether recording changed.")
    )
    return tuple(said)
