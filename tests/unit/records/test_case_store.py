"""The case store keeps what it acknowledged, adds and never overwrites; on a file and on a real server."""

from __future__ import annotations

import pandas as pd
import pytest
import sqlalchemy as sa
from examples import EXAMPLES, REPORT

from ilp_lab.errors import FormError, IlpWarning, InputError, StaleError, StoreError
from ilp_lab.records import FORMS, IntelligenceReport, TaskingRecord, open_store, to_frame
from ilp_lab.safeguards import handling_of

TASK = EXAMPLES["TaskingRecord"]


def report(number, **changes):
    return IntelligenceReport(**{**REPORT, "report_id": number, "review_date": "2099-01-01", **changes})


def test_every_form_goes_in_and_comes_out_as_it_was(store):
    for name, values in EXAMPLES.items():
        record = FORMS[name](**{**values, "review_date": "2099-01-01"})
        if name == "AuditEvent":
            with pytest.raises(InputError, match=r"case\.audit"):
                store.add(record)
            continue
        (key,) = store.add(record)
        assert key == record.key
        again = store.get(name, record.record_id)
        assert again == record
        assert again.sha256 == record.sha256
        assert store.records(name)["sha256"].tolist() == [record.sha256]
    assert store.verify().empty
    assert store.summary()["records"].sum() == len(FORMS) - 1


def test_tables_go_in_and_come_out(store):
    frame = to_frame([report(f"R-{at}", text=f"Факт {at}: 사실, حقيقة 🚤") for at in range(300)], flat=True)
    assert len(store.add(frame, form="IntelligenceReport")) == 300
    back = store.records("IntelligenceReport")
    pd.testing.assert_series_equal(back["sha256"], frame["sha256"])
    assert back["text"].iloc[7] == "Факт 7: 사실, حقيقة 🚤"
    assert handling_of(back) == "H1"
    with pytest.raises(InputError, match="name the form"):
        store.add(frame)
    with pytest.raises(FormError, match="300 of 300 rows"):
        store.add(frame.drop(columns=["evaluator", "sha256"]), form="IntelligenceReport")


def test_a_change_is_a_new_version_that_follows_the_last(store):
    first = TaskingRecord(**TASK)
    second = first.revise(status="running")
    third = second.revise(status="stopped")
    store.add(first)
    store.add(second, third)
    assert store.get("TaskingRecord", "K-1") == third
    assert store.get("TaskingRecord", "K-1", version=2) == second
    assert len(store.records("TaskingRecord")) == 1
    assert len(store.records("TaskingRecord", all_versions=True)) == 3
    history = store.history("TaskingRecord", "K-1")
    assert history["version"].tolist() == [1, 2, 3]
    assert history["supersedes"].tolist()[1:] == history["sha256"].tolist()[:-1]
    assert store.verify().empty


@pytest.mark.parametrize(
    ("records", "says"),
    [
        (lambda first: [first], "is there already"),
        (lambda first: [first.revise(status="running"), first.revise(status="stopped")], "changed meanwhile"),
        (lambda first: [first.revise(status="running").revise(status="stopped")], "changed meanwhile"),
        (lambda _: [TaskingRecord(**{**TASK, "task_id": "K-9"}).revise(status="stopped")], "not here"),
    ],
)
def test_what_does_not_follow_is_refused_and_nothing_of_it_is_stored(store, records, says):
    first = TaskingRecord(**TASK)
    store.add(first)
    with pytest.raises(StaleError, match=says):
        store.add(TaskingRecord(**{**TASK, "task_id": "K-2"}), *records(first))
    assert store.records("TaskingRecord")["task_id"].tolist() == ["K-1"]


def test_two_who_change_the_same_record_do_not_overwrite_each_other(store):
    first = TaskingRecord(**TASK)
    store.add(first)
    store.add(first.revise(owner="Unit A"))
    with pytest.raises(StaleError, match="Read it again"):
        store.add(first.revise(owner="Unit B"))
    store.add(store.get("TaskingRecord", "K-1").revise(owner="Units A and B"))
    assert store.history("TaskingRecord", "K-1")["version"].tolist() == [1, 2, 3]


def test_erasing_leaves_a_tombstone_and_no_content(store, case):
    secret = report("R-1", text="Zanzibar the informer was seen at the pier")
    store.add(secret)
    store.add(secret.revise(handling="H2"))
    for wrong in ({"reason": " ", "approver": "E7"}, {"reason": "too old", "approver": "system"}):
        with pytest.raises(InputError):
            store.erase("IntelligenceReport", "R-1", **wrong)
    assert store.erase("IntelligenceReport", "R-1", reason="no longer needed", approver="E7") == 2
    assert store.records("IntelligenceReport").empty
    history = store.history("IntelligenceReport", "R-1")
    assert history["sha256"].iloc[0] == secret.sha256
    assert history["erased_reason"].tolist() == ["no longer needed"] * 2
    with pytest.raises(InputError, match="was erased on"):
        store.get("IntelligenceReport", "R-1")
    with pytest.raises(InputError, match="not erased"):
        store.erase("IntelligenceReport", "R-1", reason="again", approver="E7")
    with pytest.raises(StaleError, match="not used again"):
        store.add(secret)
    assert store.verify().empty
    for file in case.folder.glob("case.db*"):
        assert b"Zanzibar" not in file.read_bytes()


