"""Do those who score agree? Kendall's W on the order, Krippendorff's alpha on the levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import lowered, of_pack, tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source
from ilp_lab.safeguards import mark
from ilp_lab.threats.matrices import UNKNOWN, ThreatMatrix, is_matrix

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Krippendorff's alpha compares how much assessors differ about the same cell with how much any two scores differ: 1 "
    "is full agreement, 0 is what chance gives. It was computed on {metric} differences, over the cells that at least "
    "two scored; an unknown counts as not scored. The interval comes from drawing cells again ({bootstrap} times). "
    "Kendall's W compares the orders in which assessors place the items (corrected for ties); its p is the share of "
    "orders shuffled within assessors that agree at least as well."
)
_REFERENCES = (
    "Krippendorff 2011, Computing Krippendorff's alpha-reliability, University of Pennsylvania, repository.upenn.edu/asc_papers/43",
    "Hayes and Krippendorff 2007, Answering the call for a standard reliability measure, doi:10.1080/19312450709336664",
    "Kendall and Babington Smith 1939, The problem of m rankings, doi:10.1214/aoms/1177732186",
)
METRICS = ("nominal", "ordinal", "interval")


def agreement(
    matrix: ThreatMatrix,
    *,
    metric: str = "ordinal",
    bootstrap: int = 999,
    level: float = 0.95,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Measure how far assessors agree, and list the cells to talk about.

    Parameters
    ----------
    matrix
        Scores of at least two assessors, as :func:`matrix` makes them.
    metric
        How two levels differ: ``"nominal"``, ``"ordinal"`` or ``"interval"``.
    bootstrap, level
        Draws and probability of the interval.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per indicator: ``alpha``, ``cells`` (scored by two or more), ``differ`` and ``far_apart`` (by more than one
        level). ``details``: ``alpha``, ``alpha_low``, ``alpha_high``, ``kendall_w``, ``kendall_p``, and ``reconcile``: the cells
        that differ, widest first, with what each assessor said and on what evidence.

    Raises
    ------
    InputError
        When fewer than two assessors scored the same cells.

    Notes
    -----
    Alpha of at least 0.8 is the usual demand, 0.667 the least for tentative conclusions (Krippendorff). Agreement is not truth:
    assessors may share a source.

    Examples
    --------
    >>> import pandas as pd
    >>> from ilp_lab import threats
    >>> names = [one.id for one in threats.rubric("socta-groups").indicators]
    >>> rows = [(item, name, "high" if item == "North" else "low", who)
    ...         for who in ("A", "B") for item in ("North", "South", "East") for name in names]
    >>> long = pd.DataFrame(rows, columns=["item", "indicator", "level", "assessor"])
    >>> scored = threats.matrix(long, rubric="socta-groups", require_evidence=False)
    >>> agreement(scored, rng=1)["alpha"]
    1.0
    """
    caller = "threats.agreement"
    check = Check(caller)
    check.choice(allowed=METRICS, metric=metric)
    check.whole(99, bootstrap=bootstrap)
    check.between(0.5, 0.999, level=level)
    is_matrix(check, matrix)
    if len(matrix.assessors) < 2:
        check.add("at least two assessors are needed; name them in a column 'assessor'.")
    check.done()
    generate, seed = generator(rng, caller)
    codes = _codes(matrix)
    flat = codes.reshape(codes.shape[0], -1)
    if ((flat >= 0).sum(axis=0) >= 2).sum() < 2:
        raise InputError(f"{caller}: no two assessors scored the same cells, so nothing can be compared.")
    worth = np.array(list(matrix.rubric.levels.values()))
    alpha = krippendorff_alpha(flat, worth, metric)
    drawn = np.array([
        krippendorff_alpha(flat[:, generate.integers(0, flat.shape[1], flat.shape[1])], worth, metric)
        for _ in range(bootstrap)
    ])  # fmt: skip
    low, high = np.nanquantile(drawn, [(1 - level) / 2, 1 - (1 - level) / 2])
    w, p = _order(matrix, codes, generate, bootstrap)
    table, reconcile = _table(matrix, codes, worth, metric), _reconcile(matrix)
    details = {
        "alpha": alpha, "alpha_low": float(low), "alpha_high": float(high), "kendall_w": w, "kendall_p": p, "reconcile": reconcile,
    }  # fmt: skip
    return Result(
        name=caller,
        title=tr("Agreement of {n} assessors").format(n=len(matrix.assessors)),
        table=mark(table, handling=matrix.handling),
        method=_METHOD.format(metric=metric, bootstrap=bootstrap),
        findings=_findings(table, reconcile, details, level),
        params=(Param("metric", metric), Param("bootstrap", bootstrap), Param("level", level)),
        caveats=(tr("Agreement is not truth: assessors may rest on the same source."),),
        references=_REFERENCES,
        sources=(Source("scores", len(matrix.cells), matrix.fingerprint, matrix.origin),),
        handling=matrix.handling,
        seed=seed,
        details=details,
    )


