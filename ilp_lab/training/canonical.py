"""Answers in one form, and the salted digests by which they are known without standing anywhere."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any

from ilp_lab.errors import InputError

_ONE = 20_000
_MANY = 400
_LARGEST = 20_000


def digest(salt: str, said: str, *, many: bool = False) -> str:
    """The salted digest of an answer; slow for one, quicker for each of many."""
    made = hashlib.pbkdf2_hmac(
        "sha256", said.encode(errors="surrogatepass"), salt.encode(), _MANY if many else _ONE
    )
    return made.hex()[:24]


def plain(value: Any) -> str:
    """A single value in one form: numbers without needless digits, texts without case and outer spaces."""
    if hasattr(value, "item") and not hasattr(value, "columns"):
        try:
            value = value.item()
        except (ValueError, TypeError):
            raise InputError(f"one value was expected; got {described(value)}") from None
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return repr(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, tuple):
        return "(" + ", ".join(plain(item) for item in value) + ")"
    raise InputError(f"a number, a text, or yes or no was expected; got {described(value)}")


def number(value: Any) -> float:
    """One number that can be compared."""
    if isinstance(value, (bool, str)):
        raise InputError(f"a number was expected; got {described(value)}")
    try:
        found = float(value.item() if hasattr(value, "item") and not hasattr(value, "columns") else value)
    except (TypeError, ValueError):
        raise InputError(f"a number was expected; got {described(value)}") from None
    if not math.isfinite(found):
        raise InputError("a number was expected; got one that is missing or has no end")
    return found


def bins(value: float, *, rel: float | None, absolute: float | None) -> list[str]:
    """Marks that two numbers share when they lie within the tolerance of each other, up to twice of it.

    The middle one is the value's own; the marks tell its size to nobody who has only their digests.
    """
    if rel is not None:
        if value == 0:
            return ["zero"]
        sign = "-" if value < 0 else ""
        at = math.floor(math.log(abs(value)) / math.log1p(rel))
    else:
        sign, at = "", math.floor(value / float(absolute or 1e-9))
    return [f"{sign}{at}", f"{sign}{at - 1}", f"{sign}{at + 1}"]


def members(value: Any) -> list[str]:
    """The members of a set in one form: of a list, a Series, an index, or the first column of a table."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        raise InputError("a list of values was expected; got a table: name the column")
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise InputError(f"several values were expected (a list, a set or a column); got {described(value)}")
    held = list(dict.fromkeys(plain(item) for item in value))
    if len(held) > _LARGEST:
        raise InputError(f"at most {_LARGEST:,} values can be compared; got {len(held):,}")
    return held


def edges(value: Any) -> list[str]:
    """The links of a network without direction: of a table with source and target, a chart, a networkx graph, or pairs."""
    import pandas as pd

    held = getattr(value, "links", value)
    if isinstance(held, pd.DataFrame):
        if not {"source", "target"} <= set(held.columns):
            raise InputError("links were expected: a table with the columns source and target")
        pairs: Iterable[Any] = zip(held["source"], held["target"], strict=True)
    elif callable(getattr(held, "edges", None)):
        pairs = held.edges()
    elif isinstance(held, Iterable) and not isinstance(held, (str, bytes)):
        pairs = held
    else:
        raise InputError(f"links were expected; got {described(value)}")
    try:
        made = {" - ".join(sorted((plain(one), plain(other)))) for one, other, *_ in pairs}
    except (TypeError, ValueError):
        raise InputError("links were expected: pairs of ends") from None
    return sorted(made)


def squares(value: Any, *, cell_m: float) -> list[str]:
    """The squares of a given size that a map layer covers, by the middle of each square, in its own metric system."""
    import geopandas as gpd
    import numpy as np
    import shapely

    layer = value if hasattr(value, "geometry") else None
    shapes = layer.geometry if layer is not None else value
    if not isinstance(shapes, gpd.GeoSeries) or shapes.crs is None:
        raise InputError(f"a map layer with a coordinate system was expected; got {described(value)}")
    metric = shapes.to_crs(shapes.estimate_utm_crs()) if shapes.crs.is_geographic else shapes
    whole = metric.union_all()
    if whole.is_empty:
        return []
    left, low, right, high = whole.bounds
    x = np.arange(math.floor(left / cell_m), math.ceil(right / cell_m) + 1)
    y = np.arange(math.floor(low / cell_m), math.ceil(high / cell_m) + 1)
    if len(x) * len(y) > 4_000_000:
        raise InputError("the layer is too large to compare")
    columns, rows = (part.ravel() for part in np.meshgrid(x, y))
    inside = shapely.contains_xy(whole, (columns + 0.5) * cell_m, (rows + 0.5) * cell_m)
    return [f"{column}:{row}" for column, row in zip(columns[inside], rows[inside], strict=True)][:_LARGEST]


def pairs_in_order(value: Any) -> list[str]:
    """Which stands before which, for every two of an ordered list."""
    held = members(value)
    return [f"{first} < {second}" for at, first in enumerate(held) for second in held[at + 1 :]]


def described(value: Any) -> str:
    """What somebody handed in, for people."""
    import pandas as pd

    if value is None:
        return "nothing"
    if isinstance(value, pd.DataFrame):
        return f"a table with {len(value):,} rows and the columns {', '.join(map(str, value.columns[:6]))}"
    if isinstance(value, pd.Series):
        return f"a column with {len(value):,} values"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    return f"{type(value).__name__} {str(value)[:40]!r}"
