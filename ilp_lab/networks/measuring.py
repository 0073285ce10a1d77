"""What can be measured on a chart: neighbours, paths, cores, parts, influence, brokerage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.networks import positions
from ilp_lab.networks.certainties import given_certainty, of_ties
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.paths import PIVOTS, Between, betweenness, closeness, too_large
from ilp_lab.networks.rankable import rows_unranked, unranked, with_ranks
from ilp_lab.networks.redrawing import Redraw, affordable, interval, redraw_params, redrawn_ranks
from ilp_lab.networks.ties import Ties, check_weights, source_of, ties_of, usable, weight_params
from ilp_lab.networks.wording import CAVEATS, METHOD, REFERENCES, findings
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.networks.certainties import Certainty

RANKED = ("degree", "betweenness", "closeness")
MEASURES = (
    "degree",
    "degree_in",
    "degree_out",
    "links",
    "strength",
    "betweenness",
    "closeness",
    "harmonic",
    "eigenvector",
    "pagerank",
    "core",
    "constraint",
    *positions.ROLES,
)
COLUMNS = ("entity_id", "label", "kind", "category", *MEASURES, "component")
WHOLE = ("degree", "degree_in", "degree_out", "links", "core", *positions.ROLES)


def measures(
    chart: LinkChart,
    *,
    distance: str | None = None,
    strength: str | None = None,
    directed: bool = False,
    groups: str | Result | None = None,
    missing_links: float = 0.1,
    certainty: Certainty = None,
    redraws: int | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure how each entity stands in a link chart, and how sure its ranks are.

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
    groups
        A column of the entities, or what ``networks.groups`` returned; adds the five brokerage roles.
    missing_links
        Which share of all links is taken not to be recorded, for the rank intervals.
    certainty
        How likely each link is, for the rank intervals: ``"grades"`` (weights of the grading scheme, see
        ``evaluation.weights``), a column of the links from 0 to 1, or numbers from ``evaluation.certainty``. Without it recorded
        links are taken as certain.
    redraws
        How often the chart is drawn again for the rank intervals; 0 for none. By default as often as a few seconds
        allow, at most 200 times.
    rng
        Seed for redraws, and for the sample of starting points that large charts need (see Notes).

    Returns
    -------
    Result
        One row per entity: ``entity_id label kind category`` and

        - ``degree``: distinct neighbours; ``links``: links, counting every report (with ``directed`` also
          ``degree_in``, ``degree_out``); ``strength`` (where given): the strengths of all its links together;
        - ``betweenness``: share, from 0 to 1, of the shortest paths between all pairs of other entities that lead
          through this one, each pair's paths counting together as one;
        - ``closeness``: (r-1)/(n-1) · (r-1)/(sum of distances), r being how many can reach it, itself included;
        - ``harmonic``: mean of 1/distance over all others;
        - ``eigenvector``: standing by the standing of neighbours, unit length, both directions of a tie together;
          only within the largest part, as it compares nothing across parts;
        - ``pagerank``: share of a random walk's time (follows ties with 0.85);
        - ``core``: the largest k such that it belongs to a group in which everyone has k neighbours in the group;
        - ``constraint``: Burt's; low means ties into circles that do not know each other; missing without ties;
        - with ``groups``: ``coordinator itinerant gatekeeper representative liaison``: ordered pairs (a, b) that are
          joined through it and not directly, by the groups of the three;
        - ``component``: number of its part of the chart, 1 being the largest;
        - ``degree_rank``, ``betweenness_rank``, ``closeness_rank``: 1 is highest, ties share the better rank; each with
          ``…_low`` and ``…_high``, between which it stands in 90 % of the redraws.

        Victims, witnesses and other parties stay in the table and on the paths, but their measures and ranks are
        missing; so are those of phones, accounts and objects that belong to nobody else. They are counted in
        ``left_out``. ``details`` holds ``chart``, ``engine``, ``exact``, ``error`` (0.0 when exact), ``redraws`` and
        ``components``.

    Raises
    ------
    ColumnError
        When the column is missing or does not hold numbers.
    InputError
        When the chart has no entities, or both ``distance`` and ``strength`` are given.

    Notes
    -----
    Links whose weight is missing, zero or negative are left out and counted. Eigenvector, PageRank and constraint
    count strengths where given, otherwise every tie once. Betweenness and closeness cost about (entities x ties), ten
    times that with a weight; without direction, ends of the chart are folded first and those with the same neighbours
    walked from once. Above 5·10⁹ such steps (some 25,000
    entities with three ties each) betweenness is estimated from 1,000 random starting points; ``details["error"]`` then bounds
    the error of every value at once with a probability of 95 % (Brandes and Pich 2007). Lengths of two ways that differ
    by less than 10⁻¹¹ of themselves count as equal. Everything else is exact.

    In a redraw the number of links that are taken not to be recorded is added: by turns between any two entities, and
    between two that share a neighbour, as nobody knows where they are; uncertain links are kept with their certainty.

    References
    ----------
    Freeman 1977, doi:10.2307/3033543; Brandes 2001, doi:10.1080/0022250X.2001.9990249; Wasserman and Faust 1994,
    doi:10.1017/CBO9780511815478; Marchiori and Latora 2000, doi:10.1016/S0378-4371(00)00311-3; Bonacich 1972,
    doi:10.1080/0022250X.1972.9989806; Brin and Page 1998, doi:10.1016/S0169-7552(98)00110-X; Seidman 1983,
    doi:10.1016/0378-8733(83)90028-X; Burt 1992 (Structural Holes); Gould and Fernandez 1989, doi:10.2307/270949;
    Borgatti, Carley and Krackhardt 2006, doi:10.1016/j.socnet.2005.05.001; Brandes and Pich 2007,
    doi:10.1142/S0218127407018403.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab.networks import chart
    >>> star = chart(pd.DataFrame({"source": ["A", "A", "A"], "target": ["B", "C", "D"]}))
    >>> measures(star).table.set_index("entity_id").loc["A", ["degree", "betweenness"]].tolist()
    [3.0, 1.0]
    """
    faults = Check("networks.measures")
    check_weights(faults, chart, distance, strength)
    faults.between(0.0, 0.9, missing_links=missing_links)
    faults.whole(0, redraws=redraws)
    sure, settings = given_certainty(chart, certainty, faults)
    labels = _groups(chart, groups, faults)
    faults.done()
    used, lost = usable(chart, distance or strength)
    ties = ties_of(chart, used, distance=distance, strength=strength, directed=directed)
    draw, seed = generator(rng, "networks.measures")
    table, between = _values(chart, ties, labels, draw)
    if strength is None:
        table = table.drop(columns="strength")
    table = table[[name for name in COLUMNS if name in table]]
    reasons = unranked(chart)
    table = with_ranks(table, reasons, MEASURES, RANKED)
    number = _redraws(ties, redraws, missing_links, sure)
    if number and not reasons.notna().all():
        certain = None if sure is None else of_ties(chart, used, ties, sure)
        drawn = redrawn_ranks(
            Redraw(ties, missing_links, certain), RANKED, reasons.isna().to_numpy(), number, draw
        )
        table = _with_intervals(table, drawn, reasons)
    rows = as_rows_left_out(lost, rows_unranked(chart, reasons))
    return Result(
        name="networks.measures",
        title=tr_later("Who stands where in the link chart"),
        table=table,
        method=METHOD,
        findings=findings(table, ties, used, exact=between.exact, error=between.error, redraws=number),
        params=(
            *weight_params(distance, strength, directed=directed),
            _how(between),
            *redraw_params(missing_links, number),
            *(settings if number else ()),
        ),
        caveats=CAVEATS,
        references=REFERENCES,
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed if number or not between.exact else "",
        view="linkchart",
        details={
            "chart": chart,
            "engine": ENGINE,
            "exact": between.exact,
            "error": between.error,
            "redraws": number,
            "components": int(table["component"].max()),
            "value": "betweenness",
        },
    )