def krippendorff_alpha(
    codes: NDArray[np.int64], values: NDArray[np.float64], metric: str = "ordinal"
) -> float:
    """Alpha of codes: assessors × units, below 0 where not scored; ``values`` is what each code is worth.

    Examples
    --------
    >>> krippendorff_alpha(np.array([[0, 1, 1], [0, 1, 0]]), np.array([1.0, 2.0]), "nominal").__round__(3)
    0.444
    """
    levels = len(values)
    counts = np.stack([(codes == code).sum(axis=0) for code in range(levels)], axis=1).astype(np.float64)
    pairable = counts.sum(axis=1)
    counts = counts[pairable >= 2]
    if not len(counts):
        return float("nan")
    per_unit = counts.sum(axis=1) - 1
    coincidence = np.einsum("uc,ud,u->cd", counts, counts, 1 / per_unit)
    coincidence -= np.diag((counts / per_unit[:, None]).sum(axis=0))
    totals = coincidence.sum(axis=1)
    distance = _distances(totals, values, metric)
    expected = (np.outer(totals, totals) - np.diag(totals)) / (totals.sum() - 1)
    disagreement = float((expected * distance).sum())
    return 1.0 if disagreement <= 0 else float(1 - (coincidence * distance).sum() / disagreement)


def _distances(totals: NDArray[np.float64], values: NDArray[np.float64], metric: str) -> NDArray[np.float64]:
    if metric == "nominal":
        return 1.0 - np.eye(len(values))
    if metric == "interval":
        return np.asarray(np.subtract.outer(values, values) ** 2)
    middle = totals.cumsum() - totals / 2
    return np.asarray(np.subtract.outer(middle, middle) ** 2)


def kendall_w(scores: NDArray[np.float64]) -> float:
    """Kendall's coefficient of concordance of scores (assessors × items), corrected for ties.

    Examples
    --------
    >>> kendall_w(np.array([[1.0, 2, 3], [1, 2, 3]]))
    1.0
    """
    from scipy.stats import rankdata

    m, n = scores.shape
    ranks = rankdata(scores, axis=1)
    ties = sum(
        float((count**3 - count).sum())
        for count in (np.unique(row, return_counts=True)[1].astype(np.float64) for row in ranks)
    )
    spread = float(((ranks.sum(axis=0) - m * (n + 1) / 2) ** 2).sum())
    most = m**2 * (n**3 - n) / 12 - m * ties / 12
    return spread / most if most > 0 else float("nan")


def _codes(matrix: ThreatMatrix) -> NDArray[np.int64]:
    """Assessors × items × indicators: number of the level, -1 where not scored or unknown."""
    shape = (len(matrix.assessors), len(matrix.items), len(matrix.rubric.indicators))
    codes = np.full(shape, -1, dtype=np.int64)
    levels = {name: k for k, name in enumerate(matrix.rubric.levels)} | {UNKNOWN: -1}
    who = {name: k for k, name in enumerate(matrix.assessors)}
    item = {name: k for k, name in enumerate(matrix.items)}
    indicator = {one.id: k for k, one in enumerate(matrix.rubric.indicators)}
    at = tuple(
        matrix.cells[column].map(places).to_numpy(dtype=np.int64)
        for column, places in (("assessor", who), ("item", item), ("indicator", indicator))
    )
    codes[at] = matrix.cells["level"].map(levels).to_numpy(dtype=np.int64)
    return codes


