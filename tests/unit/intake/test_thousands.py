"""Coordinates written with commas: thousands where everything speaks for it, decimals else."""

from __future__ import annotations

import pandas as pd
import pytest

from ilp_lab.errors import CRSError
from ilp_lab.intake import read_incidents

DAYS = [f"2024-03-{day:02d} 10:30" for day in range(1, 25)]


def table(tmp_path, east, north):
    path = tmp_path / "t.csv"
    pd.DataFrame({"id": range(24), "date": DAYS, "easting": east, "northing": north}).to_csv(
        path, index=False
    )
    return path


def test_thousands_are_taken_where_the_system_says_so(tmp_path):
    path = table(
        tmp_path, [f"{530_100 + n:,}" for n in range(24)], [f"{180_100 + 7 * n:,}" for n in range(24)]
    )
    incidents, quality = read_incidents(path, crs="EPSG:27700", tz="UTC")
    assert incidents.geometry.x.tolist() == [530_100 + n for n in range(24)]
    assert incidents.geometry.y.tolist() == [180_100 + 7 * n for n in range(24)]
    assert any("set thousands apart, as in 530,100" in note for note in quality.notes)
    assert "far_away" not in quality.counts


def test_two_commas_in_a_value_leave_no_doubt(tmp_path):
    north = [f"{5_340_000 + n:,}" for n in range(24)]
    path = table(tmp_path, [f"{600_000 + n:,}" for n in range(24)], north)
    incidents, _ = read_incidents(path, crs="EPSG:32633", tz="UTC")
    assert incidents.geometry.iloc[5].coords[0] == (600_005, 5_340_005)
    with pytest.raises(CRSError, match=r"such as 600,000\.0, 5,340,000\.0"):
        read_incidents(path)
    one = table(tmp_path, [600_000 + n for n in range(24)], north)
    assert read_incidents(one, crs="EPSG:32633", tz="UTC")[0].geometry.iloc[5].y == 5_340_005


@pytest.mark.parametrize(
    ("east", "north"),
    [
        ("530100,25", "180100,75"),  # two digits behind the comma
        ("530100,250", "180100,750"),  # too many before it
        ("100,250", "180100,750"),  # the other axis has decimals
    ],
)
def test_decimal_commas_stay_decimals(east, north, tmp_path):
    incidents, quality = read_incidents(
        table(tmp_path, [east] * 24, [north] * 24), crs="EPSG:27700", tz="UTC"
    )
    assert incidents.geometry.iloc[0].coords[0] == (float(east.replace(",", ".")), 180_100.75)
    assert not any("thousands" in note for note in quality.notes)


def test_degrees_with_three_digits_behind_the_comma_stay_degrees(tmp_path):
    path = tmp_path / "t.csv"
    rows = {"x": [f"16,{300 + n}" for n in range(24)], "y": [f"48,{200 + n}" for n in range(24)]}
    pd.DataFrame({"date": DAYS, **rows}).to_csv(path, index=False, sep=";")
    for crs in ("auto", "EPSG:4326"):
        incidents, _ = read_incidents(path, crs=crs, tz="UTC")
        assert incidents.geometry.iloc[1].coords[0] == (16.301, 48.201)
