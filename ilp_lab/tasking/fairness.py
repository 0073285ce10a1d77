"""What a bound on the share of visits that falls on a group costs: the whole curve, not one point of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.tasking.dosing import Ground, allocate, share_of, smallest_share
from ilp_lab.tasking.patrolground import numbers

if TYPE_CHECKING:
    import pandas as pd

_METHOD = tr_later(
    "Visits were placed as by tasking.patrols, once for each of {steps} bounds on the share of visits that falls on the "
    "group, from the smallest that is possible to the share without any bound. Each point is the best allocation under "
    "its bound (mixed integer program). The price is the share of what is reached that the bound costs."
)
_REFERENCES = (
    "Wheeler 2020, Allocating police resources while limiting racial inequality, doi:10.1080/07418825.2019.1630471",
    "Bertsimas, Farias and Trichakis 2011, The price of fairness, doi:10.1287/opre.1100.0865",
)


def fairness_price(
    places: pd.DataFrame,
    *,
    demand: str = "n",
    visits: int,
    group: str,
    effect: float = 0.2,
    at_most: int = 4,
    at_least: int = 0,
    steps: int = 11,
) -> Result:
    """Show what it costs to bound how much of all patrol contact falls on a group of residents.

    Parameters
    ----------
    places, demand, visits, effect, at_most, at_least
        As in :func:`patrols`.
    group
        Column of the share (0 to 1) of a visit's contacts that fall on the group.
    steps
        Points of the curve.

    Returns
    -------
    Result
        ``table``: one row per bound: ``share_at_most``, ``share``, ``reached``, ``price`` (share of what is reached without a bound),
        ``visits``, ``proven``. ``details``: ``free_share``, ``smallest_share``, ``population_share`` (mean share of the places).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> town = pd.DataFrame({"n": [40, 30, 20, 10], "share": [0.9, 0.8, 0.1, 0.1]})
    >>> curve = fairness_price(town, visits=6, group="share", steps=3).table
    >>> bool(curve["price"].is_monotonic_decreasing)
    True
    """
    caller = "tasking.fairness_price"
    check = Check(caller)
    if check.frame(places, "places"):
        check.rows(places, "places")
        check.columns(places, [demand, group], "places")
    check.whole(1, visits=visits, at_most=at_most)
    check.whole(0, at_least=at_least)
    check.whole(2, steps=steps)
    check.between(0.01, 0.95, effect=effect)
    check.done()
    wanted, shares = numbers(check, places, demand, "demand"), numbers(check, places, group, "group")
    if not check.faults and ((shares > 1).any() or not wanted.sum() > 0):
        check.add(
            f"group={group!r} must hold shares from 0 to 1, and demand={demand!r} must not be 0 everywhere."
        )
    if at_least > at_most:
        check.add(f"at_least={at_least} asks for more visits than at_most={at_most} allows at one place.")
    elif at_least * len(places) > visits:
        check.add(
            f"the floor at_least asks for {at_least * len(places):,} visits, but there are {visits:,}; at_least={visits // len(places)} fits."
        )
    check.done()
    n = len(places)
    ground = Ground(
        wanted, effect, np.full(n, at_least, dtype=np.int64), np.full(n, at_most, dtype=np.int64), float(visits), group=shares
    )  # fmt: skip
    table, highest, lowest = _curve(ground, steps)
    details = {
        "free_share": highest,
        "smallest_share": lowest,
        "population_share": float(shares.mean()),
        "demand": demand,
    }
    return Result(
        name=caller,
        title=tr_later("Price of a bound on the share of visits"),
        table=table,
        method=_METHOD.format(steps=steps),
        findings=_findings(table, details),
        params=(
            Param("demand", demand), Param("visits", visits), Param("group", group), Param("effect", effect),
            Param("at_most", at_most), Param("at_least", at_least), Param("steps", steps),
        ),
        caveats=(
            tr("Contact is taken to fall on residents in proportion; who is really stopped has to be recorded and looked at."),
            tr("Visits to places without demand would lower the share without serving anybody; they are not used."),
        ),
        references=_REFERENCES,
        sources=(Source("places", n, fingerprint(wanted, shares), origin_of(places)),),
        handling=handling_of(places),
        details=details,
    )  # fmt: skip


def _curve(ground: Ground, steps: int) -> tuple[pd.DataFrame, float, float]:
    """The points of the curve, the share without a bound, and the smallest that is possible."""
    import pandas as pd

    free = allocate(replace(ground, group=None)).units
    highest, lowest = share_of(ground, free), smallest_share(ground)
    best = float(ground.reached(free).sum())
    rows = []
    for bound in np.linspace(min(lowest, highest), highest, steps):
        given = allocate(replace(ground, bound=float(bound) + 1e-9))
        reached = float(ground.reached(given.units).sum())
        rows.append(
            {
                "share_at_most": float(bound), "share": share_of(ground, given.units), "reached": reached,
                "price": 1 - reached / best, "visits": int(given.units.sum()), "proven": given.proven,
            }
        )  # fmt: skip
    return pd.DataFrame(rows), highest, lowest


def _findings(table: pd.DataFrame, details: dict[str, Any]) -> tuple[str, ...]:
    cheap = table[table["price"] <= 0.05]
    first = cheap.iloc[0] if len(cheap) else table.iloc[-1]
    tight = table.iloc[0]
    return (
        tr(
            "Without a bound {free_share:.1%} of the visits fall on the group, whose mean share of the places is "
            "{population_share:.1%}."
        ).format(free_share=details["free_share"], population_share=details["population_share"]),
        tr("A bound of {share_at_most:.1%} costs {price:.1%} of what is reached.").format(
            share_at_most=first["share_at_most"], price=first["price"]
        ),
        tr(
            "The smallest share that is possible, {share_at_most:.1%}, costs {price:.1%} and uses {visits:,} visits."
        ).format(share_at_most=tight["share_at_most"], price=tight["price"], visits=tight["visits"]),
        tr(
            "Which point of the curve is right is a decision about people, not a calculation; it belongs to a named decision-maker."
        ),
        tr("Check next with those who live there, and write the reasons into the decision record."),
    )
