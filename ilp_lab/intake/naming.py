"""By which text a thing is recognised: 7, 7.0, "7" and " 7" are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


_INTEGER_DIGITS = 18
_EXACT = 2.0**53
_PAST_WHOLE = 2.0**63


def identifiers(column: pd.Series) -> pd.Series:
    """A column as text by which things are recognised: 7, 7.0 and ``" 7"`` are the same.

    Examples
    --------
    >>> import pandas as pd
    >>> identifiers(pd.Series([7.0, None])).tolist()
    ['7', nan]
    """
    whole = column.dtype.kind == "f" and bool((column.dropna() % 1 == 0).all())
    text = (without_point(column) if whole else column.astype("str")).str.strip(" \t\r\n")
    if column.dtype.kind not in "iuf" and text[column.notna()].str.fullmatch(r"-?[1-9]\d*\.0|0\.0").all():
        text = text.str.removesuffix(".0")  # a table of numbers with gaps, written out by another program
    return text.where(column.notna() & (text != ""))


def without_point(column: pd.Series) -> pd.Series:
    """Whole numbers that are kept with a point, as text without it, however long they are.

    Examples
    --------
    >>> import pandas as pd
    >>> without_point(pd.Series([1e20, 7.0])).tolist()
    ['100000000000000000000', '7']
    """
    if (column.dropna().abs() < _PAST_WHOLE).all():
        return column.astype("Int64").astype("str")
    return column.map("{:.0f}".format, na_action="ignore").astype("str")


def may_have_lost_digits(column: pd.Series) -> bool:
    """Whether numbers kept with a point are so long that different ones may have become the same.

    Examples
    --------
    >>> import pandas as pd
    >>> may_have_lost_digits(pd.Series([1e15])), may_have_lost_digits(pd.Series([1e20]))
    (False, True)
    """
    return column.dtype.kind == "f" and bool((column.dropna().abs() >= _EXACT).any())


def as_integers(column: pd.Series) -> NDArray[np.int64] | None:
    """Texts that are whole numbers written plainly, as those numbers; ``None`` where one is anything else.

    They tell rows apart as the texts do and cost a fraction of them. Missing ones are -1.

    Examples
    --------
    >>> import pandas as pd
    >>> as_integers(pd.Series(["501", None], dtype="str")).tolist(), as_integers(pd.Series(["007"], dtype="str"))
    ([501, -1], None)
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(column.dtype, pd.StringDtype) or column.dtype.storage != "pyarrow" or not len(column):
        return None
    whole = pa.array(column.array)
    parts = []
    for texts in getattr(whole, "chunks", [whole]):
        plain = pc.and_(pc.ascii_is_decimal(texts), pc.invert(pc.starts_with(texts, "0")))
        if not pc.all(plain).as_py() or (pc.max(pc.binary_length(texts)).as_py() or 0) > _INTEGER_DIGITS:
            return None
        parts.append(pc.cast(texts, pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False))
    return np.concatenate(parts)


def of_several_types(*columns: pd.Series) -> NDArray[np.int64]:
    """Rows whose identifier is text while the same one is a number elsewhere, or the other way round.

    Such identifiers are taken as the same; the rows are given so that a person can see where that was decided.

    Examples
    --------
    >>> import pandas as pd
    >>> of_several_types(pd.Series([7, "7", "8"], dtype=object)).tolist()
    [0, 1]
    """
    import pandas as pd

    parts = [(identifiers(column), _are_numbers(column)) for column in columns]
    names = pd.concat([some for some, _ in parts], ignore_index=True)
    number = np.concatenate([some for _, some in parts])
    known = names.notna().to_numpy()
    both = set(names[number & known].unique()) & set(names[~number & known].unique())
    rows = np.zeros(len(columns[0]), bool)
    for some, _ in parts:
        rows |= some.isin(both).to_numpy()
    return np.flatnonzero(rows)


def _are_numbers(column: pd.Series) -> NDArray[np.bool_]:
    if column.dtype == object:
        return column.map(lambda value: isinstance(value, (int, float, np.number))).to_numpy(dtype=bool)
    return np.full(len(column), column.dtype.kind in "iuf")
