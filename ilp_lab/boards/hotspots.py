"""The board *Hot spots*: where an offence concentrates, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import in_a_row, tr, trn
from ilp_lab.boards import asking, choosing
from ilp_lab.boards.incidentboards import IncidentBoard, opened
from ilp_lab.boards.showing import Block, View, page_block, table_block
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.places.gistar_words import ONE_POINT, piles

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

Show = Literal["hot spots", "density"]
_BANDWIDTHS_M = (150, 200, 300, 400, 500, 600, 750, 800, 1000, 1500, 2000, 3000, 4000)
_ROWS = 10


@dataclass(frozen=True, slots=True)
class HotSpotState:
    """What the board *Hot spots* is asked.

    Attributes
    ----------
    place
        Region, district or area; ``"everywhere"`` for all.
    offences
        Those that count; all when empty.
    since, until
        The period, half-open: from the first day to before the last.
    cell_m
        Side of a cell in metres.
    bandwidth_m
        Bandwidth of the density in metres.
    show
        Which of the two the map shows.
    """

    place: str = choosing.EVERYWHERE
    offences: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    cell_m: float = 250
    bandwidth_m: float = 500
    show: Show = "hot spots"


def compute_hot_spots(
    state: HotSpotState,
    incidents: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | None = None,
    simulations: int = 99,
    tell: Tell = quiet,
    rng: int = 7,
) -> View:
    """Answer the state; no widgets, no browser.

    Parameters
    ----------
    state
        What is asked.
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them.
    areas
        Outlines with ``area`` and, where there is one, ``name``; they bound the study area.
    simulations
        Runs of complete randomness behind "more than chance".
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Their seed, so that the same state always gives the same answer.

    Returns
    -------
    View
        ``results``: ``hot_spots`` or ``density``. ``tables``: ``leading``.

    Raises
    ------
    InputError
        When the state names an area or offence that is not there.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> compute_hot_spots(HotSpotState(), incidents, simulations=19).results["hot_spots"].name
    'places.gi_star'
    """
    from ilp_lab import places

    caller = "boards.hot_spots"
    check = Check(caller)
    check.places(incidents, "incidents")
    check.choice(allowed=("hot spots", "density"), show=state.show)
    check.done()
    local, study = choosing.in_place(incidents, areas, state.place, caller)
    local = choosing.chosen(
        local, caller=caller, offences=state.offences, since=state.since, until=state.until
    )
    usable = int(choosing.with_place(local).sum())
    if usable < 2:
        return View((_too_few(state, usable),))
    if state.show == "density":
        tell(tr("Smoothing …"), 0.3)
        result = places.density(local, bandwidth_m=state.bandwidth_m, cell_m=state.cell_m, study_area=study)
        leading, name = result.table.nlargest(_ROWS, "density"), "density"
    else:
        tell(tr("Comparing with complete randomness …"), 0.3)
        result = places.gi_star(
            local, cell_m=state.cell_m, study_area=study, simulations=simulations, rng=rng
        )
        hot = result.table[result.table["verdict"].astype(str).str.startswith("hot spot")]
        leading, name = hot.nlargest(_ROWS, "z"), "hot_spots"
    said = trn(
        "{count:,} record of {what}, {place}, {period}.",
        "{count:,} records of {what}, {place}, {period}.",
        usable,
    ).format(
        count=usable,
        what=", ".join(state.offences) or tr("all offences"),
        place=choosing.place_words(state.place),
        period=choosing.period_words(state.since, state.until),
    )
    return View(
        (*result.findings[:2], said), (), {"leading": choosing.named(leading, areas)}, {name: result},
        _notes(result, areas),
    )  # fmt: skip


def _notes(result: Result, areas: gpd.GeoDataFrame | None) -> tuple[str, ...]:
    """What weakens it; hot cells that are one point are named by their area, not by row and column of the grid."""
    said = tuple(one for one in result.caveats if getattr(one, "origin", ())[:1] != (str(ONE_POINT),))
    if len(said) == len(result.caveats):
        return said
    hot = choosing.named(piles(result.table), areas)
    told = tr(
        "Hot cells most of whose incidents lie on one point: {count:,}. Look whether that is a default address."
    ).format(count=len(hot))
    where = hot["area"].dropna().astype(str).unique().tolist() if "area" in hot else []
    if where:
        told = in_a_row(told, tr("They lie in {areas}.").format(areas=", ".join(where[:_ROWS])))
    return (told, *said)


def _too_few(state: HotSpotState, usable: int) -> str:
    return trn(
        "Only {count} record with a place fits ({place}; {what}; {period}); widen the choice.",
        "Only {count} records with a place fit ({place}; {what}; {period}); widen the choice.",
        usable,
    ).format(
        count=usable,
        place=choosing.place_words(state.place),
        what=", ".join(state.offences) or tr("all offences"),
        period=choosing.period_words(state.since, state.until),
    )


class HotSpotBoard(IncidentBoard[HotSpotState]):
    """Choose, and the map, the table and the sentence follow.

    Parameters
    ----------
    incidents, areas
        As for :func:`compute_hot_spots`.
    state, case, origin
        As for every board.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> board = HotSpotBoard(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633))
    >>> board.state.cell_m
    100
    """

    key = "hot_spots"

    def first(self) -> HotSpotState:
        """The last year, in cells that fit the ground."""
        since, until = choosing.latest_days(self._incidents, 365)
        cell_m = choosing.cell_for(self._incidents, self._areas)
        return HotSpotState(
            since=since, until=until, cell_m=cell_m, bandwidth_m=min(2 * cell_m, _BANDWIDTHS_M[-1])
        )

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Hot spots")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Where does an offence concentrate, and is it more than chance?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        metres = tr("{metres:,} m")
        return [
            self.ask_place(),
            self.ask_offences(),
            *self.ask_period(),
            asking.choice("show", tr("The map shows"), {"hot spots": tr("hot spots: more than chance"), "density": tr("density: the shape")}),
            asking.choice("cell_m", tr("Cell size"), {cell: metres.format(metres=cell) for cell in choosing.CELLS_M}),
            asking.choice("bandwidth_m", tr("Bandwidth of the density"), {band: metres.format(metres=band) for band in _BANDWIDTHS_M}),
        ]  # fmt: skip

    def answer(self, state: HotSpotState, tell: Tell) -> View:
        """As :func:`compute_hot_spots`."""
        return compute_hot_spots(state, self._incidents, areas=self._areas, tell=tell)

    def blocks(self, view: View) -> list[Block]:
        """Map and leading rows."""
        if not view.results:
            return []
        from ilp_lab import views

        (result,) = view.results.values()
        page = views.map_page(replace(result, findings=()), areas=self._areas)  # the answer stands above it
        return [
            page_block(page, name="map", heading=tr("The map")),
            table_block(
                view.tables["leading"],
                {"area": tr("Area"), "n": tr("Incidents"), "verdict": tr("Verdict"), "z": tr("How far above average (z)"), "q_fdr": tr("Chance of a false alarm (q)"), "one_point_share": tr("On one point"), "density": tr("Density"), "expected": tr("Expected")},
                name="leading", heading=tr("The leading cells"), percent=["one_point_share"], chances=["q_fdr"],
                hints={
                    "z": tr("z: by how many standard deviations a cell with its neighbours lies above the average of the study area."),
                    "q_fdr": tr("q: of all cells marked as strongly as this one, so large a share is expected to be chance."),
                },
            ),
        ]  # fmt: skip


def hot_spots(
    incidents: gpd.GeoDataFrame | None = None,
    *,
    areas: gpd.GeoDataFrame | None = None,
    state: HotSpotState | None = None,
    case: Case | None = None,
) -> HotSpotBoard:
    """Open the board *Hot spots*: where an offence concentrates, and whether that is more than chance.

    Parameters
    ----------
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them; the sample data of Belmara when left out.
    areas
        Outlines with ``area`` and, where there is one, ``name``.
    state
        What it shows first.
    case
        An open case; what was saved to it is brought back.

    Returns
    -------
    HotSpotBoard
        Shows itself in a notebook; ``.view`` holds the answer.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> hot_spots(gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)).title
    'Hot spots'
    """
    board: HotSpotBoard = opened(HotSpotBoard, incidents, areas, state, case)
    return board
