"""The middle of incidents and how far they spread around it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.studyarea import usable_points
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.safeguards import handling_of, mark

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def centres(
    incidents: gpd.GeoDataFrame, *, by: str | None = None, weight: str | None = None
) -> gpd.GeoDataFrame:
    """Describe where incidents are centred and how they spread: for all, or for each group.

    Parameters
    ----------
    incidents
        Points.
    by
        Column whose groups are described one by one, such as ``offence`` or a period.
    weight
        Column with how much each incident counts.

    Returns
    -------
    GeoDataFrame
        Four rows per group: ``measure`` is "mean centre" and "median centre" (points), "standard distance" (circle) and
        "standard ellipse" (outline); ``n``, ``x``, ``y``; ``radius_m`` of the circle; ``long_m``, ``short_m`` and
        ``bearing`` (degrees from north, clockwise, of the long axis) of the ellipse. ``.attrs["ilp_lab_left_out"]`` counts what
        could not be used.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    The median centre is the point with the smallest sum of distances (Weiszfeld's iteration); outliers hardly move it. The
    standard distance is the root of the mean squared distance from the mean centre. The ellipse is that of CrimeStat: its
    half axes are the root of twice the summed squares along the turned axes over n - 2. None of these is a hot spot, and the
    middle of a pattern with two parts lies where nothing happens.

    References
    ----------
    Levine, N. (2015), CrimeStat IV, chapter 4. Yuill, R. S. (1971), The standard deviational ellipse, doi:10.2307/490885.

    Examples
    --------
    >>> import geopandas as gpd
    >>> thefts = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0, 0, 10, 10, 500], [0, 10, 0, 10, 5]), crs=32633)
    >>> centres(thefts)[["measure", "x"]].head(2).round(3).values.tolist()
    [['mean centre', 104.0], ['median centre', 8.122]]
    """
    import geopandas as gpd
    import pandas as pd

    caller = "places.centres"
    check = Check(caller)
    if check.places(incidents, "incidents"):
        check.columns(incidents, [column for column in (by, weight) if column], "incidents")
        if weight in incidents and incidents[weight].dtype.kind not in "iufb":
            check.add(f"weight={weight!r} must be a column of numbers; it holds {incidents[weight].dtype}.")
    check.done()
    metric = _metric.choose(incidents, caller=caller)
    points = usable_points(incidents, metric, weight)
    reasons = points.reasons.copy()
    groups = np.zeros(len(points.x), dtype=np.int64)
    names: Any = [None]
    if by is not None:
        groups, names = pd.factorize(incidents[by].iloc[points.used], sort=True)
        reasons = points.without(groups < 0, tr("without {by}").format(by=by))
    rows: list[dict[str, Any]] = []
    for code, name in enumerate(names):
        kept = (groups == code) & (points.weight > 0)
        if kept.any():
            rows.extend(_described(name, by, points.x[kept], points.y[kept], points.weight[kept]))
    if not rows:
        raise InputError(
            f"{caller}: no row has a place, so there is no middle. Check the coordinate columns."
        )
    table = gpd.GeoDataFrame(rows, geometry="geometry", crs=metric.crs)
    table = mark(table, handling=handling_of(incidents))
    table.attrs["ilp_lab_left_out"] = LeftOut.of(incidents, reasons)
    return table


def _described(
    name: Any, by: str | None, x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]
) -> list[dict[str, Any]]:
    import shapely

    group = {} if by is None else {by: name}
    mean = float(np.average(x, weights=weight)), float(np.average(y, weights=weight))
    median = median_centre(x, y, weight)
    around = standard_distance(x, y, weight)
    long, short, bearing = standard_ellipse(x, y, weight)
    turn = math.radians(90 - bearing)
    angle = np.linspace(0, 2 * math.pi, 73)
    ring = np.column_stack([long * np.cos(angle), short * np.sin(angle)])
    turned = ring @ np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]) + mean
    base = group | {"n": len(x)}
    at_mean = {"x": mean[0], "y": mean[1]}
    return [
        base | {"measure": tr_later("mean centre"), **at_mean, "geometry": shapely.Point(mean)},
        base | {"measure": tr_later("median centre"), "x": median[0], "y": median[1], "geometry": shapely.Point(median)},
        base | {"measure": tr_later("standard distance"), **at_mean, "radius_m": around, "geometry": shapely.Point(mean).buffer(around)},
        base | {"measure": tr_later("standard ellipse"), **at_mean, "long_m": long, "short_m": short, "bearing": bearing,
                "geometry": shapely.Polygon(turned)},
    ]  # fmt: skip


def median_centre(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[float, float]:
    """The point with the smallest weighted sum of distances.

    Newton steps where they lead down, else those of Weiszfeld, which always do; a point of the data is left as Vardi and Zhang
    (2000, doi:10.1073/pnas.97.4.1423) tell.
    """
    points = np.column_stack([x, y])
    scale = max(float(np.ptp(points, axis=0).max()), 1e-9)

    def cost(at: NDArray[np.float64]) -> float:
        return float(weight @ np.hypot(*(points - at).T))

    at = np.average(points, axis=0, weights=weight)
    value = cost(at)
    for _ in range(200):
        apart = points - at
        far = np.hypot(*apart.T)
        here = far < 1e-9 * scale
        pull = np.divide(weight, far, out=np.zeros(len(x)), where=~here)
        gradient = (apart * pull[:, None]).sum(axis=0)
        strength = float(np.hypot(*gradient))
        stay = float(weight[here].sum())
        if strength <= stay or not pull.any():
            break
        unit = np.divide(apart, far[:, None], out=np.zeros_like(apart), where=~here[:, None])
        curve = pull.sum() * np.eye(2) - (unit * pull[:, None]).T @ unit
        plain = gradient / pull.sum() * (1 - stay / strength)
        newton = np.linalg.lstsq(curve, gradient, rcond=None)[0] if not here.any() else plain
        tried = [at + newton / 2**halving for halving in range(6)] + [at + plain]
        best = min(tried, key=cost)
        gained = value - cost(best)
        at, value = best, value - gained
        if gained <= 1e-14 * max(value, 1e-300):
            break
    return float(at[0]), float(at[1])


def standard_distance(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    """Root of the weighted mean squared distance from the mean centre."""
    middle = np.average(x, weights=weight), np.average(y, weights=weight)
    return math.sqrt(float(np.average((x - middle[0]) ** 2 + (y - middle[1]) ** 2, weights=weight)))


def standard_ellipse(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Long and short half axis in metres, and the long one's bearing from north (Levine 2015, chapter 4)."""
    n = len(x)
    if n < 3:
        return 0.0, 0.0, 0.0
    scaled = weight * n / weight.sum()
    dx, dy = x - np.average(x, weights=weight), y - np.average(y, weights=weight)
    xx, yy, xy = float(scaled @ dx**2), float(scaled @ dy**2), float(scaled @ (dx * dy))
    spread = math.hypot(xx - yy, 2 * xy)
    long, short = ((xx + yy + sign * spread) / 2 for sign in (1, -1))
    bearing = math.degrees(0.5 * math.atan2(2 * xy, yy - xx)) % 180
    return math.sqrt(2 * long / (n - 2)), math.sqrt(2 * max(short, 0.0) / (n - 2)), bearing
