"""A frame as columns that mean the same on every engine: times in UTC and on the local clock, places in metres, missing as missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab import _metric
from ilp_lab.engine.tables import Facts
from ilp_lab.errors import ColumnError
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

CELL_M = 250.0


def canonical(frame: pd.DataFrame, *, crs: Any = None, cell_m: float = CELL_M) -> tuple[pa.Table, Facts]:
    """The frame's columns, typed, and what they do not say.

    Parameters
    ----------
    frame
        Any table; a GeoDataFrame (or ``x`` and ``y`` with ``crs``) gives ``x``, ``y``, ``lon``, ``lat``, ``cell_x`` and ``cell_y`` in place of its geometries.
    crs
        Coordinate system in metres for ``x`` and ``y``; the frame's own, or its UTM zone, when left out.
    cell_m
        Side of the squares that ``cell_x`` and ``cell_y`` number, from the origin of the coordinate system.

    Returns
    -------
    Table, Facts
        A time that says its clock becomes two columns: in UTC, and ``…_local``. ``occurred_at`` also gives ``day``, ``week`` (its
        Monday) and ``hour`` on the local clock. Missing and NaN become missing.

    Raises
    ------
    ColumnError
        When a column holds what no engine knows.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2024-12-30 00:30"]).tz_localize("Europe/Vienna")
    >>> table, facts = canonical(pd.DataFrame({"occurred_at": at}))
    >>> table["occurred_at"][0].as_py().isoformat(), table["day"][0].as_py().isoformat(), facts.zone
    ('2024-12-29T23:30:00', '2024-12-30', 'Europe/Vienna')
    """
    import geopandas as gpd
    import numpy as np
    import pyarrow as pa
    from pyproj import CRS

    columns: dict[str, Any] = {}
    facts: dict[str, Any] = {"handling": handling_of(frame), "origin": origin_of(frame)}
    if isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None:
        metric = (
            _metric.choose(frame, caller="engine")
            if crs is None
            else _metric.Metric(CRS.from_user_input(crs), chosen=False)
        )
        columns, facts["crs"] = _places(*_metric.point_xy(frame, metric), metric, cell_m)
        facts["cell_m"] = cell_m
        frame = frame.drop(columns=frame.geometry.name)
    elif (
        crs is not None
        and {"x", "y"} <= set(frame.columns)
        and frame["x"].dtype.kind + frame["y"].dtype.kind == "ff"
    ):
        metric = _metric.Metric(CRS.from_user_input(crs), chosen=False)
        columns, facts["crs"] = _places(
            frame["x"].to_numpy(np.float64, na_value=np.nan),
            frame["y"].to_numpy(np.float64, na_value=np.nan),
            metric,
            cell_m,
        )
        facts["cell_m"] = cell_m
        frame = frame.drop(columns=["x", "y"])
    for name in frame.columns:
        held = frame[name]
        clock = getattr(held.dtype, "tz", None)
        if clock is not None:
            facts.setdefault("zone", str(clock))
            columns |= _times(str(name), held)
        else:
            columns[str(name)] = _typed(str(name), held)
    return pa.table(columns), Facts(**facts)


def cell_of(metres: NDArray[np.float64], cell_m: float) -> NDArray[np.float64]:
    """Which cell, counted from the origin: the whole number below, exact also just below a border; NaN stays.

    Examples
    --------
    >>> import numpy as np
    >>> cell_of(np.array([-0.5, 0.0, 249.9, 250.0]), 250.0).tolist()
    [-1.0, 0.0, 0.0, 1.0]
    """
    import numpy as np

    found = np.floor(metres / cell_m)
    return np.asarray(found - (found * cell_m > metres) + 0.0)


def _places(
    x: NDArray[np.float64], y: NDArray[np.float64], metric: _metric.Metric, cell_m: float
) -> tuple[dict[str, Any], str]:
    import numpy as np
    import pyarrow as pa
    from pyproj import Transformer

    bad = ~(np.isfinite(x) & np.isfinite(y))
    lon, lat = Transformer.from_crs(metric.crs, 4326, always_xy=True).transform(
        np.where(bad, 0.0, x), np.where(bad, 0.0, y)
    )
    cells = (cell_of(np.where(bad, 0.0, axis), cell_m).astype(np.int64) for axis in (x, y))
    parts = dict(zip(("x", "y", "lon", "lat", "cell_x", "cell_y"), (x, y, lon, lat, *cells), strict=True))
    made = {name: pa.array(part, mask=bad) for name, part in parts.items()}
    authority = metric.crs.to_authority()
    return made, ":".join(authority) if authority else metric.crs.to_wkt()


def _times(name: str, held: pd.Series) -> dict[str, Any]:
    import pandas as pd
    import pyarrow as pa

    utc = held.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")
    local = held.dt.tz_localize(None).astype("datetime64[us]")
    made = {name: pa.array(utc), f"{name}_local": pa.array(local)}
    if name == "occurred_at":
        day = local.dt.normalize()
        week = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
        made["day"] = pa.array(day).cast(pa.date32())
        made["week"] = pa.array(week.astype("datetime64[us]")).cast(pa.date32())
        made["hour"] = pa.array(local.dt.hour.astype("Int64"))
    return made


def _typed(name: str, held: pd.Series) -> Any:
    import pyarrow as pa

    try:
        column = pa.Array.from_pandas(held)
        column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        wanted = _plain_type(column.type)
        return column if wanted == column.type else column.cast(wanted)
    except (pa.ArrowException, TypeError, ValueError):
        raise ColumnError(
            f"engine: the column {name!r} mixes kinds of values or holds what no engine stores ({held.dtype}); "
            f"make it text with frame.assign({name}=frame[{name!r}].astype('str')), or leave it out."
        ) from None


def _plain_type(kind: Any) -> Any:
    import pyarrow as pa

    types = pa.types
    if types.is_integer(kind):
        return pa.int64()
    if types.is_floating(kind):
        return pa.float64()
    if (
        types.is_large_string(kind)
        or types.is_string(kind)
        or types.is_string_view(kind)
        or types.is_null(kind)
    ):
        return pa.string()
    if types.is_timestamp(kind):
        return pa.timestamp("us")
    if types.is_boolean(kind) or types.is_date32(kind):
        return kind
    raise TypeError(kind)
