"""No page names another computer: every src, href, url(...) and address in everything that is rendered."""

from __future__ import annotations

import html
import re
from types import SimpleNamespace

import folium
import geopandas as gpd
import pandas as pd
import pytest
from folium.plugins import MarkerCluster
from shapely.geometry import box

from ilp_lab import views
from ilp_lab.result import Result
from ilp_lab.views import assets

LANGUAGES = {
    "http://www.w3.org/2000/svg",
    "http://www.w3.org/1999/xlink",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/XML/1998/namespace",
    "http://www.w3.org/2000/xmlns/",
}
WITH_SCHEME = re.compile(r"\b(?:https?|wss?|ftp)://[^\s\"'`<>)\\]+", re.IGNORECASE)
FETCHING = re.compile(
    r"""(?:\b(?:src|href|srcset|poster|action|formaction|data|xlink:href)\s*=\s*|@import\s+|url\()\s*["']?([^"'\s>)]+)""",
    re.IGNORECASE,
)
WITHOUT_SCHEME = re.compile(r"""["'(=]\s*//[a-z0-9][a-z0-9.-]*\.[a-z]{2,}""", re.IGNORECASE)
SOURCE_MAP = re.compile(r"sourceMappingURL")


def cells() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"n": [0, 4], "name": ["A", "B"]},
        geometry=[box(600_000, 5_300_000, 600_100, 5_300_100), box(600_100, 5_300_000, 600_200, 5_300_100)],
        crs=32633,
    )


def chart() -> SimpleNamespace:
    return SimpleNamespace(
        entities=pd.DataFrame({"entity_id": ["A", "B"], "kind": ["person", "phone"]}),
        links=pd.DataFrame({"source": ["A"], "target": ["B"], "kind": ["uses"]}),
    )


def result() -> Result:
    return Result("demo", "Thefts", cells(), "counted", ("Four.",), view="map")


def table_result() -> Result:
    return Result("demo", "Thefts", pd.DataFrame({"a": ["x"], "n": [3]}), "counted", ("Three.",))


def dated_chart() -> SimpleNamespace:
    made = chart()
    return SimpleNamespace(
        entities=made.entities, links=made.links.assign(start="2024-01-01", amount=5.0), handling="H0"
    )


def leaflet() -> folium.Map:
    place = folium.Map([48.2, 16.37], tiles=None)
    folium.Marker([48.2, 16.37], popup="x", icon=folium.Icon(color="red")).add_to(place)
    folium.Marker([48.2, 16.37], tooltip="y").add_to(MarkerCluster().add_to(place))
    return place


RENDERED = {
    "map of a table": lambda: (
        views.map_page(cells(), areas=cells(), incidents=cells().set_geometry(cells().centroid)).html
    ),
    "map of a result": lambda: views.explore(result()).html,
    "map in a notebook": lambda: html.unescape(views.explore(result())._repr_html_()),
    "link chart": lambda: views.linkchart_page(chart()).html,
    "network of pyvis": lambda: views.to_pyvis(chart()).generate_html(),
    "timeline": lambda: views.timeline_page(dated_chart()).html,
    "event chart": lambda: views.event_chart_page(dated_chart()).html,
    "flow chart": lambda: views.flow_chart_page(dated_chart()).html,
    "flow chart as svg": lambda: views.svg(views.flow_chart_figure(dated_chart())).decode(),
    "table": lambda: views.explore(table_result()).html,
    "summary": lambda: views.summary_html(result(), figure=True),
    "folium": lambda: views.offline(leaflet()).html,
    "empty folium": lambda: views.offline(folium.Map(tiles=None)).html,
    "figure as svg": lambda: views.svg(views.draw(result())).decode(),
    "chart as svg": lambda: views.svg(views.linkchart_figure(chart())).decode(),
    "bars as svg": lambda: views.svg(views.draw(table_result())).decode(),
    "figure in a notebook": lambda: views.draw(result())._repr_html_(),
}


def named_hosts(text: str) -> list[str]:
    """Every address in ``text`` that a browser could ask another computer for."""
    found = [address for address in WITH_SCHEME.findall(text) if address.rstrip(".,;") not in LANGUAGES]
    markup = re.sub(r"<script\b[^>]*>.*?</script>", "", text, flags=re.DOTALL)
    found += [
        target
        for target in FETCHING.findall(markup)
        if not target.startswith(("data:", "#", "blob:", "none"))
    ]
    return found + WITHOUT_SCHEME.findall(text) + SOURCE_MAP.findall(text)


@pytest.mark.parametrize("name", RENDERED)
def test_nothing_rendered_names_another_computer(name):
    text = RENDERED[name]()
    assert len(text) > 200
    assert named_hosts(text) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<img src="//cdn.example.org/a.png">',
        '<link href="a.css">',
        "<style>body{background:url(http://example.org/a.png)}</style>",
        "<style>@import 'a.css'</style>",
        "<script>fetch('https://example.org')</script>",
        "<script>x='//example.org/a.js'</script>",
        "//# sourceMappingURL=leaflet.js.map",
    ],
)
def test_the_scan_itself_finds_what_it_must(text):
    assert named_hosts(text)


@pytest.mark.parametrize("name", assets.ASSETS)
def test_assets_name_nobody(name):
    if name.endswith(".js"):
        text = f"<script>{assets.script(name)}</script>"
    elif name.endswith(".css"):
        text = f"<style>{assets.style(name)}</style>"
    else:
        text = assets.picture_uri(name)
    assert named_hosts(text) == []


@pytest.mark.parametrize(
    "name",
    [
        "map.js",
        "shapes.js",
        "chart.js",
        *assets.CHART_DRAWING,
        "plate.js",
        "pyvis.js",
        "folium.js",
        "page.css",
        "map.css",
        "chart.css",
        "plate.css",
        "pyvis.css",
    ],
)
def test_own_files_name_nobody(name):
    tag = "script" if name.endswith(".js") else "style"
    assert named_hosts(f"<{tag}>{assets.own(name)}</{tag}>") == []


def test_an_empty_map_is_small():
    assert len(views.offline(folium.Map(tiles=None)).html.encode()) < 250_000
