"""Aoristic analysis: when incidents happened that are only known to lie between two times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import cell_table, check_points, study_cells
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._settingwords import value_words
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.moments import check_times, told_to
from ilp_lab.times.partitions import DAY, Partition, partition
from ilp_lab.times.placeholders import placeholders
from ilp_lab.times.resampling import Shares, band
from ilp_lab.times.windows import (
    CLOCK_CHANGES,
    MIDNIGHTS,
    MISSING,
    REVERSED,
    TOO_LONG,
    Windows,
    windows_of,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_MOST_VALUES = 40_000_000
_METHOD = tr_later(
    "Each incident counts 1, shared out over the time in which it can have happened, evenly by how long its window lies "
    "in each part ({unit}). Windows are read on the local clock (nights on which it changes: {changes}). The band holds "
    "95 % of {runs} samples of as many incidents drawn from these with replacement."
)
_FEW = 10
_NARROW_S = 6 * 3600
_NEVER_SEEN = tr_later(
    "Where nothing was recorded, every sample holds nothing, so the band there is 0 to 0; that is no proof that nothing "
    "happens there. Bands over a handful of incidents are narrower than they should be."
)
_REFERENCES = (
    "Ratcliffe 2000, Aoristic analysis: the spatial interpretation of unspecific temporal events, doi:10.1080/136588100424963",
    "Ratcliffe 2002, Aoristic signatures and the spatio-temporal analysis of high volume crime patterns, doi:10.1023/A:1013240828824",
)


def aoristic(
    incidents: pd.DataFrame,
    *,
    unit: str | Sequence[str] = "hour_of_week",
    by: str | None = None,
    cell_m: float | None = None,
    study_area: gpd.GeoDataFrame | None = None,
    missing: Literal["start", "leave out"] = "start",
    reversed_windows: Literal["leave out", "swap", "start"] = "leave out",
    too_long: Literal["even", "exact", "leave out"] = "even",
    longest_hours: float = 168.0,
    clock_changes: Literal["as shown", "cut"] = "as shown",
    midnights: Literal["as shown", "all day", "leave out"] = "as shown",
    bootstrap: int = 199,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Share incidents out over the times at which they can have happened.

    Parameters
    ----------
    incidents
        A table with ``occurred_at`` and ``occurred_to`` (zone-aware; without the latter each incident is a moment).
    unit
        ``"hour_of_week"``, ``"hour_of_day"``, ``"half_hour_of_day"``, ``"quarter_of_day"``, ``"minute_of_day"``, ``"weekday"``, or the times at
        which shifts begin: ``["06:00", "14:00", "22:00"]``, ``["Mon 06:00", "Fri 22:00"]``.
    by
        A column: one profile for each of its values.
    cell_m, study_area
        One profile for each cell of this size instead, for maps by hour; not together with ``by``.
    missing
        Incidents without an end: their start counts, or they are left out.
    reversed_windows
        Windows that end before they begin: left out, turned round, or their start counts.
    too_long, longest_hours
        Windows of that many hours and more say nothing about the hour: they count evenly everywhere, exactly as long as they lie
        in each part, or not at all.
    clock_changes
        Windows over the night in which the clocks change: shared out ``"as shown"`` by the clock, as published tables are, or ``"cut"``
        at the change, so that an hour that did not exist holds nothing and one that came twice holds double.
    midnights
        Moments at 00:00 exactly, which programs put where no time was told: ``"as shown"``, as published tables are; spread over
        ``"all day"``; or left out.
    bootstrap
        Samples behind the band of every part of every group or cell; 0 for none.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per part of the day or week with ``unit`` (its number), ``label``, ``n``, ``low``, ``high``; with ``by`` one such set per
        value; with ``cell_m`` one row per cell with ``n``, ``peak`` (its strongest part), ``peak_share``, ``peak_low`` and ``peak_high`` (its band),
        ``peak_holds`` (in what share of the samples it is the strongest) and a column per part. ``details``: ``low`` and ``high`` (with
        ``cell_m``: the band of each part, rows and columns as in the table), ``noted`` (what was done with windows that make no
        sense), ``moments`` (share of incidents known to the minute).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    The even share is an assumption: people who come home at six find what happened since eight, and not at any time alike. Long
    windows flatten the profile. Cost: two look-ups per window and sample, however long the windows are, and one pass over groups or
    cells × parts × samples. Memory holds the samples of 25 million values at a time (0.2 GB), however many cells there are. The bar
    says after the first samples how long the rest takes; interrupting loses the samples and nothing else.

    References
    ----------
    Ratcliffe, J. H. (2002), doi:10.1023/A:1013240828824.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2024-01-01 01:50", "2024-01-01 01:00"]).tz_localize("Europe/Vienna")
    >>> to = pd.to_datetime(["2024-01-01 02:10", "2024-01-01 02:30"]).tz_localize("Europe/Vienna")
    >>> found = aoristic(pd.DataFrame({"occurred_at": at, "occurred_to": to}), unit="hour_of_day", rng=1)
    >>> found.table["n"][:4].round(4).tolist()
    [0.0, 1.1667, 0.8333, 0.0]
    """
    caller = "times.aoristic"
    _checked(caller, incidents, by, cell_m, study_area, missing, reversed_windows, too_long, longest_hours, clock_changes, midnights, bootstrap)  # fmt: skip
    generate, seed = generator(rng, caller)
    cut = partition(unit, caller)
    windows = windows_of(incidents, missing=missing, reversed_windows=reversed_windows, too_long=too_long, longest_hours=longest_hours, clock_changes=clock_changes, midnights=midnights)  # fmt: skip
    if not len(windows.used):
        lost = "; ".join(f"{count:,} {why}" for why, count in LeftOut.of(incidents, windows.reasons).items())
        raise InputError(
            f"{caller}: no incident has a time that can be used ({lost or 'the table is empty'})."
        )
    _fine_enough(incidents, windows, cut, longest_hours, caller)
    more: dict[str, Any] = {}
    if cell_m is not None:
        cells = _by_cell(incidents, windows, cut, cell_m, study_area, bootstrap, generate, caller)
        total, table, extra, windows = cells.whole, cells.table, cells.params, cells.windows
        more = {"outline": cells.outline, "low": cells.low, "high": cells.high}
    else:
        total, table, extra = _by_column(incidents, windows, cut, by, bootstrap, generate)
    left_out = LeftOut.of(incidents, windows.reasons)
    moments = float((np.bincount(windows.of, windows.end - windows.begin, len(windows.used)) < 60).mean())
    put, put_elsewhere = _put(windows, total, cut)
    source = Source(
        "incidents", len(windows.used), fingerprint(windows.begin, windows.end), origin_of(incidents)
    )
    return Result(
        name=caller,
        title=tr_later("When it happened (aoristic)"),
        table=table,
        method=_METHOD.format(unit=value_words("unit", cut.name), changes=value_words("clock_changes", clock_changes), runs=bootstrap or "no"),
        findings=_findings(total, cut, moments, put, table if bootstrap and by is None else None),
        params=(
            Param("unit", cut.name),
            Param("clock", windows.zone),
            Param("missing", missing),
            Param("reversed_windows", reversed_windows),
            Param("too_long", tr("{too_long}, from {longest_hours:g} hours").format(too_long=value_words("too_long", too_long), longest_hours=longest_hours)),
            Param("clock_changes", clock_changes),
            Param("midnights", midnights),
            Param("bootstrap", bootstrap),
            *extra,
        ),
        caveats=(*put_elsewhere, *_caveats(windows, moments, incidents), *((_NEVER_SEEN,) if bootstrap and (by is not None or cell_m is not None) else ())),
        references=_REFERENCES,
        sources=(source,),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents, study_area),
        seed=seed,
        view="table" if cell_m is None else "map",
        details={"noted": windows.noted, "moments": moments, "cycle": cut.cycle, "value": "peak", "clock": windows.zone, **more},
    )  # fmt: skip


