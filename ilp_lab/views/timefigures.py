"""Figures of time for print: bands of near repeats, intervals, reasons; and which figure draws which result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import again, looked_up, tr, tr_later, trn
from ilp_lab._tongue import figure as digits
from ilp_lab.errors import InputError
from ilp_lab.times.forecastmodels import WORDS
from ilp_lab.views.clockfigures import clock_figure
from ilp_lab.views.drawing import INK, SOFT, legend_of, sheet, writable
from ilp_lab.views.estimates import BAR, draw_amounts, draw_ratios
from ilp_lab.views.linkfigures import crimes_figure, worth_figure
from ilp_lab.views.seriesfigures import SERIES, series_figure
from ilp_lab.views.timeparts import arrow_entry, done, dot_entry, line_entry, patch_entry, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ilp_lab.result import Result

_HOT, _COOL, _NEUTRAL = "#99000d", "#0b5394", "#51606e"
_MOST_ROWS, _FEW_ROWS = 18, 6


def bands_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw near repeats as a table of bands: how many times as many pairs as expected, those beyond chance framed.

    Parameters
    ----------
    result
        Of ``times.near_repeat``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no bands.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from ilp_lab.times import near_repeat
    >>> when = pd.date_range("2024-01-01", periods=9, tz="Europe/Vienna")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(range(9), [0] * 9), crs=32633)
    >>> len(bands_figure(near_repeat(thefts, rng=1)).axes)
    1
    """
    from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
    from matplotlib.patches import Rectangle

    table = result.table
    if "m_to" not in table or "days_to" not in table:
        raise InputError(f"views.bands_figure draws results of times.near_repeat; got {result.name}.")
    rows, columns = table["m_to"].nunique(), table["days_to"].nunique()
    ratio = table["ratio"].to_numpy(dtype=np.float64).reshape(rows, columns)
    ramp = LinearSegmentedColormap.from_list("both", ["#2166ac", "#92c5de", "#f7f7f5", "#fd9f3c", "#99000d"])
    figure = sheet(9.6, 5.6)
    axes = figure.add_axes((0.20, 0.20, 0.76, 0.62))
    top = max(2.0, float(np.nanmax(ratio, initial=2.0)))
    axes.imshow(np.nan_to_num(ratio, nan=1.0), aspect="auto", cmap=ramp, norm=TwoSlopeNorm(1.0, 0.0, top))
    for k, row in enumerate(table.to_dict("records")):
        i, j = divmod(k, columns)
        dark = row["ratio"] > 1 + 0.6 * (top - 1)
        times = "" if np.isnan(row["ratio"]) else f"{digits(row['ratio'], '.2f')}×\n"
        said = f"{times}{digits(row['observed'], ',')} / {digits(row['expected'], ',.1f')}"
        axes.text(j, i, said, ha="center", va="center", size=8, color="white" if dark else INK)
        if row["verdict"] == "more than chance":
            axes.add_artist(
                Rectangle((j - 0.47, i - 0.46), 0.94, 0.92, fill=False, edgecolor=INK, linewidth=2.0)
            )
    firsts = table.iloc[::columns]
    axes.set_yticks(
        range(rows),
        [
            tr("same place")
            if m <= 1
            else tr("{low:,.0f} m and more").format(low=f)
            if np.isinf(m)
            else tr("{low:,.0f} to under {high:,.0f} m").format(low=f, high=m)
            for f, m in zip(firsts["m_from"], firsts["m_to"], strict=True)
        ],
    )
    axes.set_xticks(
        range(columns),
        [
            tr("{low:g} days and more").format(low=f)
            if np.isinf(d)
            else tr("{low:g} to under {high:g} days").format(low=f, high=d)
            for f, d in zip(table["days_from"][:columns], table["days_to"][:columns], strict=True)
        ],
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=8, colors=SOFT)
    for side in axes.spines.values():
        side.set_visible(False)
    return done(
        figure,
        result,
        title or result.title,
        tr(
            "Table of bands: times as many pairs as expected, observed over expected pairs; a frame marks more than chance."
        ),
        tr(
            "In each field: times as many pairs as expected, and observed / expected pairs. Framed: more than chance."
        ),
    )


