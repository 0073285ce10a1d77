"""Made-up incidents with everything that goes wrong on engines."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon, box

TOWN = gpd.GeoDataFrame(
    {"area": ["north", "south", "bend"]},
    geometry=[
        box(500_000, 5_302_000, 504_000, 5_304_000),
        box(500_000, 5_300_000, 504_000, 5_302_000),
        Polygon([(504_000, 5_300_300), (505_100, 5_301_700), (504_000, 5_303_900)]),
    ],
    crs=32633,
)


def incidents(n: int = 1_500) -> gpd.GeoDataFrame:
    """Clustered, some at one address, some on borders of cells, some outside, some without a place."""
    rng = np.random.default_rng(7)
    x = np.concatenate([rng.uniform(499_900, 505_200, n // 2), rng.normal(501_000, 150, n // 2)]).round(2)
    y = np.concatenate([rng.uniform(5_299_900, 5_304_100, n // 2), rng.normal(5_301_000, 150, n // 2)]).round(
        2
    )
    x[:40], y[:40] = 502_000.0, 5_302_250.0
    x[40:60], y[40:60] = 499_999.4, 5_301_000.0  # less than a metre outside
    x[60:70] = np.nan
    day = rng.integers(0, 200, n)
    at = (
        pd.Timestamp("2024-05-01 21:30")
        + pd.to_timedelta(day, unit="D")
        + pd.to_timedelta(rng.integers(0, 86_400, n), unit="s")
    )
    at = at.tz_localize("Europe/Vienna", ambiguous=np.zeros(n, bool), nonexistent="shift_forward").to_series(
        index=range(n)
    )
    at[100:120] = pd.NaT
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"i{k}" for k in range(n)], "occurred_at": at, "offence": rng.choice(["theft", "fraud", None], n),
            "area": rng.choice(["north", "south"], n), "harm": np.where(rng.random(n) < 0.02, np.nan, rng.integers(1, 9, n) / 2),
        },
        geometry=gpd.points_from_xy(x, y), crs=32633,
    )  # fmt: skip


FRAME = incidents()
