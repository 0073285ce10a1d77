"""Link charts for print."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import again, tr, trn
from ilp_lab._tongue import figure as digits
from ilp_lab.networks.layout import APART
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.charting import BASE, Chart, chart_of
from ilp_lab.views.chartshades import ink_on
from ilp_lab.views.classes import spoken
from ilp_lab.views.drawing import INK, SOFT, caption_of, finish, halo, legend_of, sheet, writable
from ilp_lab.views.groupdrawing import draw_groups, grouped
from ilp_lab.views.linkcharts import colour_of_link, size_in_words
from ilp_lab.views.namedrawing import Names
from ilp_lab.views.symbols import FIRM, OTHER, PLAIN, WEAK, kind_in_words, sign_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMED_UP_TO, _LARGEST_NAMED, _MARKED_UP_TO = 60, 12, 200
_FAN_UP_TO, _FAN = 1_500, 7
_NOTES = 6
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
        Names are written where there is room for them, the largest signs first. Uncertain links are dashed, hidden
        entities are left out, notes are numbered and written below. Charts of more than 5,000 entities are drawn by
        group.

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
    return figure_of_chart(
        chart,
        handling=handling_of(
            chart.handling, chart_or_result if hasattr(chart_or_result, "handling") else None
        ),
    )


def figure_of_chart(
    chart: Chart,
    *,
    handling: str,
    under: Callable[[Axes], None] | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> Figure:
    """The figure of a chart that is ready; ``under`` draws what lies below it, ``bounds`` is what is shown."""
    figure = sheet(_WIDE, _HIGH)
    axes = figure.add_axes((0.02, 0.09, _SHARE[0], _SHARE[1]))
    axes.set_axis_off()
    _limits(axes, chart, bounds)
    if under is not None:
        under(axes)
    taken = Names(axes, _WIDE * _SHARE[0], _HIGH * _SHARE[1])
    by_group = grouped(chart)
    kinds = [*draw_groups(axes, chart, taken)] if by_group else [*_chart_links(axes, chart)]
    entities = _chart_entities(axes, chart, shown=not by_group)
    if not by_group:
        _chart_frames(axes, chart)
        _chart_names(chart, taken)
    noted = _chart_notes(axes, chart)
    legend_of(axes, entities, tr("Entities"))
    legend_of(axes, kinds, tr("Links"), low=True)
    first = size_in_words(chart)
    return finish(
        figure,
        title=chart.title,
        caption=" ".join([caption_of(chart.said[1:] or (first,), chart.notes), *noted]),
        handling=handling,
        source=tr("Source: {source}").format(source=chart.source) if chart.source else "",
    )


def _limits(axes: Axes, chart: Chart, bounds: tuple[float, float, float, float] | None) -> None:
    """Show the whole chart, one unit as long across as down; down is down, as on the screen."""
    at = chart.xy[~chart.hidden]
    low, high = (at.min(axis=0), at.max(axis=0)) if len(at) else (np.zeros(2), np.zeros(2))
    if grouped(chart):
        middle, radius = chart.discs
        low = np.minimum(low, (middle - radius[:, None]).min(axis=0))
        high = np.maximum(high, (middle + radius[:, None]).max(axis=0))
    middle, half = (low + high) / 2, (high - low) / 2 * 1.06 + APART
    if bounds is not None:
        low, high = np.array(bounds[:2]), np.array(bounds[2:])
        middle, half = (low + high) / 2, (high - low) / 2
    ratio = _WIDE * _SHARE[0] / (_HIGH * _SHARE[1])
    half_x = max(float(half[0]), float(half[1]) * ratio)
    axes.set_xlim(middle[0] - half_x, middle[0] + half_x)
    axes.set_ylim(middle[1] + half_x / ratio, middle[1] - half_x / ratio)


def courses(chart: Chart) -> tuple[list[Any], list[bool], list[int], list[int]]:
    """The lines of a chart: their course, whether they are dashed, their kind, how many links each stands for."""
    links = chart.links
    counts = np.diff(links.first)
    fan = len(links) <= _FAN_UP_TO
    lines: list[Any] = []
    weak: list[bool] = []
    kind: list[int] = []
    many: list[int] = []
    for begin, count in zip(links.first[:-1].tolist(), counts.tolist(), strict=True):
        a, b = int(links.source[begin]), int(links.target[begin])
        if chart.hidden[a] or chart.hidden[b] or a == b:
            continue
        apart = count == 1 or (fan and count <= _FAN)
        for place, row in enumerate(range(begin, begin + count) if apart else (begin,)):
            lines.append(_course(chart, a, b, place - (count - 1) / 2 if apart else 0.0))
            weak.append(bool(links.weak[row] if apart else links.weak[begin : begin + count].all()))
            own = links.kind[begin : begin + count]
            kind.append(int(links.kind[row] if apart else np.bincount(own).argmax()))
            many.append(1 if apart else count)
    return lines, weak, kind, many


def _course(chart: Chart, a: int, b: int, bend: float) -> Any:
    """The line from end to end, bent aside when others run between the same two."""
    start, end = chart.xy[min(a, b)], chart.xy[max(a, b)]
    if not bend:
        return np.array([start, end])
    aside = np.array([-(end - start)[1], (end - start)[0]]) * 0.14 * bend
    t = np.linspace(0, 1, 13)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * ((start + end) / 2 + aside) + t**2 * end


def _chart_links(axes: Axes, chart: Chart) -> list[Any]:
    from matplotlib.collections import LineCollection

    lines, weak, kind, count = courses(chart)
    many = len(lines) > 2_000
    for dashed in (False, True):
        rows = [row for row in range(len(lines)) if weak[row] == dashed]
        if rows:
            axes.add_collection(
                LineCollection(
                    [lines[row] for row in rows],
                    colors=[colour_of_link(kind[row]) for row in rows],
                    linewidths=[0.25 if many else 0.6 + 0.25 * min(6, count[row] - 1) for row in rows],
                    linestyles="--" if dashed else "-",
                    alpha=0.3 if many else 0.7,
                    zorder=1,
                    rasterized=many,
                )
            )
    return link_handles(chart)


def link_handles(chart: Chart) -> list[Any]:
    """The legend of links: kinds by colour, certainty by dashes."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour_of_link(number), linewidth=2, label=writable(kind_in_words(kind), 26))
        for number, kind in enumerate(chart.links.kinds[:_KINDS_NAMED])
    ]
    if len(chart.links.kinds) > _KINDS_NAMED:
        handles.append(Line2D([], [], color=colour_of_link(99), linewidth=2, label=tr("other kinds")))
    for words in (FIRM, WEAK) if chart.links.judged else (PLAIN,):
        told = "\n".join(textwrap.wrap(again(words), 28))
        handles.append(
            Line2D([], [], color=SOFT, linewidth=1, linestyle="--" if words == WEAK else "-", label=told)
        )
    return handles


