"""Every lesson runs from top to bottom in both editions; the student's with its stubs, which fail politely."""

from __future__ import annotations

import pytest

from ilp_lab.training import editions

LESSONS = [source.stem for source in editions.sources()]


@pytest.mark.parametrize("name", LESSONS)
def test_runs_in_both_editions(name):
    reports = list(editions.execute(only=name, timeout=60))
    assert len(reports) == len(editions.EDITIONS)
    for report in reports:
        assert report.ok, report.said


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_keys_come_out_the_same_again(name, tmp_path):
    source = next(file for file in editions.sources() if file.stem == name)
    made = editions.make_key(editions.read_lesson(source))
    assert editions._as_json(made) == editions._key_file(source).read_bytes()
