"""Cases, controls and population as a scan needs them: by place, with days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._ground.membership import first_area
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Source, fingerprint
from ilp_lab.safeguards import origin_of
from ilp_lab.times.cylinders import EARTH_M
from ilp_lab.times.moments import DAY, local_seconds, told_to

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_SAME_M = 0.01


@dataclass(frozen=True)
class Cases:
    """Everything a scan needs to know of the data.

    Attributes
    ----------
    places, centres
        Coordinates in which distances are measured.
    centre_xy
        Centres in metres, for drawing.
    mass
        Population (or number of cases) of each place.
    place
        The place of each case (and control).
    day
        Its day; ``None`` in space alone.
    is_case
        Which are cases; ``None`` when all are.
    labels
        The index labels of each place.
    by_permutation
        Whether time counts by cases instead of by days.
    matched_m
        How far cases had to be taken to a place of the population.
    count
        Column of the number of cases of a row.
    others_out
        Reason → number of rows of the controls or the population that could not be used.
    doubts
        What the data leave open, in sentences.
    outlines
        The areas that the places are, for drawing; ``None`` where they are points.
    """

    places: NDArray[np.float64]
    centres: NDArray[np.float64]
    centre_xy: NDArray[np.float64]
    mass: NDArray[np.float64]
    place: NDArray[np.int64]
    day: NDArray[np.int64] | None
    is_case: NDArray[np.bool_] | None
    labels: list[tuple[Any, ...]]
    by_permutation: bool
    metric: _metric.Metric
    reasons: NDArray[np.object_]
    sources: tuple[Source, ...]
    matched_m: float = 0.0
    count: str = ""
    others_out: Mapping[str, int] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    outlines: NDArray[np.object_] | None = None


def cases_of(
    cases: gpd.GeoDataFrame,
    model: str,
    population: Any,
    count: str | None,
    centres: Any,
    max_m: float | None,
    *,
    period: tuple[int, int] | None,
    timed: bool,
    sphere: bool,
    caller: str,
) -> Cases:
    """Cases by place.

    Raises
    ------
    InputError
        When nothing is left, or places have cases and no population.
    """
    tables = [cases, *(one for one in (population, centres) if hasattr(one, "geometry"))]
    metric = _metric.choose(*tables, caller=caller)
    label_column = population if model == "bernoulli" and isinstance(population, str) else None
    rows, number, day, reasons, named = _usable(
        cases, metric, count, label_column, period, caller, timed=timed
    )
    x, y = (axis[rows] for axis in _metric.point_xy(cases, metric))
    if model == "poisson" and not isinstance(population, str):
        base = _in_population(population, metric, x, y, max_m, caller)
        inside = base.of >= 0
        reasons[rows[~inside]] = tr_later("outside the population")
        base = replace(base, of=base.of[inside])
        rows, number, day, x, y = rows[inside], number[inside], day[inside], x[inside], y[inside]
    else:
        base = _own_places(
            cases, model, population, rows, x, y, caller, added=count is not None and not timed
        )
    months = timed and told_to(cases) == "month"
    doubts = (tr("Only months are known: windows of days say nothing."),) if months else ()
    source = Source("cases", len(rows), fingerprint(x.round(3), y.round(3), number), origin_of(cases))
    place, days = np.repeat(base.of, number), np.repeat(day, number)
    label, others_out = None, dict(base.lost)
    if model == "bernoulli":
        controls = (
            None if isinstance(population, str) else _controls(population, cases, metric, period, timed=timed)
        )
        base, label, place, days = _with_controls(
            cases, population, controls, base, rows, x, y, number, day, caller
        )
        others_out |= {} if controls is None else controls.lost
    if len(place) < 2:
        raise InputError(
            f"{caller}: {len(place)} case(s) can be used; a cluster takes at least two. Cases lost on the way: {_lost(reasons)}."
        )
    held = np.bincount(place, minlength=len(base.x)).astype(np.float64)
    if model == "poisson":
        _check_population(held, base.mass, caller)
    else:
        base = replace(base, mass=held)
    if len(base.x) == 1:
        raise InputError(
            f"{caller}: everything lies at one place, so there is no here and elsewhere to compare."
        )
    around = np.column_stack([base.x, base.y])
    if centres is not None:
        base, place, around = _joined(base, place, around, centres, metric)
    # millimetres keep equal distances equal
    at, middles = (
        _measured(np.round(xy, 3), metric, sphere=sphere)
        for xy in (np.column_stack([base.x, base.y]), around)
    )
    fresh = np.sort(np.unique(middles.round(3), axis=0, return_index=True)[1])
    return Cases(
        at, middles[fresh], around[fresh], base.mass, place, days if timed else None, label, base.labels,
        model == "permutation", metric, reasons, (source,), base.matched_m, named, others_out, doubts,
        base.outlines,
    )  # fmt: skip


def _usable(
    cases: gpd.GeoDataFrame,
    metric: _metric.Metric,
    count: str | None,
    label: str | None,
    period: tuple[int, int] | None,
    caller: str,
    *,
    timed: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.object_], str]:
    """Usable rows, how many cases each is, their days, why the others are not usable, and the column of the number."""
    points = usable_points(cases, metric, None)
    reasons = points.reasons.copy()
    number, named = _numbers(cases, count)
    number = number[points.used]
    wrong = ~np.isfinite(number) | (number != np.round(number)) | (number < 0)
    reasons[points.used[wrong]] = tr("no whole number in {named!r}").format(named=named)
    day = np.zeros(len(points.used), np.int64)
    if timed:
        seconds, known = local_seconds(cases["occurred_at"].iloc[points.used])
        reasons[points.used[~known]] = tr_later("without a time")
        wrong |= ~known
        day = seconds // DAY
        if period is not None:
            out = ~wrong & ((day < period[0]) | (day > period[1]))
            reasons[points.used[out]] = tr_later("outside the period")
            wrong |= out
    if label is not None:
        unsaid = ~wrong & cases[label].isna().to_numpy()[points.used]
        reasons[points.used[unsaid]] = tr_later("neither case nor control")
        wrong |= unsaid
    kept = np.flatnonzero(~wrong)
    if not number[kept].sum():
        raise InputError(f"{caller}: no case is left that has a place" + (" and a time." if timed else "."))
    return points.used[kept], number[kept].astype(np.int64), day[kept], reasons, named


def _lost(reasons: NDArray[np.object_]) -> str:
    names, numbers = np.unique(reasons[reasons != ""].astype(str), return_counts=True)
    return ", ".join(f"{number:,} {name}" for name, number in zip(names, numbers, strict=True)) or "none"


@dataclass(frozen=True)
class _Base:
    """Places and which of them each case lies in."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    mass: NDArray[np.float64]
    labels: list[tuple[Any, ...]]
    of: NDArray[np.int64]
    matched_m: float = 0.0
    lost: Mapping[str, int] = field(default_factory=dict)
    outlines: NDArray[np.object_] | None = None


