"""Widgets in a real browser: the messages Python sends, played to the script, and what the mouse and the keys do."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from boardchecks import NO_WEBGL, faults_of
from shapely.geometry import LineString, box
from test_views_hostile import PAYLOADS, TRIGGER, shown
from widgetstage import SIDE_M, areas, drag, settle, table, together

from ilp_lab import widgets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_brush_anywhere_chooses_everywhere(stage):
    page, made = stage(together)
    crime_map, line, clock, listed = made.widgets
    chosen = crime_map.selection
    count = page.locator(".ilpw-rowtable .ilpw-status")

    page.click("[data-tool=rectangle]")
    drag(page, page.locator(".ilpw-map"), (0.5, 0.02), (0.98, 0.98))
    settle(page, made)
    middle = page.evaluate("Number(document.querySelector('.ilpw-crimemap').dataset.chosen)")
    assert 0 < middle == len(chosen) < 400
    assert chosen.frame.geometry.x.min() >= 500_000 + SIDE_M / 2 - 400
    assert page.locator(".ilpw-rowtable").get_attribute("data-rows") == str(len(chosen))
    assert f"{len(chosen)} of 400 chosen" in count.inner_text()

    page.locator(".ilpw-timeline, .ilpw-chart").first.locator(".ilpw-mode").select_option("within")
    drag(page, page.locator(".ilpw-canvas").first, (0.1, 0.5), (0.5, 0.5))
    settle(page, made)
    assert 0 < len(chosen) < middle
    last = chosen.frame["occurred_at"].max()
    assert last < line.selection.table["occurred_at"].iloc[280]
    assert page.evaluate("Number(document.querySelector('.ilpw-crimemap').dataset.chosen)") == len(chosen)

    page.keyboard.press("Escape")
    assert {one.input_value() for one in page.locator(".ilpw-mode").all()} == {"within"}
    page.locator(".ilpw-mode").first.select_option("new")
    drag(page, page.locator(".ilpw-canvas").nth(1), (0.4, 0.2), (0.7, 0.5))
    settle(page, made)
    hours = chosen.frame["occurred_at"].dt.tz_convert("Europe/Vienna").dt.hour
    assert hours.min() >= 6
    assert hours.max() <= 17
    assert clock.selection is listed.selection

    chosen.choose([5])
    made.deliver(page)
    settle(page, made)
    assert page.locator("[role=row][aria-selected=true]").get_attribute("data-row") == "5"
    assert page.locator(".ilpw-crimemap").get_attribute("data-chosen") == "1"


def test_the_lasso_chooses_what_lies_inside(stage):
    page, made = stage(lambda: widgets.CrimeMap(table(), areas=areas()))
    page.click("[data-tool=lasso]")
    around = page.locator(".ilpw-map").bounding_box()
    corners = [(0.4, 0.3), (0.6, 0.3), (0.6, 0.7), (0.4, 0.7)]
    points = [(around["x"] + x * around["width"], around["y"] + y * around["height"]) for x, y in corners]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()
    settle(page, made)
    crime_map = made.widgets[0]
    west, south, east, north = crime_map.view
    x, y = crime_map.incidents.geometry.x, crime_map.incidents.geometry.y
    right, up = (x - west) / (east - west), (north - y) / (north - south)
    sure = right.between(0.41, 0.59) & up.between(0.31, 0.69)
    maybe = right.between(0.39, 0.61) & up.between(0.29, 0.71)
    assert sure.sum() > 10
    assert (crime_map.selection.mask >= sure.to_numpy()).all()
    assert (crime_map.selection.mask <= maybe.to_numpy()).all()


def test_the_slider_moves_the_picture_and_plays(stage):
    page, made = stage(lambda: widgets.CrimeMap(table()))
    points = page.locator(".ilpw-sheet").nth(1)
    before = points.evaluate("canvas => canvas.toDataURL()")
    page.select_option(".ilpw-span", "7")
    page.locator(".ilpw-slider").focus()
    page.keyboard.press("ArrowRight")
    settle(page, made)
    window = made.widgets[0].window
    assert window == (pd.Timestamp("2025-03-02"), pd.Timestamp("2025-03-09"))
    local = made.widgets[0].incidents["occurred_at"].dt.tz_localize(None)
    there = int(((local >= window[0]) & (local < window[1])).sum())
    assert page.locator(".ilpw").get_attribute("data-shown") == str(there)
    assert points.evaluate("canvas => canvas.toDataURL()") != before
    page.click(".ilpw-play")
    page.wait_for_function("Number(document.querySelector('.ilpw-slider').value) > 3")
    page.click(".ilpw-play")
    assert "Mar" in page.locator(".ilpw-period").inner_text()


def test_switching_everything_off_is_said(stage):
    page, made = stage(lambda: widgets.CrimeMap(table(), colour_by="offence"))
    for box_ in page.locator("[data-class]").all():
        box_.uncheck()
    assert "All incidents are hidden" in page.locator(".ilpw-status").inner_text()
    page.locator("[data-class]").first.check()
    settle(page, made)
    label = made.widgets[0]._classes.labels[0]
    page.click(".ilpw-inview")
    settle(page, made)
    assert set(made.widgets[0].selection.frame["offence"]) == {label}


def test_a_click_tells_about_an_area_and_chooses_in_it(stage):
    page, made = stage(lambda: widgets.CrimeMap(table(), areas=areas(), layers={"By area": areas()}))
    page.locator("[data-layer=incidents]").uncheck()
    page.locator(".ilpw-map").click(position={"x": 300, "y": 250})
    settle(page, made)
    assert "Ђурђевац" in page.locator(".ilpw-told").inner_text()
    page.locator("[data-layer=incidents]").check()
    page.click(".ilpw-inside")
    settle(page, made)
    half = made.widgets[0].incidents.geometry.x < 500_000 + SIDE_M / 2
    assert made.widgets[0].selection.mask.tolist() == half.tolist()


def test_everything_can_be_done_by_keyboard(stage):
    page, made = stage(together)
    page.locator(".ilpw-map").focus()
    view = made.widgets[0].view
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    settle(page, made)
    assert made.widgets[0].view != view
    page.keyboard.press("Enter")
    settle(page, made)
    page.locator(".ilpw-inview").focus()
    page.keyboard.press("Enter")
    settle(page, made)
    chosen = made.widgets[0].selection
    assert 0 < len(chosen) < 400
    page.locator(".ilpw-canvas").first.focus()
    for key in ("Home", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    settle(page, made)
    three = len(chosen)
    assert three > 1
    assert ", of them" in page.locator(".ilpw-chart .ilpw-told").first.inner_text()
    page.locator(".ilpw-canvas").nth(1).focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    settle(page, made)
    assert set(chosen.frame["occurred_at"].dt.tz_convert("Europe/Vienna").dt.day_name()) <= {"Tuesday"}
    page.locator(".ilpw-grid").focus()
    for key in ("Escape", "Home", "ArrowDown", "Enter"):
        page.keyboard.press(key)
        settle(page, made)
    assert chosen.rows.tolist() == [1]


ACCESSIBLE = """() => {
  const faults = [], named = (one) => (one.getAttribute("aria-label") || one.textContent || "").trim() || [...(one.labels ?? [])].map(l => l.textContent).join("").trim();
  for (const one of document.querySelectorAll(".ilpw button, .ilpw select, .ilpw input, .ilpw [role=application], .ilpw [role=grid], .ilpw section, .ilpw aside, .ilpw a[role=button]")) {
    if (!named(one)) faults.push("no name: " + one.outerHTML.slice(0, 120));
  }
  for (const one of document.querySelectorAll(".ilpw [tabindex]")) if (one.tabIndex > 0) faults.push("order: " + one.outerHTML.slice(0, 80));
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  if (new Set(ids).size !== ids.length) faults.push("ids twice");
  for (const one of document.querySelectorAll(".ilpw canvas")) if (!one.hasAttribute("aria-hidden") && !one.hasAttribute("role")) faults.push("canvas without role");
  for (const grid of document.querySelectorAll("[role=row]")) if (!grid.parentElement.closest("[role=rowgroup]")) faults.push("row outside of a group");
  const light = (text) => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(v => (v /= 255) <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = (one) => { for (let at = one; at; at = at.parentElement) { const colour = getComputedStyle(at).backgroundColor; if (!/, 0\\)$|transparent/.test(colour)) return colour; } return "rgb(255,255,255)"; };
  for (const one of document.querySelectorAll(".ilpw button:not(:disabled), .ilpw span, .ilpw label, .ilpw div, .ilpw small")) {
    if (![...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) continue;
    const a = light(getComputedStyle(one).color), b = light(ground(one)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faults.push("contrast " + ratio.toFixed(1) + ": " + one.className + " " + one.textContent.slice(0, 40));
  }
  return [...new Set(faults)];
}"""


def test_controls_have_names_an_order_and_contrast(stage):
    page, _ = stage(together)
    assert page.evaluate(ACCESSIBLE) == []
    page.click(".ilpw-tocontrast")
    assert page.evaluate(ACCESSIBLE) == []
    stops = []
    page.locator("[data-tool=move]").focus()
    for _ in range(30):
        stops.append(
            page.evaluate("[document.activeElement.className, document.activeElement.tagName].join(' ')")
        )
        page.keyboard.press("Tab")
    assert sum("ilpw-map" in stop for stop in stops) == 1
    assert any("ilpw-mode" in stop for stop in stops)


@pytest.mark.parametrize("contrast", [False, True])
def test_a_checker_finds_no_serious_fault(stage, contrast):
    page, _ = stage(together)
    if contrast:
        page.click(".ilpw-tocontrast")
    page.locator(".ilpw-print summary").click()
    assert faults_of(page, "#stage") == []


KEYS = """() => {
  window.taken = [];
  document.addEventListener("keydown", (event) => window.taken.push(event.target.hasAttribute("data-lm-suppress-shortcuts")), true);
}"""


def test_keys_in_a_widget_are_not_commands_of_jupyterlab_but_those_with_ctrl_are(stage):
    """JupyterLab listens on the document before anything else, and asks the very element that has the focus."""
    page, _ = stage(together)
    page.evaluate(KEYS)
    page.select_option(".ilpw-span", "7")
    for where in (".ilpw-map", ".ilpw-slider", ".ilpw-canvas", ".ilpw-grid", ".ilpw-inview"):
        page.evaluate("window.taken.length = 0")
        page.locator(where).first.focus()
        for key in ("ArrowRight", "x", "Shift+ArrowDown", "Control+s"):
            page.keyboard.press(key)
        # Shift and Control are told as keys of their own
        assert page.evaluate("window.taken") == [True, True, True, True, False, False], where


def test_a_group_tells_what_it_holds_and_can_be_chosen_and_looked_into(stage):
    page, made = stage(lambda: widgets.CrimeMap(table(), colour_by="offence"))
    crime_map = made.widgets[0]
    page.select_option(".ilpw-style", "groups")
    page.wait_for_timeout(200)
    at = page.locator(".ilpw-map").bounding_box()
    middle = {"x": at["width"] / 2, "y": at["height"] / 2}
    for step in range(25):
        across, down = divmod(step, 5)
        page.mouse.click(at["x"] + middle["x"] + 11 * across, at["y"] + middle["y"] + 11 * down)
        page.wait_for_timeout(40)
        if "Incidents here" in page.locator(".ilpw-told").inner_text():
            break
    told = page.locator(".ilpw-told").inner_text()
    n = int(told.split(" · ")[0].removeprefix("Incidents here: "))
    assert sum(int(part.split(": ")[1]) for part in told.split(" · ")[1:4] if ": " in part) == n
    page.click(".ilpw-inside")
    settle(page, made)
    assert len(crime_map.selection) == n
    closer = crime_map.view
    page.locator(".ilpw-map").dblclick(position=middle)
    settle(page, made)
    west, _, east, _ = crime_map.view
    assert east - west < closer[2] - closer[0]


def test_lines_of_longitude_and_latitude_are_there_at_every_size(stage):
    page, made = stage(lambda: widgets.CrimeMap(table()))
    page.locator(".ilpw-map").focus()
    for _ in range(8):
        page.keyboard.press("+")
        settle(page, made)
    west, south, east, north = made.widgets[0].view
    assert east - west < 600
    parts = made.widgets[0]._ground.graticule((west, south, east, north))
    drawn = page.evaluate("document.querySelector('.ilpw-crimemap').dataset.grid")
    assert int(drawn) == len(parts) > 4


def test_without_webgl_everything_is_drawn(strict_page, stage):
    strict_page.add_init_script(NO_WEBGL)
    page, _ = stage(together)
    assert int(page.locator(".ilpw-crimemap").get_attribute("data-inview")) == 400
    assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None


@pytest.mark.parametrize("width", [1024, 480])
def test_small_screens_hold_everything(stage, width):
    page, _ = stage(together, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for one in page.locator(".ilpw-map, .ilpw-canvas, .ilpw-grid").all():
        size = one.bounding_box()
        assert size["width"] > 200
        assert size["x"] >= 0
        assert size["x"] + size["width"] <= width
    side, stage_ = page.locator(".ilpw-side").bounding_box(), page.locator(".ilpw-stage").bounding_box()
    assert (side["y"] >= stage_["y"] + stage_["height"] - 1) == (width < 720)


def test_two_pages_and_a_lost_kernel(stage):
    page, made = stage(together)
    page.evaluate("Object.values(window.models).forEach(model => model.fire('comm_live_update'))")
    said = page.locator(".ilpw-alarm").all_inner_texts()
    assert len(said) == 4
    assert all("kernel no longer answers" in text for text in said)
    pictures = page.locator(".ilpw-sheet").nth(1).evaluate("canvas => canvas.width")
    assert pictures > 100
    page.click(".ilpw-inview")
    page.wait_for_timeout(300)
    assert made.exchange(page) == []
    assert int(page.locator(".ilpw-crimemap").get_attribute("data-chosen")) > 0


def nothing():
    rows = table().iloc[:0]
    return [
        widgets.CrimeMap(rows),
        widgets.CrimeMap(rows, areas=areas()),
        widgets.Timeline(rows),
        widgets.Clock(rows),
        widgets.Table(rows),
    ]


def one_row():
    rows = table().iloc[:1]
    return [widgets.CrimeMap(rows), widgets.Timeline(rows), widgets.Clock(rows), widgets.Table(rows)]


def without_places_and_times():
    rows = table(6)
    rows.loc[[0, 1], "geometry"] = None
    rows.loc[[2, 3], "occurred_at"] = pd.NaT
    return [widgets.CrimeMap(rows), widgets.Timeline(rows), widgets.Clock(rows), widgets.Table(rows)]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            nothing,
            [
                "nothing to draw",
                "The table holds no incident",
                "No row of the table has a time",
                "The table holds no row",
            ],
        ),
        (one_row, ["Incidents shown: 1 of 1", "None of 1 chosen", "Rows: 1"]),
        (
            without_places_and_times,
            ["Incidents shown: 4 of 6", "Without a place on the map: 2", "Without a time: 2"],
        ),
    ],
)
def test_little_data_is_said_in_words(stage, make, said):
    page, _ = stage(make)
    text = page.locator("#stage").inner_text()
    for sentence in said:
        assert sentence in text
    for canvas in page.locator(".ilpw-canvas").all():
        drag(page, canvas, (0.3, 0.5), (0.6, 0.6))
    if page.locator(".ilpw-map").count():
        page.locator(".ilpw-map").last.click(position={"x": 100, "y": 100})


def hostile_texts() -> list[str]:
    """200 texts: every payload plain, quoted, doubled, wrapped and turned around."""
    twists = ("{}", "'{}'", '"{}">', "{0}{0}", "</p>{}<p>", "\u202e{}")
    return [
        twist.format(text) if "{}" in twist or "{0}" in twist else text
        for twist in twists
        for text in PAYLOADS
    ][:200]


def hostile():
    texts = hostile_texts()
    size = len(texts)
    rows = table(size).assign(**dict.fromkeys(("offence", "area", "status", "incident_id", "address"), texts))
    rows[PAYLOADS[0]] = texts
    plots = gpd.GeoDataFrame(
        {"name": texts, "area": texts, "verdict": texts, PAYLOADS[2]: texts},
        geometry=[box(500_000 + 30 * k, 5_300_000, 500_030 + 30 * k, 5_306_000) for k in range(size)],
        crs=32633,
    )
    streets = gpd.GeoDataFrame(
        {"kind": texts},
        geometry=[
            LineString([(500_000, 5_300_000 + 9 * k), (506_000, 5_300_000 + 9 * k)]) for k in range(size)
        ],
        crs=32633,
    )
    names = gpd.GeoDataFrame({"name": texts}, geometry=list(rows.geometry), crs=32633)
    chosen = widgets.Selection(rows)
    everything = " ".join(texts)
    layers = dict.fromkeys(texts[:40], plots) | {"streets": streets}
    return [
        widgets.CrimeMap(
            rows,
            areas=plots,
            streets=streets,
            places=names,
            layers=layers,
            colour_by="offence",
            title=everything,
            selection=chosen,
        ),
        widgets.Timeline(rows, selection=chosen, title=everything),
        widgets.Clock(rows, selection=chosen, title=everything),
        widgets.Table(rows, columns=[*rows.columns.drop("geometry")], selection=chosen, title=everything),
    ]


def test_two_hundred_hostile_texts_run_nothing(stage):
    page, made = stage(hostile)
    assert len(set(hostile_texts())) == 200
    for row in range(0, 200, 9):
        for layer in (None, 0):
            ask = {"ask": "about", "row": row} | ({} if layer is None else {"layer": layer})
            made.widgets[0].heard(None, ask, [])
        made.deliver(page)
    made.widgets[0].heard(None, {"ask": "about", "row": "<img src=x onerror=window.__xss=1>"}, [])
    made.deliver(page)
    page.locator(".ilpw-grid").evaluate("grid => { grid.querySelector('.ilpw-list').scrollTop = 3000 }")
    settle(page, made)
    page.evaluate(TRIGGER)
    settle(page, made)
    assert page.evaluate("window.__xss") is None
    assert (
        page.evaluate(
            "document.querySelectorAll('#stage img, #stage script, #stage iframe, #stage svg, #stage object').length"
        )
        == 0
    )
    assert page.url.startswith("file:")
    cells = page.locator(".ilpw-line").first.locator("[role=gridcell]").all_inner_texts()
    row = int(page.locator(".ilpw-line").first.get_attribute("data-row"))
    assert shown(hostile_texts()[row]) in [shown(text) for text in cells]


def test_more_points_than_are_drawn_are_said_and_can_all_be_chosen(stage):
    page, made = stage(lambda: widgets.CrimeMap(table(), at_most=50))
    crime_map = page.locator(".ilpw-crimemap")
    assert crime_map.get_attribute("data-shown") == "50"
    said = crime_map.locator(".ilpw-status").first.inner_text()
    assert said.startswith("Incidents shown: 50 of 400 · Drawn, evenly taken: 50 of 400")
    page.get_by_role("button", name="All in view").click()
    settle(page, made)
    assert len(made.widgets[0].selection.rows) == 400


@pytest.mark.parametrize("width", [600, 1300])
def test_every_column_of_the_table_can_be_brought_into_sight_and_times_are_whole(stage, width):
    rows = table().assign(
        occurred_to=lambda held: held["occurred_at"], status="under investigation since long", crew="A"
    )
    page, _made = stage(lambda: widgets.Table(rows))
    page.set_viewport_size({"width": width, "height": 600})
    page.wait_for_timeout(200)
    cut = page.locator("[role=gridcell]").evaluate_all(
        "cells => cells.filter((cell) => /^\\d{4}-/.test(cell.textContent) && cell.scrollWidth > cell.clientWidth).length"
    )
    assert cut == 0
    apart = page.evaluate(
        """() => {
          const grid = document.querySelector(".ilpw-grid");
          grid.scrollLeft = grid.scrollWidth;
          const head = [...document.querySelectorAll("[role=columnheader]")].map((one) => one.getBoundingClientRect());
          const cells = [...document.querySelector("[role=row][data-row]").children].map((one) => one.getBoundingClientRect());
          const edge = grid.getBoundingClientRect().right;
          return [Math.max(...head.map((one, at) => Math.abs(one.left - cells[at].left))), cells.at(-1).right - edge];
        }"""
    )
    assert apart[0] <= 2  # headings stand above their columns
    assert apart[1] <= 1  # the last column ends inside the grid
