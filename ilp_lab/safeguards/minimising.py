"""Minimising: only the columns that the purpose needs, no finer than needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.errors import ColumnError
from ilp_lab.safeguards.handling import handling_of, mark, origin_of

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.safeguards.case import Case

_STEPS = {"hour": "h", "day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def minimise(
    frame: pd.DataFrame,
    *,
    keep: Sequence[str],
    coarsen: Mapping[str, Any] | None = None,
    case: Case | None = None,
) -> pd.DataFrame:
    """Keep the columns that the purpose needs, and make them no finer than needed.

    Parameters
    ----------
    frame
        Any table; it is not changed.
    keep
        Columns that the purpose needs.
    coarsen
        Column to how coarse it may be: ``"hour"``, ``"day"``, ``"week"``, ``"month"``, ``"quarter"`` or ``"year"`` for times (the start
        of it is kept), metres for points (the middle of the square of that size), a number for numbers (rounded down to its multiples).
    case
        The open case, whose log takes note.

    Returns
    -------
    DataFrame
        ``.attrs["ilp_lab_minimised"]`` names the columns that were left out.

    Raises
    ------
    ColumnError
        When a column is missing or cannot be made coarser so.

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"at": pd.to_datetime(["2026-03-05 14:10"], utc=True), "age": [37], "name": ["Ana"]})
    >>> less = minimise(seen, keep=["at", "age"], coarsen={"at": "month", "age": 10})
    >>> str(less.loc[0, "at"].date()), int(less.loc[0, "age"]), less.attrs["ilp_lab_minimised"]
    ('2026-03-01', 30, ['name'])
    """
    steps = dict(coarsen or {})
    check = Check("safeguards.minimise")
    if check.frame(frame, "the table"):
        check.columns(frame, keep, "the table")
        for column in steps:
            if column not in keep:
                check.add(f"coarsen names {column!r}, which keep does not.")
    check.done()
    found = frame[list(dict.fromkeys(keep))].copy()
    for column, step in steps.items():
        found[column] = _coarser(check, found[column], column, step)
    check.done()
    left = [str(column) for column in frame.columns if column not in set(keep)]
    if case is not None:
        case.record("alteration", "minimised", left_out=left, coarsened={name: str(step) for name, step in steps.items()})  # fmt: skip
    marked = mark(found, handling=handling_of(frame), origin=origin_of(frame) or None)
    marked.attrs["ilp_lab_minimised"] = left
    return marked


def unused_columns(frame: pd.DataFrame, *, used: Sequence[str]) -> pd.DataFrame:
    """List columns that an analysis did not use, and whether they are on persons or sources.

    Parameters
    ----------
    frame
        The table that was loaded.
    used
        Columns that were used.

    Returns
    -------
    DataFrame
        ``column``, ``sensitivity`` (``open``, ``personal``, ``source``), ``filled`` (share of rows that hold something).

    Examples
    --------
    >>> import pandas as pd
    >>> unused_columns(pd.DataFrame({"n": [1], "address": ["x"]}), used=["n"])[["column", "sensitivity"]].values.tolist()
    [['address', 'personal']]
    """
    import pandas as pd

    from ilp_lab.schema import TABLES

    check = Check("safeguards.unused_columns")
    check.frame(frame, "the table")
    check.done()
    rows = []
    for column in frame.columns:
        if column in set(used):
            continue
        known = [table[str(column)].sensitivity for table in TABLES.values() if str(column) in table]
        worst = next((kind for kind in ("source", "personal") if kind in known), "open")
        rows.append(
            {
                "column": column,
                "sensitivity": worst,
                "filled": float(frame[column].notna().mean()) if len(frame) else 0.0,
            }
        )
    return pd.DataFrame(rows, columns=pd.Index(["column", "sensitivity", "filled"]))


def _coarser(check: Check, values: Any, column: str, step: Any) -> Any:
    import pandas as pd

    if isinstance(step, str):
        if step not in _STEPS or not pd.api.types.is_datetime64_any_dtype(values):
            check.add(f"{column} can be made coarser by {', '.join(_STEPS)} only when it holds times; got {step!r} for {values.dtype}.", ColumnError)  # fmt: skip
            return values
        if step in {"hour", "day"}:
            return values.dt.floor(_STEPS[step], ambiguous="NaT", nonexistent="shift_forward")
        zone = values.dt.tz
        start = values.dt.tz_localize(None).dt.to_period(_STEPS[step]).dt.start_time
        return start.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward") if zone else start
    if isinstance(step, bool) or not isinstance(step, (int, float)) or not step > 0:
        check.add(f"coarsen[{column!r}] must be a period or a number above 0; got {step!r}.")
        return values
    if str(values.dtype) == "geometry":
        return _squares(check, values, column, float(step))
    if values.dtype.kind in "iuf":
        return values // step * step
    check.add(
        f"{column} holds {values.dtype}; only times, points and numbers can be made coarser.", ColumnError
    )
    return values


def _squares(check: Check, values: Any, column: str, metres: float) -> Any:
    """Points moved to the middle of squares; only points in metres."""
    import geopandas as gpd
    import numpy as np

    if values.crs is None or values.crs.is_geographic:
        check.add(
            f"{column} is in degrees or has no coordinate system; give it one in metres first, with to_crs.",
            ColumnError,
        )
        return values
    x, y = (np.floor(part.to_numpy() / metres) * metres + metres / 2 for part in (values.x, values.y))
    return gpd.GeoSeries(gpd.points_from_xy(x, y), index=values.index, crs=values.crs).where(
        ~values.isna() & ~values.is_empty
    )
