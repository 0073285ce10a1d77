"""Calibration: whether what was called likely happened as often as the word says."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.reasoning.judging import Judgement, judgements_table
from ilp_lab.reasoning.yardsticks import DEFAULT, Yardstick, yardstick
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_FEW = 20
_REFERENCES = (
    "Brier 1950, Verification of forecasts expressed in terms of probability, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
    "Murphy 1973, A new vector partition of the probability score, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2",
    "Spiegelhalter 1986, Probabilistic prediction in patient management and clinical trials, doi:10.1002/sim.4780050506",
)


def calibration(
    judgements: pd.DataFrame | Iterable[Judgement],
    *,
    probability: str = "probability",
    outcome: str = "outcome",
    on: str | Path | Yardstick = DEFAULT,
    simulations: int = 2000,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Compare the probabilities of past judgements with what happened.

    Parameters
    ----------
    judgements
        Judgements, or a table with one row each.
    probability, outcome
        Columns: a number above 0 and below 1, and whether it came true (empty while open).
    on
        The yardstick whose terms make the rows of the answer.
    simulations
        For the interval of the Brier score.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``, one row per term that was used: ``term``, ``n``, ``said`` (mean probability), ``happened`` (share),
        ``low``, ``high`` (exact 95 % interval of the share), ``term_low``, ``term_high`` (what the term stands for), ``verdict``. ``details``: ``brier`` with ``brier_low`` and
        ``brier_high``, ``reliability``, ``resolution``, ``uncertainty`` (Murphy), ``skill`` (against always saying the
        overall share), ``z`` and ``p`` of Spiegelhalter's test that the probabilities are right.

    Raises
    ------
    InputError, ColumnError
        When no judgement is resolved, or a value does not fit.

    Notes
    -----
    The Brier score is the mean of (p - o) squared: 0 is perfect, 0.25 is what "one half" always gets. Judgements whose
    outcome is open are left out and counted. Cost: a few passes.

    References
    ----------
    Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2. Murphy (1973). Spiegelhalter (1986), doi:10.1002/sim.4780050506.

    Examples
    --------
    >>> import pandas as pd
    >>> past = pd.DataFrame({"probability": [0.9, 0.7, 0.2, 0.6], "outcome": [True, True, False, False]})
    >>> round(calibration(past, rng=1)["brier"], 4)
    0.125
    """
    caller = "reasoning.calibration"
    frame = _frame(judgements)
    said, happened, open_rows = _resolved(frame, probability, outcome, simulations, caller)
    scale = on if isinstance(on, Yardstick) else yardstick(on)
    random, seed = generator(rng, caller)
    table = _by_term(said, happened, scale)
    score = (said - happened) ** 2
    means = score[random.integers(0, len(score), (simulations, len(score)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    z, p = _spiegelhalter(said, happened)
    base = float(happened.mean())
    parts = _murphy(said, happened)
    details: dict[str, Any] = {
        "brier": float(score.mean()),
        "brier_low": float(low),
        "brier_high": float(high),
        **parts,
        "skill": 1 - float(score.mean()) / (base * (1 - base)) if 0 < base < 1 else math.nan,
        "z": z,
        "p": p,
        "n": len(said),
    }
    return Result(
        name=caller,
        title=tr("Were the judgements right as often as they said?"),
        table=table,
        method=tr("The Brier score with its parts (Murphy), a bootstrap interval, Spiegelhalter's test of the probabilities, and per " "term of the yardstick the share that came true with its exact interval."),
        findings=_findings(table, details, scale),
        params=(Param("on", scale.name), Param("simulations", simulations)),
        caveats=(
            tr("Judgements that can be resolved are not those that matter most; what stayed open is not in here."),
            *((tr("With {n} resolved judgements little can be said.").format(n=len(said)),) if len(said) < _FEW else ()),
            tr("Judgements on the same case hang together; the intervals do not know that."),
        ),
        references=_REFERENCES,
        sources=(Source("judgements", len(said), fingerprint(said, happened), origin_of(frame)),),
        left_out={"outcome still open": len(open_rows)} if len(open_rows) else {},
        left_out_rows=open_rows.assign(reason=tr_later("outcome still open")) if len(open_rows) else None,
        handling=handling_of(frame),
        seed=seed,
        details=details,
    )  # fmt: skip


def _frame(judgements: Any) -> pd.DataFrame:
    """Judgements as a table; a table as it is."""
    return judgements if hasattr(judgements, "columns") else judgements_table(judgements)


def _resolved(
    frame: Any, probability: str, outcome: str, simulations: int, caller: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], pd.DataFrame]:
    import pandas as pd

    check = Check(caller)
    check.whole(1, simulations=simulations)
    if check.frame(frame, "the table"):
        check.columns(frame, [probability, outcome], "the table")
    check.done()
    known = frame[outcome].notna()
    happened = pd.to_numeric(frame.loc[known, outcome].map({True: 1, False: 0}), errors="coerce")
    said = pd.to_numeric(frame.loc[known, probability], errors="coerce")
    if happened.isna().any():
        check.add(f"{outcome} must hold True, False or nothing.", ColumnError)
    if not said.between(0, 1, inclusive="neither").all():
        check.add(f"{probability} must hold numbers above 0 and below 1 (shares, not per cent).", ColumnError)
    if not known.any():
        check.add("no judgement is resolved yet; use Judgement.resolve(came_true=...).")
    check.done()
    return said.to_numpy(dtype=np.float64), happened.to_numpy(dtype=np.float64), frame[~known]


def _by_term(said: NDArray[np.float64], happened: NDArray[np.float64], scale: Yardstick) -> pd.DataFrame:
    import pandas as pd
    from scipy.stats import beta

    placed = np.array([scale.place(float(p)).term.term for p in said])
    found = []
    for term in scale.terms:
        here = placed == term.term
        n, k = int(here.sum()), int(happened[here].sum())
        if not n:
            continue
        low = 0.0 if k == 0 else float(beta.ppf(0.025, k, n - k + 1))
        high = 1.0 if k == n else float(beta.ppf(0.975, k + 1, n - k))
        mean = float(said[here].mean())
        less, more = high < min(term.low, mean), low > max(term.high, mean)
        verdict = (
            tr_later("happened less often") if less else tr_later("happened more often") if more else "fits"
        )
        found.append({"term": term.term, "n": n, "said": mean, "happened": k / n, "low": low, "high": high, "term_low": term.low, "term_high": term.high, "verdict": verdict})  # fmt: skip
    return pd.DataFrame(found)


def _murphy(said: NDArray[np.float64], happened: NDArray[np.float64]) -> dict[str, float]:
    """Reliability, resolution and uncertainty; exact when judgements share few different probabilities."""
    values, at = np.unique(said, return_inverse=True)
    n = np.bincount(at)
    share = np.bincount(at, happened) / n
    base = happened.mean()
    return {
        "reliability": float((n * (values - share) ** 2).sum() / n.sum()),
        "resolution": float((n * (share - base) ** 2).sum() / n.sum()),
        "uncertainty": float(base * (1 - base)),
    }


def _spiegelhalter(said: NDArray[np.float64], happened: NDArray[np.float64]) -> tuple[float, float]:
    from scipy.stats import norm

    spread = float((((1 - 2 * said) ** 2) * said * (1 - said)).sum())
    if spread <= 0:
        return 0.0, 1.0
    z = float(((happened - said) * (1 - 2 * said)).sum()) / math.sqrt(spread)
    return z, float(2 * norm.sf(abs(z)))


def _findings(table: pd.DataFrame, details: dict[str, Any], scale: Yardstick) -> tuple[str, ...]:
    first = tr(
        "{n} resolved judgements have a Brier score of {brier:.3f} (95 % interval {brier_low:.3f} to {brier_high:.3f}; 0 is "
        "perfect, 0.25 is what 'one half' always gets)."
    ).format(
        n=details["n"],
        brier=details["brier"],
        brier_low=details["brier_low"],
        brier_high=details["brier_high"],
    )
    verdict = (
        tr("Their probabilities do not fit what happened (Spiegelhalter p {p:.3g}).").format(p=details["p"])
        if details["p"] < 0.05
        else tr("What happened does not speak against their probabilities (Spiegelhalter p {p:.2f}).").format(
            p=details["p"]
        )
    )
    off = table[table["verdict"] != "fits"]
    each = [
        tr("{term!r} was said {n} times and came true in {happened:.0%}; it stands for {words}.").format(
            term=row["term"], n=row["n"], happened=row["happened"], words=scale[row["term"]].words
        )
        for row in off.head(3).to_dict("records")
    ] or [tr("No single term is off by more than chance explains.")]
    return (
        first,
        verdict,
        *each,
        tr("This says how a unit's words are to be read; it is no mark for a person."),
    )
