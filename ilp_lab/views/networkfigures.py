"""Figures of networks for print: ranks with intervals, key sets, removals, recovery, phases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, looked_up, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.views.drawing import INK, SOFT, legend_of, sheet, writable
from ilp_lab.views.timeparts import done, dot_entry, line_entry, patch_entry, plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_BLUE, _GREY, _BAND = "#0b5394", "#8896a3", "#d5dce3"
_COLOURS = ("#0b5394", "#b35900", "#3a7d44", "#7b3294", "#99000d")
_ROWS = 15
_RECOVERY = {
    "none": tr_later("nobody reacts"),
    "near": tr_later("turn to those near"),
    "degree": tr_later("turn to the well tied"),
    "random": tr_later("turn to anybody"),
}


def ranks_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw ranks as recorded (dots) and between which they lie in the redraws (bars).

    Parameters
    ----------
    result
        Of ``networks.ranking`` or ``networks.brokers``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no ranks with intervals.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import brokers, chart
    >>> path = chart(pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"]}))
    >>> len(ranks_figure(brokers(path, redraws=20, rng=1)).axes)
    1
    """
    _needs(result, ("entity_id", "rank", "rank_low", "rank_high"), "ranks with intervals")
    table = result.table.head(_ROWS)
    figure = sheet(9.6, 2.6 + 0.26 * max(len(table), 4))
    axes = _rows(figure, [str(name) for name in table["entity_id"]], tr("rank (1 is first)"))
    places = np.arange(len(table))
    axes.hlines(places, table["rank_low"], table["rank_high"], color=_BAND, linewidth=7)
    axes.plot(table["rank"], places, linestyle="none", marker="o", markersize=6, color=_BLUE, zorder=3)
    axes.set_xlim(0.2, float(table["rank_high"].max()) + 0.8)
    legend_of(
        axes, [dot_entry(_BLUE, tr("as recorded")), patch_entry(_BAND, tr("90 % of the redraws"))], tr("Rank")
    )
    return done(figure, result, title or result.title, tr("Ranks with intervals."))


def sets_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw what each set does, with its interval, beside random sets.

    Parameters
    ----------
    result
        Of ``networks.key_players``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no sets.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart, key_players
    >>> path = chart(pd.DataFrame({"source": ["A", "B", "C", "D"], "target": ["B", "C", "D", "E"]}))
    >>> len(sets_figure(key_players(path, k=1, redraws=20, rng=1)).axes)
    1
    """
    _needs(result, ("set", "members", "proven"), "sets")
    table = result.table
    value = "reach" if "reach" in table else "fragmentation"
    called = tr("reach") if value == "reach" else tr("fragmentation")
    names = [
        f"{looked_up(str(what))}: {looked_up(str(members))}"
        for what, members in zip(table["set"], table["members"], strict=True)
    ]
    figure = sheet(9.6, 2.6 + 0.34 * max(len(table), 4))
    axes = _rows(figure, names, tr("{measure} (0 to 1)").format(measure=called), left=0.40)
    places = np.arange(len(table))
    colours = np.where(table["set"].eq("best"), _BLUE, _GREY)
    axes.barh(places, table[value], height=0.5, color=colours)
    entries = [patch_entry(_BLUE, tr("best set")), patch_entry(_GREY, tr("others"))]
    if f"{value}_low" in table:
        axes.hlines(places, table[f"{value}_low"], table[f"{value}_high"], color=INK, linewidth=1.4)
        entries.append(line_entry(INK, tr("90 % of the redraws")))
    axes.axvline(result.details["random"][1], color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    entries.append(line_entry(INK, tr("95 % of random sets"), dashed=True))
    axes.set_xlim(0, 1)
    legend_of(axes, entries, tr("Sets"))
    note = tr("Proven.") if bool(table["proven"].iloc[0]) else tr("Heuristic: a better set may exist.")
    return done(figure, result, title or result.title, tr("Sets compared."), note)


def removals_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw how the largest part shrinks as entities go, beside random orders.

    Parameters
    ----------
    result
        Of ``networks.removal_curves``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no curves of removal.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart, removal_curves
    >>> path = chart(pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"]}))
    >>> len(removals_figure(removal_curves(path, random_orders=10, rng=1)).axes)
    1
    """
    _needs(result, ("order", "removed", "largest"), "curves of removal")
    table = result.table
    figure = sheet(9.6, 5.6)
    axes = plain(figure, (0.09, 0.21, 0.60, 0.65))
    chance = table[table["order"] == "random"]
    axes.fill_between(
        chance["removed"], chance["largest_low"], chance["largest_high"], color=_BAND, linewidth=0
    )
    entries = [patch_entry(_BAND, tr("90 % of random orders"))]
    names = [name for name in table["order"].unique() if name != "random"]
    colours = {
        by: _COLOURS[at % len(_COLOURS)]
        for at, by in enumerate(dict.fromkeys(name.split(",")[0] for name in names))
    }
    for name in names:
        curve, dashed = table[table["order"] == name], name.endswith("as first ranked")
        colour = colours[name.split(",")[0]]
        axes.plot(
            curve["removed"],
            curve["largest"],
            color=colour,
            linewidth=1.7,
            linestyle=(0, (4, 3)) if dashed else "solid",
        )
        entries.append(line_entry(colour, _order_in_words(name), dashed=dashed))
    axes.set_xlabel(tr("entities removed"), size=8, color=SOFT)
    axes.set_ylabel(tr("entities in the largest part"), size=8, color=SOFT)
    axes.set_ylim(bottom=0)
    axes.set_xlim(0, float(table["removed"].max()))
    legend_of(axes, entries, tr("Order"))
    return done(figure, result, title or result.title, tr("Curves of removal."))


