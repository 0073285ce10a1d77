"""A chart through time: phases or sliding windows, what each is like as a whole, and who stands where in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.networks.filtering import time_bound
from ilp_lab.networks.leiden import leiden, modularity
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.paths import closeness
from ilp_lab.networks.positions import parts_of
from ilp_lab.networks.rankable import ranks, rows_unranked, unranked
from ilp_lab.networks.redrawing import Redraw, interval, measured, redrawn_ranks
from ilp_lab.networks.ties import Ties, check_weights, source_of, ties_of, usable, weight_params
from ilp_lab.networks.wording import CAVEATS as OF_CHARTS
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd

MOST = 400
BY = ("betweenness", "degree", "strength", "harmonic", "pagerank")
UNTIMED = tr_later("link without a time")
OUTSIDE = tr_later("link in no phase")
METHOD = tr_later(
    "Links were put into phases; a link counts in every phase in which it held. Each phase is a chart of its own, of "
    "those entities that have a tie in it. Centralization is Freeman's: how far the first stands out, 1 being a star "
    "(degree over (n-1)(n-2), betweenness over n-1). Entropy of degree is that of the shares of ties, over ln(n-1): 1 "
    "when all have as many. Efficiency is the mean of 1/distance over ordered pairs, distances in units of the mean "
    "strength. Clustering is the mean local coefficient without direction. Ranks were taken again on charts redrawn with "
    "missing links. Victims, witnesses and other parties and things of theirs count in the wholes and are not ranked."
)

CAVEATS = (
    tr_later(
        "A change from phase to phase is first a change of what was recorded: who was watched, and since when."
    ),
    OF_CHARTS[0],
    tr_later("Small phases rank nobody reliably; look at the intervals."),
)
REFERENCES = (
    "Freeman, L. C. (1978). Centrality in social networks: conceptual clarification. Social Networks 1. doi:10.1016/0378-8733(78)90021-7",
    "Anastasiadis, E. K. and Antoniou, I. (2024). Directed criminal networks: temporal analysis and disruption. Information 15. doi:10.3390/info15020084",
    "Morselli, C. (2009). Inside criminal networks. doi:10.1007/978-0-387-09526-4",
)


def through_time(
    chart: LinkChart,
    *,
    phases: str | Sequence[Any] | None = None,
    window_days: float | None = None,
    step_days: float | None = None,
    by: str = "betweenness",
    strength: str | None = None,
    directed: bool = False,
    missing_links: float = 0.1,
    redraws: int = 50,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Look at a chart phase by phase, or through a window that slides over time.

    Parameters
    ----------
    chart
        A link chart.
    phases
        A column of the links that names the phase, or the bounds between phases as dates: n + 1 bounds make n phases, each
        from its first bound up to but without the next.
    window_days, step_days
        Instead of phases: windows of so many days, each beginning so many days after the one before (by default half a window).
    by
        The measure entities are ranked by in each phase: ``betweenness``, ``degree``, ``strength``, ``harmonic`` or ``pagerank``.
    strength, directed
        What the links' numbers mean; see :func:`ilp_lab.networks.measures`.
    missing_links, redraws
        For the rank intervals; see :func:`ilp_lab.networks.ranking`. ``redraws=0`` for none.
    rng
        Seed.

    Returns
    -------
    Result
        One row per phase: ``phase since until entities links ties density parts largest_share``, ``degree_centralization`` and
        ``degree_entropy`` (with ``directed`` each twice, ``…_in`` and ``…_out``), ``betweenness_centralization efficiency clustering
        modularity``, ``stayed`` (share of the entities of the phase before that are still there), ``ties_kept``, ``first`` (who is
        first by the measure) and ``first_holds`` (in which share of the redraws). ``details["standing"]`` has one row per phase and
        rankable entity: ``phase entity_id value rank rank_low rank_high``; ``details["charts"]`` the chart of each phase.

    Raises
    ------
    ColumnError, InputError
        When phases and windows are both or neither given, bounds do not rise, no link has a time, or there would be more than 400
        windows.

    Notes
    -----
    What changes from phase to phase is first of all what was recorded: a new wiretap makes a new star.

    References
    ----------
    Freeman 1978, doi:10.1016/0378-8733(78)90021-7; Anastasiadis and Antoniou 2024, doi:10.3390/info15020084; Morselli 2009,
    doi:10.1007/978-0-387-09526-4; Latora and Marchiori 2001, doi:10.1103/PhysRevLett.87.198701.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> links = pd.DataFrame({"source": ["A", "A", "B", "C"], "target": ["B", "C", "C", "D"], "month": [1, 1, 2, 2]})
    >>> through_time(chart(links), phases="month", rng=7).table[["phase", "entities", "ties"]].to_numpy().tolist()
    [['1', 3, 2], ['2', 3, 2]]
    """
    faults = Check("networks.through_time")
    check_weights(faults, chart, None, strength)
    faults.choice(allowed=BY, by=by)
    faults.positive(window_days=window_days, step_days=step_days)
    faults.between(0.0, 0.9, missing_links=missing_links)
    faults.whole(0, redraws=redraws)
    if by == "strength" and strength is None:
        faults.add("by='strength' needs strength=, the column of the links that says how strong each is.")
    if (phases is None) == (window_days is None):
        faults.add(
            "give phases (a column of the links, or dates between them) or window_days, one of the two."
        )
    faults.done()
    used, lost = usable(chart, strength)
    cut = _cut(used, phases, window_days, step_days, faults)
    faults.done()
    draw, seed = generator(rng, "networks.through_time")
    reasons = unranked(chart)
    options = {"strength": strength, "directed": directed}
    table, standing, charts = _walk(chart, used, cut, reasons, by, options, missing_links, int(redraws), draw)
    in_none = ~np.logical_or.reduce([held for _, _, _, held in cut])
    timed = (used["start"].notna() | used["end"].notna() if not isinstance(phases, str) else used[str(phases)].notna())  # fmt: skip
    out = used[in_none].assign(reason=np.where(timed[in_none], OUTSIDE, UNTIMED))
    rows = as_rows_left_out(_both(lost, out), rows_unranked(chart, reasons))
    whole = ties_of(chart, used, strength=strength, directed=directed)
    return Result(
        name="networks.through_time",
        title=tr_later("The chart through time"),
        table=table,
        method=METHOD,
        findings=_findings(table, by),
        params=(
            Param("phases", tr("column {phases!r}").format(phases=phases) if isinstance(phases, str) else tr("{n} by time").format(n=len(cut))),
            *((Param("window days", window_days), Param("step days", step_days or window_days / 2)) if window_days else ()),
            Param("by", by),
            *weight_params(None, strength, directed=directed),
            Param("missing links", tr("{missing_links:.0%} of all links are taken not to be recorded").format(missing_links=missing_links)),
            Param("redraws", int(redraws)),
        ),
        caveats=CAVEATS,
        references=REFERENCES,
        sources=(source_of(chart, whole),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        details={"chart": chart, "standing": standing, "charts": charts},
    )  # fmt: skip


def _both(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    parts = [frame for frame in (one, other) if len(frame)]
    return pd.concat(parts) if parts else one


def _cut(
    links: pd.DataFrame, phases: Any, window_days: float | None, step_days: float | None, faults: Check
) -> list[tuple[str, Any, Any, Any]]:
    """Name, bounds and links of each phase."""
    import pandas as pd

    if isinstance(phases, str):
        faults.columns(links, (phases,), "the chart's table of links")
        if phases not in links:
            return []
        names = sorted(
            links[phases].dropna().unique().tolist(), key=lambda name: (isinstance(name, str), name)
        )
        if not 1 <= len(names) <= MOST:
            faults.add(f"column {phases!r} must name 1 to {MOST} phases; it names {len(names):,}.")
        return [
            (str(name), pd.NaT, pd.NaT, links[phases].eq(name).fillna(value=False).to_numpy(dtype=bool))
            for name in names
        ]
    begin, end = links["start"].fillna(links["end"]), links["end"].fillna(links["start"])
    if not begin.notna().any():
        faults.add(
            "no link of the chart has a time (columns start and end); name a column of phases instead."
        )
        return []
    if phases is not None:
        bounds: list[Any] = [time_bound(value, "phases", begin, faults) for value in phases]
        if faults.faults:
            return []
        if len(bounds) < 2 or any(not a < b for a, b in pairwise(bounds)):
            faults.add("phases must be two or more dates, each later than the one before.")
            return []
        spans = list(pairwise(bounds))
    else:
        width = pd.Timedelta(days=float(window_days or 1.0))
        step = pd.Timedelta(days=float(step_days or float(window_days or 1.0) / 2))
        first, last = begin.min().normalize(), end.max()
        number = max(1, int(np.ceil((last - first - width) / step)) + 1)
        if number > MOST:
            faults.add(
                f"that makes {number:,} windows; take longer steps or windows, at most {MOST} can be looked at."
            )
            return []
        spans = [(first + at * step, first + at * step + width) for at in range(number)]
    return [
        (_span(a, b), a, b, ((begin < b) & ~(end < a)).fillna(value=False).to_numpy(dtype=bool))
        for a, b in spans
    ]


def _span(first: Any, last: Any) -> str:
    """Days of a phase; the bound itself belongs to the next."""
    import pandas as pd

    end = last - pd.Timedelta(days=1) if last == last.normalize() else last
    return tr("{first:%Y-%m-%d} to {end:%Y-%m-%d}").format(first=first, end=end)


def _walk(
    chart: LinkChart,
    used: pd.DataFrame,
    cut: Sequence[tuple[str, Any, Any, Any]],
    reasons: pd.Series,
    by: str,
    options: dict[str, Any],
    missing: float,
    redraws: int,
    draw: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, LinkChart]]:
    """Every phase: the chart as a whole, and who stands where."""
    import pandas as pd
    from tqdm.auto import tqdm

    rows, frames, charts = [], [], {}
    people: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    for name, since, until, held in tqdm(cut, desc="phases", delay=1, leave=False):
        links = used[held]
        present = set(links["source"]) | set(links["target"])
        inside = chart.entities["entity_id"].isin(present)
        part = replace(
            chart,
            entities=chart.entities[inside],
            links=links,
            steps=(*chart.steps, tr("phase {name}").format(name=name)),
        )
        charts[name] = part
        row: dict[str, Any] = {
            "phase": name,
            "since": since,
            "until": until,
            "entities": len(present),
            "links": len(links),
        }
        if present:
            ties = ties_of(part, links, **options)
            row |= whole_of(ties, draw)
            able = reasons[inside].isna().to_numpy()
            standing, first, holds = _standing(ties, able, by, missing, redraws, draw)
            frames.append(standing.assign(phase=name))
            row |= {"first": first, "first_holds": holds}
            now = (
                set(zip(links["source"], links["target"], strict=True))
                if options["directed"]
                else {(min(a, b), max(a, b)) for a, b in zip(links["source"], links["target"], strict=True)}
            )
            if people:
                row |= {
                    "stayed": len(people & present) / len(people),
                    "ties_kept": len(pairs & now) / len(pairs),
                }
            pairs = now
        people = present
        rows.append(row)
    order = ["phase", "entity_id", "value", "rank", "rank_low", "rank_high"]
    standing = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=order)
    return pd.DataFrame(rows), standing[[name for name in order if name in standing]], charts


