"""Which entities of a large chart are drawn as one sign first: the analyst's groups, contacts of hubs, communities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr, trn
from ilp_lab.networks.layout import APART

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

BY_GROUP_FROM = 5_000
HUB = 200
_AT_MOST = 300
_SMALL_PART = 12
_SINGLES = 300


@dataclass(frozen=True)
class Groups:
    """Groups of a chart.

    Attributes
    ----------
    of
        Number of each entity's group, or -1 for those that stand by themselves.
    names
        What each group is called.
    closed
        Whether the chart is drawn by group first.
    how
        In words, where the groups come from; empty when there are none.
    """

    of: Whole
    names: list[str]
    closed: bool
    how: str

    def __len__(self) -> int:
        return len(self.names)


def groups_of(
    ids: list[str],
    labels: list[str],
    source: Whole,
    target: Whole,
    *,
    given: Mapping[str, str],
    ranked: NDArray[np.bool_],
) -> Groups:
    """Groups the analyst gave; otherwise, in large charts, contacts that only link to one hub, and communities."""
    size = len(ids)
    if given:
        names = list(dict.fromkeys(given[name] for name in ids if name in given))
        number = {name: row for row, name in enumerate(names)}
        of = np.array([number[given[name]] if name in given else -1 for name in ids], dtype=np.int64)
        return Groups(of, names, size > BY_GROUP_FROM, tr("Groups as the chart has them."))
    of, names = _hub_contacts(size, source, target, labels)
    how = [
        tr("Contacts that link to nobody but one hub of {n} or more stand as one sign.").format(n=HUB)
    ] * bool(names)
    large = size > BY_GROUP_FROM
    if large:
        found, small = _communities(size, source, target, of)
        names += _named(found, labels, source, target, ranked, small=small)
        of = np.where(of >= 0, of, np.where(found >= 0, found + len(names) - (found.max() + 1), -1))
        how.append(
            tr(
                "Groups are communities found by the library (Leiden, modularity); they are a reading aid, no finding."
            )
        )
    return Groups(of, names, bool(names), " ".join(how))


def _hub_contacts(size: int, source: Whole, target: Whole, labels: list[str]) -> tuple[Whole, list[str]]:
    low, high = np.minimum(source, target), np.maximum(source, target)
    pairs = np.unique((low * size + high)[low != high]) if size else np.empty(0, dtype=np.int64)
    low, high = pairs // max(size, 1), pairs % max(size, 1)
    degree = np.bincount(np.r_[low, high], minlength=size)
    leaf_low, leaf_high = degree[low] == 1, degree[high] == 1
    one_way = leaf_low ^ leaf_high
    leaf = np.where(leaf_low, low, high)[one_way]
    hub = np.where(leaf_low, high, low)[one_way]
    contacts = np.bincount(hub, minlength=size)
    hubs = np.flatnonzero(contacts >= HUB)
    number = np.full(size, -1, dtype=np.int64)
    number[hubs] = np.arange(len(hubs))
    of = np.full(size, -1, dtype=np.int64)
    of[leaf] = number[hub]
    return of, [
        trn("{n:,} contact of {name} only", "{n:,} contacts of {name} only", int(contacts[row])).format(
            n=int(contacts[row]), name=labels[row]
        )
        for row in hubs.tolist()
    ]


def _communities(size: int, source: Whole, target: Whole, taken: Whole) -> tuple[Whole, bool]:
    """Communities of the entities not taken, largest first; whether the last holds the small parts of the chart."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    from ilp_lab.networks.leiden import leiden
    from ilp_lab.networks.ties import Rows

    use = (taken[source] < 0) & (taken[target] < 0) & (source != target)
    matrix = coo_matrix((np.ones(int(use.sum())), (source[use], target[use])), shape=(size, size)).tocsr()
    both = (matrix + matrix.T).tocsr()
    _, part = connected_components(both, directed=False)
    small = (np.bincount(part) <= _SMALL_PART)[part] & (taken < 0)
    hubs = np.zeros(size, dtype=bool)
    hubs[np.r_[source[taken[target] >= 0], target[taken[source] >= 0]]] = True
    small &= ~hubs
    rest = np.flatnonzero((taken < 0) & ~small & ~(hubs & (np.bincount(part)[part] == 1)))
    of = np.full(size, -1, dtype=np.int64)
    if len(rest):
        own = both[rest][:, rest]
        rows = Rows(own.indptr.astype(np.int64), own.indices.astype(np.int32), own.data.astype(np.float64))
        found = leiden(rows, resolution=1.0, draw=np.random.default_rng(7))
        _, found, count = np.unique(found, return_inverse=True, return_counts=True)
        rank = np.empty(len(count), dtype=np.int64)
        rank[np.argsort(-count, kind="stable")] = np.arange(len(count))
        of[rest] = np.minimum(rank[found], _AT_MOST)
    of[small] = of.max() + 1
    return of, bool(small.any())


