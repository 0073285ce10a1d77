"""Whether like lies beside like over the whole area: Moran's I, Geary's C, the general G."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.significance import two_sided
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.places.globalmoments import Moments, of_geary, of_general_g, of_moran
from ilp_lab.places.smoothing import standardised_rates
from ilp_lab.places.values import Values, check_values, refuse_constant, values_on_places
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab._ground.lattice import Shape

Statistic = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]
_REFERENCES = {
    "moran": (
        "Moran 1950, Notes on continuous stochastic phenomena, doi:10.1093/biomet/37.1-2.17",
        "Cliff and Ord 1981, Spatial Processes, ISBN 0-85086-081-4",
    ),
    "geary": ("Geary 1954, The contiguity ratio and statistical mapping, doi:10.2307/2986645",),
    "general_g": (
        "Getis and Ord 1992, The analysis of spatial association, doi:10.1111/j.1538-4632.1992.tb00261.x",
    ),
}
_RATES = "Assunção and Reis 1999, A new proposal to adjust Moran's I, doi:10.1002/(SICI)1097-0258(19990830)18:16<2147::AID-SIM179>3.0.CO;2-I"
_BATCH = 4_000_000


def moran(
    frame: gpd.GeoDataFrame,
    *,
    value: str | None = None,
    other: str | None = None,
    population: str | None = None,
    weights: Any = "queen",
    within_m: float | None = None,
    nearest: int | None = None,
    cell_m: float | None = None,
    shape: Shape = "square",
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
    permutations: int = 999,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure whether high values lie beside high ones over the whole area (Moran's I).

    Parameters
    ----------
    frame
        Points, which are counted in cells, or, with ``value``, areas that carry a number.
    value
        For areas: the column to analyse.
    other
        For areas: a second column; then I says whether high ``value`` lies beside high ``other`` (bivariate).
    population
        For areas: the people (or dwellings) each count in ``value`` arose from; rates are then compared, each
        standardised by how much its population lets it vary.
    weights, within_m, nearest
        Who neighbours whom: ``"queen"``, ``"rook"``, ``"distance"`` with ``within_m``, ``"nearest"`` with ``nearest``,
        or a sparse matrix. Rows are scaled to add up to 1. Cells: those around, or all within ``within_m``.
    cell_m, shape, study_area, weight
        For points: as in :func:`gi_star`.
    permutations
        How often the values are dealt anew.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row with ``statistic``, ``expected``, ``variance``, ``z``, ``p`` (two-sided, from z under
        randomisation), ``variance_normal``, ``z_normal``, ``p_permutation`` and ``places``. For ``other`` and
        ``population`` there is no formula; z and p then come from the permutations.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or every place has the same value.

    Notes
    -----
    Cost: one product of a sparse matrix and a vector per permutation. Limits: one number for the whole area; it does not
    say where (:func:`local_moran` does), and it moves with the size and borders of the places.

    References
    ----------
    Moran, P. A. P. (1950), doi:10.1093/biomet/37.1-2.17. Cliff, A. D. and Ord, J. K. (1981), Spatial Processes.
    Assunção, R. and Reis, E. (1999), A new proposal to adjust Moran's I for population density.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> from shapely.geometry import box
    >>> strip = gpd.GeoDataFrame({"n": [9, 8, 7, 2, 1, 0]}, geometry=[box(i, 0, i + 1, 1) for i in range(6)], crs=32633)
    >>> moran(strip, value="n", rng=1).table[["statistic", "expected"]].round(2).values.tolist()
    [[0.75, -0.2]]
    """
    caller = "places.moran"
    check = Check(caller)
    given = {"other": other, "population": population}
    where = _where(check, frame, value, given, weights, within_m, nearest, cell_m, shape, study_area, weight)
    if other is not None and population is not None:
        check.add(
            "other and population exclude each other; compute a rate first to compare it with another value."
        )
    check.whole(99, permutations=permutations)
    check.done()
    generate, seed = generator(rng, caller)
    values = values_on_places(frame, caller, other=other or population, **where)
    refuse_constant(caller, values)
    matrix = values.neighbours.standardised()
    if population is not None:
        assert values.other is not None  # noqa: S101
        x = standardised_rates(values.value, values.other, caller)
    else:
        x = values.value
    left = _deviation(x)
    right = left if values.other is None or population is not None else _deviation(values.other)
    scale = len(x) / matrix.sum()

    def statistic(shuffled: NDArray[np.float64]) -> NDArray[np.float64]:
        fixed = shuffled if values.other is None or population is not None else left[:, None]
        return np.asarray((fixed * (matrix @ shuffled)).sum(axis=0) * scale / len(x))

    plain = other is None and population is None
    moments = of_moran(matrix, left) if plain else None
    return _result(
        values, "moran", tr_later("Moran's I"), right, statistic, moments, permutations, generate, seed,
        references=(*_REFERENCES["moran"], *([_RATES] if population else [])),
    )  # fmt: skip


