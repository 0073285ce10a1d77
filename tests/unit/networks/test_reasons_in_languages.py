"""Reasons for left-out rows stand in English in the data of every session, and are said in the language in which they are shown."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab import _spoken, _tongue
from ilp_lab.networks import call_chart, chart, measures, night_calls


def calls():
    at = pd.date_range("2026-03-01 01:00", periods=8, freq="h", tz="Europe/Vienna")
    return pd.DataFrame(
        {"caller": list("AAAAAABC"), "receiver": list("BBBBBBCD"), "started_at": at, "duration_s": 60}
    )


def links():
    return pd.DataFrame(
        {
            "source": list("ABCD"), "target": list("BCDA"), "kind": ["met", "met", "paid", "paid"], "weight": [1.0, None, 2.0, 0.0],
            "certainty": [0.9, 0.2, None, 0.8], "start": pd.to_datetime(["2026-01-01", "2026-02-01", None, "2026-03-01"]),
        }
    )  # fmt: skip


MADE = {
    "few calls": lambda: call_chart(calls(), least_calls=3),
    "night": lambda: night_calls(calls(), least_calls=5),
    "weight": lambda: measures(chart(links()), distance="weight", rng=1),
    "filter": lambda: chart(links()).filter(kind="met", certainty_at_least=0.5, since="2026-01-15"),
    "near": lambda: chart(links().head(3)).neighbourhood("A", steps=1),
}


@pytest.mark.parametrize("name", MADE)
def test_reasons_are_the_same_in_every_session_and_said_when_they_are_shown(name):
    english = MADE[name]()
    with _spoken.speak("ru"):
        russian = MADE[name]()
    assert len(english.left_out) > 0
    assert dict(russian.left_out) == dict(english.left_out)
    assert russian.left_out_rows["reason"].tolist() == english.left_out_rows["reason"].tolist()
    for language in ("ru", "ro"):
        with _spoken.speak(language):
            said = {why: str(_tongue.looked_up(why)) for why in english.left_out}
        assert [why for why, told in said.items() if told == why] == []
    if hasattr(english, "method_statement"):
        with _spoken.speak("en"):
            assert russian.method_statement() == english.method_statement()


def test_numbers_in_a_reason_follow_the_language():
    shape = _tongue.shaped(_tongue.tr_later("pair with fewer than {least} calls"))
    with _spoken.speak("ru"):
        assert _tongue.in_english(shape.format(least=3)) == "pair with fewer than 3 calls"
        assert _tongue.looked_up("pair with fewer than 3 calls") == _tongue.tr(shape).format(least=3)
    assert _tongue.looked_up("pair with fewer than 3 calls") == "pair with fewer than 3 calls"
    assert _tongue.looked_up("what an analyst wrote") == "what an analyst wrote"
