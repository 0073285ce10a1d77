"""What the board *Network explorer* says: ranks with what they leave open, roles, groups, key players."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import tr, trn
from ilp_lab.boards.showing import Block, View, fact, share
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.networks.linkchart import LinkChart, the_chart

if TYPE_CHECKING:
    from ilp_lab.result import Result

By = Literal["betweenness", "degree", "closeness"]
Goal = Literal["fragment", "reach"]
REDRAWS = 100
_FEWEST = 3
_SURE = 0.8


@dataclass(frozen=True, slots=True)
class NetworkState:
    """What the board *Network explorer* is asked.

    Attributes
    ----------
    by
        What entities are ranked by.
    strong
        Whether a stronger link (column ``strength``) is a closer one.
    kinds, source_grades, information_grades
        Links that count; all when empty.
    since, until
        Links that held in this period, half-open.
    missing_percent
        Share of all links that is taken not to be recorded.
    graded
        Whether weakly graded links count as uncertain in the intervals.
    players
        How many key players.
    goal
        What they are looked for: the chart falls apart without them, or they are near most others.
    """

    by: By = "betweenness"
    strong: bool = False
    kinds: tuple[str, ...] = ()
    source_grades: tuple[str, ...] = ()
    information_grades: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    missing_percent: int = 10
    graded: bool = False
    players: int = 3
    goal: Goal = "fragment"


def chart_for(state: NetworkState, chart: LinkChart) -> LinkChart:
    """The chart of the links that the state lets count.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> links = pd.DataFrame({"source": ["A", "B"], "target": ["B", "C"], "kind": ["called", "paid"]})
    >>> len(chart_for(NetworkState(kinds=("paid",)), chart(links)).links)
    1
    """
    tests: dict[str, Any] = {
        "kind": list(state.kinds) or None,
        "source_grade": list(state.source_grades) or None,
        "information_grade": list(state.information_grades) or None,
        "since": state.since and state.since.isoformat(),
        "until": state.until and state.until.isoformat(),
    }
    tests = {name: value for name, value in tests.items() if value is not None}
    return chart.filter(**tests) if tests else chart


def compute_network(state: NetworkState, chart: LinkChart, *, tell: Tell = quiet, rng: int = 7) -> View:
    """Measure the chart and say who stands where, and how sure that is; no widgets.

    Parameters
    ----------
    state
        What is asked.
    chart
        As :func:`ilp_lab.networks.chart` makes it.
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Seed of the redraws behind the intervals and of the search for groups.

    Returns
    -------
    View
        ``results``: ``ranking``, ``roles``, ``groups`` and, where so many may be in a set, ``key players``. ``tables``:
        ``ranking`` (with rank intervals, role and words), ``groups``, ``sets``.

    Raises
    ------
    InputError
        When the state names something that the chart has not, or nobody on it may be ranked.

    Notes
    -----
    Victims, witnesses and other parties are on the chart and on the ways; they are not ranked and in no set.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> rows = [("A", "B"), ("B", "C"), ("C", "A"), ("C", "X"), ("X", "D"), ("D", "E"), ("E", "F"), ("F", "D")]
    >>> view = compute_network(NetworkState(players=1), chart(pd.DataFrame(rows, columns=["source", "target"])))
    >>> view.tables["ranking"]["entity_id"].iloc[0]
    'X'
    """
    from ilp_lab import networks

    check = Check("boards.network_explorer")
    the_chart(chart, check)
    check.choice(by=state.by, allowed=("betweenness", "degree", "closeness"))
    check.choice(goal=state.goal, allowed=("fragment", "reach"))
    check.whole(1, players=state.players)
    if state.since and state.until and state.until <= state.since:
        check.add(tr("the period ends before it begins; choose a later end."))
    check.done()
    tell(tr("Choosing the links that count …"), 0.05)
    shown = chart_for(state, chart)
    if len(shown.entities) < _FEWEST:
        return View((tr("Too little is left to measure: let more kinds, grades or days count."),))
    strength = "strength" if state.strong else None
    certainty: Any = "grades" if state.graded else None
    missing = state.missing_percent / 100
    results: dict[str, Result] = {}
    tell(
        trn(
            "Ranking, and drawing the chart again {times} time …",
            "Ranking, and drawing the chart again {times} times …",
            REDRAWS,
        ).format(times=REDRAWS),
        0.15,
    )
    results["ranking"] = networks.ranking(
        shown,
        by=state.by,
        strength=strength,
        missing_links=missing,
        certainty=certainty,
        redraws=REDRAWS,
        rng=rng,
    )
    tell(tr("Saying it in words …"), 0.5)
    results["roles"] = networks.roles(shown, strength=strength, missing_links=missing, rng=rng)
    tell(tr("Finding groups …"), 0.7)
    results["groups"] = networks.groups(shown, strength=strength, rng=rng)
    tell(tr("Looking for those on whom most hangs …"), 0.8)
    ranked = len(results["ranking"].table)
    if ranked > state.players:
        results["key players"] = networks.key_players(
            shown,
            k=state.players,
            goal=state.goal,
            missing_links=missing,
            certainty=certainty,
            redraws=REDRAWS,
            rng=rng,
        )
    return View(
        _answer(state, shown, results),
        _facts(shown, results),
        _tables(shown, results),
        results,
        _notes(shown, chart, results),
    )


def _tables(chart: LinkChart, results: dict[str, Result]) -> dict[str, Any]:
    labels = _labels(chart)
    roles = results["roles"].table.set_index("entity_id")
    ranking = results["ranking"].table.copy()
    ranking["name"] = ranking["entity_id"].map(labels)
    ranking["between"] = [
        f"{low} – {high}" for low, high in zip(ranking["rank_low"], ranking["rank_high"], strict=True)
    ]
    for column in ("role", "in_words", "group"):
        ranking[column] = ranking["entity_id"].map(roles[column])
    tables = {"ranking": ranking, "groups": results["groups"]["groups"]}
    if "key players" in results:
        sets = results["key players"].table.copy()
        sets["names"] = [
            ", ".join(labels.get(one.strip(), one.strip()) for one in str(members).split(","))
            for members in sets["members"]
        ]
        tables["sets"] = sets
    return tables


def _labels(chart: LinkChart) -> dict[str, str]:
    entities = chart.entities
    return dict(
        zip(
            entities["entity_id"].astype(str),
            entities["label"].fillna(entities["entity_id"]).astype(str),
            strict=True,
        )
    )


def _answer(state: NetworkState, chart: LinkChart, results: dict[str, Result]) -> tuple[str, ...]:
    labels = _labels(chart)
    first = results["ranking"].table.iloc[0]
    words = {
        "betweenness": tr("{name} stands most between the others"),
        "degree": tr("{name} has most neighbours"),
        "closeness": tr("{name} has the shortest ways to all"),
    }[state.by].format(name=labels[str(first["entity_id"])])
    low, high = int(first["rank_low"]), int(first["rank_high"])
    sure = (
        tr("and stays first in nine of ten charts that could as well have been recorded")
        if low == high == 1
        else tr("but may stand anywhere from {low} to {high}, as links are missing or unsure").format(
            low=low, high=high
        )
    )
    told = [f"{words}, {sure}."]
    if "key players" in results:
        best = results["key players"]
        row = best.table.iloc[0]
        names = ", ".join(labels.get(one.strip(), one.strip()) for one in str(row["members"]).split(","))
        if state.goal == "fragment":
            told.append(
                tr(
                    "Most hangs on {names}: without them {share} of all pairs have no way to each other ({badge})."
                ).format(
                    names=names,
                    share=share(float(row["fragmentation"])),
                    badge=tr("proven: no other set does more")
                    if row["proven"]
                    else tr("the best set found, not proven"),
                )
            )
        else:
            told.append(tr("{names} are near most others: whom to ask or inform.").format(names=names))
    told.append(tr("This says whom to learn more about within the law, not whom to arrest."))
    return tuple(told)


def _facts(chart: LinkChart, results: dict[str, Result]) -> tuple[Block, ...]:
    ranking, groups = results["ranking"], results["groups"]
    same = float(ranking["same_first"])
    listing = groups["groups"]
    several = listing[listing["size"] > 1]
    return (
        fact("entities", tr("Entities"), len(chart.entities)),
        fact("links", tr("Links"), len(chart.links)),
        fact(
            "same_first",
            tr("The same one first"),
            share(same),
            note=tr("of the charts drawn again"),
            tone="good" if same >= _SURE else "warn",
        ),
        fact("groups", tr("Groups"), len(several), note=tr("of two or more")),
    )


def _notes(chart: LinkChart, whole: LinkChart, results: dict[str, Result]) -> tuple[str, ...]:
    notes = []
    away = len(whole.links) - len(chart.links)
    if away:
        notes.append(
            trn(
                "{count:,} link does not count with these filters.",
                "{count:,} links do not count with these filters.",
                away,
            ).format(count=away)
        )
    unranked = len(chart.entities) - len(results["ranking"].table)
    if unranked:
        notes.append(
            trn(
                "{count:,} entity is shown and not ranked: victims, witnesses, other parties, and things that are "
                "only theirs.",
                "{count:,} entities are shown and not ranked: victims, witnesses, other parties, and things that are "
                "only theirs.",
                unranked,
            ).format(count=unranked)
        )
    return (*notes, *results["ranking"].caveats[:2])
