"""Runs every method of place on the input of its published example, once per input."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

SIX = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
SIX_VALUES = np.array([2, 3, 3.2, 5, 8, 7])


def read(path: Path, crs: int = 32617) -> gpd.GeoDataFrame:
    """A data set whose file names no system, or another one than its numbers are in."""
    import geopandas as gpd

    frame: gpd.GeoDataFrame = gpd.read_file(path)
    return frame.set_crs(crs, allow_override=True)


@lru_cache(maxsize=16)
def association(path: Path, measure: str, weights: str) -> pd.Series:
    """The row of a global measure of the Columbus crime rates."""
    from ilp_lab import places

    found = getattr(places, measure)(read(path), value="CRIME", weights=weights, permutations=99, rng=1)
    row: pd.Series = found.table.iloc[0]
    return row


@lru_cache(maxsize=2)
def neighbours(path: Path) -> NDArray[np.int64]:
    """How many queen neighbours each area of Columbus has."""
    from ilp_lab.places.neighbours import of_shapes

    return of_shapes(np.asarray(read(path).geometry), "queen").count


@lru_cache(maxsize=2)
def hot(path: Path) -> NDArray[np.float64]:
    """Gi* of the Columbus crime rates."""
    from ilp_lab.places import gi_star

    return gi_star(read(path), value="CRIME", simulations=19, rng=1).table["z"].to_numpy()


@lru_cache(maxsize=2)
def local(path: Path) -> pd.DataFrame:
    """Local Moran of the Columbus crime rates."""
    from ilp_lab.places import local_moran

    found = local_moran(read(path), value="CRIME", permutations=99, simulations=19, rng=1)
    table: pd.DataFrame = found.table
    return table


@lru_cache(maxsize=2)
def middles(path: Path) -> pd.DataFrame:
    """Centres of the Cardiff homes, by measure."""
    from ilp_lab.places import centres

    table: pd.DataFrame = centres(read(path)).set_index("measure")
    return table


def nearest(path: Path) -> float:
    """Mean distance of the Cardiff homes to the nearest one."""
    from ilp_lab.places import nearest_neighbour

    return float(nearest_neighbour(read(path), simulations=19, rng=1).table["mean_m"].iloc[0])


@lru_cache(maxsize=4)
def streets(path: Path, *, at_every_point: bool) -> tuple[Any, NDArray[np.int64], NDArray[np.float64]]:
    """The geodanet network, and the segment and distance of its crimes."""
    import geopandas as gpd
    import shapely

    from ilp_lab.places import snap, street_network

    lines = read(path)
    if at_every_point:
        xy, line = shapely.get_coordinates(np.asarray(lines.geometry), return_index=True)
        on = line[1:] == line[:-1]
        pairs = np.stack([xy[:-1][on], xy[1:][on]], axis=1)
        lines = gpd.GeoDataFrame(geometry=shapely.linestrings(pairs), crs=lines.crs)
    network = street_network(lines, split="none" if at_every_point else "vertices", join_m=0.01)
    on_streets = snap(read(path.with_name("crimes.shp")), network, within_m=5000)
    return network, on_streets.segment, on_streets.away_m


@lru_cache(maxsize=2)
def trend(path: Path) -> tuple[float, float, float]:
    """S, its variance and z of Mann and Kendall."""
    from ilp_lab.places.spacetime import mann_kendall

    s, variance, z = mann_kendall(np.loadtxt(path, skiprows=1)[:, None])
    return float(s[0]), float(variance[0]), float(z[0])


def tau(path: Path) -> float:
    """Kendall's tau-b of a series without ties in time."""
    series = np.loadtxt(path, skiprows=1)
    pairs = len(series) * (len(series) - 1) / 2
    ties = sum(number * (number - 1) / 2 for number in np.unique(series, return_counts=True)[1])
    return float(trend(path)[0] / np.sqrt(pairs * (pairs - ties)))


