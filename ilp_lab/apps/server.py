"""The server of apps: a Jupyter server that has nothing but boards on it.

In ``ilp-lab lab`` the same pages are an extension of the server that JupyterLab runs on (:func:`_load_jupyter_server_extension`).
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import JupyterServerAuthWarning
from traitlets.config import Config

from ilp_lab.apps import pages
from ilp_lab.apps.serving import Reach, with_template

KEPT_IDLE_S: Final = 15 * 60
# What a page may send to the Python behind its board: what widgets say, and never code.
_MESSAGES: Final = [
    "comm_open", "comm_close", "comm_msg", "comm_info_request", "kernel_info_request", "shutdown_request", "interrupt_request",
]  # fmt: skip


class AppServer(ServerApp):
    """A Jupyter server with the kernels of boards, and without files, terminals, sessions and other extensions."""

    name = "ilp-lab-app"
    description = "Boards as apps."
    default_services = ("auth", "api", "kernels", "kernelspecs", "security")  # type: ignore[assignment]

    def find_server_extensions(self) -> None:
        """Take no extension that others have switched on."""
        wanted = {"voila.server_extension": True, "ilp_lab.apps.server": True}
        self.config.ServerApp.jpserver_extensions = wanted
        self.jpserver_extensions = wanted


def configuration(reach: Reach, *, root: str, first: str) -> Config:
    """The settings of a server of apps.

    Parameters
    ----------
    reach
        Who may reach it.
    root
        An empty folder in which the kernels run.
    first
        The address that is opened.
    """
    config = Config()
    server = config.ServerApp
    server.ip, server.port, server.root_dir, server.default_url = reach.host, reach.port, root, first
    server.allow_unauthenticated_access = False
    server.terminals_enabled = False
    server.open_browser = reach.browser
    server.allow_root = True
    server.answer_yes = True
    server.log_level = "ERROR"
    server.contents_manager_class = pages.BoardNotebooks
    if reach.certificate:
        server.certfile, server.keyfile = reach.certificate, reach.key
    config.IdentityProvider.token = reach.token
    config.PasswordIdentityProvider.hashed_password = reach.hashed_password
    config.PasswordIdentityProvider.password_required = not reach.is_this_computer
    config.MappingKernelManager.allowed_message_types = _MESSAGES
    config.MappingKernelManager.cull_idle_timeout = KEPT_IDLE_S
    config.MappingKernelManager.cull_interval = 60
    if reach.private_pipes:
        config.KernelManager.transport = "ipc"
    config.VoilaConfiguration.template = pages.TEMPLATE
    config.VoilaConfiguration.file_allowlist = []
    return config


def serve(reach: Reach, *, first: str, root: str, say: Callable[[str], object]) -> int:
    """Serve the boards until Ctrl-C; returns the exit code."""
    os.environ["JUPYTER_PATH"] = with_template(os.environ.get("JUPYTER_PATH", ""))
    server = AppServer(config=configuration(reach, root=root, first=first))
    with warnings.catch_warnings():
        # Voilà's own scripts and style sheets come without log-in; of files it gives none (file_allowlist).
        warnings.simplefilter("ignore", JupyterServerAuthWarning)
        server.initialize(argv=[])
    address = f"{server.connection_url.rstrip('/')}{first}"
    say(f"{address}?token={reach.token}" if reach.token else address)
    server.start()
    return 0


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "ilp_lab.apps.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Put the pages of the boards on a running Jupyter server, and a start page where it has a folder of notebooks."""
    home = None if isinstance(server, AppServer) else Path(server.root_dir)
    server.web_app.add_handlers(".*$", pages.handlers(server, home=home))
