"""The chart drawn again as it might be: links that are not recorded added, uncertain ones left out; where ranks then lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._tongue import tr, tr_later
from ilp_lab.networks.paths import LONG_COSTS, betweenness, closeness
from ilp_lab.networks.positions import core_numbers, eigenvector, pagerank
from ilp_lab.networks.rankable import ranks
from ilp_lab.networks.ties import rows_of, undirected_rows
from ilp_lab.result import Param

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ilp_lab.networks.ties import Ties

    Numbers = NDArray[np.float64]

LEAST, MOST = 40, 200
VISITS = 2e8  # what may be spent on redraws nobody asked for: a few seconds
COVERED = 0.9
ON_PATHS = ("betweenness", "closeness", "harmonic")
CAN_BE_REDRAWN = ("degree", "strength", *ON_PATHS, "pagerank", "eigenvector", "core")


@dataclass(frozen=True)
class Redraw:
    """How the chart may be drawn again.

    Attributes
    ----------
    ties
        As recorded.
    missing
        Which share of all links is taken not to be recorded.
    sure
        Probability of each tie; ``None`` when all are certain.
    """

    ties: Ties
    missing: float
    sure: Numbers | None = None

    def draws(
        self, number: int, rng: np.random.Generator, label: str
    ) -> Iterator[tuple[Any, Any, Numbers, Numbers]]:
        """Ends, lengths and strengths of the ties, ``number`` times."""
        from tqdm.auto import trange

        ties = self.ties
        known = np.sort(ties.source * ties.count + ties.target)
        for turn in trange(number, desc=label, delay=1, leave=False):
            kept = slice(None) if self.sure is None else rng.random(len(self.sure)) < self.sure
            source, target = ties.source[kept], ties.target[kept]
            length, strength = ties.length[kept], ties.strength[kept]
            wanted = rng.poisson(len(source) * self.missing / (1.0 - self.missing))
            if wanted and ties.count > 1 and len(ties.source):
                new = self._new_pairs(wanted, known, rng, near=bool(turn % 2))
                like = rng.integers(0, len(ties.source), len(new))
                source, target = (
                    np.concatenate([source, new // ties.count]),
                    np.concatenate([target, new % ties.count]),
                )
                length = np.concatenate([length, ties.length[like]])
                strength = np.concatenate([strength, ties.strength[like]])
            yield source, target, length, strength

    def _new_pairs(self, wanted: int, known: Any, rng: np.random.Generator, *, near: bool) -> Any:
        """Pairs without a tie: any, or such as share a neighbour."""
        ties, count = self.ties, self.ties.count
        drawn = wanted * 3 + 8
        if near:
            both = ties.both
            tie = rng.integers(0, len(ties.source), drawn)
            turned = rng.random(drawn) < 0.5
            one = np.where(turned, ties.source[tie], ties.target[tie])
            middle = np.where(turned, ties.target[tie], ties.source[tie])
            spread = np.diff(both.ptr)[middle]
            other = both.to[both.ptr[middle] + (rng.random(drawn) * spread).astype(np.int64)].astype(np.int64)
        else:
            one, other = rng.integers(0, count, (2, drawn))
        if not ties.directed:
            one, other = np.minimum(one, other), np.maximum(one, other)
        pairs = (one * count + other)[one != other]
        place = np.minimum(np.searchsorted(known, pairs), len(known) - 1)
        pairs = pairs[known[place] != pairs]
        _, first = np.unique(pairs, return_index=True)
        return pairs[np.sort(first)][:wanted]


def measured(
    source: Any,
    target: Any,
    length: Numbers,
    strength: Numbers,
    ties: Ties,
    names: Sequence[str],
    inside: Any = None,
) -> dict[str, Numbers]:
    """Some of the measures for other ties between the same entities."""
    count, directed = ties.count, ties.directed
    found: dict[str, Any] = {}
    if "degree" in names or "core" in names or "eigenvector" in names or "strength" in names:
        both = (
            undirected_rows(source, target, strength, count)
            if directed
            else rows_of(source, target, strength, count, both_ways=True)
        )
        found["degree"] = np.diff(both.ptr).astype(np.float64)
        if "core" in names:
            found["core"] = core_numbers(both).astype(np.float64)
        if "eigenvector" in names:
            found["eigenvector"] = eigenvector(both, np.ones(count, bool) if inside is None else inside)
        if "strength" in names:
            found["strength"] = np.bincount(source, strength, count) + np.bincount(target, strength, count)
    if set(names) & set(ON_PATHS):
        ahead = rows_of(source, target, length, count, both_ways=not directed)
        back = rows_of(target, source, length, count, both_ways=False) if directed else ahead
        if "betweenness" in names:
            found["betweenness"] = betweenness(ahead, back, weighted=ties.weighted, directed=directed).value
        if "closeness" in names or "harmonic" in names:
            found["closeness"], found["harmonic"], _ = closeness(ahead, back, weighted=ties.weighted)
    if "pagerank" in names:
        found["pagerank"] = pagerank(source, target, strength, count, directed=directed)
    return {name: found[name] for name in names}


def redrawn_ranks(
    redraw: Redraw, names: Sequence[str], rankable: NDArray[np.bool_], number: int, rng: np.random.Generator
) -> dict[str, Numbers]:
    """Ranks of the rankable in every redraw: one row per redraw for each measure."""
    ties = redraw.ties
    rows: dict[str, list[Numbers]] = {name: [] for name in names}
    for source, target, length, strength in redraw.draws(number, rng, tr_later("redrawing the chart")):
        for name, values in measured(source, target, length, strength, ties, names).items():
            rows[name].append(values[rankable])
    return {name: ranks(np.vstack(values)) for name, values in rows.items()}


def interval(drawn: Numbers, covered: float = COVERED) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Between which ranks each stands in so many of the redraws."""
    tail = (1.0 - covered) / 2.0
    low = np.quantile(drawn, tail, axis=0, method="lower")
    high = np.quantile(drawn, 1.0 - tail, axis=0, method="higher")
    return low.astype(np.int64), high.astype(np.int64)


def affordable(ties: Ties, names: Sequence[str]) -> int:
    """How many redraws fit into a few seconds; 0 when they would be too few to say anything."""
    steps = 2 * len(ties.source) + ties.count
    starts = ties.count * (LONG_COSTS if ties.weighted else 2) if set(names) & set(ON_PATHS) else 20
    number = int(VISITS / max(1.0, float(starts) * steps + 2e4))
    return 0 if number < LEAST else min(number, MOST)


def redraw_params(missing: float, number: int) -> tuple[Param, ...]:
    """How often and how the chart was drawn again."""
    if not number:
        return (Param("redraws", 0),)
    return (
        Param(
            "missing links",
            tr("{missing:.0%} of all links are taken not to be recorded").format(missing=missing),
        ),
        Param("redraws", number),
        Param(tr_later("rank interval"), tr("{COVERED:.0%} of the redraws").format(COVERED=COVERED)),
    )
