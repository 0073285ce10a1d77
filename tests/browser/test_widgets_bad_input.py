"""What the data and the computer do to widgets: nothing to show, no times, no columns, no graphics, other scripts, millions."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from staging import Staged
from widgetstage import areas, drag, settle, table, together

from conftest import ARGUMENTS, chromium_path
from ilp_lab import networks, widgets

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WITHOUT_GRAPHICS = (
    "--disable-webgl",
    "--disable-3d-apis",
    "--disable-accelerated-2d-canvas",
    "--disable-software-rasterizer",
    "--disable-gpu-compositing",
)
INKED = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let inked = 0;
  for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 40 && pixels[i] + pixels[i + 1] + pixels[i + 2] < 720) inked++;
  return inked;
}"""


def chart():
    links = pd.DataFrame({"source": list("ABCD"), "target": list("BCDA"), "kind": ["called", "paid"] * 2})
    labels = ["Ана Ковач", "محمد علي", "דוד כהן", "D"]
    return networks.chart(links, pd.DataFrame({"entity_id": list("ABCD"), "label": labels, "kind": "person"}))


def alone(rows, chosen=None):
    chosen = widgets.Selection(rows) if chosen is None else chosen
    return [
        widgets.Timeline(rows, selection=chosen),
        widgets.Clock(rows, selection=chosen),
        widgets.Table(rows, selection=chosen),
    ]


def said(page):
    return page.locator(".ilpw-status").all_inner_texts()


def test_chosen_rows_without_a_time_are_said_under_timeline_and_clock(stage):
    rows = table(8)
    rows.loc[[2, 3], "occurred_at"] = pd.NaT
    page, made = stage(lambda: alone(rows))
    made.widgets[0].selection.choose([2, 3])
    made.deliver(page)
    settle(page, made)
    line, clock, listed = said(page)
    assert "None of the chosen rows has a time." in line
    assert "None of the chosen rows has a time." in clock
    assert listed.startswith("Rows: 2 · 2 of 8 chosen")
    made.widgets[0].selection.choose([2, 4])
    made.deliver(page)
    settle(page, made)
    assert not any("None of the chosen rows" in text for text in said(page))


def test_a_table_whose_times_are_all_missing_says_so_and_answers_the_keys(stage):
    rows = table(5)
    rows["occurred_at"] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns, Europe/Vienna]")
    page, made = stage(lambda: [*alone(rows), widgets.CrimeMap(rows)])
    line, clock, listed, _ = said(page)
    assert "No row of the table has a time." in line
    assert "No row of the table has a time." in clock
    assert listed.startswith("Rows: 5")
    assert page.locator(".ilpw-time").is_hidden()
    for canvas in page.locator(".ilpw-canvas").all():
        drag(page, canvas, (0.3, 0.5), (0.6, 0.6))
        canvas.focus()
        for key in ("ArrowRight", "Shift+ArrowRight", "Enter", "Escape"):
            page.keyboard.press(key)
    settle(page, made)
    assert len(made.widgets[0].selection) == 0


def test_a_table_without_a_column_to_show_says_why(stage):
    page, _ = stage(lambda: widgets.Table(pd.DataFrame({"label": ["x", "y"], "address": ["v", "w"]})))
    assert "No column is shown" in page.locator(".ilpw-alarm").inner_text()
    assert page.locator(".ilpw-grid").is_hidden()
    assert "x" not in page.locator(".ilpw-body").inner_text()


