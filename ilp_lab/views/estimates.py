"""Estimates with their intervals along one axis; ratios on a scale where half and double are equally far from one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._tongue import figure as digits
from ilp_lab._tongue import tr
from ilp_lab.views.drawing import SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

BAR = "#b9c4ce"
_TICKS = np.array([m * 10.0**e for e in range(-4, 5) for m in (1, 2, 5)])
_ROOM = 1.6


def ratio_limits(x: Numbers) -> tuple[float, float]:
    """From where to where an axis of ratios goes: past every finite ratio above 0, and at least from half to double.

    Examples
    --------
    >>> import numpy as np
    >>> [round(end, 2) for end in ratio_limits(np.array([0.0, 0.8, 5.0, np.inf]))]
    [0.31, 8.0]
    """
    known = x[np.isfinite(x) & (x > 0)]
    return min(0.5, float(known.min(initial=0.5))) / _ROOM, max(2.0, float(known.max(initial=2.0))) * _ROOM


def draw_ratios(axes: Axes, x: Numbers, begin: Numbers, end: Numbers, colours: list[str]) -> bool:
    """Ratios on a logarithmic axis; what lies beyond it ends open, in an arrow, and is never put down as a number.

    Parameters
    ----------
    axes
        Where to draw; row ``k`` stands at height ``k``.
    x, begin, end
        Ratios and the ends of their intervals; 0 where nothing came after, infinite where nothing was before.
    colours
        Of each dot.

    Returns
    -------
    bool
        Whether an interval goes on beyond the axis.
    """
    low, high = ratio_limits(x)
    places = np.arange(len(x))
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    known = ~np.isnan(x)
    left, right = np.clip(begin, low, high), np.clip(np.nan_to_num(end, posinf=high), low, high)
    axes.hlines(places[known], left[known], right[known], color=BAR, linewidth=3.0)
    for beyond, at, marker in ((begin < low, low, 4), (end > high, high, 5)):
        axes.plot(
            np.full(int((beyond & known).sum()), at), places[beyond & known], linestyle="none", marker=marker, markersize=9,
            color=BAR, clip_on=False, gid="ilp-open-end",
        )  # fmt: skip
    for place, (value, colour) in enumerate(zip(x.tolist(), colours, strict=True)):
        if np.isnan(value):
            continue
        if 0 < value < np.inf:
            axes.plot([value], [place], linestyle="none", marker="o", markersize=6, color=colour, zorder=3)
            continue
        none_before = value > 0
        axes.plot(
            [high if none_before else low], [place], linestyle="none", marker=">" if none_before else "<", markersize=8,
            color=colour, clip_on=False, zorder=4,
        )  # fmt: skip
        axes.annotate(
            tr("none before") if none_before else tr("none now"), xy=(high if none_before else low, place),
            xytext=(-8 if none_before else 8, 0), textcoords="offset points", ha="right" if none_before else "left", va="center",
            size=7.5, color=colour, zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    ticks = _TICKS[(low <= _TICKS) & (high >= _TICKS)]
    if len(ticks) > 9:
        ticks = ticks[np.isclose(np.log10(ticks) % 1, 0)]
    axes.set_xticks(ticks, [digits(f"{tick:g}") for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.grid(axis="x", color="#e4e9ee", linewidth=0.5)
    axes.tick_params(axis="x", colors=SOFT)
    return bool((((begin < low) | (end > high)) & known).any())


def draw_amounts(axes: Axes, x: Numbers, begin: Numbers, end: Numbers, colours: list[str]) -> bool:
    """Amounts on a plain axis, with their intervals; parameters as of :func:`draw_ratios`."""
    finite = np.concatenate([one[np.isfinite(one)] for one in (x, begin, end)])
    most = float(np.max(finite, initial=1.0)) * 1.1 + 1e-9
    places = np.arange(len(x))
    axes.hlines(
        places, np.clip(begin, None, most), np.clip(np.nan_to_num(end, posinf=most), None, most), color=BAR, linewidth=3.0
    )  # fmt: skip
    for colour in dict.fromkeys(colours):
        which = np.array([one == colour for one in colours], dtype=bool)
        axes.plot(x[which], places[which], linestyle="none", marker="o", markersize=6, color=colour, zorder=3)
    return False
