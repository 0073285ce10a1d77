"""Links that may be missing, with the evidence for each, and how well that worked on this very chart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.networks.linkchart import LinkChart, as_rows_left_out, by_reason
from ilp_lab.networks.rankable import rows_unranked, unranked
from ilp_lab.networks.ties import check_weights, source_of, ties_of, usable
from ilp_lab.networks.wording import CAVEATS as OF_CHARTS
from ilp_lab.networks.wording import all_of
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from ilp_lab.networks.ties import Ties

    Numbers = NDArray[np.float64]
    Whole = NDArray[np.int64]

LEAST_TIES = 20
PAIRS = 2_000  # pairs without a tie in each trial
OPEN = 5e7  # ways of two steps that are looked at; beyond, hubs are no evidence
COLUMNS = ("entity_a", "entity_b", "score", "shared", "evidence")
METHOD = tr_later(
    "A share of the ties was hidden, again and again, and every score had to tell the hidden from pairs that have no "
    "tie; AUC is the probability that it does, 0.5 being a toss. The score that did best in the first half of the trials "
    "was tried on the second half, and that accuracy is shown. Pairs that share a neighbour and have no tie were then "
    "scored on the whole chart. Hit rate: which share of the first suggestions were hidden ties, in the trials. Pairs "
    "with a victim, witness, other party or things of theirs are not suggested."
)
CAVEATS = (
    tr_later(
        "A suggestion is a question for the next enquiry, not a tie. It must not enter the chart as a fact."
    ),
    tr_later(
        "Accuracy was measured on links that are known; those that are not may differ, and so may those that people hide."
    ),
    OF_CHARTS[1],
)
REFERENCES = (
    "Liben-Nowell, D. and Kleinberg, J. (2007). The link-prediction problem for social networks. JASIST 58. doi:10.1002/asi.20591",
    "Adamic, L. A. and Adar, E. (2003). Friends and neighbors on the web. Social Networks 25. doi:10.1016/S0378-8733(03)00009-1",
    "Zhou, T., Lü, L. and Zhang, Y.-C. (2009). Predicting missing links via local information. Eur. Phys. J. B 71. doi:10.1140/epjb/e2009-00335-8",
    "Calderoni, F. et al. (2020). Robust link prediction in criminal networks. Expert Systems with Applications 161. doi:10.1016/j.eswa.2020.113666",
)


def missing_links(
    chart: LinkChart,
    *,
    least_auc: float = 0.7,
    hidden: float = 0.1,
    trials: int = 50,
    most: int = 20,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Suggest which links may be missing, if that works on this chart, and refuse if it does not.

    Parameters
    ----------
    chart
        A link chart.
    least_auc
        The accuracy below which nothing is suggested.
    hidden
        Which share of the ties is hidden in each trial.
    trials
        How many trials there are.
    most
        How many pairs are suggested at most.
    rng
        Seed for the trials.

    Returns
    -------
    Result
        One row per suggested pair, best first: ``entity_a entity_b score shared evidence``; no row when accuracy is below
        ``least_auc``. ``details`` holds ``accuracy`` (a frame: ``method auc auc_low auc_high``), ``method``, ``auc``, ``hit_rate`` and
        ``refused``.

    Raises
    ------
    InputError
        When there are fewer than 20 ties to learn from, or a setting does not fit.

    Notes
    -----
    Scores: common neighbours, Jaccard, Adamic-Adar, resource allocation, preferential attachment, and local paths (ways of two
    steps plus a hundredth of those of three). Accuracy differs much between networks: the same score that is useful on one is
    a toss on another, which is why it is measured here each time. On charts with hubs of very many contacts the largest are not used
    as evidence; the settings say from which number on.

    References
    ----------
    Liben-Nowell and Kleinberg 2007, doi:10.1002/asi.20591; Adamic and Adar 2003, doi:10.1016/S0378-8733(03)00009-1; Zhou,
    Lü and Zhang 2009, doi:10.1140/epjb/e2009-00335-8; Calderoni et al. 2020, doi:10.1016/j.eswa.2020.113666.

    Examples
    --------
    >>> import networkx as nx, pandas as pd
    >>> from ilp_lab.networks import chart
    >>> links = pd.DataFrame(nx.karate_club_graph().edges, columns=["source", "target"])
    >>> found = missing_links(chart(links), least_auc=0.95, rng=7)
    >>> len(found.table), found["refused"]
    (0, True)
    """
    faults = Check("networks.missing_links")
    check_weights(faults, chart, None, None)
    faults.between(0.0, 1.0, least_auc=least_auc)
    faults.between(0.01, 0.5, hidden=hidden)
    faults.whole(10, trials=trials)
    faults.whole(1, most=most)
    faults.done()
    used, lost = usable(chart, None)
    ties = ties_of(chart, used)
    if len(ties.source) < LEAST_TIES:
        faults.add(
            f"the chart has {len(ties.source):,} ties; at least {LEAST_TIES} are needed to find out whether suggestions would be right."
        )
        faults.done()
    draw, seed = generator(rng, "networks.missing_links")
    reasons = unranked(chart)
    able = reasons.isna().to_numpy()
    accuracy, method, auc, hit_rate = _tried(ties, able, hidden, int(trials), int(most), draw)
    refused = bool(auc < least_auc)
    known = Known.of(ties.source, ties.target, ties.count)
    table = _none() if refused else _suggested(ties, known, able, method, int(most))
    rows = as_rows_left_out(lost, rows_unranked(chart, reasons))
    return Result(
        name="networks.missing_links",
        title=tr_later("Links that may be missing"),
        table=table,
        method=METHOD,
        findings=_findings(table, method, auc, hit_rate, least_auc, accuracy),
        params=(
            Param(tr_later("least AUC"), least_auc),
            Param(tr_later("share hidden"), hidden),
            Param("trials", int(trials)),
            Param("score", method, chosen=True, why=tr("the best of six in the first half of the trials")),
            Param(
                "hubs used as evidence",
                "all" if known.cap is None else tr("up to {cap:,} neighbours").format(cap=known.cap),
            ),
        ),
        caveats=CAVEATS,
        references=REFERENCES,
        sources=(source_of(chart, ties),),
        left_out=by_reason(rows),
        left_out_rows=rows,
        handling=chart.handling,
        seed=seed,
        details={
            "chart": chart,
            "accuracy": accuracy,
            "method": method,
            "auc": auc,
            "hit_rate": hit_rate,
            "refused": refused,
        },
    )