@pytest.mark.parametrize("crs", [32633, None, 4326])
def test_places_that_are_no_numbers_are_counted_and_never_drawn(stage, crs):
    rows = table(6)
    x, y = rows.geometry.x.to_numpy().copy(), rows.geometry.y.to_numpy().copy()
    if crs == 4326:
        x, y = 16 + (x - x.mean()) / 1e5, 48 + (y - y.mean()) / 1e5
    x[:3], y[1] = [np.nan, np.inf, np.nan if crs == 4326 else 1e300], np.inf
    rows = gpd.GeoDataFrame(rows.drop(columns="geometry"), geometry=gpd.points_from_xy(x, y), crs=crs)
    page, made = stage(lambda: widgets.CrimeMap(rows))
    assert page.locator(".ilpw-crimemap").get_attribute("data-inview") == "3"
    assert "Without a place on the map: 3" in said(page)[0]
    page.click(".ilpw-inview")
    settle(page, made)
    assert made.widgets[0].selection.rows.tolist() == [3, 4, 5]


def test_measures_that_are_no_numbers_move_nothing_on_a_chart(stage):
    given = chart()
    entities = given.entities.assign(weight=[np.nan, np.inf, 2.0, 1.0])
    page, made = stage(
        lambda: widgets.LinkChartWidget(networks.chart(given.links, entities), size_by="weight")
    )
    places, sizes = page.evaluate(
        "(() => { const c = document.querySelector('.ilpc').ilp.chart; return [[...c.xy], [...c.size]]; })()"
    )
    assert np.isfinite(places).all()
    assert np.isfinite(sizes).all()
    assert len(made.widgets[0].chart.entities) == 4


def test_texts_from_right_to_left_run_from_right_to_left_everywhere(stage):
    rows = table(12).assign(offence="سرقة من منزل")
    chosen = widgets.Selection(rows)
    title = "خريطة الميناء 2025"
    page, _ = stage(
        lambda: [
            widgets.CrimeMap(rows, areas=areas(), colour_by="offence", title=title, selection=chosen),
            widgets.Timeline(rows, title=title, selection=chosen),
            widgets.Clock(rows, title=title, selection=chosen),
            widgets.Table(rows, title=title, selection=chosen),
            widgets.LinkChartWidget(chart(), title=title),
        ],
        width=1024,
    )
    direction = "one => getComputedStyle(one).direction"
    titles = page.locator(".ilpw-title")
    assert [one.evaluate(direction) for one in titles.all()] == ["rtl"] * 5
    assert page.get_by_text("سرقة من منزل").last.evaluate(direction) == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    for one in page.locator(".ilpw-map, .ilpw-canvas, .ilpw-grid, .ilpc-sheet").all():
        box = one.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1024


def test_a_browser_without_any_graphics_draws_every_widget(chromium, tmp_path):
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(), args=[*ARGUMENTS, *WITHOUT_GRAPHICS]
    )
    made = Staged(lambda: [*together(), widgets.LinkChartWidget(chart())])
    try:
        page = browser.new_page()
        file = tmp_path / "stage.html"
        file.write_text(made.html(), encoding="utf-8")
        page.goto(file.as_uri())
        settle(page, made)
        for kind in ("webgl", "webgl2"):
            assert page.evaluate("kind => document.createElement('canvas').getContext(kind)", kind) is None
        for where in (
            ".ilpw-crimemap .ilpw-sheet >> nth=1",
            ".ilpw-canvas >> nth=0",
            ".ilpw-canvas >> nth=1",
            ".ilpc-sheet canvas",
        ):
            assert page.locator(where).evaluate(INKED) > 300, where
        assert page.locator(".ilpw-line").count() > 5
        page.locator(".ilpc-sheet").focus()
        page.keyboard.press("n")
        assert "Links on the chart" in page.locator(".ilpc-facts").inner_text()
    finally:
        made.close()
        browser.close()


