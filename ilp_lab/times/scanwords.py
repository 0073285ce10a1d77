"""The words of a scan: method, settings, findings, caveats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilp_lab.result import Param

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.times.casework import Cases
    from ilp_lab.times.cylinders import Work

_METHOD = (
    "Circles of every size around every centre {limits} were combined with {windows}. For each the likelihood ratio of more cases "
    "inside than outside was computed ({model}). {null} p is the share of {runs} such data sets, the real one counted among them, "
    "whose best circle is at least as likely; it allows for having looked everywhere. p_gumbel comes from an extreme value distribution "
    "fitted to the simulated maxima. Further clusters share no place with likelier ones; their p is on the safe side."
)
_NULLS = {
    "permutation": "The days were dealt anew among the cases, which keeps how many happen at each place and on each day.",
    "poisson": "The same number of cases was dealt to the places in proportion to their population{times}.",
    "bernoulli": "The cases were dealt anew among cases and controls.",
}
_WORDS = {
    "permutation": "space-time permutation: expected is cases at the places × cases in the days / all cases",
    "poisson": "Poisson: expected is in proportion to the population",
    "bernoulli": "Bernoulli: cases among cases and controls",
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


def day_of(day: int, held: Cases) -> Any:
    """A day since 1970 as a date; none in space alone."""
    import pandas as pd

    return pd.NaT if held.day is None else pd.Timestamp(int(day), unit="D")


def method(model: str, limits: Limits, work: Work, runs: int) -> str:
    """What was done."""
    reach = f"up to {limits.max_m:,.0f} m" if limits.max_m else "without a largest radius"
    share = "population" if model == "poisson" else "cases"
    if work.units == 1:
        windows = "no time"
    else:
        ending = "that reach to the last day" if work.prospective else "anywhere in the period"
        windows = f"windows of up to {work.longest} unit(s) of {limits.unit_days} day(s) {ending}"
    null = _NULLS[model].format(times=" and at any time" if work.units > 1 else "")
    return _METHOD.format(
        limits=f"{reach}, holding at most {limits.max_share:.0%} of the {share},",
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
        Param("max_days", longest, chosen=limits.max_days is None and longest is not None, why="half of the period"),
        Param("period", *_period_said(held, limits)),
        Param("max_share", limits.max_share),
        Param("prospective", limits.prospective),
        Param("unit_days", limits.unit_days),
        Param("min_cases", limits.min_cases),
        Param("count", held.count or "each row is one case", chosen=count is None and bool(held.count), why="the table has it"),
        Param("distance", distance),
        Param("simulations", simulations),
        Param("alpha", alpha),
        Param("crs", held.metric.name, chosen=held.metric.chosen),
    )  # fmt: skip


def _period_said(held: Cases, limits: Limits) -> tuple[str, bool, str]:
    if held.day is None:
        return "space alone", False, ""
    first, last = (held.day.min(), held.day.max()) if limits.period is None else limits.period
    said = " to ".join(f"{day_of(day, held):%Y-%m-%d}" for day in (first, last))
    return said, limits.period is None, "from the first to the last case"


def findings(
    table: gpd.GeoDataFrame, held: Cases, limits: Limits, alpha: float, unlisted: int, least_p: float
) -> tuple[str, ...]:
    """What was found."""
    if not len(table):
        alive = " and is alive on the last day" if limits.prospective else ""
        return (
            f"No circle within the limits holds at least {limits.min_cases} cases, more than expected{alive}.",
            "There is nothing to follow up here; that is an answer, not a fault.",
        )
    top = table.iloc[0]
    where = f"within {top['radius_m']:,.0f} m of one place" if top["radius_m"] > 0 else "at one place"
    if held.outlines is not None:
        where = "in one area" if top["places"] == 1 else f"in {top['places']:,} areas side by side"
    if held.day is None:
        span = ""
    elif top["start"] == top["end"]:
        span = f" on {top['start']:%d %B %Y}"
    else:
        span = f" from {top['start']:%d %B %Y} to {top['end']:%d %B %Y}"
    said = [
        f"The likeliest cluster: {top['observed']:,} cases {where}{span}, against {top['expected']:,.1f} expected (log likelihood ratio "
        f"{top['llr']:.2f}, p {top['p']:.3g})."
    ]
    sure = int((table["p"] < alpha).sum())
    if not sure:
        said.append(
            "Chance alone finds as likely a cluster often enough: this is not an outbreak that data can show."
        )
    elif len(table) > 1:
        said.append(
            f"{sure} of {len(table)} separate clusters are more than chance explains (p below {alpha:g})."
        )
    if limits.prospective and held.day is not None:
        often = top["recurrence_days"]
        least = "at least " if top["p"] <= least_p else ""
        said.append(
            f"Looking every {limits.unit_days} day(s), chance alone would raise such an alarm about once in {least}{often:,.0f} days."
        )
    if unlisted:
        said.append(
            f"{unlisted:,} further circles with more cases than expected, none more than chance, are not listed."
        )
    said.append(
        "The p allows for having looked at every circle and window. A cluster is a reason to look, not an explanation."
    )
    said.append(
        "Check next whether recording changed there and then: one officer's tidy-up or a batch of late reports looks the same."
    )
    return tuple(said)


def caveats(held: Cases, limits: Limits, table: gpd.GeoDataFrame) -> tuple[str, ...]:
    """What weakens it."""
    said: list[str] = []
    if limits.max_m is None:
        said.append(
            f"No largest radius was given; circles may hold {limits.max_share:.0%} of everything, more than anyone can act on."
        )
    said += held.doubts
    if held.day is not None and limits.max_days is not None and limits.period is None:
        span = int(held.day.max() - held.day.min()) + 1
        if limits.max_days > span:
            said.append(
                f"max_days={limits.max_days:g} is longer than the {span:,} days from the first to the last case; no window is longer than those."
            )
    if held.matched_m > 0:
        said.append(
            f"Cases were taken to the nearest place of the population, up to {held.matched_m:,.0f} m away."
        )
    if len(table) and bool((table["observed"] < 5).any()):
        said.append("Clusters of fewer than five cases hang on single reports.")
    said.append("Circles find compact clusters best; those along a road are found in part.")
    return tuple(said)
