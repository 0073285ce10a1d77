"""What questions of distance share: the points on their ground, a curve with its envelope, and what it says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import Points, ground_of, refuse_empty, usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.pairing import Ground, Pairs
from ilp_lab.result import Param, Result, Source
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

Correction = Literal["translation", "border", "none"]
_ROUND_M = 1.0
_LEVEL = 0.05 + 1e-9  # 19 throws can show exactly one in twenty
REFERENCES = {
    "ripley": (
        "Ripley 1977, Modelling spatial patterns, doi:10.1111/j.2517-6161.1977.tb01615.x",
        "Ohser 1983, On estimators for the reduced second moment measure of point processes (translation correction)",
        "Baddeley et al. 2014, On tests of spatial pattern based on simulation envelopes, doi:10.1890/13-2042.1",
    ),
    "nearest": (
        "Clark and Evans 1954, Distance to nearest neighbor as a measure of spatial relationships, doi:10.2307/1931034",
    ),
}
CORRECTED = {
    "translation": tr_later("pairs weighed by the share of ground that allows them"),
    "border": tr_later("from incidents farther from the border than the distance"),
    "none": tr_later("without regard to the border"),
}


@dataclass(frozen=True)
class Pattern:
    """The points of an analysis on their ground."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    ground: Ground
    metric: _metric.Metric
    params: tuple[Param, ...]
    sources: tuple[Source, ...]
    left_out: LeftOut
    handling: str


def pattern_of(
    incidents: gpd.GeoDataFrame,
    study_area: gpd.GeoDataFrame | None,
    caller: str,
    *,
    at_least: int,
    also: Any = None,
) -> Pattern:
    """The points that lie in the study area, and what was chosen for them."""
    metric = _metric.choose(study_area, incidents, also, caller=caller)
    points: Points = usable_points(incidents, metric, None)
    refuse_empty(points, np.ones(len(points.x), dtype=bool), caller)
    ground = ground_of(study_area, points.x, points.y, _ROUND_M, metric, caller)
    land = Ground.of(ground.outline)
    inside = land.holds(points.x, points.y)
    refuse_empty(points, inside, caller)
    if inside.sum() < at_least:
        raise InputError(
            f"{caller}: at least {at_least} incidents in the study area are needed; {int(inside.sum())} of {len(incidents):,} lie there. "
            "Check both coordinate systems on a map."
        )
    params = (ground.param, Param("crs", metric.name, chosen=metric.chosen))
    left_out = LeftOut.of(incidents, points.without(~inside, tr_later("outside the study area")))
    sources = (points.source, *ground.sources)
    return Pattern(
        points.x[inside],
        points.y[inside],
        land,
        metric,
        params,
        sources,
        left_out,
        handling_of(incidents, study_area),
    )


def check_distances(
    check: Check, up_to_m: float | None, steps: int, correction: str, simulations: int
) -> None:
    """The faults of what was given for a curve."""
    check.positive(up_to_m=up_to_m)
    check.whole(2, steps=steps)
    check.whole(19, simulations=simulations)
    check.choice(allowed=tuple(CORRECTED), correction=correction)


def reach_of(pattern: Pattern, up_to_m: float | None, caller: str) -> float:
    """The largest distance asked about."""
    west, south, east, north = pattern.ground.outline.bounds
    shorter = min(east - west, north - south)
    if up_to_m is not None and up_to_m > shorter:
        raise InputError(
            f"{caller}: up_to_m ({up_to_m:g}) is wider than the study area ({shorter:,.0f} m across); take a quarter of it."
        )
    return float(up_to_m or float(f"{shorter / 4:.2g}"))


def curve_settings(
    reach: float, steps: int, correction: str, simulations: int, *, chosen: bool
) -> tuple[Param, ...]:
    """How a curve was made, for its result."""
    return (
        Param("up_to_m", reach, chosen=chosen, why=tr("a quarter of the study area's shorter side")),
        Param("steps", steps),
        Param("correction", correction),
        Param("simulations", simulations),
    )


