"""What is asked of every board wherever it is shown, in a notebook or in an app: functions that take a page.

A board is found by its name, one control is moved as a hand would, and what the page shows is held against what the same
function says in Python.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ilp_lab import boards
from ilp_lab.apps.table import app_named
from ilp_lab.boards.working import quiet


def new_folder() -> str:
    """A folder that nobody has used; it goes with the last test."""
    folder = tempfile.mkdtemp(prefix="ilp-board-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


MOVES: dict[str, dict] = {
    "crime_map": {"place": "Selin"},
    "hot_spots": {"show": "density"},
    "time_exceptions": {"by": "offence"},
    "near_repeat": {"within_m": 100},
    "allocation": {"visits": 60},
    "network_explorer": {"by": "degree"},
    "priorities": {"weights": "rubric"},
    "report_desk": {"report": "R-25-0002"},
    "readiness": {"unit": "belmara/tarn"},
    "tasking_meeting": {"level": "regional"},
    "safeguards": {"until": date(2020, 1, 1)},
    "entity_review": {"show": "joined"},
    "options": {"first": "cost"},
    "class_console": {"in_folder": new_folder, "own_teams": "North, South"},
}
"""Board → the controls that are moved, and to what; a function gives a value of its own each time."""

PRESSED = {"class_console": "build"}
"""Board → the button that is pressed after that."""

QUICK = ("report_desk", "readiness", "tasking_meeting", "safeguards")
"""Boards that answer at once; the others compute for seconds."""

AT_REST = """key => {
  const head = document.querySelector(`.ilp-board-head[data-board="${key}"]`);
  if (!head || !["done", "fault"].includes(head.dataset.kind)) return false;
  const body = head.closest(".ilp-board-all");
  return !body.querySelector('[aria-busy="true"]') && !!body.querySelector(".ilp-answer");
}"""
SHOWN = """body => ({
  facts: Object.fromEntries([...body.querySelectorAll("[data-fact]")].map(one => [one.dataset.fact, one.querySelector(".ilp-value").textContent])),
  answer: [...body.querySelectorAll(".ilp-answer p")].map(one => one.textContent),
  fault: body.querySelector(".ilp-fault").textContent,
})"""
PATIENCE_S = 60
COUNTED = ("serious", "critical")
NO_WEBGL = """{
  const plain = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...more) { return /webgl|webgpu/.test(kind) ? null : plain.call(this, kind, ...more); };
}"""
"""A computer without WebGL."""


def moves(name: str) -> Iterator[tuple[str, Any]]:
    """Which controls of a board are moved, and to what."""
    for field, value in MOVES[name].items():
        yield field, value() if callable(value) else value


@cache
def axe() -> str:
    """The accessibility checker, from the package that the tests install."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def board_on(page, name: str):
    """The board on a page, when it has answered."""
    key = getattr(boards, app_named(name).kind).key
    page.wait_for_function(AT_REST, arg=key)
    return page.locator(f'.ilp-board-all:has(.ilp-board-head[data-board="{key}"])')


def said_by_python(name: str) -> tuple[dict[str, str], list[str]]:
    """Numbers and sentences that the same function gives here."""
    board = getattr(boards, name)()
    board.set(**dict(moves(name)))
    if name in PRESSED:
        getattr(board, PRESSED[name])()
    view = board.answer(board.state, quiet)
    return {one["name"]: one["value"] for one in view.facts}, list(view.answer)


def move(page, name: str) -> None:
    """Move the controls of a board that :data:`MOVES` names, and press its button, as a hand would."""
    board = getattr(boards, name)()
    body = board_on(page, name)
    for field, value in moves(name):
        control = next(one for one in board.asked() if one.name == field)
        box = body.locator(f'.ilp-ask[data-name="{field}"]')
        group = box.locator("xpath=ancestor::details[not(@open)]")
        if group.count():
            group.locator("summary").click()
        if control.kind == "choice":
            place = [option for option, _ in control.options].index(value)
            box.locator("select").select_option(str(place))
        elif control.kind == "day":
            box.locator("input").fill(value.isoformat())
        elif control.kind == "text":
            box.locator("input").fill(value)
            box.locator("input").press("Tab")
        else:
            box.locator("input[type=number]").fill(str(value))
            box.locator("input[type=number]").press("Tab")
    if name in PRESSED:
        body.locator(f'[data-act="{PRESSED[name]}"]').click()


def check_board(page, name: str) -> None:
    """A board answers, and after a control was moved it shows what Python says, and no fault."""
    assert board_on(page, name).evaluate(SHOWN)["fault"] == "", name
    move(page, name)
    facts, answer = said_by_python(name)
    expected = {"facts": facts, "answer": answer, "fault": ""}
    since = time.monotonic()
    while (
        shown := board_on(page, name).evaluate(SHOWN)
    ) != expected and time.monotonic() - since < PATIENCE_S:
        page.wait_for_timeout(100)
    assert shown == expected, name


def serious_faults(page, name: str) -> list[str]:
    """Serious and critical faults of accessibility in a board; what stands in frames of its own is looked at elsewhere."""
    body = board_on(page, name)
    body.evaluate("body => { body.dataset.looked = 'now'; }")
    try:
        return faults_of(page, "[data-looked=now]")
    finally:
        body.evaluate("body => { delete body.dataset.looked; }")


def faults_of(page, where: str) -> list[str]:
    """Serious and critical faults of accessibility in what a selector finds."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(axe())
    found = page.evaluate(
        "async where => window.axe.run({ include: [[where]] }, { resultTypes: ['violations'], iframes: false })",
        where,
    )
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in COUNTED
        for node in fault["nodes"]
    ]


def fits(page, name: str) -> bool:
    """Whether a board is no wider than the place it stands in."""
    return board_on(page, name).evaluate("body => body.scrollWidth <= body.clientWidth + 1")
