"""Curves for print: a measure against a distance or a share, with what chance allows as a band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.views.drawing import INK, LINE, SOFT, finish, legend_of, sheet, writable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ilp_lab.result import Result


@dataclass(frozen=True, slots=True)
class Curve:
    """Which columns of a table make a curve.

    Attributes
    ----------
    x, y
        Columns of the axes.
    x_words, y_words
        What they are, with units.
    low, high
        Columns of a band; empty where there is none.
    band_words
        What the band is.
    reference
        Column of a line to compare with; empty where there is none.
    reference_words
        What that is.
    """

    x: str
    y: str
    x_words: str
    y_words: str
    low: str = ""
    high: str = ""
    band_words: str = ""
    reference: str = ""
    reference_words: str = ""


CURVES = {
    "places.ripley": Curve(
        "m", "l_minus_m", tr_later("metres"), tr_later("L − distance, metres"), "low", "high", tr_later("95 % of random patterns"), "expected", tr_later("mean of random patterns")
    ),
    "places.cross_k": Curve(
        "m", "l_minus_m", tr_later("metres"), tr_later("L − distance, metres"), "low", "high", tr_later("95 % without a tie"), "expected", tr_later("mean without a tie")
    ),
    "places.street_k": Curve(
        "m", "k", tr_later("metres along the streets"), tr_later("K, km of street"), "low", "high", tr_later("95 % of random patterns"), "expected", tr_later("mean of random patterns")
    ),
    "threats.harm_concentration": Curve(
        "places_share", "harm_share", tr_later("share of places, most harm first"), tr_later("share of harm"), "", "", "", "incidents_share", tr_later("number of incidents")
    ),
    "places.concentration": Curve(
        "places_share", "incidents_share", tr_later("share of places, busiest first"), tr_later("share of incidents"), "", "", "", "places_share", tr_later("all places alike")
    ),
}  # fmt: skip


def curve_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw a result that is a curve.

    Parameters
    ----------
    result
        Of ``places.ripley``, ``cross_k``, ``street_k`` or ``concentration``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no curve.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.places import concentration
    >>> len(curve_figure(concentration(pd.DataFrame({"n": [5, 3, 1, 0, 0]}), rng=1)).axes)
    1
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    curve = CURVES.get(result.name)
    if curve is None:
        raise InputError(
            f"views.curve_figure: {result.name} holds no curve; views.draw finds the right figure for any result."
        )
    table = result.table
    figure = sheet(9.6, 6.0)
    axes = figure.add_axes((0.09, 0.19, 0.63, 0.70))
    x = table[curve.x].to_numpy(dtype=np.float64)
    handles: list[Any] = [Line2D([], [], color="#0b5394", linewidth=1.8, label=tr("observed"))]
    if curve.low:
        low, high = (table[name].to_numpy(dtype=np.float64) for name in (curve.low, curve.high))
        axes.fill_between(x, low, high, color="#d5dce3", linewidth=0, zorder=1)
        handles.append(Patch(facecolor="#d5dce3", label=again(curve.band_words)))
    if curve.reference:
        axes.plot(
            x,
            table[curve.reference].to_numpy(dtype=np.float64),
            color=SOFT,
            linewidth=1.0,
            linestyle=(0, (4, 3)),
            zorder=2,
        )
        handles.append(
            Line2D(
                [], [], color=SOFT, linewidth=1.0, linestyle=(0, (4, 3)), label=again(curve.reference_words)
            )
        )
    axes.plot(x, table[curve.y].to_numpy(dtype=np.float64), color="#0b5394", linewidth=1.8, zorder=3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LINE)
    axes.tick_params(colors=SOFT, labelsize=8)
    axes.set_xlabel(writable(again(curve.x_words)), size=9, color=INK)
    axes.set_ylabel(writable(again(curve.y_words)), size=9, color=INK)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.margins(x=0.0)
    legend_of(axes, handles, tr("Lines"))
    return finish(
        figure,
        title=title or result.title,
        caption=next(iter(result.findings), ""),
        handling=result.handling,
        alternative=" ".join((tr("Curve."), f"{result.title}.", *result.findings[:2])),
        source=source_line(result),
    )


def source_line(result: Result) -> str:
    """Where the numbers come from, in one line."""
    told = "; ".join(str(source) for source in result.sources)
    return tr("Source: {sources}.").format(sources=told) if told else ""
