"""Windows shared out over parts and groups, and the band of samples drawn from them with replacement, in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab import _memory
from ilp_lab._tongue import tr_later
from ilp_lab.times.batches import in_steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.times.partitions import Laid, Partition
    from ilp_lab.times.windows import Windows

_VALUES_AT_ONCE = 25_000_000


@dataclass(frozen=True)
class Shares:
    """Everything that is summed: pieces laid over the parts, their shares of their row, and rows that count evenly."""

    windows: Windows
    cut: Partition
    group: NDArray[np.int64]
    groups: int

    @cached_property
    def laid(self) -> Laid:
        """The pieces over the parts, laid once for all samples."""
        w = self.windows
        return self.cut.laid(w.begin, w.end, self.group[w.of], self.groups)

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """What each piece counts for a row of weight 1: nothing where the row counts evenly."""
        return np.where(self.windows.even[self.windows.of], 0.0, self.windows.share)

    def sums(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Weights of the usable rows shared out: shape (groups, parts)."""
        w = self.windows
        found = self.laid.sums(weight[w.of] * self.share)
        if w.even.any():
            per = np.bincount(self.group[w.even], weight[w.even], self.groups)
            found += per[:, None] * (self.cut.lengths / self.cut.cycle)
        return found

    def of_groups(self, first: int, last: int) -> Shares:
        """The same for some of the groups alone."""
        if first == 0 and last == self.groups:
            return self
        mine = (self.group >= first) & (self.group < last)
        return Shares(self.windows.of_rows(mine), self.cut, self.group[mine] - first, last - first)


@dataclass(frozen=True)
class Band:
    """What samples say.

    Attributes
    ----------
    low, high
        2.5 and 97.5 % of the samples, of shape (groups, parts).
    holds
        By group: the share of samples in which its strongest part is the strongest.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    holds: NDArray[np.float64]


def band(
    shares: Shares, n: NDArray[np.float64], samples: int, rng: np.random.Generator, *, caller: str
) -> Band:
    """Draw as many rows as there are, with replacement, over and over.

    Each value has its own band, so groups need not be drawn at once: how many of the drawn rows fall to some groups is binomial, and
    which ones they are is even among theirs. So memory holds the samples of some groups at a time, however many there are.
    """
    parts = n.shape[1]
    _memory.ask(
        8.0 * (4 * n.size + 2 * min(_VALUES_AT_ONCE, n.size * samples) + 10 * len(shares.windows.begin)),
        caller=caller,
        way_out="Take fewer groups or larger cells, a coarser unit, or bootstrap=0.",
    )
    block = max(1, _VALUES_AT_ONCE // (samples * parts))
    starts = range(0, shares.groups, block)
    peak = n.argmax(axis=1)
    found = Band(np.empty(n.shape), np.empty(n.shape), np.zeros(shares.groups))
    some, drawn = shares, np.empty((samples, min(block, shares.groups), parts))

    def draw(first: int, last: int) -> None:
        nonlocal some
        for item in range(first, last):
            number, run = divmod(item, samples)
            begin, end = starts[number], min(starts[number] + block, shares.groups)
            if run == 0:
                some = shares.of_groups(begin, end)
            sums = drawn[run, : end - begin]
            sums[:] = some.sums(_drawn(len(some.group), len(shares.group), rng))
            found.holds[begin:end] += (sums.argmax(axis=1) == peak[begin:end]) & (sums.max(axis=1) > 0)
            if run == samples - 1:
                found.low[begin:end], found.high[begin:end] = np.quantile(
                    drawn[:, : end - begin], [0.025, 0.975], axis=0, overwrite_input=True
                )

    for _ in in_steps(len(starts) * samples, draw, tr_later("samples with replacement"), first=1):
        pass
    found.holds[:] /= samples
    return found


def _drawn(mine: int, rows: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How often each of my rows comes up among ``rows`` drawn from all."""
    number = rows if mine == rows else int(rng.binomial(rows, mine / rows))
    return np.bincount(rng.integers(0, mine, number), minlength=mine).astype(np.float64)
