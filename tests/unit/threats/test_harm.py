"""Harm scales, what incidents weigh, and two scales side by side."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ilp_lab as ilp
from ilp_lab.errors import ColumnError, InputError, ReadError
from ilp_lab.threats.harmconcentration import gini, most_equal


@pytest.fixture(scope="module")
def belmara():
    incidents, _ = ilp.intake.read_incidents(ilp.samples.path("belmara/incidents.csv"), tz="UTC")
    areas, _ = ilp.intake.read_areas(ilp.samples.path("belmara/areas.geojson"))
    return incidents, areas


def test_the_shipped_scale_weighs_as_the_sample_data_do():
    sample = pd.read_csv(ilp.samples.path("belmara/harm_index.csv"))
    scale = ilp.threats.harm_scale("belmara")
    assert {row.offence: scale.weights[row.offence] for row in sample.itertuples()} == dict(
        zip(sample["offence"], sample["weight_days"], strict=True)
    )
    other = ilp.threats.harm_scale("belmara-severity")
    assert set(other.weights) == set(scale.weights)
    assert len(scale.weights) >= 120
    assert ilp.threats.read_harm_scale(ilp.samples.path("belmara/harm_index.csv")).weights == dict(
        zip(sample["offence"], sample["weight_days"], strict=True)
    )


def test_harm_keeps_the_index_and_names_what_has_no_weight():
    offence = pd.Series(["Theft", "robbery", "shop-theft"], index=[7, 3, 5])
    assert ilp.threats.harm(offence).to_dict() == {7: 2.0, 3: 365.0, 5: 1.0}
    with pytest.raises(InputError, match=r"no weight for 'robery' \(1 rows; 'robbery'\?\)"):
        ilp.threats.harm(pd.Series(["robery", "theft"]))
    left = ilp.threats.harm(pd.Series(["robery", None, "theft"]), unknown="leave")
    assert left.isna().tolist() == [True, True, False]
    assert left.attrs["ilp_lab_left_out"] == {"offence not in the scale": 1, "without an offence": 1}


def test_what_police_work_finds_weighs_nothing_unless_asked_for():
    drugs = pd.Series(["supply of drugs"])
    assert ilp.threats.harm(drugs).tolist() == [0.0]
    assert ilp.threats.harm(drugs, found_by_police=True).tolist() == [180.0]


def test_published_layouts(tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "cchi.xlsx")
    book.add_worksheet("Read me").write_column(0, 0, ["Notes"] * 30)
    sheet = book.add_worksheet("CCHI 2021 values sheet")
    rows = [
        ("Home Office Classification", "Full Offence Title", "CCHI Score", "Notes"),
        ("1", "Offence one", 5475, ""), ("2", "Offence two", 12.5, "proxy"), ("", "A heading", "", ""),
    ]  # fmt: skip
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    scale = ilp.threats.read_harm_scale(tmp_path / "cchi.xlsx", version="2021")
    assert (scale.name, scale.weights) == (
        "Cambridge Crime Harm Index",
        {"Offence one": 5475.0, "Offence two": 12.5},
    )
    assert scale.find(["2"]) == {"2": 12.5}
    (tmp_path / "css.csv").write_text(
        'Offence code,Offence description,Weight\n1,Offence one,"7,979"\n', encoding="utf-8"
    )
    assert ilp.threats.read_harm_scale(tmp_path / "css.csv", layout="ons-css").weights == {
        "Offence one": 7979.0
    }
    with pytest.raises(InputError, match="Name them: columns="):
        ilp.threats.read_harm_scale(pd.DataFrame({"a": [1]}))
    with pytest.raises(InputError, match="two different weights"):
        ilp.threats.read_harm_scale(pd.DataFrame({"offence": ["x", "x"], "weight": [1, 2]}))
    with pytest.raises(InputError, match="not a number of at least 0"):
        ilp.threats.read_harm_scale(pd.DataFrame({"offence": ["x", "y"], "weight": [1, -2]}))


def test_a_bad_pack_is_refused(tmp_path):
    (tmp_path / "mine.yml").write_text("name: x\noffences: {a: b}", encoding="utf-8")
    with pytest.raises(ReadError, match=r"mine\.yml cannot be used"):
        ilp.threats.harm_scale(tmp_path / "mine.yml")


def test_the_grave_place_of_belmara_is_found_by_harm_not_by_number(belmara):
    incidents, areas = belmara
    found = ilp.threats.harm_rates(incidents, areas)
    table = found.table.set_index("area")
    truth = "D2-01"
    assert table.loc[truth, "rank"] < table.loc[truth, "rank_n"] / 3
    assert table["harm"].sum() == pytest.approx(
        ilp.threats.harm(incidents["offence"], unknown="leave")[incidents["area"].isin(areas["area"])].sum()
    )
    assert (table["low"] <= table["smoothed"]).all()
    assert (table["smoothed"] <= table["high"]).all()
    assert isinstance(found.table, gpd.GeoDataFrame)
    assert sum(found.left_out.values()) + table["n"].sum() == len(incidents)
    assert "scale" in found.explain()


def test_with_one_offence_the_rates_are_those_of_places():
    rng = np.random.default_rng(3)
    areas = pd.DataFrame({"area": range(30), "population": rng.integers(200, 9000, 30)})
    n = rng.poisson(areas["population"] * rng.gamma(4, 0.002, 30))
    incidents = pd.DataFrame({"area": np.repeat(areas["area"], n), "offence": "theft"})
    found = ilp.threats.harm_rates(incidents, areas).table
    from shapely.geometry import box

    shapes = gpd.GeoDataFrame(areas.assign(n=n), geometry=[box(i, 0, i + 1, 1) for i in range(30)], crs=32633)
    plain = ilp.places.rates(shapes).table
    for name in ("smoothed", "low", "high"):
        assert found[name].to_numpy() == pytest.approx(2 * plain[name].to_numpy(), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["theft", "robbery", "assault", "criminal damage"]), min_size=6, max_size=40),
    st.integers(0, 99),
)
def test_order_of_rows_does_not_matter(offences, seed):
    rng = np.random.default_rng(seed)
    incidents = pd.DataFrame({"area": rng.choice(list("ABC"), len(offences)), "offence": offences})
    areas = pd.DataFrame({"area": list("ABC"), "population": [100, 2000, 300]})
    one = ilp.threats.harm_rates(incidents, areas).table
    other = ilp.threats.harm_rates(incidents.sample(frac=1, random_state=seed), areas).table
    pd.testing.assert_frame_equal(one, other)


def test_persons_are_never_weighed(belmara):
    seen = pd.DataFrame({"suspect": ["a", "b"], "offence": ["theft", "robbery"]})
    with pytest.raises(InputError, match="never for persons"):
        ilp.threats.compare_scales(seen, by="suspect")
    with pytest.raises(InputError, match="never for persons"):
        ilp.threats.harm_concentration(seen, by="suspect")


def test_scales_side_by_side_say_where_they_disagree(belmara):
    incidents, _ = belmara
    found = ilp.threats.compare_scales(incidents, rng=7)
    assert -1 <= found["tau"] <= 1
    assert found["tau"] > found["tau_n"]
    assert found.table["p_first"].sum() == pytest.approx(1)
    offences = ilp.threats.compare_scales(incidents, by="offence", rng=7).table
    assert (offences["because"] == offences["offence"]).all()
    assert "They differ most about" in found.explain()


def test_concentration_of_harm_against_chance(belmara):
    incidents, areas = belmara
    found = ilp.threats.harm_concentration(incidents, places=areas["area"], bootstrap=199, rng=7)
    assert found["gini"]["value"] > found["chance_gini"]["high"]
    assert (
        found["generalised_gini"]["low"]
        <= found["generalised_gini"]["value"]
        <= found["generalised_gini"]["high"]
    )
    spread = pd.DataFrame({"area": list("ABCD") * 50, "offence": "theft"})
    even = ilp.threats.harm_concentration(spread, rng=1)
    assert even["gini"]["value"] == pytest.approx(0)
    assert "no more concentrated than chance" in even.explain()


def test_generalised_index_is_that_of_bernasco_and_steenbeek_with_fewer_incidents_than_places():
    from ilp_lab.places.lorenz import gini as published

    counts = np.array([3, 2, 1, 1, 0, 0, 0, 0, 0, 0])
    plain, general = published(counts)
    flattest = gini(most_equal(np.ones(7), 10))
    assert gini(counts.astype(float)) == pytest.approx(plain)
    assert (plain - flattest) / (1 - flattest) == pytest.approx(general)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.5, 900), min_size=2, max_size=40), st.floats(0.01, 100))
def test_gini_does_not_depend_on_units(weights, factor):
    values = np.array(weights)
    assert gini(values * factor) == pytest.approx(gini(values), abs=1e-9)
    assert most_equal(values, 5).sum() == pytest.approx(values.sum())


def test_bad_input_in_sentences(belmara):
    incidents, areas = belmara
    with pytest.raises(ColumnError, match="no column 'region_x'"):
        ilp.threats.harm_rates(incidents, areas, by="region_x")
    with pytest.raises(InputError, match="negative numbers"):
        ilp.threats.harm_rates(incidents, areas.assign(population=-1))
    with pytest.raises(InputError, match="none of the"):
        ilp.threats.harm_rates(incidents.assign(area="nowhere"), areas)
