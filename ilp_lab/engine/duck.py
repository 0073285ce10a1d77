"""DuckDB over Parquet files: the engine inside this computer, with a cap on memory and locked to the folders it was given."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ilp_lab.engine.asking import Engine, alike
from ilp_lab.engine.dialects import literal, quoted
from ilp_lab.engine.tables import Facts
from ilp_lab.errors import InputError, ReadError, WriteError

if TYPE_CHECKING:
    import pyarrow as pa

    from ilp_lab.engine.asking import Kernel

_BATCH = 65_536


class DuckEngine(Engine):
    """DuckDB in memory; tables are Parquet files in the folders it was opened for.

    Only what is the same in DuckDB 1.5 and 2.0 is used, and nothing is kept in DuckDB's own files, which one version of it
    writes and another cannot read.
    """

    kind: Literal["duckdb", "postgresql", "spark"] = "duckdb"
    _dialect: ClassVar[str] = "duckdb"

    def __init__(self, folders: list[Path], memory: str, threads: int | None, spill: Path | None) -> None:
        import duckdb

        for folder in folders:
            if not folder.is_dir():
                raise ReadError(f"engine.connect: folder must be a folder that is there; {folder} is not.")
        self._own = Path(tempfile.mkdtemp(prefix="ilp-engine-", dir=spill)).resolve()
        self._folders = [*folders, self._own]
        self.where = f"DuckDB {duckdb.__version__} on this computer"
        settings: dict[str, Any] = {
            "memory_limit": memory, "temp_directory": str(self._own / "spill"), "TimeZone": "UTC",
            "autoinstall_known_extensions": False, "autoload_known_extensions": False, "python_enable_replacements": False,
            **({"threads": threads} if threads else {}),
        }  # fmt: skip
        settings.pop("TimeZone")  # needs an extension; times carry no zone here
        try:
            self.connection = duckdb.connect(":memory:", config=settings)
            allowed = ", ".join(literal(str(folder)) for folder in self._folders)
            for setting in (
                f"allowed_directories = [{allowed}]",
                "enable_external_access = false",
                "lock_configuration = true",
            ):
                self.connection.execute(f"SET {setting}")
        except duckdb.Error as error:
            shutil.rmtree(self._own, ignore_errors=True)
            raise InputError(
                f"engine.connect: DuckDB does not take these settings: {str(error).splitlines()[0][:160]}"
            ) from None

    def close(self) -> None:
        """Let go of it."""
        with suppress(Exception):
            self.connection.close()
        shutil.rmtree(self._own, ignore_errors=True)

    def _ask(self, text: str, values: Any) -> pa.Table:
        asked = self.connection.sql(text, params=values) if values else self.connection.sql(text)
        found: pa.Table = asked.to_arrow_table()
        return found

    def _take_in(
        self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, called: str, facts: Facts
    ) -> None:
        target = self._own / f"{abs(hash(called)):x}.parquet"
        _written(batches, schema, target, facts)
        self._view(called, str(target))

    def _view(self, called: str, pattern: str) -> None:
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {called} AS SELECT * FROM read_parquet({literal(pattern)})"
        )

    def _open(self, path: str, called: str) -> tuple[str, Facts]:
        if "://" in path:
            raise InputError(
                f"engine.table: DuckDB here reads files of this computer only; got {path.split('://', maxsplit=1)[0]}://…."
            )
        files = self._files(path)
        self._view(
            called,
            str(Path(path).resolve() / "*.parquet") if Path(path).is_dir() else str(Path(path).resolve()),
        )
        return called, facts_of(files[0])

    def _files(self, path: str) -> list[Path]:
        place = Path(path).resolve()
        files = sorted(place.glob("*.parquet")) if place.is_dir() else [place] if place.is_file() else []
        if "*" in path:
            files = sorted(place.parent.glob(place.name))
        if not files:
            raise ReadError(f"engine.table: no Parquet file is at {path}.")
        if not any(place.is_relative_to(folder) for folder in self._folders):
            raise InputError(
                f"engine.table: {path} lies outside the folders this engine was opened for; open it with connect(folder={str(files[0].parent)!r})."
            )
        return files

    def _existing(self, parts: list[str], called: str) -> tuple[str, Facts]:
        name = ".".join(quoted(part) for part in parts)
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {called} AS SELECT * FROM {name}")
        return called, Facts()

    def _map(self, kernel: Kernel, asked: str, schema: pa.Schema, called: str) -> None:
        reader = self.connection.sql(asked).to_arrow_reader(_BATCH)
        self._take_in(iter(kernel(iter(reader))), schema, called, Facts())

    def _write_files(self, asked: str, path: str, facts: Facts, *, replace: bool) -> None:
        target = Path(path).resolve()
        if target.exists() and not replace:
            raise WriteError(f"engine.write: {path} is there already; take another name, or replace=True.")
        if not any(target.is_relative_to(folder) for folder in self._folders):
            raise WriteError(
                f"engine.write: {path} lies outside the folders this engine was opened for; open it with connect(folder={str(target.parent)!r})."
            )
        partial = target.with_name(f".{target.name}.part")
        try:
            self.connection.execute(
                f"COPY ({asked}) TO {literal(str(partial))} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{ilp_lab: {literal(facts.text())}}})"
            )
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)

    def _write_table(self, asked: str, parts: list[str], facts: Facts, *, replace: bool) -> None:  # noqa: ARG002
        raise InputError(
            f"engine.write: DuckDB here keeps tables as Parquet files; give a path such as '{'_'.join(parts) or 'table'}.parquet'."
        )


def facts_of(file: Path) -> Facts:
    """What a Parquet file says of its table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return Facts.read((pq.read_schema(file).metadata or {}).get(b"ilp_lab"))
    except (pa.ArrowException, OSError):
        raise ReadError(f"engine.table: {file} is not a Parquet file, or is damaged.") from None


def _written(batches: Iterator[pa.RecordBatch], schema: pa.Schema, target: Path, facts: Facts) -> None:
    """Batches to a Parquet file; a kernel that yields something else is told so."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = alike(schema.empty_table()).schema
    with pq.ParquetWriter(
        target, plain.with_metadata({b"ilp_lab": facts.text().encode()}), compression="zstd"
    ) as writer:
        for batch in batches:
            if not isinstance(batch, pa.RecordBatch) or batch.schema.names != schema.names:
                raise InputError(
                    f"engine.map: the kernel must yield record batches with the columns {schema.names}; it yielded "
                    f"{batch.schema.names if isinstance(batch, pa.RecordBatch) else type(batch).__name__}."
                )
            writer.write_table(alike(pa.Table.from_batches([batch]).cast(schema)).cast(plain))
