"""From Arrow's columns to those of a frame, each copied once at most."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_THREADS = 4  # copying waits for memory, and more of them gain nothing
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
    return np.concatenate([chunk.to_numpy() for chunk in column.chunks])


def _coded(column: pa.ChunkedArray) -> pd.Categorical | None:
    """Categories of a column read piece by piece, in as few bytes as they need."""
    import pandas as pd

    column = column.unify_dictionaries()
    names = column.chunk(0).dictionary
    if not len(names):
        return None
    codes = np.empty(len(column), np.min_scalar_type(-len(names)))
    at = 0
    for chunk in column.chunks:
        found = chunk.indices.fill_null(-1) if chunk.null_count else chunk.indices
        codes[at : at + len(chunk)] = found.to_numpy()
        at += len(chunk)
    return pd.Categorical.from_codes(codes, pd.Index(names.to_pandas()), validate=False)
