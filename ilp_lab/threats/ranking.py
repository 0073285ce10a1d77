"""Which comes first, and can that be told? Ranks and tiers with their probability (SMAA)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import capital, of_pack, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source
from ilp_lab.threats.matrices import UNKNOWN, ThreatMatrix, is_matrix
from ilp_lab.threats.scoring import WEIGHTS, Draws, draw
from ilp_lab.threats.swaps import Swap, in_order, smallest_swap

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NOT_SEPARABLE = tr_later("not separable")
_METHOD = tr_later(
    "Each item was scored by {rubric}. Because weights are a judgement and some cells are not known, ranks were computed "
    "{draws} times (stochastic multicriteria acceptability analysis): weights {weights}; each unknown cell took any "
    "level with the same chance; where assessors differ either may be right{doubt}. The share of draws in which an item "
    "takes a rank, or falls into a tier, is its acceptability. A rank or tier is stated only where that share is at "
    "least {sure:.0%}; else the answer is 'not separable'. The smallest change of weights (sum of absolute changes) that "
    "swaps the first two was found by linear programming."
)
_HOW = {
    "order": tr_later("were drawn evenly among all that keep the agreed order of the indicators"),
    "any": tr_later("were drawn evenly among all there can be"),
    "rubric": tr_later("were those of the rubric, exactly"),
}
REFERENCES = (
    "Lahdelma, Hokkanen and Salminen 1998, SMAA, doi:10.1016/S0377-2217(97)00163-X",
    "Lahdelma and Salminen 2001, SMAA-2, doi:10.1287/opre.49.3.444.11220",
    "Tusikov 2012, Measuring organised crime-related harms, Crime, Law and Social Change 57:99-115",
    "Ratcliffe, Strang and Taylor 2014, Assessing the success factors of organized crime groups, Policing 37(1):206-227",
)


def rank(
    matrix: ThreatMatrix,
    *,
    weights: str = "order",
    draws: int = 20_000,
    sure: float = 0.8,
    doubt: tuple[float, float, float] | None = None,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Rank groups, markets or problems, and say which ranks and tiers can be told apart.

    Parameters
    ----------
    matrix
        As :func:`matrix` makes it.
    weights
        ``"order"``: only the order of the weights is agreed; ``"any"``: nothing is agreed; ``"rubric"``: exactly those of the
        rubric.
    draws
        How many weights and unknown levels are drawn.
    sure
        Share of draws from which on a rank or tier is stated.
    doubt
        Chance that a neighbouring level is true, for cells of high, moderate and low confidence; none when left out.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per item, highest plain score first: ``item``, ``score``, ``nominal_rank``, ``p_first``, ``mean_rank``,
        ``rank_low`` and ``rank_high`` (90 % of draws), ``p_above_next`` (that it stands above the next row), ``tier``, ``p_tier``,
        ``verdict``, ``unknown``, ``not_high_confidence``, and the sections that stand beside the score. ``details``: ``acceptability``
        (item × rank), ``tiers`` (item × tier), ``above`` (item × item), ``swap`` (a table) and ``swap_l1``.

    Raises
    ------
    InputError
        When there is only one item, or nothing is known.

    Notes
    -----
    A rank says which is higher by this indicator set, not what to do. Organisational position stands beside it, never in it.
    Cost: 20,000 draws of 5 groups and 19 indicators take a fraction of a second.

    References
    ----------
    Lahdelma, R., Hokkanen, J. and Salminen, P. (1998), doi:10.1016/S0377-2217(97)00163-X.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab import threats
    >>> names = [one.id for one in threats.rubric("socta-groups").indicators]
    >>> wide = pd.DataFrame([["high"] * 10, ["low"] * 9 + ["unknown"]], index=["North", "South"], columns=names)
    >>> scored = threats.matrix(wide.rename_axis("item").reset_index(), rubric="socta-groups", require_evidence=False)
    >>> rank(scored, rng=1).table[["item", "score", "p_first", "verdict"]].values.tolist()
    [['North', 40.0, 1.0, 'rank 1'], ['South', 11.0, 0.0, 'rank 2']]
    """
    caller = "threats.rank"
    check_matrix(caller, matrix, draws=draws, sure=sure, weights=weights, doubt=doubt)
    generate, seed = generator(rng, caller)
    doubts = doubt or (0.0, 0.0, 0.0)
    drawn = draw(matrix, weights=weights, draws=draws, doubt=doubts, rng=generate)
    tables = _acceptability(matrix, drawn)
    swap = smallest_swap(matrix)
    table = _table(matrix, tables, drawn, sure)
    spoken = (
        ""
        if doubt is None
        else tr(
            "; and a neighbouring level was taken with a chance of {doubts:.0%}, {doubts_2:.0%} and {doubts_3:.0%} in cells of "
            "high, moderate and low confidence"
        ).format(doubts=doubts[0], doubts_2=doubts[1], doubts_3=doubts[2])
    )
    chosen = matrix.rubric
    return Result(
        name=caller,
        title=tr("{about} ranked by {label}").format(about=capital(of_pack(chosen.about)), label=chosen.label),
        table=table,
        method=_METHOD.format(rubric=str(chosen), draws=f"{draws:,}", weights=_HOW[weights], doubt=spoken, sure=sure),
        findings=_findings(table, tables, swap, sure),
        params=(
            Param("weights", weights), Param("draws", draws), Param("sure", sure), Param("doubt", doubts),
            Param("rubric", chosen.label),
        ),
        caveats=_caveats(matrix, weights),
        references=(*REFERENCES, f"Indicator set: {chosen.source}"),
        sources=(Source("scores", len(matrix.cells), matrix.fingerprint, matrix.origin),),
        handling=matrix.handling,
        seed=seed,
        details={**tables, "swap": swap.table, "swap_l1": swap.share, "swap_breaks_order": swap.breaks_order, "sure": sure},
    )  # fmt: skip


