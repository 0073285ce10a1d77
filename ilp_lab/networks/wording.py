"""What the measures say in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import in_a_row, tr, tr_later, trn

if TYPE_CHECKING:
    import pandas as pd

    from ilp_lab.networks.ties import Ties

METHOD = tr_later(
    "Links of an entity with itself are set aside and parallel links between two entities are put together. Betweenness "
    "is the share of shortest paths between all ordered pairs of other entities that lead through an entity, paths of "
    "one pair counting together as one (Freeman, computed after Brandes). Closeness is the inverse of the mean distance, "
    "reduced by the share of the chart that can be reached (Wasserman and Faust); harmonic closeness is the mean of "
    "1/distance. Eigenvector centrality, PageRank (damping 0.85) and Burt's constraint count strengths where given; the "
    "core is Seidman's k-core. For the intervals the chart is drawn again with links that may not be recorded, by turns "
    "between any two entities and between two that share a neighbour, and each rank is taken anew. Victims, witnesses "
    "and other parties take part in the paths but get neither values nor ranks."
)
CAVEATS = (
    tr_later(
        "A high value is not guilt and not leadership: it says how someone stands in what was recorded."
    ),
    tr_later(
        "The chart holds only what was recorded. Whoever was watched most has most links; one missing link can change the "
        "order."
    ),
    tr_later(
        "Low-graded links count as much as others here unless certainty= is given; look at them before relying on a rank."
    ),
    tr_later(
        "Rank intervals say what chance in recording would change, not what a source who lies or a watch on the wrong people "
        "would."
    ),
)
REFERENCES = (
    "Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry 40. doi:10.2307/3033543",
    "Brandes, U. (2001). A faster algorithm for betweenness centrality. J. Math. Sociology 25. doi:10.1080/0022250X.2001.9990249",
    "Wasserman, S. and Faust, K. (1994). Social network analysis. doi:10.1017/CBO9780511815478",
    "Marchiori, M. and Latora, V. (2000). Harmony in the small-world. Physica A 285. doi:10.1016/S0378-4371(00)00311-3",
    "Seidman, S. B. (1983). Network structure and minimum degree. Social Networks 5. doi:10.1016/0378-8733(83)90028-X",
    "Bonacich, P. (1972). Factoring and weighting approaches to status scores. J. Math. Sociology 2. doi:10.1080/0022250X.1972.9989806",
    "Brin, S. and Page, L. (1998). The anatomy of a search engine. Computer Networks 30. doi:10.1016/S0169-7552(98)00110-X",
    "Burt, R. S. (1992). Structural holes. Harvard University Press.",
    "Gould, R. V. and Fernandez, R. M. (1989). Structures of mediation. Sociological Methodology 19. doi:10.2307/270949",
    "Borgatti, S. P., Carley, K. M. and Krackhardt, D. (2006). On the robustness of centrality measures under conditions of imperfect data. Social Networks 28. doi:10.1016/j.socnet.2005.05.001",
    "Brandes, U. and Pich, C. (2007). Centrality estimation in large networks. IJBC 17. doi:10.1142/S0218127407018403",
)
NAMED = 2


def findings(
    table: pd.DataFrame, ties: Ties, links: pd.DataFrame, *, exact: bool, error: float, redraws: int
) -> tuple[str, ...]:
    """Three to six sentences: the chart, who stands between, who knows most, how sure, what it does not mean."""
    parts = int(table["component"].max())
    said = [
        tr("The chart joins {n:,} entities by {n_2:,} links").format(n=len(table), n_2=len(links))
        + (
            tr(" and hangs together as a whole.")
            if parts == 1
            else trn(
                "; it falls into {parts:,} parts, the largest with {component:,} entity.",
                "; it falls into {parts:,} parts, the largest with {component:,} entities.",
                int((table["component"] == 1).sum()),
            ).format(parts=parts, component=int((table["component"] == 1).sum()))
        )
    ]
    said += _between(table, ties)
    best = table["degree"].max()
    if best is not None and len(table["degree"].dropna()) and best > 0:
        names = table.loc[table["degree"] == best, "entity_id"].tolist()
        said.append(
            tr("{names} {verb} the most neighbours: {best:,}.").format(
                names=_names(names), verb=_verb(names), best=int(best)
            )
        )
    if not exact:
        said.append(
            tr(
                "Betweenness is an estimate; with a probability of 95 % every value is within {error:.3f} of the true one."
            ).format(error=error)
        )
    said += _sureness(table, redraws)
    shown = int(table["betweenness"].isna().sum())
    if shown:
        said.append(
            trn(
                "{shown:,} victim, witness, other party or thing of theirs is shown but not ranked.",
                "{shown:,} victims, witnesses, other parties and things of theirs are shown but not ranked.",
                shown,
            ).format(shown=shown)
        )
    said.append(
        tr(
            "This is not guilt and not leadership, and only what was recorded is on the chart; check the reports behind the "
            "links of those named before anything is decided."
        )
    )
    return tuple(said)


def _sureness(table: pd.DataFrame, redraws: int) -> list[str]:
    """How far the first ranks hold."""
    if not redraws or "betweenness_rank_low" not in table:
        if len(table["degree"].dropna()) and table["degree"].max() > 0:
            return [
                tr(
                    "Ranks stand without intervals here; networks.brokers(chart, missing_links=...) gives them."
                )
            ]
        return []
    top = table[table["betweenness"] > 0].nsmallest(1, "betweenness_rank")
    if top.empty:
        return []
    first = top.iloc[0]
    low, high = int(first["betweenness_rank_low"]), int(first["betweenness_rank_high"])
    held = (
        tr("stays at rank {low}").format(low=low)
        if low == high
        else tr("stands anywhere from rank {low} to {high}").format(low=low, high=high)
    )
    return [
        tr(
            "Had some links gone unrecorded, {entity_id} {held} for betweenness in 90 % of {redraws:,} redraws."
        ).format(entity_id=first["entity_id"], held=held, redraws=redraws)
    ]


def _between(table: pd.DataFrame, ties: Ties) -> list[str]:
    """Who lies on the most shortest paths, and what the chart is without them."""
    top = table[table["betweenness"] > 0].nlargest(NAMED, "betweenness")
    if top.empty:
        return [tr("No entity that may be ranked lies between others.")]
    said = []
    for row, name, share in zip(
        top.index.tolist(), top["entity_id"], top["betweenness"].tolist(), strict=True
    ):
        pieces = pieces_without(ties, table["component"].to_numpy(), int(row))
        effect = (
            tr("without it that part of the chart falls into {pieces} parts").format(pieces=pieces)
            if pieces > 1
            else tr_later("without it the others stay joined")
        )
        said.append(
            tr("{name} lies on {percent} of the shortest paths between the others; {effect}.").format(
                name=name, percent=_percent(float(share)), effect=effect
            )
        )
    return said


def pieces_without(ties: Ties, component: Any, row: int) -> int:
    """Into how many parts a component falls when one entity is taken out."""
    from ilp_lab.networks.loops.structure import parts

    kept = (ties.source != row) & (ties.target != row)
    root = parts(ties.source[kept], ties.target[kept], ties.count)
    rest = (component == component[row]) & (np.arange(len(component)) != row)
    return len(np.unique(root[rest]))


def _percent(share: float) -> str:
    return tr_later("less than 1 %") if share < 0.01 else f"{100 * share:.0f} %"


def _names(names: list[str]) -> str:
    if len(names) > 3:
        return tr("{n} entities ({names}, …)").format(n=len(names), names=", ".join(names[:3]))
    return all_of(names)


def all_of(names: Sequence[str]) -> str:
    """Names in a row, the last after an *and*.

    >>> all_of(["A"]), all_of(["A", "B", "C"])
    ('A', 'A, B and C')
    """
    if len(names) < 2:
        return "".join(names)
    return tr("{one} and {other}").format(one=in_a_row(*names[:-1], by=", "), other=names[-1])


def _verb(names: list[str]) -> str:
    return "has" if len(names) == 1 else tr_later("each have")
