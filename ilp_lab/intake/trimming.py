"""Text columns: blanks at their ends, and few-valued ones as categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.intake.letters import holds, is_text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def trimmed(column: pd.Series) -> tuple[pd.Series, NDArray[np.bool_] | None]:
    """A text column without blanks at its ends, and which rows had them; ``None`` where none had, or it is not text."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(column.dtype, pd.CategoricalDtype):
        return _trimmed_categories(column)
    try:
        texts = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return column, None
    if not is_text(texts.type):
        return column, None
    if not holds(texts, b" "):
        return column, None
    ends = pc.or_(pc.ends_with(texts, " "), pc.starts_with(texts, " "))
    if not pc.any(ends).as_py():
        return column, None
    touched = np.asarray(pc.fill_null(ends, False))
    kept = pd.Series(
        pd.array(pc.utf8_trim(texts, characters=" \t").to_pylist(), dtype="str"), index=column.index
    )
    return kept, touched


def _trimmed_categories(column: pd.Series) -> tuple[pd.Series, NDArray[np.bool_] | None]:
    names = column.cat.categories
    if names.dtype.kind not in "OU" and not hasattr(names, "str"):
        return column, None
    touched = np.array([isinstance(name, str) and name != name.strip(" \t") for name in names])
    if not touched.any():
        return column, None
    codes = column.cat.codes.to_numpy()
    rows = np.r_[touched, False][codes]
    return column.astype("str").str.strip(" \t").astype("category"), rows


def as_category(column: pd.Series) -> pd.Series:
    """A column as categories, whatever it holds."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return column
    texts = column if isinstance(column.dtype, pd.StringDtype) else column.astype("str").where(column.notna())
    return texts.astype("category")
