"""What the command says cannot be steered by what it speaks about."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import pytest

import ilp_lab.cli
from ilp_lab.cli import main
from ilp_lab.cli.screen import one_line, plain, warned_in_sentences
from ilp_lab.errors import IlpWarning


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("a\x1b]0;owned\x07b", r"a\x1b]0;owned\x07b"),
        ("a\x9b31mb", r"a\x9b31mb"),
        ("over\rwritten", r"over\rwritten"),
        ("gpj.\u202egnp", r"gpj.\u202egnp"),
        ("name\udcff", r"name\udcff"),
        ("line\r\nline\ttab", "line\nline\ttab"),
        ("Łódź, Мінск, 北京, مدينة, \u200dé", "Łódź, Мінск, 北京, مدينة, \u200dé"),
    ],
)
def test_control_characters_are_spelled_out_and_letters_stay(text, shown):
    assert plain(text) == shown


def test_a_name_with_a_line_break_stays_in_its_line():
    assert one_line("Q\nWhere it is: /evil") == r"Q\nWhere it is: /evil"


def test_all_that_the_commands_say_goes_this_way():
    for path in Path(ilp_lab.cli.__file__).parent.glob("*.py"):
        if path.name == "screen.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not said & {"print", "typer.echo", "typer.secho", "sys.stdout.write", "sys.stderr.write"}, (
            path.name
        )


def test_names_of_a_link_chart_reach_the_screen_as_text(tmp_path, capsys):
    file = tmp_path / "links.csv"
    rows = [f'"A\x1b]0;owned\x07{n}","Q\nWhere it is: /evil"' for n in range(4)]
    file.write_text("\n".join(["source,target", *rows]))
    assert main(["demo", "--links", str(file), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "\nWhere it is: /evil" not in said
    assert f"\nWhere it is: {tmp_path / 'out'}" in said


def test_an_error_about_an_odd_name_is_plain_too(capsys):
    assert main(["demo", "--incidents", "no\x1b]0;owned\x07such.csv"]) == 1
    assert "\x1b" not in "".join(capsys.readouterr())


def test_warnings_for_programmers_are_not_for_analysts(monkeypatch, capsys):
    monkeypatch.delenv("ILP_LAB_DEBUG", raising=False)
    with warnings.catch_warnings(), warned_in_sentences():
        warnings.simplefilter("always")
        warnings.warn("overflow encountered", RuntimeWarning, stacklevel=1)
        warnings.warn("A form is passed over.", IlpWarning, stacklevel=1)
    assert capsys.readouterr().err == "A form is passed over.\n"


def test_programmers_see_them(monkeypatch):
    monkeypatch.setenv("ILP_LAB_DEBUG", "1")
    with pytest.warns(RuntimeWarning, match="overflow encountered"), warned_in_sentences():
        warnings.warn("overflow encountered", RuntimeWarning, stacklevel=1)
