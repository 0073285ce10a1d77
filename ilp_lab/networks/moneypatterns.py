"""Patterns in payments that are worth a look: money that comes back, many hands at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import in_english, shaped, tr, tr_later
from ilp_lab.networks.linkchart import by_reason
from ilp_lab.networks.payparts import NOT_GUILT, Payments, source_of, usable
from ilp_lab.networks.timedrows import left_rows
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MOST_FOUND = 200_000
DAY = 86_400
SIGNIFICANT = 0.05
FEW, MOST_SIMULATIONS = 2, 100_000
_TOO_FEW = shaped(tr_later("account with fewer than {least} counterparties in one direction"))


def round_trips(
    transactions: pd.DataFrame,
    *,
    within_days: float = 14.0,
    least_steps: int = 3,
    most_steps: int = 5,
    least_kept: float = 0.8,
    currency: str | None = None,
    permutations: int = 99,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find money that comes back to where it started, in order of time and nearly whole.

    Parameters
    ----------
    transactions
        As :func:`ilp_lab.intake.read_transactions` reads them, with times.
    within_days
        From the first payment to the last.
    least_steps, most_steps
        How many payments a round trip has; two is money paid back.
    least_kept
        Each payment is at least this share of the one before, and no more than 1 / this share.
    currency
        Which one, where there are several.
    permutations
        How often amounts and times are dealt out anew among the payments, to see what chance brings.
    rng
        Seed.

    Returns
    -------
    Result
        One row per round trip: ``path first_amount last_amount kept steps start end hours rows``; ``rows`` lists
        positions in the table. ``details`` holds ``found``, ``expected`` and ``p`` of their number.

    Raises
    ------
    ColumnError, InputError
        When columns are missing or settings do not fit.

    Notes
    -----
    Each round trip starts with its earliest payment and visits no account twice. Cost grows with the payments and with
    how many of similar size follow on each other; at most 200,000 are listed, all are counted. Chance keeps who pays
    whom and breaks only the order and size.

    References
    ----------
    Paranjape, Benson and Leskovec 2017 (patterns in time-stamped networks), doi:10.1145/3018661.3018731.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"payer": ["A", "B", "C"], "payee": ["B", "C", "A"], "amount": [1000, 980, 950],
    ...                       "booked_at": pd.to_datetime(["2024-05-01", "2024-05-02", "2024-05-04"])})
    >>> round_trips(table, rng=1).table[["path", "steps", "kept"]].values.tolist()
    [['A → B → C → A', 3, 0.95]]
    """
    faults = Check("networks.round_trips")
    faults.positive(within_days=within_days)
    faults.whole(2, least_steps=least_steps, most_steps=most_steps)
    faults.between(0.01, 1, least_kept=least_kept)
    faults.whole(1, permutations=permutations)
    if not faults.faults and least_steps > most_steps:
        faults.add(f"least_steps must not be above most_steps; got {least_steps} and {most_steps}.")
    known = usable(transactions, faults, timed=True, currency=currency)
    faults.done()
    draw, seed = generator(rng, "networks.round_trips")
    found, counts, rows = _trips(known, within_days, least_steps, most_steps, least_kept, permutations, draw)
    table = _trip_table(known, found, rows)
    total = int(counts[0])
    p = (int((counts[1:] >= total).sum()) + 1) / (permutations + 1)
    left_out = left_rows([known.left_out])
    return Result(
        name="networks.round_trips",
        title=tr_later("Money that comes back"),
        table=table,
        method=(
            tr(
                "Chains of {least_steps} to {most_steps} payments that lead back to their start within {within_days:g} days, each "
                "after the one before and at least {least_kept:.0%} of it. Chance deals the amounts and times out anew among the "
                "same payers and payees."
            ).format(
                least_steps=least_steps, most_steps=most_steps, within_days=within_days, least_kept=least_kept
            )
        ),
        findings=_trip_findings(table, total, counts[1:], p),
        params=(
            Param("within_days", within_days),
            Param("least_steps", least_steps),
            Param("most_steps", most_steps),
            Param("least_kept", least_kept),
            Param("permutations", permutations),
        ),
        caveats=(
            tr("Money is not marked: that it is the same money is read from order and size only."),
            tr("Cash and accounts elsewhere are not seen, so round trips through them are missed."),
            *(
                (
                    tr("Only the first {MOST_FOUND:,} are in the table; make within_days shorter.").format(
                        MOST_FOUND=MOST_FOUND
                    ),
                )
                if total > MOST_FOUND
                else ()
            ),
        ),
        references=(
            "Paranjape, A., Benson, A. R. and Leskovec, J. (2017). Motifs in temporal networks. WSDM. "
            "doi:10.1145/3018661.3018731",
        ),
        sources=(source_of(transactions, known),),
        left_out=by_reason(left_out),
        left_out_rows=left_out,
        handling=known.handling,
        seed=seed,
        details={"found": total, "expected": float(counts[1:].mean()), "p": p},
    )


