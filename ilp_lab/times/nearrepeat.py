"""Near repeats: whether incidents near each other in space are near in time more often than chance explains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import tr_later
from ilp_lab.engine.tables import Table
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times.areawise import area_by_area, on_engine
from ilp_lab.times.batches import in_steps
from ilp_lab.times.closepairs import ClosePairs, close_pairs, days_near, expected_pairs
from ilp_lab.times.moments import WHEN, check_bands, check_times, moments
from ilp_lab.times.nearrepeatwords import calculator_words, caveats, findings

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

Distance = Literal["euclidean", "manhattan"]
METRICS = ("euclidean", "manhattan")
_METHOD = tr_later(
    "Pairs of incidents were counted by distance ({metric}) and by calendar days between them, in bands that hold their "
    "lower end and not their upper one. The expected number is exact for days dealt at random to the incidents (row sum "
    "× column sum / all pairs), z uses its exact variance (Barton and David 1966). p is the share of {runs} deals, the "
    "data counted among them, with at least as many pairs; q adjusts it over all bands (Benjamini-Hochberg)."
)
_REFERENCES = (
    "Knox 1964, The detection of space-time interactions, doi:10.2307/2985220",
    "Barton and David 1966, The random intersection of two graphs",
    "Johnson et al. 2007, Space-time patterns of risk, doi:10.1007/s10940-007-9025-3",
    "Ratcliffe 2009, Near Repeat Calculator 1.3 (its bands, distances and p with compatible='nrc-1.3')",
)


@dataclass(frozen=True)
class _Bands:
    """Upper ends of the bands; the last may be endless."""

    metres: NDArray[np.float64]
    days: NDArray[np.float64]

    @property
    def finite_metres(self) -> NDArray[np.float64]:
        return self.metres[np.isfinite(self.metres)]

    @property
    def whole_days(self) -> NDArray[np.int64]:
        """Days are whole: less than 7.5 days apart means at most 7."""
        return np.ceil(self.days[np.isfinite(self.days)]).astype(np.int64)


def near_repeat(
    incidents: gpd.GeoDataFrame | Table,
    *,
    by: str | None = None,
    within_m: Sequence[float] | float = (100.0, 200.0, 400.0),
    within_days: Sequence[float] | float = (7, 14),
    metric: Distance = "euclidean",
    same_place_m: float = 1.0,
    when: Literal["from", "middle", "to"] = "from",
    permutations: int = 999,
    alpha: float = 0.05,
    compatible: Literal["nrc-1.3"] | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Test for near repeats (Knox) in bands of distance and time.

    Parameters
    ----------
    incidents
        Points with ``occurred_at``; one kind of offence, so that the answer means something. Or a table on an engine; with ``by`` one area
        at a time comes back from there.
    by
        A column such as ``"area"``: every value of it is tested on its own, and ``q_fdr`` is taken over all; pairs across borders are not counted.
    within_m
        Upper ends of the bands of distance in metres, rising; the last may be ``float("inf")``. Bands hold their lower end and
        not their upper one; for a band that holds 100 m give ``np.nextafter(100, np.inf)``, and 8 days for "up to 7".
    within_days
        Upper ends of the bands of calendar days, rising; the last may be endless too. Days are counted on the local clock.
    metric
        ``"euclidean"`` (as the crow flies) or ``"manhattan"`` (along a street grid).
    same_place_m
        Incidents nearer than this are at the same place and make the first row; no row is added when the first band
        ends there anyway.
    when
        Which time counts where only a window is known.
    permutations
        How often the days are dealt at random to the incidents.
    alpha
        Level below which a band counts as more than chance (``q_fdr``).
    compatible
        ``"nrc-1.3"`` repeats the Near Repeat Calculator 1.3: Manhattan distances, bands without end added, the ratio to the
        simulated mean, and its labels. What it calls "1 to 100" and "8 to 14" is [1, 100) m and [7, 14) days.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per band of distance and band of days with ``m_from``, ``m_to``, ``days_from``, ``days_to`` (half-open),
        ``observed`` pairs, ``expected``, ``ratio``, ``z`` (analytic), ``p`` (at least as many by chance), ``p_fewer``, ``q_fdr``,
        ``verdict``. ``details``: ``simulated_mean``, ``variance`` (arrays of bands × bands), ``pairs``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or there are more pairs than memory holds.

    Notes
    -----
    Pairs are not independent of each other: a wave of ten burglaries makes 45 pairs. Fewer than five expected pairs carry
    little. ``p`` is one-sided as in Knox's test, with ``p_fewer`` for the other side; it counts deals with as many pairs as observed
    or more. Programs that print the chance of more pairs than observed (PySAL's ``p_poisson``, R's surveillance) show smaller p
    for the same data: .146 instead of .222 on Burkitt's lymphomas, where dealing the days anew gives .200.

    Cost: all pairs nearer than the last finite band are found once (5 bytes each); each deal costs one pass over them.
    The bar says after the first deals how long the rest takes. Interrupting loses the deals and nothing else.

    References
    ----------
    Knox, G. (1964), doi:10.2307/2985220. Johnson, S. D. et al. (2007), doi:10.1007/s10940-007-9025-3.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> xy, day = rng.uniform(0, 5000, (300, 2)), rng.integers(0, 365, 300)
    >>> xy = np.vstack([xy, xy[:40] + rng.normal(0, 30, (40, 2))])  # forty are followed by one nearby
    >>> when = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(np.r_[day, day[:40] + 3], unit="D")
    >>> thefts = gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> near = thefts.pipe(near_repeat, within_m=[100, 200], within_days=[7, 14], rng=1)
    >>> near.table.query("m_to == 100")["observed"].tolist()
    [43, 1]
    """
    caller = "times.near_repeat"
    _check(
        incidents, by, within_m=within_m, within_days=within_days, metric=metric, same_place_m=same_place_m, when=when,
        permutations=permutations, alpha=alpha, compatible=compatible,
    )  # fmt: skip
    if by is not None or isinstance(incidents, Table):
        generate, seed = generator(rng, caller)

        def test(part: gpd.GeoDataFrame) -> Result:
            return near_repeat(
                part, within_m=within_m, within_days=within_days, metric=metric, same_place_m=same_place_m, when=when,
                permutations=permutations, alpha=alpha, compatible=compatible, rng=generate,
            )  # fmt: skip

        if by is None:
            return replace(on_engine(incidents, test, caller), seed=seed)
        return replace(area_by_area(incidents, by, test, alpha, caller, _verdicts), seed=seed)
    metric = "manhattan" if compatible else metric
    generate, seed = generator(rng, caller)
    held = moments(incidents, caller, when=when, at_least=3)
    bands = _bands(within_m, within_days, same_place_m, endless=compatible is not None)
    pairs = close_pairs(held.x, held.y, bands.finite_metres, manhattan=metric == "manhattan", caller=caller)
    exact = _exact(pairs, held.day, bands)
    simulated = _dealt(pairs, held.day, bands, permutations, generate)
    table = _table(bands, exact, simulated, alpha)
    if compatible:
        table = _as_calculator(table, bands, simulated)
    left_out = LeftOut.of(incidents, held.reasons)
    params = (
        Param("metric", metric),
        Param("same_place_m", same_place_m),
        Param("when", when),
        Param("permutations", permutations),
        Param("alpha", alpha),
        *(() if compatible is None else (Param("compatible", compatible),)),
        *held.params,
    )
    return Result(
        name=caller,
        title=tr_later("Near repeats"),
        table=table,
        method=_METHOD.format(metric=metric, runs=f"{permutations:,}"),
        findings=findings(table, held, alpha),
        params=params,
        caveats=caveats(held, table),
        references=_REFERENCES,
        sources=(held.source,),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        seed=seed,
        details={
            "simulated_mean": simulated.mean(axis=2),
            "variance": exact[2],
            "pairs": pairs.number,
            "metric": metric,
            "metres": bands.metres,
            "days": bands.days,
        },
    )


