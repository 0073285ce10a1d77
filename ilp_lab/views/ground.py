"""The ground a map is drawn on: metres of one coordinate system, shapes as plain arrays, lines of longitude and latitude."""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._tongue import degrees

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

_STEPS = (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
UNIT_M = 0.1
FARTHEST_M = 1e8
_ALIKE_M = 0.02
_WORTH_IT = 500


@dataclass(frozen=True)
class Ragged:
    """Lines or polygons as arrays.

    Attributes
    ----------
    xy
        All vertices, metres.
    rings
        Where each ring or line begins in ``xy``, and the end.
    shapes
        Where each shape begins in ``rings``, and the end.
    rows
        The row of the table each shape came from.
    """

    xy: Numbers
    rings: Whole
    shapes: Whole
    rows: Whole

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Ground:
    """One coordinate system in metres (or none at all, when the tables have none)."""

    crs: CRS | None

    @classmethod
    def of(cls, *frames: gpd.GeoDataFrame | None, caller: str) -> Ground:
        """The metric system of the first table that has one."""
        given = [frame for frame in frames if frame is not None and len(frame)]
        if all(frame.crs is None for frame in given):
            return cls(None)
        return cls(_metric.choose(*(frame for frame in given if frame.crs is not None), caller=caller).crs)

    def bring(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """The table in this system; tables without one are taken to be in it."""
        if self.crs is None or frame.crs is None or frame.crs == self.crs:
            return frame
        return frame.to_crs(self.crs)

    def points(self, frame: gpd.GeoDataFrame) -> tuple[Numbers, Numbers]:
        """Coordinates of the rows; NaN where there is no place, or none on this earth."""
        if self.crs is None or frame.crs is None:
            x, y = _metric.own_xy(frame)
        else:
            x, y = _metric.point_xy(frame, _metric.Metric(self.crs, chosen=False))
        there = (np.abs(x) < FARTHEST_M) & (np.abs(y) < FARTHEST_M)
        return np.where(there, x, np.nan), np.where(there, y, np.nan)

    def graticule(self, bounds: tuple[float, float, float, float]) -> list[tuple[str, Numbers]]:
        """Lines of longitude and latitude around ``bounds``: label ("16.4° E") and vertices."""
        if self.crs is None:
            return []
        from pyproj import Transformer

        to_degrees = Transformer.from_crs(self.crs, 4326, always_xy=True)
        west, south, east, north = bounds
        pad_x, pad_y = 0.6 * (east - west), 0.6 * (north - south)
        edge_x = np.linspace(west - pad_x, east + pad_x, 9)
        edge_y = np.linspace(south - pad_y, north + pad_y, 9)
        lon, lat = to_degrees.transform(np.repeat(edge_x, len(edge_y)), np.tile(edge_y, len(edge_x)))
        lon, lat = np.asarray(lon), np.asarray(lat)
        usable = np.isfinite(lon) & np.isfinite(lat)
        if not usable.any():
            return []
        span = (
            float(lon[usable].min()),
            float(lat[usable].min()),
            float(lon[usable].max()),
            float(lat[usable].max()),
        )
        lines = []
        for meridian in (True, False):
            low, high = (span[0], span[2]) if meridian else (span[1], span[3])
            from_, to = (span[1], span[3]) if meridian else (span[0], span[2])
            step = next((step for step in _STEPS if (high - low) / step <= 14), 30.0)
            digits = max(0, -math.floor(math.log10(step) + 1e-9))
            for number in range(math.ceil(low / step), math.floor(high / step) + 1):
                fixed = np.full(25, number * step)
                along = np.linspace(from_, to, 25)
                at_lon, at_lat = (fixed, along) if meridian else (along, fixed)
                x, y = to_degrees.transform(at_lon, at_lat, direction="INVERSE")
                xy = np.column_stack([x, y])
                if np.isfinite(xy).all():
                    lines.append((degrees(number * step, digits, meridian=meridian), xy))
        return lines


def polygons(shapes: Any) -> Ragged:
    """Polygons as arrays; rows without one are passed over."""
    import shapely

    array = np.asarray(shapes, dtype=object)
    kind = shapely.get_type_id(array)
    for row in np.flatnonzero(kind == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = [part for part in shapely.get_parts(array[row]) if part.geom_type == "Polygon"]
        array = array.copy()
        array[row] = shapely.MultiPolygon(parts)
    return _ragged(array, (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))


def lines(shapes: Any, *, tolerance_m: float = 0.0) -> Ragged:
    """Lines as arrays; polygons give their borders."""
    import shapely

    array = np.asarray(shapes, dtype=object)
    kind = shapely.get_type_id(array)
    flat = (kind == shapely.GeometryType.POLYGON) | (kind == shapely.GeometryType.MULTIPOLYGON)
    if flat.any():
        array = np.where(flat, shapely.boundary(array), array)
    if tolerance_m:
        array = shapely.simplify(array, tolerance_m)
    return _ragged(array, (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING))


def _ragged(array: Any, kinds: tuple[int, int]) -> Ragged:
    import shapely

    kind = shapely.get_type_id(array)
    keep = ((kind == kinds[0]) | (kind == kinds[1])) & ~shapely.is_empty(array) & ~shapely.is_missing(array)
    rows = np.flatnonzero(keep)
    if not len(rows):
        none = np.zeros(1, dtype=np.int64)
        return Ragged(np.empty((0, 2)), none, none, rows)
    _, xy, offsets = shapely.to_ragged_array(shapely.force_2d(array[rows]))
    rings = np.asarray(offsets[0], dtype=np.int64)
    shapes = np.asarray(offsets[-1], dtype=np.int64)
    if len(offsets) == 1:
        shapes = np.arange(len(rows) + 1)
    elif kinds[0] == shapely.GeometryType.POLYGON and len(offsets) == 3:
        shapes = np.asarray(offsets[1], dtype=np.int64)[shapes]
    return Ragged(np.asarray(xy, dtype=np.float64), rings, shapes, rows)


def pack(values: Any, kind: str) -> str:
    """Numbers as text for a page: little-endian, base64."""
    ready = np.ascontiguousarray(values, dtype=np.dtype(kind).newbyteorder("<"))
    return base64.b64encode(ready.tobytes()).decode()


def tenths(xy: Numbers, origin: tuple[float, float]) -> Numbers:
    """Coordinates in tenths of a metre from ``origin``."""
    return np.asarray(np.rint((xy - np.asarray(origin)) / UNIT_M), dtype=np.float64)


def pack_xy(xy: Numbers, origin: tuple[float, float]) -> str:
    """The same as text for a page."""
    return pack(tenths(xy, origin), "i4")


def pack_shapes(ragged: Ragged, origin: tuple[float, float]) -> dict[str, Any]:
    """Shapes as text for a page."""
    parts = shape_parts(ragged, origin)
    return {
        name: values.astype(int).tolist() if name == "outline" else pack(values, "i4")
        for name, values in parts.items()
    }


def shape_parts(ragged: Ragged, origin: tuple[float, float]) -> dict[str, NDArray[Any]]:
    """Shapes as whole numbers by name; cells that are copies of one another travel as one outline and many positions."""
    alike = _copies(ragged)
    if alike.sum() < _WORTH_IT:
        alike[:] = False
    parts: dict[str, NDArray[Any]] = {"rows": np.r_[ragged.rows[alike], ragged.rows[~alike]]}
    if alike.any():
        start = ragged.rings[ragged.shapes[:-1][alike]]
        size = int(ragged.rings[ragged.shapes[np.flatnonzero(alike)[0]] + 1] - start[0])
        outline = ragged.xy[start[0] : start[0] + size - 1] - ragged.xy[start[0]]
        parts["outline"] = np.rint(outline / UNIT_M).ravel()
        parts["at"] = tenths(ragged.xy[start], origin).ravel()
    rest = np.flatnonzero(~alike)
    if len(rest):
        chosen = _chosen(ragged, rest)
        parts["xy"] = tenths(chosen.xy, origin).ravel()
        parts["rings"] = chosen.rings
        parts["shapes"] = chosen.shapes
    return parts


def _chosen(ragged: Ragged, which: Whole) -> Ragged:
    if len(which) == len(ragged):
        return ragged
    ring_counts = np.diff(ragged.shapes)[which]
    rings = np.concatenate([np.arange(ragged.shapes[i], ragged.shapes[i + 1]) for i in which])
    sizes = np.diff(ragged.rings)[rings]
    vertices = np.concatenate([np.arange(ragged.rings[i], ragged.rings[i + 1]) for i in rings])
    return Ragged(
        ragged.xy[vertices], np.r_[0, np.cumsum(sizes)], np.r_[0, np.cumsum(ring_counts)], ragged.rows[which]
    )


def _copies(ragged: Ragged) -> NDArray[np.bool_]:
    """Which shapes are copies of the most usual one, moved."""
    alike = np.zeros(len(ragged), dtype=bool)
    single = np.flatnonzero(np.diff(ragged.shapes) == 1)
    if len(single) < _WORTH_IT:
        return alike
    first = ragged.rings[ragged.shapes[single]]
    size = ragged.rings[ragged.shapes[single] + 1] - first
    usual = int(np.bincount(size).argmax())
    single, first = single[size == usual], first[size == usual]
    moved = ragged.xy[first[:, None] + np.arange(usual)] - ragged.xy[first][:, None, :]
    typical = np.median(moved, axis=0)
    alike[single] = np.abs(moved - typical).max(axis=(1, 2)) < _ALIKE_M
    return alike
