"""An atlas has a page per area, one legend and a handling code; curves are drawn with their band; new results have colours."""

from __future__ import annotations

import re
import shutil
import subprocess

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, box

from ilp_lab.errors import InputError, NoCaseError
from ilp_lab.places import (
    concentration,
    count,
    emerging_hot_spots,
    gi_star,
    hot_areas,
    local_moran,
    rates,
    ripley,
    street_counts,
    street_density,
    street_network,
)
from ilp_lab.safeguards import mark, open_case
from ilp_lab.views import atlas, bar_figure, curve_figure, draw, explore, map_figure, png
from ilp_lab.views.classes import classify

TOWN = gpd.GeoDataFrame(geometry=[box(0, 0, 3000, 2000)], crs=32633)
NASTY = ["<b>Old $\\frac{1}{2}$ Town</b>", "Ђорђево", "x" * 300]
BEATS = gpd.GeoDataFrame(
    {"name": NASTY},
    geometry=[box(0, 0, 1000, 2000), box(1000, 0, 2000, 2000), box(2000, 0, 3000, 2000)],
    crs=32633,
)


@pytest.fixture(scope="module")
def thefts():
    rng = np.random.default_rng(1)
    xy = np.vstack([rng.uniform(0, 1, (150, 2)) * [3000, 2000], rng.normal((700, 900), 60, (80, 2))])
    when = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 360, 230), unit="D")
    return gpd.GeoDataFrame({"occurred_at": when}, geometry=gpd.points_from_xy(*xy.T), crs=32633)


@pytest.fixture(scope="module")
def book(thefts):
    hot = gi_star(thefts, cell_m=200, study_area=TOWN, simulations=19, rng=1)
    return atlas(hot, areas=BEATS, incidents=thefts)


def texts(figure):
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_there_is_an_overview_a_page_per_area_and_the_method(book):
    pages = list(book.pages())
    assert len(pages) == len(book) == 5
    assert any("Old $" in text for text in texts(pages[1]))
    assert any("Ђорђево" in text for text in texts(pages[2]))
    assert any("Benjamini" in text for text in texts(pages[-1]))
    for number, page in enumerate(pages, start=1):
        said = texts(page)
        assert sum(text.startswith("H0 ") for text in said) == 2
        assert any(f"Page {number} of 5" in text for text in said)
        assert any("fingerprint" in text for text in said)


def test_the_legend_is_the_same_on_every_page(book):
    def legend(page):
        axes = page.axes[0]
        found = [child for child in axes.get_children() if type(child).__name__ == "Legend"]
        return [text.get_text() for text in found[0].get_texts()][:-1]

    pages = list(book.pages())[1:-1]
    assert legend(pages[0]) == legend(pages[1]) == legend(pages[2])
    assert len(legend(pages[0])) >= 2


def test_numbers_of_the_pages_add_up(book):
    held = [
        next(text for text in texts(page) if re.fullmatch(r"\d+ of 230", text))
        for page in list(book.pages())[1:-1]
    ]
    assert sum(int(text.split()[0]) for text in held) == 230


@pytest.mark.slow
def test_the_pdf_is_the_same_every_time_and_holds_all_pages(book, thefts):
    content = book.pdf()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", content)) == 5
    again = atlas(
        gi_star(thefts, cell_m=200, study_area=TOWN, simulations=19, rng=1), areas=BEATS, incidents=thefts
    )
    assert again.pdf() == content
    assert b"CreationDate" not in content
    assert "further pages" in book._repr_html_()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler) is not installed")
def test_the_text_can_be_found_in_the_pdf(book, tmp_path):
    path = tmp_path / "atlas.pdf"
    path.write_bytes(book.pdf())
    said = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Ђорђево" in said
    assert "Page 5 of 5" in said


