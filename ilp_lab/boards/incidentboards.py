"""What boards on incidents share: the data they look at, and the controls that choose from them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from ilp_lab._check import Check
from ilp_lab._tongue import tr
from ilp_lab.boards import asking, choosing, examples
from ilp_lab.boards.frame import Board

if TYPE_CHECKING:
    import geopandas as gpd

    from ilp_lab.safeguards import Case

StateT = TypeVar("StateT")


class IncidentBoard(Board[StateT]):
    """A board that looks at incidents.

    Parameters
    ----------
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them.
    areas
        Outlines with ``area`` and, where there is one, ``name``.
    state, case, origin
        As for every board.
    """

    def __init__(
        self,
        incidents: gpd.GeoDataFrame,
        *,
        areas: gpd.GeoDataFrame | None = None,
        state: StateT | None = None,
        case: Case | None = None,
        origin: str = "",
    ) -> None:
        check = Check(f"boards.{self.key}")
        check.places(incidents, "incidents")
        if areas is not None:
            check.places(areas, "areas")
        check.done()
        self._incidents, self._areas = incidents, areas
        self._offences = choosing.offence_options(incidents)
        self._places = choosing.place_options(areas, incidents)
        super().__init__(self.first(), state=state, case=case, origin=origin)

    def first(self) -> StateT:
        """What is asked first, by the data."""
        raise NotImplementedError

    def ask_place(self, *, group: str = "") -> asking.Asked:
        """Where."""
        return asking.choice("place", tr("Where"), self._places, group=group)

    def ask_offences(self, *, hint: str = "", group: str = "") -> asking.Asked:
        """Which offences."""
        label = tr("Offences (all when none is ticked)")
        return asking.many("offences", label, self._offences, hint=hint, group=group)

    def ask_period(self, *, group: str = "") -> list[asking.Asked]:
        """From when until when."""
        first, before = tr("First day"), tr("Before the day")
        return [asking.day("since", first, group=group), asking.day("until", before, group=group)]

    def outlines(self, place: str) -> gpd.GeoDataFrame | None:
        """The outlines of a place that was chosen."""
        return choosing.in_place(self._incidents, self._areas, place, f"boards.{self.key}")[1]


def opened(
    kind: type[Any],
    incidents: gpd.GeoDataFrame | None,
    areas: gpd.GeoDataFrame | None,
    state: Any,
    case: Case | None,
    *,
    sample_areas: Any = None,
) -> Any:
    """A board on somebody's incidents, or on those of Belmara, which it then says."""
    if incidents is not None:
        return kind(incidents, areas=areas, state=state, case=case)
    outlines = areas if areas is not None else examples.areas() if sample_areas is None else sample_areas
    return kind(examples.incidents(), areas=outlines, state=state, case=case, origin=examples.origin())


def in_outlines(incidents: Any, outlines: gpd.GeoDataFrame | None, all_areas: gpd.GeoDataFrame | None) -> Any:
    """The incidents in some outlines: by the name of their area where it stands in both, else by where they lie."""
    if outlines is None or outlines is all_areas:
        return incidents
    if "area" in incidents and "area" in outlines:
        codes = set(outlines["area"].astype(str))
        if set(incidents["area"].dropna().astype(str).unique()) & codes:
            return incidents[incidents["area"].astype(str).isin(codes)]
    from ilp_lab import places

    return incidents[places.area_of(incidents, areas=outlines).notna().to_numpy()]


def day_after(last: date | None) -> date | None:
    """The day on which a file that ends on ``last`` is looked at."""
    return None if last is None else date.fromordinal(last.toordinal() + 1)
