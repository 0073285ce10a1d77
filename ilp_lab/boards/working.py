"""Work beside the notebook: what was asked last wins, it can be stopped, and it says how far it is.

One thread works at a time. What is asked while it works stops it at its next step and begins afterwards, so ten moves of
a slider are two computations and not ten.
"""

from __future__ import annotations

import contextvars
import ctypes
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DELAY_S = 0.15
"""How long nothing more must be asked before the work begins."""

Tell = Callable[..., None]
"""Called by work that takes long: ``tell("Counting …", 0.3)``; raises :class:`Stopped` when it shall stop."""


class Stopped(BaseException):
    """Raised inside work that shall stop."""


def quiet(_sentence: str = "", _share: float | None = None) -> None:
    """A ``tell`` for work that nobody watches."""


def _out_of_birth(thread: int) -> bool:
    """Whether a thread is not starting another one, waited for up to a second.

    Until a new thread runs, Python 3.11 knows it under the number of the one that starts it: an interruption would end the child at birth
    and leave its parent waiting for ever, with the lock of all pools of threads.
    """
    until = time.monotonic() + 1
    while _starting(thread):
        if time.monotonic() > until:
            return False
        time.sleep(0.001)
    return True


def _starting(thread: int) -> bool:
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the only way to see where another thread is
    while frame is not None:
        if frame.f_code is threading.Thread.start.__code__:
            return True
        frame = frame.f_back
    return False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a piece of work ended: with a value, with an error, or stopped."""

    value: Any = None
    error: Exception | None = None
    stopped: bool = False
    seconds: float = 0.0


class Worker:
    """Does the latest thing that was asked.

    Parameters
    ----------
    done
        Called with what was asked and its :class:`Outcome`, unless something newer was asked meanwhile.
    told
        Called with a sentence and a share between 0 and 1, or none, when the work says how far it is.

    Examples
    --------
    >>> results = []
    >>> worker = Worker(lambda asked, outcome: results.append(outcome.value), quiet)
    >>> for number in range(5):
    ...     worker.ask(number, lambda tell, number=number: number * 2)
    >>> worker.wait(5)
    True
    >>> results[-1]
    8
    """

    def __init__(self, done: Callable[[Any, Outcome], None], told: Tell, *, delay_s: float = DELAY_S) -> None:
        self._done, self._told, self._delay_s = done, told, delay_s
        self._ready = threading.Condition(threading.RLock())
        self._next: tuple[Any, Callable[[Tell], Any], contextvars.Context] | None = None
        self._due = 0.0
        self._thread: threading.Thread | None = None
        self._inside: int | None = None
        self._stop = False
        self._sending = False

    def ask(self, asked: Any, work: Callable[[Tell], Any]) -> None:
        """Do ``work`` soon; whatever was asked before is forgotten."""
        with self._ready:
            self._next = (asked, work, contextvars.copy_context())
            self._due = time.monotonic() + self._delay_s
            self._interrupt()
            if self._thread is None:
                self._thread = threading.Thread(target=self._go, daemon=True, name="ilp_lab board")
                self._thread.start()
            self._ready.notify_all()

    def stop(self) -> None:
        """Stop what is being done; it ends as stopped."""
        with self._ready:
            self._interrupt()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until nothing is left to do; says whether that came to pass."""
        with self._ready:
            return self._ready.wait_for(lambda: self._thread is None, timeout_s)

    @property
    def busy(self) -> bool:
        """Whether something is being done or waits."""
        with self._ready:
            return self._thread is not None

    def _go(self) -> None:
        while True:
            with self._ready:
                while self._next is not None and (left := self._due - time.monotonic()) > 0:
                    self._ready.wait(left)
                if self._next is None:
                    self._thread = None
                    self._ready.notify_all()
                    return
                (asked, work, context), self._next = self._next, None
                self._stop = False
            outcome = context.run(self._attempt, work)
            with self._ready:
                newer = self._next is not None
            if not newer:
                context.run(self._done, asked, outcome)

    def _attempt(self, work: Callable[[Tell], Any]) -> Outcome:
        began = time.perf_counter()
        outcome = Outcome(stopped=True)
        try:
            try:
                self._inside = threading.get_ident()
                outcome = Outcome(work(self._step), seconds=time.perf_counter() - began)
            except Exception as error:  # noqa: BLE001  (a thread would lose it: the board shows it)
                outcome = Outcome(error=error)
            finally:
                self._leave()
        except Stopped:
            while not self._left():
                pass
            if outcome.error is None and not outcome.seconds:
                outcome = Outcome(stopped=True)
        return outcome

    def _step(self, sentence: str = "", share: float | None = None) -> None:
        if self._stop:
            raise Stopped
        self._told(sentence, share)

    def _interrupt(self) -> None:
        """Make the working thread raise :class:`Stopped` at its next step, even where it says nothing of itself."""
        self._stop = True
        self._sending = True
        try:
            inside = self._inside
            if inside is not None and _out_of_birth(inside):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(inside), ctypes.py_object(Stopped))
        finally:
            self._sending = False

    def _leave(self) -> None:
        """From here on the thread is not interrupted; an interruption that is on its way is taken back.

        Takes no lock: an interruption could arrive when it is just taken, and nobody would give it back.
        """
        self._inside = None
        while self._sending:
            time.sleep(0.001)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threading.get_ident()), None)

    def _left(self) -> bool:
        try:
            self._leave()
        except Stopped:
            return False
        return True
