"""Which incidents a board looks at: place, kinds of offence, period. The same in every board that asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import day_in_words, tr
from ilp_lab.errors import ColumnError, IlpError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

EVERYWHERE = "everywhere"
CELLS_M = (100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2000)
_CELLS = 15_000
_LEVELS = ("region", "district", "name", "area")


def place_options(areas: pd.DataFrame | None, incidents: pd.DataFrame | None = None) -> dict[str, str]:
    """Places that can be chosen → what they are called: everywhere, then regions, districts, areas.

    Examples
    --------
    >>> import pandas as pd
    >>> list(place_options(pd.DataFrame({"area": ["S1"], "name": ["Port"], "region": ["Selin"]})))
    ['everywhere', 'Selin', 'Port']
    """
    options = {EVERYWHERE: tr("everywhere")}
    names = {"region": tr("{name} (region)"), "district": tr("{name} (district)")}
    table = areas if areas is not None else incidents
    if table is None:
        return options
    levels = [level for level in _LEVELS if level in table and (areas is not None or level == "area")]
    if "name" in levels and "area" in levels:
        levels.remove("area")
    for level in levels:
        for value in sorted(map(str, table[level].dropna().unique())):
            options.setdefault(value, names.get(level, "{name}").format(name=value))
    return options


def offence_options(incidents: pd.DataFrame) -> list[str]:
    """The offences of a table in alphabetical order.

    Examples
    --------
    >>> import pandas as pd
    >>> offence_options(pd.DataFrame({"offence": ["theft", "arson", "theft"]}))
    ['arson', 'theft']
    """
    return sorted(map(str, incidents["offence"].dropna().unique())) if "offence" in incidents else []


def days_of(incidents: pd.DataFrame) -> tuple[date | None, date | None]:
    """First and last day on which something happened."""
    if "occurred_at" not in incidents or not hasattr(incidents["occurred_at"], "dt"):
        return None, None
    first, last = incidents["occurred_at"].min(), incidents["occurred_at"].max()
    return (None, None) if first != first or last != last else (first.date(), last.date())  # noqa: PLR0124  (not a time)


def latest_days(incidents: pd.DataFrame, days: int) -> tuple[date | None, date | None]:
    """The latest so many days in which something happened, half-open."""
    first, last = days_of(incidents)
    if first is None or last is None:
        return None, None
    until = last + timedelta(days=1)
    return max(first, until - timedelta(days=days)), until


def regions(areas: pd.DataFrame | None) -> list[str]:
    """The regions that areas belong to, when that stands in them."""
    return (
        [] if areas is None or "region" not in areas else sorted(map(str, areas["region"].dropna().unique()))
    )


def cell_for(incidents: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None) -> int:
    """The smallest cell on offer with which the ground has no more than some ten thousand cells."""
    import numpy as np

    from ilp_lab import _metric

    try:
        ground = areas if areas is not None and len(areas) else incidents
        metric = _metric.choose(ground, caller="boards")
        west, south, east, north = _metric.to_metric(ground[with_place(ground)], metric).total_bounds
        surface = (east - west) * (north - south)
    except (IlpError, ValueError, AttributeError):  # no places at all: the analysis will say so
        return CELLS_M[-1]
    if not np.isfinite(surface):
        return CELLS_M[-1]
    return next((cell for cell in CELLS_M if surface / cell**2 <= _CELLS), CELLS_M[-1])


def with_place(frame: gpd.GeoDataFrame) -> pd.Series:
    """Which rows have a place: coordinates that are numbers, whatever stands in for those that are not known.

    Examples
    --------
    >>> import geopandas as gpd
    >>> with_place(gpd.GeoDataFrame(geometry=gpd.points_from_xy([1, float("nan")], [2, 3]), crs=32633)).tolist()
    [True, False]
    """
    import numpy as np
    import pandas as pd

    from ilp_lab import _metric

    x, y = _metric.point_xy(frame, _metric.Metric(frame.crs, chosen=False))
    return pd.Series(np.isfinite(x) & np.isfinite(y), index=frame.index)


def in_place(
    incidents: pd.DataFrame, areas: gpd.GeoDataFrame | None, place: str, caller: str
) -> tuple[Any, gpd.GeoDataFrame | None]:
    """The incidents of a place, and its outlines.

    With outlines all incidents are handed on, since the outlines bound what is counted. Where only the name of the area
    stands in the incidents, those of another one are taken out.

    Raises
    ------
    InputError
        When there is no such place.
    """
    if place == EVERYWHERE:
        return incidents, areas
    check = Check(caller)
    check.choice(allowed=list(place_options(areas, incidents)), place=place)
    check.done()
    if areas is None:
        return incidents[incidents["area"].astype(str) == place], None
    for level in _LEVELS:
        if level in areas and (areas[level].astype(str) == place).any():
            return incidents, areas[areas[level].astype(str) == place]
    return incidents, areas


def chosen(
    incidents: Any,
    *,
    caller: str,
    offences: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
) -> Any:
    """The incidents of some offences in a period; all offences when none is named.

    Raises
    ------
    InputError
        When an offence is not there, or the period ends before it begins.
    """
    check = Check(caller)
    if offences:
        check.columns(incidents, ["offence"], "incidents")
        allowed = offence_options(incidents)
        for offence in offences:
            check.choice(allowed=allowed, offence=offence)
    if since or until:
        check.columns(incidents, ["occurred_at"], "incidents")
        if "occurred_at" in incidents and len(incidents) and not hasattr(incidents["occurred_at"], "dt"):
            check.add("the column occurred_at holds no times; intake.read_incidents reads them.", ColumnError)
    if since and until and until <= since:
        check.add(
            tr("the period ends on {until} before it begins on {since}; choose a later end.").format(
                until=until.isoformat(), since=since.isoformat()
            )
        )
    check.done()
    if offences:
        incidents = incidents[incidents["offence"].astype(str).isin(offences)]
    if not len(incidents):
        return incidents
    if since is not None:
        incidents = incidents[incidents["occurred_at"] >= _midnight(since, incidents)]
    if until is not None:
        incidents = incidents[incidents["occurred_at"] < _midnight(until, incidents)]
    return incidents


def _midnight(day: date, incidents: pd.DataFrame) -> Any:
    import pandas as pd

    return pd.Timestamp(day).tz_localize(getattr(incidents["occurred_at"].dt, "tz", None))


def place_words(place: str, options: Mapping[str, str] | None = None) -> str:
    """A place as a sentence says it."""
    return tr("everywhere") if place == EVERYWHERE else (options or {}).get(place, place)


def period_words(since: date | None, until: date | None) -> str:
    """A half-open period as a sentence says it: the last day is the last that counts.

    Examples
    --------
    >>> period_words(date(2025, 1, 1), date(2025, 4, 1))
    '01 January 2025 to 31 March 2025'
    >>> period_words(None, None)
    'all days'
    """
    first = day_in_words(since) if since else None
    last = day_in_words(until - timedelta(days=1)) if until else None
    if first and last:
        return tr("{first} to {last}").format(first=first, last=last)
    if first:
        return tr("from {first}").format(first=first)
    if last:
        return tr("until {last}").format(last=last)
    return tr("all days")


def named(rows: Any, areas: gpd.GeoDataFrame | None) -> Any:
    """Rows with outlines as a plain table, the name of their area in front."""
    import pandas as pd

    from ilp_lab import places

    shown = pd.DataFrame(rows.drop(columns="geometry"))
    if areas is not None and len(rows):
        found = places.area_of(rows, areas=areas)
        shown = shown.drop(columns="area", errors="ignore")
        shown.insert(0, "area", found)
    return shown
