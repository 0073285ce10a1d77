"""Whatever goes wrong, the command says it in a sentence, with an exit code and without a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from ilp_lab.cli.command import _expand, main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["demo", "--nope"], "No such option"),
        (["no-such-command"], "No such command"),
        (["demo", "--incidents", "missing.csv"], "missing.csv"),
        (["demo", "--incidents", "."], "folder"),
        (["demo", "--column", "nonsense"], "role=column"),
        (["notebooks", "check", "."], "no notebook sources"),
        (["lab", "--port", "99999", "--no-browser"], "65535"),
        (["lab", "--folder", __file__, "--no-browser"], "is a file"),
        (["lab", "--case", "no such case", "--no-browser"], "holds no case"),
        (["app", "crime-map", "--incidents", ".", "--no-browser"], "is a folder"),
        (["training", "report", __file__], "no progress of a learner"),
        (["training", "verify", sys.executable], "no certificate"),
    ],
)
def test_wrong_use_is_a_sentence(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) in (1, 2)
    captured = capsys.readouterr()
    assert said in captured.err + captured.out
    assert "Traceback" not in captured.err + captured.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["app", "crime-map", "--incidents", "~nouser7/x.csv", "--no-browser"], "~nouser7"),
        (["training", "class", "show", "~nouser7/x"], "~nouser7"),
    ],
)
def test_the_folder_of_nobody_is_a_sentence(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    captured = capsys.readouterr()
    assert said in captured.err
    assert "fault of the program" not in captured.err
    assert list(tmp_path.iterdir()) == []


def test_an_unexpected_fault_is_a_sentence_too(monkeypatch, capsys):
    def burst():
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("ilp_lab.cli.doctor.run", burst)
    assert main(["doctor"]) == 1
    assert "fault of the program" in capsys.readouterr().err


@pytest.mark.parametrize(
    "fault", [MemoryError(), ImportError("_image.so: failed to map segment from shared object")]
)
def test_a_lack_of_memory_is_no_fault_of_the_program(fault, monkeypatch, capsys):
    def burst():
        raise fault

    monkeypatch.setattr("ilp_lab.cli.doctor.run", burst)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert "not have enough free memory" in said
    assert "fault of the program" not in said


def test_the_debug_variable_shows_where(monkeypatch):
    monkeypatch.setenv("ILP_LAB_DEBUG", "1")
    with pytest.raises(OSError, match=r"missing\.csv"):
        main(["demo", "--incidents", "missing.csv"])


def test_patterns_are_expanded_where_the_shell_does_not(tmp_path):
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text("x")
    assert [path.name for path in _expand([str(tmp_path / "*.csv")])] == ["a.csv", "b.csv"]
    assert [path.name for path in _expand([str(tmp_path / "none*.csv")])] == ["none*.csv"]


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows delivers Ctrl-C to the whole console, not to one process"
)
def test_ctrl_c_in_mid_run_leaves_nothing(tmp_path):
    running = subprocess.Popen(
        [sys.executable, "-m", "ilp_lab", "demo", "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    running.stdout.read(20)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Nothing half-written" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
