"""Work that is interrupted at any moment: it ends, and what was asked last is answered."""

from __future__ import annotations

import threading
import time

from ilp_lab.boards.working import Worker, quiet


def starts_threads(_tell):
    for _ in range(200):
        some = [threading.Thread(target=int) for _ in range(4)]
        for one in some:
            one.start()
        for one in some:
            one.join()


def test_work_that_starts_threads_can_be_interrupted_at_any_moment():
    answers = []
    worker = Worker(lambda asked, outcome: answers.append((asked, outcome.value)), quiet, delay_s=0)
    until = time.monotonic() + 3
    while time.monotonic() < until:
        worker.ask("again", starts_threads)
        time.sleep(0.003)
    worker.ask("last", lambda _tell: 7)
    assert worker.wait(20)
    assert answers[-1] == ("last", 7)
