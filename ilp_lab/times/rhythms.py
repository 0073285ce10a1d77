"""Whether incidents keep to days of the week or hours of the day: exact and circular tests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.moments import WHEN, check_times, clock_of, local_seconds
from ilp_lab.times.partitions import DAY, DAYS, MONDAY, WEEK

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_EXACT_UP_TO = 60
_FAINT = 0.15
_CYCLES = {"day": DAY, "week": WEEK}
_REFERENCES = {
    "weekday": (
        "Wheeler 2016, Testing serial crime events for randomness in day of week patterns with small samples, doi:10.1002/jip.1449",
    ),
    "circular": (
        "Mardia and Jupp 2000, Directional Statistics, ISBN 0-471-95333-4",
        "Kuiper 1960, Tests concerning random points on a circle; Stephens 1970, Use of the Kolmogorov-Smirnov, Cramer-von Mises and related statistics",
    ),
}


def weekday_test(
    incidents: pd.DataFrame,
    *,
    statistic: Literal["g", "chi2"] = "g",
    when: Literal["from", "middle", "to"] = "from",
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
    simulations
        Drawn at random for more than 60 incidents; fewer are counted out exactly.
    alpha
        Level of the verdict.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per day with ``label``, ``n``, ``expected``, ``share``. ``details``: ``value`` (of the statistic), ``p``, ``exact``.

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
    check.done()
    generate, seed = generator(rng, caller)
    if counted:
        counts, left_out, wide, zone = incidents["n"].to_numpy(dtype=np.int64), LeftOut(), 0.0, "as counted"
    else:
        seconds, left_out, wide = _seconds(incidents, when)
        counts = np.bincount((seconds - MONDAY) % WEEK // DAY, minlength=7)
        zone = clock_of(incidents["occurred_at"])
    n = int(counts.sum())
    if not n:
        raise InputError(f"{caller}: there is no incident with a time, so there is nothing to test.")
    value = float(_statistic(counts[None, :], statistic)[0])
    exact = n <= _EXACT_UP_TO
    p = _exact_p(value, n, statistic) if exact else _simulated_p(value, n, statistic, simulations, generate)
    import pandas as pd

    table = pd.DataFrame({"label": DAYS, "n": counts, "expected": n / 7, "share": counts / n})
    caveats = (
        [
            f"{wide:.0%} of the incidents are known only to a window of a day or more; their weekday is a guess."
        ]
        if wide > 0.05
        else []
    )
    how = (
        "All ways to spread them over seven days were counted."
        if exact
        else f"{simulations:,} random spreads were drawn."
    )
    return Result(
        name=caller,
        title="Days of the week",
        table=table,
        method=f"The counts were compared with equal days by {'the likelihood ratio G' if statistic == 'g' else 'Pearson chi-square'}. {how}",
        findings=_weekday_words(counts, p, alpha),
        params=(Param("statistic", statistic), Param("when", when), Param("alpha", alpha), Param("clock", zone)),
        caveats=(*caveats, "Equal days are the comparison; opening hours and football are not equal by nature."),
        references=_REFERENCES["weekday"],
        sources=(Source("incidents", n, fingerprint(counts), origin_of(incidents)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        seed="" if exact else seed,
        details={"value": value, "p": p, "exact": exact},
    )  # fmt: skip


def _seconds(incidents: pd.DataFrame, when: str) -> tuple[NDArray[np.int64], LeftOut, float]:
    """Local seconds of usable incidents, the others, and the share with windows of a day or more."""
    begun, known = local_seconds(incidents["occurred_at"])
    seconds, wide = begun, np.zeros(len(begun), bool)
    if "occurred_to" in incidents:
        until, ended = local_seconds(incidents["occurred_to"].dt.tz_convert(incidents["occurred_at"].dt.tz))
        ended &= until >= begun
        wide = ended & (until - begun >= DAY)
        if when != "from":
            seconds = np.where(ended, until if when == "to" else (begun + until) // 2, begun)
    reasons = np.where(known, "", "without a time").astype(object)
    return seconds[known], LeftOut.of(incidents, reasons), float(wide[known].mean()) if known.any() else 0.0


def _statistic(counts: NDArray[Any], statistic: str) -> NDArray[np.float64]:
    """G or chi-square against equal days, by row."""
    expected = counts.sum(axis=1, keepdims=True) / counts.shape[1]
    if statistic == "chi2":
        return np.asarray(((counts - expected) ** 2 / expected).sum(axis=1))
    return np.asarray(2 * (counts * np.log(np.maximum(counts, 1) / expected)).sum(axis=1))


def _exact_p(value: float, n: int, statistic: str, days: int = 7) -> float:
    """Probability of a statistic at least as large when every day is alike, counted out by partitions of n."""
    from scipy.special import gammaln

    parts = np.array(list(_partitions(n, days, n)), dtype=np.int64)
    same = np.stack([(parts == number).sum(axis=1) for number in range(n + 1)], axis=1)
    log = (
        gammaln(n + 1) - gammaln(parts + 1).sum(axis=1) - n * math.log(days)
        + gammaln(days + 1) - gammaln(same + 1).sum(axis=1)
    )  # fmt: skip
    return float(min(np.exp(log[_statistic(parts, statistic) >= value - 1e-9]).sum(), 1.0))


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


def _weekday_words(counts: NDArray[np.int64], p: float, alpha: float) -> tuple[str, ...]:
    n = int(counts.sum())
    top = int(np.argmax(counts))
    said = [
        f"{n:,} incidents; most on {DAYS[top]}: {counts[top]:,} ({counts[top] / n:.0%}; one in seven is 14 %)."
    ]
    if p < alpha:
        said.append(f"So uneven a week is rare when days do not matter (p {p:.3g}).")
    else:
        said.append(
            f"A week as uneven as this comes about by chance easily (p {p:.3g}); do not plan by weekdays on it."
        )
        if n < 10:
            said.append("With so few incidents only a very strong habit could have shown.")
    said.append(
        "It says nothing about why. Check next the hours, and whether the day is when it happened or when it was found."
    )
    return tuple(said)


def circular_test(
    incidents: pd.DataFrame,
    *,
    cycle: Literal["day", "week"] = "day",
    when: Literal["from", "middle", "to"] = "middle",
    bootstrap: int = 999,
    alpha: float = 0.05,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find the mean time of day (or week) on the clock's circle, and test whether there is one.

    Parameters
    ----------
    incidents
        A table with ``occurred_at`` and perhaps ``occurred_to``.
    cycle
        ``"day"`` or ``"week"``.
    when
        Which time counts where only a window is known.
    bootstrap
        Samples behind the interval of the mean.
    alpha
        Level of the verdict.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per measure with ``measure``, ``value``, ``p``, ``words``: mean time, its interval, concentration, Rayleigh, Kuiper.
        ``details``: ``mean_seconds``, ``resultant`` (0: all around, 1: one moment), ``rayleigh_p``, ``kuiper_p``, ``interval_seconds``.

    Raises
    ------
    InputError, ColumnError
        When something given does not fit, or fewer than two incidents have a time.

    Notes
    -----
    Half past eleven at night and half past midnight are an hour apart: an arithmetic mean would say noon. Rayleigh sees one
    peak, Kuiper any unevenness; with two peaks opposite each other only Kuiper finds something, and the mean means nothing.

    References
    ----------
    Mardia, K. V. and Jupp, P. E. (2000), Directional Statistics.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2024-01-01 23:30", "2024-01-03 00:30"]).tz_localize("Europe/Vienna")
    >>> circular_test(pd.DataFrame({"occurred_at": at}), rng=1).table["words"][0]
    '00:00'
    """
    caller = "times.circular_test"
    check = Check(caller)
    check_times(check, incidents)
    check.choice(allowed=tuple(_CYCLES), cycle=cycle)
    check.choice(allowed=WHEN, when=when)
    check.whole(99, bootstrap=bootstrap)
    check.between(0.0001, 0.5, alpha=alpha)
    check.done()
    generate, seed = generator(rng, caller)
    seconds, left_out, wide = _seconds(incidents, when)
    if len(seconds) < 2:
        raise InputError(
            f"{caller}: {len(seconds)} incident has a time; a mean on the clock needs at least two."
        )
    length = _CYCLES[cycle]
    turn = (seconds - (MONDAY if cycle == "week" else 0)) % length / length
    angle = 2 * np.pi * turn
    mean, resultant = _mean(angle)
    rayleigh, kuiper = _rayleigh(resultant, len(angle)), _kuiper(turn)
    interval = _interval(angle, mean, bootstrap, generate)
    to_time = length / (2 * np.pi)
    table = _circular_table(
        mean * to_time, resultant, rayleigh, kuiper, interval * to_time, len(angle), length
    )
    return Result(
        name=caller,
        title=f"Mean time of the {cycle}",
        table=table,
        method=(
            "Times were laid on a circle. The mean is the direction of the sum of all unit vectors, its interval comes from samples "
            "drawn with replacement; Rayleigh tests for one peak, Kuiper for any unevenness."
        ),
        findings=_circular_words(table, resultant, rayleigh, kuiper[1], alpha, cycle),
        params=(Param("cycle", cycle), Param("when", when), Param("bootstrap", bootstrap), Param("clock", clock_of(incidents["occurred_at"]))),
        caveats=(
            *((f"{wide:.0%} of the incidents are known only to a day or more.",) if wide > 0.05 else ()),
            "Times rounded to the hour or set to 00:00 by default pull the mean; the quality report says how many.",
        ),
        references=_REFERENCES["circular"],
        sources=(Source("incidents", len(seconds), fingerprint(seconds), origin_of(incidents)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        seed=seed,
        details={
            "mean_seconds": float(mean * to_time), "resultant": resultant, "rayleigh_p": rayleigh, "kuiper_p": kuiper[1],
            "interval_seconds": tuple(float(end) for end in interval * to_time),
        },
    )  # fmt: skip


def _mean(angle: NDArray[np.float64]) -> tuple[float, float]:
    east, north = float(np.cos(angle).mean()), float(np.sin(angle).mean())
    mean = math.atan2(north, east) % (2 * math.pi)
    return (0.0 if 2 * math.pi - mean < 1e-9 else mean), math.hypot(east, north)


def _rayleigh(resultant: float, n: int) -> float:
    """P of Rayleigh's test (Zar's approximation, good from n = 10)."""
    total = n * resultant
    return float(min(math.exp(math.sqrt(1 + 4 * n + 4 * (n**2 - total**2)) - (1 + 2 * n)), 1.0))


def _kuiper(turn: NDArray[np.float64]) -> tuple[float, float]:
    """Kuiper's V against a uniform circle and its p (Stephens)."""
    n = len(turn)
    ordered = np.sort(turn)
    rank = np.arange(1, n + 1)
    value = float((rank / n - ordered).max() + (ordered - (rank - 1) / n).max())
    scaled = value * (math.sqrt(n) + 0.155 + 0.24 / math.sqrt(n))
    term = np.arange(1, 101.0)
    if scaled < 0.4:
        return value, 1.0
    p = 2 * ((4 * term**2 * scaled**2 - 1) * np.exp(-2 * term**2 * scaled**2)).sum()
    return value, float(np.clip(p, 0.0, 1.0))


def _interval(
    angle: NDArray[np.float64], mean: float, bootstrap: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """95 % of means of samples, as angles; they may run over the start of the circle."""
    n = len(angle)
    east, north = np.cos(angle), np.sin(angle)
    off = np.empty(bootstrap)
    for run in range(bootstrap):
        drawn = rng.integers(0, n, n)
        off[run] = math.atan2(north[drawn].sum(), east[drawn].sum()) - mean
    off = (off + np.pi) % (2 * np.pi) - np.pi
    return np.asarray((mean + np.quantile(off, [0.025, 0.975])) % (2 * np.pi))


def _clock(second: float, length: int) -> str:
    whole = round(second / 60) * 60 % length
    clock = f"{whole % DAY // 3600:02d}:{whole % 3600 // 60:02d}"
    return clock if length == DAY else f"{DAYS[whole // DAY]} {clock}"


def _circular_table(
    mean: float, resultant: float, rayleigh: float, kuiper: tuple[float, float], interval: NDArray[np.float64], n: int, length: int
) -> pd.DataFrame:  # fmt: skip
    import pandas as pd

    low, high = (_clock(float(end), length) for end in interval)
    return pd.DataFrame(
        {
            "measure": ["mean time", "95 % interval of the mean", "concentration", "Rayleigh", "Kuiper"],
            "value": [mean / 3600, np.nan, resultant, n * resultant**2, kuiper[0]],
            "p": [np.nan, np.nan, np.nan, rayleigh, kuiper[1]],
            "words": [
                _clock(mean, length), f"{low} to {high}", "0: all around the clock, 1: all at one moment",
                "one peak against none", "any unevenness against none",
            ],
        }
    )  # fmt: skip


def _circular_words(
    table: pd.DataFrame, resultant: float, rayleigh: float, kuiper: float, alpha: float, cycle: str
) -> tuple[str, ...]:
    said = []
    if rayleigh < alpha and resultant < _FAINT:
        said.append(
            f"A faint preference for {table['words'][0]} is more than chance explains (Rayleigh p {rayleigh:.3g}), but so weak that a mean time is of no use."
        )
    elif rayleigh < alpha:
        said.append(
            f"The mean time of the {cycle} is {table['words'][0]} (95 % interval {table['words'][1]}); incidents keep to it more than chance "
            f"explains (Rayleigh p {rayleigh:.3g})."
        )
    elif kuiper < alpha:
        said.append(
            f"Times are uneven (Kuiper p {kuiper:.3g}) but have no single peak: do not use a mean time, look at the hours."
        )
    else:
        said.append(
            f"No habit of the {cycle} can be shown (Rayleigh p {rayleigh:.3g}, Kuiper p {kuiper:.3g}); a mean time would mislead."
        )
    said.append(
        f"The concentration is {resultant:.2f} on a scale from 0 (all around the clock) to 1 (one moment)."
    )
    said.append(
        "Check next with aoristic, which shows all hours and shares out windows instead of taking their middle."
    )
    return tuple(said)
