"""Opening files that strangers made: what is read, how much of it, and what is refused.

A name's ending decides how a file is read, and its first bytes must agree. Nothing is unpickled, no path may name a
network or an archive member, and what unpacks to far more than its size is refused.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._homefolder import at_home
from ilp_lab.errors import InputError, ReadError
from ilp_lab.intake.framing import counted
from ilp_lab.intake.nested import flat
from ilp_lab.intake.otherparts import RENAMED, SAME_NAME, free_name, of_several
from ilp_lab.intake.packed import MOST_BYTES, check_parquet, check_zip, first_bytes, unpacked

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

TEXT = (".csv", ".tsv", ".txt")
VECTOR = (".gpkg", ".geojson", ".json", ".zip", ".shp")
READABLE = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".parquet", ".gpkg", ".geojson", ".zip (shapefile)")
_UNKNOWN_TO_GDAL = (
    "OGR_VRT", "WFS", "OAPIF", "HTTP", "CSW", "Carto", "AmigoCloud", "PLSCENES", "NGW", "STACIT", "STACTA", "VRT",
)  # fmt: skip
_LOCK = "~$"
_SHAPEFILE = bytes.fromhex("0000270a")
_DRIVERS = {
    ".gpkg": "GPKG",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".zip": "ESRI Shapefile",
    ".shp": "ESRI Shapefile",
}


@dataclass(frozen=True)
class Raw:
    """A table as it stands in a file, before anything is understood.

    Attributes
    ----------
    frame
        The table; text columns as text. Geometry, when the file has one, is its active geometry.
    name
        Name of the file, for people.
    settings
        How it was read: setting → (value, why).
    bad_lines
        Lines that do not have as many fields as the header.
    lines
        Where each row begins in the file; ``None`` where they follow the header one by one.
    """

    frame: pd.DataFrame
    name: str
    settings: dict[str, tuple[str, str]] = field(default_factory=dict)
    bad_lines: tuple[str, ...] = ()
    lines: NDArray[np.int64] | None = None

    def line_of_rows(self) -> NDArray[np.int64]:
        """The line of the file on which each row begins, the header being line 1."""
        if "source_row" in self.frame:
            return np.asarray(self.frame["source_row"])
        return counted(2, len(self.frame)) if self.lines is None else self.lines


def read_raw(
    source: Any,
    *,
    caller: str,
    few_valued: Sequence[str] = (),
    as_text: Sequence[str] = (),
    sheet: str | int | None = None,
    headed: bool | None = None,
) -> Raw:
    """Read a file, a table, or several files of the same layout, without understanding them yet.

    Raises
    ------
    ReadError
        In one sentence, with the fix.
    """
    import pandas as pd

    if sheet is not None and not isinstance(sheet, (str, int)):
        raise InputError(
            f"{caller}: sheet={sheet!r} is no sheet; give its name, or its number from 0 as a whole number."
        )
    if isinstance(source, pd.DataFrame):
        return _given(source)
    if isinstance(source, (list, tuple)):
        return _several(
            [read_raw(one, caller=caller, as_text=as_text, sheet=sheet, headed=headed) for one in source],
            caller,
        )
    path = _checked(source, caller)
    raw = _opened(path, caller, few_valued=few_valued, as_text=as_text, sheet=sheet, headed=headed)
    return named_apart(raw, ("source_row",))


def _opened(
    path: Path,
    caller: str,
    *,
    few_valued: Sequence[str],
    as_text: Sequence[str],
    sheet: str | int | None,
    headed: bool | None,
) -> Raw:
    """What stands in a file."""
    ending = _ending(path)
    try:
        if ending == ".csv.gz" or ending in TEXT:
            from ilp_lab.intake.text import read_text

            content: Path | bytes = unpacked(path, caller) if ending == ".csv.gz" else path
            return read_text(
                content, path.name, caller=caller, few_valued=few_valued, as_text=as_text, headed=headed
            )
        if ending == ".xlsx":
            from ilp_lab.intake.workbooks import read_workbook

            return read_workbook(path, caller, sheet)
        if ending in (".parquet", ".geoparquet"):
            return _parquet(path, caller)
        return _vector(path, ending, caller, sheet)
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError(
            f"{caller}: {path.name} does not fit into this computer's memory; split it."
        ) from error
    except OSError as error:
        raise ReadError(f"{caller}: {path.name} cannot be read: {error.strerror or error}.") from error


def _given(frame: pd.DataFrame) -> Raw:
    """A table that is already there: its columns told apart, its places under the usual name."""
    import geopandas as gpd

    if not frame.columns.is_unique:
        frame = frame.set_axis(_told_apart(list(frame.columns)), axis=1)
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name not in (None, "geometry"):
        frame = frame.drop(columns="geometry", errors="ignore").rename_geometry("geometry")
    return Raw(
        flat(frame.copy()), "the given table"
    )  # what is read shares memory with this, not with the caller's


def named_apart(raw: Raw, ours: Sequence[str]) -> Raw:
    """The table with a file's own columns that are called like ours under another name, and that said."""
    names = {name: free_name(f"{name}_in_file", raw.frame) for name in ours if name in raw.frame}
    if not names:
        return raw
    before = [raw.settings[RENAMED][0]] if RENAMED in raw.settings else []
    said = (", ".join([*before, *names.values()]), SAME_NAME)
    return replace(raw, frame=raw.frame.rename(columns=names), settings={**raw.settings, RENAMED: said})


