"""Pages in a real Chromium: they draw, answer the pointer and the keyboard, and ask nobody anything."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from ilp_lab import views
from ilp_lab.result import Param, Result
from ilp_lab.times import crime_series

pytestmark = pytest.mark.browser

DARK_PIXELS = """(selector) => {
  const canvas = document.querySelector(selector), c = canvas.getContext("2d");
  const pixels = c.getImageData(0, 0, canvas.width, canvas.height).data, found = {};
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3] < 60) continue;
    const key = [pixels[i], pixels[i + 1], pixels[i + 2]].map((part) => Math.round(part / 32)).join("-");
    found[key] = (found[key] || 0) + 1;
  }
  return found;
}"""


def cells(side: int = 20, size: float = 200.0) -> gpd.GeoDataFrame:
    row, column = np.divmod(np.arange(side * side), side)
    verdict = np.where((row < 3) & (column < 3), "hot spot beyond chance", "not more than chance")
    return gpd.GeoDataFrame(
        {
            "row": row,
            "column": column,
            "n": np.where(verdict == "not more than chance", 1, 30),
            "z": np.where(verdict == "not more than chance", 0.1, 9.5),
            "verdict": verdict,
        },
        geometry=[
            box(
                600_000 + c * size,
                5_300_000 + r * size,
                600_000 + (c + 1) * size,
                5_300_000 + (r + 1) * size,
            )
            for r, c in zip(row, column, strict=True)
        ],
        crs=32633,
    )


def hot_spots() -> Result:
    table = cells()
    return Result(
        name="places.gi_star",
        title="Hot spots of theft",
        table=table,
        method="counted",
        findings=("9 of 400 cells stand out.", "Chance alone would mark 1."),
        params=(Param("cell_m", 200, chosen=True, why="by density"),),
        caveats=("Recorded incidents only.",),
        view="map",
        details={"outline": table.geometry.union_all()},
    )


def incidents(count: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(3)
    x, y = 600_000 + rng.uniform(0, 4000, count), 5_300_000 + rng.uniform(0, 4000, count)
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=32633)
    points.iloc[:5] = None
    return gpd.GeoDataFrame(
        {"offence": "theft", "occurred_at": pd.Timestamp("2024-03-01 14:30")},
        geometry=points,
        index=range(count),
    )


def chart(entities: int = 30, links: int = 60) -> SimpleNamespace:
    rng = np.random.default_rng(5)
    source, target = rng.integers(0, entities, links), rng.integers(0, entities, links)
    return SimpleNamespace(
        entities=pd.DataFrame(
            {
                "entity_id": [f"E{number}" for number in range(entities)],
                "kind": ["person", "phone"] * (entities // 2),
                "label": [f"Имя {number}" for number in range(entities)],
            }
        ),
        links=pd.DataFrame(
            {
                "source": [f"E{number}" for number in source],
                "target": [f"E{number}" for number in target],
                "kind": ["called", "paid"] * (links // 2),
                "information_grade": ["1", "3"] * (links // 2),
            }
        ),
        handling="H1",
    )


def drawn(page) -> None:
    page.wait_for_function("Number(document.documentElement.dataset.drawn || 0) > 0")


def test_a_map_draws_its_cells_in_the_colours_of_its_legend(page_opener):
    page = page_opener(views.map_page(hot_spots(), incidents=incidents(200)).html)
    drawn(page)
    assert page.evaluate("document.documentElement.dataset.cells") == "400"
    assert page.evaluate("document.documentElement.dataset.points") == "195"
    colours = page.evaluate(DARK_PIXELS, ".ilp-sheet")
    reds = sum(count for key, count in colours.items() if key[0] in "56" and key[2] in "01")
    assert reds > 500
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("m")
    legend = page.locator(".ilp-side").inner_text()
    assert "Hot spot, beyond what chance reached 9 cells" in legend.replace("\n", " ")
    assert "showing 195 of 200; 5 have no place" in legend
    assert page.locator("[data-place=top]").inner_text().startswith("H0")


def test_on_a_narrow_page_the_legend_is_whole(page_opener):
    page = page_opener(views.map_page(hot_spots(), incidents=incidents(200)).html)
    page.set_viewport_size({"width": 660, "height": 900})
    drawn(page)
    side = page.locator(".ilp-side").bounding_box()
    foot = page.locator("[data-place=foot]").bounding_box()
    assert page.locator(".ilp-side").evaluate("side => side.scrollHeight <= side.clientHeight + 1")
    assert side["y"] + side["height"] <= foot["y"] + 1
    assert page.locator(".folium-map").bounding_box()["height"] >= 300
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_map_opens_on_the_rows_it_was_asked_to_open_on(page_opener):
    cells = hot_spots()
    page = page_opener(views.map_page(cells, opening=cells.table.head(1)).html)
    drawn(page)
    scale = ".leaflet-control-scale-line"
    near = page.locator(scale).inner_text()
    page.set_viewport_size({"width": 900, "height": 600})  # what was asked for stays when the frame changes
    page.wait_for_timeout(300)
    assert page.locator(scale).inner_text() == near
    page.locator("#ilp-whole").click()
    page.wait_for_function("([at, near]) => document.querySelector(at).innerText !== near", arg=[scale, near])


def test_the_map_tells_what_lies_under_the_pointer_and_in_the_middle(page_opener):
    page = page_opener(views.map_page(hot_spots()).html)
    drawn(page)
    page.locator("[data-row]").first.click()
    assert "Incidents: 30" in page.locator("#ilp-facts").inner_text()
    area = page.locator(".folium-map").bounding_box()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    page.wait_for_selector("#ilp-tip:not([hidden])")
    assert "hot spot beyond chance" in page.locator("#ilp-tip").inner_text()
    page.locator("#ilp-whole").click()
    page.locator(".folium-map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.getElementById('ilp-facts').innerText.includes('not more than chance')")


def test_a_row_of_linked_crimes_shows_them_on_the_map(page_opener):
    crimes = incidents(12).dropna().assign(occurred_at=lambda rows: rows["occurred_at"].dt.tz_localize("UTC"))
    review = pd.DataFrame({"one": [5, 6, 8], "other": [6, 7, 9], "decision": ["accept", "accept", "reject"]})
    page = page_opener(crime_series(crimes, review=review).explore().html)
    drawn(page)
    shown = (
        "JSON.stringify([document.documentElement.dataset.links, document.documentElement.dataset.marked])"
    )
    page.get_by_role("button", name="Series 1: 3 crimes").click()
    assert page.evaluate(shown) == '["3","3"]'
    assert page.locator("#ilp-facts").inner_text().startswith("Series 1")
    page.get_by_role("button", name="8 and 9").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(shown) == '["3","2"]'
    assert "Report: 8" in page.locator("#ilp-facts").inner_text()
    assert page.locator('[aria-pressed="true"]').count() == 1


def test_contours_are_drawn_and_can_be_switched_off(page_opener):
    found = hot_spots()
    marked = found.table[found.table["verdict"] == "hot spot beyond chance"]
    lines = gpd.GeoDataFrame({"risk": ["higher"]}, geometry=[marked.union_all()], crs=32633)
    page = page_opener(views.map_page(replace(found, details={**found.details, "contours": lines})).html)
    drawn(page)
    dark = "Object.entries((%s)('.ilp-sheet')).filter(([key]) => key === '1-1-1').length"
    assert page.evaluate(dark % DARK_PIXELS) == 1
    page.locator("[data-layer=higher]").uncheck()
    assert page.evaluate("document.documentElement.dataset.contours") == "0"
    assert page.evaluate(dark % DARK_PIXELS) == 0


def test_layers_can_be_switched_off(page_opener):
    page = page_opener(views.map_page(hot_spots()).html)
    drawn(page)
    before = page.evaluate(DARK_PIXELS, ".ilp-sheet")
    page.locator("[data-layer=cells]").uncheck()
    after = page.evaluate(DARK_PIXELS, ".ilp-sheet")
    assert sum(after.values()) <= sum(before.values())
    assert after != before


def test_areas_without_a_column_to_colour_are_outlined(page_opener):
    """Their page was empty, and where many incidents came with them these were not drawn at first either."""
    plain = cells(side=4, size=1000)[["geometry"]].assign(name="A")
    page = page_opener(views.map_page(plain).html)
    drawn(page)
    assert page.evaluate("document.documentElement.dataset.cells") == "16"
    before = page.evaluate(DARK_PIXELS, ".ilp-sheet")
    page.locator("[data-layer=cells]").uncheck()
    after = page.evaluate(DARK_PIXELS, ".ilp-sheet")
    assert sum(before.values()) > sum(after.values()) + 100_000
    page = page_opener(views.map_page(plain, incidents=incidents(3000)).html)
    drawn(page)
    assert page.locator("[data-layer=points]").is_checked()
    assert page.evaluate("document.documentElement.dataset.points") == "2995"


def test_areas_without_a_value_are_outlined_among_those_with_one(page_opener):
    table = cells(side=4, size=1000)[["geometry"]].assign(name="A", n=[np.nan, *range(15)])
    page = page_opener(views.map_page(table).html)
    drawn(page)
    assert page.evaluate("document.documentElement.dataset.cells") == "16"


def test_many_incidents_are_drawn_as_groups(page_opener):
    page = page_opener(views.map_page(incidents(6000)).html)
    drawn(page)
    assert page.evaluate("document.documentElement.dataset.points") == "5995"
    assert sum(page.evaluate(DARK_PIXELS, ".ilp-sheet").values()) > 3000


@pytest.mark.slow
def test_a_large_grid_arrives_and_draws(page_opener):
    table = cells(side=320, size=50).drop(columns="verdict")
    page = views.map_page(table, value="n")
    assert len(page.html) < 6_000_000
    opened = page_opener(page.html)
    drawn(opened)
    assert opened.evaluate("document.documentElement.dataset.cells") == str(320 * 320)


def test_the_frame_of_a_notebook_shows_the_map(page_opener):
    page = page_opener(f"<!doctype html><body>{views.map_page(hot_spots())._repr_html_()}</body>")
    frame = page.frame_locator("iframe[sandbox='allow-scripts']")
    frame.locator(".ilp-sheet").wait_for(state="attached")
    frame.locator(".leaflet-control-scale-line").wait_for()
    assert "Hot spots of theft" in frame.locator("h1").inner_text()


def test_a_link_chart_draws_searches_and_filters(page_opener):
    page = page_opener(views.linkchart_page(chart(), title="Calls").html)
    drawn(page)
    assert sum(page.evaluate(DARK_PIXELS, "#ilp-chart canvas").values()) > 2000
    links = int(page.evaluate("document.documentElement.dataset.links"))
    page.locator("#ilp-search").fill("имя 7")
    page.keyboard.press("Enter")
    assert page.locator("#ilp-facts").inner_text().startswith("Имя 7 (E7)")
    page.locator("#ilp-search").fill("nobody")
    assert "Nothing on the chart" in page.locator("#ilp-found").inner_text()
    page.locator("[data-kind='0']").uncheck()
    page.wait_for_function(f"Number(document.documentElement.dataset.links) < {links}")
    assert page.locator("[data-place=foot]").inner_text().startswith("H1")


def test_a_large_link_chart_draws(page_opener):
    page = page_opener(views.linkchart_page(chart(3000, 9000)).html)
    drawn(page)
    assert page.evaluate("document.documentElement.dataset.entities") == "3000"
    assert sum(page.evaluate(DARK_PIXELS, "#ilp-chart canvas").values()) > 20_000


def test_a_folium_map_with_popups_clusters_and_geojson_works_without_a_network(page_opener):
    import folium
    from folium.plugins import MarkerCluster

    leaflet = folium.Map([48.2, 16.37], zoom_start=13, max_zoom=18, tiles=None)
    folium.Marker([48.2, 16.37], popup="a popup", tooltip="a tooltip").add_to(leaflet)
    folium.Marker([48.201, 16.371], icon=folium.Icon(color="red")).add_to(leaflet)
    cluster = MarkerCluster().add_to(leaflet)
    for number in range(30):
        folium.Marker([48.21 + number * 1e-5, 16.38]).add_to(cluster)
    folium.GeoJson(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": "square"},
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[16.36, 48.19], [16.39, 48.19], [16.39, 48.2], [16.36, 48.19]]],
                    },
                }
            ],
        },
        tooltip=folium.GeoJsonTooltip(["name"]),
    ).add_to(leaflet)
    page = page_opener(views.offline(leaflet, title="Places").html)
    page.locator(".leaflet-marker-icon").first.wait_for()
    assert page.locator("img.leaflet-marker-icon").first.evaluate("image => image.naturalWidth") > 10
    assert page.locator(".ilp-pin path").count() == 1
    assert page.locator(".marker-cluster").inner_text() == "30"
    assert page.locator("path.leaflet-interactive").count() == 1
    page.locator("img.leaflet-marker-icon").first.click(force=True)
    assert page.locator(".leaflet-popup-content").inner_text().strip() == "a popup"


def test_scripts_switched_off_leave_the_words(chromium, tmp_path):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    (tmp_path / "map.html").write_text(views.map_page(hot_spots()).html, encoding="utf-8")
    page.goto((tmp_path / "map.html").as_uri())
    assert "9 of 400 cells stand out" in page.locator("noscript").inner_text()
    context.close()
