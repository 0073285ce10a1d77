"""Incidents that every test of a board can look at: thefts everywhere, and a pile of burglaries at the port."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box


@pytest.fixture(scope="session")
def areas():
    return gpd.GeoDataFrame(
        {
            "area": ["A", "B"],
            "name": ["<b>Port</b>", "Hill"],
            "region": ["Coast", "Coast"],
            "share_young": [0.2, 0.6],
        },
        geometry=[
            box(500_000, 5_300_000, 503_000, 5_303_000),
            box(503_000, 5_300_000, 506_000, 5_303_000),
        ],
        crs=32633,
    )


@pytest.fixture(scope="session")
def incidents():
    rng = np.random.default_rng(3)
    spread = rng.uniform([500_000, 5_300_000], [506_000, 5_303_000], (200, 2))
    pile = rng.normal([501_000, 5_301_000], 80, (120, 2))
    xy = np.vstack([spread, pile])
    return gpd.GeoDataFrame(
        {
            "offence": ["theft"] * 200 + ["burglary dwelling"] * 120,
            "occurred_at": pd.date_range("2025-01-01", periods=320, freq="D", tz="Europe/Vienna"),
            "area": np.where(xy[:, 0] < 503_000, "A", "B"),
        },
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )


@pytest.fixture
def case(tmp_path):
    from ilp_lab.safeguards import open_case

    return open_case(tmp_path / "case", purpose="Test", legal_basis="Police Act s.12", analyst="A17")


def empty_like(frame):
    return frame.iloc[:0]
