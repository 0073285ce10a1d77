"""JupyterLab as a user meets it: started by our own command, opened in Chromium, clicked.

Any request to another computer fails the test.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from boardchecks import MOVES, NO_WEBGL, QUICK, board_on, check_board, fits, serious_faults
from serving import apart, serving

import ilp_lab as ilp
from ilp_lab._notebooks import Cell, render_cells
from ilp_lab.cli import lab as lab_command
from ilp_lab.training import certificate, editions, read_lesson, verify_certificate
from ilp_lab.training.lessonsource import with_solution

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

NOTEBOOKS = ["00_start_here", "01_map_a_crime_problem", "02_chart_a_network"]

RUN_ALL = """async () => {
  const app = window.jupyterapp, panel = app.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  const kernel = panel.sessionContext.session.kernel;
  while (kernel.connectionStatus !== 'connected') await new Promise(done => setTimeout(done, 50));
  await kernel.info;
  await app.commands.execute('notebook:run-all-cells');
  const cells = panel.content.widgets.filter(cell => cell.model.type === 'code');
  return {
    counts: cells.map(cell => cell.model.executionCount),
    errors: cells.flatMap(cell => cell.model.outputs.toJSON()
      .filter(output => output.output_type === 'error').map(output => output.ename + ': ' + output.evalue)),
  };
}"""


class Lab:
    """A running JupyterLab and how to reach it."""

    def __init__(self, url: str, token: str, home: Path) -> None:
        self.url, self.token, self.home = url, token, home

    def ask(self, path: str, method: str = "GET"):
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def forget_kernels(self) -> None:
        for session in json.loads(self.ask("api/sessions")):
            self.ask(f"api/sessions/{session['id']}", "DELETE")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    lab_command.copy_notebooks(home)
    command = [*lab_command.server_command(home, browser=False), "--LabApp.expose_app_in_browser=True"]
    environment = lab_command.environment(home) | apart(home) | {"ILP_LAB_PROGRESS": str(home / "progress")}
    address = r"(http://127\.0\.0\.1:\d+/)ilp-lab/home\?token=(\w+)"
    with serving(command, home, address, environment) as (found, _):
        yield Lab(found[1], found[2], home)


def open_and_run(lab, page, name: str, *, run: bool = True) -> dict:
    lab.forget_kernels()
    page.goto(f"{lab.url}lab/tree/{name}.ipynb?reset&token={lab.token}")
    page.wait_for_selector(".jp-Notebook")
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext")
    if not run:
        page.evaluate("async () => window.jupyterapp.shell.currentWidget.context.ready")
        return {}
    done = page.evaluate(RUN_ALL)
    assert done["errors"] == []
    assert all(done["counts"])
    return done


def at_rest(page, locator):
    """A control that the notebook has stopped scrolling: after a run JupyterLab still moves towards its last cell."""
    locator.scroll_into_view_if_needed()
    before, since = None, time.monotonic()
    while time.monotonic() - since < 1:
        box = locator.bounding_box()
        if box != before:
            before, since = box, time.monotonic()
            locator.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
    return locator


def test_the_server_refuses_without_its_token(lab):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{lab.url}api/contents", timeout=30)
    refused.value.close()
    assert refused.value.code == 403
    with pytest.raises(urllib.error.HTTPError) as none:
        lab.ask("api/terminals")
    none.value.close()
    assert none.value.code == 404


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_and_asks_no_other_computer(lab, strict_page, name):
    open_and_run(lab, strict_page, name)
    assert strict_page.locator(".jp-OutputArea-output").count() > 3


def test_the_board_answers_a_click(lab, strict_page):
    open_and_run(lab, strict_page, "01_map_a_crime_problem")
    board = strict_page.locator(".ilp-board-all")
    picture = board.locator("iframe[sandbox]")
    picture.wait_for()
    board.scroll_into_view_if_needed()
    before, words = picture.get_attribute("srcdoc"), board.locator(".ilp-answer").text_content()
    at_rest(strict_page, board.get_by_role("checkbox", name="shop theft")).check()
    changed = "words => document.querySelector('.ilp-answer').textContent !== words"
    strict_page.wait_for_function(changed, arg=words, timeout=60_000)
    assert "shop theft" in board.locator(".ilp-answer").text_content()
    assert picture.get_attribute("srcdoc") != before
    picture.content_frame.locator(".leaflet-container").wait_for()
    words = board.locator(".ilp-answer").text_content()
    size = board.get_by_label("Cell size")
    size.focus()
    size.press("ArrowUp")
    strict_page.wait_for_function(changed, arg=words, timeout=60_000)


IN_KERNEL = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code });
  let said = '';
  future.onIOPub = (message) => { said += message.content.text || message.content.evalue || ''; };
  await future.done;
  return said.trim();
}"""


