"""What is left of a chart when entities go one after another: as ranked once, ranked anew each time, or at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import in_a_row, tr, tr_later, trn
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.paths import closeness, quick_betweenness
from ilp_lab.networks.positions import pagerank
from ilp_lab.networks.rankable import rows_unranked, unranked
from ilp_lab.networks.ties import Ties, check_weights, source_of, ties_of, usable, weight_params
from ilp_lab.networks.wording import CAVEATS
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

RECOMPUTED, AS_FIRST_RANKED = tr_later("recomputed"), tr_later("as first ranked")
ORDERS = ("betweenness", "degree", "degree_in", "degree_out", "strength", "harmonic", "pagerank")
METHOD = tr_later(
    "Entities were taken out one after another: by a measure as first computed, or by the measure computed anew on what "
    "is left each time (the first in the chart's order among equals), and in random order for comparison. After each, "
    "the largest part, the number of parts and fragmentation (share of the pairs that are left without a way to each "
    "other) were taken{strong}. Victims, witnesses and other parties and things of theirs stay."
)


def removal_curves(
    chart: LinkChart,
    *,
    by: str | Sequence[str] = ("betweenness", "degree"),
    steps: int | None = None,
    distance: str | None = None,
    strength: str | None = None,
    directed: bool = False,
    random_orders: int = 200,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Take entities out one after another, and see what is left of the chart after each.

    Parameters
    ----------
    chart
        A link chart.
    by
        In which order: ``betweenness``, ``degree``, ``strength``, ``harmonic``, ``pagerank``, with ``directed`` also ``degree_in``
        and ``degree_out``; one or several. Each is tried as ranked once and as ranked anew after each removal.
    steps
        How many go; by default all that may on charts of up to 200 entities, otherwise 50.
    distance, strength, directed
        What the links' numbers mean; see :func:`ilp_lab.networks.measures`. With ``directed`` a part is one within which everybody
        reaches everybody along the links.
    random_orders
        How many random orders there are for comparison.
    rng
        Seed for the random orders.

    Returns
    -------
    Result
        One row per order and number removed: ``order`` (such as ``"betweenness, recomputed"``), ``removed``, ``entity_id`` (who
        went at this step; missing for the start and for random orders), ``largest``, ``parts``, ``fragmentation``; for
        ``"random"`` the means, and ``largest_low``, ``largest_high``, ``fragmentation_low``, ``fragmentation_high`` hold
        90 % of the orders. ``details["robustness"]`` is the mean share of the largest part over the curve, for each order
        (Schneider et al. 2011): smaller means that the order takes the chart apart sooner.

    Raises
    ------
    ColumnError, InputError
        When a weight or setting does not fit, or nobody may be taken out.

    Notes
    -----
    Without direction a whole curve costs little more than one look at every tie: entities are put back in reverse and parts
    joined. Computing betweenness anew costs a pass per step; above 3·10⁷ steps it is taken from 256 starts.

    References
    ----------
    Holme et al. 2002, doi:10.1103/PhysRevE.65.056109; Schneider et al. 2011, doi:10.1073/pnas.1009440108.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> star = chart(pd.DataFrame({"source": "A", "target": ["B", "C", "D", "E"]}))
    >>> found = removal_curves(star, by="degree", steps=1, rng=7).table
    >>> found[found["order"] == "degree, recomputed"]["largest"].tolist()
    [5.0, 1.0]
    """
    faults = Check("networks.removal_curves")
    check_weights(faults, chart, distance, strength)
    orders = [by] if isinstance(by, str) else [str(one) for one in by]
    for one in orders:
        faults.choice(allowed=ORDERS, by=one)
    if not orders:
        faults.add("by names no order; give one or several of " + ", ".join(ORDERS) + ".")
    if "strength" in orders and strength is None:
        faults.add("by='strength' needs strength=, the column of the links that says how strong each is.")
    faults.whole(1, steps=steps)
    faults.whole(10, random_orders=random_orders)
    reasons = unranked(chart)
    allowed = reasons.isna().to_numpy()
    if len(allowed) and not allowed.any():
        faults.add("nobody may be taken out: all are victims, witnesses, other parties or things of theirs.")
    faults.done()
    used, lost = usable(chart, distance or strength)
    ties = ties_of(chart, used, distance=distance, strength=strength, directed=directed)
    default = int(allowed.sum()) if ties.count <= 200 else 50
    number = min(default if steps is None else int(steps), int(allowed.sum()))
    draw, seed = generator(rng, "networks.removal_curves")
    table = _curves(ties, orders, allowed, number, int(random_orders), draw)
    robust = (table.groupby("order", sort=False)["largest"].mean() / ties.count).to_dict()
    rows = as_rows_left_out(lost, rows_unranked(chart, reasons))
    return Result(
        name="networks.removal_curves",
        title=tr("What is left when entities go one after another"),
        table=table,
        method=METHOD.format(strong=tr_later(", parts along the direction of links") if directed else ""),
        findings=_findings(table, ties.count, robust),
        params=(
            Param("by", ", ".join(orders)),
            Param("steps", number, chosen=steps is None, why=tr_later("all on small charts, 50 on others")),
            *weight_params(distance, strength, directed=directed),
            Param(tr_later("random orders"), int(random_orders)),
        ),
        caveats=(
            tr("Nobody reacts in these curves. People do: networks.disruption lets them."),
            tr(
                "The order says where the chart is thin, not whom to act on; that is decided on evidence and law."
            ),
            CAVEATS[1],
        ),
        references=(
            "Holme, P. et al. (2002). Attack vulnerability of complex networks. Phys. Rev. E 65. doi:10.1103/PhysRevE.65.056109",
            "Schneider, C. M. et al. (2011). Mitigation of malicious attacks on networks. PNAS 108. doi:10.1073/pnas.1009440108",
        ),
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        details={"chart": chart, "robustness": robust},
    )


