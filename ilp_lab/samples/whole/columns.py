"""Columns of whole numbers become csv text: the same bytes on every machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Words = NDArray[np.object_]

START = np.datetime64("2023-01-01T00:00", "m")


def csv_text(columns: Mapping[str, Any]) -> bytes:
    """Columns of words and whole numbers as csv with plain line ends; ``None`` is an empty cell."""
    import pandas as pd

    text: str = pd.DataFrame(dict(columns)).to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8")


def moments(minutes: Whole) -> Words:
    """Minutes since the start of 2023 as the files write them."""
    return _written(START + minutes.astype("timedelta64[m]"))


def days(numbers: Whole) -> Words:
    """Days since the start of 2023 as dates."""
    at = START.astype("datetime64[D]") + numbers.astype("timedelta64[D]")
    return _written(at)


def _written(at: Any) -> Words:
    text: Words = np.datetime_as_string(at).astype(object)
    return text


def day_of(text: str) -> int:
    """A date as days since the start of 2023."""
    return int((np.datetime64(text, "D") - START.astype("datetime64[D]")).astype(np.int64))


def words(options: Sequence[str], positions: Whole) -> Words:
    """Words by position."""
    return np.asarray(options, dtype=object)[positions]


def numbered(prefix: str, numbers: Whole, width: int) -> Words:
    """Numbers with leading zeros behind a prefix."""
    return np.array([f"{prefix}{number:0{width}d}" for number in numbers.tolist()], dtype=object)
