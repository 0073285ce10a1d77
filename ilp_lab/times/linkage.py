"""Crime linkage: what speaks for two crimes being of one series, learnt from solved ones, as a sum of reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.pairevidence import PARTS, pair_evidence

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_LEAST_LINKED = 20
_SMOOTHING = 10.0
_WORDS = (
    (math.log(1000), "very strong"), (math.log(100), "strong"), (math.log(10), "moderate"), (0.0, "weak"), (-math.inf, "against"),
)  # fmt: skip
_LABELS = {
    "distance_km": "distance",
    "days": "time between",
    "hours_of_day": "time of day",
    "days_of_week": "day of the week",
}
_REFERENCES = (
    "Porter 2016, A statistical approach to crime linkage, doi:10.1080/00031305.2015.1123185",
    "Bennell and Canter 2002, Linking commercial burglaries by modus operandi, doi:10.1016/S1355-0306(02)71820-0",
)


@dataclass(frozen=True)
class LinkageModel:
    """What each part of the evidence is worth, as logarithms of Bayes factors.

    Attributes
    ----------
    numbers
        Part → upper ends of its classes and the log Bayes factor in each.
    manners
        Part → log Bayes factors for different, same, not stated.
    linked, unlinked
        Pairs it was learnt from.
    auc
        How often a linked pair gets more than an unlinked one, for offenders it was not learnt from.
    """

    numbers: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    manners: Mapping[str, NDArray[np.float64]]
    linked: int
    unlinked: int
    auc: float = math.nan

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the evidence."""
        return (*self.numbers, *self.manners)

    def weigh(self, evidence: pd.DataFrame) -> pd.DataFrame:
        """Log Bayes factor of every part, on the index of the evidence; their sum is the pair's."""
        import pandas as pd

        found = {}
        for name, (ends, factor) in self.numbers.items():
            found[name] = factor[
                np.searchsorted(ends[:-1], evidence[name].to_numpy(dtype=np.float64), side="right")
            ]
        for name, factor in self.manners.items():
            found[name] = factor[_codes(evidence[name])]
        return pd.DataFrame(found, index=evidence.index)


