"""Hot spots that are more than chance."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab import _metric
from ilp_lab._check import Check, generator
from ilp_lab._ground.cells import cell_table, check_points
from ilp_lab._ground.contiguity import contiguity
from ilp_lab._ground.lattice import Shape
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.significance import false_discovery, two_sided
from ilp_lab._ground.studyarea import StudyArea
from ilp_lab._ground.tallies import tally
from ilp_lab._tongue import tr, tr_later
from ilp_lab.engine.tables import is_table
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.places import gistar_words as words
from ilp_lab.places.chance import Chance, Rule, how_many, under_randomness, under_shuffling
from ilp_lab.places.getis import deviates
from ilp_lab.places.neighbours import of_cells, without_self
from ilp_lab.places.permuting import conditional
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ilp_lab.engine import Table


def gi_star(
    incidents: gpd.GeoDataFrame | Table,
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
    permutations: int | None = None,
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
        Points, or, with ``value``, polygons that carry a number; or a table on an engine, of which only counts come back.
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
        a larger entry means closer and every area has an entry for itself. Scaling its rows changes nothing.
    min_count
        A cell is never called hot when it and its neighbours hold fewer incidents than this; where it would have
        been, the verdict is "too few incidents".
    alpha
        Share of false finds that is accepted (Benjamini-Hochberg).
    permutations
        Random deals of the other values among the neighbours of every place; they give a column ``p_permutation``, a check of the
        normal p that needs no distribution. Left out: none.
    simulations
        Runs of complete randomness; chosen by the size of the work when left out (199 for a city).
    rng
        Seed or Generator of the simulations.

    Returns
    -------
    Result
        ``table``: one row per cell or polygon in the metric coordinate system with ``n`` (incidents or sum of their
        weight; for polygons the value, unless they bring an ``n`` of their own), ``around`` (sum with neighbours),
        ``z``, ``p`` (two-sided), ``q_fdr`` (over all cells), ``verdict`` and ``geometry``; for cells also ``row``,
        ``column``, ``share_inside`` and ``one_point_share`` (share of the cell's incidents on its most used single
        point).

        ``verdict`` is "hot spot beyond chance" (q below alpha, enough incidents, and z above what 95 % of the
        simulations reached anywhere), "hot spot" (only the first two), "too few incidents" (only the first), "cold
        spot" (q below alpha, and z below what 95 % of the simulations reached anywhere) or "not more than chance".

        ``details``: ``chance`` (``mean``, ``low``, ``high`` of the number of cells that randomness marks as hot,
        ``z_beyond``, ``z_below``, ``simulations``), ``z_beyond_chance``, ``outline`` of the study area.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    Every cell that shares ground with the study area takes part; the simulation gives each its share of the ground,
    so that cells cut by the border are judged by what they can hold.

    Cost: a few passes over the cells per simulation; a million cells and incidents take a twentieth of a second each.
    When ``simulations`` is left out, large grids get fewer of them (at least 39), and the result says so. Limits: counts are taken as they were recorded; without an
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
    5
    """
    check = Check("places.gi_star")
    check.positive(within_m=within_m)
    check.between(0.0001, 0.5, alpha=alpha)
    check.between(0, 1e9, min_count=min_count)
    check.whole(19, simulations=simulations)
    check.whole(99, permutations=permutations)
    check_points(check, incidents, study_area, cell_m, shape, weight)
    if value is not None:
        _check_areas(check, incidents, value, weights)
    check.done()
    generate, seed = generator(rng, "places.gi_star")
    if value is not None:
        return _on_areas(incidents, value, weights, alpha, simulations, permutations, generate, seed)
    held = tally(
        incidents, study_area=study_area, cell_m=cell_m, shape=shape, weight=weight, caller="places.gi_star", each=True
    )  # fmt: skip
    area, counts, n = held.area, held.counts, held.n
    rule = _on_lattice(area, within_m, alpha, min_count)
    thrown = int(counts.sum())
    runs = simulations or how_many(thrown, len(n))
    chance = under_randomness(rule, area.share, held.loads, thrown, simulations=runs, rng=generate)
    table = cell_table(area, held.metric.crs)
    _judge(table, n, counts, rule, chance)
    table["n" if weight is None else "incidents"] = counts.astype(np.int64)
    table["one_point_share"] = np.divide(held.pile, counts, out=np.full(len(n), np.nan), where=counts > 0)
    if permutations is not None:
        near = of_cells(area, within_m).matrix
        table["p_permutation"] = conditional(n, near, permutations=permutations, rng=generate)
    nearby = tr("the cell and the {what} around it").format(what=8 if shape == "square" else 6)
    params = (
        *area.params,
        Param("within_m", within_m or nearby),
        Param("weight", weight or tr_later("each incident counts 1")),
        Param("min_count", min_count),
        Param("alpha", alpha),
        *_drawn(runs, simulations, permutations),
        *held.where,
    )
    return Result(
        name="places.gi_star",
        title=tr_later("Hot spots (Gi*)")
        if weight is None
        else tr("Hot spots of {weight} (Gi*)").format(weight=weight),
        table=_outlines_last(table),
        method=words.METHOD.format(alpha=alpha, z_beyond=chance.z_beyond),
        findings=words.findings(table, chance, alpha),
        params=params,
        caveats=words.caveats(table, chance, area, held.reach, study_area),
        references=words.REFERENCES,
        sources=(held.source, *area.sources),
        left_out=dict(held.left_out),
        left_out_rows=held.left_out.rows,
        handling=handling_of(incidents, study_area),
        seed=seed,
        view="map",
        details={"chance": asdict(chance), "z_beyond_chance": chance.z_beyond, "outline": area.outline},
    )


