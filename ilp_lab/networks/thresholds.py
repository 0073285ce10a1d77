"""Amounts just below a threshold: more of them than the other amounts, and the other accounts, lead one to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import in_english, shaped, tr, tr_later
from ilp_lab.networks.linkchart import by_reason
from ilp_lab.networks.payparts import NOT_GUILT, Payments, source_of, usable
from ilp_lab.networks.timedrows import left_rows
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DAY = 86_400
SIGNIFICANT = 0.05
LEAST_BINS = 6
TOO_FEW = shaped(tr_later("account with fewer than {least} payments"))


def structuring(
    transactions: pd.DataFrame,
    *,
    threshold: float,
    below: float = 0.1,
    within_days: float = 30.0,
    side: str = "payee",
    cash_only: bool = False,
    least: int = 3,
    currency: str | None = None,
) -> Result:
    """Look for amounts kept just below a reporting threshold.

    Parameters
    ----------
    transactions
        As :func:`ilp_lab.intake.read_transactions` reads them.
    threshold
        The amount from which payments are reported.
    below
        The band is ``[threshold * (1 - below), threshold)``.
    within_days
        The table says how much an account had in the band within so many days.
    side
        ``"payee"`` looks at who received, ``"payer"`` at who paid.
    cash_only
        Only payments with one account, taken as cash.
    least
        Accounts with fewer payments are left out and counted.
    currency
        Which one, where there are several.

    Returns
    -------
    Result
        One row per account with a payment in the band: ``account in_band n share expected_share p q_fdr most_in_window
        sum_in_window window_start``; p is one-sided exact binomial against the share of all other accounts.
        ``details`` holds ``in_band``, ``expected``, ``ratio`` and ``p`` for all payments together, from a curve through
        the amounts outside the band.

    Raises
    ------
    ColumnError, InputError
        When columns are missing or settings do not fit.

    Notes
    -----
    For all payments together a Poisson regression, quadratic in the logarithm of the amount, goes through the counts
    from a third of the threshold to three times of it without the band, and says how many amounts the band should
    hold; its p takes the scatter around the curve into account. Round amounts (9,500; 9,900) gather there of themselves, and a
    price just below a round sum does too.

    References
    ----------
    Kleven 2016 (bunching at thresholds), doi:10.1146/annurev-economics-080315-015234; Clopper and Pearson 1934,
    doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> import pandas as pd
    >>> other = pd.DataFrame({"payer": None, "payee": [f"B{n % 40}" for n in range(400)], "amount": [500 + 70 * n for n in range(400)]})
    >>> split = pd.DataFrame({"payer": None, "payee": "A", "amount": [9400, 9600, 9800, 9300, 9700, 2000]})
    >>> found = structuring(pd.concat([other, split]), threshold=10_000)
    >>> found.table[["account", "in_band"]].values.tolist()[0]
    ['A', 5]
    """
    faults = Check("networks.structuring")
    faults.positive(threshold=threshold, within_days=within_days)
    faults.between(0.005, 0.5, below=below)
    faults.choice(allowed=("payee", "payer"), side=side)
    faults.whole(1, least=least)
    known = usable(transactions, faults, currency=currency)
    faults.done()
    cash = (known.payer[known.rows] < 0) | (known.payee[known.rows] < 0)
    rows = known.rows[cash] if cash_only else known.rows
    own = known.payee if side == "payee" else known.payer
    low = threshold * (1 - below)
    band = (known.amount >= low) & (known.amount < threshold)
    table, few = _accounts(known, rows, own, band, least, round(within_days * DAY))
    overall = _curve(known.amount[rows], threshold, low)
    left_out = left_rows([known.left_out, few])
    return Result(
        name="networks.structuring",
        title=tr("Amounts just below {threshold:,.0f}").format(threshold=threshold),
        table=table,
        method=(
            tr(
                "Amounts from {low:,.0f} to below {threshold:,.0f}. For each account their share against that of all other accounts, "
                "by the exact binomial distribution; for all payments against a curve through the amounts outside."
            ).format(low=low, threshold=threshold)
        ),
        findings=_findings(table, overall, threshold, low, within_days),
        params=(
            Param("threshold", threshold),
            Param("below", below),
            Param("within_days", within_days),
            Param("side", side),
            Param("cash_only", cash_only),
            Param("least", least),
        ),
        caveats=(
            tr(
                "Round amounts and prices such as 9,900 lie in the band of themselves; look at the exact amounts."
            ),
            tr("One trade with one usual price makes an account stand out."),
        ),
        references=(
            "Kleven, H. J. (2016). Bunching. Annual Review of Economics 8. doi:10.1146/annurev-economics-080315-015234",
            "Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26. doi:10.1093/biomet/26.4.404",
        ),
        sources=(source_of(transactions, known),),
        left_out=by_reason(left_out),
        left_out_rows=left_out,
        handling=known.handling,
        details=overall,
    )


def _accounts(
    known: Payments,
    rows: NDArray[np.int64],
    own: NDArray[np.int64],
    band: NDArray[np.bool_],
    least: int,
    window: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    import pandas as pd
    from scipy.stats import binom

    rows = rows[own[rows] >= 0]
    size = len(known.names)
    n = np.bincount(own[rows], minlength=size)
    k = np.bincount(own[rows], weights=band[rows], minlength=size).astype(np.int64)
    names = np.array(known.names, dtype=object)
    few = np.flatnonzero((n > 0) & (n < least))
    lost = pd.DataFrame({"account": names[few].astype(str), "n": n[few]}).assign(
        reason=in_english(TOO_FEW.format(least=least))
    )
    tested = np.flatnonzero(n >= least)
    others = n.sum() - n[tested]
    expected = (k.sum() - k[tested] + 0.5) / (others + 1)
    p = binom.sf(k[tested] - 1, n[tested], expected)
    table = pd.DataFrame(
        {
            "account": names[tested].astype(str),
            "in_band": k[tested],
            "n": n[tested],
            "share": k[tested] / np.maximum(n[tested], 1),
            "expected_share": expected,
            "p": p,
            "q_fdr": false_discovery(p),
            "code": tested,
        }
    )
    table = table[table["in_band"] > 0].sort_values(
        ["p", "in_band"], ascending=[True, False], ignore_index=True
    )
    windows = [_window(known, rows[(own[rows] == code) & band[rows]], window) for code in table.pop("code")]
    table["most_in_window"] = [one[0] for one in windows]
    table["sum_in_window"] = [one[1] for one in windows]
    table["window_start"] = known.moments(np.array([one[2] for one in windows], dtype=np.float64))
    return table, lost


def _window(known: Payments, rows: NDArray[np.int64], window: int) -> tuple[int, float, float]:
    """Most payments of the band in a window: how many, how much, from when."""
    from ilp_lab.networks.loops.moving import fullest

    if known.seconds is None or not known.timed[rows].any():
        return len(rows), float(known.amount[rows].sum()), np.nan
    timed = rows[known.timed[rows]]
    timed = timed[np.argsort(known.seconds[timed], kind="stable")]
    most, at = fullest(known.seconds[timed], window)
    inside = timed[at : at + most]
    return int(most), float(known.amount[inside].sum()), float(known.seconds[inside[0]])


def _curve(amount: NDArray[np.float64], threshold: float, low: float) -> dict[str, Any]:
    """Amounts in the band, and what a curve through the others leads one to expect."""
    from scipy.stats import nbinom, poisson

    inside = int(((amount >= low) & (amount < threshold)).sum())
    found: dict[str, Any] = {"in_band": inside, "expected": None, "ratio": None, "p": None}
    width = np.log(threshold / low)
    steps_down = max(int(np.floor(np.log(3) / width)), 4)
    edges = np.log(threshold) + width * np.arange(-steps_down - 1, steps_down + 1)
    counts, _ = np.histogram(np.log(amount), edges)
    middle = (edges[:-1] + edges[1:]) / 2 - np.log(threshold)
    outside = np.ones(len(counts), bool)
    outside[steps_down] = False
    if (counts[outside] > 0).sum() < LEAST_BINS:
        return found
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(middle)), middle, middle**2])
    fit = sm.GLM(counts[outside], design[outside], family=sm.families.Poisson()).fit(maxiter=50)
    expected = float(fit.predict(design[~outside])[0])
    scatter = max(float(fit.pearson_chi2 / fit.df_resid), 1.0)
    if scatter > 1:
        shape = expected / (scatter - 1)
        p = float(nbinom.sf(inside - 1, shape, 1 / scatter))
    else:
        p = float(poisson.sf(inside - 1, expected))
    return {
        "in_band": inside,
        "expected": expected,
        "ratio": inside / expected if expected > 0 else None,
        "p": p,
    }


def _findings(
    table: pd.DataFrame, overall: dict[str, Any], threshold: float, low: float, days: float
) -> tuple[str, ...]:
    said = [
        tr("{in_band:,} payments lie from {low:,.0f} to below {threshold:,.0f}.").format(
            in_band=overall["in_band"], low=low, threshold=threshold
        )
    ]
    if overall["expected"] is None:
        said[0] += tr(" There are too few other amounts to say how many to expect.")
    else:
        more = tr("more") if overall["p"] <= SIGNIFICANT else tr_later("not clearly more")
        said[0] += tr(
            " The amounts around lead one to expect {expected:.1f}: {more} than chance (p = {p:.3f})."
        ).format(expected=overall["expected"], more=more, p=overall["p"])
    clear = table[table["q_fdr"] <= SIGNIFICANT]
    said.append(
        tr(
            "{n:,} accounts have a clearly larger share of such amounts than the others (false discovery rate {SIGNIFICANT:.0%})."
        ).format(n=len(clear), SIGNIFICANT=SIGNIFICANT)
    )
    said += [
        tr(
            "{account}: {band} of {n} payments; {most} of them within {days:g} days, {sum:,.0f} in all."
        ).format(
            account=row.account,
            band=row.in_band,
            n=row.n,
            most=row.most_in_window,
            days=days,
            sum=row.sum_in_window,
        )
        for row in clear.head(3).itertuples()
    ]
    said.append(NOT_GUILT)
    return tuple(said)
