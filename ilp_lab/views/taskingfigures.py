"""Figures of decisions and resources: options, the price of fairness, the feedback loop, hours, readiness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import again, looked_up, tr, tr_later, trn
from ilp_lab._tongue import figure as digits
from ilp_lab.errors import InputError
from ilp_lab.views.classes import CATEGORIES
from ilp_lab.views.drawing import INK, LINE, SOFT, legend_of, sheet, writable
from ilp_lab.views.timeparts import done, dot_entry, line_entry, patch_entry, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ilp_lab.result import Result

_VERDICTS = {
    tr_later("best"): "#0b5394", tr_later("not separable"): "#6baed6", tr_later("weaker"): "#c6dbef", tr_later("dominated"): "#d5dce3",
    tr_later("removed by the rights gate"): "#99000d",
    tr_later("chosen"): "#0b5394", tr_later("close"): "#e69f00", tr_later("not chosen"): "#d5dce3",
}  # fmt: skip
_MOST = 24


def verdicts_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw options or tasks in the colour of their verdict.

    Parameters
    ----------
    result
        Of ``tasking.weigh_options`` or ``tasking.portfolio``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no such verdicts.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.tasking import portfolio
    >>> work = pd.DataFrame({"task": ["A", "B"], "harm_prevented": [9, 6], "p_success": [0.5, 0.9], "analyst_hours": [10, 10]})
    >>> len(verdicts_figure(portfolio(work, hours={"analyst_hours": 10}, draws=5, rng=1)).axes)
    1
    """
    known = {"tasking.weigh_options": ("option", "p_best"), "tasking.portfolio": ("task", "expected")}.get(
        result.name
    )
    if known is None:
        raise InputError(
            f"views.verdicts_figure draws results of tasking.weigh_options and tasking.portfolio; got {result.name}."
        )
    name, value = known
    table = (
        result.table if name == "option" else result.table.sort_values(value, ascending=False, kind="stable")
    )
    table = table.head(_MOST)
    high = 2.8 + 0.32 * max(len(table), 3)
    figure = sheet(9.6, high)
    low = 1.15 / high  # inches for the axis and two lines of notes
    axes = plain(figure, (0.26, low, 0.46, 0.86 - low))
    width = np.nan_to_num(table[value].to_numpy(dtype=np.float64))
    colours = [_VERDICTS[str(verdict)] for verdict in table["verdict"]]
    axes.barh(range(len(table)), width, color=colours, height=0.7)
    for k, row in enumerate(table.to_dict("records")):
        removed = row["verdict"] == "removed by the rights gate"
        told = (
            tr("removed: {why}").format(why=looked_up(str(row["failed"])))
            if removed
            else digits(row[value], ".0%")
            if name == "option"
            else digits(row[value], ",.4g")
        )
        if row["verdict"] == "dominated":
            told = tr("nothing better than {other}").format(other=str(row["dominated_by"]))
        axes.annotate(
            writable(told, 60), xy=(width[k], k), xytext=(4, 0), textcoords="offset points", size=8, va="center",
            color=_VERDICTS["removed by the rights gate"] if removed else INK,
        )  # fmt: skip
    axes.set_yticks(range(len(table)), [writable(one, 34) for one in table[name]])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(0, 1.35 if name == "option" else max(float(width.max()), 1e-9) * 1.35)
    if name == "option":
        axes.set_xticks([0, 0.5, 1.0], ["0", *(digits(share, ".0%") for share in (0.5, 1))])
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(
        tr("share of draws in which it is best")
        if name == "option"
        else tr("harm it is expected to prevent"),
        size=8,
        color=SOFT,
    )
    there = [verdict for verdict in _VERDICTS if verdict in set(table["verdict"].astype(str))]
    legend_of(
        axes, [patch_entry(_VERDICTS[verdict], _capital(again(verdict))) for verdict in there], tr("Verdict")
    )
    return done(figure, result, title or result.title, tr("Bars by verdict."))