def whole_of(ties: Ties, draw: np.random.Generator) -> dict[str, Any]:
    """What a chart is like as a whole."""
    n, m = ties.count, len(ties.source)
    possible = n * (n - 1) if ties.directed else n * (n - 1) / 2
    part = parts_of(ties)
    found: dict[str, Any] = {
        "ties": m,
        "density": m / possible if possible else 0.0,
        "parts": int(part.max()),
        "largest_share": float((part == 1).mean()),
    }
    degrees = {"": np.diff(ties.both.ptr)}
    if ties.directed:
        degrees = {
            "_in": np.bincount(ties.target, minlength=n),
            "_out": np.bincount(ties.source, minlength=n),
        }
    room = (n - 1) * (n - 2)
    for name, degree in degrees.items():
        found[f"degree_centralization{name}"] = (
            float((degree.max() - degree).sum()) / room if room > 0 else 0.0
        )
        found[f"degree_entropy{name}"] = _entropy(degree)
    values = measured(ties.source, ties.target, ties.length, ties.strength, ties, ["betweenness"])[
        "betweenness"
    ]
    found["betweenness_centralization"] = float((values.max() - values).sum()) / (n - 1) if n > 1 else 0.0
    harmonic = closeness(ties.ahead, ties.back, weighted=ties.weighted)[1]
    found["efficiency"] = float(harmonic.mean() / ties.strength.mean()) if m else 0.0
    found["clustering"] = clustering(ties)
    group = leiden(ties.both, resolution=1.0, draw=draw)
    found["modularity"] = modularity(ties.both, group)
    return found


