"""Writing files so that a full disk, a lost power or Ctrl-C leaves the old file or the new one, never half of one."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from ilp_lab.errors import WriteError

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space, or choose another folder",
    errno.EACCES: "this account may not write there; choose another folder",
    errno.EPERM: "this account may not write there; choose another folder",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.EISDIR: "a folder of that name is there",
    errno.ENOTDIR: "part of the path is a file",
    errno.ENAMETOOLONG: "the name is too long",
}


def plain_reason(error: OSError) -> str:
    """Why the system refused, in plain words and with what to do."""
    return _REASONS.get(error.errno or 0, error.strerror or str(error))


def write_atomically(path: Path, content: bytes, *, before: Callable[[], None] | None = None) -> None:
    """Write ``content`` to ``path``: all of it or nothing.

    Parameters
    ----------
    path
        Where to; its folder is made when missing.
    content
        The bytes.
    before
        Called when the bytes are safe on the disk, just before the file takes its name; when it raises, nothing is
        left behind.

    Raises
    ------
    WriteError
        With the reason in plain words.
    """
    fresh: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "a folder of that name is there")
        fresh = path.with_name(f".{path.name[:40]}-{secrets.token_hex(6)}.part")
        with fresh.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if before is not None:
            before()
        fresh.replace(path)
        fresh = None
    except OSError as error:
        if isinstance(error, WriteError):
            raise
        raise WriteError(f"{path} cannot be written: {plain_reason(error)}.") from error
    finally:
        if fresh is not None:
            fresh.unlink(missing_ok=True)
