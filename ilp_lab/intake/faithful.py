"""What a fast reader would lose, kept: digits of codes, numbers of lines, letters of mixed encodings."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import trn
from ilp_lab.intake.layout import BEST, single_byte_encoding
from ilp_lab.intake.letters import holds, texts_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_EXACT = 2**53
_EXACT_DIGITS = 15
_ODD_LINES = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")


def numbers_of(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts as numbers where no digit is lost by it; otherwise the texts.

    ``"007"`` and ``"7"`` are different codes, so a column that holds the first stays text.

    Examples
    --------
    >>> import pyarrow as pa
    >>> numbers_of(pa.chunked_array([["7", "12", None]])).to_pylist()
    [7, 12, None]
    >>> numbers_of(pa.chunked_array([["007", "7"]])).to_pylist()
    ['007', '7']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = texts
    for kind in (pa.int64(), pa.float64()):
        try:
            values = pc.cast(trimmed, kind)
        except pa.ArrowInvalid:
            trimmed = pc.utf8_trim_whitespace(texts)
            try:
                values = pc.cast(trimmed, kind)
            except pa.ArrowInvalid:
                continue
        if kind == pa.int64():
            return values if _same_length(trimmed, values) and _fits_floats(values) else texts
        return values if _nothing_lost(trimmed, values) else texts
    return texts


def _nothing_lost(texts: pa.ChunkedArray, values: pa.ChunkedArray) -> bool:
    """Whether numbers with a point still tell apart, and can write again, what the texts said."""
    import pyarrow.compute as pc

    if pc.any(pc.match_substring_regex(texts, r"^(?:\+|-?0\d|-0+$)")).as_py():
        return False
    if int(pc.max(pc.binary_length(texts)).as_py() or 0) > _EXACT_DIGITS:
        return False
    return bool(pc.count_distinct(texts).as_py() == pc.count_distinct(values).as_py())


def _same_length(texts: pa.ChunkedArray, values: pa.ChunkedArray) -> bool:
    """Whether writing the numbers gives texts as long as those read: no leading zero, no sign lost."""
    import pyarrow.compute as pc

    whole = values.drop_null().to_numpy()
    if not len(whole):
        return False
    steps = 10 ** np.arange(1, 19, dtype=np.uint64)
    size = np.where(whole < 0, -(whole + 1), whole).astype(np.uint64) + (whole < 0).astype(np.uint64)
    written = np.searchsorted(steps, size, side="right") + 1 + (whole < 0)
    return int(written.sum()) == int(pc.sum(pc.binary_length(texts)).as_py())


def _fits_floats(values: pa.ChunkedArray) -> bool:
    """Whether the column survives a table in which gaps make it one of floats."""
    import pyarrow.compute as pc

    if not values.null_count:
        return True
    ends = pc.min_max(values).as_py()
    return bool(ends["min"] > -_EXACT and ends["max"] < _EXACT)


def needs_counting(table: pa.Table, bad: list[str]) -> bool:
    """Whether rows may not stand one to a line: bad lines, blank lines, or values that span lines."""
    if bad or (table.num_columns and all(column.null_count for column in table.columns)):
        return True
    return any(texts is not None and holds(texts, b"\n") for texts in map(texts_of, table.columns))


def line_numbers(
    content: Path | bytes, encoding: str, delimiter: str, *, skip: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
    """The line on which each record of the right width begins, and which of them are blank lines.

    A second, slow reading, needed only where records do not stand one to a line. ``None`` when it cannot be told.
    """
    raw = content if isinstance(content, bytes) else content.read_bytes()
    text = raw.decode(encoding, errors="replace")
    source = io.StringIO(text, newline="")
    for _ in range(skip):
        _physical_line(source)
    reader = csv.reader(source, delimiter=delimiter)
    starts, blank, before = [], [], 0
    try:
        for record in reader:
            if not record or len(record) == width:
                starts.append(skip + before + 1)
                blank.append(not record)
            before = reader.line_num
    except csv.Error:
        return None
    return np.array(starts, np.int64), np.array(blank, bool)


def _physical_line(source: io.StringIO) -> None:
    """Move past one line, whatever ends it."""
    while letter := source.read(1):
        if letter == "\n":
            return
        if letter == "\r":
            at = source.tell()
            if source.read(1) != "\n":
                source.seek(at)
            return


def mended(content: Path | bytes) -> tuple[bytes, str, str]:
    """The content as UTF-8 when its beginning looked like it and the rest is not; with the encoding and why.

    Lines that are UTF-8 stay as they are; in a mixed file only the letters that cannot be are read as Western ones.
    """
    raw = content if isinstance(content, bytes) else content.read_bytes()
    odd = _ODD_LINES.findall(raw)
    good = sum(_is_utf8(line) for line in odd)
    if good:
        text = raw.decode("utf-8", errors="surrogateescape")
        text = re.sub("[\udc80-\udcff]", _western_letter, text)
        why = trn(
            "{n:,} line is not UTF-8; its odd letters were read as cp1252, check them",
            "{n:,} lines are not UTF-8; their odd letters were read as cp1252, check them",
            len(odd) - good,
        ).format(n=len(odd) - good)
        return text.encode(), "utf-8", why
    encoding = single_byte_encoding(b"\n".join(odd)[:200_000])
    return raw.decode(encoding, errors="replace").encode(), encoding, BEST


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _western_letter(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", errors="replace")
