"""Near repeats on published examples: counts, expectations, variance, labels, chains."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from ilp_lab.times import near_repeat, near_repeat_roles

SHARED = Path(__file__).resolve().parents[3] / "shared"
CHICAGO = SHARED / "data" / "near_repeat_oracle"
BURKITT = SHARED / "data" / "libpysal_builtin" / "burkitt" / "burkitt.shp"


def closed(*ends):
    """The half-open bands that hold their upper ends too."""
    return [float(np.nextafter(end, np.inf)) for end in ends]


def chicago(name, fmt="%Y-%m-%d", header=None):
    path = CHICAGO / name
    if not path.exists():
        pytest.skip("the public Chicago near-repeat files are not beside the project (../shared/data)")
    table = pd.read_csv(path, header=header)
    table.columns = ["x", "y", "day"]
    at = pd.to_datetime(table["day"], format=fmt).dt.tz_localize("America/Chicago")
    return gpd.GeoDataFrame(
        {"occurred_at": at}, geometry=gpd.points_from_xy(table["x"], table["y"]), crs=26971
    )


def square(result, column):
    return result.table[column].to_numpy().reshape(result.table["m_to"].nunique(), -1)


@pytest.fixture(scope="module")
def burkitt():
    if not BURKITT.exists():
        pytest.skip("the public Burkitt lymphoma data set is not beside the project (../shared/data)")
    cases = gpd.read_file(BURKITT)
    at = pd.Timestamp("1960-01-01", tz="Africa/Kampala") + pd.to_timedelta(cases["T"].astype(int), unit="D")
    return gpd.GeoDataFrame(
        {"occurred_at": at}, geometry=gpd.points_from_xy(cases["X"], cases["Y"]), crs=32636
    )


def test_knox_on_burkitt_lymphoma(burkitt):
    """188 cases in Uganda, 20 units and 5 days, both included: PySAL pointpats' doctests, and Barton and David's variance.

    pointpats prints P(X > 13) = .1462 of a Poisson law as the p of 13 or more, which is .2223; dealing the days anew gives .200.
    """
    result = near_repeat(
        burkitt, within_m=closed(20), within_days=6, same_place_m=0, permutations=9_999, rng=1
    )
    row = result.table.iloc[0]
    assert row["observed"] == 13
    assert result["pairs"] == 3429
    assert row["expected"] == pytest.approx(10.143816133803618, abs=1e-13)
    assert result["variance"][0, 0] == pytest.approx(8.39768, abs=5e-6)
    assert row["p"] == pytest.approx(0.200, abs=0.012)
    assert row["z"] == pytest.approx((13 - 10.143816133803618) / 8.39768084**0.5, abs=1e-6)


def test_the_pathological_pair_of_the_calculator():
    """Two points 100 m and three days apart, of the R package NearRepeat's page on the Near Repeat Calculator."""
    at = pd.to_datetime(["2019-01-01", "2019-01-04", "2019-03-01"]).tz_localize("Europe/Vienna")
    xy = gpd.points_from_xy([0, 0, 90_000], [0, 100, 0])
    two = gpd.GeoDataFrame({"occurred_at": at}, geometry=xy, crs=32633)
    result = near_repeat(
        two, within_m=[201], within_days=[4, 7], compatible="nrc-1.3", permutations=19, rng=1
    )
    held = result.table.query("observed > 0 and m_to < inf")
    assert held[["m_from", "m_to", "days_from", "days_to", "observed"]].to_numpy().tolist() == [
        [1, 201, 0, 4, 1]
    ]


BURGLARIES = [
    [28, 5, 5, 2],
    [44, 13, 8, 4],
    [97, 56, 19, 16],
    [77, 67, 45, 20],
    [182194, 146149, 95237, 45879],
]


def test_chicago_burglaries_of_january_2016_as_the_calculator():
    """970 burglaries; the page of the Near Repeat Calculator 1.3 for this file (its labels, bands and verdicts) and the R package."""
    burglaries = chicago("chicago_be_month1.csv")
    assert len(burglaries) == 970
    result = near_repeat(
        burglaries, within_m=[100, 200, 300], within_days=[7, 14, 21], compatible="nrc-1.3", rng=1
    )
    assert square(result, "observed").tolist() == BURGLARIES
    assert result["metric"] == "manhattan"
    assert result.table["nrc_distance"].unique().tolist() == [
        "Same location",
        "1 to 100 meters",
        "101 to 200 meters",
        "201 to 300 meters",
        "More than 300 meters",
    ]
    assert result.table["nrc_time"].unique().tolist() == [
        "0 to 7 days",
        "8 to 14 days",
        "15 to 21 days",
        "More than 21 days",
    ]
    np.testing.assert_allclose(
        square(result, "ratio")[3:], [[0.94, 1.03, 1.07, 1.01], [1, 1, 1, 1]], atol=0.04
    )


