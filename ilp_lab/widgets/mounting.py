"""What every widget is built on: its script reaches the page, its data reach the script, and no row stays in a notebook.

Scripts and data travel as messages between kernel and page. They are no state of the widget, so neither a saved notebook
nor an executed one can hold them. A page that opens later asks for everything again. What a message from the page asks
for runs inside :meth:`Mounted.heard`, which tells every fault where the user looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4

import anywidget
import traitlets

from ilp_lab._spoken import speak, spoken
from ilp_lab._tongue import tr
from ilp_lab.errors import IlpError
from ilp_lab.views import assets
from ilp_lab.widgets.parcels import bits, unbits
from ilp_lab.widgets.selections import Selection

if TYPE_CHECKING:
    from ilp_lab.widgets.parcels import Parcel

_WEB = Path(__file__).parent / "web"
# Leaflet as a part of the module, without a trace in the page it is shown in.
_LEAFLET = "const L = (() => {{ const exports = {{}}, module = {{ exports }};\n{text}\nexports.noConflict?.(); return exports; }})();"


class Mounted(anywidget.AnyWidget):
    """A widget of this library; the ones that users open stand on it.

    A kind of widget says which script it is (``kind``), of which files that is put together (``scripts``, in order, after
    ``shared.js``), which style sheets go with it, and gives its words and its data. It speaks the language that was spoken
    when it was made. In its script it enters itself:
    ``ilpKinds.name = class { constructor(host) … hear(message, buffers) … left() … remove() … }``.

    Attributes
    ----------
    selection
        The rows that are chosen, shared with other widgets; ``None`` for widgets without rows.
    """

    kind: ClassVar[str] = ""
    scripts: ClassVar[tuple[str, ...]] = ()
    libraries: ClassVar[tuple[str, ...]] = ()
    styles: ClassVar[tuple[str, ...]] = ("widgets.css",)
    _esm: ClassVar[str] = (_WEB / "mount.js").read_text(encoding="utf-8")

    _wire = traitlets.Unicode().tag(sync=True)
    _waiting = traitlets.Unicode().tag(sync=True)

    selection: Selection | None = None
    fault = ""

    def __init__(self, *, selection: Selection | None = None) -> None:
        self._language = spoken()
        super().__init__(_wire=uuid4().hex, _waiting=tr("Waiting for the data …"))
        self.on_msg(self.heard)
        self.follow(selection)

    def follow(self, selection: Selection | None) -> None:
        """Share another choice from now on, or none."""
        if self.selection is not None:
            self.selection.unobserve(self._selected_elsewhere, names="rows")
        self.selection = selection
        if selection is not None:
            selection.observe(self._selected_elsewhere, names="rows")

    @classmethod
    def words(cls) -> dict[str, str]:
        """What the page says by itself, by name; in the language that is spoken now."""
        return {}

    def data(self) -> Iterable[tuple[str, dict[str, Any], Parcel | None]]:
        """What the page needs, message by message: about what, content, arrays."""
        raise NotImplementedError

    def mount(self) -> None:
        """Send the script and the data; called at the end of ``__init__`` and whenever a page asks."""
        with speak(self._language):
            self.send({"about": "script", **_bundle(type(self), self._language)})
            self.tell_data()

    def tell_data(self) -> None:
        """Send the data and the choice."""
        for about, content, parcel in self.data():
            self.tell(about, content, parcel)
        self._tell_selection()

    def tell(
        self, about: str, content: Mapping[str, Any], parcel: Parcel | None = None, *, once: bool = False
    ) -> None:
        """Send one message; with ``once`` pages that open later are not told."""
        self.send({**content, "about": about, "once": once}, buffers=[] if parcel is None else parcel.buffers)

    def heard(self, _widget: Any, message: Any, buffers: list[memoryview]) -> None:
        """Answer a message from the page; a fault is told there, never swallowed and never raised into the log."""
        ask = message.get("ask") if isinstance(message, dict) else None
        answer: Callable[..., None] | None = (
            getattr(self, f"ask_{ask}", None) if str(ask).isidentifier() else None
        )
        if answer is None:
            return
        self.fault = ""
        try:
            with speak(self._language):
                answer(message, buffers)
        except IlpError as error:
            self.fault = str(error)
        except Exception as error:  # noqa: BLE001  (a widget would swallow it)
            self.fault = tr("Something unexpected went wrong ({fault}).").format(
                fault=f"{type(error).__name__}: {error}"
            )
        if self.fault:
            self.say(self.fault, alarm=True)

    def say(self, sentence: str, *, alarm: bool = False) -> None:
        """Show a sentence in the status line."""
        self.tell("said", {"sentence": sentence, "alarm": alarm}, once=True)

    def ask_everything(self, _message: Mapping[str, Any], _buffers: list[memoryview]) -> None:
        """A page opened after the widget was made."""
        self.mount()

    def ask_select(self, message: Mapping[str, Any], buffers: list[memoryview]) -> None:
        """Somebody chose rows in the page; the chosen ones come as bits."""
        if self.selection is None:
            return
        import numpy as np

        mask = (
            unbits(buffers[0], len(self.selection.table))
            if buffers
            else np.zeros(len(self.selection.table), bool)
        )
        self.selection.take(np.flatnonzero(mask), author=self, token=str(message.get("token", "")))

    def _selected_elsewhere(self, _change: Any) -> None:
        if self.selection is not None and self.selection.author is not self:
            self._tell_selection()

    def _tell_selection(self) -> None:
        """Pages that already have it (they share one choice) know it by its token."""
        if self.selection is None:
            return
        content = {
            "about": "selected",
            "once": False,
            "token": self.selection.token,
            "count": len(self.selection),
        }
        self.send(content, buffers=[bits(self.selection.mask)] if self.selection else [])

    def close(self) -> None:
        """Take the widget out of the page and let go of the selection."""
        self.follow(None)
        super().close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@cache
def _text(name: str) -> str:
    return (_WEB / name).read_text(encoding="utf-8")


def _bundle(kind: type[Mounted], language: str) -> dict[str, Any]:
    """The script of a kind of widget, with its style sheet and its words in the language spoken."""
    text, style, sha = _put_together(kind.scripts, kind.libraries, kind.styles)
    words = {**_shared_words(), **kind.words()}
    return {"kind": kind.kind, "sha": sha, "text": text, "style": style, "words": words, "language": language}


@cache
def _put_together(
    scripts: tuple[str, ...], libraries: tuple[str, ...], styles: tuple[str, ...]
) -> tuple[str, str, str]:
    own = [
        "const ilpKinds = {};",
        *(_text(name) for name in ("shared.js", *scripts)),
        "export { ilpKinds as kinds };",
    ]
    parts = [*(_library(name) for name in libraries), *own]
    sheets = [assets.style("leaflet.css")] if "leaflet.js" in libraries else []
    sheets += [_text(name) for name in styles]
    text, style = "\n".join(parts), "\n".join(sheets)
    return text, style, hashlib.sha256((text + style).encode()).hexdigest()[:16]


def _library(name: str) -> str:
    """Leaflet, or a script that pages and widgets share."""
    return _LEAFLET.format(text=assets.script(name)) if name == "leaflet.js" else assets.own(name)


def _shared_words() -> dict[str, str]:
    """What all widgets say."""
    return {
        "kernel_gone": tr("The kernel no longer answers: the picture stays as it is. Run the cell again to go on."),
        "mode": tr("A new choice"), "mode_new": tr("replaces the one before"), "mode_add": tr("is added to it"),
        "mode_within": tr("keeps only what is in both"), "clear": tr("Clear the choice"), "chosen": tr("{n} of {total} chosen"),
        "none_chosen": tr("None of {total} chosen"), "contrast": tr("High contrast"),
    }  # fmt: skip
