"""What goes wrong with engines is said in one sentence with the way out, and no password is ever in it."""

from __future__ import annotations

import importlib.util
import io
import logging
import shutil
import socket
import subprocess
import sys
import textwrap
import traceback

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ilp_lab.engine import connect, import_incidents
from ilp_lab.engine.faults import reason
from ilp_lab.engine.spark import fitting
from ilp_lab.errors import EngineError, InputError, ReadError

CANARY = "c4n4ry-Pa55w0rd"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "url", ["postgresql://a17:{secret}@127.0.0.1:{port}/cases", "sc://127.0.0.1:{port}/;token={secret}"]
)
def test_a_server_that_is_down_is_said_at_once(url):
    with pytest.raises(EngineError, match="cannot be reached: the server is not running") as told:
        connect(url.format(secret=CANARY, port=free_port()))
    assert CANARY not in str(told.value)


def everything_said(told) -> str:
    """What a notebook, a log and a debugger would show of the error."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger("canary").addHandler(handler)
    logging.getLogger("canary").error("failed", exc_info=told.value)
    logging.getLogger("canary").removeHandler(handler)
    lines = traceback.format_exception(told.value)
    chained = [told.value.__cause__, None if told.value.__suppress_context__ else told.value.__context__]
    return "".join(lines) + log.getvalue() + repr(told.value) + "".join(map(repr, chained))


def test_a_wrong_password_is_refused_without_showing_it(postgres_url, caplog, capfd):
    import sqlalchemy as sa

    url = sa.make_url(postgres_url)
    wrong = f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}"
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(EngineError, match="refused this login: check name, password and database") as told,
    ):
        connect(wrong, password=CANARY)
    out = capfd.readouterr()
    assert CANARY not in everything_said(told) + caplog.text + out.out + out.err


def test_a_password_is_in_nothing_that_is_shown(postgres_url, caplog):
    import sqlalchemy as sa

    secret = str(sa.make_url(postgres_url).password)
    with caplog.at_level(logging.DEBUG), connect(postgres_url) as engine:
        table = engine.table(pd.DataFrame({"a": [1]}))
        with pytest.raises(EngineError) as told:
            engine.sql("SELECT * FROM nowhere")
        shown = (
            repr(engine)
            + repr(table)
            + engine.where
            + str(engine.connection)
            + repr(engine.connection.url)
            + everything_said(told)
        )
    assert secret not in shown + caplog.text


def test_a_password_in_a_notebook_is_refused(monkeypatch):
    import IPython

    monkeypatch.setattr(IPython, "get_ipython", object)
    for url in (f"postgresql://a17:{CANARY}@db/cases", f"sc://head:15002/;token={CANARY}"):
        with pytest.raises(InputError, match="this notebook would keep it") as told:
            connect(url)
        assert CANARY not in str(told.value)


def test_passwords_come_from_the_environment(postgres_url, monkeypatch):
    import sqlalchemy as sa

    url = sa.make_url(postgres_url)
    monkeypatch.setenv("ILP_LAB_ENGINE_PASSWORD", str(url.password))
    with connect(f"postgresql://{url.username}@{url.host}:{url.port}/{url.database}") as engine:
        assert engine.sql("SELECT 1 AS a")["a"].tolist() == [1]


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_a_server_without_tls_is_not_spoken_to_when_tls_is_asked(postgres_url, mode):
    with pytest.raises(EngineError, match=r"refused an encrypted connection \(TLS\)"):
        connect(f"{postgres_url}?sslmode={mode}")


def test_a_spark_server_without_tls_is_not_sent_the_token():
    with socket.socket() as server:
        server.bind(("127.0.0.2", 0))  # to the program, another computer
        server.listen()
        with pytest.raises(EngineError, match=r"refused an encrypted connection \(TLS\)") as told:
            connect(f"sc://127.0.0.2:{server.getsockname()[1]}", password=CANARY, wait_s=0.5)
    assert CANARY not in everything_said(told)


def test_connections_to_other_computers_are_encrypted_and_checked(monkeypatch):
    from ilp_lab.engine import connecting, postgres

    asked = {}
    monkeypatch.setattr(connecting, "_knock", lambda *_: None)
    monkeypatch.setattr(postgres, "PostgresEngine", lambda *parts: asked.update(mode=parts[6]))
    for url, mode in {
        "postgresql://a@db.police/x": "verify-full",
        "postgresql://a@127.0.0.1/x": "disable",
        "postgresql://a@db.police/x?sslmode=require": "require",
    }.items():
        connect(url)
        assert asked["mode"] == mode


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://a@b/c", "must begin with postgresql:// or sc://"),
        (f"mysql://a:{CANARY}@b/c", "must begin with postgresql:// or sc://"),
        ("postgresql:///x", "names no host"),
        ("postgresql://a@b:port/x", "cannot be read"),
        ("postgresql://a@b/x?sslmode=maybe", "sslmode must be"),
        ("sc://", "cannot be read"),
        ("sc://head:1/nonsense", "cannot be read"),
    ],
)
def test_addresses_that_cannot_be_read(url, says):
    with pytest.raises(InputError, match=says) as told:
        connect(url)
    assert CANARY not in str(told.value)


def test_a_cluster_of_another_version_is_refused():
    fitting("4.3.0", "4.2.0", "Spark at head:15002")
    fitting("4.10.1", "4.2.0", "Spark at head:15002")
    for server, package in {
        "3.5.1": r"pyspark\[connect\]==3\.5",
        "4.1.0": r"pyspark-client==4\.1",
        "5.0.0": r"pyspark-client==5\.0",
    }.items():
        with pytest.raises(
            EngineError,
            match=rf"runs Spark {server}, and this computer's client is 4\.2\.0: .*pip install '{package}\.\*'",
        ):
            fitting(server, "4.2.0", "Spark at head:15002")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_real_server_of_an_older_version_is_refused():
    """Without the refusal, a table in memory could not be sent there: the client asks for settings that the server does not know."""
    from sparkcluster import OLDER, OLDER_PLACE, environment, lone_server

    with (
        lone_server(environment(OLDER, OLDER_PLACE)) as old,
        pytest.raises(
            EngineError, match=r"runs Spark 4\.0\.\d+, and .* pip install 'pyspark-client==4\.0\.\*'"
        ),
    ):
        connect(old.url)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_real_server_refuses_a_wrong_token(caplog, capfd, monkeypatch):
    from sparkcluster import lone_server

    right = "r1ght-Pa55-token"
    with (
        caplog.at_level(logging.DEBUG),
        lone_server(more={"spark.connect.authenticate.token": right}) as closed,
    ):
        for given in (CANARY, None):
            with pytest.raises(
                EngineError, match=r"refused this login: it wants a token.*ILP_LAB_ENGINE_TOKEN"
            ) as told:
                connect(closed.url, password=given)
            assert CANARY not in everything_said(told)
        monkeypatch.setenv("ILP_LAB_ENGINE_TOKEN", right)
        with connect(closed.url) as engine:
            assert engine.sql("SELECT 1 AS a")["a"].tolist() == [1]
            with pytest.raises(EngineError, match="has no such table") as told:
                engine.sql("SELECT * FROM nowhere")
            shown = everything_said(told) + repr(engine) + engine.where
        with pytest.raises(EngineError, match=r"refused an encrypted connection \(TLS\)"):
            connect(f"{closed.url}/;use_ssl=true")
    out = capfd.readouterr()
    for secret in (CANARY, right):
        assert secret not in shown + caplog.text + out.out + out.err


def test_duckdb_is_locked_to_its_folders(tmp_path):
    (tmp_path / "mine").mkdir()
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    with connect(folder=tmp_path / "mine") as engine:
        run = engine.connection.execute
        for attack in (
            f"SELECT * FROM read_parquet('{tmp_path}/other.parquet')", f"SELECT * FROM read_parquet('{tmp_path}/mine/../other.parquet')",
            f"COPY (SELECT 1) TO '{tmp_path}/made.csv'", f"ATTACH '{tmp_path}/x.db'", "SET enable_external_access = true",
            "SET memory_limit = '64GB'", "SELECT * FROM read_csv('/etc/passwd')", "INSTALL httpfs", "LOAD httpfs",
        ):  # fmt: skip
            with pytest.raises(Exception, match=r"(?i)disabled by configuration|locked|permission|not found"):
                run(attack).fetchall()
        assert not (tmp_path / "made.csv").exists()
        outside = pd.DataFrame({"a": [1]})
        with pytest.raises(EngineError, match="has no such table"):
            engine.sql("SELECT * FROM outside")
        assert len(outside) == 1


def test_folders_that_are_not_there(tmp_path):
    with pytest.raises(ReadError, match="must be a folder that is there"):
        connect(folder=tmp_path / "none")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    with connect(folder=tmp_path) as engine:
        with pytest.raises((ReadError, EngineError), match=r"not a Parquet file|failed|another type"):
            engine.table(tmp_path / "broken.parquet")
        with pytest.raises(ReadError, match="no Parquet file is at"):
            engine.table(tmp_path / "none.parquet")
        with pytest.raises(InputError, match="reads files of this computer only"):
            engine.table("s3://bucket/x.parquet")
    with pytest.raises(InputError, match="does not take these settings"):
        connect(folder=tmp_path, memory="plenty")


BIG = "SELECT count(*) AS n FROM (SELECT DISTINCT a.i * 3000 + b.i AS k, a.s || b.s AS s FROM {t} AS a CROSS JOIN {t} AS b) AS c"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 MB."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], check=False, capture_output=True
    )
    if not mounted or mounted.returncode:
        pytest.skip("no file system of 16 MB can be mounted here (needs the rights of root)")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def test_a_disk_that_is_full_while_spilling(tmp_path, small_disk):
    with connect(folder=tmp_path, memory="60MB", threads=1, spill=small_disk) as engine:
        table = engine.table(pd.DataFrame({"i": range(1_500), "s": [f"{k:040d}" for k in range(1_500)]}))
        with pytest.raises(EngineError, match=r"filled the disk while spilling. Free some space"):
            engine.sql(BIG.format(t=table))
        assert engine.sql("SELECT 1 AS a")["a"].tolist() == [1]  # it goes on after that


def test_an_import_on_a_full_disk_leaves_nothing(small_disk):
    from engineincidents import FRAME

    rows = pd.concat([FRAME] * 200, ignore_index=True)
    noise = np.random.default_rng(1).bytes(len(rows) * 40).hex()  # nothing that could be packed
    rows["offence"] = [noise[k * 80 : k * 80 + 80] for k in range(len(rows))]
    with pytest.raises((EngineError, OSError), match=r"filled the disk|could not be written"):
        import_incidents(gpd.GeoDataFrame(rows, crs=FRAME.crs), small_disk / "made")
    assert list(small_disk.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("IOException: could not write to file: No space left on device", "filled the disk"),
        (
            "OutOfMemoryException: failed to offload data block: max_temp_directory_size reached",
            "filled the disk",
        ),
        ("psycopg: ERROR 53100 could not extend file", "filled the disk"),
        ("57P01 terminating connection due to administrator command", "cannot be reached"),
    ],
)
def test_words_of_drivers(said, words):
    assert words in reason(RuntimeError(said))


def test_secrets_are_taken_out_of_what_drivers_say():
    assert CANARY not in reason(RuntimeError(f"odd failure of {CANARY} here"), (CANARY,))


def test_a_server_that_dies_is_said(postgres_url):
    with connect(postgres_url) as engine, connect(postgres_url) as other:
        mine = (
            int(engine.sql("SELECT 1 AS a")["a"].iloc[0])
            and engine._ask("SELECT pg_backend_pid() AS p", None)["p"][0].as_py()
        )
        other._ask(f"SELECT pg_terminate_backend({mine}) AS done", None)
        with pytest.raises(EngineError, match="cannot be reached"):
            engine.sql("SELECT 1 AS a")


def test_types_that_differ_between_engines_are_named(engine):
    table = engine.table(pa.table({"word": ["a"], "n": [1]}))
    assert dict(table.columns) == {"word": "text", "n": "whole"}
    with pytest.raises(EngineError, match=r"another type.*table\.columns"):
        engine.sql(f"SELECT CAST(word AS BIGINT) AS n FROM {table}")


def test_points_of_postgis_are_places(postgres_url):
    from ilp_lab import places

    with connect(postgres_url) as engine:
        with engine._cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
            if not cursor.fetchone()[0]:
                pytest.skip("no PostGIS on this computer (Debian package postgresql-postgis)")
            cursor.execute("CREATE TABLE public.spots (id INT, geom geometry(Point, 32633))")
            cursor.execute(
                "INSERT INTO public.spots SELECT k, ST_SetSRID(ST_MakePoint(500000 + 10 * k, 5300000), 32633) FROM generate_series(1, 50) AS k"
            )
        table = engine.table("public.spots")
        assert table.facts.crs == "EPSG:32633"
        assert places.count(table, cell_m=250)["n"].sum() == 50


def test_an_engine_needs_no_heavy_import():
    code = textwrap.dedent("""
        import sys, ilp_lab
        from ilp_lab.engine.tables import is_table
        assert not is_table(1)
        assert not {"duckdb", "pandas", "pyarrow", "sqlglot", "pyspark", "sqlalchemy"} & set(sys.modules)
    """)
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_thin_client_can_be_imported_without_a_whole_spark():
    """As in a notebook, where the program that runs is no file."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("no Spark client here (pip install 'ilp-lab[spark]')")
    code = "from ilp_lab.engine.spark import SparkEngine; SparkEngine('Spark', 'nonsense://', {}, '')"
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], check=False, capture_output=True, text=True, timeout=120
    )
    assert "SPARK_HOME" not in told.stderr
    assert "EngineError" in told.stderr


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_a_question_changes_no_answer():
    """The work of the dead worker is done again by the other."""
    import threading
    import time

    from sparkcluster import cluster

    with cluster() as own, connect(own.url) as engine:
        table = engine.table(pd.DataFrame({"i": range(1_500)}))
        slowly = engine.map(
            slow_squares,
            f"SELECT a.i * 1500 + b.i AS k FROM {table} AS a CROSS JOIN {table} AS b WHERE a.i < 400",
            pa.schema([("v", pa.int64())]),
        )
        answers: list[tuple[int, int]] = []

        def ask() -> None:
            found = engine.sql(
                f"SELECT count(*) AS n, sum(v) AS total FROM (SELECT v % 1000 AS g, sum(v) AS v, count(*) AS n FROM {slowly} GROUP BY v % 1000) AS t"
            ).iloc[0]
            answers.append((int(found["n"]), int(found["total"])))

        asking = threading.Thread(target=ask)
        began = time.monotonic()
        asking.start()
        time.sleep(8)
        assert asking.is_alive(), "the question ended before the worker could be killed"
        own.kill("worker1")
        asking.join(300)
        assert not asking.is_alive()
        n = 400 * 1_500
        assert answers == [(1_000, n * (n - 1) // 2)]
        assert time.monotonic() - began > 8


def slow_squares(batches):
    import time

    import pyarrow as pa

    for batch in batches:
        time.sleep(0.5)
        yield pa.record_batch({"v": batch["k"]})
