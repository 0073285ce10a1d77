"""One choice of rows, shared by every widget that shows the same table."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import traitlets

from ilp_lab._check import Check
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

_NONE: NDArray[np.int64] = np.empty(0, dtype=np.int64)


class Selection(traitlets.HasTraits):
    """Which rows of a table are chosen; maps, charts, timelines, clocks and tables that share it choose together.

    Parameters
    ----------
    table
        The table whose rows are chosen. Rows are meant by position, whatever the index holds.

    Attributes
    ----------
    rows
        Positions of the chosen rows, rising; empty when nothing is chosen. Observe it with
        ``selection.observe(called, names="rows")``.
    table
        The whole table.

    Raises
    ------
    InputError
        When ``table`` is no table.

    Examples
    --------
    >>> import pandas as pd
    >>> chosen = Selection(pd.DataFrame({"offence": ["theft", "arson", "theft"]}))
    >>> chosen.choose(chosen.table["offence"] == "theft")
    >>> chosen.rows.tolist(), len(chosen)
    ([0, 2], 2)
    >>> chosen.clear()
    >>> len(chosen.frame)
    0
    """

    rows = traitlets.Instance(np.ndarray, help="positions of the chosen rows")

    def __init__(self, table: pd.DataFrame) -> None:
        check = Check("widgets.Selection")
        check.frame(table, "table")
        check.done()
        super().__init__(rows=_NONE)
        self.table = table
        self.key = uuid4().hex
        self.author: object = None
        self.token = ""
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self.rows)

    def __bool__(self) -> bool:
        """Whether anything is chosen."""
        return len(self.rows) > 0

    @property
    def mask(self) -> NDArray[np.bool_]:
        """For every row of the table whether it is chosen."""
        mask = np.zeros(len(self.table), dtype=bool)
        mask[self.rows] = True
        return mask

    @property
    def frame(self) -> pd.DataFrame:
        """The chosen rows as a table; no row when nothing is chosen."""
        return self.table.iloc[self.rows]

    def choose(self, rows: ArrayLike | pd.Series) -> None:
        """Choose rows, in place of those chosen before.

        Parameters
        ----------
        rows
            Yes or no for every row, or positions.

        Raises
        ------
        InputError
            When there is not one yes or no per row, or a position lies outside the table.
        """
        self.take(_positions(rows, len(self.table)), author=None)

    def clear(self) -> None:
        """Choose nothing."""
        self.take(_NONE, author=None)

    def take(self, rows: NDArray[np.int64], *, author: object, token: str = "") -> None:
        """Choose positions; ``author`` is the widget in which somebody did, which need not be told."""
        self.author, self.token = author, token or f"kernel-{next(self._numbers)}"
        if not np.array_equal(rows, self.rows):
            self.rows = rows

    def __repr__(self) -> str:
        return f"Selection: {len(self.rows):,} of {len(self.table):,} rows"


def _positions(rows: Any, size: int) -> NDArray[np.int64]:
    values = np.asarray(rows)
    if values.dtype == object or str(getattr(rows, "dtype", "")) in {"boolean", "bool"}:
        import pandas as pd

        values = pd.array(rows).to_numpy(dtype=bool, na_value=False)
    if values.dtype == bool:
        if len(values) != size:
            raise InputError(
                f"widgets.Selection.choose: rows must hold one yes or no for each of the {size:,} rows; got {len(values):,}."
            )
        return np.flatnonzero(values)
    if values.size == 0:
        return _NONE
    if values.dtype.kind not in "iu":
        raise InputError(
            f"widgets.Selection.choose: rows must be yes or no per row, or positions (whole numbers); got {values.dtype}."
        )
    if values.min() < 0 or values.max() >= size:
        raise InputError(
            f"widgets.Selection.choose: positions must lie from 0 to {size - 1:,}; got {values.min()} to {values.max()}."
        )
    return np.unique(values).astype(np.int64)


def shared(selection: Any, table: pd.DataFrame, check: Check) -> Selection:
    """The selection a widget works with: the given one, when it is for this table, or one of its own."""
    if selection is None:
        return Selection(table)
    if not isinstance(selection, Selection):
        check.add(f"selection must be a widgets.Selection; got {type(selection).__name__}.")
    elif selection.table is not table and len(selection.table) != len(table):
        check.add(
            f"selection is for a table of {len(selection.table):,} rows, and this one has {len(table):,}; "
            "widgets that select together show the same table."
        )
    check.done()
    return selection  # type: ignore[no-any-return]
