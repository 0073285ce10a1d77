"""Addresses in words: written alike, and taken apart into street, house number, crossing street and the rest."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ilp_lab._packs import Shelf, texts

_FOLD = str.maketrans(
    {"ß": "ss", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ё": "е"}
)
_LONGEST = 300
_LEADING = re.compile(r"^(\d{1,5})([a-z])?(?:\s?-\s?(\d{1,5})\s?[a-z]?)?\s+(?=\S)")
_TRAILING = re.compile(r"\s(\d{1,5})\s?([a-z])?(?:\s?-\s?(\d{1,5})\s?[a-z]?)?(?:\s?/\s?\w{1,4})?$")
_MASKED = re.compile(r"^(\d{0,4})(x{1,2})\s")


@dataclass(frozen=True, slots=True)
class Writing:
    """How addresses are written: a data pack.

    Attributes
    ----------
    words, endings
        Abbreviations and what they stand for: whole words, and ends of words.
    before_numbers, crossings, openings, blocks
        Words before a number, between crossing streets, at the beginning, and for a block of numbers.
    """

    name: str
    words: dict[str, str]
    endings: dict[str, str]
    before_numbers: tuple[str, ...]
    crossings: tuple[str, ...]
    openings: tuple[str, ...]
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """An address, taken apart.

    Attributes
    ----------
    street
        Written alike.
    number, number_to
        House number, and the last one where it is a range; ``None`` where there is none.
    crossing
        A second street, where two cross.
    rest
        What stood behind a comma: locality, postcode.
    """

    street: str
    number: int | None = None
    number_to: int | None = None
    crossing: str = ""
    rest: tuple[str, ...] = ()


def writing(name: str | Path = "") -> Writing:
    """How addresses are written: the general pack when nothing is named, one by its name, or a YAML file.

    Raises
    ------
    InputError
        When no pack of that name is known.
    ReadError
        When it cannot be read.
    """
    return _SHELF.read(name or "general")


def _writing(content: Mapping[str, Any]) -> Writing:
    words, endings = (
        {alike(str(a)): alike(str(b)) for a, b in content.get(part, {}).items()}
        for part in ("words", "endings")
    )
    lists = {
        part: tuple(str(word).casefold() for word in content.get(part, ()))
        for part in ("before_numbers", "crossings", "openings", "blocks")
    }
    return Writing(texts(content, "name")["name"], words, endings, **lists)


_SHELF = Shelf(
    "addresses",
    Path(__file__).parent / "packs" / "addresses",
    "pack of address words",
    "name, and any of words, endings, before_numbers, crossings, openings and blocks",
    _writing,
)


def alike(text: str) -> str:
    """A text without case, accents, punctuation and doubled blanks; letters of every script stay.

    Examples
    --------
    >>> alike("  Bülow-STRAẞE, 12 ")
    'bulow strasse 12'
    >>> alike("Ђорђа Вајферта")
    'ђорђа вајферта'
    """
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold().translate(_FOLD)
    spread = unicodedata.normalize("NFKD", text)
    # marks are taken off Latin and Greek letters only: й is a letter of its own
    bare = "".join(
        mark
        for at, mark in enumerate(spread)
        if not unicodedata.combining(mark) or (at and "\u0400" <= spread[at - 1] <= "\u04ff")
    )
    composed = unicodedata.normalize("NFC", bare)
    return " ".join(re.sub(r"[^\w]+|_", " ", composed).split())


def street_alike(name: str, words: Writing) -> str:
    """A street's name written alike, its abbreviations written out.

    Examples
    --------
    >>> street_alike("N. Hauptstr.", writing()), street_alike("Main St", writing())
    ('north hauptstrasse', 'main street')
    """
    tokens = []
    for token in alike(name).split():
        whole = words.words.get(token, token)
        for ending, full in words.endings.items():
            if whole == token and len(token) > len(ending) + 2 and token.endswith(ending):
                whole = token[: -len(ending)] + full
                break
        tokens.append(whole)
    return " ".join(tokens)


def parse(text: str, words: Writing) -> Address:
    """Take an address apart.

    Examples
    --------
    >>> parse("3108 Occidental Dr", writing())
    Address(street='occidental drive', number=3108, number_to=None, crossing='', rest=())
    >>> parse("Mill Lane 12-16, 4020 Linz", writing())
    Address(street='mill lane', number=12, number_to=16, crossing='', rest=('4020 linz',))
    >>> parse("High St / Mill Ln", writing()).crossing
    'mill lane'
    """
    text = unicodedata.normalize("NFKC", str(text)[:_LONGEST]).casefold().strip()
    for opening in words.openings:
        if text.startswith(f"{opening} "):
            text = text[len(opening) + 1 :].strip()
    first, *rest = (part.strip() for part in text.split(","))
    crossed = _crossed(first, words)
    others = tuple(alike(part) for part in rest if alike(part))
    if crossed:
        return Address(street_alike(crossed[0], words), crossing=street_alike(crossed[1], words), rest=others)
    street, number, number_to = _numbered(first, words)
    return Address(street_alike(street, words), number, number_to, "", others)


def _crossed(text: str, words: Writing) -> tuple[str, str] | None:
    for joint in words.crossings:
        pattern = (
            rf"\s*{re.escape(joint)}\s*" if not joint[0].isalnum() else rf"\s+{re.escape(joint)}(?:\s+of)?\s+"
        )
        parts = re.split(pattern, text)
        if len(parts) == 2 and all(_letters(part) >= 2 for part in parts):
            return parts[0], parts[1]
    parts = re.split(r"\s*/\s*", text)
    if len(parts) == 2 and all(_letters(part) >= 3 for part in parts):
        return parts[0], parts[1]
    return None


def _letters(text: str) -> int:
    return sum(mark.isalpha() for mark in text)


def _numbered(text: str, words: Writing) -> tuple[str, int | None, int | None]:
    """Street, first and last number."""
    block = next(
        (word for word in sorted(words.blocks, key=len, reverse=True) if re.search(rf"\b{word}\b", text)),
        None,
    )
    if block:
        text = re.sub(rf"\b{block}\b", " ", text, count=1)
    masked = _MASKED.match(text)
    if masked:  # 012XX W MADISON ST
        low = int((masked[1] or "0") + "0" * len(masked[2]))
        return text[masked.end() :], low, low + 10 ** len(masked[2]) - 1
    text = " ".join(text.split())
    for word in words.before_numbers:
        text = re.sub(rf"\b{re.escape(word)}\.?\s*(?=\d+\s*[a-z]?\s*$)", "", text)
    found = _LEADING.match(text)
    if found and re.search(r"[^\W\d_]{2}|\d+(?:st|nd|rd|th)\b", text[found.end() :]):
        street, number, to = text[found.end() :], int(found[1]), found[3]
    else:
        found = _TRAILING.search(text)
        if not found:
            return text, None, None
        street, number, to = text[: found.start()], int(found[1]), found[3]
    last = int(to) if to and int(to) > number else None
    if block and last is None:
        number, last = number // 100 * 100, number // 100 * 100 + 99
    return street, number, last


def crossing_name(one: str, other: str) -> str:
    """The name of a crossing, whichever street comes first.

    Examples
    --------
    >>> crossing_name("mill lane", "high street")
    'high street and mill lane'
    """
    return " and ".join(sorted((one, other)))
