"""From a priority to an objective: baseline, what happens if nothing is done, a target that luck does not reach, a date."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import in_a_row, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.threats.ranking import NOT_SEPARABLE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Monthly numbers were described by a log-linear model with {parts} (quasi-Poisson: the spread of {spread:.2f} times "
    "that of pure chance was taken from the data). What happens if nothing is done was drawn {draws:,} times from that "
    "model, with the doubt about its coefficients and the throw of the dice. The baseline is the mean of the same months "
    "among the last twelve. The target is {change:+.0%} against the baseline."
)
_REFERENCES = (
    "Doran 1981, There's a S.M.A.R.T. way to write management's goals and objectives, Management Review 70(11):35-36",
    "McCullagh and Nelder 1989, Generalized Linear Models, ISBN 0-412-31760-5",
)


def objective(
    history: pd.Series,
    *,
    what: str,
    change: float,
    until: str | date,
    review: str | date,
    owner: str,
    tier: str = "",
    draws: int = 4000,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Turn a priority into an objective that can be checked, and say whether luck alone would reach it.

    Parameters
    ----------
    history
        Numbers or harm by month, at least 12 whole months without a gap; the index holds the months.
    what
        What is to become less or more, and where: ``"burglary of dwellings in Selin"``.
    change
        Wanted change against the same months among the last twelve: -0.15 is 15 % less.
    until, review
        Last day that counts, and the day of the review.
    owner
        Who answers for it: a post, not a team.
    tier
        The tier it comes from; ``"not separable"`` is told.
    draws
        Draws of what happens if nothing is done.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per month until then: ``month``, ``do_nothing``, ``low``, ``high`` (90 %), ``target``. ``details``:
        ``record`` (a dictionary of the objective), ``p_by_luck`` (that the target is reached if nothing is done), ``provable``
        (a total that luck reaches in 5 % of draws only), ``history``.

    Raises
    ------
    InputError
        When months are missing, dates do not follow each other, or a number is negative.

    Notes
    -----
    The forecast assumes that reporting, law and recording stay as they are. A trend is carried on only when it is clear (p < 0.05);
    the season is described from two years of data on.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.period_range("2023-01", periods=24, freq="M")
    >>> seen = pd.Series([50, 52, 49, 51] * 6, index=months)
    >>> goal = objective(seen, what="burglary in Selin", change=-0.2, until="2025-12-31", review="2025-07-01",
    ...                  owner="Head of District S1", rng=1)
    >>> goal["p_by_luck"] < 0.05
    True
    """
    import pandas as pd

    caller = "threats.objective"
    check = Check(caller)
    months = _months(check, history)
    ends = {name: _day(check, name, value) for name, value in (("until", until), ("review", review))}
    check.between(-0.95, 5.0, change=change)
    check.whole(200, draws=draws)
    for name, text in (("what", what), ("owner", owner)):
        if not str(text).strip():
            check.add(f"{name} must not be empty: an objective without it cannot be checked.")
    check.done()
    assert months is not None and ends["until"] is not None and ends["review"] is not None  # noqa: S101, PT018
    ahead = _ahead(check, months, ends["until"], ends["review"])
    check.done()
    generate, seed = generator(rng, caller)
    seen = months.to_numpy(dtype=np.float64)
    drawn, parts, spread = _nothing_done(months, ahead, generate, draws)
    year = dict(zip(pd.PeriodIndex(months.index[-12:]).month, seen[-12:], strict=True))
    same = np.array([year[month] for month in ahead.month])
    baseline = float(same.mean())
    target = baseline * (1 + change)
    table, details = _outcome(ahead, drawn, same, change)
    details["history"] = months
    details["record"] = {
        "objective": f"{what}: {change:+.0%} by {ends['until'].isoformat()}", "what": what, "baseline_per_month": baseline,
        "do_nothing_per_month": details["do_nothing_per_month"], "target_per_month": target,
        "measure": tr("recorded per month, from the same source and rules as the baseline"), "owner": owner, "tier": tier,
        "until": ends["until"].isoformat(), "review": ends["review"].isoformat(),
    }  # fmt: skip
    return Result(
        name=caller,
        title=tr("Objective: {what}").format(what=what),
        table=table,
        method=_METHOD.format(parts=parts, spread=spread, draws=draws, change=change),
        findings=_findings(details, len(ahead), change, tier),
        params=(
            Param("change", change), Param("until", ends["until"].isoformat()), Param("review", ends["review"].isoformat()),
            Param("owner", owner), Param("tier", tier), Param("draws", draws),
            Param("model", parts, chosen=True, why=tr("season from 24 months on, trend when p < 0.05")),
        ),
        caveats=(tr("The forecast holds only while reporting, law and recording stay as they are."),),
        references=_REFERENCES,
        sources=(Source("months", len(seen), fingerprint(seen)),),
        seed=seed,
        details=details,
    )  # fmt: skip