def intervals_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw estimates with their intervals, one row each, and the value that means no difference.

    Parameters
    ----------
    result
        Of ``times.year_to_date``, ``exceptions``, ``backtest``, ``compare_counts``, ``displacement_difference`` or ``difference_in_differences``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no intervals.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.times import compare_counts
    >>> len(intervals_figure(compare_counts(pd.DataFrame({"before": [20], "after": [10]}))).axes)
    1
    """
    known = _INTERVALS.get(result.name)
    if known is None or not len(result.table):
        raise InputError(
            f"views.intervals_figure: {result.name} holds no intervals; views.draw finds the right figure for any result."
        )
    value, low, high, nothing, words = known
    table = _worth_drawing(result.table)
    figure = sheet(9.6, 2.7 + 0.25 * max(len(table), 5))
    axes = plain(figure, (0.30, 0.25, 0.46, 0.60))
    x = table[value].to_numpy(dtype=np.float64)
    begin, end = (
        np.zeros(len(x)) if name == "" else table[name].to_numpy(dtype=np.float64) for name in (low, high)
    )
    kinds = _kinds(table, x, begin, end, nothing)
    colours = [_KINDS[kind] for kind in kinds.tolist()]
    beyond = (draw_ratios if value == "ratio" else draw_amounts)(axes, x, begin, end, colours)
    handles = [patch_entry(BAR, tr("what chance reaches") if low == "" else tr("interval"))]
    handles += [arrow_entry(BAR, tr("arrow: goes on beyond the axis"))] * beyond
    handles += [dot_entry(colour, again(kind)) for kind, colour in _KINDS.items() if (kinds == kind).any()]
    places = np.arange(len(x))
    if result.name == "times.backtest":
        naive = table.loc[table["method"] == result.details["naive"], value]
        nothing = float(naive.iloc[0]) if len(naive) else None
        handles.append(line_entry(INK, tr("the naive map to beat"), dashed=True))
    if "expected" in table and low == "":
        axes.plot(
            table["expected"].to_numpy(), places, linestyle="none", marker="|", markersize=10, color=INK
        )
        handles.append(line_entry(INK, tr("expected")))
    if nothing is not None:
        axes.axvline(nothing, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_yticks(places, [writable(name, 38) for name in _row_names(result, table)])
    axes.set_ylim(len(x) - 0.4, -0.6)
    axes.set_xlabel(again(words), size=8, color=SOFT)
    axes.grid(axis="y", visible=False)
    legend_of(axes, handles, tr("Signs"))
    note = _not_drawn(len(result.table) - len(table))
    return done(figure, result, title or result.title, tr("Estimates with intervals."), note)


def _not_drawn(rows: int) -> str:
    if not rows:
        return ""
    return trn("{n:,} further row is not drawn.", "{n:,} further rows are not drawn.", rows).format(n=rows)


def _worth_drawing(table: pd.DataFrame) -> pd.DataFrame:
    """The first rows; of a radar those that stand out, or a few of the highest where nothing does."""
    if "verdict" not in table or not (table["verdict"] == "as usual").any():
        return table.head(_MOST_ROWS)
    loud = table[table["verdict"] != "as usual"]
    return loud.head(_MOST_ROWS) if len(loud) >= _FEW_ROWS else table.head(_FEW_ROWS)


_KINDS = {
    tr_later("more than chance explains"): _HOT, tr_later("fewer than chance explains"): _COOL, tr_later("better"): "#1b7837", tr_later("worse"): "#b35806",
    tr_later("worth a look"): "#e6a817", tr_later("no difference that can be shown"): _NEUTRAL, tr_later("as usual"): _NEUTRAL,
}  # fmt: skip
_STARTS = (
    ("more", "more than chance explains"), ("exception", "more than chance explains"), ("fewer", "fewer than chance explains"),
    ("better", "better"), ("worse", "worse"), ("worth", "worth a look"), ("as usual", "as usual"),
)  # fmt: skip


def _kinds(
    table: pd.DataFrame, x: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], nothing: float | None
) -> NDArray[np.object_]:  # fmt: skip
    """What each row says, by its verdict or by whether its interval holds the value of no difference."""
    kinds = np.full(len(x), "no difference that can be shown", dtype=object)
    if "verdict" in table:
        verdicts = table["verdict"].astype(str)
        for start, kind in _STARTS:
            kinds[
                verdicts.str.startswith(start).to_numpy() & ~verdicts.str.startswith("no more").to_numpy()
            ] = kind
    elif nothing is not None:
        kinds[low > nothing] = "more than chance explains"
        kinds[high < nothing] = "fewer than chance explains"
    return kinds


_INTERVALS = {
    "times.year_to_date": (
        "ratio",
        "low",
        "high",
        1.0,
        tr_later("this year over last year (1: no change), with 95 % interval"),
    ),
    "times.compare_counts": (
        "ratio",
        "low",
        "high",
        1.0,
        tr_later("rate after over rate before (1: no change), with 95 % interval"),
    ),
    "times.difference_in_differences": (
        "ratio",
        "low",
        "high",
        1.0,
        tr_later("ratio (1: no effect), with interval"),
    ),
    "times.displacement_difference": (
        "difference",
        "low",
        "high",
        0.0,
        tr_later("difference to the control (0: no effect), with interval"),
    ),
    "times.backtest": (
        "hit_rate",
        "low",
        "high",
        None,
        tr_later("share of incidents in the marked ground, with 95 % interval"),
    ),
    "times.exceptions": ("n", "", "upper", None, tr_later("incidents (dot), and what chance reaches (bar)")),
}


def _row_names(result: Result, table: pd.DataFrame) -> list[str]:
    if result.name == "times.backtest":
        return [again(WORDS.get(str(name), tr("the surface given"))) for name in table["method"]]
    by = list(result.details.get("by", ())) or [name for name in ("part", "what", "method") if name in table]
    by = by or [
        str(name) for name in table.columns if table[name].dtype.kind not in "iufbM" and name != "verdict"
    ]
    if not by:
        return [str(label) for label in table.index]
    return [
        ", ".join(looked_up(str(value).replace("_", " ")) for value in row)
        for row in table[by].itertuples(index=False)
    ]


def reasons_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw what speaks for and against pairs of crimes being of one series: parts that add up.

    Parameters
    ----------
    result
        Of ``times.link_crimes``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no pairs.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.result import Result
    >>> pairs = pd.DataFrame({"one": ["a"], "other": ["b"], "part_days": [1.0], "part_mo": [-0.5]})
    >>> len(reasons_figure(Result("times.link_crimes", "Pairs", pairs, "", ("One.",))).axes)
    1
    """
    from ilp_lab.views.classes import CATEGORIES

    parts = [str(name) for name in result.table.columns if str(name).startswith("part_")]
    if not parts or not len(result.table):
        raise InputError("views.reasons_figure: the result holds no pairs of crimes to draw.")
    table = result.table.head(_MOST_ROWS)
    figure = sheet(9.6, 2.6 + 0.26 * max(len(table), 4))
    axes = plain(figure, (0.24, 0.22, 0.48, 0.64))
    places = np.arange(len(table))
    up, down = np.zeros(len(table)), np.zeros(len(table))
    handles = []
    for number, name in enumerate(parts):
        value = table[name].to_numpy(dtype=np.float64)
        colour = CATEGORIES[number % len(CATEGORIES)]
        axes.barh(places, value, left=np.where(value >= 0, up, down), color=colour, height=0.7)
        up, down = up + np.maximum(value, 0), down + np.minimum(value, 0)
        handles.append(
            patch_entry(colour, writable(looked_up(name.removeprefix("part_").replace("_", " ")), 30))
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(
        places,
        [
            writable(tr("{one} and {other}").format(one=str(one), other=str(other)), 34)
            for one, other in zip(table["one"], table["other"], strict=True)
        ],
    )
    axes.invert_yaxis()
    axes.set_xlabel(
        tr("log Bayes factor: right of the line for one series, left against"), size=8, color=SOFT
    )
    legend_of(axes, handles, tr("Parts"))
    return done(figure, result, title or result.title, tr("Stacked bars of reasons."))


FIGURES: dict[str, Callable[..., Figure]] = {
    "times.aoristic": clock_figure,
    "times.weekday_test": clock_figure,
    "times.circular_test": clock_figure,
    "times.near_repeat": bands_figure,
    "times.link_crimes": reasons_figure,
    "times.linkage_model": worth_figure,
    "times.crime_series": crimes_figure,
    **dict.fromkeys(SERIES, series_figure),
    **dict.fromkeys(_INTERVALS, intervals_figure),
}
