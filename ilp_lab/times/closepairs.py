"""Pairs of incidents near each other in space, found once; their counts by time, observed, expected and dealt anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._compiled import shared
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PAIRS = 400_000_000
_WORTH_SHARING = 20_000  # points; threads cost more than they bring for fewer


@dataclass(frozen=True)
class ClosePairs:
    """Pairs of points nearer than the last band, sorted by squares.

    Attributes
    ----------
    order
        Which of the points given each of the sorted ones is.
    at
        Where the pairs of each sorted point begin among ``other`` and ``band``.
    other
        The other point of each pair, later in the order.
    band
        The band of its distance.
    bands
        How many bands.
    """

    order: NDArray[np.int64]
    at: NDArray[np.int64]
    other: NDArray[np.int32]
    band: NDArray[np.int8]
    bands: int

    @property
    def number(self) -> int:
        """How many pairs."""
        return len(self.other)

    def degrees(self) -> NDArray[np.int64]:
        """How many points lie in each band around each point, of shape (bands, points)."""
        from ilp_lab.times.loops.nearpairs import band_degrees

        degree = np.zeros((self.bands, len(self.order)), np.int64)
        band_degrees(self.at, self.other, self.band, degree)
        return degree

    def observed(self, day: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
        """Pairs by band of distance and band of days."""
        from ilp_lab.times.loops.nearpairs import count_observed

        found = np.zeros((self.bands, len(ends)), np.int64)
        count_observed(day[self.order], self.at, self.other, self.band, ends, 0, len(self.order), found)
        return np.diff(found, axis=1, prepend=0)

    def dealt(
        self, day: NDArray[np.int64], ends: NDArray[np.int64], seeds: NDArray[np.uint64]
    ) -> NDArray[np.int64]:
        """The same for days dealt anew, 64 deals per seed: shape (bands of distance, bands of days, deals)."""
        from ilp_lab.times.loops.nearpairs import LANES, count_near, count_within, deal

        kind = np.int16 if day.max() - day.min() < np.iinfo(np.int16).max else np.int32
        days = (day - day.min())[self.order].astype(kind)
        upper = np.minimum(ends, np.iinfo(kind).max).astype(kind)
        out = np.zeros((len(seeds), self.bands, len(ends), LANES), np.int64)

        def work(first: int, last: int) -> None:
            table = np.empty((len(days), LANES), kind)
            for number in range(first, last):
                deal(seeds[number], days, table)
                if self.bands == len(upper) == 1:
                    count_within(table, self.at, self.other, upper[0], out[number, 0, 0])
                else:
                    count_near(table, self.at, self.other, self.band, upper, 0, len(days), out[number])

        list(shared(work, len(seeds)))
        return np.diff(out, axis=2, prepend=0).transpose(1, 2, 0, 3).reshape(self.bands, len(ends), -1)


def close_pairs(
    x: NDArray[np.float64], y: NDArray[np.float64], ends: NDArray[np.float64], *, manhattan: bool, caller: str
) -> ClosePairs:
    """Find the pairs nearer than the last of ``ends``, in bands [0, a), [a, b) and so on.

    Raises
    ------
    InputError
        When there are more than memory holds.
    """
    from ilp_lab._ground.loops.squares import sorted_by_square
    from ilp_lab.times.loops.nearpairs import count_pairs, fill_pairs

    reach = float(ends[-1])
    x, y = x - x.min(), y - y.min()
    cell = max(reach, float(max(x.max(), y.max())) / 4_000, 1e-9)
    columns, rows = int(x.max() / cell) + 1, int(y.max() / cell) + 1
    starts, order = np.empty(columns * rows + 1, np.int64), np.empty(len(x), np.int64)
    sorted_by_square(x, y, cell, columns, rows, starts, order)
    x, y = x[order], y[order]
    at = np.zeros(len(x) + 1, np.int64)

    def count(first: int, last: int) -> None:
        count_pairs(x, y, starts, columns, rows, reach, manhattan, first, last, at[1:])

    fewest = max(1, rows * _WORTH_SHARING // len(x))
    list(shared(count, rows, at_least=fewest))
    np.cumsum(at, out=at)
    if at[-1] > MOST_PAIRS:
        raise InputError(
            f"{caller}: {at[-1]:,} pairs of incidents lie within {reach:,.0f} m of each other; they would need "
            f"{at[-1] * 5 / 1e9:.0f} GB. Take shorter distances, or fewer incidents (one offence, one year)."
        )
    other, band = np.empty(at[-1], np.int32), np.empty(at[-1], np.int8)

    def fill(first: int, last: int) -> None:
        fill_pairs(x, y, starts, columns, rows, ends, manhattan, first, last, at, other, band)

    list(shared(fill, rows, at_least=fewest))
    return ClosePairs(order, at, other, band, len(ends))


def days_near(day: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many other points lie in each band of days around each point, of shape (bands, points)."""
    since = day - day.min()
    before = np.concatenate([[0], np.bincount(since).cumsum()])  # how many on earlier days, by day
    last = len(before) - 1
    below = np.stack(
        [
            before[np.minimum(since + end, last)] - before[np.maximum(since - end + 1, 0)] - 1
            for end in np.minimum(ends, last)
        ]
    )
    return np.diff(below, axis=0, prepend=0).astype(np.int64)


def expected_pairs(
    near: NDArray[np.int64], timely: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of the number of pairs near in both, when days are dealt at random (Barton and David 1966).

    Parameters
    ----------
    near, timely
        Of every point, how many others lie near in space and in time; shapes (bands, points).

    Examples
    --------
    >>> near = np.array([[1, 1, 0, 0]])
    >>> mean, variance = expected_pairs(near, near)
    >>> mean.round(4).tolist(), variance.round(4).tolist()
    ([[0.1667]], [[0.1389]])
    """
    n = float(near.shape[1])
    s, t = near.sum(axis=1) / 2.0, timely.sum(axis=1) / 2.0
    s2, t2 = ((one * (one - 1.0)).sum(axis=1) / 2.0 for one in (near, timely))
    s3, t3 = s * (s - 1) / 2 - s2, t * (t - 1) / 2 - t2
    mean = np.outer(s, t) * 2 / (n * (n - 1))
    square = mean.copy()
    if n > 2:
        square += 4 * np.outer(s2, t2) / (n * (n - 1) * (n - 2))
    if n > 3:
        square += 16 * np.outer(s3, t3) / (n * (n - 1) * (n - 2) * (n - 3))
    return mean, np.maximum(square - mean**2, 0.0)