@dataclass(frozen=True)
class Known:
    """The ties that are known, as a matrix of ones.

    Attributes
    ----------
    matrix
        Entities by entities, symmetric.
    cap
        More neighbours than this make an entity no evidence; ``None`` when all count.
    """

    matrix: Any
    cap: int | None

    @classmethod
    def of(cls, source: Whole, target: Whole, count: int) -> Known:
        """From the ends of ties."""
        from scipy.sparse import csr_array

        ends = (np.concatenate([source, target]), np.concatenate([target, source]))
        matrix = csr_array((np.ones(len(ends[0])), ends), shape=(count, count))
        degree = np.sort(np.diff(matrix.indptr)).astype(np.float64)
        cost = np.cumsum(degree**2)
        cap = (
            None
            if not len(cost) or cost[-1] <= OPEN
            else int(degree[max(int(np.searchsorted(cost, OPEN)) - 1, 0)])
        )
        return cls(matrix, cap)

    @cached_property
    def degree(self) -> Numbers:
        """Neighbours of each."""
        return np.asarray(np.diff(self.matrix.indptr), dtype=np.float64)

    @cached_property
    def counts(self) -> Numbers:
        """1 for those who are evidence, 0 for hubs beyond the cap."""
        return np.ones(len(self.degree)) if self.cap is None else (self.degree <= self.cap).astype(np.float64)

    @cached_property
    def thin(self) -> Any:
        """The matrix towards those who are evidence only."""
        from scipy.sparse import diags_array

        found = (self.matrix @ diags_array(self.counts)).tocsr()
        found.eliminate_zeros()
        return found

    def shared(self, one: Whole, other: Whole, weight: Numbers) -> Numbers:
        """Sum of a weight over the neighbours that each pair shares."""
        from ilp_lab.networks.loops.pairs import shared_weight

        found = np.empty(len(one))
        shared_weight(*self.rows, np.ascontiguousarray(weight * self.counts), one, other, found)
        return found

    def ways_of_three(self, one: Whole, other: Whole) -> Numbers:
        """How many ways of three steps join each pair."""
        from ilp_lab.networks.loops.pairs import ways_of_three

        found = np.empty(len(one))
        ways_of_three(*self.rows, self.counts, one, other, found)
        return found

    @cached_property
    def rows(self) -> tuple[Any, Any]:
        """Where each row begins, and the neighbours in it, ascending."""
        self.matrix.sort_indices()
        return self.matrix.indptr.astype(np.int64), self.matrix.indices.astype(np.int32)

    def candidates(self, able: Any) -> tuple[Whole, Whole]:
        """Pairs that share a neighbour and have no tie."""
        from scipy.sparse import triu

        two = triu(self.thin @ self.thin.T, k=1).tocoo()
        one, other = two.row.astype(np.int64), two.col.astype(np.int64)
        count = len(self.degree)
        tied = triu(self.matrix, k=1).tocoo()
        open_ = ~np.isin(one * count + other, tied.row.astype(np.int64) * count + tied.col)
        kept = open_ & able[one] & able[other]
        return one[kept], other[kept]


