"""Notebooks made from text: cells to bytes that are the same on every machine, house rules, and running one."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Any, Self

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_LONGEST_CELL = 25
HIDDEN = "hidden"
_START_LIMIT = 120
_CELLS_AT_THE_LIMIT = 5
_BANNED = {
    r"^\s*[!%]\s*(pip|conda)\b": "installs packages",
    r"\bwidgets\.Output\b|\bimport\s+Output\b": "uses the Output widget, which can hang a run",
    r"\binteract(ive)?\s*\(": "uses interact, which flickers and hides errors",
    r"https?://(?!127\.0\.0\.1|doi\.org/)": "names another host",
    r"(?<![\w.])(/home/|/Users/|[A-Za-z]:\\\\?Users)": "holds a path of one machine",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``"markdown"`` or ``"code"``, its text, and the tags of its source."""

    kind: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """How running one notebook went."""

    name: str
    ok: bool
    seconds: float
    said: str

    def __str__(self) -> str:
        return f"{'passed' if self.ok else 'FAILED'}  {self.name}  ({self.seconds:.0f} s)" + (
            "" if self.ok else f"\n{self.said}"
        )


def cells_of(source: Path) -> list[Cell]:
    """The cells of a source in percent format, without empty ones."""
    import jupytext

    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    return [
        Cell(cell.cell_type, cell.source, tuple(cell.metadata.get("tags", ())))
        for cell in notebook.cells
        if cell.source.strip()
    ]


