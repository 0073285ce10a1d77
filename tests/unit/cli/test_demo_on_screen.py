"""The steps of the demo as somebody at a screen reads them."""

from __future__ import annotations

import io
import os
import shutil
from contextlib import redirect_stdout

import pytest

from ilp_lab.cli.demo import _step


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def seen(self) -> list[str]:
        return [_last_drawn(line) for line in self.getvalue().split("\n") if line]


def _last_drawn(line: str) -> str:
    drawn = ""
    for text in line.split("\r"):
        drawn = text + drawn[len(text) :]
    return drawn.rstrip()


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((60, 24)))
    return _Terminal(newline="")


def _bar() -> None:
    print("\rpermutations: 50%|#####     |", end="")
    print("\r" + " " * 32 + "\r", end="")


def test_a_progress_bar_leaves_the_name_of_its_step(terminal):
    with redirect_stdout(terminal), _step("Looking for hot spots"):
        _bar()
    (line,) = terminal.seen()
    assert line.startswith("Looking for hot spots … ")
    assert line.endswith(" s")


def test_a_name_longer_than_the_screen_is_not_written_twice(terminal):
    told = "Reading incidents: " + "a" * 50
    with redirect_stdout(terminal), _step(told):
        pass
    assert terminal.getvalue().count(told) == 1


def test_a_file_gets_plain_lines(capsys):
    with _step("Reading"):
        pass
    assert "\r" not in capsys.readouterr().out
