from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from ilp_lab.safeguards import open_case


@pytest.fixture
def case(tmp_path):
    return open_case(
        tmp_path / "case", purpose="Thefts from boats", legal_basis="Police Act s.12", analyst="A17"
    )


@pytest.fixture(scope="session")
def postgres_server():
    from postgres import server

    with server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server):
    """A fresh database on the server, gone after the test."""
    import secrets

    import sqlalchemy as sa

    name = f"case_{secrets.token_hex(6)}"
    engine = sa.create_engine(
        sa.make_url(postgres_server).set(drivername="postgresql+pg8000"),
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["file", "server"])
def store(request, case):
    """The same tests on a file and on a real server."""
    from ilp_lab.records import open_store

    url = request.getfixturevalue("postgres_url") if request.param == "server" else None
    with open_store(case, url=url) as opened:
        yield opened
