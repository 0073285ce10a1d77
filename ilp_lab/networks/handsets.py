"""Which SIM card was in which handset, and when that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.networks.callparts import usable

if TYPE_CHECKING:
    import pandas as pd

HANDSET_DIGITS = 14
NEW_SIM, NEW_HANDSET = (
    tr_later("another number in the same handset"),
    tr_later("another handset for the same number"),
)
COLUMNS = (
    "change", "thing", "before", "after", "last_before", "first_after", "gap_hours", "came_back", "records_before", "records_after",
)  # fmt: skip


def device_swaps(calls: pd.DataFrame) -> pd.DataFrame:
    """List every change of a SIM card in a handset, and of a handset under a number.

    Parameters
    ----------
    calls
        As :func:`ilp_lab.intake.read_calls` reads them, with ``imei`` and times; handset and number are those of the
        ``subscriber``.

    Returns
    -------
    DataFrame
        One row per change in order of time: ``change`` (another number in the same handset; another handset for the same
        number), ``thing`` (that handset or number), ``before after last_before first_after gap_hours``,
        ``came_back`` (whether ``after`` had been there earlier: two cards taking turns), ``records_before`` and
        ``records_after`` (of that thing with each of the two).

    Raises
    ------
    ColumnError
        When ``imei``, ``subscriber`` or the times are missing.

    Notes
    -----
    Handsets are compared by the first 14 digits of the IMEI; the 15th is a check digit that networks often write as
    zero, and a 16th counts software versions. A handset with two card slots has two IMEIs, mostly one after the other.
    Copied IMEIs exist: one handset with dozens of numbers at once is one of those or a relay, not a swap.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"caller": ["5001", "5009"], "receiver": ["5002", "5002"], "imei": ["356938035643809"] * 2,
    ...                       "started_at": pd.to_datetime(["2024-05-01 10:00", "2024-05-02 10:00"])})
    >>> device_swaps(table.assign(subscriber=table["caller"]))[["thing", "before", "after", "gap_hours"]].values.tolist()
    [['35693803564380', '5001', '5009', 24.0]]
    """
    import pandas as pd

    faults = Check("networks.device_swaps")
    known = usable(calls, faults, once=False)
    faults.columns(calls, ("imei", "subscriber"), "calls")
    if not faults.faults and (known.seconds is None or not known.timed.any()):
        faults.add("calls has no times, so nothing can be said of before and after.", ColumnError)
    faults.done()
    seconds = known.seconds if known.seconds is not None else known.clock
    handset = calls["imei"].astype("str").str.slice(0, HANDSET_DIGITS)
    good = calls["imei"].notna().to_numpy() & calls["subscriber"].notna().to_numpy() & known.timed
    frame = pd.DataFrame(
        {
            "handset": handset.to_numpy()[good],
            "number": calls["subscriber"].astype("str").to_numpy()[good],
            "at": seconds[good],
        }
    ).sort_values("at", kind="stable")
    parts = [
        _changes(frame, "handset", "number", NEW_SIM),
        _changes(frame, "number", "handset", NEW_HANDSET),
    ]
    table = pd.concat(parts, ignore_index=True)
    for name in ("last_before", "first_after"):
        table[name] = known.moments(table[name].to_numpy(dtype=np.float64))
    return table.sort_values(["first_after", "change", "thing"], ignore_index=True)[list(COLUMNS)]


def _changes(frame: pd.DataFrame, thing: str, worn: str, what: str) -> pd.DataFrame:
    """Rows where what belongs to a thing differs from the row before of the same thing."""
    import pandas as pd

    ordered = frame.sort_values([thing, "at"], kind="stable").reset_index(drop=True)
    same = ordered[thing].eq(ordered[thing].shift())
    before = ordered[worn].shift()
    new = same & before.ne(ordered[worn])
    first = ~ordered.duplicated([thing, worn])
    count = ordered.groupby([thing, worn]).size()
    rows = ordered[new]
    pairs = [pd.MultiIndex.from_arrays([rows[thing], values]) for values in (before[new], rows[worn])]
    last = ordered["at"].shift()[new]
    return pd.DataFrame(
        {
            "change": what,
            "thing": rows[thing].to_numpy(),
            "before": before[new].to_numpy(),
            "after": rows[worn].to_numpy(),
            "last_before": last.to_numpy(),
            "first_after": rows["at"].to_numpy(),
            "gap_hours": ((rows["at"] - last) / 3600).round(2).to_numpy(),
            "came_back": ~first[new].to_numpy(),
            "records_before": count.reindex(pairs[0]).to_numpy(),
            "records_after": count.reindex(pairs[1]).to_numpy(),
        }
    )