def _order(
    matrix: ThreatMatrix, codes: NDArray[np.int64], rng: np.random.Generator, shuffles: int
) -> tuple[float, float]:
    """Kendall's W of the orders by plain score, over assessors who scored every item."""
    cells = matrix.cells.groupby("assessor")["item"].nunique()
    who = [k for k, name in enumerate(matrix.assessors) if cells[name] == len(matrix.items)]
    if len(who) < 2 or len(matrix.items) < 2:
        return float("nan"), float("nan")
    worth = np.append(list(matrix.rubric.levels.values()), matrix.rubric.unknown)
    scores = matrix.rubric.score(worth[codes[who]], np.repeat(matrix.rubric.weights[None], len(who), axis=0))
    observed = kendall_w(scores)
    if not np.isfinite(observed):
        return float("nan"), float("nan")
    beaten = sum(kendall_w(rng.permuted(scores, axis=1)) >= observed - 1e-12 for _ in range(shuffles))
    return observed, (beaten + 1) / (shuffles + 1)


def _table(
    matrix: ThreatMatrix, codes: NDArray[np.int64], worth: NDArray[np.float64], metric: str
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for k, one in enumerate(matrix.rubric.indicators):
        column = codes[:, :, k]
        both = (column >= 0).sum(axis=0) >= 2
        high = np.where(column >= 0, column, -1).max(axis=0)
        low = np.where(column >= 0, column, len(worth)).min(axis=0)
        rows.append(
            {
                "indicator": one.id, "name": one.name, "alpha": krippendorff_alpha(column, worth, metric),
                "cells": int(both.sum()), "differ": int((both & (high > low)).sum()),
                "far_apart": int((both & (high > low + 1)).sum()),
            }
        )  # fmt: skip
    return pd.DataFrame(rows).sort_values(
        ["far_apart", "differ"], ascending=False, kind="stable", ignore_index=True
    )


def _reconcile(matrix: ThreatMatrix) -> pd.DataFrame:
    import pandas as pd

    place = {name: k for k, name in enumerate(matrix.rubric.levels)}
    rows: list[dict[str, Any]] = []
    for (item, indicator), cell in matrix.cells.groupby(["item", "indicator"], sort=False):
        said = [place[level] for level in cell["level"] if level != UNKNOWN]
        if len(cell) > 1 and len(set(cell["level"])) > 1:
            rows.append(
                {
                    "item": item, "indicator": indicator, "levels_apart": max(said) - min(said) if said else 0,
                    "said": "; ".join(f"{who}: {level}" for who, level in zip(cell["assessor"], cell["level"], strict=True)),
                    "evidence": "; ".join(
                        f"{who}: {ref}" for who, ref in zip(cell["assessor"], cell["evidence"], strict=True) if ref
                    ),
                }
            )  # fmt: skip
    columns = ["item", "indicator", "levels_apart", "said", "evidence"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("levels_apart", ascending=False, kind="stable", ignore_index=True)


def _findings(
    table: pd.DataFrame, reconcile: pd.DataFrame, details: dict[str, Any], level: float
) -> tuple[str, ...]:
    alpha = details["alpha"]
    word = (
        tr_later("enough to build on") if alpha >= 0.8 else tr_later("enough for tentative conclusions only") if alpha >= 0.667
        else tr("too little to build on: talk before you rank")
    )  # fmt: skip
    said = [
        tr(
            "Krippendorff's alpha is {alpha:.2f} ({level:.0%} interval {alpha_low:.2f} to {alpha_high:.2f}): {word}."
        ).format(
            alpha=alpha,
            level=level,
            alpha_low=details["alpha_low"],
            alpha_high=details["alpha_high"],
            word=word,
        ),
    ]
    if np.isfinite(details["kendall_w"]):
        said.append(
            tr("About the order of the items Kendall's W is {kendall_w:.2f} (p = {kendall_p:.3f}).").format(
                kendall_w=details["kendall_w"], kendall_p=details["kendall_p"]
            )
        )
    worst = table.iloc[0]
    if worst["differ"]:
        said.append(
            tr(
                "Assessors differ most about {name}: {differ} of {cells} cells, {far_apart} by more than one level."
            ).format(
                name=lowered(of_pack(str(worst["name"]))),
                differ=worst["differ"],
                cells=worst["cells"],
                far_apart=worst["far_apart"],
            )
        )
    said.append(
        tr(
            "{n} cells are said differently; details['reconcile'] lists them, widest first, with evidence."
        ).format(n=len(reconcile))
    )
    said.append(tr("Check next whether those who agree rest on different sources."))
    return tuple(said)
