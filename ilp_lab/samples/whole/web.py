"""The entities and links of the country: many groups, among them a chain that two brokers hold together (P2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import Namer
from ilp_lab.samples.whole.columns import days, words
from ilp_lab.samples.whole.ground import REGIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

LINKS, ENTITIES = 11_000, 6_000
MATTERS = ("vehicle crime", "drugs", "burglary", "fraud", "firearms", "theft", "smuggling")
# Role in the chain, people, share of pairs in a hundred that met, region that knows them.
CHAIN = (
    ("thieves", 14, 26, "Dovar"),
    ("re-plating", 8, 40, "Dovar"),
    ("dismantling", 10, 34, "Orrin"),
    ("papers", 7, 42, "Tarn"),
    ("export", 12, 28, "Selin"),
)
GROUPS, CAR_GROUPS = 116, 5
_GRADES, _INFORMATION = "AABBBCCCX", "1222334"
_HANDLING = ("H0", "H0", "H0", "H0", "H1", "H1", "H2")
_LETTERS = "BCDFGHKLMNPRSTVZ"
_LETTER = {
    "person": "P",
    "phone": "T",
    "object": "V",
    "account": "A",
    "organisation": "F",
    "location": "L",
    "event": "E",
}


@dataclass
class Web:
    """Entities and links while they are being made."""

    dice: Dice
    namer: Namer
    family: list[str]
    entities: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    links: list[tuple[str, str, str, int, int, str]] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)

    def entity(self, kind: str, label: str, region: int, category: str = "") -> str:
        """Add an entity and return its number."""
        letter = _LETTER[kind]
        self.counters[letter] = self.counters.get(letter, 0) + 1
        name = f"{letter}{self.counters[letter]:04d}"
        self.entities.append((name, kind, label, category, region))
        return name

    def person(self, category: str, region: int) -> str:
        """Add a person."""
        return self.entity("person", self.name(), region, category)

    def name(self) -> str:
        """A given and a family name; family names come again, as they do."""
        given = self.family[self.dice.one(180)]
        return f"{given} {self.family[180 + self.dice.one(len(self.family) - 180)]}"

    def phone(self, region: int) -> str:
        """Add a phone; the country code belongs to no country."""
        return self.entity("phone", f"+999 6{self.dice.one(10)} {self.dice.one(900_000) + 100_000}", region)

    def vehicle(self, region: int) -> str:
        """Add a car by its plate."""
        plate = "".join(_LETTERS[self.dice.one(len(_LETTERS))] for _ in range(2))
        return self.entity("object", f"car {plate}-{self.dice.one(9000) + 1000}", region)

    def account(self, region: int) -> str:
        """Add a bank account."""
        return self.entity("account", f"BM{self.dice.one(9000) + 1000} {self.dice.one(9000) + 1000}", region)

    def link(self, source: str, target: str, kind: str, region: int, matter: str, strength: int = 1) -> None:
        """Add a link; dates, grades and reports are drawn for all together."""
        self.links.append((source, target, kind, strength, region, matter))


@dataclass(frozen=True)
class Made:
    """What is in the web, for whoever builds on it."""

    entities: dict[str, Any]
    links: dict[str, Any]
    groups: dict[str, list[str]]
    brokers: list[str]
    phones: dict[str, list[str]]
    firm: str
    labels: dict[str, str]
    suspects: list[str]
    others: list[str]


def build(seed: int, *, null: bool) -> tuple[Made, dict[str, Any]]:
    """Return entities, links and P2."""
    namer = Namer(seed, "complete people")
    web = Web(Dice(seed, "web"), namer, [namer.word(2) for _ in range(620)])
    phones: dict[str, list[str]] = {}
    chain = {
        name: group(web, size, pairs, REGIONS.index(region), "vehicle crime", phones)
        for name, size, pairs, region in CHAIN
    }
    brokers = [web.person("suspect", REGIONS.index("Orrin")) for _ in range(2)]
    (_mixed if null else _brokered)(web, chain, brokers, phones)
    firm = _firms(web, chain)
    _others(web, phones)
    _fill(web, phones, {member for members in chain.values() for member in members} | set(brokers))
    made = Made(
        entities=_entity_columns(web),
        links=_link_columns(web, seed),
        groups=chain,
        brokers=brokers,
        phones=phones,
        firm=firm,
        labels={row[0]: row[2] for row in web.entities},
        suspects=[row[0] for row in web.entities if row[3] in {"suspect", "convicted"}],
        others=[row[0] for row in web.entities if row[3] in {"victim", "witness", "other party"}],
    )
    facts = {
        "what": "two brokers join thieves, re-platers, a dismantling yard, forgers and exporters; without them the chain "
        "falls apart; no region knows more than a part of it",
        "matter": "vehicle crime",
        "brokers": brokers,
        "roles": chain,
        "export_firm": firm,
    }
    return made, {"P2": facts}


def group(
    web: Web, size: int, pairs: int, region: int, matter: str, phones: dict[str, list[str]]
) -> list[str]:
    """People who know each other: every one knows the one before, the rest by chance; phones, cars, a place."""
    dice = web.dice
    members = [web.person("convicted" if dice.one(4) == 0 else "suspect", region) for _ in range(size)]
    where = web.entity("location", f"{web.namer.word()} Row {1 + dice.one(90)}", region)
    met = dice.below(100, size * size).reshape(size, size).tolist()
    for at, member in enumerate(members):
        for beside in range(at + 1, size):
            if beside == at + 1 or met[at][beside] < pairs:
                web.link(member, members[beside], "seen with", region, matter, 1 + int(dice.skewed(8, 1)[0]))
        if at % 3 == 0:
            web.link(member, where, "seen at", region, matter, 1 + dice.one(5))
        if at % 2 == 0:
            phones[member] = [web.phone(region)]
            web.link(member, phones[member][0], "uses", region, matter)
        if at % 4 == 1:
            web.link(member, web.vehicle(region), "owns" if dice.one(2) else "drives", region, matter)
    return members


def _brokered(
    web: Web, chain: dict[str, list[str]], brokers: Sequence[str], phones: dict[str, list[str]]
) -> None:
    """Each broker knows two people on every side, and keeps one phone for each."""
    sides = (("thieves", "re-plating", "dismantling"), ("dismantling", "papers", "export"))
    known = {name: REGIONS.index(region) for name, _, _, region in CHAIN}
    for broker, names in zip(brokers, sides, strict=True):
        phones[broker] = []
        for name in names:
            members, region = chain[name], known[name]
            web.link(broker, members[1], "agrees prices with", region, "vehicle crime", 3)
            web.link(broker, members[4], "seen with", region, "vehicle crime", 2)
            phones[broker].append(web.phone(region))
            web.link(broker, phones[broker][-1], "uses", region, "vehicle crime")
            web.link(
                phones[broker][-1],
                phones[members[2]][0],
                "called",
                region,
                "vehicle crime",
                6 + web.dice.one(9),
            )


def _mixed(
    web: Web, chain: dict[str, list[str]], brokers: Sequence[str], phones: dict[str, list[str]]
) -> None:
    """The null: as many ties between the groups, each between two other people; the two are members like others."""
    names = list(chain)
    known = {name: REGIONS.index(region) for name, _, _, region in CHAIN}
    for broker, name in zip(brokers, ("dismantling", "papers"), strict=True):
        phones[broker] = []
        for at in (1, 3, 5):
            web.link(broker, chain[name][at], "seen with", known[name], "vehicle crime", 2)
            phones[broker].append(web.phone(known[name]))
            web.link(broker, phones[broker][-1], "uses", known[name], "vehicle crime")
    for left, right in ((0, 1), (1, 2), (2, 3), (3, 4)):
        one, other = chain[names[left]], chain[names[right]]
        for at in range(6):
            web.link(one[at], other[at], "seen with", known[names[right]], "vehicle crime", 2)


def _firms(web: Web, chain: dict[str, list[str]]) -> str:
    """A yard and a haulier, with owners, premises and accounts; returns the haulier."""
    firm = ""
    for name, trade in (("dismantling", "Car Parts"), ("export", "Freight")):
        region = REGIONS.index(next(row[3] for row in CHAIN if row[0] == name))
        members = chain[name]
        firm = web.entity("organisation", f"{web.namer.word()} {trade}", region)
        web.link(members[0], firm, "owns", region, "vehicle crime")
        place = web.entity("location", f"{web.namer.word()} Row {1 + web.dice.one(90)}", region)
        web.link(firm, place, "rents", region, "vehicle crime")
        accounts = [web.account(region) for _ in range(4)]
        for holder, account in zip([firm, *members[:3]], accounts, strict=True):
            web.link(holder, account, "holds", region, "vehicle crime")
        for source, target in zip(accounts, accounts[1:] + accounts[:1], strict=True):
            web.link(source, target, "paid", region, "vehicle crime", 1 + web.dice.one(6))
    return firm


def _others(web: Web, phones: dict[str, list[str]]) -> None:
    """The other groups of the country, with their victims and witnesses; a few know people of another group."""
    dice = web.dice
    before: list[str] = []
    for number in range(GROUPS):
        region = int(dice.pick((46, 21, 16, 17), 1)[0])
        matter = "vehicle crime" if number < CAR_GROUPS else MATTERS[1 + dice.one(len(MATTERS) - 1)]
        members = group(web, 6 + dice.one(15), 20 + dice.one(25), region, matter, phones)
        if before and dice.one(3) == 0 and number > CAR_GROUPS:
            web.link(members[0], before[dice.one(len(before))], "seen with", region, matter)
        before = members
        for at in range(3 + dice.one(6)):
            victim = web.person("victim", region)
            car = web.vehicle(region)
            web.link(victim, car, "owns", region, matter)
            web.link(members[at % len(members)], car, "stole", region, matter)
        for at in range(2):
            witness = web.person("witness" if at else "other party", region)
            event = web.entity("event", f"event of {matter}, number {number:03d}/{at}", region)
            web.link(witness, event, "saw", region, matter)
            web.link(members[2], event, "suspected of", region, matter)


def _fill(web: Web, phones: dict[str, list[str]], chain: set[str]) -> None:
    """Calls and meetings told again, up to the number of links; single entities up to theirs."""
    dice = web.dice
    told = [
        row
        for row in web.links
        if row[2] in {"seen with", "called"} and row[0] not in chain and row[1] not in chain
    ]
    again = dice.below(len(told), LINKS - len(web.links)).tolist()
    called = dice.below(3, len(again)).tolist()
    for at, call in zip(again, called, strict=True):
        source, target, kind, strength, region, matter = told[at]
        if call and source in phones and target in phones:
            source, target, kind = phones[source][0], phones[target][0], "called"
        web.link(source, target, kind, region, matter, strength)
    while len(web.entities) < ENTITIES:
        region = int(dice.pick((46, 21, 16, 17), 1)[0])
        if dice.one(2):
            web.phone(region)
        else:
            web.person("other party", region)


def _entity_columns(web: Web) -> dict[str, Any]:
    rows = sorted(web.entities, key=lambda row: ("PTVAFLE".index(row[0][0]), row[0]))
    drawn = web.dice.below(len(_HANDLING), len(rows))
    return {
        "entity_id": [row[0] for row in rows],
        "kind": [row[1] for row in rows],
        "label": [row[2] for row in rows],
        "category": [row[3] for row in rows],
        "unit": [f"belmara/{REGIONS[row[4]].lower()}" for row in rows],
        "handling": words(_HANDLING, drawn),
    }


def _link_columns(web: Web, seed: int) -> dict[str, Any]:
    dice = Dice(seed, "links")
    rows = [web.links[at] for at in dice.sample(len(web.links), len(web.links)).tolist()]
    count = len(rows)
    start = 200 + dice.below(800, count)
    grade, information = dice.below(len(_GRADES), count), dice.below(len(_INFORMATION), count)
    unknown = np.array([_GRADES[at] == "X" for at in grade.tolist()])
    information = np.where(
        unknown & (information == 0), len(_INFORMATION) - 1, information
    )  # X1 is planted elsewhere
    return {
        "source": [row[0] for row in rows],
        "target": [row[1] for row in rows],
        "kind": [row[2] for row in rows],
        "strength": [row[3] for row in rows],
        "start": days(start),
        "end": days(start + dice.below(90, count)),
        "matter": [row[5] for row in rows],
        "reference": [f"R-{23 + at // 3000}-{1 + at % 3000:05d}" for at in dice.below(9000, count).tolist()],
        "source_grade": words(list(_GRADES), grade),
        "information_grade": words(list(_INFORMATION), information),
        "unit": [f"belmara/{REGIONS[row[4]].lower()}" for row in rows],
        "handling": words(_HANDLING, dice.below(len(_HANDLING), count)),
    }
