"""Series of crimes: groups proposed by likeness, and groups joined from what a human accepted."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times.linkage import LinkageModel, model_of
from ilp_lab.times.moments import Moments, moments
from ilp_lab.times.pairevidence import check_crimes, ready_crimes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_MOST_CRIMES = 5_000
_DRAWN, _MANY = 6, 200
_DECISIONS = ("accept", "reject", "")


def crime_series(
    crimes: gpd.GeoDataFrame,
    *,
    model: Result | LinkageModel | None = None,
    review: pd.DataFrame | None = None,
    at_least: float = 100.0,
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
        of its series, ``occurred_at``, ``drawn_as`` (for the figure) and the place; crimes on their own are series of one. ``details``: ``steps`` (scipy
        linkage of the proposal), ``summary`` (one row per series with ``first``, ``last`` and ``extent_m``, the longest distance in it),
        ``rejected_inside`` (rejected pairs that fell into one series through others), ``links`` (the pairs that were decided, with their reasons).
        ``explore()`` shows the series on a map beside the list.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or a decision is neither accept nor reject.

    Notes
    -----
    Average linkage: a crime joins when it is like the group on the whole, so chains of one-off likenesses stay short. Most pairs
    are not linked to begin with, so a proposal at a low bound is mostly wrong: on 390 solved crimes of a public example half of
    the pairs joined at 100 shared an offender, and one in twelve of those joined at 1. Cost: all pairs; at most 5,000 crimes.

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
    known = None if model is None else model_of(model, caller)
    names = check_crimes(check, crimes, () if known is None else tuple(known.manners))
    check.done()
    held = moments(crimes, caller, at_least=1)
    steps, rejected = None, 0
    if review is not None:
        label, rejected = _accepted(crimes, review, caller)
        mean = np.full(len(crimes), np.nan)
        method = tr(
            "Crimes are of one series when a human accepted that they are, directly or through others."
        )
    else:
        assert known is not None  # noqa: S101  (for the type checker)
        label, mean, steps = _proposed(crimes, known, names, at_least, caller)
        method = tr(
            "Crimes were joined step by step by the mean log Bayes factor between groups (average linkage)."
        )
    table = _numbered(crimes, label, mean)
    summary = _summary(crimes, held, table)
    left_out = LeftOut.of(crimes, held.reasons)
    return Result(
        name=caller,
        title=tr_later("Series of crimes") if review is not None else tr_later("Proposed series of crimes"),
        table=table,
        method=method,
        findings=_findings(table, summary, rejected, proposed=review is None),
        params=(
            Param("at_least", at_least if review is None else tr_later("as accepted")),
            Param("from", tr_later("a model") if review is None else tr_later("decisions of a human")),
            *held.params,
        ),
        caveats=(
            *((tr("Proposals are no findings until a human has read the reports."),) if review is None else ()),
            *held.doubts,
        ),
        references=("Porter 2016, A statistical approach to crime linkage, doi:10.1080/00031305.2015.1123185",),
        sources=(replace(held.source, name="crimes"),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(crimes, review),
        details={"steps": steps, "summary": summary, "rejected_inside": rejected, "links": _decided(review)},
    )  # fmt: skip


def _findings(
    table: pd.DataFrame, summary: pd.DataFrame, rejected: int, *, proposed: bool
) -> tuple[str, ...]:
    several = summary[summary["size"] > 1]
    said = [
        tr(
            "{what}{n:,} series of two crimes or more hold {size:,} of {n_2:,} crimes; {size_2:,} stay alone."
        ).format(
            what=tr("Proposal: ") if proposed else "",
            n=len(several),
            size=int(several["size"].sum()),
            n_2=len(table),
            size_2=int((summary["size"] == 1).sum()),
        )
    ]
    if len(several):
        top = several.iloc[0]
        said.append(
            tr(
                "The largest holds {size} crimes from {first:%d %B %Y} to {last:%d %B %Y}, up to {extent_m:,.0f} m apart."
            ).format(size=top["size"], first=top["first"], last=top["last"], extent_m=top["extent_m"])
        )
    else:
        said.append(tr("No series was found."))
    if rejected:
        said.append(
            tr(
                "{rejected:,} pairs that were rejected lie in one series all the same, through other pairs: look at those again."
            ).format(rejected=rejected)
        )
    said.append(
        tr(
            "A series is a way to read crimes together. It names nobody, and one series may hold several offenders."
        )
    )
    said.append(
        tr("Check next the pairs with link_crimes, and decide on each.")
        if proposed
        else tr(
            "Check next whether a pair was accepted because of another one; each needs a reason of its own."
        )
    )
    return tuple(said)


def _decided(review: pd.DataFrame | None) -> pd.DataFrame:
    """The pairs on which a human decided, with what stands beside them."""
    import pandas as pd

    told = ["one", "other", "bayes_factor", "strength", "because", "decision", "decided_by", "reason"]
    if review is None:
        return pd.DataFrame(columns=told)
    held = review[review["decision"].fillna("").astype(str).str.strip() != ""]
    return held[[name for name in told if name in held]].reset_index(drop=True)


def _accepted(crimes: gpd.GeoDataFrame, review: pd.DataFrame, caller: str) -> tuple[NDArray[np.int64], int]:
    """The series of each crime, and how many rejected pairs lie in one series all the same."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    said = review["decision"].fillna("").astype(str).str.strip().str.lower()
    if not said.isin(_DECISIONS).all():
        raise InputError(
            f"{caller}: decision must be 'accept', 'reject' or empty; got {sorted(set(said) - set(_DECISIONS))[:5]}."
        )
    one, other = (crimes.index.get_indexer(review[end]) for end in ("one", "other"))
    decided = (said != "").to_numpy()
    if (one[decided] < 0).any() or (other[decided] < 0).any():
        raise InputError(
            f"{caller}: the review decides on crimes that are not in the table; both must have the same index."
        )
    taken, refused = (said == "accept").to_numpy(), (said == "reject").to_numpy()
    n = len(crimes)
    graph = sparse.coo_array((np.ones(int(taken.sum())), (one[taken], other[taken])), shape=(n, n))
    label = connected_components(graph, directed=False)[1].astype(np.int64)
    return label, int((label[one[refused]] == label[other[refused]]).sum())


