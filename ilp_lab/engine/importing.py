"""Import once: incidents become canonical Parquet, deduplicated, typed, with cells and weeks, so that later questions only group."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.engine.canonical import CELL_M, canonical
from ilp_lab.engine.connecting import connect
from ilp_lab.engine.tables import Facts
from ilp_lab.errors import InputError, ReadError, WriteError
from ilp_lab.schema import INCIDENTS

if TYPE_CHECKING:
    import pandas as pd

_ROWS = 500_000
_SAME = ("occurred_at", "offence", "x", "y")


@dataclass(frozen=True)
class ImportReport:
    """What an import did; every row that was read is in one of the numbers.

    Attributes
    ----------
    folder
        Where the Parquet files are: ``engine.table(report.folder)`` opens them.
    read, kept, duplicates
        Rows read, rows written, and rows set aside because an earlier one bears the same ``incident_id``; these stand in
        ``set_aside/duplicates.parquet`` inside the folder.
    differing
        How many of the duplicates say something else than the row that was kept, on time, offence or place.
    without_id, without_place, without_time
        Rows among those kept that cannot be told apart, mapped or dated.
    not_taken
        Columns that were left behind.
    facts
        Coordinate system, clock, size of cells, handling code.
    """

    folder: Path
    read: int
    kept: int
    duplicates: int
    differing: int
    without_id: int
    without_place: int
    without_time: int
    not_taken: tuple[str, ...]
    facts: Facts

    def __str__(self) -> str:
        said = [
            tr(
                "{read} rows were read, {kept} kept; {duplicates} were set aside because an earlier row bears the same number."
            ).format(read=f"{self.read:,}", kept=f"{self.kept:,}", duplicates=f"{self.duplicates:,}")
        ]
        if self.differing:
            said.append(
                tr(
                    "{differing} of those say something else than the row that was kept; look at set_aside/duplicates.parquet."
                ).format(differing=f"{self.differing:,}")
            )
        said.append(
            tr(
                "Of the rows kept, {id} have no number, {place} no place and {time} no time; they stay in the table."
            ).format(
                id=f"{self.without_id:,}", place=f"{self.without_place:,}", time=f"{self.without_time:,}"
            )
        )
        if self.not_taken:
            said.append(tr("Columns left behind: {columns}.").format(columns=", ".join(self.not_taken)))
        return " ".join(said)


def import_incidents(
    source: pd.DataFrame | str | Path | Iterable[Any],
    destination: str | Path,
    *,
    crs: str | None = None,
    zone: str | None = None,
    cell_m: float = CELL_M,
    keep: Iterable[str] = (),
    memory: str = "2GB",
) -> ImportReport:
    """Write incidents as canonical Parquet, once; later questions are plain groupings of it.

    Parameters
    ----------
    source
        A table from ``intake.read_incidents``, Parquet files with the columns of :data:`ilp_lab.schema.INCIDENTS` (places as ``x`` and ``y``
        in ``crs``), or any iterable of these; a generator of tables needs memory for one at a time.
    destination
        A folder that is not there yet.
    crs
        Coordinate system in metres of ``x`` and ``y``; that of the first table, or its UTM zone, when left out.
    zone
        The clock of day, week and hour; that of the first table when left out.
    cell_m
        Side of the squares that ``cell_x`` and ``cell_y`` number, as in ``places.grid``: a cell begins at ``cell_x * cell_m``.
    keep
        Further columns to take along, such as ``"address"``; of the standard ones all but those that describe persons are taken.
    memory
        What it may hold at once.

    Returns
    -------
    ImportReport
        How many rows were read, kept and set aside.

    Raises
    ------
    InputError, ReadError, WriteError
        When something given does not fit, cannot be read, or the folder is there already. Nothing half-written is left.

    Notes
    -----
    The first row of each ``incident_id`` stays, in the order read; rows without one are all kept. Rows are ordered by time. Cost: one pass
    over the rows and one grouping by number, which spills to the disk of the destination.

    Examples
    --------
    >>> import tempfile, geopandas as gpd, pandas as pd
    >>> at = pd.to_datetime(["2024-01-01 10:00", "2024-01-08 11:00", "2024-01-01 10:00"]).tz_localize("Europe/Vienna")
    >>> thefts = gpd.GeoDataFrame({"incident_id": ["1", "2", "1"], "occurred_at": at}, geometry=gpd.points_from_xy([10, 20, 10], [0, 0, 0]), crs=32633)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = import_incidents(thefts, folder + "/incidents")
    >>> report.read, report.kept, report.duplicates, report.differing
    (3, 2, 1, 0)
    """
    check = Check("engine.import_incidents")
    check.positive(cell_m=cell_m)
    check.done()
    target = Path(destination).resolve()
    if target.exists():
        raise WriteError(
            f"engine.import_incidents: {destination} is there already; take another folder, or delete it first."
        )
    if not target.parent.is_dir():
        raise WriteError(f"engine.import_incidents: the folder {target.parent} is not there; make it first.")
    try:
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise WriteError(
            f"engine.import_incidents: nothing can be written in {target.parent} ({error.strerror})."
        ) from None
    try:
        (work / "staged").mkdir()
        (work / "made" / "set_aside").mkdir(parents=True)
        facts, read, lost = _stage(_frames(source), work / "staged", crs, zone, float(cell_m), set(keep))
        counted = _deduplicated(work, facts, memory)
        os.replace(work / "made", target)  # noqa: PTH105  (a folder, at once)
    except OSError as error:
        if isinstance(error, (ReadError, WriteError)):
            raise
        raise WriteError(
            f"engine.import_incidents: {target} could not be written ({error.strerror or error}); nothing was left behind."
        ) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return ImportReport(target, read, *counted, tuple(sorted(lost)), facts)


def _frames(source: Any) -> Iterator[Any]:
    """One table after the other."""
    import pandas as pd

    if isinstance(source, pd.DataFrame):
        yield source
    elif isinstance(source, (str, Path)):
        yield from _from_file(Path(source))
    elif isinstance(source, Iterable):
        for one in source:
            yield from _frames(one)
    else:
        raise InputError(
            f"engine.import_incidents: source must be a table, Parquet files, or several of these; got {type(source).__name__}."
        )


def _from_file(path: Path) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.suffix.lower() not in {".parquet", ".geoparquet"}:
        raise InputError(
            f"engine.import_incidents: {path.name} is no Parquet file; read it with intake.read_incidents and give the table."
        )
    try:
        held = pq.ParquetFile(path)
        geometry = b"geo" in (held.schema_arrow.metadata or {})
        for batch in held.iter_batches(batch_size=_ROWS):
            yield _geo(pa.Table.from_batches([batch])) if geometry else batch.to_pandas()
    except (pa.ArrowException, OSError):
        raise ReadError(
            f"engine.import_incidents: {path} cannot be read as Parquet, or is damaged."
        ) from None


def _geo(table: Any) -> Any:
    import geopandas as gpd

    return gpd.GeoDataFrame.from_arrow(table)


def _stage(
    frames: Iterator[Any], folder: Path, crs: str | None, zone: str | None, cell_m: float, keep: set[str]
) -> tuple[Facts, int, set[str]]:
    """Write every table as a part with the same columns, and number the rows in the order read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    facts: Facts | None = None
    read, lost = 0, set[str]()
    wanted = (
        {column.name for column in INCIDENTS if column.sensitivity == "open"} | keep | {"x", "y", "source"}
    )
    for at, given in enumerate(frames):
        frame, left = _fitting(
            given, wanted, crs if facts is None else facts.crs, zone if facts is None else facts.zone
        )
        lost |= left
        table, said = canonical(frame, crs=crs if facts is None else facts.crs or None, cell_m=cell_m)
        facts = _joined(facts, said, crs)
        number = pa.array(range(read, read + len(frame)), pa.int64())
        if "source_row" not in table.column_names:
            table = table.append_column("source_row", pa.array(range(2, len(frame) + 2), pa.int64()))
        pq.write_table(
            table.append_column("read_order", number), folder / f"{at:06d}.parquet", compression="lz4"
        )
        read += len(frame)
    if facts is None or not read:
        raise InputError(
            "engine.import_incidents: there are no rows to import. Check the filter that was set before."
        )
    return facts, read, lost


