"""Large charts in print: one disc per group, with its number, and lines between groups as wide as their links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import figure, tr
from ilp_lab.views.drawing import INK, SOFT, writable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ilp_lab.views.charting import Chart
    from ilp_lab.views.namedrawing import Names

_NAMED = 40
_LINES = 600


def grouped(chart: Chart) -> bool:
    """Whether a chart is drawn by group: when it is too large to show every entity."""
    return chart.groups.closed and len(chart.groups) > 0


def draw_groups(axes: Axes, chart: Chart, names: Names) -> list[Any]:
    """Draw the groups, and entities without one as dots; returns the legend of links."""
    from matplotlib.collections import CircleCollection, LineCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Circle

    middle, radius = chart.discs
    of, links, count = chart.groups.of, chart.links, len(chart.groups)
    item = np.where(of >= 0, of, count + np.arange(len(of)))
    at = np.vstack([middle, chart.xy])
    use = ~(chart.hidden[links.source] | chart.hidden[links.target])
    one, other = item[links.source[use]], item[links.target[use]]
    low, high = np.minimum(one, other), np.maximum(one, other)
    between = low != high
    pair, number = np.unique(low[between] * len(at) + high[between], return_counts=True)
    foremost = np.argsort(-number, kind="stable")[:_LINES]
    lines = [np.array([at[key // len(at)], at[key % len(at)]]) for key in pair[foremost].tolist()]
    widest = float(number.max(initial=1))
    widths = 0.3 + 4.0 * np.sqrt(number[foremost] / widest)
    axes.add_collection(LineCollection(lines, colors="#9aa7b3", linewidths=widths, alpha=0.45, zorder=1))
    here = np.bincount(of[(of >= 0) & ~chart.hidden], minlength=count)
    for group in np.flatnonzero(here).tolist():
        axes.add_patch(
            Circle(
                tuple(middle[group]),
                radius[group],
                facecolor="#e8eef5",
                edgecolor="#47617d",
                linewidth=0.8,
                zorder=2,
            )
        )
    alone = chart.xy[(of < 0) & ~chart.hidden]
    if len(alone):
        axes.add_collection(
            CircleCollection([9.0], offsets=alone, offset_transform=axes.transData, facecolors=SOFT, zorder=3)
        )
    for group in np.argsort(-here, kind="stable")[:_NAMED].tolist():
        if here[group]:
            wide = radius[group] * names.across
            axes.text(
                float(middle[group, 0]), float(middle[group, 1]), figure(int(here[group]), ","), size=float(np.clip(wide * 0.45, 4.5, 11)), color=INK, ha="center",
                va="center", zorder=4, weight="bold",
            )  # fmt: skip
            names.block(middle[group], wide)
    for group in np.argsort(-here, kind="stable")[:_NAMED].tolist():
        if here[group]:
            names.put(
                writable(chart.groups.names[group], 26),
                middle[group],
                size=6.5,
                away=radius[group] * names.across + 1.5,
            )
    return [
        Line2D([], [], color="#9aa7b3", linewidth=3, label=tr("the wider a line, the more links;\n{n:,} of {all:,} pairs are drawn").format(n=len(foremost), all=len(pair))),
        Line2D(
            [], [], linestyle="none", marker="o", markersize=9, markerfacecolor="#e8eef5", color="#47617d",
            label=tr("a group, with the number\nof its entities"),
        ),
    ]  # fmt: skip
