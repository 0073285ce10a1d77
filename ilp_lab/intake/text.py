"""Text tables: encoding, delimiter, line ends and header worked out, then read with types in one pass."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ReadError
from ilp_lab.intake import gaps
from ilp_lab.intake.faithful import line_numbers, mended, needs_counting, numbers_of
from ilp_lab.intake.files import Raw
from ilp_lab.intake.framing import counted, to_frame
from ilp_lab.intake.layout import (
    NUMBER,
    SAMPLE,
    SAYS_DELIMITER,
    column_names,
    delimiter_of,
    encoding_of,
    first_lines,
    has_header,
    lines_of_header,
    preamble,
    rows_of,
)
from ilp_lab.intake.quoting import refuse_swallowed_rows
from ilp_lab.intake.roles import plain

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

BLOCK = 1 << 21
_TYPED_FROM = 500
_EXACT_DIGITS = 15
_PREAMBLE = 64
_LEADING_ZERO = re.compile(r"[+-]?0\d")
_DIGITS = re.compile(r"-?\d+")
_DIGIT_E_DIGIT = re.compile(r"\d+[eE]\d+")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
_NOT_UTF8 = re.compile(r"[iI]nvalid UTF8|Expected \d+ columns")
_WHOLE = "whole numbers, if no digit is lost"


@dataclass
class _How:
    """How a text table is written.

    Attributes
    ----------
    encoding, why
        Its encoding, and from what that was told.
    delimiter
        Between fields.
    skip
        Lines before the first row of values.
    spanning
        Whether values hold line ends.
    said
        The encoding the file is in where it was read as another one; empty where they are the same.
    """

    encoding: str
    why: str
    delimiter: str
    skip: int
    spanning: bool = False
    said: str = ""


def read_text(
    content: Path | bytes,
    name: str,
    *,
    caller: str,
    few_valued: Sequence[str],
    as_text: Sequence[str],
    headed: bool | None,
) -> Raw:
    """Read a text table.

    Parameters
    ----------
    content
        A file, or its unpacked bytes.
    name
        Its name, for people.
    caller
        Named in errors.
    few_valued
        Names (without case, blanks and punctuation) of columns that hold few different texts, read as categories.
    as_text
        Names of columns that hold codes or names, so that ``007`` and ``12.10`` stay what they are.
        In other columns whole numbers with a zero in front stay text too; a column that begins with decimals is a
        measurement, of which the values are kept and not how they are written.
    headed
        Whether the first line names the columns; worked out when ``None``.
    """
    sample, whole = _sample(content)
    encoding, why_encoding = encoding_of(sample, whole, name, caller)
    lines, at_line = first_lines(sample.decode(encoding, errors="replace"), whole, name, caller)
    delimiter = delimiter_of(lines)
    said = SAYS_DELIMITER.fullmatch(lines[0].strip('" '))
    if said and len(lines) > 1:
        delimiter, lines, at_line = said[1], lines[1:], at_line[1:]
    spanning = any(line.count('"') % 2 for line in lines)
    above = preamble(rows_of(lines if spanning else lines[:_PREAMBLE], delimiter))
    lines, before = lines[above:], at_line[above]
    rows = rows_of(lines if spanning else lines[: _TYPED_FROM + 1], delimiter)
    header = has_header(rows) if headed is None else headed
    names = column_names(rows[0] if header else [f"column_{number}" for number in range(1, len(rows[0]) + 1)])
    if header and len(rows) == 1 and whole:
        raise ReadError(f"{caller}: {name} has a header and no rows. Export it again.")
    ends_in_delimiter = header and _ends_in_delimiter(rows, len(names))
    if ends_in_delimiter:
        names = column_names([*rows[0], f"column_{len(names) + 1}"])
    types = _types(names, (rows[1:] if header else rows)[:_TYPED_FROM], set(few_valued), set(as_text))
    skip = before + (lines_of_header(lines, delimiter) if header else 0)
    how = _How(encoding, why_encoding, delimiter, skip, spanning)
    table, bad, content = _parse(content, name, caller, how, names, types)
    at = None
    if needs_counting(table, bad):
        table, bad, at = _counted(content, name, caller, how, names, table, bad)
    elif how.skip != 1:
        at = counted(how.skip + 1, table.num_rows)
    if bad and not table.num_rows:
        raise ReadError(
            f"{caller}: no line of {name} has the {len(names)} fields that its first line names; one begins with {bad[0][:60]!r}. "
            "Export it again with a name for each column."
        )
    refuse_swallowed_rows(table, bad, types, delimiter, name, caller)
    encoding, why_encoding = how.said or how.encoding, how.why
    settings = {
        "encoding": (encoding, why_encoding),
        "delimiter": (
            {"\t": "tab"}.get(delimiter, delimiter),
            tr_later("gives every line the same number of fields"),
        ),
    }
    if not header:
        settings["header"] = (
            "none",
            tr_later("the first line already holds values, so columns are numbered"),
        )
    elif above:
        settings["header"] = (
            tr("line {n:,}").format(n=before + 1),
            tr_later("the lines above it hold a title, not a table"),
        )
    if ends_in_delimiter and table.column(names[-1]).null_count == table.num_rows:
        table = table.drop_columns(names[-1])
    return Raw(to_frame(_numbered(table, types)), name, settings, tuple(bad), at)


def _ends_in_delimiter(rows: list[list[str]], named: int) -> bool:
    """Whether every line of values, unlike the header, ends in a delimiter with nothing behind it."""
    return len(rows) > 1 and all(len(row) == named + 1 and not row[-1].strip() for row in rows[1:])


def _counted(
    content: Path | bytes,
    name: str,
    caller: str,
    how: _How,
    names: list[str],
    table: pa.Table,
    bad: list[str],
) -> tuple[pa.Table, list[str], NDArray[np.int64] | None]:
    """The table without its blank lines, and the line of the file on which each row begins."""
    types = {field.name: field.type for field in table.schema}
    if len(bad) > 1:  # threads report them in any order
        table, bad, content = _parse(content, name, caller, how, names, types, threads=False)
    found = line_numbers(content, how.encoding, how.delimiter, skip=how.skip, width=len(names))
    if found is None or len(found[0]) != table.num_rows:
        table, bad, _ = _parse(content, name, caller, how, names, types, blank_lines=False, threads=False)
        return table, bad, None
    at, blank = found
    return (table.filter(~blank), bad, at[~blank]) if blank.any() else (table, bad, at)


def _numbered(table: pa.Table, types: dict[str, Any]) -> pa.Table:
    """The columns that were read as text to see their digits, as numbers where none is lost."""
    import pyarrow as pa

    columns = [
        numbers_of(column) if types.get(name) == _WHOLE else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, names=table.column_names)


def from_cells(
    rows: list[list[Any]], name: str, caller: str
) -> tuple[pd.DataFrame, dict[str, tuple[str, str]], NDArray[np.int64]]:
    """A table from the cells of a sheet, and the sheet's row of each of its rows."""
    import pandas as pd

    numbers = [at for at, row in enumerate(rows) if any(cell not in ("", None) for cell in row)]
    if not numbers:
        raise ReadError(f"{caller}: {name} has no filled cells on that sheet; name another with sheet=.")
    left = min(next(at for at, cell in enumerate(rows[row]) if cell not in ("", None)) for row in numbers)
    filled = [rows[row][left:] for row in numbers]
    texts = [["" if cell is None else str(cell) for cell in row] for row in filled[:60]]
    above = preamble(texts)
    numbers, filled, texts = numbers[above:], filled[above:], texts[above:]
    header = has_header(texts)
    if header and len(filled) == 1:
        raise ReadError(f"{caller}: {name} has a header and no rows. Export it again.")
    names = column_names(
        texts[0] if header else [f"column_{number}" for number in range(1, len(filled[0]) + 1)]
    )
    body = filled[1:] if header else filled
    frame = pd.DataFrame([[None if cell == "" else cell for cell in row] for row in body], columns=names)
    settings = (
        {}
        if header
        else {"header": ("none", tr_later("the first row already holds values, so columns are numbered"))}
    )
    if header and above:
        settings["header"] = (
            tr("row {n:,}").format(n=numbers[0] + 1),
            tr_later("the rows above it hold a title, not a table"),
        )
    return frame.infer_objects(), settings, np.array(numbers[int(header) :], np.int64) + 1


