"""How often per head: rates of areas, and how sure they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.contiguity import contiguity
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.shrinkage import posterior
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "The rate of an area is its events over its population. Because small populations throw extreme rates by luck, each "
    "was shrunk towards {centre} by as much as its population leaves in doubt (empirical Bayes: events Poisson, true "
    "rates gamma distributed, mean and variance by moments). The interval holds the true rate with the stated "
    "probability under that model. p is the two-sided probability of a count as far from the overall rate as this one, "
    "if the area had the overall rate; q adjusts it over all areas."
)
_REFERENCES = (
    "Clayton and Kaldor 1987, Empirical Bayes estimates of age-standardized relative risks, doi:10.2307/2532003",
    "Marshall 1991, Mapping disease and mortality rates using empirical Bayes estimators, doi:10.2307/2347593",
    "Benjamini and Hochberg 1995, Controlling the false discovery rate, doi:10.1111/j.2517-6161.1995.tb02031.x",
)
VERDICTS = ("higher than overall", "lower than overall", "not more than chance")


def rates(
    areas: gpd.GeoDataFrame,
    *,
    events: str = "n",
    population: str = "population",
    per: float = 1000,
    towards: str = "all",
    level: float = 0.95,
    alpha: float = 0.05,
) -> Result:
    """Compare areas per head, with rates of small populations drawn towards the rest as far as they are in doubt.

    Parameters
    ----------
    areas
        Outlines with a count and a population; :func:`count` makes the count.
    events, population
        Their columns. The population is whatever could have had an event: residents, dwellings, visitors, vehicles.
    per
        Rates are given per this many.
    towards
        ``"all"``: shrunk towards the rate of all areas; ``"queen"``: towards that of the area and those that touch it.
    level
        Probability of the interval.
    alpha
        Share of false finds that is accepted in the verdict.

    Returns
    -------
    Result
        ``table``: the areas with ``rate`` (as counted), ``smoothed``, ``low``, ``high``, ``expected`` events at the overall
        rate, ``ratio`` (events over expected), ``p``, ``q_fdr`` and ``verdict``. Areas without population have no rate;
        they are left out and counted. ``details``: ``overall`` rate, ``outline``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Limits: residents are the wrong denominator where people come from elsewhere (town centres, stations, stadiums); the
    interval is that of a model in which the areas are alike but for luck and a gamma spread, and does not cover errors
    of recording or of the population.

    References
    ----------
    Clayton, D. and Kaldor, J. (1987), doi:10.2307/2532003. Marshall, R. J. (1991), doi:10.2307/2347593.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> towns = gpd.GeoDataFrame({"n": [2, 40, 30, 38], "population": [100, 9000, 9000, 9500]},
    ...                          geometry=[box(i, 0, i + 1, 1) for i in range(4)], crs=32633)
    >>> rates(towns).table[["rate", "smoothed"]].round(1).values.tolist()
    [[20.0, 4.2], [4.4, 4.2], [3.3, 3.6], [4.0, 4.0]]
    """
    caller = "places.rates"
    check = Check(caller)
    _check(check, areas, events, population)
    check.positive(per=per)
    check.choice(allowed=("all", "queen"), towards=towards)
    check.between(0.5, 0.999, level=level)
    check.between(0.0001, 0.5, alpha=alpha)
    check.done()
    n, people, reasons = _usable(areas, events, population, caller)
    kept = reasons == ""
    left_out = LeftOut.of(areas, reasons)
    table, n, people = areas[kept], n[kept], people[kept]
    metric = _metric.choose(areas, caller=caller)
    around = (
        None
        if towards == "all"
        else contiguity(np.asarray(_metric.to_metric(table, metric).geometry), "queen")
    )
    smoothed, low, high = shrunk(n, people, around, level)
    overall = float(n.sum() / people.sum())
    p = _two_sided_poisson(n, overall * people)
    q = false_discovery(p)
    fresh = {
        "rate": n / people * per, "smoothed": smoothed * per, "low": low * per, "high": high * per,
        "expected": overall * people, "ratio": n / (overall * people), "p": p, "q_fdr": q,
        "verdict": _verdicts(n, overall * people, q, alpha),
    }  # fmt: skip
    table = table.assign(**fresh)
    given = {
        "events": events,
        "population": population,
        "per": per,
        "towards": towards,
        "level": level,
        "alpha": alpha,
    }
    return Result(
        name=caller,
        title=tr("{spoken} per {per:,g} of {population}").format(
            spoken=_spoken(events).capitalize(), per=per, population=population
        ),
        table=table,
        method=_METHOD.format(
            centre=tr_later("the overall rate")
            if towards == "all"
            else tr("the rate of the area and those that touch it")
        ),
        findings=_findings(table, overall * per, per, level, events, population),
        params=tuple(Param(name, said) for name, said in given.items()),
        caveats=_caveats(n, left_out),
        references=_REFERENCES,
        sources=(Source("areas", len(table), fingerprint(n, people), origin_of(areas)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(areas),
        view="map",
        details={"overall": overall * per, "value": "smoothed"},
    )


def _usable(
    areas: gpd.GeoDataFrame, events: str, population: str, caller: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.object_]]:
    """Events, population, and why an area has no rate."""
    n, people = (areas[column].to_numpy(dtype=np.float64, na_value=np.nan) for column in (events, population))
    reasons = np.full(len(areas), "", dtype=object)
    reasons[~np.isfinite(n)] = tr("without a number in {events!r}").format(events=events)
    reasons[(reasons == "") & ~(people > 0)] = tr_later("without a population")
    kept = reasons == ""
    if kept.sum() < 2 or not n[kept].sum() > 0:
        raise InputError(
            f"{caller}: at least two areas with a population, and one event, are needed; "
            f"{int(kept.sum())} of {len(areas)} areas have one, with {np.nansum(n[kept]):g} events."
        )
    return n, people, reasons


def shrunk(
    events: NDArray[np.float64], population: NDArray[np.float64], around: Any, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Empirical Bayes rates per head with an equal-tailed interval.

    Where the areas cannot be told apart the estimate is the rate of all, and the interval that of it.

    Examples
    --------
    >>> shrunk(np.array([0.0, 10]), np.array([10.0, 1000]), None, 0.95)[0].round(4).tolist()
    [0.0099, 0.0099]
    """
    from scipy.stats import gamma

    shape, scale = posterior(events, population, around)
    positive = shape > 0
    tails = (1 - level) / 2
    low = np.where(positive, gamma.ppf(tails, np.where(positive, shape, 1.0)) / scale, 0.0)
    high = np.where(
        positive, gamma.ppf(1 - tails, np.where(positive, shape, 1.0)) / scale, -np.log(2 * tails) / scale
    )
    return np.asarray(shape / scale), np.asarray(low), np.asarray(high)


