"""The state of a board in a case: saved as text, and brought back even when the data changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ilp_lab._tongue import tr
from ilp_lab.boards.asking import Asked, plain
from ilp_lab.errors import InputError, ReadError, StoreError
from ilp_lab.safeguards import Case
from ilp_lab.safeguards.writing import write_atomically

_FOLDER = "boards"
_FORMAT = "ilp_lab board 1"
StateT = TypeVar("StateT")


@dataclass(frozen=True, slots=True)
class Kept:
    """A state that was brought back: when it was saved, and what could not be brought back."""

    state: Any
    saved_at: str
    faults: tuple[str, ...] = ()


def file_of(case: Case, key: str) -> Path:
    """Where the state of a board is kept."""
    return case.folder / _FOLDER / f"{key}.json"


def save(case: Case, key: str, state: Any, asked: Sequence[Asked]) -> Path:
    """Write a state into a case.

    Raises
    ------
    StoreError
        When the case's folder is not there any more.
    WriteError
        When it cannot be written.
    """
    if not case.folder.is_dir():
        raise StoreError(
            tr(
                "The case folder {folder} is not there any more, so nothing was saved. Open the case again, or another one."
            ).format(folder=case.folder)
        )
    content = {
        "format": _FORMAT,
        "board": key,
        "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "saved_by": case.analyst,
        "state": plain(state, asked),
    }
    path = file_of(case, key)
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False).encode("utf-8"))
    return path


def restore(case: Case, key: str, first: StateT, asked: Sequence[Asked]) -> Kept | None:
    """The state that was saved last, or none.

    What does not fit the data any more (an area that is gone) stays as in ``first`` and is said.

    Raises
    ------
    ReadError
        When the file is not what it says.
    """
    path = file_of(case, key)
    if not path.exists():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        held, saved_at = dict(content["state"]), str(content["saved_at"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            tr(
                "{path} is not a readable state of a board ({error}). Delete it, or save the board again."
            ).format(path=path, error=type(error).__name__)
        ) from error
    changes, faults = {}, []
    for one in asked:
        if one.name in held:
            try:
                changes[one.name] = one.read(held[one.name])
            except InputError as error:
                faults.append(str(error))
    return Kept(replace(first, **changes), saved_at, tuple(faults))  # type: ignore[type-var]