def _check(
    incidents: Any,
    by: str | None,
    *,
    within_m: Any,
    within_days: Any,
    metric: str,
    same_place_m: float,
    when: str,
    permutations: int,
    alpha: float,
    compatible: str | None,
) -> None:
    """All faults of the call at once."""
    check = Check("times.near_repeat")
    check_bands(check, infinite=True, within_m=within_m, within_days=within_days)
    _check_whole_days(check, within_days)
    check.choice(allowed=METRICS, metric=metric)
    check.choice(allowed=WHEN, when=when)
    check.choice(allowed=("nrc-1.3",), compatible=compatible)
    check.between(0, 1e6, same_place_m=same_place_m)
    check.whole(19, permutations=permutations)
    check.between(0.0001, 0.5, alpha=alpha)
    if not isinstance(incidents, Table):
        check_times(check, incidents)
        if hasattr(incidents, "columns"):
            check.places(incidents, "incidents")
            check.columns(incidents, [] if by is None else [by], "incidents")
    check.done()


def _check_whole_days(check: Check, within_days: object) -> None:
    """Days between incidents are whole numbers, so two ends need a whole number between them."""
    if check.faults:
        return
    ends = np.atleast_1d(np.asarray(within_days, dtype=np.float64))
    if (np.diff(np.ceil(ends)) == 0).any():
        check.add(
            f"within_days counts whole days, so some of its bands are empty: {ends.tolist()}; take whole numbers."
        )


def _bands(within_m: object, within_days: object, same_place_m: float, *, endless: bool) -> _Bands:
    metres = np.atleast_1d(np.asarray(within_m, dtype=np.float64))
    days = np.atleast_1d(np.asarray(within_days, dtype=np.float64))
    if 0 < same_place_m < metres[0]:
        metres = np.append(same_place_m, metres)
    if endless:
        metres, days = (ends if np.isinf(ends[-1]) else np.append(ends, np.inf) for ends in (metres, days))
    return _Bands(metres, days)