def geary(
    frame: gpd.GeoDataFrame,
    *,
    value: str | None = None,
    weights: Any = "queen",
    within_m: float | None = None,
    nearest: int | None = None,
    cell_m: float | None = None,
    shape: Shape = "square",
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
    permutations: int = 999,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure how much neighbours differ (Geary's C): below 1 like lies beside like, above 1 unlike.

    Parameters, table and limits are those of :func:`moran`. C looks at the differences of neighbours, so it answers to
    sharp borders where Moran's I answers to broad trends.

    References
    ----------
    Geary, R. C. (1954), doi:10.2307/2986645.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> strip = gpd.GeoDataFrame({"n": [9, 8, 7, 2, 1, 0]}, geometry=[box(i, 0, i + 1, 1) for i in range(6)], crs=32633)
    >>> float(geary(strip, value="n", rng=1).table["statistic"].iloc[0].round(3))
    0.161
    """
    caller = "places.geary"
    check = Check(caller)
    where = _where(check, frame, value, {}, weights, within_m, nearest, cell_m, shape, study_area, weight)
    check.whole(99, permutations=permutations)
    check.done()
    generate, seed = generator(rng, caller)
    values = values_on_places(frame, caller, **where)
    refuse_constant(caller, values)
    matrix = values.neighbours.standardised()
    z = _deviation(values.value)
    n = len(z)
    out, into = (np.asarray(matrix.sum(axis=axis)).ravel() for axis in (1, 0))
    total = float(matrix.sum())

    def statistic(shuffled: NDArray[np.float64]) -> NDArray[np.float64]:
        squares = shuffled**2
        crossed = (shuffled * (matrix @ shuffled)).sum(axis=0)
        return np.asarray((n - 1) / (2 * total * n) * (out @ squares + into @ squares - 2 * crossed))

    return _result(
        values, "geary", tr_later("Geary's C"), z, statistic, of_geary(matrix, z), permutations, generate, seed,
        references=_REFERENCES["geary"],
    )  # fmt: skip


def general_g(
    frame: gpd.GeoDataFrame,
    *,
    value: str | None = None,
    weights: Any = "queen",
    within_m: float | None = None,
    nearest: int | None = None,
    cell_m: float | None = None,
    shape: Shape = "square",
    study_area: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
    permutations: int = 999,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure whether high or low values gather (general G): above expectation high ones do, below it low ones.

    Parameters, table and limits are those of :func:`moran`; values must not be negative, and weights are used as they
    are given.

    References
    ----------
    Getis, A. and Ord, J. K. (1992), doi:10.1111/j.1538-4632.1992.tb00261.x.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely.geometry import box
    >>> strip = gpd.GeoDataFrame({"n": [9, 8, 7, 2, 1, 0]}, geometry=[box(i, 0, i + 1, 1) for i in range(6)], crs=32633)
    >>> general_g(strip, value="n", rng=1).table[["statistic", "expected"]].round(3).values.tolist()
    [[0.543, 0.333]]
    """
    caller = "places.general_g"
    check = Check(caller)
    where = _where(check, frame, value, {}, weights, within_m, nearest, cell_m, shape, study_area, weight)
    check.whole(99, permutations=permutations)
    if not check.faults and value is not None and (frame[value] < 0).any():
        check.add(f"value={value!r} holds negative numbers; the general G needs counts or rates. Take moran.")
    check.done()
    generate, seed = generator(rng, caller)
    values = values_on_places(frame, caller, **where)
    refuse_constant(caller, values)
    matrix = values.neighbours.matrix
    x = values.value
    pairs = x.sum() ** 2 - (x**2).sum()
    if not pairs > 0:
        raise InputError(
            f"{caller}: {values.said} is above 0 in a single one of the {len(x):,} {values.unit}, so there are no pairs to compare. "
            "Take smaller cells, or look at that place."
        )

    def statistic(shuffled: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((shuffled * (matrix @ shuffled)).sum(axis=0) / pairs)

    return _result(
        values, "general_g", tr_later("General G"), x, statistic, of_general_g(matrix, x), permutations, generate, seed,
        references=_REFERENCES["general_g"],
    )  # fmt: skip


def _where(
    check: Check, frame: Any, value: str | None, others: dict[str, str | None], weights: Any, within_m: float | None,
    nearest: int | None, cell_m: float | None, shape: Any, study_area: Any, weight: str | None,
) -> dict[str, Any]:  # fmt: skip
    where = {
        "value": value, "weights": weights, "within_m": within_m, "nearest": nearest, "cell_m": cell_m,
        "shape": shape, "study_area": study_area, "weight": weight,
    }  # fmt: skip
    check_values(check, frame, others=others, **where)
    return where


def _deviation(x: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = x.std()
    return np.asarray((x - x.mean()) / (spread if spread > 0 else 1.0))


def _dealt(
    values: NDArray[np.float64], statistic: Statistic, permutations: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The statistic when the values are dealt anew."""
    from tqdm.auto import tqdm

    found: list[NDArray[np.float64]] = []
    batch = max(1, min(permutations, _BATCH // len(values)))
    steps = range(0, permutations, batch)
    for start in tqdm(steps, desc="permutations", delay=1, leave=False):
        shuffled = rng.permuted(np.tile(values, (min(batch, permutations - start), 1)), axis=1)
        found.append(statistic(np.ascontiguousarray(shuffled.T)))
    return np.concatenate(found)


def _result(
    values: Values,
    name: str,
    title: str,
    dealt_values: NDArray[np.float64],
    statistic: Statistic,
    moments: Moments | None,
    permutations: int,
    rng: np.random.Generator,
    seed: str,
    *,
    references: tuple[str, ...],
) -> Result:
    import pandas as pd

    observed = float(statistic(dealt_values[:, None])[0])
    dealt = _dealt(dealt_values, statistic, permutations, rng)
    slack = 1e-12 * max(abs(observed), 1e-12)
    tail = min(int((dealt >= observed - slack).sum()), int((dealt <= observed + slack).sum()))
    chance = min(2 * (tail + 1) / (permutations + 1), 1.0)
    row: dict[str, float] = {"statistic": observed}
    if moments is None:
        row |= {"expected": float(dealt.mean()), "variance": float(dealt.var())}
    else:
        row |= {"expected": moments.expected, "variance": moments.variance_random}
    row["z"] = _z(observed, row["expected"], row["variance"])
    row["p"] = float(two_sided(np.array([row["z"]]))[0])
    if moments is not None and np.isfinite(moments.variance_normal):
        row |= {
            "variance_normal": moments.variance_normal,
            "z_normal": _z(observed, row["expected"], moments.variance_normal),
        }
    table = pd.DataFrame([row | {"p_permutation": chance, "places": len(values.value)}])
    params = (*values.params, Param("permutations", permutations))
    return Result(
        name=f"places.{name}",
        title=tr("{title} of {said}").format(title=title, said=values.said),
        table=table,
        method=_METHODS[name],
        findings=_findings(title, name, table, values),
        params=params,
        caveats=values.caveats(),
        references=references,
        sources=values.sources,
        left_out=dict(values.left_out),
        left_out_rows=values.left_out.rows,
        handling=values.handling,
        seed=seed,
        details={"permuted": dealt},
    )


def _z(observed: float, expected: float, variance: float) -> float:
    return (observed - expected) / variance**0.5 if variance > 0 else float("nan")


_METHODS = {
    "moran": (
        tr_later(
            "Moran's I is the covariance of every place's value with the mean of its neighbours, over the variance of the "
            "values. Its z compares it with what it would be if the same values were dealt at random among the places; the "
            "permutation p counts how many of many random deals went further in the same direction, doubled."
        )
    ),
    "geary": (
        tr_later(
            "Geary's C is the mean squared difference of neighbours, over the variance of the values. Its z compares it with "
            "what it would be if the same values were dealt at random among the places."
        )
    ),
    "general_g": (
        tr_later(
            "The general G is the share of all products of two values that neighbours contribute. Its z compares it with what it "
            "would be if the same values were dealt at random among the places."
        )
    ),
}
_SAYS = {
    "moran": (tr_later("like values lie beside like ones"), tr_later("unlike values lie beside each other")),
    "geary": (tr_later("unlike values lie beside each other"), tr_later("like values lie beside like ones")),
    "general_g": (tr_later("high values gather"), tr_later("low values gather")),
}


def _findings(title: str, name: str, table: pd.DataFrame, values: Values) -> tuple[str, ...]:
    row = table.iloc[0]
    above, below = _SAYS[name]
    p = float(row["p_permutation"])
    if p >= 0.05:
        said = tr(
            "No pattern over the whole area can be told from chance; single places may still stand out."
        )
    else:
        said = tr("Over the whole area {what}, more than chance shows.").format(
            what=above if row["statistic"] > row["expected"] else below
        )
    return (
        tr(
            "{title} of {said} over {places:,} {unit} is {statistic:.4f}; {expected:.4f} was to be expected without any pattern "
            "(z {z:.2f}, permutation p {p:.3g})."
        ).format(
            title=title,
            said=values.said,
            places=int(row["places"]),
            unit=values.unit,
            statistic=row["statistic"],
            expected=row["expected"],
            z=row["z"],
            p=p,
        ),
        said,
        tr("It is one number for the whole area. It says nothing about where, why, or any person."),
        tr(
            "Check next where the pattern lies, with local_moran or gi_star, and whether it stays with other neighbours."
        ),
    )