def _fitting(given: Any, wanted: set[str], crs: str | None, zone: str | None) -> tuple[Any, set[str]]:
    """The columns that are taken, places as geometries, times on one clock."""
    import geopandas as gpd
    import pandas as pd

    if not isinstance(given, pd.DataFrame):
        raise InputError(
            f"engine.import_incidents: source must hold tables or Parquet files; got {type(given).__name__}."
        )
    place = given.geometry.name if isinstance(given, gpd.GeoDataFrame) else None
    columns = [name for name in given.columns if name in wanted or name == place]
    frame = given[columns].copy()
    if place is None and {"x", "y"} <= set(frame.columns) and not crs:
        raise InputError(
            "engine.import_incidents: the places are x and y without a coordinate system; say it with crs='EPSG:32633' or the like."
        )
    naive = [
        name
        for name in columns
        if getattr(frame.get(name), "dtype", None) is not None
        and frame[name].dtype.kind == "M"
        and frame[name].dt.tz is None
    ]
    if naive:
        raise InputError(
            f"engine.import_incidents: {', '.join(naive)} does not say which clock it shows; say so with frame[{naive[0]!r}].dt.tz_localize('Europe/Vienna')."
        )
    for name in frame.columns:
        clock = getattr(frame[name].dtype, "tz", None)
        if clock is not None and zone and str(clock) != zone:
            frame[name] = frame[name].dt.tz_convert(zone)
    return frame, set(map(str, given.columns)) - set(columns)


