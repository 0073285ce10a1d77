"""The board *Near repeat now*: is a wave open today, where, and whom to warn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ilp_lab._check import Check
from ilp_lab._tongue import day_in_words, figure, tr, trn
from ilp_lab.boards import asking, choosing
from ilp_lab.boards.incidentboards import IncidentBoard, day_after, in_outlines, opened
from ilp_lab.boards.showing import Block, View, fact, page_block, picture_block, table_block
from ilp_lab.boards.working import Tell, quiet

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.result import Result
    from ilp_lab.safeguards import Case

_METRES = (100, 200, 300, 400, 600)
_DAYS = (4, 7, 10, 14, 21, 28)
_FEWEST = 20
_RECENT_DAYS = 28
_APART_M = 500


@dataclass(frozen=True, slots=True)
class NearRepeatState:
    """What the board *Near repeat now* is asked.

    Attributes
    ----------
    place
        Region, district or area; ``"everywhere"`` for all.
    offences
        Those that count; all when empty. One kind answers best.
    day
        The day that is looked at; what happened on it or later does not count.
    days_back
        How far the pattern is looked for.
    within_m
        Up to how many metres two incidents are near.
    within_days
        Up to how many days one follows the other.
    """

    place: str = choosing.EVERYWHERE
    offences: tuple[str, ...] = ()
    day: date | None = None
    days_back: int = 365
    within_m: int = 200
    within_days: int = 14


def compute_near_repeat(
    state: NearRepeatState,
    incidents: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | None = None,
    permutations: int = 199,
    tell: Tell = quiet,
    rng: int = 7,
) -> View:
    """Test for near repeats in the days before, and draw the zones that are open; no widgets.

    Parameters
    ----------
    state
        What is asked.
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them.
    areas
        Outlines with ``area``.
    permutations
        How often the days are dealt anew.
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Seed of the dealing.

    Returns
    -------
    View
        ``results``: ``pattern`` and ``zones``. ``tables``: ``zones``, ``chains`` (of the last four weeks).

    Raises
    ------
    InputError
        When the state names something that is not there.

    Examples
    --------
    >>> import geopandas as gpd
    >>> nothing = gpd.GeoDataFrame({"occurred_at": []}, geometry=[], crs=32633)
    >>> compute_near_repeat(NearRepeatState(day=date(2025, 1, 1)), nothing).answer[0]
    'Only 0 incidents with place and time fit; at least 20 are needed to look for a pattern. Choose more.'
    """
    from ilp_lab import times

    caller = "boards.near_repeat"
    check = Check(caller)
    check.columns(incidents, ["occurred_at"], "incidents")
    check.done()
    day = state.day or day_after(choosing.days_of(incidents)[1]) or date.min
    _, outlines = choosing.in_place(incidents, areas, state.place, caller)
    local = in_outlines(incidents, outlines, areas)
    since = day - timedelta(days=state.days_back) if day.toordinal() > state.days_back else None
    local = choosing.chosen(
        local, caller=caller, offences=state.offences, since=since, until=day if since else None
    )
    usable = local[choosing.with_place(local) & local["occurred_at"].notna()]
    if len(usable) < _FEWEST:
        few = trn(
            "Only {count:,} incident with place and time fits; at least {least} are needed to look for a pattern. Choose more.",
            "Only {count:,} incidents with place and time fit; at least {least} are needed to look for a pattern. Choose more.",
            len(usable),
        )
        return View((few.format(count=len(usable), least=_FEWEST),))
    tell(
        trn(
            "Comparing {count:,} incident with each other …",
            "Comparing {count:,} incidents with each other …",
            len(usable),
        ).format(count=len(usable)),
        0.1,
    )
    pattern = times.near_repeat(
        usable,
        within_m=sorted({state.within_m / 2, float(state.within_m), 2.0 * state.within_m}),
        within_days=sorted({state.within_days / 2, float(state.within_days), 2.0 * state.within_days}),
        permutations=permutations,
        rng=rng,
    )
    tell(tr("Drawing the zones …"), 0.8)
    zones = times.near_repeat_zones(usable, as_of=day.isoformat(), pattern=pattern)
    table = choosing.named(zones.table, areas) if len(zones.table) else zones.table
    chains = _chains(usable, state, day, areas)
    notes = [
        *pattern.caveats[:2],
        tr("It says that they come together, not that the same people did it."),
        tr("Where people do not report, there are no zones."),
    ]
    return View(
        _answer(day, pattern, zones, chains), _facts(pattern, zones, chains, len(usable)),
        {"zones": table, "chains": chains}, {"pattern": pattern, "zones": zones}, tuple(notes),
    )  # fmt: skip


def _chains(
    incidents: gpd.GeoDataFrame, state: NearRepeatState, day: date, areas: gpd.GeoDataFrame | None
) -> pd.DataFrame:
    """Chains of which something happened in the last four weeks, the longest first."""
    import pandas as pd

    from ilp_lab import places, times

    roles = times.near_repeat_roles(incidents, within_m=state.within_m, within_days=state.within_days)
    joined = pd.DataFrame(incidents.drop(columns="geometry")).join(roles)
    if areas is not None:
        joined["area"] = places.area_of(incidents, areas=areas)
    if "area" not in joined:
        joined["area"] = ""
    joined = joined[joined["chain_size"] > 1]
    if not len(joined):
        return pd.DataFrame(columns=["area", "chain", "incidents", "first", "last", "days"])
    chains = joined.groupby("chain").agg(
        area=("area", lambda names: names.mode().iloc[0] if len(names.mode()) else ""),
        incidents=("chain_size", "size"), first=("occurred_at", "min"), last=("occurred_at", "max"),
    )  # fmt: skip
    recent = pd.Timestamp(day - timedelta(days=_RECENT_DAYS)).tz_localize(chains["last"].dt.tz)
    chains = chains[chains["last"] >= recent].reset_index()
    chains["days"] = (chains["last"] - chains["first"]).dt.days
    return chains.sort_values(["incidents", "last"], ascending=False, kind="stable").reset_index(drop=True)


def leading_zones(zones: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The zones that lie together around most incidents: those no further than :data:`_APART_M` from the next.

    Examples
    --------
    >>> import geopandas as gpd
    >>> around = gpd.points_from_xy([0, 50, 9000], [0, 0, 0]).buffer(100)
    >>> zones = gpd.GeoDataFrame({"incident": [1, 2, 3]}, geometry=around, crs=32633)
    >>> leading_zones(zones)["incident"].tolist()
    [1, 2]
    """
    import numpy as np
    import shapely
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not len(zones):
        return zones
    shapes = np.asarray(zones.geometry)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=_APART_M)
    near = coo_array((np.ones(len(one)), (one, other)), shape=(len(shapes), len(shapes)))
    _, groups = connected_components(near, directed=False)
    sizes = zones["incident"].groupby(groups).nunique()
    return zones[groups == sizes.idxmax()]


