"""Figures of time for print: the clock of the week, bands of near repeats, intervals, reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import InputError
from ilp_lab.views.classes import UPWARD, figure_of
from ilp_lab.views.drawing import INK, SOFT, legend_of, sheet, writable
from ilp_lab.views.linkfigures import crimes_figure, worth_figure
from ilp_lab.views.seriesfigures import SERIES, series_figure
from ilp_lab.views.timeparts import done, patch_entry, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_BLUE, _BAND, _HOT = "#0b5394", "#d5dce3", "#99000d"
_MOST_ROWS = 18
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def clock_figure(result: Result, *, title: str | None = None, of: str | None = None) -> Figure:
    """Draw a profile over the day or the week: hours by weekdays as a chessboard, other parts as bars with their band.

    Parameters
    ----------
    result
        Of ``times.aoristic`` without cells.
    title
        Another heading.
    of
        Which of the groups, when there are several; the largest when left out.

    Raises
    ------
    InputError
        When the result holds no profile, or no such group.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.times import aoristic
    >>> at = pd.to_datetime(["2024-01-01 01:50"]).tz_localize("Europe/Vienna")
    >>> len(clock_figure(aoristic(pd.DataFrame({"occurred_at": at}), rng=1)).axes)
    3
    """
    table = result.table
    if result.name != "times.aoristic" or "label" not in table:
        raise InputError(f"views.clock_figure draws profiles of times.aoristic; got {result.name}.")
    group = next((name for name in table.columns if name not in {"unit", "label", "n", "low", "high"}), None)
    heading = title or result.title
    if group is not None:
        names = table.groupby(group)["n"].sum().sort_values(ascending=False)
        chosen = names.index[0] if of is None else of
        if chosen not in names.index:
            raise InputError(
                f"views.clock_figure: there is no group {of!r}; it has {', '.join(map(str, names.index[:12]))}."
            )
        table = table[table[group] == chosen]
        heading = f"{heading}: {chosen}"
    figure = sheet(9.6, 5.6)
    if len(table) == 168:
        _chessboard(figure, table["n"].to_numpy().reshape(7, 24))
    else:
        _profile(figure, table)
    return done(figure, result, heading, "Profile over time.")


def _chessboard(figure: Figure, n: Any) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("upward", ["#fbfaf3", *UPWARD])
    axes = figure.add_axes((0.12, 0.22, 0.66, 0.52))
    axes.imshow(n, aspect="auto", cmap=ramp, vmin=0, vmax=max(float(n.max()), 1e-9))
    axes.set_yticks(range(7), _DAYS)
    axes.set_xticks(range(0, 24, 2), [f"{hour:02d}" for hour in range(0, 24, 2)])
    axes.set_xlabel("hour of the day, local clock", size=8, color=SOFT)
    axes.tick_params(length=0, labelsize=8, colors=SOFT)
    for edge in axes.spines.values():
        edge.set_visible(False)
    if n.max() > 0:
        for day, hour in zip(*np.nonzero(n >= 0.02 * n.max()), strict=True):
            dark = n[day, hour] > 0.6 * n.max()
            axes.text(
                hour,
                day,
                f"{n[day, hour]:.0f}" if n.max() >= 10 else f"{n[day, hour]:.1f}",
                ha="center",
                va="center",
                size=6,
                color="white" if dark else INK,
            )
    top = figure.add_axes((0.12, 0.75, 0.66, 0.12))
    top.bar(range(24), n.sum(axis=0), color=_BLUE, width=0.86)
    top.set_xlim(-0.5, 23.5)
    side = figure.add_axes((0.79, 0.22, 0.17, 0.52))
    side.barh(range(7), n.sum(axis=1), color=_BLUE, height=0.8)
    side.set_ylim(6.5, -0.5)
    for day, value in enumerate(n.sum(axis=1)):
        side.annotate(
            figure_of(round(float(value))),
            xy=(float(value), day),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            size=7,
            color=INK,
        )
    side.margins(x=0.25)
    for one in (top, side):
        one.set_xticks([])
        one.set_yticks([])
        for edge in one.spines.values():
            edge.set_visible(False)


def _profile(figure: Figure, table: pd.DataFrame) -> None:
    axes = plain(figure, (0.09, 0.24, 0.87, 0.62))
    n = table["n"].to_numpy(dtype=np.float64)
    x = np.arange(len(n))
    few = len(n) <= 60
    if few:
        axes.bar(x, n, color=_BLUE, width=0.8)
    else:
        axes.plot(x, n, color=_BLUE, linewidth=1.2)
    if "low" in table:
        low, high = (table[name].to_numpy(dtype=np.float64) for name in ("low", "high"))
        if few:
            axes.vlines(x, low, high, color=INK, linewidth=1.0)
        else:
            axes.fill_between(x, low, high, color=_BAND, linewidth=0)
    step = max(1, len(n) // 24)
    labels = [writable(label, 26) for label in table["label"].tolist()[::step]]
    axes.set_xticks(
        x[::step],
        labels,
        rotation=0 if max(map(len, labels)) * len(labels) < 130 else 60,
        ha="center" if max(map(len, labels)) * len(labels) < 130 else "right",
    )
    axes.set_ylim(bottom=0)
    axes.set_ylabel("incidents", size=8, color=SOFT)


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
        times = "" if np.isnan(row["ratio"]) else f"{row['ratio']:.2f}×\n"
        said = f"{times}{row['observed']:,} / {row['expected']:,.1f}"
        axes.text(j, i, said, ha="center", va="center", size=8, color="white" if dark else INK)
        if row["verdict"] == "more than chance":
            axes.add_artist(
                Rectangle((j - 0.47, i - 0.46), 0.94, 0.92, fill=False, edgecolor=INK, linewidth=2.0)
            )
    firsts = table.iloc[::columns]
    axes.set_yticks(
        range(rows),
        [
            "same place"
            if m <= 1
            else f"{f:,.0f} m and more"
            if np.isinf(m)
            else f"{f:,.0f} to under {m:,.0f} m"
            for f, m in zip(firsts["m_from"], firsts["m_to"], strict=True)
        ],
    )
    axes.set_xticks(
        range(columns),
        [
            f"{f:g} days and more" if np.isinf(d) else f"{f:g} to under {d:g} days"
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
        "Table of bands: times as many pairs as expected, observed over expected pairs; a frame marks more than chance.",
        "In each field: times as many pairs as expected, and observed / expected pairs. Framed: more than chance.",
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
    table = result.table.head(_MOST_ROWS)
    figure = sheet(9.6, 2.6 + 0.24 * max(len(table), 4))
    axes = plain(figure, (0.34, 0.24, 0.60, 0.60))
    x = table[value].to_numpy(dtype=np.float64)
    ends = [
        np.zeros(len(x)) if name == "" else table[name].to_numpy(dtype=np.float64) for name in (low, high)
    ]
    finite = np.concatenate([one[np.isfinite(one)] for one in (x, *ends)])
    most = float(np.max(finite, initial=1.0)) * 1.1 + 1e-9
    places = np.arange(len(x))
    axes.hlines(
        places,
        np.clip(ends[0], None, most),
        np.clip(np.nan_to_num(ends[1], posinf=most), None, most),
        color="#8896a3",
        linewidth=3.0,
    )
    sure = (
        table["verdict"]
        .astype(str)
        .str.startswith(("more", "fewer", "exception", "better", "worse"))
        .to_numpy()
        if "verdict" in table
        else np.zeros(len(x), bool)
    )
    for which, colour in ((sure, _HOT), (~sure, _BLUE)):
        axes.plot(
            np.clip(x[which], None, most),
            places[which],
            linestyle="none",
            marker="o",
            markersize=6,
            color=colour,
            zorder=3,
        )
    if nothing is not None:
        axes.axvline(nothing, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_yticks(places, [writable(name, 44) for name in _row_names(result, table)])
    axes.set_ylim(len(x) - 0.4, -0.6)
    axes.set_xlabel(words, size=8, color=SOFT)
    axes.grid(axis="y", visible=False)
    left_off = len(result.table) - len(table)
    note = f"{left_off:,} further rows are not drawn." if left_off else ""
    return done(figure, result, title or result.title, "Estimates with intervals.", note)


_INTERVALS = {
    "times.year_to_date": (
        "ratio",
        "low",
        "high",
        1.0,
        "this year over last year (1: no change), with 95 % interval",
    ),
    "times.compare_counts": (
        "ratio",
        "low",
        "high",
        1.0,
        "rate after over rate before (1: no change), with 95 % interval",
    ),
    "times.difference_in_differences": ("ratio", "low", "high", 1.0, "ratio (1: no effect), with interval"),
    "times.displacement_difference": (
        "difference",
        "low",
        "high",
        0.0,
        "difference to the control (0: no effect), with interval",
    ),
    "times.backtest": (
        "hit_rate",
        "low",
        "high",
        None,
        "share of incidents in the marked ground, with 95 % interval",
    ),
    "times.exceptions": ("n", "", "upper", None, "incidents (dot), and what chance reaches (bar)"),
}


def _row_names(result: Result, table: pd.DataFrame) -> list[str]:
    by = list(result.details.get("by", ())) or [name for name in ("part", "what", "method") if name in table]
    by = by or [
        str(name) for name in table.columns if table[name].dtype.kind not in "iufbM" and name != "verdict"
    ]
    if not by:
        return [str(label) for label in table.index]
    return [
        ", ".join(str(value).replace("_", " ") for value in row) for row in table[by].itertuples(index=False)
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
        handles.append(patch_entry(colour, writable(name.removeprefix("part_").replace("_", " "), 30)))
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(
        places,
        [writable(f"{one} and {other}", 34) for one, other in zip(table["one"], table["other"], strict=True)],
    )
    axes.invert_yaxis()
    axes.set_xlabel("log Bayes factor: right of the line for one series, left against", size=8, color=SOFT)
    legend_of(axes, handles, "Parts")
    return done(figure, result, title or result.title, "Stacked bars of reasons.")


FIGURES: dict[str, Callable[..., Figure]] = {
    "times.aoristic": clock_figure,
    "times.near_repeat": bands_figure,
    "times.link_crimes": reasons_figure,
    "times.linkage_model": worth_figure,
    "times.crime_series": crimes_figure,
    **dict.fromkeys(SERIES, series_figure),
    **dict.fromkeys(_INTERVALS, intervals_figure),
}
