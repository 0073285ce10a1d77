"""How concentrated crime is in few places: repeat places, 80-20, Lorenz curve and generalised Gini."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_REFERENCES = (
    "Bernasco and Steenbeek 2017, More places than crimes, doi:10.1007/s10940-016-9324-7",
    "Weisburd 2015, The law of crime concentration and the criminology of place, doi:10.1111/1745-9125.12070",
    "Efron and Tibshirani 1993, An Introduction to the Bootstrap, ISBN 0-412-04231-2",
)
_METHOD = tr_later(
    "Places were put in order of their number of incidents and added up (Lorenz curve). The Gini index is twice the area "
    "between that curve and the line of equal shares. With fewer incidents than places even the most equal spread leaves "
    "places empty, so the generalised index G' measures from the most equal spread that the number of incidents allows. "
    "The interval says how far the index would move if as many incidents came again (drawn with replacement, {bootstrap} "
    "times); the same number thrown at random onto the places gives the concentration that chance alone shows."
)


def repeat_places(
    incidents: gpd.GeoDataFrame, *, by: str | None = None, within_m: float = 0.0, least: int = 2
) -> gpd.GeoDataFrame:
    """List the places where incidents come again.

    Parameters
    ----------
    incidents
        Points.
    by
        Column that names the place, such as ``address``; by coordinates when left out.
    within_m
        Points in one square of this side count as one place; 0 takes the same coordinates (to 10 cm).
    least
        Incidents that make a repeat place.

    Returns
    -------
    GeoDataFrame
        One row per place, most incidents first: ``place`` (with ``by``), ``n``, ``share``, ``cumulative_share`` of all
        incidents, ``rank``, ``first`` and ``last`` (with ``occurred_at``) and ``geometry``. ``.attrs["ilp_lab_left_out"]``
        counts what could not be used.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    A place at the top of the list may be a default address (a station, a hospital, the middle of a street). Look at it
    before acting on it. Addresses of persons are personal data: the list carries the handling code of its input.

    Examples
    --------
    >>> import geopandas as gpd
    >>> thefts = gpd.GeoDataFrame(geometry=gpd.points_from_xy([5, 5, 5, 80, 80, 200], [0] * 6), crs=32633)
    >>> repeat_places(thefts)[["n", "share"]].values.tolist()
    [[3.0, 0.5], [2.0, 0.3333333333333333]]
    """
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.safeguards import mark

    caller = "places.repeat_places"
    check = Check(caller)
    if check.places(incidents, "incidents") and by is not None:
        check.columns(incidents, [by], "incidents")
    check.between(0, 1e6, within_m=within_m)
    check.whole(2, least=least)
    check.done()
    metric = _metric.choose(incidents, caller=caller)
    points = usable_points(incidents, metric, None)
    reasons = points.reasons.copy()
    if by is not None:
        nameless = incidents[by].isna().to_numpy()
        reasons[(reasons == "") & nameless] = tr("without {by}").format(by=by)
    used = np.flatnonzero(reasons == "")
    at = np.searchsorted(points.used, used)
    x, y = points.x[at], points.y[at]
    step = within_m or 0.1
    key = (
        pd.Series(incidents[by].iloc[used].to_numpy())
        if by is not None
        else pd.Series(list(zip(np.floor(x / step), np.floor(y / step), strict=True)))
    )
    code, names = pd.factorize(key)
    rows = pd.DataFrame({"code": code, "x": x, "y": y})
    if "occurred_at" in incidents:
        rows["when"] = incidents["occurred_at"].iloc[used].to_numpy()
    grouped = rows.groupby("code")
    found = pd.DataFrame({"n": grouped.size(), "x": grouped["x"].median(), "y": grouped["y"].median()})
    if "when" in rows:
        found["first"], found["last"] = grouped["when"].min(), grouped["when"].max()
    if by is not None:
        found.insert(0, "place", names[found.index.to_numpy()])
    found = found.sort_values(["n", "x", "y"], ascending=[False, True, True])
    found = found[found["n"] >= least]
    total = max(len(used), 1)
    found["share"] = found["n"] / total
    found["cumulative_share"] = found["n"].cumsum() / total
    found["rank"] = np.arange(1, len(found) + 1)
    table = gpd.GeoDataFrame(
        found.drop(columns=["x", "y"]).reset_index(drop=True),
        geometry=gpd.points_from_xy(found["x"], found["y"]),
        crs=metric.crs,
    )
    table = mark(table, handling=handling_of(incidents))
    table.attrs["ilp_lab_left_out"] = LeftOut.of(incidents, reasons)
    return table


def concentration(
    places: pd.DataFrame,
    *,
    n: str = "n",
    bootstrap: int = 999,
    level: float = 0.95,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure how few places hold how many incidents, against what chance alone shows.

    Parameters
    ----------
    places
        One row per place that could have had an incident, empty ones included: cells, areas or street segments with a
        count. Leaving out the empty ones understates the concentration.
    n
        Column with the number of incidents, whole numbers.
    bootstrap
        Draws behind interval and chance.
    level
        Probability of the interval.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: the Lorenz curve at each place: ``places_share``, ``incidents_share``. ``details``: ``gini``,
        ``generalised_gini``, each with ``low`` and ``high``; ``chance_gini`` (mean, low, high under random placing);
        ``share_for_25``, ``share_for_50``, ``share_for_80`` (share of places that hold that many per cent of the
        incidents), ``top_5_share`` (share of incidents in the top 5 % of places), each with an interval.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Notes
    -----
    Cost: two draws over the places per bootstrap. The interval says how far a measure would move if as many incidents
    came again under the same conditions; that is what two periods are compared by. It takes incidents as independent of
    one another; series make it too narrow, and where incidents are few it is a little narrow anyway (in simulations a
    90 % interval held in four of five cases). Limits: every measure grows when incidents are few, so compare periods with
    about as many incidents, and look at what chance alone shows. The plain Gini rises when incidents are fewer than places even if they fall
    without any pattern; compare ``generalised_gini`` and ``chance_gini`` over time, not ``gini``.

    References
    ----------
    Bernasco, W. and Steenbeek, W. (2017), doi:10.1007/s10940-016-9324-7. Weisburd, D. (2015),
    doi:10.1111/1745-9125.12070.

    Examples
    --------
    >>> import pandas as pd
    >>> found = concentration(pd.DataFrame({"n": [5, 3, 1, 1, 0, 0, 0, 0, 0, 0]}), rng=1)
    >>> round(found["gini"]["value"], 3), round(found["share_for_80"]["value"], 2)
    (0.74, 0.2)
    """
    caller = "places.concentration"
    check = Check(caller)
    if check.frame(places, "the places"):
        check.columns(places, [n], "the places")
        if n in places and (
            places[n].dtype.kind not in "iuf"
            or not _whole(places[n].to_numpy(dtype=np.float64, na_value=np.nan))
        ):
            check.add(f"n={n!r} must hold whole numbers not below 0, without gaps.")
    check.whole(99, bootstrap=bootstrap)
    check.between(0.5, 0.999, level=level)
    check.done()
    counts = places[n].to_numpy(dtype=np.int64)
    total = int(counts.sum())
    if total < 2 or len(counts) < 2:
        raise InputError(
            f"{caller}: at least two places and two incidents are needed; got {len(counts)} and {total}."
        )
    generate, seed = generator(rng, caller)
    observed = _measures(counts)
    drawn, thrown = _draws(counts, bootstrap, generate)
    tails = [(1 - level) / 2, 1 - (1 - level) / 2]
    details: dict[str, Any] = {
        name: _with_interval(value, drawn[name], tails) for name, value in observed.items()
    }
    low, high = np.quantile(thrown, tails)
    details["chance_gini"] = {"value": float(np.mean(thrown)), "low": float(low), "high": float(high)}
    return Result(
        name=caller,
        title=tr_later("Concentration of incidents in places"),
        table=_lorenz(counts),
        method=_METHOD.format(bootstrap=bootstrap),
        findings=_findings(details, counts, level),
        params=(Param("n", n), Param("bootstrap", bootstrap), Param("level", level)),
        caveats=_caveats(counts, total),
        references=_REFERENCES,
        sources=(Source("places", len(counts), fingerprint(counts), origin_of(places)),),
        handling=handling_of(places),
        seed=seed,
        details=details,
    )


