"""Roles in plain words: whom somebody links, what falls apart without them, and what remains without the weak reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import in_a_row, tr, tr_later, trn
from ilp_lab.networks.grouping import groups as grouped
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.measuring import measures
from ilp_lab.networks.paths import betweenness
from ilp_lab.networks.rankable import NOBODY, ranks, rows_unranked, unranked
from ilp_lab.networks.ties import Ties, check_weights, source_of, ties_of, usable, weight_params
from ilp_lab.networks.wording import CAVEATS, all_of
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import enforce

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

METHOD = tr_later(
    "Groups by the Leiden algorithm; betweenness and degree with rank intervals from redraws; a cut point is an entity "
    "without which its part of the chart falls apart. A broker lies among the first tenth by betweenness and has ties "
    "into two groups or more; a hub is among the first tenth by degree and has most ties within its own group; a gate "
    "has ties into another group without being among the first; everybody else is inner (core at least half of the "
    "highest) or outer. Ranks were taken again without the links of the weakest grade."
)


def roles(
    chart: LinkChart,
    *,
    strength: str | None = None,
    weak_grades: str | tuple[str, ...] | list[str] | None = None,
    missing_links: float = 0.1,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Say in plain words how each entity stands in the chart, and whether that rests on weak reports.

    Parameters
    ----------
    chart
        A link chart.
    strength
        A column of the links in which more means closer.
    weak_grades
        Source grades without which ranks are taken again; by default the one with the lowest weight on the chart.
    missing_links
        Which share of all links is taken not to be recorded, for the rank intervals.
    rng
        Seed for groups and redraws.

    Returns
    -------
    Result
        The rankable entities, first by betweenness first: ``entity_id label kind category group role degree betweenness_rank``
        (with ``_low`` and ``_high``), ``rank_without_weak``, ``cuts_off`` (how many entities it alone joins to the rest) and
        ``in_words``. ``details["groups"]`` is the result of ``networks.groups``.

    Raises
    ------
    ColumnError, InputError
        When the weight or a grade does not fit, or nobody may be ranked.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> rows = [("A", "B"), ("B", "C"), ("C", "A"), ("C", "X"), ("X", "D"), ("D", "E"), ("E", "F"), ("F", "D")]
    >>> found = roles(chart(pd.DataFrame(rows, columns=["source", "target"])), rng=7)
    >>> found.table.set_index("entity_id").loc["X", "role"]
    'broker'
    """
    faults = Check("networks.roles")
    check_weights(faults, chart, None, strength)
    faults.between(0.0, 0.9, missing_links=missing_links)
    weak = _weak(chart, weak_grades, faults)
    reasons = unranked(chart)
    if len(chart.entities) and reasons.notna().all():
        faults.done()
        enforce(None, "D3", NOBODY)
    faults.done()
    draw, seed = generator(rng, "networks.roles")
    found = grouped(chart, strength=strength, compare=0, rng=draw)
    measured = measures(chart, strength=strength, missing_links=missing_links, rng=draw)
    used, lost = usable(chart, strength)
    ties = ties_of(chart, used, strength=strength)
    table = measured.table.assign(group=found.table["group"])
    table["rank_without_weak"] = _without(chart, weak, strength, reasons.isna().to_numpy())
    table["cuts_off"] = cut_off(ties)
    table = _named(table, ties, weak)
    rows = as_rows_left_out(lost, rows_unranked(chart, reasons))
    return Result(
        name="networks.roles",
        title=tr_later("Who stands how, in plain words"),
        table=table,
        method=METHOD,
        findings=_findings(table, weak),
        params=(
            *weight_params(None, strength, directed=False),
            Param(
                tr_later("weak grades"),
                ", ".join(weak) or "none",
                chosen=weak_grades is None,
                why=tr_later("lowest weight on the chart"),
            ),
            *(
                param
                for param in measured.params
                if param.name in ("missing links", "redraws", "rank interval")
            ),
        ),
        caveats=(CAVEATS[0], CAVEATS[1], *found.caveats),
        references=(*found.references[:2], *measured.references[:2]),
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        details={"chart": chart, "groups": found},
    )


def _weak(chart: LinkChart, asked: Any, faults: Check) -> tuple[str, ...]:
    """The grades to do without: asked for, or the one of least weight."""
    from ilp_lab.evaluation import weights

    if faults.faults:
        return ()
    present = sorted(chart.links["source_grade"].dropna().unique().tolist())
    if asked is None:
        table = weights()
        known = table[table["scale"] == "source"].set_index("code")["weight"]
        weight = {grade: float(known.get(grade, 0.5)) for grade in present}
        lowest = min(weight, key=lambda grade: (weight[grade], grade), default=None)
        return (lowest,) if lowest is not None and len(present) > 1 else ()
    wanted = (asked,) if isinstance(asked, str) else tuple(str(grade) for grade in asked)
    for grade in wanted:
        faults.choice(allowed=present, weak_grades=grade)
    return wanted


def _without(
    chart: LinkChart, weak: tuple[str, ...], strength: str | None, rankable: NDArray[np.bool_]
) -> pd.Series:
    """Rank by betweenness without the links of the weak grades."""
    import pandas as pd

    column = pd.Series(pd.NA, index=range(len(rankable)), dtype="Int64")
    if weak:
        used, _ = usable(chart, strength)
        ties = ties_of(chart, used[~used["source_grade"].isin(weak)], strength=strength)
        value = betweenness(ties.ahead, ties.back, weighted=ties.weighted, directed=False).value
        column[rankable] = ranks(value[rankable]).astype(np.int64)
    return column


