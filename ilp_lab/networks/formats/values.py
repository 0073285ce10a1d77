"""Values as text and back: what a column holds is told once, so that a file says it and a reader knows it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from ilp_lab.networks.formats.losses import CHANGED, Losses

TEXT, INT, FLOAT, BOOLEAN, TIME, DATE, JSON = "text", "int", "float", "boolean", "time", "date", "json"
# What XML 1.0 has no way to write, and halves of letters that UTF-8 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
HALVES = re.compile("[\ud800-\udfff]")
_LONG = 2**63


def plain(value: Any) -> Any:
    """A value as Python alone knows it; ``None`` for what is missing.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> [plain(value) for value in (np.int64(3), np.nan, pd.NaT, np.array([1, 2]), np.datetime64("2024-05-01"))]
    [3, None, None, [1, 2], Timestamp('2024-05-01 00:00:00')]
    """
    import numpy as np
    import pandas as pd

    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else pd.Timestamp(value)
    if isinstance(value, np.ndarray):
        return [plain(one) for one in value.tolist()]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def holds(values: Iterable[Any]) -> str:
    """What a column holds, from all its values that are not missing.

    Examples
    --------
    >>> holds([1, 2]), holds([1, 2.5]), holds(["a", 1]), holds([True]), holds([[1], {}])
    ('int', 'float', 'json', 'boolean', 'json')
    """
    kinds = {_kind(value) for value in values}
    if kinds <= {INT, FLOAT} and FLOAT in kinds:
        return FLOAT
    if kinds == {TIME, DATE}:
        return JSON
    return kinds.pop() if len(kinds) == 1 else (TEXT if not kinds else JSON)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INT if -_LONG <= value < _LONG else JSON
    if isinstance(value, float):
        return FLOAT
    if isinstance(value, datetime):
        return TIME if value.tzinfo is None else f"{TIME} {_zone(value)}"
    if isinstance(value, date):
        return DATE
    return TEXT if isinstance(value, str) else JSON


def _zone(value: datetime) -> str:
    return str(getattr(value.tzinfo, "key", None) or value.tzinfo)


def as_text(value: Any, kind: str, losses: Losses, column: str) -> str:
    """A value written as text."""
    if kind == BOOLEAN:
        return "true" if value else "false"
    if kind == FLOAT:
        number = float(value)
        return repr(number) if math.isfinite(number) else ("INF" if number > 0 else "-INF")
    if kind == DATE or kind.startswith(TIME):
        return str(value.isoformat())
    if kind == JSON:
        return json.dumps(jsonable(value, losses, column), ensure_ascii=False, allow_nan=True)
    return str(value)


def from_text(text: str, kind: str) -> Any:
    """The value that was written; raises ValueError when it is none."""
    import pandas as pd

    if kind == BOOLEAN:
        if text.strip().casefold() not in ("true", "false", "1", "0"):
            raise ValueError(text)
        return text.strip().casefold() in ("true", "1")
    if kind == INT:
        return int(text)
    if kind == FLOAT:
        return float(text)
    if kind == DATE:
        return date.fromisoformat(text)
    if kind.startswith(TIME):
        stamp = pd.Timestamp(text)
        zone = kind.removeprefix(TIME).strip()
        return _in_zone(stamp, zone) if zone and stamp.tzinfo is not None else stamp
    return json.loads(text) if kind == JSON else text


def _in_zone(stamp: Any, zone: str) -> Any:
    try:
        return stamp.tz_convert(zone)
    except (KeyError, ValueError, TypeError, OSError):
        return stamp


def jsonable(value: Any, losses: Losses, column: str) -> Any:
    """A value that JSON can hold; what had to become something else is counted."""
    value = plain(value)
    if isinstance(value, (str, bool, int, float)) or value is None:
        return value
    if isinstance(value, dict):
        odd = sum(not isinstance(key, str) for key in value)
        losses.add(CHANGED, f"keys in {column} that were no text became text", odd)
        return {str(key): jsonable(one, losses, column) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        if isinstance(value, tuple):
            losses.add(CHANGED, f"tuples in {column} became lists")
        return [jsonable(one, losses, column) for one in value]
    if isinstance(value, (set, frozenset)):
        losses.add(CHANGED, f"sets in {column} became sorted lists")
        return sorted((jsonable(one, losses, column) for one in value), key=str)
    losses.add(CHANGED, f"values in {column} became text")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def writable(text: str, losses: Losses, where: str, *, halves_only: bool = False) -> str:
    """A text without letters that the format cannot write; each becomes � and is counted."""
    pattern = HALVES if halves_only else UNWRITABLE
    if not pattern.search(text):
        return text
    losses.add(CHANGED, f"texts in {where} with letters that cannot be written (� in their place)")
    return pattern.sub("\ufffd", text)
