"""Texts that want to be code, in every place a view shows text, executed in a real browser.

Each text tries to set ``window.__xss`` or to fetch something. None may succeed, and where a text is shown it must
be readable as it stands in the data.
"""

from __future__ import annotations

import json
import os
from types import SimpleNamespace

import folium
import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString, Point, box

from ilp_lab import views
from ilp_lab.result import Param, Result, Source

pytestmark = pytest.mark.browser

HIT = "window.__xss=(window.__xss||[]).concat(1);try{top.__xss=1}catch(e){}"
PAYLOADS = [
    f'<img src=x onerror="{HIT}">',
    f"<img src='x' onerror='{HIT}'>",
    f"</script><script>{HIT}</script>",
    f"</style><script>{HIT}</script>",
    f"</title><script>{HIT}</script>",
    f"</textarea></noscript></template><script>{HIT}</script>",
    f"--></script><svg onload={HIT}>",
    "${" + HIT + "}",
    "`+(" + HIT + ")+`",
    "\\`+(" + HIT + ")+`",
    "\\${" + HIT + "}",
    "'+(" + HIT + ")+'",
    '"+(' + HIT + ')+"',
    f'"><svg onload="{HIT}">',
    f"' onmouseover='{HIT}' x='",
    f'" autofocus onfocus="{HIT}" x="',
    f"\u2028{HIT}\u2029",
    f"\\u003cimg src=x onerror={HIT}\\u003e",
    f'<a href="javascript:{HIT}">href="x"</a>',
    f'<a href="https://evil.example.org/?href=">{HIT}</a>',
    f'<iframe srcdoc="<script>{HIT}</script>">',
    f'<object data="data:text/html,<script>{HIT}</script>">',
    f"<math><mtext></form><mglyph><style></math><img src onerror={HIT}>",
    '<link rel="stylesheet" href="https://evil.example.org/a.css">',
    '<img src="https://evil.example.org/pixel.png">',
    "<style>@import url(https://evil.example.org/b.css);</style>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example.org/">',
    '<base href="https://evil.example.org/">',
    "{{7*7}}{% include 'x' %}{{" + HIT + "}}",
    "{{ 6 * 7 }}{{ cycler.__init__.__globals__.os.environ.__setitem__('ILP_LAB_XSS', 'ran') }}",
    "{% for x in [1] %}looped{% endfor %}{# gone #}",
    "<%= 7*7 %>#{7*7}",
    "C:\\2024\\1 report \\x \\u \\",
    "]]></script><![CDATA[",
    '=HYPERLINK("https://evil.example.org","x")',
    '{"__proto__":{"innerHTML":"<img src=x onerror=' + HIT + '>"}}',
    "a\0b",
    "\u202e<b>turned</b>\u202c",
    "$\\frac{1}{0}$ \\input{x} $",
]
TRIGGER = """() => {
  for (const element of document.querySelectorAll("*")) {
    for (const kind of ["mouseover", "mouseenter", "focus", "click", "toggle"]) {
      if (element.tagName !== "A") element.dispatchEvent(new MouseEvent(kind, { bubbles: true }));
    }
  }
}"""


def texts() -> list[str]:
    return list(PAYLOADS)


def squares(**columns) -> gpd.GeoDataFrame:
    size = len(PAYLOADS)
    geometry = [
        box(600_000 + 100 * i, 5_300_000, 600_100 + 100 * i, 5_300_100 + 100 * (i % 3)) for i in range(size)
    ]
    return gpd.GeoDataFrame({"n": range(size), **columns}, geometry=geometry, crs=32633)


def hostile_result(table, view="map", **details) -> Result:
    everything = " ".join(PAYLOADS)
    return Result(
        name=everything,
        title=everything,
        table=table,
        method=everything,
        findings=tuple(PAYLOADS),
        params=tuple(Param(text, text, chosen=True, why=text) for text in PAYLOADS),
        caveats=tuple(PAYLOADS),
        references=tuple(PAYLOADS),
        sources=tuple(Source(text, 1, text, text) for text in PAYLOADS),
        left_out=dict.fromkeys(PAYLOADS, 1),
        seed=everything,
        view=view,
        details=details,
    )


def map_of_areas() -> str:
    table = squares(name=texts(), area=texts(), **{PAYLOADS[0]: texts(), PAYLOADS[2]: texts()})
    return views.map_page(table, areas=table, title=" ".join(PAYLOADS)).html


def map_of_categories() -> str:
    return views.map_page(squares(kind=texts()), value="kind").html


def map_of_a_result() -> str:
    return views.explore(hostile_result(squares(verdict=texts(), z=range(len(PAYLOADS))))).html


def map_of_incidents() -> str:
    points = gpd.GeoDataFrame(
        {
            "offence": texts(),
            "area": texts(),
            "status": texts(),
            "incident_id": texts(),
            "occurred_at": texts(),
        },
        geometry=[Point(600_050 + 100 * i, 5_300_050) for i in range(len(PAYLOADS))],
        crs=32633,
    )
    streets = gpd.GeoDataFrame(
        {"name": texts()},
        geometry=[LineString([(600_000, 5_300_000), (601_000, 5_300_500)])] * len(PAYLOADS),
        crs=32633,
    )
    return views.map_page(points, streets=streets).html


