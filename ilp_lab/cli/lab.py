"""``ilp-lab lab``: JupyterLab on the user's copy of the notebooks, closed to the network."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ilp_lab._homefolder import at_home
from ilp_lab.apps.opening import VARIABLE, Brought, spoken_in
from ilp_lab.apps.serving import with_template
from ilp_lab.cli.screen import echo
from ilp_lab.cli.shipped import notebooks_folder
from ilp_lab.cli.stopping import left_to
from ilp_lab.errors import InputError, MissingPartError, ReadError, WriteError
from ilp_lab.safeguards.writing import write_atomically
from ilp_lab.training.editions import lessons_folder

_OWN = ".ilp-lab"
_QUIET = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    "@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings": {"saveState": False},
}


@dataclass(frozen=True, slots=True)
class Copied:
    """What was done with one notebook: ``new``, ``updated``, ``kept`` (the user changed it) or ``same``."""

    name: str
    done: str


def run(folder: Path | None, *, port: int, browser: bool, case: Path | None = None) -> int:
    """Copy the notebooks and start JupyterLab on its start page; returns its exit code."""
    home = at_home(folder or _default_folder()).resolve()
    if home.exists() and not home.is_dir():
        raise InputError(f"--folder: {home} is a file. Name a folder for your notebooks, new or your own.")
    if case is not None and not (case / "case.json").is_file():
        raise InputError(
            f"--case: {case} holds no case. Leave it away, or open one in a notebook first: ilp.open_case({str(case)!r}, "
            "purpose=..., legal_basis=..., analyst=...)."
        )
    copied = copy_notebooks(home)
    for entry in copied:
        if entry.done == "kept":
            echo(f"{entry.name}: you changed it, so it stays as it is; the new edition is beside it.")
    echo(f"Your notebooks: {home}")
    command = server_command(home, port=port, browser=browser)
    with subprocess.Popen(command, env=environment(home, case=case), cwd=home) as server, left_to(server):
        return server.wait()


def copy_notebooks(home: Path) -> list[Copied]:
    """Bring the shipped notebooks and lessons into ``home`` without ever overwriting the user's work.

    A notebook the user has not touched is brought up to date. One that was changed stays, and the new edition is
    put beside it under another name.
    """
    record = home / _OWN / "shipped.json"
    known = _known(record)
    done = []
    for name, source in _shipped():
        content = source.read_bytes()
        fresh, target = _hash(content), home / name
        have = _hash(_read(target)) if target.exists() else None
        if have is None:
            write_atomically(target, content)
            done.append(Copied(name, "new"))
        elif have == fresh:
            done.append(Copied(name, "same"))
        elif have == known.get(name):
            write_atomically(target, content)
            done.append(Copied(name, "updated"))
        else:
            write_atomically(target.with_name(f"{source.stem} (new edition){source.suffix}"), content)
            done.append(Copied(name, "kept"))
        known[name] = fresh
    write_atomically(record, json.dumps(known, indent=1, sort_keys=True).encode())
    return done


def _shipped() -> Iterator[tuple[str, Path]]:
    """Notebooks, and under ``lessons`` what learners open: the editions of students and of managers."""
    for source in sorted(notebooks_folder().glob("*.ipynb")):
        yield source.name, source
    try:
        lessons = lessons_folder()
    except MissingPartError:
        return
    for which, place in (("student", "lessons"), ("manager", "lessons/managers")):
        for source in sorted((lessons / which).glob("M*.ipynb")):
            yield f"{place}/{source.name}", source


def server_command(home: Path, *, port: int = 0, browser: bool = True) -> list[str]:
    """The command that starts JupyterLab: loopback only, token on, nothing fetched from anywhere."""
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={home}",
        "--ServerApp.allow_unauthenticated_access=False",
        "--ServerApp.terminals_enabled=False",
        "--ServerApp.jpserver_extensions=ilp_lab.apps.server=True",
        "--LabApp.default_url=/ilp-lab/home",
        "--VoilaConfiguration.file_allowlist=[]",  # Voilà would give pictures in the folder to anybody without log-in
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--LabApp.collaborative=False",
    ]
    if os.name != "nt":
        options.append("--KernelManager.transport=ipc")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    if not browser:
        options.append("--no-browser")
    return [sys.executable, "-m", "jupyterlab", *options]


def environment(home: Path, *, case: Path | None = None) -> dict[str, str]:
    """The server's environment: its settings and workspaces stay in the user's folder; the start page shows ``case``."""
    settings = home / _OWN / "settings"
    for name, content in _QUIET.items():
        target = settings / name
        if not target.exists():
            write_atomically(target, json.dumps(content, indent=1).encode())
    return {
        **os.environ,
        "JUPYTER_PATH": with_template(os.environ.get("JUPYTER_PATH", "")),
        VARIABLE: Brought(case=str(case or ""), language=spoken_in(case)).packed(),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / _OWN / "workspaces"),
    }


def _default_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_documents_dir()) / "ilp-lab"


def _known(record: Path) -> dict[str, str]:
    try:
        return {
            str(name): str(value) for name, value in json.loads(record.read_text(encoding="utf-8")).items()
        }
    except (OSError, ValueError, AttributeError):
        return {}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        kind = WriteError if path.is_dir() else ReadError
        raise kind(
            f"{path} cannot be read: {error.strerror or error}. Choose another folder with --folder."
        ) from error


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
