"""Space-time scan: where and when cases cluster most, looked for everywhere at once, and how often chance does as well."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times import scanwords as words
from ilp_lab.times.batches import in_steps
from ilp_lab.times.casechecks import check_cases
from ilp_lab.times.casework import Cases, cases_of
from ilp_lab.times.cylinders import Circles, Work, circles_around, highest, observed
from ilp_lab.times.moments import date_number
from ilp_lab.times.scanwords import Limits

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

Model = Literal["permutation", "poisson", "bernoulli"]
_LISTED = 10
MODELS = ("permutation", "poisson", "bernoulli")
_REFERENCES = (
    "Kulldorff 1997, A spatial scan statistic, doi:10.1080/03610929708831995",
    "Kulldorff et al. 2005, A space-time permutation scan statistic, doi:10.1371/journal.pmed.0020059",
    "Abrams, Kleinman and Kulldorff 2010, Gumbel based p-value approximations for spatial scan statistics, doi:10.1186/1476-072X-9-61",
)


def scan(
    cases: gpd.GeoDataFrame,
    *,
    model: Model = "permutation",
    population: str | gpd.GeoDataFrame | None = None,
    max_m: float | None = None,
    max_days: float | None = None,
    max_share: float = 0.5,
    prospective: bool = False,
    period: tuple[str | pd.Timestamp, str | pd.Timestamp] | None = None,
    unit_days: int = 1,
    count: str | None = None,
    centres: gpd.GeoDataFrame | None = None,
    distance: Literal["planar", "great-circle"] = "planar",
    min_cases: int = 2,
    simulations: int = 999,
    alpha: float = 0.05,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Look for clusters in space and time with circles of every size (Kulldorff's scan statistics).

    Parameters
    ----------
    cases
        Points, one row per case (or a row per place with ``count``). With ``occurred_at`` in space and time; without, or with
        ``max_days=None`` under ``"poisson"`` and ``"bernoulli"``, in space alone.
    model
        ``"permutation"`` needs cases only and allows for busy places and busy days. ``"poisson"`` compares with ``population``.
        ``"bernoulli"`` compares cases with controls.
    population
        Poisson: the column of ``cases`` that holds the population of each row's place (the same in all rows of a place), or a table of
        places (points or polygons) with a column ``population``. Bernoulli: a column of true and false that says which rows are
        cases, or a table of controls.
    max_m
        Largest radius in metres; up to ``max_share`` of everything when left out. Give one, such as 2,000: how far a cluster
        can matter to you. Without limits, more than some hundred cases take long.
    max_days
        Longest window; half of the period when left out under ``"permutation"``. Give one, such as 30.
    max_share
        Largest share of the population (or of the cases) that a circle may hold.
    prospective
        Only clusters that are alive on the last day; then ``recurrence_days`` says how often chance raises such an alarm.
    period
        First and last day looked at; cases outside are left out and counted. From the first to the last case when left out, so
        give it when the last days had no case, or when nothing was recorded before the first.
    unit_days
        Length of the units of time, counted back from the last day.
    count
        Column with the number of cases of each row; when left out, a column ``cases`` is taken if there is one.
    centres
        Further places around which circles are drawn; always around every place with cases or population.
    distance
        ``"planar"`` in the metric coordinate system, or ``"great-circle"`` over the globe.
    min_cases
        Fewest cases of a cluster.
    simulations
        Data sets dealt by chance.
    alpha
        Level of the verdict.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per cluster, the likeliest first, all that are more than chance and the first ten: ``llr``, ``observed``,
        ``expected``, ``ratio``, ``p``, ``p_gumbel``, ``recurrence_days``, ``start``, ``end`` (first and last day), ``radius_m``, ``places``
        (how many), ``members`` (their index labels), ``verdict`` and the outline (its circle, or its areas). ``details``: ``maxima``
        (of the simulations), ``cases``, ``units`` (of time).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, such as a place with cases and no population.

    Notes
    -----
    The likelihood ratios are those of SaTScan. Places at the same distance enter a circle together; SaTScan adds them one by one
    in the order of its file, so it can find other clusters where places lie on a regular grid. A circle holds whole places; long
    thin clusters are found in part. Cost: for each simulation one pass over all places around all centres; memory 21 bytes for
    each of them. The bar says after the first simulations how long the rest takes; interrupting loses the run and nothing else.
    Without ``max_m`` and ``max_days`` (then as SaTScan: half of everything, half of the period) four hundred burglaries of three years
    took thirty times as long as with ``max_m=2000, max_days=30``, and clusters of half a town can lead; the scan says so when it takes
    minutes.

    References
    ----------
    Kulldorff, M. (1997), doi:10.1080/03610929708831995. Kulldorff, M. et al. (2005), doi:10.1371/journal.pmed.0020059.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.uniform(0, 9000, (300, 2)), rng.normal(4000, 150, (12, 2))])
    >>> day = np.r_[rng.integers(0, 60, 300), rng.integers(55, 60, 12)]
    >>> when = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(day, unit="D")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> found = scan(thefts, max_m=1500, max_days=7, prospective=True, simulations=99, rng=1)
    >>> found.table["observed"][0], found.table["p"][0]
    (np.int64(11), np.float64(0.01))
    """
    caller = "times.scan"
    check = Check(caller)
    check.positive(max_m=max_m, max_days=max_days)
    check.between(0.001, 1.0, max_share=max_share)
    check.whole(1, unit_days=unit_days, min_cases=min_cases)
    check.whole(19, simulations=simulations)
    check.between(0.0001, 0.5, alpha=alpha)
    check.choice(allowed=MODELS, model=model)
    check.choice(allowed=("planar", "great-circle"), distance=distance)
    check_cases(
        check,
        cases,
        model,
        population,
        count,
        centres,
        timed=model == "permutation" or max_days is not None or prospective,
    )
    timed = model == "permutation" or max_days is not None or prospective
    days = period_of(check, period, timed=timed)
    _check_windows(check, max_days, unit_days, days)
    check.done()
    generate, seed = generator(rng, caller)
    sphere = distance == "great-circle"
    limits = Limits(max_m, max_days, max_share, unit_days, min_cases, prospective, sphere, days)
    held = cases_of(cases, model, population, count, centres, limits.max_m, period=days, timed=timed, sphere=sphere, caller=caller)  # fmt: skip
    work, first_day = _work(held, limits, caller)
    llr, found = observed(work)
    maxima = _simulated(work, held, model, simulations, generate, words.advice(limits, work))
    table, unlisted = _table(held, work, limits, first_day, llr, found, maxima, alpha)
    left_out = LeftOut.of(cases, held.reasons)
    return Result(
        name=caller,
        title=tr_later("Space-time scan") if work.units > 1 else tr_later("Spatial scan"),
        table=table,
        method=words.method(model, limits, work, simulations),
        findings=words.findings(table, held, limits, alpha, unlisted, 1 / (simulations + 1)),
        params=words.params(model, limits, held, work, simulations, alpha, distance, count),
        caveats=words.caveats(held, limits, table),
        references=_REFERENCES,
        sources=held.sources,
        left_out={**left_out, **held.others_out},
        left_out_rows=left_out.rows,
        handling=handling_of(cases, population if hasattr(population, "geometry") else None, centres),
        seed=seed,
        view="map",
        details={"maxima": maxima, "cases": work.cases, "units": work.units, "value": "verdict"},
    )


