"""A chart as a sparse matrix, for numpy and scipy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import in_english, shaped, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.networks.linkchart import LinkChart, the_chart

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_WEIGHTLESS = shaped(tr_later("link without a {weight}"))


@dataclass(frozen=True, eq=False)
class Adjacency:
    """A chart as a matrix, and the way back to its entities and links.

    Attributes
    ----------
    matrix
        ``scipy.sparse.csr_array``, one row and one column per entity.
    entity_ids
        The entity of each row and column.
    links
        One row per link of the chart, by its number: ``row``, ``column``, ``value``; ``value`` is missing for links
        that are not in the matrix.
    left_out
        Links without a weight, with the column ``reason``; empty when there are none.
    """

    matrix: Any
    entity_ids: pd.Index
    links: pd.DataFrame
    left_out: pd.DataFrame


def to_scipy(chart: LinkChart, *, weight: str | None = None, directed: bool = False) -> Adjacency:
    """Return the chart as a sparse matrix; parallel links add up in it and stay apart beside it.

    Parameters
    ----------
    chart
        A link chart.
    weight
        A column of numbers of the links; every link counts 1 when left out. What it means (distance or strength) is
        up to the algorithm that reads it.
    directed
        Whether an entry leads only from source to target; otherwise every link stands in the matrix both ways, and a
        link of an entity with itself once on the diagonal.

    Returns
    -------
    Adjacency

    Raises
    ------
    ColumnError
        When the links have no such column or it holds no numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> to_scipy(chart(pd.DataFrame({"source": ["A", "A"], "target": ["B", "B"]}))).matrix.toarray().tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    import pandas as pd
    from scipy.sparse import coo_array

    faults = Check("networks.to_scipy")
    the_chart(chart, faults)
    if weight is not None:
        faults.columns(chart.links, (weight,), "the chart's table of links")
        if weight in chart.links and not pd.api.types.is_numeric_dtype(chart.links[weight]):
            faults.add(
                f"column {weight!r} must hold numbers; it holds {chart.links[weight].dtype}.", ColumnError
            )
    faults.done()
    names = pd.Index(chart.entities["entity_id"])
    row, column = (names.get_indexer(pd.Index(chart.links[end])) for end in ("source", "target"))
    value: NDArray[np.float64] = np.ones(len(chart.links))
    if weight is not None:
        value = chart.links[weight].to_numpy(dtype=np.float64, na_value=np.nan)
    links = pd.DataFrame({"row": row, "column": column, "value": value}, index=chart.links.index)
    use = np.isfinite(value)
    ahead, back, number = row[use], column[use], value[use]
    if not directed:
        apart = ahead != back
        ahead, back = np.r_[ahead, back[apart]], np.r_[back, ahead[apart]]
        number = np.r_[number, number[apart]]
    matrix = coo_array((number, (ahead, back)), shape=(len(names), len(names))).tocsr()
    lost = chart.links[~use].assign(reason=in_english(_WEIGHTLESS.format(weight=weight)))
    return Adjacency(matrix, names, links, lost)
