"""Whether incidents keep together or apart, at which distances: nearest neighbours, Ripley's K, cross-K."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import check_points
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.pairing import Pairs
from ilp_lab.places.patternparts import (
    CORRECTED,
    REFERENCES,
    Correction,
    Pattern,
    check_distances,
    curve_settings,
    drawn_anew,
    excess,
    pattern_of,
    pattern_result,
    pattern_words,
    reach_of,
)
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray


def nearest_neighbour(
    incidents: gpd.GeoDataFrame,
    *,
    study_area: gpd.GeoDataFrame | None = None,
    orders: int = 1,
    simulations: int = 199,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Compare distances to the nearest incident with those of incidents that fall at random.

    Parameters
    ----------
    incidents
        Points.
    study_area
        Polygons of the ground that could have held an incident; the hull of the incidents when left out.
    orders
        Up to which neighbour: 1 takes the nearest only.
    simulations
        How often the same number of incidents is thrown at random onto the study area.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per order with ``mean_m``, ``expected_m`` (mean of the simulations), ``low_m`` and ``high_m`` (95 % of
        them), ``ratio``, ``p`` (two-sided, from the simulations); for the first order also ``clark_evans_m`` and
        ``clark_evans_z``, which know no border.

    Raises
    ------
    InputError, CRSError
        When something given does not fit.

    Notes
    -----
    A ratio below 1 means closer than at random. Places that hold several incidents have distance 0; ``details`` says how
    many. Cost: one search tree per simulation.

    References
    ----------
    Clark, P. J. and Evans, F. C. (1954), doi:10.2307/1931034.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).normal(0, 50, (100, 2))
    >>> town = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0], [0], crs=32633).buffer(1000))
    >>> near = nearest_neighbour(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633), study_area=town, rng=1)
    >>> bool(near.table["ratio"][0] < 0.2)
    True
    """
    caller = "places.nearest_neighbour"
    check = Check(caller)
    check.whole(1, orders=orders)
    check.whole(19, simulations=simulations)
    check_points(check, incidents, study_area, None, "square", None)
    check.done()
    generate, seed = generator(rng, caller)
    pattern = pattern_of(incidents, study_area, caller, at_least=orders + 1)
    from tqdm.auto import trange

    observed = _mean_distances(pattern.x, pattern.y, orders)
    drawn = np.empty((simulations, orders))
    for run in trange(simulations, desc="complete randomness", delay=1, leave=False):
        drawn[run] = _mean_distances(*pattern.ground.throw(len(pattern.x), generate), orders)
    table = _distance_table(pattern, observed, drawn)
    alone = np.unique(np.column_stack([pattern.x, pattern.y]).round(1), axis=0)
    row = table.iloc[0]
    closer = tr_later("closer together") if row["ratio"] < 1 else tr_later("farther apart")
    told = row["p"] < 0.05
    findings = (
        tr(
            "The nearest incident lies {mean_m:,.0f} m away on average; {expected_m:,.0f} m ({low_m:,.0f} to {high_m:,.0f}) were "
            "to be expected at random: a ratio of {ratio:.2f}."
        ).format(
            mean_m=row["mean_m"],
            expected_m=row["expected_m"],
            low_m=row["low_m"],
            high_m=row["high_m"],
            ratio=row["ratio"],
        ),
        tr("Incidents lie {closer} than at random (p {p:.3g}).").format(closer=closer, p=row["p"])
        if told
        else tr("That cannot be told from chance."),
        tr(
            "{n:,} of {n_2:,} incidents lie at the very place of another one, which alone brings the distance down."
        ).format(n=len(pattern.x) - len(alone), n_2=len(pattern.x)),
        tr(
            "It says nothing about where; people and streets are not at random either. Check next with ripley at which distances."
        ),
    )
    return pattern_result(
        pattern, caller, tr_later("Distance to the nearest incident"), table, seed, findings,
        tr("The mean distance of every incident to its nearest one (and further ones) was compared with that of the same number " "of incidents thrown at random onto the study area, which have the same border."),
        REFERENCES["nearest"], (Param("orders", orders), Param("simulations", simulations)), {"at_the_same_place": len(pattern.x) - len(alone)},
    )  # fmt: skip


