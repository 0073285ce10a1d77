"""What goes wrong around a store: locked, read-only, full, damaged, older, newer; each in one clear sentence."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from examples import EXAMPLES, REPORT
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab.errors import MissingPartError, StoreError
from ilp_lab.records import IntelligenceReport, TaskingRecord, open_store
from ilp_lab.records import migrations as shipped
from ilp_lab.records.engines import connect
from ilp_lab.records.tables import HEAD, KNOWN, METADATA
from ilp_lab.safeguards import open_case

FIRST = TaskingRecord(**EXAMPLES["TaskingRecord"])


def report(number, **changes):
    return IntelligenceReport(**{**REPORT, "report_id": number, "review_date": "2099-01-01", **changes})


@pytest.fixture
def file(case):
    with open_store(case) as store:
        store.add(FIRST)
    return case.folder / "case.db"


def one_sentence(error):
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    assert "sqlalche" not in str(error.value).casefold()


def test_a_locked_store(case, file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with open_store(case, wait_s=0.2) as store:
            assert store.get("TaskingRecord", "K-1") == FIRST  # readers do not wait
            with pytest.raises(StoreError, match="is being written by another program") as told:
                store.add(report("R-1"))
            one_sentence(told)
        other.execute("ROLLBACK")
    with open_store(case) as store:
        store.add(report("R-1"))


@contextmanager
def nobody():
    """For a moment, an account that owns nothing (root may write everywhere)."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="file rights are set in another way on Windows")
def test_a_read_only_store(case, file, monkeypatch):
    monkeypatch.setattr(type(case), "record", lambda *_, **__: {})
    for folder in (case.folder, *case.folder.parents[:-2]):
        folder.chmod(0o755)
    case.folder.chmod(0o777)
    file.chmod(0o444)
    with nobody(), open_store(case, wait_s=0.2) as store:
        assert store.get("TaskingRecord", "K-1") == FIRST
        with pytest.raises(StoreError, match="is read-only") as told:
            store.add(report("R-1"))
        one_sentence(told)
    case.folder.chmod(0o555)
    with (
        nobody(),
        pytest.raises(StoreError, match=r"is read-only|cannot be opened") as told,
        open_store(case, wait_s=0.2) as store,
    ):
        store.add(report("R-1"))
    one_sentence(told)
    case.folder.chmod(0o755)


def test_a_folder_that_is_not_there(case):
    shutil.rmtree(case.folder)
    with pytest.raises(StoreError, match="cannot be opened: the folder is missing") as told:
        open_store(case)
    one_sentence(told)


