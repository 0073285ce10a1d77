"""Opening a board in its own Python process: what to open is read from the environment, never from the page.

The notebook behind an app is the same for everybody (:func:`notebook`). Whatever goes wrong becomes a sentence on the page.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ilp_lab._homefolder import at_home
from ilp_lab._notebooks import Cell, render_cells
from ilp_lab._spoken import of_case, speak, spoken
from ilp_lab._tongue import tr
from ilp_lab.apps.table import FILES, App, app_named
from ilp_lab.errors import IlpError, InputError

if TYPE_CHECKING:
    from pathlib import Path

    import ipywidgets

VARIABLE: Final = "ILP_LAB_APP"
_FIRST_ANSWER_S: Final = 120


@dataclass(frozen=True, slots=True)
class Brought:
    """What users bring to an app.

    Attributes
    ----------
    files
        Name of an option → file.
    case, analyst
        The folder of a case, and who looks; opening is written to the log of the case.
    tz, crs, columns
        How the files are read, as for :func:`ilp_lab.intake.read_incidents`.
    language
        In which language boards speak.
    """

    files: dict[str, str] = field(default_factory=dict)
    case: str = ""
    analyst: str = ""
    tz: str = ""
    crs: str = "auto"
    columns: dict[str, str] = field(default_factory=dict)
    language: str = "en"

    def packed(self) -> str:
        """As text for the environment."""
        return json.dumps(asdict(self))


def spoken_in(case: Path | None) -> str:
    """The language that boards speak: chosen, of the environment, of the case, of the user."""
    from ilp_lab.safeguards.case import stored_case

    held = stored_case(at_home(case)) if case is not None else None
    if held is not None:
        of_case(held.language)
    return spoken()


def brought() -> Brought:
    """What the environment says was brought."""
    return Brought(**json.loads(os.environ.get(VARIABLE) or "{}"))


def notebook(app: App) -> bytes:
    """The notebook behind an app: three steps, so that the page can say which one is being done.

    Examples
    --------
    >>> len(json.loads(notebook(app_named("crime-map")))["cells"])
    3
    """
    steps = (
        f'from ilp_lab.apps import opening\n\napp = opening.Opening("{app.name}")',
        "app.read()",
        "app.show()",
    )
    return render_cells([Cell("code", step) for step in steps], app.name)


class Opening:
    """A board on its way to the screen: first what was brought is read, then it is shown.

    Parameters
    ----------
    name
        The name of an app.
    given
        What was brought; as the environment says when left out.
    """

    def __init__(self, name: str, given: Brought | None = None) -> None:
        self.app = app_named(name)
        self.given = brought() if given is None else given
        self.board: Any = None
        self.fault = ""

    def read(self) -> None:
        """Read the files, open the case and the board; what goes wrong is kept as a sentence."""
        with speak(self.given.language):
            try:
                self.board = open_board(self.app, self.given)
            except IlpError as error:
                self.fault = str(error)
            except Exception as error:
                logging.getLogger("ilp_lab").exception("opening the app %s", self.app.name)
                self.fault = tr(
                    "Something unexpected went wrong ({kind}); the window in which the app was started says more."
                ).format(kind=type(error).__name__)

    def show(self) -> ipywidgets.Widget:
        """The board, or why there is none."""
        with speak(self.given.language):
            if self.board is None:
                return message(tr("This board could not be opened."), self.fault)
            shown = self.board.show()
        self.board.wait(_FIRST_ANSWER_S)  # widgets made while a page connects would be missed by it
        return shown


def open_board(app: App, given: Brought) -> Any:
    """Open a board on what was brought, and on the sample data where nothing was.

    Raises
    ------
    InputError, ReadError
        When a file or the case cannot be used, or the board does not work on such a file.

    Examples
    --------
    >>> open_board(app_named("priorities"), Brought()).title
    'Priorities'
    """
    from ilp_lab import safeguards

    unused = [name for name in given.files if name not in app.takes]
    if unused:
        raise InputError(
            tr("The board “{title}” does not work on {files}; it takes: {takes}.").format(
                title=app.title, files=", ".join(unused), takes=", ".join(app.takes) or tr("nothing")
            )
        )
    tables: dict[str, Any] = {name: _read(name, given) for name in FILES if name in given.files}
    if "entities" in tables and "links" not in tables:
        raise InputError(tr("Entities alone make no chart; bring links too (--links)."))
    if "links" in tables:
        from ilp_lab import networks

        tables["chart"] = networks.chart(tables.pop("links"), tables.pop("entities", None))
    if given.case and given.analyst:  # a start page shows a case without opening it
        tables["case"] = safeguards.open_case(given.case, analyst=given.analyst)
    return app.open(**tables)


def message(heading: str, text: str) -> ipywidgets.Widget:
    """A heading and a sentence as a widget; nothing of either is markup."""
    from ilp_lab.widgets.boardparts import BoardHead

    return BoardHead(key="message", heading=heading, question="", asked=[], state={}, acts=[], status={"kind": "fault", "text": text})  # fmt: skip


def _read(name: str, given: Brought) -> Any:
    from ilp_lab import intake

    path = given.files[name]
    columns, tz = given.columns or None, given.tz or None
    if name == "incidents":
        return intake.read_incidents(path, columns=columns, crs=given.crs, tz=tz)[0]
    if name == "areas":
        return intake.read_areas(path, crs=given.crs)[0]
    if name == "links":
        return intake.read_links(path, tz=tz)[0]
    if name == "entities":
        return intake.read_entities(path)[0]
    from ilp_lab.intake.files import read_raw

    return read_raw(path, caller="ilp-lab app", sheet=None).frame
