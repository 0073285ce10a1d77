"""Who comes first by one measure, and how sure that order is when links may be missing or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.networks.certainties import given_certainty, of_ties
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.positions import parts_of
from ilp_lab.networks.rankable import NOBODY, ranks, rows_unranked, unranked
from ilp_lab.networks.redrawing import (
    CAN_BE_REDRAWN,
    COVERED,
    Redraw,
    interval,
    measured,
    redraw_params,
    redrawn_ranks,
)
from ilp_lab.networks.ties import check_weights, source_of, ties_of, usable, weight_params
from ilp_lab.networks.wording import CAVEATS, REFERENCES
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import enforce

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.networks.certainties import Certainty

METHOD = tr_later(
    "The measure was computed on the chart as recorded and again on every redraw. In a redraw each recorded tie stays "
    "with its certainty, and as many links are added as would then be missing if the stated share of all links were not "
    "recorded: by turns between any two entities, and between two that share a neighbour (Borgatti, Carley and "
    "Krackhardt 2006 add links anywhere; people who share contacts are likelier to know each other). The interval holds "
    "the middle 90 % of an entity's ranks. Victims, witnesses and other parties take part in the paths and are not ranked."
)


def ranking(
    chart: LinkChart,
    *,
    by: str = "betweenness",
    distance: str | None = None,
    strength: str | None = None,
    directed: bool = False,
    missing_links: float = 0.1,
    certainty: Certainty = None,
    top: int = 5,
    redraws: int = 500,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Rank entities by one measure, and say between which ranks each may stand.

    Parameters
    ----------
    chart
        A link chart.
    by
        ``degree``, ``strength``, ``betweenness``, ``closeness``, ``harmonic``, ``pagerank``, ``eigenvector`` or ``core``; see
        :func:`ilp_lab.networks.measures`.
    distance, strength, directed
        What the links' numbers mean; see :func:`ilp_lab.networks.measures`.
    missing_links
        Which share of all links is taken not to be recorded, from 0 to 0.9.
    certainty
        ``"grades"`` (weights of the grading scheme, see ``evaluation.weights``), a column of the links from 0 to 1, or numbers
        from ``evaluation.certainty``; without it recorded links are certain.
    top
        How many count as the top, for ``top_share``.
    redraws
        How often the chart is drawn again.
    rng
        Seed.

    Returns
    -------
    Result
        The rankable entities, first first: ``entity_id label kind category``, the measure, ``rank``, ``rank_low``, ``rank_high``
        (90 % of the redraws) and ``top_share`` (in which share of the redraws it is among the top). ``details`` holds
        ``same_top`` (share of redraws with the very same top), ``agreement`` (mean Spearman correlation with the order as
        recorded) and ``same_first``.

    Raises
    ------
    ColumnError, InputError
        When the weight, the certainty or a setting does not fit, or nobody on the chart may be ranked.

    Notes
    -----
    Cost: ``redraws`` times that of the measure. Nothing in the numbers knows *which* links are missing; if one person was
    watched more than others, intervals are too narrow for the others.

    References
    ----------
    Borgatti, Carley and Krackhardt 2006, doi:10.1016/j.socnet.2005.05.001; Ficara et al. 2021, doi:10.1371/journal.pone.0255067.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> star = chart(pd.DataFrame({"source": "A", "target": ["B", "C", "D", "E", "F"]}))
    >>> ranking(star, missing_links=0.2, redraws=50, rng=7).table["rank_high"].tolist()[0]
    1
    """
    return _ranking(
        chart,
        "networks.ranking",
        by,
        distance,
        strength,
        directed,
        missing_links,
        certainty,
        top,
        redraws,
        rng,
    )