def test_a_full_disk(case, file):
    """SQLite's own limit on pages gives the very error that a full disk gives."""
    with open_store(case) as store:
        with store._engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        sa.event.listen(
            store._engine,
            "connect",
            lambda connection, _: connection.execute(f"PRAGMA max_page_count = {pages + 3}"),
        )
        with pytest.raises(StoreError, match=r"the disk is full\. Nothing was stored") as told:
            store.add([report(f"R-{at}", text="x" * 5000) for at in range(50)])
        one_sentence(told)
        assert store.records("IntelligenceReport").empty
        assert store.verify().empty
    with open_store(case) as store:
        store.add([report(f"R-{at}", text="x" * 5000) for at in range(50)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of a process are set in another way on Windows")
def test_a_disk_that_refuses(case, file):
    """The system itself refuses to let the file grow."""
    child = os.fork()
    if child == 0:  # pragma: no cover  (another process)
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
        code = 1
        try:
            with open_store(case) as store:
                for at in range(400):
                    store.add(report(f"R-{at}", text="x" * 20_000))
        except StoreError as error:
            code = 0 if "\n" not in str(error) and "disk" in str(error) else 2
        except BaseException:  # noqa: BLE001  (told by its code)
            code = 3
        os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with open_store(case) as store:
        assert store.verify().empty
        assert store.get("TaskingRecord", "K-1") == FIRST


@pytest.mark.parametrize("damage", [b"not a database at all" * 99, b"\x00" * 5000])
def test_a_file_that_is_no_store(case, file, damage):
    file.write_bytes(damage)
    for extra in case.folder.glob("case.db-*"):
        extra.unlink()
    with pytest.raises(StoreError, match="is not a case store, or is damaged") as told:
        open_store(case)
    one_sentence(told)


def test_tables_of_somebody_else(case):
    with closing(sqlite3.connect(case.folder / "case.db")) as other:
        other.execute("CREATE TABLE entry (a)")
    with pytest.raises(StoreError, match="that are not ours"):
        open_store(case)


@settings(max_examples=60)
@given(st.data())
def test_flipped_bytes_end_in_clear_words_or_are_found(tmp_path_factory, data):
    case = open_case(tmp_path_factory.mktemp("case"), purpose="x", legal_basis="y", analyst="A17")
    with open_store(case) as store:
        store.add(FIRST, report("R-1"))
    file = case.folder / "case.db"
    content = bytearray(file.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    file.write_bytes(content)
    try:
        with open_store(case) as store:
            if store.verify().empty:
                assert store.get("TaskingRecord", "K-1") == FIRST
                assert store.get("IntelligenceReport", "R-1") == report("R-1")
    except StoreError as error:
        assert str(error).startswith("The case store")  # noqa: PT017


def older(url, upto="0001"):
    """A store as an earlier version of the library left it, with two records in it."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    engine = connect(url, wait_s=5)
    script = ScriptDirectory(
        str(Path(shipped.__file__).parent), version_locations=[str(Path(shipped.__file__).parent)]
    )
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        with EnvironmentContext(
            Config(), script, fn=lambda revision, _: script._upgrade_revs(upto, revision)
        ) as environment:
            environment.configure(connection=connection)
            with environment.begin_transaction():
                environment.run_migrations()
        for record in (FIRST, report("R-1")):
            connection.execute(
                sa.text(
                    "INSERT INTO entry (form, record_id, version, form_version, level, unit, handling, purpose_id, review_date, "
                    "stored_at, stored_by, supersedes, sha256, content) VALUES (:form, :id, 1, 1, 0, '', :handling, :purpose, "
                    ":review, '2026-01-01 00:00:00', 'A17', NULL, :sha, :content)"
                ),
                {
                    "form": record.form, "id": record.record_id, "handling": record.handling, "purpose": record.purpose_id,
                    "review": record.review_date, "sha": record.sha256, "content": record.to_json(),
                },
            )  # fmt: skip
    engine.dispose()


@pytest.mark.parametrize("where", ["file", "server"])
def test_an_older_layout_is_brought_up_to_date_with_everything_in_it(case, where, request):
    url = request.getfixturevalue("postgres_url") if where == "server" else None
    older(url or case.folder / "case.db")
    with open_store(case, url=url) as store:
        assert store.get("TaskingRecord", "K-1") == FIRST
        assert store.records("IntelligenceReport")["report_id"].tolist() == ["R-1"]
        assert store.erase("IntelligenceReport", "R-1", reason="test", approver="E7") == 1
        assert store.verify().empty
    if where == "file":
        assert (case.folder / "case.before-0001.db").exists()
    assert "updated the case store from layout 0001" in [entry["what"] for entry in case.audit.entries()]


def test_an_update_that_fails_leaves_the_older_store(case, monkeypatch):
    older(case.folder / "case.db")
    from ilp_lab.records import engines

    def fail(connection):
        connection.execute(sa.text("ALTER TABLE entry ADD COLUMN half TEXT"))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(engines, "_upgrade", fail)
        with pytest.raises(KeyboardInterrupt):
            open_store(case)
    with open_store(case) as store:
        assert store.get("TaskingRecord", "K-1") == FIRST
        with store._engine.connect() as connection:
            assert "half" not in [column["name"] for column in sa.inspect(connection).get_columns("entry")]


@pytest.mark.parametrize("where", ["file", "server"])
def test_a_newer_layout_is_refused_and_left_alone(case, where, request):
    url = request.getfixturevalue("postgres_url") if where == "server" else None
    with open_store(case, url=url) as store:
        store.add(FIRST)
        with store._engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '0042'"))
    with pytest.raises(StoreError, match=r"later version of ilp_lab \(layout 0042.*Update ilp_lab") as told:
        open_store(case, url=url)
    one_sentence(told)
    assert not list(case.folder.glob("*.before-*"))


@pytest.mark.parametrize("where", ["file", "server"])
def test_the_steps_lead_to_what_the_library_expects(case, where, request):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    folder = str(Path(shipped.__file__).parent)
    script = ScriptDirectory(folder, version_locations=[folder])
    assert script.get_current_head() == HEAD
    assert tuple(sorted(step.revision for step in script.walk_revisions())) == KNOWN
    url = request.getfixturevalue("postgres_url") if where == "server" else None
    with open_store(case, url=url) as store, store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_server_that_is_not_there(case):
    with pytest.raises(StoreError, match="cannot be reached") as told:
        open_store(case, url="postgresql://anna:secret@127.0.0.1:9/none")
    one_sentence(told)
    assert "secret" not in str(told.value)


def test_a_wrong_password(case, postgres_url):
    url = sa.make_url(postgres_url).set(password="wrong-one").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="refused this login") as told:
        open_store(case, url=url)
    one_sentence(told)
    assert "wrong-one" not in str(told.value)


def test_a_server_without_its_driver(case, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pg8000", None)
    with pytest.raises(MissingPartError, match=r"ilp-lab\[postgres\]"):
        open_store(case, url="postgresql://anna@127.0.0.1/none")
