"""Truths in the places: a series, a gun market, an estate where homes are not safe, and a season.

Every one has a null: as many incidents of the same offences in the same town, put where and when chance puts them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import DAYS, FIRST_DAY, MINUTES_PER_DAY
from ilp_lab.samples.towns import OUTER
from ilp_lab.samples.whole.crimes import OFFENCES, Block, block, minute_of_day, times, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.crimes import Habits
    from ilp_lab.samples.whole.ground import Ground

    Whole = NDArray[np.int64]

SERIES_UNIT, SERIES, SERIES_M, SERIES_DAYS = "S1-01", 23, 200, 7
SERIES_STARTS = date(2024, 9, 2)
MARKET_UNIT, MARKET_M = "D3-01", 240
MARKET = {"firearm offence": 24, "serious assault": 9}
HOMES_UNIT, HOMES_M = "T4-01", 120
HOMES = {"domestic assault": 48, "strangulation": 40, "coercive control": 12}
COAST_UNITS = ("S1-01", "S3-01", "S4-01")
SEASON = {"theft": 620, "theft from person": 520, "theft from vehicle": 360}
SUMMER = (6, 7, 8)
LEAST_ADDRESSES = 6


def plant(habits: Habits, seed: int, *, null: bool) -> tuple[Block, dict[str, Any]]:
    """The incidents of P1, P3, P4 and P6, and the truth about them (without incident numbers)."""
    parts = [
        series(habits, seed, null=null),
        market(habits, seed, null=null),
        homes(habits, seed, null=null),
        season(habits, seed, null=null),
    ]
    truth = {name: facts for _, (name, facts) in parts}
    return together([made for made, _ in parts]), truth


def planted_count() -> int:
    """How many incidents :func:`plant` makes."""
    return SERIES + sum(MARKET.values()) + sum(HOMES.values()) + 3 * sum(SEASON.values())


def series(habits: Habits, seed: int, *, null: bool) -> tuple[Block, tuple[str, dict[str, Any]]]:
    """P1: one crew; each burglary within 7 days and 200 m of one before it."""
    dice = Dice(seed, "P1 null" if null else "P1")
    unit = habits.ground.unit(SERIES_UNIT)
    first = (SERIES_STARTS - FIRST_DAY).days
    if null:
        address = habits.in_unit("homes", unit, dice, SERIES)
        start = times("burglary dwelling", dice, SERIES, first, first + 2 * SERIES)
    else:
        address, start = _crew(habits, unit, dice, first)
    facts = {
        "what": "one crew: every burglary but the first lies within 200 m and 7 days of an earlier one",
        "offence": "burglary dwelling",
        "area": SERIES_UNIT,
        "offences": SERIES,
        "within_m": SERIES_M,
        "within_days": SERIES_DAYS,
        "starts": SERIES_STARTS.isoformat(),
    }
    return block("burglary dwelling", address, start, dice, plant=1), ("P1", facts)


def _crew(habits: Habits, unit: int, dice: Dice, first: int) -> tuple[Whole, Whole]:
    ground = habits.ground
    outer = ground.by_unit[unit][ground.addresses.zone[ground.by_unit[unit]] == OUTER]
    rows = [int(outer[dice.one(len(outer))])]
    begun = [first]
    while len(rows) < SERIES:
        before = len(rows) - 1 - dice.one(min(len(rows), 3))
        near = ground.within(rows[before], SERIES_M - 20)
        around = np.setdiff1d(near[ground.addresses.unit[near] == unit], rows)
        day = begun[-1] + 1 + dice.one(3)
        if len(around) and day - begun[before] < SERIES_DAYS:
            rows.append(int(around[dice.one(len(around))]))
            begun.append(day)
    hours = (9 + dice.below(6, SERIES)) * 60 + 5 * dice.below(12, SERIES)
    return np.array(rows), np.array(begun) * MINUTES_PER_DAY + hours


def market(habits: Habits, seed: int, *, null: bool) -> tuple[Block, tuple[str, dict[str, Any]]]:
    """P3: few incidents, grave ones, in a few streets: somebody sells guns there."""
    made, spot = _spot(habits, seed, MARKET_UNIT, MARKET, MARKET_M, 3, null=null)
    what = "a firearms market: few incidents, much harm, within a few streets"
    return made, (
        "P3",
        {"what": what, "area": MARKET_UNIT, **spot, "radius_m": MARKET_M, "added": dict(MARKET)},
    )


def homes(habits: Habits, seed: int, *, null: bool) -> tuple[Block, tuple[str, dict[str, Any]]]:
    """P4: violence in the homes of one estate; on a map of counts the estate is one place among many."""
    made, spot = _spot(habits, seed, HOMES_UNIT, HOMES, HOMES_M, 4, null=null)
    what = "domestic violence in one estate: hot by harm, not among the fullest by number"
    return made, ("P4", {"what": what, "area": HOMES_UNIT, **spot, "radius_m": HOMES_M, "added": dict(HOMES)})


def _spot(
    habits: Habits, seed: int, area: str, counts: dict[str, int], radius_m: int, number: int, *, null: bool
) -> tuple[Block, dict[str, float]]:
    """Incidents around one address in the outer part of a town, or in the whole town by ordinary odds."""
    ground, unit = habits.ground, habits.ground.unit(area)
    dice = Dice(seed, f"P{number}")
    here = ground.by_unit[unit]
    outer = here[ground.addresses.zone[here] == OUTER]
    tries = [int(outer[at]) for at in dice.below(len(outer), 60).tolist()]
    enough = [at for at in tries if len(_in_unit(ground, at, radius_m - 20)) >= LEAST_ADDRESSES] or tries
    x, y = ground.country.units[unit].town
    middle = max(enough, key=lambda at: (ground.addresses.x[at] - x) ** 2 + (ground.addresses.y[at] - y) ** 2)
    if null:
        dice = Dice(seed, f"P{number} null")
    rows = _in_unit(ground, middle, radius_m - 20)
    blocks = []
    for offence, count in counts.items():
        address = (
            habits.in_unit(OFFENCES[offence].setting, unit, dice, count)
            if null
            else rows[dice.below(len(rows), count)]
        )
        blocks.append(block(offence, address, times(offence, dice, count), dice, plant=number))
    return together(blocks), ground.place(middle)


def _in_unit(ground: Ground, address: int, reach_m: int) -> Whole:
    near = ground.within(address, reach_m)
    here: Whole = near[ground.addresses.unit[near] == ground.addresses.unit[address]]
    return here


def season(habits: Habits, seed: int, *, null: bool) -> tuple[Block, tuple[str, dict[str, Any]]]:
    """P6: visitors in summer, the same number every year; in the null they come all year."""
    dice = Dice(seed, "P6 null" if null else "P6")
    ground = habits.ground
    units = [ground.unit(area) for area in COAST_UNITS]
    beach = np.flatnonzero(np.isin(ground.addresses.unit, units) & (ground.addresses.zone != OUTER))
    blocks = []
    for offence, count in SEASON.items():
        for year in (2023, 2024, 2025):
            first = (date(year, SUMMER[0], 1) - FIRST_DAY).days
            start = first + dice.below(92, count)
            if null:
                start = (date(year, 1, 1) - FIRST_DAY).days + dice.below(365, count)
            minutes = np.minimum(start, DAYS - 1) * MINUTES_PER_DAY + minute_of_day(offence, dice, count)
            blocks.append(block(offence, beach[dice.below(len(beach), count)], minutes, dice, plant=6))
    facts = {
        "what": "more thefts on the coast every June to August, as many each year: a season, not a trend",
        "areas": list(COAST_UNITS),
        "months": list(SUMMER),
        "added_per_year": dict(SEASON),
    }
    return together(blocks), ("P6", facts)
