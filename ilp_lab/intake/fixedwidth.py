"""Texts of one length as machine words: compared and read as numbers eight letters at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_LONGEST = 64
_EIGHT = 8
_MOST_DIGITS = 16
_ZEROS = np.uint64(0x3030303030303030)
_SIXES = np.uint64(0x0606060606060606)
_UPPER_HALVES = np.uint64(0xF0F0F0F0F0F0F0F0)
_LOWER_HALVES = np.uint64(0x0F0F0F0F0F0F0F0F)


def words(texts: pa.Array) -> list[NDArray[np.uint64]] | None:
    """The letters of texts that are all of one length, eight to a word, the last eight first.

    Of the last word, which holds what is left at the front, the other letters are zero bytes. ``None`` where lengths
    differ, a text is missing, or one is longer than 64 letters.
    """
    import pyarrow as pa

    if not isinstance(texts, (pa.StringArray, pa.LargeStringArray)) or texts.null_count or not len(texts):
        return None
    _, offsets, data = texts.buffers()
    kind = np.int64 if isinstance(texts, pa.LargeStringArray) else np.int32
    at = np.frombuffer(offsets, kind)[texts.offset : texts.offset + len(texts) + 1]
    width = int(at[1] - at[0])
    if width == 0 or width > _LONGEST or (np.diff(at) != width).any():
        return None
    letters = np.frombuffer(data, np.uint8)[at[0] : at[-1]]
    if width < _EIGHT:
        padded = np.zeros((len(texts), _EIGHT), np.uint8)
        padded[:, :width] = letters.reshape(-1, width)
        return [padded.view("<u8").ravel()]
    found = [_read(letters, width, end - _EIGHT) for end in range(width, _EIGHT - 1, -_EIGHT)]
    if left := width % _EIGHT:
        found.append(_read(letters, width, 0) & _first(left))
    return found


def _read(letters: NDArray[np.uint8], width: int, begin: int) -> NDArray[np.uint64]:
    """Eight letters of every text, from ``begin``."""
    rows = len(letters) // width
    return np.ascontiguousarray(np.ndarray((rows,), "<u8", letters, begin, (width,)))


def _first(letters: int) -> np.uint64:
    """The bits of the first letters of a word."""
    return np.uint64((1 << 8 * letters) - 1)


def numbers(parts: list[list[NDArray[np.uint64]]]) -> NDArray[np.int64] | None:
    """The digits in which texts differ, read as whole numbers.

    Parameters
    ----------
    parts
        Words of the texts, as :func:`words` gives them, piece by piece.

    Returns
    -------
    NDArray or None
        Different for different texts. ``None`` where texts differ in a letter that is no digit, or before their last sixteen.
    """
    if not parts or len({len(part) for part in parts}) > 1:
        return None
    varying = []
    for at, first in enumerate(part[0] for part in parts[0]):
        differ = np.uint64(0)
        for part in parts:
            differ |= np.bitwise_or.reduce(part[at] ^ first)
        varying.append(_whole_letters(int(differ)))
    if any(varying[_MOST_DIGITS // _EIGHT :]) or not any(varying):
        return None
    read = [_read_digits(part, varying) for part in parts]
    known = [values for values in read if values is not None]
    return np.concatenate(known) if len(known) == len(read) else None


def _whole_letters(bits: int) -> np.uint64:
    """All bits of each letter of which any is set."""
    return np.uint64(sum(255 << at for at in range(0, 64, 8) if bits >> at & 255))


def _read_digits(part: list[NDArray[np.uint64]], varying: list[np.uint64]) -> NDArray[np.int64] | None:
    value: NDArray[np.uint64] | None = None
    for word, mask in zip(reversed(part), reversed(varying), strict=True):
        if not mask:
            continue
        digits = (word & mask) | (_ZEROS & ~mask)
        if ((((digits + _SIXES) ^ _ZEROS) | (digits ^ _ZEROS)) & _UPPER_HALVES).any():
            return None  # above 9, adding six carries into the upper half
        value = _eight_digits(digits) if value is None else value * np.uint64(10**8) + _eight_digits(digits)
    if value is None:
        return None
    lowest = next(int(mask) for mask in varying if mask)
    alike = _EIGHT - (lowest.bit_length() + 7) // 8
    return (value // np.uint64(10**alike) if alike else value).view(np.int64)


def _eight_digits(word: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Eight digits at once: neighbours are joined to pairs, pairs to fours, fours to the number."""
    word = word & _LOWER_HALVES
    word = (word * np.uint64(10 * 2**8 + 1)) >> np.uint64(8)
    word = ((word & np.uint64(0x00FF00FF00FF00FF)) * np.uint64(100 * 2**16 + 1)) >> np.uint64(16)
    return ((word & np.uint64(0x0000FFFF0000FFFF)) * np.uint64(10_000 * 2**32 + 1)) >> np.uint64(32)
