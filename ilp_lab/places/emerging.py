"""Hot spots that come, stay and go: the space-time cube read period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import cell_table, check_points, study_cells
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.periods import Steps, steps_of
from ilp_lab._ground.significance import false_discovery, two_sided
from ilp_lab._ground.studyarea import StudyArea, refuse_empty, usable_points
from ilp_lab._settingwords import value_words
from ilp_lab._tongue import in_a_row, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.chance import throw
from ilp_lab.places.emergingrules import PATTERNS, History, Rules, classify, why
from ilp_lab.places.spacetime import GlobalWindow, cube_of, gi_star_cube, mann_kendall
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ilp_lab._ground.lattice import Shape

_METHOD = tr_later(
    "Incidents were counted in cells and periods ({steps}). Every bin's Gi* compares the sum over its cell, the cells "
    "around and of the periods before ({back}) with {window}; bins with {sure} are hot or cold. The trend of a cell's z "
    "over time was tested with Mann-Kendall, ties allowed for. Each cell's history was named by the rules {rules}. The "
    "same number of incidents was then thrown at random onto cells and periods to see how many cells chance alone names."
)
_WINDOWS = {
    "cube": tr_later("the mean of all bins"),
    "neighbourhood": tr_later("the mean of the same periods"),
    "step": tr_later("the mean of its own period"),
}
_REFERENCES = (
    "Ord and Getis 1995, Local spatial autocorrelation statistics, doi:10.1111/j.1538-4632.1995.tb00912.x",
    "Mann 1945, Nonparametric tests against trend, doi:10.2307/1907187",
    "Esri, How Emerging Hot Spot Analysis works (rules as documented for ArcGIS Pro 2.8 and 3)",
)


@dataclass(frozen=True)
class _How:
    """Settings that the data and every simulation go through."""

    within_m: float | None
    back: int
    window: GlobalWindow
    rules: Rules
    alpha: float
    fdr: bool
    min_count: float


def emerging_hot_spots(
    incidents: gpd.GeoDataFrame,
    *,
    step: str | int = "month",
    cell_m: float | None = None,
    shape: Shape = "square",
    study_area: gpd.GeoDataFrame | None = None,
    within_m: float | None = None,
    back: int = 1,
    window: GlobalWindow = "cube",
    rules: Rules = "esri-3",
    alpha: float = 0.05,
    fdr: bool = True,
    min_count: float = 10,
    simulations: int = 19,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Name how each cell's hot and cold spots developed: new, consecutive, intensifying, persistent, sporadic and so on.

    Parameters
    ----------
    incidents
        Points with ``occurred_at``.
    step
        ``"day"``, ``"week"``, ``"fortnight"``, ``"month"``, ``"quarter"``, ``"year"`` or a number of days; the latter end with the last
        incident. Ten periods and more are needed.
    cell_m, shape, study_area, within_m
        As in :func:`gi_star`.
    back
        Earlier periods that count as neighbours.
    window
        What a bin is compared with: the whole ``"cube"`` (a season shows as change), the periods of its ``"neighbourhood"``, or its
        own ``"step"`` (a rise of the whole town does not show).
    rules
        ``"esri-3"`` or ``"esri-2.8"``: the named version of the rules.
    alpha, fdr
        Of hot and cold bins and of the trend; with ``fdr`` adjusted over all bins (Benjamini-Hochberg).
    min_count
        A cell is not named when it and its neighbours hold fewer incidents than this over all periods.
    simulations
        Throws at random behind ``details["chance"]``.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: cells with ``pattern`` and the facts behind it: ``n``, ``hot_share``, ``cold_share`` (of the periods), ``hot_last``,
        ``cold_last``, ``hot_run``, ``cold_run`` (periods in a row up to the last), ``hot_before_run``, ``cold_before_run``,
        ``trend_z``, ``trend_p``, ``z_last``. ``details``: ``chance`` (pattern → mean number of cells at random), ``periods`` (where each begins),
        ``counts`` and ``z`` (arrays of periods × cells), ``outline``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Cost: one window sum per period, and again per simulation; memory 40 bytes per bin and simulation step. Limits: an
    incomplete last period looks like a fall; the result says when the last one goes on beyond the data. Recording changes
    look like emergence.

    References
    ----------
    Ord, J. K. and Getis, A. (1995), doi:10.1111/j.1538-4632.1995.tb00912.x. Mann, H. B. (1945), doi:10.2307/1907187.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.uniform(0, 3000, (1200, 2)), rng.normal(1500, 80, (60, 2))])
    >>> days = np.r_[rng.integers(0, 360, 1200), rng.integers(330, 360, 60)]
    >>> when = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(days, unit="D")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> found = emerging_hot_spots(thefts, step=30, cell_m=300, rng=1)
    >>> "new hot spot" in set(found.table["pattern"])
    True
    """
    caller = "places.emerging_hot_spots"
    check = Check(caller)
    _check(check, incidents, window, rules, alpha, back, simulations, within_m, min_count)
    check_points(check, incidents, study_area, cell_m, shape, None)
    check.done()
    generate, seed = generator(rng, caller)
    metric = _metric.choose(study_area, incidents, caller=caller)
    points = usable_points(incidents, metric, None)
    area = study_cells(points, metric, study_area=study_area, cell_m=cell_m, shape=shape, caller=caller)
    cell = area.locate(points.x, points.y)
    times = incidents["occurred_at"].iloc[points.used]
    timed = times.notna().to_numpy()
    kept = (cell >= 0) & timed
    reasons = points.without(cell < 0, tr_later("outside the study area"))
    reasons[points.used[~timed]] = tr_later("without a time")
    refuse_empty(points, cell >= 0, caller)
    refuse_empty(points, kept, caller, where="in the study area has a time")
    steps = steps_of(times[kept], step, caller)
    if steps.count < 10:
        raise InputError(
            f"{caller}: {steps.count} {steps.said} are too few to tell a development; at least ten are needed. Take a shorter step."
        )
    how = _How(within_m, back, window, rules, alpha, fdr, min_count)
    cube = cube_of(cell[kept], steps.of, len(area.cells), steps.count, caller)
    z, history = _history(area, cube, how)
    pattern = _named(area, cube, history, how)
    chance = _at_random(area, cube, how, simulations, generate)
    table = _table(area, metric, cube, z, history, pattern)
    left_out = LeftOut.of(incidents, reasons)
    sure = tr("{what} below {alpha:g}").format(what="q" if fdr else "p", alpha=alpha)
    return Result(
        name=caller,
        title=tr_later("Emerging hot spots"),
        table=table,
        method=_METHOD.format(steps=steps.said, back=back, window=_WINDOWS[window], sure=sure, rules=value_words("rules", rules)),
        findings=_findings(table, chance, steps),
        params=(*area.params, *_settings(how, step, simulations)),
        caveats=_caveats(area, steps),
        references=_REFERENCES,
        sources=(points.source, *area.sources),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area),
        seed=seed,
        view="map",
        details={"chance": chance, "periods": steps.begins, "counts": cube, "z": z, "outline": area.outline, "value": "pattern"},
    )  # fmt: skip


