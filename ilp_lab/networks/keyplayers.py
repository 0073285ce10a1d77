"""Which set of entities a chart hangs on most, how that is known, and how far it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import in_english, tr, tr_later
from ilp_lab.networks.certainties import given_certainty, of_ties
from ilp_lab.networks.keysearch import STARTS, Goal, by_swaps, every_set, feasible
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.paths import quick_betweenness
from ilp_lab.networks.rankable import rows_unranked, unranked
from ilp_lab.networks.redrawing import Redraw, redraw_params
from ilp_lab.networks.removals import removal_order
from ilp_lab.networks.ties import Ties, check_weights, rows_of, source_of, ties_of, usable
from ilp_lab.networks.wording import CAVEATS
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.networks.certainties import Certainty

GOALS = {
    "fragment": tr_later("share of pairs among the others that have no way to each other any more (F)"),
    "distance": tr_later(
        "1 minus the mean of 1/steps over all pairs of the others (distance-weighted fragmentation, DF)"
    ),
    "reach": tr_later("share of all entities that are in the set or within the steps of it"),
}
VALUE = {"fragment": "fragmentation", "distance": "fragmentation", "reach": "reach"}
RANDOM_SETS = 200
METHOD = tr_later(
    "A set is judged as a whole, because the k highest by any measure often do the same work. The measure is {goal} "
    "(Borgatti 2006). Sets were tried one and all where that takes at most about half a minute; sets that hold somebody "
    "without a candidate whose neighbours include all of theirs cannot be better and need no trial. Otherwise members "
    "were swapped one at a time from several starts (greedy, by betweenness as recorded and recomputed, by degree, at "
    "random). For comparison: the highest by betweenness as recorded, one after another with betweenness recomputed, the "
    "highest by degree, and random sets. The interval is that of the same set in redraws of the chart. Ties have no "
    "direction here. Victims, witnesses and other parties and things of theirs are in no set."
)


def key_players(
    chart: LinkChart,
    *,
    k: int = 3,
    goal: str = "fragment",
    within_steps: int = 2,
    kind: str | Sequence[str] | None = None,
    missing_links: float = 0.1,
    certainty: Certainty = None,
    redraws: int = 100,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find the set of k entities on which a chart hangs most, and say whether that is proven.

    Parameters
    ----------
    chart
        A link chart.
    k
        How many entities the set has.
    goal
        ``"fragment"``: without them, most pairs of the others have no way to each other; ``"distance"``: the others are
        farthest apart; ``"reach"``: they are near most others (whom to ask or inform).
    within_steps
        For ``"reach"``: how near.
    kind
        Kinds of entity a set may hold, such as ``"person"``; by default all.
    missing_links, certainty, redraws
        For the intervals; see :func:`ilp_lab.networks.ranking`.
    rng
        Seed for random sets, redraws and starts of the search.

    Returns
    -------
    Result
        One row per set: ``set`` (what it is), ``members``, ``fragmentation`` (or ``reach``), ``fragmentation_low`` and
        ``fragmentation_high`` (90 % of the redraws), ``proven`` (whether no set does more; ``False`` means heuristic),
        ``parts`` (how many parts are left) and ``largest_share`` (of the largest among the others). The best set comes first, then
        for each of its members the best set without them, then the comparisons. ``details`` holds ``proven``,
        ``random`` (mean and 95th percentile of random sets), ``best_holds`` (share of redraws in which the best set is still the
        best of those listed) and ``before`` (the measure with nobody gone).

    Raises
    ------
    InputError
        When fewer than k entities may be in a set, or a setting does not fit.

    Notes
    -----
    All sets are tried where there are at most 10⁷ of them, and beyond where walking the chart once for every set of k - 1 stays
    below 3·10⁹ steps; for ``"distance"`` every set costs a walk from everybody and the limit is 2·10¹⁰ steps. On charts of more
    than 2,000 entities distances are measured from 512 of them in the search and in the table.

    **This is no list of whom to arrest.** It says what recorded ties would do without some people, before anybody reacts; see
    :func:`ilp_lab.networks.disruption` for what recovery leaves of it.

    References
    ----------
    Borgatti 2006, doi:10.1007/s10588-006-7084-x.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> rows = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "E"), ("E", "F"), ("F", "G")]
    >>> found = key_players(chart(pd.DataFrame(rows, columns=["source", "target"])), k=2, rng=7)
    >>> print(found.table.loc[0, "members"], found.table.loc[0, "fragmentation"].round(2), found.table.loc[0, "proven"])
    B, E 0.8 True
    """
    faults = Check("networks.key_players")
    check_weights(faults, chart, None, None)
    faults.whole(1, k=k, within_steps=within_steps)
    faults.whole(0, redraws=redraws)
    faults.choice(allowed=tuple(GOALS), goal=goal)
    faults.between(0.0, 0.9, missing_links=missing_links)
    sure, settings = given_certainty(chart, certainty, faults)
    candidates, reasons = _candidates(chart, kind, k, faults)
    faults.done()
    used, lost = usable(chart, None)
    ties = ties_of(chart, used)
    draw, seed = generator(rng, "networks.key_players")
    aim = Goal(goal, ties.both, candidates, int(within_steps))
    sets = _sets(aim, ties, int(k), draw)
    redraw = Redraw(ties, missing_links, None if sure is None else of_ties(chart, used, ties, sure))
    table, facts = _table(sets, aim, ties, redraw, int(redraws), draw)
    rows = as_rows_left_out(lost, rows_unranked(chart, reasons))
    return Result(
        name="networks.key_players",
        title=tr("The {k} entities the chart hangs on most").format(k=k),
        table=table,
        method=METHOD.format(goal=GOALS[goal]),
        findings=_findings(table, facts, goal, int(k)),
        params=(
            Param("k", int(k)),
            Param("goal", goal),
            *((Param(tr_later("within steps"), int(within_steps)),) if goal == "reach" else ()),
            Param("kinds", "all" if kind is None else kind),
            Param(
                "search",
                tr_later("every set") if facts["proven"] else tr_later("swaps from several starts"),
                chosen=True,
                why=tr_later("by the work it takes"),
            ),
            *redraw_params(missing_links, int(redraws)),
            *settings,
        ),
        caveats=(
            tr(
                "This shows what recorded ties would do without some people before anybody reacts; people do. See networks.disruption."
            ),
            tr(
                "Nobody named here is thereby guilty, dangerous or a leader; whether to act is decided on evidence and law, not on "
                "this."
            ),
            CAVEATS[1],
        ),
        references=(
            "Borgatti, S. P. (2006). Identifying sets of key players in a social network. Comput. Math. Organ. Theory 12. doi:10.1007/s10588-006-7084-x",
        ),
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        details={"chart": chart, **facts},
    )