def _named(
    of: Whole, labels: list[str], source: Whole, target: Whole, ranked: NDArray[np.bool_], *, small: bool
) -> list[str]:
    """Each group called after its busiest entity that may be ranked."""
    degree = np.bincount(np.r_[source, target], minlength=len(labels))
    names = []
    order = np.lexsort((-degree, ~ranked, of))
    first = {int(of[row]): row for row in order[::-1].tolist()}
    for number in range(int(of.max()) + 1):
        row = first[number]
        names.append(
            tr("around {name}").format(name=labels[row])
            if ranked[row]
            else tr("group {number}").format(number=number + 1)
        )
    if small:
        names[-1] = tr("small parts of the chart")
    return names


def gathered(xy: Numbers, groups: Groups, source: Whole, target: Whole) -> tuple[Numbers, Numbers, Numbers]:
    """Positions with every group in a disc of its own: all entities, the middles of the discs, their radii."""
    count = len(groups)
    inside = groups.of >= 0
    size = np.bincount(groups.of[inside], minlength=count).astype(np.float64)
    alone = np.flatnonzero(~inside)
    alone = alone if len(alone) <= _SINGLES else alone[:0]
    middle = (
        np.column_stack(
            [np.bincount(groups.of[inside], weights=xy[inside, axis], minlength=count) for axis in (0, 1)]
        )
        / np.maximum(size, 1.0)[:, None]
    )
    radius = APART * (0.45 * np.sqrt(size) + 0.3)
    discs = _discs_apart(np.vstack([middle, xy[alone]]), np.r_[radius, np.full(len(alone), 0.5 * APART)])
    moved = discs[:count]
    one, other = groups.of[source], groups.of[target]
    between = (one != other) | ((one < 0) & (source != target))
    joined = np.zeros(count + 1, dtype=bool)
    joined[np.r_[one[between], other[between]]] = True
    _unlinked_aside(moved, radius, joined[:count])
    placed = xy.copy()
    placed[alone] = discs[count:]
    offset = xy[inside] - middle[groups.of[inside]]
    out = np.hypot(*offset.T)
    spread = np.sqrt(np.bincount(groups.of[inside], weights=out**2, minlength=count) / np.maximum(size, 1.0))
    wanted = 0.92 * radius[groups.of[inside]]
    reach = out * np.minimum(1.0, 0.62 * radius / np.maximum(spread, 1e-9))[groups.of[inside]]
    reach = np.where(
        reach > 0.7 * wanted, 0.7 * wanted + 0.3 * wanted * np.tanh((reach / wanted - 0.7) / 0.3), reach
    )
    placed[inside] = moved[groups.of[inside]] + offset * (reach / np.maximum(out, 1e-9))[:, None]
    return placed, moved, radius


def _unlinked_aside(at: Numbers, radius: Numbers, joined: NDArray[np.bool_]) -> None:
    """Move discs without a link to another to a column beside the rest."""
    if joined.all() or not joined.any():
        return
    east = float((at[joined, 0] + radius[joined]).max()) + APART
    down = float((at[joined, 1] - radius[joined]).min())
    for number in np.flatnonzero(~joined).tolist():
        at[number] = (east + radius[number], down + radius[number])
        down += 2 * radius[number] + APART


def _discs_apart(middle: Numbers, radius: Numbers) -> Numbers:
    """Move discs until none lies on another."""
    at = middle.copy()
    for _ in range(300):
        across = at[:, None, :] - at[None, :, :]
        length = np.hypot(across[..., 0], across[..., 1])
        wanted = (radius[:, None] + radius[None, :]) * 1.08
        overlap = np.where(np.eye(len(at), dtype=bool), 0.0, np.maximum(0.0, wanted - length))
        if overlap.max(initial=0.0) < 1.0:
            break
        turn = 2.399963 * np.arange(len(at))
        outward = np.column_stack([np.cos(turn), np.sin(turn)])[:, None, :] * np.ones((1, len(at), 1))
        direction = np.where(length[..., None] > 1e-6, across / np.maximum(length, 1e-6)[..., None], outward)
        weight = radius[None, :] ** 2 / (radius[:, None] ** 2 + radius[None, :] ** 2)
        at = at + (direction * (overlap * weight * 0.5)[..., None]).sum(axis=1)
    return at
