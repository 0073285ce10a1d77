"""In how few places harm is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.threats.harmareas import NO_AREA, caveats_of
from ilp_lab.threats.harmscales import HarmScale, harm_scale
from ilp_lab.threats.scalecomparison import refuse_persons
from ilp_lab.threats.weighing import weights_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Harm by {scale} was added up by {by}, and the {by}s were put in order of it (Lorenz curve). The Gini index is twice "
    "the area between that curve and the line of equal shares. A grave incident cannot be spread over places, so the "
    "generalised index measures from the most equal spread that these incidents allow, each undivided: (G − G0) / (1 − "
    "G0). The interval says how far the index would move if as many incidents came again (drawn with replacement, "
    "{bootstrap} times); the same incidents thrown at random onto the places give the concentration that chance alone "
    "shows."
)
_REFERENCES = (
    "Bernasco and Steenbeek 2017, More places than crimes, doi:10.1007/s10940-016-9324-7",
    "Weinborn, Ariel, Sherman and O'Dwyer 2017, Hotspots vs. harmspots, doi:10.1016/j.apgeog.2017.06.009",
    "Graham 1969, Bounds on multiprocessing timing anomalies, doi:10.1137/0117039",
)


def harm_concentration(
    incidents: pd.DataFrame,
    *,
    by: str = "area",
    places: pd.Series | None = None,
    offence: str = "offence",
    scale: str | Path | HarmScale = "belmara",
    beside: str | Path | HarmScale | None = "belmara-severity",
    top: float = 0.05,
    bootstrap: int = 499,
    level: float = 0.95,
    found_by_police: bool = False,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure in how few places harm is, beside the plain number of incidents and a second scale.

    Parameters
    ----------
    incidents
        Incidents with a place and an offence.
    by
        Column that names the place: an area, a cell, a street, an address.
    places
        Names of all places, those without harm too; without it only places that occur are known, and the concentration is
        understated.
    offence
        Column.
    scale, beside
        As in :func:`harm_rates`.
    top
        Share of the places whose share of the harm is told.
    bootstrap, level
        Draws, and probability of the interval.
    found_by_police
        As in :func:`harm`.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: the Lorenz curve: ``places_share``, ``harm_share``, ``incidents_share`` (places in order of incidents),
        ``beside_share``. ``details``: ``gini``, ``generalised_gini``, ``top_share``, ``share_for_50``, ``share_for_80``, each with
        ``value``, ``low``, ``high``; ``chance_gini``; ``count_gini``; ``same_top`` (places in the top by harm and by number).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"area": list("AAAABBC"), "offence": ["theft"] * 6 + ["robbery"]})
    >>> harm_concentration(seen, rng=1)["gini"]["value"].round(3).item()
    0.638
    """
    import pandas as pd

    caller = "threats.harm_concentration"
    check = Check(caller)
    if check.frame(incidents, "incidents"):
        check.columns(incidents, [by, offence], "incidents")
    check.whole(99, bootstrap=bootstrap)
    check.between(0.5, 0.999, level=level)
    check.between(0.001, 0.5, top=top)
    refuse_persons(check, by)
    check.done()
    first = harm_scale(scale)
    second = None if beside is None else harm_scale(beside)
    values, reasons = weights_of(incidents[offence], first, found_by_police=found_by_police)
    names = pd.Index(places if places is not None else incidents[by].dropna()).unique()
    where = names.get_indexer(pd.Index(incidents[by]))
    reasons[(reasons == "") & (where < 0)] = NO_AREA
    kept = reasons == ""
    values, where = values[kept], where[kept]
    if len(names) < 2 or not values.sum() > 0:
        raise InputError(
            f"{caller}: at least two places and some harm are needed; got {len(names)} places with {values.sum():g}."
        )
    other = np.zeros(len(values))
    if second is not None:
        other = np.nan_to_num(
            weights_of(incidents.loc[kept, offence], second, found_by_police=found_by_police)[0]
        )
    generate, seed = generator(rng, caller)
    details = _details(values, where, len(names), top, bootstrap, level, generate)
    left_out = LeftOut.of(incidents, reasons)
    caveats = list(caveats_of(second, left_out, len(incidents)))
    if places is None:
        caveats.append(
            tr("Only places with incidents are known, so the concentration is understated; give all places.")
        )
    return Result(
        name=caller,
        title=tr("Concentration of harm by {by}").format(by=by),
        table=_curve(values, other, where, len(names), has_other=second is not None),
        method=_METHOD.format(scale=first.label, by=by.replace("_", " "), bootstrap=bootstrap),
        findings=_findings(details, len(names), len(values), top, level),
        params=(
            Param("by", by), Param("scale", first.label), Param("beside", second.label if second else None),
            Param("top", top), Param("bootstrap", bootstrap), Param("level", level),
        ),
        caveats=tuple(caveats),
        references=_REFERENCES,
        sources=(
            Source("incidents", len(values), fingerprint(values, where.astype(np.int64)), origin_of(incidents)),
            Source(tr("harm scale {label}").format(label=first.label), len(first.weights), first.fingerprint),
        ),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        seed=seed,
        details=details,
    )  # fmt: skip


def gini(values: NDArray[np.float64]) -> float:
    """The Gini index of amounts.

    Examples
    --------
    >>> gini(np.array([0.0, 0, 0, 8]))
    0.75
    """
    n = len(values)
    return float((2 * np.arange(1, n + 1) - n - 1) @ np.sort(values) / (n * values.sum()))


