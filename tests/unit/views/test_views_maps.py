from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Point, box

from ilp_lab import safeguards, views
from ilp_lab.errors import ColumnError, InputError, MissingPartError
from ilp_lab.result import Param, Result


def cells(count=4) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"row": 0, "column": range(count), "n": range(count)},
        geometry=[box(600_000 + 100 * i, 5_300_000, 600_100 + 100 * i, 5_300_100) for i in range(count)],
        crs=32633,
    )


def points() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "incident_id": ["1", "2", "3"],
            "offence": ["theft", "theft", None],
            "address": "12 Secret Street",
            "occurred_at": pd.to_datetime(["2024-01-01 10:00", None, "2024-01-02 11:00"]),
        },
        geometry=[Point(600_010, 5_300_020), None, Point(600_110, 5_300_030)],
        crs=32633,
    )


def test_addresses_and_names_never_reach_a_map():
    page = views.map_page(cells().assign(label="A Person"), incidents=points())
    assert "Secret Street" not in page.html
    assert "A Person" not in page.html
    assert "theft" in page.html


def test_rows_without_a_place_are_counted_not_hidden():
    page = views.map_page(cells(), incidents=points())
    assert "showing 2 of 3; 1 have no place" in page.html


def test_everything_together_in_different_coordinate_systems():
    page = views.map_page(
        cells(),
        areas=cells().to_crs(4326).assign(name="Mitte"),
        incidents=points().to_crs(3857),
        streets=gpd.GeoDataFrame(
            geometry=[LineString([(600_000, 5_300_000), (600_300, 5_300_100)])], crs=32633
        ),
    )
    assert "Mitte" in page.html
    assert page.alternative.startswith("Map. Incidents.")


def test_a_result_brings_title_words_notes_and_handling():
    result = Result(
        "places.gi_star",
        "Hot spots of theft",
        cells(),
        "counted",
        ("Two stand out.",),
        params=(Param("cell_m", 100, chosen=True, why="density"),),
        left_out={"without a place": 7},
        handling="H2",
        view="map",
    )
    page = views.map_page(result)
    assert (page.title, page.handling) == ("Hot spots of theft", "H2")
    assert "Two stand out." in page.html
    assert "7 rows left out: without a place." in page.html
    assert "Set by the library: cell size, m: 100 (chosen: density)." in page.html


def test_the_strictest_input_decides_the_handling_code():
    secret = safeguards.mark(points(), handling="H3")
    assert views.map_page(cells(), incidents=secret).handling == "H3"
    assert "H3" in "".join(text.get_text() for text in views.map_figure(cells(), incidents=secret).texts)


def test_the_same_input_gives_the_same_page():
    assert (
        views.map_page(cells(), incidents=points()).html == views.map_page(cells(), incidents=points()).html
    )


def test_without_a_column_to_colour_only_outlines_are_drawn():
    page = views.map_page(cells()[["geometry"]].assign(name="A"))
    assert "no value" not in page.html


def test_tables_of_degrees_and_tables_without_a_system():
    assert views.map_page(cells().to_crs(4326)).html
    bare = cells().set_crs(None, allow_override=True)
    assert '"metres":false' in views.map_page(bare).html


@pytest.mark.parametrize(
    ("table", "options", "error", "words"),
    [
        (pd.DataFrame({"a": [1]}), {}, InputError, "needs a table with places"),
        (None, {}, InputError, "needs a table with places"),
        (cells(), {"value": "m"}, ColumnError, "has no column 'm'"),
        (cells(), {"areas": "areas.gpkg"}, InputError, "areas must be a table with places"),
        (cells().iloc[:0], {}, InputError, "nothing to draw"),
        (points().iloc[1:2], {}, InputError, "nothing to draw"),
    ],
)
@pytest.mark.parametrize("draw", [views.map_page, views.map_figure])
def test_what_cannot_be_drawn_is_said(draw, table, options, error, words):
    with pytest.raises(error, match=words):
        draw(table, **options)


def test_a_hundred_thousand_cells_and_points_stay_a_few_megabytes():
    rng = np.random.default_rng(1)
    row, column = np.divmod(np.arange(100_000), 320)
    grid = gpd.GeoDataFrame(
        {"row": row, "column": column, "n": rng.poisson(2, 100_000), "z": rng.normal(size=100_000)},
        geometry=shapely.box(column * 50.0, row * 50.0, column * 50.0 + 50, row * 50.0 + 50),
        crs=32633,
    )
    incidents = gpd.GeoDataFrame(
        {"offence": rng.choice(["theft", "fraud"], 100_000), "occurred_at": pd.Timestamp("2024-01-01 10:00")},
        geometry=gpd.points_from_xy(rng.uniform(0, 16_000, 100_000), rng.uniform(0, 15_000, 100_000)),
        crs=32633,
    )
    assert len(views.map_page(grid, incidents=incidents).html) < 6_000_000


def test_the_map_handed_to_offline_is_not_changed():
    import folium

    place = folium.Map([48.2, 16.37], tiles=None)
    text = "C:\\2024\\1 ${x} {{y}} `z`"
    marker = folium.Marker([48.2, 16.37], tooltip=text).add_to(place)
    views.offline(place)
    tooltip = next(child for child in marker._children.values() if hasattr(child, "text"))
    assert tooltip.text == text


def test_tiles_are_refused_in_words():
    import folium

    with pytest.raises(InputError, match="tiles=None"):
        views.offline(folium.Map([48.2, 16.37]))


def test_a_plugin_that_would_ask_the_network_is_named():
    import folium
    from folium.plugins import Draw

    place = folium.Map(tiles=None)
    Draw().add_to(place)
    with pytest.raises(MissingPartError, match=r"leaflet\.draw\.js"):
        views.offline(place)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://example.org/a.png">',
        '<script src="//example.org/a.js"></script>',
        "<link href='http://x.org/a.css'>",
    ],
)
def test_markup_that_would_be_fetched_is_refused(markup):
    import folium
    from branca.element import Element

    place = folium.Map(tiles=None)
    place.get_root().html.add_child(Element(markup))
    with pytest.raises(InputError, match="names another computer"):
        views.offline(place)


def test_colour_legends_of_choropleths_work_without_their_script():
    import folium

    place = folium.Map(tiles=None)
    shapes = cells().to_crs(4326)
    folium.Choropleth(
        shapes, data=shapes, columns=["column", "n"], key_on="feature.properties.column", legend_name="<n>"
    ).add_to(place)
    page = views.offline(place)
    assert "&lt;n&gt;" in page.html
    assert not re.search(
        r"\bd3\b", page.html.split("ilp-data")[0].split("<body>")[1]
    )  # ids drawn at random may hold d3
