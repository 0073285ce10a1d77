"""What happens when patrols go where patrols found most: the feedback loop, simulated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab._check import Check, generator
from ilp_lab._tongue import tr, tr_later
from ilp_lab.result import Param, Result

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_METHOD = tr_later(
    "Each day one area is patrolled, drawn by the share of all incidents on record that lie in it. There something is "
    "found with the area's own daily rate ({rates}), and goes on record.{reported}{correct} Records begin with {start}. "
    "{runs} runs; the table gives the mean and the standard deviation over the runs of an area's share of the record, "
    "which is its share of the next visits."
)
_REFERENCES = (
    "Ensign, Friedler, Neville, Scheidegger and Venkatasubramanian 2018, Runaway feedback loops in predictive policing, Proceedings of Machine Learning Research 81:160-171",
    "Lum and Isaac 2016, To predict and serve?, doi:10.1111/j.1740-9713.2016.00960.x",
)


def feedback_loop(
    rates: Sequence[float] = (0.22, 0.18),
    *,
    start: Sequence[float] = (10, 10),
    days: Sequence[int] = (100, 500, 2000, 10_000, 50_000),
    reported: float = 0.0,
    correct: bool = False,
    runs: int = 300,
    rng: int | np.random.Generator | None = None,
) -> Result:
    """Simulate patrols that are sent where earlier patrols found most, with and without a correction.

    Parameters
    ----------
    rates
        True chance of an incident per day in each area.
    start
        Incidents on record in each area at the beginning.
    days
        Days after which the shares are told.
    reported
        Share of incidents that residents report, whether or not a patrol is there.
    correct
        Whether a find counts with the chance that the area would *not* have been patrolled.
    runs
        Runs of the simulation.
    rng
        Seed or Generator.

    Returns
    -------
    Result
        ``table``: one row per day and area: ``day``, ``area``, ``true_share``, ``mean_share``, ``sd``, ``se``. ``details``: ``shares``
        (runs × days × areas).

    Raises
    ------
    InputError
        When a rate is no chance, or fewer than two areas are given.

    Notes
    -----
    It is a lesson, not a model of a town: what it shows is that records of police work measure police work.

    References
    ----------
    Ensign, D. et al. (2018), Proceedings of Machine Learning Research 81:160-171.

    Examples
    --------
    >>> found = feedback_loop(days=[2000], runs=20, rng=7)
    >>> bool(found.table["mean_share"].iloc[0] > 0.55)
    True
    """
    caller = "tasking.feedback_loop"
    check = Check(caller)
    chances, begun = _numbers(check, "rates", rates), _numbers(check, "start", start)
    asked = np.array(sorted({int(day) for day in days}), dtype=np.int64)
    if len(chances) < 2 or len(chances) != len(begun):
        check.add(
            f"rates and start must name the same two or more areas; got {len(chances)} and {len(begun)}."
        )
    if ((chances <= 0) | (chances > 1)).any():
        check.add("rates must be chances per day, above 0 and at most 1.")
    if (begun <= 0).any():
        check.add("start must be above 0: an area without any record is never patrolled.")
    if not len(asked) or asked[0] < 1 or asked[-1] > 1_000_000:
        check.add("days must be whole numbers from 1 to 1,000,000.")
    check.between(0, 1, reported=reported)
    check.whole(2, runs=runs)
    check.done()
    generate, seed = generator(rng, caller)
    shares = _runs(chances, begun, asked, reported, runs, generate, correct=correct)
    return Result(
        name=caller,
        title=tr("Feedback loop") + (tr_later(", corrected") if correct else ""),
        table=_table(shares, asked, chances),
        method=_METHOD.format(
            rates=", ".join(f"{value:g}" for value in chances),
            reported=tr(" Residents report {reported:.0%} of what happens anywhere.").format(reported=reported) if reported else "",
            correct=tr(" A find counts only with the chance that the area would not have been patrolled.")
            if correct
            else "",
            start=", ".join(f"{value:g}" for value in begun),
            runs=runs,
        ),
        findings=_findings(shares, asked, chances, reported, correct=correct),
        params=(
            Param("rates", tuple(chances.tolist())), Param("start", tuple(begun.tolist())), Param("reported", reported),
            Param("correct", correct), Param("runs", runs),
        ),
        caveats=(tr("Two areas and steady rates: a lesson about records, not a forecast of a town."),),
        references=_REFERENCES,
        seed=seed,
        details={"shares": shares},
    )  # fmt: skip


def _numbers(check: Check, name: str, values: Any) -> NDArray[np.float64]:
    try:
        found = np.array([float(value) for value in values])
    except (TypeError, ValueError):
        check.add(f"{name} must be numbers, one per area; got {values!r}.")
        return np.ones(2)
    if not np.isfinite(found).all():
        check.add(f"{name} must be finite numbers; got {values!r}.")
    return found


def _runs(
    rates: NDArray[np.float64],
    start: NDArray[np.float64],
    days: NDArray[np.int64],
    reported: float,
    runs: int,
    rng: np.random.Generator,
    *,
    correct: bool,
) -> NDArray[np.float64]:
    from tqdm.auto import trange

    from ilp_lab.tasking.loops.urns import patrolled

    shares = np.zeros((runs, len(days), len(rates)))
    for run in trange(runs, desc="runs", delay=1, leave=False):
        uniform = rng.random((int(days[-1]), 3 + len(rates)))
        patrolled(rates, start, days, uniform, reported, correct, shares[run])
    return shares


def _table(shares: NDArray[np.float64], days: NDArray[np.int64], rates: NDArray[np.float64]) -> pd.DataFrame:
    import pandas as pd

    areas = len(rates)
    names = [chr(65 + k) if areas <= 26 else str(k + 1) for k in range(areas)]
    spread = shares.std(axis=0, ddof=1)
    return pd.DataFrame(
        {
            "day": np.repeat(days, areas),
            "area": np.tile(names, len(days)),
            "true_share": np.tile(rates / rates.sum(), len(days)),
            "mean_share": shares.mean(axis=0).ravel(),
            "sd": spread.ravel(),
            "se": spread.ravel() / np.sqrt(len(shares)),
        }
    )


def _findings(
    shares: NDArray[np.float64],
    days: NDArray[np.int64],
    rates: NDArray[np.float64],
    reported: float,
    *,
    correct: bool,
) -> tuple[str, ...]:
    top = int(rates.argmax())
    true = float(rates[top] / rates.sum())
    last = shares[:, -1, top]
    said = [
        tr(
            "Area {what} has {true:.0%} of all incidents. After {days:,} days it gets {last:.1%} of the visits on average "
            "(standard deviation {std:.1%})."
        ).format(
            what=chr(65 + top) if len(rates) <= 26 else top + 1,
            true=true,
            days=days[-1],
            last=last.mean(),
            std=last.std(ddof=1),
        ),
    ]
    if correct:
        said.append(
            tr(
                "Counting a find with the chance that the area would not have been patrolled takes the loop out."
            )
        )
    elif reported:
        said.append(tr("What residents report dampens the loop; it does not remove it."))
    else:
        said.append(
            tr(
                "Records of what patrols find feed on themselves: the more visits, the more finds, the more visits."
            )
        )
    said.append(
        tr(
            "Keep what residents report apart from what patrols discover, and place visits by what was reported."
        )
    )
    said.append(
        tr(
            "Check next which column of your data says how an incident came to light; tasking.patrols takes it as discovered=."
        )
    )
    return tuple(said)
