"""Questions of place, checked against published and independently computed numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ilp_lab.result import Result
from ilp_lab.verification.comparing import Check, compare

if TYPE_CHECKING:
    import geopandas as gpd

_COLUMBUS = "data/libpysal_builtin/columbus/columbus.shp"
_JUVENILE = "data/libpysal_builtin/juvenile/juvenile.shp"
_GEODANET = "data/libpysal_builtin/geodanet/streets.shp"
_PRECIPITATION = "oracles/precipgl.csv"
_BOSTON = "oracles/desalvo.csv"


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
    yield from _juvenile()
    yield Check(
        "streets: length of the network, ft",
        "PySAL spaghetti, geodanet",
        104_414.0920,
        1e-4,
        _street_length,
        _GEODANET,
    )
    yield Check(
        "streets: mean distance of crimes, ft",
        "PySAL spaghetti, geodanet",
        90.26010036,
        1e-5,
        _street_snap,
        _GEODANET,
    )
    yield Check(
        "Mann-Kendall z, Great Lakes precipitation",
        "R package Kendall",
        3.622224,
        1e-6,
        _trend,
        _PRECIPITATION,
    )
    boston = "computed independently (13 sites, 200 x 200 cells)"
    yield Check(
        "geographic profile: share searched, f = g = 1.2",
        boston,
        0.14775,
        0.004,
        partial(_profile, exponent=1.2),
        _BOSTON,
    )
    yield Check(
        "geographic profile: share searched, f = g = 1.9",
        boston,
        0.1836,
        0.004,
        partial(_profile, exponent=1.9),
        _BOSTON,
    )


def _juvenile() -> Iterator[Check]:
    juvenile = "PySAL pointpats, Cardiff juvenile offenders"
    for measure, column, published in (
        ("mean centre", "x", 47.92261905),
        ("median centre", "y", 59.05239801),
        ("standard distance", "radius_m", 31.993567549),
        ("standard ellipse", "long_m", 35.53090757),
        ("standard ellipse", "short_m", 28.44988781),
    ):
        digits = 6e-4 if column in "xy" else 1e-8
        yield Check(
            f"{measure}, {column}",
            juvenile,
            published,
            digits,
            partial(_centre, measure=measure, column=column),
            _JUVENILE,
        )
    yield Check("mean nearest neighbour distance", juvenile, 2.4444766370, 1e-9, _nearest, _JUVENILE)


def _typed() -> Iterator[Check]:
    six = "Getis and Ord's six points, as in PySAL's tests"
    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    for at, published in enumerate(expected):
        yield Check(f"Gi*, point {at + 1}", six, published, 1e-7, partial(_six_points, at=at))
    yield Check(
        "quartic kernel at its middle, bandwidth 1 km", "Silverman 1986: 3/π", 3 / np.pi, 1e-9, _kernel
    )
    yield Check("Gini of shares .1 .1 .3 .5 among ten places", "by hand: 0.74", 0.74, 1e-12, _gini)
    yield Check("Rossmo's function within the buffer", "B^(g-f)/(2B-d)^g by hand", 1500**-1.2, 1e-15, _rossmo)
    yield Check(
        "Mann-Kendall variance with a tie, 1 2 2 4 5", "Kendall 1975 by hand: 47/3", 47 / 3, 1e-9, _tied
    )


def _columbus() -> Iterator[Check]:
    source = "PySAL esda, Columbus CRIME"
    for what, measure, column, published, digits in (
        ("Moran's I, queen", "moran", "statistic", 0.5001885571828611, 1e-12),
        ("Moran's I, z under normality", "moran", "z_normal", 5.6303128, 1e-7),
        ("Moran's I, z under randomisation", "moran", "z", 5.5893827, 1e-7),
        ("Geary's C", "geary", "statistic", 0.5405282, 1e-7),
        ("Geary's C, z", "geary", "z", -4.7430615, 1e-7),
        ("general G", "general_g", "statistic", 0.1278074574, 1e-10),
        ("general G, z", "general_g", "z", 4.6381509, 1e-7),
    ):
        yield Check(
            what, source, published, digits, partial(_global, measure=measure, column=column), _COLUMBUS
        )
    yield Check("Gi*, highest z", source, 3.475051356, 1e-8, partial(_highest, sign=1), _COLUMBUS)
    yield Check("Gi*, lowest z", source, -2.851023177, 1e-8, partial(_highest, sign=-1), _COLUMBUS)
    yield Check("local Moran, first area", source, 0.72178138, 1e-8, _local, _COLUMBUS)


def _read(path: Path, crs: int = 32617) -> gpd.GeoDataFrame:
    import geopandas as gpd

    frame: gpd.GeoDataFrame = gpd.read_file(path)
    return frame.set_crs(crs, allow_override=True)


def _global(path: Path, *, measure: str, column: str) -> float:
    from ilp_lab import places as room

    found = getattr(room, measure)(_read(path), value="CRIME", permutations=99, rng=1)
    return float(found.table[column].iloc[0])


def _highest(path: Path, *, sign: int) -> float:
    from ilp_lab.places import gi_star

    z = gi_star(_read(path), value="CRIME", simulations=19, rng=1).table["z"]
    return float(z.max() if sign > 0 else z.min())


def _local(path: Path) -> float:
    from ilp_lab.places import local_moran

    found = local_moran(_read(path), value="CRIME", permutations=99, simulations=19, rng=1)
    return float(found.table["local"].iloc[0])


def _centre(path: Path, *, measure: str, column: str) -> float:
    from ilp_lab.places import centres

    return float(centres(_read(path)).set_index("measure").loc[measure, column])


def _nearest(path: Path) -> float:
    from ilp_lab.places import nearest_neighbour

    return float(nearest_neighbour(_read(path), simulations=19, rng=1).table["mean_m"].iloc[0])


def _street_length(path: Path) -> float:
    from ilp_lab.places import street_network

    return street_network(_read(path), join_m=0.01).length_km * 1000


def _street_snap(path: Path) -> float:
    from ilp_lab.places import snap, street_network

    crimes = _read(path.with_name("crimes.shp"))
    return float(snap(crimes, street_network(_read(path), join_m=0.01), within_m=5000).away_m.mean())


def _trend(path: Path) -> float:
    from ilp_lab.places.spacetime import mann_kendall

    return float(mann_kendall(np.loadtxt(path, skiprows=1)[:, None])[2][0])


def _profile(path: Path, *, exponent: float) -> float:
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.places import geographic_profile

    table = pd.read_csv(path)
    plane = f"+proj=eqc +lat_ts={table['lat'].mean()} +R=6371000 +units=m"
    sites = gpd.GeoDataFrame(geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(plane)
    base = gpd.GeoDataFrame(geometry=gpd.points_from_xy([-71.07357], [42.41322]), crs=4326)
    found = geographic_profile(sites, f=exponent, g=exponent, cell_m=150, true_base=base)
    return float(found["hit_score"])


def _six_points(*, at: int) -> float:
    import geopandas as gpd
    from scipy import sparse
    from scipy.spatial.distance import cdist

    from ilp_lab.places import gi_star

    xy = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
    around: Any = gpd.points_from_xy(*xy.T).buffer(1)
    areas = gpd.GeoDataFrame({"y": [2, 3, 3.2, 5, 8, 7]}, geometry=around, crs=32633)
    near = sparse.csr_array((cdist(xy, xy) <= 15).astype(float))
    return float(gi_star(areas, value="y", weights=near, simulations=19, rng=1).table["z"].iloc[at])


def _kernel() -> float:
    from ilp_lab.places.kernels import height

    return float(height("quartic", 1.0, np.zeros(1))[0])


def _gini() -> float:
    from ilp_lab.places.lorenz import gini

    return gini(np.array([5, 3, 1, 1, 0, 0, 0, 0, 0, 0]))[0]


def _rossmo() -> float:
    from ilp_lab.places.profiling import cgt_score

    return float(cgt_score(np.array([500.0]), 1000.0, 1.2, 1.2)[0])


def _tied() -> float:
    from ilp_lab.places.spacetime import mann_kendall

    return float(mann_kendall(np.array([[1.0], [2], [2], [4], [5]]))[1][0])