def _chart_entities(axes: Axes, chart: Chart, *, shown: bool) -> list[Any]:
    from matplotlib.lines import Line2D

    kinds = np.asarray(chart.kinds, dtype=object)
    shades = chart.shades
    by_group = np.asarray(shades.colours, dtype=object)[shades.of] if len(shades) else None
    handles = []
    for kind, count in Counter(chart.kinds).most_common():
        sign = sign_of(kind)
        shown_as = sign.colour if by_group is None else SOFT
        for hollow in (False, True):
            use = (kinds == kind) & (chart.hollow == hollow) & ~chart.hidden
            if shown and use.any():
                colour = sign.colour if by_group is None else by_group[use].tolist()
                axes.scatter(
                    chart.xy[use, 0],
                    chart.xy[use, 1],
                    s=_area(chart, use),
                    marker=sign.marker,
                    facecolors="white" if hollow else colour,
                    edgecolors=colour if hollow else "white",
                    linewidths=0.9 if hollow else 0.4,
                    zorder=3,
                    rasterized=len(kinds) > 2_000,
                )
        told = f"{writable(kind_in_words(kind), 24)} ({digits(count, ',')})"
        handles.append(
            Line2D([], [], linestyle="none", marker=sign.marker, markersize=7, color=shown_as, label=told)
        )
    if chart.hollow.any():
        told = tr("hollow: victim, witness\nor other party, not ranked")
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker="o",
                markersize=7,
                markerfacecolor="white",
                color=OTHER.colour,
                label=told,
            )
        )
    if by_group is not None and shown:
        _marks_in(axes, chart)
        handles += _shade_handles(chart)
    if chart.sized_by and (chart.size > BASE).any() and shown:
        told = "\n".join(
            textwrap.wrap(
                tr("larger sign: higher {measure}").format(measure=writable(spoken(chart.sized_by), 40)), 26
            )
        )
        handles.append(Line2D([], [], linestyle="none", label=told))
    return handles


def _area(chart: Chart, use: Any) -> Any:
    """Areas of signs in print; room for a number where signs bear one."""
    if _marked_singly(chart):
        return np.maximum(80.0, chart.size[use] ** 2)
    scale = 2.2 if len(chart) <= 60 else 1.1 if len(chart) <= 600 else 0.35
    return scale * chart.size[use] ** 2 / 4


def _marked_singly(chart: Chart) -> bool:
    return len(chart.shades) > 0 and len(chart) <= _MARKED_UP_TO


