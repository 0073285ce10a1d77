"""A board on a bare page: the very script and what Python sent it, without a kernel; what the page says is kept."""

from __future__ import annotations

import json

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Board</title><style>%s</style></head><body style="margin:0">
<main class="ilp-board-all"><div class="ilp-board-grid"><div id="part0"></div><div class="ilp-board-body"><div id="part1"></div><div id="part2"></div></div></div></main>
<script type="application/json" id="given">%s</script>
<script type="module">
const given = JSON.parse(document.getElementById("given").textContent);
const part = (await import(URL.createObjectURL(new Blob([given.esm], { type: "text/javascript" })))).default;
const calls = given.parts.map(() => []), others = given.parts.map(() => []);
window.fire = (place, name) => others[place].filter(([one]) => one === name).forEach(([, call]) => call());
window.sent = [];
window.put = (place, values) => calls[place].forEach((call) => call({ about: "put", values }));
given.parts.forEach(({ traits, held }, place) => {
  const model = {
    get: (name) => traits[name], off() {},
    on: (name, call) => { if (name === "msg:custom") calls[place].push(call); else others[place].push([name, call]); },
    send: (content) => window.sent.push(content),
  };
  part.render({ model, el: document.getElementById("part" + place) });
  window.put(place, held);
});
document.documentElement.dataset.ready = "yes";
</script></body></html>"""


def board_page(board, *, timeout_s: float = 120) -> str:
    """The page of a board that has answered."""
    board.show()
    assert board.wait(timeout_s)
    parts = [board._head, board._pages, board._more]
    traits = ("part", "language", "direction", "words")
    given = {
        "esm": board._head._esm,
        "parts": [
            {"traits": {name: getattr(part, name) for name in traits}, "held": part.held} for part in parts
        ],
    }
    return PAGE % (board._head._css, json.dumps(given, default=str).replace("<", "\\u003c"))
