"""Times of day as they are written: HHMM numbers, ``13:45``, ``1:45 PM``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def time_of_day(column: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds after midnight of HHMM numbers, ``13:45``, ``1:45 PM``; and which rows have none.

    Examples
    --------
    >>> import pandas as pd
    >>> time_of_day(pd.Series([5, 1345, None, 2501]))[0].tolist()
    [300, 49500, 0, 0]
    """
    import pandas as pd

    numeric = pd.api.types.is_numeric_dtype(column)
    hours, minutes, seconds = _clock_numbers(column) if numeric else _clock_texts(column)
    good = (hours >= 0) & (hours < 24) & (minutes < 60) & (minutes >= 0) & (minutes % 1 == 0)
    result = np.where(good, hours * 3600 + minutes * 60 + seconds, 0).astype(np.int64)
    return result, ~good


def _clock_numbers(column: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    value = np.nan_to_num(column.to_numpy(dtype=np.float64, na_value=np.nan), nan=-1)
    hours = np.floor(value / 100)
    return hours, value - hours * 100, np.zeros(len(column))


def _clock_texts(column: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    text = column.astype("str").str.strip()
    short = text.str.fullmatch(r"\d{1,2}").fillna(value=False).to_numpy(dtype=bool)
    parts = text.str.extract(r"^(\d{1,2})[:.h]?(\d{2})(?:[:.](\d{2})(?:\.\d+)?)?\s*([AaPp])?\.?[Mm]?\.?$")
    first, second, third = (parts[at].astype("float64").to_numpy() for at in range(3))
    hours = np.where(short, 0.0, np.nan_to_num(first, nan=-1))
    minutes = np.where(short, text.where(short, "0").astype("float64").to_numpy(), np.nan_to_num(second))
    half = parts[3].str.lower().to_numpy()
    hours = np.where(
        (half == "p") & (hours < 12), hours + 12, np.where((half == "a") & (hours == 12), 0.0, hours)
    )
    return hours, minutes, np.nan_to_num(third)
