"""What questions of time ask a table on an engine: counts by day, and the incidents of one area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ilp_lab.engine.dialects import quoted
from ilp_lab.errors import ColumnError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.engine import Table

MOST_INCIDENTS = 2_000_000
_TAKEN = ("incident_id", "x", "y", "occurred_at", "occurred_at_local", "occurred_to")


@dataclass(frozen=True)
class Daily:
    """Incidents by day and series.

    Attributes
    ----------
    groups
        ``day`` (days since 1970 on the local clock, missing where no time is known), ``n``, and the columns asked for.
    told
        How finely times are known: ``"month"``, ``"day"`` or ``"time"``.
    """

    groups: pd.DataFrame
    told: str


def check_table(table: Table, columns: Sequence[str], caller: str) -> None:
    """The columns must be there, and the clock known.

    Raises
    ------
    ColumnError
        When not.
    """
    for name in ("occurred_at", "occurred_at_local", *columns):
        if name not in table:
            way = (
                " engine.import_incidents and engine.table(frame) make it from times that say their clock."
                if name.startswith("occurred")
                else ""
            )
            raise ColumnError(
                f"{caller}: the table {table} on the engine has no column {name!r}; it has: {', '.join(list(table.columns)[:14])}.{way}"
            )
    for name in ("occurred_at", "occurred_at_local"):
        if table.columns[name] != "time":
            raise ColumnError(
                f"{caller}: {name} must be a column of times; in the table {table} on the engine it holds {table.columns[name]}. Write the table anew "
                f"with engine.write('SELECT ..., CAST({name} AS TIMESTAMP) AS {name} FROM ...', ...)."
            )
    if not table.facts.zone:
        raise ColumnError(
            f"{caller}: the table {table} on the engine does not say which clock occurred_at_local shows; open it with engine.table(..., zone='Europe/Vienna')."
        )


def daily(table: Table, columns: Sequence[str], caller: str) -> Daily:
    """Count there by day and series; one row of each comes back."""
    import pandas as pd

    check_table(table, columns, caller)
    named = "".join(f", {quoted(name)}" for name in columns)
    found = table.engine.sql(
        f"SELECT CAST(occurred_at_local AS DATE) AS ilp_day{named}, count(*) AS ilp_n FROM {table} GROUP BY CAST(occurred_at_local AS DATE){named} "
        f"ORDER BY CAST(occurred_at_local AS DATE){named}",
        limit=20_000_000,
    )
    day = (found["ilp_day"] - pd.Timestamp(0)).dt.days.astype("Int64")
    groups = found[list(columns)].assign(day=day, n=found["ilp_n"])
    return Daily(groups, _told(table))


def _told(table: Table) -> str:
    """How finely: by the same rule as for a frame (:func:`ilp_lab.times.moments.told_to`)."""
    clock = "(hour(occurred_at_local) * 3600 + minute(occurred_at_local) * 60 + second(occurred_at_local))"
    long = "(epoch(occurred_to_local) - epoch(occurred_at_local))" if "occurred_to_local" in table else "NULL"
    found = table.engine.sql(
        f"SELECT count(*) AS n, min(occurred_at_local) AS first, max(occurred_at_local) AS last, min({clock}) AS low, max({clock}) AS high, "
        f"max(day(occurred_at_local)) AS latest, sum(CASE WHEN {long} > 0 AND {long} < 82800 THEN 1 ELSE 0 END) AS within_day, "
        f"sum(CASE WHEN {long} <> 0 AND {long} < 2332800 THEN 1 ELSE 0 END) AS within_month FROM {table} WHERE occurred_at_local IS NOT NULL"
    ).iloc[0]
    if (
        found["n"] < 10
        or found["first"] == found["last"]
        or found["low"] != found["high"]
        or found["within_day"]
    ):
        return "time"
    return "month" if found["latest"] == 1 and not found["within_month"] else "day"


def values_of(table: Table, by: str, caller: str) -> list[Any]:
    """The different values of a column, in order; missing ones last."""
    check_table(table, (by,), caller)
    found = table.engine.sql(f"SELECT {quoted(by)} AS v FROM {table} GROUP BY {quoted(by)}")["v"]
    known = sorted(found.dropna().tolist())
    return [*known, None] if found.isna().any() else known


def incidents_of(table: Table, caller: str, *, by: str | None = None, value: Any = None) -> gpd.GeoDataFrame:
    """The incidents of one value of a column (or all) as a frame, in an order that is the same everywhere.

    Raises
    ------
    InputError
        When there are more than two million.
    """
    import geopandas as gpd
    import pandas as pd

    check_table(table, ("x", "y"), caller)
    kept = [name for name in _TAKEN if name in table]
    where = ""
    params: dict[str, Any] = {}
    if by is not None:
        where, params = (
            (f" WHERE {quoted(by)} IS NULL", {})
            if value is None
            else (f" WHERE {quoted(by)} = $value", {"value": value})
        )
    order = [name for name in ("occurred_at", "x", "y", "incident_id") if name in kept]
    found = table.engine.sql(
        f"SELECT {', '.join(kept)} FROM {table}{where} ORDER BY {', '.join(order)}",
        params,
        limit=MOST_INCIDENTS,
    )
    times = {
        name: found[name].dt.tz_localize("UTC").dt.tz_convert(table.facts.zone)
        for name in ("occurred_at", "occurred_to")
        if name in kept
    }
    frame = found.drop(columns=["x", "y", "occurred_at_local"]).assign(**times)
    points = gpd.points_from_xy(pd.to_numeric(found["x"]), pd.to_numeric(found["y"]))
    return gpd.GeoDataFrame(frame, geometry=points, crs=table.facts.crs or None)
