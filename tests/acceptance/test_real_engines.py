"""Real public files on three real engines: a year of Chicago and two years of the City of London, asked there and in memory, with the same answers."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ilp_lab import intake, places, times
from ilp_lab.engine import connect, import_incidents

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
UNIT = Path(__file__).resolve().parents[1] / "unit"
sys.path[:0] = [str(UNIT / "engine"), str(UNIT / "records")]  # a cluster and a server of other tests

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.slow,
    pytest.mark.timeout(2_400),
    pytest.mark.skipif(
        not DATA.exists(), reason="the public data sets are not beside the project (../shared/data)"
    ),
]


@pytest.fixture(scope="module")
def chicago():
    """165,567 offences of 2017 with time and place, and the 77 community areas they lie in."""
    areas = intake.read_areas(
        DATA / "chicago" / "chicago_community_areas.geojson", columns={"area": "community"}
    )[0]
    file = DATA / "chicago" / "chicago_crimes_2017_date_lat_lon.csv.gz"
    frame = intake.read_incidents(file, tz="America/Chicago")[0]
    return frame.assign(area=places.area_of(frame, areas=areas)), areas


@pytest.fixture(scope="module")
def london():
    """18,578 offences of 24 months, to the month and to anonymous points; 1,279 without a place."""
    files = sorted((DATA / "police_uk" / "street").glob("*city-of-london*.csv.gz"))
    frames = [intake.read_incidents(file, tz="Europe/London")[0] for file in files]
    wards = intake.read_areas(DATA / "police_uk" / "boundaries" / "wards_E09000001.json")[0]
    return frames, wards


@pytest.fixture(scope="module")
def imported(chicago, london, tmp_path_factory):
    folder = tmp_path_factory.mktemp("imported")
    reports = {
        "chicago": import_incidents(chicago[0], folder / "chicago", crs="EPSG:32616"),
        "london": import_incidents(london[0], folder / "london", crs="EPSG:32630", zone="Europe/London"),
    }
    assert (reports["chicago"].read, reports["chicago"].kept) == (165_567, 165_567)
    assert reports["chicago"].without_place == 0
    assert reports["london"].read == 18_578
    assert reports["london"].read == reports["london"].kept + reports["london"].duplicates
    return folder


@pytest.fixture(scope="module", params=["duckdb", "postgresql", "spark"])
def engine(request, imported):
    if request.param == "duckdb":
        with connect(folder=imported) as opened:
            yield opened
    elif request.param == "postgresql":
        from postgres import server

        with server() as url, connect(url) as opened:
            yield opened
    else:
        from sparkcluster import cluster

        with cluster() as made, connect(made.url) as opened:
            yield opened


@pytest.fixture(scope="module")
def tables(engine, imported):
    return {name: engine.table(imported / name) for name in ("chicago", "london")}


def same(here, there, *, rtol=1e-9):
    """The same table but for the last digits of sums, and the engine named."""
    columns = [name for name in here if name != "geometry"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(here[columns]), pd.DataFrame(there[columns]), rtol=rtol, check_dtype=False
    )


def test_chicago_by_cell_and_area(engine, tables, chicago):
    frame, areas = chicago
    for settings in ({"cell_m": 400, "study_area": areas}, {"areas": areas}):
        here, there = places.count(frame, **settings), places.count(tables["chicago"], **settings)
        same(here, there)
        assert there["n"].sum() + sum(there.attrs["ilp_lab_left_out"].values()) == 165_567
        assert there.attrs["ilp_lab_noted"] == here.attrs["ilp_lab_noted"]
        assert engine.where in there.attrs["ilp_lab_engine"]


def test_hot_spots_of_chicago(engine, tables, chicago):
    settings = {"cell_m": 400, "study_area": chicago[1], "rng": 7, "simulations": 39}
    here, there = places.gi_star(chicago[0], **settings), places.gi_star(tables["chicago"], **settings)
    same(here.table, there.table)
    assert there.findings == here.findings
    assert (there.table["verdict"] == "hot spot beyond chance").sum() > 50
    assert engine.where in there.method_statement()


def test_the_density_of_chicago(tables, chicago):
    settings = {"bandwidth_m": 800, "cell_m": 200, "study_area": chicago[1]}
    here, there = places.density(chicago[0], **settings), places.density(tables["chicago"], **settings)
    np.testing.assert_allclose(there.table["density"], here.table["density"], rtol=1e-7, atol=1e-6)


def test_weeks_of_chicago_that_are_out_of_line(tables, chicago):
    settings = {"by": "area", "since": "2017-01-02", "until": "2017-12-31", "periods": 4}
    here, there = times.exceptions(chicago[0], **settings), times.exceptions(tables["chicago"], **settings)
    same(here.table, there.table)
    assert there.findings == here.findings


def test_near_repeats_of_three_areas_of_chicago(engine, tables, chicago, imported):
    some = ("OHARE", "EDISON PARK", "HEGEWISCH")
    words = ", ".join(f"'{name}'" for name in some)
    place = imported / "few.parquet" if engine.kind == "duckdb" else "few"
    few = engine.write(f"SELECT * FROM {tables['chicago']} WHERE area IN ({words})", place, replace=True)
    few = engine.table(few, crs="EPSG:32616", zone="America/Chicago")
    settings = {"by": "area", "within_m": [200, 400], "within_days": [7, 14], "permutations": 99, "rng": 3}
    frame = chicago[0][chicago[0]["area"].isin(some)].to_crs(32616)
    here, there = times.near_repeat(frame, **settings), times.near_repeat(few, **settings)
    assert there.table["observed"].tolist() == here.table["observed"].tolist()
    assert sorted(there.table["area"].unique()) == sorted(some)


def test_months_of_the_city_of_london(tables, london):
    """Files tell the month only, and a sixth of the numbers are missing: neither is hidden."""
    frame = pd.concat(london[0], ignore_index=True)
    wards, table = london[1], tables["london"]
    frame = frame[frame["incident_id"].isna() | ~frame["incident_id"].duplicated()]
    assert len(frame) == table.number() < 18_578
    for settings in ({"cell_m": 100, "study_area": wards}, {"areas": wards}):
        here, there = places.count(frame, **settings), places.count(table, **settings)
        same(here, there)
        assert dict(there.attrs["ilp_lab_left_out"]) == dict(here.attrs["ilp_lab_left_out"])
    settings = {"by": "offence", "step": "month"}
    here, there = (times.counts_by_period(one, **settings) for one in (frame, table))
    same(here, there)