def _joined(facts: Facts | None, said: Facts, crs: str | None) -> Facts:
    from ilp_lab.safeguards import handling_of

    if facts is None:
        return Facts(said.crs or (crs or ""), said.zone, said.handling, said.origin, said.cell_m)
    origin = facts.origin if said.origin in {"", facts.origin} else f"{facts.origin}, {said.origin}"
    return Facts(
        facts.crs or said.crs,
        facts.zone or said.zone,
        handling_of(facts, said),
        origin[:500],
        facts.cell_m or said.cell_m,
    )


def _deduplicated(work: Path, facts: Facts, memory: str) -> tuple[int, int, int, int, int, int]:
    """Write the first row of every number, and the others beside; count everything."""
    from ilp_lab.engine.dialects import literal

    with connect(folder=work, memory=memory, spill=work) as engine:
        run = engine.connection.execute
        run(
            f"CREATE VIEW staged AS SELECT * FROM read_parquet({literal(str(work / 'staged' / '*.parquet'))}, union_by_name = true)"
        )
        held = {row[0] for row in run("SELECT column_name FROM (DESCRIBE staged)").fetchall()}
        number = "incident_id" if "incident_id" in held else "NULL"
        same = ", ".join(name for name in _SAME if name in held) or "0"
        run(
            f"CREATE TEMP TABLE twice AS SELECT {number} AS number, min(read_order) AS first FROM staged WHERE {number} IS NOT NULL "
            "GROUP BY 1 HAVING count(*) > 1"
        )
        joined = f"staged LEFT JOIN twice ON {number} = twice.number"
        options = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, KV_METADATA {{ilp_lab: {literal(facts.text())}}})"
        order = "occurred_at NULLS LAST, read_order" if "occurred_at" in held else "read_order"
        with engine._plainly():  # noqa: SLF001  (a full disk in plain words)
            run(
                f"COPY (SELECT staged.* EXCLUDE (read_order) FROM {joined} WHERE twice.first IS NULL OR read_order = twice.first "
                f"ORDER BY {order}) TO {literal(str(work / 'made' / 'incidents.parquet'))} {options}"
            )
            run(
                "CREATE TEMP TABLE told AS SELECT read_order, hash("
                + same
                + f") AS said FROM {joined} WHERE twice.first = read_order"
            )
            run(
                f"COPY (SELECT staged.* EXCLUDE (read_order), hash({same}) IS DISTINCT FROM told.said AS differs FROM {joined} "
                f"JOIN told ON told.read_order = twice.first WHERE staged.read_order > twice.first ORDER BY staged.read_order) "
                f"TO {literal(str(work / 'made' / 'set_aside' / 'duplicates.parquet'))} {options}"
            )
        made, aside = (
            f"read_parquet({literal(str(work / 'made' / name))})"
            for name in ("incidents.parquet", "set_aside/duplicates.parquet")
        )
        missing = [
            f"count(*) FILTER ({name} IS NULL)" if name in held else "count(*)"
            for name in ("incident_id", "x", "occurred_at")
        ]
        kept, *lost = run(f"SELECT count(*), {', '.join(missing)} FROM {made}").fetchone()
        twice, differing = run(f"SELECT count(*), coalesce(sum(differs::INT), 0) FROM {aside}").fetchone()
        return int(kept), int(twice), int(differing), *(int(value) for value in lost)  # type: ignore[return-value]
