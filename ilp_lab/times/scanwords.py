"""The words of a scan: method, settings, findings, caveats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.result import Param

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.times.casework import Cases
    from ilp_lab.times.cylinders import Work

_METHOD = tr_later(
    "Circles of every size around every centre {limits} were combined with {windows}. For each the likelihood ratio of "
    "more cases inside than outside was computed ({model}). {null} p is the share of {runs} such data sets, the real one "
    "counted among them, whose best circle is at least as likely; it allows for having looked everywhere. p_gumbel comes "
    "from an extreme value distribution fitted to the simulated maxima. Further clusters share no place with likelier "
    "ones; their p is on the safe side."
)
_NULLS = {
    "permutation": tr_later(
        "The days were dealt anew among the cases, which keeps how many happen at each place and on each day."
    ),
    "poisson": tr_later(
        "The same number of cases was dealt to the places in proportion to their population{times}."
    ),
    "bernoulli": tr_later("The cases were dealt anew among cases and controls."),
}
_WORDS = {
    "permutation": tr_later(
        "space-time permutation: expected is cases at the places × cases in the days / all cases"
    ),
    "poisson": tr_later("Poisson: expected is in proportion to the population"),
    "bernoulli": tr_later("Bernoulli: cases among cases and controls"),
}


@dataclass(frozen=True)
class Limits:
    """How far, how long, how much a cluster may be.

    Attributes
    ----------
    max_m, max_days, max_share, unit_days, min_cases, prospective, period
        As the user gave them; the period in days since 1970.
    sphere
        Whether distances go over the globe.
    """

    max_m: float | None
    max_days: float | None
    max_share: float
    unit_days: int
    min_cases: int
    prospective: bool
    sphere: bool
    period: tuple[int, int] | None


def advice(limits: Limits, work: Work) -> str:
    """How a long scan is made shorter, where limits were left open."""
    if limits.max_m is not None and (limits.max_days is not None or work.units == 1):
        return ""
    return tr(
        "Limits make it far shorter: interrupt, and give max_m (such as 2000) and max_days (such as 30), how far and how long a "
        "cluster can matter to you."
    )


def day_of(day: int, held: Cases) -> Any:
    """A day since 1970 as a date; none in space alone."""
    import pandas as pd

    return pd.NaT if held.day is None else pd.Timestamp(int(day), unit="D")


def method(model: str, limits: Limits, work: Work, runs: int) -> str:
    """What was done."""
    reach = (
        tr("up to {max_m:,.0f} m").format(max_m=limits.max_m)
        if limits.max_m
        else tr_later("without a largest radius")
    )
    share = tr("population") if model == "poisson" else tr("cases")
    if work.units == 1:
        windows = tr_later("no time")
    else:
        ending = (
            tr_later("that reach to the last day") if work.prospective else tr_later("anywhere in the period")
        )
        windows = tr("windows {ending} (units at most: {longest}, days in a unit: {unit_days})").format(
            longest=work.longest, unit_days=limits.unit_days, ending=ending
        )
    null = _NULLS[model].format(times=tr_later(" and at any time") if work.units > 1 else "")
    return _METHOD.format(
        limits=tr("{reach}, holding at most {max_share:.0%} of the {share},").format(reach=reach, max_share=limits.max_share, share=share),
        windows=windows, model=_WORDS[model], null=null, runs=f"{runs:,}",
    )  # fmt: skip


def params(
    model: str, limits: Limits, held: Cases, work: Work, simulations: int, alpha: float, distance: str, count: str | None
) -> tuple[Param, ...]:  # fmt: skip
    """The settings."""
    longest = None if held.day is None else work.longest * limits.unit_days
    return (
        Param("model", model),
        Param("max_m", limits.max_m),
        Param("max_days", longest, chosen=limits.max_days is None and longest is not None, why=tr_later("half of the period")),
        Param("period", *_period_said(held, limits)),
        Param("max_share", limits.max_share),
        Param("prospective", limits.prospective),
        Param("unit_days", limits.unit_days),
        Param("min_cases", limits.min_cases),
        Param("count", held.count or tr_later("each row is one case"), chosen=count is None and bool(held.count), why=tr_later("the table has it")),
        Param("distance", distance),
        Param("simulations", simulations),
        Param("alpha", alpha),
        Param("crs", held.metric.name, chosen=held.metric.chosen),
    )  # fmt: skip


def _period_said(held: Cases, limits: Limits) -> tuple[str, bool, str]:
    if held.day is None:
        return tr_later("space alone"), False, ""
    first, last = (held.day.min(), held.day.max()) if limits.period is None else limits.period
    said = " to ".join(f"{day_of(day, held):%Y-%m-%d}" for day in (first, last))
    return said, limits.period is None, tr_later("from the first to the last case")


def _how_often(top: pd.Series, limits: Limits, least_p: float) -> str:
    """How often chance alone would raise an alarm as strong as the first."""
    least = tr_later("at least ") if top["p"] <= least_p else ""
    return trn(
        "Looking every {unit_days} day, chance alone would raise such an alarm about once in {least}{often:,.0f} days.",
        "Looking every {unit_days} days, chance alone would raise such an alarm about once in {least}{often:,.0f} days.",
        limits.unit_days,
    ).format(unit_days=limits.unit_days, least=least, often=top["recurrence_days"])


def findings(
    table: gpd.GeoDataFrame, held: Cases, limits: Limits, alpha: float, unlisted: int, least_p: float
) -> tuple[str, ...]:
    """What was found."""
    if not len(table):
        alive = tr_later(" and is alive on the last day") if limits.prospective else ""
        return (tr("No circle within the limits holds at least {min_cases} cases, more than expected{alive}.").format(min_cases=limits.min_cases, alive=alive), tr("There is nothing to follow up here; that is an answer, not a fault."))  # fmt: skip
    top = table.iloc[0]
    where = (
        tr("within {radius_m:,.0f} m of one place").format(radius_m=top["radius_m"])
        if top["radius_m"] > 0
        else tr_later("at one place")
    )
    if held.outlines is not None:
        where = (
            tr_later("in one area")
            if top["places"] == 1
            else tr("in {places:,} areas side by side").format(places=top["places"])
        )
    if held.day is None:
        span = ""
    elif top["start"] == top["end"]:
        span = tr(" on {start:%d %B %Y}").format(start=top["start"])
    else:
        span = tr(" from {start:%d %B %Y} to {end:%d %B %Y}").format(start=top["start"], end=top["end"])
    said = [tr("The likeliest cluster: {observed:,} cases {where}{span}, against {expected:,.1f} expected (log likelihood ratio {llr:.2f}, p {p:.3g}).").format(observed=top["observed"], where=where, span=span, expected=top["expected"], llr=top["llr"], p=top["p"])]  # fmt: skip
    sure = int((table["p"] < alpha).sum())
    if not sure:
        said.append(
            tr(
                "Chance alone finds as likely a cluster often enough: this is not an outbreak that data can show."
            )
        )
    elif len(table) > 1:
        said.append(
            tr("{sure} of {n} separate clusters are more than chance explains (p below {alpha:g}).").format(
                sure=sure, n=len(table), alpha=alpha
            )
        )
    if limits.prospective and held.day is not None:
        said.append(_how_often(top, limits, least_p))
    if unlisted:
        said.append(
            tr(
                "{unlisted:,} further circles with more cases than expected, none more than chance, are not listed."
            ).format(unlisted=unlisted)
        )
    said.append(
        tr(
            "The p allows for having looked at every circle and window. A cluster is a reason to look, not an explanation."
        )
    )
    said.append(
        tr(
            "Check next whether recording changed there and then: one officer's tidy-up or a batch of late reports looks the same."
        )
    )
    return tuple(said)


def caveats(held: Cases, limits: Limits, table: gpd.GeoDataFrame) -> tuple[str, ...]:
    """What weakens it."""
    said: list[str] = []
    if limits.max_m is None:
        said.append(
            tr(
                "No largest radius was given; circles may hold {max_share:.0%} of everything, more than anyone can act on."
            ).format(max_share=limits.max_share)
        )
    said += held.doubts
    if held.day is not None and limits.max_days is not None and limits.period is None:
        span = int(held.day.max() - held.day.min()) + 1
        if limits.max_days > span:
            said.append(
                tr(
                    "max_days={max_days:g} is longer than the {span:,} days from the first to the last case; no window is longer than those."
                ).format(max_days=limits.max_days, span=span)
            )
    if held.matched_m > 0:
        said.append(
            tr(
                "Cases were taken to the nearest place of the population, up to {matched_m:,.0f} m away."
            ).format(matched_m=held.matched_m)
        )
    if len(table) and bool((table["observed"] < 5).any()):
        said.append(tr("Clusters of fewer than five cases hang on single reports."))
    said.append(tr("Circles find compact clusters best; those along a road are found in part."))
    return tuple(said)