def _months(check: Check, history: Any) -> pd.Series | None:
    import pandas as pd

    if not isinstance(history, pd.Series):
        check.add(f"history must be numbers by month (a Series); got {type(history).__name__}.")
        return None
    try:
        index = (
            history.index.asfreq("M")
            if isinstance(history.index, pd.PeriodIndex)
            else pd.DatetimeIndex(history.index).tz_localize(None).to_period("M")
        )
    except (TypeError, ValueError):
        check.add(f"the index of history must hold months; it holds {history.index[:1].tolist()}.")
        return None
    months = pd.Series(history.to_numpy(dtype=np.float64, na_value=np.nan), index=index).sort_index()
    if len(months) < 12 or len(months) != len(pd.period_range(index.min(), index.max(), freq="M")):
        check.add(
            f"history must hold at least 12 months, each once and without a gap; it holds {len(months)} from {index.min()} to "
            f"{index.max()}."
        )
        return None
    if not np.isfinite(months).all() or (months < 0).any():
        check.add("history holds negative numbers, or months without one; write 0 where nothing happened.")
        return None
    return months


def _day(check: Check, name: str, value: Any) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        check.add(f"{name} must be a day such as '2026-12-31'; got {value!r}.")
        return None


def _ahead(check: Check, months: pd.Series, until: date, review: date) -> pd.PeriodIndex:
    import pandas as pd

    start, end = months.index[-1] + 1, pd.Period(until, freq="M")
    if end < start:
        check.add(f"until must lie after the last month of history, {months.index[-1]}; got {until}.")
    elif (end - start).n >= 36:
        check.add(f"until lies more than three years ahead ({until}); no forecast holds that long.")
    if review <= months.index[-1].end_time.date():
        check.add(f"review must lie after the last month of history, {months.index[-1]}; got {review}.")
    return pd.period_range(start, max(start, end), freq="M")


def _design(
    index: pd.PeriodIndex, origin: pd.Period, *, season: bool, trend: bool, middle: float
) -> NDArray[np.float64]:
    at = np.array([(month - origin).n for month in index], dtype=np.float64)
    columns = [np.ones(len(index))]
    if season:
        angle = 2 * np.pi * index.month.to_numpy() / 12
        columns += [np.sin(angle), np.cos(angle)]
    if trend:
        columns.append((at - middle) / 12)
    return np.stack(columns, axis=1)