ENGINE = tr_later("own compiled loops")


def _groups(chart: LinkChart, groups: str | Result | None, faults: Check) -> NDArray[np.int32] | None:
    """Groups as numbers; those without one are each a group of their own."""
    import pandas as pd

    if groups is None or faults.faults:
        return None
    if isinstance(groups, Result):
        found = groups.table.set_index("entity_id").get("group")
        if found is None:
            faults.add(f"groups must come from networks.groups; {groups.name} has no column 'group'.")
            return None
        labels = chart.entities["entity_id"].map(found)
    else:
        faults.columns(chart.entities, (groups,), "the chart's table of entities")
        if groups not in chart.entities:
            return None
        labels = chart.entities[groups]
    codes, known = pd.factorize(labels.astype(object))
    alone = codes < 0
    codes[alone] = len(known) + np.arange(int(alone.sum()))
    return codes.astype(np.int32)


def _values(
    chart: LinkChart, ties: Ties, groups: NDArray[np.int32] | None, draw: np.random.Generator
) -> tuple[pd.DataFrame, Between]:
    """All measures of all entities."""
    import pandas as pd

    count = ties.count
    part = positions.parts_of(ties)
    values: dict[str, Any] = {
        "degree": np.diff(ties.both.ptr),
        "links": ties.links,
        "core": positions.core_numbers(ties.both),
        "strength": np.bincount(ties.source, ties.strength, count)
        + np.bincount(ties.target, ties.strength, count),
    }
    if ties.directed:
        values["degree_in"] = np.bincount(ties.target, minlength=count)
        values["degree_out"] = np.bincount(ties.source, minlength=count)
    between = betweenness(
        ties.ahead,
        ties.back,
        weighted=ties.weighted,
        directed=ties.directed,
        rng=draw if too_large(count, len(ties.ahead.to), weighted=ties.weighted) else None,
        label="betweenness",
    )
    values["betweenness"] = between.value
    values["closeness"], values["harmonic"], _ = closeness(
        ties.ahead, ties.back, weighted=ties.weighted, label="closeness"
    )
    values["eigenvector"] = positions.eigenvector(ties.both, part == 1)
    values["pagerank"] = positions.pagerank(
        ties.source,
        ties.target,
        ties.strength,
        count,
        directed=ties.directed,
        back=None if ties.directed else ties.both,
    )
    values["constraint"] = positions.constraint(ties.both)
    if groups is not None:
        roles = positions.brokerage(ties, groups)
        values |= {name: roles[:, at] for at, name in enumerate(positions.ROLES)}
    table = chart.entities[["entity_id", "label", "kind", "category"]].reset_index(drop=True)
    for name, column in values.items():
        table[name] = (
            pd.array(np.asarray(column).astype(np.int64), dtype="Int64") if name in WHOLE else column
        )
    table["component"] = part
    return table, between