def brokers(
    chart: LinkChart,
    *,
    distance: str | None = None,
    strength: str | None = None,
    directed: bool = False,
    missing_links: float = 0.1,
    certainty: Certainty = None,
    top: int = 5,
    redraws: int = 500,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Rank who stands between others (betweenness), and say between which ranks each may stand.

    Parameters
    ----------
    chart, distance, strength, directed, missing_links, certainty, top, redraws, rng
        As in :func:`ilp_lab.networks.ranking`.

    Returns
    -------
    Result
        As :func:`ilp_lab.networks.ranking` with ``by="betweenness"``.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> path = chart(pd.DataFrame({"source": ["A", "B", "C"], "target": ["B", "C", "D"]}))
    >>> brokers(path, missing_links=0.2, redraws=50, rng=7).table["entity_id"].tolist()[:2]
    ['B', 'C']
    """
    return _ranking(
        chart,
        "networks.brokers",
        "betweenness",
        distance,
        strength,
        directed,
        missing_links,
        certainty,
        top,
        redraws,
        rng,
    )


def _ranking(
    chart: LinkChart,
    caller: str,
    by: str,
    distance: str | None,
    strength: str | None,
    directed: bool,
    missing: float,
    certainty: Certainty,
    top: int,
    redraws: int,
    rng: int | np.random.Generator | None,
) -> Result:
    faults = Check(caller)
    check_weights(faults, chart, distance, strength)
    faults.choice(allowed=CAN_BE_REDRAWN, by=by)
    faults.between(0.0, 0.9, missing_links=missing)
    faults.whole(1, top=top)
    faults.whole(10, redraws=redraws)
    if by == "strength" and strength is None:
        faults.add("by='strength' needs strength=, the column of the links that says how strong each is.")
    sure, settings = given_certainty(chart, certainty, faults)
    reasons = unranked(chart)
    if reasons.notna().all():
        faults.done()
        enforce(None, "D3", NOBODY)
    faults.done()
    used, lost = usable(chart, distance or strength)
    ties = ties_of(chart, used, distance=distance, strength=strength, directed=directed)
    draw, seed = generator(rng, caller)
    rankable = reasons.isna().to_numpy()
    part = parts_of(ties) == 1
    values = measured(ties.source, ties.target, ties.length, ties.strength, ties, [by], part)[by]
    certain = None if sure is None else of_ties(chart, used, ties, sure)
    drawn = redrawn_ranks(Redraw(ties, missing, certain), [by], rankable, int(redraws), draw)[by]
    table, facts = _table(chart, values, drawn, rankable, by, int(top))
    rows = as_rows_left_out(lost, rows_unranked(chart, reasons))
    return Result(
        name=caller,
        title=tr("Who comes first by {by}, and how sure that is").format(by=by),
        table=table,
        method=METHOD,
        findings=_findings(table, facts, by, missing, int(redraws), int(top), sure is not None),
        params=(
            Param("by", by),
            *weight_params(distance, strength, directed=directed),
            *redraw_params(missing, int(redraws)),
            *settings,
            Param("top", int(top)),
        ),
        caveats=(CAVEATS[0], CAVEATS[1], CAVEATS[3]),
        references=(
            *(REFERENCES[:2] if by == "betweenness" else ()),
            REFERENCES[9],
            "Ficara, A. et al. (2021). Criminal networks analysis in missing data scenarios. PLOS ONE 16. doi:10.1371/journal.pone.0255067",
        ),
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        details={"chart": chart, "value": by, **facts},
    )


def _table(
    chart: LinkChart, values: Any, drawn: NDArray[np.float64], rankable: NDArray[np.bool_], by: str, top: int
) -> tuple[pd.DataFrame, dict[str, float]]:
    """One row per rankable entity, first first, and what the redraws say as a whole."""
    table = chart.entities.loc[rankable, ["entity_id", "label", "kind", "category"]].reset_index(drop=True)
    own = values[rankable]
    recorded = ranks(np.nan_to_num(own, nan=-np.inf))
    low, high = interval(drawn)
    table[by], table["rank"] = own, recorded.astype(np.int64)
    table["rank_low"], table["rank_high"] = low, high
    table["top_share"] = (drawn <= top).mean(axis=0)
    first = recorded == 1
    inside = recorded <= top
    centred = drawn - drawn.mean(axis=1, keepdims=True)
    own_centred = recorded - recorded.mean()
    norm = np.sqrt((centred**2).sum(axis=1) * (own_centred**2).sum())
    agreement = np.divide(centred @ own_centred, norm, out=np.ones(len(drawn)), where=norm > 0)
    facts = {
        "same_first": float((drawn[:, first] == 1).any(axis=1).mean()),
        "same_top": float(((drawn <= top) == inside).all(axis=1).mean()),
        "agreement": float(agreement.mean()),
    }
    order = np.lexsort((-table["top_share"].to_numpy(), recorded))
    return table.iloc[order].reset_index(drop=True), facts


def _how_steady(first: pd.Series, shown: str, cause: str, redraws: int, same_first: float) -> str:
    """Between which ranks the first stands in the redraws; one rank where it never moves."""
    told = (
        tr(
            "{shown}. If {cause}, it would keep rank {rank_low} in {COVERED:.0%} of {redraws:,} redraws, and the same name would come "
            "first in {same_first:.0%}."
        )
        if first["rank_low"] == first["rank_high"]
        else tr(
            "{shown}. If {cause}, it would stand between rank {rank_low} and {rank_high} in {COVERED:.0%} of {redraws:,} "
            "redraws, and the same name would come first in {same_first:.0%}."
        )
    )
    return told.format(
        shown=shown, cause=cause, rank_low=first["rank_low"], rank_high=first["rank_high"], COVERED=COVERED, redraws=redraws,
        same_first=same_first,
    )  # fmt: skip


def _findings(
    table: pd.DataFrame,
    facts: dict[str, float],
    by: str,
    missing: float,
    redraws: int,
    top: int,
    graded: bool,
) -> tuple[str, ...]:
    """What was found, how sure, what it does not mean, what to check."""
    if table[by].max() <= 0 or table[by].isna().all():
        return (
            tr("Nobody who may be ranked has any {by}; there is no order to speak of.").format(by=by),
            CAVEATS[1],
        )
    first = table.iloc[0]
    tied = int((table["rank"] == 1).sum())
    shown = tr("{entity_id} comes first by {by} as recorded").format(entity_id=first["entity_id"], by=by) + (
        tr(", together with {tied} others").format(tied=tied - 1) if tied > 1 else ""
    )
    cause = tr("{missing:.0%} of all links were not recorded").format(missing=missing) + (
        tr(" and each report held as likely as its grades say") if graded else ""
    )
    said = [_how_steady(first, shown, cause, redraws, facts["same_first"])]
    leaders = table[table["rank"] <= top]
    steady = leaders[leaders["top_share"] >= 0.8]["entity_id"].tolist()
    if steady:
        said.append(
            tr("Of the top {top}, these stay there in at least 80 % of the redraws: {listed}.").format(
                top=top, listed=_listed(steady)
            )
        )
    else:
        said.append(
            tr(
                "Nobody stays in the top {top} in 80 % of the redraws: take the order as a hint where to look, not as a list."
            ).format(top=top)
        )
    challengers = table[(table["rank"] > top) & (table["top_share"] >= 0.2)]["entity_id"].tolist()
    if challengers:
        said.append(
            tr("Others come into the top {top} in a fifth of the redraws or more: {listed}.").format(
                top=top, listed=_listed(challengers)
            )
        )
    overlap = table[(table["rank"] > first["rank"]) & (table["rank_low"] <= first["rank_high"])][
        "entity_id"
    ].tolist()
    if overlap:
        said.append(
            tr(
                "The interval of {n:,} others overlaps that of {entity_id}; their order is not settled."
            ).format(n=len(overlap), entity_id=first["entity_id"])
        )
    said.append(tr("A rank is not guilt and not leadership. Read the reports behind the links of those named, and ask what would be known about the others had they been watched as closely."))  # fmt: skip
    return tuple(said)


def _listed(names: list[str], most: int = 6) -> str:
    more = tr(" and {most} more").format(most=len(names) - most) if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