def test_the_time_and_the_part_set_in_python_are_seen_and_moved_on_by_hand(stage):
    page, made = stage(lambda: widgets.CrimeMap(table(), areas=areas()))
    crime_map = made.widgets[0]
    local = crime_map.incidents["occurred_at"].dt.tz_localize(None)

    def shown(window, words):
        crime_map.window = window
        made.deliver(page)
        settle(page, made)
        there = len(local) if window is None else int(((local >= window[0]) & (local < window[1])).sum())
        assert page.locator(".ilpw-crimemap").get_attribute("data-shown") == str(there)
        assert page.locator(".ilpw-period").inner_text().replace("\u202f", " ") == words
        return there

    assert shown(("2025-03-10", "2025-03-17"), "Mar 10, 2025 – Mar 16, 2025") > 10
    assert page.locator(".ilpw-span").input_value() == "7"
    page.locator(".ilpw-slider").focus()
    page.keyboard.press("ArrowRight")
    settle(page, made)
    assert crime_map.window == (pd.Timestamp("2025-03-11"), pd.Timestamp("2025-03-18"))
    assert shown(("2025-03-10", "2025-03-13"), "Mar 10, 2025 – Mar 12, 2025") > 5
    assert page.locator(".ilpw-span option:checked").inner_text() == "set in Python"
    assert (
        shown(
            ("2025-03-10 06:30", "2025-03-10 20:00"),
            "Mar 10, 2025, 6:30 AM – Mar 10, 2025, 8:00 PM",
        )
        >= 1
    )
    page.locator(".ilpw-slider").focus()
    page.keyboard.press("ArrowRight")
    settle(page, made)
    assert crime_map.window == (pd.Timestamp("2025-03-11 06:30"), pd.Timestamp("2025-03-11 20:00"))
    page.select_option(".ilpw-span", "7")
    settle(page, made)
    assert crime_map.window == (pd.Timestamp("2025-03-11"), pd.Timestamp("2025-03-18"))
    shown(None, "Mar 1, 2025 – Jun 25, 2025")

    wanted = (500_500, 5_300_500, 501_500, 5_301_500)
    crime_map.view = wanted
    made.deliver(page)
    settle(page, made)
    west, south, east, north = crime_map.view
    assert west <= 500_501
    assert south <= 5_300_501
    assert east >= 501_499
    assert north >= 5_301_499
    assert east - west < 4_000
    assert (west + east) / 2 == pytest.approx(501_000, abs=20)
    inside = crime_map.incidents.cx[west:east, south:north]
    page.click(".ilpw-inview")
    settle(page, made)
    assert abs(len(crime_map.selection) - len(inside)) <= 1
    page.locator(".ilpw-map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)  # a push glides, and the map tells where it came to rest
    settle(page, made)
    assert crime_map.view[0] > west + 10
    crime_map.view = None
    made.deliver(page)
    settle(page, made)
    assert crime_map.view[2] - crime_map.view[0] > 6_000


def test_a_page_that_opens_later_shows_the_time_and_the_part_that_were_set(stage):
    def make():
        crime_map = widgets.CrimeMap(table())
        crime_map.window = ("2025-03-10", "2025-03-17")
        crime_map.view = (500_500, 5_300_500, 501_500, 5_301_500)
        return crime_map

    page, made = stage(make)
    assert page.locator(".ilpw-span").input_value() == "7"
    first = made.widgets[0].view
    assert first[2] - first[0] < 4_000
    made.widgets[0].mount()
    made.deliver(page)
    settle(page, made)
    assert made.widgets[0].view == pytest.approx(first, abs=1)


def test_printing_a_chart_asks_the_gate_and_says_without_a_case_what_is_missing(stage, tmp_path):
    from ilp_lab.safeguards import open_case

    page, made = stage(lambda: widgets.LinkChartWidget(chart()))
    page.locator(".ilpw-print summary").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Print as PDF").click()
    assert (
        "Open a case and give it to the widget: LinkChartWidget" in page.locator(".ilpw-alarm").inner_text()
    )
    assert [one for one in made.exchange(page) if one["content"]["ask"] == "print"] == []

    case = open_case(
        tmp_path / "case", purpose="Meeting", legal_basis="Police Act s.12", analyst="A17", handling="H2"
    )
    page, made = stage(lambda: widgets.LinkChartWidget(chart(), case=case, title="Wer"))
    page.locator(".ilpw-print summary").click()
    page.get_by_role("button", name="Print as PDF").click()
    settle(page, made)
    assert "authority" in page.locator(".ilpw-alarm").inner_text()
    page.locator(".ilpw-authority").fill("Chief")
    page.locator(".ilpw-reason").fill("meeting")
    page.get_by_role("button", name="Print as PDF").click()
    settle(page, made)
    (written,) = case.folder.glob("Wer *.pdf")
    assert f"Printed: {written} (H2)" in page.locator(".ilpw-status").inner_text()
    assert page.locator(".ilpw-alarm").inner_text() == ""


def test_discs_of_groups_count_the_chosen_when_something_is_chosen(stage):
    page, made = stage(lambda: widgets.CrimeMap(table(60)))
    crime_map = page.locator(".ilpw-crimemap")
    page.select_option(".ilpw-style", "groups")
    settle(page, made)
    assert crime_map.get_attribute("data-figures") == "60"
    assert "numbers on the map" not in said(page)[0]
    made.widgets[0].selection.choose(range(7))
    made.deliver(page)
    settle(page, made)
    assert crime_map.get_attribute("data-figures") == "7"
    assert "The numbers on the map are those of the chosen." in said(page)[0]
    page.select_option(".ilpw-style", "points")
    settle(page, made)
    assert "numbers on the map" not in said(page)[0]


def test_forced_colours_keep_those_of_the_legend_and_show_the_tool_in_use(stage):
    page, _ = stage(lambda: [*together(), widgets.LinkChartWidget(chart())])
    colours = "all => all.map((one) => getComputedStyle(one)).map((look) => `${look.backgroundColor} ${look.borderTopColor}`)"
    signs = page.locator(".ilpw-swatch, .ilpc-linesign")
    plain = signs.evaluate_all(colours)
    page.emulate_media(forced_colors="active")
    assert len(set(plain)) > 4
    assert signs.evaluate_all(colours) == plain
    ground = "one => getComputedStyle(one).backgroundColor"
    used, other = (page.locator(f"[data-tool={tool}]").evaluate(ground) for tool in ("move", "lasso"))
    assert used != other


def many(rows: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(1)
    times = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 525_600, rows), unit="min")
    return gpd.GeoDataFrame(
        {
            "offence": pd.Categorical.from_codes(rng.integers(0, 6, rows), list("abcdef")),
            "occurred_at": times,
        },
        geometry=gpd.points_from_xy(*rng.normal([16.37, 48.2], [0.06, 0.04], (rows, 2)).T),
        crs=4326,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (1_000_000, "Incidents shown: 1,000,000 of 1,000,000"),
        (5_000_000, "Incidents shown: 2,000,000 of 5,000,000 · Drawn, evenly taken: 2,000,000 of 5,000,000"),
    ],
)
def test_millions_open_in_the_browser_and_say_how_many_are_shown(stage, rows, words):
    held = many(rows)
    chosen = widgets.Selection(held)
    page, made = stage(
        lambda: [widgets.CrimeMap(held, colour_by="offence", selection=chosen), *alone(held, chosen)],
        patience=60,
    )
    assert said(page)[0].startswith(words)
    drawn = int(page.locator(".ilpw-crimemap").get_attribute("data-inview"))
    assert drawn > 0.99 * min(rows, 2_000_000)
    line = page.locator(".ilpw-canvas").first
    line.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    settle(page, made, patience=60)
    first = held["occurred_at"].min().tz_localize(None)
    unit = page.locator(".ilpw-unit").input_value()
    local = held["occurred_at"].dt.tz_localize(None)
    wide = {"day": pd.Timedelta("1D"), "week": pd.Timedelta("7D")}[unit]
    assert len(made.widgets[0].selection) == int((local < first.normalize() + wide).sum()) > 1_000
    assert f"{len(made.widgets[0].selection):,} of {rows:,} chosen" in said(page)[3]
