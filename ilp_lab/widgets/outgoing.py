"""What leaves a widget as a file: only out of an open case, under a name that no file has yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import tr
from ilp_lab.errors import NoCaseError

if TYPE_CHECKING:
    from ilp_lab.safeguards import Case


def the_case(case: Case | None, widget: str) -> Case:
    """The case a picture leaves; the same sentence for every widget when there is none.

    Parameters
    ----------
    case
        What the widget was given.
    widget
        How the widget is called in a program.

    Raises
    ------
    NoCaseError
        When there is no case, its folder is gone, or it holds another case by now.
    """
    if case is None:
        raise NoCaseError(_refusal(widget))
    if not case.folder.is_dir():
        raise NoCaseError(
            tr("The folder of the case is no longer there: {folder}. Open the case again.").format(
                folder=case.folder
            )
        )
    case.must_be_there()
    return case


def _refusal(widget: str) -> str:
    return tr(
        "Looking needs no case, but a picture leaves only out of one. Open a case and give it to the widget: {widget}(..., case=case)."
    ).format(widget=widget)


def gate_words(widget: str) -> dict[str, str]:
    """What the form of the release gate says in the page."""
    return {
        "print": tr("Print"), "print_png": tr("Print as PNG"), "print_pdf": tr("Print as PDF"), "authority": tr("Permitted by"),
        "reason": tr("Reason"), "no_case": _refusal(widget),
    }  # fmt: skip


def free_name(case: Case, stem: str, form: str) -> Path:
    """A name in the case's folder that no file has yet."""
    moment = f"{stem} {datetime.now(UTC).astimezone():%Y-%m-%d %H%M%S}"
    names = (
        case.folder / f"{moment}{extra}.{form}" for extra in ("", *(f" {number}" for number in range(2, 100)))
    )
    return next(name for name in names if not name.exists())


def permitted(message: Mapping[str, Any]) -> dict[str, Any]:
    """Who permitted it and why, as the page says; nothing said is nothing given."""
    said = {name: str(message.get(name) or "").strip() for name in ("authority", "reason")}
    return {"authority": said["authority"] or None, "reason": said["reason"]}
