"""P12: an operation against crime around cars in the capital, what it prevented, and what went next door."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import FIRST_DAY, MINUTES_PER_DAY
from ilp_lab.samples.whole.crimes import NAMES, OFFENCES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.crimes import Block
    from ilp_lab.samples.whole.ground import Ground

    Whole = NDArray[np.int64]

NAME, UNIT, STARTS = "Operation Bright Lane", "T1-01", date(2024, 7, 1)
EFFECT, MOVED, RING_M = 18, 75, 300  # percent less; percent of those that went next door; metres
SIDE = 30  # percent of the addresses of the city
COLUMNS = ("operation", "measure", "beat", "part", "starts", "offences")
OFFENCE_NAMES = tuple(name for name, offence in OFFENCES.items() if offence.setting == "cars")


def beats_of(ground: Ground) -> tuple[list[int], list[int]]:
    """Positions of the beats with the measure, in the west of the city, and of those it is compared with, in the east."""
    unit = ground.unit(UNIT)
    here = ground.by_unit[unit]
    numbers = [int(number) for number in np.unique(ground.beat[here])][1:]
    middle = {number: int(ground.addresses.x[here[ground.beat[here] == number]].mean()) for number in numbers}
    order = sorted(numbers, key=lambda number: middle[number])
    return _until_full(ground, order, len(here)), _until_full(ground, order[::-1], len(here))


def _until_full(ground: Ground, order: list[int], city: int) -> list[int]:
    chosen: list[int] = []
    while 100 * int(np.isin(ground.beat, chosen).sum()) < SIDE * city:
        chosen.append(order[len(chosen)])
    return sorted(chosen)


def plant(made: Block, ground: Ground, seed: int, *, null: bool) -> tuple[Block, dict[str, Any]]:
    """Move what the operation prevented: most of it next door, the rest elsewhere in the city."""
    treated, control = beats_of(ground)
    dice = Dice(seed, "P12")
    inside = np.isin(ground.beat, treated)
    held = np.flatnonzero(
        np.isin(made.offence, [NAMES.index(name) for name in OFFENCE_NAMES])
        & inside[made.address]
        & (made.start >= (STARTS - FIRST_DAY).days * MINUTES_PER_DAY)
        & (made.plant == 0)
    )
    gone = held[dice.sample(len(held), (len(held) * EFFECT + 50) // 100)]
    near = (len(gone) * MOVED + 50) // 100
    ring, rest = _around(ground, treated, control)
    address = made.address.copy()
    address[gone[:near]] = ring[dice.below(len(ring), near)]
    address[gone[near:]] = rest[dice.below(len(rest), len(gone) - near)]
    names = [beat.area for beat in ground.beats.units]
    facts = {
        "what": "an operation with a true effect of 18 % fewer; three quarters of what it prevented went next door",
        "operation": NAME,
        "offences": list(OFFENCE_NAMES),
        "treated": [names[number] for number in treated],
        "control": [names[number] for number in control],
        "starts": STARTS.isoformat(),
        "ratio": (100 - EFFECT) / 100,
        "without_the_operation": len(held),
        "prevented": len(gone),
        "next_door": near,
        "ring_m": RING_M,
    }
    return (made if null else replace(made, address=address)), {"P12": facts}


def _around(ground: Ground, treated: list[int], control: list[int]) -> tuple[Whole, Whole]:
    """Addresses of the city within the ring, and those beyond it that nobody compares."""
    here = ground.by_unit[ground.unit(UNIT)]
    inside = here[np.isin(ground.beat[here], treated)]
    outside = here[~np.isin(ground.beat[here], treated)]
    x, y = ground.addresses.x, ground.addresses.y
    nearest = np.array(
        [int(((x[inside] - x[at]) ** 2 + (y[inside] - y[at]) ** 2).min()) for at in outside.tolist()]
    )
    ring = outside[nearest <= (RING_M - 40) ** 2]
    rest = outside[(nearest > (2 * RING_M) ** 2) & ~np.isin(ground.beat[outside], control)]
    return ring, rest


def rows(ground: Ground) -> list[tuple[str, ...]]:
    """The rows of ``operations.csv``: what everybody may know."""
    names = [beat.area for beat in ground.beats.units]
    treated, control = beats_of(ground)
    return [
        (
            NAME,
            "lights, patrols on foot, letters to owners",
            names[number],
            part,
            STARTS.isoformat(),
            "; ".join(OFFENCE_NAMES),
        )
        for part, numbers in (("operation", treated), ("compared with", control))
        for number in numbers
    ]
