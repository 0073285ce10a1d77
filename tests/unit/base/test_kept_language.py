"""Which language is spoken: chosen, else of the environment, of the open case, kept by the user, English."""

from __future__ import annotations

import json

import pytest

import ilp_lab as ilp
from ilp_lab import _spoken
from ilp_lab.apps.opening import spoken_in
from ilp_lab.cli.command import main
from ilp_lab.errors import InputError

CASE = {"purpose": "Series of thefts", "legal_basis": "Police Act s.12", "analyst": "A17"}


@pytest.fixture(autouse=True)
def nobody_chose(monkeypatch, tmp_path):
    monkeypatch.setenv("ILP_LAB_LANGUAGE", "")
    monkeypatch.setattr(_spoken, "_chosen", [])
    monkeypatch.setattr(_spoken, "_of_case", [])
    monkeypatch.setattr(_spoken, "_settings", lambda: tmp_path / "settings")
    _spoken._kept.cache_clear()
    yield
    _spoken._kept.cache_clear()


def test_one_goes_before_the_other(tmp_path, monkeypatch):
    assert ilp.language() == "en"
    ilp.language("ro", keep=True)
    monkeypatch.setattr(_spoken, "_chosen", [])
    assert ilp.language() == "ro"
    ilp.open_case(tmp_path / "case", **CASE, language="ru")
    assert ilp.language() == "ru"
    monkeypatch.setenv("ILP_LAB_LANGUAGE", "ro")
    assert ilp.language() == "ro"
    assert ilp.language("en") == "en"


def test_a_case_remembers_its_language_and_its_log_says_so(tmp_path):
    case = ilp.open_case(tmp_path / "case", **CASE)
    assert (case.language, ilp.language()) == ("", "en")
    again = ilp.open_case(tmp_path / "case", analyst="B2", language="ru")
    assert (again.language, ilp.language()) == ("ru", "ru")
    ilp.open_case(tmp_path / "other", **CASE)
    assert ilp.language() == "en"
    later = ilp.open_case(tmp_path / "case", analyst="C3")
    assert (later.language, ilp.language(), later.verify().ok) == ("ru", "ru", True)
    ilp.safeguards.case.raise_handling(later, "H2")
    assert (later.language, later.handling) == ("ru", "H2")
    lines = [
        json.loads(line)["what"] for line in (tmp_path / "case" / "audit.jsonl").read_text().splitlines()
    ]
    assert lines.count("the case speaks ru from now on") == 1
    assert spoken_in(tmp_path / "other") == "en"
    assert spoken_in(tmp_path / "case") == "ru"
    with pytest.raises(InputError, match="no catalogue for the language 'tlh'; there are: en, ro, ru"):
        ilp.open_case(tmp_path / "case", analyst="A17", language="tlh")


def test_the_command_takes_a_language(capsys):
    assert main(["app", "--list", "--language", "ru"]) == 0
    assert any("а" <= letter <= "я" for letter in capsys.readouterr().out)
    assert main(["app", "--list", "--language", "tlh"]) != 0
    assert "there is no catalogue for 'tlh'" in capsys.readouterr().err
