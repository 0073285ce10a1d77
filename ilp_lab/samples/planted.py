"""The truths hidden in the incidents, and what each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.country import Country
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import FIRST_DAY, HABITS, MINUTES_PER_DAY, Incidents, minute_of_day
from ilp_lab.samples.towns import CENTRE, OUTER, Addresses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

SERIES_OFFENCES, SERIES_WITHIN_M, SERIES_WITHIN_DAYS = 23, 200, 7
SERIES_STARTS = date(2024, 9, 2)
SEASON_PER_YEAR = {"theft": 260, "theft from person": 240, "theft from vehicle": 160}
MANY = {"shop theft": 1180, "theft from person": 420}
GRAVE = {"serious assault": 34, "firearm offence": 18}
STATION_ROWS = 620
SERIES_UNIT, MANY_UNIT, GRAVE_UNIT, STATION_UNIT = "S1-01", "T1-01", "D2-01", "O1-01"
COAST_UNITS = ("S1-01", "S3-01", "S4-01")


@dataclass(frozen=True)
class Place:
    """A circle around an address, in metres."""

    address: int
    radius_m: int


def plant(country: Country, addresses: Addresses, seed: int, made: Incidents) -> dict[str, Any]:
    """Add the planted incidents to ``made`` and return what was planted, without incident numbers."""
    return {
        "near_repeat_series": _series(country, addresses, seed, made),
        "coast_season": _season(country, addresses, seed, made),
        "count_and_harm": {
            "many_small": _cluster(
                country, addresses, seed, made, unit=MANY_UNIT, counts=MANY, plant="many small"
            ),
            "few_grave": _cluster(
                country, addresses, seed, made, unit=GRAVE_UNIT, counts=GRAVE, plant="few grave"
            ),
        },
    }


def planted_count() -> int:
    """How many incidents :func:`plant` adds."""
    return SERIES_OFFENCES + 3 * sum(SEASON_PER_YEAR.values()) + sum(MANY.values()) + sum(GRAVE.values())


def position_of(country: Country, area: str) -> int:
    """Position of a unit by its code."""
    return [unit.area for unit in country.units].index(area)


def place(addresses: Addresses, row: int) -> dict[str, float]:
    """Coordinates of an address, as written."""
    return {"longitude": float(addresses.lon[row]), "latitude": float(addresses.lat[row])}


def _near(addresses: Addresses, row: int, reach_m: int) -> Whole:
    right, up = addresses.x - addresses.x[row], addresses.y - addresses.y[row]
    return np.flatnonzero(right * right + up * up <= reach_m * reach_m)


def _series(country: Country, addresses: Addresses, seed: int, made: Incidents) -> dict[str, Any]:
    """One crew: each burglary within 7 days and 200 m of one before it."""
    dice = Dice(seed, "series")
    count, reach = SERIES_OFFENCES, SERIES_WITHIN_M - 20
    home = np.flatnonzero((addresses.unit == position_of(country, SERIES_UNIT)) & (addresses.zone == OUTER))
    rows = [int(home[dice.one(len(home))])]
    day = (SERIES_STARTS - FIRST_DAY).days
    starts = [day * MINUTES_PER_DAY + 10 * 60]
    while len(rows) < count:
        back = min(len(rows), 3)
        before = len(rows) - 1 - dice.one(back)
        around = np.setdiff1d(_near(addresses, rows[before], reach), rows)
        around = around[np.isin(around, home)]
        if not len(around):
            continue
        rows.append(int(around[dice.one(len(around))]))
        earliest = starts[-1] // MINUTES_PER_DAY
        limit = starts[before] // MINUTES_PER_DAY + 6
        day = min(earliest + 1 + dice.one(4), max(limit, earliest + 1))
        starts.append(day * MINUTES_PER_DAY + (9 + dice.one(6)) * 60 + 5 * dice.one(12))
        if starts[-1] - starts[before] >= 7 * MINUTES_PER_DAY:
            rows.pop(), starts.pop()
    made.add(
        "burglary dwelling",
        np.array(rows, dtype=np.int64),
        np.array(starts, dtype=np.int64),
        dice,
        plant="series",
    )
    return {
        "what": "one crew; every offence but the first lies within the distance and the days of an earlier one",
        "offence": "burglary dwelling",
        "area": SERIES_UNIT,
        "offences": SERIES_OFFENCES,
        "within_m": SERIES_WITHIN_M,
        "within_days": SERIES_WITHIN_DAYS,
        "starts": SERIES_STARTS.isoformat(),
    }


def _season(country: Country, addresses: Addresses, seed: int, made: Incidents) -> dict[str, Any]:
    """Visitors in summer: the same every year, so that it is a season and not a trend."""
    dice = Dice(seed, "season")
    towns = [position_of(country, area) for area in COAST_UNITS]
    beach = np.flatnonzero(np.isin(addresses.unit, towns) & (addresses.zone != OUTER))
    for offence, number in SEASON_PER_YEAR.items():
        for year in (2023, 2024, 2025):
            first = (date(year, 6, 1) - FIRST_DAY).days
            days = first + dice.below(92, number)
            starts = days * MINUTES_PER_DAY + minute_of_day(HABITS[offence], dice, number)
            made.add(offence, beach[dice.below(len(beach), number)], starts, dice, plant="season")
    return {
        "what": "more thefts on the coast every June to August, by the same number each year: a season, not a trend",
        "areas": list(COAST_UNITS),
        "months": [6, 7, 8],
        "added_per_year": dict(SEASON_PER_YEAR),
    }


def _cluster(
    country: Country,
    addresses: Addresses,
    seed: int,
    made: Incidents,
    *,
    unit: str,
    counts: dict[str, int],
    plant: str,
) -> dict[str, Any]:
    """Many or grave offences within a few streets, spread evenly over the three years."""
    dice = Dice(seed, plant)
    radius = 260
    centre = np.flatnonzero((addresses.unit == position_of(country, unit)) & (addresses.zone == CENTRE))
    middle = int(centre[dice.one(len(centre))])
    rows = _near(addresses, middle, radius - 10)
    for offence, number in counts.items():
        days = dice.below(1090, number)
        starts = days * MINUTES_PER_DAY + minute_of_day(HABITS[offence], dice, number)
        made.add(offence, rows[dice.below(len(rows), number)], starts, dice, plant=plant)
    return {"area": unit, **place(addresses, middle), "radius_m": radius, "added": dict(counts)}
