"""Plates: boxes, lines and texts whose places are worked out, drawn alike on the screen and in print."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import tr
from ilp_lab.views.assets import own
from ilp_lab.views.drawing import INK, SOFT, finish, sheet, writable
from ilp_lab.views.page import Page, build, encodable, safe_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SMALLEST = 4.0
_WIDE = 0.96
_LEGEND_COLUMNS, _LONG = 4, 50


@dataclass(frozen=True)
class Box:
    """A box with lines of text; the first is a heading."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...] = ()
    colour: str = "#47617d"
    fill: str = "#ffffff"
    dashed: bool = False
    words: str = ""
    size: float = 9.0


@dataclass(frozen=True)
class Line:
    """A line through points, straight or as one curve (four points: a Bézier curve)."""

    points: tuple[tuple[float, float], ...]
    colour: str = SOFT
    width: float = 1.2
    dashed: bool = False
    arrow: bool = False
    curved: bool = False
    opacity: float = 1.0
    words: str = ""


@dataclass(frozen=True)
class Band:
    """A band that keeps its width from one upright edge to another further right; ``y`` is its middle."""

    x: float
    y: float
    to_x: float
    to_y: float
    width: float
    colour: str
    words: str = ""

    def edges(self) -> tuple[tuple[float, float], ...]:
        """Corners and bends: four points along the upper side, four back along the lower."""
        half, middle = self.width / 2, (self.x + self.to_x) / 2
        ahead = ((self.x, self.y), (middle, self.y), (middle, self.to_y), (self.to_x, self.to_y))
        upper = tuple((x, y - half) for x, y in ahead)
        lower = tuple((x, y + half) for x, y in reversed(ahead))
        return (*upper, *lower)


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: str
    hollow: bool = False
    words: str = ""


@dataclass(frozen=True)
class Text:
    """A line of text; ``anchor`` is start, middle or end."""

    x: float
    y: float
    text: str
    size: float = 9.0
    anchor: str = "start"
    bold: bool = False
    colour: str = INK


@dataclass(frozen=True)
class Plate:
    """A drawing in units of points, y downwards, later parts over earlier ones."""

    title: str
    width: float
    height: float
    bands: tuple[Band, ...] = ()
    lines: tuple[Line, ...] = ()
    boxes: tuple[Box, ...] = ()
    dots: tuple[Dot, ...] = ()
    texts: tuple[Text, ...] = ()
    legend: tuple[tuple[str, str, bool], ...] = ()
    said: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    handling: str = "H0"
    source: str = ""
    kind: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def alternative(self) -> str:
        """What it shows, for readers who cannot see it."""
        return " ".join([f"{self.kind or tr('Chart')}. {self.title}.", *self.said])


def plate_page(plate: Plate) -> Page:
    """A plate for the screen: it can be zoomed, moved and asked."""
    asked: tuple[Band | Line | Box | Dot, ...] = (*plate.bands, *plate.lines, *plate.boxes, *plate.dots)
    facts = [part.words for part in asked]
    told = "".join(f"<p>{safe_text(sentence)}</p>" for sentence in plate.said[:2])
    entries = "".join(
        f'<li><span class="ilp-line" style="border-top-color:{colour};border-top-style:{"dashed" if dashed else "solid"}">'
        f"</span><span>{safe_text(words)}</span></li>"
        for words, colour, dashed in plate.legend
    )
    notes = "".join(f'<p class="ilp-small">{safe_text(note)}</p>' for note in plate.notes)
    legend, here, click = safe_text(tr("Legend")), safe_text(tr("Here")), tr("Click on a part of the chart.")
    keys = tr("By keyboard: + and − zoom, 0 shows it all, Tab goes from part to part.")
    body = "".join(
        [
            f'<div class="ilp-head"><h1>{safe_text(plate.title)}</h1>{told}</div><div class="ilp-stage">',
            '<div class="ilp-plate" id="ilp-plate" tabindex="0" role="application" '
            f'aria-label="{safe_text(plate.alternative)}">{_svg(plate)}</div>',
            f'<aside class="ilp-side" aria-label="{legend}"><h2>{here}</h2>',
            f'<div class="ilp-facts ilp-small" id="ilp-facts" role="status" aria-live="polite">{safe_text(click)}</div>',
            f"<h2>{legend}</h2><ul>{entries}</ul>" if entries else "",
            f'<h2>{safe_text(tr("View"))}</h2><button type="button" id="ilp-larger">{safe_text(tr("Larger"))}</button>',
            f'<button type="button" id="ilp-smaller">{safe_text(tr("Smaller"))}</button>',
            f'<button type="button" id="ilp-whole">{safe_text(tr("Show the whole chart"))}</button>',
            f'<p class="ilp-small">{safe_text(keys)}</p>',
            f"<h2>{safe_text(tr('Read with care'))}</h2>{notes}" if notes else "",
            f'<h2>{safe_text(tr("Source"))}</h2><p class="ilp-small">{safe_text(plate.source)}</p>'
            if plate.source
            else "",
            "</aside></div>",
        ]
    )
    return build(
        title=plate.title,
        body=body,
        handling=plate.handling,
        alternative=plate.alternative,
        scripts=(own("plate.js"),),
        styles=(own("chart.css"), own("plate.css")),
        data={"facts": facts, "width": plate.width, "height": plate.height, "click": click},
    )


