"""Languages: the sentences that the library itself puts on a product or a page, ready for translation.

A catalogue is a compiled gettext file ``locale/<language>/LC_MESSAGES/ilp_lab.mo`` in the package. What a catalogue lacks
stays in English.

>>> tr("Purpose")
'Purpose'
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

_CATALOGUES = Path(__file__).parent / "locale"
_spoken: ContextVar[str] = ContextVar("language", default="en")


def tr(message: str) -> str:
    """A sentence of the library in the language that is spoken now."""
    return _catalogue(_spoken.get()).gettext(message)


def spoken() -> str:
    """The language that is spoken now, such as ``"en"``."""
    return _spoken.get()


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
