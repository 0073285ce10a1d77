"""Space-time scan: where and when cases cluster most, looked for everywhere at once, and how often chance does as well."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times.casework import Cases, cases_of, check_cases
from ilp_lab.times.cylinders import Work, circles_around, highest, observed

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

Model = Literal["permutation", "poisson", "bernoulli"]
MODELS = ("permutation", "poisson", "bernoulli")
_BATCH = 64
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
_REFERENCES = (
    "Kulldorff 1997, A spatial scan statistic, doi:10.1080/03610929708831995",
    "Kulldorff et al. 2005, A space-time permutation scan statistic, doi:10.1371/journal.pmed.0020059",
    "Abrams, Kleinman and Kulldorff 2010, Gumbel based p-value approximations for spatial scan statistics, doi:10.1186/1476-072X-9-61",
)


@dataclass(frozen=True)
class _Limits:
    """How far, how long, how much."""

    max_m: float | None
    max_days: float | None
    max_share: float
    unit_days: int
    min_cases: int
    prospective: bool
    sphere: bool


def scan(
    cases: gpd.GeoDataFrame,
    *,
    model: Model = "permutation",
    population: str | gpd.GeoDataFrame | None = None,
    max_m: float | None = None,
    max_days: float | None = None,
    max_share: float = 0.5,
    prospective: bool = False,
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
        Poisson: the column of ``cases`` that holds the population of each row's place, or a table of places (points or polygons)
        with a column ``population``. Bernoulli: a column of true and false that says which rows are cases, or a table of controls.
    max_m
        Largest radius in metres.
    max_days
        Longest window; half of the period when left out under ``"permutation"``.
    max_share
        Largest share of the population (or of the cases) that a circle may hold.
    prospective
        Only clusters that are alive on the last day; then ``recurrence_days`` says how often chance raises such an alarm.
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
        ``table``: one row per cluster, the likeliest first: ``llr``, ``observed``, ``expected``, ``ratio``, ``p``, ``p_gumbel``, ``recurrence_days``,
        ``start``, ``end`` (first and last day), ``radius_m``, ``places`` (how many), ``members`` (their index labels), ``verdict`` and the circle.
        ``details``: ``maxima`` (simulated), ``periods``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, such as a place with cases and no population.

    Notes
    -----
    Places at the same distance enter a circle together; programs that add them one by one can find other clusters among ties.
    A circle holds whole places; long thin clusters are found in part. Cost: for each simulation one pass over all places
    around all centres; memory 21 bytes for each of them.

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
    check.done()
    generate, seed = generator(rng, caller)
    sphere = distance == "great-circle"
    limits = _Limits(max_m, max_days, max_share, unit_days, min_cases, prospective, sphere)
    held = cases_of(cases, model, population, count, centres, limits.max_m, timed=_timed(model, limits), sphere=sphere, caller=caller)  # fmt: skip
    work, first_day = _work(held, limits, caller)
    llr, found = observed(work)
    maxima = _simulated(work, held, model, simulations, generate)
    table = _table(held, work, limits, first_day, llr, found, maxima, alpha)
    left_out = LeftOut.of(cases, held.reasons)
    return Result(
        name=caller,
        title="Space-time scan" if work.units > 1 else "Spatial scan",
        table=table,
        method=_method(model, limits, work, simulations),
        findings=_findings(table, held, limits, alpha),
        params=_params(model, limits, held, simulations, alpha, distance, count),
        caveats=_caveats(held, limits, table),
        references=_REFERENCES,
        sources=held.sources,
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(cases, population if hasattr(population, "geometry") else None, centres),
        seed=seed,
        view="map",
        details={"maxima": maxima, "cases": work.cases, "value": "verdict"},
    )


def _timed(model: str, limits: _Limits) -> bool:
    return model == "permutation" or limits.max_days is not None or limits.prospective


def _work(held: Cases, limits: _Limits, caller: str) -> tuple[Work, int]:
    """The circles and the cases in them; also the day on which the first unit begins."""
    circles = circles_around(
        held.centres, held.places, held.mass, max_m=limits.max_m, max_share=limits.max_share, sphere=limits.sphere, caller=caller
    )  # fmt: skip
    if held.day is None:
        unit, elapsed, longest, first_day = np.zeros(len(held.place), np.int64), np.array([0, 1]), 1, 0
    else:
        last = int(held.day.max())
        back = (last - held.day) // limits.unit_days
        units = int(back.max()) + 1
        if units < 2:
            raise InputError(
                f"{caller}: all cases lie in one unit of {limits.unit_days} day(s), so time tells nothing."
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
    )  # fmt: skip
    return work, first_day


def _simulated(
    work: Work, held: Cases, model: str, simulations: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The best value of data sets dealt by chance."""
    from tqdm.auto import tqdm

    values: list[NDArray[np.float64]] = []
    chance = held.mass / held.mass.sum()
    with tqdm(total=simulations, desc="dealt by chance", delay=1, leave=False) as bar:
        while (done := sum(len(one) for one in values)) < simulations:
            some = min(_BATCH if done else 4, simulations - done)
            replicates = [_dealt(work, chance, model, rng) for _ in range(some)]
            values.append(highest(work, replicates))
            bar.update(some)
    return np.concatenate(values)


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
    limits: _Limits,
    first_day: int,
    llr: NDArray[np.float64],
    found: NDArray[np.int64],
    maxima: NDArray[np.float64],
    alpha: float,
) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd
    import shapely

    circles = work.circles
    spread = max(float(maxima.std(ddof=1)), 1e-12) * math.sqrt(6) / math.pi
    middle = float(maxima.mean()) - 0.5772156649015329 * spread
    rows: list[dict[str, Any]] = []
    shapes = []
    for centre in _separate(circles.begins, circles.place, llr, found):
        value, (position, begin, end, number) = llr[centre], found[centre]
        inside = circles.place[circles.begins[centre] : position + 1]
        p = (1 + int((maxima >= value * (1 - 1e-12)).sum())) / (len(maxima) + 1)
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
                "start": _day(first_day + begin * limits.unit_days, held),
                "end": _day(first_day + (end + 1) * limits.unit_days - 1, held),
                "radius_m": float(circles.radius_m[position]),
                "places": len(inside),
                "members": tuple(label for place in inside for label in held.labels[place]),
                "verdict": "more than chance" if p < alpha else "not more than chance",
            }
        )
        shapes.append(
            shapely.buffer(
                shapely.Point(held.centre_xy[centre]), max(rows[-1]["radius_m"], 10.0), quad_segs=24
            )
        )
    columns = ["llr", "observed", "expected", "ratio", "p", "p_gumbel", "recurrence_days", "start", "end", "radius_m", "places", "members", "verdict"]  # fmt: skip
    table = pd.DataFrame(rows, columns=pd.Index(columns))
    table["verdict"] = pd.Categorical(
        table["verdict"], categories=["more than chance", "not more than chance"]
    )
    return gpd.GeoDataFrame(table, geometry=shapes, crs=held.metric.crs)


