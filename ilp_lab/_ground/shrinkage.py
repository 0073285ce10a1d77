"""Rates of small populations: how far each is to be trusted (empirical Bayes, events Poisson, true rates gamma)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def moments(
    events: NDArray[np.float64], population: NDArray[np.float64], neighbours: Any = None
) -> tuple[NDArray[np.float64], Any, Any]:
    """The rates, their population-weighted mean, and the variance between places beyond the throw of the dice.

    Marshall (1991), doi:10.2307/2347593. With ``neighbours`` (a sparse matrix of ones, each place its own neighbour) mean and
    variance are those of every place's surroundings.
    """
    rate = events / population
    if neighbours is None:
        overall = events.sum() / population.sum()
        weighted = (population * (rate - overall) ** 2).sum() / population.sum()
        return rate, overall, weighted - overall / population.mean()
    people = neighbours @ population
    overall = (neighbours @ events) / people
    square = neighbours @ (population * rate**2) / people - overall**2
    mean_people = people / np.asarray(neighbours.sum(axis=1)).ravel()
    return rate, overall, square - overall / mean_people


def posterior(
    events: NDArray[np.float64], population: NDArray[np.float64], neighbours: Any = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shape and rate of the gamma distribution of every place's true rate.

    With a between-place variance of v and a mean m the true rates are gamma distributed with shape m²/v and rate m/v; a
    place's own is then gamma with shape m²/v + events and rate m/v + population. Where v is not above 0 the places cannot
    be told apart, and all share the rate of all (or of their surroundings).

    Examples
    --------
    >>> shape, rate = posterior(np.array([0.0, 10]), np.array([10.0, 1000]))
    >>> (shape / rate).round(4).tolist()
    [0.0099, 0.0099]
    """
    _, mean, between = moments(events, population, neighbours)
    mean, between = (np.broadcast_to(value, events.shape).astype(np.float64) for value in (mean, between))
    varies = (between > 0) & (mean > 0)
    safe = np.where(varies, between, 1.0)
    # one rate for all: as sure as the events and people that it was taken from
    together = (
        (events.sum(), population.sum())
        if neighbours is None
        else (neighbours @ events, neighbours @ population)
    )
    shape = np.where(varies, mean**2 / safe + events, np.broadcast_to(together[0], events.shape))
    rate = np.where(varies, mean / safe + population, np.broadcast_to(together[1], events.shape))
    return np.asarray(shape), np.asarray(rate)
