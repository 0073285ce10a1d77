"""Snapshots of a class: the teams' folders in one file, and the way back to them."""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import shutil
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ilp_lab.errors import InputError, ReadError, WriteError
from ilp_lab.safeguards.writing import write_atomically

if TYPE_CHECKING:
    from ilp_lab.training.classlog import ClassState
    from ilp_lab.training.classplans import ClassPlan

_STATE = "state.json"
_NAME = re.compile(r"[\w][\w ,.()-]{0,59}")


@dataclass(frozen=True, slots=True)
class Held:
    """An opened snapshot: its files, the clock and what was released by then."""

    files: dict[str, bytes]
    seconds: float
    released: dict[str, dict[str, str]]


def keep(folder: Path, name: str, state: ClassState, *, seconds: float) -> Path:
    """Write a snapshot; returns its file."""
    if not _NAME.fullmatch(name) or name != name.strip():
        raise InputError(
            f"A snapshot's name is letters, digits, spaces and , . ( ) - _, at most 60; got {name!r}."
        )
    held: dict[str, Any] = {
        "seconds": seconds,
        "released": {
            one: {team: at.isoformat() for team, at in teams.items()} for one, teams in state.released.items()
        },
        "digests": {},
    }
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((folder / "teams").rglob("*")):
                inside = path.relative_to(folder).as_posix()
                if path.is_dir():
                    archive.writestr(f"{inside}/", b"")
                else:
                    content = path.read_bytes()
                    held["digests"][inside] = hashlib.sha256(content).hexdigest()
                    archive.writestr(inside, content)
            archive.writestr(_STATE, json.dumps(held))
    except OSError as error:
        raise ReadError(
            f"{error.filename} cannot be read: {error.strerror}. Is the stick still in?"
        ) from error
    file = _file(folder, name)
    write_atomically(file, packed.getvalue())
    return file


def opened(folder: Path, name: str) -> Held:
    """Read a snapshot whole and check it before anything is changed."""
    file = _file(folder, name)
    try:
        with zipfile.ZipFile(file) as archive:
            state = json.loads(archive.read(_STATE))
            names = [one for one in archive.namelist() if one != _STATE]
            strangers = [one for one in names if _escapes(one)]
            files = {one: archive.read(one) for one in names if not one.endswith("/")}
            folders = {one: b"" for one in names if one.endswith("/")}
        seconds, released = float(state["seconds"]), dict(state["released"])
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ReadError(f"The snapshot {name!r} cannot be used: {error}. Nothing was changed.") from error
    if (
        strangers
        or {one: hashlib.sha256(data).hexdigest() for one, data in files.items()} != state["digests"]
    ):
        raise ReadError(
            f"The snapshot {name!r} is not as it was kept, so it is not used. Nothing was changed."
        )
    return Held({**folders, **files}, seconds, released)


def put_back(folder: Path, held: Held) -> None:
    """Put the teams' folders back as they were; the present ones are set aside until the old ones stand."""
    fresh = folder / f".teams-{secrets.token_hex(4)}"
    aside = folder / f".aside-{secrets.token_hex(4)}"
    try:
        for name, content in held.files.items():
            target = fresh.joinpath(*PurePosixPath(name).parts)
            if name.endswith("/"):
                target.mkdir(parents=True, exist_ok=True)
            else:
                write_atomically(target, content)
        (folder / "teams").rename(aside)
        try:
            (fresh / "teams").rename(folder / "teams")
        except OSError:
            aside.rename(folder / "teams")
            raise
    except OSError as error:
        if isinstance(error, WriteError):
            raise
        raise WriteError(
            f"The teams' folders cannot be put back: {error.strerror or error}. Close what is open in them and try again."
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(aside, ignore_errors=True)


def pack_text(plan: ClassPlan) -> str:
    """A plan as the file that a class keeps, so that it does not change when the plan does."""
    import yaml

    content: dict[str, Any] = json.loads(json.dumps(asdict(plan)))
    content["ratings"] = content.pop("scales")
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _file(folder: Path, name: str) -> Path:
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    return folder / "snapshots" / f"{re.sub(r'[^A-Za-z0-9-]+', '-', name)[:40].strip('-')}-{mark}.zip"


def _escapes(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[:1] != ("teams",) or ".." in parts or "\\" in name or ":" in name
