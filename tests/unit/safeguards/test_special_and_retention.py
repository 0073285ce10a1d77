"""Special categories are set aside; what is overdue is hidden; what is erased leaves a stone; oversight sees it all."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab.errors import ColumnError, InputError, ReadError
from ilp_lab.result import Result, Source
from ilp_lab.safeguards import (
    admit,
    audit_table,
    find_special_categories,
    hide_overdue,
    oversight_report,
    purge,
    quarantine,
    release_bytes,
    resting_on,
    retention_schedule,
    review_queue,
    was_purged,
)


@pytest.fixture
def case(tmp_path):
    return ilp.open_case(tmp_path / "case", purpose="p", legal_basis="l", analyst="A17")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("He is diabetic and a union member.", ["health", "union"]),
        ("Two Muslims; she has diabetes, and they are communists.", ["belief", "health", "politics"]),
        ("Ai ka diabeti.", ["health"]),
        ("He sold jewellery from a catalogue in a Christmas week.", []),
        ("Он православный, член партии.", ["belief", "politics"]),
        ("Ajo është shtatzënë.", ["health"]),
        ("Он инвалид; есть отпечатки пальцев", ["health", "biometrics"]),
        ("Left by car towards the port.", []),
        ("The unions of sets are discussed.", []),
        ("", []),
    ],
)
def test_words_of_special_categories_are_found_in_the_languages_shipped(text, kinds):
    assert sorted(find_special_categories(pd.DataFrame({"t": [text]}))["kind"]) == sorted(kinds)


def test_columns_are_found_by_name_however_they_are_written():
    frame = pd.DataFrame({"Trade-Union": [1], "DNA profile": ["x"], "диагноз": ["y"], "offence": ["theft"]})
    found = find_special_categories(frame)
    assert found["column"].tolist() == ["Trade-Union", "DNA profile", "диагноз"]
    assert found["row"].isna().all()


def test_what_is_set_aside_comes_back_only_with_reason_and_approver(case):
    frame = pd.DataFrame(
        {"text": ["ok", "is pregnant, muslim", "ok"], "religion": ["a", "b", None], "n": [1, 2, 3]},
        index=[5, 7, 9],
    )
    kept, held = quarantine(frame, case=case)
    assert kept["text"].tolist() == ["ok", "[withheld: health, belief]", "ok"]
    assert "religion" not in kept
    assert len(held) == 4
    assert frame.loc[7, "text"] == "is pregnant, muslim"
    log = list(case.audit.entries())[-1]
    assert log["detail"]["cells"] == 4
    assert "pregnant" not in str(log)
    with pytest.raises(InputError, match=r"reason must say(.|\n)*other than the analyst"):
        admit(kept, held, case=case, reason="needed", approver="a17")
    back = admit(kept, held, case=case, reason="she needs care in custody", approver="Dr Mira", rows=[7])
    assert back.loc[7, "text"] == "is pregnant, muslim"
    assert back.loc[7, "religion"] == "b"
    assert pd.isna(back.loc[5, "religion"])


def test_a_table_without_them_passes_unlogged(case):
    before = case.audit.head
    kept, held = quarantine(pd.DataFrame({"text": ["ok"]}), case=case)
    assert (kept["text"].tolist(), len(held), case.audit.head) == (["ok"], 0, before)


@given(st.lists(st.text(max_size=50), max_size=5))
def test_any_text_is_looked_at(texts):
    find_special_categories(pd.DataFrame({"t": pd.Series(texts, dtype="object")}))


def test_own_word_lists_must_name_known_kinds(tmp_path):
    file = tmp_path / "xx.yml"
    file.write_text("name: xx\ntitle: x\nversion: '1'\nsource: s\ncolumns: {}\nwords: {astrology: [lion]}\n")
    with pytest.raises(ReadError, match="must name kinds"):
        find_special_categories(pd.DataFrame({"t": ["x"]}), languages=[file])


HELD = pd.DataFrame(
    {
        "report_id": ["R1", "R2", "R3", "R4", "R5"],
        "retention_class": ["intelligence", "intelligence", "contact", "victim-witness", "intelligence"],
        "created_at": ["2026-01-10", "2025-01-10", "2025-01-10", "2026-06-01T10:00:00+02:00", "2020-01-01"],
        "review_date": [None, "2026-12-01", None, "2026-07-10", None],
        "reviewed_at": [None, "2025-11-01", None, None, "2026-05-01"],
    }
)


def test_the_queue_puts_what_must_go_first():
    queue = review_queue(HELD, on=date(2026, 7, 1)).set_index("report_id")
    assert queue["status"].astype(str).to_dict() == {
        "R5": "expired", "R3": "expired", "R4": "due", "R2": "current", "R1": "current",
    }  # fmt: skip
    assert queue.loc["R2", "review_by"] == pd.Timestamp("2026-11-01")
    assert queue.index.tolist()[:2] == ["R5", "R3"]


def test_what_waits_is_hidden_in_the_order_of_the_records():
    kept, hidden = hide_overdue(HELD, on=date(2027, 3, 1))
    assert kept["report_id"].tolist() == []
    assert hidden["report_id"].tolist() == HELD["report_id"].tolist()
    kept, hidden = hide_overdue(HELD, on=date(2026, 7, 1))
    assert kept["report_id"].tolist() == ["R1", "R2", "R4"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"retention_class": "forever"}, "retention_class must be one of"),
        ({"retention_class": None}, "got nothing"),
        ({"created_at": "yesterday"}, "are no dates"),
        ({"created_at": None}, "are no dates"),
        ({"review_date": "soon"}, "review_date are no dates"),
    ],
)
def test_queues_need_classes_and_dates(change, says):
    with pytest.raises(ColumnError, match=says):
        review_queue(HELD.assign(**change))
    with pytest.raises(ColumnError, match="no column 'created_at'"):
        review_queue(HELD.drop(columns="created_at"))


def test_schedules_are_packs(tmp_path):
    assert retention_schedule().classes["intelligence"].longest_months == 60
    file = tmp_path / "mine.yml"
    file.write_text(
        "name: m\ntitle: m\nversion: '1'\nsource: s\nclasses: [{class: a, meaning: b, review_months: 9, longest_months: 3}]\n"
    )
    with pytest.raises(ReadError, match="review_months <= longest_months"):
        retention_schedule(file)


def test_a_stone_proves_that_something_was_erased_and_not_what(case):
    kept, stones = purge(
        HELD, [2, 4], case=case, reason="beyond the longest time", approver="DPO", id_column="report_id"
    )
    assert kept["report_id"].tolist() == ["R1", "R2", "R4"]
    assert was_purged(HELD, stones, id_column="report_id").tolist() == [False, False, True, False, True]
    assert "R3" not in stones.to_csv()
    assert [e["operation"] for e in case.audit.entries()][-1] == "erasure"
    with pytest.raises(InputError, match=r"no rows 99(.|\n)*other than the analyst"):
        purge(HELD, [99], case=case, reason="beyond its time", approver="A17", id_column="report_id")


def test_oversight_sees_every_entry_and_the_verdict(case, tmp_path):
    release_bytes(case, tmp_path / "a.txt", b"x", what="note", reason="beat meeting")
    written = oversight_report(case, tmp_path / "log.xlsx", authority="Ombudsman", reason="yearly inspection")
    table = pd.read_excel(written.path, engine="calamine")
    assert table.loc[0, "operation"] == "verdict"
    assert "all as written" in table.loc[0, "what"]
    assert table["operation"].tolist()[1:] == ["collection", "disclosure"]
    assert table.loc[2, "reason"] == "beat meeting"
    assert len(audit_table(case)) == 3
    assert len(audit_table(case, until=date(2020, 1, 1))) == 0
    with pytest.raises(InputError, match="lies before"):
        audit_table(case, since=date(2026, 1, 2), until=date(2026, 1, 1))
    with pytest.raises(InputError, match=r"authority must(.|\n)*reason must"):
        oversight_report(case, tmp_path / "b.csv", authority="", reason=" ")


def test_a_wrong_table_leads_to_every_release_that_rests_on_it(case, tmp_path):
    found = Result(
        "n", "t", pd.DataFrame({"n": [1]}), "m", ("f",), sources=(Source("incidents", 3, "abc123", "q3.csv"),)
    )
    release_bytes(case, tmp_path / "a.html", b"x", what="map", inputs=(found,))
    release_bytes(case, tmp_path / "b.html", b"y", what="other")
    assert resting_on(case, "abc123")["file"].tolist() == ["a.html"]
    assert resting_on(case, "q3.csv")["what"].tolist() == ["released map"]
    assert len(resting_on(case, "zzz")) == 0
