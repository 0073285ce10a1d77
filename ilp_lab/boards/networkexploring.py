"""The board *Network explorer*: who stands where in a link chart, how sure that is, in which groups, and on whom it hangs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards import asking, examples
from ilp_lab.boards.frame import Act, Board
from ilp_lab.boards.showing import Block, View, fact, picture_block, share, table_block
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.networks.linkchart import LinkChart, the_chart

if TYPE_CHECKING:
    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

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
    tell(tr("Ranking, and drawing the chart again {times} times …").format(times=REDRAWS), 0.15)
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
        notes.append(tr("{count:,} links do not count with these filters.").format(count=away))
    unranked = len(chart.entities) - len(results["ranking"].table)
    if unranked:
        notes.append(
            tr(
                "{count:,} entities are shown and not ranked: victims, witnesses, other parties, and things that are only theirs."
            ).format(count=unranked)
        )
    return (*notes, *results["ranking"].caveats[:2])


class NetworkBoard(Board[NetworkState]):
    """Choose which links count, and chart, ranks with their intervals, roles, groups and key players follow.

    Parameters
    ----------
    chart
        A link chart.
    state, case, origin
        As for every board.
    """

    key = "network_explorer"
    called = {"k": "players", "missing_links": "missing_percent"}  # noqa: RUF012

    def __init__(
        self,
        chart: LinkChart,
        *,
        state: NetworkState | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        the_chart(chart, Check("boards.network_explorer"))
        self._whole = self._chart = chart
        self._widget: Any = None
        links = chart.links
        self._kinds, self._source_grades, self._information_grades = (
            [str(value) for value in links[name].value_counts().index]
            for name in ("kind", "source_grade", "information_grade")
        )
        self._strong = bool(links["strength"].notna().any())
        super().__init__(
            NetworkState(graded=bool(self._information_grades)), state=state, case=case, origin=origin
        )

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Network explorer")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Who stands where in the network, how sure is that, and on whom does it hang?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        rank, count, act = tr("Who stands where"), tr("Which links count"), tr("On whom it hangs")
        began = self._whole.links["start"].dropna()
        low, high = (began.min().date(), began.max().date()) if len(began) else (None, None)
        measures = {
            "betweenness": tr("being in between"),
            "degree": tr("number of neighbours"),
            "closeness": tr("short ways to all"),
        }
        controls = [
            asking.choice("by", tr("Ranked by"), measures, group=rank),
            asking.slider("missing_percent", tr("Links that nobody recorded"), low=0, high=50, step=5, unit="%", group=rank, hint=tr("An assumption: ranks are given with what it leaves open.")),
            asking.many("kinds", tr("Kinds (all when none is ticked)"), self._kinds, group=count),
            asking.day("since", tr("First day"), low=low, high=high, group=count),
            asking.day("until", tr("Before the day"), low=low, high=high, group=count),
            asking.slider("players", tr("Key players"), low=1, high=5, step=1, group=act),
            asking.choice("goal", tr("They are looked for"), {"fragment": tr("because without them it falls apart"), "reach": tr("because they are near most others")}, group=act),
        ]  # fmt: skip
        if self._source_grades:
            controls.insert(5, asking.many("source_grades", tr("Sources graded (all when none is ticked)"), sorted(self._source_grades), group=count))  # fmt: skip
        if self._information_grades:
            controls.insert(5, asking.many("information_grades", tr("Information graded (all when none is ticked)"), sorted(self._information_grades), group=count))  # fmt: skip
            controls.insert(2, asking.yes("graded", tr("Weakly graded links count as unsure"), group=rank))
        if self._strong:
            controls.insert(1, asking.yes("strong", tr("A stronger link is a closer one"), group=rank))
        return controls

    def acts(self) -> Sequence[Act]:
        """Answer for the chart as it was left, and back."""
        return (
            Act(
                "take_chart",
                tr("Measure what the chart shows now"),
                tr("What you kept, filtered or brought in on the chart counts."),
            ),
            Act("whole_chart", tr("Back to the whole chart")),
        )

    def take_chart(self) -> str:
        """Go on with the chart as it stands on the screen."""
        if self._widget is not None:
            self._chart = self._widget.chart
        self.renew()
        return tr("The chart as you left it is measured now.")

    def whole_chart(self) -> str:
        """Go back to the chart that the board was opened with."""
        self._chart = self._whole
        self.renew()
        return tr("The whole chart is measured again.")

    def answer(self, state: NetworkState, tell: Tell) -> View:
        """As :func:`compute_network`."""
        return compute_network(state, self._chart, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """Ranks with their intervals, groups, sets of key players."""
        if "ranking" not in view.results:
            return []
        from ilp_lab import views

        ranks = view.results["ranking"]
        blocks = [
            picture_block(views.draw(ranks), name="ranks", heading=tr("Ranks, and between which they lie")),
            table_block(
                view.tables["ranking"],
                {"rank": tr("Rank"), "between": tr("Lies between"), "name": tr("Who"), "kind": tr("Kind"), self.state.by: tr("Value"), "top_share": tr("Among the first five"), "role": tr("Role"), "group": tr("Group"), "in_words": tr("In words")},
                name="ranking", heading=tr("Who stands where"), rows=20, percent=["top_share"],
            ),
        ]  # fmt: skip
        if "sets" in view.tables:
            blocks.append(
                table_block(
                    view.tables["sets"],
                    {"set": tr("Set"), "names": tr("Who"), "fragmentation": tr("Pairs without a way"), "fragmentation_low": tr("at least"), "fragmentation_high": tr("at most"), "reach": tr("Share reached"), "parts": tr("Parts left"), "proven": tr("Proven")},
                    name="sets", heading=tr("On whom it hangs"), rows=12, percent=["fragmentation", "fragmentation_low", "fragmentation_high", "reach"],
                )
            )  # fmt: skip
        blocks.append(
            table_block(
                view.tables["groups"],
                {"group": tr("Group"), "size": tr("Entities"), "ties_inside": tr("Ties inside"), "ties_outside": tr("Ties outside"), "firmness": tr("How firm")},
                name="groups", heading=tr("Groups"), rows=15, percent=["firmness"],
            )
        )  # fmt: skip
        return blocks

    def _laid_out(self) -> list[Any]:
        from ilp_lab.widgets import LinkChartWidget

        self._widget = LinkChartWidget(self._chart, title=tr("The chart"), case=self.case, height_px=460)
        return [self._widget, self._pages]

    def _put(self, view: View, blocks: list[Block]) -> None:
        super()._put(view, blocks)
        if self._widget is not None:
            self._widget.show(chart_for(self.state, self._chart), size_by=self.state.by)

    @property
    def chart(self) -> LinkChart:
        """The chart as it stands on the screen; before that, as the state lets it count."""
        return chart_for(self.state, self._chart) if self._widget is None else self._widget.chart


def network_explorer(
    chart: LinkChart | None = None,
    *,
    state: NetworkState | None = None,
    case: Case | None = None,
) -> NetworkBoard:
    """Open the board *Network explorer*: ranks with intervals, roles in words, groups, key players, and the chart itself.

    Parameters
    ----------
    chart
        As :func:`ilp_lab.networks.chart` makes it; the sample data of Belmara when left out.
    state
        What it shows first.
    case
        An open case; what was saved to it is brought back.

    Returns
    -------
    NetworkBoard
        Shows itself in a notebook; ``.view`` holds the answer, ``.chart`` the chart as it was left.

    Raises
    ------
    InputError
        When something given does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> rows = [("A", "B"), ("B", "C"), ("C", "A"), ("C", "X"), ("X", "D"), ("D", "E"), ("E", "F"), ("F", "D")]
    >>> board = network_explorer(chart(pd.DataFrame(rows, columns=["source", "target"])))
    >>> board.set(players=1, missing_percent=0).view.answer[1]
    'Most hangs on X: without them 60.0% of all pairs have no way to each other (proven: no other set does more).'
    """
    if chart is None:
        return NetworkBoard(examples.link_chart(), state=state, case=case, origin=examples.origin())
    return NetworkBoard(chart, state=state, case=case)