def test_an_atlas_leaves_only_through_a_case_and_takes_its_code(book, tmp_path):
    with pytest.raises(NoCaseError):
        book.release(None, tmp_path / "atlas.pdf")
    case = open_case(
        tmp_path / "case", purpose="Atlas", legal_basis="Police Act s.12", analyst="A1", handling="H1"
    )
    released = book.release(case, tmp_path / "atlas.pdf", authority="Chief", reason="briefing")
    assert released.handling == "H1"
    assert released.path.read_bytes().startswith(b"%PDF-")


def test_a_plain_table_makes_an_atlas_without_a_method_page(thefts):
    counted = mark(count(thefts, areas=BEATS), handling="H2")
    made = atlas(counted, areas=BEATS, value="n", title="Thefts")
    assert len(made) == 4
    assert made.handling == "H2"


@pytest.mark.parametrize(
    ("areas", "how", "says"),
    [
        (BEATS.iloc[:0], {}, "areas is empty"),
        (BEATS, {"at_most": 2}, "3 areas would be 3 pages"),
        (pd.DataFrame({"name": ["a"]}), {}, "areas must be a table with places"),
        (BEATS.set_geometry([None] * 3, crs=32633), {}, "no area has an outline"),
    ],
)
def test_what_no_atlas_can_be_made_of(thefts, areas, how, says):
    with pytest.raises(InputError, match=says):
        atlas(count(thefts, areas=BEATS), areas=areas, **how)


def results(thefts):
    counted = count(thefts, areas=BEATS).assign(population=[4000, 5000, 6000])
    east = [LineString([(0, y), (3000, y)]) for y in (500, 1000, 1500)]
    north = [LineString([(x, 0), (x, 2000)]) for x in (700, 1500, 2200)]
    network = street_network(gpd.GeoDataFrame(geometry=[*east, *north], crs=32633), split="crossings")
    return {
        "local_moran": local_moran(thefts, cell_m=200, study_area=TOWN, simulations=19, rng=1),
        "rates": rates(counted),
        "hot_areas": hot_areas(thefts, study_area=TOWN, simulations=19, rng=1),
        "emerging": emerging_hot_spots(thefts, step=30, cell_m=300, study_area=TOWN, simulations=9, rng=1),
        "streets": street_density(thefts, network, bandwidth_m=200, within_m=500),
        "ripley": ripley(thefts, study_area=TOWN, simulations=19, rng=1),
        "concentration": concentration(counted, rng=1),
    }


def test_every_kind_of_result_is_drawn_for_print_and_screen(thefts):
    for name, result in results(thefts).items():
        figure = draw(result)
        assert png(figure)[:4] == b"\x89PNG", name
        said = " ".join(texts(figure))
        assert "Source: " in said, name
        page = explore(result)
        assert result.title.split("'")[0] in page.html, name
        if result.view == "map":
            legend = [child for child in figure.axes[0].get_children() if type(child).__name__ == "Legend"]
            assert legend, name


def test_counts_of_streets_are_drawn_as_bands(thefts):
    network = street_network(gpd.GeoDataFrame(geometry=[LineString([(0, 900), (3000, 900)])], crs=32633))
    assert "(1 street)" in " ".join(
        texts(map_figure(street_counts(thefts, network, within_m=2000), value="per_km"))
    )


def test_words_of_results_keep_their_order_and_colours():
    values = pd.Series(
        pd.Categorical(["lower", "higher"], categories=["higher beyond chance", "higher", "lower"])
    )
    classes = classify(values, "verdict")
    assert classes.labels == ("Higher", "Lower")
    assert classes.codes.tolist() == [1, 0]
    assert len(set(classes.colours)) == 2


def test_a_result_without_a_curve_is_refused(thefts):
    with pytest.raises(InputError, match="holds no curve"):
        curve_figure(gi_star(thefts, cell_m=200, study_area=TOWN, simulations=19, rng=1))
    assert bar_figure(pd.DataFrame({"a": ["x"], "n": [1]}))
