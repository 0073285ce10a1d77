"""Figures of priorities: ranks and how probable they are, what to learn next, two scales, objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import figure as digits
from ilp_lab._tongue import looked_up, tr, trn
from ilp_lab.errors import InputError
from ilp_lab.views.drawing import INK, LINE, SOFT, legend_of, sheet, writable
from ilp_lab.views.timeparts import done, dot_entry, line_entry, patch_entry, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

BLUE, BAND, HOT, PALE, DOUBT = "#0b5394", "#d5dce3", "#99000d", "#eceeea", "#c7b9d6"
_RANKS = ("#08306b", "#2171b5", "#6baed6", "#c6dbef", "#e8eef5")
_TIERS = ("#99000d", "#fc8d59", "#fed976", "#eceeea")
_MOST = 20


def ranks_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw how probable ranks and tiers are: left the ranks, right the tiers, and what can be told of each.

    Parameters
    ----------
    result
        Of ``threats.rank``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no ranks.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab import threats
    >>> names = [one.id for one in threats.rubric("socta-groups").indicators]
    >>> wide = pd.DataFrame([["high"] * 10, ["low"] * 9 + ["unknown"]], index=["North", "South"], columns=names)
    >>> scored = threats.matrix(wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False)
    >>> len(ranks_figure(threats.rank(scored, draws=200, rng=1)).axes)
    2
    """
    if "acceptability" not in result.details:
        raise InputError(f"views.ranks_figure draws results of threats.rank; got {result.name}.")
    table = result.table.head(_MOST)
    items = table["item"].tolist()
    shares = result.details["acceptability"].loc[items].to_numpy()
    tiers = result.details["tiers"].loc[items]
    figure = sheet(11.0, 3.5 + 0.44 * max(len(items), 3))
    left, right = plain(figure, (0.16, 0.20, 0.38, 0.62)), plain(figure, (0.64, 0.20, 0.22, 0.62))
    names = [tr("rank {k}").format(k=k + 1) for k in range(min(4, shares.shape[1]))] + (
        [tr("lower")] if shares.shape[1] > 4 else []
    )
    parts = np.column_stack([shares[:, :4], shares[:, 4:].sum(axis=1)]) if shares.shape[1] > 4 else shares
    _stacked(left, parts, _RANKS, tr("share of draws in which it takes this rank"))
    _stacked(right, tiers.to_numpy(), _TIERS, tr("share of draws in this tier"))
    left.set_yticks(range(len(items)), [writable(item, 26) for item in items])
    left.set_title(tr("Ranks"), size=9, color=INK, loc="left")
    right.set_title(tr("Tiers"), size=9, color=INK, loc="left")
    right.set_yticks(range(len(items)), [""] * len(items))
    for k, row in enumerate(table.itertuples()):
        left.annotate(
            writable(looked_up(str(row.verdict)), 20), xy=(1.0, k), xytext=(4, 0), textcoords="offset points", size=7.5, va="center",
            color=SOFT if row.verdict == "not separable" else INK,
        )  # fmt: skip
        right.annotate(
            writable(looked_up(str(row.tier)), 20), xy=(1.0, k), xytext=(4, 0), textcoords="offset points", size=7.5, va="center",
            color=SOFT if row.tier == "not separable" else INK,
        )  # fmt: skip
    for axes, words, colours in (
        (left, names, _RANKS),
        (right, [looked_up(str(tier)) for tier in tiers.columns], _TIERS),
    ):
        sure = float(result.details.get("sure", 0.8))
        axes.axvline(sure, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.legend(
            handles=[patch_entry(colour, writable(word, 18)) for word, colour in zip(words, colours, strict=False)],
            loc="lower left", bbox_to_anchor=(0.0, 1.06), ncols=5, frameon=False, fontsize=7.5, handlelength=1.2, columnspacing=0.9,
            borderaxespad=0.0,
        )  # fmt: skip
    return done(figure, result, title or result.title, tr("Stacked bars of ranks and tiers."))


def _stacked(axes: Axes, parts: Any, colours: tuple[str, ...], words: str) -> None:
    at = np.zeros(len(parts))
    for k in range(parts.shape[1]):
        axes.barh(
            range(len(parts)), parts[:, k], left=at, color=colours[min(k, len(colours) - 1)], height=0.66
        )
        at += parts[:, k]
    axes.set_xlim(0, 1)
    axes.set_ylim(len(parts) - 0.45, -0.55)
    axes.set_xticks([0, 0.5, 1.0], ["0", *(digits(share, ".0%") for share in (0.5, 1))])
    axes.set_xlabel(words, size=8, color=SOFT)
    axes.grid(axis="y", visible=False)


def learn_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw which unknown is worth learning first.

    Parameters
    ----------
    result
        Of ``threats.learn_next``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds none.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.result import Result
    >>> cells = pd.DataFrame({"item": ["North"], "name": ["Violence"], "share": [0.2], "p_first_changes": [0.1]})
    >>> len(learn_figure(Result("threats.learn_next", "Unknown", cells, "", ("One.",))).axes)
    1
    """
    if not {"item", "name", "share"} <= set(result.table.columns):
        raise InputError(f"views.learn_figure draws results of threats.learn_next; got {result.name}.")
    table = result.table.head(_MOST)
    figure = sheet(9.6, 2.4 + 0.26 * max(len(table), 4))
    axes = plain(figure, (0.34, 0.20, 0.58, 0.66))
    share = table["share"].to_numpy(dtype=np.float64)
    changes = table["p_first_changes"].to_numpy(dtype=np.float64)
    axes.barh(
        range(len(table)), share, color=[HOT if change > 0.005 else BLUE for change in changes], height=0.7
    )
    axes.set_yticks(
        range(len(table)),
        [
            writable(f"{looked_up(str(row.name_))}: {row.item}", 42)
            for row in table.rename(columns={"name": "name_"}).itertuples()
        ],
    )
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(lambda value, _: digits(value, ".0%"))
    axes.set_xlabel(
        tr("share of the uncertainty about the ranks that knowing it takes away"), size=8, color=SOFT
    )
    axes.grid(axis="y", visible=False)
    for k, change in enumerate(changes):
        if change > 0.005:
            axes.annotate(tr("could change the first ({change:.0%})").format(change=change), xy=(share[k], k), xytext=(4, 0), textcoords="offset points", size=7, va="center", color=HOT)  # fmt: skip
    axes.margins(x=0.3)
    left = len(result.table) - len(table)
    return done(
        figure,
        result,
        title or result.title,
        tr("Bars of unknown cells."),
        trn("{n:,} further cell is not drawn.", "{n:,} further cells are not drawn.", left).format(n=left)
        if left
        else "",
    )


def scales_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw two harm scales side by side: the share of all harm by each, one line per group.

    Parameters
    ----------
    result
        Of ``threats.compare_scales``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no two scales.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.threats import compare_scales
    >>> seen = pd.DataFrame({"area": ["A"] * 9 + ["B"], "offence": ["theft"] * 9 + ["robbery"]})
    >>> len(scales_figure(compare_scales(seen, rng=1)).axes)
    1
    """
    if "share_beside" not in result.table:
        raise InputError(f"views.scales_figure draws results of threats.compare_scales; got {result.name}.")
    table = result.table.head(_MOST)
    by = str(result.table.columns[0])
    counted = result.table["n"].to_numpy(dtype=np.float64)
    number = table["n"].to_numpy(dtype=np.float64) / counted.sum()
    figure = sheet(9.6, 2.6 + 0.25 * max(len(table), 4))
    axes = plain(figure, (0.20, 0.20, 0.52, 0.68))
    one, other = (table[name].to_numpy(dtype=np.float64) for name in ("share", "share_beside"))
    places = np.arange(len(table))
    axes.hlines(places, np.minimum(one, other), np.maximum(one, other), color=LINE, linewidth=3)
    axes.plot(number, places, linestyle="none", marker="|", markersize=9, color=SOFT)
    axes.plot(one, places, linestyle="none", marker="o", markersize=6, color=BLUE)
    axes.plot(other, places, linestyle="none", marker="D", markersize=5, color="#e69f00")
    axes.set_yticks(places, [writable(name, 28) for name in table[by]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.xaxis.set_major_formatter(lambda value, _: digits(value, ".0%"))
    axes.set_xlim(left=0)
    axes.set_xlabel(tr("share of all harm"), size=8, color=SOFT)
    axes.grid(axis="y", visible=False)
    words = [str(result["scale"]), str(result["beside"])]
    legend_of(
        axes,
        [
            dot_entry(BLUE, _two_lines(words[0])),
            dot_entry("#e69f00", _two_lines(words[1])),
            line_entry(SOFT, tr("number of incidents")),
        ],
        tr("Share by"),
    )
    left = len(result.table) - len(table)
    return done(
        figure,
        result,
        title or result.title,
        tr("Dots of shares by two scales."),
        trn("{n:,} further is not drawn.", "{n:,} further are not drawn.", left).format(n=left)
        if left
        else "",
    )


def _two_lines(text: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(writable(text, 60), 26))


def objective_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw an objective: what was, what comes if nothing is done, and the target.

    Parameters
    ----------
    result
        Of ``threats.objective``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no objective.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.threats import objective
    >>> seen = pd.Series([50, 52, 49, 51] * 6, index=pd.period_range("2023-01", periods=24, freq="M"))
    >>> goal = objective(seen, what="burglary", change=-0.2, until="2025-12-31", review="2025-07-01", owner="Head", rng=1, draws=200)
    >>> len(objective_figure(goal).axes)
    1
    """
    history = result.details.get("history")
    if history is None or "do_nothing" not in result.table:
        raise InputError(f"views.objective_figure draws results of threats.objective; got {result.name}.")
    table = result.table
    figure = sheet(9.6, 5.0)
    axes = plain(figure, (0.08, 0.22, 0.66, 0.66))
    past = np.arange(len(history))
    ahead = len(history) + np.arange(len(table))
    axes.plot(past, history.to_numpy(), color=INK, linewidth=1.3)
    axes.fill_between(ahead, table["low"], table["high"], color=BAND, linewidth=0)
    axes.plot(ahead, table["do_nothing"], color=SOFT, linewidth=1.3, linestyle=(0, (4, 3)))
    axes.hlines(result.details["target"], ahead[0] - 0.5, ahead[-1] + 0.5, color=HOT, linewidth=2.0)
    labels = [*map(str, history.index), *table["month"]]
    step = max(1, len(labels) // 10)
    axes.set_xticks(range(0, len(labels), step), labels[::step], rotation=45, ha="right")
    axes.set_ylim(bottom=0)
    axes.set_ylabel(tr("per month"), size=8, color=SOFT)
    handles = [
        line_entry(INK, tr("recorded")), line_entry(SOFT, tr("if nothing is done"), dashed=True), patch_entry(BAND, tr("90 % of months")),
        line_entry(HOT, tr("target, on average")),
    ]  # fmt: skip
    legend_of(axes, handles, tr("Lines"))
    return done(figure, result, title or result.title, tr("Numbers by month with forecast and target."))


FIGURES = {
    "threats.rank": ranks_figure,
    "threats.learn_next": learn_figure,
    "threats.compare_scales": scales_figure,
    "threats.objective": objective_figure,
}