def render_cells(cells: Sequence[Cell], name: str) -> bytes:
    """A notebook without outputs, as bytes."""
    written = []
    for index, one in enumerate(cells):
        mark = hashlib.sha256(f"{name}:{index}".encode()).hexdigest()[:8]
        cell: dict[str, Any] = {
            "cell_type": one.kind,
            "id": mark,
            "metadata": {"jupyter": {"source_hidden": True}} if HIDDEN in one.tags else {},
            "source": one.text.splitlines(keepends=True),
        }
        if one.kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        written.append(cell)
    notebook = {
        "cells": written,
        "metadata": {"kernelspec": _KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def run_notebook(
    content: bytes, name: str, *, timeout: int, environment: dict[str, str] | None = None
) -> Run:
    """Run a notebook in a process of its own, each cell within ``timeout`` seconds.

    A run that hangs is killed and tried once more, which is said; it is never waited for silently.
    """
    first = _run_once(content, name, timeout, environment)
    if first.ok or "time limit" not in first.said:
        return first
    second = _run_once(content, name, timeout, environment)
    said = f"{first.said}\n(second try: {second.said or 'passed'})"
    return Run(second.name, second.ok, first.seconds + second.seconds, said)


class SharedKernel:
    """One kernel for many notebooks, emptied in between: libraries are loaded once, variables and settings are not handed on.

    Each notebook gets a folder and an environment of its own. A cell that fails or takes too long ends its notebook; then the
    kernel is started anew, so that the next one begins clean.

    Examples
    --------
    >>> with SharedKernel() as kernel:
    ...     first = kernel.run(render_cells([Cell("code", "a = 1")], "one"), "one", timeout=60)
    ...     second = kernel.run(render_cells([Cell("code", "a")], "two"), "two", timeout=60)
    >>> first.ok, second.ok, "NameError" in second.said
    (True, False, True)
    """

    def __init__(self) -> None:
        self._manager: Any = None
        self._client: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def run(
        self, content: bytes, name: str, *, timeout: int, environment: Mapping[str, str] | None = None
    ) -> Run:
        """Run a notebook in this kernel, each cell within ``timeout`` seconds."""
        began = perf_counter()
        if self._client is None:
            self._start()
        with tempfile.TemporaryDirectory(prefix="ilp-lab-run-", ignore_cleanup_errors=True) as place:
            said = self._execute(_fresh(place, {**os.environ, **(environment or {})}), timeout)
            for number, cell in enumerate(json.loads(content)["cells"], start=1):
                if said:
                    break
                if cell["cell_type"] == "code":
                    told = self._execute("".join(cell["source"]), timeout)
                    said = f"cell {number}: {told}" if told else ""
            if said:
                self._stop()
            else:
                self._execute(_LEAVE, timeout)
        return Run(name, not said, perf_counter() - began, said)

    def _execute(self, code: str, timeout: int) -> str:
        """What went wrong, in words; nothing when all is well."""
        try:
            reply = self._client.execute_interactive(
                code, allow_stdin=False, timeout=timeout, output_hook=lambda _: None
            )["content"]
        except TimeoutError:
            return f"took longer than the time limit of {timeout} s"
        if reply["status"] == "ok":
            return ""
        told = "\n".join(reply.get("traceback", [reply["status"]]))
        return re.sub(r"\x1b\[[0-9;]*m", "", told).strip()[-2000:]

    def _start(self) -> None:
        from jupyter_client.manager import KernelManager

        self._manager = KernelManager(kernel_name="python3", transport="tcp" if os.name == "nt" else "ipc")
        self._manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=_START_LIMIT)

    def _stop(self) -> None:
        if self._client is not None:
            self._client.stop_channels()
            self._manager.shutdown_kernel(now=True)
            self._manager.cleanup_resources()
            self._manager = self._client = None


_LEAVE = "import os, tempfile; os.chdir(tempfile.gettempdir())"


def _fresh(place: str, environment: Mapping[str, str]) -> str:
    """Code that empties the kernel and puts it into a folder and an environment."""
    return (
        "get_ipython().run_line_magic('reset', '-f')\nimport os\n"
        f"os.environ.clear()\nos.environ.update({dict(environment)!r})\nos.chdir({place!r})\ndel os\n"
    )


def style_faults(cells: Sequence[Cell]) -> list[str]:
    """What breaks the house rules, in sentences; none when all is well."""
    faults = []
    prose = "\n".join(cell.text for cell in cells if cell.kind == "markdown")
    levels = [len(mark) for mark in re.findall(r"^(#{1,6}) ", prose, flags=re.MULTILINE)]
    if levels.count(1) != 1 or not cells or not cells[0].text.startswith("# "):
        faults.append("needs exactly one first-level heading, at its top.")
    faults.extend(
        f"heading level jumps from {above} to {below}."
        for above, below in pairwise(levels)
        if below > above + 1
    )
    if re.search(r"!\[\]\(", prose):
        faults.append("has a picture without alternative text.")
    for number, cell in enumerate(cells, start=1):
        if cell.kind == "code" and cell.text.count("\n") >= _LONGEST_CELL:
            faults.append(f"cell {number} is longer than {_LONGEST_CELL} lines.")
        faults.extend(
            f"cell {number} {why}."
            for pattern, why in _BANNED.items()
            if re.search(pattern, cell.text, flags=re.MULTILINE)
        )
    return faults


def _run_once(content: bytes, name: str, timeout: int, environment: dict[str, str] | None) -> Run:
    """Run a notebook in a process of its own, which can be killed whatever hangs in it."""
    began = perf_counter()
    with tempfile.TemporaryDirectory(prefix="ilp-lab-run-", ignore_cleanup_errors=True) as place:
        copy = Path(place) / f"{name}.ipynb"
        copy.write_bytes(content)
        command = [
            sys.executable,
            "-c",
            "from nbclient.cli import main; main()",
            f"--timeout={timeout}",
            str(copy),
        ]
        running = subprocess.Popen(
            command,
            cwd=place,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            _, told = running.communicate(timeout=timeout * _CELLS_AT_THE_LIMIT + _START_LIMIT)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            told = "CellTimeoutError"
        except BaseException:
            running.kill()
            running.communicate()
            raise
    return Run(name, running.returncode == 0, perf_counter() - began, _fault(told, timeout))


def _fault(told: str, timeout: int) -> str:
    if "CellTimeoutError" in told:
        return f"a cell took longer than the time limit of {timeout} s"
    return re.sub(r"\x1b\[[0-9;]*m", "", told).strip()[-2000:]
