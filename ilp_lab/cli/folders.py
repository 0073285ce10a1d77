"""Folders that a command writes: checked before the work, made only when there is something to write."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ilp_lab._homefolder import at_home
from ilp_lab.errors import IlpError, WriteError
from ilp_lab.safeguards.writing import plain_reason


def free_folder(wanted: Path, *, default: Path) -> Path:
    """The folder to make: the wanted one when it is free, else the default's next free number. Nothing is made yet.

    Raises
    ------
    WriteError
        When it is a file, holds something, or cannot be made.
    """
    target = at_home(wanted).resolve()
    try:
        if target.is_dir() and not any(target.iterdir()):
            return target
        if target.exists() and wanted == default:
            number = 2
            while target.with_name(f"{target.name}-{number}").exists():
                number += 1
            return target.with_name(f"{target.name}-{number}")
        check_room_for(target, choose="Choose another --out.")
    except WriteError:
        raise
    except OSError as error:
        raise _unwritable(target, error) from error
    return target


@contextmanager
def filled(target: Path) -> Iterator[Path]:
    """A folder beside the target to write into; it takes the target's name when the block ends well, else it is gone.

    Raises
    ------
    WriteError
        When the disk refuses.
    """
    new = [folder for folder in target.parents if not folder.exists()]
    staging = target.with_name(f".{target.name}-{secrets.token_hex(6)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir()
        yield staging
        if target.exists():
            target.rmdir()
        staging.rename(target)
    except BaseException as error:
        shutil.rmtree(staging, ignore_errors=True)
        with suppress(OSError):  # somebody else may have put something there meanwhile
            for folder in new:
                folder.rmdir()
        if isinstance(error, OSError) and not isinstance(error, IlpError):
            raise _unwritable(target, error) from error
        raise


def check_room_for(target: Path, *, choose: str) -> None:
    """Refuse before the work what can be known then: what is there already, and a way that is closed.

    Parameters
    ----------
    target
        A folder that is to be made.
    choose
        What to do instead, as a sentence.

    Raises
    ------
    WriteError
        When it cannot be made.
    """
    if target.is_dir():
        raise WriteError(f"{target} is there already and not empty. {choose}")
    if target.exists():
        raise WriteError(f"{target} is a file, and a folder is to be made there. {choose}")
    there = next(folder for folder in target.parents if folder.exists())
    if not there.is_dir():
        raise WriteError(f"{target} cannot be made, because {there} is a file. {choose}")
    if not os.access(there, os.W_OK):
        raise WriteError(f"{target} cannot be made, because this account may not write to {there}. {choose}")


def _unwritable(target: Path, error: OSError) -> WriteError:
    return WriteError(f"{target} cannot be written: {plain_reason(error)}. Choose another --out.")
