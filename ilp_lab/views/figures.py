"""Maps and bars for print."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, trn
from ilp_lab.result import Result
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.classes import counted, figure_of, spoken
from ilp_lab.views.curves import source_line
from ilp_lab.views.drawing import (
    INK,
    LINE,
    SOFT,
    caption_of,
    dates_along,
    finish,
    halo,
    legend_of,
    sheet,
    writable,
)
from ilp_lab.views.facts import label as said
from ilp_lab.views.ground import Ragged, lines, polygons
from ilp_lab.views.scene import Scene, scene_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RASTER_FROM = 4_000
_AREAS_NAMED_UP_TO = 120
_NAME_SIZE = 5.2
_EDGE: dict[str, Any] = {"edgecolor": "#8896a3", "linewidth": 0.4}


def map_figure(
    table: gpd.GeoDataFrame | Any,
    *,
    value: str | None = None,
    areas: gpd.GeoDataFrame | None = None,
    incidents: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    title: str | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> Figure:
    """Draw a map for print, with legend in words, scale bar, north arrow and handling code.

    Parameters
    ----------
    table, value, areas, incidents, streets, title
        As in :func:`ilp_lab.views.map_page`. Where the table holds points, ``value`` colours them.
    bounds
        Draw only this part: (west, south, east, north) in metres of the map's coordinate system.

    Returns
    -------
    matplotlib Figure
        Not tied to any session; ``views.png`` and ``views.svg`` turn it into files.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = gpd.GeoDataFrame({"n": [0, 3]}, geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=32633)
    >>> len(map_figure(cells).axes)
    1
    """
    check = Check("views.map_figure")
    scene = scene_of(
        table, value=value, areas=areas, incidents=incidents, streets=streets, title=title, check=check
    )
    handling = handling_of(table, areas, incidents, streets)
    return figure_of_scene(scene, table, bounds=bounds, handling=handling)


def figure_of_scene(
    scene: Scene,
    table: Any,
    *,
    bounds: tuple[float, float, float, float] | None,
    handling: str,
    over: Callable[[Axes], list[Any]] | None = None,
) -> Figure:
    """The figure of a scene that is ready.

    ``over`` draws over the map and gives what belongs into the legend.
    """
    part = scene.bounds if bounds is None else bounds
    west, south, east, north = part
    width, height = _fitting(east - west, north - south)
    figure = sheet(width, height)
    axes = figure.add_axes((0.02, 0.09, 0.70, 0.845))
    handles = draw_map(axes, scene, part)
    if over is not None:
        handles += over(axes)
    legend_of(axes, handles, writable(scene.classes.heading) if scene.classes.labels else tr("On the map"))
    return finish(
        figure,
        title=scene.title,
        caption=caption_of(scene.said, scene.notes),
        handling=handling,
        alternative=scene.alternative(),
        source=_sources(table, scene),
    )


def draw_map(
    axes: Axes, scene: Scene, bounds: tuple[float, float, float, float], *, focus: Any = None
) -> list[Any]:
    """Draw a scene within bounds, with scale bar and north arrow; returns what belongs into the legend.

    ``focus`` is an outline in metres: everything outside it is paled.
    """
    west, south, east, north = bounds
    axes.set_axis_off()
    axes.set_aspect("equal", adjustable="box", anchor="W")
    pad = 0.03 * max(east - west, north - south)
    axes.set_xlim(west - pad, east + pad)
    axes.set_ylim(south - pad, north + pad)
    handles = _cells(axes, scene, _ground(axes, scene))
    _lines(axes, scene)
    _points(axes, scene, handles)
    if focus is not None:
        _pale_around(axes, focus)
    if scene.ground.crs is not None:
        scale_bar(axes)
    _north(axes)
    return handles


def _pale_around(axes: Axes, focus: Any) -> None:
    import shapely
    from matplotlib.patches import PathPatch

    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    around = shapely.box(west, south, east, north).difference(focus)
    if not around.is_empty:
        axes.add_artist(
            PathPatch(
                path_of(polygons([around]), closed=True),
                facecolor="white",
                alpha=0.6,
                linewidth=0,
                zorder=6.5,
            )
        )
    axes.add_artist(
        PathPatch(
            path_of(polygons([focus]), closed=True),
            facecolor="none",
            edgecolor=INK,
            linewidth=1.4,
            zorder=6.6,
        )
    )


def _sources(table: Any, scene: Scene) -> str:
    """Where the map's numbers come from, and its coordinate system."""
    said = source_line(table) if isinstance(table, Result) else ""
    if not said or scene.ground.crs is None:
        return said
    system = tr("Coordinates: {name}.").format(name=scene.ground.crs.name)
    return f"{said} {system}"


