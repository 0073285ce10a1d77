"""Figures of identities: how far the probabilities of pairs hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import again, tr, tr_later
from ilp_lab._tongue import figure as digits
from ilp_lab.errors import InputError
from ilp_lab.views.drawing import INK, LINE, SOFT, legend_of, sheet
from ilp_lab.views.timeparts import done, dot_entry, line_entry, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_COLOURS = {tr_later("without caution"): "#0b5394", tr_later("with caution"): "#b45f06"}
_LARGEST = 420


def match_reliability_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw what was said of pairs beside what turned out to be one and the same; on the line they agree.

    Parameters
    ----------
    result
        Of ``intake.calibrate_matches``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result is another one.

    Examples
    --------
    >>> from ilp_lab import samples
    >>> from ilp_lab.intake import calibrate_matches, resolve
    >>> people = samples.hard_pairs(24)
    >>> found = resolve(people.drop(columns=["truth", "trap"]))
    >>> who = people["truth"]
    >>> same = who[found.table["one"]].to_numpy() == who[found.table["other"]].to_numpy()
    >>> checked = calibrate_matches(found, decided=found.table[["one", "other"]].assign(same=same))
    >>> len(match_reliability_figure(checked).axes)
    1
    """
    if result.name != "intake.calibrate_matches":
        raise InputError(
            f"views.match_reliability_figure: {result.name} holds no probabilities of pairs beside decisions."
        )
    table = result.table
    height = 5.6
    figure = sheet(9.6, height)
    axes = plain(figure, (0.12, 1.35 / height, 0.55, (height - 2.25) / height))
    axes.plot([0, 1], [0, 1], color=LINE, linewidth=1.4, linestyle=(0, (4, 3)), zorder=1)
    for group, colour in _COLOURS.items():
        here = table[table["group"] == group]
        axes.vlines(here["said"], here["low"], here["high"], color=colour, linewidth=1.4, alpha=0.6, zorder=2)
        size = 30 + _LARGEST * here["n"] / max(table["n"].max(), 1)
        axes.scatter(here["said"], here["happened"], s=size, color=colour, edgecolor="white", zorder=3)
    ticks = np.linspace(0, 1, 6)
    axes.set_xticks(ticks, [digits(share, ".0%") for share in ticks])
    axes.set_yticks(ticks, [digits(share, ".0%") for share in ticks])
    axes.set_xlim(-0.04, 1.04)
    axes.set_ylim(-0.04, 1.04)
    axes.set_xlabel(tr("probability that was said"), size=9, color=INK)
    axes.set_ylabel(tr("share that was one and the same"), size=9, color=INK)
    legend_of(
        axes,
        [
            *(dot_entry(colour, again(group)) for group, colour in _COLOURS.items()),
            line_entry(SOFT, tr("95 % interval")),
            line_entry(LINE, tr("said and happened agree"), dashed=True),
        ],
        tr("Pairs (larger: more of them)"),
    )
    return done(figure, result, title or result.title, tr("What was said of pairs beside what they were."))


FIGURES: dict[str, Callable[..., Figure]] = {"intake.calibrate_matches": match_reliability_figure}
