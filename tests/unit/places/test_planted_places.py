"""The planted truths of Belmara come out: the wrong areas are counted, the station's pile is suspected."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from ilp_lab import samples
from ilp_lab.places import count, gi_star

BELMARA = Path(__file__).resolve().parents[3] / "sample_data" / "belmara"


@pytest.fixture(scope="module")
def truth():
    return samples.belmara_truth()


@pytest.fixture(scope="module")
def areas():
    return gpd.read_file(BELMARA / "areas.geojson")


@pytest.fixture(scope="module")
def incidents():
    table = pd.read_csv(BELMARA / "incidents.csv", dtype=str)
    points = gpd.points_from_xy(table["longitude"].astype(float), table["latitude"].astype(float), crs=4326)
    frame = gpd.GeoDataFrame(table, geometry=points)
    frame.loc[table["longitude"].isna(), "geometry"] = None
    return frame


def test_every_incident_is_in_an_area_or_accounted_for(incidents, areas, truth):
    counted = count(incidents, areas=areas)
    faults = truth["faults"]
    left_out = counted.attrs["ilp_lab_left_out"]
    assert left_out["without a place"] == faults["no_coordinates"]
    assert left_out["in no area"] == faults["zero_coordinates"]
    assert counted["n"].sum() + sum(left_out.values()) == len(incidents)
    assert len(left_out.rows) == sum(left_out.values())
    noted = counted.attrs["ilp_lab_noted"]["in another area than the file says"]
    assert noted == faults["wrong_area"]


def test_the_station_is_hot_and_suspected(incidents, areas, truth):
    station = truth["false_hot_spot"]
    district = areas[areas["area"].str.startswith(station["district"])]
    result = gi_star(incidents, cell_m=400, study_area=district, rng=7)
    there = gpd.GeoSeries([shapely.Point(station["longitude"], station["latitude"])], crs=4326)
    cell = result.table[result.table.contains(there.to_crs(result.table.crs).iloc[0])].iloc[0]
    assert cell["verdict"] == "hot spot beyond chance"
    assert cell["one_point_share"] > 0.5
    named = areas.set_index("area").loc[station["area"], "name"]
    assert any(named in caveat and "lie on one point" in caveat for caveat in result.caveats)
    assert "default" in result.explain()