def _inverse(values: Numbers) -> Numbers:
    return np.divide(1.0, values, out=np.zeros(len(values)), where=values > 0)


def _jaccard(known: Known, one: Whole, other: Whole) -> Numbers:
    shared = known.shared(one, other, np.ones(len(known.degree)))
    return np.asarray(shared / np.maximum(known.degree[one] + known.degree[other] - shared, 1.0))


def _local_paths(known: Known, one: Whole, other: Whole) -> Numbers:
    shared = known.shared(one, other, np.ones(len(known.degree)))
    return shared + 0.01 * known.ways_of_three(one, other)


SCORES: dict[str, Callable[[Known, Whole, Whole], Numbers]] = {
    "common neighbours": lambda known, one, other: known.shared(one, other, np.ones(len(known.degree))),
    "Jaccard": _jaccard,
    "Adamic-Adar": lambda known, one, other: known.shared(
        one, other, _inverse(np.log(np.maximum(known.degree, 1.0)))
    ),
    "resource allocation": lambda known, one, other: known.shared(one, other, _inverse(known.degree)),
    "preferential attachment": lambda known, one, other: known.degree[one] * known.degree[other],
    "local paths": _local_paths,
}


def _tried(
    ties: Ties, able: Any, hidden: float, trials: int, most: int, draw: np.random.Generator
) -> tuple[pd.DataFrame, str, float, float]:
    """Accuracy of every score, which is best in the first half, and how well it does in the second."""
    import pandas as pd
    from tqdm.auto import trange

    number = max(1, round(hidden * len(ties.source)))
    found = np.empty((trials, len(SCORES)))
    kept: list[tuple[Known, Whole]] = []
    for trial in trange(trials, desc="hiding links", delay=1, leave=False):
        gone = draw.choice(len(ties.source), number, replace=False)
        left = np.delete(np.arange(len(ties.source)), gone)
        known = Known.of(ties.source[left], ties.target[left], ties.count)
        one, other = _untied(ties, draw)
        both = (np.concatenate([ties.source[gone], one]), np.concatenate([ties.target[gone], other]))
        for at, score in enumerate(SCORES.values()):
            found[trial, at] = auc_of(score(known, *both), number)
        if trial >= trials // 2:
            kept.append((known, gone))
    half = trials // 2
    best = int(np.argmax(found[:half].mean(axis=0)))
    method = list(SCORES)[best]
    hits = [_hits(ties, known, gone, able, method, most) for known, gone in kept[:10]]
    found_hits = [one for one in hits if np.isfinite(one)]
    accuracy = pd.DataFrame(
        {
            "method": list(SCORES),
            "auc": found[half:].mean(axis=0),
            "auc_low": np.quantile(found[half:], 0.05, axis=0),
            "auc_high": np.quantile(found[half:], 0.95, axis=0),
        }
    )
    return (
        accuracy,
        method,
        float(found[half:, best].mean()),
        float(np.mean(found_hits)) if found_hits else float("nan"),
    )


def _untied(ties: Ties, draw: np.random.Generator) -> tuple[Whole, Whole]:
    """Pairs without a tie, drawn anywhere."""
    one, other = draw.integers(0, ties.count, (2, 2 * PAIRS))
    low, high = np.minimum(one, other), np.maximum(one, other)
    known = np.sort(ties.source * ties.count + ties.target)
    key = low * ties.count + high
    place = np.minimum(np.searchsorted(known, key), len(known) - 1)
    free = (low != high) & (known[place] != key)
    return low[free][:PAIRS], high[free][:PAIRS]


