"""Ctrl-C is heard wherever it comes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import weakref

import pytest

from ilp_lab.cli.stopping import Stopped, ctrl_c


class _Thing:
    pass


def _let_go_and_work_on(things: list[_Thing]) -> None:
    things.clear()
    until = time.monotonic() + 20
    while time.monotonic() < until:
        time.sleep(0.01)


def test_ctrl_c_in_the_callback_of_a_weak_reference_is_not_lost():
    things = [_Thing()]
    watched = weakref.ref(things[0], lambda _: signal.raise_signal(signal.SIGINT))
    with pytest.raises(Stopped), ctrl_c():
        _let_go_and_work_on(things)
    assert watched() is None


def test_other_failures_in_callbacks_are_still_told(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(lost.exc_type))
    thing = _Thing()
    watched = weakref.ref(thing, lambda _: 1 / 0)
    with ctrl_c():
        del thing
    assert watched() is None
    assert told == [ZeroDivisionError]


def test_what_was_there_before_is_there_again():
    handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    with pytest.raises(Stopped), ctrl_c():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is handler
    assert sys.unraisablehook is hook


def test_who_listens_already_goes_on_listening():
    heard = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    try:
        with ctrl_c():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [1]


def test_another_thread_may_run_a_command():
    done = []

    def run() -> None:
        with ctrl_c():
            done.append(1)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [1]


_PROGRAM = """
import signal, sys
from ilp_lab.cli.stopping import ctrl_c

try:
    with ctrl_c():
        exec("signal.raise_signal(signal.SIGINT)")
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_the_exit_code_holds_when_ctrl_c_came_while_a_class_was_being_made(tmp_path):
    (tmp_path / "program.py").write_text(_PROGRAM)
    ended = subprocess.run([sys.executable, "-m", "program"], check=False, timeout=60, cwd=tmp_path)
    assert ended.returncode == 130
