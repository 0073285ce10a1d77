"""What every engine can do: open a table, answer a question, run a kernel over batches, store."""

from __future__ import annotations

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ilp_lab.engine.canonical import canonical
from ilp_lab.engine.dialects import quoted, written_for
from ilp_lab.engine.faults import in_plain_words
from ilp_lab.engine.tables import Facts, Table
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import pandas as pd
    import pyarrow as pa

    Kernel = Callable[[Iterator[pa.RecordBatch]], Iterable[pa.RecordBatch]]

MOST_ROWS = 1_000_000
_KINDS = ((("int",), "whole"), (("double", "float", "decimal"), "number"), (("timestamp",), "time"), (("date",), "date"),
          (("bool",), "flag"), (("string", "large_string"), "text"))  # fmt: skip


class Engine(ABC):
    """A place where tables are and questions are answered; :func:`connect` makes one.

    Attributes
    ----------
    kind
        ``"duckdb"``, ``"postgresql"`` or ``"spark"``.
    connection
        What the driver gives: a DuckDB connection, an SQLAlchemy engine, a SparkSession.
    where
        In words, without any password.
    """

    kind: Literal["duckdb", "postgresql", "spark"]
    connection: Any
    where: str
    _dialect: ClassVar[str]
    _secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<engine {self.where}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise InputError(
            f"The engine {self.where} cannot be copied or stored; connect again where it is needed."
        )

    def table(
        self, source: Any, *, name: str | None = None, crs: str | None = None, zone: str | None = None
    ) -> Table:
        """Open a table.

        Parameters
        ----------
        source
            A path or glob of Parquet files, ``"schema.table"`` of the server, a pandas or geopandas table, an Arrow table.
        name
            What questions call it; made up when left out.
        crs, zone
            Coordinate system of ``x`` and ``y``, and clock of the ``…_local`` columns, where the table does not say.

        Returns
        -------
        Table
            Nothing is read yet, except from a table in memory.

        Raises
        ------
        InputError, EngineError
            When there is no such table, or it cannot be opened.
        """
        import pandas as pd
        import pyarrow as pa

        if isinstance(source, Table):
            if source.engine is not self:
                raise InputError(
                    f"engine.table: this table is on {source.engine.where}; copy it with engine.write, or ask there."
                )
            facts = source.facts
            return replace(source, facts=replace(facts, crs=crs or facts.crs, zone=zone or facts.zone))
        called = quoted(name) if name else quoted(f"ilp_lab_{secrets.token_hex(5)}")
        with self._plainly():
            if isinstance(source, pd.DataFrame):
                held, facts = canonical(source, crs=crs)
                self._take_in(iter(held.to_batches()), held.schema, called, facts)
            elif isinstance(source, (pa.Table, pa.RecordBatchReader)):
                facts = Facts.read((source.schema.metadata or {}).get(b"ilp_lab"))
                self._take_in(
                    iter(source.to_batches() if isinstance(source, pa.Table) else source),
                    source.schema,
                    called,
                    facts,
                )
            elif isinstance(source, Path) or (isinstance(source, str) and _is_path(source)):
                called, facts = self._open(str(source), called)
            elif isinstance(source, str) and source.strip():
                called, facts = self._existing([part for part in source.split(".") if part], called)
            else:
                raise InputError(
                    f"engine.table takes a path to Parquet files, 'schema.table', a pandas table or an Arrow table; got {type(source).__name__}."
                )
        if crs or zone:
            facts = replace(facts, crs=crs or facts.crs, zone=zone or facts.zone)
        return Table(self, called, self._columns(called), facts)

    def sql(
        self, query: str, params: Mapping[str, Any] | None = None, *, limit: int = MOST_ROWS
    ) -> pd.DataFrame:
        """Answer a question.

        Parameters
        ----------
        query
            One SELECT in DuckDB's dialect, on every engine.
        params
            Values by name, ``$name`` in the question; never paste them into it.
        limit
            Most rows that may come back.

        Returns
        -------
        DataFrame
            Whole numbers, numbers, text, flags, and times without a zone (UTC where the table says so), alike on all engines.

        Raises
        ------
        InputError
            When the question cannot be read, or more rows would come back than ``limit``.
        EngineError
            When the engine cannot answer.
        """
        return as_frame(self.arrow(query, params, limit=limit))

    def arrow(
        self, query: str, params: Mapping[str, Any] | None = None, *, limit: int = MOST_ROWS
    ) -> pa.Table:
        """The same as an Arrow table."""
        text, values = written_for(query, params, self._dialect, limit=int(limit) + 1)
        with self._plainly():
            found = alike(self._ask(text, values))
        if found.num_rows > limit:
            raise InputError(
                f"engine.sql: more than {limit:,} rows would come back to this notebook. Count or group them in the question, add a LIMIT, keep them "
                "there with engine.write(question, ...), or raise limit= if they fit into memory."
            )
        return found

    def map(
        self, kernel: Kernel, source: Table | str, schema: pa.Schema, *, name: str | None = None
    ) -> Table:
        """Run a function over Arrow batches, where the rows are.

        Parameters
        ----------
        kernel
            Takes an iterator of record batches and yields record batches of ``schema``. On Spark it runs on the workers, many times at once;
            it may use what is installed there.
        source
            A table of this engine, or a question.
        schema
            Of what the kernel yields.
        name
            What questions call the new table.

        Returns
        -------
        Table
            What the kernel made.
        """
        called = quoted(name) if name else quoted(f"ilp_lab_{secrets.token_hex(5)}")
        with self._plainly():
            self._map(kernel, self._question(source), schema, called)
        return Table(
            self, called, self._columns(called), source.facts if isinstance(source, Table) else Facts()
        )

    def write(self, source: Table | str, destination: str | Path, *, replace: bool = False) -> Table:
        """Store a table, or the answer to a question.

        Parameters
        ----------
        source
            A table of this engine, or a question without values.
        destination
            A path that ends in ``.parquet``, or ``"schema.table"`` of a server.
        replace
            Whether what is there may be replaced.

        Returns
        -------
        Table
            The stored one.
        """
        facts = source.facts if isinstance(source, Table) else Facts()
        asked = self._question(source)
        with self._plainly():
            if isinstance(destination, Path) or _is_path(destination):
                self._write_files(asked, str(destination), facts, replace=replace)
            else:
                self._write_table(
                    asked, [part for part in str(destination).split(".") if part], facts, replace=replace
                )
        return self.table(destination, crs=facts.crs, zone=facts.zone)

    @abstractmethod
    def close(self) -> None:
        """Let go of it; tables that were only opened are gone, stored ones stay."""

    def _question(self, source: Table | str) -> str:
        query = f"SELECT * FROM {source.name}" if isinstance(source, Table) else source
        return written_for(query, None, self._dialect)[0]

    def _columns(self, called: str) -> dict[str, str]:
        text, values = written_for(f"SELECT * FROM {called}", None, self._dialect, limit=0)
        with self._plainly():
            schema = self._ask(text, values).schema
        return {column.name: _kind(str(column.type)) for column in schema}

    def _plainly(self) -> Any:
        return in_plain_words(self.where, self._secrets)

    @abstractmethod
    def _ask(self, text: str, values: Any) -> pa.Table: ...

    @abstractmethod
    def _take_in(
        self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, called: str, facts: Facts
    ) -> None: ...

    @abstractmethod
    def _open(self, path: str, called: str) -> tuple[str, Facts]: ...

    @abstractmethod
    def _existing(self, parts: list[str], called: str) -> tuple[str, Facts]: ...

    @abstractmethod
    def _map(self, kernel: Kernel, asked: str, schema: pa.Schema, called: str) -> None: ...

    @abstractmethod
    def _write_files(self, asked: str, path: str, facts: Facts, *, replace: bool) -> None: ...

    @abstractmethod
    def _write_table(self, asked: str, parts: list[str], facts: Facts, *, replace: bool) -> None: ...


