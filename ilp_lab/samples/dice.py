"""Random numbers that are the same on every machine and with every version of numpy.

Only the raw bits of PCG64 are used, whose stream numpy guarantees; everything else is whole-number arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


class Dice:
    """One named stream of random numbers, so that a change in one part of the country leaves the others alone.

    Parameters
    ----------
    seed
        The seed of the whole set.
    stream
        What these numbers are for.

    Examples
    --------
    >>> Dice(7, "example").below(6, 5).tolist() == Dice(7, "example").below(6, 5).tolist()
    True
    >>> Dice(7, "example").below(6, 5).tolist() == Dice(8, "example").below(6, 5).tolist()
    False
    """

    def __init__(self, seed: int, stream: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, *stream.encode()]))

    def below(self, limit: int, count: int) -> Whole:
        """``count`` whole numbers in ``[0, limit)``; ``limit`` is at most 2**31."""
        high = np.asarray(self._bits.random_raw(count), dtype=np.uint64) >> np.uint64(32)
        return ((high * np.uint64(limit)) >> np.uint64(32)).astype(np.int64)

    def one(self, limit: int) -> int:
        """One whole number in ``[0, limit)``."""
        return int(self.below(limit, 1)[0])

    def between(self, low: int, high: int, count: int) -> Whole:
        """``count`` whole numbers in ``[low, high]``."""
        return self.below(high - low + 1, count) + low

    def pick(self, weights: Sequence[int] | Whole, count: int) -> Whole:
        """``count`` positions, each drawn with odds given by whole-number ``weights``."""
        bounds = np.cumsum(np.asarray(weights, dtype=np.int64))
        return np.searchsorted(bounds, self.below(int(bounds[-1]), count), side="right").astype(np.int64)

    def sample(self, size: int, count: int) -> Whole:
        """``count`` different positions out of ``size``, in random order."""
        keys = np.asarray(self._bits.random_raw(size), dtype=np.uint64)
        chosen: Whole = np.argsort(keys, kind="stable")[:count].astype(np.int64)
        return chosen

    def bell(self, spread: int, count: int) -> Whole:
        """``count`` whole numbers around 0 with a standard deviation of about ``spread``."""
        rolls = self.below(1 << 16, count * 12).reshape(count, 12).sum(axis=1) - 6 * (1 << 16)
        around: Whole = (rolls * spread) >> 16
        return around

    def skewed(self, longest: int, count: int) -> Whole:
        """``count`` whole numbers in ``[0, longest)``, most of them small."""
        first, second = self.below(1 << 15, count), self.below(1 << 15, count)
        return ((first * second) >> 15) * longest >> 15
