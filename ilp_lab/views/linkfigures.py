"""Figures of linked crimes for print: where and when the series are, what each part of the evidence is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import figure as digits
from ilp_lab._tongue import looked_up, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.views.classes import CATEGORIES
from ilp_lab.views.drawing import INK, LINE, SOFT, dates_along, legend_of, sheet, writable
from ilp_lab.views.figures import scale_bar
from ilp_lab.views.timeparts import done, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_ALONE = "#b6bec6"
_SHAPES = ("o", "s", "^", "D", "v", "P", "X")
_FOR, _AGAINST = "#0b5394", "#99000d"
_MOST_ROWS = 60


def crimes_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw series of crimes side by side: where they are, and on which day and at what time they happened.

    Parameters
    ----------
    result
        Of ``times.crime_series``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no series.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> from ilp_lab.times import crime_series
    >>> at = pd.to_datetime(["2024-01-01", "2024-01-02"]).tz_localize("Europe/Vienna")
    >>> two = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy([0, 9], [0, 0]), crs=32633)
    >>> review = pd.DataFrame({"one": [0], "other": [1], "decision": ["accept"]})
    >>> len(crimes_figure(crime_series(two, review=review)).axes)
    2
    """
    from matplotlib.lines import Line2D

    from ilp_lab import _metric

    table = result.table
    if "drawn_as" not in table or "occurred_at" not in table:
        raise InputError(f"views.crimes_figure draws results of times.crime_series; got {result.name}.")
    x, y = _metric.point_xy(table, _metric.choose(table, caller="views.crimes_figure"))
    placed = np.isfinite(x) & np.isfinite(y)
    words = [str(word) for word in table["drawn_as"].cat.categories]
    said = table["drawn_as"].astype(str).to_numpy()
    days = table["occurred_at"].dt.tz_localize(None)
    hours = (days - days.dt.normalize()).dt.total_seconds().to_numpy() / 3600
    figure = sheet(11.4, 6.2)
    ground = figure.add_axes((0.02, 0.14, 0.40, 0.76))
    clock = plain(figure, (0.49, 0.19, 0.34, 0.68))
    handles = []
    many = len(table) <= 400
    for word in sorted(words, key=lambda one: one != "on their own"):  # those on their own lie below
        which = said == word
        number = words.index(word)
        alone = word in ("on their own", "further series")
        colour = (
            _ALONE if word == "on their own" else "#555555" if alone else CATEGORIES[number % len(CATEGORIES)]
        )
        look: dict[str, Any] = {
            "linestyle": "none", "marker": "." if alone else _SHAPES[number % len(_SHAPES)],
            "markersize": (5 if many else 3) if alone else 7, "color": colour, "markeredgecolor": "white", "markeredgewidth": 0.5,
        }  # fmt: skip
        ground.plot(x[which & placed], y[which & placed], **look)
        clock.plot(days.to_numpy()[which], hours[which], **look)
        handles.append(
            (
                number,
                Line2D([], [], label=f"{series_in_words(word)} ({digits(int(which.sum()), ',')})", **look),
            )
        )
    inside = placed & (said != "on their own")
    _as_ground(ground, *((x[inside], y[inside]) if inside.any() else (x[placed], y[placed])))
    _as_clock(clock)
    handles.sort(key=lambda pair: pair[0])
    legend_of(clock, [handle for _, handle in handles], tr("Series"))
    return done(figure, result, title or result.title, tr("Map of crimes beside their days and times."))


def series_in_words(word: str) -> str:
    """What a crime is drawn as: a series by its number, further ones, or on its own."""
    number = word.removeprefix("series ")
    return looked_up(word) if number == word else tr("series {number}").format(number=number)


def _as_ground(axes: Axes, x: Any, y: Any) -> None:
    if len(x):
        middle = (x.min() + x.max()) / 2, (y.min() + y.max()) / 2
        half = max(float(np.ptp(x)), float(np.ptp(y)), 100.0) * 0.62
        axes.set_xlim(middle[0] - half, middle[0] + half)
        axes.set_ylim(middle[1] - half, middle[1] + half)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_color(LINE)
    scale_bar(axes)


def _as_clock(axes: Axes) -> None:
    dates_along(axes, at_most=6)
    axes.set_ylim(24, 0)
    axes.set_yticks(range(0, 25, 4), [f"{hour:02d}:00" for hour in range(0, 25, 4)])
    axes.set_ylabel(tr("time of day (earliest possible)"), size=8, color=SOFT)


def worth_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw what each class of each part of the evidence is worth: bars to the right speak for one series.

    Parameters
    ----------
    result
        Of ``times.linkage_model``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no such parts.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.result import Result
    >>> worth = pd.DataFrame({"part": ["days"], "class": ["0 to 2"], "log_bayes_factor": [1.2]})
    >>> len(worth_figure(Result("times.linkage_model", "Worth", worth, "", ("One.",))).axes)
    1
    """
    table = result.table
    if not {"part", "class", "log_bayes_factor"} <= set(table.columns):
        raise InputError(f"views.worth_figure draws results of times.linkage_model; got {result.name}.")
    table = table[table["class"] != "not stated"].head(_MOST_ROWS)
    parts = table["part"].astype(str).tolist()
    gaps = np.cumsum([0] + [one != other for one, other in zip(parts[1:], parts[:-1], strict=True)])
    places = np.arange(len(table)) + 0.9 * gaps
    value = table["log_bayes_factor"].to_numpy(dtype=np.float64)
    figure = sheet(9.6, 2.2 + 0.19 * (len(table) + 0.9 * gaps.max(initial=0)))
    axes = plain(figure, (0.36, 0.16, 0.58, 0.74))
    axes.barh(places, value, color=np.where(value >= 0, _FOR, _AGAINST), height=0.78)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(places, [writable(looked_up(str(text)), 34) for text in table["class"]])
    axes.set_ylim(places.max(initial=0) + 0.8, -0.8)
    for part in dict.fromkeys(parts):
        first = places[parts.index(part)]
        axes.annotate(
            writable(looked_up(_UNITS.get(part, part.replace("_", " "))), 26), xy=(-0.36, first), xycoords=("axes fraction", "data"),
            size=8, weight="bold", color=INK, va="center", ha="center",
        )  # fmt: skip
    axes.set_xlabel(
        tr("log Bayes factor: right of the line for one series, left against"), size=8, color=SOFT
    )
    axes.grid(axis="y", visible=False)
    return done(figure, result, title or result.title, tr("Bars of what each likeness is worth."))


_UNITS = {
    "distance_km": tr_later("distance, km"),
    "days": tr_later("days between"),
    "hours_of_day": tr_later("hours apart in the day"),
    "days_of_week": tr_later("days apart in the week"),
}
