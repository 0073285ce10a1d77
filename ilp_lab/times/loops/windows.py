"""The best cylinder of a space-time scan: circles around centres, by days."""

from __future__ import annotations

import math

import numpy as np

from ilp_lab._compiled import compiled


@compiled("int64, int64, float64, float64, int64, int64, float64[::1], float64")
def gained(number, cases, share, log_share, window, total, log, own):
    """Log likelihood ratio of ``number`` cases in a cylinder, or ``own`` where that is not passed; a bound spares most logarithms."""
    mu = cases * share * window / total
    if number <= mu:
        return own
    value = number * (log[number] - log[cases] - log_share - log[window] + log[total])
    if value - (cases - number) * (number - mu) / (cases - mu) <= own:
        return own
    if number < cases:
        value += (cases - number) * math.log((cases - number) / (cases - mu))
    return max(value, own)


@compiled(
    "int64[::1], int32[::1], boolean[::1], float64[::1], float64[::1], int64[::1], int32[::1], int64[::1], float64[::1], int64, int64, int64, int64, boolean, int64, int64, float64, float64[::1], int64[:, ::1]"
)
def best_by_rate(
    at, place, ends, share, log_share, starts, unit, elapsed, log, cases, units, longest, least, prospective, first, last,
    above, llr, found,
):  # fmt: skip
    """Find the likeliest cylinder of every centre ``first`` to ``last`` when cases fall by share of place × share of time.

    ``place`` from ``at[c]`` on are the places around centre c by distance, ``ends`` says where a circle may end (not between
    places at one distance), ``share`` is what the circle holds up to there, ``log_share`` its logarithm. The units of the cases of
    place s stand in ``unit`` from ``starts[s]`` on; ``elapsed`` is the running total of time (or of cases) by unit; ``log`` holds the
    logarithms of whole numbers. Only cylinders above ``above`` are noted in ``llr`` and ``found`` (position, begin, end, cases).
    Returns the best.
    """
    total = elapsed[units]
    best = above
    noting = llr.shape[0] > 1
    held = np.zeros(units + 1, np.int64)
    fresh = np.empty(cases, np.int64)
    for c in range(first, last):
        held[:] = 0
        own = above if noting else best
        new, high = 0, -1
        for r in range(at[c], at[c + 1]):
            s = place[r]
            for e in range(starts[s], starts[s + 1]):
                u = unit[e]
                if not prospective or units - u <= longest:
                    held[u] += 1
                    fresh[new] = u
                    high = max(high, u)
                    new += 1
            if not ends[r] or new == 0:
                continue
            # windows that hold one of the new cases; looking back from the last day, or from each of them
            for k in range(1 if prospective else new):
                u = units - 1 if prospective else fresh[k]
                before, a = 0, u
                while a >= 0 and u - a < longest:
                    before += held[a]
                    if held[a] > 0 and (not prospective or a <= high):
                        number, b = before, u
                        while b < units and b - a < longest:
                            if b > u:
                                number += held[b]
                            if number >= least and (b == u or held[b] > 0):
                                value = gained(
                                    number,
                                    cases,
                                    share[r],
                                    log_share[r],
                                    elapsed[b + 1] - elapsed[a],
                                    total,
                                    log,
                                    own,
                                )
                                if value > own:
                                    own = value
                                    if noting:
                                        llr[c] = value
                                        found[c, 0], found[c, 1], found[c, 2], found[c, 3] = r, a, b, number
                            b += 1
                    a -= 1
            new, high = 0, -1
        best = max(best, own)
    return best


@compiled(
    "int64[::1], int32[::1], boolean[::1], int64[::1], int32[::1], boolean[::1], float64[::1], int64, int64, int64, int64, boolean, int64, int64, float64, float64[::1], int64[:, ::1]"
)
def best_by_label(
    at, place, ends, starts, unit, is_case, log, cases, units, longest, least, prospective, first, last, above, llr, found
):  # fmt: skip
    """The same for cases among cases and controls (Bernoulli); every entry of ``unit`` is one or the other."""
    everyone = len(unit)
    constant = cases * log[cases] + (everyone - cases) * log[everyone - cases] - everyone * log[everyone]
    best = above
    held, all_held = np.zeros(units + 1, np.int64), np.zeros(units + 1, np.int64)
    fresh = np.empty(everyone, np.int64)
    for c in range(first, last):
        held[:] = 0
        all_held[:] = 0
        own = above if llr.shape[0] > 1 else best
        new = 0
        for r in range(at[c], at[c + 1]):
            s = place[r]
            for e in range(starts[s], starts[s + 1]):
                u = unit[e]
                all_held[u] += 1
                if is_case[e]:
                    held[u] += 1
                    fresh[new] = u
                    new += 1
            if not ends[r] or new == 0:
                continue
            for k in range(new):
                u = fresh[k]
                before, all_before, a = 0, 0, u
                while a >= 0 and u - a < longest:
                    before += held[a]
                    all_before += all_held[a]
                    number, n, b = before, all_before, u
                    while b < units and b - a < longest:
                        if b > u:
                            number += held[b]
                            n += all_held[b]
                        usable = not prospective or b == units - 1
                        if usable and number >= least and number * everyone > cases * n:
                            rest, out = cases - number, everyone - n
                            value = (
                                number * log[number] + (n - number) * log[n - number] - n * log[n]
                                + rest * log[rest] + (out - rest) * log[out - rest] - out * log[out] - constant
                            )  # fmt: skip
                            if value > own:
                                own = value
                                if llr.shape[0] > 1:
                                    llr[c] = value
                                    found[c, 0], found[c, 1], found[c, 2], found[c, 3] = r, a, b, number
                        b += 1
                    a -= 1
            new = 0
        best = max(best, own)
    return best
