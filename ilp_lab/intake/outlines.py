"""Outlines written into a column of a plain table: WKT, EWKT, GeoJSON or WKB."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr, tr_later, trn
from ilp_lab.errors import CRSError, InputError
from ilp_lab.intake.coordinates import known_system, stated_system
from ilp_lab.intake.otherparts import free_name
from ilp_lab.intake.roles import first_values

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_WKT = re.compile(r"\s*(?:SRID=(?P<srid>\d+)\s*;)?\s*(?:MULTI)?POLYGON\b", re.IGNORECASE)
_GEOJSON = re.compile(r'\s*\{.*"(?:Multi)?Polygon"', re.DOTALL)
_HEX = re.compile(r"\s*0[01](?:[0-9A-Fa-f]{2}){8,}\s*")
_DEGREES = 4326


@dataclass(frozen=True, slots=True)
class Outlines:
    """What a column of outlines holds.

    Attributes
    ----------
    column
        Its name.
    shapes
        Geometries; None where there is none or it cannot be read.
    unreadable
        How many values are no geometry.
    srid
        EPSG number that the values themselves state, or None.
    form
        How they are written, in words.
    """

    column: str
    shapes: NDArray[np.object_]
    unreadable: int
    srid: int | None
    form: str


def from_table(
    frame: pd.DataFrame, crs: Any, *, name: str, caller: str
) -> tuple[gpd.GeoDataFrame, list[str]]:
    """A table with the outlines that one of its columns holds, and what was done, in words.

    Raises
    ------
    InputError
        When no column holds outlines.
    CRSError
        When neither the values nor the caller say in which coordinate system they are, and they are not degrees.
    """
    import geopandas as gpd

    found = _find(frame)
    if found is None:
        raise InputError(
            f"{caller}: {name} holds no outlines; give a geojson, gpkg, geoparquet or zipped shapefile, or a table with "
            "a column of outlines as text (WKT or GeoJSON)."
        )
    said = isinstance(crs, str) and crs == "auto"
    system, why = _system(found, name, caller) if said else (known_system(crs, caller), tr_later("as said"))
    notes = [
        tr("Outlines: {form} in column {column}; coordinate system: {why}.").format(
            form=found.form, column=repr(found.column), why=again(why)
        )
    ]
    if found.unreadable:
        notes.append(
            trn(
                "{n:,} value of {column} is no outline that can be read.",
                "{n:,} values of {column} are no outline that can be read.",
                found.unreadable,
            ).format(n=found.unreadable, column=repr(found.column))
        )
    rest = frame.drop(columns=found.column)
    if "geometry" in rest:
        name = free_name("geometry_in_file", rest)
        rest = rest.rename(columns={"geometry": name})
        notes.append(
            tr("The file's own column {column} is kept as {name}.").format(column="geometry", name=name)
        )
    return gpd.GeoDataFrame(rest, geometry=found.shapes, crs=system), notes


def _find(frame: pd.DataFrame) -> Outlines | None:
    """The first column whose values are outlines."""
    import shapely

    for column in frame.columns:
        values = first_values(frame[column], 20)
        if not len(values):
            continue
        if all(isinstance(value, bytes) for value in values):
            shapes = shapely.from_wkb(_objects(frame[column]), on_invalid="ignore")
            form, srid = "well-known binary", None
        elif all(isinstance(value, str) for value in values):
            read = _texts(_objects(frame[column]), [str(value) for value in values])
            if read is None:
                continue
            shapes, form, srid = read
        else:
            continue
        if not (shapely.get_type_id(shapes) >= 0).any():
            continue
        unreadable = int((shapely.is_missing(shapes) & frame[column].notna().to_numpy()).sum())
        stated = int(shapely.get_srid(shapes[~shapely.is_missing(shapes)])[0])
        return Outlines(str(column), shapes, unreadable, srid or stated or None, form)
    return None


def _texts(
    values: NDArray[np.object_], some: list[str]
) -> tuple[NDArray[np.object_], str, int | None] | None:
    import shapely

    if all(map(_HEX.fullmatch, some)):
        return shapely.from_wkb(values, on_invalid="ignore"), "well-known binary", None
    if all(map(_GEOJSON.match, some)):
        return shapely.from_geojson(values, on_invalid="ignore"), "GeoJSON", _DEGREES
    known = [_WKT.match(text) for text in some]
    if not all(known):
        return None
    bare = np.array([_without_srid(value) for value in values], dtype=object)
    said = {match["srid"] for match in known if match and match["srid"]}
    return (
        shapely.from_wkt(bare, on_invalid="ignore"),
        "well-known text",
        int(said.pop()) if len(said) == 1 else None,
    )


def _without_srid(value: str | None) -> str | None:
    return (
        value
        if value is None
        else value.partition(";")[2]
        if value.lstrip()[:5].upper() == "SRID="
        else value
    )


def _objects(column: pd.Series) -> NDArray[np.object_]:
    """Values as they are, None where there is none."""
    values = np.asarray(column, dtype=object).copy()
    values[column.isna().to_numpy()] = None
    return values


def _system(found: Outlines, name: str, caller: str) -> tuple[Any, str]:
    import shapely

    if found.srid is not None:
        if found.form == "GeoJSON":
            return found.srid, tr_later("degrees, as GeoJSON always is")
        return stated_system(found.srid, caller), tr_later("as the values say")
    west, south, east, north = shapely.total_bounds(found.shapes)
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return _DEGREES, tr_later("the values lie within degrees")
    raise CRSError(
        f"{caller}: {name} does not say in which coordinate system its outlines are (such as {west:,.1f}, {south:,.1f}); "
        "say it with crs='EPSG:...'."
    )