def _fitting(wide: float, high: float) -> tuple[float, float]:
    """Inches, so that the drawing fills the page it is given."""
    ratio = min(max(high / max(wide, 1e-9), 0.45), 1.25)
    return 9.6, 9.6 * 0.70 * ratio / 0.845


def path_of(shapes: Ragged, *, closed: bool, which: Any = None) -> Any:
    """Shapes as one matplotlib path; ``which`` picks some of them."""
    from matplotlib.path import Path

    codes = np.full(len(shapes.xy), Path.LINETO, dtype=np.uint8)
    codes[shapes.rings[:-1]] = Path.MOVETO
    if closed:
        codes[shapes.rings[1:] - 1] = Path.CLOSEPOLY
    if which is None:
        return Path(shapes.xy, codes)
    per_ring = np.repeat(which, np.diff(shapes.shapes))
    per_vertex = np.repeat(per_ring, np.diff(shapes.rings))
    return Path(shapes.xy[per_vertex], codes[per_vertex])


def _ground(axes: Axes, scene: Scene) -> Any:
    """The study area: its ground, which cells are cut to, and its outline."""
    from matplotlib.patches import PathPatch

    if scene.outline is None:
        return None
    path = path_of(polygons([scene.outline]), closed=True)
    ground = PathPatch(path, facecolor="#fafaf7", edgecolor="none", zorder=1)
    axes.add_artist(ground)
    axes.add_artist(PathPatch(path, facecolor="none", edgecolor="#3c4a57", linewidth=1.1, zorder=5))
    return ground


def _cells(axes: Axes, scene: Scene, ground: Any) -> list[Any]:
    from matplotlib.patches import Patch, PathPatch

    handles: list[Any] = []
    if scene.cells is None:
        return handles
    shapes = polygons(scene.cells.geometry)
    codes = scene.classes.codes[shapes.rows]
    coarse = len(shapes) >= _RASTER_FROM
    if not scene.classes.labels:
        axes.add_artist(PathPatch(path_of(shapes, closed=True), facecolor="#f2f4f5", zorder=2, **_EDGE))
        return [Patch(facecolor="#f2f4f5", label=_units(scene.unit_name), **_EDGE)]
    for number, (words, colour, count) in enumerate(
        zip(scene.classes.labels, scene.classes.colours, scene.classes.counts, strict=True)
    ):
        if not count:
            continue
        plain = scene.regular or scene.unit_name == "streets"
        look = {"edgecolor": colour, "linewidth": 0.15} if plain else _EDGE
        path = path_of(shapes, closed=True, which=codes == number)
        patch = PathPatch(path, facecolor=colour, zorder=2, rasterized=coarse, **look)
        axes.add_artist(patch)
        if ground is not None:
            patch.set_clip_path(ground)
        told = "\n".join(textwrap.wrap(writable(words, 60), 30))
        handles.append(
            Patch(
                facecolor=colour,
                edgecolor="#8896a3",
                linewidth=0.5,
                label=f"{told}\n({counted(scene.unit_name, count)})",
            )
        )
    missing = int((codes >= len(scene.classes.labels)).sum())
    if missing:
        axes.add_artist(
            PathPatch(
                path_of(shapes, closed=True, which=codes >= len(scene.classes.labels)),
                facecolor="white",
                zorder=2,
                **_EDGE,
            )
        )
        told = f"{tr('no value')}\n({counted(scene.unit_name, missing)})"
        handles.append(Patch(facecolor="white", label=told, **_EDGE))
    return handles


def _units(name: str) -> str:
    return {"cells": tr("cells"), "streets": tr("streets")}.get(name, tr("areas"))


