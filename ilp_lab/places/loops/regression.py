"""Penalised Poisson regression by coordinate descent."""

from __future__ import annotations

import math

import numpy as np

from ilp_lab._compiled import compiled


@compiled("float64[:, ::1], float64[::1], float64[::1], float64[::1], float64, boolean, int64, float64")
def poisson_path(columns, counts, times, penalties, mix, positive, rounds, tolerance):
    """Coefficients for each of descending ``penalties`` (intercept first), each starting from the one before.

    Minimises mean deviance / 2 + penalty · (mix · Σ|b| + (1 - mix) / 2 · Σb²) by quadratic steps and soft thresholds (Friedman,
    Hastie and Tibshirani 2010). ``columns`` has one row per variable and
    one column per pattern of them; ``counts`` are summed over the ``times`` that a pattern occurs. ``positive``: coefficients are not below 0.
    """
    variables, n = columns.shape
    rows = times.sum()
    found = np.zeros((len(penalties), variables + 1))
    beta = np.zeros(variables)
    intercept = math.log(max(counts.sum() / rows, 1e-12))
    eta = np.full(n, intercept)
    weight, residual = np.empty(n), np.empty(n)
    for step in range(len(penalties)):
        hard, soft = penalties[step] * mix, penalties[step] * (1 - mix)
        for _ in range(rounds):
            for i in range(n):
                mean = times[i] * math.exp(min(eta[i], 30.0))
                weight[i] = max(mean, 1e-9)
                residual[i] = (counts[i] - mean) / weight[i]
            before = beta.copy()
            base = intercept
            for _ in range(rounds):
                most = 0.0
                for j in range(variables):
                    gradient, curve = 0.0, 0.0
                    for i in range(n):
                        if columns[j, i] != 0.0:
                            gradient += weight[i] * columns[j, i] * residual[i]
                            curve += weight[i] * columns[j, i] * columns[j, i]
                    gradient = gradient / rows + curve / rows * beta[j]
                    if gradient > hard:
                        new = (gradient - hard) / (curve / rows + soft)
                    elif gradient < -hard and not positive:
                        new = (gradient + hard) / (curve / rows + soft)
                    else:
                        new = 0.0
                    move = new - beta[j]
                    if move != 0.0:
                        for i in range(n):
                            if columns[j, i] != 0.0:
                                residual[i] -= move * columns[j, i]
                        beta[j] = new
                        most = max(most, abs(move))
                total, share = 0.0, 0.0
                for i in range(n):
                    total += weight[i]
                    share += weight[i] * residual[i]
                move = share / total
                for i in range(n):
                    residual[i] -= move
                intercept += move
                most = max(most, abs(move))
                if most < tolerance:
                    break
            for i in range(n):
                eta[i] = intercept
            for j in range(variables):
                if beta[j] != 0.0:
                    for i in range(n):
                        eta[i] += beta[j] * columns[j, i]
            if np.abs(beta - before).max() < tolerance and abs(intercept - base) < tolerance:
                break
        found[step, 0] = intercept
        found[step, 1:] = beta
    return found
