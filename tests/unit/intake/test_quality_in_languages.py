"""The quality report says every kind of fault in the language that is spoken when it is shown."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from ilp_lab import _spoken, _tongue
from ilp_lab.intake import read_incidents
from ilp_lab.intake.quality import KINDS


@pytest.mark.parametrize("language", ["ru", "ro"])
def test_every_kind_of_fault_is_said_in_the_language(language):
    with _spoken.speak(language):
        same = [
            name
            for name, kind in KINDS.items()
            for text in (kind.meaning, kind.done)
            if _tongue.again(text) == str(text)
        ]
    assert same == []


def test_a_report_read_in_english_is_shown_in_russian():
    frame = pd.DataFrame(
        {"id": [1, 2, 2], "latitude": [48.2, None, 0.0], "longitude": [16.4, None, 0.0], "date": ["2026-03-01", "2026-03-02", ""]}
    )  # fmt: skip
    _, quality = read_incidents(frame, tz="Europe/Vienna")
    english = quality.explain()
    assert "3 rows were read, none was dropped." in english
    with _spoken.speak("ru"):
        headings = [
            str(_tongue.tr(one))
            for one in ("What it means", "What was done", "How the columns were understood")
        ]
        said, page = quality.explain(), quality._repr_html_()
    assert "прочитано строк: 3, ни одна не отброшена." in said
    assert "нет пригодных координат" in said
    assert "33,3\u00a0%" in said
    assert [heading for heading in headings if heading not in page] == []
    assert re.search(r"<th>(?:meaning|done|share|why)</th>", page) is None
    assert quality.explain() == english
