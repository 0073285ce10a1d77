"""Pairs → clusters, so that nothing is ever joined that must stay apart, not even by way of a third record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Apart:
    """What must stay apart.

    Attributes
    ----------
    pairs
        Pairs of record numbers, and why.
    once
        Columns of codes of which no value (but -1) may come twice in a cluster: people named side by side in one report.
    one_value
        Columns of codes that may have only one value (but -1) in a cluster: junior or senior.
    """

    pairs: Mapping[tuple[int, int], str] = field(default_factory=dict)
    once: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    one_value: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def why(self, one: int, other: int) -> str:
        """Why two records must stay apart; empty when they need not."""
        said = self.pairs.get((min(one, other), max(one, other)), "")
        if said:
            return said
        for name, codes in self.once.items():
            if codes[one] == codes[other] >= 0:
                return name
        for name, codes in self.one_value.items():
            if codes[one] >= 0 and codes[other] >= 0 and codes[one] != codes[other]:
                return name
        return ""


def join(
    count: int, pairs: NDArray[np.int64], strength: NDArray[np.float64], apart: Apart
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Join pairs, the strongest first, wherever nothing stands against it.

    Parameters
    ----------
    count
        How many records there are.
    pairs
        Two columns of record numbers.
    strength
        Of each pair; of equal ones that with the smaller numbers goes first.
    apart
        What must stay apart.

    Returns
    -------
    clusters, refused
        Number of each record's cluster, which is the smallest number of its records; and which pairs were refused.

    Examples
    --------
    >>> pairs, strength = np.array([[0, 1], [1, 2]]), np.array([0.9, 0.99])
    >>> clusters, refused = join(4, pairs, strength, Apart(pairs={(0, 2): "twins"}))
    >>> clusters.tolist(), refused.tolist()
    ([0, 1, 1, 3], [True, False])
    """
    free = _components(count, pairs)
    troubled = _troubled(free, apart)
    refused = np.zeros(len(pairs), bool)
    if not len(troubled):
        return free, refused
    own = np.isin(free, troubled)
    clusters = np.where(own, np.arange(count), free)
    inside = np.flatnonzero(own[pairs[:, 0]]) if len(pairs) else np.empty(0, np.int64)
    low, high = np.sort(pairs[inside], axis=1).T
    order = inside[np.lexsort((high, low, -strength[inside]))]
    groups = _Groups(np.flatnonzero(own), apart)
    for at in order:
        refused[at] = not groups.unite(int(pairs[at, 0]), int(pairs[at, 1]))
    for record in np.flatnonzero(own):
        clusters[record] = groups.first(int(record))
    return clusters, refused


def _components(count: int, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Everything that hangs together, named by its smallest number."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(pairs):
        return np.arange(count)
    graph = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, labels = connected_components(graph, directed=False)
    first = np.full(labels.max() + 1, count)
    np.minimum.at(first, labels, np.arange(count))
    return np.asarray(first[labels], np.int64)


def _troubled(clusters: NDArray[np.int64], apart: Apart) -> NDArray[np.int64]:
    """Clusters in which something must stay apart."""
    found = [clusters[one] for one, other in apart.pairs if clusters[one] == clusters[other]]
    for codes in apart.once.values():
        known = np.flatnonzero(codes >= 0)
        both = np.stack([clusters[known], codes[known]], axis=1)
        different, counts = np.unique(both, axis=0, return_counts=True)
        found.extend(different[counts > 1, 0])
    for codes in apart.one_value.values():
        known = np.flatnonzero(codes >= 0)
        different = np.unique(np.stack([clusters[known], codes[known]], axis=1), axis=0)
        named, counts = np.unique(different[:, 0], return_counts=True)
        found.extend(named[counts > 1])
    return np.unique(np.array(found, np.int64))


class _Groups:
    """Groups of records that know what they cannot be joined with."""

    def __init__(self, records: Sequence[int] | NDArray[np.int64], apart: Apart) -> None:
        self._parent = {int(record): int(record) for record in records}
        self._against: dict[int, set[int]] = defaultdict(set)
        for one, other in apart.pairs:
            if one in self._parent and other in self._parent:
                self._against[one].add(other)
                self._against[other].add(one)
        self._once = {record: _tags(record, apart.once) for record in self._parent}
        self._value = {record: _values(record, apart.one_value) for record in self._parent}

    def first(self, record: int) -> int:
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record

    def unite(self, one: int, other: int) -> bool:
        keep, lose = sorted((self.first(one), self.first(other)))
        if keep == lose:
            return True
        if lose in self._against[keep] or self._once[keep] & self._once[lose]:
            return False
        values = self._value[keep] | self._value[lose]
        if len({name for name, _ in values}) < len(values):
            return False
        self._parent[lose] = keep
        for enemy in self._against.pop(lose, ()):
            self._against[enemy].discard(lose)
            self._against[enemy].add(keep)
            self._against[keep].add(enemy)
        self._once[keep] |= self._once.pop(lose)
        self._value[keep] = values
        return True


def _tags(record: int, columns: Mapping[str, NDArray[np.int64]]) -> set[tuple[str, int]]:
    return {(name, int(codes[record])) for name, codes in columns.items() if codes[record] >= 0}


_values = _tags


def codes_of(values: Iterable[Hashable]) -> NDArray[np.int64]:
    """Numbers for values; -1 for missing ones."""
    import pandas as pd

    codes, _ = pd.factorize(pd.Series(list(values), dtype=object))
    return np.asarray(codes, np.int64)