def fan_in_out(
    transactions: pd.DataFrame,
    *,
    within_hours: float = 72.0,
    least: int = 5,
    currency: str | None = None,
    permutations: int = 999,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find accounts that many others pay, or that pay many others, in a short time.

    Parameters
    ----------
    transactions
        As :func:`ilp_lab.intake.read_transactions` reads them, with times. Cash does not count.
    within_hours
        Length of the window that is moved along each account's payments.
    least
        Accounts with fewer different counterparties in all are left out and counted.
    currency
        Which one, where there are several.
    permutations
        How often each account's payments are thrown onto other days; more often where chance rarely reaches them.
    rng
        Seed.

    Returns
    -------
    Result
        One row per account and direction: ``account direction in_window usual_most n counterparties window_start
        window_end amount simulations p q_fdr``. ``direction`` is fan-in or fan-out. One-sided.

    Raises
    ------
    ColumnError, InputError
        When columns are missing or settings do not fit.

    Notes
    -----
    Chance throws an account's payments onto the days between its first and last, at times of day drawn from all
    payments. Pay days and the first of the month make such windows for everybody who pays wages or takes rents.

    References
    ----------
    Kulldorff 2001 (scan statistics over time), doi:10.1111/1467-985X.00186; Phipson and Smyth 2010,
    doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"payer": [f"A{n}" for n in range(12)], "payee": "B", "amount": 100,
    ...     "booked_at": pd.to_datetime(["2024-01-01", "2024-12-30"] + ["2024-05-01"] * 10)})
    >>> found = fan_in_out(table, rng=1)
    >>> found.table[["account", "direction", "in_window"]].values.tolist()
    [['B', 'fan-in', 10]]
    """
    import pandas as pd

    faults = Check("networks.fan_in_out")
    faults.positive(within_hours=within_hours)
    faults.whole(2, least=least)
    faults.whole(1, permutations=permutations)
    known = usable(transactions, faults, timed=True, currency=currency)
    faults.done()
    draw, seed = generator(rng, "networks.fan_in_out")
    start = int(draw.integers(2**62))
    parts, lost = [], []
    for direction, own, other in (
        ("fan-in", known.payee, known.payer),
        ("fan-out", known.payer, known.payee),
    ):
        part, few = _fans(
            known, own, other, direction, round(within_hours * 3600), least, permutations, start
        )
        parts.append(part)
        lost.append(few)
    table = pd.concat(parts, ignore_index=True)
    table["q_fdr"] = false_discovery(table["p"].to_numpy(dtype=np.float64))
    table = table.sort_values(["p", "in_window"], ascending=[True, False], ignore_index=True)
    left_out = left_rows([known.left_out, *lost])
    clear = table[table["q_fdr"] <= SIGNIFICANT]
    said = _fan_words(clear, len(table), within_hours)
    return Result(
        name="networks.fan_in_out",
        title=tr_later("Many hands at once"),
        table=table,
        method=(
            tr("A window of {within_hours:g} hours is moved along the payments of each account; what counts is how many different counterparties it holds. Chance throws the payments onto other days of the account's life.").format(within_hours=within_hours)
        ),
        findings=(*said, NOT_GUILT),
        params=(
            Param("within_hours", within_hours),
            Param("least", least),
            Param("permutations", permutations),
        ),
        caveats=(tr("Pay days, rents and sales bring many payments at once to whoever pays or takes them."),),
        references=(
            "Kulldorff, M. (2001). JRSS A 164. doi:10.1111/1467-985X.00186",
            "Phipson, B. and Smyth, G. (2010). Permutation p-values should never be zero. doi:10.2202/1544-6115.1585",
        ),
        sources=(source_of(transactions, known),),
        left_out=by_reason(left_out),
        left_out_rows=left_out,
        handling=known.handling,
        seed=seed,
    )  # fmt: skip


def _trips(
    known: Payments,
    within_days: float,
    least_steps: int,
    most_steps: int,
    least_kept: float,
    permutations: int,
    draw: np.random.Generator,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows of every round trip; how many there are, first as recorded and then by chance; and the rows used."""
    from tqdm.auto import tqdm

    from ilp_lab.networks.loops.money import cycles

    rows = known.rows[(known.payer[known.rows] >= 0) & (known.payee[known.rows] >= 0)]
    seconds = known.seconds if known.seconds is not None else known.clock
    rows = rows[np.argsort(seconds[rows], kind="stable")]
    payer, payee = known.payer[rows], known.payee[rows]
    amount, at = known.amount[rows], seconds[rows]
    offsets = np.searchsorted(np.sort(payer), np.arange(len(known.names) + 1)).astype(np.int64)
    settings = (least_steps, most_steps, round(within_days * DAY), float(least_kept), 1.0 / least_kept)
    counts = np.zeros(permutations + 1, np.int64)
    nothing = np.empty((0, most_steps), np.int64)
    found = nothing
    for at_random in tqdm(range(permutations + 1), desc="round trips by chance", delay=1, leave=False):
        if at_random:
            deal = draw.permutation(len(rows))
            size, when = amount[deal], at[deal]
        else:
            size, when = amount, at
        order = np.lexsort((when, payer)).astype(np.int64)
        counts[at_random] = cycles(payer, payee, when, size, offsets, order, *settings, nothing)
        if not at_random and counts[0]:
            found = np.full((min(int(counts[0]), MOST_FOUND), most_steps), -1, np.int64)
            cycles(payer, payee, when, size, offsets, order, *settings, found)
    return found, counts, rows


