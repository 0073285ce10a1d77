"""``ilp-lab app``: boards in the browser, for people who want neither notebook nor code."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ilp_lab._homefolder import at_home
from ilp_lab.apps.opening import VARIABLE, Brought, spoken_in
from ilp_lab.apps.serving import HERE, reach
from ilp_lab.apps.table import APPS, app_named
from ilp_lab.cli.inputs import check_crs
from ilp_lab.cli.screen import echo
from ilp_lab.errors import InputError, ReadError


def list_apps() -> None:
    """Say which boards there are."""
    for app in APPS.values():
        takes = ", ".join(f"--{name}" for name in app.takes)
        echo(f"{app.name}\n    {app.title}. {app.question}")
        echo(f"    on your own data: {takes}" if takes else "    on the case: --case")


def run(
    name: str | None,
    *,
    files: Mapping[str, Path | None],
    case: Path | None = None,
    analyst: str = "",
    tz: str | None = None,
    crs: str = "auto",
    columns: Mapping[str, str] | None = None,
    host: str = HERE,
    port: int = 0,
    certificate: Path | None = None,
    key: Path | None = None,
    browser: bool = True,
) -> int:
    """Serve a board, or the list of all when no name is given; returns the exit code."""
    app = app_named(name) if name else None
    check_crs(crs)
    given = Brought(
        files={kind: _there(kind, path) for kind, path in files.items() if path is not None},
        case=_case(case, analyst),
        analyst=analyst,
        tz=tz or "",
        crs=crs,
        columns=dict(columns or {}),
        language=spoken_in(case),
    )
    if app is not None and (unused := [kind for kind in given.files if kind not in app.takes]):
        takes = ", ".join(f"--{kind}" for kind in app.takes) or "no file"
        raise InputError(
            f"The board “{app.title}” does not work on --{', --'.join(unused)}; it takes {takes}."
        )
    who = reach(
        host=host, port=port, certificate=certificate, key=key, password=os.environ.pop("ILP_LAB_PASSWORD", ""), browser=browser
    )  # fmt: skip
    os.environ[VARIABLE] = given.packed()
    from ilp_lab.apps.server import serve

    echo(
        f"{app.title if app else 'All boards'}: opening in your browser. If nothing opens, go to this address:"
    )
    echo(
        "Keep the address to yourself: whoever has it on this computer can see the board."
        if who.token
        else ""
    )
    with tempfile.TemporaryDirectory(prefix="ilp-lab-app-", ignore_cleanup_errors=True) as root:
        return serve(who, first=f"/ilp-lab/app/{app.name}" if app else "/ilp-lab/apps", root=root, say=_say)


def _say(address: str) -> None:
    echo(f"\n    {address}\n\nIt runs until you close this window or press Ctrl-C.")


def _there(kind: str, path: Path) -> str:
    file = at_home(path).resolve()
    if file.is_dir():
        raise ReadError(f"--{kind}: {path} is a folder; name a file in it.")
    if not file.is_file():
        raise ReadError(f"--{kind}: there is no file {path}.")
    return str(file)


def _case(case: Path | None, analyst: str) -> str:
    if case is None:
        return ""
    folder = at_home(case).resolve()
    if not (folder / "case.json").is_file():
        raise ReadError(
            f"--case: {case} holds no case. Open one in a notebook first: ilp.open_case({str(case)!r}, purpose=..., "
            "legal_basis=..., analyst=...)."
        )
    if not analyst.strip():
        raise InputError(
            "--case: say who looks with --analyst, such as --analyst A17; it is written to the log of the case."
        )
    return str(folder)
