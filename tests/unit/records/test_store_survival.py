"""Killed at any moment, a writer loses nothing it acknowledged; two writers at once lose nothing either."""

from __future__ import annotations

import os
import random
import select
import signal
import time

import pytest
from examples import EXAMPLES, REPORT

from ilp_lab.errors import StaleError
from ilp_lab.records import IntelligenceReport, TaskingRecord, open_store
from ilp_lab.safeguards import open_case

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="processes are killed in another way on Windows"
)


def report(number, **changes):
    return IntelligenceReport(**{**REPORT, "report_id": number, "review_date": "2099-01-01", **changes})


def write_until_killed(case, url, mark, told):
    """Store single records, batches and changes; say which are acknowledged. Runs in a process of its own."""
    with open_store(case, url=url) as store:
        for at in range(10_000):
            records = [
                report(f"R-{mark}-{at}-{part}", text="fact " * (1 + 40 * (at % 5)))
                for part in range(1 + 6 * (at % 3))
            ]
            store.add(records)
            os.write(told, "".join(f"{record.key} {record.sha256}\n" for record in records).encode())
            if at % 4 == 0:
                changed = records[0].revise(handling="H2")
                store.add(changed)
                os.write(told, f"{changed.key} {changed.sha256}\n".encode())


def run_and_kill(case, url, mark, rng):
    """Start a writer, kill it while it opens the store or some moments after its first acknowledgement."""
    hear, told = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover  (another process)
        try:
            os.close(hear)
            write_until_killed(case, url, mark, told)
        finally:
            os._exit(1)
    os.close(told)
    if rng.random() < 0.75:
        select.select([hear], [], [], 30)
    time.sleep(rng.uniform(0.0, 0.12))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(hear, "rb") as stream:
        return [
            line.decode().split() for line in stream.read().splitlines(keepends=True) if line.endswith(b"\n")
        ]


def survive(case, url, kills, rng):
    acknowledged = {}
    for mark in range(kills):
        acknowledged |= dict(run_and_kill(case, url, mark, rng))
        if mark % 10 == 0:
            with open_store(case, url=url) as store:
                store.add(TaskingRecord(**{**EXAMPLES["TaskingRecord"], "task_id": f"K-{mark}"}))
    with open_store(case, url=url) as store:
        stored = {record.key: record.sha256 for record in store.read("IntelligenceReport", all_versions=True)}
        assert store.verify().empty
    lost = {key for key, sha256 in acknowledged.items() if stored.get(key) != sha256}
    assert lost == set()
    assert case.verify().ok
    return len(acknowledged)


@pytest.mark.parametrize("where", ["file", "server"])
def test_killed_at_random_moments(case, where, request):
    url = request.getfixturevalue("postgres_url") if where == "server" else None
    assert survive(case, url, 10, random.Random(7)) >= 5


@pytest.mark.slow
def test_killed_two_hundred_times(case):
    assert survive(case, None, 200, random.Random(11)) >= 150


def work_at_once(folder, url, name, rounds, told):
    case = open_case(folder, purpose="x", legal_basis="y", analyst=name)
    with open_store(case, url=url, wait_s=60) as store:
        for at in range(rounds):
            (key,) = store.add(report(f"R-{name}-{at}"))
            os.write(told, f"{key}\n".encode())
            while True:
                task = store.get("TaskingRecord", "K-1")
                try:
                    store.add(task.revise(constraints=[*task.constraints, f"{name} {at}"]))
                    break
                except StaleError:
                    continue


@pytest.mark.parametrize("where", ["file", "server"])
def test_two_analysts_at_once_lose_nothing(tmp_path, where, request):
    url = (
        request.getfixturevalue("postgres_url")
        if where == "server"
        else f"sqlite:///{tmp_path / 'shared.db'}"
    )
    first = open_case(tmp_path / "one", purpose="x", legal_basis="y", analyst="A1")
    with open_store(first, url=url) as store:
        store.add(TaskingRecord(**EXAMPLES["TaskingRecord"]))
    rounds, children, hear = 12, [], {}
    for name in ("A1", "A2"):
        out, told = os.pipe()
        child = os.fork()
        if child == 0:  # pragma: no cover  (another process)
            code = 1
            try:
                work_at_once(tmp_path / name, url, name, rounds, told)
                code = 0
            finally:
                os._exit(code)
        os.close(told)
        children.append(child)
        hear[name] = out
    acknowledged = []
    for out in hear.values():
        with os.fdopen(out) as stream:
            acknowledged += stream.read().split()
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
    with open_store(first, url=url) as store:
        stored = {record.key for record in store.read("IntelligenceReport")}
        task = store.get("TaskingRecord", "K-1")
        assert store.verify().empty
    assert len(acknowledged) == 2 * rounds
    assert set(acknowledged) == stored
    assert sorted(task.constraints) == sorted(f"{name} {at}" for name in ("A1", "A2") for at in range(rounds))
    assert task.version == 2 * rounds + 1
