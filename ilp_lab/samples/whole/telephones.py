"""Call records of a quarter: circles of acquaintances, the brokers' phones, and a handset that changed its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.calls import HOURS, plain
from ilp_lab.samples.country import degrees
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.whole.columns import day_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.ground import Ground
    from ilp_lab.samples.whole.web import Made

    Whole = NDArray[np.int64]

COLUMNS = ("calling_number", "called_number", "date", "time", "duration_s", "call_type", "cell_id", "imei")
TOWER_COLUMNS = ("cell_id", "longitude", "latitude", "area")
FIRST, DAYS, CALLS, CIRCLES = "2025-04-01", 91, 42_000, 34
SWAP_DAY, MEETINGS = 52, 12


@dataclass(frozen=True)
class Phones:
    """Numbers as columns: circle, handset, and the masts where they usually are."""

    number: list[str]
    circle: Whole
    imei: list[str]
    home: Whole
    work: Whole


def build(
    ground: Ground, web: Made, seed: int, *, null: bool
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str], dict[str, Any]]:
    """Columns of calls and masts, the two numbers of one handset, and the truth."""
    dice = Dice(seed, "complete calls")
    towers = _towers(ground, Dice(seed, "complete towers"))
    phones = _phones(web, dice, len(towers["cell_id"]))
    numbers = _swap(phones, dice)
    caller, called, second = _ordinary(phones, dice)
    masts = _masts(phones, caller, second, dice, len(towers["cell_id"]))
    extra = _carried_together(web, phones, dice) if not null else [np.zeros(0, dtype=np.int64)] * 4
    caller, called, second, masts = (
        np.concatenate([one, more]) for one, more in zip((caller, called, second, masts), extra, strict=True)
    )
    order = np.argsort(second, kind="stable")
    caller, called, second, masts = caller[order], called[order], second[order], masts[order]
    columns = _written(phones, towers, dice, (caller, called, second, masts), numbers, null=null)
    facts = {
        "handset": numbers["imei"],
        "before": plain(numbers["before"]),
        "after": plain(numbers["after"]),
        "carried_together": [
            [plain(web.labels[phone]) for phone in web.phones[broker]] for broker in web.brokers
        ],
    }
    return columns, towers, numbers, {"calls": facts}


def _towers(ground: Ground, dice: Dice) -> dict[str, Any]:
    """A mast in every town, nine in the capital, five in the port."""
    rows: list[tuple[str, str, str, str]] = []
    for unit in ground.country.units:
        for _ in range({"capital": 9, "port": 5}.get(unit.town_kind, 1)):
            x, y = (at + int(dice.between(-900, 900, 1)[0]) for at in unit.town)
            lon, lat = degrees((x, y), 5)
            rows.append((f"999-02-{100 + len(rows)}", f"{lon:.5f}", f"{lat:.5f}", unit.area))
    return {name: [row[at] for row in rows] for at, name in enumerate(TOWER_COLUMNS)}


def _phones(web: Made, dice: Dice, towers: int) -> Phones:
    """The chain's phones in circles by role, the brokers' with them; then phones of other groups, seven to a circle."""
    circles = [
        [phone for member in members for phone in web.phones.get(member, [])]
        for members in web.groups.values()
    ]
    chain = {phone for circle in circles for phone in circle}
    brokers = [phone for broker in web.brokers for phone in web.phones[broker]]
    rest = [
        phone for held in web.phones.values() for phone in held if phone not in chain and phone not in brokers
    ]
    circles += [rest[7 * at : 7 * at + 7] for at in range(CIRCLES)]
    for at, phone in enumerate(brokers):
        circles[(0, 1, 2, 2, 3, 4)[at % 6]].append(phone)
    names = [phone for circle in circles for phone in circle]
    circle = np.concatenate([np.full(len(circle), at) for at, circle in enumerate(circles)])
    homes = dice.below(towers, len(names))
    work = (homes + 1 + dice.below(towers - 1, len(names))) % towers
    carried = {phone: at for at, broker in enumerate(web.brokers) for phone in web.phones[broker]}
    for at, name in enumerate(names):
        if name in carried:
            homes[at], work[at] = 3 + 20 * carried[name], 4 + 20 * carried[name]
    return Phones([web.labels[name] for name in names], circle, [_imei(dice) for _ in names], homes, work)


def _imei(dice: Dice) -> str:
    """A handset number of a make that does not exist, with its check digit (Luhn)."""
    digits = [int(sign) for sign in f"98{dice.one(10**6):06d}{dice.one(10**6):06d}"]
    total = sum(digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def _swap(phones: Phones, dice: Dice) -> dict[str, str]:
    """The handset of one phone of the last circle, and the number it goes on with."""
    at = len(phones.number) - 3
    return {
        "before": phones.number[at],
        "after": f"+999 69 {dice.one(900_000) + 100_000}",
        "imei": phones.imei[at],
        "position": str(at),
    }


def _ordinary(phones: Phones, dice: Dice) -> tuple[Whole, Whole, Whole]:
    """Everybody calls their circle, seldom others; seconds count from the first day."""
    count = len(phones.number)
    caller = dice.pick(2 + dice.skewed(9, count), CALLS)
    inside = dice.below(100, CALLS) < 90
    members = [np.flatnonzero(phones.circle == at) for at in range(int(phones.circle.max()) + 1)]
    size = np.array([len(one) for one in members])
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    flat = np.concatenate(members)
    own = phones.circle[caller]
    near = flat[first[own] + dice.below(1 << 20, CALLS) % size[own]]
    called = np.where(inside, near, dice.below(count, CALLS))
    called = np.where(called == caller, (called + 1) % count, called)
    hour = dice.pick(HOURS, CALLS)
    second = dice.below(DAYS, CALLS) * 86_400 + hour * 3_600 + dice.below(3_600, CALLS)
    return caller, called, second


def _masts(phones: Phones, caller: Whole, second: Whole, dice: Dice, towers: int) -> Whole:
    day, hour = second // 86_400, second // 3_600 % 24
    weekday = (day + 1) % 7  # the first day is a Tuesday
    at_work = (weekday < 5) & (hour >= 8) & (hour < 17)
    usual = np.where(at_work, phones.work[caller], phones.home[caller])
    return np.where(dice.below(100, len(caller)) < 8, dice.below(towers, len(caller)), usual)


def _carried_together(web: Made, phones: Phones, dice: Dice) -> list[Whole]:
    """Each broker has all phones in one pocket: within minutes they are used at one mast far from home."""
    place = {number: at for at, number in enumerate(phones.number)}
    rows: list[tuple[int, int, int, int]] = []
    for turn, broker in enumerate(web.brokers):
        mine = [place[web.labels[phone]] for phone in web.phones[broker]]
        for number, day in enumerate(dice.sample(DAYS, MEETINGS).tolist()):
            start = day * 86_400 + (9 + number % 10) * 3_600 + dice.one(2_400)
            for step, at in enumerate(mine):
                circle = np.flatnonzero(phones.circle == phones.circle[at])
                other = int(circle[dice.one(len(circle) - 1)])
                mast = (31 + 5 * number + 2 * turn) % 60
                rows.append((at, other if other != at else int(circle[-1]), start + 150 * step, mast))
    return [np.array([row[at] for row in rows], dtype=np.int64) for at in range(4)]


def _written(
    phones: Phones,
    towers: dict[str, Any],
    dice: Dice,
    made: tuple[Whole, Whole, Whole, Whole],
    numbers: dict[str, str],
    *,
    null: bool,
) -> dict[str, Any]:
    """As an operator writes them: dates by day, some cells without a mast."""
    caller, called, second, masts = made
    count, swapped = len(caller), int(numbers["position"])
    moved = (second >= SWAP_DAY * 86_400) & (not null)
    names = np.array(phones.number, dtype=object)
    calling, receiving = names[caller], names[called]
    calling[moved & (caller == swapped)] = numbers["after"]
    receiving[moved & (called == swapped)] = numbers["after"]
    at = (np.datetime64("2023-01-01", "D") + day_of(FIRST)).astype("datetime64[s]") + second.astype(
        "timedelta64[s]"
    )
    text = np.datetime_as_string(at, unit="s").tolist()
    message = dice.below(5, count) == 0
    mast = np.array(towers["cell_id"], dtype=object)[masts]
    mast[dice.below(90, count) == 0] = ""
    return {
        "calling_number": calling,
        "called_number": receiving,
        "date": [f"{one[8:10]}.{one[5:7]}.{one[:4]}" for one in text],
        "time": [one[11:] for one in text],
        "duration_s": np.where(message, 0, 8 + dice.skewed(900, count)),
        "call_type": np.where(message, "SMS", "CALL"),
        "cell_id": mast,
        "imei": np.array(phones.imei, dtype=object)[caller],
    }
