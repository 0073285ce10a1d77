"""The memory of a column of texts, looked at as a whole: a million values in a millisecond."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds texts, with offsets of either size.

    Examples
    --------
    >>> import pyarrow as pa
    >>> is_text(pa.large_string()), is_text(pa.int64())
    (True, False)
    """
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def offsets_of(texts: pa.Array) -> NDArray[np.signedinteger[Any]]:
    """Where each text begins in the memory, and where the last one ends.

    Examples
    --------
    >>> import pyarrow as pa
    >>> offsets_of(pa.array(["ab", "c"])).tolist()
    [0, 2, 3]
    """
    import pyarrow as pa

    kind: type[np.signedinteger[Any]] = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    return np.frombuffer(texts.buffers()[1], kind)[texts.offset : texts.offset + len(texts) + 1]


def memory(texts: pa.Array) -> NDArray[np.uint8]:
    """The bytes of a piece of texts, without a copy.

    Examples
    --------
    >>> import pyarrow as pa
    >>> memory(pa.array(["ab", "c"])).tobytes()
    b'abc'
    """
    data = texts.buffers()[2]
    if data is None or not len(texts):
        return np.empty(0, np.uint8)
    at = offsets_of(texts)
    return np.frombuffer(data, np.uint8)[at[0] : at[-1]]


def texts_of(column: pa.ChunkedArray) -> pa.Array | pa.ChunkedArray | None:
    """The texts of a column, or those of its categories; ``None`` where it holds neither.

    Examples
    --------
    >>> import pyarrow as pa
    >>> texts_of(pa.chunked_array([pa.array(["B1", "B1"]).dictionary_encode()])).to_pylist()
    ['B1']
    """
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return column if is_text(column.type) else None
    if not column.num_chunks or not is_text(column.type.value_type):
        return None
    return column.unify_dictionaries().chunk(0).dictionary


def holds(texts: pa.Array | pa.ChunkedArray, byte: bytes) -> bool:
    """Whether a letter of one byte may stand in any of the texts; true also for what is no text."""
    import pyarrow as pa

    for chunk in texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]:
        if not isinstance(chunk, (pa.StringArray, pa.LargeStringArray)):
            return True
        found = memory(chunk)
        if len(found) and int(found.min()) <= byte[0] and (found == byte[0]).any():
            return True
    return False
