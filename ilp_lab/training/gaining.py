"""Gaining: what a class learned, from the knowledge test before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab.training.knowledge import AFTER, BEFORE

if TYPE_CHECKING:
    import pandas as pd


def normalised_gain(before: float, after: float) -> float:
    """How much of what could be gained was gained, from shares right before and after (Hake 1998).

    Parameters
    ----------
    before, after
        Shares between 0 and 1.

    Examples
    --------
    >>> normalised_gain(0.4, 0.7)
    0.5
    """
    check = Check("training.normalised_gain")
    check.between(0, 1, before=before, after=after)
    check.done()
    return 1.0 if before == 1 else round((after - before) / (1 - before), 12)


def gains_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Before, after and normalised gain of everybody who took both tests, from entries of progress.

    Examples
    --------
    >>> rows = [{"learner": "L-A", "lesson": test, "check": n, "ok": ok}
    ...         for test, right in (("test-before", "1"), ("test-after", "12")) for n in "1234" for ok in [n in right]]
    >>> gains_of(rows).to_dict("records")
    [{'learner': 'L-A', 'before': 0.25, 'after': 0.5, 'gain': 0.3333}]
    """
    import pandas as pd

    shares: dict[str, dict[str, list[bool]]] = {}
    for row in rows:
        if row["lesson"] in {BEFORE, AFTER}:
            shares.setdefault(str(row["learner"]), {}).setdefault(str(row["lesson"]), []).append(
                bool(row["ok"])
            )
    found = []
    for learner, held in sorted(shares.items()):
        if {BEFORE, AFTER} <= set(held):
            before, after = (sum(held[part]) / len(held[part]) for part in (BEFORE, AFTER))
            gain = round(normalised_gain(before, after), 4)
            found.append({"learner": learner, "before": before, "after": after, "gain": gain})
    return pd.DataFrame(found, columns=pd.Index(["learner", "before", "after", "gain"]))
