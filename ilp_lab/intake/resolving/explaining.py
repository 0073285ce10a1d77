"""A pair's weight in plain words: every part that adds to it, and what that part means.

A weight is in bits: each bit doubles the odds, each bit below nothing halves them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import few_digits, tr, trn
from ilp_lab.intake.resolving.comparing import Trait
from ilp_lab.intake.resolving.wordings import said

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_TOO_LITTLE, _MILLION_TIMES = 0.1, 20.0


def probability(bits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of a weight in bits.

    Examples
    --------
    >>> probability(np.array([0.0, 10.0, -2000.0])).round(4).tolist()
    [0.5, 0.999, 0.0]
    """
    from scipy.special import expit

    return np.asarray(expit(bits * math.log(2)), np.float64)


def factor_in_words(bits: float) -> str:
    """How much more, or less, likely one and the same is made by a part.

    Examples
    --------
    >>> factor_in_words(3.0), factor_in_words(-3.0), factor_in_words(0.0)
    ('8 times more likely', '8 times less likely', 'says nothing either way')
    """
    if abs(bits) < _TOO_LITTLE:
        return tr("says nothing either way")
    if abs(bits) > _MILLION_TIMES:
        return tr("over a million times more likely") if bits > 0 else tr("over a million times less likely")
    times = 2 ** abs(bits)
    told = round(times) if times >= 10 else round(times, 1)
    said = (
        trn("{times} time more likely", "{times} times more likely", told)
        if bits > 0
        else trn("{times} time less likely", "{times} times less likely", told)
    )
    return said.format(times=few_digits(told))


def because(pairs: pd.DataFrame, traits: Sequence[Trait]) -> list[str]:
    """One sentence per pair: the parts that tell something, the strongest first."""
    if not len(pairs) or not traits:
        return [""] * len(pairs)
    weights = np.column_stack([pairs[f"part_{trait.name}"] for trait in traits])
    levels = np.column_stack([pairs[f"level_{trait.name}"] for trait in traits])
    template = tr("{label}: {words} ({bits})")
    words = [
        [
            template.format(label=said(trait.label), words=said(level.words), bits="\0")
            for level in trait.levels
        ]
        for trait in traits
    ]
    order = np.argsort(-np.abs(weights), axis=1, kind="stable").tolist()
    sentences = []
    for row, held, strongest in zip(weights.tolist(), levels.tolist(), order, strict=True):
        parts = [words[at][held[at]].replace("\0", f"{row[at]:+.1f}") for at in strongest if held[at] >= 0]
        sentences.append("; ".join(parts))
    return sentences


def parts_table(pair: pd.Series | dict[str, Any], traits: Sequence[Trait], kind_words: str) -> pd.DataFrame:
    """The parts of one pair, row by row, ending with their sum.

    Returns
    -------
    pandas.DataFrame
        ``part``, ``what``, ``bits``, ``in_words``; the bits of all rows but the last add up exactly to the last.
    """
    import pandas as pd

    prior = float(pair["part_prior"])
    rows = [
        (tr("starting point"), tr("two records picked blindly are seldom {kind}").format(kind=said(kind_words)), prior, factor_in_words(prior))
    ]  # fmt: skip
    for trait in traits:
        level, bits = int(pair[f"level_{trait.name}"]), float(pair[f"part_{trait.name}"])
        words = said(trait.levels[level].words) if level >= 0 else tr("not stated in both")
        rows.append((said(trait.label), words, bits, factor_in_words(bits)))
    total = sum(row[2] for row in rows)
    share = float(probability(np.array([total]))[0])
    rows.append(
        (
            tr("together"),
            tr("probability {share}").format(share=percent(share)),
            total,
            factor_in_words(total),
        )
    )
    return pd.DataFrame(rows, columns=["part", "what", "bits", "in_words"])


def percent(share: float) -> str:
    """A probability that is never rounded up to certainty.

    Examples
    --------
    >>> percent(0.99999), percent(0.5), percent(0.00001)
    ('over 99.9%', '50.0%', 'below 0.1%')
    """
    if share > 0.999:
        return tr("over 99.9%")
    return tr("below 0.1%") if share < 0.001 else f"{share:.1%}"
