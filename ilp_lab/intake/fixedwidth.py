"""Texts of one length as machine words: compared and read as numbers eight letters at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.intake.letters import memory, offsets_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

_LONGEST = 64
_EIGHT = 8
_MOST_DIGITS = 16
_SERIES = 16
_ZEROS = np.uint64(0x3030303030303030)
_SIXES = np.uint64(0x0606060606060606)
_UPPER_HALVES = np.uint64(0xF0F0F0F0F0F0F0F0)
_JOINED = ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, 0))


def words(texts: pa.Array | pa.ChunkedArray) -> list[NDArray[np.uint64]] | None:
    """The letters of texts that are all of one length, eight to a word, the last eight first.

    The last word, which holds what is left at the front, begins with zero bytes. ``None`` where lengths
    differ, a text is missing, or one is longer than 64 letters.
    """
    width = _width(texts)
    if not width:
        return None
    return [np.concatenate(word) for word in zip(*_pieces(texts, width), strict=True)]


def all_different(texts: pa.Array | pa.ChunkedArray) -> bool:
    """Whether texts of one length, numbers out of one series as most agencies give them, are all different.

    ``False`` says that two are alike or that nothing is known: lengths differ, a text is missing, texts differ in a letter that is no digit
    or stands before their last sixteen, or the numbers are too far apart for a list.
    """
    width = _width(texts)
    varying = _varying(texts, width) if width else []
    if any(varying[_MOST_DIGITS // _EIGHT :]) or not any(varying):
        return False
    size = 10 ** _places(varying)
    low, high = 0, size - 1
    if size > _SERIES * len(texts):
        ends = [end for some in _numbers(texts, width, varying) for end in (int(some.min()), int(some.max()))]
        low, high = min(ends, default=0), max(ends, default=0)
    return ticked_once(_numbers(texts, width, varying), low, high, len(texts))


def ticked_once(pieces: Iterable[NDArray[np.int64]], low: int, high: int, rows: int) -> bool:
    """Whether ``rows`` numbers out of one series, from ``low`` to ``high``, are all different.

    Each is ticked off in a list of them, which is several times faster than comparing. Numbers too far apart for a list
    are not looked at: ``False`` then says that nothing is known.

    Examples
    --------
    >>> ticked_once([np.array([7, 5]), np.array([6])], 5, 7, 3), ticked_once([np.array([5, 5])], 5, 5, 2)
    (True, False)
    """
    if high - low >= _SERIES * rows:
        return False
    ticked = np.zeros(high - low + 1, bool)
    for some in pieces:
        ticked[some - low if low else some] = True
    return int(np.count_nonzero(ticked)) == rows


def _places(varying: list[np.uint64]) -> int:
    """How many decimal places lie between the first and the last letter that vary, both included."""
    at = [
        word * _EIGHT + _EIGHT - 1 - letter
        for word, mask in enumerate(varying)
        for letter in range(_EIGHT)
        if int(mask) >> 8 * letter & 255
    ]
    return max(at) - min(at) + 1


def _numbers(
    texts: pa.Array | pa.ChunkedArray, width: int, varying: list[np.uint64]
) -> Iterator[NDArray[np.int64]]:
    """The varying digits of texts as numbers, piece by piece; ends early at a letter that is no digit."""
    lowest = next(int(mask) for mask in varying if mask)
    alike = np.uint64(10 ** (_EIGHT - (lowest.bit_length() + 7) // 8))
    for piece in _pieces(texts, width):  # a piece stays in the processor's memory
        read = _read_digits([(word, mask) for word, mask in zip(piece, varying, strict=True) if mask])
        if read is None:
            return
        yield (read // alike if alike > 1 else read).view(np.int64)


def _chunks(texts: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    import pyarrow as pa

    return [
        chunk for chunk in (texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]) if len(chunk)
    ]


def _width(texts: pa.Array | pa.ChunkedArray) -> int:
    """The length of all texts; 0 where they are of several, or not to be had as words."""
    import pyarrow as pa

    widths = set()
    for chunk in _chunks(texts):
        if not isinstance(chunk, (pa.StringArray, pa.LargeStringArray)) or chunk.null_count:
            return 0
        at = offsets_of(chunk)
        widths.add(int(at[1] - at[0]))
        if len(widths) > 1 or (np.diff(at) != at[1] - at[0]).any():
            return 0
    width = widths.pop() if widths else 0
    return width if width <= _LONGEST else 0


def _pieces(texts: pa.Array | pa.ChunkedArray, width: int) -> Iterator[list[NDArray[np.uint64]]]:
    """The words of texts, piece by piece."""
    for chunk in _chunks(texts):
        letters = memory(chunk)
        if width < _EIGHT:
            padded = np.zeros((len(chunk), _EIGHT), np.uint8)
            padded[:, _EIGHT - width :] = letters.reshape(-1, width)
            yield [padded.view("<u8").ravel()]
            continue
        found = [_read(letters, width, begin) for begin in range(width - _EIGHT, -1, -_EIGHT)]
        if left := width % _EIGHT:
            found.append(_read(letters, width, 0))
            found[-1] <<= np.uint64(8 * (_EIGHT - left))
        yield found


def _read(letters: NDArray[np.uint8], width: int, begin: int) -> NDArray[np.uint64]:
    """Eight letters of every text, from ``begin``."""
    return np.ndarray((len(letters) // width,), "<u8", letters, begin, (width,)).copy()


def _varying(texts: pa.Array | pa.ChunkedArray, width: int) -> list[np.uint64]:
    """For every word, the letters in which the texts are not all alike."""
    seen = [
        [(np.bitwise_or.reduce(word), np.bitwise_and.reduce(word)) for word in piece]
        for piece in _pieces(texts, width)
    ]
    found = []
    for word in zip(*seen, strict=True):
        either, both = (np.array(some, np.uint64) for some in zip(*word, strict=True))
        found.append(_whole_letters(int(np.bitwise_or.reduce(either) ^ np.bitwise_and.reduce(both))))
    return found


def _whole_letters(bits: int) -> np.uint64:
    """All bits of each letter of which any is set."""
    return np.uint64(sum(255 << at for at in range(0, 64, 8) if bits >> at & 255))


def _read_digits(changing: list[tuple[NDArray[np.uint64], np.uint64]]) -> NDArray[np.uint64] | None:
    """The numbers of a piece; ``None`` where a letter is no digit."""
    value: NDArray[np.uint64] | None = None
    for word, mask in reversed(changing):
        digits = word ^ _ZEROS
        digits &= mask
        above = digits + _SIXES
        above |= digits
        if np.bitwise_or.reduce(above) & _UPPER_HALVES:
            return None  # above 9, adding six carries into the upper half
        _join(digits)
        value = digits if value is None else value * np.uint64(10**8) + digits
    return value


def _join(digits: NDArray[np.uint64]) -> None:
    """Eight digits, from 0 to 9 each, become a number in place: neighbours to pairs, pairs to fours, fours to the number."""
    for tens, bits, kept in _JOINED:
        digits *= np.uint64(tens * 2**bits + 1)
        digits >>= np.uint64(bits)
        if kept:
            digits &= np.uint64(kept)
