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


_BY_CASE = (
    "int64[::1], int32[::1], boolean[::1], float64[::1], float64[::1], int32[::1], int64[::1], float64[::1], int64, int64, int64, int64, "
    "int64, int64, float64, float64[::1], int64[:, ::1]"
)


@compiled(_BY_CASE)
def alive_by_case(
    at, case, ends, share, log_share, unit, elapsed, log, cases, units, longest, least, first, last, above, llr, found
):  # fmt: skip
    """Find the likeliest cylinder of every centre ``first`` to ``last`` that reaches to the last unit, when the places of the cases stay.

    ``case`` from ``at[c]`` on are the cases around centre c by distance; the rest is as in :func:`best_by_rate`. The place of ``found``
    counts cases. ``held`` counts cases by age and younger, so that a case is added to the windows that hold it, and only these are
    looked at; a bound without a logarithm spares most.
    """
    total = elapsed[units]
    best = above
    noting = llr.shape[0] > 1
    held = np.zeros(longest, np.int64)
    window, log_window = np.empty(longest, np.float64), np.empty(longest, np.float64)
    for k in range(longest):
        window[k] = elapsed[units] - elapsed[units - 1 - k]
        log_window[k] = log[elapsed[units] - elapsed[units - 1 - k]]
    rate, base = cases / total, log[total] - log[cases]
    for c in range(first, last):
        held[:] = 0
        own = above if noting else best
        youngest = longest
        for r in range(at[c], at[c + 1]):
            age = units - 1 - unit[case[r]]
            if age < longest:
                for k in range(age, longest):
                    held[k] += 1
                youngest = min(youngest, age)
            if youngest == longest or not ends[r]:
                continue
            part, log_part = share[r] * rate, base - log_share[r]
            for k in range(youngest, longest):
                number = held[k]
                mu = part * window[k]
                if number < least or number <= mu:
                    continue
                rest, left, more = cases - number, cases - mu, number - mu
                if more * more * cases <= own * mu * left:
                    continue  # the ratio is at most its chi-square
                value = number * (log[number] + log_part - log_window[k])
                if (value - own) * left > rest * more:
                    if rest > 0:
                        value += rest * math.log(rest / left)
                    if value > own:
                        own = value
                        if noting:
                            llr[c] = value
                            found[c, 0], found[c, 1], found[c, 2], found[c, 3] = (
                                r,
                                units - 1 - k,
                                units - 1,
                                number,
                            )
            youngest = longest
        best = max(best, own)
    return best


@compiled("int64[::1], int64, int64, int64, int64[::1], int64[::1], int64[::1], int64[::1]")
def around(held, unit, longest, units, left_at, left_held, right_at, right_held):
    """The units with cases up to one and from it on, and how many cases lie between; returns how many of each."""
    lefts, rights, number = 0, 1, 0
    for a in range(unit, max(unit - longest, -1), -1):
        if held[a] > 0:
            number += held[a]
            left_at[lefts], left_held[lefts] = a, number
            lefts += 1
    right_at[0], right_held[0], number = unit, 0, 0
    for b in range(unit + 1, min(unit + longest, units)):
        if held[b] > 0:
            number += held[b]
            right_at[rights], right_held[rights] = b, number
            rights += 1
    return lefts, rights


@compiled(_BY_CASE)
def best_by_case(
    at, case, ends, share, log_share, unit, elapsed, log, cases, units, longest, least, first, last, above, llr, found
):  # fmt: skip
    """The same for windows anywhere in the period; only those that hold a case that is new in the circle are looked at."""
    total = elapsed[units]
    best = above
    noting = llr.shape[0] > 1
    held = np.zeros(units + 1, np.int64)
    fresh = np.empty(cases, np.int64)
    left_at, left_held = np.empty(longest, np.int64), np.empty(longest, np.int64)
    right_at, right_held = np.empty(longest, np.int64), np.empty(longest, np.int64)
    rate, base = cases / total, log[total] - log[cases]
    for c in range(first, last):
        held[:] = 0
        own = above if noting else best
        new = 0
        for r in range(at[c], at[c + 1]):
            u = unit[case[r]]
            held[u] += 1
            fresh[new] = u
            new += 1
            if not ends[r]:
                continue
            part, log_part = share[r] * rate, base - log_share[r]
            for k in range(new):
                u = fresh[k]
                lefts, rights = around(held, u, longest, units, left_at, left_held, right_at, right_held)
                for i in range(lefts):
                    a = left_at[i]
                    for j in range(rights):
                        b = right_at[j]
                        if b - a >= longest:
                            break
                        number = left_held[i] + right_held[j]
                        window = elapsed[b + 1] - elapsed[a]
                        mu = part * window
                        if number < least or number <= mu:
                            continue
                        rest, left, more = cases - number, cases - mu, number - mu
                        if more * more * cases <= own * mu * left:
                            continue
                        value = number * (log[number] + log_part - log[window])
                        if (value - own) * left > rest * more:
                            if rest > 0:
                                value += rest * math.log(rest / left)
                            if value > own:
                                own = value
                                if noting:
                                    llr[c] = value
                                    found[c, 0], found[c, 1], found[c, 2], found[c, 3] = r, a, b, number
            new = 0
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
