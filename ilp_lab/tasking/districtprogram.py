"""Districts by program: proven best, for up to some sixty areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.tasking.districtsearch import Map

_ROUNDS = 40


@dataclass(frozen=True)
class Solved:
    """What the program says.

    Attributes
    ----------
    district
        District by area; None when nothing better than the bound given was found in time.
    proven
        Whether no better districts exist.
    bound
        No districts cost less than this.
    """

    district: NDArray[np.int64] | None
    proven: bool
    bound: float


def solve(ground: Map, known: float, *, seconds: float) -> Solved:
    """Find the best districts that cost less than ``known``, or prove that there are none.

    A p-median program with limits of workload (HiGHS). Contiguity comes as cuts: a piece that is cut off from its base must take in
    one of the areas around it. Variables that can be in no better solution are fixed first by their reduced costs.
    """
    from time import monotonic

    ends = monotonic() + seconds
    program = _Program(ground)
    relaxed = program.relaxed()
    if relaxed is None:
        return Solved(None, proven=True, bound=np.inf)
    value, reduced = relaxed
    cutoff = known * (1 - 1e-7) if np.isfinite(known) else np.inf
    free = value + reduced <= cutoff
    bound = value
    for _ in range(_ROUNDS):
        left = ends - monotonic()
        if left <= 0:
            return Solved(None, proven=False, bound=bound)
        found = program.integral(free, cutoff, left)
        if found.status == 2:
            return Solved(None, proven=True, bound=known)
        bound = max(bound, float(found.mip_dual_bound)) if found.mip_dual_bound is not None else bound
        if found.x is None:
            return Solved(None, proven=False, bound=bound)
        district = program.districts(found.x)
        if not program.cut(district):
            return Solved(district, proven=found.status == 0, bound=bound)
    return Solved(None, proven=False, bound=bound)


class _Program:
    """x[i, j]: area i belongs to the base j."""

    def __init__(self, ground: Map) -> None:
        from scipy import sparse

        self.ground, self.n = ground, len(ground.load)
        n = self.n
        self.cost = ground.weighted.ravel()
        ones, index = np.ones(n), np.arange(n)
        each = sparse.kron(sparse.eye_array(n), sparse.csr_array(ones[None]))
        bases = sparse.csr_array((ones, (np.zeros(n, dtype=int), index * n + index)), shape=(1, n * n))
        only = sparse.csr_array((np.ones(n * n), (np.arange(n * n), np.arange(n * n))), shape=(n * n, n * n))
        of_base = sparse.csr_array(
            (np.ones(n * n), (np.arange(n * n), np.tile(index * n + index, n))), shape=(n * n, n * n)
        )
        work = sparse.csr_array(
            (np.repeat(ground.load, n), (np.tile(index, n), np.arange(n * n))), shape=(n, n * n)
        )
        own = sparse.csr_array((ones, (index, index * n + index)), shape=(n, n * n))
        self.equal = (sparse.vstack([each, bases]).tocsr(), np.append(ones, ground.number))
        self.under: list[Any] = [only - of_base, work - ground.high * own, ground.low * own - work]

    def relaxed(self) -> tuple[float, NDArray[np.float64]] | None:
        """The bound of the program without whole numbers, and what each variable would add to it."""
        from scipy import sparse
        from scipy.optimize import linprog

        rows = sparse.vstack(self.under).tocsr()
        found = linprog(
            self.cost, A_ub=rows, b_ub=np.zeros(rows.shape[0]), A_eq=self.equal[0], b_eq=self.equal[1],
            bounds=(0, 1), method="highs",
        )  # fmt: skip
        if found.status != 0:
            return None
        return float(found.fun), np.maximum(np.asarray(found.lower.marginals), 0.0)

    def integral(self, free: NDArray[np.bool_], cutoff: float, seconds: float) -> Any:
        from scipy import sparse
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows = sparse.vstack(self.under).tocsr()
        limits = [
            LinearConstraint(rows, -np.inf, 0.0),
            LinearConstraint(self.equal[0], self.equal[1], self.equal[1]),
        ]
        if np.isfinite(cutoff):
            limits.append(LinearConstraint(self.cost[None], -np.inf, cutoff))
        return milp(
            self.cost, integrality=np.ones(len(self.cost)), bounds=Bounds(0, free.astype(np.float64)), constraints=limits,
            options={"time_limit": seconds, "mip_rel_gap": 1e-6},
        )  # fmt: skip

    def districts(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        base = x.reshape(self.n, self.n).argmax(axis=1)
        return np.asarray(np.unique(base, return_inverse=True)[1], dtype=np.int64)

    def cut(self, district: NDArray[np.int64]) -> bool:
        """Forbid pieces that are cut off, for every base at once; whether there were any."""
        from scipy import sparse

        rows, columns, values, row = [], [], [], 0
        bases = self.ground.cost(district)[1]
        for number in range(self.ground.number):
            for piece in self._pieces(np.flatnonzero(district == number)):
                around = {
                    int(other)
                    for area in piece
                    for other in self.ground.beside[self.ground.begins[area] : self.ground.begins[area + 1]]
                } - set(piece)
                for base in range(self.n):
                    if base in piece or base in around:
                        continue
                    heaviest = max(piece, key=lambda area: self.ground.load[area])
                    rows.append(row)
                    columns.append(heaviest * self.n + base)
                    values.append(1.0)
                    for other in around:
                        rows.append(row)
                        columns.append(other * self.n + base)
                        values.append(-1.0)
                    row += 1
        del bases
        if not row:
            return False
        self.under.append(sparse.csr_array((values, (rows, columns)), shape=(row, self.n * self.n)))
        return True

    def _pieces(self, own: NDArray[np.int64]) -> list[list[int]]:
        """Pieces of a district, when there is more than one."""
        left, found = set(own.tolist()), []
        while left:
            piece, queue = [], [left.pop()]
            while queue:
                area = queue.pop()
                piece.append(area)
                for other in self.ground.beside[self.ground.begins[area] : self.ground.begins[area + 1]]:
                    if int(other) in left:
                        left.remove(int(other))
                        queue.append(int(other))
            found.append(piece)
        return found if len(found) > 1 else []
