"""One person or two on a server and on a cluster, and whether what is bent for them is still needed."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest

from ilp_lab import intake, samples
from ilp_lab.engine import connect
from ilp_lab.intake.resolving import backends

UNIT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(UNIT / "records"), str(UNIT / "engine")]  # a server and a cluster of other tests

KEYS = ["one", "other"]


@pytest.fixture(scope="module")
def people():
    return samples.hard_pairs(48).drop(columns=["truth", "trap"])


@pytest.fixture(scope="module")
def here(people):
    """The answer in this program."""
    return intake.resolve(people)


def same_answer(found, here):
    """The same pairs, bands and clusters as in this program; a swap of two letters weighs a little otherwise."""
    both = here.table.merge(found.table, on=KEYS, suffixes=("_here", "_there"))
    assert len(both) == len(here.table) == len(found.table)
    assert (both["band_here"] == both["band_there"]).all()
    assert (both["weight_here"] - both["weight_there"]).abs().max() < 0.5
    assert here.details["clusters"].equals(found.details["clusters"])


def test_an_open_engine_is_left_as_it_was_found(people, here, tmp_path):
    with connect(folder=tmp_path, memory="500MB") as engine:
        engine.connection.execute("CREATE TABLE mine AS SELECT 1")
        found = intake.resolve(people, engine=engine)
        assert engine.connection.execute("SHOW TABLES").fetchall() == [("mine",)]
    same_answer(found, here)
    assert [str(param.value) for param in found.params if param.name == "engine"] == ["DuckDB"]


def test_on_a_postgresql_server(people, here):
    sa = pytest.importorskip("sqlalchemy")
    from postgres import server

    with server() as url:
        engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+pg8000"))
        try:
            found = intake.resolve(people, engine=SimpleNamespace(kind="postgresql", connection=engine))
            query = "SELECT count(*) FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
            with engine.connect() as held:
                assert held.execute(sa.text(query)).scalar() == 0
        finally:
            engine.dispose()
    same_answer(found, here)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_on_a_spark_cluster(people, here):
    """Minutes: Spark plans each of Splink's steps anew."""
    sparkcluster = pytest.importorskip("sparkcluster", reason="the tests of engines bring the cluster")
    with sparkcluster.cluster() as made, connect(made.url) as engine:
        found = intake.resolve(people, engine=engine)
        left = [table.name for table in engine.connection.catalog.listTables()]
    assert left == []
    same_answer(found, here)


def test_splink_still_downloads_an_extension_to_reach_postgresql(monkeypatch):
    """When this fails, Splink reaches PostgreSQL without a network: ``_table_registration`` in backends.py can go."""
    from splink.backends.postgres import PostgresAPI

    class NoNetwork:
        def execute(self, query):
            if query.startswith("INSTALL"):
                raise duckdb.IOException("no network")

    monkeypatch.setattr(duckdb, "connect", NoNetwork)
    with pytest.raises(duckdb.IOException, match="no network"):
        PostgresAPI._table_registration(SimpleNamespace(), pa.table({"a": [1]}), "t")


def test_splink_still_asks_the_java_machine_that_a_thin_client_lacks():
    """When this fails, Splink works over Spark Connect by itself: ``break_lineage_method`` in backends.py can go."""
    pytest.importorskip("pyspark", reason="no Spark client here (pip install 'ilp-lab[spark]')")
    from splink.backends.spark import SparkAPI

    with pytest.raises(AttributeError, match="_jsc"):
        SparkAPI._get_checkpoint_dir_path(SimpleNamespace(spark=SimpleNamespace()), None)


def test_splink_still_cannot_drop_what_it_made_on_spark():
    """When this fails, ``delete_table_from_database`` in backends.py can go."""
    pytest.importorskip("pyspark", reason="no Spark client here (pip install 'ilp-lab[spark]')")
    from splink.backends.spark import SparkAPI

    asked = []
    SparkAPI.delete_table_from_database(SimpleNamespace(_execute_sql_against_backend=asked.append), "t")
    assert asked == ["drop table if exists t"]


@pytest.mark.parametrize("kind", ["oracle", ""])
def test_another_engine_is_refused(people, kind):
    from ilp_lab.errors import InputError

    with pytest.raises(
        InputError, match="engine must be None or an open engine on duckdb, postgresql or spark"
    ):
        intake.resolve(people, engine=SimpleNamespace(kind=kind, connection=object()))


def test_memory_limits_that_can_be_read():
    assert all(map(backends.check_memory, ("2GB", "500 MB", "1.5GiB")))
    assert not any(map(backends.check_memory, ("", "2", "lots", None, 2)))