def _lines(axes: Axes, scene: Scene) -> None:
    from matplotlib.patches import PathPatch

    for frame, colour, width, order in (
        (scene.streets, "#8a96a0", 0.2, 3),
        (scene.areas, "#2c3b48", 0.5, 4),
    ):
        if frame is not None:
            path = path_of(lines(frame.geometry), closed=False)
            axes.add_artist(
                PathPatch(path, facecolor="none", edgecolor=colour, linewidth=width, zorder=order, alpha=0.8)
            )
    if scene.areas is not None and len(scene.areas) <= _AREAS_NAMED_UP_TO:
        _names(axes, scene)


def _names(axes: Axes, scene: Scene) -> None:
    import shapely
    from matplotlib import patheffects

    areas = scene.areas
    assert areas is not None  # noqa: S101  (asked by the caller)
    middles = shapely.point_on_surface(np.asarray(areas.geometry))
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    letter = (east - west) / (9.6 * 0.70 * 72) * _NAME_SIZE * 0.62  # width of a letter on the ground
    placed: list[tuple[float, float, float]] = []
    at = zip(scene.names_of_areas, shapely.get_x(middles), shapely.get_y(middles), strict=True)
    for name, x, y in at:
        text = writable(name, 24)
        half = len(text) * letter / 2
        if not (west <= x - half and x + half <= east and south <= y <= north) or any(
            abs(x - other) < half + wide and abs(y - across) < 2.2 * letter for other, across, wide in placed
        ):
            continue
        placed.append((x, y, half))
        axes.text(
            x,
            y,
            text,
            size=_NAME_SIZE,
            color=INK,
            ha="center",
            va="center",
            zorder=7,
            path_effects=[patheffects.withStroke(linewidth=1.4, foreground="white")],
        )


def _points(axes: Axes, scene: Scene, handles: list[Any]) -> None:
    from matplotlib.lines import Line2D

    points = scene.points
    if points is None or not len(points.x):
        return
    many = len(points.x) > 2_000
    size, alpha = (1.0, 0.25) if many else (3.0, 0.7)
    classes = points.classes
    looks = [("#101820", np.ones(len(points.x), dtype=bool), points.told)]
    if classes is not None:
        known = list(zip(classes.colours, classes.labels, strict=True))
        looks = [
            (colour, classes.codes == code, f"{label} ({figure_of(classes.counts[code])})")
            for code, (colour, label) in enumerate(known)
        ]
        looks.append(("#8a949d", classes.codes >= len(known), tr("no value")))
        handles.append(Line2D([], [], linestyle="none", label="\n".join(textwrap.wrap(points.told, 30))))
        size, alpha = (1.4, 0.55) if many else (3.6, 0.9)
    for colour, which, words in looks:
        if not which.any():
            continue
        axes.plot(
            points.x[which],
            points.y[which],
            linestyle="none",
            marker="o",
            markersize=size,
            color=colour,
            alpha=alpha,
            markeredgewidth=0,
            zorder=6,
            rasterized=many,
        )
        told = "\n".join(textwrap.wrap(writable(words, 60 if classes is not None else 200), 30))
        handles.append(Line2D([], [], linestyle="none", marker="o", markersize=3, color=colour, label=told))


def scale_bar(axes: Axes) -> None:
    """A bar of a round length in metres at the lower left."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    rough = (east - west) / 5
    power = 10 ** math.floor(math.log10(rough))
    length = next(step * power for step in (5, 2, 1) if step * power <= rough)
    x, y, high = west + 0.02 * (east - west), south + 0.02 * (north - south), 0.008 * (north - south)
    axes.plot(
        [x, x, x + length, x + length],
        [y + high, y, y, y + high],
        color=INK,
        linewidth=1.2,
        zorder=8,
        path_effects=halo(3),
    )
    told = (
        tr("{length:g} km").format(length=length / 1000)
        if length >= 1000
        else tr("{length:g} m").format(length=length)
    )
    axes.text(
        x + length / 2,
        y + 1.4 * high,
        told,
        size=8,
        color=INK,
        ha="center",
        va="bottom",
        zorder=8,
        path_effects=halo(2),
    )


def _north(axes: Axes) -> None:
    axes.annotate(
        tr("N"),
        xy=(0.965, 0.985),
        xytext=(0.965, 0.915),
        xycoords="axes fraction",
        textcoords="axes fraction",
        size=9,
        weight="bold",
        color=INK,
        ha="center",
        va="top",
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2, "path_effects": halo(3)},
        path_effects=halo(2),
        zorder=9,
    )


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
