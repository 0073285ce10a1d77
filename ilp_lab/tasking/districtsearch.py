"""Districts by search: seeds far apart, growth by balance, then annealing at the borders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Map:
    """What districts are drawn on.

    Attributes
    ----------
    load
        Workload by area.
    travel
        Travel from area to area.
    begins, beside
        Neighbours of area k are ``beside[begins[k]:begins[k + 1]]``.
    number
        How many districts.
    low, high
        Limits of a district's workload.
    """

    load: NDArray[np.float64]
    travel: NDArray[np.float64]
    begins: NDArray[np.int64]
    beside: NDArray[np.int64]
    number: int
    low: float
    high: float

    @property
    def weighted(self) -> NDArray[np.float64]:
        """Workload times travel; areas without work weigh a trifle, so that they too lie near their base."""
        trifle = self.load.sum() / len(self.load) * 1e-6
        return np.ascontiguousarray((self.load + trifle)[:, None] * self.travel)

    def cost(self, district: NDArray[np.int64]) -> tuple[float, NDArray[np.int64]]:
        """Travel in all, and the base of each district."""
        weighted = self.weighted
        total, bases = 0.0, np.zeros(self.number, dtype=np.int64)
        for k in range(self.number):
            own = np.flatnonzero(district == k)
            sums = weighted[np.ix_(own, own)].sum(axis=0)
            bases[k] = own[int(sums.argmin())]
            total += float(sums.min())
        return total, bases

    def loads(self, district: NDArray[np.int64]) -> NDArray[np.float64]:
        """Workload by district."""
        return np.asarray(np.bincount(district, self.load, minlength=self.number), dtype=np.float64)

    def imbalance(self, district: NDArray[np.int64]) -> float:
        """Largest deviation from the mean workload, as a share of it."""
        loads = self.loads(district)
        return float(np.abs(loads / loads.mean() - 1).max())


def neighbours_of(matrix: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Begins and members of the lists of neighbours, from a sparse matrix; nobody is its own neighbour."""
    from scipy import sparse

    own = sparse.csr_array(matrix - sparse.diags_array(matrix.diagonal()))
    own.eliminate_zeros()
    own.sort_indices()
    return own.indptr.astype(np.int64), own.indices.astype(np.int64)


def pieces(begins: NDArray[np.int64], beside: NDArray[np.int64]) -> tuple[int, NDArray[np.int64]]:
    """How many pieces the areas form, and the piece of each."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    n = len(begins) - 1
    graph = sparse.csr_array((np.ones(len(beside)), beside, begins), shape=(n, n))
    number, labels = connected_components(graph, directed=False)
    return int(number), np.asarray(labels, dtype=np.int64)


def search(
    ground: Map, rng: np.random.Generator, *, starts: int, trials: int
) -> tuple[NDArray[np.int64], float]:
    """The best districts found, and their travel; infinite when none kept the limits (then the most balanced)."""
    from tqdm.auto import trange

    from ilp_lab.tasking.loops.growing import anneal

    weighted = ground.weighted
    mean = ground.load.sum() / ground.number
    best, least = np.zeros(len(ground.load), dtype=np.int64), np.inf
    spread = np.inf
    for _ in trange(starts, desc="districts", delay=1, leave=False):
        district = grow(ground, rng)
        typical = ground.cost(district)[0]
        found = district.copy()
        travel = anneal(
            district, ground.load, weighted, ground.begins, ground.beside, ground.number, ground.low, ground.high,
            rng.random((trials, 5)), 0.02 * typical / ground.number * 4, 4.0 * typical / mean / ground.number, found,
        )  # fmt: skip
        if travel < least:
            least, best = float(travel), found.copy()
        elif not np.isfinite(least) and ground.imbalance(district) < spread:
            spread, best = ground.imbalance(district), district.copy()
    return best, least


def grow(ground: Map, rng: np.random.Generator) -> NDArray[np.int64]:
    """Districts that grow from seeds far apart: the one with least work takes the nearest area at its border."""
    n = len(ground.load)
    seeds = [int(rng.integers(n))]
    while len(seeds) < ground.number:
        away = ground.travel[:, seeds].min(axis=1)
        away[seeds] = 0
        chance = away**2 if away.sum() > 0 else np.ones(n)
        chance[seeds] = 0
        if chance.sum() <= 0:
            chance = np.ones(n)
            chance[seeds] = 0
        seeds.append(int(rng.choice(n, p=chance / chance.sum())))
    district = np.full(n, -1, dtype=np.int64)
    district[seeds] = np.arange(ground.number)
    loads = ground.load[seeds].copy()
    open_ = np.ones(ground.number, dtype=bool)
    while (district < 0).any():
        k = int(np.where(open_, loads, np.inf).argmin())
        own = np.flatnonzero(district == k)
        edge = np.unique(
            np.concatenate([ground.beside[ground.begins[i] : ground.begins[i + 1]] for i in own])
        )
        edge = edge[district[edge] < 0]
        if not len(edge):
            open_[k] = False
            continue
        taken = int(edge[ground.travel[edge, seeds[k]].argmin()])
        district[taken] = k
        loads[k] += ground.load[taken]
    return district