def _checked(
    caller: str, incidents: pd.DataFrame, by: str | None, cell_m: float | None, study_area: object, missing: str,
    reversed_windows: str, too_long: str, longest_hours: float, clock_changes: str, midnights: str, bootstrap: int,
) -> None:  # fmt: skip
    check = Check(caller)
    check_times(check, incidents)
    check.choice(allowed=MISSING, missing=missing)
    check.choice(allowed=REVERSED, reversed_windows=reversed_windows)
    check.choice(allowed=TOO_LONG, too_long=too_long)
    check.choice(allowed=CLOCK_CHANGES, clock_changes=clock_changes)
    check.choice(allowed=MIDNIGHTS, midnights=midnights)
    check.positive(longest_hours=longest_hours)
    if bootstrap != 0:
        check.whole(19, bootstrap=bootstrap)
    if by is not None and hasattr(incidents, "columns"):
        check.columns(incidents, [by], "incidents")
    if by is not None and cell_m is not None:
        check.add("by and cell_m exclude each other.")
    if cell_m is not None:
        check_points(check, incidents, study_area, cell_m, "square", None)
    check.done()


def _fine_enough(
    incidents: pd.DataFrame, windows: Windows, cut: Partition, longest_hours: float, caller: str
) -> None:
    """Refuse where the file cannot answer: months have no weekday, days have no hour."""
    known = told_to(incidents.iloc[windows.used])
    days = bool((cut.begins % DAY == 0).all())
    if known == "month" or (windows.even.all() and len(windows.even) > 1):
        why = (
            tr_later("the month")
            if known == "month"
            else tr("a time of {longest_hours:g} hours or more").format(longest_hours=longest_hours)
        )
        raise InputError(
            f"{caller}: the file tells only {why} of each incident, so neither weekday nor hour can be known."
        )
    if known == "day" and not days:
        raise InputError(
            f"{caller}: the file tells only the day of each incident (all stand at one time of day), so the hour cannot be known; "
            "unit='weekday' can be answered."
        )


