"""The shipped notebooks are in step with their sources and run from top to bottom."""

from __future__ import annotations

import pytest

from ilp_lab.cli import notebooks
from ilp_lab.cli.shipped import notebooks_folder

NAMES = sorted(source.stem for source in notebooks_folder().glob("[0-9]*.py"))

EVERY_TIME = ("00_start_here", "01_map_a_crime_problem", "02_chart_a_network")
"""Run on every change, because most begin with them; all of them run at night."""


def test_there_are_notebooks():
    assert NAMES[:3] == ["00_start_here", "01_map_a_crime_problem", "02_chart_a_network"]


def test_those_run_every_time_are_there():
    assert set(EVERY_TIME) <= set(NAMES)


def test_in_step_and_in_style():
    assert notebooks.check() == []


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in EVERY_TIME else [pytest.mark.slow]) for name in NAMES]
)
def test_runs(name):
    (report,) = notebooks.execute(only=name, timeout=120)
    assert report.ok, report.said
