"""How a text table is written, told from its beginning: encoding, line ends, delimiter, title, header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from ilp_lab._tongue import tr_later
from ilp_lab.errors import ReadError
from ilp_lab.intake.gaps import WORDS

SAMPLE = 1 << 18
_LINES = 1000
_ENOUGH = 1 << 17
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"\d{1,4}")
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*|\d{4}-\d\d")
_DELIMITERS = (",", ";", "\t", "|")
SAYS_DELIMITER = re.compile(r"sep=([,;\t|])", re.IGNORECASE)
_CONTROLS = bytes([*range(9), *range(14, 27)])
_HIGH = re.compile(rb"[\x80-\xff]+")
_UTF8_LETTERS = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
BEST = tr_later("fits the letters best; save the file as UTF-8 to be sure")


def single_byte_encoding(sample: bytes) -> str:
    """The encoding with one byte a letter that fits a text best; Western where several fit alike."""
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=["cp1252", "cp1250", "cp1251", "cp1253", "cp1254"]).best()
    western = sample.decode("cp1252", errors="replace")
    return "cp1252" if found is None or str(found) == western else str(found.encoding)


def _two_bytes_a_letter(sample: bytes) -> str:
    """UTF-16 without a byte order mark, told by where its empty bytes stand; empty for anything else."""
    pairs = len(sample) // 2
    empty = [sample[side::2].count(b"\0") for side in (0, 1)]
    if pairs < 2 or max(empty) < pairs / 4 or min(empty) > max(empty) / 50:
        return ""
    encoding = "utf-16-le" if empty[1] > empty[0] else "utf-16-be"
    text = sample[: 2 * pairs].decode(encoding, errors="replace")
    return "" if "\0" in text or "\ufffd" in text[:-1] else encoding


def encoding_of(sample: bytes, whole: bool, name: str, caller: str) -> tuple[str, str]:
    """The encoding of a file that begins like this, and from what that was told.

    Raises
    ------
    ReadError
        When it is no text.
    """
    if sample.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32", tr_later("byte order mark")
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", tr_later("byte order mark")
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig", tr_later("byte order mark")
    if wide := _two_bytes_a_letter(sample):
        return wide, tr_later("every second byte is empty")
    if (
        sample.count(b"\0")
        or len(sample[:4096]) - len(sample[:4096].translate(None, _CONTROLS)) > len(sample[:4096]) // 20
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
        return single_byte_encoding(sample[:200_000]), BEST
    return "utf-8", tr_later("every byte fits")


def preamble(rows: Sequence[Sequence[str]]) -> int:
    """How many rows above the header hold a title or a note.

    A note is one cell where the table below has more; or several, set apart by an empty row from a header that names every
    column, or followed by one that stands above numbers and dates.

    Examples
    --------
    >>> preamble([["Export of 3 May"], ["Source", "Target"], ["A", "B"], ["B", "C"]])
    1
    >>> preamble([["printed on", "2026", ""], ["", "", ""], ["Source", "Target", "n"], ["A", "B", "4"]])
    2
    >>> preamble([["Period", "May", ""], ["Source", "Target", "n"], ["A", "B", "4"], ["B", "C", "2"]])
    1
    """
    widths = [len(row) for row in rows[:60]]
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    full = [sum(bool(cell.strip()) for cell in row) for row in rows[:33]]
    for above in range(1, min(31, len(rows) - 2)):
        head = rows[above + 1]
        apart = full[above] == 0 and len(rows[above]) == common == full[above + 1]
        if apart and max(full[:above]) < common and has_header([list(head)]):
            return above + 1
        if max(full[:above]) < common == full[above] and _names_values(rows[above:60]):
            return above
    for above, row in enumerate(rows[:31]):
        filled = full[above]
        if not (len(row) == 1 < common or (filled <= 1 and common > 2)):
            return above if above < len(rows) - 1 else 0
    return 0


def first_lines(text: str, whole: bool, name: str, caller: str) -> tuple[list[str], list[int]]:
    """Lines that are not blank, at most a thousand, and at which line of the file each stands, from 0."""
    text = text.removeprefix("\ufeff")
    cut = text[:_ENOUGH]
    lines = _split(cut)
    if len(cut) < len(text) and len(lines) < _LINES:
        cut, lines = text, _split(text)
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


def _split(text: str) -> list[str]:
    """The lines of a text, whatever ends them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def lines_of_header(lines: list[str], delimiter: str) -> int:
    """How many lines the header takes."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    try:
        next(reader)
    except csv.Error:
        return 1
    return reader.line_num


def delimiter_of(lines: list[str]) -> str:
    """What stands between fields: that which gives most lines the same number of them."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in rows_of(lines[:60], delimiter)]
        common = max(set(widths), key=widths.count)
        return (widths.count(common) / len(widths) if common > 1 else 0.0, common)

    return max(_DELIMITERS, key=score)


def rows_of(lines: list[str], delimiter: str) -> list[list[str]]:
    """Lines as rows of fields."""
    csv.field_size_limit(max(SAMPLE, csv.field_size_limit()))  # an outline can fill the whole sample
    try:
        return list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    except csv.Error:
        return [line.split(delimiter) for line in lines]


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns: no numbers or dates in it and nothing twice, or rows below that show it.

    Words above columns of numbers and dates are names, also where one stands twice; above at least two of them, years and
    other whole numbers of the same row are names too.

    Examples
    --------
    >>> has_header([["lon", "lat", "note", "note"], ["16.3", "48.2", "a", "b"]])
    True
    >>> has_header([["16.3", "48.2", "a", "b"], ["16.4", "48.1", "a", "b"]])
    False
    """
    first = [cell.strip() for cell in rows[0]]
    measured = {at for at, cell in enumerate(first) if _is_value(cell)}
    filled = [cell for cell in first if cell]
    if not measured and len(set(filled)) == len(filled):
        return True
    named = _named_values(rows)
    if not measured:
        return named > 0
    whole = [first[at] for at in measured if _WHOLE.fullmatch(first[at])]
    return named > 1 and len(set(whole)) == len(measured)


def _names_values(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has a name for every column, numbers or dates below, and none of its own."""
    first = [cell.strip() for cell in rows[0]]
    return len(set(first)) == len(first) and not any(map(_is_value, first)) and _named_values(rows) > 0


def _named_values(rows: Sequence[Sequence[str]]) -> int:
    """How many words of the first row stand above a column of numbers and dates."""
    first = [cell.strip() for cell in rows[0]]
    words = [at for at, cell in enumerate(first) if cell and cell not in WORDS and not _is_value(cell)]
    return sum(_holds_values(rows[1:], at) for at in words)


def _is_value(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell.replace(",", ".")) or _DATE.fullmatch(cell))


def _holds_values(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column holds nothing but numbers and dates."""
    cells = [cell for row in rows if at < len(row) and (cell := row[at].strip()) and cell not in WORDS]
    return bool(cells) and all(map(_is_value, cells))


def column_names(cells: Sequence[str]) -> list[str]:
    """Column names: trimmed, never empty, never twice."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip().strip("\ufeff") or f"column_{number}"
        while name in names:
            name = f"{name}_{number}"
        names.append(name)
    return names
