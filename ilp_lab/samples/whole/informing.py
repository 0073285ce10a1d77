"""Nine thousand reports, one rumour in three dresses among them and one that is meant to mislead (P8)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import Namer
from ilp_lab.samples.reports import COLUMNS, REVIEW
from ilp_lab.samples.whole.columns import moments
from ilp_lab.samples.whole.web import MATTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.ground import Ground
    from ilp_lab.samples.whole.web import Made

    Whole = NDArray[np.int64]

TOTAL, PER_YEAR = 9_000, 3_000
WHO = (
    "a dealer in used boats", "a clerk of the harbour office", "a mechanic", "a tenant", "a driver of a delivery firm",
    "a guard of the parking deck", "a market trader", "a carter of scrap", "a cook", "a night porter", "a locksmith",
    "a student of the trade school", "a roofer", "a bus driver", "a caretaker", "a seller of second-hand phones", "a bar keeper",
    "a painter", "a welder", "a cashier", "a fisherman", "a lorry driver", "a gardener",
)  # fmt: skip
DID = (
    "bought three outboard motors without papers from", "let a shed at the quay to", "changed number plates for",
    "carried two engines across the border for", "keeps the keys of a yard for", "was paid in cash by", "argued about a debt with",
    "lent a grey van to", "sold copper wire to", "was seen twice at night with", "stored boxes for", "took parcels in for",
    "rented a flat in the name of", "opened an account for", "repaired a car without papers for", "hid a motorcycle for",
    "bought a telephone for", "passed messages between the port and", "offered tools cheaply to", "collected money for",
    "showed photographs of empty houses to", "drove to the border and back with", "wrote invoices for",
)  # fmt: skip
WITH = (
    "two men from the hill road", "a woman who calls herself an agent", "a firm that trades in parts", "a cousin from Kestria",
    "the owner of a scrap yard", "a young man on a red moped", "an unknown man with a limp", "the brothers who run the ferry kiosk",
    "a buyer from Ruvania", "a man with two telephones", "a couple in a white camper", "a former clerk", "the tenant of lock-up nine",
    "a man known as the tailor", "a carrier of fruit", "three men in overalls", "a woman with a small dog", "a taxi driver of the night shift",
    "the keeper of a pawn shop", "a man in a yellow jacket", "a dealer in tyres", "someone who pays in small notes", "a friend of the harbour pilot",
)  # fmt: skip
WHEN = (
    "in the week before the fair", "before first light", "behind the fish hall", "and did not want a receipt", "while the bridge was closed",
    "on the last Sunday of the month", "close to the old customs house", "after the evening train", "on the car park of the stadium",
    "in the yard of the brickworks", "during the power cut", "at the second petrol station", "two days after the storm",
    "in a room above the bakery", "on the road to the quarry", "next to the water tower", "when the market had closed", "at the edge of the forest",
    "in front of the cinema", "on the ferry", "under the railway bridge", "at the lock", "the night of the concert",
)  # fmt: skip
KINDS = ("officer", "partner", "open source", "community", "witness", "technical")
_SCHEMES = ("4x4", "3x5x2")
_HANDLING = ("H0", "H0", "H0", "H1", "H1", "H2")


def build(
    ground: Ground, web: Made, witness: str, seed: int, *, null: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of ``reports.csv``, and P8."""
    dice = Dice(seed, "complete reports")
    columns = _ordinary(ground, web, dice, Namer(seed, "complete talk"))
    columns["cites"], columns["corroborated_by"] = _honest(columns, dice)
    mill = f"{Namer(seed, 'complete mills').word()} mill"
    free = [at for at in range(6_000, 8_900) if not (columns["cites"][at] or columns["corroborated_by"][at])]
    named = {name for at in range(TOTAL) for name in columns["corroborated_by"][at].split("; ") if name}
    named |= {name for at in range(TOTAL) for name in columns["cites"][at].split("; ") if name}
    free = [at for at in free if columns["report_id"][at] not in named]
    drawn = [free[at] for at in dice.sample(len(free), 7).tolist()]
    places = sorted(drawn[:4])
    for at in drawn[4:]:
        _put(columns, at, subjects=json.dumps([{"categories": ["witness"], "entity_id": witness}]))
    truth = {
        "what": "one rumour stands in three reports of three regions and seems confirmed; one report is meant to mislead",
        "circular": [columns["report_id"][at] for at in places[:3]],
        "malicious": columns["report_id"][places[3]],
        "place": mill,
    }
    if not null:
        _rumour(columns, places[:3], mill)
        _put(
            columns, places[3], scheme="6x6", permission="", source_grade="E", information_grade="5",
            statement_type="fact", text="The harbour master himself sells the stolen motors.",
        )  # fmt: skip
    columns["unit"] = list(columns["originator_unit"])
    return {name: columns[name] for name in COLUMNS}, {"P8": truth}


def texts(dice: Dice, namer: Namer, count: int) -> list[str]:
    """Sentences of four parts; no two share more than two of them, and each holds two names."""
    base = len(WHO)
    names = [namer.word() for _ in range(900)]
    one, other = dice.below(900, count).tolist(), dice.below(899, count).tolist()
    told = []
    for at, number in enumerate(dice.sample(base**3, count).tolist()):
        who, did, beside = number // base**2, number // base % base, number % base
        when = (who + did + beside) % base
        second = other[at] + (other[at] >= one[at])
        told.append(
            f"{WHO[who].capitalize()} called {names[one[at]]} {DID[did]} {names[second]}, {WITH[beside]}, {WHEN[when]}."
        )
    return told


