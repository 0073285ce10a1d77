"""Amounts of money as they are written: which sign divides thousands and which decimals is told from the whole column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr
from ilp_lab.errors import AmbiguousError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_CURRENCY = r"[A-Za-z\u20a0-\u20cf$\u00a3\u00a5\s\u00a0\u202f'’]+"
_THOUSANDS = {",": re.compile(r"[+-]?\d{1,3}(?:,\d{3})+"), ".": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+")}


def amounts(
    column: pd.Series, *, decimal: str | None, name: str, caller: str
) -> tuple[NDArray[np.float64], str]:
    """Amounts as numbers, and how the column was read; what is no amount is NaN.

    Parameters
    ----------
    column
        As read.
    decimal
        ``"."`` or ``","`` when the user said it.
    name, caller
        Named in errors.

    Raises
    ------
    AmbiguousError
        When 1,234 could be a thousand or one and a bit in every row.

    Examples
    --------
    >>> import pandas as pd
    >>> amounts(pd.Series(["€ 1.234,50", "(12,00)", "7-"]), decimal=None, name="x", caller="f")[0].tolist()
    [1234.5, -12.0, -7.0]
    """
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), ""
    texts = column.astype("str").where(column.notna()).str.replace(_CURRENCY, "", regex=True)
    negative = texts.str.fullmatch(r"\(.*\)|.*-$").fillna(False).to_numpy(dtype=bool)
    texts = texts.str.replace(r"[()]", "", regex=True).str.removesuffix("-")
    point = decimal or _decimal(texts.dropna(), name, caller)
    other = "," if point == "." else "."
    plain = texts.str.replace(other, "", regex=False).str.replace(point, ".", regex=False)
    values = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    how = (
        ""
        if decimal or not texts.str.contains("[.,]", regex=True).any()
        else tr("{sign} divides decimals in {column}").format(sign=repr(point), column=repr(name))
    )
    return np.where(negative, -values, values), how


def _decimal(texts: pd.Series, name: str, caller: str) -> str:
    """The sign before decimals, by the values that can be read in one way only."""
    commas, points = texts.str.contains(",", regex=False), texts.str.contains(".", regex=False)
    both = texts[commas & points]
    if len(both):
        last_is_comma = both.str.rfind(",") > both.str.rfind(".")
        return "," if last_is_comma.mean() > 0.5 else "."
    for sign, has in ((",", commas), (".", points)):
        some = texts[has]
        if not len(some):
            continue
        grouped = some.map(lambda text, sign=sign: bool(_THOUSANDS[sign].fullmatch(text)))
        several = some.str.count(re.escape(sign)) > 1
        if several.any():
            return "." if sign == "," else ","
        if not grouped.all():
            return sign
        if sign == "." and not commas.any():
            return "."  # a point before three digits of nothing but numbers is how programs write decimals
        raise AmbiguousError(
            f"{caller}: in column {name!r} every {sign!r} stands before three digits, as in {some.iloc[0]!r}, so it may divide "
            "thousands or decimals. Say decimal=',' or decimal='.'."
        )
    return "."
