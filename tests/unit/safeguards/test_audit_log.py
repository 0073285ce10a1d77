"""The audit log notices every change, and survives being killed."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
import time
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilp_lab.errors import AuditError, InputError, WriteError
from ilp_lab.safeguards import AuditLog
from ilp_lab.safeguards.audit import Operation


@pytest.fixture
def log(tmp_path):
    log = AuditLog(tmp_path / "audit.jsonl")
    for number in range(5):
        log.append("consultation", actor="A17", what=f"looked at table {number}", detail={"rows": number})
    return log


def lines_of(log):
    return log.path.read_bytes().splitlines(keepends=True)


def test_entries_are_numbered_and_sound(log):
    assert [entry["seq"] for entry in log.entries()] == [1, 2, 3, 4, 5]
    assert log.verify().ok
    assert log.head[0] == 5


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (lambda lines: [*lines[:2], lines[2].replace(b"table 2", b"table 9"), *lines[3:]], 3),
        (lambda lines: [*lines[:1], *lines[2:]], 2),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2),
        (lambda lines: [lines[0], lines[0], *lines[1:]], 2),
        (lambda lines: [*lines[:3], b"not an entry\n", *lines[3:]], 4),
        (lambda lines: lines[:3], 4),
        (lambda lines: lines[:0], 1),
        (lambda lines: [*lines[:4], lines[4][:-20]], 5),
        (lambda lines: [lines[0].replace(b'":', b'" :'), *lines[1:]], 1),
    ],
    ids=[
        "altered",
        "removed",
        "reordered",
        "repeated",
        "inserted",
        "cut off",
        "emptied",
        "half cut",
        "respaced",
    ],
)
def test_every_damage_is_found_at_its_line(log, damage, line):
    log.path.write_bytes(b"".join(damage(lines_of(log))))
    verdict = log.verify()
    assert not verdict.ok
    assert verdict.broken_line == line


@pytest.mark.parametrize("looked_before", [False, True])
def test_every_flipped_byte_is_found_at_its_line(log, looked_before):
    good = log.path.read_bytes()
    for at in range(len(good)):
        if looked_before:  # what was found sound before is not trusted blindly
            assert log.verify().ok
        for mask in (0x01, 0x20, 0x80):
            bad = bytearray(good)
            bad[at] ^= mask
            log.path.write_bytes(bad)
            verdict = log.verify()
            assert (verdict.ok, verdict.broken_line) == (False, good[:at].count(b"\n") + 1)
        log.path.write_bytes(good)
    assert log.verify().ok


def test_lines_added_after_a_look_are_looked_at(log):
    assert log.verify().entries == 5
    log.append("consultation", actor="A17", what="more")
    good = log.path.read_bytes()
    log.path.write_bytes(good.replace(b'"more"', b'"less"'))
    assert log.verify().broken_line == 6
    log.path.write_bytes(good)
    assert log.verify().entries == 6


def test_a_damaged_memory_of_the_end_is_found_and_taken_down(log):
    head = log.path.with_suffix(".head")
    good = head.read_bytes()
    for at in range(len(good) - 1):
        bad = bytearray(good)
        bad[at] ^= 0x01
        head.write_bytes(bad)
        assert not log.verify().ok
    for damage in (lambda: head.write_bytes(b"\xff\x00"), head.unlink):
        head.write_bytes(good)
        damage()
        log.append("consultation", actor="A17", what="looked again")
        assert log.verify().ok
        good = head.read_bytes()
    assert sum("missing or unreadable" in entry["what"] for entry in log.entries()) == 2


def test_a_rebuilt_chain_is_found(log, tmp_path):
    other = AuditLog(tmp_path / "other" / "audit.jsonl")
    for number in range(5):
        other.append("consultation", actor="B2", what=f"looked at table {number}")
    log.path.write_bytes(other.path.read_bytes())
    assert log.verify().broken_line == 5


def test_a_cut_log_takes_no_more_entries(log):
    log.path.write_bytes(b"".join(lines_of(log)[:3]))
    with pytest.raises(AuditError, match="cut off"):
        log.append("consultation", actor="A17", what="looked again")


def test_an_unfinished_line_is_set_aside_and_said(log):
    with log.path.open("ab") as file:
        file.write(b'{"seq":6,"at":"20')
    log.append("consultation", actor="A17", what="looked again")
    assert log.verify().ok
    told = list(log.entries())[5]
    assert told["operation"] == "housekeeping"
    assert told["detail"] == {"bytes": 17}
    assert b'{"seq":6,"at":"20' in log.path.with_suffix(".torn").read_bytes()


def test_unknown_operations_are_refused(log):
    with pytest.raises(InputError, match="operation must be one of collection"):
        log.append("peeking", actor="A17", what="x")


def test_a_log_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(WriteError, match="cannot be written"):
        AuditLog(tmp_path / "file" / "audit.jsonl").append("consultation", actor="A17", what="x")


def test_a_full_disk_is_called_that(log, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WriteError, match=r"the disk is full; free some space"):
        log.append("consultation", actor="A17", what="x")
    monkeypatch.undo()
    log.append("consultation", actor="A17", what="y")
    assert log.verify().ok


def test_what_is_logged_are_the_operations_of_article_25_and_the_logs_own_upkeep():
    named = {"collection", "alteration", "consultation", "disclosure", "combination", "erasure"}
    assert set(get_args(Operation)) == named | {"housekeeping"}


@settings(max_examples=25)
@given(st.lists(st.tuples(st.text(), st.text(), st.integers() | st.text()), min_size=1, max_size=5))
def test_any_text_survives_the_chain(tmp_path_factory, entries):
    log = AuditLog(tmp_path_factory.mktemp("log") / "audit.jsonl")
    for actor, what, detail in entries:
        log.append("alteration", actor=actor, what=what, detail={"value": detail})
    assert log.verify().ok
    assert [(e["actor"], e["what"], e["detail"]["value"]) for e in log.entries()] == entries


WRITER = """
import sys
from ilp_lab.safeguards import AuditLog
from ilp_lab.safeguards.audit import Operation
log = AuditLog(sys.argv[1])
while True:
    entry = log.append("alteration", actor="A17", what="x" * 3000)
    print(entry["seq"], flush=True)
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; TerminateProcess is covered by kill()"
)
@pytest.mark.parametrize("moment", [0.0, 0.003, 0.011, 0.029, 0.05])
def test_killed_in_mid_write_no_acknowledged_entry_is_lost(tmp_path, moment):
    path = tmp_path / "audit.jsonl"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    first = writer.stdout.readline()
    time.sleep(moment)
    writer.send_signal(signal.SIGKILL)
    acknowledged = [int(line) for line in (first + writer.stdout.read()).splitlines()]
    writer.wait()
    writer.stdout.close()
    log = AuditLog(path)
    log.append("consultation", actor="A17", what="came back")
    assert log.verify().ok
    kept = {entry["seq"] for entry in log.entries() if entry["operation"] == "alteration"}
    assert set(acknowledged) <= kept


def test_two_writers_take_turns(tmp_path):
    path = tmp_path / "audit.jsonl"
    code = (
        "import sys\nfrom ilp_lab.safeguards import AuditLog\nlog = AuditLog(sys.argv[1])\n"
        "for i in range(20): log.append('alteration', actor=sys.argv[2], what=str(i))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("A", "B")]
    assert [writer.wait() for writer in writers] == [0, 0]
    log = AuditLog(path)
    assert log.verify().entries == 40


def test_the_log_is_plain_json_lines(log):
    assert all(json.loads(line)["hash"] for line in lines_of(log))
