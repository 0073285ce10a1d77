"""Where Splink does its work: DuckDB in this program, a PostgreSQL server, or a Spark cluster by its thin client.

Splink 5.0 reaches the last two only with what is bent here. A test of each tells when that is no longer needed.
"""

from __future__ import annotations

import logging
import re
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ilp_lab.errors import InputError, MissingPartError

if TYPE_CHECKING:
    import pyarrow as pa

_MEMORY = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?)?B", re.IGNORECASE)
_DIALECTS = {"duckdb": "duckdb", "postgresql": "postgres", "spark": "spark"}
_CALLED = {"duckdb": "DuckDB", "postgresql": "PostgreSQL", "spark": "Spark"}
_SCHEMA = "ilp_lab_resolve"


class Desk:
    """A place to work at.

    Parameters
    ----------
    make_api
        Makes Splink's own interface to the place; a new one for each question, because it remembers tables by name.
    dialect
        How SQL is written there, in Splink's words.
    where
        Its name for people.
    """

    def __init__(self, make_api: Callable[[], Any], dialect: str, where: str) -> None:
        self.dialect, self.where = dialect, where
        self._make_api = make_api
        self._keeper = make_api()
        self._prefix = f"ilp_resolve_{uuid.uuid4().hex[:12]}"
        self._tables: list[str] = []

    def put(self, table: pa.Table) -> str:
        """Bring a table there; returns its name."""
        name = f"{self._prefix}_{len(self._tables)}"
        self._keeper.register(table, table_name=name)
        self._tables.append(name)
        return name

    @contextmanager
    def linker(self, names: Sequence[str], settings: dict[str, Any]) -> Iterator[Any]:
        """Splink over tables that are there; what it makes on the way is taken away again."""
        from splink import Linker

        api = self._make_api()
        tables = [api.register(name, dataset_display_name=f"table_{at}") for at, name in enumerate(names)]
        try:
            with _quietly():
                yield Linker(
                    tables if len(tables) > 1 else tables[0],
                    settings,
                    log_level=None,
                    validate_settings=False,
                )
        finally:
            api.delete_tables_created_by_splink_from_db()

    def clear(self) -> None:
        """Take away the tables that were brought."""
        while self._tables:
            self._keeper.delete_table_from_database(self._tables.pop())


@contextmanager
def _quietly() -> Iterator[None]:
    """Splink's own messages are for programmers; what matters of them is said in the result."""
    log = logging.getLogger("splink")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(before)


def check_memory(memory: object) -> bool:
    """Whether a limit can be read, such as ``"2GB"``."""
    return isinstance(memory, str) and bool(_MEMORY.fullmatch(memory.strip()))


@contextmanager
def desk(engine: Any, memory: str, caller: str) -> Iterator[Desk]:
    """Open the place and leave it as it was found.

    Parameters
    ----------
    engine
        ``None`` for DuckDB within this program, or anything with ``kind`` (duckdb, postgresql, spark) and ``connection``.
    memory
        Limit of DuckDB within this program; more is spilled to the disk.
    caller
        Named in errors.

    Raises
    ------
    InputError
        When the engine is of no known kind.
    MissingPartError
        When a package for it is not there.
    """
    kind = "duckdb" if engine is None else str(getattr(engine, "kind", ""))
    if kind not in _DIALECTS or (engine is not None and getattr(engine, "connection", None) is None):
        raise InputError(
            f"{caller}: engine must be None or an open engine on duckdb, postgresql or spark; got {type(engine).__name__}."
        )
    if engine is None:
        with _own_duckdb(memory) as connection:
            yield Desk(lambda: _duckdb_api(connection), "duckdb", "DuckDB in this program")
        return
    make = {"duckdb": _duckdb_api, "postgresql": postgres_api, "spark": spark_api}[kind]
    place = Desk(lambda: make(engine.connection), _DIALECTS[kind], _CALLED[kind])
    try:
        yield place
    finally:
        place.clear()


@contextmanager
def _own_duckdb(memory: str) -> Iterator[Any]:
    import duckdb

    with tempfile.TemporaryDirectory(prefix="ilp-resolve-") as folder:
        settings: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": folder,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        connection = duckdb.connect(":memory:", config=settings)
        try:
            yield connection
        finally:
            connection.close()


def _duckdb_api(connection: Any) -> Any:
    from splink.backends.duckdb import DuckDBAPI

    return DuckDBAPI(connection)


def postgres_api(engine: Any) -> Any:
    """Splink on a PostgreSQL server: tables go there by SQLAlchemy.

    As shipped, Splink asks DuckDB to download an extension for that, which an offline computer cannot.
    """
    try:
        from splink.backends.postgres import PostgresAPI
        from splink.internals.misc import to_pyarrow_if_list_tuple_or_dict
        from sqlalchemy import text
    except ImportError as error:
        raise MissingPartError(
            "intake.resolve: PostgreSQL needs SQLAlchemy and a driver: pip install ilp-lab[postgres]."
        ) from error

    class OfflinePostgresAPI(PostgresAPI):
        def _table_registration(self, input: Any, table_name: str) -> None:  # noqa: A002  (Splink's name)
            table = to_pyarrow_if_list_tuple_or_dict(input)
            frame = table.to_pandas() if hasattr(table, "to_pandas") else table
            frame.to_sql(
                table_name, con=self._engine, schema=self._db_schema, index=False, if_exists="replace", chunksize=2000, method="multi",
            )  # fmt: skip

        def _execute_sql_against_backend(self, final_sql: str, *names: str | None) -> Any:  # noqa: ARG002  (for messages)
            # the server would compile every one of Splink's long conditions, which takes far longer than using them once
            with self._engine.begin() as connection:
                connection.execute(text("SET LOCAL jit = off"))
                return connection.execute(text(final_sql))

        def _register_extensions(self) -> None:
            # only edit distance is used; Splink wants no other
            self._execute_sql_against_backend("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch")

    from sqlalchemy.exc import DBAPIError

    try:
        return OfflinePostgresAPI(engine, schema=_SCHEMA)
    except DBAPIError as error:
        raise InputError(
            f"intake.resolve: the PostgreSQL server lets this login make no schema {_SCHEMA!r} or lacks the extension fuzzystrmatch "
            "(package postgresql-contrib); ask its keeper for both."
        ) from error


def spark_api(session: Any) -> Any:
    """Splink on Spark by the thin client: intermediate tables are kept by the cluster, and dropped afterwards.

    As shipped, Splink asks the Java machine for a folder, and the thin client has none.
    """
    try:
        from splink.backends.spark import SparkAPI
    except ImportError as error:
        raise MissingPartError(
            "intake.resolve: Spark needs its thin client: pip install ilp-lab[spark]."
        ) from error

    class ConnectSparkAPI(SparkAPI):
        def delete_table_from_database(self, name: str) -> None:
            # Splink makes a view of the same name before the table, and would drop neither
            self.spark.catalog.dropTempView(name)
            self._execute_sql_against_backend(f"DROP TABLE IF EXISTS {self.splink_data_store}.{name}")

    # as tables of the catalogue, because those can be dropped: files would lie about with personal data in them
    return ConnectSparkAPI(  # type: ignore[no-untyped-call]
        spark_session=session, break_lineage_method="delta_lake_table", register_udfs_automatically=False
    )
