"""The board *Network explorer*: who stands where in a link chart, how sure that is, in which groups, and on whom it hangs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards import asking, examples
from ilp_lab.boards.frame import Act, Board
from ilp_lab.boards.networklooks import NetworkState, chart_for, compute_network
from ilp_lab.boards.showing import Block, View, picture_block, table_block
from ilp_lab.boards.working import Tell
from ilp_lab.networks.linkchart import LinkChart, the_chart

if TYPE_CHECKING:
    from ilp_lab.safeguards import Case


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
    between = True
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
                name="ranking", heading=tr("Who stands where"), rows=20, percent=["top_share"], ours=("role",),
            ),
        ]  # fmt: skip
        if "sets" in view.tables:
            blocks.append(
                table_block(
                    view.tables["sets"],
                    {"set": tr("Set"), "names": tr("Who"), "fragmentation": tr("Pairs without a way"), "fragmentation_low": tr("at least"), "fragmentation_high": tr("at most"), "reach": tr("Share reached"), "parts": tr("Parts left"), "proven": tr("Proven")},
                    name="sets", heading=tr("On whom it hangs"), rows=12, ours=("set",), percent=["fragmentation", "fragmentation_low", "fragmentation_high", "reach"],
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
        return [self._pages, self._widget, self._more]

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
