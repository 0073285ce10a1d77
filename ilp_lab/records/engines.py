"""Opening the database: durable settings, the schema brought up to date, and every refusal in one clear sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ilp_lab.errors import IlpError, InputError, MissingPartError, StoreError
from ilp_lab.records.tables import HEAD, KNOWN

FILE = "case.db"
_LOCK = 0x11B_1AB


def connect(url: str | Path, *, wait_s: float) -> sa.Engine:
    """Make an engine for a file or a server; nothing is opened yet.

    Raises
    ------
    InputError
        When the address is neither.
    MissingPartError
        When the driver of the server is not installed.
    """
    if isinstance(url, Path):
        return _file_engine(url, wait_s)
    try:
        address = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise InputError(
            "records.open_store: url is not an address such as postgresql://name@host/database."
        ) from None
    if address.drivername == "sqlite" and address.database:
        return _file_engine(Path(address.database), wait_s)
    if not address.drivername.startswith("postgresql"):
        raise InputError(
            f"records.open_store: url must begin with postgresql:// or sqlite:///; got {address.drivername}://."
        )
    try:
        return sa.create_engine(
            address.set(drivername="postgresql+pg8000"),
            pool_pre_ping=True,
            pool_size=2,
            connect_args={"timeout": max(60.0, wait_s), "application_name": "ilp_lab"},
        )
    except ModuleNotFoundError as error:
        raise MissingPartError(
            "A store on PostgreSQL needs the package pg8000: pip install 'ilp-lab[postgres]'."
        ) from error


def _file_engine(path: Path, wait_s: float) -> sa.Engine:
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), poolclass=NullPool, connect_args={"timeout": wait_s}
    )

    @sa.event.listens_for(engine, "connect")
    def _durable(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for setting in (
            "journal_mode = WAL",  # readers do not wait for the writer
            "synchronous = FULL",  # what is acknowledged is on the disk
            "foreign_keys = ON",
            "secure_delete = ON",  # what is erased is overwritten
            "trusted_schema = OFF",
        ):
            try:
                connection.execute(f"PRAGMA {setting}").fetchall()
            except sqlite3.OperationalError as error:
                if "readonly" not in str(error):
                    raise

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def transaction(engine: sa.Engine, *, writes: bool) -> Iterator[sa.Connection]:
    """All or nothing; a refusal of the database becomes one clear sentence."""
    with in_plain_words(engine), engine.connect() as plain:
        connection = plain.execution_options(writes=writes)
        with connection.begin():
            yield connection


@contextmanager
def in_plain_words(engine: sa.Engine) -> Iterator[None]:
    """Turn what the database says into :class:`StoreError`."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error, sa.exc.IntegrityError):
            raise
        raise StoreError(f"The case store {name_of(engine)} {_reason(error)}") from error
    except IlpError:
        raise
    except (ValueError, TypeError, LookupError, sa.exc.SQLAlchemyError) as error:
        raise StoreError(
            f"The case store {name_of(engine)} is damaged: something in it cannot be read ({type(error).__name__}); restore it from "
            "a copy."
        ) from error


def name_of(engine: sa.Engine) -> str:
    """Where the store is, without any password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.set(drivername="postgresql", password=None).render_as_string()


_REASONS = (
    (("locked", "busy"), "is being written by another program; wait until that has ended, then try again."),
    (("readonly", "read-only", "25006"), "is read-only: this account may not write there, or the disk is write-protected."),
    (("unable to open",), "cannot be opened: the folder is missing, or this account may not use it."),
    (("disk is full", "53100", "no space left"), "cannot grow: the disk is full. Nothing was stored; free some space and try again."),
    (("disk i/o",), "could not write: the disk refused. Nothing was stored; check space and the disk."),
    (("not a database", "malformed"), "is not a case store, or is damaged; restore it from a copy."),
    (("28p01", "28000", "3d000"), "refused this login: check name, password and database."),
    (("42501", "row-level security"), "does not allow this login to do that; its owner admits logins with store.admit(...)."),
    (("records are added, never changed",), "adds records and never changes them; erase() leaves a tombstone."),
    (("57p01", "57p03", "create a connection", "network error", "connection refused", "broken pipe"),
     "cannot be reached: the server is not running, or the network is down."),
)  # fmt: skip


def _reason(error: DBAPIError) -> str:
    said = f"{error.orig}".casefold()
    for marks, reason in _REASONS:
        if any(mark in said for mark in marks):
            return reason
    return f"cannot be used ({type(error.orig).__name__}: {str(error.orig).splitlines()[0][:160]})."


def bring_up_to_date(engine: sa.Engine) -> str | None:
    """Make the tables, or take an older layout to the present one, in one transaction.

    Returns
    -------
    str or None
        The revision it came from; ``None`` when there was nothing to do.

    Raises
    ------
    StoreError
        When a later version of the library wrote it, or it cannot be used.
    """
    with transaction(engine, writes=False) as connection:
        found = _revision(engine, connection)
    if found == HEAD:
        return None
    if found is not None and engine.dialect.name == "sqlite":
        _keep_copy(Path(str(engine.url.database)), found)
    with transaction(engine, writes=True) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = _revision(engine, connection)
        if found != HEAD:
            _upgrade(connection)
    return found or ""


def _revision(engine: sa.Engine, connection: sa.Connection) -> str | None:
    tables = set(sa.inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables & {"entry", "share", "member"}:
            raise StoreError(
                f"The case store {name_of(engine)} holds tables of the same names that are not ours; use another database."
            )
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in KNOWN:
        raise StoreError(
            f"The case store {name_of(engine)} was written by a later version of ilp_lab (layout {found}; this one knows up "
            f"to {HEAD}). Update ilp_lab on this computer; nothing was changed."
        )
    return found


def _keep_copy(path: Path, revision: str) -> None:
    """A copy of the file as it was, beside it, before its layout is changed."""
    target = path.with_name(f"{path.stem}.before-{revision}{path.suffix}")
    try:
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(target)) as copy:
            old.backup(copy)
    except sqlite3.Error as error:
        raise StoreError(
            f"The case store {path} has an older layout and must be updated, but no copy could be put beside it ({error}). "
            "Nothing was changed; free some space, or move the case to a disk that can be written."
        ) from error


def _upgrade(connection: sa.Connection) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    folder = Path(__file__).parent / "migrations"
    script = ScriptDirectory(str(folder), version_locations=[str(folder)])

    def steps(revision: Any, _: Any) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001  (what alembic's own command does)

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection)
        with environment.begin_transaction():
            environment.run_migrations()
