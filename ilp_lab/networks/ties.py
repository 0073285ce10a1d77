"""The chart as the measures see it: at most one tie per pair and direction, as rows of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import in_english, shaped, tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.networks.linkchart import LinkChart, the_chart
from ilp_lab.result import Param, Source, fingerprint

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

SELF_LINK = tr_later("link of an entity with itself")
_UNUSABLE = shaped(tr_later("link whose {weight} is missing, zero, negative or endless"))


class Rows(NamedTuple):
    """Neighbours row by row: those of entity v are ``to[ptr[v]:ptr[v + 1]]``, ascending, with their values."""

    ptr: Any
    to: Any
    value: Any


@dataclass(frozen=True)
class Ties:
    """Ties between entities, counted from 0 in the order of the chart.

    Attributes
    ----------
    names
        Identifiers of the entities.
    source, target
        Ends of each tie; without direction the smaller comes first.
    length, strength
        Both of each tie, whichever was given: with neither 1.
    links
        How many links each entity has.
    tie_of
        Which tie each usable link belongs to.
    directed, weighted
        Whether ties lead one way; whether lengths were given.
    """

    names: list[str]
    source: Whole
    target: Whole
    length: Numbers
    strength: Numbers
    links: Whole
    tie_of: Whole
    directed: bool
    weighted: bool

    @property
    def count(self) -> int:
        """How many entities there are."""
        return len(self.names)

    @cached_property
    def ahead(self) -> Rows:
        """Whom each leads to, with lengths."""
        return rows_of(self.source, self.target, self.length, self.count, both_ways=not self.directed)

    @cached_property
    def back(self) -> Rows:
        """Who leads to each, with lengths."""
        if not self.directed:
            return self.ahead
        return rows_of(self.target, self.source, self.length, self.count, both_ways=False)

    @cached_property
    def both(self) -> Rows:
        """Neighbours whatever the direction, with the strengths of both directions together."""
        if not self.directed:
            return rows_of(self.source, self.target, self.strength, self.count, both_ways=True)
        return undirected_rows(self.source, self.target, self.strength, self.count)

    def matrix(self) -> Any:
        """Lengths as a sparse matrix, row to column."""
        from scipy.sparse import csr_array

        return csr_array((self.ahead.value, self.ahead.to, self.ahead.ptr), shape=(self.count, self.count))


def rows_of(source: Whole, target: Whole, value: Numbers, count: int, *, both_ways: bool) -> Rows:
    """Ties as rows of neighbours."""
    from ilp_lab.networks.loops.structure import neighbour_rows

    if both_ways:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
        value = np.concatenate([value, value])
    rows = Rows(np.zeros(count + 1, np.int64), np.empty(len(source), np.int32), np.empty(len(source)))
    neighbour_rows(source, target, np.ascontiguousarray(value, dtype=np.float64), count, *rows)
    return rows


def undirected_rows(source: Whole, target: Whole, value: Numbers, count: int) -> Rows:
    """Directed ties as rows without direction, the values of both directions together."""
    low, high, value = merged(np.minimum(source, target), np.maximum(source, target), value, count)[:3]
    return rows_of(low, high, value, count, both_ways=True)


def merged(
    source: Whole, target: Whole, value: Numbers, count: int, *, least: bool = False
) -> tuple[Whole, Whole, Numbers, Whole]:
    """One tie per pair, values added (or the least of them), and which tie each went into."""
    key = source * count + target
    pairs, place = np.unique(key, return_inverse=True)
    if least:
        joined = np.full(len(pairs), np.inf)
        np.minimum.at(joined, place, value)
    else:
        joined = np.bincount(place, weights=value, minlength=len(pairs)).astype(np.float64)
    return pairs // max(count, 1), pairs % max(count, 1), joined, place.astype(np.int64)


def check_weights(faults: Check, chart: LinkChart, distance: str | None, strength: str | None) -> None:
    """Refuse what is no chart, has nobody on it, or has no such weight."""
    import pandas as pd

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


def usable(chart: LinkChart, weight: str | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Links that count, and the others with their reason."""
    import pandas as pd

    links = chart.links
    reason = pd.Series(pd.NA, index=links.index, dtype="string")
    if weight is not None:
        values = links[weight].astype("float64")
        reason[~(np.isfinite(values) & (values > 0))] = in_english(_UNUSABLE.format(weight=weight))
    reason[links["source"] == links["target"]] = SELF_LINK
    lost = links[reason.notna()].assign(reason=reason[reason.notna()])
    return links[reason.isna()], lost


def ties_of(
    chart: LinkChart,
    links: pd.DataFrame,
    *,
    distance: str | None = None,
    strength: str | None = None,
    directed: bool = False,
) -> Ties:
    """Put parallel links together: distances by the shortest, strengths by their sum."""
    import pandas as pd

    names = chart.entities["entity_id"].tolist()
    count = len(names)
    position = pd.Index(chart.entities["entity_id"])
    source = position.get_indexer(links["source"]).astype(np.int64)
    target = position.get_indexer(links["target"]).astype(np.int64)
    counted = np.bincount(source, minlength=count) + np.bincount(target, minlength=count)
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    weight = distance or strength
    value = links[weight].to_numpy(dtype=np.float64) if weight else np.ones(len(links))
    source, target, joined, tie_of = merged(source, target, value, count, least=not strength)
    return Ties(
        names=names,
        source=source,
        target=target,
        length=1.0 / joined if strength else joined,
        strength=joined if strength else np.ones(len(joined)),
        links=counted.astype(np.int64),
        tie_of=tie_of,
        directed=directed,
        weighted=weight is not None,
    )


def weight_params(distance: str | None, strength: str | None, *, directed: bool) -> tuple[Param, ...]:
    """How the weight was meant, for the record."""
    if strength:
        weight, meaning = Param("strength", strength), tr("1 / strength, strengths of parallel links added")
    elif distance:
        weight, meaning = Param("distance", distance), tr_later("as given, the shortest of parallel links")
    else:
        weight, meaning = Param("weight", "none"), tr_later("every tie is one step")
    return weight, Param(tr_later("distance used"), meaning), Param("directed", directed)


def source_of(chart: LinkChart, ties: Ties) -> Source:
    """The links as they went in."""
    mark = fingerprint("\n".join(ties.names), ties.source, ties.target, ties.length)
    return Source("links", len(chart.links), mark, chart.origin)