def _nothing_done(
    months: pd.Series, ahead: pd.PeriodIndex, rng: np.random.Generator, draws: int
) -> tuple[NDArray[np.float64], str, float]:
    """Draws × months ahead, which parts the model has, and how much wider than chance the numbers spread."""
    import statsmodels.api as sm

    seen = months.to_numpy(dtype=np.float64)
    if not seen.sum() > 0:
        raise InputError("threats.objective: history holds only zeros, so there is nothing to forecast.")
    import pandas as pd

    index = pd.PeriodIndex(months.index)
    origin, middle = index[0], (len(months) - 1) / 2
    season = len(months) >= 24
    fitted, used = None, False
    for trend in (True, False):
        design = _design(index, origin, season=season, trend=trend, middle=middle)
        fitted = sm.GLM(seen, design, family=sm.families.Poisson()).fit(scale="X2")
        used = trend
        if trend and fitted.pvalues[-1] < 0.05:
            break
    assert fitted is not None  # noqa: S101
    spread = max(float(fitted.scale), 1.0)
    covariance = np.asarray(fitted.cov_params()) * spread / max(float(fitted.scale), 1e-12)
    coefficients = rng.multivariate_normal(np.asarray(fitted.params), covariance, size=draws, method="svd")
    future = _design(ahead, origin, season=season, trend=used, middle=middle)
    mean = np.exp(np.clip(coefficients @ future.T, -20, 30))
    shape = mean / max(spread - 1, 1e-9)
    drawn = rng.poisson(rng.gamma(shape, max(spread - 1, 1e-9))) if spread > 1 + 1e-6 else rng.poisson(mean)
    parts = in_a_row(
        tr_later("a level"),
        tr_later("a season") if season else "",
        tr_later("a trend") if used else "",
        by=", ",
    )
    return drawn.astype(np.float64), parts, spread


def _outcome(
    ahead: pd.PeriodIndex, drawn: NDArray[np.float64], same: NDArray[np.float64], change: float
) -> tuple[pd.DataFrame, dict[str, Any]]:
    import pandas as pd

    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    wanted = same * (1 + change)
    table = pd.DataFrame(
        {
            "month": ahead.astype(str), "baseline": same, "do_nothing": drawn.mean(axis=0), "low": low, "high": high,
            "target": wanted,
        }
    )  # fmt: skip
    totals = drawn.sum(axis=1)
    falling = change < 0
    reached = totals <= wanted.sum() if falling else totals >= wanted.sum()
    return table, {
        "baseline": float(same.mean()),
        "target": float(wanted.mean()),
        "do_nothing_per_month": float(totals.mean() / len(ahead)),
        "p_by_luck": float(reached.mean()),
        "provable": float(np.quantile(totals, 0.05 if falling else 0.95) / len(ahead)),
        "value": "do_nothing",
    }


def _findings(details: dict[str, Any], months: int, change: float, tier: str) -> tuple[str, ...]:
    record = details["record"]
    said = [
        tr(
            "Objective: {what} {what_2} from {baseline:,.1f} a month (the same months of the last twelve) to {target:,.1f} on "
            "average over {months} months, until {until}. Owner: {owner}; review: {review}."
        ).format(
            what=record["what"],
            what_2=tr("falls") if change < 0 else tr("rises"),
            baseline=details["baseline"],
            target=details["target"],
            months=months,
            until=record["until"],
            owner=record["owner"],
            review=record["review"],
        ),
        tr(
            "If nothing is done, {do_nothing_per_month:,.1f} a month are expected; the target would then be reached by luck in "
            "{p_by_luck:.0%} of cases."
        ).format(do_nothing_per_month=details["do_nothing_per_month"], p_by_luck=details["p_by_luck"]),
    ]
    if details["p_by_luck"] > 0.05:
        said.append(
            tr(
                "That is too easy to prove anything: only {what} {provable:,.1f} a month could the result be told from luck. Set the "
                "target there, or look over a longer time."
            ).format(what=tr("below") if change < 0 else tr("above"), provable=details["provable"])
        )
    else:
        said.append(
            tr(
                "Reached, it could be told from luck; not from other causes. Choose a place to compare with now."
            )
        )
    if tier == NOT_SEPARABLE:
        said.append(
            tr(
                "The priority it comes from is not separable from the others; the choice is yours, not the ranking's."
            )
        )
    said.append(
        tr(
            "Check next that recording does not change during the time, and who would report less if this were punished."
        )
    )
    return tuple(said)
