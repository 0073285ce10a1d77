"""Workbooks of Excel: which sheet is read, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ReadError
from ilp_lab.intake.files import Raw
from ilp_lab.intake.packed import check_zip
from ilp_lab.intake.text import from_cells


def read_workbook(path: Path, caller: str, sheet: str | int | None) -> Raw:
    """Read a sheet of a workbook: the one that was named, or the one that is most like a table.

    Raises
    ------
    ReadError
        In one sentence, with the fix.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    if not any(name.startswith("xl/") for name in check_zip(path, caller)):
        raise ReadError(f"{caller}: {path.name} is not an Excel workbook inside. Save it again as .xlsx.")
    try:
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            if isinstance(sheet, str) and sheet not in names:
                raise ReadError(f"{caller}: {path.name} has no sheet {sheet!r}; it has: {', '.join(names)}.")
            if sheet is None:
                rows, chosen = max(
                    ((book.get_sheet_by_name(name).to_python(skip_empty_area=False), name) for name in names),
                    key=lambda one: _filled(one[0]),
                )
            else:
                chosen = sheet if isinstance(sheet, str) else names[sheet]
                rows = book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise ReadError(
            f"{caller}: {path.name} cannot be opened as a workbook ({error}). Save it again as .xlsx."
        ) from error
    frame, settings, lines = from_cells(rows, path.name, caller)
    why = (
        tr_later("named") if sheet is not None else tr("the fullest table of {n} sheets").format(n=len(names))
    )
    return Raw(frame, path.name, {"sheet": (chosen, why), **settings}, lines=lines)


def _filled(rows: list[list[Any]]) -> float:
    """How much like a table a sheet is: its rows, times the share of filled cells in the first hundred."""
    head = rows[:100]
    cells = sum(len(row) for row in head)
    return float(len(rows)) * sum(bool(cell != "") for row in head for cell in row) / max(cells, 1)
