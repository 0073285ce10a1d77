"""Ways that respect time: whom something passed on could have reached, when, and along which links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab.networks.filtering import time_bound
from ilp_lab.networks.linkchart import LinkChart
from ilp_lab.networks.ties import check_weights, rows_of, usable

if TYPE_CHECKING:
    import pandas as pd

DAY = 86_400.0


def time_reach(
    chart: LinkChart,
    source: str,
    *,
    since: Any = None,
    until: Any = None,
    directed: bool = False,
    same_time: bool = True,
) -> pd.DataFrame:
    """Whom something passed on by an entity could have reached, and when at the earliest.

    Parameters
    ----------
    chart
        A link chart whose links have times.
    source
        Where it starts.
    since, until
        From when it is passed on, and until when links count; by default all.
    directed
        Whether a link leads only from source to target.
    same_time
        Whether two links at the very same time can follow each other; where only days are known, nobody can tell.

    Returns
    -------
    pandas.DataFrame
        One row per entity that can be reached, the earliest first: ``entity_id label kind earliest steps last_link`` (the index of the
        link by which it is first reached). Links without any time cannot be used; ``attrs["left_out"]`` counts them.

    Raises
    ------
    InputError
        When the chart has no such entity, no link has a time, or a time cannot be read.

    Notes
    -----
    A link with an end can be used at any time between; one without holds at its start only. Earliest arrival, by Dijkstra's
    algorithm over times (Wu et al. 2014). That something *could* have been passed on does not say it was.

    References
    ----------
    Wu et al. 2014, doi:10.14778/2732939.2732945; Holme and Saramäki 2012, doi:10.1016/j.physrep.2012.03.001.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> calls = pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"],
    ...                       "start": ["2024-01-01", "2024-01-03", "2024-01-02"]})
    >>> time_reach(chart(calls), "A")["entity_id"].tolist()
    ['B', 'C']
    """
    ways = _ways(
        chart, "networks.time_reach", source, None, since, until, directed=directed, same_time=same_time
    )
    rows = np.flatnonzero(np.isfinite(ways.arrival) & (np.arange(len(ways.arrival)) != ways.start))
    order = rows[np.lexsort((rows, ways.steps[rows], ways.arrival[rows]))]
    table = chart.entities[["entity_id", "label", "kind"]].iloc[order].reset_index(drop=True)
    table["earliest"] = ways.moments(ways.arrival[order])
    table["steps"] = ways.steps[order]
    table["last_link"] = [ways.link(at) for at in order.tolist()]
    table.attrs["left_out"] = ways.left_out
    return table


def time_path(
    chart: LinkChart,
    source: str,
    target: str,
    *,
    since: Any = None,
    until: Any = None,
    directed: bool = False,
    same_time: bool = True,
) -> pd.DataFrame:
    """By which links something could have come from one entity to another soonest, in the order of time.

    Parameters
    ----------
    chart, source, since, until, directed, same_time
        As in :func:`ilp_lab.networks.time_reach`.
    target
        Where it arrives.

    Returns
    -------
    pandas.DataFrame
        One row per step: ``step``, ``source``, ``target``, ``at`` (when it is passed on), ``waited_days`` (since it had come), then the
        columns of the link, whose number is the index. Empty when there is no way in the order of time.

    Raises
    ------
    InputError
        When the chart has no such entities, no link has a time, or a time cannot be read.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> calls = pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"],
    ...                       "start": ["2024-01-01", "2024-01-03", "2024-01-02"]})
    >>> time_path(chart(calls), "A", "C")["waited_days"].tolist()
    [0.0, 2.0]
    >>> len(time_path(chart(calls), "A", "D"))
    0
    """
    import pandas as pd

    ways = _ways(
        chart, "networks.time_path", source, target, since, until, directed=directed, same_time=same_time
    )
    at, back = ways.goal, []
    while at is not None and at != ways.start and ways.via[at] >= 0:
        back.append(at)
        at = ways.before(at)
    passed = back[::-1]
    places = [ways.start, *passed]
    table = chart.links.loc[[ways.link(one) for one in passed]].drop(columns=["source", "target"])
    when = ways.arrival[passed]
    came = np.concatenate([when[:1], when[:-1]])
    table.insert(0, "step", np.arange(1, len(passed) + 1))
    table.insert(
        1, "source", pd.Series([ways.names[one] for one in places[:-1]], index=table.index, dtype="string")
    )
    table.insert(
        2, "target", pd.Series([ways.names[one] for one in passed], index=table.index, dtype="string")
    )
    table.insert(3, "at", pd.Series(ways.moments(when), index=table.index))
    table.insert(4, "waited_days", (when - came) / DAY)
    table.attrs["left_out"] = ways.left_out
    return table


class _Ways:
    """Earliest arrivals from one entity, in seconds since the first time on the chart."""

    def __init__(
        self, chart: LinkChart, start: int, goal: int | None, links: pd.DataFrame, rows: Any
    ) -> None:
        self.names = chart.entities["entity_id"].tolist()
        self.start, self.goal, self.links, self.rows = start, goal, links, rows
        count = len(self.names)
        self.arrival, self.via, self.steps = (
            np.empty(count),
            np.empty(count, np.int64),
            np.empty(count, np.int64),
        )
        self.zero: Any = None
        self.left_out: dict[str, int] = {}

    def link(self, at: int) -> Any:
        """Index of the link by which an entity is first reached."""
        return self.links.index[int(self.rows.value[self.via[at]])]

    def before(self, at: int) -> int:
        """From whom an entity is first reached."""
        return int(np.searchsorted(self.rows.ptr, self.via[at], side="right")) - 1

    def moments(self, seconds: Any) -> Any:
        """Seconds as times in the chart's zone."""
        import pandas as pd

        return self.zero + pd.to_timedelta(np.round(seconds, 6), unit="s")


