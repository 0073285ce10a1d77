"""Results without rows: drawn, explored and put into products like any other."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import ilp_lab as ilp
from ilp_lab.result import Result


def told(figure):
    return [text.get_text() for text in figure.texts]


@pytest.fixture
def found():
    rng = np.random.default_rng(1)
    paid = pd.DataFrame(
        {
            "payer": [f"A{n}" for n in rng.integers(0, 30, 400)],
            "payee": [f"B{n}" for n in rng.integers(0, 30, 400)],
            "amount": rng.integers(10, 60, 400).astype(float),
        }
    )
    return ilp.networks.structuring(paid, threshold=100)


def test_no_payment_below_the_threshold_is_drawn_in_words(found):
    assert not len(found.table)
    figure = found.plot()
    assert told(figure)[0] == "Nothing was found."
    assert told(figure)[1].startswith("0 payments lie from 90 to below 100.")
    assert "Nothing was found." in figure.alternative
    assert "0 payments lie from 90" in found.explore().html


def test_a_negative_finding_goes_into_a_product(found, tmp_path):
    case = ilp.open_case(tmp_path / "case", purpose="Payments", legal_basis="Act", analyst="A1")
    product = ilp.products.Briefing(case, question="Are sums kept below 100?").add(
        found, says="No payment lies just below 100."
    )
    page = product._repr_html_()
    assert "0 payments lie from 90" in page
    assert "data:image/png" in page


def test_a_map_of_nothing_says_so():
    nothing = gpd.GeoDataFrame({"n": []}, geometry=[], crs=32633)
    found = Result("demo", "Clusters", nothing, "counted", ("No circle.",), view="map")
    assert told(found.plot())[:2] == ["Nothing was found.", "No circle."]
    assert "No circle." in found.explore().html