def _check(
    check: Check, incidents: Any, window: str, rules: str, alpha: float, back: int, simulations: int,
    within_m: float | None, min_count: float,
) -> None:  # fmt: skip
    import pandas as pd

    check.choice(allowed=tuple(_WINDOWS), window=window)
    check.choice(allowed=("esri-3", "esri-2.8"), rules=rules)
    check.between(0.0001, 0.5, alpha=alpha)
    check.whole(0, back=back)
    check.whole(9, simulations=simulations)
    check.positive(within_m=within_m)
    check.between(0, 1e9, min_count=min_count)
    if hasattr(incidents, "columns"):
        check.columns(incidents, ["occurred_at"], "incidents")
        if "occurred_at" in incidents and not pd.api.types.is_datetime64_any_dtype(incidents["occurred_at"]):
            check.add(
                f"occurred_at must hold times; it holds {incidents['occurred_at'].dtype}. intake.read_incidents makes them."
            )


def _history(area: StudyArea, cube: NDArray[np.float64], how: _How) -> tuple[NDArray[np.float64], History]:
    z = gi_star_cube(area, cube, how.within_m, how.back, how.window)
    p = two_sided(z)
    sure = (false_discovery(p.ravel()).reshape(p.shape) if how.fdr else p) < how.alpha
    _, _, trend = mann_kendall(z.round(9))
    return z, History(sure & (z > 0), sure & (z < 0), trend, two_sided(trend))


