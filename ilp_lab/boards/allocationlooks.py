"""What the board *Allocation* says: where visits go, what one more would do, on whom they fall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ilp_lab._check import Check
from ilp_lab._tongue import few_digits, figure, tr, trn
from ilp_lab.boards import choosing
from ilp_lab.boards.showing import Block, View, fact, share
from ilp_lab.boards.working import Tell, quiet
from ilp_lab.errors import InputError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.result import Result

Demand = Literal["harm", "incidents"]
NOBODY = ""
_CURVE = 7


@dataclass(frozen=True, slots=True)
class AllocationState:
    """What the board *Allocation* is asked.

    Attributes
    ----------
    place
        Region, district or area; ``"everywhere"`` for all.
    offences
        Those that count; all when empty.
    since, until
        The period, half-open.
    demand
        What is to be reached: harm in days, or incidents.
    cell_m
        Side of a cell in metres.
    visits
        Visits of 15 minutes in one shift: the budget.
    at_most
        Visits to one place.
    explore_percent
        Share of the visits that is placed at random.
    effect_percent
        Share of a place's demand that its first visit reaches; an assumption.
    group
        Column of the areas with the share of a group among the residents; none when empty.
    group_at_most_percent
        Largest share of all visits that may fall on the group.
    """

    place: str = choosing.EVERYWHERE
    offences: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    demand: Demand = "harm"
    cell_m: float = 1000
    visits: int = 40
    at_most: int = 4
    explore_percent: int = 10
    effect_percent: int = 20
    group: str = NOBODY
    group_at_most_percent: int = 100


def compute_allocation(
    state: AllocationState,
    incidents: gpd.GeoDataFrame,
    *,
    areas: gpd.GeoDataFrame | None = None,
    tell: Tell = quiet,
    rng: int = 7,
) -> View:
    """Place the visits and say what they reach; no widgets.

    Parameters
    ----------
    state
        What is asked.
    incidents
        As :func:`ilp_lab.intake.read_incidents` gives them.
    areas
        Outlines with ``area``; they bound the ground, and their columns of shares can be chosen as ``group``.
    tell
        Called with a sentence and a share of the work that is done.
    rng
        Seed of the visits that are placed at random.

    Returns
    -------
    View
        ``results``: ``plan`` and, where a group is chosen, ``fairness``. ``tables``: ``plan``, ``not_covered``, ``budget``.

    Raises
    ------
    InputError
        When the state names something that is not there.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np
    >>> xy = np.random.default_rng(1).uniform(0, 3000, (300, 2)) + [500_000, 5_300_000]
    >>> incidents = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> view = compute_allocation(AllocationState(demand="incidents", visits=10), incidents)
    >>> int(view.results["plan"].table["visits"].sum())
    10
    """
    from ilp_lab import tasking

    caller = "boards.allocation"
    tell(tr("Counting what happened where …"), 0.1)
    cells, notes = _ground(state, incidents, areas, caller)
    if cells is None:
        return View(tuple(notes))
    if not state.visits:
        return View((tr("No visits, nothing reached: move the budget."),), notes=tuple(notes))
    options = _options(state)
    tell(
        trn("Placing {visits:,} visit …", "Placing {visits:,} visits …", state.visits).format(
            visits=state.visits
        ),
        0.4,
    )
    plan = tasking.patrols(cells, **options, visits=state.visits, rng=rng)
    results: dict[str, Result] = {"plan": plan}
    if state.group:
        tell(tr("Working out what fairness costs …"), 0.5)
        results["fairness"] = tasking.fairness_price(
            cells,
            demand="demand",
            visits=state.visits,
            group="group_share",
            effect=state.effect_percent / 100,
            at_most=state.at_most,
            steps=_CURVE,
        )
    tell(tr("Trying other budgets …"), 0.8)
    budget = _budgets(cells, state, options, plan, rng)
    reasons = {"gain": tr("it reaches most"), "explored": tr("placed at random"), "floor": tr("least cover")}
    shown = choosing.named(plan.table, areas)
    shown["why"] = shown["why"].replace(reasons)
    tables = {
        "plan": shown[shown["visits"] > 0].sort_values("visits", ascending=False, kind="stable"),
        "not_covered": choosing.named(plan["not_covered"].head(200), areas),
        "budget": budget,
    }
    return View(
        _answer(state, plan, budget), _facts(state, plan, results.get("fairness")), tables, results,
        (*notes, *_notes(state)),
    )  # fmt: skip


def _ground(
    state: AllocationState, incidents: gpd.GeoDataFrame, areas: gpd.GeoDataFrame | None, caller: str
) -> tuple[gpd.GeoDataFrame | None, list[str]]:
    """Cells with what is to be reached in them, and what must be said of it; no cells where there is nothing."""
    from ilp_lab import places, threats

    check = Check(caller)
    check.places(incidents, "incidents")
    check.choice(allowed=("harm", "incidents"), demand=state.demand)
    check.done()
    local, study = choosing.in_place(incidents, areas, state.place, caller)
    local = choosing.chosen(
        local, caller=caller, offences=state.offences, since=state.since, until=state.until
    )
    local, notes = local[choosing.with_place(local)], []
    weight = None
    if state.demand == "harm":
        Check(caller).columns(local, ["offence"], "incidents")
        weights = threats.harm(local["offence"], unknown="leave")
        unknown = int(weights.isna().sum())
        if unknown:
            notes.append(
                trn(
                    "{count:,} incident has an offence without a weight on the harm scale; it counts as nothing.",
                    "{count:,} incidents have an offence without a weight on the harm scale; they count as nothing.",
                    unknown,
                ).format(count=unknown)
            )
        local, weight = local.assign(harm=weights.fillna(0.0)), "harm"
    if not len(local):
        return None, [tr("No incident with a known place fits; choose a longer period or more offences.")]
    cells = places.count(local, cell_m=state.cell_m, study_area=study, weight=weight)
    cells = cells.rename(columns={"n": "demand"})
    if not cells["demand"].sum():
        return None, [tr("There is nothing to reach: everything that fits weighs nothing."), *notes]
    if state.group:
        cells, said = _with_group(cells, state, areas, caller)
        notes.append(said)
    return cells, notes


def _with_group(
    cells: gpd.GeoDataFrame, state: AllocationState, areas: gpd.GeoDataFrame | None, caller: str
) -> tuple[gpd.GeoDataFrame, str]:
    from ilp_lab import places

    groups = group_options(areas)
    if areas is None or state.group not in groups:
        raise InputError(f"{caller}: the areas have no column of shares named {state.group!r}.")
    label = "name" if "name" in areas else "area"
    share = places.area_of(cells, areas=areas).map(areas.drop_duplicates(label).set_index(label)[state.group])
    outside = int(share.isna().sum())
    said = tr(
        "A cell has the share of its area. Contact is taken to fall on residents in proportion; who is really stopped has to "
        "be recorded and looked at."
    )
    if outside:
        said += " " + trn(
            "{count:,} cell without an area took the mean share.",
            "{count:,} cells without an area took the mean share.",
            outside,
        ).format(count=outside)
    return cells.assign(group_share=share.fillna(share.mean()).astype(float)), said


def group_options(areas: pd.DataFrame | None) -> dict[str, str]:
    """Columns of the areas that hold shares between 0 and 1 → how they are called.

    Examples
    --------
    >>> import pandas as pd
    >>> group_options(pd.DataFrame({"area": ["A"], "share_young": [0.3], "population": [900]}))
    {'share_young': 'share young'}
    """
    import pandas as pd

    if areas is None:
        return {}
    return {
        str(name): str(name).replace("_", " ")
        for name in areas.columns
        if name != "geometry" and pd.api.types.is_float_dtype(areas[name]) and areas[name].between(0, 1).all()
    }


def _options(state: AllocationState) -> dict[str, Any]:
    options: dict[str, Any] = {
        "demand": "demand",
        "effect": state.effect_percent / 100,
        "at_most": state.at_most,
        "explore": state.explore_percent / 100,
    }
    if state.group and state.group_at_most_percent < 100:
        options |= {"group": "group_share", "group_at_most": state.group_at_most_percent / 100}
    return options


def _budgets(
    cells: gpd.GeoDataFrame, state: AllocationState, options: dict[str, Any], plan: Result, rng: int
) -> pd.DataFrame:
    """What smaller and larger budgets reach, under the same limits; fewer of them where each takes long."""
    import pandas as pd

    from ilp_lab import tasking

    rows = []
    for percent in (90, 100, 110) if "group" in options else (50, 75, 90, 100, 110, 125, 150):
        visits = max(1, round(state.visits * percent / 100))
        try:
            tried = plan if percent == 100 else tasking.patrols(cells, **options, visits=visits, rng=rng)
        except InputError:  # a limit cannot be kept with so many visits: the row would mean nothing
            continue
        rows.append(
            {
                "percent": percent,
                "visits": visits,
                "reached_share": tried["reached"] / tried["total"],
                "price_share": tried["price"] / tried["total"],
            }
        )
    return pd.DataFrame(rows, columns=["percent", "visits", "reached_share", "price_share"])


def _of(state: AllocationState) -> str:
    return tr("of the harm") if state.demand == "harm" else tr("of the incidents")


def _answer(state: AllocationState, plan: Result, budget: pd.DataFrame) -> tuple[str, ...]:
    reached, more = plan["reached"] / plan["total"], plan["price"] / plan["total"]
    placed = int(plan.table["visits"].sum())
    said = [
        trn(
            "{visits:,} visit reaches {share} {of}; one visit more would reach another {more}.",
            "{visits:,} visits reach {share} {of}; one visit more would reach another {more}.",
            placed,
        ).format(visits=placed, share=share(reached), more=share(more), of=_of(state))
    ]
    if placed < state.visits:
        said.append(
            trn(
                "{left:,} of the {visits:,} visits has no place: the limits leave no room for it.",
                "{left:,} of the {visits:,} visits have no place: the limits leave no room for them.",
                state.visits - placed,
            ).format(left=state.visits - placed, visits=state.visits)
        )
    less = budget[budget["percent"] == 90]
    if len(less):
        said.append(
            tr("With a tenth less, {visits:,} visits, it would be {share}.").format(
                visits=int(less["visits"].iloc[0]), share=share(float(less["reached_share"].iloc[0]))
            )
        )
    missed = plan["not_covered"]
    said.append(
        tr(
            "{count:,} of the {all:,} places in which something happened get no visit; they hold {share} {of}. They are listed below and "
            "belong in the briefing."
        ).format(
            count=len(missed),
            all=int((plan.table["demand"] > 0).sum()),
            share=share(float(missed["demand"].sum()) / plan["total"]),
            of=_of(state),
        )
        if len(missed)
        else tr("Every place in which something happened gets a visit.")
    )
    said.append(tr("Reached does not mean prevented."))
    return tuple(said)


def _notes(state: AllocationState) -> list[str]:
    notes = [
        tr("Visits are placed at places, never at persons."),
        tr(
            "What police work itself found counts like what residents report, unless it was left out beforehand: then patrols are "
            "sent where patrols were."
        ),
    ]
    if not state.group:
        notes.append(
            tr("How contact falls on groups of residents was not looked at; choose a group under Fairness.")
        )
    return notes


def _facts(state: AllocationState, plan: Result, fairness: Result | None) -> tuple[Block, ...]:
    total = plan["total"]
    unit = tr("days of harm") if state.demand == "harm" else tr("incidents")
    facts = [
        fact("reached", tr("Reached by this plan"), share(plan["reached"] / total), note=tr(
            "{value} {unit}; spread evenly it would be {even}"
        ).format(value=few_digits(plan["reached"]), unit=unit, even=share(plan["equal_spread"] / total))),
        fact("price", tr("One visit more"), "+" + share(plan["price"] / total), note=tr(
            "{value} {unit}: the price of the budget"
        ).format(value=few_digits(plan["price"]), unit=unit)),
    ]  # fmt: skip
    names = {
        "exploration": tr("Cost of learning"),
        "bound on the group": tr("Cost of the bound"),
    }
    facts += [
        fact(name, names.get(name, name), "−" + share(price / total), note=tr("what this limit takes from what is reached"))
        for name, price in plan["prices"].items()
    ]  # fmt: skip
    facts.append(
        fact(
            "steady", tr("Would stay where they are"), figure(plan["steady"], ".0%"),
            note=tr("of the visits, if the effect were half or twice as large"),
            tone="good" if plan["steady"] >= 0.7 else "warn",
        )
    )  # fmt: skip
    if fairness is not None:
        fallen = float(plan["group_share"] or _group_share(plan))
        mean = float(fairness["population_share"])
        facts.append(
            fact(
                "group", tr("Visits that fall on the group"), share(fallen),
                note=tr("the mean share of the places is {mean}").format(mean=share(mean)),
                tone="warn" if fallen > 1.25 * mean else "",
            )
        )  # fmt: skip
    return tuple(facts)


def _group_share(plan: Result) -> float:
    table = plan.table
    return float((table["visits"] * table["group_share"]).sum() / max(table["visits"].sum(), 1))
