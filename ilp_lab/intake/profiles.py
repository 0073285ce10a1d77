"""Profiles: how the columns of a layout are understood, kept as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from ilp_lab.errors import ColumnError, ReadError
from ilp_lab.safeguards.writing import write_atomically

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.intake.roles import Role
    from ilp_lab.result import Param

_KEPT = ("tz", "crs", "dayfirst", "country_code", "decimal")


def save(path: Path, roles: Sequence[Role], settings: Sequence[Param]) -> Path:
    """Write a profile."""
    import yaml

    content = {
        "ilp_lab_profile": 1,
        "columns": {role.role: role.column for role in roles},
        "settings": {
            param.name: str(param.value) for param in settings if param.name in _KEPT and not param.chosen
        },
    }
    write_atomically(path, yaml.safe_dump(content, allow_unicode=True, sort_keys=True).encode())
    return path


def load(path: str | PathLike[str], caller: str) -> tuple[dict[str, str], dict[str, str]]:
    """Columns and settings of a profile.

    Raises
    ------
    ReadError
        When it is not a profile.
    """
    import yaml

    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        columns = {str(role): str(column) for role, column in content["columns"].items()}
        settings = {str(name): str(value) for name, value in (content.get("settings") or {}).items()}
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReadError(
            f"{caller}: {path} is not a profile ({type(error).__name__}). Make one with quality.save_profile('name.yml')."
        ) from error
    return columns, settings


def check_columns(
    frame: pd.DataFrame, columns: Mapping[str, str], path: str | PathLike[str], caller: str
) -> None:
    """Raise when a file does not have a profile's columns."""
    missing = [column for column in columns.values() if column not in frame.columns]
    if missing:
        raise ColumnError(
            f"{caller}: the profile {Path(path).name} names columns that the file does not have: {', '.join(missing)}. "
            f"It has: {', '.join(map(str, frame.columns[:15]))}. Read it without the profile, or correct the profile."
        )
