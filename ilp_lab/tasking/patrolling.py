"""Where patrols do most: visits of fifteen minutes, placed by what residents report, within limits that can be defended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import enforce, handling_of, origin_of
from ilp_lab.tasking.dosing import Ground, Plan, allocate, share_of, smallest_share
from ilp_lab.tasking.patrolground import bounded, found_by_police, ground_of, must_fit
from ilp_lab.tasking.patrolwords import MOVED, caveats_of, findings_of, method_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_REFERENCES = (
    "Koper 1995, Just enough police presence, doi:10.1080/07418829500096231",
    "Telep, Mitchell and Weisburd 2014, How much time should the police spend at crime hot spots?, doi:10.1080/07418825.2012.710645",
    "Wheeler 2020, Allocating police resources while limiting racial inequality, doi:10.1080/07418825.2019.1630471",
    "Ensign et al. 2018, Runaway feedback loops in predictive policing, Proceedings of Machine Learning Research 81:160-171",
)


def patrols(
    places: pd.DataFrame,
    *,
    demand: str = "n",
    visits: int,
    effect: float | None = None,
    at_most: int | str | None = None,
    at_least: int | str = 0,
    cost: str | None = None,
    budget: float | None = None,
    group: str | None = None,
    group_at_most: float | None = None,
    explore: float = 0.0,
    discovered: str | None = None,
    patrolled: str | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Place patrol visits so that they reach most, and say what they do not reach and what each limit costs.

    Parameters
    ----------
    places
        Cells, streets or areas, such as ``hot.table``.
    demand
        Column of what is to be reached: incidents or harm, of which more is worse.
    visits
        Visits of 15 minutes in one shift.
    effect
        Share of the demand of a place that the first visit reaches. 0.2 when left out, marked as chosen: it is an assumption, and
        the result says how much hangs on it.
    at_most
        Visits per place and shift, a number or a column; 4 when left out (one in two hours of a shift of eight).
    at_least
        Floor of coverage, a number or a column.
    cost, budget
        Column of what a visit costs at each place, and the sum; without them every visit costs one, and ``visits`` is the sum.
    group, group_at_most
        Column of the share (0 to 1) of a visit's contacts that fall on a group of residents, and the largest share of all
        visits that may. It bounds how unevenly police contact falls; nobody is allocated *to* by it.
    explore
        Share of the visits that is placed at random, so that what is known does not come only from where patrols were.
    discovered
        Column with the part of ``demand`` that police work found. It is left out, or with ``patrolled`` counted with the chance that
        nobody would have been there.
    patrolled
        Column with the share (0 to 1) of past time that the place was patrolled.
    rng
        Seed or Generator, for ``explore``.

    Returns
    -------
    Result
        ``table``: the places with ``visits``, ``reached``, ``reached_share``, ``next_gain`` (what one more visit there would
        reach), ``why``. ``details``: ``not_covered`` (a table), ``price`` (what one more visit would reach), ``prices`` (of each
        limit), ``reached``, ``group_share``, ``proven``, ``steady`` (share of visits that stay where they are if the effect were half
        or twice as large), ``moved_without_discovered``, ``equal_spread`` (what an even spread would reach).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit; when limits contradict each other, which one, and the least change that makes them fit.

    Notes
    -----
    For equal costs the allocation is proven best; with a cost per place or a bound on a group it is the solution of a mixed integer
    program (HiGHS), proven unless the result says otherwise. Cost: 10,000 cells take seconds.

    References
    ----------
    Koper, C. S. (1995), doi:10.1080/07418829500096231. Wheeler, A. P. (2020), doi:10.1080/07418825.2019.1630471.

    Examples
    --------
    >>> import pandas as pd
    >>> town = pd.DataFrame({"place": list("ABC"), "n": [40, 20, 2]})
    >>> patrols(town, visits=5).table["visits"].tolist()
    [4, 1, 0]
    """
    caller = "tasking.patrols"
    check = Check(caller)
    if check.frame(places, "places"):
        check.rows(places, "places")
        named = [demand, cost, group, discovered, patrolled]
        named += [name for name in (at_most, at_least) if isinstance(name, str)]
        check.columns(places, [name for name in named if name is not None], "places")
    check.whole(1, visits=visits)
    check.between(0.01, 0.95, effect=effect)
    check.between(0, 0.5, explore=explore)
    check.between(0, 1, group_at_most=group_at_most)
    if (group is None) != (group_at_most is None):
        check.add("group and group_at_most belong together: a column, and the largest share of visits.")
    if (cost is None) != (budget is None):
        check.add("cost and budget belong together: a column of costs, and their sum.")
    check.positive(budget=budget)
    check.done()
    ground, kept = ground_of(check, places, demand, visits, effect, at_most, at_least, cost, budget)
    ground = bounded(check, ground, places, group, group_at_most)
    found = found_by_police(check, places, demand, discovered, patrolled)
    check.done()
    must_fit(caller, ground)
    generate, seed = generator(rng, caller)
    ground = replace(ground, demand=kept - found)
    plan = _plan(caller, ground, round(explore * visits), generate)
    details = _details(plan, kept if discovered else None)
    moved = details["moved_without_discovered"] or 0
    if moved > MOVED:
        enforce(
            None,
            "D14",
            tr("{moved:.0%} of the visits hang on whether what police work found counts").format(moved=moved),
        )
    table = _table(places, plan)
    missed = table[(table["visits"] == 0) & (ground.demand > 0)]
    details["not_covered"] = missed.sort_values("next_gain", ascending=False, kind="stable")
    return Result(
        name=caller,
        title=trn("{units:,} patrol visit by {demand}", "{units:,} patrol visits by {demand}", plan.given.units.sum()).format(units=plan.given.units.sum(), demand=demand.replace("_", " ")),
        table=table,
        method=method_of(plan, demand, explore, discovered, patrolled),
        findings=findings_of(table, plan, details, demand),
        params=(
            Param("demand", demand), Param("visits", visits),
            Param("effect", ground.effect, chosen=effect is None, why=tr_later("an assumption; try others")),
            Param("at_most", 4 if at_most is None else at_most, chosen=at_most is None, why=tr("one visit in two hours of a shift of eight")),
            Param("at_least", at_least), Param("cost", cost), Param("budget", budget), Param("group", group),
            Param("group_at_most", group_at_most), Param("explore", explore), Param("discovered", discovered),
        ),
        caveats=caveats_of(plan, details, discovered),
        references=_REFERENCES,
        sources=(Source("places", len(places), fingerprint(kept, ground.least, ground.most), origin_of(places)),),
        handling=handling_of(places),
        seed=seed if explore else "",
        view="map" if "geometry" in places else "table",
        details=details,
    )  # fmt: skip


