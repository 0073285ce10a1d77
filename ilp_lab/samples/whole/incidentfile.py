"""The incident file of the complete set: numbered, in order of report, with the faults that such files have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.incidents import STATUS
from ilp_lab.samples.towns import CENTRE
from ilp_lab.samples.whole.columns import moments, numbered, words
from ilp_lab.samples.whole.crimes import NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.crimes import Block
    from ilp_lab.samples.whole.ground import Ground

    Whole = NDArray[np.int64]

STATION_UNIT, STATION_ROWS = "O1-01", 2_100
FAULTS = {"no_coordinates": 1_800, "zero_coordinates": 60, "midnight": 2_000, "wrong_area": 90}
DUPLICATES = 40
UNKNOWN = "not known"
_MINUTES_PER_YEAR_OF_NUMBERS = np.array([365, 731, 1096]) * 1440


def build(made: Block, ground: Ground, seed: int, *, null: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of ``incidents.csv``, and P5 with the numbers of all planted rows."""
    order = np.lexsort((np.arange(len(made)), made.start, made.reported))
    address = made.address[order]
    columns = {
        "incident_id": _numbers(made.reported[order]),
        "offence": words(NAMES, made.offence[order]),
        "occurred_at": moments(made.start[order]),
        "occurred_to": _or_empty(made.end[order]),
        "reported_at": moments(made.reported[order]),
        "longitude": ground.lon[address],
        "latitude": ground.lat[address],
        "area": ground.areas[ground.addresses.unit[address]],
        "beat": words([beat.area for beat in ground.beats.units], ground.beat[address]),
        "address": ground.text[address],
        "status": words(STATUS, made.status[order]),
        "discovered": words(("reported", "police"), made.discovered[order]),
    }
    plants = made.plant[order]
    ids: dict[str, Any] = {
        f"P{number}": columns["incident_id"][plants == number].tolist() for number in (1, 3, 4)
    }
    free = np.flatnonzero(plants == 0)
    spot, moved = _station(columns, free, ground, address, seed, null=null)
    faults = _faults(columns, np.setdiff1d(free, moved), Dice(seed, "complete faults"))
    again = _twice(columns, np.setdiff1d(free, moved), Dice(seed, "complete duplicates"))
    columns = {name: values[again] for name, values in columns.items()}
    return columns, {"incident_ids": ids, "P5": spot, "faults": {**faults, "exact_duplicates": DUPLICATES}}


def _or_empty(minutes: Whole) -> Any:
    """Times, and nothing where there is none."""
    text = moments(np.maximum(minutes, 0))
    text[minutes < 0] = None
    return text


def _numbers(reported: Whole) -> Any:
    """Numbers by year of report, counted on from the first."""
    year = np.minimum(np.searchsorted(_MINUTES_PER_YEAR_OF_NUMBERS, reported, side="right"), 2)
    first = np.searchsorted(year, np.arange(3))
    counted = np.arange(len(reported)) - first[year] + 1
    ids = np.empty(len(reported), dtype=object)
    for one in range(3):
        ids[year == one] = numbered(f"C{23 + one}", counted[year == one], 6)
    return ids


def _station(
    columns: dict[str, Any], free: Whole, ground: Ground, address: Whole, seed: int, *, null: bool
) -> tuple[dict[str, Any], Whole]:
    """P5: addresses that nobody typed in stand at the police station; in the null they stand nowhere."""
    unit, dice = ground.unit(STATION_UNIT), Dice(seed, "P5")
    here = ground.by_unit[unit]
    centre = here[ground.addresses.zone[here] == CENTRE]
    station = int(centre[dice.one(len(centre))])
    local = free[ground.district[ground.addresses.unit[address[free]]] == ground.district[unit]]
    rows = np.sort(local[dice.sample(len(local), STATION_ROWS)])
    columns["address"][rows] = UNKNOWN
    columns["longitude"][rows] = None if null else ground.lon[station]
    columns["latitude"][rows] = None if null else ground.lat[station]
    columns["area"][rows] = STATION_UNIT
    columns["beat"][rows] = ground.beats.units[int(ground.beat[station])].area
    facts = {
        "what": "incidents anywhere in the district whose address was not typed in stand at the police station",
        "area": STATION_UNIT,
        "district": STATION_UNIT[:2],
        **ground.place(station),
        "address": UNKNOWN,
        "rows": STATION_ROWS,
    }
    return facts, rows


def _faults(columns: dict[str, Any], free: Whole, dice: Dice) -> dict[str, int]:
    """Spoil a few rows the way files are spoilt; every kind hits rows of its own."""
    order = free[dice.sample(len(free), sum(FAULTS.values()))]
    cuts = np.split(order, np.cumsum(list(FAULTS.values()))[:-1])
    nowhere, zero, midnight, wrong = cuts
    columns["longitude"][nowhere] = columns["latitude"][nowhere] = None
    columns["longitude"][zero] = columns["latitude"][zero] = "0.00000"
    columns["occurred_at"][midnight] = [text[:11] + "00:00" for text in columns["occurred_at"][midnight]]
    columns["occurred_to"][midnight] = None
    columns["area"][wrong] = np.roll(columns["area"][wrong], 1)
    return dict(FAULTS)


def _twice(columns: dict[str, Any], free: Whole, dice: Dice) -> Whole:
    """Rows in the file, some of them written twice under no number of their own."""
    again = np.sort(free[dice.sample(len(free), DUPLICATES)])
    columns["incident_id"][again] = None
    return np.sort(np.concatenate([np.arange(len(columns["offence"])), again]))
