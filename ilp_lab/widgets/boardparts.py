"""The two parts of a board on the screen: its head with the controls, and the pages below it.

They know nothing of what a board answers: they lay out what they are given, and say what was asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ilp_lab._spoken import spoken
from ilp_lab._tongue import tr

_WEB = Path(__file__).parent / "web"
_FROM_THE_RIGHT = frozenset({"ar", "fa", "he", "ur", "ps", "tg-Arab", "ug"})


def direction(language: str) -> str:
    """Which way a language is written: ``"ltr"`` or ``"rtl"``."""
    return "rtl" if language in _FROM_THE_RIGHT else "ltr"


def _words() -> dict[str, str]:
    """What the parts themselves say."""
    return {
        "controls": tr("What is asked"),
        "progress": tr("How far the work is"),
        "stop": tr("Stop"),
        "seconds": tr("({seconds} s)"),
        "opening": tr("The board is being opened …"),
        "sort": tr("Sort by this column"),
        "more": tr("The table is wider than the screen: its bar below moves it sideways."),
        "waiting": tr("Waiting for Python: it is busy with something else …"),
        "silent": tr(
            "Python does not answer any more. If it was restarted, run the cell that shows the board again; "
            "in an app, load the page again. What was saved to the case is still there."
        ),
    }


class _Part(anywidget.AnyWidget):
    """What it shows travels as messages, never as state, so that no saved notebook can hold a row of it.

    Attributes
    ----------
    held
        What is shown now; a page that opens later asks for it.
    """

    _esm = _WEB / "boards.js"
    _css = _WEB / "boards.css"
    part = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode("en").tag(sync=True)
    direction = traitlets.Unicode("ltr").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, **held: Any) -> None:
        language = spoken()
        super().__init__(
            language=language,
            direction=direction(language),
            words=_words(),
        )
        self.held: dict[str, Any] = dict(held)
        self.on_msg(self._asked_for_all)

    def put(self, **values: Any) -> None:
        """Show other values."""
        self.held.update(values)
        self.send({"about": "put", "values": values})

    def _asked_for_all(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("ask") == "everything":
            self.send({"about": "put", "values": self.held})


class BoardHead(_Part):
    """Heading, controls, buttons and the line that says what is going on.

    It shows ``key``, ``heading``, ``question``, ``origin``, ``asked`` (one entry for each control), ``state``, ``heard`` (which of
    what was asked this state already answers), ``acts`` and ``status``.
    """

    part = traitlets.Unicode("head").tag(sync=True)


class BoardPages(_Part):
    """Sentences, numbers, pictures and tables, one below the other: ``blocks``, and whether it is ``busy``."""

    part = traitlets.Unicode("pages").tag(sync=True)
