"""Scan statistics against SaTScan: the same likelihood ratios, places and days."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ilp_lab.times import scan

SHARED = Path(__file__).resolve().parents[3] / "shared" / "oracles"


def read(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip("the public scan data sets are not beside the project (../shared/oracles)")
    return pd.read_csv(path)


@pytest.fixture(scope="module")
def fever():
    cases, places = read("nycfever_cas.csv"), read("nycfever_geo.csv")
    table = cases.merge(places, on="zip")
    at = pd.to_datetime(table["date"]).dt.tz_localize("America/New_York")
    points = gpd.points_from_xy(table["long"], table["lat"])
    centres = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(places["long"], places["lat"]), crs=4326, index=places["zip"]
    )
    return gpd.GeoDataFrame({"occurred_at": at, "cases": table["cases"]}, geometry=points, crs=4326), centres


@pytest.fixture(scope="module")
def leukemia():
    return read("ny_leukemia.csv")


def test_permutation_scan_of_fever_in_new_york(fever):
    """194 visits, circles up to 3 km, windows up to 7 days that reach to the last one: SaTScan's own example."""
    cases, centres = fever
    assert cases["cases"].sum() == 194
    result = scan(
        cases, centres=centres, max_m=3000, max_days=7, prospective=True, distance="great-circle", rng=1
    )
    table = result.table
    assert table["llr"][:3].tolist() == pytest.approx([3.845418, 3.164201, 2.137259], abs=5e-7)
    top = table.iloc[0]
    assert (top["observed"], top["places"]) == (4, 9)
    assert top["expected"] == pytest.approx(0.67, abs=0.005)
    assert (top["start"], top["end"]) == (pd.Timestamp("2001-11-22"), pd.Timestamp("2001-11-24"))
    assert top["members"][0] == 11418
    assert top["p"] > 0.1
    assert top["recurrence_days"] == pytest.approx(1 / top["p"])


# 25 places and 98 made-up cases, as place, day (and 2 where there are two): PredictCode's file satscan_test1
_PLACES = (
    "70 70,70 30,90 30,90 70,30 70,10 30,50 10,50 70,90 10,50 50,50 30,30 90,90 90,10 70,10 50,30 10,10 90,70 90,70 50,10 10,70 10,"
    "50 90,30 30,30 50,90 50"
)
_CASES = (
    "19 872,13 871,18 869,7 868,16 995,6 995,16 993,4 992,1 865,22 863,5 989,8 862,18 987,10 987,11 986,1 985,21 861 2,8 860,6 982,"
    "15 981,9 854,16 979,22 978,16 851,18 851,2 976,17 976,15 850,2 849,25 849,18 973,21 972,10 971,4 971,15 847,6 846,5 845,23 967,"
    "15 966,25 965,15 844,10 963,10 962,9 961,25 840,22 840 2,21 959,9 958,9 842,14 837,17 838,8 951,11 951,3 824,11 948,25 816,"
    "14 815,21 942,15 814,17 940,13 939,1 813,5 937,8 936,16 812,15 811,2 811,20 933,16 809,1 809,8 808,20 930,21 929,12 805,24 927,"
    "13 927,1 804,20 802,23 924,12 924,16 918,13 916,7 915,7 913,16 911,21 907,12 903,20 902,22 894,5 893,18 889,6 843,11 843,25 887,"
    "7 886,4 884,14 877,21 877"
)


def test_permutation_scan_of_made_up_cases():
    """Its cluster at place 10 from day 962 on: 2.715606. SaTScan's first one, 3.352053, takes some of several places at one distance
    and leaves others; here they enter together, and the likeliest cluster is another one.
    """
    places = np.array([one.split() for one in _PLACES.split(",")], dtype=float)
    rows = [[*map(int, one.split()), 1][:3] for one in _CASES.split(",")]
    at, day, number = np.array(rows).T
    when = pd.Timestamp("2000-01-01", tz="UTC") + pd.to_timedelta(day, unit="D")
    cases = gpd.GeoDataFrame(
        {"occurred_at": when, "cases": number}, geometry=gpd.points_from_xy(*places[at - 1].T), crs=32633
    )
    table = scan(cases, prospective=True, simulations=19, rng=1).table
    found = table[(table["llr"] - 2.715606).abs() < 5e-7]
    assert len(found) == 1
    assert found["observed"].tolist() == [4]
    assert found["start"].tolist() == [when[day == 962][0].tz_localize(None)]


def test_poisson_scan_of_leukemia_in_new_york(leukemia):
    """281 tracts, 552 cases, degrees taken as a plane, at most half of the population: SaTScan 9.6."""
    tracts = gpd.GeoDataFrame(
        leukemia, geometry=gpd.points_from_xy(leukemia["lon"] * 1e5, leukemia["lat"] * 1e5), crs=26918
    )
    assert (tracts["cases"].sum(), tracts["population"].sum()) == (552, 1_057_673)
    table = scan(tracts, model="poisson", population="population", rng=1).table
    assert table["llr"][:6].tolist() == pytest.approx(
        [14.083511, 9.019716, 6.114140, 4.651839, 3.363518, 3.209485], abs=5e-7
    )
    assert table["observed"][:6].tolist() == [100, 38, 64, 25, 12, 11]
    assert table["expected"][:6].round(2).tolist() == [58.28, 17.79, 40.85, 12.82, 5.14, 4.61]
    assert table["places"][:6].tolist() == [28, 8, 33, 4, 4, 3]
    assert table["p"][0] == 0.001
    assert table["p_gumbel"][0] == pytest.approx(0.00015, abs=0.00015)
    assert table["p"][1:4].tolist() == pytest.approx([0.016, 0.248, 0.645], abs=0.06)


def test_poisson_scan_over_the_globe(leukemia):
    """The same with great circles: SaTScan 14.780276."""
    tracts = gpd.GeoDataFrame(
        leukemia, geometry=gpd.points_from_xy(leukemia["lon"], leukemia["lat"]), crs=4326
    )
    table = scan(
        tracts, model="poisson", population="population", distance="great-circle", simulations=19, rng=1
    ).table
    assert table["llr"][0] == pytest.approx(14.780276, abs=5e-7)
    assert table["places"][0] == 31


def test_bernoulli_likelihood_of_a_zone(leukemia):
    """Ten tracts against the rest, cases among everybody who lives there: SaTScan 8.47836."""
    zone = leukemia["id"].isin([1, 2, 3, 12, 13, 14, 15, 35, 47, 49])
    cases, people = (leukemia[name].groupby(zone).sum() for name in ("cases", "population"))
    table = gpd.GeoDataFrame(
        {
            "is_case": [True, True, False, False],
            "cases": [cases[True], cases[False], people[True] - cases[True], people[False] - cases[False]],
        },
        geometry=gpd.points_from_xy([0, 1000, 0, 1000], [0] * 4),
        crs=32633,
    )
    found = scan(table, model="bernoulli", population="is_case", max_m=1, simulations=19, rng=1).table
    assert found["llr"][0] == pytest.approx(8.47836, abs=5e-6)
    assert found["observed"][0] == cases[True]
