"""Widgets without a page: what they would send is kept."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from ilp_lab.widgets.mounting import Mounted


@pytest.fixture
def sent(monkeypatch):
    """Messages as (widget, content, buffers), oldest first."""
    kept = []
    monkeypatch.setattr(
        Mounted, "send", lambda widget, content, buffers=None: kept.append((widget, content, buffers or []))
    )
    return kept


@pytest.fixture(scope="module")
def incidents():
    rng = np.random.default_rng(5)
    xy = rng.uniform([500_000, 5_300_000], [506_000, 5_303_000], (60, 2))
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"I{k}" for k in range(60)],
            "offence": ["theft", "burglary", "assault"] * 20,
            "suspect_name": ["somebody"] * 60,
            "occurred_at": pd.date_range("2025-01-01 13:30", periods=60, freq="31h", tz="Europe/Vienna"),
        },
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )


@pytest.fixture(scope="module")
def areas():
    return gpd.GeoDataFrame(
        {"area": ["A", "B"], "name": ["Port", "Hill"]},
        geometry=[box(500_000, 5_300_000, 503_000, 5_303_000), box(503_000, 5_300_000, 506_000, 5_303_000)],
        crs=32633,
    )
