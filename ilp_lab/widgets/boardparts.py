"""The two parts of a board on the screen: its head with the controls, and the pages below it.

They know nothing of what a board answers: they lay out what they are given, and say what was asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ilp_lab._tongue import spoken, tr

_WEB = Path(__file__).parent / "web"
_FROM_THE_RIGHT = frozenset({"ar", "fa", "he", "ur", "ps", "tg-Arab", "ug"})


def _words() -> dict[str, str]:
    """What the parts themselves say."""
    return {
        "controls": tr("What is asked"),
        "progress": tr("How far the work is"),
        "stop": tr("Stop"),
        "seconds": tr("({seconds} s)"),
        "sort": tr("Sort by this column"),
        "waiting": tr("Waiting for Python: it is busy with something else …"),
        "silent": tr(
            "Python does not answer any more. If it was restarted, run the cell that shows the board again; "
            "in an app, load the page again. What was saved to the case is still there."
        ),
    }


class _Part(anywidget.AnyWidget):
    _esm = _WEB / "boards.js"
    _css = _WEB / "boards.css"
    part = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode("en").tag(sync=True)
    direction = traitlets.Unicode("ltr").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        language = spoken()
        super().__init__(
            language=language,
            direction="rtl" if language in _FROM_THE_RIGHT else "ltr",
            words=_words(),
            **traits,
        )


class BoardHead(_Part):
    """Heading, controls, buttons and the line that says what is going on."""

    part = traitlets.Unicode("head").tag(sync=True)
    key = traitlets.Unicode().tag(sync=True)
    heading = traitlets.Unicode().tag(sync=True)
    question = traitlets.Unicode().tag(sync=True)
    origin = traitlets.Unicode().tag(sync=True)
    asked: Any = traitlets.List().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    acts: Any = traitlets.List().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)


class BoardPages(_Part):
    """Sentences, numbers, pictures and tables, one below the other."""

    part = traitlets.Unicode("pages").tag(sync=True)
    blocks: Any = traitlets.List().tag(sync=True)
    busy = traitlets.Bool(default_value=False).tag(sync=True)
