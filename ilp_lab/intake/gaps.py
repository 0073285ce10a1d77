"""Words that stand for a gap, and letters that are no UTF-8, found in a table after it was read.

A reader asks both of every value. A text says by its length that it is no such word, a category needs to be asked once,
and a piece of memory without high bytes holds no wrong letter, so asking afterwards costs a fraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.intake.letters import is_text, memory, offsets_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

WORDS = ("", "NULL", "null", "NaN", "nan", "N/A", "#N/A")
_LENGTHS = np.zeros(max(map(len, WORDS)) + 2, bool)  # the last stands for everything longer
_LENGTHS[[len(word) for word in WORDS]] = True
_FIRST = np.zeros(256, bool)
_FIRST[[ord(word[0]) for word in WORDS if word]] = True
_ASCII = 0x80


def marked(table: pa.Table) -> pa.Table:
    """The table with a gap wherever a text or a category is a word for one.

    Parameters
    ----------
    table
        As it was read: texts and categories without gaps.

    Raises
    ------
    pyarrow.ArrowInvalid
        When a text is not UTF-8.

    Examples
    --------
    >>> import pyarrow as pa
    >>> marked(pa.table({"beat": ["B1", "NULL", "", "Nora"]})).column("beat").to_pylist()
    ['B1', None, None, 'Nora']
    """
    import pyarrow as pa

    columns = table.columns
    for at, column in enumerate(columns):
        if pa.types.is_dictionary(column.type):
            columns[at] = column.unify_dictionaries()
            chunks = _category_gaps(columns[at].chunks)
        elif is_text(column.type):
            chunks = [_text_gaps(chunk) for chunk in column.chunks]
        else:
            continue
        if any(new is not old for new, old in zip(chunks, columns[at].chunks, strict=True)):
            columns[at] = pa.chunked_array(chunks, column.type)
    return pa.Table.from_arrays(columns, names=table.column_names)


def _sound(texts: pa.StringArray) -> None:
    """Raise where a text is no UTF-8; a piece without high bytes needs no second look."""
    found = memory(texts)
    if len(found) and int(found.max()) >= _ASCII:
        texts.validate(full=True)


def _text_gaps(texts: pa.StringArray) -> pa.StringArray:
    """Texts with a gap for each that is a word for one; only those of their lengths and first letters are read."""
    import pyarrow as pa

    _sound(texts)
    if not len(texts):
        return texts
    data, at = texts.buffers()[2], offsets_of(texts)
    length = np.diff(at)
    if int(length.min()) > len(_LENGTHS) - 2:
        return texts
    likely = np.flatnonzero(_LENGTHS[np.minimum(length, len(_LENGTHS) - 1)])
    if data is not None and data.size:
        filled = length[likely] > 0
        first = np.frombuffer(data, np.uint8)[np.minimum(at[likely], data.size - 1)]
        likely = likely[~filled | _FIRST[first]]
    words = texts.take(pa.array(likely)).to_numpy(zero_copy_only=False)
    gaps = likely[np.isin(words, WORDS)] if len(likely) else likely
    if not len(gaps):
        return texts
    there = np.ones(len(texts), bool)
    there[gaps] = False
    return _with_gaps(texts, there)


def _with_gaps(texts: pa.StringArray, there: NDArray[np.bool_]) -> pa.StringArray:
    """The same memory with a list of which values are there."""
    import pyarrow as pa

    _, offsets, data = texts.buffers()
    known = pa.py_buffer(np.packbits(np.r_[np.zeros(texts.offset, bool), there], bitorder="little"))
    return type(texts).from_buffers(
        len(texts), offsets, data, known, len(there) - int(there.sum()), texts.offset
    )


def _category_gaps(chunks: list[pa.DictionaryArray]) -> list[pa.DictionaryArray]:
    """Pieces that share their categories, without those that are words for a gap."""
    import pyarrow as pa

    if not chunks:
        return chunks
    names = chunks[0].dictionary
    _sound(names)
    kept = np.array([name not in WORDS for name in names.to_pylist()], bool)
    if kept.all():
        return chunks
    new = np.where(kept, np.cumsum(kept) - 1, 0).astype(np.int32)
    left = names.filter(pa.array(kept))
    old = [chunk.indices.to_numpy() for chunk in chunks]
    return [pa.DictionaryArray.from_arrays(pa.array(new[codes], mask=~kept[codes]), left) for codes in old]