def _outlines_last(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table[[*table.columns.drop("geometry"), "geometry"]]


def _drawn(runs: int, simulations: int | None, permutations: int | None) -> tuple[Param, ...]:
    """What was drawn at random, and who said how often."""
    chosen = simulations is None
    thrown = Param(
        "simulations", runs, chosen=chosen, why=tr_later("by the size of the work") if chosen else ""
    )
    return (thrown,) if permutations is None else (thrown, Param("permutations", permutations))


def _on_lattice(area: StudyArea, within_m: float | None, alpha: float, min_count: float) -> Rule:
    """How cells are judged: windows by shifting the array of cells, nothing outside the study area counted."""

    def window(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return area.gather(area.lattice.sums(area.spread(values), within_m))

    totals = window(np.ones(len(area.cells)))
    return Rule(window, deviates(totals, totals), alpha, min_count)


def _on_areas(
    areas: gpd.GeoDataFrame,
    value: str,
    weights: Any,
    alpha: float,
    simulations: int | None,
    permutations: int | None,
    rng: np.random.Generator,
    seed: str,
) -> Result:
    import shapely

    reasons = np.full(len(areas), "", dtype=object)
    if isinstance(weights, str):
        reasons[(areas.geometry.isna() | areas.geometry.is_empty).to_numpy()] = tr_later("without an outline")
    left_out = LeftOut.of(areas, reasons)
    kept = areas[reasons == ""]
    metric = _metric.choose(kept, caller="places.gi_star")
    kept = _metric.to_metric(kept, metric)
    shapes = np.asarray(kept.geometry)
    matrix = contiguity(shapes, weights) if isinstance(weights, str) else weights.tocsr()
    values = kept[value].to_numpy(dtype=np.float64)
    if len(values) < 2 or float(np.ptp(values)) <= 1e-12 * max(float(np.abs(values).max()), 1e-300):
        raise InputError(
            f"places.gi_star: {value} is the same in every one of the {len(values):,} areas with an outline, so no pattern can be told. "
            "Check the column."
        )
    totals = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    rule = Rule(lambda x: np.asarray(matrix @ x).ravel(), deviates(totals, squares), alpha, -np.inf)
    runs = simulations or how_many(matrix.nnz, len(values))
    chance = under_shuffling(rule, values, simulations=runs, rng=rng)
    table = kept.copy()
    own = table["n"] if "n" in table and value != "n" else None
    _judge(table, values, values, rule, chance)
    if permutations is not None:
        table["p_permutation"] = conditional(values, without_self(matrix), permutations=permutations, rng=rng)
    if own is not None:
        table["n"] = own
    params = (Param("value", value), Param("weights", weights if isinstance(weights, str) else tr("a matrix with {nnz:,} entries").format(nnz=matrix.nnz)), Param("alpha", alpha), *_drawn(runs, simulations, permutations), Param("crs", metric.name, chosen=metric.chosen))  # fmt: skip
    alone = int((np.diff(matrix.indptr) < 2).sum())
    return Result(
        name="places.gi_star",
        title=tr("Hot spots of {value} (Gi*)").format(value=tr_later("incidents") if value == "n" else value),
        table=table,
        method=words.METHOD_AREAS.format(alpha=alpha, z_beyond=chance.z_beyond),
        findings=words.findings(table, chance, alpha, value),
        params=params,
        caveats=words.area_caveats(alone),
        references=words.REFERENCES,
        sources=(Source("areas", len(kept), fingerprint(values), origin_of(areas)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(areas),
        seed=seed,
        view="map",
        details={
            "chance": asdict(chance),
            "z_beyond_chance": chance.z_beyond,
            "outline": shapely.union_all(shapely.make_valid(shapes)),
        },
    )


def _judge(
    table: gpd.GeoDataFrame,
    n: NDArray[np.float64],
    counts: NDArray[np.float64],
    rule: Rule,
    chance: Chance,
) -> None:
    """Write the columns from ``n`` to ``verdict`` into a new table."""
    import pandas as pd

    around = rule.window(n)
    z = rule.z(around, n)
    p = two_sided(z)
    q = false_discovery(p)
    hot = (q < rule.alpha) & (z > 0)
    cold = (q < rule.alpha) & (z < min(chance.z_below, 0.0))
    code = {word: number for number, word in enumerate(words.VERDICTS)}
    verdict = np.full(len(n), code["not more than chance"], dtype=np.int8)
    verdict[cold], verdict[hot] = code["cold spot"], code["hot spot"]
    verdict[hot & (z > chance.z_beyond)] = code["hot spot beyond chance"]
    verdict[hot & ~rule.enough(counts)] = code["too few incidents"]
    table["n"], table["around"], table["z"], table["p"], table["q_fdr"] = n, around, z, p, q
    table["verdict"] = pd.Categorical.from_codes(verdict, categories=pd.Index(words.VERDICTS))


def _check_areas(check: Check, areas: Any, value: str, weights: Any) -> None:
    from scipy import sparse

    if is_table(areas):
        check.add("value is for polygons; a table on an engine holds points.")
    if not hasattr(areas, "geometry"):
        return
    check.columns(areas, [value], "the areas")
    if value in areas:
        if areas[value].dtype.kind not in "iuf":
            check.add(
                f"value={value!r} must be a column of numbers; it holds {areas[value].dtype}.", ColumnError
            )
        elif not np.isfinite(areas[value].to_numpy(dtype=np.float64, na_value=np.nan)).all():
            gaps = int((~np.isfinite(areas[value].to_numpy(dtype=np.float64, na_value=np.nan))).sum())
            check.add(
                f"value={value!r} must hold a finite number for every area; {gaps} are missing or infinite. "
                f"Leave those areas out with areas.dropna(subset=[{value!r}]), or fill them in.",
                ColumnError,
            )
    if isinstance(weights, str):
        check.choice(allowed=("queen", "rook"), weights=weights)
    elif not sparse.issparse(weights) or weights.shape != (len(areas), len(areas)):
        check.add(f"weights must be 'queen', 'rook' or a sparse matrix of {len(areas)} × {len(areas)}.")
    elif not (weights.data >= 0).all() or not np.isfinite(weights.data).all():
        check.add("weights must be finite and not below 0; a larger entry means closer.")
    elif not (weights.diagonal() > 0).all():
        check.add(
            "weights must hold an entry above 0 for every area itself, because Gi* counts a place as its own "
            "neighbour; add one with weights + scipy.sparse.eye_array(len(areas))."
        )
