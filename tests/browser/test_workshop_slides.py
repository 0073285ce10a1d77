"""Slides of a workshop in a real browser: keys go on and back, nothing is loaded, hostile text stays text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ilp_lab.training import workshop, workshopslides

pytestmark = pytest.mark.browser


def test_keys_go_on_and_back(page_opener):
    made = workshop("W3")
    shown = workshopslides.pages(made, {})
    page = page_opener(workshopslides.html(made, shown))
    visible = page.locator("section:visible")
    assert visible.count() == 1
    assert visible.locator("h1").inner_text() == made.title
    for key, number in (
        ("ArrowRight", 2),
        (" ", 3),
        ("ArrowLeft", 2),
        ("End", len(shown)),
        ("ArrowRight", len(shown)),
        ("Home", 1),
    ):
        page.keyboard.press(key)
        assert page.locator("#number").inner_text() == f"{number} / {len(shown)}"
        assert visible.count() == 1
    page.get_by_role("button", name="Next").click()
    assert page.locator("#number").inner_text() == f"2 / {len(shown)}"
    assert page.get_by_role("status").text_content() == made.days[0]
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    assert fits


def test_hostile_text_stays_text(page_opener):
    made = workshop("W3")
    bad = '</script><img src=x onerror="window.hit=1"><script>window.hit=1</script>{{ 7*7 }}'
    slides = tuple(replace(one, title=bad, points=(bad,)) for one in made.slides)
    hostile = replace(made, title=bad, slides=slides)
    page = page_opener(workshopslides.html(hostile, workshopslides.pages(hostile, {})))
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.hit") is None
    assert page.locator("section h1").first.text_content() == bad
