"""What a product's table says of a result: cells that can be read, rows that the finding rests on, headings that are true."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from ilp_lab import networks, times
from ilp_lab._spoken import speak
from ilp_lab.products import ProblemProfile
from ilp_lab.products.extract import cell_text, grid_of, leading_rows
from ilp_lab.result import Result
from ilp_lab.safeguards import open_case


def result(columns, name="demo"):
    return Result(name, "Counts", pd.DataFrame(columns), "counted", ("Three.",))


def shown(found):
    """The rows of a result's table as a reader sees them, each a dictionary by heading."""
    grid = grid_of(leading_rows(found), of=found)
    return [dict(zip(grid.columns, row, strict=True)) for row in grid.rows]


def test_what_has_no_end_is_said_and_not_a_number():
    assert [cell_text(value) for value in (np.inf, -np.inf, np.float64("inf"), np.nan)] == [
        "∞",
        "−∞",
        "∞",
        "",
    ]
    found = result({"place": ["A", "B"], "ratio": [np.inf, 1.5], "x_share": [np.inf, 0.25]})
    assert shown(found) == [
        {"Place": "A", "Ratio": "∞", "X share": "∞"},
        {"Place": "B", "Ratio": "1.5", "X share": "25%"},
    ]


def test_a_range_stands_only_where_there_is_one_and_shares_keep_their_sign():
    found = result({
        "order": ["first", "second"],
        "parts": [110.0, 0.5], "parts_low": [np.nan, 0.25], "parts_high": [np.nan, 0.75],
        "largest_share": [0.5, 0.75], "largest_share_low": [np.nan, 0.7], "largest_share_high": [np.nan, 0.8],
    })  # fmt: skip
    assert shown(found) == [
        {"Order": "first", "Parts": "110", "Largest share": "50%"},
        {"Order": "second", "Parts": "0.5 (0.25 to 0.75)", "Largest share": "75% (70% to 80%)"},
    ]


def test_parts_of_the_week_are_named_and_labels_of_entities_are_not(tmp_path):
    at = pd.date_range("2024-01-01", periods=900, freq="h", tz="Europe/Vienna")
    incidents = pd.DataFrame({"occurred_at": at})
    hours = times.aoristic(incidents, bootstrap=0)
    rows = shown(hours)
    assert set(rows[0]) == {"When", "Incidents"}
    assert all(re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:00", row["When"]) for row in rows)
    assert "<td>Mon 00:00<" in hours.explore().html
    shifts = times.aoristic(incidents, unit=["06:00", "18:00"], bootstrap=0)
    assert [row["When"] for row in shown(shifts)] == ["06:00 to 18:00", "18:00 to 06:00"]
    with speak("ru"):
        assert shown(times.weekday_test(incidents, simulations=99, rng=1))[0]["Когда"] == "понедельник"

    people = pd.DataFrame(
        {"entity_id": ["E1", "E2", "E3"], "label": ["Mr Ivo", "Ms Ana", "Mr Ion"], "kind": "person"}
    )
    chart = networks.chart(pd.DataFrame({"source": ["E1", "E2"], "target": ["E2", "E3"]}), people)
    ranked = networks.ranking(chart, by="degree", redraws=10, rng=1)
    for named in (ranked, replace(ranked, name="times.aoristic"), replace(hours, name="demo")):
        assert not {"Label", "When"} & set(shown(named)[0]), named.name
        assert not re.search("Mr Ivo|<td>Mon 00:00", named._repr_html_()), named.name
    case = open_case(tmp_path / "case", purpose="1", legal_basis="2", analyst="3")
    exhibit = ProblemProfile(case, question="?").add_table(
        hours.table.head(20), says="x.", source="own count"
    )
    assert "Mon 00:00" not in exhibit.to_html(tmp_path / "p.html").path.read_text(encoding="utf-8")
