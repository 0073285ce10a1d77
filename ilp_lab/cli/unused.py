"""What somebody asked of ``ilp-lab demo`` that the given files leave no use for: it is said, or refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from ilp_lab.cli.demo import Request

_OF_INCIDENTS = {
    "offence": "picks incidents",
    "cell_m": "is the size of the cells of a map of incidents",
    "crs": "is where incidents and areas lie",
}
_OF_LINKS = {
    "strength": "is a column of links",
    "names": "writes the labels on a link chart",
}


def check_areas(request: Request) -> None:
    """Areas alone, or with links, have nothing to be counted in them.

    Raises
    ------
    InputError
        Instead of a map of other incidents than the user's.
    """
    if request.areas is not None and not request.incidents:
        raise InputError(
            f"--areas {request.areas}: areas need incidents, which are counted in them. Name the file of yours with "
            "--incidents, or leave --areas away."
        )


def unused(request: Request) -> Iterator[str]:
    """A sentence for every option that was given and cannot be used."""
    if not request.incidents:
        for name, what in _OF_INCIDENTS.items():
            if getattr(request, name) not in (None, "auto"):
                yield _told(name, what, "incidents")
    if not request.links:
        for name, what in _OF_LINKS.items():
            if getattr(request, name):
                yield _told(name, what, "links")


def _told(name: str, what: str, kind: str) -> str:
    option = name.replace("_", "-")
    return f"--{option} was not used: it {what}, and no file of {kind} was given (--{kind})."