@pytest.mark.slow
def test_the_link_chart_is_worked_on_and_python_knows_all_of_it(lab, strict_page):
    told = []
    strict_page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    open_and_run(lab, strict_page, "51_chart_without_code")
    chart = strict_page.locator(".ilpc").first
    chart.scroll_into_view_if_needed()
    strict_page.wait_for_function("() => Number(document.querySelector('.ilpc')?.dataset.drawn) > 0")

    def answered():
        strict_page.wait_for_function("() => document.querySelector('.ilpc').dataset.waiting === 'no'")

    def find(name):
        chart.locator("input[type=search]").fill(name)
        strict_page.keyboard.press("Enter")

    find("P085")
    chart.get_by_role("button", name="Hide", exact=True).click()
    answered()
    assert chart.locator(".ilpc-line").inner_text() == "chart = chart.hide(entity_ids=['P085'])"
    find("P052")
    chart.get_by_role("button", name="Find a way from here …").click()
    find("P060")
    answered()
    code = chart.locator(".ilpc-text").input_value()
    assert "networks.routes(chart, 'P052', 'P060', k=1)" in code
    assert strict_page.evaluate(IN_KERNEL, "print(widget.code)") == code.strip()
    assert strict_page.evaluate(
        IN_KERNEL, "print(sorted(widget.chart.hidden), widget.way[0], widget.way[-1])"
    ) == ("['P085'] P052 P060")
    for _ in range(2):
        chart.get_by_role("button", name="Undo").click()
        answered()
    assert strict_page.evaluate(IN_KERNEL, "print(widget.chart is chart, widget.code)").startswith("True")
    strict_page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    saved = json.loads(lab.ask("api/contents/51_chart_without_code.ipynb"))["content"]
    assert "widgets" not in saved["metadata"]
    assert "P085" not in json.dumps([cell.get("outputs") for cell in saved["cells"]])
    assert [text for text in told if "favicon" not in text] == []
    strict_page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    chart.locator(".ilpw-alarm", has_text="The kernel no longer answers").wait_for()
    assert chart.locator("canvas").first.is_visible()
    # JupyterLab itself tells the console of messages that the old kernel had sent and nobody waits for any more
    assert [text for text in told if "favicon" not in text and "Comm not found" not in text] == []


def test_the_start_page_leads_to_notebooks_and_boards(lab, strict_page):
    page = strict_page
    page.set_viewport_size({"width": 1024, "height": 768})
    ilp.open_case(
        lab.home / "cases/q3", purpose="Burglary, third quarter", legal_basis="Police Act s.12", analyst="A17"
    )
    page.goto(f"{lab.url}ilp-lab/home?token={lab.token}")
    assert page.locator("#case").inner_text() == "Burglary, third quarter"
    assert page.locator("dd[data-tone=good]").first.inner_text().startswith("verified, 1 entries")
    assert [card.inner_text() for card in page.locator("article h2").all()] == [
        "Analyst",
        "Manager",
        "Student",
        "Trainer",
    ]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.context.expect_page() as opened:
        page.click(".analyst .first")
    opened.value.wait_for_selector(".jp-Notebook")
    assert opened.value.url.endswith("lab/tree/00_start_here.ipynb")
    opened.value.close()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Priorities", exact=True).click()
    board = ilp.boards.priorities()
    opened.value.locator(".ilp-first", has_text=board.view.answer[0]).wait_for(timeout=120_000)
    opened.value.get_by_role("link", name="All boards").click()
    opened.value.get_by_role("link", name="Start page").wait_for()
    opened.value.close()
    (lab.home / "picture.png").write_bytes(b"private")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{lab.url}voila/files/picture.png", timeout=30)


WORKED_THROUGH = ["M05_evaluation", "M08_where", "M10_networks", "M16_allocation"]
ANSWER = """solutions => {
  const cells = window.jupyterapp.shell.currentWidget.content.widgets;
  for (const [at, code] of Object.entries(solutions)) cells[Number(at)].model.sharedModel.setSource(code);
}"""


def solutions(name: str) -> dict[str, str]:
    """The code of every exercise as a learner would write it, by the place of its cell in the student's edition."""
    source = next(file for file in editions.sources() if file.stem == name)
    seen = [cell for cell in read_lesson(source).cells if not {"trainer", "manager"} & set(cell.tags)]
    return {
        str(at): with_solution(cell.text)
        for at, cell in enumerate(seen, start=1)
        if any(tag.startswith("exercise:") for tag in cell.tags)
    }


@pytest.mark.parametrize(
    "names",
    [WORKED_THROUGH[:1], pytest.param(WORKED_THROUGH[1:], marks=pytest.mark.slow)],
    ids=["one", "rest"],
)
def test_lessons_are_worked_through_to_the_certificate(lab, strict_page, tmp_path, names):
    page = strict_page
    for name in names:
        first = name == names[0]
        open_and_run(lab, page, f"lessons/{name}", run=first)
        if first:
            assert page.get_by_text("Check 1: not answered.").count() == 1
        page.evaluate(ANSWER, solutions(name))
        done = page.evaluate(RUN_ALL)
        assert done["errors"] == []
    progress = lab.home / "progress" / "progress.jsonl"
    key = f"academy of {names[0]}"
    ilp.safeguards.make_key(key)
    file = certificate(tmp_path / "certificate.html", progress=progress, name="Ana", signed_by=key)
    assert {name[:3] for name in names} <= set(verify_certificate(file).lessons)
    page.goto(file.as_uri())
    assert page.get_by_text("Ana").count() == 1


