"""The shipped notebooks: each has one source in percent format, from which the ``.ipynb`` is made.

The ``.ipynb`` are committed without outputs and byte for byte the same on every machine, so that a change of one
line is a change of one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ilp_lab._notebooks import Cell, Run, cells_of, render_cells, run_notebook, style_faults
from ilp_lab.cli.shipped import notebooks_folder
from ilp_lab.errors import InputError, ReadError
from ilp_lab.safeguards.writing import write_atomically


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
        faults.extend(f"{source.name}: {fault}" for fault in style_faults(_cells(source)))
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
    return render_cells(_cells(source), source.stem)


def execute(folder: Path | None = None, *, only: str | None = None, timeout: int = 120) -> Iterator[Run]:
    """Run the notebooks in a folder of their own, each cell within ``timeout`` seconds."""
    for source in named(_sources(folder), only):
        yield run_notebook(render(source), source.stem, timeout=timeout)


def named(sources: Sequence[Path], only: str | None) -> list[Path]:
    """The sources whose name contains ``only``; all when it is left out.

    Raises
    ------
    InputError
        When there is none.
    """
    found = [source for source in sources if not only or only in source.stem]
    if not found:
        raise InputError(
            f"--only {only}: no name contains that. There are: {', '.join(source.stem for source in sources)}."
        )
    return found


def _cells(source: Path) -> list[Cell]:
    try:
        return cells_of(source)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{source} is not text in UTF-8 (byte {error.start:,}); save it as UTF-8 in your editor."
        ) from error


def _sources(folder: Path | None) -> list[Path]:
    place = folder or notebooks_folder()
    found = sorted(place.glob("[0-9]*.py"))
    if not found:
        raise ReadError(f"{place} holds no notebook sources (files such as 00_start_here.py).")
    return found
