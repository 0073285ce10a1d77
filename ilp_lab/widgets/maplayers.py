"""The layers of a crime map as they travel to the page: cells, areas and streets in classes, and the ground below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.result import Result
from ilp_lab.views import facts
from ilp_lab.views.classes import Classes, classify, figure_of, name_of
from ilp_lab.views.ground import Ground, lines, polygons, shape_parts
from ilp_lab.widgets.parcels import Parcel

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.views.ground import Ragged

_FOUND_BY_ITSELF = ("verdict", "pattern", "density", "n")
_FEW = 255


@dataclass(frozen=True)
class Layer:
    """A result or table that colours the map.

    Attributes
    ----------
    name
        What it is called in the list of layers.
    frame
        Its rows, in the coordinate system of the map.
    classes
        Class of every row, with words and colours.
    kind
        ``"raster"`` (a lattice of equal cells), ``"areas"`` or ``"lines"``.
    outline
        The study area its cells are cut to, or nothing.
    """

    name: str
    frame: gpd.GeoDataFrame
    classes: Classes
    kind: str
    outline: Any = None


def check_layer(check: Check, name: str, given: Any) -> None:
    """A layer must be a result or table with places."""
    import geopandas as gpd

    table = given.table if isinstance(given, Result) else given
    if not isinstance(table, gpd.GeoDataFrame):
        what = "a result without places" if isinstance(given, Result) else type(given).__name__
        check.add(f"layers: {name!r} must be a result or table with places (GeoDataFrame); got {what}.")


def named(layers: Any) -> dict[str, Any]:
    """Layers by name: from a mapping, a list, or one alone."""
    if layers is None:
        return {}
    if isinstance(layers, dict):
        return {str(name): given for name, given in layers.items()}
    several = layers if isinstance(layers, list | tuple) else [layers]
    found: dict[str, Any] = {}
    for number, given in enumerate(several, 1):
        name = given.title if isinstance(given, Result) else tr("Layer {number}").format(number=number)
        found[name if name not in found else f"{name} ({number})"] = given
    return found


def layer_of(name: str, given: Any, ground: Ground, value: str | None = None) -> Layer:
    """Bring a result or table into the map's coordinates and sort it into classes."""
    result = given if isinstance(given, Result) else None
    table = given.table if isinstance(given, Result) else given
    asked = value or (result.details.get("value") if result is not None else None)
    known = (asked, *_FOUND_BY_ITSELF)
    column = next((one for one in known if one in table.columns), None)
    frame = ground.bring(table).reset_index(drop=True)
    empty = Classes(np.zeros(len(frame), dtype=np.uint8), (name,), ("#b9c4cf",), "")
    classes = classify(frame[column], column) if column else empty
    kinds = set(frame.geometry.iloc[:1000].geom_type.dropna().unique())
    if kinds and kinds <= {"LineString", "MultiLineString", "LinearRing"}:
        kind = "lines"
    else:
        kind = "raster" if _is_lattice(table, frame) else "areas"
    return Layer(name, frame, classes, kind, None if result is None else result.details.get("outline"))


def _is_lattice(table: gpd.GeoDataFrame, frame: gpd.GeoDataFrame) -> bool:
    """Whether cells are upright squares of one size in the map's own coordinates."""
    if not {"row", "column"} <= set(table.columns) or not len(frame) or table.crs != frame.crs:
        return False
    bounds = frame.geometry.iloc[[0, len(frame) // 2, -1]].bounds
    area = frame.geometry.iloc[[0, len(frame) // 2, -1]].area.to_numpy()
    sides = np.column_stack([bounds.maxx - bounds.minx, bounds.maxy - bounds.miny])
    return bool(np.allclose(sides, sides[0, 0]) and np.allclose(area, sides[0, 0] ** 2))


def tell_layer(layer: Layer, origin: tuple[float, float], parcel: Parcel) -> dict[str, Any]:
    """A layer as the page reads it."""
    classes = layer.classes
    told: dict[str, Any] = {
        "name": layer.name,
        "kind": layer.kind,
        "heading": classes.heading,
        "labels": list(classes.labels),
        "colours": list(classes.colours),
        "counts": list(classes.counts),
        "codes": parcel.add(classes.codes, "u1"),
    }
    if layer.kind == "raster":
        told |= _lattice(layer.frame, origin, parcel)
    else:
        found = lines(layer.frame.geometry) if layer.kind == "lines" else polygons(layer.frame.geometry)
        told["shapes"] = tell_shapes(found, origin, parcel)
    if layer.outline is not None:
        told["outline"] = tell_shapes(polygons([layer.outline]), origin, parcel)
    return told


def _lattice(frame: gpd.GeoDataFrame, origin: tuple[float, float], parcel: Parcel) -> dict[str, Any]:
    first = frame.geometry.iloc[0].bounds
    side = first[2] - first[0]
    bounds = frame.geometry.bounds
    column = np.rint((bounds["minx"].to_numpy() - first[0]) / side).astype(np.int64)
    row = np.rint((bounds["miny"].to_numpy() - first[1]) / side).astype(np.int64)
    west, south = first[0] + column.min() * side, first[1] + row.min() * side
    return {
        "cell": float(side),
        "west": float(west - origin[0]),
        "south": float(south - origin[1]),
        "wide": int(column.max() - column.min() + 1),
        "high": int(row.max() - row.min() + 1),
        "column": parcel.add(column - column.min(), "i4"),
        "row": parcel.add(row - row.min(), "i4"),
    }


def tell_shapes(ragged: Ragged, origin: tuple[float, float], parcel: Parcel) -> dict[str, Any]:
    """Shapes as the page reads them, in tenths of a metre."""
    parts = shape_parts(ragged, origin)
    return {
        name: values.astype(int).tolist() if name == "outline" else parcel.add(values, "i4")
        for name, values in parts.items()
    }


def tell_areas(
    areas: gpd.GeoDataFrame, origin: tuple[float, float], parcel: Parcel, detail_m: float
) -> dict[str, Any]:
    """Borders of areas with their names and where those are written."""
    import shapely

    shapes = np.asarray(shapely.simplify(np.asarray(areas.geometry), detail_m))
    at = shapely.point_on_surface(shapes)
    middles = np.nan_to_num(np.column_stack([shapely.get_x(at), shapely.get_y(at)]) - np.asarray(origin))
    return {
        "shapes": tell_shapes(polygons(shapes), origin, parcel),
        "names": names_of(areas),
        "middles": parcel.add(middles.ravel(), "f8"),
    }


def names_of(table: gpd.GeoDataFrame) -> list[str]:
    """What rows are called on the map."""
    column = next((name for name in ("name", "area") if name in table.columns), None)
    if column is None:
        return [str(number) for number in range(1, len(table) + 1)]
    return [name_of(value) for value in table[column].tolist()]


def told_about(frame: Any, row: int, names: list[str] | None = None) -> list[str]:
    """What may be said about a row: nothing that identifies persons or sources."""
    said = [] if names is None else [names[row]]
    for column in facts.shown_columns(frame):
        value = figure_of(frame[column].iloc[row])
        if value:
            label = facts.label(column)
            said.append(f"{label}: {value}" if label else value)
    return said