@pytest.mark.slow
def test_views_choose_together_and_the_notebook_keeps_nothing(lab, strict_page):
    page, told = strict_page, []
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    open_and_run(lab, page, "50_map_without_code")
    page.wait_for_function(
        "document.querySelectorAll('.ilpw[data-drawn]:not([data-drawn=\"0\"])').length === 4"
    )
    table, crime_map = page.locator(".ilpw-rowtable"), page.locator(".ilpw-crimemap")
    by_python = re.search(
        r"Selection: ([\d,]+) of", page.evaluate(IN_KERNEL, "print(chosen, views[0].window)")
    )[1].replace(",", "")
    page.wait_for_function("n => document.querySelector('.ilpw-rowtable').dataset.rows === n", arg=by_python)
    crime_map.scroll_into_view_if_needed()
    page.click(".ilpw-crimemap .ilpw-clear")
    page.wait_for_function("document.querySelector('.ilpw-rowtable').dataset.chosen === '0'")
    page.click("[data-tool=rectangle]")
    inside = page.locator(".ilpw-map").bounding_box()
    page.mouse.move(inside["x"] + 0.5 * inside["width"], inside["y"] + 0.3 * inside["height"])
    page.mouse.down()
    page.mouse.move(inside["x"] + 0.8 * inside["width"], inside["y"] + 0.7 * inside["height"], steps=3)
    page.mouse.up()
    page.wait_for_function("document.querySelector('.ilpw-crimemap').dataset.chosen !== '0'")
    here = crime_map.get_attribute("data-chosen")
    page.wait_for_function("n => document.querySelector('.ilpw-rowtable').dataset.rows === n", arg=here)
    assert table.get_attribute("data-chosen") == here
    page.select_option(".ilpw-span", "28")
    page.locator(".ilpw-slider").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".ilpw-slider").input_value() == "1", "the arrow went to the notebook"
    page.wait_for_timeout(600)
    said = page.evaluate(IN_KERNEL, "print(chosen, views[0].window)")
    assert f"Selection: {int(here):,} of" in said
    assert "Timestamp" in said

    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.context.save(); }")
    saved = lab.ask("api/contents/50_map_without_code.ipynb?content=1").decode()
    assert "application/vnd.jupyter.widget-state+json" not in saved
    assert re.search(r"B2[345]\d{5}", saved) is None  # no number of any incident
    page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
    )
    page.wait_for_function("document.querySelectorAll('.ilpw-alarm:not(:empty)').length === 4")
    assert "kernel no longer answers" in page.locator(".ilpw-alarm").first.inner_text()
    assert int(crime_map.get_attribute("data-inview")) > 0
    assert [text for text in told if "ilpw" in text or "anywidget" in text] == []


BRING = """async place => {
  const content = window.jupyterapp.shell.currentWidget.content;
  content.activeCellIndex = place;
  await content.scrollToItem(place, 'start');
}"""


LABELS_ELSEWHERE = """() => [...document.querySelectorAll(".ilp-board-head label")]
  .filter(label => label.control?.closest(".ilp-board-head") !== label.closest(".ilp-board-head")).map(label => label.textContent)"""
"""Labels that lead to no control, or into another board."""


@pytest.mark.parametrize(
    "names", [QUICK, pytest.param(tuple(MOVES), marks=pytest.mark.slow)], ids=["on records", "all"]
)
def test_boards_show_what_python_says_are_accessible_and_fit_small_screens(lab, strict_page, names):
    page, told, faults = strict_page, [], {}
    page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    page.add_init_script(NO_WEBGL)
    page.set_viewport_size({"width": 1024, "height": 768})
    source = ["from ilp_lab import boards", *(f"{name} = boards.{name}()\n{name}" for name in names)]
    (lab.home / "boards.ipynb").write_bytes(render_cells([Cell("code", one) for one in source], "boards"))
    open_and_run(lab, page, "boards")
    for place, name in enumerate(names, start=1):
        page.evaluate(BRING, place)
        board_on(page, name)
        page.evaluate(
            BRING, place
        )  # boards above may have grown meanwhile, and JupyterLab hides what is out of sight
        check_board(page, name)
        found = serious_faults(page, name)
        found += [] if fits(page, name) else ["wider than its place"]
        faults |= {name: found} if found else {}
    assert faults == {}
    assert page.evaluate(LABELS_ELSEWHERE) == []
    assert [text for text in told if "favicon" not in text] == []