def _candidates(chart: LinkChart, kind: Any, k: int, faults: Check) -> tuple[Any, pd.Series]:
    """Who may be in a set."""
    reasons = unranked(chart)
    allowed = reasons.isna().to_numpy()
    if kind is not None:
        kinds = [kind] if isinstance(kind, str) else [str(one) for one in kind]
        for one in kinds:
            faults.choice(allowed=sorted(chart.entities["kind"].unique()), kind=one)
        allowed = allowed & chart.entities["kind"].isin(kinds).to_numpy()
    if not faults.faults and int(allowed.sum()) < k:
        faults.add(
            f"k is {k}, but only {int(allowed.sum()):,} entities may be in a set; victims, witnesses and other parties may not."
        )
    if not faults.faults and len(chart.entities) < k + 2:
        faults.add(
            f"k is {k}, which leaves fewer than two of the {len(chart.entities):,} entities to be parted."
        )
    return np.flatnonzero(allowed), reasons


def _sets(aim: Goal, ties: Ties, k: int, draw: np.random.Generator) -> list[tuple[str, Any, bool]]:
    """Sets to show: what each is, its members, and whether it is proven to be the best of its sort."""
    allowed = np.zeros(aim.count, bool)
    allowed[aim.candidates] = True
    between = quick_betweenness(ties.both, ties.both, weighted=False, directed=False)
    static = _first(between, allowed, k)
    degree = _first(np.diff(ties.both.ptr).astype(np.float64), allowed, k)
    sequential = removal_order(ties, "betweenness", allowed, k, recompute=True)
    seeds = [static, degree, sequential]
    best, proven = _best(aim, k, seeds, draw)
    sets = [("best", best, proven)]
    if len(aim.candidates) > k:
        for member in best.tolist():
            rest = Goal(aim.kind, aim.rows, aim.candidates[aim.candidates != member], aim.steps)
            others = [np.array([*best[best != member], other]) for other in static if other not in best]
            found, sure = _best(rest, k, others[:2], draw, 3)
            sets.append((tr("best without {names}").format(names=ties.names[member]), found, sure))
    sets += [
        (tr_later("highest by betweenness"), static, False),
        (tr_later("by betweenness, recomputed after each"), sequential, False),
        (tr_later("highest by degree"), degree, False),
    ]
    return sets


def _best(
    aim: Goal, k: int, seeds: Sequence[Any], draw: np.random.Generator, starts: int = STARTS
) -> tuple[Any, bool]:
    if feasible(aim, k):
        return every_set(aim, k), True
    return by_swaps(aim, k, seeds, draw, starts_most=starts), False


def _first(values: Any, allowed: Any, k: int) -> Any:
    """The k highest among the allowed."""
    masked = np.where(allowed, np.round(values, 12), -np.inf)
    return np.argsort(-masked, kind="stable")[:k].astype(np.int64)


