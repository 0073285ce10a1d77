"""Ctrl-C that is heard wherever it comes, and ends the command with the exit code that was promised.

Two habits of Python stand in the way. A ``KeyboardInterrupt`` that passes through ``exec`` of a text, as when a
data class is made during an import, is remembered: ``python -m`` then ends by the signal whatever code it returns.
And one that falls into the callback of a weak reference is printed and forgotten, so the work goes on.
"""

from __future__ import annotations

import _thread
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_A_MOMENT_S = 0.05


class Stopped(KeyboardInterrupt):
    """Ctrl-C; a kind of its own, because Python remembers only the plain one."""


@contextmanager
def ctrl_c() -> Iterator[None]:
    """Hear Ctrl-C in this block; does nothing outside the main thread or where somebody else listens already.

    Raises
    ------
    Stopped
        Inside the block, when Ctrl-C was pressed.

    Examples
    --------
    >>> try:
    ...     with ctrl_c():
    ...         signal.raise_signal(signal.SIGINT)
    ... except KeyboardInterrupt:
    ...     print("stopped")
    stopped
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return
    unheard = sys.unraisablehook
    signal.signal(signal.SIGINT, _stop)
    sys.unraisablehook = lambda lost: _again() if lost.exc_type is Stopped else unheard(lost)
    try:
        yield
    finally:
        sys.unraisablehook = unheard
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def left_to(program: subprocess.Popen[bytes]) -> Iterator[None]:
    """Leave Ctrl-C to a program that was started and hears it too: it may ask back, and needs time to end in order.

    A request to end that reaches only this command (SIGTERM) is handed on to the program.

    Examples
    --------
    >>> with subprocess.Popen([sys.executable, "-c", ""]) as program, left_to(program):
    ...     signal.raise_signal(signal.SIGINT)
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, asked)
        signal.signal(signal.SIGINT, pressed)


def _stop(_signum: int, _frame: FrameType | None) -> None:
    raise Stopped


def _again() -> None:
    """Press Ctrl-C once more, a moment later: here it would be swallowed again."""
    later = threading.Timer(_A_MOMENT_S, _press)
    later.daemon = True
    later.start()


def _press() -> None:
    if signal.getsignal(signal.SIGINT) is _stop:  # the block may be over by now
        _thread.interrupt_main()
