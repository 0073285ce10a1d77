"""Who may see what follows level, unit and handling; on a server the database itself keeps to it."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa
from examples import REPORT
from hypothesis import given
from hypothesis import strategies as st

from ilp_lab.errors import InputError, StaleError, StoreError
from ilp_lab.records import IntelligenceReport, open_store
from ilp_lab.records.access import viewer
from ilp_lab.records.tables import ENTRY

UNITS = ["", "selin", "selin/s1", "selin/s2", "selin1", "tarn/t1", "se%in/s1"]
LEVELS = ["local", "regional", "national"]
CODES = ["H0", "H1", "H2", "H3"]
SHARES = [(), ("tarn",), ("selin/s2", "tarn/t1"), ("selin",)]


def report(number, **changes):
    more = {"conditions": "ask first"} if changes.get("handling") == "H3" else {}
    return IntelligenceReport(
        **{**REPORT, "report_id": number, "review_date": "2099-01-01", **changes, **more}
    )


def grid():
    return [
        report(f"R-{at}", unit=unit or None, level=level, handling=code, shared_with=shares)
        for at, (unit, level, code, shares) in enumerate(itertools.product(UNITS, LEVELS, CODES, SHARES))
    ]


def test_the_rule_in_words():
    regional = viewer(unit="selin", level="regional", handling="H2")
    assert regional.sees(unit="selin", level="national", handling="H0")  # one's own unit
    assert regional.sees(unit="selin/s1", level="local", handling="H2")  # a unit below
    assert not regional.sees(unit="selin/s1", level="national", handling="H0")  # above one's level
    assert not regional.sees(unit="selin/s1", level="local", handling="H3")  # stricter than allowed
    assert not regional.sees(unit="tarn/t1", level="local", handling="H0")  # somebody else's
    assert regional.sees(unit="tarn/t1", level="local", handling="H0", shared_with=["selin"])  # need to share
    assert not viewer(unit="selin").sees(
        unit="selin1", level="local", handling="H0"
    )  # a name that begins alike
    assert all(
        viewer().sees(unit=unit, level=level, handling=code)
        for unit in UNITS
        for level in LEVELS
        for code in CODES
    )


@given(
    st.sampled_from(UNITS), st.sampled_from(LEVELS), st.sampled_from(CODES),
    st.sampled_from(UNITS), st.sampled_from(LEVELS), st.sampled_from(CODES), st.sampled_from(SHARES),
)  # fmt: skip
def test_seeing_more_never_shows_less(unit, level, code, held_by, worked_at, handling, shares):
    look = viewer(unit=unit, level=level, handling=code)
    if look.sees(unit=held_by, level=worked_at, handling=handling, shared_with=shares):
        assert viewer(unit=unit, level="national", handling=code).sees(
            unit=held_by, level=worked_at, handling=handling, shared_with=shares
        )
        assert viewer(unit=unit, level=level, handling="H3").sees(
            unit=held_by, level=worked_at, handling=handling, shared_with=shares
        )
        assert look.sees(unit=held_by, level=worked_at, handling="H0", shared_with=shares)


@pytest.mark.parametrize("where", ["file", "server"])
def test_the_database_finds_what_the_rule_says(where, case, request):
    url = request.getfixturevalue("postgres_url") if where == "server" else None
    records = grid()
    with open_store(case, url=url) as store:
        store.add(records)
        for unit, level, code in itertools.product(UNITS, LEVELS, ["H0", "H2"]):
            look = store.viewer = viewer(unit=unit, level=level, handling=code)
            should = [
                record.report_id
                for record in records
                if look.sees(
                    unit=record.unit or "",
                    level=record.level,
                    handling=record.handling,
                    shared_with=record.shared_with,
                )
            ]
            found = store._frame(store._select(ENTRY.c.record_id).order_by(ENTRY.c.seq), ["record_id"])
            assert found["record_id"].tolist() == should


def test_a_record_made_stricter_does_not_show_its_older_self(store, case):
    first = report("R-1", handling="H0", unit="selin/s1")
    store.add(first)
    store.add(first.revise(handling="H2"))
    store.viewer = viewer(handling="H1")
    assert store.records("IntelligenceReport", all_versions=True).empty
    assert store.history("IntelligenceReport", "R-1").empty
    with pytest.raises(InputError, match="that you may see"):
        store.get("IntelligenceReport", "R-1", version=1)
    with pytest.raises(InputError, match="that you may see"):
        store.erase("IntelligenceReport", "R-1", reason="hide it", approver="E7")
    store.viewer = viewer(handling="H2")
    assert len(store.records("IntelligenceReport", all_versions=True)) == 2


def test_a_record_without_a_unit_is_held_by_who_stored_it(case):
    with open_store(case, unit="selin/s1", level="local") as store:
        store.add(report("R-1"))
        assert len(store.records("IntelligenceReport")) == 1
    with open_store(case, unit="selin/s2", level="local") as store:
        assert store.records("IntelligenceReport").empty
    with open_store(case, unit="selin", level="regional") as store:
        assert len(store.records("IntelligenceReport")) == 1
        assert store.verify().empty


@pytest.fixture
def logins(case, postgres_url):
    """An owner's store with records of two regions, and two logins of the server that are no owners."""
    with open_store(case, url=postgres_url) as owner:
        owner.add(
            report("R-1", unit="selin/s1"),
            report("R-2", unit="selin/s1", handling="H3"),
            report("R-3", unit="tarn/t1"),
            report("R-4", unit="tarn/t1", shared_with=["selin"]),
        )
        with owner._engine.begin() as connection:
            for login in ("anna", "boris"):
                connection.execute(sa.text(f"DROP ROLE IF EXISTS {login}"))
                connection.execute(sa.text(f"CREATE ROLE {login} LOGIN PASSWORD 'x1'"))
        owner.admit("anna", unit="selin", level="regional", handling="H1")
        urls = {
            login: sa.make_url(postgres_url)
            .set(username=login, password="x1")
            .render_as_string(hide_password=False)
            for login in ("anna", "boris")
        }
        yield owner, urls
        with owner._engine.begin() as connection:
            for login in ("anna", "boris"):
                connection.execute(sa.text(f"DROP OWNED BY {login}"))
                connection.execute(sa.text(f"DROP ROLE {login}"))