def auc_of(scores: Numbers, first: int) -> float:
    """Probability that one of the first scores is above one of the others, ties counting half."""
    from scipy.stats import rankdata

    others = len(scores) - first
    if first == 0 or others == 0:
        return 0.5
    ranks = rankdata(scores)
    return float((ranks[:first].sum() - first * (first + 1) / 2) / (first * others))


def _best_pairs(known: Known, able: Any, method: str, most: int) -> tuple[Whole, Whole, Numbers]:
    one, other = known.candidates(able)
    scores = SCORES[method](known, one, other)
    order = np.lexsort((other, one, -np.round(scores, 12)))[:most]
    return one[order], other[order], scores[order]


def _hits(ties: Ties, known: Known, gone: Whole, able: Any, method: str, most: int) -> float:
    """Which share of the first suggestions were hidden ties."""
    one, other, _ = _best_pairs(known, able, method, most)
    hidden = ties.source[gone] * ties.count + ties.target[gone]
    return float(np.isin(one * ties.count + other, hidden).mean()) if len(one) else float("nan")


def _none() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {name: pd.Series(dtype="float64" if name == "score" else "object") for name in COLUMNS}
    )


def _suggested(ties: Ties, known: Known, able: Any, method: str, most: int) -> pd.DataFrame:
    """The pairs, each with who connects it."""
    import pandas as pd

    one, other, scores = _best_pairs(known, able, method, most)
    rows = []
    for a, b, score in zip(one.tolist(), other.tolist(), scores.tolist(), strict=True):
        both = np.intersect1d(known.matrix[[a]].indices, known.matrix[[b]].indices)
        rows.append((ties.names[a], ties.names[b], score, len(both), _evidence(ties, known, able, both)))
    return pd.DataFrame(rows, columns=list(COLUMNS)) if rows else _none()


def _evidence(ties: Ties, known: Known, able: Any, shared: Any) -> str:
    """Whom both know, those with few contacts first; nobody is named who must not be."""
    order = shared[np.argsort(known.degree[shared], kind="stable")]
    named = [
        tr("{names} ({degree} contacts)").format(names=ties.names[one], degree=int(known.degree[one]))
        for one in order
        if able[one]
    ]
    hidden = len(shared) - len(named)
    said = ", ".join(named[:4]) + (tr(" and {n} more").format(n=len(named) - 4) if len(named) > 4 else "")
    unnamed = (
        tr("{hidden} who are not named (victims, witnesses, other parties)").format(hidden=hidden)
        if hidden
        else ""
    )
    return tr("both are tied to ") + all_of([one for one in (said, unnamed) if one])


def _findings(
    table: pd.DataFrame, method: str, auc: float, hit_rate: float, least: float, accuracy: pd.DataFrame
) -> tuple[str, ...]:
    tested = tr(
        "With links of this chart hidden, the best score ({method}) told them from pairs without a tie with a probability of "
        "{auc:.2f}; 0.50 is a toss."
    ).format(method=method, auc=auc)
    if auc < least:
        return (
            tr(
                "No links are suggested. {tested} That is below the {least:.2f} asked for, so suggestions would mislead."
            ).format(tested=tested, least=least),
            tr("The six scores lay between {auc:.2f} and {auc_2:.2f}.").format(
                auc=accuracy["auc"].min(), auc_2=accuracy["auc"].max()
            ),
            tr(
                "It does not mean that no links are missing, only that the shape of this chart does not show where. More sources would."
            ),
        )
    said = [tested]
    if np.isfinite(hit_rate):
        said.append(
            tr(
                "Of the first suggestions in those trials {hit_rate:.0%} were hidden links; the rest were not known to be any. "
                "Expect no more here."
            ).format(hit_rate=hit_rate)
        )
    if len(table):
        first = table.iloc[0]
        said.append(
            tr("First comes {entity_a} and {entity_b}: {evidence}.").format(
                entity_a=first["entity_a"], entity_b=first["entity_b"], evidence=first["evidence"]
            )
        )
    else:
        said.append(
            tr("No two entities without a tie share a neighbour that counts, so there is nothing to suggest.")
        )
    said.append(
        tr(
            "Each is a question to ask of other sources, not a link: it must not go into the chart, and nobody is to be acted on "
            "for it."
        )
    )
    return tuple(said)
