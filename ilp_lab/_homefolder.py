"""Paths that begin with the user's home folder."""

from __future__ import annotations

import os
from pathlib import Path


def at_home(path: str | os.PathLike[str]) -> Path:
    """A path with ``~`` as the user's home folder where it stands alone or before a slash.

    ``~$report.xlsx`` and ``~draft/table.csv`` are names of files and folders like any other, not of users.

    Parameters
    ----------
    path
        As it was given.

    Examples
    --------
    >>> at_home("~$report.xlsx").name, at_home("~/report.xlsx").is_absolute()
    ('~$report.xlsx', True)
    """
    text = os.fspath(path)
    if text != "~" and not text.startswith(("~/", f"~{os.sep}")):
        return Path(text)
    try:
        return Path(text).expanduser()
    except RuntimeError:  # an account without a home folder
        return Path(text)
