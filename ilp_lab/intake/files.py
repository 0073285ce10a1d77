"""Opening files that strangers made: what is read, how much of it, and what is refused.

A name's ending decides how a file is read, and its first bytes must agree. Nothing is unpickled, no path may name a
network or an archive member, and what unpacks to far more than its size is refused.
"""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ReadError
from ilp_lab.intake.framing import counted

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

TEXT = (".csv", ".tsv", ".txt")
VECTOR = (".gpkg", ".geojson", ".json", ".zip", ".shp")
READABLE = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx", ".parquet", ".gpkg", ".geojson", ".zip (shapefile)")
MOST_BYTES = 8 * 1024**3
MOST_RATIO = 200
RATIO_FROM = 50 * 1024**2
_UNKNOWN_TO_GDAL = (
    "OGR_VRT", "WFS", "OAPIF", "HTTP", "CSW", "Carto", "AmigoCloud", "PLSCENES", "NGW", "STACIT", "STACTA", "VRT",
)  # fmt: skip
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

    if isinstance(source, pd.DataFrame):
        return _given(source)
    if isinstance(source, (list, tuple)):
        return _several(
            [read_raw(one, caller=caller, as_text=as_text, sheet=sheet, headed=headed) for one in source],
            caller,
        )
    path = _checked(source, caller)
    ending = _ending(path)
    try:
        if ending == ".csv.gz" or ending in TEXT:
            from ilp_lab.intake.text import read_text

            content: Path | bytes = _unpacked(path, caller) if ending == ".csv.gz" else path
            return read_text(
                content, path.name, caller=caller, few_valued=few_valued, as_text=as_text, headed=headed
            )
        if ending == ".xlsx":
            return _workbook(path, caller, sheet)
        if ending in (".parquet", ".geoparquet"):
            return _parquet(path, caller)
        return _vector(path, ending, caller)
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
    return Raw(frame.copy(), "the given table")  # what is read shares memory with this, not with the caller's


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
    first = list(parts[0].frame.columns)
    for part in parts[1:]:
        if list(part.frame.columns) != first:
            odd = sorted(set(map(str, part.frame.columns)) ^ set(map(str, first)))
            raise ReadError(
                f"{caller}: {part.name} does not have the same columns as {parts[0].name} "
                f"(only in one of them: {', '.join(odd) or 'the order differs'}). Read them one by one."
            )
    frame = pd.concat([part.frame.assign(source_file=part.name) for part in parts], ignore_index=True)
    lines = np.concatenate([part.line_of_rows() for part in parts])
    frame["source_file"] = frame["source_file"].astype("category")
    frame["source_row"] = lines
    bad = tuple(line for part in parts for line in part.bad_lines)
    return Raw(frame, f"{len(parts)} files, {parts[0].name} to {parts[-1].name}", parts[0].settings, bad)


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
    path = Path(text).expanduser()
    if path.is_dir():
        raise ReadError(f"{caller}: {path} is a folder; name a file in it.")
    if not path.exists():
        raise ReadError(f"{caller}: there is no file {path}. Check the name and the folder ({Path.cwd()}).")
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


def _unpacked(path: Path, caller: str) -> bytes:
    packed, out = path.stat().st_size, bytearray()
    try:
        with gzip.open(path) as file:
            while block := file.read(1 << 22):
                out += block
                if len(out) > MOST_BYTES or (len(out) > RATIO_FROM and len(out) > MOST_RATIO * packed):
                    raise ReadError(
                        f"{caller}: {path.name} unpacks to over {len(out) // max(packed, 1)} times its size, which no table "
                        "does; it was not read. Unpack it by hand if you trust it."
                    )
    except (EOFError, gzip.BadGzipFile) as error:
        raise ReadError(f"{caller}: {path.name} is not a whole gzip file; copy it again.") from error
    return bytes(out)


def check_zip(path: Path, caller: str) -> list[str]:
    """Names in a zip file, when none of them leaves its folder and their size is sound."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ReadError(
            f"{caller}: {path.name} is not what its name says (no zip archive inside). Export it again."
        ) from error
    for info in infos:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise ReadError(
                f"{caller}: {path.name} holds a file that would leave its folder ({name}); it was not opened."
            )
    total = sum(info.file_size for info in infos)
    if total > MOST_BYTES or (total > RATIO_FROM and total > MOST_RATIO * path.stat().st_size):
        raise ReadError(
            f"{caller}: {path.name} unpacks to {total / 1e6:,.0f} MB, which no table does; it was not opened."
        )
    return [info.filename for info in infos]


def _workbook(path: Path, caller: str, sheet: str | int | None) -> Raw:
    from python_calamine import CalamineError, CalamineWorkbook

    from ilp_lab.intake.text import from_cells

    if not any(name.startswith("xl/") for name in check_zip(path, caller)):
        raise ReadError(f"{caller}: {path.name} is not an Excel workbook inside. Save it again as .xlsx.")
    try:
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            if isinstance(sheet, str) and sheet not in names:
                raise ReadError(f"{caller}: {path.name} has no sheet {sheet!r}; it has: {', '.join(names)}.")
            if sheet is None:
                rows, chosen = max(
                    ((book.get_sheet_by_name(name).to_python(skip_empty_area=False), name) for name in names),
                    key=lambda one: _filled(one[0]),
                )
            else:
                chosen = sheet if isinstance(sheet, str) else names[sheet]
                rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise ReadError(
            f"{caller}: {path.name} cannot be opened as a workbook ({error}). Save it again as .xlsx."
        ) from error
    frame, settings, lines = from_cells(rows, path.name, caller)
    why = (
        tr_later("named") if sheet is not None else tr("the fullest table of {n} sheets").format(n=len(names))
    )
    return Raw(frame, path.name, {"sheet": (chosen, why), **settings}, lines=lines)


def _filled(rows: list[list[Any]]) -> float:
    """How much like a table a sheet is: its rows, times the share of filled cells in the first hundred."""
    head = rows[:100]
    cells = sum(len(row) for row in head)
    return float(len(rows)) * sum(bool(cell != "") for row in head for cell in row) / max(cells, 1)


def _parquet(path: Path, caller: str) -> Raw:
    import geopandas as gpd
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        schema = pq.read_schema(path)
        if b"geo" in (schema.metadata or {}):
            return replace(_given(gpd.read_parquet(path)), name=path.name)
        return Raw(pq.read_table(path).to_pandas(), path.name)
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


def _vector(path: Path, ending: str, caller: str) -> Raw:
    narrow_gdal()
    import pyogrio

    target = str(path)
    if ending == ".zip":
        shapes = [name for name in check_zip(path, caller) if name.lower().endswith(".shp")]
        if not shapes:
            raise ReadError(
                f"{caller}: {path.name} holds no shapefile (.shp); unpack it and name the file inside."
            )
        with zipfile.ZipFile(path) as archive, archive.open(shapes[0]) as member:
            _check_shapefile(member.read(4), path, caller)
        target = f"zip://{path}!{shapes[0]}"
    elif ending == ".shp":
        with path.open("rb") as file:
            _check_shapefile(file.read(4), path, caller)
    elif ending in (".geojson", ".json"):
        _check_json(path, caller)
    elif ending == ".gpkg" and not _begins(path, b"SQLite format 3"):
        raise ReadError(f"{caller}: {path.name} is not a GeoPackage inside. Export it again.")
    try:
        frame = pyogrio.read_dataframe(target)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise ReadError(
            f"{caller}: {path.name} cannot be read as {_DRIVERS[ending]}, so it is damaged or another kind of file. Export it again."
        ) from error
    return Raw(frame, path.name)


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
