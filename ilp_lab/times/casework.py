"""Cases, controls and population as a scan needs them: by place, with days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._ground.membership import first_area
from ilp_lab._ground.studyarea import usable_points
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.result import Source, fingerprint
from ilp_lab.safeguards import origin_of
from ilp_lab.times.cylinders import EARTH_M
from ilp_lab.times.moments import DAY, check_times, local_seconds

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ilp_lab._check import Check

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


def check_cases(
    check: Check, cases: Any, model: str, population: Any, count: str | None, centres: Any, *, timed: bool
) -> None:
    """The checks of a scan's tables."""
    if timed:
        check_times(check, cases, "cases")
    if not check.frame(cases, "cases") or not check.places(cases, "cases"):
        return
    if centres is not None:
        check.places(centres, "centres")
    if count is not None:
        _check_number(check, cases, count, "cases", "count")
    if model == "permutation":
        if population is not None:
            check.add("population is not used by model='permutation'; leave it out, or take 'poisson'.")
    elif population is None:
        needed = (
            "a column or a table with the population"
            if model == "poisson"
            else "a column that says which rows are cases, or a table of controls"
        )
        check.add(f"model={model!r} needs population: {needed}.")
    elif isinstance(population, str):
        _check_number(check, cases, population, "cases", "population")
    elif check.places(population, "population") and model == "poisson":
        _check_number(check, population, "population", "population", "its column")


def _check_number(check: Check, table: Any, column: str, name: str, argument: str) -> None:
    check.columns(table, [column], name)
    if column in table:
        kind = table[column].dtype.kind
        if kind not in "iufb":
            check.add(
                f"{argument}={column!r} must be a column of numbers; it holds {table[column].dtype}.",
                ColumnError,
            )
        elif (table[column].to_numpy(dtype=np.float64, na_value=np.nan) < 0).any():
            check.add(f"{argument}={column!r} holds numbers below 0.", ColumnError)


def cases_of(
    cases: gpd.GeoDataFrame,
    model: str,
    population: Any,
    count: str | None,
    centres: Any,
    max_m: float | None,
    *,
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
    rows, number, day, reasons, named = _usable(cases, metric, count, caller, timed=timed)
    x, y = (axis[rows] for axis in _metric.point_xy(cases, metric))
    if model == "poisson" and not isinstance(population, str):
        base = _in_population(population, metric, x, y, max_m, caller)
        inside = base.of >= 0
        reasons[rows[~inside]] = "outside the population"
        base = replace(base, of=base.of[inside])
        rows, number, day, x, y = rows[inside], number[inside], day[inside], x[inside], y[inside]
    else:
        base = _own_places(cases, model, population, rows, x, y)
    source = Source("cases", len(rows), fingerprint(x.round(3), y.round(3), number), origin_of(cases))
    place, days = np.repeat(base.of, number), np.repeat(day, number)
    label = None
    if model == "bernoulli":
        base, label, place, days = _with_controls(
            cases, population, metric, base, rows, x, y, number, day, caller, timed=timed
        )
    if len(place) < 2:
        raise InputError(f"{caller}: only {len(place)} case is usable; a cluster takes at least two.")
    held = np.bincount(place, minlength=len(base.x)).astype(np.float64)
    if model == "poisson":
        _check_population(held, base.mass, caller)
    else:
        base = replace(base, mass=held)
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
        model == "permutation", metric, reasons, (source,), base.matched_m, named,
    )  # fmt: skip


def _usable(
    cases: gpd.GeoDataFrame, metric: _metric.Metric, count: str | None, caller: str, *, timed: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.object_], str]:
    """Usable rows, how many cases each is, their days, why the others are not usable, and the column of the number."""
    points = usable_points(cases, metric, None)
    reasons = points.reasons.copy()
    number, named = _numbers(cases, count)
    number = number[points.used]
    wrong = ~np.isfinite(number) | (number != np.round(number)) | (number < 0)
    reasons[points.used[wrong]] = f"no whole number in {named!r}"
    day = np.zeros(len(points.used), np.int64)
    if timed:
        seconds, known = local_seconds(cases["occurred_at"].iloc[points.used])
        reasons[points.used[~known]] = "without a time"
        wrong |= ~known
        day = seconds // DAY
    kept = np.flatnonzero(~wrong)
    if not number[kept].sum():
        raise InputError(f"{caller}: no case is left that has a place" + (" and a time." if timed else "."))
    return points.used[kept], number[kept].astype(np.int64), day[kept], reasons, named


@dataclass(frozen=True)
class _Base:
    """Places and which of them each case lies in."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    mass: NDArray[np.float64]
    labels: list[tuple[Any, ...]]
    of: NDArray[np.int64]
    matched_m: float = 0.0


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
) -> _Base:
    """The distinct places of the rows themselves, with their population where a column says it."""
    base = _places_of(x, y, cases.index.to_numpy()[rows])
    if model == "poisson":
        np.add.at(base.mass, base.of, cases[population].to_numpy(dtype=np.float64, na_value=0.0)[rows])
    return base


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
    table, px, py = table[usable], px[usable], py[usable]
    mass = table["population"].to_numpy(dtype=np.float64, na_value=0.0)
    labels = [(label,) for label in table.index]
    if (table.geometry.geom_type != "Point").any():
        return _Base(px, py, mass, labels, first_area(np.asarray(table.geometry), x, y)[0])
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
    return _Base(px, py, mass, labels, of, matched if matched > _SAME_M else 0.0)


def _with_controls(
    cases: gpd.GeoDataFrame, population: Any, metric: _metric.Metric, base: _Base, rows: NDArray[np.int64],
    x: NDArray[np.float64], y: NDArray[np.float64], number: NDArray[np.int64], day: NDArray[np.int64], caller: str, *, timed: bool,
) -> tuple[_Base, NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Cases and controls: their places, which are cases, the place and the day of each."""
    if isinstance(population, str):
        label = np.repeat(cases[population].fillna(0).astype(bool).to_numpy()[rows], number)
        place, days = np.repeat(base.of, number), np.repeat(day, number)
    else:
        cx, cy = _metric.point_xy(population, metric)
        known = np.isfinite(cx) & np.isfinite(cy)
        control_day = np.zeros(len(population), np.int64)
        if timed:
            if "occurred_at" not in population:
                raise ColumnError(
                    f"{caller}: the controls have no column 'occurred_at', but the scan looks at time."
                )
            seconds, timely = local_seconds(population["occurred_at"])
            known &= timely
            control_day = seconds // DAY
        names = np.append(
            cases.index.to_numpy()[rows].astype(object), population.index.to_numpy()[known].astype(object)
        )
        base = _places_of(np.append(x, cx[known]), np.append(y, cy[known]), names)
        controls = int(known.sum())
        place = np.append(np.repeat(base.of[: len(x)], number), base.of[len(x) :])
        days = np.append(np.repeat(day, number), control_day[known])
        label = np.append(np.ones(len(place) - controls, bool), np.zeros(controls, bool))
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