def _trip_table(known: Payments, found: NDArray[np.int64], rows: NDArray[np.int64]) -> pd.DataFrame:
    import pandas as pd

    seconds = known.seconds if known.seconds is not None else known.clock
    listed = []
    for path in found:
        used = rows[path[path >= 0]]
        accounts = [known.names[known.payer[used[0]]], *(known.names[at] for at in known.payee[used])]
        listed.append(
            (
                " → ".join(accounts), len(used), float(seconds[used[0]]), float(seconds[used[-1]]), known.amount[used[0]],
                known.amount[used[-1]], ", ".join(map(str, used.tolist())),
            )
        )  # fmt: skip
    names = ["path", "steps", "start", "end", "first_amount", "last_amount", "rows"]
    table = pd.DataFrame(listed, columns=names)
    table.insert(4, "hours", ((table["end"] - table["start"]) / 3600).astype(np.float64).round(2))
    table.insert(7, "kept", (table["last_amount"] / table["first_amount"]).astype(np.float64).round(4))
    for name in ("start", "end"):
        table[name] = known.moments(table[name].to_numpy(dtype=np.float64))
    order = ["path", "first_amount", "last_amount", "kept", "steps", "start", "end", "hours", "rows"]
    return table[order].sort_values(["first_amount", "start"], ascending=[False, True], ignore_index=True)


def _trip_findings(table: pd.DataFrame, total: int, chance: NDArray[np.int64], p: float) -> tuple[str, ...]:
    high = np.quantile(chance, 0.95, method="higher")
    said = [
        tr(
            "{total:,} round trips were found; chance alone brings {chance:.1f} on average and at most {high:,.0f} in 95 of 100 "
            "deals (p = {p:.3f})."
        ).format(total=total, chance=chance.mean(), high=high, p=p)
    ]
    said += [
        tr("{path}: {first:,.0f} came back as {last:,.0f} after {hours} hours.").format(
            path=row.path, first=row.first_amount, last=row.last_amount, hours=row.hours
        )
        for row in table.head(3).itertuples()
    ]
    said.append(tr("Look at the payments themselves: purpose, documents, who holds the accounts."))
    said.append(NOT_GUILT)
    return tuple(said)


