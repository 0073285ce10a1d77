"""Rows that could not be used: how many by reason, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._spoken import speak
from ilp_lab._tongue import again

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class LeftOut(dict[str, int]):
    """Reason → number of rows; the rows themselves, with a column ``reason``, are ``.rows`` (``None``: no rows).

    It is a plain dictionary for everything that reads or writes dictionaries, so that it can travel in the ``attrs``
    of a table.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> lost = LeftOut.of(pd.DataFrame({"id": [1, 2, 3]}), np.array(["", "without a place", ""], dtype=object))
    >>> lost
    {'without a place': 1}
    >>> lost.rows["id"].tolist()
    [2]
    """

    rows: pd.DataFrame | None = None

    @classmethod
    def of(cls, frame: pd.DataFrame, reasons: NDArray[np.object_]) -> LeftOut:
        """Count the rows of ``frame`` by reason; rows with an empty reason were used."""
        import pandas as pd

        lost = reasons != ""
        if not lost.any():
            return cls()
        given = reasons[lost]
        _, first, numbers = np.unique(given.astype(str), return_index=True, return_counts=True)
        told = given[first].tolist()  # sentences, not their texts: they can be said in another language
        with speak("en"):  # the same order in every language
            counted = sorted(zip(told, numbers.tolist(), strict=True), key=lambda one: str(again(one[0])))
        left_out = cls(counted)
        left_out.rows = pd.DataFrame(frame[lost]).assign(reason=reasons[lost])
        return left_out

    def __deepcopy__(self, memo: dict[int, Any]) -> LeftOut:
        """Itself: tables copy their ``attrs`` with every operation, and these rows never change."""
        return self
