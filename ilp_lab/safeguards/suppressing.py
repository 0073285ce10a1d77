"""Disclosure control: small counts are withheld, and enough others that nobody can work them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.errors import ColumnError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards.handling import handling_of, origin_of
from ilp_lab.safeguards.rules import rule_set

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_MOST_CELLS = 20_000
_REFERENCES = (
    "Fischetti and Salazar 2001, Solving the cell suppression problem on tabular data with linear constraints, doi:10.1287/mnsc.47.7.1008.9805",
    "Castro 2012, Recent advances in optimization techniques for statistical tabular data protection, doi:10.1016/j.ejor.2011.03.050",
)


def suppress(table: pd.DataFrame, *, smallest: int | None = None, publish_zeros: bool = True) -> Result:
    """Withhold the small counts of a table, and enough others that they cannot be worked out from its sums.

    Parameters
    ----------
    table
        Counts: whole numbers, rows by columns, without sums. The sums of rows and columns and the total are published.
    smallest
        The smallest count that may be published; of the policy (5) when left out.
    publish_zeros
        Whether a zero may be published; a zero can tell as much as a one.

    Returns
    -------
    Result
        ``table``: the counts with sums (row and column ``total``); withheld cells are missing, and products write ``details["missing"]`` there. ``details["cells"]``: each
        withheld cell with ``row``, ``column``, ``why`` (``small`` or ``protects another``), and ``low`` and ``high``, between which anybody
        who has the published table can place it. ``details["withheld"]``: how many.

    Raises
    ------
    InputError, ColumnError
        When the table does not hold counts, or has more than 20,000 cells.

    Notes
    -----
    Sums that would give a small count away are withheld too when a row or column has nothing else. Complementary cells are
    chosen by a linear programme for each small cell: the cheapest set of cells that lets it be larger, by ``smallest``, in
    some table with the same sums. Afterwards the range of every withheld cell is found by linear programming over all tables
    that fit what is published; every small cell's range is at least ``smallest`` wide, or an error is raised. Cost: two linear
    programmes for each withheld cell.

    References
    ----------
    Fischetti, M. and Salazar, J. J. (2001), doi:10.1287/mnsc.47.7.1008.9805. Castro, J. (2012), doi:10.1016/j.ejor.2011.03.050.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"theft": [20, 2, 14], "assault": [11, 9, 30]}, index=["S1", "S2", "S3"])
    >>> made = suppress(counts)
    >>> int(made.table.isna().sum().sum()), int(made.table.loc["total", "total"])
    (4, 86)
    """
    import pandas as pd

    caller = "safeguards.suppress"
    counts, least = _checked(table, smallest, caller)
    n = counts.to_numpy(dtype=np.float64)
    withheld = (n < least) & ((n > 0) | (not publish_zeros))
    small = withheld.copy()
    margins = _Sums(n)
    withheld = _complementary(margins, small, withheld, float(least))
    ranges = margins.ranges(withheld)
    low, high = (np.asarray(part) for part in ranges)
    cells = _listed(counts, small, withheld, low, high)
    shown = pd.DataFrame(np.where(withheld, np.nan, n), index=counts.index, columns=counts.columns).astype(
        "Int64"
    )
    shown["total"] = n.sum(axis=1).astype(np.int64)
    shown.loc["total"] = [*n.sum(axis=0).astype(np.int64), int(n.sum())]
    extra = int((withheld & ~small).sum())
    return Result(
        name=caller,
        title=tr("Counts that may be published"),
        table=shown,
        method=tr("Counts below {least} were withheld, and the cheapest further cells such that, from what is published, each small count can only be placed within a range at least as wide as that.").format(least=least),
        findings=(
            tr("{small} of {all} counts are small and are withheld, and {extra} more because a small one could be worked out from them.").format(small=int(small.sum()), all=n.size, extra=extra),
            tr("Every withheld count was tried: from the published table and its sums nobody can place a small one more closely than the range given."),
            tr("This does not guard against someone who knows a count from elsewhere, or has an earlier release: compare with check_releases."),
        ),
        params=(
            Param("smallest", least, chosen=smallest is None, why=tr("smallest_count of the policy")),
            Param("publish_zeros", publish_zeros),
        ),
        caveats=(tr("Tables that share sums with this one have to be protected together with it."),),
        references=_REFERENCES,
        sources=(Source("counts", int(n.size), fingerprint(n), origin_of(table)),),
        handling=handling_of(table),
        details={"cells": cells, "withheld": int(withheld.sum()), "missing": tr("withheld")},
    )  # fmt: skip


def check_releases(
    earlier: pd.DataFrame, later: pd.DataFrame, *, smallest: int | None = None
) -> pd.DataFrame:
    """Find counts that two releases, taken together, give away.

    Parameters
    ----------
    earlier, later
        Two published tables of counts with names of rows and columns in common; withheld cells are missing and passed over.
    smallest
        The smallest count that may be known; of the policy when left out.

    Returns
    -------
    DataFrame
        One row for each cell that stands in both and whose difference is small and not zero: ``row``, ``column``,
        ``earlier``, ``later``, ``difference``.

    Examples
    --------
    >>> import pandas as pd
    >>> first, second = pd.DataFrame({"theft": [20]}, index=["S1"]), pd.DataFrame({"theft": [22]}, index=["S1"])
    >>> check_releases(first, second)["difference"].tolist()
    [2]
    """
    import pandas as pd

    check = Check("safeguards.check_releases")
    for frame, name in ((earlier, "earlier"), (later, "later")):
        check.frame(frame, name)
    check.whole(1, smallest=smallest)
    check.done()
    least = int(smallest or rule_set().settings["smallest_count"])
    found: list[dict[str, Any]] = []
    for row in earlier.index.intersection(later.index):
        for column in earlier.columns.intersection(later.columns):
            one, other = earlier.loc[row, column], later.loc[row, column]
            if pd.isna(one) or pd.isna(other):
                continue
            difference = int(other) - int(one)
            if 0 < abs(difference) < least:
                found.append({"row": row, "column": column, "earlier": int(one), "later": int(other), "difference": difference})  # fmt: skip
    return pd.DataFrame(found, columns=pd.Index(["row", "column", "earlier", "later", "difference"]))


def round_counts(table: pd.DataFrame, *, base: int = 5) -> pd.DataFrame:
    """Round counts to multiples of ``base``, each by itself, so that sums do not give them away.

    Parameters
    ----------
    table
        Counts.
    base
        What is rounded to.

    Examples
    --------
    >>> import pandas as pd
    >>> round_counts(pd.DataFrame({"n": [2, 3, 12]}))["n"].tolist()
    [0, 5, 10]
    """
    check = Check("safeguards.round_counts")
    check.whole(2, base=base)
    check.done()
    counts, _ = _checked(table, 1, "safeguards.round_counts")
    return ((counts + base // 2) // base * base).astype("int64")


def _checked(table: Any, smallest: int | None, caller: str) -> tuple[pd.DataFrame, int]:
    check = Check(caller)
    check.whole(1, smallest=smallest)
    if check.frame(table, "the table"):
        if not table.size:
            check.add("the table has no cell.")
        elif table.size > _MOST_CELLS:
            check.add(f"the table has {table.size:,} cells; at most {_MOST_CELLS:,} can be protected at once. Publish parts that share no sums.")  # fmt: skip
        elif table.index.has_duplicates or table.columns.has_duplicates:
            check.add("rows and columns must have different names.")
        elif "total" in table.index or "total" in table.columns:
            check.add("the table must come without sums; leave the row and column 'total' out.")
        for column in table.columns if not table.columns.has_duplicates else ():
            held = table[column]
            if held.dtype.kind not in "iuf" and str(held.dtype) not in {"Int64", "UInt64", "Int32"}:
                check.add(f"column {column!r} holds {held.dtype}, no counts.", ColumnError)
            elif held.isna().any() or (held < 0).any() or (held != held.round()).any():
                check.add(
                    f"column {column!r} must hold whole numbers of 0 and more, none missing.", ColumnError
                )
    check.done()
    return table.astype("int64"), int(smallest or rule_set().settings["smallest_count"])


def _listed(
    counts: pd.DataFrame,
    small: NDArray[np.bool_],
    withheld: NDArray[np.bool_],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> pd.DataFrame:
    import pandas as pd

    rows, columns = np.nonzero(withheld)
    return pd.DataFrame(
        {
            "row": counts.index[rows],
            "column": counts.columns[columns],
            "why": np.where(small[rows, columns], "small", "protects another"),
            "low": np.round(low[rows, columns]).astype(np.int64),
            "high": np.round(high[rows, columns]).astype(np.int64),
        }
    )


class _Sums:
    """A table whose row and column sums are known to everybody, and what that tells of its cells."""

    def __init__(self, n: NDArray[np.float64]) -> None:
        from scipy.sparse import csr_array

        self.n = n
        rows, columns = n.shape
        at = np.arange(n.size)
        down = csr_array((np.ones(n.size), (at // columns, at)), shape=(rows, n.size))
        across = csr_array((np.ones(n.size), (at % columns, at)), shape=(columns, n.size))
        from scipy.sparse import vstack

        self.sums = vstack([down, across]).tocsc()

    def ranges(self, withheld: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The least and greatest value of each withheld cell in any table that fits what is published."""
        low, high = self.n.copy(), self.n.copy()
        for at in np.flatnonzero(withheld.ravel()):
            low.flat[at] = self.extreme(withheld, int(at), 1.0)
            high.flat[at] = self.extreme(withheld, int(at), -1.0)
        return low, high

    def extreme(self, withheld: NDArray[np.bool_], at: int, sign: float) -> float:
        from scipy.optimize import linprog

        free = np.flatnonzero(withheld.ravel())
        cost = np.zeros(len(free))
        cost[np.searchsorted(free, at)] = sign
        solved = linprog(
            cost,
            A_eq=self.sums[:, free],
            b_eq=self.sums[:, free] @ self.n.ravel()[free],
            bounds=(0, None),
            method="highs",
        )
        return float(sign * solved.fun) if solved.success else float(self.n.flat[at])

    def protect(self, at: int, withheld: NDArray[np.bool_], width: float) -> NDArray[np.int64]:
        """The cheapest cells whose change lets a cell grow by ``width`` with all sums kept; empty when there are none.

        Cells that are withheld already cost nothing; the others cost their count, so little is lost.
        """
        from scipy.optimize import linprog
        from scipy.sparse import hstack

        size = self.n.size
        price = np.where(withheld.ravel(), 0.0, self.n.ravel() + 1.0)
        up = np.full(size, np.inf)
        down = self.n.ravel().copy()
        bounds = [(0.0, limit) for limit in (*up, *down)]
        bounds[at] = (width, width)
        bounds[size + at] = (0.0, 0.0)
        solved = linprog(
            np.concatenate([price, price]),
            A_eq=hstack([self.sums, -self.sums]).tocsc(),
            b_eq=np.zeros(self.sums.shape[0]),
            bounds=bounds,
            method="highs",
        )
        if not solved.success:
            return np.empty(0, dtype=np.int64)
        moved = (solved.x[:size] > 1e-7) | (solved.x[size:] > 1e-7)
        return np.flatnonzero(moved & ~withheld.ravel())


def _complementary(
    sums: _Sums, small: NDArray[np.bool_], withheld: NDArray[np.bool_], width: float
) -> NDArray[np.bool_]:
    """Withhold cells until every small one can be placed no closer than ``width``."""
    from ilp_lab.errors import SafeguardError

    held = withheld.copy()
    order = np.flatnonzero(small.ravel())
    for at in order[np.argsort(-sums.n.ravel()[order], kind="stable")]:
        if _spread(sums, held, int(at)) >= width - 1e-6:
            continue
        held.flat[sums.protect(int(at), held, width)] = True
        if _spread(sums, held, int(at)) < width - 1e-6:
            rows, columns = sums.n.shape
            raise SafeguardError(
                f"safeguards.suppress: a small count in row {at // columns + 1}, column {at % columns + 1} of {rows} x {columns} can be worked out whatever "
                "else is withheld: there is too little around it. Merge it with another row or column, or do not publish the table."
            )
    return held


def _spread(sums: _Sums, held: NDArray[np.bool_], at: int) -> float:
    return sums.extreme(held, at, -1.0) - sums.extreme(held, at, 1.0)
