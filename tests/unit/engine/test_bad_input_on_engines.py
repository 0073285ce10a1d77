"""What goes wrong on every engine, each time for real: one sentence with the way out, and the engine goes on after it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from ilp_lab import networks, places, times
from ilp_lab.engine import connect
from ilp_lab.errors import ColumnError, EngineError, InputError

PAIRS = "SELECT a.i AS one, b.i AS other FROM {t} AS a CROSS JOIN {t} AS b CROSS JOIN {t} AS c"


@pytest.fixture(scope="module")
def thousand(engine):
    return engine.table(pd.DataFrame({"i": range(1_000), "word": [f"w{k}" for k in range(1_000)]}))


@pytest.mark.parametrize(
    "name", ["nowhere", "no_such_schema.nowhere", 'odd"name.and`this'], ids=["table", "schema", "odd"]
)
def test_a_table_that_is_missing(engine, name):
    with pytest.raises((EngineError, InputError), match=r"has no such table: check name and schema|backtick"):
        engine.table(name)
    assert engine.sql("SELECT 1 AS a")["a"].tolist() == [1]


def test_what_an_open_table_does_not_say_can_be_said_later(engine, thousand):
    told = engine.table(thousand, crs="EPSG:32633", zone="Europe/Vienna")
    assert (told.facts.crs, told.facts.zone, told.name) == ("EPSG:32633", "Europe/Vienna", thousand.name)
    assert engine.table(thousand).facts == thousand.facts


def test_a_thousand_million_rows_do_not_come_back(engine, thousand):
    with pytest.raises(
        InputError, match=r"more than 50,000 rows would come back to this notebook\. Count or group them"
    ):
        engine.sql(PAIRS.format(t=thousand), limit=50_000)
    told = engine.sql(f"SELECT count(*) AS n FROM {thousand}")
    assert told["n"].tolist() == [1_000]


def test_columns_of_another_type(engine):
    rows = {
        "x": ["500010", "500020"], "y": [5.3e6, 5.3e6], "occurred_at": ["2024-01-01", "later"], "occurred_at_local": ["2024-01-01", "later"],
        "offence": ["theft", "fraud"], "harm": ["much", "little"],
    }  # fmt: skip
    table = engine.table(pd.DataFrame(rows), crs="EPSG:32633", zone="Europe/Vienna")
    assert table.columns["x"] == "text"
    asked = [
        lambda: places.count(table, cell_m=250),
        lambda: places.gi_star(table, cell_m=250),
        lambda: places.density(table),
        lambda: times.exceptions(table, by="offence"),
        lambda: times.near_repeat(table),
    ]
    for ask in asked:
        with pytest.raises(ColumnError, match=r"must be a column of (numbers|times); .*holds text"):
            ask()
    with pytest.raises(EngineError, match=r"another type than the question takes: look at table\.columns"):
        engine.sql(f"SELECT sum(CAST(harm AS DOUBLE)) AS s FROM {table}")
    calls = engine.table(pd.DataFrame({"caller": ["1"], "receiver": ["2"], "duration_s": ["long"]}))
    with pytest.raises(ColumnError, match=r"duration_s must be a column of numbers; .*holds text"):
        networks.call_chart(calls)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], check=False, capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("no file system of 24 MB can be mounted here (needs the rights of root)")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


SPILLING = "SELECT count(*) AS n FROM (SELECT DISTINCT a.i * 1000 + b.i AS k, a.word || b.word || $long AS s FROM {t} AS a CROSS JOIN {t} AS b) AS c"
UNPACKABLE = (
    "SELECT count(*) AS n FROM (SELECT DISTINCT " + ", ".join(f"sqrt(a.i * 1000 + b.i + 0.{k}7) AS s{k}, ln(a.i * 1000 + b.i + 1.{k}3) AS l{k}" for k in range(5))
    + " FROM {t} AS a CROSS JOIN {t} AS b) AS c"
)  # fmt: skip
FULL = r"filled the disk while spilling\. Free some space"


def test_a_full_disk_of_a_postgresql_server(postgres_url, small_disk):
    with connect(postgres_url) as engine:
        table = engine.table(pd.DataFrame({"i": range(1_000), "word": [f"w{k}" for k in range(1_000)]}))
        with engine._cursor() as cursor:
            cursor.execute("SHOW data_directory")
            owner = Path(cursor.fetchone()[0]).stat()
            shutil.chown(small_disk, owner.st_uid, owner.st_gid)
            for folder in (small_disk, *list(small_disk.parents)[:-1]):
                folder.chmod(folder.stat().st_mode | 0o011)
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
        try:
            with engine._cursor() as cursor:
                cursor.execute("SET temp_tablespaces = small")
                cursor.execute("SET work_mem = '64kB'")
            with pytest.raises(EngineError, match=FULL):
                engine.sql(SPILLING.format(t=table), {"long": "x" * 60})
            assert engine.sql("SELECT 1 AS a")["a"].tolist() == [1]
        finally:
            with engine._cursor() as cursor:
                cursor.execute("RESET temp_tablespaces")
                cursor.execute("DROP TABLESPACE small")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_full_disk_of_a_spark_server(small_disk):
    from sparkcluster import lone_server

    settings = {"spark.local.dir": str(small_disk), "spark.task.maxFailures": "1"}
    with (
        lone_server(more=settings, told={"SPARK_LOCAL_DIRS": str(small_disk)}) as server,
        connect(server.url) as engine,
    ):
        table = engine.table(pd.DataFrame({"i": range(1_000), "word": [f"w{k}" for k in range(1_000)]}))
        with pytest.raises(EngineError, match=FULL):
            engine.sql(UNPACKABLE.format(t=table))
        assert engine.sql("SELECT 1 AS a")["a"].tolist() == [1]