def gini(counts: NDArray[np.int64]) -> tuple[float, float]:
    """The Gini index of counts and its generalisation for fewer incidents than places.

    Bernasco and Steenbeek (2017), equations 3 and 5: G' = max(1/c, 1/n)·Σ(2i − n − 1)·y_i − max(n/c, 1) + 1 with y the
    ascending shares, n places and c incidents. It is 0 when no place has two incidents while others have none.

    Examples
    --------
    >>> gini(np.array([1, 1, 0, 0]))
    (0.5, 0.0)
    """
    places, total = len(counts), int(counts.sum())
    share = np.sort(counts) / total
    order = 2 * np.arange(1, places + 1) - places - 1
    spread = float(order @ share)
    general = max(1 / total, 1 / places) * spread - max(places / total, 1) + 1
    return spread / places, max(general, 0.0)


def _measures(counts: NDArray[np.int64]) -> dict[str, float]:
    plain, general = gini(counts)
    ranked = np.sort(counts)[::-1].cumsum() / counts.sum()
    found = {"gini": plain, "generalised_gini": general}
    for percent in (25, 50, 80):
        needed = int(np.searchsorted(ranked, percent / 100 - 1e-12)) + 1
        found[f"share_for_{percent}"] = needed / len(counts)
    top = max(1, round(0.05 * len(counts)))
    return found | {"top_5_share": float(ranked[top - 1])}


