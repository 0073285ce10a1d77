"""The start page: cards that lead somewhere, and a case whose state is shown without touching it."""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from ilp_lab import open_case
from ilp_lab.apps.home import apps_page, cards, home_page
from ilp_lab.apps.standing import case_folders, standing
from ilp_lab.apps.table import APPS
from ilp_lab.cli import lab
from ilp_lab.records import EntityLink, open_store
from ilp_lab.training.progressing import ProgressFile

DAY = date(2026, 5, 1)


class Page(HTMLParser):
    """The addresses of a page, and whether it holds anything that runs or is fetched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links, self.tags = [], set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    lab.copy_notebooks(folder)
    return folder


@pytest.fixture
def case(tmp_path):
    return open_case(tmp_path / "cases/q3", purpose="Burglary, third quarter", legal_basis="Police Act s.12", analyst="A17", handling="H1")  # fmt: skip


def lines(case, home, today=DAY):
    return {line.label: line for line in standing(case.folder, home=home, today=today).lines}


def test_every_link_of_a_card_leads_to_something_that_is_there(home):
    page = Page(home_page(home, "/"))
    assert not {"script", "iframe", "img", "form"} & page.tags
    for link in page.links:
        if link.startswith("/ilp-lab/app/"):
            assert link.removeprefix("/ilp-lab/app/") in APPS
        elif link.startswith("/lab/tree/"):
            assert (home / link.removeprefix("/lab/tree/")).exists(), link
        else:
            assert link in {"/lab", "/lab/tree"}
    shown = {card.key: card for card in cards(home, "/")}
    assert list(shown) == ["analyst", "manager", "student", "trainer"]
    assert shown["analyst"].first.title == "Start here"
    assert {link.title for link in (shown["manager"].first, *shown["manager"].links)} == {
        app.title for app in APPS.values()
    }
    assert len(shown["student"].links) == len(list((home / "lessons").glob("M*.ipynb")))


def test_an_empty_folder_has_a_page_too(tmp_path):
    html = home_page(tmp_path, "/")
    assert "No case yet" in html
    assert all(link.startswith(("/ilp-lab/app/", "/lab")) for link in Page(html).links)


def test_a_student_sees_what_is_solved_and_what_comes_next(home, tmp_path, monkeypatch):
    monkeypatch.setenv("ILP_LAB_PROGRESS", str(tmp_path))
    held = ProgressFile(tmp_path / "progress.jsonl")
    student = next(card for card in cards(home, "/") if card.key == "student")
    assert student.first.title.startswith("M00")
    for check in "1234567":
        held.note("M00", check, ok=True)
    held.note("M01", "1", ok=True)
    student = next(card for card in cards(home, "/") if card.key == "student")
    assert student.first.title.startswith("M01")
    assert student.links[0].done
    assert "7 of 7" in student.links[0].note
    assert re.match(r"1 of \d checks solved", student.links[1].note)


def test_the_state_of_a_case_is_shown_and_nothing_is_logged(case, tmp_path):
    before = (case.folder / "audit.jsonl").read_bytes()
    said = lines(case, tmp_path)
    assert said["Legal basis"].text == "Police Act s.12"
    assert said["Handling"].text.startswith("H1: ")
    assert said["Audit log"].tone == "good"
    assert "1 entries as they were written" in said["Audit log"].text
    assert said["Retention"].text.startswith("no records")
    assert (case.folder / "audit.jsonl").read_bytes() == before
    assert "Burglary, third quarter" in home_page(tmp_path, "/")


def test_a_log_that_was_altered_is_seen(case, tmp_path):
    log = case.folder / "audit.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace("A17", "B99"), encoding="utf-8")
    said = lines(case, tmp_path)["Audit log"]
    assert said.tone == "bad"
    assert said.text.startswith("NOT as it was written")
    assert 'class="bad"' in home_page(tmp_path, "/")


def test_reviews_that_come_up_are_counted(case, tmp_path):
    today = date.today()  # noqa: DTZ011
    given = {
        "left_id": "P1",
        "right_id": "P2",
        "decision": "same",
        "evidence": ["plate"],
        "decided_by": "A17",
    }
    with open_store(case) as store:
        store.add(EntityLink(link_id="L-1", review_date=today + timedelta(days=10), **given))
        store.add(EntityLink(link_id="L-2", review_date=today + timedelta(days=400), **given))
    assert (
        lines(case, tmp_path, today)["Retention"].text == "records that come up for review within 30 days: 1"
    )
    late = lines(case, tmp_path, today + timedelta(days=20))["Retention"]
    assert (late.tone, late.text) == ("bad", "past their review date: 1; coming up within 30 days: 0")


def test_a_damaged_case_is_a_sentence_and_text_is_text(tmp_path):
    folder = tmp_path / "<b>q3"
    open_case(folder, purpose="<script>alert(1)</script>", legal_basis="l", analyst="A17")
    html = home_page(tmp_path, "/")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    (folder / "case.json").write_text("{")
    assert "not a readable case file" in home_page(tmp_path, "/")
    assert "<b>" not in home_page(tmp_path, "/")


def test_the_case_last_worked_on_comes_first_and_others_are_a_click_away(case, tmp_path):
    other = open_case(tmp_path / "cases/older one", purpose="Vehicle thefts", legal_basis="l", analyst="A17")
    os.utime(other.folder / "audit.jsonl", (1, 1))
    os.utime(other.folder / "case.json", (1, 1))
    assert case_folders(tmp_path) == [case.folder, other.folder]
    html = home_page(tmp_path, "/")
    assert "/ilp-lab/home?case=cases/older%20one" in html
    assert "Vehicle thefts" in home_page(tmp_path, "/", chosen="cases/older one")
    assert "Burglary, third quarter" in home_page(tmp_path, "/", chosen="../../etc")
    outside = open_case(
        tmp_path.parent / f"{tmp_path.name}-away", purpose="Elsewhere", legal_basis="l", analyst="A"
    )
    assert "Elsewhere" in home_page(tmp_path, "/", case=outside.folder)


def test_all_boards_are_on_their_page():
    page = Page(apps_page("/base/", home=True))
    assert page.links == ["/base/ilp-lab/home", *(f"/base/ilp-lab/app/{name}" for name in APPS)]
