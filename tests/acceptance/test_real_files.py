"""Real public files, as agencies publish them, through ``ilp-lab demo``: every fault counted, a product at the end.

The expected counts were checked with plain pandas, which the tests repeat where that is one line.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ilp_lab.cli.command import main
from ilp_lab.intake import read_areas, read_incidents, read_links

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not DATA.exists(), reason="the public data sets are not beside the project (../shared/data)"
    ),
]


def demo(tmp_path, *arguments):
    """Run the command; the counted faults by kind."""
    out = tmp_path / "out"
    assert main(["demo", "--out", str(out), *map(str, arguments)]) == 0
    assert (out / "product.html").stat().st_size > 20_000
    assert (out / "product.docx").exists()
    return pd.read_csv(out / "quality_1.csv", encoding="utf-8-sig").set_index("kind")["rows"].to_dict(), out


def plain(*paths):
    return pd.concat([pd.read_csv(path) for path in paths], ignore_index=True)


def test_city_of_london_months_together(tmp_path):
    pattern = DATA / "police_uk" / "street" / "*city-of-london*.csv.gz"
    wards = DATA / "police_uk" / "boundaries" / "wards_E09000001.json"
    counts, out = demo(tmp_path, "--incidents", pattern, "--areas", wards)
    counts = pd.read_csv(out / "quality_2.csv", encoding="utf-8-sig").set_index("kind")["rows"].to_dict()
    table = plain(*sorted(pattern.parent.glob(pattern.name)))
    assert len(table) == 18_578
    assert counts["missing_place"] == table["Longitude"].isna().sum() == 1_279
    assert counts["missing_id"] == table["Crime ID"].isna().sum() == 2_686
    assert counts["month_only"] == 18_578
    assert counts["duplicate_id"] == table["Crime ID"].dropna().duplicated(keep=False).sum() == 292
    assert counts["duplicate_row_with_id"] == table.dropna(subset="Crime ID").duplicated().sum() == 5
    assert counts["duplicate_row_without_id"] == table[table["Crime ID"].isna()].duplicated().sum() == 1_064
    assert counts["place_pile"] == 2_743
    assert "long_window" not in counts


def test_avon_and_somerset(tmp_path):
    paths = sorted((DATA / "police_uk" / "street").glob("*avon*.csv.gz"))
    counts, _ = demo(tmp_path, *[part for path in paths for part in ("--incidents", path)])
    table = plain(*paths)
    assert len(table) == 41_992
    assert counts["missing_place"] == table["Longitude"].isna().sum() == 3_602
    assert counts["missing_id"] == table["Crime ID"].isna().sum() == 7_612
    assert counts["duplicate_id"] == 894
    assert counts["duplicate_row_without_id"] == table[table["Crime ID"].isna()].duplicated().sum() == 2_552


def test_chicago_portal_extract(tmp_path):
    path = DATA / "chicago" / "chicago_crimes_sample25000_2017_2019.csv"
    counts, _ = demo(tmp_path, "--incidents", path, "--offence", "BURGLARY", "--tz", "America/Chicago")
    when = pd.to_datetime(pd.read_csv(path)["date"])
    assert len(when) == 25_000
    assert counts["noon_heap"] == (when.dt.strftime("%H:%M") == "12:00").sum() == 655
    assert "missing_place" not in counts


def test_chicago_2017_whole_year(tmp_path):
    path = DATA / "chicago" / "chicago_crimes_2017_date_lat_lon.csv.gz"
    counts, _ = demo(tmp_path, "--incidents", path, "--tz", "America/Chicago", "--cell-m", 400)
    table = plain(path)
    assert len(table) == 165_567
    assert counts["duplicate_row_without_id"] == table.duplicated().sum() == 987
    assert counts["noon_heap"] == 3_973


def test_sacramento_with_old_line_ends(tmp_path):
    path = DATA / "sacramento_2006" / "SacramentocrimeJanuary2006.csv"
    counts, _ = demo(tmp_path, "--incidents", path, "--tz", "America/Los_Angeles")
    table = pd.read_csv(path)
    assert len(table) == 7_584
    assert counts["trailing_blank"] == 7_584
    assert counts["midnight_heap"] == table["cdatetime"].str.endswith(" 0:00").sum() == 179
    assert counts["duplicate_row_without_id"] == table.duplicated().sum() == 38


def test_oakland_report_workbook(tmp_path):
    counts, out = demo(
        tmp_path, "--incidents", DATA / "oakland" / "crime-file.xlsx", "--tz", "America/Los_Angeles"
    )
    assert counts["swapped"] == 519
    assert counts["midnight_heap"] == 29
    assert counts["duplicate_id"] == 6
    assert (
        "sheet = Sheet1" in (out / "product.html").read_text(encoding="utf-8")
        or counts["trailing_blank"] == 519
    )


def test_oakland_coordinates_in_a_text(tmp_path):
    counts, _ = demo(
        tmp_path, "--incidents", DATA / "oakland" / "opd_crime_data.csv", "--tz", "America/Los_Angeles"
    )
    assert counts == {"midnight_heap": 29, "duplicate_id": 2}


def test_memphis_within_its_precincts(tmp_path):
    folder = DATA / "memphis_robberies"
    _, out = demo(
        tmp_path, "--incidents", folder / "memphis_robberies.csv", "--areas", folder / "memphis_precincts.geojson",
        "--tz", "America/Chicago",
    )  # fmt: skip
    areas = pd.read_csv(out / "quality_1.csv", encoding="utf-8-sig").set_index("kind")["rows"].to_dict()
    assert areas == {"repaired_outline": 1}
    robberies = pd.read_csv(out / "quality_2.csv", encoding="utf-8-sig")
    assert robberies.empty


def test_caviar_from_its_matrix(tmp_path):
    path = DATA / "caviar_oracle" / "data" / "CAVIAR_FULL_Undirected.csv"
    counts, out = demo(tmp_path, "--links", path, "--strength", "strength")
    assert counts == {}
    table = pd.read_csv(out / "measures.csv", encoding="utf-8-sig").sort_values(
        "betweenness", ascending=False
    )
    assert len(table) == 110
    assert table["entity_id"].astype(str).tolist()[0] == "1"
    published = pd.read_csv(
        DATA
        / "caviar_oracle"
        / "results"
        / "time_averaged"
        / "undirected"
        / "structure"
        / "Centralities_undirected.csv"
    )
    column = next(name for name in published.columns if "etween" in name)
    assert table["betweenness"].iloc[0] == pytest.approx(published[column].max(), abs=1e-9)


def test_projected_files_ask_for_their_system(tmp_path, capsys):
    path = DATA / "aoristic_burglaries" / "dc_burglaries_2016.csv"
    assert main(["demo", "--out", str(tmp_path / "out"), "--incidents", str(path)]) == 1
    assert "--crs EPSG:" in capsys.readouterr().err
    counts, _ = demo(tmp_path, "--incidents", path, "--crs", "EPSG:2248", "--tz", "America/New_York")
    assert len(pd.read_csv(path)) == 1_025
    assert pd.read_csv(path)["EndDateTime"].isna().sum() == 37
    assert "missing_place" not in counts


def test_burglaries_between_two_times_say_which_have_no_end():
    path = DATA / "aoristic_burglaries" / "dc_burglaries_2016.csv"
    incidents, quality = read_incidents(path, crs=2248, tz="America/New_York")
    table = pd.read_csv(path)
    assert quality.counts["open_window"] == incidents["occurred_to"].isna().sum() == 37
    assert quality.counts["open_window"] == table["EndDateTime"].isna().sum()
    assert quality.counts["long_window"] == 7
    assert quality.counts["duplicate_row_without_id"] == table.duplicated().sum() == 1
    west, south, east, north = incidents.to_crs(4326).total_bounds
    assert -77.2 < west < east < -76.9
    assert 38.7 < south < north < 39.0


def test_covert_networks_have_the_links_that_their_index_says():
    folder = DATA / "covert_networks"
    index = pd.read_csv(folder / "INDEX.csv").set_index("file")
    paths = sorted((folder / "edges").glob("*.csv"))
    assert len(paths) == 23
    for path in paths:
        links, quality = read_links(path)
        assert len(links) == index.loc[path.stem, "edges"], path.name
        assert quality.counts.get("self_link", 0) == index.loc[path.stem, "loops"], path.name
        assert "missing_end" not in quality.counts


def test_counties_whose_outlines_stand_in_a_column_of_a_csv():
    areas, quality = read_areas(DATA / "libpysal_builtin" / "stl" / "stl_hom.csv", columns={"area": "FIPS"})
    assert len(areas) == 78
    assert areas.geometry.is_valid.all()
    assert areas.crs.to_epsg() == 4326
    assert not quality.counts