def recovery_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw efficiency as entities go and others react, one panel per way of recovery, beside random removals.

    Parameters
    ----------
    result
        Of ``networks.disruption``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no disruption.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart, disruption
    >>> star = chart(pd.DataFrame({"source": "A", "target": list("BCDEF")}))
    >>> len(recovery_figure(disruption(star, k=1, runs=10, rng=1)).axes)
    4
    """
    _needs(result, ("removal", "recovery", "removed", "efficiency"), "disruption")
    table = result.table
    models = table["recovery"].unique().tolist()
    figure = sheet(9.6, 4.8)
    width = (0.70 - 0.02 * (len(models) - 1)) / len(models)
    top = float(table["efficiency_high"].max()) * 1.08
    removals = table["removal"].unique().tolist()
    for at, model in enumerate(models):
        axes = plain(figure, (0.08 + at * (width + 0.02), 0.24, width, 0.56))
        for removal, colour in zip(removals, (_BLUE, _GREY), strict=False):
            curve = table[(table["recovery"] == model) & (table["removal"] == removal)]
            axes.fill_between(
                curve["removed"],
                curve["efficiency_low"],
                curve["efficiency_high"],
                color=colour,
                alpha=0.25,
                linewidth=0,
            )
            axes.plot(curve["removed"], curve["efficiency"], color=colour, linewidth=1.7)
        axes.axhline(float(table["efficiency"].iloc[0]), color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.set_ylim(0, top)
        axes.set_xlim(0, float(table["removed"].max()))
        axes.set_title(again(_RECOVERY.get(str(model), writable(model, 24))), size=9, color=INK, loc="left")
        axes.set_xlabel(tr("entities removed"), size=8, color=SOFT)
        if at:
            axes.tick_params(labelleft=False)
        else:
            axes.set_ylabel(tr("efficiency of those left"), size=8, color=SOFT)
    entries = [
        line_entry(
            colour,
            tr("anybody at random")
            if removal == "random"
            else tr("first by {measure}").format(measure=looked_up(str(removal))),
        )
        for removal, colour in zip(removals, (_BLUE, _GREY), strict=False)
    ]
    legend_of(axes, [*entries, line_entry(INK, tr("before"), dashed=True)], tr("Who goes"))
    return done(figure, result, title or result.title, tr("Disruption with recovery."))


def phases_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw how large each phase is, how far it hangs on few, and the ranks of those who were first in any.

    Parameters
    ----------
    result
        Of ``networks.through_time``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no phases.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart, through_time
    >>> links = pd.DataFrame({"source": ["A", "A", "B", "C"], "target": ["B", "C", "C", "D"], "month": [1, 1, 2, 2]})
    >>> len(phases_figure(through_time(chart(links), phases="month", rng=1)).axes)
    3
    """
    _needs(result, ("phase", "entities", "betweenness_centralization"), "phases")
    table = result.table
    x = np.arange(len(table))
    figure = sheet(9.6, 6.8)
    first, second, third = (
        plain(figure, (0.09, bottom, 0.68, high))
        for bottom, high in ((0.72, 0.15), (0.53, 0.13), (0.20, 0.27))
    )
    first.bar(x, table["entities"], width=0.6, color=_BAND)
    first.set_ylabel(tr("entities"), size=8, color=SOFT)
    second.plot(x, table["betweenness_centralization"], color=_BLUE, linewidth=1.7, marker="o", markersize=4)
    second.set_ylabel(tr("centralization"), size=8, color=SOFT)
    second.set_ylim(0, 1)
    entries = _bumps(third, result.details["standing"], table["phase"].tolist())
    third.set_ylabel(tr("rank"), size=8, color=SOFT)
    for axes in (first, second, third):
        axes.set_xlim(-0.5, len(x) - 0.5)
        axes.tick_params(labelbottom=False)
    step = max(1, len(x) // 12)
    third.tick_params(labelbottom=True)
    names = [writable(str(name).split(" to ")[0], 12) for name in table["phase"].tolist()[::step]]
    dates = any(len(name) > 4 for name in names)
    third.set_xticks(x[::step], names, rotation=30 if dates else 0, ha="right" if dates else "center")
    legend_of(third, [*entries, patch_entry(_BAND, tr("90 % of the redraws"))], tr("First in a phase"))
    return done(figure, result, title or result.title, tr("Phases."))


def _order_in_words(order: str) -> str:
    """An order of removal: by which measure, and whether it is recomputed after each."""
    return ", ".join(looked_up(part) for part in order.split(", "))


def _bumps(axes: Axes, standing: pd.DataFrame, phases: Sequence[str]) -> list[Any]:
    """Ranks of those who were first, through the phases."""
    place = {name: at for at, name in enumerate(phases)}
    leaders = (
        standing.loc[(standing["rank"] == 1) & (standing["value"] > 0), "entity_id"]
        .value_counts()
        .index[: len(_COLOURS)]
    )
    entries = []
    for name, colour in zip(leaders, _COLOURS, strict=False):
        own = (
            standing[standing["entity_id"] == name]
            .assign(at=lambda frame: frame["phase"].map(place))
            .sort_values("at")
        )
        if "rank_low" in own:
            axes.vlines(own["at"], own["rank_low"], own["rank_high"], color=colour, alpha=0.3, linewidth=5)
        axes.plot(own["at"], own["rank"], color=colour, linewidth=1.4, marker="o", markersize=4)
        entries.append(line_entry(colour, writable(name, 24)))
    axes.set_ylim(15.5, 0.5)
    return entries


def _rows(figure: Figure, names: Sequence[str], words: str, *, left: float = 0.20) -> Axes:
    """Axes with one named row each."""
    axes = plain(figure, (left, 0.24, 0.80 - left - 0.03, 0.60))
    axes.set_yticks(np.arange(len(names)), [writable(name, 52) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(words, size=8, color=SOFT)
    axes.grid(axis="y", visible=False)
    return axes


def _needs(result: Result, columns: Sequence[str], what: str) -> None:
    if not set(columns) <= set(result.table.columns):
        raise InputError(f"{result.name} holds no {what}; views.draw finds the right figure for any result.")


FIGURES: dict[str, Callable[..., Figure]] = {
    "networks.ranking": ranks_figure,
    "networks.brokers": ranks_figure,
    "networks.key_players": sets_figure,
    "networks.removal_curves": removals_figure,
    "networks.disruption": recovery_figure,
    "networks.through_time": phases_figure,
}
