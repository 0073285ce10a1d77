"""Two hundred texts that want to be code in every field of a board, and what a board does when its kernel is gone."""

from __future__ import annotations

import pandas as pd
import pytest
from boardstage import board_page
from test_views_hostile import PAYLOADS, TRIGGER, shown
from test_widgets import hostile_texts

from ilp_lab import boards, records
from ilp_lab.boards import asking
from ilp_lab.boards.frame import Act, Board
from ilp_lab.boards.showing import View, fact, notes_block, table_block
from ilp_lab.safeguards import open_case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

STRANGE = "#part0 img, #part1 img:not([src^='data:']), main script, main object, main svg, main iframe:not([sandbox]), main link, main base, main meta"


class HostileBoard(Board[dict]):
    """Every kind of control and of block, and a hostile text in every place that takes one."""

    key = "hostile"

    def __init__(self) -> None:
        self._texts = hostile_texts()
        fields = [f"field{place}" for place in range(7)]
        self._kind = type("State", (), {"__slots__": fields})
        from dataclasses import make_dataclass

        state = make_dataclass("State", [(name, object, "") for name in fields], frozen=True)
        values = dict(
            zip(
                fields,
                [self._texts[1], tuple(self._texts), 3, self._texts[3], None, True, "\n".join(self._texts)],
                strict=True,
            )
        )
        super().__init__(state(**values), origin=" ".join(self._texts))

    @property
    def title(self):
        return " ".join(self._texts)

    @property
    def question(self):
        return " ".join(self._texts)

    def asked(self):
        texts = self._texts
        said = {"hint": texts[5], "group": texts[6]}
        return [
            asking.choice("field0", texts[10], texts, **said),
            asking.many("field1", texts[11], texts, **said),
            asking.slider("field2", texts[12], low=0, high=9, unit=texts[20], **said),
            asking.text("field3", texts[13], hint=texts[7], group=texts[8]),
            asking.day("field4", texts[14], hint=texts[7], group=texts[8]),
            asking.yes("field5", texts[15], hint=texts[7], group=texts[8]),
            asking.text("field6", texts[16], long=True, hint=texts[7], group=texts[8]),
        ]

    def acts(self):
        return [Act(f"act{place}", text, text) for place, text in enumerate(self._texts)]

    def answer(self, _state, _tell):
        facts = tuple(fact(text, text, text, note=text) for text in self._texts)
        return View(
            tuple(self._texts), facts, {"all": pd.DataFrame(dict.fromkeys(self._texts[:6], self._texts))}
        )

    def blocks(self, view):
        table = view.tables["all"]
        names = {column: column for column in table.columns}
        return [
            table_block(
                table, names, name=self._texts[0], heading=self._texts[2], note=self._texts[4], rows=200
            ),
            notes_block(self._texts, heading=self._texts[9]),
            {"kind": "method", "heading": self._texts[3], "text": "\n".join(self._texts)},
        ]


@pytest.fixture
def put(strict_page, tmp_path):
    def open_board(board):
        file = tmp_path / "board.html"
        file.write_text(board_page(board), encoding="utf-8", errors="replace")
        strict_page.goto(file.as_uri())
        strict_page.wait_for_selector("html[data-ready]")
        return strict_page

    return open_board


def runs_nothing(page):
    page.evaluate(TRIGGER)
    page.wait_for_timeout(200)
    assert page.evaluate("window.__xss") is None
    assert page.locator(STRANGE).count() == 0
    assert page.url.startswith("file:")


def test_two_hundred_texts_in_every_field_of_a_board_run_nothing(put):
    board = HostileBoard()
    page = put(board)
    cells = page.locator("tbody tr th").all_inner_texts()
    assert [shown(text) for text in cells] == [shown(text) for text in hostile_texts()]
    runs_nothing(page)
    board._say("fault", " ".join(hostile_texts()))
    page.evaluate("held => window.put(0, held)", {"status": board._head.held["status"]})
    runs_nothing(page)
    assert shown(PAYLOADS[0]) in shown(page.locator(".ilp-fault").inner_text())


