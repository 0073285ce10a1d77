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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_base_on_the_boston_sites():
    found = run(
        "06_where_might_the_offender_live",
        INCIDENTS=str(SHARED / "oracles" / "desalvo.csv"),
        SERIES="age == age",
    )
    assert len(found["sites"]) == 13
    assert found["profile"].table["searched"].max() == pytest.approx(1)


@pytest.mark.slow
def test_verification_with_all_data():
    found = run("07_verification", DATA=str(SHARED))
    assert found["checks"].table["agrees"].all()
    assert found["timely"].table["agrees"].all()


def test_near_repeats_on_chicago(tmp_path):
    found = run(
        "10_near_repeat_wave",
        INCIDENTS=chicago_burglaries(tmp_path, year=2016),
        CLOCK="America/Chicago",
        OFFENCE="burglary",
        FROM="2016-01-01",
        UNTIL="2017-01-01",
        TODAY="2016-07-01",
    )
    assert len(found["chosen"]) == 11_701
    nearest = found["near"].table.query("days_to == 7")
    assert (nearest["verdict"] == "more than chance").all()
    assert nearest["ratio"].is_monotonic_decreasing
    assert not (found["chance"].table["verdict"] == "more than chance").any()
    assert len(found["zones"].table)


@pytest.mark.slow
def test_an_outbreak_in_chicago(tmp_path):
    areas = gpd.read_file(SHARED / "data" / "chicago" / "chicago_community_areas.geojson")
    areas["population"] = (areas.to_crs(26916).area / 100).astype(
        int
    )  # stands in for residents: one per 100 m²
    areas.to_file(tmp_path / "areas.geojson", driver="GeoJSON")
    found = run(
        "11_is_this_outbreak_real",
        INCIDENTS=chicago_burglaries(tmp_path, year=2016, days=120),
        AREAS=str(tmp_path / "areas.geojson"),
        CLOCK="America/Chicago",
        OFFENCE="burglary",
        FROM="2016-01-01",
        TODAY="2016-04-29",
        MAX_DAYS=28,
    )
    assert found["now"].table["end"].max() <= pd.Timestamp("2016-04-29")
    assert (found["chance"].table["p"] >= 0.01).all()
    assert found["people"].table["p"].iloc[0] == 0.001  # burglaries are not spread by ground


def test_series_on_the_crimelinkage_example(tmp_path):
    table = pd.read_csv(SHARED / "oracles" / "crimes.csv", dtype=str)
    offenders = (
        pd.read_csv(SHARED / "oracles" / "offenders.csv").groupby("crimeID")["offenderID"].agg(";".join)
    )
    for end, name in (("FROM", "occurred_at"), ("TO", "occurred_to")):
        clock = table[f"TIME_{end}"].str.zfill(4)
        minutes = clock.str[:2].astype(int) * 60 + clock.str[2:].astype(int)
        table[name] = pd.to_datetime(table[f"DATE_{end}"]) + pd.to_timedelta(minutes, unit="min")
    table["offender"] = table["crimeID"].map(offenders)
    places = gpd.points_from_xy(table["X"].astype(float) + 500_000, table["Y"].astype(float) + 5_300_000)
    places = gpd.GeoSeries(places, crs=32633).to_crs(4326)
    table = table.assign(longitude=places.x, latitude=places.y, offence="burglary").drop(columns=["X", "Y"])
    table = table.rename(columns={"crimeID": "incident_id"})
    table.filter(regex="^(?!DATE|TIME)").to_csv(tmp_path / "crimes.csv", index=False)
    found = run("12_one_series_or_two", CRIMES=str(tmp_path / "crimes.csv"), MANNER=["MO1", "MO2", "MO3"])
    assert (len(found["crimes"]), len(found["unsolved"])) == (490, 100)
    assert found["model"]["co_offending"].to_dict() == {1: 294, 2: 78, 3: 15, 4: 3}
    assert found["review"].table["bayes_factor"].min() >= 100


def chicago_burglaries(folder, *, year, days=366):
    """The public file of burglaries without names of columns that anybody would know, as a table of incidents."""
    path = SHARED / "data" / "near_repeat_oracle" / "chicago_burglary_2014_2017.csv"
    if not path.exists():
        pytest.skip("the public Chicago near-repeat files are not beside the project (../shared/data)")
    table = pd.read_csv(path)
    at = pd.to_datetime(table["date_single"], format="%d/%m/%Y")
    first = pd.Timestamp(year, 1, 1)
    chosen = (at >= first) & (at < min(first + pd.Timedelta(days, "D"), pd.Timestamp(year + 1, 1, 1)))
    places = gpd.GeoSeries(gpd.points_from_xy(table["x"], table["y"]), crs=26971)[chosen].to_crs(4326)
    made = pd.DataFrame(
        {
            "incident_id": range(len(places)), "offence": "burglary", "occurred_at": at[chosen].dt.strftime("%Y-%m-%d"),
            "longitude": places.x, "latitude": places.y, "area": "Chicago",
        }
    )  # fmt: skip
    made.to_csv(folder / "burglaries.csv", index=False)
    return str(folder / "burglaries.csv")


