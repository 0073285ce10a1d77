"""Measures that need no paths: eigenvector, PageRank, cores, Burt's constraint, brokerage between groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._compiled import shared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.networks.ties import Rows, Ties

    Numbers = NDArray[np.float64]

DAMPING = 0.85
DENSE_UP_TO = 60
ROLES = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")


def parts_of(ties: Ties) -> NDArray[np.int64]:
    """Number of each entity's part of the chart, 1 being the largest."""
    from ilp_lab.networks.loops.structure import parts

    root = parts(ties.source, ties.target, ties.count)
    part = (np.cumsum(root == np.arange(ties.count)) - 1)[root]
    order = np.argsort(-np.bincount(part), kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(1, len(order) + 1)
    return np.asarray(number[part])


def core_numbers(both: Rows) -> NDArray[np.int64]:
    """Seidman's core number of each entity."""
    from ilp_lab.networks.loops.structure import cores

    return np.asarray(cores(both.ptr, both.to))


def pagerank(
    source: Any,
    target: Any,
    strength: Numbers,
    count: int,
    *,
    directed: bool,
    change: float = 1e-13,
    back: Rows | None = None,
) -> Numbers:
    """Share of a walker's time who follows ties by strength and starts anew with probability 0.15."""
    from ilp_lab.networks.loops.structure import page_rank
    from ilp_lab.networks.ties import rows_of

    if back is None:
        back = rows_of(target, source, strength, count, both_ways=not directed)
    given = np.bincount(source, weights=strength, minlength=count)
    if not directed:
        given = given + np.bincount(target, weights=strength, minlength=count)
    return np.asarray(page_rank(*back, given.astype(np.float64), DAMPING, change, 2_000))


def eigenvector(both: Rows, inside: NDArray[np.bool_]) -> Numbers:
    """Eigenvector centrality of unit length within one part of the chart; missing elsewhere."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import ArpackNoConvergence, eigsh

    count = len(both.ptr) - 1
    values = np.full(count, np.nan)
    rows = np.flatnonzero(inside)
    if len(rows) == 1:
        values[rows] = 1.0
        return values
    matrix = csr_array((both.value, both.to, both.ptr), shape=(count, count))[rows][:, rows]
    if len(rows) <= DENSE_UP_TO:
        _, vectors = np.linalg.eigh(matrix.toarray())
        vector = vectors[:, -1]
    else:
        try:
            _, found = eigsh(matrix, k=1, which="LA", v0=np.ones(len(rows)), tol=1e-13)
        except ArpackNoConvergence:
            return values
        vector = found[:, 0]
    vector = np.abs(vector)
    values[rows] = vector / np.linalg.norm(vector)
    return values


def constraint(both: Rows) -> Numbers:
    """Burt's constraint: how far everyone's ties lead back to the same few; missing without ties."""
    from ilp_lab.networks.loops.structure import constraints

    count = len(both.ptr) - 1
    found = np.empty(count)
    for _ in shared(lambda first, last: constraints(*both, first, last, found), count, at_least=2_000):
        pass
    return found


def brokerage(ties: Ties, groups: NDArray[np.int32]) -> Numbers:
    """Ordered pairs that each joins in the five roles of Gould and Fernandez; columns as ``ROLES``."""
    from ilp_lab.networks.loops.structure import brokered

    found = np.zeros((ties.count, len(ROLES)))
    number = int(groups.max(initial=-1)) + 1
    for _ in shared(
        lambda first, last: brokered(*ties.ahead[:2], *ties.back[:2], groups, number, first, last, found),
        ties.count,
        at_least=2_000,
    ):
        pass
    return found
