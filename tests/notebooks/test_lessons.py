"""Every lesson runs from top to bottom in every edition; the student's with its stubs, which fail politely.

The trainer's edition is run as it is when a key is made: each answer has to pass its own check, and the key has to come out as committed.
"""

from __future__ import annotations

import pytest

from ilp_lab._notebooks import SharedKernel
from ilp_lab.training import editions

LESSONS = [source.stem for source in editions.sources()]
NIGHTLY = (
    "M01_models", "M03_law", "M07_time", "M08_where", "M09_series", "M10_networks", "M14_decision", "M15_strategic", "M16_allocation", "M20_reporting",
)  # fmt: skip
"""Those that take longest."""


@pytest.fixture(scope="module")
def kernel():
    with SharedKernel() as shared:
        yield shared


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in NIGHTLY else []) for name in LESSONS]
)
def test_solutions_pass_stubs_fail_politely_and_the_key_comes_out_the_same(name, kernel):
    source = next(file for file in editions.sources() if file.stem == name)
    lesson = editions.read_lesson(source)
    for which in editions.editions_of(lesson):
        if which != "trainer":
            report = editions.run_edition(lesson, which, kernel=kernel)
            assert report.ok, report.said
    made = editions.make_key(lesson, kernel=kernel)
    assert editions._as_json(made) == editions._key_file(source).read_bytes()
    if lesson.manager_checks:
        key = editions._as_json(editions.managers_key(lesson))
        assert key == editions._key_file(source, editions.MANAGERS).read_bytes()
