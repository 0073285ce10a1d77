"""The board *Crime map*: what happened where and when, on a map, a timeline, a clock and a table that choose together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import figure, tr, trn
from ilp_lab.boards import asking, choosing
from ilp_lab.boards.incidentboards import IncidentBoard, in_outlines, opened
from ilp_lab.boards.showing import Block, View, fact, share, table_block
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

Show = Literal["points", "hot spots", "density", "areas"]
_ROWS = 12


@dataclass(frozen=True, slots=True)
class CrimeMapState:
    """What the board *Crime map* is asked.

    Attributes
    ----------
    place
        Region, district or area; ``"everywhere"`` for all.
    offences
        Those that are shown; all when empty.
    since, until
        The period, half-open.
    show
        What lies under the points: nothing, hot spots, density, or counts by area.
    cell_m
        Side of a cell in metres.
    """

    place: str = choosing.EVERYWHERE
    offences: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    show: Show = "points"
    cell_m: float = 1000


def compute_crime_map(
    state: CrimeMapState,
    incidents: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | None = None,
    tell: Tell = quiet,
    rng: int = 7,
) -> View:
    """Choose the incidents, count them, and work out what lies under them; no widgets.

    Parameters
    ----------
    state
        What is asked.
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them.
    areas
        Outlines with ``area``.
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Seed of the simulations behind hot spots.

    Returns
    -------
    View
        ``tables``: ``incidents`` (the chosen ones), ``mapped`` (the same, without the places of those that lie
        outside the outlines by their coordinates: no dot is drawn where the place is not), ``by_offence``, ``by_area``. ``results``: ``layer``, for hot spots and density.

    Raises
    ------
    InputError
        When the state names something that is not there.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> compute_crime_map(CrimeMapState(), incidents).answer[0]
    '300 incidents, everywhere, all days.'
    """
    from ilp_lab import places

    caller = "boards.crime_map"
    check = Check(caller)
    check.choice(allowed=("points", "hot spots", "density", "areas"), show=state.show)
    check.done()
    tell(tr("Choosing …"), 0.1)
    _, outlines = choosing.in_place(incidents, areas, state.place, caller)
    local = choosing.chosen(
        in_outlines(incidents, outlines, areas), caller=caller, offences=state.offences, since=state.since, until=state.until
    )  # fmt: skip
    known = choosing.with_place(local)
    placed = known & _inside(local, outlines)
    results: dict[str, Result] = {}
    tables: dict[str, pd.DataFrame] = {
        "incidents": local,
        "mapped": local
        if placed.equals(known) and _plain(local, known)
        else local.set_geometry(local.geometry.where(placed)),
    }
    if placed.sum() >= 2 and state.show in {"hot spots", "density"}:
        tell(tr("Working out what lies under the points …"), 0.4)
        results["layer"] = (
            places.gi_star(local[placed], cell_m=state.cell_m, study_area=outlines, simulations=99, rng=rng)
            if state.show == "hot spots"
            else places.density(
                local[placed], bandwidth_m=2 * state.cell_m, cell_m=state.cell_m, study_area=outlines
            )
        )
    if placed.any() and outlines is not None:
        tables["by_area"] = places.count(local[placed], areas=outlines)
    if "offence" in local:
        counts = local["offence"].astype("str").fillna(tr("not stated")).value_counts()
        tables["by_offence"] = counts.rename_axis("offence").rename("n").reset_index()
    return View(
        _answer(state, local, results, tables),
        _facts(local, placed, tables),
        tables,
        results,
        _notes(local, known, placed, state.place),
    )


def _plain(local: Any, known: Any) -> bool:
    """Whether rows without a place hold nothing, rather than numbers that are none."""
    return bool((known.to_numpy() | local.geometry.array.isna()).all())


def _inside(local: Any, outlines: gpd.GeoDataFrame | None) -> Any:
    """Which incidents lie in the outlines by their coordinates, whatever area is recorded with them."""
    import pandas as pd

    from ilp_lab import places

    if outlines is None or not len(local):
        return pd.Series(data=True, index=local.index)
    return pd.Series(places.area_of(local, areas=outlines).notna().to_numpy(), index=local.index)


def _answer(
    state: CrimeMapState, local: Any, results: dict[str, Result], tables: dict[str, pd.DataFrame]
) -> tuple[str, ...]:
    said = [
        trn(
            "{count:,} incident, {place}, {period}.", "{count:,} incidents, {place}, {period}.", len(local)
        ).format(
            count=len(local),
            place=choosing.place_words(state.place),
            period=choosing.period_words(state.since, state.until),
        )
    ]
    if not len(local):
        return (*said, tr("Nothing fits: choose a longer period, more offences or another place."))
    if "layer" in results:
        said += list(results["layer"].findings[:2])
    counts = tables.get("by_area")
    if counts is not None and counts["n"].sum():
        first = counts.sort_values("n", ascending=False).iloc[0]
        said.append(
            tr("Most are in {area}: {count:,}, {share} of all.").format(
                area=first["name"] if "name" in counts else first["area"],
                count=int(first["n"]),
                share=share(float(first["n"]) / len(local)),
            )
        )
    return tuple(said)


def _facts(local: Any, placed: Any, tables: dict[str, pd.DataFrame]) -> tuple[Block, ...]:
    facts = [
        fact("incidents", tr("Incidents"), len(local)),
        fact("placed", tr("On the map"), int(placed.sum())),
    ]
    kinds = tables.get("by_offence")
    if kinds is not None and len(kinds):
        facts.append(
            fact(
                "offence",
                tr("Most frequent"),
                kinds["offence"].iloc[0],
                note=figure(int(kinds["n"].iloc[0]), ","),
            )
        )
    return tuple(facts)


def _notes(local: Any, known: Any, placed: Any, place: str) -> tuple[str, ...]:
    notes = [tr("Dots are recorded incidents, not offenders, and not what nobody reported.")]
    missing, outside = int((~known).sum()), int((known & ~placed).sum())
    if missing:
        notes.append(
            tr(
                "{count:,} of {all:,} have no known place; they are in the table and the timeline, not on the map."
            ).format(count=missing, all=len(local))
        )
    if outside:
        said = (
            tr("{count:,} lie outside all outlines by their coordinates; they are in the table and the timeline, not on the map.")
            if place == choosing.EVERYWHERE
            else tr("{count:,} are recorded in {place} but lie outside its outline by their coordinates; they are in the table and the timeline, not on the map.")
        )  # fmt: skip
        notes.append(said.format(count=outside, place=place))
    return tuple(notes)


class CrimeMapBoard(IncidentBoard[CrimeMapState]):
    """Look around, play the time, draw around what matters, and read what was drawn around.

    Parameters
    ----------
    incidents, areas
        As for :func:`compute_crime_map`.
    state, case, origin
        As for every board.

    Attributes
    ----------
    selection
        The rows that are chosen on the map, the timeline, the clock or in the table; ``None`` before it is shown.
    """

    key = "crime_map"
    selection: Any = None

    def first(self) -> CrimeMapState:
        """The last year in the first region."""
        since, until = choosing.latest_days(self._incidents, 365)
        regions = choosing.regions(self._areas)
        return CrimeMapState(
            place=regions[0] if regions else choosing.EVERYWHERE,
            since=since,
            until=until,
            cell_m=choosing.cell_for(self._incidents, self._areas),
        )

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Crime map")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("What happened where and when? Choose on the map, and timeline, clock and table follow.")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        shows = {
            "points": tr("nothing"),
            "hot spots": tr("hot spots: more than chance"),
            "density": tr("density: the shape"),
        }
        if self._areas is not None:
            shows["areas"] = tr("counts by area")
        return [
            self.ask_place(),
            self.ask_offences(),
            *self.ask_period(),
            asking.choice("show", tr("Under the points"), shows),
            asking.choice("cell_m", tr("Cell size"), {cell: tr("{metres:,} m").format(metres=cell) for cell in choosing.CELLS_M}),
        ]  # fmt: skip

    def answer(self, state: CrimeMapState, tell: Tell) -> View:
        """As :func:`compute_crime_map`."""
        return compute_crime_map(state, self._incidents, areas=self._areas, tell=tell)

    def stage(self, view: View) -> Sequence[Any]:
        """Map, timeline, clock and table of the chosen incidents."""
        from ilp_lab import widgets

        chosen = view.tables["mapped"]
        if not len(chosen):
            return ()
        layers = dict(view.results)
        if self.state.show == "areas" and "by_area" in view.tables:
            layers = {tr("Incidents by area"): view.tables["by_area"]}  # type: ignore[dict-item]
        self.selection = widgets.Selection(chosen)
        seen: list[Any] = [
            widgets.CrimeMap(
                chosen, areas=self.outlines(self.state.place), layers=layers or None, selection=self.selection,
                colour_by="offence" if "offence" in chosen else None,
            )
        ]  # fmt: skip
        if "occurred_at" in chosen:
            seen += [
                widgets.Timeline(chosen, selection=self.selection, marked=False),
                widgets.Clock(chosen, selection=self.selection, marked=False),
            ]
        return [*seen, widgets.Table(chosen, selection=self.selection, marked=False)]

    def blocks(self, view: View) -> list[Block]:
        """Counts by offence and by area."""
        blocks = []
        if "by_offence" in view.tables:
            blocks.append(
                table_block(
                    view.tables["by_offence"], {"offence": tr("Offence"), "n": tr("Incidents")}, name="by_offence",
                    heading=tr("By offence"), rows=_ROWS,
                )
            )  # fmt: skip
        if "by_area" in view.tables:
            counts = view.tables["by_area"].sort_values("n", ascending=False, kind="stable")
            label = "name" if "name" in counts else "area"
            blocks.append(
                table_block(
                    counts,
                    {label: tr("Area"), "n": tr("Incidents")},
                    name="by_area",
                    heading=tr("By area"),
                    rows=_ROWS,
                )
            )
        return blocks


def crime_map(
    incidents: gpd.GeoDataFrame | None = None,
    *,
    areas: gpd.GeoDataFrame | None = None,
    state: CrimeMapState | None = None,
    case: Case | None = None,
) -> CrimeMapBoard:
    """Open the board *Crime map*.

    It answers: what happened where and when?

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
    CrimeMapBoard
        Shows itself in a notebook; ``.view`` holds the answer, ``.selection.frame`` the rows that are chosen on the screen.

    Examples
    --------
    >>> import geopandas as gpd
    >>> crime_map(gpd.GeoDataFrame(geometry=gpd.points_from_xy([0], [0]), crs=32633)).view.answer[0]
    '1 incident, everywhere, all days.'
    """
    board: CrimeMapBoard = opened(CrimeMapBoard, incidents, areas, state, case)
    return board
