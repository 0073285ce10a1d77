"""Questions of place, checked against published and independently computed numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ilp_lab.result import Result
from ilp_lab.verification import place_runs as runs
from ilp_lab.verification.comparing import Check, compare

if TYPE_CHECKING:
    import pandas as pd

_COLUMBUS = "data/libpysal_builtin/columbus/columbus.shp"
_JUVENILE = "data/libpysal_builtin/juvenile/juvenile.shp"
_GEODANET = "data/libpysal_builtin/geodanet/streets.shp"
_PRECIPITATION = "oracles/precipgl.csv"
_BOSTON = "oracles/desalvo.csv"
_MEMPHIS = "oracles/memphis_robberies_jan.csv"
_MEMPHIS_YEAR = "oracles/memphis_robberies.csv"


def places(*, data: str | PathLike[str] | None = None) -> Result:
    """Compute published numbers again, and set ours beside them.

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
    >>> checks = places()
    >>> bool(checks.table["agrees"].dropna().all())
    True
    """
    return compare("places", _checks(), data)


def _checks() -> Iterator[Check]:
    yield from _typed()
    yield from _columbus()
    yield from _columbus_local()
    yield from _juvenile()
    yield from _streets()
    yield from _memphis()
    yield from _trend()
    boston = "computed independently (13 sites, 200 x 200 cells)"
    for exponent, published in ((1.2, 0.14775), (1.9, 0.1836)):
        what = f"geographic profile: share searched, f = g = {exponent}"
        yield Check(what, boston, published, 5e-4, partial(runs.profile, exponent=exponent), _BOSTON)


def _typed() -> Iterator[Check]:
    six = "Getis and Ord's six points, as in PySAL's tests"
    starred = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    for at, published in enumerate(starred):
        yield Check(
            f"Gi*, point {at + 1}",
            six,
            published,
            1e-7,
            partial(_cell, partial(runs.six, "gi_star"), at, "z"),
        )
    plain = [-1.0136729, -0.04361589, 1.31558703, -0.31412676, 1.15373986, 1.77833941]
    for at, published in enumerate(plain):
        yield Check(f"Gi, point {at + 1}", six, published, 1e-7, partial(runs.six_without_themselves, at))
    whole = partial(runs.six, "general_g")
    yield Check("general G", six, 0.55709779, 1e-8, partial(_cell, whole, 0, "statistic"))
    yield Check("general G, p of both sides", six, 2 * 0.172936, 1e-6, partial(_cell, whole, 0, "p"))
    yield Check(
        "quartic kernel at its middle, bandwidth 1 km", "Silverman 1986: 3/π", 3 / np.pi, 1e-9, runs.kernel
    )
    yield Check("Gini of shares .1 .1 .3 .5 among ten places", "by hand: 0.74", 0.74, 1e-12, runs.gini)
    yield Check(
        "Rossmo's function within the buffer",
        "B^(g-f)/(2B-d)^g by hand",
        1500**-1.2,
        1e-15,
        partial(runs.rossmo, 500.0),
    )
    for side, away in (("just within", 999.999999), ("just beyond", 1000.000001)):
        yield Check(
            f"Rossmo's function {side} the buffer",
            "1/B^f by hand",
            1000**-1.2,
            1e-9,
            partial(runs.rossmo, away),
        )
    yield Check(
        "Mann-Kendall variance with a tie, 1 2 2 4 5", "Kendall 1975 by hand: 47/3", 47 / 3, 1e-9, runs.tied
    )


def _columbus() -> Iterator[Check]:
    source = "PySAL esda, Columbus CRIME"
    yield Check(
        "queen neighbours, all", source, 236, 0, lambda path: float(runs.neighbours(path).sum()), _COLUMBUS
    )
    yield Check(
        "queen neighbours, mean",
        source,
        4.8163,
        5e-5,
        lambda path: float(runs.neighbours(path).mean()),
        _COLUMBUS,
    )
    for what, measure, weights, column, published, digits in (
        ("Moran's I, queen", "moran", "queen", "statistic", 0.5001885571828611, 1e-12),
        ("Moran's I, expected", "moran", "queen", "expected", -0.0208333, 1e-7),
        ("Moran's I, variance under normality", "moran", "queen", "variance_normal", 0.0085634131, 1e-10),
        ("Moran's I, z under normality", "moran", "queen", "z_normal", 5.6303128, 1e-7),
        ("Moran's I, variance under randomisation", "moran", "queen", "variance", 0.0086892892, 1e-10),
        ("Moran's I, z under randomisation", "moran", "queen", "z", 5.5893827, 1e-7),
        ("Moran's I, rook", "moran", "rook", "statistic", 0.5236702, 1e-7),
        ("Moran's I, rook, z under randomisation", "moran", "rook", "z", 5.4578800, 1e-7),
        ("Geary's C", "geary", "queen", "statistic", 0.5405282, 1e-7),
        ("Geary's C, z", "geary", "queen", "z", -4.7430615, 1e-7),
        ("general G", "general_g", "queen", "statistic", 0.1278074574, 1e-10),
        ("general G, expected", "general_g", "queen", "expected", 0.1003401361, 1e-10),
        ("general G, z", "general_g", "queen", "z", 4.6381509, 1e-7),
    ):  # fmt: skip
        ours = partial(_global, measure=measure, weights=weights, column=column)
        yield Check(what, source, published, digits, ours, _COLUMBUS)


def _columbus_local() -> Iterator[Check]:
    source = "PySAL esda, Columbus CRIME"
    for at, published in enumerate([-1.43277965, -1.3400081, -0.77199868, -0.13173336, 1.2853628]):
        yield Check(f"Gi*, area {at + 1}", source, published, 1e-7, partial(_hot, at=at), _COLUMBUS)
    yield Check("Gi*, highest z", source, 3.475051356, 1e-8, partial(_hot, at=15), _COLUMBUS)
    yield Check("Gi*, lowest z", source, -2.851023177, 1e-8, partial(_hot, at=31), _COLUMBUS)
    yield Check(
        "Gi*, areas above 1.96", source, 11, 0, lambda path: float((runs.hot(path) > 1.96).sum()), _COLUMBUS
    )
    yield Check(
        "Gi*, areas below -1.96", source, 7, 0, lambda path: float((runs.hot(path) < -1.96).sum()), _COLUMBUS
    )
    for at, published in enumerate([0.72178138, 0.51798565, 0.09193542, 0.00472258, 0.29741008]):
        ours = partial(_cell_of, run=runs.local, at=at, column="local")
        yield Check(f"local Moran, area {at + 1}", source, published, 1e-8, ours, _COLUMBUS)
    for quadrant, published in (("high among high", 21), ("low among high", 5), ("low among low", 20), ("high among low", 3)):  # fmt: skip
        yield Check(
            f"local Moran, {quadrant}", source, published, 0, partial(_quadrant, quadrant=quadrant), _COLUMBUS
        )


def _juvenile() -> Iterator[Check]:
    juvenile = "PySAL pointpats, Cardiff juvenile offenders"
    for measure, column, published, digits in (
        ("mean centre", "x", 47.92261905, 5e-8),
        ("mean centre", "y", 56.9702381, 5e-8),
        (
            "median centre",
            "x",
            47.28496497,
            2e-5,
        ),  # the peer's search stops earlier; the tests show that ours is nearer
        ("median centre", "y", 59.05239801, 2e-5),
        ("standard distance", "radius_m", 31.993567549, 1e-8),
        ("standard ellipse", "long_m", 35.53090757, 1e-8),
        ("standard ellipse", "short_m", 28.44988781, 1e-8),
    ):
        ours = partial(_cell_of, run=runs.middles, at=measure, column=column)
        yield Check(f"{measure}, {column}", juvenile, published, digits, ours, _JUVENILE)
    yield Check("standard ellipse, angle", juvenile, 1.35589, 1e-5, _angle, _JUVENILE)
    yield Check("mean nearest neighbour distance", juvenile, 2.4444766370, 1e-9, runs.nearest, _JUVENILE)


def _streets() -> Iterator[Check]:
    source = "PySAL spaghetti, geodanet"
    whole, cut = partial(runs.streets, at_every_point=False), partial(runs.streets, at_every_point=True)
    for what, published, digits, ours in (
        ("length of the network, ft", 104_414.0920, 1e-4, lambda path: whole(path)[0].length_km * 1000),
        ("connected parts", 1, 0, lambda path: float(whole(path)[0].pieces)),
        ("mean distance of crimes, ft", 90.26010036, 1e-5, lambda path: float(whole(path)[2].mean())),
        ("vertices", 230, 0, lambda path: float(len(cut(path)[0].nodes))),
        ("arcs", 303, 0, lambda path: float(len(cut(path)[0].segments))),
        ("arcs with crimes", 107, 0, lambda path: float(len(np.unique(cut(path)[1])))),
        ("most crimes on one arc", 37, 0, lambda path: float(np.bincount(cut(path)[1]).max())),
    ):
        yield Check(f"streets: {what}", source, published, digits, ours, _GEODANET)


def _memphis() -> Iterator[Check]:
    source = "R package sfhotspot, Memphis robberies"
    yield Check(
        "Gi* on 500 m cells: cells", source, 2715, 0, lambda path: float(len(runs.robberies(path))), _MEMPHIS
    )
    printed = [-0.546, -0.598, -0.598, 0.716, 0.716, 0.716, -0.598, -0.598, -0.546, 0.893]
    for at, published in enumerate(printed):
        ours = partial(_cell_of, run=runs.robberies, at=at, column="z")
        yield Check(f"Gi* on 500 m cells: z of cell {at + 1}", source, published, 6e-4, ours, _MEMPHIS)
    for at, published in ((0, 0.585), (1, 0.550), (3, 0.474)):
        ours = partial(_cell_of, run=runs.robberies, at=at, column="p")
        yield Check(f"Gi* on 500 m cells: p of cell {at + 1}", source, published, 6e-4, ours, _MEMPHIS)
    for axis, published in (("x", 8_876.67), ("y", 9_867.45)):
        yield Check(
            f"spread for the bandwidth, {axis}, a month",
            source,
            published,
            5e-3,
            partial(runs.spread, axis=axis),
            _MEMPHIS,
        )
    for axis, published in (("x", 5_592.45), ("y", 5_947.43)):
        yield Check(
            f"spread for the bandwidth, {axis}, a year",
            source,
            published,
            5e-3,
            partial(runs.spread, axis=axis),
            _MEMPHIS_YEAR,
        )


def _trend() -> Iterator[Check]:
    source = "R package Kendall, Great Lakes precipitation"
    for at, (what, published, digits) in enumerate(
        (("S", 989, 0), ("variance", 74_398.3333, 1e-4), ("z", 3.622224, 1e-6))
    ):
        yield Check(
            f"Mann-Kendall {what}", source, published, digits, partial(_of_trend, at=at), _PRECIPITATION
        )
    yield Check("Mann-Kendall p", source, 0.00029208, 1e-8, _trend_p, _PRECIPITATION)
    yield Check("Kendall's tau-b", source, 0.264580, 1e-6, runs.tau, _PRECIPITATION)


def _cell(run: Callable[[], pd.DataFrame], at: int, column: str) -> float:
    return float(run()[column].iloc[at])


def _cell_of(path: Path, *, run: Callable[[Path], pd.DataFrame], at: int | str, column: str) -> float:
    return float(run(path)[column].loc[at])


def _global(path: Path, *, measure: str, weights: str, column: str) -> float:
    return float(runs.association(path, measure, weights)[column])


def _hot(path: Path, *, at: int) -> float:
    return float(runs.hot(path)[at])


def _quadrant(path: Path, *, quadrant: str) -> float:
    return float((runs.local(path)["quadrant"] == quadrant).sum())


def _angle(path: Path) -> float:
    bearing = _cell_of(path, run=runs.middles, at="standard ellipse", column="bearing")
    return float(np.radians(90 - bearing))


def _of_trend(path: Path, *, at: int) -> float:
    return runs.trend(path)[at]


def _trend_p(path: Path) -> float:
    from ilp_lab._ground.significance import two_sided

    return float(two_sided(np.array([runs.trend(path)[2]]))[0])
