"""Does a probability hold? Weights are held against pairs on which people decided, and turned into shares that came true.

Pairs with a caution (twins, parent and child, people of one home) have a curve of their own: the same weight means less there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._check import Check
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.intake.resolving.explaining import probability
from ilp_lab.result import Param, Result, Source, fingerprint

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Way = Literal["isotonic", "logistic"]
# what each group of pairs is called, and what is said of it
PLAIN, CAUTIONED = tr_later("without caution"), tr_later("with caution")
_HIGHEST = {
    PLAIN: tr_later(
        "Without caution: no probability comes above {most:.1%}, which is what {n:,} pairs allow."
    ),
    CAUTIONED: tr_later(
        "With caution: no probability comes above {most:.1%}, which is what {n:,} pairs allow."
    ),
}
_FEWEST, _ENOUGH = 10, 200
_STEEPER, _HIGHER = 0.5, 10.0
_FOLDS = 5
_EDGES = (0.0, 0.1, 0.5, 0.9, 0.99, 1.0)
_SAMPLES = 4001


@dataclass(frozen=True)
class Curve:
    """Weight → share of pairs that were one and the same.

    Attributes
    ----------
    bits, shares
        Knots, between which the curve is straight; both grow.
    way
        How it was fitted.
    pairs
        How many decided pairs it rests on; no share comes nearer to certainty than they allow.
    """

    bits: NDArray[np.float64]
    shares: NDArray[np.float64]
    way: Way
    pairs: int

    def at(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """The share at each weight."""
        return np.interp(weight, self.bits, self.shares)


@dataclass(frozen=True)
class Calibration:
    """What weights came to mean among decided pairs; hand it to :func:`resolve`.

    Attributes
    ----------
    curves
        One for pairs without a caution, and one with, as far as there were enough of them.
    kind
        What the records were of.
    """

    curves: Mapping[str, Curve]
    kind: str

    def probability(self, weight: NDArray[np.float64], cautioned: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Calibrated probability; where no curve was learnt, the model's own."""
        share = probability(weight)
        for group, here in ((PLAIN, ~cautioned), (CAUTIONED, cautioned)):
            if group in self.curves:
                share[here] = self.curves[group].at(weight[here])
        return share

    def least_bits(self, share: float) -> float:
        """A weight below which nothing reaches the probability."""
        grid = np.linspace(-60, 60, _SAMPLES)
        no = np.zeros(len(grid), bool)
        reached = [
            grid[values >= share] for values in (self.probability(grid, no), self.probability(grid, ~no))
        ]
        found = [float(bits[0]) for bits in reached if len(bits)]
        return min(found, default=60.0) - 120 / (_SAMPLES - 1)