def test_a_network_through_time_on_caviar(capsys):
    folder = SHARED / "data" / "caviar_oracle" / "data" / "TempData"
    if not folder.is_dir():
        pytest.skip("the Caviar files are not beside the project")
    text = (notebooks_folder() / "24_a_network_through_time.py").read_text(encoding="utf-8")
    assert 'Path("caviar")' in text
    exec(
        compile(text.replace('Path("caviar")', f"Path({str(folder)!r})"), "24", "exec"),
        {"__name__": "__main__"},
    )
    assert "10 phases; the chart is largest in 8" in capsys.readouterr().out


def test_when_do_they_strike_in_washington(tmp_path):
    path = SHARED / "oracles" / "dcburglaries.csv"
    table = pd.read_csv(path).rename(columns={"start_utc": "occurred_at", "end_utc": "occurred_to"})
    places = gpd.GeoSeries.from_xy(table["X"], table["Y"], crs=2248).to_crs(4326)
    table = table.assign(offence="burglary", longitude=places.x, latitude=places.y).drop(columns=["X", "Y"])
    table.to_csv(tmp_path / "washington.csv", index=False)
    found = run("08_when_do_they_strike", INCIDENTS=str(tmp_path / "washington.csv"), ZONE="America/New_York", OFFENCE="burglary")  # fmt: skip
    assert found["week"].table["n"].sum() == pytest.approx(1025)
    assert found["days"]["p"] < 0.05
    assert found["where"].table["n"].sum() == pytest.approx(1025, abs=1)


@pytest.fixture
def chicago(tmp_path):
    """The portal's extract of 25,000 rows with one kind of area: the community area, by its number."""
    path = SHARED / "data" / "chicago" / "chicago_crimes_sample25000_2017_2019.csv"
    if not path.exists():
        pytest.skip("the public Chicago extract is not beside the project (../shared/data)")
    table = pd.read_csv(path).drop(columns=["beat", "district", "ward", "location"])
    table = table.assign(area=table.pop("community_area").astype("Int64").astype("string"))
    table.to_csv(tmp_path / "chicago.csv", index=False)
    areas = gpd.read_file(path.with_name("chicago_community_areas.geojson"))
    number = next(name for name in areas.columns if name.lower() in {"area_num_1", "area_numbe"})
    areas.assign(area=areas[number].astype(str))[["area", "geometry"]].to_file(tmp_path / "areas.geojson")
    return {"INCIDENTS": str(tmp_path / "chicago.csv"), "ZONE": "America/Chicago"}


@pytest.mark.slow
def test_what_changed_in_chicago(chicago):
    found = run("09_what_changed_this_month", **chicago, UNTIL="2019-06-30", OFFENCE="THEFT", SEASONAL=["THEFT", "BATTERY"],
                PLACES=[str(number) for number in range(1, 78)])  # fmt: skip
    assert found["season"]["p"] < 0.05
    assert found["season"]["trend_low"] < 1 < found["season"]["trend_high"]
    assert len(found["radar"].table) > 60


@pytest.mark.slow
def test_where_next_in_chicago(chicago, tmp_path):
    found = run("13_where_next", **chicago, AREAS=str(tmp_path / "areas.geojson"), OFFENCE="THEFT", AREA=None, CELL_M=500, FOLDS=6)  # fmt: skip
    table = found["tried"].table.set_index("method")
    assert table["hit_rate"].between(0.1, 0.9).all()
    assert table["pai"].max() > 3
    assert found["ahead"]["disparity"]["marked_share"].sum() == pytest.approx(1)


@pytest.mark.slow
def test_did_it_work_in_chicago(chicago, tmp_path):
    found = run("14_did_the_operation_work", **chicago, AREAS=str(tmp_path / "areas.geojson"), OFFENCE="THEFT", TREATED=(-87.6278, 41.8819),
                CONTROL=(-87.6246, 41.8947), RADIUS_M=700, RING_M=400, BEGAN="2018-06-01", BEFORE_THAT="2017-11-01", DAYS=120, AREA="32",
                WIDER="3")  # fmt: skip
    assert found["effect"].table["before"].sum() > 50
    assert "This could be chance" in found["effect"].explain()  # nothing was done there
    assert "This could be chance" in found["many"].explain()


def test_phone_records_of_400_phones():
    found = run(
        "20_from_phone_records_to_a_chart",
        CALLS=str(SHARED / "data" / "vast2008_calls" / "CellPhoneCallRecords.csv"),
        DAYFIRST=False,
        EVENT="2006-06-08 00:00",
    )
    assert len(found["calls"]) == 9834
    assert found["together"]["pairs_met"] > 6000
    assert len(found["swaps"]) == 0


def test_phone_records_with_handsets():
    found = run(
        "20_from_phone_records_to_a_chart",
        CALLS=str(SHARED / "data" / "cdr_rk312" / "data.csv"),
        EVENT="2020-06-12 00:00",
        LEAST_CALLS=1,
    )
    assert len(found["swaps"]) > 0


def test_co_offending_in_the_clubs_of_1775():
    file = next((SHARED / "data" / "covert_networks" / "edges").glob("covert_35__2*"))
    found = run("21_co_offending", EVENTS=str(file), COLUMNS={"person": "target", "event": "source"})
    assert found["ties"]["persons"] == 254


def test_money_on_mobile_phones():
    found = run(
        "22_follow_the_money",
        TRANSACTIONS=str(SHARED / "data" / "cider_synth" / "mobilemoney.csv"),
        THRESHOLD=80,
        WITHIN_DAYS=20,
    )
    assert found["trips"]["p"] > 0.05  # made-up payments without circles
    assert len(found["payments"]) == 10_000