def _numbers(cases: gpd.GeoDataFrame, count: str | None) -> tuple[NDArray[np.float64], str]:
    named = count or ("cases" if "cases" in cases and cases["cases"].dtype.kind in "iuf" else "")
    if not named:
        return np.ones(len(cases)), ""
    return cases[named].to_numpy(dtype=np.float64, na_value=np.nan), named


def _own_places(
    cases: gpd.GeoDataFrame,
    model: str,
    population: Any,
    rows: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    caller: str,
    *,
    added: bool,
) -> _Base:
    """The distinct places of the rows themselves, with their population where a column says it.

    A place's population counts once, however many cases or days it has; areas of a table of counts that share a place add up.
    """
    base = _places_of(x, y, cases.index.to_numpy()[rows])
    if model != "poisson":
        return base
    said = cases[population].to_numpy(dtype=np.float64, na_value=np.nan)[rows]
    missing = int(np.isnan(said).sum())
    said = np.nan_to_num(said)
    if added:
        np.add.at(base.mass, base.of, said)
    else:
        least = np.full(len(base.x), np.inf)
        np.maximum.at(base.mass, base.of, said)
        np.minimum.at(least, base.of, said)
        unclear = int((least < base.mass).sum())
        if unclear:
            raise InputError(
                f"{caller}: {unclear:,} places have rows that say different populations. Give population as a table of places."
            )
    return replace(base, lost={"rows without a population": missing} if missing else {})


