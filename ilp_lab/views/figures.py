"""Maps for print."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.result import Result
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.classes import counted, figure_of
from ilp_lab.views.curves import source_line
from ilp_lab.views.drawing import (
    INK,
    caption_of,
    caption_top,
    finish,
    halo,
    legend_of,
    sheet,
    writable,
)
from ilp_lab.views.ground import Ragged, lines, polygons
from ilp_lab.views.scene import Scene, scene_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
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
    source = _sources(table, scene)
    width, height, rectangle = _fitting(east - west, north - south, source)
    figure = sheet(width, height)
    axes = figure.add_axes(rectangle)
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
        source=source,
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
    handles += _contours(axes, scene)
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


def _fitting(wide: float, high: float, source: str) -> tuple[float, float, tuple[float, float, float, float]]:
    """Inches, and where on them the map lies, so that it fills the page between its title and what stands below."""
    high_inches = 9.6 * 0.70 * min(max(high / max(wide, 1e-9), 0.45), 1.25)
    usual = high_inches / 0.845
    below = max(0.09 * usual, caption_top(usual, source) + 0.1)
    tall = high_inches + below + max(0.065 * usual, 0.45)
    return 9.6, tall, (0.02, below / tall, 0.70, high_inches / tall)


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
        path = path_of(shapes, closed=True, which=codes >= len(scene.classes.labels))
        look = {"linewidth": 0} if scene.regular else _EDGE
        patch = PathPatch(path, facecolor="white", zorder=2, **look)
        axes.add_artist(patch)
        if ground is not None:
            patch.set_clip_path(ground)
        told = f"{tr('no value')}\n({counted(scene.unit_name, missing)})"
        handles.append(Patch(facecolor="white", label=told, **_EDGE))
    return handles


def _units(name: str) -> str:
    return {"cells": tr("cells"), "streets": tr("streets")}.get(name, tr("areas"))


def _contours(axes: Axes, scene: Scene) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import PathPatch

    handles: list[Any] = []
    for contour in scene.contours:
        look: dict[str, Any] = {"linewidth": 1.2, "linestyle": (0, (4, 2)) if contour.dashed else "-"}
        path = path_of(polygons([contour.shape]), closed=True)
        line = PathPatch(
            path, facecolor="none", edgecolor=contour.colour, zorder=4.5, gid=f"ilp-{contour.name}", **look
        )
        line.set_path_effects(halo(2.4))
        axes.add_artist(line)
        told = "\n".join(textwrap.wrap(writable(contour.words, 60), 30))
        handles.append(Line2D([], [], color=contour.colour, label=told, **look))
    return handles


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
