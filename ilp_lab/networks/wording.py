"""What the measures say in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

METHOD = (
    "Links of an entity with itself are set aside and parallel links between two entities are put together. "
    "Betweenness is the share of shortest paths between all ordered pairs of other entities that lead through an "
    "entity, paths of one pair counting together as one (Freeman, computed after Brandes). Closeness is the inverse "
    "of the mean distance, reduced by the share of the chart that can be reached (Wasserman and Faust); harmonic "
    "closeness is the mean of 1/distance. The core is Seidman's k-core. Victims, witnesses and other parties take "
    "part in the paths but get neither values nor ranks."
)
CAVEATS = (
    "A high value is not guilt and not leadership: it says how someone stands in what was recorded.",
    "The chart holds only what was recorded. Whoever was watched most has most links; one missing link can change the order.",
    "Low-graded links count as much as others here; look at them with chart.filter(source_grade=...) before relying on a rank.",
)
REFERENCES = (
    "Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry 40. doi:10.2307/3033543",
    "Brandes, U. (2001). A faster algorithm for betweenness centrality. J. Math. Sociology 25. doi:10.1080/0022250X.2001.9990249",
    "Wasserman, S. and Faust, K. (1994). Social network analysis. doi:10.1017/CBO9780511815478",
    "Marchiori, M. and Latora, V. (2000). Harmony in the small-world. Physica A 285. doi:10.1016/S0378-4371(00)00311-3",
    "Seidman, S. B. (1983). Network structure and minimum degree. Social Networks 5. doi:10.1016/0378-8733(83)90028-X",
    "Brandes, U. and Pich, C. (2007). Centrality estimation in large networks. IJBC 17. doi:10.1142/S0218127407018403",
)
NAMED = 2


def findings(
    table: pd.DataFrame, matrix: Any, links: pd.DataFrame, *, exact: bool, error: float
) -> tuple[str, ...]:
    """Three to six sentences: the chart, who stands between, who knows most, what it does not mean."""
    parts = int(table["component"].max())
    said = [
        f"The chart joins {len(table):,} entities by {len(links):,} links"
        + (
            " and hangs together as a whole."
            if parts == 1
            else f"; it falls into {parts:,} parts, the largest with {int((table['component'] == 1).sum()):,} entities."
        )
    ]
    said += _between(table, matrix)
    best = table["degree"].max()
    if best is not None and len(table["degree"].dropna()) and best > 0:
        names = table.loc[table["degree"] == best, "entity_id"].tolist()
        said.append(f"{_names(names)} {_verb(names)} the most neighbours: {int(best):,}.")
    if not exact:
        said.append(
            f"Betweenness is an estimate; with a probability of 95 % every value is within {error:.3f} of the true one."
        )
    shown = int(table["betweenness"].isna().sum())
    if shown:
        said.append(
            f"{shown:,} victims, witnesses, other parties and things of theirs are shown but not ranked."
        )
    said.append(
        "This is not guilt and not leadership, and only what was recorded is on the chart; "
        "check the reports behind the links of those named before anything is decided."
    )
    return tuple(said)


def _between(table: pd.DataFrame, matrix: Any) -> list[str]:
    """Who lies on the most shortest paths, and what the chart is without them."""
    top = table[table["betweenness"] > 0].nlargest(NAMED, "betweenness")
    if top.empty:
        return ["No entity that may be ranked lies between others."]
    said = []
    for row, name, share in zip(
        top.index.tolist(), top["entity_id"], top["betweenness"].tolist(), strict=True
    ):
        pieces = _pieces_without(matrix, table["component"].to_numpy(), int(row))
        effect = (
            f"without it that part of the chart falls into {pieces} parts"
            if pieces > 1
            else "without it the others stay joined"
        )
        said.append(
            f"{name} lies on {_percent(float(share))} of the shortest paths between the others; {effect}."
        )
    return said


def _pieces_without(matrix: Any, component: Any, row: int) -> int:
    """Into how many parts a component falls when one entity is taken out."""
    from scipy.sparse.csgraph import connected_components

    rest = np.flatnonzero((component == component[row]) & (np.arange(len(component)) != row))
    if not len(rest):
        return 0
    found, _ = connected_components(matrix[rest][:, rest], directed=True, connection="weak")
    return int(found)


def _percent(share: float) -> str:
    return "less than 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def _names(names: list[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} entities ({', '.join(names[:3])}, …)"
    return " and ".join(names)


def _verb(names: list[str]) -> str:
    return "has" if len(names) == 1 else "each have"
