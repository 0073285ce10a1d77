"""What is said of patrols: how they were placed, what they reach, what they do not, and what weakens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ilp_lab._tongue import few_digits, in_a_row, tr, tr_later, trn
from ilp_lab.tasking.dosing import MINUTES, Plan

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MOVED = 0.2
_METHOD = tr_later(
    "A visit is {minutes} minutes in one place. The first visit of a shift is taken to reach {effect:.0%} of what visits "
    "can reach there, each further one the same share of what is left, so that returns fall; no place gets more than "
    "{most}. {visits} visits were given so that as much {demand} as possible is reached ({solver}).{limits} The price of "
    "a limit is what is reached without it, less what is reached with it."
)


def method_of(plan: Plan, demand: str, explore: float, discovered: str | None, patrolled: str | None) -> str:
    """How the visits were placed."""
    limits = []
    if plan.floors.any():
        limits.append(
            trn(
                "{floors} place gets a floor.", "{floors} places get a floor.", int((plan.floors > 0).sum())
            ).format(floors=int((plan.floors > 0).sum()))
        )
    if plan.ground.group is not None:
        limits.append(
            tr("At most {bound:.1%} of the visits may fall on the group.").format(bound=plan.ground.bound)
        )
    if explore:
        limits.append(
            trn(
                "{explored} visit was placed at random.",
                "{explored} visits were placed at random.",
                int(plan.explored.sum()),
            ).format(explored=int(plan.explored.sum()))
        )
    if discovered is not None:
        limits.append(
            tr("What police work found counts with the chance that nobody would have been there.")
            if patrolled is not None
            else tr("What police work found was left out of the demand.")
        )
    exact = plan.ground.cost is None and plan.ground.group is None
    return _METHOD.format(
        minutes=MINUTES,
        effect=plan.ground.effect,
        most=int(plan.ground.most.max()),
        visits=int(plan.given.units.sum()),
        demand=demand.replace("_", " "),
        solver=tr("largest gains first, which is the best there is")
        if exact
        else tr_later("mixed integer program, HiGHS"),
        limits=" " + in_a_row(*limits) if limits else "",
    )


def findings_of(table: pd.DataFrame, plan: Plan, details: dict[str, Any], demand: str) -> tuple[str, ...]:
    """What is reached, what is not, and at what price."""
    units = table["visits"].to_numpy()
    what = tr("incidents") if demand == "n" else demand.replace("_", " ")
    share = details["reached"] / details["total"]
    said = [
        tr(
            "{units:,} visits of {MINUTES} minutes go to {units_2:,} of {n:,} places and reach {share:.1%} of the {what}; spread "
            "evenly they would reach {equal_spread:.1%}."
        ).format(
            units=units.sum(),
            MINUTES=MINUTES,
            units_2=(units > 0).sum(),
            n=len(units),
            share=share,
            what=what,
            equal_spread=details["equal_spread"] / details["total"],
        ),
        _without_a_visit(plan, units, details["total"], what),
        tr("One visit more would reach {price} more {what}, {price_2:.2%} of all.").format(
            price=few_digits(details["price"]), what=what, price_2=details["price"] / details["total"]
        )
        if details["price"] > 0
        else tr("One visit more would reach nothing more within these limits."),
    ]
    if plan.prices:
        told = tr("the {name} costs {price:.2%}")
        costs = in_a_row(
            *(told.format(name=name, price=price / details["total"]) for name, price in plan.prices.items()),
            by="; ",
        )
        said.append(tr("Limits have a price: {costs} of the {what}.").format(costs=costs, what=what))
    elif details["moved_without_discovered"] is not None:
        said.append(
            tr(
                "Placed by what patrols discovered too, {moved_without_discovered:.0%} of the visits would stand elsewhere."
            ).format(moved_without_discovered=details["moved_without_discovered"])
        )
    said.append(
        tr(
            "That the first visit reaches {effect:.0%} is an assumption: if it were half or twice that, at least {steady:.0%} of "
            "the visits would stay where they are. Reached does not mean prevented."
        ).format(effect=plan.ground.effect, steady=details["steady"])
    )
    said.append(
        tr(
            "Check next, before and after and against places like them without visits, whether it worked "
            "(times.displacement_difference)."
        )
    )
    return tuple(said)


def _without_a_visit(plan: Plan, units: NDArray[np.int64], total: float, what: str) -> str:
    """Which places that have anything to reach are left out, in a count that leaves empty ground aside."""
    there = plan.ground.demand > 0
    without = plan.ground.demand[(units == 0) & there]
    if not len(without):
        return tr("Every place that has anything to reach gets a visit.")
    return tr(
        "{count:,} of the {all:,} places that have anything to reach get no visit; they hold {without:.1%} of the {what}, the largest "
        "of them {largest}."
    ).format(
        count=len(without),
        all=int(there.sum()),
        without=without.sum() / total,
        what=what,
        largest=few_digits(without.max()),
    )


def caveats_of(plan: Plan, details: dict[str, Any], discovered: str | None) -> tuple[str, ...]:
    """What weakens it."""
    said = [tr("Visits are placed at places, never at persons.")]
    if discovered is None:
        said.append(
            tr(
                "It is not said which incidents police work found. Where they are many, patrols are sent where patrols were: mark them "
                "in the file."
            )
        )
    elif (details["moved_without_discovered"] or 0) > MOVED:
        said.append(
            tr(
                "{moved_without_discovered:.0%} of the visits hang on whether discovered incidents count: the record measures police "
                "work there. Show both maps to whoever decides."
            ).format(moved_without_discovered=details["moved_without_discovered"])
        )
    if not plan.given.proven:
        said.append(tr("Time ran out before the allocation was proven best."))
    if plan.ground.group is None:
        said.append(
            tr(
                "How contact falls on groups of residents was not bounded; look at visits per resident by area."
            )
        )
    return tuple(said)