def drawn_anew(simulations: int, draw: Callable[[], NDArray[np.float64]]) -> NDArray[np.float64]:
    """What ``draw`` gives, that many times, with progress."""
    from tqdm.auto import trange

    return np.array([draw() for _ in trange(simulations, desc="simulations", delay=1, leave=False)])


def against(
    distances: NDArray[np.float64], observed: NDArray[np.float64], drawn: NDArray[np.float64]
) -> tuple[pd.DataFrame, float, float]:
    """A curve with its envelope; p and place of the largest standardised deviation over all distances."""
    import pandas as pd

    both = np.vstack([observed, drawn])
    mean, spread = both.mean(axis=0), both.std(axis=0)
    apart = np.divide(np.abs(both - mean), spread, out=np.zeros_like(both), where=spread > 1e-12)
    worst = apart.max(axis=1)
    p = float((worst[1:] >= worst[0] - 1e-12).sum() + 1) / (len(drawn) + 1)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    table = pd.DataFrame(
        {"m": distances, "k": observed, "expected": drawn.mean(axis=0), "low": low, "high": high}
    )
    return table, p, float(distances[int(np.argmax(apart[0]))])


def excess(
    pairs: Pairs, observed: NDArray[np.float64], drawn: NDArray[np.float64]
) -> tuple[pd.DataFrame, float, float]:
    """The same for the excess of L over the distance, which varies about alike at all distances."""
    excess, dealt = (np.sqrt(np.maximum(k, 0.0) / math.pi) - pairs.distances for k in (observed, drawn))
    table, p, at = against(pairs.distances, excess, dealt)
    table = table.rename(columns={"k": "l_minus_m"})
    table.insert(1, "k", observed)
    return table, p, at


def pattern_words(
    table: pd.DataFrame, curve: str, p: float, at: float, compared: str, who: str = "one another"
) -> tuple[str, ...]:
    """What a curve and its envelope say."""
    row = table[table["m"] == at].iloc[0]
    nearer = row[curve] > row["expected"]
    outside = table[(table[curve] > table["high"]) | (table[curve] < table["low"])]
    said = [
        tr(
            "Compared with {compared}, incidents {what} {who} most clearly at {at:,.0f} m (p {p:.3g} over all distances)."
        ).format(
            compared=compared,
            what=tr("keep together with") if nearer else tr("keep apart from"),
            who=who,
            at=at,
            p=p,
        )
        if p <= _LEVEL
        else tr("Compared with {compared}, no distance stands out (p {p:.3g} over all distances).").format(
            compared=compared, p=p
        )
    ]
    if len(outside) and p <= _LEVEL:
        said.append(
            tr("The curve leaves the envelope between {m:,.0f} and {m_2:,.0f} m.").format(
                m=outside["m"].min(), m_2=outside["m"].max()
            )
        )
    said.append(tr("It describes the whole pattern, not a place, and nothing about any person."))
    said.append(tr("Check next with a hot spot test where it is, and against where people are."))
    return tuple(said)


def pattern_result(
    pattern: Pattern, caller: str, title: str, table: pd.DataFrame, seed: str, findings: tuple[str, ...], method: str,
    references: tuple[str, ...], params: tuple[Param, ...], details: dict[str, Any],
) -> Result:  # fmt: skip
    """A result with the caveats that all of them share."""
    caveats = [
        tr("Complete randomness is a yardstick, not a belief: streets, houses and people are not at random.")
    ]
    if any(param.name == "study_area" and param.chosen for param in pattern.params):
        caveats.append(
            tr(
                "No study area was given; within the hull of the incidents they look more spread out than they are."
            )
        )
    return Result(
        name=caller, title=title, table=table, method=method, findings=findings, params=(*pattern.params, *params),
        caveats=tuple(caveats), references=references, sources=pattern.sources, left_out=dict(pattern.left_out),
        left_out_rows=pattern.left_out.rows, handling=pattern.handling, seed=seed,
        details={**details, "outline": pattern.ground.outline},
    )  # fmt: skip
