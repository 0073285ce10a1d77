"""The controls of a board on a bare page: what Python says late does not undo what was asked meanwhile."""

from __future__ import annotations

import json

import pytest

from ilp_lab.boards import asking
from ilp_lab.widgets.boardparts import BoardHead

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Board</title></head><body><main id="stage"></main>
<script type="application/json" id="given">%s</script>
<script type="module">
const given = JSON.parse(document.getElementById("given").textContent);
const part = (await import(URL.createObjectURL(new Blob([given.esm], { type: "text/javascript" })))).default;
const calls = [];
window.sent = [];
window.put = (values) => calls.forEach((call) => call({ about: "put", values }));
const model = {
  get: (name) => given.traits[name], off() {}, on: (name, call) => { if (name === "msg:custom") calls.push(call); },
  send: (content) => window.sent.push(content),
};
part.render({ model, el: document.getElementById("stage") });
window.put(given.held);
document.documentElement.dataset.ready = "yes";
</script></body></html>"""


@pytest.fixture
def page(strict_page, tmp_path):
    asked = [asking.many("kinds", "Kinds", ["theft", "robbery"]), asking.yes("sure", "Sure")]
    head = BoardHead(asked=[one.spec() for one in asked], state={"kinds": [], "sure": False}, heard="")
    traits = {name: getattr(head, name) for name in ("part", "language", "direction", "words")}
    given = {"esm": head._esm, "traits": traits, "held": {**head.held, "heading": "Board", "acts": []}}
    file = tmp_path / "board.html"
    file.write_text(PAGE % json.dumps(given, default=str).replace("<", "\\u003c"), encoding="utf-8")
    strict_page.goto(file.as_uri())
    strict_page.wait_for_selector("html[data-ready]")
    return strict_page


def test_a_late_state_does_not_untick_what_was_ticked(page):
    tick = page.get_by_role("checkbox", name="theft")
    tick.check()
    token = page.evaluate("window.sent.at(-1).token")
    page.evaluate("window.put({ state: { kinds: [], sure: false }, heard: '' })")
    assert tick.is_checked()
    page.evaluate("token => window.put({ state: { kinds: ['robbery'], sure: true }, heard: token })", token)
    assert not tick.is_checked()
    assert page.get_by_role("checkbox", name="robbery").is_checked()
    page.evaluate("window.put({ state: { kinds: ['theft'], sure: true } })")
    assert tick.is_checked()


def test_another_page_that_opens_does_not_take_the_focus_away(page):
    tick = page.get_by_role("checkbox", name="robbery")
    tick.focus()
    page.evaluate("window.put(JSON.parse(document.getElementById('given').textContent).held)")
    assert tick.evaluate("element => element === document.activeElement")
    page.evaluate(
        "() => { const held = JSON.parse(document.getElementById('given').textContent).held;"
        " held.asked[0].options.push(['fraud', 'fraud']); window.put(held); }"
    )
    assert page.get_by_role("checkbox", name="fraud").count() == 1
