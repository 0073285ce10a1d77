"""Spark through Spark Connect: a thin client here, the work on the cluster's workers."""

from __future__ import annotations

import logging
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ilp_lab.engine.asking import Engine, alike
from ilp_lab.engine.dialects import NAMES, quoted
from ilp_lab.engine.faults import in_plain_words
from ilp_lab.engine.tables import Facts
from ilp_lab.errors import EngineError, InputError, MissingPartError

if TYPE_CHECKING:
    import pyarrow as pa

    from ilp_lab.engine.asking import Kernel

_TYPES = {"int64": "BIGINT", "double": "DOUBLE", "string": "STRING", "bool": "BOOLEAN", "date32[day]": "DATE",
          "timestamp[us]": "TIMESTAMP_NTZ"}  # fmt: skip
_NOTE = "ilp_lab"


class SparkEngine(Engine):
    """A session on a cluster; tables that were only opened are views of the session."""

    kind: Literal["duckdb", "postgresql", "spark"] = "spark"
    _dialect: ClassVar[str] = "spark"

    def __init__(self, where: str, address: str, options: dict[str, str], secret: str) -> None:
        self.where, self._secrets = where, (secret,)
        try:
            import pyspark

            with self._plainly(), _as_if_at_home(Path(pyspark.__file__).parent):
                from pyspark.sql.connect.client.retries import DefaultPolicy
                from pyspark.sql.connect.session import SparkSession
        except ImportError:
            raise MissingPartError(
                "Spark needs the package pyspark-client: pip install 'ilp-lab[spark]'."
            ) from None
        if secret:
            options = {**options, "token": secret}
        with self._plainly():
            self.connection = SparkSession.builder.remote(
                address + "".join(f";{name}={value}" for name, value in options.items())
            ).create()
            # the default goes on for ten minutes when the server is gone
            self.connection.client.set_retry_policies([DefaultPolicy(max_retries=4)])
            version = str(self.connection.version)
        for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
            logging.getLogger(
                name
            ).disabled = True  # they write every failed question, with its values, to the terminal
        del options, secret
        self.where = f"{where} (Spark {version})"
        fitting(version, pyspark.__version__, where)
        with self._plainly():
            for setting, value in {
                "spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true", "spark.sql.timestampType": "TIMESTAMP_NTZ",
                "spark.sql.execution.arrow.pyspark.enabled": "true",
            }.items():  # fmt: skip
                self.connection.conf.set(setting, value)

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        with in_plain_words(self.where, self._secrets), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
            yield

    def close(self) -> None:
        """Let go of it."""
        with suppress(Exception):
            self.connection.stop()

    def _ask(self, text: str, values: Any) -> pa.Table:
        found: pa.Table = self.connection.sql(text, args=dict(values) if values else None).toArrow()
        return found

    def _take_in(
        self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, called: str, facts: Facts
    ) -> None:
        import pyarrow as pa

        held = alike(pa.Table.from_batches(batches, schema))
        ddl = ", ".join(f"{_ticked(one.name)} {_TYPES.get(str(one.type), 'STRING')}" for one in held.schema)
        frame = self.connection.createDataFrame(held.replace_schema_metadata(None), schema=ddl)
        self._view(frame, called, facts)

    def _view(self, frame: Any, called: str, facts: Facts | None = None) -> Facts:
        """Give it a name; what the columns do not say travels as a note on the first of them."""
        first = frame.schema.fields[0]
        if facts is None:
            facts = Facts.read(first.metadata.get(_NOTE))
        else:
            frame = frame.withMetadata(first.name, {_NOTE: facts.text()})
        frame.createOrReplaceTempView(_unquoted(called))
        return facts

    def _open(self, path: str, called: str) -> tuple[str, Facts]:
        from ilp_lab.engine.duck import facts_of

        place = Path(path)
        files = sorted(place.glob("*.parquet")) if place.is_dir() else [place] if place.is_file() else []
        address = str(place.resolve()) if "://" not in path and (files or place.parent.is_dir()) else path
        frame = self.connection.read.parquet(address)
        facts = facts_of(files[0]) if files else None
        facts = self._view(frame, called, facts if facts is not None and facts != Facts() else None)
        return called, facts

    def _existing(self, parts: list[str], called: str) -> tuple[str, Facts]:
        frame = self.connection.table(".".join(_ticked(part) for part in parts))
        return called, self._view(frame, called)

    def _map(self, kernel: Kernel, asked: str, schema: pa.Schema, called: str) -> None:
        from pyspark import cloudpickle

        pickled: Any = cloudpickle
        plain = alike(schema.empty_table()).schema
        ddl = ", ".join(f"{_ticked(one.name)} {_TYPES.get(str(one.type), 'STRING')}" for one in plain)
        module = sys.modules.get(getattr(kernel, "__module__", "") or "")
        send = module is not None and module.__name__ not in {"__main__", "builtins"}
        if send:
            pickled.register_pickle_by_value(module)  # the workers need not have it
        try:
            made = self.connection.sql(asked).mapInArrow(kernel, ddl)
            made.createOrReplaceTempView(_unquoted(called))
        finally:
            if send:
                pickled.unregister_pickle_by_value(module)

    def _write_files(self, asked: str, path: str, facts: Facts, *, replace: bool) -> None:
        self._noted(asked, facts).write.mode("overwrite" if replace else "error").parquet(path)

    def _write_table(self, asked: str, parts: list[str], facts: Facts, *, replace: bool) -> None:
        self._noted(asked, facts).write.mode("overwrite" if replace else "error").saveAsTable(
            ".".join(_ticked(part) for part in parts)
        )

    def _noted(self, asked: str, facts: Facts) -> Any:
        frame = self.connection.sql(asked)
        return frame.withMetadata(frame.columns[0], {_NOTE: facts.text()})


@contextmanager
def _as_if_at_home(folder: Path) -> Iterator[None]:
    """In a notebook the thin client looks for a whole Spark while it is imported, and ends the program when there is none."""
    there = "SPARK_HOME" in os.environ
    os.environ.setdefault("SPARK_HOME", str(folder))
    try:
        yield
    finally:
        if not there:
            del os.environ["SPARK_HOME"]


def fitting(server: str, client: str, where: str) -> None:
    """A client understands servers of its own version and later ones, of one major version; with others, answers fail or differ without an error.

    Examples
    --------
    >>> fitting("4.3.0", "4.2.0", "Spark at head:15002")
    >>> fitting("4.0.5", "4.2.0", "Spark at head:15002")
    Traceback (most recent call last):
        ...
    ilp_lab.errors.EngineError: The engine Spark at head:15002 runs Spark 4.0.5, and this computer's client is 4.2.0: ...
    """
    theirs, ours = (tuple(int(part) for part in re.findall(r"\d+", text)[:2]) for text in (server, client))
    if theirs[0] == ours[0] and theirs >= ours:
        return
    wanted = "pyspark[connect]" if theirs[0] < 4 else "pyspark-client"
    raise EngineError(
        f"The engine {where} runs {NAMES['spark']} {server}, and this computer's client is {client}: a client understands no server that is older, or of "
        f"another major version. Install the client of the server: pip install '{wanted}=={theirs[0]}.{theirs[1]}.*'."
    )


def _unquoted(called: str) -> str:
    return called[1:-1].replace('""', '"')


def _ticked(name: str) -> str:
    if "`" in name:
        raise InputError(f"engine: Spark takes no name with a backtick in it; got {name!r}.")
    quoted(name)
    return f"`{name}`"