def hostile_chart() -> SimpleNamespace:
    ids = [f"{number} {text}" for number, text in enumerate(PAYLOADS)]
    entities = pd.DataFrame(
        {"entity_id": ids, "kind": texts(), "label": texts(), "category": texts(), PAYLOADS[0]: texts()}
    )
    links = pd.DataFrame(
        {
            "source": ids,
            "target": [*ids[1:], ids[0]],
            **{
                name: texts()
                for name in (
                    "kind",
                    "strength",
                    "start",
                    "end",
                    "reference",
                    "source_grade",
                    "information_grade",
                )
            },
        }
    )
    return SimpleNamespace(entities=entities, links=links, handling="H0")


def link_chart() -> str:
    return views.linkchart_page(hostile_chart(), title=" ".join(PAYLOADS)).html


def link_chart_of_a_result() -> str:
    chart = hostile_chart()
    table = chart.entities.assign(betweenness=range(len(PAYLOADS)), degree=1)
    return views.explore(hostile_result(table, view="linkchart", chart=chart)).html


def dated_chart() -> SimpleNamespace:
    made = hostile_chart()
    links = made.links.assign(start="2024-01-01", end=None, amount=range(1, len(PAYLOADS) + 1))
    return SimpleNamespace(entities=made.entities, links=links, handling="H0")


def annotated_link_chart() -> str:
    """What analysts write on a chart is as hostile as what they read."""
    from ilp_lab import networks

    ids = [f"E{number}" for number in range(len(PAYLOADS))]
    made = networks.chart(pd.DataFrame({"source": ids, "target": [*ids[1:], ids[0]]}))
    for name, text in zip(ids, PAYLOADS, strict=True):
        made = made.add_note(text or "-", entity_id=name) if text.strip() else made
        made = made.annotate(text, around=[name]) if text.strip() else made
    return views.linkchart_page(made.group(dict(zip(ids, PAYLOADS, strict=True)))).html


def timeline() -> str:
    return views.timeline_page(dated_chart(), title=" ".join(PAYLOADS)).html


def event_chart() -> str:
    return views.event_chart_page(dated_chart()).html


def flow_chart() -> str:
    return views.flow_chart_page(dated_chart()).html


def network_of_pyvis() -> str:
    return views.to_pyvis(hostile_chart(), title=" ".join(PAYLOADS)).generate_html()


def hostile_table() -> pd.DataFrame:
    return pd.DataFrame({f"{number} {text}": texts() for number, text in enumerate(PAYLOADS)})


def table_page() -> str:
    return views.explore(hostile_result(hostile_table(), view="table")).html


def summary() -> str:
    body = views.summary_html(hostile_result(squares(name=texts())), figure=True)
    return f"<!doctype html><meta charset=utf-8><body>{body}</body>"


def notebook_frame() -> str:
    shown = views.map_page(squares(name=texts()), title=" ".join(PAYLOADS))._repr_html_()
    return f"<!doctype html><meta charset=utf-8><body>{shown}</body>"


def printed_figure() -> str:
    figure = views.draw(
        hostile_result(squares(name=texts(), verdict=texts(), z=1.0)), areas=squares(name=texts())
    )
    return f"<!doctype html><meta charset=utf-8><body>{figure._repr_html_()}</body>"


def folium_safely_written() -> str:
    place = folium.Map([48.2, 16.37], zoom_start=12, tiles=None)
    for number, text in enumerate(PAYLOADS):
        at = [48.2 + number / 1000, 16.37]
        folium.Marker(
            at, popup=folium.Popup(views.safe_text(text), show=number < 3), tooltip=views.safe_text(text)
        ).add_to(place)
        folium.Marker(at, icon=folium.DivIcon(html=views.safe_text(text))).add_to(place)
    return views.offline(place, title=" ".join(PAYLOADS), alternative=" ".join(PAYLOADS)).html


def folium_carelessly_written() -> str:
    """Texts given to folium as they are: they may look wrong, but cannot run or reach anybody."""
    place = folium.Map([48.2, 16.37], zoom_start=12, tiles=None)
    careless = [text for text in PAYLOADS if "evil.example.org" not in text]
    for number, text in enumerate(careless):
        at = [48.2 + number / 1000, 16.37]
        folium.Marker(at, popup=folium.Popup(text, show=number < 3), tooltip=text).add_to(place)
        folium.Marker(at, icon=folium.DivIcon(html=text)).add_to(place)
    features = [
        {
            "type": "Feature",
            "properties": {"name": text},
            "geometry": {"type": "Point", "coordinates": [16.37 + number / 1000, 48.2]},
        }
        for number, text in enumerate(PAYLOADS)
    ]
    folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=PAYLOADS[0],
        marker=folium.CircleMarker(radius=8),
        tooltip=folium.GeoJsonTooltip(["name"], aliases=[PAYLOADS[0]]),
        popup=folium.GeoJsonPopup(["name"]),
    ).add_to(place)
    folium.LayerControl(collapsed=False).add_to(place)
    return views.offline(place).html