def _fan_words(clear: pd.DataFrame, number: int, within_hours: float) -> list[str]:
    said = [tr("{n:,} of {n_2:,} accounts and directions have a window of {within_hours:g} hours with more different counterparties than their own habits explain (false discovery rate {SIGNIFICANT:.0%}).").format(n=len(clear), n_2=number, within_hours=within_hours, SIGNIFICANT=SIGNIFICANT)]  # fmt: skip
    said += [
        tr(
            "{account}, {direction}: {in_window} counterparties and {amount:,.0f} from {window_start:%d %B %Y} on; "
            "{usual_most:.1f} would be usual."
        ).format(
            account=row.account,
            direction=row.direction,
            in_window=row.in_window,
            amount=row.amount,
            window_start=row.window_start,
            usual_most=row.usual_most,
        )
        for row in clear.head(3).itertuples()
    ]
    return said


def _fans(
    known: Payments,
    own: NDArray[np.int64],
    other: NDArray[np.int64],
    direction: str,
    window: int,
    least: int,
    permutations: int,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One direction: accounts with their fullest window, and those with too few counterparties."""
    import pandas as pd
    from tqdm.auto import tqdm

    from ilp_lab.networks.loops.money import different_by_chance, most_different

    rows = known.rows[
        (own[known.rows] >= 0) & (other[known.rows] >= 0) & (own[known.rows] != other[known.rows])
    ]
    rows = rows[np.lexsort((known.clock[rows], own[rows]))]
    accounts, offsets = np.unique(own[rows], return_index=True)
    offsets = np.append(offsets, len(rows))
    pool = known.clock[rows] % DAY
    scratch = np.zeros(len(known.names), np.int64)
    listed, few = [], []
    tested = [len(np.unique(other[rows[offsets[at] : offsets[at + 1]]])) for at in range(len(accounts))]
    more = math.ceil(4 * sum(n >= least for n in tested) / SIGNIFICANT) - permutations
    for at in tqdm(range(len(accounts)), desc=f"{direction} by chance", delay=1, leave=False):
        mine = rows[offsets[at] : offsets[at + 1]]
        name, parties = known.names[accounts[at]], tested[at]
        if parties < least:
            few.append((name, direction, len(mine), parties))
            continue
        clock, who = known.clock[mine], other[mine]
        best, begin = most_different(clock, who, window, scratch)
        inside = mine[(clock >= clock[begin]) & (clock < clock[begin] + window)]
        first, days = int(clock[0] // DAY), int(clock[-1] // DAY - clock[0] // DAY + 1)
        ways = (who, first, days, pool, window, best)
        reached, total = different_by_chance(*ways, permutations, np.uint64(seed + at), scratch)
        thrown = permutations
        if reached <= FEW and more > 0:
            again, _ = different_by_chance(
                *ways, min(more, MOST_SIMULATIONS), np.uint64(seed + 2**40 + at), scratch
            )
            reached, thrown = reached + again, thrown + min(more, MOST_SIMULATIONS)
        listed.append(
            (
                name, direction, best, round(total / permutations, 2), len(mine), parties, clock[begin], known.clock[inside[-1]],
                float(known.amount[inside].sum()), thrown, (reached + 1) / (thrown + 1),
            )
        )  # fmt: skip
    names = [
        "account", "direction", "in_window", "usual_most", "n", "counterparties", "window_start", "window_end", "amount",
        "simulations", "p",
    ]  # fmt: skip
    table = pd.DataFrame(listed, columns=names)
    for name in ("window_start", "window_end"):
        table[name] = table[name].to_numpy(dtype=np.int64).astype("datetime64[s]")
    lost = pd.DataFrame(few, columns=["account", "direction", "n", "counterparties"])
    return table, lost.assign(reason=in_english(_TOO_FEW.format(least=least)))