def test_chicago_burglaries_with_the_labels_taken_at_their_word():
    """The R package NearRepeat's second table: bands that hold what the calculator's labels say."""
    result = near_repeat(
        chicago("chicago_be_month1.csv"),
        within_m=[101, 201, 301, float("inf")],
        within_days=[8, 15, 22, float("inf")],
        metric="manhattan",
        permutations=19,
        rng=1,
    )
    assert square(result, "observed").tolist() == [
        [29, 4, 5, 2],
        [45, 15, 7, 2],
        [106, 48, 21, 13],
        [88, 64, 46, 15],
        [206611, 138108, 88321, 36415],
    ]


def test_chicago_burglaries_of_the_r_package():
    """Observed counts, ratios and p of the R package NearRepeat; the ratio there is to the simulated mean, ours is exact."""
    result = near_repeat(
        chicago("chicago_be_month1.csv"),
        within_m=[200, 400, 600],
        same_place_m=0.1,
        within_days=[7, 14, 21],
        metric="manhattan",
        rng=1,
    )
    assert square(result, "observed").tolist() == [
        [28, 5, 5],
        [141, 69, 27],
        [186, 140, 100],
        [237, 192, 128],
    ]
    ratio = square(result, "ratio")[:, 0]
    assert ratio[:2] == pytest.approx([1.8032, 1.4133], abs=5e-5)
    assert ratio[:2] == pytest.approx([1.8028, 1.4121], abs=5e-3)  # published, simulated
    assert square(result, "p")[:, 0] == pytest.approx([0.001, 0.001, 0.435, 0.696], abs=0.06)


def test_chicago_arson_as_the_calculator():
    """522 arsons; the calculator's file differs by one pair near 400 m, so the counts are those of the R package."""
    result = near_repeat(
        chicago("chicago_arson.csv"),
        within_m=[200, 400, 600],
        same_place_m=0.01,
        within_days=[1, 2, 3],
        compatible="nrc-1.3",
        rng=1,
    )
    assert square(result, "observed").tolist() == [
        [0, 2, 0, 8],
        [9, 1, 1, 45],
        [4, 0, 0, 141],
        [6, 0, 0, 233],
        [393, 710, 770, 133658],
    ]
    assert result.table["nrc_time"].unique().tolist() == [
        "0 to 1 days",
        "2 to 2 days",
        "3 to 3 days",
        "More than 3 days",
    ]
    assert result.table["nrc_distance"].tolist()[4] == "1 to 200 meters"


def test_chicago_burglaries_of_2016_with_closed_bands():
    """11,701 burglaries with bands that hold their upper ends (T. Davies' near-repeat code): set by the smallest number above each."""
    file = chicago("chicago_burglary_2014_2017.csv", fmt="%d/%m/%Y", header=0)
    year = file[file["occurred_at"].dt.year == 2016]
    assert (len(file), len(year)) == (45_319, 11_701)
    result = near_repeat(
        year,
        within_m=closed(200, 400, 600),
        within_days=[8, 15, 22],
        same_place_m=0.1,
        permutations=99,
        rng=1,
    )
    assert square(result, "observed").tolist() == [
        [342, 97, 62],
        [1892, 1514, 1362],
        [4145, 3643, 3592],
        [5805, 5143, 4919],
    ]
    # published: observed over the median of 99 deals
    published = [6.4528, 1.4172, 1.1362, 1.1300]
    assert square(result, "ratio")[:, 0] == pytest.approx(published, rel=0.012)


def test_strings_of_near_events():
    """Five events on a line, near within 2 and less than a day: ptools' near strings 1, 1, 1, 2, 2."""
    at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta([0, 0, 0, 4, 4], unit="D")
    five = gpd.GeoDataFrame({"occurred_at": at}, geometry=gpd.points_from_xy(range(1, 6), [0] * 5), crs=32633)
    roles = near_repeat_roles(five, within_m=closed(2)[0], within_days=1, same_place_m=0.1)
    assert roles["chain"].tolist() == [1, 1, 1, 2, 2]