SINKS = [
    map_of_areas,
    map_of_categories,
    map_of_a_result,
    map_of_incidents,
    link_chart,
    link_chart_of_a_result,
    annotated_link_chart,
    timeline,
    event_chart,
    flow_chart,
    network_of_pyvis,
    table_page,
    summary,
    notebook_frame,
    printed_figure,
    folium_safely_written,
    folium_carelessly_written,
]


def test_there_are_enough_of_them():
    assert len(PAYLOADS) >= 25


@pytest.mark.parametrize("sink", SINKS, ids=lambda sink: sink.__name__)
def test_no_text_runs_and_nothing_leaves(sink, page_opener):
    page = page_opener(sink())
    page.wait_for_timeout(300)
    for frame in page.frames:
        frame.evaluate(TRIGGER)
    page.wait_for_timeout(300)
    for frame in page.frames:
        assert frame.evaluate("window.__xss") is None
        assert frame.evaluate("typeof alertedByData") == "undefined"
    assert page.evaluate("window.__xss") is None
    assert page.url.startswith("file:")


def shown(text: str) -> str:
    """A text as a browser gives it back: blanks put together, half characters and NUL replaced."""
    return " ".join(
        text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace").split()
    )


def test_texts_are_shown_as_text_in_legends_and_lists(page_opener):
    page = page_opener(views.explore(hostile_result(squares(name=texts()))).html)
    said = " ".join(page.locator("main").inner_text().split())
    for text in PAYLOADS[:2]:
        assert shown(text) in said
    assert shown(page.title()) == shown(" ".join(PAYLOADS))


def test_texts_are_shown_as_text_in_tables(page_opener):
    page = page_opener(views.explore(hostile_result(pd.DataFrame({"a": texts()}), view="table")).html)
    cells = [" ".join(text.split()) for text in page.locator("td").all_inner_texts()]
    assert cells == [shown(text) for text in PAYLOADS]


def test_texts_are_shown_as_text_when_an_entity_is_found(page_opener):
    page = page_opener(views.linkchart_page(hostile_chart()).html)
    page.wait_for_function("Number(document.documentElement.dataset.drawn || 0) > 0")
    for number in (0, 2, 7, 9, 18, 30):
        page.locator("#ilp-search").fill(f"{number} {PAYLOADS[number][:6]}")
        page.keyboard.press("Enter")
        assert f"({number} {shown(PAYLOADS[number])})" in " ".join(
            page.locator("#ilp-facts").inner_text().split()
        )
    assert page.evaluate("window.__xss") is None


def test_texts_are_shown_as_text_on_the_map(page_opener):
    page = page_opener(views.map_page(squares(name=texts())).html)
    page.wait_for_function("Number(document.documentElement.dataset.drawn || 0) > 0")
    for button in page.locator("[data-row]").all():
        row = int(button.get_attribute("data-row"))
        assert shown(PAYLOADS[row]) in " ".join(button.inner_text().split())
        button.click()
        assert shown(PAYLOADS[row]) in shown(page.locator("#ilp-facts").inner_text())
    assert page.evaluate("window.__xss") is None


def test_folium_shows_prepared_texts_as_they_are(page_opener):
    place = folium.Map([48.2, 16.37], zoom_start=12, tiles=None)
    for number, text in enumerate(PAYLOADS):
        folium.Marker([48.2, 16.37 + number / 1000], popup=views.safe_text(text)).add_to(place)
    page = page_opener(views.offline(place).html)
    name = place.get_name()
    said = page.evaluate(
        f"Object.values({name}._layers).filter(layer => layer.getPopup && layer.getPopup())"
        ".map(layer => layer.getPopup().getContent().textContent)"
    )
    assert [" ".join(text.split()) for text in said] == [shown(text) for text in PAYLOADS]


def test_folium_runs_no_text_as_python(page_opener, monkeypatch):
    """branca would compile what folium wrote as a template: ``{{...}}`` in a data field then runs in Python."""
    monkeypatch.delenv("ILP_LAB_XSS", raising=False)
    page = page_opener(folium_carelessly_written())
    assert "ILP_LAB_XSS" not in os.environ
    names = page.evaluate(
        "Object.values(window).filter(thing => thing instanceof L.GeoJSON)[0]"
        ".getLayers().map(layer => layer.feature.properties.name)"
    )
    assert names == PAYLOADS


def test_the_data_block_gives_back_the_very_texts(page_opener):
    page = page_opener(views.linkchart_page(hostile_chart()).html)
    ids = page.evaluate("JSON.parse(document.getElementById('ilp-data').textContent).entities.ids")
    assert ids == [
        f"{number} {text}".encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for number, text in enumerate(PAYLOADS)
    ]
    assert json.dumps(ids)
