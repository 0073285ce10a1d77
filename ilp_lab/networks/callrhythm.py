"""When numbers are busy: bursts of calls, and calls at night."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._ground.significance import false_discovery
from ilp_lab._tongue import again, in_english, shaped, tr, tr_later
from ilp_lab.errors import ColumnError
from ilp_lab.networks.callparts import DAY, Calls, known_numbers, source_of, usable
from ilp_lab.networks.linkchart import by_reason
from ilp_lab.networks.timedrows import left_rows
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

NO_TIME = tr_later("call without a time")
TOO_FEW = shaped(tr_later("number with fewer than {least} calls"))
SIGNIFICANT = 0.05
FEW, MOST_SIMULATIONS = 2, 100_000
_NOT_GUILT = tr_later(
    "A pattern of calls says nothing of what was said or who held the phone; read the records named and ask what else "
    "explains them before anything is decided."
)


def call_bursts(
    calls: pd.DataFrame,
    *,
    window_hours: float = 6.0,
    of: str | Sequence[str] | None = None,
    event: Any = None,
    least_calls: int = 10,
    permutations: int = 999,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Find numbers with more calls in a short time than their own habits explain.

    Parameters
    ----------
    calls
        As :func:`ilp_lab.intake.read_calls` reads them; made and received calls both count.
    window_hours
        Length of the window that is moved along each number's calls.
    of
        Only these numbers.
    event
        A time of interest; the table then says how many hours before it (negative: after) each burst ended.
    least_calls
        Numbers with fewer are left out and counted.
    permutations
        How often the calls are thrown again. Numbers whose window chance reached at most twice are thrown more often,
        so that a single one among many can stand out.
    rng
        Seed.

    Returns
    -------
    Result
        One row per number: ``number in_window usual_most window_start window_end n simulations p q_fdr`` (and
        ``hours_before``).
        ``usual_most`` is the mean fullest window of chance. p is the share of simulations whose fullest window is at
        least as full; q over all numbers by Benjamini and Hochberg. One-sided: only more than chance is asked for.

    Raises
    ------
    ColumnError, InputError
        When there are no times of day, or settings do not fit.

    Notes
    -----
    Chance throws each number's calls onto the days of its own life (first to last call), at times of day drawn from
    all calls of the table, so that busy evenings are no burst. Weekdays and holidays are not kept apart. Cost grows
    with calls times permutations: a million calls at 999 take minutes.

    References
    ----------
    Kulldorff 2001 (scan statistics over time), doi:10.1111/1467-985X.00186; Phipson and Smyth 2010,
    doi:10.2202/1544-6115.1585.

    Examples
    --------
    >>> import pandas as pd
    >>> usual = pd.date_range("2024-05-01 12:00", periods=30, freq="D")
    >>> rush = pd.date_range("2024-05-20 20:00", periods=12, freq="10min")
    >>> table = pd.DataFrame({"caller": "5001", "receiver": "5002", "started_at": usual.append(rush)})
    >>> found = call_bursts(table, window_hours=3, rng=7)
    >>> int(found.table.loc[0, "in_window"]), float(found.table.loc[0, "p"])
    (12, 0.001)
    """
    import pandas as pd

    faults = Check("networks.call_bursts")
    faults.positive(window_hours=window_hours)
    faults.whole(2, least_calls=least_calls)
    faults.whole(1, permutations=permutations)
    known = usable(calls, faults)
    _needs_clock(known, faults)
    numbers = known_numbers(known, of, faults)
    moment = _event(event, known, faults)
    faults.done()
    series, lost = _series(known, numbers, least_calls)
    draw, seed = generator(rng, "networks.call_bursts")
    window = round(window_hours * 3600)
    table = _burst_table(known, series, window, permutations, int(draw.integers(2**62)))
    if moment is not None and len(table):
        gap = pd.Timestamp(moment) - pd.DatetimeIndex(table["window_end"])
        table["hours_before"] = np.round(gap.total_seconds() / 3600, 2)
    left_out = left_rows([known.left_out, lost, _untimed(calls, known)])
    return Result(
        name="networks.call_bursts",
        title=tr_later("Bursts of calls"),
        table=table,
        method=(
            tr(
                "A window of {window_hours:g} hours is moved along the calls of each number. Chance throws the calls onto the days "
                "between the number's first and last call, at times of day drawn from all calls; p is the share of simulations with "
                "a window at least as full."
            ).format(window_hours=window_hours)
        ),
        findings=_burst_findings(table, window_hours, moment is not None),
        params=(
            Param("window_hours", window_hours),
            Param("least_calls", least_calls),
            Param("permutations", permutations),
        ),
        caveats=(
            tr("Holidays, pay days and campaigns make bursts for everybody; weekdays are not kept apart."),
            tr("A number that was in use for a few days only can hardly have a burst beyond its own life."),
        ),
        references=(
            "Kulldorff, M. (2001). Prospective time periodic geographical disease surveillance using a scan statistic. "
            "JRSS A 164. doi:10.1111/1467-985X.00186",
            "Phipson, B. and Smyth, G. (2010). Permutation p-values should never be zero. doi:10.2202/1544-6115.1585",
        ),
        sources=(source_of(calls, known),),
        left_out=by_reason(left_out),
        left_out_rows=left_out,
        handling=known.handling,
        seed=seed,
    )