def _draws(
    counts: NDArray[np.int64], bootstrap: int, rng: np.random.Generator
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """The measures of incidents drawn again, and the Gini of incidents thrown at random."""
    from tqdm.auto import trange

    total, share = int(counts.sum()), counts / counts.sum()
    rows = []
    thrown = np.empty(bootstrap)
    for run in trange(bootstrap, desc="bootstrap", delay=1, leave=False):
        rows.append(_measures(rng.multinomial(total, share)))
        thrown[run] = gini(np.bincount(rng.integers(0, len(counts), total), minlength=len(counts)))[0]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}, thrown


def _with_interval(value: float, drawn: NDArray[np.float64], tails: list[float]) -> dict[str, float]:
    """The spread of the drawn values around the observed one; drawing again concentrates further, which is taken out."""
    low, high = value + np.quantile(drawn, tails) - drawn.mean()
    return {"value": value, "low": float(np.clip(low, 0, 1)), "high": float(np.clip(high, 0, 1))}


def _lorenz(counts: NDArray[np.int64]) -> pd.DataFrame:
    import pandas as pd

    ranked = np.sort(counts)[::-1]
    return pd.DataFrame(
        {
            "places_share": np.arange(1, len(counts) + 1) / len(counts),
            "incidents_share": ranked.cumsum() / ranked.sum(),
            "n": ranked,
        }
    )


def _whole(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).all() and (values >= 0).all() and (values == np.round(values)).all())


def _findings(details: dict[str, Any], counts: NDArray[np.int64], level: float) -> tuple[str, ...]:
    half, most = details["share_for_50"], details["share_for_80"]
    general, plain, chance = details["generalised_gini"], details["gini"], details["chance_gini"]
    said = [
        tr(
            "Half of the {counts:,} incidents lie in {value:.1%} of the {n:,} places, and 80 % of them in {value_2:.1%} "
            "({level:.0%} interval {low:.1%} to {high:.1%})."
        ).format(
            counts=int(counts.sum()),
            value=half["value"],
            n=len(counts),
            value_2=most["value"],
            level=level,
            low=most["low"],
            high=most["high"],
        ),
        tr(
            "The generalised Gini index is {value:.2f} ({low:.2f} to {high:.2f}); 0 is as equal as the number of incidents "
            "allows, 1 is all in one place."
        ).format(value=general["value"], low=general["low"], high=general["high"]),
        tr(
            "The plain Gini index is {value:.2f}; thrown at random the same incidents would show {value_2:.2f}."
        ).format(value=plain["value"], value_2=chance["value"]),
    ]
    if plain["value"] <= chance["high"]:
        said.append(tr("That is no more concentrated than chance alone; do not pick places by this list."))
    said.append(
        tr(
            "It says how concentrated incidents are, not which places stay busy. Compare the top places of two periods next."
        )
    )
    return tuple(said)


def _caveats(counts: NDArray[np.int64], total: int) -> tuple[str, ...]:
    said = []
    if not (counts == 0).any():
        said.append(
            tr(
                "No place is empty. If only places with incidents are in the table, the concentration is understated."
            )
        )
    if total < len(counts):
        said.append(
            tr(
                "There are fewer incidents than places, so most places are empty by arithmetic; read the generalised index."
            )
        )
    said.append(tr("Places of different size are counted as one each."))
    return tuple(said)
