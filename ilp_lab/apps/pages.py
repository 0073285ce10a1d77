"""The pages of apps, as handlers of a Jupyter server: one for each board, each behind the same log-in as the server."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import nbformat
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.services.contents.manager import ContentsManager
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated
from voila.configuration import VoilaConfiguration
from voila.paths import collect_template_paths
from voila.tornado.handler import TornadoVoilaHandler

from ilp_lab._spoken import speak
from ilp_lab._tongue import tr
from ilp_lab.apps.opening import brought, notebook
from ilp_lab.apps.table import APPS, App
from ilp_lab.widgets.boardparts import direction

PLACE: Final = "ilp-lab"
TEMPLATE: Final = "ilp"
# What draws widgets; whatever else is installed for JupyterLab stays out of the page.
_EXTENSIONS: Final = (
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
)
POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # widgets come as scripts in messages
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: blob: data:",
        "frame-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
_STILL: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


class BoardNotebooks(ContentsManager):
    """The generated notebooks behind the apps, to be read and nothing else: no file is served, none can be written."""

    def get(
        self,
        path: str,
        content: bool = True,  # noqa: ARG002, FBT002
        type: str | None = None,  # noqa: A002
        format: str | None = None,  # noqa: A002, ARG002
        require_hash: bool = False,  # noqa: ARG002, FBT002
    ) -> dict[str, Any]:
        """The notebook of an app."""
        app = APPS.get(path.strip("/").removesuffix(".ipynb"))
        if app is None or type not in {None, "notebook"}:
            raise HTTPError(404, f"There is no app {path!r}.")
        return {"name": f"{app.name}.ipynb", "path": f"{app.name}.ipynb", "type": "notebook", "format": "json", "mimetype": None, "writable": False, "content": _with_words(app)}  # fmt: skip

    def file_exists(self, path: str = "") -> bool:
        """Whether there is such an app."""
        return path.strip("/").removesuffix(".ipynb") in APPS

    def dir_exists(self, path: str) -> bool:
        """There is the top, and nothing below it."""
        return not path.strip("/")

    def is_hidden(self, path: str) -> bool:  # noqa: ARG002
        """Nothing is hidden."""
        return False

    def get_extra_handlers(self) -> list[Any]:
        """No address under which files are given out."""
        return []

    def save(self, model: dict[str, Any], path: str) -> dict[str, Any]:  # noqa: ARG002
        """Refused."""
        raise HTTPError(403, "Apps cannot be changed.")

    def delete_file(self, path: str) -> None:  # noqa: ARG002
        """Refused."""
        raise HTTPError(403, "Apps cannot be changed.")

    def rename_file(self, old_path: str, new_path: str) -> None:  # noqa: ARG002
        """Refused."""
        raise HTTPError(403, "Apps cannot be changed.")


class BoardPage(TornadoVoilaHandler):
    """A board in its own Python process, on a page of its own."""

    @property
    def contents_manager(self) -> BoardNotebooks:
        """Boards come from the program, not from the folder that the server shows."""
        return BoardNotebooks(parent=self.serverapp)

    @property
    def content_security_policy(self) -> str:
        """Nothing from another computer."""
        return POLICY

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Send the page piece by piece, so that it says what is being done."""
        if path not in APPS:
            raise HTTPError(404, f"There is no app {path!r}.")
        await super().get(f"{path}.ipynb")


class _StillPage(JupyterHandler):
    """A page without a script."""

    @property
    def content_security_policy(self) -> str:
        """Nothing from another computer, and no script."""
        return _STILL


class AppsPage(_StillPage):
    """All boards that are served."""

    def initialize(self, *, home: Path | None) -> None:
        """Take the folder of the notebooks, where there is one."""
        self._home = home

    @authenticated
    async def get(self) -> None:
        """The list."""
        from ilp_lab.apps.home import apps_page

        self.finish(apps_page(self.base_url, language=brought().language, home=self._home is not None))


class HomePage(_StillPage):
    """The start page of the lab."""

    def initialize(self, *, home: Path) -> None:
        """Take the folder of the notebooks."""
        self._home = home

    @authenticated
    async def get(self) -> None:
        """Cards, and how the case stands."""
        from ilp_lab.apps.home import home_page

        given = brought()
        page = home_page(
            self._home,
            self.base_url,
            language=given.language,
            chosen=self.get_argument("case", ""),
            case=Path(given.case) if given.case else None,
        )
        self.finish(page)


def handlers(server: Any, *, home: Path | None = None) -> list[tuple[Any, ...]]:
    """The addresses of the pages, for a running server; with a start page where there is a folder of notebooks."""
    configuration = VoilaConfiguration(parent=server)
    configuration.template = TEMPLATE
    configuration.allow_template_override = configuration.allow_theme_override = "NO"
    configuration.show_tracebacks = False
    configuration.strip_sources = True
    configuration.extension_allowlist = list(_EXTENSIONS)
    configuration.page_config_hook = _without_strangers
    given = {
        "config": server.config,
        "template_paths": collect_template_paths(["voila", "nbconvert"], TEMPLATE),
        "voila_configuration": configuration,
    }
    base = server.web_app.settings["base_url"]
    return [
        (url_path_join(base, PLACE, "app", "(.*)"), BoardPage, given),
        (url_path_join(base, PLACE, "apps"), AppsPage, {"home": home}),
        *([(url_path_join(base, PLACE, "home"), HomePage, {"home": home})] if home is not None else []),
    ]


def _without_strangers(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Voilà would fetch formulas from a host; told that there is no address, it takes what it has brought along."""
    return {**page_config, "fullMathjaxUrl": "null", "mathjaxConfig": "null"}


def _with_words(app: App) -> Any:
    """The notebook of an app, with what its page says in the language that is spoken."""
    made = nbformat.reads(notebook(app).decode(), as_version=4)  # type: ignore[no-untyped-call]
    language = brought().language
    with speak(language):
        made.metadata["ilp_lab"] = {
            "title": app.title,
            "question": app.question,
            "home": f"{PLACE}/apps",
            "language": language,
            "direction": direction(language),
            "steps": [
                tr("Starting Python for this board"),
                tr("Loading the program"),
                tr("Reading the data"),
                tr("Working out the first answer"),
                tr("Drawing the board"),
            ],
            "words": {
                "home": tr("All boards"),
                "here": tr("Everything stays on this computer: nothing is asked of any other."),
                "first": tr("The first time on a computer takes a minute or two longer, because parts of the program are built for it."),
                "fault": tr("This board could not be shown. Load the page again; if that does not help, the window in which it was started says why."),
            },
        }  # fmt: skip
    return made