def night_calls(
    calls: pd.DataFrame, *, start_hour: int = 22, end_hour: int = 6, least_calls: int = 10
) -> Result:
    """Find numbers that call at night more, or less, than the others do.

    Parameters
    ----------
    calls
        As :func:`ilp_lab.intake.read_calls` reads them; each call counts for the number that made it.
    start_hour, end_hour
        The night is the clock times in ``[start, end)``, over midnight when the start is later.
    least_calls
        Numbers that made fewer are left out and counted.

    Returns
    -------
    Result
        One row per number: ``number share expected_share night n p q_fdr``, two-sided exact binomial against the share
        of night calls of all other numbers.

    Raises
    ------
    ColumnError, InputError
        When there are no times of day, or hours do not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.DataFrame({"caller": "5001", "receiver": "5002",
    ...                     "started_at": pd.date_range("2024-05-01 12:00", periods=40, freq="D")})
    >>> night = day.assign(caller="5003", started_at=day["started_at"] + pd.Timedelta(hours=11))
    >>> night_calls(pd.concat([day, night])).table["share"].tolist()
    [1.0, 0.0]
    """
    faults = Check("networks.night_calls")
    faults.between(0, 23, start_hour=start_hour)
    faults.between(0, 24, end_hour=end_hour)
    faults.whole(1, least_calls=least_calls)
    if start_hour == end_hour:
        faults.add(f"start_hour and end_hour must differ; got {start_hour} for both.")
    known = usable(calls, faults)
    _needs_clock(known, faults)
    faults.done()
    table, few, share = _nights(known, start_hour, end_hour, least_calls)
    left_out = left_rows(
        [
            known.left_out,
            few.assign(reason=in_english(TOO_FEW.format(least=least_calls))),
            _untimed(calls, known),
        ]
    )
    return Result(
        name="networks.night_calls",
        title=tr_later("Calls at night"),
        table=table,
        method=tr(
            "The night calls of each number against the share of all other numbers, by the exact binomial distribution."
        ),
        findings=_night_findings(table, share, start_hour, end_hour),
        params=(
            Param("start_hour", start_hour),
            Param("end_hour", end_hour),
            Param("least_calls", least_calls),
        ),
        caveats=(
            tr(
                "Calls of one number follow each other, so they are less independent than the test takes them to be."
            ),
        ),
        references=("Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26. doi:10.1093/biomet/26.4.404",),
        sources=(source_of(calls, known),),
        left_out=by_reason(left_out),
        left_out_rows=left_out,
        handling=known.handling,
    )


def _nights(
    known: Calls, start_hour: int, end_hour: int, least_calls: int
) -> tuple[pd.DataFrame, pd.DataFrame, float]:
    """Night calls by number, the numbers with too few calls, and the share of all calls."""
    import pandas as pd
    from scipy.stats import binom

    rows = known.rows[known.timed[known.rows]]
    hour = known.clock[rows] % DAY / 3600
    night = (
        (hour >= start_hour) & (hour < end_hour)
        if start_hour < end_hour
        else (hour >= start_hour) | (hour < end_hour)
    )
    made = np.bincount(known.source[rows], minlength=len(known.names))
    at_night = np.bincount(known.source[rows], weights=night, minlength=len(known.names)).astype(np.int64)
    others = made.sum() - made
    keep = np.flatnonzero((made >= least_calls) & (others > 0))
    expected = (at_night.sum() - at_night)[keep] / others[keep]
    n, k = made[keep], at_night[keep]
    p = np.minimum(1.0, 2.0 * np.minimum(binom.cdf(k, n, expected), binom.sf(k - 1, n, expected)))
    names = np.asarray(known.names, dtype=object)
    table = pd.DataFrame(
        {
            "number": names[keep].astype(str),
            "share": k / n,
            "expected_share": expected,
            "night": k,
            "n": n,
            "p": p,
            "q_fdr": false_discovery(p),
        }
    ).sort_values(["share", "n"], ascending=False, ignore_index=True)
    few = pd.DataFrame(
        {"number": names[(made > 0) & (made < least_calls)], "n": made[(made > 0) & (made < least_calls)]}
    )
    return table, few, float(at_night.sum() / max(made.sum(), 1))


