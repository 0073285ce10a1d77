"""Series of crimes: groups proposed by likeness, and groups joined from what a human accepted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.linkage import LinkageModel, model_of
from ilp_lab.times.pairevidence import pair_evidence

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_MOST_CRIMES = 5_000
_DECISIONS = ("accept", "reject", "")


def crime_series(
    crimes: gpd.GeoDataFrame,
    *,
    model: Result | LinkageModel | None = None,
    review: pd.DataFrame | None = None,
    at_least: float = 1.0,
) -> Result:
    """Group crimes into series: proposed by a model, or joined from pairs that a human accepted.

    Parameters
    ----------
    crimes
        Points with ``occurred_at`` and the columns of the manner that the model knows.
    model
        Of :func:`linkage_model`: crimes are joined step by step while the mean Bayes factor between two groups reaches ``at_least``.
    review
        The table of :func:`link_crimes` with decisions; only accepted pairs join, whatever their factor. Not together with ``model``.
    at_least
        Mean Bayes factor between groups (geometric) below which they stay apart.

    Returns
    -------
    Result
        ``table``: on the index of ``crimes`` one row per crime: ``series`` (number, the largest first), ``size``, ``mean_log_bayes_factor`` to the others
        of its series; crimes on their own are series of one. ``details``: ``steps`` (scipy linkage of the proposal), ``summary`` (one
        row per series with first and last day and extent).

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or a decision is neither accept nor reject.

    Notes
    -----
    Average linkage: a crime joins when it is like the group on the whole, so chains of one-off likenesses stay short. Cost: all
    pairs; at most 5,000 crimes.

    References
    ----------
    Porter, M. D. (2016), doi:10.1080/00031305.2015.1123185.

    Examples
    --------
    >>> import geopandas as gpd, pandas as pd
    >>> at = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-06-01"]).tz_localize("Europe/Vienna")
    >>> three = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy([0, 9, 9000], [0] * 3), crs=32633)
    >>> review = pd.DataFrame({"one": [0, 1], "other": [1, 2], "decision": ["accept", "reject"]})
    >>> crime_series(three, review=review).table["series"].tolist()
    [1, 1, 2]
    """
    caller = "times.crime_series"
    check = Check(caller)
    check.positive(at_least=at_least)
    if (model is None) == (review is None):
        check.add(
            "give either model (a proposal) or review (decisions of a human), not both and not neither."
        )
    if review is not None and check.frame(review, "review"):
        check.columns(review, ["one", "other", "decision"], "review")
    check.done()
    steps = None
    if review is not None:
        label, mean = _accepted(crimes, review, caller)
        method = "Crimes are of one series when a human accepted that they are, directly or through others."
    else:
        label, mean, steps = _proposed(crimes, model_of(model, caller), at_least, caller)
        method = (
            "Crimes were joined step by step by the mean log Bayes factor between groups (average linkage)."
        )
    table = _numbered(crimes, label, mean)
    summary = _summary(crimes, table)
    several = summary[summary["size"] > 1]
    proposal = "Proposal: " if review is None else ""
    return Result(
        name=caller,
        title="Series of crimes" if review is not None else "Proposed series of crimes",
        table=table,
        method=method,
        findings=(
            f"{proposal}{len(several):,} series of two crimes or more hold {int(several['size'].sum()):,} of {len(table):,} crimes; {int((summary['size'] == 1).sum()):,} stay alone.",
            f"The largest holds {int(summary['size'].iloc[0])} crimes from {summary['first'].iloc[0]:%d %B %Y} to {summary['last'].iloc[0]:%d %B %Y}." if len(several) else "No series was found.",
            "A series is a way to read crimes together. It names nobody, and one series may hold several offenders.",
            "Check next the pairs with link_crimes, and decide on each." if review is None else "Check next whether rejected pairs fell into one series through others.",
        ),
        params=(Param("at_least", at_least), Param("from", "a model" if review is None else "decisions of a human")),
        caveats=("Proposals are no findings until a human has read the reports.",) if review is None else (),
        references=("Porter 2016, A statistical approach to crime linkage, doi:10.1080/00031305.2015.1123185",),
        sources=(Source("crimes", len(crimes), fingerprint(np.arange(len(crimes))), origin_of(crimes)),),
        handling=handling_of(crimes),
        details={"steps": steps, "summary": summary},
    )  # fmt: skip


def _accepted(
    crimes: gpd.GeoDataFrame, review: pd.DataFrame, caller: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    said = review["decision"].fillna("").astype(str).str.strip().str.lower()
    if not said.isin(_DECISIONS).all():
        raise InputError(
            f"{caller}: decision must be 'accept', 'reject' or empty; got {sorted(set(said) - set(_DECISIONS))[:5]}."
        )
    taken = review[(said == "accept").to_numpy()]
    one, other = (crimes.index.get_indexer(taken[end]) for end in ("one", "other"))
    if (one < 0).any() or (other < 0).any():
        raise InputError(
            f"{caller}: the review names crimes that are not in the table; their index must be the same."
        )
    n = len(crimes)
    graph = sparse.coo_array((np.ones(len(one)), (one, other)), shape=(n, n))
    label = connected_components(graph, directed=False)[1]
    return label.astype(np.int64), np.full(n, np.nan)


def _proposed(
    crimes: gpd.GeoDataFrame, model: LinkageModel, at_least: float, caller: str
) -> tuple[NDArray[np.int64], NDArray[np.float64], Any]:
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(crimes) > _MOST_CRIMES:
        raise InputError(
            f"{caller}: {len(crimes):,} crimes are too many to compare at once; at most {_MOST_CRIMES:,}. Take one kind of offence and a shorter period."
        )
    evidence = pair_evidence(crimes, mo=tuple(model.manners))
    score = model.weigh(evidence).sum(axis=1).to_numpy()
    one, other = (crimes.index.get_indexer(evidence[end]) for end in ("one", "other"))
    used = np.unique(np.append(one, other))
    top = float(score.max())
    steps = linkage(top - score, method="average")
    label = np.arange(len(crimes)) + len(crimes)
    label[used] = fcluster(steps, top - math.log(at_least) + 1e-12, criterion="distance")
    same = label[one] == label[other]
    total = np.bincount(np.append(one[same], other[same]), np.append(score[same], score[same]), len(crimes))
    number = np.bincount(np.append(one[same], other[same]), minlength=len(crimes))
    return (
        label.astype(np.int64),
        np.divide(total, number, out=np.full(len(crimes), np.nan), where=number > 0),
        steps,
    )


def _numbered(crimes: gpd.GeoDataFrame, label: NDArray[np.int64], mean: NDArray[np.float64]) -> pd.DataFrame:
    """Series numbered by size, then by their first crime in the table."""
    import pandas as pd

    _, first, of, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    of = of.ravel()
    order = np.lexsort((first, -size))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    return pd.DataFrame(
        {"series": number[of], "size": size[of], "mean_log_bayes_factor": mean}, index=crimes.index
    )


def _summary(crimes: gpd.GeoDataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """One row per series: size, first and last time."""
    grouped = crimes["occurred_at"].groupby(table["series"].to_numpy())
    found: pd.DataFrame = grouped.agg(first="min", last="max", size="size")
    return found.rename_axis("series").reset_index()[["series", "size", "first", "last"]]
