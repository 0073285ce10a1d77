"""Counts over time for print, with what was to be expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.views.drawing import INK, SOFT, dates_along, legend_of, sheet
from ilp_lab.views.timeparts import done, dot_entry, line_entry, patch_entry, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_BLUE, _BAND, _HOT, _COOL = "#0b5394", "#d5dce3", "#99000d", "#2166ac"


def series_figure(result: Result, *, title: str | None = None, of: str | None = None) -> Figure:
    """Draw counts over time with what was to be expected.

    Parameters
    ----------
    result
        Of ``times.control_chart``, ``change_points``, ``seasonality``, ``interrupted_series`` or ``temporal_scan``.
    title
        Another heading.
    of
        Which of the series of a control chart, by its names joined with ", "; the largest when left out.

    Raises
    ------
    InputError
        When the result holds no series.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from ilp_lab.times import change_points
    >>> at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(np.arange(120), unit="D")
    >>> len(series_figure(change_points(pd.DataFrame({"occurred_at": at}))).axes)
    1
    """
    draw = SERIES.get(result.name)
    if draw is None:
        raise InputError(
            f"views.series_figure: {result.name} holds no series; views.draw finds the right figure for any result."
        )
    table, heading = _one_series(result, of, title or result.title)
    figure = sheet(9.6, 5.4)
    axes = plain(figure, (0.08, 0.22, 0.66, 0.66))
    handles = draw(axes, table, result)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    _dates(axes)
    legend_of(axes, handles, tr("Lines"))
    return done(figure, result, heading, tr("Series over time."))


def _one_series(result: Result, of: str | None, heading: str) -> tuple[pd.DataFrame, str]:
    by = list(result.details.get("by", ()))
    if not by:
        return result.table, heading
    keys = result.table[by].astype(str).agg(", ".join, axis=1)
    names = result.table["n"].astype("float64").groupby(keys).sum().sort_values(ascending=False)
    chosen = names.index[0] if of is None else of
    if chosen not in names.index:
        raise InputError(
            f"views.series_figure: there is no series {of!r}; it has {'; '.join(names.index[:12])}."
        )
    return result.table[keys == chosen], f"{heading}: {chosen}"


def _chart(axes: Axes, table: pd.DataFrame, _: Result) -> list[Any]:
    times, n = _xy(table, "n")
    low, high, expected = (table[name].to_numpy(dtype=np.float64) for name in ("low", "high", "expected"))
    axes.fill_between(times, low, high, color=_BAND, linewidth=0)
    axes.plot(times, expected, color=SOFT, linewidth=1.0, linestyle=(0, (4, 3)))
    handles = [
        line_entry(_BLUE, tr("number of incidents")),
        line_entry(SOFT, tr("expected"), dashed=True),
        patch_entry(_BAND, tr("what chance explains")),
        *_whole(axes, times, n, table, linewidth=1.2),
    ]
    for verdict, colour in ((tr_later("above the band"), _HOT), (tr_later("below the band"), _COOL)):
        out = (table["verdict"] == verdict).to_numpy()
        if out.any():
            axes.plot(times[out], n[out], linestyle="none", marker="o", markersize=5, color=colour)
            handles.append(dot_entry(colour, again(verdict)))
    return handles


def _steps(axes: Axes, table: pd.DataFrame, result: Result) -> list[Any]:
    series = result.details["series"]
    times, n = _xy(series, "n")
    handles = [
        line_entry(_BLUE, tr("number of incidents")),
        line_entry(_HOT, tr("level")),
        patch_entry(_BAND, tr("95 % interval of a change")),
        *_whole(axes, times, n, series, linewidth=1.0, alpha=0.8),
    ]
    if result["season"]:
        axes.plot(
            times,
            series["expected"].to_numpy(dtype=np.float64),
            color=SOFT,
            linewidth=1.0,
            linestyle=(0, (4, 3)),
        )
        handles.insert(2, line_entry(SOFT, tr("level and season"), dashed=True))
    for row in table.to_dict("records"):
        axes.hlines(row["mean"], row["start"], row["end"], color=_HOT, linewidth=2.0)
        if row["changed_at"] == row["changed_at"]:
            axes.axvspan(row["changed_from"], row["changed_to"], color=_BAND, linewidth=0, zorder=0)
    return handles


def _season(axes: Axes, table: pd.DataFrame, _: Result) -> list[Any]:
    times, n = _xy(table, "n")
    axes.plot(times, n, color=_BLUE, linewidth=1.0, alpha=0.7)
    axes.plot(times, table["trend"].to_numpy(), color=_HOT, linewidth=2.0)
    axes.plot(
        times, (table["trend"] + table["season"]).to_numpy(), color=SOFT, linewidth=1.0, linestyle=(0, (4, 3))
    )
    return [
        line_entry(_BLUE, tr("number of incidents")),
        line_entry(_HOT, tr("trend")),
        line_entry(SOFT, tr("trend and season"), dashed=True),
    ]


def _broken(axes: Axes, table: pd.DataFrame, _: Result) -> list[Any]:
    times, n = _xy(table, "n")
    after = table["after"].to_numpy()
    axes.fill_between(
        times, table["low"].to_numpy(), table["high"].to_numpy(), where=after, color=_BAND, linewidth=0
    )
    axes.plot(times, n, linestyle="none", marker="o", markersize=3, color=_BLUE)
    axes.plot(times, table["expected"].to_numpy(), color=_HOT, linewidth=1.6)
    axes.plot(
        times[after], table["without"].to_numpy()[after], color=SOFT, linewidth=1.2, linestyle=(0, (4, 3))
    )
    axes.axvline(times[after][0], color=INK, linewidth=0.8)
    return [
        dot_entry(_BLUE, tr("number of incidents")),
        line_entry(_HOT, tr("fitted")),
        line_entry(SOFT, tr("had nothing happened"), dashed=True),
        patch_entry(_BAND, tr("its 95 % interval")),
    ]


def _burst(axes: Axes, table: pd.DataFrame, result: Result) -> list[Any]:
    days = result.details["days"]
    times, n = _xy(days, "n")
    width = np.timedelta64(int(result["within_days"]), "D")
    axes.bar(times, n, width=width, align="edge", color=_BLUE, alpha=0.8)
    handles = [
        patch_entry(
            _BLUE,
            trn("incidents in {n} day", "incidents in {n} days", int(result["within_days"])).format(
                n=int(result["within_days"])
            ),
        ),
        line_entry(INK, tr("average"), dashed=True),
    ]
    axes.axhline(float(table["expected"].iloc[0]), color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
    for row in table[table["p"] < result["alpha"]].to_dict("records"):
        axes.bar([np.datetime64(row["start"])], [row["n"]], width=width, align="edge", color=_HOT, alpha=0.85)
        handles = [*handles[:2], patch_entry(_HOT, tr("more than chance packs together"))]
    return handles


def _whole(axes: Axes, times: Any, n: Any, table: pd.DataFrame, **look: Any) -> list[Any]:
    """Draw the line of whole periods; those that the data cover only in part are hollow dots, because they would look like a drop."""
    from matplotlib.lines import Line2D

    part = ~table["complete"].to_numpy(dtype=bool)
    axes.plot(times, np.where(part, np.nan, n), color=_BLUE, **look)
    if not (part & np.isfinite(n)).any():
        return []
    hollow: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 5,
        "markerfacecolor": "white",
        "markeredgecolor": _BLUE,
    }
    axes.plot(times[part], n[part], **hollow)
    return [Line2D([], [], label=tr("covered only in part"), **hollow)]


def _xy(table: pd.DataFrame, name: str) -> tuple[Any, Any]:
    return table["period"].to_numpy(), table[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _dates(axes: Axes) -> None:
    dates_along(axes, at_most=9)
    axes.margins(x=0.01)


SERIES: dict[str, Callable[[Axes, Any, Any], list[Any]]] = {
    "times.control_chart": _chart,
    "times.change_points": _steps,
    "times.seasonality": _season,
    "times.interrupted_series": _broken,
    "times.temporal_scan": _burst,
}