def test_on_a_server_raw_queries_see_no_more_than_the_login_may(logins, case):
    owner, urls = logins
    with open_store(case, url=urls["anna"]) as store:  # she claims to be national and to see all
        assert sorted(store.records("IntelligenceReport")["report_id"]) == ["R-1", "R-4"]
        with store._engine.connect() as connection:
            assert sorted(connection.execute(sa.text("SELECT record_id FROM entry")).scalars()) == [
                "R-1",
                "R-4",
            ]
        store.add(report("R-5", unit="selin/s2"))
        with pytest.raises(StoreError, match="does not allow"):
            store.add(report("R-6", unit="tarn/t1"))
        with pytest.raises(StoreError, match="does not allow"):
            store.add(report("R-7", unit="selin/s1", handling="H2"))
        with pytest.raises(StoreError, match="does not allow"):
            store.admit("boris", handling="H3")
        for statement in (
            "UPDATE entry SET content = NULL, erased_at = now()",
            "DELETE FROM entry",
            "TRUNCATE entry CASCADE",
            "INSERT INTO member VALUES ('anna', 'H3', '', 2)",
            "INSERT INTO share VALUES ('IntelligenceReport', 'R-3', 1, 'selin')",
            "DROP TRIGGER entry_kept ON entry",
        ):
            with pytest.raises(sa.exc.DBAPIError), store._engine.begin() as connection:
                connection.execute(sa.text(statement))
    assert sorted(owner.records("IntelligenceReport")["report_id"]) == ["R-1", "R-2", "R-3", "R-4", "R-5"]
    first = owner.get("IntelligenceReport", "R-1")
    owner.add(first.revise(handling="H3", conditions="ask first"))
    with open_store(case, url=urls["anna"]) as store:
        assert "R-1" not in set(store.records("IntelligenceReport", all_versions=True)["report_id"])
        with pytest.raises(StaleError):
            store.add(report("R-1", unit="selin/s1"))
        with store._engine.connect() as connection:
            seen = connection.execute(sa.text("SELECT count(*) FROM entry WHERE record_id = 'R-1'")).scalar()
        assert seen == 0


def test_a_login_that_was_not_admitted_is_told(logins, case):
    _, urls = logins
    with pytest.raises(StoreError, match="does not allow this login"):
        open_store(case, url=urls["boris"])
