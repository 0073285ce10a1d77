"""Crime linkage: what each likeness of two crimes is worth, learnt from solved ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result
from ilp_lab.safeguards import handling_of
from ilp_lab.times.pairevidence import MOST_PAIRS, PARTS, ReadyCrimes, check_crimes, ready_crimes

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

_LEAST_LINKED, _LEAST_SOLVED = 20, 10
_SMOOTHING = 10.0
LABELS = {
    "distance_km": "distance",
    "days": tr_later("time between"),
    "hours_of_day": tr_later("time of day"),
    "days_of_week": tr_later("day of the week"),
}
REFERENCES = (
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
    by_chance
        Sorted log Bayes factors of unlinked pairs, weighed by a model that was not learnt from them.
    """

    numbers: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    manners: Mapping[str, NDArray[np.float64]]
    linked: int
    unlinked: int
    auc: float = math.nan
    by_chance: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32), repr=False)

    def false_share(self, at_least: float) -> float:
        """Share of solved, unlinked pairs that reach a Bayes factor all the same."""
        if not len(self.by_chance):
            return math.nan
        return 1 - float(np.searchsorted(self.by_chance, math.log(at_least))) / len(self.by_chance)

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
        ``details``: ``model`` (a :class:`LinkageModel`, for :func:`link_crimes`), ``auc``, ``series_sizes`` (how many offenders have so
        many crimes), ``co_offending`` (how many crimes have so many offenders).

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
    names = check_crimes(check, crimes, mo)
    if hasattr(crimes, "columns"):
        check.columns(crimes, [offender], "crimes")
    check.whole(2, classes=classes, folds=folds)
    check.done()
    generate, seed = generator(rng, caller)
    who = _offenders(crimes[offender])
    solved = crimes[crimes.index.isin(who.index)]
    if len(solved) < _LEAST_SOLVED:
        raise InputError(
            f"{caller}: {len(solved):,} crimes have an offender in {offender!r}; at least {_LEAST_SOLVED} are needed to learn anything."
        )
    ready = ready_crimes(solved, names, caller)
    evidence = _evidence(ready, caller)
    linked, groups = _linked(who, ready.index, evidence)
    if linked.sum() < _LEAST_LINKED:
        raise InputError(
            f"{caller}: {int(linked.sum())} pairs of crimes share an offender; at least {_LEAST_LINKED} are needed to learn anything."
        )
    weight = _evenly(linked, groups)
    model = _learnt(evidence, linked, weight, names, classes)
    auc, by_chance = _tried(evidence, linked, weight, groups, names, classes, folds, generate)
    model = replace(model, auc=auc, by_chance=by_chance)
    sizes, together = _company(who)
    reasons = np.full(len(crimes), tr_later("without an offender"), dtype=object)
    reasons[crimes.index.isin(who.index)] = ready.held.reasons
    left_out = LeftOut.of(crimes, reasons)
    return Result(
        name=caller,
        title=tr_later("What speaks for one series"),
        table=_model_table(model, evidence, linked, weight),
        method=(
            tr("Pairs of solved crimes with and without a common offender were compared part by part. A part's Bayes factor is how " "much more often such a likeness occurs among linked pairs. Tried out on offenders left out ({folds} parts).").format(folds=folds)
        ),
        findings=_model_findings(model, together),
        params=(
            Param("offender", offender), Param("mo", tuple(names)), Param("classes", classes), Param("folds", folds),
            *ready.held.params,
        ),
        caveats=(
            tr("Solved series are those that were alike enough to be solved."),
            tr("Parts are taken as independent; sums are too strong where two parts say the same."),
            *ready.held.doubts,
        ),
        references=REFERENCES,
        sources=(replace(ready.held.source, name="solved crimes"),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(crimes),
        seed=seed,
        details={"model": model, "auc": auc, "series_sizes": sizes, "co_offending": together},
    )  # fmt: skip


def _evidence(ready: ReadyCrimes, caller: str) -> pd.DataFrame:
    import pandas as pd

    if ready.pairs > MOST_PAIRS:
        raise InputError(
            f"{caller}: {len(ready.index):,} solved crimes make {ready.pairs:,} pairs; at most {MOST_PAIRS:,} are learnt from. "
            "Take one kind of offence and a shorter period."
        )
    return pd.concat(list(ready.blocks()), ignore_index=True)


def _model_findings(model: LinkageModel, together: pd.Series) -> tuple[str, ...]:
    strongest = max(model.parts, key=lambda part: _spread(model, part))
    several = float(together[together.index > 1].sum() / together.sum())
    return (
        tr("Learnt from {linked:,} linked and {unlinked:,} unlinked pairs.").format(
            linked=model.linked, unlinked=model.unlinked
        ),
        tr(
            "For offenders it had not seen, a linked pair got more than an unlinked one in {auc:.0%} of cases (50 % is a coin)."
        ).format(auc=model.auc),
        tr(
            "Of the unlinked pairs {false_share:.2%} reach a Bayes factor of 10 all the same, and {false_share_2:.2%} one of 100."
        ).format(false_share=model.false_share(10), false_share_2=model.false_share(100)),
        tr(
            "The part that tells most is {get}; {several:.1%} of the solved crimes had more than one offender."
        ).format(get=LABELS.get(strongest, strongest), several=several),
        tr("It is about crimes, not persons: it says which crimes to read together, and a human decides."),
    )


def _offenders(column: pd.Series) -> pd.Series:
    """One row per crime and offender, each once, on the index of the crimes."""
    import pandas as pd

    long = column.astype("string").str.split(";").explode().str.strip()
    long = long[long.notna() & (long != "")]
    table = pd.DataFrame({"crime": long.index, "who": pd.factorize(long)[0]}).drop_duplicates()
    return table.set_index("crime")["who"]


def _company(who: pd.Series) -> tuple[pd.Series, pd.Series]:
    """How many offenders have so many crimes, and how many crimes so many offenders."""
    sizes = who.value_counts().value_counts().sort_index().rename_axis("crimes").rename("offenders")
    together = who.groupby(level=0).size().value_counts().sort_index()
    return sizes, together.rename_axis("offenders").rename("crimes")


def _linked(
    who: pd.Series, index: NDArray[Any], evidence: pd.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which pairs share an offender, and a group of crimes that hang together by offenders, by pair (-1: unlinked)."""
    import pandas as pd
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    row = pd.Index(index).get_indexer(who.index)
    there = row >= 0
    by = sparse.coo_array(
        (np.ones(int(there.sum())), (row[there], who.to_numpy()[there])),
        shape=(len(index), int(who.max()) + 1),
    ).tocsr()
    together = (by @ by.T).tocsr()
    _, component = connected_components(together, directed=False)
    one, other = evidence["one"].to_numpy(), evidence["other"].to_numpy()
    linked = np.asarray(together[one, other]).ravel() > 0
    return linked, np.where(linked, component[one], -1)


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
        ends = _class_ends(value, linked, classes)
        at = np.searchsorted(ends[:-1], value, side="right")
        numbers[name] = (ends, _factors(at, len(ends), linked, weight))
    for name in mo:
        factor = _factors(_codes(evidence[name]), 3, linked, weight)
        factor[2] = 0.0  # what nobody wrote down speaks for nothing
        manners[name] = factor
    return LinkageModel(numbers, manners, int(linked.sum()), int((~linked).sum()))


def _class_ends(value: NDArray[np.float64], linked: NDArray[np.bool_], classes: int) -> NDArray[np.float64]:
    """Upper ends of classes, from the quantiles of linked pairs and of all; classes that hold too few of both join the next."""
    half = classes // 2 + 1
    ends = np.unique(
        np.append(
            np.quantile(value[linked], np.linspace(0, 1, half)[1:]),
            np.quantile(value, np.linspace(0, 1, classes - half + 2)[1:]),
        )
    )
    ends[-1] = value.max()
    while len(ends) > 1:
        at = np.searchsorted(ends[:-1], value, side="right")
        held = sum(
            np.bincount(at[which], minlength=len(ends)) / (2 * which.sum()) for which in (linked, ~linked)
        )
        least = int(np.argmin(held))
        if held[least] >= 1 / (2 * classes):
            break
        beside = [k for k in (least - 1, least + 1) if 0 <= k < len(ends)]
        into = min(beside, key=lambda k: held[k])
        ends = np.delete(ends, min(least, into))
    return ends


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
) -> tuple[float, NDArray[np.float32]]:  # fmt: skip
    """Area under the curve for series that were left out, and what unlinked pairs got, sorted."""
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
    auc = float((rank[positive].sum() - n * (n + 1) / 2) / (n * m)) if n and m else math.nan
    return auc, np.sort(score[known & ~linked]).astype(np.float32)


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
            names = [
                tr("{low:.3g} to {high:.3g}").format(low=low, high=high)
                for low, high in zip(starts, ends, strict=True)
            ]
        else:
            factor, at, names = (
                model.manners[part],
                _codes(evidence[part]),
                ["different", tr_later("the same"), tr_later("not stated")],
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


def model_of(model: Any, caller: str) -> LinkageModel:
    """The model itself, out of the result that holds it."""
    found = model.details.get("model") if isinstance(model, Result) else model
    if not isinstance(found, LinkageModel):
        raise InputError(f"{caller}: model must come from times.linkage_model; got {type(model).__name__}.")
    return found
