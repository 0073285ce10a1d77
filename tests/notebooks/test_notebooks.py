"""The shipped notebooks are in step with their sources and run from top to bottom."""

from __future__ import annotations

import pytest

from ilp_lab.cli import notebooks
from ilp_lab.cli.shipped import notebooks_folder

NAMES = sorted(source.stem for source in notebooks_folder().glob("[0-9]*.py"))

NIGHTLY = (
    "03_more_than_chance", "14_did_the_operation_work", "20_from_phone_records_to_a_chart", "22_follow_the_money", "23_who_to_act_on",
    "25_one_person_or_two", "33_the_whole_cycle", "43_draw_districts",
)  # fmt: skip
"""Those that take longest; what they show is also held by the tests of their rooms."""


def test_there_are_notebooks():
    assert NAMES[:3] == ["00_start_here", "01_map_a_crime_problem", "02_chart_a_network"]


def test_in_step_and_in_style():
    assert notebooks.check() == []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in NIGHTLY else []) for name in NAMES]
)
def test_runs(name):
    (report,) = notebooks.execute(only=name, timeout=120)
    assert report.ok, report.said