def most_equal(weights: NDArray[np.float64], places: int) -> NDArray[np.float64]:
    """Harm by place when the incidents, each undivided, are spread as equally as can be: heaviest first, least filled place.

    Examples
    --------
    >>> most_equal(np.array([5.0, 3, 3, 1]), 2).tolist()
    [6.0, 6.0]
    """
    import heapq

    heavy = np.sort(weights[weights > 0])[::-1]
    if len(heavy) <= places:
        return np.concatenate([heavy, np.zeros(places - len(heavy))])
    filled = [0.0] * places
    for weight in heavy:
        heapq.heapreplace(filled, filled[0] + float(weight))
    return np.array(filled)


def _measures(harm: NDArray[np.float64], flattest: float, top: float) -> dict[str, float]:
    plain = gini(harm)
    ranked = np.sort(harm)[::-1].cumsum() / harm.sum()
    needed = {
        f"share_for_{percent}": (int(np.searchsorted(ranked, percent / 100 - 1e-12)) + 1) / len(harm)
        for percent in (50, 80)
    }
    general = (plain - flattest) / (1 - flattest) if flattest < 1 else 0.0
    return {
        "gini": plain,
        "generalised_gini": max(general, 0.0),
        "top_share": float(ranked[max(1, round(top * len(harm))) - 1]),
        **needed,
    }


def _details(
    values: NDArray[np.float64],
    where: NDArray[np.int64],
    places: int,
    top: float,
    bootstrap: int,
    level: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    harm = np.bincount(where, values, minlength=places).astype(np.float64)
    flattest = gini(most_equal(values, places))
    observed = _measures(harm, flattest, top)
    rows, thrown = [], np.empty(bootstrap)
    for run in range(bootstrap):
        pick = rng.integers(0, len(values), len(values))
        again = np.bincount(where[pick], values[pick], minlength=places).astype(np.float64)
        rows.append(_measures(again if again.sum() > 0 else harm, flattest, top))
        thrown[run] = gini(
            np.bincount(rng.integers(0, places, len(values)), values, minlength=places).astype(np.float64)
        )
    tails = [(1 - level) / 2, 1 - (1 - level) / 2]
    found: dict[str, Any] = {}
    for name, value in observed.items():
        drawn = np.array([row[name] for row in rows])
        low, high = np.clip(value + np.quantile(drawn, tails) - drawn.mean(), 0, 1)
        found[name] = {"value": np.float64(value), "low": float(low), "high": float(high)}
    low, high = np.quantile(thrown, tails)
    found["chance_gini"] = {"value": float(thrown.mean()), "low": float(low), "high": float(high)}
    counts = np.bincount(where, minlength=places).astype(np.float64)
    found["count_gini"] = gini(counts)
    size = max(1, round(top * places))
    tops = [set(np.argsort(-amount, kind="stable")[:size].tolist()) for amount in (harm, counts)]
    return found | {"same_top": len(tops[0] & tops[1]), "top_places": size}


def _curve(
    values: NDArray[np.float64],
    other: NDArray[np.float64],
    where: NDArray[np.int64],
    places: int,
    *,
    has_other: bool,
) -> pd.DataFrame:
    import pandas as pd

    def shares(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.sort(amounts)[::-1].cumsum() / max(amounts.sum(), 1e-300))

    columns = {
        "places_share": np.arange(1, places + 1) / places,
        "harm_share": shares(np.bincount(where, values, minlength=places).astype(np.float64)),
        "incidents_share": shares(np.bincount(where, minlength=places).astype(np.float64)),
    }
    if has_other:
        columns["beside_share"] = shares(np.bincount(where, other, minlength=places).astype(np.float64))
    return pd.DataFrame(columns)


def _findings(
    details: dict[str, Any], places: int, incidents: int, top: float, level: float
) -> tuple[str, ...]:
    half, share, general = details["share_for_50"], details["top_share"], details["generalised_gini"]
    chance = details["chance_gini"]
    said = [
        tr(
            "Half of the harm of {incidents:,} incidents lies in {value:.1%} of {places:,} places; the first {top:.0%} of places "
            "hold {value_2:.0%} ({level:.0%} interval {low:.0%} to {high:.0%})."
        ).format(
            incidents=incidents,
            value=half["value"],
            places=places,
            top=top,
            value_2=share["value"],
            level=level,
            low=share["low"],
            high=share["high"],
        ),
        tr(
            "The Gini index of harm is {value:.2f}, that of the number of incidents {count_gini:.2f}; the generalised index is "
            "{value_2:.2f} ({low:.2f} to {high:.2f})."
        ).format(
            value=details["gini"]["value"],
            count_gini=details["count_gini"],
            value_2=general["value"],
            low=general["low"],
            high=general["high"],
        ),
        tr(
            "Thrown at random the same incidents would show a Gini index of {value:.2f}, because a few of them weigh so much."
        ).format(value=chance["value"]),
        tr("Of the first {top_places} places by harm {same_top} are also first by number.").format(
            top_places=details["top_places"], same_top=details["same_top"]
        ),
    ]
    if details["gini"]["value"] <= chance["high"]:
        said.append(tr("That is no more concentrated than chance alone; do not pick places by this list."))
    said.append(
        tr(
            "Check next whether the first places stay first in another year: one grave incident makes a harm spot once."
        )
    )
    return tuple(said)
