"""Link charts in a real Chromium: large ones come by group, everything answers pointer and keyboard, nothing is asked of anybody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ilp_lab import networks, views

pytestmark = pytest.mark.browser

CHART = "document.getElementById('ilp-chart').ilp"


def until(page, words):
    """Ask again until it is so; the page forbids what playwright would use for waiting."""
    for _ in range(300):
        if page.evaluate(words):
            return
        page.wait_for_timeout(50)
    raise AssertionError(words)


def drawn(page):
    until(page, "Number(document.documentElement.dataset.drawn || 0) > 0")


def still(page):
    until(page, f"!{CHART}.sheet.busy && !{CHART}.sheet.waiting")


def count(page, name):
    return int(page.evaluate(f"document.documentElement.dataset.{name}"))


def colours(page):
    return page.evaluate(
        """() => { const canvas = document.querySelector("#ilp-chart canvas"), found = new Set();
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let inked = 0;
        for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3] > 60) { inked++; found.add(pixels[i] + "," + pixels[i + 1] + "," + pixels[i + 2]); }
        return [inked, found.size]; }"""
    )


def large(entities=10_000, links=30_000):
    rng = np.random.default_rng(2)
    town = rng.integers(0, 40, entities)
    order = np.argsort(town, kind="stable")
    begins = np.searchsorted(town[order], np.arange(41))
    source = rng.integers(0, entities, links)
    low, high = begins[town[source]], begins[town[source] + 1]
    near = order[low + (rng.random(links) * (high - low)).astype(int)]
    target = np.where(rng.random(links) < 0.9, near, rng.integers(0, entities, links))
    return networks.chart(
        pd.DataFrame(
            {
                "source": [f"E{row}" for row in source],
                "target": [f"E{row}" for row in target],
                "kind": rng.choice(["called", "paid"], links),
                "information_grade": rng.choice(["1", "4"], links),
            }
        ),
        pd.DataFrame({"entity_id": [f"E{row}" for row in range(entities)], "kind": "phone"}),
    )


def small():
    links = pd.DataFrame(
        {
            "source": ["A", "A", "B", "C", "D"],
            "target": ["B", "B", "C", "D", "D"],
            "kind": ["called", "paid", "called", "called", "called"],
            "information_grade": ["1", "4", "2", None, "1"],
            "reference": "SECRET",
        }
    )
    entities = pd.DataFrame(
        {
            "entity_id": list("ABCD"),
            "label": ["Ана", "Ben", "Cem", "D"],
            "kind": ["person", "person", "phone", "account"],
        }
    )
    return networks.chart(links, entities)


def test_ten_thousand_entities_come_by_group_and_open(page_opener):
    page = page_opener(views.linkchart_page(large(), title="Ten thousand").html)
    drawn(page)
    assert count(page, "entities") == 10_000
    assert count(page, "single") == 0
    groups = count(page, "groups")
    assert 10 < groups < 400
    inked, different = colours(page)
    assert inked > 30_000
    assert different > 5
    page.locator("#ilp-search").fill("E7777")
    page.keyboard.press("Enter")
    assert page.locator("#ilp-facts").inner_text().startswith("E7777\nphone")
    assert count(page, "groups") == groups - 1
    assert count(page, "single") > 20
    place = page.evaluate(f"[...{CHART}.xy.slice(2 * 7777, 2 * 7777 + 2)]")
    page.locator("#ilp-open").click()
    assert count(page, "single") == 10_000
    assert page.evaluate(f"[...{CHART}.xy.slice(2 * 7777, 2 * 7777 + 2)]") == place
    page.locator("#ilp-open").click()
    assert count(page, "groups") == groups


def test_a_double_click_opens_a_group_and_enter_closes_it(page_opener):
    page = page_opener(views.linkchart_page(large(6_000, 15_000)).html)
    drawn(page)
    at = page.evaluate(
        f"(() => {{ const c = {CHART}, g = c.closed[0].group; return [c.sheet.sx(c.groupXy[2 * g]), c.sheet.sy(c.groupXy[2 * g + 1])]; }})()"
    )
    box = page.locator("#ilp-chart").bounding_box()
    before = count(page, "groups")
    page.mouse.dblclick(box["x"] + at[0], box["y"] + at[1])
    until(page, f"Number(document.documentElement.dataset.groups) === {before - 1}")
    page.evaluate(f"{CHART}.choose({{ what: 'entity', at: {CHART}.alone[0] }})")
    page.locator("#ilp-chart").focus()
    page.keyboard.press("Enter")
    assert count(page, "groups") == before


def test_labels_at_rest_lie_on_no_other(page_opener):
    page = page_opener(views.linkchart_page(large(300, 700)).html)
    drawn(page)
    still(page)
    boxes = np.array(page.evaluate(f"{CHART}.boxes"))
    assert len(boxes) > 20
    one, other = np.triu_indices(len(boxes), 1)
    across = np.minimum(boxes[one, 2], boxes[other, 2]) - np.maximum(boxes[one, 0], boxes[other, 0])
    down = np.minimum(boxes[one, 3], boxes[other, 3]) - np.maximum(boxes[one, 1], boxes[other, 1])
    assert not ((across > 0.01) & (down > 0.01)).any()


def test_what_is_done_on_the_page_comes_back_as_python(page_opener):
    chart = small()
    page = page_opener(views.linkchart_page(chart).html)
    drawn(page)
    page.locator("#ilp-search").fill("Ана")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Note").fill('say "hello"\nto\u2028</script>')
    page.get_by_role("button", name="Add the note").click()
    assert 'Note: say "hello"' in page.locator("#ilp-facts").inner_text()
    page.locator("#ilp-search").fill("Cem")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Hide it").click()
    assert count(page, "single") == 3
    page.locator("#ilp-search").fill("Ben")
    page.keyboard.press("Enter")
    still(page)
    box = page.locator("#ilp-chart").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 30, steps=4)
    page.mouse.up()
    code = page.locator("#ilp-code").input_value()
    room = {"chart": chart}
    exec(code, room)
    found = room["chart"]
    assert found.hidden == {"C"}
    assert found.notes[0].text == 'say "hello"\nto\u2028</script>'
    assert found.notes[0].entity_id == "A"
    x, y = page.evaluate(f"[...{CHART}.xy.slice(2, 4)]")
    assert found.positions.loc["B", ["x", "y"]].tolist() == pytest.approx([x, y], abs=0.1)
    assert found.positions.loc["B", "pinned"]
    again = page_opener(views.linkchart_page(found).html)
    drawn(again)
    assert count(again, "single") == 3
    assert again.evaluate(f"[...{CHART}.xy.slice(2, 4)]") == pytest.approx([x, y], abs=0.1)


def test_everything_can_be_undone(page_opener):
    page = page_opener(views.linkchart_page(small()).html)
    drawn(page)
    page.locator("#ilp-chart").focus()
    for key in ("n", "p", "h"):
        page.keyboard.press(key)
    assert count(page, "single") == 3
    assert page.locator("#ilp-code").input_value().count("\n") == 1
    page.keyboard.press("u")
    assert count(page, "single") == 4
    page.locator("#ilp-undo").click()
    assert page.locator("#ilp-code").input_value() == ""
    assert page.locator("#ilp-record").is_hidden()


def test_the_keyboard_moves_zooms_and_walks(page_opener):
    page = page_opener(views.linkchart_page(small()).html)
    drawn(page)
    page.locator("#ilp-chart").focus()
    x, scale = page.evaluate(f"[{CHART}.sheet.x, {CHART}.sheet.scale]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    assert page.evaluate(f"{CHART}.sheet.x") > x
    assert page.evaluate(f"{CHART}.sheet.scale") > scale
    page.keyboard.press("0")
    assert page.evaluate(f"{CHART}.sheet.scale") == pytest.approx(scale)
    seen = set()
    for _ in range(4):
        page.keyboard.press("n")
        seen.add(page.locator("#ilp-facts").inner_text().split("\n")[0])
    assert len(seen) >= 3
    page.keyboard.press("Escape")
    assert "Click on" in page.locator("#ilp-facts").inner_text()


def test_a_line_tells_every_link_it_stands_for(page_opener):
    page = page_opener(views.linkchart_page(small()).html)
    drawn(page)
    page.evaluate(
        f"{CHART}.choose({{ what: 'line', at: 0, line: {CHART}.lines.find((line) => line.count === 2) }})"
    )
    told = page.locator("#ilp-facts").inner_text()
    assert "Ана → Ben\ncalled\nInformation graded: 1\n" in told.replace("Source graded: not graded\n", "")
    assert "paid" in told
    assert "SECRET" not in page.content()


def test_a_hub_of_a_hundred_thousand_contacts_is_one_sign(page_opener):
    links = pd.DataFrame({"source": "H", "target": np.arange(100_000).astype(str), "kind": "called"})
    page = page_opener(views.linkchart_page(networks.chart(links)).html)
    drawn(page)
    assert count(page, "groups") == 1
    assert count(page, "single") == 1
    assert count(page, "links") == 100_000


def test_a_network_of_pyvis_shows_itself_offline(page_opener):
    page = page_opener(views.to_pyvis(small(), title="By pyvis").generate_html())
    drawn(page)
    assert count(page, "entities") == 4
    assert count(page, "links") == 5
    assert page.locator("h1").inner_text() == "By pyvis"


def test_timeline_events_and_flows_answer_in_the_browser(page_opener):
    links = pd.DataFrame(
        {"source": ["A", "B", "C"], "target": ["B", "C", "A"], "kind": "paid", "start": ["2024-01-01", "2024-02-01", "2024-03-01"],
         "amount": [9.0, 8.0, 1.0]}
    )  # fmt: skip
    chart = networks.chart(links)
    for made, words in (
        (views.timeline_page(chart), "A → B"),
        (views.event_chart_page(chart), "B"),
        (views.flow_chart_page(chart), "A → B\n9 in 1 link"),
    ):
        page = page_opener(made.html)
        drawn(page)
        assert count(page, "parts") >= 3
        page.locator("#ilp-svg [data-part]").first.click(force=True, position={"x": 1, "y": 1})
        page.evaluate(
            "document.querySelector('#ilp-svg [data-part]').dispatchEvent(new MouseEvent('click', { bubbles: true }))"
        )
        assert words in page.locator("#ilp-facts").inner_text()
        wide = page.evaluate("document.getElementById('ilp-svg').getBoundingClientRect().width")
        page.locator("#ilp-plate").focus()
        page.keyboard.press("+")
        assert page.evaluate("document.getElementById('ilp-svg').getBoundingClientRect().width") > wide


def test_a_chart_on_the_map_keeps_its_neighbours_beside_their_place(page_opener):
    entities = pd.DataFrame(
        {"entity_id": ["L1", "L2", "P"], "kind": ["location", "location", "person"], "longitude": [16.3, 16.4, None],
         "latitude": [48.2, 48.25, None]}
    )  # fmt: skip
    chart = networks.chart(pd.DataFrame({"source": ["P", "L1"], "target": ["L1", "L2"]}), entities)
    page = page_opener(views.chart_map_page(chart, title="On the map").html)
    drawn(page)
    away = f"(() => {{ const c = {CHART}; return Math.hypot(c.xy[4] - c.xy[0], c.xy[5] - c.xy[1]) * c.sheet.scale; }})()"
    assert page.evaluate(away) == pytest.approx(26, abs=1)
    page.locator("#ilp-chart").focus()
    for _ in range(4):
        page.keyboard.press("+")
    still(page)
    assert page.evaluate(away) == pytest.approx(26, abs=1)
    page.locator("#ilp-search").fill("L2")
    page.keyboard.press("Enter")
    assert page.locator("#ilp-facts").inner_text().startswith("L2\nlocation")


@pytest.mark.parametrize("size", [0, 1, 2])
def test_empty_and_tiny_charts_open(size, page_opener):
    entities = pd.DataFrame({"entity_id": list("AB")[:size]}, dtype="string")
    chart = networks.chart(pd.DataFrame({"source": [], "target": []}), entities)
    page = page_opener(views.linkchart_page(chart).html)
    drawn(page)
    assert count(page, "entities") == size
    page.locator("#ilp-chart").focus()
    for key in ("n", "h", "u", "Enter", "Escape", "0"):
        page.keyboard.press(key)
    assert count(page, "single") == size
