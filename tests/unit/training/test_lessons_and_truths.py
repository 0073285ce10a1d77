"""What lessons find in the complete Belmara is what was planted there, and no student's file tells it."""

from __future__ import annotations

import pytest

from ilp_lab import samples
from ilp_lab.training import editions, lesson, overviews, read_lesson


@pytest.fixture(scope="module")
def truth():
    return samples.complete_truth()


def test_every_planted_truth_has_a_lesson():
    used = {name for source in editions.sources() for name in overviews.planted(read_lesson(source))}
    assert used == set(overviews.PLANTED)


@pytest.mark.parametrize(
    ("lesson_id", "number", "planted", "wrong"),
    [
        ("M08", "5", lambda truth: truth["P4"]["area"], "T2-01"),
        ("M16", "8", lambda truth: truth["P7"]["district"], "O1"),
        ("M16", "9", lambda truth: truth["P7"]["found_share"]["them"], 0.18),
        ("M03", "9", lambda truth: truth["P10"]["witness"], "P0001"),
        ("M10", "2", lambda truth: truth["P9"]["must_merge"], [("S00243", "S00303")]),
        ("M03", "10", lambda truth: truth["P11"]["referral"], "F-0001"),
    ],
)
def test_the_right_answer_is_the_planted_one(truth, lesson_id, number, planted, wrong):
    at_work = lesson(lesson_id)
    assert not at_work.check(number, wrong).ok
    assert at_work.check(number, planted(truth)).ok


def test_what_is_planted_stands_in_no_student_file(truth):
    folder = editions.lessons_folder()
    told = "".join(
        file.read_text(encoding="utf-8")
        for part in ("student", "manager", "keys")
        for file in sorted((folder / part).glob("*"))
    )
    hidden = [
        truth["P10"]["witness"],
        truth["P11"]["referral"],
        *truth["P2"]["brokers"],
        *truth["P8"]["circular"],
        *truth["P10"]["expired"],
        *(
            record
            for kind in ("must_merge", "must_not_merge")
            for pair in truth["P9"][kind]
            for record in pair
        ),
    ]
    assert [word for word in hidden if word in told] == []