def _proven(pattern: Result) -> pd.DataFrame:
    """Bands in which more follow each other than chance explains."""
    return pattern.table[pattern.table["verdict"].astype(str) == "more than chance"]


def _answer(day: date, pattern: Result, zones: Result, chains: pd.DataFrame) -> tuple[str, ...]:
    said = []
    proven = _proven(pattern)
    if len(zones.table):
        said.append(
            trn(
                "The zone around {count:,} incident is open on {day}: warn those who live in it today.",
                "Zones around {count:,} incidents are open on {day}: warn those who live in them today.",
                int(zones.table["incident"].nunique()),
            ).format(count=int(zones.table["incident"].nunique()), day=day_in_words(day))
        )
    else:
        said.append(
            tr("No zone is open on {day}. That is an answer, not a fault.").format(day=day_in_words(day))
        )
    if len(proven):
        far, late = proven["m_to"].max(), proven["days_to"].max()
        said.append(
            tr(
                "Up to {metres:,.0f} m and {days:.0f} days apart, more incidents follow each other than chance explains."
            ).format(metres=far, days=late)
        )
    else:
        said.append(
            tr(
                "No more incidents follow each other near by than chance explains; do not send patrols after the last one."
            )
        )
    if len(chains):
        first = chains.iloc[0]
        said.append(
            tr(
                "The longest chain of the last four weeks: {count:,} incidents in {days:,} days, {area}."
            ).format(
                count=int(first["incidents"]),
                days=int(first["days"]),
                area=first["area"] or tr("area not known"),
            )
        )
    return tuple(said)


def _facts(pattern: Result, zones: Result, chains: pd.DataFrame, usable: int) -> tuple[Block, ...]:
    proven = _proven(pattern)
    return (
        fact("zones", tr("Incidents with an open zone"), int(zones.table["incident"].nunique()), tone="warn" if len(zones.table) else ""),
        fact("ratio", tr("Pairs against chance"), f"× {figure(proven['ratio'].max(), '.2f')}" if len(proven) and "ratio" in proven else tr("no more"), note=tr("in the clearest band")),
        fact("chains", tr("Chains in four weeks"), len(chains)),
        fact("incidents", tr("Incidents looked at"), usable),
    )  # fmt: skip


