"""What somebody decided on two records, and the file of a case in which it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ilp_lab._tongue import tr
from ilp_lab.errors import ReadError

FOLDER = "identities"
FORMAT = "ilp_lab identities 1"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided on a pair.

    Attributes
    ----------
    one, other
        Ids as text.
    same
        Whether they are one and the same.
    by, at
        Who decided, and when (UTC).
    reason
        In words.
    permitted_by
        Who else allowed it, where a victim, a witness or another party is touched.
    undone_at, undone_by
        When and by whom it was taken back; empty while it stands.
    """

    one: str
    other: str
    same: bool
    by: str
    at: str
    reason: str
    permitted_by: str = ""
    undone_at: str = ""
    undone_by: str = ""


def read_decisions(file: Path) -> Mapping[str, Any]:
    """What a case keeps; empty where there is no such file.

    Raises
    ------
    ReadError
        When the file holds something else.
    """
    if not file.exists():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        sound = content["format"] == FORMAT and all(Decision(**one) for one in content["decisions"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReadError(
            tr(
                "{file} holds no readable decisions on identities ({error}). Restore it from a copy, or move it away to begin anew."
            ).format(file=file, error=type(error).__name__)
        ) from error
    if not sound:
        raise ReadError(
            tr(
                "{file} holds no readable decisions on identities ({error}). Restore it from a copy, or move it away to begin anew."
            ).format(file=file, error=content["format"])
        )
    return dict(content)


def edition_of(file: Path) -> int:
    """How often the file was written."""
    return int(read_decisions(file).get("edition", 0))
