"""Where the notebooks and sample data are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from ilp_lab.errors import MissingPartError

_PACKAGE = Path(__file__).resolve().parents[1]


def notebooks_folder() -> Path:
    """The folder of the shipped notebooks.

    Raises
    ------
    MissingPartError
        When the installation is incomplete.
    """
    for folder in (_PACKAGE / "_shipped" / "notebooks", _PACKAGE.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise MissingPartError("The notebooks are not part of this installation; install ilp_lab again.")
