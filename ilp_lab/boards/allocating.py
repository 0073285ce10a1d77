"""The board *Allocation*: where a number of patrol visits does most, what one more would do, and on whom they fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ilp_lab._tongue import tr
from ilp_lab.boards import asking, choosing, examples
from ilp_lab.boards.allocationlooks import NOBODY, AllocationState, compute_allocation, group_options
from ilp_lab.boards.incidentboards import IncidentBoard, opened
from ilp_lab.boards.showing import Block, View, page_block, picture_block, table_block
from ilp_lab.boards.working import Tell

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.safeguards import Case


class AllocationBoard(IncidentBoard[AllocationState]):
    """Move the budget, and see what is reached, what is not, and what each limit costs.

    Parameters
    ----------
    incidents, areas
        As for :func:`compute_allocation`.
    state, case, origin
        As for every board.
    """

    key = "allocation"
    called = {"group_at_most": "group_at_most_percent", "explore": "explore_percent"}  # noqa: RUF012

    def first(self) -> AllocationState:
        """The last year in the first region, in cells that fit the ground."""
        since, until = choosing.latest_days(self._incidents, 365)
        regions = choosing.regions(self._areas)
        return AllocationState(
            place=regions[0] if regions else choosing.EVERYWHERE,
            since=since,
            until=until,
            demand="harm" if self._offences else "incidents",
            cell_m=choosing.cell_for(self._incidents, self._areas),
        )

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Allocation")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Where do patrol visits do most, what would one more do, and on whom do they fall?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        budget, ground, fair = tr("The budget"), tr("The ground"), tr("Fairness and learning")
        groups = {NOBODY: tr("nobody in particular"), **group_options(self._areas)}
        return [
            asking.slider("visits", tr("Visits in one shift"), low=0, high=200, step=1, unit=tr("of 15 minutes"), group=budget),
            asking.slider("at_most", tr("Visits to one place, at most"), low=1, high=12, step=1, group=budget),
            asking.slider("effect_percent", tr("What a first visit reaches"), low=5, high=60, step=5, unit="%", group=budget, hint=tr("An assumption: try others.")),
            self.ask_place(group=ground),
            asking.choice("demand", tr("What is to be reached"), {"harm": tr("harm, in days"), "incidents": tr("number of incidents")}, group=ground),
            *self.ask_period(group=ground),
            asking.choice("cell_m", tr("Size of a place"), {cell: tr("{metres:,} m").format(metres=cell) for cell in choosing.CELLS_M}, group=ground),
            asking.many("offences", tr("Offences (all when none is ticked)"), self._offences, group=ground),
            asking.slider("explore_percent", tr("Placed at random, to learn"), low=0, high=50, step=5, unit="%", group=fair, hint=tr("Without it nobody learns about places that are not patrolled.")),
            asking.choice("group", tr("On whom visits fall"), groups, group=fair),
            asking.slider("group_at_most_percent", tr("At most this share on the group"), low=0, high=100, step=1, unit="%", group=fair, hint=tr("100 % is no bound.")),
        ]  # fmt: skip

    def answer(self, state: AllocationState, tell: Tell) -> View:
        """As :func:`compute_allocation`."""
        return compute_allocation(state, self._incidents, areas=self._areas, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """Map, tables, and the curve of the price of fairness."""
        if "plan" not in view.results:
            return []
        from ilp_lab import views

        plan = view.results["plan"]
        unit = tr("Harm in days") if self.state.demand == "harm" else tr("Incidents")
        page = views.map_page(
            replace(
                plan,
                title=tr("Visits by place"),
                table=plan.table[plan.table["visits"] > 0],
                findings=view.answer[:1],
            ),
            areas=choosing.in_place(self._incidents, self._areas, self.state.place, "boards.allocation")[1],
        )
        blocks = [
            page_block(page, name="map", heading=tr("Where the visits go")),
            table_block(
                view.tables["plan"],
                {"area": tr("Area"), "visits": tr("Visits"), "demand": unit, "reached_share": tr("Share reached"), "next_gain": tr("One visit more would reach"), "why": tr("Why")},
                name="plan", heading=tr("The plan"), percent=["reached_share"],
            ),
            table_block(
                view.tables["not_covered"],
                {"area": tr("Area"), "demand": unit, "next_gain": tr("One visit would reach")},
                name="not_covered", heading=tr("Not covered: say so in the briefing"), rows=15,
            ),
            table_block(
                view.tables["budget"],
                {"percent": tr("Budget, %"), "visits": tr("Visits"), "reached_share": tr("Share reached"), "price_share": tr("Share one visit more would reach")},
                name="budget", heading=tr("Less and more"), percent=["reached_share", "price_share"],
            ),
        ]  # fmt: skip
        if "fairness" in view.results:
            figure = views.price_figure(view.results["fairness"])
            blocks.insert(1, picture_block(figure, name="fairness", heading=tr("What fairness costs")))
        return blocks


def allocation(
    incidents: gpd.GeoDataFrame | None = None,
    *,
    areas: gpd.GeoDataFrame | None = None,
    state: AllocationState | None = None,
    case: Case | None = None,
) -> AllocationBoard:
    """Open the board *Allocation*: a budget of patrol visits, what it reaches, and on whom it falls.

    Parameters
    ----------
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them; the sample data of Belmara when left out.
    areas
        Outlines with ``area``. Columns with shares between 0 and 1 can be chosen as a group of residents.
    state
        What it shows first.
    case
        An open case; what was saved to it is brought back.

    Returns
    -------
    AllocationBoard
        Shows itself in a notebook; ``.view`` holds the answer.

    Raises
    ------
    InputError
        When something given does not fit.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> board = allocation(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633))
    >>> board.set(visits=10).view.answer[0]
    '10 visits reach 1.4% of the incidents; one visit more would reach another 0.13%.'
    """
    sample_areas = examples.areas_with_residents() if incidents is None and areas is None else None
    board: AllocationBoard = opened(AllocationBoard, incidents, areas, state, case, sample_areas=sample_areas)
    return board