def _sample(content: Path | bytes) -> tuple[bytes, bool]:
    """The beginning, and whether that is all."""
    if isinstance(content, bytes):
        return content[:SAMPLE], len(content) <= SAMPLE
    with content.open("rb") as file:
        sample = file.read(SAMPLE)
        return sample, not file.read(1)


def _types(
    names: list[str], rows: list[list[str]], few_valued: set[str], as_text: set[str]
) -> dict[str, Any]:
    """A type for every column, from the sample: numbers, ISO times, text; text wherever there is doubt."""
    import pyarrow as pa

    types, none = {}, frozenset(gaps.WORDS)
    for at, name in enumerate(names):
        cells = [cell for row in rows if at < len(row) and (cell := row[at].strip()) not in none]
        types[name] = pa.large_string()
        if not cells:
            continue
        if plain(name) in few_valued and len(cells) > 100 and len(set(cells)) < len(cells) / 4:
            types[name] = pa.dictionary(pa.int32(), pa.string())
            continue
        if plain(name) in as_text:
            continue
        if _every(NUMBER, cells):
            if any(_LEADING_ZERO.match(cell) or not _is_exact(cell) for cell in cells):
                continue
            if _every(_DIGITS, cells):
                types[name] = _WHOLE
            elif not _every(_DIGIT_E_DIGIT, cells):
                types[name] = pa.float64()
        elif _every(_ISO, cells):
            types[name] = pa.timestamp("s")
    return types


