"""Regression of counts: Poisson and negative binomial, penalised and plain, chosen by BIC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import tr_later

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDS, _TOLERANCE = 60, 1e-7
_MOST_DISPERSION = 1e3


@dataclass(frozen=True)
class CountModel:
    """A fitted regression of counts with logarithmic link.

    Attributes
    ----------
    coefficient, error
        Intercept first.
    dispersion
        α of the negative binomial (variance = mean + α·mean²); 0 for Poisson.
    log_likelihood, bic
        Of the fit; the dispersion counts as a parameter.
    """

    coefficient: NDArray[np.float64]
    error: NDArray[np.float64]
    dispersion: float
    log_likelihood: float
    bic: float

    @property
    def family(self) -> str:
        """``"Poisson"`` or ``"negative binomial"``."""
        return tr_later("negative binomial") if self.dispersion > 0 else "Poisson"


def fit(columns: NDArray[np.float64], counts: NDArray[np.float64], *, negative_binomial: bool) -> CountModel:
    """Fit by maximum likelihood.

    Parameters
    ----------
    columns
        One column per variable, without intercept.
    counts
        One per row.
    negative_binomial
        Whether the variance may exceed the mean.

    Examples
    --------
    >>> x = np.array([[0.0], [0], [1], [1]])
    >>> np.exp(fit(x, np.array([1.0, 3, 6, 10]), negative_binomial=False).coefficient).round(3).tolist()
    [2.0, 4.0]
    """
    design = np.column_stack([np.ones(len(counts)), columns])
    beta = _weighted(design, counts, 0.0, None)
    alpha = 0.0
    if negative_binomial:
        for _ in range(25):
            mean = _mean(design, beta)
            new = _dispersion(counts, mean)
            beta = _weighted(design, counts, new, beta)
            if abs(new - alpha) < 1e-6 * max(new, 1e-3):
                alpha = new
                break
            alpha = new
    mean = _mean(design, beta)
    likelihood = _likelihood(counts, mean, alpha)
    weight = mean / (1 + alpha * mean)
    information = design.T @ (design * weight[:, None])
    error = np.sqrt(np.maximum(np.diag(np.linalg.pinv(information)), 0.0))
    parameters = design.shape[1] + int(negative_binomial)
    bic = float(parameters * np.log(len(counts)) - 2 * likelihood)
    return CountModel(beta, error, alpha, likelihood, bic)


def stepwise(
    columns: NDArray[np.float64],
    counts: NDArray[np.float64],
    groups: NDArray[np.int64],
    *,
    negative_binomial: bool,
    positive: bool,
) -> tuple[list[int], CountModel]:
    """Add and take away variables as long as the BIC falls; at most one variable of a group.

    With ``positive`` variables whose coefficient would be below 0 are not added.
    """
    chosen: list[int] = []
    best = fit(columns[:, chosen], counts, negative_binomial=negative_binomial)
    while True:
        found: tuple[list[int], CountModel] | None = None
        for at in range(columns.shape[1]):
            if at in chosen:
                tried = [one for one in chosen if one != at]
            else:
                tried = [one for one in chosen if groups[one] != groups[at]] + [at]
            model = fit(columns[:, tried], counts, negative_binomial=negative_binomial)
            if positive and (model.coefficient[1:] < 0).any():
                continue
            if model.bic < (found[1].bic if found else best.bic) - 1e-9:
                found = (tried, model)
        if found is None:
            return chosen, best
        chosen, best = found


def cross_validated_net(
    columns: NDArray[np.float64],
    counts: NDArray[np.float64],
    fold: NDArray[np.int64],
    *,
    mix: float,
    positive: bool,
) -> tuple[NDArray[np.float64], float]:
    """Coefficients (intercept first) at the penalty whose deviance on left-out folds is smallest, and that penalty."""
    from ilp_lab.places.loops.regression import poisson_path

    # rows with the same variables are one: there are far fewer patterns than cells
    patterns, which = np.unique(columns, axis=0, return_inverse=True)
    which = which.ravel()
    by_variable = np.ascontiguousarray(patterns.T)

    def summed(kept: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        seen = np.bincount(which[kept], weights=counts[kept], minlength=len(patterns)).astype(np.float64)
        return seen, np.bincount(which[kept], minlength=len(patterns)).astype(np.float64)

    centred = columns - columns.mean(axis=0)
    steepest = max(
        float(np.abs(centred.T @ (counts - counts.mean())).max() / len(counts) / max(mix, 1e-3)), 1e-9
    )
    penalties = np.geomspace(steepest, steepest * 1e-3, 40)
    deviance = np.zeros(len(penalties))
    for out in np.unique(fold):
        seen, times = summed(fold != out)
        left, left_times = summed(fold == out)
        there = times > 0
        path = poisson_path(
            np.ascontiguousarray(by_variable[:, there]),
            seen[there],
            times[there],
            penalties,
            mix,
            positive,
            _ROUNDS,
            1e-6,
        )
        for at, coefficient in enumerate(path):
            mean = np.exp(np.minimum(coefficient[0] + patterns @ coefficient[1:], 30))
            deviance[at] += float((left_times * mean).sum() - (left * np.log(np.maximum(mean, 1e-12))).sum())
    best = int(np.argmin(deviance))
    seen, times = summed(np.ones(len(counts), dtype=bool))
    path = poisson_path(by_variable, seen, times, penalties[: best + 1], mix, positive, _ROUNDS, 1e-6)
    return np.asarray(path[-1]), float(penalties[best])


def _mean(design: NDArray[np.float64], beta: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(np.clip(design @ beta, -30, 30)))


def _weighted(
    design: NDArray[np.float64], counts: NDArray[np.float64], alpha: float, start: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Iteratively reweighted least squares, its steps halved where they would raise the deviance."""
    beta = (
        start
        if start is not None
        else np.r_[np.log(max(counts.mean(), 1e-12)), np.zeros(design.shape[1] - 1)]
    )
    mean = _mean(design, beta)
    value = _likelihood(counts, mean, alpha)
    for _ in range(_ROUNDS):
        weight = mean / (1 + alpha * mean)
        gradient = design.T @ ((counts - mean) / (1 + alpha * mean))
        information = design.T @ (design * weight[:, None])
        step = np.linalg.lstsq(information + 1e-10 * np.eye(len(beta)), gradient, rcond=None)[0]
        for _half in range(12):
            new = beta + step
            fresh = _mean(design, new)
            reached = _likelihood(counts, fresh, alpha)
            if reached >= value - 1e-10 * abs(value):
                break
            step = step / 2
        beta, mean = new, fresh
        if abs(reached - value) < _TOLERANCE * (abs(value) + 1) * 1e-3:
            break
        value = reached
    return np.asarray(beta)


def _dispersion(counts: NDArray[np.float64], mean: NDArray[np.float64]) -> float:
    """The α with the highest likelihood, given the means."""
    from scipy.optimize import minimize_scalar

    found = minimize_scalar(
        lambda log_alpha: -_likelihood(counts, mean, float(np.exp(log_alpha))),
        bounds=(-12.0, np.log(_MOST_DISPERSION)),
        method="bounded",
    )
    return float(np.exp(found.x))


def _likelihood(counts: NDArray[np.float64], mean: NDArray[np.float64], alpha: float) -> float:
    from scipy.special import gammaln, xlogy

    if alpha <= 0:
        return float((xlogy(counts, mean) - mean - gammaln(counts + 1)).sum())
    size = 1 / alpha
    part = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    return float(
        (part + xlogy(counts, alpha * mean / (1 + alpha * mean)) - size * np.log1p(alpha * mean)).sum()
    )
