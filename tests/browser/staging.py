"""Widgets on a bare page: the very messages that Python sends, played to the very script, without a kernel.

What the page answers is kept in ``window.sent``; :func:`answer` hands it back to the widget, as a kernel would.
"""

from __future__ import annotations

import base64
import json

ARGUMENTS_OF_SEND = ("content", "buffers")

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Widgets</title></head><body>
<main id="stage"></main>
<script type="module">
const bytes = (text) => { const raw = atob(text), out = new Uint8Array(raw.length); for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i); return new DataView(out.buffer); };
const mounts = JSON.parse(document.getElementById("mounts").textContent);
const mount = (await import(URL.createObjectURL(new Blob([mounts.esm], { type: "text/javascript" })))).default;
window.sent = []; window.models = {}; window.bytes = bytes;
const b64 = (buffer) => { let text = ""; for (const one of new Uint8Array(buffer.buffer ?? buffer)) text += String.fromCharCode(one); return btoa(text); };
for (const { wire, waiting } of mounts.widgets) {
  const calls = new Map(), state = { _wire: wire, _waiting: waiting };
  const model = {
    get: (name) => state[name], off() {}, on: (name, call) => calls.set(name, [...(calls.get(name) ?? []), call]),
    send: (content, _callbacks, buffers = []) => window.sent.push({ wire, content, buffers: buffers.map(b64) }),
    fire: (name, ...values) => (calls.get(name) ?? []).forEach((call) => call(...values)),
  };
  window.models[wire] = model;
  await mount.initialize({ model });
  const el = document.createElement("div");
  el.id = "w" + wire;
  document.getElementById("stage").append(el);
  model.gone = mount.render({ model, el });
}
window.play = (wire, messages) => messages.forEach(({ content, buffers }) => window.models[wire].fire("msg:custom", content, buffers.map(bytes)));
mounts.widgets.forEach(({ wire, messages }) => window.play(wire, messages));
document.documentElement.dataset.ready = "yes";
</script>
<script type="application/json" id="mounts">%s</script></body></html>"""


class Staged:
    """Widgets, and what they send from now on."""

    def __init__(self, *makers) -> None:
        from ilp_lab.widgets.mounting import Mounted

        self.log: dict[str, list[dict]] = {}
        self._plain = Mounted.send

        def keep(widget, content, buffers=None):
            said = [base64.b64encode(bytes(part)).decode() for part in buffers or []]
            self.log.setdefault(widget._wire, []).append({"content": content, "buffers": said})

        Mounted.send = keep
        try:
            self.widgets = [widget for make in makers for widget in _several(make())]
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        from ilp_lab.widgets.mounting import Mounted

        Mounted.send = self._plain

    def html(self) -> str:
        from ilp_lab.widgets.mounting import Mounted

        mounts = {
            "esm": Mounted._esm,
            "widgets": [
                {"wire": widget._wire, "waiting": widget._waiting, "messages": self.log.pop(widget._wire, [])}
                for widget in self.widgets
            ],
        }
        return PAGE % json.dumps(mounts).replace("<", "\\u003c")

    def exchange(self, page) -> list[dict]:
        """Hand what the page said to the widgets, and what they answer to the page; returns what the page said."""
        said = page.evaluate("window.sent.splice(0)")
        by_wire = {widget._wire: widget for widget in self.widgets}
        for message in said:
            buffers = [memoryview(base64.b64decode(part)) for part in message["buffers"]]
            by_wire[message["wire"]].heard(None, message["content"], buffers)
        self.deliver(page)
        return said

    def deliver(self, page) -> None:
        for wire, messages in self.log.items():
            page.evaluate("([wire, messages]) => window.play(wire, messages)", [wire, messages])
        self.log.clear()


def _several(made):
    return made if isinstance(made, list | tuple) else [made]
