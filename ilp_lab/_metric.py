"""Distances in metres: one projected coordinate system for all tables of an analysis.

A hot spot in degrees is not a circle. Every analysis of place therefore asks this module for one metric
coordinate system: the first projected one in metres among its tables, or, when there is none, the UTM zone
around their middle, which the result then marks as *chosen*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import CRSError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS


@dataclass(frozen=True, slots=True)
class Metric:
    """The coordinate system of an analysis.

    Attributes
    ----------
    crs
        A projected coordinate system whose unit is the metre.
    chosen
        Whether the library picked it (no table came in metres).
    name
        Such as ``"EPSG:32633 (WGS 84 / UTM zone 33N)"``.
    """

    crs: CRS
    chosen: bool

    @property
    def name(self) -> str:
        """Code and name, for the method statement."""
        authority = self.crs.to_authority()
        code = ":".join(authority) if authority else "no code"
        return f"{code} ({self.crs.name})"


def is_metric(crs: CRS | None) -> bool:
    """Whether ``crs`` is projected and counts in metres."""
    return bool(
        crs is not None and crs.is_projected and crs.axis_info and crs.axis_info[0].unit_name == "metre"
    )


def choose(*frames: gpd.GeoDataFrame | None, caller: str) -> Metric:
    """Pick the metric coordinate system that all ``frames`` are analysed in.

    Parameters
    ----------
    *frames
        Tables with places and a CRS; ``None`` entries are passed over.
    caller
        Named in the error.

    Raises
    ------
    CRSError
        When no table has a usable place to choose by.

    Examples
    --------
    >>> import geopandas as gpd
    >>> vienna = gpd.GeoDataFrame(geometry=gpd.points_from_xy([16.37], [48.21]), crs=4326)
    >>> choose(vienna, caller="places.count").name
    'EPSG:32633 (WGS 84 / UTM zone 33N)'
    """
    given = [frame for frame in frames if frame is not None]
    for frame in given:
        if is_metric(frame.crs):
            return Metric(frame.crs, chosen=False)
    for frame in given:
        bounds = _bounds(frame)
        if bounds is not None:
            return Metric(_utm(bounds, frame.crs, caller), chosen=True)
    raise CRSError(f"{caller}: no row has a place, so no map can be made. Check the coordinate columns.")


def to_metric(frame: gpd.GeoDataFrame, metric: Metric) -> gpd.GeoDataFrame:
    """Return ``frame`` in the metric system (the same object when it already is)."""
    if frame.crs == metric.crs:
        return frame
    return frame.to_crs(metric.crs)


def point_xy(frame: gpd.GeoDataFrame, metric: Metric) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates of point rows in metres; rows without a place are NaN.

    Lines and polygons are taken by a point on them. Transforms plain arrays, which costs a fraction of
    transforming geometries.
    """
    x, y = own_xy(frame)
    if frame.crs == metric.crs:
        return x, y
    from pyproj import Transformer

    transformer = Transformer.from_crs(frame.crs, metric.crs, always_xy=True)
    mx, my = transformer.transform(x, y)
    mx, my = np.asarray(mx, dtype=np.float64), np.asarray(my, dtype=np.float64)
    lost = ~(np.isfinite(mx) & np.isfinite(my))
    mx[lost] = np.nan
    my[lost] = np.nan
    return mx, my


def own_xy(frame: gpd.GeoDataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates of rows as they stand; NaN without a place. A point is read as it is: GEOS puts one of NaN on (0, 0)."""
    import shapely
    from geopandas.array import GeometryArray

    array: Any = frame.geometry.array
    if (
        type(array) is GeometryArray
    ):  # its x and y spell out the kind of every geometry, which takes longer than reading them
        shapes = np.asarray(array)
        kinds = shapely.get_type_id(shapes)
        if not ((kinds == shapely.GeometryType.MISSING) | (kinds == shapely.GeometryType.POINT)).all():
            shapes = shapely.point_on_surface(shapes)
        try:
            return shapely.get_x(shapes), shapely.get_y(shapes)
        except (
            shapely.errors.GEOSException
        ):  # an empty point has no x; looking for them first takes longer than this
            shapes = shapes.copy()
            shapes[shapely.is_empty(shapes)] = None
            return shapely.get_x(shapes), shapely.get_y(shapes)
    try:
        x, y = array.x, array.y  # our own point columns answer without building geometries
    except ValueError:
        points = shapely.point_on_surface(np.asarray(array))
        x, y = shapely.get_x(points), shapely.get_y(points)
    return np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float] | None:
    """The middle 98 % of the places, so that one stray point does not move the zone."""
    if len(frame) == 0:
        return None
    kinds = set(frame.geometry.geom_type.dropna().unique()) if len(frame) < 50_000 else {"Point"}
    if kinds <= {"Point"}:
        x, y = own_xy(frame)
        kept = np.isfinite(x) & np.isfinite(y)
        if not kept.any():
            return None
        west, east = np.quantile(x[kept], [0.01, 0.99])
        south, north = np.quantile(y[kept], [0.01, 0.99])
        return float(west), float(south), float(east), float(north)
    total = frame.total_bounds
    return None if not np.isfinite(total).all() else tuple(float(value) for value in total)  # type: ignore[return-value]


def _utm(bounds: tuple[float, float, float, float], crs: CRS, caller: str) -> CRS:
    import pyproj
    from pyproj import Transformer
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_utm_crs_info

    west, south, east, north = bounds
    x, y = (west + east) / 2, (south + north) / 2
    if not crs.is_geographic:
        x, y = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    found = (
        query_utm_crs_info(
            datum_name="WGS 84", area_of_interest=AreaOfInterest(x - 0.01, y - 0.01, x + 0.01, y + 0.01)
        )
        if np.isfinite([x, y]).all() and abs(x) <= 180 and abs(y) <= 90
        else []
    )
    if not found:
        raise CRSError(
            f"{caller}: the places lie around ({x:.5g}, {y:.5g}), where no UTM zone is; "
            "check their coordinate system, or give tables in a projected one with frame.to_crs(...)."
        )
    return pyproj.CRS.from_authority(found[0].auth_name, found[0].code)