def _proposed(
    crimes: gpd.GeoDataFrame, model: LinkageModel, names: list[str], at_least: float, caller: str
) -> tuple[NDArray[np.int64], NDArray[np.float64], Any]:
    """The series of each crime, its mean log Bayes factor to the others of it, and the steps of joining."""
    from scipy.cluster.hierarchy import fcluster, linkage

    ready = ready_crimes(crimes, names, caller)
    n = len(ready.index)
    if n > _MOST_CRIMES:
        raise InputError(
            f"{caller}: {n:,} crimes are too many to compare at once; at most {_MOST_CRIMES:,}. Take one kind of offence and a shorter period."
        )
    score = np.concatenate([model.weigh(block).sum(axis=1).to_numpy() for block in ready.blocks()])
    top = float(score.max())
    steps = linkage(top - score, method="average")
    group = fcluster(steps, top - math.log(at_least) + 1e-12, criterion="distance")
    label = len(crimes) + np.arange(len(crimes))
    label[ready.held.used] = group
    mean = np.full(len(crimes), np.nan)
    mean[ready.held.used] = _mean_inside(score, group)
    return label.astype(np.int64), mean, steps


def _mean_inside(score: NDArray[np.float64], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean score of each crime to the others of its group; NaN on its own."""
    from scipy.spatial.distance import squareform

    same = group[:, None] == group
    number = same.sum(axis=1) - 1
    total = np.where(same, squareform(score), 0.0).sum(axis=1)
    return np.asarray(np.divide(total, number, out=np.full(len(group), np.nan), where=number > 0))


def _numbered(
    crimes: gpd.GeoDataFrame, label: NDArray[np.int64], mean: NDArray[np.float64]
) -> gpd.GeoDataFrame:
    """Series numbered by size, then by their first crime in the table; the largest are drawn in colours of their own."""
    import geopandas as gpd
    import pandas as pd

    _, first, of, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    of = of.ravel()
    order = np.lexsort((first, -size))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    series, size = number[of], size[of]
    drawn = np.where(
        size == 1,
        tr_later("on their own"),
        np.where(series <= _DRAWN, np.char.add("series ", series.astype(str)), tr_later("further series")),
    )
    said = [f"series {k}" for k in range(1, _DRAWN + 1)] + [
        tr_later("further series"),
        tr_later("on their own"),
    ]
    return gpd.GeoDataFrame(
        {
            "series": series,
            "size": size,
            "mean_log_bayes_factor": mean,
            "occurred_at": crimes["occurred_at"].array,
            "drawn_as": pd.Categorical(drawn, categories=[word for word in said if (drawn == word).any()]),
        },
        geometry=crimes.geometry.to_numpy(),
        index=crimes.index,
        crs=crimes.crs,
    )


def _summary(crimes: gpd.GeoDataFrame, held: Moments, table: pd.DataFrame) -> pd.DataFrame:
    """One row per series: size, first and last time, and the longest distance in it."""
    from scipy.spatial import ConvexHull, QhullError
    from scipy.spatial.distance import pdist

    grouped = crimes["occurred_at"].groupby(table["series"].to_numpy())
    found: pd.DataFrame = grouped.agg(first="min", last="max", size="size")
    extent = np.zeros(len(found))
    series = table["series"].to_numpy()[held.used]
    order = np.argsort(series, kind="stable")
    edges = np.append(np.flatnonzero(np.diff(series[order], prepend=-1)), len(order))
    for first, last in pairwise(edges.tolist()):
        xy = np.column_stack([held.x, held.y])[order[first:last]]
        if len(xy) > _MANY:
            try:
                xy = xy[ConvexHull(xy).vertices]
            except QhullError:  # all in one line
                xy = xy[[*xy.argmin(axis=0), *xy.argmax(axis=0)]]
        extent[series[order[first]] - 1] = pdist(xy).max(initial=0.0)
    found["extent_m"] = extent
    return found.rename_axis("series").reset_index()[["series", "size", "first", "last", "extent_m"]]
