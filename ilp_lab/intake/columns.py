"""Which column of an incident table is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr_later
from ilp_lab.errors import AmbiguousError
from ilp_lab.intake import coordinates, dates
from ilp_lab.intake.roles import INCIDENT_NAMES, Role, by_name, by_values, first_values
from ilp_lab.intake.shapes import has_shapes

if TYPE_CHECKING:
    import pandas as pd

_FITS = {
    **dict.fromkeys(("longitude", "latitude", "x", "y"), coordinates.can_be_number),
    "location": coordinates.can_be_location,
    "occurred_at": dates.looks_like_time,
    "occurred_to": dates.looks_like_time,
    "reported_at": dates.looks_like_time,
    "offence": lambda column: not _time_by_value(column),
}


def understand(frame: pd.DataFrame, given: Mapping[str, str], caller: str) -> dict[str, Role]:
    """Give every role of an incident table its column: what the user said, then names, then values.

    Raises
    ------
    ColumnError, AmbiguousError
        When the user named something that is not there, or two readings are possible.
    """
    placed = has_shapes(frame)
    roles = by_name(frame, INCIDENT_NAMES, given=given, fits=_FITS, caller=caller)
    if roles.keys() >= {"longitude", "latitude"} or placed:
        roles.pop("location", None) if "location" not in given else None
    values = [("occurred_at", _time_by_value, tr_later("its values look like times"))]
    if not roles.keys() & {"longitude", "x", "location"} and not placed:
        values.append(
            ("location", coordinates.can_be_location, tr_later("its values hold pairs of coordinates"))
        )
    roles = by_values(frame, roles, values)
    if not roles.keys() & {"longitude", "x", "location"} and not placed:
        roles |= _coordinates_by_value(frame, roles, caller)
    if "occurred_at" not in roles:
        empty = [column for column in frame.columns if not frame[column].notna().any()]
        named = by_name(frame[empty], INCIDENT_NAMES, given=None, fits={}, caller=caller)
        if "occurred_at" in named:
            roles["occurred_at"] = replace(named["occurred_at"], why=tr_later("its name; it holds no values"))
    if "offence" not in roles and "column_1" in frame:
        roles |= _offence_by_value(frame, roles)
    return roles


def _time_by_value(column: pd.Series) -> bool:
    import pandas as pd

    return pd.api.types.is_datetime64_any_dtype(column) or dates.written_as_time(column)


def _coordinates_by_value(frame: pd.DataFrame, roles: dict[str, Role], caller: str) -> dict[str, Role]:
    """The first two unnamed columns of decimals next to each other."""
    taken = {role.column for role in roles.values()}
    free = [
        column
        for column in frame.columns
        if column not in taken and coordinates.can_be_number(frame[column]) and _has_decimals(frame[column])
    ]
    for one, two in pairwise(free):
        first, second = (coordinates.numbers(frame[column].head(500)) for column in (one, two))
        why = tr_later("two neighbouring columns of decimals")
        if np.nanmax(np.abs(first)) > 180 or np.nanmax(np.abs(second)) > 180:
            return {"x": Role("x", one, "weak", why), "y": Role("y", two, "weak", why)}
        if max(np.nanmax(np.abs(first)), np.nanmax(np.abs(second))) <= 90:
            raise AmbiguousError(
                f"{caller}: {one!r} and {two!r} look like coordinates, but which is longitude? Say it: "
                f"columns={{'longitude': {two!r}, 'latitude': {one!r}}}, or the other way round."
            )
        names = ("longitude", "latitude") if np.nanmax(np.abs(first)) > 90 else ("latitude", "longitude")
        return {name: Role(name, column, "weak", why) for name, column in zip(names, (one, two), strict=True)}
    return {}


def _has_decimals(column: pd.Series) -> bool:
    values = coordinates.numbers(column.head(500))
    values = values[np.isfinite(values)]
    return bool(len(values)) and float((values != np.round(values)).mean()) > 0.5


def _offence_by_value(frame: pd.DataFrame, roles: dict[str, Role]) -> dict[str, Role]:
    taken = {role.column for role in roles.values()}
    for column in frame.columns:
        values = first_values(frame[column], 2000)
        if (
            column not in taken
            and len(values) > 20
            and isinstance(values.iloc[0], str)
            and 1 < values.nunique() <= 60
        ):
            return {"offence": Role("offence", str(column), "weak", tr_later("few different texts"))}
    return {}