def _exact(
    pairs: ClosePairs, day: NDArray[np.int64], bands: _Bands
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Observed pairs, their expected number and its variance; endless bands are what is left."""
    n = len(day)
    near, timely = pairs.degrees(), days_near(day[pairs.order], bands.whole_days)
    observed = pairs.observed(day, bands.whole_days)
    if np.isinf(bands.days[-1]):
        timely = np.vstack([timely, n - 1 - timely.sum(axis=0)])
        observed = np.column_stack([observed, near.sum(axis=1) // 2 - observed.sum(axis=1)])
    if np.isinf(bands.metres[-1]):
        near = np.vstack([near, n - 1 - near.sum(axis=0)])
        observed = np.vstack([observed, timely.sum(axis=1) // 2 - observed.sum(axis=0)])
    return observed, *expected_pairs(near, timely)


def _dealt(
    pairs: ClosePairs, day: NDArray[np.int64], bands: _Bands, permutations: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Pairs by band under random deals, of shape (bands of distance, bands of days, deals)."""
    from ilp_lab._compiled import threads
    from ilp_lab.times.loops.nearpairs import LANES

    seeds = rng.integers(1, 2**63, math.ceil(permutations / LANES), dtype=np.uint64)
    upper = bands.whole_days

    def deals(first: int, last: int) -> NDArray[np.int64]:
        return pairs.dealt(day, upper, seeds[first:last])

    parts = list(
        in_steps(len(seeds), deals, tr_later("days dealt at random"), first=threads(), per_item=LANES)
    )
    found = np.concatenate(parts, axis=2)[:, :, :permutations]
    if np.isinf(bands.days[-1]):
        each = np.bincount(pairs.band, minlength=pairs.bands)
        found = np.concatenate([found, each[:, None, None] - found.sum(axis=1, keepdims=True)], axis=1)
    if np.isinf(bands.metres[-1]):
        timely = days_near(day, bands.whole_days).sum(axis=1) // 2
        if np.isinf(bands.days[-1]):
            n = len(day)
            timely = np.append(timely, n * (n - 1) // 2 - timely.sum())
        found = np.concatenate([found, timely[None, :, None] - found.sum(axis=0, keepdims=True)], axis=0)
    return found


def _table(
    bands: _Bands,
    exact: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
    simulated: NDArray[np.int64],
    alpha: float,
) -> pd.DataFrame:
    import pandas as pd

    observed, expected, variance = exact
    runs = simulated.shape[2] + 1
    p = (1 + (simulated >= observed[:, :, None]).sum(axis=2)) / runs
    fewer = (1 + (simulated <= observed[:, :, None]).sum(axis=2)) / runs
    spread = np.sqrt(variance)
    z = np.divide(observed - expected, spread, out=np.zeros_like(expected), where=spread > 0)
    ratio = np.divide(observed, expected, out=np.full_like(expected, np.nan), where=expected > 0)
    rows, columns = observed.shape
    metres_from, days_from = np.append(0.0, bands.metres[:-1]), np.append(0.0, bands.days[:-1])
    q = false_discovery(p.ravel())
    return pd.DataFrame(
        {
            "m_from": np.repeat(metres_from, columns),
            "m_to": np.repeat(bands.metres, columns),
            "days_from": np.tile(days_from, rows),
            "days_to": np.tile(bands.days, rows),
            "observed": observed.ravel(),
            "expected": expected.ravel(),
            "ratio": ratio.ravel(),
            "z": z.ravel(),
            "p": p.ravel(),
            "p_fewer": fewer.ravel(),
            "q_fdr": q,
            "verdict": _verdicts(observed.ravel(), expected.ravel(), p.ravel(), q, alpha),
        }
    )


def _verdicts(
    observed: NDArray[np.int64],
    expected: NDArray[np.float64],
    p: NDArray[np.float64],
    q: NDArray[np.float64],
    alpha: float,
) -> pd.Categorical:
    import pandas as pd

    words = np.full(len(p), "not more than chance", dtype=object)
    words[p < alpha] = tr_later("more than chance, if looked at alone")
    words[q < alpha] = "more than chance"
    words[(expected < 1) & (observed < 5)] = tr_later("too few pairs")
    return pd.Categorical(words)


def _as_calculator(table: pd.DataFrame, bands: _Bands, simulated: NDArray[np.int64]) -> pd.DataFrame:
    """The labels and the ratio of the Near Repeat Calculator 1.3."""
    mean = simulated.mean(axis=2).ravel()
    ratio = np.divide(table["observed"], mean, out=np.full(len(table), np.nan), where=mean > 0)
    distances = [calculator_words(low, high, "meters") for low, high in _pairwise(bands.metres)]
    if bands.metres[0] <= 1:
        distances[0] = tr_later("Same location")
        distances[1:2] = [
            calculator_words(0.0, high, "meters", first=1) for high in bands.metres[1:2].tolist()
        ]
    times = [calculator_words(low, high, "days") for low, high in _pairwise(bands.days)]
    table = table.assign(expected=mean, ratio=ratio)
    table.insert(0, "nrc_time", np.tile(times, len(distances)))
    table.insert(0, "nrc_distance", np.repeat(distances, len(times)))
    return table


def _pairwise(ends: NDArray[np.float64]) -> list[tuple[float, float]]:
    return list(zip(np.append(0.0, ends[:-1]).tolist(), ends.tolist(), strict=True))
