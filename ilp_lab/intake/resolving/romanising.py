"""Names of every script in one form in which they can be compared, and a key that ways of romanising share.

A form is for comparing only: records keep the name as it is written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

_LONGEST = 200
_GREEK = (
    ("ου", "ou"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("μπ", "b"),
    ("γκ", "g"),
    ("γγ", "ng"),
    ("χ", "ch"),
    ("η", "i"),
    ("υ", "y"),
)
_CYRILLIC = (("ё", "yo"), ("х", "kh"), ("щ", "shch"), ("ъ", ""), ("ь", ""), ("є", "ye"), ("ї", "yi"), ("ђ", "dj"), ("ћ", "c"))  # fmt: skip
_SPELLINGS = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("s[ht]?sch|shch|sch|sh|sz", "s"), ("tsch|tch|ch|cz|tj", "c"), ("dzh|dj|dz", "d"), ("kh|gh", "h"), ("zh", "z"), ("ts|tz", "c"),
        ("ph", "f"), ("th", "t"), ("ck|q", "k"), ("x", "ks"), ("w", "v"), ("ou|oo", "u"), ("ee", "i"), ("[yj]", "i"),
        ("ae", "a"), ("oe", "o"), ("ue", "u"), ("i+", "i"), ("i(?=[aeou])", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
_PATRONYMIC = re.compile(
    r"(?:[oe]v|yev|iev|in|[iy])(?:ich|ych)|(?:[oe]v|yev|iev)na|(?:in)?ichna|iivna|ivna|oglu|ogly|qizi|kyzy|gizi|uly"
)
_GENERATIONS = {
    "jr": "junior", "jnr": "junior", "junior": "junior", "ml": "junior", "mladshiy": "junior", "mlad": "junior", "mladsi": "junior", "jun": "junior",
    "sr": "senior", "snr": "senior", "senior": "senior", "st": "senior", "starshiy": "senior", "sen": "senior", "starsi": "senior",
    "ii": "2nd", "2nd": "2nd", "iii": "3rd", "3rd": "3rd", "iv": "4th", "4th": "4th",
}  # fmt: skip


@lru_cache(maxsize=65_536)
def comparison_form(text: str) -> str:
    """A name in small Latin letters without marks, whatever script it was written in.

    Parameters
    ----------
    text
        A name of a person, a street or a place.

    Returns
    -------
    str
        Letters, digits and single blanks; empty where nothing can be read.

    Examples
    --------
    >>> comparison_form("Щербаков"), comparison_form("Παπαδόπουλος"), comparison_form("ჭანტურია"), comparison_form("Սարգսյան")
    ('shcherbakov', 'papadopoulos', 'chanturia', 'sargsyan')
    >>> comparison_form("  O’Neill-ŁUKASZ "), comparison_form("Đorđević")
    ('oneill lukasz', 'djordjevic')
    """
    from anyascii import anyascii

    known = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    known = re.sub(r"['’‘`ʼʹ´]", "", known)
    if not known.isascii():
        known = known.replace("đ", "dj")
        if any("\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff" for letter in known):
            # accents go first: the diphthongs are found without them
            known = "".join(m for m in unicodedata.normalize("NFD", known) if not unicodedata.combining(m))
            known = _replaced(known, _GREEK)
        known = _replaced(known, _CYRILLIC).replace("ու", "u")
        known = anyascii(known).casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", known.replace("'", "")).split())


def _replaced(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    for before, after in pairs:
        text = text.replace(before, after)
    return text


@lru_cache(maxsize=65_536)
def spelling_key(text: str) -> str:
    """What the usual ways of romanising one name have in common.

    Examples
    --------
    >>> {spelling_key(name) for name in ("Евгений", "Yevgeny", "Evgenij", "Jewgenij")}
    {'evgeni'}
    >>> {spelling_key(name) for name in ("Müller", "Mueller", "Muller")}
    {'muler'}
    >>> spelling_key("Щербакова") == spelling_key("Scherbakova") == spelling_key("Shcherbakowa")
    True
    """
    words = []
    for word in comparison_form(text).split():
        for pattern, to in _SPELLINGS:
            word = pattern.sub(to, word)  # noqa: PLW2901
        words.append(word)
    return " ".join(words)


@dataclass(frozen=True, slots=True)
class Name:
    """A full name, taken apart; every part in its comparison form.

    Attributes
    ----------
    given, surname, patronymic
        Empty where there is none.
    generation
        ``junior``, ``senior``, ``2nd`` … or empty.
    """

    given: str = ""
    surname: str = ""
    patronymic: str = ""
    generation: str = ""


def is_patronymic(form: str) -> bool:
    """Whether a word in comparison form is a father's name by its ending.

    Examples
    --------
    >>> [is_patronymic(word) for word in ("petrovich", "petrovna", "ilyinichna", "mamedogly", "kovac")]
    [True, True, True, True, False]
    """
    return len(form) > 5 and any(_PATRONYMIC.fullmatch(form[at:]) for at in range(2, len(form) - 2))


@lru_cache(maxsize=65_536)
def whole_name(text: str) -> Name:
    """Take a full name apart.

    A comma stands behind the surname; a patronymic is known by its ending and tells the order; otherwise the last word is the surname.

    Examples
    --------
    >>> whole_name("Иванов Пётр Сергеевич").surname, whole_name("Пётр Сергеевич Иванов").surname
    ('ivanov', 'ivanov')
    >>> whole_name("Smith, John, Jr.")
    Name(given='john', surname='smith', patronymic='', generation='junior')
    """
    front, comma, behind = text.partition(",")
    before, after = comparison_form(front).split(), comparison_form(behind).split()
    generation = ""
    kept: list[list[str]] = []
    for at, words in enumerate((before, after)):
        known = [word for at_word, word in enumerate(words) if word in _GENERATIONS and (at or at_word)]
        generation = _GENERATIONS[known[0]] if known else generation
        kept.append([word for word in words if word not in known])
    before, after = kept
    words = before + after
    fathers = [word for word in words[1:] if is_patronymic(word)] if len(words) > 2 else []
    father = fathers[-1] if fathers else ""
    if comma and after:
        return Name(" ".join(word for word in after if word != father), " ".join(before), father, generation)
    if father:
        rest = [word for word in words if word != father]
        first_is_surname = words[-1] == father
        given, surname = (rest[1:], rest[:1]) if first_is_surname else (rest[:1], rest[1:])
        return Name(" ".join(given), " ".join(surname), father, generation)
    return Name(" ".join(words[:-1]), words[-1] if words else "", "", generation)


def generation(text: str) -> str:
    """Junior or senior, as a column of suffixes holds it; empty where it says neither.

    Examples
    --------
    >>> generation("Jr."), generation("мл."), generation("III"), generation("Dr")
    ('junior', 'junior', '3rd', '')
    """
    return _GENERATIONS.get(comparison_form(text), "")


def each(column: pd.Series, write: Callable[[str], str]) -> pd.Series:
    """A column written anew, each different value once; missing where nothing is left."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    codes, different = pd.factorize(column)
    written = pa.array([write(as_text(value)) or None for value in different], pa.large_string())
    taken = written.take(pa.array(codes, mask=codes < 0))
    return pd.Series(pd.array(taken, dtype=pd.StringDtype("pyarrow", na_value=np.nan)), index=column.index)


def as_text(value: object) -> str:
    """A value as text; whole numbers without the decimals a missing neighbour gave them."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
