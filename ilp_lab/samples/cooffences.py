"""Who was in which recorded event, and the pair that was planted among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from ilp_lab.samples.dice import Dice

COLUMNS = ("person_id", "event_id", "date", "offence", "role")
FIRST = date(2023, 1, 1)
DAYS, PERSONS, EVENTS, GROUPS = 1_095, 520, 1_300, 40
JOINT, CROWD = 9, 46
OFFENCES = ("burglary dwelling", "shop theft", "vehicle theft", "assault", "robbery", "criminal damage")
Row = list[Any]


def build(seed: int) -> tuple[list[Row], dict[str, Any]]:
    """Return participations and the truth about them."""
    dice = Dice(seed, "co-offending")
    busy = [1 + int(dice.skewed(14, 1)[0]) for _ in range(PERSONS)]
    rows: list[Row] = []
    for number in range(EVENTS):
        facts = _facts(dice, number)
        first = int(dice.pick(busy, 1)[0])
        members = {first}
        for _ in range((0, 0, 0, 1, 1, 2, 3)[dice.one(7)]):
            near = (first // (PERSONS // GROUPS)) * (PERSONS // GROUPS) + dice.one(PERSONS // GROUPS)
            members.add(near if dice.one(3) else dice.one(PERSONS))
        rows += [[_name(member), *facts, "suspect"] for member in sorted(members)]
        if dice.one(4) == 0:
            rows.append([_name(PERSONS + dice.one(400)), *facts, ("victim", "witness")[dice.one(2)]])
    pair = (71, 402)
    for number in range(JOINT):
        facts = _facts(dice, EVENTS + number)
        rows += [[_name(member), *facts, "suspect"] for member in pair]
    crowd = sorted(dice.sample(PERSONS, CROWD).tolist())
    facts = _facts(dice, EVENTS + JOINT)
    rows += [[_name(member), *facts, "suspect"] for member in crowd]
    rows.sort(key=lambda row: (row[1], row[0]))
    truth = {
        "what": "persons recorded in events over three years; one pair acts together again and again, and one brawl joins 46",
        "backbone_pair": [_name(member) for member in pair],
        "joint_events": JOINT,
        "crowd_event": facts[0],
        "crowd": CROWD,
        "rows": len(rows),
    }
    return rows, truth


def _name(number: int) -> str:
    return f"N{number + 1:04d}"


def _facts(dice: Dice, number: int) -> Row:
    day = FIRST + timedelta(days=dice.one(DAYS))
    return [f"EV{number + 1:05d}", day.strftime("%d/%m/%Y"), OFFENCES[dice.one(len(OFFENCES))]]
