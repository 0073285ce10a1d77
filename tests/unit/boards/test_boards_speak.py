"""Every board on the sample data speaks Russian when Russian is spoken: no word of the library is left in English on the screen.

What belongs to the data (offences, names, what an option is called) stays as it is written.
"""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest

import ilp_lab as ilp
from ilp_lab import boards
from ilp_lab.apps.table import APPS

HEAVY = ("crime_map", "hot_spots", "time_exceptions", "near_repeat", "network_explorer", "allocation")
NOT_SHOWN = {"state", "values", "page", "source", "name", "kind", "key", "tones", "number", "tone", "called"}
OF_THE_DATA = {
    "Do nothing", "Problem profile", "person", "vehicle", "place", "phone", "company", "account", "theft", "called", "holds", "paid", "and",
}  # fmt: skip


@pytest.fixture(scope="module")
def english():
    """The sentences of the catalogue that are not the same in Russian."""
    file = Path(ilp.__file__).parent / "locale" / "ru" / "LC_MESSAGES" / "ilp_lab.mo"
    with file.open("rb") as stream:
        held = gettext.GNUTranslations(stream)._catalog
    texts = {(key[0] if isinstance(key, tuple) else key): said for key, said in held.items()}
    return {key for key, said in texts.items() if key and key != said and re.search("[A-Za-z]{2}", key)}


def shown(block):
    """The texts of a part of a board that stand on the screen."""
    if isinstance(block, dict):
        if block.get("name") == "raw":
            return  # lines as they stand in the file
        for key, value in block.items():
            if key == "options":
                yield from (str(one[-1]) if isinstance(one, list | tuple) else str(one) for one in value)
            elif key not in NOT_SHOWN:
                yield from shown(value)
    elif isinstance(block, list | tuple):
        for one in block:
            yield from shown(one)
    elif isinstance(block, str):
        yield block


@pytest.mark.parametrize(
    "name", [pytest.param(app.board, marks=[pytest.mark.slow] if app.board in HEAVY else []) for app in APPS.values()]
)  # fmt: skip
def test_no_word_of_the_library_is_left_in_english(name, english, monkeypatch):
    monkeypatch.setenv("ILP_LAB_LANGUAGE", "ru")
    phrases = [one for one in english if " " in one and "{" not in one and len(one) > 12]
    board = getattr(boards, name)()
    board.show()
    assert board.wait(200)
    texts = set(shown([board._head.held, *board._pages.held["blocks"], *board._more.held["blocks"]]))
    assert any(re.search("[а-я]{5}", text) for text in texts)
    whole = {text for text in texts if text.strip() in english} - OF_THE_DATA
    within = {phrase for phrase in phrases for text in texts if phrase in text}
    assert not (whole | within) - OF_THE_DATA