def calibrate_matches(found: Result, *, decided: pd.DataFrame) -> Result:
    """Hold probabilities against pairs on which people decided, and correct them.

    Parameters
    ----------
    found
        Of :func:`resolve`.
    decided
        ``one``, ``other`` (ids) and ``same`` (whether they are one and the same): labelled pairs, or the decisions of a review.

    Returns
    -------
    Result
        ``table``: the reliability curve, judged on pairs the correction had not seen: ``group``, ``p_from``, ``p_to``, ``n``, ``said``,
        ``happened`` with the 95 % interval ``low`` to ``high``, ``verdict``. ``details``: ``calibration``, ``brier_before``, ``brier_after``.

    Raises
    ------
    InputError, ColumnError
        When the result is another one, or too few pairs are decided.

    Notes
    -----
    From 200 pairs on the curve is isotonic, below that logistic (Platt), beginning at the model's own probabilities. Decisions made only on pairs between the two bounds say little about the
    others: decide some of the joined ones too. With n decided pairs no probability comes nearer to certainty than 1/(n + 2), so few decisions
    stop joining without a human altogether.

    References
    ----------
    Platt, J. (1999), Probabilistic outputs for support vector machines. Zadrozny, B., Elkan, C. (2002), doi:10.1145/775047.775151.

    Examples
    --------
    >>> from ilp_lab import samples
    >>> from ilp_lab.intake import resolve
    >>> people = samples.hard_pairs(60)
    >>> found = resolve(people.drop(columns=["truth", "trap"]))
    >>> who = people["truth"]
    >>> decided = found.table[["one", "other"]].assign(
    ...     same=who[found.table["one"]].to_numpy() == who[found.table["other"]].to_numpy()
    ... )
    >>> checked = calibrate_matches(found, decided=decided)
    >>> bool(checked.details["brier_after"] < checked.details["brier_before"])
    True
    """
    caller = "intake.calibrate_matches"
    check = Check(caller)
    if getattr(found, "name", "") != "intake.resolve":
        check.add("found must be the result of intake.resolve.")
    if check.frame(decided, "decided"):
        check.columns(decided, ["one", "other", "same"], "decided")
    check.done()
    pairs, unknown = _matched(found, decided, caller)
    same = pairs["same"].to_numpy(bool)
    weight = pairs["weight"].to_numpy(np.float64)
    cautioned = pairs["caution"].to_numpy(str) != ""
    curves, after = {}, probability(weight)
    for group, here in ((PLAIN, ~cautioned), (CAUTIONED, cautioned)):
        if _enough(same[here]):
            curves[group] = _fitted(weight[here], same[here])
            after[here] = _unseen(weight[here], same[here])
    if not curves:
        raise InputError(
            f"{caller}: only {len(pairs):,} decided pairs are listed in the result; to calibrate, at least {_FEWEST} are needed. Decide more pairs."
        )
    before = probability(weight)
    table = _reliability(after, same, cautioned)
    brier = [float(np.mean((share - same) ** 2)) for share in (before, after)]
    return Result(
        name=caller,
        title=tr("How far the probabilities hold"),
        table=table,
        method=tr(
            "The decided pairs were split into {folds} parts; each part was judged by a curve learnt from the others. Intervals are Wilson's. The curve that "
            "is handed on was learnt from all of them."
        ).format(folds=_FOLDS),
        findings=_findings(pairs, brier, table, curves),
        params=(Param("way", {group: curve.way for group, curve in curves.items()}, chosen=True, why=tr("isotonic from {pairs} pairs on, {few} of them the same and {few_2} different").format(pairs=_ENOUGH, few=_FEWEST, few_2=_FEWEST)),),
        caveats=(
            tr("Pairs that were picked for deciding because they were doubtful stand for doubtful pairs only."),
            *([tr("{n:,} decided pairs are not listed in the result and could not be used.").format(n=unknown)] if unknown else []),
        ),
        references=(
            "Platt, J. (1999), Probabilistic outputs for support vector machines",
            "Zadrozny, B., Elkan, C. (2002), Transforming classifier scores, doi:10.1145/775047.775151",
        ),
        sources=(Source("decided pairs", len(pairs), fingerprint(weight, same)),),
        handling=found.handling,
        view="table",
        details={"calibration": Calibration(curves, str(found.details["kind"])), "brier_before": brier[0], "brier_after": brier[1]},
    )  # fmt: skip


def _matched(found: Result, decided: pd.DataFrame, caller: str) -> tuple[pd.DataFrame, int]:
    """The decided pairs with their weights, in the order of the result; and how many are not listed there."""
    import pandas as pd

    said = decided.dropna(subset=["same"])
    if not said["same"].isin([True, False]).all():
        raise InputError(f"{caller}: the column same must hold True or False.")
    turned = said.rename(columns={"one": "other", "other": "one"})
    both = pd.concat([said, turned], ignore_index=True)[["one", "other", "same"]]
    against = both.groupby(["one", "other"])["same"].nunique()
    if (against > 1).any():
        one, other = against.index[against > 1][0]
        raise InputError(
            f"{caller}: {one} and {other} are decided both ways; keep one decision of each pair."
        )
    known = both.drop_duplicates(["one", "other"])
    pairs = found.table.merge(known, on=["one", "other"])
    return pairs, len(said.drop_duplicates(["one", "other"])) - len(pairs)


def _enough(same: NDArray[np.bool_]) -> bool:
    return len(same) >= _FEWEST


