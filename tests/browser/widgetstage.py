"""Widgets side by side on one table, and the hand that drags over them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from ilp_lab import widgets

SIDE_M = 6_000
READY = """() => [...document.querySelectorAll('.ilpw')].length > 0
  && [...document.querySelectorAll('.ilpw')].every(one => Number(one.dataset.drawn) > 0)"""


def table(size=400) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(3)
    xy = rng.uniform([500_000, 5_300_000], [500_000 + SIDE_M, 5_300_000 + SIDE_M], (size, 2))
    return gpd.GeoDataFrame(
        {
            "incident_id": [f"I{k}" for k in range(size)],
            "offence": rng.choice(["theft", "кража", "سرقة"], size),
            "occurred_at": pd.date_range("2025-03-01 13:30", periods=size, freq="7h", tz="Europe/Vienna"),
        },
        geometry=gpd.points_from_xy(*xy.T),
        crs=32633,
    )


def areas() -> gpd.GeoDataFrame:
    half = SIDE_M / 2
    west, south = 500_000, 5_300_000
    return gpd.GeoDataFrame(
        {"name": ["Ђурђевац", "الميناء"], "n": [4, 9]},
        geometry=[
            box(west, south, west + half, south + SIDE_M),
            box(west + half, south, west + SIDE_M, south + SIDE_M),
        ],
        crs=32633,
    )


def settle(page, made, *, patience=12):
    """Let page and Python talk until nobody has anything to say."""
    page.wait_for_selector(".ilpw")
    for _ in range(patience):
        page.wait_for_timeout(120)
        if not made.exchange(page) and page.evaluate(READY):
            page.wait_for_timeout(320)
            if not made.exchange(page):
                return
    pytest.fail(f"the widgets do not come to rest: {page.evaluate(READY)}")


def drag(page, locator, start, end):
    locator.scroll_into_view_if_needed()
    inside = locator.bounding_box()
    x0, y0 = inside["x"] + start[0] * inside["width"], inside["y"] + start[1] * inside["height"]
    x1, y1 = inside["x"] + end[0] * inside["width"], inside["y"] + end[1] * inside["height"]
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()


def together():
    rows = table()
    chosen = widgets.Selection(rows)
    return [
        widgets.CrimeMap(
            rows, areas=areas(), colour_by="offence", layers={"By area": areas()}, selection=chosen
        ),
        widgets.Timeline(rows, selection=chosen),
        widgets.Clock(rows, selection=chosen),
        widgets.Table(rows, selection=chosen),
    ]