def test_what_is_due_for_review_is_not_shown_until_somebody_reviews_it(store):
    old = IntelligenceReport(
        **{**REPORT, "created_at": "2019-01-01T00:00Z", "review_date": "2020-01-01", "report_id": "R-OLD"}
    )
    with pytest.warns(IlpWarning, match="due for review already"):
        store.add(old, report("R-NEW"))
    with pytest.warns(IlpWarning, match="1 of 2 IntelligenceReport records"):
        assert store.records("IntelligenceReport")["report_id"].tolist() == ["R-NEW"]
    assert len(store.records("IntelligenceReport", overdue=True)) == 2
    queue = store.review_queue()
    assert queue["record_id"].tolist() == ["R-OLD"]
    assert queue["days_overdue"].iloc[0] > 2000
    assert len(store.review_queue(within_days=40_000)) == 2
    assert store.summary()["due_for_review"].tolist() == [1]
    store.add(old.revise(review_date="2099-01-01"))
    assert len(store.records("IntelligenceReport")) == 2
    assert store.review_queue().empty


def test_everything_is_in_the_audit_log(store, case):
    first = TaskingRecord(**TASK)
    store.add(first)
    store.add(first.revise(status="running"))
    store.records("TaskingRecord")
    store.erase("TaskingRecord", "K-1", reason="test", approver="E7")
    entries = [(entry["operation"], entry["what"]) for entry in case.audit.entries()][2:]
    assert entries == [
        ("collection", "stored 1 records"),
        ("alteration", "stored 1 records"),
        ("consultation", "read 1 TaskingRecord records"),
        ("erasure", "erased TaskingRecord"),
    ]
    assert case.verify().ok


def test_nothing_is_stored_that_cannot_be_logged(store, case, monkeypatch):
    def refuse(self, *_, **__):
        raise OSError("no log")

    monkeypatch.setattr(type(case), "record", refuse)
    with pytest.raises(OSError, match="no log"):
        store.add(TaskingRecord(**TASK))
    monkeypatch.undo()
    assert store.records("TaskingRecord").empty


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET content = '{}'",
        "UPDATE entry SET handling = 'H0'",
        "UPDATE entry SET content = NULL",
        "DELETE FROM entry",
        "DELETE FROM share",
        "UPDATE share SET unit = 'x'",
    ],
)
def test_the_database_itself_refuses_changes(store, statement):
    store.add(report("R-1", shared_with=["belmara/tarn"]))
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), store._engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert store.verify().empty


def test_tampering_past_the_database_is_found(case):
    with open_store(case) as store:
        first = TaskingRecord(**TASK)
        store.add(first, first.revise(status="running"), report("R-1"), report("R-2"), report("R-3"))
        with store._engine.begin() as connection:
            for trigger in ("entry_no_update", "entry_no_delete"):
                connection.execute(sa.text(f"DROP TRIGGER {trigger}"))
            connection.execute(
                sa.text("UPDATE entry SET content = replace(content, 'grey', 'blue') WHERE record_id = 'R-1'")
            )
            connection.execute(sa.text("UPDATE entry SET handling = 'H0' WHERE record_id = 'R-2'"))
            connection.execute(sa.text("UPDATE entry SET content = NULL WHERE record_id = 'R-3'"))
            connection.execute(sa.text("DELETE FROM entry WHERE record_id = 'K-1' AND version = 1"))
        with pytest.raises(StoreError, match="was altered: IntelligenceReport 'R-1' version 1"):
            store.records("IntelligenceReport")
        faults = store.verify().set_index("record_id")["fault"].to_dict()
        assert "does not fit its hash" in faults["R-1"]
        assert "column handling says 'H0'" in faults["R-2"]
        assert "nobody erased it" in faults["R-3"]
        assert "earlier version is missing" in faults["K-1"]


def test_a_closed_store_can_be_opened_again(case):
    with open_store(case) as store:
        store.add(report("R-1"))
    with open_store(case) as store:
        assert "1 IntelligenceReport" in str(store)
        assert store.records("IntelligenceReport").attrs["ilp_lab"]["origin"].endswith("case.db")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"url": "mysql://host/db"}, "must begin with postgresql"),
        ({"url": "not an address"}, "not an address"),
        ({"level": "town"}, "level must be one of"),
        ({"handling": "H7"}, "H7"),
        ({"unit": "a//b"}, "unit must be a path"),
        ({"wait_s": 0}, "wait_s"),
    ],
)
def test_bad_arguments_are_named(case, arguments, says):
    with pytest.raises(InputError, match=says):
        open_store(case, **arguments)
    with pytest.raises(InputError, match="must be an open case"):
        open_store("folder")


def test_what_cannot_be_stored_or_found_is_named(store):
    with pytest.raises(InputError, match="got dict"):
        store.add({"report_id": 1})
    with pytest.raises(InputError, match="there is no TaskingRecord 'K-7'"):
        store.get("TaskingRecord", "K-7")
    with pytest.raises(InputError, match="Did you mean 'TaskingRecord'"):
        store.records("TaskingRecrd")
    assert store.add() == ()


@pytest.mark.parametrize("many", [2_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_thousands_of_reports_at_once(store, many):
    frame = to_frame([report(f"R-{at:05d}") for at in range(many)])
    store.add(frame, form="IntelligenceReport")
    assert len(store.records("IntelligenceReport")) == many
    assert store.verify().empty


def test_injection_is_text(store):
    nasty = "R'); DROP TABLE entry; --"
    store.add(report(nasty, text="%s :x {y} \\"))
    assert store.get("IntelligenceReport", nasty).text == "%s :x {y} \\"
    assert store.history("IntelligenceReport", "R%").empty


def test_a_file_cannot_admit(case):
    with open_store(case) as store, pytest.raises(StoreError, match="whoever holds it can read all"):
        store.admit("anna", handling="H0")
