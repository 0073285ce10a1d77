"""How far offenders travel: distance decay fitted to known journeys from home to crime."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Shape = Callable[["NDArray[np.float64]", "NDArray[np.float64]"], "NDArray[np.float64]"]

_LEAST = 20
_METHOD = tr_later(
    "Each function was fitted to the distances by maximum likelihood as a density of distance; the one with the smallest "
    "Akaike criterion fits best for the number of its parameters; among those within 2 of it the simplest was taken. A "
    "density of distance counts all places on a ring together; per square kilometre of ground it has to be divided by "
    "the length of the ring."
)
_REFERENCES = (
    "Rossmo 2000, Geographic Profiling, ISBN 0-8493-8129-0",
    "Levine 2015, CrimeStat IV, chapter 13: journey to crime estimation",
    "O'Leary 2009, The mathematics of geographic profiling, doi:10.1002/jip.111",
)


@dataclass(frozen=True)
class Decay:
    """A fitted function of distance.

    Attributes
    ----------
    name
        ``"negative exponential"``, ``"truncated negative exponential"``, ``"normal"``, ``"lognormal"``, ``"gamma"`` or ``"linear"``.
    parameter
        Its parameters, in kilometres where they are lengths.
    """

    name: str
    parameter: tuple[float, ...]

    def density(self, distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Density of distance, per kilometre."""
        return np.asarray(_SHAPES[self.name][0](np.asarray(distance_m) / 1000, np.array(self.parameter)))

    def per_area(self, distance_m: NDArray[np.float64], least_m: float) -> NDArray[np.float64]:
        """Density per km² of ground at that distance; nearer than ``least_m`` as at ``least_m``."""
        far = np.maximum(np.asarray(distance_m), least_m)
        return self.density(far) / (2 * math.pi * far / 1000)


def journey_to_crime(trips: pd.DataFrame, *, distance: str = "distance_m") -> Result:
    """Fit distance decay to known journeys from home to crime.

    Parameters
    ----------
    trips
        One row per journey of solved crimes of the same kind, no names needed.
    distance
        Column with the distance in metres, straight or along the streets, as it will be used.

    Returns
    -------
    Result
        ``table``: one row per function: ``function``, ``parameters``, ``log_likelihood``, ``aic``, ``weight`` (share of the Akaike weight).
        ``details``: ``decay`` (the best, for :func:`geographic_profile`), ``percentiles_m`` (10, 25, 50, 75, 90 %), ``fits`` (all of them).

    Raises
    ------
    InputError, ColumnError
        When something does not fit, or fewer than twenty journeys are usable.

    Notes
    -----
    Solved crimes are not all crimes: those near home may be solved more often. Journeys of one offender are not independent.
    Cost: a few hundred evaluations per function.

    References
    ----------
    Levine, N. (2015), CrimeStat IV, chapter 13. O'Leary, M. (2009), doi:10.1002/jip.111.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> trips = pd.DataFrame({"distance_m": np.random.default_rng(1).exponential(2000, 500)})
    >>> journey_to_crime(trips)["decay"].name
    'negative exponential'
    """
    import pandas as pd

    caller = "places.journey_to_crime"
    check = Check(caller)
    if check.frame(trips, "the journeys"):
        check.columns(trips, [distance], "the journeys")
        if distance in trips and trips[distance].dtype.kind not in "iuf":
            check.add(
                f"distance={distance!r} must be a column of numbers (metres); it holds {trips[distance].dtype}."
            )
    check.done()
    far = trips[distance].to_numpy(dtype=np.float64, na_value=np.nan)
    usable = np.isfinite(far) & (far >= 0)
    if usable.sum() < _LEAST:
        raise InputError(
            f"{caller}: at least {_LEAST} journeys with a distance are needed; got {int(usable.sum())}."
        )
    far = np.maximum(far[usable], 1.0)
    fits = [_fitted(name, far) for name in _SHAPES]
    aic = np.array([one[2] for one in fits])
    close = [one for one in fits if one[2] <= aic.min() + 2]  # no telling apart: the simpler one
    best = min(close, key=lambda one: (len(one[0].parameter), one[2]))
    weight = np.exp(-(aic - aic.min()) / 2)
    table = pd.DataFrame(
        {
            "function": [one[0].name for one in fits],
            "parameters": [", ".join(f"{value:.4g}" for value in one[0].parameter) for one in fits],
            "log_likelihood": [one[1] for one in fits],
            "aic": aic,
            "weight": weight / weight.sum(),
        }
    ).sort_values("aic", ignore_index=True)
    quantiles = {f"{share:.0%}": float(np.quantile(far, share)) for share in (0.1, 0.25, 0.5, 0.75, 0.9)}
    lost = int((~usable).sum())
    return Result(
        name=caller,
        title=tr_later("Journey to crime"),
        table=table,
        method=_METHOD,
        findings=(
            tr("Half of the {n:,} journeys are shorter than {quantiles:,.1f} km, nine in ten shorter than {quantiles_2:,.1f} km.").format(n=len(far), quantiles=quantiles["50%"] / 1000, quantiles_2=quantiles["90%"] / 1000),
            tr("A {best_name} function describes them best (Akaike weight {iloc:.0%}).").format(best_name=best[0].name, iloc=table["weight"].iloc[0]),
            tr("It describes journeys of solved crimes of this kind here; another kind or town has its own."),
        ),
        params=(Param("distance", distance),),
        caveats=(tr("Only solved crimes have a known home; those near it may be solved more often."), tr("Several journeys of one offender are counted as if they were of several.")),
        references=_REFERENCES,
        sources=(Source("journeys", len(far), fingerprint(np.sort(far)), origin_of(trips)),),
        left_out={"without a distance": lost} if lost else {},
        left_out_rows=trips[~usable].assign(reason=tr_later("without a distance")) if lost else None,
        handling=handling_of(trips),
        details={"decay": best[0], "percentiles_m": quantiles, "fits": {one[0].name: one[0] for one in fits}},
    )  # fmt: skip