def _told_apart(names: list[Any]) -> list[Any]:
    seen: dict[Any, int] = {}
    for at, name in enumerate(names):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            names[at] = f"{name}_{at + 1}"
    return names


def _several(parts: list[Raw], caller: str) -> Raw:
    import pandas as pd

    if not parts:
        raise ReadError(f"{caller}: the list of files is empty.")
    parts = [named_apart(part, ("source_file",)) for part in parts]
    first = list(parts[0].frame.columns)
    for part in parts[1:]:
        if list(part.frame.columns) != first:
            odd = sorted(set(map(str, part.frame.columns)) ^ set(map(str, first)))
            raise ReadError(
                f"{caller}: {part.name} does not have the same columns as {parts[0].name} "
                f"(only in one of them: {', '.join(odd) or 'the order differs'}). Read them one by one."
            )
    _check_one_system(parts, caller)
    frame = pd.concat([part.frame.assign(source_file=part.name) for part in parts], ignore_index=True)
    lines = np.concatenate([part.line_of_rows() for part in parts])
    frame["source_file"] = frame["source_file"].astype("category")
    frame["source_row"] = lines
    bad = tuple(line for part in parts for line in part.bad_lines)
    settings = of_several([part.settings for part in parts])
    return Raw(frame, f"{len(parts)} files, {parts[0].name} to {parts[-1].name}", settings, bad)


def _check_one_system(parts: list[Raw], caller: str) -> None:
    """Places of several files must be in one coordinate system, or all without one."""
    systems = [getattr(part.frame, "crs", None) for part in parts]
    odd = next((part for part, system in zip(parts, systems, strict=True) if system != systems[0]), None)
    if odd is not None:
        said = [
            "none" if system is None else ":".join(map(str, system.to_authority() or (system.name,)))
            for system in (systems[0], odd.frame.crs)
        ]
        raise ReadError(
            f"{caller}: the places of {parts[0].name} and {odd.name} are in different coordinate systems ({said[0]} and {said[1]}). "
            "Export them in the same one, or read them one by one and bring them together with to_crs."
        )


def _checked(source: Any, caller: str) -> Path:
    """The path of a table, when it may be opened at all."""
    path = local_file(source, caller)
    if _ending(path) not in (*TEXT, ".csv.gz", ".xlsx", ".parquet", ".geoparquet", *VECTOR):
        raise ReadError(
            f"{caller}: {path.name} ends in {path.suffix or 'nothing'!r}; files that can be read end in {', '.join(READABLE)}."
        )
    return path


def local_file(source: Any, caller: str) -> Path:
    """A file on this computer that may be read: no network, no archive member, not empty, not enormous.

    Raises
    ------
    ReadError
        In one sentence, with the fix.
    """
    if not isinstance(source, (str, os.PathLike)):
        raise ReadError(f"{caller}: wants a file or a table; got {type(source).__name__}.")
    text = os.fspath(source)
    if "://" in text or text.startswith(("/vsi", "\\\\", "//")):
        raise ReadError(
            f"{caller}: {text} names a network or virtual place. Copy the file to this computer and name it."
        )
    path = at_home(text)
    if path.is_dir():
        raise ReadError(f"{caller}: {path} is a folder; name a file in it.")
    if not path.exists():
        raise ReadError(f"{caller}: there is no file {path}. Check the name and the folder ({Path.cwd()}).")
    if path.name.startswith(_LOCK) and path.suffix.lower().startswith(".xls"):
        raise ReadError(
            f"{caller}: {path.name} is the lock file of a workbook that is open in Excel; name the workbook itself "
            f"({path.name.removeprefix(_LOCK)})."
        )
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise ReadError(
            f"{caller}: this account may not read {path}; ask for access or copy it to a folder of your own."
        )
    size = path.stat().st_size
    if size == 0:
        raise ReadError(f"{caller}: {path.name} is empty (0 bytes). Export it again.")
    if size > MOST_BYTES:
        raise ReadError(
            f"{caller}: {path.name} has {size / 1e9:.1f} GB, more than {MOST_BYTES / 1e9:.0f}; split it."
        )
    return path