def cut_off(ties: Ties) -> NDArray[np.int64]:
    """How many entities each alone joins to the rest of its part: all but the largest piece that is left without it."""
    from ilp_lab.networks.loops.keysets import cut_effects

    work = np.zeros((8, ties.count), np.int64)
    cut_effects(*ties.both[:2], np.zeros(ties.count, bool), np.empty(ties.count, np.int64), work)
    return np.asarray(work[7])


def _named(table: pd.DataFrame, ties: Ties, weak: tuple[str, ...]) -> pd.DataFrame:
    """The role of each rankable entity and a sentence about it."""
    import pandas as pd

    group = table["group"].to_numpy()
    table = table[table["betweenness"].notna()].copy()
    first = max(1, round(len(table) / 10))
    half = max(float(table["core"].max()), 1.0) / 2
    named, words = [], []
    for at, row in zip(table.index.to_numpy(), table.to_dict("records"), strict=True):
        reach = _spanned(ties, int(at), group)
        named.append(_role(row, reach, first, half))
        words.append(_words(row, reach, weak))
    table["role"] = named
    table["in_words"] = pd.Series(words, index=table.index, dtype=object)  # sentences, which are said again
    columns = [
        *("entity_id", "label", "kind", "category", "group", "role", "degree"),
        *(name for name in table if str(name).startswith("betweenness_rank")),
        *("rank_without_weak", "cuts_off", "in_words"),
    ]
    return table.sort_values(["betweenness_rank", "degree"], ascending=[True, False])[columns].reset_index(
        drop=True
    )


def _spanned(ties: Ties, row: int, group: Any) -> list[tuple[int, int]]:
    """Groups an entity has ties into, with how many, most first."""
    near = ties.both.to[ties.both.ptr[row] : ties.both.ptr[row + 1]]
    found, number = np.unique(group[near], return_counts=True)
    order = np.lexsort((found, -number))
    return [(int(found[at]), int(number[at])) for at in order]


def _role(row: dict[Any, Any], reach: list[tuple[int, int]], first: int, half: float) -> str:
    others = [number for number, _ in reach if number != row["group"]]
    if row["betweenness"] > 0 and row["betweenness_rank"] <= first and others:
        return tr_later("broker")
    if row["degree"] > 0 and row["degree_rank"] <= first:
        return tr_later("hub")
    if others:
        return tr_later("gate")
    return tr_later("inner") if row["core"] >= half and row["degree"] > 1 else tr_later("outer")


def _words(row: dict[Any, Any], reach: list[tuple[int, int]], weak: tuple[str, ...]) -> str:
    """One sentence: what it links, what falls off, its rank, and what that rests on."""
    name, parts = row["entity_id"], []
    ties = [
        trn("group {group} ({number} tie)", "group {group} ({number} ties)", number).format(
            group=group, number=number
        )
        for group, number in reach[:3]
    ]
    if not ties:
        return tr("{name} has no ties to anybody.").format(name=name)
    left = len(reach) - 3
    more = (
        trn(" and {left} more group", " and {left} more groups", left).format(left=left) if left > 0 else ""
    )
    parts.append(
        tr("{name} links {what}{more}").format(
            name=name, what=all_of(ties) if len(ties) < 3 else in_a_row(*ties, by=", "), more=more
        )
        if len(reach) > 1
        else tr("{name} stays within {ties}").format(name=name, ties=ties[0])
    )
    if row["cuts_off"]:
        number = int(row["cuts_off"])
        parts.append(
            trn(
                "without it {number} entity loses the rest",
                "without it {number} entities lose the rest",
                number,
            ).format(number=number)
        )
    rank = int(row["betweenness_rank"])
    held = ""
    if "betweenness_rank_low" in row:
        low, high = int(row["betweenness_rank_low"]), int(row["betweenness_rank_high"])
        held = tr(" ({low} to {high} if links were missed)").format(low=low, high=high)
    parts.append(tr("{ordinal} by betweenness{held}").format(ordinal=_ordinal(rank), held=held))
    if weak:
        after = int(row["rank_without_weak"])
        change = tr("drops to") if after > rank else tr("rises to") if after < rank else tr("stays")
        parts.append(
            tr("{change} {ordinal} without the {names}-graded reports").format(
                change=change, ordinal=_ordinal(after), names=all_of(weak)
            )
        )
    return tr("{sentence}.").format(sentence=in_a_row(*parts, by="; "))


def _ordinal(number: int) -> str:
    forms = {1: tr("{n}st"), 2: tr("{n}nd"), 3: tr("{n}rd")}
    form = tr("{n}th") if number % 100 in (11, 12, 13) else forms.get(number % 10, tr("{n}th"))
    return form.format(n=number)


def _findings(table: pd.DataFrame, weak: tuple[str, ...]) -> tuple[str, ...]:
    brokers = table[table["role"] == "broker"]
    said = list(brokers["in_words"].head(3))
    if not said:
        said.append(tr("Nobody who may be ranked links groups that are otherwise apart."))
    if weak and len(brokers):
        first = max(1, round(len(table) / 10))
        lost = int((brokers["rank_without_weak"] > first).sum())
        said.append(
            tr("{lost:,} of {n:,} brokers owe their place to {names}-graded reports.").format(
                lost=lost, n=len(brokers), names=all_of(weak)
            )
            if lost
            else tr("All {n:,} brokers keep their place without the {names}-graded reports.").format(
                n=len(brokers), names=all_of(weak)
            )
        )
    said.append(
        tr(
            "A role describes recorded ties. It is not guilt, not rank in an organisation, and not a reason to act by itself; "
            "read the reports behind the ties named."
        )
    )
    return tuple(said)