def price_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw the price of a bound: how much less is reached the smaller the share that may fall on a group.

    Parameters
    ----------
    result
        Of ``tasking.fairness_price``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no such curve.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.tasking import fairness_price
    >>> town = pd.DataFrame({"n": [40, 30, 20, 10], "share": [0.9, 0.8, 0.1, 0.1]})
    >>> len(price_figure(fairness_price(town, visits=6, group="share", steps=3)).axes)
    1
    """
    if not {"share_at_most", "price"} <= set(result.table.columns):
        raise InputError(f"views.price_figure draws results of tasking.fairness_price; got {result.name}.")
    table = result.table
    figure = sheet(9.6, 5.2)
    axes = plain(figure, (0.09, 0.20, 0.63, 0.68))
    axes.plot(
        table["share_at_most"], table["price"], color="#0b5394", linewidth=1.8, marker="o", markersize=4
    )
    axes.axvline(result.details["population_share"], color=SOFT, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.axhline(0.05, color=LINE, linewidth=1.0)
    axes.xaxis.set_major_formatter(lambda value, _: digits(value, ".0%"))
    axes.yaxis.set_major_formatter(lambda value, _: digits(value, ".0%"))
    axes.set_xlabel(tr("largest share of visits that may fall on the group"), size=9, color=INK)
    axes.set_ylabel(tr("price: share of what is reached that is given up"), size=9, color=INK)
    axes.set_ylim(bottom=0)
    handles = [
        dot_entry("#0b5394", tr("price of the bound")),
        line_entry(SOFT, tr("mean share of the places"), dashed=True),
    ]
    legend_of(axes, handles, tr("Lines"))
    return done(figure, result, title or result.title, tr("Curve of the price of a bound."))


def loop_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw how the share of visits drifts from the true share.

    Parameters
    ----------
    result
        Of ``tasking.feedback_loop``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no such runs.

    Examples
    --------
    >>> from ilp_lab.tasking import feedback_loop
    >>> len(loop_figure(feedback_loop(days=[10, 100], runs=5, rng=1)).axes)
    1
    """
    if "mean_share" not in result.table:
        raise InputError(f"views.loop_figure draws results of tasking.feedback_loop; got {result.name}.")
    figure = sheet(9.6, 5.0)
    axes = plain(figure, (0.08, 0.20, 0.66, 0.68))
    handles = []
    for number, (area, rows) in enumerate(result.table.groupby("area", sort=False)):
        colour = CATEGORIES[number % len(CATEGORIES)]
        axes.fill_between(
            rows["day"],
            (rows["mean_share"] - rows["sd"]).clip(0),
            (rows["mean_share"] + rows["sd"]).clip(upper=1),
            color=colour,
            alpha=0.15,
            linewidth=0,
        )
        axes.plot(rows["day"], rows["mean_share"], color=colour, linewidth=1.8, marker="o", markersize=4)
        axes.axhline(float(rows["true_share"].iloc[0]), color=colour, linewidth=1.0, linestyle=(0, (4, 3)))
        handles += [
            dot_entry(colour, tr("area {area}: share of visits").format(area=str(area))),
            line_entry(colour, tr("area {area}: true share").format(area=str(area)), dashed=True),
        ]
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: digits(value, ",.0f"))
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_formatter(lambda value, _: digits(value, ".0%"))
    axes.set_xlabel(tr("days, each ten times as far"), size=9, color=INK)
    axes.set_ylabel(tr("share (band: one standard deviation)"), size=9, color=INK)
    legend_of(axes, handles, tr("Lines"))
    return done(figure, result, title or result.title, tr("Curves of shares of visits over time."))


