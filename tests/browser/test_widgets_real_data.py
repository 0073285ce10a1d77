"""A year of a large city in the four widgets together: a week is brushed, and all say what plain pandas says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from widgetstage import settle

from ilp_lab import widgets
from ilp_lab.intake import read_incidents

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "chicago"
YEAR = DATA / "chicago_crimes_2017_date_lat_lon.csv.gz"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.realdata,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        not YEAR.exists(), reason="the public Chicago data are not beside the project (../shared/data)"
    ),
]


def test_a_week_of_chicago_is_brushed_and_every_widget_follows(stage, tmp_path):
    incidents, _ = read_incidents(YEAR, tz="America/Chicago")
    plain = pd.read_csv(YEAR)
    when = pd.to_datetime(plain.iloc[:, 0], format="mixed", dayfirst=False)
    assert len(incidents) == len(plain) == 165_567
    chosen = widgets.Selection(incidents)
    page, made = stage(
        lambda: [
            widgets.CrimeMap(incidents, title="Chicago 2017", selection=chosen),
            widgets.Timeline(incidents, selection=chosen, marked=False),
            widgets.Clock(incidents, selection=chosen, marked=False),
            widgets.Table(incidents, selection=chosen, marked=False),
        ],
        patience=60,
    )
    page.locator(".ilpw-unit").select_option("week")
    line = page.locator(".ilpw-canvas").first
    line.scroll_into_view_if_needed()
    box = line.bounding_box()
    monday = when.min().normalize() - pd.Timedelta(days=when.min().weekday())
    weeks = (when.max() - monday).days // 7 + 1
    wide = (box["width"] - 46 - 8) / weeks
    at = box["x"] + 46 + 20 * wide
    page.mouse.move(at + 0.3 * wide, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(at + 0.7 * wide, box["y"] + 70, steps=3)
    page.mouse.up()
    settle(page, made, patience=60)

    first = monday + pd.Timedelta(weeks=20)
    there = ((when >= first) & (when < first + pd.Timedelta(weeks=1))).to_numpy()
    assert 2_000 < there.sum() < 6_000
    assert (chosen.mask == there).all()
    count = str(int(there.sum()))
    assert page.locator(".ilpw-crimemap").get_attribute("data-chosen") == count
    assert page.locator(".ilpw-crimemap").get_attribute("data-figures") == count, "the discs count the chosen"
    assert (
        "The numbers on the map are those of the chosen."
        in page.locator(".ilpw-crimemap .ilpw-status").inner_text()
    )
    assert page.locator(".ilpw-rowtable").get_attribute("data-rows") == count
    assert (
        f"{int(there.sum()):,} of 165,567 chosen" in page.locator(".ilpw-crimemap .ilpw-status").inner_text()
    )
    hours = page.evaluate("[...document.querySelectorAll('.ilpw-chart')].length")
    assert hours == 2
    canvas = page.locator(".ilpw-canvas").nth(1)
    canvas.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    hour = there & (when.dt.day_of_week == 2) & (when.dt.hour == 1)
    every = (when.dt.day_of_week == 2) & (when.dt.hour == 1)
    told = page.locator(".ilpw-chart .ilpw-told").nth(1).inner_text()
    assert told == f"Wednesday, 1:00 to 2:00: {int(every.sum()):,}, of them {int(hour.sum()):,} chosen"
    page.screenshot(path=str(tmp_path / "week.png"), full_page=True)
    assert (tmp_path / "week.png").stat().st_size > 50_000
