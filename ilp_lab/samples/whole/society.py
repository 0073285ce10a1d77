"""What surrounds the crime: residents, what they say, the law, the priorities, and people who need help (P11)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.whole.columns import days, numbered, words
from ilp_lab.samples.whole.crimes import FOUND_BY_POLICE, OFFENCES
from ilp_lab.samples.whole.ground import REGIONS
from ilp_lab.samples.whole.stops import moved_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.samples.whole.ground import Ground

    Whole = NDArray[np.int64]

ANSWERS, REFERRALS = 3_600, 140
AGES = ("15-29", "30-44", "45-64", "65 and over")
WORRIES = ("burglary", "speeding", "violence at night", "drugs", "noise", "thefts from cars", "nothing")
SCHOOL = "School of the harbour quarter"
_BEHAVIOURS = (
    "Threatened a classmate with a knife", "Said several times that everybody would pay", "Sent films of killings to classmates",
    "Hit a teacher", "Tried to buy a pistol", "Wrote a plan of the station and who guards it", "Broke windows of the youth centre",
)  # fmt: skip
_NEEDS = (
    "Counselling",
    "A place to live",
    "Help at school",
    "Treatment for drinking",
    "Contact with the family",
)
_HELP = ("Counsellor", "Family worker", "Mentor", "Debt advice", "Place in a workshop")
_AGENCIES = ("School", "Youth service", "Health service", "Housing office", "Police prevention unit")


def census(ground: Ground, seed: int) -> dict[str, Any]:
    """Residents by unit; a count of people by age, homes and cars, and of those who moved in within five years."""
    dice = Dice(seed, "census")
    units = ground.country.units
    people = np.array([unit.population for unit in units])
    shares = np.stack([dice.between(low, low + 40, len(units)) for low in (140, 160, 180, 220)])
    ages = people * shares // 1000
    addresses = np.array([len(one) for one in ground.by_unit])
    return {
        "area": ground.areas,
        "residents": people,
        "age_0_14": ages[0],
        "age_15_29": ages[1],
        "age_30_44": ages[2],
        "age_45_64": ages[3],
        "age_65_over": people - ages.sum(axis=0),
        "moved_in": moved_in(ground, seed),
        "households": people * dice.between(380, 460, len(units)) // 1000,
        "cars": people * dice.between(280, 520, len(units)) // 1000,
        "addresses": addresses,
    }


def gazetteer(ground: Ground) -> dict[str, Any]:
    """Every address, with its town and post code."""
    unit = ground.addresses.unit
    return {
        "address": ground.text,
        "locality": words([one.name for one in ground.country.units], unit),
        "postcode": words([f"{1000 + 10 * at}" for at in range(len(ground.country.units))], unit),
        "longitude": ground.lon,
        "latitude": ground.lat,
    }


def penal_code() -> dict[str, Any]:
    """Articles of the penal code, and how long they may send somebody to prison."""
    rows = sorted(OFFENCES.items(), key=lambda one: one[1].article)
    return {
        "article": [one.article for _, one in rows],
        "offence": [name for name, _ in rows],
        "chapter": [one.chapter for _, one in rows],
        "shortest_days": [one.shortest for _, one in rows],
        "longest_days": [one.longest for _, one in rows],
        "found_by_police": ["yes" if name in FOUND_BY_POLICE else "no" for name, _ in rows],
    }


def harm_index() -> dict[str, Any]:
    """What an offence weighs: the days from which a first offender would begin."""
    rows = sorted(OFFENCES.items(), key=lambda one: one[1].article)
    return {
        "offence": [name for name, _ in rows],
        "weight_days": [one.weight for _, one in rows],
        "note": ["fictional"] * len(rows),
    }


def survey(ground: Ground, seed: int) -> dict[str, Any]:
    """Answers of residents in two years, with weights, because older people answer more often."""
    dice = Dice(seed, "survey")
    unit = dice.pick([one.population for one in ground.country.units], ANSWERS)
    age = dice.pick((12, 20, 34, 34), ANSWERS)
    year = dice.below(2, ANSWERS)
    victim = dice.below(100, ANSWERS) < 14 - 2 * age
    told = np.where(dice.below(100, ANSWERS) < 46, "yes", "no")
    safe = 1 + dice.pick((6, 14, 26, 36, 18), ANSWERS) - victim
    trust = 1 + dice.pick((8, 16, 30, 32, 14), ANSWERS)
    return {
        "answer_id": numbered("Q", np.arange(1, ANSWERS + 1), 5),
        "year": 2024 + year,
        "area": ground.areas[unit],
        "age": words(AGES, age),
        "weight": words(("1.9", "1.3", "0.8", "0.7"), age),
        "feels_safe": np.maximum(safe, 1),
        "trusts_police": trust,
        "victim_last_year": np.where(victim, "yes", "no"),
        "told_police": np.where(victim, told, ""),
        "worry": words(WORRIES, dice.pick((16, 22, 10, 12, 18, 14, 8), ANSWERS)),
    }


def requirements() -> dict[str, Any]:
    """Intelligence requirements of the control strategy, as records."""
    asked = (
        ("IR-1", "Who moves stolen cars from Dovar to the port, and where does the chain depend on few people?", "Organised vehicle crime",
         "Which part of the chain to disrupt"),
        ("IR-2", "Where are firearms sold, and what do buyers say they want them for?", "Firearms", "Where to work with prosecutors first"),
        ("IR-3", "Where does violence in homes concentrate by harm?", "Domestic violence", "Where support workers are sent"),
        ("IR-4", "Are the burglaries in the port one series?", "Burglary", "Whether to form a series team"),
        ("IR-5", "Did Operation Bright Lane lower crime around cars, or move it?", "Crime around cars", "Whether to repeat it in other towns"),
        ("IR-6", "Do stops fall on residents alike in all districts?", "Fair policing", "What the chief answers the ombudsman"),
    )  # fmt: skip
    return {
        "requirement_id": [row[0] for row in asked],
        "question": [row[1] for row in asked],
        "priority_area": [row[2] for row in asked],
        "requester": ["Head of crime"] * len(asked),
        "decision_supported": [row[3] for row in asked],
        "deadline": ["2026-03-31"] * len(asked),
        "level": ["national"] * len(asked),
        "unit": ["belmara"] * len(asked),
    }


CONTROL_STRATEGY = """\
# The control strategy of the fictional Republic of Belmara: what comes first this year, and what shows that it helped.
name: Belmara control strategy
period: {from: 2026-01-01, to: 2026-12-31}
priorities:
  - {area: Organised vehicle crime, aim: Break the chain from theft to export, measure: cars found of those stolen, target: 45 percent, requirement: IR-1}
  - {area: Firearms, aim: Fewer firearms sold in the towns, measure: firearm offences a year, target: fewer than 400, requirement: IR-2}
  - {area: Domestic violence, aim: Less repeat harm in homes, measure: harm by the index, target: 10 percent less, requirement: IR-3}
