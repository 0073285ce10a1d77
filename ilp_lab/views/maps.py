"""Maps for the screen, drawn offline: cells or areas in classes, incidents, streets, the study area.

Leaflet (through folium) pans and zooms; the drawing happens on one canvas, in metres of the analysis' own
coordinate system, so that squares are square and the scale bar holds everywhere. There are no tiles: fetching them
would tell somebody else which place is being looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.safeguards.handling import handling_of
from ilp_lab.views import facts
from ilp_lab.views.assets import own
from ilp_lab.views.classes import NOTHING, Classes, counted
from ilp_lab.views.folium_pages import page_of
from ilp_lab.views.ground import UNIT_M, lines, pack, pack_shapes, pack_xy, polygons
from ilp_lab.views.page import Page, heading, safe_text
from ilp_lab.views.scene import Scene, scene_of

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.result import Result

_SINGLE_UP_TO = 1_500
_ARROW = '<svg width="14" height="22" viewBox="0 0 14 22" aria-hidden="true"><path d="M7 0 13 20 7 15 1 20z" fill="#1b2733"/></svg>'


def map_page(
    table: gpd.GeoDataFrame | Result,
    *,
    value: str | None = None,
    areas: gpd.GeoDataFrame | None = None,
    incidents: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    title: str | None = None,
    opening: gpd.GeoDataFrame | None = None,
) -> Page:
    """Draw a map for the screen.

    Parameters
    ----------
    table
        A result with ``view="map"``, or a table of polygons (cells, areas) or of points.
    value
        The column to colour by: numbers, verdicts or categories. Found by itself in results and in tables with a
        column ``verdict``, ``density`` or ``n``; without any, only outlines are drawn.
    areas
        Polygons drawn as borders with their names (column ``name`` or ``area``).
    incidents
        Points. Hovering tells what and when, never who or the address. Many points are drawn as groups with their
        number.
    streets
        Lines for orientation.
    title
        Heading; the result's own when left out.
    opening
        Rows with places: the map opens where these lie, and a button shows the whole. It opens on the whole when left out.

    Returns
    -------
    Page
        Shows itself in a notebook; ``page.release(case, path)`` writes it.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Notes
    -----
    The page needs no network and no tiles. 100,000 cells with 100,000 points make a page of five megabytes that is
    built and opened in about a second each. Colours stay apart for people who do not see red or green. It can be used by keyboard: arrow
    keys and + − move the map, and the place in the middle is told in words.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> cells = gpd.GeoDataFrame({"n": [0, 3]}, geometry=[box(0, 0, 100, 100), box(100, 0, 200, 100)], crs=32633)
    >>> map_page(cells, title="Thefts").title
    'Thefts'
    """
    check = Check("views.map_page")
    scene = scene_of(
        table, value=value, areas=areas, incidents=incidents, streets=streets, title=title, check=check
    )
    parts = map_parts(scene)
    if opening is not None and len(opening):
        parts["data"]["opening"] = _opening(scene, opening)
    return page_of(
        **parts,
        title=scene.title,
        handling=handling_of(table, areas, incidents, streets),
        alternative=scene.alternative(),
        scripts=(own("shapes.js"), own("map.js")),
        styles=(own("map.css"),),
        last="new IlpMap({name});",
    )


def map_parts(scene: Scene, *, single: int = _SINGLE_UP_TO, more_legend: str = "") -> dict[str, Any]:
    """What makes a page a map: the map, its heading, its side and its data; points are drawn one by one up to ``single``."""
    return {
        "folium_map": _leaflet(),
        "before": _heading(scene),
        "beside": _side(scene, more_legend),
        "around": (
            '<div class="ilp-map">',
            _north() + '<div class="ilp-tip" id="ilp-tip" hidden></div></div>',
        ),
        "data": _data(scene, single),
    }


def _opening(scene: Scene, rows: gpd.GeoDataFrame) -> list[float]:
    """The box of some rows with room around it, from the same origin as everything on the page; the whole where they have none."""
    west, south = (float(np.floor(edge)) for edge in scene.bounds[:2])
    box = np.asarray(scene.ground.bring(rows).total_bounds, dtype=float)
    if not np.isfinite(box).all():
        box = np.asarray(scene.bounds)
    pad = max(0.1 * float(max(box[2] - box[0], box[3] - box[1])), 150.0)
    return [box[0] - pad - west, box[1] - pad - south, box[2] + pad - west, box[3] + pad - south]


def _north() -> str:
    up, letter = safe_text(tr("North is up")), safe_text(tr("N"))
    return f'<div class="ilp-north" role="img" aria-label="{up}">{letter}{_ARROW}</div>'


def _leaflet() -> Any:
    import folium

    leaflet = folium.Map(
        location=[0, 0],
        tiles=None,
        crs="Simple",
        zoom_start=0,
        zoom_snap=0.25,
        zoom_delta=0.75,
        zoom_animation=False,
        fade_animation=False,
        inertia=False,
        attribution_control=False,
        wheel_px_per_zoom_level=120,
    )
    leaflet._id = "ilp"  # noqa: SLF001  (folium draws it at random; pages must come out the same every time)
    leaflet.get_root()._id = "ilp"  # noqa: SLF001
    return leaflet


def _data(scene: Scene, single: int) -> dict[str, Any]:
    west, south, east, north = scene.bounds
    origin = (float(np.floor(west)), float(np.floor(south)))
    data: dict[str, Any] = {
        "unit": UNIT_M,
        "metres": scene.ground.crs is not None,
        "units": [tr("m"), tr("km")],
        "nothing": tr("Nothing recorded here."),
        "bounds": [west - origin[0], south - origin[1], east - origin[0], north - origin[1]],
        "grid": [
            {"label": label, "xy": pack_xy(xy, origin)} for label, xy in scene.ground.graticule(scene.bounds)
        ],
    }
    detail = max(east - west, north - south) / 5000
    if scene.cells is not None:
        shapes = polygons(scene.cells.geometry)
        data["cells"] = {
            "shapes": pack_shapes(shapes, origin),
            "codes": pack(scene.classes.codes, "u1"),
            "colours": list(scene.classes.colours),
            "borders": not scene.regular,
            "facts": _cell_facts(scene),
        }
    if scene.outline is not None:
        data["study"] = pack_shapes(polygons([scene.outline]), origin)
    if scene.contours:
        data["contours"] = [
            {
                "layer": contour.name,
                "shapes": pack_shapes(polygons([contour.shape]), origin),
                "colour": contour.colour,
                "dash": [7, 4] if contour.dashed else [],
            }
            for contour in scene.contours
        ]
    if scene.areas is not None:
        data["areas"] = _areas(scene.areas, scene.names_of_areas, origin, detail)
    if scene.streets is not None:
        data["streets"] = pack_shapes(lines(scene.streets.geometry, tolerance_m=detail), origin)
    if scene.points is not None:
        at = np.column_stack([scene.points.x, scene.points.y])
        columns = facts.columns_for_page(scene.points.frame, scene.points.columns)
        data["points"] = {"xy": pack_xy(at, origin), "single": single, "facts": columns}
        if scene.points.classes is not None:
            data["points"]["codes"] = pack(scene.points.classes.codes, "u1")
            data["points"]["colours"] = list(scene.points.classes.colours)
    return data


def _cell_facts(scene: Scene) -> list[dict[str, Any]]:
    told = [] if scene.cells is None else facts.columns_for_page(scene.cells, scene.cell_columns)
    if scene.area_names is not None:
        told.append(facts.text_column(tr("Area"), scene.area_names))
    return told


def _areas(
    areas: gpd.GeoDataFrame, names: list[str], origin: tuple[float, float], detail: float
) -> dict[str, Any]:
    import shapely

    shapes = np.asarray(shapely.simplify(np.asarray(areas.geometry), detail))
    middles = shapely.point_on_surface(shapes)
    at = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)]) - np.asarray(origin)
    return {
        "shapes": pack_shapes(polygons(shapes), origin),
        "names": names,
        "middles": np.round(np.nan_to_num(at), 1).ravel().tolist(),
    }


def _heading(scene: Scene) -> str:
    said = "".join(f"<p>{safe_text(sentence)}</p>" for sentence in scene.said[:2])
    return f'<div class="ilp-head"><h1>{safe_text(scene.title)}</h1>{said}</div>'


def _side(scene: Scene, more_legend: str) -> str:
    parts = [f'<aside class="ilp-side" aria-label="{safe_text(tr("Legend and layers"))}">']
    if scene.cells is not None and scene.classes.labels:
        parts.append(_legend(scene.classes, scene.unit_name))
    if scene.points is not None and scene.points.classes is not None and scene.points.classes.labels:
        parts.append(_legend(scene.points.classes, "incidents"))
    parts.append(more_legend)
    move = tr("Move over the map, or click on it. By keyboard: select the map, then arrow keys, + and −.")
    parts.append(_layers(scene))
    parts.append(
        f'{heading(tr("Here"))}<div class="ilp-facts ilp-small" id="ilp-facts" role="status" aria-live="polite">{safe_text(move)}</div>'
    )
    parts.append(_marked(scene))
    whole = safe_text(tr("Show the whole area"))
    parts.append(f'{heading(tr("View"))}<button type="button" id="ilp-whole">{whole}</button>')
    if scene.notes:
        parts.append(heading(tr("Read with care")))
        parts += [f'<p class="ilp-small">{safe_text(note)}</p>' for note in scene.notes]
    parts.append("</aside>")
    return "".join(parts)


def _legend(classes: Classes, unit: str) -> str:
    rows = [
        f'<li><span class="ilp-swatch" style="background:{colour}"></span><span>{safe_text(label)} '
        f"<small>{safe_text(counted(unit, count))}</small></span></li>"
        for label, colour, count in zip(classes.labels, classes.colours, classes.counts, strict=True)
        if count
    ]
    missing = int((classes.codes == NOTHING).sum())
    if missing:
        rows.append(
            f'<li><span class="ilp-swatch"></span><span>{safe_text(tr("no value"))} <small>{counted(unit, missing)}</small></span></li>'
        )
    return f"<h2>{safe_text(classes.heading)}</h2><ul>{''.join(rows)}</ul>"


def _layers(scene: Scene) -> str:
    rows = []
    lines = [(one.name, one.words, True, True) for one in scene.contours]
    swatches = {
        one.name: f'<span class="ilp-line" style="border-top:3px {"dashed" if one.dashed else "solid"} {one.colour}"></span>'
        for one in scene.contours
    }
    for layer, name, there, on in (
        ("cells", _layer(scene.unit_name), scene.cells is not None, True),
        *lines,
        ("areas", tr("Areas and their names"), scene.areas is not None, True),
        ("streets", tr("Streets"), scene.streets is not None, True),
        ("points", scene.points.told if scene.points else "", scene.points is not None, scene.points_first),
        ("grid", tr("Longitude and latitude"), scene.ground.crs is not None, True),
    ):
        if there:
            checked = " checked" if on else ""
            rows.append(
                f'<label><input type="checkbox" data-layer="{layer}"{checked}>{swatches.get(layer, "")}<span>{safe_text(name)}</span></label>'
            )
    return heading(tr("Layers")) + "".join(rows)


def _layer(unit: str) -> str:
    return {"cells": tr("Cells"), "streets": tr("Streets")}.get(unit, tr("Areas"))


def _marked(scene: Scene) -> str:
    """The places that stand out, as buttons: the map for those who cannot point."""
    if scene.leading is None or not len(scene.leading):
        return ""
    rows = [
        f'<li><button type="button" data-row="{row}">{safe_text(text)}</button></li>'
        for row, text in zip(scene.leading, scene.leading_words, strict=True)
    ]
    return f"<h2>{safe_text(scene.leading_heading)}</h2><ol>{''.join(rows)}</ol>"