@lru_cache(maxsize=2)
def robberies(path: Path) -> pd.DataFrame:
    """Gi* of a month of Memphis robberies on the cells of sfhotspot."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    from ilp_lab.places import count, gi_star

    table = pd.read_csv(path)
    frame = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(
        32615
    )
    ground = shapely.convex_hull(shapely.multipoints(shapely.get_coordinates(frame.geometry))).buffer(250)
    west, south, east, north = ground.bounds
    up, across = np.meshgrid(np.arange(south, north, 500), np.arange(west, east, 500), indexing="ij")
    cells = shapely.box(across.ravel(), up.ravel(), across.ravel() + 500, up.ravel() + 500)
    kept = gpd.GeoDataFrame(geometry=cells[shapely.intersects(cells, ground)], crs=32615)
    return gi_star(count(frame, areas=kept), value="n", weights="queen", simulations=19, rng=1).table


def spread(path: Path, *, axis: str) -> float:
    """R's bandwidth.nrd of one axis, from the rule that our bandwidths start from: 4 · 1.06 · min(s, IQR/1.34) · n^(-1/5)."""
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.places.bandwidth import robust_spread

    table = pd.read_csv(path)
    places = gpd.GeoSeries(gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(32615)
    values = (places.x if axis == "x" else places.y).to_numpy()
    return float(4 * 1.06 * robust_spread(values) * len(values) ** -0.2)


def profile(path: Path, *, exponent: float) -> float:
    """Share of ground searched before the known base of the Boston sites."""
    import geopandas as gpd
    import pandas as pd

    from ilp_lab.places import geographic_profile

    table = pd.read_csv(path)
    plane = f"+proj=eqc +lat_ts={table['lat'].mean()} +R=6371000 +units=m"
    sites = gpd.GeoDataFrame(geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326).to_crs(plane)
    base = gpd.GeoDataFrame(geometry=gpd.points_from_xy([-71.07357], [42.41322]), crs=4326)
    found = geographic_profile(sites, f=exponent, g=exponent, cell_m=100, true_base=base)
    return float(found["hit_score"])


@lru_cache(maxsize=4)
def six(measure: str) -> pd.DataFrame:
    """Getis and Ord's six points, neighbours within 15."""
    import geopandas as gpd
    from scipy import sparse
    from scipy.spatial.distance import cdist

    from ilp_lab import places

    around: Any = gpd.points_from_xy(*SIX.T).buffer(1)
    areas = gpd.GeoDataFrame({"y": SIX_VALUES}, geometry=around, crs=32633)
    near = sparse.csr_array((cdist(SIX, SIX) <= 15).astype(float))
    runs = {"permutations": 99} if measure == "general_g" else {"simulations": 19}
    table: pd.DataFrame = getattr(places, measure)(areas, value="y", weights=near, rng=1, **runs).table
    return table


def six_without_themselves(at: int) -> float:
    """Gi of a point: local Moran's conditional z, signed by the point's own side of the mean."""
    side = -1.0 if SIX_VALUES[at] < SIX_VALUES.mean() else 1.0
    return float(six("local_moran")["z"].iloc[at]) * side


def kernel() -> float:
    """Height of the quartic kernel at its middle."""
    from ilp_lab.places.kernels import height

    return float(height("quartic", 1.0, np.zeros(1))[0])


def gini() -> float:
    """Gini of ten places of which four hold ten incidents."""
    from ilp_lab.places.lorenz import gini as of_counts

    return of_counts(np.array([5, 3, 1, 1, 0, 0, 0, 0, 0, 0]))[0]


def rossmo(away: float) -> float:
    """Rossmo's function, buffer 1,000 m, f = g = 1.2."""
    from ilp_lab.places.profiling import cgt_score

    return float(cgt_score(np.array([away]), 1000.0, 1.2, 1.2)[0])


def tied() -> float:
    """Variance of Mann-Kendall's S with a tie."""
    from ilp_lab.places.spacetime import mann_kendall

    return float(mann_kendall(np.array([[1.0], [2], [2], [4], [5]]))[1][0])