def _marks_in(axes: Axes, chart: Chart) -> None:
    """The number of its group in every sign; in large charts once, in the middle of the group."""
    shades = chart.shades
    if _marked_singly(chart):
        for row in np.flatnonzero(~chart.hidden).tolist():
            shade = int(shades.of[row])
            ink = "black" if chart.hollow[row] else ink_on(shades.colours[shade])
            axes.text(
                float(chart.xy[row, 0]), float(chart.xy[row, 1]), shades.marks[shade], size=6, weight="bold", color=ink, ha="center", va="center_baseline", zorder=4,
                clip_on=True,
            )  # fmt: skip
        return
    for shade, mark in enumerate(shades.marks[:_LARGEST_NAMED]):
        rows = (shades.of == shade) & ~chart.hidden
        if mark and rows.any():
            x, y = np.median(chart.xy[rows], axis=0).tolist()
            axes.text(
                x, y, mark, size=11, weight="bold", color=INK, ha="center", va="center", zorder=6,
                path_effects=halo(2.5),
            )  # fmt: skip


def _shade_handles(chart: Chart) -> list[Any]:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [], [], linestyle="none", marker="o", markersize=7, color=colour,
            label=f"{words} ({digits(count, ',')})",
        )
        for colour, _, words, count in chart.shades.legend()
    ]  # fmt: skip
    told = "\n".join(textwrap.wrap(tr("Colour and number: the group."), 26))
    return [*handles, Line2D([], [], linestyle="none", label=told)]


def _chart_frames(axes: Axes, chart: Chart) -> None:
    """A ring around every entity that a remark is about, a light ground under them, and the remark."""
    from matplotlib.patches import Polygon

    for frame in chart.frames:
        rows = [row for row in frame.rows if not chart.hidden[row]]
        if not rows:
            continue
        at = chart.xy[rows]
        axes.scatter(
            at[:, 0], at[:, 1], s=130, facecolors="#fdf0d5", edgecolors="#a86f00", linewidths=0.9, zorder=2
        )
        if len(rows) > 2:
            axes.add_patch(Polygon(_hull(at), facecolor="#f0a30a", alpha=0.08, edgecolor="none", zorder=0.5))
        top = at[int(np.argmin(at[:, 1]))]
        axes.annotate(
            writable(frame.text, 60), xy=(float(top[0]), float(top[1])), xytext=(0, 9), textcoords="offset points",
            size=7.5, weight="bold", color="#7a5000", ha="center", va="bottom", zorder=5,
        )  # fmt: skip


def _hull(at: Any) -> Any:
    """Corners of the smallest convex ground under some places; the places themselves when they lie on one line."""
    from scipy.spatial import ConvexHull, QhullError

    try:
        return at[ConvexHull(at).vertices]
    except QhullError:
        return at


def _chart_names(chart: Chart, taken: Names) -> None:
    """Names where there is room: all of small charts, of large ones the largest signs first."""
    all_named, written = len(chart) <= _NAMED_UP_TO, 0
    rows = np.flatnonzero(~chart.hidden)
    degree = np.bincount(np.r_[chart.links.source, chart.links.target], minlength=len(chart))
    rows = rows[np.lexsort((-degree[rows], -chart.size[rows]))]
    if not all_named:
        larger = rows[chart.size[rows] > BASE]
        rows = (larger if len(larger) else rows)[: 3 * _LARGEST_NAMED]
    for at, size in zip(chart.xy[~chart.hidden][:2_000], chart.size[~chart.hidden], strict=False):
        taken.block(at, (0.5 if _marked_singly(chart) else 0.3) * float(size))
    for row in rows.tolist():
        written += taken.put(
            writable(chart.labels[row], 26),
            chart.xy[row],
            size=6.5 if all_named else 7.5,
            away=3.0 + 0.25 * chart.size[row],
            must=all_named,
        )
        if written == _LARGEST_NAMED and not all_named:
            break


def _chart_notes(axes: Axes, chart: Chart) -> list[str]:
    """Numbers where notes stand, and the notes in words."""
    told = []
    for number, (text, row, link) in enumerate(chart.written[:_NOTES], start=1):
        if row < 0:
            a, b = int(chart.links.source[link]), int(chart.links.target[link])
            at, hidden = (chart.xy[a] + chart.xy[b]) / 2, bool(chart.hidden[a] or chart.hidden[b])
        else:
            at, hidden = chart.xy[row], bool(chart.hidden[row])
        if not hidden and not grouped(chart):
            axes.annotate(
                str(number), xy=tuple(at), xytext=(5, 5), textcoords="offset points", size=6, color="white", ha="center",
                va="center", zorder=6, bbox={"boxstyle": "circle,pad=0.2", "facecolor": "#a86f00", "edgecolor": "none"},
            )  # fmt: skip
        told.append(f"({number}) {text}")
    rest = len(chart.written) - _NOTES
    return [*told, *[trn("and {n:,} more note", "and {n:,} more notes", rest).format(n=rest)] * (rest > 0)]
