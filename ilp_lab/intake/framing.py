"""From Arrow's columns to those of a frame, each copied once at most."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

_THREADS = 2  # copying waits for memory, and more of them gain nothing
_MANY = 100_000


def to_frame(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as a frame: text without copying, numbers without gaps and categories copied once."""
    import pandas as pd
    import pyarrow as pa

    text = pd.StringDtype("pyarrow", na_value=np.nan)
    if len(table) < _MANY:
        copied = [_copied_once(column) for column in table.columns]
    else:
        with ThreadPoolExecutor(_THREADS) as pool:
            copied = list(pool.map(_copied_once, table.columns))
    columns = dict(zip(table.column_names, copied, strict=True))
    left = table.select([name for name, values in columns.items() if values is None])
    others = left.to_pandas(types_mapper={pa.string(): text, pa.large_string(): text}.get, split_blocks=True)
    return pd.DataFrame(
        {name: others[name].array if values is None else values for name, values in columns.items()},
        index=pd.RangeIndex(table.num_rows),
        copy=False,
    )


def _copied_once(column: pa.ChunkedArray) -> Any:
    """The values of a column in one piece; ``None`` where pandas has to look at each of them."""
    import pyarrow as pa

    if not column.num_chunks:
        return None
    if pa.types.is_dictionary(column.type):
        return _coded(column)
    if column.null_count or not (
        pa.types.is_float64(column.type) or pa.types.is_int64(column.type) or column.type == pa.timestamp("s")
    ):
        return None
    return _in_one_piece(column)


def _in_one_piece(column: pa.ChunkedArray) -> NDArray[np.generic]:
    """Numbers without gaps, joined in memory that Arrow keeps from one reading to the next: fresh memory costs more.

    A column that is one piece already is not copied; it shares its memory with the table.
    """
    import pyarrow as pa

    kind = np.dtype("M8[s]" if pa.types.is_timestamp(column.type) else column.type.to_pandas_dtype())
    if not len(column):
        return np.empty(0, kind)
    joined = pa.concat_arrays(column.chunks) if column.num_chunks > 1 else column.chunk(0)
    values = np.frombuffer(joined.buffers()[1], kind)[joined.offset : joined.offset + len(joined)]
    return values if values.flags.writeable else values.copy()


def _coded(column: pa.ChunkedArray) -> pd.Categorical | None:
    """Categories of a column read piece by piece, in as few bytes as they need."""
    import pandas as pd
    import pyarrow as pa

    column = column.unify_dictionaries()
    names = column.chunk(0).dictionary
    if not len(names):
        return None
    found = [chunk.indices.fill_null(-1) if chunk.null_count else chunk.indices for chunk in column.chunks]
    codes = _in_one_piece(pa.chunked_array(found)).astype(np.min_scalar_type(-len(names)))
    return pd.Categorical.from_codes(codes, pd.Index(names.to_pandas()), validate=False)


def counted(first: int, rows: int) -> NDArray[np.int64]:
    """``rows`` whole numbers from ``first`` on, in memory that Arrow keeps from one reading to the next.

    Examples
    --------
    >>> counted(2, 3).tolist()
    [2, 3, 4]
    """
    import pyarrow as pa

    if not rows:
        return np.empty(0, np.int64)
    numbers = np.frombuffer(pa.allocate_buffer(8 * rows), np.int64)
    numbers[:] = 1
    numbers[0] = first
    return np.cumsum(numbers, out=numbers)
