"""Whether incidents keep to days of the week: exact even for a handful of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.significance import p_words
from ilp_lab._tongue import tr, tr_later
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.moments import WHEN, check_times, clock_of
from ilp_lab.times.partitions import DAY, DAYS, MONDAY, WEEK
from ilp_lab.times.rhythms import doubts_of, finer_than, seconds_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_EXACT_UP_TO = 60
_COUNTED_OUT_UP_TO = 14
_REFERENCES = (
    "Wheeler 2016, Testing serial crime events for randomness in day of week patterns with small samples, doi:10.1002/jip.1449",
)


def weekday_test(
    incidents: pd.DataFrame,
    *,
    statistic: Literal["g", "chi2"] = "g",
    when: Literal["from", "middle", "to"] = "from",
    habit: Sequence[float] | None = None,
    simulations: int = 99_999,
    alpha: float = 0.05,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Test whether incidents prefer days of the week, exactly even for a handful of them.

    Parameters
    ----------
    incidents
        A table with ``occurred_at`` (one row per incident), or a table of seven rows with a column ``n``, Monday first.
    statistic
        ``"g"`` (likelihood ratio) or ``"chi2"`` (Pearson).
    when
        Which time counts where only a window is known.
    habit
        Seven shares, Monday first: the result says how often as many incidents of somebody with this habit would show it
        (``[0.5, 0.5, 0, 0, 0, 0, 0]``: Mondays and Tuesdays alike).
    simulations
        Drawn at random for more than 60 incidents; fewer are counted out exactly.
    alpha
        Level of the verdict.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per day with ``label``, ``n``, ``expected``, ``share``. ``details``: ``value`` (of the statistic), ``p``, ``exact``,
        ``power`` (with ``habit``).

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or there is no incident with a time.

    Notes
    -----
    With three incidents on three different days nothing can be shown; with three on one day p is 0.02. Cost: all ways to spread
    the incidents over seven days.

    References
    ----------
    Wheeler, A. P. (2016), doi:10.1002/jip.1449.

    Examples
    --------
    >>> import pandas as pd
    >>> found = weekday_test(pd.DataFrame({"n": [3, 0, 0, 0, 0, 0, 0]}))
    >>> round(found["value"], 2), round(found["p"], 6)
    (11.68, 0.020408)
    """
    caller = "times.weekday_test"
    check = Check(caller)
    counted = hasattr(incidents, "columns") and "n" in incidents and "occurred_at" not in incidents
    if counted:
        held = incidents["n"]
        if len(held) != 7 or held.dtype.kind not in "iu" or (held < 0).any():
            check.add(
                f"a table of counts must hold seven whole numbers in n, Monday first; got {held.tolist()[:10]}."
            )
    else:
        check_times(check, incidents)
    check.choice(allowed=("g", "chi2"), statistic=statistic)
    check.choice(allowed=WHEN, when=when)
    check.whole(99, simulations=simulations)
    check.between(0.0001, 0.5, alpha=alpha)
    shares = _check_habit(check, habit)
    check.done()
    generate, seed = generator(rng, caller)
    if counted:
        counts, left_out = incidents["n"].to_numpy(dtype=np.int64), LeftOut()
        wide, zone = 0.0, tr_later("as counted")
    else:
        seconds, left_out, wide = seconds_of(incidents, when)
        finer_than(incidents, "day", caller)
        counts = np.bincount((seconds - MONDAY) % WEEK // DAY, minlength=7)
        zone = clock_of(incidents["occurred_at"])
    n = int(counts.sum())
    if not n:
        raise InputError(f"{caller}: there is no incident with a time, so there is nothing to test.")
    value = float(_statistic(counts[None, :], statistic)[0])
    exact = n <= _EXACT_UP_TO
    p = _exact_p(value, n, statistic) if exact else _simulated_p(value, n, statistic, simulations, generate)
    power = None if shares is None else _power(shares, n, statistic, alpha, simulations, generate)
    import pandas as pd

    table = pd.DataFrame({"label": DAYS, "n": counts, "expected": n / 7, "share": counts / n})
    how = (tr("All ways to spread them over seven days were counted.") if exact else tr("{simulations:,} random spreads were drawn.").format(simulations=simulations))  # fmt: skip
    return Result(
        name=caller,
        title=tr_later("Days of the week"),
        table=table,
        method=tr("The counts were compared with equal days by {what}. {how}").format(what=tr("the likelihood ratio G") if statistic == "g" else tr("Pearson chi-square"), how=how),
        findings=_weekday_words(counts, p, alpha, power),
        params=(Param("statistic", statistic), Param("when", when), Param("alpha", alpha), Param("clock", zone)),
        caveats=(
            *((tr("{wide:.0%} of the incidents are known only to a window of a day or more; their weekday is a guess.").format(wide=wide),) if wide > 0.05 else ()),
            *(() if counted else doubts_of(incidents, seconds)),
            tr("Equal days are the comparison; opening hours and football are not equal by nature."),
        ),
        references=_REFERENCES,
        sources=(Source("incidents", n, fingerprint(counts), origin_of(incidents)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        seed="" if exact and (power is None or n <= _COUNTED_OUT_UP_TO) else seed,
        details={"value": value, "p": p, "exact": exact, **({} if power is None else {"power": power})},
    )  # fmt: skip


def _check_habit(check: Check, habit: Sequence[float] | None) -> NDArray[np.float64] | None:
    if habit is None:
        return None
    try:
        shares = np.asarray(habit, dtype=np.float64)
    except (TypeError, ValueError):
        shares = np.empty(0)
    if shares.shape != (7,) or not np.isfinite(shares).all() or (shares < 0).any() or not shares.sum() > 0:
        check.add(f"habit must hold seven shares of 0 and more, Monday first; got {habit!r}.")
        return None
    return np.asarray(shares / shares.sum())


def _statistic(counts: NDArray[Any], statistic: str) -> NDArray[np.float64]:
    """G or chi-square against equal days, by row."""
    expected = counts.sum(axis=1, keepdims=True) / counts.shape[1]
    if statistic == "chi2":
        return np.asarray(((counts - expected) ** 2 / expected).sum(axis=1))
    return np.asarray(2 * (counts * np.log(np.maximum(counts, 1) / expected)).sum(axis=1))


def _exact_p(value: float, n: int, statistic: str) -> float:
    """Probability of a statistic at least as large when every day is alike, counted out by partitions of n."""
    values, chance = _spread_out(n, statistic)
    return float(min(chance[values >= value - 1e-9].sum(), 1.0))


def _spread_out(n: int, statistic: str, days: int = 7) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The statistic of every way to write n as a sum of days, and its probability when days are alike."""
    from scipy.special import gammaln

    parts = np.array(list(_partitions(n, days, n)), dtype=np.int64)
    same = np.stack([(parts == number).sum(axis=1) for number in range(n + 1)], axis=1)
    log = (
        gammaln(n + 1) - gammaln(parts + 1).sum(axis=1) - n * math.log(days)
        + gammaln(days + 1) - gammaln(same + 1).sum(axis=1)
    )  # fmt: skip
    return _statistic(parts, statistic), np.exp(log)


def _power(
    shares: NDArray[np.float64], n: int, statistic: str, alpha: float, simulations: int, rng: np.random.Generator
) -> float:  # fmt: skip
    """How often n incidents with these shares by day are told from equal days at a level."""
    if n <= _EXACT_UP_TO:
        values, chance = _spread_out(n, statistic)
    else:
        values = _statistic(rng.multinomial(n, np.full(7, 1 / 7), size=simulations), statistic)
        chance = np.full(simulations, 1 / simulations)
    order = np.argsort(-values, kind="stable")
    ordered, tail = values[order], np.cumsum(chance[order])
    last = np.append(
        ordered[1:] < ordered[:-1] - 1e-9, True
    )  # a value counts with all its ways or not at all
    inside = last & (tail <= alpha * (1 + 1e-12))
    if not inside.any():
        return 0.0
    limit = ordered[np.flatnonzero(inside)[-1]] - 1e-9
    if n > _COUNTED_OUT_UP_TO:
        drawn = rng.multinomial(n, shares, size=simulations)
        return float((_statistic(drawn, statistic) >= limit).mean())
    from itertools import combinations

    from scipy.stats import multinomial

    bars = np.array(list(combinations(range(n + 6), 6)))
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), n + 6)])
    ways = np.diff(edges, axis=1) - 1
    hit = ways[_statistic(ways, statistic) >= limit]
    return float(min(multinomial.pmf(hit, n, shares).sum(), 1.0)) if len(hit) else 0.0


def _partitions(n: int, parts: int, most: int) -> Iterator[tuple[int, ...]]:
    """Ways to write n as a sum of ``parts`` numbers that do not rise."""
    if parts == 1:
        if n <= most:
            yield (n,)
        return
    for first in range(min(n, most), (n - 1) // parts - (n == 0), -1):
        if first * parts < n or first < 0:
            break
        for rest in _partitions(n - first, parts - 1, first):
            yield (first, *rest)


def _simulated_p(value: float, n: int, statistic: str, simulations: int, rng: np.random.Generator) -> float:
    drawn = rng.multinomial(n, np.full(7, 1 / 7), size=simulations)
    return float((1 + (_statistic(drawn, statistic) >= value - 1e-9).sum()) / (simulations + 1))


def _weekday_words(counts: NDArray[np.int64], p: float, alpha: float, power: float | None) -> tuple[str, ...]:
    n = int(counts.sum())
    top = int(np.argmax(counts))
    said = [
        tr("{n:,} incidents; most on {DAYS}: {counts:,} ({counts_2:.0%}; one in seven is 14 %).").format(
            n=n, DAYS=DAYS[top], counts=counts[top], counts_2=counts[top] / n
        )
    ]
    if p < alpha:
        said.append(
            tr("So uneven a week is rare when days do not matter ({p_words}).").format(p_words=p_words(p))
        )
    else:
        said.append(
            tr(
                "A week as uneven as this comes about by chance easily ({p_words}); do not plan by weekdays on it."
            ).format(p_words=p_words(p))
        )
        if n < 10:
            said.append(tr("With so few incidents only a very strong habit could have shown."))
    if power is not None:
        said.append(
            tr(
                "A habit as given would have shown in {power:.0%} of such files at the level of {alpha:g}."
            ).format(power=power, alpha=alpha)
        )
    said.append(
        tr(
            "It says nothing about why. Check next the hours, and whether the day is when it happened or when it was found."
        )
    )
    return tuple(said)
