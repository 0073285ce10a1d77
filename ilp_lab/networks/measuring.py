"""What can be measured on a chart: neighbours, shortest paths, cores, parts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab.errors import ColumnError
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason, the_chart
from ilp_lab.networks.paths import AT_ONCE, betweenness, closeness
from ilp_lab.networks.wording import CAVEATS, METHOD, REFERENCES, findings
from ilp_lab.result import Param, Result, Source, fingerprint

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

PLAIN_UP_TO = 400  # below, networkx is as fast
DEEP = 60  # steps; counting level by level pays only in charts that are not long chains
EXACT_UP_TO = {"by levels": 10_000, "by networkx": 2_000}
PIVOTS = 1_000
NEVER_RANKED = ("victim", "witness", "other party")
SHOWN_ONLY = "victim, witness or other party: shown, not ranked"
THEIRS_ONLY = "belongs to nobody but victims, witnesses or other parties: shown, not ranked"
SELF_LINK = "link of an entity with itself"
RANKED = ("degree", "betweenness", "closeness")
MEASURES = ("degree", "degree_in", "degree_out", "links", "betweenness", "closeness", "harmonic", "core")
COLUMNS = ("entity_id", "label", "kind", "category", *MEASURES, "component")
BELONGINGS = ("phone", "account", "object")


@dataclass(frozen=True)
class Ties:
    """The chart as the measures see it: at most one tie per pair and direction."""

    names: list[str]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    distance: Numbers
    links: NDArray[np.int64]
    directed: bool

    def matrix(self) -> Any:
        """Distances as a sparse matrix, row to column."""
        from scipy.sparse import coo_matrix

        size = (len(self.names), len(self.names))
        one_way = coo_matrix((self.distance, (self.source, self.target)), shape=size)
        return (one_way if self.directed else one_way + one_way.T).tocsr()


def measures(
    chart: LinkChart,
    *,
    distance: str | None = None,
    strength: str | None = None,
    directed: bool = False,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure how each entity stands in a link chart.

    Parameters
    ----------
    chart
        A link chart.
    distance
        A column of the links in which *more means farther*. Of several links between two entities the shortest
        counts.
    strength
        A column of the links in which *more means closer*, such as the number of calls. Several links between two
        entities add up; the distance used is 1 / strength. Give at most one of the two; with neither every tie is
        one step long.
    directed
        Whether a link leads only from source to target.
    rng
        Seed for the sample of starting points that large charts need (see Notes).

    Returns
    -------
    Result
        One row per entity: ``entity_id label kind category`` and

        - ``degree``: distinct neighbours; ``links``: links, counting every report (with ``directed`` also
          ``degree_in``, ``degree_out``);
        - ``betweenness``: share, from 0 to 1, of the shortest paths between all pairs of other entities that lead
          through this one, each pair's paths counting together as one;
        - ``closeness``: (r-1)/(n-1) · (r-1)/(sum of distances), r being how many can reach it, itself included;
        - ``harmonic``: mean of 1/distance over all others;
        - ``core``: the largest k such that it belongs to a group in which everyone has k neighbours in the group;
        - ``component``: number of its part of the chart, 1 being the largest;
        - ``degree_rank``, ``betweenness_rank``, ``closeness_rank``: 1 is highest, ties share the better rank.

        Victims, witnesses and other parties stay in the table and on the paths, but their measures and ranks are
        missing; so are those of phones, accounts and objects that belong to nobody else. They are counted in
        ``left_out``. ``details`` holds ``chart``, ``exact``, ``error`` (0.0 when exact) and ``components``.

    Raises
    ------
    ColumnError
        When the column is missing or does not hold numbers.
    InputError
        When the chart has no entities, or both ``distance`` and ``strength`` are given.

    Notes
    -----
    Links whose weight is missing, zero or negative are left out and counted. Betweenness costs about (entities x
    links); with a weight, or in charts with paths of more than 60 steps, it is computed by networkx, which takes
    many times as long. Above 10,000 entities (2,000 in the slow cases) it is estimated from 1,000 random starting
    points; ``details["error"]`` then bounds the error of every value at once with a probability of 95 % (Brandes
    and Pich 2007). Closeness is always exact.

    References
    ----------
    Freeman 1977, doi:10.2307/3033543; Brandes 2001, doi:10.1080/0022250X.2001.9990249; Wasserman and Faust 1994,
    doi:10.1017/CBO9780511815478; Marchiori and Latora 2000, doi:10.1016/S0378-4371(00)00311-3; Seidman 1983,
    doi:10.1016/0378-8733(83)90028-X; Brandes and Pich 2007, doi:10.1142/S0218127407018403.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> star = chart(pd.DataFrame({"source": ["A", "A", "A"], "target": ["B", "C", "D"]}))
    >>> measures(star).table.set_index("entity_id").loc["A", ["degree", "betweenness"]].tolist()
    [3.0, 1.0]
    """
    _check(chart, distance, strength)
    used, lost = _usable(chart, distance or strength)
    ties = _ties(chart, used, distance, strength, directed=directed)
    weighted = bool(distance or strength)
    near, harmonic, longest = closeness(ties.matrix(), weighted=weighted, label="closeness")
    plain = weighted or len(ties.names) <= PLAIN_UP_TO or longest > DEEP
    between, error, seed = _betweenness(ties, plain=plain, rng=rng)
    table = _table(chart, ties)
    table["betweenness"], table["closeness"], table["harmonic"] = between, near, harmonic
    table = table[[*(name for name in COLUMNS if name in table)]]
    reasons = _unranked(chart)
    table = _without_ranks_for(table, reasons)
    lost_things = chart.entities[reasons.notna()].assign(reason=reasons[reasons.notna()])
    rows = as_rows_left_out(lost, lost_things)
    return Result(
        name="networks.measures",
        title="Who stands where in the link chart",
        table=table,
        method=METHOD,
        findings=findings(table, ties.matrix(), used, exact=error == 0.0, error=error),
        params=_params(ties, distance, strength, exact=error == 0.0),
        caveats=CAVEATS,
        references=REFERENCES,
        sources=(_source(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        view="linkchart",
        details={
            "chart": chart,
            "exact": error == 0.0,
            "error": error,
            "components": int(table["component"].max()),
            "value": "betweenness",
        },
    )


def _check(chart: LinkChart, distance: str | None, strength: str | None) -> None:
    import pandas as pd

    faults = Check("networks.measures")
    the_chart(chart, faults)
    if distance is not None and strength is not None:
        faults.add(
            f"give distance (more means farther) or strength (more means closer), not both; "
            f"got distance={distance!r} and strength={strength!r}."
        )
    if not len(chart.entities):
        faults.add("the chart has no entities; check the filters that made it.")
    for name in (distance, strength):
        if name is None:
            continue
        faults.columns(chart.links, (name,), "the chart's table of links")
        if name in chart.links and not (
            pd.api.types.is_numeric_dtype(chart.links[name])
            and not pd.api.types.is_bool_dtype(chart.links[name])
        ):
            faults.add(f"column {name!r} must hold numbers; it holds {chart.links[name].dtype}.", ColumnError)
    faults.done()


def _usable(chart: LinkChart, weight: str | None) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Links that count, and the others with their reason."""
    import pandas as pd

    links = chart.links
    reason = pd.Series(pd.NA, index=links.index, dtype="string")
    if weight is not None:
        values = links[weight].astype("float64")
        reason[~(np.isfinite(values) & (values > 0))] = (
            f"link whose {weight} is missing, zero, negative or endless"
        )
    reason[links["source"] == links["target"]] = SELF_LINK
    lost = links[reason.notna()].assign(reason=reason[reason.notna()])
    return links[reason.isna()], lost


def _ties(
    chart: LinkChart, links: pd.DataFrame, distance: str | None, strength: str | None, *, directed: bool
) -> Ties:
    """Put parallel links together: distances by the shortest, strengths by their sum."""
    import pandas as pd

    names = chart.entities["entity_id"].tolist()
    position = pd.Series(range(len(names)), index=names)
    source = position[links["source"]].to_numpy(dtype=np.int64)
    target = position[links["target"]].to_numpy(dtype=np.int64)
    counted = np.bincount(source, minlength=len(names)) + np.bincount(target, minlength=len(names))
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    weight = (
        links[distance or strength].to_numpy(dtype=np.float64)
        if distance or strength
        else np.ones(len(links))
    )
    pairs = pd.DataFrame({"source": source, "target": target, "weight": weight}).groupby(
        ["source", "target"]
    )["weight"]
    joined = (pairs.sum() if strength else pairs.min()).reset_index()
    value = joined["weight"].to_numpy(dtype=np.float64)
    return Ties(
        names,
        joined["source"].to_numpy(dtype=np.int64),
        joined["target"].to_numpy(dtype=np.int64),
        1.0 / value if strength else value,
        counted,
        directed,
    )


def _betweenness(ties: Ties, *, plain: bool, rng: Any) -> tuple[Numbers, float, str]:
    """Betweenness, a bound of its error (0 when exact), and the seed when there was a sample."""
    count = len(ties.names)
    exact = count <= EXACT_UP_TO["by networkx" if plain else "by levels"]
    pairs = max((count - 1) * (count - 2), 1)
    sources, seed = np.arange(count), ""
    if not exact:
        draw, seed = generator(rng, "networks.measures")
        sources = draw.choice(count, size=PIVOTS, replace=False)
    summed = (
        _plain_betweenness(ties, sources)
        if plain
        else betweenness(ties.matrix(), sources, label="betweenness")
    )
    scale = count / len(sources) / pairs
    error = 0.0 if exact else math.sqrt(math.log(2 * count / 0.05) / (2 * PIVOTS))
    return summed * scale, error, seed


def _plain_betweenness(ties: Ties, sources: NDArray[np.int64]) -> Numbers:
    """The same sum by networkx, which also knows lengths."""
    import networkx as nx
    from tqdm.auto import tqdm

    graph: Any = nx.DiGraph() if ties.directed else nx.Graph()
    graph.add_nodes_from(range(len(ties.names)))
    triples = zip(ties.source.tolist(), ties.target.tolist(), ties.distance.tolist(), strict=True)
    graph.add_weighted_edges_from(triples, weight="distance")
    weight = None if (ties.distance == 1.0).all() else "distance"
    ends = list(graph.nodes)
    summed = np.zeros(len(ends))
    for start in tqdm(range(0, len(sources), AT_ONCE), desc="betweenness", delay=1, leave=False):
        some = sources[start : start + AT_ONCE].tolist()
        found = nx.betweenness_centrality_subset(graph, some, ends, normalized=False, weight=weight)
        summed += np.fromiter(found.values(), dtype=np.float64, count=len(ends))
    return summed if ties.directed else 2.0 * summed


def _table(chart: LinkChart, ties: Ties) -> pd.DataFrame:
    """What needs no paths: neighbours, links, cores, parts."""
    import networkx as nx
    import pandas as pd
    from scipy.sparse.csgraph import connected_components

    count = len(ties.names)
    matrix = ties.matrix() != 0
    both_ways = (matrix + matrix.T).tocsr()
    _, part = connected_components(both_ways, directed=False)
    cores = nx.core_number(nx.from_scipy_sparse_array(both_ways))
    table = chart.entities[["entity_id", "label", "kind", "category"]].reset_index(drop=True)
    numbers = {
        "degree": np.diff(both_ways.indptr),
        "links": ties.links,
        "core": [cores[row] for row in range(count)],
    }
    if ties.directed:
        numbers["degree_in"] = np.bincount(ties.target, minlength=count)
        numbers["degree_out"] = np.bincount(ties.source, minlength=count)
    for name, values in numbers.items():
        table[name] = pd.array(np.asarray(values), dtype="Int64")
    order = np.argsort(-np.bincount(part), kind="stable")
    number = np.empty_like(order)
    number[order] = np.arange(1, len(order) + 1)
    table["component"] = number[part]
    return table


def _unranked(chart: LinkChart) -> pd.Series:
    """Why an entity is not ranked; missing for those that are."""
    import pandas as pd

    entities = chart.entities
    reasons = pd.Series(pd.NA, index=entities.index, dtype="string")
    pattern = "|".join(NEVER_RANKED)
    barred = entities["category"].str.contains(pattern, regex=True).fillna(value=False).astype(bool)
    reasons[barred] = SHOWN_ONLY
    kind = entities.set_index("entity_id")["kind"]
    names = set(entities.loc[barred, "entity_id"])
    ends = pd.concat(
        [
            chart.links[["source", "target"]].set_axis(["thing", "holder"], axis=1),
            chart.links[["target", "source"]].set_axis(["thing", "holder"], axis=1),
        ]
    )
    held = ends[
        kind[ends["thing"]].isin(BELONGINGS).to_numpy() & kind[ends["holder"]].eq("person").to_numpy()
    ]
    only_theirs = held["holder"].isin(names).groupby(held["thing"]).all()
    theirs = entities["entity_id"].isin(only_theirs.index[only_theirs])
    reasons[theirs.to_numpy() & ~barred.to_numpy()] = THEIRS_ONLY
    return reasons


def _without_ranks_for(table: pd.DataFrame, reasons: pd.Series) -> pd.DataFrame:
    """Blank what would rank the barred, then rank the others among themselves."""
    barred = reasons.notna().to_numpy()
    measured = [name for name in MEASURES if name in table]
    for name in measured:
        table[name] = table[name].mask(barred)
    for name in RANKED:
        values = table[name].astype("Float64").round(12)
        table[f"{name}_rank"] = values.rank(method="min", ascending=False).astype("Int64")
    return table


def _params(ties: Ties, distance: str | None, strength: str | None, *, exact: bool) -> tuple[Param, ...]:
    if strength:
        weight = Param("strength", strength)
        meaning = "1 / strength, strengths of parallel links added"
    elif distance:
        weight = Param("distance", distance)
        meaning = "as given, the shortest of parallel links"
    else:
        weight = Param("weight", "none")
        meaning = "every tie is one step"
    how = (
        Param("betweenness", "exact", chosen=True, why="the chart is small enough")
        if exact
        else Param("betweenness", f"from {PIVOTS:,} starting points", chosen=True, why="the chart is large")
    )
    return weight, Param("distance used", meaning), Param("directed", ties.directed), how


def _source(chart: LinkChart, ties: Ties) -> Source:
    mark = fingerprint("\n".join(ties.names), ties.source, ties.target, ties.distance)
    return Source("links", len(chart.links), mark, chart.origin)