def check_matrix(
    caller: str, matrix: Any, *, draws: int, sure: float, weights: str, doubt: Any, least: int = 2
) -> None:
    """What every analysis of a matrix asks first."""
    check = Check(caller)
    check.whole(100, draws=draws)
    check.between(0.5, 0.999, sure=sure)
    check.choice(allowed=WEIGHTS, weights=weights)
    if doubt is not None and not (
        isinstance(doubt, tuple) and len(doubt) == 3 and all(0 <= value < 1 for value in doubt)
    ):
        check.add(
            f"doubt must be three chances from 0 to under 1, for high, moderate and low confidence; got {doubt!r}."
        )
    is_matrix(check, matrix)
    if len(matrix.items) < least:
        check.add(f"at least {least} items are needed to rank; the matrix has {', '.join(matrix.items)}.")
    check.done()
    if (matrix.cells["level"] == UNKNOWN).all():
        raise InputError(
            f"{caller}: every score is unknown, so there is nothing to rank. These unknowns are your intelligence requirements."
        )


def _acceptability(matrix: ThreatMatrix, drawn: Draws) -> dict[str, pd.DataFrame]:
    import pandas as pd

    items = list(matrix.items)
    ranks, draws = drawn.ranks, len(drawn.scores)
    by_rank = np.stack([np.bincount(ranks[:, i], minlength=len(items) + 1)[1:] for i in range(len(items))])
    begins = [share for _, share in matrix.rubric.tiers]
    tier = (drawn.shares[:, :, None] < np.array(begins) - 1e-12).sum(axis=2)
    by_tier = np.stack([np.bincount(tier[:, i], minlength=len(begins)) for i in range(len(items))])
    above = np.stack([(ranks[:, [i]] < ranks).mean(axis=0) for i in range(len(items))])
    return {
        "acceptability": pd.DataFrame(by_rank / draws, index=items, columns=range(1, len(items) + 1)),
        "tiers": pd.DataFrame(
            by_tier / draws, index=items, columns=[name for name, _ in matrix.rubric.tiers]
        ),
        "above": pd.DataFrame(above, index=items, columns=items),
    }


