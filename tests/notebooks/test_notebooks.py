"""The shipped notebooks are in step with their sources and run from top to bottom."""

from __future__ import annotations

import pytest

from ilp_lab.cli import notebooks
from ilp_lab.cli.shipped import notebooks_folder

NAMES = sorted(source.stem for source in notebooks_folder().glob("[0-9]*.py"))


def test_there_are_notebooks():
    assert NAMES[:3] == ["00_start_here", "01_map_a_crime_problem", "02_chart_a_network"]


def test_in_step_and_in_style():
    assert notebooks.check() == []


@pytest.mark.parametrize("name", NAMES)
def test_runs(name):
    (report,) = notebooks.execute(only=name, timeout=120)
    assert report.ok, report.said
