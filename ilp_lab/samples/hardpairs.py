"""Records of made-up people in which it is hard to tell who is one person and who is two, with the truth beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab.samples.dice import Dice
from ilp_lab.samples.names import Namer

if TYPE_CHECKING:
    import pandas as pd

Person = dict[str, str]
# One letter of the syllables in other scripts, one to one, so that nothing but the script differs.
_LETTERS = "abdefgiklmnoprstuvz"
_SCRIPTS = {
    "Cyrillic": "абдефгиклмнопрстувз",
    "Greek": "αμδεφγικλμνοπρστουβζ",
    "Georgian": "აბდეფგიკლმნოპრსტუვზ",
    "Armenian": "աբդեֆգիկլմնոպրստուվզ",
}
_SPELLINGS = (("k", "ck"), ("v", "w"), ("f", "ph"), ("u", "ou"), ("i", "y"), ("s", "sh"), ("z", "zh"), ("t", "th"), ("o", "ö"), ("s", "š"), ("l", "ł"))  # fmt: skip
SAME = (
    "another script",
    "spelt otherwise",
    "day and month swapped",
    "year only",
    "patronymic left out",
    "a letter wrong",
    "moved",
    "names swapped",
)
DIFFERENT = ("twins", "junior and senior", "shared phone", "namesakes")


def hard_pairs(people: int = 240, *, rng: int = 7) -> pd.DataFrame:
    """Make records of people, most of them in pairs that are hard to tell: one person twice, or two who look like one.

    Parameters
    ----------
    people
        How many pairs are made; every twelfth is of one kind of trap.
    rng
        Seed: the same number makes the same records on every machine.

    Returns
    -------
    pandas.DataFrame
        Index ``record_id``; ``given_name``, ``surname``, ``patronymic``, ``suffix``, ``date_of_birth``, ``sex``, ``phone``, ``street``,
        ``house_number``, ``town``, ``document``; and the truth: ``truth`` (who it is) and ``trap`` (what is hard).

    Notes
    -----
    All names are built from syllables and belong to nobody; no name, script or place goes with anything else about a person.
    One person twice: another script (Cyrillic, Greek, Georgian, Armenian), spelt otherwise, day and month swapped, year only, patronymic left out,
    a letter wrong, moved with another phone, given name and surname swapped. Two who look like one: twins, junior and senior, a shared
    phone and address, namesakes.

    Examples
    --------
    >>> records = hard_pairs(24)
    >>> len(records), records["truth"].nunique()
    (48, 32)
    >>> twins = records[records["trap"] == "twins"]
    >>> twins["date_of_birth"].nunique() < len(twins)
    True
    """
    import pandas as pd

    check = Check("samples.hard_pairs")
    check.whole(1, people=people)
    check.done()
    dice, namer = Dice(rng, "hard pairs"), Namer(rng, "hard pairs")
    pool = [namer.word() for _ in range(40 + people // 4)]
    towns = [namer.word(3) for _ in range(8)]
    streets = [namer.word(3) + " street" for _ in range(30)]
    rows: list[Person] = []
    traps = [*SAME, *DIFFERENT]
    for number in range(people):
        trap = traps[number % len(traps)]
        one = _person(dice, pool, towns, streets)
        if trap == "day and month swapped":  # both readings must be dates
            year, month, day = one["date_of_birth"].split("-")
            one["date_of_birth"] = f"{year}-{month}-{1 + int(day) % 12:02d}"
        if trap == "junior and senior":
            one.update(sex="m", suffix="Sr." if dice.one(2) else "")
        other = _TRAPS[trap](dict(one), dice, (pool, towns, streets))
        two = trap in DIFFERENT
        for second, person in enumerate((one, other)):
            truth = f"P{number:04d}" + ("b" if two and second else "")
            rows.append({**person, "truth": truth, "trap": trap})
    order = dice.sample(len(rows), len(rows))
    table = pd.DataFrame([rows[at] for at in order])
    table.index = pd.Index([f"R{at:05d}" for at in range(len(rows))], name="record_id")
    text = [str(name) for name in table if name not in {"truth", "trap"}]
    table[text] = table[text].replace("", None)
    return table


_Words = tuple[list[str], list[str], list[str]]
_Trap = Callable[[Person, Dice, _Words], Person]


def _person(dice: Dice, pool: list[str], towns: list[str], streets: list[str]) -> Person:
    def of(words: list[str]) -> str:
        return words[dice.one(len(words))]

    woman = dice.one(2) == 1
    return {
        "given_name": of(pool), "surname": of(pool),
        "patronymic": of(pool).rstrip("aeiou") + ("ovna" if woman else "ovich"), "suffix": "",
        "date_of_birth": _date(dice), "sex": "f" if woman else "m",
        "phone": f"99950{dice.one(1_000_000):06d}", "street": of(streets), "house_number": str(1 + dice.one(90)), "town": of(towns),
        "document": f"B{dice.one(10_000_000):07d}" if dice.one(10) < 3 else "",
    }  # fmt: skip


def _date(dice: Dice) -> str:
    return f"{1950 + dice.one(55)}-{1 + dice.one(12):02d}-{1 + dice.one(28):02d}"


def _another_script(person: Person, dice: Dice, words: _Words) -> Person:  # noqa: ARG001  (all traps are called alike)
    name = sorted(_SCRIPTS)[dice.one(len(_SCRIPTS))]
    letters = _letters(name)
    for part in ("given_name", "surname", "patronymic"):
        person[part] = "".join(letters.get(letter, letter) for letter in person[part].lower()).title()
    person["document"] = ""
    return person


def _letters(script: str) -> dict[str, str]:
    """A letter → how it is written there; ``u`` takes two letters in Greek and Armenian."""
    written, at, found = _SCRIPTS[script], 0, {}
    for letter in _LETTERS:
        wide = 2 if letter == "u" and script in {"Greek", "Armenian"} else 1
        found[letter] = written[at : at + wide]
        at += wide
    found["b"] = "μπ" if script == "Greek" else found["b"]
    return found


def _spelt_otherwise(person: Person, dice: Dice, words: _Words) -> Person:  # noqa: ARG001
    for part in ("given_name", "surname"):
        fitting = [pair for pair in _SPELLINGS if pair[0] in person[part]]
        if fitting:
            before, after = fitting[dice.one(len(fitting))]
            person[part] = person[part].replace(before, after)
    person["document"] = ""
    return person


def _swapped_date(person: Person, dice: Dice, words: _Words) -> Person:  # noqa: ARG001
    year, month, day = person["date_of_birth"].split("-")
    person["date_of_birth"] = f"{year}-{day}-{month}"
    return person


def _year_only(person: Person, dice: Dice, words: _Words) -> Person:  # noqa: ARG001
    person["date_of_birth"] = person["date_of_birth"][:4]
    person["document"] = ""
    return person


def _no_patronymic(person: Person, dice: Dice, words: _Words) -> Person:
    person["patronymic"] = "" if dice.one(2) else person["patronymic"][0] + "."
    person["phone"] = f"99951{dice.one(1_000_000):06d}"
    person["street"] = words[2][dice.one(len(words[2]))]
    return person


def _letter_wrong(person: Person, dice: Dice, words: _Words) -> Person:  # noqa: ARG001
    for part in ("given_name", "surname"):
        at = 1 + dice.one(len(person[part]) - 1)
        person[part] = person[part][:at] + _LETTERS[dice.one(len(_LETTERS))] + person[part][at + 1 :]
    person["phone"] = ""
    return person


def _moved(person: Person, dice: Dice, words: _Words) -> Person:
    person["phone"] = f"99952{dice.one(1_000_000):06d}"
    person["street"], person["town"] = words[2][dice.one(len(words[2]))], words[1][dice.one(len(words[1]))]
    person["house_number"] = str(1 + dice.one(90))
    return person


def _names_swapped(person: Person, dice: Dice, words: _Words) -> Person:  # noqa: ARG001
    person["given_name"], person["surname"] = person["surname"], person["given_name"]
    person["patronymic"] = ""
    return person


def _twins(person: Person, dice: Dice, words: _Words) -> Person:
    person["given_name"] = _other(person["given_name"], dice, words[0])
    person["document"] = f"B{dice.one(10_000_000):07d}" if person["document"] else ""
    return person


def _junior(person: Person, dice: Dice, words: _Words) -> Person:
    year, rest = person["date_of_birth"].split("-", 1)
    person["date_of_birth"] = f"{int(year) + 20 + dice.one(15)}-{1 + dice.one(12):02d}-{rest[3:]}"
    person["suffix"] = "Jr."
    person["patronymic"] = _other(person["given_name"], dice, words[0]) + "ovich"
    person["sex"], person["document"] = "m", ""
    return person


def _shared_phone(person: Person, dice: Dice, words: _Words) -> Person:
    flatmate = _person(dice, *words)
    return {**flatmate, **{part: person[part] for part in ("phone", "street", "house_number", "town")}}


def _namesake(person: Person, dice: Dice, words: _Words) -> Person:
    stranger = _person(dice, *words)
    return {**stranger, **{part: person[part] for part in ("given_name", "surname", "sex")}}


def _other(word: str, dice: Dice, pool: list[str]) -> str:
    rest = [one for one in pool if one != word]
    return rest[dice.one(len(rest))]


_TRAPS: dict[str, _Trap] = {
    "another script": _another_script, "spelt otherwise": _spelt_otherwise, "day and month swapped": _swapped_date, "year only": _year_only,
    "patronymic left out": _no_patronymic, "a letter wrong": _letter_wrong, "moved": _moved, "names swapped": _names_swapped,
    "twins": _twins, "junior and senior": _junior, "shared phone": _shared_phone, "namesakes": _namesake,
}  # fmt: skip
