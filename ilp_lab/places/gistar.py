"""Hot spots that are more than chance."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab.places import gistar_words as words
from ilp_lab.places.chance import Chance, how_many, under_randomness, under_shuffling
from ilp_lab.places.counting import cell_counts, cell_table, check_points, study_cells
from ilp_lab.places.getis import contiguity, false_discovery, two_sided, z_scores
from ilp_lab.places.lattice import Shape
from ilp_lab.places.studyarea import Points, StudyArea, usable_points
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def gi_star(
    incidents: gpd.GeoDataFrame,
    *,
    cell_m: float | None = None,
    shape: Shape = "square",
    study_area: gpd.GeoDataFrame | None = None,
    within_m: float | None = None,
    weight: str | None = None,
    value: str | None = None,
    weights: Any = "queen",
    min_count: float = 5,
    alpha: float = 0.05,
    simulations: int | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find cells that hold more incidents, with their neighbours, than the whole area would lead one to expect.

    Gi* compares the sum over a cell and its neighbours with the average of all cells. With few incidents on many
    cells its normal approximation marks cells by luck alone, so the result also says how many cells the same number
    of incidents would mark if they fell completely at random, and separates cells beyond that.

    Parameters
    ----------
    incidents
        Points, or, with ``value``, polygons that carry a number.
    cell_m
        Size of a cell in metres; chosen from the density of incidents when left out.
    shape
        ``"square"`` or ``"hex"``.
    study_area
        Polygons of the ground that could have held an incident; the hull of the incidents when left out. Give it: an
        area that is too large makes ordinary places look hot.
    within_m
        Neighbours are the cells whose centre lies at most this far; the 8 (hexagons: 6) around a cell when left out.
    weight
        Name of a column to sum instead of counting 1 per incident, such as harm.
    value
        For polygons: the column to analyse. Cells, study area and ``min_count`` do not apply then.
    weights
        For polygons: ``"queen"`` (a common point), ``"rook"`` (a common border), or a square sparse matrix in which
        a larger entry means closer; entries on the diagonal belong to it. Scaling its rows changes nothing.
    min_count
        A cell is never called hot when it and its neighbours hold fewer incidents (or less weight) than this.
    alpha
        Share of false finds that is accepted (Benjamini-Hochberg).
    simulations
        Runs of complete randomness; chosen by the size of the work when left out (199 for a city).
    rng
        Seed or Generator of the simulations.

    Returns
    -------
    Result
        ``table``: one row per cell or polygon in the metric coordinate system with ``n`` (or the value), ``around``
        (sum with neighbours), ``z``, ``p`` (two-sided), ``q_fdr``, ``verdict``, for cells ``one_point_share`` (share
        of the cell's incidents on its most used single point), and ``geometry``. ``details``: ``chance``,
        ``z_beyond_chance``, ``outline``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Cost: a few passes over the cells per simulation. Limits: counts are taken as they were recorded; without an
    exposure (people, dwellings) a hot spot may be where most people are. The normal approximation is poor where
    windows hold few incidents, which is why ``min_count`` and the simulation are there.

    References
    ----------
    Ord, J. K. and Getis, A. (1995), Local spatial autocorrelation statistics, doi:10.1111/j.1538-4632.1995.tb00912.x.
    Benjamini, Y. and Hochberg, Y. (1995), Controlling the false discovery rate,
    doi:10.1111/j.2517-6161.1995.tb02031.x. Caldas de Castro, M. and Singer, B. H. (2006), Controlling the false
    discovery rate: a new application to account for multiple and dependent tests in local statistics of spatial
    association, doi:10.1111/j.0016-7363.2006.00682.x.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> rng = np.random.default_rng(1)
    >>> xy = np.vstack([rng.uniform(0, 3000, (150, 2)), rng.normal(1000, 60, (60, 2))]) + [500_000, 5_300_000]
    >>> thefts = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> hot = thefts.pipe(gi_star, cell_m=300, rng=7)
    >>> int((hot.table["verdict"] == "hot spot beyond chance").sum())
    4
    """
    check = Check("places.gi_star")
    check.positive(within_m=within_m)
    check.between(0.0001, 0.5, alpha=alpha)
    check.between(0, 1e9, min_count=min_count)
    check.whole(19, simulations=simulations)
    check_points(check, incidents, study_area, cell_m, shape, weight)
    if value is not None:
        _check_areas(check, incidents, value, weights)
    check.done()
    generate, seed = generator(rng, "places.gi_star")
    if value is not None:
        return _on_areas(incidents, value, weights, alpha, simulations, generate, seed)
    metric = _metric.choose(study_area, incidents, caller="places.gi_star")
    points = usable_points(incidents, metric, weight)
    area = study_cells(
        points, metric, study_area=study_area, cell_m=cell_m, shape=shape, caller="places.gi_star"
    )
    n, left_out, left_out_rows = cell_counts(incidents, points, area)
    statistic, totals = _on_lattice(area, within_m)
    z, around = statistic(n)
    inside = area.lattice.index(points.x, points.y)
    inside_weight = points.weight[area.holds(inside)]
    runs = simulations or how_many(len(inside_weight), len(n))
    chance = under_randomness(
        inside_weight, area.share, statistic, alpha=alpha, min_count=min_count, simulations=runs, rng=generate
    )
    table = cell_table(area, metric.crs).assign(
        n=n if weight is not None else n.astype(np.int64),
        around=around,
        **_verdicts(z, around, chance, alpha, min_count),
        one_point_share=_one_point_share(points, inside, area),
    )
    params = (
        *area.params,
        Param(
            "within_m",
            within_m if within_m is not None else f"the cell and the {int(totals.max()) - 1} around it",
        ),
        Param("weight", weight or "each incident counts 1"),
        Param("min_count", min_count),
        Param("alpha", alpha),
        Param(
            "simulations",
            runs,
            chosen=simulations is None,
            why="by the size of the work" * (simulations is None),
        ),
    )
    return Result(
        name="places.gi_star",
        title="Hot spots (Gi*)",
        table=table[
            ["row", "column", "n", "around", "z", "p", "q_fdr", "verdict", "one_point_share", "geometry"]
        ],
        method=words.METHOD,
        findings=words.findings(table, chance, alpha),
        params=params,
        caveats=words.caveats(table, chance, area),
        references=words.REFERENCES,
        sources=(points.source,),
        left_out=left_out,
        left_out_rows=left_out_rows,
        handling=handling_of(incidents, study_area),
        seed=seed,
        view="map",
        details={"chance": asdict(chance), "z_beyond_chance": chance.z_beyond, "outline": area.outline},
    )


