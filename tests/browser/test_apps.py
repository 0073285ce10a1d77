"""Boards as apps, as a manager meets them: started by our own command, opened in Chromium, changed, compared with Python."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from dataclasses import dataclass, replace

import pytest
from boardchecks import check_board, serious_faults
from serving import apart, serving

from ilp_lab.apps.table import APPS
from ilp_lab.boards import compute_crime_map, crime_map, examples

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# A page that was let in asks the Python behind its board to run something; what is no message of a widget must get no answer.
ASK_FOR_CODE = """async () => {
  const { kernelId, baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}${baseUrl}api/kernels/${kernelId}/channels?session_id=probe`);
  const heard = [];
  socket.onmessage = ({ data }) => { if (typeof data === "string") heard.push(JSON.parse(data)); };
  await new Promise((done, lost) => { socket.onopen = done; socket.onerror = lost; });
  const send = (kind, content) => socket.send(JSON.stringify({ channel: "shell", parent_header: {}, metadata: {}, content,
    header: { msg_id: kind, msg_type: kind, session: "probe", username: "x", version: "5.3", date: new Date().toISOString() } }));
  send("execute_request", { code: "1 + 1", silent: false, store_history: false, user_expressions: {}, allow_stdin: false });
  send("kernel_info_request", {});
  while (!heard.some((said) => said.msg_type === "kernel_info_reply")) await new Promise((done) => setTimeout(done, 50));
  await new Promise((done) => setTimeout(done, 500));
  socket.close();
  return heard.filter((said) => said.parent_header.msg_id === "execute_request").map((said) => said.msg_type);
}"""


@dataclass
class Served:
    """Running apps: the address, and the token that opens it."""

    url: str
    token: str

    def status(self, path: str, *, token: bool = False, method: str = "GET") -> int:
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        if token:
            request.add_header("Authorization", f"token {self.token}")
        try:
            with urllib.request.build_opener(_Still).open(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args, **_more):
        return None


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("apps")
    command = [sys.executable, "-m", "ilp_lab", "app", "--no-browser"]
    with serving(command, folder, r"(http://127\.0\.0\.1:\d+/)\S+token=(\w+)", apart(folder)) as (found, _):
        yield Served(found[1], found[2])


@pytest.fixture
def page(strict_page):
    """A page of 1,024 pixels whose console stays free of errors."""
    told = []
    strict_page.set_viewport_size({"width": 1024, "height": 768})
    strict_page.on("console", lambda said: told.append(said.text) if said.type == "error" else None)
    yield strict_page
    assert told == []


def opened(apps, page, name: str) -> None:
    page.goto(f"{apps.url}ilp-lab/app/{name}?token={apps.token}", wait_until="commit")
    assert page.locator("#loading h1").inner_text() == APPS[name].title
    # the page still arrives piece by piece
    page.locator("#loading li", has_text="Starting Python for this board").wait_for(state="attached")
    page.locator(".ilp-answer .ilp-first").wait_for(timeout=180_000)


def headline(page) -> str:
    return page.locator(".ilp-answer .ilp-first").inner_text()


def test_a_manager_opens_a_board_and_changes_it(apps, page):
    opened(apps, page, "crime-map")
    incidents, areas, first = examples.incidents(), examples.areas(), crime_map().state
    assert headline(page) == compute_crime_map(first, incidents, areas=areas).answer[0]
    page.wait_for_function("document.querySelector('.ilpw-crimemap')?.dataset.drawn > 0")
    page.get_by_role("checkbox", name="robbery").check()
    asked = replace(first, offences=("robbery",))
    expected = compute_crime_map(asked, incidents, areas=areas)
    page.locator(".ilp-first", has_text=expected.answer[0]).wait_for()
    assert page.locator(".ilp-value").first.inner_text() == f"{len(expected.tables['incidents']):,}"
    page.wait_for_function(
        "n => document.querySelector('.ilpw-rowtable')?.dataset.rows === n",
        arg=str(len(expected.tables["incidents"])),
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("h1, .jp-InputArea, .jp-Cell").count() == 0  # neither waiting text nor source is left
    assert "opening.Opening" not in page.content()
    assert page.evaluate(ASK_FOR_CODE) == []


def test_nobody_gets_in_without_the_token_and_nothing_else_is_served(apps, page):
    for path in ("ilp-lab/apps", "ilp-lab/app/crime-map", "voila/render/crime-map.ipynb", "api/kernels"):
        assert apps.status(path) in {302, 403}, path
        assert apps.status(f"{path}?token=wrong") in {302, 403}, path
    assert apps.status("ilp-lab/app/no-such-board", token=True) == 404
    for path in ("lab", "api/contents", "api/sessions", "api/terminals", "files/x", "view/x"):
        assert apps.status(path, token=True) == 404, path
    assert apps.status("voila/files/picture.png", token=True) == 403
    page.goto(f"{apps.url}?token={apps.token}")
    names = [said.splitlines()[0] for said in page.locator("a").all_inner_texts()]
    assert names == [app.title for app in APPS.values()]


OPENED_ALWAYS = ("options", "class-console")
"""Two boards with what a notebook is not needed for: a choice, and a form with a button; the others are opened at night."""


@pytest.mark.parametrize(
    "name",
    [
        name if name in OPENED_ALWAYS else pytest.param(name, marks=pytest.mark.slow)
        for name in APPS
        if name != "crime-map"
    ],
)
def test_every_board_as_an_app_says_what_python_says_after_a_control_was_moved(apps, page, name):
    opened(apps, page, name)
    board = APPS[name].open()
    assert headline(page) == board.view.answer[0]
    check_board(page, APPS[name].board)
    assert serious_faults(page, APPS[name].board) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