def _ordinary(ground: Ground, web: Made, dice: Dice, namer: Namer) -> dict[str, Any]:
    """Reports without anything planted, in order of time."""
    at = np.concatenate([np.sort(part) for part in _by_year(dice)])
    british = dice.below(12, TOTAL) == 0
    source = np.where(british, dice.below(3, TOTAL), dice.below(9, TOTAL))
    information = np.where(british, dice.below(4, TOTAL), dice.below(5, TOTAL))
    district = dice.pick([unit.population for unit in ground.country.units], TOTAL)
    units = [
        f"belmara/{ground.country.units[one].region.lower()}/{ground.country.units[one].district.lower()}"
        for one in district.tolist()
    ]
    grades = [
        _grade(*one) for one in zip(british.tolist(), source.tolist(), information.tolist(), strict=True)
    ]
    category = dict(zip(web.entities["entity_id"], web.entities["category"], strict=True))
    people = web.suspects
    subject = dice.below(3 * len(people), TOTAL).tolist()
    return {
        "report_id": [f"R-{23 + one // PER_YEAR}-{1 + one % PER_YEAR:05d}" for one in range(TOTAL)],
        "scheme": [_SCHEMES[one] for one in british.astype(int).tolist()],
        "originator_unit": units,
        "source_ref": [f"S-{1000 + one}" for one in dice.below(700, TOTAL).tolist()],
        "source_type": [KINDS[one] for one in dice.below(len(KINDS), TOTAL).tolist()],
        "created_at": [f"{text}+00:00" for text in moments(at).tolist()],
        "text": texts(dice, namer, TOTAL),
        "statement_type": [
            ("fact", "fact", "hearsay", "assessment")[one] for one in dice.below(4, TOTAL).tolist()
        ],
        "source_grade": [one for one, _ in grades],
        "information_grade": [one for _, one in grades],
        "permission": ["P" if one else "" for one in british.tolist()],
        "handling": [_HANDLING[one] for one in dice.below(len(_HANDLING), TOTAL).tolist()],
        "conditions": [""] * TOTAL,
        "level": [("local", "local", "local", "regional")[one] for one in dice.below(4, TOTAL).tolist()],
        "risk_assessed": ["true"] * TOTAL,
        "subjects": [
            json.dumps([{"categories": [category[people[one]]], "entity_id": people[one]}])
            if one < len(people)
            else ""
            for one in subject
        ],
        "purpose_id": ["P-1"] * TOTAL,
        "crime_area": [MATTERS[one] for one in dice.below(len(MATTERS), TOTAL).tolist()],
        "retention_class": ["intelligence"] * TOTAL,
        "review_date": [REVIEW.isoformat()] * TOTAL,
        "evaluator": [f"E{1 + one}" for one in dice.below(24, TOTAL).tolist()],
    }


def _by_year(dice: Dice) -> list[Whole]:
    first = (0, 365, 731)
    return [start * 1440 + dice.below(365 * 1440, PER_YEAR) for start in first]


def _grade(british: bool, source: int, information: int) -> tuple[str, str]:
    if british:
        return "123"[source], "AACD"[information]
    letter, number = "AABBBCCCX"[source], "12224"[information]
    return letter, "4" if letter + number == "X1" else number


def _honest(columns: dict[str, Any], dice: Dice) -> tuple[list[str], list[str]]:
    """Follow-ups cite the report they go on from, of the same source; some reports are confirmed by another source."""
    cites, confirmed = [""] * TOTAL, [""] * TOTAL
    kind, back = dice.below(100, TOTAL).tolist(), (1 + dice.below(60, TOTAL)).tolist()
    for at in range(100, TOTAL):
        before = at - back[at]
        if kind[at] < 7 and not cites[before]:
            cites[at] = columns["report_id"][before]
            columns["source_ref"][at] = columns["source_ref"][before]
        elif (
            kind[at] < 11 and columns["source_ref"][at] != columns["source_ref"][before] and not cites[before]
        ):
            confirmed[at] = columns["report_id"][before]
    return cites, confirmed


def _put(columns: dict[str, Any], at: int, **values: str) -> None:
    for name, value in values.items():
        columns[name][at] = value


def _rumour(columns: dict[str, Any], places: Sequence[int], mill: str) -> None:
    """The second report repeats the first, the third quotes the second, and the first is said to be confirmed by the third."""
    base = f"pistols are kept in a feed bin in the {mill} and sold there on Fridays to boys from the estate"
    ids = [columns["report_id"][at] for at in places]
    common = {
        "scheme": "4x4",
        "permission": "",
        "source_grade": "B",
        "statement_type": "hearsay",
        "crime_area": "firearms",
        "subjects": "",
    }
    first, second, third = places
    _put(columns, first, text=f"A regular source says {base}.", source_ref="S-2001", originator_unit="belmara/selin/s1",
         information_grade="3", corroborated_by=ids[2], source_type="community", **common)  # fmt: skip
    _put(columns, second, text=f"A regular source says: {base.capitalize()}!", source_ref="S-2002", cites=ids[0],
         originator_unit="belmara/orrin/o1", information_grade="2", source_type="partner", **common)  # fmt: skip
    _put(columns, third, text=f"Neighbouring unit informs us that {base}; buyers come by moped.", source_ref="S-2003",
         originator_unit="belmara/dovar/d3", information_grade="2", cites=ids[1], source_type="partner", **common)  # fmt: skip
