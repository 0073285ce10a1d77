"""What is said of patrols: how they were placed, what they reach, what they do not, and what weakens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import few_digits
from ilp_lab.tasking.dosing import MINUTES, Plan

if TYPE_CHECKING:
    import pandas as pd

MOVED = 0.2
_METHOD = (
    "A visit is {minutes} minutes in one place. The first visit of a shift is taken to reach {effect:.0%} of what visits can "
    "reach there, each further one the same share of what is left, so that returns fall; no place gets more than {most}. {visits} "
    "visits were given so that as much {demand} as possible is reached ({solver}).{limits} The price of a limit is what is reached "
    "without it, less what is reached with it."
)


def method_of(plan: Plan, demand: str, explore: float, discovered: str | None, patrolled: str | None) -> str:
    """How the visits were placed."""
    limits = []
    if plan.floors.any():
        limits.append(f"{int((plan.floors > 0).sum())} places get a floor.")
    if plan.ground.group is not None:
        limits.append(f"At most {plan.ground.bound:.1%} of the visits may fall on the group.")
    if explore:
        limits.append(f"{int(plan.explored.sum())} visits were placed at random.")
    if discovered is not None:
        limits.append(
            "What police work found counts with the chance that nobody would have been there."
            if patrolled is not None
            else "What police work found was left out of the demand."
        )
    exact = plan.ground.cost is None and plan.ground.group is None
    return _METHOD.format(
        minutes=MINUTES,
        effect=plan.ground.effect,
        most=int(plan.ground.most.max()),
        visits=int(plan.given.units.sum()),
        demand=demand.replace("_", " "),
        solver="largest gains first, which is the best there is" if exact else "mixed integer program, HiGHS",
        limits=" " + " ".join(limits) if limits else "",
    )


def findings_of(table: pd.DataFrame, plan: Plan, details: dict[str, Any], demand: str) -> tuple[str, ...]:
    """What is reached, what is not, and at what price."""
    units = table["visits"].to_numpy()
    what = "incidents" if demand == "n" else demand.replace("_", " ")
    share = details["reached"] / details["total"]
    without = plan.ground.demand[units == 0]
    said = [
        f"{units.sum():,} visits of {MINUTES} minutes go to {(units > 0).sum():,} of {len(units):,} places and reach {share:.1%} of the {what}; "
        f"spread evenly they would reach {details['equal_spread'] / details['total']:.1%}.",
        f"{(units == 0).sum():,} places with {without.sum() / details['total']:.1%} of the {what} get no visit; the largest of them has "
        f"{few_digits(without.max())}."
        if len(without)
        else "Every place gets a visit.",
        f"One visit more would reach {few_digits(details['price'])} more {what}, {details['price'] / details['total']:.2%} of all."
        if details["price"] > 0
        else "One visit more would reach nothing more within these limits.",
    ]
    if plan.prices:
        costs = "; ".join(
            f"the {name} costs {price / details['total']:.2%}" for name, price in plan.prices.items()
        )
        said.append(f"Limits have a price: {costs} of the {what}.")
    elif details["moved_without_discovered"] is not None:
        said.append(
            f"Placed by what patrols discovered too, {details['moved_without_discovered']:.0%} of the visits would stand elsewhere."
        )
    said.append(
        f"That the first visit reaches {plan.ground.effect:.0%} is an assumption: if it were half or twice that, at least "
        f"{details['steady']:.0%} of the visits would stay where they are. Reached does not mean prevented."
    )
    said.append(
        "Check next, before and after and against places like them without visits, whether it worked (times.displacement_difference)."
    )
    return tuple(said)


def caveats_of(plan: Plan, details: dict[str, Any], discovered: str | None) -> tuple[str, ...]:
    """What weakens it."""
    said = ["Visits are placed at places, never at persons."]
    if discovered is None:
        said.append(
            "It is not said which incidents police work found. Where they are many, patrols are sent where patrols were; "
            "give discovered=."
        )
    elif (details["moved_without_discovered"] or 0) > MOVED:
        said.append(
            f"{details['moved_without_discovered']:.0%} of the visits hang on whether discovered incidents count: the record measures police "
            "work there. Show both maps to whoever decides."
        )
    if not plan.given.proven:
        said.append("Time ran out before the allocation was proven best.")
    if plan.ground.group is None:
        said.append(
            "How contact falls on groups of residents was not bounded; look at visits per resident by area."
        )
    return tuple(said)
