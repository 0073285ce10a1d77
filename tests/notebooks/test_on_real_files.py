"""The notebooks of place also run on public files, by changing nothing but the names in their first cell."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from ilp_lab.cli.shipped import notebooks_folder

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture(autouse=True)
def public_data():
    if not (SHARED / "data").exists():
        pytest.skip("the public data sets are not beside the project (../shared)")


def run(name, **first_cell):
    """Run a notebook's source with other values in its first cell; what is shown is thrown away."""
    text = (notebooks_folder() / f"{name}.py").read_text(encoding="utf-8")
    for variable, value in first_cell.items():
        text, found = re.subn(
            rf"^{variable} = .*$",
            lambda _, v=value, n=variable: f"{n} = {v!r}",
            text,
            count=1,
            flags=re.MULTILINE,
        )
        assert found == 1, variable
    scope = {"__name__": "__main__"}
    exec(compile(text, name, "exec"), scope)
    return scope


def test_more_than_chance_on_sacramento():
    file = next((SHARED / "data" / "sacramento_2006").glob("*.csv"))
    found = run(
        "03_more_than_chance",
        INCIDENTS=str(file),
        AREAS=None,
        OFFENCE="10851(A)VC TAKE VEH W/O OWNER",
        CELL_M=500,
        STEP="day",
    )
    assert (found["hot"].table["verdict"] == "hot spot beyond chance").any()


def test_place_or_people_on_chicago(tmp_path):
    folder = SHARED / "data" / "chicago"
    areas = gpd.read_file(folder / "chicago_community_areas.geojson")
    areas["POP"] = (areas.to_crs(26916).area / 100).astype(int)  # stands in for residents: one per 100 m²
    areas.to_file(tmp_path / "areas.geojson", driver="GeoJSON")
    table = pd.read_csv(folder / "chicago_crimes_sample25000_2017_2019.csv").head(9000)
    table.to_csv(tmp_path / "chicago.csv", index=False)
    found = run("04_place_or_people", INCIDENTS=str(tmp_path / "chicago.csv"), AREAS=str(tmp_path / "areas.geojson"), OFFENCE="THEFT",
                POPULATION="population", OTHERS=["BATTERY", "ROBBERY"])  # fmt: skip
    assert found["rates"].table["smoothed"].notna().all()


def test_streets_on_geodanet(tmp_path):
    folder = SHARED / "data" / "libpysal_builtin" / "geodanet"
    for name in ("streets", "crimes"):
        frame = gpd.read_file(folder / f"{name}.shp").to_crs(32612)
        frame.to_file(tmp_path / f"{name}.gpkg")
    found = run("05_streets", INCIDENTS=str(tmp_path / "crimes.gpkg"), STREETS=str(tmp_path / "streets.gpkg"))
    assert found["density"]["kept"] == pytest.approx(1, abs=0.05)


def test_a_base_on_the_boston_sites():
    found = run(
        "06_where_might_the_offender_live",
        INCIDENTS=str(SHARED / "oracles" / "desalvo.csv"),
        SERIES="age == age",
    )
    assert len(found["sites"]) == 13
    assert found["profile"].table["searched"].max() == pytest.approx(1)


def test_verification_with_all_data():
    found = run("07_verification", DATA=str(SHARED))
    assert found["checks"].table["agrees"].all()
    assert found["timely"].table["agrees"].all()
