"""Call records with masts, as an operator hands them over, and what was planted in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from ilp_lab.samples.country import Country, degrees
from ilp_lab.samples.dice import Dice

COLUMNS = ("calling_number", "called_number", "date", "time", "duration_s", "call_type", "cell_id", "imei")
TOWER_COLUMNS = ("cell_id", "longitude", "latitude", "area")
FIRST, DAYS = date(2024, 4, 1), 91
GROUPS, MEMBERS, SINGLES = 5, 11, 9
CALLS = 8_600
EVENT = datetime(2024, 5, 17, 2, 30)  # noqa: DTZ001 - Belmara keeps UTC all year and writes no zone
BURST, TOGETHER = 15, 8
# Odds of each hour of the day: quiet nights, busy evenings.
HOURS = (2, 1, 1, 1, 1, 2, 6, 12, 16, 18, 18, 20, 24, 20, 18, 20, 24, 30, 36, 36, 30, 20, 10, 5)
Row = list[Any]


@dataclass
class Phone:
    """A number, its handset, and where it usually is."""

    number: str
    imei: str
    home: int
    work: int
    group: int


@dataclass
class Made:
    """The records so far: moment, who, whom, kind, mast, handset."""

    dice: Dice
    towers: list[Row]
    phones: list[Phone]
    rows: list[tuple[datetime, Row]] = field(default_factory=list)

    def call(
        self, one: Phone, number: str, at: datetime, *, tower: int | None = None, imei: str = ""
    ) -> None:
        """Add a record of the one who calls."""
        message = self.dice.one(5) == 0
        length = 0 if message else 8 + int(self.dice.skewed(900, 1)[0])
        where = self._usually_at(one, at) if tower is None else tower
        row = [
            one.number, number, at.strftime("%d.%m.%Y"), at.strftime("%H:%M:%S"), length,
            "SMS" if message else "CALL", self.towers[where][0], imei or one.imei,
        ]  # fmt: skip
        self.rows.append((at, row))

    def _usually_at(self, one: Phone, at: datetime) -> int:
        if self.dice.one(100) < 8:
            return self.dice.one(len(self.towers))
        return one.work if at.weekday() < 5 and 8 <= at.hour < 17 else one.home

    def moment(self, day: int) -> datetime:
        """A time of that day, as people call."""
        hour = int(self.dice.pick(HOURS, 1)[0])
        second = timedelta(hours=hour, minutes=self.dice.one(60), seconds=self.dice.one(60))
        return datetime.combine(FIRST + timedelta(days=day), datetime.min.time()) + second


def build(country: Country, seed: int) -> tuple[list[Row], list[Row], dict[str, Any]]:
    """Return calls, towers and the truth about them."""
    dice = Dice(seed, "calls")
    towers = _towers(country, Dice(seed, "towers"))
    phones = [_phone(dice, len(towers), group) for group in range(GROUPS) for _ in range(MEMBERS)]
    phones += [_phone(dice, len(towers), GROUPS + single) for single in range(SINGLES)]
    made = Made(dice, towers, phones)
    truth: dict[str, Any] = {
        "what": "call records of three months with five circles of acquaintances",
        "first_day": FIRST.isoformat(),
        "days": DAYS,
    }
    swapped, new = phones[3], dice.one(10)
    truth["handset_swap"] = _swap_facts(swapped, f"+999 58 {dice.one(900_000) + 100_000}", 44 + new % 4)
    _ordinary(made, truth["handset_swap"])
    truth["burst"] = _burst(made, phones[14])
    truth["together"] = _together(made, phones[25], phones[37])
    truth["common_contact"] = _common(made, phones[1], phones[MEMBERS * 2 + 1])
    truth["night_caller"] = _night(made, phones[-2])
    rows = _written(made)
    return rows, towers, {**truth, "rows": len(rows), "numbers": len(phones) + 2}


def _towers(country: Country, dice: Dice) -> list[Row]:
    rows = []
    for number, unit in enumerate(country.units[:44]):
        x, y = unit.town
        lon, lat = degrees(
            (x + int(dice.between(-900, 900, 1)[0]), y + int(dice.between(-900, 900, 1)[0])), 5
        )
        rows.append([f"999-01-{100 + number}", f"{lon:.5f}", f"{lat:.5f}", unit.area])
    return rows


def _phone(dice: Dice, towers: int, group: int) -> Phone:
    home, work = dice.sample(towers, 2).tolist()
    return Phone(f"+999 5{dice.one(8)} {dice.one(900_000) + 100_000}", _imei(dice), home, work, group)


def _imei(dice: Dice) -> str:
    """A handset number of a make that does not exist, with its check digit (Luhn)."""
    digits = [int(sign) for sign in f"99{dice.one(10**6):06d}{dice.one(10**6):06d}"]
    total = sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def _swap_facts(phone: Phone, number: str, day: int) -> dict[str, Any]:
    return {
        "what": "the handset goes on with another number; the old number falls silent",
        "imei": phone.imei,
        "before": plain(phone.number),
        "after": plain(number),
        "day": (FIRST + timedelta(days=day)).isoformat(),
        "_number": number,
    }


def plain(number: str) -> str:
    """A number as it is compared: digits only."""
    return "".join(sign for sign in number if sign.isdigit())


def _ordinary(made: Made, swap: dict[str, Any]) -> None:
    """Everybody calls their circle, seldom others."""
    dice, phones = made.dice, made.phones
    activity = [2 + int(dice.skewed(9, 1)[0]) for _ in phones]
    new_number = swap.pop("_number")
    day_of_swap = (date.fromisoformat(swap["day"]) - FIRST).days
    while len(made.rows) < CALLS:
        at = int(dice.pick(activity, 1)[0])
        one = phones[at]
        inside = [
            position for position, other in enumerate(phones) if other.group == one.group and position != at
        ]
        other = phones[
            inside[dice.one(len(inside))] if inside and dice.one(100) < 88 else dice.one(len(phones))
        ]
        if other is one:
            continue
        day = dice.one(DAYS)
        moved = plain(one.number) == swap["before"] and day >= day_of_swap
        caller = Phone(new_number, one.imei, one.home, one.work, one.group) if moved else one
        called = new_number if plain(other.number) == swap["before"] and day >= day_of_swap else other.number
        made.call(caller, called, made.moment(day))


def _burst(made: Made, phone: Phone) -> dict[str, Any]:
    """Many calls in the three hours before the event."""
    circle = [other for other in made.phones if other.group == phone.group and other is not phone]
    for number in range(BURST):
        at = EVENT - timedelta(minutes=25 + 10 * number + made.dice.one(8))
        made.call(phone, circle[number % len(circle)].number, at)
    return {
        "what": "one number calls its circle again and again in the hours before the event",
        "number": plain(phone.number),
        "calls": BURST,
        "event": EVENT.isoformat(timespec="minutes"),
    }


def _together(made: Made, one: Phone, other: Phone) -> dict[str, Any]:
    """Two numbers of different circles, at one far mast on the same evenings, another mast each time."""
    free = [at for at in range(len(made.towers)) if at not in (one.home, one.work, other.home, other.work)]
    days = sorted(made.dice.sample(DAYS, TOGETHER).tolist())
    for number, day in enumerate(days):
        tower = free[(7 * number) % len(free)]
        at = made.moment(day).replace(hour=13 + number % 8, minute=made.dice.one(50))
        circles = [
            [phone for phone in made.phones if phone.group == own.group and phone is not own]
            for own in (one, other)
        ]
        made.call(one, circles[0][number % len(circles[0])].number, at, tower=tower)
        made.call(
            other,
            circles[1][number % len(circles[1])].number,
            at + timedelta(minutes=1 + made.dice.one(8)),
            tower=tower,
        )
    return {
        "what": "two numbers that never call each other are at the same mast within minutes on these days",
        "numbers": sorted((plain(one.number), plain(other.number))),
        "days": [(FIRST + timedelta(days=day)).isoformat() for day in days],
        "within_minutes": 10,
    }


def _common(made: Made, one: Phone, other: Phone) -> dict[str, Any]:
    """A number outside all circles that two of different circles call."""
    number = f"+999 59 {made.dice.one(900_000) + 100_000}"
    for phone, calls in ((one, 9), (other, 7)):
        for _ in range(calls):
            made.call(phone, number, made.moment(made.dice.one(DAYS)))
    return {
        "what": "a number that two of different circles call and nobody else",
        "number": plain(number),
        "called_by": sorted((plain(one.number), plain(other.number))),
    }


def _night(made: Made, phone: Phone) -> dict[str, Any]:
    """A number that calls mostly between 23:00 and 4:00."""
    for _ in range(60):
        hour = (23, 0, 1, 2, 3)[made.dice.one(5)]
        other = made.phones[made.dice.one(len(made.phones) - 3)]
        made.call(phone, other.number, made.moment(made.dice.one(DAYS)).replace(hour=hour))
    return {"what": "a number that calls mostly at night", "number": plain(phone.number), "calls": 60}


def _written(made: Made) -> list[Row]:
    """In order of time; some numbers written in other ways, some cells without a mast, a few rows twice."""
    dice = made.dice
    rows = []
    for _, row in sorted(made.rows, key=lambda one: (one[0], one[1][0], one[1][1])):
        style = dice.one(12)
        if style == 0:
            row[1] = "00" + plain(row[1])
        elif style == 1:
            row[1] = "+" + plain(row[1])
        if dice.one(90) == 0:
            row[6] = ""
        rows.append(row)
        if dice.one(150) == 0:
            rows.append(list(row))
    return rows
