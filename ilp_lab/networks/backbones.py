"""Which ties of a projection are more than the sizes of events and the busyness of persons bring about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

_CLOSE, _ROUNDS = 1e-10, 20_000


@dataclass(frozen=True)
class TakingPart:
    """Chances that persons take part in events, by class.

    Attributes
    ----------
    chance
        By class of person (rows) and class of event (columns).
    person_class
        The class of each person.
    events
        How many events each class has.
    error
        The largest difference between a person's or event's mean under these chances and its count.
    """

    chance: Numbers
    person_class: Whole
    events: Whole
    error: float


def taking_part(per_person: Whole, per_event: Whole) -> TakingPart:
    """The most even chances under which every person and event has its count on average.

    This is the bipartite configuration model of greatest entropy: the chance is x·y/(1 + x·y), with one x for all
    persons of the same count and one y for all events of the same size (Saracco et al. 2015).

    Parameters
    ----------
    per_person, per_event
        In how many events each person was, and how many persons each event had; all above 0.

    Examples
    --------
    >>> import numpy as np
    >>> model = taking_part(np.array([2, 1, 1]), np.array([2, 1, 1]))
    >>> (model.chance[model.person_class] @ model.events).round(9).tolist()
    [2.0, 1.0, 1.0]
    """
    counts, person_class, persons = np.unique(per_person, return_inverse=True, return_counts=True)
    sizes, events = np.unique(per_event, return_counts=True)
    chance = np.zeros((len(counts), len(sizes)))
    d, s = counts.astype(np.float64), sizes.astype(np.float64)
    rows, columns = np.ones(len(d), bool), np.ones(len(s), bool)
    while True:  # whoever was in all that is left, and what all were in, is certain
        full = rows & (d >= events[columns].sum()) & (d > 0)
        chance[np.ix_(full, columns)] = 1.0
        s[columns] -= persons[full].sum()
        rows &= ~full
        whole = columns & (s >= persons[rows].sum()) & (s > 0)
        chance[np.ix_(rows, whole)] = 1.0
        d[rows] -= events[whole].sum()
        columns &= ~whole
        if not full.any() and not whole.any():
            break
    rows &= d > 0.5
    columns &= s > 0.5
    if rows.any() and columns.any():
        chance[np.ix_(rows, columns)] = _solved(d[rows], persons[rows], s[columns], events[columns])
    error = max(float(np.abs(chance @ events - counts).max()), float(np.abs(persons @ chance - sizes).max()))
    return TakingPart(chance, person_class.astype(np.int64), events.astype(np.int64), error)


def _solved(d: Numbers, persons: Whole, s: Numbers, events: Whole) -> Numbers:
    """Chances by fixed-point steps from the usual first guess, then Newton's where those are slow."""
    total = float((d * persons).sum())
    x, y = d / np.sqrt(total), s / np.sqrt(total)
    for _ in range(_ROUNDS):
        x = d / ((events * y) / (1 + np.outer(x, y))).sum(axis=1)
        y = s / ((persons[:, None] * x[:, None]) / (1 + np.outer(x, y))).sum(axis=0)
        chance = np.outer(x, y) / (1 + np.outer(x, y))
        if np.abs(chance @ events - d).max() < _CLOSE * max(1.0, float(d.max())):
            return np.asarray(chance)
    from scipy.optimize import root

    def missed(logs: Numbers) -> Numbers:
        product = np.exp(logs[: len(d), None] + logs[None, len(d) :])
        some = product / (1 + product)
        return np.concatenate([some @ events - d, persons @ some - s])

    better = root(missed, np.log(np.concatenate([x, y])), method="lm").x
    product = np.exp(better[: len(d), None] + better[None, len(d) :])
    found: Numbers = product / (1 + product)
    return found


def stochastic_degree(
    one: Whole, other: Whole, count: Whole, per_person: Whole, per_event: Whole
) -> tuple[Numbers, Numbers, float]:
    """P and expectation of joint events when persons and events keep their counts on average (SDSM, Neal 2014).

    Returns
    -------
    p, expected, error
        ``error`` is that of :func:`taking_part`.
    """
    from scipy.stats import norm

    from ilp_lab.networks.loops.together import upper_tails

    model = taking_part(per_person, per_event)
    low = np.minimum(model.person_class[one], model.person_class[other])
    high = np.maximum(model.person_class[one], model.person_class[other])
    classes, most = len(model.chance), int(count.max(initial=0)) + 1
    key, back = np.unique((low * classes + high) * most + count, return_inverse=True)
    pair, k = np.divmod(key, most)
    a, b = np.divmod(pair, classes)
    expected, p = np.zeros(len(key)), np.zeros(len(key))
    upper_tails(a, b, k, np.ascontiguousarray(model.chance), model.events, expected, p)
    for at in np.flatnonzero(p < 0):
        q = model.chance[a[at]] * model.chance[b[at]]
        spread = np.sqrt((model.events * q * (1 - q)).sum())
        p[at] = norm.sf((k[at] - 0.5 - expected[at]) / spread)
    return np.clip(p, 0.0, 1.0)[back], expected[back], model.error


def fixed_rows(
    one: Whole, other: Whole, count: Whole, per_person: Whole, events: int
) -> tuple[Numbers, Numbers]:
    """P and expectation when persons keep their counts and every event is alike (hypergeometric, Tumminello 2011)."""
    from scipy.stats import hypergeom

    a, b = per_person[one], per_person[other]
    p = np.asarray(hypergeom.sf(count - 1, events, a, b))
    return p, a * b / events


def disparity(one: Whole, other: Whole, weight: Numbers, persons: int) -> Numbers:
    """P of each tie under an even split of each end's total weight; the better of both ends (Serrano et al. 2009).

    Examples
    --------
    >>> import numpy as np
    >>> disparity(np.array([0, 0]), np.array([1, 2]), np.array([9.0, 1.0]), 3).round(2).tolist()
    [0.1, 0.9]
    """
    strength = np.bincount(one, weight, persons) + np.bincount(other, weight, persons)
    degree = np.bincount(one, minlength=persons) + np.bincount(other, minlength=persons)
    sides = [np.power(1 - weight / strength[end], degree[end] - 1) for end in (one, other)]
    return np.asarray(np.minimum(*sides))


def among_all_pairs(p: Numbers, pairs: int) -> Numbers:
    """Benjamini-Hochberg q among all possible pairs, of which those not given have p = 1.

    Examples
    --------
    >>> import numpy as np
    >>> among_all_pairs(np.array([0.001, 0.01]), 10).round(3).tolist()
    [0.01, 0.05]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * max(pairs, len(p)) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