def readiness_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw readiness: each precondition from 0 to 4 with what is not assessed as a range, and how it changed.

    Parameters
    ----------
    result
        Of ``tasking.readiness``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no readiness.

    Examples
    --------
    >>> from ilp_lab.records import ReadinessScore
    >>> from ilp_lab.tasking import readiness
    >>> score = ReadinessScore(item="named_owner", assessed_on="2026-03-01", maturity=3, evidence=["Order 12"], assessor="A17")
    >>> len(readiness_figure(readiness([score])).axes)
    1
    """
    if "over_time" not in result.details:
        raise InputError(f"views.readiness_figure draws results of tasking.readiness; got {result.name}.")
    table = result.table
    names = list(dict.fromkeys(table["precondition"]))
    units = list(dict.fromkeys(table["unit"]))
    figure = sheet(10.4, 5.6)
    axes = plain(figure, (0.34, 0.22, 0.42, 0.66))
    over = result.details["over_time"]
    step = 0.7 / max(len(units[:6]), 1)
    handles = []
    for number, unit in enumerate(units[:6]):
        colour = CATEGORIES[number % len(CATEGORIES)]
        rows = table[table["unit"] == unit].set_index("precondition").reindex(names)
        at = np.arange(len(names)) + (number - (len(units[:6]) - 1) / 2) * step
        axes.hlines(at, rows["low"], rows["high"], color=colour, alpha=0.30, linewidth=4)
        axes.plot(rows["maturity"], at, linestyle="none", marker="o", markersize=6, color=colour)
        handles.append(dot_entry(colour, writable(str(unit).rsplit("/", 1)[-1] or tr("all"), 24)))
    handles.append(patch_entry("#c9d4e0", tr("if what is not assessed\nwere 0 or 4")))
    if len(over) > 1:
        first = over.iloc[0]
        before = np.array([float(first[name]) if name in over else np.nan for name in names])
        axes.plot(before, np.arange(len(names)), linestyle="none", marker="|", markersize=13, color=SOFT)
        handles.append(line_entry(SOFT, tr("mean on {day}").format(day=str(first["assessed_on"]))))
    axes.set_yticks(range(len(names)), [writable(looked_up(str(name)), 50) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(-0.1, 4.1)
    axes.set_xticks(range(5), [f"{level}\n{word}" for level, word in enumerate(_levels())])
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=LINE, linewidth=0.5)
    legend_of(axes, handles, tr("Mean of what was assessed"))
    left = len(units) - 6
    return done(
        figure,
        result,
        title or result.title,
        tr("Dots of maturity by precondition."),
        trn("{n:,} further unit is not drawn.", "{n:,} further units are not drawn.", left).format(n=left)
        if left > 0
        else "",
    )


def readiness_over_time_figure(result: Result, *, title: str | None = None) -> Figure:
    """Draw how readiness changed: a line of dots for each precondition, over the days on which something was assessed.

    Parameters
    ----------
    result
        Of ``tasking.readiness``.
    title
        Another heading.

    Raises
    ------
    InputError
        When the result holds no readiness.

    Examples
    --------
    >>> from ilp_lab.records import ReadinessScore
    >>> from ilp_lab.tasking import readiness
    >>> scores = [ReadinessScore(item="named_owner", assessed_on=day, maturity=level, evidence=["Order 12"], assessor="A17")
    ...           for day, level in (("2026-03-01", 1), ("2027-03-01", 3))]
    >>> len(readiness_over_time_figure(readiness(scores)).axes[0].lines)
    1
    """
    if "over_time" not in result.details:
        raise InputError(
            f"views.readiness_over_time_figure draws results of tasking.readiness; got {result.name}."
        )
    over = result.details["over_time"]
    days = np.array([np.datetime64(day) for day in over["assessed_on"]])
    figure = sheet(10.4, 4.6)
    axes = plain(figure, (0.12, 0.24, 0.48, 0.62))
    handles: list[Any] = []
    for number, name in enumerate(over.columns[1:]):
        known = over[name].notna().to_numpy()
        if known.any():
            (line,) = axes.plot(
                days[known], over[name].to_numpy(float)[known], color=CATEGORIES[number % len(CATEGORIES)], linewidth=1.6,
                linestyle=(0, (4, 3)) if number % 2 else "solid", marker="o^sDvPX"[number % 7], markersize=6, label=writable(looked_up(str(name)), 50),
            )  # fmt: skip
            handles.append(line)
    axes.set_ylim(-0.15, 4.15)
    axes.set_yticks(range(5), [f"{level} {word}" for level, word in enumerate(_levels())])
    axes.set_xticks(days[:: max(1, len(days) // 6)], [str(day) for day in days[:: max(1, len(days) // 6)]])
    legend_of(axes, handles, tr("Mean of what was assessed"))
    return done(
        figure,
        result,
        title or tr("Readiness over time"),
        tr("Lines of mean maturity by precondition."),
        tr("Each day shows what was known by then; units that were not assessed yet are not in it."),
    )


def _levels() -> tuple[str, ...]:
    """What the levels of maturity mean, from 0 to 4."""
    return tr("nothing"), tr("begun"), tr("partly"), tr("everywhere"), tr("improved")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


FIGURES = {
    "tasking.weigh_options": verdicts_figure,
    "tasking.portfolio": verdicts_figure,
    "tasking.fairness_price": price_figure,
    "tasking.feedback_loop": loop_figure,
    "tasking.readiness": readiness_figure,
}
