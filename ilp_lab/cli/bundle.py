"""``ilp-lab bundle``: a folder for a USB stick, from which a class is installed and taught without a network."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ilp_lab.cli.wheels import Computer, build_own_wheel, gather
from ilp_lab.errors import InputError, MissingPartError, WriteError
from ilp_lab.safeguards.writing import write_atomically

_CHECKOUT = Path(__file__).resolve().parents[2]
_TRAINING = "ilp_lab/_shipped/training/"
_OF_THE_CLASS = re.compile(r"\w+/(student|manager|keys)/")
_PLANS = "ilp_lab/training/packs/classes/"
_LAUNCHERS = {
    "start-windows.bat": '@echo off\r\npy -3 "%~dp0install.py" %* || python "%~dp0install.py" %* || pause\r\n',
    "start-macos.command": '#!/bin/sh\nexec python3 "$(dirname "$0")/install.py" "$@"\n',
    "start-linux.sh": '#!/bin/sh\nexec python3 "$(dirname "$0")/install.py" "$@"\n',
}
_READ_ME = """ilp_lab class kit
=================

What you need: a computer of one of these kinds, and Python of that version on it (the installer of python.org works without
administrator rights; tick "Install for me only").

{computers}

Start
  Windows   double-click start-windows.bat
  macOS     double-click start-macos.command (Apple silicon, macOS 14 or newer). If macOS refuses: open Terminal, type sh and a
            space, drag start-macos.command into the window, and press Enter
  Linux     sh start-linux.sh

The first start checks the kit, installs it into a folder of your own account and opens JupyterLab. It asks no other computer for
anything. You may take the stick out once JupyterLab is open.

What is in this folder
  lessons/     the lessons as notebooks; they are also put beside your own when the lab opens
  notebooks/   the analyst notebooks
  data/        the fictional Republic of Belmara
{trainer}  wheels/      the program
  install.py   what the start files run; "python install.py --check" says whether a file of this kit was changed
"""


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit that was made: its folder, for which computers, how many files, how many bytes."""

    folder: Path
    computers: tuple[Computer, ...]
    files: int
    size: int


def bundle(
    folder: Path,
    *,
    computers: Sequence[Computer],
    trainer: bool = False,
    wheels: Path | None = None,
    say: Callable[[str], object] = print,
) -> Kit:
    """Make a class kit.

    Parameters
    ----------
    folder
        Where; new or empty. It is made beside its place first, so it is whole or not there.
    computers
        The kinds of computer the class has.
    trainer
        With the solutions: the stick of the trainer, never of the class.
    wheels
        Take packages from this folder instead of the network.
    say
        Called with sentences of progress.

    Raises
    ------
    InputError
        When the folder holds files.
    MissingPartError
        When this is not a checkout of the project, or a package cannot be had.
    WriteError
        When the disk is full or may not be written; nothing half-made is left.
    """
    pins = _pins()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} holds something already. Name a new or empty folder for the kit.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".ilp-lab-kit-", dir=folder.parent) as scratch:
            fresh = Path(scratch) / "kit"
            _fill_wheels(
                fresh / "wheels", Path(scratch), computers, pins, trainer=trainer, wheels=wheels, say=say
            )
            _fill_material(fresh, trainer=trainer)
            _fill_starters(fresh, computers, trainer=trainer)
            files = _write_manifest(fresh)
            if folder.exists():
                folder.rmdir()
            fresh.rename(folder)
    except OSError as error:
        if isinstance(error, WriteError):
            raise
        raise WriteError(f"The kit cannot be written to {folder}: {error.strerror or error}.") from error
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Kit(folder, tuple(computers), files, size)


def strip_solutions(wheel: Path, into: Path) -> Path:
    """The same wheel without what only trainers may have: sources, solutions, the knowledge test's answers, workshops, plans."""
    target = into / wheel.name
    rows = []
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            if _for_trainers(item.filename) or item.filename.endswith(".dist-info/RECORD"):
                continue
            data = old.read(item)
            new.writestr(item, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            rows.append(f"{item.filename},sha256={digest},{len(data)}")
        record = next(name for name in old.namelist() if name.endswith(".dist-info/RECORD"))
        new.writestr(record, "\n".join([*rows, f"{record},,", ""]))
    return target


def _for_trainers(name: str) -> bool:
    """Whatever of training is no edition or key for the class, and plans, which say what good teams do."""
    if name.startswith(_TRAINING):
        return _OF_THE_CLASS.match(name.removeprefix(_TRAINING)) is None
    return name.startswith(_PLANS)


def _fill_wheels(
    target: Path,
    scratch: Path,
    computers: Sequence[Computer],
    pins: Sequence[str],
    *,
    trainer: bool,
    wheels: Path | None,
    say: Callable[[str], object],
) -> None:
    say("Building ilp_lab ...")
    target.mkdir(parents=True)
    own = scratch / "own"
    own.mkdir()
    built = build_own_wheel(_CHECKOUT, own, wheels=wheels)
    for number, computer in enumerate(computers):
        part = scratch / f"wheels-{number}"
        part.mkdir()
        if trainer:
            shutil.copy(built, part)
        else:
            strip_solutions(built, part)
        for wheel in gather(computer, part, pins=pins, wheels=wheels, say=say):
            shutil.copyfile(wheel, target / wheel.name)


def _fill_material(kit: Path, *, trainer: bool) -> None:
    training = _CHECKOUT / "training" / "en"
    _copy((training / "student").glob("*.ipynb"), kit / "lessons")
    _copy((_CHECKOUT / "notebooks").glob("*.ipynb"), kit / "notebooks")
    _copy((_CHECKOUT / "sample_data" / "belmara").iterdir(), kit / "data" / "belmara")
    if trainer:
        _copy((training / "trainer").glob("*.ipynb"), kit / "trainer")


def _fill_starters(kit: Path, computers: Sequence[Computer], *, trainer: bool) -> None:
    named = [f"{computer.system}, Python {computer.python}" for computer in computers]
    write_atomically(kit / "made-for.txt", ("\n".join(named) + "\n").encode())
    write_atomically(kit / "install.py", (_CHECKOUT / "scripts" / "install_kit.py").read_bytes())
    for name, text in _LAUNCHERS.items():
        write_atomically(kit / name, text.encode("ascii"))
        (kit / name).chmod(0o755)
    told = _READ_ME.format(
        computers="\n".join(f"  {name}" for name in named),
        trainer="  trainer/     the editions with solutions: keep this stick to yourself\n"
        if trainer
        else "",
    )
    write_atomically(kit / "READ ME FIRST.txt", told.replace("\n", "\r\n").encode("ascii"))


def _write_manifest(kit: Path) -> int:
    lines = [f"{_digest(path)}  {path.relative_to(kit).as_posix()}" for path in sorted(_files(kit))]
    write_atomically(kit / "MANIFEST.txt", ("\n".join(lines) + "\n").encode())
    return len(lines)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy(files: Iterator[Path], into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    for file in sorted(files):
        if file.is_file():
            shutil.copyfile(file, into / file.name)


def _pins() -> list[str]:
    try:
        text = (_CHECKOUT / "constraints.txt").read_text(encoding="utf-8")
        (_CHECKOUT / "pyproject.toml").stat()
    except OSError:
        raise MissingPartError(
            "A kit is made from the project's folder, where pyproject.toml is: go there and type "
            "'python run.py bundle FOLDER'."
        ) from None
    return text.splitlines()
