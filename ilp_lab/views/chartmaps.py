"""Link charts on the map: entities that have a place stand there, over streets and areas, without a network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import again, tr, tr_later, trn
from ilp_lab.errors import ColumnError, CRSError
from ilp_lab.result import Result
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views.assets import own
from ilp_lab.views.chart_figures import figure_of_chart
from ilp_lab.views.charting import Chart, chart_of, the_chart_of
from ilp_lab.views.ground import Ground, Ragged, lines, pack, polygons
from ilp_lab.views.linkcharts import page_of_chart
from ilp_lab.views.page import safe_text

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ilp_lab.views.page import Page

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

_PAIRS = (("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"))
_RING = 26.0  # pixels from a place to what stands beside it
_BESIDE = tr_later(
    "Stands beside a place: has none itself, and is drawn next to the one that it has most links with."
)


def chart_map_page(
    chart_or_result: Any,
    *,
    areas: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    size_by: str | None = None,
    title: str | None = None,
    names: bool = True,
) -> Page:
    """Draw a link chart on the map.

    Parameters
    ----------
    chart_or_result
        A link chart, or a result that holds one. Entities have places when their table has a geometry (points, or the
        middle of anything else), or the columns ``longitude`` and ``latitude``.
    areas, streets
        Polygons and lines for orientation.
    size_by, title, names
        As in :func:`ilp_lab.views.linkchart_page`.

    Returns
    -------
    Page
        Entities at their places, links between them. An entity without a place stands beside the placed one that it
        has most links with; those without any such link are counted and not drawn.

    Raises
    ------
    InputError, ColumnError, CRSError
        When there is no chart, no entity has a place, or the places do not say in which coordinate system they are.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> entities = pd.DataFrame({"entity_id": ["A", "B"], "longitude": [16.37, 16.38], "latitude": [48.2, 48.21]})
    >>> chart_map_page(chart(pd.DataFrame({"source": ["A"], "target": ["B"]}), entities), title="Two masts").title
    'Two masts'
    """
    scene = _scene(chart_or_result, areas, streets, size_by, title, "views.chart_map_page", names=names)
    where = again(_BESIDE) if len(scene.beside) else tr("Every entity stands where it is recorded.")
    legend = f'<h2>{safe_text(tr("Places"))}</h2><p class="ilp-small">{safe_text(where)}</p>'
    return page_of_chart(
        scene.chart,
        handling=scene.handling,
        ground=_ground_data(scene),
        legend=legend,
        under=(own("ground.js"),),
    )


def chart_map_figure(
    chart_or_result: Any,
    *,
    areas: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    size_by: str | None = None,
    title: str | None = None,
    names: bool = True,
) -> Figure:
    """Draw a link chart on the map, for print.

    Parameters
    ----------
    chart_or_result, areas, streets, size_by, title, names
        As in :func:`ilp_lab.views.chart_map_page`.

    Raises
    ------
    InputError, ColumnError, CRSError
        As :func:`ilp_lab.views.chart_map_page`.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> entities = pd.DataFrame({"entity_id": ["A", "B"], "longitude": [16.37, 16.38], "latitude": [48.2, 48.21]})
    >>> len(chart_map_figure(chart(pd.DataFrame({"source": ["A"], "target": ["B"]}), entities)).axes)
    1
    """
    scene = _scene(chart_or_result, areas, streets, size_by, title, "views.chart_map_figure", names=names)
    xy = scene.chart.xy.copy()
    span = max(scene.bounds[2] - scene.bounds[0], (scene.bounds[3] - scene.bounds[1]) * 1.3)
    xy[scene.beside] += scene.offset * (span / 700.0)
    return figure_of_chart(
        replace(scene.chart, xy=xy),
        handling=scene.handling,
        under=lambda axes: _draw_ground(axes, scene),
        bounds=scene.bounds,
    )


@dataclass(frozen=True)
class Scene:
    """A chart in metres, north up (that is, smaller y), and what lies under it."""

    chart: Chart
    handling: str
    areas: Ragged | None
    streets: Ragged | None
    bounds: tuple[float, float, float, float]
    beside: Whole
    anchor: Whole
    offset: Numbers


def _scene(
    chart_or_result: Any,
    areas: gpd.GeoDataFrame | None,
    streets: gpd.GeoDataFrame | None,
    size_by: str | None,
    title: str | None,
    caller: str,
    *,
    names: bool,
) -> Scene:
    check = Check(caller)
    given = the_chart_of(chart_or_result, check)
    for frame, name in ((areas, "areas"), (streets, "streets")):
        if frame is not None:
            check.places(frame, name)
    check.done()
    places = places_of(given.entities, check)
    check.done()
    ground = Ground.of(places, areas, streets, caller=caller)
    x, y = ground.points(ground.bring(places))
    part, shown, anchor = _part_with_places(given, np.isfinite(x) & np.isfinite(y))
    left, low = float(np.floor(np.nanmin(x))), float(np.floor(np.nanmin(y)))
    at = np.column_stack([x - left, low - y])
    xy = np.where((anchor >= 0)[:, None], at[np.maximum(anchor, 0)], at)[shown]
    ids = part.entities["entity_id"].astype(str).tolist()
    part.positions = _as_positions(ids, xy)
    source: Any = part
    if isinstance(chart_or_result, Result):
        source = replace(chart_or_result, details={**chart_or_result.details, "chart": part})
    chart = chart_of(source, size_by=size_by, title=title, names=names, check=check)
    lost = len(given.entities) - len(shown)
    told = [
        trn(
            "{n:,} entity has no place and no link with an entity that has one; it is not drawn.",
            "{n:,} entities have no place and no link with an entity that has one; they are not drawn.",
            lost,
        ).format(n=lost)
    ] * bool(lost)
    beside = np.flatnonzero(anchor[shown] >= 0)
    told = [" ".join([*told, *[again(_BESIDE)] * bool(len(beside))])] if told or len(beside) else []
    place_of = np.full(len(given.entities), -1, dtype=np.int64)
    place_of[shown] = np.arange(len(shown))
    anchors = place_of[anchor[shown][beside]]
    shapes = None if areas is None else _flipped(polygons(ground.bring(areas).geometry), left, low)
    courses = None if streets is None else _flipped(lines(ground.bring(streets).geometry), left, low)
    return Scene(
        replace(chart, notes=(*told, *chart.notes)),
        handling_of(
            chart.handling,
            *(one for one in (chart_or_result, areas, streets) if one is not None and _marked(one)),
        ),
        shapes,
        courses,
        _bounds(xy, shapes),
        beside,
        anchors,
        _ring(anchors),
    )


def _marked(thing: Any) -> bool:
    return hasattr(thing, "handling") or hasattr(thing, "attrs")


def places_of(entities: pd.DataFrame, check: Check) -> gpd.GeoDataFrame:
    """The places of entities, missing where there is none."""
    import geopandas as gpd
    import pandas as pd

    found = [
        str(name) for name in entities.columns if isinstance(entities[name].dtype, gpd.array.GeometryDtype)
    ]
    if found:
        shapes = gpd.GeoSeries(entities[found[0]])
        if shapes.crs is None:
            check.add(
                f"the entities' column {found[0]!r} does not say in which coordinate system its places are; set it with "
                "set_crs(...) before networks.chart(...).",
                CRSError,
            )
        return gpd.GeoDataFrame(geometry=shapes.reset_index(drop=True))
    known = {str(name).strip().lower(): name for name in entities.columns}
    pair = next(((known[a], known[b]) for a, b in _PAIRS if a in known and b in known), None)
    if pair is None:
        check.add(
            "no entity has a place: the table of entities needs a geometry, or the columns longitude and latitude.",
            ColumnError,
        )
        return gpd.GeoDataFrame(geometry=[], crs=4326)
    longitude, latitude = (
        pd.to_numeric(entities[name], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        for name in pair
    )
    usable = (np.abs(longitude) <= 180) & (np.abs(latitude) <= 90)
    if not usable.any():
        check.add("no entity has a place: longitude and latitude are empty or out of range.", ColumnError)
    points = gpd.points_from_xy(np.where(usable, longitude, np.nan), np.where(usable, latitude, np.nan))
    shapes = gpd.GeoSeries(points, crs=4326)
    return gpd.GeoDataFrame(geometry=shapes.where(usable))


def _part_with_places(given: Any, placed: NDArray[np.bool_]) -> tuple[Any, Whole, Whole]:
    """What can be drawn: the part of the chart, its rows, and for rows without a place the one they stand beside."""
    import pandas as pd

    ids = pd.Index(given.entities["entity_id"].astype(str))
    source, target = (ids.get_indexer(pd.Index(given.links[end].astype(str))) for end in ("source", "target"))
    known = (source >= 0) & (target >= 0)
    ends = np.vstack([np.column_stack([source, target])[known], np.column_stack([target, source])[known]])
    ends = ends[~placed[ends[:, 0]] & placed[ends[:, 1]]]
    pair, count = np.unique(ends, axis=0, return_counts=True)
    order = np.lexsort((pair[:, 1], -count, pair[:, 0]))
    rows, first = np.unique(pair[order, 0], return_index=True)
    anchor = np.full(len(ids), -1, dtype=np.int64)
    anchor[rows] = pair[order, 1][first]
    shown = np.flatnonzero(placed | (anchor >= 0))
    there = np.zeros(len(ids), dtype=bool)
    there[shown] = True
    links = given.links[known & there[np.maximum(source, 0)] & there[np.maximum(target, 0)]]
    part = SimpleNamespace(
        entities=given.entities.iloc[shown].reset_index(drop=True),
        links=links,
        **{name: getattr(given, name, fallback) for name, fallback in _KEPT.items()},
    )
    return part, shown, anchor


_KEPT = {"handling": "H0", "hidden": frozenset(), "notes": (), "annotations": (), "remarks": (), "origin": ""}


def _as_positions(ids: list[str], xy: Numbers) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "pinned": False}, index=pd.Index(ids, dtype=object))


def _ring(anchors: Whole) -> Numbers:
    """Steps in pixels from a place to those that stand beside it, in rings around it."""
    order = np.argsort(anchors, kind="stable")
    ranked = anchors[order]
    begin = (
        np.maximum.accumulate(np.where(np.r_[True, ranked[1:] != ranked[:-1]], np.arange(len(ranked)), 0))
        if len(ranked)
        else ranked
    )
    number = np.empty(len(anchors))
    number[order] = np.arange(len(anchors)) - begin
    ring = np.floor((np.sqrt(1 + 4 * number / 3.5) - 1) / 2)
    turn = 2.399963 * number + 0.6
    return np.column_stack([np.cos(turn), np.sin(turn)]) * (_RING * (1 + 0.8 * ring))[:, None]


def _flipped(ragged: Ragged, left: float, low: float) -> Ragged:
    return replace(ragged, xy=np.column_stack([ragged.xy[:, 0] - left, low - ragged.xy[:, 1]]))


def _bounds(xy: Numbers, areas: Ragged | None) -> tuple[float, float, float, float]:
    """What is shown first: all places with some ground around them."""
    west, north = xy.min(axis=0)
    east, south = xy.max(axis=0)
    pad = max(0.06 * max(east - west, south - north), 150.0)
    if areas is not None and len(areas.xy):
        near = areas.xy
        if (np.ptp(near, axis=0) < 4 * np.array([east - west + 2 * pad, south - north + 2 * pad])).all():
            west, north = np.minimum([west, north], near.min(axis=0))
            east, south = np.maximum([east, south], near.max(axis=0))
    return float(west - pad), float(north - pad), float(east + pad), float(south + pad)


def _ground_data(scene: Scene) -> dict[str, Any]:
    data: dict[str, Any] = {
        "bounds": list(scene.bounds),
        "beside": pack(scene.beside, "i4"),
        "anchor": pack(scene.anchor, "i4"),
        "offset": pack(scene.offset, "f4"),
    }
    for name, shapes in (("areas", scene.areas), ("streets", scene.streets)):
        if shapes is not None:
            data[name] = {"xy": pack(shapes.xy, "f4"), "rings": pack(shapes.rings, "i4")}
    return data


def _draw_ground(axes: Axes, scene: Scene) -> None:
    from matplotlib.collections import LineCollection, PolyCollection

    axes.set_facecolor("#eef1f3")
    if scene.areas is not None:
        rings = _rings(scene.areas)
        axes.add_collection(
            PolyCollection(rings, facecolors="#ffffff", edgecolors="#8896a3", linewidths=0.6, zorder=0)
        )
    if scene.streets is not None:
        axes.add_collection(
            LineCollection(
                _rings(scene.streets),
                colors="#c3ccd4",
                linewidths=0.4,
                zorder=0.2,
                rasterized=len(scene.streets) > 3_000,
            )
        )
    west, north, east, south = scene.bounds
    long = _round_length((east - west) / 5)
    word = tr("{km:g} km").format(km=long / 1000) if long >= 1000 else tr("{m:g} m").format(m=long)
    x, y = west + 0.04 * (east - west), south - 0.04 * (south - north)
    axes.plot([x, x + long], [y, y], color="#1b2733", linewidth=2, solid_capstyle="butt", zorder=6)
    axes.annotate(
        word,
        (x + long / 2, y),
        (0, 3),
        textcoords="offset points",
        size=7,
        ha="center",
        va="bottom",
        zorder=6,
    )
    axes.annotate(
        tr("N ↑"),
        (east, north),
        (-4, -4),
        textcoords="offset points",
        size=8,
        weight="bold",
        ha="right",
        va="top",
        zorder=6,
    )


def _rings(shapes: Ragged) -> list[Any]:
    return np.split(shapes.xy, shapes.rings[1:-1]) if len(shapes.xy) else []


def _round_length(long: float) -> float:
    power = 10.0 ** np.floor(np.log10(max(long, 1.0)))
    return float(max(step * power for step in (1, 2, 5) if step * power <= max(long, 1.0)))