def _fitted(name: str, far_m: NDArray[np.float64]) -> tuple[Decay, float, float]:
    """A function with its parameters, log-likelihood and Akaike criterion."""
    from scipy.optimize import minimize

    shape, start = _SHAPES[name]
    km = far_m / 1000
    first = start(km)

    def cost(log_parameter: NDArray[np.float64]) -> float:
        high = np.log(np.maximum(shape(km, np.exp(log_parameter)), 1e-300)).sum()
        return -float(high) if np.isfinite(high) else 1e12

    found = minimize(
        cost, np.log(first), method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-7, "fatol": 1e-7}
    )
    parameter = tuple(float(value) for value in np.exp(found.x))
    return Decay(name, parameter), -float(found.fun), 2 * len(parameter) + 2 * float(found.fun)


def _exponential(km: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-km / p[0]) / p[0])


def _truncated(km: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rises to a peak in a straight line, then falls exponentially (Levine)."""
    peak, scale = p
    total = peak / 2 + scale
    return np.asarray(np.where(km < peak, km / peak, np.exp(-(km - peak) / scale)) / total)


def _normal(km: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import ndtr

    mean, deviation = p
    return np.asarray(
        np.exp(-0.5 * ((km - mean) / deviation) ** 2)
        / (math.sqrt(2 * math.pi) * deviation * ndtr(mean / deviation))
    )


def _lognormal(km: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    middle, spread = p
    safe = np.maximum(km, 1e-9)
    return np.asarray(
        np.exp(-0.5 * (np.log(safe / middle) / spread) ** 2) / (safe * spread * math.sqrt(2 * math.pi))
    )


def _gamma(km: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import gammaln

    shape, scale = p
    safe = np.maximum(km, 1e-9)
    return np.asarray(
        np.exp((shape - 1) * np.log(safe) - safe / scale - gammaln(shape) - shape * math.log(scale))
    )


def _linear(km: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Falls in a straight line to nothing at the farthest distance."""
    return np.asarray(np.maximum(1 - km / p[0], 0.0) * 2 / p[0])


_SHAPES: dict[str, tuple[Shape, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    "negative exponential": (_exponential, lambda km: np.array([km.mean()])),
    "truncated negative exponential": (_truncated, lambda km: np.array([np.median(km) / 3, km.mean()])),
    "normal": (_normal, lambda km: np.array([max(km.mean(), 1e-3), max(km.std(), 1e-3)])),
    "lognormal": (_lognormal, lambda km: np.array([np.median(km), max(np.log(km).std(), 0.05)])),
    "gamma": (
        _gamma,
        lambda km: np.array(
            [max(km.mean() ** 2 / max(km.var(), 1e-9), 0.05), max(km.var() / km.mean(), 1e-6)]
        ),
    ),
    "linear": (_linear, lambda km: np.array([km.max() * 1.2])),
}
