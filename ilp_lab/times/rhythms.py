"""Whether incidents keep to a time of day or week: tests on the clock's circle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.leftout import LeftOut
from ilp_lab._ground.significance import p_words
from ilp_lab._tongue import tr, tr_later, trn
from ilp_lab.errors import InputError
from ilp_lab.result import Param, Result, Source, fingerprint
from ilp_lab.safeguards import handling_of, origin_of
from ilp_lab.times.moments import WHEN, check_times, clock_of, local_ends, local_seconds, told_to
from ilp_lab.times.partitions import DAY, DAYS, MONDAY, WEEK

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_FAINT = 0.15
_CYCLES = {"day": DAY, "week": WEEK}
_REFERENCES = (
    "Mardia and Jupp 2000, Directional Statistics, ISBN 0-471-95333-4",
    "Kuiper 1960, Tests concerning random points on a circle; Stephens 1970, Use of the Kolmogorov-Smirnov, Cramer-von Mises and related statistics",
)


def finer_than(incidents: pd.DataFrame, needed: str, caller: str) -> None:
    """Refuse where the file tells only months, or days where the hour is asked."""
    known = told_to(incidents)
    if known == "month":
        raise InputError(
            f"{caller}: the file tells only the month of each incident, so neither weekday nor hour can be known."
        )
    if known == "day" and needed == "time":
        raise InputError(
            f"{caller}: the file tells only the day of each incident (all stand at one time of day), so the hour cannot be known; "
            "weekday_test can be answered."
        )


def seconds_of(incidents: pd.DataFrame, when: str) -> tuple[NDArray[np.int64], LeftOut, float]:
    """Local seconds of usable incidents, the others, and the share with windows of a day or more."""
    begun, known = local_seconds(incidents["occurred_at"])
    until, ended = local_ends(incidents)
    ended &= until >= begun
    wide = ended & (until - begun >= DAY)
    seconds = begun
    if when != "from":
        seconds = np.where(ended, until if when == "to" else (begun + until) // 2, begun)
    reasons = np.where(known, "", tr_later("without a time")).astype(object)
    return seconds[known], LeftOut.of(incidents, reasons), float(wide[known].mean()) if known.any() else 0.0


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
    seconds, left_out, wide = seconds_of(incidents, when)
    finer_than(incidents, "time" if cycle == "day" else "day", caller)
    if len(seconds) < 2:
        raise InputError(
            f"{caller}: {'1 incident has' if len(seconds) else 'no incident has'} a time; a mean on the clock needs at least two."
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
        title=tr("Mean time of the {cycle}").format(cycle=cycle),
        table=table,
        method=(
            tr("Times were laid on a circle. The mean is the direction of the sum of all unit vectors, its interval comes from " "samples drawn with replacement; Rayleigh tests for one peak, Kuiper for any unevenness.")
        ),
        findings=_circular_words(table, resultant, rayleigh, kuiper[1], alpha, cycle),
        params=(Param("cycle", cycle), Param("when", when), Param("bootstrap", bootstrap), Param("clock", clock_of(incidents["occurred_at"]))),
        caveats=(
            *((tr("{wide:.0%} of the incidents are known only to a day or more.").format(wide=wide),) if wide > 0.05 else ()),
            *doubts_of(incidents, seconds),
            *_heaped(seconds),
        ),
        references=_REFERENCES,
        sources=(Source("incidents", len(seconds), fingerprint(seconds), origin_of(incidents)),),
        left_out=dict(left_out),
        left_out_rows=left_out.rows,
        handling=handling_of(incidents),
        seed=seed,
        details={
            "mean_seconds": float(mean * to_time), "resultant": resultant, "rayleigh_p": rayleigh, "kuiper_p": kuiper[1],
            "interval_seconds": tuple(float(end) for end in interval * to_time),
            "hours": np.bincount((turn * length // 3600).astype(np.int64), minlength=length // 3600),
        },
    )  # fmt: skip


def doubts_of(incidents: pd.DataFrame, seconds: NDArray[np.int64]) -> tuple[str, ...]:
    """What the times themselves leave open: ends before beginnings, and one time for all."""
    begun, known = local_seconds(incidents["occurred_at"])
    until, ended = local_ends(incidents)
    wrong = int(np.count_nonzero(known & ended & (until < begun)))
    said = []
    if wrong:
        said.append(
            trn(
                "{wrong:,} incident ends before it begins; only its beginning was used. Check which is wrong.",
                "{wrong:,} incidents end before they begin; only their beginning was used. Check which is wrong.",
                wrong,
            ).format(wrong=wrong)
        )
    if len(seconds) > 1 and (seconds == seconds[0]).all():
        said.append(tr("All incidents bear one and the same time; look whether a program put it there."))
    return tuple(said)


def _heaped(seconds: NDArray[np.int64]) -> tuple[str, ...]:
    """What rounded and default times do to the tests, where they are many."""
    full, midnight = float((seconds % 3600 == 0).mean()), float((seconds % DAY == 0).mean())
    said = []
    if midnight > 0.1:
        said.append(
            tr(
                "{midnight:.0%} of the times stand at 00:00 exactly, the usual default; they pull the mean towards midnight."
            ).format(midnight=midnight)
        )
    if full > 0.3 and len(seconds) >= 50:
        said.append(
            tr(
                "{full:.0%} of the times stand at full hours; Kuiper's test takes such rounding for unevenness when there are many."
            ).format(full=full)
        )
    return tuple(said)


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
    return clock if length == DAY else DAYS[whole // DAY] + f" {clock}"


def _circular_table(
    mean: float, resultant: float, rayleigh: float, kuiper: tuple[float, float], interval: NDArray[np.float64], n: int, length: int
) -> pd.DataFrame:  # fmt: skip
    import pandas as pd

    low, high = (_clock(float(end), length) for end in interval)
    return pd.DataFrame(
        {
            "measure": [tr_later("mean time"), tr_later("95 % interval of the mean"), tr_later("concentration"), "Rayleigh", "Kuiper"],
            "value": [mean / 3600, np.nan, resultant, n * resultant**2, kuiper[0]],
            "p": [np.nan, np.nan, np.nan, rayleigh, kuiper[1]],
            "words": pd.Series([
                _clock(mean, length), tr_later("{low} to {high}").format(low=low, high=high), tr_later("0: all around the clock, 1: all at one moment"),
                tr_later("one peak against none"), tr_later("any unevenness against none"),
            ], dtype=object),
        }
    )  # fmt: skip


def _circular_words(
    table: pd.DataFrame, resultant: float, rayleigh: float, kuiper: float, alpha: float, cycle: str
) -> tuple[str, ...]:
    said = []
    if rayleigh < alpha and resultant < _FAINT:
        said.append(
            tr(
                "A faint preference for {words} is more than chance explains ({p_words}), but so weak that a mean time is of no use."
            ).format(words=table["words"][0], p_words=p_words(rayleigh, tr_later("Rayleigh p")))
        )
    elif rayleigh < alpha:
        said.append(
            tr(
                "The mean time of the {cycle} is {words} (95 % interval {words_2}); incidents keep to it more than chance explains "
                "({p_words})."
            ).format(
                cycle=cycle,
                words=table["words"][0],
                words_2=table["words"][1],
                p_words=p_words(rayleigh, tr_later("Rayleigh p")),
            )
        )
    elif kuiper < alpha:
        said.append(
            tr(
                "Times are uneven ({p_words}) but have no single peak: do not use a mean time, look at the hours."
            ).format(p_words=p_words(kuiper, tr_later("Kuiper p")))
        )
    else:
        said.append(
            tr(
                "No habit of the {cycle} can be shown ({p_words}, {p_words_2}); a mean time would mislead."
            ).format(
                cycle=cycle,
                p_words=p_words(rayleigh, tr_later("Rayleigh p")),
                p_words_2=p_words(kuiper, tr_later("Kuiper p")),
            )
        )
    said.append(
        tr(
            "The concentration is {resultant:.2f} on a scale from 0 (all around the clock) to 1 (one moment)."
        ).format(resultant=resultant)
    )
    said.append(
        tr(
            "Check next with aoristic, which shows all hours and shares out windows instead of taking their middle."
        )
    )
    return tuple(said)