def _fitted(weight: NDArray[np.float64], same: NDArray[np.bool_]) -> Curve:
    both = min(same.sum(), (~same).sum()) >= _FEWEST
    way: Way = "isotonic" if len(weight) >= _ENOUGH and both else "logistic"
    edge = 1 / (len(weight) + 2)
    bits, shares = (_isotonic if way == "isotonic" else _logistic)(weight, same)
    return Curve(bits, np.clip(shares, edge, 1 - edge), way, len(weight))


def _isotonic(
    weight: NDArray[np.float64], same: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from scipy.optimize import isotonic_regression

    bits, codes, counts = np.unique(weight, return_inverse=True, return_counts=True)
    rates = np.bincount(codes, weights=same) / counts
    return bits, np.asarray(isotonic_regression(rates, weights=counts).x, np.float64)


def _logistic(
    weight: NDArray[np.float64], same: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Platt's sigmoid with targets that leave room for doubt. It begins at the model's own probabilities, so that few pairs bend it little."""
    from scipy.optimize import minimize
    from scipy.special import expit, log_expit

    yes, no = same.sum(), (~same).sum()
    target = np.where(same, (yes + 1) / (yes + 2), 1 / (no + 2))
    odds = weight * np.log(2)

    def loss(free: NDArray[np.float64]) -> float:
        line = np.exp(free[0]) * odds + free[1]
        far = (free[0] / _STEEPER) ** 2 / 2 + (free[1] / _HIGHER) ** 2 / 2
        return float(far - np.sum(target * log_expit(line) + (1 - target) * log_expit(-line)))

    steep, high = minimize(
        loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 2000}
    ).x
    bits = np.linspace(-60, 90, 1501)
    return bits, np.asarray(expit(np.exp(steep) * bits * np.log(2) + high), np.float64)


def _unseen(weight: NDArray[np.float64], same: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share that curves give to pairs they had not seen; parts are dealt along the weights, so that the order of rows is nothing."""
    order = np.lexsort((same, weight))
    part = np.empty(len(weight), np.int64)
    part[order] = np.arange(len(weight)) % _FOLDS
    share = np.empty(len(weight))
    for fold in range(_FOLDS):
        here = part == fold
        share[here] = _fitted(weight[~here], same[~here]).at(weight[here])
    return share


def _reliability(
    share: NDArray[np.float64], same: NDArray[np.bool_], cautioned: NDArray[np.bool_]
) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for group, here in ((PLAIN, ~cautioned), (CAUTIONED, cautioned)):
        place = np.clip(np.searchsorted(_EDGES, share[here], side="right") - 1, 0, len(_EDGES) - 2)
        for at in range(len(_EDGES) - 1):
            inside = place == at
            n = int(inside.sum())
            if not n:
                continue
            said, happened = float(share[here][inside].mean()), float(same[here][inside].mean())
            low, high = _wilson(happened, n)
            verdict = (
                tr_later("fits")
                if low - 1e-9 <= said <= high + 1e-9
                else tr_later("said too much")
                if said > high
                else tr_later("said too little")
            )
            rows.append((group, _EDGES[at], _EDGES[at + 1], n, said, happened, low, high, verdict))
    return pd.DataFrame(
        rows, columns=["group", "p_from", "p_to", "n", "said", "happened", "low", "high", "verdict"]
    )


def _wilson(share: float, n: int) -> tuple[float, float]:
    z = 1.959964
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, round(float(middle - half), 12)), min(1.0, round(float(middle + half), 12))


def _findings(
    pairs: pd.DataFrame, brier: list[float], table: pd.DataFrame, curves: Mapping[str, Curve]
) -> tuple[str, ...]:
    off = table[table["verdict"] != "fits"]
    said = [
        tr("{n:,} decided pairs, {same:,} of them one and the same.").format(
            n=len(pairs), same=int(pairs["same"].sum())
        ),
        tr(
            "The mean squared error of the probabilities (Brier) is {after:.4f} after the correction; it was {before:.4f} before."
        ).format(after=brier[1], before=brier[0]),
        tr("{n} of {all} steps fit what happened.").format(n=len(table) - len(off), all=len(table)),
    ]
    for group, curve in curves.items():
        said.append(_HIGHEST[group].format(most=float(curve.shares.max()), n=curve.pairs))
    return tuple(said)
