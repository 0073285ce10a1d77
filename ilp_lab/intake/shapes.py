"""Shapes in incident tables: the place of a line or an outline, and places that are written into texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr_later, trn
from ilp_lab.errors import CRSError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

WKT = (
    r"^\s*(?:SRID=\d+\s*;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*"
    r"(?:Z|M|ZM)?\s*(?:\(|EMPTY\b)"
)
PAIR = r"(?P<one>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)[,\s;]+(?P<two>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
_GEOJSON = r'^\s*\{.*"(?:Multi)?(?:LineString|Polygon)"'


@dataclass(frozen=True, slots=True)
class Written:
    """Places that a column of texts holds.

    Attributes
    ----------
    x, y
        Coordinates; NaN where there are none.
    shapes
        Whether every text is well-known text, whose numbers need not be degrees.
    srid
        EPSG number that the texts themselves state, or None.
    how
        What was done, in words.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    shapes: bool
    srid: int | None
    how: list[str] = field(default_factory=list)


def has_shapes(frame: pd.DataFrame) -> bool:
    """Whether a table brings geometries; a column that is called ``geometry`` or ``crs`` alone does not make it so."""
    import geopandas as gpd

    return isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name == "geometry"


def points_of(shapes: Any) -> tuple[NDArray[np.float64], NDArray[np.float64], list[str]]:
    """One place for every shape, NaN for the missing and the empty ones, and what was done, in words."""
    import shapely

    shapes = np.asarray(shapes, dtype=object)
    x, y = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    other = there & (shapely.get_type_id(shapes) > 0)
    at = shapes.copy()
    at[other] = shapely.point_on_surface(shapes[other])
    there[other] = ~shapely.is_empty(at[other])
    x[there], y[there] = shapely.get_x(at[there]), shapely.get_y(at[there])
    if not other.any():
        return x, y, []
    n = int(other.sum())
    said = trn(
        "{n:,} line or outline was taken by a point on it",
        "{n:,} lines or outlines were taken by a point on them",
        n,
    ).format(n=n)
    return x, y, [said]


def from_texts(column: pd.Series, caller: str) -> Written:
    """Places in texts: WKT and GeoJSON give x first, a bare pair in brackets latitude first.

    Raises
    ------
    CRSError
        When the texts state more than one coordinate system.
    """
    import pandas as pd
    import shapely

    texts = column.astype("str")
    known = texts.str.contains(WKT, case=False, regex=True).fillna(value=False).to_numpy(dtype=bool)
    pairs = texts.str.extract(PAIR)
    one, two = (pd.to_numeric(pairs[key]).to_numpy(dtype=np.float64) for key in ("one", "two"))
    x_first = known | _has(texts, "coordinates|POINT")
    x, y = np.where(x_first, one, two), np.where(x_first, two, one)
    shaped = known | _has(texts, _GEOJSON)
    how = [
        tr_later("coordinates were read out of a text")
        if x_first[texts.notna().to_numpy()].all()
        else tr_later("coordinates were read out of a text, latitude first")
    ]
    if shaped.any():
        values = texts.to_numpy(dtype=object)
        read = _read(values, known, shaped)
        # POINT (16.3, 48.2) is no well-known text, but what it means is plain.
        whole = shaped & ~(shapely.is_missing(read) & _has(texts, r"\bPOINT\s*\("))
        x[whole], y[whole], said = points_of(read[whole])
        how += said
    everything = bool(known[texts.notna().to_numpy()].all())
    return Written(x, y, everything, _srid(texts[known], column.name, caller), how)


def _has(texts: pd.Series, pattern: str) -> NDArray[np.bool_]:
    found = texts.str.contains(pattern, case=False, regex=True).fillna(value=False)
    return np.asarray(found.to_numpy(dtype=bool))


def _read(
    values: NDArray[np.object_], known: NDArray[np.bool_], shaped: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """Geometries of the texts; None where a text cannot be read."""
    import shapely

    read = np.full(len(values), None, dtype=object)
    bare = [
        text.partition(";")[2] if text.lstrip()[:5].upper() == "SRID=" else text for text in values[known]
    ]
    read[known] = shapely.from_wkt(np.array(bare, dtype=object), on_invalid="ignore")
    rest = shaped & ~known
    read[rest] = shapely.from_geojson(values[rest], on_invalid="ignore")
    return read


def _srid(texts: pd.Series, name: Any, caller: str) -> int | None:
    """The one system that the texts state."""
    stated = texts.str.extract(r"^\s*SRID=(\d+)\s*;", expand=False).dropna().unique()
    if len(stated) > 1:
        raise CRSError(
            f"{caller}: the values of {name!r} state several coordinate systems (SRID {', '.join(sorted(stated)[:5])}); "
            "export them in one, or read them one by one."
        )
    return int(stated[0]) if len(stated) else None