def period_of(check: Check, period: Any, *, timed: bool) -> tuple[int, int] | None:
    """First and last day of the period, as days since 1970."""
    if period is None:
        return None
    try:
        first, last = period
        days = (
            date_number(first, "period", tr_later("a scan")),
            date_number(last, "period", tr_later("a scan")),
        )
    except (ValueError, TypeError):
        check.add(f"period must be two dates such as ('2024-01-01', '2024-03-31'); got {period!r}.")
        return None
    if days[0] > days[1]:
        check.add(f"period must begin before it ends; got {period!r}.")
    if not timed:
        check.add("period is for scans of time; give max_days, or leave period out.")
    return days


def _check_windows(
    check: Check, max_days: float | None, unit_days: int, period: tuple[int, int] | None
) -> None:
    if check.faults or max_days is None:
        return
    if max_days < unit_days:
        check.add(f"max_days={max_days:g} is shorter than one unit of unit_days={unit_days}.")
    if period is not None and max_days > period[1] - period[0] + 1:
        check.add(
            f"max_days={max_days:g} is longer than the period of {period[1] - period[0] + 1:,} days; half of it is the usual most."
        )


def _work(held: Cases, limits: Limits, caller: str) -> tuple[Work, int]:
    """The circles and the cases in them; also the day on which the first unit begins."""
    circles = circles_around(
        held.centres, held.places, held.mass, max_m=limits.max_m, max_share=limits.max_share, sphere=limits.sphere, caller=caller
    )  # fmt: skip
    if held.day is None:
        unit, elapsed, longest, first_day = np.zeros(len(held.place), np.int64), np.array([0, 1]), 1, 0
    else:
        last = int(held.day.max()) if limits.period is None else limits.period[1]
        begin = int(held.day.min()) if limits.period is None else limits.period[0]
        back = (last - held.day) // limits.unit_days
        units = (last - begin) // limits.unit_days + 1
        if units < 2:
            raise InputError(
                f"{caller}: all cases lie in one unit of {limits.unit_days} day(s), so time tells nothing. "
                "Look at space alone (model='poisson' or 'bernoulli' without max_days), or at a longer period."
            )
        unit = units - 1 - back
        per = np.bincount(unit, minlength=units) if held.by_permutation else np.ones(units, np.int64)
        elapsed = np.append(0, np.cumsum(per))
        wanted = units // 2 if limits.max_days is None else int(limits.max_days // limits.unit_days)
        longest = min(max(wanted, 1), units)
        first_day = last + 1 - units * limits.unit_days
    order = np.argsort(held.place, kind="stable")
    starts = np.append(0, np.cumsum(np.bincount(held.place, minlength=len(held.places))))
    label = None if held.is_case is None else held.is_case[order]
    number = len(held.place) if label is None else int(label.sum())
    work = Work(
        circles, starts.astype(np.int64), unit[order].astype(np.int32), label, elapsed.astype(np.int64), number,
        longest, limits.min_cases, limits.prospective and held.day is not None,
        held.by_permutation,
    )  # fmt: skip
    return work, first_day