def _ways(
    chart: LinkChart,
    caller: str,
    source: str,
    target: str | None,
    since: Any,
    until: Any,
    *,
    directed: bool,
    same_time: bool,
) -> _Ways:
    """Check, and compute all earliest arrivals."""
    from ilp_lab.networks.loops.timeways import earliest

    faults = Check(caller)
    check_weights(faults, chart, None, None)
    ends = {"source": source} if target is None else {"source": source, "target": target}
    places = positions(chart, ends, faults)
    first, last = (
        time_bound(value, name, chart.links["start"], faults)
        for value, name in ((since, "since"), (until, "until"))
    )
    used, _ = usable(chart, None)
    begin, end = used["start"].fillna(used["end"]), used["end"].fillna(used["start"])
    timed = begin.notna() & (begin <= end)
    if not faults.faults and not timed.any():
        faults.add("no link of the chart has a time (columns start and end), so there is no order to follow.")
    faults.done()
    links = used[timed]
    zero = begin[timed].min()
    opens, closes = (
        np.array((column[timed] - zero).dt.total_seconds(), dtype=np.float64) for column in (begin, end)
    )
    if last is not None:
        closes = np.where(
            opens >= (last - zero).total_seconds(), -np.inf, np.minimum(closes, (last - zero).total_seconds())
        )
    index = {name: at for at, name in enumerate(chart.entities["entity_id"])}
    one, other = (links[name].map(index).to_numpy(dtype=np.int64) for name in ("source", "target"))
    rows = rows_of(one, other, np.arange(len(links), dtype=np.float64), len(index), both_ways=not directed)
    ways = _Ways(chart, places["source"], places.get("target"), links, rows)
    ways.zero = zero
    untimed = int((~timed).sum())
    ways.left_out = {"link without a time, or ending before it starts": untimed} if untimed else {}
    from_when = -1.0 if first is None else (first - zero).total_seconds()
    earliest(
        *rows, opens, closes, places["source"], from_when, not same_time, ways.arrival, ways.via, ways.steps
    )
    return ways


def positions(chart: LinkChart, ends: dict[str, str], faults: Check) -> dict[str, int]:
    """Where the named entities stand on the chart."""
    index = {name: at for at, name in enumerate(chart.entities["entity_id"])}
    found = {}
    for name, value in ends.items():
        if str(value) not in index:
            faults.add(
                f"{name}: the chart has no entity {value!r}; it has {len(index):,}, see chart.entities."
            )
        else:
            found[name] = index[str(value)]
    if len(found) == 2 and len(set(found.values())) == 1:
        faults.add(f"source and target are the same entity, {ends['source']!r}.")
    return found
