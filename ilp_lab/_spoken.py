"""Languages: which one is spoken now, and where its words are.

A catalogue is a compiled gettext file ``<language>/LC_MESSAGES/ilp_lab.mo``: in the folder ``locale`` of the package, or in the
folder that the environment variable ``ILP_LAB_LOCALE`` names, whose words go before. What a catalogue lacks stays in English.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import pairwise
from pathlib import Path

CATALOGUES = Path(__file__).parent / "locale"
_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_chosen: list[str] = []
_of_case: list[str] = []


def spoken() -> str:
    """The language that is spoken now, such as ``"en"``: chosen, else of the environment, of the open case, of the user."""
    said = _spoken.get() or (_chosen[-1] if _chosen else os.environ.get("ILP_LAB_LANGUAGE"))
    return said or (_of_case[-1] if _of_case else _kept()) or "en"


def choose(language: str) -> None:
    """Speak this language from now on, in all threads."""
    _chosen[:] = [language]


def of_case(language: str) -> None:
    """Speak the language of the case that was opened, where nobody chose another one; empty: the case has none."""
    _of_case[:] = [language] if language else []


def keep(language: str) -> None:
    """Remember the user's language in the settings folder, for every session on this computer."""
    file = _settings() / "language.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(language, encoding="utf-8")
    _kept.cache_clear()


@cache
def _kept() -> str:
    """The language that the user keeps; read once."""
    try:
        return (_settings() / "language.txt").read_text(encoding="utf-8").strip()[:20]
    except (OSError, ValueError):
        return ""


def _settings() -> Path:
    import platformdirs

    return Path(platformdirs.user_config_dir("ilp-lab", appauthor=False))


@contextmanager
def speak(language: str) -> Iterator[None]:
    """Speak another language for a while."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def known() -> tuple[str, ...]:
    """The languages that have a catalogue, and English."""
    found = {file.parts[-3] for folder in _folders() for file in folder.glob("*/LC_MESSAGES/ilp_lab.mo")}
    return tuple(sorted({"en", *found}))


def _folders() -> list[Path]:
    """Where catalogues lie; the words of the first go before."""
    own = os.environ.get("ILP_LAB_LOCALE")
    return [*([Path(own)] if own else []), CATALOGUES]


def catalogue(language: str) -> gettext.NullTranslations:
    """The words of a language; none for English and for a language that nobody brought."""
    return _read(language, os.environ.get("ILP_LAB_LOCALE", ""))


@cache
def _read(language: str, _own: str) -> gettext.NullTranslations:
    made = [gettext.translation("ilp_lab", folder, languages=[language], fallback=True) for folder in _folders()]  # fmt: skip
    for first, second in pairwise(made):
        first.add_fallback(second)
    return made[0]
