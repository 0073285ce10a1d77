"""The audit log in words: every entry that the library writes is told, and what nobody knows stays as it was written."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pandas as pd
import pytest

import ilp_lab
from ilp_lab._spoken import speak
from ilp_lab.boards import SafeguardsState, compute_safeguards
from ilp_lab.boards.examplerecords import safeguard_case
from ilp_lab.boards.logwords import caught_words, concerned, done, moment, told
from ilp_lab.boards.safeguardboard import blocks_of

PACKAGE = Path(ilp_lab.__file__).parent


def written_by_the_library(filler):
    """What stands after the operation in every call that writes to a log: plain texts, and how f-strings begin."""
    sources = (file.read_text(encoding="utf-8") for file in sorted(PACKAGE.rglob("*.py")))
    for source in sources:
        if ".record(" not in source and "._log(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr
            if named not in {"record", "_log"} or len(node.args) < 2:
                continue
            what = node.args[1]
            if isinstance(what, ast.Constant) and isinstance(what.value, str):
                yield what.value
            elif isinstance(what, ast.JoinedStr):
                parts = [
                    filler if isinstance(part, ast.FormattedValue) else part.value
                    for part in what.values  # noqa: PD011  (a syntax tree)
                ]
                yield "".join(parts)


def test_every_entry_that_the_library_writes_has_words_in_every_language():
    kinds = [list(written_by_the_library(filler)) for filler in ("7", "Form")]
    assert len(kinds[0]) > 20
    for language in ("ru", "ro"):
        with speak(language):
            untold = [
                one for one, other in zip(*kinds, strict=True) if done(one) == one and done(other) == other
            ]
        # beginnings that stand before the number of a check, and a count with a form: tried below
        assert set(untold) == {"77", "read 7 7 records"}, language


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("released thefts by area", "released: thefts by area"),
        ("passed under lifted safeguard D11", "went on, because check D11 was lifted"),
        ("stored 12 records", "stored records: 12"),
        ("read 4 IntelligenceReport records", "read records of the form “Intelligence report”: 4"),
        ("read IntelligenceReport", "read a record of the form “Intelligence report”"),
        ("erased NoSuchForm", "erased a record of the form “NoSuchForm”"),
        ("انتقل", "انتقل"),
        ("", ""),
    ],
)
def test_what_was_done_is_said_in_words(what, words):
    assert done(what) == words


def test_details_are_told_by_what_they_are_and_machine_parts_stay_out():
    detail = {
        "records": [f"IntelligenceReport:R-{number}@1" for number in range(7)] + ["EntityLink:L:1@3"],
        "and_more": 12, "sha256": "ab", "store": "/somewhere/case.db", "held": 0, "authority": "",
        "coarsened": {"age": "decades"}, "eye_colour": "grey", "rows": 12_000,
    }  # fmt: skip
    assert concerned(detail) == (
        "records: R-0, R-1, R-2, R-3, R-4 and 15 more; made coarser: age (decades); eye colour: grey; rows: 12,000"
    )
    assert concerned({"records": ["EntityLink:L:1@3"]}) == "records: L:1, version 3"
    assert concerned({"purpose": "Profile:thefts"}) == "purpose: Profile:thefts"


def test_times_that_are_none_and_odd_counts_stay_as_they_were_written():
    assert moment("") == ""
    assert moment("2026-05-01T10:00:00+05:00").isoformat() == "2026-05-01T05:00:00+00:00"
    assert caught_words("one cell is smaller than 5") == "one cell is smaller than 5"
    assert caught_words("sanitised") == "made a version that hides the source"
    assert len(told([])) == 0


@pytest.mark.parametrize("language", ["en", "ru", "ro"])
def test_the_board_shows_no_machine_times_and_no_json_before_it_is_asked(language):
    with speak(language):
        view = compute_safeguards(SafeguardsState(), safeguard_case())
        blocks = {block["name"]: block for block in blocks_of(view)}
    seen = " ".join(cell for name in blocks if name != "raw" for row in blocks[name]["rows"] for cell in row)
    assert not any(
        sign in seen for sign in ("{", "}", "T19:", "+00:00", "sha256", "IntelligenceReport", "case.db")
    )
    lines = blocks["raw"]["text"].splitlines()
    kept = [json.loads(line) for line in safeguard_case().audit.path.read_text(encoding="utf-8").splitlines()]
    assert [json.loads(line) for line in lines] == kept[::-1]
    assert blocks["log"]["values"][1] is not None  # sorted by time, not by how a time is written


def test_only_entries_of_the_kind_that_was_asked_for_are_told():
    view = compute_safeguards(SafeguardsState(operation="disclosure"), safeguard_case())
    assert view.tables["told"]["seq"].tolist() == view.tables["log"]["seq"].tolist()
    assert view.tables["told"]["why"].tolist() == ["for the court"]


def test_days_are_written_as_the_language_writes_them_and_sentences_end_with_one_stop():
    from datetime import UTC, date, datetime

    from ilp_lab._tongue import tr
    from ilp_lab.boards.choosing import period_words
    from ilp_lab.boards.showing import said, table_block

    days = pd.DataFrame({"day": ["2026-05-01", "2025-06-30", "", None], "what": ["a", "b", "c", "d"]})
    for language, written in (("en", "01 May 2026"), ("ru", "01.05.2026"), ("ro", "01.05.2026")):
        with speak(language):
            assert said("2026-05-01") == said(date(2026, 5, 1)) == written
            assert said(datetime(2026, 5, 1, 9, 30, tzinfo=UTC)) == f"{written}, 09:30"
            block = table_block(days, {"day": "Day"}, name="days", heading="Days")
            assert block["rows"][0] == [written]
            assert block["values"][0][0] > block["values"][0][1]  # sorted by day, not by how it is written
            period = period_words(date(2026, 5, 1), date(2026, 6, 1))
            sentence = tr("{count:,} incidents, {place}, {period}.").format(count=3, place="X", period=period)
            assert ".." not in sentence
    assert said("2026-13-01") == "2026-13-01"
