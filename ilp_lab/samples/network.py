"""The link chart: a theft crew, a dismantling yard and an export group that only two brokers join."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import Namer

ENTITY_COLUMNS = ("entity_id", "kind", "label", "category", "handling")
LINK_COLUMNS = (
    "source", "target", "kind", "strength", "start", "end", "reference", "source_grade", "information_grade", "handling",
)  # fmt: skip
LINKS = 700
START = date(2024, 1, 8)
LETTERS = "BCDFGHKLMNPRSTVZ"
# Group, suspects, share of pairs of a hundred that met.
CHAIN = (("theft crew", 15, 42), ("dismantling yard", 11, 40), ("export group", 13, 38))
OTHERS = (
    ("market thieves", 9, 45), ("scooter riders", 8, 40), ("bag snatchers", 7, 45), ("harbour pilferers", 8, 40),
    ("card skimmers", 6, 50), ("copper strippers", 7, 40),
)  # fmt: skip
Row = list[Any]


@dataclass
class Chart:
    """The chart while it is being made."""

    seed: int
    dice: Dice
    namer: Namer
    entities: list[Row] = field(default_factory=list)
    links: list[Row] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)

    def entity(self, kind: str, label: str, category: str = "") -> str:
        """Add an entity and return its number."""
        letter = {
            "phone": "T",
            "object": "V",
            "account": "A",
            "organisation": "F",
            "location": "L",
            "event": "E",
        }.get(kind, "P")
        self.counters[letter] = self.counters.get(letter, 0) + 1
        name = f"{letter}{self.counters[letter]:03d}"
        self.entities.append([name, kind, label, category, ("H0", "H0", "H0", "H1")[self.dice.one(4)]])
        return name

    def person(self, category: str) -> str:
        """Add a person."""
        return self.entity("person", f"{self.namer.word(2)} {self.namer.word()}", category)

    def phone(self) -> str:
        """Add a phone; the country code belongs to no country."""
        return self.entity("phone", f"+999 5{self.dice.one(10)} {self.dice.one(900_000) + 100_000}")

    def vehicle(self) -> str:
        """Add a car by its plate."""
        plate = "".join(LETTERS[self.dice.one(len(LETTERS))] for _ in range(2))
        return self.entity("object", f"car {plate}-{self.dice.one(9000) + 1000}")

    def account(self) -> str:
        """Add a bank account."""
        return self.entity("account", f"BM {self.dice.one(9000) + 1000} {self.dice.one(9000) + 1000}")

    def place(self) -> str:
        """Add a location."""
        return self.entity("location", f"{self.namer.word()} Row {1 + self.dice.one(90)}")

    def link(self, source: str, target: str, kind: str, strength: int = 1) -> None:
        """Add a link with dates, a report and its grades."""
        start = START + timedelta(days=self.dice.one(500))
        end = start + timedelta(days=self.dice.one(160))
        grade = "ABBBCCX"[self.dice.one(7)]
        information = "1222334"[self.dice.one(7)]
        if grade == "X" and information == "1":
            information = "4"
        self.links.append(
            [
                source,
                target,
                kind,
                strength,
                start.isoformat(),
                end.isoformat(),
                f"R{self.dice.one(9000) + 1000}",
                grade,
                information,
                ("H0", "H0", "H0", "H0", "H1", "H1", "H2")[self.dice.one(7)],
            ]
        )


def build(seed: int) -> tuple[list[Row], list[Row], dict[str, Any]]:
    """Return entities, links and the truth about them."""
    chart = Chart(seed, Dice(seed, "network"), Namer(seed, "people"))
    groups: dict[str, list[str]] = {}
    phones: dict[str, str] = {}
    for name, size, pairs in (*CHAIN, *OTHERS):
        groups[name] = _group(chart, size, pairs, phones)
    crew, yard, export = (groups[name] for name, _, _ in CHAIN)
    brokers = [
        _broker(chart, (crew, yard), phones, ("brings cars to", "agrees prices with")),
        _broker(chart, (yard, export), phones, ("buys parts from", "books transport with")),
    ]
    firms = _firms(chart, yard, export)
    _money(chart, yard, export, firms)
    people = _victims_and_witnesses(chart, crew, [groups[name] for name, _, _ in OTHERS])
    _more_calls(chart, groups, phones)
    truth = {
        "what": "two brokers join a theft crew, a dismantling yard and an export group; each keeps one phone per side, "
        "knows few people, and without them the chain falls apart",
        "brokers": brokers,
        "groups": {name: groups[name] for name, _, _ in CHAIN},
        "firms": firms,
        "victims_and_witnesses": people,
        "entities": len(chart.entities),
        "links": len(chart.links),
    }
    return chart.entities, chart.links, truth


def _group(chart: Chart, size: int, pairs: int, phones: dict[str, str]) -> list[str]:
    """People who know each other: one at the centre, the rest by chance; phones, cars and a meeting place."""
    dice = chart.dice
    members = [chart.person("convicted" if dice.one(4) == 0 else "suspect") for _ in range(size)]
    where = chart.place()
    for position, member in enumerate(members):
        for other in members[position + 1 :]:
            if position == 0 or dice.one(100) < pairs // 2:
                chart.link(member, other, "seen with", 1 + int(dice.skewed(8, 1)[0]))
        if position % 3 == 0:
            chart.link(member, where, "seen at", 1 + dice.one(5))
        if position % 2 == 0:
            phones[member] = chart.phone()
            chart.link(member, phones[member], "uses")
        if position % 4 == 1:
            chart.link(member, chart.vehicle(), "owns" if dice.one(2) else "drives")
    return members


def _broker(chart: Chart, sides: Sequence[list[str]], phones: dict[str, str], words: Sequence[str]) -> str:
    """Someone who knows two people on each side, and keeps one phone for each side."""
    broker = chart.person("suspect")
    for side, word in zip(sides, words, strict=True):
        chart.link(broker, side[1], word, 3)
        chart.link(broker, side[4], "seen with", 2)
        phone = chart.phone()
        chart.link(broker, phone, "uses")
        chart.link(phone, phones[side[2]], "called", 6 + chart.dice.one(9))
    return broker


def _firms(chart: Chart, yard: list[str], export: list[str]) -> list[str]:
    """A yard and a haulier, with owners and premises."""
    firms = []
    for members, trade in ((yard, "Car Parts"), (export, "Freight")):
        firm = chart.entity("organisation", f"{chart.namer.word()} {trade}")
        chart.link(members[0], firm, "owns")
        chart.link(firm, chart.place(), "rents")
        for member in members[2:6]:
            chart.link(member, firm, "works for")
        firms.append(firm)
    return firms


def _money(chart: Chart, yard: list[str], export: list[str], firms: list[str]) -> None:
    """Accounts on either side; money moves within a side, never between them."""
    for members, firm in ((yard, firms[0]), (export, firms[1])):
        holders = [firm, *members[:5]]
        accounts = [chart.account() for _ in holders]
        for holder, account in zip(holders, accounts, strict=True):
            chart.link(holder, account, "holds")
        for source, target in zip(accounts, accounts[1:] + accounts[:1], strict=True):
            chart.link(source, target, "paid", 1 + chart.dice.one(6))


def _victims_and_witnesses(chart: Chart, crew: list[str], others: list[list[str]]) -> dict[str, list[str]]:
    """Owners of stolen cars, and witnesses; one witness joins groups that have nothing else in common."""
    victims, witnesses, others_named = [], [], []
    for number in range(26):
        victim, car = chart.person("victim"), chart.vehicle()
        chart.link(victim, car, "owns")
        chart.link(crew[number % len(crew)], car, "stole")
        victims.append(victim)
    for number in range(9):
        witness = chart.person("witness")
        event = chart.entity("event", f"theft reported {(START + timedelta(days=31 * number)).isoformat()}")
        chart.link(witness, event, "saw")
        chart.link(others[number % len(others)][2], event, "suspected of")
        witnesses.append(witness)
    for group in others:
        chart.link(witnesses[0], group[3], "recognised")
    for number in range(8):
        neighbour = chart.person("other party")
        chart.link(neighbour, others[number % len(others)][1], "lives with")
        others_named.append(neighbour)
    return {"victims": victims, "witnesses": witnesses, "other_parties": others_named}


def _more_calls(chart: Chart, groups: dict[str, list[str]], phones: dict[str, str]) -> None:
    """Fill up with calls and meetings inside groups; repeated reports of one tie stay separate links."""
    dice = chart.dice
    names = list(groups)
    while len(chart.links) < LINKS:
        members = groups[names[dice.one(len(names))]]
        one, other = (members[position] for position in dice.sample(len(members), 2).tolist())
        if one in phones and other in phones and dice.one(3):
            chart.link(phones[one], phones[other], "called", 1 + int(dice.skewed(30, 1)[0]))
        elif dice.one(5) == 0:
            chart.link(one, other, "seen with", 1 + dice.one(3))
