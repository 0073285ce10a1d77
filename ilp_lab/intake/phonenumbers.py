"""Numbers of phones, handsets and SIM cards: one way of writing for each, always as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

_FILLER = re.compile(r"[\s()./\-\u2010-\u2015\u00a0]+")
_DECIMAL = re.compile(r"(\d+)\.0+")
_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+?(\d+)")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")
_NOTHING = {"", "-", "unknown", "anonymous", "private", "n/a", "na", "null", "none", "nan"}
_FAULTS = ("imei_restored", "imei_lost_digits", "odd_imei")
IMEI_DIGITS = 15


@dataclass(frozen=True)
class Numbers:
    """A column of numbers in one way of writing.

    Attributes
    ----------
    texts
        The numbers; missing where there was none.
    odd
        Rows with letters or fewer than five digits.
    rewritten
        Rows that were written otherwise in the file.
    """

    texts: pd.Series
    odd: NDArray[np.bool_]
    rewritten: NDArray[np.bool_]


def phone_number(text: str, country_code: str = "") -> str:
    """One phone number without blanks and punctuation, international prefix removed; empty for none.

    Parameters
    ----------
    text
        As written.
    country_code
        Digits to put in place of a single leading zero; without it, national numbers stay national.

    Examples
    --------
    >>> phone_number("+999 (50) 123-456"), phone_number("0099950123456"), phone_number("050 123456", "999")
    ('99950123456', '99950123456', '99950123456')
    >>> phone_number("8805786023.0"), phone_number("AX-BANK"), phone_number("10.0.0.1"), phone_number(" - ")
    ('8805786023', 'AX-BANK', '10.0.0.1', '')
    """
    if text.isdecimal() and text[0] != "0":
        return text
    text = text.strip()
    if text.casefold() in _NOTHING:
        return ""
    if _ADDRESS.fullmatch(text):
        return text
    whole = _DECIMAL.fullmatch(text)
    bare = whole[1] if whole else _FILLER.sub("", text)
    digits = bare.removeprefix("+")
    if not digits.isdecimal():
        return text
    if bare.startswith("+"):
        return digits
    if re.match(r"\s*00[1-9]", text) and len(digits) > 7:
        return digits[2:]
    if country_code and digits.startswith("0") and len(digits) > 5:
        return country_code + digits[1:]
    return digits


def phone_numbers(column: pd.Series, country_code: str = "") -> Numbers:
    """A column of phone numbers; the work is done once for each number that differs, and none where all are digits already."""
    if _all_digits(column, 5, 64):
        no = np.zeros(len(column), bool)
        return Numbers(column, no, no)
    codes, different = _encoded(column)
    rest = np.flatnonzero(~_digits_alone(different, 5, 64))
    old = different.take(rest).to_pylist()
    written = [phone_number(text, country_code) for text in old]
    lengths = _lengths(different)
    lengths[rest] = [len(text) for text in written]
    short = bool(len(lengths)) and float(np.median(lengths[lengths > 0] if lengths.any() else [9])) < 5
    if not short:  # among real numbers a lone 0 stands for none; among short identifiers it is one
        written = ["" if text == "0" else text for text in written]
    odd, changed = (np.zeros(len(different) + 1, bool) for _ in range(2))
    odd[rest] = [_is_odd(text) and not short for text in written]
    changed[rest] = [bool(new) and new != before for new, before in zip(written, old, strict=True)]
    return Numbers(_spread(different, rest, written, codes, column.index), odd[codes], changed[codes])


def _is_odd(text: str) -> bool:
    return bool(text) and not _ADDRESS.fullmatch(text) and not (text.isdecimal() and len(text) >= 5)


def serial_numbers(column: pd.Series, *, restore: bool) -> tuple[pd.Series, dict[str, NDArray[np.int64]]]:
    """Serial numbers of handsets or SIM cards as text, and the rows in which they are not as they should be.

    Parameters
    ----------
    column
        As read.
    restore
        Whether numbers that had been turned into decimals get back the zeros in front that every 15-digit number
        must have lost.

    Returns
    -------
    texts, faults
        ``faults`` holds ``imei_restored``, ``imei_lost_digits`` and ``odd_imei``.
    """
    if _all_digits(column, IMEI_DIGITS, IMEI_DIGITS):
        return column, {kind: np.empty(0, np.int64) for kind in _FAULTS}
    codes, different = _encoded(column)
    rest = np.flatnonzero(~_digits_alone(different, IMEI_DIGITS, IMEI_DIGITS))
    old = different.take(rest).to_pylist()
    float_column = column.dtype.kind == "f"
    decimals = float_column or any(_DECIMAL.fullmatch(text.strip()) for text in old)
    written = []
    kinds = np.zeros(len(different) + 1, np.int8)
    if float_column:
        kinds[:-1] = 1 + _FAULTS.index("imei_restored")
    for at, text in zip(rest, old, strict=True):
        new, kind = _serial(text, decimals=decimals, restore=restore)
        written.append(new)
        kinds[at] = 1 + _FAULTS.index(kind) if kind else kinds[at] * bool(new)
    of_row = kinds[codes]
    found = {kind: np.flatnonzero(of_row == number) for number, kind in enumerate(_FAULTS, 1)}
    return _spread(different, rest, written, codes, column.index), found


def _serial(text: str, *, decimals: bool, restore: bool) -> tuple[str, str]:
    if len(text) == IMEI_DIGITS and text.isdecimal() and text.strip("0"):
        return text, ""
    text = text.strip()
    if text.casefold() in _NOTHING or not text.strip("0."):
        return "", ""
    if _SHORTENED.fullmatch(text):
        return text, "imei_lost_digits"
    whole = _DECIMAL.fullmatch(text)
    digits = whole[1] if whole else _FILLER.sub("", text)
    if not digits.isdecimal():
        return text, "odd_imei"
    if restore and decimals and 11 < len(digits) < IMEI_DIGITS:
        digits = digits.zfill(IMEI_DIGITS)
    if restore and not 14 <= len(digits) <= 16:
        return digits, "odd_imei"
    return digits, "imei_restored" if whole else ""


def _encoded(column: pd.Series) -> tuple[NDArray[np.int64], pa.Array]:
    """Codes (-1 for missing) and the texts that differ."""
    import pandas as pd
    import pyarrow as pa

    if column.dtype.kind == "f":
        whole = column.dropna()
        column = column.astype("Int64") if (whole % 1 == 0).all() else column
    codes, different = pd.factorize(column)
    if isinstance(column.dtype, pd.StringDtype):
        return codes, pa.array(different, pa.large_string())
    return codes, pa.array([str(value) for value in different], pa.large_string())


def _all_digits(column: pd.Series, least: int, most: int) -> bool:
    """Whether a column of text holds nothing but such numbers, or nothing at all in a row."""
    import pandas as pd
    import pyarrow as pa

    if not isinstance(column.dtype, pd.StringDtype) or column.dtype != pd.StringDtype("pyarrow", np.nan):
        return False
    whole = pa.array(column.array)
    return all(bool(_digits_alone(part, least, most).all()) for part in getattr(whole, "chunks", [whole]))


def _digits_alone(texts: pa.Array, least: int, most: int) -> NDArray[np.bool_]:
    """Which texts are that many digits, the first of them not 0; missing ones are taken for such."""
    import pyarrow.compute as pc

    lengths = _lengths(texts)
    good = pc.and_(pc.ascii_is_decimal(texts), pc.invert(pc.starts_with(texts, "0"))).fill_null(True)
    fits = (lengths >= least) & (lengths <= most) | (lengths < 0)
    return np.asarray(good.to_numpy(zero_copy_only=False) & fits)


def _lengths(texts: pa.Array) -> NDArray[np.int64]:
    """Letters of each text; -1 for none."""
    import pyarrow.compute as pc

    return np.array(pc.utf8_length(texts).fill_null(-1).to_numpy(zero_copy_only=False), np.int64)


def _spread(
    different: pa.Array,
    rest: NDArray[np.int64],
    written: list[str],
    codes: NDArray[np.int64],
    index: pd.Index,
) -> pd.Series:
    """The texts in every row, those of ``rest`` as they are written now; empty ones are missing."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    again = np.zeros(len(different), bool)
    again[rest] = True
    new = pa.array([text or None for text in written], pa.large_string())
    words = pc.replace_with_mask(different, pa.array(again), new)
    taken = words.take(pa.array(codes, mask=codes < 0))
    return pd.Series(pd.array(taken, dtype=pd.StringDtype("pyarrow", na_value=np.nan)), index=index)
