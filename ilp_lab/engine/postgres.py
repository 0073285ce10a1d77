"""PostgreSQL: tables on a server, with PostGIS points where there are any."""

from __future__ import annotations

import io
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ilp_lab.engine.asking import Engine, alike
from ilp_lab.engine.dialects import literal, quoted
from ilp_lab.engine.tables import Facts
from ilp_lab.errors import InputError, MissingPartError, ReadError, WriteError

if TYPE_CHECKING:
    import pyarrow as pa

    from ilp_lab.engine.asking import Kernel

_BATCH = 50_000
_TYPES = {"int64": "BIGINT", "double": "DOUBLE PRECISION", "string": "TEXT", "bool": "BOOLEAN", "date32[day]": "DATE",
          "timestamp[us]": "TIMESTAMP"}  # fmt: skip
_WHOLE, _REAL, _NUMERIC = {20, 21, 23}, {700, 701}, 1700


class PostgresEngine(Engine):
    """One connection to a server; tables that were only opened are temporary and go with it."""

    kind: Literal["duckdb", "postgresql", "spark"] = "postgresql"
    _dialect: ClassVar[str] = "postgres"

    def __init__(
        self,
        where: str,
        user: str,
        secret: str,
        host: str,
        port: int,
        database: str | None,
        sslmode: str,
        wait_s: float,
    ) -> None:
        import sqlalchemy as sa

        self.where, self._secrets = where, (secret,)
        context: Any = None
        if sslmode == "verify-full":
            context = ssl.create_default_context()
        elif sslmode == "require":
            context = True
        address = sa.URL.create("postgresql+pg8000", user or None, secret or None, host, port, database)
        try:
            self.connection = sa.create_engine(
                address, poolclass=sa.pool.StaticPool, isolation_level="AUTOCOMMIT", hide_parameters=True,
                connect_args={"timeout": None, "application_name": "ilp_lab", "ssl_context": context if context is not None else False},
            )  # fmt: skip
        except ModuleNotFoundError:
            raise MissingPartError(
                "PostgreSQL needs the package pg8000: pip install 'ilp-lab[postgres]'."
            ) from None
        del secret, address, wait_s
        with self._plainly(), self._cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")

    def close(self) -> None:
        """Let go of it."""
        self.connection.dispose()

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with self.connection.connect() as held:
            cursor = held.connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    def _ask(self, text: str, values: Any) -> pa.Table:
        with self._cursor() as cursor:
            cursor.execute(text, tuple(_plain(value) for value in values)) if values else cursor.execute(text)
            return _arrow(cursor.description, cursor.fetchall())

    def _take_in(
        self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, called: str, facts: Facts
    ) -> None:
        self._create(f"TEMP TABLE {called}", called, batches, schema)
        self._remember(called, facts)

    def _create(self, what: str, called: str, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        import pyarrow as pa
        from pyarrow import csv

        plain = alike(schema.empty_table()).schema
        columns = ", ".join(f"{quoted(one.name)} {_TYPES.get(str(one.type), 'TEXT')}" for one in plain)
        form = csv.WriteOptions(include_header=False, quoting_style="all_valid")
        with self._cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {called}") if what.startswith("TEMP") else None
            cursor.execute(f"CREATE {what} ({columns})")
            for batch in batches:
                rows = io.BytesIO()
                csv.write_csv(alike(pa.Table.from_batches([batch]).cast(schema)).cast(plain), rows, form)
                rows.seek(0)
                cursor.execute(f"COPY {called} FROM STDIN WITH (FORMAT csv)", stream=rows)
            cursor.execute(f"ANALYZE {called}")

    def _remember(self, called: str, facts: Facts) -> None:
        with self._cursor() as cursor:
            cursor.execute(f"COMMENT ON TABLE {called} IS {literal(facts.text())}")

    def _open(self, path: str, called: str) -> tuple[str, Facts]:
        from pyarrow import dataset

        from ilp_lab.engine.duck import facts_of

        place = Path(path)
        files = sorted(place.glob("*.parquet")) if place.is_dir() else sorted(place.parent.glob(place.name))
        if not files:
            raise ReadError(f"engine.table: no Parquet file is at {path}.")
        held = dataset.dataset([str(file) for file in files])
        facts = facts_of(files[0])
        self._take_in(held.to_batches(batch_size=_BATCH), held.schema, called, facts)
        return called, facts

    def _existing(self, parts: list[str], called: str) -> tuple[str, Facts]:
        name = ".".join(quoted(part) for part in parts)
        with self._cursor() as cursor:
            cursor.execute(f"SELECT obj_description({literal(name)}::regclass)")
            facts = Facts.read(cursor.fetchone()[0])
            cursor.execute(
                "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
                f"WHERE attrelid = {literal(name)}::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            )
            columns = cursor.fetchall()
            points = [column for column, kind in columns if str(kind).startswith("geometry")]
            if not points or any(column in {"x", "y"} for column, _ in columns):
                return name, facts
            rest = ", ".join(
                quoted(column)
                for column, kind in columns
                if not str(kind).startswith(("geometry", "geography"))
            )
            point = quoted(points[0])
            cursor.execute(f"SELECT min(ST_SRID({point})), max(ST_SRID({point})) FROM {name}")
            low, high = cursor.fetchone()
            if low != high:
                raise InputError(
                    f"engine.table: {name} holds places in several coordinate systems ({low}, {high}); bring them to one with ST_Transform."
                )
            cursor.execute(
                f"CREATE OR REPLACE TEMP VIEW {called} AS SELECT {rest}{', ' if rest else ''}ST_X({point}) AS x, ST_Y({point}) AS y FROM {name}"
            )
        return called, Facts(
            facts.crs or (f"EPSG:{low}" if low else ""),
            facts.zone,
            facts.handling,
            facts.origin or name,
            facts.cell_m,
        )

    def _batches(self, asked: str) -> Iterator[pa.RecordBatch]:
        """Rows in portions, so that neither side holds them all."""
        with self._cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                cursor.execute(f"DECLARE ilp_lab_rows NO SCROLL CURSOR FOR {asked}")
                while True:
                    cursor.execute(f"FETCH {_BATCH} FROM ilp_lab_rows")
                    found = cursor.fetchall()
                    yield from alike(_arrow(cursor.description, found)).to_batches()
                    if len(found) < _BATCH:
                        return
            finally:
                cursor.execute("ROLLBACK")

    def _map(self, kernel: Kernel, asked: str, schema: pa.Schema, called: str) -> None:
        import pyarrow as pa

        # the rows come through one connection, so what the kernel makes is held until they have all come
        made = list(kernel(self._batches(asked)))
        self._take_in(iter(made), schema if made else pa.schema(schema), called, Facts())

    def _write_files(self, asked: str, path: str, facts: Facts, *, replace: bool) -> None:
        import pyarrow.parquet as pq

        if Path(path).exists() and not replace:
            raise WriteError(f"engine.write: {path} is there already; take another name, or replace=True.")
        schema = self._ask(f"SELECT * FROM ({asked}) AS asked LIMIT 0", None).schema.with_metadata(
            {b"ilp_lab": facts.text().encode()}
        )
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for batch in self._batches(asked):
                writer.write_batch(batch.cast(schema))

    def _write_table(self, asked: str, parts: list[str], facts: Facts, *, replace: bool) -> None:
        name = ".".join(quoted(part) for part in parts)
        with self._cursor() as cursor:
            if replace:
                cursor.execute(f"DROP TABLE IF EXISTS {name}")
            cursor.execute(f"CREATE TABLE {name} AS {asked}")
            cursor.execute(f"ANALYZE {name}")
        self._remember(name, facts)


def _plain(value: Any) -> Any:
    """A value of numpy or pandas as Python's own."""
    return value.item() if hasattr(value, "item") and not hasattr(value, "isoformat") else value


def _arrow(description: Any, rows: Any) -> pa.Table:
    """Rows of the driver as Arrow columns, by the types of the server."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(description)
    made = [_column(held[1], values) for held, values in zip(description, columns, strict=True)]
    return pa.Table.from_arrays(made, names=[str(held[0]) for held in description])


def _column(oid: int, values: tuple[Any, ...]) -> Any:
    import pyarrow as pa

    if oid == _NUMERIC:
        whole = all(
            value is None
            or (value.is_finite() and value == value.to_integral_value() and value.as_tuple().exponent >= 0)
            for value in values
        )
        if whole and all(value is None or abs(value) < 9e18 for value in values):
            return pa.array([None if value is None else int(value) for value in values], pa.int64())
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    known = {16: pa.bool_(), 1082: pa.date32(), 1114: pa.timestamp("us"), 1184: pa.timestamp("us", "UTC")}
    kind = pa.int64() if oid in _WHOLE else pa.float64() if oid in _REAL else known.get(oid, pa.string())
    if kind == pa.string():
        values = tuple(value if value is None or isinstance(value, str) else str(value) for value in values)
    return pa.array(values, kind)
