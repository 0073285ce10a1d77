"""Areas: beats, wards, municipalities, with their outlines."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import ColumnError, CRSError
from ilp_lab.intake import outlines
from ilp_lab.intake.coordinates import known_system
from ilp_lab.intake.files import read_raw
from ilp_lab.intake.naming import without_point
from ilp_lab.intake.quality import QualityReport, column_table, file_settings
from ilp_lab.intake.roles import AREA_NAMES, Role, by_name
from ilp_lab.result import Param
from ilp_lab.safeguards import mark

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

CALLER = "intake.read_areas"


def read_areas(
    path_or_frame: str | PathLike[str] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    crs: Any = "auto",
    sheet: str | int | None = None,
    handling: str | None = None,
) -> tuple[gpd.GeoDataFrame, QualityReport]:
    """Read outlines of areas.

    Parameters
    ----------
    path_or_frame
        A file with outlines (geojson, gpkg, zipped shapefile, geoparquet), a table (csv, xlsx, parquet) one column of
        which holds them as WKT, GeoJSON or WKB, or a frame.
    columns
        Role (area, name, population) → column in the file, where it was not worked out right.
    crs
        Coordinate system, when the file does not say it. Outlines in a plain table are taken as longitude and latitude
        where the values lie within degrees, and that is said.
    sheet
        Sheet of a workbook, layer of a GeoPackage or shapefile in a zip file, by name or number from 0.
    handling
        Handling code of the data.

    Returns
    -------
    GeoDataFrame
        ``area`` (code or name, as text), ``name`` and ``population`` where the file has them, its other columns, and
        ``geometry``. Outlines that cross themselves are repaired and counted.
    QualityReport

    Raises
    ------
    ReadError, ColumnError, CRSError
        When the file cannot be used; the message says what to do.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> table = gpd.GeoDataFrame({"BEAT": [7, 8], "POP": [900, 1200]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=4326)
    >>> areas, quality = read_areas(table)
    >>> areas[["area", "population"]].values.tolist()
    [['7', 900], ['8', 1200]]
    """
    import geopandas as gpd
    import shapely

    raw = read_raw(path_or_frame, caller=CALLER, sheet=sheet)
    notes: list[str] = []
    if isinstance(raw.frame, gpd.GeoDataFrame):
        frame = _with_system(raw.frame, crs, raw.name)
    else:
        frame, notes = outlines.from_table(raw.frame, crs, name=raw.name, caller=CALLER)
    roles = by_name(
        frame.drop(columns=frame.geometry.name), AREA_NAMES, given=columns, fits=_FITS, caller=CALLER
    )
    if "area" not in roles:
        roles["area"] = _numbered(frame)
    shapes = np.asarray(frame.geometry)
    broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    shapes = np.where(broken, shapely.make_valid(shapes), shapes)
    shapes[shapely.is_empty(shapes)] = None
    surface = ~shapely.is_missing(shapes) & (shapely.area(shapes) > 0)
    if not surface.any():
        raise ColumnError(f"{CALLER}: {raw.name} holds points or lines, not outlines of areas.")
    table = _table(frame, roles, shapes)
    again = table["area"].duplicated(keep=False).to_numpy()
    where = {
        "repaired_outline": np.flatnonzero(broken),
        "missing_outline": np.flatnonzero(~surface),
        "duplicate_area": np.flatnonzero(again),
    }
    where = {kind: rows for kind, rows in where.items() if len(rows)}
    counts = {kind: len(rows) for kind, rows in where.items()}
    if raw.bad_lines:
        counts["bad_line"] = len(raw.bad_lines)
    code = ":".join(frame.crs.to_authority() or ("no code", frame.crs.name))
    report = QualityReport(
        source=raw.name,
        rows=len(table),
        counts=counts,
        columns=column_table(roles),
        settings=(*file_settings(raw.settings), Param("crs", code)),
        notes=tuple(notes),
        bad_lines=raw.bad_lines,
        _where=where,
        _frame=table,
        _roles=tuple(roles.values()),
    )
    return mark(table, handling=handling, origin=raw.name), report


def _is_whole_number(column: pd.Series) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_numeric_dtype(column))


def _names_areas(column: pd.Series) -> bool:
    """Codes and names: no gaps, hardly any twice, no measured surface."""
    measured = column.dtype.kind == "f" and (column.dropna() % 1 != 0).any()
    return bool(column.notna().all()) and not measured and column.nunique() >= 0.9 * len(column)


_FITS = {"population": _is_whole_number, "area": _names_areas}


def _with_system(frame: gpd.GeoDataFrame, crs: Any, name: str) -> gpd.GeoDataFrame:
    wanted = known_system(crs, CALLER)
    if wanted is None:
        if frame.crs is None:
            raise CRSError(
                f"{CALLER}: {name} does not say in which coordinate system its outlines are; say it with crs='EPSG:...'."
            )
        return frame
    return frame.set_crs(wanted, allow_override=True)


def _numbered(frame: gpd.GeoDataFrame) -> Role:
    texts = [
        column for column in frame.columns if column != frame.geometry.name and frame[column].notna().all()
    ]
    best = next((column for column in texts if frame[column].is_unique), None)
    if best is None:
        raise ColumnError(
            f"{CALLER}: no column names the areas (such as a beat number); say which with columns={{'area': '...'}}. "
            f"There are: {', '.join(map(str, frame.columns[:15]))}."
        )
    return Role("area", str(best), "weak", "the first column without gaps or repetitions")


def _table(frame: gpd.GeoDataFrame, roles: Mapping[str, Role], shapes: Any) -> gpd.GeoDataFrame:
    import geopandas as gpd

    columns: dict[str, Any] = {}
    for role in ("area", "name", "population"):
        if role in roles:
            values = frame[roles[role].column]
            columns[role] = _text(values) if role != "population" else values.array
    used = {role.column for role in roles.values()}
    for name in frame.columns:
        if name in used or name == frame.geometry.name:
            continue
        columns[str(name) if str(name) not in columns else f"{name}_in_file"] = frame[name].array
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=frame.crs)


def _text(values: pd.Series) -> Any:
    if values.dtype.kind == "f" and (values.dropna() % 1 == 0).all():
        return without_point(values).array
    return values.astype("str").array
