"""Addresses become places when they are known, wait for a person when in doubt, and are never guessed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from ilp_lab.errors import ColumnError, CRSError, InputError, ReadError
from ilp_lab.intake import geocode, read_gazetteer, read_incidents
from ilp_lab.intake.addresses import alike, parse, street_alike, writing
from ilp_lab.safeguards import mark

SHARED = Path(__file__).resolve().parents[4] / "shared"
WORDS = writing()


def known(*rows, **columns):
    """Rows of (street, number, x, y)."""
    table = pd.DataFrame(rows, columns=["street", "number", "x", "y"])
    return read_gazetteer(
        gpd.GeoDataFrame(
            {"street": table["street"], "number": table["number"], **columns},
            geometry=gpd.points_from_xy(table["x"], table["y"]),
            crs=32633,
        )
    )


TOWN = known(
    ("Mill Lane", 10, 0, 0), ("Mill Lane", 20, 100, 0), ("Mill Lane", 11, 0, 30), ("Mill Lane", 21, 100, 30),
    ("High Street", 1, 500, 500), ("High Street", 3, 520, 500), ("Hauptstraße", 7, 900, 900), ("Đorđa Vajferta", 12, 40, 400),
    ("Ulica Ѓорѓи", 5, 70, 700), ("5th Avenue", 8, 1500, 0), ("6th Avenue", 8, 1600, 0),
)  # fmt: skip


def one(address, gazetteer=TOWN, **how):
    return geocode(pd.DataFrame({"address": [address]}), gazetteer=gazetteer, **how).table.iloc[0]


@pytest.mark.parametrize(
    ("text", "street", "number", "to"),
    [
        ("3108 OCCIDENTAL DR", "occidental drive", 3108, None),
        ("Hauptstr. 12a", "hauptstrasse", 12, None),
        ("Mill Lane 12-16", "mill lane", 12, 16),
        ("12/3 is no number", "12 3 is no number", None, None),
        ("Bul. Oslobođenja br. 5", "boulevard oslobodenja", 5, None),
        ("1200 BLOCK OF N STATE ST", "north state street", 1200, 1299),
        ("012XX W MADISON ST", "west madison street", 1200, 1299),
        ("On or near Fleet Street", "fleet street", None, None),
        ("5th Avenue 8", "5th avenue", 8, None),
        ("8 5th Avenue", "5th avenue", 8, None),
        ("Trg bana Jelačića 1/2", "place bana jelacica", 1, None),
        ("улица Ленина 7", "street ленина", 7, None),
        ("", "", None, None),
    ],
)
def test_addresses_are_taken_apart(text, street, number, to):
    found = parse(text, WORDS)
    assert (found.street, found.number, found.number_to) == (street, number, to)


@pytest.mark.parametrize(
    "text",
    [
        "High St / Mill Ln",
        "High Street & Mill Lane",
        "HIGH ST @ MILL LN",
        "High St corner of Mill Ln",
        "Mill Lane/High Street",
    ],
)
def test_crossings_are_told(text):
    found = parse(text, WORDS)
    assert {found.street, found.crossing} == {"high street", "mill lane"}


@given(st.text(max_size=60))
def test_writing_alike_twice_changes_nothing_and_parsing_never_fails(text):
    assert alike(alike(text)) == alike(text)
    assert street_alike(street_alike(text, WORDS), WORDS) == street_alike(text, WORDS) or len(text) > 2
    assert parse(text, WORDS).street == parse(text, WORDS).street


@pytest.mark.parametrize(
    "address",
    [
        "MILL LN 10",
        "mill lane 10",
        "10 Mill Lane",
        "Mill  Lane, 10".replace(",", ""),
        "Mil Lane 10",
        "Mill Lnae 10",
    ],
)
def test_a_known_house_is_found_however_it_is_written(address):
    row = one(address)
    assert (row["precision"], row["status"]) == ("house", "accepted")
    assert row.geometry == Point(0, 0)


@pytest.mark.parametrize(
    ("address", "x"),
    [("Hauptstrasse 7", 900), ("HAUPTSTR. 7", 900), ("Dorda Vajferta 12", 40), ("улица Ѓорѓи 5", 70)],
)
def test_other_letters_and_scripts(address, x):
    assert one(address).geometry.x == x


def test_a_house_between_two_known_ones_lies_between_them_on_its_side():
    even, odd = one("Mill Lane 15"), one("Mill Lane 14")
    assert even["precision"] == odd["precision"] == "interpolated"
    assert (round(odd.geometry.x), round(odd.geometry.y)) == (40, 0)
    assert (round(even.geometry.x), round(even.geometry.y)) == (40, 30)
    assert odd["margin_m"] == 50


def test_numbers_in_street_names_must_agree():
    assert one("5th Avenue 8").geometry.x == 1500
    assert one("7th Avenue 8")["status"] != "accepted"


def test_a_street_without_the_number_waits_for_a_person():
    result = geocode(pd.DataFrame({"address": ["High Street 99", "High Street"]}), gazetteer=TOWN)
    assert result.table["status"].tolist() == ["review", "review"]
    assert result.table.geometry.isna().all()
    assert result["to_review"]["why"].str.contains("street|alike").all()
    assert result.left_out == {"status review": 2}


def test_a_crossing_lies_where_the_streets_come_closest_or_where_it_is_known():
    grid = known(
        ("Mill Lane", 1, 0, 0),
        ("Mill Lane", 9, 100, 0),
        ("High Street", 2, 105, 5),
        ("High Street", 30, 105, 400),
    )
    row = one("Mill Ln / High St", grid)
    assert row["precision"] == "intersection"
    assert row.geometry.distance(Point(102, 2)) < 5
    table = pd.DataFrame(
        {"address": ["High St / Mill Ln", "Mill Ln 1"], "lon": [16.0, 16.1], "lat": [48.0, 48.0]}
    )
    assert one("Mill Lane & High Street", read_gazetteer(table)).geometry.x == pytest.approx(16.0)


def test_the_same_street_in_two_towns_is_never_guessed():
    two = known(("Main Street", 1, 0, 0), ("Main Street", 1, 90_000, 0), locality=["Aville", "Bville"])
    row = one("Main Street 1", two)
    assert row["status"] == "review"
    assert row["other_score"] == row["score"]
    frame = pd.DataFrame({"address": ["Main Street 1"] * 2, "town": ["Bville", "aville"]})
    found = geocode(frame, gazetteer=two, locality="town").table
    assert found.geometry.x.tolist() == [90_000, 0]
    assert one("Main Street 1, Bville", two).geometry.x == 90_000


def test_named_places_and_ranges_of_numbers():
    table = gpd.GeoDataFrame(
        {"street": [None, "Long Road", "Long Road"], "number": [None, 1, 101], "numberto": [None, 99, 199], "name": ["City Hospital", None, None]},
        geometry=gpd.points_from_xy([5, 10, 20], [5, 10, 20]), crs=32633,
    )  # fmt: skip
    gazetteer = read_gazetteer(table)
    assert one("city hospital", gazetteer)["precision"] == "place"
    row = one("Long Road 150", gazetteer)
    assert (row["precision"], round(row.geometry.x)) == ("interpolated", 20)


def test_a_decision_of_a_person_is_taken():
    frame = pd.DataFrame({"address": ["High Street 99", "Mill Lane 10"]})
    row = geocode(frame, gazetteer=TOWN)["to_review"].iloc[0]
    decided = geocode(
        frame,
        gazetteer=TOWN,
        decisions=pd.DataFrame({"row": [row["row"]], "gazetteer_row": [row["gazetteer_row"]]}),
    )
    assert decided.table["status"].tolist() == ["decided", "accepted"]
    assert decided.table.geometry.notna().all()
    assert decided["hit_rate"] == 1
    with pytest.raises(InputError, match="rows that do not exist"):
        geocode(frame, gazetteer=TOWN, decisions=pd.DataFrame({"row": [7], "gazetteer_row": [0]}))


def test_piles_of_different_addresses_on_one_point_are_named():
    station = known(*[("Police Street", number, 0, 0) for number in range(1, 9)])
    result = geocode(
        pd.DataFrame({"address": [f"Police Street {number}" for number in range(1, 9)]}), gazetteer=station
    )
    assert result["piles"]["addresses"].tolist() == [8]
    assert "five and more different addresses" in result.explain()


streets = st.lists(
    st.sampled_from(["alder", "birch", "cedar", "dogwood", "elder", "fir", "gorse", "hazel"]),
    min_size=1,
    max_size=3,
).map(" ".join)


@pytest.mark.slow
@given(
    rows=st.lists(st.tuples(streets, st.integers(1, 300)), min_size=1, max_size=15, unique=True),
    seed=st.integers(0, 99),
)
def test_every_known_address_is_found_at_its_place_and_the_order_of_rows_changes_nothing(rows, seed):
    gazetteer = known(*[(f"{street} road", number, 1000 * at, 0) for at, (street, number) in enumerate(rows)])
    frame = pd.DataFrame({"address": [f"{street} road {number}" for street, number in rows]})
    found = geocode(frame, gazetteer=gazetteer).table
    assert (found["status"] == "accepted").all()
    assert (found["score"] == 1).all()
    np.testing.assert_allclose(found.geometry.x, 1000 * np.arange(len(rows)))
    shuffled = frame.sample(frac=1, random_state=seed)
    again = geocode(
        shuffled, gazetteer=gazetteer.sample(frac=1, random_state=seed).reset_index(drop=True)
    ).table
    pd.testing.assert_series_equal(again["score"].sort_index(), found["score"])
    assert (again.geometry.sort_index() == found.geometry).all()


def test_index_handling_and_missing_addresses_survive():
    frame = mark(pd.DataFrame({"address": ["Mill Lane 10", None, "  "]}, index=[7, 7, 9]), handling="H2")
    result = geocode(frame, gazetteer=TOWN)
    assert result.table.index.tolist() == [7, 7, 9]
    assert result.table["status"].tolist() == ["accepted", "unmatched", "unmatched"]
    assert result.handling == "H2"


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script> 5",
    "C:\\2024\\1",
    "`id` ${x}",
    "a" * 10_000,
    "5 \u2028 6",
    "12345678901234567890",
    "0",
    "-",
    "/",
    "& & &",
]


def test_hostile_addresses_are_texts_like_any_other():
    result = geocode(pd.DataFrame({"address": HOSTILE}), gazetteer=TOWN)
    assert (result.table["status"] == "unmatched").all()
    assert "<script>" not in result._repr_html_().replace("<style>", "")


@pytest.mark.parametrize(
    ("call", "kind", "says"),
    [
        (lambda: geocode(pd.DataFrame({"a": ["x"]}), gazetteer=TOWN), ColumnError, "no column 'address'"),
        (lambda: geocode(pd.DataFrame({"address": ["x"]}), gazetteer=TOWN.iloc[:0]), InputError, "gazetteer is empty"),
        (lambda: geocode(pd.DataFrame({"address": ["x"]}), gazetteer=TOWN.drop(columns="street")), ColumnError, "no column 'street'"),
        (lambda: geocode(pd.DataFrame({"address": ["x"]}), gazetteer=TOWN.set_crs(None, allow_override=True)), CRSError, "coordinate system"),
        (lambda: geocode(pd.DataFrame({"address": ["x"]}), gazetteer=TOWN, accept=0.5, review=0.8), InputError, "must not be above accept"),
        (lambda: geocode(pd.DataFrame({"address": ["x"]}), gazetteer=TOWN, words="none.yml"), ReadError, "pack of address words"),
        (lambda: read_gazetteer(pd.DataFrame({"street": ["a"]})), ColumnError, "has no places"),
        (lambda: read_gazetteer(pd.DataFrame({"q": ["a"], "lon": [1.0], "lat": [1.0]})), ColumnError, "names streets or places"),
        (lambda: read_gazetteer(pd.DataFrame({"street": ["a"], "lon": [0.0], "lat": [0.0]})), ColumnError, "both a place and a street"),
        (lambda: geocode("x.csv", gazetteer=TOWN), InputError, "must be a table"),
    ],
)  # fmt: skip
def test_what_cannot_be_geocoded(call, kind, says):
    with pytest.raises(kind, match=says):
        call()


def test_half_of_sacramento_finds_the_other_half():
    """Crime reports of January 2006: every second one is the gazetteer of the others."""
    folder = SHARED / "data" / "sacramento_2006"
    if not folder.exists():
        pytest.skip("the public data sets are not beside the project (../shared/data)")
    incidents, _ = read_incidents(next(folder.glob("*.csv")), tz="America/Los_Angeles")
    known_half, asked = incidents.iloc[1::2], incidents.iloc[::2]
    gazetteer = read_gazetteer(
        gpd.GeoDataFrame({"address": known_half["address"]}, geometry=known_half.geometry)
    )
    result = geocode(asked, gazetteer=gazetteer)
    found = result.table.to_crs(32610)
    good = (found["status"] == "accepted").to_numpy()
    assert good.mean() > 0.35
    off = found.geometry[good].distance(asked.to_crs(32610).geometry[good])
    assert off.median() < 5
    assert (off[(found["precision"] == "house").to_numpy()[good]] < 100).mean() > 0.93