def _night_findings(table: pd.DataFrame, share: float, start_hour: int, end_hour: int) -> tuple[str, ...]:
    clear = table[table["q_fdr"] <= SIGNIFICANT]
    more = clear[clear["share"] > clear["expected_share"]]
    said = [
        tr("{share:.1%} of all calls were made between {start_hour}:00 and {end_hour}:00.").format(
            share=share, start_hour=start_hour, end_hour=end_hour
        ),
        tr(
            "{n:,} of {n_2:,} numbers call at night clearly more than the others, {n_3:,} clearly less (false discovery rate "
            "{SIGNIFICANT:.0%})."
        ).format(n=len(more), n_2=len(table), n_3=len(clear) - len(more), SIGNIFICANT=SIGNIFICANT),
    ]
    if len(more):
        first = more.iloc[0]
        said.append(
            tr(
                "The highest share among them has {number}: {night:,} of {n:,} calls; {expected_share:.0%} would be usual."
            ).format(
                number=first["number"],
                night=first["night"],
                n=first["n"],
                expected_share=first["expected_share"],
            )
        )
    return (*said, tr("Shift workers, hotlines and services call at night too. ") + again(_NOT_GUILT))


def _needs_clock(known: Calls, faults: Check) -> None:
    if faults.faults:
        return
    timed = known.timed[known.rows]
    if known.seconds is None or not timed.any():
        faults.add("calls has no times; intake.read_calls reads them into started_at.", ColumnError)
    elif not (known.clock[known.rows][timed] % DAY).any():
        faults.add("calls holds days without times of day, so nothing can be said of hours.", ColumnError)


def _event(event: Any, known: Calls, faults: Check) -> Any:
    import pandas as pd

    if event is None:
        return None
    moment: Any = pd.to_datetime(pd.Series([event], dtype=object), errors="coerce").iloc[0]
    if not isinstance(moment, pd.Timestamp):
        faults.add(f"event must be a time such as '2024-05-03 02:00'; got {event!r}.")
        return None
    if moment.tzinfo is None:
        return moment.tz_localize(known.zone) if known.zone is not None else moment
    if known.zone is None:
        faults.add(f"event has a time zone and the calls have none; give it without one, got {event!r}.")
        return None
    return moment


def _series(
    known: Calls, numbers: NDArray[np.int64] | None, least: int
) -> tuple[tuple[NDArray[np.int64], ...], pd.DataFrame]:
    """Calls by number: who, offsets, seconds sorted, days; and the numbers with too few."""
    import pandas as pd

    rows = known.rows[known.timed[known.rows]]
    apart = rows[known.source[rows] != known.target[rows]]
    who = np.concatenate([known.source[apart], known.target[apart]])
    clock = np.concatenate([known.clock[apart]] * 2)
    if numbers is not None:
        mine = np.isin(who, numbers)
        who, clock = who[mine], clock[mine]
    count = np.bincount(who, minlength=len(known.names))
    few = np.flatnonzero((count > 0) & (count < least))
    lost = pd.DataFrame({"number": [known.names[at] for at in few], "n": count[few]})
    mine = count[who] >= least
    who, clock = who[mine], clock[mine]
    order = np.lexsort((clock, who))
    who, clock = who[order], clock[order]
    numbers, offsets = np.unique(who, return_index=True)
    return (numbers, np.append(offsets, len(who)), clock), lost.assign(
        reason=in_english(TOO_FEW.format(least=least))
    )