def _simulated(
    work: Work, held: Cases, model: str, simulations: int, rng: np.random.Generator, advice: str
) -> NDArray[np.float64]:
    """The best value of data sets dealt by chance."""
    chance = held.mass / held.mass.sum()

    def step(first: int, last: int) -> NDArray[np.float64]:
        return highest(work, [_dealt(work, chance, model, rng) for _ in range(first, last)])

    return np.concatenate(
        list(in_steps(simulations, step, tr_later("dealt by chance"), first=2, advice=advice))
    )


def _dealt(work: Work, chance: NDArray[np.float64], model: str, rng: np.random.Generator) -> Work:
    if model == "permutation":
        return work.with_(unit=rng.permutation(work.unit))
    if work.is_case is not None:
        return work.with_(is_case=rng.permutation(work.is_case))
    at = rng.multinomial(work.cases, chance)
    unit = rng.integers(0, work.units, work.cases, dtype=np.int32)
    return work.with_(starts=np.append(0, np.cumsum(at)), unit=unit)


def _table(
    held: Cases,
    work: Work,
    limits: Limits,
    first_day: int,
    llr: NDArray[np.float64],
    found: NDArray[np.int64],
    maxima: NDArray[np.float64],
    alpha: float,
) -> tuple[gpd.GeoDataFrame, int]:
    """The clusters, and how many further ones are not listed."""
    import geopandas as gpd
    import pandas as pd

    circles = work.circles
    spread = max(float(maxima.std(ddof=1)), 1e-12) * math.sqrt(6) / math.pi
    middle = float(maxima.mean()) - 0.5772156649015329 * spread
    rows: list[dict[str, Any]] = []
    shapes = []
    separate = _separate(circles, llr, found)
    for centre in separate:
        value, (position, begin, end, number) = llr[centre], found[centre]
        inside = circles.place[circles.begins[centre] : position + 1]
        p = (1 + int((maxima >= value * (1 - 1e-12)).sum())) / (len(maxima) + 1)
        if len(rows) >= _LISTED and p >= alpha:
            break
        expected = _expected(work, inside, position, begin, end)
        rows.append(
            {
                "llr": value,
                "observed": int(number),
                "expected": expected,
                "ratio": number / expected if expected > 0 else np.nan,
                "p": p,
                "p_gumbel": -math.expm1(-math.exp(-(value - middle) / spread)),
                "recurrence_days": limits.unit_days / p if work.prospective else np.nan,
                "start": words.day_of(first_day + begin * limits.unit_days, held),
                "end": words.day_of(first_day + (end + 1) * limits.unit_days - 1, held),
                "radius_m": float(circles.radius_m[position]),
                "places": len(inside),
                "members": tuple(label for place in inside for label in held.labels[place]),
                "verdict": "more than chance" if p < alpha else "not more than chance",
            }
        )
        shapes.append(_outline(held, int(circles.centre[centre]), inside, rows[-1]["radius_m"]))
    columns = ["llr", "observed", "expected", "ratio", "p", "p_gumbel", "recurrence_days", "start", "end", "radius_m", "places", "members", "verdict"]  # fmt: skip
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    table["verdict"] = pd.Categorical(
        table["verdict"], categories=["more than chance", "not more than chance"]
    )
    return gpd.GeoDataFrame(table, geometry=shapes, crs=held.metric.crs), len(separate) - len(table)