def _is_exact(cell: str) -> bool:
    """Whether a number can be written again from what is kept of it."""
    if "." in cell:
        return len(cell) <= _EXACT_DIGITS + 1 or repr(float(cell)) == cell
    return len(cell) <= _EXACT_DIGITS


def _every(way: re.Pattern[str], cells: list[str]) -> bool:
    return all(map(way.fullmatch, cells))


def _parse(
    content: Path | bytes,
    name: str,
    caller: str,
    how: _How,
    names: list[str],
    types: dict[str, Any],
    *,
    blank_lines: bool = True,
    threads: bool = True,
) -> tuple[pa.Table, list[str], Path | bytes]:
    """Read everything with the types of the sample; a column that turns out otherwise is read again as text."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    types = {column: pa.large_string() if kind == _WHOLE else kind for column, kind in types.items()}
    for _ in range(len(types) + 4):
        bad: list[str] = []

        def keep(row: Any, bad: list[str] = bad) -> str:
            bad.append(str(row.text)[:500])
            return "skip"

        try:
            with _undecodable_rows_in_silence():
                read = arrow.read_csv(
                    io.BytesIO(content) if isinstance(content, bytes) else content,
                    read_options=arrow.ReadOptions(
                        column_names=names,
                        skip_rows=how.skip,
                        encoding=how.encoding.removesuffix("-sig"),
                        block_size=BLOCK,
                        use_threads=threads,
                    ),
                    parse_options=arrow.ParseOptions(
                        delimiter=how.delimiter,
                        invalid_row_handler=keep,
                        newlines_in_values=how.spanning,
                        ignore_empty_lines=not blank_lines,
                    ),
                    convert_options=arrow.ConvertOptions(
                        column_types=types, null_values=gaps.WORDS, check_utf8=False
                    ),
                )
            table = gaps.marked(read)
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            if _NOT_UTF8.search(str(error)) and how.encoding in ("utf-8", "utf-8-sig"):
                content, how.said, how.why = mended(content)
                continue
            types = _after(error, name, caller, how, names, types)
        else:
            return table, bad, content
    raise ReadError(f"{caller}: {name} cannot be read as a table; save it again as csv with UTF-8.")


@contextmanager
def _undecodable_rows_in_silence() -> Iterator[None]:
    """Keep the reader from printing a traceback for a row that is too long and not UTF-8: it is read again, mended."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda said: None if said.exc_type is UnicodeDecodeError else before(said)
    try:
        yield
    finally:
        sys.unraisablehook = before


def _after(
    error: Exception, name: str, caller: str, how: _How, names: list[str], types: dict[str, Any]
) -> dict[str, Any]:
    """What to try next after an error; raises when there is nothing."""
    import pyarrow as pa

    said = str(error)
    column = re.search(r"column #(\d+)", said)
    if isinstance(error, UnicodeDecodeError) and how.encoding != "latin-1":
        how.encoding, how.why = (
            "latin-1",
            tr_later("the only one in which every byte is a letter; look at the texts"),
        )
        return types
    if column and types[names[int(column[1])]] != pa.large_string():
        return {**types, names[int(column[1])]: pa.large_string()}
    if "out of sync" in said and not how.spanning:
        how.spanning = True
        return types
    if "straddling" in said or "block" in said or "out of sync" in said:
        raise ReadError(
            f"{caller}: a line of {name} is longer than {BLOCK // 1_000_000} MB, or a quotation mark is never closed. "
            "Open it in an editor and mend that line."
        ) from error
    raise ReadError(f"{caller}: {name} cannot be read as a table ({said[:160]}).") from error