def removal_order(ties: Ties, by: str, allowed: Any, steps: int, *, recompute: bool) -> Whole:
    """Who goes first, second and so on among the allowed."""
    from tqdm.auto import trange

    if not recompute:
        values = _values(ties, by)
        masked = np.where(allowed, np.round(values, 12), -np.inf)
        return np.argsort(-masked, kind="stable")[:steps].astype(np.int64)
    order: list[int] = []
    there = np.ones(ties.count, bool)
    left = ties
    for _ in trange(steps, desc=f"removing by {by}", delay=1, leave=False):
        values = np.where(allowed & there, np.round(_values(left, by), 12), -np.inf)
        gone = int(np.argmax(values))
        order.append(gone)
        there[gone] = False
        left = without(left, [gone])
    return np.array(order, np.int64)


def without(ties: Ties, members: Sequence[int]) -> Ties:
    """The same entities, those of ``members`` without ties."""
    kept = ~np.isin(ties.source, members) & ~np.isin(ties.target, members)
    return replace(
        ties,
        source=ties.source[kept],
        target=ties.target[kept],
        length=ties.length[kept],
        strength=ties.strength[kept],
    )


def _values(ties: Ties, by: str) -> Any:
    count = ties.count
    if by == "betweenness":
        return quick_betweenness(ties.ahead, ties.back, weighted=ties.weighted, directed=ties.directed)
    if by == "harmonic":
        return closeness(ties.ahead, ties.back, weighted=ties.weighted)[1]
    if by == "pagerank":
        return pagerank(ties.source, ties.target, ties.strength, count, directed=ties.directed)
    if by == "strength":
        return np.bincount(ties.source, ties.strength, count) + np.bincount(ties.target, ties.strength, count)
    if by == "degree" or not ties.directed:
        return np.diff(ties.both.ptr).astype(np.float64)
    ends = ties.target if by == "degree_in" else ties.source
    return np.bincount(ends, minlength=count).astype(np.float64)


def left_after(ties: Ties, order: Whole) -> tuple[Any, Any, Any]:
    """Largest part, number of parts and fragmentation after 0, 1, 2 … of ``order`` are gone."""
    steps = len(order) + 1
    largest, pairs, pieces = (np.zeros(steps, np.int64) for _ in range(3))
    if ties.directed:
        for step in range(steps):
            sizes = _strong_sizes(without(ties, order[:step].tolist()), order[:step])
            largest[step], pieces[step] = sizes.max(initial=0), len(sizes)
            pairs[step] = int((sizes * (sizes - 1)).sum())
    else:
        from ilp_lab.networks.loops.structure import after_removals

        after_removals(*ties.both[:2], order, largest, pairs, pieces)
    rest = ties.count - np.arange(steps)
    possible = np.maximum(rest * (rest - 1), 1)
    return largest, pieces, np.where(rest > 1, 1.0 - pairs / possible, 1.0)


