"""A quotation mark that is opened and not closed makes one value of all the rows behind it: found and refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.errors import ReadError
from ilp_lab.intake.layout import NUMBER
from ilp_lab.intake.letters import holds, texts_of

if TYPE_CHECKING:
    import pyarrow as pa

_LONG = 24  # letters; less holds no row
_TELLING = 3
"""Lines that must look like rows where no column of the table holds numbers or times."""
_MOST = 0.8


def refuse_swallowed_rows(
    table: pa.Table, bad: Sequence[str], types: Mapping[str, Any], delimiter: str, name: str, caller: str
) -> None:
    """Refuse a table in which a value goes on over lines that look like its rows.

    Parameters
    ----------
    table
        As it was read.
    bad
        How lines begin that have another number of fields.
    types
        What was expected of each column; numbers and times tell a row from a text.
    delimiter
        Between fields.
    name, caller
        Of the file, and of the function that reads it.

    Raises
    ------
    ReadError
        Naming where it begins.
    """
    told = [at for at, kind in enumerate(types.values()) if _measured(kind)]
    begun = [
        (f"in row {row + 1:,} of {name} the value of {column!r}", value)
        for column in table.column_names
        for row, value in _of_several_lines(table.column(column))
    ]
    begun += [(f"a row of {name}", text) for text in bad if text.count("\n") > 1]
    for where, value in begun:
        if _swallows(value, delimiter, table.num_columns, told):
            raise ReadError(
                f"{caller}: {where} begins with {value.splitlines()[0][:40]!r} and goes on over lines that look like rows of their "
                "own: a quotation mark is opened there and not closed. Open the file in an editor, close that mark or take it away, "
                "and read it again."
            )


def _measured(kind: Any) -> bool:
    """Whether numbers or times are expected; what holds digits and may not lose one is no type of Arrow."""
    import pyarrow as pa

    return not isinstance(kind, pa.DataType) or pa.types.is_floating(kind) or pa.types.is_timestamp(kind)


def _of_several_lines(column: pa.ChunkedArray) -> Iterator[tuple[int, str]]:
    """Values with line ends in them, and their rows; short ones are not looked at."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = texts_of(column)
    if texts is None or not (holds(texts, b"\n") or holds(texts, b"\r")):
        return
    first = 0
    for part in column.chunks:
        chunk = part.dictionary if pa.types.is_dictionary(part.type) else part
        lengths = pc.binary_length(chunk)
        if (pc.max(lengths).as_py() or 0) >= _LONG:
            ends = pc.match_substring_regex(chunk, "[\r\n]")
            found = pc.and_(pc.fill_null(ends, False), pc.fill_null(pc.greater_equal(lengths, _LONG), False))
            for at in np.flatnonzero(found.to_numpy(zero_copy_only=False)):
                row = int(at) if chunk is part else part.indices.index(int(at)).as_py()
                yield first + row, chunk[int(at)].as_py()
        first += len(part)


def _swallows(value: str, delimiter: str, fields: int, told: Sequence[int]) -> bool:
    """Whether the lines of a value look like rows of the table, and not like a text of several lines."""
    lines = [line for line in re.split(r"\r\n|\r|\n", value)[1:] if line]
    alike = sum(_looks_like_a_row(line.split(delimiter), fields, told) for line in lines)
    return alike >= (1 if told else _TELLING) and alike >= _MOST * len(lines)


def _looks_like_a_row(cells: list[str], fields: int, told: Sequence[int]) -> bool:
    """Whether there are as many cells as columns, and numbers or times where the table has them."""
    if len(cells) != fields or fields < 3:
        return False
    held = [cells[at].strip(' "') for at in told if cells[at].strip(' "')]
    return (bool(held) or not told) and all(NUMBER.fullmatch(cell) or cell[:1].isdigit() for cell in held)