def _entropy(degree: Any) -> float:
    """How evenly ties are spread: 1 when all have as many."""
    share = degree[degree > 0] / max(degree.sum(), 1)
    return float(-(share * np.log(share)).sum() / np.log(len(degree) - 1)) if len(degree) > 2 else 0.0


def clustering(ties: Ties) -> float:
    """Mean share of each entity's pairs of neighbours that are tied."""
    from scipy.sparse import csr_array

    ones = csr_array(
        (np.ones(len(ties.both.to)), ties.both.to, ties.both.ptr), shape=(ties.count, ties.count)
    )
    degree = np.diff(ties.both.ptr).astype(np.float64)
    closed = np.asarray(((ones @ ones).multiply(ones)).sum(axis=1)).ravel()
    pairs = degree * (degree - 1)
    return float(np.divide(closed, pairs, out=np.zeros(ties.count), where=pairs > 0).mean())


def _standing(
    ties: Ties, able: Any, by: str, missing: float, redraws: int, draw: np.random.Generator
) -> tuple[pd.DataFrame, str | None, float]:
    """Values and ranks of the rankable, who is first, and how often that holds."""
    import pandas as pd

    names = np.array(ties.names, dtype=object)[able]
    if not len(names):
        return pd.DataFrame({"entity_id": [], "value": []}), None, float("nan")
    values = measured(ties.source, ties.target, ties.length, ties.strength, ties, [by])[by][able]
    rank = ranks(values)
    table = pd.DataFrame({"entity_id": names, "value": values, "rank": rank.astype(np.int64)})
    leaders = rank == 1
    holds = float("nan")
    if redraws:
        drawn = redrawn_ranks(Redraw(ties, missing), [by], able, redraws, draw)[by]
        table["rank_low"], table["rank_high"] = interval(drawn)
        holds = float((drawn[:, leaders] == 1).any(axis=1).mean())
    first = (
        ", ".join(names[leaders][:3]) + (tr_later(" and others") if leaders.sum() > 3 else "")
        if values.max() > 0
        else None
    )
    return table, first, holds


