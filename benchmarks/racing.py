"""Races: ours and the peers interleaved in one process, the best of each, the same answer asserted, ratios and memory printed.

Ratios are quoted, never times; on a busy machine both suffer alike, and a warning is printed.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

REPEATS = 5


def optional(name: str) -> Any:
    """A peer, or None with the reason printed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"  {name} does not run here: {error}")
        return None


def race(
    title: str,
    runners: dict[str, Callable[[], Any] | None],
    same: Callable[[Any, Any], None],
    *,
    repeats: int = REPEATS,
) -> dict[str, float]:
    """Best of the interleaved runs of everyone against ours; all answers compared to ours; what each takes of memory on top."""
    warn_when_busy()
    best: dict[str, float] = {}
    extra: dict[str, float] = {}
    running = {name: runner for name, runner in runners.items() if runner is not None}
    for repeat in range(repeats):
        answers = {}
        for name, runner in running.items():
            if repeat == 0:  # the first run also compiles and fills caches: it counts for the memory alone
                answers[name], extra[name] = with_peak(runner)
                continue
            start = time.perf_counter()
            runner()
            best[name] = min(best.get(name, np.inf), time.perf_counter() - start)
        for name, answer in answers.items():
            if name != "ours":
                same(answers["ours"], answer)
    print(title)
    for name, seconds in best.items():
        print(
            f"  {name:<38}{seconds * 1000:>10.1f} ms{seconds / best['ours']:>10.1f}x{extra[name]:>9.0f} MB on top"
        )
    return best


def tenfold(title: str, small: Callable[[], Any], large: Callable[[], Any]) -> None:
    """What ten times the work costs us."""
    times = []
    for runner in (small, large):
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            runner()
            taken.append(time.perf_counter() - start)
        times.append(min(taken))
    print(f"  ours, ten times the {title}: {times[1] / times[0]:.1f} times the cost")


def with_peak(runner: Callable[[], Any]) -> tuple[Any, float]:
    """An answer, and by how many megabytes the process grew at most while it was computed (Linux; elsewhere not a number)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        before = _status("VmRSS")
        answer = runner()
        return answer, (_status("VmHWM") - before) / 1024
    except OSError:
        return runner(), float("nan")


def _status(field: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return float(line.split()[1])
    return float("nan")


def warn_when_busy() -> None:
    """Say it when other programs use the processors; ratios of threaded and unthreaded programs shift then."""
    try:
        load, processors = os.getloadavg()[0], os.cpu_count() or 1
    except (OSError, AttributeError):
        return
    if load > processors + 0.5:
        print(f"  (load {load:.1f} on {processors} processors: trust ratios roughly, memory fully)")