def _by_column(
    incidents: pd.DataFrame,
    windows: Windows,
    cut: Partition,
    by: str | None,
    bootstrap: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], pd.DataFrame, tuple[Param, ...]]:
    import pandas as pd

    if by is None:
        group, names = np.zeros(len(windows.used), np.int64), np.array(["all"], dtype=object)
    else:
        held = incidents[by].iloc[windows.used]
        codes, values = pd.factorize(
            held.astype("object").where(held.notna(), tr_later("not stated")).astype(str), sort=True
        )
        group, names = codes.astype(np.int64), np.asarray(values, dtype=object)
    shares = Shares(windows, cut, group, len(names))
    n = shares.sums(np.ones(len(group)))
    parts = len(cut.labels)
    table = pd.DataFrame(
        {
            **({} if by is None else {by: np.repeat(names, parts)}),
            "unit": np.tile(np.arange(parts), len(names)),
            "label": np.tile(cut.labels, len(names)),
            "n": n.ravel(),
        }
    )
    if bootstrap:
        found = band(shares, n, bootstrap, rng, caller="times.aoristic")
        table["low"], table["high"] = found.low.ravel(), found.high.ravel()
    return n.sum(axis=0), table, () if by is None else (Param("by", by),)


@dataclass(frozen=True)
class _Cells:
    """What is found by cell.

    Attributes
    ----------
    table
        One row per cell that holds something.
    whole
        All cells together, by part.
    low, high
        The band of every part, shaped as the columns of parts; ``None`` without samples.
    windows
        Of the incidents that lie in a cell.
    params, outline
        The cells and their study area, for the record and for maps.
    """

    table: gpd.GeoDataFrame
    whole: NDArray[np.float64]
    low: pd.DataFrame | None
    high: pd.DataFrame | None
    windows: Windows
    params: tuple[Param, ...]
    outline: Any


def _by_cell(
    incidents: pd.DataFrame, windows: Windows, cut: Partition, cell_m: float, study_area: object,
    bootstrap: int, rng: np.random.Generator, caller: str,
) -> _Cells:  # fmt: skip
    """One row per cell that holds something, one column per part."""
    import geopandas as gpd
    import pandas as pd

    metric = _metric.choose(study_area, incidents, caller=caller)
    points = usable_points(incidents, metric, None)
    area = study_cells(points, metric, study_area=study_area, cell_m=cell_m, shape="square", caller=caller)
    windows, mine = _inside(windows, points.used, area.locate(points.x, points.y), len(incidents), caller)
    held, group = np.unique(mine, return_inverse=True)
    if len(held) * len(cut.labels) > _MOST_VALUES:
        raise InputError(
            f"{caller}: {len(held):,} cells × {len(cut.labels):,} parts are too many for a map; take larger cells or unit='hour_of_day'."
        )
    shares = Shares(windows, cut, group.ravel().astype(np.int64), len(held))
    n = shares.sums(np.ones(len(group)))
    full = cell_table(area, metric.crs).iloc[held].reset_index(drop=True)
    total, peak = n.sum(axis=1), n.argmax(axis=1)
    labels = pd.Index(cut.labels)
    names = full[["row", "column"]].assign(
        n=total, peak=labels.to_numpy(dtype=object)[peak], peak_share=n.max(axis=1) / total
    )
    low = high = None
    if bootstrap:
        found = band(shares, n, bootstrap, rng, caller=caller)
        at = np.arange(len(held)), peak
        names = names.assign(peak_low=found.low[at], peak_high=found.high[at], peak_holds=found.holds)
        low, high = (pd.DataFrame(values, columns=labels) for values in (found.low, found.high))
    table = pd.concat([names, pd.DataFrame(n, columns=labels), full[["geometry"]]], axis=1)
    framed = gpd.GeoDataFrame(table, geometry="geometry", crs=metric.crs)
    return _Cells(framed, n.sum(axis=0), low, high, windows, area.params, area.outline)