def linkage_model(
    crimes: gpd.GeoDataFrame,
    *,
    offender: str = "offender",
    mo: Sequence[str] = (),
    classes: int = 10,
    folds: int = 5,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Learn from solved crimes what each likeness of two crimes is worth.

    Parameters
    ----------
    crimes
        Solved crimes: points with ``occurred_at``, perhaps ``occurred_to``, and the column ``offender``; several offenders of one crime are
        separated by ``";"``.
    offender
        Column with an opaque number of the offender. It says only which crimes have one in common and appears nowhere.
    mo
        Columns that describe the manner.
    classes
        Classes of distance and time, with about as many pairs each.
    folds
        Parts of the offenders, each judged by a model of the others.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per part and class with ``part``, ``class``, ``linked``, ``unlinked`` (shares), ``bayes_factor``, ``log_bayes_factor``.
        ``details``: ``model`` (a :class:`LinkageModel`, for :func:`link_crimes`), ``auc``.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit, or fewer than twenty linked pairs are there to learn from.

    Notes
    -----
    Naive Bayes: the parts are taken as independent, which makes strong sums too strong. Each offender counts the same, however
    many crimes. Solved series are the similar ones, or they would not have been solved as series.

    References
    ----------
    Porter, M. D. (2016), doi:10.1080/00031305.2015.1123185.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> who = np.repeat(np.arange(30), 4)
    >>> xy = rng.uniform(0, 20_000, (30, 2))[who] + rng.normal(0, 400, (120, 2))
    >>> at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(rng.uniform(0, 365, 120), unit="D").round("min")
    >>> solved = gpd.GeoDataFrame({"occurred_at": at, "offender": who}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> bool(linkage_model(solved, rng=1)["auc"] > 0.9)
    True
    """
    caller = "times.linkage_model"
    check = Check(caller)
    if hasattr(crimes, "columns"):
        check.columns(crimes, [offender], "crimes")
    check.whole(2, classes=classes, folds=folds)
    check.done()
    generate, seed = generator(rng, caller)
    evidence = pair_evidence(crimes, mo=mo)
    linked, groups = _linked(crimes, evidence, offender)
    if linked.sum() < _LEAST_LINKED:
        raise InputError(
            f"{caller}: {int(linked.sum())} pairs of crimes share an offender; at least {_LEAST_LINKED} are needed to learn anything."
        )
    weight = _evenly(linked, groups)
    model = _learnt(evidence, linked, weight, mo, classes)
    auc = _tried(evidence, linked, weight, groups, mo, classes, folds, generate)
    model = LinkageModel(model.numbers, model.manners, model.linked, model.unlinked, auc)
    strongest = max(model.parts, key=lambda part: _spread(model, part))
    return Result(
        name=caller,
        title="What speaks for one series",
        table=_model_table(model, evidence, linked, weight),
        method=(
            "Pairs of solved crimes with and without a common offender were compared part by part. A part's Bayes factor is how much more often "
            f"such a likeness occurs among linked pairs. Tried out on offenders left out ({folds} parts)."
        ),
        findings=(
            f"Learnt from {model.linked:,} linked and {model.unlinked:,} unlinked pairs.",
            f"For offenders it had not seen, a linked pair got more than an unlinked one in {auc:.0%} of cases (50 % is a coin).",
            f"The part that tells most is the {_LABELS.get(strongest, strongest)}.",
            "It is about crimes, not persons: it says which crimes to read together, and a human decides.",
        ),
        params=(Param("offender", offender), Param("mo", tuple(mo)), Param("classes", classes), Param("folds", folds)),
        caveats=(
            "Solved series are those that were alike enough to be solved.",
            "Parts are taken as independent; sums are too strong where two parts say the same.",
        ),
        references=_REFERENCES,
        sources=(Source("crimes", len(crimes), fingerprint(evidence["days"].to_numpy()), origin_of(crimes)),),
        handling=handling_of(crimes),
        seed=seed,
        details={"model": model, "auc": auc},
    )  # fmt: skip


def _linked(
    crimes: gpd.GeoDataFrame, evidence: pd.DataFrame, offender: str
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which pairs share an offender, and a group of crimes that hang together by offenders, by pair (-1: unlinked)."""
    import pandas as pd
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    names = crimes[offender].astype("string").str.split(";")
    long = names.explode().str.strip().replace("", pd.NA).dropna()
    row = crimes.index.get_indexer(long.index)
    who = pd.factorize(long)[0]
    by = sparse.coo_array(
        (np.ones(len(row)), (row, who)), shape=(len(crimes), int(who.max(initial=-1)) + 1)
    ).tocsr()
    together = (by @ by.T).tocsr()
    _, component = connected_components(together, directed=False)
    one, other = (crimes.index.get_indexer(evidence[end]) for end in ("one", "other"))
    known = np.zeros(len(crimes), dtype=bool)
    known[row] = True
    linked = np.asarray(together[one, other]).ravel() > 0
    return linked & known[one] & known[other], np.where(linked, component[one], -1)


def _evenly(linked: NDArray[np.bool_], groups: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights by which every series counts the same, whatever its size."""
    weight = np.ones(len(linked))
    size = np.bincount(groups[linked])
    weight[linked] = 1 / size[groups[linked]]
    weight[linked] *= linked.sum() / weight[linked].sum()
    return weight


def _learnt(
    evidence: pd.DataFrame,
    linked: NDArray[np.bool_],
    weight: NDArray[np.float64],
    mo: Sequence[str],
    classes: int,
) -> LinkageModel:
    numbers, manners = {}, {}
    for name in PARTS:
        value = evidence[name].to_numpy(dtype=np.float64)
        ends = np.unique(
            np.append(
                np.quantile(value[linked], np.linspace(0, 1, classes // 2 + 1)[1:]),
                np.quantile(value, np.linspace(0, 1, classes - classes // 2 + 1)[1:]),
            )
        )
        at = np.searchsorted(ends[:-1], value, side="right")
        numbers[name] = (ends, _factors(at, len(ends), linked, weight))
    for name in mo:
        factor = _factors(_codes(evidence[name]), 3, linked, weight)
        factor[2] = 0.0  # what nobody wrote down speaks for nothing
        manners[name] = factor
    return LinkageModel(numbers, manners, int(linked.sum()), int((~linked).sum()))


def _factors(
    at: NDArray[np.int64], classes: int, linked: NDArray[np.bool_], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    held = np.bincount(at[linked], weight[linked], classes)
    usual = np.bincount(at[~linked], weight[~linked], classes) + 0.5
    usual /= usual.sum()
    # a few pairs more, spread as unlinked ones are, keep rare classes near 1
    return np.asarray(np.log((held + _SMOOTHING * usual) / (held.sum() + _SMOOTHING) / usual))


def _codes(same: pd.Series) -> NDArray[np.int64]:
    """0: different, 1: the same, 2: not stated."""
    return np.asarray(same.astype("Int64").fillna(2).to_numpy(dtype=np.int64), dtype=np.int64)


def _tried(
    evidence: pd.DataFrame, linked: NDArray[np.bool_], weight: NDArray[np.float64], groups: NDArray[np.int64],
    mo: Sequence[str], classes: int, folds: int, rng: np.random.Generator,
) -> float:  # fmt: skip
    """Area under the curve for series that were left out."""
    from scipy.stats import rankdata

    series = np.unique(groups[linked])
    part = rng.permutation(np.arange(len(series)) % folds)
    fold = np.full(len(evidence), -1)
    fold[linked] = part[np.searchsorted(series, groups[linked])]
    fold[~linked] = rng.integers(0, folds, int((~linked).sum()))
    score = np.full(len(evidence), np.nan)
    for number in range(folds):
        out = fold == number
        if (linked & ~out).sum() < 5 or not out.any():
            continue
        model = _learnt(evidence[~out], linked[~out], weight[~out], mo, classes)
        score[out] = model.weigh(evidence[out]).sum(axis=1)
    known = np.isfinite(score)
    rank = rankdata(score[known])
    positive = linked[known]
    n, m = int(positive.sum()), int((~positive).sum())
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * m)) if n and m else math.nan


def _spread(model: LinkageModel, part: str) -> float:
    factor = model.numbers[part][1] if part in model.numbers else model.manners[part]
    return float(np.abs(factor).max())


def _model_table(
    model: LinkageModel, evidence: pd.DataFrame, linked: NDArray[np.bool_], weight: NDArray[np.float64]
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for part in model.parts:
        if part in model.numbers:
            ends, factor = model.numbers[part]
            at = np.searchsorted(ends[:-1], evidence[part].to_numpy(dtype=np.float64), side="right")
            starts = np.append(0.0, ends[:-1])
            names = [f"{low:.3g} to {high:.3g}" for low, high in zip(starts, ends, strict=True)]
        else:
            factor, at, names = (
                model.manners[part],
                _codes(evidence[part]),
                ["different", "the same", "not stated"],
            )
        shares = [
            np.bincount(at[which], weight[which], len(factor)) / weight[which].sum()
            for which in (linked, ~linked)
        ]
        rows += [
            {
                "part": part,
                "class": name,
                "linked": one,
                "unlinked": other,
                "bayes_factor": math.exp(value),
                "log_bayes_factor": value,
            }
            for name, one, other, value in zip(names, *shares, factor.tolist(), strict=True)
        ]
    return pd.DataFrame(rows)


def link_crimes(
    crimes: gpd.GeoDataFrame,
    *,
    model: Result | LinkageModel,
    at_least: float = 10.0,
    most: int = 500,
) -> Result:
    """List pairs of crimes that may be of one series, with the reasons, for a human to accept or reject.

    Parameters
    ----------
    crimes
        Points with ``occurred_at`` and the columns of the manner that the model knows.
    model
        Of :func:`linkage_model`.
    at_least
        Smallest Bayes factor listed: how many times as likely the evidence is if one series did both.
    most
        Longest list.

    Returns
    -------
    Result
        ``table``: one row per pair, the strongest first: ``one``, ``other``, ``bayes_factor``, ``log_bayes_factor``, ``strength`` (in words), ``because`` (the
        parts that speak for and against, strongest first), ``part_…`` (log Bayes factor of each part, which add up), and the empty
        columns ``decision`` (accept or reject), ``decided_by``, ``reason`` for a human.

    Raises
    ------
    InputError, ColumnError, CRSError
        When something given does not fit.

    Notes
    -----
    A Bayes factor of 100 is not a chance of 100 to 1: most pairs of crimes are not linked to begin with. Among thousands of pairs some
    reach 100 by chance; the findings say how many such pairs there were among solved unlinked ones.

    References
    ----------
    Porter, M. D. (2016), doi:10.1080/00031305.2015.1123185.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> who = np.repeat(np.arange(30), 4)
    >>> xy = rng.uniform(0, 20_000, (30, 2))[who] + rng.normal(0, 400, (120, 2))
    >>> at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta(rng.uniform(0, 365, 120), unit="D").round("min")
    >>> solved = gpd.GeoDataFrame({"occurred_at": at, "offender": who}, geometry=gpd.points_from_xy(*xy.T), crs=32633)
    >>> review = link_crimes(solved.drop(columns="offender"), model=linkage_model(solved, rng=1))
    >>> review.table["because"][0][:8]
    'distance'
    """
    caller = "times.link_crimes"
    check = Check(caller)
    check.positive(at_least=at_least)
    check.whole(1, most=most)
    check.done()
    known = model_of(model, caller)
    evidence = pair_evidence(crimes, mo=tuple(known.manners))
    parts = known.weigh(evidence)
    total = parts.sum(axis=1)
    listed = total[total >= math.log(at_least)].sort_values(ascending=False, kind="stable").index
    kept = listed[:most]
    chosen, weighed = evidence.loc[kept], parts.loc[kept]
    table = chosen[["one", "other"]].assign(
        bayes_factor=np.exp(np.minimum(total[kept], 50)), log_bayes_factor=total[kept], strength=[_strength(value) for value in total[kept]],
        because=[_because(weighed.iloc[k], chosen.iloc[k]) for k in range(len(kept))],
    )  # fmt: skip
    for name in known.parts:
        table[f"part_{name}"] = weighed[name]
    table = table.assign(decision="", decided_by="", reason="").reset_index(drop=True)
    return Result(
        name=caller,
        title="Pairs of crimes to read together",
        table=table,
        method="The log Bayes factors of the parts, learnt from solved crimes, were added up for every pair; pairs above the bound are listed for a human to accept or reject.",
        findings=(
            f"{len(listed):,} of {len(evidence):,} pairs reach a Bayes factor of {at_least:g}" + (f"; the strongest {most:,} are listed." if len(listed) > most else "."),
            f"The strongest: {table['one'][0]} and {table['other'][0]}, {table['strength'][0]}; {table['because'][0]}." if len(table) else "No pair speaks for one series.",
            "A factor is not a probability: most pairs are not linked to begin with. Read the reports before accepting a pair.",
            "Write accept or reject into the column decision, with your name and reason; crime_series(review=…) joins only what was accepted.",
        ),
        params=(Param("at_least", at_least), Param("most", most)),
        caveats=(
            f"The model was learnt from {known.linked:,} linked pairs; for offenders it had not seen it was right in {known.auc:.0%} of comparisons.",
            "Alike is not the same: where many burglars work in one way, manner tells little.",
        ),
        references=_REFERENCES,
        sources=(Source("crimes", len(crimes), fingerprint(evidence["days"].to_numpy()), origin_of(crimes)),),
        handling=handling_of(crimes),
        details={"pairs": len(evidence), "above": len(listed)},
    )  # fmt: skip


def model_of(model: Any, caller: str) -> LinkageModel:
    """The model itself, out of the result that holds it."""
    found = model.details.get("model") if isinstance(model, Result) else model
    if not isinstance(found, LinkageModel):
        raise InputError(f"{caller}: model must come from times.linkage_model; got {type(model).__name__}.")
    return found


def _strength(log_factor: float) -> str:
    return next(word for bound, word in _WORDS if log_factor >= bound)


def _because(parts: pd.Series, evidence: pd.Series) -> str:
    """Parts that matter, strongest first: "distance 0.4 km (+2.1), time of day 11.0 h (−1.2)"."""
    units = {"distance_km": "km", "days": "days", "hours_of_day": "h", "days_of_week": "days"}
    said = []
    for name, value in sorted(parts.items(), key=lambda item: -abs(item[1])):
        if abs(value) < 0.2:
            continue
        held = evidence[str(name)]
        fact = f"{float(held):.3g} {units[name]}" if name in units else _same(held)
        said.append(f"{_LABELS.get(str(name), name)} {fact} ({value:+.1f})")
    return ", ".join(said) or "nothing in particular"


def _same(held: Any) -> str:
    import pandas as pd

    if pd.isna(held):
        return "not stated"
    return "the same" if held else "different"
