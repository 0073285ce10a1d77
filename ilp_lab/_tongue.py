"""Languages: how the library itself speaks on a product or a page, ready for translation.

A catalogue is a compiled gettext file ``locale/<language>/LC_MESSAGES/ilp_lab.mo`` in the package. What a catalogue lacks
stays in English. Every sentence stands whole inside ``tr("...")``, with placeholders that are filled after it, so that
``pybabel extract -k tr ilp_lab`` finds all of them.

>>> tr("Purpose")
'Purpose'
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache
from pathlib import Path

_CATALOGUES = Path(__file__).parent / "locale"
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_spoken: ContextVar[str] = ContextVar("language", default="en")


def tr(message: str) -> str:
    """A sentence of the library in the language that is spoken now; in English where a translation lost a placeholder."""
    said = _catalogue(_spoken.get()).gettext(message)
    if "{" in message and sorted(_PLACEHOLDER.findall(said)) != sorted(_PLACEHOLDER.findall(message)):
        return message
    return said


def spoken() -> str:
    """The language that is spoken now, such as ``"en"``."""
    return _spoken.get()


def day_in_words(day: date) -> str:
    """A day with the name of its month in the language that is spoken now.

    >>> day_in_words(date(2026, 5, 1))
    '01 May 2026'
    """
    months = (
        tr("January"), tr("February"), tr("March"), tr("April"), tr("May"), tr("June"),
        tr("July"), tr("August"), tr("September"), tr("October"), tr("November"), tr("December"),
    )  # fmt: skip
    return tr("{day} {month} {year}").format(day=f"{day.day:02d}", month=months[day.month - 1], year=day.year)


def few_digits(value: float) -> str:
    """A number as people say it: whole from a hundred on, three digits below, never with an exponent.

    >>> few_digits(1751.6), few_digits(0.33812), few_digits(12.0)
    ('1,752', '0.338', '12')
    """
    return (
        f"{value:,.0f}"
        if abs(value) >= 100
        else f"{value:.3g}"
        if abs(value) >= 1e-4 or not value
        else tr("nearly 0")
    )


@contextmanager
def speak(language: str) -> Iterator[None]:
    """Speak another language for a while."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("ilp_lab", _CATALOGUES, languages=[language], fallback=True)
