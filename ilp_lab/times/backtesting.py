"""Forecasts tried on the past: what each would have caught, and whether last year's map would have done as well."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times.accuracies import Score, score
from ilp_lab.times.forecastground import (
    CAVEATS,
    REFERENCES,
    Ground,
    check_forecast,
    ground_for,
    surface_values,
    untold_caveat,
)
from ilp_lab.times.forecastmodels import METHODS, MODELS, NAIVE, WORDS

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray


def backtest(
    incidents: gpd.GeoDataFrame,
    *,
    discovered: str | Sequence[str],
    methods: Sequence[str] = METHODS,
    horizon_days: int = 28,
    folds: int = 12,
    cell_m: float = 250.0,
    study_area: gpd.GeoDataFrame | None = None,
    area_share: float = 0.05,
    surface: gpd.GeoDataFrame | None = None,
    surface_column: str | None = None,
    bootstrap: int = 1_999,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Forecast past periods as if they lay ahead, and compare with what happened.

    Parameters
    ----------
    incidents, discovered, horizon_days, cell_m, study_area, area_share, surface, surface_column
        As in :func:`forecast`. A surface must not have been made from the periods it is tried on.
    methods
        Of those of :func:`forecast`; the naive maps ``"last_year"``, ``"moving_average"`` and ``"whole_past"`` are always in the table.
    folds
        How many periods are tried, one after the other up to the end of the data.
    bootstrap
        Samples of the folds behind the intervals.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per method, the best first: ``method``, ``hit_rate`` with ``low`` and ``high``, ``pai``, ``pei``, ``pei_star``, ``rri`` (as in
        :func:`accuracy`), each with ``_low`` and ``_high``, ``better_by`` (hit rate less that of the best naive map) with ``better_low`` and ``better_high``,
        ``verdict``. All intervals hold 95 % of samples of the periods. ``details``: ``periods`` (one row per method and period),
        ``naive`` (the naive map that did best).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or the file is too short.

    Notes
    -----
    Each forecast knows only what happened before its period. Folds follow each other and are not independent; the intervals are
    somewhat narrow. Nothing here is a reason to trust a forecast elsewhere or for another offence.

    References
    ----------
    Chainey, S., Tompson, L. and Uhlig, S. (2008), doi:10.1057/palgrave.sj.8350066. White, V. M., Hunt, J. and Green, B. (2023).

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.uniform(0, 5000, (400, 2)), rng.normal(2500, 150, (400, 2))])
    >>> at = pd.Timestamp("2022-01-01", tz="Europe/Vienna") + pd.to_timedelta(rng.uniform(0, 700, 800), unit="D")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> tried = backtest(thefts, discovered=[], methods=["density"], folds=6, rng=1)
    >>> sorted(tried.table["method"])
    ['density', 'last_year', 'moving_average', 'whole_past']
    """
    caller = "times.backtest"
    check = Check(caller)
    check_forecast(check, incidents, discovered, cell_m, study_area, area_share, horizon_days)
    check.whole(3, folds=folds)
    check.whole(99, bootstrap=bootstrap)
    wanted = list(dict.fromkeys([*NAIVE, *methods]))
    unknown = [name for name in wanted if name not in (*METHODS, "surface")]
    if unknown:
        check.add(f"methods must be among {', '.join(map(repr, (*METHODS, 'surface')))}; got {unknown}.")
    if ("surface" in wanted) != (surface is not None and surface_column is not None):
        check.add("method 'surface' and the arguments surface and surface_column belong together.")
    check.done()
    generate, seed = generator(rng, caller)
    ground = ground_for(incidents, discovered, cell_m, study_area, caller)
    given = None if surface is None else surface_values(surface, surface_column, ground, caller)
    rows = _folds(ground, wanted, given, horizon_days, folds, area_share, caller)
    table, naive = _compared(rows, wanted, bootstrap, generate)
    left_out = LeftOut.of(incidents, ground.reasons)
    return Result(
        name=caller,
        title=tr_later("Forecasts tried on the past"),
        table=table,
        method=(
            tr("For each of {folds} periods of {horizon_days} days every method ranked the cells from what came before; the " "{area_share:.0%} of the ground ranked highest was compared with what happened. Intervals come from samples of the " "periods; better_by compares with the naive map in the same periods.").format(folds=folds, horizon_days=horizon_days, area_share=area_share)
        ),
        findings=_backtest_findings(table, naive, area_share),
        params=(
            Param("methods", tuple(wanted)), Param("horizon_days", horizon_days), Param("folds", folds), Param("area_share", area_share),
            Param("discovered", discovered if isinstance(discovered, str) else list(discovered)), Param("bootstrap", bootstrap), *ground.area.params,
        ),
        caveats=(tr("Periods follow each other; the intervals are somewhat narrow."), *untold_caveat(ground), *CAVEATS),
        references=REFERENCES,
        sources=(ground.held.source, *ground.area.sources),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area),
        seed=seed,
        details={"periods": rows, "naive": naive},
    )  # fmt: skip