def _two_sided_poisson(events: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.stats import poisson

    up = poisson.sf(np.ceil(events) - 1, expected)
    down = poisson.cdf(np.floor(events), expected)
    return np.asarray(np.minimum(2 * np.minimum(up, down), 1.0))


def _verdicts(
    events: NDArray[np.float64], expected: NDArray[np.float64], q: NDArray[np.float64], alpha: float
) -> Any:
    import pandas as pd

    code = np.where(q >= alpha, 2, np.where(events > expected, 0, 1)).astype(np.int8)
    return pd.Categorical.from_codes(code, categories=pd.Index(VERDICTS))


def _check(check: Check, areas: Any, events: str, population: str) -> None:
    if not check.places(areas, "the areas"):
        return
    check.columns(areas, [events, population], "the areas")
    for name, column in (("events", events), ("population", population)):
        if column not in areas:
            continue
        if areas[column].dtype.kind not in "iuf":
            check.add(
                f"{name}={column!r} must be a column of numbers; it holds {areas[column].dtype}.", ColumnError
            )
        elif (areas[column] < 0).any():
            check.add(
                f"{name}={column!r} holds {int((areas[column] < 0).sum())} negative numbers.", ColumnError
            )


def _findings(
    table: gpd.GeoDataFrame, overall: float, per: float, level: float, events: str, population: str
) -> tuple[str, ...]:
    numbers = table["verdict"].value_counts()
    higher, lower = int(numbers[VERDICTS[0]]), int(numbers[VERDICTS[1]])
    top = table.loc[table["smoothed"].idxmax()]
    name = next(
        (str(top[column]) for column in ("name", "area") if column in table),
        tr("row {idxmax}").format(idxmax=table["smoothed"].idxmax()),
    )
    raw = table["rate"].rank(ascending=False, method="first")
    shrunk_rank = table["smoothed"].rank(ascending=False, method="first")
    moved = int((abs(raw - shrunk_rank) >= max(3, len(table) / 10)).sum())
    return (
        tr(
            "Overall there are {overall:,.3g} {spoken} per {per:,g} of {population}. {higher:,} of {n:,} areas lie above that "
            "and {lower:,} below it by more than chance explains."
        ).format(
            overall=overall,
            spoken=_spoken(events),
            per=per,
            population=population,
            higher=higher,
            n=len(table),
            lower=lower,
        ),
        tr(
            "The highest smoothed rate is that of {name}: {smoothed:,.3g}, with {level:.0%} probability between {low:,.3g} and "
            "{high:,.3g}."
        ).format(name=name, smoothed=top["smoothed"], level=level, low=top["low"], high=top["high"]),
        trn(
            "{moved:,} area changes its rank by a tenth of the list or more when luck is taken out.",
            "{moved:,} areas change their rank by a tenth of the list or more when luck is taken out.",
            moved,
        ).format(moved=moved)
        + (tr(" Do not rank by the raw rate.") if moved else ""),
        tr("A rate says how often per head of {population}, not why, and not who.").format(
            population=population
        ),
        tr(
            "Check next whether {population} counts those who could really have had an event there at that time."
        ).format(population=population),
    )


def _spoken(events: str) -> str:
    return "incidents" if events == "n" else events.replace("_", " ")


def _caveats(events: NDArray[np.float64], left_out: LeftOut) -> tuple[str, ...]:
    said = [
        tr(
            "The population is taken as exact and as present; visitors, commuters and empty dwellings are not in it."
        )
    ]
    if (events < 5).mean() > 0.25:
        said.append(
            trn(
                "{events:,} area has fewer than five events; read its interval, not its rate.",
                "{events:,} areas have fewer than five events; read their interval, not their rate.",
                int((events < 5).sum()),
            ).format(events=int((events < 5).sum()))
        )
    if left_out:
        said.append(tr("Areas without a population have no rate; see which they are in left_out_rows."))
    return tuple(said)
