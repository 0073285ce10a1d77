"""Link charts for print."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab.networks.layout import APART
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.charting import BASE, Chart, chart_of, leading_rows
from ilp_lab.views.classes import spoken
from ilp_lab.views.drawing import INK, SOFT, caption_of, finish, legend_of, sheet, writable
from ilp_lab.views.linkcharts import colour_of_link
from ilp_lab.views.symbols import FIRM, OTHER, PLAIN, WEAK, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMED_UP_TO = 60
_KINDS_NAMED = 6
_WIDE, _HIGH, _SHARE = 9.6, 6.8, (0.73, 0.845)


def linkchart_figure(
    chart_or_result: Any, *, size_by: str | None = None, title: str | None = None, names: bool = True
) -> Figure:
    """Draw a link chart for print.

    Parameters
    ----------
    chart_or_result, size_by, title, names
        As in :func:`ilp_lab.views.linkchart_page`.

    Returns
    -------
    matplotlib Figure
        Names are written beside all entities of small charts, and beside the largest signs of others.

    Raises
    ------
    InputError, ColumnError
        When there is no chart, or ``size_by`` is not a column of numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from types import SimpleNamespace
    >>> chart = SimpleNamespace(
    ...     entities=pd.DataFrame({"entity_id": ["A", "B"], "kind": ["person", "phone"]}),
    ...     links=pd.DataFrame({"source": ["A"], "target": ["B"], "kind": ["uses"]}),
    ... )
    >>> len(linkchart_figure(chart).axes)
    1
    """
    chart = chart_of(
        chart_or_result, size_by=size_by, title=title, names=names, check=Check("views.linkchart_figure")
    )
    figure = sheet(_WIDE, _HIGH)
    axes = figure.add_axes((0.02, 0.09, _SHARE[0], _SHARE[1]))
    axes.set_axis_off()
    kinds = _chart_links(axes, chart)
    entities = _chart_entities(axes, chart)
    _chart_names(axes, chart)
    _limits(axes, chart)
    legend_of(axes, entities, "Entities")
    legend_of(axes, kinds, "Links", low=True)
    return finish(
        figure,
        title=chart.title,
        caption=caption_of(
            chart.said[1:] or (f"{len(chart.labels):,} entities, {chart.links:,} links.",), chart.notes
        ),
        handling=handling_of(
            chart.handling, chart_or_result if hasattr(chart_or_result, "handling") else None
        ),
    )


def _limits(axes: Axes, chart: Chart) -> None:
    """Show the whole chart, one unit as long across as down; down is down, as on the screen."""
    low, high = (chart.xy.min(axis=0), chart.xy.max(axis=0)) if len(chart.xy) else (np.zeros(2), np.zeros(2))
    middle, half = (low + high) / 2, (high - low) / 2 * 1.06 + APART
    ratio = _WIDE * _SHARE[0] / (_HIGH * _SHARE[1])
    half_x = max(float(half[0]), float(half[1]) * ratio)
    axes.set_xlim(middle[0] - half_x, middle[0] + half_x)
    axes.set_ylim(middle[1] + half_x / ratio, middle[1] - half_x / ratio)


def _chart_links(axes: Axes, chart: Chart) -> list[Any]:
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D

    many = len(chart.drawn) > 2_000
    for weak in (False, True):
        drawn = [line for line in chart.drawn if line.weak == weak and line.source != line.target]
        if drawn:
            axes.add_collection(
                LineCollection(
                    [_course(chart, line) for line in drawn],
                    colors=[colour_of_link(line.kind) for line in drawn],
                    linewidths=[0.25 if many else 0.6 + 0.25 * min(6, line.count - 1) for line in drawn],
                    linestyles="--" if weak else "-",
                    alpha=0.3 if many else 0.7,
                    zorder=1,
                    rasterized=many,
                )
            )
    handles = [
        Line2D([], [], color=colour_of_link(number), linewidth=2, label=writable(kind, 26))
        for number, kind in enumerate(chart.kinds[:_KINDS_NAMED])
    ]
    if len(chart.kinds) > _KINDS_NAMED:
        handles.append(Line2D([], [], color=colour_of_link(99), linewidth=2, label="other kinds"))
    for words in (FIRM, WEAK) if chart.graded else (PLAIN,):
        told = "\n".join(textwrap.wrap(words, 28))
        handles.append(
            Line2D([], [], color=SOFT, linewidth=1, linestyle="--" if words == WEAK else "-", label=told)
        )
    return handles


def _course(chart: Chart, line: Any) -> Any:
    """The line from end to end, bent aside when others run between the same two."""
    low, high = sorted((line.source, line.target))
    a, b = chart.xy[low], chart.xy[high]
    if not line.bend:
        return np.array([a, b])
    aside = np.array([-(b - a)[1], (b - a)[0]]) * 0.14 * line.bend
    t = np.linspace(0, 1, 13)[:, None]
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * ((a + b) / 2 + aside) + t**2 * b


def _chart_entities(axes: Axes, chart: Chart) -> list[Any]:
    from matplotlib.lines import Line2D

    handles = []
    kinds = np.asarray(chart.entity_kinds, dtype=object)
    scale = 2.2 if len(kinds) <= 60 else 1.1 if len(kinds) <= 600 else 0.35
    for kind in sorted(set(chart.entity_kinds), key=lambda name: -int((kinds == name).sum())):
        sign, here = sign_of(kind), kinds == kind
        for hollow in (False, True):
            use = here & (chart.hollow == hollow)
            if use.any():
                axes.scatter(
                    chart.xy[use, 0],
                    chart.xy[use, 1],
                    s=scale * chart.size[use] ** 2 / 4,
                    marker=sign.marker,
                    facecolors="white" if hollow else sign.colour,
                    edgecolors=sign.colour if hollow else "white",
                    linewidths=0.9 if hollow else 0.4,
                    zorder=3,
                    rasterized=len(kinds) > 2_000,
                )
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=sign.marker,
                markersize=7,
                color=sign.colour,
                label=f"{writable(kind, 24)} ({int(here.sum()):,})",
            )
        )
    if chart.hollow.any():
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker="o",
                markersize=7,
                markerfacecolor="white",
                color=OTHER.colour,
                label="hollow: victim, witness\nor other party, not ranked",
            )
        )
    if chart.sized_by and (chart.size > BASE).any():
        told = "\n".join(textwrap.wrap(f"larger sign: higher {writable(spoken(chart.sized_by), 40)}", 26))
        handles.append(Line2D([], [], linestyle="none", label=told))
    return handles


def _chart_names(axes: Axes, chart: Chart) -> None:
    from matplotlib import patheffects

    all_named = len(chart.labels) <= _NAMED_UP_TO
    rows = range(len(chart.labels)) if all_named else leading_rows(chart, at_most=10)
    room = np.ptp(chart.xy, axis=0) * (0.17, 0.03) if len(chart.xy) else (0.0, 0.0)
    placed: list[Any] = []
    for row in rows:
        at = chart.xy[row]
        if not all_named and any(abs(at[0] - x) < room[0] and abs(at[1] - y) < room[1] for x, y in placed):
            continue
        placed.append(at)
        axes.annotate(
            writable(chart.labels[row], 26),
            xy=tuple(chart.xy[row]),
            xytext=(0, -4 - 0.25 * chart.size[row]),
            textcoords="offset points",
            size=6.5 if all_named else 7.5,
            color=INK,
            ha="center",
            va="top",
            zorder=5,
            path_effects=[patheffects.withStroke(linewidth=1.8, foreground="white")],
        )
