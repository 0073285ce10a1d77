"""Which areas are neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def contiguity(shapes: NDArray[np.object_], kind: str) -> Any:
    """Binary weights of polygons that touch, each being its own neighbour too.

    Parameters
    ----------
    shapes
        Polygons.
    kind
        ``"queen"``: a common point is enough; ``"rook"``: a common border is needed.

    Returns
    -------
    scipy.sparse.csr_array

    Examples
    --------
    >>> import shapely
    >>> checkers = shapely.box([0, 1, 1], [0, 0, 1], [1, 2, 2], [1, 1, 2])
    >>> contiguity(checkers, "queen").toarray().astype(int).tolist()
    [[1, 1, 1], [1, 1, 1], [1, 1, 1]]
    >>> contiguity(checkers, "rook").toarray().astype(int).tolist()
    [[1, 1, 0], [1, 1, 1], [0, 1, 1]]
    """
    import shapely
    from scipy import sparse

    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    if kind == "rook":
        shared = shapely.intersection(shapely.boundary(shapes[one]), shapely.boundary(shapes[other]))
        kept = (shapely.length(shared) > 0) | (one == other)
        one, other = one[kept], other[kept]
    n = len(shapes)
    return sparse.csr_array((np.ones(len(one)), (one, other)), shape=(n, n))
