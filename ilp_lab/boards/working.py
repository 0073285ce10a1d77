"""Work beside the notebook: what was asked last wins, it can be stopped, and it says how far it is.

One thread works at a time. What is asked while it works stops it at its next step and begins afterwards, so ten moves of
a slider are two computations and not ten.
"""

from __future__ import annotations

import contextvars
import ctypes
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
                self._inside = threading.get_ident()
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
                outcome = Outcome(work(self._step), seconds=time.perf_counter() - began)
            except Exception as error:  # noqa: BLE001  (a thread would lose it: the board shows it)
                outcome = Outcome(error=error)
            finally:
                self._leave()
        except Stopped:
            self._leave()
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
        if self._inside is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._inside), ctypes.py_object(Stopped)
            )

    def _leave(self) -> None:
        """From here on the thread is not interrupted; an interruption that is on its way is taken back."""
        with self._ready:
            inside, self._inside = self._inside, None
            if inside is not None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(inside), None)
