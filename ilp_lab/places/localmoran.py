"""Where like lies beside like, and where a place differs from all around it (local Moran)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.significance import false_discovery, two_sided
from ilp_lab._tongue import in_a_row, tr, tr_later
from ilp_lab.places.chance import Chance, Rule, false_alarms, how_many, under_randomness, under_shuffling
from ilp_lab.places.getis import Deviates
from ilp_lab.places.permuting import conditional
from ilp_lab.places.smoothing import standardised_rates
from ilp_lab.places.values import Values, check_values, refuse_constant, values_on_places
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from ilp_lab._ground.lattice import Shape

QUADRANTS = ("high among high", "low among low", "high among low", "low among high")
VERDICTS = (*QUADRANTS, "not more than chance")
_METHOD = tr_later(
    "The value of every place was compared with the mean of its neighbours (local Moran's I, rows of the weights scaled "
    "to 1). z says how far the neighbours' mean lies from what it would be if all other values were dealt at random "
    "(conditional on the place's own), p is its two-sided normal probability, q its Benjamini-Hochberg adjustment over "
    "all places, and the permutation p counts random deals. A place is marked when q lies below alpha and the "
    "permutation p does not contradict it."
)
_REFERENCES = (
    "Anselin 1995, Local indicators of spatial association, doi:10.1111/j.1538-4632.1995.tb00338.x",
    "Sokal, Oden and Thomson 1998, Local spatial autocorrelation in a biological model, doi:10.1111/j.1538-4632.1998.tb00406.x",
    "Benjamini and Hochberg 1995, Controlling the false discovery rate, doi:10.1111/j.2517-6161.1995.tb02031.x",
)
_RATES = "Assunção and Reis 1999, doi:10.1002/(SICI)1097-0258(19990830)18:16<2147::AID-SIM179>3.0.CO;2-I"


@dataclass(frozen=True)
class _Local:
    """The local statistics of one set of values."""

    around: NDArray[np.float64]
    statistic: NDArray[np.float64]
    z: NDArray[np.float64]
    quadrant: NDArray[np.int64]


def local_moran(
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
    alpha: float = 0.05,
    permutations: int = 999,
    simulations: int | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find where high values lie among high ones, low among low, and where a place differs from all around it.

    Parameters
    ----------
    frame, value, other, population, weights, within_m, nearest, cell_m, shape, study_area, weight
        As in :func:`moran`. With ``other`` a place's ``value`` is set beside its neighbours' ``other``.
    alpha
        Share of false finds that is accepted.
    permutations
        Random deals behind ``p_permutation``.
    simulations
        How often randomness is played through to see how many places chance alone marks; chosen by the size of the work
        when left out.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: the places with ``n`` (their value), ``around`` (mean of the neighbours), ``local`` (local Moran's I),
        ``z``, ``p``, ``p_permutation``, ``q_fdr``, ``quadrant`` and ``verdict``: the quadrant where it can be told from
        chance, else "not more than chance". ``details``: ``chance`` as in :func:`gi_star`.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or every place has the same value.

    Notes
    -----
    Cost: one search per place with equal weights; a million cells take seconds with 999 deals. Limits: the smallest p
    that 999 deals can show is 0.002, so the permutation p is a check of the normal one and is not adjusted itself.
    Places without neighbours are never marked.

    References
    ----------
    Anselin, L. (1995), doi:10.1111/j.1538-4632.1995.tb00338.x. Sokal, R. R. et al. (1998),
    doi:10.1111/j.1538-4632.1998.tb00406.x.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> from shapely.geometry import box
    >>> n = np.arange(144) % 3
    >>> n[[52, 53, 54, 64, 65, 66, 76, 77, 78]] = 9
    >>> cells = [box(i % 12, i // 12, i % 12 + 1, i // 12 + 1) for i in range(144)]
    >>> found = local_moran(gpd.GeoDataFrame({"n": n}, geometry=cells, crs=32633), value="n", rng=1)
    >>> found.table["verdict"].iloc[[65, 0]].tolist()
    ['high among high', 'not more than chance']
    """
    caller = "places.local_moran"
    check = Check(caller)
    where: dict[str, Any] = {
        "value": value, "weights": weights, "within_m": within_m, "nearest": nearest, "cell_m": cell_m,
        "shape": shape, "study_area": study_area, "weight": weight,
    }  # fmt: skip
    check_values(check, frame, others={"other": other, "population": population}, **where)
    if other is not None and population is not None:
        check.add(
            "other and population exclude each other; compute a rate first to compare it with another value."
        )
    check.between(0.0001, 0.5, alpha=alpha)
    check.whole(99, permutations=permutations)
    check.whole(19, simulations=simulations)
    check.done()
    generate, seed = generator(rng, caller)
    values = values_on_places(frame, caller, other=other or population, **where)
    refuse_constant(caller, values)
    own, around = _compared(values, other, population, caller)
    matrix = values.neighbours.standardised()
    local = _local(own, around, matrix)
    chance_p = conditional(
        around,
        values.neighbours.matrix if values.neighbours.binary else matrix,
        permutations=permutations,
        rng=generate,
    )
    runs = simulations or how_many(
        int(values.value.sum()) if values.unit == "cells" else matrix.nnz, len(own)
    )
    chance = _chance(
        values, around, matrix, alpha, runs, generate, plain=other is None and population is None
    )
    table = _judged(values, local, chance_p, alpha)
    return Result(
        name=caller,
        title=tr("Local Moran of {said}").format(said=values.said)
        + (
            tr(" beside {other}").format(other=other)
            if other
            else tr_later(" per head")
            if population
            else ""
        ),
        table=table,
        method=_METHOD,
        findings=_findings(table, chance, values, alpha),
        params=(*values.params, *_settings(alpha, permutations, runs, given=simulations is not None)),
        caveats=values.caveats(),
        references=(*_REFERENCES, *([_RATES] if population else [])),
        sources=values.sources,
        left_out=dict(values.left_out),
        left_out_rows=values.left_out.rows,
        handling=values.handling,
        seed=seed,
        view="map",
        details={"chance": asdict(chance), "outline": values.outline},
    )