class NearRepeatBoard(IncidentBoard[NearRepeatState]):
    """Every morning: is a wave open, where, and for how long.

    Parameters
    ----------
    incidents, areas
        As for :func:`compute_near_repeat`.
    state, case, origin
        As for every board.
    """

    key = "near_repeat"

    def first(self) -> NearRepeatState:
        """The day after the last incident, for burglaries where there are any."""
        day = day_after(choosing.days_of(self._incidents)[1])
        burglary = tuple(offence for offence in self._offences if "burglary" in offence.lower())[:1]
        if burglary:
            one = self._incidents[self._incidents["offence"].astype(str) == burglary[0]]
            day = day_after(choosing.days_of(one)[1])
        return NearRepeatState(offences=burglary, day=day)

    @property
    def title(self) -> str:
        """Its heading."""
        return tr("Near repeat now")

    @property
    def question(self) -> str:
        """What it answers."""
        return tr("Is a wave open today, where, and whom do we warn?")

    def asked(self) -> Sequence[asking.Asked]:
        """The controls."""
        return [
            asking.day("day", tr("Today is"), hint=tr("What happened on this day or later does not count.")),
            self.ask_place(),
            self.ask_offences(hint=tr("One kind of offence answers best.")),
            asking.slider("days_back", tr("Look back"), low=60, high=1095, step=5, unit=tr("days")),
            asking.choice("within_m", tr("Near is up to"), {metres: tr("{metres:,} m").format(metres=metres) for metres in _METRES}),
            asking.choice("within_days", tr("Soon is up to"), {days: trn("{days} day", "{days} days", days).format(days=days) for days in _DAYS}),
        ]  # fmt: skip

    def answer(self, state: NearRepeatState, tell: Tell) -> View:
        """As :func:`compute_near_repeat`."""
        return compute_near_repeat(state, self._incidents, areas=self._areas, tell=tell)

    def _numbered(self, zones: pd.DataFrame) -> pd.DataFrame:
        """Zones with the numbers that incidents have in the files of the police, where there are some."""
        held, rows = self._incidents, zones["incident"]
        if "incident_id" in held and held.index.is_unique:
            rows = held["incident_id"].reindex(rows)
        return zones.assign(incident=rows.astype("string").to_numpy())

    def blocks(self, view: View) -> list[Block]:
        """Zones on a map, chains, and the test behind them."""
        if not view.results:
            return []
        from ilp_lab import views

        zones, pattern = view.results["zones"], view.results["pattern"]
        blocks: list[Block] = []
        if len(zones.table):
            most, button = leading_zones(zones.table), tr("Show the whole area")
            page = views.map_page(
                replace(zones, title=tr("Zones that are open"), findings=zones.findings[:1]),
                areas=self.outlines(self.state.place),
                incidents=self._incidents[self._incidents.index.isin(zones.table["incident"])],
                opening=most,
            )
            note = trn(
                "The map opens where most zones lie together, around {count:,} incident; “{button}” shows all.",
                "The map opens where most zones lie together, around {count:,} incidents; “{button}” shows all.",
                most["incident"].nunique(),
            ).format(count=most["incident"].nunique(), button=button)
            blocks += [
                page_block(page, name="map", heading=tr("Where to warn"), note=note),
                table_block(
                    self._numbered(view.tables["zones"]),
                    {"area": tr("Area"), "incident": tr("After incident"), "m_to": tr("Up to, m"), "days_old": tr("Days since"), "days_left": tr("Days left"), "ratio": tr("Against chance"), "overlaps": tr("Zones that overlap")},
                    name="zones", heading=tr("The zones"),
                ),
            ]  # fmt: skip
        return [
            *blocks,
            table_block(
                view.tables["chains"],
                {"area": tr("Area"), "incidents": tr("Incidents"), "first": tr("First"), "last": tr("Last"), "days": tr("Days")},
                name="chains", heading=tr("Chains of the last four weeks"), rows=15,
            ),
            picture_block(views.draw(pattern), name="pattern", heading=tr("Do they follow each other?")),
        ]  # fmt: skip


def near_repeat(
    incidents: gpd.GeoDataFrame | None = None,
    *,
    areas: gpd.GeoDataFrame | None = None,
    state: NearRepeatState | None = None,
    case: Case | None = None,
) -> NearRepeatBoard:
    """Open the board *Near repeat now*.

    It answers: is a wave open today, where, and whom do we warn?

    Parameters
    ----------
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them; the sample data of Belmara, in which a wave is planted, when left out.
    areas
        Outlines with ``area`` and, where there is one, ``name``.
    state
        What it shows first.
    case
        An open case; what was saved to it is brought back.

    Returns
    -------
    NearRepeatBoard
        Shows itself in a notebook; ``.view`` holds the answer.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> when = pd.to_datetime(["2025-03-01"]).tz_localize("Europe/Vienna")
    >>> near_repeat(gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy([0], [0]), crs=32633)).state.day
    datetime.date(2025, 3, 2)
    """
    board: NearRepeatBoard = opened(
        _OnBelmara if incidents is None else NearRepeatBoard, incidents, areas, state, case
    )
    return board


class _OnBelmara(NearRepeatBoard):
    """The sample is looked at on a day on which its planted wave is open."""

    def first(self) -> NearRepeatState:
        return NearRepeatState(offences=("burglary dwelling",), day=date(2024, 10, 15))
