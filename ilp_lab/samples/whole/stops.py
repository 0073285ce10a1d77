"""P7: stops and searches; in one district one part of the residents is stopped far more often, and less is found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.whole.columns import moments, numbered, words
from ilp_lab.samples.whole.crimes import POLICE, Block, block, times, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.crimes import Habits
    from ilp_lab.samples.whole.ground import Ground

    Whole = NDArray[np.int64]

TOTAL, DISTRICT, RATE, FOUND, FOUND_OF_THEM = 14_000, "O2", 30, 18, 8  # RATE in tenths, FOUND in percent
RESIDENTS = ("settled", "moved in")
GROUNDS = ("suspicion of drugs", "suspicion of a weapon", "suspicion of stolen goods", "public order")
GROUND_ODDS = (46, 14, 26, 14)
FINDS = ("nothing", "drugs", "knife", "stolen goods")
FIND_ODDS = (62, 12, 26)


def moved_in(ground: Ground, seed: int) -> Whole:
    """Residents of each unit who moved in within five years."""
    dice = Dice(seed, "moved in")
    people = np.array([unit.population for unit in ground.country.units])
    return people * dice.between(90, 210, len(people)) // 1000


def build(habits: Habits, seed: int, *, null: bool) -> tuple[dict[str, Any], Block, dict[str, Any]]:
    """Columns of ``stops.csv``, the incidents that stops brought to light, and the truth."""
    ground = habits.ground
    dice = Dice(seed, "P7 null" if null else "P7")
    unit, resident = _who(ground, moved_in(ground, seed), dice, null=null)
    biased = (ground.district[unit] == ground.districts.index(DISTRICT)) & (resident == 1) & (not null)
    hit = dice.below(100, len(unit)) < np.where(biased, FOUND_OF_THEM, FOUND)
    find = np.where(hit, 1 + dice.pick(FIND_ODDS, len(unit)), 0)
    address = np.zeros(len(unit), dtype=np.int64)
    for place in np.unique(unit).tolist():
        rows = np.flatnonzero(unit == place)
        address[rows] = habits.in_unit("street", place, dice, len(rows))
    start = np.sort(times("theft from person", dice, len(unit)))
    columns = {
        "stop_id": numbered("X", np.arange(1, len(unit) + 1), 6),
        "stopped_at": moments(start),
        "longitude": ground.lon[address],
        "latitude": ground.lat[address],
        "area": ground.areas[unit],
        "beat": words([beat.area for beat in ground.beats.units], ground.beat[address]),
        "ground": words(GROUNDS, dice.pick(GROUND_ODDS, len(unit))),
        "resident": words(RESIDENTS, resident),
        "found": words(FINDS, find),
    }
    found = [
        block(offence, address[find == kind], start[find == kind], dice, discovered=POLICE)
        for kind, offence in ((1, "possession of drugs"), (2, "possession of a knife"))
    ]
    facts = {
        "what": "in one district residents who moved in are stopped three times as often, and less is found on them",
        "district": DISTRICT,
        "resident": RESIDENTS[1],
        "rate_ratio": RATE / 10,
        "found_share": {"all": FOUND / 100, "them": FOUND_OF_THEM / 100},
        "stops": TOTAL,
    }
    return columns, together(found), {"P7": facts}


def _who(ground: Ground, new: Whole, dice: Dice, *, null: bool) -> tuple[Whole, Whole]:
    """Unit and part of the residents of everybody who was stopped, in random order."""
    people = np.array([unit.population for unit in ground.country.units])
    more = np.where((ground.district == ground.districts.index(DISTRICT)) & (not null), RATE, 10)
    odds = np.concatenate([(people - new) * 10, new * more]) // 10
    drawn = dice.pick(odds, TOTAL)
    return drawn % len(people), drawn // len(people)