def _settings(alpha: float, permutations: int, runs: int, *, given: bool) -> tuple[Param, ...]:
    return (
        Param("alpha", alpha),
        Param("permutations", permutations),
        Param(
            "simulations", runs, chosen=not given, why="" if given else tr_later("by the size of the work")
        ),
    )


def _compared(
    values: Values, other: str | None, population: str | None, caller: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Each place's own value, and the values its neighbours are taken from."""
    if population is not None:
        assert values.other is not None  # noqa: S101
        rates = standardised_rates(values.value, values.other, caller)
        return rates, rates
    if other is not None:
        assert values.other is not None  # noqa: S101
        return values.value, values.other
    return values.value, values.value


def conditional_deviates(matrix: Any) -> Deviates:
    """Make the function that standardises the weighted sum over neighbours, given each place's own value.

    The neighbours are a draw without replacement from the other n - 1 values (Sokal et al. 1998). Places where the
    deviate is not defined get 0.
    """
    totals = np.asarray(matrix.sum(axis=1)).ravel()
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()
    others = len(totals) - 1
    factor = np.maximum(others * squares - totals**2, 0.0) / max(others - 1, 1)

    def z(sums: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        centred = values - values.mean()
        mean = -centred / others
        variance = np.maximum((float(centred @ centred) - centred**2) / others - mean**2, 0.0) * factor
        scale = float(centred.std()) ** 2
        defined = variance > 1e-12 * max(scale, 1e-300)
        apart = sums - totals * (values.mean() + mean)
        return np.asarray(np.divide(apart, np.sqrt(variance), out=np.zeros(len(values)), where=defined))

    return z


def _local(own: NDArray[np.float64], around: NDArray[np.float64], matrix: Any) -> _Local:
    lag = np.asarray(matrix @ around).ravel()
    mine, theirs = own - own.mean(), lag - around.mean()
    linked = np.diff(matrix.indptr) > 0
    theirs = np.where(linked, theirs, 0.0)
    statistic = mine * theirs * (len(own) - 1) / (len(own) * max(float(own.std() * around.std()), 1e-300))
    z = conditional_deviates(matrix)(lag, around) * np.where(mine < 0, -1.0, 1.0)
    quadrant = np.where(mine >= 0, np.where(theirs >= 0, 0, 2), np.where(theirs < 0, 1, 3))
    return _Local(np.where(linked, lag, np.nan), statistic, np.where(linked, z, 0.0), quadrant)


def _chance(
    values: Values,
    around: NDArray[np.float64],
    matrix: Any,
    alpha: float,
    runs: int,
    rng: np.random.Generator,
    *,
    plain: bool,
) -> Chance:
    """How many places randomness marks: incidents thrown anew onto cells, else values dealt among areas."""
    deviates = conditional_deviates(matrix)

    def either_side(sums: NDArray[np.float64], dealt: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.abs(deviates(sums, dealt))

    rule = Rule(lambda dealt: np.asarray(matrix @ dealt).ravel(), either_side, alpha, -np.inf)
    if (
        values.unit == "cells"
        and plain
        and not any(param.name == "weight" and param.value in values.said for param in values.params)
    ):
        share = values.table["share_inside"].to_numpy()
        return under_randomness(rule, share, None, int(values.value.sum()), simulations=runs, rng=rng)
    return under_shuffling(rule, around, simulations=runs, rng=rng)


def _judged(values: Values, local: _Local, chance_p: NDArray[np.float64], alpha: float) -> gpd.GeoDataFrame:
    import pandas as pd

    p = two_sided(local.z)
    q = false_discovery(p)
    marked = (q < alpha) & (chance_p <= max(alpha, 2 / 1000)) & (values.neighbours.count > 0)
    verdict = np.where(marked, local.quadrant, len(QUADRANTS)).astype(np.int8)
    geometry = values.table.geometry
    own = values.table.drop(columns=values.table.geometry.name)
    fresh = {
        "n": values.value,
        "around": local.around,
        "local": local.statistic,
        "z": local.z,
        "p": p,
        "p_permutation": chance_p,
        "q_fdr": q,
        "quadrant": pd.Categorical.from_codes(local.quadrant.astype(np.int8), categories=pd.Index(QUADRANTS)),
        "verdict": pd.Categorical.from_codes(verdict, categories=pd.Index(VERDICTS)),
        "neighbours": values.neighbours.count,
    }
    return own.assign(**fresh).assign(geometry=geometry).set_geometry("geometry", crs=values.table.crs)


def _findings(table: gpd.GeoDataFrame, chance: Chance, values: Values, alpha: float) -> tuple[str, ...]:
    numbers = table["verdict"].value_counts()
    marked = len(table) - int(numbers["not more than chance"])
    told = (
        tr("Areas that differ from chance together with their neighbours: {marked:,} of {n:,}.")
        if values.unit == "areas"
        else tr("Cells that differ from chance together with their neighbours: {marked:,} of {n:,}.")
    ).format(marked=marked, n=len(table))
    if marked:
        parts = [
            tr("{word}: {n:,}").format(word=word, n=int(numbers[word])) for word in QUADRANTS if numbers[word]
        ]
        told = in_a_row(
            told, tr("Of these, {parts}.").format(parts=in_a_row(*parts, by=", ")), false_alarms(alpha)
        )
    said = [told, chance.sentence(len(table), values.unit)]
    if marked and chance.high >= marked:
        said.append(tr("So many are no more than luck would show: do not act on this map."))
    said.append(
        tr(
            "'High among high' tells where much is recorded together; 'high among low' tells a place that stands alone. Neither "
            "tells why, and nothing about any person."
        )
    )
    said.append(
        tr(
            "Check next the places that stand alone: they may be a default address, or a single cause worth knowing."
        )
    )
    return tuple(said)
