"""Figures of reasoning: the sheet of evidence, and what was said beside what happened."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import again, tr, tr_later
from ilp_lab._tongue import figure as digits
from ilp_lab.errors import InputError
from ilp_lab.views.drawing import INK, LINE, SOFT, legend_of, sheet, writable
from ilp_lab.views.timeparts import done, dot_entry, line_entry, patch_entry, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_AGAINST, _SOFTLY_AGAINST, _NEITHER, _SOFTLY_FOR, _FOR = "#b2182b", "#ef8a62", "#f2f2f2", "#92c5de", "#2166ac"
_STEPS = (
    (-1.5, _AGAINST, tr_later("strongly against"), "II"),
    (-0.5, _SOFTLY_AGAINST, tr_later("against"), "I"),
    (0.5, _NEITHER, tr_later("neither"), "N"),
    (1.5, _SOFTLY_FOR, tr_later("in favour"), "C"),
    (9.0, _FOR, tr_later("strongly in favour"), "CC"),
)
_MOST = 24
_RANGE, _FITS, _OFF = "#d5dce3", "#0b5394", "#99000d"


def evidence_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw the sheet of evidence: pieces down, hypotheses across, and what each piece is worth.

    Parameters
    ----------
    result
        Of ``reasoning.competing_hypotheses`` by inconsistency.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no sheet of evidence.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.reasoning import competing_hypotheses
    >>> told = pd.DataFrame({"evidence": ["tool marks"], "one crew": ["C"], "two crews": ["I"]})
    >>> len(evidence_figure(competing_hypotheses(told)).axes)
    2
    """
    if "cells" not in result.details:
        raise InputError(f"views.evidence_figure: {result.name} holds no sheet of evidence.")
    pieces = (
        result.details["evidence"].sort_values("diagnosticity", ascending=False, kind="stable").head(_MOST)
    )
    cells = result.details["cells"].iloc[pieces.index]
    order = result.table["hypothesis"].tolist()
    height = max(4.4, 2.2 + 0.36 * len(pieces))
    figure = sheet(9.6, height)
    bottom, tall = 0.75 / height, (height - 1.95) / height
    axes = figure.add_axes((0.36, bottom, 0.34, tall))
    _sheet(axes, cells[order].to_numpy(), [str(name) for name in pieces["evidence"]], order)
    beside = figure.add_axes((0.72, bottom, 0.09, tall))
    _worth(beside, pieces["diagnosticity"].to_numpy(), pieces["changes"].to_numpy())
    entries = [patch_entry(colour, f"{letter}: {again(words)}") for _, colour, words, letter in _STEPS]
    entries += [patch_entry("white", tr("white: not assessed")), patch_entry(INK, tr("sets them apart")), patch_entry("#e08214", tr("changes the answer"))]  # fmt: skip
    legend_of(beside, entries, tr("Evidence"))
    left = len(result.details["evidence"]) - len(pieces)
    note = tr("The {n} most telling of {all} pieces.").format(n=_MOST, all=len(pieces) + left) if left else ""
    return done(figure, result, title or result.title, tr("Sheet of evidence."), note)


def _sheet(axes: Axes, cells: np.ndarray, pieces: list[str], hypotheses: list[str]) -> None:
    from matplotlib.patches import Rectangle

    likelihood = bool(
        np.nanmin(cells) >= 0 and np.nanmax(cells) <= 1 and (np.nan_to_num(cells) % 1 != 0).any()
    )
    for down, row in enumerate(cells):
        for across, value in enumerate(row):
            known = value == value  # noqa: PLR0124
            scaled = (4 * value - 2) if likelihood else value
            colour, letter = (
                next((c, mark) for top, c, _, mark in _STEPS if scaled < top) if known else ("white", "")
            )
            axes.add_patch(
                Rectangle((across, down), 1, 1, facecolor=colour, edgecolor="white", linewidth=1.5)
            )
            ink = "white" if colour in {_AGAINST, _FOR} else INK
            said = digits(value, ".2f") if likelihood and known else letter
            axes.text(across + 0.5, down + 0.5, said, ha="center", va="center", size=8, color=ink)
    axes.set_xlim(0, len(hypotheses))
    axes.set_ylim(len(pieces), 0)
    heads = ["\n".join(wrap(_short(name, 60), max(8, 44 // len(hypotheses)))[:4]) for name in hypotheses]
    axes.set_xticks(np.arange(len(hypotheses)) + 0.5, heads)
    axes.xaxis.tick_top()
    axes.set_yticks(np.arange(len(pieces)) + 0.5, [_short(name, 52) for name in pieces])
    axes.tick_params(length=0, labelsize=8, colors=INK)
    for side in axes.spines.values():
        side.set_visible(False)


def _worth(axes: Axes, apart: np.ndarray, changes: np.ndarray) -> None:
    colours = np.where(changes, "#e08214", INK)
    axes.barh(np.arange(len(apart)) + 0.5, apart, height=0.5, color=colours)
    axes.set_ylim(len(apart), 0)
    axes.set_xlim(0, max(2.0, float(apart.max(initial=0))))
    axes.set_yticks([])
    axes.set_xticks([])
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    axes.spines["left"].set_color(LINE)


def _short(name: str, most: int) -> str:
    text = writable(name)
    return text if len(text) <= most else text[: max(most - 1, 3)] + "…"


def reliability_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw what was said beside what happened, term by term.

    Parameters
    ----------
    result
        Of ``reasoning.calibration``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result is another one.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.reasoning import calibration
    >>> past = pd.DataFrame({"probability": [0.9, 0.2], "outcome": [True, False]})
    >>> len(reliability_figure(calibration(past, rng=1)).axes)
    1
    """
    if result.name != "reasoning.calibration":
        raise InputError(f"views.reliability_figure: {result.name} is no calibration of judgements.")
    table = result.table
    height = 2.6 + 0.5 * len(table)
    figure = sheet(9.6, height)
    axes = plain(figure, (0.24, 1.35 / height, 0.48, (height - 2.25) / height))
    rows = np.arange(len(table))
    axes.barh(rows, table["term_high"] - table["term_low"], left=table["term_low"], height=0.62, color=_RANGE)
    axes.hlines(rows, table["low"], table["high"], color=SOFT, linewidth=1.4, zorder=2)
    for fits, colour in ((True, _FITS), (False, _OFF)):
        here = (table["verdict"] == "fits").to_numpy() == fits
        axes.scatter(table["happened"].to_numpy()[here], rows[here], s=52, color=colour, zorder=3)
    axes.set_yticks(
        rows, [f"{writable(term)} ({n})" for term, n in zip(table["term"], table["n"], strict=True)]
    )
    axes.set_ylim(-0.6, len(table) - 0.4)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks(np.linspace(0, 1, 6), [digits(share, ".0%") for share in np.linspace(0, 1, 6)])
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color=LINE, linewidth=0.5)
    axes.tick_params(axis="y", length=0, labelsize=9, colors=INK)
    axes.set_xlabel(tr("share that came true"), size=9, color=INK)
    legend_of(
        axes,
        [
            patch_entry(_RANGE, tr("what the term stands for")),
            dot_entry(_FITS, tr("came true; fits the term")),
            dot_entry(_OFF, tr("came true; does not fit")),
            line_entry(SOFT, tr("95 % interval")),
        ],
        tr("Terms (times used)"),
    )
    return done(figure, result, title or result.title, tr("What was said beside what happened."))


FIGURES: dict[str, Callable[..., Figure]] = {
    "reasoning.competing_hypotheses": evidence_figure,
    "reasoning.calibration": reliability_figure,
}