def ripley(
    incidents: gpd.GeoDataFrame,
    *,
    study_area: gpd.GeoDataFrame | None = None,
    up_to_m: float | None = None,
    steps: int = 50,
    correction: Correction = "translation",
    simulations: int = 99,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Tell at which distances incidents keep together or apart (Ripley's K and L).

    Parameters
    ----------
    incidents, study_area
        As in :func:`nearest_neighbour`.
    up_to_m
        Largest distance; a quarter of the study area's shorter side when left out.
    steps
        Number of distances.
    correction
        For pairs whose partner may lie beyond the border: ``"translation"`` weighs a pair by the share of ground that allows
        it, ``"border"`` uses only incidents farther from the border than the distance, ``"none"`` counts too little.
    simulations
        How often the same number of incidents is thrown at random; they give the envelope and p.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per distance: ``m``, ``k`` (m²), ``l_minus_m`` (the excess: 0 at random), ``expected``, ``low``, ``high`` (95 %
        of simulations at that distance) and ``pairs``. ``details``: ``p`` (one test over all distances, by the largest
        standardised deviation), ``at_m`` (where it is largest).

    Raises
    ------
    InputError, CRSError
        When something given does not fit.

    Notes
    -----
    Reading single distances against the envelope is a test at each of them; ``p`` is the one test for all. Cost: one look at
    each pair within ``up_to_m`` per simulation. Limits: complete randomness is rarely the question; people live in clusters
    too (:func:`cross_k` compares with other incidents).

    References
    ----------
    Ripley, B. D. (1977), doi:10.1111/j.2517-6161.1977.tb01615.x. Baddeley, A. et al. (2014), doi:10.1890/13-2042.1.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 1000, (200, 2))
    >>> from shapely.geometry import box
    >>> town = gpd.GeoDataFrame(geometry=[box(0, 0, 1000, 1000)], crs=32633)
    >>> found = ripley(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633), study_area=town, rng=1)
    >>> found["p"] > 0.05
    True
    """
    caller = "places.ripley"
    check = Check(caller)
    check_distances(check, up_to_m, steps, correction, simulations)
    check_points(check, incidents, study_area, None, "square", None)
    check.done()
    generate, seed = generator(rng, caller)
    pattern = pattern_of(incidents, study_area, caller, at_least=3)
    reach = reach_of(pattern, up_to_m, caller)
    pairs = Pairs(pattern.ground, reach, steps, correction)
    n = len(pattern.x)
    observed = pairs.k(pattern.x, pattern.y)
    drawn = drawn_anew(simulations, lambda: pairs.k(*pattern.ground.throw(n, generate)))
    table, p, at = excess(pairs, observed, drawn)
    return pattern_result(
        pattern, caller, tr_later("Ripley's K"), table, seed,
        pattern_words(table, "l_minus_m", p, at, tr("the same {n:,} incidents at random").format(n=n)),
        tr("K counts the other incidents within a distance of an incident, per incident and km² ({CORRECTED}). It was compared " "with {simulations} throws of the same number of incidents at random onto the study area; L - m is its excess in " "metres.").format(CORRECTED=CORRECTED[correction], simulations=simulations),
        REFERENCES["ripley"], curve_settings(reach, steps, correction, simulations, chosen=up_to_m is None), {"p": p, "at_m": at},
    )  # fmt: skip


def cross_k(
    incidents: gpd.GeoDataFrame,
    others: gpd.GeoDataFrame,
    *,
    null: Literal["labels", "random"] = "labels",
    study_area: gpd.GeoDataFrame | None = None,
    up_to_m: float | None = None,
    steps: int = 50,
    correction: Correction = "translation",
    simulations: int = 99,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Tell at which distances incidents keep near to other points, such as robberies to bars (cross-K).

    Parameters
    ----------
    incidents, others
        Points of two kinds.
    null
        What they are compared with: ``"labels"`` mixes both kinds and deals the labels anew (are they more mixed, or more
        apart, than two parts of one pattern?); ``"random"`` throws the incidents onto the study area.
    study_area, up_to_m, steps, correction, simulations, rng
        As in :func:`ripley`.

    Returns
    -------
    Result
        As :func:`ripley`, for pairs of an incident and another point.

    Raises
    ------
    InputError, CRSError
        When something given does not fit.

    Notes
    -----
    ``"random"`` finds nearly everything near everything, because all of it lies where people are; prefer ``"labels"`` with
    others that show where people are.

    References
    ----------
    Diggle, P. J. (2013), Statistical Analysis of Spatial and Spatio-Temporal Point Patterns, ISBN 978-1-4665-6023-9.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> rng = np.random.default_rng(1)
    >>> bars = rng.uniform(0, 2000, (30, 2))
    >>> fights = bars[rng.integers(0, 30, 100)] + rng.normal(0, 20, (100, 2))
    >>> both = [gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633) for xy in (fights, bars)]
    >>> cross_k(*both, null="random", rng=1)["p"] < 0.05
    True
    """
    caller = "places.cross_k"
    check = Check(caller)
    check_distances(check, up_to_m, steps, correction, simulations)
    check.choice(allowed=("labels", "random"), null=null)
    check_points(check, incidents, study_area, None, "square", None)
    check.places(others, "others")
    check.done()
    generate, seed = generator(rng, caller)
    pattern = pattern_of(incidents, study_area, caller, at_least=2, also=others)
    second = usable_points(others, pattern.metric, None)
    inside = pattern.ground.holds(second.x, second.y)
    ox, oy = second.x[inside], second.y[inside]
    if len(ox) < 2:
        raise InputError(f"{caller}: fewer than two of the others lie in the study area.")
    reach = reach_of(pattern, up_to_m, caller)
    pairs = Pairs(pattern.ground, reach, steps, correction)
    n = len(pattern.x)
    all_x, all_y = np.concatenate([pattern.x, ox]), np.concatenate([pattern.y, oy])

    def draw() -> NDArray[np.float64]:
        if null == "random":
            return pairs.k(*pattern.ground.throw(n, generate), ox, oy)
        order = generate.permutation(len(all_x))
        one, two = order[:n], order[n:]
        return pairs.k(all_x[one], all_y[one], all_x[two], all_y[two])

    table, p, at = excess(pairs, pairs.k(pattern.x, pattern.y, ox, oy), drawn_anew(simulations, draw))
    compared = (
        tr_later("labels dealt anew") if null == "labels" else tr("the {n:,} incidents at random").format(n=n)
    )
    found = pattern_result(
        pattern, caller, "Cross-K", table, seed, pattern_words(table, "l_minus_m", p, at, compared, "others"),
        tr("Cross-K counts the other points within a distance of an incident, per incident and km² ({CORRECTED}); it was " "compared with {simulations} times {compared}.").format(CORRECTED=CORRECTED[correction], simulations=simulations, compared=compared),
        REFERENCES["ripley"], (Param("null", null), *curve_settings(reach, steps, correction, simulations, chosen=up_to_m is None)),
        {"p": p, "at_m": at},
    )  # fmt: skip
    from dataclasses import replace

    source = replace(second.source, name="others")
    left = LeftOut.of(others, second.without(~inside, tr_later("outside the study area")))
    more = {tr("{reason} (others)").format(reason=reason): number for reason, number in left.items()}
    return replace(
        found,
        sources=(*found.sources, source),
        left_out={**found.left_out, **more},
        handling=handling_of(incidents, others, study_area),
    )


