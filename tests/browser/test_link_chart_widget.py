"""The link chart widget in a real Chromium, without a kernel: what is clicked reaches Python, what Python answers is seen."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from boardchecks import faults_of

from ilp_lab import networks, widgets

pytestmark = pytest.mark.browser

ROOT = "document.querySelector('.ilpc')"
CHART = f"{ROOT}.ilp.chart"
BREAKING = (
    "\u202e",
    "\0",
    "\u2028",
    "\U0001f600",
    "C:\\2024\\1 report",
    "`${alert(1)}`",
    "{{7*7}}",
    "' OR 1=1 --",
)
RUNNING = (
    "<script>window.__ran=1</script>", "<img src=x onerror='window.__ran=2'>", '"><svg onload=window.__ran=3>', "</textarea><script>window.__ran=4</script>",
    "javascript:window.__ran=5", "<iframe srcdoc='<script>parent.__ran=6</script>'>", "';window.__ran=7;//", "</style><script>window.__ran=8</script>",
)  # fmt: skip


def small():
    links = pd.DataFrame(
        {
            "source": ["A", "A", "B", "C", "D", "D"],
            "target": ["B", "B", "C", "D", "D", "E"],
            "kind": ["called", "paid", "called", "called", "called", "met"],
            "information_grade": ["1", "4", "2", None, "1", "4"],
            "start": pd.to_datetime(
                ["2024-01-03", "2024-01-20", "2024-02-02", "2024-02-10", None, "2024-03-01"]
            ),
            "reference": "SECRET",
        }
    )
    entities = pd.DataFrame(
        {
            "entity_id": list("ABCDE"),
            "label": ["Ана", "Ben", "محمد 12", "D", "Eva"],
            "kind": ["person", "person", "phone", "account", "person"],
            "category": ["suspect", "victim", None, None, None],
        }
    )
    return networks.chart(links, entities)


class Stage:
    """One widget on a page, and the kernel's part played by this process."""

    def __init__(self, page, staged):
        self.page, self.staged, self.widget = page, staged, staged.widgets[0]
        self.until(f"{ROOT} && Number({ROOT}.dataset.drawn || 0) > 0")
        self.settle()

    def until(self, words):
        for _ in range(300):
            if self.page.evaluate(words):
                return
            self.page.wait_for_timeout(30)
        raise AssertionError(words)

    def settle(self):
        """Until everything asked is answered and the picture stands still."""
        for _ in range(200):
            said = self.staged.exchange(self.page)
            busy = self.page.evaluate(f"{ROOT}.ilp.sheet.busy || {ROOT}.ilp.sheet.waiting || {CHART}.stale")
            if not said and not busy:
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("the page does not come to rest")

    def click(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()
        self.settle()

    def press(self, *keys):
        self.page.locator(".ilpc-sheet").focus()
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def find(self, name):
        self.page.locator(".ilpc input[type=search]").fill(name)
        self.page.keyboard.press("Enter")
        self.settle()

    def count(self, name):
        return int(self.page.evaluate(f"{ROOT}.dataset.{name}"))

    @property
    def code(self):
        return self.page.locator(".ilpc-text").input_value()

    @property
    def status(self):
        return self.page.locator(".ilpc .ilpw-status").inner_text()


def _staging():
    spec = importlib.util.spec_from_file_location("staging", Path(__file__).with_name("staging.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stage(page_opener):
    opened = []

    def put(make, *, width_px=1200):
        staged = _staging().Staged(make)
        opened.append(staged)
        page = page_opener(staged.html())
        page.set_viewport_size({"width": width_px, "height": 900})
        return Stage(page, staged)

    yield put
    for staged in opened:
        staged.close()


def test_search_hide_way_undo_and_the_line_each_click_stands_for(stage):
    here = stage(lambda: widgets.LinkChartWidget(small(), size_by="degree", title="Who"))
    assert (here.count("entities"), here.count("links"), here.count("single")) == (5, 6, 5)
    here.find("Ана")
    assert here.widget.selected == ("A",)
    here.click("Hide")
    assert here.widget.chart.hidden == {"A"}
    assert (here.count("hidden"), here.count("single")) == (1, 4)
    assert here.page.locator(".ilpc-line").inner_text() == "chart = chart.hide(entity_ids=['A'])"
    here.find("Ана")
    assert here.widget.chart.hidden == set(), "searching for a hidden entity shows it again"
    here.click("Find a way from here …")
    here.find("Eva")
    assert here.widget.way == ("A", "B", "C", "D", "E")
    assert here.page.evaluate(f"{CHART}.route") == [0, 1, 2, 3, 4]
    assert "A – B: called, paid (2)" in here.page.locator(".ilpc-way").inner_text()
    here.click("Undo")
    assert here.page.evaluate(f"{CHART}.route") is None
    here.click("Undo")
    assert here.widget.chart.hidden == {"A"}
    here.click("Redo")
    assert here.widget.chart.hidden == set()
    assert here.code == here.widget.code


def test_filters_by_kind_grade_and_date_and_measures_follow(stage):
    here = stage(lambda: widgets.LinkChartWidget(small(), size_by="degree"))
    here.page.locator("[data-value='called']").uncheck()
    here.settle()
    assert set(here.widget.chart.links["kind"]) == {"paid", "met"}
    assert here.count("links") == 2
    here.page.locator("[data-value='called']").check()
    here.settle()
    assert here.code == "from ilp_lab import networks\nmeasures = networks.measures(chart, redraws=0)"
    here.page.locator("[data-list='information_grade'][data-value='4']").uncheck()
    here.settle()
    assert here.widget.chart.links["information_grade"].tolist() == ["1", "2", "1"]
    handle = here.page.get_by_label("From", exact=True)
    for _ in range(5):
        handle.press("ArrowRight")
        here.settle()
    assert here.widget.chart.links["start"].tolist() == [pd.Timestamp("2024-02-02")]
    assert "since='2024-" in here.code
    here.find("Ben")
    assert "Links on the chart: 1" in here.page.locator(".ilpc-facts").inner_text()
    assert "Neighbours" not in here.page.locator(".ilpc-facts").inner_text(), "a victim has no measures"
    here.click("Take the filter away")
    assert here.count("links") == 6


def test_groups_frames_notes_pins_and_a_lasso(stage):
    here = stage(lambda: widgets.LinkChartWidget(small()))
    at = here.page.evaluate(
        f"[0, 1].map((row) => [{CHART}.sheet.sx({CHART}.xy[2 * row]), {CHART}.sheet.sy({CHART}.xy[2 * row + 1])])"
    )
    box = here.page.locator(".ilpc-sheet").bounding_box()
    (ax, ay), (bx, by) = at
    here.page.keyboard.down("Shift")
    here.page.mouse.move(box["x"] + min(ax, bx) - 25, box["y"] + min(ay, by) - 25)
    here.page.mouse.down()
    for x, y in (
        (max(ax, bx) + 25, min(ay, by) - 25),
        (max(ax, bx) + 25, max(ay, by) + 25),
        (min(ax, bx) - 25, max(ay, by) + 25),
    ):
        here.page.mouse.move(box["x"] + x, box["y"] + y, steps=3)
    here.page.mouse.up()
    here.page.keyboard.up("Shift")
    here.settle()
    assert {"A", "B"} <= set(here.widget.selected)
    here.page.get_by_placeholder("Words for a frame").fill("</script>crew")
    here.click("Make them a group of this name")
    assert here.widget.chart.groups["A"] == "</script>crew"
    assert here.count("groups") == 1, "a new group comes closed"
    here.press("u")
    assert here.count("groups") == 0
    here.find("Eva")
    here.press("p")
    assert here.widget.chart.positions.loc["E", "pinned"]
    here.page.get_by_label("Note").fill("ask the registry")
    here.click("Add the note")
    assert here.widget.chart.notes[0].text == "ask the registry"
    assert "Note: ask the registry" in here.page.locator(".ilpc-facts").inner_text()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    here.page.mouse.move(*middle)
    here.page.mouse.down()
    here.page.mouse.move(middle[0] + 60, middle[1] + 30, steps=4)
    here.page.mouse.up()
    here.settle()
    x, y = here.page.evaluate(f"[...{CHART}.xy.slice(8, 10)]")
    assert here.widget.chart.positions.loc["E", ["x", "y"]].tolist() == pytest.approx([x, y], abs=0.1)
    room = {"chart": small(), "networks": networks}
    exec(here.code, room)
    pd.testing.assert_frame_equal(room["chart"].positions, here.widget.chart.positions)


def test_by_keyboard_alone_and_what_a_screen_reader_is_told(stage):
    here = stage(lambda: widgets.LinkChartWidget(small()))
    label = here.page.locator(".ilpc-sheet").get_attribute("aria-label")
    assert "Entities: 5, links: 6" in label
    seen = set()
    for _ in range(4):
        here.press("n")
        seen.add(here.page.locator(".ilpc-facts").inner_text().split("\n")[0])
    assert len(seen) >= 3
    assert here.page.locator(".ilpc-facts").get_attribute("aria-live") == "polite"
    here.press("h")
    assert len(here.widget.chart.hidden) == 1
    here.press("u", "r", "u", "Escape")
    assert here.widget.chart.hidden == set()
    unnamed = here.page.evaluate(
        f"""[...{ROOT}.querySelectorAll("button, input, select, textarea, [role=application]")].filter((one) =>
        !(one.getAttribute("aria-label") || one.textContent.trim() || one.closest("label") || one.labels?.length)).map((one) => one.outerHTML)"""
    )
    assert unnamed == []
    here.click("High contrast")
    assert here.page.evaluate(f"{CHART}.look.ink") == "#000"


@pytest.mark.parametrize("width_px", [1024, 640])
def test_a_small_screen_cuts_nothing_off(stage, width_px):
    here = stage(lambda: widgets.LinkChartWidget(small(), title="A long heading " * 8), width_px=width_px)
    wide = here.page.evaluate(
        f"[{ROOT}.scrollWidth, {ROOT}.clientWidth, document.documentElement.scrollWidth]"
    )
    assert wide[0] <= wide[1]
    assert wide[2] <= width_px
    assert here.page.evaluate(f"{ROOT}.dataset.narrow") == ("yes" if width_px < 760 else "no")
    assert here.page.locator(".ilpc-sheet").bounding_box()["width"] > 500


def test_two_hundred_hostile_strings_in_every_field_run_nothing(stage):
    strings = [f"{one}{number}" for number in range(13) for one in (*BREAKING, *RUNNING)][:200]
    strings = [text.replace("\0", "\ufffd") for text in strings]
    links = pd.DataFrame(
        {
            "source": strings,
            "target": strings[1:] + strings[:1],
            "kind": strings,
            "information_grade": strings,
            "source_grade": strings,
            "reference": strings,
        }
    )
    entities = pd.DataFrame(
        {
            "entity_id": strings,
            "label": strings[::-1],
            "kind": "person",
            "group": strings,
        }
    )

    def make():
        widget = widgets.LinkChartWidget(networks.chart(links, entities).group("group"), title=strings[8])
        for row, text in enumerate(strings):
            widget.do({"do": "note", "rows": [row], "text": text})
        widget.do({"do": "frame", "rows": [0, 1], "text": strings[9]})
        widget.do({"do": "group", "rows": [0, 1], "text": strings[10]})
        widget.do({"do": "way", "rows": [0, 3]})
        return widget

    here = stage(make)
    before = here.page.evaluate("document.querySelectorAll('script, img, iframe, svg, object').length")
    for row in range(0, 200, 7):
        here.page.evaluate(f"{CHART}.choose({{ what: 'entity', at: {row} }}), {CHART}.hover([400, 300])")
    here.settle()
    here.find("script")
    for details in here.page.locator(".ilpc details").all():
        details.evaluate("(one) => { one.open = true; }")
    here.settle()
    assert (
        here.page.evaluate("document.querySelectorAll('script, img, iframe, svg, object').length") == before
    )
    assert here.page.evaluate("window.__ran") is None
    assert "<script>" in here.page.locator(".ilpc").inner_text()


def test_a_kernel_that_is_gone_is_told_and_the_picture_stays(stage):
    here = stage(lambda: widgets.LinkChartWidget(small()))
    here.page.evaluate("Object.values(window.models)[0].fire('comm_live_update')")
    assert "The kernel no longer answers" in here.page.locator(".ilpc .ilpw-alarm").inner_text()
    here.page.locator(".ilpc-sheet").focus()
    scale = here.page.evaluate(f"{ROOT}.ilp.sheet.scale")
    here.page.keyboard.press("+")
    here.page.keyboard.press("n")
    here.page.keyboard.press("h")
    assert here.page.evaluate(f"{ROOT}.ilp.sheet.scale") > scale
    assert here.page.locator(".ilpc-facts").inner_text().split("\n")[0]
    assert here.page.evaluate("window.sent.length") == 0
    assert here.count("single") == 5


@pytest.mark.parametrize("size", [0, 1])
def test_empty_charts_and_charts_of_one_are_told(stage, size):
    entities = pd.DataFrame({"entity_id": ["A"][:size]}, dtype="string")
    here = stage(
        lambda: widgets.LinkChartWidget(networks.chart(pd.DataFrame({"source": [], "target": []}), entities))
    )
    if size:
        here.press("n", "h")
        assert "Nothing is left to show" in here.page.locator(".ilpc-nothing").inner_text()
        here.page.get_by_role("button", name="Show hidden").click()
        here.settle()
        assert here.page.locator(".ilpc-nothing").is_hidden()
    else:
        assert "holds no entity" in here.page.locator(".ilpc-nothing").inner_text()
        here.press("n", "h", "u", "Enter", "0")


def large(entities, links):
    rng = np.random.default_rng(2)
    town = np.sort(rng.integers(0, max(4, entities // 150), entities))
    begins = np.searchsorted(town, np.arange(town.max() + 2))
    source = rng.integers(0, entities, links)
    low, high = begins[town[source]], begins[town[source] + 1]
    near = low + (rng.random(links) * (high - low)).astype(int)
    target = np.where(rng.random(links) < 0.9, near, rng.integers(0, entities, links))
    return networks.chart(
        pd.DataFrame(
            {
                "source": source.astype(str),
                "target": target.astype(str),
                "kind": rng.choice(["called", "paid"], links),
                "information_grade": rng.choice(["1", "4"], links),
            }
        )
    )


def test_thousands_come_by_group_and_an_act_sends_bytes_not_rows(stage):
    here = stage(lambda: widgets.LinkChartWidget(large(8_200, 24_000)))
    assert here.count("single") == 0
    assert 10 < here.count("groups") < 400
    here.click("Open all groups")
    assert here.count("single") == len(here.widget.chart.entities) > 8_000
    assert here.page.evaluate(f"{ROOT}.dataset.strokes") == "counted"
    inked = here.page.evaluate(
        f"""(() => {{ const canvas = {ROOT}.querySelector("canvas"), pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let inked = 0; for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 40) inked++; return inked; }})()"""
    )
    assert inked > 50_000
    sent = []
    plain = here.staged.deliver
    here.staged.deliver = lambda page: (
        sent.extend(m for ms in here.staged.log.values() for m in ms),
        plain(page),
    )
    here.find("4321")
    here.press("h")
    told = [
        message
        for message in sent
        if message["content"]["about"]
        in ("chart", "present", "places", "groups", "sizes", "remarks", "panel")
    ]
    assert [message["content"]["about"] for message in told] == ["present", "panel"]
    assert sum(len(part) for message in told for part in message["buffers"]) < 16_000
    before = here.count("drawn")
    here.page.evaluate(f"for (let i = 0; i < 20; i++) {ROOT}.ilp.sheet.pan(3, 1)")
    here.settle()
    assert here.count("drawn") - before <= 3, "many moves in one moment are one picture"


def busy_lines():
    """A hub and a ring around it, every pair linked so often that the lines carry numbers; more kinds than two."""
    ring = [f"N{k:02d}" for k in range(24)]
    pairs = [("Hub with a long name", one) for one in ring] + list(
        zip(ring, ring[1:] + ring[:1], strict=True)
    )
    rows = [
        (a, b, ("called", "paid", "met")[k % 3], pd.Timestamp("2024-01-01") + pd.Timedelta(days=9 * k))
        for a, b in pairs
        for k in range(9)
    ]
    return networks.chart(pd.DataFrame(rows, columns=["source", "target", "kind", "start"]))


def test_numbers_on_lines_cover_no_name_no_sign_and_no_other_number(stage):
    here = stage(lambda: widgets.LinkChartWidget(busy_lines()))
    here.page.evaluate(f"{CHART}.sheet.zoom(1.6, 300, 280)")
    here.settle()
    boxes = here.page.evaluate(
        f"""[{CHART}.numbers, {CHART}.boxes, [...{CHART}.alone].map((row) => {{ const s = {CHART}.sheet, r = {CHART}.pixels(row) * 0.7,
        x = s.sx({CHART}.xy[2 * row]), y = s.sy({CHART}.xy[2 * row + 1]); return [x - r, y - r, x + r, y + r]; }})]"""
    )
    numbers, names, signs = boxes
    assert numbers, "some lines have room for their number"
    crossing = [
        (one, other)
        for at, one in enumerate(numbers)
        for other in [*numbers[at + 1 :], *names, *signs]
        if one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]
    ]
    assert crossing == []


def test_the_strip_is_drawn_when_it_comes_into_sight(stage):
    here = stage(lambda: widgets.LinkChartWidget(small()))
    inked = "(() => { const bars = document.querySelector('.ilpc-bars'); return bars.getContext('2d').getImageData(0, 0, bars.width, bars.height).data.some(Boolean); })()"
    here.page.evaluate(
        "document.getElementById('stage').style.display = 'none'; document.querySelector('.ilpc-bars').width = 1"
    )
    here.widget.do({"do": "hide", "rows": [0]})
    here.staged.deliver(here.page)
    here.page.wait_for_timeout(100)
    assert not here.page.evaluate(inked)
    here.page.evaluate("document.getElementById('stage').style.display = ''")
    here.until(inked)


def test_one_kind_is_left_by_one_click_and_by_keyboard(stage):
    here = stage(lambda: widgets.LinkChartWidget(small()))
    only = here.page.get_by_role("button", name="Only paid")
    only.focus()
    here.page.keyboard.press("Enter")
    here.settle()
    assert here.widget.chart.links["kind"].tolist() == ["paid"]
    assert here.code == "chart = chart.filter(kind=['paid'])"
    assert here.page.evaluate("document.activeElement.dataset.key") == "only/kind/paid"
    here.click("Take the filter away")
    assert here.count("links") == 6


def test_the_colour_of_a_single_kind_stands_in_the_legend(stage):
    here = stage(
        lambda: widgets.LinkChartWidget(
            networks.chart(pd.DataFrame({"source": ["A"], "target": ["B"], "kind": ["called"]}))
        )
    )
    told = here.page.locator(".ilpc-legend li", has_text="called")
    colour = told.locator(".ilpc-linesign").evaluate("line => getComputedStyle(line).borderTopColor")
    drawn = here.page.evaluate(f"{CHART}.data.links.kinds[0].colour")
    assert colour == f"rgb({', '.join(str(int(drawn[k : k + 2], 16)) for k in (1, 3, 5))})"


@pytest.mark.parametrize("contrast", [False, True])
def test_a_checker_finds_no_serious_fault(stage, contrast):
    here = stage(lambda: widgets.LinkChartWidget(small(), size_by="degree", title="Who"))
    if contrast:
        here.click("High contrast")
    here.find("Ben")
    assert faults_of(here.page, ".ilpc") == []