def _strong_sizes(ties: Ties, gone: Whole) -> Any:
    from scipy.sparse.csgraph import connected_components

    _, part = connected_components(ties.matrix(), directed=True, connection="strong")
    return np.unique(np.delete(part, gone), return_counts=True)[1]


def _curves(
    ties: Ties, orders: Sequence[str], allowed: Any, steps: int, random_orders: int, draw: np.random.Generator
) -> pd.DataFrame:
    """All curves below each other."""
    import pandas as pd
    from tqdm.auto import trange

    frames = []
    names = np.array([*ties.names, None], dtype=object)
    for by in orders:
        for recompute in (True, False):
            order = removal_order(ties, by, allowed, steps, recompute=recompute)
            largest, parts, apart = left_after(ties, order)
            frames.append(
                pd.DataFrame(
                    {
                        "order": f"{by}, {RECOMPUTED if recompute else AS_FIRST_RANKED}",
                        "removed": np.arange(len(order) + 1),
                        "entity_id": pd.array([None, *names[order]], dtype="string"),
                        "largest": largest.astype(np.float64),
                        "parts": parts.astype(np.float64),
                        "fragmentation": apart,
                    }
                )
            )
    candidates = np.flatnonzero(allowed)
    drawn = np.empty((random_orders, 3, steps + 1))
    for turn in trange(random_orders, desc="random orders", delay=1, leave=False):
        drawn[turn] = left_after(ties, draw.permutation(candidates)[:steps])
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    mean = drawn.mean(axis=0)
    frames.append(
        pd.DataFrame(
            {
                "order": "random",
                "removed": np.arange(steps + 1),
                "entity_id": pd.array([None] * (steps + 1), dtype="string"),
                "largest": mean[0],
                "parts": mean[1],
                "fragmentation": mean[2],
                "largest_low": low[0],
                "largest_high": high[0],
                "fragmentation_low": low[2],
                "fragmentation_high": high[2],
            }
        )
    )
    return pd.concat(frames, ignore_index=True)


def _in_words(order: str) -> str:
    """An order of removal, said again in any language: by which measure, and whether it is recomputed after each."""
    return in_a_row(*map(tr_later, order.split(", ")), by=", ")


def _findings(table: Any, count: int, robust: Any) -> tuple[str, ...]:
    start = table["largest"].iloc[0]
    said = [
        trn(
            "The largest part has {start:,} of {count:,} entity before anybody goes.",
            "The largest part has {start:,} of {count:,} entities before anybody goes.",
            count,
        ).format(start=int(start), count=count)
    ]
    halves = {}
    for order, curve in table.groupby("order", sort=False):
        below = curve[curve["largest"] <= start / 2]
        halves[str(order)] = int(below["removed"].iloc[0]) if len(below) else None
    planned = {order: steps for order, steps in halves.items() if order != "random"}
    best = min(robust.keys() - {"random"}, key=lambda order: robust[order])
    reached = planned[best]
    said.append(
        tr("Of the orders tried, “{best}” takes it apart soonest").format(best=_in_words(best))
        + (
            tr(": it is down to half after {reached:,}.").format(reached=reached)
            if reached is not None
            else tr("; even so more than half is left at the end.")
        )
    )
    chance = halves["random"]
    said.append(
        tr("At random it takes {chance:,}.").format(chance=chance)
        if chance is not None
        else tr("Random removals do not halve it within these steps.")
    )
    pairs = [
        order.split(",")[0]
        for order in planned
        if order.endswith("recomputed")
        and robust[f"{order.split(',')[0]}, as first ranked"] > robust[order] + 1e-9
    ]
    if pairs:
        said.append(
            tr(
                "Ranking anew after each removal does more than the first ranking for {names}: a list made once grows old."
            ).format(names=in_a_row(*map(tr_later, pairs), by=", "))
        )
    said.append(
        tr(
            "Nobody reacts in these curves; see networks.disruption. The order shows where the chart is thin, not whom to act on."
        )
    )
    return tuple(said)