def _mean_distances(x: NDArray[np.float64], y: NDArray[np.float64], orders: int) -> NDArray[np.float64]:
    from scipy.spatial import cKDTree

    points = np.column_stack([x, y])
    apart, _ = cKDTree(points).query(points, k=orders + 1, workers=-1)
    return np.asarray(apart[:, 1:].mean(axis=0))


def _distance_table(
    pattern: Pattern, observed: NDArray[np.float64], drawn: NDArray[np.float64]
) -> pd.DataFrame:
    import pandas as pd

    n, area = len(pattern.x), pattern.ground.area
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    tail = np.minimum((drawn <= observed).sum(axis=0), (drawn >= observed).sum(axis=0))
    table = pd.DataFrame(
        {
            "order": np.arange(1, len(observed) + 1), "mean_m": observed, "expected_m": drawn.mean(axis=0), "low_m": low,
            "high_m": high, "ratio": observed / drawn.mean(axis=0), "p": np.minimum(2 * (tail + 1) / (len(drawn) + 1), 1.0),
        }
    )  # fmt: skip
    plane = 0.5 * math.sqrt(area / n)
    table.loc[0, "clark_evans_m"] = plane
    table.loc[0, "clark_evans_z"] = (observed[0] - plane) / (0.26136 * math.sqrt(area) / n)
    return table
