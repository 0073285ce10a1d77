"""Incidents as columns: what is done in Belmara, where, when, and how it comes to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import DAYS, FIRST_DAY, MINUTES_PER_DAY, STATUS_ODDS, TOWN_ODDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.ground import Ground

    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Setting:
    """The kind of place: odds in the centre, inner and outer part of a town, and how unequal addresses are.

    All offences of one setting share the odds of every address, so that one of them is a fair control for another.
    """

    zones: tuple[int, int, int]
    clumping: int


@dataclass(frozen=True)
class Offence:
    """An offence of the penal code.

    Attributes
    ----------
    article, chapter
        Of the penal code.
    share
        Incidents in ten thousand.
    setting
        Where it happens.
    hours
        Odds by hour of day, in six blocks of four hours.
    weekend
        Odds of a day at the weekend against 10 for a working day.
    window
        Hours between the earliest and the latest possible time; 0 when the time is known.
    shortest, longest
        Days of imprisonment.
    weight
        Days that a first offender would begin from: the harm index.
    """

    article: int
    chapter: str
    share: int
    setting: str
    hours: tuple[int, int, int, int, int, int]
    shortest: int
    longest: int
    weight: int
    weekend: int = 10
    window: int = 0


SETTINGS = {
    "street": Setting((10, 5, 2), 50),
    "shops": Setting((30, 4, 1), 160),
    "homes": Setting((3, 5, 5), 6),
    "cars": Setting((5, 6, 4), 12),
}
_NIGHT, _DAY, _EVENING = (14, 4, 3, 4, 8, 14), (3, 3, 8, 12, 12, 6), (9, 3, 4, 7, 10, 13)
_SHOP, _CARS, _HOME = (0, 1, 8, 14, 12, 2), (9, 4, 4, 5, 8, 11), (6, 3, 6, 8, 10, 12)
OFFENCES = {
    "theft": Offence(201, "theft", 1500, "street", _DAY, 0, 730, 2),
    "shop theft": Offence(202, "theft", 1080, "shops", _SHOP, 0, 365, 1, weekend=9),
    "theft from person": Offence(203, "theft", 560, "street", _EVENING, 0, 1095, 6, weekend=13),
    "theft from vehicle": Offence(204, "theft", 1600, "cars", _CARS, 0, 730, 3, window=11),
    "vehicle theft": Offence(205, "theft", 520, "cars", _CARS, 30, 1825, 25, window=10),
    "bicycle theft": Offence(206, "theft", 340, "street", _DAY, 0, 365, 2, window=8),
    "burglary dwelling": Offence(211, "burglary", 840, "homes", _HOME, 180, 2920, 45, weekend=8, window=8),
    "burglary business": Offence(
        212, "burglary", 330, "shops", (12, 8, 2, 1, 4, 9), 90, 1825, 20, 14, window=12
    ),
    "robbery": Offence(221, "robbery", 260, "street", _EVENING, 365, 4380, 365, weekend=12),
    "criminal damage": Offence(231, "damage", 980, "street", _EVENING, 0, 730, 2, weekend=14, window=6),
    "criminal damage to a vehicle": Offence(232, "damage", 560, "cars", _CARS, 0, 730, 2, window=9),
    "assault": Offence(101, "the body", 880, "street", _NIGHT, 0, 1095, 10, weekend=19),
    "serious assault": Offence(102, "the body", 150, "street", _NIGHT, 365, 3650, 540, weekend=19),
    "domestic assault": Offence(111, "the body", 440, "homes", _HOME, 0, 1460, 30, weekend=13),
    "coercive control": Offence(112, "the body", 24, "homes", _HOME, 90, 1825, 180),
    "strangulation": Offence(113, "the body", 12, "homes", _HOME, 180, 2920, 365),
    "harassment": Offence(121, "the body", 300, "homes", _DAY, 0, 730, 10),
    "firearm offence": Offence(301, "weapons", 26, "street", (8, 2, 2, 4, 7, 10), 730, 5475, 900, weekend=12),
    "possession of a knife": Offence(302, "weapons", 0, "street", _EVENING, 0, 365, 15),
    "possession of drugs": Offence(311, "drugs", 0, "street", _EVENING, 0, 180, 1),
}
FOUND_BY_POLICE = ("possession of a knife", "possession of drugs")
NAMES = tuple(OFFENCES)
REPORTED, POLICE = 0, 1
_REPORT_WITHIN = 2 * MINUTES_PER_DAY


@dataclass(frozen=True)
class Block:
    """Incidents as columns; times in minutes since the start of 2023, ``end`` is -1 where the time is known.

    ``plant`` is the number of the truth that a row was made for, and 0 for ordinary rows.
    """

    offence: Whole
    address: Whole
    start: Whole
    end: Whole
    reported: Whole
    status: Whole
    discovered: Whole
    plant: Whole

    def __len__(self) -> int:
        return len(self.start)


def block(
    offence: str,
    address: Whole,
    start: Whole,
    dice: Dice,
    *,
    plant: int = 0,
    discovered: int = REPORTED,
) -> Block:
    """Incidents of one offence; windows, reports and outcomes follow from its habit."""
    count, hours = len(start), OFFENCES[offence].window
    known = dice.below(100, count) < 32
    span = dice.between(2, max(4, 2 * hours), count) * 30 if hours else np.zeros(count, dtype=np.int64)
    span = np.where(known, 0, span)
    late = np.zeros(count, dtype=np.int64) if discovered else 4 + dice.skewed(_REPORT_WITHIN, count)
    return Block(
        offence=np.full(count, NAMES.index(offence), dtype=np.int64),
        address=address.astype(np.int64),
        start=start.astype(np.int64),
        end=np.where(span > 0, start + span, -1),
        reported=start + span + late,
        status=dice.pick(STATUS_ODDS, count),
        discovered=np.full(count, discovered, dtype=np.int64),
        plant=np.full(count, plant, dtype=np.int64),
    )


def together(blocks: Sequence[Block]) -> Block:
    """Blocks under each other."""
    return Block(
        **{
            name: np.concatenate([getattr(part, name) for part in blocks])
            for name in Block.__dataclass_fields__
        }
    )


class Habits:
    """Where offences of a setting happen: standing odds of every address, the same for all offences of the setting."""

    def __init__(self, ground: Ground, seed: int) -> None:
        self.ground = ground
        self.odds: dict[str, Whole] = {}
        for name, setting in SETTINGS.items():
            dice = Dice(seed, f"setting {name}")
            pull = 1 + setting.clumping * 64 // (1 + dice.below(6400, len(ground.addresses.unit)))
            pull = np.minimum(pull, 1 + setting.clumping)
            self.odds[name] = np.asarray(setting.zones, dtype=np.int64)[ground.addresses.zone] * pull
        self.towns = [unit.population // 100 * TOWN_ODDS[unit.town_kind] for unit in ground.country.units]

    def addresses(self, setting: str, dice: Dice, count: int) -> Whole:
        """Addresses in the whole country: the town by its people, then the address by its odds."""
        towns = np.bincount(dice.pick(self.towns, count), minlength=len(self.towns))
        chosen = [
            self.in_unit(setting, unit, dice, number) for unit, number in enumerate(towns.tolist()) if number
        ]
        picked = np.concatenate(chosen)
        return picked[dice.sample(len(picked), len(picked))]

    def in_unit(self, setting: str, unit: int, dice: Dice, count: int) -> Whole:
        """Addresses in one unit."""
        here = self.ground.by_unit[unit]
        return here[dice.pick(self.odds[setting][here], count)]


def ordinary(habits: Habits, seed: int, count: int) -> Block:
    """``count`` incidents without any planted pattern, offence by offence."""
    shares = [offence.share for offence in OFFENCES.values()]
    counts = [count * share // sum(shares) for share in shares]
    counts[0] += count - sum(counts)
    blocks = []
    for (name, offence), number in zip(OFFENCES.items(), counts, strict=True):
        if number:
            dice = Dice(seed, f"complete {name}")
            address = habits.addresses(offence.setting, dice, number)
            blocks.append(block(name, address, times(name, dice, number), dice))
    return together(blocks)


def times(name: str, dice: Dice, count: int, first: int = 0, last: int = DAYS) -> Whole:
    """Times between two days (the second is not counted in), by weekday and hour."""
    offence = OFFENCES[name]
    odds = [
        offence.weekend if (FIRST_DAY + timedelta(days=day)).weekday() >= 5 else 10
        for day in range(first, last)
    ]
    return (first + dice.pick(odds, count)) * MINUTES_PER_DAY + minute_of_day(name, dice, count)


def minute_of_day(name: str, dice: Dice, count: int) -> Whole:
    """Minutes of the day; people remember them in fives."""
    block_of_day = dice.pick(OFFENCES[name].hours, count)
    minute = block_of_day * 240 + dice.below(48, count) * 5
    return np.where(dice.below(10, count) < 3, minute + dice.below(5, count), minute)