def _redraws(ties: Ties, asked: int | None, missing: float, sure: Any) -> int:
    if not len(ties.source) or (missing == 0.0 and sure is None):
        return 0
    return affordable(ties, RANKED) if asked is None else int(asked)


def _with_intervals(table: pd.DataFrame, drawn: dict[str, Any], reasons: pd.Series) -> pd.DataFrame:
    """Put the interval of each rank behind it."""
    import pandas as pd

    ranked = reasons.isna().to_numpy()
    for name, ranks in drawn.items():
        at = table.columns.tolist().index(f"{name}_rank") + 1
        for offset, (end, values) in enumerate(zip(("low", "high"), interval(ranks), strict=True)):
            column = pd.array([pd.NA] * len(table), dtype="Int64")
            column[ranked] = values
            table.insert(at + offset, f"{name}_rank_{end}", pd.Series(column))
    return table


def _how(between: Between) -> Param:
    if between.exact:
        return Param(
            "betweenness",
            tr("exact, {ENGINE}").format(ENGINE=ENGINE),
            chosen=True,
            why=tr_later("the chart is small enough"),
        )
    return Param(
        "betweenness",
        tr("from {PIVOTS:,} starting points, {ENGINE}").format(PIVOTS=PIVOTS, ENGINE=ENGINE),
        chosen=True,
        why=tr_later("the chart is large"),
    )
