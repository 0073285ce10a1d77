"""When in the day and the week, for print: a chessboard of hours and weekdays, bars, a clock face."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, in_english, tr
from ilp_lab._tongue import figure as digits
from ilp_lab.errors import InputError
from ilp_lab.times.partitions import DAYS
from ilp_lab.times.partitions import part_in_words as _said
from ilp_lab.views.classes import UPWARD, figure_of
from ilp_lab.views.drawing import INK, LINE, SOFT, legend_of, sheet, writable
from ilp_lab.views.timeparts import done, line_entry, patch_entry, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_BLUE, _BAND, _HOT = "#0b5394", "#d5dce3", "#99000d"


def clock_figure(result: Result, *, title: str | None = None, of: str | None = None) -> Figure:
    """Draw a profile over the day or the week: a chessboard of hours and weekdays, bars with their band, or a clock face.

    Parameters
    ----------
    result
        Of ``times.aoristic`` without cells, ``times.weekday_test`` or ``times.circular_test``.
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
    if result.name in _OTHERS and len(result.table):
        figure = sheet(9.6, 5.6)
        _OTHERS[result.name](figure, result)
        return done(figure, result, title or result.title, tr("Profile over time."))
    table = result.table
    if result.name != "times.aoristic" or "label" not in table:
        raise InputError(
            f"views.clock_figure draws profiles of times.aoristic, times.weekday_test and times.circular_test; got {result.name}."
        )
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
    first = ""
    if group is not None:
        at = int(np.argmax(table["n"].to_numpy()))
        label, most = writable(_said(table["label"].iloc[at]), 30), float(table["n"].iloc[at])
        first = tr("{n:,.0f} incidents; most in {label}: {most:,.1f}.").format(
            n=table["n"].sum(), label=label, most=most
        )
    note = next((said for said in result.findings if "at 00:00 exactly" in in_english(said)), "")
    if note and group is not None:
        note = tr("A peak at 00:00 may be where a program puts times that nobody told.")
    return done(figure, result, heading, tr("Profile over time."), note, first=first)


def _chessboard(figure: Figure, n: Any) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("upward", ["#fbfaf3", *UPWARD])
    axes = figure.add_axes((0.12, 0.22, 0.66, 0.52))
    axes.imshow(n, aspect="auto", cmap=ramp, vmin=0, vmax=max(float(n.max()), 1e-9))
    axes.set_yticks(range(7), [again(day) for day in DAYS])
    axes.set_xticks(range(0, 24, 2), [f"{hour:02d}" for hour in range(0, 24, 2)])
    axes.set_xlabel(tr("hour of the day, local clock"), size=8, color=SOFT)
    axes.tick_params(length=0, labelsize=8, colors=SOFT)
    for edge in axes.spines.values():
        edge.set_visible(False)
    if n.max() > 0:
        for day, hour in zip(*np.nonzero(n >= 0.02 * n.max()), strict=True):
            dark = n[day, hour] > 0.6 * n.max()
            axes.text(
                hour,
                day,
                digits(n[day, hour], ".0f" if n.max() >= 10 else ".1f"),
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
    if step == 1 and len(n) > 12:
        step = 2
    labels = [writable(_said(label), 26) for label in table["label"].tolist()[::step]]
    axes.set_xticks(
        x[::step],
        labels,
        rotation=0 if max(map(len, labels)) * len(labels) < 130 else 60,
        ha="center" if max(map(len, labels)) * len(labels) < 130 else "right",
    )
    axes.set_ylim(bottom=0)
    axes.set_ylabel(tr("number of incidents"), size=8, color=SOFT)


def _weekdays(figure: Figure, result: Result) -> None:
    """Bars by weekday, and what equal days would hold."""
    table = result.table
    axes = plain(figure, (0.09, 0.24, 0.66, 0.62))
    x, n = np.arange(len(table)), table["n"].to_numpy(dtype=np.float64)
    axes.bar(x, n, color=_BLUE, width=0.72)
    for at, value in zip(x, n, strict=True):
        axes.annotate(
            figure_of(round(float(value))), xy=(float(at), float(value)), xytext=(0, 3), textcoords="offset points", ha="center", size=8, color=INK
        )  # fmt: skip
    axes.axhline(float(table["expected"].iloc[0]), color=_HOT, linewidth=1.4, linestyle=(0, (4, 3)))
    axes.set_xticks(x, [writable(_said(label), 12) for label in table["label"]])
    axes.set_ylabel(tr("number of incidents"), size=8, color=SOFT)
    handles = [
        patch_entry(_BLUE, tr("number of incidents")),
        line_entry(_HOT, tr("all days alike"), dashed=True),
    ]
    legend_of(axes, handles, tr("Days of the week"))


def _face(figure: Figure, result: Result) -> None:
    """Hours around a clock face, the mean as its hand, the interval as an arc."""
    hours = np.asarray(result.details["hours"], dtype=np.float64)
    turn = 2 * np.pi / len(hours)
    axes: Any = figure.add_axes((0.06, 0.15, 0.62, 0.73), projection="polar")
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    top = max(float(hours.max()), 1.0)
    axes.bar(
        (np.arange(len(hours)) + 0.5) * turn,
        hours,
        width=turn * (0.9 if len(hours) < 100 else 1.0),
        color=_BLUE,
        alpha=0.75,
    )
    seconds = float(len(hours)) * 3600
    mean = 2 * np.pi * result.details["mean_seconds"] / seconds
    low, high = (2 * np.pi * end / seconds for end in result.details["interval_seconds"])
    arc = low + np.linspace(0.0, (high - low) % (2 * np.pi), 60)
    axes.plot([mean, mean], [0, top * 1.12], color=_HOT, linewidth=2.2)
    axes.plot(arc, np.full(60, top * 1.12), color=_HOT, linewidth=4.0, solid_capstyle="butt")
    axes.set_ylim(0, top * 1.18)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["polar"].set_color(LINE)
    day = len(hours) == 24
    marks = np.arange(0, 24, 3) if day else np.arange(7) * 24 + 12
    names = [f"{mark:02d}:00" for mark in marks] if day else [again(day) for day in DAYS]
    axes.set_xticks(marks * turn, names)
    axes.tick_params(labelsize=8, colors=SOFT, pad=4)
    if not day:
        for midnight in np.arange(7) * 24 * turn:
            axes.plot([midnight, midnight], [0, top * 1.18], color=LINE, linewidth=0.8)
    words = result.table.set_index("measure")["words"]
    handles = [
        patch_entry(_BLUE, tr("incidents by hour")),
        line_entry(_HOT, tr("mean: {time}").format(time=_said(words["mean time"]))),
        line_entry(_HOT, f"{digits(0.95, '.0%')}: {_said(words['95 % interval of the mean'])}"),
    ]
    legend_of(axes, handles, tr("Clock"), low=False)


_OTHERS: dict[str, Callable[[Figure, Result], None]] = {
    "times.weekday_test": _weekdays,
    "times.circular_test": _face,
}
