"""A basemap from the user's own files: GeoPackage, PMTiles or an OpenStreetMap extract, read by the GDAL in pyogrio.

Nothing is fetched from anywhere. What is drawn is sorted into a few looks (water, green, buildings, roads, rails, borders,
names of places) by layer names and by the columns that OpenStreetMap and its tile schemes use.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import ReadError
from ilp_lab.intake.files import local_file, narrow_gdal
from ilp_lab.views.ground import Ground, lines, polygons
from ilp_lab.widgets.maplayers import tell_shapes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.widgets.parcels import Parcel

Bounds = tuple[float, float, float, float]
CALLER = "widgets.CrimeMap"
MOST_SHAPES = 150_000
MOST_NAMES = 2_000
_BEGINNINGS = {".gpkg": b"SQLite format 3", ".pmtiles": b"PMTiles", ".pbf": b"OSMHeader", ".osm": b"<osm"}
_TELLING = (
    "highway", "railway", "waterway", "natural", "landuse", "leisure", "building", "boundary", "place", "class", "subclass",
    "kind", "kind_detail", "pmap:kind", "fclass", "type", "feature_cl", "featurecla", "man_made", "admin_level",
)  # fmt: skip
_AREAS = (
    ("built", ("building", "built")),
    ("water", ("water", "ocean", "sea", "lake", "reservoir", "riverbank", "basin", "bay", "dock")),
    ("green", ("park", "forest", "wood", "grass", "green", "meadow", "garden", "scrub", "cemetery", "nature", "orchard")),
)  # fmt: skip
_LINES = (
    ("rail", ("rail", "tram", "subway")),
    ("major", ("motorway", "trunk", "primary", "secondary", "major", "highway_major")),
    ("river", ("river", "stream", "canal", "waterway", "water", "drain")),
    ("border", ("boundar", "admin", "border", "country", "region")),
    ("minor", ("road", "street", "residential", "tertiary", "service", "highway", "transport", "path", "footway", "track",
               "unclassified", "minor", "living", "cycleway", "steps", "pedestrian")),
)  # fmt: skip
_ORDER = ("land", "green", "water", "built", "river", "border", "rail", "minor", "major", "other")
_OF_OSM = {
    "points": "place IS NOT NULL",
    "lines": "highway IS NOT NULL OR waterway IS NOT NULL OR other_tags LIKE '%railway%'",
    "multipolygons": "natural IS NOT NULL OR landuse IS NOT NULL OR leisure IS NOT NULL OR building IS NOT NULL",
}


@dataclass(frozen=True)
class Basemap:
    """What lies under a map.

    Attributes
    ----------
    name
        Name of the file.
    parts
        Look → (whether lines, shapes), from the lowest to the highest.
    names
        Points with names.
    left_off
        How many shapes were not taken, because they are broken or there were too many.
    """

    name: str
    parts: dict[tuple[str, bool], gpd.GeoSeries] = field(default_factory=dict)
    names: gpd.GeoDataFrame | None = None
    left_off: int = 0


def read_basemap(source: Any, ground: Ground, bounds: Bounds) -> Basemap:
    """Read what lies within bounds (metres of ``ground``).

    Raises
    ------
    ReadError
        When the file is not there, is of another kind, or is damaged.
    """
    path = local_file(source, CALLER)
    ending = path.suffix.lower()
    if ending not in _BEGINNINGS:
        raise ReadError(
            f"{CALLER}: {path.name} is no basemap; use a GeoPackage (.gpkg), PMTiles (.pmtiles) or an OpenStreetMap extract (.osm.pbf, .osm)."
        )
    with path.open("rb") as file:
        if _BEGINNINGS[ending] not in file.read(512):
            raise ReadError(f"{CALLER}: {path.name} is not what its name says. Export or fetch it again.")
    if ground.crs is None:
        raise ReadError(
            f"{CALLER}: a basemap needs incidents or areas with a coordinate system; set it with frame.set_crs(...)."
        )
    changed = path.stat().st_mtime_ns
    return _read(path, changed, ground, tuple(round(edge, 1) for edge in bounds))


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, ground: Ground, bounds: Bounds) -> Basemap:
    narrow_gdal()
    import geopandas as gpd
    import pandas as pd
    import pyogrio

    shapes: dict[tuple[str, bool], list[Any]] = {}
    named: list[Any] = []
    left_off = 0
    try:
        layers = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
        for layer in layers:
            frame = _layer(path, layer, ground, bounds)
            whole = frame[frame.geometry.notna()].iloc[:MOST_SHAPES]
            left_off += len(frame) - len(whole)
            frame = whole
            if frame.crs is None or not len(frame):
                continue
            _sort(frame.to_crs(ground.crs), layer, shapes, named)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise ReadError(f"{CALLER}: {path.name} cannot be read as a basemap ({str(error)[:160]}).") from error
    parts = {
        (look, is_line): gpd.GeoSeries(pd.concat(shapes[look, is_line], ignore_index=True))
        for look in _ORDER
        for is_line in (False, True)
        if (look, is_line) in shapes
    }
    names = gpd.GeoDataFrame(pd.concat(named, ignore_index=True)).iloc[:MOST_NAMES] if named else None
    return Basemap(path.name, parts, names, left_off)


def _layer(path: Path, layer: str, ground: Ground, bounds: Bounds) -> gpd.GeoDataFrame:
    """The part of a layer that lies within the bounds, with the columns that tell what it is."""
    import pyogrio
    from pyproj import Transformer

    info = pyogrio.read_info(path, layer=layer)
    options: dict[str, Any] = {}
    if path.suffix.lower() in (".pbf", ".osm"):
        if layer not in _OF_OSM:
            return pyogrio.read_dataframe(path, layer=layer, max_features=1).iloc[:0]
        options["where"] = _OF_OSM[layer]
    columns = [name for name in info["fields"].tolist() if name in ("name", *_TELLING)]
    within = Transformer.from_crs(ground.crs, info["crs"], always_xy=True).transform_bounds(*bounds)
    if path.suffix.lower() == ".pmtiles":
        options["ZOOM_LEVEL"] = str(_zoom(path, within))
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", RuntimeWarning
        )  # GDAL on broken rings; these come as rows without a shape
        return pyogrio.read_dataframe(
            path,
            layer=layer,
            columns=columns,
            bbox=within,
            max_features=MOST_SHAPES + 1,
            on_invalid="ignore",
            **options,
        )


def _zoom(path: Path, within: Bounds) -> int:
    """The level of tiles that shows an area of this width in some sixteen tiles, as far as the file has it."""
    with path.open("rb") as file:
        head = file.read(127)
    lowest, highest = head[100], head[101]
    wanted = 2 + math.floor(math.log2(40_075_016 / max(1.0, within[2] - within[0])))
    return max(lowest, min(highest, wanted))


def _sort(
    frame: gpd.GeoDataFrame, layer: str, shapes: dict[tuple[str, bool], list[Any]], named: list[Any]
) -> None:
    kinds = frame.geometry.geom_type
    said = _said(frame, layer)
    points = kinds.isin(["Point", "MultiPoint"]).to_numpy()
    if points.any() and "name" in frame.columns:
        with_name = frame.loc[points & frame["name"].notna().to_numpy(), ["name", "geometry"]]
        if len(with_name):
            named.append(with_name)
    for is_line, of_kind, looks, rest in (
        (True, kinds.isin(["LineString", "MultiLineString"]).to_numpy(), _LINES, "other"),
        (False, kinds.isin(["Polygon", "MultiPolygon"]).to_numpy(), _AREAS, "land"),
    ):
        look = _looks(said, looks, rest)
        for one in set(look[of_kind]):
            shapes.setdefault((str(one), is_line), []).append(frame.geometry[of_kind & (look == one)])


def _said(frame: pd.DataFrame, layer: str) -> np.ndarray[Any, np.dtype[np.object_]]:
    """What layer and columns say about every row, in one lower-case text."""
    text = np.full(len(frame), layer.lower(), dtype=object)
    for name in frame.columns:
        if name in _TELLING:
            known = frame[name].notna().to_numpy()
            told = frame[name].astype("string").fillna("").str.lower().to_numpy(dtype=object)
            text[known] = text[known] + f" {name} " + told[known]
    return text


def _looks(said: np.ndarray[Any, Any], looks: Any, rest: str) -> np.ndarray[Any, Any]:
    words, which = np.unique(said.astype(str), return_inverse=True)
    found = [
        next((look for look, signs in looks if any(sign in word for sign in signs)), rest) for word in words
    ]
    return np.asarray(found, dtype=object)[which] if len(words) else np.empty(0, dtype=object)


def tell_basemap(
    basemap: Basemap, ground: Ground, origin: tuple[float, float], parcel: Parcel, detail_m: float
) -> dict[str, Any]:
    """A basemap as the page reads it."""
    import shapely

    parts = []
    for (look, is_line), shapes in basemap.parts.items():
        thin = shapely.simplify(np.asarray(shapes), detail_m)
        found = lines(thin) if is_line else polygons(thin)
        if len(found):
            parts.append({"look": look, "open": is_line, "shapes": tell_shapes(found, origin, parcel)})
    told: dict[str, Any] = {"name": basemap.name, "parts": parts, "left_off": basemap.left_off}
    if basemap.names is not None:
        at = np.column_stack(ground.points(basemap.names)) - np.asarray(origin)
        names = [str(name) for name in basemap.names["name"].tolist()]
        told["names"] = {"names": names, "at": parcel.add(np.nan_to_num(at).ravel(), "f8")}
    return told
