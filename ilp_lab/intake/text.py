"""Text tables: encoding, delimiter, line ends and header worked out, then read with types in one pass."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr_later
from ilp_lab.errors import ReadError
from ilp_lab.intake.faithful import line_numbers, mended, needs_counting, numbers_of
from ilp_lab.intake.files import Raw
from ilp_lab.intake.framing import to_frame
from ilp_lab.intake.roles import plain

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

SAMPLE = 1 << 18
BLOCK = 1 << 21
_TYPED_FROM = 500
_LINES = 1000
_ENOUGH = 1 << 17
NULLS = ["", "NULL", "null", "NaN", "nan", "N/A", "#N/A"]
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LEADING_ZERO = re.compile(r"[+-]?0\d")
_DIGITS = re.compile(r"-?\d+")
_DIGIT_E_DIGIT = re.compile(r"\d+[eE]\d+")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|\d{4}-\d\d")
_DELIMITERS = (",", ";", "\t", "|")
_SAYS_DELIMITER = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+")
_UTF8_LETTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BEST = tr_later("fits the letters best; save the file as UTF-8 to be sure")
_NOT_UTF8 = re.compile(r"invalid UTF8|Expected \d+ columns")
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
    encoding, why_encoding = _encoding(sample, whole, name, caller)
    lines, at_line = _lines(sample.decode(encoding, errors="replace"), whole, name, caller)
    delimiter = _delimiter(lines)
    said = _SAYS_DELIMITER.fullmatch(lines[0].strip('" '))
    if said and len(lines) > 1:
        delimiter, lines, at_line = said[1], lines[1:], at_line[1:]
    above = preamble(_rows(lines, delimiter))
    lines, before = lines[above:], at_line[above]
    rows = _rows(lines, delimiter)
    header = _has_header(rows) if headed is None else headed
    names = _names(rows[0] if header else [f"column_{number}" for number in range(1, len(rows[0]) + 1)])
    if header and len(rows) == 1 and whole:
        raise ReadError(f"{caller}: {name} has a header and no rows. Export it again.")
    types = _types(names, (rows[1:] if header else rows)[:_TYPED_FROM], set(few_valued), set(as_text))
    how = _How(encoding, why_encoding, delimiter, before + (_first_record(lines, delimiter) if header else 0))
    how.spanning = any(line.count('"') % 2 for line in lines)
    table, bad, content = _parse(content, name, caller, how, names, types)
    at = None
    if needs_counting(table, bad):
        table, bad, at = _counted(content, name, caller, how, names, table, bad)
    elif how.skip != 1:
        at = np.arange(how.skip + 1, how.skip + 1 + table.num_rows)
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
        settings["header"] = (f"line {before + 1}", "the lines above it hold a title, not a table")
    return Raw(to_frame(_numbered(table, types)), name, settings, tuple(bad), at)


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
    for at, name in enumerate(table.column_names):
        if types.get(name) == _WHOLE:
            table = table.set_column(at, name, numbers_of(table.column(at)))
    return table


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
    header = _has_header(texts)
    if header and len(filled) == 1:
        raise ReadError(f"{caller}: {name} has a header and no rows. Export it again.")
    names = _names(texts[0] if header else [f"column_{number}" for number in range(1, len(filled[0]) + 1)])
    body = filled[1:] if header else filled
    frame = pd.DataFrame([[None if cell == "" else cell for cell in row] for row in body], columns=names)
    settings = (
        {} if header else {"header": ("none", "the first row already holds values, so columns are numbered")}
    )
    if header and above:
        settings["header"] = (f"row {numbers[0] + 1}", "the rows above it hold a title, not a table")
    return frame.infer_objects(), settings, np.array(numbers[int(header) :], np.int64) + 1


def _sample(content: Path | bytes) -> tuple[bytes, bool]:
    """The beginning, and whether that is all."""
    if isinstance(content, bytes):
        return content[:SAMPLE], len(content) <= SAMPLE
    with content.open("rb") as file:
        sample = file.read(SAMPLE)
        return sample, not file.read(1)


def single_byte_encoding(sample: bytes) -> str:
    """The encoding with one byte a letter that fits a text best; Western where several fit alike."""
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "cp1254"]).best()
    western = sample.decode("cp1252", errors="replace")
    return "cp1252" if found is None or str(found) == western else str(found.encoding)


def _encoding(sample: bytes, whole: bool, name: str, caller: str) -> tuple[str, str]:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", tr_later("byte order mark")
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", tr_later("byte order mark")
    if (
        sample.count(b"\0")
        or sum(byte < 9 or 13 < byte < 27 for byte in sample[:4096]) > len(sample[:4096]) // 20
    ):
        raise ReadError(
            f"{caller}: {name} is not a text table inside (it holds binary data). Export it as csv."
        )
    try:
        cut = sample if whole else sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1] or sample[:-4]
        cut.decode("utf-8")
    except UnicodeDecodeError:
        if sum(map(len, _UTF8_LETTERS.findall(sample))) > 0.5 * sum(map(len, _HIGH.findall(sample))):
            return "utf-8", tr_later("nearly every byte fits")
        return single_byte_encoding(sample[:200_000]), _BEST
    return "utf-8", tr_later("every byte fits")


def preamble(rows: Sequence[Sequence[str]]) -> int:
    """How many rows above the header hold a title or a note.

    A note is one cell where the table below has more; or several, set apart by an empty row from a header that names every column.

    Examples
    --------
    >>> preamble([["Export of 3 May"], ["Source", "Target"], ["A", "B"], ["B", "C"]])
    1
    >>> preamble([["printed on", "2026", ""], ["", "", ""], ["Source", "Target", "n"], ["A", "B", "4"]])
    2
    """
    widths = [len(row) for row in rows[:60]]
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    full = [sum(bool(cell.strip()) for cell in row) for row in rows[:33]]
    for above in range(1, min(31, len(rows) - 2)):
        head = rows[above + 1]
        apart = full[above] == 0 and len(rows[above]) == common == full[above + 1]
        if apart and max(full[:above]) < common and _has_header([list(head)]):
            return above + 1
    for above, row in enumerate(rows[:31]):
        filled = full[above]
        if not (len(row) == 1 < common or (filled <= 1 and common > 2)):
            return above if above < len(rows) - 1 else 0
    return 0


def _lines(text: str, whole: bool, name: str, caller: str) -> tuple[list[str], list[int]]:
    """Lines that are not blank, at most a thousand, and at which line of the file each stands, from 0."""
    text = text.removeprefix("\ufeff")
    cut = text[:_ENOUGH]
    lines = re.split(r"\r\n|\n|\r", cut)
    if len(cut) < len(text) and len(lines) < _LINES:
        cut, lines = text, re.split(r"\r\n|\n|\r", text)
    if not whole or len(cut) < len(text):
        lines = lines[:-1]
    if not lines:
        raise ReadError(
            f"{caller}: the first line of {name} is longer than {SAMPLE // 1000} kB, so it is not a table with one record a line."
        )
    before = next((at for at, line in enumerate(lines) if line.strip()), None)
    if before is None:
        raise ReadError(f"{caller}: {name} holds only blank lines. Export it again.")
    filled = [at for at in range(before, min(before + _LINES, len(lines))) if lines[at].strip()]
    return [lines[at] for at in filled], filled


def _first_record(lines: list[str], delimiter: str) -> int:
    """How many lines the header takes."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    try:
        next(reader)
    except csv.Error:
        return 1
    return reader.line_num