def _on_lattice(area: StudyArea, within_m: float | None) -> tuple[Any, NDArray[np.float64]]:
    """The statistic of cells: counts → (z, window sums); and the number of cells in every window."""
    totals = area.gather(area.lattice.sums(area.spread(np.ones(len(area.cells))), within_m))

    def statistic(n: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        around = area.gather(area.lattice.sums(area.spread(n), within_m))
        return z_scores(around, totals, totals, n), around

    return statistic, totals


def _on_areas(
    areas: gpd.GeoDataFrame,
    value: str,
    weights: Any,
    alpha: float,
    simulations: int | None,
    rng: np.random.Generator,
    seed: str,
) -> Result:
    metric = _metric.choose(areas, caller="places.gi_star") if areas.crs is not None else None
    shapes = np.asarray(areas.geometry)
    matrix = contiguity(shapes, weights) if isinstance(weights, str) else weights.tocsr()
    values = areas[value].to_numpy(dtype=np.float64)
    totals = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()

    def statistic(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        around = np.asarray(matrix @ x).ravel()
        return z_scores(around, totals, squares, x), around

    z, around = statistic(values)
    runs = simulations or 199
    chance = under_shuffling(values, statistic, alpha=alpha, simulations=runs, rng=rng)
    table = areas.assign(n=values, around=around, **_verdicts(z, around, chance, alpha, -np.inf))
    params = (
        Param("value", value),
        Param("weights", weights if isinstance(weights, str) else f"a matrix with {matrix.nnz:,} entries"),
        Param("alpha", alpha),
        Param("simulations", runs, chosen=simulations is None, why="usual number" * (simulations is None)),
    )
    return Result(
        name="places.gi_star",
        title=f"Hot spots of {value} (Gi*)",
        table=table if metric is None else _metric.to_metric(table, metric),
        method=words.METHOD_AREAS,
        findings=words.findings(table, chance, alpha),
        params=params,
        caveats=words.AREA_CAVEATS,
        references=words.REFERENCES,
        sources=(Source("areas", len(areas), fingerprint(values), origin_of(areas)),),
        handling=handling_of(areas),
        seed=seed,
        view="map",
        details={"chance": asdict(chance), "z_beyond_chance": chance.z_beyond},
    )


def _verdicts(
    z: NDArray[np.float64], around: NDArray[np.float64], chance: Chance, alpha: float, min_count: float
) -> dict[str, Any]:
    import pandas as pd

    p = two_sided(z)
    q = false_discovery(p)
    found = q < alpha
    hot = found & (z > 0)
    enough = around >= min_count
    verdict = np.select(
        [hot & ~enough, hot & (z > chance.z_beyond), hot, found & (z < 0)],
        ["too few incidents", "hot spot beyond chance", "hot spot", "cold spot"],
        default="not more than chance",
    )
    return {"z": z, "p": p, "q_fdr": q, "verdict": pd.Categorical(verdict, categories=words.VERDICTS)}


def _one_point_share(points: Points, flat: NDArray[np.int64], area: StudyArea) -> NDArray[np.float64]:
    """Share of each cell's incidents that lie on its most used single point (to 10 cm)."""
    share = np.full(area.lattice.size, np.nan)
    inside = np.flatnonzero(flat >= 0)
    if len(inside):
        cell = flat[inside]
        x, y = (np.round(axis[inside] * 10).astype(np.int64) for axis in (points.x, points.y))
        order = np.lexsort((y, x, cell))
        cell, x, y = cell[order], x[order], y[order]
        fresh = np.r_[True, (cell[1:] != cell[:-1]) | (x[1:] != x[:-1]) | (y[1:] != y[:-1])]
        starts = np.flatnonzero(fresh)
        runs = np.diff(np.r_[starts, len(cell)])
        most = np.zeros(area.lattice.size, dtype=np.int64)
        np.maximum.at(most, cell[starts], runs)
        total = np.bincount(cell, minlength=area.lattice.size)
        np.divide(most, total, out=share, where=total > 0)
    return share[area.cells]


def _check_areas(check: Check, areas: Any, value: str, weights: Any) -> None:
    from scipy import sparse

    if not hasattr(areas, "geometry"):
        return
    check.columns(areas, [value], "the areas")
    if value in areas and (areas[value].dtype.kind not in "iuf" or areas[value].isna().any()):
        check.add(
            f"value={value!r} must be a column of numbers without gaps; it has {int(areas[value].isna().sum())} gaps."
        )
    if isinstance(weights, str):
        check.choice(allowed=("queen", "rook"), weights=weights)
    elif not sparse.issparse(weights) or weights.shape != (len(areas), len(areas)):
        check.add(f"weights must be 'queen', 'rook' or a sparse matrix of {len(areas)} × {len(areas)}.")