def _svg(plate: Plate) -> str:
    parts = [
        f'<svg id="ilp-svg" viewBox="0 0 {plate.width:.1f} {plate.height:.1f}" role="presentation">',
        '<defs><marker id="ilp-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
        'orient="auto-start-reverse" markerUnits="userSpaceOnUse"><path d="M0 0 8 4 0 8z" fill="#51606e"/></marker></defs>',
    ]
    number = 0
    for band in plate.bands:
        parts.append(_svg_band(band, number))
        number += 1
    for line in plate.lines:
        parts.append(_svg_line(line, number))
        number += 1
    for box in plate.boxes:
        parts.append(_svg_box(box, number))
        number += 1
    for dot in plate.dots:
        fill = "#fff" if dot.hollow else dot.colour
        parts.append(
            f'<circle cx="{dot.x:.1f}" cy="{dot.y:.1f}" r="{dot.radius:.1f}" fill="{fill}" stroke="{dot.colour}" '
            f"{_asked(number, dot.words)}>{_tip(dot.words)}</circle>"
        )
        number += 1
    parts += [_svg_text(text) for text in plate.texts]
    return "".join([*parts, "</svg>"])


def _asked(number: int, words: str) -> str:
    return f'data-part="{number}" tabindex="0" role="img" aria-label="{safe_text(words)}"' if words else ""


def _tip(words: str) -> str:
    return f"<title>{safe_text(words)}</title>" if words else ""


def _svg_band(band: Band, number: int) -> str:
    a, b, c, d, e, f, g, h = (f"{x:.1f} {y:.1f}" for x, y in band.edges())
    return (
        f'<path d="M{a}C{b} {c} {d}L{e}C{f} {g} {h}Z" fill="{band.colour}" fill-opacity="0.34" stroke="none" '
        f"{_asked(number, band.words)}>{_tip(band.words)}</path>"
    )


def _svg_line(line: Line, number: int) -> str:
    points = line.points
    start = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    rest = " ".join(f"{x:.1f} {y:.1f}" for x, y in points[1:])
    dashes = ' stroke-dasharray="6 4"' if line.dashed else ""
    arrow = ' marker-end="url(#ilp-arrow)"' if line.arrow else ""
    return (
        f'<path d="{start} {"C" if line.curved else "L"}{rest}" fill="none" stroke="{line.colour}" '
        f'stroke-width="{line.width:.2f}" stroke-opacity="{line.opacity:.2f}"{dashes}{arrow} {_asked(number, line.words)}>'
        f"{_tip(line.words)}</path>"
    )


def _svg_box(box: Box, number: int) -> str:
    dashes = ' stroke-dasharray="5 3"' if box.dashed else ""
    texts = "".join(
        _svg_text(Text(box.x + 6, box.y + 4 + (row + 0.85) * box.size * 1.3, text, box.size, bold=row == 0))
        for row, text in enumerate(box.lines)
    )
    return (
        f'<g {_asked(number, box.words)}>{_tip(box.words)}<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="3" fill="{box.fill}" stroke="{box.colour}" stroke-width="1.3"{dashes}/>{texts}</g>'
    )


def _svg_text(text: Text) -> str:
    bold = ' font-weight="600"' if text.bold else ""
    return (
        f'<text x="{text.x:.1f}" y="{text.y:.1f}" font-size="{text.size:.1f}" text-anchor="{text.anchor}" fill="{text.colour}"'
        f"{bold}>{safe_text(encodable(text.text))}</text>"
    )