def _delimiter(lines: list[str]) -> str:
    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in _rows(lines[:60], delimiter)]
        common = max(set(widths), key=widths.count)
        return (widths.count(common) / len(widths) if common > 1 else 0.0, common)

    return max(_DELIMITERS, key=score)


def _rows(lines: list[str], delimiter: str) -> list[list[str]]:
    csv.field_size_limit(max(SAMPLE, csv.field_size_limit()))  # an outline can fill the whole sample
    try:
        return list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def _has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: no numbers or dates in it, and nothing twice."""
    first = [cell.strip() for cell in rows[0]]
    values = [cell for cell in first if _NUMBER.fullmatch(cell.replace(",", ".")) or _DATE.fullmatch(cell)]
    return not values and len(set(filter(None, first))) == len(list(filter(None, first)))


def _names(cells: Sequence[str]) -> list[str]:
    """Column names: trimmed, never empty, never twice."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip().strip("\ufeff") or f"column_{number}"
        while name in names:
            name = f"{name}_{number}"
        names.append(name)
    return names


def _types(
    names: list[str], rows: list[list[str]], few_valued: set[str], as_text: set[str]
) -> dict[str, Any]:
    """A type for every column, from the sample: numbers, ISO times, text; text wherever there is doubt."""
    import pyarrow as pa

    types = {}
    for at, name in enumerate(names):
        cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip() not in NULLS]
        types[name] = pa.string()
        if not cells:
            continue
        if plain(name) in few_valued and len(cells) > 100 and len(set(cells)) < len(cells) / 4:
            types[name] = pa.dictionary(pa.int32(), pa.string())
            continue
        if plain(name) in as_text:
            continue
        if _every(_NUMBER, cells):
            if any(_LEADING_ZERO.match(cell) or len(cell) > 15 for cell in cells):
                continue
            if _every(_DIGITS, cells):
                types[name] = _WHOLE
            elif not _every(_DIGIT_E_DIGIT, cells):
                types[name] = pa.float64()
        elif _every(_ISO, cells):
            types[name] = pa.timestamp("s")
    return types


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

    types = {column: pa.string() if kind == _WHOLE else kind for column, kind in types.items()}
    for _ in range(len(types) + 4):
        bad: list[str] = []

        def keep(row: Any, bad: list[str] = bad) -> str:
            bad.append(str(row.text)[:500])
            return "skip"

        try:
            with _undecodable_rows_in_silence():
                table = arrow.read_csv(
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
                        column_types=types, null_values=NULLS, strings_can_be_null=True
                    ),
                )
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
    if column and types[names[int(column[1])]] != pa.string():
        return {**types, names[int(column[1])]: pa.string()}
    if "out of sync" in said and not how.spanning:
        how.spanning = True
        return types
    if "straddling" in said or "block" in said or "out of sync" in said:
        raise ReadError(
            f"{caller}: a line of {name} is longer than {BLOCK // 1_000_000} MB, or a quotation mark is never closed. "
            "Open it in an editor and mend that line."
        ) from error
    raise ReadError(f"{caller}: {name} cannot be read as a table ({said[:160]}).") from error
