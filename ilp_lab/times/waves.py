"""Which incidents belong to a near-repeat wave, and where such waves are open now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of, mark
from ilp_lab.times.closepairs import close_pairs
from ilp_lab.times.moments import WHEN, Moments, check_times, date_number, moments
from ilp_lab.times.nearrepeat import METRICS, Distance

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_SEEN_M = 15.0
ROLES = (tr_later("on its own"), "originator", "repeat", tr_later("near repeat"))
_ZONE_METHOD = tr_later(
    "Around every incident of the last days a zone is drawn as far and as long as {why}{shape}. Its strength is "
    "{strength}, times the share of its days that is left: it falls to nothing. Zones of the same place are drawn "
    "{same:g} m wide, so that they can be seen. Zones that overlap are counted, not added up to a risk."
)
_REFERENCES = (
    "Bowers, Johnson and Pease 2004, Prospective hot-spotting: the future of crime mapping? doi:10.1093/bjc/azh036",
    "Johnson et al. 2007, Space-time patterns of risk, doi:10.1007/s10940-007-9025-3",
)


def near_repeat_roles(
    incidents: gpd.GeoDataFrame,
    *,
    within_m: float = 200.0,
    within_days: float = 14,
    metric: Distance = "euclidean",
    same_place_m: float = 1.0,
    when: Literal["from", "middle", "to"] = "from",
) -> pd.DataFrame:
    """Say of each incident whether it started a wave, repeats one at the same place, or follows one nearby.

    Parameters
    ----------
    incidents
        Points with ``occurred_at``.
    within_m, within_days
        An incident follows another when it is nearer than this and comes fewer calendar days later; on the same day the one
        that stands first in time, then in the table, comes first.
    metric, same_place_m, when
        As in :func:`near_repeat`.

    Returns
    -------
    DataFrame
        On the index of ``incidents``: ``role`` (``"originator"``, ``"repeat"``, ``"near repeat"``, ``"on its own"``; missing without
        place or time), ``chain`` (number of the wave, by its first incident in time), ``chain_size``, ``follows`` (index of the latest
        incident it follows, the nearest of those), ``days_since``, ``m_away``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Chains join whatever is linked step by step, so long waves can cover far more ground than ``within_m``. That two
    incidents are in one chain does not say the same people did them. Cost: the pairs within reach.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> when = pd.to_datetime(["2024-01-01", "2024-01-03", "2024-01-04", "2024-06-01"]).tz_localize("Europe/Vienna")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy([0, 0, 90, 0], [0] * 4), crs=32633)
    >>> near_repeat_roles(thefts, within_m=100, within_days=7)["role"].tolist()
    ['originator', 'repeat', 'near repeat', 'on its own']
    """
    caller = "times.near_repeat_roles"
    check = Check(caller)
    check.positive(within_m=within_m, within_days=within_days)
    check.choice(allowed=METRICS, metric=metric)
    check.choice(allowed=WHEN, when=when)
    check.between(0, 1e6, same_place_m=same_place_m)
    check_times(check, incidents)
    if hasattr(incidents, "columns"):
        check.places(incidents, "incidents")
    check.done()
    held = moments(incidents, caller, when=when, at_least=1)
    links = _links(held, within_m, within_days, metric == "manhattan", caller)
    return mark(_roles(incidents, held, links, same_place_m), handling=handling_of(incidents))


def _links(held: Moments, within_m: float, within_days: float, manhattan: bool, caller: str) -> pd.DataFrame:
    """Pairs near in space and time: ``early``, ``late`` (numbers of usable incidents), ``days``, ``metres``."""
    import pandas as pd

    from ilp_lab.times.loops.nearpairs import timely_pairs

    order = np.lexsort((held.used, held.seconds))  # on one day the earlier one stands first
    x, y, day = held.x[order], held.y[order], held.day[order]
    pairs = close_pairs(x, y, np.array([within_m]), manhattan=manhattan, caller=caller)
    most = int(np.ceil(within_days))
    to_sort = pairs.order
    empty_i, empty_f = np.empty(0, np.int64), np.empty(0)
    args = (x[to_sort], y[to_sort], day[to_sort], pairs.at, pairs.other, most, manhattan)
    number = timely_pairs(*args, empty_i, empty_i, empty_i, empty_f)
    one, two, apart = (np.empty(number, np.int64) for _ in range(3))
    metres = np.empty(number)
    timely_pairs(*args, one, two, apart, metres)
    first, second = to_sort[one], to_sort[two]
    early, late = np.minimum(first, second), np.maximum(first, second)
    return pd.DataFrame({"early": order[early], "late": order[late], "days": apart, "metres": metres})


def _roles(
    incidents: gpd.GeoDataFrame, held: Moments, links: pd.DataFrame, same_place_m: float
) -> pd.DataFrame:
    import pandas as pd
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    n = len(held.x)
    graph = sparse.coo_array((np.ones(len(links)), (links["early"], links["late"])), shape=(n, n))
    _, chain = connected_components(graph, directed=False)
    size = np.bincount(chain)[chain]
    last = links.sort_values(["late", "days", "metres"]).drop_duplicates("late").set_index("late")
    follows = np.full(n, -1)
    days, metres = np.full(n, np.nan), np.full(n, np.nan)
    follows[last.index] = last["early"]
    days[last.index], metres[last.index] = last["days"], last["metres"]
    same = np.zeros(n, dtype=bool)
    same[links.loc[links["metres"] < same_place_m, "late"]] = True
    role = np.select([same, follows >= 0, size > 1], [2, 3, 1], 0)
    begun = pd.Series(held.seconds).groupby(chain).min()
    rank = begun.sort_values(kind="stable").index
    number = np.empty(len(rank), dtype=np.int64)
    number[rank] = np.arange(1, len(rank) + 1)
    rows = len(incidents)
    codes = np.full(rows, -1, dtype=np.int8)
    codes[held.used] = role
    index = incidents.index.to_numpy()
    table = pd.DataFrame(
        {
            "role": pd.Categorical.from_codes(codes, categories=pd.Index(ROLES)),
            "chain": _placed(rows, held.used, number[chain]),
            "chain_size": _placed(rows, held.used, size),
            "follows": pd.Series([None] * rows, dtype=object),
            "days_since": _floats(rows, held.used, days),
            "m_away": _floats(rows, held.used, metres),
        },
    )
    after = np.flatnonzero(follows >= 0)
    table.loc[held.used[after], "follows"] = index[held.used[follows[after]]]
    return table.set_axis(incidents.index)


def _placed(rows: int, used: NDArray[np.int64], values: NDArray[np.int64]) -> Any:
    import pandas as pd

    full = pd.array([pd.NA] * rows, dtype="Int64")
    full[used] = values
    return full


def _floats(rows: int, used: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    full = np.full(rows, np.nan)
    full[used] = values
    return full


def near_repeat_zones(
    incidents: gpd.GeoDataFrame,
    *,
    as_of: str | pd.Timestamp | None = None,
    pattern: Result | None = None,
    within_m: float = 200.0,
    within_days: float = 14,
) -> Result:
    """Draw the zones in which, by the pattern found before, the next near repeat would fall, as of a day.

    Parameters
    ----------
    incidents
        Points with ``occurred_at``.
    as_of
        The day it is drawn for; the day after the last incident when left out. Later incidents are not looked at.
    pattern
        A result of :func:`near_repeat` on this kind of offence: only bands that hold more pairs than chance are drawn, as
        strong as measured. Without it ``within_m`` and ``within_days`` are drawn as you say.
    within_m, within_days
        Reach and duration without a ``pattern``.

    Returns
    -------
    Result
        ``table``: one zone per recent incident and band of distance, the strongest first: ``incident`` (its index),
        ``incident_id`` (where incidents have one), ``m_from``, ``m_to``, ``days_old``, ``days_left``, ``ratio`` (observed over expected pairs at its age), ``strength`` (ratio × share of its days left),
        ``overlaps`` (zones of other incidents that it touches) and the outline. Empty when the pattern shows no near repeats or nothing happened lately.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    A zone is a place and a time, not a person. It follows recorded incidents: what is not reported casts no zone.

    References
    ----------
    Bowers, K. J., Johnson, S. D. and Pease, K. (2004), doi:10.1093/bjc/azh036.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> when = pd.to_datetime(["2024-01-01", "2024-01-09", "2024-01-12"]).tz_localize("Europe/Vienna")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy([0, 0, 900], [0] * 3), crs=32633)
    >>> near_repeat_zones(thefts, as_of="2024-01-13", within_m=100, within_days=7).table["days_left"].tolist()
    [6, 3]
    """
    caller = "times.near_repeat_zones"
    check = Check(caller)
    check.positive(within_m=within_m, within_days=within_days)
    check_times(check, incidents)
    if hasattr(incidents, "columns"):
        check.places(incidents, "incidents")
    if pattern is not None and getattr(pattern, "name", "") != "times.near_repeat":
        check.add(
            f"pattern must be a result of times.near_repeat, or left out; got {type(pattern).__name__}."
        )
    check.done()
    when = "from" if pattern is None else pattern["when"]
    held = moments(incidents, caller, when=when, at_least=1)
    today = int(held.day.max()) + 1 if as_of is None else date_number(as_of, "as_of", caller)
    bands = _bands_of(pattern, within_m, within_days)
    manhattan = pattern is not None and pattern["metric"] == "manhattan"
    table = _zones(incidents, held, bands, today, manhattan=manhattan)
    date = held.date(today).date()
    source = tr_later("the tested pattern says") if pattern is not None else tr_later("asked for")
    strength = tr_later("the ratio of observed to expected pairs") if pattern is not None else "1"
    later = int((held.day >= today).sum())
    left_out = LeftOut.of(incidents, held.reasons)
    return Result(
        name=caller,
        title=tr("Near-repeat zones on {date:%d %B %Y}").format(date=date),
        table=table,
        method=_ZONE_METHOD.format(
            why=source, strength=strength, same=2 * _SEEN_M, shape=tr_later(", by distances along a street grid") if manhattan else ""
        ),
        findings=_zone_findings(table, date, pattern is not None),
        params=(
            Param("as_of", date.isoformat(), chosen=as_of is None, why=tr_later("the day after the last incident")),
            Param("when", when),
            Param("bands", tr_later("from the pattern given") if pattern is not None else tr("{within_m:g} m, {within_days:g} days").format(within_m=within_m, within_days=within_days)),
            *held.params,
        ),
        caveats=(
            *(() if pattern is not None else (tr("Reach and duration were not tested on this data; run near_repeat first."),)),
            *((trn("{later:,} incident on or after that day was not looked at.", "{later:,} incidents on or after that day were not looked at.", later).format(later=later),) if later else ()),
            *held.doubts,
            tr("Zones follow what is recorded; where little is reported there are none."),
        ),
        references=_REFERENCES,
        sources=(held.source,),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        view="map",
        details={"value": "strength"},
    )  # fmt: skip


def _bands_of(
    pattern: Result | None, within_m: float, within_days: float
) -> list[tuple[float, float, float, float, float]]:
    """Bands to draw: metres from and to, days from and to, ratio."""
    if pattern is None:
        return [(0.0, float(within_m), 0.0, float(within_days), 1.0)]
    sure = pattern.table[
        (pattern.table["verdict"] == "more than chance") & np.isfinite(pattern.table["m_to"])
    ]
    sure = sure[np.isfinite(sure["days_to"])]
    columns = ["m_from", "m_to", "days_from", "days_to", "ratio"]
    return [tuple(row) for row in sure[columns].to_numpy()]


def _zones(
    incidents: gpd.GeoDataFrame,
    held: Moments,
    bands: list[tuple[float, float, float, float, float]],
    today: int,
    *,
    manhattan: bool,
) -> gpd.GeoDataFrame:
    import geopandas as gpd
    import pandas as pd
    import shapely

    parts = []
    index = incidents.index.to_numpy()
    own = ["incident_id"] if "incident_id" in incidents else []
    corners = (
        1 if manhattan else 16
    )  # a circle of one segment a quarter is all that lies as near along a grid
    reach = {m_to: max(band[3] for band in bands if band[1] == m_to) for _, m_to, *_ in bands}
    for m_from, m_to, days_from, days_to, ratio in bands:
        old = today - held.day
        live = np.flatnonzero((old >= max(days_from, 1)) & (old < days_to))
        middle = shapely.points(held.x[live], held.y[live])
        shape = shapely.buffer(middle, max(m_to, _SEEN_M), quad_segs=corners)
        if m_from > _SEEN_M:
            shape = shapely.difference(shape, shapely.buffer(middle, m_from, quad_segs=corners))
        left = reach[m_to] - old[live]
        parts.append(
            gpd.GeoDataFrame(
                {
                    "incident": index[held.used[live]],
                    **{name: incidents[name].to_numpy()[held.used[live]] for name in own},
                    "m_from": m_from,
                    "m_to": m_to,
                    "days_old": old[live],
                    "days_left": np.ceil(left).astype(np.int64),
                    "ratio": ratio,
                    "strength": ratio * left / reach[m_to],
                },
                geometry=shape,
                crs=held.metric.crs,
            )
        )
    if not parts:
        columns = [
            "incident",
            *own,
            "m_from",
            "m_to",
            "days_old",
            "days_left",
            "ratio",
            "strength",
            "overlaps",
        ]
        return gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=held.metric.crs)
    table = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=held.metric.crs)
    one, other = table.sindex.query(table.geometry, predicate="intersects")
    number = table["incident"].to_numpy()
    at = table.columns.get_loc("strength") + 1
    table.insert(at, "overlaps", np.bincount(one[number[one] != number[other]], minlength=len(table)))
    return table.sort_values(["strength", "overlaps"], ascending=False, ignore_index=True)


def _zone_findings(table: gpd.GeoDataFrame, date: date, tested: bool) -> tuple[str, ...]:
    if not len(table):
        why = tr("the pattern shows no near repeats beyond chance, or ") if tested else ""
        return (
            tr(
                "There is no zone to draw for {date:%d %B %Y}: {why}nothing happened in the days before."
            ).format(date=date, why=why),
            tr("That is an answer, not a fault."),
        )
    area = float(table.union_all().area) / 1e6
    return (
        trn(
            "{incident:,} recent incident casts a zone on {date:%d %B %Y}, over {area:,.2f} km².",
            "{incident:,} recent incidents cast zones on {date:%d %B %Y}, over {area:,.2f} km² together.",
            table["incident"].nunique(),
        ).format(incident=table["incident"].nunique(), date=date, area=area),
        tr("{days_left:,} of the {n:,} zones end within two days; draw them anew every day.").format(
            days_left=int((table["days_left"] <= 2).sum()), n=len(table)
        ),
        tr("{overlaps:,} overlap with another one: begin there.").format(
            overlaps=int((table["overlaps"] > 0).sum())
        ),
        tr(
            "A zone says where more incidents than elsewhere followed earlier ones, not that one will. It is about places, not "
            "persons."
        ),
    )
