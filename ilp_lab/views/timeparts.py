"""What all figures of time are drawn with: plain axes, entries of legends, heading and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab.views.curves import source_line
from ilp_lab.views.drawing import LINE, SOFT, finish
from ilp_lab.views.printed import PrintedFigure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ilp_lab.result import Result


def plain(figure: Figure, place: tuple[float, float, float, float]) -> Axes:
    """Axes without a box."""
    axes = figure.add_axes(place)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=SOFT, labelsize=8)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    return axes


def patch_entry(colour: str, label: str) -> Any:
    """A filled box in a legend."""
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, label=label)


def line_entry(colour: str, label: str, *, dashed: bool = False) -> Any:
    """A line in a legend."""
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], color=colour, linewidth=1.6, linestyle=(0, (4, 3)) if dashed else "solid", label=label
    )


def dot_entry(colour: str, label: str) -> Any:
    """A dot in a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", marker="o", markersize=5, color=colour, label=label)


def arrow_entry(colour: str, label: str) -> Any:
    """An arrow in a legend."""
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="none", marker=5, markersize=8, color=colour, label=label)


def done(
    figure: PrintedFigure, result: Result, heading: str, kind: str, note: str = "", *, first: str = ""
) -> Figure:
    """Give a figure its heading, its first finding (or other words), its handling code and its source."""
    caption = " ".join(part for part in (first or next(iter(result.findings), ""), note) if part)
    return finish(
        figure,
        title=heading,
        caption=caption,
        handling=result.handling,
        alternative=" ".join((kind, f"{result.title}.", *result.findings[:2])),
        source=source_line(result),
    )
