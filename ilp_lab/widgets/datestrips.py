"""How many links began when, in equal parts of time that people know: hours, days, weeks, months, quarters, years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_PARTS = (("h", 2.0, ""), ("D", 62.0, ""), ("W-SUN", 430.0, ""), ("M", 1900.0, ""), ("Q", 5500.0, ""))
_MOST = 200


@dataclass(frozen=True)
class Strip:
    """Equal parts of time.

    Attributes
    ----------
    edges
        Where each part begins, and the end, as ISO texts that ``LinkChart.filter`` reads.
    part
        For each link the number of its part; -1 where no date is known.
    """

    edges: tuple[str, ...]
    part: NDArray[np.int64]

    def counts(self, use: NDArray[np.bool_] | None = None) -> list[int]:
        """How many links began in each part."""
        there = self.part if use is None else self.part[use]
        found: list[int] = np.bincount(there[there >= 0], minlength=max(len(self.edges) - 1, 0)).tolist()
        return found

    @property
    def undated(self) -> int:
        """How many links have no date."""
        return int((self.part < 0).sum())


def strip_of(links: pd.DataFrame) -> Strip:
    """Put the links of a chart into parts of time.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.DataFrame({"start": pd.to_datetime(["2024-03-01", "2024-03-04", None]), "end": pd.NaT})
    >>> found = strip_of(days)
    >>> found.edges[0], found.edges[-1], found.counts(), found.undated
    ('2024-03-01', '2024-03-05', [1, 0, 0, 1], 1)
    """
    import pandas as pd

    began = links["start"].fillna(links["end"])
    if getattr(began.dtype, "tz", None) is not None:
        began = began.dt.tz_localize(None)
    began = pd.to_datetime(began)
    known = began.dropna()
    if known.empty:
        return Strip((), np.full(len(links), -1, dtype=np.int64))
    first, last = known.min(), known.max()
    days = (last - first).total_seconds() / 86_400
    length = next((name for name, most, _ in _PARTS if days <= most), "Y")
    periods = pd.period_range(first, last, freq=length)
    if len(periods) > _MOST:
        periods = pd.period_range(first, last, freq="Y")
    begins = periods.to_timestamp(how="start")
    end = (periods[-1] + 1).to_timestamp(how="start")
    edges = [*begins, end]
    part = np.searchsorted(begins.to_numpy(), began.to_numpy(), side="right") - 1
    part = np.where(began.isna().to_numpy(), -1, part)
    shown = "%Y-%m-%dT%H:%M" if length == "h" else "%Y-%m-%d"
    return Strip(tuple(moment.strftime(shown) for moment in edges), part.astype(np.int64))
