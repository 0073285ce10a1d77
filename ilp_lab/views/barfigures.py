"""Bars for print, and a line where the labels are times."""

from __future__ import annotations

import math
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


def bar_figure(
    table: pd.DataFrame,
    *,
    label: str | None = None,
    value: str | None = None,
    title: str | None = None,
    note: str = "",
    at_most: int = 20,
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

    label, value = _bar_columns(table, label, value)
    figure = sheet(9.6, 6.0)
    times = pd.api.types.is_datetime64_any_dtype(table[label])
    axes = figure.add_axes((0.09, 0.17, 0.87, 0.72) if times else (0.30, 0.11, 0.62, 0.80))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=SOFT, labelsize=8)
    axes.set_facecolor("none")
    (_time_line if times else _bars)(axes, table, label, value, at_most)
    left_off = 0 if times else max(0, len(table) - at_most)
    more = trn("{n:,} further row is not drawn.", "{n:,} further rows are not drawn.", left_off)
    caption = f"{note} {more.format(n=left_off) if left_off else ''}".strip()
    names = {"value": said(value) or spoken(value), "label": spoken(label)}
    heading = title or tr("{value} by {label}").format(**names)
    return finish(figure, title=heading, caption=caption, handling=handling_of(table))


def _bar_columns(table: pd.DataFrame, label: str | None, value: str | None) -> tuple[str, str]:
    import pandas as pd

    check = Check("views.bar_figure")
    if not check.frame(table, "table"):
        check.done()
    check.columns(table, [name for name in (label, value) if name is not None], "the table")
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


def _bars(axes: Axes, table: pd.DataFrame, label: str, value: str, at_most: int) -> None:
    rows = table.head(at_most)
    numbers = rows[value].to_numpy(dtype=np.float64, na_value=np.nan)
    places = np.arange(len(rows))
    axes.barh(places, np.nan_to_num(numbers), color="#0b5394", height=0.68)
    axes.set_yticks(places, [writable(figure_of(name), 38) for name in rows[label].tolist()])
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


def _time_line(axes: Axes, table: pd.DataFrame, label: str, value: str, _at_most: int) -> None:
    rows = table.dropna(subset=[label]).sort_values(label, kind="stable")
    times = rows[label].dt.tz_localize(None) if getattr(rows[label].dtype, "tz", None) else rows[label]
    numbers = rows[value].to_numpy(dtype=np.float64, na_value=np.nan)
    axes.plot(times.to_numpy(), numbers, color="#0b5394", linewidth=1.4, marker="o", markersize=3)
    dates_along(axes, at_most=9)
    axes.yaxis.set_major_formatter(lambda number, _: figure_of(float(number)))
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_ylim(bottom=min(0.0, float(np.nanmin(numbers))))
