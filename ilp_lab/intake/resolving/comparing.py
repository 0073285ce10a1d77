"""What is compared about two records, in how many steps of likeness, and which records are compared at all.

Every step has a condition in SQL, words for people, and the share of true pairs that is assumed to reach it until the data teach better.
Conditions use edit distance only, because that is what all engines have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DISTANCE = {"duckdb": "damerau_levenshtein", "postgres": "levenshtein", "spark": "levenshtein"}


@dataclass(frozen=True, slots=True)
class Level:
    """A step of likeness.

    Attributes
    ----------
    sql
        The condition: ``@c`` stands for the column of both records, ``@l``/``@r`` open a column of one, ``@d`` is the edit distance.
    words
        What it means, for people.
    m
        Share of true pairs assumed to reach it.
    frequent
        Column whose frequent values count for less.
    silent
        Whether the pair says nothing here.
    """

    sql: str
    words: str
    m: float = 0.0
    frequent: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that is compared.

    Attributes
    ----------
    name, label
        For the machine, and for people.
    needs
        Columns of the prepared records without which it is not compared.
    levels
        Steps, from the most alike; the last is everything else.
    """

    name: str
    label: str
    needs: tuple[str, ...]
    levels: tuple[Level, ...]


def _missing(*columns: str) -> Level:
    sql = " OR ".join(f"@l.{column} IS NULL OR @r.{column} IS NULL" for column in columns)
    return Level(sql, "not stated in both", silent=True)


def _same(column: str, words: str = "the same", m: float = 0.0, *, frequent: bool = True) -> Level:
    return Level(f"@l.{column} = @r.{column}", words, m, frequent=column if frequent else "")


def _near(column: str, most: int, words: str, m: float) -> Level:
    # lengths first: most pairs end there, and the distance is the dear part
    sql = (
        f"abs(length(@l.{column}) - length(@r.{column})) <= {most} AND @d(@l.{column}, @r.{column}) <= {most}"
    )
    return Level(sql, words, m)


_SWAPPED = "@l.given = @r.surname AND @l.surname = @r.given AND @l.given <> @l.surname"
_SHORTENED = (
    "(length(@l.given) <= 2 OR length(@r.given) <= 2) AND substr(@l.given, 1, 1) = substr(@r.given, 1, 1)"
)
_HALF_NAME = (
    "(starts_with(@l.surname, @r.surname || ' ') OR starts_with(@r.surname, @l.surname || ' ') "
    "OR starts_with(@l.given, @r.given || ' ') OR starts_with(@r.given, @l.given || ' '))"
)


PERSON = (
    Trait("given_name", "given name", ("given",), (
        _missing("given"),
        _same("given", m=0.75),
        Level("@l.given_key = @r.given_key", "the same name, spelt otherwise", 0.06),
        Level(_SWAPPED, "given name and surname changed places", 0.02),
        Level(_SHORTENED, "one is an initial of the other", 0.02),
        _near("given", 1, "one letter differs", 0.06),
        _near("given", 2, "two letters differ", 0.03),
        Level("", "different", 0.06),
    )),
    Trait("surname", "surname", ("surname",), (
        _missing("surname"),
        Level(_SWAPPED, "given name and surname changed places", silent=True),
        _same("surname", m=0.75),
        Level("@l.surname_key = @r.surname_key", "the same name, spelt otherwise", 0.06),
        _near("surname", 1, "one letter differs", 0.07),
        _near("surname", 2, "two letters differ", 0.04),
        Level("", "different", 0.08),
    )),
    Trait("patronymic", "father's name", ("patronymic",), (
        _missing("patronymic"),
        _same("patronymic", m=0.85),
        Level("@l.patronymic_key = @r.patronymic_key", "the same name, spelt otherwise", 0.05),
        _near("patronymic", 2, "up to two letters differ", 0.05),
        Level("substr(@l.patronymic, 1, 1) = substr(@r.patronymic, 1, 1) AND (length(@l.patronymic) <= 2 OR length(@r.patronymic) <= 2)", "one is an initial of the other", 0.03),
        Level("", "different", 0.02),
    )),
    Trait("birth", "date of birth", ("birth",), (
        _missing("birth"),
        Level("(@l.born IS NULL OR @r.born IS NULL) AND substr(@l.birth, 1, 4) = substr(@r.birth, 1, 4)", "the same year; one gives no day", 0.05),
        Level("@l.born IS NULL OR @r.born IS NULL", "another year; one gives no day", 0.01),
        _same("born", m=0.80),
        Level("@l.born_turned = @r.born_turned", "day and month changed places", 0.03),
        _near("born", 1, "one digit differs", 0.06),
        Level("substr(@l.born, 1, 4) = substr(@r.born, 1, 4) AND @d(@l.born, @r.born) <= 2", "the same year, two digits differ", 0.02),
        Level("", "different", 0.03),
    )),
    Trait("sex", "sex", ("sex",), (_missing("sex"), _same("sex", m=0.97, frequent=False), Level("", "different", 0.03))),
    Trait("document", "document number", ("document",), (
        _missing("document"),
        _same("document", m=0.85, frequent=False),
        _near("document", 1, "one character differs", 0.08),
        Level("", "different", 0.07),
    )),
    Trait("phone", "phone number", ("phone",), (
        _missing("phone"),
        Level("@l.subscriber = @r.subscriber", "the same", 0.6, "subscriber"),
        _near("subscriber", 1, "one digit differs", 0.03),
        Level("", "different", 0.37),
    )),
)  # fmt: skip

