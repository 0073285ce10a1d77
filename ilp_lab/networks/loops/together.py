"""Who was in how many events with whom, and how likely that is by chance."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("int64[::1], int64[::1], int64[::1], int64[::1]")
def pair_counts(event_offsets, members, person_offsets, events):
    """How many pairs of persons met; rows of both lists are by event and by person."""
    persons = len(person_offsets) - 1
    seen = np.full(persons, np.int64(-1))
    total = 0
    for person in range(persons):
        for at in range(person_offsets[person], person_offsets[person + 1]):
            event = events[at]
            for row in range(event_offsets[event], event_offsets[event + 1]):
                other = members[row]
                if other > person and seen[other] != person:
                    seen[other] = person
                    total += 1
    return total


@compiled(
    "int64[::1], int64[::1], int64[::1], int64[::1], float64[::1], int64[::1], int64[::1], int64[::1], float64[::1]"
)
def project(event_offsets, members, person_offsets, events, share, one, other, count, weight):
    """Pairs of persons with their joint events, and the sum of ``share`` over those events."""
    persons = len(person_offsets) - 1
    together = np.zeros(persons, np.int64)
    summed = np.zeros(persons)
    met = np.empty(persons, np.int64)
    out = 0
    for person in range(persons):
        many = 0
        for at in range(person_offsets[person], person_offsets[person + 1]):
            event = events[at]
            for row in range(event_offsets[event], event_offsets[event + 1]):
                companion = members[row]
                if companion > person:
                    if together[companion] == 0:
                        met[many] = companion
                        many += 1
                    together[companion] += 1
                    summed[companion] += share[event]
        for at in range(many):
            companion = met[at]
            one[out] = person
            other[out] = companion
            count[out] = together[companion]
            weight[out] = summed[companion]
            together[companion] = 0
            summed[companion] = 0.0
            out += 1
    return out


@compiled("int64[::1], int64[::1], int64[::1], float64[:, ::1], int64[::1], float64[::1], float64[::1]")
def upper_tails(one, other, least, chance, events, expected, out):
    """P(at least so many joint events), exactly: events of one size are a binomial, sizes are added up.

    ``chance[c, s]`` is the probability that a person of class c takes part in an event of size class s, of which there
    are ``events[s]``. Fills ``expected`` and ``out``; where the expected number is too large for the sum, ``out`` is -1.
    """
    for at in range(len(one)):
        k = least[at]
        state = np.zeros(k + 1)
        state[0] = 1.0
        mean = 0.0
        for size in range(len(events)):
            q = chance[one[at], size] * chance[other[at], size]
            mean += q * events[size]
        expected[at] = mean
        if k == 0:
            out[at] = 1.0
            continue
        if mean > 300.0:
            out[at] = -1.0
            continue
        for size in range(len(events)):
            n = events[size]
            q = chance[one[at], size] * chance[other[at], size]
            if n == 0 or q <= 0.0:
                continue
            fresh = np.zeros(k + 1)
            fresh[k] = state[k]
            if q >= 1.0:
                for j in range(k):
                    fresh[min(j + n, k)] += state[j]
                state = fresh
                continue
            term = np.exp(n * np.log1p(-q))
            odds = q / (1.0 - q)
            hits = 0
            while hits <= n:
                for j in range(k):
                    fresh[min(j + hits, k)] += state[j] * term
                if hits > n * q and term < 1e-18 * fresh[k] and hits >= k:
                    break
                if hits >= k and term == 0.0:
                    break
                term *= (n - hits) / (hits + 1.0) * odds
                hits += 1
            state = fresh
        out[at] = state[k]
