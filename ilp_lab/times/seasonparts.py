"""The season of a series of counts: its parts, how much each holds, whether it is there, and what trend is left without it."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr, tr_later
from ilp_lab.times.periodcounts import CYCLE, PER_YEAR, Counts, period_days, places_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HARMONICS = 2


@dataclass(frozen=True)
class Parts:
    """A series taken apart.

    Attributes
    ----------
    span
        Which periods, from the first whole one to the last.
    n, filled
        Counts (NaN where missing), and with gaps filled by the straight line between neighbours.
    trend, season, rest
        What they add up from.
    place
        Which part of the cycle each period is.
    p
        Whether the parts of the cycle differ: F-test of a quasi-Poisson regression on a curved trend with and without them.
    """

    span: NDArray[np.int64]
    n: NDArray[np.float64]
    filled: NDArray[np.float64]
    trend: NDArray[np.float64]
    season: NDArray[np.float64]
    rest: NDArray[np.float64]
    place: NDArray[np.int64]
    p: float

    @property
    def gap(self) -> NDArray[np.bool_]:
        """Which periods are missing."""
        return np.isnan(self.n)


def parts_of(counts: Counts, *, robust: bool = True) -> Parts:
    """Take the first series of counts apart by STL, with the same season every year.

    A few years cannot show a season that changes, so its smoother is as long as the series.
    """
    from statsmodels.tsa.seasonal import STL

    whole = np.flatnonzero(counts.complete)
    span = np.arange(whole[0], whole[-1] + 1)
    n = counts.n[0, span]
    gap = np.isnan(n)
    filled = np.interp(span, span[~gap], n[~gap])
    cycle = CYCLE[counts.step]
    fit = STL(filled, period=cycle, seasonal=10 * len(filled) + 1, seasonal_deg=0, robust=robust).fit()
    trend, season, rest = (np.asarray(one) for one in (fit.trend, fit.seasonal, fit.resid))
    place = places_of(counts.begins[span], counts.step)
    p = _season_p(n, counts, span, place)
    return Parts(span, n, filled, trend, season, rest, place, p)


def _season_p(
    n: NDArray[np.float64], counts: Counts, span: NDArray[np.int64], place: NDArray[np.int64]
) -> float:
    import statsmodels.api as sm
    from scipy.stats import f as fisher

    known = np.flatnonzero(~np.isnan(n))
    time = (span - span.mean())[known] / max(len(span), 1)
    bare = np.column_stack([np.ones(len(known)), time, time**2])
    terms = season_terms(counts, span, place)[:, known].T
    terms = terms[:, np.ptp(terms, axis=0) > 0]
    free = len(known) - bare.shape[1] - terms.shape[1]
    if not n[known].sum() or free < 2 or not terms.shape[1]:
        return 1.0
    offset = np.log(period_days(counts)[span][known])
    fits = [sm.GLM(n[known], design, family=sm.families.Poisson(), offset=offset).fit() for design in (bare, np.column_stack([bare, terms]))]  # fmt: skip
    spread = max(float(fits[1].pearson_chi2) / free, 1e-9)
    gain = float(fits[0].deviance - fits[1].deviance) / terms.shape[1]
    return float(fisher.sf(max(gain, 0.0) / spread, terms.shape[1], free))


def season_index(parts: Parts, step: str) -> NDArray[np.float64]:
    """How many times the level each period holds by its season alone: what happened over the trend, by part of the cycle."""
    size = int(parts.place.max()) + 1
    known = ~parts.gap
    trend = np.maximum(parts.trend, 1e-9)
    held = np.bincount(parts.place[known], parts.filled[known], size)
    level = np.bincount(parts.place[known], trend[known], size)
    if step == "week" and size >= 26:  # a single week of three years is mostly luck
        around = range(-2, 3)
        held, level = (np.sum([np.roll(one, by) for by in around], axis=0) for one in (held, level))
    index = np.divide(held, level, out=np.ones(size), where=level > 0)
    chosen = np.maximum(index, 0.02)[parts.place]
    return np.asarray(chosen / chosen.mean())


@dataclass(frozen=True)
class Trend:
    """Change of the level by the year (or over the whole time, when that is shorter), the season allowed for.

    Attributes
    ----------
    ratio, low, high
        How many times the level, with its 95 % interval.
    p
        Two-sided.
    over
        ``"a year"`` or ``"over the whole time"``.
    """

    ratio: float
    low: float
    high: float
    p: float
    over: str

    def words(self) -> str:
        """Say it, or say that none can be shown."""
        change = tr("{ratio:+.0f} % {over} (95 % interval {low:+.0f} to {high:+.0f} %)").format(
            ratio=(self.ratio - 1) * 100, over=self.over, low=(self.low - 1) * 100, high=(self.high - 1) * 100
        )
        if self.p < 0.05:
            return tr("Beside the season the level {what}: {change}.").format(
                what=tr("rises") if self.ratio > 1 else tr("falls"), change=change
            )
        return tr("No trend can be shown beside the season: {change}.").format(change=change)


def trend_of(counts: Counts, parts: Parts) -> Trend:
    """Quasi-Poisson regression on time and season, with errors widened for what carries over from period to period."""
    import statsmodels.api as sm
    from scipy.stats import t as student

    known = np.flatnonzero(~parts.gap)
    n = parts.n[known]
    years = (parts.span - parts.span.mean())[known] / PER_YEAR[counts.step]
    design = np.column_stack(
        [np.ones(len(n)), years, *season_terms(counts, parts.span, parts.place)[:, known]]
    )
    offset = np.log(period_days(counts)[parts.span][known])
    if not n.sum() or len(n) <= design.shape[1] + 2:
        return Trend(1.0, 0.0, math.inf, 1.0, tr_later("a year"))
    fit = sm.GLM(n, design, family=sm.families.Poisson(), offset=offset).fit(scale="X2")
    residual = np.asarray(fit.resid_pearson)
    carried = float(np.clip((residual[1:] * residual[:-1]).sum() / max((residual**2).sum(), 1e-12), 0.0, 0.9))
    se = float(fit.bse[1]) * math.sqrt(max(1.0, 1.0 / float(fit.scale)) * (1 + carried) / (1 - carried))
    free = len(n) - design.shape[1]
    length = float(np.ptp(years))
    times = 1.0 if length >= 1 else length
    beta, se = float(fit.params[1]) * times, se * times
    reach = float(student.ppf(0.975, free)) * se
    p = float(2 * student.sf(abs(beta) / max(se, 1e-12), free))
    low, high = (math.exp(min(max(end, -50.0), 50.0)) for end in (beta - reach, beta + reach))
    return Trend(
        math.exp(min(max(beta, -50.0), 50.0)),
        low,
        high,
        p,
        tr_later("a year") if length >= 1 else tr_later("over the whole time"),
    )


def season_terms(counts: Counts, span: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows of a regression that stand for the season: parts of the cycle, or two waves a year where those are too many."""
    rows = []
    if counts.step != "week":
        rows += [(place == part).astype(np.float64) for part in np.unique(place)[1:]]
    if counts.step in {"day", "week"} and len(span) >= 2 * PER_YEAR[counts.step]:
        turn = 2 * np.pi * counts.begins[span].day_of_year.to_numpy() / 365.25
        for k in range(1, _HARMONICS + 1):
            rows += [np.sin(k * turn), np.cos(k * turn)]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(span))


def part_names(step: str, parts: NDArray[np.int64]) -> list[str]:
    """Names of the parts of a cycle."""
    if step == "day":
        return [calendar.day_name[part] for part in parts]
    if step == "month":
        return [calendar.month_name[part + 1] for part in parts]
    return [f"{step} {part + 1}" for part in parts]