def hostile_reports():
    texts = hostile_texts()
    numbers = [f"R{place} {text}" for place, text in enumerate(texts)]
    columns = dict.fromkeys(("text", "source_ref", "originator_unit", "created_at", "conditions"), texts)
    return pd.DataFrame(
        {
            "report_id": numbers,
            "source_grade": "B",
            "information_grade": "2",
            "cites": [[other] for other in reversed(numbers)],
            **columns,
        }
    )


def hostile_scores():
    return [
        records.ReadinessScore(
            item="named_owner",
            assessed_on="2099-01-01",
            maturity=2,
            evidence=[text],
            assessor=text,
            owner=text,
            plan=text,
            unit=f"{place}{text}",
        )
        for place, text in enumerate(fit(hostile_texts())[::4])  # each is a column of the matrix
    ]


def hostile_tasks():
    return [
        records.TaskingRecord(
            task_id=f"{place}{text}",
            decision_id=text,
            objective=text,
            owner=text,
            outcome_measure=text,
            end="2020-01-01",
            status="running",
            unit=text,
        )
        for place, text in enumerate(fit(hostile_texts()))
    ]


def fit(texts):
    """Those that a form takes: no text of nothing but signs that nobody sees."""
    return [text.replace("\0", " ") for text in texts]


@pytest.fixture
def hostile_case(tmp_path):
    everything = " ".join(fit(hostile_texts()))
    case = open_case(tmp_path / "case", purpose=everything, legal_basis=everything, analyst=everything)
    for text in hostile_texts():
        case.record("disclosure", text, file=text, handling=text, authority=text, reason=text, other=text)
    return case


@pytest.mark.parametrize("name", ["report_desk", "readiness", "tasking_meeting", "safeguards"])
def test_hostile_records_run_nothing_on_the_boards_that_show_them(put, hostile_case, name):
    given = {
        "report_desk": hostile_reports, "readiness": hostile_scores, "tasking_meeting": hostile_tasks, "safeguards": lambda: hostile_case,
    }[name]()  # fmt: skip
    page = put(getattr(boards, name)(given))
    assert page.locator(".ilp-board-head").get_attribute("data-kind") == "done"
    runs_nothing(page)
    assert shown(PAYLOADS[0]) in shown(page.locator("main").inner_text())


def test_a_kernel_that_is_gone_is_said_and_the_answer_stays(put):
    page = put(boards.readiness())
    page.evaluate("window.fire(0, 'comm:close')")
    assert "Python does not answer any more" in page.locator(".ilp-fault").inner_text()
    assert page.locator(".ilp-answer").is_visible()
    page.locator("[data-name=wanted] input[type=number]").fill("2")
    page.keyboard.press("Tab")
    assert page.evaluate("window.sent.filter(one => one.kind).length") == 0
    assert "Python does not answer any more" in page.locator(".ilp-fault").inner_text()


def test_a_sentence_in_a_wide_table_makes_no_row_as_tall_as_the_screen(put):
    page = put(boards.report_desk())
    page.set_viewport_size({"width": 1024, "height": 768})
    rows = page.locator(".ilp-scroll:has(th:nth-child(8)) tbody tr")
    heights = rows.evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert len(heights) > 50
    assert max(heights) < 140


@pytest.mark.parametrize("width", [1024, 1366])
def test_a_table_wider_than_the_screen_says_so_and_its_last_column_can_be_reached(put, width):
    page = put(boards.readiness())
    page.set_viewport_size({"width": width, "height": 768})
    page.wait_for_timeout(300)
    seen = page.locator(".ilp-block-table").evaluate_all(
        """blocks => blocks.map((block) => {
          const box = block.querySelector(".ilp-scroll");
          box.scrollLeft = box.scrollWidth;
          const last = block.querySelector("thead th:last-child").getBoundingClientRect().right;
          return [!block.querySelector(".ilp-more").hidden, box.scrollWidth > box.clientWidth + 1, last - box.getBoundingClientRect().right];
        })"""
    )
    assert all(said == scrolls and beyond <= 1 for said, scrolls, beyond in seen)
    assert {said for said, _, _ in seen} == {True, False}  # there are wide ones, and others
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
