"""Who neighbours whom: weights between areas, points and cells, as sparse matrices without self-neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._ground.contiguity import contiguity
from ilp_lab._memory import ask
from ilp_lab._tongue import tr, tr_later

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab._check import Check
    from ilp_lab._ground.studyarea import StudyArea

_BYTES = 64  # of a pair of neighbours: two numbers of places, a weight, and the copies on the way
KINDS = ("queen", "rook", "distance", "nearest")


@dataclass(frozen=True)
class Neighbours:
    """Weights between places.

    Attributes
    ----------
    matrix
        Sparse, square; row i holds the weights of the neighbours of place i, and nothing for i itself.
    said
        How they were made, for the method statement.
    binary
        Whether every weight is 1.
    """

    matrix: Any
    said: str
    binary: bool = True

    @property
    def count(self) -> NDArray[np.int64]:
        """Number of neighbours of each place."""
        return np.asarray(np.diff(self.matrix.indptr), dtype=np.int64)

    @property
    def alone(self) -> int:
        """How many places have no neighbour."""
        return int((self.count == 0).sum())

    def standardised(self) -> Any:
        """The same with every row adding up to 1 (rows without neighbours stay 0)."""
        from scipy import sparse

        totals = np.asarray(self.matrix.sum(axis=1)).ravel()
        scale = np.divide(1.0, totals, out=np.zeros(len(totals)), where=totals > 0)
        return sparse.csr_array(sparse.diags_array(scale) @ self.matrix)


def of_shapes(
    shapes: NDArray[np.object_], weights: Any, *, within_m: float | None = None, nearest: int | None = None
) -> Neighbours:
    """Neighbours of polygons or points in metres.

    Parameters
    ----------
    shapes
        Outlines or points.
    weights
        ``"queen"`` (a common point), ``"rook"`` (a common border), ``"distance"`` (middles at most ``within_m``
        apart), ``"nearest"`` (the ``nearest`` closest middles), or a square sparse matrix, of which the diagonal is
        not used.

    Examples
    --------
    >>> import shapely
    >>> of_shapes(shapely.points([(0, 0), (5, 0), (50, 0)]), "distance", within_m=10).matrix.toarray().astype(int).tolist()
    [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    """
    if not isinstance(weights, str):
        matrix = without_self(weights)
        plain = bool((matrix.data == 1).all())
        return Neighbours(
            matrix, tr("a matrix with {nnz:,} entries beside the diagonal").format(nnz=matrix.nnz), plain
        )
    if weights in ("queen", "rook"):
        touch = tr_later("a common point") if weights == "queen" else tr_later("a common border")
        return Neighbours(without_self(contiguity(shapes, weights)), touch)
    middles = _middles(shapes)
    if weights == "distance":
        assert within_m is not None  # noqa: S101 - checked at the boundary
        return Neighbours(
            _near(middles, within_m), tr("middles at most {within_m:g} m apart").format(within_m=within_m)
        )
    assert nearest is not None  # noqa: S101
    return Neighbours(_closest(middles, nearest), tr("the {nearest} closest middles").format(nearest=nearest))


def of_cells(area: StudyArea, within_m: float | None) -> Neighbours:
    """Neighbours of the cells of a study area, by arithmetic: those around each, or those within a distance."""
    from scipy import sparse

    lattice = area.lattice
    around = sum(last - first + 1 for _, first, last in lattice.window(within_m)[0])
    ask(
        _BYTES * around * len(area.cells),
        caller="places: neighbours of cells",
        way_out="Take a smaller within_m or larger cells.",
    )
    position = np.full((lattice.rows, lattice.columns), -1, dtype=np.int64)
    position.ravel()[area.cells] = np.arange(len(area.cells))
    row, column = np.divmod(area.cells, lattice.columns)
    one: list[NDArray[np.int64]] = []
    other: list[NDArray[np.int64]] = []
    for parity, runs in enumerate(lattice.window(within_m)):
        mine = np.flatnonzero(row % 2 == parity) if lattice.shape == "hex" else np.arange(len(row))
        if lattice.shape == "square" and parity:
            break
        for up, first, last in runs:
            for across in range(first, last + 1):
                if up == 0 and across == 0:
                    continue
                r, c = row[mine] + up, column[mine] + across
                on = (r >= 0) & (r < lattice.rows) & (c >= 0) & (c < lattice.columns)
                found = position[r[on], c[on]]
                one.append(mine[on][found >= 0])
                other.append(found[found >= 0])
    n = len(area.cells)
    at, to = np.concatenate(one), np.concatenate(other)
    close = tr("the {what} cells around").format(what=8 if lattice.shape == "square" else 6)
    said = (
        close
        if within_m is None
        else tr("cells whose middle lies within {within_m:g} m").format(within_m=within_m)
    )
    matrix = sparse.csr_array((np.ones(len(at)), (at, to)), shape=(n, n))
    matrix.sort_indices()
    return Neighbours(matrix, said)


def without_self(matrix: Any) -> Any:
    """A sparse matrix without its diagonal and without stored zeros, its columns in order."""
    from scipy import sparse

    coo = sparse.coo_array(matrix)
    kept = (coo.row != coo.col) & (coo.data != 0)
    out = sparse.csr_array(
        (coo.data[kept].astype(np.float64), (coo.row[kept], coo.col[kept])), shape=coo.shape
    )
    out.sort_indices()
    return out


def check_weights(
    check: Check, weights: Any, within_m: float | None, nearest: int | None, places: int
) -> None:
    """Faults in how neighbours were asked for."""
    from scipy import sparse

    check.positive(within_m=within_m)
    check.whole(1, nearest=nearest)
    if isinstance(weights, str):
        check.choice(allowed=KINDS, weights=weights)
        if weights == "distance" and within_m is None:
            check.add("weights='distance' needs within_m, how far neighbours may lie apart in metres.")
        if weights == "nearest" and nearest is None:
            check.add("weights='nearest' needs nearest, the number of neighbours of every place.")
        if weights == "nearest" and nearest is not None and nearest >= max(places, 2):
            check.add(f"nearest must be smaller than the number of places ({places}); got {nearest}.")
    elif not sparse.issparse(weights) or weights.shape != (places, places):
        check.add(
            f"weights must be one of {', '.join(map(repr, KINDS))}, or a sparse matrix of {places} × {places}."
        )
    elif not (weights.data >= 0).all() or not np.isfinite(weights.data).all():
        check.add("weights must be finite and not below 0; a larger entry means closer.")


def _middles(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    import shapely

    return np.asarray(shapely.get_coordinates(shapely.centroid(shapes)))


def _near(middles: NDArray[np.float64], within_m: float) -> Any:
    from scipy import sparse
    from scipy.spatial import cKDTree

    tree = cKDTree(middles)
    ask(
        _BYTES * float(tree.count_neighbors(tree, within_m)),
        caller="places: neighbours of areas",
        way_out="Take a smaller within_m.",
    )
    pairs = tree.query_pairs(within_m, output_type="ndarray")
    one, other = np.concatenate([pairs, pairs[:, ::-1]]).T
    matrix = sparse.csr_array((np.ones(len(one)), (one, other)), shape=(len(middles), len(middles)))
    matrix.sort_indices()
    return matrix


def _closest(middles: NDArray[np.float64], nearest: int) -> Any:
    from scipy import sparse
    from scipy.spatial import cKDTree

    _, found = cKDTree(middles).query(middles, k=nearest + 1)
    n = len(middles)
    own = found == np.arange(n)[:, None]
    own[~own.any(axis=1), -1] = True  # several at one point: the farthest of them gives way
    kept = found[~own].reshape(n, nearest)
    rows = np.repeat(np.arange(n), nearest)
    matrix = sparse.csr_array((np.ones(n * nearest), (rows, kept.ravel())), shape=(n, n))
    matrix.sort_indices()
    return matrix