def _named(area: StudyArea, cube: NDArray[np.float64], history: History, how: _How) -> NDArray[np.int64]:
    pattern = classify(history, how.rules, how.alpha)
    around = area.gather(area.lattice.sums(area.spread(cube.sum(axis=0)), how.within_m))
    named_hot = pattern < PATTERNS.index("new cold spot")
    pattern[named_hot & (around < how.min_count)] = PATTERNS.index("too few incidents")
    return pattern


def _at_random(
    area: StudyArea, cube: NDArray[np.float64], how: _How, simulations: int, rng: np.random.Generator
) -> dict[str, float]:
    """Mean number of cells that chance alone names with each pattern."""
    from tqdm.auto import trange

    steps, cells = cube.shape
    total = int(cube.sum())
    found = np.zeros(len(PATTERNS))
    for _ in trange(simulations, desc="complete randomness", delay=1, leave=False):
        at, when = throw(area.share, total, rng), rng.integers(0, steps, total)
        thrown = np.bincount(when * cells + at, minlength=cube.size).reshape(cube.shape).astype(np.float64)
        found += np.bincount(
            _named(area, thrown, _history(area, thrown, how)[1], how), minlength=len(PATTERNS)
        )
    return dict(zip(PATTERNS, (found / simulations).tolist(), strict=True))


def _table(
    area: StudyArea, metric: _metric.Metric, cube: NDArray[np.float64], z: NDArray[np.float64], history: History, pattern: NDArray[np.int64]
) -> gpd.GeoDataFrame:  # fmt: skip
    import pandas as pd

    table = cell_table(area, metric.crs)
    geometry = table.pop("geometry")
    table["n"] = cube.sum(axis=0).astype(np.int64)
    table["pattern"] = pd.Categorical.from_codes(pattern.astype(np.int8), categories=pd.Index(PATTERNS))
    facts = why(history)
    for name in facts:
        table[str(name)] = facts[name].to_numpy()
    table["z_last"] = z[-1]
    return table.assign(geometry=geometry).set_geometry("geometry", crs=metric.crs)


def _settings(how: _How, step: str | int, simulations: int) -> tuple[Param, ...]:
    return (
        Param("step", step),
        Param("within_m", how.within_m if how.within_m is not None else tr_later("the cells around")),
        Param("back", how.back),
        Param("window", how.window),
        Param("rules", how.rules),
        Param("alpha", how.alpha),
        Param("fdr", how.fdr),
        Param("min_count", how.min_count),
        Param("simulations", simulations),
    )


def _findings(table: gpd.GeoDataFrame, chance: dict[str, float], steps: Steps) -> tuple[str, ...]:
    numbers = table["pattern"].value_counts()
    hot = {word: int(numbers[word]) for word in PATTERNS[:8] if numbers[word]}
    by_luck = sum(chance[word] for word in PATTERNS[:8])
    listed = in_a_row(
        *(tr("{word}: {n:,}").format(word=word, n=number) for word, number in hot.items()), by=", "
    )
    said = [
        tr("Of {n:,} cells over {count} periods, {values:,} follow a hot spot pattern").format(
            n=len(table), count=steps.count, values=sum(hot.values())
        )
        + (tr(": {listed}.").format(listed=listed) if hot else "."),
        tr(
            "Complete randomness would name about {by_luck:.1f} cells so, {chance:.1f} of them new and {chance_2:.1f} sporadic."
        ).format(by_luck=by_luck, chance=chance["new hot spot"], chance_2=chance["sporadic hot spot"]),
    ]
    if hot and by_luck >= 0.5 * sum(hot.values()):
        said.append(tr("Much of this is what luck shows: do not act on it without more."))
    said.append(
        tr("A pattern tells how recorded incidents developed at a place, not why, and not what comes next.")
    )
    said.append(
        tr("Check next in the table why a cell got its name, and whether recording changed in that period.")
    )
    return tuple(said)


def _caveats(area: StudyArea, steps: Steps) -> tuple[str, ...]:
    said = []
    if steps.open_end:
        said.append(
            tr(
                "The last period goes on beyond the last incident; a fall at its end may be a file that ends early."
            )
        )
    if any(param.name == "study_area" and param.chosen for param in area.params):
        said.append(
            tr("No study area was given; the hull of the incidents takes in ground that cannot hold one.")
        )
    said.append(
        tr(
            "Other versions of the rules, windows and periods name cells otherwise; keep them the same between reports."
        )
    )
    return tuple(said)