def _burst_table(
    known: Calls, series: tuple[NDArray[np.int64], ...], window: int, permutations: int, seed: int
) -> pd.DataFrame:
    import pandas as pd
    from tqdm.auto import tqdm

    from ilp_lab.networks.loops.moving import by_chance, fullest

    numbers, offsets, clock = series
    pool = known.clock[known.rows[known.timed[known.rows]]] % DAY
    most, begins = np.zeros(len(numbers), np.int64), np.zeros(len(numbers), np.int64)
    ends = np.zeros(len(numbers), np.int64)
    for at in range(len(numbers)):
        some = clock[offsets[at] : offsets[at + 1]]
        most[at], first = fullest(some, window)
        begins[at], ends[at] = some[first], some[first + most[at] - 1]
    firsts = clock[offsets[:-1]] // DAY
    days = clock[offsets[1:] - 1] // DAY - firsts + 1
    reached, usual = np.zeros(len(numbers), np.int64), np.zeros(len(numbers))
    step = 64
    for at in tqdm(range(0, len(numbers), step), desc="bursts by chance", delay=1, leave=False):
        part = slice(at, min(at + step, len(numbers)))
        by_chance(
            offsets[at : part.stop + 1], firsts[part], window, days[part], most[part], pool, permutations,
            np.uint64(seed + at), reached[part], usual[part],
        )  # fmt: skip
    simulated = np.full(len(numbers), permutations)
    more = min(math.ceil(2 * len(numbers) / SIGNIFICANT) - permutations, MOST_SIMULATIONS)
    rare = np.flatnonzero(reached <= FEW) if more > 0 else np.empty(0, np.int64)
    for at in tqdm(rare.tolist(), desc="rare ones again", delay=1, leave=False):
        again, unused = np.zeros(1, np.int64), np.zeros(1)
        by_chance(
            offsets[at : at + 2], firsts[at : at + 1], window, days[at : at + 1], most[at : at + 1], pool, more,
            np.uint64(seed + 2**40 + at), again, unused,
        )  # fmt: skip
        reached[at] += again[0]
        simulated[at] += more
    p = (reached + 1) / (simulated + 1)
    table = pd.DataFrame(
        {
            "number": np.array([known.names[at] for at in numbers], dtype=object).astype(str),
            "in_window": most,
            "usual_most": usual.round(2),
            "window_start": _on_the_wall(known, begins),
            "window_end": _on_the_wall(known, ends),
            "n": np.diff(offsets),
            "simulations": simulated,
            "p": p,
            "q_fdr": false_discovery(p),
        }
    )
    return table.sort_values(["p", "in_window"], ascending=[True, False], ignore_index=True)


def _on_the_wall(known: Calls, clock: NDArray[np.int64]) -> Any:
    """Wall-clock seconds as times of the table's zone."""
    import pandas as pd

    times = pd.Series(clock.view("datetime64[s]"))
    if known.zone is None:
        return times.array
    first = np.ones(len(times), bool)
    return times.dt.tz_localize(known.zone, ambiguous=first, nonexistent="shift_forward").array


def _untimed(calls: pd.DataFrame, known: Calls) -> pd.DataFrame:
    return calls.iloc[known.rows[~known.timed[known.rows]]].assign(reason=NO_TIME)


def _burst_findings(table: pd.DataFrame, hours: float, timed: bool) -> tuple[str, ...]:
    clear = table[table["q_fdr"] <= SIGNIFICANT]
    said = [
        tr(
            "{n:,} of {n_2:,} numbers have a window of {hours:g} hours that is fuller than their own habits explain (false "
            "discovery rate {SIGNIFICANT:.0%})."
        ).format(n=len(clear), n_2=len(table), hours=hours, SIGNIFICANT=SIGNIFICANT)
    ]
    said += [
        tr(
            "{number}: {n:,} calls from {start:%d %B %Y} {begin} to {end}; {usual:.1f} in the fullest window would be usual."
        ).format(
            number=row.number,
            n=row.in_window,
            start=row.window_start,
            begin=f"{row.window_start:%H:%M}",
            end=f"{row.window_end:%H:%M}",
            usual=row.usual_most,
        )
        for row in clear.head(2).itertuples()
    ]
    if timed and len(clear):
        before = clear[(clear["hours_before"] >= 0) & (clear["hours_before"] <= 24)]
        said.append(
            tr("{n:,} of these bursts ended within the 24 hours before the event.").format(n=len(before))
        )
    said.append(_NOT_GUILT)
    return tuple(said)
