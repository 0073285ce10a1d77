"""Registers of persons as four regions keep them (P9), and what is held about whom for how long (P10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.whole.columns import day_of, days
from ilp_lab.samples.whole.ground import REGIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ilp_lab.samples.whole.ground import Ground
    from ilp_lab.samples.whole.web import Made

    Whole = NDArray[np.int64]

RECORDS, AGAIN = 2_400, 240
COLUMNS = ("record_id", "given_name", "family_name", "born", "document", "phone", "address", "area", "unit")
TODAY = "2025-12-31"
EXPIRED = 41
CLASSES = {
    "suspect": ("intelligence", 58),
    "convicted": ("intelligence", 58),
    "victim": ("victim-witness", 34),
    "witness": ("victim-witness", 34),
    "other party": ("contact", 10),
}
_SWAPS = (("e", "i"), ("o", "u"), ("v", "w"), ("k", "c"), ("z", "s"))
Row = list[Any]


def persons(
    ground: Ground, web: Made, numbers: dict[str, str], seed: int, *, null: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of ``persons.csv``, and P9: two pairs that are one person each, two that only look like it."""
    dice = Dice(seed, "registers")
    rows = _first(ground, web, dice)
    for at in dice.sample(RECORDS, AGAIN).tolist():
        rows.append(_written_again(rows[at], dice))
    doubles = [(at, RECORDS + number) for number, at in enumerate(_origins(rows))]
    special = _special(ground, rows, numbers, dice) if not null else {"must_merge": [], "must_not_merge": []}
    order = dice.sample(len(rows), len(rows)).tolist()
    counters = dict.fromkeys(REGIONS, 0)
    for at in order:
        region = rows[at][8].rsplit("/", 1)[1].capitalize()
        counters[region] += 1
        rows[at][0] = f"{region[0]}{counters[region]:05d}"
    facts = {
        "what": "two pairs of records are one person each, two pairs are two persons who look alike",
        **{kind: [[rows[one][0], rows[other][0]] for one, other in pairs] for kind, pairs in special.items()},
        "written_twice": [[rows[one][0], rows[other][0]] for one, other in doubles],
    }
    ordered = sorted(rows, key=lambda row: row[0])
    return {name: [row[at] for row in ordered] for at, name in enumerate(COLUMNS)}, {"P9": facts}


def _origins(rows: Sequence[Row]) -> list[int]:
    return [int(row[9]) for row in rows[RECORDS : RECORDS + AGAIN]]


def _first(ground: Ground, web: Made, dice: Dice) -> list[Row]:
    """One record for everybody, in the register of the region that knows them."""
    unit = dict(zip(web.entities["entity_id"], web.entities["unit"], strict=True))
    people = [name for name in web.entities["entity_id"] if name[0] == "P"][:RECORDS]
    born = days(dice.between(-27_000, -6_600, RECORDS)).tolist()
    documents, numbers = dice.below(9_000_000, RECORDS).tolist(), dice.below(900_000, RECORDS).tolist()
    rows = []
    for at, name in enumerate(people):
        region = REGIONS.index(unit[name].rsplit("/", 1)[1].capitalize())
        units = np.flatnonzero(ground.region == region)
        place = ground.by_unit[int(units[dice.one(len(units))])]
        address = int(place[dice.one(len(place))])
        given, family = web.labels[name].split(" ", 1)
        rows.append(
            ["", given, family, born[at], f"BD{1_000_000 + documents[at]}", f"+999 6{at % 10} {100_000 + numbers[at]}",
             ground.text[address], ground.areas[ground.addresses.unit[address]], unit[name], at]
        )  # fmt: skip
    return rows


def _written_again(row: Row, dice: Dice) -> Row:
    """The same person in another register: a letter written otherwise, sometimes without a document or a phone."""
    again = list(row)
    here = REGIONS.index(str(row[8]).rsplit("/", 1)[1].capitalize())
    again[8] = f"belmara/{REGIONS[(here + 1 + dice.one(3)) % 4].lower()}"
    again[2] = _other_letters(row[2], dice)
    if dice.one(3) == 0:
        again[4] = ""
    if dice.one(3) == 0:
        again[5] = ""
    if dice.one(4) == 0:
        year, month, day = row[3].split("-")
        again[3] = f"{year}-{day}-{month}" if int(day) <= 12 else row[3]
    return again


def _other_letters(word: str, dice: Dice) -> str:
    start = dice.one(len(_SWAPS))
    for step in range(len(_SWAPS)):
        one, other = _SWAPS[(start + step) % len(_SWAPS)]
        if one in word:
            return word.replace(one, other, 1)
    return word + "h"


