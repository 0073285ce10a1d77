"""Competing hypotheses: which explanation the evidence contradicts least, and on which pieces that hangs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.reasoning.evidence import WEIGHTS, Sheet, read_sheet
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Method = Literal["inconsistency", "likelihood"]
_REFERENCES = (
    "Heuer 1999, Psychology of Intelligence Analysis, chapter 8",
    "Heuer and Pherson 2014, Structured Analytic Techniques for Intelligence Analysis, 2nd edition, ISBN 978-1-4522-4151-7",
    "Dhami, Belton and Mandel 2019, The analysis of competing hypotheses in intelligence analysis, doi:10.1002/acp.3550",
)
_CAVEATS = (
    tr_later("The scores are judgements; another analyst may score the same evidence differently."),
    tr_later(
        "Trials found that the technique alone does not make analysts more accurate (Dhami and others 2019): use it to see "
        "what the answer hangs on."
    ),
    tr_later("The true explanation may not be among the hypotheses."),
)


def competing_hypotheses(
    matrix: pd.DataFrame,
    *,
    hypotheses: Sequence[str] | None = None,
    evidence: str = "evidence",
    credibility: str | None = None,
    relevance: str | None = None,
    source: str | None = None,
    method: Method = "inconsistency",
    prior: Mapping[str, float] | None = None,
) -> Result:
    """Weigh evidence against competing hypotheses, and see which pieces the answer hangs on.

    Parameters
    ----------
    matrix
        One row per piece of evidence, one column per hypothesis. A cell says how the piece would fit if the hypothesis were
        true: from -2 (speaks strongly against it) to 2 (strongly in favour), or ``II``, ``I``, ``N``, ``C``, ``CC``; empty
        when not assessed. With ``method="likelihood"`` a cell is the probability of seeing the piece if the hypothesis
        were true, above 0 and at most 1.
    hypotheses
        The columns; all that are not named otherwise when left out.
    evidence
        Column that describes the piece.
    credibility, relevance
        Columns of weights from 0 to 1 or ``high``, ``moderate``, ``low`` (1, 2/3, 1/3); every piece weighs 1 without them.
        Columns of these names are used when they are there. With ``"likelihood"`` they multiply the logarithm.
    source
        Column that says where a piece comes from, such as ``source_ref``; used when it is there. Then the answer is also
        tried without each source.
    method
        ``"inconsistency"``: the hypothesis with the least weight of evidence against it stands best; what speaks for it
        does not count, because it usually fits others too. ``"likelihood"``: multiplies the prior odds by the likelihoods,
        which counts evidence that hangs together twice.
    prior
        For ``"likelihood"``: a weight for each hypothesis; equal when left out.

    Returns
    -------
    Result
        ``table``, one row per hypothesis, the one that stands best first: ``hypothesis``, ``rank`` (ties share one),
        ``against`` (weighted inconsistency; ``against_low``, ``against_high`` if cells not assessed were filled in at
        their best and worst), ``stays_first`` (share of single pieces that can be taken away with this hypothesis still
        first). With ``"likelihood"``: ``probability`` in place of ``against``. ``details["evidence"]``: each piece with its
        ``diagnosticity`` (how far it sets the hypotheses apart; 0 means no help), ``first_without`` and ``changes``;
        ``details["sources"]``: the same for whole sources.

    Raises
    ------
    InputError, ColumnError
        When the matrix does not fit; all faults at once.

    Notes
    -----
    Inconsistency of hypothesis h is the sum over pieces e of max(-c_eh, 0) x credibility_e x relevance_e. Diagnosticity is
    the standard deviation of a piece's cells. Cost: pieces squared times hypotheses.

    References
    ----------
    Heuer, R. J. (1999), Psychology of Intelligence Analysis, chapter 8. Dhami, M. K., Belton, I. K. and Mandel, D. R. (2019),
    doi:10.1002/acp.3550.

    Examples
    --------
    >>> import pandas as pd
    >>> pieces = pd.DataFrame(
    ...     {
    ...         "evidence": ["same tool marks", "two seen at once, 40 km apart", "all at night"],
    ...         "one crew": ["C", "II", "C"],
    ...         "two crews": ["N", "C", "C"],
    ...     }
    ... )
    >>> weighed = competing_hypotheses(pieces)
    >>> weighed.table[["hypothesis", "against"]].values.tolist()
    [['two crews', 0.0], ['one crew', 2.0]]
    >>> weighed.details["evidence"]["changes"].tolist()
    [False, True, False]
    """
    caller = "reasoning.competing_hypotheses"
    sheet = read_sheet(
        matrix,
        caller=caller,
        hypotheses=hypotheses,
        evidence=evidence,
        credibility=credibility,
        relevance=relevance,
        source=source,
        likelihood=method == "likelihood",
    )
    weights = _prior(sheet, prior, method, caller)
    score = _likelihood(sheet, weights) if method == "likelihood" else _inconsistency(sheet)
    pieces = _pieces(sheet, weights, method)
    table = _table(sheet, score, pieces, method, weights)
    sources = _by_source(sheet, weights, method)
    return Result(
        name=caller,
        title=tr_later("Competing hypotheses"),
        table=table,
        method=_METHODS[method],
        findings=_findings(sheet, table, pieces, sources, method),
        params=(
            Param("method", method),
            *(
                Param(name, column, chosen=chosen, why=tr_later("a column of that name is there"))
                for name, column, chosen in sheet.columns
            ),
            Param(tr_later("weights in words"), WEIGHTS, chosen=True, why=tr_later("even steps")) if sheet.in_words else Param("weights", "numbers"),
            *((Param("prior", weights, chosen=prior is None, why=tr_later("all alike")),) if method == "likelihood" else ()),
        ),
        caveats=(*_CAVEATS, *(_INDEPENDENCE if method == "likelihood" else ())),
        references=_REFERENCES,
        sources=(Source("evidence", len(sheet.cells), fingerprint(np.nan_to_num(sheet.cells, nan=-9.0)), origin_of(matrix)),),
        handling=handling_of(matrix),
        details={"evidence": pieces, "sources": sources, "hypotheses": sheet.hypotheses, "cells": sheet.frame()},
    )  # fmt: skip


_METHODS = {
    "inconsistency": tr_later(
        "Each piece of evidence was scored against each hypothesis; the weights of what speaks against a hypothesis were "
        "added. Every piece, and every source, was taken away once to see whether the answer stays."
    ),
    "likelihood": tr_later(
        "The prior odds were multiplied by the probability of each piece of evidence under each hypothesis. Every piece, and "
        "every source, was taken away once to see whether the answer stays."
    ),
}
_INDEPENDENCE = (
    tr_later(
        "Pieces of evidence that hang together (one source, one event) are counted as if each told something new."
    ),
)


def _prior(
    sheet: Sheet, prior: Mapping[str, float] | None, method: Method, caller: str
) -> dict[str, float] | None:
    check = Check(caller)
    check.choice(allowed=("inconsistency", "likelihood"), method=method)
    if prior is not None and method != "likelihood":
        check.add("prior goes with method='likelihood' only.")
    if prior is not None:
        wrong = set(prior) ^ set(sheet.hypotheses)
        if wrong:
            check.add(
                f"prior must name every hypothesis and nothing else; look at {', '.join(sorted(wrong))}."
            )
        check.positive(**{f"prior[{name!r}]": value for name, value in prior.items()})
    check.done()
    if method != "likelihood":
        return None
    held = {name: float(prior[name]) if prior else 1.0 for name in sheet.hypotheses}
    return {name: value / sum(held.values()) for name, value in held.items()}


def _inconsistency(sheet: Sheet, keep: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    against = np.nan_to_num(np.maximum(-sheet.cells, 0.0)) * sheet.weight[:, None]
    return np.asarray(against.sum(axis=0) if keep is None else against[keep].sum(axis=0))


def _likelihood(
    sheet: Sheet, prior: Mapping[str, float] | None, keep: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    told = (
        np.where(np.isnan(sheet.cells), 0.0, np.log(np.nan_to_num(sheet.cells, nan=1.0)))
        * sheet.weight[:, None]
    )
    logs = (told if keep is None else told[keep]).sum(axis=0)
    if prior:
        logs = logs + np.log([prior[name] for name in sheet.hypotheses])
    odds = np.exp(logs - logs.max())
    return np.asarray(odds / odds.sum())


def _first(sheet: Sheet, score: NDArray[np.float64], method: Method) -> tuple[str, ...]:
    best = score.max() if method == "likelihood" else score.min()
    return tuple(
        name for name, value in zip(sheet.hypotheses, score, strict=True) if abs(value - best) < 1e-9
    )


def _scored(
    sheet: Sheet, prior: Mapping[str, float] | None, method: Method, keep: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    return _likelihood(sheet, prior, keep) if method == "likelihood" else _inconsistency(sheet, keep)


def _pieces(sheet: Sheet, prior: Mapping[str, float] | None, method: Method) -> pd.DataFrame:
    """Every piece: how far it sets the hypotheses apart, and who stands first without it."""
    import pandas as pd

    now = _first(sheet, _scored(sheet, prior, method), method)
    found = []
    everything = np.arange(len(sheet.cells))
    for at, what in enumerate(sheet.evidence):
        cells = sheet.cells[at]
        without = _first(sheet, _scored(sheet, prior, method, everything != at), method)
        assessed = cells[~np.isnan(cells)]
        found.append(
            {
                "evidence": what,
                "weight": sheet.weight[at],
                "diagnosticity": float(assessed.std()) if len(assessed) else 0.0,
                "not_assessed": int(np.isnan(cells).sum()),
                "first_without": " = ".join(without),
                "changes": without != now,
            }
        )
    return pd.DataFrame(found)


def _by_source(sheet: Sheet, prior: Mapping[str, float] | None, method: Method) -> pd.DataFrame:
    """Every source: who stands first without all that it told."""
    import pandas as pd

    columns = pd.Index(["source", "pieces", "first_without", "changes"])
    if sheet.source is None:
        return pd.DataFrame(columns=columns)
    now = _first(sheet, _scored(sheet, prior, method), method)
    found = []
    for name in dict.fromkeys(sheet.source):
        keep = np.array([other != name for other in sheet.source])
        without = _first(sheet, _scored(sheet, prior, method, keep), method)
        found.append(
            {
                "source": name,
                "pieces": int((~keep).sum()),
                "first_without": " = ".join(without),
                "changes": without != now,
            }
        )
    return pd.DataFrame(found, columns=columns)


def _table(
    sheet: Sheet,
    score: NDArray[np.float64],
    pieces: pd.DataFrame,
    method: Method,
    prior: Mapping[str, float] | None,
) -> pd.DataFrame:
    import pandas as pd

    everything = np.arange(len(sheet.cells))
    firsts = [
        _first(sheet, _scored(sheet, prior, method, everything != at), method) for at in range(len(pieces))
    ]
    table = pd.DataFrame({"hypothesis": sheet.hypotheses})
    if method == "likelihood":
        table["probability"] = score
        table["rank"] = table["probability"].rank(method="min", ascending=False).astype("int64")
    else:
        blank = np.isnan(sheet.cells) * sheet.weight[:, None]
        table["against"] = score
        table["against_low"] = score
        table["against_high"] = score + 2.0 * blank.sum(axis=0)
        table["rank"] = table["against"].round(9).rank(method="min").astype("int64")
    table["not_assessed"] = np.isnan(sheet.cells).sum(axis=0)
    table["stays_first"] = [
        sum(first == (name,) for first in firsts) / max(len(firsts), 1) for name in sheet.hypotheses
    ]
    return table.sort_values("rank", kind="stable", ignore_index=True)


def _findings(
    sheet: Sheet, table: pd.DataFrame, pieces: pd.DataFrame, sources: pd.DataFrame, method: Method
) -> tuple[str, ...]:
    first = table[table["rank"] == 1]["hypothesis"].tolist()
    said = []
    if len(first) > 1:
        said.append(tr("The evidence does not tell {names} apart.").format(names=", ".join(map(repr, first))))
    elif method == "likelihood":
        top = table.iloc[0]
        said.append(tr("{first!r} stands best, with a probability of {probability:.0%} if every cell is right and the pieces are independent.").format(first=first[0], probability=top["probability"]))  # fmt: skip
    else:
        top, second = table.iloc[0], table.iloc[1]
        said.append(tr("{first!r} is contradicted least (weight {against:.3g} against it); next is {hypothesis!r} ({against_2:.3g}).").format(first=first[0], against=top["against"], hypothesis=second["hypothesis"], against_2=second["against"]))  # fmt: skip
    changing = pieces[pieces["changes"]]
    said.append(
        tr("The answer changes when a single piece is taken away: {names}. Check {what} first.").format(
            names="; ".join(changing["evidence"].head(4)),
            what=tr("it") if len(changing) == 1 else tr("these"),
        )
        if len(changing)
        else tr("No single piece of evidence, taken away, changes who stands first.")
    )
    hanging = sources[sources["changes"]]
    if len(hanging):
        said.append(tr("It also hangs on {what}: {names}.").format(what=tr("one source") if len(hanging) == 1 else tr("{n} single sources").format(n=len(hanging)), names=", ".join(map(str, hanging["source"].head(4)))))  # fmt: skip
    useless = pieces[pieces["diagnosticity"] < 1e-9]
    if len(useless):
        said.append(tr("{n} of {n_2} pieces fit every hypothesis alike and help nobody: {names}.").format(n=len(useless), n_2=len(pieces), names="; ".join(useless["evidence"].head(3))))  # fmt: skip
    blank = int(np.isnan(sheet.cells).sum())
    if blank:
        said.append(tr("{blank} of {cells_size} cells were not assessed; they count for nothing, and the range of the weights shows what " "they could add.").format(blank=blank, cells_size=sheet.cells.size))  # fmt: skip
    said.append(
        tr("What stands best is what is left, not what is proved: say it as a judgement with its confidence.")
    )
    return tuple(said)