def _outline(held: Cases, centre: int, inside: NDArray[np.int32], radius_m: float) -> Any:
    """What is drawn: the areas of the cluster, or its circle."""
    import shapely

    if held.outlines is not None:
        return shapely.union_all(held.outlines[inside])
    return shapely.buffer(shapely.Point(held.centre_xy[centre]), max(radius_m, 10.0), quad_segs=24)


def _expected(work: Work, inside: NDArray[np.int32], position: int, begin: int, end: int) -> float:
    if work.is_case is None:
        share = float(work.circles.share[position])
        return (
            work.cases * share * float(work.elapsed[end + 1] - work.elapsed[begin]) / float(work.elapsed[-1])
        )
    unit = np.concatenate([work.unit[work.starts[place] : work.starts[place + 1]] for place in inside])
    return work.cases * int(((unit >= begin) & (unit <= end)).sum()) / len(work.unit)


def _separate(circles: Circles, llr: NDArray[np.float64], found: NDArray[np.int64]) -> list[int]:
    """Centres whose best clusters share no place with a likelier one's, the likeliest first; of equally likely ones the smaller."""
    taken = np.zeros(int(circles.place.max(initial=0)) + 1, dtype=bool)
    kept: list[int] = []
    if not len(circles.place):
        return kept
    radius = circles.radius_m[np.minimum(found[:, 0], len(circles.radius_m) - 1)]
    for centre in np.lexsort((found[:, 1], radius.round(2), -llr.round(9))):
        if llr[centre] <= 0:
            break
        inside = circles.place[circles.begins[centre] : found[centre, 0] + 1]
        if not taken[inside].any():
            taken[inside] = True
            kept.append(int(centre))
    return kept
