"""Who was in how many events with whom, and how likely that is by chance."""

from __future__ import annotations

import numpy as np

from ilp_lab._compiled import compiled


@compiled("int64[::1], int64")
def by_code(codes, kinds):
    """Where the rows of each code begin, and the rows in order of their code (a counting sort)."""
    offsets = np.zeros(kinds + 1, np.int64)
    for row in range(len(codes)):
        offsets[codes[row] + 1] += 1
    for kind in range(kinds):
        offsets[kind + 1] += offsets[kind]
    place = offsets[:-1].copy()
    order = np.empty(len(codes), np.int64)
    for row in range(len(codes)):
        order[place[codes[row]]] = row
        place[codes[row]] += 1
    return offsets, order


@compiled("int64[::1], int32[::1], int64[::1], int32[::1], float64[::1], int64")
def project(event_offsets, members, person_offsets, events, share, most):
    """Pairs of persons with their joint events, and the sum of ``share`` over those events.

    ``members`` lists persons by event in ascending order, ``events`` events by person; ``most`` is how many pairs there
    can be at most.
    """
    persons = len(person_offsets) - 1
    together = np.zeros(persons, np.int32)
    summed = np.zeros(persons)
    met = np.empty(persons, np.int32)
    one, other = np.empty(most, np.int32), np.empty(most, np.int32)
    count, weight = np.empty(most, np.int32), np.empty(most)
    out = 0
    for person in range(persons):
        many = 0
        for at in range(person_offsets[person], person_offsets[person + 1]):
            event = events[at]
            row = event_offsets[event + 1] - 1
            while members[row] > person:
                companion = members[row]
                if together[companion] == 0:
                    met[many] = companion
                    many += 1
                together[companion] += 1
                summed[companion] += share[event]
                row -= 1
        for at in range(many):
            companion = met[at]
            one[out] = person
            other[out] = companion
            count[out] = together[companion]
            weight[out] = summed[companion]
            together[companion] = 0
            summed[companion] = 0.0
            out += 1
    return one[:out], other[:out], count[:out], weight[:out]


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
