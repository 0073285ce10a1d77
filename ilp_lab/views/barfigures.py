"""Bars for print, and a line where the labels are times."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, trn
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.classes import figure_of, spoken
from ilp_lab.views.drawing import INK, LINE, SOFT, dates_along, finish, sheet, writable
from ilp_lab.views.facts import label as said

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


_BLUE, _CLEAR, _ACROSS = "#0b5394", 0.05, 38


def bar_figure(
    table: pd.DataFrame,
    *,
    label: str | None = None,
    value: str | None = None,
    title: str | None = None,
    note: str = "",
    at_most: int = 20,
    axis: str = "",
    source: str = "",
    clear: str | None = None,
) -> Figure:
    """Draw a table as bars, or as a line where the labels are times.

    Parameters
    ----------
    table
        One row per bar, in the order to be drawn.
    label
        Column that names the bars; the first that does not hold numbers when left out.
    value
        Column of numbers; the first when left out.
    title, note
        Heading, and a sentence below.
    at_most
        How many bars are drawn; the figure says how many were not.
    axis, source
        What the bars measure, in words (the column's name when left out), and where the numbers come from.
    clear
        Column of p or q: bars up to 0.05 are filled, the others are outlines.

    Returns
    -------
    matplotlib Figure
        With the numbers written beside the bars.

    Raises
    ------
    InputError, ColumnError
        When the table is empty, lacks the columns, or has no column of numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> figure = bar_figure(pd.DataFrame({"offence": ["theft", "fraud"], "n": [12, 3]}))
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['theft', 'fraud']
    """
    import pandas as pd

    label, value = _bar_columns(table, label, value, clear)
    lines = [] if pd.api.types.is_datetime64_any_dtype(table[label]) else _lines(table[label].head(at_most))
    figure = sheet(9.6, 6.0 + 0.12 * sum(text.count("\n") for text in lines))
    times = pd.api.types.is_datetime64_any_dtype(table[label])
    axes = figure.add_axes((0.09, 0.17, 0.87, 0.72) if times else (0.30, 0.15, 0.62, 0.75))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=SOFT, labelsize=8)
    axes.set_facecolor("none")
    if times:
        _time_line(axes, table, label, value)
    else:
        _bars(axes, table.head(at_most), lines, value, clear)
        axes.set_xlabel(writable(axis or said(value) or spoken(value), 90), size=8.5, color=SOFT)
    left_off = 0 if times else max(0, len(table) - at_most)
    more = trn("{n:,} further row is not drawn.", "{n:,} further rows are not drawn.", left_off)
    caption = f"{note} {more.format(n=left_off) if left_off else ''}".strip()
    names = {"value": said(value) or spoken(value), "label": spoken(label)}
    heading = title or tr("{value} by {label}").format(**names)
    return finish(figure, title=heading, caption=caption, handling=handling_of(table), source=source)


def _bar_columns(
    table: pd.DataFrame, label: str | None, value: str | None, clear: str | None
) -> tuple[str, str]:
    import pandas as pd

    check = Check("views.bar_figure")
    if not check.frame(table, "table"):
        check.done()
    check.columns(table, [name for name in (label, value, clear) if name is not None], "the table")
    if not len(table):
        check.add("the table has no rows, so there is nothing to draw.")
    check.done()
    numbers = [str(name) for name in table.columns if pd.api.types.is_numeric_dtype(table[name])]
    hidden = {"geometry", "row", "column"}
    others = [str(name) for name in table.columns if str(name) not in numbers and str(name) not in hidden]
    value = value or next((name for name in numbers if name not in hidden and name != label), None)
    if value is None or value not in numbers:
        check.add(f"value must name a column of numbers; the table has {', '.join(numbers) or 'none'}.")
    label = label or next(iter(others), None) or next((name for name in numbers if name != value), None)
    if label is None:
        check.add("label must name the column that says what each bar is.")
    check.done()
    return str(label), str(value)


def _lines(labels: pd.Series) -> list[str]:
    """What each bar is, in as many lines as it takes, so that a way through many accounts keeps its end."""
    return [
        "\n".join(textwrap.wrap(writable(figure_of(name), 150), _ACROSS, max_lines=4, placeholder=" …"))
        for name in labels.tolist()
    ]


def _bars(axes: Axes, rows: pd.DataFrame, lines: list[str], value: str, clear: str | None) -> None:
    numbers = rows[value].to_numpy(dtype=np.float64, na_value=np.nan)
    places = np.arange(len(rows))
    sure = np.ones(len(rows), dtype=bool)
    if clear is not None:
        sure = rows[clear].to_numpy(dtype=np.float64, na_value=np.nan) <= _CLEAR
        _clear_legend(axes)
    axes.barh(
        places,
        np.nan_to_num(numbers),
        color=np.where(sure, _BLUE, "white").tolist(),
        edgecolor=_BLUE,
        linewidth=1.0,
        height=0.68,
    )
    axes.set_yticks(places, lines)
    axes.invert_yaxis()
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.12)
    for place, number in zip(places, numbers.tolist(), strict=True):
        axes.annotate(
            figure_of(number) or tr("no value"),
            xy=(0.0 if math.isnan(number) else number, place),
            xytext=(4 if not number < 0 else -4, 0),
            textcoords="offset points",
            va="center",
            ha="left" if not number < 0 else "right",
            size=8,
            color=INK,
        )


def _clear_legend(axes: Axes) -> None:
    """Which bars are more than chance explains; above the bars, where none can lie on it."""
    from matplotlib.patches import Patch

    words = (tr("more than chance explains"), tr("no difference that can be shown"))
    handles = [
        Patch(facecolor=fill, edgecolor=_BLUE, label=told)
        for fill, told in zip((_BLUE, "white"), words, strict=True)
    ]
    axes.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False, fontsize=8, borderaxespad=0.2
    )  # fmt: skip


def _time_line(axes: Axes, table: pd.DataFrame, label: str, value: str) -> None:
    rows = table.dropna(subset=[label]).sort_values(label, kind="stable")
    times = rows[label].dt.tz_localize(None) if getattr(rows[label].dtype, "tz", None) else rows[label]
    numbers = rows[value].to_numpy(dtype=np.float64, na_value=np.nan)
    axes.plot(times.to_numpy(), numbers, color="#0b5394", linewidth=1.4, marker="o", markersize=3)
    dates_along(axes, at_most=9)
    axes.yaxis.set_major_formatter(lambda number, _: figure_of(float(number)))
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_ylim(bottom=min(0.0, float(np.nanmin(numbers))))
