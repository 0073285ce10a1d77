"""Questions of time, checked against published and independently computed numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.result import Result
from ilp_lab.verification import of_spacetime
from ilp_lab.verification.comparing import Check, compare

if TYPE_CHECKING:
    import pandas as pd

_WASHINGTON = "oracles/dcburglaries.csv"


def times(*, data: str | PathLike[str] | None = None) -> Result:
    """Compute published numbers of questions of time again, and set ours beside them.

    Parameters
    ----------
    data
        Folder with the public data sets of the published examples; checks that need one are left out without it, and said.

    Returns
    -------
    Result
        ``table``: ``what``, ``source``, ``published``, ``ours``, ``difference``, ``agrees`` (missing where the data are not here).

    Raises
    ------
    InputError
        When the folder does not exist.

    Notes
    -----
    The same numbers are asserted by the project's own tests.

    Examples
    --------
    >>> checks = times()
    >>> bool(checks.table["agrees"].dropna().all())
    True
    """
    return compare("times", _checks(), data)


def _checks() -> Iterator[Check]:
    yield from _when()
    yield from _two_counts()
    yield from _did_it_work()
    yield from _where_next()
    yield from of_spacetime.checks()


def _when() -> Iterator[Check]:
    washington = "R package aoristic: 1,025 burglaries in Washington, table dcburgsum"
    for label, published in (("Mon 00:00", 6.032), ("Tue 03:00", 11.599), ("Thu 14:00", 11.846)):
        what = f"aoristic, {label}"
        yield Check(what, washington, published, 5e-4, partial(_aoristic, label=label), _WASHINGTON)
    yield Check("aoristic, all hours together", washington, 1025, 1e-8, _aoristic, _WASHINGTON)
    yield Check("aoristic, 01:50 to 02:10, share of the hour from 01:00", "by hand", 0.5, 1e-12, _one_window)
    exact = "ptools, tests of the exact weekday test"
    for days, p in (
        ((3, 0, 0, 0, 0, 0, 0), 0.020408),
        ((2, 1, 0, 0, 0, 0, 0), 0.387755),
        ((3, 1, 1, 0, 0, 1, 1), 0.544068),
    ):
        what = f"exact weekday p, {' '.join(map(str, days))}"
        yield Check(what, exact, p, 5e-7, partial(_weekday, days=days, value="p"))
    three = (3, 0, 0, 0, 0, 0, 0)
    yield Check(
        "weekday G, three on one day", exact, 11.68, 5e-3, partial(_weekday, days=three, value="value")
    )
    yield Check(
        "weekday power, two days alike", exact, 0.25, 1e-9, partial(_weekday, days=three, value="power")
    )
    naus = "Naus 1982, and simulated"
    yield Check(
        "6 within 1 of 260 periods, mean 1", naus, 0.48559, 5e-6, partial(_naus, mean=1.0, windows=260)
    )
    yield Check(
        "6 within 2 of 208 days, 0.6 a day", naus, 0.4645, 5e-5, partial(_naus, mean=1.2, windows=104)
    )


def _two_counts() -> Iterator[Check]:
    charts = "crimepy, notebook of time series charts"
    for before, after, z in ((54, 33, -3.207813), (106, 71, -3.738961), (1085, 897, -5.978760), (95.4, 33, -8.045459)):  # fmt: skip
        yield Check(
            f"Poisson Z, {before:g} to {after:g}", charts, z, 5e-7, partial(_poisson_z, before, after)
        )
    for one, other, p in (
        (0, 3, 0.0883790094548),
        (6, 2, 0.1748748209437),
        (10, 5, 0.2061644140758),
        (15, 5, 0.0250351143893),
        (20, 10, 0.0688317821081),
    ):
        yield Check(f"E-test, {one} and {other}", "ptools, crimepy", p, 1e-12, partial(_e_test, one, other))
    longer = "statsmodels 0.15"
    for statistic, p in (("wald", 0.000574719), ("score", 0.001538066)):
        what = f"E-test, 100 in 10 and 25 in 5, {statistic}"
        yield Check(what, longer, p, 1e-9, partial(_e_test, 100, 25, ratio=0.5, statistic=statistic))


def _did_it_work() -> Iterator[Check]:
    paper = "Wheeler and Ratcliffe 2018; ptools"
    for value, published, digits in (("wdd", -118, 1e-9), ("se", np.sqrt(1568), 1e-9), ("z", -2.98, 5e-3)):
        what = f"displacement difference, {value}"
        yield Check(what, paper, float(published), digits, partial(_difference, value=value))
    for value, published, digits in (("wdd", -99.69444444, 1e-8), ("se", 35.4280755, 1e-7), ("z", -2.813995, 1e-6)):  # fmt: skip
        what = f"displacement difference by area, {value}"
        sizes = (0.9, 1.2, 1.6, 1.5)
        yield Check(what, paper, published, digits, partial(_difference, value=value, sizes=sizes))
    for value, published, digits in (("wdd", -1721, 1e-9), ("se", 304.10360077, 1e-8), ("low", -2317.03210507, 1e-7)):  # fmt: skip
        what = f"displacement difference of harm, {value}"
        yield Check(what, "crimepy, harm-weighted example", published, digits, partial(_harm, value=value))


def _where_next() -> Iterator[Check]:
    table = "ptools, example of PAI"
    for column, values in (
        ("pai", (1.894737, 1.421053, 1.684211, 1.421053, 1.2, 1.0)),
        ("pei", (0.857143, 0.692308, 1.0, 1.0, 1.0, 1.0)),
        ("rri", (1.333333, 1.333333, 1.0, 1.0, 1.0, 1.0)),
    ):
        for place, published in enumerate(values[:3]):
            what = f"{column.upper()}, {place + 1} place(s)"
            yield Check(what, table, published, 5e-7, partial(_accuracy, column=column, place=place))


def _aoristic(path: Path, *, label: str | None = None) -> float:
    import pandas as pd

    from ilp_lab.times import aoristic

    held = pd.read_csv(path)
    at, to = (
        pd.to_datetime(held[name], utc=True).dt.tz_convert("America/New_York")
        for name in ("start_utc", "end_utc")
    )
    n = aoristic(pd.DataFrame({"occurred_at": at, "occurred_to": to}), bootstrap=0).table.set_index("label")[
        "n"
    ]
    return float(n.sum() if label is None else n[label])


def _one_window() -> float:
    import pandas as pd

    from ilp_lab.times import aoristic

    begin, end = (
        pd.to_datetime([text]).tz_localize("Europe/Vienna")
        for text in ("2024-01-01 01:50", "2024-01-01 02:10")
    )
    found = aoristic(pd.DataFrame({"occurred_at": begin, "occurred_to": end}), bootstrap=0)
    return float(found.table["n"].iloc[1])


def _weekday(*, days: tuple[int, ...], value: str) -> float:
    import pandas as pd

    from ilp_lab.times import weekday_test

    return float(weekday_test(pd.DataFrame({"n": days}), habit=[0.5, 0.5, 0, 0, 0, 0, 0])[value])


def _naus(*, mean: float, windows: float) -> float:
    from ilp_lab.times.bursts import naus_p

    return naus_p(6, mean=mean, windows=windows)


def _poisson_z(before: float, after: float) -> float:
    from ilp_lab.times.poissontests import poisson_z

    return poisson_z(after, before)


def _e_test(one: int, other: int, **how: float | str) -> float:
    from ilp_lab.times.poissontests import e_test

    return e_test(one, other, **how)  # type: ignore[arg-type]


def _zones(counts: dict[str, tuple[int, int]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame([(zone, *pair) for zone, pair in counts.items()], columns=["zone", "before", "after"])


def _difference(*, value: str, sizes: tuple[float, ...] | None = None) -> float:
    from ilp_lab.times import displacement_difference

    counts = _zones(
        {
            "control": (308, 318),
            "treated": (207, 110),
            "displacement control": (150, 140),
            "displacement": (178, 157),
        }
    )
    if sizes is None:
        return float(displacement_difference(counts)[value])
    return float(displacement_difference(counts.assign(size=sizes), size="size")[value])


def _harm(*, value: str) -> float:
    import pandas as pd

    from ilp_lab.times import displacement_difference

    control = ((133, 91), (388, 305), (148, 97), (86, 64), (94, 67))
    treated = ((130, 74), (327, 202), (398, 190), (144, 92), (183, 96))
    rows = [
        (zone, *pair, harm)
        for zone, pairs in (("control", control), ("treated", treated))
        for pair, harm in zip(pairs, (3, 2, 5, 7, 10), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["zone", "before", "after", "harm"])
    return float(displacement_difference(table, harm="harm")[value])


def _accuracy(*, column: str, place: int) -> float:
    import pandas as pd

    from ilp_lab.times import accuracy

    table = pd.DataFrame({"observed": [6, 7, 3, 2, 1, 0], "predicted": [8, 4, 4, 2, 1, 0]})
    return float(accuracy(table)[column].iloc[place])
