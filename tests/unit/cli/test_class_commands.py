"""The trainer's console as commands, from an empty folder to the report."""

from __future__ import annotations

import pytest

from ilp_lab.cli import main


@pytest.fixture
def folder(tmp_path, capsys):
    assert main(["training", "class", "build", str(tmp_path / "may"), "--team", "A", "--team", "B"]) == 0
    assert "nothing above it" in capsys.readouterr().out
    return str(tmp_path / "may")


def said(capsys, *words):
    code = main(["training", "class", *words])
    out = capsys.readouterr()
    return code, out.out + out.err


def test_a_class_from_the_command_line(folder, capsys, tmp_path):
    assert "running" in said(capsys, "clock", folder, "start")[1]
    assert said(capsys, "release", folder, "I-1", "--team", "B") == (0, "B: in its inbox\n")
    assert said(capsys, "snapshot", folder, "one")[0] == 0
    assert (
        "3 of"
        not in said(capsys, "rate", folder, "A", "product", "3", "2", "2", "1", "3", "--note", "fine")[1]
    )
    assert "kept as 'before going back 1'" in said(capsys, "rewind", folder, "one")[1]
    assert "standing still" in said(capsys, "show", folder)[1]
    report = tmp_path / "report.html"
    assert said(capsys, "report", folder, "--into", str(report))[0] == 0
    assert "A letter from the ministry" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["release", "I-77"], "no inject 'I-77'"),
        (["rewind", "never"], "no snapshot 'never'"),
        (["rate", "A", "product", "3"], "5 criteria"),
        (["rate", "A", "charm", "3"], "nothing to rate called 'charm'"),
        (["report", "--into", "x.odt"], "ends in .html"),
    ],
)
def test_what_cannot_be_done_is_said(folder, capsys, words, sentence):
    code, text = said(capsys, words[0], folder, *words[1:])
    assert code != 0
    assert sentence in " ".join(text.replace("│", " ").split())
    assert "Traceback" not in text


def test_a_folder_without_a_class(tmp_path, capsys):
    code, text = said(capsys, "show", str(tmp_path))
    assert code == 1
    assert "holds no class yet" in text


def test_a_team_whose_folder_is_gone_makes_the_command_fail(folder, capsys, tmp_path):
    (tmp_path / "may" / "teams" / "B").rename(tmp_path / "gone")
    code, text = said(capsys, "release", folder, "I-1")
    assert code == 1
    assert "A: in its inbox" in text
    assert "Is the stick" in text
