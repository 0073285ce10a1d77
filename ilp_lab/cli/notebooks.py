"""Notebooks as text: each has one source in percent format, from which the ``.ipynb`` is made.

The ``.ipynb`` are committed without outputs and byte for byte the same on every machine, so that a change of one
line is a change of one line.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any

from ilp_lab.cli.shipped import notebooks_folder
from ilp_lab.errors import ReadError
from ilp_lab.safeguards.writing import write_atomically

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_LONGEST_CELL = 25
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


def build(folder: Path | None = None) -> list[Path]:
    """Write every notebook from its source; returns those that changed."""
    changed = []
    for source in _sources(folder):
        target = source.with_suffix(".ipynb")
        content = render(source)
        if not target.exists() or target.read_bytes() != content:
            write_atomically(target, content)
            changed.append(target)
    return changed


def check(folder: Path | None = None) -> list[str]:
    """Faults of the notebooks, in sentences; none when all is well."""
    faults = []
    sources = _sources(folder)
    for source in sources:
        target = source.with_suffix(".ipynb")
        if not target.exists():
            faults.append(f"{source.name}: {target.name} is missing; run 'ilp-lab notebooks build'.")
        elif target.read_bytes() != render(source):
            faults.append(f"{source.name}: {target.name} is not in step; run 'ilp-lab notebooks build'.")
        faults.extend(f"{source.name}: {fault}" for fault in _style_faults(_cells(source)))
    expected = {source.with_suffix(".ipynb").name for source in sources}
    place = folder or notebooks_folder()
    faults.extend(
        f"{stray.name}: has no source beside it."
        for stray in sorted(place.glob("*.ipynb"))
        if stray.name not in expected
    )
    return faults


def render(source: Path) -> bytes:
    """The notebook of a source, as bytes."""
    cells = []
    for index, (kind, text) in enumerate(_cells(source)):
        mark = hashlib.sha256(f"{source.stem}:{index}".encode()).hexdigest()[:8]
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": mark,
            "metadata": {},
            "source": text.splitlines(keepends=True),
        }
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells.append(cell)
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": _KERNEL, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def execute(folder: Path | None = None, *, only: str | None = None, timeout: int = 120) -> Iterator[Run]:
    """Run the notebooks in a folder of their own, each cell within ``timeout`` seconds.

    A run that hangs is killed and tried once more, which is said; it is never waited for silently.
    """
    for source in _sources(folder):
        if only and only not in source.stem:
            continue
        first = _run_once(source, timeout)
        if first.ok or "time limit" not in first.said:
            yield first
            continue
        second = _run_once(source, timeout)
        said = f"{first.said}\n(second try: {second.said or 'passed'})"
        yield Run(second.name, second.ok, first.seconds + second.seconds, said)


def _run_once(source: Path, timeout: int) -> Run:
    """Run a notebook in a process of its own, which can be killed whatever hangs in it."""
    began = perf_counter()
    with tempfile.TemporaryDirectory(prefix="ilp-lab-run-", ignore_cleanup_errors=True) as place:
        copy = Path(place) / f"{source.stem}.ipynb"
        copy.write_bytes(render(source))
        command = [
            sys.executable,
            "-c",
            "from nbclient.cli import main; main()",
            f"--timeout={timeout}",
            str(copy),
        ]
        running = subprocess.Popen(
            command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
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
    return Run(source.stem, running.returncode == 0, perf_counter() - began, _fault(told, timeout))


def _fault(told: str, timeout: int) -> str:
    if "CellTimeoutError" in told:
        return f"a cell took longer than the time limit of {timeout} s"
    return re.sub(r"\x1b\[[0-9;]*m", "", told).strip()[-2000:]


def _sources(folder: Path | None) -> list[Path]:
    place = folder or notebooks_folder()
    found = sorted(place.glob("[0-9]*.py"))
    if not found:
        raise ReadError(f"{place} holds no notebook sources (files such as 00_start_here.py).")
    return found


def _cells(source: Path) -> list[tuple[str, str]]:
    import jupytext

    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    return [(cell.cell_type, cell.source) for cell in notebook.cells if cell.source.strip()]


def _style_faults(cells: list[tuple[str, str]]) -> list[str]:
    faults = []
    prose = "\n".join(text for kind, text in cells if kind == "markdown")
    levels = [len(mark) for mark in re.findall(r"^(#{1,6}) ", prose, flags=re.MULTILINE)]
    if levels.count(1) != 1 or not cells or not cells[0][1].startswith("# "):
        faults.append("needs exactly one first-level heading, at its top.")
    faults.extend(
        f"heading level jumps from {above} to {below}."
        for above, below in pairwise(levels)
        if below > above + 1
    )
    if re.search(r"!\[\]\(", prose):
        faults.append("has a picture without alternative text.")
    for number, (kind, text) in enumerate(cells, start=1):
        if kind == "code" and text.count("\n") >= _LONGEST_CELL:
            faults.append(f"cell {number} is longer than {_LONGEST_CELL} lines.")
        faults.extend(
            f"cell {number} {why}."
            for pattern, why in _BANNED.items()
            if re.search(pattern, text, flags=re.MULTILINE)
        )
    return faults
