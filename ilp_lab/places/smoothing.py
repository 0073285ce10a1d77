"""Rates of small populations: how much of a difference is the throw of the dice (empirical Bayes)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._ground.shrinkage import moments
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def standardised_rates(
    events: NDArray[np.float64], population: NDArray[np.float64], caller: str
) -> NDArray[np.float64]:
    """Rates as deviations from the overall one, each over the spread its population lets it have.

    Assunção and Reis (1999). Where the method's variance between places would be negative it is taken as the part that
    is due to the size of the population alone, as they do.

    Raises
    ------
    InputError
        When a population is not above 0, or there are no events.
    """
    if not (population > 0).all():
        raise InputError(
            f"{caller}: {int((population <= 0).sum())} places have no population, so they have no rate; leave them out."
        )
    if not events.sum() > 0 or (events < 0).any():
        raise InputError(f"{caller}: rates need events: numbers not below 0, and more than none of them.")
    rate, overall, between = moments(events, population)
    variance = between + overall / population
    variance = np.where(variance > 0, variance, overall / population)
    return np.asarray((rate - overall) / np.sqrt(variance))