def _inside(
    windows: Windows, placed: NDArray[np.int64], where: NDArray[np.int64], rows: int, caller: str
) -> tuple[Windows, NDArray[np.int64]]:
    """The windows of incidents that lie in a cell, and in which; the others have their reason noted."""
    cell = np.full(rows, -2)
    cell[placed] = where
    mine = cell[windows.used]
    reasons = windows.reasons.copy()
    reasons[windows.used[mine == -2]] = tr_later("without a place")
    reasons[windows.used[mine == -1]] = tr_later("outside the study area")
    if not (mine >= 0).any():
        raise InputError(f"{caller}: no incident with a time lies in the study area.")
    return replace(windows.of_rows(mine >= 0), reasons=reasons), mine[mine >= 0]


def _findings(
    total: NDArray[np.float64],
    cut: Partition,
    moments: float,
    put: tuple[str, ...],
    table: pd.DataFrame | None,
) -> tuple[str, ...]:
    share = total / total.sum()
    even = cut.lengths / cut.cycle
    top = int(np.argmax(share / even))
    order = np.argsort(-share / even, kind="stable")
    few = int(np.searchsorted(np.cumsum(share[order]), 0.5)) + 1
    said = [
        tr(
            "The strongest part is {labels}: {total:,.1f} incidents, {share:.1f} times as many as if all times were alike."
        ).format(labels=cut.labels[top], total=total[top], share=share[top] / even[top]),
        *put,
        *(
            (tr("So few incidents make no profile: read the reports one by one instead."),)
            if total.sum() < _FEW
            else ()
        ),
        tr(
            "{total:,.0f} incidents were shared out; {moments:.0%} of them are known to the minute. Half of them fall into {few} "
            "of the {n} parts, {even:.0%} of the time."
        ).format(total=total.sum(), moments=moments, few=few, n=len(share), even=even[order[:few]].sum()),
    ]
    if table is not None and "peak_holds" in table:
        sure = int((table["peak_holds"] >= 0.95).sum())
        said.append(
            tr(
                "In {sure:,} of {n:,} cells the strongest part is the strongest in 95 % of the samples or more; in the others "
                "another part may as well be it."
            ).format(sure=sure, n=len(table))
        )
    elif table is not None and "low" in table and len(table) <= 200 and total.sum() >= _FEW:
        level = total.sum() * even
        above = int((table["low"].to_numpy() > level).sum())
        said.append(
            tr(
                "In {above} of {n} parts even the lower end of the band lies above the level of a flat day."
            ).format(above=above, n=len(table))
        )
    said.append(
        tr(
            "The shares assume that any moment of a window is as likely as any other; long windows make the profile flatter than "
            "it is."
        )
    )
    return tuple(said)


def _put(
    windows: Windows, total: NDArray[np.float64], cut: Partition
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is said of placeholder minutes: beside the strongest part where they lie in it, else among the caveats."""
    moments = windows.begin[windows.end == windows.begin]
    top = int(np.argmax(total / cut.lengths))
    found = placeholders(moments)
    # a peak of many hours is none of one minute
    narrow = cut.lengths[top] <= _NARROW_S
    inside = [
        one
        for one in found
        if one.minute == 0 or (narrow and (one.minute * 60 - cut.begins[top]) % DAY < cut.lengths[top])
    ]
    said = tuple(one.said() for one in inside)
    if any(one.minute for one in inside):
        minute = moments % DAY // 60
        put = moments[np.isin(minute, [one.minute for one in found])]
        left = total - cut.sums(put, put, np.ones(len(put)), np.zeros(len(put), np.int64), 1)[0]
        other = int(np.argmax(left / cut.lengths))
        if other != top and left.sum() >= _FEW:
            said += (tr("Without them the strongest part is {label}.").format(label=cut.labels[other]),)
    return said, tuple(one.said() for one in found if one not in inside)


def _caveats(windows: Windows, moments: float, incidents: pd.DataFrame) -> tuple[str, ...]:
    said = [
        tr("{number:,} incidents: {what}.").format(number=number, what=what)
        for what, number in windows.noted.items()
    ]
    if "occurred_to" not in incidents:
        said.append(tr("No ends of windows are known; every incident is taken for a moment."))
    if len(windows.begin) > 1 and (windows.begin == windows.begin[0]).all():
        said.append(
            tr("All incidents begin at one and the same minute; look whether a program put it there.")
        )
    if windows.zone == "UTC":
        said.append(
            tr("The clock is UTC, which is nobody's local time; read the file again with its time zone.")
        )
    if moments < 0.1:
        said.append(
            tr(
                "Hardly any incident is known to the minute; the profile tells when people were away rather than when it happened."
            )
        )
    return tuple(said)
