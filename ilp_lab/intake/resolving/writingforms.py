"""Dates of birth, phone numbers, plates and house numbers in one way of writing each."""

from __future__ import annotations

import re
from functools import lru_cache

from ilp_lab.intake.phonenumbers import phone_number
from ilp_lab.intake.resolving.romanising import comparison_form

_NUMBERS = re.compile(r"\d+")
_LOOKALIKE = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")
_ALIKE = str.maketrans("OQDIZSBG", "00012586")
_YEARS = (1880, 2100)
_SUBSCRIBER = 8
_MONTHS = {name: month for month, names in enumerate(
    ("jan yanv ianv", "feb fev", "mar mart maer", "apr avr", "may mai maj", "jun iyun", "jul iyul", "aug avg", "sep", "oct okt", "nov noy", "dec dek dez"), 1,
) for name in names.split()}  # fmt: skip


@lru_cache(maxsize=65_536)
def birth_date(text: str) -> str:
    """A date of birth as eight digits, year first; ``00`` for a month or a day nobody knows; empty for none.

    Day before month where a date can be read both ways: comparing takes the other reading into account.

    Examples
    --------
    >>> birth_date("1980-03-07"), birth_date("07.03.1980"), birth_date("19800307"), birth_date("12/25/1980")
    ('19800307', '19800307', '19800307', '19801225')
    >>> birth_date("1980"), birth_date("00.00.1980"), birth_date("7 March 1980"), birth_date("unknown")
    ('19800000', '19800000', '19800307', '')
    """
    text = text.strip().split("T")[0].split(" 00:00")[0]
    if text.isdecimal() and len(text) == 8:
        return text if _is_year(text[:4]) or not _is_year(text[4:]) else text[4:] + text[2:4] + text[:2]
    parts = _NUMBERS.findall(text)
    word = re.sub(r"[\W\d_]+", " ", comparison_form(text)).split()
    month = next(
        (_MONTHS[known] for known in (w[:size] for w in word for size in (4, 3)) if known in _MONTHS), 0
    )
    if month and len(parts) == 2:
        parts = [parts[0], str(month), parts[1]]
    year = next((part for part in parts if len(part) == 4 and _is_year(part)), "")
    if not year:
        return ""
    rest = [int(part) for part in parts if part != year][:2]
    if len(rest) < 2:
        return year + (f"{rest[0]:02d}00" if len(rest) == 1 and 0 < rest[0] <= 12 else "0000")
    if parts[0] == year:
        month_of, day = rest
    else:
        day, month_of = rest
        if month_of > 12 >= day:
            day, month_of = month_of, day
    return f"{year}{month_of:02d}{day:02d}" if max(rest) <= 31 else ""


def _is_year(text: str) -> bool:
    return _YEARS[0] <= int(text) <= _YEARS[1]


def known_birth_date(form: str) -> str:
    """Only dates with a month and a day."""
    return form if len(form) == 8 and "00" not in {form[4:6], form[6:8]} else ""


def birth_year(form: str) -> str:
    """The year of a date of birth."""
    return form[:4]


def turned_date(form: str) -> str:
    """Day and month in the order of their size: the same for a date and for one in which they were swapped."""
    known = known_birth_date(form)
    return known and known[:4] + "".join(sorted((known[4:6], known[6:8])))


@lru_cache(maxsize=65_536)
def phone_form(text: str) -> str:
    """The digits of a phone number without the international prefix.

    Examples
    --------
    >>> phone_form("+999 (50) 123-456"), phone_form("0099950123456"), phone_form("n/a"), phone_form("12")
    ('99950123456', '99950123456', '', '')
    """
    number = phone_number(text)
    return number if number.isdecimal() and len(number) >= 5 else ""


def subscriber(form: str) -> str:
    """The last digits of a phone number: the same with and without the code of the country."""
    return form[-_SUBSCRIBER:]


@lru_cache(maxsize=65_536)
def plate_form(text: str) -> str:
    """A number plate, a frame number or a document number in capital Latin letters and digits.

    Cyrillic and Greek letters that look like Latin ones on a plate become those.

    Examples
    --------
    >>> plate_form("а 123 вс"), plate_form("AB-12 34"), plate_form("—")
    ('A123BC', 'AB1234', '')
    """
    known = text.upper().translate(_LOOKALIKE)
    if not known.isascii():
        known = comparison_form(known).upper()
    return re.sub(r"[^A-Z0-9]+", "", known)


def seen_alike(form: str) -> str:
    """A plate in which letters and digits that eyes and cameras mistake for each other are one.

    Examples
    --------
    >>> seen_alike("AB0I8") == seen_alike("ABO1B")
    True
    """
    return form.translate(_ALIKE)


@lru_cache(maxsize=65_536)
def sex_form(text: str) -> str:
    """``f`` or ``m`` by the first letter of the usual words; empty for everything else.

    Examples
    --------
    >>> sex_form("Female"), sex_form("M"), sex_form("женский"), sex_form("x")
    ('f', 'm', 'f', '')
    """
    form = comparison_form(text)
    if form in {
        "f",
        "w",
        "z",
        "zh",
        "female",
        "woman",
        "weiblich",
        "femme",
        "zhenskiy",
        "zhen",
        "zenski",
        "2",
    }:
        return "f"
    return (
        "m"
        if form in {"m", "male", "man", "mann", "maennlich", "mannlich", "muzhskoy", "muzh", "muski", "1"}
        else ""
    )