def plate_figure(plate: Plate) -> Figure:
    """A plate for print."""
    rows = -(-len(plate.legend) // _legend_columns(plate))
    above, below = 0.45 + 0.2 * rows, 0.78
    wide = 9.6 * _WIDE
    high = min(13.5, max(4.8, wide * plate.height / max(plate.width, 1.0) + above + below + 0.2))
    figure = sheet(9.6, high)
    axes = figure.add_axes((0.02, below / high, _WIDE, 1 - (above + below) / high))
    axes.set_axis_off()
    ratio = wide / (high - above - below)
    width = max(plate.width, plate.height * ratio)
    spare = (width - plate.width) / 2
    axes.set_xlim(-spare, width - spare)
    axes.set_ylim(width / ratio, 0)
    scale = wide * 72 / width
    for band in plate.bands:
        _draw_band(axes, band)
    for line in plate.lines:
        _draw_line(axes, line, scale)
    for box in plate.boxes:
        _draw_box(axes, box, scale)
    for dot in plate.dots:
        axes.scatter(
            [dot.x], [dot.y], s=(2 * dot.radius * scale) ** 2, facecolors="white" if dot.hollow else dot.colour,
            edgecolors=dot.colour, linewidths=0.7, zorder=4,
        )  # fmt: skip
    for text in plate.texts:
        _draw_text(axes, text, scale)
    _draw_legend(axes, plate)
    return finish(
        figure,
        title=plate.title,
        caption=" ".join([*plate.said[:2], *plate.notes[:1]]),
        handling=plate.handling,
        alternative=plate.alternative,
        source=tr("Source: {source}").format(source=plate.source) if plate.source else "",
    )


def _draw_band(axes: Axes, band: Band) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    points = band.edges()
    path = Path([*points, points[0]], codes)
    axes.add_patch(PathPatch(path, facecolor=band.colour, alpha=0.34, edgecolor="none", zorder=1))


def _draw_line(axes: Axes, line: Line, scale: float) -> None:
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    codes = [Path.MOVETO, *([Path.CURVE4] * 3 if line.curved else [Path.LINETO] * (len(line.points) - 1))]
    axes.add_patch(
        FancyArrowPatch(
            path=Path(line.points, codes),
            arrowstyle="-|>" if line.arrow else "-",
            mutation_scale=max(4.0, 8 * scale),
            color=line.colour,
            linewidth=max(0.3, line.width * scale),
            linestyle=(0, (4, 3)) if line.dashed else "-",
            alpha=line.opacity,
            fill=False if not line.arrow else None,
            capstyle="butt",
            shrinkA=0,
            shrinkB=0,
            zorder=1,
        )
    )


def _draw_box(axes: Axes, box: Box, scale: float) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            (box.x, box.y),
            box.width,
            box.height,
            facecolor=box.fill,
            edgecolor=box.colour,
            linewidth=max(0.4, 1.2 * scale),
            linestyle="--" if box.dashed else "-",
            zorder=2,
        )
    )
    for row, text in enumerate(box.lines):
        _draw_text(
            axes,
            Text(box.x + 6, box.y + 4 + (row + 0.85) * box.size * 1.3, text, box.size, bold=row == 0),
            scale,
        )


def _draw_text(axes: Axes, text: Text, scale: float) -> None:
    axes.text(
        text.x, text.y, writable(text.text, 90), size=max(_SMALLEST, text.size * scale), color=text.colour,
        weight="bold" if text.bold else "normal", va="baseline", zorder=5,
        ha={"start": "left", "middle": "center", "end": "right"}[text.anchor],
    )  # fmt: skip


def _legend_columns(plate: Plate) -> int:
    """How many entries stand side by side: two where they are long."""
    longest = max((len(words) for words, _, _ in plate.legend), default=0)
    return 2 if longest > _LONG else min(_LEGEND_COLUMNS, max(1, len(plate.legend)))


def _draw_legend(axes: Axes, plate: Plate) -> None:
    from matplotlib.legend import Legend
    from matplotlib.lines import Line2D

    if not plate.legend:
        return
    handles = [
        Line2D(
            [], [], color=colour, linewidth=1.8, linestyle="--" if dashed else "-", label=writable(words, 60)
        )
        for words, colour, dashed in plate.legend
    ]
    legend = Legend(
        axes, handles, [str(handle.get_label()) for handle in handles], loc="lower left", bbox_to_anchor=(0.0, 1.0),
        frameon=False, fontsize=7, ncols=_legend_columns(plate), borderaxespad=0.1, handlelength=1.8, columnspacing=1.4,
    )  # fmt: skip
    axes.add_artist(legend)
    legend.set_clip_on(False)


def clipped(text: str, width: float, size: float) -> str:
    """A text cut so that it fits into a width."""
    fits = max(2, int(width / (0.56 * size)))
    line = " ".join(str(text).split())
    return line if len(line) <= fits else line[: fits - 1] + "…"