def _folds(
    ground: Ground,
    methods: list[str],
    given: NDArray[np.float64] | None,
    horizon: int,
    folds: int,
    area_share: float,
    caller: str,
) -> pd.DataFrame:
    import pandas as pd
    from tqdm.auto import tqdm

    end = int(ground.held.day.max()) + 1
    begins = [end - (folds - k) * horizon for k in range(folds)]
    first = int(ground.held.day.min())
    if begins[0] - first < max(2 * horizon, 180):
        raise InputError(
            f"{caller}: {folds} periods of {horizon} days leave {max(begins[0] - first, 0)} days to learn from; at least {max(2 * horizon, 180)} are needed. "
            "Take fewer folds, a shorter horizon, or a longer file."
        )
    rows = []
    with tqdm(total=folds * len(methods), desc="periods tried", delay=1, leave=False) as bar:
        for begin in begins:
            past, happened = ground.past(begin, horizon), ground.happened(begin, horizon)
            for name in methods:
                said = given if name == "surface" and given is not None else MODELS[name](past)
                found, _ = score(happened, said, ground.area.share, area_share)
                rows.append({"method": name, "begins": ground.held.date(begin), **_measures(found)})
                bar.update(1)
    return pd.DataFrame(rows)


def _measures(found: Score) -> dict[str, float]:
    rate = found.hits / found.all if found.all else math.nan
    return {
        "hits": found.hits, "incidents": found.all, "most": found.most, "most_places": found.most_places, "area_share": found.area_share,
        "said": found.said, "hit_rate": rate, "pai": rate / found.area_share,
    }  # fmt: skip


def _compared(
    rows: pd.DataFrame, methods: list[str], bootstrap: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, str]:
    import pandas as pd

    wide = {name: rows[rows["method"] == name].reset_index(drop=True) for name in methods}
    folds = len(next(iter(wide.values())))
    every, drawn = np.arange(folds)[None, :], rng.integers(0, folds, (bootstrap, folds))
    seen = {name: _pooled(one, every) for name, one in wide.items()}
    sampled = {name: _pooled(one, drawn) for name, one in wide.items()}
    naive = max(NAIVE, key=lambda name: float(seen[name]["hit_rate"][0]))
    found = []
    for name in methods:
        row: dict[str, object] = {"method": name}
        for measure, values in sampled[name].items():
            stem = "" if measure == "hit_rate" else f"{measure}_"
            ends = np.nanquantile(values, [0.025, 0.975])
            row |= {measure: float(seen[name][measure][0]), f"{stem}low": ends[0], f"{stem}high": ends[1]}
        ahead = np.quantile(sampled[name]["hit_rate"] - sampled[naive]["hit_rate"], [0.025, 0.975])
        found.append(
            row
            | {
                "better_by": float(seen[name]["hit_rate"][0] - seen[naive]["hit_rate"][0]),
                "better_low": ahead[0],
                "better_high": ahead[1],
                "verdict": _verdict(name, naive, float(ahead[0]), float(ahead[1])),
            }
        )
    return pd.DataFrame(found).sort_values(
        "hit_rate", ascending=False, kind="stable", ignore_index=True
    ), naive


def _pooled(one: pd.DataFrame, which: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Measures of folds taken together: one value per row of ``which``."""
    total = {
        name: one[name].to_numpy(dtype=np.float64)[which].sum(axis=1)
        for name in ("hits", "incidents", "most", "most_places", "said")
    }
    share = one["area_share"].to_numpy()[which].mean(axis=1)

    def over(part: str, whole: str) -> NDArray[np.float64]:
        return np.asarray(total[part] / np.maximum(total[whole], 1e-300))

    rate = over("hits", "incidents")
    hit = np.where(total["hits"] > 0, total["said"] / np.maximum(total["hits"], 1e-300), np.nan)
    return {
        "hit_rate": rate, "pai": rate / share, "pei": over("hits", "most_places"), "pei_star": over("hits", "most"), "rri": hit,
    }  # fmt: skip


def _verdict(name: str, naive: str, low: float, high: float) -> str:
    if name == naive:
        return tr_later("the naive map to beat")
    if low > 0:
        return tr_later("better than the naive map")
    return tr_later("worse than the naive map") if high < 0 else tr_later("not told apart from the naive map")


def _backtest_findings(table: pd.DataFrame, naive: str, area_share: float) -> tuple[str, ...]:
    base = table[table["method"] == naive].iloc[0]
    better = table[table["verdict"] == "better than the naive map"]
    said = [
        tr(
            "Alone, {words} catches {hit_rate:.0%} of the incidents in {area_share:.0%} of the ground ({pai:.1f} times what "
            "chance would)."
        ).format(words=WORDS[naive], hit_rate=base["hit_rate"], area_share=area_share, pai=base["pai"])
    ]
    if len(better):
        top = better.iloc[0]
        said.append(
            tr(
                "Better: {get} catches {hit_rate:.0%}, {better_by:.1f} points more (95 % interval {better_low:+.1f} to {better_high:+.1f})."
            ).format(
                get=WORDS.get(top["method"], tr_later("the surface given")),
                hit_rate=top["hit_rate"],
                better_by=top["better_by"] * 100,
                better_low=top["better_low"] * 100,
                better_high=top["better_high"] * 100,
            )
        )
    else:
        said.append(
            tr(
                "No method can be shown to be better than that naive map. Use the naive map: it is as good and everybody understands "
                "it."
            )
        )
    said.append(
        tr("The best possible choice of as much ground would have caught {hit_rate:.0%}.").format(
            hit_rate=base["hit_rate"] / max(base["pei_star"], 1e-09)
        )
    )
    said.append(tr("It holds for this offence, this place and these years only."))
    return tuple(said)