prevention: [Locks and lights in streets of the port, Support workers in homes at risk, Letters to owners of cars]
intelligence: [IR-1, IR-2, IR-3, IR-4, IR-5, IR-6]
enforcement: [Joint team with the port authority, Search only with a named ground]
not_this_year: [Noise, Bicycle theft]
"""


def referrals(seed: int, *, null: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of ``referrals.csv``, and P11: a school that writes down what a boy believes and asks for surveillance."""
    dice = Dice(seed, "referrals")
    referred = np.sort(dice.between(900, 1080, REFERRALS))
    review = referred + dice.between(30, 85, REFERRALS)
    erase = referred + dice.between(180, 360, REFERRALS)
    danger = dice.pick((40, 25, 25, 10), REFERRALS)
    region = dice.pick((46, 21, 16, 17), REFERRALS)

    def listed(options: tuple[str, ...]) -> list[str]:
        return [json.dumps([options[at]]) for at in dice.below(len(options), REFERRALS).tolist()]

    first = dice.below(len(_AGENCIES), REFERRALS).tolist()
    columns: dict[str, Any] = {
        "referral_id": numbered("F-", np.arange(1, REFERRALS + 1), 4),
        "subject_ref": numbered("Q-", 1 + dice.sample(9_000, REFERRALS), 4),
        "referred_on": days(referred),
        "referred_by": [_AGENCIES[at] for at in first],
        "is_child": np.where(dice.below(10, REFERRALS) < 6, "true", "false"),
        "behaviours": listed(_BEHAVIOURS),
        "needs": listed(_NEEDS),
        "danger": words(("none seen", "to self", "to others", "to self and others"), danger),
        "safeguarding": listed(_HELP),
        "agencies": [json.dumps([_AGENCIES[at], _AGENCIES[(at + 1) % len(_AGENCIES)]]) for at in first],
        "agreed": np.where(dice.below(10, REFERRALS) < 7, "yes", "refused"),
        "other_measures": [""] * REFERRALS,
        "legal_basis": ["Youth and Family Act, section 8"] * REFERRALS,
        "decision_maker": [f"Head of office {at}" for at in (11 + dice.below(8, REFERRALS)).tolist()],
        "oversight_ref": [f"O-{at}" for at in (100 + dice.below(60, REFERRALS)).tolist()],
        "review_date": days(review),
        "erase_by": days(erase),
        "created_at": [f"{day}T09:00+00:00" for day in days(referred).tolist()],
        "unit": [f"belmara/{REGIONS[at].lower()}" for at in region.tolist()],
    }
    at = 20 + dice.one(REFERRALS - 40)
    if not null:
        columns["referred_by"][at], columns["danger"][at] = SCHOOL, "none seen"
        columns["behaviours"][at] = json.dumps(
            ["Prays more often and has turned religious", "Withdrew from his friends"]
        )
        columns["other_measures"][at] = json.dumps(["Watch him and his family, because help takes long"])
    facts = {
        "what": "a referral that speaks of belief and asks for surveillance, though no danger was seen: help is the answer",
        "referral": columns["referral_id"][at],
    }
    return columns, {"P11": facts}
