"""Which pattern a place follows over time: named versions of the rules for emerging hot spots.

The rules are those that ArcGIS documents for its emerging hot spot analysis. Versions differ in what "sporadic" and
"consecutive" mean, which is why results of different programs do not agree; the version is therefore an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Rules = Literal["esri-3", "esri-2.8"]
NAMES = (
    "new",
    "consecutive",
    "intensifying",
    "persistent",
    "diminishing",
    "sporadic",
    "oscillating",
    "historical",
)
PATTERNS = (
    *(f"{name} hot spot" for name in NAMES),
    *(f"{name} cold spot" for name in NAMES),
    "no pattern",
    "too few incidents",
)
_MOSTLY = 0.9


@dataclass(frozen=True)
class History:
    """What happened at every cell, of shape (cells,).

    Attributes
    ----------
    hot, cold
        Whether each period was a hot or a cold spot, of shape (steps, cells).
    trend
        z of the Mann-Kendall test on the z of the periods.
    trend_p
        Its two-sided p.
    """

    hot: NDArray[np.bool_]
    cold: NDArray[np.bool_]
    trend: NDArray[np.float64]
    trend_p: NDArray[np.float64]


def why(history: History) -> pd.DataFrame:
    """The facts the rules look at, one row per cell."""
    import pandas as pd

    steps = len(history.hot)
    hot_run, cold_run = final_run(history.hot), final_run(history.cold)
    return pd.DataFrame(
        {
            "hot_share": history.hot.mean(axis=0),
            "cold_share": history.cold.mean(axis=0),
            "hot_last": history.hot[-1],
            "cold_last": history.cold[-1],
            "hot_run": hot_run,
            "cold_run": cold_run,
            "hot_before_run": history.hot.sum(axis=0) > hot_run,
            "cold_before_run": history.cold.sum(axis=0) > cold_run,
            "trend_z": history.trend,
            "trend_p": history.trend_p,
            "periods": steps,
        }
    )


def final_run(marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many periods in a row, up to the last one, are marked.

    Examples
    --------
    >>> final_run(np.array([[True, True], [False, True], [True, False]])).tolist()
    [1, 0]
    """
    return np.asarray(np.cumprod(marked[::-1], axis=0).sum(axis=0), dtype=np.int64)


def classify(history: History, rules: Rules, alpha: float) -> NDArray[np.int64]:
    """Position in :data:`PATTERNS` of every cell's pattern."""
    pattern = np.full(history.hot.shape[1], PATTERNS.index("no pattern"), dtype=np.int64)
    for offset, (mine, other, sign) in (
        (0, (history.hot, history.cold, 1)),
        (8, (history.cold, history.hot, -1)),
    ):
        trend = np.where(history.trend_p < alpha, np.sign(history.trend) * sign, 0)
        found = _one_side(mine, other, trend, rules)
        fresh = (found >= 0) & (pattern == PATTERNS.index("no pattern"))
        pattern[fresh] = found[fresh] + offset
    return pattern


def _one_side(
    mine: NDArray[np.bool_], other: NDArray[np.bool_], trend: NDArray[np.float64], rules: Rules
) -> NDArray[np.int64]:
    """Position in :data:`NAMES`, or -1."""
    run, total, last = final_run(mine), mine.sum(axis=0), mine[-1]
    mostly = mine.mean(axis=0) >= _MOSTLY
    ever_other = other.any(axis=0)
    first_in_run = last & (total == run)
    consecutive = first_in_run & ~mostly & (run >= 2 if rules == "esri-3" else run >= 1)
    sporadic = (total > 0) & ~mostly & ~ever_other & (last if rules == "esri-3" else np.ones_like(last))
    meant = {
        "new": last & (total == 1),
        "consecutive": consecutive & (total > 1),
        "intensifying": mostly & last & (trend > 0),
        "diminishing": mostly & last & (trend < 0),
        "persistent": mostly & last & (trend == 0),
        "historical": mostly & ~last,
        "sporadic": sporadic,
        "oscillating": last & ever_other & ~mostly,
    }
    found = np.full(mine.shape[1], -1, dtype=np.int64)
    for name, holds in meant.items():
        found[(found < 0) & holds] = NAMES.index(name)
    return found
