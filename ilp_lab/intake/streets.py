"""Streets: centre lines from an OpenStreetMap extract, a shapefile, GeoPackage or GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab.errors import ColumnError, CRSError, InputError, ReadError
from ilp_lab.intake.coordinates import known_system
from ilp_lab.intake.files import Raw, read_raw
from ilp_lab.intake.quality import QualityReport, column_table, file_settings
from ilp_lab.intake.roles import STREET_NAMES, by_name
from ilp_lab.result import Param
from ilp_lab.safeguards import mark

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

CALLER = "intake.read_streets"
_OSM = (".osm", ".pbf")
_NOT_STREETS = (
    "proposed", "construction", "abandoned", "razed", "platform", "rest_area", "services", "elevator", "bus_stop", "raceway",
    "corridor",
)  # fmt: skip


def read_streets(
    path_or_frame: str | PathLike[str] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    kinds: Sequence[str] | None = None,
    crs: Any = "auto",
    sheet: str | int | None = None,
    handling: str | None = None,
) -> tuple[gpd.GeoDataFrame, QualityReport]:
    """Read the centre lines of streets.

    Parameters
    ----------
    path_or_frame
        An OpenStreetMap extract (.osm, .osm.pbf), a zipped shapefile, GeoPackage, GeoJSON or geoparquet with lines, or a
        GeoDataFrame.
    columns
        Role (street, name, kind) → column in the file, where it was not worked out right.
    kinds
        Only streets of these kinds, such as ``["residential", "primary"]``; all when left out (from OpenStreetMap without what
        is planned, closed or no way at all).
    crs
        Coordinate system, when the file does not say it.
    sheet
        Layer of a GeoPackage or shapefile in a zip file, by name or number from 0.
    handling
        Handling code of the data.

    Returns
    -------
    GeoDataFrame
        ``street`` (identifier), ``name`` and ``kind`` where the file has them, its other columns, and ``geometry``: one line per row;
        lines of several parts are taken apart. :func:`ilp_lab.places.street_network` makes junctions of them.
    QualityReport
        Lines of several parts, without length, twice in the file, and rows that are no lines, each counted.

    Raises
    ------
    ReadError, ColumnError, CRSError, InputError
        When the file cannot be used; the message says what to do.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import LineString
    >>> table = gpd.GeoDataFrame({"NAME": ["Mill Lane"]}, geometry=[LineString([(0, 0), (0, 90)])], crs=32633)
    >>> streets, quality = read_streets(table)
    >>> streets[["street", "name"]].values.tolist()
    [['1', 'Mill Lane']]
    """
    import geopandas as gpd
    import shapely

    raw = _raw(path_or_frame, sheet)
    if not isinstance(raw.frame, gpd.GeoDataFrame):
        raise InputError(
            f"{CALLER}: {raw.name} holds no lines; give an OpenStreetMap extract, geojson, gpkg, geoparquet or zipped shapefile."
        )
    frame = _with_system(raw.frame, crs, raw.name)
    roles = by_name(
        frame.drop(columns=frame.geometry.name), STREET_NAMES, given=columns, fits={}, caller=CALLER
    )
    shapes = np.asarray(frame.geometry)
    kind = shapely.get_type_id(shapes)
    lines = np.isin(kind, (1, 2, 5)) & ~shapely.is_empty(shapes)
    if not lines.any():
        raise ColumnError(f"{CALLER}: {raw.name} holds points or areas, not the centre lines of streets.")
    long = shapely.length(shapes) > 0
    wanted = lines & long & _of_kinds(frame, roles, kinds, raw.name)
    parts, of = shapely.get_parts(shapely.line_merge(shapes[wanted]), return_index=True)
    rows = np.flatnonzero(wanted)[of]
    twice = _again(parts)
    where = {
        "not_a_line": np.flatnonzero(~lines),
        "several_parts": np.unique(rows[np.bincount(of)[of] > 1]),
        "without_length": np.flatnonzero(lines & ~long),
        "street_twice": rows[twice],
    }
    where = {name: found for name, found in where.items() if len(found)}
    table = _table(frame, roles, parts[~twice], rows[~twice])
    code = ":".join(frame.crs.to_authority() or ("no code", frame.crs.name))
    left = int((lines & long).sum() - wanted.sum())
    report = QualityReport(
        source=raw.name,
        rows=len(frame),
        counts={name: len(found) for name, found in where.items()},
        columns=column_table(roles),
        settings=(
            *file_settings(raw.settings),
            Param("crs", code),
            Param("kinds", ", ".join(kinds) if kinds else "all"),
        ),
        notes=(f"{left:,} lines of other kinds were not taken.",) if left else (),
        _where=where,
        _frame=frame,
        _roles=tuple(roles.values()),
    )
    return mark(table, handling=handling, origin=raw.name), report


def _raw(source: Any, sheet: str | int | None) -> Raw:
    """The rows of a file with lines; of an OpenStreetMap extract only its ways that are streets."""
    import pandas as pd

    if isinstance(source, pd.DataFrame):
        return read_raw(source, caller=CALLER)
    path = Path(source)
    if path.suffix.lower() == ".bz2" or path.name.lower().endswith(".osm.gz"):
        raise ReadError(
            f"{CALLER}: {path.name} is packed; unpack it first, and give the .osm or .osm.pbf file."
        )
    if path.suffix.lower() not in _OSM:
        return read_raw(path, caller=CALLER, sheet=sheet)
    import pyogrio

    if not path.exists():
        raise ReadError(f"{CALLER}: there is no file {path}. Check the name and the folder.")
    try:
        frame = pyogrio.read_dataframe(
            path,
            layer="lines",
            where="highway IS NOT NULL",
            columns=["osm_id", "name", "highway", "other_tags"],
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, ValueError) as error:
        raise ReadError(
            f"{CALLER}: {path.name} cannot be read as an OpenStreetMap extract ({str(error)[:120]}). Fetch it again."
        ) from error
    if not len(frame):
        raise ReadError(f"{CALLER}: {path.name} holds no streets (no ways with the key highway).")
    return Raw(frame[~frame["highway"].isin(_NOT_STREETS)].reset_index(drop=True), path.name)


def _with_system(frame: gpd.GeoDataFrame, crs: Any, name: str) -> gpd.GeoDataFrame:
    wanted = known_system(crs, CALLER)
    if wanted is None:
        if frame.crs is None:
            raise CRSError(
                f"{CALLER}: {name} does not say in which coordinate system its lines are; say it with crs='EPSG:...'."
            )
        return frame
    return frame.set_crs(wanted, allow_override=True)


def _of_kinds(
    frame: gpd.GeoDataFrame, roles: Mapping[str, Any], kinds: Sequence[str] | None, name: str
) -> NDArray[np.bool_]:
    if kinds is None:
        return np.ones(len(frame), dtype=bool)
    check = Check(CALLER)
    if "kind" not in roles:
        check.add(
            f"kinds was given, but no column of {name} says what kind a street is; name it with columns={{'kind': '...'}}."
        )
        check.done()
    found = frame[roles["kind"].column].astype("str")
    kept = found.isin(list(kinds)).to_numpy()
    if not kept.any():
        have = ", ".join(map(str, found.value_counts().head(12).index))
        check.add(f"no street is of the kinds {', '.join(kinds)}; there are: {have}.")
        check.done()
    return np.asarray(kept)


def _again(parts: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Lines that repeat an earlier one, in either direction."""
    import pandas as pd
    import shapely

    return np.asarray(pd.Series(shapely.to_wkb(shapely.normalize(parts))).duplicated().to_numpy())


def _table(
    frame: gpd.GeoDataFrame, roles: Mapping[str, Any], parts: NDArray[np.object_], rows: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    import geopandas as gpd

    own = frame.drop(columns=frame.geometry.name).iloc[rows].reset_index(drop=True)
    columns: dict[str, Any] = {}
    used = {role.column for role in roles.values()}
    if "street" in roles:
        columns["street"] = own[roles["street"].column].astype("str").array
    else:
        columns["street"] = (rows + 1).astype(str)
    for role in ("name", "kind"):
        if role in roles:
            columns[role] = own[roles[role].column].astype("str").array
    for name in own.columns:
        if name not in used:
            columns[str(name) if str(name) not in columns else f"{name}_in_file"] = own[name].array
    return gpd.GeoDataFrame(columns, geometry=parts, crs=frame.crs)