def _table(matrix: ThreatMatrix, tables: dict[str, pd.DataFrame], drawn: Draws, sure: float) -> pd.DataFrame:
    import pandas as pd
    from scipy.stats import rankdata

    nominal = matrix.nominal()
    weights = matrix.rubric.weights[None]
    scores = matrix.rubric.score(nominal[None], weights)[0]
    ranks = drawn.ranks
    by_rank, tiers = tables["acceptability"].to_numpy(), tables["tiers"]
    order = in_order(scores)
    following = {int(one): int(other) for one, other in itertools.pairwise(order)}
    above = tables["above"].to_numpy()
    low = _low_confidence(matrix)
    best_tier = tiers.to_numpy().argmax(axis=1)
    p_tier = tiers.to_numpy().max(axis=1)
    rows = pd.DataFrame(
        {
            "item": list(matrix.items),
            "score": scores,
            "nominal_rank": rankdata(-scores, method="min").astype(int),
            "p_first": by_rank[:, 0],
            "mean_rank": ranks.mean(axis=0),
            "rank_low": np.quantile(ranks, 0.05, axis=0, method="inverted_cdf"),
            "rank_high": np.quantile(ranks, 0.95, axis=0, method="inverted_cdf"),
            "p_above_next": [above[i, following[i]] if i in following else np.nan for i in range(len(scores))],
            "tier": [str(tiers.columns[k]) if p >= sure else NOT_SEPARABLE for k, p in zip(best_tier, p_tier, strict=True)],
            "p_tier": p_tier,
            "verdict": pd.Series(
                [tr("rank {argmax}").format(argmax=row.argmax() + 1) if row.max() >= sure else NOT_SEPARABLE for row in by_rank],
                dtype=object,
            ),
            "unknown": matrix.unknown().sum(axis=1),
            "not_high_confidence": low,
        }
    )  # fmt: skip
    for part in matrix.rubric.parts:
        if part.role != "score":
            rows[part.id] = matrix.rubric.mean_of(part, nominal[None], weights)[0]
    return rows.iloc[order].reset_index(drop=True)


def _low_confidence(matrix: ThreatMatrix) -> NDArray[np.int64]:
    known = matrix.cells[matrix.cells["level"] != UNKNOWN]
    counted = known[known["confidence"] != "high"].groupby("item").size()
    return np.asarray(counted.reindex(list(matrix.items), fill_value=0), dtype=np.int64)


def _findings(
    table: pd.DataFrame, tables: dict[str, pd.DataFrame], swap: Swap, sure: float
) -> tuple[str, ...]:
    first, second = table.iloc[0], table.iloc[1]
    scores = tr("{item} scores {score:,.4g}, {item_2} {score_2:,.4g}").format(
        item=first["item"], score=first["score"], item_2=second["item"], score_2=second["score"]
    )
    chances = tr("{item} comes first in {p_first:.0%} of draws, {item_2} in {p_first_2:.0%}").format(
        item=first["item"], p_first=first["p_first"], item_2=second["item"], p_first_2=second["p_first"]
    )
    p_above = float(tables["above"].loc[first["item"], second["item"]])
    if p_above >= sure:
        said = [
            tr("{scores}. {chances}: the order of the two can be told (P = {p_above:.2f}).").format(
                scores=scores, chances=chances, p_above=p_above
            )
        ]
    else:
        said = [
            tr(
                "{scores}. That looks like an order, but {chances}: the two are not separable. Treat them as a tie."
            ).format(scores=scores, chances=chances)
        ]
    stated = table[table["tier"] != NOT_SEPARABLE]
    left = table[table["tier"] == NOT_SEPARABLE]["item"].tolist()
    said.append(
        tr("{n} of {n_2} fall into a tier with a probability of at least {sure:.0%}").format(
            n=len(stated), n_2=len(table), sure=sure
        )
        + (
            "."
            if not left
            else tr("; not separable: {names}{what}.").format(
                names=", ".join(left[:6]), what=", …" if len(left) > 6 else ""
            )
        )
    )
    said.append(swap.words)
    unknown = int(table["unknown"].sum())
    if unknown:
        said.append(
            (
                tr("1 cell is unknown; it was taken as anything, not as nothing.")
                if unknown == 1
                else tr("{unknown:,} cells are unknown; they were taken as anything, not as nothing.").format(
                    unknown=unknown
                )
            )
            + tr(" threats.learn_next says which to learn first.")
        )
    said.append(
        tr(
            "A rank says which is higher by these indicators. It does not say who is guilty, nor what would work."
        )
    )
    return tuple(said)


def _caveats(matrix: ThreatMatrix, weights: str) -> tuple[str, ...]:
    said = [
        tr(
            "Expert scores of organised crime are imprecise, and harm is defined differently from method to method."
        )
    ]
    known = matrix.cells[matrix.cells["level"] != UNKNOWN]
    bare = int((known["evidence"] == "").sum())
    if bare:
        said.append(tr("{bare} of {n} known levels name no evidence.").format(bare=bare, n=len(known)))
    if len(matrix.assessors) == 1:
        said.append(tr("One assessor scored everything; a second one shows how much of it is the assessor."))
    if weights == "rubric":
        said.append(
            tr("The weights were taken as exact. Experts differ about them; look at weights='order' too.")
        )
    return tuple(said)
