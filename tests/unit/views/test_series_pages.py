"""Linked crimes on the screen: lines and rows stand for the same pairs, and text stays text."""

from __future__ import annotations

import json
import re
from base64 import b64decode

import geopandas as gpd
import pandas as pd
import pytest

from ilp_lab import views
from ilp_lab.errors import InputError
from ilp_lab.result import Result
from ilp_lab.safeguards import mark
from ilp_lab.times import crime_series


def crimes() -> gpd.GeoDataFrame:
    """Six crimes: three near each other, one without a place, two far away."""
    at = pd.Timestamp("2024-01-01", tz="Europe/Vienna") + pd.to_timedelta([0, 1, 2, 3, 40, 90], unit="D")
    frame = gpd.GeoDataFrame(
        {"occurred_at": at, "victim_name": "Anna Who"},
        geometry=gpd.points_from_xy([0, 100, 200, 300, 9000, 20_000], [0, 50, 0, 50, 0, 0]),
        crs=32633,
        index=[f"R{k}" for k in range(6)],
    )
    frame.loc["R3", "geometry"] = None
    return frame


def decided() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "one": ["R0", "R1", "R0", "R2"],
            "other": ["R1", "R2", "R3", "R4"],
            "bayes_factor": [900.0, 120.0, 60.0, 11.0],
            "strength": ["strong", "strong", "moderate", "moderate"],
            "because": ["distance 0.1 km (+2.1)"] * 4,
            "decision": ["accept", "Accept ", "accept", "reject"],
            "decided_by": "A. Analyst",
            "reason": ["same tool", "<script>alert(1)</script>", "${x}", ""],
        }
    )


def data_of(page: views.Page) -> dict:
    return json.loads(re.search(r'id="ilp-data">(.*?)</script>', page.html, re.DOTALL)[1])


def rows_of(page: views.Page) -> list[str]:
    return re.findall(r"<tr>(.*?)</tr>", page.html)


def test_series_lines_and_rows_are_those_of_the_result():
    result = crime_series(crimes(), review=decided())
    page = result.explore()
    data = data_of(page)
    shown = [
        words
        for column in data["points"]["facts"]
        if column["label"] == "Report"
        for words in column["words"]
    ]
    assert set(shown) - {""} == {"R0", "R1", "R2", "R4", "R5"}  # R3 has no place
    assert len(data["links"]) == 3  # the pair with R3 has one end only
    colours = [data["looks"][look] for _, _, look in data["links"]]
    assert colours[0] == colours[1] != colours[2]
    assert colours[2][1]  # rejected: dashed
    rows = "".join(rows_of(page))
    assert "Series 1: 4 crimes, up to 200 m apart" in rows
    assert "R3 <small>(no place)</small>" in rows
    assert "R5" not in rows  # on its own
    assert "&lt;script&gt;alert(1)" in rows
    assert "<script>alert" not in page.html
    assert "&#36;&#123;x&#125;" in rows
    assert "Anna Who" not in page.html
    assert "accepted <small>3 pairs</small>" in page.html
    assert page.handling == result.handling


def test_the_map_begins_at_the_series_and_not_at_what_lies_far_away():
    west, south, east, north = data_of(crime_series(crimes(), review=decided()).explore())["bounds"]
    assert east - west == pytest.approx(200 + 2 * 300, abs=2)
    assert north - south == pytest.approx(50 + 2 * 300, abs=2)


def test_pairs_that_wait_for_a_decision_are_told_by_strength():
    pairs = decided().assign(decision="", decided_by="", reason="", part_days=1.0)
    held = crimes().iloc[:5][["occurred_at", "geometry"]]
    found = Result(
        "times.link_crimes", "Pairs", pairs, "added up", ("Four.",), handling="H1", details={"crimes": held}
    )
    page = views.series_page(found, title="Read these")
    assert page.title == "Read these"
    assert "strong <small>2 pairs</small>" in page.html
    assert "moderate <small>2 pairs</small>" in page.html
    assert len([row for row in rows_of(page) if "data-crimes" in row]) == 4
    assert page.handling == "H1"
    assert found.explore().title == "Pairs"


def test_pages_of_nothing_and_of_no_series():
    none = crime_series(crimes(), review=decided().iloc[:0])
    assert data_of(none.explore())["links"] == []
    assert crime_series(mark(crimes(), handling="H2"), review=decided()).explore().handling == "H2"
    empty = Result(
        "times.link_crimes",
        "Pairs",
        decided().iloc[:0],
        "",
        ("None.",),
        details={"crimes": crimes().iloc[:0]},
    )
    assert "None." in empty.explore().html
    with pytest.raises(InputError, match="holds no pair of crimes"):
        views.series_page(empty)
    with pytest.raises(
        InputError, match=r"draws results of times\.link_crimes and times\.crime_series; got demo"
    ):
        views.series_page(Result("demo", "Demo", pd.DataFrame(), "", ("One.",)))


def test_points_keep_the_colours_of_their_classes():
    page = views.map_page(crimes().assign(kind=["a", "a", "b", "b", "b", "c"]), value="kind")
    points = data_of(page)["points"]
    assert len(points["colours"]) == 3
    assert "Kind" in page.html
    assert list(b64decode(points["codes"])) == [0, 0, 1, 1, 2]