def _plan(caller: str, ground: Ground, random: int, rng: np.random.Generator) -> Plan:
    floors = ground.least
    explored = _explore(ground, random, rng)
    whole = replace(ground, least=floors + explored)
    if explored.any() and ground.group is not None and smallest_share(whole) > ground.bound + 1e-12:
        raise InputError(
            f"{caller}:\n  - the visits placed at random (explore) break group_at_most={ground.bound:g}: with them no smaller share than "
            f"{smallest_share(whole):.3f} is possible. Lower explore, or raise group_at_most to that."
        )
    given = allocate(whole)
    reached = float(ground.reached(given.units).sum())
    prices = {}
    if explored.any():
        prices["exploration"] = _more(ground, reached)
    if floors.any():
        prices["floor"] = _more(replace(whole, least=explored), reached)
    if ground.group is not None:
        prices["bound on the group"] = _more(replace(whole, group=None), reached)
    return Plan(whole, given, floors, explored, prices)


def _more(ground: Ground, reached: float) -> float:
    return max(float(ground.reached(allocate(ground).units).sum()) - reached, 0.0)


def _explore(ground: Ground, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Visits at random places that have room, every place as probable as any other, within the budget."""
    room = np.repeat(np.arange(len(ground.most)), np.maximum(ground.most - ground.least, 0))
    price = np.ones(len(ground.most)) if ground.cost is None else ground.cost
    left = ground.budget - float((ground.least * price).sum())
    drawn: NDArray[np.int64] = np.zeros(len(ground.most), dtype=np.int64)
    if not number or not len(room):
        return drawn
    order = rng.permutation(room)
    affordable = price[order].cumsum() <= left + 1e-9
    return np.asarray(np.bincount(order[affordable][:number], minlength=len(drawn)), dtype=np.int64)


def _details(plan: Plan, all_demand: NDArray[np.float64] | None) -> dict[str, Any]:
    ground, units = plan.ground, plan.given.units
    reached = ground.reached(units)
    one_more = 1.0 if ground.cost is None else float(np.median(ground.cost))
    richer = allocate(replace(ground, budget=ground.budget + one_more)).units
    steady = [
        _kept_in_place(units, allocate(replace(ground, effect=other)).units)
        for other in (ground.effect / 2, min(2 * ground.effect, 0.95))
    ]
    details: dict[str, Any] = {
        "reached": float(reached.sum()),
        "total": float(ground.demand.sum()),
        "price": float(ground.reached(richer).sum() - reached.sum()),
        "price_of": one_more,
        "prices": plan.prices,
        "group_share": share_of(ground, units),
        "proven": plan.given.proven,
        "steady": min(steady),
        "equal_spread": _even(ground, int(units.sum())),
        "value": "visits",
        "moved_without_discovered": None,
    }
    if all_demand is not None:
        naive = allocate(replace(ground, demand=all_demand)).units
        details["moved_without_discovered"] = 1 - _kept_in_place(units, naive)
    return details


def _kept_in_place(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    total = max(int(one.sum()), 1)
    return float(np.minimum(one, other).sum() / total)


def _even(ground: Ground, visits: int) -> float:
    """What is reached on average when the visits are thrown evenly onto the places, at most ``most`` each."""
    room = ground.most.sum()
    if not room:
        return 0.0
    chance = min(visits / room, 1.0)
    # each of the place's possible visits happens with that chance
    return float((ground.demand * (1 - (1 - ground.effect * chance) ** ground.most)).sum())


def _table(places: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    ground, units = plan.ground, plan.given.units
    reached = ground.reached(units)
    gain = ground.demand * ground.effect * (1 - ground.effect) ** units
    why = np.full(len(units), "", dtype=object)
    why[units > 0] = "gain"
    why[(units > 0) & (units <= ground.least)] = "floor"
    why[(units > 0) & (units <= ground.least) & (plan.explored > 0)] = "explored"
    share = np.divide(reached, ground.demand, out=np.zeros(len(units)), where=ground.demand > 0)
    return places.assign(
        visits=units, reached=reached, reached_share=share,
        next_gain=np.where(units < ground.most, gain, 0.0), why=why,
    )  # fmt: skip
