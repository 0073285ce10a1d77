"""What a geographic profile says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import tr, tr_later
from ilp_lab.result import Param

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ilp_lab._ground.studyarea import Points, StudyArea

METHODS = {
    "cgt": (
        tr_later(
            "Criminal geographic targeting (Rossmo): every cell's score is the sum over the sites of 1/d^f beyond the buffer of "
            "{buffer:,.0f} m and B^(g-f)/(2B-d)^g within it, with d the {metric} distance, f = {f:g} and g = {g:g}."
        )
    ),
    "decay": tr_later(
        "Every cell's score is the sum over the sites of the journey-to-crime function ({decay}) at its {metric} distance."
    ),
    "bayes": (
        tr_later(
            "Every cell's score is the probability that the base lies there, if one offender with one base chose the sites "
            "independently by the journey-to-crime function ({decay}, per area, {metric} distance), times {prior}."
        )
    ),
}

REFERENCES = {
    "cgt": ("Rossmo 2000, Geographic Profiling, ISBN 0-8493-8129-0",),
    "decay": ("Levine 2015, CrimeStat IV, chapter 13", "Canter, Coffey, Huntley and Missen 2000, Predicting serial killers' home base, doi:10.1023/A:1007551316253"),
    "bayes": ("O'Leary 2009, The mathematics of geographic profiling, doi:10.1002/jip.111", "Levine and Block 2011, Bayesian journey-to-crime estimation, doi:10.1080/00330124.2010.547152"),
}  # fmt: skip

RANDOM = "Rossmo, Davies and Patrick 2004, Exploring the geo-demographic relationship between offenders and their offences"


def settings(
    method: str,
    metric: str,
    buffer: float,
    buffer_m: float | None,
    f: float,
    g: float,
    decay: str,
    prior: str,
) -> tuple[Param, ...]:
    """What was chosen for the method taken."""
    common = (Param("method", method), Param("metric", metric))
    if method == "cgt":
        why = tr_later("half the mean distance of nearest sites")
        return (
            *common,
            Param("buffer_m", round(buffer, 1), chosen=buffer_m is None, why=why),
            Param("f", f),
            Param("g", g),
        )
    return (*common, Param("decay", decay), *((Param("prior", prior),) if method == "bayes" else ()))


def findings(xy: NDArray[np.float64], details: dict[str, Any], area: StudyArea) -> tuple[str, ...]:
    """What the ranking says, how steady it is, and what it must not be used for."""
    stays = details["moves"]
    said = [
        tr(
            "The {n:,} different sites rank {area:,.1f} km² of ground; the first 5 % to search are {area_2:,.2f} km²."
        ).format(n=len(xy), area=area.outline.area / 1000000.0, area_2=area.outline.area * 0.05 / 1000000.0),
        tr("Leaving out one site keeps {stays:.0%} of those 5 % on average, {stays_2:.0%} at worst: ").format(
            stays=stays.mean(), stays_2=stays.min()
        )
        + (
            tr("the ranking is fairly steady.")
            if stays.min() > 0.6
            else tr("the ranking hangs on single sites.")
        ),
    ]
    if "hit_score" in details:
        said.append(
            tr("The known base would have been reached after {hit_score:.1%} of the ground.").format(
                hit_score=details["hit_score"]
            )
        )
    said.append(
        tr(
            "It ranks ground to look at, not people, and only if one base served the whole series and lies in this area. It is "
            "never a reason to suspect anybody who lives there."
        )
    )
    said.append(
        tr(
            "Check next that the sites belong to one series, and put the ranking beside other information before any search."
        )
    )
    return tuple(said)


def caveats(xy: NDArray[np.float64], points: Points) -> tuple[str, ...]:
    """Where few sites, repeated places or a commuter weaken it."""
    said = []
    if len(xy) < 10:
        said.append(
            tr("{n} sites tell little; expect to search a large part of the ground.").format(n=len(xy))
        )
    if len(xy) < len(points.x):
        said.append(
            tr("{n} crimes at places that were counted already add nothing to the ranking.").format(
                n=len(points.x) - len(xy)
            )
        )
    said.append(
        tr(
            "One who travels in from elsewhere to offend (commuter) makes every such ranking wrong, and the sites alone do not "
            "tell."
        )
    )
    return tuple(said)
