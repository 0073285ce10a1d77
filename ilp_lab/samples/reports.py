"""Intelligence reports: a file as several units hand it over, with one rumour in three dresses and other things to find."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import Namer

COLUMNS = (
    "report_id", "scheme", "originator_unit", "source_ref", "source_type", "created_at", "text", "statement_type",
    "source_grade", "information_grade", "permission", "corroborated_by", "cites", "handling", "conditions", "level",
    "risk_assessed", "subjects", "purpose_id", "crime_area", "retention_class", "review_date", "evaluator", "unit",
)  # fmt: skip
TOTAL = 120
FIRST = datetime(2025, 1, 6, 8, tzinfo=UTC)
# Review dates lie far ahead, so that the set does not go stale; those that are due are planted.
REVIEW = date(2095, 1, 1)
UNITS = tuple(
    f"belmara/{region}/{unit}"
    for region in ("tarn", "selin", "orrin", "dovar")
    for unit in ("north", "south")
)
KINDS = ("officer", "partner", "open source", "community", "witness", "technical")
PEOPLE = ("a dealer in used boats", "a clerk of the harbour office", "a mechanic", "a tenant", "a driver of a delivery firm",
          "a guard of the parking deck", "a market trader", "a carter of scrap")  # fmt: skip
DOINGS = ("bought three outboard motors without papers from", "let a shed at the quay to", "changed number plates for",
          "carried two engines across the border for", "keeps the keys of a yard for", "was paid in cash by",
          "argued about a debt with", "lent a grey van to", "sold copper wire to", "was seen twice at night with")  # fmt: skip
OTHERS = ("two men from the hill road", "a woman who calls herself an agent", "a firm that trades in parts",
          "a cousin from Kestria", "the owner of a scrap yard", "a young man on a red moped", "an unknown man with a limp",
          "the brothers who run the ferry kiosk")  # fmt: skip
ENDS = ("in the week before the fair.", "before first light.", "behind the fish hall.", "and did not want a receipt.",
        "while the bridge was closed.", "on the last Sunday of the month.", "close to the old customs house.")  # fmt: skip
Row = list[Any]


def build(seed: int) -> tuple[list[Row], dict[str, Any]]:
    """Return the rows of ``reports.csv`` and the truth about them."""
    dice = Dice(seed, "reports")
    mill = f"{Namer(seed, 'mills').word()} mill"
    texts = _texts(dice, Namer(seed, "informants' talk"))
    rows = [_ordinary(dice, at, texts[at]) for at in range(TOTAL)]
    places = sorted(int(at) for at in dice.sample(TOTAL - 10, 22))
    truth = (
        _rumour(rows, places[:3], mill) | _single(rows, places[3:]) | _sightings(rows, places[12:20], dice)
    )
    for row in rows:
        row.append(row[COLUMNS.index("originator_unit")])
    return rows, {
        "what": "one rumour stands in three reports of three units and seems confirmed; one report is malicious",
        "rows": TOTAL,
        **truth,
    }


def _texts(dice: Dice, namer: Namer) -> list[str]:
    """Sentences of four parts; no two share more than two parts, and each holds two names of its own."""
    parts = (PEOPLE, DOINGS, OTHERS, ENDS)
    taken: list[tuple[int, ...]] = []
    while len(taken) < TOTAL:
        drawn = tuple(dice.one(len(options)) for options in parts)
        if all(sum(one == two for one, two in zip(drawn, other, strict=True)) <= 2 for other in taken):
            taken.append(drawn)
    told = []
    for drawn in taken:
        person, doing, other, end = (options[at] for options, at in zip(parts, drawn, strict=True))
        told.append(f"{person.capitalize()} called {namer.word()} {doing} {namer.word()}, {other}, {end}")
    return told


def _ordinary(dice: Dice, at: int, text: str) -> Row:
    when = FIRST + timedelta(hours=73 * at + dice.one(60))
    british = dice.one(12) == 0
    source, information = (
        ("123"[dice.one(3)], "AACD"[dice.one(4)])
        if british
        else ("ABBBCCX"[dice.one(7)], "12224"[dice.one(5)])
    )
    if source + information == "X1":
        information = "4"
    subjects = (
        [{"categories": ["suspect"], "entity_id": f"P{1 + dice.one(40):03d}"}] if dice.one(3) == 0 else []
    )
    return [
        _number(at),
        "3x5x2" if british else "4x4",
        UNITS[dice.one(len(UNITS))],
        f"S-{1000 + dice.one(60)}",
        KINDS[dice.one(len(KINDS))],
        when.isoformat(timespec="minutes"),
        text,
        ("fact", "fact", "hearsay", "assessment")[dice.one(4)],
        source,
        information,
        "P" if british else "",
        "",
        "",
        ("H0", "H0", "H0", "H1", "H1", "H2")[dice.one(6)],
        "",
        ("local", "local", "local", "regional")[dice.one(4)],
        "true",
        json.dumps(subjects) if subjects else "",
        "P-1",
        ("vehicle theft", "theft from boats", "receiving")[dice.one(3)],
        "2",
        (REVIEW + timedelta(days=at)).isoformat(),
        f"E{1 + dice.one(6)}",
    ]


def _number(at: int) -> str:
    return f"R-25-{at + 1:04d}"


def _set(row: Row, **values: str) -> str:
    for name, value in values.items():
        row[COLUMNS.index(name)] = value
    return str(row[0])


def _rumour(rows: list[Row], places: list[int], mill: str) -> dict[str, Any]:
    """The second report repeats the first, the third quotes the second, and the first is said to be confirmed by the third."""
    first, second, third = (rows[at] for at in places)
    base = f"pistols are kept in a feed bin in the {mill} and sold there on Fridays to boys from the estate"
    common = {
        "scheme": "4x4",
        "permission": "",
        "source_grade": "B",
        "statement_type": "hearsay",
        "crime_area": "firearms",
    }
    ids = [
        _set(first, text=f"A regular source says {base}.", source_ref="S-2001", originator_unit=UNITS[2],
             information_grade="3", corroborated_by=str(third[0]), source_type="community", **common),
        _set(second, text=f"A regular source says: {base.capitalize()}!", source_ref="S-2002", originator_unit=UNITS[4],
             information_grade="2", cites=str(first[0]), source_type="partner", **common),
        _set(third, text=f"Neighbouring unit informs us that {base}; buyers come by moped.", source_ref="S-2003",
             originator_unit=UNITS[6], information_grade="2", cites=str(second[0]), source_type="partner", **common),
    ]  # fmt: skip
    return {"circular": ids, "circular_place": mill}


def _single(rows: list[Row], places: list[int]) -> dict[str, Any]:
    malicious, odd, twice, copy, honest, other, old, older = (rows[at] for at in places[:8])
    european = {"scheme": "4x4", "permission": ""}
    truth = {
        "malicious": _set(
            malicious, scheme="6x6", permission="", source_grade="E", information_grade="5", statement_type="fact", handling="H3",
            conditions="not to be used before the originator was asked", text="The harbour master himself sells the stolen motors.",
        ),
        "x1": _set(odd, source_grade="X", information_grade="1", **european),
        "same_source": [
            _set(twice, source_ref="S-2010", source_grade="B", information_grade="3", corroborated_by=str(copy[0]), **european),
            _set(copy, source_ref="S-2010", source_grade="B", information_grade="2", **european),
        ],
        "corroborated": [
            _set(honest, source_ref="S-2020", source_grade="B", information_grade="3", corroborated_by=str(other[0]), **european),
            _set(other, source_ref="S-2021", source_grade="A", information_grade="2", **european),
        ],
    }  # fmt: skip
    truth["due_for_review"] = [
        _set(row, created_at=f"{year}-03-01T09:00+00:00", review_date=f"{year + 5}-03-01")
        for row, year in ((old, 2014), (older, 2016))
    ]
    return truth


def _sightings(rows: list[Row], places: list[int], dice: Dice) -> dict[str, Any]:
    """The same form of words with other numbers: other facts."""
    ids = [
        _set(rows[at], text=f"Patrol saw van BM {1000 + dice.one(9000)} at the pier, bay {1 + dice.one(40)}.", source_type="officer",
             statement_type="fact")
        for at in places
    ]  # fmt: skip
    return {"same_form_other_facts": ids}