def _places_of(x: NDArray[np.float64], y: NDArray[np.float64], names: NDArray[Any]) -> _Base:
    """The distinct places among points, which of them each is, and the names of those at each."""
    spots = np.round(np.column_stack([x, y]) / _SAME_M).astype(np.int64)
    _, first, of = np.unique(spots, axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    order = np.argsort(of, kind="stable")
    parts = np.split(names[order], np.cumsum(np.bincount(of, minlength=len(first)))[:-1])
    return _Base(x[first], y[first], np.zeros(len(first)), [tuple(part.tolist()) for part in parts], of)


def _in_population(
    population: gpd.GeoDataFrame,
    metric: _metric.Metric,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    max_m: float | None,
    caller: str,
) -> _Base:
    """The places of a population table, and the one each case belongs to: the polygon around it, or the nearest point."""
    from scipy.spatial import cKDTree

    table = _metric.to_metric(population, metric)
    px, py = _metric.point_xy(table, metric)
    usable = np.isfinite(px) & np.isfinite(py)
    if not usable.any():
        raise InputError(f"{caller}: no row of population has a place.")
    lost = {"population without a place": int((~usable).sum())}
    table, px, py = table[usable], px[usable], py[usable]
    mass = table["population"].to_numpy(dtype=np.float64, na_value=np.nan)
    lost["places without a population"] = int(np.isnan(mass).sum())
    mass = np.nan_to_num(mass)
    lost = {reason: number for reason, number in lost.items() if number}
    labels = [(label,) for label in table.index]
    if (table.geometry.geom_type != "Point").any():
        shapes = np.asarray(table.geometry)
        return _Base(px, py, mass, labels, first_area(shapes, x, y)[0], 0.0, lost, shapes)
    tree = cKDTree(np.column_stack([px, py]))
    spacing = tree.query(np.column_stack([px, py]), k=2)[0][:, 1] if len(px) > 1 else np.array([0.0])
    reach = (
        float(spacing[np.isfinite(spacing)].max(initial=0.0))
        if max_m is None
        else min(max_m, float(spacing.max(initial=0.0)))
    )
    far, of = tree.query(np.column_stack([x, y]))
    of = np.where(far <= max(reach, _SAME_M), of, -1)
    matched = float(far[of >= 0].max(initial=0.0))
    return _Base(px, py, mass, labels, of, matched if matched > _SAME_M else 0.0, lost)


@dataclass(frozen=True)
class _Controls:
    """Usable controls."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    day: NDArray[np.int64]
    names: NDArray[Any]
    lost: Mapping[str, int]


def _controls(
    controls: gpd.GeoDataFrame,
    cases: gpd.GeoDataFrame,
    metric: _metric.Metric,
    period: tuple[int, int] | None,
    *,
    timed: bool,
) -> _Controls:
    """Where and when the controls are, on the clock of the cases; those that cannot be used are counted."""
    x, y = _metric.point_xy(controls, metric)
    known = np.isfinite(x) & np.isfinite(y)
    lost = {"controls without a place": int((~known).sum())}
    day = np.zeros(len(controls), np.int64)
    if timed:
        seconds, timely = local_seconds(controls["occurred_at"].dt.tz_convert(cases["occurred_at"].dt.tz))
        day = seconds // DAY
        lost["controls without a time"] = int((known & ~timely).sum())
        known &= timely
        if period is not None:
            within = (day >= period[0]) & (day <= period[1])
            lost["controls outside the period"] = int((known & ~within).sum())
            known &= within
    names = controls.index.to_numpy()[known].astype(object)
    return _Controls(
        x[known], y[known], day[known], names, {reason: number for reason, number in lost.items() if number}
    )


def _with_controls(
    cases: gpd.GeoDataFrame, population: Any, controls: _Controls | None, base: _Base, rows: NDArray[np.int64],
    x: NDArray[np.float64], y: NDArray[np.float64], number: NDArray[np.int64], day: NDArray[np.int64], caller: str,
) -> tuple[_Base, NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Cases and controls: their places, which are cases, the place and the day of each."""
    if controls is None:
        label = np.repeat(cases[population].iloc[rows].astype(bool).to_numpy(), number)
        place, days = np.repeat(base.of, number), np.repeat(day, number)
    else:
        names = np.append(cases.index.to_numpy()[rows].astype(object), controls.names)
        base = _places_of(np.append(x, controls.x), np.append(y, controls.y), names)
        place = np.append(np.repeat(base.of[: len(x)], number), base.of[len(x) :])
        days = np.append(np.repeat(day, number), controls.day)
        label = np.arange(len(place)) < len(place) - len(controls.x)
    if not label.any() or label.all():
        raise InputError(
            f"{caller}: model='bernoulli' needs both cases and controls; got {int(label.sum()):,} cases and "
            f"{int((~label).sum()):,} controls."
        )
    return base, label, place, days


def _check_population(number: NDArray[np.float64], mass: NDArray[np.float64], caller: str) -> None:
    empty = int(((number > 0) & (mass <= 0)).sum())
    if empty:
        raise InputError(
            f"{caller}: {empty:,} places have cases but no population, so nothing can be expected there. Give their population, "
            "or leave those cases out."
        )
    if mass.sum() <= 0:
        raise InputError(f"{caller}: the population is 0 everywhere.")


def _joined(
    base: _Base,
    place: NDArray[np.int64],
    around: NDArray[np.float64],
    centres: gpd.GeoDataFrame,
    metric: _metric.Metric,
) -> tuple[_Base, NDArray[np.int64], NDArray[np.float64]]:
    """Given centres become places too, under their own labels; cases that lie at one belong to it."""
    from scipy.spatial import cKDTree

    x, y = _metric.point_xy(centres, metric)
    usable = np.isfinite(x) & np.isfinite(y)
    more = np.column_stack([x, y])[usable]
    if not len(more):
        return base, place, around
    far, of = cKDTree(more).query(np.column_stack([base.x, base.y]))
    target = np.where(far <= 1.0, of, -1)
    alone = np.flatnonzero(target < 0)
    target[alone] = len(more) + np.arange(len(alone))
    mass = np.zeros(len(more) + len(alone))
    np.add.at(mass, target, base.mass)
    labels = [(name,) for name in centres.index[usable]] + [base.labels[k] for k in alone]
    joined = _Base(
        np.append(more[:, 0], base.x[alone]),
        np.append(more[:, 1], base.y[alone]),
        mass,
        labels,
        base.of,
        base.matched_m,
    )
    return joined, target[place], np.vstack([around, more])


def _measured(xy: NDArray[np.float64], metric: _metric.Metric, *, sphere: bool) -> NDArray[np.float64]:
    """Coordinates whose straight distances are the distances wanted: metres, or chords of the globe."""
    if not sphere:
        return xy
    import pyproj

    lon, lat = pyproj.Transformer.from_crs(metric.crs, 4326, always_xy=True).transform(xy[:, 0], xy[:, 1])
    lon, lat = np.radians(lon), np.radians(lat)
    return EARTH_M * np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