def _is_path(text: str) -> bool:
    return bool(re.search(r"[/\\*]|\.parquet$", text)) or Path(text).is_dir()


def _kind(held: str) -> str:
    return next((kind for marks, kind in _KINDS if held.startswith((*marks, "u" + marks[0]))), "other")


def alike(table: pa.Table) -> pa.Table:
    """The same types from every engine: whole numbers of 64 bits, doubles, text, flags, times without zone, dates."""
    import pyarrow as pa
    import pyarrow.compute as pc

    types = pa.types
    for at, column in enumerate(table.schema):
        kind, held = column.type, table.column(at)
        if types.is_dictionary(kind):
            held = held.cast(kind.value_type)
        elif types.is_decimal(kind):
            whole = kind.scale == 0 and not pc.any(pc.greater(pc.abs(held.cast(pa.float64())), 9e18)).as_py()
            held = held.cast(pa.int64() if whole else pa.float64())
        elif types.is_integer(kind):
            held = held.cast(pa.int64())
        elif types.is_floating(kind):
            held = held.cast(pa.float64())
        elif types.is_timestamp(kind):
            held = (held.cast(pa.timestamp("us", "UTC")) if kind.tz else held).cast(pa.timestamp("us"))
        elif types.is_large_string(kind) or types.is_string_view(kind) or types.is_null(kind):
            held = held.cast(pa.string())
        if held.type != kind:
            table = table.set_column(at, column.name, held)
    return table.replace_schema_metadata(None)


def as_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as pandas shows it: missing whole numbers stay missing, dates are times at midnight."""
    import pandas as pd
    import pyarrow as pa

    made = {}
    for at, name in enumerate(table.column_names):
        held = table.column(at)
        if pa.types.is_date(held.type):
            held = held.cast(pa.timestamp("us"))
        if held.null_count and pa.types.is_integer(held.type):
            made[name] = pd.array(held.to_pylist(), dtype="Int64")
        elif held.null_count and pa.types.is_boolean(held.type):
            made[name] = pd.array(held.to_pylist(), dtype="boolean")
        elif pa.types.is_string(held.type):
            made[name] = pd.array(held.to_pandas(), dtype="str")
        else:
            made[name] = held.to_pandas()
    return pd.DataFrame(made)