def _special(
    ground: Ground, rows: list[Row], numbers: dict[str, str], dice: Dice
) -> dict[str, list[tuple[int, int]]]:
    """Append the four pairs; returns their positions."""
    base = len(rows)
    pick = [rows[at] for at in dice.sample(RECORDS, 4).tolist()]
    streets = [str(ground.text[int(at)]) for at in dice.below(len(ground.text), 6)]

    def row(like: Row, region: int, **values: str) -> Row:
        made = list(like)
        made[8] = f"belmara/{REGIONS[region].lower()}"
        for name, value in values.items():
            made[COLUMNS.index(name)] = value
        return made

    name, house = streets[0].rsplit(" ", 1)
    rows += [
        # One man under two spellings: day and month exchanged, no document in the second; one handset carried both numbers.
        row(pick[0], 3, born="1988-03-11", phone=numbers["before"], address=streets[1]),
        row(pick[0], 1, born="1988-11-03", phone=numbers["after"], document="", address=streets[2],
            family_name=_other_letters(str(pick[0][2]), dice)),
        # One woman before and after marriage: born the same day, same phone, the same house written in two ways.
        row(pick[1], 0, born="1979-05-21", document="", phone="+999 61 404 117", address=streets[0]),
        row(pick[1], 2, born="1979-05-21", phone="+999 61 404117", address=f"{house} {name}", family_name=str(pick[2][2])),
        # Cousins with one name and one birthday: two documents, two phones, two homes.
        row(pick[2], 0, born="1991-09-30", document="BD4410932", phone="+999 62 310225", address=streets[3]),
        row(pick[2], 2, born="1991-09-30", document="BD7720158", phone="+999 65 881740", address=streets[4]),
        # Twins in one house with one telephone: two given names a letter apart, two documents.
        row(pick[3], 1, given_name="Marod", born="1995-02-14", document="BD5150277", phone="+999 63 515151", address=streets[5]),
        row(pick[3], 1, given_name="Marud", born="1995-02-14", document="BD5150278", phone="+999 63 515151", address=streets[5]),
    ]  # fmt: skip
    pairs = [(base + 2 * at, base + 2 * at + 1) for at in range(4)]
    return {"must_merge": pairs[:2], "must_not_merge": pairs[2:]}


def holdings(web: Made, seed: int, *, null: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of ``holdings.csv``, and P10: records kept too long, and a witness who stands among the suspects.

    The web is changed: the category of that witness becomes suspect in the chart's table of entities too.
    """
    dice = Dice(seed, "holdings")
    rows = [
        (name, category, unit)
        for name, category, unit in zip(
            web.entities["entity_id"], web.entities["category"], web.entities["unit"], strict=True
        )
        if category
    ]
    count = len(rows)
    today = day_of(TODAY)
    longest = np.array([CLASSES[category][1] for _, category, _ in rows])
    created = today - 20 - dice.below(1 << 20, count) * (longest * 30 - 40) // (1 << 20)
    often = np.array([150 if CLASSES[category][0] == "contact" else 330 for _, category, _ in rows])
    reviewed = _reviewed(created, often, today, dice)
    intelligence = np.flatnonzero([CLASSES[category][0] == "intelligence" for _, category, _ in rows])
    old = np.sort(intelligence[dice.sample(len(intelligence), EXPIRED)])
    if not null:
        created[old] = today - 1_900 - dice.below(900, EXPIRED)
    ids = [f"H{number + 1:05d}" for number in range(count)]
    witness = [at for at, (_, category, _) in enumerate(rows) if category == "witness"]
    wrong = witness[dice.one(len(witness))]
    if not null:
        name, _, unit = rows[wrong]
        rows[wrong] = (name, "suspect", unit)
        web.entities["category"][web.entities["entity_id"].index(name)] = "suspect"
    columns = {
        "record_id": ids,
        "entity_id": [name for name, _, _ in rows],
        "category": [category for _, category, _ in rows],
        "retention_class": [CLASSES[category][0] for _, category, _ in rows],
        "created_at": days(created),
        "reviewed_at": days(reviewed),
        "unit": [unit for _, _, unit in rows],
    }
    facts = {
        "what": "records kept beyond the longest time, and a witness who is stored as a suspect",
        "on": TODAY,
        "expired": [ids[at] for at in old.tolist()],
        "witness": rows[wrong][0],
    }
    return columns, {"P10": facts}


def _reviewed(created: Whole, often: Whole, today: int, dice: Dice) -> Whole:
    """The last review: within the period of the class, and not before the record was made."""
    since = dice.below(1 << 20, len(created)) * (often - 20) // (1 << 20)
    last: Whole = np.maximum(created, today - 10 - since)
    return last