def _table(
    sets: list[tuple[str, Any, bool]],
    aim: Goal,
    ties: Ties,
    redraw: Redraw,
    redraws: int,
    draw: np.random.Generator,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """One row per set, with its interval, and what random sets do."""
    import pandas as pd

    name = VALUE[aim.kind]
    table = pd.DataFrame(
        {
            "set": pd.Series([what for what, _, _ in sets], dtype=object),  # sentences, which are said again
            "members": [", ".join(ties.names[one] for one in members) for _, members, _ in sets],
            name: [aim.share(members.tolist()) for _, members, _ in sets],
        }
    )
    if redraws:
        drawn = np.empty((redraws, len(sets)))
        for turn, (source, target, length, _) in enumerate(
            redraw.draws(redraws, draw, tr_later("redrawing the chart"))
        ):
            other = Goal(
                aim.kind,
                rows_of(source, target, length, aim.count, both_ways=True),
                aim.candidates,
                aim.steps,
            )
            drawn[turn] = [other.share(members.tolist()) for _, members, _ in sets]
        table[f"{name}_low"], table[f"{name}_high"] = np.quantile(drawn, [0.05, 0.95], axis=0)
    table["proven"] = [proven for _, _, proven in sets]
    left = [_left(ties, members) for _, members, _ in sets]
    table["parts"], table["largest_share"] = [one for one, _ in left], [share for _, share in left]
    k = len(sets[0][1])
    chance = np.array(
        [aim.share(draw.choice(aim.candidates, k, replace=False).tolist()) for _ in range(RANDOM_SETS)]
    )
    facts: dict[str, Any] = {
        "proven": sets[0][2],
        "before": aim.share([]),
        "random": (float(chance.mean()), float(np.quantile(chance, 0.95))),
    }
    if redraws:
        facts["best_holds"] = float((drawn[:, :1] >= drawn - 1e-12).all(axis=1).mean())
    return table, facts


def _left(ties: Ties, members: Any) -> tuple[int, float]:
    """Parts among the others, and the share of the largest."""
    from ilp_lab.networks.loops.structure import parts

    kept = ~np.isin(ties.source, members) & ~np.isin(ties.target, members)
    root = parts(ties.source[kept], ties.target[kept], ties.count)
    rest = np.delete(root, members)
    _, sizes = np.unique(rest, return_counts=True)
    return len(sizes), float(sizes.max() / len(rest))


def _findings(table: Any, facts: dict[str, Any], goal: str, k: int) -> tuple[str, ...]:
    name = VALUE[goal]
    best = table.iloc[0]
    effect = {
        "fragment": tr(
            "{best:.0%} of the pairs of the others would have no way to each other (with nobody gone: {before:.0%})"
        ).format(best=best[name], before=facts["before"]),
        "distance": tr(
            "the others would be at {best:.0%} of being wholly apart (with nobody gone: {before:.0%})"
        ).format(best=best[name], before=facts["before"]),
        "reach": tr("{best:.0%} of all entities are in the set or near it").format(best=best[name]),
    }[goal]
    sureness = (
        tr("No other set of that size does more on this chart: every one that could was tried (proven).")
        if best["proven"]
        else tr("A better set may exist: there are too many to try them all (heuristic).")
    )
    who = (
        tr("With {members}, {effect}. {sureness}")
        if goal == "reach"
        else tr("Without {members}, {effect}. {sureness}")
    )
    said = [who.format(members=best["members"], effect=effect, sureness=sureness)]
    if f"{name}_low" in table:
        said.append(
            tr(
                "With links missed or doubtful as stated, that would be {best:.0%} to {best_2:.0%}, and the set would still be the "
                "best of those listed in {best_holds:.0%} of the redraws."
            ).format(best=best[f"{name}_low"], best_2=best[f"{name}_high"], best_holds=facts["best_holds"])
        )
    sets = table["set"].map(in_english)
    static = table.loc[sets == "highest by betweenness", name].iloc[0]
    mean, high = facts["random"]
    said.append(
        tr(
            "The {k} highest by betweenness reach {static:.0%}, random sets {mean:.0%} (one in twenty more than {high:.0%})."
        ).format(k=k, static=static, mean=mean, high=high)
    )
    without = table.assign(set=sets)[sets.str.startswith("best without")]
    if len(without):
        worst = without.loc[without[name].idxmin()]
        other = without.loc[without[name].idxmax()]
        said.append(
            tr(
                "No member is beyond replacing: the best set without {set} reaches {other:.0%}; most depends on {set_2} ({worst:.0%} "
                "without)."
            ).format(set=other["set"][13:], other=other[name], set_2=worst["set"][13:], worst=worst[name])
        )
    said.append(
        tr(
            "This is about recorded ties before anybody reacts, not about guilt or whom to arrest. Look at networks.disruption "
            "for what is left after people reorganise, and at the reports behind the ties."
        )
    )
    return tuple(said)
