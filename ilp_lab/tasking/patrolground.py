"""What patrols are placed by: demand, limits and costs as they were given, and whether the limits fit together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError, InputError
from ilp_lab.tasking.dosing import Ground, smallest_share

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def ground_of(
    check: Check,
    places: pd.DataFrame,
    demand: str,
    visits: int,
    effect: float | None,
    at_most: int | str | None,
    at_least: int | str,
    cost: str | None,
    budget: float | None,
) -> tuple[Ground, NDArray[np.float64]]:
    """Demand, limits and costs of the places, and the demand as it was given."""
    wanted = numbers(check, places, demand, "demand")
    if len(wanted) and not wanted.sum() > 0 and not check.faults:
        check.add(f"demand={demand!r} is 0 everywhere, so there is nothing to patrol for.")
    most = _limit(check, places, 4 if at_most is None else at_most, "at_most")
    least = _limit(check, places, at_least, "at_least")
    costs = None if cost is None else numbers(check, places, cost, "cost")
    if costs is not None and (costs <= 0).any():
        check.add(f"cost={cost!r} must be above 0 everywhere.")
    total = float(visits) if budget is None else float(budget)
    return Ground(wanted, 0.2 if effect is None else effect, least, most, total, costs), wanted


def numbers(check: Check, places: pd.DataFrame, column: str, name: str) -> NDArray[np.float64]:
    """A column of numbers of at least 0, without gaps."""
    if places[column].dtype.kind not in "iufb":
        check.add(
            f"{name}={column!r} must be a column of numbers; it holds {places[column].dtype}.", ColumnError
        )
        return np.zeros(len(places))
    values = places[column].to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(values).all():
        check.add(
            f"{name}={column!r} has {int((~np.isfinite(values)).sum())} rows without a number.", ColumnError
        )
    elif (values < 0).any():
        check.add(
            f"{name}={column!r} holds {int((values < 0).sum())} negative numbers, the lowest {values.min():g}; it cannot be below 0."
            + (
                " A z value or a density of differences is no demand: take incidents or harm."
                if name == "demand"
                else ""
            ),
            ColumnError,
        )
    return values


def _limit(check: Check, places: pd.DataFrame, given: int | str, name: str) -> NDArray[np.int64]:
    if isinstance(given, str):
        return np.round(numbers(check, places, given, name)).astype(np.int64)
    check.whole(0, **{name: given})
    return np.full(len(places), 0 if check.faults else int(given), dtype=np.int64)


def bounded(
    check: Check, ground: Ground, places: pd.DataFrame, group: str | None, bound: float | None
) -> Ground:
    """The ground with the bound on a group of residents, where there is one."""
    if group is None or bound is None:
        return ground
    shares = numbers(check, places, group, "group")
    if not check.faults and (shares > 1).any():
        check.add(f"group={group!r} must hold shares from 0 to 1; the highest is {shares.max():g}.")
    return replace(ground, group=shares, bound=bound)


def found_by_police(
    check: Check, places: pd.DataFrame, demand: str, discovered: str | None, patrolled: str | None
) -> NDArray[np.float64]:
    """What is taken from the demand because police work found it."""
    if discovered is None:
        if patrolled is not None:
            check.add("patrolled is used with discovered, which is not given.")
        return np.zeros(len(places))
    part = numbers(check, places, discovered, "discovered")
    share = np.ones(len(places)) if patrolled is None else numbers(check, places, patrolled, "patrolled")
    if check.faults:
        return np.zeros(len(places))
    if (share > 1).any():
        check.add(f"patrolled={patrolled!r} must hold shares from 0 to 1; the highest is {share.max():g}.")
    over = part > places[demand].to_numpy(dtype=np.float64) + 1e-9
    if over.any():
        check.add(
            f"discovered={discovered!r} is larger than {demand!r} in {int(over.sum())} places; it must be a part of it."
        )
    return np.asarray(part * share)


def must_fit(caller: str, ground: Ground) -> None:
    """Which limits contradict each other, and the least change that makes them fit."""
    faults = []
    over = ground.least > ground.most
    if over.any():
        faults.append(
            tr(
                "at_least asks for more visits than at_most allows in {over} places; raise at_most to {least} there, or lower the "
                "floor."
            ).format(over=int(over.sum()), least=int(ground.least[over].max()))
        )
    price = np.ones(len(ground.least)) if ground.cost is None else ground.cost
    floors = float((ground.least * price).sum())
    if floors > ground.budget + 1e-9:
        faults.append(
            tr(
                "the floor at_least asks for {floors:,g}, but there are {budget:,g}: {floors_2:,g} more are needed, or a floor in "
                "fewer places ({places_that_fit:,} of {least:,} fit)."
            ).format(
                floors=floors,
                budget=ground.budget,
                floors_2=floors - ground.budget,
                places_that_fit=_places_that_fit(ground, price),
                least=int((ground.least > 0).sum()),
            )
        )
    if not faults and ground.group is not None:
        lowest = smallest_share(ground)
        if lowest > ground.bound + 1e-12:
            why = (
                tr("the floors at_least and the shares of the places")
                if ground.least.any()
                else tr_later("the shares of the places")
            )
            faults.append(
                tr(
                    "group_at_most={bound:g} cannot be kept: {why} allow no smaller share than {lowest:.3f}. Raise it to at least {ceil:g}"
                ).format(
                    bound=ground.bound, why=why, lowest=lowest, ceil=np.ceil(lowest * 1000 - 1e-09) / 1000
                )
                + (tr(", or lower the floors.") if ground.least.any() else ".")
            )
    if faults:
        raise InputError(f"{caller}:\n" + "\n".join(f"  - {fault}" for fault in faults))


def _places_that_fit(ground: Ground, price: NDArray[np.float64]) -> int:
    needed = np.sort((ground.least * price)[ground.least > 0]).cumsum()
    return int((needed <= ground.budget + 1e-9).sum())
