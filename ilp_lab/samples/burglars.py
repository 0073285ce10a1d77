"""Burglaries of one year in the capital with their manner, most of them solved: what a linkage is learnt from and tried on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.country import Country
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import FIRST_DAY, MINUTES_PER_DAY, written
from ilp_lab.samples.towns import CENTRE, Addresses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

COLUMNS = (
    "incident_id", "offence", "occurred_at", "occurred_to", "longitude", "latitude", "area", "entry", "tool", "search", "offender",
)  # fmt: skip
DISTRICT = "T1"
ENTRIES = ("rear door", "window", "front door", "balcony", "cellar")
TOOLS = ("screwdriver", "glass broken", "drill", "none")
SEARCHES = ("tidy", "messy", "one room")
CREWS, ONCE, OPEN, SIZES = 54, 90, 55, (0, 0, 12, 14, 12, 8, 5, 3)
REACH_M, KEEPS = 1_300, 82
FIRST, OTHER = 9, 8
STARTS = date(2024, 9, 2)


@dataclass(frozen=True)
class Crew:
    """How one crew works: around an address, from a day on, in its own manner at its own hour."""

    base: int
    day: int
    hour: int
    entry: int
    tool: int
    search: int


def build(country: Country, addresses: Addresses, seed: int) -> tuple[list[list[Any]], dict[str, Any]]:
    """Return the rows of ``burglaries_solved.csv`` and the truth about the two crews whose burglaries are not."""
    dice = Dice(seed, "burglars")
    units = [at for at, unit in enumerate(country.units) if unit.district == DISTRICT]
    homes = np.flatnonzero(np.isin(addresses.unit, units) & (addresses.zone != CENTRE))
    year = (date(2024, 1, 1) - FIRST_DAY).days
    made: list[tuple[int, list[Any], str]] = []
    for number in range(1, CREWS + ONCE + 1):
        size = int(dice.pick(SIZES, 1)[0]) if number <= CREWS else 1
        crew = _crew(homes, dice, year + dice.one(320))
        for row in _offences(addresses, homes, crew, size, dice):
            more = f";F{1 + dice.one(CREWS):03d}" if number <= CREWS and dice.one(100) < 12 else ""
            made.append((*row, f"F{number:03d}{more if more[1:] != f'F{number:03d}' else ''}"))
    for _ in range(OPEN):
        made += [
            (*row, "")
            for row in _offences(addresses, homes, _crew(homes, dice, year + dice.one(350)), 1, dice)
        ]
    one = _crew(homes, dice, (STARTS - FIRST_DAY).days)
    one = Crew(one.base, one.day, 10, 0, 0, 0)
    two = Crew(one.base, one.day + 2, 20, 1, 1, 1)
    for crew, size, name in ((one, FIRST, "day crew"), (two, OTHER, "evening crew")):
        made += [(*row, name) for row in _offences(addresses, homes, crew, size, dice)]
    made.sort(key=lambda row: (row[0], row[1]))
    return _rows(country, addresses, made)


def _crew(homes: Whole, dice: Dice, day: int) -> Crew:
    manner = [dice.one(len(words)) for words in (ENTRIES, TOOLS, SEARCHES)]
    return Crew(int(homes[dice.one(len(homes))]), day, (2, 10, 14, 20)[dice.one(4)], *manner)


def _offences(
    addresses: Addresses, homes: Whole, crew: Crew, size: int, dice: Dice
) -> list[tuple[int, list[Any]]]:
    """Burglaries of a crew within six weeks and a walk from its base; each detail is its usual one four times in five."""
    right, up = addresses.x[homes] - addresses.x[crew.base], addresses.y[homes] - addresses.y[crew.base]
    near = homes[right * right + up * up <= REACH_M * REACH_M]
    found = []
    for address in near[dice.sample(len(near), size)].tolist():
        start = (
            (crew.day + dice.one(40)) * MINUTES_PER_DAY
            + ((crew.hour + dice.one(4)) % 24) * 60
            + 5 * dice.one(12)
        )
        span = 30 * dice.one(9)
        manner = [
            words[usual]
            if dice.one(100) < KEEPS
            else ("" if dice.one(5) == 0 else words[dice.one(len(words))])
            for words, usual in ((ENTRIES, crew.entry), (TOOLS, crew.tool), (SEARCHES, crew.search))
        ]
        found.append((start, [address, span, *manner]))
    return found


def _rows(
    country: Country, addresses: Addresses, made: list[tuple[int, list[Any], str]]
) -> tuple[list[list[Any]], dict[str, Any]]:
    rows: list[list[Any]] = []
    crews: dict[str, list[str]] = {"day crew": [], "evening crew": []}
    for number, (start, (address, span, *manner), who) in enumerate(made, start=1):
        name = f"R24{number:04d}"
        if who in crews:
            crews[who].append(name)
        rows.append(
            [
                name,
                "burglary dwelling",
                written(start),
                written(start + span) if span else "",
                f"{addresses.lon[address]:.5f}",
                f"{addresses.lat[address]:.5f}",
                country.units[int(addresses.unit[address])].area,
                *manner,
                "" if who in crews else who,
            ]
        )
    return rows, {
        "what": "two crews in the same streets and weeks, one by day through rear doors, one in the evening through windows",
        "rows": len(rows),
        "solved": sum(bool(row[-1]) for row in rows),
        "crews": crews,
    }