def _day(day: int, held: Cases) -> Any:
    import pandas as pd

    return pd.NaT if held.day is None else pd.Timestamp(int(day), unit="D")


def _expected(work: Work, inside: NDArray[np.int32], position: int, begin: int, end: int) -> float:
    if work.is_case is None:
        share = float(work.circles.share[position])
        return (
            work.cases * share * float(work.elapsed[end + 1] - work.elapsed[begin]) / float(work.elapsed[-1])
        )
    unit = np.concatenate([work.unit[work.starts[place] : work.starts[place + 1]] for place in inside])
    return work.cases * int(((unit >= begin) & (unit <= end)).sum()) / len(work.unit)


def _separate(
    at: NDArray[np.int64],
    place: NDArray[np.int32],
    llr: NDArray[np.float64],
    found: NDArray[np.int64],
    most: int = 100,
) -> list[int]:
    """Centres whose best clusters share no place with a likelier one's, the likeliest first."""
    taken = np.zeros(int(place.max(initial=0)) + 1, dtype=bool)
    kept: list[int] = []
    for centre in np.argsort(-llr, kind="stable"):
        if llr[centre] <= 0 or len(kept) == most:
            break
        inside = place[at[centre] : found[centre, 0] + 1]
        if not taken[inside].any():
            taken[inside] = True
            kept.append(int(centre))
    return kept


def _method(model: str, limits: _Limits, work: Work, runs: int) -> str:
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


def _params(
    model: str, limits: _Limits, held: Cases, simulations: int, alpha: float, distance: str, count: str | None
) -> tuple[Param, ...]:
    return (
        Param("model", model),
        Param("max_m", limits.max_m),
        Param("max_days", limits.max_days),
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


def _findings(table: gpd.GeoDataFrame, held: Cases, limits: _Limits, alpha: float) -> tuple[str, ...]:
    if not len(table):
        return ("No circle holds more cases than expected.", "There is nothing to follow up here.")
    top = table.iloc[0]
    where = f"within {top['radius_m']:,.0f} m of one place" if top["radius_m"] > 0 else "at one place"
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
        said.append(
            f"Looking every {limits.unit_days} day(s), chance raises such an alarm about once in {often:,.0f} days"
            + (" or less." if top["p"] <= 1 / (len(held.place) and 1000) else ".")
        )
    said.append(
        "The p allows for having looked at every circle and window. A cluster is a reason to look, not an explanation."
    )
    said.append(
        "Check next whether recording changed there and then: one officer's tidy-up or a batch of late reports looks the same."
    )
    return tuple(said)


def _caveats(held: Cases, limits: _Limits, table: gpd.GeoDataFrame) -> tuple[str, ...]:
    said = []
    if limits.max_m is None:
        said.append(
            f"No largest radius was given; circles may hold {limits.max_share:.0%} of everything, more than anyone can act on."
        )
    if held.matched_m > 0:
        said.append(
            f"Cases were taken to the nearest place of the population, up to {held.matched_m:,.0f} m away."
        )
    if len(table) and bool((table["observed"] < 5).any()):
        said.append("Clusters of fewer than five cases hang on single reports.")
    said.append("Circles find compact clusters best; those along a road are found in part.")
    return tuple(said)