ADDRESS = (
    Trait("street", "street", ("street",), (
        _missing("street"),
        _same("street", m=0.80),
        Level("@l.street_key = @r.street_key", "the same, spelt otherwise", 0.05),
        _near("street", 2, "up to two letters differ", 0.07),
        Level("", "different", 0.08),
    )),
    Trait("house_number", "house number", ("house",), (
        _missing("house"),
        _same("house", m=0.85),
        _near("house", 1, "one character differs", 0.07),
        Level("", "different", 0.08),
    )),
    Trait("locality", "town", ("locality",), (
        _missing("locality"),
        _same("locality", m=0.85),
        Level("@l.locality_key = @r.locality_key", "the same, spelt otherwise", 0.03),
        _near("locality", 2, "up to two letters differ", 0.05),
        Level("", "different", 0.07),
    )),
    Trait("postcode", "postcode", ("postcode",), (
        _missing("postcode"),
        _same("postcode", m=0.85),
        _near("postcode", 1, "one character differs", 0.08),
        Level("", "different", 0.07),
    )),
    Trait("district", "district or house name", ("district",), (
        _missing("district"), _same("district", m=0.80), _near("district", 2, "up to two letters differ", 0.08), Level("", "different", 0.12),
    )),
    Trait("region", "region", ("region",), (_missing("region"), _same("region", m=0.90, frequent=False), Level("", "different", 0.10))),
)  # fmt: skip

# people move; an address with another house number is another address
HOUSE = Trait("house_number", "house number", ("house",), (
    _missing("house"),
    _same("house", m=0.985),
    _near("house", 1, "one character differs", 0.01),
    Level("", "different", 0.005),
))  # fmt: skip

VEHICLE = (
    Trait("plate", "number plate", ("plate",), (
        _missing("plate"),
        _same("plate", m=0.80, frequent=False),
        Level("@l.plate_seen = @r.plate_seen", "the same but for signs that look alike", 0.06),
        _near("plate", 1, "one sign differs", 0.06),
        Level("", "different", 0.08),
    )),
    Trait("frame", "frame number", ("frame",), (
        _missing("frame"),
        _same("frame", m=0.88, frequent=False),
        Level("right(@l.frame, 6) = right(@r.frame, 6) OR @d(@l.frame, @r.frame) <= 2", "its last six signs, or all but two", 0.08),
        Level("", "different", 0.04),
    )),
    Trait("make", "make", ("make",), (
        _missing("make"), _same("make", m=0.92), _near("make", 2, "up to two letters differ", 0.04), Level("", "different", 0.04),
    )),
    Trait("model", "model", ("model",), (
        _missing("model"), _same("model", m=0.85), _near("model", 2, "up to two letters differ", 0.07), Level("", "different", 0.08),
    )),
    Trait("colour", "colour", ("colour",), (_missing("colour"), _same("colour", m=0.85), Level("", "different", 0.15))),
    Trait("year", "year built", ("year",), (
        _missing("year"),
        _same("year", m=0.85),
        Level("abs(cast(@l.year AS int) - cast(@r.year AS int)) <= 1", "one year apart", 0.10),
        Level("", "different", 0.05),
    )),
)  # fmt: skip

PHONE = (
    Trait("number", "number", ("phone",), (
        _missing("phone"),
        Level("@l.phone = @r.phone", "the same", 0.6),
        Level("@l.subscriber = @r.subscriber", "the same without the code of the country", 0.3),
        _near("subscriber", 1, "one digit differs", 0.04),
        Level("", "different", 0.06),
    )),
    Trait("imei", "handset (IMEI)", ("imei",), (
        _missing("imei"),
        Level("substr(@l.imei, 1, 14) = substr(@r.imei, 1, 14)", "the same", 0.85),
        _near("imei", 1, "one digit differs", 0.05),
        Level("", "different", 0.10),
    )),
    Trait("imsi", "SIM card (IMSI)", ("imsi",), (
        _missing("imsi"), _same("imsi", m=0.85, frequent=False), _near("imsi", 1, "one digit differs", 0.05), Level("", "different", 0.10),
    )),
    *PERSON[:2],
)  # fmt: skip

TRAITS: Mapping[str, tuple[Trait, ...]] = {
    "person": (*PERSON, *ADDRESS),
    "vehicle": VEHICLE,
    "phone": PHONE,
    "address": (ADDRESS[0], HOUSE, *ADDRESS[2:]),
}
