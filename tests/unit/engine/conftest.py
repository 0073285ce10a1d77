from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    str(HERE.parent / "records"),
]  # the PostgreSQL server of the case store serves here too


@pytest.fixture(scope="session")
def postgres_url():
    """A server with PostGIS where that is installed, for all tests of engines."""
    import sqlalchemy as sa
    from postgres import server

    with server() as url:
        admin = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+pg8000"),
            isolation_level="AUTOCOMMIT",
            poolclass=sa.NullPool,
        )
        with admin.connect() as held:
            if held.execute(
                sa.text("SELECT count(*) FROM pg_available_extensions WHERE name = 'postgis'")
            ).scalar():
                held.execute(sa.text("CREATE EXTENSION postgis"))
        yield url


@pytest.fixture(scope="session")
def spark_cluster():
    from sparkcluster import cluster

    with cluster() as made:
        yield made


ENGINES = ["duckdb", "postgresql", pytest.param("spark", marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, tmp_path_factory):
    """The same tests on three engines, each real."""
    from ilp_lab.engine import connect

    if request.param == "duckdb":
        opened = connect(folder=tmp_path_factory.mktemp("tables"), memory="500MB")
    elif request.param == "postgresql":
        opened = connect(request.getfixturevalue("postgres_url"))
    else:
        opened = connect(request.getfixturevalue("spark_cluster").url)
    with opened:
        yield opened
