"""Three years of recorded incidents: the ordinary ones, by offence, place, season, weekday and hour."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.samples.country import Country
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.towns import Addresses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

FIRST_DAY = date(2023, 1, 1)
DAYS = (date(2026, 1, 1) - FIRST_DAY).days
EPOCH = datetime(2023, 1, 1)  # noqa: DTZ001  (Belmara keeps UTC all year; its files write local time without a zone)
MINUTES_PER_DAY = 1440
STATUS = ("open", "closed", "charged")
STATUS_ODDS = (34, 52, 14)


@dataclass(frozen=True)
class Habit:
    """When and where an offence happens; all odds are whole numbers.

    Attributes
    ----------
    share
        Incidents per thousand.
    zones
        Odds in the centre, inner and outer part of a town.
    hours
        Odds by hour of day, in six blocks of four hours.
    weekend
        Odds of Saturday and Sunday against 10 for a working day.
    summer
        Odds of June to August against 10 for other months.
    window
        Hours between the earliest and the latest possible time; 0 when the time is known.
    clumping
        How unequal addresses are: the larger, the fewer addresses hold most of it.
    """

    share: int
    zones: tuple[int, int, int]
    hours: tuple[int, int, int, int, int, int]
    weekend: int = 10
    summer: int = 10
    window: int = 0
    clumping: int = 40


HABITS = {
    "theft": Habit(180, (10, 4, 2), (3, 3, 8, 12, 12, 6)),
    "shop theft": Habit(118, (30, 3, 0), (0, 1, 8, 14, 12, 1), weekend=9, clumping=300),
    "theft from person": Habit(62, (20, 4, 1), (5, 2, 5, 9, 11, 12), weekend=14, summer=12, clumping=120),
    "theft from vehicle": Habit(128, (5, 6, 3), (9, 4, 4, 5, 8, 10), window=11),
    "vehicle theft": Habit(44, (3, 5, 4), (8, 4, 3, 4, 7, 12), window=10),
    "burglary dwelling": Habit(92, (2, 5, 5), (4, 3, 10, 10, 8, 6), weekend=8, window=8),
    "burglary business": Habit(36, (12, 4, 1), (12, 8, 2, 1, 4, 9), weekend=14, window=12),
    "criminal damage": Habit(142, (6, 5, 4), (8, 3, 3, 5, 9, 12), weekend=14, window=6),
    "assault": Habit(138, (12, 4, 2), (14, 4, 3, 5, 8, 14), weekend=19, clumping=120),
    "serious assault": Habit(24, (10, 4, 2), (16, 4, 2, 4, 7, 13), weekend=19, clumping=120),
    "robbery": Habit(32, (10, 5, 2), (9, 3, 4, 7, 10, 13), weekend=12, clumping=90),
    "firearm offence": Habit(4, (4, 4, 2), (8, 2, 2, 4, 7, 10), clumping=90),
}
TOWN_ODDS = {"capital": 14, "port": 13, "town": 10, "village": 6}


@dataclass
class Incidents:
    """Incidents as columns while they are being made; times in minutes since the start of 2023."""

    offence: list[str] = field(default_factory=list)
    address: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    reported: list[int] = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    plant: list[str] = field(default_factory=list)

    def add(self, offence: str, address: Whole, start: Whole, dice: Dice, *, plant: str = "") -> None:
        """Add incidents of one offence; windows, reports and outcomes follow from its habit."""
        count = len(start)
        hours = HABITS[offence].window
        known = dice.below(100, count) < 32
        span = dice.between(2, max(4, 2 * hours), count) * 30 if hours else np.zeros(count, dtype=np.int64)
        span = np.where(known, 0, span)
        reported = start + span + 4 + dice.skewed(2 * MINUTES_PER_DAY, count)
        self.offence += [offence] * count
        self.address += address.tolist()
        self.start += start.tolist()
        self.end += np.where(span > 0, start + span, -1).tolist()
        self.reported += reported.tolist()
        self.status += dice.pick(STATUS_ODDS, count).tolist()
        self.plant += [plant] * count


def ordinary(country: Country, addresses: Addresses, seed: int, count: int) -> Incidents:
    """Make ``count`` incidents without any planted pattern."""
    made = Incidents()
    shares = [habit.share for habit in HABITS.values()]
    counts = [count * share // sum(shares) for share in shares]
    counts[0] += count - sum(counts)
    for (offence, habit), number in zip(HABITS.items(), counts, strict=True):
        dice = Dice(seed, f"incidents {offence}")
        made.add(offence, _where(country, addresses, habit, dice, number), _when(habit, dice, number), dice)
    return made


def _where(country: Country, addresses: Addresses, habit: Habit, dice: Dice, count: int) -> Whole:
    """Pick addresses: the town by its people, then the address by zone and by its own standing odds."""
    town_odds = [unit.population // 100 * TOWN_ODDS[unit.town_kind] for unit in country.units]
    per_town = np.bincount(dice.pick(town_odds, count), minlength=len(country.units))
    pull = 1 + habit.clumping * 64 // (1 + dice.below(6400, len(addresses.unit)))
    odds = np.asarray(habit.zones, dtype=np.int64)[addresses.zone] * pull
    chosen = []
    for unit, number in enumerate(per_town.tolist()):
        here = np.flatnonzero(addresses.unit == unit)
        if number:
            chosen.append(here[dice.pick(odds[here] + 1, number)])
    picked = np.concatenate(chosen)
    return picked[dice.sample(len(picked), len(picked))]


def _when(habit: Habit, dice: Dice, count: int) -> Whole:
    """Pick days by season and weekday, then the minute of the day."""
    days = [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
    odds = [
        (habit.weekend if day.weekday() >= 5 else 10) * (habit.summer if day.month in (6, 7, 8) else 10)
        for day in days
    ]
    return dice.pick(odds, count) * MINUTES_PER_DAY + minute_of_day(habit, dice, count)


def minute_of_day(habit: Habit, dice: Dice, count: int) -> Whole:
    """Pick minutes of the day; people remember them in fives."""
    block = dice.pick(habit.hours, count)
    minute = block * 240 + dice.below(48, count) * 5
    return np.where(dice.below(10, count) < 3, minute + dice.below(5, count), minute)


def written(minute: int) -> str:
    """A time as the files write it."""
    return (EPOCH + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M")
