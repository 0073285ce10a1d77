"""Workbooks of Excel: which sheet is read, and what is refused."""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from ilp_lab._memory import available
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ReadError
from ilp_lab.intake.files import Raw
from ilp_lab.intake.otherparts import one_of, others
from ilp_lab.intake.packed import check_zip
from ilp_lab.intake.text import from_cells

_OLD_OR_LOCKED = bytes.fromhex("d0cf11e0a1b11ae1")
_BLOCK = 1 << 20
_OVERLAP = 16
_BYTES_A_CELL = 56
_MEMORY_SHARE = 0.8
_ROW_OR_FAR_COLUMN = re.compile(
    rb" r=[\"'](\d{1,7}|[A-Z]{2,3})"
)  # begins with plain letters: four times as fast
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")


def read_workbook(path: Path, caller: str, sheet: str | int | None) -> Raw:
    """Read a sheet of a workbook: the one that was named, or of those that are shown the one most like a table.

    Raises
    ------
    ReadError
        In one sentence, with the fix.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    with path.open("rb") as file:
        if file.read(len(_OLD_OR_LOCKED)) == _OLD_OR_LOCKED:
            raise ReadError(
                f"{caller}: {path.name} has a password, or is an old workbook (.xls) inside. Open it in Excel and save it as .xlsx "
                "without a password."
            )
    if not any(name.startswith("xl/") for name in check_zip(path, caller)):
        raise ReadError(f"{caller}: {path.name} is not an Excel workbook inside. Save it again as .xlsx.")
    try:
        with CalamineWorkbook.from_path(path) as book:
            wanted = (
                book.sheet_names
                if sheet is None
                else [one_of(book.sheet_names, sheet, "sheet", path.name, caller)]
            )
            parts = _parts(path)
            for name in wanted:
                _check_extent(path, name, parts.get(name), caller)
            if sheet is None:
                rows, settings = _fullest(book, path.name)
            else:
                rows = book.get_sheet_by_name(wanted[0]).to_python(skip_empty_area=False)
                settings = {"sheet": (wanted[0], tr_later("named"))}
    except (CalamineError, IndexError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ReadError(
            f"{caller}: {path.name} cannot be opened as a workbook ({error}). Save it again as .xlsx."
        ) from error
    frame, how, lines = from_cells(rows, path.name, caller)
    return Raw(frame, path.name, {**settings, **how}, lines=lines)


def _fullest(book: Any, name: str) -> tuple[list[list[Any]], dict[str, tuple[str, str]]]:
    """The rows of the fullest table; one that is hidden only where no sheet that is shown holds anything."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    hidden = [one.name for one in sheets if one.visible != SheetVisibleEnum.Visible]
    best: tuple[tuple[bool, float], list[list[Any]], str] = ((False, -1.0), [], "")
    filled: dict[str, int] = {}
    for one in sheets:
        rows = book.get_sheet_by_name(one.name).to_python(skip_empty_area=False)
        filled[one.name] = max(sum(any(cell != "" for cell in row) for row in rows) - 1, 0)
        rank = (one.name not in hidden and bool(filled[one.name]), _filled(rows))
        if rank > best[0]:
            best = (rank, rows, one.name)
    _, rows, chosen = best
    why = tr("the fullest table of {n} sheets").format(n=len(sheets))
    return rows, {"sheet": (chosen, why), **others(name, chosen, filled, hidden)}


def _filled(rows: list[list[Any]]) -> float:
    """How much like a table a sheet is: its rows, times the share of filled cells in the first hundred."""
    head = rows[:100]
    cells = sum(len(row) for row in head)
    return float(len(rows)) * sum(bool(cell != "") for row in head for cell in row) / max(cells, 1)


def _parts(path: Path) -> dict[str, str]:
    """The part of the workbook in which each sheet is written, by the sheet's name, where that can be told."""
    with zipfile.ZipFile(path) as archive:
        there = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= there:
            return {}
        sheets = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace")
    target = {_said(one, "Id"): _said(one, "Target") for one in _RELATION.findall(relations)}
    found = {}
    for one in _SHEET.findall(sheets):
        place = target.get(_said(one, r"\w+:id"), "")
        member = place.lstrip("/") if place.startswith("/") else str(PurePosixPath("xl") / place)
        if member in there:
            found[_said(one, "name")] = member
    return found


def _said(element: str, attribute: str) -> str:
    match = re.search(rf"\s{attribute}\s*=\s*(\"[^\"]*\"|'[^']*')", element)
    return html.unescape(match[1][1:-1]) if match else ""


def _check_extent(path: Path, sheet: str, part: str | None, caller: str) -> None:
    """Refuse a sheet whose last cell is so far out that what lies between would fill the memory.

    The reader takes a place for every cell between the first and the last one, and ends the whole program where there is
    no room; what the sheet says of its own extent need not be true, so its rows and columns are looked at.
    """
    if part is None:
        return
    rows, column = _extent(path, part)
    needed = rows * _number(column) * _BYTES_A_CELL
    if needed > _MEMORY_SHARE * available():
        raise ReadError(
            f"{caller}: the cells of sheet {sheet!r} in {path.name} reach to row {rows:,} and column {column}, which do not fit "
            "into memory. Delete the rows and columns beyond the table (Ctrl+End goes to the last cell), or save it as csv."
        )


def _extent(path: Path, part: str) -> tuple[int, str]:
    """The last row of a sheet and its last column, at least Z."""
    rows, columns, rest = {b"0"}, {b"Z"}, b""
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        while block := file.read(_BLOCK):
            text = rest + block
            for blank in (b"\n", b"\t", b"\r"):
                if blank + b"r=" in text:
                    text = text.replace(blank, b" ")
            found = set(_ROW_OR_FAR_COLUMN.findall(text))
            columns |= {one for one in found if not one.isdigit()}
            rows = {max(rows | (found - columns), key=int)}
            rest = text[-_OVERLAP:]
    return int(rows.pop()), max(columns, key=lambda letters: (len(letters), letters)).decode()


def _number(letters: str) -> int:
    """Which column has these letters, from 1."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number