def _ending(path: Path) -> str:
    ending = "".join(path.suffixes[-2:]).lower()
    return ending if ending == ".csv.gz" else path.suffix.lower()


def _parquet(path: Path, caller: str) -> Raw:
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        footer = pq.read_metadata(path)
        check_parquet(path, footer, caller)
        if b"geo" in (footer.metadata or {}):
            return replace(_given(gpd.read_parquet(path)), name=path.name)
        names = footer.schema.to_arrow_schema().names
        if len(set(names)) == len(names):
            return Raw(flat(pq.read_table(path).to_pandas()), path.name)
        table = pq.ParquetFile(path).read()  # the other reader finds columns by their names
        told = table.rename_columns(_told_apart(names)).replace_schema_metadata(None)
        return Raw(flat(told.to_pandas()), path.name)
    except (MemoryError, ReadError):
        raise  # Arrow has a memory error of its own, which says nothing about the file
    except (pa.ArrowException, ValueError) as error:
        raise ReadError(
            f"{caller}: {path.name} is not a whole parquet file ({str(error)[:120]}). Export it again."
        ) from error


def narrow_gdal() -> None:
    """GDAL must not even know drivers that could read other files or the network from a disguised file.

    This helps only when GDAL is not loaded yet, so the first bytes of every file are looked at as well.
    """
    known = [name for name in os.environ.get("GDAL_SKIP", "").split(",") if name]
    os.environ["GDAL_SKIP"] = ",".join(dict.fromkeys([*known, *_UNKNOWN_TO_GDAL]))


def _vector(path: Path, ending: str, caller: str, wanted: str | int | None) -> Raw:
    narrow_gdal()
    import geopandas as gpd
    import pyogrio

    from ilp_lab.intake.otherparts import layer_of, shapefile_of, shapefiles

    target, layer = str(path), None
    settings: dict[str, tuple[str, str]] = {}
    if ending == ".zip":
        shapes = shapefiles(check_zip(path, caller))
        if not shapes:
            raise ReadError(
                f"{caller}: {path.name} holds no shapefile (.shp); unpack it and name the file inside."
            )
        shape, settings = shapefile_of(path, shapes, wanted, caller)
        _check_shapefile(first_bytes(path, shape, 4, caller), path, caller)
        target = f"zip://{path}!{shape}"
    elif ending == ".shp":
        with path.open("rb") as file:
            _check_shapefile(file.read(4), path, caller)
    elif ending in (".geojson", ".json"):
        _check_json(path, caller)
    elif ending == ".gpkg" and not _begins(path, b"SQLite format 3"):
        raise ReadError(f"{caller}: {path.name} is not a GeoPackage inside. Export it again.")
    try:
        if ending == ".gpkg":
            layer, settings = layer_of(path, wanted, caller)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Non closed ring")  # such an outline is none and is counted
            frame = pyogrio.read_dataframe(target, layer=layer, on_invalid="ignore")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise ReadError(
            f"{caller}: {path.name} cannot be read as {_DRIVERS[ending]}, so it is damaged or another kind of file. Export it again."
        ) from error
    if "geometry" in pyogrio.read_info(target, layer=layer)["fields"] and isinstance(frame, gpd.GeoDataFrame):
        own = pyogrio.read_dataframe(target, layer=layer, columns=["geometry"], read_geometry=False)
        name = free_name("geometry_in_file", frame)
        frame = frame.assign(**{name: own["geometry"]})
        settings[RENAMED] = (name, SAME_NAME)
    return Raw(flat(frame), path.name, settings)


def _begins(path: Path, start: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(start)) == start


def _check_shapefile(start: bytes, path: Path, caller: str) -> None:
    if start != _SHAPEFILE:
        raise ReadError(f"{caller}: {path.name} is not a shapefile inside. Export it again.")


def _check_json(path: Path, caller: str) -> None:
    with path.open("rb") as file:
        start = file.read(1 << 16).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")) or b"<OGRVRT" in start or b"<VRTDataset" in start:
        raise ReadError(f"{caller}: {path.name} is not GeoJSON inside. Export it again.")