def _findings(table: Any, by: str) -> tuple[str, ...]:
    full = table[table["entities"] > 0]
    if full.empty:
        return (tr("No link falls into any of the phases."),)
    most = full.loc[full["entities"].idxmax()]
    said = [
        tr("{n:,} phases; the chart is largest in {phase} ({entities:,} entities, {ties:,} ties).").format(
            n=len(table), phase=most["phase"], entities=int(most["entities"]), ties=int(most["ties"])
        )
    ]
    leaders = full["first"].dropna()
    if len(leaders):
        top = leaders.value_counts()
        sure = full[full["first_holds"] >= 0.8]
        said.append(
            tr("{index} comes first by {by} in {iloc:,} of {n:,} phases").format(
                index=top.index[0], by=by, iloc=int(top.iloc[0]), n=len(full)
            )
            + (
                tr("; in {n:,} phases the first holds in four of five redraws or more.").format(n=len(sure))
                if full["first_holds"].notna().any()
                else "."
            )
        )
    peak, least = (
        full.loc[getattr(full["betweenness_centralization"], which)()] for which in ("idxmax", "idxmin")
    )
    said.append(
        tr(
            "It hangs most on few in {phase} (betweenness centralization {betweenness_centralization:.2f}) and least in "
            "{phase_2} ({betweenness_centralization_2:.2f})."
        ).format(
            phase=peak["phase"],
            betweenness_centralization=peak["betweenness_centralization"],
            phase_2=least["phase"],
            betweenness_centralization_2=least["betweenness_centralization"],
        )
    )
    if "stayed" in full and full["stayed"].notna().any():
        low = full.loc[full["stayed"].idxmin()]
        said.append(
            tr(
                "The greatest change of people comes with {phase}: {stayed:.0%} of those before are still there."
            ).format(phase=low["phase"], stayed=low["stayed"])
        )
    said.append(
        tr(
            "Whether that is the network or the watching of it, the chart cannot say: compare with when sources began and ended."
        )
    )
    return tuple(said)
